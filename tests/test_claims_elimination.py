"""Elimination one step at a time: at exact points, what a step leaves holds where what it was given does."""

import itertools
import math
import random
from fractions import Fraction as F

import pytest

from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.domains import Interval
from alliances.claims.proofs import elimination
from alliances.claims.proofs.elimination import _faces, _Run, eliminate
from alliances.claims.proofs.smt import Solver
from tests.test_claims_bernstein import algebra_of, condition, random_polynomial
from tests.test_claims_coefficients import meets

SEEDS = range(40)


def run_of(algebra, most=10**4):
    return _Run(algebra, most, math.inf, list(algebra.domains.values()))


def at(polynomial, point):
    """A polynomial at a point, by place."""
    return sum(
        (
            F(int(c)) * math.prod(F(point[k]) ** int(e) for k, e in enumerate(powers) if e)
            for powers, c in polynomial.to_dict().items()
        ),
        F(0),
    )


def hold(signed, point):
    return all(meets(sign, at(p, point)) for sign, p in signed)


def inner(domain, rng):
    """A number strictly inside."""
    u = F(rng.randint(1, 11), 12)
    return domain.low + (u / (1 - u) if domain.high is None else u * (domain.high - domain.low))


def anywhere(signed, k, domain, point):
    """Whether some number strictly inside ``domain`` for indeterminate k meets conditions of degree 1 in it."""
    marks = {F(domain.low), *([] if domain.high is None else [F(domain.high)])}
    for _, p in signed:
        zero, one = (at(p, {**point, k: F(t)}) for t in (0, 1))
        if zero != one:
            marks.add(-zero / (one - zero))
    marks = sorted(marks)
    candidates = [*marks, *((a + b) / 2 for a, b in itertools.pairwise(marks)), marks[-1] + 1]
    inside = [t for t in candidates if t > domain.low and (domain.high is None or t < domain.high)]
    return any(hold(signed, {**point, k: t}) for t in inside)


def random_signed(algebra, rng, degree, count):
    return [(rng.choice([">", ">", ">=", "=="]), random_polynomial(algebra, rng, degree).numerator) for _ in range(count)]


@pytest.mark.parametrize("k", [0, 1, 2])
def test_an_indeterminate_of_degree_one_is_eliminated(k):
    """At numbers for the others, one of the cases holds if and only if there is a number for it; a lifted one is such."""
    found = {True: 0, False: 0}
    for seed in SEEDS:
        rng = random.Random(seed)
        algebra = algebra_of("a", "b", "d")
        run, domain = run_of(algebra), list(algebra.domains.values())[k]
        signed = [(s, p) for s, p in random_signed(algebra, rng, 3, 3) if not p.is_zero() and p.degrees()[k] <= 1]
        rest = [j for j in range(3) if j != k]
        cases = list(run.without(signed, k, rest))
        for _ in range(8):
            point = {j: inner(run.domains[j], rng) for j in rest}
            exists = anywhere(signed, k, domain, point)
            holding = [added for added, left in cases if hold(left, point)]
            assert bool(holding) == exists
            found[exists] += 1
            for added in holding:
                t = run.lifted([*signed, *added], k, point)
                assert t is not None
                assert t > domain.low
                assert domain.high is None or t < domain.high
                assert hold(signed, {**point, k: t})
    assert min(found.values()) > 20


def test_no_number_is_lifted_where_there_is_none():
    algebra = algebra_of("b", "c")
    b, c = (algebra[name].numerator for name in "bc")
    run = run_of(algebra)
    assert run.lifted([(">", b - c), (">", c * 3 - b * 4)], 0, {1: F(1, 4)}) is None  # 1/4 < b < 3/16
    assert run.lifted([(">", b - c), (">", c * 3 - b * 2)], 0, {1: F(1, 4)}) == F(5, 16)  # the middle of 1/4 and 3/8
    assert run.lifted([("==", b * 4 - c * 3)], 0, {1: F(1, 4)}) == F(3, 16)
    half_line = run_of(algebra_of("a", "c"))
    a, c = half_line.algebra["a"].numerator, half_line.algebra["c"].numerator
    assert half_line.lifted([(">", a - c)], 0, {1: F(1, 4)}) == F(5, 4)  # one more than the bound where there is no upper one
    assert half_line.lifted([(">", c - a)], 0, {1: F(1, 4)}) == F(1, 8)


def test_signs_of_products_are_signs_of_factors():
    """Of a sign, the choices cover what it allows and nothing else, but for zeros of factors to an even power."""
    for seed in range(25):
        rng = random.Random(seed)
        algebra = algebra_of("a", "b", "d")
        run = run_of(algebra)
        p = algebra.number(rng.choice([-2, 1, 3])).numerator
        for _ in range(rng.randint(1, 3)):
            p = p * random_polynomial(algebra, rng, 1).numerator ** rng.randint(1, 2)
        points = [{k: inner(d, rng) for k, d in enumerate(run.domains)} for _ in range(12)]
        for sign in (">", ">=", "=="):
            choices = run.choices(sign, p, [0, 1, 2])
            for point in points:
                if any(meets(sign, at(p, point)) != hold(choice, point) for choice in choices) and at(p, point) == 0:
                    continue
                assert any(hold(choice, point) for choice in choices) == meets(sign, at(p, point))


def test_choices_by_hand():
    algebra = algebra_of("a", "b", "d")
    a, b, d = (algebra[name].numerator for name in ("a", "b", "d"))
    run = run_of(algebra)

    def chosen(sign, p):
        return sorted(sorted((s, str(q)) for s, q in choice) for choice in run.choices(sign, p, [0, 1, 2]))

    f, g = a - b, b - d  # neither sign is known, and a > 0 is
    assert chosen(">", a * f * g) == [[(">", "-a + b"), (">", "-b + d")], [(">", "a - b"), (">", "b - d")]]
    assert chosen(">", -a * f * g) == [[(">", "-a + b"), (">", "b - d")], [(">", "-b + d"), (">", "a - b")]]
    assert chosen(">", f**2 * g) == [[(">", "b - d")]]
    assert chosen(">=", f**2 * g) == [[("==", "a - b")], [(">=", "b - d")]]
    assert chosen("==", a * f**2 * g) == [[("==", "a - b")], [("==", "b - d")]]
    zero = f - f
    assert (chosen(">", zero), chosen(">=", zero), chosen("==", zero)) == ([], [[]], [[]])
    assert chosen(">", zero + 3) == [[(">", "3")]]


def test_conditions_that_say_nothing_are_dropped():
    """Together with what is left the same holds at every point inside; none are left where one holds nowhere."""
    nothing = 0
    for seed in range(80):
        rng = random.Random(seed)
        algebra = algebra_of("b", "d")
        run = run_of(algebra)
        signed = random_signed(algebra, rng, 2, 3)
        if rng.random() < 0.5:
            sign, p = rng.choice(signed)
            signed.append((rng.choice([sign, ">", ">=", "=="]), rng.choice([1, -1]) * p))
        kept = run.open_ones(signed, [0, 1])
        branches = list(run.branches(signed, [0, 1]))
        nothing += kept is None
        assert kept is None or len({str(p) for _, p in kept}) == len(kept) <= len(signed)
        for _ in range(10):
            point = {k: inner(d, rng) for k, d in enumerate(run.domains)}
            assert hold(signed, point) == (kept is not None and hold(kept, point))
            if hold(signed, point):
                assert any(hold(branch, point) for branch in branches)
    assert nothing > 10


def test_conditions_on_one_polynomial_are_one():
    algebra = algebra_of("b", "d")
    p = algebra["b"].numerator - algebra["d"].numerator
    run = run_of(algebra)

    def left(*signed):
        kept = run.open_ones(signed, [0, 1])
        return kept if kept is None else [(s, str(q)) for s, q in kept]

    assert left((">=", p), (">", p)) == left((">", p), (">=", p)) == left((">", p), (">", p)) == [(">", "b - d")]
    assert left((">=", p), ("==", p)) == left(("==", p), (">=", p)) == [("==", "b - d")]
    assert left((">=", p), (">=", -p)) == [("==", "b - d")]
    assert left((">", p), ("==", p)) is left(("==", p), (">", p)) is left((">", p), (">=", -p)) is None
    assert left((">=", p - p), ("==", p - p), (">", p - p + 2)) == []
    assert left((">", p - p)) is left(("==", p - p + 1)) is left((">=", p - p - 1)) is None


def test_numbers_for_indeterminates():
    for seed in SEEDS:
        rng = random.Random(seed)
        algebra = algebra_of("a", "b", "d")
        p = random_polynomial(algebra, rng, 3).numerator
        fixed = {k: F(rng.randint(-5, 5), rng.randint(1, 4)) for k in rng.sample(range(3), rng.randint(1, 3))}
        left = run_of(algebra).at(p, fixed)
        factors = set()
        for _ in range(6):
            point = {k: F(rng.randint(1, 9), rng.randint(1, 9)) for k in range(3)}
            now, then = at(left, point), at(p, point | fixed)
            assert (now == 0) == (then == 0)
            if then:
                factors.add(now / then)
        assert len(factors) <= 1
        assert all(factor > 0 for factor in factors)
        assert left.is_zero() or not any(left.degrees()[k] for k in fixed)


def test_which_indeterminate_is_eliminated():
    """One of degree 1 throughout, with the fewest terms to multiply; none if it is alone."""
    algebra = algebra_of("a", "b", "d")
    a, b, d = (algebra[name].numerator for name in ("a", "b", "d"))
    run = run_of(algebra)
    assert run.best_letter([(">", a * a - b)], [0, 1]) == 1
    assert run.best_letter([(">", a * a - b * b)], [0, 1]) is None
    assert run.best_letter([(">", a - 2)], [0]) is None
    many = [(">", a * b + a * d + d - 1), (">", a * b - a + b * d), (">", a - b)]  # a: 4, 3 and 2 terms; d: 4 and 3
    assert run.best_letter([*many, (">", b * b - a)], [0, 1, 2]) == 2
    assert run.best_letter([(">", a + b + d), (">", a - b), (">", b - d * d)], [0, 1, 2]) == 0


def test_the_faces_of_a_domain():
    domains = [Interval(0, 1, "right"), Interval(2, 3), Interval(-1, None, "left"), Interval(0, None, "neither")]
    assert list(_faces([0, 3], domains)) == [{0: None, 3: None}, {0: F(1), 3: None}]
    first, second = {0: None, 2: None}, {0: F(1), 2: None}
    assert list(_faces([0, 2], domains)) == [first, {0: None, 2: F(-1)}, second, {0: F(1), 2: F(-1)}]
    assert [face[1] for face in _faces([1], domains)] == [None, F(2), F(3)]
    assert [face[0] for face in _faces([0], [Interval(0, 1, "left")])] == [None, F(0)]


def test_boxes_are_counted_over_all_faces():
    """b < d < b − b², b in (0, 1], d in [−1, 2]: a box each for the inside and for b = 1; elsewhere one of both has a sign."""
    algebra = algebra_of("b", "d")
    b, d = (algebra[name] for name in "bd")
    answer = ask(algebra, (d - b, ">"), (b - d - b * b, ">"))
    assert (answer.excluded, answer.work) == (True, 2)
    assert answer.notes == ("by Bernstein coefficients of 2 boxes",)


def ask(algebra, *pairs, most=2000, **options):
    return eliminate(algebra, [*algebra.facts, *(condition(p, relation) for p, relation in pairs)], most, **options)


def test_what_is_said_of_an_elimination(monkeypatch):
    algebra = algebra_of("a", "b", "c")
    a, b, c = (algebra[name] for name in algebra.domains)
    monkeypatch.setattr(elimination, "_QUICK", 0)
    gone = ask(algebra, (a - b, ">"), (c - a, ">"), (b * b - c, ">="), (b - 1, "=="))
    assert (gone.excluded, gone.values, gone.reason) == (True, {}, "")  # b = 1 < a < c < 1/2
    assert gone.notes[0].startswith("indeterminates of degree 1 eliminated: ")
    assert set(gone.notes[0].partition(": ")[2].split(", ")) <= {"a", "c"}
    assert gone.notes[-1].startswith("by Bernstein coefficients of ")
    plain = ask(algebra_of("a"), (algebra_of("a")["a"] + 1, "<"))
    assert plain.notes == ("by Bernstein coefficients of 0 boxes",)
    assert ask(algebra, (a - b, ">"), deadline=0.0).reason == "time ran out"
    x = algebra["a"]
    high = x**128 * x**128 * x**64 * b**128 * b**128 * b**64
    assert ask(algebra, (high + x - b, ">")).reason == "103041 Bernstein coefficients are too many"
    root = algebra_of("a")
    assert ask(root, (root["a"] ** 2 - 2, "==")).reason == "boxes halved 20 times do not decide"
    out = ask(root, (root["a"] ** 2 - 2, "=="), most=5)
    assert (out.excluded, out.work) == (False, 5)
    assert out.reason.endswith("boxes are left after 5")


def test_relations_are_read_right():
    algebra = algebra_of("d")  # from −1 to 2, both ends included
    d = algebra["d"]
    for relation, border in itertools.product((">", ">=", "<", "<=", "=="), (-1, 2)):
        answer = ask(algebra, (d - border, relation))
        met = {">": border < 2, "<": border > -1}.get(relation, True)
        assert answer.excluded is not met
        assert not met or {">": 1, ">=": 1, "<": -1, "<=": -1, "==": 0}[relation] * (answer.values["d"] - border) >= 0
    zero = d - d
    assert eliminate(algebra, [Condition(zero.product, "!=", Kind.VIOLATION)], 50).excluded
    assert not eliminate(algebra, [Condition(zero.product, "==", Kind.VIOLATION)], 50).excluded
    assert not ask(algebra, (d - 1, "!=")).excluded


def test_powers_are_left_open():
    algebra = Algebra({"x": Interval(1, 2), "m": Interval(1, 2)}, None, Solver().decide)
    power = algebra["x"] ** algebra["m"]
    answer = ask(algebra, (power - 5, ">"))
    assert (answer.excluded, answer.work, answer.reason) == (False, 0, "powers and logarithms have no expansion here")
