"""The re-checks of stage games and of what repetition sustains: each wrong field is named, exact ones from 1e-12 on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.recheck_support import CHICKEN, THREE, TINY, UNEVEN, WIDE, changed, moved, witness

BOTH = ("sponsor", "proxy")
CONCEPTS = {
    "Nash reversion": (UNEVEN, al.NashReversion()),
    "mixed reversion": (CHICKEN, al.NashReversion(mixed=True)),
    "finite punishment": (UNEVEN, al.FinitePunishment(3)),
    "noise": (UNEVEN, al.ImperfectMonitoring(F(1, 50), F(1, 10))),
    "transfers": (UNEVEN, al.Transfers()),
    "optimal transfers": (THREE, al.Transfers("optimal")),
    "given profile": (UNEVEN, al.GivenPunishment(profile=(1, 1))),
    "outside option": (UNEVEN, al.OutsideOption(F(5), al.NashReversion())),
    "left alone": (UNEVEN, al.OutsideOption(F(5), al.NashReversion(), alone=F(1))),
}


def critical(name: str) -> Any:
    stage, concept = CONCEPTS[name]
    return al.critical_discount(stage, enforcement=concept)


# -- critical discount factors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONCEPTS)
@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
def test_an_exact_critical_discount_factor_is_wrong_by_the_least_error(name: str, k: int) -> None:
    r, who = critical(name), BOTH[k]
    assert witness(r) is None
    right = getattr(r, who)
    if 0 < right < 1 and isinstance(right, F):
        low, high = right - TINY, right + TINY
        gain, spare = (r.enforcement.gain(r.terms, (x, x))[k] for x in (low, high))
        assert spare < 0 < gain
        at = "its critical discount factor"
        assert witness(replace(r, **{who: low})) == f"{who}: gains {gain} by deviating at {at} {low}"
        found = witness(replace(r, **{who: high}))
        if not r.terms.stepwise:
            assert found == f"{who}: has {-spare} to spare at {at} {high}"
        most = (1 + right) / 2
        if most / 2 >= right:
            assert witness(replace(r, **{who: most})) == f"{who}: would not deviate at half {at} {most}"
    for wrong in (-TINY, F(1), 1 + TINY, -np.inf):
        assert witness(replace(r, **{who: wrong})) == f"{who}: {wrong} is not in [0, 1) or inf"
    if right < 1:
        words = f"{who}: some discount factor below 1 suffices, though inf is reported"
        assert witness(replace(r, **{who: np.inf})) == words


@pytest.mark.parametrize("name", [name for name in CONCEPTS if "transfers" not in name])
@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
@pytest.mark.parametrize("error", [-TINY, TINY], ids=["lower", "higher"])
def test_exact_terms_are_wrong_by_the_least_error(name: str, k: int, error: F) -> None:
    r, who = critical(name), BOTH[k]
    path = replace(r, terms=replace(r.terms, path=moved(r.terms.path, k, error)))
    assert witness(path) == f"{who}: payoff on path is not that of the profile"
    best = replace(r, terms=replace(r.terms, deviation=moved(r.terms.deviation, k, error)))
    assert witness(best) == f"{who}: deviation payoff is not the best against the other's action"
    held = moved(r.terms.punished, k, error)
    payoffs = moved(r.punishment.payoffs, k, error)
    alike = replace(r, terms=replace(r.terms, punished=held), punishment=replace(r.punishment, payoffs=payoffs))
    words = {
        "given profile": "is not that of the given profile",
        "mixed reversion": "is not that of its worst stage equilibrium",
        "outside option": "is neither that of its worst stage equilibrium nor that of leaving",
        "left alone": "is neither that of its worst stage equilibrium nor that of leaving",
    }.get(name, "is not that of its worst pure stage equilibrium")
    assert witness(alike) == f"{who}: the punishment payoff {words}"


def test_floats_are_told_apart_beyond_rounding() -> None:
    stage = al.StageGame(UNEVEN.A.astype(float), UNEVEN.B.astype(float))
    r = al.critical_discount(stage)
    assert witness(r) is None
    for k, who in enumerate(BOTH):
        right = getattr(r, who)
        for error in (-1e-9, 1e-9):
            wrong = right + error
            gain = (1 - wrong) * r.terms.deviation[k] + wrong * r.terms.punished[k] - r.terms.path[k]
            found = witness(replace(r, **{who: wrong}))
            verb = "gains" if gain > 0 else "has"
            assert found.startswith(f"{who}: {verb} ")
            assert found.endswith(f" critical discount factor {right:.6g}")
            assert float(found.split()[2]) == pytest.approx(abs(gain), rel=1e-2)
        assert witness(replace(r, **{who: right + 1e-15})) is None


def test_one_game_of_a_batch_is_named() -> None:
    stage = al.StageGame(np.stack([UNEVEN.A] * 3).astype(float), np.stack([UNEVEN.B] * 3).astype(float))
    for concept in (al.NashReversion(), al.FinitePunishment(3), al.Transfers(), al.GivenPunishment(profile=(1, 1))):
        r = al.critical_discount(stage, enforcement=concept)
        assert witness(r) is None
        for k, who in enumerate(BOTH):
            right = getattr(r, who)
            for value, words in (
                (1.0, "1 is not in [0, 1) or inf"),
                (np.inf, "some discount factor below 1 suffices, though inf is reported"),
            ):
                assert witness(replace(r, **{who: changed(right, 2, value)})) == f"game (2,), {who}: {words}"
            if concept.pooled:
                continue
            path = moved(r.terms.path, k, np.array([0, 1e-9, 0]))
            wrong = replace(r, terms=replace(r.terms, path=path))
            assert witness(wrong) == f"game (1,), {who}: payoff on path is not that of the profile"


def test_fields_of_a_certificate_fit_each_other() -> None:
    r = critical("Nash reversion")
    for profile in ((2, 0), (0, 2), (-1, 0), (0, -1), (0, 0, 0), (0,)):
        assert witness(replace(r, profile=profile)) == f"the profile {profile} is none of the game"
    t, p = r.terms, r.punishment
    two = "a pair has not two members"
    for name in ("path", "deviation", "punished", "tolerance"):
        assert witness(replace(r, terms=replace(t, **{name: (*getattr(t, name), F(1))}))) == two
    for name in ("payoffs", "profiles"):
        assert witness(replace(r, punishment=replace(p, **{name: getattr(p, name)[:1]}))) == two
    shape = "a number per game is not of the shape () of the games"
    array = np.array([F(1), F(2)])
    for who in BOTH:
        assert witness(replace(r, **{who: array})) == shape
    for name in ("path", "deviation", "punished"):
        for k in (0, 1):
            pair = (array, getattr(t, name)[1]) if k == 0 else (getattr(t, name)[0], array)
            assert witness(replace(r, terms=replace(t, **{name: pair}))) == shape
    assert witness(replace(r, punishment=replace(p, exists=np.array([True])))) == shape
    profiles = (p.profiles[0], np.array([p.profiles[1]]))
    words = "the punishing profiles are not of the shape (2,)"
    assert witness(replace(r, punishment=replace(p, profiles=profiles))) == words
    for k in (0, 1):
        wrong = replace(r, terms=replace(t, tolerance=moved(t.tolerance, k, TINY)))
        assert witness(wrong) == "the tolerance is not that of the game"
    outside = replace(r, terms=replace(t, outside=F(5)))
    assert witness(outside) == "outside is one thing in the terms, and another in the punishment"
    both = replace(outside, punishment=replace(p, outside=F(5)))
    assert witness(both) == "what leaving gives belongs to an outside option"
    option = critical("outside option")
    less = replace(
        option, terms=replace(option.terms, outside=5 - TINY), punishment=replace(option.punishment, outside=5 - TINY)
    )
    assert witness(less) == "the proxy is said to get something else than the offer when it leaves"
    levels = critical("optimal transfers")
    without = replace(levels, terms=replace(levels.terms, levels=None))
    assert witness(without) == "the terms and the punishment have different levels"
    none = replace(without, punishment=replace(levels.punishment, levels=None))
    assert witness(none) == "levels belong to side payments with optimal penal codes"


@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
def test_punishing_profiles_are_those_that_punish(k: int) -> None:
    who = BOTH[k]
    for name in ("Nash reversion", "given profile", "optimal transfers"):
        r = critical(name)
        right = tuple(r.punishment.profiles[k].tolist())
        m, n = r.stage.shape
        for wrong in [(i, j) for i in range(-2, m + 1) for j in range(-2, n + 1) if (i, j) != right]:
            profiles = [*r.punishment.profiles]
            profiles[k] = np.array(wrong)
            found = witness(replace(r, punishment=replace(r.punishment, profiles=tuple(profiles))))
            inside = (0 <= wrong[0] < m and 0 <= wrong[1] < n) or wrong == (-1, -1)
            if not inside:
                assert found == f"{who}: the punishing profile is none of the game"
            elif name == "Nash reversion":
                assert found == f"{who}: the punishing profile is not an equilibrium that gives the punishment payoff"
            elif name == "given profile":
                assert found == f"{who}: the given profile is another"
            else:
                words = "does not hold it down to the punishment payoff with the least liquidity"
                assert found in (f"{who}: the punishing profile {words}", None)
                reply = max(r.stage.A[:, wrong[1]]) if k == 0 else max(r.stage.B[wrong[0]])
                assert found is not None or reply == r.punishment.payoffs[k]
        gone = replace(r, punishment=replace(r.punishment, exists=np.asarray(False)))
        assert witness(gone) is not None


# -- minmax payoffs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [CHICKEN, WIDE, THREE], ids=["2x2", "2x3", "3x3"])
@pytest.mark.parametrize("mixed", [False, True], ids=["pure", "mixed"])
@pytest.mark.parametrize("k", [0, 1], ids=BOTH)
def test_minmax_payoffs_are_wrong_by_the_least_error(stage: Any, mixed: bool, k: int) -> None:
    r, who = stage.minmax(mixed=mixed), BOTH[k]
    assert witness(r) is None
    value = getattr(r, who)
    lower, higher = (replace(r, **{who: value + error}) for error in (-TINY, TINY))
    assert witness(lower) == f"{who}: the punishment does not hold it down to the minmax payoff"
    secures = "its securing strategy does not guarantee the minmax payoff"
    assert witness(higher) == f"{who}: {secures if mixed else 'another pure action punishes more'}"
    kind = "probability vector" if mixed else "pure strategy"
    for field, role in ((f"against_{who}", "the punishment"), (f"securing_{who}", "its securing strategy")):
        x = getattr(r, field)
        place = int(np.argmax(x))
        for wrong in (changed(x, place, x[place] + TINY), changed(x, place, x[place] - TINY), 0 * x):
            assert witness(replace(r, **{field: wrong})) == f"{who}: {role} is no {kind}"
        negative = changed(changed(x, 0, -TINY), 1, 1 + TINY - (sum(x[2:]) if len(x) > 2 else 0))
        assert witness(replace(r, **{field: negative})) == f"{who}: {role} is no {kind}"
        assert "shapes are " in witness(replace(r, **{field: x[1:]}))
    sizes = [(), (), (stage.shape[1],), (stage.shape[1],), (stage.shape[0],), (stage.shape[0],)]
    got = [(1,) if place == k else size for place, size in enumerate(sizes)]
    assert witness(replace(r, **{who: np.array([value])})) == f"shapes are {got}, but must be {sizes}"
    assert witness(replace(r, mixed=1)) == "mixed is neither True nor False"


# -- stage equilibria --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [-TINY, TINY], ids=["lower", "higher"])
def test_payoffs_and_regrets_of_equilibria_are_wrong_by_the_least_error(error: F) -> None:
    r = CHICKEN.nash()
    assert len(r) == 3
    for q, e in enumerate(r):
        for k, who in enumerate(BOTH):
            right = e.x @ (CHICKEN.A, CHICKEN.B)[k] @ e.y
            others = [replace(x, **{who: right + error}) if p == q else x for p, x in enumerate(r)]
            assert witness(replace(r, equilibria=tuple(others))) == f"equilibrium {q}: {who}'s payoff is {right}"
        others = [replace(x, regret=x.regret + error) if p == q else x for p, x in enumerate(r)]
        assert witness(replace(r, equilibria=tuple(others))) == f"equilibrium {q}: the regret is 0"
        for field, who in (("x", "sponsor"), ("y", "proxy")):
            strategy = getattr(e, field)
            for wrong in (changed(strategy, 0, strategy[0] + error), strategy[:1], np.append(strategy, F(0))):
                others = [replace(x, **{field: wrong}) if p == q else x for p, x in enumerate(r)]
                words = f"equilibrium {q}: {who}'s strategy is no probability vector"
                assert witness(replace(r, equilibria=tuple(others))) == words


def test_all_equilibria_are_listed_in_order() -> None:
    r = CHICKEN.nash()
    first, second, third = r
    for wrong, place in (((second, first, third), 0), ((first, third, second), 1), ((first, first, second, third), 0)):
        words = f"equilibria {place} and {place + 1} are the same, or not in order"
        assert witness(replace(r, equilibria=wrong)) == words
    for gone in r:
        kept = tuple(e for e in r if e is not gone)
        words = f"the equilibrium {gone.x.tolist()}, {gone.y.tolist()} is missing"
        assert witness(replace(r, equilibria=kept)) == words
    assert witness(replace(r, equilibria=())) == "no equilibrium was found, although every finite game has one (Nash 1951)"
    words = "by the best replies to the equilibria the game is degenerate, or is not, and it is said otherwise"
    assert witness(replace(r, degenerate=True)) == words
    assert witness(replace(r, degenerate=0)) == words
    tied = al.StageGame([[1, 1], [0, 2]], [[1, 1], [0, 2]]).nash()
    assert tied.degenerate
    assert witness(tied) is None
    assert witness(replace(tied, degenerate=False)) == words
    half = F(1, 2)
    deviates = replace(first, x=np.array([half, half]))
    found = witness(replace(r, equilibria=(deviates, second, third)))
    rows, columns = CHICKEN.A @ first.y, np.array([half, half]) @ CHICKEN.B
    gains = {"sponsor": max(rows) - sum(rows) / 2, "proxy": max(columns) - columns @ first.y}
    who = next(name for name in BOTH if gains[name] > 0)
    assert found == f"equilibrium 0: {who} gains {gains[who]} by deviating"


# -- strategies --------------------------------------------------------------------------------------------------------


def test_a_strategy_gives_what_it_promises_and_its_check_says_what_tempts_most() -> None:
    s = al.payoff_set(UNEVEN, F(1, 2)).strategy((8, 7))
    check = al.verify(s)
    assert check.ok
    assert (check.checks, check.tolerance, check.shortfall, check.witness) == (len(s.states), 0, 0, None)
    assert check.value == s.value == (8, 7)
    assert [tuple(x) for x in check.values] == [t.value for t in s.states]
    delta, gains = s.discount, []
    for k, t in enumerate(s.states):
        for i, lottery in enumerate((t.sponsor_deviates, t.proxy_deviates)):
            action = 1 - t.profile[i]
            other = (action, t.profile[1]) if i == 0 else (t.profile[0], action)
            threat = sum(p * s.states[c].value[i] for p, c in lottery)
            gain = (1 - delta) * (UNEVEN.A, UNEVEN.B)[i][other] + delta * threat - t.value[i]
            gains.append((gain / UNEVEN.payoff_range[i], gain, k, BOTH[i], action))
    most = max(gains, key=lambda item: item[0])
    assert (check.gain, check.state, check.player, check.action) == most[1:]
    for k in range(len(s.states)):
        for i in (0, 1):
            for error in (-TINY, TINY):
                states = list(s.states)
                states[k] = replace(states[k], value=moved(states[k].value, i, error))
                wrong = al.verify(replace(s, states=tuple(states)))
                share = TINY / UNEVEN.payoff_range[i]
                assert wrong.shortfall == share
                assert wrong.witness == f"payoffs differ from the promised ones by {float(share):.3g} of the payoff range"
    for i in (0, 1):
        share = float(TINY / UNEVEN.payoff_range[i])
        wrong = al.verify(replace(s, value=moved(s.value, i, TINY)))
        assert wrong.witness == f"payoffs differ from the promised ones by {share:.3g} of the payoff range"


def test_fields_that_do_not_fit_each_other_are_an_answer_and_no_exception() -> None:
    s = al.payoff_set(UNEVEN, F(1, 2)).strategy((8, 7))
    c = al.relational_contracts(UNEVEN).strategy(F(4, 5))
    misfits: list[Any] = [replace(s, discount=None), replace(c, discount=None), replace(UNEVEN.nash(), equilibria=None)]
    misfits.append(replace(critical("Nash reversion"), terms=None))
    for wrong in misfits:
        check = al.verify(wrong)
        assert not check.ok
        assert str(check.witness).startswith(
            ("its fields do not fit each other: TypeError: ", "its fields do not fit each other: AttributeError: ")
        )
        assert "None" in str(check.witness)
