"""Programmes of public monitoring for one profile, the geometry of patient payoffs, and who needs more patience."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances import PublicMonitoring, StageGame
from alliances.repeated.monitoring.contracts import _ENOUGH, monitored_contracts
from alliances.repeated.monitoring.linear_programmes import Incentives, solve
from alliances.repeated.monitoring.signals import _full_rank, _intersection, _tidy, patient_payoff_set

NEAR = 1e-7
SQUARE = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])

# -- programmes --------------------------------------------------------------------------------------------------------


def test_a_programme_and_its_slopes():
    # min x + 2y with x + y ≥ 3, y ≥ 1, x ≤ 10 (x, y of any sign): (2, 1), worth 4; a tighter first bound costs 1, a second 1
    matrix = np.array([[-1.0, -1.0], [0.0, -1.0], [1.0, 0.0]])
    found = solve(np.array([1.0, 2.0]), matrix, np.array([-3.0, -1.0, 10.0]), (None, None))
    assert found.value == pytest.approx(4)
    assert found.x == pytest.approx([2, 1])
    assert found.slopes == pytest.approx([-1, -1, 0])
    assert solve(np.array([1.0]), np.array([[1.0], [-1.0]]), np.array([0.0, -1.0]), (None, None)) is None
    # without any condition but the bounds
    assert solve(np.array([1.0, -1.0]), np.empty((0, 2)), np.empty(0), (2, 5)).value == pytest.approx(2 - 5)
    with pytest.raises(RuntimeError, match=r"^solve\(\): HiGHS did not solve a linear programme: "):
        solve(np.array([1.0]), np.empty((0, 1)), np.empty(0), (None, None))


def rectangular(seed):
    rng = np.random.default_rng(seed)
    return StageGame(rng.integers(0, 9, (2, 3)), rng.integers(-4, 5, (2, 3)))


@pytest.mark.parametrize("seed", range(4))
def test_what_each_profile_gains_and_changes(seed):
    stage = rectangular(seed)
    pi = np.random.default_rng([seed, 1]).dirichlet(np.ones(4), (2, 3))
    unit = (2.0, 5.0)
    for i, j in itertools.product(range(2), range(3)):
        found = PublicMonitoring(stage, pi).incentives((i, j), unit)
        a, b = stage.A.astype(float), stage.B.astype(float)
        assert found.payoffs == ((a[i, j] - a.min()) / 2, (b[i, j] - b.min()) / 5)
        others = [k for k in range(2) if k != i], [k for k in range(3) if k != j]
        assert found.gains[0] == pytest.approx([(a[k, j] - a[i, j]) / 2 for k in others[0]])
        assert found.gains[1] == pytest.approx([(b[i, k] - b[i, j]) / 5 for k in others[1]])
        assert found.changes[0] == pytest.approx(np.array([pi[k, j] - pi[i, j] for k in others[0]]))
        assert found.changes[1] == pytest.approx(np.array([pi[i, k] - pi[i, j] for k in others[1]]))
        assert found.signals == pytest.approx(pi[i, j])


@pytest.mark.parametrize("seed", range(2))
def test_under_perfect_monitoring_programmes_are_closed_forms(seed):
    """L(a) = D − G, U(L, a) = G, v_i(L, a) = d_i; without payments k(a, λ) = λ·g for λ > 0, and −d_i on the axes below."""
    stage = rectangular(seed)
    seen = PublicMonitoring.perfect(stage)
    for i, j in itertools.product(range(2), range(3)):
        one = seen.incentives((i, j), (1.0, 1.0))
        g = float(stage.A[i, j] - stage.A.min()), float(stage.B[i, j] - stage.B.min())
        d = float(stage.A[:, j].max() - stage.A.min()), float(stage.B[i].max() - stage.B.min())
        need = sum(d) - sum(g)
        # the reward for staying is paid at one signal, the profile itself, so the two temptations are needed together
        assert one.least_liquidity() == pytest.approx(need, abs=NEAR)
        joint = one.most_joint(need + 0.5)
        assert joint.value == pytest.approx(sum(g), abs=NEAR)
        assert joint.slopes == pytest.approx([0], abs=NEAR)
        rewards = joint.x.reshape(2, -1)
        assert (rewards >= -NEAR).all()
        assert rewards.sum(axis=0).max() <= need + 0.5 + NEAR
        for k in (0, 1):
            least = one.least_payoff(k, need + 0.5)
            assert least.value == pytest.approx(d[k], abs=NEAR)
            assert least.slopes == pytest.approx([0], abs=NEAR)
            assert one.enforceable(k)
            assert one.axis_score(k, 1.0) == pytest.approx(g[k], abs=NEAR)
            assert one.axis_score(k, -1.0) == pytest.approx(-d[k], abs=NEAR)
        if need > 0.5:
            assert one.most_joint(need - 0.5) is one.least_payoff(0, need - 0.5) is one.least_payoff(1, need - 0.5) is None
        for direction in ((0.3, 0.7), (0.9, 0.1)):
            c = one.score_point(np.array(direction), (1.0, 1.0))
            assert c @ direction == pytest.approx(np.array(g) @ direction, abs=NEAR)


def binary_incentives(temptation, alarm, caught):
    """One player's other action, which gains ``temptation`` and makes the bad signal likelier by ``caught − alarm``."""
    change = np.array([[alarm - caught, caught - alarm]])
    return Incentives(
        (2.0, 3.0), (np.array([temptation[0]]), np.array([temptation[1]])), (change, change), np.array([1 - alarm, alarm])
    )


@pytest.mark.parametrize(("alarm", "caught"), [(0.1, 0.6), (0.25, 0.5)])
def test_two_signals_by_hand(alarm, caught):
    """A gap r_i = t_i/(caught − alarm) between the rewards after good and bad news keeps player i; a false alarm costs it."""
    t = 1.0, 0.5
    one = binary_incentives(t, alarm, caught)
    r = [x / (caught - alarm) for x in t]
    assert one.least_liquidity() == pytest.approx(sum(r))
    for spare in (0.0, 2.0):
        # nothing after bad news, the gap after good news, and L is burnt where it is not given: alarm · (r_S + r_P)
        joint = one.most_joint(sum(r) + spare)
        assert joint.value == pytest.approx(5 - alarm * sum(r))
        for k, g in enumerate((2.0, 3.0)):
            assert one.least_payoff(k, sum(r) + spare).value == pytest.approx(g + (1 - alarm) * r[k])
            # without payments: v_i = g_i + E[x], x ≤ 0 with the gap, or x ≥ 0
            assert one.axis_score(k, 1.0) == pytest.approx(g - alarm * r[k])
            assert one.axis_score(k, -1.0) == pytest.approx(-(g + (1 - alarm) * r[k]))
    # for λ > 0 bad news hurts both: c_i = g_i − alarm · r_i
    assert one.score_point(np.array([0.4, 0.6]), (1.0, 1.0)) == pytest.approx([2 - alarm * r[0], 3 - alarm * r[1]])
    # for λ = (0.4, −0.6) what one loses the other may win: gaps above r_S, r_P with 0.4 · gap_S = 0.6 · gap_P cost nothing
    c = one.score_point(np.array([0.4, -0.6]), (1.0, -1.0))
    assert c @ [0.4, -0.6] == pytest.approx(0.4 * 2 - 0.6 * 3)


def test_a_deviation_that_leaves_no_trace():
    one = binary_incentives((1.0, -1.0), 0.3, 0.3)
    assert not one.enforceable(0)
    assert one.enforceable(1)
    assert one.least_liquidity() == np.inf
    assert one.most_joint(100.0) is None
    assert one.axis_score(0, 1.0) == -np.inf
    assert one.axis_score(1, 1.0) == pytest.approx(3)
    with pytest.raises(
        RuntimeError, match=r"^Incentives.score_point\(\): an enforceable profile must have a score; HiGHS found none$"
    ):
        one.score_point(np.array([0.5, 0.5]), (1.0, 1.0))


# -- geometry ----------------------------------------------------------------------------------------------------------


def test_ranks_of_signals():
    assert _full_rank(np.array([[0.5, 0.5], [0.4, 0.6]]))
    assert not _full_rank(np.array([[0.5, 0.5], [0.5, 0.5]]))
    assert not _full_rank(np.array([[0.5, 0.5], [0.5 + 1e-11, 0.5 - 1e-11]]))
    assert not _full_rank(np.array([[0.5, 0.5], [0.4, 0.6], [0.3, 0.7]]))


def test_half_planes_meet_in_a_polygon():
    diagonal = np.array([[1.0, 1.0]])
    corners = _intersection(np.vstack([SQUARE, diagonal]), np.array([1.0, 1.0, 0.0, 0.0, 1.5]))
    assert corners == pytest.approx(np.array([[0, 0], [1, 0], [1, 0.5], [0.5, 1], [0, 1]]))  # from the leftmost, lowest one
    # directions need not be of length 1, nor in any order
    again = _intersection(np.vstack([3 * diagonal, 2 * SQUARE[::-1]]), np.array([4.5, 0.0, 0.0, 2.0, 2.0]))
    assert again == pytest.approx(corners)
    # a segment, a point, nothing
    assert _intersection(np.vstack([SQUARE, -diagonal]), np.array([1.0, 0.25, 0.0, -0.25, -0.5])) == pytest.approx(
        np.array([[0.25, 0.25], [1.0, 0.25]])
    )
    assert _intersection(SQUARE, np.array([0.5, 0.25, -0.5, -0.25])) == pytest.approx(np.array([[0.5, 0.25]]))
    assert _intersection(np.vstack([SQUARE, -diagonal]), np.array([1.0, 1.0, 0.0, 0.0, -2.5])).shape == (0, 2)


def test_corners_are_tidied_up():
    square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    doubled = [[1.0, 1e-9], [1.0, 0.5], [1.0, 1.0], [0.0, 1.0], [0.0, 1.0 - 1e-9], [0.0, 0.0], [0.3, 0.0], [1.0, 0.0]]
    assert _tidy(np.array(doubled)) == pytest.approx(np.array(square), abs=1e-8)
    sliver = [[0.0, 0.0], [2.0, 1.0], [2.0, 1.0 + 1e-9], [0.0, 1e-9]]
    assert _tidy(np.array(sliver)) == pytest.approx(np.array([[0.0, 0.0], [2.0, 1.0]]), abs=1e-8)
    thin = [[0.0, 0.0], [2.0, 1.0], [2.0, 1.0 + 1e-5], [0.0, 1e-5]]
    assert len(_tidy(np.array(thin))) == 4
    assert _tidy(np.array([[0.5, 0.5], [0.5 + 2e-9, 0.5], [0.5 + 1e-9, 0.5]])) == pytest.approx(
        np.array([[0.5, 0.5]]), abs=1e-8
    )


@pytest.mark.slow
def test_what_is_said_of_patient_payoffs():
    pd = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    noisy = patient_payoff_set(PublicMonitoring.binary(pd, bad=[[0.1, 0.6], [0.6, 0.9]]))
    assert (noisy.kind, noisy.is_limit) == ("polygon", True)
    assert np.linalg.norm(noisy.directions, axis=1) == pytest.approx(1)
    angles = np.arctan2(noisy.directions[:, 1], noisy.directions[:, 0])
    assert (np.diff(angles) >= 0).all()
    # each score is the support of the set, or above it where another direction cuts the set off first
    assert ((noisy.vertices @ noisy.directions.T).max(axis=0) <= noisy.scores + NEAR).all()
    # the same game with 100 times the sponsor's payoffs, from 7 on: the set moves along
    other = StageGame(np.array([[2, -1], [3, 0]]) * 100 + 7, pd.B)
    moved = patient_payoff_set(PublicMonitoring.binary(other, bad=[[0.1, 0.6], [0.6, 0.9]]))
    assert moved.vertices == pytest.approx(noisy.vertices * [100, 1] + [7, 0], abs=1e-5)
    assert ((moved.vertices @ moved.directions.T).max(axis=0) <= moved.scores + 1e-5).all()
    for corner in moved.vertices:
        assert moved.contains(corner)
        assert not moved.contains(corner + (corner - moved.vertices.mean(axis=0)) * 1e-3)
    pennies = patient_payoff_set(
        PublicMonitoring.binary(StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), np.full((2, 2), 0.5))
    )
    assert (pennies.kind, pennies.is_limit, pennies.settled) == ("empty", False, True)
    assert not pennies.contains((0, 0))
    assert str(pennies) == "No payoff meets every bound, so there is no equilibrium in pure actions at any discount factor."


def test_what_is_said_of_monitored_contracts():
    pd = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    noisy = PublicMonitoring.binary(pd, bad=[[0.1, 0.6], [0.6, 0.9]])
    # 2 each, a gap of 2 for each player after bad news, which comes with 1/10: 0.4 burnt; L = 9 · 3.6
    found = monitored_contracts(noisy, F(9, 10))
    assert found.liquidity == pytest.approx(9 * 3.6)
    assert (found.empty, found.settled, found.discount) == (False, True, 0.9)
    assert found.message == "Joint payoff 3.6, after 0.4 burnt per period on average."
    assert str(found) == f"{found.message} Punishments 0 and 0."
    assert sum(found.payoffs) == pytest.approx(3.6)
    # after each signal what both pay is what is burnt
    assert found.payments().sum(axis=0) == pytest.approx(found.on_path.burnt, abs=1e-6)
    assert found.on_path.rewards.sum(axis=0) + found.on_path.burnt == pytest.approx([found.liquidity] * 2)
    for state in (found.punish_sponsor, found.punish_proxy):
        assert state.rewards.sum(axis=0) + state.burnt == pytest.approx([found.liquidity] * 2)
    # far more liquidity than any programme uses: the same joint payoff
    close = monitored_contracts(noisy, 1 - 1e-8)
    assert close.liquidity > _ENOUGH * 3
    assert close.joint_payoff == pytest.approx(3.6)
    assert close.on_path.rewards.sum(axis=0) + close.on_path.burnt == pytest.approx([close.liquidity] * 2)
    for state in (close.punish_sponsor, close.punish_proxy):
        assert state.rewards.sum(axis=0) + state.burnt == pytest.approx([close.liquidity] * 2)
    nobody = monitored_contracts(PublicMonitoring.perfect(StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])), 0.125)
    assert nobody.message == "No pure action profile can be sustained at discount factor 0.125."
    assert (nobody.joint_payoff, nobody.sponsor_punishment, nobody.liquidity) == (-np.inf, np.inf, 0.0)


def test_of_equally_good_profiles_the_one_that_needs_least_is_played():
    # (0, 0) and (1, 1) pay 18 together; one tempts both, the other is a stage equilibrium, and (2, 2) punishes
    for equal, played in (([[9, 0, 0], [10, 9, 0], [0, 0, 3]], (1, 1)), ([[9, 10, 0], [0, 9, 0], [0, 0, 3]], (0, 0))):
        game = StageGame(equal, np.array(equal).T)
        found = monitored_contracts(PublicMonitoring.perfect(game), 0.9)
        assert found.on_path.profile == played
        assert {(0, 0), (1, 1)} <= set(found.profiles)
        assert found.joint_payoff == pytest.approx(18)


def test_a_player_that_does_not_care_has_the_unit_one():
    nothing, some = np.zeros((2, 2)), np.array([[0.0, 3.0], [1.0, 0.0]])
    for a, b, unit in ((nothing, some, (1.0, 3.0)), (some, nothing, (3.0, 1.0)), (nothing, nothing, (1.0, 1.0))):
        assert PublicMonitoring.perfect(StageGame(a, b)).unit == unit


# -- critical discount factors -----------------------------------------------------------------------------------------


def pd_of(sponsor, proxy):
    return StageGame([[9, 1], [9 + sponsor, 3]], [[9, 9 + proxy], [1, 3]])


def test_who_needs_more_patience():
    # δ_i* = t/(t + 6)
    for sponsor, proxy, code, name, first in (
        (1, 2, 2, "proxy", "the proxy is tempted first"),
        (3, 2, 1, "sponsor", "the sponsor is tempted first"),
        (2, 2, 3, "both", "both bind at once"),
    ):
        for game in (pd_of(sponsor, proxy), pd_of(float(sponsor), float(proxy))):
            r = al.critical_discount(game)
            assert (r.sponsor, r.proxy) == pytest.approx((sponsor / (sponsor + 6), proxy / (proxy + 6)))
            assert (r.binding_code, r.binding) == (code, name)
            dyad = max(sponsor, proxy)
            assert r.message == f"Sustained from a discount factor of {dyad / (dyad + 6):.6g} on; {first}."
    # exact numbers are told apart exactly, floats within 10⁻¹²
    near = F(1, 10**13)
    assert al.critical_discount(pd_of(1 + near, 1)).binding == "sponsor"
    assert al.critical_discount(pd_of(1, 1 + near)).binding == "proxy"
    assert al.critical_discount(pd_of(1.0 + 1e-13, 1.0)).binding == "both"
    assert al.critical_discount(pd_of(1.0 + 1e-10, 1.0)).binding == "sponsor"
    none = al.critical_discount(pd_of(1, 1), profile=(1, 1))
    assert (none.binding_code, none.binding, none.dyad) == (0, "none", 0)
    assert none.message == "Nobody is tempted: the profile is a stage Nash equilibrium, sustained at any discount factor."


def test_where_no_patience_suffices_it_is_said_who_is_not_deterred():
    # punishment by (3, 3): profiles that pay the sponsor or the proxy no more than that
    for a, b, who in (
        ([[2, 1], [4, 3]], [[9, 10], [1, 3]], "does not deter the sponsor"),
        ([[9, 1], [10, 3]], [[2, 4], [1, 3]], "does not deter the proxy"),
        ([[2, 1], [4, 3]], [[2, 4], [1, 3]], "deters neither"),
    ):
        r = al.critical_discount(StageGame(a, b))
        assert r.dyad == np.inf
        assert r.message == f"No patience suffices: punishment {who}."
    pennies = al.critical_discount(StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]))
    assert pennies.message == (
        "The stage game has no pure Nash equilibrium to revert to, so nothing punishes; mixed=True admits mixed ones."
    )
    slight = al.critical_discount(pd_of(1e-13, 0.0))
    assert (
        slight.message == "Temptation is smaller than the game's tolerance and counts as none; exact payoffs (Fractions) tell."
    )
