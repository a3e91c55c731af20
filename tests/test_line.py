"""The line of gaps: a model along the gap, checked when the line is made."""

import re
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from alliances.thresholds.line import Line, Span, tidied
from alliances.thresholds.sampling import Windows, settled, without_points
from tests.support import benchmark_game


def test_a_line_is_checked_when_it_is_made_and_holds_plain_numbers():
    line = Line(benchmark_game(), [Fraction(-1, 2), 0], Fraction(2), np.int64(5), function="test")
    assert (line.domain, line.total, line.samples) == ((-0.5, 0.0), 2.0, 5)
    assert [type(x) for x in (*line.domain, line.total, line.samples)] == [float, float, float, int]
    assert line.gaps.tolist() == [-0.5, -0.375, -0.25, -0.125, 0.0]
    power = line.power(line.gaps)
    assert np.allclose(power.sponsor + power.proxy, 2.0, rtol=1e-15)
    assert np.allclose(power.gap, line.gaps, atol=1e-15)
    stages, stage = line.stage_games(line.gaps), line.stage_games(-0.25)
    assert stages.batch_shape == (5,)
    assert np.array_equal(stages.A[2], stage.A)
    with pytest.raises(ValueError, match=r"test\(\): samples must be an integer of at least 3; got 2"):
        Line(benchmark_game(), (-0.5, 0.5), 1.0, 2, function="test", least=3)


def test_a_span_refuses_what_is_no_stretch_of_gaps_in_the_functions_name():
    assert Span((-0.5, 0.5), 1.0, 10_000_000, "test").samples == 10_000_000
    assert Span((-0.5, 0.5), 1.0, 2, "test").gaps.tolist() == [-0.5, 0.5]
    for domain, total, samples, words in (
        ((-0.5, 0.5), 1.0, 10_000_001, "samples must be at most 10,000,000; got 10000001"),
        ((-0.5, 0.5), 1.0, 1, "samples must be an integer of at least 2; got 1"),
        ((-0.5, 0.5), 1.0, 5.0, "samples must be an integer of at least 2; got 5.0"),
        ((-0.5, 0.5), 1.0, True, "samples must be an integer of at least 2; got True"),
        ((0.5, 0.5), 1.0, 5, "domain must have its lower gap first; got (0.5, 0.5)"),
        ((-0.5, 0.0, 0.5), 1.0, 5, "domain must be a pair (lower gap, upper gap); got (-0.5, 0.0, 0.5)"),
        ("ab", 1.0, 5, "domain must be a pair (lower gap, upper gap); got 'ab'"),
        ((-0.5, 1.0), 1.0, 5, "domain must lie strictly between -1 and 1; got 1.0"),
        ((-0.5, 0.5), 0, 5, "total must be positive and finite; got 0"),
        ((-0.5, 0.5), 10**400, 5, "total must lie within the range of floats"),
    ):
        with pytest.raises((TypeError, ValueError), match=r"^test\(\): " + re.escape(words)):
            Span(domain, total, samples, "test")


def test_regions_are_tidied():
    # the labels 0, 1, 0, 2: the second region is a point; borders lie in the middle of their edge
    left, right = np.array([0.25, 0.25 + 1e-10, 0.5]), np.array([0.25, 0.25 + 1e-10, 0.5 + 2e-12])
    lower, upper, kinds = tidied((-0.5, 0.75), left, right, np.array([0, 1, 0, 2]))
    assert kinds.tolist() == [0, 2]
    assert lower.tolist() == [-0.5, 0.5 + 1e-12]
    assert upper.tolist() == [0.5 + 1e-12, 0.75]
    lower, upper, kinds = tidied((-0.5, 0.75), left[:1], right[:1], np.array([3, 4]))
    assert (lower.tolist(), upper.tolist(), kinds.tolist()) == ([-0.5, 0.25], [0.25, 0.75], [3, 4])
    # a point at the end of the domain goes to the region beside it
    lower, upper, kinds = tidied((-0.5, 0.75), np.array([0.75 - 1e-10]), np.array([0.75 - 1e-10]), np.array([3, 4]))
    assert (lower.tolist(), upper.tolist(), kinds.tolist()) == ([-0.5], [0.75], [3])


@pytest.mark.parametrize("first", [-0.123456789, -0.45, -0.4999])  # the last two lie before the second sample
def test_a_line_names_its_regions(first):
    line = Line(benchmark_game(), (-0.5, 0.5), 1.0, 11, function="test")
    labels = line.regions(lambda gaps: np.searchsorted([first, 0.3], gaps), "abc".__getitem__)
    assert [r.label for r in labels] == ["a", "b", "c"]
    assert [r.upper for r in labels] == pytest.approx([first, 0.3, 0.5], abs=1e-12)
    assert [r.lower for r in labels[1:]] == [r.upper for r in labels[:-1]]


ALONG_THE_GAP = {
    "allegiance_regions": lambda game, **rest: al.allegiance_regions(game, 0.1, 0.0, **rest),
    "defection_threshold": lambda game, **rest: al.defection_threshold(game, 0.1, **rest).windows,
    "ordinal_regions": al.ordinal_regions,
    "punishment_regions": lambda game, **rest: al.punishment_regions(game, "proxy", **rest),
    "regime_regions": lambda game, **rest: al.regime_regions(game, 0.1, **rest),
    "stability_windows": lambda game, **rest: al.stability_windows(game, 0.1, **rest),
}


@pytest.mark.parametrize("function", ALONG_THE_GAP)
def test_total_power_is_one_unless_said(function):
    # a Prisoners' Dilemma up to the gap (s + p)/4, above it a game in which "ally" is best whatever the other does
    dilemma, harmony = ([[9, 1], [10, 3]], [[9, 10], [1, 3]]), ([[2, 1], [1, 0]], [[2, 1], [1, 0]])

    def payoffs(power):
        above = power.gap > (power.sponsor + power.proxy) / 4
        return [[tuple(np.where(above, harmony[k][i][j], dilemma[k][i][j]) for k in (0, 1)) for j in (0, 1)] for i in (0, 1)]

    for rest, edge in (({}, 0.25), ({"total": 2.0}, 0.5)):
        last = ALONG_THE_GAP[function](al.CustomGame(payoffs), samples=101, **rest)[-1]
        assert (last.lower, last.upper) == (pytest.approx(edge, abs=1e-10), 0.95)
        if function == "punishment_regions":
            assert last.label == ("ally", "ally")  # the one equilibrium, and the first of all profiles


def test_a_run_of_samples_within_rounding_is_one_answer():
    rng = np.random.default_rng(4)
    for _ in range(200):
        margin = rng.choice([-5.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.5, 1.5, 2.5, 5.0], size=rng.integers(1, 9))
        expected, k = [], 0
        while k < len(margin):
            end = k + 1
            if abs(margin[k]) <= 2:  # a doubtful sample decides with its doubtful neighbours: between two that hold it holds
                while end < len(margin) and abs(margin[end]) <= 2:
                    end += 1
            before, after = list(margin[max(k - 1, 0) : k] >= -1), list(margin[end : end + 1] >= -1)
            run = list(margin[k:end] >= -1)
            expected += [any(run) and any(before + run[: j + 1]) and any(run[j:] + after) for j in range(end - k)]
            k = end
        assert settled(margin, np.ones(len(margin)), np.zeros(len(margin)), margin >= -1).tolist() == expected


def test_runs_end_with_their_alliance():
    # one alliance ends on a doubtful stretch that fails, the next one begins with one that holds
    margin, alliance = np.array([5.0, -1.5, 0.5, -5.0]), np.array([0, 0, 1, 1])
    assert settled(margin, np.ones(4), alliance, margin >= -1).tolist() == [True, False, True, False]
    assert settled(margin, np.ones(4), np.zeros(4), margin >= -1).tolist() == [True, True, True, False]


def test_a_run_ends_with_the_last_sample_that_holds():
    margin = np.array([-5.0, -1.5, 0.5, -1.5, 0.5, -1.5, -5.0])
    assert settled(margin, np.ones(7), np.zeros(7), margin >= -1).tolist() == [False, False, True, True, True, False, False]


def test_windows_that_touch_are_one_and_points_are_none():
    touching = Windows(
        np.array([0, 0, 0, 1, 1]),
        np.array([-0.5, 1e-12, 0.7, 0.7 + 1e-12, 0.8]),
        np.array([0.0, 0.5, 0.7 + 1e-12, 0.75, 0.9]),
        np.array([2, 3, 3, 1, 2]),
        np.array([3, 1, 0, 2, 0]),
    )
    nowhere = np.full(5, np.nan)
    joined = without_points(touching, np.full(5, 1e-9), nowhere)
    assert [x.tolist() for x in joined] == [[0, 1, 1], [-0.5, 0.7 + 1e-12, 0.8], [0.5, 0.75, 0.9], [2, 1, 2], [1, 2, 0]]
    wide = without_points(touching, np.full(5, 0.06), nowhere)  # a break of .05 is a point for both
    assert [x.tolist() for x in wide] == [[0, 1], [-0.5, 0.7 + 1e-12], [0.5, 0.9], [2, 1], [1, 0]]
    none = Windows(*(np.zeros(0) for _ in range(5)))
    assert [x.size for x in without_points(none, np.zeros(0), np.zeros(0))] == [0] * 5


def test_points_that_alliances_stand_at_are_kept():
    touching = Windows(
        np.zeros(3, int), np.array([-0.5, 0.25, 0.7]), np.array([0.0, 0.25, 0.9]), np.ones(3, int), np.ones(3, int)
    )
    assert without_points(touching, np.full(3, 0.01), np.full(3, 0.25)).lower.tolist() == [-0.5, 0.25, 0.7]
    assert without_points(touching, np.full(3, 0.01), np.full(3, 0.3)).lower.tolist() == [-0.5, 0.7]
    beside = touching._replace(lower=np.array([-0.5, 0.002, 0.7]), upper=np.array([0.0, 0.6, 0.9]))
    assert without_points(beside, np.full(3, 0.01), np.full(3, 0.001)).upper.tolist() == [0.0, 0.6, 0.9]
    for inside in (0.0, 0.002, 0.5, np.nan):
        assert without_points(beside, np.full(3, 0.01), np.full(3, inside)).upper.tolist() == [0.6, 0.9]
