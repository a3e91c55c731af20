"""The numbers of the cases are those of the literature's tables, and there are no others.

They are typed from the publications, not read from the case files; where the data files are beside the checkout, those count.
"""

import csv
from pathlib import Path

import pytest

import alliances.cases as cases

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


@pytest.mark.parametrize("name", cases.names())
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
