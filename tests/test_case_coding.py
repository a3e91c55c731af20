"""The rules of coding are applied to every phase of every bundled case, and every fact names its lines and its coder."""

from pathlib import Path

import pytest

import alliances.cases as cases
from alliances.cases import Date
from alliances.cases.files.loader import parse

DATA = Path(__file__).parents[2] / "shared" / "data"
ALL = cases.load_all()

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
        begins = phase.start or phase.not_before or phase.seen
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


def test_the_lines_are_in_the_texts_and_not_empty():
    folder = DATA.parent / "sources"
    if not folder.is_dir():
        pytest.skip("the texts beside the checkout are absent")
    for case in ALL:
        for fact in case.facts():
            for first, last in fact.line_ranges:
                text = next(folder.glob(f"{fact.source}_*")).read_text(encoding="utf-8").splitlines()
                assert 1 <= first <= last <= len(text)
                assert any(line.strip() for line in text[first - 1 : last]), fact


def test_a_bound_is_data_and_not_a_remark():
    """The pact and the faction's alliance follow the split of October 2008, and the fact table says so, and why."""
    bounds = {(case.name, k): phase for case in ALL for k, phase in enumerate(case.phases) if phase.not_before}
    assert {place: str(phase.not_before) for place, phase in bounds.items()} == {
        ("sinaloa-afo", 1): "2008-10",
        ("sinaloa-teo", 0): "2008-10",
    }
    assert all(phase.start is None and phase.comment and phase.coder == "project" for phase in bounds.values())
    facts = {(fact.case, fact.place): fact for case in ALL for fact in case.facts()}
    assert facts["sinaloa-afo", "phases[1]"].date == "undated (not before 2008-10)"
    assert facts["us-canada", "phases[0]"].date == "– 2011 (in being by 1945)"
    for case in ALL:
        for k, phase in enumerate(case.phases):
            assert facts[case.name, f"phases[{k}]"].comment == phase.comment
    table = cases.fact_table(cases.load("us-canada"))
    assert "the Military Cooperation Committee, is of 1945" in " ".join(table.column("comment"))


def test_the_relationship_of_the_us_and_canada_has_no_dated_start():
    (phase,) = cases.load("us-canada").phases
    assert (phase.start, phase.seen, phase.coder) == (None, Date.parse("1945"), "project")


def test_the_roles_of_state_and_cartels_are_reversed_at_the_end():
    """After the first bargain the source tells of the 1990s, the elections, the war, and the proxies of the cartels."""
    phases = cases.load("state-cartels").phases
    assert [phase.lines for phase in phases] == ["209-223", "223-225", "227-229", "231-233", "237"]
    assert (phases[-1].gap, phases[-1].start, phases[-1].seen) == ("reversed", None, Date.parse("2012"))
    assert "cartels-police" in phases[-1].comment


def counts(name):
    series = cases.load(name).power_series()
    return {str(date): (s, p) for date, s, p in zip(series.dates, series.sponsor, series.proxy, strict=True)}


def test_a_side_with_its_proxies_is_the_sum_of_their_own_series():
    case = cases.load("gulf-sinaloa")
    added = case.power_series(with_proxies=True)
    assert added.with_proxies
    assert added.coder == "project"
    alone, wing = counts("gulf-sinaloa"), counts("gulf-zetas")
    assert [str(date) for date in added.dates] == [
        str(year) for year in range(2003, 2010)
    ]  # the wing breaks away in early 2010
    for date, sponsor, proxy in zip(added.dates, added.sponsor, added.proxy, strict=True):
        assert (sponsor, proxy) == (alone[str(date)][0], alone[str(date)][1] + wing[str(date)][1])
        assert alone[str(date)][1] == wing[str(date)][0]
    bloc = cases.load("sinaloa-zetas").power_series(with_proxies=True)
    others = [counts(name)["2010"][1] for name in ("sinaloa-afo", "sinaloa-juarez", "sinaloa-beltran-leyva")]
    assert bloc.sponsor == (sum(counts("gulf-sinaloa")["2010"]),)
    assert bloc.proxy == (counts("gulf-zetas")["2010"][1] + sum(others),)


def test_where_the_power_of_proxies_is_measured_there_is_a_sum():
    """The rule of docs/explanation/coding.md: a dyad with proxies that another file counts has a series that adds them up."""
    names = {side.name: case.name for case in ALL if case.power for side in (case.sponsor, case.proxy)}
    owed = {
        case.name
        for case in ALL
        if case.power and any(group in names for side in (case.sponsor, case.proxy) for group in side.proxies)
    }
    assert owed == {"gulf-sinaloa", "sinaloa-zetas"}
    assert owed == {case.name for case in ALL if any(series.with_proxies for series in case.power)}


def test_asking_for_a_sum_that_is_not_there():
    case = cases.load("gulf-zetas")
    with pytest.raises(ValueError, match=r"gulf-zetas has no such series of a side with its proxies; known: none"):
        case.power_series(with_proxies=True)
    with pytest.raises(TypeError, match="with_proxies must be True or False; got 1"):
        case.power_series(with_proxies=1)
    gulf = cases.load("gulf-sinaloa")
    assert gulf.power_series() is gulf.power[0]
    assert gulf.power_series("municipalities-with-proxies") is gulf.power_series(with_proxies=True)
    assert parse(gulf.to_dict(), "again") == gulf
    assert parse(cases.load("sinaloa-afo").to_dict(), "again") == cases.load("sinaloa-afo")
