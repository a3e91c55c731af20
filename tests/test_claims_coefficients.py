"""Bernstein coefficients one step at a time: what each step does to the polynomial, by its values at exact points."""

import functools
import itertools
import math
import random
from fractions import Fraction as F

import numpy as np
import pytest

from alliances.arithmetic.domains import Interval
from alliances.claims.proofs.bernstein import (
    at_centre,
    constant_sign,
    floats,
    form,
    halves,
    same_degrees,
    sector,
    stripped,
)
from alliances.claims.proofs.branching import Search

DOMAINS = (Interval(0, 1), Interval(F(-3, 2), F(5, 3)), Interval(F(1, 3), None, "left"), Interval(-2, None), Interval(2, 7))
INSIDE = [F(n, 7) for n in range(1, 7)]


@functools.cache
def basis(n, u):
    """The Bernstein polynomials of n coefficients at u."""
    return np.array([math.comb(n - 1, k) * u**k * (1 - u) ** (n - 1 - k) for k in range(n)], dtype=object)


def value(tensor, point):
    """The polynomial with these Bernstein coefficients at a point of the unit box."""
    for u in point:
        tensor = basis(len(tensor), u).dot(tensor.reshape(len(tensor), -1)).reshape(tensor.shape[1:])
    return F(tensor[()])


def points(rng, n, count=6):
    return [[rng.choice(INSIDE) for _ in range(n)] for _ in range(count)]


def multiple(pairs):
    """By which positive number all the first ones are multiples of the second ones; None if there is none."""
    factors = {a / b for a, b in pairs if b != 0}
    if any(a != 0 for a, b in pairs if b == 0) or len(factors) > 1:
        return None
    factor = factors.pop() if factors else F(1)
    return factor if factor > 0 else None


def whole(rng, shape, low=-4, high=4):
    return np.array([rng.randint(low, high) for _ in range(math.prod(shape))], dtype=object).reshape(shape)


def shape_of(rng, most=4, axes=(1, 2, 3)):
    return tuple(rng.randint(1, most) for _ in range(rng.choice(axes)))


@pytest.mark.parametrize("seed", range(25))
def test_coefficients_of_a_polynomial_on_a_box(seed):
    """On [l, h] at l + (h − l)u, on a half-line at l + u/(1 − u) times the power of 1 − u that clears denominators."""
    rng = random.Random(seed)
    letters = rng.sample(range(3), rng.randint(1, 3))
    domains = [rng.choice(DOMAINS) for _ in letters]
    terms = {}
    for _ in range(rng.randint(1, 5)):
        powers = tuple(rng.randint(0, 3) if k in letters else 0 for k in range(3))
        terms[powers] = terms.get(powers, 0) + rng.choice([-6, -3, 2, 4, 9])
    tensor = form(terms, letters, domains)
    degrees = [max(powers[k] for powers in terms) for k in letters]
    assert tensor.shape == tuple(d + 1 for d in degrees)
    assert math.gcd(*tensor.flat) <= 1
    pairs = []
    for unit in points(rng, len(letters), 12):
        at, clears = [F(0)] * 3, F(1)
        for k, domain, u, d in zip(letters, domains, unit, degrees, strict=True):
            at[k] = domain.low + (u / (1 - u) if domain.high is None else u * (domain.high - domain.low))
            clears *= (1 - u) ** d if domain.high is None else 1
        polynomial = sum(c * math.prod(x**e for x, e in zip(at, powers, strict=True)) for powers, c in terms.items())
        pairs.append((value(tensor, unit), polynomial * clears))
    assert multiple(pairs) is not None


def test_terms_on_the_same_powers_of_the_letters_add_up():
    """x and x y, where y is none of the letters: both count towards x; and no terms are the number 0."""
    assert form({}, [0], [Interval(0, 1)]).tolist() == [0]
    assert form({(1, 0): 2, (1, 1): 3, (0, 0): 5}, [0], [Interval(0, 1)]).tolist() == [1, 2]  # 5 + 5x is 5 and 10 at the ends


@pytest.mark.parametrize("seed", range(25))
def test_halves_of_a_box(seed):
    rng = random.Random(seed)
    shape = shape_of(rng)
    tensor, axis = whole(rng, shape), rng.randrange(len(shape))
    for part, half in enumerate(halves(tensor, axis)):
        assert half.shape == shape
        pairs = []
        for u in points(rng, len(shape), 10):
            at = list(u)
            at[axis] = (u[axis] + part) / 2
            pairs.append((value(half, u), value(tensor, at)))
        assert multiple(pairs) is not None
        assert shape[axis] == 1 or math.gcd(*half.flat) <= 1


def test_the_halves_of_a_line():
    """4 − 8u is 4 and 0 on the lower half, 0 and −4 on the upper one; without common factors 1, 0 and 0, −1."""
    assert [half.tolist() for half in halves(np.array([4, -4], dtype=object), 0)] == [[1, 0], [0, -1]]
    square = np.array([0, 0, 1], dtype=object)  # u²: (u/2)² and (1/2 + u/2)², whose coefficients are 1/4 of 0, 0, 1 and 1, 2, 4
    assert [half.tolist() for half in halves(square, 0)] == [[0, 0, 1], [1, 2, 4]]


@pytest.mark.parametrize("seed", range(15))
def test_raised_degrees_are_the_same_polynomials(seed):
    rng = random.Random(seed)
    axes = rng.choice([1, 2])
    tensors = [whole(rng, shape_of(rng, 4, (axes,))) for _ in range(3)]
    raised = same_degrees(tensors)
    assert {t.shape for t in raised} == {tuple(max(t.shape[k] for t in tensors) for k in range(axes))}
    for before, after in zip(tensors, raised, strict=True):
        assert multiple([(value(after, u), value(before, u)) for u in points(rng, axes, 10)]) is not None


@pytest.mark.parametrize("seed", range(30))
def test_powers_of_distances_from_sides_outside_are_divided_out(seed):
    """What is left has the sign that it had inside, and vanishes on no side outside the domain."""
    rng = random.Random(seed)
    shape = shape_of(rng, 5)
    tensor = whole(rng, shape)
    for axis, n in enumerate(
        shape
    ):  # u^a (1 − u)^b times a polynomial has a coefficients 0 at the low end and b at the high one
        if n > 2:
            part = np.moveaxis(tensor, axis, 0)
            part[: rng.randint(0, n // 2)] = 0
            part[n - rng.randint(0, n // 2) :] = 0
    sides = tuple((rng.random() < 0.4, rng.random() < 0.4) for _ in shape)
    left = stripped(tensor, sides)
    if not np.any(tensor != 0):
        assert not np.any(left != 0)
        return
    for axis, (low, high) in enumerate(sides):
        part = np.moveaxis(left, axis, 0)
        if len(part) > 1:
            assert low or np.any(part[0] != 0)
            assert high or np.any(part[-1] != 0)
    powers = []
    for axis, (low, high) in enumerate(sides):  # how many coefficients were 0 from either end on
        part = np.moveaxis(tensor, axis, 0)
        nonzero = [k for k in range(len(part)) if np.any(part[k] != 0)]
        powers.append((0 if low else nonzero[0], 0 if high else len(part) - 1 - nonzero[-1]))
    assert left.shape == tuple(n - a - b for n, (a, b) in zip(shape, powers, strict=True))
    pairs = []
    for u in points(rng, len(shape), 10):
        factor = math.prod(x**a * (1 - x) ** b for x, (a, b) in zip(u, powers, strict=True))
        pairs.append((value(left, u) * factor, value(tensor, u)))
    assert multiple(pairs) is not None


def test_the_value_at_the_centre():
    """2^d times the value, d the sum of the degrees."""
    rng = random.Random(1)
    for _ in range(20):
        tensor = whole(rng, shape_of(rng))
        expected = value(tensor, [F(1, 2)] * tensor.ndim) * 2 ** sum(n - 1 for n in tensor.shape)
        assert at_centre(tensor) == expected
    assert at_centre(np.array(7, dtype=object)) == 7


@pytest.mark.parametrize("seed", range(40))
def test_sectors_at_a_corner(seed):
    """With r the largest distance from the corner and the others r times a ratio, the same polynomial over a power of r."""
    rng = random.Random(seed)
    axes = rng.choice([2, 3])
    corner = rng.sample(range(axes), rng.randint(2, axes))
    ends = {k: rng.choice([0, -1]) for k in corner}
    largest = rng.choice(corner)
    terms = {}  # in distances from the corner
    for _ in range(rng.randint(1, 4)):
        terms[tuple(rng.randint(0, 2) for _ in range(axes))] = rng.choice([-3, -1, 2, 5])
    tensor = form(terms, range(axes), [Interval(0, 1)] * axes)
    tensor = np.flip(tensor, [k for k, end in ends.items() if end == -1])
    bent = sector(tensor, largest, ends)
    powers = [sum(e[k] for k in corner) for e in terms]
    assert bent.shape[largest] == max(powers) - min(powers) + 1
    pairs = []
    for at in points(rng, axes, 10):
        distances = [at[largest] * x if k in corner and k != largest else x for k, x in enumerate(at)]
        unit = [1 - x if ends.get(k) == -1 else x for k, x in enumerate(distances)]
        pairs.append((value(bent, at) * at[largest] ** min(powers), value(tensor, unit)))
    assert multiple(pairs) is not None


def test_a_sector_of_nothing_is_nothing():
    bent = sector(np.zeros((2, 2), dtype=object), 0, {0: 0, 1: 0})
    assert bent.shape[0] == 1
    assert not np.any(bent != 0)


@pytest.mark.parametrize(
    ("coefficients", "sign"),
    [([0, 1], 1), ([2, 1], 1), ([0, 0], 0), ([0, -1], -1), ([-2, -1], -1), ([-1, 1], None), ([1, 0, -1], None), ([3], 1)],
)
def test_the_sign_that_coefficients_tell(coefficients, sign):
    assert constant_sign(np.array(coefficients, dtype=object)) == sign


def test_coefficients_as_floats():
    """Over the largest size, whatever its sign; whole numbers beyond the range of floats lose digits and no more."""
    assert floats(np.array([1, -4, 2], dtype=object)).tolist() == [0.25, -1, 0.5]
    assert floats(np.array([0, 0], dtype=object)).tolist() == [0, 0]
    huge = floats(np.array([10**700, -(10**701), 3 * 10**700], dtype=object))
    assert np.allclose(huge, [0.1, -1, 0.3], rtol=1e-12, atol=0)


# -- searches ----------------------------------------------------------------------------------------------------------


def meets(sign, number):
    return number > 0 if sign == ">" else number >= 0 if sign == ">=" else number == 0


@pytest.mark.parametrize("seed", range(60))
def test_a_search_through_boxes(seed):
    """Random conditions on the open unit box: no point of a fine grid meets what is excluded, a point that is found does."""
    rng = random.Random(seed)
    axes = rng.choice([1, 2])
    signs = [rng.choice([">", ">", ">=", "=="]) for _ in range(rng.randint(1, 3))]
    tensors = [whole(rng, tuple(rng.randint(1, 3) for _ in range(axes)), -3, 2) for _ in signs]
    outcome = Search(signs, tensors, 60).run()
    assert 1 <= outcome.boxes == outcome.work <= 60  # these are small: each box counts once
    if outcome.point is not None:
        assert not outcome.excluded
        assert all(0 < u < 1 for u in outcome.point)
        assert all(meets(sign, value(t, outcome.point)) for sign, t in zip(signs, tensors, strict=True))
        assert outcome.reason == ""
    elif outcome.excluded:
        assert outcome.reason == ""
        for u in itertools.product([F(n, 12) for n in range(1, 12)], repeat=axes):
            assert not all(meets(sign, value(t, u)) for sign, t in zip(signs, tensors, strict=True))
    else:
        assert outcome.reason


def line(*coefficients):
    return np.array(coefficients, dtype=object)


def test_what_a_search_costs():
    """One for a box, and one more for every 400 coefficients."""
    met = Search([">"], [line(-1, 2)], 10).run()  # 3u − 1 is 1/2 at the centre
    assert (met.point, met.boxes, met.work) == ((F(1, 2),), 1, 1)
    large = np.full((30, 30), 1, dtype=object)
    large[0, 0] = -1
    assert Search([">"], [large], 10).run().work == 3
    none = Search([">"], [line(1, -2, 1)], 0).run()
    assert (none.excluded, none.point, none.boxes, none.reason) == (False, None, 0, "1 boxes are left after 0")
    # 3u − 1 < 0 and u > 2/5 exclude each other without a box more, 3u > 1 and 5u < 2 are met at 3/8 by the third
    assert Search([">", ">"], [line(1, -2), line(-2, 3)], 10).run().boxes == 1
    found = Search([">", ">"], [line(-1, 2), line(2, -3)], 30).run()
    assert found.point == (F(3, 8),)
    assert Search([], [], 5).run().point == ()


def test_what_is_never_decided():
    """(u − 1/3)² = 0 holds at no point that halving finds: halved twenty times, it is given up, as when time is over."""
    square = line(1, -2, 4)
    outcome = Search(["=="], [square], 10**4).run()
    assert (outcome.excluded, outcome.point) == (False, None)
    assert outcome.reason == "boxes halved 20 times do not decide"
    assert Search(["=="], [square], 10**4, deadline=0.0).run().reason == "1 boxes are left after 0"
