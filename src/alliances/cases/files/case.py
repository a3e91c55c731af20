"""The case: who, what happened, in which spells, how strong each side was, how it ended, and who says so.

:func:`alliances.cases.load` builds cases from checked case files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from alliances.cases.files.records import (
    ROLES,
    SCHEMA,
    Actor,
    Event,
    Option,
    Outcome,
    Phase,
    Relation,
    Source,
    ThirdParty,
    plain_record,
)
from alliances.cases.files.series import PowerSeries, Series, ValueSeries
from alliances.results import Result, aligned, draw
from alliances.values import Value

if TYPE_CHECKING:
    from alliances.results import Axes, Columns

__all__ = ["Case", "Fact"]

_S = TypeVar("_S", bound=Series)


@dataclass(frozen=True, kw_only=True)
class Fact(Value):
    """A fact or a coding of a case: its place in the file, what it says, who says so, on which lines, and who coded it.

    ``comment`` is the reason that this project gives for a coding.
    """

    case: str
    place: str
    date: str
    text: str
    source: str
    lines: str
    coder: str
    comment: str = ""

    @property
    def line_ranges(self) -> tuple[tuple[int, int], ...]:
        """The lines of the source's text, from first to last; none where ``lines`` is something else, such as a page.

        >>> from alliances.cases import load
        >>> load("sinaloa-juarez").facts()[0].line_ranges
        ((283, 295),)
        """
        parts = self.lines.replace(" ", "").split(",")
        if not all(re.fullmatch(r"\d+(-\d+)?", part) for part in parts):
            return ()
        ends = [part.split("-") for part in parts]
        return tuple((int(end[0]), int(end[-1])) for end in ends)


@dataclass(frozen=True, kw_only=True)
class Case(Result):
    """A dyad in the literature: who, what happened when, in which spells, how strong each was, how it ended, and who says so.

    ``sponsor`` and ``proxy`` are the two sides in every relation: of allies, rivals and blocs, the one named first and the one
    named second. ``roles`` has the words for them. A widening gap is one that moves towards ``sponsor``.

    Examples
    --------
    >>> from alliances.cases import load
    >>> case = load("gulf-zetas")
    >>> case.sponsor.name, case.proxy.name, case.outcome.kind
    ('Gulf Cartel', 'Los Zetas', 'proxy defects')
    """

    name: str
    title: str
    sponsor: Actor
    proxy: Actor
    sources: tuple[Source, ...]
    outcome: Outcome
    events: tuple[Event, ...] = ()
    phases: tuple[Phase, ...] = ()
    relation: Relation = "sponsor-proxy"
    threat: ThirdParty | None = None
    rival: ThirdParty | None = None
    power: tuple[PowerSeries, ...] = ()
    series: tuple[ValueSeries, ...] = ()
    options: tuple[Option, ...] = ()

    @property
    def roles(self) -> tuple[str, str]:
        """What the two sides are to each other.

        >>> from alliances.cases import load
        >>> load("sinaloa-afo").roles
        ('rival', 'rival')
        """
        return ROLES[self.relation]

    def power_series(self, id: str | None = None, *, with_proxies: bool = False) -> PowerSeries:
        """The power series of this id; the first one by default. A ValueError says which ids there are.

        Parameters
        ----------
        id
            The series' id.
        with_proxies
            Whether only series are asked for in which each side's power is counted together with that of its ``proxies``.

        Raises
        ------
        TypeError
            If ``with_proxies`` is no bool.
        ValueError
            If there is no such series.

        Examples
        --------
        >>> from alliances.cases import load
        >>> case = load("gulf-sinaloa")
        >>> case.power_series().between(2009, 2009).proxy, case.power_series(with_proxies=True).between(2009, 2009).proxy
        ((254,), (641,))
        """
        if not isinstance(with_proxies, bool):
            raise TypeError(f"Case.power_series(): with_proxies must be True or False; got {with_proxies!r}")
        asked = tuple(series for series in self.power if series.with_proxies or not with_proxies)
        return self._pick("power_series", asked, id, " of a side with its proxies" * with_proxies)

    def value_series(self, id: str | None = None) -> ValueSeries:
        """The other series of this id; the first one by default. A ValueError says which ids there are."""
        return self._pick("value_series", self.series, id)

    def source(self, key: str) -> Source:
        """The source with this key. A ValueError says which keys there are.

        >>> from alliances.cases import load
        >>> case = load("gulf-zetas")
        >>> case.source(case.events[0].source).year
        2014
        """
        sources = {source.key: source for source in self.sources}
        if key not in sources:
            raise ValueError(f"Case.source(): {self.name} has no source {key!r}; known: {_listed(sources)}")
        return sources[key]

    def facts(self) -> tuple[Fact, ...]:
        """Every fact and coding of the file, with its source, its lines and its coder.

        >>> from alliances.cases import load
        >>> for fact in load("sinaloa-teo").facts()[-2:]:
        ...     print(fact.place, fact.source, fact.lines)
        series[0] chindea-2014 253
        outcome chindea-2014 253
        """
        listed: list[tuple[str, str, Any]] = [("sponsor", "", self.sponsor), ("proxy", "", self.proxy)]
        listed += [(key, "", third) for key, third in (("threat", self.threat), ("rival", self.rival)) if third]
        listed += [(f"phases[{k}]", _dates(phase), phase) for k, phase in enumerate(self.phases)]
        listed += [(f"events[{k}]", str(event.date), event) for k, event in enumerate(self.events)]
        listed += [(f"options[{k}]", "", option) for k, option in enumerate(self.options)]
        listed += [(f"{key}[{k}]", "", one) for key in ("power", "series") for k, one in enumerate(getattr(self, key))]
        listed.append(("outcome", str(self.outcome.date or "undated"), self.outcome))
        return tuple(
            Fact(
                case=self.name,
                place=place,
                date=date,
                text=_words(record),
                source=record.source,
                lines=record.lines,
                coder=getattr(record, "coder", ""),
                comment=getattr(record, "comment", ""),
            )
            for place, date, record in listed
        )

    def _pick(self, function: str, series: tuple[_S, ...], id: str | None, kind: str = "") -> _S:
        by_id = {entry.id: entry for entry in series}
        if id is None and series:
            return series[0]
        if id is None or id not in by_id:
            wanted = f"no such series{kind}" if id is None else f"no series {id!r}{kind}"
            raise ValueError(f"Case.{function}(): {self.name} has {wanted}; known: {_listed(by_id)}")
        return by_id[id]

    def summary(self) -> str:
        """The dated gap, the other series, the phases, the events, the outcome and the sources; ``print(case)`` prints it."""
        lines = [f"{self.title} ({self.name})"]
        for series in self.power:
            rows = [("date", self.sponsor.name, self.proxy.name, "gap")]
            rows += [
                (str(date), str(s), str(p), f"{float(gap):+.3f}")
                for date, s, p, gap in zip(series.dates, series.sponsor, series.proxy, series.gap, strict=True)
            ]
            lines += ["", f"Power: {series.unit} [{series.source}]", aligned(rows, left=1)]
            lines += [series.note] if series.note else []
        for other in self.series:
            values = ", ".join(f"{date}: {value}" for date, value in zip(other.dates, other.texts, strict=True))
            lines += ["", f"Series: {other.unit} [{other.source}]", values, *([other.note] if other.note else [])]
        if self.phases:
            lines += ["", "Phases", *(f"{phase}. {phase.text} [{phase.source}]" for phase in self.phases)]
        for label, third in (("Common threat", self.threat), ("Rival sponsor", self.rival)):
            lines += ["", f"{label}: {third.name}. {third.text} [{third.source}]"] if third else []
        if self.events:
            lines += ["", "Events", *(f"{event.date}: {event.text} [{event.source}]" for event in self.events)]
        end = self.outcome
        lines += ["", f"Outcome: {end.kind}, {end.date or 'undated'}. {end.text} [{end.source}]"]
        lines += ["", "Sources", *(f"[{source.key}] {source.citation}" for source in self.sources)]
        return "\n".join(lines)

    @property
    def message(self) -> str:
        """Who, and how it ended, in a sentence."""
        return f"{self.title}: {self.outcome.kind}, {self.outcome.date or 'undated'}."

    def __str__(self) -> str:
        return self.summary()

    def _record(self) -> dict[str, Any]:
        """In the shape of the case file."""
        sources = [plain_record(source) for source in self.sources]
        data: dict[str, Any] = {
            "schema": SCHEMA,
            "id": self.name,
            "title": self.title,
            "relation": self.relation,
            "sponsor": plain_record(self.sponsor),
            "proxy": plain_record(self.proxy),
            "sources": {source.pop("key"): source for source in sources},
        }
        data |= {key: plain_record(third) for key, third in (("threat", self.threat), ("rival", self.rival)) if third}
        for key, records in (("phases", self.phases), ("events", self.events), ("options", self.options)):
            data |= {key: [plain_record(record) for record in records]} if records else {}
        return data | {
            "power": self.power,
            "series": self.series,
            "outcome": plain_record(self.outcome),
        }

    def _shown(self) -> Mapping[str, Any]:
        """Who, what is measured, and how it ended; ``print`` has all."""
        measured = [f"{s.unit}, {len(s.dates)} observations" for s in (*self.power, *self.series)]
        return {
            "id": self.name,
            "relation": self.relation,
            "sponsor": self.sponsor.name,
            "proxy": self.proxy.name,
            "measured": "; ".join(measured),
            "phases": "; ".join(f"{phase.when}: {phase.arrangement}" for phase in self.phases),
            "events": f"{len(self.events)}, {self.events[0].date} to {self.events[-1].date}" if self.events else "",
            "outcome": f"{self.outcome.kind}, {self.outcome.date or 'undated'}",
            "sources": ", ".join(source.key for source in self.sources),
        }

    def _tables(self) -> Mapping[str, Columns]:
        """The measured power, the other series, the phases and the events."""
        series: dict[str, Columns] = {f"{s.unit} [{s.source}]": s._columns() for s in (*self.power, *self.series)}
        phases: Columns = {
            "dates": [phase.when for phase in self.phases],
            "arrangement": [phase.arrangement for phase in self.phases],
            "conditions": [phase.conditions for phase in self.phases],
            "text": [phase.text for phase in self.phases],
        }
        events: Columns = {name: [getattr(event, name) for event in self.events] for name in ("date", "kind", "text")}
        return series | {name: table for name, table in (("Phases", phases), ("Events", events)) if len(table["text"])}

    def _columns(self) -> Columns:
        """All series in one long table: a row for each series, variable and date."""
        names = ("series", "variable", "date", "decimal", "value", "at_least", "unit", "source")
        rows = [
            (series.id, variable, str(date), date.decimal, value, bound, series.unit, series.source)
            for series in (*self.power, *self.series)
            for bounds in [series.at_least if isinstance(series, ValueSeries) else (False,) * len(series.dates)]
            for variable in series.columns
            if variable != "at_least"
            for date, value, bound in zip(series.dates, getattr(series, variable), bounds, strict=True)
        ]
        return {name: [row[k] for row in rows] for k, name in enumerate(names)}

    def plot_timeline(self, ax: Axes | None = None) -> Axes:
        """The phases as bars, the events as ticks, the outcome marked: :func:`alliances.plotting.plot_timeline`."""
        return draw(self, ax)


def _dates(phase: Phase) -> str:
    """The dates, and what is known of a start that no source dates."""
    return phase.when + f" ({phase.bounds})" * bool(phase.bounds)


def _words(record: Any) -> str:
    """What a fact says, with the words that a coder has given it."""
    if isinstance(record, Actor):
        return f"{record.name}: {record.description}"
    if isinstance(record, Series):
        numbers = [f"{date}: {' : '.join(map(str, row))}" for date, *row in zip(record.dates, *_values(record), strict=True)]
        return f"{record.unit}: {'; '.join(numbers)}"
    kinds = {Phase: "arrangement", Event: "kind", Outcome: "kind", Option: "id", ThirdParty: "name"}
    word = getattr(record, kinds[type(record)])
    words = f"{word} ({record.conditions})" if isinstance(record, Phase) and record.conditions else word
    return f"{words}: {record.text}" if words else record.text


def _values(series: Series) -> list[Iterable[Any]]:
    return [series.texts] if isinstance(series, ValueSeries) else [getattr(series, name) for name in series.columns]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
