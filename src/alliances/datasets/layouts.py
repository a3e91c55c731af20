"""Reading the producers' own files: which columns a file must have, under which names, and which release it is.

A :class:`Layout` says what a loader needs. Files are read by the producer's column names, whatever their case; names of older
releases are aliases. What a layout does not name is left out. −9 (and −8, −7 where the producer uses them), empty cells, ".",
"NA" and "nan" become missing values. Files may be packed (zip, gz); text is read as UTF-8, else as Latin-1.

A layout also tells how sure its names are: ``seen`` is False for columns that were checked neither against a real file nor
against public code that reads one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TextIO, TypeAlias

from alliances.results import need

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["Column", "File", "Layout", "read", "stamp"]

File: TypeAlias = str | os.PathLike[str] | TextIO
Kind: TypeAlias = Literal["whole", "number", "flag", "text", "key"]

_MISSING = ("", ".", "NA", "N/A", "na", "nan", "NaN", "None", "NULL")
_CODES = (-9, -8, -7)
_KNOWN: list[Layout] = []


@dataclass(frozen=True)
class Column:
    """A column of a producer's file.

    Attributes
    ----------
    name
        What the frame calls it: the producer's current name in lower case.
    kind
        "whole" numbers, "number", "flag" (0 or 1), "text", or "key": whole numbers if all are, else text.
    aliases
        Names in other releases.
    needed
        Whether a file without it is refused.
    seen
        Whether the name was checked against a real file, or public code that reads one; else it is from a codebook or from
        memory.
    """

    name: str
    kind: Kind = "whole"
    aliases: tuple[str, ...] = ()
    needed: bool = True
    seen: bool = True


@dataclass(frozen=True)
class Layout:
    """A file format of a producer; a loader that is given another file asks all layouts what it may be.

    Attributes
    ----------
    loader
        The function that reads it.
    title
        The data set.
    file
        What the producer calls the file.
    columns
        The columns that are read.
    references
        Keys of the works to cite.
    release
        From the columns' names in the file, and the frame: which release this is.
    separator
        What stands between cells.
    series
        A regular expression: numbered columns (``mem1``, ``mem2``, …) that are kept as they are.
    call
        How the file is given to the loader, where it is one of several.
    """

    loader: str
    title: str
    file: str
    columns: tuple[Column, ...]
    references: tuple[str, ...]
    release: Callable[[Mapping[str, str], Any], str]
    separator: str = ","
    series: str = r"(?!)"
    call: str = ""

    def __post_init__(self) -> None:
        _KNOWN.append(self)

    def chosen(self, header: Sequence[str]) -> dict[str, str]:
        """Which of the file's columns (in lower case) is which of ours; needed ones may be absent."""
        there = {name.strip().lower() for name in header}
        pairs = (
            (column, next((n for n in (column.name, *column.aliases) if n.lower() in there), None)) for column in self.columns
        )
        return {column.name: name.lower() for column, name in pairs if name is not None}

    def absent(self, header: Sequence[str]) -> tuple[Column, ...]:
        """The needed columns that a file with this header lacks."""
        chosen = self.chosen(header)
        return tuple(column for column in self.columns if column.needed and column.name not in chosen)


def read(file: File, layout: Layout, argument: str = "path") -> DataFrame:
    """A producer's file as a frame with the layout's columns, stamped with its release and citations.

    Raises
    ------
    TypeError, ValueError, OSError
        If ``file`` is neither a path nor an open file, a needed column is missing, or a cell is no number; errors name the
        producer's column, the line and the value, and say which release or which other file this seems to be.
    """
    function = layout.loader
    pandas = need("pandas", "data", f"{function}()")
    name = os.path.basename(os.fspath(file)) if isinstance(file, (str, os.PathLike)) else str(getattr(file, "name", "the file"))
    raw = _cells(pandas, file, layout, function, argument)
    header = [str(column).strip().lower() for column in raw.columns]
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise ValueError(
            f"{function}(): {argument} must name each column once; {twice[0]} is there {header.count(twice[0])} times"
        )
    raw.columns = header
    absent = layout.absent(header)
    if absent:
        raise ValueError(_absence(absent, header, layout, argument))
    chosen = layout.chosen(header)
    kinds = {column.name: column.kind for column in layout.columns}
    data = {ours: _converted(pandas, raw[theirs], kinds[ours], theirs, function) for ours, theirs in chosen.items()}
    data |= {
        column: _converted(pandas, raw[column], "whole", column, function)
        for column in header
        if re.fullmatch(layout.series, column) and column not in data
    }
    frame = pandas.DataFrame(data)
    if not len(frame):
        raise ValueError(f"{function}(): {argument} must be a file with at least one row; got none")
    release = layout.release(chosen, frame)
    return stamp(frame, release=release, references=layout.references, source=f"{layout.title} ({name})")


def stamp(frame: DataFrame, **parts: Any) -> DataFrame:
    """Put release, references, source and notes into ``frame.attrs``."""
    frame.attrs.update({key: list(part) if isinstance(part, tuple) else part for key, part in parts.items()})
    return frame


def _cells(pandas: Any, file: Any, layout: Layout, function: str, argument: str) -> DataFrame:
    """All cells as text."""
    path = isinstance(file, (str, os.PathLike))
    if not path and not hasattr(file, "read"):
        raise TypeError(f"{function}(): {argument} must be a path or an open text file; got {file!r}")
    if path and os.fspath(file).lower().endswith(".dta"):
        return pandas.read_stata(file, convert_categoricals=False).astype(object)
    options = {"sep": layout.separator, "dtype": str, "na_values": [], "keep_default_na": False, "skipinitialspace": True}
    for encoding in ("utf-8-sig", "latin-1"):
        try:
            return pandas.read_csv(file, encoding=encoding, **options)
        except UnicodeDecodeError:
            if not path:
                raise ValueError(f"{function}(): {argument} must be text in UTF-8, or a path; got other bytes") from None
        except pandas.errors.EmptyDataError:
            raise ValueError(f"{function}(): {argument} must be a file with a header; got an empty one") from None
        except pandas.errors.ParserError as error:
            raise ValueError(
                f"{function}(): {argument} must be a table with equally many cells in each line; {error}"
            ) from None
    raise AssertionError  # pragma: no cover - every byte is Latin-1


def _absence(absent: Sequence[Column], header: Sequence[str], layout: Layout, argument: str) -> str:
    """Which columns a file lacks, and what it seems to be instead."""

    def spelled(column: Column) -> str:
        return f"{column.name} ({' or '.join(column.aliases)} in other releases)" if column.aliases else column.name

    names = ", ".join(map(spelled, absent))
    unsure = [column.name for column in absent if not column.seen]
    if unsure:
        names += f" (not checked against a file: the name{'s' * (len(unsure) > 1)} {', '.join(unsure)})"
    fits = [other for other in _KNOWN if other is not layout and not other.absent(header)]
    got = ", ".join(header[:12]) + (", …" if len(header) > 12 else "")
    seems = f"; it looks like {fits[0].title}, a file for {fits[0].call or fits[0].loader + '()'}" if fits else ""
    if fits and fits[0].loader == layout.loader:  # the right function, and the wrong place
        seems = f"; it looks like {fits[0].title}: call {fits[0].call or layout.call}"
    there = len(layout.columns) - len(absent)
    if not fits and layout.chosen(header) and there >= len(absent):
        seems = f"; it looks like another release of {layout.title}"
    return f"{layout.loader}(): {argument} must have the columns of {layout.file}; missing: {names}{seems}. The file has {got}"


def _converted(pandas: Any, cells: Any, kind: Kind, column: str, function: str) -> Any:
    """A column as numbers (floats where some are missing) or text, codes for "missing" as NaN."""
    text = cells if cells.dtype != object and str(cells.dtype) not in ("str", "string") else cells.map(_stripped)
    if kind == "key":
        number = pandas.to_numeric(text, errors="coerce")
        kind = "text" if (number.isna() & text.notna()).any() else "whole"
    if kind == "text":
        return text.where(~text.isin(("-9", -9)), None).astype(object).where(lambda s: s.notna(), None)
    numbers = pandas.to_numeric(text, errors="coerce")
    wrong = numbers.isna() & text.notna()
    rule = {"whole": "a whole number", "number": "a number", "flag": "0 or 1"}[kind]
    if not wrong.any():
        numbers = numbers.where(~numbers.isin(_CODES))
        if kind == "flag":
            wrong = numbers.notna() & ~numbers.isin((0, 1))
        elif kind == "whole":
            wrong = numbers.notna() & (numbers % 1 != 0)
    if wrong.any():
        k = int(wrong.to_numpy().argmax())
        raise ValueError(
            f"{function}(): {column} must be {rule}, or empty or -9 where missing; got {cells.iloc[k]!r} in line {k + 2}"
        )
    return numbers if numbers.isna().any() or kind == "number" else numbers.astype("int64")


def _stripped(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    return None if text in _MISSING else text


def last_year(frame: Any, column: str = "year") -> int:
    """The last year of a frame."""
    return int(frame[column].max())


def versions(frame: Any) -> Iterator[str]:
    """What the file says of its version."""
    if "version" in frame.columns:
        yield from (f"{value:g}" if isinstance(value, float) else str(value) for value in frame["version"].dropna().unique())
