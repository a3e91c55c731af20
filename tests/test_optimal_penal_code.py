"""Critical discount factors under optimal penal codes."""

from fractions import Fraction as F

import numpy as np
import pytest

from alliances import StageGame
from alliances.repeated.optimal_penal_code import critical_discount_of_payoffs, critical_discount_opc
from alliances.repeated.payoff_set import payoff_set

PD = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])


def floats(game):
    return StageGame(game.A.astype(float), game.B.astype(float))


def test_cooperation_in_the_prisoners_dilemma():
    # Friedman's (10 − 9)/(10 − 3); no punishment is harsher than stage Nash here, which is minmax (Stahl 1991)
    code = critical_discount_opc(PD)
    assert (code.sponsor, code.proxy, code.dyad, code.exact) == (F(1, 7), F(1, 7), F(1, 7), True)
    assert code.punishments == (3, 3)
    assert critical_discount_opc(floats(PD)).dyad == pytest.approx(1 / 7, abs=1e-11)
    assert critical_discount_of_payoffs(PD, (9, 9)) == F(1, 7)
    assert critical_discount_of_payoffs(floats(PD), (9, 9)) == pytest.approx(1 / 7, abs=1e-11)
    assert critical_discount_of_payoffs(PD, (3, F(39, 4))) == F(1, 4)
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
    assert code.dyad < F(1, 7)
    assert code.punishments[0] < 3
    # at the critical factor cooperation is played, just below it is not
    d = code.dyad
    assert payoff_set(game, d).contains((9, 9))
    assert not payoff_set(game, d - F(1, 10**9)).contains((9, 9))


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
        for delta, holds in ((critical, True), (critical - F(1, 10**7), False)):
            u = payoff_set(game, delta).punishments
            assert (u is not None and delta * (c[i] - u[i]) >= (1 - delta) * (d[i] - c[i])) == holds


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
