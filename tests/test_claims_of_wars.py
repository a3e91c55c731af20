"""Protraction: a claim about wars, with the four verbs; and verify() on what claims answer."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from alliances.claims import PROTRACTION, PROXY_RESTRAINT, SPONSOR_RESTRAINT, STAKES, Family, Interval, alliance_family
from alliances.claims.comparisons import Witness

OPEN = Interval(0, None, "neither")
MOMENTUM = Family(lambda m: al.ConflictWalk(2, 8, al.Tullock(m)), {"m": OPEN})
BIASED = Family(lambda win: al.ConflictWalk(2, 8, win), {"win": Interval(0, 1)})


@pytest.mark.sampled(1)
@pytest.mark.parametrize("contest", [al.Tullock, al.Hirshleifer])
def test_wars_of_equal_barriers_and_symmetric_contests_protract_at_parity(contest):
    family = Family(lambda m: al.ConflictWalk(2, 16, contest(m)), {"m": OPEN})
    proof = PROTRACTION.prove(family)
    assert proof.status == "proved"
    assert len(proof.steps) >= 6
    assert PROTRACTION.measure(family, points=32).share == 1
    assert not PROTRACTION.falsify(family, examples=30).found


def test_a_bias_refutes_it():
    proof = PROTRACTION.prove(BIASED)
    assert proof.status == "refuted"
    assert proof.counterexample.certified == "exactly"
    assert PROTRACTION.falsify(BIASED).found
    assert PROTRACTION.measure(BIASED, points=64).share < 1


def test_the_witness_by_the_gamblers_ruin():
    """Feller (1968), XIV.3: a biased walk's duration, from the textbook's formula."""
    found = PROTRACTION.check(al.ConflictWalk(2, 8, Fraction(1, 4)))
    p, q, top = Fraction(1, 4), Fraction(3, 4), 6

    def duration(z):
        return (z - top * (1 - (q / p) ** z) / (1 - (q / p) ** top)) / (q - p)

    starts = {al.Power.from_ratio(Fraction(2) ** k).gap: duration(3 + k) for k in range(-2, 3)}
    assert found.witness.at_low == starts[found.witness.low]
    assert found.witness.at_high == starts[found.witness.high]
    assert found.witness.at_high > found.witness.at_low
    assert abs(found.witness.high) > abs(found.witness.low)


def test_unequal_barriers_refute_it_and_equal_ones_do_not():
    assert not PROTRACTION.check(al.ConflictWalk(2, (8, 2)))
    assert PROTRACTION.check(al.ConflictWalk(2, 8))
    floats = PROTRACTION.check(al.ConflictWalk(2.0, 8.0, al.Tullock(0.7)))
    assert floats
    assert not floats.exact


def test_what_is_no_war_is_refused():
    with pytest.raises(TypeError, match="model must be a ConflictWalk for 'protraction'"):
        PROTRACTION.check(al.presets.chindea_2014())
    with pytest.raises(TypeError, match="gaps must be left out"):
        PROTRACTION.check(al.ConflictWalk(2, 8), gaps=[0, 0.5])
    with pytest.raises(TypeError, match="must be ConflictWalk"):
        PROTRACTION.prove(alliance_family())


GIVEN = alliance_family(decisiveness=2, enforcement=al.GivenPunishment())


@pytest.mark.slow
def test_verify_passes_what_is_right():
    for claim in (PROXY_RESTRAINT, SPONSOR_RESTRAINT):
        proof = claim.prove(GIVEN)
        assert al.verify(proof), al.verify(proof).witness
        assert al.verify(claim.check(al.presets.chindea_2014()))
    assert al.verify(SPONSOR_RESTRAINT.falsify(GIVEN))  # the counterexample is checked again, though it is "false"
    exact = al.AllianceGame(
        al.Tullock(2),
        al.Complementarity(Fraction(3, 5)),
        al.Proportional(),
        exposure=Fraction(4, 5),
        coexist_exposure=Fraction(2, 5),
        conflict_cost=Fraction(3, 20),
        support_cost=Fraction(1, 50),
    )
    assert al.verify(STAKES.check(exact)).checks > 7  # all neighbours of eight stakes, and what they are worth


def test_float_ties_at_parity_are_checked():
    """At parity both sides are equal, which no enclosure of a float shows; certificates do, up to rounding."""
    check = STAKES.check(al.presets.chindea_2014())
    assert check.holds
    assert al.verify(check).status == "passed"
    witness = Witness(*check.question.compared[:2], 0.5, 0.6, "sponsor")
    assert "does not contradict" in al.verify(replace(check, status="fails", witness=witness)).witness


def test_where_nothing_was_found_nothing_is_checked():
    outcome = al.verify(PROXY_RESTRAINT.falsify(GIVEN, examples=20))
    assert (outcome.ok, outcome.checks, outcome.witness, outcome.status) == (False, 0, None, "nothing checked")


def test_verify_finds_a_false_proof():
    proof = PROXY_RESTRAINT.prove(GIVEN)
    assert "proved, but" in al.verify(replace(proof, claim=SPONSOR_RESTRAINT)).witness
    step = replace(proof.steps[0], smtlib="(set-logic QF_NRA)(declare-const x Real)(assert (> x 0))(check-sat)")
    assert "can be met" in al.verify(replace(proof, steps=(step,))).witness


def test_verify_finds_a_false_witness():
    check = SPONSOR_RESTRAINT.prove(GIVEN).counterexample.check
    wrong = replace(check, witness=replace(check.witness, low=Fraction(3, 4), high=Fraction(4, 5)))
    assert "does not contradict" in al.verify(wrong).witness
    assert "with witness" in al.verify(replace(check, status="holds")).witness
    held = PROXY_RESTRAINT.check(al.presets.chindea_2014())
    game = SPONSOR_RESTRAINT.prove(GIVEN).model
    failing = SPONSOR_RESTRAINT.check(game, enforcement=al.GivenPunishment())
    assert "the question is not that of" in al.verify(replace(held, question=failing.question)).witness
    assert "is contradicted between" in al.verify(replace(failing, status="holds", witness=None)).witness


@pytest.mark.slow
def test_an_assumption_that_fails_just_beyond_parity_leaves_parity_alone():
    """All-pay: the sponsor is deterred at parity, not next to it, and again at wider gaps, where its δ* is higher."""
    family = alliance_family(contest="all-pay", enforcement=al.GivenPunishment(), assume=("deterrent",))
    assert SPONSOR_RESTRAINT.prove(family).status == "proved"
    assert not SPONSOR_RESTRAINT.falsify(family, examples=50).found
    assert SPONSOR_RESTRAINT.measure(family, points=512).share == 1


def test_pooled_claims_are_refuted_by_enclosures_too():
    family = alliance_family(
        contest="hirshleifer", synergy="aggregation", sharing="equal", enforcement=al.GivenPunishment(al.Transfers())
    )
    proof = al.claims.ASYMMETRY.prove(family)
    assert (proof.status, proof.counterexample.certified) == ("refuted", "by enclosures")


@pytest.mark.slow
def test_a_model_that_refuses_part_of_its_domain_is_not_proved_anything_of():
    family = alliance_family(sharing="wage", stakes=Interval(0, Fraction(1, 2), "neither"), domains={"wage": Interval(1, 2)})
    proof = PROXY_RESTRAINT.prove(family, timeout=5)
    assert proof.status != "proved"


def test_concepts_that_depend_on_power_can_be_checked():
    offer = al.OutsideOption(Fraction(1, 10))
    assert PROXY_RESTRAINT.check(al.presets.chindea_2014(), enforcement=offer).status in ("holds", "fails")
    assert PROXY_RESTRAINT.prove(GIVEN.with_(enforcement=offer)).status == "unknown"


@pytest.mark.slow
def test_optimal_penal_codes_are_decided_where_they_are_reversion():
    family = alliance_family(decisiveness=2, enforcement=al.OptimalPenalCode(), assume=("credible", "deterrent"))
    assert PROXY_RESTRAINT.prove(family).status == "proved"
    unknown = alliance_family(decisiveness=2, enforcement=al.OptimalPenalCode())
    assert SPONSOR_RESTRAINT.prove(unknown, timeout=3).status in ("refuted", "unknown")
    gaps = np.linspace(0, 0.9, 7)
    assert not SPONSOR_RESTRAINT.check(al.presets.chindea_2014(), enforcement=al.OptimalPenalCode(), gaps=gaps).exact
