"""The line of gaps: where along (−1, 1) an answer stays the same, and where it changes.

A :class:`Line` is a model looked at along the gap while the two powers' total is held fixed. Types of games, punishing
equilibria, regimes and stability are labels on it. :func:`edges` finds where a label changes, by halving every interval whose
ends differ until its ends are neighbours to within 10⁻¹², all intervals at once. Root finders for continuous functions do
not serve here: most edges are jumps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from typing import Any, NamedTuple

import numpy as np

from alliances.arithmetic import GAP, POSITIVE, Array, Number, scalar, to_float
from alliances.arithmetic.tolerance import GAP_EDGE, GAP_POINT
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_model
from alliances.results import Result
from alliances.results.result_tuple import ResultTuple

__all__ = [
    "REGION_SAMPLES",
    "WINDOW_SAMPLES",
    "Edges",
    "Line",
    "Region",
    "Span",
    "edges",
    "edges_of",
    "middles_ahead",
    "tidied",
]

REGION_SAMPLES = 2001
"""Gaps looked at for regions and pictures: their spacing is all that is seen, so it is fine (about 10⁻³ of gap)."""

WINDOW_SAMPLES = 1001
"""Gaps looked at first for stability windows: fewer, because samples are added by themselves where δ* bends or jumps."""

_MOST_SAMPLES = 10_000_000  # what a machine can hold
_ASKED, _HALVINGS = 60, 4  # about how many middles are asked for at once, and of how many halvings


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
class Span:
    """A stretch of gaps, looked at from equally spaced samples while the total power is held fixed; checked when it is made.

    Parameters
    ----------
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
        If an argument breaks its rule.

    Examples
    --------
    >>> Span((0.0, 0.9), 1.0, 4, function="example").gaps.round(1).tolist()
    [0.0, 0.3, 0.6, 0.9]
    """

    domain: tuple[float, float]
    total: float
    samples: int
    function: InitVar[str]
    least: InitVar[int] = 2

    def __post_init__(self, function: str, least: int) -> None:
        domain, samples = _ends(self.domain, function), self.samples
        total = to_float(scalar(self.total, function, "total", POSITIVE), f"{function}(): total")
        if isinstance(samples, bool) or not isinstance(samples, (int, np.integer)) or samples < least:
            raise ValueError(f"{function}(): samples must be an integer of at least {least}; got {samples!r}")
        if samples > _MOST_SAMPLES:
            raise ValueError(f"{function}(): samples must be at most {_MOST_SAMPLES:,}; got {samples!r}")
        for name, value in (("domain", domain), ("total", total), ("samples", int(samples))):
            object.__setattr__(self, name, value)

    @property
    def gaps(self) -> Array:
        """The equally spaced gaps, from the lowest to the highest."""
        return np.linspace(*self.domain, self.samples)

    def power(self, gaps: Number) -> Power:
        """The dyad's power at one gap or at an array of them."""
        return Power.from_gap(gaps, self.total)


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
    >>> line.regions(lambda gaps: np.where(gaps < 0.5, 0, 1), ("near", "far").__getitem__, "distances")
    distances: 2
    lower  upper  label
        0    0.5   near
      0.5    0.9    far
    """

    game: DyadicGame
    domain: tuple[float, float]
    total: float
    samples: int
    function: InitVar[str]
    least: InitVar[int] = 2
    span: Span = field(init=False, repr=False)

    def __post_init__(self, function: str, least: int) -> None:
        check_model(self.game, function)
        span = Span(self.domain, self.total, self.samples, function, least)
        for name, value in (("span", span), ("domain", span.domain), ("total", span.total), ("samples", span.samples)):
            object.__setattr__(self, name, value)
        if self.stage_games(span.domain[0]).batch_shape:
            raise ValueError(f"{function}(): game must have scalar parameters; solve a batch of models one at a time")

    @property
    def gaps(self) -> Array:
        """The equally spaced gaps, from the lowest to the highest."""
        return self.span.gaps

    def power(self, gaps: Number) -> Power:
        """The dyad's power at one gap or at an array of them."""
        return self.span.power(gaps)

    def stage_games(self, gaps: Number) -> StageGame:
        """The stage game at one gap, or the batch of them at an array of gaps."""
        return self.game.stage_game(self.power(gaps))

    def regions(
        self, label: Callable[[Array], Array], name: Callable[[int], Any], title: str = "regions of the gap"
    ) -> ResultTuple[Region]:
        """The stretches of equal label, from integer labels of gaps.

        ``name`` says what a label stands for, and ``title`` what the labels are, in the plural.

        A stretch narrower than 10⁻⁹ is a point (a tie between two regions, seen through the tolerance) and is left to its
        neighbours.
        """
        gaps = self.gaps
        labels = label(gaps)
        left, right, _, at_right = edges(label, gaps, labels)
        lowers, uppers, kinds = tidied(self.domain, left, right, np.append(labels[:1], at_right))
        regions = (Region(float(a), float(b), name(int(k))) for a, b, k in zip(lowers, uppers, kinds, strict=True))
        return ResultTuple(regions, Region, title)


def tidied(domain: tuple[float, float], left: Array, right: Array, kinds: Array) -> tuple[Array, Array, Array]:
    """(lower, upper, label) of the regions of a domain, from the neighbours of each edge and the labels in order.

    Points go to their neighbours, and borders lie in the middle of their edge.
    """
    lowers, uppers = np.append(domain[0], right), np.append(left, domain[1])
    wide = uppers - lowers > GAP_POINT
    lowers, uppers, kinds = lowers[wide], uppers[wide], kinds[wide]
    borders = (uppers[:-1] + lowers[1:]) / 2
    real = kinds[:-1] != kinds[1:]  # where a point lay inside one region there is no border
    starts, ends = np.append(domain[0], borders[real]), np.append(borders[real], domain[1])
    return starts, ends, kinds[np.append(True, real)]


def _ends(domain: tuple[float, float], function: str) -> tuple[float, float]:
    """The ends of a domain of gaps, lower first, both in (−1, 1)."""
    if not isinstance(domain, (tuple, list)) or len(domain) != 2:
        raise TypeError(f"{function}(): domain must be a pair (lower gap, upper gap); got {domain!r}")
    lower, upper = (to_float(scalar(end, function, "domain", GAP)) for end in domain)
    if not lower < upper:
        raise ValueError(f"{function}(): domain must have its lower gap first; got {domain!r}")
    return lower, upper


class Edges(NamedTuple):
    """Changes of label: alliance, the neighbouring gaps, and their labels; sorted by alliance and gap."""

    alliance: Array
    left: Array
    right: Array
    at_left: Array
    at_right: Array


def edges_of(label: Callable[[Array, Array], Array], start: Edges) -> Edges:
    """The changes of label in the intervals of ``start``, whose ends differ, each halved to a width of 10⁻¹².

    All intervals are halved together; those that are narrow enough leave. ``label`` gives the labels of (alliance, gap). It is
    asked for all middles of several halvings at once where there are few: to ask takes longer than to answer.
    """
    done = [Edges(*(x[:0] for x in start))]
    wide = start
    while wide.left.size:
        middles, halvings = middles_ahead(wide.left, wide.right)
        labels = label(np.repeat(wide.alliance, middles.shape[1]), middles.ravel()).reshape(middles.shape)
        row, node = np.arange(len(wide.left)), np.zeros(len(wide.left), dtype=int)
        for _ in range(halvings):
            narrow = ~(wide.right - wide.left > GAP_EDGE)
            done.append(Edges(*(x[narrow] for x in wide)))
            wide, row, node = Edges(*(x[~narrow] for x in wide)), row[~narrow], node[~narrow]
            middle, at_middle = middles[row, node], labels[row, node]
            first, second = wide.at_left != at_middle, at_middle != wide.at_right  # a third label splits the interval in two
            below = wide._replace(right=middle, at_right=at_middle)
            above = wide._replace(left=middle, at_left=at_middle)
            wide = Edges(*(np.concatenate([x[first], y[second]]) for x, y in zip(below, above, strict=True)))
            row = np.concatenate([row[first], row[second]])
            node = np.concatenate([2 * node[first] + 1, 2 * node[second] + 2])
    joined = Edges(*(np.concatenate(parts) for parts in zip(*done, strict=True)))
    order = np.lexsort((joined.left, joined.alliance))
    return Edges(*(x[order] for x in joined))


def middles_ahead(left: Array, right: Array) -> tuple[Array, int]:
    """(n, nodes): the middles of intervals, of their halves, and so on; of how many halvings: the fewer intervals, the more.

    Node 0 is an interval, and the halves of that of node t are at 2t + 1 and 2t + 2.
    """
    halvings = max(1, min(_HALVINGS, int(np.log2(_ASKED / len(left) + 1))))
    nodes = 2**halvings - 1
    low, high, middles = np.empty((3, len(left), nodes))
    low[:, 0], high[:, 0] = left, right
    for t in range(nodes):
        middles[:, t] = (low[:, t] + high[:, t]) / 2
        if 2 * t + 2 < nodes:
            low[:, 2 * t + 1], high[:, 2 * t + 1] = low[:, t], middles[:, t]
            low[:, 2 * t + 2], high[:, 2 * t + 2] = middles[:, t], high[:, t]
    return middles, halvings


def edges(label: Callable[[Array], Array], gaps: Array, labels: Array) -> tuple[Array, Array, Array, Array]:
    """Where ``label`` changes between the samples ``gaps`` of one alliance, which have ``labels``.

    Returns
    -------
    left, right, label_left, label_right
        For each change the two neighbouring gaps, at most 10⁻¹² apart, and their labels; in order.
    """
    change = np.flatnonzero(labels[:-1] != labels[1:])
    start = Edges(np.zeros_like(change), gaps[change], gaps[change + 1], labels[change], labels[change + 1])
    return edges_of(lambda _, g: label(g), start)[1:]
