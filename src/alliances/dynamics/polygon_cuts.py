"""Many convex polygons at once that share a fixed list of edge normals, and what two lower bounds leave of each.

A polygon is a row of N points, one per direction l_k, ordered by the direction's angle: point k is the counter-clockwise end
of the polygon's face in direction l_k, so neighbouring points may coincide. Sums of such polygons with the same directions are
polygons of this kind, point by point: what is expected of tomorrow's sets is one product with the transition probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import TIE

__all__ = ["CROSSINGS", "Cut", "Directions", "cut"]

CROSSINGS = 4
"""How many points two bounds w ≥ h add to a polygon at most: two on each of the lines w_1 = h_1 and w_2 = h_2."""

_AXES = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])


class Directions:
    """Unit vectors sorted by angle from e₁ on, among them e₁, e₂, −e₁ and −e₂.

    Parameters
    ----------
    angles
        The others' angles in radians; those next to an axis are dropped.
    apart
        The least angle between two neighbours.
    """

    def __init__(self, angles: Array, apart: float) -> None:
        axes = np.arange(5) * np.pi / 2
        angles = np.mod(np.asarray(angles, dtype=float), 2 * np.pi)
        others = np.unique(angles[np.abs(angles[:, None] - axes).min(axis=1) > apart])
        others = others[np.diff(others, prepend=-np.inf) > apart]
        self.angles: Array = np.sort(np.concatenate([axes[:4], others]))
        self.up, self.left, self.down = (int(k) for k in np.searchsorted(self.angles, axes[1:4]))
        self.vectors: Array = np.stack([np.cos(self.angles), np.sin(self.angles)], axis=1)
        self.vectors[[0, self.up, self.left, self.down]] = _AXES

    def __len__(self) -> int:
        return len(self.angles)

    @property
    def lowest(self) -> tuple[int, int]:
        """The places of −e₁ and −e₂, in which a set is least for the first player and for the second."""
        return self.left, self.down

    def least(self, points: Array) -> Array:
        """(n, 2): each player's least coordinate of points (n, N, 2) that attain the supports."""
        return np.stack([points[:, k, i] for i, k in enumerate(self.lowest)], axis=1)

    @cached_property
    def turned(self) -> Array:
        """(N, 2): the directions turned by a right angle, counter-clockwise: along a face, to its end."""
        return np.stack([-self.vectors[:, 1], self.vectors[:, 0]], axis=1)

    def support(self, points: Array) -> Array:
        """(…, N): the largest l·w over points (…, M, 2)."""
        return np.asarray((points @ self.vectors.T).max(axis=-2))

    @cached_property
    def ahead(self) -> Array:
        """(N,): the angle from each direction to the next one."""
        return np.diff(self.angles, append=2 * np.pi)

    def vertices(self, supports: Array) -> Array:
        """(…, N, 2): where each line l_k·w = c_k meets the next one."""
        following = np.concatenate([supports[..., 1:], supports[..., :1]], axis=-1)
        along = (following - supports * self._turn[0]) / self._turn[1]
        corners = np.empty((*supports.shape, 2))
        for i in (0, 1):
            corners[..., i] = supports * self.vectors[:, i] + along * self.turned[:, i]
        return corners

    def tightened(self, supports: Array) -> Array:
        """(…, N): the same half-planes, each moved in as far as its two neighbours imply.

        Supports of a set satisfy this; rounding violates it, and corners of lines at a small angle would magnify that.
        """
        before, after = self._neighbours
        ring = np.concatenate([supports[..., -1:], supports, supports[..., :1]], axis=-1)
        return np.asarray(np.minimum(supports, before * ring[..., :-2] + after * ring[..., 2:]))

    @cached_property
    def _turn(self) -> tuple[Array, Array]:
        """Cosine and sine of the angle from each direction to the next one."""
        return np.cos(self.ahead), np.sin(self.ahead)

    @cached_property
    def _neighbours(self) -> tuple[Array, Array]:
        """Each direction as a sum of its neighbours: the weights of the one before and of the one after."""
        behind = np.roll(self.ahead, 1)
        whole = np.sin(self.ahead + behind)
        return np.sin(self.ahead) / whole, np.sin(behind) / whole

    @cached_property
    def chains(self) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """For each coordinate the two ways from its largest point to its least: (upper, lower) and (right, left)."""
        n = len(self)
        ring = np.arange(n)
        back = -ring % n  # 0, N − 1, …, 1
        vertical = ring[: self.left + 1], back[: n - self.left + 1]
        right = np.concatenate([ring[: self.up + 1][::-1], back[1 : n - self.down + 1]])
        return vertical, (right, ring[self.up : self.down + 1])


@dataclass(frozen=True, eq=False)
class Cut:
    """What w ≥ h leaves of polygons.

    Attributes
    ----------
    inside
        (K, N): which points it leaves.
    points
        (K, 4, 2): the crossings of the polygon with the bounds: on w₁ = h₁ the upper end of what is left and the lower (the
        corner h, if it lies inside), on w₂ = h₂ the right end and the left.
    valid
        (K, 4): which of these exist.
    places, weights
        (K, 4, 4): each crossing as a mean of at most four of the polygon's points.
    """

    inside: Array
    points: Array
    valid: Array
    places: Array
    weights: Array


def cut(polygons: Array, bounds: Array, directions: Directions, room: Array | float = 0.0) -> Cut:
    """The part w ≥ h of polygons (K, N, 2), h (K, 2). Of a polygon that only touches its bounds nothing is left.

    ``room`` (N,): how far a point may lie beyond the bounds and count as inside.
    """
    k = len(polygons)
    (upper, lower), (right, left) = directions.chains
    first, second = polygons[..., 0], polygons[..., 1]
    h_1, h_2 = bounds[:, 0], bounds[:, 1]
    meets_1, high = _crossing(first, second, h_1, upper)
    _, low = _crossing(first, second, h_1, lower)
    meets_2, far = _crossing(second, first, h_2, right)
    _, near = _crossing(second, first, h_2, left)
    points = np.empty((k, CROSSINGS, 2))
    points[:, :2, 0], points[:, 2:, 1] = h_1[:, None], h_2[:, None]
    points[:, 0, 1], points[:, 1, 1] = high.value, np.maximum(low.value, h_2)
    points[:, 2, 0], points[:, 3, 0] = far.value, near.value
    above = meets_1 & (high.value >= h_2 - TIE)
    valid = np.stack([above, above, meets_2 & (far.value >= h_1 - TIE), meets_2 & (near.value >= h_1 - TIE)], axis=1)
    height = high.value - low.value
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where((h_2 > low.value) & (height > 0), np.clip((h_2 - low.value) / height, 0.0, 1.0), 0.0)
    places, weights = np.zeros((k, CROSSINGS, 4), dtype=np.intp), np.zeros((k, CROSSINGS, 4))
    for row, end in ((0, high), (2, far), (3, near)):
        places[:, row, :2], weights[:, row, :2] = end.places, end.weights
    places[:, 1, :2], weights[:, 1, :2] = low.places, low.weights * (1 - share)[:, None]
    places[:, 1, 2:], weights[:, 1, 2:] = high.places, high.weights * share[:, None]
    inside = (first > h_1[:, None] - room) & (second > h_2[:, None] - room)
    return Cut(inside, points, valid, places, weights)


@dataclass(frozen=True, eq=False)
class _End:
    """Where a line meets one chain of each polygon: the other coordinate, as a mean of two neighbours."""

    value: Array
    places: Array
    weights: Array


def _crossing(along: Array, across: Array, bound: Array, chain: Array) -> tuple[Array, _End]:
    """Which polygons the line along = bound meets between two points of the chain, on which ``along`` falls; and where.

    Where the whole chain lies above the bound, the other chain may still fall below it, by rounding: the end is this one's last
    point.
    """
    rows = np.arange(len(along))
    below = along[:, chain] <= bound[:, None]
    first = below.argmax(axis=1)  # rounding may put neighbours out of order: the first below
    meets = first > 0
    above = ~below.any(axis=1)
    before = np.where(above, len(chain) - 1, np.maximum(first, 1))
    places = np.stack([chain[before - 1], chain[before]], axis=1)
    a, b = along[rows, places[:, 0]], along[rows, places[:, 1]]
    share = np.where(meets, a - bound, np.where(above, 1.0, 0.0)) / np.where(meets, a - b, 1.0)
    weights = np.stack([1 - share, share], axis=1)
    value = weights[:, 0] * across[rows, places[:, 0]] + weights[:, 1] * across[rows, places[:, 1]]
    return meets, _End(value, places, weights)
