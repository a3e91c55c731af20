"""Convex polygons whose vertices are pairs of floats or of Fractions.

A polygon is the list of its vertices, counter-clockwise from the leftmost (lowest of several); one vertex is a point, two
are a segment. Everything here uses ``+ − × ÷`` and comparisons alone, so it is exact on Fractions; floats come with a
tolerance, a distance in the coordinates' unit.

The convex hull is Andrew's (1979, Information Processing Letters 9:216-219) monotone chain.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number

__all__ = [
    "Chains",
    "Point",
    "Polygon",
    "area",
    "beyond",
    "chains",
    "clip",
    "crossing",
    "directions",
    "excess",
    "hull",
    "separate",
    "snap",
    "tidy",
]

_INSIDE = 1e-9  # how far a point must lie inside a polygon to be no vertex for sure, in floating point
_ANGLES = np.linspace(0.0, 2 * np.pi, 24, endpoint=False)
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])

Point: TypeAlias = tuple[Number, Number]
Polygon: TypeAlias = list[Point]


def snap(points: Sequence[Point], tolerance: Number) -> Polygon:
    """The points with coordinates within ``tolerance`` of the least or largest made equal to it.

    Rounding turns vertical and horizontal edges into very steep and very flat ones, and where such an edge is cut is
    then arbitrary.
    """
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
    left_to, right_to, bottom_to, top_to = left + tolerance, right - tolerance, bottom + tolerance, top - tolerance
    return [
        (
            left if x <= left_to else right if x >= right_to else x,
            bottom if y <= bottom_to else top if y >= top_to else y,
        )
        for x, y in points
    ]


def hull(points: Sequence[Point], tolerance: Number = 0) -> list[int]:
    """Indices of the convex hull's vertices, counter-clockwise from the leftmost; points given first win ties.

    A point within ``tolerance`` of the line through its neighbours is left out, so that rounding adds no vertices.

    >>> hull([(0, 0), (2, 0), (1, 1), (1, 0), (2, 2)])
    [0, 1, 4]
    """
    order = sorted(range(len(points)), key=points.__getitem__)  # stable: of equal points the first given comes first
    distinct = [order[0]]
    for k in order[1:]:
        x, y = points[k]
        p, q = points[distinct[-1]]
        if x - p > tolerance or y - q > tolerance or q - y > tolerance:
            distinct.append(k)
    if len(distinct) < 3:
        return distinct
    lower = _chain(points, distinct, tolerance)
    upper = _chain(points, distinct[::-1], tolerance)
    return lower[:-1] + upper[:-1]


def outermost(points: Array) -> Array:
    """Indices of the points that may be vertices of the hull: those not well inside the extreme points of 24 directions.

    Float copies of Fractions will do: rounding moves points of the unit square by far less than what counts as well inside.
    """
    if len(points) < 40:
        return np.arange(len(points))
    extreme = np.unique((points @ _DIRECTIONS).argmax(axis=0))
    shape = [tuple(p) for p in points[extreme].tolist()]
    ring = points[extreme[hull(shape, _INSIDE)]]
    if len(ring) < 3:
        return np.arange(len(points))
    following = np.roll(ring, -1, axis=0)
    normal = np.stack([following[:, 1] - ring[:, 1], ring[:, 0] - following[:, 0]])
    beyond = (points @ normal - (ring * normal.T).sum(axis=1)).max(axis=1)
    kept: Array = np.flatnonzero(beyond > -_INSIDE)
    return kept


def _chain(points: Sequence[Point], order: list[int], tolerance: Number) -> list[int]:
    chain: list[int] = []
    for k in order:
        x, y = points[k]
        while len(chain) > 1:
            px, py = points[chain[-2]]
            qx, qy = points[chain[-1]]
            dx, dy = x - px, y - py
            turn = (qx - px) * dy - (qy - py) * dx
            if turn > tolerance * (abs(dx) + abs(dy)):
                chain.append(k)
                break
            if tolerance and -turn <= tolerance * (abs(dx) + abs(dy)) and (qx - px) * dx + (qy - py) * dy > dx * dx + dy * dy:
                break  # rounding put the points of a vertical edge out of order: this one lies between the last two
            chain.pop()
        else:
            chain.append(k)
    return chain


def tidy(polygon: Polygon, tolerance: Number = 0) -> list[int]:
    """Indices of the vertices left after dropping those within ``tolerance`` of the segment between their neighbours.

    The monotone chain never drops the leftmost and the rightmost point, which rounding may put in the middle of a
    vertical edge.
    """
    keep = list(range(len(polygon)))
    dropped = True
    while dropped and len(keep) > 2:
        dropped = False
        for k in range(len(keep)):
            p, q, r = polygon[keep[k - 1]], polygon[keep[k]], polygon[keep[(k + 1) % len(keep)]]
            dx, dy = r[0] - p[0], r[1] - p[1]
            length = abs(dx) + abs(dy)
            turn = (q[0] - p[0]) * dy - (q[1] - p[1]) * dx
            along = (q[0] - p[0]) * dx + (q[1] - p[1]) * dy
            inside = 0 <= along <= dx * dx + dy * dy
            if turn <= tolerance * length and length > tolerance and inside:
                del keep[k]
                dropped = True
                break
    if len(keep) == 2:
        p, q = polygon[keep[0]], polygon[keep[1]]
        if abs(p[0] - q[0]) <= tolerance and abs(p[1] - q[1]) <= tolerance:
            keep.pop()
    return keep


class Chains(NamedTuple):
    """The boundary of a polygon as two functions of one coordinate: vertex indices in the order of that coordinate."""

    low: list[int]
    low_at: list[Number]
    high: list[int]
    high_at: list[Number]


def chains(polygon: Polygon, axis: int) -> Chains:
    """Lower and upper boundary over the first coordinate (axis 0), or left and right boundary over the second (axis 1)."""
    k = len(polygon)
    other = 1 - axis
    at = [p[axis] for p in polygon]
    least, most = min(at), max(at)
    first = [i for i in range(k) if at[i] == least]
    last = [i for i in range(k) if at[i] == most]
    low_first, high_first = min(first, key=lambda i: polygon[i][other]), max(first, key=lambda i: polygon[i][other])
    low_last, high_last = min(last, key=lambda i: polygon[i][other]), max(last, key=lambda i: polygon[i][other])
    step = 1 if axis == 0 else -1  # the lower boundary runs counter-clockwise, the left boundary clockwise
    low = _walk(low_first, low_last, step, k)
    high = _walk(high_first, high_last, -step, k)
    return Chains(low, [at[i] for i in low], high, [at[i] for i in high])


def _walk(start: int, end: int, step: int, k: int) -> list[int]:
    path = [start]
    while path[-1] != end:
        path.append((path[-1] + step) % k)
    return path


def crossing(polygon: Polygon, chain: list[int], at: list[Number], axis: int, value: Number) -> tuple[Number, int, int]:
    """Where a boundary chain meets the line {coordinate ``axis`` = value}: the other coordinate, and the edge's two vertices.

    Beyond its ends the chain continues as its end vertex; the edge is then that vertex twice.
    """
    j = bisect_left(at, value)
    other = 1 - axis
    if j == len(chain):
        i = chain[-1]
        return polygon[i][other], i, i
    if j == 0:
        i = chain[0]
        return polygon[i][other], i, i
    p, q = polygon[chain[j - 1]], polygon[chain[j]]
    if value == at[j]:
        return q[other], chain[j - 1], chain[j]
    share = (value - at[j - 1]) / (at[j] - at[j - 1])
    return p[other] + share * (q[other] - p[other]), chain[j - 1], chain[j]


def clip(polygon: Polygon, axis: int, least: Number) -> Polygon:
    """The part of a polygon where coordinate ``axis`` is at least ``least`` (Sutherland & Hodgman 1974); [] if none.

    >>> clip([(0, 0), (2, 0), (2, 2)], 0, 1)
    [(1, 1.0), (1, 0.0), (2, 0), (2, 2)]
    """
    out: Polygon = []
    other = 1 - axis
    for k, q in enumerate(polygon):
        p = polygon[k - 1]
        if (p[axis] < least) != (q[axis] < least):
            share = (least - p[axis]) / (q[axis] - p[axis])
            cut = p[other] + share * (q[other] - p[other])
            out.append((least, cut) if axis == 0 else (cut, least))
        if q[axis] >= least:
            out.append(q)
    return out


def separate(polygon: Polygon, point: Point) -> tuple[Number, Point, Number]:
    """How a point lies to a polygon: (excess, direction λ, support max_{v} λ·v) of the most violated edge.

    Excess is λ·point − max_v λ·v for λ scaled to |λ₁| + |λ₂| = 1; it is positive exactly when the point lies outside,
    and λ then separates the point from the polygon.
    """
    best: tuple[Number, Point, Number] | None = None
    for direction in directions(polygon, point):
        size = abs(direction[0]) + abs(direction[1])
        if size == 0:
            continue
        x, y = direction[0] / size, direction[1] / size
        support = max(x * p[0] + y * p[1] for p in polygon)
        beyond = x * point[0] + y * point[1] - support
        if best is None or beyond > best[0]:
            best = (beyond, (x, y), support)
    if best is None:  # the point is the polygon's only point
        return point[0] - polygon[0][0], (1, 0), polygon[0][0]
    return best


def directions(polygon: Polygon, point: Point) -> list[Point]:
    """Outward normals of the edges; for a point or a segment also the directions past its ends."""
    if len(polygon) == 1:
        p = polygon[0]
        return [(point[0] - p[0], point[1] - p[1])]
    if len(polygon) == 2:
        (a, b), (c, d) = polygon
        return [(d - b, a - c), (b - d, c - a), (c - a, d - b), (a - c, b - d)]
    return [(q[1] - p[1], p[0] - q[0]) for p, q in zip(polygon, [*polygon[1:], polygon[0]], strict=True)]


def excess(polygon: Polygon, point: Point) -> Number:
    """How far a point lies outside a polygon (see :func:`separate`); at most 0 inside."""
    return separate(polygon, point)[0]


def beyond(polygon: Polygon, points: Polygon, tolerance: Number) -> Number:
    """How far the furthest of the points lies outside a polygon; edges no longer than ``tolerance`` are passed over.

    >>> beyond([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)], [(2.0, 0.5), (1.0, 0.5)], 1e-12)
    1.0
    """
    base = polygon[0]
    furthest = None
    for direction, p in zip(directions(polygon, points[0]), [*polygon, *polygon], strict=False):
        length = abs(direction[0]) + abs(direction[1])
        if length <= tolerance or len(polygon) == 1:
            continue
        x, y = direction[0] / length, direction[1] / length
        if len(polygon) == 2:
            p = max(polygon, key=lambda v: x * v[0] + y * v[1])
        out = max(x * (q[0] - p[0]) + y * (q[1] - p[1]) for q in points)
        furthest = out if furthest is None or out > furthest else furthest
    if furthest is None:
        return max(max(abs(q[0] - base[0]), abs(q[1] - base[1])) for q in points)
    return furthest


def area(polygon: Polygon) -> Number:
    """The area, by the shoelace formula.

    >>> area([(0, 0), (2, 0), (2, 2)])
    2.0
    """
    if len(polygon) < 3:
        return polygon[0][0] * 0
    twice = sum(p[0] * q[1] - p[1] * q[0] for p, q in zip(polygon, [*polygon[1:], polygon[0]], strict=True))
    return twice / 2
