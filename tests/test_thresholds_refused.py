"""What functions along the gap refuse, each in its own name."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

import alliances as al
from tests.support import benchmark_game


@pytest.mark.parametrize("bad", [1, 1.0, 1.5, -0.1, math.nan])
def test_discount_lies_below_one(bad):
    with pytest.raises(ValueError, match=rf"defection_threshold\(\): discount must lie in \[0, 1\); got {bad}"):
        al.defection_threshold(benchmark_game(), bad)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"discount": (0.5, 1.2)}, ValueError, r"discount must lie in \[0, 1\); got 1.2"),
        ({"discount": (0.5, 0.5, 0.5)}, ValueError, "discount must be one number or a pair"),
        ({"discount": (0.5, 0.6), "enforcement": al.Transfers()}, ValueError, "discount must be common to both players"),
        ({"domain": (-1, 0.5)}, ValueError, "domain must lie strictly between -1 and 1; got -1"),
        ({"domain": (0.5, -0.5)}, ValueError, "domain must have its lower gap first"),
        ({"domain": 0.5}, TypeError, "domain must be a pair"),
        ({"start": 0.99}, ValueError, "start must lie in the domain"),
        ({"start": np.array([0.1, 0.99])}, ValueError, r"start must lie in the domain .*; got 0.99 at index \(1,\)"),
        ({"start": sympy.Symbol("gamma")}, TypeError, "start must be a number or an array; got gamma"),
        ({"discount": sympy.Symbol("delta")}, TypeError, "discount must be a number, not a symbol"),
        ({"discount": Fraction(10**30 - 1, 10**30)}, ValueError, "discount must lie below 1 as a float too"),
        ({"domain": (0.1, np.array([0.5, 0.6]))}, TypeError, "domain must be one number"),
        ({"total": np.array([1.0, 2.0])}, TypeError, "total must be one number"),
        ({"total": -1}, ValueError, "total must be positive and finite; got -1"),
        ({"total": 10**400}, ValueError, "total must lie within the range of floats"),
        ({"samples": True}, ValueError, "samples must be an integer of at least 3; got True"),
        ({"samples": 11.0}, ValueError, "samples must be an integer of at least 3; got 11.0"),
        ({"samples": 2}, ValueError, "samples must be an integer of at least 3; got 2"),
        ({"profile": ("ally", "flee")}, ValueError, "must name one of the actions"),
        ({"game": al.StageGame([[1]], [[1]])}, TypeError, "game must be a model such as AllianceGame"),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    given_ = {"game": benchmark_game(), "discount": 0.5} | arguments
    with pytest.raises(error, match=r"defection_threshold\(\): .*" + message):
        al.defection_threshold(given_.pop("game"), given_.pop("discount"), **given_)


ALONG_THE_GAP = {
    "allegiance_regions": lambda game, **rest: al.allegiance_regions(game, 0.5, 0.2, **rest),
    "ordinal_regions": al.ordinal_regions,
    "punishment_regions": lambda game, **rest: al.punishment_regions(game, "proxy", **rest),
    "regime_regions": lambda game, **rest: al.regime_regions(game, 0.5, **rest),
    "defection_threshold": lambda game, **rest: al.defection_threshold(game, 0.5, **rest),
    "stability_windows": lambda game, **rest: al.stability_windows(game, 0.5, **rest),
    "plot_critical": al.plotting.plot_critical,
}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"game": None}, TypeError, "game must be a model such as AllianceGame; got None"),
        ({"game": al.StageGame([[1]], [[1]])}, TypeError, "game must be a model such as AllianceGame; got StageGame"),
        ({"samples": 1}, ValueError, "samples must be an integer of at least .; got 1"),
        ({"samples": True}, ValueError, "samples must be an integer of at least .; got True"),
        ({"samples": 10.0}, ValueError, "samples must be an integer of at least .; got 10.0"),
        ({"total": [1.0, 2.0]}, TypeError, "total must be one number"),
        ({"total": 0}, ValueError, "total must be positive and finite; got 0"),
        ({"domain": (0.5, 0.1)}, ValueError, "domain must have its lower gap first"),
    ],
)
@pytest.mark.parametrize("function", ALONG_THE_GAP)
def test_what_is_no_line_of_gaps_is_refused(function, arguments, error, message):
    given_ = {"game": benchmark_game()} | arguments
    with pytest.raises(error, match=rf"{function}\(\): " + message):
        ALONG_THE_GAP[function](given_.pop("game"), **given_)


@pytest.mark.parametrize("function", ["allegiance_regions", "ordinal_regions", "punishment_regions", "plot_critical"])
def test_what_takes_one_model_refuses_a_batch(function):
    with pytest.raises(ValueError, match=rf"{function}\(\): game must have scalar parameters"):
        ALONG_THE_GAP[function](benchmark_game(stakes=[1, 2]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: al.defection_threshold(benchmark_game(), 0.5, profile=("ally", "x")),
            r"defection_threshold\(\): profile must name",
        ),
        (lambda: al.stability_windows(benchmark_game(), 0.5, profile=(0, 2)), r"stability_windows\(\): profile's indices"),
        (lambda: al.plotting.plot_critical(benchmark_game(), profile=(0, 2)), r"plot_critical\(\): profile's indices"),
        (
            lambda: al.identified_discount(benchmark_game(), al.Power.from_gap([0.5, 0.1]), profile=(0, 2)),
            r"identified_discount\(\): profile's indices",
        ),
        (lambda: al.identified_discount(None, al.Power.from_gap([0.5, 0.1])), r"identified_discount\(\): game must be a model"),
        (lambda: al.regimes(None, al.Power(1, 1), 0.5), r"regimes\(\): game must be a model"),
        (lambda: al.regimes(benchmark_game(), 0.5, 0.5), r"regimes\(\): power must be a Power"),
        (lambda: al.regimes(benchmark_game(), al.Power(1, 1), sympy.Symbol("d")), r"regimes\(\): discount must be a number"),
        (lambda: al.regime_regions(benchmark_game(), 1.0), r"regime_regions\(\): discount must lie in"),
        (
            lambda: al.regime_regions(benchmark_game(), [0.5, 1.6]),
            r"regime_regions\(\): discount must lie in .*1.6 at index \(1,\)",
        ),
    ],
)
def test_errors_name_the_function_that_was_called(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_bad_regions_are_named():
    with pytest.raises(ValueError, match='player must be "sponsor" or "proxy"'):
        al.punishment_regions(benchmark_game(), "rival")
    with pytest.raises(ValueError, match=r"ordinal_regions\(\): domain must lie strictly"):
        al.ordinal_regions(benchmark_game(), (0, 1))
