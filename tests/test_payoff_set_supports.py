"""Outer sets as half-planes that move a long way at once: each part from its definition, in Fractions."""

import random
from fractions import Fraction as F

import pytest

from alliances.repeated.payoff_sets import supports
from alliances.repeated.payoff_sets.exact import solve_exact
from alliances.repeated.payoff_sets.polygon import excess, hull
from alliances.repeated.payoff_sets.supports import Supports, shrink, support
from tests import payoff_set_reference
from tests.test_payoff_set_screening import admissible, random_stage, rules_of

AXES = [(F(x), F(y)) for x, y in ((-1, 0), (0, -1), (1, 0), (0, 1))]
LITTLE = F(1, 10**12)  # of a way


def crossings(normals, h):
    """The vertices of {x : λ_k · x ≤ h_k}, by trying all pairs of lines."""
    found = set()
    for k, (a, b) in enumerate(normals):
        for m, (c, d) in enumerate(normals[:k]):
            double = a * d - b * c
            if double:
                p = (h[k] * d - b * h[m]) / double, (a * h[m] - c * h[k]) / double
                if all(x * p[0] + y * p[1] <= bound for (x, y), bound in zip(normals, h, strict=True)):
                    found.add(p)
    return payoff_set_reference.hull(list(found))


def of_planes(normals, h):
    return Supports(rules_of(random_stage(1, 2, 2), F(1, 2)), normals, h, h, (F(0), F(0)), [])


def test_the_polygon_of_half_planes():
    draw, kinds = random.Random(3), set()
    for _ in range(80):
        normals = AXES + [(F(draw.randint(-5, 5)), F(draw.randint(1, 5))) for _ in range(draw.randint(0, 5))]
        h = [F(draw.randint(-2, 8), 8) for _ in normals]
        vertices, labels = of_planes(normals, h).polygon
        expected = crossings(normals, h)
        kinds.add(min(len(expected), 3))
        if len(expected) < 3:  # sets without an inner point are given up
            assert (vertices, labels) == ([], [])
            continue
        assert vertices == expected
        for p, q, k in zip(vertices, [*vertices[1:], vertices[0]], labels, strict=True):
            for x in (p, q):
                assert normals[k][0] * x[0] + normals[k][1] * x[1] == h[k]
    assert {0, 3} <= kinds


def test_edges_that_no_half_plane_makes_have_no_number():
    vertices, labels = of_planes([AXES[2], AXES[3]], [F(1), F(2)]).polygon
    assert vertices == [(-4, -4), (1, -4), (1, 2), (-4, 2)]
    assert labels == [-1, 0, 1, -1]


def test_moves_are_rounded_to_the_safe_side():
    draw = random.Random(9)
    for _ in range(50):
        x = F(draw.getrandbits(400) + 1, draw.getrandbits(draw.choice([100, 400, 700])) + 1)
        short, long, up = supports._short(x), supports._longer(x), supports._up(x)
        near = x * F(1, 1 << 110)
        assert x - near <= short <= x <= long <= x + near
        assert x <= up <= x + F(1, 1 << 239)
        assert short.numerator.bit_length() <= 121 or short.denominator == 1
    assert support([(F(0), F(1)), (F(2), F(3))], (F(1), F(-2))) == -2


def outer_sets(discount, seeds):
    """Half-planes around all payoffs, and around what has been proved of V(δ) from inside."""
    for seed in seeds:
        rules = rules_of(random_stage(seed, 2, 3), discount)
        solved = solve_exact(rules)
        if len(solved.inner) < 3:
            continue
        everything = [rules.g[k] for k in hull(rules.g)]
        normals = list(dict.fromkeys([*AXES, *supports._normals(solved.inner), *supports._normals(everything)]))
        h = [support(everything, normal) + F(1, 16) for normal in normals]
        target = [support(solved.inner, normal) for normal in normals]
        active = list(range(len(rules.g)))
        floor = tuple(max(rules.minmax[i], min(d[i] for d in rules.d)) for i in (0, 1))
        yield rules, solved, Supports(rules, normals, h, target, floor, active)


DISCOUNTS = [F(2, 3), F(4, 5), 1 - F(1, 1000)]


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_bounds_are_those_of_the_lemma(discount):
    count = 0
    for rules, _, outer in outer_sets(discount, range(11)):
        w, _ = outer.polygon
        u = [max(outer.floor[i], -outer.h[i]) for i in (0, 1)]
        assert [supports._value(piece, outer.h) for piece in outer.owed] == u
        expected = []
        for a in outer.active:
            levels = [x * rules.g[a][0] + y * rules.g[a][1] for x, y in outer.normals]
            if all(level <= t for level, t in zip(levels, outer.target, strict=True)):
                continue
            at = tuple(u[i] + rules.h[a][i] for i in (0, 1))
            if rules.g[a][0] >= at[0] and rules.g[a][1] >= at[1]:
                expected.append([(level, None) for level in levels])
                continue
            binding = [p for p in admissible(w, at) if p[0] == at[0] or p[1] == at[1]]
            if binding:
                far = [max(x * p[0] + y * p[1] for p in binding) for x, y in outer.normals]
                expected.append([
                    (level, None if level <= t else (1 - discount) * level + discount * reach)
                    for level, t, reach in zip(levels, outer.target, far, strict=True)
                ])  # fmt: skip
        assert len(outer.pieces) == len(expected)
        for bounds, known in zip(outer.pieces, expected, strict=True):
            for (level, pieces), (true_level, bound) in zip(bounds, known, strict=True):
                assert level == true_level
                assert (pieces is None) == (bound is None)
                if pieces is not None:
                    # each piece is the bound at one end where a constraint binds, and they are affine in h
                    assert max(supports._value(p, outer.h) for p in pieces) >= bound
                    count += max(supports._value(p, outer.h) for p in pieces) == bound
    assert count > 5


def sound(outer, h):
    """Whether every direction's half-plane lies beyond all the lemma's bounds, in so far as it lies beyond the target."""
    for bounds in outer.pieces:
        for now, (level, pieces) in zip(h, bounds, strict=True):
            if now <= level and (pieces is None or now <= max(supports._value(p, h) for p in pieces)):
                return False
    return True


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_how_far_a_way_is_sound(discount):
    shares = []
    for _, _, outer in outer_sets(discount, range(11)):
        share = outer.reach(outer.target)
        shares.append(share)
        way = [[now + t * (then - now) for now, then in zip(outer.h, outer.target, strict=True)]
               for t in (share * F(1, 3), share * (1 - LITTLE), min(F(1), share * (1 + LITTLE) + LITTLE))]  # fmt: skip
        assert 0 <= share <= 1
        if share > 0:
            assert sound(outer, way[0])
            assert sound(outer, way[1])
        if share < 1:
            assert not sound(outer, way[2])
        # beyond the target nothing is proved, and nothing of an empty set
        assert outer.reach([t - LITTLE for t in outer.target]) == 0
    assert any(0 < share < 1 for share in shares)


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_policies_lower_all_supports_to_where_none_can_fall(discount):
    falls = 0
    for _, _, outer in outer_sets(discount, range(11)):
        fall = outer.fall()
        if fall is None:
            continue
        falls += 1
        assert min(fall) > 0
        after = [x - f for x, f in zip(outer.h, fall, strict=True)]
        # no support falls below the target, nor below a bound that is in force at the start
        for k, (x, t) in enumerate(zip(after, outer.target, strict=True)):
            assert x >= t
            bounds = [b[k] for b in outer.pieces]
            firm = [level for level, p in bounds if p is None]
            assert all(x >= level for level in firm)
            for level, pieces in bounds:
                if pieces is not None and max(supports._value(p, outer.h) for p in pieces) < level:
                    assert all(supports._value(p, after) <= x for p in pieces)
        # and each is held by one of them: it cannot fall by another thousandth
        for k, (x, f) in enumerate(zip(after, fall, strict=True)):
            lower = x - f / 1000
            held = [outer.target[k]]
            for level, pieces in (b[k] for b in outer.pieces):
                weak = pieces is None or max(supports._value(p, outer.h) for p in pieces) >= level
                held += [level] if weak else [supports._value(p, after) for p in pieces]
            assert max(held) > lower
    assert falls > 3


@pytest.mark.parametrize("discount", [F(4, 5), 1 - F(1, 10**6)])
def test_shrinking_ends_at_the_set_or_close_to_it(discount):
    proved = 0
    close = F(1, 1 << 70)
    for rules, solved, outer in outer_sets(discount, range(11)):
        if solved.gap:
            continue
        found = shrink(rules, outer.active, solved.inner, close)
        if found is None:
            continue
        proved += found == solved.inner
        assert all(excess(found, p) <= 0 for p in solved.inner)
        assert all(excess(solved.inner, p) <= close for p in found)
    assert proved > 2
