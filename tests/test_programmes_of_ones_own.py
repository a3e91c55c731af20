"""Which functions of one's own take a programme: what the page on speed says of each."""

import numpy as np
import pytest

import alliances as al
from alliances import evaluating_by, evaluation_method
from alliances.arithmetic.tolerance import EPSILON

OWN_SHARES = {
    "exp": lambda x: np.exp(-x),
    "log": lambda x: np.log(1 + x),
    "sqrt": np.sqrt,
    "abs": lambda x: np.abs(x - 0.5),
    "minimum": lambda x: np.minimum(x, 0.4),
    "maximum": lambda x: np.maximum(x, 0.4),
    "clip": lambda x: np.clip(x, 0.2, 0.7),
    "where": lambda x: np.where(x > 0.5, 0.7, x),
    "an option": lambda x, steep=True: x**2 if steep else x,
}


def _contest_of(share):
    def contest(power):
        won = share(power.sponsor / (power.sponsor + power.proxy))
        return won, 1 - won

    return al.presets.chindea_2014(contest=contest)


@pytest.mark.parametrize("name", OWN_SHARES)
def test_what_the_page_on_speed_says_takes_a_programme(name):
    game, power = _contest_of(OWN_SHARES[name]), al.Power.from_gap(np.linspace(-0.9, 0.9, 20_000))
    assert evaluation_method(game, power).method == "numpy"
    with evaluating_by("ordinary"):
        ordinary = al.critical_discount(game, power)
    assert np.isfinite(ordinary.dyad).any()
    np.testing.assert_allclose(al.critical_discount(game, power).dyad, ordinary.dyad, rtol=4 * EPSILON)


@pytest.mark.parametrize("name", ["tanh", "arctan", "sin", "floor", "log10", "square"])
def test_other_functions_of_numpy_take_the_ordinary_way(name):
    game, power = _contest_of(lambda x: getattr(np, name)(x) / 2), al.Power.from_gap(np.linspace(-0.9, 0.9, 20_000))
    method = evaluation_method(game, power)
    assert method.method == "ordinary"
    assert f"numpy.{name}()" in method.reason


def test_an_if_about_an_array_of_powers_says_what_to_write():
    game, power = _contest_of(lambda x: 0.7 if x > 0.5 else 0.3), al.Power.from_gap(np.linspace(-0.9, 0.9, 20_000))
    assert evaluation_method(game, power).method == "ordinary"
    with pytest.raises(ValueError, match=r"decide by if on an array of dyads.*write choose\("):
        al.critical_discount(game, power)
