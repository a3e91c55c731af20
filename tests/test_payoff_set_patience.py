"""Payoff sets of very patient players, and of payoffs on very different scales: they settle in few steps, with a proof."""

from fractions import Fraction as F
from functools import cache

import numpy as np
import pytest

from alliances import StageGame
from alliances.repeated.enforcement import optimal_penal_code
from alliances.repeated.enforcement.optimal_penal_code import critical_discount_opc
from alliances.repeated.payoff_sets import exact as exact_module
from alliances.repeated.payoff_sets.operator import Rules, generate
from alliances.repeated.payoff_sets.polygon import excess
from alliances.repeated.payoff_sets.single import Scale
from alliances.repeated.payoff_sets.solve import payoff_set
from alliances.repeated.payoff_sets.supports import shrink
from tests.payoff_set_reference import hausdorff

SLOW = ([[1, 0], [3, 1]], [[1, 1], [1, 3]])  # (1, 1 + ε) is all that its set lacks, and ε falls with (1 − δ)²
MIXED = ([[-3, -30000, 2 * 10**8], [-4, 0, 60000]], [[-1, 0, 10**4], [2, -20000, -3 * 10**8]])
PATIENT = [F(9999, 10000), 1 - F(1, 10**6), 1 - F(1, 10**9)]
FEW = 60  # steps: there were up to 20 000


def points(vertices):
    return [(float(x), float(y)) for x, y in vertices]


def rules_of(game, delta):
    scale = Scale.of(game, True)
    return Rules.of(scale.a.tolist(), scale.b.tolist(), delta, 0), scale


def random_games(count, seed, most=3):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        m, n = rng.integers(2, most, size=2, endpoint=True)
        yield StageGame(*rng.integers(-5, 6, (2, m, n)))


@pytest.mark.parametrize("delta", [F(9, 10), F(999, 1000), *PATIENT])
def test_a_game_that_shrinks_for_ever(delta):
    s = payoff_set(StageGame(*SLOW), delta)
    assert s.status == "enclosed"  # two vertices are irrational
    assert s.error_bound < F(1, 10**18)
    assert s.iterations <= FEW
    assert payoff_set(StageGame(*SLOW).to_float(), float(delta)).iterations <= FEW
    if delta == PATIENT[0]:
        right = [(1, 1.00000002), (1.0002, 1.000000020004), (2.99979998, 1.000200019998), (1, 3)]
        assert hausdorff(points(s.vertices), right) < 1e-8
    assert len(s.vertices) == 4
    epsilon = 1 - delta  # to first order in ε: (1, 1 + 2ε²), (1 + 2ε, 1 + 2ε²), (3 − 2ε, 1 + 2ε), (1, 3)
    assert abs((s.vertices[0, 1] - 1) / epsilon**2 - 2) < 10 * epsilon
    assert abs((s.vertices[1, 0] - 1) / epsilon - 2) < 10 * epsilon
    assert abs((3 - s.vertices[2, 0]) / epsilon - 2) < 10 * epsilon


@pytest.mark.parametrize("delta", [0.99, 0.999, 0.9999, 1 - 1e-6])
def test_the_same_in_floating_point(delta):
    s = payoff_set(StageGame(*SLOW).to_float(), delta)
    assert s.status == "solved"
    assert s.iterations <= FEW
    assert hausdorff(points(s.vertices), points(payoff_set(StageGame(*SLOW), F(delta)).vertices)) < 1e-9


def test_payoffs_from_one_to_three_hundred_million():
    y = F(2 * 200_000_003 + 10**4, 200_000_003 + 1)
    assert y == 2 + (10**4 - y) / (2 * 10**8 + 3)
    s = payoff_set(StageGame(*MIXED), F(1, 2))
    assert (s.status, s.vertices.tolist()) == ("proved", [[-3, y], [2 * 10**8, 10**4]])
    turned = payoff_set(StageGame(*(np.array(x).T.tolist() for x in MIXED[::-1])), F(1, 2))
    assert (turned.status, sorted(turned.vertices.tolist())) == ("proved", [[y, -3], [10**4, 2 * 10**8]])


@pytest.mark.sampled(1)
@pytest.mark.parametrize("delta", PATIENT)
def test_random_games_settle_exactly_and_in_floats(delta):
    for game in random_games(12, delta.denominator % 1000 + 1):
        exact, rough = payoff_set(game, delta), payoff_set(game.to_float(), float(delta))
        assert exact.converged
        assert rough.converged
        assert exact.iterations <= FEW
        assert exact.error_bound < F(1, 10**15)
        if delta == PATIENT[0]:  # nearer to 1 the tolerance of floats covers what (1 − δ)² changes
            assert exact.kind == rough.kind
            assert not len(exact.vertices) or hausdorff(points(exact.vertices), points(rough.vertices)) < 1e-8


def test_mixed_scales_settle():
    rng = np.random.default_rng(12)
    for _ in range(15):
        sign, power = rng.integers(-4, 5, (2, 2, 3)), rng.integers(0, 9, (2, 2, 3))
        payoffs = sign * 10**power
        s = payoff_set(StageGame(*payoffs), F(1, 2))
        assert s.converged
        assert s.error_bound < F(1, 10**15)


@pytest.mark.slow
def test_units_zeros_and_players_do_not_matter_next_to_one():
    for k, game in enumerate(random_games(6, 8, most=2)):
        plain = payoff_set(game, PATIENT[k % 3])
        moved = payoff_set(StageGame(7 * game.A - 10**6, game.B / 3 + 1), PATIENT[k % 3])
        turned = payoff_set(StageGame(game.B.T, game.A.T), PATIENT[k % 3])
        assert plain.kind == moved.kind == turned.kind
        back = [((x + 10**6) / 7, (y - 1) * 3) for x, y in moved.vertices.tolist()]
        swapped = [(y, x) for x, y in turned.vertices.tolist()]
        for other in (back, swapped):
            assert not other or hausdorff(points(plain.vertices), points(other)) < 1e-12


# -- what a proof is worth ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_what_is_proved_generates_itself(seed, monkeypatch):
    monkeypatch.setattr(exact_module, "_FEW_PLANES", 1)  # all that half-planes would prove too is proved by supports
    for k, game in enumerate(random_games(12, seed)):
        delta = [F(1, 2), F(247, 1000), F(99, 100), PATIENT[0]][k % 4]
        rules, _ = rules_of(game, delta)
        solution = exact_module.solve_exact(rules)
        if not solution.inner:
            continue
        image = generate(rules, solution.inner, solution.u, list(range(len(rules.g)))).vertices
        if solution.gap == 0:
            assert image == solution.inner
        assert all(excess(solution.outer, p) <= 0 for p in (*solution.inner, *image))


@cache
def rules_and_set(game, delta):
    rules, _ = rules_of(game, delta)
    return rules, exact_module.solve_exact(rules).inner


@pytest.mark.slow
@pytest.mark.parametrize(
    ("A", "B", "delta"), [(*SLOW, F(9, 10)), (*SLOW, F(999, 1000)), ([[9, 1], [10, 3]], [[9, 10], [1, 3]], F(3, 10))]
)
@pytest.mark.parametrize("share", [F(1, 10), F(1, 10**6), F(1, 10**30)])
def test_a_candidate_that_is_too_small_is_never_proved(A, B, delta, share):
    """Whatever the candidate, all equilibrium payoffs lie in what comes out."""
    rules, true = rules_and_set(StageGame(A, B), delta)
    center = [sum(p[i] for p in true) / len(true) for i in (0, 1)]
    small = [tuple(x + share * (c - x) for x, c in zip(p, center, strict=True)) for p in true]
    outer = shrink(rules, list(range(len(rules.g))), small, F(1, 1 << 70))
    assert outer is None or all(excess(outer, p) <= 0 for p in true)
    assert outer != small


def test_the_whole_set_is_proved_from_outside():
    """Straight to the candidate: the two sets of the Prisoners' Dilemma that are rational."""
    rules, _ = rules_of(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), F(3, 10))
    true = exact_module.solve_exact(rules).inner
    assert shrink(rules, list(range(4)), true, F(0)) == true


# -- what uses the sets ---------------------------------------------------------------------------------------------------


def test_a_profile_below_minmax_needs_no_payoff_set(monkeypatch):
    game = StageGame([[-1, -1], [-2, 5]], [[2, 4], [-4, 5]])
    asked = []
    once = optimal_penal_code.payoff_set
    monkeypatch.setattr(optimal_penal_code, "payoff_set", lambda *pair: asked.append(pair) or once(*pair))
    code = critical_discount_opc(game, (1, 0))
    assert (code.sponsor, code.proxy, code.exact, asked) == (np.inf, np.inf, True, [])
    assert critical_discount_opc(game.to_float(), (1, 0)).dyad == np.inf


def test_the_set_of_that_game_at_the_most_patient_settles():
    game = StageGame([[-1, -1], [-2, 5]], [[2, 4], [-4, 5]])
    s = payoff_set(game, optimal_penal_code.MOST_PATIENT)
    assert s.converged
    assert s.iterations <= FEW


@pytest.mark.slow
def test_a_large_exact_game():
    rng = np.random.default_rng(0)
    game = StageGame(*(rng.integers(-50, 50, (20, 20)) for _ in "AB"))
    for delta in (F(1, 2), F(999, 1000)):
        s = payoff_set(game, delta)
        assert s.converged
        assert s.iterations <= FEW
