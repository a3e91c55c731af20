"""The re-checks of payoff sets, strategies, contracts and levels at their tolerances, and of sets that are right in part."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.repeated.contracts.strategies import ContractState, ContractStrategy
from alliances.repeated.payoff_sets.strategy import State, Strategy
from alliances.verification.polygons import outside
from tests.recheck_support import CHICKEN, TINY, UNEVEN, changed, moved, witness
from tests.support import PD_PROXY, PD_SPONSOR
from tests.test_recheck_parts import floats

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
BOTH = ("sponsor", "proxy")
ORDER = "the vertices are not extreme, or not in order from the leftmost"
OUTSIDE = "there are equilibrium payoffs beyond the set: cuts by half-planes come to rest outside of it"


@functools.cache
def sets(exact: bool, stage: Any = UNEVEN, discount: F = F(1, 2)) -> Any:
    return al.payoff_set(stage if exact else floats(stage), discount if exact else float(discount))


def of_set(s: Any, vertices: Any, **fields: Any) -> Any:
    """What is wrong with the set of these vertices, which also bound it, and whose punishments are its least payoffs."""
    size, low = len(vertices), vertices.min(axis=0).tolist()
    kind = ("empty", "point", "segment", "polygon")[min(size, 3)]
    given = {"vertices": vertices, "outer": vertices, "kind": kind, "punishments": (low[0], low[1]), **fields}
    return witness(replace(s, **given))


# -- payoff sets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "floats"])
def test_vertices_are_extreme_and_counter_clockwise(exact: bool) -> None:
    s = sets(exact)
    assert len(s.vertices) == 4
    rings: list[Any] = [list(p) for size in (3, 4) for p in itertools.permutations(range(4), size)]
    for ring in rings:
        inorder = sorted(ring)
        left = inorder.index(min(ring, key=lambda n: tuple(s.vertices[n].tolist())))
        if ring != inorder[left:] + inorder[:left]:
            assert of_set(s, s.vertices[ring]) == ORDER
    for k in range(4):
        v = s.vertices
        dent = (v[k - 1] + v[(k + 1) % 4]) / 2
        dent = dent + (v[k - 2] - dent) / 100
        assert of_set(s, changed(v, k, dent)) == ORDER


def test_float_vertices_may_lie_within_an_edge_by_what_is_promised() -> None:
    s = sets(False)
    spread = np.array([float(x) for x in UNEVEN.payoff_range])
    for k in range(4):
        p, r = s.vertices[k] / spread, s.vertices[(k + 1) % 4] / spread
        inwards = np.array([p[1] - r[1], r[0] - p[0]]) / ((r - p) ** 2).sum()  # a turn of 1, to the wrong side
        for part, right in ((0.5, True), (3.0, False)):
            between = ((p + r) / 2 + inwards * part * (1e-9 + s.error_bound)) * spread
            if k == 3 and between[0] < s.vertices[0, 0]:
                continue
            found = of_set(s, np.insert(s.vertices, k + 1, between, axis=0))
            assert (found != ORDER) == right


@pytest.mark.parametrize("i", [0, 1])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_float_set_is_wrong_from_what_is_promised_on(i: int, sign: int) -> None:
    single = sets(False, PD, F(1, 10))  # below 1/7 nothing but (3, 3) is an equilibrium
    np.testing.assert_allclose(single.vertices, [[3, 3]], atol=1e-12)
    for share, solved, unsolved in ((0.5e-9, None, None), (4e-9, "vertex", "there are equilibrium payoffs beyond what bounds")):
        point = single.vertices.copy()
        point[0, i] += sign * share * 9
        found = of_set(single, point)
        words = f"vertex {(point[0, 0], point[0, 1])}: no profile and continuation in the set give these payoffs"
        assert found == (None if solved is None else words)
        found = of_set(single, point, status="not converged")
        assert found == (None if unsolved is None else unsolved + " the set")
    once = sets(False, CHICKEN, F(0))
    for k, (share, right) in itertools.product(range(2), ((0.5e-9, True), (4e-9, False))):
        v = changed(once.vertices, (k, i), once.vertices[k, i] + sign * share * float(CHICKEN.payoff_range[i]))
        words = f"vertex {tuple(v[k])}: no profile and continuation in the set give these payoffs"
        assert of_set(once, v) == (None if right else words)


def test_float_punishments_and_profiles_on_path_are_as_near_as_is_promised() -> None:
    s = sets(False)
    for i, sign in itertools.product((0, 1), (-1, 1)):
        for part, right in ((0.9e-9, True), (1.1e-9, False)):
            pair = moved(s.punishments, i, sign * part * float(UNEVEN.payoff_range[i]))
            words = f"the punishments are {pair}, but the worst of the set is another"
            assert witness(replace(s, punishments=pair)) == (None if right else words)
    for turned, (part, right) in itertools.product((False, True), ((0.9, True), (1.1, False))):
        short = part * 2e-9 * 7  # (0, 1) tempts the sponsor by so little, a ninth of which counts: (1 - δ)/δ = 9
        a, b = np.array([[9, 3 - short / 9], [10, 3]]), np.array(PD_PROXY, dtype=float)
        once = al.payoff_set(al.StageGame(b.T, a.T) if turned else al.StageGame(a, b), 0.1)
        assert (once.profiles, witness(once)) == (((1, 1),), None)
        p = (1, 0) if turned else (0, 1)
        found = witness(replace(once, profiles=(p, (1, 1))))
        assert found == (None if right else f"profile {p} is named as played on path")


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "floats"])
def test_a_set_that_generates_itself_is_not_all_of_them(exact: bool) -> None:
    s = sets(exact, PD)
    number: Any = F if exact else float
    dtype = object if exact else float
    origin = s.origins[0]._replace(binding="none", i=-1, j=-1)
    low, high = origin._replace(profile=3), origin._replace(profile=0)
    one = np.array([[number(3), number(3)]], dtype=dtype)
    assert of_set(s, one, profiles=((1, 1),), origins=(low,)) == OUTSIDE
    two = np.array([[number(3), number(3)], [number(9), number(9)]], dtype=dtype)
    everything = tuple(itertools.product((0, 1), repeat=2))
    found = of_set(s, two, profiles=everything, origins=(low, high))
    assert found == "profile (0, 1) with a continuation in the set gives payoffs outside of it"
    for binding, i, j in (("both", -1, -1), (0, 0, 1), (1, 1, 1), ("none", 0, -1), ("none", -1, 0)):
        wrong = high._replace(binding=binding, i=i, j=j)
        found = of_set(s, two, profiles=everything, origins=(low, wrong))
        assert found == f"vertex 1: is not generated by {wrong}"
    assert of_set(s, one, profiles=((1, 1),), origins=()) == "0 origins for 1 vertices"


def test_what_bounds_an_unsettled_set_holds_all_equilibrium_payoffs() -> None:
    beyond = "there are equilibrium payoffs beyond what bounds the set"
    s = sets(False)
    middle = s.vertices.mean(axis=0)
    for factor, words in ((1.001, None), (1.0, None), (0.999, beyond)):
        assert of_set(s, middle + (s.vertices - middle) * factor, status="not converged") == words
    s = sets(True)
    middle = s.vertices.sum(axis=0) / 4
    grown = middle + (s.vertices - middle) * F(1001, 1000)
    settled = "not converged, though it is settled"
    assert witness(replace(s, outer=grown, status="not converged", error_bound=1.0)) == settled
    shrunk = middle + (s.vertices - middle) * F(999, 1000)
    assert of_set(s, shrunk, outer=s.vertices, status="not converged") == settled  # it generates itself
    far = changed(s.vertices, 2, s.vertices[2] + (s.vertices[2] - middle) / 100)  # and this does not
    wide = middle + (s.vertices - middle) * F(11, 10)
    assert of_set(s, far, outer=wide, status="not converged") is None


def test_an_enclosure_lies_within_its_error_bound() -> None:
    s = sets(True)
    spread = np.array(UNEVEN.payoff_range)
    middle = s.vertices.sum(axis=0) / 4
    grown = middle + (s.vertices - middle) * F(1001, 1000)
    ring = [tuple(p) for p in (s.vertices / spread).tolist()]
    gap = max(outside(ring, tuple(p)) for p in (grown / spread).tolist())
    assert gap > 0
    for error, words in ((0, None), (-TINY, "the outer set lies further out than the error bound")):
        assert witness(replace(s, outer=grown, status="enclosed", error_bound=gap + error)) == words
    k = int(np.argmax(s.vertices.sum(axis=1)))
    tilted = grown.copy()
    tilted[k] = s.vertices[k] - (s.vertices[k] - middle) / 10
    assert witness(replace(s, outer=tilted, status="enclosed", error_bound=1)) == OUTSIDE
    assert witness(replace(s, outer=s.vertices[:3], status="enclosed", error_bound=1)) == (
        'status "enclosed", though the outer set is the inner one'
    )


def test_results_of_one_game_are_not_those_of_a_batch() -> None:
    batch = al.StageGame(np.stack([UNEVEN.A] * 2).astype(float), np.stack([UNEVEN.B] * 2).astype(float))
    stage = floats(UNEVEN)
    for result in (al.payoff_set(stage, 0.5), stage.nash(), al.relational_contracts(stage)):
        assert witness(replace(result, stage=batch)) == "the stage game is a batch"


# -- strategies --------------------------------------------------------------------------------------------------------


def automaton(stage: Any, discount: Any, profile: tuple[int, int] = (0, 0)) -> Any:
    """The same profile for ever, whoever deviates."""
    unit: Any = F(1) if stage.exact and not isinstance(discount, float) else 1.0
    lottery = ((unit, 0),)
    value = stage.payoffs(profile)
    return Strategy(stage, discount, (State(profile, lottery, lottery, lottery, value),), lottery, value)


@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
def test_a_float_strategy_tempts_from_what_is_promised_on(k: int) -> None:
    for share, right in ((0.7e-9, True), (1.5e-9, False)):
        own = np.array([[2.0, 0.0, 0.0], [2.0 + 4 * share, 0.0, 0.0]]) * 3  # half of it counts, by 1 − δ
        other = np.zeros((2, 3))
        stage = al.StageGame(own, other) if k == 0 else al.StageGame(other.T, own.T)
        check = al.verify(automaton(stage, 0.5))
        gain = 0.5 * own[1, 0] + 0.5 * own[0, 0] - own[0, 0]
        assert (check.gain, check.state, check.player, check.action) == (gain, 0, BOTH[k], 1)
        assert check.ok == right
        assert check.witness == (None if right else f"{BOTH[k]} gains {gain} by action 1 in state 0")


def test_a_strategy_is_exact_where_all_its_numbers_are() -> None:
    stage = al.StageGame([[2, 0, 1], [1, 3, 0]], [[2, 1, 0], [1, 0, 1]])
    exact = al.verify(automaton(stage, F(1, 3)))
    assert (exact.ok, exact.tolerance, exact.value, exact.shortfall, exact.checks) == (True, 0, (2, 2), 0, 1)
    assert (exact.gain, exact.player, exact.action) == (F(-2, 3), "sponsor", 1)  # 2/9 of the range, 1/3 for the proxy
    assert isinstance(exact.gain, F)
    for rough in (automaton(stage, 1 / 3), automaton(floats(stage), 1 / 3)):
        check = al.verify(rough)
        assert (check.ok, check.tolerance, check.player, check.action) == (True, 1e-9, "sponsor", 1)
        assert check.gain == pytest.approx(-2 / 3)
    half = automaton(stage, F(1, 3))
    state = replace(half.states[0], conform=((1.0, 0),))
    assert al.verify(replace(half, states=(state,))).tolerance == 1e-9
    nobody = al.verify(automaton(al.StageGame([[5]], [[7]]), F(1, 3)))
    assert (nobody.ok, nobody.gain, nobody.state, nobody.player, nobody.action) == (True, 0, 0, "none", 0)
    assert nobody.value == (5, 7)
    constant = automaton(al.StageGame([[5]], [[7]]), F(1, 3))  # without a range misses count as they are
    found = witness(replace(constant, value=(F(5), F(7) + F(1, 4))))
    assert found == "payoffs differ from the promised ones by 0.25 of the payoff range"


def test_payoffs_of_states_are_solved_from_their_lotteries() -> None:
    # (0, 0) now, then a coin between it and (1, 1) for ever: v0 = (1 − δ)g + δ(v0 + h)/2
    stage = al.StageGame([[8, 0], [0, 2]], [[5, 0], [0, 1]])
    for delta in (F(1, 2), 0.5):
        half, unit = (F(1, 2), F(1)) if isinstance(delta, F) else (0.5, 1.0)
        again, end = ((half, 0), (half, 1)), ((unit, 1),)
        value = [(g * (1 - delta) + delta * h / 2) / (1 - delta / 2) for g, h in ((8, 2), (5, 1))]
        first = State((0, 0), again, again, end, (value[0], value[1]))
        last = State((1, 1), end, end, end, (2 * unit, unit))
        s = Strategy(stage, delta, (first, last), ((half, 1), (half, 0)), ((value[0] + 2) / 2, (value[1] + 1) / 2))
        check = al.verify(s)
        assert check.ok
        np.testing.assert_allclose(check.values.astype(float), [[float(v) for v in value], [2, 1]])
        gains = [delta * (value[0] + 2) / 2 - value[0], delta * 1 - value[1], 2 * delta - 2, delta - 1]
        most = max(zip((gains[0] / 8, gains[1] / 5, gains[2] / 8, gains[3] / 5), range(4), strict=True))[1]
        assert check.gain == pytest.approx(float(gains[most]))
        assert (check.state, check.player) == (most // 2, BOTH[most % 2])


def test_what_a_strategy_has_no_place_for_is_named() -> None:
    s = automaton(UNEVEN, F(1, 2))
    state = s.states[0]
    for profile in ((2, 0), (0, 2), (-1, 0), (0, -1), (0,), (0, 0, 0)):
        found = witness(replace(s, states=(replace(state, profile=profile),)))
        assert found == f"state 0: the profile {profile} is none of the game"
    assert witness(replace(s, states=(replace(state, value=(F(8),)),))) == "state 0: its value is not a pair"
    assert witness(replace(s, value=(F(8), F(7), F(0)))) == "the value is not a pair"
    for discount in (-TINY, F(1), 2.0):
        assert witness(replace(s, discount=discount)) == f"{discount} is no discount factor"
    rough = automaton(floats(UNEVEN), 0.5)
    for error, right in ((0.9e-12, True), (-0.9e-12, True), (1.2e-12, False), (-1.2e-12, False)):
        lottery = ((1.0 + error, 0),)
        found = witness(replace(rough, initial=lottery))
        assert (found == f"initial: {lottery} is no lottery over the states") == (not right)


# -- contracts ---------------------------------------------------------------------------------------------------------


def contract(stage: Any, transfers: tuple[Any, Any, Any], upfront: Any = 0, **fields: Any) -> Any:
    """A profile for ever with a payment, and the same profile with other payments when punished."""
    names = ("path", "punish sponsor", "punish proxy")
    states = {name: ContractState((0, 0), t, name) for name, t in zip(names, transfers, strict=True)}
    return ContractStrategy(stage, F(1, 2) if stage.exact else 0.5, states, upfront=upfront, **fields)


def test_a_contract_is_checked_where_somebody_has_a_choice() -> None:
    none = al.verify(contract(al.StageGame([[1]], [[1]]), (0, 0, 0)))
    assert (none.ok, none.checks, none.witness, none.gain) == (False, 0, None, 0)
    assert (none.state, none.player, none.deviation, none.exact, none.tolerance) == (
        "path",
        "sponsor",
        "has no choice",
        True,
        0,
    )
    tiny = al.verify(contract(al.StageGame([[1.0]], [[1.0]]), (1e-16, 0.0, 0.0)))
    assert (tiny.ok, tiny.checks, tiny.player, tiny.deviation) == (True, 1, "sponsor", "refuses to pay")
    kept = al.verify(contract(al.StageGame([[1]], [[1]]), (0, 0, 0), promised=(1, 1)))
    assert (kept.ok, kept.checks) == (True, 2)
    both = al.verify(contract(al.StageGame([[1]], [[1]]), (0, 0, 0), promised=(1, 1), punished=(1, 1)))
    assert (both.ok, both.checks) == (True, 4)
    for amount, who in ((F(1, 3), "sponsor"), (F(-1, 3), "proxy")):
        first = al.verify(contract(al.StageGame([[1]], [[1]]), (0, 0, 0), amount))
        assert (first.checks, first.gain, first.player) == (1, F(1, 6), who)  # half of it counts, by 1 − δ
        assert first.witness == f"in state “path” the {who} refuses the first payment and gains 1/6"
        later = al.verify(contract(al.StageGame([[1]], [[1]]), (amount, 0, 0)))
        # now half of a third is saved, and a third of all later periods
        assert (later.checks, later.gain, later.player) == (1, F(1, 3), who)
        assert later.witness == f"in state “path” the {who} refuses to pay and gains 1/3"


def test_deviations_are_named_by_the_deviator_s_own_actions() -> None:
    labels = (("a", "b", "c"), ("d", "e"))
    stage = al.StageGame([[0, 0], [3, 0], [1, 0]], [[0, 5], [0, 0], [0, 0]], labels)
    check = al.verify(contract(stage, (0, 0, 0)))
    assert (check.checks, check.gain, check.player, check.deviation) == (9, F(5, 2), "proxy", "plays e")
    assert check.witness == "in state “path” the proxy plays e and gains 5/2"
    calm = al.StageGame([[0, 0], [3, 0], [1, 0]], [[0, 1], [0, 0], [0, 0]], labels)
    check = al.verify(contract(calm, (0, 0, 0)))
    assert (check.gain, check.player, check.deviation) == (F(3, 2), "sponsor", "plays b")


def test_fields_of_a_contract_fit_each_other() -> None:
    c = contract(UNEVEN, (0, 0, 0))
    for discount in (-TINY, F(1)):
        wrong = al.verify(replace(c, discount=discount))
        assert (wrong.ok, wrong.checks, wrong.witness) == (False, 1, f"{discount} is no discount factor")
        assert (wrong.state, wrong.player, wrong.deviation) == ("path", "sponsor", "has no choice")
        assert (wrong.tolerance, wrong.exact) == (0, False)
        assert wrong.gain != wrong.gain  # not a number
    for name in c.states:
        for profile in ((2, 0), (0, 2), (-1, 0), (0, -1)):
            states = {**c.states, name: replace(c.states[name], profile=profile)}
            found = witness(replace(c, states=states))
            assert found == f"in state “{name}” the profile {profile} is none of the game"
    for field, pair in itertools.product(("promised", "punished"), ((F(1),), (F(1), F(2), F(3)))):
        assert witness(replace(c, **{field: pair})) == f"payoffs are promised to two players, and not {pair}"


@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
def test_promises_of_a_contract_are_kept_up_to_rounding(k: int) -> None:
    for stage, delta in ((UNEVEN, F(4, 5)), (floats(UNEVEN), 0.8)):
        c = al.relational_contracts(stage).strategy(delta)
        check = al.verify(c)
        within = sum(stage.tolerance)
        assert (check.ok, check.exact, check.tolerance) == (True, stage.exact, 4 * within)
        for sign, (part, right) in itertools.product((-1, 1), ((0.9, True), (1.1, False))):
            if stage.exact and right:
                continue
            error = sign * (TINY if stage.exact else part * 16 * within)
            for field, words, gives in (
                ("promised", "payoff", c.payoffs()[k]),
                ("punished", "punishment", c.values()[f"punish {BOTH[k]}"][k]),
            ):
                told = moved((c.payoffs() if field == "promised" else c.punished), k, 0)
                pair = tuple(gives + error if i == k else x for i, x in enumerate(told))
                found = witness(replace(c, **{field: pair}))
                due = f"the {BOTH[k]}'s {words}: {pair[k]} is promised, but the contract gives {gives}"
                assert found == (None if right else due)
    for amount in ({"upfront": 0.5}, {"discount": 0.8}):
        c = al.relational_contracts(UNEVEN).strategy(F(4, 5))
        assert not al.verify(replace(c, **amount)).exact
