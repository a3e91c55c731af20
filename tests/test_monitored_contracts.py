"""Side payments under public monitoring: closed forms, perfect monitoring as a special case, the operator iterated, errors."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import block_diag

from alliances import StageGame
from alliances.repeated.contracts.relational import relational_contracts
from alliances.repeated.monitoring.contracts import MonitoredContracts, _undominated, monitored_contracts
from alliances.repeated.monitoring.linear_programmes import Incentives
from alliances.repeated.monitoring.signals import PublicMonitoring, patient_payoff_set
from tests.monitoring_support import NOISY, PD, PENNIES, arrays, cheap_and_dear, few, monitorings, random_monitoring, score
from tests.support import quick

# -- side payments at a fixed discount factor: Goldlücke & Kranz (2012) ----------------------------------------------------


def values(result: MonitoredContracts) -> list[float]:
    return [result.joint_payoff, result.sponsor_punishment, result.proxy_punishment]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(12))
def test_perfect_monitoring_gives_the_relational_contracts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, n = rng.integers(2, 4, 2)
    stage = StageGame(rng.integers(-4, 6, (m, n)), rng.integers(-4, 6, (m, n)))
    contracts, monitoring = relational_contracts(stage), PublicMonitoring.perfect(stage)
    critical = [step.discount for step in contracts.steps if step.discount > 0]
    for delta in {F(0), F(1, 2), F(999, 1000), *critical[:2], *(x - F(1, 10**5) for x in critical[:1])}:
        step, result = contracts.at(delta), monitored_contracts(monitoring, delta)
        exact = [float(x) for x in (step.joint_payoff, step.sponsor_punishment, step.proxy_punishment)]
        assert values(result) == pytest.approx(exact, abs=1e-7)
        assert set(result.profiles) == set(contracts.sustainable(delta))
        assert result.settled
        assert result.verify(), result.verify()


@pytest.mark.parametrize(("alarm", "caught"), [(0.0, 1.0), (0.1, 0.6), (0.05, 0.3), (0.2, 0.9)])
def test_symmetric_closed_form(alarm: float, caught: float) -> None:
    """Cooperation needs x = (d−c)/(q−p) of each after a good signal, so 2x ≤ δ/(1−δ) · 2(c − px − w).

    That is δ* = (d−c)/[(1−p)(d−c) + (q−p)(c−w)], the closed form of a trigger on a noisy signal (Green & Porter 1984).
    """
    monitoring = PublicMonitoring.binary(PD, bad=[[alarm, caught], [caught, caught]])
    critical = 1 / ((1 - alarm) + 2 * (caught - alarm))
    each = 2 - alarm / (caught - alarm)
    for delta, expected in (
        (critical + 1e-6, 2 * each),
        (critical - 1e-6, 0.0),
        (0.999999, 2 * each),
        (1 - 1e-9, 2 * each),
        (1 - 1e-13, 2 * each),
    ):
        result = monitored_contracts(monitoring, delta)
        # a profile in which only one cooperates yields 2 at no loss, when the signal reacts to it
        assert result.joint_payoff == pytest.approx(expected, abs=1e-6)
        assert values(result)[1:] == pytest.approx([0, 0], abs=1e-7)
        assert result.verify(), result.verify()
        if expected:
            assert result.on_path.profile == (0, 0)
            burnt = result.on_path.burnt
            assert burnt[0] == pytest.approx(0, abs=1e-6)
            assert alarm == 0 or burnt[1] == pytest.approx(2 / (caught - alarm), rel=1e-6)


def operator(
    monitoring: PublicMonitoring, delta: float, u: float, v: list[float], profiles: list[tuple[int, int]]
) -> tuple[float, list[float]]:
    """One round of Abreu, Pearce & Stacchetti's operator on {w : w_i ≥ v_i, Σ w_i ≤ u}, in continuation payoffs w_i(y).

    The programmes are blocks of one, which is solved for all at once. Of ``profiles`` those that cannot be played are dropped:
    in the smaller sets of later rounds they cannot either.
    """
    a, b, pi = arrays(monitoring)
    (m, n), size = a.shape, pi.shape[-1]
    zero, limits = np.zeros(size), [(v[0], None)] * size + [(v[1], None)] * size
    programmes = {}
    for i, j in profiles:
        keep = [[*(pi[k, j] - pi[i, j]), *zero] for k in range(m)] + [[*zero, *(pi[i, k] - pi[i, j])] for k in range(n)]
        tempted = (1 - delta) / delta * np.array([*(a[i, j] - a[:, j]), *(b[i, j] - b[i])])
        rows, bound = np.vstack([keep, np.hstack([np.eye(size)] * 2)]), [*tempted, *np.full(size, u)]
        programmes[i, j] = rows, bound, ([*-pi[i, j], *-pi[i, j]], [*pi[i, j], *zero], [*zero, *pi[i, j]])

    def solved(some: list[tuple[int, int]]) -> np.ndarray | None:
        """The least of each goal of these profiles; None if one of them has no solution."""
        blocks = [(*programmes[x][:2], goal) for x in some for goal in programmes[x][2]]
        matrix = block_diag([rows for rows, _, _ in blocks], format="csr")
        goals = np.array([goal for _, _, goal in blocks])
        found = linprog(goals.ravel(), A_ub=matrix, b_ub=np.concatenate([x for _, x, _ in blocks]), bounds=limits * len(blocks))
        return (goals * found.x.reshape(goals.shape)).sum(axis=1).reshape(-1, 3) if found.status == 0 else None

    values = solved(profiles)
    if values is None:
        profiles[:] = [x for x in profiles if solved([x]) is not None]
        if not profiles:
            return -math.inf, [math.inf, math.inf]
        values = solved(profiles)
        assert values is not None
    now_s, now_p = ((1 - delta) * np.array([payoffs[x] for x in profiles]) for payoffs in (a, b))
    most = (now_s + now_p - delta * values[:, 0]).max()
    return most, [(now + delta * value).min() for now, value in ((now_s, values[:, 1]), (now_p, values[:, 2]))]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", quick([0, 6, 1, 2, 3, 4, 5, 7, 8, 9], 2))
def test_against_iterating_the_definition(seed: int) -> None:
    if seed < 6:
        monitoring, delta = random_monitoring(np.random.default_rng(40 + seed), most=2), (0.3, 0.5, 0.6)[seed % 3]
    else:
        monitoring, delta = cheap_and_dear(seed), (0.5, 0.55, 0.6, 0.65)[seed - 6]
    a, b, _ = arrays(monitoring)
    u, v, profiles = float((a + b).max()), [float(a.min()), float(b.min())], list(np.ndindex(a.shape))
    for _ in range(120):
        before = (u, v)
        u, v = operator(monitoring, delta, u, v, profiles)
        if u == -math.inf or abs(before[0] - u) + abs(before[1][0] - v[0]) + abs(before[1][1] - v[1]) < 1e-10:
            break
    result = monitored_contracts(monitoring, delta)
    assert values(result) == pytest.approx([u, *v], abs=1e-6)
    assert result.verify()
    assert result.rounds <= 6  # where iterating takes dozens to hundreds, the tangents take a few


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(4))
def test_patient_limit_with_payments(seed: int) -> None:
    """As δ → 1 the joint payoff is the score of (1, 1), and what is feasible without payments is feasible with them."""
    monitoring = random_monitoring(np.random.default_rng(70 + seed))
    result, without = monitored_contracts(monitoring, 1 - 1e-7), patient_payoff_set(monitoring)
    assert result.verify()
    if not result.empty:
        assert result.joint_payoff == pytest.approx(score(monitoring, np.array([1.0, 1.0])), abs=1e-4)
    for u in without.vertices:
        assert u.sum() <= result.joint_payoff + 1e-4
        assert (u >= np.array(values(result)[1:]) - 1e-4).all()


@pytest.mark.slow
@few
@given(monitorings(), st.sampled_from([0.2, 0.5, 0.8, 0.95]))
def test_invariances_of_monitored_contracts(monitoring: PublicMonitoring, delta: float) -> None:
    a, b, pi = arrays(monitoring)
    base = values(monitored_contracts(monitoring, delta))
    # payments tie the players' units together, so both payoffs are scaled alike
    for scale, shift in ((1e12, 0.0), (1e-12, 0.0), (1.0, 1e9)):
        moved = values(monitored_contracts(PublicMonitoring(StageGame(a * scale + shift, b * scale), pi), delta))
        back = (np.array(moved) - np.array([shift, shift, 0])) / scale
        assert back.tolist() == pytest.approx(base, abs=1e-5)
    swapped = values(monitored_contracts(PublicMonitoring(StageGame(b.T, a.T), pi.swapaxes(0, 1)), delta))
    assert [swapped[0], swapped[2], swapped[1]] == pytest.approx(base, abs=1e-6)
    split = np.concatenate([pi[..., :1] * 0.3, pi[..., :1] * 0.7, pi[..., 1:]], axis=-1)
    assert values(monitored_contracts(PublicMonitoring(monitoring.stage, split), delta)) == pytest.approx(base, abs=1e-6)
    # a garbled signal never helps (Kandori 1992), nor does impatience
    garbled = 0.8 * pi + 0.2 * pi.shape[-1] ** -1
    for weaker in (
        values(monitored_contracts(PublicMonitoring(monitoring.stage, garbled), delta)),
        values(monitored_contracts(monitoring, delta * 0.9)),
    ):
        assert weaker[0] <= base[0] + 1e-6
        assert weaker[1] >= base[1] - 1e-6
        assert weaker[2] >= base[2] - 1e-6


def test_no_equilibrium() -> None:
    result = monitored_contracts(PublicMonitoring(PENNIES, np.ones((2, 2, 1))), 0.9)
    assert result.empty
    assert values(result) == [-math.inf, math.inf, math.inf]
    assert result.profiles == ()
    assert "No pure action profile" in str(result)
    assert result.verify()
    with pytest.raises(ValueError, match=r"MonitoredContracts.payoffs: an equilibrium must exist; there is none at 0.9"):
        result.payments()
    assert monitored_contracts(PublicMonitoring.perfect(PENNIES), 0).empty


@pytest.mark.parametrize("seed", range(5))
def test_payments_and_burning(seed: int) -> None:
    monitoring = NOISY if seed == 0 else random_monitoring(np.random.default_rng(seed), most=2)
    delta = 0.9
    result = monitored_contracts(monitoring, delta)
    if result.empty:
        return
    a, b, pi = arrays(monitoring)
    profile, paid, payoffs = result.on_path.profile, result.payments(), np.array(result.payoffs)
    np.testing.assert_allclose(paid.sum(axis=0), result.on_path.burnt, atol=1e-7)
    assert payoffs.sum() == pytest.approx(result.joint_payoff, abs=1e-7)
    # the contract repeated: u_i = g_i − E p_i; refusing to pay brings the punishment
    np.testing.assert_allclose(payoffs, np.array([a[profile], b[profile]]) - paid @ pi[profile], atol=1e-7)
    punished = np.array([[result.sponsor_punishment], [result.proxy_punishment]])
    assert (-(1 - delta) * paid + delta * payoffs[:, None] >= delta * punished - 1e-7).all()
    if seed == 0:
        assert result.liquidity == pytest.approx(9 * 3.6)
        assert result.on_path.burnt.tolist() == pytest.approx([0, 4], abs=1e-7)
        assert result.to_dict()["on_path"]["profile"] == [0, 0]


def test_verification_finds_what_is_wrong() -> None:
    good = monitored_contracts(NOISY, 0.9)
    assert good.verify()
    greedy = replace(good, joint_payoff=3.7, liquidity=9 * 3.7).verify()
    assert not greedy
    assert greedy.violation > 0.02
    lazy = replace(good.on_path, rewards=good.on_path.rewards * 0)
    assert not replace(good, on_path=lazy).verify()
    assert not replace(good, liquidity=10.0).verify()
    assert not replace(good, discount=0.5).verify()


def test_exact_probabilities_are_kept() -> None:
    monitoring = PublicMonitoring.binary(PD, bad=[[F(1, 10), F(6, 10)], [F(6, 10), F(9, 10)]])
    assert monitoring.signal_probabilities[0, 0].tolist() == [F(9, 10), F(1, 10)]
    assert values(monitored_contracts(monitoring, F(9, 10))) == pytest.approx([3.6, 0, 0], abs=1e-9)


def test_programmes_of_one_profile() -> None:
    """L(a) = 2x, U(L, a) = 2c − 2px, v_i(L, a) = d_i for cooperation under NOISY, x = 2, in payoffs as given."""
    incentives: Incentives = NOISY.incentives((0, 0), (1.0, 1.0))
    assert incentives.least_liquidity() == pytest.approx(4)
    assert incentives.most_joint(4.0).value == pytest.approx(3.6 + 2)  # the least payoffs, −1 each, are taken off
    assert incentives.most_joint(3.9) is None
    assert incentives.least_payoff(0, 9.0).value == pytest.approx(2 + 1 + 0.9 * 2)
    assert incentives.enforceable(0)


@pytest.mark.parametrize("seed", range(3))
def test_slopes_are_derivatives(seed: int) -> None:
    monitoring = cheap_and_dear(seed)
    seen = set()
    for profile, liquidity in product(product(range(2), range(2)), (0.5, 4.0, 5.3, 9.1)):
        incentives = monitoring.incentives(profile, (1.0, 1.0))
        for k, value in enumerate(
            (incentives.most_joint, lambda x, i=incentives: i.least_payoff(0, x), lambda x, i=incentives: i.least_payoff(1, x))
        ):
            here = value(liquidity)
            less = None if here is None else value(liquidity - 1e-4)
            if less is not None:
                more, slope = value(liquidity + 1e-4), float(here.slopes[0])
                assert (here.value - less.value) * (1, -1, -1)[k] >= slope * (1, -1, -1)[k] * 1e-4 - 1e-9
                assert (more.value - here.value) * (1, -1, -1)[k] <= slope * (1, -1, -1)[k] * 1e-4 + 1e-9
                if abs(slope) > 1e-3:
                    seen.add(k)
    assert 0 in seen


def test_the_cost_of_a_punishment_falls_with_liquidity() -> None:
    """One player, three signals: to be punished by playing 0 rewards are dear after the common signal, cheap after the rare."""
    stage = StageGame([[0, 0], [1, 1]], [[0, 0], [0, 0]])
    common_rare = np.array([[0.5, 0.05], [0.2, 0.0]])
    pi = np.array([[[*row, 1 - row.sum()]] * 2 for row in common_rare])
    incentives = PublicMonitoring(stage, pi).incentives((0, 0), (1.0, 1.0))
    # rewards (z_c, z_r): .3 z_c + .05 z_r ≥ 1 (the third signal speaks for deviating); the player keeps .5 z_c + .05 z_r
    for liquidity, expected, slope in ((4.0, None, None), (10.0, 0.5 * 5 / 3 + 0.5, -1 / 30), (30.0, 1.0, 0.0)):
        found = incentives.least_payoff(0, liquidity)
        if expected is None:
            assert liquidity > incentives.least_liquidity() == pytest.approx(20 / 7)
        else:
            assert found.value == pytest.approx(expected)
            assert found.slopes[0] == pytest.approx(slope, abs=1e-9)


def test_undominated_lines() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        lines = rng.normal(size=(6, 2))
        kept = _undominated([tuple(line) for line in lines], 2.0)
        for x in np.linspace(0, 2, 9):
            assert (kept[:, 0] + kept[:, 1] * (x - 2)).max() == pytest.approx((lines[:, 0] + lines[:, 1] * (x - 2)).max())
