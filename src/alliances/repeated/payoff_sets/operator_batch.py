"""One step of the outer iteration, and Newton's method for its limit, for many games at once.

The operator of :mod:`alliances.repeated.payoff_sets.operator` and the structure of
:mod:`alliances.repeated.payoff_sets.fixed_point` on arrays that lead with the game. Polygons are rings: counter-clockwise
vertices, padded by repeating some.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import SAME_POINT, STANDSTILL, TIE

__all__ = ["CORNER", "Candidates", "beyond_batch", "generate_batch", "hull_batch", "newton_batch", "widened"]

_SINGULAR = 1e-60  # a determinant below which Newton's method is given up
_SOLVED = 1e-13  # the last move of a Newton's method that has converged
CORNER = 5
"""The slot of a point whose continuation is the corner, where both constraints bind.

The others: 0, the profile's own payoffs; 1 and 2, the upper and the lower end where the sponsor's constraint binds; 3
and 4, the right and the left end where the proxy's does."""


class Candidates(NamedTuple):
    """Generated points (games, 5 per profile, …): coordinates, whether valid, slot, edge of the continuation; profiles
    alive.
    """

    points: Array
    valid: Array
    slot: Array
    edge: Array
    alive: Array


def generate_batch(
    g: Array, d: Array, owed: Array, delta: Array, tol: Array, ring: Array, u: Array, active: Array
) -> Candidates:
    """What a ring generates; ``active`` are the profiles not yet given up."""
    rest = (1 - delta)[:, None]
    delta = delta[:, None]
    k = owed + u[:, None, :]
    edge = tol
    bottom, top = ring.min(axis=1), ring.max(axis=1)
    near = active & (k[..., 0] <= top[:, :1] + edge) & (k[..., 1] <= top[:, 1:] + edge)
    unconstrained = near & (g[..., 0] >= k[..., 0] - edge) & (g[..., 1] >= k[..., 1] - edge)
    busy = near & ~unconstrained
    p, q = ring[:, None, :, :], np.roll(ring, -1, axis=1)[:, None, :, :]
    binding = rest[..., None] * d + delta[..., None] * u[:, None, :]
    points, valid = [g], [unconstrained]
    ends: list[Array] = []
    edges: list[Array] = [np.zeros(unconstrained.shape, int)]
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
        for worst, extreme in ((-np.inf, np.argmax), (np.inf, np.argmin)):
            values = np.where(meets, cut, worst)
            edge_of = extreme(values, axis=-1)
            ends.append(np.take_along_axis(values, edge_of[..., None], axis=-1)[..., 0])
            edges.append(edge_of)
    hi, lo, right, left = ends
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
        points.append(np.stack([binding[..., 0], free] if axis == 0 else [free, binding[..., 1]], axis=-1))
        valid.append(fits)
    # the corner takes the place of the low end, which it excludes
    points[2] = np.where(corner[..., None], binding, points[2])
    valid[2] = valid[2] | corner
    slots = [np.full(unconstrained.shape, slot) for slot in range(5)]
    slots[2] = np.where(corner, CORNER, slots[2])
    joined = [np.concatenate(x, axis=1) for x in (points, valid, slots, edges)]
    return Candidates(joined[0], joined[1], joined[2], joined[3], unconstrained | up | side)


def hull_batch(points: Array, valid: Array) -> tuple[Array, Array]:
    """Convex hulls as counter-clockwise rings, padded by repeating vertices, and the vertices' indices among the points."""
    games = np.arange(len(points))
    for end in (
        np.where(valid[..., None], points, np.inf).min(axis=1),
        np.where(valid[..., None], points, -np.inf).max(axis=1),
    ):
        points = np.where(np.abs(points - end[:, None]) <= TIE, end[:, None], points)  # as polygon.snap
    x, y = points[..., 0], points[..., 1]
    least = np.where(valid, x, np.inf).min(axis=1)
    most = np.where(valid, x, -np.inf).max(axis=1)
    chosen = []
    for sign, start in ((1.0, least), (-1.0, most)):
        # from the lowest leftmost point along the least slopes to the right; then the same upside down and back
        edge = valid & (np.abs(x - start[:, None]) <= TIE)
        vertex = np.where(edge, sign * y, np.inf).argmin(axis=1)
        for _ in range(points.shape[1]):
            at = points[games, vertex]
            chosen.append(vertex)
            run = sign * (x - at[:, :1])
            ahead = valid & (run > TIE)
            going = ahead.any(axis=1)
            if not going.any():
                break
            slope = np.where(ahead, (y - at[:, 1:]) / np.where(ahead, run, 1.0) * sign, np.inf)
            # of the points on one edge the last: what rounding leaves in the middle of edges would come and go
            with np.errstate(invalid="ignore"):
                on_edge = ahead & ((slope - slope.min(axis=1, keepdims=True)) * run <= TIE)
            vertex = np.where(going, np.where(on_edge, run, -1.0).argmax(axis=1), vertex)
    # the distinct vertices to the left, the last of them repeated: two rings with the same vertices are then equal
    indices = np.stack(chosen, axis=1)
    keep = indices != np.roll(indices, 1, axis=1)
    keep[:, 0] = True
    keep[:, 1:] &= indices[:, 1:] != indices[:, :1]
    count = keep.sum(axis=1)
    order = np.argsort(~keep, axis=1, kind="stable")[:, : count.max()]
    place = np.minimum(np.arange(order.shape[1]), count[:, None] - 1)
    indices = np.take_along_axis(indices, np.take_along_axis(order, place, axis=1), axis=1)
    return np.take_along_axis(points, indices[..., None], axis=1), indices


def widened(x: Array, width: int) -> Array:
    """Rings, or their vertices' indices, with the last vertex repeated up to a width."""
    return np.asarray(x[:, np.minimum(np.arange(width), x.shape[1] - 1)])


def beyond_batch(ring: Array, points: Array) -> Array:
    """How far the furthest of the points lies outside each ring."""
    edge = np.roll(ring, -1, axis=1) - ring
    length = np.abs(edge).sum(axis=2)
    real = length > SAME_POINT
    unit = edge / np.where(real, length, 1.0)[..., None]
    away = points[:, :, None, :] - ring[:, None, :, :]
    out = away[..., 0] * unit[:, None, :, 1] - away[..., 1] * unit[:, None, :, 0]
    worst = np.where(real[:, None, :], out, -np.inf).max(axis=(1, 2))
    # a ring of one point, or of two, has no outside along the edge: compare the extent as well
    extent = np.maximum(points.max(axis=1) - ring.max(axis=1), ring.min(axis=1) - points.min(axis=1)).max(axis=1)
    result: Array = np.maximum(worst, extent)
    return result


def newton_batch(
    g: Array,
    d: Array,
    owed: Array,
    delta: Array,
    ring: Array,
    u: Array,
    chosen: Array,
    candidates: Candidates,
    constant: Array,
    before: int,
) -> tuple[Array, Array, Array]:
    """The fixed points of the games' structures by Newton's method: rings, punishments, and which games succeeded.

    ``chosen`` are the indices of the ring's vertices among the candidates, whose edges are edges of this ring;
    ``constant`` (games, 2) says which punishment payoffs do not move; ``before`` is how wide the ring was that generated.
    """
    games, size, _ = ring.shape
    rows = np.arange(games)
    profile = chosen % g.shape[1]
    slot = np.take_along_axis(candidates.slot, chosen, axis=1)
    first = np.take_along_axis(candidates.edge, chosen, axis=1)
    second = np.where(first + 1 < before, first + 1, 0)
    own_g, own_d, own_owed = (np.take_along_axis(x, profile[..., None], axis=1) for x in (g, d, owed))
    unknowns = 2 * size + 2
    worst = ring.argmin(axis=1)
    z = np.concatenate([ring.reshape(games, -1), u], axis=1)
    good = np.ones(games, bool)
    rest = 1 - delta
    for _ in range(8):
        w, t = z[:, :-2].reshape(games, size, 2), z[:, -2:]
        value = np.empty_like(z)
        jacobian = np.zeros((games, unknowns, unknowns))
        for k in range(size):
            for p in (0, 1):
                q = 1 - p
                at = rows, 2 * k + p
                unconstrained = slot[:, k] == 0
                on_line = (slot[:, k] == CORNER) | ((slot[:, k] >= 1) & (slot[:, k] <= 4) & ((slot[:, k] > 2) == (p == 1)))
                # the free coordinate p, where the constraint of q binds
                i, j = first[:, k], second[:, k]
                free = ~unconstrained & ~on_line
                width = w[rows, j, q] - w[rows, i, q]
                width = np.where(free & (width != 0), width, 1.0)
                share = (t[:, q] + own_owed[:, k, q] - w[rows, i, q]) / width
                rise = w[rows, j, p] - w[rows, i, p]
                slope = np.where(free, delta * rise / width, 0.0)
                base = rest * own_g[:, k, p] + delta * (w[rows, i, p] + share * rise)
                value[at] = np.where(
                    unconstrained, own_g[:, k, p], np.where(on_line, rest * own_d[:, k, p] + delta * t[:, p], base)
                )
                jacobian[rows, 2 * k + p, 2 * size + p] += np.where(on_line, delta, 0.0)
                jacobian[rows, 2 * k + p, 2 * i + p] += np.where(free, delta * (1 - share), 0.0)
                jacobian[rows, 2 * k + p, 2 * j + p] += np.where(free, delta * share, 0.0)
                jacobian[rows, 2 * k + p, 2 * i + q] += slope * (share - 1)
                jacobian[rows, 2 * k + p, 2 * j + q] -= slope * share
                jacobian[rows, 2 * k + p, 2 * size + q] += slope
        for p in (0, 1):
            source = 2 * worst[:, p] + p
            value[:, 2 * size + p] = np.where(constant[:, p], t[:, p], value[rows, source])
            jacobian[:, 2 * size + p, :] = np.where(constant[:, p, None], 0.0, jacobian[rows, source, :])
        matrix = np.eye(unknowns) - jacobian
        finite = np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(value).all(axis=1)
        regular = finite & (np.abs(np.linalg.det(np.where(finite[:, None, None], matrix, np.eye(unknowns)))) > _SINGULAR)
        good &= regular
        matrix[~good] = np.eye(unknowns)
        move = np.linalg.solve(matrix, np.where(good[:, None], value - z, 0.0)[..., None])[..., 0]
        good &= np.abs(move).max(axis=1) < 10.0
        z = np.where(good[:, None], z + move, z)
        if np.abs(move[good]).max(initial=0.0) < STANDSTILL:
            break
    good &= np.abs(move).max(axis=1) < _SOLVED
    return z[:, :-2].reshape(games, size, 2), z[:, -2:], good
