"""Break thresholds of related dyads: players exchanged, other units of payoffs, ends of the lattice further away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics.markov_alliance import MarkovAlliance, MarkovSolver
from tests.moving_power_reference import alliance, shifting


@pytest.mark.parametrize("delta", [0.6, 0.9])
@pytest.mark.parametrize("decisiveness", [1.0, 2.0])
def test_players_and_signs_of_power_mirrored(decisiveness: float, delta: float) -> None:
    base = alliance(decisiveness)
    process = al.PowerProcess(step=0.2, reach=2, learning=(0.3, 1), growth=(0.1, 1), arrest=(0.05, 3))
    other = al.PowerProcess(step=0.2, reach=2, learning=(0.1, 1), growth=(0.3, 1), strike=(0.05, 3))
    dyad, mirror = al.ShiftingDyad(base, process), al.ShiftingDyad(_swapped(base), other)
    ours, theirs = (al.break_threshold(d, delta, al.Transfers()) for d in (dyad, mirror))
    turned = {"sponsor": "proxy", "proxy": "sponsor", "both": "both"}
    assert [(-w.high, -w.low) for w in reversed(theirs.windows)] == [(w.low, w.high) for w in ours.windows]
    for w, v in zip(ours.windows, reversed(theirs.windows), strict=True):
        for a, b in ((w.below, v.above), (w.above, v.below)):
            assert (a is None) == (b is None)
            if a is not None and b is not None:
                assert a.defector == turned[str(b.defector)]
                assert a.gains == pytest.approx(b.gains[::-1], abs=1e-10)
    n = len(dyad.log_ratios)
    solvers = MarkovSolver(dyad.stochastic_game, n, delta), MarkovSolver(mirror.stochastic_game, n, delta)
    for e in range(0, n, 3):
        held = np.arange(n) >= e
        one, two = solvers[0].hold(held), solvers[1].hold(held[::-1])
        if one.settled and two.settled and not _chicken(one).any():
            np.testing.assert_allclose(one.values[:n], two.values[:n][::-1, ::-1], atol=1e-9)
            np.testing.assert_allclose(one.gains, two.gains[::-1, ::-1], atol=1e-9)


def _swapped(game: al.AllianceGame) -> al.CustomGame:
    def cells(power: al.Power) -> Any:
        other = game.cells(al.Power(power.proxy, power.sponsor))
        return [[(other[j][i][1], other[j][i][0]) for j in range(2)] for i in range(2)]

    return al.CustomGame(cells)


def _chicken(alliance_kept: MarkovAlliance) -> np.ndarray:
    """Where either may be the one who strikes, and the order of selection takes the sponsor."""
    worth = alliance_kept.worth
    strikes = (worth[:, 1, 0, 0] >= worth[:, 0, 0, 0]) & (worth[:, 1, 0, 1] >= worth[:, 1, 1, 1])
    struck = (worth[:, 0, 1, 1] >= worth[:, 0, 0, 1]) & (worth[:, 0, 1, 0] >= worth[:, 1, 1, 0])
    return np.asarray(strikes & struck)


@pytest.mark.parametrize("enforcement", [al.NashReversion(), al.Transfers()])
@pytest.mark.parametrize("scale", [1e6, 1e-6])
def test_units_of_payoffs(enforcement: Any, scale: float) -> None:
    for base, delta in ((alliance(1.0), 0.8), (alliance(2.0), 0.95)):

        def scaled(power: al.Power, base: Any = base) -> Any:
            return [[(scale * a, scale * b) for a, b in row] for row in base.cells(power)]

        process = al.PowerProcess(step=0.2, reach=2, learning=(0.4, 1), growth=(0.1, 1))
        one = al.break_threshold(al.ShiftingDyad(base, process), delta, enforcement)
        two = al.break_threshold(al.ShiftingDyad(al.CustomGame(scaled), process), delta, enforcement)
        assert [(w.low, w.high) for w in one.windows] == [(w.low, w.high) for w in two.windows]
        assert one.defector == two.defector
        assert one.moving.holes == two.moving.holes


@pytest.mark.slow
@pytest.mark.parametrize("enforcement", [al.NashReversion(), al.Transfers()])
def test_ends_that_are_far_away_do_not_matter(enforcement: Any) -> None:
    for learning, delta in ((0.1, 0.8), (0.3, 0.8), (1.0, 0.9)):
        near, far = (al.break_threshold(shifting(1.0, learning, reach=reach), delta, enforcement) for reach in (3.0, 4.5))
        assert near.near_ends == ()
        assert near.log_ratio == far.log_ratio
        assert near.defector == far.defector


def test_edges_near_a_reflecting_end_are_named() -> None:
    """With growth the upper end holds power where the sponsor does not strike; a wider lattice shows another threshold."""

    def ask(reach: float) -> al.ShiftingThreshold:
        process = al.PowerProcess(reach=reach, learning=(0.3, 1), growth=(0.5, 1))
        return al.break_threshold(al.ShiftingDyad(alliance(2.0), process), 0.95)

    near, far = ask(0.5), ask(4.0)
    assert near.near_ends
    assert "Near the lattice's reflecting ends" in near.message
    assert near.log_ratio != far.log_ratio
