r"""Dyad-years: years in which something could happen to a dyad, with what was known of its power, and whether it happened.

A phase is cut where the outcome changes, so its place in a file tells its arrangement: the rule "the first phase is an
alliance" beats every theory there. A year is cut by the calendar. Two samples:

* **pairs drawn without regard to the outcome**: all pairs of a list of actors in all years in which both are seen, by
  :meth:`DyadYears.from_frame`; what happens is a war, say;
* **the allied years of the case files**, by :func:`allied_years`: the calendar years of what a file dates as an alliance, up
  to that of the break. The files were written by people who knew the outcome, and mostly about alliances of which there was
  something to tell: their hazards are those of the literature, not of the world.

Every row is one calendar year at risk, also the year of the event: an interval that ends with the event would be short
*because* of the event, and a constant hazard would seem to know something.

The gap of a row is a distribution over nodes: one node where it is measured, the cells of
:mod:`alliances.cases.scores.questions` where a file has a word, a trend or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array
from alliances.cases.files.case import Case
from alliances.cases.files.dates import Date
from alliances.cases.files.records import Phase
from alliances.cases.scores.questions import CELLS, GAP_INTERVALS, told_gaps
from alliances.cases.selection import checked
from alliances.results import Result

if TYPE_CHECKING:
    from alliances.results import Columns, DataFrame

__all__ = ["DyadYears", "allied_years"]

_ALLIED = ("alliance", "accommodation")
_BROKEN = ("proxy defects", "sponsor preys", "break")


@dataclass(frozen=True, eq=False)
class DyadYears(Result):
    """Years at risk of several dyads; the rows of a dyad are together and in order.

    Attributes
    ----------
    title, event
        What the sample is, and what may happen in a year.
    dyads, years
        The dyad and the calendar year of each row.
    actors
        The actors of each row's dyad: two, or more where a side is a bloc.
    happened
        Whether it happened in that year.
    before
        Whether it happened to the dyad in the year before; False in its first row.
    given
        What the gap rests on: "measured", "word", "trend" or "prior".
    nodes, weights
        (nodes,) gaps γ, and (rows, nodes) how likely each is in each row.

    Examples
    --------
    >>> years = allied_years()
    >>> print(years)
    allied years of the case files: 167 years at risk of 14 dyads, in which "break" happened 4 times.
    """

    title: str
    event: str
    dyads: tuple[str, ...]
    years: Array
    actors: tuple[tuple[str, ...], ...]
    happened: Array
    before: Array
    given: tuple[str, ...]
    nodes: Array = field(repr=False)
    weights: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.dyads)

    @property
    def names(self) -> tuple[str, ...]:
        """The dyads, each once."""
        return tuple(dict.fromkeys(self.dyads))

    @property
    def first(self) -> Array:
        """Whether a row is the dyad's first."""
        return np.array([k == 0 or name != self.dyads[k - 1] for k, name in enumerate(self.dyads)])

    @property
    def age(self) -> Array:
        """The years since the dyad's first row."""
        begins = {name: int(self.years[k]) for k, name in reversed([*enumerate(self.dyads)])}
        return np.array([int(year) - begins[name] for name, year in zip(self.dyads, self.years, strict=True)])

    @property
    def gap(self) -> Array:
        """The expected gap of each row."""
        return np.asarray(self.weights @ self.nodes)

    @property
    def parties(self) -> tuple[str, ...]:
        """The actors, each once."""
        return tuple(sorted({name for side in self.actors for name in side}))

    def rows_of(self, dyad: str) -> Array:
        """Which rows are the dyad's."""
        return np.array([name == dyad for name in self.dyads])

    def rows_with(self, parties: Iterable[str]) -> Array:
        """Which rows have one of these actors in their dyad."""
        wanted = set(parties)
        return np.array([bool(wanted & set(side)) for side in self.actors])

    def onsets(self) -> DyadYears:
        """The rows in which it had not happened the year before: those at risk of an onset."""
        return self._take(~self.before, f"onset of {self.event}")

    def _take(self, rows: Array, event: str) -> DyadYears:
        at = np.flatnonzero(rows)
        return DyadYears(
            self.title,
            event,
            tuple(self.dyads[k] for k in at),
            self.years[at],
            tuple(self.actors[k] for k in at),
            self.happened[at],
            self.before[at],
            tuple(self.given[k] for k in at),
            self.nodes,
            self.weights[at],
        )

    @classmethod
    def from_frame(
        cls,
        frame: DataFrame | Mapping[str, Sequence[Any]],
        *,
        sides: tuple[str, str] = ("a", "b"),
        year: str = "year",
        gap: str | None = None,
        share: str | None = None,
        event: str = "event",
        title: str = "own dyads",
        happens: str = "event",
    ) -> DyadYears:
        """Dyad-years from a table with a row for each dyad and year, in any order: a pandas ``DataFrame`` or a dict of columns.

        Parameters
        ----------
        frame
            The table.
        sides, year, event
            The columns with the two actors, the calendar year, and 1 or 0 for whether it happened.
        gap, share
            The column with γ, or with the first or stronger side's share of power, (1 + γ)/2: exactly one of the two. Take it
            from the year before: power of the same year may be the event's doing.
        title, happens
            What the sample is called, and what happens.

        Raises
        ------
        TypeError, ValueError
            If a column is missing, a cell is missing or out of range, a dyad has a year twice, or both or none of ``gap`` and
            ``share`` are given; the error names the row.

        Examples
        --------
        >>> table = {"a": ["A", "A", "B"], "b": ["B", "B", "C"], "year": [2001, 2002, 2001], "share": [0.7, 0.5, 0.9]}
        >>> print(DyadYears.from_frame(table | {"war": [0, 1, 0]}, share="share", event="war", happens="war"))
        own dyads: 3 years at risk of 2 dyads, in which "war" happened 1 time.
        """
        if (gap is None) == (share is None):
            raise ValueError(f"DyadYears.from_frame(): just one of gap and share must be given; got {gap!r} and {share!r}")
        power = gap if gap is not None else str(share)
        names = (*sides, year, power, event)
        known = [*(frame.columns if hasattr(frame, "columns") else frame)]
        for name in names:
            if name not in known:
                raise ValueError(
                    f"DyadYears.from_frame(): frame must have a column {name!r}; it has {', '.join(map(str, known))}"
                )
        columns = [list(frame[name]) for name in names]
        rows = [_Row.of(k, cells, share is not None) for k, cells in enumerate(zip(*columns, strict=True))]
        rows.sort(key=lambda row: (row.sides, row.year))
        orders = {frozenset(row.sides): row.sides for row in rows}
        for row in rows:
            if orders[frozenset(row.sides)] != row.sides:
                raise ValueError(
                    f"DyadYears.from_frame(): a dyad must have its sides in one order; got {' - '.join(row.sides)} in both"
                )
        if not rows:
            raise ValueError("DyadYears.from_frame(): frame must have a row; got none")
        for last, row in pairwise(rows):
            if (last.sides, last.year) == (row.sides, row.year):
                raise ValueError(
                    f"DyadYears.from_frame(): a dyad must have a year once; got {' - '.join(row.sides)}, {row.year} twice"
                )
        nodes, place = np.unique([row.gap for row in rows], return_inverse=True)
        back = [None, *rows[:-1]]
        return cls(
            title,
            happens,
            tuple(" - ".join(row.sides) for row in rows),
            np.array([row.year for row in rows]),
            tuple(row.sides for row in rows),
            np.array([row.event for row in rows]),
            np.array([_follows(last, row) and bool(last and last.event) for last, row in zip(back, rows, strict=True)]),
            ("measured",) * len(rows),
            nodes,
            np.eye(len(nodes))[place],
        )

    @property
    def message(self) -> str:
        """How many years and dyads, and how often it happened."""
        count = int(self.happened.sum())
        times = f"{count} time" + "s" * (count != 1)
        return f'{self.title}: {len(self)} years at risk of {len(self.names)} dyads, in which "{self.event}" happened {times}.'

    def _columns(self) -> Columns:
        """One row per dyad and year."""
        names = ("dyad", "year", "gap", "given", "before", "happened")
        cells = (self.dyads, self.years, self.gap, self.given, self.before, self.happened)
        return dict(zip(names, cells, strict=True))

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class _Row:
    sides: tuple[str, str]
    year: int
    gap: float
    event: bool

    @classmethod
    def of(cls, k: int, cells: tuple[Any, ...], share: bool) -> _Row:
        a, b, year, power, event = cells
        where = f"DyadYears.from_frame(): row {k}:"
        if not all(isinstance(side, str) and side for side in (a, b)) or a == b:
            raise ValueError(f"{where} the sides must be two different names; got {a!r} and {b!r}")
        if isinstance(year, bool) or not isinstance(year, Real) or not float(year).is_integer():
            raise ValueError(f"{where} year must be a calendar year; got {year!r}")
        if isinstance(power, bool) or not isinstance(power, Real) or not math.isfinite(float(power)):
            raise ValueError(f"{where} the {'share' if share else 'gap'} must be a number; got {power!r}")
        gap = 2 * float(power) - 1 if share else float(power)
        if not -1 < gap < 1:
            rule = "share must lie strictly between 0 and 1" if share else "gap must lie strictly between -1 and 1"
            raise ValueError(f"{where} {rule}; got {power!r}")
        if event not in (0, 1):
            raise ValueError(f"{where} event must be 0 or 1; got {event!r}")
        return cls((a, b), int(float(year)), gap, bool(event))


def _follows(last: _Row | None, row: _Row) -> bool:
    return last is not None and last.sides == row.sides and row.year == last.year + 1


def allied_years(
    cases: Case | Iterable[Case] | None = None, *, intervals: Mapping[str, tuple[float, float]] | None = None
) -> DyadYears:
    """The allied years of case files, and in which of them the alliance broke.

    The years at risk are those of the phases that are an alliance or an accommodation: from the year in which a phase has begun
    for certain (the last of a decade; the first where the phase also ends in that decade), or in which a source first sees it,
    to the year in which it may end at the earliest. Where the alliance is broken – by a side, or by nobody knows which – that
    year is the one in which it happens, and no row follows. An alliance that fades into distance, or that a third party ends,
    is one that was not broken. Phases without a date at both ends are left out, and with them the cases that have no other.

    Parameters
    ----------
    cases
        A case or several; all bundled cases by default.
    intervals
        Gaps that a word may mean, in place of those of :data:`GAP_INTERVALS`.

    Raises
    ------
    TypeError
        If ``cases`` are no cases.
    ValueError
        If no case has an allied year.

    Examples
    --------
    >>> from alliances.cases import load
    >>> years = allied_years(load("gulf-zetas"))
    >>> years.years[[0, -1]].tolist(), years.happened.nonzero()[0].tolist(), years.given[3:5]
    ([1999, 2010], [11], ('word', 'measured'))
    """
    meaning = dict(GAP_INTERVALS) | dict(intervals or {})
    rows: list[tuple[str, int, tuple[str, ...], bool, Any]] = []
    for case in checked(cases, "allied_years"):
        gaps = told_gaps(case, intervals=meaning)
        broken = case.outcome.kind in _BROKEN
        for k, phase in enumerate(case.phases):
            if phase.arrangement not in _ALLIED:
                continue
            date = _end(case, k)
            end = None if date is None or (phase.start == date and date.decade) else date.first.year
            ends_here = (
                broken and end is not None and (k + 1 == len(case.phases) or case.phases[k + 1].arrangement not in _ALLIED)
            )
            seen = {year for name, year, *_ in rows if name == case.name}
            for year in _years(phase, end):
                if year not in seen:
                    rows.append((case.name, year, _parties(case), ends_here and year == end, gaps[k].in_year(year)))
            if ends_here:
                break
    if not rows:
        raise ValueError("allied_years(): cases must have a dated alliance; got none")
    measured = sorted({float(gap.nodes[0]) for *_, gap in rows if gap.given == "measured"} - set(CELLS.tolist()))
    nodes = np.concatenate([CELLS, measured])
    place = {float(gap): k for k, gap in enumerate(nodes)}
    weights = np.zeros((len(rows), len(nodes)))
    for k, (*_, gap) in enumerate(rows):
        weights[k, [place[float(node)] for node in gap.nodes]] = gap.weights
    names, years, parties, happened, told = zip(*rows, strict=True)
    return DyadYears(
        "allied years of the case files",
        "break",
        names,
        np.array(years),
        parties,
        np.array(happened),
        np.zeros(len(rows), dtype=bool),
        tuple(gap.given for gap in told),
        nodes,
        weights,
    )


def _end(case: Case, k: int) -> Date | None:
    """When a phase ends: its own date, or that at which the next begins."""
    phase, rest = case.phases[k], case.phases[k + 1 :]
    return phase.end or (rest[0].start if rest else None)


def _years(phase: Phase, end: int | None) -> range:
    """The years at risk, from that in which the phase has begun for certain; see :func:`allied_years` on decades."""
    start = phase.start or phase.seen
    if start is None or end is None:
        return range(0)
    same_decade = start.decade and start.year <= end < start.year + 10
    return range(start.first.year if same_decade or phase.start is None else start.last.year, end + 1)


def _parties(case: Case) -> tuple[str, ...]:
    """The actors by their names; of a bloc, its members."""
    return tuple(dict.fromkeys(name for side in (case.sponsor, case.proxy) for name in (side.members or (side.name,))))
