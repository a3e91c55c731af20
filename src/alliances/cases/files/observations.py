"""Reading a user's own table of power, so that every error names the table, the row, the column, the rule and the value.

A table has one row per date: a date, the sponsor's power and the proxy's. Rows may be in any order. A cell is missing if it is
empty, not a number (nan, NA) or one of the codes that the user names (−9 in much of the literature).
"""

from __future__ import annotations

import csv
import datetime
import math
import os
import re
from collections.abc import Hashable, Iterable, Sequence
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from alliances.cases.files.dates import Date

__all__ = ["Cells", "Observations", "observations", "read_csv", "read_frame"]

_DATES = ("date", "year")  # where a table has its dates unless told otherwise
_NOTHING = frozenset(("", ".", "na", "n/a", "nan", "none", "null"))  # how programs write a missing value
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class Cells(NamedTuple):
    """The cells of a table that are used: what the rows are called, and each column by what it stands for."""

    rows: list[str]
    names: dict[str, str]
    columns: dict[str, list[Any]]


class Observations(NamedTuple):
    """Increasing dates and the power of both sides at each."""

    dates: tuple[Date, ...]
    sponsor: tuple[int | float, ...]
    proxy: tuple[int | float, ...]


def read_frame(frame: Any, names: dict[str, str | None], function: str) -> Cells:
    """The cells of a pandas ``DataFrame``; dates may be its index."""
    if not hasattr(frame, "columns") or not hasattr(frame, "index"):
        raise TypeError(f"{function}(): frame must be a pandas DataFrame; got {type(frame).__name__}")
    columns = [*frame.columns]
    index = frame.index.name
    known = [*columns, *([index] if index is not None and index not in columns else [])]
    chosen = _chosen(known, names, "the frame", function)
    cells = {role: [*(frame[name] if name in columns else frame.index)] for role, name in chosen.items()}
    return Cells([f"row {label!r}" for label in frame.index.tolist()], chosen, cells)


def read_csv(file: Any, names: dict[str, str | None], delimiter: str, function: str) -> Cells:
    """The cells of a CSV file with a header, from a path or an open text file."""
    if isinstance(file, (str, os.PathLike)):
        path = os.fspath(file)
        try:
            with open(path, encoding="utf-8-sig", newline="") as stream:
                return _csv_cells(stream, os.path.basename(path), names, delimiter, function)
        except UnicodeDecodeError as error:
            raise ValueError(f"{function}(): {path} must be text in UTF-8; got a byte that is none at {error.start}") from None
    if not isinstance(file, Iterable):
        raise TypeError(f"{function}(): file must be a path or an open text file; got {file!r}")
    return _csv_cells(file, os.path.basename(str(getattr(file, "name", "the file"))), names, delimiter, function)


def _csv_cells(stream: Iterable[str], table: str, names: dict[str, str | None], delimiter: str, function: str) -> Cells:
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise ValueError(f"{function}(): delimiter must be one character; got {delimiter!r}")
    try:
        reader = csv.reader(stream, delimiter=delimiter)
        lines = [(reader.line_num, record) for record in reader]
    except csv.Error as error:
        raise ValueError(f"{function}(): {table} must be text with cells between delimiters; got {error}") from None
    header = [name.strip() for name in lines[0][1]] if lines else []
    if not header:
        raise ValueError(f"{function}(): {table} must have a header with the columns' names; got an empty file")
    chosen = _chosen(header, names, table, function)
    places = {role: header.index(name) for role, name in chosen.items()}
    rows: list[str] = []
    columns: dict[str, list[Any]] = {role: [] for role in places}
    for number, record in lines[1:]:
        if not any(cell.strip() for cell in record):
            continue
        row = f"{table}, line {number}"
        if len(record) != len(header):
            raise ValueError(f"{function}(): {row} must have {len(header)} cells, as the header has; got {len(record)}")
        rows.append(row)
        for role, place in places.items():
            columns[role].append(_from_text(record[place]))
    return Cells(rows, chosen, columns)


def _from_text(cell: str) -> Any:
    """A cell as an integer or a float where it is written as one; None where it is empty; else its text."""
    text = cell.strip()
    if text.lower() in _NOTHING:
        return None
    return int(text) if _INTEGER.fullmatch(text) else float(text) if _NUMBER.fullmatch(text) else text


def _chosen(known: Sequence[Any], names: dict[str, str | None], table: str, function: str) -> dict[str, Any]:
    """The column for each role; the dates' by default "date" or "year", whichever is there."""
    chosen: dict[str, Any] = {}
    for role, name in names.items():
        if name is None and role == "date":
            there = [default for default in _DATES if default in known]
            if len(there) != 1:
                raise ValueError(
                    f"{function}(): {role} must name the column of the dates unless just one is called "
                    f"{' or '.join(map(repr, _DATES))}; got {_listed(known)} in {table}"
                )
            name = there[0]
        times = known.count(name) if isinstance(name, Hashable) else 0
        if times != 1:
            hint = " (is the delimiter another one?)" if len(known) == 1 else ""
            rule = "must name one column" if times else "must name a column"
            raise ValueError(f"{function}(): {role} {rule} of {table}, which has {_listed(known)}{hint}; got {name!r}")
        chosen[role] = name
    return chosen


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(map(repr, names))


def observations(cells: Cells, *, missing: str, codes: Sequence[float], function: str) -> Observations:
    """The observations of a table, in the order of their dates.

    Raises
    ------
    ValueError
        If a date or a power cannot be read or breaks its rule, a date is there twice, a power is missing and ``missing`` is
        not "drop", or nothing is left.
    """
    if not isinstance(missing, str) or missing not in ("error", "drop"):
        raise ValueError(f'{function}(): missing must be "error" or "drop"; got {missing!r}')
    listed = tuple(codes) if isinstance(codes, Iterable) else (None,)
    if not all(isinstance(code, Real) and not isinstance(code, bool) for code in listed):
        raise TypeError(f"{function}(): codes must be a sequence of numbers, such as (-9,); got {codes!r}")
    seen: dict[Any, str] = {}
    kept: list[tuple[Date, int | float, int | float]] = []
    for row, date, *powers in zip(cells.rows, *(cells.columns[role] for role in ("date", "sponsor", "proxy")), strict=True):
        when = _date(date, f"{function}(): {row}: {cells.names['date']}")
        if when.first in seen:
            raise ValueError(
                f"{function}(): {row}: {cells.names['date']} must be there once, for one dyad; {when} is also in "
                f"{seen[when.first]}"
            )
        seen[when.first] = row
        numbers = [
            _power(power, listed, f"{function}(): {row}: {cells.names[role]}")
            for role, power in zip(("sponsor", "proxy"), powers, strict=True)
        ]
        absent = [cells.names[role] for role, x in zip(("sponsor", "proxy"), numbers, strict=True) if x is None]
        if absent and missing == "error":
            raise ValueError(
                f"{function}(): {row}: {' and '.join(map(str, absent))} of {when} must not be missing; "
                'missing="drop" leaves such dates out'
            )
        if not absent:
            kept.append((when, *numbers))  # type: ignore[arg-type]
    if not kept:
        raise ValueError(f"{function}(): the table must have a date with the power of both sides; got {len(cells.rows)} rows")
    dates, sponsor, proxy = zip(*sorted(kept, key=lambda entry: entry[0]), strict=True)
    return Observations(dates, sponsor, proxy)


def _date(value: Any, where: str) -> Date:
    """A date as tables have it: text, a year as an integer or a whole float, a date, or a period of pandas."""
    written = value
    if isinstance(value, np.datetime64):
        value = value.item()
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()  # a day, as programs without a type for days have it
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    elif not isinstance(value, (str, int, float, np.number, datetime.date, Date)):
        value = str(value)
    try:
        date = Date.parse(value.strip() if isinstance(value, str) else value)
    except (TypeError, ValueError):
        raise ValueError(f"{where} must be a year, or a date written YYYY, YYYY-MM or YYYY-MM-DD; got {written!r}") from None
    if date.decade:
        raise ValueError(f"{where} must be a year, a month or a day; got {written!r}")
    return date


def _power(value: Any, codes: Sequence[float], where: str) -> int | float | None:
    """A power as a positive Python number; None if it is missing."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"{where} must be a number; got {value!r}")
    number: int | float = int(value) if isinstance(value, Integral) else float(value)
    if number in codes or math.isnan(number):
        return None
    if not 0 < number < math.inf:
        hint = f"; codes=({number:g},) reads it as missing" if number < 0 else ""
        raise ValueError(f"{where} must be positive and finite; got {number!r}{hint}")
    return number
