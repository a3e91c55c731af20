"""Relational contracts: published numbers, the definition, invariances, batches, errors."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances import (
    AllianceGame,
    Complementarity,
    Power,
    Proportional,
    StageGame,
    Transfers,
    Tullock,
    critical_discount,
    defection_threshold,
    verify,
)
from alliances.repeated.contracts.liquidity import contract_values, critical_transfers_optimal
from alliances.repeated.contracts.payments import payments
from alliances.repeated.contracts.relational import relational_contracts
from tests.contract_support import (
    COURNOT,
    PD,
    PENNIES,
    as_float,
    brute_force,
    games,
    mutual_gift,
    outcome,
    public_goods,
    summary,
)

# -- published numbers -----------------------------------------------------------------------------------------------------


def test_abreus_cournot_game() -> None:
    """Kranz (2012), "Interactively solving repeated games", section 3: Abreu's (1988) Cournot game with transfers."""
    contracts = relational_contracts(COURNOT)
    assert [(s.discount, s.liquidity, s.joint_payoff, s.sponsor_punishment, s.proxy_punishment) for s in contracts.steps] == [
        (0, 0, 14, 7, 7),
        (F(1, 4), 6, 18, 0, 0),
        (F(1, 3), 10, 20, 0, 0),
    ]
    last = contracts.steps[-1]
    assert (last.on_path, last.punish_sponsor, last.punish_proxy) == ((0, 0), (1, 2), (2, 1))
    assert contracts.steps[1].on_path in {(0, 1), (1, 0)}


def test_public_goods_with_unequal_costs() -> None:
    """Kranz (2012), section 4, k = (.6, .7)."""
    steps = relational_contracts(public_goods(F(3, 5), F(7, 10))).steps
    assert [float(s.joint_payoff) for s in steps] == [0.7, 4.3, 4.6, 4.9, 5.2, 5.5, 5.8, 6.1, 6.4, 6.7, 7.0]
    assert [round(float(s.discount), 4) for s in steps] == [
        0, 0.2, 0.22, 0.2364, 0.25, 0.2615, 0.2714, 0.28, 0.2875, 0.2941, 0.3,
    ]  # fmt: skip
    assert [s.on_path for s in steps] == [(0, 0)] + [(9, k) for k in range(10)]
    assert steps[3].discount == F(13, 55)


def test_public_goods_with_equal_costs() -> None:
    """Kranz (2012), section 4, k = (.75, .75): all or nothing at 1/2."""
    steps = relational_contracts(public_goods(F(3, 4), F(3, 4))).steps
    assert [s.discount for s in steps] == [0, F(1, 2)]
    assert steps[-1].on_path == (9, 9)


def test_mutual_gift_at_exactly_three_tenths() -> None:
    gift = mutual_gift()
    contracts = relational_contracts(gift)
    assert contracts.verify()
    just_below = F(3, 10) - F(1, 10**30)
    assert contracts.critical_discount((6, 6)) == F(3, 10)
    assert (6, 6) in contracts.sustainable(F(3, 10))
    assert (6, 6) not in contracts.sustainable(just_below)
    assert contracts.at(F(3, 10)).on_path == (6, 6)
    assert contracts.at(just_below).on_path != (6, 6)
    assert contracts.payments(F(3, 10), (6, 6)).sustainable
    assert not contracts.payments(just_below, (6, 6)).sustainable
    # the float .3 is below 3/10 by a rounding; it stands for every number that rounds to it
    assert contracts.at(0.3).on_path == (6, 6)
    assert (6, 6) in contracts.sustainable(0.3)
    assert relational_contracts(as_float(gift)).at(0.3).on_path == (6, 6)


def test_prisoners_dilemma_closed_form() -> None:
    """Levin (2003) with Nash punishments, which are minmax here: δ* = (Σd − Σc)/(Σd − Σw) = (20 − 18)/(20 − 6)."""
    assert relational_contracts(PD).critical_discount((0, 0)) == F(1, 7)


def test_without_pure_nash_equilibrium() -> None:
    contracts = relational_contracts(PENNIES)
    assert [s.empty for s in contracts.steps] == [True]
    assert contracts.joint_payoff(F(99, 100)) == -math.inf
    assert contracts.critical_discount((0, 0)) == math.inf
    assert "No pure action profile" in contracts.message
    # a third pair of actions that both like, from which deviating pays at once: contracts from some δ on
    late = StageGame([[1, -1, 9], [-1, 1, 9], [0, 0, 8]], [[-1, 1, 0], [1, -1, 0], [9, 9, 8]])
    steps = relational_contracts(late).steps
    assert [s.empty for s in steps[:2]] == [True, False]
    assert 0 < steps[1].discount < 1
    assert "no contract below" in relational_contracts(late).message
    assert not payments(late, steps[1].discount - F(1, 10**9), (2, 2)).sustainable


# -- the definition --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(games())
def test_against_elimination_at_and_around_every_critical_discount(stage: StageGame) -> None:
    contracts = relational_contracts(stage)
    thresholds = {x for x in contracts.critical_discounts(every_period=False).ravel() if x < 1}
    tiny = F(1, 10**9)
    for delta in {F(1, 100), F(1, 2), F(999, 1000), *thresholds, *(x - tiny for x in thresholds if x > 0)}:
        kept = brute_force(stage, delta)
        assert set(contracts.sustainable(delta)) == kept
        step = contracts.at(delta)
        assert (step.joint_payoff, step.sponsor_punishment, step.proxy_punishment) == outcome(stage, kept)
        values = contract_values(stage, delta)
        assert (values.joint, values.sponsor, values.proxy) == outcome(stage, kept)


@pytest.mark.slow
@given(games())
def test_every_period_against_its_definition(stage: StageGame) -> None:
    contracts = relational_contracts(stage)
    tiny = F(1, 10**9)

    def kept_always(a: tuple[int, int], delta: F) -> bool:
        profiles = brute_force(stage, delta)
        if not profiles:
            return False
        _, v_s, v_p = outcome(stage, profiles)
        d = sum(stage.best_deviations(a))
        return bool((1 - delta) * d + delta * (v_s + v_p) <= sum(stage.payoffs(a)))

    for a in product(*map(range, stage.shape)):
        always, once = contracts.critical_discount(a), contracts.critical_discount(a, every_period=False)
        assert once <= always
        if always < 1:
            assert kept_always(a, always)
            assert always == 0 or not kept_always(a, max(always - tiny, F(0)))
        else:
            assert not kept_always(a, 1 - tiny)


@given(games())
def test_steps_are_consistent(stage: StageGame) -> None:
    steps = relational_contracts(stage).steps
    assert steps[0].discount == 0
    for step in steps:
        if step.empty:
            continue
        profiles = (step.on_path, step.punish_sponsor, step.punish_proxy)
        requirement = [sum(stage.best_deviations(a)) - sum(stage.payoffs(a)) for a in profiles]
        assert step.liquidity == max(requirement)
        assert step.liquidity == 0 or step.discount == step.liquidity / (step.liquidity + step.surplus)
        assert step.joint_payoff == sum(stage.payoffs(step.on_path))
        assert step.sponsor_punishment == stage.best_deviations(step.punish_sponsor)[0]
        assert step.proxy_punishment == stage.best_deviations(step.punish_proxy)[1]
    for before, after in pairwise(steps):
        assert before.discount < after.discount
        assert before.joint_payoff <= after.joint_payoff
        assert before.sponsor_punishment >= after.sponsor_punishment
        assert before.proxy_punishment >= after.proxy_punishment


@pytest.mark.slow
@given(games())
def test_every_step_verifies(stage: StageGame) -> None:
    for contracts in (relational_contracts(stage), relational_contracts(as_float(stage))):
        check = contracts.verify()
        assert check, check.witness


@pytest.mark.slow
@pytest.mark.parametrize("stage", [public_goods(F(3, 5), F(7, 10)), COURNOT, PD])
def test_verification_of_steps_finds_what_is_wrong(stage: StageGame) -> None:
    contracts = relational_contracts(stage)
    assert contracts.verify().ok
    tiny = F(1, 10**15)
    for k, step in list(enumerate(contracts.steps))[-1::-8]:
        wrong = [replace(step, joint_payoff=step.joint_payoff + tiny), replace(step, sponsor_punishment=F(-99))]
        if k:
            wrong += [replace(step, discount=step.discount + tiny), replace(step, discount=step.discount - tiny)]
        for other in wrong:
            altered = replace(contracts, steps=(*contracts.steps[:k], other, *contracts.steps[k + 1 :]))
            assert not altered.verify().ok
    forgotten = replace(contracts, steps=contracts.steps[:-1]).verify()
    assert not forgotten
    assert "before its end" in forgotten.witness


# -- invariances -----------------------------------------------------------------------------------------------------------


@given(games())
def test_float_agrees_with_exact(stage: StageGame) -> None:
    exact, approximate = relational_contracts(stage), relational_contracts(as_float(stage))
    assert len(exact.steps) == len(approximate.steps)
    for x, y in zip(summary(stage), summary(as_float(stage)), strict=True):
        assert [float(value) for value in x] == pytest.approx([float(value) for value in y], abs=1e-12)
    for every_period in (True, False):
        x = exact.critical_discounts(every_period=every_period).astype(float)
        y = approximate.critical_discounts(every_period=every_period)
        np.testing.assert_allclose(x, y, rtol=0, atol=1e-12)


@given(games(), st.sampled_from([1e-12, 1e12, 1 / 3, 7.0]), st.sampled_from([(0.0, 0.0), (1e9, -1e9), (-5.0, 1e9)]))
def test_scale_and_shift(stage: StageGame, scale: float, shift: tuple[float, float]) -> None:
    if scale < 1e-6:
        shift = (shift[0] * scale, shift[1] * scale)
    moved = StageGame(stage.A.astype(float) * scale + shift[0], stage.B.astype(float) * scale + shift[1])
    exact, other = relational_contracts(stage), relational_contracts(moved)
    # 1e9 + x/3 has lost all but 7 digits of x/3 before the library sees it
    lost = 1e-5 if scale in {1e12, 1e-12, 7.0} or max(map(abs, shift)) < 1e6 else 1e-4
    close = 1e-12 if max(map(abs, shift)) == 0 else lost
    assert [s.empty for s in other.steps] == [s.empty for s in exact.steps]
    for x, y in zip(exact.steps, other.steps, strict=True):
        assert float(x.discount) == pytest.approx(y.discount, abs=close)
        assert float(x.liquidity) * scale == pytest.approx(y.liquidity, abs=close * scale, rel=1e-9)
    for a in product(*map(range, stage.shape)):
        assert float(exact.critical_discount(a)) == pytest.approx(other.critical_discount(a), abs=close)


@pytest.mark.slow
def test_float_payoffs_of_any_kind_agree_with_exact() -> None:
    """A float is a rational number: the same game in Fractions is the reference. Without Nash equilibria, too."""
    rng, rational = np.random.default_rng(12), np.vectorize(F, otypes=[object])
    for _ in range(150):
        a, b = rng.normal(size=(2, *rng.integers(2, 5, 2)))
        exact, approximate = relational_contracts(StageGame(rational(a), rational(b))), relational_contracts(StageGame(a, b))
        assert [s.on_path for s in exact.steps] == [s.on_path for s in approximate.steps]
        expected = [[float(x) for x in (s.discount, s.liquidity, s.joint_payoff)] for s in exact.steps]
        np.testing.assert_allclose(
            [[s.discount, s.liquidity, s.joint_payoff] for s in approximate.steps], expected, rtol=1e-10, atol=1e-12
        )
        assert approximate.verify(), approximate.verify().witness


def test_rounding_does_not_hide_an_equilibrium_or_make_a_surplus() -> None:
    """.1 + .2 is not .3 in floating point: what is a tie or nothing in the decimals must stay one."""
    nash = StageGame([[0.1 + 0.2, 0.0], [0.3, -1.0]], [[0.3, 0.1 + 0.2], [0.0, 0.0]])
    assert nash.pure_nash().mask[1, 0]
    worse = StageGame([[0.3, 0.0], [0.1 + 0.2, 0.0]], [[1.0, 1.0], [0.0, 0.0]])  # (0, 0) is one up to a rounding
    for stage, profile in ((nash, (1, 0)), (worse, (0, 0))):
        assert relational_contracts(stage).critical_discount(profile) == 0
        assert not relational_contracts(stage).steps[0].empty
    # mutual cooperation gains nothing over the punishment but a rounding
    useless = StageGame([[0.1 + 0.2, 0.0], [0.5, 0.3]], [[0.3, 0.5], [0.0, 0.3]])
    assert relational_contracts(useless).critical_discount((0, 0)) == math.inf


def test_no_digits_are_lost_to_the_zero_of_payoffs() -> None:
    rng = np.random.default_rng(3)
    unit = 2.0**-23  # the spacing of floats at 1e9: these payoffs are exact, their sums would not be
    for _ in range(20):
        a, b = rng.integers(0, 10**6, (2, 3, 3))
        exact = relational_contracts(StageGame(a, b)).critical_discounts().astype(float)
        moved = relational_contracts(StageGame(1e9 + a * unit, 1e9 + b * unit)).critical_discounts()
        np.testing.assert_allclose(moved, exact, rtol=1e-12)


@pytest.mark.slow
@given(games(), st.randoms(use_true_random=False))
def test_relabelling(stage: StageGame, rng: object) -> None:
    rows, columns = list(range(stage.shape[0])), list(range(stage.shape[1]))
    rng.shuffle(rows), rng.shuffle(columns)  # type: ignore[attr-defined]
    permuted = StageGame(stage.A[np.ix_(rows, columns)], stage.B[np.ix_(rows, columns)])
    swapped = StageGame(stage.B.T, stage.A.T)
    assert summary(permuted) == summary(stage)
    assert [(*x[:3], x[4], x[3]) for x in summary(swapped)] == summary(stage)
    table = relational_contracts(stage).critical_discounts()
    assert (relational_contracts(permuted).critical_discounts() == table[np.ix_(rows, columns)]).all()
    assert (relational_contracts(swapped).critical_discounts() == table.T).all()


@given(games())
def test_a_useless_dominated_action_changes_nothing(stage: StageGame) -> None:
    """An action that is worse for its player, and gives the other more than any punishment may: never of use."""
    low, high = stage.A.min() - 100, stage.B.max()
    a = np.vstack([stage.A, np.full((1, stage.shape[1]), low)])
    b = np.vstack([stage.B, np.full((1, stage.shape[1]), high)])
    assert summary(StageGame(a, b)) == summary(stage)


@given(games(payoff=st.integers(0, 3)))
def test_many_ties(stage: StageGame) -> None:
    delta = F(1, 3)
    assert set(relational_contracts(stage).sustainable(delta)) == brute_force(stage, delta)


def test_optimal_penal_codes_never_need_more_patience_than_nash_reversion() -> None:
    rng = np.random.default_rng(5)
    seen = 0
    for _ in range(200):
        a, b = rng.integers(-5, 6, (2, 3, 3))
        stage = StageGame(a, b)
        mask = stage.pure_nash().mask
        if not mask.any():
            continue
        worst = stage.A[mask].min() + stage.B[mask].min()
        for profile in product(range(3), range(3)):
            c, d = sum(stage.payoffs(profile)), sum(stage.best_deviations(profile))
            if c > worst:
                seen += 1
                assert critical_transfers_optimal(stage, profile) <= F(d - c) / F(d - worst)
    assert seen > 200


# -- batches ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exact", [True, False])
def test_a_batch_is_a_loop(exact: bool) -> None:
    rng = np.random.default_rng(11)
    a, b = rng.integers(-6, 9, (2, 4, 5, 3, 2))
    if not exact:
        a, b = a + 0.125, b / 3
    batch, delta = StageGame(a, b), F(2, 5) if exact else 0.4
    alone = {index: relational_contracts(batch[index]) for index in np.ndindex(4, 5)}
    values = contract_values(batch, delta)
    for index, contracts in alone.items():
        step = contracts.at(delta)
        assert values.joint[index] == step.joint_payoff
        assert (values.sponsor[index], values.proxy[index]) == (step.sponsor_punishment, step.proxy_punishment)
    for profile in product(range(3), range(2)):
        for every_period in (True, False):
            table = critical_transfers_optimal(batch, profile, every_period=every_period)
            assert table.shape == (4, 5)
            for index in np.ndindex(4, 5):
                assert table[index] == alone[index].critical_discount(profile, every_period=every_period)
        paid = payments(batch, delta, profile, F(1, 4))
        for index in np.ndindex(4, 5):
            one = payments(batch[index], delta, profile, F(1, 4))
            assert paid.sustainable[index] == one.sustainable
            assert paid.payer[index] == one.payer
            if one.sustainable:
                for name in ("least", "most", "transfer", "upfront", "sponsor", "proxy"):
                    assert getattr(paid, name)[index] == getattr(one, name)


def test_discounts_broadcast() -> None:
    joint = contract_values(PD, [F(0), F(1, 7), F(1, 2)]).joint
    assert joint.tolist() == [6, 18, 18]
    games_ = StageGame(np.broadcast_to(PD.A, (2, 2, 2)), PD.B)
    assert contract_values(games_, [[F(0)], [F(1, 7)], [F(1, 2)]]).joint.tolist() == [[6, 6], [18, 18], [18, 18]]


def test_over_the_gap() -> None:
    """Who pays whom, how much, at which gap; the range closes where the critical discount factor reaches δ."""
    game = AllianceGame(
        contest=Tullock(decisiveness=2.0),
        synergy=Complementarity(0.6),
        sharing=Proportional(),
        exposure=0.8,
        conflict_cost=0.15,
    )
    stage = game.stage_game(Power.from_gap(np.linspace(-0.9, 0.9, 181)))
    critical, paid = critical_transfers_optimal(stage, (0, 0)), payments(stage, 0.52, ("ally", "ally"))
    clear = np.abs(critical - 0.52) > 1e-9
    assert clear.all()
    assert np.array_equal(paid.sustainable, critical <= 0.52)
    assert 0 < paid.sustainable.sum() < 181
    width = (paid.most - paid.least)[paid.sustainable]
    assert (width >= 0).all()
    assert np.isnan(paid.least[~paid.sustainable]).all()


# -- as an enforcement concept ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=30)
@given(games())
def test_transfers_with_optimal_punishment(stage: StageGame) -> None:
    contracts, concept = relational_contracts(stage), Transfers(punishment="optimal")
    for profile in product(*map(range, stage.shape)):
        r = critical_discount(stage, profile=profile, enforcement=concept)
        assert r.sponsor == r.proxy == contracts.critical_discount(profile)
        assert verify(r), verify(r).witness
        for player, (worst, pair) in enumerate(zip(r.punishment.payoffs, r.punishment.profiles, strict=True)):
            last = contracts.steps[-1]
            assert worst == (last.sponsor_punishment, last.proxy_punishment)[player]
            if last.empty:
                assert pair.tolist() == [-1, -1]
            else:
                assert stage.best_deviations(tuple(pair.tolist()))[player] == worst
        if 0 < r.dyad < 1:
            for wrong in (r.dyad - F(1, 10**6), (1 + r.dyad) / 2):
                assert not verify(replace(r, sponsor=wrong, proxy=wrong))
    assert verify(contracts)


def test_optimal_punishment_over_the_gap() -> None:
    game = AllianceGame(
        contest=Tullock(2.0), synergy=Complementarity(0.6), sharing=Proportional(), exposure=0.8, conflict_cost=0.15
    )
    optimal, nash = Transfers(punishment="optimal"), Transfers()
    r = critical_discount(game, Power.from_gap(np.linspace(-0.9, 0.9, 41)), enforcement=optimal)
    np.testing.assert_allclose(r.dyad, critical_transfers_optimal(r.stage, (0, 0)), rtol=0, atol=1e-12)
    reversion = critical_discount(game, Power.from_gap(np.linspace(-0.9, 0.9, 41)), enforcement=nash).dyad
    assert (r.dyad <= reversion + 1e-12).all()
    assert verify(r), verify(r).witness
    t = defection_threshold(game, 0.52, enforcement=optimal, domain=(-0.9, 0.9))
    assert verify(t), verify(t).witness
    assert "optimal" in repr(optimal)


def test_results_verify_through_the_common_door() -> None:
    contract = relational_contracts(PD).strategy(F(1, 2))
    assert verify(contract).checks == 10 + 4  # deviations, and the payoffs promised to two players on path and when punished
    assert not verify(replace(contract, discount=F(1, 9)))
    assert "refuses" in verify(replace(contract, upfront=F(99))).witness
