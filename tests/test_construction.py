"""Payoffs in canonical form take a short way into a stage game, and come out as from the long one: same games, same errors."""

import math
import sys
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances.arithmetic import number
from tests.support import alliance_games, gaps, small_fractions

tables = st.lists(st.lists(small_fractions, min_size=3, max_size=3), min_size=2, max_size=2)


def same(one, other):
    return all(x.dtype == y.dtype and x.shape == y.shape and (x == y).all() for x, y in ((one.A, other.A), (one.B, other.B)))


@pytest.mark.slow
@given(tables, tables)
def test_arrays_give_the_game_of_the_numbers_in_them(a, b):
    for kind in (object, float):
        arrays = np.array(a, dtype=kind), np.array(b, dtype=kind)
        numbers = ([[float(x) if kind is float else x for x in row] for row in table] for table in (a, b))
        game = al.StageGame(*arrays)
        assert same(game, al.StageGame(*numbers))
        first = game.A[0, 0]
        arrays[0][0, 0] += 1
        assert game.A[0, 0] == first  # a game is a value
    mixed = al.StageGame(np.array(a, dtype=object), np.array(b, dtype=float))
    assert same(mixed, al.StageGame(np.array(a, dtype=float), np.array(b, dtype=float)))


@given(game=alliance_games(), gap=gaps)
def test_a_models_game_is_that_of_its_cells(game, gap):
    for power in (al.Power.from_gap(gap), al.Power.from_gap(float(gap)), al.Power.from_gap(np.array([float(gap), 0.5]))):
        stage, cells = game.stage_game(power), game.cells(power)
        assert stage.actions == (game.actions, game.actions)
        assert stage.exact == isinstance(power.sponsor, F)
        for i, row in enumerate(cells):
            for j, (a, b) in enumerate(row):
                assert np.array_equal(stage.A[..., i, j], a)
                assert np.array_equal(stage.B[..., i, j], b)


BAD = [
    (np.array([[1.0, math.nan]]), ValueError, r"StageGame\(\): A must be finite; got nan at index \(0, 1\)"),
    (np.array([[1.0], [-math.inf]]), ValueError, r"StageGame\(\): A must be finite; got -inf at index \(1, 0\)"),
    (np.array([F(1), F(2)]), ValueError, r"A must have at least two dimensions"),
    (np.zeros((0, 2)), ValueError, r"A must not be empty"),
    (np.array([], dtype=object), ValueError, r"A must not be empty"),
    (np.array([[F(1), True]], dtype=object), TypeError, r"an element of A must be a number; got True"),
    (np.array([[F(1), "2"]], dtype=object), TypeError, r"an element of A must be a number; got '2'"),
    (np.ma.masked_array([[1.0, 2.0]]), TypeError, r"A must be a plain array"),
]


@pytest.mark.parametrize(("array", "error", "message"), BAD)
def test_what_is_not_canonical_is_refused(array, error, message):
    with pytest.raises(error, match=message):
        al.StageGame(array, array)


def test_what_is_almost_canonical_is_converted():
    whole = number(np.array([[F(1), 2]], dtype=object), "f", "x")
    assert [type(x) for x in whole.ravel()] == [F, F]
    assert number(np.array([[F(1), 0.5]], dtype=object), "f", "x").dtype == np.float64
    assert number(np.array([[1, 2]], dtype=">f8"), "f", "x").dtype == np.float64
    assert type(number(np.float64(0.5), "f", "x")) is float


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_models_of_which_a_cell_is_no_number_are_refused(bad):
    games = (
        al.CustomGame(lambda power: [[(power.share, bad), (0 * power.share, 1.0)]] * 2),
        al.CustomGame(lambda power: [[(power.share, power.share * bad), (0 * power.share, 1.0)]] * 2),
    )
    for game in games:
        for power in (al.Power(2.0, 1.0), al.Power([2.0, 3.0], 1.0)):
            with pytest.raises(ValueError, match=r"StageGame\(\): B must be finite; got (nan|inf) at index"):
                game.stage_game(power)


def test_powers_beyond_floats_are_refused():
    largest = sys.float_info.max
    with pytest.raises(ValueError, match=r"Power\(\): sponsor \+ proxy must be positive and finite; got inf"):
        al.Power(largest, largest)
    with pytest.raises(ValueError, match="must be positive as floats too"):
        al.Power(F(1, 10**400), 1.0)
    assert al.Power(F(1, 10**400), 1).gap < 0
    with pytest.raises(ValueError, match=r"sponsor and proxy must broadcast; got shapes \(2,\) and \(3,\)"):
        al.Power([1.0, 2.0], [1.0, 2.0, 3.0])
