"""Dates are as precise as the source: decades, years, months and days."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances.cases as cases
from alliances.cases import Date

DAYS = st.dates()
DATES = st.builds(lambda day, parts: Date(*(day.year, day.month, day.day)[:parts]), DAYS, st.integers(1, 3))
DECADES = st.builds(lambda tens: Date(10 * tens, decade=True), st.integers(1, 999))
PRECISIONS = ("decade", "year", "month", "day")


@given(DATES | DECADES)
def test_a_date_prints_as_written(date):
    assert Date.parse(str(date)) == date == eval(repr(date))
    assert len(str(date)) == {"decade": 5, "year": 4, "month": 7, "day": 10}[date.precision]


@given(DAYS)
def test_a_day_is_itself(day):
    date = Date.parse(day)
    assert date.first == date.last == day
    assert str(date) == day.isoformat()
    assert Date.parse(day.year) == Date(day.year)


@given(DATES, DAYS)
def test_a_date_is_the_days_that_begin_as_it_does(date, day):
    assert (date.first <= day <= date.last) == day.isoformat().startswith(str(date))
    assert date.first.isoformat().startswith(str(date))
    assert date.last.isoformat().startswith(str(date))


@given(DATES | DECADES, DATES | DECADES)
def test_dates_are_ordered_by_their_earliest_day(one, other):
    if one.first != other.first:
        assert (one < other) == (one.first < other.first)
    else:
        assert (one < other) == (PRECISIONS.index(one.precision) < PRECISIONS.index(other.precision))
    assert (one < other) + (one == other) + (one > other) == 1
    assert (one <= other) == (not one > other)


@given(DECADES, DAYS)
def test_a_decade_is_ten_years(date, day):
    assert (date.first <= day <= date.last) == (f"{day.year:04d}"[:3] == str(date)[:3])
    assert (date.first, date.last) == (datetime.date(date.year, 1, 1), datetime.date(date.year + 9, 12, 31))
    assert date.decimal == date.year + 5
    assert max(Date(date.year), date) == Date(date.year) != date


@pytest.mark.parametrize("value", ["1995s", "0000s", "199s", "1990's", "1990s-01", "early 1990s", "1990S"])
def test_malformed_decades(value):
    with pytest.raises(ValueError, match=r"^Date.parse\(\): value must be written YYYY, YYYY-MM, YYYY-MM-DD or YYY0s; got "):
        Date.parse(value)


def test_a_decade_begins_at_its_beginning():
    with pytest.raises(ValueError, match=r"^Date\(\): a decade must start in a year that ends in 0, .*; got 1995, 0$"):
        Date(1995, decade=True)
    with pytest.raises(ValueError, match="with no month; got 1990, 3"):
        Date(1990, 3, decade=True)
    with pytest.raises(TypeError, match=r"^Date\(\): decade must be True or False; got 1$"):
        Date(1990, decade=1)


@given(DATES)
def test_the_decimal_year_is_the_middle(date):
    """By a second way of counting: days since 1 January, over the days of the year."""
    january, december = datetime.date(date.year, 1, 1), datetime.date(date.year, 12, 31)
    days = [(day - january).days for day in (date.first, date.last)]
    assert date.decimal == pytest.approx(date.year + (sum(days) + 1) / 2 / ((december - january).days + 1), abs=1e-9)
    assert date.year < date.decimal < date.year + 1


@pytest.mark.parametrize(
    "value", ["", "203", "2003-1", "2003-01-1", "2003-01-00", "2003-00", "0000", " 2003", "2003-01\n", "٢٠٠٣"]
)
def test_malformed_dates(value):
    with pytest.raises(ValueError, match="Date"):
        Date.parse(value)


@pytest.mark.parametrize("value", [True, 2003.0, None, datetime.datetime(2003, 1, 1)])
def test_what_is_no_date(value):
    with pytest.raises(TypeError, match=r"^Date.parse\(\): value must be text, a year or a date; got "):
        Date.parse(value)


@pytest.mark.parametrize("parts", [(0,), (10_000,), (2001, 13), (2001, 0, 5), (2001, 2, 29), (2001, -1)])
def test_outside_the_calendar(parts):
    with pytest.raises(ValueError, match=r"^Date\(\): year, month and day must be in the calendar; got "):
        Date(*parts)


@pytest.mark.parametrize("parts", [("2010",), (2010.0,), (True,), (None,), (2010, 1.0), (2010, 1, "3")], ids=repr)
def test_the_parts_of_a_date_are_integers(parts):
    with pytest.raises(TypeError, match=r"^Date\(\): (year|month|day) must be an integer, and Date.parse reads dates; got "):
        Date(*parts)


def test_numpys_integers_are_years():
    assert Date(np.int64(2010)) == Date.parse(np.int64(2010)) == Date(2010)
    assert type(Date(np.int64(2010)).year) is int
    series = cases.load("gulf-zetas").power_series()
    assert series.between(np.int64(2004), series.years[3]) == series.between(2004, 2006)
