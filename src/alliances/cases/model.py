"""What a case is made of: plain frozen records, each fact with the key of its source.

:func:`alliances.cases.load` builds them from a checked case file.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

from alliances.arithmetic import Array, plain
from alliances.cases.dates import Date
from alliances.power import Power

__all__ = ["OUTCOMES", "SCHEMA", "Actor", "Case", "Event", "Outcome", "PowerSeries", "Source", "ValueSeries"]

SCHEMA = 1
"""The version of the case file format."""

OUTCOMES = ("durable", "proxy defects", "sponsor preys", "pact", "protracted war", "absorbed")
"""How a dyad may end, or not end."""

_When = str | int | datetime.date | Date
_S = TypeVar("_S", bound="_Series")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A publication or data set, and the key by which facts refer to it."""

    key: str
    citation: str
    year: int
    url: str = ""
    licence: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A side of the dyad: its name, what other sources call it, and who it is."""

    name: str
    description: str
    source: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, with an optional kind such as "founding", "arrest", "break" or "violence"."""

    date: Date
    text: str
    source: str
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the dyad: one of :data:`OUTCOMES`."""

    kind: str
    date: Date
    text: str
    source: str


@dataclass(frozen=True, kw_only=True)
class _Series:
    """Observations of one measure at increasing dates; each name in ``columns`` is a tuple as long as ``dates``."""

    columns: ClassVar[tuple[str, ...]]

    id: str
    unit: str
    source: str
    dates: tuple[Date, ...]
    note: str = ""

    @property
    def years(self) -> Array:
        """The year of each observation, as integers."""
        return np.array([date.year for date in self.dates])

    @property
    def decimal(self) -> Array:
        """The middle of each observation's span as a decimal year, for plots."""
        return np.array([date.decimal for date in self.dates])

    def between(self, start: _When | None = None, stop: _When | None = None) -> Self:
        """The observations whose whole span lies from ``start`` to ``stop``, both included; None leaves that side open.

        Raises
        ------
        ValueError
            If there is no such observation.
        """
        low = datetime.date.min if start is None else Date.parse(start).first
        high = datetime.date.max if stop is None else Date.parse(stop).last
        kept = [k for k, date in enumerate(self.dates) if low <= date.first and date.last <= high]
        if not kept:
            raise ValueError(
                f"between(): start and stop must enclose an observation of {self.id!r}, which runs from {self.dates[0]} "
                f"to {self.dates[-1]}; got start {start!r}, stop {stop!r}"
            )
        cut: dict[str, Any] = {name: tuple(getattr(self, name)[k] for k in kept) for name in ("dates", *self.columns)}
        return replace(self, **cut)

    def to_dict(self) -> dict[str, Any]:
        """The series in plain types, in the shape of the case file."""
        header = {name: value for name, value in _plain(self).items() if name not in ("dates", *self.columns)}
        rows = zip(self.dates, *(getattr(self, name) for name in self.columns), strict=True)
        return header | {
            "observations": [{"date": str(date), **dict(zip(self.columns, plain(row), strict=True))} for date, *row in rows]
        }

    def to_frame(self) -> Any:
        """A pandas ``DataFrame`` with one row per observation.

        Raises
        ------
        ImportError
            If pandas is missing: ``pip install 'alliances[data]'``.
        """
        dates = {"date": [str(date) for date in self.dates], "decimal": self.decimal}
        return _pandas().DataFrame(dates | {name: getattr(self, name) for name in self.columns})


@dataclass(frozen=True, kw_only=True)
class PowerSeries(_Series):
    """Dated power of sponsor and proxy, measured in one unit.

    Examples
    --------
    >>> from alliances.cases import load
    >>> series = load("gulf-zetas").power_series().between(2003, 2005)
    >>> series.sponsor, series.proxy
    ((31, 41, 86), (21, 39, 75))
    >>> print(*series.gap)
    5/26 1/40 11/161
    """

    columns = ("sponsor", "proxy")

    sponsor: tuple[int | float, ...]
    proxy: tuple[int | float, ...]

    @property
    def power(self) -> Power:
        """The dyad's power at each date; integer counts stay exact."""
        return Power(self.sponsor, self.proxy)

    @property
    def gap(self) -> Array:
        """γ = (s − p)/(s + p) at each date."""
        return np.asarray(self.power.gap)

    def to_frame(self) -> Any:
        """A pandas ``DataFrame`` with one row per observation, and the gap as a float.

        Raises
        ------
        ImportError
            If pandas is missing: ``pip install 'alliances[data]'``.
        """
        return super().to_frame().assign(gap=self.gap.astype(np.float64))


@dataclass(frozen=True, kw_only=True)
class ValueSeries(_Series):
    """Any other dated measure, such as the homicides of a state."""

    columns = ("value",)

    value: tuple[int | float, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A dyad in the literature: who, what happened when, how strong each side was, how it ended, and who says so.

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
    events: tuple[Event, ...]
    outcome: Outcome
    power: tuple[PowerSeries, ...] = ()
    series: tuple[ValueSeries, ...] = ()

    def power_series(self, id: str | None = None) -> PowerSeries:
        """The power series of this id; the first one by default. A ValueError says which ids there are."""
        return self._pick("power_series", self.power, id)

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
        found = {source.key: source for source in self.sources}
        if key not in found:
            raise ValueError(f"Case.source(): {self.name} has no source {key!r}; known: {_listed(found)}")
        return found[key]

    def _pick(self, function: str, series: tuple[_S, ...], id: str | None) -> _S:
        found = {one.id: one for one in series}
        if id is None and series:
            return series[0]
        if id is None or id not in found:
            wanted = "no such series" if id is None else f"no series {id!r}"
            raise ValueError(f"Case.{function}(): {self.name} has {wanted}; known: {_listed(found)}")
        return found[id]

    def summary(self) -> str:
        """The dated gap and the other series, the events, the outcome and the sources; ``print(case)`` prints it."""
        lines = [f"{self.title} ({self.name})"]
        for series in self.power:
            rows = [("date", self.sponsor.name, self.proxy.name, "gap")]
            rows += [
                (str(date), str(s), str(p), f"{float(gap):+.3f}")
                for date, s, p, gap in zip(series.dates, series.sponsor, series.proxy, series.gap, strict=True)
            ]
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            lines += ["", f"Power: {series.unit} [{series.source}]"]
            lines += ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
            lines += [series.note] if series.note else []
        for other in self.series:
            values = ", ".join(f"{date}: {value}" for date, value in zip(other.dates, other.value, strict=True))
            lines += ["", f"Series: {other.unit} [{other.source}]", values, *([other.note] if other.note else [])]
        lines += ["", "Events", *(f"{event.date}: {event.text} [{event.source}]" for event in self.events)]
        end = self.outcome
        lines += ["", f"Outcome: {end.kind}, {end.date}. {end.text} [{end.source}]"]
        lines += ["", "Sources", *(f"[{source.key}] {source.citation}" for source in self.sources)]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()

    def to_dict(self) -> dict[str, Any]:
        """The case in plain types that JSON can write, in the shape of the case file."""
        sources = [_plain(source) for source in self.sources]
        return {
            "schema": SCHEMA,
            "id": self.name,
            "title": self.title,
            "sponsor": _plain(self.sponsor),
            "proxy": _plain(self.proxy),
            "sources": {source.pop("key"): source for source in sources},
            "events": [_plain(event) for event in self.events],
            "power": [series.to_dict() for series in self.power],
            "series": [series.to_dict() for series in self.series],
            "outcome": _plain(self.outcome),
        }

    def to_frame(self) -> Any:
        """All series in one long pandas ``DataFrame``: a row for each series, variable and date.

        Raises
        ------
        ImportError
            If pandas is missing: ``pip install 'alliances[data]'``.
        """
        rows = [
            (series.id, variable, str(date), date.decimal, value, series.unit, series.source)
            for series in (*self.power, *self.series)
            for variable in series.columns
            for date, value in zip(series.dates, getattr(series, variable), strict=True)
        ]
        return _pandas().DataFrame(rows, columns=["series", "variable", "date", "decimal", "value", "unit", "source"])


def _plain(record: Any) -> dict[str, Any]:
    """The fields of a record that say something, with dates as text and tuples as lists."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {
        name: str(value) if isinstance(value, Date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value not in ("", ())
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_frame() needs pandas: pip install 'alliances[data]'") from error
    return pandas
