"""Who fights whom, and who began: militarised disputes (GML), and UCDP's non-state conflicts.

The initiator of a dispute is the state on side A, the side of the first militarised action: who moved first, which is not who
is to blame, nor who broke a bargain.

References
----------
* Gibler, D. M., Miller, S. V. and Little, E. K. (2016). "An analysis of the Militarized Interstate Dispute (MID) dataset,
  1816-2001". *International Studies Quarterly* 60(4), 719-730.
* Sundberg, R., Eck, K. and Kreutz, J. (2012). "Introducing the UCDP Non-State Conflict Dataset". *Journal of Peace Research*
  49(2), 351-362.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliances.datasets.atop import once
from alliances.datasets.layouts import Column, File, Layout, last_year, read, versions

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["load_gml_mids", "load_ucdp_nonstate"]


def _gml_release(_chosen: Mapping[str, str], frame: Any) -> str:
    version = next(versions(frame), "").removeprefix("gml-")  # the file of 2.1.1 writes gml-2.1.1
    return f"GML MID {version}" if version else f"GML MID, release not said (years to {last_year(frame)})"


GML = Layout(
    loader="load_gml_mids",
    title="GML militarised disputes, dyadic dispute-years",
    file="gml-ddy-disputes-2.2.1.csv",
    columns=(
        Column("dispnum", aliases=("dispnum3", "dispnum4")),
        Column("ccode1"),
        Column("ccode2"),
        Column("year"),
        Column("midonset", "flag", aliases=("gmlmidonset",), needed=False),
        Column("midongoing", "flag", aliases=("gmlmidongoing",), needed=False),
        *(Column(name, "flag") for name in ("sidea1", "sidea2", "orig1", "orig2")),
        *(Column(name, "flag", needed=False) for name in ("revstate1", "revstate2", "recip")),
        *(Column(name, needed=False) for name in ("hostlev1", "hostlev2")),
        Column("fatality"),
        Column("hostlev"),
        Column("version", "text", needed=False),
    ),
    references=("gibler-miller-little-2016",),
    release=_gml_release,
)


def _ucdp_release(chosen: Mapping[str, str], frame: Any) -> str:
    version = next(versions(frame), None)
    old = chosen["dyad_id"] != "dyad_id"
    said = version or ("17.1 or older (its column names)" if old else "not said")
    return f"UCDP Non-State Conflict {said} (years to {last_year(frame)})"


NONSTATE = Layout(
    loader="load_ucdp_nonstate",
    title="UCDP Non-State Conflict",
    file="ucdp-nonstate-*.csv",
    columns=(
        Column("conflict_id", "key", aliases=("conflictid",), needed=False),
        Column("dyad_id", "key", aliases=("dyadid",)),
        Column("side_a_name", "text", aliases=("sideaname", "side_a")),
        Column("side_b_name", "text", aliases=("sidebname", "side_b")),
        Column("year"),
        Column("best_fatality_estimate", aliases=("fatbest", "bestfatalityestimate")),
        Column("low_fatality_estimate", aliases=("fatlow", "lowfatalityestimate"), needed=False),
        Column("high_fatality_estimate", aliases=("fathigh", "highfatalityestimate"), needed=False),
        Column("version", "text", needed=False),
    ),
    references=("sundberg-eck-kreutz-2012",),
    release=_ucdp_release,
)


def load_gml_mids(path: File) -> DataFrame:
    r"""Militarised disputes by dyad and year, with who moved first.

    Parameters
    ----------
    path
        Dyadic dispute-years of Gibler, Miller and Little, directed or not, or the table of R's peacesciencer: a path or an open
        text file.

    Returns
    -------
    DataFrame
        ``dispnum``, ``ccode1``, ``ccode2``, ``year``, ``sidea1``, ``sidea2`` (on the side of the first militarised action),
        ``orig1``, ``orig2`` (originator, not joiner), ``fatality``, ``hostlev``; ``midonset``, ``midongoing``, ``revstate1``,
        ``revstate2``, ``hostlev1``, ``hostlev2``, ``recip`` where the file has them; and ``initiator``, the state number of
        the side that moved first (missing where that is not one of the two alone).

    Raises
    ------
    TypeError, ValueError, OSError
        If the file cannot be read, a column is missing, or a dyad has two rows for a dispute and year.

    Notes
    -----
    The names are those of the directed dispute-years of release 2.1.1, read off the file; peacesciencer's manual lists the same
    for 2.2.1.

    References
    ----------
    Gibler, Miller and Little (2016).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> head = "dispnum,ccode1,ccode2,year,sidea1,sidea2,orig1,orig2,fatality,hostlev"
    >>> frame = al.datasets.load_gml_mids(io.StringIO(head + "\n112,220,325,1860,1,0,1,1,0,4\n"))
    >>> int(frame.loc[0, "initiator"])
    220
    """
    frame = read(path, GML)
    once(frame, ["dispnum", "ccode1", "ccode2", "year"], "load_gml_mids", "path")
    frame["initiator"] = frame["ccode1"].where(frame["sidea1"] > frame["sidea2"])
    frame["initiator"] = frame["initiator"].where(~(frame["sidea2"] > frame["sidea1"]), frame["ccode2"])
    return frame.drop(columns="version", errors="ignore")


def load_ucdp_nonstate(path: File) -> DataFrame:
    r"""UCDP's non-state conflicts: deaths in fighting between two organised groups, by dyad and year.

    Parameters
    ----------
    path
        ``ucdp-nonstate-*.csv``, of release 17.1 or of a later one: a path or an open text file.

    Returns
    -------
    DataFrame
        ``dyad_id``, ``side_a_name``, ``side_b_name``, ``year``, ``best_fatality_estimate``, and ``conflict_id``, ``low_…`` and
        ``high_fatality_estimate`` where the file has them.

    Raises
    ------
    TypeError, ValueError, OSError
        If the file cannot be read, a column is missing, or a dyad has two rows for a year.

    Notes
    -----
    The names of 17.1 were read off its file; before it, ids are texts such as "2-13813", kept as they are. Those of
    later releases were seen in public code that reads them.

    References
    ----------
    Sundberg, Eck and Kreutz (2012).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> text = "dyadid,sideaname,sidebname,year,fatbest\n5801,Gulf Cartel,Los Zetas,2010,223\n"
    >>> frame = al.datasets.load_ucdp_nonstate(io.StringIO(text))
    >>> frame["best_fatality_estimate"].tolist(), frame.attrs["release"]
    ([223], 'UCDP Non-State Conflict 17.1 or older (its column names) (years to 2010)')
    """
    frame = read(path, NONSTATE)
    once(frame, ["dyad_id", "year"], "load_ucdp_nonstate", "path")
    return frame.drop(columns="version", errors="ignore")
