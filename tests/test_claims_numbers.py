"""The number types behind proofs, each against exact fractions; exported scripts against another solver."""

import math
from fractions import Fraction as F

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import alliances as al
from alliances import arithmetic
from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.balls import Ball, Undecided
from alliances.arithmetic.symbols import fresh, symbols
from alliances.claims import ASYMMETRY, PROXY_RESTRAINT, SPONSOR_RESTRAINT, Interval, alliance_family
from alliances.claims.proofs.smt import Solver, smtlib
from alliances.testing.strategies import rationals
from tests.claim_support import HALF, dyad, family, status

fraction = rationals(F(1, 12), 6, 12)
z3 = pytest.importorskip("z3")


# -- formulas on letters, balls and fractions --------------------------------------------------------------------------

LEAVES = st.sampled_from(["a", "b", "1", "3"])
FORMULAS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from("+-*/"), parts),
        st.tuples(parts, st.just("^"), st.integers(-2, 3)),
    ),
    max_leaves=6,
)


def run(formula, numbers):
    """A formula on any number type."""
    if isinstance(formula, str):
        return numbers[formula]
    left, operation, right = formula
    x = run(left, numbers)
    if operation == "^":
        return x**right
    y = run(right, numbers)
    return {"+": lambda: x + y, "-": lambda: x - y, "*": lambda: x * y, "/": lambda: x / y}[operation]()


def letters():
    domains = {"a": Interval(0, None, "neither"), "b": Interval(0, None, "neither")}
    return Algebra(domains, ("a", lambda a: a), Solver().decide)


def value_of(quotient, a, b):
    def at(polynomial):
        return sum(F(int(c)) * a ** int(e[0]) * b ** int(e[1]) for e, c in polynomial.to_dict().items())

    return at(quotient.numerator) / at(quotient.denominator)


@given(formula=FORMULAS, a=fraction, b=fraction)
def test_letters_are_fractions_at_every_point(formula, a, b):
    algebra = letters()
    symbolic = {"a": algebra["a"], "b": algebra["b"], "1": 1, "3": F(3)}
    try:
        quotient = algebra.number(run(formula, symbolic))
        exact = run(formula, {"a": a, "b": b, "1": F(1), "3": F(3)})  # 1 ** -1 is a float
    except ZeroDivisionError:
        assume(False)
    assert value_of(quotient, a, b) == exact
    step = F(1, 10**7)
    around = [run(formula, {"a": a * (1 + k * step), "b": b, "1": F(1), "3": F(3)}) for k in (-1, 1)]
    slope = value_of(quotient.derivative(), a, b)  # of the letter a, whose given derivative is a
    assume(abs(slope) < 10**6)
    assert float(slope) == pytest.approx(float((around[1] - around[0]) / (2 * step)), rel=1e-3, abs=1e-3)


@given(formula=FORMULAS, a=fraction, b=fraction)
def test_balls_enclose_fractions(formula, a, b):
    from flint import arb, fmpq

    try:
        exact = F(run(formula, {"a": a, "b": b, "1": F(1), "3": F(3)}))
        ball = Ball.of(run(formula, {"a": Ball.of(a), "b": Ball.of(b), "1": 1, "3": F(3)}))
    except ZeroDivisionError:
        assume(False)
    assume(ball.value.is_finite())
    assert ball.value.contains(arb(fmpq(exact.numerator, exact.denominator))) or ball.value.overlaps(
        arb(fmpq(exact.numerator, exact.denominator))
    )
    for other in (exact + 1, exact - 1):
        assert (ball < other) == (exact < other)
        assert (ball >= other) == (exact >= other)
        assert ball != other


@pytest.mark.slow
@given(x=fraction)
def test_balls_of_functions(x):
    for ball, wanted in (
        (arithmetic.exp(Ball.of(x)), math.exp(x)),
        (Ball.of(x).transcendental("log"), math.log(x)),
        (Ball.of(x) ** HALF, math.sqrt(x)),
        (Ball.of(x) ** F(5, 3), float(x) ** (5 / 3)),
        (Ball.of(x) ** -2, float(x) ** -2),
        (abs(-Ball.of(x)), float(x)),
    ):
        assert float(ball.value.mid()) == pytest.approx(wanted)
        assert ball.value.rad() < 1e-12


def test_balls_guess_nothing():
    near = arithmetic.exp(arithmetic.log(Ball.of(3)))  # 3, but not known to be
    for question in (
        lambda: near >= 3,
        lambda: near == 3,
        lambda: bool(near - 3),
        lambda: 1 / (near - 3),
        lambda: (near - 3) ** HALF,
        lambda: arithmetic.log(near - 3),
    ):
        with pytest.raises(Undecided):
            question()
    with pytest.raises(TypeError, match="asked for a float"):
        float(near)
    with pytest.raises(TypeError, match="arithmetic in its arguments"):
        Ball.of("a")


def test_balls_are_rational_as_long_as_they_can_be():
    third = Ball.of(1) / 3
    assert third * 3 == 1
    assert third == F(1, 3)
    assert (third.exact, (third**-2).exact, (Ball.of(F(8, 27)) ** F(-2, 3)).exact) == (F(1, 3), 9, F(9, 4))
    assert (Ball.of(2) ** HALF).exact is None
    assert not Ball.of(0)
    assert (Ball.of(0) ** Ball.of(HALF)).exact == 0


def test_balls_raise_what_numbers_raise():
    zero = Ball.of(0)
    for division in (lambda: 1 / zero, lambda: zero**-1, lambda: zero ** Ball.of(-HALF), lambda: zero / (zero * third())):
        with pytest.raises(ZeroDivisionError):
            division()
    for undefined in (lambda: arithmetic.log(zero), lambda: arithmetic.log(-third()), lambda: (-third()) ** HALF):
        with pytest.raises(ValueError, match=r"negative|positive"):
            undefined()


def third():
    return Ball.of(F(1, 3))


# -- roots and signs ---------------------------------------------------------------------------------------------------


def test_roots_of_squares_are_exact():
    algebra = letters()
    a, b = algebra["a"], algebra["b"]
    assert (4 * a**2 / b**4) ** HALF == 2 * a / b**2
    assert not algebra.transcendentals
    root = a**HALF
    assert len(algebra.transcendentals) == 1
    assert (a**HALF).identical(root)  # the same atom
    assert (a ** F(3, 2)).identical(root**3)
    assert root.derivative().identical(root / (2 * a) * a)  # 1/(2√a), times the letter's own derivative


def test_roots_of_what_may_be_negative_are_not_taken():
    algebra = Algebra({"a": Interval(-1, 1)}, None, Solver().decide)
    square = algebra["a"] ** 2
    assert not (square**HALF).identical(algebra["a"])  # |a|, not a


@pytest.mark.parametrize(("closed", "low"), [("both", {0, 1}), ("right", {1}), ("neither", {1}), ("left", {0, 1})], ids=str)
def test_signs_on_domains(closed, low):
    algebra = Algebra({"a": Interval(0, 1, closed)}, None, Solver().decide)
    a = algebra["a"]
    assert algebra.signs(a.product) == low
    assert algebra.signs((a - 2).product) == {-1}
    assert algebra.signs((1 - a).product) == ({0, 1} if closed in ("both", "right") else {1})
    assert algebra.signs((2 * a - 1).product) == {-1, 0, 1}


def test_reduced_keeps_the_sign():
    algebra = Algebra({"a": Interval(0, 1, "neither"), "b": Interval(0, 1, "neither")}, None, Solver().decide)
    a, b = algebra["a"], algebra["b"]
    for quotient in ((a - b) * a, (b - a) ** 3 * b, (a - 2) * (a - b), (a - b) ** 2, -((a - b) ** 2), (a - 2) ** 2 * -b):
        reduced = algebra.reduced(quotient.product)
        for at in ((F(1, 3), F(1, 2)), (F(1, 2), F(1, 3)), (F(1, 2), F(1, 2))):
            before = value_of(quotient, *at)
            after = sum(F(int(c)) * at[0] ** int(e[0]) * at[1] ** int(e[1]) for e, c in reduced.to_dict().items())
            assert (before > 0, before < 0) == (after > 0, after < 0)


def test_reduced_keeps_what_may_be_zero():
    algebra = Algebra({"a": Interval(0, 1), "b": Interval(0, 1)}, None, Solver().decide)
    a, b = algebra["a"], algebra["b"]
    for quotient in (a * (2 - b), a * (a - b), (1 - a) ** 2 * b):
        reduced = algebra.reduced(quotient.product)
        for at in ((F(0), F(1, 2)), (F(1), F(1, 2)), (F(1, 2), F(0)), (F(1, 3), F(1, 2))):
            after = sum(F(int(c)) * at[0] ** int(e[0]) * at[1] ** int(e[1]) for e, c in reduced.to_dict().items())
            before = value_of(quotient, *at)
            assert (before > 0, before < 0) == (after > 0, after < 0)


def test_eliminated_conditions_are_weaker():
    """What excludes them excludes the question: wherever the question is met, so are they, whatever replaces the letter."""
    from alliances.arithmetic.algebra import Condition, Kind

    algebra = Algebra({"a": Interval(0, 1), "ab": Interval(0, 1)}, None, Solver().decide)
    a, b = algebra["a"], algebra["ab"]
    for first, second in ((a * b - F(1, 4), b - HALF), (HALF - a - b, F(1, 4) - a), (a - b, a - HALF), (a - b, HALF - a)):
        asked = [*algebra.facts, Condition(first.product, ">", Kind.CASE), Condition(second.product, ">=", Kind.VIOLATION)]
        fewer, _ = algebra.eliminated(asked)
        for n in range(9):
            for m in range(9):
                at = F(n, 8), F(m, 8)
                if value_of(first, *at) > 0 and value_of(second, *at) >= 0:
                    assert algebra.decide(algebra, [*fewer, Condition((b - at[1]).product, "==", Kind.CASE)]) == "sat"


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["x", "x1", "atom0", "κ", "let", "true", "and", "e", "pi", "_", "gap", "stakes", "div"])
def test_a_parameter_of_any_name(name):
    """ω = (2 − γ)^½/(name + γ) falls, its inverse rises; there is an atom, too."""

    def model(up):
        def game(**values):
            odds = lambda g: (2 - g) ** HALF / (values[name] + g)  # noqa: E731
            return dyad((lambda g: 1 / odds(g) if up else odds(g), lambda g: 1 + 0 * g))

        return game

    of = family(lambda v: None).with_(model=model(False), parameters={name: Interval(1, 2)})
    assert status(PROXY_RESTRAINT, of) == "proved"
    refuted = PROXY_RESTRAINT.prove(of.with_(model=model(True)), timeout=60)
    assert refuted.status == "refuted"
    assert set(refuted.counterexample.parameters) == {name}


def test_symbols():
    assert symbols(["a", "κ", "let", "let_", "letter1"]) == ("a", "letter1", "let_", "let__", "letter1_")
    assert fresh("x", []) == "x"
    assert fresh("x", ["x", "x1"]) == "x2"


# -- Z3's own reals through the payoff code ----------------------------------------------------------------------------


@given(s=fraction, p=fraction, synergy=st.sampled_from([al.ConstantSynergy(2), al.Aggregation(F(1, 3)), al.CommonThreat(1, 2)]))
def test_reals_of_z3_run_through_the_payoff_code(s, p, synergy):
    game = al.AllianceGame(al.Tullock(2), synergy, al.Proportional(), exposure=HALF, conflict_cost=F(1, 5))
    try:
        cells = game.cells(al.Power(z3.Real("s"), z3.Real("p")))
    except (TypeError, z3.Z3Exception):
        pytest.skip("the payoff code does not take z3's reals")
    values = [(z3.Real("s"), z3.RealVal(str(s))), (z3.Real("p"), z3.RealVal(str(p)))]
    for row, exact in zip(cells, game.cells(al.Power(s, p)), strict=True):
        for cell, wanted in zip(row, exact, strict=True):
            for term, number in zip(cell, wanted, strict=True):
                assert z3.simplify(z3.substitute(z3.simplify(term), *values)).as_fraction() == number


# -- other ways to the same proofs -------------------------------------------------------------------------------------


def scripts():
    for claim, options in (
        (ASYMMETRY, {"enforcement": al.GivenPunishment(al.Transfers()), "decisiveness": 2}),
        (PROXY_RESTRAINT, {"enforcement": al.GivenPunishment(), "decisiveness": 3, "assume": "deterrent"}),
        (SPONSOR_RESTRAINT, {"enforcement": al.GivenPunishment(), "decisiveness": 1, "assume": "deterrent"}),
    ):
        for synergy in ("complementarity", "constant"):
            proof = claim.prove(alliance_family(synergy=synergy, **options), timeout=60)
            assert proof.status == "proved"
            yield from proof.steps


@pytest.mark.slow
def test_another_solver_answers_the_exported_scripts():
    cvc5 = pytest.importorskip("cvc5")
    answers = []
    for step in scripts():
        solver = cvc5.Solver()
        solver.setOption("tlimit-per", "10000")
        parser = cvc5.InputParser(solver)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, step.smtlib, "step")
        names = parser.getSymbolManager()
        while not (command := parser.nextCommand()).isNull():
            answer = command.invoke(solver, names).strip()
            if answer:
                answers.append(answer)
    assert answers
    assert "sat" not in answers
    assert not any("error" in a for a in answers)
    assert answers.count("unsat") >= len(answers) / 2  # the other solver need not be as quick


def test_all_scripts_in_one_file():
    proof = ASYMMETRY.prove(alliance_family(enforcement=al.GivenPunishment(al.Transfers())), timeout=60)
    scripts = proof.smtlib().split("(reset)")
    assert len(scripts) == len(proof.steps) > 0
    for script in scripts:
        solver = z3.Solver()
        solver.from_string(script)
        assert str(solver.check()) == "unsat"


BOUNDED = {"value": Interval(F(1, 2), 1), "exposure": Interval(HALF, 1), "conflict_cost": Interval(F(1, 5), F(1, 4))}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("synergy", ["complementarity", "constant", "aggregation"])
@pytest.mark.parametrize("claim", [PROXY_RESTRAINT, SPONSOR_RESTRAINT], ids=lambda c: c.name)
@pytest.mark.parametrize("decisiveness", [1, 2])
def test_boxes_agree_with_polynomials(synergy, claim, decisiveness):
    of = alliance_family(
        decisiveness=decisiveness,
        synergy=synergy,
        domains=BOUNDED,
        enforcement=al.GivenPunishment(),
        gaps=Interval(F(1, 4), F(3, 4)),
    )
    polynomials = claim.prove(of, method="polynomials", timeout=60)
    boxes = claim.prove(of, method="intervals", timeout=8)
    assert polynomials.status in ("proved", "refuted")
    assert boxes.status in (polynomials.status, "unknown")
    assert all(s.method == "intervals" for s in boxes.steps if boxes.status == "proved")


def test_a_question_is_written_as_asked():
    algebra = letters()
    from alliances.arithmetic.algebra import Condition, Kind

    text = smtlib(algebra, [Condition((algebra["a"] - 2 * algebra["b"]).product, "!=", Kind.CASE, "apart")], "a title")
    assert "(assert (not (= (+ a (* (- 2) b)) 0))) ; apart" in text
    assert text.startswith("; a title")
