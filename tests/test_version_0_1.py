"""What version 0.1.0 wrote is read: its dictionaries where they say all, and its case files.

The files of ``tests/written_by_0_1_0`` were written by 0.1.0 itself: see ``make.py`` there.
"""

import json
import re
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest

import alliances as al
import alliances.testing
from alliances.saving import version_0_1
from tests.saving_support import differences

FOLDER = Path(__file__).parent / "written_by_0_1_0"
PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("cooperate", "defect"))
MODEL = al.presets.chindea_2014()
FAMILY = al.claims.alliance_family(decisiveness=2)
WALK = al.ConflictWalk(swing=2, barrier=8)


def old(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def without_question(check):
    return {**vars(check), "question": None}


READ = {
    "StageGame": (al.StageGame, lambda: PD),
    "Payments": (al.Payments, lambda: al.payments(PD, F(1, 2), (0, 0))),
    "Payments, unsustainable": (al.Payments, lambda: al.payments(PD, F(1, 50), (0, 0))),
    "RelationalContracts": (al.RelationalContracts, lambda: al.relational_contracts(PD)),
    "Case": (al.cases.Case, lambda: al.cases.load(FOLDER / "gulf-zetas.toml")),
    "PowerSeries": (al.cases.PowerSeries, lambda: al.cases.load("gulf-zetas").power_series()),
    "ValueSeries": (
        al.cases.ValueSeries,
        lambda: replace(al.cases.load("sinaloa-teo").value_series(), note="2010: the source says 'over 1,200'.", lines=""),
    ),
    "ConflictDuration": (al.ConflictDuration, lambda: al.conflict_duration(WALK.lattice(), WALK)),
    "Witness": (
        al.claims.Witness,
        lambda: al.claims.SPONSOR_RESTRAINT.check(MODEL).witness,
    ),
}


@pytest.mark.parametrize("name", READ)
def test_a_dictionary_that_says_all_gives_the_result(name):
    kind, make = READ[name]
    again = al.from_dict(old(name), kind)
    assert differences(make(), again) == []
    assert hash(again) == hash(make())


@pytest.mark.parametrize("name", ["RelationalContracts"])
def test_what_is_read_passes_its_check(name):
    assert al.verify(al.from_dict(old(name), READ[name][0]))


@pytest.mark.parametrize("contest", [al.Tullock(1), al.Hirshleifer(F(3, 2)), al.AllPay()], ids=repr)
def test_wars_are_read_with_their_contest(contest):
    """What 0.1 wrote of wars that a contest decides has the same fields as today's dictionary."""
    walk = al.ConflictWalk(2, (8, 4), contest)
    wars = al.conflict_duration(walk.lattice(), walk)
    data = wars.to_dict()
    assert data.keys() == old("ConflictDuration").keys()
    again = al.from_dict(data, al.ConflictDuration)
    assert again == wars
    assert again.quantile(0.5).tolist() == wars.quantile(0.5).tolist()


def test_wars_that_do_not_follow_from_their_gap_are_refused():
    walk = al.ConflictWalk(2.0, 8.0, al.Hirshleifer(1.0))  # its odds depend on the difference of powers, so on their unit
    data = al.conflict_duration(al.Power([5.0, 3.0], [4.0, 2.5]), walk).to_dict()
    with pytest.raises(ValueError, match=r"^from_dict\(\): data must be of wars that follow from the gap, .*; got rounds \["):
        al.from_dict(data, al.ConflictDuration)
    with pytest.raises(ValueError, match=r"walk must be a ConflictWalk .* got 'ConflictWalk\(swing=<lambda>"):
        al.from_dict({**data, "walk": "ConflictWalk(swing=<lambda>, barrier=8)"}, al.ConflictDuration)


def test_the_pages_list_what_can_be_read_and_what_cannot():
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "saving.md").read_text(encoding="utf-8")
    _, _, table = page.partition("## Files of version 0.1")
    rows = [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith("| `")]
    read = {name for kinds, lacks in rows if lacks == "nothing" for name in re.findall(r"`([A-Z]\w+)`", kinds)}
    lacking = {name: lacks for kinds, lacks in rows if lacks != "nothing" for name in re.findall(r"`([A-Z]\w+)`", kinds)}
    assert read == version_0_1.READ.keys()
    assert lacking == {name: lacks for name, (lacks, _) in version_0_1.LACKING.items()}
    for name in [*read, *lacking]:
        assert re.search(rf"[`.]{name}`", al.from_dict.__doc__), name


def test_what_this_version_returns_is_sent_to_save_and_load():
    threshold = al.defection_threshold(MODEL, 0.5)
    for kind, got in (((), "got none"), ((al.DefectionThreshold,), "got DefectionThreshold, without the game")):
        with pytest.raises(TypeError, match=rf"^from_dict\(\): kind must be .*{got}.*kept by save\(\) and read by load\(\)"):
            al.from_dict(threshold.to_dict(), *kind)
    with pytest.raises(ValueError, match=r"wrote in version 0\.1 .*kept by save\(\) and read by load\(\)"):
        al.from_dict(al.claims.ASYMMETRY.check(MODEL, gaps=[0, F(1, 2)]).to_dict() | {"more": 1}, al.claims.Check)


def test_tables_of_cases():
    table = al.from_dict(old("CaseTable"), al.cases.CaseTable)
    assert table.to_dict() == old("CaseTable")
    assert len(table.rows) > 5


def test_checks_are_read_without_the_model_that_they_were_about():
    check = al.claims.ASYMMETRY.check(MODEL, gaps=[0, F(1, 2)])
    again = al.from_dict(old("Check"), al.claims.Check)
    assert without_question(again) == without_question(check)
    assert again.enforcement == al.NashReversion()
    assert al.verify(again).status == "nothing checked"
    war = al.from_dict(old("Check, war"), al.claims.Check)
    assert without_question(war) == without_question(al.claims.PROTRACTION.check(al.ConflictWalk(swing=2, barrier=8)))


def test_counterexamples_as_the_atlas_of_the_old_version_holds_them():
    counterexample = al.from_dict(old("Counterexample"), al.claims.Counterexample)
    assert counterexample.certified == "exactly"
    check = al.claims.SPONSOR_RESTRAINT.check(
        FAMILY.at(**counterexample.parameters), gaps=[counterexample.check.witness.low, counterexample.check.witness.high]
    )
    assert check.witness == counterexample.check.witness


def test_scoreboards():
    data = old("Scoreboard")
    board = al.from_dict(data, al.cases.Scoreboard)
    assert list(board.models) == data["models"]
    scores = [p["log_score"] for p in data["predictions"]]
    assert [p.log_score for p in board.predictions] == pytest.approx(scores, rel=1e-14)  # logarithms differ between processors
    assert [p.probabilities for p in board.predictions] == [tuple(p["probabilities"]) for p in data["predictions"]]
    assert [fit.best for fit in board.fits] == [tuple(fit["best"]) for fit in data["fits"]]
    assert np.isnan(board.fits[data["fits"].index(next(f for f in data["fits"] if f["effective"] is None))].effective)
    assert set(board.cases) < set(al.cases.names())
    assert len(board.cases) == 17
    data["models"][0] = "my own"
    with pytest.raises(
        ValueError, match=r"^from_dict\(\): data must be of contenders that the library has; got the model 'my own'"
    ):
        al.from_dict(data, al.cases.Scoreboard)


def test_conformance():
    data = old("Conformance")
    report = al.from_dict(data, alliances.testing.Conformance)
    assert [r.name for r in report.failed] == [r["name"] for r in data["results"] if r["status"] == "failed"]
    rows = [row for row in data["results"] if row["status"] == "failed"]
    assert len(rows) == 1
    for result, row in zip(report.failed, rows, strict=True):
        assert result.witness.to_dict() == row["witness"]
        assert result.witness.quantity == row["witness"]["quantity"]


LACKING = {
    "CriticalDiscount": (al.CriticalDiscount, "the stage game and the punishments: ask critical_discount"),
    "DefectionThreshold": (al.DefectionThreshold, "the game, the start and the profile: ask defection_threshold"),
    "PatientPayoffSet": (al.PatientPayoffSet, "the game and its signals: ask patient_payoff_set"),
    "MonitoredContracts": (al.MonitoredContracts, "the game and its signals: ask monitored_contracts"),
    "PayoffSet": (al.PayoffSet, "the stage game: ask payoff_set"),
    "IdentifiedDiscount": (al.IdentifiedDiscount, "behind the intervals: ask identified_discount"),
    "SwitchingOffer": (al.SwitchingOffer, "behind the offer: ask switching_offer"),
    "KeepingPayment": (al.KeepingPayment, "behind the payment: ask keeping_payment"),
    "Proof": (al.claims.Proof, "the family and the scripts: ask the claim's prove"),
    "Falsification": (al.claims.Falsification, "the family: ask the claim's falsify"),
    "Measurement": (al.claims.Measurement, "the family: ask the claim's measure"),
}


@pytest.mark.parametrize("name", LACKING)
def test_a_dictionary_that_lacks_a_part_says_which(name):
    kind, words = LACKING[name]
    with pytest.raises(TypeError, match=rf"^from_dict\(\): kind must be .*; got {name}, without .*{words}"):
        al.from_dict(old(name), kind)


def test_every_file_of_the_old_version_is_read_or_said_to_lack_a_part():
    written = {path.stem for path in FOLDER.glob("*.json")}
    assert written == {*READ, *LACKING, "CaseTable", "Check", "Check, war", "Counterexample", "Scoreboard", "Conformance"}


def test_load_sends_who_has_an_old_dictionary_to_from_dict():
    with pytest.raises(ValueError, match=r"what to_dict\(\) of version 0\.1 returned is read by from_dict\(\)"):
        al.load(FOLDER / "Payments.json")


WRONG = {
    "no class": (lambda: ({}, "StageGame"), TypeError, r"kind must be one of StageGame, .*; got 'StageGame'"),
    "another class": (lambda: ({}, al.Tullock), TypeError, r"kind must be one of StageGame"),
    "a class of the same name": (lambda: ({}, type("Payments", (), {})), TypeError, r"kind must be one of StageGame"),
    "no dictionary": (lambda: ([], al.StageGame), TypeError, r"data must be a dictionary; got \[\]"),
    "a missing field": (
        lambda: ({"A": 1, "B": 2}, al.StageGame), ValueError, r"StageGame\.to_dict\(\) wrote in version 0\.1 .*lacks 'actions'"
    ),
    "an unknown field": (lambda: ({**old("StageGame"), "C": 1}, al.StageGame), ValueError, r"has the unknown 'C'"),
    "a step that lacks": (
        lambda: ({**old("RelationalContracts"), "steps": [{}]}, al.RelationalContracts), ValueError, r"ContractStep.*lacks"
    ),
    "a wrong part": (lambda: ({**old("StageGame"), "actions": 3}, al.StageGame), ValueError, r"of a StageGame returned"),
    "a text for a number": (lambda: ({**old("Payments"), "least": "few"}, al.Payments), ValueError, r"few"),
    "a label that there is not": (
        lambda: ({**old("Check"), "status": "perhaps"}, al.claims.Check), ValueError, r"of a Check; \.status must be 'holds' or"
    ),
    "code for a concept": (
        lambda: ({**old("Check"), "enforcement": "__import__('os').getcwd()"}, al.claims.Check),
        ValueError, r"^from_dict\(\): enforcement must be a concept of the library, as repr\(\) wrote it; got \"__import__",
    ),
    "another call for a concept": (
        lambda: ({**old("Check"), "enforcement": "Tullock(2)"}, al.claims.Check), ValueError, r"enforcement must be a concept"
    ),
    "a number for a concept": (
        lambda: ({**old("Check"), "enforcement": "3"}, al.claims.Check), ValueError, r"enforcement must be a concept"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name):
    make, error, words = WRONG[name]
    with pytest.raises(error, match=words):
        al.from_dict(*make())


CONCEPTS = [
    al.NashReversion(True), al.FinitePunishment(3), al.ImperfectMonitoring(F(1, 10), 0.2), al.Transfers("optimal"),
    al.GivenPunishment(al.Transfers(), (1, 1)), al.OptimalPenalCode(), al.OutsideOption(F(-5, 2), al.NashReversion()),
]  # fmt: skip


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
def test_concepts_are_read_from_their_text(concept):
    assert al.from_dict({**old("Check"), "enforcement": repr(concept)}, al.claims.Check).enforcement == concept


def test_a_case_file_of_the_old_version():
    case = al.cases.load(FOLDER / "gulf-zetas.toml")
    assert case == al.from_dict(old("Case"), al.cases.Case)
