"""Deaths in fighting between organised groups: UCDP's Georeferenced Event Dataset, by dyad and year.

Two layouts are read, told apart by their columns. The event file as the Uppsala Conflict Data Program publishes it (with
``type_of_violence``: only non-state conflict, type 2, is kept, and events are summed by dyad and year), and files that are
already summed (a row per dyad and year). Both need the columns ``side_a``, ``side_b``, ``year`` and ``best``; ``low`` and
``high`` are used where they are there.

UCDP writes a coalition as one side, its members separated by commas ("Gulf Cartel, La Familia, Sinaloa Cartel"). The deaths
of a coalition's war belong to no pair of groups alone. By default they are left out; ``coalitions=True`` counts them in
full for every pair of opposed members, so that sums over pairs count them more than once.

References
----------
* Sundberg, R. and Melander, E. (2013). "Introducing the UCDP Georeferenced Event Dataset". *Journal of Peace Research* 50(4),
  523-532. The data are under CC BY 4.0.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TextIO, TypeAlias

import numpy as np

from alliances.arithmetic import NONNEGATIVE, Array, Number, boolean, scalar
from alliances.datasets.pairs import GapPaths
from alliances.results import Result, Variable

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["DyadDeaths", "PairConflicts", "UCDPDyadYear", "UCDPDyads", "load_ucdp_dyads"]

Estimate: TypeAlias = Literal["best", "low", "high"]
ESTIMATES: tuple[Estimate, ...] = ("best", "low", "high")
ACTIVE = 25
"""UCDP's threshold: a dyad is active in a year with at least 25 deaths."""

_NON_STATE = "2"
_NEEDED = ("side_a", "side_b", "year", "best")


@dataclass(frozen=True, kw_only=True)
class UCDPDyadYear(Result):
    """The deaths of a dyad in a year: UCDP's best estimate, with the low and the high one (None where the file has none)."""

    side_a: str
    side_b: str
    year: int
    best: int
    low: int | None = None
    high: int | None = None

    def between(self, one: str, other: str, coalitions: bool = False) -> bool:
        """Whether the two groups fight each other here, as sides or (``coalitions``) as members of opposed sides."""
        a, b = ((_members(side) if coalitions else (side,)) for side in (self.side_a, self.side_b))
        return (one in a and other in b) or (one in b and other in a)


@dataclass(frozen=True, kw_only=True)
class DyadDeaths(Result):
    """The deaths of one pair of groups, by year; years without a record are left out.

    Attributes
    ----------
    one, other
        The groups, as UCDP calls them.
    years, deaths
        The years with a record, increasing, and the deaths in them.
    """

    references: ClassVar[tuple[str, ...]] = ("sundberg-melander-2013",)

    one: str
    other: str
    years: tuple[int, ...]
    deaths: tuple[int, ...]

    def active(self, threshold: Number = ACTIVE) -> tuple[int, ...]:
        """The years with at least ``threshold`` deaths."""
        least = scalar(threshold, "DyadDeaths.active", "threshold", NONNEGATIVE)
        return tuple(year for year, deaths in zip(self.years, self.deaths, strict=True) if deaths >= least)

    def onsets(self, threshold: Number = ACTIVE) -> tuple[int, ...]:
        """The active years that follow a year without activity."""
        active = self.active(threshold)
        return tuple(year for year in active if year - 1 not in active)

    def _columns(self) -> Columns:
        """One row per year with a record."""
        return {"year": self.years, "deaths": self.deaths}

    @property
    def message(self) -> str:
        """The deaths, year by year."""
        by_year = ", ".join(f"{year}: {deaths}" for year, deaths in zip(self.years, self.deaths, strict=True))
        return f"{self.one} - {self.other}: {by_year or 'no deaths recorded'}"


@dataclass(frozen=True, kw_only=True)
class PairConflicts(Result):
    """The wars among pairs of groups, year by year.

    Attributes
    ----------
    pairs
        The pairs and years.
    deaths
        (pairs, years): deaths in fighting between the two; 0 where UCDP records none.
    threshold
        From how many deaths on a pair is at war in a year.
    """

    references: ClassVar[tuple[str, ...]] = ("sundberg-melander-2013",)

    pairs: GapPaths
    deaths: Array
    threshold: Number

    @property
    def active(self) -> Array:
        """(pairs, years): whether the pair is at war."""
        return np.asarray(self.deaths >= self.threshold, dtype=bool)

    @property
    def ever(self) -> Array:
        """(pairs,): whether the pair is at war in any of the years."""
        return np.asarray(self.active.any(axis=1))

    @property
    def onsets(self) -> tuple[tuple[int, ...], ...]:
        """Per pair, the years at war that follow a year of the table without war, or that open the table."""
        before = np.pad(self.active, ((0, 0), (1, 0)))[:, :-1]
        years = np.array(self.pairs.years)
        return tuple(tuple(years[row].tolist()) for row in self.active & ~before)

    def _record(self) -> dict[str, Any]:
        named = {"pairs": self.pairs.names, "years": self.pairs.years, "onsets": self.onsets}
        return {**named, "deaths": self.deaths, "threshold": self.threshold}

    def _columns(self) -> Columns:
        """One row per pair and year."""
        pairs, years = len(self.pairs.names), len(self.pairs.years)
        return {
            "pair": np.repeat(self.pairs.names, years),
            "year": np.tile(self.pairs.years, pairs),
            "deaths": self.deaths.ravel(),
            "at_war": self.active.ravel(),
        }

    def _variables(self) -> Mapping[str, Variable]:
        dims = ("pair", "year")
        return {
            "pair": Variable(("pair",), np.array(self.pairs.names), "pair of groups"),
            "year": Variable(("year",), np.array(self.pairs.years), "year", "year"),
            "deaths": Variable(dims, self.deaths, "deaths in fighting between the two", "persons"),
            "at_war": Variable(dims, self.active, f"whether there are at least {self.threshold} deaths"),
        }

    @property
    def message(self) -> str:
        """How many pairs were at war, and when wars began."""
        rows = zip(self.pairs.names, self.onsets, self.deaths.sum(axis=1), strict=True)
        lines = [f"{name}: {', '.join(map(str, onsets))} ({deaths} deaths)" for name, onsets, deaths in rows if onsets]
        head = f"{int(self.ever.sum())} of {len(self.pairs.paths)} pairs at war ({self.threshold} deaths a year); onsets:"
        return "\n".join([head, *lines])


@dataclass(frozen=True, kw_only=True)
class UCDPDyads(Result):
    """Deaths by dyad and year, as read by :func:`load_ucdp_dyads`.

    Attributes
    ----------
    rows
        The records, in the file's order.
    """

    references: ClassVar[tuple[str, ...]] = ("sundberg-melander-2013",)

    rows: tuple[UCDPDyadYear, ...]

    @property
    def message(self) -> str:
        """How many records, and over which years."""
        if not self.rows:
            return "no records"
        return f"{len(self.rows)} records of dyads and years, {self.years[0]} to {self.years[1]}."

    def _columns(self) -> Columns:
        """One row per record."""
        names = ("side_a", "side_b", "year", "best", "low", "high")
        return {name: [getattr(row, name) for row in self.rows] for name in names}

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year with a record."""
        years = [row.year for row in self.rows]
        return min(years), max(years)

    @property
    def names(self) -> tuple[str, ...]:
        """All groups, members of coalitions included, sorted."""
        return tuple(sorted({name for row in self.rows for side in (row.side_a, row.side_b) for name in _members(side)}))

    def between(self, one: str, other: str, *, estimate: Estimate = "best", coalitions: bool = False) -> DyadDeaths:
        """The deaths in fighting between two groups.

        Parameters
        ----------
        one, other
            Groups as UCDP calls them, in either order.
        estimate
            "best", "low" or "high".
        coalitions
            Whether wars in which the two are members of opposed coalitions count, in full.

        Raises
        ------
        ValueError
            If a name occurs nowhere in the file (a misspelling must not look like peace), or the estimate is missing.
        """
        function = "UCDPDyads.between"
        boolean(coalitions, function, "coalitions")
        if estimate not in ESTIMATES:
            raise ValueError(f"{function}(): estimate must be one of {', '.join(ESTIMATES)}; got {estimate!r}")
        for name in (one, other):
            if not any(name in (row.side_a, row.side_b, *_members(row.side_a), *_members(row.side_b)) for row in self.rows):
                raise ValueError(f"{function}(): one and other must be groups of the file (see names); got {name!r}")
        by_year: dict[int, int] = {}
        for row in self.rows:
            if row.between(one, other, coalitions):
                deaths = getattr(row, estimate)
                if deaths is None:
                    raise ValueError(f"{function}(): estimate must be a column of the file; got {estimate!r}")
                by_year[row.year] = by_year.get(row.year, 0) + deaths
        years = tuple(sorted(by_year))
        return DyadDeaths(one=one, other=other, years=years, deaths=tuple(by_year[year] for year in years))

    def conflicts(
        self, pairs: GapPaths, *, threshold: Number = ACTIVE, estimate: Estimate = "best", coalitions: bool = False
    ) -> PairConflicts:
        """The wars among pairs of groups, matched by their UCDP names.

        Parameters
        ----------
        pairs
            Pairs of groups, as :meth:`Municipalities.pairs` gives them.
        threshold
            Deaths in a year from which on a pair is at war: 25 is UCDP's own.
        estimate, coalitions
            As in :meth:`between`.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or a year of the pairs lies outside those of the file.
        """
        function = "UCDPDyads.conflicts"
        if not isinstance(pairs, GapPaths):
            raise TypeError(f"{function}(): pairs must be GapPaths, as Municipalities.pairs() gives them; got {pairs!r}")
        least = scalar(threshold, function, "threshold", NONNEGATIVE)
        first, last = self.years
        if pairs.years[0] < first or pairs.years[-1] > last:
            raise ValueError(
                f"{function}(): pairs must lie within the file's years, {first} to {last}; "
                f"got {pairs.years[0]} to {pairs.years[-1]}"
            )
        deaths = np.zeros(pairs.present.shape, dtype=np.int64)
        for k, path in enumerate(pairs.paths):
            dyad = self.between(path.sponsor.ucdp, path.proxy.ucdp, estimate=estimate, coalitions=coalitions)
            by_year = dict(zip(dyad.years, dyad.deaths, strict=True))
            deaths[k] = [by_year.get(year, 0) for year in pairs.years]
        return PairConflicts(pairs=pairs, deaths=deaths, threshold=least)


def load_ucdp_dyads(path: str | os.PathLike[str] | TextIO) -> UCDPDyads:
    r"""Deaths by dyad and year from a file of UCDP's Georeferenced Event Dataset.

    Parameters
    ----------
    path
        A CSV file in UTF-8, or an open text file: events as UCDP publishes them, or already summed by dyad and year. See the
        module for the columns.

    Raises
    ------
    TypeError, ValueError, OSError
        If ``path`` is neither, the file cannot be read, a column is missing, a number is none, or a summed file has two rows
        for a dyad and year.

    References
    ----------
    Sundberg and Melander (2013), *Journal of Peace Research* 50(4), 523-532.

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> file = io.StringIO("side_a,side_b,year,best\nGulf Cartel,Los Zetas,2010,223\nGulf Cartel,Los Zetas,2011,986\n")
    >>> deaths = al.datasets.load_ucdp_dyads(file).between("Los Zetas", "Gulf Cartel")
    >>> print(deaths)
    Los Zetas - Gulf Cartel: 2010: 223, 2011: 986
    >>> deaths.onsets()
    (2010,)
    """
    if isinstance(path, (str, os.PathLike)):
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            return _read(file)
    if not hasattr(path, "read"):
        raise TypeError(f"load_ucdp_dyads(): path must be a path or an open text file; got {path!r}")
    return _read(path)


def _read(file: Iterable[str]) -> UCDPDyads:
    function = "load_ucdp_dyads"
    reader = csv.DictReader(file)
    columns = reader.fieldnames or ()
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise ValueError(f"{function}(): path must be a file with the columns {', '.join(_NEEDED)}; {missing[0]} is missing")
    estimates = [name for name in ESTIMATES if name in columns]
    events = "type_of_violence" in columns
    sums: dict[tuple[str, str, int], list[int]] = {}
    for line, row in enumerate(reader, start=2):
        if events and row["type_of_violence"] != _NON_STATE:
            continue
        year, *deaths = (_whole(row[name], name, line) for name in ("year", *estimates))
        key = row["side_a"], row["side_b"], year
        if not events and key in sums:
            raise ValueError(
                f"{function}(): path must be a file with one row per dyad and year; got a second one in line {line}"
            )
        sums[key] = [x + y for x, y in zip(sums.get(key, [0] * len(deaths)), deaths, strict=True)]
    if not sums:
        raise ValueError(f"{function}(): path must be a file with at least one record of non-state conflict; got none")
    rows = (
        UCDPDyadYear(side_a=a, side_b=b, year=year, **dict(zip(estimates, deaths, strict=True)))
        for (a, b, year), deaths in sums.items()
    )
    return UCDPDyads(rows=tuple(rows))


def _whole(text: Any, column: str, line: int) -> int:
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = -1.0
    if number < 0 or not number.is_integer():
        raise ValueError(f"load_ucdp_dyads(): {column} must be a non-negative integer; got {text!r} in line {line}")
    return int(number)


def _members(side: str) -> tuple[str, ...]:
    """The members of a coalition."""
    return tuple(_parts(side))


def _parts(side: str) -> Iterator[str]:
    for name in side.split(","):
        yield name.strip()
