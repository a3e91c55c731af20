"""Dyads of one's own, or of anybody's list, as spells with the power of both sides; and one dyad's path of power.

A dyad's age is counted from its first row, and anew after each event and each gap in its years. Its terms are those of the
first year of its spell in which power is known: ``share0`` and ``gap0``. Power is measured ``lag`` years earlier, but never
before the spell begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from alliances.cases import PowerSeries
from alliances.datasets.capabilities import Powers, powers
from alliances.datasets.derived import add_gap, add_spells, check_intervals
from alliances.datasets.layouts import stamp
from alliances.results import need

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["dyad_path", "dyad_years"]


def dyad_years(
    pairs: DataFrame,
    power: DataFrame | tuple[str, str],
    *,
    names: tuple[str, str] = ("ccode1", "ccode2"),
    year: str = "year",
    event: str | None = None,
    unit: str = "ccode",
    value: str = "cinc",
    lag: int = 1,
    carry: int = 0,
    back: int = 0,
    missing: Literal["error", "drop"] = "error",
) -> DataFrame:
    """A row for each dyad and year at risk: duration, gap and event, as a hazard model wants them.

    Parameters
    ----------
    pairs
        A row for each dyad and year at risk, in any order: who, when, and whether it happened. Other columns stay.
    power
        Where power is: a frame with a row for each unit and year (:func:`load_nmc`, or a table of your own), or the names of
        two columns of ``pairs``.
    names
        The columns of ``pairs`` with the dyad's two sides.
    year
        The column of the years, in both frames.
    event
        The column of ``pairs`` that is 1 in the year in which the alliance breaks. It becomes ``event`` if it has no other
        name.
    unit, value
        The columns of ``power`` with the unit's name and its power.
    lag, carry, back
        How many years earlier power is measured; for how many years a last measurement counts; how many years later a first one
        may be. With columns of ``pairs`` there is only the lag.
    missing
        What happens to a year without power: "error", or "drop" to leave it out; ``attrs["left_out"]`` says how many.

    Returns
    -------
    DataFrame
        The columns of ``pairs``, with ``id`` (dyad and spell), ``dyad``, ``start``, ``stop``, ``power1``, ``power2``,
        ``share``, ``share0``, ``share_original``, ``gap``, ``gap0``, ``gap_original``, ``log_ratio``, ``stronger``,
        ``stronger_at_formation``; sorted by dyad and year.

    Raises
    ------
    TypeError, ValueError
        If a column is missing, a dyad has two rows for a year (in either order of its sides), a side is paired with itself, a
        year is no whole number, an event is neither 0 nor 1, or a power is missing or not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> own = pd.DataFrame(
    ...     {
    ...         "patron": "A",
    ...         "client": "B",
    ...         "year": [2001, 2002, 2003, 2004],
    ...         "broke": [0, 0, 1, 0],
    ...         "troops_a": [90, 85, 80, 80],
    ...         "troops_b": [10, 15, 20, 20],
    ...     }
    ... )
    >>> frame = al.datasets.dyad_years(own, ("troops_a", "troops_b"), names=("patron", "client"), event="broke")
    >>> frame[["id", "start", "stop", "gap", "broke"]].round(2).values.tolist()
    [['A-B 2001', 0, 1, 0.8, 0], ['A-B 2001', 1, 2, 0.8, 0], ['A-B 2001', 2, 3, 0.7, 1], ['A-B 2004', 0, 1, 0.6, 0]]
    """
    function = "dyad_years"
    pandas = need("pandas", "data", f"{function}()")
    frame, own = _arguments(pairs, power, names, year, event, lag, missing, function)
    one, other = names
    frame["dyad"] = [f"{a}-{b}" for a, b in zip(frame[one], frame[other], strict=True)]
    frame["_event"] = frame[event] if event is not None else 0
    frame = add_spells(frame, "_event", by=("dyad",), year=year).sort_values(["dyad", year]).reset_index(drop=True)
    first = frame.groupby(["dyad", "spell"])[year].transform("min")
    frame["id"] = frame["dyad"] + " " + first.astype(str)
    measure = _own_powers(frame, power, year) if own else powers(power, unit, year, value, carry, back, function, "power")
    rows = list(zip(frame[one], frame[other], frame["dyad"], frame[year], first, strict=True))
    found = [_pair(measure, own, a, b, dyad, max(t - lag, t0)) for a, b, dyad, t, t0 in rows]
    then: dict[str, tuple[float, float]] = {}  # what power was when terms were set: in the spell's first year that is known
    for key, (a, b, dyad, t, _) in zip(frame["id"], rows, strict=True):
        pair = _pair(measure, own, a, b, dyad, t)
        if pair is not None:
            then.setdefault(key, pair)
    begun = [then.get(key) for key in frame["id"]]
    unknown = np.array([pair is None or start is None for pair, start in zip(found, begun, strict=True)], dtype=bool)
    if unknown.any() and missing == "error":
        k = int(unknown.argmax())
        raise ValueError(
            f"{function}(): power of both sides must be known; not for {frame['dyad'].iloc[k]} in {frame[year].iloc[k]} with a "
            f'lag of {lag}, the first of {int(unknown.sum())} rows; missing="drop" leaves them out'
        )
    if unknown.all():
        raise ValueError(f"{function}(): power must be known for at least one row of pairs; it is for none of {len(frame)}")
    sides, starts = (np.array([(np.nan, np.nan) if p is None else p for p in x], dtype=float) for x in (found, begun))
    lead = (starts[:, 1] > starts[:, 0]).astype(int)
    each = np.arange(len(frame))
    ab = np.array([frame[one].to_numpy(dtype=object), frame[other].to_numpy(dtype=object)])
    with np.errstate(invalid="ignore"):
        frame = frame.assign(
            power1=sides[:, 0],
            power2=sides[:, 1],
            stronger=ab[(sides[:, 1] > sides[:, 0]).astype(int), each],
            stronger_at_formation=ab[lead, each],
            share0=starts.max(axis=1) / starts.sum(axis=1),
            share_original=sides[each, lead] / sides.sum(axis=1),
        )
    frame = add_gap(frame.drop(columns=["_event", "spell"])[~unknown].reset_index(drop=True))
    check_intervals(frame, event=event)
    attrs = (pairs.attrs, {} if own else power.attrs)  # type: ignore[union-attr]
    return stamp(
        pandas.DataFrame(frame),
        release="; ".join(str(x.get("release", "own data")) for x in attrs),
        references=list(dict.fromkeys(key for x in attrs for key in x.get("references", ()))),
        source="; ".join(str(x.get("source", "own data")) for x in attrs),
        left_out={"years without power": int(unknown.sum())} if unknown.any() else {},
    )


def _arguments(
    pairs: Any, power: Any, names: Any, year: str, event: str | None, lag: Any, missing: Any, function: str
) -> tuple[Any, bool]:
    """The frame of pairs with years as integers, and whether power is in its columns."""
    if not hasattr(pairs, "columns") or not hasattr(pairs, "assign"):
        raise TypeError(f"{function}(): pairs must be a pandas DataFrame; got {type(pairs).__name__}")
    own = isinstance(power, tuple) and len(power) == 2 and all(isinstance(name, str) for name in power)
    if not own and not (hasattr(power, "columns") and hasattr(power, "assign")):
        raise TypeError(f"{function}(): power must be a pandas DataFrame or the names of two columns of pairs; got {power!r}")
    if not isinstance(names, Sequence) or isinstance(names, str) or len(names) != 2 or names[0] == names[1]:
        raise ValueError(f"{function}(): names must be two different columns of pairs; got {names!r}")
    if isinstance(lag, bool) or not isinstance(lag, (int, np.integer)) or lag < 0:
        raise ValueError(f"{function}(): lag must be a whole number of years, at least 0; got {lag!r}")
    if missing not in ("error", "drop"):
        raise ValueError(f'{function}(): missing must be "error" or "drop"; got {missing!r}')
    wanted = [*names, year, *((event,) if event is not None else ()), *(power if own else ())]
    absent = [name for name in wanted if name not in pairs.columns]
    if absent:
        raise ValueError(f"{function}(): pairs must have the column {absent[0]}; it has {', '.join(map(str, pairs.columns))}")
    taken = {"dyad", "id", "start", "stop", "_event", "spell"} & ({*wanted})
    if taken:
        raise ValueError(f"{function}(): pairs must not call a column of these {sorted(taken)[0]}, which is a result's name")
    if not len(pairs):
        raise ValueError(f"{function}(): pairs must have at least one row; got none")
    _years_and_events(pairs, names, year, event, function)
    return pairs.assign(**{year: pairs[year].astype(int)}), own


def _years_and_events(pairs: Any, names: Any, year: str, event: str | None, function: str) -> None:
    for name in names:
        if pairs[name].isna().any():
            raise ValueError(
                f"{function}(): {name} must be known in every row; it is missing in row {pairs[name].isna().idxmax()}"
            )
    years = pairs[year].to_numpy(dtype=float)
    if not (np.isfinite(years) & (years % 1 == 0)).all():
        k = int((~(np.isfinite(years) & (years % 1 == 0))).argmax())
        raise ValueError(f"{function}(): {year} must be a whole number; got {pairs[year].iloc[k]!r} in row {pairs.index[k]}")
    one, other = (pairs[name].astype(str) for name in names)
    if (one == other).any():
        raise ValueError(f"{function}(): the two sides of a dyad must differ; got {one[one == other].iloc[0]} twice")
    key = [(*sorted(pair), y) for *pair, y in zip(one, other, years.astype(int).tolist(), strict=True)]
    seen: set[Any] = set()
    for a, b, y in key:
        if (a, b, y) in seen:
            raise ValueError(
                f"{function}(): pairs must have one row for each dyad and {year}; there are two for {a} and {b} in {y}"
            )
        seen.add((a, b, y))
    if event is not None and not pairs[event].isin((0, 1)).all():
        wrong = pairs[event][~pairs[event].isin((0, 1))]
        raise ValueError(f"{function}(): {event} must be 0 or 1; got {wrong.iloc[0]!r} in row {wrong.index[0]}")


def _own_powers(frame: Any, columns: Any, year: str) -> Powers:
    """Both sides' power by dyad and year, out of columns of the frame itself."""
    values: dict[tuple[Any, int], float] = {}
    for side, name in enumerate(columns):
        for dyad, t, x in zip(frame["dyad"], frame[year], frame[name].astype(float), strict=True):
            if x == x and x != -9:
                if x <= 0:
                    raise ValueError(
                        f"dyad_years(): {name} must be positive: without power the gap is ±1, where no game is defined; got "
                        f"{x:g} for {dyad} in {t}"
                    )
                values[(dyad, side), int(t)] = x
    return Powers(values, 0, 0)


def _pair(measure: Powers, own: bool, one: Any, other: Any, dyad: str, year: int) -> tuple[float, float] | None:
    return measure.pair((dyad, 0), (dyad, 1), year) if own else measure.pair(one, other, year)


def dyad_path(frame: DataFrame, id: Any, *, unit: str = "power") -> PowerSeries:
    """The path of power of one alliance or dyad of a built frame: the side that was stronger at the beginning is the sponsor.

    Parameters
    ----------
    frame
        What :func:`alliance_years` or :func:`dyad_years` gave.
    id
        The alliance's or spell's ``id``.
    unit
        What power is measured in.

    Raises
    ------
    ValueError
        If the frame has no such id, or lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> own = pd.DataFrame({"a": "A", "b": "B", "year": [2001, 2002], "x": [1, 2], "y": [4, 3]})
    >>> frame = al.datasets.dyad_years(own, ("x", "y"), names=("a", "b"), lag=0)
    >>> path = al.datasets.dyad_path(frame, "A-B 2001", unit="troops")
    >>> path.sponsor, path.proxy
    ((4.0, 3.0), (1.0, 2.0))
    """
    function = "dyad_path"
    absent = [name for name in ("id", "year", "power1", "power2", "share_original", "share") if name not in frame.columns]
    if absent:
        raise ValueError(f"{function}(): frame must have the columns of alliance_years(); {', '.join(absent)} missing")
    rows = frame[frame["id"] == id]
    if not len(rows):
        raise ValueError(f"{function}(): id must be one of the {frame['id'].nunique()} of frame; got {id!r}")
    first = rows["share_original"] * (rows["power1"] + rows["power2"])
    path = rows[["year"]].assign(sponsor=first, proxy=rows["power1"] + rows["power2"] - first)
    exact = np.isclose(first, rows["power1"])
    path["sponsor"] = np.where(exact, rows["power1"], rows["power2"])
    path["proxy"] = np.where(exact, rows["power2"], rows["power1"])
    source = str(frame.attrs.get("source", "own data"))
    return PowerSeries.from_frame(path, sponsor="sponsor", proxy="proxy", unit=unit, source=source, id=str(id))
