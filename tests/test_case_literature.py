"""Every dyad of the literature is a case, with the literature's numbers, dates and words and no others.

The numbers here are typed from the publications' tables, not read from the case files.
"""

import csv
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
    "gulf-sinaloa": ("Sinaloa", "Golfo"),
    "sinaloa-zetas": ("Sinaloa", "Zetas"),
    "sinaloa-afo": ("Sinaloa", "Tijuana"),
    "sinaloa-juarez": ("Sinaloa", "Juarez"),
    "sinaloa-beltran-leyva": ("Sinaloa", "Beltran_Leyva"),
}

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
            "1945 – 2011: alliance",
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
# UCDP GED: deaths by the best estimate; years without a death are left out.
DEATHS = {
    "afo-teo": {2008: 185, 2009: 731, 2010: 108},
    "familia-templars": {2011: 115, 2012: 56, 2013: 2, 2014: 6},
    "gulf-sinaloa": {2004: 106, 2005: 204, 2006: 610, 2007: 1487, 2008: 614, 2009: 1883, 2010: 38},
    "gulf-zetas": {
        2010: 223,
        2011: 986,
        2012: 1456,
        2013: 1340,
        2014: 436,
        2015: 606,
        2016: 695,
        2017: 825,
        2018: 6,
        2019: 67,
        2020: 127,
        2021: 165,
    },
    "sinaloa-afo": {1992: 15, 1993: 7, 1994: 5, 2004: 49, 2006: 59, 2007: 315, 2015: 292, 2016: 174, 2017: 932},
    "sinaloa-beltran-leyva": {
        2008: 1147,
        2010: 60,
        2011: 878,
        2012: 1091,
        2013: 4,
        2014: 706,
        2015: 247,
        2016: 945,
        2017: 472,
        2018: 463,
    },
    "sinaloa-bloc": {2010: 1201},
    "sinaloa-cjng": {2015: 55, 2016: 725, 2017: 2111, 2018: 2758},
    "sinaloa-juarez": {2004: 61, 2007: 136, 2008: 1894, 2009: 2986, 2010: 3825, 2011: 1695, 2012: 2177},
    "sinaloa-zetas": {2010: 29, 2011: 611, 2012: 771, 2013: 331, 2014: 60, 2015: 7},
}
UCDP_NAMES = {
    "afo-teo": "Tijuana Cartel - Tijuana Cartel - El Teo",
    "familia-templars": "La Familia - Los Caballeros Templarios",
    "gulf-sinaloa": "Gulf Cartel - Sinaloa Cartel",
    "gulf-zetas": "Gulf Cartel - Los Zetas",
    "sinaloa-afo": "Sinaloa Cartel - Tijuana Cartel",
    "sinaloa-beltran-leyva": "Beltrán Leyva Cartel - Sinaloa Cartel",
    "sinaloa-bloc": "Gulf Cartel, La Familia, Sinaloa Cartel - Los Zetas",
    "sinaloa-cjng": "Jalisco Cartel New Generation - Sinaloa Cartel",
    "sinaloa-juarez": "Juarez Cartel - Sinaloa Cartel",
    "sinaloa-zetas": "Los Zetas - Sinaloa Cartel",
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


# In which phases of which case a rule of coding gives stakes: a contest for a corridor, a crossing, territory or the lead.
CONTESTED = {
    "afo-teo": [1],
    "gulf-sinaloa": [1],
    "sinaloa-afo": [0, 1],
    "sinaloa-juarez": [1, 3],
    "sinaloa-zetas": [0],
    "us-mexico": [0],
}
# Criminal groups of Mexico on both sides: for these the source has stakes raised, and a state that attacks all, from 2006-12.
CRIMINAL = {
    *(
        "afo-logan",
        "afo-teo",
        "familia-templars",
        "gulf-matazetas",
        "gulf-sinaloa",
        "gulf-zetas",
        "juarez-azteca",
        "juarez-linea",
    ),
    *("sinaloa-afo", "sinaloa-beltran-leyva", "sinaloa-bloc", "sinaloa-cjng", "sinaloa-juarez", "sinaloa-mexicles"),
    *("sinaloa-teo", "sinaloa-zetas", "zetas-bloc"),
}
THREATENED = {  # the other threats that a source names, in the phases for which it does
    "cartels-officials": [3],
    "cartels-police": [0],
    "state-selfdefence": [0],
    "us-mexico": [3, 7, 8],
}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_the_rules_of_coding_are_applied_to_every_phase(case):
    """Stakes, threat and band by the rules of docs/explanation/coding.md, whatever the arrangement."""
    late = []
    for k, phase in enumerate(case.phases):
        begins = phase.start or (phase.seen if phase.seen else None)
        if case.name in {"sinaloa-afo", "sinaloa-teo"} and phase.start is None:
            begins = Date.parse("2008-10")  # after the split of that month, by the text
        if case.name in CRIMINAL and begins is not None and begins.first >= Date.parse("2006-12").first:
            late.append(k)
    raised = [k for k in late if case.name != "sinaloa-cjng"]  # the source of the general rise in stakes ends in 2014
    stakes = sorted({*raised, *CONTESTED.get(case.name, [])})
    assert [k for k, phase in enumerate(case.phases) if phase.stakes] == stakes
    assert {phase.stakes for phase in case.phases} <= {"", "high"}
    threats = sorted({*late, *THREATENED.get(case.name, [])})
    assert [k for k, phase in enumerate(case.phases) if phase.threat] == threats
    assert (case.threat is not None) == any(phase.threat for phase in case.phases)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_coding_names_its_coder(case):
    """No band, stakes or threat without a coder, and no quotation marks around words that a source does not use."""
    for phase in case.phases:
        if phase.gap or phase.stakes or phase.threat or phase.transfers:
            assert phase.coder == "project"
        assert '"' not in phase.text
    assert {phase.gap for phase in case.phases} <= {"", "asymmetric", "narrow", "reversed"}
    for fact in case.to_dict().values():
        assert not isinstance(fact, dict) or '"' not in fact.get("text", "") + fact.get("description", "")


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_every_fact_of_a_text_names_its_lines(case):
    texts = {"chindea-2014", "downie-2011", "ellis-2016", "ellis-2018"}
    for fact in case.facts():
        assert (fact.source in texts) == bool(fact.lines), fact


FILES = {
    "chindea-2014": "chindea-2014_*",
    "downie-2011": "downie-2011_*",
    "ellis-2016": "ellis-2016_*",
    "ellis-2018": "ellis-2018_*",
}


def test_the_lines_are_in_the_texts_and_not_empty():
    folder = DATA.parent / "sources"
    if not folder.is_dir():
        pytest.skip("the texts beside the checkout are absent")
    for case in ALL:
        for fact in case.facts():
            for first, last in fact.line_ranges:
                text = next(folder.glob(FILES[fact.source])).read_text(encoding="utf-8").splitlines()
                assert 1 <= first <= last <= len(text)
                assert any(line.strip() for line in text[first - 1 : last]), fact


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
        assert ("coscia-rios-2012" in keys) == (case.name in {*MEASURED, "sinaloa-bloc", "zetas-bloc"})
        assert ("ucdp-ged" in keys) == (case.name in DEATHS)


@pytest.mark.parametrize("name", CASES)
def test_measured_power(name):
    case = cases.load(name)
    assert bool(case.power) == (name in {*MEASURED, "sinaloa-bloc", "zetas-bloc"})
    for series in case.power if name in MEASURED else ():
        if series.coder:
            continue
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


def test_the_power_of_a_bloc_is_the_sum_of_its_members():
    presence = {name: counts[-1] for name, counts in PRESENCE.items()}
    zetas, against = presence["Zetas"], presence["Tijuana"] + presence["Juarez"] + presence["Beltran_Leyva"]
    both = presence["Sinaloa"], presence["Golfo"]
    for name, id, sponsor, proxy in [
        ("zetas-bloc", "municipalities", zetas, against),
        ("sinaloa-zetas", "municipalities-of-the-blocs", sum(both), zetas + against),
        ("sinaloa-bloc", "municipalities", *both),
    ]:
        series = cases.load(name).power_series(id)
        assert (series.sponsor, series.proxy) == ((sponsor,), (proxy,))
        assert (series.coder == "project") == (name != "sinaloa-bloc")
        assert series.years.tolist() == [2010]


@pytest.mark.parametrize("name", DEATHS)
def test_deaths(name):
    series = cases.load(name).value_series("deaths")
    assert dict(zip(series.years.tolist(), series.value, strict=True)) == DEATHS[name]
    assert series.source == "ucdp-ged"


@pytest.mark.parametrize("name", DEATHS)
def test_deaths_against_the_data_file(name):
    file = DATA / "ucdp_ged_mexico_nonstate_dyad_year.csv"
    if not file.is_file():
        pytest.skip("the data files beside the checkout are absent")
    with file.open(newline="") as lines:
        best = {int(r["year"]): int(r["best"]) for r in csv.DictReader(lines) if r["dyad_name"] == UCDP_NAMES[name]}
    last = max(DEATHS[name])
    assert {year: deaths for year, deaths in best.items() if deaths and year <= last} == DEATHS[name]
    if name in {"gulf-zetas", "sinaloa-beltran-leyva"}:
        assert min(best) == {"gulf-zetas": 2010, "sinaloa-beltran-leyva": 2008}[name]


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
    homicides = {
        *(("gulf-zetas", "tamaulipas-homicides"), ("gulf-sinaloa", "tamaulipas-homicides")),
        *(("sinaloa-teo", "tijuana-homicides"), ("afo-teo", "tijuana-homicides")),
        *(("sinaloa-juarez", "ciudad-juarez-homicides"), ("state-cartels", "homicide-rate")),
    }
    money = {("us-mexico", id) for id in ("arms-purchases", "arms-purchases-two-years", "aid-withheld")}
    assert {(case.name, one.id) for case in ALL for one in case.series} == (
        homicides | money | {(name, "deaths") for name in DEATHS}
    )
    assert [cases.load("us-mexico").value_series(id).texts for _, id in sorted(money)] == [("5",), ("≥ 1000",), ("≥ 2200",)]


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
        ("sinaloa-juarez", "1997 2004 2004 2005 2008 2011"),
        ("sinaloa-teo", "2008-10 2010-01"),
        ("sinaloa-zetas", "2010 2016-01"),
        ("state-cartels", "1990s 2000-12 2006-12 2012"),
        ("state-selfdefence", "2013"),
        ("us-canada", "1945 1948 1957"),
        ("us-mexico", "1846 1914 1916 1995 1997 2007-10 2010 2011-03 2012-12 2015-10"),
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
