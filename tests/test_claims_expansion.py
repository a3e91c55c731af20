"""Exponentials expanded with a bounded remainder: what is excluded must be false of the exponential itself."""

import math
import random
from fractions import Fraction

import pytest

import alliances as al
from alliances.arithmetic import exp
from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.domains import Interval
from alliances.claims import PROXY_RESTRAINT, Family
from alliances.claims.proofs.elimination import eliminate
from alliances.claims.proofs.expansion import expansion
from alliances.claims.proofs.smt import Solver

X = Interval(0, 1, "right")


def algebra_of(**domains):
    return Algebra(domains, None, Solver().decide)


def ask(algebra, *conditions, most=2000):
    asked = [*algebra.facts, *(Condition(q.product, relation, Kind.VIOLATION) for q, relation in conditions)]
    return eliminate(algebra, asked, most)


def gap(x):
    return (1 - x) / (1 + x)


@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_known_of_the_exponential(sign):
    """Inequalities that hold with equality at u = 0, an edge of the domain, and their opposites, which do not hold."""
    algebra = algebra_of(x=X)
    u = sign * gap(algebra["x"])
    e = exp(u)
    for false in (
        1 + u - e,
        1 + u + u**2 / 2 - e if sign > 0 else e - 1 - u - u**2 / 2,
        1 + u + u**2 / 2 + u**3 / 6 - e,
        (e - (2 + u) / (2 - u)) * sign,
    ):
        assert ask(algebra, (false, ">")).excluded
        assert not ask(algebra, (-false, ">"), most=60).excluded


def test_two_letters_in_the_exponent():
    """exp(−κγ) with open κ."""
    algebra = algebra_of(x=X, k=Interval(1, 2))
    u = -algebra["k"] * gap(algebra["x"])
    e = exp(u)
    assert ask(algebra, (1 + u - e, ">")).excluded
    assert ask(algebra, (e - 1, ">")).excluded
    assert not ask(algebra, (e - 1 - u / 2, ">"), most=60).excluded


def test_two_exponentials():
    """exp(−γ) and exp(γ²), each with a remainder of its own."""
    algebra = algebra_of(x=X)
    g = gap(algebra["x"])
    down, up = exp(-g), exp(g * g)
    assert ask(algebra, (down - up, ">")).excluded
    assert not ask(algebra, (up - down, ">"), most=60).excluded


@pytest.mark.parametrize("seed", range(25))
def test_excluded_is_false_at_every_sample(seed):
    """Random polynomials in x, v and exp(u): no sample meets what is excluded."""
    rng = random.Random(seed)
    algebra = algebra_of(x=X, v=Interval(0, None, "neither"))
    x, v = algebra["x"], algebra["v"]
    kappa = Fraction(rng.randint(-4, 4) or 1, 2)
    e = exp(kappa * gap(x))
    coefficients = [rng.randint(-3, 3) for _ in range(6)]

    def value(x, v, e):
        a, b, c, d, f, g = coefficients
        return a + b * v + c * x * e + d * v * e + f * e * e + g * x * v

    answer = ask(algebra, (value(x, v, e), ">"), (value(x, v, e) - v * e, "<"), most=120)
    if answer.excluded:
        for _ in range(400):
            at, w = 1 - rng.random() ** 3, rng.expovariate(1) * 10 ** rng.randint(-2, 2)
            number = value(at, w, math.exp(float(kappa) * gap(at)))
            assert not number > 1e-9 * (1 + w) or not number - w * math.exp(float(kappa) * gap(at)) < -1e-9 * (1 + w)


def test_both_answers_come_out():
    """The samples above are of something: several of the random questions are excluded."""
    excluded = 0
    for k in range(1, 9):
        algebra = algebra_of(x=X)
        e = exp(-gap(algebra["x"]))
        excluded += ask(algebra, (e - Fraction(k, 8), "<"), most=60).excluded
    assert excluded == 2  # exp(−γ) > exp(−1) = .368 > 2/8


def test_the_remainder_is_enclosed():
    """ξ at the ends of the range of u, against the exponential itself."""
    algebra = algebra_of(x=X)
    exp(-2 * gap(algebra["x"]))
    for order in (4, 8):
        expanded = expansion(algebra, algebra.facts, order)
        assert expanded is not None
        domain = expanded.domains[-1]
        for n in range(1, 200):
            u = -2 * n / 200
            xi = (math.exp(u) - sum(u**j / math.factorial(j) for j in range(order))) * math.factorial(order) / u**order
            if n > 60:  # nearer to 0 the difference is rounding
                assert domain.low < xi < domain.high
        assert domain.high - domain.low < Fraction(1, 2)


def test_a_claim_about_exponentials_that_hold_with_equality():
    """Odds v(1 + exp(−γ)) and v(4 + γ − exp(γ)) fall along the gap; v(exp(γ) − γ) rise."""

    def family(odds):
        model = lambda v: al.CustomGame(lambda q: [[(1, 1), (-1, 1 + v * odds(q.gap))], [(0, -1), (0, 0)]])  # noqa: E731
        return Family(model, {"v": Interval(0, None, "neither")}, enforcement=al.GivenPunishment())

    proof = PROXY_RESTRAINT.prove(family(lambda g: 1 + exp(-g)), timeout=60)
    assert proof.status == "proved"
    assert al.verify(proof).ok
    assert PROXY_RESTRAINT.prove(family(lambda g: 4 + g - exp(g)), timeout=60).status == "proved"
    assert PROXY_RESTRAINT.prove(family(lambda g: exp(g) - g), timeout=60).status == "refuted"
