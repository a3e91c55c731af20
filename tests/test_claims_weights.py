"""Small steps of a prover, each against its definition: weights of two conditions, polynomials at points and as text."""

from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest

from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.domains import Interval
from alliances.claims.proofs import branching
from alliances.claims.proofs.dossier import _number, _points, _quotient, evaluated
from alliances.claims.proofs.smt import assertion, root, smtlib, term

ALGEBRA = Algebra({"a": Interval(0, 1), "b": Interval(0, 2), "unused": Interval(0, 3)}, None, lambda *_: "unknown")
A, B = ALGEBRA["a"], ALGEBRA["b"]


# -- weights -----------------------------------------------------------------------------------------------------------


def ratios(a, b, free=False):
    return list(branching._ratios(np.array(a, dtype=float), np.array(b, dtype=float), free))


@pytest.mark.parametrize(
    ("a", "b", "free", "found"),
    [
        ([-1, -2], [1, 1], False, [F(0), F(1, 2), F(1, 2), F(1, 2)]),  # w between 0 and 1; 1/2 is 0 to the nearest whole
        ([1, -3], [-1, 1], False, [F(2)] * 4),  # between 1 and 3
        ([1, -3], [-1, 1], True, [F(2)] * 4),
        ([1, -1], [-1, 1], False, [F(1)] * 4),  # 1 alone
        ([1, -1], [-2, 3], False, []),  # at least 1/2, at most 1/3
        ([1, -1], [1, -1], True, [F(-1)] * 4),  # −1 alone: not of inequalities
        ([1, -1], [1, -1], False, []),
        ([1, -1], [0, 1], True, []),  # nothing helps against 1 + 0 w
        ([0, -1], [0, 1], False, [F(0), F(1, 2), F(1, 2), F(1, 2)]),
        ([F(1, 3), F(-1, 3)], [-1, 1], False, [F(1, 3)] * 3),  # 0 is not near enough
        ([1, -1], [-1000, 1000], False, [F(1, 1000)] * 2),
        ([1, -1], [-(2**19), 2**19], False, [F(1, 2**19)]),  # 2⁻¹⁹ is far above 10⁻⁹
    ],
)
def test_weights_that_leave_nothing_above_nought(a, b, free, found):
    """The middle of those possible, by denominators up to 1, 16, 1024 and 2²⁰, where it is then still possible."""
    assert ratios(a, b, free) == found


@pytest.mark.parametrize(
    ("a", "b", "free", "middle"),
    [
        ([-1, -2], [1, 1], True, F(1 - 10**12, 2)),  # from −∞ to 1
        ([-3, 1], [0, -1], False, F(1 + 10**12, 2)),  # from 1 to ∞
        ([-3, 1], [0, -1], True, F(1 + 10**12, 2)),
        ([-3, -1], [0, 0], False, F(10**12, 2)),  # from 0 to ∞
        ([-3, -1], [0, 0], True, F(0)),  # any
    ],
)
def test_weights_without_bounds(a, b, free, middle):
    """10¹² stands for ∞."""
    whole, *others = ratios(a, b, free)
    assert others == [middle] * 3
    assert whole.denominator == 1
    assert abs(whole - middle) <= F(1, 2)


@pytest.mark.parametrize("free", [True, False])
@pytest.mark.parametrize("sign", [1, -1])
def test_no_finite_weight(sign, free):
    """1 against ±10⁻³²⁰: the quotient is beyond the range of floats, and so no weight is given."""
    assert ratios([1], [sign * 1e-320], free) == []


def test_a_weight_that_is_missed_by_less_than_rounding():
    """Bounds that cross by 10⁻¹⁰ count as one number, and as none where they cross by 10⁻⁸."""
    for crossing, met in ((1e-10, True), (1e-8, False)):
        assert bool(ratios([1 + crossing, -1], [-1, 1])) == met


# -- polynomials at points ---------------------------------------------------------------------------------------------

POLYNOMIALS = [
    (A - A, lambda a, b: 0),
    (A - A + 7, lambda a, b: 7),
    (A, lambda a, b: a),
    (A**3 - 2 * A * B + B**2 - 5, lambda a, b: a**3 - 2 * a * b + b**2 - 5),
    (-3 * A * A * B + A + 1, lambda a, b: -3 * a**2 * b + a + 1),
]


@pytest.mark.parametrize("k", range(len(POLYNOMIALS)))
def test_a_polynomial_at_a_point(k):
    quotient, f = POLYNOMIALS[k]
    for a, b in product((F(0), F(-1), F(2), F(2, 3), F(-7, 5)), repeat=2):
        value = evaluated(quotient.numerator, (a, b, F(9)))
        assert value == f(a, b)
        assert type(value) is F


def test_points_at_which_nothing_divides_by_nought():
    """(2k + 2n + 1)/(2n + 3k + 4), n = 1, 2, … of the k-th letter; the first has a = 3/6, b = 5/9: it is left out."""

    def numbers(n):
        return [F(2 * k + 2 * n + 1, 2 * n + 3 * k + 4) for k in range(3)]

    assert list(_points(ALGEBRA, [A / (1 + B)])) == [numbers(n) for n in range(1, 6)]
    assert numbers(1)[:2] == [F(1, 2), F(5, 9)]
    assert list(_points(ALGEBRA, [1 / (2 * A - 1), A])) == [numbers(n) for n in range(2, 7)]
    for n in range(1, 6):
        left = [m for m in range(1, 8) if m != n][:5]
        bad = numbers(n)[1]
        assert list(_points(ALGEBRA, [A, 1 / (bad.denominator * B - bad.numerator)])) == [numbers(m) for m in left]
    one, two = numbers(2)[0], numbers(3)[1]
    both = 1 / ((one.denominator * A - one.numerator) * (two.denominator * B - two.numerator))
    assert list(_points(ALGEBRA, [both])) == [numbers(n) for n in (1, 4, 5, 6, 7)]


# -- as text -----------------------------------------------------------------------------------------------------------


def read(text):
    """An SMT-LIB term as nested lists."""
    tokens, stack = text.replace("(", " ( ").replace(")", " ) ").split(), [[]]
    for token in tokens:
        if token == "(":
            stack.append([])
        elif token == ")":
            last = stack.pop()
            stack[-1].append(last)
        else:
            stack[-1].append(token)
    ((tree,),) = stack
    return tree


def meaning(tree, at):
    """Its value, by what SMT-LIB says of +, −, * and /."""
    if isinstance(tree, str):
        return at[tree] if tree in at else F(int(tree))
    sign, *parts = tree
    values = [meaning(part, at) for part in parts]
    if sign == "+":
        return sum(values)
    if sign == "*":
        return np.prod(np.array(values, dtype=object))
    if sign == "-":
        (value,) = values
        return -value
    assert sign == "/"
    top, bottom = values
    return top / bottom


@pytest.mark.parametrize("k", range(len(POLYNOMIALS)))
def test_a_term_means_its_polynomial(k):
    quotient, f = POLYNOMIALS[k]
    for a, b in product((F(0), F(-1), F(2), F(2, 3)), repeat=2):
        assert meaning(read(term(ALGEBRA, quotient.numerator)), {"a": a, "b": b}) == f(a, b)


def test_a_quotient_in_text():
    at = {"a": F(2, 3), "b": F(5)}
    assert meaning(read(_quotient(ALGEBRA, (A + 1) / (B - 2))), at) == F(5, 9)
    assert meaning(read(_quotient(ALGEBRA, (A + 1) / (B - 2), "*")), at) == 5
    assert _quotient(ALGEBRA, A) == _quotient(ALGEBRA, A, "*") == "a"
    assert _quotient(ALGEBRA, A / B) == "(/ a b)"
    assert _number(F(3, 4)) == "(/ 3 4)"


def test_monomials():
    """A factor of 1 is left out, one of −1 is not; minus is an operator; powers are products."""
    shown = {1: "a", 2: "(* 2 a)", -1: "(* (- 1) a)", -12: "(* (- 12) a)"}
    for number, text in shown.items():
        assert term(ALGEBRA, (number * A).numerator) == text
    assert term(ALGEBRA, (A**3 * B).numerator) == "(* a a a b)"
    assert [term(ALGEBRA, (A - A + n).numerator) for n in (1, 5, -5, 0)] == ["1", "5", "(- 5)", "0"]


def test_scripts_declare_what_occurs_alone():
    def conditions(*pairs):
        return [Condition(q.numerator, relation, Kind.CASE) for q, relation in pairs]

    head, tail = "(set-logic QF_NRA)", "(check-sat)"
    one = smtlib(ALGEBRA, conditions((B * B - 2, ">")))
    assert one.split("\n") == [head, "(declare-const b Real)", "(assert (> (+ (* b b) (- 2)) 0))", tail]
    two = smtlib(ALGEBRA, conditions((A, "!="), (B, "==")), "why")
    declared = ["(declare-const a Real)", "(declare-const b Real)"]
    assert two.split("\n") == ["; why", head, *declared, "(assert (not (= a 0)))", "(assert (= b 0))", tail]
    assert smtlib(ALGEBRA, []).split("\n") == [head, tail]
    said = [Condition(A.numerator, "<=", Kind.CASE, "where γ is low")]
    assert smtlib(ALGEBRA, said).split("\n")[2] == "(assert (<= a 0)) ; where \\u03b3 is low"  # in ASCII


def test_assertions_mean_their_relations():
    said = {">": "(> t 0)", ">=": "(>= t 0)", "<": "(< t 0)", "<=": "(<= t 0)", "==": "(= t 0)", "!=": "(not (= t 0))"}
    for relation, text in said.items():
        assert assertion("t", relation) == text


@pytest.mark.parametrize(
    ("polynomial", "words"),
    [
        ([-2, 0, 1], "v**2 - 2"),
        ([1, 1], "v + 1"),
        ([-1, -1], "- v - 1"),
        ([0, 3, 0, -2], "- 2*v**3 + 3*v"),
        ([-12, 1, -1, 7], "7*v**3 - v**2 + v - 12"),
        ([1] + [0] * 7 + [1], "v**8 + 1"),
        ([10**9, 0, -(10**9)], "- 1000000000*v**2 + 1000000000"),
    ],
)
def test_polynomials_in_words(polynomial, words):
    assert root("v", F(7, 5), polynomial) == f"v = 1.4 (a root of {words})"


@pytest.mark.parametrize("polynomial", [[1] + [0] * 8 + [1], [1, 0, 10**9 + 1], [-(10**9) - 1, 1]])
def test_polynomials_too_long_for_words(polynomial):
    """Of degree 9, or with a coefficient above 10⁹; the number is shown to nine digits."""
    assert root("w", F(2, 3), polynomial) == "w = 0.666666667 (an algebraic number)"
