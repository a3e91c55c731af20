r"""What floats can say for sure about the many profiles of a large exact game, for the re-check of its payoff set.

Nothing here is shared with the solver. Coordinates are scaled to the payoff ranges, so that a sum or product is off by a few
10⁻¹⁵, and a crossing that floats find on an edge is the true crossing at a level that is off by as little. So the part of a
convex set W above κ contains what floats compute for κ + m and is contained in what they compute for κ − m, however steep W's
edges are; m is :data:`_MARGIN`. From both follow bounds. Whatever they leave open is for exact arithmetic to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.verification.polygons import Point, along, normals

__all__ = ["Brackets", "Reach", "shell"]

_MARGIN = 1e-11  # far beyond the rounding of numbers below _BEYOND
_BEYOND = 16.0  # sets with larger coordinates, which scaled payoffs have none of, are left to Fractions
_OWED = 64.0  # premiums are cut to this: added to any u, it is beyond all such sets
_DIRECTIONS = 256  # in which the outermost points are looked up


def shell(points: Array) -> Array:
    """Indices of the points (N, 2) that may be extreme: all but those that lie surely within the hull of others.

    The furthest points in directions in order of angle are a closed polygon; what is left of all its edges is in its hull.
    """
    angles = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    ring = points[(points @ np.stack([np.cos(angles), np.sin(angles)])).argmax(axis=0)]
    ring = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    if len(ring) < 3:
        return np.arange(len(points))
    edge = np.roll(ring, -1, axis=0) - ring
    outward = np.stack([edge[:, 1], -edge[:, 0]], axis=1) / np.hypot(edge[:, 0], edge[:, 1])[:, None]
    beyond = np.full(len(points), -np.inf)
    for normal, start in zip(outward, ring, strict=True):
        beyond = np.maximum(beyond, (points - start) @ normal)
    near: Array = np.flatnonzero(beyond > -_MARGIN)
    return near


@dataclass(frozen=True, eq=False)
class Brackets:
    """Float copies of payoffs and premiums (profiles, 2), and the discount factor."""

    g: Array
    premium: Array
    delta: float
    rest: float

    @staticmethod
    def of(g: Sequence[Point], premium: Sequence[Point], delta: Number) -> Brackets:
        """Copies; premiums beyond all sets are so in the copy."""
        return Brackets(_floats(g), _floats(premium), float(delta), float(1 - delta))

    def may_generate(self, v: Point, w: Sequence[Point], u: Point) -> list[int]:
        """The profiles of which v may be a payoff (1 − δ)g + δx with x ∈ W, x ≥ κ."""
        sides = _sides(w)
        if not sides or max(abs(x) for x in (*v, *u, *(x for p in w for x in p))) > _BEYOND:
            return list(range(len(self.g)))
        weighted = _floats([v])[0] - self.rest * self.g  # δx
        misses = [weighted @ normal - self.delta * level for normal, level in sides]
        misses += list((self.delta * (_floats([u])[0] + self.premium) - weighted).T)
        found: list[int] = np.flatnonzero(np.max(misses, axis=0) <= _MARGIN).tolist()
        return found

    def reach(self, w: Sequence[Point], u: Point) -> Reach | None:
        """What floats know of the continuations in W that are ≥ u + premium; None where numbers are too large."""
        if not w or max(abs(x) for p in (*w, u) for x in p) > _BEYOND:
            return None
        points, level = _floats(w), _floats([u])[0] + self.premium
        return Reach(self, points, level, _part(points, level + _MARGIN), _part(points, level - _MARGIN))

    def may_leave(self, w: Sequence[Point], reach: Reach) -> list[int]:
        """The profiles of which some (1 − δ)g + δx, x ∈ W, x ≥ κ, may lie outside of W."""
        sides = _sides(w)
        if not sides:
            return list(range(len(self.g)))
        within, inner = np.ones(len(self.g), bool), np.ones(len(self.g), bool)
        for normal, level in sides:
            here = self.g @ normal
            within &= here <= level - _MARGIN  # then so are all mixtures of g and points of W
            inner &= self.rest * here + self.delta * _furthest(reach.outer, normal) <= level - _MARGIN
        found: list[int] = np.flatnonzero(~within & ~inner & reach.possible).tolist()
        return found


@dataclass(frozen=True, eq=False)
class Reach:
    """Of all profiles the parts of W above κ, from inside and from outside: points (profiles, M, 2), and which there are."""

    game: Brackets
    w: Array
    level: Array
    inner: tuple[Array, Array]
    outer: tuple[Array, Array]

    @property
    def sure(self) -> Array:
        """Whether there surely is a continuation."""
        return np.asarray(self.inner[1].any(axis=1))

    @property
    def possible(self) -> Array:
        """Whether there may be one."""
        return np.asarray(self.outer[1].any(axis=1))

    def outermost(self) -> list[int]:
        """The profiles that may have an extreme point among all (1 − δ)g + δx."""
        points, there = self.outer
        image = self.game.rest * self.game.g[:, None] + self.game.delta * points
        owner = np.nonzero(there)[0]
        return sorted(set(owner[shell(image[there])].tolist())) if len(owner) else []

    def furthest(self, normal: Point, usable: Array) -> list[int]:
        """The usable profiles whose bound of :mod:`alliances.verification.payoff_sets` in a direction may be the largest."""
        size = abs(normal[0]) + abs(normal[1])
        direction = _floats([(normal[0] / size, normal[1] / size)])[0]
        level = self.game.g @ direction
        low, high = _furthest(self.inner, direction), _furthest(self.outer, direction)
        over = self.game.g - self.level
        free, bound = (over >= _MARGIN).all(axis=1), (over <= -_MARGIN).any(axis=1)
        tight_low, tight_high = self._binding(direction)
        low = np.where(free, low, np.minimum(low, tight_low))
        high = np.where(bound, np.minimum(high, tight_high), high)
        least, most = (np.minimum(level, self.game.rest * level + self.game.delta * far) for far in (low, high))
        best = np.max(least[usable], initial=-np.inf)
        found: list[int] = np.flatnonzero(usable & (most + 2 * _MARGIN >= best)).tolist()
        return found

    def _binding(self, direction: Array) -> tuple[Array, Array]:
        """Bounds on how far the points reach at which ways from g to the continuations meet the constraints."""
        count, size = len(self.level), len(self.w)
        ends = np.broadcast_to(np.concatenate([self.w, np.roll(self.w, -1, axis=0)]), (count, 2 * size, 2))
        a = np.concatenate([ends[:, :size], np.broadcast_to(self.game.g[:, None], (count, size, 2))], axis=1)
        b = np.concatenate([ends[:, size:], ends[:, :size]], axis=1)
        corners = np.concatenate([self.game.g[:, None], ends[:, :size]], axis=1)
        low, high = np.full(count, -np.inf), np.full(count, -np.inf)
        for i in (0, 1):
            q, value = 1 - i, self.level[:, i]
            both = [_on_line(a, b, i, value + s, self.level[:, q] + _MARGIN, direction) for s in (-_MARGIN, _MARGIN)]
            low = np.maximum(low, np.minimum(*both))  # a mixture of a point on either side lies between
            for s in (-_MARGIN, _MARGIN):
                high = np.maximum(high, _on_line(a, b, i, value + s, self.level[:, q] - _MARGIN, direction))
            band = (np.abs(corners[..., i] - value[:, None]) <= 2 * _MARGIN) & (
                corners[..., q] >= self.level[:, q, None] - 2 * _MARGIN
            )
            high = np.maximum(high, np.where(band, corners @ direction, -np.inf).max(axis=1))
            least, most = _crossing(a, b, q, self.level[:, q] - _MARGIN)
            meets = (least <= value + 2 * _MARGIN) & (most >= value - 2 * _MARGIN)
            high = np.maximum(high, np.where(meets, self.level @ direction + 2 * _MARGIN, -np.inf))
        return low, high


def _floats(points: Sequence[Point]) -> Array:
    return np.array([[float(x) if x < _OWED else _OWED for x in p] for p in points])


def _sides(w: Sequence[Point]) -> list[tuple[Array, float]]:
    """The half-planes {λ·x ≤ level} whose intersection is W, |λ₁| + |λ₂| = 1: computed exactly, then rounded."""
    sides = []
    for normal in normals(w):
        size = abs(normal[0]) + abs(normal[1])
        if size:
            unit = normal[0] / size, normal[1] / size
            sides.append((np.array([float(unit[0]), float(unit[1])]), float(max(along(unit, p) for p in w))))
    return sides


def _part(w: Array, level: Array) -> tuple[Array, Array]:
    """The corners of the parts of W above ``level`` (profiles, 2): points (profiles, M, 2), and which of them there are."""
    count, size = len(level), len(w)
    points = [np.broadcast_to(w, (count, size, 2))]
    there = [(w >= level[:, None]).all(axis=2)]
    for i in (0, 1):
        q = 1 - i
        least, most = _crossing(w[None], np.roll(w, -1, axis=0)[None], i, level[:, i])
        reached = most >= level[:, q]
        for other in (most, np.maximum(least, level[:, q])):
            point = np.empty((count, 1, 2))
            point[:, 0, i], point[:, 0, q] = level[:, i], np.where(reached, other, 0.0)
            points.append(point)
            there.append(reached[:, None])
    return np.concatenate(points, axis=1), np.concatenate(there, axis=1)


def _crossing(a: Array, b: Array, i: int, value: Array) -> tuple[Array, Array]:
    """Where lines {coordinate i = value} meet edges from a to b: the least and largest other coordinate, ∞ and −∞ if none."""
    before, after = a[..., i] - value[:, None], b[..., i] - value[:, None]
    crosses = (before >= 0) != (after >= 0)
    share = before / np.where(crosses, before - after, 1.0)
    other = a[..., 1 - i] + share * (b[..., 1 - i] - a[..., 1 - i])
    least = np.where(crosses, other, np.inf).min(axis=1)
    return least, np.where(crosses, other, -np.inf).max(axis=1)


def _on_line(a: Array, b: Array, i: int, value: Array, floor: Array, direction: Array) -> Array:
    """How far the points reach at which coordinate i is ``value`` and the other at least ``floor``; −∞ if there are none."""
    least, most = _crossing(a, b, i, value)
    reached = most >= floor
    ends = [np.where(reached, other, 0.0) * direction[1 - i] for other in (most, np.maximum(least, floor))]
    return np.where(reached, value * direction[i] + np.maximum(*ends), -np.inf)


def _furthest(part: tuple[Array, Array], direction: Array) -> Array:
    points, there = part
    return np.asarray(np.where(there, points @ direction, -np.inf).max(axis=1))
