"""Convex sets of payoff points, for re-checks: nothing here is shared with the solver of payoff sets.

A set is the list of its extreme points, counter-clockwise. All functions add, multiply and compare, so Fractions are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from alliances.arithmetic import Number

__all__ = ["Point", "along", "extreme", "half_plane", "normals", "outside"]

Point: TypeAlias = tuple[Number, Number]


def along(direction: Point, point: Point) -> Number:
    """The scalar product."""
    return direction[0] * point[0] + direction[1] * point[1]


def extreme(points: Sequence[Point]) -> list[Point]:
    """The extreme points of the convex hull, counter-clockwise from the leftmost (the lowest of several): gift wrapping.

    >>> extreme([(0, 0), (2, 0), (1, 1), (1, 0), (2, 2), (0, 0)])
    [(0, 0), (2, 0), (2, 2)]
    """
    left = sorted(set(points))
    if len(left) < 3:
        return left
    ring = [left[0]]
    while True:
        here, following = ring[-1], next(p for p in left if p != ring[-1])
        for p in left:
            turn = (following[0] - here[0]) * (p[1] - here[1]) - (following[1] - here[1]) * (p[0] - here[0])
            further = abs(p[0] - here[0]) + abs(p[1] - here[1]) > abs(following[0] - here[0]) + abs(following[1] - here[1])
            if turn < 0 or (turn == 0 and p != here and further):
                following = p
        if following == ring[0] or len(ring) == len(left):
            return ring
        ring.append(following)


def half_plane(polygon: Sequence[Point], normal: Point, bound: Number) -> list[Point]:
    """The part of a convex set where normal · x ≤ bound; empty if there is none.

    >>> half_plane([(0, 0), (4, 0), (4, 4)], (1, 0), 2)
    [(2.0, 2.0), (0, 0), (2.0, 0.0)]
    """
    values = [along(normal, p) - bound for p in polygon]
    if all(v <= 0 for v in values):
        return list(polygon)
    part: list[Point] = []
    for k, q in enumerate(polygon):
        p, before, now = polygon[k - 1], values[k - 1], values[k]
        if (before > 0) != (now > 0) and before != 0 and now != 0:
            share = before / (before - now)
            part.append((p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])))
        if now <= 0:
            part.append(q)
    return list(dict.fromkeys(part))


def normals(polygon: Sequence[Point]) -> list[Point]:
    """Directions whose half-planes cut out the convex set: across each edge, and for a segment also beyond its ends."""
    if len(polygon) == 1:
        return [(1, 0), (-1, 0), (0, 1), (0, -1)]
    if len(polygon) == 2:
        (a, b), (c, d) = polygon
        return [(d - b, a - c), (b - d, c - a), (c - a, d - b), (a - c, b - d)]
    return [(q[1] - p[1], p[0] - q[0]) for p, q in zip(polygon, [*polygon[1:], polygon[0]], strict=True)]


def outside(polygon: Sequence[Point], point: Point) -> Number:
    """By how much a point misses the half-planes through the edges of a convex set, at most, per unit |λ₁| + |λ₂|.

    >>> outside([(0, 0), (2, 0), (2, 2)], (3, 0)), outside([(0, 0), (2, 0), (2, 2)], (1, 0))
    (1.0, 0.0)
    """
    misses = []
    for normal in normals(polygon):
        size = abs(normal[0]) + abs(normal[1])
        if size:
            misses.append((along(normal, point) - max(along(normal, p) for p in polygon)) / size)
    return max(misses)
