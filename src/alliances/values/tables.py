"""How values are shown: on one line, as aligned lines, as a table in text or in HTML; always short, whatever their size.

Plain functions of names and parts. What a value shows of itself, it says in :mod:`alliances.values` and
:mod:`alliances.results`. Numbers have six digits, Fractions stay fractions, and an infinite number is "inf" in text (which
every console can print, and Python reads back) and "∞" in HTML.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from html import escape
from itertools import islice
from textwrap import wrap
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic.types import Array, show
from alliances.printable import cell

__all__ = [
    "WIDTH", "Columns", "Variable", "aligned", "as_floats", "batch_of", "block", "brief", "call", "clip", "columns_of",
    "html_list", "html_table", "no_axes", "one_line", "shape_of", "spelled", "text_table", "variables_of",
]  # fmt: skip

Columns: TypeAlias = Mapping[str, Sequence[Any] | Array]
"""A table by columns: names and as many values for each."""

WIDTH = 100
"""How many characters a line may have."""

_LINES = 10  # of a repr
_HEAD, _TAIL = 6, 3  # rows of a long table that are shown, at its beginning and at its end
_MOST_COLUMNS = 12
_FEW = 8  # parts of an array or a tuple that are listed one by one
_COUNTED = 10_000  # Fractions that are compared for their range: more take too long


class Variable(NamedTuple):
    """An array with named axes, for xarray: what it is and in which unit; a variable named as its only axis is a coordinate."""

    dims: tuple[str, ...]
    values: Any
    long_name: str
    units: str = "1"


def clip(text: str, width: int = WIDTH) -> str:
    """``text`` on one line of at most ``width`` characters.

    >>> clip("a long sentence", 8)
    'a long …'
    """
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 2].rstrip() + " …"


def call(x: Any, width: int = WIDTH) -> str | None:
    """A dataclass as the call that makes it, if that is one line of at most ``width`` characters; otherwise None."""
    parts = []
    for field in fields(x):
        if not field.repr:
            continue
        part = getattr(x, field.name)
        if (
            isinstance(part, (np.ndarray, tuple, Mapping, str))
            and (part.size if isinstance(part, np.ndarray) else len(part)) > width
        ):
            return None
        parts.append(f"{field.name}={_name(part) or repr(part)}")
    text = f"{type(x).__name__}({', '.join(parts)})"
    return text if len(text) <= width and "\n" not in text else None


def spelled(x: Any) -> str:
    """A value as the call that makes it, on one line and nothing left out: what plain data holds of models and concepts."""
    if not hasattr(x, "_brief") or not is_dataclass(x):
        return _name(x) or repr(x)
    parts = ((field.name, getattr(x, field.name)) for field in fields(x) if field.repr)
    return f"{type(x).__name__}({', '.join(f'{name}={spelled(part)}' for name, part in parts)})"


def one_line(x: Any, width: int = WIDTH) -> str:
    """Any part of a value in at most ``width`` characters.

    >>> print(one_line(np.array([0.5, np.inf])), "|", one_line(np.arange(1000.0)), "|", one_line((Fraction(1, 2), None)))
    0.5, inf | 1000 numbers, 0 to 999 | 1/2, –
    """
    if x is None or (isinstance(x, (str, tuple, list, Mapping)) and not x):
        return "–"
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    if isinstance(x, (int, np.integer)):
        return clip(str(x), width)
    if isinstance(x, (float, Fraction, np.number)):
        return clip(show(x), width)
    if isinstance(x, np.ndarray):
        return clip(_array(x, width), width)
    if isinstance(x, Mapping):
        parts = [f"{key}: {_nested(part, width)}" for key, part in _first(x.items())]
        return clip(_listed(parts, len(x), f"entries: {', '.join(map(str, _first(x)))}", width), width)
    if isinstance(x, (tuple, list)):
        return clip(
            _listed([_nested(part, width) for part in _first(x)], len(x), _kind(x), width, _nested(x[-1], width)), width
        )
    if not isinstance(x, type) and hasattr(x, "_brief"):
        return clip(x._brief(width), width)
    if is_dataclass(x) and not isinstance(x, type) and type(x).__str__ is object.__str__:
        return clip(brief(type(x).__name__, {field.name: getattr(x, field.name) for field in fields(x)}, width), width)
    return clip(_name(x) or str(x), width)


def brief(name: str, parts: Mapping[str, Any], width: int) -> str:
    """A call that makes a value, with its numbers rounded, and with its last parts left out where it is too long.

    >>> brief("Power", {"sponsor": 2 / 3, "proxy": Fraction(1, 3)}, 40), brief("Power", {"sponsor": 2 / 3, "proxy": 1}, 26)
    ('Power(sponsor=0.666667, proxy=1/3)', 'Power(sponsor=0.666667, …)')
    """
    texts = [f"{key}={_argument(part, width)}" for key, part in parts.items()]
    whole = f"{name}({', '.join(texts)})"
    while len(whole) > width and texts:
        texts.pop()
        whole = f"{name}({', '.join([*texts, '…'])})"
    return whole


def _argument(x: Any, width: int) -> str:
    if x is None or isinstance(x, str):
        return repr(x)
    return f"[{one_line(x, width)}]" if isinstance(x, np.ndarray) else _nested(x, width)


def _name(x: Any) -> str | None:
    """The name of a function or class, without its address in memory."""
    return getattr(x, "__qualname__", None) if callable(x) and (isinstance(x, type) or not hasattr(x, "_brief")) else None


def _nested(x: Any, width: int) -> str:
    return f"({one_line(x, width)})" if isinstance(x, (tuple, list, Mapping)) else one_line(x, width)


def _first(x: Iterable[Any]) -> list[Any]:
    return list(islice(x, _FEW))


def _kind(x: Sequence[Any]) -> str:
    kinds = {type(part).__name__ for part in x}
    name = kinds.pop() if len(kinds) == 1 else "parts"
    plain = {"int": "numbers", "float": "numbers", "Fraction": "numbers", "str": "words", "parts": "parts"}
    return plain.get(name, f"× {name}")


def _listed(parts: list[str], count: int, kind: str, width: int, last: str = "") -> str:
    """The parts if they fit; of a long list the first and the last; otherwise how many there are."""
    text = ", ".join(parts if count <= len(parts) else [*parts[:3], "…", last])
    fits = len(text) <= width and (count <= len(parts) or kind in ("numbers", "words"))
    return text if fits or count == 1 else f"{count} {kind}"


def _array(x: Array, width: int) -> str:
    """The numbers of a short array; otherwise its shape and its range."""
    if x.ndim < 2 and x.size <= _FEW:
        text = ", ".join(one_line(part) for part in np.ravel(x).tolist())
        if len(text) <= width:
            return text or "none"
    size = "×".join(map(str, x.shape))
    if x.dtype.kind == "b":
        return f"{size} truth values, {int(x.sum())} true"
    if x.dtype.kind not in "iufO":
        return f"{size} words"
    if not x.size or (x.dtype.kind == "O" and x.size > _COUNTED):
        return f"{size} numbers"
    try:
        values = x[x == x]
        return (
            f"{size} numbers, {one_line(values.min())} to {one_line(values.max())}"
            if values.size
            else f"{size} numbers, all nan"
        )
    except TypeError:
        return f"{size} parts"


def block(head: str, parts: Mapping[str, Any]) -> str:
    """A head of at most two lines, and a line for each part, names and texts aligned: at most ten lines in all."""
    top = wrap(head, WIDTH, subsequent_indent="  ", max_lines=2, placeholder=" …")
    texts = {cell(name): part for name, part in parts.items()}
    names, left = list(texts), _LINES - len(top)
    shown = names if len(names) <= left else names[: left - 1]
    width = max((len(name) for name in shown), default=0)
    rows = [f"  {name.ljust(width)}  {one_line(texts[name], WIDTH - width - 4)}" for name in shown]
    more = [clip(f"… and {', '.join(names[len(shown) :])}", WIDTH - 2)] if len(shown) < len(names) else []
    return "\n".join([*top, *rows, *("  " + line for line in more)])


def aligned(rows: Sequence[Sequence[str]], *, left: int = 0, wrapped: str = "") -> str:
    """Rows of text as a table in a console; the first ``left`` columns to the left, the others to the right.

    Columns are as wide as what standard output shows (:func:`alliances.printable.cell`). If the table is too wide for a console
    and the last column holds lists, ``wrapped`` is what their items end with: they go on in the rows below.

    >>> print(aligned([["case", "δ*"], ["a", "0.25"], ["longer", "1"]], left=1))
    case      δ*
    a       0.25
    longer     1
    """
    table = [[cell(text) for text in row] for row in rows]
    widths = _widths(table)
    if wrapped and _width(widths) > WIDTH:
        table = _wrap_last(table, WIDTH - _width(widths[:-1]) - 2, wrapped)
        widths = _widths(table)
    lines = (
        "  ".join(text.ljust(w) if k < left else text.rjust(w) for k, (text, w) in enumerate(zip(row, widths, strict=True)))
        for row in table
    )
    return "\n".join(line.rstrip() for line in lines)


def _widths(table: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(row[k]) for row in table) for k in range(len(table[0]))]


def _width(widths: Sequence[int]) -> int:
    """How wide a table of such columns is."""
    return sum(widths) + 2 * (len(widths) - 1)


def _wrap_last(table: Sequence[Sequence[str]], width: int, end: str) -> list[list[str]]:
    """The table with the items of its last column on as many rows as they need, each at most so wide if its items are."""
    rows = []
    for *cells, last in table:
        lines: list[str] = []
        items = last.split(end)
        for k, item in enumerate(items):
            text = item + end.rstrip() * (k < len(items) - 1)
            if lines and len(lines[-1]) + 1 + len(text) <= width:
                lines[-1] += " " + text
            else:
                lines.append(text)
        rows += [[*(cells if k == 0 else [""] * len(cells)), line] for k, line in enumerate(lines)]
    return rows


def shape_of(columns: Columns) -> tuple[int, int]:
    """The numbers of rows and of columns."""
    return max(map(len, columns.values()), default=0), len(columns)


def _ends(count: int, head: int, tail: int) -> list[int | None]:
    """The places that are shown of so many, and None where others are left out."""
    if count <= head + tail + 1:
        return list(range(count))
    return [*range(head), None, *range(count - tail, count)]


def _cells(
    columns: Columns, text: Callable[[Any], str], ends: tuple[int, int] = (_HEAD, _TAIL)
) -> tuple[list[str], list[list[str]]]:
    """Names and rows of a table as it is shown: the middle of what is long or wide is left out."""
    rows, width = shape_of(columns)
    names = list(columns)
    wide = _ends(width, _MOST_COLUMNS - 3, 2)
    places = _ends(rows, *ends)
    heads = ["…" if k is None else names[k] for k in wide]
    body = [["…" if k is None or row is None else text(columns[names[k]][row]) for k in wide] for row in places]
    return heads, body


def text_table(columns: Columns, *, left: int = 0, ends: tuple[int, int] = (_HEAD, _TAIL)) -> str:
    """A table for a console, with so many columns to the left; of a long one so many rows at its ``ends`` are shown.

    >>> print(text_table({"gap": np.arange(20) / 20, "δ*": [Fraction(k, 20) for k in range(20)]}))
     gap     δ*
       0      0
    0.05   1/20
     0.1   1/10
    0.15   3/20
     0.2    1/5
    0.25    1/4
       …      …
    0.85  17/20
     0.9   9/10
    0.95  19/20
    """
    heads, body = _cells(columns, lambda x: one_line(x, 30), ends)
    return aligned([heads, *body], left=left)


def _html_cell(x: Any) -> str:
    """A part as HTML, in a table's cell."""
    if isinstance(x, (float, np.floating)) and math.isinf(x):
        return "∞" if x > 0 else "−∞"
    return (
        escape(one_line(x, 2 * WIDTH)).replace("inf", "∞")
        if isinstance(x, (np.ndarray, tuple))
        else escape(one_line(x, 2 * WIDTH))
    )


def _html_rows(heads: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """A table of cells that are HTML. No colours and no style sheet: it reads the same in a dark notebook and in plain HTML."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in body)
    return f'<table border="1" cellpadding="4"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def html_table(columns: Columns) -> str:
    """A table in HTML; of a long or wide one the middle is left out, and its size is said below."""
    heads, body = _cells(columns, _html_cell)
    rows, width = shape_of(columns)
    table = _html_rows(heads, body)
    if len(body) < rows or len(heads) < width:
        table += f"<p>{rows} rows × {width} columns; <code>to_frame()</code> has all.</p>"
    return table


def html_list(parts: Mapping[str, Any]) -> str:
    """Names and parts in HTML, a row for each."""
    rows = "".join(
        f'<tr><th style="text-align: left">{escape(name)}</th><td style="text-align: left">{_html_cell(part)}</td></tr>'
        for name, part in parts.items()
    )
    return f'<table border="1" cellpadding="4"><tbody>{rows}</tbody></table>'


# -- tables of what a value consists of ----------------------------------------------------------------------------------


_CELLS = (bool, int, float, str, Fraction, np.generic, np.ndarray, type(None))


def _cells_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a record that fit into a table: numbers, words and arrays of them; models and concepts by their text.

    A pair of arrays is the sponsor's and the proxy's.
    """
    cells: dict[str, Any] = {}
    for name, part in record.items():
        if isinstance(part, tuple) and len(part) == 2 and any(np.ndim(x) for x in part if not hasattr(x, "_brief")):
            if all(isinstance(x, (int, float, Fraction, np.ndarray)) for x in part):
                cells |= {f"{name}_sponsor": part[0], f"{name}_proxy": part[1]}
        elif isinstance(part, _CELLS):
            cells[name] = part
        elif isinstance(part, tuple) and all(isinstance(x, (bool, int, float, str, Fraction)) for x in part):
            cells[name] = ", ".join(map(one_line, part))
        elif isinstance(part, Mapping) and all(isinstance(x, _CELLS) for x in part.values()):
            cells |= {f"{name}: {key}": x for key, x in part.items()}
        elif hasattr(part, "_brief") and not hasattr(part, "to_dict"):
            cells[name] = one_line(part)
    return cells


def batch_of(record: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape that all arrays of a record have; () if there are none, or they differ."""
    shapes = {np.shape(x) for x in _cells_of(record).values() if isinstance(x, np.ndarray)}
    return shapes.pop() if len(shapes) == 1 else ()


def columns_of(record: Mapping[str, Any], name: str) -> Columns:
    """The table of a record: one row, or a row for each element where it has arrays; or an error that says why there is none.

    >>> columns_of({"gap": np.array([0.1, 0.2]), "status": "held"}, "Toy")
    {'gap': array([0.1, 0.2]), 'status': ['held', 'held']}
    """
    cells = _cells_of(record)
    arrays = {key: x.shape for key, x in cells.items() if isinstance(x, np.ndarray)}
    if not cells or len(set(arrays.values())) > 1:
        shapes = ", ".join(f"{key} {'×'.join(map(str, shape))}" for key, shape in arrays.items())
        why = f"its arrays are not of one shape ({shapes})" if arrays else "it consists of other results and models"
        raise TypeError(f"to_frame(): {name} has no table, because {why}; to_dict() holds its numbers")
    shape = next(iter(arrays.values()), ())
    count = math.prod(shape)
    places = {f"axis_{k}": x.ravel() for k, x in enumerate(np.indices(shape))} if len(shape) > 1 else {}
    return places | {key: x.ravel() if isinstance(x, np.ndarray) else [x] * count for key, x in cells.items()}


def variables_of(record: Mapping[str, Any], name: str, long_names: Mapping[str, str]) -> Mapping[str, Variable]:
    """The arrays of a record on the axes of their batch, or an error that says that there are none."""
    shape = batch_of(record)
    if not shape:
        raise TypeError(no_axes(name))
    dims = ("game",) if len(shape) == 1 else tuple(f"axis_{k}" for k in range(len(shape)))
    cells = ((key, x) for key, x in _cells_of(record).items() if isinstance(x, np.ndarray))
    return {key: Variable(dims, x, long_names.get(key, key.replace("_", " "))) for key, x in cells}


def no_axes(name: str) -> str:
    """Why a value has no axes."""
    return f"to_xarray(): {name} has no axes, because it is no batch; to_frame() or to_dict() holds its numbers"


def as_floats(x: Any) -> Any:
    """Numbers as an array of floats, because files of xarray know no Fractions; anything else as it is."""
    array = np.asarray(x)
    return (
        array.astype(np.float64)
        if array.dtype == object and all(isinstance(v, (int, float, Fraction)) for v in array.flat)
        else array
    )
