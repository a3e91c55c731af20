"""Nash equilibria of a stage game, pure and mixed.

The equilibria of a bimatrix game are the completely labelled pairs of points of two best-response polytopes

    {x ≥ 0 : xᵀB ≤ 1},   {y ≥ 0 : Ay ≤ 1}   (payoffs made positive),

and every equilibrium is a convex combination of *extreme* ones, which are pairs of vertices (Mangasarian 1964; von
Stengel 2002, *Handbook of Game Theory* 3, ch. 45). A game is degenerate where a strategy has more best replies than its
support is large; then equilibria may form segments and larger sets, and the extreme ones are their corners.

Three ways to the vertices:

* exact games: all vertices in rational arithmetic, by solving every basis; their number is C(m + n, m).
* float games: ``nashpy``'s vertex enumeration, on payoffs scaled to [1, 2] so that its polytopes are bounded and its
  absolute tolerances do not depend on the unit of payoff, polished on the supports. It loses equilibria whose vertices
  lie closer together than those tolerances. Where the game is small enough, the rational vertices of the same payoffs
  (floats are rational numbers) join the candidates. Every candidate is kept only if its regret, computed from the
  definition, is within four times the game's tolerance.
* batches of small float games: pairs of kernels' strategies (:mod:`alliances.games.kernels`), for :func:`worst_payoffs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, Scalar, settle, to_float
from alliances.games.bimatrix import Bimatrix
from alliances.games.kernels import kernel_count, kernel_strategies
from alliances.games.players import PLAYERS
from alliances.results import Result

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["Equilibrium", "NashEquilibria", "nash", "regret", "worst_payoffs"]

NashMethod: TypeAlias = Literal["nashpy vertex enumeration", "rational vertex enumeration"]

_RATIONAL: NashMethod = "rational vertex enumeration"
_MOST_BASES = 200_000
_FEW_BASES = 1000  # up to 6×6: a fraction of a second
_MOST_KERNELS = 70  # 4×4 games have 69
_CHUNK = 20_000  # games at a time, to bound the memory of all pairs
_NEGATIVE = 1e-9  # probabilities: what least squares may leave below zero
_SAME_STRATEGY = 1e-7  # probabilities: float equilibria nearer than this are one; far above rounding, below any support's


@dataclass(frozen=True, eq=False)
class Equilibrium(Result):
    """One Nash equilibrium.

    Attributes
    ----------
    x, y
        The sponsor's (m,) and the proxy's (n,) mixed strategy.
    sponsor, proxy
        The equilibrium payoffs.
    regret
        The larger of the two players' gains from the best deviation: the certificate (0 if exact).
    """

    x: Array
    y: Array
    sponsor: Scalar
    proxy: Scalar
    regret: Scalar

    @property
    def pure(self) -> bool:
        """Whether both strategies are pure."""
        return bool(np.count_nonzero(self.x) == 1 and np.count_nonzero(self.y) == 1)


@dataclass(frozen=True, eq=False)
class NashEquilibria(Result):
    """The extreme Nash equilibria of one game.

    Attributes
    ----------
    equilibria
        In order of the sponsor's strategy, pure ones of low index first.
    degenerate
        Whether some equilibrium strategy has more best replies than its support is large: then the set of all
        equilibria may contain segments between the ones listed.
    method
        "nashpy vertex enumeration" or "rational vertex enumeration".
    stage
        The game.
    """

    equilibria: tuple[Equilibrium, ...]
    degenerate: bool
    method: NashMethod
    stage: Bimatrix

    @property
    def message(self) -> str:
        """What the user should know: "" or a sentence."""
        if self.degenerate:
            return "The game is degenerate: besides these extreme equilibria, convex combinations of them may be equilibria."
        if not self.equilibria:
            return "No equilibrium was found, although every game has one; solve it with exact payoffs (Fractions)."
        if len(self.equilibria) % 2 == 0:  # a nondegenerate game has an odd number (Wilson 1971)
            return (
                "An even number of equilibria was found in a game that looks nondegenerate; "
                "solve it with exact payoffs (Fractions)."
            )
        return ""

    def _record(self) -> dict[str, Any]:
        return {**super()._record(), "message": self.message, "stage": self.stage.to_dict()}

    def _columns(self) -> Columns:
        """One row per equilibrium: the probability of each action, the payoffs and the regret."""
        rows, columns = self.stage.actions
        table: dict[str, Any] = {f"sponsor: {label}": [e.x[k] for e in self] for k, label in enumerate(rows)}
        table |= {f"proxy: {label}": [e.y[k] for e in self] for k, label in enumerate(columns)}
        return {**table, **{name: [getattr(e, name) for e in self] for name in (*PLAYERS, "regret")}}

    def __str__(self) -> str:
        return repr(self)

    def __iter__(self) -> Iterator[Equilibrium]:
        return iter(self.equilibria)

    def __len__(self) -> int:
        return len(self.equilibria)

    def __getitem__(self, k: int) -> Equilibrium:
        return self.equilibria[k]


def nash(stage: Bimatrix) -> NashEquilibria:
    """All extreme Nash equilibria of one stage game.

    Parameters
    ----------
    stage
        A single game (index a batch first).

    Raises
    ------
    ValueError
        If ``stage`` is a batch, or an exact game too large to enumerate.

    Examples
    --------
    >>> from alliances import StageGame
    >>> chicken = StageGame([[3, 1], [4, 0]], [[3, 4], [1, 0]])
    >>> [(e.x.tolist(), str(e.sponsor)) for e in chicken.nash() if not e.pure]
    [([Fraction(1, 2), Fraction(1, 2)], '2')]
    """
    stage.single("nash")
    if stage.exact:
        equilibria, method = _rational(stage), _RATIONAL
    else:
        equilibria, method = _through_nashpy(stage)
    equilibria.sort(key=lambda e: (-np.round(to_float(e.x), 9)).tolist() + (-np.round(to_float(e.y), 9)).tolist())
    degenerate = any(_more_replies_than_support(stage, e) for e in equilibria)
    return NashEquilibria(tuple(equilibria), degenerate, method, stage)


def regret(stage: Bimatrix, x: Array, y: Array) -> tuple[Number, Number]:
    """What the sponsor and the proxy would gain by a best deviation from (x, y), by definition."""
    rows, columns = stage.A @ y, x @ stage.B
    return rows.max() - x @ rows, columns.max() - columns @ y


def worst_payoffs(stage: Bimatrix) -> tuple[Number, Number]:
    """Each player's payoff in its worst Nash equilibrium, pure or mixed, for every game of a batch.

    Small float games are solved together, all extreme equilibria being pairs of kernels' strategies; exact and large games
    one after the other, by :func:`nash`.

    Raises
    ------
    ArithmeticError
        If no equilibrium of a float game was found (every game has one): pass exact payoffs.

    Examples
    --------
    >>> from alliances import StageGame
    >>> pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> worst_payoffs(StageGame(np.stack([pennies, pennies + 1]), -pennies))[0].round(12).tolist()
    [0.0, 1.0]
    """
    if stage.exact or kernel_count(*stage.shape) > _MOST_KERNELS:
        worst = np.empty((2, *stage.batch_shape), dtype=object if stage.exact else np.float64)
        for index in np.ndindex(stage.batch_shape):
            equilibria = nash(stage[index] if stage.batch_shape else stage)
            for player, name in enumerate(PLAYERS):
                worst[player, *index] = min((getattr(e, name) for e in equilibria), default=np.inf)
    else:
        flat = [x.reshape(-1, *stage.shape) for x in (stage.A, stage.B)]
        tolerances = [np.broadcast_to(t, stage.batch_shape).ravel() for t in stage.tolerance]
        parts = [_worst_of_pairs(*(x[k : k + _CHUNK] for x in (*flat, *tolerances))) for k in range(0, len(flat[0]), _CHUNK)]
        worst = np.concatenate(parts, axis=-1).reshape(2, *stage.batch_shape)
    if (worst == np.inf).any():
        raise ArithmeticError("worst_payoffs(): no equilibrium of a game was found in floating point; pass exact payoffs")
    return settle(worst[0]), settle(worst[1])


def _worst_of_pairs(a: Array, b: Array, tol_s: Array, tol_p: Array) -> Array:
    """(2, N): the least payoffs over all equilibria among the pairs of kernels' strategies of N games."""
    xs, good_x = (np.stack(z, axis=1) for z in zip(*kernel_strategies(b), strict=True))
    ys, good_y = (np.stack(z, axis=1) for z in zip(*kernel_strategies(np.swapaxes(a, -1, -2)), strict=True))
    rows, columns = a @ np.swapaxes(ys, -1, -2), xs @ b  # (N, m, K) and (N, K, n)
    sponsor, proxy = xs @ rows, columns @ np.swapaxes(ys, -1, -2)  # (N, K, K)
    stable = (rows.max(axis=-2)[:, None, :] - sponsor <= 4 * tol_s[:, None, None]) & (
        columns.max(axis=-1)[:, :, None] - proxy <= 4 * tol_p[:, None, None]
    )
    stable &= good_x[:, :, None] & good_y[:, None, :]
    return np.stack([np.where(stable, payoff, np.inf).min(axis=(-2, -1)) for payoff in (sponsor, proxy)])


def _equilibrium(stage: Bimatrix, x: Array, y: Array) -> Equilibrium:
    payoffs: tuple[Number, Number] = x @ stage.A @ y, x @ stage.B @ y
    return Equilibrium(x, y, *payoffs, max(regret(stage, x, y)))


def _more_replies_than_support(stage: Bimatrix, e: Equilibrium) -> bool:
    tol_s, tol_p = stage.tolerance
    rows, columns = stage.A @ e.y, e.x @ stage.B
    replies_s, replies_p = np.sum(rows >= rows.max() - 4 * tol_s), np.sum(columns >= columns.max() - 4 * tol_p)
    return bool(replies_s > np.count_nonzero(e.y) or replies_p > np.count_nonzero(e.x))


# -- float games ------------------------------------------------------------------------------------------------------


def _through_nashpy(stage: Bimatrix) -> tuple[list[Equilibrium], NashMethod]:
    from nashpy.algorithms.vertex_enumeration import vertex_enumeration
    from scipy.spatial import QhullError

    m, n = stage.shape
    scaled = [(p - p.min()) / (np.ptp(p) or 1.0) + 1.0 for p in (stage.A, stage.B)]
    pairs = [(np.eye(m)[i], np.eye(n)[j]) for i, j in stage.pure_nash()]
    method: NashMethod = "nashpy vertex enumeration"
    try:
        a, b = scaled
        polished = (_polish(a, b, x, y) for x, y in vertex_enumeration(*scaled))
        pairs += [pair for pair in polished if pair is not None]
    except QhullError:  # a polytope that the float hull code cannot handle, such as one with a single action
        method = _RATIONAL
    if comb(m + n, m) <= _FEW_BASES or method != "nashpy vertex enumeration":
        exact = stage.to_fractions()
        pairs += [(to_float(e.x), to_float(e.y)) for e in _rational(exact)]
    equilibria: list[Equilibrium] = []
    for x, y in pairs:
        within = all(r <= 4 * t for r, t in zip(regret(stage, x, y), stage.tolerance, strict=True))
        if within and not any(
            np.abs(x - o.x).max() < _SAME_STRATEGY and np.abs(y - o.y).max() < _SAME_STRATEGY for o in equilibria
        ):
            equilibria.append(_equilibrium(stage, x, y))
    return equilibria, method


def _polish(a: Array, b: Array, x: Array, y: Array) -> tuple[Array, Array] | None:
    """A vertex pair solved again on its supports and best replies: nashpy's hull code is only accurate to about 1e-9."""
    new_y = _solve_indifference(a, np.flatnonzero(y > _SAME_STRATEGY), a @ y)
    new_x = _solve_indifference(b.T, np.flatnonzero(x > _SAME_STRATEGY), x @ b)
    return None if new_x is None or new_y is None else (new_x, new_y)


def _solve_indifference(payoffs: Array, support: Array, values: Array) -> Array | None:
    """The strategy on ``support`` that makes the best rows of ``payoffs`` indifferent, by least squares."""
    best = np.flatnonzero(values >= values.max() - 1e-6)
    rows = np.column_stack([payoffs[np.ix_(best, support)], -np.ones(len(best))])
    system = np.vstack([rows, np.append(np.ones(len(support)), 0.0)])
    solution = np.linalg.lstsq(system, np.append(np.zeros(len(best)), 1.0), rcond=None)[0][:-1]
    if (solution < -_NEGATIVE).any():
        return None
    strategy: Array = np.zeros(payoffs.shape[1])
    strategy[support] = np.clip(solution, 0.0, None)
    strategy /= strategy.sum()
    return strategy


# -- exact games ------------------------------------------------------------------------------------------------------


def _rational(stage: Bimatrix) -> list[Equilibrium]:
    m, n = stage.shape
    if comb(m + n, m) > _MOST_BASES:
        raise ValueError(
            f"nash(): an exact game must be small enough to enumerate C(m+n, m) ≤ {_MOST_BASES} bases; got {m}×{n}, "
            "so pass floats"
        )
    a, b = stage.A - stage.A.min() + 1, stage.B - stage.B.min() + 1
    # Labels: 0 … m−1 are the sponsor's actions, m … m+n−1 the proxy's. A vertex x carries i where x_i = 0 and m+j where j is
    # a best reply; a vertex y carries m+j where y_j = 0 and i where i is a best reply.
    xs = _vertices(b.T, actions=range(m), replies=range(m, m + n))
    ys = _vertices(a, actions=range(m, m + n), replies=range(m))
    everything = set(range(m + n))
    return [_equilibrium(stage, x, y) for x, labels_x in xs for y, labels_y in ys if labels_x | labels_y == everything]


def _vertices(payoffs: Array, actions: range, replies: range) -> list[tuple[Array, set[int]]]:
    """The vertices z ≠ 0 of {z ≥ 0 : Pz ≤ 1}, normalised to probabilities, each with its labels."""
    rows, size = payoffs.shape
    vertices: dict[tuple[Fraction, ...], set[int]] = {}
    for count in range(1, min(rows, size) + 1):
        for support in combinations(range(size), count):
            for tight in combinations(range(rows), count):
                z = _solve([[payoffs[r, c] for c in support] for r in tight])
                if z is None or any(v <= 0 for v in z):
                    continue  # a vertex with a zero inside its support is found on the smaller support
                point = np.array([Fraction(0)] * size, dtype=object)
                point[list(support)] = z
                slack = 1 - payoffs @ point
                if (slack >= 0).all():
                    labels = {actions[k] for k in range(size) if point[k] == 0} | {
                        replies[r] for r in range(rows) if slack[r] == 0
                    }
                    vertices[tuple(point / point.sum())] = labels
    return [(np.array(point, dtype=object), labels) for point, labels in vertices.items()]


def _solve(matrix: list[list[Fraction]]) -> list[Fraction] | None:
    """The solution z of Mz = 1 in rational arithmetic, or None where M is singular (Gauss–Jordan)."""
    size = len(matrix)
    rows = [[*row, Fraction(1)] for row in matrix]
    for k in range(size):
        pivot = next((r for r in range(k, size) if rows[r][k] != 0), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [v / rows[k][k] for v in rows[k]]
        for r in range(size):
            if r != k and rows[r][k] != 0:
                factor = rows[r][k]
                rows[r] = [v - factor * w for v, w in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]
