"""Equilibria as automata: built for points of payoff sets, checked from the definition."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from alliances import StageGame
from alliances.repeated.payoff_sets.solve import payoff_set
from alliances.verification.strategies import verify_strategy

PD = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])


def random_sets(count, seed, exact):
    rng = np.random.default_rng(seed)
    while count:
        m, n = rng.integers(2, 5, size=2)
        a, b = rng.integers(0, 9, size=(2, m, n))
        delta = F(int(rng.integers(10, 100)), 100)
        if not exact:
            a, b = a + rng.normal(size=a.shape), b + rng.normal(size=b.shape)
        s = payoff_set(StageGame(a, b), delta if exact else float(delta))
        if s.kind == "empty":
            continue
        count -= 1
        weights = rng.integers(0, 9, size=len(s.vertices)) + 1
        total = int(weights.sum())
        yield s, sum((F(int(w), total) if exact else w / total) * v for w, v in zip(weights, s.vertices, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("exact", [True, False])
def test_every_point_has_an_equilibrium(exact):
    for s, point in random_sets(60, 7, exact):
        strategy = s.strategy(point)
        check = strategy.verify()
        assert check.holds, (s, check)
        assert check.tolerance == (0 if exact else 1e-9)
        if exact:
            assert check.value == tuple(point)
            assert check.gain <= 0
            assert check.shortfall == 0
        assert sum(p for p, _ in strategy.initial) == pytest.approx(1)


@pytest.mark.slow
def test_one_shot_deviations_by_simulation():
    """The value of a deviation, by playing it: an independent reading of the automaton."""
    strategy = payoff_set(PD, F(3, 10)).strategy((F(6), F(7)))
    rng = np.random.default_rng(1)
    periods, delta = 40, 0.3
    weights = (1 - delta) * delta ** np.arange(periods)
    played = [strategy.play(periods, rng=rng).payoffs.astype(float) for _ in range(3000)]
    assert np.allclose(np.mean([weights @ p for p in played], axis=0), (6, 7), atol=0.15)


def test_play_punishes_the_deviator_only():
    strategy = payoff_set(PD, F(1, 2)).strategy((9, 9))
    assert strategy.play(3, rng=0).profiles.tolist() == [[0, 0]] * 3
    assert strategy.play(3, rng=0, deviations={0: (0, 1)}).profiles.tolist() == [[0, 1], [1, 1], [1, 1]]
    # a deviation of both at once changes nothing
    assert strategy.play(3, rng=0, deviations={0: (1, 1)}).profiles.tolist() == [[1, 1], [0, 0], [0, 0]]
    assert strategy.play(2, rng=0).payoffs.tolist() == [[9, 9], [9, 9]]
    with pytest.raises(ValueError, match="periods must be a positive integer"):
        strategy.play(0)


def test_play_is_reproducible():
    strategy = payoff_set(PD, F(1, 2)).strategy((5, 4))
    one, other = (strategy.play(50, rng=3).profiles for _ in "ab")
    assert (one == other).all()


def test_verification_finds_the_deviation():
    good = payoff_set(PD, F(1, 2)).strategy((9, 9))
    forgiving = replace(
        good, states=tuple(replace(s, sponsor_deviates=s.conform, proxy_deviates=s.conform) for s in good.states)
    )
    check = verify_strategy(forgiving)
    assert not check.holds
    # whoever forgives is exploited: 10 instead of 9 for one period, (1 − δ)(10 − 9)
    cooperate = next(k for k, s in enumerate(good.states) if s.profile == (0, 0))
    assert check.gain > 0
    assert check.values[cooperate].tolist() == [9, 9]
    impatient = replace(good, discount=F(1, 8))
    assert not verify_strategy(impatient).holds
    boasting = replace(good, value=(F(10), F(9)))
    assert verify_strategy(boasting).shortfall == F(1, 9)
    assert not verify_strategy(boasting).holds


def test_outside_names_the_separating_direction():
    with pytest.raises(
        ValueError, match=r"PayoffSet.strategy\(\): point must be an equilibrium payoff; got \(10, 10\).*separates"
    ):
        payoff_set(PD, F(1, 2)).strategy((10, 10))
    with pytest.raises(ValueError, match="separates"):
        payoff_set(StageGame(PD.A.astype(float), PD.B.astype(float)), 0.5).strategy((10, 10))


@pytest.mark.slow
def test_enclosed_sets_have_exact_equilibria():
    s = payoff_set(PD, F(2475, 10000))
    assert s.status == "enclosed"
    for v in s.vertices:
        check = s.strategy(v).verify()
        assert check.holds
        assert check.tolerance == 0
        assert check.shortfall == 0


def test_text():
    assert "sponsor deviates: state" in str(payoff_set(PD, F(1, 2)).strategy((9, 9)))
