"""From a case file to a :class:`~alliances.cases.Case`, with every rule of the format checked on the way.

An error names the file, the key (such as ``power[0].observations[3].sponsor``), the rule and the offending value.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from alliances.arithmetic import FINITE, POSITIVE, Rule
from alliances.cases.dates import Date
from alliances.cases.model import OUTCOMES, SCHEMA, Actor, Case, Event, Outcome, PowerSeries, Source, ValueSeries

__all__ = ["CaseFileError", "load", "names", "parse"]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CaseFileError(ValueError):
    """A case file that cannot be found, cannot be read, or breaks a rule of the format."""


def names() -> tuple[str, ...]:
    """The names of the bundled cases, sorted.

    >>> "gulf-zetas" in names()
    True
    """
    files = [file.name for file in _bundled().iterdir()]
    return tuple(sorted(file.removesuffix(".toml") for file in files if file.endswith(".toml")))


def load(name_or_path: str | os.PathLike[str]) -> Case:
    """Load a bundled case by its name, or any case file by its path.

    Parameters
    ----------
    name_or_path
        One of :func:`names`, or a path: a ``str`` that ends in ``.toml``, or an ``os.PathLike``.

    Raises
    ------
    TypeError
        If ``name_or_path`` is neither text nor a path.
    CaseFileError
        A ``ValueError``: if there is no such case or file, or if the file breaks a rule of the format.

    Examples
    --------
    >>> load("gulf-zetas").power_series().between(2007, 2008).gap.tolist()
    [Fraction(0, 1), Fraction(-28, 293)]
    """
    if not isinstance(name_or_path, (str, os.PathLike)):
        raise TypeError(f"load(): name_or_path must be a name or a path; got {name_or_path!r}")
    if isinstance(name_or_path, str) and not name_or_path.endswith(".toml"):
        if name_or_path not in (known := names()):
            raise CaseFileError(
                f"load(): name_or_path must be a bundled case ({', '.join(known)}) or a path that ends in .toml; "
                f"got {name_or_path!r}"
            )
        return _read(_bundled() / f"{name_or_path}.toml")
    return _read(Path(name_or_path))


def _bundled() -> Traversable:
    return resources.files("alliances.cases") / "data"


def _read(file: Traversable) -> Case:
    try:
        text = file.read_bytes().decode()
        data = tomllib.loads(text)
    except OSError as error:
        raise CaseFileError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # UnicodeDecodeError, or TOMLDecodeError, which says at which line
        raise CaseFileError(f"{file}: must be TOML in UTF-8: {error}") from error
    return parse(data, str(file))


def parse(data: Mapping[str, Any], file: str) -> Case:
    """The case that ``data`` describes, in the shape of a case file; ``file`` is for the errors' text.

    Raises
    ------
    CaseFileError
        If ``data`` breaks a rule of the format.
    """
    root = _Table(file, "", data, frozenset())
    version = root.value("schema")
    if version != SCHEMA or type(version) is not int:  # 1.0 and true are equal to 1
        raise root.error("schema", f"must be {SCHEMA}", version)
    root.expect("schema id title sponsor proxy sources events outcome", "power series")
    sources = tuple(_source(key, table) for key, table in root.named_tables("sources"))
    root = _Table(file, "", data, frozenset(source.key for source in sources))
    case = Case(
        name=root.slug("id"),
        title=root.text("title"),
        sponsor=_actor(root.table("sponsor")),
        proxy=_actor(root.table("proxy")),
        sources=sources,
        events=_events(root.tables("events")),
        power=tuple(_power(table) for table in root.tables("power", optional=True)),
        series=tuple(_series(table) for table in root.tables("series", optional=True)),
        outcome=_outcome(root.table("outcome")),
    )
    ids: set[str] = set()
    for key, all_series in (("power", case.power), ("series", case.series)):
        for k, series in enumerate(all_series):
            if series.id in ids:
                raise root.error(f"{key}[{k}].id", "must be unique among power and series", series.id)
            ids.add(series.id)
    if case.outcome.date.last < case.events[0].date.first:
        raise root.error("outcome.date", f"must not precede the first event, {case.events[0].date}", str(case.outcome.date))
    return case


def _source(key: str, table: _Table) -> Source:
    table.expect("citation year", "url licence note")
    year = table.date("year")
    if year.precision != "year":
        raise table.error("year", "must be a year", table.value("year"))
    return Source(key=key, citation=table.text("citation"), year=year.year, **table.texts("url", "licence", "note"))


def _actor(table: _Table) -> Actor:
    table.expect("name description source", "aliases")
    aliases = _Table(table.file, table.key("aliases"), dict(enumerate(table.items("aliases", optional=True))), table.sources)
    return Actor(
        name=table.text("name"),
        description=table.text("description"),
        source=table.source(),
        aliases=tuple(aliases.text(k) for k in aliases.data),
    )


def _events(tables: list[_Table]) -> tuple[Event, ...]:
    for table in tables:
        table.expect("date text source", "kind")
    dates = _dates(tables, strictly=False)
    return tuple(
        Event(date=date, text=table.text("text"), source=table.source(), **table.texts("kind"))
        for date, table in zip(dates, tables, strict=True)
    )


def _outcome(table: _Table) -> Outcome:
    table.expect("kind date text source")
    kind = table.text("kind")
    if kind not in OUTCOMES:
        raise table.error("kind", f"must be one of {', '.join(OUTCOMES)}", kind)
    return Outcome(kind=kind, date=table.date("date"), text=table.text("text"), source=table.source())


def _power(table: _Table) -> PowerSeries:
    return PowerSeries(**_observed(table, PowerSeries.columns, POSITIVE))


def _series(table: _Table) -> ValueSeries:
    return ValueSeries(**_observed(table, ValueSeries.columns, FINITE))


def _observed(table: _Table, columns: tuple[str, ...], rule: Rule) -> dict[str, Any]:
    """The fields of a series, whose every observation has a date and a number in each column."""
    table.expect("id unit source observations", "note")
    observations = table.tables("observations")
    for observation in observations:
        observation.expect(" ".join(("date", *columns)))
    return {
        "id": table.slug("id"),
        "unit": table.text("unit"),
        "source": table.source(),
        "dates": _dates(observations, strictly=True),
        **{column: tuple(observation.number(column, rule) for observation in observations) for column in columns},
        **table.texts("note"),
    }


def _dates(tables: list[_Table], *, strictly: bool) -> tuple[Date, ...]:
    """The tables' dates, which must be in chronological order of their earliest days."""
    dates = tuple(table.date("date") for table in tables)
    for table, before, date in zip(tables[1:], dates, dates[1:], strict=False):
        if date.first < before.first or (strictly and date.first == before.first):
            rule = "must be later than" if strictly else "must not be earlier than"
            raise table.error("date", f"{rule} the date before it, {before}", str(date))
    return dates


@dataclass(frozen=True)
class _Table:
    """A TOML table with the file and the key path that lead to it, and the source keys that it may refer to."""

    file: str
    path: str
    data: Mapping[Any, Any]
    sources: frozenset[str]

    def key(self, name: object) -> str:
        """The full path of a key: ``a.b`` in a table, ``a[0]`` in an array."""
        if isinstance(name, int):
            return f"{self.path}[{name}]"
        return f"{self.path}.{name}" if self.path else str(name)

    def error(self, name: object, rule: str, value: object) -> CaseFileError:
        return CaseFileError(f"{self.file}: {self.key(name)} {rule}; got {value!r}")

    def expect(self, required: str, optional: str = "") -> None:
        """Every required key is there, and no key is unknown; a misspelt key is reported as unknown, not as missing."""
        known = required.split() + optional.split()
        for name in self.data:
            if name not in known:
                raise CaseFileError(f"{self.file}: {self.key(name)} is not a known key; known: {', '.join(known)}")
        for name in required.split():
            self.value(name)

    def value(self, name: object) -> Any:
        if name not in self.data:
            raise CaseFileError(f"{self.file}: {self.key(name)} is missing")
        return self.data[name]

    def text(self, name: object) -> str:
        """One paragraph: line breaks read as spaces."""
        value = self.value(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, "must be text that is not empty", value)
        return " ".join(value.split())

    def texts(self, *names: str) -> dict[str, str]:
        """Those of the optional texts that are there."""
        return {name: self.text(name) for name in names if name in self.data}

    def slug(self, name: str) -> str:
        value = self.value(name)
        if not isinstance(value, str) or not _SLUG.fullmatch(value):
            raise self.error(name, "must be lower-case letters and digits, in words joined by hyphens", value)
        return value

    def source(self) -> str:
        value = self.value("source")
        if not isinstance(value, str) or value not in self.sources:
            raise self.error("source", f"must be a key of [sources] ({', '.join(sorted(self.sources)) or 'none'})", value)
        return value

    def date(self, name: str) -> Date:
        value = self.value(name)
        try:
            return Date.parse(value)
        except (TypeError, ValueError):
            raise self.error(name, "must be a date in the calendar, written YYYY, YYYY-MM or YYYY-MM-DD", value) from None

    def number(self, name: str, rule: Rule) -> int | float:
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.error(name, "must be a number", value)
        if not rule.holds(value) or (isinstance(value, float) and not math.isfinite(value)):
            raise self.error(name, rule.text, value)
        return value

    def items(self, name: str, *, optional: bool = False) -> list[Any]:
        """An array, empty or missing only if it is optional."""
        value = [] if optional and name not in self.data else self.value(name)
        if not isinstance(value, list) or not (value or optional):
            raise self.error(name, "must be an array" + " that is not empty" * (not optional), value)
        return value

    def tables(self, name: str, *, optional: bool = False) -> list[_Table]:
        """The tables of an array."""
        items = self.items(name, optional=optional)
        return [self._inner(f"{name}[{k}]", item) for k, item in enumerate(items)]

    def table(self, name: str) -> _Table:
        return self._inner(name, self.value(name))

    def named_tables(self, name: str) -> list[tuple[str, _Table]]:
        """The tables within a table, with their keys."""
        outer = self.table(name)
        return [(key, outer.table(key)) for key in outer.data]

    def _inner(self, name: str, value: object) -> _Table:
        if not isinstance(value, dict):
            raise self.error(name, "must be a table", value)
        return _Table(self.file, self.key(name), value, self.sources)
