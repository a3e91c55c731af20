"""The data of ``hazard.py``: alliances, cartels and allied states at risk, from the producers' files if at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import alliances as al

__all__ = ["ROOM", "Task", "alliances", "cartels", "disputes", "tasks"]

ROOM = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where the files are looked for: beside the checkout."""

_NEARLY_ALL = 0.9999
"""A share that the file rounds to 1, with four digits."""


@dataclass(frozen=True)
class Task:
    """A question: will the event happen in this interval?

    Attributes
    ----------
    name, title
        What it is called, and what is asked.
    frame
        Rows at risk.
    event
        The column of the event.
    group
        The column of what is left out together: an alliance, a pair, a dyad.
    split
        The first year of the test by time.
    options
        What ``fit`` is told of the columns.
    baseline
        How the rate may depend on age, in all models alike.
    clusters
        The columns by which differences are resampled, by name; a pair of columns is a dyad's two ends.
    """

    name: str
    title: str
    frame: Any
    event: str
    group: str
    split: int
    options: dict[str, Any]
    baseline: str | None
    clusters: dict[str, Any] = field(default_factory=dict)


def alliances(room: Path) -> Any:
    """ATOP's bilateral alliances by year."""
    ds = al.datasets
    atop = ds.load_atop(room / "atop51_alliance_level.csv", room / "atop51_member_level.csv")
    return ds.add_changes(ds.alliance_years(atop, ds.load_nmc(room / "cow_nmc7_cinc.csv")))


def cartels(room: Path) -> Any:
    """All pairs of cartels by year, with last year's numbers of municipalities; terms are set anew after a year of war."""
    import pandas as pd

    pairs = pd.read_csv(room / "mexico_cartel_pairs_2003_2010.csv")
    frame = al.datasets.dyad_years(pairs, ("n_a", "n_b"), names=("a", "b"), event="conf", lag=0)
    return al.datasets.add_changes(frame)


def disputes(room: Path) -> Any:
    """Years of allied states, the onsets of their disputes, and who moved first; ages are years since the last dispute."""
    import pandas as pd

    years = pd.read_csv(room / "allied_mid_onsets_to_1964.csv.gz")
    share = years["share"].clip(upper=_NEARLY_ALL)
    first = years["stronger"] == years["ccode1"]
    years = years.assign(side1=np.where(first, share, 1 - share), side2=np.where(first, 1 - share, share))
    years = years.drop(columns=["share", "share0", "stronger"])
    frame = al.datasets.dyad_years(years, ("side1", "side2"), event="onset", lag=0)
    # what is resampled together: the onsets of one dispute, and otherwise the years of a dyad
    dispute = frame["dispnum"].map(lambda number: f"dispute {number:.0f}").where(frame["dispnum"].notna(), frame["dyad"])
    frame = frame.assign(peace=frame["py"], until=frame["py"] + 1, dispute=dispute)
    frame["linked"] = _linked(frame)
    frame["initiator"] = frame["initiator"].where(frame["initiator"].notna(), None)
    return al.datasets.add_changes(frame)


def _linked(frame: Any) -> list[str]:
    """Of each row the dyads that share disputes with its dyad, directly or through others, by the name of one of them."""
    above = {dyad: dyad for dyad in frame["dyad"]}

    def top(dyad: str) -> str:
        while above[dyad] != dyad:
            dyad = above[dyad]
        return dyad

    for _, dyads in frame[frame["onset"] == 1].groupby("dispnum")["dyad"]:
        first, *others = dyads
        for dyad in others:
            above[top(dyad)] = top(first)
    return [top(dyad) for dyad in frame["dyad"]]


def tasks(room: Path, specification: dict[str, Any]) -> list[Task]:
    """The questions of a specification, with their data."""
    frames = {"alliances": alliances(room), "cartels": cartels(room), "disputes": disputes(room)}
    ways: dict[str, dict[str, Any]] = {
        "alliances": {
            "group": "id",
            "options": {"cluster": "id"},
            "clusters": {"alliances": "id", "states": ("ccode1", "ccode2")},
        },
        "cartels": {
            "group": "dyad",
            "options": {"cluster": ("a", "b"), "duration": None, "id": None},
            "clusters": {"pairs": "dyad", "cartels": ("a", "b")},
        },
        "disputes": {
            "group": "linked",
            "options": {"cluster": ("ccode1", "ccode2"), "duration": ("peace", "until")},
            "clusters": {"linked dyads": "linked", "disputes": "dispute", "states": ("ccode1", "ccode2")},
        },
    }
    return [
        Task(
            name=row["name"],
            title=row["title"],
            frame=frames[row["data"]],
            event=row["event"],
            split=row["split"],
            baseline=row.get("baseline"),
            **ways[row["data"]],
        )
        for row in specification["tasks"]
    ]
