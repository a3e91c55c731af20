"""Alliances as spells: a row for each year of each alliance, with the power of both sides and how it ended.

Time is the age of the alliance in years, from its signature; the interval of a row is (start, stop]. Dates become years by
year + (month − 1)/12 + (day − 1)/365.25, rounded to a thousandth; a missing day of signature is the first of the month, a
missing last day the 28th. A row's power is that of ``lag`` years before the row's year, but never of before the signature: in
the first year it is that of the same year, when the terms are set.

In are the alliances that ATOP flags as bilateral and that have two members in all their phases, were not broken off and
revived later, and whose members' power is known when they begin. ``frame.attrs["left_out"]`` lists the others by reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.datasets.atop import OBLIGATIONS
from alliances.datasets.capabilities import Powers, major, powers
from alliances.datasets.derived import add_gap
from alliances.datasets.layouts import stamp
from alliances.results import need

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["alliance_years"]

_ENDED, _VIOLATED, _BREAKDOWN, _FOUGHT = (1, 2, 3), (2,), (4, 5, 6, 7, 8), (6,)
_NEEDED = (
    *("atopid", "begyr", "begmo", "begday", "endyr", "endmo", "endday", "bilat", "term", "members", "wartime"),
    *("termcaus", "interrupted", *OBLIGATIONS),
)


def alliance_years(
    atop: DataFrame, nmc: DataFrame, *, lag: int = 1, until: float | None = None, carry: int = 5, back: int = 2
) -> DataFrame:
    r"""A row for each year of each bilateral alliance: duration, gap, and how it ended.

    Parameters
    ----------
    atop
        Alliances, as :func:`load_atop` gives them; with members, if breakdowns are wanted.
    nmc
        Capabilities, as :func:`load_nmc` gives them.
    lag
        How many years earlier than the row power is measured; 1 keeps what the year itself did to power out.
    until
        The date, as a decimal year, up to which alliances without an end are observed; by default the beginning of the year
        after the last year in ``atop``.
    carry, back
        For how many years a state's last capability is carried on, and how many years later the first one may be.

    Returns
    -------
    DataFrame
        ``id``; ``ccode1`` < ``ccode2``; ``year``; ``start``, ``stop``; ``power1``, ``power2``; ``share`` and ``share0``, the
        stronger side's share now and at the beginning; ``share_original``, the share now of the side that was stronger at the
        beginning; ``stronger`` and ``stronger_at_formation``; ``gap``, ``gap0``, ``gap_original`` (2 share − 1) and
        ``log_ratio``; the events ``ended`` (TERM 1-3), ``violated`` (TERM 2), ``breakdown`` (TERMCAUS 4-8) and ``fought``
        (TERMCAUS 6), 1 in the last row only (the last two are missing where the members were not given); ``obligations`` as
        one text and as flags; ``wartime``; ``n_major``, major powers at the beginning; ``begyr``.

    Raises
    ------
    TypeError, ValueError
        If a column is missing, an argument breaks its rule, an alliance ends before it begins, or none is left.

    Notes
    -----
    A breakdown is a cause, an end is a status: four alliances that ATOP codes as in effect or ended by lost
    independence (TERM 0) were ended by a war (TERMCAUS 7), and are breakdowns without an end.

    References
    ----------
    Leeds, Ritter, Mitchell and Long (2002); Singer, Bremer and Stuckey (1972).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> head = "ATOPID,BEGYR,BEGMO,BEGDAY,ENDYR,ENDMO,ENDDAY,BILAT,WARTIME,TERM,DEFENSE,OFFENSE,NEUTRAL,NONAGG,CONSUL,MEM1,MEM2"
    >>> atop = al.datasets.load_atop(io.StringIO(head + "\n1050,1846,7,1,1848,3,24,1,0,2,1,0,0,0,1,300,325\n"))
    >>> rows = "".join(f"{code},{year},{cinc}\n" for year in (1846, 1847) for code, cinc in ((300, 0.08), (325, 0.02)))
    >>> nmc = al.datasets.load_nmc(io.StringIO("ccode,year,cinc\n" + rows))
    >>> frame = al.datasets.alliance_years(atop, nmc)
    >>> frame[["year", "start", "stop", "gap", "violated", "obligations"]]
       year  start  stop  gap  violated     obligations
    0  1846    0.0  1.00  0.6         0  defense consul
    1  1847    1.0  1.73  0.6         1  defense consul
    >>> al.datasets.cite(frame).keys
    ('alliances', 'leeds-2002', 'singer-bremer-stuckey-1972', 'singer-1987')
    """
    function = "alliance_years"
    pandas = need("pandas", "data", f"{function}()")
    _frames(atop, nmc, function)
    if isinstance(lag, bool) or not isinstance(lag, (int, np.integer)) or lag < 0:
        raise ValueError(f"{function}(): lag must be a whole number of years, at least 0; got {lag!r}")
    measure = powers(nmc, "ccode", "year", "cinc", carry, back, function, "nmc")
    last = float(max(atop["begyr"].max(), atop["endyr"].max()) + 1) if until is None else float(until)
    parts: list[dict[str, Any]] = []
    left_out: dict[str, list[int]] = {}
    for row in atop.to_dict("records"):
        if row["bilat"] != 1:
            continue
        why = _unfit(row, measure, last, function)
        if why:
            left_out.setdefault(why, []).append(int(row["atopid"]))
        else:
            parts.append(_spell(row, measure, lag, last))
    if not parts:
        raise ValueError(f"{function}(): atop and nmc must share a bilateral alliance whose members' power is known; got none")
    frame = pandas.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    unknown = frame["power1"].isna()
    if unknown.any():
        left_out["years without capabilities"] = sorted({int(k) for k in frame.loc[unknown, "id"]})
    frame = add_gap(frame[~unknown].reset_index(drop=True))
    references = list(dict.fromkeys([*atop.attrs.get("references", ()), *nmc.attrs.get("references", ())]))
    sources = "; ".join(str(x.attrs.get("source", "own data")) for x in (atop, nmc))
    release = "; ".join(str(x.attrs.get("release", "own data")) for x in (atop, nmc))
    return stamp(frame, release=release, references=references, source=sources, left_out=left_out)


def _frames(atop: Any, nmc: Any, function: str) -> None:
    for name, frame, loader in (("atop", atop, "load_atop"), ("nmc", nmc, "load_nmc")):
        if not hasattr(frame, "columns") or not hasattr(frame, "attrs"):
            raise TypeError(f"{function}(): {name} must be a frame, as {loader}() gives it; got {type(frame).__name__}")
    absent = [name for name in _NEEDED if name not in atop.columns]
    if absent:
        raise ValueError(f"{function}(): atop must have the columns that load_atop() gives; {', '.join(absent)} missing")


def _unfit(row: dict[str, Any], measure: Powers, last: float, function: str) -> str | None:
    """Why a bilateral alliance is left out."""
    if len(row["members"]) != 2:
        return "more than two members"
    if row["interrupted"] == 1:
        return "broken off and revived"
    if measure.pair(row["members"][0], row["members"][1], int(row["begyr"])) is None:
        return "no capabilities at the beginning"
    if _date(row, "beg", 1) >= last:
        return "begins after the end of observation"
    length = _length(row, last)
    if length < 0:
        raise ValueError(
            f"{function}(): an alliance must not end before it begins; {row['atopid']} lasts {length:.3f} years, from "
            f"{row['begyr']}-{row['begmo']} to {row['endyr'] or last}"
        )
    return "no length" if length == 0 else None


def _date(row: dict[str, Any], which: str, day: int) -> float:
    month = row[f"{which}mo"]
    month = month if month == month and month > 0 else (1 if which == "beg" else 12)
    known = row[f"{which}day"]
    return round(
        float(row[f"{which}yr"] + (month - 1) / 12 + ((known if known == known and known > 0 else day) - 1) / 365.25), 3
    )


def _length(row: dict[str, Any], last: float) -> float:
    """Years from signature to end, or to the end of observation."""
    end = _date(row, "end", 28) if row["endyr"] > 0 else last
    return round(min(end, last) - _date(row, "beg", 1), 3)


def _spell(row: dict[str, Any], measure: Powers, lag: int, last: float) -> dict[str, Any]:
    """The rows of one alliance, by column."""
    one, other = sorted(row["members"])
    first, length = int(row["begyr"]), _length(row, last)
    start = np.arange(np.ceil(length))
    count = len(start)
    final = start == start[-1]
    over = row["endyr"] > 0 and _date(row, "end", 28) <= last
    pairs = [measure.pair(one, other, max(first + k - lag, first)) for k in range(count)]
    power = np.array([(np.nan, np.nan) if pair is None else pair for pair in pairs])
    begun = power[0]  # known, else the alliance is left out
    leader = int(begun[1] > begun[0])
    told = row["interrupted"] == row["interrupted"]  # the file of members is there
    cause = row["termcaus"]
    events = {
        "ended": final & (over and row["term"] in _ENDED),
        "violated": final & (over and row["term"] in _VIOLATED),
        "breakdown": final & (over and cause in _BREAKDOWN),
        "fought": final & (over and cause in _FOUGHT),
    }
    promised = " ".join(name for name in OBLIGATIONS if row[name] == 1)
    same = {
        "obligations": promised,
        **{name: row[name] for name in (*OBLIGATIONS, "wartime")},
        "n_major": major(one, first) + major(other, first),
        "begyr": first,
    }
    return {
        "id": np.full(count, int(row["atopid"])),
        "ccode1": np.full(count, one),
        "ccode2": np.full(count, other),
        "year": first + np.arange(count),
        "start": start,
        "stop": np.minimum(start + 1, length),
        "power1": power[:, 0],
        "power2": power[:, 1],
        "stronger": np.where(power[:, 1] > power[:, 0], other, one),
        "stronger_at_formation": np.full(count, (one, other)[leader]),
        "share0": np.full(count, begun.max() / begun.sum()),
        "share_original": power[:, leader] / power.sum(axis=1),
        **{
            name: y.astype(int) if told or name in ("ended", "violated") else np.full(count, np.nan)
            for name, y in events.items()
        },
        **{name: np.full(count, value) for name, value in same.items()},
    }
