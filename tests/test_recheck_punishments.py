"""The re-checks of punishments: what exists, what belongs to which concept, and each payoff up to rounding."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.repeated.enforcement.optimal_penal_code import WorstEquilibria
from tests.recheck_support import CHICKEN, TINY, UNEVEN, moved, witness
from tests.support import PD_PROXY, PD_SPONSOR
from tests.test_recheck_parts import floats
from tests.test_recheck_stage_games import critical

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
BOTH = ("sponsor", "proxy")
AGREED = "the terms of being punished are not the punishment's payoffs, or where there is none those on path"


def of_punishment(r: Any, **fields: Any) -> Any:
    return witness(replace(r, punishment=replace(r.punishment, **fields)))


@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
def test_a_punishment_exists_where_its_kind_does(k: int) -> None:
    who = BOTH[k]
    for name in ("Nash reversion", "mixed reversion", "outside option", "left alone"):
        r = critical(name)
        if k == 0:
            found = of_punishment(r, exists=np.asarray(False))
            assert found == "sponsor: a punishment is said to exist, or not to, and it is otherwise"
        elif name == "outside option":
            named = (r.punishment.profiles[0], np.array([1, 1]))
            assert of_punishment(r, profiles=named) == "proxy: a profile is named, though the proxy leaves instead"
    given = critical("given profile")
    assert of_punishment(given, exists=np.asarray(False)) == "sponsor: the punishment payoff is not that of the given profile"
    for error in (-TINY, TINY):
        found = of_punishment(given, payoffs=moved(given.punishment.payoffs, k, error))
        assert found == f"{who}: the punishment payoff is not that of the given profile"
    credible = al.critical_discount(UNEVEN, enforcement=al.GivenPunishment(profile=(0, 0), credible=True), profile=(1, 1))
    assert witness(credible) is None
    assert not credible.punishment.exists
    found = of_punishment(credible, exists=np.asarray(True))
    assert found == "sponsor: the punishment payoff is not that of the given profile"
    r = critical("Nash reversion")
    if k == 0:
        assert of_punishment(r, payoffs=(F(3), F(2) - TINY)) == (
            "proxy: the punishing profile is not an equilibrium that gives the punishment payoff"
        )
        mixed = critical("mixed reversion")
        none = np.array([-1, -1])
        wrong = moved(mixed.punishment.payoffs, 0, TINY)
        assert of_punishment(mixed, payoffs=wrong, profiles=(none, none)) == AGREED


@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
def test_penal_codes_with_payments_hold_down_to_the_least(k: int) -> None:
    r, who = critical("optimal transfers"), BOTH[k]
    for error in (-TINY, TINY):
        wrong = moved(r.punishment.payoffs, k, error)
        words = "is not the least of the profiles that can be played as δ → 1"
        assert of_punishment(r, payoffs=wrong) == f"{who}: the punishment payoff {words}"
    held = "does not hold it down to the punishment payoff with the least liquidity"
    none = np.array([-1, -1])
    profiles = (none, r.punishment.profiles[1]) if k == 0 else (r.punishment.profiles[0], none)
    assert of_punishment(r, profiles=profiles) == f"{who}: the punishing profile {held}"
    found = of_punishment(r, exists=np.asarray(False))
    assert found == "sponsor: a punishment by levels always exists"
    copy = replace(r.terms.levels, joint=r.terms.levels.joint.copy())
    assert witness(replace(r, terms=replace(r.terms, levels=copy))) is None  # the same numbers are the same levels
    for name in ("order", "requirement", "joint", "sponsor", "proxy", "critical", "slack", "tolerance"):
        other = replace(copy, **{name: getattr(copy, name) + 1})
        assert of_punishment(r, levels=other) == "the terms and the punishment have different levels"
    other = replace(copy, base=moved(copy.base, k, 1))
    assert of_punishment(r, levels=other) == "the terms and the punishment have different levels"


def test_penal_codes_rest_on_the_sets_of_the_same_game() -> None:
    stage = PD
    r = al.critical_discount(stage, enforcement=al.OptimalPenalCode())
    assert witness(r) is None

    def of_worst(terms: Any, punishment: Any) -> Any:
        return witness(replace(r, terms=replace(r.terms, worst=terms), punishment=replace(r.punishment, worst=punishment)))

    same = WorstEquilibria(al.StageGame(PD_SPONSOR, PD_PROXY))
    assert of_worst(r.terms.worst, same) is None
    other = WorstEquilibria(UNEVEN)
    different = "worst is one thing in the terms, and another in the punishment"
    for pair in ((other, same), (same, other), (None, same), (same, None), (r.terms.worst, lambda _: (3, 3))):
        assert of_worst(*pair) == different
    assert of_worst(None, None) == "worst payoffs by δ belong to optimal penal codes"
    assert of_worst(other, other) == "the worst equilibria are of another game"
    turned = WorstEquilibria(al.StageGame(PD_SPONSOR, [[9, 10], [1, 4]]))
    assert of_worst(turned, turned) == "the worst equilibria are of another game"
    rough = WorstEquilibria(floats(stage))
    assert of_worst(rough, rough) == "the worst equilibria are of another game"
    for k, who in enumerate(BOTH):
        for error in (-TINY, TINY):
            found = of_punishment(r, payoffs=moved(r.punishment.payoffs, k, error))
            assert found == f"{who}: the punishment payoff is not the worst equilibrium payoff of the most patient players"
        words = "a profile is named for what is no stage equilibrium, or a punishment exists that is infinite"
        named = [r.punishment.profiles[0], r.punishment.profiles[1]]
        named[k] = np.array([1, 1])
        assert of_punishment(r, profiles=tuple(named)) == f"{who}: {words}"
        assert of_punishment(r, exists=np.asarray(False)) == f"sponsor: {words}"
    plain = critical("Nash reversion")
    wrong = replace(plain, terms=replace(plain.terms, worst=same), punishment=replace(plain.punishment, worst=same))
    assert witness(wrong) == "worst payoffs by δ belong to optimal penal codes"


def test_a_player_that_punishment_rewards_is_deterred_by_nothing() -> None:
    stage = al.StageGame([[2, 0], [3, 5]], [[2, 0], [0, 4]])  # (1, 1) is better than (0, 0) for both
    concept = al.GivenPunishment(profile=(1, 1))
    for game in (stage, floats(stage)):
        r = al.critical_discount(game, enforcement=concept)
        assert witness(r) is None
        assert (r.sponsor, r.proxy) == (math.inf, 0)
        for delta in (0.5, 0.999):
            found = witness(replace(r, sponsor=F(delta) if game.exact else delta))
            assert found.startswith("sponsor: gains ")
    for name in ("Nash reversion", "finite punishment", "noise", "given profile"):
        r = critical(name)
        for k, who in enumerate(BOTH):
            zero = witness(replace(r, **{who: F(0)}))
            assert zero == f"{who}: gains {r.terms.temptation[k]} by deviating at its critical discount factor 0"


# -- floats ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
@pytest.mark.parametrize("sign", [-1, 1])
def test_float_punishment_payoffs_are_told_apart_beyond_rounding(k: int, sign: int) -> None:
    who = BOTH[k]
    stage = al.StageGame(CHICKEN.A.astype(float), CHICKEN.B.astype(float) * 50)
    r = al.critical_discount(stage, enforcement=al.NashReversion(mixed=True))
    assert witness(r) is None
    for part, words in ((0.9, AGREED), (1.1, f"{who}: the punishment payoff is not that of its worst stage equilibrium")):
        error = sign * part * 16 * stage.rounding[k]
        assert witness(replace(r, terms=replace(r.terms, punished=moved(r.terms.punished, k, error)))) == words
    stage = al.StageGame(UNEVEN.A.astype(float) * 50, UNEVEN.B.astype(float))
    r = al.critical_discount(stage, enforcement=al.OutsideOption(5.0))
    assert witness(r) is None
    neither = f"{who}: the punishment payoff is neither that of its worst stage equilibrium nor that of leaving"
    if k == 1:  # of the sponsor a profile is named, whose payoff this is
        for part, words in ((0.9, AGREED), (1.1, neither)):
            error = sign * part * 16 * stage.rounding[k]
            assert of_punishment(r, payoffs=moved(r.punishment.payoffs, k, error)) == words
        for part, right in ((0.9, True), (1.1, False)):
            offer = 5 + sign * part * 16 * stage.rounding[1]
            other = replace(r, terms=replace(r.terms, outside=offer), punishment=replace(r.punishment, outside=offer))
            else_ = "the proxy is said to get something else than the offer when it leaves"
            assert witness(other) == (None if right else else_)
    stage = floats(UNEVEN)
    r = al.critical_discount(stage, enforcement=al.OptimalPenalCode())
    worst = f"{who}: the punishment payoff is not the worst equilibrium payoff of the most patient players"
    for part, words in ((0.9, AGREED), (1.1, worst)):
        error = sign * part * 2e-9 * stage.payoff_range[k]
        assert of_punishment(r, payoffs=moved(r.punishment.payoffs, k, error)) == words


def test_many_games_are_punished_each_by_its_own() -> None:
    a = np.stack([UNEVEN.A, CHICKEN.A, np.array([[1, -1], [-1, 1]])]).astype(float)
    b = np.stack([UNEVEN.B, CHICKEN.B, np.array([[-1, 1], [1, -1]])]).astype(float)
    stage = al.StageGame(a, b)
    r = al.critical_discount(stage, enforcement=al.NashReversion())
    assert r.punishment.exists.tolist() == [True, True, False]
    assert witness(r) is None
    for q in range(3):
        for k, who in enumerate(BOTH):
            error = 1e-6 * np.eye(3)[q]
            found = witness(replace(r, terms=replace(r.terms, punished=moved(r.terms.punished, k, error))))
            assert found == f"game ({q},), {who}: the punishment payoff is not that of its worst pure stage equilibrium"
            profiles = [x.copy() for x in r.punishment.profiles]
            profiles[k][q] = [0, 0]
            found = of_punishment(r, profiles=tuple(profiles))
            words = "the punishing profile is not an equilibrium that gives the punishment payoff"
            assert found == f"game ({q},), {who}: {words}"
        found = of_punishment(r, exists=r.punishment.exists ^ (np.arange(3) == q))
        words = "a punishment is said to exist, or not to, and it is otherwise"
        assert found == f"game ({q},), sponsor: {words}"


# -- ties --------------------------------------------------------------------------------------------------------------


def test_a_proxy_that_is_offered_what_it_gets_when_punished_need_not_leave() -> None:
    for stage in (UNEVEN, floats(UNEVEN)):  # punished at (1, 1), the two get 3 and 2
        for offer, alone, payoffs, labels in (
            (2, None, (3, 2), ((1, 1), (1, 1))),
            (2, 1, (1, 2), ((-1, -1), (1, 1))),
            (2, 3, (3, 2), ((1, 1), (1, 1))),
            (2, 4, (3, 2), ((1, 1), (1, 1))),
            (3, 4, (4, 3), ((-1, -1), (-1, -1))),
        ):
            r = al.critical_discount(stage, enforcement=al.OutsideOption(offer, alone=alone))
            assert r.punishment.payoffs == payoffs
            assert tuple(tuple(x.tolist()) for x in r.punishment.profiles) == labels
            assert witness(r) is None


def test_the_last_profile_that_can_be_played_may_punish() -> None:
    own, other = [[5, 0]], [[3, 1]]  # the proxy's second action takes all from the sponsor, and needs a payment of 2
    for stage, place in ((al.StageGame(own, other), 0), (al.StageGame(np.array(other).T, np.array(own).T), 1)):
        r = al.critical_discount(stage, enforcement=al.Transfers("optimal"))
        assert (r.terms.levels.critical < 1).all()
        assert r.punishment.payoffs[place] == 0
        assert witness(r) is None


def test_without_an_offer_the_proxy_stays_whatever_the_payoffs_are_like() -> None:
    for a, b in ((1, 1), (100, 1), (1, 100)):
        stage = al.StageGame(UNEVEN.A * a, UNEVEN.B * b)
        r = al.switching_offer(stage, None, F(1, 2))
        assert r.offer == 5 * b  # 7 − (9 − 7)
        assert witness(replace(r, offer=-math.inf)) == "proxy: stays without an offer, though none is said to keep it"


def test_a_need_within_rounding_of_nothing_may_be_paid_or_not() -> None:
    for offer, codes in ((8.0, (0, 1)), (8 + 1e-6, (1,)), (8 - 1e-6, (0,))):
        r = al.keeping_payment(floats(PD), None, 0.5, offer)
        assert abs(float(r.need) - (offer - 8) / 2) < 1e-12
        for code, words in ((0, "unpaid"), (1, "for pay")):
            said = f"proxy: is said to stay {words}, and it is otherwise"
            assert witness(replace(r, code=code)) == (None if code in codes else said)
