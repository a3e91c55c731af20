"""Answers along the gap for many alliances: windows, thresholds and regions of a batch, each as plain arrays.

Alliances differ in how many windows or regions they have. So these are one list, by alliance (counted in C order) and from the
lowest gap up, and ``offsets`` says where each alliance's begin: those of the k-th are ``offsets[k]`` to ``offsets[k + 1]``.
``at(index)`` gives the answer for one alliance as the functions give it for one, equal in all its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.games.bimatrix import Profile
from alliances.games.players import BINDING, Defector
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result, Variable
from alliances.results.result_tuple import ResultTuple
from alliances.thresholds.answers import STATUSES, DefectionThreshold, Window, judged, windows_on
from alliances.thresholds.line import Region
from alliances.thresholds.lines import element, index_of, place_of
from alliances.values.tables import text_table

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["RegionBatch", "ThresholdBatch", "WindowBatch"]


class Ragged:
    """Rows of many alliances, as many for each as it has: what windows and regions share."""

    shape: tuple[int, ...]
    offsets: Array

    @property
    def size(self) -> int:
        """How many alliances there are."""
        return len(self.offsets) - 1

    @property
    def count(self) -> Array:
        """(…): how many rows each alliance has."""
        return np.diff(self.offsets).reshape(self.shape)

    @property
    def alliance(self) -> Array:
        """The alliance of each row, by number in C order."""
        return np.repeat(np.arange(self.size), np.diff(self.offsets))

    def _rows(self, index: object) -> range:
        place = place_of(index, self.shape, f"{type(self).__name__}.at")
        return range(int(self.offsets[place]), int(self.offsets[place + 1]))

    def _places(self) -> dict[str, Array]:
        """The columns that say of which alliance a row is."""
        places = np.unravel_index(self.alliance, self.shape) if self.shape else ()
        return {"game": self.alliance} if len(self.shape) < 2 else {f"axis_{k}": x for k, x in enumerate(places)}


@dataclass(frozen=True, eq=False)
class WindowBatch(Ragged, Result):
    """The stability windows of many alliances, from the lowest gap up in each.

    Attributes
    ----------
    shape
        The shape of the batch.
    offsets
        (n + 1,): the windows of the k-th alliance, counted in C order, are those from ``offsets[k]`` to ``offsets[k + 1]``.
    lower, upper
        The edges of all windows; stable themselves, to 10⁻¹⁰.
    lower_code, upper_code
        Who deviates just outside, as an index into :data:`alliances.games.players.BINDING`: 0 where the window ends with the
        domain, 1 the sponsor, 2 the proxy, 3 both.

    Examples
    --------
    >>> import alliances as al
    >>> windows = al.stability_windows(al.presets.chindea_2014(), [0.5, 0.8])
    >>> windows.count.tolist(), windows.offsets.tolist(), windows.lower.round(3).tolist()
    ([1, 2], [0, 1, 3], [0.593, -0.14, 0.292])
    >>> windows.at(1)
    stability windows: 2
        lower     upper  lower_defector  upper_defector
    -0.139992  0.139992           proxy         sponsor
     0.292286      0.95         sponsor               –
    """

    shape: tuple[int, ...]
    offsets: Array
    lower: Array
    upper: Array
    lower_code: Array
    upper_code: Array

    @property
    def lower_defector(self) -> Array:
        """Who deviates just below each window, in words; "none" where it ends with the domain."""
        return np.asarray(BINDING[self.lower_code])

    @property
    def upper_defector(self) -> Array:
        """Who deviates just above each window, in words; "none" where it ends with the domain."""
        return np.asarray(BINDING[self.upper_code])

    @property
    def width(self) -> Array:
        """(…): how many of the gaps are stable, as the sum of the windows' widths per alliance."""
        return np.bincount(self.alliance, self.upper - self.lower, self.size).reshape(self.shape)

    def at(self, index: Any) -> ResultTuple[Window]:
        """The windows of one alliance, as :func:`alliances.stability_windows` gives them for one."""
        return windows_on(
            [
                Window(float(self.lower[w]), float(self.upper[w]), _word(self.lower_code[w]), _word(self.upper_code[w]))
                for w in self._rows(index)
            ]
        )

    @property
    def message(self) -> str:
        """How many alliances have how many windows."""
        counts = np.unique(self.count, return_counts=True)
        several = ", ".join(f"{n} with {k}" for k, n in zip(*(x.tolist() for x in counts), strict=True))
        return f"stability windows of {self.size} alliances: {several}"

    def _columns(self) -> Columns:
        """One row per window."""
        names = ("lower", "upper", "lower_defector", "upper_defector")
        return {**self._places(), **{name: getattr(self, name) for name in names}}

    def __str__(self) -> str:
        return f"{self.message}\n{text_table(self._columns())}"

    def _variables(self) -> Mapping[str, Variable]:
        return {
            "game": Variable(("window",), self.alliance, "alliance, by number in C order"),
            "lower": Variable(("window",), self.lower, "lower edge of the window", "1"),
            "upper": Variable(("window",), self.upper, "upper edge of the window", "1"),
            "lower_defector": Variable(("window",), self.lower_defector, "who deviates just below"),
            "upper_defector": Variable(("window",), self.upper_defector, "who deviates just above"),
        }


@dataclass(frozen=True, eq=False)
class RegionBatch(Ragged, Result):
    """Stretches of gaps over which a label does not change, for many alliances, from the lowest gap up in each.

    Attributes
    ----------
    shape, offsets
        As in :class:`WindowBatch`.
    lower, upper
        Where each region begins and ends; edges between regions are exact to 10⁻¹².
    code
        The label of each region, as an index into ``names``.
    names
        What the codes stand for.

    Examples
    --------
    >>> import alliances as al
    >>> regions = al.regime_regions(al.presets.chindea_2014(), [0.4, 0.6], (0.0, 0.9))
    >>> regions.label.tolist()
    ['conflict', 'alliance', 'pact', 'conflict', 'alliance']
    >>> for region in regions.at(1):
    ...     print(region)
    [0.000000, 0.139992]  pact
    [0.139992, 0.523114]  conflict
    [0.523114, 0.900000]  alliance
    """

    shape: tuple[int, ...]
    offsets: Array
    lower: Array
    upper: Array
    code: Array
    names: tuple[str, ...]

    @property
    def label(self) -> Array:
        """The label of each region, in words."""
        return np.asarray(np.array(self.names)[self.code])

    def share(self, name: str) -> Array:
        """(…): the share of the gaps in regions of that name, per alliance."""
        if name not in self.names:
            raise ValueError(f"RegionBatch.share(): name must be one of {self.names}; got {name!r}")
        named = np.where(self.code == self.names.index(name), self.upper - self.lower, 0.0)
        domain = self.upper[self.offsets[1:] - 1] - self.lower[self.offsets[:-1]]
        return np.asarray(np.bincount(self.alliance, named, self.size) / domain).reshape(self.shape)

    def at(self, index: Any) -> ResultTuple[Region]:
        """The regions of one alliance, as the functions give them for one."""
        regions = (Region(float(self.lower[r]), float(self.upper[r]), self.names[int(self.code[r])]) for r in self._rows(index))
        return ResultTuple(regions, Region, "regions of the gap")

    @property
    def message(self) -> str:
        """How many regions, and how many alliances have some of each name."""
        alliances = self.alliance
        has = {name: len(np.unique(alliances[self.code == k])) for k, name in enumerate(self.names)}
        some = ", ".join(f"{name} in {n}" for name, n in has.items() if n)
        return f"{len(self.lower)} regions of {self.size} alliances: {some}"

    def _columns(self) -> Columns:
        """One row per region."""
        return {**self._places(), "lower": self.lower, "upper": self.upper, "label": self.label}

    def __str__(self) -> str:
        return f"{self.message}\n{text_table(self._columns())}"

    def _variables(self) -> Mapping[str, Variable]:
        return {
            "game": Variable(("region",), self.alliance, "alliance, by number in C order"),
            "lower": Variable(("region",), self.lower, "lower edge of the region", "1"),
            "upper": Variable(("region",), self.upper, "upper edge of the region", "1"),
            "label": Variable(("region",), self.label, "what does not change over the region"),
        }


@dataclass(frozen=True, eq=False)
class ThresholdBatch(Result):
    """Where a falling gap breaks each of many alliances, and who breaks it.

    What is said of each alliance follows from its windows and the gap that it starts from. All arrays have the batch's shape.

    Attributes
    ----------
    windows
        All stability windows of all alliances.
    game, discount, enforcement, profile, domain, start, total, samples
        The question that was asked, with ``discount`` as a pair; arrays broadcast to the batch.

    Examples
    --------
    >>> import alliances as al
    >>> batch = al.defection_threshold(al.presets.chindea_2014(), np.array([0.2, 0.5, 0.8]))
    >>> batch.status.tolist(), batch.gap.round(3).tolist()
    (['threshold', 'threshold', 'threshold'], [0.824, 0.593, 0.292])
    >>> print(batch.at(1))
    As the gap narrows, the alliance breaks at 0.593188; defector: sponsor.
      stable on [0.593188, 0.950000] (below: sponsor defects; above: end of the domain)
    """

    windows: WindowBatch
    game: DyadicGame
    discount: tuple[float | Array, float | Array]
    enforcement: Enforcement
    profile: Profile
    domain: tuple[float, float]
    start: float | Array | None
    total: float
    samples: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the batch."""
        return self.windows.shape

    @property
    def size(self) -> int:
        """How many alliances there are."""
        return self.windows.size

    @property
    def home(self) -> Array:
        """(…): the window that each alliance starts from, as an index into ``windows``; −1 if there is none."""
        w, (first, end) = self.windows, (self.windows.offsets[:-1], self.windows.offsets[1:])
        if self.start is None:
            return np.where(end > first, end - 1, -1).reshape(self.shape)
        start = np.broadcast_to(to_float(np.asarray(self.start)), self.shape).reshape(-1)[w.alliance]
        inside = np.flatnonzero((w.lower <= start) & (start <= w.upper))[::-1]
        home = np.full(self.size, -1)
        home[w.alliance[inside]] = inside  # of several, the lowest is written last
        return home.reshape(self.shape)

    @property
    def status_code(self) -> Array:
        """(…): the status, as an index into :data:`alliances.thresholds.answers.STATUSES`."""
        w, home, (low, high) = self.windows, self.home, self.domain
        none = home < 0
        if not len(w.lower):
            return np.full(self.shape, STATUSES.index("never stable"))
        whole = (w.lower[home] == low) & (w.upper[home] == high)
        cases = {
            "never stable": w.count == 0,
            "unstable at start": none,
            "always stable": whole,
            "no lower edge": w.lower_code[home] == 0,
        }
        code = np.select(list(cases.values()), [STATUSES.index(name) for name in cases], STATUSES.index("threshold"))
        return np.asarray(code)

    @property
    def status(self) -> Array:
        """(…): "threshold", "always stable", "never stable", "no lower edge" or "unstable at start", as for one alliance."""
        return np.asarray(np.array(STATUSES)[self.status_code])

    @property
    def gap(self) -> Array:
        """(…): γ*, the lower edge of the window that the alliance starts from; nan without one."""
        broken = self.status_code == 0
        gap = np.full(self.shape, np.nan)
        gap[broken] = self.windows.lower[self.home[broken]]
        return gap

    @property
    def defector_code(self) -> Array:
        """(…): who turns at the threshold: 0 nobody, 1 the sponsor, 2 the proxy, 3 both."""
        broken = self.status_code == 0
        code = np.zeros(self.shape, dtype=int)
        code[broken] = self.windows.lower_code[self.home[broken]]
        return code

    @property
    def defector(self) -> Array:
        """(…): "sponsor", "proxy" or "both"; "none" without a threshold."""
        return np.asarray(BINDING[self.defector_code])

    @property
    def parameters(self) -> dict[str, Array]:
        """What differs between the alliances, by name, each of the batch's shape: parameters of the model and of the concept,
        discount factors, and the gap at the start.
        """
        named: dict[str, Any] = dict(_arrays(self.game, ""))
        named |= {name if name not in named else f"enforcement.{name}": x for name, x in _arrays(self.enforcement, "")}
        delta_s, delta_p = self.discount
        common = {"discount": delta_s}
        deltas = common if np.array_equal(delta_s, delta_p) else {"discount_sponsor": delta_s, "discount_proxy": delta_p}
        named |= {name: x for name, x in {**deltas, "start": self.start}.items() if isinstance(x, np.ndarray)}
        return {name: np.broadcast_to(to_float(x), self.shape) for name, x in named.items()}

    def at(self, index: Any) -> DefectionThreshold:
        """The answer for one alliance, as :func:`alliances.defection_threshold` gives it for one."""
        where = index_of(place_of(index, self.shape, "ThresholdBatch.at"), self.shape)
        delta_s, delta_p = (float(np.broadcast_to(x, self.shape)[where]) for x in self.discount)
        start = None if self.start is None else float(np.broadcast_to(self.start, self.shape)[where])
        windows = self.windows.at(where)
        status, broken = judged(windows, self.domain, start)
        return DefectionThreshold(
            gap=broken.lower if broken else None,
            defector=broken.lower_defector if broken else None,
            windows=windows,
            status=status,
            game=element(self.game, self.shape, where),
            discount=(delta_s, delta_p),
            enforcement=element(self.enforcement, self.shape, where),
            profile=self.profile,
            domain=self.domain,
            start=start,
            total=self.total,
            samples=self.samples,
        )

    @property
    def shares(self) -> dict[str, float]:
        """The share of the alliances with each status."""
        counts = np.bincount(self.status_code.ravel(), minlength=len(STATUSES))
        return {name: float(n) / self.size for name, n in zip(STATUSES, counts, strict=True)}

    @property
    def message(self) -> str:
        """How many alliances end how, and the middle one of the thresholds."""
        counts = np.bincount(self.status_code.ravel(), minlength=len(STATUSES))
        ends = ", ".join(f"{name} {n}" for name, n in zip(STATUSES, counts, strict=True) if n)
        median = f"; the median threshold is {np.nanmedian(self.gap):.6f}" if counts[0] else ""
        return f"{self.size} alliances: {ends}{median}."

    def _record(self) -> dict[str, Any]:
        names = ("gap", "defector", "status", "windows", "discount", "enforcement", "domain")
        return {name: getattr(self, name) for name in names}

    def _cells(self) -> Mapping[str, Any]:
        """Per alliance: its parameters, threshold, defector and status, and how many windows it has."""
        answers = {name: getattr(self, name) for name in ("gap", "defector", "status")}
        return {**self.parameters, **answers, "windows": self.windows.count, "stable": self.windows.width}

    _long_names: ClassVar[Mapping[str, str]] = {
        "gap": "gap at which the alliance breaks",
        "defector": "who breaks it",
        "status": "what the search ended with",
        "windows": "number of stability windows",
        "stable": "sum of the widths of the stability windows",
    }


def _word(code: Any) -> Defector | None:
    """Who deviates; None where a window ends with the domain."""
    word: Defector | None = BINDING[code].item() if code else None
    return word


def _arrays(part: object, name: str) -> Iterator[tuple[str, Array]]:
    """The arrays among the parameters of a model or concept, by name: ``contest.decisiveness``, or ``exposure`` at the top."""
    if isinstance(part, np.ndarray):
        yield name, part
    elif isinstance(part, tuple):
        endings = ("sponsor", "proxy") if len(part) == 2 else tuple(map(str, range(len(part))))
        for ending, x in zip(endings, part, strict=True):
            yield from _arrays(x, f"{name}_{ending}")
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from _arrays(getattr(part, field.name), f"{name}.{field.name}" if name else field.name)
