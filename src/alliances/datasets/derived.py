"""Columns of a dyad's history that hazards depend on, in the words of R's peacesciencer (Miller 2022): ``add_…`` adds them.

Gaps: the stronger side's share s of the dyad's power is a gap of 2s − 1 ≥ 0. With a sign, the gap is seen from the side that
was stronger at the beginning: negative once ranks are reversed.

References
----------
* Miller, S. V. (2022). "peacesciencer: an R package for quantitative peace science research". *Conflict Management and Peace
  Science* 39(6), 755-779.
* Beck, N., Katz, J. N. and Tucker, R. (1998). "Taking time seriously: time-series-cross-section analysis with a binary
  dependent variable". *American Journal of Political Science* 42(4), 1260-1288.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.results import need

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["add_changes", "add_eras", "add_gap", "add_peace_years", "add_spells", "check_intervals"]


def add_gap(frame: DataFrame, one: str = "power1", other: str = "power2") -> DataFrame:
    """Add ``share``, ``gap`` and ``log_ratio`` of two columns of power; ``gap0`` and ``gap_original`` where shares are there.

    Parameters
    ----------
    frame
        A row for each dyad and year.
    one, other
        The columns of both sides' power, positive or missing.

    Returns
    -------
    DataFrame
        A copy with ``share`` (of the stronger side), ``gap`` = 2 ``share`` − 1, ``log_ratio`` = log of stronger over weaker;
        and ``gap0`` and ``gap_original``, if the frame has ``share0`` and ``share_original``.

    Raises
    ------
    TypeError, ValueError
        If a column is missing, or a power is not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> al.datasets.add_gap(pd.DataFrame({"power1": [3.0, 1.0], "power2": [1.0, 4.0]}))[["share", "gap"]].values.tolist()
    [[0.75, 0.5], [0.8, 0.6]]
    """
    frame = _copy(frame, "add_gap", one, other)
    a, b = frame[one].to_numpy(dtype=float), frame[other].to_numpy(dtype=float)
    if ((a <= 0) | (b <= 0)).any():
        k = int(((a <= 0) | (b <= 0)).argmax())
        raise ValueError(
            f"add_gap(): {one} and {other} must be positive: without power the gap is ±1; got {a[k]:g} and {b[k]:g} in row {k}"
        )
    strong, weak = np.maximum(a, b), np.minimum(a, b)
    frame["share"] = strong / (strong + weak)
    frame["gap"] = (strong - weak) / (strong + weak)
    frame["log_ratio"] = np.log(strong / weak)
    for share, gap in (("share0", "gap0"), ("share_original", "gap_original")):
        if share in frame.columns:
            frame[gap] = 2 * frame[share] - 1
    return frame


def add_changes(frame: DataFrame, *, signed: bool = True) -> DataFrame:
    """Add ``narrowed``, ``widened`` and ``reversed``: how the gap moved since the beginning.

    Parameters
    ----------
    frame
        With ``gap``, ``gap0`` and ``gap_original``, as :func:`alliance_years` and :func:`dyad_years` give them.
    signed
        Whether the gap is seen from the side that was stronger at the beginning (a reversal goes on narrowing it), or is the
        distance between the two (after a reversal it widens again). The two answer different questions.

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> frame = pd.DataFrame({"gap0": [0.4] * 2, "gap": [0.1, 0.6], "gap_original": [0.1, -0.6]})
    >>> al.datasets.add_changes(frame)[["narrowed", "reversed"]].round(2).values.tolist()
    [[0.3, 0.0], [1.0, 1.0]]
    >>> al.datasets.add_changes(frame, signed=False)["widened"].round(2).tolist()
    [0.0, 0.2]
    """
    frame = _copy(frame, "add_changes", "gap", "gap0", "gap_original")
    change = (frame["gap_original"] if signed else frame["gap"]) - frame["gap0"]
    frame["narrowed"], frame["widened"] = (-change).clip(lower=0), change.clip(lower=0)
    frame["reversed"] = (frame["gap_original"] < 0).astype(int)
    return frame


def add_eras(frame: DataFrame, bounds: Sequence[int] = (1914, 1945, 1991), *, year: str = "year") -> DataFrame:
    """Add ``era``: before the first bound, from one bound to the year before the next, from the last one on.

    A model that is trained before a bound knows nothing of the era after it: do not give it this column across a split by time.

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> al.datasets.add_eras(pd.DataFrame({"year": [1900, 1914, 1990, 2000]}))["era"].tolist()
    ['to 1913', '1914-1944', '1945-1990', 'from 1991']
    """
    frame = _copy(frame, "add_eras", year)
    limits = [int(bound) for bound in bounds]
    if not limits or limits != sorted(set(limits)):
        raise ValueError(f"add_eras(): bounds must be increasing years; got {bounds!r}")
    names = [f"to {limits[0] - 1}", *(f"{a}-{b - 1}" for a, b in pairwise(limits)), f"from {limits[-1]}"]
    frame["era"] = np.array(names, dtype=object)[np.searchsorted(limits, frame[year].to_numpy(), side="right")]
    return frame


def add_peace_years(frame: DataFrame, event: str, *, by: Sequence[str] = ("ccode1", "ccode2"), year: str = "year") -> DataFrame:
    """Add ``peace_years``: years since the last event of a dyad, or since its first row.

    Hazards of repeated events depend on them (Beck, Katz and Tucker 1998).

    Parameters
    ----------
    frame
        A row for each dyad and year.
    event
        The column that is 1 in years with an event.
    by, year
        What makes a dyad, and the column of the years.

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> frame = pd.DataFrame({"ccode1": 2, "ccode2": 20, "year": range(2000, 2006), "war": [0, 0, 1, 1, 0, 0]})
    >>> al.datasets.add_peace_years(frame, "war")["peace_years"].tolist()
    [0, 1, 2, 0, 0, 1]
    """
    frame = _copy(frame, "add_peace_years", event, year, *by)
    _once(frame, [*by, year], "add_peace_years")
    ordered = frame.sort_values([*by, year])
    dyad = ordered.groupby(list(by), sort=False)
    since = ordered[year].where(dyad[event].shift() == 1).groupby([ordered[name] for name in by], sort=False).ffill()
    frame["peace_years"] = (ordered[year] - since.fillna(dyad[year].transform("min"))).astype(int)
    return frame


def add_spells(frame: DataFrame, event: str, *, by: Sequence[str] = ("ccode1", "ccode2"), year: str = "year") -> DataFrame:
    """Add ``spell``, ``start`` and ``stop``: peace is counted anew after each event and after each gap in the years.

    Parameters
    ----------
    frame, event, by, year
        As in :func:`add_peace_years`.

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> frame = pd.DataFrame({"ccode1": 2, "ccode2": 20, "year": [2000, 2001, 2002, 2005], "war": [0, 1, 0, 0]})
    >>> al.datasets.add_spells(frame, "war")[["spell", "start", "stop"]].values.tolist()
    [[1, 0, 1], [1, 1, 2], [2, 0, 1], [3, 0, 1]]
    """
    frame = _copy(frame, "add_spells", event, year, *by)
    _once(frame, [*by, year], "add_spells")
    ordered = frame.sort_values([*by, year])
    dyad = ordered.groupby(list(by), sort=False)
    new = (dyad[event].shift() == 1) | (ordered[year] - dyad[year].shift() != 1)
    keys = [ordered[name] for name in by]
    spell = new.groupby(keys, sort=False).cumsum().astype(int)
    frame["spell"] = spell
    frame["start"] = spell.groupby([*keys, spell], sort=False).cumcount()
    frame["stop"] = frame["start"] + 1
    return frame


def check_intervals(
    frame: DataFrame,
    *,
    id: str = "id",
    duration: tuple[str, str] = ("start", "stop"),
    event: str | None = None,
    when: str | None = None,
    gap: str | None = "gap",
) -> None:
    """Refuse what no hazard can be estimated from; do nothing if all is well.

    Parameters
    ----------
    frame
        Rows with an interval (start, stop] of time at risk.
    id, duration
        The columns of the unit at risk, and of the interval's ends.
    event
        The column that is 1 where the event happened at the interval's end; nobody is at risk after it.
    when
        The column of the event's time, if the file has one: it must lie in its interval.
    gap
        The column of the gap, which must lie in (−1, 1); None if there is none.

    Raises
    ------
    ValueError
        If a column is missing; an interval is missing, empty or overlaps another of its unit; an event is neither 0 nor 1, lies
        outside its interval, or is followed by time at risk; or a gap is missing or ±1. The message names the unit and the row.

    Examples
    --------
    >>> import pandas as pd
    >>> import alliances as al
    >>> al.datasets.check_intervals(pd.DataFrame({"id": [1, 1], "start": [0, 1], "stop": [1, 1], "gap": [0.2, 0.3]}))
    Traceback (most recent call last):
        ...
    ValueError: check_intervals(): stop must lie after start; got (1, 1] for id 1, row 1
    """
    function = "check_intervals"
    start, stop = duration
    names = [id, start, stop, *(name for name in (event, when, gap) if name is not None)]
    frame = _copy(frame, function, *names)
    a, b = frame[start].to_numpy(dtype=float), frame[stop].to_numpy(dtype=float)

    def refuse(wrong: Any, rule: str, value: Any) -> None:
        if np.any(wrong):
            k = int(np.argmax(wrong))
            raise ValueError(f"{function}(): {rule}; got {value(k)} for {id} {frame[id].iloc[k]}, row {frame.index[k]}")

    refuse(~(b > a), f"{stop} must lie after {start}", lambda k: f"({a[k]:g}, {b[k]:g}]")
    order = frame.assign(_row=np.arange(len(frame))).sort_values([id, start, stop])
    rows = order["_row"].to_numpy()
    same = (order[id] == order[id].shift()).to_numpy()
    ends = order[stop].groupby(order[id]).cummax().shift().to_numpy(dtype=float)
    over = np.zeros(len(frame), dtype=bool)
    over[rows] = same & (a[rows] < ends - 1e-9)
    refuse(
        over, "intervals of a unit must not overlap", lambda k: f"({a[k]:g}, {b[k]:g}], which begins before another one ends"
    )
    if event is not None:
        y = frame[event].to_numpy(dtype=float)
        refuse(~np.isin(y, (0, 1)), f"{event} must be 0 or 1", lambda k: f"{y[k]:g}")
        after = np.zeros(len(frame), dtype=bool)
        gone = order[event].groupby(order[id]).cummax().groupby(order[id]).shift().to_numpy(dtype=float)
        after[rows] = gone == 1
        refuse(after, f"no time may be at risk after the event {event}", lambda k: f"({a[k]:g}, {b[k]:g}]")
        if when is not None:
            t = frame[when].to_numpy(dtype=float)
            outside = (y == 1) & ~((t > a) & (t <= b))
            refuse(outside, f"{when} must lie in the interval of its event", lambda k: f"{t[k]:g} in ({a[k]:g}, {b[k]:g}]")
    if gap is not None:
        g = frame[gap].to_numpy(dtype=float)
        refuse(np.isnan(g), f"{gap} must be known", lambda _: "a missing value")
        refuse(~(np.abs(g) < 1), f"{gap} must lie in (-1, 1): at ±1 one side has no power", lambda k: f"{g[k]:g}")


def _copy(frame: Any, function: str, *columns: str) -> Any:
    """A copy of a frame with all these columns."""
    need("pandas", "data", f"{function}()")
    if not hasattr(frame, "columns") or not hasattr(frame, "assign"):
        raise TypeError(f"{function}(): frame must be a pandas DataFrame; got {type(frame).__name__}")
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise ValueError(
            f"{function}(): frame must have the column {' and the column '.join(map(str, absent))}; it has "
            f"{', '.join(map(str, frame.columns))}"
        )
    return frame.copy()


def _once(frame: Any, key: list[str], function: str) -> None:
    twice = frame.duplicated(key)
    if twice.any():
        row = frame.loc[twice, key].iloc[0]
        said = ", ".join(f"{name} {value}" for name, value in row.items())
        raise ValueError(f"{function}(): frame must have one row for each of {', '.join(key)}; there are two for {said}")
