"""The re-check of payoff sets where the state moves: nothing that claims more than is true survives it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.stochastic_reference import CD, game_of, random_game, reconciling_dyad, two_state_dilemma

STEP = 1e-6  # of the payoff range


def sets_of(name: str) -> al.StochasticPayoffSets:
    if name == "dilemma":
        return two_state_dilemma().payoff_sets(0.7, target=1e-9)
    rng = np.random.default_rng(int(name))
    while True:
        drawn = random_game(rng, states=3)
        sets = game_of(drawn).payoff_sets(drawn["delta"], target=1e-9)
        if sets.exists.all() and max(len(p) for p in sets.inner) > 2:
            return sets


@pytest.fixture(params=["dilemma", "1", "2", "3"], scope="module")
def sets(request: Any) -> al.StochasticPayoffSets:
    found = sets_of(request.param)
    assert found.verify(), found.verify().witness
    assert found.automaton is not None
    assert found.automaton.verify()
    return found


def with_one(array: np.ndarray, index: Any, value: Any) -> np.ndarray:
    changed = array.copy()
    changed[index] = value
    return changed


def some(rng: np.random.Generator, shape: tuple[int, ...], count: int = 12) -> Any:
    places = list(np.ndindex(*shape))
    return [places[k] for k in rng.permutation(len(places))[:count]]


@pytest.mark.sampled(0)
def test_no_perturbed_node_survives(sets: al.StochasticPayoffSets) -> None:
    machine, rng = sets.automaton, np.random.default_rng(0)
    for name in ("values", "slack"):
        array = getattr(machine, name)
        for index in some(rng, array.shape):
            for sign in (1, -1):
                wrong = replace(machine, **{name: with_one(array, index, array[index] + sign * STEP * sets.ranges[index[-1]])})
                assert not wrong.verify(), (name, index)
                if sign > 0:  # the sets ask the automaton the same
                    assert not replace(sets, automaton=wrong).verify(), (name, index)
    for x, k in some(rng, machine.profile.shape):
        for profile in range(sets.game.profiles):
            if profile != machine.profile[x, k]:
                wrong = replace(machine, profile=with_one(machine.profile, (x, k), profile))
                assert not wrong.verify() or _worth(sets, profile) == _worth(sets, machine.profile[x, k]), (x, k, profile)
    assert not replace(machine, discount=machine.discount - 1e-6 if machine.discount else 1e-6).verify()


def _worth(sets: al.StochasticPayoffSets, profile: int) -> tuple[Any, ...]:
    """What a profile pays and where it leads; two such profiles are the same to a node, whatever their names."""
    game = sets.game
    return game.sponsor[profile], game.proxy[profile], tuple(sorted(game.kernel.at(profile).items()))


@pytest.mark.sampled(1)
def test_no_perturbed_lottery_survives(sets: al.StochasticPayoffSets) -> None:
    machine, rng = sets.automaton, np.random.default_rng(0)
    moved = 0
    for index in some(rng, machine.weights.shape):
        for sign in (1, -1):
            assert not replace(machine, weights=with_one(machine.weights, index, machine.weights[index] + sign * STEP)).verify()
    for x, k in np.ndindex(machine.profile.shape):
        for place in rng.integers(0, machine.profile.shape[1], 3):
            after = list(sets.game.kernel.at(int(machine.profile[x, k])))
            old = int(machine.places[x, k, 0])
            apart = np.abs(sum(machine.values[y, place] - machine.values[y, old] for y in after)).max()
            if apart < 0.01 or machine.weights[x, k, 0] < 0.01 or machine.discount == 0 or len(after) > 1:
                continue
            wrong = replace(machine, places=with_one(machine.places, (x, k, 0), place))
            assert not wrong.verify()
            shifted = machine.weights.copy()
            free = int(np.argmin(shifted[x, k]))
            shifted[x, k, 0] -= 1e-6
            shifted[x, k, free] += 1e-6
            assert not replace(machine, weights=shifted, places=with_one(machine.places, (x, k, free), place)).verify()
            moved += 1
    assert not replace(machine, places=with_one(machine.places, (0, 0, 0), machine.profile.shape[1])).verify()
    assert moved or sets.discount == 0 or all(len(set(sets.game.kernel.at(int(k)))) > 1 for k in machine.profile.ravel())


@pytest.mark.sampled(2)
def test_no_perturbed_polygon_survives(sets: al.StochasticPayoffSets) -> None:
    for x in range(len(sets.game)):
        middle = sets.inner[x].mean(axis=0)
        for name in ("inner", "outer"):
            polygons = list(getattr(sets, name))
            for k, vertex in enumerate(polygons[x]):
                out = (vertex - middle) / sets.ranges
                if len(sets.inner[x]) < 3 or np.hypot(*out) < 1e-3:
                    continue
                moved = with_one(polygons[x], k, vertex + STEP * sets.ranges * out / np.hypot(*out))
                wrong = replace(sets, **{name: tuple(moved if y == x else p for y, p in enumerate(polygons))})
                assert not wrong.verify(), (x, name, k)
        if len(sets.inner[x]) > 2:
            for name, factor in (("outer", 1 - 1e-4), ("inner", 1 + 1e-4)):
                scaled = middle + factor * (getattr(sets, name)[x] - middle)
                changed = tuple(scaled if y == x else p for y, p in enumerate(getattr(sets, name)))
                assert not replace(sets, **{name: changed}).verify(), (x, name)
        nothing = np.empty((0, 2))
        for name in ("inner", "outer"):
            emptied = tuple(nothing if y == x else p for y, p in enumerate(getattr(sets, name)))
            assert not replace(sets, **{name: emptied}).verify(), (x, name)
        for sign in (1, -1):
            assert not replace(sets, gaps=with_one(sets.gaps, x, sets.gaps[x] + sign * STEP)).verify()
    assert not replace(sets, automaton=None).verify()


@pytest.mark.sampled(0)
def test_no_possible_profile_may_be_denied(sets: al.StochasticPayoffSets) -> None:
    for k in np.flatnonzero(sets.possible)[::2]:  # each costs as much as the whole re-check
        assert not replace(sets, possible=with_one(sets.possible, k, False)).verify()


@pytest.mark.slow
def test_a_smaller_fixed_point_is_no_outer_bound() -> None:
    """The stage equilibrium for ever is an equilibrium, and the operator maps it into itself: yet there are others."""
    game = al.StochasticGame([al.StageGame([[2.0, -1], [3, 0]], [[2.0, 3], [-1, 0]], CD)], lambda *_: {0: 1})
    sets = game.payoff_sets(0.7)
    machine = sets.automaton
    assert machine is not None
    defect = game.profile(0, ("D", "D"))
    alone = replace(
        machine,
        profile=np.full_like(machine.profile, defect),
        places=np.zeros_like(machine.places),
        weights=np.broadcast_to([1.0, 0, 0, 0], machine.weights.shape),
        values=np.zeros_like(machine.values),
        slack=np.zeros_like(machine.slack),
    )
    assert alone.verify()
    point = (np.zeros((1, 2)),)
    check = replace(sets, automaton=alone, inner=point, outer=point, gaps=np.zeros(1)).verify()
    assert not check
    assert "beyond the outer polygon are not excluded" in str(check.witness)
    everywhere = np.empty((0, 2))
    none = replace(
        sets, automaton=None, inner=(everywhere,), outer=(everywhere,), gaps=np.zeros(1), possible=sets.possible & False
    )
    assert "empty, but payoffs are left" in str(none.verify().witness)


def test_an_automaton_that_a_deviation_leaves_is_refused() -> None:
    """Cooperation for ever whatever happens: payoffs and lotteries are right, and a deviation pays."""
    game = al.StochasticGame([al.StageGame([[2.0, -1], [3, 0]], [[2.0, 3], [-1, 0]], CD)], lambda *_: {0: 1})
    machine = game.payoff_sets(0.7).automaton
    assert machine is not None
    trusting = replace(
        machine,
        profile=np.zeros_like(machine.profile),
        places=np.zeros_like(machine.places),
        weights=np.broadcast_to([1.0, 0, 0, 0], machine.weights.shape),
        values=np.full_like(machine.values, 2.0),
        slack=np.full_like(machine.slack, -0.3),
    )
    assert "the sponsor gains 0.3 by a deviation" in str(trusting.verify().witness)


@pytest.mark.slow
@pytest.mark.parametrize("delta", [0.6, 0.8])
def test_a_dyad_passes(delta: float) -> None:
    sets = reconciling_dyad(step=0.25).stochastic_game.payoff_sets(delta, target=1e-3)
    assert sets.status == "solved"
    assert sets.verify(), sets.verify().witness


@pytest.mark.slow
def test_a_decisive_war_that_is_often_reconciled_converges() -> None:
    """Crossings that rounding lost had kept the iteration from inside from coming to rest."""
    game = al.AllianceGame(al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(2.0))
    dyad = al.ShiftingDyad(game, al.PowerProcess(step=0.25), war=walk, reconcile=0.3)
    sets = dyad.stochastic_game.payoff_sets(0.9, target=1e-3)
    assert sets.status == "solved"
    assert sets.verify(), sets.verify().witness  # outer polygons, too: of directions that are replaced nothing must be left
