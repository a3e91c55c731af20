"""The line of gaps: where along (−1, 1) an answer stays the same, and where it changes.

Types of games, punishing equilibria and stability are labels on the line of gaps. :func:`edges` finds where a label
changes, by halving every interval whose ends differ until its ends are neighbours to within 10⁻¹², all intervals at
once. Root finders for continuous functions do not serve here: most edges are jumps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import GAP, POSITIVE, Array, scalar, to_float
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_model
from alliances.results import Result

__all__ = ["Region", "check_domain", "check_line", "edges", "regions"]

_EDGE = 1e-12  # half the documented accuracy of 1e-10, with room to spare

_POINT = 1e-9


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


def check_domain(domain: tuple[float, float], function: str) -> tuple[float, float]:
    """The ends of a domain of gaps, lower first, both in (−1, 1)."""
    if not isinstance(domain, (tuple, list)) or len(domain) != 2:
        raise TypeError(f"{function}(): domain must be a pair (lower gap, upper gap); got {domain!r}")
    lower, upper = (to_float(scalar(end, function, "domain", GAP)) for end in domain)
    if not lower < upper:
        raise ValueError(f"{function}(): domain must have its lower gap first; got {domain!r}")
    return lower, upper


def check_line(
    game: DyadicGame, domain: tuple[float, float], total: float, samples: int, function: str, least: int = 2
) -> tuple[tuple[float, float], float, int]:
    """The domain, the total and the number of samples by which a model with scalar parameters is looked at along the gap."""
    check_model(game, function)
    ends = check_domain(domain, function)
    power = to_float(scalar(total, function, "total", POSITIVE), f"{function}(): total")
    if isinstance(samples, bool) or not isinstance(samples, (int, np.integer)) or samples < least:
        raise ValueError(f"{function}(): samples must be an integer of at least {least}; got {samples!r}")
    if game.stage_game(Power.from_gap(ends[0], power)).batch_shape:
        raise ValueError(f"{function}(): game must have scalar parameters; solve a batch of models one at a time")
    return ends, power, int(samples)


def edges(label: Callable[[Array], Array], gaps: Array, labels: Array) -> tuple[Array, Array, Array, Array]:
    """Where ``label`` changes between the samples ``gaps``, which have ``labels``.

    Returns
    -------
    left, right, label_left, label_right
        For each change the two neighbouring gaps, at most 10⁻¹² apart, and their labels; in order.
    """
    change = np.flatnonzero(labels[:-1] != labels[1:])
    left, right, at_left, at_right = gaps[change], gaps[change + 1], labels[change], labels[change + 1]
    while left.size and (wide := right - left > _EDGE).any():
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


def regions(label: Callable[[Array], Array], domain: tuple[float, float], samples: int) -> tuple[Region, ...]:
    """The stretches of equal label, from integer labels on ``samples`` equally spaced gaps.

    A stretch narrower than 10⁻⁹ is a point (a tie between two regions, seen through the tolerance) and is left to its
    neighbours.
    """
    gaps = np.linspace(*domain, samples)
    labels = label(gaps)
    left, right, _, at_right = edges(label, gaps, labels)
    lowers, uppers = np.append(domain[0], right), np.append(left, domain[1])
    wide = uppers - lowers > _POINT
    lowers, uppers, kinds = lowers[wide], uppers[wide], np.append(labels[0], at_right)[wide]
    borders = (uppers[:-1] + lowers[1:]) / 2
    real = kinds[:-1] != kinds[1:]  # where a point lay inside one region there is no border
    starts, ends = np.append(domain[0], borders[real]), np.append(borders[real], domain[1])
    kept = kinds[np.append(True, real)]
    return tuple(Region(float(a), float(b), int(k)) for a, b, k in zip(starts, ends, kept, strict=True))
