"""Equilibrium payoff sets of many games at once, in floating point.

The steps of :mod:`alliances.repeated.payoff_set_float`, with every array leading with the game: polygons are padded by repeating a
vertex, all profiles of all games meet all edges in one expression, and hulls are wrapped for all games together. Games leave the
batch as they settle. The share of games whose sets settle only in the limit is finished one by one by the single-game solver, which
solves for the limit instead of iterating towards it; in random games that is some per cent.

A step costs games × profiles × vertices operations for the constraints and games × profiles × vertices for the hulls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.games import StageGame
from alliances.repeated.generation import Rules
from alliances.repeated.payoff_set import PayoffSet, payoff_set
from alliances.repeated.payoff_set_float import solve_float

__all__ = ["KINDS", "PayoffSetBatch", "payoff_set_batch"]

KINDS = np.array(["empty", "point", "segment", "polygon"])
"""Names of the kinds of set, by number of vertices (3 and more: polygon)."""

_CHUNK = 2048  # games at a time: what keeps the arrays of one step in the processor's cache
_STEPS = 80  # steps for all games together, before the rest is finished one by one
_TIE = 1e-14
_SAME = 1e-12


@dataclass(frozen=True, eq=False)
class PayoffSetBatch:
    """The payoff sets of a batch of games.

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
        (…): whether the computation of each set ended as intended.

    Indexing with a batch index gives the :class:`~alliances.repeated.payoff_set.PayoffSet` of one game.
    """

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
        return np.nan_to_num((v[..., 0] * w[..., 1] - v[..., 1] * w[..., 0]).sum(axis=-1) / 2)

    def __len__(self) -> int:
        return len(self.count)

    def __getitem__(self, index: Any) -> PayoffSet:
        """One game's set, solved again with its details."""
        a, b = (np.broadcast_to(x, (*self.count.shape, *x.shape[-2:]))[index] for x in (self.stage.A, self.stage.B))
        single = payoff_set(StageGame(a, b, self.stage.actions), self.discount[index])
        if not isinstance(single, PayoffSet):
            raise IndexError(f"PayoffSetBatch: index {index!r} must select one game")
        return single

    def __repr__(self) -> str:
        return f"PayoffSetBatch({self.count.shape}, at most {self.vertices.shape[-2]} vertices)"


def payoff_set_batch(stage: StageGame, delta: Number) -> PayoffSetBatch:
    """The payoff sets of a batch of games; see :func:`alliances.repeated.payoff_set.payoff_set`.

    Examples
    --------
    >>> pd = StageGame([[9.0, 1.0], [10.0, 3.0]], [[9.0, 10.0], [1.0, 3.0]])
    >>> sets = payoff_set_batch(pd, np.array([0.1, 0.2, 0.3]))
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
    tol = 1e-12 + (1.6e-15 * np.abs(g).max(axis=1, keepdims=True) / spread).max(axis=2)  # (games, 1)
    g = (g - low) / spread
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
    owed = temptation * ((1 - safe) / safe)[:, None, None]
    owed[myopic] = np.where(temptation[myopic] <= tol[myopic][..., None], 0.0, 4.0)  # nobody waits: only stage Nash equilibria

    out: list[tuple[Array, Array]] = []  # (games' numbers, their rings)
    converged = np.ones(games, bool)
    index = np.arange(games)
    ring = _hull(g, np.ones(g.shape[:2], bool))
    u = minmax
    active = np.ones(g.shape[:2], bool)
    for _ in range(_STEPS):
        points, valid, alive = _generate(g, d, owed, safe, tol, ring, u, active)
        some = alive.any(axis=1)
        if not some.all():
            out.append((index[~some], np.full((int((~some).sum()), 1, 2), np.nan)))
            index, g, d, owed, safe, tol, ring, u, active, points, valid, alive = (
                x[some] for x in (index, g, d, owed, safe, tol, ring, u, active, points, valid, alive)
            )
            if not len(index):
                break
        new = _hull(points, valid)
        least = np.where(valid[..., None], points, np.inf).min(axis=1)
        floor = np.where(alive[..., None], d, np.inf).min(axis=1)
        u_new = np.maximum(np.maximum(u, least), floor)
        # sets shrink: they have settled if no old vertex lies outside of the new set
        settled = (_beyond(new, ring) <= 1e-15) & (np.abs(u_new - u) <= 1e-15).all(axis=1)
        if settled.any():
            out.append((index[settled], new[settled]))
            going = ~settled
            index, g, d, owed, safe, tol, new, u_new, alive = (
                x[going] for x in (index, g, d, owed, safe, tol, new, u_new, alive)
            )
        ring, u, active = new, u_new, alive
        if not len(index):
            break
    rest = []
    for k, game in enumerate(index.tolist()):
        rules = Rules(
            list(map(tuple, g[k].tolist())),
            list(map(tuple, d[k].tolist())),
            list(map(tuple, owed[k].tolist())),
            float(safe[k]),
            (float(minmax[game, 0]), float(minmax[game, 1])),
            float(tol[k, 0]),
        )
        solution = solve_float(rules)
        converged[game] = solution.converged
        rest.append((game, np.array(solution.vertices).reshape(-1, 2)))
    size = max([1, *(r.shape[1] for _, r in out), *(len(v) for _, v in rest)])
    vertices = np.full((games, size, 2), np.nan)
    for numbers, r in out:
        vertices[numbers, : r.shape[1]] = r
    vertices, count = _tidy(vertices)
    for game, v in rest:
        vertices[game] = np.nan
        vertices[game, : len(v)] = v
        count[game] = len(v)
    width = max(1, int(count.max(initial=0)))
    return vertices[:, :width] * spread + low, count, converged


def _generate(
    g: Array, d: Array, owed: Array, delta: Array, tol: Array, ring: Array, u: Array, active: Array
) -> tuple[Array, Array, Array]:
    """Candidate points (games, 5 per profile, 2), which of them are valid, and which profiles are alive."""
    rest = (1 - delta)[:, None]
    delta = delta[:, None]
    k = owed + u[:, None, :]
    edge = tol
    bottom, top = ring.min(axis=1), ring.max(axis=1)
    near = active & (k[..., 0] <= top[:, :1] + edge) & (k[..., 1] <= top[:, 1:] + edge)
    own = near & (g[..., 0] >= k[..., 0] - edge) & (g[..., 1] >= k[..., 1] - edge)
    busy = near & ~own
    p, q = ring[:, None, :, :], np.roll(ring, -1, axis=1)[:, None, :, :]
    known = rest[..., None] * d + delta[..., None] * u[:, None, :]
    points, valid = [g], [own]
    ends = []
    for axis in (0, 1):
        other = 1 - axis
        at = np.clip(k[..., axis], bottom[:, axis, None], top[:, axis, None])[..., None]
        run = q[..., axis] - p[..., axis]
        meets = (np.minimum(p[..., axis], q[..., axis]) <= at) & (at <= np.maximum(p[..., axis], q[..., axis]))
        flat = run == 0
        share = (at - p[..., axis]) / np.where(flat, 1.0, run)
        cut = p[..., other] + share * (q[..., other] - p[..., other])
        # on an edge along the line, both its ends count: each is also the end of another edge, or this vertex's own
        cut = np.where(flat, p[..., other], cut)
        ends.append((np.where(meets, cut, -np.inf).max(axis=-1), np.where(meets, cut, np.inf).min(axis=-1)))
    (hi, lo), (right, left) = ends
    up = busy & (hi >= k[..., 1] - edge)
    side = busy & (right >= k[..., 0] - edge)
    corner = up & (lo < k[..., 1] - edge)
    for fits, value, axis in (
        (up, hi, 0),
        (up & ~corner, lo, 0),
        (side, right, 1),
        (side & (left >= k[..., 0] - edge), left, 1),
    ):
        free = rest * g[..., 1 - axis] + delta * np.where(fits, value, 0.0)
        points.append(np.stack([known[..., 0], free] if axis == 0 else [free, known[..., 1]], axis=-1))
        valid.append(fits)
    # the corner takes the place of the low end, which it excludes
    points[2] = np.where(corner[..., None], known, points[2])
    valid[2] = valid[2] | corner
    return np.concatenate(points, axis=1), np.concatenate(valid, axis=1), own | up | side


def _hull(points: Array, valid: Array) -> Array:
    """Convex hulls of (games, points, 2), as counter-clockwise rings padded by repeating vertices."""
    games = np.arange(len(points))
    for end in (np.where(valid[..., None], points, np.inf).min(axis=1), np.where(valid[..., None], points, -np.inf).max(axis=1)):
        points = np.where(np.abs(points - end[:, None]) <= _TIE, end[:, None], points)  # as polygon.snap
    x, y = points[..., 0], points[..., 1]
    least = np.where(valid, x, np.inf).min(axis=1)
    most = np.where(valid, x, -np.inf).max(axis=1)
    ring = []
    for sign, start in ((1.0, least), (-1.0, most)):
        # from the lowest leftmost point along the least slopes to the right; then the same upside down and back
        edge = valid & (np.abs(x - start[:, None]) <= _TIE)
        here = np.where(edge, sign * y, np.inf).argmin(axis=1)
        for _ in range(points.shape[1]):
            at = points[games, here]
            ring.append(at)
            run = sign * (x - at[:, :1])
            ahead = valid & (run > _TIE)
            going = ahead.any(axis=1)
            if not going.any():
                break
            slope = np.where(ahead, (y - at[:, 1:]) / np.where(ahead, run, 1.0) * sign, np.inf)
            here = np.where(going, slope.argmin(axis=1), here)
    return np.stack(ring, axis=1)


def _beyond(ring: Array, points: Array) -> Array:
    """How far the furthest of the points lies outside each ring."""
    edge = np.roll(ring, -1, axis=1) - ring
    length = np.abs(edge).sum(axis=2)
    real = length > _SAME
    unit = edge / np.where(real, length, 1.0)[..., None]
    away = points[:, :, None, :] - ring[:, None, :, :]
    out = away[..., 0] * unit[:, None, :, 1] - away[..., 1] * unit[:, None, :, 0]
    worst = np.where(real[:, None, :], out, -np.inf).max(axis=(1, 2))
    # a ring of one point, or of two, has no outside along the edge: compare the extent as well
    extent = np.maximum(points.max(axis=1) - ring.max(axis=1), ring.min(axis=1) - points.min(axis=1)).max(axis=1)
    result: Array = np.maximum(worst, extent)
    return result


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
            line, own = after - before, vertices - before
            length = np.abs(line).sum(axis=2)
            area = own[..., 0] * line[..., 1] - own[..., 1] * line[..., 0]
            along = (own * line).sum(axis=2)
            between = (along >= 0) & (along <= (line**2).sum(axis=2)) & (length > _SAME)
            double = np.abs(own).max(axis=2) <= _SAME
            drop = keep & (count[:, None] > 1) & (double | (between & (area <= _SAME * length) & (count[:, None] > 2)))
        if not drop.any():
            break
        if turn % 2 == 0:  # neighbours must not leave together: at first one of two, then one at a time
            first = drop & (k % 2 == 0)
            drop = np.where(first.any(axis=1, keepdims=True), first, drop & (np.cumsum(drop, axis=1) == 1))
        else:
            drop = drop & (np.cumsum(drop, axis=1) == 1)
        keep = keep & ~drop
    vertices = np.where(keep[..., None], vertices, np.nan)
    return vertices, keep.sum(axis=1)
