"""Gap paths: dyads of one measure of power over the same years, as one array.

The side that is stronger in the first year takes the sponsor's place (in a tie: the side that is stronger in the first year
in which they differ). "Sponsor" and "proxy" are places here and say nothing about who served whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.cases import PowerSeries
from alliances.games.players import PLAYERS
from alliances.power import Power
from alliances.results import Result, Variable
from alliances.values import read_only

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["GapPath", "GapPaths", "Group"]


@dataclass(frozen=True, kw_only=True)
class Group(Result):
    """A group and what the data sets call it.

    Attributes
    ----------
    name
        As in the case files.
    coscia_rios, ucdp
        Its name in Coscia and Rios (2012), and in the data of the Uppsala Conflict Data Program.
    counts
        Municipalities with presence, per year.
    """

    name: str
    coscia_rios: str
    ucdp: str
    counts: tuple[int, ...]

    def goes_by(self, name: str) -> bool:
        """Whether ``name`` is one of its names."""
        return name in (self.name, self.coscia_rios, self.ucdp)


@dataclass(frozen=True, kw_only=True)
class GapPath(Result):
    """Two groups and their power over the years in which both are present.

    Attributes
    ----------
    sponsor, proxy
        The groups; the sponsor is the stronger at the start.
    series
        The dated power: a :class:`alliances.cases.PowerSeries`.
    """

    sponsor: Group
    proxy: Group
    series: PowerSeries

    @property
    def name(self) -> str:
        """Both names, the sponsor's first."""
        return f"{self.sponsor.name} - {self.proxy.name}"

    @property
    def years(self) -> Array:
        """The years in which both are present."""
        return self.series.years

    @property
    def power(self) -> Power:
        """The dyad's power per year."""
        return self.series.power

    @property
    def gap(self) -> Array:
        """γ per year, exact for counts."""
        return self.series.gap

    def _columns(self) -> Columns:
        """One row per year."""
        return self.series._columns()

    def _variables(self) -> Mapping[str, Variable]:
        return self.series._variables()

    @property
    def message(self) -> str:
        """The gap, year by year."""
        gaps = " ".join(f"{float(gap):+.2f}" for gap in self.gap)
        return f"{self.name}, gap {self.years[0]} to {self.years[-1]}: {gaps}"


@dataclass(frozen=True, kw_only=True)
class GapPaths(Result):
    """Several pairs over the same years.

    Attributes
    ----------
    paths
        The pairs.
    years
        All years, increasing.

    Examples
    --------
    >>> import alliances as al
    >>> pairs = al.datasets.cartel_municipalities().pairs()
    >>> len(pairs.paths), pairs.power.shape, int(pairs.present.sum())
    (21, (21, 8), 162)
    """

    paths: tuple[GapPath, ...]
    years: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The pairs' names."""
        return tuple(path.name for path in self.paths)

    @cached_property
    def present(self) -> Array:
        """(pairs, years): whether both groups are present."""
        present: Array = read_only(np.array([np.isin(self.years, path.years) for path in self.paths]))
        return present

    @cached_property
    def power(self) -> Power:
        """(pairs, years): the power of all pairs at once; 1 and 1, which mean nothing, where :attr:`present` is False."""
        sides = np.ones((2, *self.present.shape), dtype=np.result_type(*(np.asarray(p.series.sponsor) for p in self.paths)))
        for k, path in enumerate(self.paths):
            sides[0, k, self.present[k]], sides[1, k, self.present[k]] = path.series.sponsor, path.series.proxy
        return Power(*sides)

    @property
    def gap(self) -> Array:
        """(pairs, years): γ in floats, nan where a group is absent."""
        return np.where(self.present, np.asarray(to_float(self.power.gap)), np.nan)

    def find(self, one: str, other: str) -> GapPath:
        """The pair of these two groups, in either order and under any of their names.

        Raises
        ------
        ValueError
            If there is no such pair.
        """
        for path in self.paths:
            if (path.sponsor.goes_by(one) and path.proxy.goes_by(other)) or (
                path.sponsor.goes_by(other) and path.proxy.goes_by(one)
            ):
                return path
        raise ValueError(f"GapPaths.find(): one and other must be a pair of {'; '.join(self.names)}; got {one!r} and {other!r}")

    def _variables(self) -> Mapping[str, Variable]:
        return {
            "pair": Variable(("pair",), np.array(self.names), "pair of groups, the sponsor first"),
            "year": Variable(("year",), np.array(self.years), "year", "year"),
            "gap": Variable(("pair", "year"), self.gap, "power gap γ = (s − p)/(s + p)"),
        }

    def _columns(self) -> Columns:
        """One row per pair and year."""
        sides: dict[str, list[Any]] = {side: [x for path in self.paths for x in getattr(path.series, side)] for side in PLAYERS}
        gaps = np.concatenate([path.gap.astype(np.float64) for path in self.paths])
        names = [path.name for path in self.paths for _ in path.years]
        return {"pair": names, "year": np.concatenate([path.years for path in self.paths]), **sides, "gap": gaps}

    @property
    def message(self) -> str:
        """The gaps, a line per pair."""
        return "\n".join(map(str, self.paths))
