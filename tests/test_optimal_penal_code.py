"""Critical discount factors under optimal penal codes."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

import alliances as al
from alliances import StageGame
from alliances.repeated.enforcement import optimal_penal_code
from alliances.repeated.enforcement.optimal_penal_code import critical_discount_of_payoffs, critical_discount_opc
from alliances.repeated.payoff_sets.solve import payoff_set
from tests.support import stage_games

PD = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])


def floats(game):
    return StageGame(game.A.astype(float), game.B.astype(float))


def test_cooperation_in_the_prisoners_dilemma():
    # Friedman's (10 − 9)/(10 − 3); no punishment is harsher than stage Nash here, which is minmax (Stahl 1991)
    code = critical_discount_opc(PD)
    assert (code.sponsor, code.proxy, code.dyad, code.exact) == (Fraction(1, 7), Fraction(1, 7), Fraction(1, 7), True)
    assert code.punishments == (3, 3)
    assert critical_discount_opc(floats(PD)).dyad == pytest.approx(1 / 7, abs=1e-11)
    assert critical_discount_of_payoffs(PD, (9, 9)) == Fraction(1, 7)
    assert critical_discount_of_payoffs(floats(PD), (9, 9)) == pytest.approx(1 / 7, abs=1e-11)
    assert critical_discount_of_payoffs(PD, (3, Fraction(39, 4))) == Fraction(1, 4)
    assert critical_discount_of_payoffs(PD, (3, 3)) == 0
    assert critical_discount_of_payoffs(PD, (9, 10)) == np.inf


def test_stage_equilibrium_needs_no_patience():
    code = critical_discount_opc(PD, (1, 1))
    assert (code.sponsor, code.proxy, code.dyad, code.exact) == (0, 0, 0, True)


def test_below_minmax_no_patience_suffices():
    code = critical_discount_opc(PD, (0, 1))
    assert (code.sponsor, code.proxy, code.dyad) == (np.inf, 0, np.inf)


def test_harsher_than_nash_reversion():
    """Abreu's (1988) point: a harsh action, added to the PD, makes a penal code that beats reversion."""
    a = [[9, 1, -5], [10, 3, -4], [-4, -4, -6]]
    game = StageGame(a, np.array(a).T)
    assert game.pure_nash().profiles == ((1, 1),)
    code = critical_discount_opc(game)
    assert code.dyad < Fraction(1, 7)
    assert code.punishments[0] < 3
    # at the critical factor cooperation is played, just below it is not
    d = code.dyad
    assert payoff_set(game, d).contains((9, 9))
    assert not payoff_set(game, d - Fraction(1, 10**9)).contains((9, 9))


@pytest.mark.parametrize("seed", range(12))
def test_by_definition(seed):
    """At δ* the profile is its own continuation; a little below it is not."""
    rng = np.random.default_rng([3, seed])
    m, n = rng.integers(2, 4, size=2)
    game = StageGame(rng.integers(0, 7, (m, n)), rng.integers(0, 7, (m, n)))
    profile = int(rng.integers(m)), int(rng.integers(n))
    code = critical_discount_opc(game, profile)
    rough = critical_discount_opc(floats(game), profile)
    assert float(code.dyad) == pytest.approx(rough.dyad, abs=1e-9)
    c, d = game.payoffs(profile), game.best_deviations(profile)
    for i, critical in enumerate((code.sponsor, code.proxy)):
        if not 0 < critical < 1:
            continue
        for delta, holds in ((critical, True), (critical - Fraction(1, 10**7), False)):
            u = payoff_set(game, delta).punishments
            assert (u is not None and delta * (c[i] - u[i]) >= (1 - delta) * (d[i] - c[i])) == holds


@pytest.mark.slow
def test_batch_equals_loop():
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 60, 2, 2))
    batch = critical_discount_opc(StageGame(a, b), (0, 0))
    for k in range(60):
        single = critical_discount_opc(StageGame(a[k], b[k]), (0, 0))
        assert batch.sponsor[k] == pytest.approx(single.sponsor, abs=1e-9)
        assert batch.proxy[k] == pytest.approx(single.proxy, abs=1e-9)
        if 0 < single.dyad < 1:
            assert batch.punishments[1][k] == pytest.approx(single.punishments[1], abs=1e-7)


def test_errors():
    with pytest.raises(TypeError, match="stage must be a StageGame"):
        critical_discount_opc("pd")
    with pytest.raises(ValueError, match="point must be a pair"):
        critical_discount_of_payoffs(PD, (1, 2, 3))
    with pytest.raises(ValueError, match="takes one game"):
        critical_discount_of_payoffs(StageGame(np.zeros((3, 2, 2)), np.zeros((3, 2, 2))), (1, 2))


# -- as an enforcement concept -----------------------------------------------------------------------------------------

CONCEPT = al.OptimalPenalCode()


def test_abreus_cournot_game():
    # Abreu 1988, table 1: low, middle, high output; reversion sustains (L, L) from 5/8 on
    game = StageGame([[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]])
    r = al.critical_discount(game, enforcement=CONCEPT)
    assert r.dyad < al.critical_discount(game).dyad == Fraction(5, 8)
    assert al.verify(r)
    below = al.payoff_set(game, r.dyad - Fraction(1, 10**6)).punishments
    assert (1 - r.dyad) * (15 - 10) > (r.dyad - Fraction(1, 10**6)) * (10 - below[0])


@pytest.mark.slow
@settings(max_examples=30)
@given(stage_games(most=2))
def test_penal_codes_are_never_weaker_than_reversion(game):
    code, grim = (al.critical_discount(game.to_float(), enforcement=e) for e in (CONCEPT, al.NashReversion()))
    for one, other in zip((code.sponsor, code.proxy), (grim.sponsor, grim.proxy), strict=True):
        assert one <= other + 1e-9 or other > 1 - 1e-6
    assert al.verify(code)


def test_a_batch_along_the_gap_is_a_loop_and_verifies():
    game = al.presets.chindea_2014()
    line = np.linspace(-0.9, 0.9, 13)
    batch = al.critical_discount(game, al.Power.from_gap(line), enforcement=CONCEPT)
    assert al.verify(batch)
    for k, gap in enumerate(line):
        one = al.critical_discount(game, al.Power.from_gap(float(gap)), enforcement=CONCEPT)
        assert one.dyad == pytest.approx(batch.dyad[k], abs=1e-9)
        assert one.binding == batch.binding[k]


@pytest.mark.slow
def test_thresholds_and_regimes():
    game = al.presets.chindea_2014()
    found = al.defection_threshold(game, 0.6, enforcement=CONCEPT, domain=(0.0, 0.9), samples=61)
    assert al.verify(found)
    assert found.status == "threshold"
    regimes = al.regimes(game, al.Power.from_gap([0.0, 0.8]), 0.6, enforcement=CONCEPT)
    assert regimes.name.tolist() == ["pact", "alliance"]


def test_players_must_share_a_discount_factor():
    game, power = al.presets.chindea_2014(), al.Power.from_gap([0.5, 0.1])
    with pytest.raises(ValueError, match="discount must be common to both players"):
        al.defection_threshold(game, (0.5, 0.6), enforcement=CONCEPT)
    with pytest.raises(ValueError, match="broken_by must be None"):
        al.identified_discount(game, power, enforcement=CONCEPT, broken_by="proxy")
    with pytest.raises(TypeError, match=r"payoff_set\(\): discount must be common"):
        al.payoff_set(PD, (0.5, 0.6))


def test_verify_re_checks_sets_and_strategies():
    found = al.payoff_set(PD, Fraction(3, 10))
    assert al.verify(found)
    strategy = found.strategy((8, 8))
    assert al.verify(strategy)
    impatient = dataclasses.replace(strategy, discount=Fraction(1, 10))
    assert "gains" in al.verify(impatient).witness


def test_each_set_is_solved_once(monkeypatch):
    """One set at the most patient players for both of them, and one for each player at the least δ that this leaves."""
    sizes = []
    solve = optimal_penal_code.solve_batch

    def counted(stage, delta):
        sizes.append(len(stage.A))
        return solve(stage, delta)

    monkeypatch.setattr(optimal_penal_code, "solve_batch", counted)
    monkeypatch.setattr(optimal_penal_code, "payoff_set", counted)
    a = np.array([[9.0, 1.0], [10.0, 3.0]]) + np.random.default_rng(0).uniform(-0.1, 0.1, (50, 2, 2))
    stage = al.StageGame(a, a.swapaxes(1, 2))
    r = al.critical_discount(stage, enforcement=al.OptimalPenalCode())
    assert (r.dyad < 1).all()
    assert sum(sizes) <= 3 * 50
    sizes.clear()
    al.critical_discount(stage, profile=(1, 1), enforcement=al.OptimalPenalCode())
    assert sizes == []  # the same games: those of the most patient are known, and nobody is tempted
