"""Minmax payoffs: the worst that a player can be held to.

Player i's minmax payoff is the least payoff to which its opponent can hold it when i answers as well as it can. Against
pure actions it is min_j max_i A_ij; against mixed strategies it is the value of the zero-sum game in which i maximises
its own payoff (von Neumann 1928), which is never larger.

Two methods for the value of a matrix game, independent of each other:

* :func:`matrix_values` – float, vectorised over a batch. Every square submatrix (a kernel, Shapley & Snow 1950)
  proposes the strategy that makes the opponent's actions in it indifferent; the value is the best guarantee among these
  strategies. Each candidate is a strategy, so a rounding error can only lower the guarantee by as much.
* :func:`matrix_value_exact` – Fractions, one game at a time, by the simplex method with Bland's rule. It serves exact
  games, and float games with too many kernels (floats are rational numbers too).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from alliances.arithmetic import Array, Number, settle

if TYPE_CHECKING:
    from alliances.games import StageGame

__all__ = ["MinMax", "matrix_value_exact", "matrix_values", "minmax"]

_MOST_KERNELS = 300  # 5×5 games have 251; beyond, the simplex method is faster
_LEAST_PIVOT = 1e-12


@dataclass(frozen=True, eq=False)
class MinMax:
    """Minmax payoffs with the strategies that certify them.

    Attributes
    ----------
    sponsor, proxy
        The minmax payoffs, per game.
    against_sponsor, against_proxy
        The opponent's strategies that hold the player down: probabilities (…, n) of the proxy's actions and (…, m) of the
        sponsor's.
    securing_sponsor, securing_proxy
        The players' own strategies that guarantee the payoff against anything (maxmin), (…, m) and (…, n); with pure
        punishments the best reply to the punishment.
    mixed
        Whether the punisher may randomise.
    stage
        The game or batch.
    """

    sponsor: Number
    proxy: Number
    against_sponsor: Array
    against_proxy: Array
    securing_sponsor: Array
    securing_proxy: Array
    mixed: bool
    stage: StageGame


def minmax(stage: StageGame, mixed: bool = False) -> MinMax:
    """The minmax payoff of each player, in pure or mixed strategies.

    Parameters
    ----------
    stage
        A game or a batch.
    mixed
        Whether the punisher may randomise; False is the convention of pure-action repeated games.

    Examples
    --------
    >>> from alliances import StageGame
    >>> pennies = StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> pennies.minmax().sponsor, pennies.minmax(mixed=True).sponsor
    (Fraction(1, 1), Fraction(0, 1))
    """
    solve = _mixed if mixed else _pure
    sponsor, secures_s, against_s = solve(stage.A)
    proxy, secures_p, against_p = solve(np.swapaxes(stage.B, -1, -2))
    return MinMax(
        sponsor=settle(sponsor),
        proxy=settle(proxy),
        against_sponsor=against_s,
        against_proxy=against_p,
        securing_sponsor=secures_s,
        securing_proxy=secures_p,
        mixed=mixed,
        stage=stage,
    )


def _pure(payoffs: Array) -> tuple[Array, Array, Array]:
    best = payoffs.max(axis=-2)
    column = best.argmin(axis=-1)
    row = np.take_along_axis(payoffs, column[..., None, None], axis=-1)[..., 0].argmax(axis=-1)
    value = np.take_along_axis(best, column[..., None], axis=-1)[..., 0]
    one: Number = Fraction(1) if payoffs.dtype == object else 1.0

    def certain(index: Array, size: int) -> Array:
        strategy: Array = np.where(np.arange(size) == index[..., None], one, one - one)
        return strategy

    return value, certain(row, payoffs.shape[-2]), certain(column, payoffs.shape[-1])


def _mixed(payoffs: Array) -> tuple[Array, Array, Array]:
    m, n = payoffs.shape[-2:]
    kernels = sum(comb(m, k) * comb(n, k) for k in range(1, min(m, n) + 1))
    if payoffs.dtype != object and kernels <= _MOST_KERNELS:
        value, x = matrix_values(payoffs)
        _, y = matrix_values(-np.swapaxes(payoffs, -1, -2))
        return value, x, y
    batch = payoffs.shape[:-2]
    value, x, y = np.empty(batch, object), np.empty((*batch, m), object), np.empty((*batch, n), object)
    for index in np.ndindex(batch):
        value[index], x[index], y[index] = matrix_value_exact(payoffs[index])
    if payoffs.dtype == object:
        return value, x, y
    return value.astype(float), x.astype(float), y.astype(float)


def matrix_values(payoffs: Array) -> tuple[Array, Array]:
    """Values (…) of a batch of float matrix games (…, m, n) for the maximising row player, and optimal strategies (…, m).

    Examples
    --------
    >>> value, strategy = matrix_values(np.array([[3.0, 0.0], [1.0, 2.0]]))
    >>> round(float(value), 12), strategy.round(12).tolist()
    (1.5, [0.25, 0.75])
    """
    m, n = payoffs.shape[-2:]
    low, high = payoffs.min(axis=(-2, -1), keepdims=True), payoffs.max(axis=(-2, -1), keepdims=True)
    scaled = (payoffs - low) / np.where(high > low, high - low, 1.0) + 1.0  # in [1, 2]: kernels scale alike, values positive
    best = np.full(payoffs.shape[:-2], -np.inf)
    strategy = np.zeros((*payoffs.shape[:-2], m))
    for size in range(1, min(m, n) + 1):
        for rows in combinations(range(m), size):
            for columns in combinations(range(n), size):
                kernel = scaled[..., rows, :][..., columns]
                # x K = v·1 with x ≥ 0, Σx = 1; a positive matrix has v > 0, so solve for x/v and normalise
                regular = np.abs(np.linalg.det(kernel)) > _LEAST_PIVOT
                transposed = np.swapaxes(np.where(regular[..., None, None], kernel, np.eye(size)), -1, -2)
                x = np.linalg.solve(transposed, np.ones((*transposed.shape[:-1], 1)))[..., 0]
                total = x.sum(axis=-1)
                usable = regular & (x >= -_LEAST_PIVOT).all(axis=-1) & (total > 0)
                x = np.clip(x, 0.0, None) / np.where(usable, total, 1.0)[..., None]
                x = x / np.where(usable, x.sum(axis=-1), 1.0)[..., None]
                guarantee = np.einsum("...i,...ij->...j", x, scaled[..., rows, :]).min(axis=-1)
                better = usable & (guarantee > best)
                best = np.where(better, guarantee, best)
                full = np.zeros_like(strategy)
                full[..., rows] = x
                strategy = np.where(better[..., None], full, strategy)
    return np.einsum("...i,...ij->...j", strategy, payoffs).min(axis=-1), strategy


def matrix_value_exact(payoffs: Array) -> tuple[Fraction, list[Fraction], list[Fraction]]:
    """Value of one matrix game in rational arithmetic, with optimal strategies of the row and the column player.

    The simplex method on max Σy s.t. Py ≤ 1, y ≥ 0 for the game shifted to be positive (Dantzig 1951), with Bland's (1977)
    rule, which cannot cycle.

    Examples
    --------
    >>> value, x, y = matrix_value_exact(np.array([[3, 0], [1, 2]]))
    >>> str(value), [str(p) for p in x], [str(q) for q in y]
    ('3/2', ['1/4', '3/4'], ['1/2', '1/2'])
    """
    m, n = payoffs.shape
    entries = [[Fraction(x) for x in row] for row in payoffs.tolist()]
    shift = 1 - min(min(row) for row in entries)
    one, zero = Fraction(1), Fraction(0)
    tableau = [[x + shift for x in row] + [one if i == k else zero for k in range(m)] + [one] for i, row in enumerate(entries)]
    objective = [-one] * n + [zero] * (m + 1)
    basis = list(range(n, n + m))
    while (entering := next((k for k in range(n + m) if objective[k] < 0), None)) is not None:
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(tableau) if row[entering] > 0]
        _, _, pivot = min(ratios)  # never empty: y is bounded, because the shifted game is positive
        scale = tableau[pivot][entering]
        tableau[pivot] = [x / scale for x in tableau[pivot]]
        for row in (*tableau[:pivot], *tableau[pivot + 1 :], objective):
            factor = row[entering]
            if factor:
                row[:] = [x - factor * y for x, y in zip(row, tableau[pivot], strict=True)]
        basis[pivot] = entering
    total = objective[-1]
    y = [zero] * n
    for i, variable in enumerate(basis):
        if variable < n:
            y[variable] = tableau[i][-1] / total
    x = [objective[n + k] / total for k in range(m)]
    return 1 / total - shift, x, y
