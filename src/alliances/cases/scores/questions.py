r"""What a theory is asked about a case, and on what information: the questions of the scoreboard.

Three questions, each with its classes:

* **arrangement**, for each phase: "alliance", "pact" or "conflict" (:data:`CLASSES_OF` folds the six arrangements into these);
* **defector**, for each case in which an alliance stood: "none", "sponsor" or "proxy". Where the source says that it broke and
  not who turned, the observation is "sponsor or proxy", and a prediction is scored on that set;
* **year**, for each measured year of an alliance: does it hold in that year, or break?

A phase tells a gap as a *distribution* over gaps γ, integrated over on a grid of cells of width 0.025. In order of preference:
the measured gaps of the phase's years, the word of the source, the trend, and the prior. All of it is a modelling convention:

* a word is uniform over its interval of :data:`GAP_INTERVALS`;
* a trend without a word moves the gap of the phase before (the prior, where that has none) to anywhere between it and 0
  (narrowing) or 0.95 (widening), uniformly;
* the prior, where the source says nothing, is uniform over :data:`GAP_PRIOR`.

Stakes are z = Z^u with Z ≥ 1 a free parameter: u = 0 where the source says low, 1 where it says high, and uniform over [0, 1]
where it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.cases.files.case import Case
from alliances.cases.files.records import Phase
from alliances.games.players import PLAYERS

__all__ = [
    "ARRANGEMENT",
    "CLASSES",
    "CLASSES_OF",
    "DEFECTOR",
    "GAP_INTERVALS",
    "GAP_PRIOR",
    "YEAR",
    "Gap",
    "Question",
    "questions",
    "told_gaps",
]

ARRANGEMENT, DEFECTOR, YEAR = "arrangement", "defector", "year"

CLASSES = {
    ARRANGEMENT: ("alliance", "pact", "conflict"),
    DEFECTOR: ("none", *PLAYERS),
    YEAR: ("holds", "breaks"),
}
"""The classes of each question."""

CLASSES_OF: Mapping[str, str] = MappingProxyType(
    {
        "alliance": "alliance",
        "accommodation": "pact",
        "pact": "pact",
        "distance": "pact",
        "rivalry": "conflict",
        "war": "conflict",
    }
)
"""The regime that each observed arrangement counts as: allied, at peace without an alliance, hostile."""

GAP_INTERVALS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "very wide": (0.7, 0.95),
        "wide": (0.4, 0.7),
        "asymmetric": (0.4, 0.95),
        "narrow": (0.0, 0.4),
        "parity": (-0.1, 0.1),
        "reversed": (-0.95, 0.0),
    }
)
"""What gaps γ a word of the sources may mean: a convention of the scoreboard, not a finding. Ends are multiples of 0.025."""

GAP_PRIOR = (0.0, 0.95)
"""The gaps γ that are equally likely where a source says nothing."""

_LIMIT = 0.95
CELLS: Array = (np.arange(76) - 37.5) / 40  # the middles of the cells of width 0.025 from -0.95 to 0.95
_HALF = 0.0125
STAKES: Array = np.array([0.0, 0.5, 1.0])  # u
_KNOWN = {"low": np.array([1.0, 0.0, 0.0]), "high": np.array([0.0, 0.0, 1.0])}
_UNKNOWN: Array = np.array([1.0, 2.0, 1.0]) / 4  # trapezoidal rule over u

_BROKEN = {"proxy defects": ("proxy",), "sponsor preys": ("sponsor",), "break": PLAYERS}
_KEPT = ("durable", "balanced into an alliance", "proxy destroyed")
_ALLIED = ("alliance", "accommodation")
_HOSTILE = ("rivalry", "war")


@dataclass(frozen=True, eq=False)
class Question:
    """One question about one case.

    Attributes
    ----------
    case, target, item
        The case's name, "arrangement", "defector" or "year", and the number of the phase or the year.
    when
        The dates of the phase, or the year.
    given
        What the gap rests on: "measured", "word", "trend" or "prior".
    told
        The gap in words: the measured gaps, the word of the source, the trend or "–".
    stakes
        The word of the source on the stakes; empty without one.
    observed
        The classes that agree with the source: one, or several where it does not say which.
    gaps, gap_weights, stakes_weights
        The distribution of the gap (nodes and weights) and of u.
    """

    case: str
    target: str
    item: str
    when: str
    given: str
    told: str
    stakes: str
    observed: tuple[str, ...]
    gaps: Array
    gap_weights: Array
    stakes_weights: Array

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the question."""
        return CLASSES[self.target]

    @cached_property
    def mask(self) -> Array:
        """Which classes agree with the source."""
        return np.isin(self.classes, self.observed)

    @property
    def mean_gap(self) -> float:
        """The expected gap."""
        return float((self.gaps * self.gap_weights).sum())

    @property
    def gap_range(self) -> tuple[float, float]:
        """The lowest and the highest gap that the sources leave open."""
        used = self.gaps[self.gap_weights > 0]
        half = 0.0 if self.given == "measured" else _HALF
        return float(used.min()) - half, float(used.max()) + half


@dataclass(frozen=True, eq=False)
class Gap:
    """What is known of a gap: what that rests on, the same in words, and a distribution over nodes."""

    given: str
    told: str
    nodes: Array
    weights: Array
    measured: Mapping[int, float] = field(default_factory=dict)

    def in_year(self, year: int) -> Gap:
        """The measured gap of the year, if there is one; else what is known of the phase."""
        if year not in self.measured:
            return self
        gap = self.measured[year]
        return Gap("measured", f"{gap:+.2f}", np.array([gap]), np.ones(1))


def told_gaps(case: Case, *, intervals: Mapping[str, tuple[float, float]]) -> tuple[Gap, ...]:
    """By phase: what a file tells of the gap in words, with the measured gaps of single years."""
    measured = _measured(case)
    gaps: list[Gap] = []
    for phase in case.phases:
        told = _gap(phase, [], gaps[-1] if gaps else None, True, intervals)
        gaps.append(replace(told, measured=measured))
    return tuple(gaps)


def questions(case: Case, *, words_first: bool = False, intervals: Mapping[str, tuple[float, float]]) -> tuple[Question, ...]:
    """All questions about a case; ``words_first`` prefers the word of the source to a measured gap."""
    measured = _measured(case)
    years = [_years(case, k, measured) for k in range(len(case.phases))]
    gaps: list[Gap] = []
    for k, phase in enumerate(case.phases):
        gaps.append(_gap(phase, [measured[y] for y in years[k]], gaps[-1] if k else None, words_first, intervals))
    asked = [
        _question(case.name, ARRANGEMENT, str(k), phase, phase.when, gap, (CLASSES_OF[phase.arrangement],))
        for k, (phase, gap) in enumerate(zip(case.phases, gaps, strict=True))
    ]
    return tuple(asked + _breaks(case, gaps, years, measured, words_first, intervals))


def _breaks(
    case: Case,
    gaps: list[Gap],
    years: list[list[int]],
    measured: Mapping[int, float],
    words_first: bool,
    intervals: Mapping[str, tuple[float, float]],
) -> list[Question]:
    """Who defects, if anybody, and in which measured year."""
    allied = [k for k, phase in enumerate(case.phases) if phase.arrangement in _ALLIED]
    sides = _BROKEN.get(case.outcome.kind, ("none",) if case.outcome.kind in _KEPT else ())
    if not allied or not sides:
        return []
    broken = sides != ("none",)
    ends = [k for k in range(1, len(case.phases)) if k - 1 in allied and case.phases[k].arrangement in _HOSTILE]
    at = ends[0] if broken and ends else allied[-1]
    gap, when = gaps[at], case.phases[at].when
    if broken and ends and gap.given == "measured":  # the year of the break: later years have the war's own effect on power
        first = years[at][0]
        gap = _gap(case.phases[at], [measured[first]], None, words_first, intervals)
        when = str(first)
    asked = [_question(case.name, DEFECTOR, str(at), case.phases[at], when, gap, sides)]
    held = [(year, k) for k in allied for year in years[k] if not (broken and ends and k >= ends[0])]
    dated = [(year, k, "holds") for year, k in held]
    dated += [(years[at][0], at, "breaks")] if broken and ends and years[at] else []
    for year, k, answer in dated:
        measured_gap = Gap("measured", f"{measured[year]:+.2f}", np.array([measured[year]]), np.ones(1))
        asked.append(_question(case.name, YEAR, str(year), case.phases[k], str(year), measured_gap, (answer,)))
    return asked


def _question(case: str, target: str, item: str, phase: Phase, when: str, gap: Gap, observed: tuple[str, ...]) -> Question:
    weights = _KNOWN.get(phase.stakes, _UNKNOWN)
    return Question(case, target, item, when, gap.given, gap.told, phase.stakes, observed, gap.nodes, gap.weights, weights)


def _measured(case: Case) -> dict[int, float]:
    """The measured gap by year; the first observation of a year counts."""
    gaps: dict[int, float] = {}
    if case.power:
        series = case.power_series()
        for year, gap in zip(series.years, to_float(series.gap), strict=True):
            gaps.setdefault(int(year), float(gap))
    return gaps


def _years(case: Case, k: int, measured: Mapping[int, float]) -> list[int]:
    """The measured years of a phase. A year in which one phase gives way to the next belongs to the later one."""
    phase, rest = case.phases[k], case.phases[k + 1 :]
    after = rest[0].start if rest else None
    if (phase.start is None and (phase.end is None or k > 0)) or (rest and phase.end is None and after is None):
        return []  # the source does not say when
    low = phase.start.first.year if phase.start else -np.inf
    high = phase.end.last.year if phase.end else np.inf
    if after is not None:
        high = min(high, after.first.year - 1)
    return [year for year in measured if low <= year <= high]


def _gap(
    phase: Phase,
    measured: list[float],
    before: Gap | None,
    words_first: bool,
    intervals: Mapping[str, tuple[float, float]],
) -> Gap:
    """What is known of the gap in a phase."""
    if measured and not (words_first and phase.gap):
        ends = f"{measured[0]:+.2f}" + f" to {measured[-1]:+.2f}" * (len(measured) > 1)
        return Gap("measured", ends, np.array(measured), np.full(len(measured), 1 / len(measured)))
    if phase.gap:
        return Gap("word", phase.gap, CELLS, _uniform(*intervals[phase.gap]))
    if phase.trend:
        start = before or Gap("prior", "–", CELLS, _uniform(*GAP_PRIOR))
        return Gap("trend", phase.trend, CELLS, _moved(start, phase.trend))
    return Gap("prior", "–", CELLS, _uniform(*GAP_PRIOR))


def _uniform(low: float, high: float) -> Array:
    """Weights of the cells for a gap anywhere from ``low`` to ``high``; the cell that holds both, where that is narrower."""
    inside = np.asarray((low < CELLS) & (high > CELLS), dtype=float)
    if not inside.any():
        inside[np.abs(CELLS - (low + high) / 2).argmin()] = 1.0
    return np.asarray(inside / inside.sum())


def _moved(start: Gap, trend: str) -> Array:
    """Weights of the cells after a move of unknown size from ``start``."""
    end = 0.0 if trend == "narrowing" else _LIMIT
    rows = [_uniform(min(gap, end), max(gap, end)) for gap in start.nodes]
    return np.asarray((np.stack(rows) * start.weights[:, None]).sum(axis=0))
