"""The re-checks of payoff sets of stochastic games, and of monitored contracts: each wrong field is named with its numbers."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic.tolerance import payoff_tolerance
from alliances.verification.dynamic_sets import _furthest
from tests.recheck_support import changed, witness
from tests.stochastic_reference import two_state_dilemma

BOTH = ("sponsor", "proxy")


@functools.cache
def sets() -> Any:
    return two_state_dilemma(float).payoff_sets(0.7)


def automaton() -> Any:
    return sets().automaton


def of_sets(**fields: Any) -> Any:
    return witness(replace(sets(), **fields))


def of_automaton(**fields: Any) -> Any:
    return witness(replace(automaton(), **fields))


# -- automata ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_slacks_of_nodes_are_what_a_deviation_costs() -> None:
    a = automaton()
    assert witness(a) is None
    states, nodes = a.profile.shape
    for x in range(states):
        for k in range(x, nodes, 11):
            for i, player in enumerate(BOTH):
                equal = 20 * payoff_tolerance(a.game.ranges[i], float(a.game.largest[i]))
                right = a.slack[x, k, i]
                assert right > -1e-9
                for sign in (-1, 1):
                    near, far = (right + sign * part * equal for part in (0.5, 1.5))
                    assert of_automaton(slack=changed(a.slack, (x, k, i), near)) is None
                    words = f"state {x}, node {k}: the {player}'s slack is {right:.3g}, not "
                    found = of_automaton(slack=changed(a.slack, (x, k, i), far))
                    assert found.startswith(f"state {x}, node {k}: the {player}'s slack is ")
                    wrong = right + sign * 1e-3
                    assert of_automaton(slack=changed(a.slack, (x, k, i), wrong)).endswith(f"{wrong:.3g}")
                    if abs(right) > 1e-6:
                        assert of_automaton(slack=changed(a.slack, (x, k, i), wrong)) == words + f"{wrong:.3g}"


def test_payoffs_of_nodes_follow_from_their_profiles_and_lotteries() -> None:
    a = automaton()
    states, nodes = a.profile.shape
    for x in range(states):
        for k in range(0, nodes, 4):
            for i in (0, 1):
                for error in (-1e-6, 1e-6):
                    values = changed(a.values, (x, k, i), a.values[x, k, i] + error)
                    found = of_automaton(values=values)
                    where, _, rest = found.partition(": ")
                    state, node = (int(part.split()[1]) for part in where.split(", "))
                    if "is better in its direction" in rest or "'s slack is " in rest:  # as it is compared before the payoffs
                        assert rest.startswith(("node ", "the sponsor's", "the proxy's"))
                        continue
                    assert rest.startswith("its payoffs are [")
                    assert rest.endswith(f", not {values[state, node]}")
                    due = np.array(rest.split("[")[1].split("]")[0].split(), dtype=float)
                    np.testing.assert_allclose(due, a.values[state, node], atol=2e-6)
    shifted = a.values + 0.5
    assert ": its payoffs are [" in of_automaton(values=shifted)


def test_lotteries_lead_to_nodes_with_chances_that_sum_to_one() -> None:
    a = automaton()
    states, nodes = a.profile.shape
    for x, k in ((0, 0), (1, 5), (states - 1, nodes - 1)):
        place = (x, k, int(np.argmax(a.weights[x, k])))
        weight = a.weights[place]
        assert of_automaton(weights=changed(a.weights, place, -1e-9)) == "a lottery has a negative probability"
        sums = f"state {x}: the probabilities of a lottery do not sum to one"
        for error in (-1e-6, 1e-6):
            assert of_automaton(weights=changed(a.weights, place, weight + error)) == sums
        for wrong in (-1, nodes):
            found = of_automaton(places=changed(a.places, place, wrong))
            assert found == "a lottery leads to a direction without node"
        other = int(a.game.first[1 - x])
        found = of_automaton(profile=changed(a.profile, (x, k), other))
        assert found == f"state {x}: a node plays a profile of another state"
        assert of_automaton(profile=changed(a.profile, (x, k), -1)) == "a state has nodes in some directions only"
    for k, player in enumerate(BOTH):
        right = a.worst[k]
        for wrong in (right - 1, right + 1, a.worst[1 - k]):
            worst = tuple(wrong if i == k else w for i, w in enumerate(a.worst))
            words = f"the {player}'s punishment is node {wrong}, in whose direction not its payoff is least"
            assert of_automaton(worst=worst) == words
        for wrong in (-1, nodes):
            worst = tuple(wrong if i == k else w for i, w in enumerate(a.worst))
            assert of_automaton(worst=worst) == "the players' punishments are no nodes"


@pytest.mark.parametrize("part", ["sets", "automaton"])
def test_directions_are_dense_in_order_and_have_weights_that_sum_to_one(part: str) -> None:
    ask = of_sets if part == "sets" else of_automaton
    d = automaton().directions
    flat = ask(directions=d.ravel())
    assert flat == f"directions are pairs of weights, not an array of shape ({d.size},)"
    assert (
        ask(directions=np.concatenate([d, d], axis=1))
        == f"directions are pairs of weights, not an array of shape {(len(d), 4)}"
    )
    sums = "the weights of a direction do not sum to one"
    for k in (1, len(d) - 1):
        for factor in (1 - 1e-6, 1 + 1e-6):
            assert ask(directions=changed(d, k, d[k] * factor)) == sums
    for axis in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        kept = d[~(d == axis).all(axis=1)]
        assert len(kept) == len(d) - 1
        assert ask(directions=kept) == f"({axis[0]}, {axis[1]}) is not among the directions"
    order = "the directions are not in order, counter-clockwise"
    assert ask(directions=d[::-1]) == order
    assert ask(directions=np.concatenate([d[:2], d[1:]])) == order
    far = [k for k in range(len(d)) if 0 not in d[k]]
    kept = np.delete(d, far[:2], axis=0)
    found = ask(directions=kept)
    assert found.startswith("two neighbouring directions are ")
    assert float(found.split()[4]) > np.pi / 12
    if part == "automaton":
        ranges = automaton().game.ranges
        between = (d[0] * ranges + d[1] * ranges) / ranges
        more = np.insert(d, 1, between / np.abs(between).sum(), axis=0)
        worst = tuple(k + 1 for k in automaton().worst)
        assert ask(directions=more, worst=worst) == f"there are {len(d) + 1} directions and {len(d)} nodes in each state"


# -- polygons ----------------------------------------------------------------------------------------------------------


def other(polygons: Any, x: int, points: Any) -> Any:
    """Polygons of which that of one state is another."""
    return tuple(points if y == x else p for y, p in enumerate(polygons))


@pytest.mark.slow
def test_what_are_no_sets_is_named() -> None:
    s = sets()
    assert witness(s) is None
    for discount in (-1e-9, 1.0):
        assert of_sets(discount=discount) == f"the discount factor is {discount}"
    many = "polygons, gaps or profiles are not as many as the game's"
    for name in ("outer", "inner", "gaps", "possible"):
        assert of_sets(**{name: getattr(s, name)[1:]}) == many
    for target in (0.0, -1e-9):
        assert of_sets(target=target) == f"the target is {target}"
    for machine in (replace(s.automaton, discount=0.6), two_state_dilemma(float).payoff_sets(0.6).automaton):
        assert of_sets(automaton=machine) == "the automaton belongs to another game or discount factor"
    assert of_sets(automaton=None) == "state 0: nodes and inner polygon contradict each other"
    for k in (0, 7, int(np.argmin(s.possible))):
        found = of_sets(possible=changed(s.possible, k, not s.possible[k]))
        name = f"state {k // 4}, profile ({'CD'[k % 4 // 2]}, {'CD'[k % 2]})"
        why = (
            "is not excluded, but said to be impossible" if s.possible[k] else "is excluded by the outer polygons, not possible"
        )
        assert found == f"{name}: {why}"


@pytest.mark.parametrize("x", [0, 1])
def test_polygons_are_rings_between_the_nodes_and_what_is_excluded(x: int) -> None:
    s = sets()
    name, level = f"state {x}", np.array(s.game.lowest, dtype=float)
    order = "polygon's vertices are not in order, counter-clockwise from the leftmost"
    for field in ("inner", "outer"):
        polygon = getattr(s, field)[x]
        for wrong in (polygon[::-1], np.roll(polygon, 2, axis=0), np.concatenate([polygon, polygon[-1:]])):
            assert of_sets(**{field: other(getattr(s, field), x, wrong)}) == f"{name}: the {field} {order}"
    assert of_sets(inner=other(s.inner, x, s.inner[x][:0])) == f"{name}: nodes and inner polygon contradict each other"
    empty = of_sets(outer=other(s.outer, x, s.outer[x][:0]))
    assert empty == f"{name}: has equilibria, and an empty outer polygon"
    middle = s.inner[x].mean(axis=0)
    grown = middle + (s.inner[x] - middle) * 1.001
    assert of_sets(inner=other(s.inner, x, grown)) == f"{name}: an inner vertex is no node's payoffs"
    kept = s.inner[x][:-1]
    lost = of_sets(inner=other(s.inner, x, kept))
    assert lost.startswith(f"{name}: a node's payoffs lie ")
    assert lost.endswith(" of the range beyond the inner polygon")
    outer_middle = s.outer[x].mean(axis=0)
    small = outer_middle + (s.outer[x] - outer_middle) * 0.9
    inside = of_sets(outer=other(s.outer, x, small))
    assert inside.startswith(f"{name}: an inner vertex lies ")
    assert inside.endswith(" of the range beyond the outer polygon")
    furthest = float(inside.split(" lies ")[1].split()[0])
    scaled = (s.inner[x] - level) / s.ranges
    assert 0 < furthest <= 0.1 * np.ptp(scaled, axis=0).max() + 1e-3
    gap = s.gaps[x]
    for error in (-1e-3, 1e-3):
        assert of_sets(gaps=changed(s.gaps, x, gap + error)) == f"{name}: the gap is {gap:.3g}, not {gap + error:.3g}"
    turned = s.outer[x].copy()
    turned[0] += [0.0, 0.05]
    found = of_sets(outer=other(s.outer, x, turned))
    assert found in (f"{name}: an edge of the outer polygon belongs to no direction", f"{name}: the outer {order}")


# -- monitored contracts -----------------------------------------------------------------------------------------------


@functools.cache
def monitored(discount: float = 0.9) -> Any:
    stage = al.StageGame([[2, -1], [3, 0]], [[3, 5], [-1, 0]])
    return al.monitored_contracts(al.PublicMonitoring.binary(stage, bad=[[0.1, 0.6], [0.5, 0.9]]), discount)


def of_monitored(**fields: Any) -> Any:
    return witness(replace(monitored(), **fields))


def test_fields_of_monitored_contracts_fit_each_other() -> None:
    c = monitored()
    assert witness(c) is None
    for discount in (-1e-9, 1.0):
        assert of_monitored(discount=discount) == f"{discount} is no discount factor"
    assert of_monitored(settled=1) == "settled is neither True nor False"
    for name in ("on_path", "punish_sponsor", "punish_proxy"):
        assert of_monitored(**{name: None}) == "some states are None, and others are not"
        state = getattr(c, name)
        shapes = "rewards must be two rows, and burnt one, of a number per signal"
        for wrong in (
            replace(state, rewards=state.rewards[:1]),
            replace(state, rewards=state.rewards[:, :1]),
            replace(state, burnt=state.burnt[:1]),
            replace(state, burnt=state.burnt[:, None]),
        ):
            assert of_monitored(**{name: wrong}) == shapes
        for profile in ((2, 0), (0, 2), (-1, 0), (0, 0, 0)):
            assert of_monitored(**{name: replace(state, profile=profile)}) == "a profile is none of the game"
    for profiles in (c.profiles[::-1], (*c.profiles, c.profiles[-1])):
        if len(profiles) > 1:
            assert of_monitored(profiles=profiles) == "the profiles are not in order, or not different"
    assert of_monitored(profiles=(*c.profiles, (2, 0))) == "a profile is none of the game"
    for name in ("joint_payoff", "sponsor_punishment", "proxy_punishment", "liquidity"):
        for wrong in (math.inf, -math.inf, math.nan):
            assert of_monitored(**{name: wrong}) == "a payoff is not finite"
    wrong = al.verify(replace(c, discount=1.0))
    assert (wrong.ok, wrong.checks, wrong.violation, wrong.condition) == (False, 1, math.inf, "1.0 is no discount factor")


def test_conditions_of_monitored_contracts_fail_by_what_is_changed() -> None:
    c = monitored()
    unit = max(float(x) for x in c.monitoring.stage.payoff_range)
    for error in (-1e-4, 1e-4):
        share = f"{1e-4 / unit:.3g} payoff ranges"
        joint = of_monitored(joint_payoff=c.joint_payoff + error)
        assert joint == f"on path: the joint payoff is as promised: fails by {share}"
        for who in BOTH:
            name = f"{who}_punishment"
            found = of_monitored(**{name: getattr(c, name) + error})
            assert found == f"punish {who}: the punishment is as promised: fails by {share}"
    for name, words in (("on_path", "on path"), ("punish_sponsor", "punish sponsor"), ("punish_proxy", "punish proxy")):
        state = getattr(c, name)
        burnt = replace(state, burnt=state.burnt + 1e-4)
        found = of_monitored(**{name: burnt})
        share = f"fails by {1e-4 / unit:.3g} payoff ranges"  # on path of the joint payoff, too
        assert found in (f"{words}: the rest is burnt: {share}", f"on path: the joint payoff is as promised: {share}")
        for y in range(state.rewards.shape[1]):
            for i in (0, 1):
                negative = replace(state, rewards=changed(state.rewards, (i, y), -100.0))
                assert of_monitored(**{name: negative}) is not None
        more = replace(state, rewards=state.rewards + c.liquidity + 1)
        assert "fails by " in of_monitored(**{name: more})
    found = of_monitored(liquidity=c.liquidity - 1e-3)
    assert found.endswith(f"fails by {1e-3 / unit:.3g} payoff ranges")
    named = [(i, j) for i in (0, 1) for j in (0, 1)]
    for p in named:
        wrong = tuple(sorted(set(c.profiles) ^ {p}))
        found = of_monitored(profiles=wrong)
        assert found.startswith(f"profile {p} is {'not ' if p in c.profiles else ''}named, and needs a liquidity of ")
        need = float(found.rpartition(" ")[2])
        assert (need <= c.liquidity / unit + 1e-4) == (p in c.profiles)


def test_without_equilibrium_nothing_is_promised() -> None:
    stage = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    c = al.monitored_contracts(al.PublicMonitoring.binary(stage, bad=[[0.1, 0.6], [0.5, 0.9]]), 0.5)
    assert c.on_path is None
    check = al.verify(c)
    assert check.ok
    assert check.condition == "no equilibrium is claimed"
    words = "no equilibrium is claimed, and profiles or payoffs of one"
    for fields in (
        {"profiles": ((0, 0),)},
        {"joint_payoff": 0.0},
        {"sponsor_punishment": 0.0},
        {"proxy_punishment": 0.0},
        {"liquidity": 1.0},
    ):
        assert witness(replace(c, **fields)) == words


# -- distances from polygons -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "distance"),
    [
        ([(0.5, 0.5), (1, 1), (0, 0.25)], 0),
        ([(0.5, 0.5), (2, 1)], 1),
        ([(2, 2), (1.5, 0.5)], math.sqrt(2)),
        ([(-0.25, 0.5)], 0.25),
        ([(0.5, 0.5), (0.5, math.nan)], math.nan),  # what is no number is not inside
    ],
)
def test_distances_from_a_square(points: Any, distance: float) -> None:
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=float)
    assert _furthest(square, np.array(points, dtype=float)) == pytest.approx(distance, nan_ok=True)
    assert _furthest(np.zeros((1, 2)), np.array([(3.0, 4.0)])) == 5  # a point
    assert _furthest(square[[0, 2]], np.array([(1.0, 0.0)])) == pytest.approx(math.sqrt(0.5))  # a segment
