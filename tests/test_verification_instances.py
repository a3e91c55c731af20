"""Wrong results that verify() once passed, one by one; tests/test_corruptions.py finds the kind by machine."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.claims import PROTRACTION, Family, Interval

PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
UNEVEN = al.StageGame([[8, 1], [11, 3]], [[7, 9], [0, 2]])


@pytest.fixture(scope="module", params=["exact", "floats"])
def payoffs(request):
    stage = UNEVEN if request.param == "exact" else UNEVEN.to_float()
    found = al.payoff_set(stage, F(1, 2) if request.param == "exact" else 0.5)
    assert al.verify(found)
    return found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"punishments": (F(1), F(1))}, "the punishments are"),
        ({"kind": "segment"}, 'the kind is "segment"'),
        ({"profiles": ((1, 1),)}, "not named as played on path"),
        ({"profiles": ((0, 0), (0, 1), (1, 0), (1, 1), (1, 1))}, "not in order, or not different"),
        ({"status": "enclosed"}, "status"),
    ],
)
def test_a_wrong_field_of_a_payoff_set_is_noticed(payoffs, changes, words):
    assert words in al.verify(replace(payoffs, **changes)).witness


def test_another_discount_factor_and_another_outer_set_are_noticed(payoffs):
    assert not al.verify(replace(payoffs, discount=payoffs.discount / 4))
    assert "outer" in al.verify(replace(payoffs, outer=payoffs.outer[1:])).witness


def test_an_exact_set_that_has_settled_is_not_said_to_be_unsettled():
    found = al.payoff_set(UNEVEN, F(1, 2))
    assert "though" in al.verify(replace(found, status="not converged")).witness


def test_every_dropped_vertex_is_noticed_and_so_is_the_emptied_set(payoffs):
    kinds = ("empty", "point", "segment", "polygon", "polygon")
    for keep in ([k for k in range(len(payoffs.vertices)) if k != drop] for drop in range(len(payoffs.vertices))):
        left = payoffs.vertices[keep]
        worst = left[:, 0].min(), left[:, 1].min()
        wrong = replace(payoffs, vertices=left, outer=left, punishments=worst, kind=kinds[min(len(left), 3)], origins=())
        assert not al.verify(wrong)
        assert al.verify(wrong).witness
    none = payoffs.vertices[:0]
    emptied = replace(payoffs, vertices=none, outer=none, punishments=None, kind="empty", profiles=(), origins=())
    assert "beyond the set" in al.verify(emptied).witness or "not named" in al.verify(emptied).witness


def test_a_set_that_generates_itself_and_is_not_the_largest_is_noticed():
    """The stage equilibrium alone is a set of equilibrium payoffs at every δ; at ½ it is not all of them."""
    found, alone = al.payoff_set(UNEVEN, F(1, 2)), al.payoff_set(UNEVEN, F(1, 10))
    assert alone.kind == "point"
    assert al.verify(alone)
    assert al.verify(replace(alone, discount=found.discount)).witness is not None


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [2, 3])
def test_random_payoff_sets_pass_and_none_without_a_vertex_does(size):
    rng = np.random.default_rng(size)
    for _ in range(8):
        game = al.StageGame(*rng.integers(-5, 6, (2, size, size)).tolist())
        found = al.payoff_set(game, F(int(rng.integers(1, 10)), 10))
        assert al.verify(found), (game.A, game.B, found.discount, al.verify(found).witness)
        for drop in range(len(found.vertices) if found.status == "proved" else 0):
            left = np.delete(found.vertices, drop, axis=0)
            worst = (left[:, 0].min(), left[:, 1].min()) if len(left) else None
            kind = ("empty", "point", "segment", "polygon")[min(len(left), 3)]
            wrong = replace(found, vertices=left, outer=left, punishments=worst, kind=kind, origins=())
            for names in (found.profiles, ()):
                assert not al.verify(replace(wrong, profiles=names))


def test_the_liquidity_of_a_step_is_checked():
    contracts = al.relational_contracts(PD)
    wrong = tuple(replace(step, liquidity=step.liquidity + 1) for step in contracts.steps)
    assert "need a liquidity of" in al.verify(replace(contracts, steps=wrong)).witness
    assert "not in the order" in al.verify(replace(contracts, steps=(*contracts.steps, contracts.steps[-1]))).witness


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "concept",
    [al.Transfers("optimal"), al.OptimalPenalCode(), al.OutsideOption(F(5)), al.GivenPunishment(profile=(1, 1))],
    ids=repr,
)
def test_punishments_of_every_concept_are_checked(concept):
    r = al.critical_discount(UNEVEN, enforcement=concept)
    assert al.verify(r), al.verify(r).witness
    for k in range(2):
        for amount in (-1, 1):
            pair = tuple(w + amount * (k == m) for m, w in enumerate(r.terms.punished))
            assert not al.verify(replace(r, terms=replace(r.terms, punished=pair)))
            both = replace(r, terms=replace(r.terms, punished=pair), punishment=replace(r.punishment, payoffs=pair))
            assert not al.verify(both)
        for named in ((0, 0), (0, 1), (-1, -1), (1, 1)):
            profiles = list(r.punishment.profiles)
            if tuple(np.ravel(profiles[k])) == named:
                continue
            profiles[k] = np.array(named)
            wrong = al.verify(replace(r, punishment=replace(r.punishment, profiles=tuple(profiles))))
            assert not wrong
            assert wrong.witness


def test_a_duplicated_and_a_missing_mixed_equilibrium_are_noticed():
    chicken = al.StageGame([[3, 1], [4, 0]], [[3, 4], [1, 0]])
    for stage in (chicken, chicken.to_float()):
        r = stage.nash()
        assert "the same, or not in order" in al.verify(replace(r, equilibria=(r[0], *r.equilibria))).witness
        pure = tuple(e for e in r if e.pure)
        assert "is missing" in al.verify(replace(r, equilibria=pure)).witness
        assert "degenerate" in al.verify(replace(r, degenerate=True)).witness


def test_monitored_contracts_at_another_discount_factor_are_noticed():
    stage = al.StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    monitoring = al.PublicMonitoring.binary(stage, bad=[[0.1, 0.6], [0.6, 0.9]])
    impatient, patient = al.monitored_contracts(monitoring, 0.1), al.monitored_contracts(monitoring, 0.9)
    assert al.verify(impatient)
    assert al.verify(patient)
    # no surplus, hence no liquidity, at any discount factor: but at 0.9 there is a better equilibrium
    assert "a larger liquidity can be sustained" in al.verify(replace(impatient, discount=0.9)).witness
    assert not al.verify(replace(patient, discount=0.8))
    assert not al.verify(replace(patient, on_path=None))


def test_the_words_of_offers_are_checked():
    kept = al.keeping_payment(UNEVEN, None, F(4, 5), F(8))
    assert al.verify(kept)
    for code in range(-1, 6):
        if code != kept.code:
            assert al.verify(replace(kept, code=code)).witness
    lost = al.keeping_payment(PD, None, F(1, 2), F(14))
    assert (lost.outcome, bool(al.verify(lost))) == ("changes sides", True)
    assert "prefers the other" in al.verify(replace(lost, code=3)).witness
    offer = al.switching_offer(UNEVEN, None, F(4, 5))
    for wrong in (replace(offer, offer=offer.offer + F(1, 10**6)), replace(offer, discount=(F(4, 5), F(3, 5)))):
        assert al.verify(wrong).witness


def test_wars_are_checked_and_their_opposite_is_noticed():
    for walk, verdict in ((al.ConflictWalk(2, (8, 2)), "fails"), (al.ConflictWalk(2, 8), "holds")):
        check = PROTRACTION.check(walk)
        assert (check.status, al.verify(check).status) == (verdict, "passed")
        opposite = replace(check, status="holds" if verdict == "fails" else "fails")
        assert "with witness" in al.verify(opposite).witness
    failing = PROTRACTION.check(al.ConflictWalk(2, (8, 2)))
    assert "last longer" in al.verify(replace(failing, status="holds", witness=None)).witness
    w = failing.witness
    turned = replace(w, low=w.high, high=w.low, at_low=w.at_high, at_high=w.at_low)
    assert "not the wider" in al.verify(replace(failing, witness=turned)).witness


def test_an_empty_falsification_is_never_ok():
    wars = Family(lambda win: al.ConflictWalk(2, 8, win), {"win": Interval(0, 1, "neither")})
    found = PROTRACTION.falsify(wars, examples=30)
    assert al.verify(found)
    assert al.verify(replace(found, parameters=None, check=None)).status == "nothing checked"
    for half in ({"parameters": None}, {"check": None}):
        assert "without" in al.verify(replace(found, **half)).witness


@pytest.mark.parametrize("wrong", [None, 5, (0,), (0, 7), ("x", "y")])
def test_a_wrong_profile_on_path_is_a_witness_and_no_exception(wrong):
    contracts = al.relational_contracts(PD)
    steps = (*contracts.steps[:-1], replace(contracts.steps[-1], on_path=wrong))
    assert al.verify(replace(contracts, steps=steps)).witness
    r = al.critical_discount(PD)
    assert al.verify(replace(r, profile=wrong)).witness
    strategy = al.payoff_set(PD, F(1, 2)).strategy((9, 9))
    states = (replace(strategy.states[0], profile=wrong), *strategy.states[1:])
    assert al.verify(replace(strategy, states=states)).witness


def test_an_outside_option_names_no_profile_where_there_is_none():
    """Matching pennies has no pure equilibrium, and the proxy's offer is below what it has: nothing punishes."""
    pennies = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    r = al.critical_discount(pennies, enforcement=al.OutsideOption(F(-2), alone=F(0)))
    assert al.verify(r), al.verify(r).witness
    assert [p.tolist() for p in r.punishment.profiles] == [[-1, -1], [-1, -1]]
