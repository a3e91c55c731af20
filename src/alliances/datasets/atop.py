"""Alliances: ATOP's alliances with their members, ATOP's dyad-years, and the alliances of the Correlates of War project.

ATOP (Leeds, Ritter, Mitchell and Long 2002) publishes a file of alliances and one of members; the first has the dates and the
obligations, the second has why and how a member left (``TERMMODE``, ``TERMCAUS``), phase by phase. :func:`load_atop` reads
both.

``TERM``: 0 in effect, or ended because a member lost its independence; 1 fulfilled or expired; 2 violated or abrogated; 3
renegotiated. ``TERMCAUS``: 1 replaced, 2 lost independence, 3 problem solved, 4 unrelated dispute over policy, 5 dispute over
the alliance, 6 members fought each other, 7 a war ended it, 8 violated short of war.

References
----------
* Leeds, B. A., Ritter, J. M., Mitchell, S. M. and Long, A. G. (2002). "Alliance Treaty Obligations and Provisions, 1815-1944".
  *International Interactions* 28(3), 237-260.
* Gibler, D. M. (2009). *International Military Alliances, 1648-2008*. CQ Press.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliances.datasets.layouts import Column, File, Layout, last_year, read, stamp, versions
from alliances.results import need

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["OBLIGATIONS", "load_atop", "load_atop_dyad_years", "load_cow_alliances"]

OBLIGATIONS = ("defense", "offense", "neutral", "nonagg", "consul")
"""What ATOP's members promise: defence, offence, neutrality, no aggression, consultation."""

_LEFT_FOR_GOOD = 31 / 365.25  # years: a member that is back sooner has only moved into the next phase


def _release(_chosen: Mapping[str, str], frame: Any) -> str:
    version = next(versions(frame), None)
    return f"ATOP {version}" if version else f"ATOP, release not said (years to {_last(frame)})"


def _last(frame: Any) -> int:
    return max(last_year(frame, name) for name in ("begyr", "endyr", "yrent", "yrexit", "year") if name in frame.columns)


def _obligations(needed: bool = True) -> tuple[Column, ...]:
    return tuple(Column(name, "flag", needed=needed) for name in OBLIGATIONS)


ATOP_ALLIANCES = Layout(
    loader="load_atop",
    title="ATOP, alliances",
    file="atop5_1a.csv",
    columns=(
        *(Column(name) for name in ("atopid", "begyr", "begmo", "begday", "endyr", "endmo", "endday")),
        Column("ineffect", "flag", needed=False),
        Column("bilat", "flag"),
        Column("wartime", "flag"),
        Column("term"),
        *_obligations(),
        Column("asymm", "whole", needed=False),
        Column("mem1"),
        Column("mem2"),
        Column("version", "text", needed=False),
    ),
    references=("leeds-2002",),
    release=_release,
    series=r"mem\d+",
)

ATOP_MEMBERS = Layout(
    loader="load_atop",
    title="ATOP, members",
    file="atop5_1m.csv",
    call="load_atop(alliances, members)",
    columns=(
        *(Column(name) for name in ("atopid", "member", "yrent", "moent", "dayent", "yrexit", "moexit", "dayexit")),
        Column("phase", needed=False),
        *(Column(name) for name in ("term", "termmode", "termcaus")),
    ),
    references=("leeds-2002",),
    release=_release,
)

ATOP_DYAD_YEARS = Layout(
    loader="load_atop_dyad_years",
    title="ATOP, directed dyad-years",
    file="atop5_1ddyr.csv",
    columns=(
        *(Column(name) for name in ("ddyad", "year", "statea", "stateb")),
        Column("atopally", "flag"),
        *_obligations(),
        Column("version", "text", needed=False),
    ),
    references=("leeds-2002",),
    release=_release,
)


def _cow_release(chosen: Mapping[str, str], frame: Any) -> str:
    version = next(versions(frame), None)
    if version:
        return f"COW Formal Alliances {version}"
    where = "as R's peacesciencer has it" if chosen["dyad_st_year"] == "start" else "release not said"
    return f"COW Formal Alliances, {where} (years to {last_year(frame, 'dyad_st_year')})"


COW_ALLIANCES = Layout(
    loader="load_cow_alliances",
    title="COW Formal Alliances, by dyad",
    file="alliance_v4.1_by_dyad.csv",
    columns=(
        Column("version4id", aliases=("version3id",), needed=False),
        Column("ccode1"),
        Column("ccode2"),
        Column("dyad_st_year", aliases=("start",)),
        Column("dyad_st_month", needed=False),
        Column("dyad_st_day", needed=False),
        Column("dyad_end_year", aliases=("end",)),
        Column("dyad_end_month", needed=False),
        Column("dyad_end_day", needed=False),
        Column("left_censor", "flag", needed=False),
        Column("right_censor", "flag", needed=False),
        Column("defense", "flag", aliases=("cow_defense",)),
        Column("neutrality", "flag", aliases=("cow_neutral",)),
        Column("nonaggression", "flag", aliases=("cow_nonagg",)),
        Column("entente", "flag", aliases=("cow_entente",)),
        Column("version", "text", needed=False),
    ),
    references=("gibler-2009",),
    release=_cow_release,
)


def load_atop(path: File, members: File | None = None) -> DataFrame:
    r"""ATOP's alliances, a row for each, with their members and, where the second file is given, how they ended.

    Parameters
    ----------
    path
        ``atop5_1a.csv``, the file of alliances: a path or an open text file.
    members
        ``atop5_1m.csv``, the file of members. Without it nothing is known of causes, and ``termmode``, ``termcaus`` and
        ``interrupted`` are missing.

    Returns
    -------
    DataFrame
        ``atopid``; begin and end (``begyr``, ``begmo``, ``begday``, ``endyr``, …; 0 where it is in effect); ``bilat``,
        ``wartime``, ``term``; the obligations; ``members``, a tuple of state numbers; ``termmode`` and ``termcaus`` of the last
        phase (missing where members differ); ``interrupted``, whether a member left and came back more than a month later.
        ``frame.attrs`` has ``release``, ``references`` and ``source``.

    Raises
    ------
    TypeError, ValueError, OSError
        If a file cannot be read, a column is missing, an alliance is there twice, or the files are not about the same
        alliances.

    References
    ----------
    Leeds, Ritter, Mitchell and Long (2002).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> head = "ATOPID,BEGYR,BEGMO,BEGDAY,ENDYR,ENDMO,ENDDAY,BILAT,WARTIME,TERM,DEFENSE,OFFENSE,NEUTRAL,NONAGG,CONSUL,MEM1,MEM2"
    >>> atop = al.datasets.load_atop(io.StringIO(head + "\n1050,1831,7,23,1848,3,24,1,0,2,1,0,0,0,0,300,325\n"))
    >>> atop["members"].tolist(), atop["term"].tolist(), atop.attrs["release"]
    ([(300, 325)], [2], 'ATOP, release not said (years to 1848)')
    """
    pandas = need("pandas", "data", "load_atop()")
    frame = read(path, ATOP_ALLIANCES)
    twice = frame["atopid"][frame["atopid"].duplicated()]
    if len(twice):
        raise ValueError(f"load_atop(): path must have one row for each alliance; {twice.iloc[0]} is there twice")
    names = [name for name in frame.columns if name.startswith("mem")]
    states = frame[names].to_numpy(dtype=float)
    frame = frame.drop(columns=[*names, *(["version"] if "version" in frame else [])])
    frame["members"] = [tuple(int(code) for code in row if code == code) for row in states]
    if members is None:
        frame["termmode"] = frame["termcaus"] = frame["interrupted"] = float("nan")
        return frame
    phases = read(members, ATOP_MEMBERS, "members")
    unknown = sorted(set(frame["atopid"]) - set(phases["atopid"]))
    if unknown:
        raise ValueError(
            f"load_atop(): members must have the members of each alliance of path ({frame.attrs['release']}); "
            f"{len(unknown)} are not there, such as {unknown[0]}: is it of another release?"
        )
    ends = _ends(pandas, phases)
    told = frame.merge(ends, left_on="atopid", right_index=True, how="left")
    return stamp(told, **frame.attrs, members=phases.attrs["source"])


def _ends(pandas: Any, phases: DataFrame) -> DataFrame:
    """Per alliance, how and why the last phase ended, and whether a member was away in between."""
    entry, leave = (_years(phases, part) for part in ("ent", "exit"))
    phases = phases.assign(entry=entry, leave=leave.where(phases["yrexit"] > 0)).sort_values(["atopid", "member", "entry"])
    before = phases.groupby(["atopid", "member"])["leave"].shift()
    phases["away"] = (phases["entry"] - before) > _LEFT_FOR_GOOD
    last = phases.groupby(["atopid", "member"]).tail(1).groupby("atopid")
    parts = {}
    for name in ("termmode", "termcaus"):
        parts[name] = last[name].first().where(last[name].nunique(dropna=False) == 1)
    return pandas.DataFrame({**parts, "interrupted": phases.groupby("atopid")["away"].any()})


def _years(phases: DataFrame, part: str) -> Any:
    return phases[f"yr{part}"] + (phases[f"mo{part}"] - 1) / 12 + (phases[f"day{part}"].fillna(1) - 1) / 365.25


def load_atop_dyad_years(path: File) -> DataFrame:
    r"""ATOP's directed dyad-years: who has promised what to whom in which year.

    Parameters
    ----------
    path
        ``atop5_1ddyr.csv``: a path or an open text file.

    Returns
    -------
    DataFrame
        ``ddyad``, ``year``, ``ccode1`` and ``ccode2`` (the file's stateA, which has promised, and stateB), ``atopally`` and the
        obligations.

    Raises
    ------
    TypeError, ValueError, OSError
        If the file cannot be read, a column is missing, or a directed dyad has two rows for a year.

    References
    ----------
    Leeds, Ritter, Mitchell and Long (2002).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> text = "ddyad,year,stateA,stateB,atopally,defense,offense,neutral,nonagg,consul\n2020,1958,2,20,1,1,0,0,0,0\n"
    >>> al.datasets.load_atop_dyad_years(io.StringIO(text))[["ccode1", "ccode2", "year", "defense"]].values.tolist()
    [[2, 20, 1958, 1]]
    """
    frame = read(path, ATOP_DYAD_YEARS)
    frame = frame.rename(columns={"statea": "ccode1", "stateb": "ccode2"})
    once(frame, ["ccode1", "ccode2", "year"], "load_atop_dyad_years", "path")
    return frame.drop(columns="version", errors="ignore")


def load_cow_alliances(path: File) -> DataFrame:
    r"""Formal alliances of the Correlates of War project, by dyad and spell. The file knows no causes of their ends.

    Parameters
    ----------
    path
        ``alliance_v4.1_by_dyad.csv``, or the table that R's peacesciencer makes of it: a path or an open text file.

    Returns
    -------
    DataFrame
        The file's ``ccode1``, ``ccode2``, ``dyad_st_year``, ``dyad_end_year`` (missing where it is in effect), ``defense``,
        ``neutrality``, ``nonaggression``, ``entente``, and months, days and censoring where the file has them.

    Raises
    ------
    TypeError, ValueError, OSError
        If the file cannot be read, a column is missing, or an alliance ends before it begins.

    References
    ----------
    Gibler (2009).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> head = "version4id,ccode1,ccode2,dyad_st_year,dyad_end_year,defense,neutrality,nonaggression,entente"
    >>> frame = al.datasets.load_cow_alliances(io.StringIO(head + "\n1,200,235,1816,,1,0,1,0\n"))
    >>> frame["dyad_end_year"].isna().tolist(), frame.attrs["release"]
    ([True], 'COW Formal Alliances, release not said (years to 1816)')
    """
    frame = read(path, COW_ALLIANCES)
    wrong = frame["dyad_end_year"] < frame["dyad_st_year"]
    if wrong.any():
        row = frame[wrong].iloc[0]
        raise ValueError(
            f"load_cow_alliances(): dyad_end_year must not lie before dyad_st_year; got {row['dyad_end_year']:g} after "
            f"{row['dyad_st_year']:g} for {row['ccode1']:g} and {row['ccode2']:g}"
        )
    return frame.drop(columns="version", errors="ignore")


def once(frame: DataFrame, key: list[str], function: str, argument: str) -> None:
    """An error if a key is there twice."""
    twice = frame.duplicated(key, keep=False)
    if twice.any():
        row = frame.loc[twice, key].iloc[0]
        said = ", ".join(f"{name} {value}" for name, value in row.items())
        raise ValueError(
            f"{function}(): {argument} must have one row for each of {', '.join(key)}; {int(frame.duplicated(key).sum())} "
            f"are there twice, such as {said}"
        )
