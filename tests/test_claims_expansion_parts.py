"""Exponentials expanded with a bounded remainder, part by part: the exponent's range, ξ, the polynomial, what is put in."""

import math
from fractions import Fraction as F

import pytest

from alliances.arithmetic import exp, log
from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.domains import Interval
from alliances.claims.proofs.expansion import _put, _range, _remainder, _taylor, expansion
from alliances.claims.proofs.smt import Solver

X = Interval(0, 1, "right")


def algebra_of(**domains):
    return Algebra(domains, None, Solver().decide)


def value(polynomial, *point):
    """The polynomial at a point, from its terms."""
    terms = [(int(c), [int(e) for e in powers]) for powers, c in polynomial.to_dict().items()]
    assert not any(any(powers[len(point) :]) for _, powers in terms)
    return sum(c * math.prod(F(x) ** e for x, e in zip(point, powers, strict=False)) for c, powers in terms)


# -- the remainder -----------------------------------------------------------------------------------------------------


def xi(order, u):
    """ξ = Σ n! uʲ/(n + j)!, with far more terms than are needed: those left out are below 10⁻⁴⁰."""
    return sum(F(math.factorial(order) * u**j, math.factorial(order + j)) for j in range(80))


@pytest.mark.parametrize("order", [1, 2, 4, 8])
@pytest.mark.parametrize("u", [F(-4), F(-2), F(-1), F(-1, 2), F(0), F(1, 2), F(1), F(2), F(4)])
def test_the_remainder_between_millionths(order, u):
    """The next millionth above and below; from below one less where u is not negative."""
    upper, lower = (_remainder(order, u, upper=side) for side in (True, False))
    exact = xi(order, u) * 10**6
    if u == 0:  # ξ is 1
        assert (upper, lower) == (1, 1 - F(1, 10**6))
        return
    tiny = F(1, 10**9)  # far above the terms left out, and far below a millionth
    assert upper * 10**6 == math.ceil(exact) == math.ceil(exact + tiny)
    assert lower * 10**6 == math.floor(exact) - (u > 0) == math.floor(exact - tiny) - (u > 0)


# -- the range of the exponent -----------------------------------------------------------------------------------------


def range_of(u, **domains):
    """The bounds found for the exponent u, a function of the indeterminates."""
    algebra = algebra_of(**domains)
    exp(u(*(algebra[name] for name in domains)))
    return _range(algebra.transcendentals[-1], list(algebra.domains.values()), range(len(domains)))


def gap(x):
    return (1 - x) / (1 + x)


@pytest.mark.parametrize(
    ("u", "wanted"),
    [
        (gap, (0, 1)),
        (lambda x: -gap(x), (-1, 0)),
        (lambda x: -2 * gap(x), (-2, 0)),
        (lambda x: 3 * gap(x), (0, 4)),
        (lambda x: gap(x) / 2, (0, F(1, 2))),
        (lambda x: gap(x) / 2 - F(1, 4), (F(-1, 2), F(1, 2))),
        (lambda x: 4 * gap(x) - 2, (-2, 2)),
        (lambda x: x / (x - 3), (F(-1, 2), 0)),  # from 0 down to −1/2, with a denominator below 0
        (lambda x: -x / (x - 3), (0, F(1, 2))),
        (lambda x: 5 * gap(x), None),
        (lambda x: -5 * gap(x), None),
        (lambda x: 1 / x, None),
    ],
)
def test_bounds_of_the_exponent(u, wanted):
    """The nearest of 0, ½, 1, 2 and 4 on either side; for x in (0, 1] the gap runs from 1 down to 0."""
    assert range_of(u, x=X) == wanted


def test_exponents_in_two_indeterminates():
    assert range_of(lambda x, k: k * gap(x) - x, x=X, k=Interval(1, 2)) == (-1, 2)
    assert range_of(lambda x, k: k * gap(x), x=X, k=Interval(1, None)) is None


def test_exponents_that_are_no_quotients():
    """An exponential in the exponent, and what is no exponential."""
    algebra = algebra_of(x=X)
    exp(exp(-algebra["x"]) / 4)
    domains = list(algebra.domains.values())
    inner, outer = algebra.transcendentals
    assert _range(inner, domains, range(1)) == (-1, 0)
    assert _range(outer, domains, range(1)) is None
    other = algebra_of(x=Interval(1, 2))
    log(other["x"])
    assert _range(other.transcendentals[0], list(other.domains.values()), range(1)) is None


# -- the polynomial ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, 2, 3, 6])
def test_the_polynomial_and_its_remainder(order):
    """Σ uʲ/j! up to the order, then uⁿξ/n!, at values of x and ξ."""
    algebra = algebra_of(x=X)
    x = algebra["x"]
    exp(-3 * x / (2 + x))
    (function,) = algebra.transcendentals
    numerator, denominator = _taylor(algebra, function, order)
    for at, rest in ((F(1, 2), F(3, 4)), (F(1), F(-2)), (F(1, 7), F(0))):
        u = -3 * at / (2 + at)
        wanted = sum(u**j / math.factorial(j) for j in range(order)) + u**order / math.factorial(order) * rest
        assert value(numerator, at, rest) / value(denominator, at, rest) == wanted


@pytest.mark.parametrize(
    ("build", "power"),
    [
        (lambda x, v, e: 3 * e * e * x + 2 * e * v - 5, 2),
        (lambda x, v, e: e * x - v, 2),  # the next even power
        (lambda x, v, e: e * e * e - x * e * v + 7 * v, 4),
        (lambda x, v, e: e**4 + x, 4),
    ],
    ids=["square", "linear", "cube", "fourth"],
)
def test_a_quotient_in_the_place_of_an_indeterminate(build, power):
    """The polynomial at e = n/d, times an even power of d, so that its sign is the same whatever the sign of d."""
    algebra = algebra_of(x=X, v=X)
    exp(-algebra["x"])
    x, v, e = algebra.generators[:3]
    polynomial = build(x, v, e)
    numerator, denominator = x + 2 * v * e, 1 - 3 * x  # e is in the quotient again, as ξ
    found = _put(algebra, polynomial, 2, numerator, denominator)
    for point in ((F(1, 2), F(1, 3), F(5)), (F(1, 9), F(1), F(-2)), (F(1), F(2, 7), F(1, 4))):
        a, b, rest = point
        n, d = value(numerator, *point), value(denominator, *point)
        assert value(found, *point) == value(polynomial, a, b, n / d) * d**power
        assert rest != n / d


def test_what_has_no_such_indeterminate_stays():
    algebra = algebra_of(x=X, v=X)
    exp(-algebra["x"])
    x, v, _ = algebra.generators[:3]
    for polynomial in (x * v - 3, x * 0):
        assert _put(algebra, polynomial, 2, x, v) is polynomial


# -- all together ------------------------------------------------------------------------------------------------------


def test_conditions_without_exponentials():
    """Each exponential in turn; what was known of it is left out; the range of each ξ is that of the remainder."""
    algebra = algebra_of(x=X, k=Interval(1, 2))
    x, k = algebra["x"], algebra["k"]
    down, up = exp(-gap(x)), exp(k * gap(x))
    conditions = [
        Condition((down * up - x).product, ">", Kind.VIOLATION, "first"),
        Condition((k - x).product, "<=", Kind.CASE, "second"),
    ]
    found = expansion(algebra, [*algebra.facts, *conditions], 4)
    plain = [c for c in algebra.facts if c.kind is not Kind.TRANSCENDENTAL]
    assert len(plain) < len(algebra.facts)
    assert [c.text for c in found.conditions] == [c.text for c in [*plain, *conditions]]
    assert [c.relation for c in found.conditions] == [c.relation for c in [*plain, *conditions]]
    assert found.conditions[-1].polynomial == conditions[1].polynomial
    assert found.domains == [
        X,
        Interval(1, 2),
        Interval(_remainder(4, F(-1), upper=False), _remainder(4, F(0), upper=True), "neither"),
        Interval(_remainder(4, F(0), upper=False), _remainder(4, F(2), upper=True), "neither"),
    ]
    assert found.note == "exponentials as polynomials of degree 4 with a bounded remainder"
    first = found.conditions[-2].polynomial
    for at, kappa in ((F(1, 2), F(3, 2)), (F(1, 5), F(1))):
        u = [-(1 - at) / (1 + at), kappa * (1 - at) / (1 + at)]
        rests = [F(9, 10), F(11, 10)]
        one, two = (
            sum(y**j / math.factorial(j) for j in range(4)) + y**4 / 24 * rest for y, rest in zip(u, rests, strict=True)
        )
        size = value(first, at, kappa, *rests) / (one * two - at)
        again = value(first, at, kappa, F(4, 5), rests[1])
        other = sum(u[0] ** j / math.factorial(j) for j in range(4)) + u[0] ** 4 / 24 * F(4, 5)
        assert size > 0  # a factor that depends on x and κ alone
        assert again / (other * two - at) == size
