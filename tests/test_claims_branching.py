"""Branching one step at a time: boxes whose points, coefficients and weights are known exactly."""

import itertools
import random
from fractions import Fraction as F

import numpy as np
import pytest

from alliances.claims.proofs import branching
from alliances.claims.proofs.branching import Search, _Box, _excludes
from tests.test_claims_coefficients import line, meets, value, whole

NOUGHT = 1e-9


def random_box(rng, axes=2, blown=0):
    """A part of the unit box, with conditions."""
    signs = tuple(rng.choice([">", ">=", "=="]) for _ in range(rng.randint(1, 3)))
    tensors = tuple(whole(rng, (3,) * axes, *rng.choice([(-2, 3), (0, 2), (-2, 0)])) for _ in signs)
    sides = tuple((rng.random() < 0.5, rng.random() < 0.5) for _ in range(axes))
    place = tuple((F(k, 4), F(k + rng.randint(1, 2), 4)) for k in range(axes))
    return _Box(signs, tensors, sides, place, tuple(rng.randint(0, 3) for _ in range(axes)), blown)


def possible(box):
    """Points of a box: its inside, and its sides that belong to the domain."""
    ends = [[F(n, 6) for n in range(1, 6)] + [F(0)] * low + [F(1)] * high for low, high in box.sides]
    return list(itertools.product(*ends))


def holds_at(box, u):
    return all(meets(sign, value(t, u)) for sign, t in zip(box.signs, box.tensors, strict=True))


def test_conditions_that_hold_all_over_a_box_are_dropped():
    gone = fewer = 0
    for seed in range(60):
        rng = random.Random(seed)
        box = random_box(rng)
        left = branching._undecided(box)
        gone += left is None
        for u in possible(box):
            assert holds_at(box, u) == (left is not None and holds_at(left, u))
        if left is not None:
            fewer += len(left.signs) < len(box.signs)
            assert (left.sides, left.place, left.halved, left.blown) == (box.sides, box.place, box.halved, box.blown)
    assert gone > 10
    assert fewer > 5


@pytest.mark.parametrize(
    ("sign", "coefficients", "sides", "left"),
    [
        (">", (0, 0), (True, True), None),
        (">", (-1, 0), (True, True), None),
        (">", (0, 1), (False, True), 0),
        (">", (0, 1), (True, True), 1),
        (">", (-1, 1), (True, True), 1),
        (">=", (-1, 0), (True, False), None),
        (">=", (-1, 0), (True, True), 1),
        (">=", (0, 0), (True, True), 0),
        (">=", (0, 1), (True, True), 0),
        ("==", (0, 1), (False, True), None),
        ("==", (-1, 0), (True, False), None),
        ("==", (0, 1), (True, True), 1),
        ("==", (0, 0), (True, True), 1),
        ("==", (-1, 1), (True, True), 1),
    ],
)
def test_conditions_on_a_line(sign, coefficients, sides, left):
    """None where it holds nowhere, and how many are left."""
    box = branching._undecided(_Box((sign,), (line(*coefficients),), (sides,), None, (0,)))
    assert (None if box is None else len(box.signs)) == left


def test_a_point_is_a_corner_or_the_centre():
    met = 0
    for seed in range(60):
        box = random_box(random.Random(seed))
        point = branching._corner(box)
        ends = [[F(0)] * low + [F(1)] * high for low, high in box.sides]
        tried = [*itertools.product(*ends), (F(1, 2), F(1, 2))]
        assert (point is not None) == any(holds_at(box, u) for u in tried)
        if point is not None:
            met += 1
            u = tuple((x - low) / (high - low) for x, (low, high) in zip(point, box.place, strict=True))
            assert u == next(u for u in tried if holds_at(box, u))
    assert met > 10
    assert branching._corner(_Box((), (), ((True, True),), None, (0,))) is None


def test_the_two_halves_of_a_box():
    """Halved across the side along which the coefficients differ most, unless that was halved twenty times."""
    for seed in range(20):
        rng = random.Random(seed)
        box = random_box(rng, blown=2)
        scaled = [t / max(abs(t).max(), 1) for t in box.tensors]
        changes = [max(float(abs(np.diff(t, axis=k)).max()) for t in scaled) for k in (0, 1)]
        parts = branching._halved(box)
        if parts is None:
            assert changes == [0, 0]
            continue
        axis = 0 if changes[0] >= changes[1] else 1
        low, high = box.place[axis]
        for part, ends in zip(parts, ((low, (low + high) / 2), ((low + high) / 2, high)), strict=True):
            assert part.place == tuple(ends if k == axis else box.place[k] for k in (0, 1))
            assert part.halved == tuple(n + (k == axis) for k, n in enumerate(box.halved))
            assert (part.signs, part.blown) == (box.signs, 2)
            whole = box.place
            for u in possible(part):
                at_place = [a + x * (b - a) for x, (a, b) in zip(u, part.place, strict=True)]
                before = [(x - a) / (b - a) for x, (a, b) in zip(at_place, whole, strict=True)]
                assert holds_at(part, u) == holds_at(box, before)
        assert [part.sides[axis] for part in parts] == [(box.sides[axis][0], True), (True, box.sides[axis][1])]
        assert all(part.sides[1 - axis] == box.sides[1 - axis] for part in parts)
    steep = np.array([[0, 1], [5, 6]], dtype=object)
    for halved, axis in (((19, 0), 0), ((20, 0), 1), ((20, 20), None)):
        parts = branching._halved(_Box((">",), (steep,), ((True, True),) * 2, None, halved))
        if axis is None:
            assert parts is None
        else:
            assert [part.halved[axis] for part in parts] == [halved[axis] + 1] * 2
            assert [part.place for part in parts] == [None, None]


def test_weights_of_two_conditions():
    """Every w with a + w b ≤ 0 is within exact bounds, there is one where these leave room, and simple ones come first."""
    some = none = 0
    for seed in range(150):
        rng = random.Random(seed)
        a, b = ([rng.randint(-4, 3) for _ in range(3)] for _ in "ab")
        free = rng.random() < 0.5
        low = max((F(-x, y) for x, y in zip(a, b, strict=True) if y < 0), default=None)
        low = low if free else max(F(0), low if low is not None else F(0))
        high = min((F(-x, y) for x, y in zip(a, b, strict=True) if y > 0), default=None)
        impossible = any(x > 0 for x, y in zip(a, b, strict=True) if y == 0) or (
            low is not None and high is not None and low > high
        )
        found = list(branching._ratios(np.array(a, dtype=float), np.array(b, dtype=float), free))
        assert bool(found) != impossible
        some, none = some + bool(found), none + (not found)
        for w in found:
            assert low is None or w >= low - NOUGHT
            assert high is None or w <= high + NOUGHT
        assert [w.denominator for w in found] == sorted(w.denominator for w in found)
        if found and low == high:
            assert found[-1] == low
    assert min(some, none) > 25


def test_weights_of_many_conditions():
    """2, −1, −1 and its turns add up to nothing, and no two of them exclude each other; an equation may count negatively."""
    turns = [line(2, -1, -1), line(-1, 2, -1), line(-1, -1, 2)]
    rows = np.array([t / 2 for t in turns], dtype=float)
    weights = list(branching._programme(rows, [False] * 3))
    assert [F(1, 3)] * 3 in weights
    assert [max(w.denominator for w in some) <= most for some, most in zip(weights, (8, 2**10, 2**20), strict=True)] == [
        True
    ] * 3
    assert all(sum(some) == 1 for some in weights[:1])
    assert list(branching._programme(np.array([[1.0, 0.5], [0.5, 1.0], [1.0, 1.0]]), [False] * 3)) == []
    signed = list(branching._programme(np.array([[1.0, 0.5, 1.0], [1.0, 0.5, 1.0]]), [False, True]))
    assert [F(1), F(-1)] in signed

    uneven = np.array([[-1.0, 1.0], [0.01, -0.01]])  # w = 1/101 and 100/101 alone leave nothing above 0
    assert [F(1, 101), F(100, 101)] in list(branching._programme(uneven, [False] * 2))

    def box(signs, tensors, halved):
        return _Box(signs, tuple(tensors), ((False, False),), None, (halved,))

    assert branching._combined(box((">",) * 3, turns, 0))
    assert branching._combined(box((">",) * 3, turns, 3))
    assert not branching._combined(box((">",) * 3, turns, 1))  # a programme only now and then
    assert not branching._combined(box((">",) * 2, turns[:2], 0))
    assert branching._combined(box((">", ">"), [line(1, -2, 1), line(-1, 2, -1)], 1))
    assert branching._combined(box(("==", ">"), [line(1, -2), line(1, -2)], 1))
    assert branching._combined(box((">", "=="), [line(1, -2), line(1, -2)], 1))
    assert not branching._combined(box((">=", ">="), [line(1, -2), line(-1, 2)], 1))  # met where both are 0
    assert not branching._combined(box(("==", "=="), [line(1, -2), line(-1, 2)], 1))


def test_what_is_combined_is_met_nowhere():
    combined = 0
    for seed in range(150):
        rng = random.Random(seed)
        box = random_box(rng, axes=1)
        if len(box.signs) > 1 and branching._combined(box):
            combined += 1
            assert not any(holds_at(box, u) for u in possible(box))
    assert combined > 10


def test_a_weighted_sum_excludes_what_its_definition_says():
    """Each condition over its largest size; nowhere above 0, and below somewhere or with a condition that is strict."""
    for seed in range(60):
        rng = random.Random(seed)
        box = random_box(rng, axes=1)
        weights = [F(rng.randint(-1, 3), rng.randint(1, 2)) for _ in box.signs]
        total = sum(t * w / F(int(abs(t).max()) or 1) for t, w in zip(box.tensors, weights, strict=True))
        allowed = all(w >= 0 or sign == "==" for w, sign in zip(weights, box.signs, strict=True))
        strict = any(w > 0 and sign == ">" for w, sign in zip(weights, box.signs, strict=True))
        ends = possible(box)
        below = max(total) <= 0 and (strict or all(value(total, u) < 0 for u in ends))
        assert _excludes(box, box.tensors, weights) == (allowed and below)


def test_weights_of_inequalities_are_not_negative():
    """b > 0 and b - 1/2 > 0 can hold: their difference excludes nothing, though it has one sign."""
    tensors = (line(0, 2), line(-1, 1))
    box = _Box((">", ">"), tensors, ((False, False),), None, (0,))
    assert not _excludes(box, tensors, [F(-1), F(1)])
    assert not Search([">", ">"], tensors, 50).run().excluded
    opposite = (line(0, 2), line(-1, -3))
    assert _excludes(_Box((">", ">"), opposite, ((False, False),), None, (0,)), opposite, [F(1), F(1)])


@pytest.mark.parametrize("corner", [(0, 0), (0, -1), (-1, 0), (-1, -1)])
def test_sectors_of_a_box_at_a_corner_outside(corner):
    """Conditions that vanish at a corner outside the domain: each point lies in the sector of its largest distance."""
    for seed in range(6):
        rng = random.Random(seed)
        tensors = []
        for _ in range(2):
            t = np.array([rng.randint(-3, 3) for _ in range(18)], dtype=object).reshape(3, 3, 2)
            t[corner] = 0
            tensors.append(t)
        sides = (*((end == -1, end == 0) for end in corner), (False, False))
        box = _Box((">", "=="), tuple(tensors), sides, ((F(0), F(1)),) * 3, (2, 3, 1), 1)
        sectors = branching._blown_up(box)
        assert len(sectors) == 2
        for largest, sector in enumerate(sectors):
            assert (sector.signs, sector.place, sector.halved, sector.blown) == (box.signs, None, (0, 0, 1), 2)
            assert sector.sides[largest] == (False, True)
            assert sector.sides[1 - largest] == (False, True)
            assert sector.sides[2] == (False, False)
            for u in itertools.product([F(1, 5), F(1, 2), F(4, 5)], repeat=3):
                distances = list(u)
                distances[1 - largest] = u[largest] * u[1 - largest]
                before = [1 - x if end == -1 else x for x, end in zip(distances, corner, strict=False)] + [u[2]]
                assert holds_at(sector, u) == holds_at(box, before)


def test_where_no_corner_is_looked_at_by_itself():
    t = np.array([[0, 1], [-1, 1]], dtype=object)
    outside = ((False, True), (False, True))

    def sectors(tensor=t, sides=outside, halved=(2, 2), blown=0):
        return branching._blown_up(_Box((">",), (tensor,), sides, None, halved, blown))

    assert len(sectors()) == len(sectors(blown=5)) == 2
    assert sectors(blown=6) is None
    assert sectors(halved=(1, 2)) is sectors(halved=(2, 1)) is None
    assert sectors(sides=((True, True), (False, True))) is None
    assert sectors(sides=((False, False), (False, True))) is None
    assert sectors(tensor=t + 1) is None
    three = np.zeros((2, 2, 2), dtype=object)
    three[0, 0, 1], three[0, 1, 0], three[1, 0, 0] = 1, -1, 2
    deep = branching._blown_up(_Box((">",), (three,), outside + outside[:1], None, (2, 2, 2)))
    assert len(deep) == 3
    assert all(sector.halved == (0, 0, 0) for sector in deep)
