"""The re-checks of dynamic contracts, payments, windows and renegotiation: each wrong field is named with its numbers."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from tests.recheck_support import TINY, changed, witness
from tests.stochastic_reference import game_of, random_game, tribute, two_state_dilemma

REASONS = {
    "joint": "joint value",
    "sponsor_punishment": "sponsor's punishment value",
    "proxy_punishment": "proxy's punishment value",
}
POLICIES = dict(zip(REASONS, ("on_path_profiles", "punish_sponsor_profiles", "punish_proxy_profiles"), strict=True))
DILEMMA = [f"state {x}, profile ({i}, {j})" for x in (0, 1) for i in "CD" for j in "CD"]


@functools.cache
def exact() -> Any:
    return two_state_dilemma().solve(F(1, 2))


@functools.cache
def floats() -> Any:
    """The same game at another discount factor, at which four rounds of elimination are needed."""
    return two_state_dilemma(float).solve(0.3)


@functools.cache
def dead() -> Any:
    """A game of two states of which the first has no equilibrium."""
    tried = (game_of(random_game(np.random.default_rng(seed))).solve(0.5) for seed in range(99))
    found = next(contracts for contracts in tried if contracts.status == "none in some states")
    assert not found.exists[0]
    assert found.exists[1]
    return found


def said(message: str | None) -> list[F]:
    """The numbers at the end of "…: … is x, not y"."""
    assert message is not None
    found = re.search(r" (?:is|gets|promised) (\S+?), (?:but is promised|not) (\S+)$", message)
    assert found is not None, message
    return [F(x) for x in found.groups()]


# -- contracts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [-TINY, TINY], ids=["lower", "higher"])
@pytest.mark.parametrize("field", REASONS)
@pytest.mark.parametrize("state", [0, 1])
def test_an_exact_value_is_wrong_by_the_least_error(field: str, state: int, error: F) -> None:
    c = exact()
    values = getattr(c, field)
    wrong = witness(replace(c, **{field: changed(values, state, values[state] + error)}))
    right, told = said(wrong)
    named = next(x for x in (0, 1) if wrong is not None and wrong.startswith(f"state {x}: the {REASONS[field]} is "))
    assert told == values[named] + (error if named == state else 0)
    assert abs(right - values[named]) <= abs(error) / 2  # the definition is a contraction with modulus δ = ½


def test_slacks_are_those_of_the_profiles() -> None:
    c, f = exact(), floats()
    for k, name in enumerate(DILEMMA):
        for error in (-TINY, TINY):
            wrong = c.slack[k] + error
            words = f"{name}: the liquidity slack is {c.slack[k]}, not {wrong}"
            assert witness(replace(c, slack=changed(c.slack, k, wrong))) == words
            near, far = (f.slack[k] + float(np.sign(error)) * part * 20 * f.game.tolerance for part in (0.5, 1.5))
            assert witness(replace(f, slack=changed(f.slack, k, near))) is None
            message = witness(replace(f, slack=changed(f.slack, k, far)))
            assert message is not None
            assert message.startswith(f"{name}: the liquidity slack is ")
            assert message.endswith(f", not {far}")


def test_values_and_equilibria_exist_together() -> None:
    for c, x in ((exact(), 0), (exact(), 1), (dead(), 0), (dead(), 1)):
        words = f"state {c.game.states[x]}: values and existence of an equilibrium contradict each other"
        assert witness(replace(c, exists=changed(c.exists, x, not c.exists[x]))) == words
        for field in REASONS:
            other = float("nan") if c.exists[x] else F(0) if c.game.exact else 0.0
            assert witness(replace(c, **{field: changed(getattr(c, field), x, other)})) == words


def test_what_can_be_played_is_what_the_eliminations_leave() -> None:
    for c in (exact(), floats(), dead()):
        for k in range(c.game.profiles):
            found = witness(replace(c, playable=changed(c.playable, k, not c.playable[k])))
            if c.exists[c.game.state_of[k]]:
                assert found == "the profiles that can be played are not those that the eliminations leave"
            else:
                assert found == "a profile is said to be playable in a state that has no equilibrium"
    c = dead()
    for k in np.flatnonzero(c.game.state_of == 0):
        found = witness(replace(c, slack=changed(c.slack, k, 0.5)))
        assert found == "a slack is given for a profile of a state that has no equilibrium"


@pytest.mark.parametrize("field", [*REASONS, *POLICIES.values(), "exists", "slack", "playable"])
def test_shapes_and_types_are_those_of_the_game(field: str) -> None:
    for c in (exact(), floats()):
        x = getattr(c, field)
        for wrong in (x[1:], np.concatenate([x, x]), x[:, None], x.astype(complex)):
            words = f"{field} must have {len(x)} entries of type {x.dtype}; it has the shape {np.shape(wrong)}, {wrong.dtype}"
            assert witness(replace(c, **{field: wrong})) == words


@pytest.mark.parametrize("field", REASONS)
def test_values_are_attained_by_the_first_profile_that_can_be_played(field: str) -> None:
    for c in (exact(), floats()):
        policy = getattr(c, POLICIES[field])
        for x in (0, 1):
            own = range(4 * x, 4 * x + 4)
            for k in (*own, 4 * (1 - x), -1):
                found = witness(replace(c, **{POLICIES[field]: changed(policy, x, k)}))
                if k == policy[x]:
                    assert found is None
                elif k in own and c.playable[k]:
                    actions = ("CD"[k % 4 // 2], "CD"[k % 2])
                    assert found == f"state {x}: the {REASONS[field]} is attained first by another profile than {actions}"
                else:
                    assert found == f"state {x}: the profile that attains the {REASONS[field]} cannot be played there"
    c = dead()
    found = witness(replace(c, **{POLICIES[field]: changed(getattr(c, POLICIES[field]), 0, 0)}))
    assert found == f"state {c.game.states[0]!r}: has no equilibrium, but a profile for the {REASONS[field]}"


def test_discount_factors_lie_below_one() -> None:
    for delta in (-TINY, F(1), F(3, 2)):
        assert witness(replace(exact(), discount=delta)) == f"the discount factor is {delta}"


def of_round(c: Any, number: int, **changes: Callable[[Any], Any]) -> Any:
    """The contracts with something else in a round of the elimination."""
    step = c.rounds[number - 1]
    other = replace(step, **{k: f(getattr(step, k)) for k, f in changes.items()})
    return replace(c, rounds=(*c.rounds[: number - 1], other, *c.rounds[number:]))


ORDER = "places of states or profiles are out of order or out of range"
COUNT = "bounds and states differ in number"


@pytest.mark.parametrize("number", [1, 2])
def test_rounds_are_lists_of_states_and_profiles_in_order(number: int) -> None:
    f = floats()
    assert len(f.rounds) > 2
    assert len(f.rounds[number - 1].states) == 2
    cases: list[tuple[dict[str, Callable[[Any], Any]], str]] = [
        ({"joint": lambda x: x[1:]}, COUNT),
        ({"sponsor": lambda x: x[1:]}, COUNT),
        ({"proxy": lambda x: x[1:]}, COUNT),
        ({"states": lambda x: x[::-1]}, ORDER),
        ({"states": lambda x: x * 0}, ORDER),
        ({"states": lambda x: x - 1}, ORDER),
        ({"states": lambda x: x + 1}, ORDER),
        ({"dropped": lambda x: np.concatenate([x, x])}, ORDER),
        ({"dropped": lambda x: x * 0 - 1}, ORDER),
        ({"dropped": lambda x: x[-1:] * 0 + 8}, ORDER),
        ({"dropped": lambda x: x[:0]}, "drops nothing, or what was dropped before"),
    ]
    for changes, words in cases:
        assert witness(of_round(f, number, **changes)) == f"round {number}: {words}"
    again = of_round(f, 2, dropped=lambda _: f.rounds[0].dropped)
    assert witness(again) == "round 2: drops nothing, or what was dropped before"


BOUNDS = {"joint": ("joint value", -1), "sponsor": ("sponsor's punishment value", 1), "proxy": ("proxy's punishment value", 1)}


@pytest.mark.parametrize("field", BOUNDS)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_bounds_of_a_round_hold_for_all_that_is_left(field: str, number: int) -> None:
    # too tight by e, a bound fails by e, less what it is worth itself a period later, at most δe = 0.3 e
    f = floats()
    reason, tighter = BOUNDS[field]
    for x in range(len(f.rounds[number - 1].states)):
        found = witness(of_round(f, number, **{field: lambda b, x=x: changed(b, x, b[x] + 0.01 * tighter)}))
        assert found is not None
        if "follow" not in found and "round" in found:
            words, _, size = found.rpartition(" ")
            assert words == f"round {number}: the bound on the {reason} fails by"
            assert 0.007 - 1e-9 <= float(size) <= 0.01 + 1e-9
        loose = witness(of_round(f, number, **{field: lambda b, x=x: changed(b, x, b[x] - 0.01 * tighter)}))
        words = f"round {number}: the bounds neither solve the definition nor follow from those of the round before"
        assert loose == words or (loose or "").startswith(f"round {number}: the bound on the {reason} fails by ")


def test_each_round_drops_what_violates_the_condition_and_no_more() -> None:
    f = floats()
    gone = [k for step in f.rounds for k in step.dropped]
    left = next(k for k in range(8) if k not in gone)
    more = of_round(f, 1, dropped=lambda x: np.sort(np.append(x, left)))
    assert witness(more) == f"round 1: drops {DILEMMA[left]}, which can be played"
    missing = replace(f, rounds=f.rounds[:-1])
    assert witness(missing) == "the profiles that can be played are not those that the eliminations leave"
    c = dead()
    assert witness(replace(c, rounds=())) == "the states without equilibrium are not those that the eliminations leave without"


# -- payments ----------------------------------------------------------------------------------------------------------

WHEN = ("on path", "punishing the sponsor", "punishing the proxy")


@functools.cache
def paid() -> Any:
    return exact().payments(F(1, 4))


@functools.cache
def unpaid() -> Any:
    """Where no surplus is left."""
    return tribute(F).solve(F(1, 10)).payments()


@pytest.mark.parametrize("error", [-TINY, TINY], ids=["lower", "higher"])
def test_payments_and_shares_are_right_to_the_least_error(error: F) -> None:
    p = paid()
    assert witness(p) is None
    for k, when in enumerate(WHEN):
        for x in (0, 1):
            for i, player in enumerate(("sponsor", "proxy")):
                right = p.promised[k, x, i]
                found = witness(replace(p, promised=changed(p.promised, (k, x, i), right + error)))
                assert found == f"state {x}, {when}: the {player} is promised {right + error}, not {right}"
            found = witness(replace(p, split=changed(p.split, (k, x), p.split[k, x] + error)))
            assert found is not None
            if found.endswith("punishment value"):
                who = "sponsor" if error > 0 else "proxy"
                assert found == f"state {x}, {when}: the {who} begins with less than its punishment value"
                assert not 0 <= p.split[k, x] + error <= 1
            else:
                assert found.startswith(f"state {x}, {when}: the sponsor gets ")
                gets, promised = said(found)
                assert promised == p.promised[k, x, 0]
                assert 0 < (promised - gets) / error  # the more the proxy begins with, the less is left
    shared = p.contracts.slack[int(p.contracts.on_path_profiles[0])]
    found = witness(replace(p, share=p.share + error))
    right = p.promised[0, 0, 0]
    assert found == f"state 0, on path: the sponsor is promised {right}, not {right - error * shared}"


def test_without_surplus_shares_are_halves() -> None:
    p = unpaid()
    assert witness(p) is None
    for k, when in enumerate(WHEN):
        for x, state in enumerate(("quiet", "armed")):
            for share in (F(1, 2) - TINY, F(1, 2) + TINY):
                found = witness(replace(p, split=changed(p.split, (k, x), share)))
                assert found == f"state {state!r}, {when}: no surplus is left, and is shared by {share}, not ½"


def test_what_are_no_payments_is_named() -> None:
    p = paid()
    for share in (-TINY, 1 + TINY):
        assert witness(replace(p, share=share)) == f"the proxy's share of the slack is {share}"
    for promised, split in (
        (p.promised[:2], p.split),
        (p.promised[:, :1], p.split),
        (p.promised, p.split[:2]),
        (p.split, p.split),
    ):
        found = witness(replace(p, promised=promised, split=split))
        assert found == f"promised and split have the shapes {promised.shape} and {split.shape}, for 2 states"
    d = dead().payments()
    assert witness(d) is None
    nothing = "something is promised in a state that has no equilibrium"
    assert witness(replace(d, promised=changed(d.promised, (0, 0, 0), 0.0))) == nothing
    assert witness(replace(d, split=changed(d.split, (2, 0), 0.5))) == nothing
    wrong = replace(p.contracts, discount=F(1))
    assert witness(replace(p, contracts=wrong)) == "the contract: the discount factor is 1"
    for share in (F(0), F(1)):
        assert witness(exact().payments(share)) is None


def test_a_round_that_drops_too_little_is_named_and_float_payments_of_any_share_pass() -> None:
    f = floats()
    for number, step in enumerate(f.rounds, 1):
        for k in range(len(step.dropped)):
            found = witness(of_round(f, number, dropped=lambda x, k=k: np.delete(x, k)))
            few = "drops nothing, or what was dropped before"
            assert found == f"round {number}: {'keeps a profile that violates the condition' if len(step.dropped) > 1 else few}"
    for contracts in (f, two_state_dilemma(float).solve(0.6)):
        for share in (0.0, 0.5, 1.0):
            assert witness(contracts.payments(share)) is None
