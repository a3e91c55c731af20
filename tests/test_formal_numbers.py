"""Formulas of a grammar – arithmetic, powers, exponentials, comparisons – on indeterminates, enclosures and numbers agree."""

import math
import operator
import time
from contextlib import suppress
from fractions import Fraction as F
from numbers import Rational

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from alliances import arithmetic
from alliances.arithmetic import choose, exp, larger, log, raised, smaller
from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.balls import Ball, Undecided, precisely
from alliances.arithmetic.domains import Interval, decimal
from alliances.arithmetic.formal import Formal, NotArithmetic, current, evaluating
from alliances.arithmetic.points import Points
from alliances.arithmetic.quotients import OutOfReach, Undefined
from alliances.claims.proofs.smt import Solver

DOMAINS = {"v": Interval(-1, 2), "g": Interval(0, 1, "left")}

BINARY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "larger": larger,
    "smaller": smaller,
    "choose": lambda a, b: choose(a > b, a - b, a * b),
    "equal": lambda a, b: choose(a == b, a + 1, b),
    "power": lambda a, b: raised(abs(a), b),
}
UNARY = {
    "abs": abs,
    "-": operator.neg,
    "+": operator.pos,
    "square": lambda a: a**2,
    "inverse": lambda a: a**-1,
    "root": lambda a: raised(abs(a), F(1, 2)),
    "exp": lambda a: exp(a / 4),
    "log": lambda a: log(1 + abs(a)),
    "log of what may be 0": lambda a: log(abs(a)),
}
RATIONAL = ("+", "-", "*", "/", "larger", "smaller", "choose", "equal"), ("abs", "-", "+", "square", "inverse")


def formulas(binary, unary, leaves):
    letters = st.sampled_from(["v", "g", 1, F(1, 2), 2])
    return st.recursive(
        letters,
        lambda parts: st.one_of(st.tuples(st.sampled_from(binary), parts, parts), st.tuples(st.sampled_from(unary), parts)),
        max_leaves=leaves,
    )


def run(formula, numbers):
    if isinstance(formula, str):
        return numbers[formula]
    if not isinstance(formula, tuple):
        return formula
    if len(formula) == 2:
        return UNARY[formula[0]](run(formula[1], numbers))
    return BINARY[formula[0]](run(formula[1], numbers), run(formula[2], numbers))


def drop():
    assume(False)


def cases(formula, give_up):
    """The algebra and its cases, within a few seconds."""
    algebra = Algebra(DOMAINS, None, Solver().decide, time.perf_counter() + 3)

    def once():
        with algebra.payoffs():
            return algebra.number(run(formula, {name: algebra[name] for name in DOMAINS}))

    try:
        return algebra, algebra.cases(once, lambda a, b: a.identical(b))
    except (TimeoutError, OutOfReach, ValueError):  # too much, or nothing defined at all
        return give_up()


def enclosed(formula, values):
    """The formula on enclosures: a number, or the error that numbers raise."""
    with precisely(), evaluating("test", Ball.of):
        try:
            return Ball.of(run(formula, {name: Ball.of(x) for name, x in values.items()}))
        except (ZeroDivisionError, ValueError) as error:
            return error


def case_at(algebra, listed, values):
    """The outcomes of the cases that hold at the point, or may."""
    point = Points(algebra).at(values)
    sure, unsure = [], []
    for conditions, outcome in listed:
        try:
            if all(point.holds(c) for c in conditions):
                sure.append(outcome)
        except (Undecided, ZeroDivisionError):
            unsure.append(outcome)
    return point, sure, unsure


def agree(formula, values, give_up=drop):
    """Whether the case at the point is what enclosures give; ``give_up()`` where that cannot be told."""
    algebra, listed = cases(formula, give_up)
    with precisely():
        point, sure, unsure = case_at(algebra, listed, values)
        assert len(sure) + len(unsure) >= 1, "no case covers the point"
        assert len(sure) <= 1, "two cases hold at the point"
        if not sure:
            give_up()
        try:
            truth = enclosed(formula, values)
        except Undecided:
            give_up()
        if isinstance(sure[0], Undefined):
            assert isinstance(truth, Exception), "numbers have a value where indeterminates have none"
            return
        assert isinstance(truth, Ball), f"indeterminates have a value where numbers raise {truth!r}"
        try:
            value = point.value(sure[0])
        except Undecided:
            give_up()
    if value.exact is not None and truth.exact is not None:
        assert value.exact == truth.exact
    else:
        assert value.value.overlaps(truth.value)


POINTS = st.fixed_dictionaries(
    {"v": st.fractions(-1, 2, max_denominator=6), "g": st.fractions(0, F(11, 12), max_denominator=12)}
)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(formula=formulas(*RATIONAL, leaves=6), values=POINTS)
def test_rational_formulas_agree(formula, values):
    agree(formula, values)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(formula=formulas(tuple(BINARY), tuple(UNARY), leaves=4), values=POINTS)
def test_formulas_with_transcendentals_agree(formula, values):
    agree(formula, values)


FIXED = [
    ("power", "g", "v"),
    ("power", ("-", "g", F(1, 2)), "v"),
    ("power", ("-", "g", "g"), "v"),
    ("log of what may be 0", ("-", "g", F(1, 2))),
    ("root", ("-", "g", F(1, 2))),
    ("inverse", ("root", ("-", "g", F(1, 2)))),
    ("/", "v", ("-", "g", F(1, 2))),
    ("*", ("exp", "g"), ("exp", ("-", "g"))),
    ("-", ("exp", 1), ("exp", ("-", 2, 1))),
    ("equal", ("*", 2, "g"), "v"),
]


@pytest.mark.sampled(23)
@pytest.mark.parametrize("formula", FIXED, ids=str)
@pytest.mark.parametrize("v", [-1, F(-1, 2), 0, F(1, 2), 1, 2])
@pytest.mark.parametrize("g", [0, F(1, 4), F(1, 2)])
def test_formulas_agree_where_they_may_be_undefined(formula, v, g):
    agree(formula, {"v": F(v), "g": F(g)}, lambda: pytest.skip("an equality that enclosures do not tell"))


@settings(max_examples=60)
@given(formula=formulas(tuple(BINARY), tuple(UNARY), leaves=6), values=POINTS)
def test_enclosures_enclose_what_numbers_give(formula, values):
    """Fractions exactly, floats but for their rounding; errors are the same errors."""
    try:
        number = run(formula, values)
    except (ZeroDivisionError, ValueError) as error:
        number = error
    except OverflowError:
        assume(False)
    assume(not isinstance(number, complex))
    try:
        ball = enclosed(formula, values)
    except (Undecided, OverflowError):
        assume(False)
    if isinstance(number, Rational):
        assert isinstance(ball, Ball)
        assert ball.exact == number or ball.exact is None
    elif isinstance(number, float) and isinstance(ball, Ball) and abs(number) < 1e12:
        assume(formula_is_tame(formula))
        assert float(ball.value.mid()) == pytest.approx(number, rel=1e-6, abs=1e-6)


def formula_is_tame(formula):
    """Whether floats follow it: no comparison and no quotient or power of differences, which may turn on the last digit."""
    wild = {"/", "inverse", "power", "root", "choose", "equal", "larger", "smaller", "log of what may be 0", "abs"}
    return not isinstance(formula, tuple) or (formula[0] not in wild and all(map(formula_is_tame, formula[1:])))


# -- pieces ------------------------------------------------------------------------------------------------------------


def test_decimals_of_all_floats():
    for tenth in (0.1, np.float64(0.1), np.float32(0.1), np.float16(0.1), F(1, 10)):
        assert decimal(tenth) == F(1, 10)
        assert Ball.of(tenth).exact == F(1, 10)
    for two in (2, np.int8(2), np.uint64(2), True + 1, np.array(2), np.array(2.0)):
        assert Ball.of(two).exact == 2


@pytest.mark.parametrize("wrong", ["1", None, 1j, math.nan, math.inf, np.array([1.0]), object()])
def test_what_is_no_number(wrong):
    algebra = Algebra(DOMAINS, None, Solver().decide)
    for number in (Ball.of, algebra.number):
        with pytest.raises(NotArithmetic, match="arithmetic in its arguments"):
            number(wrong)


def test_an_evaluation_ends_with_what_was_refused():
    def swallowed():
        with evaluating("here", Ball.of) as evaluation:
            with suppress(NotArithmetic):
                float(Ball.of(1))
            assert evaluation.refused == ["a float"]

    with pytest.raises(NotArithmetic, match=r"^here: .* a float of one"):
        swallowed()
    assert current() is None
    with pytest.raises(NotArithmetic, match=r"^arithmetic: .* a float of one"):  # outside of any
        float(Ball.of(1))
    with evaluating("here", Ball.of):
        pass


def test_constants_are_not_rounded_while_formal_numbers_are_evaluated():
    assert isinstance(exp(1), float)
    with evaluating("here", Ball.of) as evaluation:
        for constant in (exp(1), exp(1.0), log(np.float32(2)), raised(2, F(1, 2))):
            assert isinstance(constant, Formal)
        assert evaluation.enclosed
        assert raised(4, F(1, 2)) == 2
        assert exp(0) == 1
        assert isinstance(exp(np.array([1.0])), np.ndarray)
    assert isinstance(raised(2, F(1, 2)), float)


@pytest.mark.parametrize("name", ["exp", "log"])
def test_constants_of_proofs_are_known_as_well_as_floats(name):
    """Comparisons with numbers about as near as the neighbouring floats are decided."""
    for argument in (2, F(1, 3), 5):
        algebra = Algebra(DOMAINS, None, Solver().decide)
        constant = algebra.number(argument).transcendental(name)
        near = F(getattr(math, name)(argument))
        step = abs(near) / 2**51
        assert constant > near - step
        assert constant < near + step


def test_simple_values_of_functions_are_exact():
    algebra = Algebra(DOMAINS, None, Solver().decide)
    g = algebra["g"]
    assert exp(0 * g).constant() == 1
    assert log(1 + 0 * g).constant() == 0
    assert (exp(g) * exp(-g)).constant() == 1
    assert not algebra.transcendentals[1:]


def test_rules_hold_for_formal_numbers():
    positive = arithmetic.POSITIVE
    assert arithmetic.number(Ball.of(2), "f", "x", positive) == 2
    for wrong in (Ball.of(0), Ball.of(-1), exp(Ball.of(1)) - 3):
        with pytest.raises(ValueError, match=r"^f\(\): x must be positive and finite; got Ball"):
            arithmetic.number(wrong, "f", "x", positive)
    with pytest.raises(Undecided):
        arithmetic.number(exp(log(Ball.of(3))) - 3, "f", "x", positive)
