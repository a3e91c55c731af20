"""The re-checks of steps, levels, monitored contracts and rival offers: the tolerance of each number, each branch's words."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.repeated.contracts.liquidity import levels
from alliances.verification.levels import level_conditions
from alliances.verification.monitoring import verify_monitored
from alliances.verification.outcome import outcome
from tests.recheck_support import THREE, TINY, UNEVEN, changed, witness
from tests.support import PD_PROXY, PD_SPONSOR
from tests.test_recheck_parts import floats
from tests.test_recheck_stochastic import monitored

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
BOTH = ("sponsor", "proxy")
TIED = al.StageGame([[9, 1, 8], [10, 3, 12]], [[9, 10, 10], [1, 3, 0]])  # (0, 2) is worth 18, too, and tempts more


def of_steps(c: Any, k: int, **fields: Any) -> Any:
    """What is wrong with contracts of which one step is another."""
    return witness(replace(c, steps=(*c.steps[:k], replace(c.steps[k], **fields), *c.steps[k + 1 :])))


# -- steps -------------------------------------------------------------------------------------------------------------


def test_profiles_of_a_step_need_the_least_liquidity() -> None:
    c = al.relational_contracts(TIED)
    assert witness(c) is None
    last = len(c.steps) - 1
    step = c.steps[last]
    assert (step.on_path, step.joint_payoff, step.sponsor_punishment, step.punish_sponsor) == ((0, 0), 18, 3, (1, 1))
    words = f"from discount factor {step.discount} on: another profile attains the same with less liquidity"
    for field, p in (("on_path", (0, 2)), ("punish_sponsor", (0, 1))):
        assert of_steps(c, last, **{field: p}) == words


def test_an_empty_step_needs_nothing() -> None:
    stage = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    for game in (stage, floats(stage)):
        c = al.relational_contracts(game)
        assert [step.empty for step in c.steps] == [True]
        assert witness(c) is None
        where = f"from discount factor {c.steps[0].discount} on"
        assert of_steps(c, 0, liquidity=1) == f"{where}: there is no equilibrium, so that no liquidity is needed"
        none = "some profiles are None and others are not, or there are payoffs without profiles"
        for field in ("on_path", "punish_sponsor", "punish_proxy"):
            assert of_steps(c, 0, **{field: (0, 0)}) == f"{where}: {none}"
        for field, x in (("joint_payoff", 0), ("sponsor_punishment", 0), ("proxy_punishment", 0)):
            told = {"joint_payoff": -math.inf, "sponsor_punishment": math.inf, "proxy_punishment": math.inf, field: x}
            right = (-math.inf, math.inf, math.inf)
            said = f"{where}: (U, v_S, v_P) is {tuple(told.values())}, but {right} at its start"
            assert of_steps(c, 0, **{field: x}) == said


def test_float_steps_are_told_apart_beyond_rounding() -> None:
    c = al.relational_contracts(floats(THREE))
    assert witness(c) is None
    slack = 4 * sum(c.stage.tolerance)
    for k, step in enumerate(c.steps):
        where = f"from discount factor {step.discount} on: "
        for field, sign in itertools.product(("joint_payoff", "sponsor_punishment", "proxy_punishment"), (-1, 1)):
            right = getattr(step, field)
            assert of_steps(c, k, **{field: right + sign * 0.9 * slack}) is None
            found = of_steps(c, k, **{field: right + sign * 1.1 * slack})
            assert found.startswith(f"{where}(U, v_S, v_P) is (")
            assert found.endswith(" at its start")
        for sign in (-1, 1):
            assert of_steps(c, k, liquidity=step.liquidity + sign * 0.9 * slack) is None
            wrong = step.liquidity + sign * 1.1 * slack
            found = of_steps(c, k, liquidity=wrong)
            assert found == f"{where}the profiles need a liquidity of {step.liquidity}, and not {wrong}"
        if k:
            assert of_steps(c, k, discount=step.discount + 0.5e-9) is None
            late = of_steps(c, k, discount=step.discount + 3e-9)
            assert late.startswith(f"from discount factor {c.steps[k - 1].discount} on: (U, v_S, v_P) is ")
            assert late.endswith(" before its end")
            early = of_steps(c, k, discount=step.discount - 3e-9)
            assert early.startswith(f"from discount factor {step.discount - 3e-9} on: (U, v_S, v_P) is ")
            assert early.endswith(" at its start")


# -- levels ------------------------------------------------------------------------------------------------------------


def test_levels_of_a_batch_are_those_of_its_games_up_to_rounding() -> None:
    stage = al.StageGame(np.stack([THREE.A, THREE.A * 2 + 5]).astype(float), np.stack([THREE.B, THREE.B * 3 - 4]).astype(float))
    right = levels(stage)
    assert outcome(level_conditions(stage, right)).witness is None

    def found(**fields: Any) -> Any:
        return outcome(level_conditions(stage, replace(right, **fields))).witness

    for name, q, k in itertools.product(("requirement", "joint", "sponsor", "proxy"), (0, 1), (5, 7, 8)):
        x = getattr(right, name)
        wide = 4 * (stage.tolerance[0][q] + stage.tolerance[1][q])
        for sign in (-1, 1):
            assert found(**{name: changed(x, (q, k), x[q, k] + sign * 0.9 * wide)}) is None
            words = f"game ({q}, {k}), levels: {name} at ({q}, {k}) is not that of the profiles up to it"
            assert found(**{name: changed(x, (q, k), x[q, k] + sign * 1.1 * wide)}) == words
    for q, k in itertools.product((0, 1), range(9)):
        x, words = right.critical, f"game ({q}, {k}), levels: the critical discount factor at ({q}, {k}) is not the least"
        if x[q, k] < 1:
            for sign in (-1, 1):
                assert found(critical=changed(x, (q, k), x[q, k] + sign * 0.9e-9)) is None
                wrong = changed(x, (q, k), x[q, k] + sign * (1.1e-9 + right.slack[q, k]))
                assert found(critical=wrong) == f"{words} ℓ/(ℓ + W) from there on"
        else:
            assert found(critical=changed(x, (q, k), 0.5)) == f"{words} ℓ/(ℓ + W) from there on"
    for name in ("order", "requirement", "joint", "sponsor", "proxy", "critical", "slack"):
        assert found(**{name: getattr(right, name)[0]}) == f"levels: {name} is not of the shape (2, 9)"
    for wrong in ((*right.base, right.base[0]), (right.base[0], right.base[1][0])):
        assert found(base=wrong) == "levels: base or tolerance is not of the shape (2, 1)"
    assert found(tolerance=right.tolerance[0]) == "levels: base or tolerance is not of the shape (2, 1)"
    for i in (0, 1):
        base = tuple(changed(x, (1, 0), x[1, 0] + 1e-6) if k == i else x for k, x in enumerate(right.base))
        assert found(base=base) == "game (1, 0), levels: the base is not the smallest payoff"
    assert found(tolerance=right.tolerance * 2) == "game (0, 0), levels: the tolerance is not that of both players"
    twice = changed(right.order, (1, 0), right.order[1, 1])
    assert found(order=twice) == "game (1,), levels: the order does not name each profile once"
    assert found(slack=changed(right.slack, (1, 3), -1e-15)) == "game (1, 3), levels: a slack is negative"


def test_without_surplus_no_patience_suffices() -> None:
    stage = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    right = levels(stage)
    assert (right.critical == math.inf).all()
    for x in (F(0), F(1, 2), F(1)):
        found = outcome(level_conditions(stage, replace(right, critical=changed(right.critical, 3, x)))).witness
        assert found == "game (3,), levels: the critical discount factor at (3,) is not the least ℓ/(ℓ + W) from there on"


# -- monitored contracts -----------------------------------------------------------------------------------------------


def test_monitored_contracts_are_checked_to_their_tolerance() -> None:
    c = monitored()
    unit = max(float(x) for x in c.monitoring.stage.payoff_range)
    check = al.verify(c)
    assert (check.ok, check.checks, check.witness) == (True, 1 + 3 * 6 + 1 + 4, None)
    for part, right in ((0.9e-7, True), (1.1e-7, False)):
        wrong = replace(c, joint_payoff=c.joint_payoff + part * unit)
        check = al.verify(wrong)
        words = "on path: the joint payoff is as promised"
        assert check.witness == (None if right else f"{words}: fails by {part:.3g} payoff ranges")
        assert (check.checks, check.condition) == (24 if right else 19, words)
        assert check.violation == pytest.approx(part, rel=1e-3)
    for part, right in ((0.9e-3, True), (1.1e-3, False)):
        wrong = replace(c, joint_payoff=c.joint_payoff + part * unit)
        assert verify_monitored(wrong, tolerance=1e-3).ok == right
    lower = al.verify(replace(c, settled=False))
    assert (lower.checks, lower.witness) == (20, "it has settled: a fixed point, and no larger one")
    assert lower.condition == lower.witness
    none = {"on_path": None, "punish_sponsor": None, "punish_proxy": None, "profiles": (), "liquidity": 0.0}
    payoffs = {"joint_payoff": -math.inf, "sponsor_punishment": math.inf, "proxy_punishment": math.inf}
    empty = al.verify(replace(c, **none, **payoffs))
    assert (empty.ok, empty.checks, empty.violation) == (False, 5, 0)
    assert empty.witness == empty.condition == "a larger liquidity can be sustained"


def test_profiles_of_monitored_contracts_need_a_liquidity_by_the_odds_of_their_signals() -> None:
    c = monitored()  # bad signals: 1/10, 6/10 | 5/10, 9/10; payoffs in units of the proxy's range 6
    assert c.profiles == ((0, 0), (0, 1), (1, 0), (1, 1))
    needs = {(0, 0): 1 / 0.4 + 2 / 0.5, (0, 1): 1 / 0.3, (1, 0): 1 / 0.4, (1, 1): 0}  # gains by the change in the odds
    for p, need in needs.items():
        found = witness(replace(c, profiles=tuple(x for x in c.profiles if x != p)))
        assert found == f"profile {p} is not named, and needs a liquidity of {need / 6:.6g}"


@pytest.mark.parametrize("dearer", [0.0, 0.1])
def test_a_stage_equilibrium_without_surplus_is_an_equilibrium(dearer: float) -> None:
    # at δ = 1/10 nothing but (1, 1); its surplus 0 is rounded to less than 0 in the first game
    stage = al.StageGame([[1.3, -0.7], [1.5 + dearer, 0.1]], [[0.3, 0.4], [-0.3, 0.2]])
    c = al.monitored_contracts(al.PublicMonitoring.binary(stage, bad=[[0.1, 0.6], [0.5, 0.9]]), 0.1)
    assert c.profiles == ((1, 1),)
    assert c.liquidity == pytest.approx(0, abs=1e-12)
    assert witness(c) is None
    none = {"on_path": None, "punish_sponsor": None, "punish_proxy": None, "profiles": (), "liquidity": 0.0}
    payoffs = {"joint_payoff": -math.inf, "sponsor_punishment": math.inf, "proxy_punishment": math.inf}
    assert witness(replace(c, **none, **payoffs)) == "a larger liquidity can be sustained"


def test_incentives_of_monitored_contracts_are_those_of_their_signals() -> None:
    c = monitored()
    a, b = (np.array(x, dtype=float) for x in (c.monitoring.stage.A, c.monitoring.stage.B))
    pi = np.array(c.monitoring.signal_probabilities, dtype=float)
    unit, liquidity = max(np.ptp(a), np.ptp(b)), c.liquidity
    states = {"on path": "on_path", "punish sponsor": "punish_sponsor", "punish proxy": "punish_proxy"}
    promised = {"on path": c.joint_payoff, "punish sponsor": c.sponsor_punishment, "punish proxy": c.proxy_punishment}
    for (name, field), row, signal, error in itertools.product(states.items(), (0, 1), (0, 1), (-0.25, 0.25)):
        state = getattr(c, field)
        z = changed(state.rewards, (row, signal), state.rewards[row, signal] + error)
        i, j = state.profile
        now = [a[i, j] + pi[i, j] @ z[0], b[i, j] + pi[i, j] @ z[1]]
        gains = {
            "the sponsor does not gain by deviating": max(a[k, j] + pi[k, j] @ z[0] for k in (0, 1)) - now[0],
            "the proxy does not gain by deviating": max(b[i, k] + pi[i, k] @ z[1] for k in (0, 1)) - now[1],
            "rewards are not negative": -z.min(),
            "rewards do not exceed the liquidity": z.sum(axis=0).max() - liquidity,
            "the rest is burnt": abs(z.sum(axis=0) + state.burnt - liquidity).max(),
        }
        if name == "on path":
            gains["the joint payoff is as promised"] = abs(a[i, j] + b[i, j] - pi[i, j] @ state.burnt - promised[name])
        else:
            gains["the punishment is as promised"] = abs(now[name == "punish proxy"] - promised[name])
        check = al.verify(replace(c, **{field: replace(state, rewards=z)}))
        most = max(gains.values())
        assert check.violation == pytest.approx(most / unit)
        where, _, condition = check.condition.partition(": ")
        assert where == name
        assert gains[condition] == pytest.approx(most)


# -- rival offers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", [al.NashReversion(), al.FinitePunishment(3), al.Transfers()], ids=repr)
def test_switching_offers_are_wrong_from_rounding_on(concept: Any) -> None:
    for game, delta in ((PD, F(1, 2)), (floats(PD), 0.5)):
        r = al.switching_offer(game, None, delta, enforcement=concept)
        assert witness(r) is None
        for error in (TINY, 1000) if game.exact else (1e-8, 1000.0):
            words = witness(replace(r, offer=r.offer + error))
            assert words.startswith("proxy: gains ")
            told = r.offer + error if game.exact else f"{r.offer + error:.6g}"
            assert words.endswith(f" by deviating or leaving at its switching offer {told}")
        for error in (F(1, 10**7), F(1000)) if game.exact else (1e-7, 1000.0):
            words = witness(replace(r, offer=r.offer - error))
            assert words.startswith("proxy: stays for more than its switching offer ")
        for pair in ((delta, 1), (-TINY, delta), (delta,), (delta, delta, delta)):
            found = witness(replace(r, discount=pair))
            assert found == f"{pair} are no two discount factors"
        shaped = "the answer is not of the shape () of the games"
        assert witness(replace(r, offer=np.array([r.offer]))) == shaped
        assert witness(replace(r, offer=-np.inf)) == "proxy: stays without an offer, though none is said to keep it"
    lost = al.switching_offer(PD, None, F(1, 8), enforcement=al.NashReversion())
    assert (lost.offer, witness(lost)) == (-np.inf, None)
    assert witness(replace(lost, offer=F(3))).startswith("proxy: gains ")


def of_payment(r: Any, **fields: Any) -> Any:
    return witness(replace(r, **fields))


def test_what_keeps_the_proxy_is_wrong_by_the_least_error() -> None:
    half = F(1, 2)
    unpaid, paid, leaves = (al.keeping_payment(PD, None, half, x) for x in (8, 10, 14))
    betrays = al.keeping_payment(PD, None, (F(3, 20), F(1, 100)), 2)
    breaks = al.keeping_payment(PD, None, (F(1, 8), half), 2)
    rows = (unpaid, paid, leaves, betrays, breaks)
    assert [r.code for r in rows] == [0, 1, 2, 3, 4]
    assert [witness(r) for r in rows] == [None] * 5
    assert (paid.need, paid.limit, unpaid.need, leaves.need) == (1, F(5, 2), 0, 5)
    for r in rows:
        for error in (-TINY, TINY):
            found = of_payment(r, limit=r.limit + error)
            assert found == f"sponsor: gains {error} when it pays its limit"
            offer = of_payment(r, offer=r.offer + error)
            assert offer == f"the offer is {r.offer + error}, but the certificate's is {r.offer}"
    for r in (unpaid, breaks):
        for code in (-1, 5):
            assert of_payment(r, code=code) == f"code {code} names no outcome"
        shapes = "need, limit, offer and code are not of one shape, or the codes are no whole numbers"
        for name in ("limit", "offer", "code"):
            assert of_payment(r, **{name: np.array([getattr(r, name)])}) == shapes
        assert of_payment(r, code=1.0) == shapes
        assert of_payment(r, need=np.array([r.need])) == "the answer is not of the shape () of the games"
        for pair in ((half, 1), (-TINY, half), (half,), (half, half, half)):
            found = of_payment(r, discount=pair)
            assert found == f"{pair} are no two discount factors"
    less = "by leaving or deviating, though said to be kept"
    assert of_payment(paid, need=1 - TINY) == f"proxy: gains {TINY} {less}"
    assert of_payment(paid, need=1 + TINY) == f"proxy: would stay for less, by {TINY}"
    for error in (-TINY, TINY):
        assert of_payment(leaves, need=leaves.need + error) == f"proxy: would stay for less, by {error}"
    assert of_payment(unpaid, need=-TINY) == f"proxy: lacks 0 per period to stay, and not {-TINY}"
    assert of_payment(unpaid, need=TINY) == f"proxy: would stay for less, by {TINY}"
    assert of_payment(paid, code=0) == "proxy: is said to stay unpaid, and it is otherwise"
    easy = al.keeping_payment(PD, None, half, 7)
    assert (easy.need, easy.code) == (F(-1, 2), 0)
    for r in (unpaid, easy):
        assert of_payment(r, code=1) == "proxy: is said to stay for pay, and it is otherwise"
    lost = "sponsor: would pay what keeps the proxy, though the proxy is said to be lost"
    for code in (2, 3):
        assert of_payment(paid, code=code) == lost
    assert of_payment(leaves, code=3) == "proxy: is said to betray and stay, though it prefers the other"
    assert of_payment(betrays, code=2) == "proxy: is said to leave, though it prefers the other"
    would = "sponsor: is said to break the alliance and would not, or the other way round"
    assert of_payment(leaves, code=4) == would
    assert of_payment(breaks, code=2) == "proxy: is said to leave, though it prefers the other"
    assert of_payment(breaks, code=3) == would
    for code in (0, 1):
        assert of_payment(leaves, code=code) == "sponsor: gains 5/2 by deviating, though said to pay"


# -- critical discount factors and rival offers in floats ----------------------------------------------------------------


@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
@pytest.mark.parametrize("concept", [al.NashReversion(), al.Transfers()], ids=repr)
def test_float_discount_factors_are_told_apart_beyond_rounding_of_the_gain(concept: Any, k: int) -> None:
    r = al.critical_discount(al.StageGame(UNEVEN.A.astype(float), UNEVEN.B.astype(float) * 50), enforcement=concept)
    who, within = BOTH[k], r.stage.rounding
    slack = 16 * (sum(within) if concept.pooled else within[k])
    now, later = (float(np.asarray(concept.gain(r.terms, (x, x))[k])) for x in (0.0, 0.5))
    slope = 2 * (later - now)  # gains are linear in δ
    for sign, words in ((-1, "gains"), (1, "has")):
        for part, right in ((0.9, True), (1.1, False)):
            found = witness(replace(r, **{who: getattr(r, who) - sign * part * slack / slope}))
            assert (found is None) == right
            assert right or found.startswith(f"{who}: {words} ")


@pytest.mark.parametrize("level", [0.0, 100.0])
def test_float_switching_offers_are_told_apart_beyond_rounding_and_a_billionth(level: float) -> None:
    stage = al.StageGame(UNEVEN.A.astype(float) * 30, UNEVEN.B.astype(float) + level)
    r = al.switching_offer(stage, None, (0.75, 0.5))
    assert r.offer == pytest.approx(5 + level)  # c − (1 − δ)(d − c)/δ
    slack = 16 * sum(stage.rounding)
    for part, right in ((0.9, True), (1.1, False)):
        found = witness(replace(r, offer=r.offer + part * slack / 0.5))
        assert (found is None) == right
        assert right or found.startswith("proxy: gains ")
    unit = max(7 + level, 9)
    for less, right in ((0.9e-9 * unit, True), (1.1e-9 * unit + 2 * slack / 0.5, False)):
        found = witness(replace(r, offer=r.offer - less))
        assert found == (None if right else f"proxy: stays for more than its switching offer {r.offer - less:.6g}")


@pytest.mark.parametrize("exact", [True, False], ids=["exact payoffs", "floats"])
def test_float_payments_are_told_apart_beyond_rounding(exact: bool) -> None:
    stage = al.StageGame((np.array(PD_SPONSOR) * 100).tolist(), PD_PROXY)
    stage = stage if exact else floats(stage)
    deltas = np.array([0.5, 0.6])
    r = al.keeping_payment(stage, None, deltas, 10 if exact else 10.0)
    assert witness(r) is None
    assert r.code.tolist() == [1, 1]
    within = [16 * x for x in stage.rounding]
    for q, sign, (part, right) in itertools.product((0, 1), (-1, 1), ((0.9, True), (1.1, False))):
        error = sign * part * within[1]
        found = witness(replace(r, need=changed(r.need, q, r.need[q] + error)))
        assert (found is None) == right
        begins = "would stay for less, by " if sign > 0 else "gains "
        assert right or found.startswith(f"game ({q},), proxy: {begins}")
        found = witness(replace(r, offer=changed(r.offer, q, r.offer[q] + error)))
        assert (found is None) == right
        assert right or found.startswith(f"game ({q},), the offer is 10, but the certificate's is 10")
        error = sign * part * within[0]
        found = witness(replace(r, limit=changed(r.limit, q, r.limit[q] + error)))
        assert (found is None) == right
        assert right or found.startswith(f"game ({q},), sponsor: gains ")
        assert right or float(found.split()[4]) == pytest.approx(error, rel=1e-2)
        assert right or found.endswith(" when it pays its limit")
    for q, code, words in (
        (1, 0, "proxy: is said to stay unpaid, and it is otherwise"),
        (0, 2, "sponsor: would pay what keeps the proxy, though the proxy is said to be lost"),
        (1, 5, "code 5 names no outcome"),
    ):
        assert witness(replace(r, code=changed(r.code, q, code))) == f"game ({q},), {words}"
