"""States that support rebels: who supports whom (UCDP), how strong the rebels are (NSA), and the gap between the two.

Sponsors and proxies in the strict sense. Power is counted in soldiers: the supporter's military personnel (``milper``,
thousands) against the best estimate of the rebels' number. That puts an army beside a guerrilla as if they could meet, which
is crude.

References
----------
* Meier, V., Karlén, N., Pettersson, T. and Croicu, M. (2023). "External support in armed conflicts: introducing the UCDP
  external support dataset (ESD), 1975-2017". *Journal of Peace Research* 60(3), 545-554.
* Cunningham, D. E., Gleditsch, K. S. and Salehyan, I. (2013). "Non-state actors in civil wars: a new dataset". *Conflict
  Management and Peace Science* 30(5), 516-531.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliances.datasets.atop import once
from alliances.datasets.dyad_years import dyad_years
from alliances.datasets.layouts import Column, File, Layout, last_year, read, stamp
from alliances.results import need

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["load_nsa", "load_ucdp_external_support", "support_years"]

TYPES = {
    "x": "troops",
    "p": "access to territory",
    "y": "infrastructure",
    "w": "weapons",
    "m": "materiel",
    "t": "training",
    "f": "funds",
    "i": "intelligence",
    "l": "land",
    "o": "other",
    "u": "unknown",
}
"""Letters of the types of support. Which letter means what is as remembered of the codebook, and was not checked."""


def _esd_release(chosen: Mapping[str, str], frame: Any) -> str:
    old = chosen["ext_sup"] == "external_exists"
    return f"UCDP External Support {'1-2011' if old else '18.1'} (years to {last_year(frame)})"


ESD = Layout(
    loader="load_ucdp_external_support",
    title="UCDP External Support, triad-years",
    file="ucdp-esd-ty-181.dta",
    columns=(
        Column("conflict_id", aliases=("conflictid",), needed=False),
        Column("dyad_id", aliases=("dyadid", "ywp_id")),
        Column("year", aliases=("ywp_year",)),
        Column("actor_name", "text", aliases=("ywp_name",), needed=False, seen=False),
        Column("actor_nonstate", "flag", needed=False),
        Column("active", "flag", needed=False),
        Column("ext_id", aliases=("external_id",), seen=False),
        Column("ext_name", "text", aliases=("external_name",)),
        Column("ext_nonstate", "flag", needed=False),
        Column("ext_sup", "flag", aliases=("external_exists",)),
        *(Column(f"ext_{letter}", "flag", aliases=(f"external_type_{letter}",), needed=False, seen=False) for letter in TYPES),
    ),
    references=("meier-2023",),
    release=_esd_release,
)

NSA = Layout(
    loader="load_nsa",
    title="Non-State Actor data (NSA)",
    file="nsa_v3.4_21November2013.asc",
    columns=(
        Column("dyadid"),
        Column("side_a", "text", needed=False),
        Column("side_b", "text", needed=False),
        Column("startdate", "text"),
        Column("enddate", "text"),
        Column("rebestimate", "number"),
        Column("rebstrength", "text"),
    ),
    references=("cunningham-gleditsch-salehyan-2013",),
    release=lambda _chosen, frame: f"NSA, 3.4 or near (dyads to {int(frame['enddate'].str[:4].dropna().max())})",
    separator="\t",
)


def load_ucdp_external_support(path: File) -> DataFrame:
    r"""UCDP's external support: a row for each supporter, conflict dyad and year.

    Parameters
    ----------
    path
        The triad-years of release 18.1 (``ucdp-esd-ty-181``, as .dta or saved as CSV), or release 1-2011 saved as CSV: a path
        or an open text file.

    Returns
    -------
    DataFrame
        ``dyad_id``, ``year``, ``ext_id``, ``ext_name``, ``ext_sup`` (whether there is support), and where the file has them
        ``conflict_id``, ``actor_name``, ``actor_nonstate``, ``active``, ``ext_nonstate`` and the types of support (``ext_x``,
        …).

    Raises
    ------
    TypeError, ValueError, OSError
        If the file cannot be read, or a column is missing.

    Notes
    -----
    ``conflict_id``, ``dyad_id``, ``year``, ``ext_name``, ``ext_sup``, ``ext_nonstate`` and ``active`` were seen in public code
    that reads 18.1, and ``external_id``, ``external_name``, ``external_exists``, ``external_type_X``, ``ywp_id``, ``ywp_year``
    in code that reads 1-2011. ``ext_id``, ``actor_name`` and some types of support were seen for the actor-years and dyad-years
    of 18.1 only, and not for its triad-years.

    References
    ----------
    Meier, Karlén, Pettersson and Croicu (2023).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> text = "dyad_id,year,ext_id,ext_name,ext_sup\n700,1985,2,Government of United States of America,1\n"
    >>> al.datasets.load_ucdp_external_support(io.StringIO(text)).attrs["release"]
    'UCDP External Support 18.1 (years to 1985)'
    """
    return read(path, ESD)


def load_nsa(path: File) -> DataFrame:
    r"""Non-state actors in civil wars: how many rebels, and how strong beside their government.

    Parameters
    ----------
    path
        ``nsa_v3.4_21November2013.asc``, a table with tabs: a path or an open text file.

    Returns
    -------
    DataFrame
        ``dyadid``, ``side_a``, ``side_b``, ``startdate``, ``enddate``, ``rebestimate``, ``rebstrength`` (text, from "much
        weaker" to "much stronger"), and ``first`` and ``last``, the years.

    Raises
    ------
    TypeError, ValueError, OSError
        If the file cannot be read, a column is missing, or a spell ends before it begins.

    Notes
    -----
    The names were seen in public code that reads 3.4. Dates begin with a year of four digits, but are not all written alike;
    only the year is used.

    References
    ----------
    Cunningham, Gleditsch and Salehyan (2013).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> text = "dyadid\tstartdate\tenddate\trebestimate\trebstrength\n700\t1981-03-10\t1990-04-19\t15000\tweaker\n"
    >>> al.datasets.load_nsa(io.StringIO(text))[["first", "last", "rebestimate"]].values.tolist()
    [[1981, 1990, 15000]]
    """
    pandas = need("pandas", "data", "load_nsa()")
    frame = read(path, NSA)
    for date, name in (("startdate", "first"), ("enddate", "last")):
        frame[name] = pandas.to_numeric(frame[date].str.strip().str[:4], errors="coerce")
        if frame[name].isna().any():
            k = int(frame[name].isna().to_numpy().argmax())
            raise ValueError(f"load_nsa(): {date} must begin with a year; got {frame[date].iloc[k]!r} in line {k + 2}")
    wrong = frame["last"] < frame["first"]
    if wrong.any():
        row = frame[wrong].iloc[0]
        raise ValueError(f"load_nsa(): enddate must not lie before startdate; got {row['enddate']} for dyad {row['dyadid']}")
    return frame


def support_years(
    esd: DataFrame,
    nsa: DataFrame,
    nmc: DataFrame,
    *,
    states: Mapping[Any, int] | None = None,
    dyads: Mapping[int, int] | None = None,
    lag: int = 1,
) -> DataFrame:
    r"""A row for each year in which a state supports a rebel group: duration, gap, and whether it was the last year of support.

    Parameters
    ----------
    esd
        External support, as :func:`load_ucdp_external_support` gives it. Rows of non-state supporters, and of support for
        governments, are left out where the file tells them.
    nsa
        Rebels, as :func:`load_nsa` gives them.
    nmc
        Capabilities, as :func:`load_nmc` gives them, with ``milper``.
    states
        From ``ext_id`` to state numbers of the Correlates of War project; by default they are the same.
    dyads
        From ``dyad_id`` of ``esd`` to ``dyadid`` of ``nsa``: UCDP has given new numbers since. By default they are the same.
    lag
        How many years earlier the supporter's power is measured.

    Returns
    -------
    DataFrame
        As :func:`dyad_years` gives it, with ``ccode`` (the supporter), ``dyad_id`` (the rebels' war), ``ended`` (the next
        year of the war, if the file has it, is without this support). ``attrs["left_out"]`` counts the rows without numbers.

    Raises
    ------
    TypeError, ValueError
        If a column is missing, or nothing matches.

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> rows = "".join(f"700,{y},2,Government of USA,{int(y < 1983)}\n" for y in (1981, 1982, 1983))
    >>> esd = al.datasets.load_ucdp_external_support(io.StringIO("dyad_id,year,ext_id,ext_name,ext_sup\n" + rows))
    >>> text = "dyadid\tstartdate\tenddate\trebestimate\trebstrength\n700\t1981-3-10\t1990-4-19\t15000\tweaker\n"
    >>> nmc = al.datasets.load_nmc(io.StringIO("ccode,year,milper,cinc\n2,1981,2101,.13\n2,1982,2130,.13\n"))
    >>> frame = al.datasets.support_years(esd, al.datasets.load_nsa(io.StringIO(text)), nmc)
    >>> frame[["ccode", "year", "stop", "ended"]].values.tolist()
    [[2, 1981, 1, 0], [2, 1982, 2, 1]]
    """
    function = "support_years"
    pandas = need("pandas", "data", f"{function}()")
    for name, frame, columns in (
        ("esd", esd, ("dyad_id", "year", "ext_id", "ext_sup")),
        ("nsa", nsa, ("dyadid", "first", "last", "rebestimate")),
        ("nmc", nmc, ("ccode", "year", "milper")),
    ):
        if not hasattr(frame, "columns") or not hasattr(frame, "attrs"):
            raise TypeError(f"{function}(): {name} must be a frame, as its loader gives it; got {type(frame).__name__}")
        absent = [column for column in columns if column not in frame.columns]
        if absent:
            raise ValueError(f"{function}(): {name} must have the column {absent[0]}; it has {', '.join(frame.columns)}")
    rows = esd[esd["ext_sup"] == 1]
    for name, kept in (("ext_nonstate", 0), ("actor_nonstate", 1)):
        if name in rows.columns:
            rows = rows[rows[name] == kept]
    rows = rows[["dyad_id", "year", "ext_id"]].dropna().astype(int).drop_duplicates()
    rows["ccode"] = rows["ext_id"].map(states) if states is not None else rows["ext_id"]
    rows["dyadid"] = rows["dyad_id"].map(dyads) if dyads is not None else rows["dyad_id"]
    left_out = {"supporters without a state number": int(rows["ccode"].isna().sum())}
    rows = rows.dropna(subset=["ccode"])
    once(rows, ["dyad_id", "ccode", "year"], function, "esd")
    rebels = rows.reset_index(drop=True).reset_index().merge(nsa[["dyadid", "first", "last", "rebestimate"]], on="dyadid")
    rebels = rebels[(rebels["first"] <= rebels["year"]) & (rebels["year"] <= rebels["last"])]
    rebels = rebels.dropna(subset=["rebestimate"]).drop_duplicates("index")
    left_out["years without a number of rebels"] = len(rows) - len(rebels)
    if not len(rebels):
        raise ValueError(
            f"{function}(): esd and nsa must share dyads and years; of {len(rows)} rows with support none matches: UCDP "
            "has given its dyads new numbers, which dyads= translates"
        )
    seen = set(zip(esd["dyad_id"], esd["year"], strict=True))
    there = set(zip(rows["dyad_id"], rows["year"], rows["ccode"], strict=True))
    rebels["ended"] = [
        int((d, t + 1) in seen and (d, t + 1, c) not in there)
        for d, t, c in zip(rebels["dyad_id"], rebels["year"], rebels["ccode"], strict=True)
    ]
    rebels["rebels"] = "rebels of " + rebels["dyad_id"].astype(str)
    rebels["ccode"] = rebels["ccode"].astype(int)
    size = pandas.concat(
        [
            nmc[["ccode", "year"]].assign(power=nmc["milper"] * 1000).rename(columns={"ccode": "unit"}).query("power > 0"),
            rebels.drop_duplicates(["rebels", "year"])[["rebels", "year", "rebestimate"]].set_axis(
                ["unit", "year", "power"], axis=1
            ),
        ]
    )
    frame = dyad_years(
        rebels.drop(columns=["index", "dyadid", "first", "last"]),
        size.query("power > 0"),
        names=("ccode", "rebels"),
        event="ended",
        unit="unit",
        value="power",
        lag=lag,
        carry=1,
        missing="drop",
    )
    inputs = (esd, nsa, nmc)
    return stamp(
        frame,
        release="; ".join(str(x.attrs.get("release", "own data")) for x in inputs),
        source="; ".join(str(x.attrs.get("source", "own data")) for x in inputs),
        references=list(dict.fromkeys(key for x in inputs for key in x.attrs.get("references", ()))),
        left_out={why: count for why, count in (left_out | frame.attrs["left_out"]).items() if count},
    )
