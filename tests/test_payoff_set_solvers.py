"""The solvers of one game against each other: Fractions with and without rounding, floats, decimal numbers."""

import random
from fractions import Fraction as F

import numpy as np
import pytest

from alliances.repeated.payoff_sets import exact
from alliances.repeated.payoff_sets.exact import solve_exact
from alliances.repeated.payoff_sets.floating import solve_decimal, solve_float
from alliances.repeated.payoff_sets.operator import Rules
from alliances.repeated.payoff_sets.polygon import excess
from tests.test_payoff_set_screening import random_stage, rules_of

PROMISED = 1e-10  # of sets in floats, as a share of the payoff range
DISCOUNTS = [F(1, 5), F(1, 2), F(2, 3), F(9, 10), 1 - F(1, 1000)]


def games(discount, seeds=range(8)):
    for seed in seeds:
        yield rules_of(random_stage(seed, 2, 3), discount)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("discount", DISCOUNTS)
def test_half_planes_rounded_outwards_prove_the_same_set(discount, monkeypatch):
    plain = [(rules, solve_exact(rules)) for rules in games(discount)]
    for name, value in {"_SHORT": 12, "_GRID": 1 << 100, "_PLAIN_ROUNDS": 1}.items():
        monkeypatch.setattr(exact, name, value)
    proved = 0
    for rules, expected in plain:
        found = solve_exact(rules)
        assert all(excess(found.outer, p) <= 0 for p in expected.inner)  # the outer set contains V, whatever is rounded
        assert bool(found.outer) or not expected.inner
        if found.gap == 0 == expected.gap:
            assert found.inner == expected.inner
            assert found.inner == found.outer or found.method == "half-planes"
            proved += 1
    assert proved > 3


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_what_is_proved_is_what_decimal_numbers_and_floats_find(discount):
    kinds = set()
    for rules in games(discount):
        proof = solve_exact(rules)
        decimal = solve_decimal(rules, list(range(len(rules.g))))
        g, d, h = ([(float(x), float(y)) for x, y in pairs] for pairs in (rules.g, rules.d, rules.h))
        minmax = float(rules.minmax[0]), float(rules.minmax[1])
        rough = solve_float(Rules(g, d, h, float(discount), minmax, 1e-13), lambda rules=rules: rules)
        assert decimal.converged
        assert rough.converged
        kinds.add(min(len(proof.inner), 3))
        assert rough.active == decimal.active
        for found in (decimal, rough):
            points = np.array(found.vertices, dtype=float).reshape(-1, 2)
            assert len(points) == len(proof.inner)
            assert np.allclose(points, np.array(proof.inner, dtype=float).reshape(-1, 2), rtol=0, atol=PROMISED)
            assert len(found.origins) == len(points)
            if len(points):
                worst = [max(float(found.u[i]), points[:, i].min()) for i in (0, 1)]
                assert np.allclose(points.min(axis=0), worst, rtol=0, atol=PROMISED)
        if len(rough.vertices):
            off = np.abs(np.array(rough.vertices) - np.array(decimal.vertices, dtype=float)).max()
            assert off <= rough.error + 1e-14
            assert float(decimal.error) < 1e-30
    assert {0, 3} <= kinds or discount != F(1, 2)


def test_what_is_rounded_is_rounded_outwards_and_no_further_than_the_grid():
    draw = random.Random(6)
    step = F(1, exact._GRID)
    for _ in range(40):
        x, y, other, more = (F(draw.getrandbits(300) - (1 << 299), draw.getrandbits(302) + (1 << 300)) for _ in range(4))
        assert x - step < exact._down(x) <= x <= exact._up(x) < x + step
        assert exact._up(x).denominator <= exact._GRID
        box = exact._box([(x, y), (other, more)])
        left, right, bottom, top = min(x, other), max(x, other), min(y, more), max(y, more)
        assert box == [
            (exact._down(left), exact._down(bottom)),
            (exact._up(right), exact._down(bottom)),
            (exact._up(right), exact._up(top)),
            (exact._down(left), exact._up(top)),
        ]
        p, q = exact._round((x, y))
        size = max(abs(x), abs(y))
        assert max(abs(p - x / size), abs(q - y / size)) <= step / 2
    for x in (F(1, 3), -F(5, 7), F(0)):  # short numbers stay
        assert exact._up(x) == exact._down(x) == x
    assert exact._round((F(-4, 3), F(1, 3))) == (-1, F(1, 4))
