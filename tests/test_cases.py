"""The bundled cases say what the literature says, and a broken case file is never accepted."""

import csv
import datetime
import json
import pickle
import re
import sys
import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances.cases as cases
from alliances.cases import Date
from alliances.cases.loader import parse
from alliances.power import Power

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
BUNDLED = Path(cases.__file__).parent / "data"

# Coscia and Rios (2012), municipalities with presence; UCDP GED, deaths of the dyad; Chindea (2014), homicides in Tamaulipas.
GULF = {2003: 31, 2004: 41, 2005: 86, 2006: 112, 2007: 190, 2008: 265, 2009: 254, 2010: 244}
ZETAS = {2003: 21, 2004: 39, 2005: 75, 2006: 119, 2007: 190, 2008: 321, 2009: 387, 2010: 405}
DEATHS = {2010: 223, 2011: 986, 2012: 1456, 2013: 1340, 2014: 436, 2015: 606, 2016: 695, 2017: 825}
HOMICIDES = {2002: 184, 2006: 346, 2010: 721, 2012: 1016}

GOOD = """\
schema = 1
id = "good"
title = "A good file"

[sponsor]
name = "S"
aliases = ["Strong"]
description = "The sponsor."
source = "a"

[proxy]
name = "P"
description = "The proxy."
source = "a"

[sources.a]
citation = "Author, A. (2000). Title."
year = 2000

[[events]]
date = "2000"
text = "It begins."
source = "a"

[[events]]
date = "2001-05"
text = "It goes on."
source = "a"

[[power]]
id = "men"
unit = "men"
source = "a"
observations = [
  { date = "2000", sponsor = 30, proxy = 10 },
  { date = "2001-06", sponsor = 20.5, proxy = 10 },
]

[[series]]
id = "deaths"
unit = "deaths"
source = "a"
observations = [{ date = 2001-06-01, value = 0 }]

[outcome]
kind = "durable"
date = 2002
text = "It holds."
source = "a"
"""

# (text of the good file, what to write in its place, the key that the error names, its rule)
BROKEN = {
    "schema missing": ("schema = 1", "", "schema", "is missing"),
    "schema unknown": ("schema = 1", "schema = 2", "schema", "must be 1; got 2"),
    "schema true": ("schema = 1", "schema = true", "schema", "must be 1; got True"),
    "id not a slug": ('id = "good"', 'id = "Good case"', "id", "must be lower-case letters and digits"),
    "title empty": ('"A good file"', '" "', "title", "must be text that is not empty; got ' '"),
    "title a number": ('"A good file"', "3", "title", "must be text that is not empty; got 3"),
    "key missing": ('title = "A good file"', "", "title", "is missing"),
    "key unknown": ('title = "A good file"', 'titel = "A good file"', "titel", "is not a known key; known: schema, id, title"),
    "actor key unknown": ('name = "P"', 'name = "P"\nnick = "p"', "proxy.nick", "is not a known key"),
    "actor key missing": ('name = "P"', "", "proxy.name", "is missing"),
    "actor not a table": ("[sponsor]", "[[sponsor]]", "sponsor", "must be a table"),
    "aliases not an array": ('["Strong"]', '"Strong"', "sponsor.aliases", "must be an array; got 'Strong'"),
    "alias empty": ('["Strong"]', '["Strong", ""]', "sponsor.aliases[1]", "must be text that is not empty; got ''"),
    "sources missing": ("[sources.a]", "[source.a]", "source", "is not a known key"),
    "source without year": ("year = 2000", "", "sources.a.year", "is missing"),
    "source with a day": ("year = 2000", 'year = "2000-01-01"', "sources.a.year", "must be a year; got '2000-01-01'"),
    "source key unknown": ("year = 2000", "year = 2000\nurls = 1", "sources.a.urls", "is not a known key"),
    "source not a table": ("[sources.a]", "[sources]\nb = 1\n[sources.a]", "sources.b", "must be a table; got 1"),
    "event without source": ('text = "It begins."\nsource = "a"', 'text = "It begins."', "events[0].source", "is missing"),
    "event without date": ('date = "2000"\ntext', "text", "events[0].date", "is missing"),
    "event of unknown source": (
        'text = "It begins."\nsource = "a"',
        'text = "It begins."\nsource = "b"',
        "events[0].source",
        "must be a key of [sources] (a); got 'b'",
    ),
    "event kind empty": ('text = "It begins."', 'text = "It begins."\nkind = ""', "events[0].kind", "must be text"),
    "date in words": ('"2001-05"', '"May 2001"', "events[1].date", "must be a date in the calendar"),
    "date short": ('"2001-05"', '"2001-5"', "events[1].date", "must be a date in the calendar"),
    "date month 13": ('"2001-05"', '"2001-13"', "events[1].date", "must be a date in the calendar"),
    "date month 0": ('"2001-05"', '"2001-00"', "events[1].date", "must be a date in the calendar"),
    "date 30 February": ('"2001-05"', '"2001-02-30"', "events[1].date", "must be a date in the calendar"),
    "date year 0": ('"2001-05"', "0", "events[1].date", "must be a date in the calendar"),
    "date year huge": ('"2001-05"', "9" * 30, "events[1].date", "must be a date in the calendar"),
    "date a float": ('"2001-05"', "2001.5", "events[1].date", "must be a date in the calendar"),
    "date true": ('"2001-05"', "true", "events[1].date", "must be a date in the calendar"),
    "date with a time": ('"2001-05"', "2001-05-01T12:00:00", "events[1].date", "must be a date in the calendar"),
    "events out of order": (
        '"2001-05"',
        '"1999"',
        "events[1].date",
        "must not be earlier than the date before it, 2000; got '1999'",
    ),
    "outcome kind unknown": (
        '"durable"',
        '"endurable"',
        "outcome.kind",
        "must be one of durable, proxy defects, sponsor preys",
    ),
    "outcome too early": ("date = 2002", "date = 1999", "outcome.date", "must not precede the first event, 2000; got '1999'"),
    "outcome without date": ("date = 2002", "", "outcome.date", "is missing"),
    "power zero": ("sponsor = 30", "sponsor = 0", "power[0].observations[0].sponsor", "must be positive and finite; got 0"),
    "power negative": (
        "sponsor = 20.5",
        "sponsor = -2",
        "power[0].observations[1].sponsor",
        "must be positive and finite; got -2",
    ),
    "power NaN": ("sponsor = 30", "sponsor = nan", "power[0].observations[0].sponsor", "must be positive and finite; got nan"),
    "power infinite": (
        "sponsor = 30",
        "sponsor = inf",
        "power[0].observations[0].sponsor",
        "must be positive and finite; got inf",
    ),
    "power in words": ("sponsor = 30", 'sponsor = "30"', "power[0].observations[0].sponsor", "must be a number; got '30'"),
    "power true": ("sponsor = 30", "sponsor = true", "power[0].observations[0].sponsor", "must be a number; got True"),
    "power one-sided": ("sponsor = 30,", "", "power[0].observations[0].sponsor", "is missing"),
    "power of three": ("sponsor = 30", "third = 1, sponsor = 30", "power[0].observations[0].third", "is not a known key"),
    "power out of order": (
        '"2001-06"',
        '"1999"',
        "power[0].observations[1].date",
        "must be later than the date before it, 2000",
    ),
    "power date twice": ('"2001-06"', '"2000"', "power[0].observations[1].date", "must be later than the date before it, 2000"),
    "power without unit": ('unit = "men"', "", "power[0].unit", "is missing"),
    "power not tables": ("[[power]]", "[power]", "power", "must be an array"),
    "observation a number": (
        "[{ date = 2001-06-01, value = 0 }]",
        "[3]",
        "series[0].observations[0]",
        "must be a table; got 3",
    ),
    "observations empty": (
        "[{ date = 2001-06-01, value = 0 }]",
        "[]",
        "series[0].observations",
        "must be an array that is not empty; got []",
    ),
    "value NaN": ("value = 0", "value = nan", "series[0].observations[0].value", "must be finite; got nan"),
    "id twice": ('id = "deaths"', 'id = "men"', "series[0].id", "must be unique among power and series; got 'men'"),
}


@pytest.fixture
def case():
    return cases.load("gulf-zetas")


@pytest.fixture
def write(tmp_path):
    def file(text, name="draft.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return file


# -- The bundled cases ------------------------------------------------------------------------------------------------------


def test_names_are_the_bundled_files():
    assert cases.names() == tuple(sorted(file.stem for file in BUNDLED.glob("*.toml")))
    assert "gulf-zetas" in cases.names()


@pytest.mark.parametrize("name", cases.names())
def test_every_bundled_case_loads_by_name_and_by_path(name):
    case = cases.load(name)
    path = BUNDLED / f"{name}.toml"
    assert case.name == name
    assert cases.load(path) == cases.load(str(path)) == case
    cited = {fact.source for fact in (case.sponsor, case.proxy, *case.events, *case.power, *case.series, case.outcome)}
    assert cited == {source.key for source in case.sources}  # nothing unsourced, no idle source


def test_gulf_zetas_power(case):
    series = case.power_series()
    assert (series.id, series.source) == ("municipalities", "coscia-rios-2012")
    assert dict(zip(series.years.tolist(), series.sponsor, strict=True)) == GULF
    assert dict(zip(series.years.tolist(), series.proxy, strict=True)) == ZETAS
    assert "before 2004 less reliable" in series.note
    assert series.power == Power(list(GULF.values()), list(ZETAS.values()))
    assert series.gap.tolist() == [Fraction(g - z, g + z) for g, z in zip(GULF.values(), ZETAS.values(), strict=True)]


def test_gulf_zetas_series(case):
    deaths, homicides = case.value_series("deaths"), case.value_series("tamaulipas-homicides")
    assert dict(zip(deaths.years.tolist(), deaths.value, strict=True)) == DEATHS
    assert deaths.note == "None before January 2010."
    assert (deaths.source, case.source(deaths.source).licence) == ("ucdp-ged", "CC BY 4.0")
    assert dict(zip(homicides.years.tolist(), homicides.value, strict=True)) == HOMICIDES
    assert homicides.source == "chindea-2014"


def test_gulf_zetas_actors_and_events(case):
    assert (case.sponsor.name, case.sponsor.aliases) == ("Gulf Cartel", ("Golfo",))
    assert (case.proxy.name, case.proxy.aliases) == ("Los Zetas", ("Zetas",))
    told = [(str(event.date), event.kind, event.source) for event in case.events]
    assert told == [
        ("1999", "founding", "chindea-2014"),
        ("2003", "arrest", "chindea-2014"),
        ("2007", "extradition", "chindea-2014"),
        ("2010", "break", "chindea-2014"),
        ("2010", "violence", "ucdp-ged"),
    ]
    assert "31 former GAFE soldiers" in case.events[0].text
    assert (case.outcome.kind, str(case.outcome.date)) == ("proxy defects", "2010")
    assert "early 2010" in case.outcome.text


@pytest.mark.parametrize(
    ("file", "columns"),
    [("coscia_rios_yearly_municipality_counts.csv", ("Golfo", "Zetas")), ("zetas_gulf_case.csv", ("Golfo", "Zetas"))],
)
def test_gulf_zetas_power_against_the_data_files(case, file, columns):
    rows = _rows(file)
    series = case.power_series()
    observed = [tuple(int(rows[year][column]) for column in columns) for year in series.years]
    assert list(zip(series.sponsor, series.proxy, strict=True)) == observed


def test_gulf_zetas_deaths_against_the_data_files(case):
    rows = _rows("zetas_gulf_case.csv")
    deaths = {year: int(row["GED_Gulf_vs_Zetas_deaths(dyad)"]) for year, row in rows.items()}
    assert deaths.pop(2010) == case.value_series("deaths").value[0]
    assert len(deaths) >= 7
    assert not any(deaths.values())  # none before January 2010
    with _data("ucdp_ged_mexico_nonstate_dyad_year.csv").open(newline="") as file:
        dyad = {
            int(row["year"]): int(row["best"]) for row in csv.DictReader(file) if row["dyad_name"] == "Gulf Cartel - Los Zetas"
        }
    assert {year: dyad[year] for year in DEATHS} == DEATHS
    assert min(dyad) == 2010


def _data(file):
    if not DATA.is_dir():
        pytest.skip("the data files beside the checkout are absent")
    return DATA / file


def _rows(name):
    with _data(name).open(newline="") as file:
        return {int(row["Year"]): row for row in csv.DictReader(file)}


# -- Case files -------------------------------------------------------------------------------------------------------------


def test_a_good_file(write):
    case = cases.load(write(GOOD))
    assert (case.name, case.sponsor.aliases, case.proxy.aliases) == ("good", ("Strong",), ())
    assert [str(event.date) for event in case.events] == ["2000", "2001-05"]
    assert case.power_series("men").sponsor == (30, 20.5)
    assert [str(date) for date in case.value_series().dates] == ["2001-06-01"]
    assert str(case.outcome.date) == "2002"
    wrapped = GOOD.replace('"The sponsor."', '"""\n  The\n  sponsor."""')
    assert cases.load(write(wrapped)).sponsor.description == "The sponsor."


@pytest.mark.parametrize("defect", BROKEN)
def test_a_broken_file_is_refused(write, defect):
    old, new, key, rule = BROKEN[defect]
    assert old in GOOD
    path = write(GOOD.replace(old, new, 1))
    with pytest.raises(cases.CaseFileError) as error:
        cases.load(path)
    assert str(error.value).startswith(f"{path}: {key} {rule}")


@pytest.mark.parametrize("key", ["schema", "id", "title", "sponsor", "proxy", "sources", "events", "outcome"])
def test_every_part_is_needed(key):
    data = tomllib.loads(GOOD)
    del data[key]
    with pytest.raises(ValueError, match=f"^f: {key} is missing$"):
        parse(data, "f")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("schema", 1.0, "schema must be 1; got 1.0"),
        ("events", [], "events must be an array that is not empty; got []"),
        ("sources", {}, "sponsor.source must be a key of [sources] (none); got 'a'"),
        ("series", {}, "series must be an array; got {}"),
    ],
)
def test_a_part_in_the_wrong_shape(key, value, message):
    with pytest.raises(ValueError, match=f"^f: {re.escape(message)}$"):
        parse(tomllib.loads(GOOD) | {key: value}, "f")


def test_what_honest_dates_allow(write):
    """Equal earliest days are in order, and an outcome in "2000" may follow an event in June 2000."""
    text = GOOD.replace('"2001-05"', '"2000-01-01"')
    assert [str(event.date) for event in cases.load(write(text)).events] == ["2000", "2000-01-01"]
    text = GOOD.replace('date = "2000"\ntext', 'date = "2000-06"\ntext').replace("date = 2002", "date = 2000")
    assert str(cases.load(write(text)).outcome.date) == "2000"


def test_a_case_needs_no_numbers():
    data = {key: value for key, value in tomllib.loads(GOOD).items() if key not in ("power", "series")}
    case = parse(data, "f")
    assert (case.power, case.series) == ((), ())
    with pytest.raises(ValueError, match=r"Case.power_series\(\): good has no such series; known: none"):
        case.power_series()
    assert "Power" not in str(case)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (GOOD + "kind 3\n", "line " + str(GOOD.count("\n") + 1)),
        (GOOD + 'kind = "durable"\n', "Cannot overwrite a value"),
        (b"title = '\xff'", "can't decode byte 0xff"),
    ],
    ids=["syntax", "key twice", "encoding"],
)
def test_what_is_not_toml_is_refused(write, text, rule):
    path = write(text)
    with pytest.raises(cases.CaseFileError, match=re.escape(f"{path}: must be TOML in UTF-8: ") + ".*" + re.escape(rule)):
        cases.load(path)


def test_what_cannot_be_found_is_refused(tmp_path):
    with pytest.raises(
        cases.CaseFileError, match=r"^load\(\): name_or_path must be a bundled case \(.*gulf-zetas.*got 'gulf'$"
    ):
        cases.load("gulf")
    missing = tmp_path / "missing.toml"
    for path in (missing, str(missing)):
        with pytest.raises(cases.CaseFileError, match=re.escape(f"{missing}: cannot be read: No such file")):
            cases.load(path)
    with pytest.raises(cases.CaseFileError, match="cannot be read"):
        cases.load(tmp_path)
    with pytest.raises(TypeError, match=r"^load\(\): name_or_path must be a name or a path; got 3$"):
        cases.load(3)


def test_the_documented_file_is_complete_and_true(case):
    page = (ROOT / "docs" / "how-to" / "cases.md").read_text(encoding="utf-8")
    brief = parse(tomllib.loads("\n".join(re.findall(r"```toml\n(.*?)```", page, re.DOTALL))), "cases.md")
    assert set(brief.events) < set(case.events)
    assert set(brief.sources) < set(case.sources)
    assert brief.outcome == case.outcome
    for series, whole in ((brief.power_series(), case.power_series()), (brief.value_series(), case.value_series())):
        observed = series.to_dict()["observations"]
        assert [row for row in whole.to_dict()["observations"] if row in observed] == observed
    for kind in cases.OUTCOMES:
        assert f"`{kind}`" in page


# -- Records ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [GOOD, (BUNDLED / "gulf-zetas.toml").read_text(encoding="utf-8")], ids=["good", "gulf-zetas"])
def test_round_trips(text):
    case = parse(tomllib.loads(text), "f")
    data = case.to_dict()
    assert json.loads(json.dumps(data)) == data
    assert parse(data, "f") == case == pickle.loads(pickle.dumps(case))
    assert hash(parse(data, "f")) == hash(case)
    data["events"][0]["text"] = "Otherwise."
    assert parse(data, "f") != case


def test_between_keeps_whole_spans(case):
    series = case.power_series()
    assert series.between(2004, 2006).years.tolist() == [2004, 2005, 2006]
    assert series.between(start="2004-02").years.tolist() == list(range(2005, 2011))
    assert series.between(stop="2005-11").years.tolist() == [2003, 2004]
    assert series.between(stop=datetime.date(2005, 12, 31)).years.tolist() == [2003, 2004, 2005]
    assert series.between() == series
    assert series.between(2004, 2004).power == Power([41], [39])
    assert case.value_series("deaths").between(Date(2012), Date(2013)).value == (1456, 1340)
    with pytest.raises(
        ValueError, match="must enclose an observation of 'municipalities', which runs from 2003 to 2010; got start 2011"
    ):
        series.between(2011)
    with pytest.raises(ValueError, match="got start 2006, stop 2004"):
        series.between(2006, 2004)


def test_lookups_name_what_there_is(case):
    assert case.power_series() is case.power_series("municipalities") is case.power[0]
    assert case.value_series() is case.series[0]
    assert case.source("ucdp-ged").year == 2013
    with pytest.raises(ValueError, match=r"Case.power_series\(\): gulf-zetas has no series 'deaths'; known: municipalities"):
        case.power_series("deaths")
    with pytest.raises(ValueError, match=r"Case.value_series\(\): .* known: tamaulipas-homicides, deaths"):
        case.value_series("municipalities")
    with pytest.raises(ValueError, match=r"Case.source\(\): gulf-zetas has no source 'x'; known: chindea-2014"):
        case.source("x")


def test_summary_shows_the_dated_gap_and_the_events(case):
    lines = case.summary().splitlines()
    assert "date  Gulf Cartel  Los Zetas     gap" in lines
    assert "2003           31         21  +0.192" in lines
    assert "2010          244        405  -0.248" in lines
    assert all(any(line.startswith(f"{event.date}: {event.text}") for line in lines) for event in case.events)
    assert any(line.startswith("Outcome: proxy defects, 2010.") for line in lines)
    assert str(case) == case.summary()


def test_frames(case):
    pytest.importorskip("pandas")
    frame = case.power_series().to_frame()
    assert list(frame.columns) == ["date", "decimal", "sponsor", "proxy", "gap"]
    assert (frame["sponsor"].tolist(), frame["proxy"].tolist()) == (list(GULF.values()), list(ZETAS.values()))
    assert frame["gap"][0] == pytest.approx(10 / 52)
    assert case.value_series("deaths").to_frame()["value"].tolist() == list(DEATHS.values())
    long = case.to_frame()
    assert len(long) == 2 * len(GULF) + len(HOMICIDES) + len(DEATHS)
    gulf = long[(long["series"] == "municipalities") & (long["variable"] == "sponsor")]
    assert gulf["value"].tolist() == list(GULF.values())


def test_frames_without_pandas(case, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    for record in (case, case.power_series(), case.value_series()):
        with pytest.raises(ImportError, match=re.escape("pip install 'alliances[data]'")):
            record.to_frame()


# -- Dates ------------------------------------------------------------------------------------------------------------------

DAYS = st.dates()
DATES = st.builds(lambda day, parts: Date(*(day.year, day.month, day.day)[:parts]), DAYS, st.integers(1, 3))


@given(DATES)
def test_a_date_prints_as_written(date):
    assert Date.parse(str(date)) == date == eval(repr(date))
    assert len(str(date)) == {"year": 4, "month": 7, "day": 10}[date.precision]


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


@given(DATES, DATES)
def test_dates_are_ordered_by_their_earliest_day(one, other):
    if one.first != other.first:
        assert (one < other) == (one.first < other.first)
    else:
        assert (one < other) == (len(str(one)) < len(str(other)))
    assert (one < other) + (one == other) + (one > other) == 1


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


def test_numpys_integers_are_years(case):
    assert Date(np.int64(2010)) == Date.parse(np.int64(2010)) == Date(2010)
    assert type(Date(np.int64(2010)).year) is int
    series = case.power_series()
    assert series.between(np.int64(2004), series.years[3]) == series.between(2004, 2006)
