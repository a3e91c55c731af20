"""Every dyad of the literature is a case, with the literature's numbers, dates and words and no others.

The numbers here are typed from the publications' tables, not read from the case files.
"""

import csv
import re
from pathlib import Path

import pytest

import alliances.cases as cases
from alliances.cases import Date
from alliances.cases.files.loader import parse

DATA = Path(__file__).parents[2] / "shared" / "data"

# Coscia and Rios (2012): municipalities with presence, 2003 to 2010.
YEARS = list(range(2003, 2011))
PRESENCE = {
    "Zetas": (21, 39, 75, 119, 190, 321, 387, 405),
    "Golfo": (31, 41, 86, 112, 190, 265, 254, 244),
    "Sinaloa": (15, 38, 73, 75, 109, 142, 147, 176),
    "Juarez": (17, 18, 35, 29, 42, 49, 59, 74),
    "Tijuana": (17, 15, 17, 31, 29, 28, 37, 39),
    "Beltran_Leyva": (5, 11, 49, 43, 48, 108, 157, 157),
}
MEASURED = {
    "gulf-zetas": ("Golfo", "Zetas"),
    "gulf-sinaloa": ("Golfo", "Sinaloa"),
    "sinaloa-afo": ("Sinaloa", "Tijuana"),
    "sinaloa-juarez": ("Sinaloa", "Juarez"),
    "sinaloa-beltran-leyva": ("Sinaloa", "Beltran_Leyva"),
}

# (relation, outcome, its date, phases as printed)
CASES = {
    "afo-logan": ("sponsor-proxy", "durable", "1997", ["1992 –: alliance (very wide gap)"]),
    "familia-templars": ("sponsor-proxy", "proxy defects", "2010", ["– 2010: alliance"]),
    "gulf-matazetas": ("sponsor-proxy", "break", "None", ["undated: alliance (wide gap)"]),
    "gulf-sinaloa": (
        "rivals",
        "balanced into an alliance",
        "2010",
        ["2003 –: rivalry (high stakes)", "2005 – 2006: war", "2010 –: alliance (common threat)"],
    ),
    "gulf-zetas": (
        "sponsor-proxy",
        "proxy defects",
        "2010",
        ["1999 – 2003: alliance", "2003 – 2010: alliance (gap narrowing)", "2010 –: war"],
    ),
    "juarez-azteca": ("sponsor-proxy", "durable", "None", ["undated: alliance (very wide gap)"]),
    "juarez-linea": ("sponsor-proxy", "break", "None", ["undated: alliance (wide gap)"]),
    "sinaloa-afo": ("rivals", "pact", "None", ["1990s –: war (narrow gap)", "undated: pact"]),
    "sinaloa-beltran-leyva": ("allies", "break", "2008", ["– 2008: alliance", "2008 –: war"]),
    "sinaloa-cjng": ("allies", "break", "2018", ["2016 –: alliance (gap narrowing)", "2018 –: rivalry"]),
    "sinaloa-juarez": (
        "allies",
        "sponsor preys",
        "2004",
        [
            "2000s – 2004: alliance (gap widening)",
            "2004 –: war (narrow gap)",
            "2005 – 2006: rivalry",
            "2008 –: war (narrow gap, gap widening, high stakes)",
        ],
    ),
    "sinaloa-mexicles": ("sponsor-proxy", "durable", "None", ["undated: alliance (very wide gap)"]),
    "sinaloa-teo": ("sponsor-proxy", "durable", "2010-01", ["2008-10 – 2010-01: alliance (wide gap)"]),
    "state-cartels": (
        "sponsor-proxy",
        "break",
        "2006-12",
        ["1970s – 1980s: accommodation (wide gap)", "2006-12 –: war (gap narrowing)"],
    ),
    "us-mexico": (
        "allies",
        "balanced into an alliance",
        "2006",
        [
            "1940s –: alliance (very wide gap, common threat)",
            "1940s – 1995: distance (very wide gap)",
            "1995 – 1997: alliance (very wide gap, common threat)",
            "1997 – 2006: distance (very wide gap)",
            "2006 –: alliance (very wide gap, common threat)",
        ],
    ),
    "zetas-bloc": ("bloc", "balanced into an alliance", "None", ["undated: alliance (common threat)"]),
    "zetas-usgangs": ("sponsor-proxy", "durable", "None", ["undated: alliance (very wide gap)"]),
}
ALL = cases.load_all()


def test_all_dyads_of_the_literature_are_there():
    assert cases.names() == tuple(sorted(CASES))
    assert [case.name for case in ALL] == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_what_the_literature_says(name):
    case = cases.load(name)
    told = (case.relation, case.outcome.kind, str(case.outcome.date), [str(phase) for phase in case.phases])
    assert told == CASES[name]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_every_fact_has_its_source(case):
    """Whatever says something (a text, a description, numbers) names one of the file's sources."""

    def facts(value):
        if isinstance(value, dict):
            if {"text", "description", "observations"} & set(value):
                yield value
            for inner in value.values():
                yield from facts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from facts(inner)

    data = case.to_dict()
    sources = data.pop("sources")
    found = list(facts(data))
    assert len(found) == 3 + sum(len(data.get(key, [])) for key in ("phases", "events", "power", "series")) + (
        ("threat" in data) + ("rival" in data)
    )
    assert {fact["source"] for fact in found} == set(sources)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_case_survives_the_way_to_plain_types_and_back(case):
    data = case.to_dict()
    assert parse(data, "f") == case
    assert parse(data, "f").to_dict() == data


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_bands_quote_their_words(case):
    """The rules of coding: a band's word stands in quotation marks, stakes rest on a named border city, a threat on a phase."""
    for phase in case.phases:
        if phase.gap:
            assert f'"{phase.gap}"' in phase.text
        assert set(re.findall('"([^"]*)"', phase.text)) <= {phase.gap}
        if phase.stakes:
            assert phase.stakes == "high"
            assert any(city in phase.text for city in ("Nuevo Laredo", "Ciudad Juárez"))
    assert (case.threat is not None) == any(phase.threat for phase in case.phases)
    assert {phase.gap for phase in case.phases} <= {"", "very wide", "wide", "narrow"}


def test_the_same_source_is_cited_in_the_same_words():
    citations = {(source.key, source.citation, source.year) for case in ALL for source in case.sources}
    keys = sorted(key for key, _, _ in citations)
    assert keys == ["chindea-2014", "coscia-rios-2012", "downie-2011", "ellis-2016", "ellis-2018", "ucdp-ged"]
    assert all(key.endswith(str(year)) for key, _, year in citations if key != "ucdp-ged")


def test_sources_of_the_rows():
    ellis = {"sinaloa-cjng", "juarez-linea", "gulf-matazetas", "us-mexico"}
    for case in ALL:
        keys = {source.key for source in case.sources}
        assert ("chindea-2014" in keys) == (case.name not in ellis | {"sinaloa-beltran-leyva"})
        assert ("ellis-2016" in keys) == (case.name in ellis)
        assert ("ellis-2018" in keys) == (case.name == "sinaloa-cjng")
        assert ("downie-2011" in keys) == (case.name in {"state-cartels", "us-mexico"})
        assert ("coscia-rios-2012" in keys) == (case.name in MEASURED)


@pytest.mark.parametrize("name", CASES)
def test_measured_power(name):
    case = cases.load(name)
    assert bool(case.power) == (name in MEASURED)
    for series in case.power:
        first, second = MEASURED[name]
        assert series.years.tolist() == YEARS
        assert (series.sponsor, series.proxy) == (PRESENCE[first], PRESENCE[second])
        assert series.source == "coscia-rios-2012"
        assert "before 2004 less reliable" in series.note


@pytest.mark.parametrize("name", MEASURED)
def test_measured_power_against_the_data_file(name):
    file = DATA / "coscia_rios_yearly_municipality_counts.csv"
    if not file.is_file():
        pytest.skip("the data files beside the checkout are absent")
    with file.open(newline="") as lines:
        rows = {int(row["Year"]): row for row in csv.DictReader(lines)}
    series = cases.load(name).power_series()
    for column, values in zip(MEASURED[name], (series.sponsor, series.proxy), strict=True):
        assert [int(rows[year][column]) for year in YEARS] == list(values)


def test_the_break_of_sinaloa_and_beltran_leyva_against_the_data_file():
    file = DATA / "ucdp_ged_mexico_nonstate_dyad_year.csv"
    if not file.is_file():
        pytest.skip("the data files beside the checkout are absent")
    with file.open(newline="") as lines:
        years = [int(r["year"]) for r in csv.DictReader(lines) if r["dyad_name"] == "Beltrán Leyva Cartel - Sinaloa Cartel"]
    assert min(years) == 2008 == cases.load("sinaloa-beltran-leyva").outcome.date.year


@pytest.mark.parametrize(
    ("name", "id", "observed", "unit"),
    [
        ("gulf-zetas", "tamaulipas-homicides", {2002: "184", 2006: "346", 2010: "721", 2012: "1016"}, "Tamaulipas"),
        ("sinaloa-teo", "tijuana-homicides", {2007: "206", 2010: "≥ 1200"}, "Tijuana"),
        ("sinaloa-juarez", "ciudad-juarez-homicides", {2007: "189", 2010: "3589"}, "Ciudad Juárez"),
        ("state-cartels", "homicide-rate", {2006: "9.7", 2012: "22"}, "per 100,000"),
    ],
)
def test_homicides(name, id, observed, unit):
    series = cases.load(name).value_series(id)
    assert dict(zip(series.years.tolist(), series.texts, strict=True)) == observed
    assert unit in series.unit
    assert series.source == "chindea-2014"


def test_no_other_numbers():
    assert {(case.name, one.id) for case in ALL for one in case.series} == {
        ("gulf-zetas", "tamaulipas-homicides"),
        ("gulf-zetas", "deaths"),
        ("sinaloa-teo", "tijuana-homicides"),
        ("sinaloa-juarez", "ciudad-juarez-homicides"),
        ("state-cartels", "homicide-rate"),
    }


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("afo-logan", "1993 1997"),
        ("familia-templars", "2009-12 2010"),
        ("gulf-sinaloa", "2003 2005 2010"),
        ("gulf-zetas", "1999 2003 2007 2010 2010"),
        ("sinaloa-afo", "1990s"),
        ("sinaloa-beltran-leyva", "2008"),
        ("sinaloa-cjng", "2015-04 2018"),
        ("sinaloa-juarez", "1997 2004 2005 2008"),
        ("sinaloa-teo", "2008-10 2010-01"),
        ("state-cartels", "2006-12"),
    ],
)
def test_dated_events(name, dates):
    assert [event.date for event in cases.load(name).events] == [Date.parse(date) for date in dates.split()]


def test_actors_of_groups_and_third_parties():
    assert cases.load("sinaloa-mexicles").proxy.members == ("Los Mexicles", "Artistas Asesinos")
    assert len(cases.load("zetas-bloc").proxy.members) == 3
    thirds = {case.name: (case.threat and case.threat.name, case.rival and case.rival.name) for case in ALL}
    assert {name: both for name, both in thirds.items() if any(both)} == {
        "gulf-sinaloa": ("Los Zetas", None),
        "sinaloa-teo": (None, "Arellano Félix Organisation"),
        "us-mexico": ("World War II, later threats", None),
        "zetas-bloc": ("Sinaloa's bloc", None),
    }
    assert cases.load("sinaloa-juarez").roles == ("ally", "ally")
    assert cases.load("gulf-zetas").roles == ("sponsor", "proxy")
