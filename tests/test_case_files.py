"""A broken case file is never accepted, and its error names the file, the key and the rule."""

import re
import tomllib

import pytest

import alliances.cases as cases
from alliances.cases.files.loader import parse
from tests.case_support import GOOD

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
def write(tmp_path):
    def file(text, name="draft.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return file


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
