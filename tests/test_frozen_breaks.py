"""T2 and T3 where a break freezes power: T4's maximum in the formula's place, and wars that must cost the same."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.moving_power_reference import ALLY, Chain, falling, random_chain, static

NEAR = 1e-9  # states this close to a border are not asked
OFTEN = [pytest.param(100, marks=pytest.mark.slow), 60]  # other chains: what is slow does not ask the quick ones again


def test_t2_fails_where_a_break_freezes_power() -> None:
    """The side that gains from the shift conforms today and takes its punishment tomorrow; T5 fails for the other's sake."""
    rng = np.random.default_rng(5)
    broken = kept = 0
    for _ in range(80):
        chain, h = random_chain(rng, n=5, frozen=True)
        delta = float(rng.uniform(0.5, 0.98))
        critical, effective = static(chain), np.asarray(al.effective_discount(delta, h.tolist()))
        predicted, holds = critical <= effective - NEAR, chain.holds(delta)
        broken += int((predicted & ~holds).sum())
        kept += int((predicted & holds).sum())
    assert broken > 0
    assert kept > broken


def _frozen_holds(chain: Chain, delta: float) -> tuple[np.ndarray, np.ndarray]:
    """T4's maximum with the gain from surprise, from the bottom up: what can be kept, and left minus right side; no solver.

    Whoever fights has w_i(x) from tomorrow on, so v_i = w_i; the joint value is war's, or the alliance's where it can be kept.
    """
    n, war = len(chain.moves), chain.outside.sum(axis=1)
    joint, slack = war.copy(), np.full(n, -np.inf)
    for x in range(1, n):
        row, allied = chain.moves[x], (1 - delta) * chain.allied[x].sum()
        ever = (allied + delta * float(row[:x] @ joint[:x])) / (1 - delta * row[x])  # allied while at x
        best = max(ever, war[x])
        fight = (1 - delta) * chain.tempted[x] + delta * chain.outside[x]
        wait = (1 - delta) * chain.allied[x] + delta * row @ chain.outside
        slack[x] = allied + delta * (float(row[:x] @ joint[:x]) + row[x] * best) - np.maximum(fight, wait).sum()
        if slack[x] >= 0:
            joint[x] = best
    return slack >= 0, slack


@pytest.mark.parametrize("chains", OFTEN)
def test_t2_is_repaired_by_t4s_maximum_where_a_break_freezes_power(chains: int) -> None:
    """Where δ* ≤ δ(1 − h) errs, the maximum does not, and the solver's answer is certified."""
    rng = np.random.default_rng([15, chains])
    asked = repaired = kept = 0
    for k in range(chains):
        chain, h = random_chain(rng, n=5, frozen=True)
        if k % 2:  # w_S + w_P constant: the commitment problem is not one of dearer wars
            shift = (chain.outside.sum(axis=1, keepdims=True) - 1) / 2
            chain.outside, chain.allied, chain.tempted = (v - shift for v in (chain.outside, chain.allied, chain.tempted))
        delta = float(rng.uniform(0.5, 0.98))
        predicted = static(chain) <= np.asarray(al.effective_discount(delta, h.tolist())) - NEAR
        answer, slack = _frozen_holds(chain, delta)
        if (np.abs(slack) < NEAR).any():
            continue
        contracts = chain.game().solve(delta)
        assert k % 10 or contracts.verify().ok
        holds = np.array([False, *(contracts.can_play(x, (0, 0)) for x in range(1, 5))])
        assert (holds == answer).all()
        asked += 4
        kept += int(answer.sum())
        repaired += int((predicted & ~answer).sum())
    assert asked > 2 * chains
    assert kept > asked // 4
    assert repaired > chains // 20


def _two_levels(lost: F, frozen: bool) -> bool:
    """A dilemma, L = 1/2 and s = 2, that is left with chance 1/2 for a level where (w_S, w_P) = (−lost, lost), not (0, 0)."""
    war = {0: (-lost, lost), 1: (F(0), F(0))}
    dilemma = al.StageGame([[F(1), F(-5, 4)], [F(5, 4), F(0)]], [[F(1), F(5, 4)], [F(-5, 4), F(0)]], ALLY)

    def moves(state: int, i: int, j: int) -> dict[int, F]:
        broken = state == 2 or i > 0 or j > 0
        stay = 2 if broken else 1
        return {0: F(1)} if state == 0 else {stay: F(1)} if broken and frozen else {stay: F(1, 2), 0: F(1, 2)}

    ends: list[Any] = [al.StageGame([[war[x][0]]], [[war[x][1]]]) for x in (0, 1)]
    contracts = al.StochasticGame([ends[0], dilemma, ends[1]], moves).solve(F(9, 10))
    assert contracts.verify().ok
    return bool(contracts.can_play(1, ("ally", "ally")))


def test_t2_fails_where_a_break_freezes_power_even_if_wars_cost_the_same() -> None:
    """δ* = 1/5 < δ(1 − h) = 9/20, w_S + w_P = 0 at both levels: kept if power moves on, broken if the shift is large enough.

    With a shift of ``lost`` the proxy waits: 1/10 + 9/20 lost. The sponsor fights: 1/8. Together that is at most 4/11 up to
    lost = 61/198.
    """
    assert F(1, 5) < al.effective_discount(F(9, 10), F(1, 2)) == F(9, 20)
    border = (F(4, 11) - F(1, 8) - F(1, 10)) / F(9, 20)
    for lost, kept in ((F(0), True), (border, True), (border + F(1, 1000), False), (F(4), False)):
        assert _two_levels(lost, frozen=False)
        assert _two_levels(lost, frozen=True) == kept


@pytest.mark.parametrize("chains", OFTEN)
def test_t3_survives_a_frozen_break_only_if_wars_cost_the_same(chains: int) -> None:
    """Fight dominates, h = 1, a break stops power: no alliance if w_S + w_P is constant; in some states if it is not."""
    rng = np.random.default_rng([13, chains])
    asked = kept = 0
    for k in range(chains):
        chain, _ = random_chain(rng, n=5, frozen=True)
        chain.moves, _ = falling(rng, 5, certain=True)
        delta = float(rng.uniform(0.5, 0.98))
        constant = Chain(**vars(chain))
        shift = (chain.outside.sum(axis=1, keepdims=True) - 1) / 2
        constant.outside, constant.allied, constant.tempted = (v - shift for v in (chain.outside, chain.allied, chain.tempted))
        np.testing.assert_allclose(constant.outside.sum(axis=1), 1)
        np.testing.assert_allclose(constant.surplus, chain.surplus)  # only the level of all payoffs differs
        assert (static(constant)[1:] < 1).all()
        contracts = constant.game().solve(delta)
        assert not any(contracts.can_play(x, (0, 0)) for x in range(1, 5))
        assert k % 10 or contracts.verify().ok
        asked += 4
        kept += int(chain.holds(delta).sum())
    assert asked // 20 < kept < asked // 2


def test_t3_fails_where_a_frozen_war_grows_cheaper_on_the_way_down() -> None:
    """One certain step down, L = 1/2, w_S + w_P = 0 today and K tomorrow, half to each: kept iff (1 − δ)L ≤ δK."""
    for power_after, border in (("frozen", F(1, 18)), ("moving", None)):
        for cheaper in (F(-1), F(0), F(1, 18) - F(1, 1000), F(1, 18), F(1), F(3)):
            dilemma = al.StageGame([[F(1), F(-5, 4)], [F(5, 4), F(0)]], [[F(1), F(5, 4)], [F(-5, 4), F(0)]], ALLY)
            ends: list[Any] = [al.StageGame([[w]], [[w]]) for w in (cheaper / 2, F(0))]

            def moves(state: int, i: int, j: int, frozen: bool = power_after == "frozen") -> dict[int, F]:
                broken = state == 2 or i > 0 or j > 0
                return {2: F(1)} if state and broken and frozen else {0: F(1)}

            contracts = al.StochasticGame([ends[0], dilemma, ends[1]], moves).solve(F(9, 10))
            assert contracts.verify().ok
            assert contracts.can_play(1, ("ally", "ally")) == (border is not None and cheaper >= border)
