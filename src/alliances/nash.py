"""Nash equilibria of a stage game, pure and mixed.

The equilibria of a bimatrix game are the completely labelled pairs of points of two best-response polytopes

    {x ≥ 0 : xᵀB ≤ 1},   {y ≥ 0 : Ay ≤ 1}   (payoffs made positive),

and every equilibrium is a convex combination of *extreme* ones, which are pairs of vertices (Mangasarian 1964; von
Stengel 2002, *Handbook of Game Theory* 3, ch. 45). A game is degenerate where a strategy has more best replies than its
support is large; then equilibria may form segments and larger sets, and the extreme ones are their corners.

Two ways to the vertices:

* float games: ``nashpy``'s vertex enumeration, on payoffs scaled to [1, 2] so that the polytopes are bounded and
  nashpy's absolute tolerances do not depend on the unit of payoff; every candidate is polished on its support and kept
  only if its regret, computed from the definition, is within the game's tolerance.
* exact games: all vertices in rational arithmetic, by solving every basis. The number of bases is C(m + n, m).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from alliances.arithmetic import Array, Number, to_float

if TYPE_CHECKING:
    from alliances.games import StageGame

__all__ = ["Equilibrium", "NashEquilibria", "nash", "regret"]

_MOST_BASES = 200_000
_SAME = 1e-7  # two float equilibria nearer than this in probabilities are one: far above rounding, below any honest support


@dataclass(frozen=True, eq=False)
class Equilibrium:
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
    sponsor: Number
    proxy: Number
    regret: Number

    @property
    def pure(self) -> bool:
        """Whether both strategies are pure."""
        return bool(np.count_nonzero(self.x) == 1 and np.count_nonzero(self.y) == 1)


@dataclass(frozen=True, eq=False)
class NashEquilibria:
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
    message
        What the user should know: "" or a sentence.
    stage
        The game.
    """

    equilibria: tuple[Equilibrium, ...]
    degenerate: bool
    method: str
    message: str
    stage: StageGame

    def __iter__(self) -> Iterator[Equilibrium]:
        return iter(self.equilibria)

    def __len__(self) -> int:
        return len(self.equilibria)

    def __getitem__(self, k: int) -> Equilibrium:
        return self.equilibria[k]


def nash(stage: StageGame) -> NashEquilibria:
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
    stage._require_single("nash")
    if stage.exact:
        found, method = _rational(stage), "rational vertex enumeration"
    else:
        found, method = _through_nashpy(stage)
    found.sort(key=lambda e: (-np.round(to_float(e.x), 9)).tolist() + (-np.round(to_float(e.y), 9)).tolist())
    degenerate = any(_more_replies_than_support(stage, e) for e in found)
    message = ""
    if degenerate:
        message = "The game is degenerate: besides these extreme equilibria, convex combinations of them may be equilibria."
    elif len(found) % 2 == 0:  # a nondegenerate game has an odd number (Wilson 1971)
        message = (
            "An even number of equilibria was found in a game that looks nondegenerate; "
            "solve it with exact payoffs (Fractions)."
        )
    return NashEquilibria(tuple(found), degenerate, method, message, stage)


def regret(stage: StageGame, x: Array, y: Array) -> tuple[Number, Number]:
    """What the sponsor and the proxy would gain by a best deviation from (x, y), by definition."""
    rows, columns = stage.A @ y, x @ stage.B
    return rows.max() - x @ rows, columns.max() - columns @ y


def _equilibrium(stage: StageGame, x: Array, y: Array) -> Equilibrium:
    return Equilibrium(x, y, x @ stage.A @ y, x @ stage.B @ y, max(regret(stage, x, y)))


def _more_replies_than_support(stage: StageGame, e: Equilibrium) -> bool:
    tol_s, tol_p = stage.tolerance
    rows, columns = stage.A @ e.y, e.x @ stage.B
    replies_s, replies_p = np.sum(rows >= rows.max() - 4 * tol_s), np.sum(columns >= columns.max() - 4 * tol_p)
    return bool(replies_s > np.count_nonzero(e.y) or replies_p > np.count_nonzero(e.x))


# -- float games ------------------------------------------------------------------------------------------------------


def _through_nashpy(stage: StageGame) -> tuple[list[Equilibrium], str]:
    from nashpy.algorithms.vertex_enumeration import vertex_enumeration
    from scipy.spatial import QhullError

    scaled = [(p - p.min()) / (np.ptp(p) or 1.0) + 1.0 for p in (stage.A, stage.B)]
    try:
        candidates = list(vertex_enumeration(*scaled))
    except QhullError:  # a polytope that the float hull code cannot handle, such as one with a single action
        candidates = None
    if candidates is None:
        from alliances.games import StageGame as Game

        exact = Game(_fractions(stage.A), _fractions(stage.B), stage.actions)
        pairs = [(to_float(e.x), to_float(e.y)) for e in _rational(exact)]
        method = "rational vertex enumeration"
    else:
        pure = [(np.eye(stage.shape[0])[i], np.eye(stage.shape[1])[j]) for i, j in stage.pure_nash()]
        polished = (_polish(scaled[0], scaled[1], x, y) for x, y in candidates)
        pairs = pure + [pair for pair in polished if pair is not None]
        method = "nashpy vertex enumeration"
    found: list[Equilibrium] = []
    for x, y in pairs:
        e = _equilibrium(stage, x, y)
        within = all(r <= 4 * t for r, t in zip(regret(stage, x, y), stage.tolerance, strict=True))
        if within and not any(np.abs(e.x - o.x).max() < _SAME and np.abs(e.y - o.y).max() < _SAME for o in found):
            found.append(e)
    return found, method


def _polish(a: Array, b: Array, x: Array, y: Array) -> tuple[Array, Array] | None:
    """A vertex pair solved again on its supports and best replies: nashpy's hull code is only accurate to about 1e-9."""
    new_y = _solve_indifference(a, np.flatnonzero(y > _SAME), a @ y)
    new_x = _solve_indifference(b.T, np.flatnonzero(x > _SAME), x @ b)
    return None if new_x is None or new_y is None else (new_x, new_y)


def _solve_indifference(payoffs: Array, support: Array, values: Array) -> Array | None:
    """The strategy on ``support`` that makes the best rows of ``payoffs`` indifferent, by least squares."""
    best = np.flatnonzero(values >= values.max() - 1e-6)
    rows = np.column_stack([payoffs[np.ix_(best, support)], -np.ones(len(best))])
    system = np.vstack([rows, np.append(np.ones(len(support)), 0.0)])
    solution = np.linalg.lstsq(system, np.append(np.zeros(len(best)), 1.0), rcond=None)[0][:-1]
    if (solution < -1e-9).any():
        return None
    strategy: Array = np.zeros(payoffs.shape[1])
    strategy[support] = np.clip(solution, 0.0, None)
    strategy /= strategy.sum()
    return strategy


def _fractions(payoffs: Array) -> Array:
    return np.frompyfunc(Fraction, 1, 1)(payoffs.astype(object))  # type: ignore[no-any-return]


# -- exact games ------------------------------------------------------------------------------------------------------


def _rational(stage: StageGame) -> list[Equilibrium]:
    m, n = stage.shape
    if comb(m + n, m) > _MOST_BASES:
        raise ValueError(
            f"nash(): an exact game must be small enough to enumerate C(m+n, m) ≤ {_MOST_BASES} bases; got {m}×{n}, "
            "so pass floats"
        )
    a, b = stage.A - stage.A.min() + 1, stage.B - stage.B.min() + 1
    # Labels: 0 … m−1 are the sponsor's actions, m … m+n−1 the proxy's. A vertex x carries i where x_i = 0 and m+j where j is
    # a best reply; a vertex y carries m+j where y_j = 0 and i where i is a best reply.
    xs = _vertices(b.T, own=range(m), replies=range(m, m + n))
    ys = _vertices(a, own=range(m, m + n), replies=range(m))
    everything = set(range(m + n))
    return [_equilibrium(stage, x, y) for x, labels_x in xs for y, labels_y in ys if labels_x | labels_y == everything]


def _vertices(payoffs: Array, own: range, replies: range) -> list[tuple[Array, set[int]]]:
    """The vertices z ≠ 0 of {z ≥ 0 : Pz ≤ 1}, normalised to probabilities, each with its labels."""
    rows, size = payoffs.shape
    found: dict[tuple[Fraction, ...], set[int]] = {}
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
                    labels = {own[k] for k in range(size) if point[k] == 0} | {replies[r] for r in range(rows) if slack[r] == 0}
                    found[tuple(point / point.sum())] = labels
    return [(np.array(point, dtype=object), labels) for point, labels in found.items()]


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
