"""The least δ with δ ≥ need(v(δ)), in floats and in Fractions: where v is a step function, it is known exactly."""

import random
from fractions import Fraction as F

import numpy as np
import pytest

from alliances.repeated.enforcement.brackets import MOST_PATIENT, WIDTH, needed, searched, sharpened, simplest

ROUNDED = 1e-12  # of the floats that are searched
W = 2.0**-40  # of the brackets in floats


def of_steps(*levels):
    """v(δ) for which the need, with c = 0 and d = 1, is (level, up to which δ) by (level, …): a step function that falls."""

    def worst(delta):
        level = next((level for level, end in levels if end is None or delta < end), None)
        return 1 - 1 / level  # need(v) = 1/(1 − v)

    return worst


def least(levels):
    """The least δ that is no less than the need: the level itself, or the end of the step before."""
    start = F(0)
    for level, end in levels:
        candidate = max(start, level)
        if end is None or candidate < end:
            return candidate
        start = end
    raise AssertionError


def falling(draw, count, size):
    """A random step function: levels and ends are fractions of denominators up to ``size``."""
    fractions = sorted({F(draw.randint(1, size - 1), size) for _ in range(2 * count)})
    levels = draw.sample(fractions, min(count, len(fractions)))
    ends = sorted(draw.sample(fractions, len(levels) - 1))
    return [*zip(sorted(levels, reverse=True), [*ends, None], strict=True)]


def test_the_patience_that_a_deviation_takes():
    # Friedman's (d − c)/(d − v); none suffices where the punishment is not worse
    assert needed(F(9), F(10), F(3)) == F(1, 7)
    assert needed(F(9), F(10), F(8)) == F(1, 2)
    assert needed(9, 10, 9) == needed(9, 10, 9.5) == np.inf


@pytest.mark.parametrize("size", [12, 60])
def test_the_least_patience_of_step_functions(size):
    draw = random.Random(size)
    proofs = 0
    for _ in range(60):
        levels = falling(draw, draw.randint(1, 4), size)
        exact = least(levels)
        worst = of_steps(*levels)
        asked: list[float] = []

        def counted(delta, worst=worst, asked=asked):
            asked.append(delta)
            return float(worst(F(delta)))

        rough = searched(0.0, 1.0, counted, float(MOST_PATIENT), W, 1.0)
        assert len(asked) <= 2 * 40 + 2  # two for each halving of [0, 1]
        assert rough == pytest.approx(float(exact), abs=ROUNDED + 2 * W)
        # from the right rough value, from one a little off, and from far above; and without any
        for start in (float(exact), rough, float(exact) + 1e-6, np.inf):
            found, proved = sharpened(F(0), F(1), worst, start)
            assert exact <= found <= exact + WIDTH
            assert found == exact
            # a jump of the need is found, as the simplest fraction there, but only a need can be proved
            assert not proved or needed(F(0), F(1), worst(exact)) == exact
            proofs += proved
    assert 0 < proofs < 240


def test_a_need_that_falls_between_two_close_values_is_found_and_proved():
    # the need is 1/2 + 1.7 w between 1/2 + 1.6 w and the step that hides it, 2.5 w and more above 1/2
    w, half = WIDTH, F(1, 2)
    exact = half + F(17, 10) * w
    levels = [(half + F(5, 2) * w, half + F(8, 5) * w), (exact, half + 3 * w), (F(49, 100), None)]
    assert least(levels) == exact
    assert sharpened(F(0), F(1), of_steps(*levels), float(exact)) == (exact, True)


def test_where_no_patience_suffices():
    never = of_steps((F(2), None))
    assert searched(0.0, 1.0, lambda delta: never(F(1, 2)), float(MOST_PATIENT), W, 1.0) == np.inf
    assert sharpened(F(0), F(1), never, np.inf) == (np.inf, False)
    assert sharpened(F(0), F(1), lambda delta: F(1), np.inf) == (np.inf, False)  # a punishment that is none
    # enough at the last place that is searched, and just not
    for level, found in ((MOST_PATIENT, (MOST_PATIENT, True)), (MOST_PATIENT + F(1, 10**9), (np.inf, False))):
        assert sharpened(F(0), F(1), of_steps((level, None)), np.inf) == found


def test_differences_within_rounding_of_the_payoff_range_do_not_count():
    # v = c up to rounding: by chance, need would be 1 or ∞; with the slack of 1e-12 ranges it is (d − c)/(d − v + slack)
    for spread, c, d in ((1.0, 0.0, 1e-13), (1e6, 0.0, 1e-7)):
        assert searched(c, d, lambda delta, c=c: c, float(MOST_PATIENT), W, spread) < 0.5
        assert searched(c, 1e3 * d, lambda delta, c=c: c, float(MOST_PATIENT), W, spread) > 0.99


def test_the_simplest_fraction_by_trying_all():
    draw = random.Random(4)
    for _ in range(150):
        low, high = sorted(F(draw.randint(0, 400), draw.randint(1, 100)) for _ in range(2))
        denominator = next(q for q in range(1, 101) if -(-low.numerator * q // low.denominator) <= high * q)
        found = simplest(low, high)
        assert low <= found <= high
        assert found.denominator == denominator
        smallest = F(-(-low.numerator * denominator // low.denominator), denominator)
        assert found == smallest or denominator == 1
    assert simplest(F(3), F(3)) == 3
    assert simplest(F(2, 7), F(2, 7)) == F(2, 7)
    assert simplest(F(5, 2), F(7, 2)) == 3
