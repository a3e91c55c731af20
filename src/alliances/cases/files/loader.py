"""From a case file to a :class:`~alliances.cases.Case`, with every rule of the format checked on the way.

An error names the file, the key (such as ``power[0].observations[3].sponsor``), the rule and the offending value.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from alliances.arithmetic import FINITE, POSITIVE, Rule
from alliances.cases.files.case import Case
from alliances.cases.files.order import ends_last, in_order, phases_in_order, unique_ids
from alliances.cases.files.records import (
    ARRANGEMENTS,
    CODERS,
    GAP_BANDS,
    OUTCOMES,
    RELATIONS,
    SCHEMA,
    STAKES_BANDS,
    TRENDS,
    Actor,
    Event,
    Option,
    Outcome,
    Phase,
    Source,
    ThirdParty,
)
from alliances.cases.files.series import PowerSeries, ValueSeries
from alliances.cases.files.tables import CaseFileError, Table
from alliances.results.result_tuple import ResultTuple

__all__ = ["load", "load_all", "names", "parse"]

_Folder = str | os.PathLike[str] | None


def names(folder: _Folder = None) -> tuple[str, ...]:
    """The names of the bundled cases, or of the case files in a folder, sorted.

    Raises
    ------
    TypeError
        If ``folder`` is no path.
    CaseFileError
        A ``ValueError``: if there is no such folder.

    Examples
    --------
    >>> len(names()), "gulf-zetas" in names()
    (26, True)
    """
    return _names_in(_place(folder, "names"))


def load(name_or_path: str | os.PathLike[str], folder: _Folder = None) -> Case:
    """Load a case by its name, or any case file by its path.

    Parameters
    ----------
    name_or_path
        One of :func:`names`, or a path: a ``str`` that ends in ``.toml``, or an ``os.PathLike``.
    folder
        Where names are looked up: your own folder of case files; the bundled cases by default.

    Raises
    ------
    TypeError
        If ``name_or_path`` is neither text nor a path, or ``folder`` is no path.
    CaseFileError
        A ``ValueError``: if there is no such case or file, or if the file breaks a rule of the format.

    Examples
    --------
    >>> load("gulf-zetas").power_series().between(2007, 2008).gap.tolist()
    [Fraction(0, 1), Fraction(-28, 293)]
    """
    if not isinstance(name_or_path, (str, os.PathLike)):
        raise TypeError(f"load(): name_or_path must be a name or a path; got {name_or_path!r}")
    named = isinstance(name_or_path, str) and not name_or_path.endswith(".toml")
    if named and name_or_path not in (stems := _names_in(_place(folder, "load"))):
        kind = "bundled case" if folder is None else f"case in {os.fspath(folder)}"
        raise CaseFileError(
            f"load(): name_or_path must be a {kind} ({', '.join(stems) or 'none'}) or a path that ends in .toml; "
            f"got {name_or_path!r}"
        )
    if named and folder is None:
        return _bundled(str(name_or_path))
    case: Case = _read(_place(folder, "load") / f"{name_or_path}.toml" if named else Path(name_or_path), _first)
    return case


def load_all(folder: _Folder = None, *, bundled: bool = False) -> ResultTuple[Case]:
    """Load all bundled cases, or all case files of your own folder, sorted by file name.

    Parameters
    ----------
    folder
        A folder of ``.toml`` files; None for the bundled cases.
    bundled
        Whether the bundled cases come first, before those of the folder.

    Raises
    ------
    TypeError
        If ``folder`` is no path or ``bundled`` no bool.
    CaseFileError
        A ``ValueError``: if the folder is missing or has no case file, if files break rules of the format, or if two cases have
        the same id. All faults of all files are in the one error, each on a line of its own.

    Examples
    --------
    >>> [case.name for case in load_all() if case.relation == "bloc"]
    ['sinaloa-bloc', 'zetas-bloc']
    """
    if not isinstance(bundled, bool):
        raise TypeError(f"load_all(): bundled must be True or False; got {bundled!r}")
    faults: list[str] = []
    cases: dict[str, tuple[Case, Traversable]] = {}
    for place in dict.fromkeys([None, folder] if bundled else [folder]):
        root = _place(place, "load_all")
        if not (stems := _names_in(root)):
            raise CaseFileError(f"load_all(): folder must have a file that ends in .toml; got {str(root)!r}")
        for stem in stems:
            file = root / f"{stem}.toml"
            case = _bundled(stem) if place is None else _read(file, _collector(faults))
            if case is None:
                continue
            if case.name in cases:
                faults.append(f"{file}: id must be unique; got {case.name!r}, which is in {cases[case.name][1]} too")
            cases.setdefault(case.name, (case, file))
    if faults:
        raise CaseFileError("load_all(): every file must keep the rules of the format; these do not:\n" + "\n".join(faults))
    return ResultTuple((case for case, _ in cases.values()), Case, "cases")


def _place(folder: _Folder, function: str) -> Traversable:
    if folder is None:
        return resources.files("alliances.cases") / "data"
    if not isinstance(folder, (str, os.PathLike)):
        raise TypeError(f"{function}(): folder must be a path; got {folder!r}")
    if not Path(folder).is_dir():
        raise CaseFileError(f"{function}(): folder must be a folder that exists; got {os.fspath(folder)!r}")
    return Path(folder)


def _names_in(place: Traversable) -> tuple[str, ...]:
    return tuple(sorted(file.name.removesuffix(".toml") for file in place.iterdir() if file.name.endswith(".toml")))


# What runs a step of reading a file: it lets the first fault through, or notes every fault and goes on with None.
_Attempt = Callable[[Callable[[], Any]], Any]


def _first(step: Callable[[], Any]) -> Any:
    return step()


def _collector(faults: list[str]) -> _Attempt:
    def attempt(step: Callable[[], Any]) -> Any:
        try:
            return step()
        except CaseFileError as error:
            faults.append(str(error))
            return None

    return attempt


@cache
def _bundled(name: str) -> Case:
    """A case of the library's own, read once: its file does not change, and no part of a case can be changed."""
    case: Case = _read(_place(None, "load") / f"{name}.toml", _first)
    return case


def _read(file: Traversable, attempt: _Attempt) -> Any:
    """The case in this file, or None where ``attempt`` has noted a fault."""
    data = attempt(lambda: _toml(file))
    return None if data is None else attempt(lambda: _case(data, str(file), attempt))


def _toml(file: Traversable) -> dict[str, Any]:
    text = ""
    try:
        text = file.read_bytes().decode()
        return tomllib.loads(text)
    except OSError as error:
        raise CaseFileError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # UnicodeDecodeError, or TOMLDecodeError, which says at which line
        line = re.search(r"at line (\d+)", str(error))
        quoted = f", in {text.splitlines()[int(line[1]) - 1].strip()!r}" if line else ""
        twice = (
            " (a key must not be written twice)" if re.match("Cannot (overwrite|declare|mutate)|Duplicate", str(error)) else ""
        )
        raise CaseFileError(f"{file}: must be TOML in UTF-8: {error}{quoted}{twice}") from error


def parse(data: Mapping[str, Any], file: str) -> Case:
    """The case that ``data`` describes, in the shape of a case file; ``file`` is for the errors' text.

    Raises
    ------
    CaseFileError
        If ``data`` breaks a rule of the format; the first such fault.
    """
    case: Case = _case(data, file, _first)
    return case


def _case(data: Mapping[str, Any], file: str, attempt: _Attempt) -> Any:
    """The case, with every part that can be checked alone in an attempt of its own; None where one of them failed."""
    root = Table(file, "", data, frozenset())
    version = root.value("schema")
    if version != SCHEMA or type(version) is not int:  # 1.0 and true are equal to 1
        raise root.error("schema", f"must be {SCHEMA}", version)
    phased = bool(data.get("phases"))
    root.expect(
        "schema id title sponsor proxy sources" + " events" * (not phased) + " outcome",
        "relation threat rival phases" + " events" * phased + " power series options",
    )
    named = root.named_tables("sources")
    sources = [attempt(partial(_source, key, table)) for key, table in named]
    root = Table(file, "", data, frozenset(key for key, _ in named))
    parts: dict[str, Any] = {
        "name": attempt(lambda: root.slug("id")),
        "title": attempt(lambda: root.text("title")),
        "relation": attempt(lambda: root.choices(relation=RELATIONS).get("relation", RELATIONS[0])),
        "sponsor": attempt(lambda: _actor(root.table("sponsor"))),
        "proxy": attempt(lambda: _actor(root.table("proxy"))),
        "outcome": attempt(lambda: _outcome(root.table("outcome"))),
        **{key: attempt(partial(_third, root, key)) for key in ("threat", "rival") if key in data},
    }
    lists: dict[str, list[Any]] = {
        "sources": sources,
        "events": _each(root, "events", _event, attempt, optional=phased),
        "phases": _each(root, "phases", _phase, attempt),
        "power": _each(root, "power", _power, attempt),
        "series": _each(root, "series", _series, attempt),
        "options": _each(root, "options", _option, attempt),
    }
    if None in parts.values() or any(None in entries for entries in lists.values()):
        return None
    parts |= {key: tuple(entries) for key, entries in lists.items()}
    case = Case(**parts)
    checks = [attempt(partial(check, case, root)) for check in (in_order, phases_in_order, unique_ids, ends_last)]
    return case if all(checks) else None


def _each(root: Table, key: str, build: Callable[[Table], Any], attempt: _Attempt, *, optional: bool = True) -> list[Any]:
    """What ``build`` makes of each table of an array, None for those that have a fault."""
    tables = attempt(lambda: root.tables(key, optional=optional))
    return [None] if tables is None else [attempt(partial(build, table)) for table in tables]


def _source(key: str, table: Table) -> Source:
    table.expect("citation year", "url licence note")
    year = table.date("year")
    if year.precision != "year":
        raise table.error("year", "must be a year", table.value("year"))
    return Source(key=key, citation=table.text("citation"), year=year.year, **table.texts("url", "licence", "note"))


def _actor(table: Table) -> Actor:
    table.expect("name description source", "aliases members proxies lines")
    return Actor(
        name=table.text("name"),
        description=table.text("description"),
        source=table.source(),
        aliases=_names(table, "aliases"),
        members=_names(table, "members"),
        proxies=_names(table, "proxies"),
        **table.texts("lines"),
    )


def _names(table: Table, key: str) -> tuple[str, ...]:
    inner = Table(table.file, table.key(key), dict(enumerate(table.items(key, optional=True))), table.sources)
    return tuple(inner.text(k) for k in inner.data)


def _third(root: Table, key: str) -> ThirdParty:
    table = root.table(key)
    table.expect("name text source", "lines")
    return ThirdParty(name=table.text("name"), text=table.text("text"), source=table.source(), **table.texts("lines"))


def _event(table: Table) -> Event:
    table.expect("date text source", "kind lines")
    return Event(date=table.date("date"), text=table.text("text"), source=table.source(), **table.texts("kind", "lines"))


def _phase(table: Table) -> Phase:
    table.expect("arrangement start text source", "end gap trend stakes threat seen not_before transfers coder comment lines")
    start, end = table.date_if_known("start"), table.date("end") if "end" in table.data else None
    if start is not None and end is not None and end.last < start.first:
        raise table.error("end", f"must not precede the phase's start, {start}", str(end))
    return Phase(
        arrangement=table.choice("arrangement", ARRANGEMENTS),
        text=table.text("text"),
        source=table.source(),
        start=start,
        end=end,
        threat=table.flag("threat"),
        seen=table.date("seen") if "seen" in table.data else None,
        not_before=table.date("not_before") if "not_before" in table.data else None,
        transfers=table.flag("transfers"),
        **table.choices(gap=GAP_BANDS, trend=TRENDS, stakes=STAKES_BANDS, coder=CODERS),
        comment=table.texts("comment").get("comment", ""),
        lines=table.texts("lines").get("lines", ""),
    )


def _outcome(table: Table) -> Outcome:
    table.expect("kind date text source", "coder lines")
    return Outcome(
        kind=table.choice("kind", OUTCOMES),
        date=table.date_if_known("date"),
        text=table.text("text"),
        source=table.source(),
        **table.choices(coder=CODERS),
        **table.texts("lines"),
    )


def _option(table: Table) -> Option:
    table.expect("id rank text source levers", "coder lines")
    rank, levers = table.value("rank"), table.table("levers")
    if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
        raise table.error("rank", "must be an integer, 1 for the most cooperation", rank)
    for name, level in levers.data.items():
        if isinstance(level, bool) or not isinstance(level, int) or level < 0:
            raise levers.error(name, "must be a level: an integer, 0 and up", level)
    return Option(
        id=table.text("id"),
        rank=rank,
        text=table.text("text"),
        source=table.source(),
        levers=tuple(levers.data.items()),
        **table.choices(coder=CODERS),
        **table.texts("lines"),
    )


def _power(table: Table) -> PowerSeries:
    return PowerSeries(
        **_observed(table, PowerSeries.columns, POSITIVE, keys=" with_proxies"), with_proxies=table.flag("with_proxies")
    )


def _series(table: Table) -> ValueSeries:
    flags = tuple(observation.flag("at_least") for observation in table.tables("observations"))
    return ValueSeries(**_observed(table, ("value",), FINITE, "at_least"), at_least=flags)


def _observed(table: Table, columns: tuple[str, ...], rule: Rule, optional: str = "", keys: str = "") -> dict[str, Any]:
    """The fields of a series, whose every observation has a date and a number in each column."""
    table.expect("id unit source observations", "note coder lines" + keys)
    observations = table.tables("observations")
    for observation in observations:
        observation.expect(" ".join(("date", *columns)), optional)
    dates = tuple(observation.date("date") for observation in observations)
    for observation, before, date in zip(observations, (None, *dates), dates, strict=False):
        if date.decade:
            raise observation.error("date", "must be a year, a month or a day", str(date))
        if before is not None and date.first <= before.first:
            raise observation.error("date", f"must be later than the date before it, {before}", str(date))
    return {
        "id": table.slug("id"),
        "unit": table.text("unit"),
        "source": table.source(),
        "dates": dates,
        **{column: tuple(observation.number(column, rule) for observation in observations) for column in columns},
        **table.texts("note", "lines"),
        **table.choices(coder=CODERS),
    }
