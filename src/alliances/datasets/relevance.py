"""Politically relevant dyads: those of neighbours, and those with a major power.

Most pairs of states could not fight if they wanted to. A dyad is politically relevant in a year if its two states are directly
contiguous, or at least one of them is a major power (Weede 1976). The reading is that of R's peacesciencer (``filter_prd``):
every type of direct contiguity counts, by land or over up to 400 miles of water, and major powers are those of the Correlates
of War project. How much the restriction leaves out is discussed by Lemke and Reed (2001): dyads outside it fight, too.

References
----------
* Weede, E. (1976). "Overwhelming preponderance as a pacifying condition among contiguous Asian dyads, 1950-1969". *Journal of
  Conflict Resolution* 20(3), 395-411.
* Lemke, D. and Reed, W. (2001). "The relevance of politically relevant dyads". *Journal of Conflict Resolution* 45(1), 126-144.
* Stinnett, D. M., Tir, J., Schafer, P., Diehl, P. F. and Gochman, C. (2002). "The Correlates of War project direct contiguity
  data, version 3". *Conflict Management and Peace Science* 19(2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from alliances.datasets.capabilities import MAJOR_POWERS
from alliances.datasets.layouts import stamp
from alliances.results import need

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["add_politically_relevant"]

Majors: TypeAlias = Mapping[int, Sequence[tuple[int, int]]] | Iterable[int]
_Spans: TypeAlias = dict[int, Sequence[tuple[int, int]] | None]

_REFERENCES = ("weede-1976", "lemke-reed-2001")
_DIRECT = (1, 2, 3, 4, 5)
_FIRST = 1816  # the first year of the project's list of major powers
_PRODUCER = ("state1no", "state2no")


def add_politically_relevant(
    frame: DataFrame,
    contiguity: DataFrame,
    *,
    majors: Majors | None = None,
    types: Collection[int] = _DIRECT,
    names: tuple[str, str] = ("ccode1", "ccode2"),
    year: str = "year",
    carry: int = 0,
) -> DataFrame:
    """Add ``contiguous``, ``n_major`` and ``politically_relevant``: neighbours, or at least one major power.

    Parameters
    ----------
    frame
        A row for each dyad and year, such as :func:`dyad_years` or :func:`alliance_years` gives it.
    contiguity
        A row for each contiguous pair, in either order, with the columns ``names``, or ``state1no`` and ``state2no`` as in the
        Correlates of War's direct contiguity (``contdird.csv``). With a column ``year`` a row holds for that year alone,
        without it for all years. With a column ``conttype`` only rows of the given ``types`` count; 0 means not contiguous.
    majors
        Major powers: a list of states, or for each state the spans of years (first, last). By default those of the Correlates
        of War project, taken to have begun before 1816 where that is its first year, and to go on after 2016.
    types
        Which types of contiguity count: 1 by land or a river, 2 to 5 over 12, 24, 150 and 400 miles of water; all by default.
    names, year
        The columns of the two states' numbers, and of the year.
    carry
        How many years after its last year the contiguity of that year is taken to go on.

    Returns
    -------
    DataFrame
        A copy with ``contiguous`` (0 or 1), ``n_major`` (0 to 2) and ``politically_relevant`` (0 or 1); the works to cite are
        in ``attrs["references"]``.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, a column is missing, a state or a year is no whole number, or ``contiguity`` says
        nothing of a year in ``frame``: a dyad is not called irrelevant because a file ends.

    References
    ----------
    Weede (1976); Lemke and Reed (2001); for the data, Stinnett et al. (2002).

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> dyads = pd.DataFrame({"ccode1": [2, 20, 100, 100], "ccode2": [20, 70, 101, 155], "year": 1950})
    >>> borders = pd.DataFrame({"state1no": [20, 101], "state2no": [2, 100], "conttype": 1})
    >>> marked = al.datasets.add_politically_relevant(dyads, borders)
    >>> marked[["contiguous", "n_major", "politically_relevant"]].values.tolist()
    [[1, 1, 1], [0, 0, 0], [1, 0, 1], [0, 0, 0]]
    >>> len(marked[marked["politically_relevant"] == 1])
    2
    """
    function = "add_politically_relevant"
    need("pandas", "data", f"{function}()")
    for name, table in (("frame", frame), ("contiguity", contiguity)):
        if not hasattr(table, "columns") or not hasattr(table, "assign"):
            raise TypeError(f"{function}(): {name} must be a pandas DataFrame; got {type(table).__name__}")
    if isinstance(carry, bool) or not isinstance(carry, int) or carry < 0:
        raise ValueError(f"{function}(): carry must be a whole number of years, at least 0; got {carry!r}")
    spans = _spans(majors, function)
    one, other, years = (_whole(frame, name, function, "frame") for name in (*names, year))
    near, covered = _borders(contiguity, names, year, types, function)
    told = years if covered is None else _told(years, covered, carry, function)
    contiguous = np.array(
        [(min(a, b), max(a, b), t if covered is not None else None) in near for a, b, t in zip(one, other, told, strict=True)],
        dtype=bool,
    )
    n_major = np.array(
        [_is_major(a, t, spans) + _is_major(b, t, spans) for a, b, t in zip(one, other, years, strict=True)], dtype=int
    )
    out = frame.assign(
        contiguous=contiguous.astype(int), n_major=n_major, politically_relevant=(contiguous | (n_major > 0)).astype(int)
    )
    cited = list(dict.fromkeys([*frame.attrs.get("references", ()), *_REFERENCES]))
    return stamp(out, **{**frame.attrs, "references": cited})


def _whole(table: Any, column: str, function: str, argument: str) -> list[int]:
    """A column of whole numbers: states or years."""
    if column not in table.columns:
        raise ValueError(f"{function}(): {argument} must have the column {column}; it has {', '.join(map(str, table.columns))}")
    whole = []
    for row, cell in zip(table.index, table[column].tolist(), strict=True):
        if isinstance(cell, (bool, str)) or cell is None or cell != cell or int(cell) != cell:
            raise ValueError(f"{function}(): {column} of {argument} must be a whole number; got {cell!r} in row {row}")
        whole.append(int(cell))
    return whole


def _spans(majors: Majors | None, function: str) -> _Spans:
    """The years in which each state is a major power; None for all years."""
    if majors is None:
        return {
            state: [(0 if first == _FIRST else first, last) for first, last in spans] for state, spans in MAJOR_POWERS.items()
        }
    if isinstance(majors, Mapping):
        for state, spans in majors.items():
            if any(len(span) != 2 or span[0] > span[1] for span in spans):
                raise ValueError(f"{function}(): majors must have spans (first, last) of years; got {spans!r} for {state!r}")
        return dict(majors)
    if isinstance(majors, str) or not isinstance(majors, Iterable):
        raise TypeError(f"{function}(): majors must be states, or a mapping from states to spans of years; got {majors!r}")
    return dict.fromkeys(majors)


def _is_major(state: int, year: int, spans: _Spans) -> bool:
    """Whether a state is a major power in a year."""
    if state not in spans:
        return False
    years = spans[state]
    return years is None or any(first <= year <= last for first, last in years)


def _borders(
    contiguity: Any, names: tuple[str, str], year: str, types: Collection[int], function: str
) -> tuple[set[tuple[int, int, int | None]], set[int] | None]:
    """Contiguous pairs, the smaller number first, with their year or None; and the years that the table tells of, if dated."""
    sides = names if set(names) <= set(contiguity.columns) or not set(_PRODUCER) <= set(contiguity.columns) else _PRODUCER
    one, other = (_whole(contiguity, name, function, "contiguity") for name in sides)
    dated = year in contiguity.columns
    years = _whole(contiguity, year, function, "contiguity") if dated else [None] * len(one)
    kinds = _whole(contiguity, "conttype", function, "contiguity") if "conttype" in contiguity.columns else None
    if kinds is None and set(types) != set(_DIRECT):
        raise ValueError(f"{function}(): contiguity must have the column conttype where types are chosen; got types {types!r}")
    wrong = [kind for kind in types if kind not in _DIRECT]
    if wrong:
        raise ValueError(f"{function}(): types must be among {', '.join(map(str, _DIRECT))}; got {wrong[0]!r}")
    pairs = {
        (min(a, b), max(a, b), t)
        for k, (a, b, t) in enumerate(zip(one, other, years, strict=True))
        if kinds is None or kinds[k] in types
    }
    return pairs, {t for t in years if t is not None} if dated else None


def _told(years: list[int], covered: set[int], carry: int, function: str) -> list[int]:
    """The year of the table that tells of each year: the same, or its last one in the ``carry`` years after it."""
    last = max(covered, default=0)
    told = [last if covered and last < t <= last + carry else t for t in years]
    silent = sorted(set(told) - covered)
    if silent:
        spans = f"{min(covered)} to {last}" if covered else "no year"
        raise ValueError(
            f"{function}(): contiguity must tell of each year of frame; it has {spans}, and {len(silent)} years are not there, "
            f"such as {silent[0]}: leave them out, or give carry="
        )
    return told
