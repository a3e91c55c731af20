r"""Nash equilibria of a stage game, pure and mixed.

The equilibria of a bimatrix game are the completely labelled pairs of points of two best-response polytopes

.. math:: \{x ≥ 0 : x^\top B ≤ 1\}, \qquad \{y ≥ 0 : A y ≤ 1\} \qquad \text{(payoffs made positive)},

and every equilibrium is a convex combination of *extreme* ones, which are pairs of vertices (Mangasarian 1964; von
Stengel 2002, *Handbook of Game Theory* 3, ch. 45). A game is degenerate where a strategy has more best replies than its
support is large; then equilibria may form segments and larger sets, and the extreme ones are their corners.

The vertices are enumerated in whole numbers, by pivoting from one to the next (:mod:`alliances.games.tableau`). Two
vertices form an equilibrium if each action of either player is played with probability 0 or is a best reply.

* exact games: these are the answer.
* float games: floats are rational numbers, so the same enumeration gives candidates. So does the game with payoffs rounded
  to whole numbers, in which payoffs that differ by rounding alone are equal; its equilibria are solved for again on their
  supports. Every candidate is kept only if its regret, computed from the definition, is within four times the game's
  tolerance.
* batches of small float games: pairs of kernels' strategies (:mod:`alliances.games.kernels`), for :func:`worst_payoffs`.

The number of vertices grows quickly: at most 112 for 6×6, 1430 for 9×9, 4004 for 10×10, 24 752 for 12×12 (McMullen 1970).
Games in which there may be more than 5000 are refused before anything is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, Scalar, settle, to_float
from alliances.games.bimatrix import Bimatrix
from alliances.games.kernels import kernel_count, kernel_strategies
from alliances.games.players import PLAYERS
from alliances.games.printed import bimatrix_html
from alliances.games.tableau import on_grid, vertex_bound, vertices, whole
from alliances.results import Result
from alliances.values.tables import text_table

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["Equilibrium", "NashEquilibria", "nash", "regret", "worst_payoffs"]

NashMethod: TypeAlias = Literal["rational vertex enumeration"]

_RATIONAL: NashMethod = "rational vertex enumeration"
_MOST_VERTICES = 5000  # 10×10 games have at most 4004: some seconds
_MOST_KERNELS = 70  # 4×4 games have 69
_CHUNK = 20_000  # games at a time, to bound the memory of all pairs
_NEGATIVE = 1e-9  # probabilities: what least squares may leave below zero
_SAME_REPLY = 1e-10  # payoffs on [1, 2]: far above what the grid's rounding moves the payoffs of an equilibrium by
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

    def _columns(self) -> Columns:
        """One row per action: whose, which, and its probability."""
        m, n = len(self.x), len(self.y)
        actions = [*range(m), *range(n)]
        return {"player": ["sponsor"] * m + ["proxy"] * n, "action": actions, "probability": [*self.x, *self.y]}

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
        "rational vertex enumeration".
    stage
        The game.
    """

    references: ClassVar[tuple[str, ...]] = ("nash-1951", "mangasarian-1964", "von-stengel-2002")

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
        return {**super()._record(), "message": self.message, "stage": self.stage}

    def _columns(self) -> Columns:
        """One row per equilibrium: the probability of each action, the payoffs and the regret."""
        rows, columns = self.stage.actions
        table: dict[str, Any] = {f"sponsor: {label}": [e.x[k] for e in self] for k, label in enumerate(rows)}
        table |= {f"proxy: {label}": [e.y[k] for e in self] for k, label in enumerate(columns)}
        return {**table, **{name: [getattr(e, name) for e in self] for name in (*PLAYERS, "regret")}}

    def _repr_html_(self) -> str:
        return super()._repr_html_() + bimatrix_html(self.stage)

    def __str__(self) -> str:
        table = text_table(self._columns()) if self.equilibria else ""
        return "\n".join(part for part in (table, self.message) if part)

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
        If ``stage`` is a batch, or too large to enumerate: a polytope of its best replies may have more than 5000 vertices.

    Examples
    --------
    >>> from alliances import StageGame
    >>> chicken = StageGame([[3, 1], [4, 0]], [[3, 4], [1, 0]])
    >>> [(e.x.tolist(), str(e.sponsor)) for e in chicken.nash() if not e.pure]
    [([Fraction(1, 2), Fraction(1, 2)], '2')]
    """
    stage.single("nash")
    m, n = stage.shape
    most = max(vertex_bound(m, n), vertex_bound(n, m))
    if most > _MOST_VERTICES:
        raise ValueError(
            f"nash(): stage must be small enough to enumerate at most {_MOST_VERTICES} vertices, as every 10×10 game is; got "
            f"{m}×{n} with up to {most}. Leave out dominated actions, or ask for pure_nash()"
        )
    equilibria = [_equilibrium(stage, x, y) for x, y in (_rational(stage) if stage.exact else _candidates(stage))]
    equilibria.sort(key=lambda e: (-np.round(to_float(e.x), 9)).tolist() + (-np.round(to_float(e.y), 9)).tolist())
    degenerate = any(_more_replies_than_support(stage, e) for e in equilibria)
    return NashEquilibria(tuple(equilibria), degenerate, _RATIONAL, stage)


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


def _candidates(stage: Bimatrix) -> list[tuple[Array, Array]]:
    """The equilibria of a float game among all candidates, each once."""
    m, n = stage.shape
    pairs = [(np.eye(m)[i], np.eye(n)[j]) for i, j in stage.pure_nash()]
    pairs += [(to_float(x), to_float(y)) for x, y in _rational(stage.to_fractions())]
    a, b = scaled = [(p - p.min()) / (np.ptp(p) or 1.0) + 1.0 for p in (stage.A, stage.B)]
    polished = (_polish(a, b, to_float(x), to_float(y)) for x, y in _complete(*map(on_grid, scaled)))
    pairs += [pair for pair in polished if pair is not None]
    equilibria: list[tuple[Array, Array]] = []
    known = np.full((len(pairs), m + n), np.inf)  # their strategies, row by row
    for x, y in pairs:
        both = np.concatenate([x, y])
        new = (np.abs(known[: len(equilibria)] - both).max(axis=1, initial=0.0) >= _SAME_STRATEGY).all()
        if new and all(r <= 4 * t for r, t in zip(regret(stage, x, y), stage.tolerance, strict=True)):
            known[len(equilibria)] = both
            equilibria.append((x, y))
    return equilibria


def _polish(a: Array, b: Array, x: Array, y: Array) -> tuple[Array, Array] | None:
    """An equilibrium of the rounded game solved again on its supports and best replies."""
    new_y = _solve_indifference(a, np.flatnonzero(y > _SAME_STRATEGY), a @ y)
    new_x = _solve_indifference(b.T, np.flatnonzero(x > _SAME_STRATEGY), x @ b)
    return None if new_x is None or new_y is None else (new_x, new_y)


def _solve_indifference(payoffs: Array, support: Array, values: Array) -> Array | None:
    """The strategy on ``support`` that makes the best rows of ``payoffs`` indifferent, by least squares."""
    best = np.flatnonzero(values >= values.max() - _SAME_REPLY)
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


def _rational(stage: Bimatrix) -> list[tuple[Array, Array]]:
    """The extreme equilibria of a game in Fractions."""
    return _complete(*(whole(payoffs.tolist()) for payoffs in (stage.A, stage.B)))


def _complete(a: list[list[int]], b: list[list[int]]) -> list[tuple[Array, Array]]:
    """The completely labelled pairs of vertices of a game in positive whole numbers.

    A label is a bit: k < m for the sponsor's action k, m + j for the proxy's action j. A vertex x carries k where x_k = 0 and
    m + j where j is a best reply; a vertex y carries m + j where y_j = 0 and k where k is a best reply.
    """
    m, n = len(a), len(a[0])
    xs = vertices(list(zip(*b, strict=True)))  # bits: the sponsor's actions, then the proxy's replies
    ys = {mask >> n | (mask & ((1 << n) - 1)) << m: y for mask, y in vertices(a).items()}
    everything = (1 << (m + n)) - 1
    if m + n <= 64:
        masks = np.fromiter(ys, np.uint64, len(ys))
        strategies = list(ys.values())
        return [
            (np.array(x, dtype=object), np.array(strategies[k], dtype=object))
            for mask, x in xs.items()
            for k in np.flatnonzero(masks | np.uint64(mask) == np.uint64(everything))
        ]
    return [
        (np.array(x, dtype=object), np.array(y, dtype=object))
        for mask, x in xs.items()
        for other, y in ys.items()
        if mask | other == everything
    ]
