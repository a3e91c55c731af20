"""Phases, third parties, lower bounds and undated facts: what the format accepts and what it refuses."""

import re
import tomllib

import pytest

import alliances.cases as cases
from alliances.cases.files.loader import parse
from tests.case_support import GOOD

PHASED = (
    GOOD
    + """
[threat]
name = "T"
text = "It threatens both."
source = "a"

[rival]
name = "R"
text = "It would sponsor P too."
source = "a"

[[phases]]
arrangement = "alliance"
start = "1990s"
end = "2001"
gap = "wide"
trend = "narrowing"
stakes = "low"
threat = true
text = 'The gap is "wide".'
source = "a"

[[phases]]
arrangement = "war"
start = "2001"
text = "War."
source = "a"
"""
)

WAR = 'arrangement = "war"\nstart = "2001"'
# (text of the file, what to write in its place, the key that the error names, its rule)
BROKEN = {
    "arrangement unknown": (
        '"war"',
        '"battle"',
        "phases[1].arrangement",
        "must be one of alliance, accommodation, pact, distance, rivalry, war; got 'battle'",
    ),
    "arrangement missing": ('arrangement = "war"', "", "phases[1].arrangement", "is missing"),
    "gap unknown": (
        'gap = "wide"',
        'gap = "huge"',
        "phases[0].gap",
        "must be one of very wide, wide, asymmetric, narrow, parity, reversed; got 'huge'",
    ),
    "gap a number": ('gap = "wide"', "gap = 0.5", "phases[0].gap", "must be one of very wide"),
    "gap a list": ('gap = "wide"', 'gap = ["wide"]', "phases[0].gap", "must be one of very wide"),
    "gap empty": ('gap = "wide"', 'gap = ""', "phases[0].gap", "must be one of very wide"),
    "trend unknown": ('"narrowing"', '"closing"', "phases[0].trend", "must be one of widening, narrowing; got 'closing'"),
    "stakes unknown": ('"low"', '"middling"', "phases[0].stakes", "must be one of low, high; got 'middling'"),
    "threat in words": ("threat = true", 'threat = "yes"', "phases[0].threat", "must be true or false; got 'yes'"),
    "threat of nobody": (
        '[threat]\nname = "T"\ntext = "It threatens both."\nsource = "a"\n',
        "",
        "phases[0].threat",
        "must be false, or the file must have a table [threat]; got True",
    ),
    "phase without source": ('text = "War."\nsource = "a"', 'text = "War."', "phases[1].source", "is missing"),
    "phase of unknown source": (
        'text = "War."\nsource = "a"',
        'text = "War."\nsource = "b"',
        "phases[1].source",
        "must be a key of [sources] (a); got 'b'",
    ),
    "phase without text": ('text = "War."', "", "phases[1].text", "is missing"),
    "phase without start": (WAR, 'arrangement = "war"', "phases[1].start", "is missing"),
    "phase starts in words": (WAR, WAR.replace("2001", "then"), "phases[1].start", "must be a date in the calendar"),
    "phase key unknown": (WAR, WAR + "\nsponsor = 1", "phases[1].sponsor", "is not a known key; known: arrangement, start"),
    "phase ends first": (
        'end = "2001"',
        'end = "1989"',
        "phases[0].end",
        "must not precede the phase's start, 1990s; got '1989'",
    ),
    "phase ends undated": ('end = "2001"', 'end = "undated"', "phases[0].end", "must be a date in the calendar"),
    "phases overlap": (
        WAR,
        WAR.replace("2001", "2000"),
        "phases[1].start",
        "must not precede 2001, the latest date of the phases before it; got '2000'",
    ),
    "phases overlap at the end": (
        WAR,
        WAR.replace("2001", "undated") + '\nend = "2000"',
        "phases[1].end",
        "must not precede 2001, the latest date of the phases before it; got '2000'",
    ),
    "phases out of order": (
        'end = "2001"\n',
        "",
        "phases[1].start",
        "must not precede 1990s, the latest date of the phases before it; got '1989'",
    ),
    "phases not tables": ("[[phases]]\n" + WAR, "[phases]\n" + WAR, "", "must be TOML in UTF-8"),
    "relation unknown": (
        'id = "good"',
        'id = "good"\nrelation = "friends"',
        "relation",
        "must be one of sponsor-proxy, allies, rivals, bloc; got 'friends'",
    ),
    "outcome before the first phase": (
        'start = "1990s"',
        'start = "2001-05"',
        "outcome.date",
        "must not precede the first phase, 2001-05; got '2001-04'",
    ),
    "threat without source": (
        'text = "It threatens both."\nsource = "a"',
        'text = "It threatens."',
        "threat.source",
        "is missing",
    ),
    "rival without name": ('name = "R"\n', "", "rival.name", "is missing"),
    "rival a text": ("[rival]", "[rival.name]\nx = 1\n[rival.more]", "rival.more", "is not a known key"),
    "members not an array": ('name = "P"', 'name = "P"\nmembers = "M"', "proxy.members", "must be an array; got 'M'"),
    "member empty": ('name = "P"', 'name = "P"\nmembers = ["M", " "]', "proxy.members[1]", "must be text that is not empty"),
    "bound in words": (
        "value = 0",
        'value = 0, at_least = "yes"',
        "series[0].observations[0].at_least",
        "must be true or false",
    ),
    "bound of a power": (
        "sponsor = 30",
        "at_least = true, sponsor = 30",
        "power[0].observations[0].at_least",
        "is not a known key",
    ),
    "coder unknown": (
        'arrangement = "war"',
        'arrangement = "war"\ncoder = "me"',
        "phases[1].coder",
        "must be one of source, project; got 'me'",
    ),
    "seen and dated": (
        'arrangement = "war"',
        'arrangement = "war"\nseen = "2001"',
        "phases[1].seen",
        "must be left out where the start is dated",
    ),
    "not before and dated": (
        'arrangement = "war"',
        'arrangement = "war"\nnot_before = "2001"',
        "phases[1].not_before",
        "must be left out where the start is dated, and not follow the end or what is seen; got '2001'",
    ),
    "not before its end": (
        WAR,
        WAR.replace("2001", "undated") + '\nend = "2003"\nnot_before = "2004"',
        "phases[1].not_before",
        "must be left out where the start is dated, and not follow the end or what is seen; got '2004'",
    ),
    "comment empty": (
        'arrangement = "war"',
        'arrangement = "war"\ncomment = ""',
        "phases[1].comment",
        "must be text that is not empty; got ''",
    ),
    "transfers in words": (
        'arrangement = "war"',
        'arrangement = "war"\ntransfers = "yes"',
        "phases[1].transfers",
        "must be true or false; got 'yes'",
    ),
    "lines a number": (
        'arrangement = "war"',
        'arrangement = "war"\nlines = 3',
        "phases[1].lines",
        "must be text that is not empty; got 3",
    ),
    "observed in a decade": ("2001-06-01", '"2000s"', "series[0].observations[0].date", "must be a year, a month or a day"),
}
ALSO = {
    "phases out of order": [(WAR, WAR.replace("2001", "1989"))],
    "outcome before the first phase": [("date = 2002", 'date = "2001-04"')],
}


@pytest.fixture
def write(tmp_path):
    def file(text):
        path = tmp_path / "draft.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return file


@pytest.mark.parametrize("defect", BROKEN)
def test_a_broken_file_is_refused(write, defect):
    *change, key, rule = BROKEN[defect]
    text = PHASED
    for old, new in [change, *ALSO.get(defect, [])]:
        assert old in text
        text = text.replace(old, new, 1)
    path = write(text)
    with pytest.raises(cases.CaseFileError) as error:
        cases.load(path)
    assert str(error.value).startswith(f"{path}: {key} {rule}".replace(":  ", ": "))


def test_what_the_format_accepts():
    case = parse(tomllib.loads(PHASED), "f")
    assert [str(phase) for phase in case.phases] == [
        "1990s – 2001: alliance (wide gap, gap narrowing, low stakes, common threat)",
        "2001 –: war",
    ]
    assert (case.threat.name, case.rival.text) == ("T", "It would sponsor P too.")
    assert case.relation == "sponsor-proxy"
    assert parse(case.to_dict(), "f") == case
    summary = str(case)
    for line in (
        "Common threat: T. It threatens both. [a]",
        "Rival sponsor: R. It would sponsor P too. [a]",
        "2001 –: war. War. [a]",
    ):
        assert line in summary.splitlines()


@pytest.mark.parametrize(("start", "end"), [("undated", None), ("2001-06", "2001-06-30"), ("2001", "2001"), ("2000s", "2003")])
def test_dates_that_phases_may_share(start, end):
    """One phase gives way to the next within 2001, or within a decade that holds it; an undated one only has its place."""
    data = tomllib.loads(PHASED)
    data["phases"][1] |= {"start": start} | ({"end": end} if end else {})
    case = parse(data, "f")
    assert str(case.phases[1].start or "undated") == start
    assert parse(case.to_dict(), "f") == case


def test_a_forgotten_date_is_an_error_and_an_undated_outcome_is_not():
    data = tomllib.loads(PHASED)
    del data["outcome"]["date"]
    with pytest.raises(cases.CaseFileError, match=r"^f: outcome\.date is missing$"):
        parse(data, "f")
    data["outcome"]["date"] = "undated"
    case = parse(data, "f")
    assert case.outcome.date is None
    assert "Outcome: durable, undated. It holds. [a]" in str(case)
    assert parse(case.to_dict(), "f") == case
    for table in (data["events"][0], data["power"][0]["observations"][0]):
        with pytest.raises(cases.CaseFileError, match="must be a date in the calendar"):
            parse({**data, **_with_date(data, table)}, "f")


def _with_date(data, table):
    """The part of ``data`` that holds ``table``, with that table undated."""
    if table in data["events"]:
        return {"events": [table | {"date": "undated"}, *data["events"][1:]]}
    return {"power": [data["power"][0] | {"observations": [table | {"date": "undated"}]}]}


def test_a_case_needs_an_event_or_a_phase():
    data = tomllib.loads(PHASED)
    del data["events"]
    case = parse(data, "f")
    assert case.events == ()
    assert "Events" not in str(case)
    assert parse(case.to_dict(), "f") == case
    for phases in ({}, {"phases": []}):
        with pytest.raises(cases.CaseFileError, match=r"^f: events is missing$"):
            parse({key: value for key, value in data.items() if key != "phases"} | phases, "f")


def test_lower_bounds():
    data = tomllib.loads(PHASED)
    data["series"][0]["observations"] = [{"date": 2001, "value": 7}, {"date": 2002, "value": 9, "at_least": True}]
    case = parse(data, "f")
    series = case.value_series()
    assert (series.value, series.at_least, series.texts) == ((7, 9), (False, True), ("7", "≥ 9"))
    assert series.between(2002).at_least == (True,)
    assert "2001: 7, 2002: ≥ 9" in str(case)
    assert series.to_dict()["observations"] == [{"date": "2001", "value": 7}, {"date": "2002", "value": 9, "at_least": True}]
    assert parse(case.to_dict(), "f") == case
    pytest.importorskip("pandas")
    assert series.to_frame()["at_least"].tolist() == [False, True]
    frame = case.to_frame()
    assert frame["at_least"].tolist() == [False] * 5 + [True]
    assert set(frame["variable"]) == {"sponsor", "proxy", "value"}
    built = cases.ValueSeries(id="x", unit="u", source="a", dates=series.dates, value=(1, 2))
    assert built.at_least == (False, False)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PHASED.replace('text = "War."', 'text = "War."\ntext = "Peace."'), "in 'text = \"Peace.\"'"),
        (PHASED + "\n[rival]\n", "in '[rival]'"),
        (PHASED.replace("value = 0", "value = 0, value = 1"), "value = 1"),
    ],
    ids=["key", "table", "inline"],
)
def test_a_key_written_twice(write, text, named):
    path = write(text)
    rule = f"^{re.escape(str(path))}: must be TOML in UTF-8: .*{re.escape(named)}"
    with pytest.raises(cases.CaseFileError, match=rule + ".*a key must not be written twice"):
        cases.load(path)


OPTION = """
[[options]]
id = "A"
rank = 1
levers = { common_task = 2 }
text = "They work together."
source = "a"
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rank = 1", "rank = 0", "options[0].rank must be an integer, 1 for the most cooperation; got 0"),
        ("common_task = 2", "common_task = -1", "options[0].levers.common_task must be a level: an integer, 0 and up; got -1"),
        ("levers = { common_task = 2 }", "", "options[0].levers is missing"),
        ('"They work together."', '""', "options[0].text must be text that is not empty; got ''"),
    ],
)
def test_options_and_their_rules(write, old, new, words):
    (option,) = cases.load(write(PHASED + OPTION)).options
    assert (option.id, option.rank, dict(option.levers)) == ("A", 1, {"common_task": 2})
    with pytest.raises(cases.CaseFileError) as error:
        cases.load(write(PHASED + OPTION.replace(old, new)))
    assert words in str(error.value)


def test_a_phase_that_is_seen_before_it_is_dated():
    text = PHASED.replace('start = "1990s"\nend = "2001"', 'start = "undated"\nseen = "1999"\nend = "2001"')
    phase = parse(tomllib.loads(text), "f").phases[0]
    assert (phase.start, str(phase.seen)) == (None, "1999")
    with pytest.raises(cases.CaseFileError, match=r"phases\[0\].seen must be left out .* and not follow the end; got '2003'"):
        parse(tomllib.loads(text.replace('seen = "1999"', 'seen = "2003"')), "f")
