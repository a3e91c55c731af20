"""Dates as precise as the source that gives them.

The literature dates an event to a decade, a year, a month or a day. A :class:`Date` keeps what was written, so that "2010"
never turns into an invented 1 January: it is the span of days that the source allows.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import total_ordering
from numbers import Integral

from alliances.values import Value

__all__ = ["Date"]

_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_DECADE = re.compile(r"([0-9]{3}0)s")


@total_ordering
@dataclass(frozen=True, repr=False)
class Date(Value):
    """A decade, a year, a month of a year, or a day: a span of days.

    Dates are ordered by their earliest day, and the less precise first where that is the same.

    Parameters
    ----------
    year
        From 1 to 9999.
    month, day
        0 where the source does not say.
    decade
        Whether the date is the ten years from ``year`` on, such as "1990s".

    Raises
    ------
    TypeError
        If a part is not an integer, or ``decade`` not a bool; :meth:`Date.parse` reads text and dates.
    ValueError
        If there is no such decade, year, month or day, or a day without its month.

    Examples
    --------
    >>> print(Date(2010), Date(2010, 1), Date(2010, 1, 15), Date(1990, decade=True))
    2010 2010-01 2010-01-15 1990s
    >>> Date(2009, 12, 31) < Date(2010, decade=True) < Date(2010) < Date(2010, 1) < Date(2010, 1, 1) < Date(2010, 2)
    True
    """

    year: int
    month: int = 0
    day: int = 0
    decade: bool = False

    def __post_init__(self) -> None:
        for name in ("year", "month", "day"):
            part = getattr(self, name)
            if not isinstance(part, Integral) or isinstance(part, bool):
                raise TypeError(f"Date(): {name} must be an integer, and Date.parse reads dates; got {part!r}")
            object.__setattr__(self, name, int(part))
        if not isinstance(self.decade, bool):
            raise TypeError(f"Date(): decade must be True or False; got {self.decade!r}")
        try:
            datetime.date(self.year, self.month or (0 if self.day else 1), self.day or 1)
        except (ValueError, OverflowError):
            raise ValueError(
                f"Date(): year, month and day must be in the calendar; got {self.year}, {self.month}, {self.day}"
            ) from None
        if self.decade and (self.year % 10 or self.month):
            raise ValueError(
                f"Date(): a decade must start in a year that ends in 0, with no month; got {self.year}, {self.month}"
            )
        super().__post_init__()

    def _order(self) -> tuple[int, ...]:
        return self.year, not self.decade, self.month, self.day

    def __lt__(self, other: object) -> bool:
        return self._order() < other._order() if isinstance(other, Date) else NotImplemented

    @classmethod
    def parse(cls, value: str | int | datetime.date | Date) -> Date:
        """The date written as "YYYY", "YYYY-MM" or "YYYY-MM-DD", or a decade as "1990s"; an integer is a year.

        Raises
        ------
        TypeError
            If ``value`` is of another type; a time of day is one.
        ValueError
            If it is written otherwise, or is not in the calendar.

        Examples
        --------
        >>> Date.parse("2010-01"), Date.parse(2003)
        (Date.parse('2010-01'), Date.parse('2003'))
        >>> Date.parse("early 2010")
        Traceback (most recent call last):
            ...
        ValueError: Date.parse(): value must be written YYYY, YYYY-MM, YYYY-MM-DD or YYY0s; got 'early 2010'
        """
        if isinstance(value, Date):
            return value
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return cls(value.year, value.month, value.day)
        if isinstance(value, Integral) and not isinstance(value, bool):
            return cls(int(value))
        if not isinstance(value, str):
            raise TypeError(f"Date.parse(): value must be text, a year or a date; got {value!r}")
        if (decade := _DECADE.fullmatch(value)) is not None and decade[1] != "0000":
            return cls(int(decade[1]), decade=True)
        written = _WRITTEN.fullmatch(value)
        if written is None or "00" in written.groups()[1:]:
            raise ValueError(f"Date.parse(): value must be written YYYY, YYYY-MM, YYYY-MM-DD or YYY0s; got {value!r}")
        year, month, day = (int(part or 0) for part in written.groups())
        return cls(year, month, day)

    @property
    def precision(self) -> str:
        """``"decade"``, ``"year"``, ``"month"`` or ``"day"``."""
        return "decade" if self.decade else "day" if self.day else "month" if self.month else "year"

    @property
    def first(self) -> datetime.date:
        """The earliest day that this date may mean."""
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> datetime.date:
        """The latest day that this date may mean."""
        month = self.month or 12
        year = self.year + 9 * self.decade
        return datetime.date(year, month, self.day or calendar.monthrange(year, month)[1])

    @property
    def decimal(self) -> float:
        """The middle of the span as a decimal year, for plots.

        >>> Date(2010).decimal
        2010.5
        >>> Date.parse("1990s").decimal
        1995.0
        """
        if self.decade:
            return self.year + 5.0
        start, stop = self.first.timetuple().tm_yday - 1, self.last.timetuple().tm_yday
        return self.year + (start + stop) / 2 / (365 + calendar.isleap(self.year))

    def __str__(self) -> str:
        return (
            f"{self.year:04d}"
            + "s" * self.decade
            + f"-{self.month:02d}" * bool(self.month)
            + f"-{self.day:02d}" * bool(self.day)
        )

    def __repr__(self) -> str:
        return f"Date.parse({str(self)!r})"
