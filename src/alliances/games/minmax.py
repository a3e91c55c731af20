"""Minmax payoffs: the worst that a player can be held to.

Player i's minmax payoff is the least payoff to which its opponent can hold it when i answers as well as it can. Against
pure actions it is min_j max_i A_ij; against mixed strategies it is the value of the zero-sum game in which i maximises
its own payoff (von Neumann 1928), which is never larger.

Two methods for the value of a matrix game, independent of each other:

* :func:`matrix_values` – float, vectorised over a batch: the best guarantee among the strategies of all kernels
  (:mod:`alliances.games.kernels`). Solved for both players; where the two values do not meet, the other method decides.
* :func:`matrix_value_exact` – Fractions, one game at a time, by the simplex method with Bland's rule. It serves exact
  games, and float games with too many kernels (floats are rational numbers too).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, Real, settle
from alliances.arithmetic.tolerance import payoff_tolerance
from alliances.games.bimatrix import Bimatrix
from alliances.games.kernels import kernel_count, kernel_strategies
from alliances.results import Result

__all__ = ["MinMax", "matrix_value_exact", "matrix_values", "minmax"]

_MOST_KERNELS = 300  # 5×5 games have 251; beyond, the simplex method is faster


@dataclass(frozen=True, eq=False)
class MinMax(Result):
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

    sponsor: Real
    proxy: Real
    against_sponsor: Array
    against_proxy: Array
    securing_sponsor: Array
    securing_proxy: Array
    mixed: bool
    stage: Bimatrix

    def _record(self) -> dict[str, Any]:
        return {**super()._record(), "stage": self.stage.to_dict()}


def minmax(stage: Bimatrix, mixed: bool = False) -> MinMax:
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
    unit: Number = Fraction(1) if payoffs.dtype == object else 1.0

    def certain(index: Array, size: int) -> Array:
        strategy: Array = np.where(np.arange(size) == index[..., None], unit, unit - unit)
        return strategy

    return value, certain(row, payoffs.shape[-2]), certain(column, payoffs.shape[-1])


def _mixed(payoffs: Array) -> tuple[Array, Array, Array]:
    m, n = payoffs.shape[-2:]
    batch = payoffs.shape[:-2]
    if payoffs.dtype != object and kernel_count(m, n) <= _MOST_KERNELS:
        value, x = matrix_values(payoffs)
        negative, y = matrix_values(-np.swapaxes(payoffs, -1, -2))
        spread = payoffs.max(axis=(-2, -1)) - payoffs.min(axis=(-2, -1))
        # What x guarantees and what y holds the player to must meet; where nearly singular kernels were lost, they do not.
        doubtful = -negative - value > payoff_tolerance(spread, np.abs(payoffs).max(axis=(-2, -1)))
    else:
        kind = object if payoffs.dtype == object else np.float64
        value, x, y = np.empty(batch, kind), np.empty((*batch, m), kind), np.empty((*batch, n), kind)
        doubtful = np.ones(batch, dtype=bool)
    for index in map(tuple, np.argwhere(doubtful)):
        value[index], x[index], y[index] = matrix_value_exact(payoffs[index])
    return value, x, y


def matrix_values(payoffs: Array) -> tuple[Array, Array]:
    """Values (…) of a batch of float matrix games (…, m, n) for the maximising row player, and optimal strategies (…, m).

    The value is what the best kernel's strategy guarantees: never more than the true value, whatever the rounding.

    Examples
    --------
    >>> value, strategy = matrix_values(np.array([[3.0, 0.0], [1.0, 2.0]]))
    >>> round(float(value), 12), strategy.round(12).tolist()
    (1.5, [0.25, 0.75])
    """
    best = np.full(payoffs.shape[:-2], -np.inf)
    strategy = np.zeros(payoffs.shape[:-1])
    for x, good in kernel_strategies(payoffs):
        guarantee = np.where(good, np.einsum("...i,...ij->...j", x, payoffs).min(axis=-1), -np.inf)
        better = guarantee > best
        best = np.where(better, guarantee, best)
        strategy = np.where(better[..., None], x, strategy)
    return best, strategy


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
    unit, zero = Fraction(1), Fraction(0)
    tableau = [
        [x + shift for x in row] + [unit if i == k else zero for k in range(m)] + [unit] for i, row in enumerate(entries)
    ]
    objective = [-unit] * n + [zero] * (m + 1)
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
