"""Dated numbers: the power of both sides, and any other measure."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.cases.files.dates import Date
from alliances.cases.files.observations import Cells, observations, read_csv, read_frame
from alliances.cases.files.predicted_break import PredictedBreak, predicted_break
from alliances.cases.files.records import plain_record
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.results import Result, Variable
from alliances.values.tables import text_table

if TYPE_CHECKING:
    from alliances.results import Columns, DataFrame

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
    coder: str = ""
    lines: str = ""

    @property
    def years(self) -> Array:
        """The year of each observation, as integers."""
        return np.array([date.year for date in self.dates])

    @property
    def unobserved_years(self) -> tuple[int, ...]:
        """The years between the first and the last observation in which there is none."""
        years = {date.year for date in self.dates}
        return tuple(year for year in range(self.dates[0].year, self.dates[-1].year) if year not in years)

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
    r"""Dated power of sponsor and proxy, measured in one unit.

    ``with_proxies`` says whether a side's power is counted together with that of its own proxies.

    Examples
    --------
    >>> from alliances.cases import load
    >>> series = load("gulf-zetas").power_series().between(2003, 2005)
    >>> series.sponsor, series.proxy
    ((31, 41, 86), (21, 39, 75))
    >>> print(*series.gap)
    5/26 1/40 11/161

    A table of one's own, and when a model expects the alliance to break:

    >>> import io
    >>> table = io.StringIO("year,patron,client\n2001,9,1\n2002,7,3\n2003,6,4\n2005,2,3\n")
    >>> own = PowerSeries.from_csv(table, sponsor="patron", proxy="client", unit="battalions")
    >>> own.unobserved_years
    (2004,)
    >>> import alliances as al
    >>> print(own.predict_break(al.presets.morrow_1991(), 0.56))
    The alliance breaks between 2003 and 2005: both sides defect, at a gap of -0.200, the proxy being the stronger by then; it
    can be kept until 2003. The model does not sustain it before 2002.
    date     gap   δ_S*   δ_P*         alliance
    2001  +0.800  0.729  0.271  sponsor defects
    2002  +0.400  0.544  0.456      can be kept
    2003  +0.200  0.513  0.501      can be kept
    2005  -0.200  0.561  0.561      both defect
    """

    columns = ("sponsor", "proxy")

    sponsor: tuple[int | float, ...]
    proxy: tuple[int | float, ...]
    with_proxies: bool = False

    @classmethod
    def from_frame(
        cls,
        frame: DataFrame,
        *,
        date: str | None = None,
        sponsor: str = "sponsor",
        proxy: str = "proxy",
        unit: str = "power",
        source: str = "own data",
        id: str = "own",
        note: str = "",
        missing: Literal["error", "drop"] = "error",
        codes: Sequence[float] = (),
    ) -> PowerSeries:
        """Observations of one's own from a pandas ``DataFrame`` with one row per date, in any order.

        Parameters
        ----------
        frame
            A frame with a date and the power of both sides in each row.
        date, sponsor, proxy
            The columns. Dates are years, text (YYYY, YYYY-MM, YYYY-MM-DD), dates or periods, in a column or the frame's index;
            by default the one that is called "date" or "year".
        unit, source, id, note
            What power is measured in, who says so, what the series is called, and what a reader should know.
        missing
            What happens to a date of which a side's power is missing: "error", or "drop" to leave the date out.
        codes
            Numbers that mean "missing", such as −9.

        Raises
        ------
        TypeError, ValueError
            If a column is not there, a date cannot be read or is there twice, or a power is missing or not positive; the
            error names the row, the column and the value.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"patron": [9, 7, -9], "client": [1, 3, 4]}, index=pd.Index([2001, 2002, 2003], name="year"))
        >>> series = PowerSeries.from_frame(frame, sponsor="patron", proxy="client", codes=(-9,), missing="drop")
        >>> print(*series.dates, *series.gap)
        2001 2002 4/5 2/5
        """
        function = "PowerSeries.from_frame"
        cells = read_frame(frame, {"date": date, "sponsor": sponsor, "proxy": proxy}, function)
        return cls._of_table(cells, unit, source, id, note, missing, codes, function)

    @classmethod
    def from_csv(
        cls,
        file: str | os.PathLike[str] | Iterable[str],
        *,
        date: str | None = None,
        sponsor: str = "sponsor",
        proxy: str = "proxy",
        unit: str = "power",
        source: str = "own data",
        id: str = "own",
        note: str = "",
        missing: Literal["error", "drop"] = "error",
        codes: Sequence[float] = (),
        delimiter: str = ",",
    ) -> PowerSeries:
        r"""Observations of one's own from a CSV file with a header and one row per date, in any order.

        Parameters
        ----------
        file
            The path of a file in UTF-8, or an open text file.
        date, sponsor, proxy, unit, source, id, note, missing, codes
            As in :meth:`from_frame`. An empty cell, ".", "NA" and "nan" are missing.
        delimiter
            What stands between cells.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`from_frame`, with the line; also if a line has too many or too few cells.

        Examples
        --------
        >>> import io
        >>> series = PowerSeries.from_csv(io.StringIO("date;sponsor;proxy\n2001-05;9;1\n2001-06;7;3\n"), delimiter=";")
        >>> print(*series.dates, *series.gap)
        2001-05 2001-06 4/5 2/5
        """
        function = "PowerSeries.from_csv"
        cells = read_csv(file, {"date": date, "sponsor": sponsor, "proxy": proxy}, delimiter, function)
        return cls._of_table(cells, unit, source, id, note, missing, codes, function)

    @classmethod
    def _of_table(
        cls, cells: Cells, unit: str, source: str, id: str, note: str, missing: str, codes: Sequence[float], function: str
    ) -> PowerSeries:
        for name, text in (("unit", unit), ("source", source), ("id", id), ("note", note)):
            if not isinstance(text, str):
                raise TypeError(f"{function}(): {name} must be text; got {text!r}")
        dates, own_s, own_p = observations(cells, missing=missing, codes=codes, function=function)
        return cls(id=id, unit=unit, source=source, dates=dates, note=note, sponsor=own_s, proxy=own_p)

    def predict_break(
        self,
        game: DyadicGame,
        discount: Number | Pair,
        *,
        enforcement: Enforcement | None = None,
        profile: Profile = (0, 0),
    ) -> PredictedBreak:
        """When a model expects an alliance to break along this path of power, and who breaks it.

        The first date at which the alliance cannot be kept and that follows one at which it can. That it never breaks is an
        answer, too. :func:`alliances.break_forecast` gives chances instead, for leaders whose patience is drawn at random.

        Parameters
        ----------
        game
            A model with scalar parameters.
        discount
            δ in [0, 1), or a pair (δ_S, δ_P).
        enforcement
            :class:`alliances.NashReversion` by default.
        profile
            The profile to sustain; "ally" of both by default.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule.

        Examples
        --------
        >>> import alliances as al
        >>> predicted = al.cases.load("gulf-zetas").power_series().predict_break(al.presets.chindea_2014(), 0.8)
        >>> predicted.year, predicted.defector, round(predicted.threshold.gap, 3)
        (2009, 'proxy', -0.14)
        """
        return predicted_break(self.dates, self.power, game, discount, enforcement, profile, "PowerSeries.predict_break")

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
