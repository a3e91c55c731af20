"""The line of gaps: where along (−1, 1) an answer stays the same, and where it changes.

A :class:`Line` is a model looked at along the gap while the two powers' total is held fixed. Types of games, punishing
equilibria, regimes and stability are labels on it. :func:`edges` finds where a label changes, by halving every interval whose
ends differ until its ends are neighbours to within 10⁻¹², all intervals at once. Root finders for continuous functions do
not serve here: most edges are jumps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import InitVar, dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import GAP, POSITIVE, Array, Number, scalar, to_float
from alliances.arithmetic.tolerance import GAP_EDGE, GAP_POINT
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_model
from alliances.results import Result

__all__ = ["REGION_SAMPLES", "WINDOW_SAMPLES", "Line", "Region", "edges"]

REGION_SAMPLES = 2001
"""Gaps looked at for regions and pictures: their spacing is all that is seen, so it is fine (about 10⁻³ of gap)."""

WINDOW_SAMPLES = 1001
"""Gaps looked at first for stability windows: fewer, because samples are added by themselves where δ* bends or jumps."""

_MOST_SAMPLES = 10_000_000  # what a machine can hold


@dataclass(frozen=True)
class Region(Result):
    """A stretch of gaps, from ``lower`` to ``upper``, over which ``label`` does not change."""

    lower: float
    upper: float
    label: Any

    @property
    def message(self) -> str:
        """The stretch and its label."""
        return f"[{self.lower:.6f}, {self.upper:.6f}]  {self.label}"


@dataclass(frozen=True, eq=False)
class Line:
    """A model with scalar parameters along the gap, the total power held fixed; checked when it is made.

    Parameters
    ----------
    game
        The model.
    domain
        The lowest and the highest gap, both in (−1, 1).
    total
        s + p.
    samples
        The number of equally spaced gaps looked at.
    function
        Whose arguments these are, for the errors' texts.
    least
        The least number of samples.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or the model has array parameters.

    Examples
    --------
    >>> import alliances as al
    >>> line = Line(al.presets.chindea_2014(), (0.0, 0.9), 1.0, 4, function="example")
    >>> line.gaps.round(1).tolist(), line.stage_games(line.gaps).batch_shape
    ([0.0, 0.3, 0.6, 0.9], (4,))
    >>> for region in line.regions(lambda gaps: np.where(gaps < 0.5, 0, 1), ("near", "far").__getitem__):
    ...     print(region)
    [0.000000, 0.500000]  near
    [0.500000, 0.900000]  far
    """

    game: DyadicGame
    domain: tuple[float, float]
    total: float
    samples: int
    function: InitVar[str]
    least: InitVar[int] = 2

    def __post_init__(self, function: str, least: int) -> None:
        check_model(self.game, function)
        domain, samples = _ends(self.domain, function), self.samples
        total = to_float(scalar(self.total, function, "total", POSITIVE), f"{function}(): total")
        if isinstance(samples, bool) or not isinstance(samples, (int, np.integer)) or samples < least:
            raise ValueError(f"{function}(): samples must be an integer of at least {least}; got {samples!r}")
        if samples > _MOST_SAMPLES:
            raise ValueError(f"{function}(): samples must be at most {_MOST_SAMPLES:,}; got {samples!r}")
        for name, value in (("domain", domain), ("total", total), ("samples", int(samples))):
            object.__setattr__(self, name, value)
        if self.stage_games(domain[0]).batch_shape:
            raise ValueError(f"{function}(): game must have scalar parameters; solve a batch of models one at a time")

    @property
    def gaps(self) -> Array:
        """The equally spaced gaps, from the lowest to the highest."""
        return np.linspace(*self.domain, self.samples)

    def power(self, gaps: Number) -> Power:
        """The dyad's power at one gap or at an array of them."""
        return Power.from_gap(gaps, self.total)

    def stage_games(self, gaps: Number) -> StageGame:
        """The stage game at one gap, or the batch of them at an array of gaps."""
        return self.game.stage_game(self.power(gaps))

    def regions(self, label: Callable[[Array], Array], name: Callable[[int], Any]) -> tuple[Region, ...]:
        """The stretches of equal label, from integer labels of gaps; ``name`` says what a label stands for.

        A stretch narrower than 10⁻⁹ is a point (a tie between two regions, seen through the tolerance) and is left to its
        neighbours.
        """
        gaps, (lower, upper) = self.gaps, self.domain
        labels = label(gaps)
        left, right, _, at_right = edges(label, gaps, labels)
        lowers, uppers = np.append(lower, right), np.append(left, upper)
        wide = uppers - lowers > GAP_POINT
        lowers, uppers, kinds = lowers[wide], uppers[wide], np.append(labels[0], at_right)[wide]
        borders = (uppers[:-1] + lowers[1:]) / 2
        real = kinds[:-1] != kinds[1:]  # where a point lay inside one region there is no border
        starts, ends = np.append(lower, borders[real]), np.append(borders[real], upper)
        kept = kinds[np.append(True, real)]
        return tuple(Region(float(a), float(b), name(int(k))) for a, b, k in zip(starts, ends, kept, strict=True))


def _ends(domain: tuple[float, float], function: str) -> tuple[float, float]:
    """The ends of a domain of gaps, lower first, both in (−1, 1)."""
    if not isinstance(domain, (tuple, list)) or len(domain) != 2:
        raise TypeError(f"{function}(): domain must be a pair (lower gap, upper gap); got {domain!r}")
    lower, upper = (to_float(scalar(end, function, "domain", GAP)) for end in domain)
    if not lower < upper:
        raise ValueError(f"{function}(): domain must have its lower gap first; got {domain!r}")
    return lower, upper


def edges(label: Callable[[Array], Array], gaps: Array, labels: Array) -> tuple[Array, Array, Array, Array]:
    """Where ``label`` changes between the samples ``gaps``, which have ``labels``.

    Returns
    -------
    left, right, label_left, label_right
        For each change the two neighbouring gaps, at most 10⁻¹² apart, and their labels; in order.
    """
    change = np.flatnonzero(labels[:-1] != labels[1:])
    left, right, at_left, at_right = gaps[change], gaps[change + 1], labels[change], labels[change + 1]
    while left.size and (wide := right - left > GAP_EDGE).any():
        middle = (left + right) / 2
        at_middle = label(middle)
        first, second = at_left != at_middle, at_middle != at_right  # a third label splits the interval in two
        first, second = first | ~wide, second & wide
        keep = np.where(wide, middle, right), np.where(wide, at_middle, at_right)
        left, right, at_left, at_right = (
            np.concatenate(pair)
            for pair in (
                (left[first], middle[second]),
                (keep[0][first], right[second]),
                (at_left[first], at_middle[second]),
                (keep[1][first], at_right[second]),
            )
        )
        order = np.argsort(left, kind="stable")
        left, right, at_left, at_right = left[order], right[order], at_left[order], at_right[order]
    return left, right, at_left, at_right
