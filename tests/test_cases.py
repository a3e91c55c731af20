"""The reference case says what the literature says; the records of a case."""

import csv
import datetime
import json
import pickle
import re
import sys
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

import alliances.cases as cases
from alliances.cases import Date
from alliances.cases.files.loader import parse
from alliances.power import Power
from tests.case_support import GOOD

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
BUNDLED = Path(cases.__file__).parent / "data"

# Coscia and Rios (2012), municipalities with presence; UCDP GED, deaths of the dyad; Chindea (2014), homicides in Tamaulipas.
GULF = {2003: 31, 2004: 41, 2005: 86, 2006: 112, 2007: 190, 2008: 265, 2009: 254, 2010: 244}
ZETAS = {2003: 21, 2004: 39, 2005: 75, 2006: 119, 2007: 190, 2008: 321, 2009: 387, 2010: 405}
DEATHS = {2010: 223, 2011: 986, 2012: 1456, 2013: 1340, 2014: 436, 2015: 606, 2016: 695, 2017: 825}
DEATHS |= {2018: 6, 2019: 67, 2020: 127, 2021: 165}
HOMICIDES = {2002: 184, 2006: 346, 2010: 721, 2012: 1016}


@pytest.fixture
def case():
    return cases.load("gulf-zetas")


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
    facts = [case.sponsor, case.proxy, *case.phases, *case.events, *case.power, *case.series, *case.options, case.outcome]
    cited = {fact.source for fact in (*facts, *filter(None, (case.threat, case.rival)))}
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
    assert deaths.note.startswith("None before January 2010.")
    assert "1,201 deaths" in deaths.note
    assert (deaths.source, case.source(deaths.source).licence) == ("ucdp-ged", "CC BY 4.0")
    assert dict(zip(homicides.years.tolist(), homicides.value, strict=True)) == HOMICIDES
    assert homicides.source == "chindea-2014"


def test_gulf_zetas_actors_and_events(case):
    assert (case.sponsor.name, case.sponsor.aliases) == ("Gulf Cartel", ("Golfo",))
    assert (case.proxy.name, case.proxy.aliases) == ("Los Zetas", ("Zetas",))
    told = [(str(event.date), event.kind, event.source) for event in case.events]
    assert told == [
        ("1999", "founding", "chindea-2014"),
        ("2003-03", "arrest", "chindea-2014"),
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


def test_the_documented_file_is_complete_and_true(case):
    page = (ROOT / "docs" / "how-to" / "cases.md").read_text(encoding="utf-8")
    brief = parse(tomllib.loads("\n".join(re.findall(r"```toml\n(.*?)```", page, re.DOTALL))), "cases.md")
    assert set(brief.events) < set(case.events)
    assert set(brief.phases) < set(case.phases)
    assert set(brief.sources) < set(case.sources)
    assert brief.outcome == case.outcome
    for series, whole in ((brief.power_series(), case.power_series()), (brief.value_series(), case.value_series())):
        observed = series.to_dict()["observations"]
        assert [row for row in whole.to_dict()["observations"] if row in observed] == observed
    words = (*cases.OUTCOMES, *cases.RELATIONS, *cases.ARRANGEMENTS, *cases.GAP_BANDS, *cases.TRENDS, *cases.STAKES_BANDS)
    for word in words:
        assert f"`{word}`" in page


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
