"""Minmax payoffs: the worst that a player can be held to.

Player i's minmax payoff is the least payoff to which its opponent can hold it when i answers as well as it can. Against
pure actions it is min_j max_i A_ij; against mixed strategies it is the value of the zero-sum game in which i maximises
its own payoff (von Neumann 1928), which is never larger.

Three methods for the value of a matrix game, independent of each other:

* :func:`matrix_values` – float, vectorised over a batch: the best guarantee among the strategies of all kernels
  (:mod:`alliances.games.kernels`). Solved for both players.
* a linear programme in floating point, one game at a time, for float games with too many kernels; both players'
  strategies come out of it.
* :func:`matrix_value_exact` – Fractions, one game at a time, by the simplex method in whole numbers
  (:mod:`alliances.games.tableau`). It serves exact games. The same method on payoffs rounded to whole numbers, far within
  the tolerance, serves those float games in which what the two players' strategies guarantee does not meet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, Number, Real, settle, show
from alliances.arithmetic.tolerance import payoff_tolerance
from alliances.games.bimatrix import Bimatrix
from alliances.games.kernels import kernel_count, kernel_strategies
from alliances.games.players import PLAYERS
from alliances.games.tableau import best_strategies, on_grid, whole
from alliances.results import Result

__all__ = ["MinMax", "matrix_value_exact", "matrix_values", "minmax"]

_MOST_KERNELS = 300  # 5×5 games have 251; beyond, a linear programme is faster
_SUPPORT = 1e-9  # probabilities: below, an action is not in the support of a linear programme's strategy


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

    references: ClassVar[tuple[str, ...]] = ("von-neumann-1928",)

    sponsor: Real
    proxy: Real
    against_sponsor: Array
    against_proxy: Array
    securing_sponsor: Array
    securing_proxy: Array
    mixed: bool
    stage: Bimatrix

    def _record(self) -> dict[str, Any]:
        return {**super()._record(), "stage": self.stage}

    def _cells(self) -> Mapping[str, Any]:
        """Both payoffs, and the probability of each action in the strategies that certify them."""
        rows, columns = self.stage.actions
        sides = {
            "against sponsor": columns, "against proxy": rows, "securing sponsor": rows, "securing proxy": columns,
        }  # fmt: skip
        table: dict[str, Any] = {name: getattr(self, name) for name in PLAYERS}
        for name, labels in sides.items():
            mixed = getattr(self, name.replace(" ", "_"))
            table |= {f"{name}: {label}": settle(mixed[..., k]) for k, label in enumerate(labels)}
        return table

    @property
    def message(self) -> str:
        """The payoffs of a single game, or how many games there are."""
        if self.stage.batch_shape:
            return f"{self.stage.A[..., 0, 0].size} games"
        how = "mixed" if self.mixed else "pure"
        return f"{how} minmax payoffs: sponsor {show(self.sponsor)}, proxy {show(self.proxy)}"


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
    if payoffs.dtype == object:
        value, x, y = np.empty(batch, object), np.empty((*batch, m), object), np.empty((*batch, n), object)
        doubtful = np.ones(batch, dtype=bool)
    else:
        if kernel_count(m, n) <= _MOST_KERNELS:
            _, x = matrix_values(payoffs)
            _, y = matrix_values(-np.swapaxes(payoffs, -1, -2))
        else:
            x, y = np.empty((*batch, m)), np.empty((*batch, n))
            for index in np.ndindex(batch):
                x[index], y[index] = _programme(payoffs[index])
        value = _secured(payoffs, x)
        spread = payoffs.max(axis=(-2, -1)) - payoffs.min(axis=(-2, -1))
        # What x guarantees and what y holds the player to must meet; where nearly singular kernels were lost, they do not.
        doubtful = ~(_held(payoffs, y) - value <= payoff_tolerance(spread, np.abs(payoffs).max(axis=(-2, -1))))
    for index in map(tuple, np.argwhere(doubtful)):
        game = payoffs[index]
        if payoffs.dtype == object:
            value[index], x[index], y[index] = matrix_value_exact(game)
        else:
            _, x[index], y[index] = best_strategies(on_grid(game))
            value[index] = _secured(game, x[index])
    return value, x, y


def _secured(payoffs: Array, x: Array) -> Array:
    """What the row player's strategy guarantees."""
    return np.asarray(np.einsum("...i,...ij->...j", x, payoffs).min(axis=-1))


def _held(payoffs: Array, y: Array) -> Array:
    """What the column player's strategy holds the row player down to."""
    most: Array = np.einsum("...ij,...j->...i", payoffs, y).max(axis=-1)
    return most


def _programme(payoffs: Array) -> tuple[Array, Array]:
    """Optimal strategies of one float matrix game (m, n), by HiGHS on max Σz s.t. Pz ≤ 1, z ≥ 0 (Dantzig 1951).

    Its strategies, and those that the supports point to, are candidates; whoever calls compares what they guarantee.
    """
    from scipy.optimize import linprog

    m, n = payoffs.shape
    low = payoffs.min()
    matrix = (payoffs - low) / ((payoffs.max() - low) or 1.0) + 1.0
    programme = linprog(-np.ones(n), A_ub=matrix, b_ub=np.ones(m), method="highs-ds")
    if not programme.success:
        return np.full(m, np.nan), np.full(n, np.nan)  # no number: the exact method decides
    x, y = (np.clip(z, 0.0, None) / np.clip(z, 0.0, None).sum() for z in (-programme.ineqlin.marginals, programme.x))
    rows, columns = np.flatnonzero(x > _SUPPORT), np.flatnonzero(y > _SUPPORT)
    if len(rows) == len(columns):
        kernel = matrix[np.ix_(rows, columns)]
        for strategy, support, system in ((x, rows, kernel.T), (y, columns, kernel)):
            try:
                z = np.linalg.solve(system, np.ones(len(support)))
            except np.linalg.LinAlgError:
                continue
            if (z >= 0).all():
                strategy[:] = 0.0
                strategy[support] = z / z.sum()
    return x, y


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

    The simplex method in whole numbers: :func:`alliances.games.tableau.best_strategies`.

    Examples
    --------
    >>> value, x, y = matrix_value_exact(np.array([[3, 0], [1, 2]]))
    >>> str(value), [str(p) for p in x], [str(q) for q in y]
    ('3/2', ['1/4', '3/4'], ['1/2', '1/2'])
    """
    entries = [[Fraction(x) for x in row] for row in payoffs.tolist()]
    _, x, y = best_strategies(whole(entries))
    return min(sum((p * row[j] for p, row in zip(x, entries, strict=True) if p), Fraction(0)) for j in range(len(y))), x, y
