r"""What floating point can decide beyond doubt about the many profiles of a large exact game.

Of thousands of profiles only a few give vertices of what a set generates, or bound it in a direction. Floats find them:
payoffs are scaled to [0, 1], so that a sum or a product of a few numbers is off by a few 10⁻¹⁵, and the point of an edge at
a given coordinate by at most the edge's slope times as much. Edges steeper than :data:`_STEEP` are given up, which bounds
errors by 10⁻¹⁰. Two numbers that differ by more than :data:`_DOUBT`, ten times that, differ. Whatever is in doubt, and
whatever may be a vertex or the bound, is computed again exactly, and by the same functions as in small games: the result is
the same to the last bit.

Next to δ = 1 premiums are small, and edges next to the worst payoffs u are steep. So coordinates are taken from u, before
they are rounded: rounding is then relative to the distance from u, and what counts as steep is, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.repeated.payoff_sets.operator import Generated, Rules, generate
from alliances.repeated.payoff_sets.polygon import Chains, Point, Polygon, chains, hull, outermost

__all__ = ["MANY", "Crossings", "Reach", "Screen"]

MANY = 100  # profiles: fewer are computed exactly at once
_DOUBT = 1e-9  # numbers nearer than this are not told apart
_NARROW = 1e-9  # the width of an edge of which floats do not know the slope
_APART = 1e-5  # vertices of a ring nearer than this are one
_STEEP = 1e4  # the slope of an edge that multiplies rounding too much
_BEYOND = 16.0  # larger than any coordinate of a set of scaled payoffs


class Crossings(NamedTuple):
    """Where lines {coordinate i = value} meet the boundary of a polygon, one line per profile.

    ``low`` and ``high`` are the other coordinate; ``doubt`` says of which lines floats cannot tell.
    """

    low: Array
    high: Array
    doubt: Array


class Reach(NamedTuple):
    """Per profile and direction, bounds on the furthest admissible continuation; −∞ where there is none."""

    least: Array
    most: Array


@dataclass(frozen=True, eq=False)
class Screen:
    """A scaled game in Fractions or decimal numbers, with float copies."""

    rules: Rules

    @cached_property
    def g(self) -> Array:
        """Payoffs (profiles, 2)."""
        return floats(self.rules.g)

    @cached_property
    def d(self) -> Array:
        """Best-deviation payoffs (profiles, 2)."""
        return floats(self.rules.d)

    @cached_property
    def h(self) -> Array:
        """Premiums (profiles, 2)."""
        return floats(self.rules.h)

    def hull(self) -> Polygon:
        """The convex hull of all payoffs."""
        g = self.rules.g
        kept = _outermost(self.g).tolist() if len(g) > MANY else range(len(g))
        points = [g[k] for k in kept]
        return [points[k] for k in hull(points)]

    @cached_property
    def rest(self) -> float:
        """1 − δ, which is rounded once."""
        return float(1 - self.rules.discount)

    def generate(self, w: Polygon, u: Point, active: list[int]) -> Generated:
        """R(W, u) over the profiles ``active``, as :func:`alliances.repeated.payoff_sets.operator.generate` has it."""
        if len(active) <= MANY:
            return generate(self.rules, w, u, active)
        index = np.array(active)
        delta = float(self.rules.discount)
        g, base, h = self.g[index], self.rest * self.g[index], self.h[index]
        owed, shifted = floats([u])[0], _shifted(w, u)
        binding = self.rest * self.d[index] + delta * owed
        most = np.array([max(p[i] for p in shifted) for i in (0, 1)])
        dead = (h > most + _DOUBT).any(axis=1)
        over = g - owed - h
        free = (over >= _DOUBT).all(axis=1)
        doubt = (h > most - _DOUBT).any(axis=1) | (~free & (over >= -_DOUBT).all(axis=1))
        points, owners = [g[free]], [np.flatnonzero(free)]
        corner = np.ones(len(index), bool)
        alive = free.copy()
        for i in (0, 1):
            q = 1 - i
            at = _crossings(w, u, i, h[:, i])
            reached = ~free & (at.high >= h[:, q] + _DOUBT)
            stays = reached & (at.low >= h[:, q] + _DOUBT)
            doubt |= ~free & (at.doubt | (np.abs(at.high - h[:, q]) < _DOUBT))
            doubt |= reached & (np.abs(at.low - h[:, q]) < _DOUBT)
            for there, other in ((reached, at.high), (stays, at.low)):
                new = np.empty((np.count_nonzero(there), 2))
                new[:, i], new[:, q] = binding[there, i], base[there, q] + delta * (owed[q] + other[there])
                points.append(new)
                owners.append(np.flatnonzero(there))
            corner &= reached & ~stays
            alive |= reached
        points.append(binding[corner])
        owners.append(np.flatnonzero(corner))
        sure = ~dead & ~doubt
        owner = np.concatenate(owners)
        of_sure = sure[owner]
        chosen = doubt & ~dead
        chosen[owner[of_sure][_outermost(np.concatenate(points)[of_sure])]] = True
        few = generate(self.rules, w, u, index[chosen].tolist())
        playable = alive & sure
        playable[np.searchsorted(index, few.active)] = True
        return Generated(few.vertices, few.origins, index[playable].tolist())

    def furthest(
        self, w: Polygon, u: Point, active: list[int], normals: Sequence[Point]
    ) -> tuple[list[bool], list[bool], list[list[int]]]:
        """Which profiles have an admissible continuation in W for sure, which may have one, and which may reach furthest.

        How far a profile a reaches in direction λ is the bound of the lemma in :mod:`alliances.repeated.payoff_sets.exact`: the
        least of λ·g(a) and (1 − δ) λ·g(a) + δ max λ·x over the continuations. The last list has an item for each direction.
        """
        scaled = [(x / size, y / size) for x, y in normals for size in [max(abs(x), abs(y))]]
        directions = floats(scaled)
        index = np.array(active)
        levels = self.g[index] @ directions.T
        reach = self.reach(w, u, active, directions)
        least, most = (np.minimum(levels, self.rest * levels + float(self.rules.discount) * far) for far in reach)
        furthest = most + _DOUBT >= least.max(axis=0)
        surely = [bool(x) for x in np.logical_and.reduce(np.isfinite(reach.least), axis=1)]
        perhaps = reach.most.max(axis=1) > -np.inf
        furthest &= perhaps[:, None]
        return surely, list(map(bool, perhaps)), [index[column].tolist() for column in furthest.T]

    def reach(self, w: Polygon, u: Point, active: list[int], normals: Array) -> Reach:
        """Bounds on max λ·x over {x ∈ W : x ≥ κ(a, u)} for each profile a and each row λ of ``normals``; ∞ where in doubt."""
        h = self.h[np.array(active)]
        vertices = _shifted(w, u)
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        doubt = np.zeros(len(h), bool)
        points: list[Array] = []
        surely, perhaps = [], []
        for i in (0, 1):
            q = 1 - i
            at = _crossings(w, u, i, h[:, i])
            doubt |= at.doubt
            for other in (at.high, np.clip(h[:, q], at.low, np.maximum(at.low, at.high))):
                point = np.empty_like(h)
                point[:, i], point[:, q] = np.clip(h[:, i], low[i], high[i]), other
                points.append(point)
                surely.append((h[:, i] <= high[i] - _DOUBT) & (at.high >= h[:, q] + _DOUBT))
                perhaps.append((h[:, i] <= high[i] + _DOUBT) & (at.high >= h[:, q] - _DOUBT))
        inside = (vertices >= h[:, None] + _DOUBT).all(axis=2)
        nearly = (vertices >= h[:, None] - _DOUBT).all(axis=2)
        least, most = np.empty((len(h), len(normals))), np.empty((len(h), len(normals)))
        owed = normals @ floats([u])[0]
        for k, normal in enumerate(normals):
            far = vertices @ normal
            bounds = [np.where(which, far, -np.inf).max(axis=1) for which in (inside, nearly)]
            for point, sure, possible in zip(points, surely, perhaps, strict=True):
                there = point @ normal
                bounds[0] = np.where(sure, np.maximum(bounds[0], there), bounds[0])
                bounds[1] = np.where(possible, np.maximum(bounds[1], there), bounds[1])
            least[:, k] = np.where(doubt, -np.inf, owed[k] + bounds[0] - _DOUBT)
            most[:, k] = np.where(doubt, np.inf, owed[k] + bounds[1] + _DOUBT)
        return Reach(least, most)


def floats(points: Sequence[Point]) -> Array:
    """Float copies; what lies beyond all sets does so in the copy."""
    return np.array([(_float(x), _float(y)) for x, y in points])


def _float(x: Number) -> float:
    return float(x) if x < _BEYOND else _BEYOND


def _outermost(points: Array) -> Array:
    """Indices of the points that may be vertices of their hull: all but those deeper in it than :data:`_DOUBT`.

    A point so deep in the hull of some of the copies is an inner point of the true hull, because copies are off by far less.
    """
    kept = outermost(points)
    if len(kept) <= MANY:
        return kept
    ring: list[Point] = []
    outer = [(x, y) for x, y in points[kept].tolist()]
    for k in hull(outer):
        if all(max(abs(outer[k][0] - x), abs(outer[k][1] - y)) > _APART for x, y in (*ring[-1:], *ring[:1])):
            ring.append(outer[k])
    if len(ring) < 3:
        return kept
    start: Array = np.array(ring)
    along = np.roll(start, -1, axis=0) - start
    normal = np.stack([along[:, 1], -along[:, 0]]) / np.hypot(along[:, 0], along[:, 1])
    beyond = (points[kept] @ normal - (start * normal.T).sum(axis=1)).max(axis=1)
    near: Array = kept[beyond > -_DOUBT]
    return near


def _shifted(w: Polygon, u: Point) -> Array:
    """Float copies of w − u."""
    return floats([(x - u[0], y - u[1]) for x, y in w])


def _crossings(w: Polygon, u: Point, i: int, value: Array) -> Crossings:
    """Lines {coordinate i = u_i + value} and the boundary of w, as :func:`alliances.repeated.payoff_sets.polygon.crossing`."""
    over: Chains = chains(w, i)
    doubt = np.zeros(len(value), bool)
    sides = []
    for chain, places in ((over.low, over.low_at), (over.high, over.high_at)):
        at = np.array([float(x - u[i]) for x in places])
        other = np.array([float(w[k][1 - i] - u[1 - i]) for k in chain])
        if len(at) == 1:
            sides.append(np.full(len(value), other[0]))
            continue
        edge = np.clip(np.searchsorted(at, value), 1, len(at) - 1)
        width = np.diff(at)
        size = np.maximum(np.abs(at[:-1]), np.abs(at[1:]))  # to which rounding is relative
        for k in np.flatnonzero((width < _NARROW * size) | (np.abs(np.diff(other)) * size > _STEEP * width)):
            doubt |= (value >= at[k] - _DOUBT * size[k]) & (value <= at[k + 1] + _DOUBT * size[k])
        share = np.clip((value - at[edge - 1]) / np.where(width > 0, width, 1.0)[edge - 1], 0.0, 1.0)
        sides.append(other[edge - 1] + share * (other[edge] - other[edge - 1]))
    return Crossings(sides[0], sides[1], doubt)
