"""Directions that data do not see, in words: the same on all machines, whichever sign and order rounding gives them."""

import numpy as np
import pytest

from alliances import estimation
from alliances.estimation.inference import Identification, directed, in_words
from tests.test_cox import SEPARATED, tied

NAMES = ("gap", "k", "x")
HALF = 0.5**0.5


def test_a_direction_in_words_by_hand():
    for direction, words in {
        (0.6, -0.8, 0): "gap up with k down",
        (-0.6, 0.8, 0): "k up with gap down",
        (0.6, 0.8, 0.1): "k and gap up together",
        (-0.6, -0.8, 0.1): "k and gap down together",
        (0.55, 0.6, 0.58): "k, x and gap up together",
        (0.5, -0.6, -0.62): "gap up with x and k down",
        (0.1, 0.99, 0.1): "k alone",
        (0.1, -0.99, 0.1): "k alone",
        (0.2, 0.25, 0.2): "k alone",  # nothing is large enough: the largest
    }.items():
        assert in_words(NAMES, np.array(direction)) == words


@pytest.mark.parametrize("rounding", [0.0, 1e-15, -1e-15, 3e-9, -3e-9])
def test_of_equally_large_changes_the_first_is_named_first(rounding):
    third = 3**-0.5
    assert in_words(NAMES, np.array([third, third + rounding, third - rounding])) == "gap, k and x up together"
    assert in_words(NAMES, np.array([0.5, HALF + rounding, HALF])) == "k, x and gap up together"


def test_larger_by_more_than_rounding_comes_first():
    assert in_words(("a", "b"), np.array([0.6, 0.6 + 2e-6])) == "b and a up together"
    assert in_words(("a", "b"), np.array([0.6, 0.6 + 5e-7])) == "a and b up together"


def test_the_largest_component_of_each_eigenvector_is_positive():
    vectors = np.array([[0.6, -0.8, -HALF, HALF], [-0.8, -0.6, HALF + 1e-12, -HALF + 1e-12]])
    expected = vectors * [-1, -1, -1, 1]
    assert np.array_equal(directed(vectors), expected)
    assert np.array_equal(directed(-vectors), expected)
    assert np.array_equal(directed(np.array([[-0.6], [0.6 + 2e-6]])), [[-0.6], [0.6 + 2e-6]])
    assert directed(np.empty((0, 0))).shape == (0, 0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("rounding", [1e-13, -1e-13])
def test_what_the_data_do_not_see_does_not_depend_on_the_linear_algebra(monkeypatch, sign, rounding):
    """LAPACK leaves the sign of an eigenvector open, and rounding says which of two equal components is larger."""
    fit = estimation.Cox(["gap", "k", "x"]).fit(tied() | {"k": 2 * tied()["gap"]})
    before = fit.identification()
    eigh = np.linalg.eigh

    def other(matrix):
        values, vectors = eigh(matrix)
        return values, sign * vectors * (1 + rounding * np.arange(3))[:, None]

    monkeypatch.setattr(np.linalg, "eigh", other)
    after = fit.identification()
    assert [text.partition(" (")[0] for text in after.weak] == ["gap up with k down"]
    assert after.directions == pytest.approx(before.directions, abs=1e-9)
    assert np.all(after.directions.max(axis=0) >= np.abs(after.directions).max(axis=0) - 1e-6)


def test_an_eigenvector_is_one():
    fit = estimation.Cox(["gap", "k", "x"]).fit(tied() | {"k": tied()["gap"] ** 2})
    identification, scale = fit.identification(), fit._scale()
    relative = fit.information() * np.outer(scale, scale)
    assert isinstance(identification, Identification)
    assert relative @ identification.directions == pytest.approx(identification.directions * identification.eigenvalues)


def test_the_words_of_separated_data_keep_its_direction():
    """ln L rises along this direction and not along its opposite: what made the event goes up, what was added goes down."""
    event, x = tied()["event"], tied()["x"]
    columns = SEPARATED["a sum of two"][1](event, x)
    assert "along k up with l down, no row" in str(estimation.Cox(["k", "l"]).fit(tied() | columns))
    columns = {"k": -event - x, "l": x}
    assert "along k and l down together, no row" in str(estimation.Cox(["k", "l"]).fit(tied() | columns))
    columns = {"k": -event - x, "l": -x}
    assert "along l up with k down, no row" in str(estimation.Cox(["k", "l"]).fit(tied() | columns))
