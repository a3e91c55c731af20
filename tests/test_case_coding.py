"""The rules of coding are applied to every phase of every bundled case, and every fact names its lines and its coder."""

from pathlib import Path

import pytest

import alliances.cases as cases
from alliances.cases import Date

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
