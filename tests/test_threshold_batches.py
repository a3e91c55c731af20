"""Thresholds, windows and regimes of batches: each alliance of a batch gets the answer that it gets by itself."""

from __future__ import annotations

import pickle
import tracemalloc
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alliances as al
from alliances.thresholds import line, lines, sampling
from alliances.thresholds.answers import STATUSES
from tests.support import benchmark_game, quick, saved_and_loaded

RNG = np.random.default_rng(13)
SIZE = 8
DECISIVENESS = RNG.uniform(1.1, 2.9, SIZE)
EXPOSURE = RNG.uniform(0.5, 1.0, SIZE)
COST = RNG.uniform(0.0, 0.4, SIZE)
SYNERGY = RNG.uniform(0.2, 1.2, SIZE)
DISCOUNT = RNG.uniform(0.3, 0.95, SIZE)
STARTS = RNG.uniform(-0.9, 0.9, SIZE)


def two_actions(k: Any = slice(None)) -> al.AllianceGame:
    return al.AllianceGame(
        contest=al.Tullock(DECISIVENESS[k]),
        synergy=al.Complementarity(SYNERGY[k]),
        sharing=al.Proportional(),
        exposure=EXPOSURE[k],
        conflict_cost=(COST[k], COST[k] / 2),
    )


def three_actions(k: Any = slice(None)) -> al.AllianceGame:
    return replace(two_actions(k), coexist_exposure=EXPOSURE[k] / 2, support_cost=0.02)


def difference(k: Any = slice(None)) -> al.AllianceGame:
    return replace(two_actions(k), contest=al.Hirshleifer(2 * DECISIVENESS[k]), sharing=al.Equal())


MODELS = {"two actions": two_actions, "three actions": three_actions, "difference": difference}
CONCEPTS = {
    "nash": lambda _: al.NashReversion(),
    "monitoring": lambda k: al.ImperfectMonitoring(COST[k] / 4, 0.1),
    "offers": lambda k: al.OutsideOption(0.2 + COST[k] / 2),
    "rival offers": lambda k: al.OutsideOption(al.RivalOffer(two_actions(k), rival=0.3 + COST[k])),
    "transfers": lambda _: al.Transfers(),
    "optimal transfers": lambda _: al.Transfers("optimal"),
    "given": lambda _: al.GivenPunishment(),
    "finite": lambda _: al.FinitePunishment(3),
}


def same(batch: al.DefectionThreshold, alone: al.DefectionThreshold, tolerance: float = 1e-10) -> bool:
    """Equal but for rounding of the edges."""
    pairs = list(zip(batch.windows, alone.windows, strict=False))
    edges = [abs(x - y) for a, b in pairs for x, y in ((a.lower, b.lower), (a.upper, b.upper))]
    words = [(a.lower_defector, a.upper_defector) == (b.lower_defector, b.upper_defector) for a, b in pairs]
    alike = len(batch.windows) == len(alone.windows) and all(words) and max(edges, default=0.0) <= tolerance
    return alike and (batch.status, batch.defector) == (alone.status, alone.defector)


# -- the loop --------------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", quick(list(CONCEPTS), 3))
@pytest.mark.parametrize("model", quick(list(MODELS)))
def test_a_batch_is_its_alliances_one_by_one(model, concept):
    make, enforcement = MODELS[model], CONCEPTS[concept]
    batch = al.defection_threshold(make(), DISCOUNT, enforcement=enforcement(slice(None)), samples=101)
    assert batch.shape == (SIZE,)
    for k in range(list(MODELS).index(model) % 2, SIZE, 2):  # every second one: the others under another model
        alone = al.defection_threshold(make(k), DISCOUNT[k], enforcement=enforcement(k), samples=101)
        assert batch.at(k) == alone, k  # bit by bit
        assert batch.windows.at(k) == alone.windows
        assert (batch.status[k], batch.defector[k]) == (alone.status, alone.defector or "none")
        assert batch.gap[k] == alone.gap or (np.isnan(batch.gap[k]) and alone.gap is None)
    assert len({batch.windows.at(k) for k in range(SIZE)}) > 1  # not one answer for all


@pytest.mark.slow
def test_penal_codes_without_closed_form():
    at = slice(2)
    batch = al.defection_threshold(two_actions(at), DISCOUNT[at], enforcement=al.OptimalPenalCode(), samples=5)
    for k in range(2):
        alone = al.defection_threshold(two_actions(k), DISCOUNT[k], enforcement=al.OptimalPenalCode(), samples=5)
        assert same(batch.at(k), alone, 1e-9), k


def test_penal_codes_of_two_alliances():
    at = slice(3, 5)
    batch = al.defection_threshold(
        two_actions(at), DISCOUNT[at], enforcement=al.OptimalPenalCode(), domain=(0.1, 0.4), samples=3
    )
    for k in (3, 4):
        alone = al.defection_threshold(
            two_actions(k), DISCOUNT[k], enforcement=al.OptimalPenalCode(), domain=(0.1, 0.4), samples=3
        )
        assert same(batch.at(k - 3), alone, 1e-9), k


def drawn(low: float, high: float) -> st.SearchStrategy[list[float]]:
    return st.lists(st.floats(low, high), min_size=4, max_size=4)


@pytest.mark.slow
@settings(max_examples=3)
@given(m=drawn(0.5, 4), v=drawn(0, 2), tau=drawn(0.1, 1), cost=drawn(0, 0.6), delta=drawn(0, 0.99), scale=st.integers(-12, 12))
def test_random_batches_are_their_alliances(m, v, tau, cost, delta, scale):
    unit = 10.0**scale

    def model(pick):
        return al.AllianceGame(
            contest=al.Tullock(pick(m)),
            synergy=al.Complementarity(pick(v)),
            sharing=al.Proportional(),
            exposure=pick(tau),
            conflict_cost=pick([x * unit for x in cost]),
            stakes=unit,
        )

    batch = al.defection_threshold(model(np.array), np.array(delta), samples=51)
    for k in range(4):
        assert same(batch.at(k), al.defection_threshold(model(lambda x, k=k: x[k]), delta[k], samples=51)), k


def test_exponents_that_numpy_treats_apart_move_edges_by_rounding_only():
    m = np.array([0.5, 1.0, 2.0, 3.0])
    batch = al.defection_threshold(benchmark_game(contest=al.Tullock(m)), 0.8)
    for k, x in enumerate(m):
        assert same(batch.at(k), al.defection_threshold(benchmark_game(contest=al.Tullock(x)), 0.8))


def test_a_model_with_fractions():
    costs = [Fraction(1, 10), Fraction(3, 20), Fraction(1, 3)]
    batch = al.defection_threshold(benchmark_game(conflict_cost=np.array(costs)), [Fraction(4, 5), Fraction(3, 5), 0.7])
    for k, (cost, delta) in enumerate(zip(costs, (0.8, 0.6, 0.7), strict=True)):
        assert batch.at(k) == al.defection_threshold(benchmark_game(conflict_cost=cost), delta)
    assert batch.at(2).game.conflict_cost == Fraction(1, 3)


@pytest.mark.slow
def test_discount_factors_alone_make_a_batch():
    deltas = np.linspace(0.3, 0.95, 4)
    batch = al.stability_windows(benchmark_game(), deltas)
    pairs = al.stability_windows(benchmark_game(), (deltas, 0.8))
    for k, delta in enumerate(deltas):
        assert batch.at(k) == al.stability_windows(benchmark_game(), delta)
        assert pairs.at(k) == al.stability_windows(benchmark_game(), (delta, 0.8))


def test_a_batch_of_one_is_a_batch():
    batch = al.defection_threshold(benchmark_game(exposure=[0.8]), 0.8)
    assert batch.shape == (1,)
    assert batch.at(-1) == al.defection_threshold(benchmark_game(exposure=0.8), 0.8)


@pytest.mark.slow
def test_arrays_broadcast_to_a_grid():
    exposures, deltas, starts = np.array([[0.6], [0.9]]), np.array([0.5, 0.7, 0.9]), np.array([[-0.1], [0.5]])
    batch = al.defection_threshold(benchmark_game(exposure=exposures), deltas, start=starts)
    assert batch.shape == batch.gap.shape == batch.windows.count.shape == (2, 3)
    for i in range(2):
        for j in range(3):
            alone = al.defection_threshold(benchmark_game(exposure=exposures[i, 0]), deltas[j], start=starts[i, 0])
            assert batch.at((i, j)) == alone
            assert batch.status[i, j] == alone.status
    frame = batch.to_frame()
    assert list(frame.columns)[:5] == ["axis_0", "axis_1", "exposure", "discount", "start"]
    assert frame["exposure"].tolist() == [0.6] * 3 + [0.9] * 3


def test_every_status_in_one_call():
    batch = al.defection_threshold(
        benchmark_game(conflict_cost=0.5),
        np.array([0.7, 0.99, 0.3, 0.7, 0.7]),
        start=np.array([0.0, 0.0, 0.0, 0.9, 0.0]),
    )
    assert batch.status.tolist()[:4] == ["threshold", "always stable", "never stable", "unstable at start"]
    bottom = al.defection_threshold(benchmark_game(conflict_cost=0.5), [0.7, 0.72], domain=(-0.1, 0.9))
    assert set(bottom.status) == {"no lower edge"}
    assert np.isnan(bottom.gap).all()
    assert set(bottom.defector) == {"none"}
    never = al.defection_threshold(benchmark_game(conflict_cost=0.5), [0.1, 0.2])
    assert never.status.tolist() == ["never stable"] * 2
    assert never.windows.at(0) == ()
    assert never.shares == {name: float(name == "never stable") for name in STATUSES}
    assert never.verify().ok


def test_several_windows_hold_a_start():
    # windows that touch at a start: the lower one is home, as in the scalar search
    windows = al.WindowBatch(
        (1,), np.array([0, 2]), np.array([-0.5, 0.1]), np.array([0.1, 0.4]), np.array([1, 2]), np.array([2, 1])
    )
    batch = replace(al.defection_threshold(benchmark_game(), [0.8], start=[0.1]), windows=windows)
    assert batch.home.tolist() == [0]
    assert (batch.gap[0], batch.at(0).gap) == (-0.5, -0.5)


# -- relations -------------------------------------------------------------------------------------------------------------


def test_the_order_of_a_batch_does_not_matter():
    order = np.random.default_rng(1).permutation(SIZE)
    one, other = al.defection_threshold(two_actions(), DISCOUNT), al.defection_threshold(two_actions(order), DISCOUNT[order])
    for place, k in enumerate(order):
        assert other.at(place) == one.at(k)
    assert np.array_equal(one.windows.width[order], other.windows.width)


def test_the_unit_of_payoffs_does_not_matter():
    game = two_actions()
    one = al.defection_threshold(game, DISCOUNT)
    for unit in (1e-12, 1e12):
        scaled = replace(game, stakes=unit, conflict_cost=tuple(unit * x for x in game.conflict_cost))
        other = al.defection_threshold(scaled, DISCOUNT)
        assert all(same(other.at(k), one.at(k), 2e-10) for k in range(SIZE))


@pytest.mark.slow
def test_answers_do_not_depend_on_how_many_games_are_solved_at_a_time(monkeypatch):
    game = three_actions()
    whole = al.defection_threshold(game, DISCOUNT, samples=101), al.regime_regions(game, DISCOUNT, samples=101)
    for games, samples in ((1000, 1000), (177, 10)):
        monkeypatch.setattr(lines, "GAMES", games)
        monkeypatch.setattr(lines, "_LABELS", samples)
        monkeypatch.setattr(sampling, "_SAMPLES", samples)
        assert al.defection_threshold(game, DISCOUNT, samples=101) == whole[0]
        assert al.regime_regions(game, DISCOUNT, samples=101) == whole[1]


@pytest.mark.slow
def test_a_batch_solves_no_game_more_than_its_alliances_and_shares_its_calls(monkeypatch):
    asked = []
    original = sampling.critical_discount

    def counted(game, power, **options):
        r = original(game, power, **options)
        asked.append(np.size(r.dyad))
        return r

    monkeypatch.setattr(sampling, "critical_discount", counted)
    monkeypatch.setattr(line, "_HALVINGS", 1)  # an alliance alone is asked ahead for middles that it may not need
    al.defection_threshold(two_actions(), DISCOUNT, samples=101)
    together, calls = sum(asked), len(asked)
    asked.clear()
    most = 0
    for k in range(SIZE):
        before = len(asked)
        al.defection_threshold(two_actions(k), DISCOUNT[k], samples=101)
        most = max(most, len(asked) - before)
    assert together == sum(asked)
    assert calls < 2 * most


@pytest.mark.slow
def test_memory_does_not_grow_with_the_batch(monkeypatch):
    """Where little is kept at a time, few alliances are several pieces."""
    monkeypatch.setattr(lines, "GAMES", lines.GAMES // 20)
    monkeypatch.setattr(sampling, "_SAMPLES", sampling._SAMPLES // 200)

    def peak(n):
        costs = np.linspace(0.0, 0.4, n)
        game = benchmark_game(conflict_cost=costs)
        tracemalloc.start()
        batch = al.defection_threshold(game, 0.8, samples=501)
        most, answers = tracemalloc.get_traced_memory()[1], len(pickle.dumps(batch))
        tracemalloc.stop()
        return most - answers

    peak(5)
    assert peak(40) < 1.3 * peak(20)


# -- regimes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("concept", quick(["nash", "monitoring", "transfers", "finite"], 2))
def test_regimes_of_a_batch(concept):
    enforcement = CONCEPTS[concept]
    batch = al.regime_regions(three_actions(), DISCOUNT, enforcement=enforcement(slice(None)), samples=401)
    for k in range(SIZE):
        alone = al.regime_regions(three_actions(k), DISCOUNT[k], enforcement=enforcement(k), samples=401)
        assert batch.at(k) == alone, k
        widths = sum(r.upper - r.lower for r in alone if r.label == "pact")
        assert batch.share("pact")[k] == pytest.approx(widths / 1.9)
    assert set(batch.label) == {"alliance", "pact", "conflict"}
    assert len(batch.to_frame()) == batch.count.sum() == len(batch.lower)
    assert saved_and_loaded(batch) == batch
    with pytest.raises(ValueError, match=r"RegionBatch.share\(\): name must be one of .*; got 'war'"):
        batch.share("war")


# -- identified sets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", ["nash", "monitoring"])
def test_an_identified_set_of_a_batch(concept):
    power = al.Power.from_gap([0.8, 0.6, 0.3, 0.1])
    column = np.s_[:, None]

    def over(k):
        return al.ImperfectMonitoring(COST[k] / 4, 0.1) if concept == "monitoring" else None

    batch = al.identified_discount(two_actions(column), power, broken_by="proxy", enforcement=over(column))
    for k in range(SIZE):
        alone = al.identified_discount(two_actions(k), power, broken_by="proxy", enforcement=over(k))
        assert batch.at(k) == alone
    with pytest.raises(IndexError, match=r"IdentifiedDiscount.at\(\): index must select one alliance"):
        batch.at((0, 0))
    assert batch.at(0).at(()) == batch.at(0)
