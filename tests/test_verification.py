"""verify() must accept what the solvers return and catch every kind of wrong answer, with a witness."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from tests.support import CONCEPTS, PD_PROXY, PD_SPONSOR, benchmark_game

PD = al.StageGame(PD_SPONSOR, PD_PROXY)


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
@pytest.mark.parametrize("factor", [0.97, 1.03])
@pytest.mark.parametrize("player", ["sponsor", "proxy"])
def test_wrong_critical_discounts_are_caught(concept, factor, player):
    r = al.critical_discount(PD, enforcement=concept)
    assert al.verify(r)
    wrong = al.verify(replace(r, **{player: getattr(r, player) * factor}))
    assert not wrong
    assert player in wrong.witness


@pytest.mark.parametrize("wrong", [np.inf, 0, 1, Fraction(3, 2)])
def test_wrong_kinds_of_answers_are_caught(wrong):
    r = al.critical_discount(PD)
    assert not al.verify(replace(r, sponsor=wrong))


def test_an_exact_answer_must_be_exact():
    r = al.critical_discount(PD)
    assert not al.verify(replace(r, proxy=Fraction(1, 7) + Fraction(1, 10**30)))


def test_a_wrong_element_of_a_batch_is_named():
    r = al.critical_discount(benchmark_game(), al.Power.from_gap(np.linspace(-0.9, 0.9, 50)))
    assert al.verify(r)
    proxy = r.proxy.copy()
    proxy[37] *= 0.99
    assert al.verify(replace(r, proxy=proxy)).witness.startswith("game (37,), proxy: gains")


def test_wrong_terms_are_caught():
    r = al.critical_discount(PD)
    for changed, word in (
        (replace(r.terms, path=(Fraction(8), Fraction(9))), "on path"),
        (replace(r.terms, deviation=(Fraction(11), Fraction(10))), "deviation payoff"),
        (replace(r.terms, punished=(Fraction(2), Fraction(3))), "not that of its worst pure stage equilibrium"),
    ):
        assert word in al.verify(replace(r, terms=changed)).witness


def test_a_milder_punishment_than_the_worst_is_caught():
    # two pure equilibria, worth 2 and 1: the punishment must be the worse
    game = al.StageGame([[3, 0, 0], [4, 2, 0], [0, 0, 1]], [[3, 4, 0], [0, 2, 0], [0, 0, 1]])
    r = al.critical_discount(game)
    assert r.dyad == Fraction(1, 3)
    milder = replace(r, sponsor=Fraction(1, 2), terms=replace(r.terms, punished=(Fraction(2), Fraction(1))))
    assert "sponsor: the punishment payoff" in al.verify(milder).witness


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
def test_wrong_thresholds_are_caught(concept):
    found = al.defection_threshold(benchmark_game(), 0.8, enforcement=concept)
    assert al.verify(found)
    for moved in (-1e-4, 1e-4):
        for side in ("lower", "upper"):
            window = found.windows[0]
            if getattr(window, f"{side}_defector") is None:
                continue
            wrong = (replace(window, **{side: getattr(window, side) + moved}), *found.windows[1:])
            assert not al.verify(replace(found, windows=wrong, gap=None))
    assert "outside the windows" in al.verify(replace(found, windows=(), gap=None)).witness
    assert not al.verify(replace(found, gap=0.123))


def test_wrong_identified_sets_are_caught():
    power = al.cases.load("gulf-zetas").power_series().power
    r = al.identified_discount(benchmark_game(conflict_cost=0.3), power, broken_by="proxy")
    assert al.verify(r)
    for name in ("common", "sponsor", "proxy"):
        for lower, upper in ((0.4, 0.9), (0.99, 0.3)):
            assert name in al.verify(replace(r, **{name: al.DiscountInterval(lower, upper)})).witness


def test_wrong_minmax_payoffs_are_caught():
    game = al.StageGame([[3, 0], [1, 2]], [[0, 3], [2, 1]])
    for mixed in (True, False):
        r = game.minmax(mixed=mixed)
        assert al.verify(r)
        for amount in (-Fraction(1, 10), Fraction(1, 10)):
            assert not al.verify(replace(r, sponsor=r.sponsor + amount))
            assert not al.verify(replace(r, proxy=r.proxy + amount))


def test_wrong_equilibria_are_caught():
    r = PD.nash()
    assert al.verify(r)
    cooperate = np.array([Fraction(1), Fraction(0)], dtype=object)
    assert "gains 1 by deviating" in al.verify(replace(r, equilibria=(replace(r[0], x=cooperate, y=cooperate),))).witness
    assert "no probability vector" in al.verify(replace(r, equilibria=(replace(r[0], x=2 * cooperate),))).witness
    assert "no equilibrium" in al.verify(replace(r, equilibria=())).witness


def test_only_results_can_be_verified():
    with pytest.raises(TypeError, match="verify"):
        al.verify(0.5)
