"""Every dyad of the literature is a case, with the literature's numbers, dates and words and no others.

What is expected here is typed from the publications, not read from the case files; numbers are in test_case_numbers.
"""

from pathlib import Path

import pytest

import alliances.cases as cases
from alliances.cases import Date
from alliances.cases.files.loader import parse

DATA = Path(__file__).parents[2] / "shared" / "data"

# (relation, outcome, its date, phases as printed)
CASES = {
    "afo-logan": (
        "sponsor-proxy",
        "durable",
        "1997",
        [
            "1992 – 1997: alliance (asymmetric gap)",
        ],
    ),
    "afo-teo": (
        "sponsor-proxy",
        "proxy defects",
        "2008-10",
        [
            "– 2008-10: alliance (asymmetric gap)",
            "2008-10 – 2010-01: war (asymmetric gap, high stakes, common threat)",
        ],
    ),
    "cartels-officials": (
        "sponsor-proxy",
        "durable",
        "2012",
        [
            "1970s – 1980s: alliance (reversed gap)",
            "1990s – 2000-12: alliance (gap widening)",
            "2000-12 – 2006-12: alliance (gap widening)",
            "2006-12 – 2012: alliance (gap widening, common threat)",
        ],
    ),
    "cartels-police": (
        "sponsor-proxy",
        "durable",
        "2012",
        [
            "2006-12 – 2012: alliance (common threat)",
        ],
    ),
    "colombia-cali": (
        "rivals",
        "proxy destroyed",
        "1990s",
        [
            "– 1990s: war",
        ],
    ),
    "colombia-medellin": (
        "rivals",
        "proxy destroyed",
        "1990s",
        [
            "– 1990s: war",
        ],
    ),
    "familia-templars": (
        "sponsor-proxy",
        "break",
        "2010",
        [
            "– 2010: alliance (asymmetric gap)",
            "2011 –: war (asymmetric gap, high stakes, common threat)",
        ],
    ),
    "gulf-matazetas": (
        "sponsor-proxy",
        "splinters",
        "None",
        [
            "undated: alliance (asymmetric gap)",
        ],
    ),
    "gulf-sinaloa": (
        "rivals",
        "balanced into an alliance",
        "2010",
        [
            "– 2003: rivalry",
            "2003 – 2010: war (high stakes)",
            "2010 –: alliance (high stakes, common threat)",
        ],
    ),
    "gulf-zetas": (
        "sponsor-proxy",
        "proxy defects",
        "2010",
        [
            "1999 – 2003: alliance (asymmetric gap)",
            "2003 – 2010: alliance (gap narrowing)",
            "2010 –: war (high stakes, common threat)",
        ],
    ),
    "juarez-azteca": (
        "sponsor-proxy",
        "durable",
        "2011",
        [
            "2008 – 2011: alliance (asymmetric gap, high stakes, common threat)",
        ],
    ),
    "juarez-linea": (
        "sponsor-proxy",
        "durable",
        "2011",
        [
            "– 2011: alliance (asymmetric gap)",
        ],
    ),
    "sinaloa-afo": (
        "rivals",
        "pact",
        "None",
        [
            "1990s –: war (narrow gap, high stakes)",
            "undated: pact (narrow gap, high stakes, common threat)",
        ],
    ),
    "sinaloa-beltran-leyva": (
        "rivals",
        "open",
        "2018",
        [
            "2008 –: war (high stakes, common threat)",
        ],
    ),
    "sinaloa-bloc": (
        "bloc",
        "balanced into an alliance",
        "2010",
        [
            "2010 – 2016: alliance (high stakes, common threat)",
        ],
    ),
    "sinaloa-cjng": (
        "allies",
        "break",
        "2018",
        [
            "– 2018: alliance (gap narrowing, common threat)",
            "2018 –: rivalry (gap narrowing, common threat)",
        ],
    ),
    "sinaloa-juarez": (
        "allies",
        "sponsor preys",
        "2004",
        [
            "2000s – 2004: alliance (gap widening)",
            "2004 –: war (gap widening, high stakes)",
            "2005 – 2006: distance",
            "2008 –: war (narrow gap, high stakes, common threat)",
            "2011 –: rivalry (gap widening, high stakes, common threat)",
        ],
    ),
    "sinaloa-mexicles": (
        "sponsor-proxy",
        "durable",
        "2011",
        [
            "2008 – 2011: alliance (asymmetric gap, high stakes, common threat)",
        ],
    ),
    "sinaloa-teo": (
        "sponsor-proxy",
        "proxy destroyed",
        "2010-01",
        [
            "– 2010-01: alliance (asymmetric gap, high stakes, common threat)",
        ],
    ),
    "sinaloa-zetas": (
        "rivals",
        "protracted war",
        "2014",
        [
            "2010 –: war (high stakes, common threat)",
        ],
    ),
    "state-cartels": (
        "sponsor-proxy",
        "sponsor preys",
        "2006-12",
        [
            "1970s – 1980s: alliance (asymmetric gap)",
            "1990s – 2000-12: alliance (gap narrowing)",
            "2000-12 – 2006-12: accommodation (gap narrowing)",
            "2006-12 –: war (gap narrowing)",
            "undated: war (reversed gap)",
        ],
    ),
    "state-selfdefence": (
        "rivals",
        "open",
        "2014",
        [
            "2013 –: rivalry (common threat)",
        ],
    ),
    "us-canada": (
        "allies",
        "durable",
        "2011",
        [
            "– 2011: alliance",
        ],
    ),
    "us-mexico": (
        "allies",
        "balanced into an alliance",
        "2006",
        [
            "1846 – 1848: war (asymmetric gap, high stakes)",
            "1914 – 1914: war (asymmetric gap)",
            "1916 – 1917: war (asymmetric gap)",
            "1940s –: alliance (asymmetric gap, common threat)",
            "1940s – 1995: distance (asymmetric gap)",
            "1995 – 1997: alliance (asymmetric gap)",
            "1997 – 2006: distance (asymmetric gap)",
            "2006 – 2012-12: alliance (asymmetric gap, common threat)",
            "2012-12 – 2018: alliance (asymmetric gap, common threat)",
        ],
    ),
    "zetas-bloc": (
        "bloc",
        "balanced into an alliance",
        "2010",
        [
            "2010 – 2014: alliance (high stakes, common threat)",
        ],
    ),
    "zetas-usgangs": (
        "sponsor-proxy",
        "durable",
        "2014",
        [
            "2010s – 2014: alliance (asymmetric gap)",
        ],
    ),
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
    assert len(found) == 3 + sum(len(data.get(key, [])) for key in ("phases", "events", "power", "series", "options")) + (
        ("threat" in data) + ("rival" in data)
    )
    assert {fact["source"] for fact in found} == set(sources)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_case_survives_the_way_to_plain_types_and_back(case):
    data = case.to_dict()
    assert parse(data, "f") == case
    assert parse(data, "f").to_dict() == data


def test_the_same_source_is_cited_in_the_same_words():
    citations = {(source.key, source.citation, source.year) for case in ALL for source in case.sources}
    keys = sorted(key for key, _, _ in citations)
    assert keys == ["chindea-2014", "coscia-rios-2012", "downie-2011", "ellis-2016", "ellis-2018", "ucdp-ged"]
    assert all(key.endswith(str(year)) for key, _, year in citations if key != "ucdp-ged")


def test_sources_of_the_rows():
    ellis = {"gulf-matazetas", "gulf-sinaloa", "juarez-linea", "us-mexico"}
    ellis |= {"sinaloa-beltran-leyva", "sinaloa-bloc", "sinaloa-cjng", "sinaloa-zetas"}
    for case in ALL:
        keys = {source.key for source in case.sources}
        assert ("chindea-2014" in keys) == (case.name not in {"gulf-matazetas", "sinaloa-cjng", "us-canada", "us-mexico"})
        assert ("ellis-2016" in keys) == (case.name in ellis)
        assert ("ellis-2018" in keys) == (case.name in {"cartels-police", "sinaloa-cjng", "us-mexico"})
        assert ("downie-2011" in keys) == (case.name in {"cartels-police", "us-canada", "us-mexico"})
        assert ("coscia-rios-2012" in keys) == bool(case.power)
        assert ("ucdp-ged" in keys) == any(series.id == "deaths" for series in case.series)


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("afo-logan", "1992 1993-05 1997"),
        ("afo-teo", "2008-10 2008-10 2010-01"),
        ("cartels-officials", "2000-12"),
        ("cartels-police", "1998 2006-12 2018"),
        ("colombia-cali", "1990s"),
        ("colombia-medellin", "1990s"),
        ("familia-templars", "2009-12 2010 2014-03"),
        ("gulf-sinaloa", "2003-03 2007 2010 2016-01"),
        ("gulf-zetas", "1999 2003-03 2007 2010 2010"),
        ("juarez-linea", "2011"),
        ("sinaloa-afo", "1992 1993-05 2008-10"),
        ("sinaloa-beltran-leyva", "2008 2010 2014"),
        ("sinaloa-bloc", "2010 2016-01"),
        ("sinaloa-cjng", "2015-04 2016-01 2018"),
        ("sinaloa-juarez", "1997 2004 2005 2008 2011"),
        ("sinaloa-teo", "2008-10 2010-01"),
        ("sinaloa-zetas", "2010 2016-01"),
        ("state-cartels", "1990s 2000-12 2006-12 2012"),
        ("state-selfdefence", "2013"),
        ("us-canada", "1945 1948 1957"),
        ("us-mexico", "1846 1914 1916 1995 1997 2007-10 2010 2011-03 2012-12 2015-10 2018"),
    ],
)
def test_dated_events(name, dates):
    assert [event.date for event in cases.load(name).events] == [Date.parse(date) for date in dates.split()]


def test_actors_of_groups_and_third_parties():
    assert cases.load("sinaloa-mexicles").proxy.members == ("Los Mexicles", "Artistas Asesinos")
    assert len(cases.load("zetas-bloc").proxy.members) == 3
    assert cases.load("sinaloa-juarez").sponsor.proxies == ("Los Mexicles", "Artistas Asesinos")
    assert cases.load("sinaloa-juarez").proxy.proxies == ("Barrio Azteca", "La Línea")
    assert {case.name: case.rival.name for case in ALL if case.rival} == {
        "afo-teo": "Sinaloa Cartel",
        "gulf-zetas": "The rival alliance bloc",
        "sinaloa-teo": "Arellano Félix Organisation",
    }
    assert cases.load("sinaloa-juarez").roles == ("ally", "ally")
    assert cases.load("gulf-zetas").roles == ("sponsor", "proxy")


def test_the_options_of_the_literature():
    options = cases.load("us-mexico").options
    assert [(option.id, option.rank) for option in options] == [("A", 1), ("B", 2), ("C", 3), ("D", 4)]
    assert [case.name for case in ALL if case.options] == ["us-mexico"]
