"""What re-checks are made of: convex sets, stage equilibria by kernels, conditions and their words, gains that decide."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.repeated.enforcement.concept import terms
from alliances.verification.brackets import Brackets
from alliances.verification.equilibria import MOST_KERNELS, extreme_equilibria, kernels, solution
from alliances.verification.outcome import (
    decided,
    equilibria_of,
    every,
    from_path,
    halfway,
    misfit,
    outcome,
    outcome_of,
    shown,
    slack_of,
)
from alliances.verification.polygons import along, extreme, half_plane, normals, outside
from tests.recheck_support import CHICKEN, THREE, TINY, UNEVEN, WIDE, changed, witness

TRIANGLE: list[Any] = [(0, 0), (4, 0), (0, 2)]
SEGMENT: list[Any] = [(1, 2), (4, 3)]


def floats(stage: Any) -> Any:
    """The float copy of a game."""
    return al.StageGame(stage.A.astype(float), stage.B.astype(float))


# -- polygons ----------------------------------------------------------------------------------------------------------


def hull(points: Any) -> list[Any]:
    """The extreme points by monotone chains, counter-clockwise from the leftmost."""
    ring: list[Any] = []
    for order in (sorted(set(points)), sorted(set(points), reverse=True)):
        chain: list[Any] = []
        for p in order:
            while len(chain) > 1 and (chain[-1][0] - chain[-2][0]) * (p[1] - chain[-2][1]) <= (chain[-1][1] - chain[-2][1]) * (
                p[0] - chain[-2][0]
            ):
                chain.pop()
            chain.append(p)
        ring += chain[:-1]
    return ring or sorted(set(points))


def test_extreme_points_are_those_of_monotone_chains() -> None:
    rng = np.random.default_rng(7)
    for count in (1, 2, 3, 4, 6, 12):
        for size in (2, 3, 5, 9):
            for _ in range(4):
                points = [(int(x), int(y)) for x, y in rng.integers(0, size, (count, 2))]
                assert extreme(points) == hull(points)
    assert extreme([]) == []
    assert extreme([(3, 1), (0, 5), (3, 1)]) == [(0, 5), (3, 1)]
    assert extreme([(0, 0), (2, 1), (4, 2), (6, 3)]) == [(0, 0), (6, 3)]
    assert extreme([(0, 3), (0, 0), (0, 1), (2, 2), (2, 0), (1, 0)]) == [(0, 0), (2, 0), (2, 2), (0, 3)]


def test_half_planes_cut_edges_where_they_cross_and_keep_corners_on_them() -> None:
    assert along((2, 3), (5, 7)) == 31
    assert half_plane(TRIANGLE, (1, 1), 4) == TRIANGLE
    assert half_plane(TRIANGLE, (1, 1), 3) == [(0, 0), (3, 0), (2, 1), (0, 2)]
    assert half_plane(TRIANGLE, (1, 1), 2) == [(0, 0), (2, 0), (0, 2)]
    assert half_plane(TRIANGLE, (1, 1), 0) == [(0, 0)]
    assert half_plane(TRIANGLE, (1, 1), -1) == []
    assert half_plane(TRIANGLE, (-1, 0), -1) == [(1, 0), (4, 0), (1, F(3, 2))]
    assert half_plane(TRIANGLE, (0, -1), -1) == [(0, 1), (2, 1), (0, 2)]
    assert half_plane([], (1, 0), 0) == []
    assert half_plane([(0, 0), (4, 2)], (1, 0), 2) == [(2, 1), (0, 0)]
    assert half_plane([(0, 0), (4, 2)], (-1, 0), -2) == [(2, 1), (4, 2)]
    assert half_plane([(3, 1)], (1, 0), 3) == [(3, 1)]
    assert half_plane([(3, 1)], (1, 0), 2) == []
    exact = half_plane([(F(0), F(0)), (F(3), F(1)), (F(1), F(5))], (F(2), F(1)), F(5))
    assert exact == [(F(5, 7), F(25, 7)), (0, 0), (F(15, 7), F(5, 7))]
    assert all(isinstance(x, F) for p in exact for x in p)


def test_normals_point_outwards_across_edges_and_beyond_ends() -> None:
    assert normals(TRIANGLE) == [(0, -4), (2, 4), (-2, 0)]
    assert normals(SEGMENT) == [(1, -3), (-1, 3), (3, 1), (-3, -1)]
    assert normals([(3, 1)]) == [(1, 0), (-1, 0), (0, 1), (0, -1)]


def test_how_far_a_point_is_outside_is_per_unit_of_the_direction() -> None:
    for point, far in (((4, 2), 4 / 3), ((1, F(1, 2)), -0.5), ((2, 1), 0), ((0, -3), 3), ((-5, 1), 5), ((1, 1), -1 / 3)):
        assert outside(TRIANGLE, point) == pytest.approx(far)
    for point, far in ((SEGMENT[0], 0), ((4, 6), 2.25), ((7, 4), 2.5), ((-2, 1), 2.5), ((2.5, 2.5), 0), ((3, 0), 2)):
        assert outside(SEGMENT, point) == pytest.approx(far)
    for point, far in (((3, 1), 2), ((1, 5), 3), ((-3, 2), 4), ((1, 0), 2), ((1, 2), 0)):
        assert outside([(1, 2)], point) == far
    assert outside([(0, 0), (0, 0), (4, 0), (0, 2)], (4, 2)) == pytest.approx(4 / 3)  # an edge without length has no normal


# -- what floats know of large exact games -----------------------------------------------------------------------------


def test_floats_say_nothing_of_sets_beyond_their_margin() -> None:
    g: list[Any] = [(F(k, 7), F(k * k % 7, 7)) for k in range(7)]
    owed: list[Any] = [(F(0), F(k, 9)) for k in range(7)]
    brackets = Brackets.of(g, owed, F(1, 3))
    assert (brackets.delta, brackets.rest) == (1 / 3, 2 / 3)
    square: list[Any] = [(F(0), F(0)), (F(1), F(0)), (F(1), F(1)), (F(0), F(1))]
    everything = list(range(7))
    assert brackets.reach([], (F(0), F(0))) is None
    assert brackets.reach(square, (F(0), F(0))) is not None
    for far, known in ((F(16), True), (F(17), False), (F(-17), False)):
        wide = [*square[:2], (far, F(1)), square[3]]
        assert (brackets.reach(wide, (F(0), F(0))) is not None) == known
        assert (brackets.reach(square, (F(0), far)) is not None) == known
        assert (brackets.may_generate((F(9), F(9)), wide, (F(0), F(0))) != everything) == known
        assert (brackets.may_generate((F(9), F(9)), square, (far, F(0))) != everything) == known
        assert (brackets.may_generate((far, F(9)), square, (F(0), F(0))) != everything) == known
    reach = brackets.reach(square, (F(0), F(1, 2)))
    assert reach is not None
    playable = [F(1, 2) + p <= 1 for _, p in owed]
    assert reach.sure.tolist() == reach.possible.tolist() == playable
    edge = brackets.reach(square, (F(0), F(5, 9)))  # u + 4/9 is 1 itself: floats leave it open
    assert edge is not None
    assert edge.sure.tolist() == [p < F(4, 9) for _, p in owed]
    assert edge.possible.tolist() == [p <= F(4, 9) for _, p in owed]
    beyond = Brackets.of(g, [(np.inf, F(0)), *owed[1:]], F(1, 3)).reach(square, (F(0), F(0)))
    assert beyond is not None
    assert beyond.possible.tolist() == [False] + [True] * 6


# -- stage equilibria --------------------------------------------------------------------------------------------------


def as_rows(pairs: Any) -> list[Any]:
    return sorted(([round(float(v), 9) + 0.0 for v in x], [round(float(v), 9) + 0.0 for v in y]) for x, y in pairs)


@pytest.mark.parametrize("stage", [CHICKEN, WIDE, THREE, UNEVEN], ids=["chicken", "2x3", "3x3", "dilemma"])
def test_equilibria_by_kernels_are_those_that_the_search_finds(stage: Any) -> None:
    due = as_rows((e.x, e.y) for e in stage.nash())
    assert as_rows(extreme_equilibria(stage)) == due
    assert as_rows(extreme_equilibria(floats(stage))) == due
    turned = al.StageGame(stage.B.T, stage.A.T)
    assert as_rows((x, y) for y, x in extreme_equilibria(turned)) == due
    assert all(isinstance(v, F) for pair in extreme_equilibria(stage) for z in pair for v in z)


def test_kernels_are_counted() -> None:
    assert [kernels(m, n) for m, n in ((1, 1), (2, 1), (2, 3), (4, 4), (2, 23))] == [1, 2, 9, 69, 299]
    assert kernels(2, 23) < MOST_KERNELS < kernels(2, 24)


@pytest.mark.parametrize("turned", [False, True], ids=["rows", "columns"])
def test_float_equilibria_are_told_apart_beyond_sixteen_tolerances(turned: bool) -> None:
    for short, count in ((0.0, 2), (10e-12, 2), (25e-12, 1), (-10e-12, 2), (-25e-12, 1)):
        a, b = np.array([[1.0, 0.0], [1.0 - short, 0.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
        stage = al.StageGame(b.T, a.T) if turned else al.StageGame(a, b)
        pairs = [(y, x) for x, y in extreme_equilibria(stage)] if turned else extreme_equilibria(stage)
        due = [([0.0, 1.0], [1.0, 0.0]), ([1.0, 0.0], [1.0, 0.0])]
        assert as_rows(pairs) == (due if count == 2 else due[1:] if short > 0 else due[:1])


def test_systems_have_one_solution_or_none() -> None:
    for exact in (True, False):
        number: Any = F if exact else float
        swapped = [[0, 2, 1], [3, 0, -1], [1, 1, 0]]
        found = solution([[number(x) for x in row] for row in swapped], [number(x) for x in (7, 0, 3)], exact)
        assert found is not None
        assert found == pytest.approx([1, 2, 3])
        assert solution([[number(1), number(2)], [number(2), number(4)]], [number(1), number(2)], exact) is None
        assert solution([[number(0)]], [number(1)], exact) is None
    assert solution([[F(1), F(2)], [F(3), F(5)]], [F(1), F(1)], True) == [-3, 2]
    assert solution([[1e-200]], [1e200], False) is None


def test_pure_equilibria_of_batches_allow_each_player_its_own_tolerance() -> None:
    a = np.stack([np.array([[1.0, 0.0], [1.5, 0.0]]), np.array([[1.0, 2.0], [3.0, 0.0]])])
    b = np.stack([np.array([[1.0, 1.25], [0.0, 0.0]]), np.array([[1.0, 4.0], [1.0, 0.0]])])
    stage = al.StageGame(a, b)
    assert equilibria_of(stage, (0, 0)).tolist() == [[[False, True], [True, True]], [[False, True], [True, False]]]
    assert equilibria_of(stage, (0.5, 0.25))[0].tolist() == [[True, True], [True, True]]
    assert equilibria_of(stage, (0.25, 0.5))[0].tolist() == [[False, True], [True, True]]
    assert equilibria_of(stage, (0.5, 0.125))[0].tolist() == [[False, True], [True, True]]
    several = np.array([0.5, 2.0]), np.array([0.25, 3.0])
    assert equilibria_of(stage, several)[1].tolist() == [[True, True], [True, True]]
    wide = al.StageGame([[1, 0, 2], [0, 3, 2]], [[5, 1, 5], [0, 2, 2]])
    assert equilibria_of(wide, (0, 0)).tolist() == [[True, False, True], [False, True, True]]


# -- conditions and their words ----------------------------------------------------------------------------------------


def test_conditions_are_counted_up_to_the_first_that_fails() -> None:
    def words(at: Any) -> str:
        return f"wrong at {at}"

    assert outcome(iter([])) == al.Verification(False, 0)
    assert outcome(iter([(True, words), ([True, True], words), ([], words)])) == al.Verification(True, 2)
    holds = np.array([[True, True, True], [True, True, False]])
    assert outcome(iter([(True, words), (holds, words), (False, words)])) == al.Verification(
        False, 2, "game (1, 2), wrong at (1, 2)"
    )
    assert outcome(iter([(True, words), (False, words)])) == al.Verification(False, 2, "wrong at ()")
    assert outcome_of(iter([])) == al.Verification(False, 0)
    assert outcome_of(iter([(True, "a"), (True, "b")])) == al.Verification(True, 2)
    assert outcome_of(iter([(True, "a"), (False, "b"), (False, "c")])) == al.Verification(False, 2, "b")

    def breaking(first: Any) -> Any:
        yield True, first
        yield True, first
        raise KeyError("none")

    fields = "its fields do not fit each other: KeyError: 'none'"
    for ask, first in ((outcome, words), (outcome_of, "a")):
        assert ask(breaking(first)) == al.Verification(False, 3, fields)  # type: ignore[operator]
    assert misfit(ValueError("x")) == al.Verification(False, 1, "its fields do not fit each other: ValueError: x")


def test_one_condition_on_many_elements_names_the_first() -> None:
    for holds, place in (([True, False, False], (1,)), ([[True, True], [False, True]], (1, 0)), ([True], ()), ([], ())):
        right, words = every(holds, lambda at: f"at {at}")
        assert right == bool(np.all(holds))
        assert words(()) == words((5,)) == f"at {place}"


def test_numbers_are_shown_as_they_read_best() -> None:
    assert shown(1 / 3, ()) == shown(np.float64(1 / 3), ()) == "0.333333"
    assert shown(F(1, 3), ()) == "1/3"
    assert shown(np.array([[1.0, 2.0], [3.0, 0.1 + 0.2]]), (1, 1)) == "0.3"
    assert shown(np.array([F(1, 3), F(2, 7)], dtype=object), (1,)) == "2/7"
    assert shown(3, (4,)) == "3"
    assert [halfway(F(1, 5), k) for k in (0, 1)] == [F(1, 10), F(3, 5)]


# -- gains -------------------------------------------------------------------------------------------------------------


def of(stage: Any, concept: Any, profile: tuple[int, int] = (0, 0)) -> Any:
    return terms(stage, profile, concept.punish(stage))


def test_payoffs_from_those_on_path_are_differences() -> None:
    t = of(UNEVEN, al.OutsideOption(F(5), al.NashReversion()))
    assert (t.path, t.deviation, t.punished, t.outside) == ((8, 7), (11, 9), (3, 5), 5)
    plain = from_path(t)
    assert (plain.path, plain.deviation, plain.punished, plain.outside) == ((0, 0), (3, 2), (-5, -2), -2)
    raised = from_path(t, (F(1, 2), F(1, 3)))
    assert raised.path == (0, 0)
    assert raised.deviation == (F(7, 2), F(7, 3))
    assert raised.punished == (F(-9, 2), F(-5, 3))
    assert raised.outside == F(-5, 3)
    assert from_path(of(UNEVEN, al.NashReversion()), (1, 2)).outside is None
    stepwise = of(THREE, al.Transfers("optimal"))
    assert from_path(stepwise, (1, 2)) is stepwise


def test_rounding_is_allowed_for_where_numbers_are_floats() -> None:
    stage = al.StageGame(UNEVEN.A.astype(float), UNEVEN.B.astype(float) * 1e6)
    small, large = stage.rounding
    assert 0 < small < large
    plain, pooled = al.NashReversion(), al.Transfers()
    assert [slack_of(plain, stage, k, 0.5) for k in (0, 1)] == [16 * small, 16 * large]
    assert [slack_of(pooled, stage, k, 0.5) for k in (0, 1)] == [16 * (small + large)] * 2
    assert [slack_of(concept, stage, k, F(1, 2)) for concept in (plain, pooled) for k in (0, 1)] == [0] * 4


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "floats"])
def test_gains_decide_beyond_rounding_and_never_without_temptation(exact: bool) -> None:
    stage = UNEVEN if exact else floats(UNEVEN)  # c = (8, 7), d = (11, 9), w = (3, 2)
    number: Any = F if exact else float
    t = of(stage, al.NashReversion())
    error = TINY if exact else 1e-9
    for shift, pays, stays in ((-error, [True, True], [False, False]), (error, [False, False], [True, True])):
        pair = number(F(3, 8)) + shift, number(F(2, 7)) + shift
        found = decided(al.NashReversion(), stage, t, pair)
        assert [x.tolist() for x in found[:2]] == [pays, stays]
        due = [(1 - x) * d + x * w for x, d, w in zip(pair, (3, 2), (-5, -5), strict=True)]
        np.testing.assert_allclose(found[2].astype(float), np.array(due, float), atol=1e-14)
    at = decided(al.NashReversion(), stage, t, (number(F(3, 8)), number(F(2, 7))))
    assert at[0].tolist() == [False, False]
    assert at[1].tolist() == ([True, True] if exact else [False, False])  # floats cannot tell
    content = decided(al.NashReversion(), stage, of(stage, al.NashReversion(), (1, 1)), (number(0), number(0)))
    assert [x.tolist() for x in content[:2]] == [[False, False], [True, True]]
    leaving = al.OutsideOption(number(3), al.NashReversion())
    option = decided(leaving, stage, of(stage, leaving, (1, 1)), (number(0), number(0)))
    assert [x.tolist() for x in option[:2]] == [[False, True], [exact, False]]
    uneven = al.StageGame([[8, 1], [8, 3]], [[7, 9], [0, 2]])  # only the proxy is tempted, and pooled the two are
    pooled = al.Transfers()
    both = decided(pooled, uneven, of(uneven, pooled), (F(0), F(0)))
    assert [x.tolist() for x in both[:2]] == [[True, True], [False, False]]
    apart = decided(al.NashReversion(), uneven, of(uneven, al.NashReversion()), (F(0), F(0)))
    assert [x.tolist() for x in apart[:2]] == [[False, True], [True, False]]


def test_gains_of_many_games_and_discount_factors_have_their_common_shape() -> None:
    stage = al.StageGame(np.stack([UNEVEN.A, UNEVEN.A]).astype(float), np.stack([UNEVEN.B, UNEVEN.B]).astype(float))
    t = of(stage, al.NashReversion())
    pays, stays, gains = decided(al.NashReversion(), stage, t, (np.array([[0.1], [0.3], [0.6]]), 0.5))
    assert pays.shape == stays.shape == gains.shape == (2, 3, 2)
    assert pays[0].tolist() == [[True, True], [True, True], [False, False]]
    assert not pays[1].any()
    assert stays[1].all()


# -- minmax payoffs and stage equilibria in floats ---------------------------------------------------------------------


@pytest.mark.parametrize("k", [0, 1], ids=["sponsor", "proxy"])
@pytest.mark.parametrize("mixed", [False, True], ids=["pure", "mixed"])
def test_float_minmax_payoffs_are_told_apart_beyond_sixteen_tolerances(k: int, mixed: bool) -> None:
    stage = al.StageGame(CHICKEN.A.astype(float), CHICKEN.B.astype(float) * 100)
    r, who = stage.minmax(mixed=mixed), ("sponsor", "proxy")[k]
    secures = "its securing strategy does not guarantee the minmax payoff"
    for sign, words in (
        (-1, "the punishment does not hold it down to the minmax payoff"),
        (1, secures if mixed else "another pure action punishes more"),
    ):
        for part, found in ((0.9, None), (1.1, f"{who}: {words}")):
            error = sign * part * 16 * stage.tolerance[k]
            assert witness(replace(r, **{who: getattr(r, who) + error})) == found
    for error, right in ((0.9e-12, True), (1.1e-12, False)):
        for sign in (-1, 1):
            x = getattr(r, f"against_{who}")
            place = int(np.argmax(x))
            found = witness(replace(r, **{f"against_{who}": changed(x, place, x[place] + sign * error)}))
            kind = "probability vector" if mixed else "pure strategy"
            assert found == (None if right and mixed else f"{who}: the punishment is no {kind}")


def test_one_game_of_a_batch_of_minmax_payoffs_is_named() -> None:
    stage = al.StageGame(np.stack([[WIDE.A] * 2] * 3).astype(float), np.stack([[WIDE.B] * 2] * 3).astype(float))
    for mixed in (False, True):
        r = stage.minmax(mixed=mixed)
        assert witness(r) is None
        for who in ("sponsor", "proxy"):
            x = getattr(r, who)
            found = witness(replace(r, **{who: changed(x, (2, 1), x[2, 1] - 1e-6)}))
            assert found == f"game (2, 1), {who}: the punishment does not hold it down to the minmax payoff"


def test_float_equilibria_give_their_payoffs_up_to_sixteen_tolerances() -> None:
    stage = al.StageGame(CHICKEN.A.astype(float), CHICKEN.B.astype(float) * 100)
    r = stage.nash()
    assert witness(r) is None
    for q, e in enumerate(r):
        for k, who in enumerate(("sponsor", "proxy")):
            right = float(e.x @ (stage.A, stage.B)[k] @ e.y)
            for sign in (-1, 1):
                for part, words in ((0.9, None), (1.1, f"equilibrium {q}: {who}'s payoff is {right:.6g}")):
                    wrong = replace(e, **{who: right + sign * part * 16 * stage.tolerance[k]})
                    assert witness(replace(r, equilibria=changed_at(r, q, wrong))) == words
        gains = (stage.A @ e.y).max() - e.x @ stage.A @ e.y, (e.x @ stage.B).max() - e.x @ stage.B @ e.y
        for part, words in ((0.9, None), (1.1, f"equilibrium {q}: the regret is {max(gains):.6g}")):
            wrong = replace(e, regret=max(gains) + part * 16 * max(stage.tolerance))
            assert witness(replace(r, equilibria=changed_at(r, q, wrong))) == words
        for k, (field, who) in enumerate((("x", "sponsor"), ("y", "proxy"))):
            z = getattr(e, field)
            if e.pure:  # another strategy is mixed into it
                lost = (stage.A @ e.y, e.x @ stage.B)[k]
                loss = float(lost.max() - lost.min())
                for part, right_ in ((0.8, True), (1.2, False)):
                    share = part * 16 * stage.tolerance[k] / loss
                    other = np.where(z == 1, 1 - share, share)
                    x, y = (other, e.y) if k == 0 else (e.x, other)
                    regrets = (stage.A @ y).max() - x @ stage.A @ y, (x @ stage.B).max() - x @ stage.B @ y
                    wrong = al.Equilibrium(x, y, x @ stage.A @ y, x @ stage.B @ y, max(regrets))
                    said = witness(replace(r, equilibria=changed_at(r, q, wrong)))
                    assert (said is not None and said.endswith("by deviating")) == (not right_)
                    assert right_ or said.startswith(f"equilibrium {q}: {who} gains ")


def changed_at(r: Any, q: int, wrong: Any) -> tuple[Any, ...]:
    """The equilibria with another one in one place."""
    return tuple(wrong if p == q else e for p, e in enumerate(r))


@pytest.mark.parametrize("columns", [23, 24])
def test_pure_equilibria_of_large_games_are_not_missing_and_mixed_ones_of_smaller_ones(columns: int) -> None:
    a, b = np.zeros((2, columns), dtype=int), np.full((2, columns), -1)
    a[0, 0], a[1, 1] = 2, 1
    b[:, :2] = [[1, 0], [0, 2]]  # the other columns are dominated
    r = al.StageGame(a.tolist(), b.tolist()).nash()
    assert [e.pure for e in r] == [True, False, True]
    assert columns == 23 or witness(r) is None
    for e in r if columns > 23 else r.equilibria[1:2]:
        kept = tuple(x for x in r if x is not e)
        found = witness(replace(r, equilibria=kept))
        if columns == 23:
            assert found == f"the equilibrium {e.x.tolist()}, {e.y.tolist()} is missing"
        else:
            place = int(np.argmax(e.x)), int(np.argmax(e.y))
            assert found == (f"the pure equilibrium {place} is missing" if e.pure else None)
