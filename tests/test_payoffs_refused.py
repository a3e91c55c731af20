"""What models of payoffs refuse: parameters, ingredients and powers that are none, each named in the error."""

import math

import numpy as np
import pytest
import sympy

import alliances as al
from alliances import Power
from tests.support import benchmark_game


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"exposure": 0}, ValueError, r"exposure must lie in \(0, 1\]; got 0"),
        ({"exposure": 1.2}, ValueError, r"exposure must lie in \(0, 1\]; got 1.2"),
        ({"conflict_cost": -0.1}, ValueError, "conflict_cost must be non-negative and finite; got -0.1"),
        ({"conflict_cost": (0.1, math.nan)}, ValueError, "conflict_cost must be non-negative and finite; got nan"),
        ({"stakes": 0}, ValueError, "stakes must be positive and finite; got 0"),
        ({"support_cost": 0.1}, ValueError, "support_cost needs the action 'coexist'"),
        ({"coexist_exposure": 0.9}, ValueError, "coexist_exposure must not exceed exposure"),
        ({"contest": al.Tullock}, TypeError, "contest must be an instance such as Tullock"),
        ({"sharing": "equal"}, TypeError, r"sharing must be an instance such as Proportional\(\), or a function; got 'equal'"),
        ({"synergy": 0.5}, TypeError, r"synergy must be an instance such as Complementarity\(0.6\), or a function; got 0.5"),
        (
            {"conflict_cost": [0.1, 0.2]},
            TypeError,
            r"conflict_cost must be .* tuple of two \(k_S, k_P\), .* a NumPy array; got \[",
        ),
        ({"conflict_cost": (0.1, 0.2, 0.3)}, TypeError, "conflict_cost must be .* a NumPy array; got"),
        ({"stakes": "high"}, TypeError, "stakes must be a number; got 'high'"),
    ],
)
def test_bad_parameters_are_named(changes, error, message):
    with pytest.raises(error, match=r"AllianceGame\(\): " + message):
        benchmark_game(**changes)


@pytest.mark.parametrize(
    ("ingredient", "message"),
    [
        ({"contest": lambda power: (1.2, -0.2)}, "contest must return two numbers in .0, 1. that sum to 1"),
        ({"contest": lambda power: (0.55, 0.5)}, "contest must return two numbers in .0, 1. that sum to 1; got"),
        ({"contest": lambda power: 0.5}, "contest must return a pair"),
        ({"contest": lambda power: "ab"}, "what contest returns must be a number; got 'a'"),
        ({"contest": lambda power: (math.inf, -math.inf)}, "what contest returns must be finite; got inf"),
        ({"sharing": lambda power, rents, conflict: (None, 1)}, "what sharing returns must be a number; got None"),
        ({"sharing": lambda power, rents, conflict: (0.5, math.nan)}, "what sharing returns must be finite; got nan"),
        ({"synergy": lambda power: None}, "what synergy returns must be a number; got None"),
        ({"synergy": lambda power: "much"}, "what synergy returns must be a number; got 'much'"),
        ({"synergy": lambda power: math.inf}, "what synergy returns must be non-negative and finite; got inf"),
        ({"sharing": lambda power, rents, conflict: (0.6, 0.6)}, "sharing must return two numbers"),
        ({"synergy": lambda power: -0.1}, "what synergy returns must be non-negative and finite; got -0.1"),
        ({"synergy": lambda power: math.nan}, "what synergy returns must be non-negative and finite; got nan"),
    ],
)
def test_ingredients_that_return_nonsense_are_named(ingredient, message):
    with pytest.raises((ValueError, TypeError), match=r"AllianceGame\(\): " + message):
        benchmark_game(**ingredient).stage_game(Power.from_gap(0.5))


def test_custom_game_shape_must_match_actions():
    game = al.CustomGame(lambda power: [[(1, 1), (0, 0)]], actions=("ally", "fight"))
    with pytest.raises(ValueError, match="one row and one column per action"):
        game.stage_game(Power(1, 1))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((None,), TypeError, "payoffs must be a function of the power; got None"),
        ((abs, ("a", "a")), ValueError, "actions must be different labels; got"),
        ((abs, "ab"), TypeError, "actions must be a tuple of labels; got 'ab'"),
        ((abs, (1, 2)), TypeError, "actions must be a tuple of labels; got"),
    ],
)
def test_bad_custom_games_are_named(arguments, error, message):
    with pytest.raises(error, match=r"CustomGame\(\): " + message):
        al.CustomGame(*arguments)


@pytest.mark.parametrize(
    "changes",
    [
        {"stakes": np.ones(3)},
        {"exposure": np.array([0.5, 0.6, 0.7])},
        {"contest": al.Tullock(np.ones(3))},
        {"conflict_cost": np.ones(3)},
    ],
    ids=str,
)
def test_shapes_that_do_not_broadcast_are_named(changes):
    with pytest.raises(
        ValueError, match=r"AllianceGame\(\): the parameters must broadcast with the power, of shape \(2,\); .*\(3,\)"
    ):
        benchmark_game(**changes).stage_game(Power.from_gap([0.1, 0.2]))


def test_payoffs_beyond_the_range_of_floats_are_named():
    with pytest.raises(ValueError, match=r"AllianceGame\(\): power and parameters must lie within the range of floats"):
        benchmark_game(stakes=10**400, conflict_cost=0.1).stage_game(Power(2, 1))


@pytest.mark.parametrize("changes", [{"conflict_cost": 1}, {"stakes": 1, "sharing": al.NashBargaining()}], ids=str)
def test_symbols_in_arrays_have_no_stage_game(changes):
    symbolic = {name: sympy.Symbol("x", positive=True) if value == 1 else value for name, value in changes.items()}
    with pytest.raises(TypeError, match=r"stage_game\(\): payoffs must be numbers"):
        benchmark_game(**symbolic).stage_game(Power.from_gap([0.1, 0.2]))


def test_power_must_be_a_power():
    with pytest.raises(TypeError, match=r"power must be a Power, such as Power.from_gap\(0.5\); got 0.5"):
        benchmark_game().stage_game(0.5)
