"""Equilibrium payoff sets of many games at once, in floating point.

The steps of :mod:`alliances.repeated.payoff_sets.floating`, with every array leading with the game: polygons are padded by
repeating a vertex, all profiles of all games meet all edges in one expression, and hulls are wrapped for all games
together. Games leave the batch as they settle. The share of games whose sets settle only in the limit is finished one by
one by the single-game solver, which solves for the limit instead of iterating towards it; in random games that is some
per cent.

A step costs games × profiles × vertices operations for the constraints and games × profiles × vertices for the hulls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.arithmetic.tolerance import FIXED_POINT, PROMISED, SAME_POINT, STANDSTILL, TIE, payoff_tolerance
from alliances.games.players import PLAYERS
from alliances.games.stage_game import StageGame
from alliances.repeated.payoff_sets.compiler import kernels, ready
from alliances.repeated.payoff_sets.floating import MANY_PROFILES, solve_float
from alliances.repeated.payoff_sets.operator import Rules
from alliances.repeated.payoff_sets.operator_arrays import ArrayRules
from alliances.repeated.payoff_sets.operator_batch import (
    Candidates,
    beyond_batch,
    generate_batch,
    hull_batch,
    newton_batch,
    widened,
)
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.repeated.payoff_sets.single import solve_single
from alliances.results import Result, Variable

__all__ = ["KINDS", "PayoffSetBatch", "solve_batch"]

KINDS = np.array(["empty", "point", "segment", "polygon"])
"""Names of the kinds of set, by number of vertices (3 and more: polygon)."""

_CHUNK = 4096  # games at a time: what keeps the arrays of one step in the processor's cache
_FEW = 24  # games left that are finished sooner one by one
_WORTH = 64  # games that compiled functions are worth
_ACCEPTED_BOUND = 8 * PROMISED  # the largest bound on rounding errors, which counts eight roundings where one is usual
_USUAL = 8  # vertices of nearly all sets of small games
_STEPS = 40  # steps for all games together, before the rest is finished one by one
_ATTEMPTS = frozenset((2, 3, 4, 5, 7, 9, 12, 16, 20, 25, 30, 35))  # steps after which limits are solved for


@dataclass(frozen=True, eq=False)
class PayoffSetBatch(Result):
    """The payoff sets of a batch of games.

    Indexing with a batch index gives the :class:`~alliances.repeated.payoff_sets.result.PayoffSet` of one game.

    Attributes
    ----------
    stage, discount
        The games, and their discount factors (broadcast to the batch).
    vertices
        (…, k, 2): vertices counter-clockwise, padded with NaN; k is the largest number of vertices.
    count
        (…): how many vertices each set has; 0 for an empty set, 1 a point, 2 a segment.
    punishments
        (…, 2): each player's worst equilibrium payoff; NaN where the set is empty.
    converged
        (…): whether the computation of each set ended as intended: at a set that the operator maps to itself. Where it did
        not, vertices only bound the set from outside, within the tolerance; that happens where the tolerance is no less than
        1 − δ, because payoffs have a common level of more than about 5·10¹⁴ (1 − δ) payoff ranges.
    """

    references: ClassVar[tuple[str, ...]] = ("abreu-pearce-stacchetti-1990", "abreu-sannikov-2014")

    stage: StageGame
    discount: Array
    vertices: Array
    count: Array
    punishments: Array
    converged: Array

    @property
    def kind(self) -> Array:
        """The names of the kinds of set."""
        return np.asarray(KINDS[np.minimum(self.count, 3)])

    @property
    def area(self) -> Array:
        """The areas; 0 for points and segments, and for empty sets."""
        first = self.vertices[..., :1, :]
        v = np.where(np.isnan(self.vertices), first, self.vertices) - first
        w = np.roll(v, -1, axis=-2)
        area: Array = np.nan_to_num((v[..., 0] * w[..., 1] - v[..., 1] * w[..., 0]).sum(axis=-1) / 2)
        return area

    @property
    def message(self) -> str:
        """How many sets of which kind."""
        counts = {str(kind): int(np.sum(self.kind == kind)) for kind in KINDS}
        return f"{self.count.size} games: " + ", ".join(f"{kind} {count}" for kind, count in counts.items() if count)

    def __len__(self) -> int:
        return len(self.count)

    def __getitem__(self, index: Any) -> PayoffSet:
        """One game's set, solved again with its details."""
        a, b = (np.broadcast_to(x, (*self.count.shape, *x.shape[-2:]))[index] for x in (self.stage.A, self.stage.B))
        delta = self.discount[index]
        if np.ndim(a) != 2 or np.ndim(delta):
            raise IndexError(f"PayoffSetBatch: index {index!r} must select one game")
        return solve_single(StageGame._trusted(a, b, self.stage.actions), delta)

    def _record(self) -> dict[str, Any]:
        names = ("discount", "kind", "vertices", "count", "punishments", "converged")
        return {"stage": self.stage, **{name: getattr(self, name) for name in names}}

    def _cells(self) -> Mapping[str, Any]:
        """Per game: its discount factor, the kind of set, its area, and each player's worst payoff."""
        worst = {f"worst_{name}": self.punishments[..., k] for k, name in enumerate(PLAYERS)}
        shape = self.count.shape
        table = {"discount": np.broadcast_to(to_float(self.discount), shape), "kind": self.kind, "vertices": self.count}
        return {**table, "area": self.area, **worst, "converged": self.converged}

    def _variables(self) -> Mapping[str, Variable]:
        n = self.count.ndim
        batch = ("game",) if n == 1 else tuple(f"axis_{k}" for k in range(n))
        players = Variable(("player",), np.array(PLAYERS), "player")
        return {
            "discount": Variable(batch, np.broadcast_to(to_float(self.discount), self.count.shape), "discount factor δ"),
            "kind": Variable(batch, self.kind, "kind of set"),
            "area": Variable(batch, self.area, "area of the set", "payoff²"),
            "player": players,
            "worst": Variable((*batch, "player"), self.punishments, "worst equilibrium payoff", "payoff"),
            "vertices": Variable((*batch, "vertex", "player"), self.vertices, "vertices, counter-clockwise", "payoff"),
        }


def solve_batch(stage: StageGame, delta: Number) -> PayoffSetBatch:
    """The payoff sets of a batch of games; see :func:`alliances.payoff_sets`.

    Examples
    --------
    >>> pd = StageGame([[9.0, 1.0], [10.0, 3.0]], [[9.0, 10.0], [1.0, 3.0]])
    >>> sets = solve_batch(pd, np.array([0.1, 0.2, 0.3]))
    >>> sets.kind.tolist(), sets.count.tolist(), sets.punishments[:, 0].tolist()
    (['point', 'segment', 'polygon'], [1, 2, 4], [3.0, 3.0, 3.0])
    """
    m, n = stage.shape
    shape = np.broadcast_shapes(stage.batch_shape, np.shape(delta))
    discount = np.broadcast_to(np.asarray(to_float(delta), float), shape)
    a, b = (np.broadcast_to(to_float(x), (*shape, m, n)).reshape(-1, m, n) for x in (stage.A, stage.B))
    flat = discount.reshape(-1)
    polygons: list[tuple[Array, Array, Array]] = []
    for start in range(0, len(flat), _CHUNK):
        piece = slice(start, start + _CHUNK)
        polygons.append(_solve(np.stack([a[piece], b[piece]], axis=-1).reshape(-1, m * n, 2), m, n, flat[piece]))
    most = max(p[0].shape[1] for p in polygons)
    vertices = np.full((len(flat), most, 2), np.nan)
    for start, (piece_vertices, _, _) in zip(range(0, len(flat), _CHUNK), polygons, strict=True):
        vertices[start : start + len(piece_vertices), : piece_vertices.shape[1]] = piece_vertices
    count = np.concatenate([p[1] for p in polygons])
    worst = np.where(np.isnan(vertices), np.inf, vertices).min(axis=1, initial=np.inf)
    return PayoffSetBatch(
        stage,
        discount,
        vertices.reshape(*shape, most, 2),
        count.reshape(shape),
        np.where(np.isinf(worst), np.nan, worst).reshape(*shape, 2),
        np.concatenate([p[2] for p in polygons]).reshape(shape),
    )


def _solve(g: Array, m: int, n: int, delta: Array) -> tuple[Array, Array, Array]:
    """Vertices (games, k, 2) padded with NaN, counts, and whether converged, of one chunk of games (games, profiles, 2)."""
    games = len(g)
    low = g.min(axis=1, keepdims=True)
    spread = np.ptp(g, axis=1, keepdims=True)
    spread[spread == 0] = 1.0
    tol = payoff_tolerance(1.0, (np.abs(g).max(axis=1, keepdims=True) / spread).max(axis=2))  # (games, 1)
    given, g = g, (g - low) / spread
    grid = g.reshape(games, m, n, 2)
    d = np.stack(
        [np.broadcast_to(grid[..., 0].max(axis=1, keepdims=True), (games, m, n)),
         np.broadcast_to(grid[..., 1].max(axis=2, keepdims=True), (games, m, n))],
        axis=-1,
    )  # fmt: skip
    minmax = np.stack([grid[..., 0].max(axis=1).min(axis=1), grid[..., 1].max(axis=2).min(axis=1)], axis=-1)
    d = d.reshape(games, m * n, 2)
    myopic = delta == 0
    safe = np.where(myopic, 0.5, delta)
    temptation = d - g
    temptation = np.where(temptation > tol[..., None], temptation, 0.0)
    with np.errstate(over="ignore"):
        owed = temptation * np.minimum((1 - safe) / safe, 1e300)[:, None, None]
    owed[myopic] = np.where(temptation[myopic] == 0, 0.0, 4.0)  # nobody waits: only stage Nash equilibria
    module = kernels() if games >= _WORTH else None
    if module is not None:
        vertices, count = _compiled(module, g, d, owed, safe, tol[:, 0], minmax)
        unsettled = np.flatnonzero(count < 0)
        if len(unsettled):  # next to δ = 1, where it is unsure of its own rounding
            few, count[unsettled], left = _in_arrays(g, d, owed, safe, tol, minmax, unsettled, 0)
            vertices = _padded(vertices, few.shape[1])
            vertices[unsettled, : few.shape[1]] = few
            unsettled = unsettled[left]
    else:
        vertices, count, unsettled = _in_arrays(g, d, owed, safe, tol, minmax, np.arange(games), _FEW)
    converged = np.ones(games, bool)
    rest: list[tuple[int, Array]] = []
    for k in unsettled.tolist():
        arrays = ArrayRules(g[k], d[k], owed[k], float(safe[k]), minmax[k], float(tol[k, 0]))
        a, b = np.moveaxis(given[k].reshape(m, n, 2), -1, 0)
        unrounded = partial(Rules.unrounded, a, b, arrays.discount, arrays.tolerance)
        solution = solve_float(arrays if module is not None or m * n > MANY_PROFILES else arrays.rules, unrounded)
        converged[k] = solution.converged
        rest.append((k, np.array(solution.vertices).reshape(-1, 2)))
    vertices = _padded(vertices, max((len(v) for _, v in rest), default=1))
    for k, v in rest:
        vertices[k] = np.nan
        vertices[k, : len(v)] = v
        count[k] = len(v)
    width = max(1, int(count.max(initial=0)))
    return vertices[:, :width] * spread + low, count, converged


def _padded(vertices: Array, width: int) -> Array:
    """Rings padded with NaN to a width, if they are not as wide."""
    games, size, _ = vertices.shape
    return vertices if size >= width else np.concatenate([vertices, np.full((games, width - size, 2), np.nan)], axis=1)


def _compiled(
    module: ModuleType, g: Array, d: Array, owed: Array, delta: Array, tol: Array, minmax: Array
) -> tuple[Array, Array]:
    """Vertices, padded with NaN, and counts, −1 where the set has not settled in floats."""
    games = g, d, owed, delta, tol, minmax
    count = np.empty(len(g), np.int64)
    most = _USUAL
    while True:
        vertices = np.full((len(g), most, 2), np.nan)
        arguments = *map(np.ascontiguousarray, games), _ACCEPTED_BOUND, vertices, count
        largest = ready(module.solve_all, *arguments)(*arguments)
        if largest <= most:
            return vertices, count
        most = largest


def _in_arrays(
    g: Array, d: Array, owed: Array, safe: Array, tol: Array, minmax: Array, which: Array, few: int
) -> tuple[Array, Array, Array]:
    """Of the games ``which``: vertices, padded with NaN, counts, and those left to be finished one by one.

    No more than ``few`` are left at once.
    """
    g, d, owed, safe, tol, minmax = (x[which] for x in (g, d, owed, safe, tol, minmax))
    games = len(g)
    out: list[tuple[Array, Array]] = []  # (games' numbers, their rings)
    state = _State(
        np.arange(games),
        g,
        d,
        owed,
        safe,
        tol,
        hull_batch(g, np.ones(g.shape[:2], bool))[0],
        minmax,
        np.ones(g.shape[:2], bool),
    )
    last: Array | None = None  # the origins of the vertices in the step before
    for step in range(_STEPS):
        candidates = state.generate()
        some = np.asarray(candidates.alive.any(axis=1))
        if not some.all():
            out.append((state.number[~some], np.full((int((~some).sum()), 1, 2), np.nan)))
            state, candidates, last = (
                state.take(some),
                Candidates(*(x[some] for x in candidates)),
                None if last is None else last[some],
            )
            if not len(state.number):
                break
        ring, chosen = hull_batch(candidates.points, candidates.valid)
        u, constant = state.punishments(candidates)
        # at a standstill no old vertex lies outside of the new set, nor a new one outside of the old set: sets need not shrink
        # where the tolerance, by which constraints may be missed, is no less than 1 − δ
        inwards, outwards = beyond_batch(ring, state.ring), beyond_batch(state.ring, ring)
        still = (np.abs(u - state.u) <= STANDSTILL).all(axis=1)
        settled = np.asarray((inwards <= STANDSTILL) & (outwards <= TIE) & still)
        origin = np.take_along_axis(candidates.slot, chosen, axis=1) * candidates.points.shape[1] + chosen
        same = _same_origins(last, origin) & ~settled
        before = state.ring.shape[1]
        ring, chosen = (widened(x, max(before, x.shape[1])) for x in (ring, chosen))
        state, last = state._replace(ring=ring, u=u, active=candidates.alive), origin
        if step in _ATTEMPTS and same.any():
            which = np.flatnonzero(same)
            chosen_candidates = Candidates(*(x[which] for x in candidates))
            limit, solved = _limits(state.take(which), chosen[which], chosen_candidates, constant[which], before)
            state.ring[which[solved]] = limit[solved]
            settled[which[solved]] = True
        if settled.any():
            out.append((state.number[settled], state.ring[settled]))
            state, last = state.take(~settled), last[~settled]
        if len(state.number) <= (few if step >= 5 else 0):
            break
    size = max([1, *(r.shape[1] for _, r in out)])
    vertices = np.full((games, size, 2), np.nan)
    for numbers, r in out:
        vertices[numbers, : r.shape[1]] = r
    vertices, count = _tidy(vertices)
    # counter-clockwise from the leftmost, of several the lowest
    x, y = (np.where(np.isnan(v), np.inf, v) for v in (vertices[..., 0], vertices[..., 1]))
    first = np.where(x <= x.min(axis=1, keepdims=True) + SAME_POINT, y, np.inf).argmin(axis=1)
    place = np.arange(size)
    turned = np.where(place < count[:, None], (place + first[:, None]) % np.maximum(count, 1)[:, None], place)
    return np.take_along_axis(vertices, turned[..., None], axis=1), count, state.number


class _State(NamedTuple):
    """The games still going: their numbers, rules, polygons, punishments and profiles not yet given up."""

    number: Array
    g: Array
    d: Array
    owed: Array
    delta: Array
    tol: Array
    ring: Array
    u: Array
    active: Array

    def take(self, which: Array) -> _State:
        return _State(*(x[which] for x in self))

    def generate(self) -> Candidates:
        return generate_batch(self.g, self.d, self.owed, self.delta, self.tol, self.ring, self.u, self.active)

    def punishments(self, candidates: Candidates) -> tuple[Array, Array]:
        """The next punishments, and whether each is a constant rather than a vertex's coordinate."""
        least = np.where(candidates.valid[..., None], candidates.points, np.inf).min(axis=1)
        floor = np.maximum(self.u, np.where(candidates.alive[..., None], self.d, np.inf).min(axis=1))
        return np.maximum(floor, least), floor >= least


def _same_origins(last: Array | None, origin: Array) -> Array:
    if last is None:
        return np.zeros(len(origin), bool)
    # rings are as wide as the batch's widest, and repeat their last vertex
    width = max(last.shape[1], origin.shape[1])
    same: Array = (widened(last, width) == widened(origin, width)).all(axis=1)
    return same


def _limits(state: _State, chosen: Array, candidates: Candidates, constant: Array, before: int) -> tuple[Array, Array]:
    """The limits that the structures point to, and which of them are limits: the checks of the single-game solver."""
    rules = state.g, state.d, state.owed, state.delta
    limit, u, good = newton_batch(*rules, state.ring, state.u, chosen, candidates, constant, before)
    good &= (u >= state.u - SAME_POINT).all(axis=1) & (beyond_batch(state.ring, limit) <= SAME_POINT)
    at_limit = state._replace(ring=limit, u=u)
    image = at_limit.generate()
    good &= image.alive.any(axis=1)
    image = image._replace(valid=image.valid | ~good[:, None])  # a game given up must not upset the hull
    ring, _ = hull_batch(image.points, image.valid)
    u_again, _ = state.punishments(image)  # from the outer punishments: another vertex may have become the worst
    good &= (np.abs(u_again - u) <= SAME_POINT).all(axis=1)
    good &= (beyond_batch(ring, limit) <= FIXED_POINT) & (beyond_batch(limit, ring) <= FIXED_POINT)
    for share in (0.0, 0.5, 0.9375):
        between = state._replace(ring=state.ring + share * (limit - state.ring), u=state.u + share * (u - state.u))
        image = between.generate()
        points = np.where(image.valid[..., None], image.points, between.ring[:, :1])
        good &= beyond_batch(between.ring, points) <= SAME_POINT
    return limit, good


def _tidy(vertices: Array) -> tuple[Array, Array]:
    """Rings without vertices that lie within tolerance of the segment between their neighbours, packed to the left."""
    games, size, _ = vertices.shape
    rows = np.arange(games)[:, None]
    keep = ~np.isnan(vertices[..., 0])
    for turn in range(2 * size):
        order = np.argsort(~keep, axis=1, kind="stable")
        vertices, keep = vertices[rows, order], keep[rows, order]
        count = keep.sum(axis=1)
        k = np.arange(size)[None, :]
        around = np.maximum(count, 1)[:, None]
        before, after = vertices[rows, (k - 1) % around], vertices[rows, (k + 1) % around]
        with np.errstate(invalid="ignore"):
            line, offset = after - before, vertices - before
            length = np.abs(line).sum(axis=2)
            area = offset[..., 0] * line[..., 1] - offset[..., 1] * line[..., 0]
            along = (offset * line).sum(axis=2)
            between = (along >= 0) & (along <= (line**2).sum(axis=2)) & (length > SAME_POINT)
            double = np.abs(offset).max(axis=2) <= SAME_POINT
            drop = keep & (count[:, None] > 1) & (double | (between & (area <= SAME_POINT * length) & (count[:, None] > 2)))
        if not drop.any():
            break
        if turn % 2 == 0:  # neighbours on the ring must not leave together: at first odd places only, then one at a time
            first = drop & (k % 2 == 1)
            drop = np.where(first.any(axis=1, keepdims=True), first, drop & (np.cumsum(drop, axis=1) == 1))
        else:
            drop = drop & (np.cumsum(drop, axis=1) == 1)
        keep = keep & ~drop
    vertices = np.where(keep[..., None], vertices, np.nan)
    return vertices, keep.sum(axis=1)
