"""Mixed equilibria and minmax payoffs: two methods for each, and the definition."""

import itertools
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import alliances as al
from alliances.games.minmax import matrix_value_exact, matrix_values
from alliances.games.nash import regret, worst_payoffs
from tests.support import as_float, close, stage_games


def equilibria(found):
    return sorted((*map(float, e.x), *map(float, e.y)) for e in found)


# -- published games ---------------------------------------------------------------------------------------------------


def test_battle_of_the_sexes():
    # Osborne & Rubinstein 1994, example 34.1: ((2/3, 1/3), (1/3, 2/3)) beside the two pure equilibria
    game = al.StageGame([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    mixed = [e for e in game.nash() if not e.pure]
    assert [(list(e.x), list(e.y)) for e in mixed] == [([Fraction(2, 3), Fraction(1, 3)], [Fraction(1, 3), Fraction(2, 3)])]
    assert len(game.nash()) == 3
    assert (mixed[0].sponsor, mixed[0].proxy, mixed[0].regret) == (Fraction(2, 3), Fraction(2, 3), 0)


def test_von_stengels_degenerate_three_by_two():
    # von Stengel 2002, Handbook of Game Theory 3, eq. (2.10): 3×2 with three equilibria
    a, b = [[3, 3], [2, 5], [0, 6]], [[3, 2], [2, 6], [3, 1]]
    found = al.StageGame(a, b).nash()
    expected = [
        ([1, 0, 0], [1, 0]),
        ([Fraction(4, 5), Fraction(1, 5), 0], [Fraction(2, 3), Fraction(1, 3)]),
        ([0, Fraction(1, 3), Fraction(2, 3)], [Fraction(1, 3), Fraction(2, 3)]),
    ]
    assert [(list(e.x), list(e.y)) for e in found] == expected
    assert not found.degenerate


def test_rock_paper_scissors():
    a = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    (only,) = al.StageGame(a, -a).nash()
    assert list(only.x) == list(only.y) == [Fraction(1, 3)] * 3


def test_a_segment_of_equilibria_is_reported_by_its_ends():
    # the column player is indifferent when the sponsor plays its first action: equilibria ((1, 0), (q, 1 − q)) for q ≥ 1/2
    game = al.StageGame([[1, 1], [0, 2]], [[1, 1], [0, 1]])
    for version in (game, as_float(game)):
        found = version.nash()
        assert found.degenerate
        assert "convex combinations" in found.message
        assert ((1, 0), (1, 0)) in [(tuple(e.x), tuple(e.y)) for e in found]
        assert any(close(e.x, (1, 0)) and close(e.y, (0.5, 0.5)) for e in found)


def test_the_all_zero_game():
    game = al.StageGame([[0, 0], [0, 0]], [[0, 0], [0, 0]])
    assert len(game.nash()) == len(as_float(game).nash()) == 4
    assert game.nash().degenerate


def test_one_by_one():
    assert len(al.StageGame([[2.0]], [[3.0]]).nash()) == 1


# -- two ways, and the definition --------------------------------------------------------------------------------------


@pytest.mark.slow
@given(stage_games(most=3))
def test_exact_and_float_enumerations_agree(game):
    exact, rough = game.nash(), as_float(game).nash()
    assert close(equilibria(exact), equilibria(rough), 1e-8)
    assert exact.degenerate == rough.degenerate
    assert al.verify(exact)
    assert al.verify(rough)
    assert len(exact) > 0


@given(stage_games(most=3))
def test_pure_equilibria_are_among_all(game):
    pure = {(int(np.argmax(e.x)), int(np.argmax(e.y))) for e in game.nash() if e.pure}
    assert pure == set(game.pure_nash())


@pytest.mark.slow
@given(stage_games(most=3))
def test_nondegenerate_games_agree_with_support_enumeration(game):
    # A third way. nashpy's support enumeration compares floats with ==, so it misses equilibria (and then warns of
    # degeneracy), but what it finds must be among ours.
    found = game.nash()
    assume(not found.degenerate)
    assert len(found) % 2 == 1  # Wilson 1971
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        reference = [(*x, *y) for x, y in game.to_nashpy().support_enumeration()]
    for vector in reference:
        assert any(close(vector, e, 1e-8) for e in equilibria(found))


@given(stage_games(most=3), st.sampled_from([(1e12, 0.0), (1e-12, 0.0), (1.0, 1e9)]))
def test_nash_ignores_scale_and_shift(game, transform):
    scale, shift = transform
    moved = al.StageGame(*(x.astype(float) * scale + shift for x in (game.A, game.B)))
    # a shift by 1e9 leaves 1e-7 of precision in the payoffs themselves, hence in the probabilities
    assert close(equilibria(moved.nash()), equilibria(game.nash()), 1e-5)


def test_regret_by_definition():
    game = al.StageGame([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    half = np.array([Fraction(1, 2)] * 2, dtype=object)
    assert regret(game, half, half) == (Fraction(3) - Fraction(9, 4), Fraction(3) - Fraction(9, 4))


def test_batches_and_huge_exact_games_are_refused():
    with pytest.raises(ValueError, match=r"nash\(\): takes one game, not a batch"):
        al.StageGame(np.zeros((2, 2, 2)), np.zeros((2, 2, 2))).nash()
    with pytest.raises(ValueError, match=r"nash\(\): stage must be small enough .* 12×12 with up to 24752"):
        al.StageGame(np.zeros((12, 12), dtype=int), np.zeros((12, 12), dtype=int)).nash()


# -- minmax ------------------------------------------------------------------------------------------------------------


@given(stage_games(most=4))
def test_pure_minmax_by_definition(game):
    found = game.minmax()
    rows, columns = map(range, game.shape)
    assert found.sponsor == min(max(game.A[i, j] for i in rows) for j in columns)
    assert found.proxy == min(max(game.B[i, j] for j in columns) for i in rows)
    assert al.verify(found)


@pytest.mark.slow
@given(stage_games(most=4))
def test_mixed_minmax_kernels_against_simplex(game):
    exact, floating = game.minmax(mixed=True), as_float(game).minmax(mixed=True)
    assert close((exact.sponsor, exact.proxy), (floating.sponsor, floating.proxy), 1e-11)
    assert al.verify(exact)
    assert al.verify(floating)
    pure = game.minmax()
    assert exact.sponsor <= pure.sponsor
    assert exact.proxy <= pure.proxy


def test_known_values_of_matrix_games():
    # Dresher 1961 / von Neumann: 2×2 without saddle: (ad − bc)/(a + d − b − c)
    assert matrix_value_exact(np.array([[3, 0], [1, 2]]))[0] == Fraction(3, 2)
    value, x = matrix_values(np.array([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]]))
    assert abs(float(value)) < 1e-15
    assert close(x, [1 / 3] * 3, 1e-15)


@pytest.mark.slow
@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_matrix_values_of_a_batch_is_a_loop(seed):
    payoffs = np.random.default_rng(seed).normal(size=(6, 3, 4)) * 10.0 ** np.arange(-6, 6, 2)[:, None, None]
    values, strategies = matrix_values(payoffs)
    for k in range(6):
        alone, strategy = matrix_values(payoffs[k])
        assert alone == values[k]
        assert np.array_equal(strategy, strategies[k])
        exact, _, _ = matrix_value_exact(payoffs[k])
        assert abs(float(exact) - values[k]) <= 1e-12 * np.ptp(payoffs[k])


def test_large_float_games_take_the_simplex():
    rng = np.random.default_rng(3)
    a = rng.normal(size=(7, 7))
    found = al.StageGame(a, -a).minmax(mixed=True)
    assert isinstance(found.sponsor, float)
    assert found.sponsor == pytest.approx(-found.proxy, abs=1e-12)
    assert al.verify(found)


def test_scale_and_shift_of_minmax():
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, 9, (2, 50, 2, 3)).astype(float)
    plain = al.StageGame(a, b).minmax(mixed=True)
    for scale, shift in itertools.product((1e12, 1e-12), (0.0, 5.0)):
        moved = al.StageGame(a * scale + shift * scale, b * scale).minmax(mixed=True)
        assert np.allclose(moved.sponsor / scale - shift, plain.sponsor, atol=1e-10)
        assert np.allclose(moved.proxy / scale, plain.proxy, atol=1e-10)


# -- where floating point is hard --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([[1e8, -1.0], [-1, 1]], [[-1e8, 1.0], [1, -1]]),
        ([[2.0000001, 1e-9, 2], [2.000000001, 1.0000001, 1.000000001]], [[0.0, 1, 0], [2, 1, 0]]),
    ],
)
def test_no_equilibrium_is_lost_where_vertices_crowd(a, b):
    game = al.StageGame(a, b)
    assert len(game.nash()) == len(game.to_fractions().nash()) == 1
    assert al.verify(game.nash())


def test_nearly_singular_kernels():
    # rock-paper-scissors beside a column that is never played, of payoffs 1e7
    a = np.array([[0, -1, 1, 1e7], [1, 0, -1, 1e7], [-1, 1, 0, 1e7]])
    found = al.StageGame(a, np.zeros((3, 4))).minmax(mixed=True)
    assert abs(found.sponsor) < 1e-9
    assert al.verify(found)


def test_kernels_with_nearly_equal_rows_are_kept():
    # rock-paper-scissors for a thousandth of what the opponent's action is worth anyway: the only equilibrium is uniform
    game = np.array([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / 1000
    own, others = np.array([0.0, 1.0, 0.3]), np.array([[0.5], [0.0], [1.0]])
    stage = al.StageGame(game + own, -game + others)
    assert worst_payoffs(stage) == pytest.approx((own.mean(), others.mean()), abs=1e-12)


@given(st.integers(0, 10**6))
def test_worst_payoffs_of_a_batch_against_enumeration(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 4, (2, 4, 3, 2))
    exact = al.StageGame(a, b)
    together = worst_payoffs(exact.to_float())
    for k in range(4):
        equilibria_ = exact[k].nash()
        assert together[0][k] == pytest.approx(float(min(e.sponsor for e in equilibria_)), abs=1e-10)
        assert together[1][k] == pytest.approx(float(min(e.proxy for e in equilibria_)), abs=1e-10)
