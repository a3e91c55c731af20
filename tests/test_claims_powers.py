"""Powers, exponentials and infinities in models that are proved: read as they are meant, refused by rule, back in time."""

import math
import time
from fractions import Fraction

import pytest

import alliances as al
from alliances.arithmetic import exp
from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.balls import Ball, precisely
from alliances.arithmetic.domains import Interval, exponent
from alliances.claims import PROXY_RESTRAINT, Family
from alliances.claims.proofs.smt import Solver


def of_odds(odds) -> Family:
    def model(v):
        return al.CustomGame(lambda q: [[(1, 1), (-1, 1 + odds(q.gap, v))], [(0, -1), (0, 0)]])

    return Family(model, {"v": Interval(1, 2)}, enforcement=al.GivenPunishment())


def ask(odds, timeout=60.0):
    return PROXY_RESTRAINT.prove(of_odds(odds), timeout=timeout)


@pytest.mark.parametrize("p", range(1, 8))
@pytest.mark.parametrize("q", [2, 3, 5, 7, 12, 64])
def test_a_float_exponent_is_the_simple_fraction_that_reads_back_the_same(p, q):
    assert exponent(p / q) == Fraction(p, q)
    assert exponent(Fraction(p, q)) == Fraction(p, q)


def test_other_floats_are_no_simple_fractions():
    for value in (0.123456789, math.pi, 1 / 67, math.nextafter(1 / 3, 1), math.inf, math.nan):
        assert exponent(value) is None


@pytest.mark.parametrize("power", [1 / 3, Fraction(1, 3), 0.1, 1.5, 2.0, 2 / 3])
def test_powers_of_the_gap_rise_and_their_negatives_fall(power):
    assert ask(lambda g, v: v + g**power).status == "refuted"
    assert ask(lambda g, v: 3 * v - g**power).status == "proved"


def test_proofs_and_balls_read_an_exponent_alike():
    with precisely():
        ball = Ball.of(Fraction(1, 7)) ** (1 / 3)
        cube = ball * ball * ball - Fraction(1, 7)
        assert abs(cube.value) < 1e-60


@pytest.mark.parametrize("power", [0.123456789, 3333333333333334 / 10**16])
def test_floats_that_are_no_simple_fraction_are_refused(power):
    with pytest.raises(TypeError, match=r"write Fraction\(1, 3\)"):
        ask(lambda g, v: v + g**power)


@pytest.mark.parametrize(
    "odds",
    [
        lambda g, v: v + g ** Fraction(123, 1000),
        lambda g, v: v + g**300,
        lambda g, v: v + (g + v) ** 129,
        lambda g, v: v + g ** Fraction(1, 97),
        lambda g, v: v + (g**64) ** 64,
    ],
)
def test_degrees_out_of_reach_are_unknown_at_once(odds):
    start = time.perf_counter()
    proof = ask(odds, timeout=2)
    assert time.perf_counter() - start < 1.5 * 2 + 1
    assert proof.status == "unknown"
    assert "degree 128" in proof.reasons[0]


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    "odds",
    [
        lambda g, v: v + g ** (1 / 3) * (v - g) ** 40,
        lambda g, v: sum((v * g - k) ** 6 / (g + k) for k in range(1, 9)),
        lambda g, v: abs(abs(abs(g - v / 3) - v / 7) - g * v / 9),
        lambda g, v: exp(g * v) * exp(-g) + exp(g * g),
    ],
)
@pytest.mark.parametrize("timeout", [0.5, 2.0])
def test_the_timeout_is_kept(odds, timeout):
    ask(lambda g, v: v - g, 5)  # imports
    start = time.perf_counter()
    ask(odds, timeout)
    assert time.perf_counter() - start < 1.5 * timeout + 1


def test_no_case_is_listed_after_the_deadline():
    algebra = Algebra({"v": Interval(0, 1)}, None, Solver().decide, time.perf_counter() - 1)
    with pytest.raises(TimeoutError, match="cases were listed"):
        algebra.cases(lambda: algebra["v"] > Fraction(1, 2), lambda a, b: a == b)


@pytest.mark.parametrize("n", [-3, -1, 1, 2])
def test_products_of_exponentials_divide_by_nothing(n):
    """exp(γ)·exp(nγ): no case in which γ = 0 divides by zero."""
    rises = n > -1
    proof = ask(lambda g, v: v * exp(g) * exp(n * g))
    assert proof.status == ("refuted" if rises else "proved")


def test_infinity_compares_with_every_number():
    assert ask(lambda g, v: max(v * (1 - g), -math.inf)).status == "proved"
    assert ask(lambda g, v: min(v * (1 - g), math.inf)).status == "proved"
    assert ask(lambda g, v: min(v * (1 + g), math.inf)).status == "refuted"
    assert ask(lambda g, v: v * (1 - g) if g < math.inf and g != -math.inf else v * (1 + g)).status == "proved"
    algebra = Algebra({"v": Interval(0, None)}, None, Solver().decide)
    v = algebra["v"]
    assert v < math.inf
    assert v <= math.inf
    assert v > -math.inf
    assert not v >= math.inf
    assert not v == -math.inf  # noqa: SIM201
    assert Ball.of(3) < math.inf
    assert not Ball.of(3) < -math.inf
