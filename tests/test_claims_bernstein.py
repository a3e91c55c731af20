"""Polynomial conditions excluded by elimination and Bernstein coefficients, against Z3 and against exact sampling."""

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import pytest

from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.domains import Interval
from alliances.claims.proofs import elimination
from alliances.claims.proofs.bernstein import constant_sign, form, nowhere_zero
from alliances.claims.proofs.branching import Search
from alliances.claims.proofs.elimination import eliminate
from alliances.claims.proofs.smt import Solver, smtlib

DOMAINS = {
    "a": Interval(0, None, "neither"),
    "b": Interval(0, 1, "right"),
    "c": Interval(0, Fraction(1, 2), "neither"),
    "d": Interval(-1, 2),
    "e": Interval(Fraction(1, 3), None, "left"),
}
RELATIONS = (">", ">=", "<", "<=", "==")


def algebra_of(*names):
    return Algebra({name: DOMAINS[name] for name in names}, None, lambda *_: "unknown")


def condition(quotient, relation):
    return Condition(quotient.product, relation, Kind.VIOLATION)


def random_polynomial(algebra, rng, degree):
    letters = [algebra[name] for name in algebra.domains]
    total = algebra.number(rng.randint(-2, 2))
    for _ in range(rng.randint(1, 5)):
        term = algebra.number(rng.choice([-3, -2, -1, 1, 2, 3]))
        for _ in range(rng.randint(1, degree)):
            term = term * rng.choice(letters)
        total = total + term
    return total


def sample(domain, rng):
    n = rng.choice([1, 2, 3, 5, 8])
    u = Fraction(rng.randint(0, 8 * n), 8 * n)
    wide = u / (1 - u) if u < 1 else Fraction(7)
    value = domain.low + (wide if domain.high is None else u * (domain.high - domain.low))
    return value if value in domain else domain.low + Fraction(1, 7 * n)


def holds(c, point):
    value = sum(
        (Fraction(int(k)) * prod(x ** int(e) for x, e in zip(point, powers, strict=False)) for powers, k in terms(c)),
        Fraction(0),
    )
    return {">": value > 0, ">=": value >= 0, "<": value < 0, "<=": value <= 0, "==": value == 0}[c.relation]


def prod(values):
    result = Fraction(1)
    for value in values:
        result *= value
    return result


def terms(c):
    return c.polynomial.to_dict().items()


@pytest.mark.sampled(29)
@pytest.mark.parametrize("quick", [24, 0], ids=["boxes first", "elimination first"])
@pytest.mark.parametrize("seed", range(80))
def test_agrees_with_z3_and_with_sampling(seed, quick, monkeypatch):
    """Random conditions: what is excluded Z3 does not meet and no sample meets; what is met is met exactly."""
    monkeypatch.setattr(elimination, "_QUICK", quick)
    rng = random.Random(seed)
    names = rng.sample(list(DOMAINS), rng.choice([1, 2, 2, 3]))
    algebra = algebra_of(*names)
    shared = random_polynomial(algebra, rng, 1)
    conditions = []
    for _ in range(rng.randint(1, 3)):
        p = random_polynomial(algebra, rng, 3)
        if rng.random() < 0.4:
            p = p * shared ** rng.randint(1, 2)
        conditions.append(condition(p, rng.choice(RELATIONS[: 4 + (rng.random() < 0.3)])))
    asked = [*algebra.facts, *conditions]
    answer = eliminate(algebra, asked, 300)
    status = Solver().solve(smtlib(algebra, asked), 2**22).status
    if answer.excluded:
        assert status != "sat"
        for _ in range(200):
            point = [sample(algebra.domains[name], rng) for name in names]
            assert not all(holds(c, point) for c in conditions)
    if answer.values:
        assert status != "unsat"
        point = [answer.values.get(name, sample(algebra.domains[name], rng)) for name in names]
        assert all(value in algebra.domains[name] for name, value in zip(names, point, strict=True))
        assert all(holds(c, point) for c in asked)


@pytest.mark.slow
def test_most_random_questions_are_decided():
    """Both answers come out, and few questions stay open."""
    counts = {"excluded": 0, "met": 0, "open": 0}
    for seed in range(60):
        rng = random.Random(seed)
        algebra = algebra_of("a", "b", "c")
        asked = [*algebra.facts, *(condition(random_polynomial(algebra, rng, 3), rng.choice(RELATIONS[:4])) for _ in "12")]
        answer = eliminate(algebra, asked, 300)
        counts["excluded" if answer.excluded else "met" if answer.values else "open"] += 1
    assert counts["excluded"] >= 10
    assert counts["met"] >= 20
    assert counts["open"] <= 6


def test_a_letter_between_bounds(monkeypatch):
    """b < a < c + 1 and b = c + 1 exclude each other; without the last there is an a."""
    monkeypatch.setattr(elimination, "_QUICK", 0)
    algebra = algebra_of("a", "b", "c", "d")
    a, b, c, d = (algebra[name] for name in algebra.domains)

    def ask(*pairs):
        return eliminate(algebra, [*algebra.facts, *(condition(p, relation) for p, relation in pairs)], 2000)

    between = [(a - b, ">"), (c + d - a, ">")]
    assert ask(*between, (b - c - d, ">=")).excluded
    met = ask(*between, (b - c, ">"))
    assert met.values["b"] < met.values["a"] < met.values["c"] + met.values["d"]
    assert ask((a * c - b * d, ">"), (b * d * (1 + d) ** 2 - a * c * (1 + d) ** 2, ">")).excluded
    equal = ask((a * c - b, "=="), (a - 3, ">"))
    assert equal.values["a"] * equal.values["c"] == equal.values["b"]


def test_equality_at_the_edges():
    """Conditions that hold with equality at an edge of the domain, on half-lines, and along a curve in an edge."""
    algebra = algebra_of("a", "b", "c")
    a, b, c = (algebra[name] for name in algebra.domains)
    for false in (
        [(a * b * (b - 1), ">")],  # 0 at b = 1, below 0 elsewhere
        [(-((a - b) ** 2) * c, ">")],
        [(a * c - a, ">=")],
        [(b - 1 - a * (1 - b) ** 2, ">")],
        [(a - 2 * c - (1 - b), ">="), (2 * c - a - (1 - b) ** 2 * a, ">")],
        [(a * a + b * b - 3 * a * b, ">"), (a - b, "=="), (c, ">")],
        [(a - b, "=="), (a - 1, ">")],
        [(-(a**2) + a * b - b**2, ">=")],  # homogeneous: 0 at a corner outside the domain
        [(-(a**4) + a * b * c - b**2 - c**2, ">")],
    ):
        asked = [*algebra.facts, *(condition(p, relation) for p, relation in false)]
        answer = eliminate(algebra, asked, 3000)
        assert answer.excluded, (false, answer.reason)
        assert Solver().solve(smtlib(algebra, asked), 2**24).status != "sat"
    for true in (
        [(b - 1, "==")],  # an end that belongs to the domain
        [(c - a, "=="), (b - 1, ">=")],
        [(a - 10**4, ">")],
        [(Fraction(1, 10**4) - a, ">"), (b - Fraction(999, 1000), ">=")],
    ):
        assert eliminate(algebra, [*algebra.facts, *(condition(p, relation) for p, relation in true)], 3000).values


def test_what_is_left_open_is_neither():
    """v² = 2 has no rational solution: not met, and not excluded."""
    algebra = algebra_of("a")
    answer = eliminate(algebra, [*algebra.facts, condition(algebra["a"] ** 2 - 2, "==")], 500)
    assert not answer.excluded
    assert not answer.values


def test_coefficients_enclose():
    """The sign that coefficients tell is the sign at every sample."""
    rng = random.Random(7)
    told = 0
    for _ in range(200):
        algebra = algebra_of(*rng.sample(list(DOMAINS), 2))
        p = random_polynomial(algebra, rng, 3)
        domains = list(algebra.domains.values())
        sign = constant_sign(form({tuple(map(int, k)): int(v) for k, v in p.numerator.to_dict().items()}, [0, 1], domains))
        if sign:
            told += 1
            for _ in range(20):
                point = [sample(d, rng) for d in domains]
                inside = all(x > d.low and (d.high is None or x < d.high) for x, d in zip(point, domains, strict=True))
                if inside:
                    assert holds(condition(p, ">" if sign > 0 else "<"), point)
    assert told > 40


def test_the_budget_is_counted():
    """No more boxes than allowed are looked at."""
    algebra = algebra_of("a", "b", "c")
    a, b, c = (algebra[name] for name in algebra.domains)
    p = (a**2 - b - c) * (b**2 - c) * (a - 2 * c**2) - a * b * c
    domains = list(algebra.domains.values())
    powers = [{tuple(map(int, k)): int(v) for k, v in q.numerator.to_dict().items()} for q in (p, -p)]
    tensors = [form(terms, [0, 1, 2], domains) for terms in powers]
    outcome = Search([">", ">"], tensors, 1).run()
    assert outcome.boxes <= 1
    assert outcome.excluded  # two conditions that are each other's negative: their sum is 0


@pytest.mark.parametrize("seed", range(30))
def test_where_a_polynomial_of_one_sign_is_zero(seed):
    """``nowhere_zero`` against values at the middle of every face, excluded sides left out."""
    rng = random.Random(seed)
    shape = tuple(rng.choice([1, 2, 3]) for _ in range(rng.choice([1, 2, 3])))
    tensor = np.array([rng.choice([0, 0, 1, 4]) for _ in range(math.prod(shape))], dtype=object).reshape(shape)
    sides = tuple((rng.random() < 0.6, rng.random() < 0.6) for _ in shape)
    choices = [[Fraction(1, 2)] + ([Fraction(0)] if low else []) + ([Fraction(1)] if high else []) for low, high in sides]
    values = []
    for point in itertools.product(*choices):
        value = Fraction(0)
        for index, coefficient in np.ndenumerate(tensor):
            basis = [math.comb(n - 1, k) * u**k * (1 - u) ** (n - 1 - k) for k, n, u in zip(index, shape, point, strict=True)]
            value += coefficient * math.prod(basis)
        values.append(value)
    assert nowhere_zero(tensor, sides) == all(values)
