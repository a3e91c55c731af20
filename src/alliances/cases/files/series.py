"""Dated numbers: the power of both sides, and any other measure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from alliances.arithmetic import Array
from alliances.cases.files.dates import Date
from alliances.cases.files.records import plain_record
from alliances.power import Power
from alliances.results import Result, Variable
from alliances.tables import text_table

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["PowerSeries", "ValueSeries"]

_When = str | int | datetime.date | Date


@dataclass(frozen=True, kw_only=True)
class Series(Result):
    """Observations of one measure at increasing dates; each name in ``columns`` is a tuple as long as ``dates``."""

    columns: ClassVar[tuple[str, ...]]

    id: str
    unit: str
    source: str
    dates: tuple[Date, ...]
    note: str = ""

    @property
    def years(self) -> Array:
        """The year of each observation, as integers."""
        return np.array([date.year for date in self.dates])

    @property
    def decimal(self) -> Array:
        """The middle of each observation's span as a decimal year, for plots."""
        return np.array([date.decimal for date in self.dates])

    def between(self, start: _When | None = None, stop: _When | None = None) -> Self:
        """The observations whose whole span lies from ``start`` to ``stop``, both included; None leaves that side open.

        Raises
        ------
        ValueError
            If there is no such observation.
        """
        low = datetime.date.min if start is None else Date.parse(start).first
        high = datetime.date.max if stop is None else Date.parse(stop).last
        kept = [k for k, date in enumerate(self.dates) if low <= date.first and date.last <= high]
        if not kept:
            raise ValueError(
                f"between(): start and stop must enclose an observation of {self.id!r}, which runs from {self.dates[0]} "
                f"to {self.dates[-1]}; got start {start!r}, stop {stop!r}"
            )
        cut: dict[str, Any] = {name: tuple(getattr(self, name)[k] for k in kept) for name in ("dates", *self.columns)}
        return replace(self, **cut)

    def _record(self) -> dict[str, Any]:
        """In the shape of the case file."""
        header = {name: value for name, value in plain_record(self).items() if name not in ("dates", *self.columns)}
        rows = zip(self.dates, *(getattr(self, name) for name in self.columns), strict=True)
        return header | {
            "observations": [{"date": str(date), **dict(zip(self.columns, row, strict=True))} for date, *row in rows]
        }

    def _shown(self) -> Mapping[str, Any]:
        """The fields, with their numbers."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def message(self) -> str:
        """What is measured, and when."""
        return f"{self.unit}, {self.dates[0]} to {self.dates[-1]} ({len(self.dates)} observations)."

    def _variables(self) -> Mapping[str, Variable]:
        dates = {
            "date": Variable(("date",), np.array([str(date) for date in self.dates]), "date as the source gives it"),
            "decimal": Variable(("date",), self.decimal, "middle of the date's span", "year"),
        }
        return dates | {name: Variable(("date",), np.array(getattr(self, name)), name, self.unit) for name in self.columns}

    def __str__(self) -> str:
        return f"{self.message}\n{text_table(self._columns())}"

    def _columns(self) -> Columns:
        """One row per observation."""
        dates: dict[str, Any] = {"date": [str(date) for date in self.dates], "decimal": self.decimal}
        return dates | {name: getattr(self, name) for name in self.columns}


@dataclass(frozen=True, kw_only=True)
class PowerSeries(Series):
    """Dated power of sponsor and proxy, measured in one unit.

    Examples
    --------
    >>> from alliances.cases import load
    >>> series = load("gulf-zetas").power_series().between(2003, 2005)
    >>> series.sponsor, series.proxy
    ((31, 41, 86), (21, 39, 75))
    >>> print(*series.gap)
    5/26 1/40 11/161
    """

    columns = ("sponsor", "proxy")

    sponsor: tuple[int | float, ...]
    proxy: tuple[int | float, ...]

    @property
    def power(self) -> Power:
        """The dyad's power at each date; integer counts stay exact."""
        return Power(self.sponsor, self.proxy)

    @property
    def gap(self) -> Array:
        """γ = (s − p)/(s + p) at each date."""
        return np.asarray(self.power.gap)

    def _variables(self) -> Mapping[str, Variable]:
        return {**super()._variables(), "gap": Variable(("date",), self.gap, "power gap γ = (s − p)/(s + p)")}

    def _columns(self) -> Columns:
        """One row per observation, and the gap as a float."""
        return {**super()._columns(), "gap": self.gap.astype(np.float64)}


@dataclass(frozen=True, kw_only=True)
class ValueSeries(Series):
    """Any other dated measure, such as the homicides of a state.

    ``at_least`` marks the values that the source gives as a lower bound ("over 1,200"): one flag for each value.
    """

    columns = ("value", "at_least")

    value: tuple[int | float, ...]
    at_least: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        if not self.at_least:
            object.__setattr__(self, "at_least", (False,) * len(self.value))

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as text, a lower bound with its sign.

        >>> from alliances.cases import load
        >>> load("sinaloa-teo").value_series().texts
        ('206', '≥ 1200')
        """
        return tuple("≥ " * bound + str(value) for value, bound in zip(self.value, self.at_least, strict=True))

    def _record(self) -> dict[str, Any]:
        """In the shape of the case file, which has only those flags that are set."""
        record = super()._record()
        for row in record["observations"]:
            if not row["at_least"]:
                del row["at_least"]
        return record
