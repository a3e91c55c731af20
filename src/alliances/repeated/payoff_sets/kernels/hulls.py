"""Polygons as arrays of vertices: hulls, boundaries, distances; as in :mod:`alliances.repeated.payoff_sets.polygon`."""

from __future__ import annotations

from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import SAME_POINT
from alliances.repeated.payoff_sets.kernels.compiling import compiled

__all__ = ["beyond", "chains", "crossing", "hull", "moved", "outermost", "rows", "tidy"]

_INSIDE = 1e-9  # how far a point must lie inside a polygon to be no vertex for sure
_EIGHT = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [-1.0, 1.0], [-1.0, 0.0], [-1.0, -1.0], [0.0, -1.0], [1.0, -1.0]])


@compiled
def rows(x: Array, chosen: Array) -> Array:
    """The rows chosen: x[chosen], which takes longer to compile."""
    out = np.empty((len(chosen), x.shape[1]), x.dtype)
    for k in range(len(chosen)):
        for c in range(x.shape[1]):
            out[k, c] = x[chosen[k], c]
    return out


@compiled
def _sorted(points: Array) -> Array:
    """Indices of the points by their coordinates, of equal points the first first (Shell 1959)."""
    n = len(points)
    order = np.arange(n)
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for s in range(gap, n):
            k = order[s]
            x, y = points[k, 0], points[k, 1]
            t = s
            while t >= gap:
                j = order[t - gap]
                p, q = points[j, 0], points[j, 1]
                if p < x or (p == x and (q < y or (q == y and j < k))):
                    break
                order[t] = j
                t -= gap
            order[t] = k
        gap //= 3
    return order


@compiled
def _half(points: Array, order: Array, tolerance: float, chain: Array, start: int) -> int:
    """The lower hull of the points in an order, written to ``chain`` from ``start`` on; where it ends."""
    size = start
    for k in order:
        x, y = points[k, 0], points[k, 1]
        done = False
        while size - start > 1:
            p, q = chain[size - 2], chain[size - 1]
            px, py, qx, qy = points[p, 0], points[p, 1], points[q, 0], points[q, 1]
            dx, dy = x - px, y - py
            turn = (qx - px) * dy - (qy - py) * dx
            room = tolerance * (abs(dx) + abs(dy))
            if turn > room:
                break
            if tolerance > 0 and -turn <= room and (qx - px) * dx + (qy - py) * dy > dx * dx + dy * dy:
                done = True
                break
            size -= 1
        if not done:
            chain[size] = k
            size += 1
    return size


@compiled
def hull(points: Array, tolerance: float) -> Array:
    """Indices of the hull's vertices, counter-clockwise from the leftmost."""
    order = _sorted(points)
    distinct = np.empty(len(order), np.int64)
    distinct[0] = order[0]
    m = 1
    for k in order[1:]:
        last = distinct[m - 1]
        rise = points[k, 1] - points[last, 1]
        if points[k, 0] - points[last, 0] > tolerance or abs(rise) > tolerance:
            distinct[m] = k
            m += 1
    distinct = distinct[:m]
    if m < 3:
        return distinct
    chain = np.empty(2 * m, np.int64)
    size = 1
    for _ in range(2):
        size = _half(points, distinct, tolerance, chain, size - 1)
        distinct = distinct[::-1].copy()
    return chain[: size - 1]


@compiled
def outermost(points: Array) -> Array:
    """Indices of the points that may be vertices: those not well inside the extreme points of eight directions."""
    n = len(points)
    corners = np.empty((8, 2))
    for e in range(8):
        best, far = 0, -np.inf
        for k in range(n):
            reach = _EIGHT[e, 0] * points[k, 0] + _EIGHT[e, 1] * points[k, 1]
            if reach > far:
                best, far = k, reach
        corners[e, 0], corners[e, 1] = points[best, 0], points[best, 1]
    kept = np.empty(n, np.int64)
    size = 0
    for k in range(n):
        inside = corners[0, 0] > corners[4, 0] or corners[2, 1] > corners[6, 1]  # and not all points are one
        for d in range(8):
            e = d + 1 if d < 7 else 0
            run, rise = corners[e, 0] - corners[d, 0], corners[e, 1] - corners[d, 1]
            if run == 0.0 and rise == 0.0:
                continue
            if run * (points[k, 1] - corners[d, 1]) - rise * (points[k, 0] - corners[d, 0]) <= _INSIDE:
                inside = False
                break
        if not inside:
            kept[size] = k
            size += 1
    return kept[:size]


@compiled
def tidy(polygon: Array, tolerance: float) -> Array:
    """Indices of the vertices left after dropping those within the tolerance of the segment between their neighbours."""
    keep = np.arange(len(polygon))
    m = len(keep)
    dropped = True
    while dropped and m > 2:
        dropped = False
        for k in range(m):
            p, q, r = keep[k - 1 if k else m - 1], keep[k], keep[k + 1 if k + 1 < m else 0]
            x, y = polygon[q, 0] - polygon[p, 0], polygon[q, 1] - polygon[p, 1]
            dx, dy = polygon[r, 0] - polygon[p, 0], polygon[r, 1] - polygon[p, 1]
            length = abs(dx) + abs(dy)
            turn = x * dy - y * dx
            along = x * dx + y * dy
            if turn <= tolerance * length and length > tolerance and 0 <= along <= dx * dx + dy * dy:
                for t in range(k, m - 1):
                    keep[t] = keep[t + 1]
                m -= 1
                dropped = True
                break
    if m == 2:
        p, q = keep[0], keep[1]
        if abs(polygon[p, 0] - polygon[q, 0]) <= tolerance and abs(polygon[p, 1] - polygon[q, 1]) <= tolerance:
            m = 1
    return keep[:m]


@compiled
def chains(w: Array) -> tuple[Array, Array]:
    """Vertices of the lower, upper, left and right boundary in the order of the coordinate that each is over; and how many."""
    k = len(w)
    chain, size = np.empty((4, k), np.int64), np.ones(4, np.int64)
    for side in range(4):
        axis, high = side // 2, side % 2
        other, sign = 1 - axis, 2.0 * high - 1.0
        first = last = 0
        for i in range(1, k):
            further = sign * w[i, other]
            if w[i, axis] < w[first, axis] or (w[i, axis] == w[first, axis] and further > sign * w[first, other]):
                first = i
            if w[i, axis] > w[last, axis] or (w[i, axis] == w[last, axis] and further > sign * w[last, other]):
                last = i
        step = 1 if axis == high else k - 1
        chain[side, 0] = first
        n = 1
        while chain[side, n - 1] != last:
            chain[side, n] = (chain[side, n - 1] + step) % k
            n += 1
        size[side] = n
    return chain, size


@compiled
def crossing(w: Array, chain: Array, size: Array, side: int, value: float) -> tuple[float, int, int]:
    """Where a boundary meets a line: the other coordinate, and the edge's two vertices."""
    axis, low, high = side // 2, 0, size[side]
    while low < high:
        middle = (low + high) // 2
        if w[chain[side, middle], axis] < value:
            low = middle + 1
        else:
            high = middle
    i, j = chain[side, max(low - 1, 0)], chain[side, min(low, size[side] - 1)]
    other = 1 - axis
    if i == j or value == w[j, axis]:
        return w[j, other], i, j
    share = (value - w[i, axis]) / (w[j, axis] - w[i, axis])
    return w[i, other] + share * (w[j, other] - w[i, other]), i, j


@compiled
def beyond(polygon: Array, points: Array) -> Any:
    """How far the furthest of the points lies outside a polygon; very short edges are passed over."""
    k = len(polygon)
    furthest, found = -np.inf, False
    if k > 1:
        for e in range(k if k > 2 else 4):
            p, q = e % k, (e + 1) % k
            run, rise = polygon[q, 0] - polygon[p, 0], polygon[q, 1] - polygon[p, 1]
            if k == 2 and e > 1:  # past the ends of a segment
                run, rise = -rise, run
            length = abs(run) + abs(rise)
            if length <= SAME_POINT:
                continue
            x, y = rise / length, -run / length
            if k == 2 and x * polygon[q, 0] + y * polygon[q, 1] > x * polygon[p, 0] + y * polygon[p, 1]:
                p = q
            for s in range(len(points)):
                furthest = max(furthest, x * (points[s, 0] - polygon[p, 0]) + y * (points[s, 1] - polygon[p, 1]))
            found = True
    if not found:
        for s in range(len(points)):
            furthest = max(furthest, abs(points[s, 0] - polygon[0, 0]), abs(points[s, 1] - polygon[0, 1]))
    return furthest


@compiled
def moved(w: Array, u: Array, v: Array, t: Array) -> Any:
    """The largest distance of a coordinate between (w, u) and (v, t)."""
    far = max(abs(u[0] - t[0]), abs(u[1] - t[1]))
    for k in range(len(w)):
        far = max(far, abs(w[k, 0] - v[k, 0]), abs(w[k, 1] - v[k, 1]))
    return far
