"""Punishment taken as given: the formula with a fixed profile, whether or not anybody would carry it out."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from tests.support import benchmark_game

WRAPPED = (al.NashReversion(), al.FinitePunishment(1), al.ImperfectMonitoring(F(1, 20), F(1, 10)), al.Transfers())
GAPS = [F(n, 10) for n in range(-9, 10)]


def formula(stage, k):
    """(d - c)/(d - w) with w from (fight, fight), by hand."""
    payoff = (stage.A, stage.B)[k]
    c, w = payoff[0, 0], payoff[1, 1]
    d = max(payoff[0, 0], payoff[1, 0] if k == 0 else payoff[0, 1])
    return F(0) if d == c else (d - c) / (d - w) if c > w else np.inf


def test_the_default_is_conflict_for_ever():
    game = benchmark_game()
    for gap in GAPS:
        stage = game.stage_game(al.Power.from_gap(gap))
        found = al.critical_discount(stage, enforcement=al.GivenPunishment())
        assert (found.sponsor, found.proxy) == (formula(stage, 0), formula(stage, 1))
        assert found.punishment_labels == (("fight", "fight"), ("fight", "fight"))


@pytest.mark.parametrize("concept", WRAPPED, ids=repr)
def test_it_is_the_wrapped_concept_where_conflict_is_the_worst_equilibrium(concept):
    game, power = benchmark_game(), al.Power.from_gap(GAPS)
    stage = game.stage_game(power)
    plain, given = (al.critical_discount(stage, enforcement=e) for e in (concept, al.GivenPunishment(concept)))
    same = (plain.punishment.profiles[0] == 1).all(axis=-1) & (plain.punishment.profiles[1] == 1).all(axis=-1)
    assert same.any()
    assert not same.all()
    assert (plain.dyad[same] == given.dyad[same]).all()
    assert al.verify(given)


def test_a_credible_one_punishes_only_where_it_is_an_equilibrium():
    game, power = benchmark_game(), al.Power.from_gap(GAPS)
    stage = game.stage_game(power)
    given, credible = (al.critical_discount(stage, enforcement=al.GivenPunishment(credible=c)) for c in (False, True))
    equilibrium = stage.pure_nash().mask[:, 1, 1]
    assert equilibrium.any()
    assert not equilibrium.all()
    assert (credible.dyad[equilibrium] == given.dyad[equilibrium]).all()
    assert (credible.dyad[~equilibrium] == np.inf).all()
    assert (given.dyad[~equilibrium] < np.inf).any()
    assert al.verify(credible)


def test_another_profile():
    stage = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    found = al.critical_discount(stage, enforcement=al.GivenPunishment(profile=(0, 1)))
    assert found.sponsor == F(1, 9)  # d = 10, c = 9, w = 1
    assert found.proxy == np.inf  # its punishment would be a reward


def test_verify_sees_another_punishment_than_the_given_one():
    found = al.critical_discount(benchmark_game(), al.Power.from_gap(F(1, 2)), enforcement=al.GivenPunishment())
    wrong = replace(found, terms=replace(found.terms, punished=(found.terms.punished[0] - 1, found.terms.punished[1])))
    assert "not that of the given profile" in al.verify(wrong).witness


@pytest.mark.parametrize("concept", [al.OptimalPenalCode(), al.Transfers(punishment="optimal"), "grim", al.NashReversion])
def test_what_does_not_revert_cannot_be_wrapped(concept):
    with pytest.raises(TypeError, match=r"GivenPunishment\(\): enforcement must punish by stage equilibria"):
        al.GivenPunishment(concept)


def test_bad_arguments():
    with pytest.raises(TypeError, match="credible must be True or False"):
        al.GivenPunishment(credible="no")
    with pytest.raises(ValueError, match="must name one of the actions"):
        al.critical_discount(benchmark_game(), al.Power(2, 1), enforcement=al.GivenPunishment(profile=("fight", "flee")))
