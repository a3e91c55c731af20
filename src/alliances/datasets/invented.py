"""Invented files in the producers' formats, for documentation, lessons and tests that must run without a download.

Nothing in them is about any state. Alliances are drawn from a hazard that is known: each year, at rate π = ¼, a side has an
opportunity to break its word, and does so if its patience, δ ~ F(δ) = δ², falls short of the critical discount factor of an
:class:`~alliances.payoffs.alliance_game.AllianceGame` with m = 2, v = 0.6, τ = 0.8, k = 0.15 under mutual fighting, at last
year's gap.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alliances.arithmetic.canonical import random_generator
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.contest import Tullock
from alliances.payoffs.sharing import Proportional
from alliances.payoffs.synergy import Complementarity
from alliances.power import Power
from alliances.repeated.critical import critical_discount
from alliances.repeated.enforcement.given_punishment import GivenPunishment

__all__ = ["invented_files"]

_FIRST, _LAST = 1946, 2018
_RATE = 0.25


def invented_files(
    folder: str | os.PathLike[str], *, alliances: int = 300, states: int = 40, rng: np.random.Generator | int | None = 0
) -> dict[str, Path]:
    """Write invented files of alliances, members and capabilities, as ATOP and the Correlates of War project lay them out.

    Parameters
    ----------
    folder
        Where to; it is made if it is not there.
    alliances, states
        How many.
    rng
        Seed or generator.

    Returns
    -------
    dict
        The paths: "alliances" for the first argument of :func:`load_atop`, "members" for its second, "capabilities" for
        :func:`load_nmc`.

    Examples
    --------
    >>> import tempfile
    >>> import alliances as al
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = al.datasets.invented_files(folder, alliances=50)
    ...     atop = al.datasets.load_atop(files["alliances"], files["members"])
    ...     frame = al.datasets.alliance_years(atop, al.datasets.load_nmc(files["capabilities"]))
    >>> frame["id"].nunique(), atop.attrs["release"]
    (50, 'ATOP invented')
    """
    generator = random_generator(rng, "invented_files")
    for name, number, least in (("alliances", alliances, 1), ("states", states, 2)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
            raise ValueError(f"invented_files(): {name} must be a whole number, at least {least}; got {number!r}")
    room = Path(folder)
    room.mkdir(parents=True, exist_ok=True)
    years = np.arange(_FIRST, _LAST + 1)
    walks = generator.normal(0, 1.2, (states, 1)) + generator.normal(0, 0.12, (states, len(years))).cumsum(axis=1)
    power = np.exp(walks) / np.exp(walks).sum(axis=0)
    codes = 900 + np.arange(states)
    rows = [_alliance(power, generator) for _ in range(alliances)]
    obligations = {"DEFENSE": 0.4, "OFFENSE": 0.1, "NEUTRAL": 0.1, "NONAGG": 0.6, "CONSUL": 0.5}
    first, second = [], []
    for k, (one, other, begin, end, term, cause) in enumerate(rows):
        dates = [*_date(begin), *(_date(end) if end else (0, 0, 0))]
        promised = [int(generator.random() < share) for share in obligations.values()]
        sides = sorted((int(codes[one]), int(codes[other])))
        first.append([5000 + 5 * k, *dates, int(not end), 1, 0, term, *promised, "invented", *sides])
        second += [[5000 + 5 * k, side, *dates, 0, term, 3 if term == 2 else term, cause] for side in sides]
    paths = {"alliances": room / "atop5_1a.csv", "members": room / "atop5_1m.csv", "capabilities": room / "NMC-70-abridged.csv"}
    day = ["BEGYR", "BEGMO", "BEGDAY", "ENDYR", "ENDMO", "ENDDAY"]
    _write(
        paths["alliances"],
        ["ATOPID", *day, "INEFFECT", "BILAT", "WARTIME", "TERM", *obligations, "VERSION", "MEM1", "MEM2"],
        first,
    )
    day = ["YRENT", "MOENT", "DAYENT", "YREXIT", "MOEXIT", "DAYEXIT"]
    _write(paths["members"], ["ATOPID", "MEMBER", *day, "PHASE", "TERM", "TERMMODE", "TERMCAUS"], second)
    cells = ([f"I{s:02d}", int(codes[s]), int(t), -9, f"{power[s, i]:.9f}"] for s in range(states) for i, t in enumerate(years))
    _write(paths["capabilities"], ["stateabb", "ccode", "year", "milex", "cinc"], cells)
    return paths


def _alliance(power: Any, rng: np.random.Generator) -> tuple[int, int, float, float, int, int]:
    """Sides, begin and end as decimal years (0 where it goes on), TERM and TERMCAUS."""
    one, other = rng.choice(len(power), 2, replace=False)
    begin = _FIRST + rng.uniform(0, 60)
    start = int(begin) - _FIRST
    lagged = np.maximum(np.arange(start, power.shape[1]) - 1, start)
    a, b = power[one, lagged], power[other, lagged]
    game = AllianceGame(
        contest=Tullock(2.0), synergy=Complementarity(0.6), sharing=Proportional(), exposure=0.8, conflict_cost=0.15
    )
    needed = critical_discount(game, Power(np.maximum(a, b), np.minimum(a, b)), enforcement=GivenPunishment()).dyad
    hazard = _RATE * np.minimum(np.asarray(needed, dtype=float), 1.0) ** 2
    broken = begin + np.searchsorted(hazard.cumsum(), rng.exponential()) + rng.uniform(0.05, 0.95)
    expired = begin + rng.exponential(60)
    end = min(broken, expired)
    if end >= _LAST + 1:
        return int(one), int(other), begin, 0.0, 0, 0
    return int(one), int(other), begin, end, *((2, 5) if broken < expired else (1, 3))


def _date(decimal: float) -> tuple[int, int, int]:
    """Year, month and day, as good as it goes."""
    month = int(decimal % 1 * 12)
    return int(decimal), month + 1, min(int((decimal % 1 * 12 - month) * 30) + 1, 28)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
