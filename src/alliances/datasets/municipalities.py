"""Municipalities with presence of seven Mexican criminal organisations, 2003-2010.

The table of Coscia and Rios (2012), from the file that ships with the package, with its source and what its authors warn of.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.cases import Date, PowerSeries, Source, ValueSeries
from alliances.cases.files.records import plain_record
from alliances.datasets.pairs import GapPath, GapPaths, Group
from alliances.results import Result, Variable

if TYPE_CHECKING:
    from alliances.results import Columns, DataFrame

__all__ = ["Municipalities", "cartel_municipalities"]


@dataclass(frozen=True, kw_only=True)
class Municipalities(Result):
    """Municipalities with presence, by group and year; 0 where a group does not yet exist.

    Attributes
    ----------
    groups
        The groups with their counts.
    years
        The years of the counts.
    unit, note, source
        What is counted, what a reader must know before using it, and who says so.
    """

    references: ClassVar[tuple[str, ...]] = ("coscia-rios-2012",)

    title: str
    groups: tuple[Group, ...]
    years: tuple[int, ...]
    unit: str
    note: str
    source: Source

    def group(self, name: str) -> Group:
        """The group of this name, in any of the data sets' spellings. A ValueError says which there are."""
        for group in self.groups:
            if group.goes_by(name):
                return group
        names = ", ".join(group.name for group in self.groups)
        raise ValueError(f"Municipalities.group(): name must be one of {names}; got {name!r}")

    def series(self, name: str) -> ValueSeries:
        """The counts of one group as a dated series, zeros included."""
        group = self.group(name)
        dates = tuple(Date.parse(year) for year in self.years)
        return ValueSeries(
            id=group.name, unit=self.unit, source=self.source.key, dates=dates, note=self.note, value=group.counts
        )

    def pairs(self) -> GapPaths:
        """All pairs of groups, over the years in which both have a presence.

        The side that is stronger at the start takes the sponsor's place.
        """
        paths = (self._path(one, other) for one, other in itertools.combinations(self.groups, 2))
        return GapPaths(paths=tuple(path for path in paths if path is not None), years=self.years)

    def _path(self, one: Group, other: Group) -> GapPath | None:
        both = [k for k in range(len(self.years)) if one.counts[k] > 0 and other.counts[k] > 0]
        if not both:
            return None
        leads = (one.counts[k] - other.counts[k] for k in both)
        sponsor, proxy = (one, other) if next((lead for lead in leads if lead), 0) >= 0 else (other, one)
        series = PowerSeries(
            id=f"{sponsor.name} - {proxy.name}",
            unit=self.unit,
            source=self.source.key,
            dates=tuple(Date.parse(self.years[k]) for k in both),
            note=self.note,
            sponsor=tuple(sponsor.counts[k] for k in both),
            proxy=tuple(proxy.counts[k] for k in both),
        )
        return GapPath(sponsor=sponsor, proxy=proxy, series=series)

    @property
    def message(self) -> str:
        """Which counts these are."""
        return f"{self.title}: {len(self.groups)} groups, {self.years[0]} to {self.years[-1]}."

    def _record(self) -> dict[str, Any]:
        return {**super()._record(), "source": plain_record(self.source)}

    def _variables(self) -> Mapping[str, Variable]:
        return {
            "group": Variable(("group",), np.array([group.name for group in self.groups]), "criminal organisation"),
            "year": Variable(("year",), np.array(self.years), "year", "year"),
            "presence": Variable(("group", "year"), np.array([group.counts for group in self.groups]), self.unit, self.unit),
        }

    def _columns(self) -> Columns:
        return {"year": self.years, **{group.name: group.counts for group in self.groups}}

    def to_frame(self) -> DataFrame:
        """A pandas ``DataFrame``: a row per year, which is the index, and a column per group.

        Raises
        ------
        ImportError
            If pandas is missing: ``pip install 'alliances[data]'``.
        """
        return super().to_frame().set_index("year")

    def __str__(self) -> str:
        lines = [f"{self.title} [{self.source.citation}]", " ".join(["year".ljust(16), *map(str, self.years)])]
        lines += [" ".join([group.name.ljust(16), *(f"{count:4d}" for count in group.counts)]) for group in self.groups]
        return "\n".join([*lines, self.note])


def cartel_municipalities() -> Municipalities:
    """Municipalities with presence of seven Mexican criminal organisations, 2003-2010 (Coscia and Rios 2012).

    References
    ----------
    Coscia, M. and Rios, V. (2012). "Knowing Where and How Criminal Organizations Operate Using Web Content". CIKM, 1412-1421.
    The authors call the years before 2004 less reliable.

    Examples
    --------
    >>> import alliances as al
    >>> table = al.datasets.cartel_municipalities()
    >>> table.series("Los Zetas").value
    (21, 39, 75, 119, 190, 321, 387, 405)
    >>> table.group("Golfo").name
    'Gulf Cartel'
    >>> print(*table.pairs().find("Sinaloa Cartel", "Juárez Cartel").gap[:3])
    1/16 -5/14 -19/54
    """
    file = resources.files("alliances.datasets") / "data" / "cartel_municipalities.toml"
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    source = data["source"]
    return Municipalities(
        title=data["title"],
        groups=tuple(
            Group(name=g["name"], coscia_rios=g["coscia_rios"], ucdp=g["ucdp"], counts=tuple(g["counts"]))
            for g in data["groups"]
        ),
        years=tuple(data["years"]),
        unit=data["unit"],
        note=" ".join(data["note"].split()),
        source=Source(key=source["key"], citation=" ".join(source["citation"].split()), year=source["year"]),
    )
