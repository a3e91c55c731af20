"""Imperfect public monitoring: closed forms, folk theorems, the definition, perfect monitoring as a special case, errors."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.spatial import ConvexHull

from alliances import StageGame
from alliances.repeated.contracts.relational import relational_contracts
from alliances.repeated.monitoring.contracts import MonitoredContracts, _undominated, monitored_contracts
from alliances.repeated.monitoring.linear_programmes import Incentives
from alliances.repeated.monitoring.signals import PatientPayoffSet, PublicMonitoring, patient_payoff_set

PD = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
PENNIES = StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
NOISY = PublicMonitoring.binary(PD, bad=[[0.1, 0.6], [0.6, 0.9]])

few = settings(derandomize=True, deadline=None, max_examples=6)


def random_monitoring(rng: np.random.Generator, most: int = 3, signals: int | None = None) -> PublicMonitoring:
    m, n = rng.integers(2, most + 1, 2)
    pi = rng.random((m, n, signals or rng.integers(2, 4)))
    a, b = rng.integers(-4, 6, (2, m, n)).astype(float)
    return PublicMonitoring(StageGame(a, b), pi / pi.sum(axis=-1, keepdims=True))


@st.composite
def monitorings(draw: st.DrawFn) -> PublicMonitoring:
    return random_monitoring(np.random.default_rng(draw(st.integers(0, 10**6))), most=2)


def arrays(monitoring: PublicMonitoring) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        monitoring.stage.A.astype(float),
        monitoring.stage.B.astype(float),
        monitoring.signal_probabilities.astype(float),
    )


def score(monitoring: PublicMonitoring, direction: np.ndarray) -> float:
    """k*(λ) as Fudenberg & Levine (1994) write it, in v and x, profile by profile."""
    a, b, pi = arrays(monitoring)
    (m, n), size = a.shape, pi.shape[-1]
    best = -math.inf
    for i, j in product(range(m), range(n)):
        zero = np.zeros(size)
        value = np.array([[1, 0, *-pi[i, j], *zero], [0, 1, *zero, *-pi[i, j]]])
        deviate = [[-1, 0, *pi[k, j], *zero] for k in range(m)] + [[0, -1, *zero, *pi[i, k]] for k in range(n)]
        budget = [[0, 0, *(direction[0] * e), *(direction[1] * e)] for e in np.eye(size)]
        found = linprog(
            [-direction[0], -direction[1], *zero, *zero],
            A_ub=np.array(deviate + budget),
            b_ub=[*-a[:, j], *-b[i], *zero],
            A_eq=value,
            b_eq=[a[i, j], b[i, j]],
            bounds=(None, None),
        )
        if found.status == 0:
            best = max(best, -found.fun)
    return best


def support(result: PatientPayoffSet, direction: np.ndarray) -> float:
    return float((result.vertices @ direction).max())


def corners_of(normals: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """All corners of {v : normals·v ≤ offsets}, pair of half-planes by pair."""
    found = []
    for p, q in combinations(range(len(normals)), 2):
        pair = normals[[p, q]]
        if abs(np.linalg.det(pair)) > 1e-9:
            v = np.linalg.solve(pair, offsets[[p, q]])
            if (normals @ v <= offsets + 1e-9).all():
                found.append(v)
    return np.array(found)


def same_points(x: np.ndarray, y: np.ndarray, tolerance: float = 1e-7) -> bool:
    distance = np.linalg.norm(x[:, None] - y[None], axis=-1)
    return bool(distance.min(axis=0).max() <= tolerance and distance.min(axis=1).max() <= tolerance)


# -- patient players: Fudenberg & Levine (1994) ----------------------------------------------------------------------------


def test_noisy_prisoners_dilemma_in_closed_form() -> None:
    """Radner, Myerson & Maskin (1986): with two signals cooperation wastes p(d−c)/(q−p) per player, for any patience.

    North-east: the corners are the efficient (c', c') with c' = 2 − .1/(.6 − .1) and points towards the unilateral
    profiles, which lose nothing. South-east: a direction (t, −1) scores 0 at mutual defection, and (D, C) scores 3t + 1
    less .4(10/3 − 2t): the cooperator must gain 1/(.9−.6) from the good signal, the defector may gain at most 1/(.6−.1)
    from it. They are equal at t = 5/57.
    """
    result = patient_payoff_set(NOISY)
    x = (1.8 + 1.8 * 7 / 3) / (5 / 57 + 7 / 3)  # on v_P = 5/57 v_S and on the line from (1.8, 1.8) to (3, −1)
    expected = np.array([[0, 0], [x, 5 * x / 57], [1.8, 1.8], [5 * x / 57, x]])
    np.testing.assert_allclose(result.vertices, expected, atol=1e-8)
    assert result.kind == "polygon"
    assert result.is_limit
    assert result.contains((1.8, 1.8))
    assert not result.contains((1.81, 1.81))
    assert not result.contains((2, 2))


@pytest.mark.parametrize(("alarm", "caught"), [(0.05, 0.5), (0.2, 0.7), (0.3, 0.4)])
def test_efficiency_loss_of_two_signals(alarm: float, caught: float) -> None:
    result = patient_payoff_set(PublicMonitoring.binary(PD, bad=[[alarm, caught], [caught, 0.95]]))
    cooperation = 2 - alarm / (caught - alarm)
    assert support(result, np.array([1.0, 1.0])) == pytest.approx(max(2 * cooperation, 2.0), abs=1e-8)


INTERIOR = {0, 1, 4, 5}


@pytest.mark.parametrize("seed", range(6))
def test_folk_theorem_with_pairwise_full_rank(seed: int) -> None:
    """Fudenberg, Levine & Maskin (1994): all feasible payoffs above the pure minmax."""
    rng = np.random.default_rng(seed)
    m, n = [(2, 2), (2, 3), (3, 2)][seed % 3]
    pi = rng.random((m, n, m + n - 1 + seed % 2)) + 0.05
    a, b = rng.integers(-5, 8, (2, m, n)).astype(float)
    monitoring = PublicMonitoring(StageGame(a, b), pi / pi.sum(axis=-1, keepdims=True))
    assert all(monitoring.pairwise_full_rank(profile) for profile in product(range(m), range(n)))
    hull = ConvexHull(np.column_stack([a.ravel(), b.ravel()]))
    least = monitoring.stage.minmax()
    normals = np.vstack([hull.equations[:, :2], [[-1, 0], [0, -1]]])
    offsets = np.array([*-hull.equations[:, 2], -least.sponsor, -least.proxy])
    result, expected = patient_payoff_set(monitoring), corners_of(normals, offsets)
    assert same_points(result.vertices, expected)
    assert result.is_limit or np.linalg.matrix_rank(expected - expected[0], tol=1e-6) < 2
    assert result.is_limit is (seed in INTERIOR)


def test_perfect_monitoring_is_the_folk_theorem() -> None:
    """Fudenberg & Maskin (1986) for two players; corners (0, 0), (8/3, 0), (2, 2), (0, 8/3)."""
    result = patient_payoff_set(PublicMonitoring.perfect(PD))
    np.testing.assert_allclose(result.vertices, [[0, 0], [8 / 3, 0], [2, 2], [0, 8 / 3]], atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_against_the_definition_in_all_directions(seed: int) -> None:
    monitoring = random_monitoring(np.random.default_rng(100 + seed))
    result = patient_payoff_set(monitoring)
    assert result.settled
    assert len(result.directions) <= 30  # splitting where tangents cross finds kinks; where chords cross, it creeps (84)
    # the half-planes are those of the definition, and no other direction cuts anything off
    for direction, k in zip(result.directions, result.scores, strict=True):
        assert k == pytest.approx(score(monitoring, np.where(abs(direction) < 1e-12, 0, direction)), abs=1e-7)
    if len(result.vertices):
        for t in np.linspace(0, 2 * np.pi, 48, endpoint=False) + 0.01:
            direction = np.array([np.cos(t), np.sin(t)])
            assert support(result, direction) <= score(monitoring, direction) + 1e-7


def test_degenerate_sets() -> None:
    pennies = patient_payoff_set(PublicMonitoring.perfect(PENNIES))
    assert pennies.kind == "empty"  # each is sure of 1 against pure actions, and payoffs sum to 0
    silent = PublicMonitoring(PD, np.ones((2, 2, 1)))
    result = patient_payoff_set(silent)
    assert result.kind == "point"
    np.testing.assert_allclose(result.vertices, [[0, 0]], atol=1e-9)
    assert not result.is_limit
    assert "no interior" in result.message
    nothing = patient_payoff_set(PublicMonitoring(PENNIES, np.ones((2, 2, 1))))
    assert nothing.kind == "empty"
    assert nothing.vertices.shape == (0, 2)
    assert not nothing.contains((0, 0))
    assert "no equilibrium" in str(nothing)
    # two signals cannot tell the players apart; where only a common interest can be punished, a segment remains
    common = StageGame([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    assert patient_payoff_set(PublicMonitoring.perfect(common)).kind == "segment"


@few
@given(monitorings(), st.sampled_from([1e-12, 1e12, 3.0]), st.sampled_from([0.0, 1e9, -7.0]))
def test_patient_scale_shift_and_relabelling(monitoring: PublicMonitoring, scale: float, shift: float) -> None:
    a, b, pi = arrays(monitoring)
    shift *= min(scale, 1.0)
    base = patient_payoff_set(monitoring)
    moved = patient_payoff_set(PublicMonitoring(StageGame(a * scale + shift, b), pi))
    assert moved.kind == base.kind
    if len(base.vertices):
        back = (moved.vertices - [shift, 0]) / [scale, 1]
        assert same_points(back, base.vertices, 1e-5)
    swapped = patient_payoff_set(PublicMonitoring(StageGame(b.T, a.T), pi.swapaxes(0, 1)[..., ::-1]))
    assert swapped.kind == base.kind
    if len(base.vertices):
        assert same_points(swapped.vertices[:, ::-1], base.vertices, 1e-6)


# -- side payments at a fixed discount factor: Goldlücke & Kranz (2012) ----------------------------------------------------


def values(result: MonitoredContracts) -> list[float]:
    return [result.joint_payoff, result.sponsor_punishment, result.proxy_punishment]


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


def operator(monitoring: PublicMonitoring, delta: float, u: float, v: list[float]) -> tuple[float, list[float]]:
    """One round of Abreu, Pearce & Stacchetti's operator on {w : w_i ≥ v_i, Σ w_i ≤ u}, in continuation payoffs w_i(y)."""
    a, b, pi = arrays(monitoring)
    (m, n), size = a.shape, pi.shape[-1]
    most, least = -math.inf, [math.inf, math.inf]
    for i, j in product(range(m), range(n)):
        zero = np.zeros(size)
        keep = [[*(pi[k, j] - pi[i, j]), *zero] for k in range(m)] + [[*zero, *(pi[i, k] - pi[i, j])] for k in range(n)]
        tempted = (1 - delta) / delta * np.array([*(a[i, j] - a[:, j]), *(b[i, j] - b[i])])
        rows, bound = np.vstack([keep, np.hstack([np.eye(size)] * 2)]), [*tempted, *np.full(size, u)]
        limits = [(v[0], None)] * size + [(v[1], None)] * size
        goals = ([*-pi[i, j], *-pi[i, j]], [*pi[i, j], *zero], [*zero, *pi[i, j]])
        found = [linprog(goal, A_ub=rows, b_ub=bound, bounds=limits) for goal in goals]
        if found[0].status == 0:
            most = max(most, (1 - delta) * (a[i, j] + b[i, j]) - delta * found[0].fun)
            for p, payoff in enumerate((a[i, j], b[i, j])):
                least[p] = min(least[p], (1 - delta) * payoff + delta * found[1 + p].fun)
    return most, least


def cheap_and_dear(seed: int) -> PublicMonitoring:
    """A common bad signal and a rare, telling one: the more can be lost, the more rests on the rare one, and less burns."""
    rng = np.random.default_rng(seed)
    bad = np.array([[0.1, 0.5], [0.5, 0.6]]) + 0.05 * rng.random((2, 2))
    rare = np.array([[0.01, 0.15], [0.15, 0.3]]) * (1 + 0.2 * rng.random((2, 2)))
    a, b = (PD.A.astype(float) + 0.3 * rng.random((2, 2)) for _ in range(2))
    return PublicMonitoring(StageGame(a, b.T), np.stack([1 - bad - rare, bad, rare], axis=-1))


@pytest.mark.parametrize("seed", range(10))
def test_against_iterating_the_definition(seed: int) -> None:
    if seed < 6:
        monitoring, delta = random_monitoring(np.random.default_rng(40 + seed), most=2), (0.3, 0.5, 0.6)[seed % 3]
    else:
        monitoring, delta = cheap_and_dear(seed), (0.5, 0.55, 0.6, 0.65)[seed - 6]
    a, b, _ = arrays(monitoring)
    u, v = float((a + b).max()), [float(a.min()), float(b.min())]
    for _ in range(120):
        before = (u, v)
        u, v = operator(monitoring, delta, u, v)
        if u == -math.inf or abs(before[0] - u) + abs(before[1][0] - v[0]) + abs(before[1][1] - v[1]) < 1e-10:
            break
    result = monitored_contracts(monitoring, delta)
    assert values(result) == pytest.approx([u, *v], abs=1e-6)
    assert result.verify()
    assert result.rounds <= 6  # where iterating takes dozens to hundreds, the tangents take a few


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


# -- signals ---------------------------------------------------------------------------------------------------------------


def test_rank_conditions() -> None:
    """Two signals identify two actions of one player, but not whose action it was (m + n − 1 = 3 signals are needed)."""
    assert NOISY.individual_full_rank((0, 0)) == (True, True)
    assert not NOISY.pairwise_full_rank((0, 0))
    assert PublicMonitoring.perfect(PD).pairwise_full_rank((0, 0))
    deaf = PublicMonitoring.binary(PD, bad=[[0.1, 0.6], [0.1, 0.6]])
    assert deaf.individual_full_rank((0, 0)) == (False, True)


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
            here, less, more = value(liquidity), value(liquidity - 1e-4), value(liquidity + 1e-4)
            if here is not None and less is not None:
                slope = float(here.slopes[0])
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


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: PublicMonitoring(3, np.ones((2, 2, 1))),
            TypeError,
            r"PublicMonitoring\(\): stage must be a StageGame; got int",
        ),
        (
            lambda: PublicMonitoring(PD, np.ones((2, 3, 1))),
            ValueError,
            r"signal_probabilities must have shape \(2, 2, signals\); got \(2, 3, 1\)",
        ),
        (
            lambda: PublicMonitoring(PD, np.full((2, 2, 2), 0.4)),
            ValueError,
            r"signal_probabilities must sum to 1 at each profile; got 0.8 at \(0, 0\)",
        ),
        (
            lambda: PublicMonitoring(PD, [[[F(1, 2), F(1, 2)]] * 2, [[F(1, 2), F(1, 2)], [F(1, 2), F(1, 3)]]]),
            ValueError,
            r"must sum to 1 at each profile; got 5/6 at \(1, 1\)",
        ),
        (
            lambda: PublicMonitoring(PD, np.array([[[1.5, -0.5]] * 2] * 2)),
            ValueError,
            r"PublicMonitoring\(\): signal_probabilities must lie in \[0, 1\]; got 1.5 at index \(0, 0, 0\)",
        ),
        (
            lambda: PublicMonitoring(PD, np.full((2, 2, 2), 0.5), ("bad", "bad")),
            ValueError,
            r"PublicMonitoring\(\): signals must be 2 different labels; got \('bad', 'bad'\)",
        ),
        (
            lambda: PublicMonitoring(StageGame(np.ones((2, 2, 2)), np.ones((2, 2, 2))), np.ones((2, 2, 1))),
            ValueError,
            r"PublicMonitoring\(\): takes one game, not a batch",
        ),
        (
            lambda: PublicMonitoring.binary(PD, 1.5),
            ValueError,
            r"PublicMonitoring.binary\(\): bad must lie in \[0, 1\]; got 1.5",
        ),
        (
            lambda: patient_payoff_set(PD),
            TypeError,
            r"patient_payoff_set\(\): monitoring must be a PublicMonitoring; got StageGame",
        ),
        (
            lambda: monitored_contracts(PD, 0.5),
            TypeError,
            r"monitored_contracts\(\): monitoring must be a PublicMonitoring; got StageGame",
        ),
        (
            lambda: monitored_contracts(NOISY, 1.0),
            ValueError,
            r"monitored_contracts\(\): discount must lie in \[0, 1\); got 1.0",
        ),
        (lambda: monitored_contracts(NOISY, [0.5]), TypeError, r"monitored_contracts\(\): discount must be one number"),
        (
            lambda: patient_payoff_set(NOISY).contains((1, 2, 3)),
            ValueError,
            r"PatientPayoffSet.contains\(\): payoff must be a pair; got shape \(3,\)",
        ),
        (
            lambda: NOISY.pairwise_full_rank((0, 5)),
            ValueError,
            r"pairwise_full_rank\(\): profile's indices must be below 2; got 5",
        ),
    ],
)
def test_errors(call: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()  # type: ignore[operator]
