"""Imperfect public monitoring and patient players: closed forms, folk theorems, the definition, ranks of signals, errors."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from alliances import StageGame
from alliances.repeated.monitoring import signals
from alliances.repeated.monitoring.contracts import monitored_contracts
from alliances.repeated.monitoring.signals import PatientPayoffSet, PublicMonitoring, patient_payoff_set
from tests.monitoring_support import NOISY, PD, PENNIES, arrays, cheap_and_dear, few, monitorings, random_monitoring, score
from tests.support import quick


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


@pytest.mark.sampled(1)
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", quick(range(5)))
def test_against_the_definition_in_all_directions(seed: int) -> None:
    monitoring = random_monitoring(np.random.default_rng(100 + seed))
    result = patient_payoff_set(monitoring)
    assert result.settled
    assert len(result.directions) <= 30  # splitting where tangents cross finds kinks; where chords cross, it creeps (84)
    # the half-planes are those of the definition, and no other direction cuts anything off
    for direction, k in zip(result.directions, result.scores, strict=True):
        assert k == pytest.approx(score(monitoring, np.where(abs(direction) < 1e-12, 0, direction)), abs=1e-7)
    if len(result.vertices):
        for t in np.linspace(0, 2 * np.pi, 24, endpoint=False) + 0.01:
            direction = np.array([np.cos(t), np.sin(t)])
            # at most the largest score of a profile: at most that of some, most likely of the one that is best nearby
            near = result.profiles[int(np.argmax(result.directions @ direction))]
            others = (p for p in product(*map(range, monitoring.stage.A.shape)) if p != near)
            least = support(result, direction) - 1e-7
            assert any(least <= score(monitoring, direction, [profile]) for profile in chain([near], others))


UNEQUAL = [random_monitoring(np.random.default_rng(105), most=2), cheap_and_dear(0)]  # the players differ in all respects


@pytest.mark.parametrize("monitoring", UNEQUAL)
def test_each_direction_names_a_profile_that_attains_its_score(monitoring: PublicMonitoring) -> None:
    result = patient_payoff_set(monitoring)
    assert len(set(result.profiles)) > 1
    for direction, k, profile in zip(result.directions, result.scores, result.profiles, strict=True):
        clean = np.where(abs(direction) < 1e-12, 0, direction)
        assert k == pytest.approx(score(monitoring, clean, [profile]), abs=1e-7)
        assert np.linalg.norm(direction) == pytest.approx(1)


@pytest.mark.parametrize("monitoring", UNEQUAL)
def test_players_exchanged_are_corners_exchanged(monitoring: PublicMonitoring) -> None:
    a, b, pi = arrays(monitoring)
    result = patient_payoff_set(monitoring)
    swapped = patient_payoff_set(PublicMonitoring(StageGame(b.T, a.T), pi.swapaxes(0, 1)))
    assert result.kind == swapped.kind == "polygon"
    assert same_points(swapped.vertices[:, ::-1], result.vertices)


@pytest.mark.slow
def test_a_search_that_is_cut_short_gives_a_larger_set_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monitoring = random_monitoring(np.random.default_rng(105), most=2)
    whole = patient_payoff_set(monitoring)
    monkeypatch.setattr(signals, "_MOST_SPLITS", 1)
    cut = patient_payoff_set(monitoring)
    assert (whole.settled, whole.is_limit, cut.settled, cut.is_limit) == (True, True, False, False)
    assert all(cut.contains(v) for v in whole.vertices)
    assert not all(whole.contains(v) for v in cut.vertices)
    assert "may be too large" in cut.message


def test_a_payoff_is_in_the_set_within_a_tolerance_in_payoff_ranges() -> None:
    a, b, pi = arrays(NOISY)
    result = patient_payoff_set(PublicMonitoring(StageGame(1000 * a, b), pi))  # ranges 4000 and 4
    assert result.contains((1800.0, 1.8))
    for beyond, player in product((1e-6, 1e-2), range(2)):
        v = np.array([1800.0, 1.8])
        v[player] += beyond * (4000, 4)[player]
        assert not result.contains(v)
        assert result.contains(v, tolerance=2 * beyond)
    with pytest.raises(TypeError, match=r"PatientPayoffSet.contains\(\): payoff must be numeric"):
        result.contains(("1", 2))


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


@pytest.mark.slow
@settings(few, max_examples=4)
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


# -- signals ---------------------------------------------------------------------------------------------------------------


def test_rank_conditions() -> None:
    """Two signals identify two actions of one player, but not whose action it was (m + n − 1 = 3 signals are needed)."""
    assert NOISY.individual_full_rank((0, 0)) == (True, True)
    assert not NOISY.pairwise_full_rank((0, 0))
    assert PublicMonitoring.perfect(PD).pairwise_full_rank((0, 0))
    deaf = PublicMonitoring.binary(PD, bad=[[0.1, 0.6], [0.1, 0.6]])
    assert deaf.individual_full_rank((0, 0)) == (False, True)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: PublicMonitoring(3, np.ones((2, 2, 1))),
            TypeError,
            r"PublicMonitoring\(\): stage must be a StageGame; got 3",
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
