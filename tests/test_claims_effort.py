"""How much each procedure of a prover may do: what is counted, exactly where it ends, and what is said then."""

import time
from fractions import Fraction as F

import numpy as np
import pytest

from alliances.arithmetic import exp
from alliances.arithmetic.algebra import Algebra
from alliances.claims import ASYMMETRY, Choice, Family, Interval
from alliances.claims.proofs import branching, elimination, proving
from alliances.claims.proofs.boxes import Boxes
from alliances.claims.proofs.branching import Outcome, Search
from alliances.claims.proofs.elimination import Elimination
from alliances.claims.proofs.proving import prove
from alliances.claims.proofs.samples import Samples
from alliances.claims.proofs.smt import MOST_STEPS, Answer, Solver, smtlib
from tests.test_claims_answers import GIVEN, HALF, OPEN, game, none
from tests.test_claims_bernstein import algebra_of, condition
from tests.test_claims_coefficients import line
from tests.test_claims_elimination import ask, run_of
from tests.test_claims_enclosures import boxes_of

LATER = float("inf")
MOVES = "case 1: the proxy's critical discount factor moves the wrong way along the gap"
BOUNDED = OPEN.with_(gaps=Interval(F(1, 10), HALF))

# -- rounds ------------------------------------------------------------------------------------------------------------


class Unsure:
    """A problem whose solver never answers, and of which no hunt finds a counterexample."""

    def __init__(self):
        self._of, self.steps, self.hunts = ASYMMETRY.problem(BOUNDED, {}, LATER), [], []
        self.solver = self

    def __getattr__(self, name):
        return getattr(self._of, name)

    def solve(self, _, steps, deadline):
        assert deadline < LATER
        self.steps.append(steps)
        return Answer("unknown", {}, 0.0)

    def hunt(self, seed, points, deadline):
        assert deadline < LATER
        self.hunts.append((seed, points))


def test_each_round_does_four_times_as_much(monkeypatch):
    """A glance, a look, and eight rounds more, until the solver's counter can count no further."""
    problem, works = Unsure(), []

    def unsettled(algebra, conditions, most, deadline):
        assert algebra is problem.algebra
        assert deadline < LATER
        assert len(conditions) > 1
        works.append(most)
        return Elimination(False, {}, most, ())

    monkeypatch.setattr(proving, "eliminate", unsettled)
    proof = prove(ASYMMETRY, lambda *_: problem, BOUNDED, "polynomials", 60.0, 5)
    assert (proof.status, proof.reasons) == ("unknown", (f"the solver gives no answer: {MOVES}",))
    assert list(dict.fromkeys(problem.steps)) == [2**13, *(2**n for n in range(16, 32, 2)), MOST_STEPS]
    assert problem.steps == sorted(problem.steps)
    assert works == [2**6, *(2**n for n in range(9, 27, 2))]
    assert problem.hunts == [(5, 60), (5, 124), (5, 4096)]


@pytest.mark.parametrize("cut", [True, False])
def test_boxes_are_looked_at_after_a_glance(cut, monkeypatch):
    """Four times as many in each round, as long as more may decide."""
    problem, counts = Unsure(), []

    def unsettled(algebra, conditions, most, deadline):
        assert (algebra is problem.algebra, len(conditions) > 1, deadline < LATER) == (True, True, True)
        counts.append(most)
        return Boxes("open", {}, most, "boxes are left", cut)

    monkeypatch.setattr(proving, "exclude", unsettled)
    proof = prove(ASYMMETRY, lambda *_: problem, BOUNDED, "intervals", 60.0, 5)
    assert (proof.status, proof.reasons) == ("unknown", (f"boxes are left: {MOVES}",))
    assert counts == ([2**n for n in range(10, 28, 2)] if cut else [2**10])
    assert [(step.method, step.status) for step in proof.steps] == [("intervals", "open")]
    assert problem.steps == []


class Met(Unsure):
    """A problem whose solver meets each question at numbers of its own, which may be confirmed or not."""

    def __init__(self, confirmed):
        super().__init__()
        self.confirmed, self.points = confirmed, []

    def solve(self, _, steps, deadline):
        super().solve(_, steps, deadline)
        return Answer("sat", {"v": F(617, 1000), "x": F(617, 1000)}, 0.0)

    def confirm(self, parameters, point):
        self.points.append((parameters, point))
        return self.confirmed.get(len(self.points))


def test_numbers_of_the_solver_are_confirmed():
    """Simple ones near them first, then they themselves; and if neither is, counterexamples are hunted."""
    problem = Met({})
    proof = prove(ASYMMETRY, lambda *_: problem, BOUNDED, "polynomials", 60.0, 5)
    simple, itself = ({"v": F(1)}, F(1, 3)), ({"v": F(617, 1000)}, F(383, 1617))
    assert problem.points == [simple, itself]
    assert (proof.status, proof.reasons) == ("unknown", (f"not excluded, and no counterexample confirmed: {MOVES}",))
    assert [(step.text, step.status, step.method) for step in proof.steps] == [(MOVES, "met", "polynomials")]
    assert (problem.steps, problem.hunts) == ([2**13], [(5, 60), (5, 124), (5, 4096)])
    found = problem._of.confirm({"v": F(1)}, HALF)
    for count in (1, 2):
        problem = Met({count: found})
        proof = prove(ASYMMETRY, lambda *_, problem=problem: problem, BOUNDED, "polynomials", 60.0, 5)
        assert (proof.status, proof.counterexample, problem.points) == ("refuted", found, [simple, itself][:count])
        assert (proof.reasons, problem.hunts, len(proof.steps)) == ((), [], 1)


def test_a_comparison_that_differs_leaves_it_unknown(monkeypatch):
    """The cases are compared once nothing else is open, and a quarter longer than the time that was given."""
    compared = []

    def differ(problem, seed, deadline):
        compared.append((dict(problem.fixed), seed, deadline))
        return ["they differ"]

    monkeypatch.setattr(proving, "disagreements", differ)
    of = Family(
        lambda v, w: game(none, lambda g: 2 + w * v * g), {"v": Interval(1, 2), "w": Choice(F(-1), F(-1, 2))}, enforcement=GIVEN
    )
    before = time.perf_counter()
    proof = ASYMMETRY.prove(of, timeout=60.0, rng=5)
    after = time.perf_counter()
    assert (proof.status, proof.reasons, len(proof.steps)) == ("unknown", ("they differ",), 2)
    ((fixed, seed, deadline),) = compared
    assert (fixed, seed) == ({"w": F(-1)}, 5)
    assert before + 75 <= deadline <= after + 75


def test_the_solvers_limits():
    """No time, no answer; more steps than it can count, or more milliseconds, are as many as it can."""
    algebra = algebra_of("a")
    text = smtlib(algebra, [condition(algebra["a"] ** 2 + 1, "<")])
    solver = Solver()
    assert solver.solve(text, 2**20, 0.0).status == "unknown"
    for steps, left in ((2**40, LATER), (2**20, 10**8)):
        assert solver.solve(text, steps, time.perf_counter() + left).status == "unsat"


def test_points_of_the_solver_are_samples_from_then_on():
    """As long as no function is added; no time, no answer."""
    solver = Solver()
    algebra = Algebra({"x": Interval(0, 1, "neither")}, None, solver.decide)
    narrow = [*algebra.facts, condition(10**9 * algebra["x"] - 1, "<")]
    for _ in range(2):
        assert solver.decide(algebra, narrow) == "sat"
        assert len(solver.samples.points) == 2001
    assert solver.decide(algebra, [*algebra.facts, condition(algebra["x"] + 1, "<")]) == "unsat"
    assert len(solver.samples.points) == 2001
    exp(algebra["x"])
    solver.decide(algebra, [condition(algebra["x"] - HALF, ">")])
    assert len(solver.samples.points) == 2000
    late = Algebra({"x": Interval(0, 1, "neither")}, None, solver.decide, 0.0)
    assert solver.decide(late, narrow) == "unknown"
    assert solver.decide(late, [condition(late["x"] - HALF, ">")]) == "sat"  # samples take no time


# -- boxes -------------------------------------------------------------------------------------------------------------


def test_the_lower_half_comes_first():
    """Not 1/2, the centre of the whole: of its halves, both of which have a centre elsewhere, the lower one's is found."""
    algebra = Algebra({"x": Interval(0, 1)}, None, Solver().decide)
    found = boxes_of(algebra, ((2 * algebra["x"] - 1) ** 2, ">"))
    assert (found.status, found.values, found.boxes) == ("met", {"x": F(1, 4)}, 2)


def test_numbers_as_conditions_on_boxes():
    algebra = Algebra({"x": Interval(0, 1)}, None, Solver().decide)
    three = algebra.number(3)
    assert boxes_of(algebra, (three, ">")).values == {"x": HALF}
    assert boxes_of(algebra, (-three, ">")).status == boxes_of(algebra, (three, "==")).status == "excluded"


def test_where_a_function_has_no_enclosure():
    """exp(−1/x) has none where boxes touch 0; its values at their centres count, and what is left there stays open."""
    algebra = Algebra({"x": Interval(0, 1, "right")}, None, Solver().decide)
    power = exp(-1 / algebra["x"])
    found = boxes_of(algebra, (power - F(1, 4), ">"))  # exp(−2) is less, exp(−4/3) is more
    assert (found.status, found.values) == ("met", {"x": F(3, 4)})
    left = boxes_of(algebra, (power - 1, ">"))
    assert (left.status, left.reason, left.cut) == ("open", "boxes of 2e-06 of the domain do not decide", False)


def test_the_precision_of_others_is_left_as_it_was():
    flint = pytest.importorskip("flint")
    algebra = Algebra({"x": Interval(0, 1)}, None, Solver().decide)
    before, flint.ctx.prec = flint.ctx.prec, 83
    try:
        for relation in (">", "<"):
            boxes_of(algebra, (algebra["x"] + 1, relation))
            assert flint.ctx.prec == 83
    finally:
        flint.ctx.prec = before


# -- branching ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sizes", "work"), [((399,), 1), ((400,), 2), ((799,), 2), ((800,), 3), ((200, 200), 2), ((2,), 1)])
def test_large_boxes_count_as_several(sizes, work):
    """A box counts once, and once more for each 400 coefficients of all conditions together."""
    tensors = [np.array([-1] * size, dtype=object) for size in sizes]
    assert Search([">"] * len(sizes), tensors, 10).run() == Outcome(True, None, 1, work)


def test_how_many_boxes_a_search_looks_at():
    third = [line(-1, 2)]
    assert Search(["=="], third, 0).run() == Outcome(False, None, 0, 0, "1 boxes are left after 0")
    assert Search(["=="], third, 1).run() == Outcome(False, None, 1, 1, "2 boxes are left after 1")
    assert Search(["=="], third, 5, deadline=0.0).run() == Outcome(False, None, 0, 0, "1 boxes are left after 0")


def test_what_holds_where_no_point_is_known(monkeypatch):
    monkeypatch.setattr(branching, "_corner", lambda _: None)
    assert Search([">"], [line(1, 2)], 10).run() == Outcome(False, None, 1, 1, "conditions hold all over a bent box")


# -- elimination -------------------------------------------------------------------------------------------------------


def limit(monkeypatch, name, value):
    monkeypatch.setattr(elimination, name, value)


def test_how_many_coefficients_are_looked_at(monkeypatch):
    algebra = algebra_of("b", "d")
    b, d = algebra["b"], algebra["d"]
    asked = (b * b * d * d + d - b, ">")  # of degree 2 in both: 3 times 3
    limit(monkeypatch, "_COEFFICIENTS", 9)
    assert not ask(algebra, asked).reason
    limit(monkeypatch, "_COEFFICIENTS", 8)
    assert ask(algebra, asked).reason == "9 Bernstein coefficients are too many"


def test_how_many_signs_are_told_apart(monkeypatch):
    """Two products of two factors each have 2 · 2 patterns; beyond the limit a product stays whole."""
    algebra = algebra_of("a", "b", "d")
    a, b, d = (algebra[name].numerator for name in "abd")
    signed = [(">", (a - b) * (b - d)), (">", (b - d) * (a - d))]
    for most, sizes in ((4, [4] * 4), (3, [3] * 2), (1, [2])):
        limit(monkeypatch, "_BRANCHES", most)
        assert [len(branch) for branch in run_of(algebra).branches(signed, [0, 1, 2])] == sizes
    limit(monkeypatch, "_FACTORED", 4)
    assert len(run_of(algebra).choices(">", (a - b) * (b - d), [0, 1, 2])) == 2  # of four terms
    limit(monkeypatch, "_FACTORED", 3)
    assert run_of(algebra).choices(*signed[0], [0, 1, 2]) == [[signed[0]]]


def test_what_is_not_eliminated(monkeypatch):
    """A slope of unknown sign has three cases, and bounds multiply: within the limits, and just beyond."""
    algebra = algebra_of("a", "b", "d")
    a, b, d = (algebra[name].numerator for name in "abd")
    limit(monkeypatch, "_BRANCHES", 3)
    unknown = [(">", (b - d) * a - 1)]
    assert len(list(run_of(algebra).without(unknown, 0, [1, 2]))) == 3
    limit(monkeypatch, "_BRANCHES", 2)
    with pytest.raises(elimination._Open, match=r"^too many slopes of unknown sign$"):
        list(run_of(algebra).without(unknown, 0, [1, 2]))
    below = [(">", b + d + 3 - a)]  # with a > 0 it leaves b + d + 3 > 0
    limit(monkeypatch, "_TERMS", 3)
    ((added, left),) = run_of(algebra).without(below, 0, [1, 2])
    assert (added, [(sign, str(p)) for sign, p in left]) == ([], [(">", "b + d + 3")])
    limit(monkeypatch, "_TERMS", 2)
    with pytest.raises(elimination._Open, match=r"^the polynomials grow too large$"):
        list(run_of(algebra).without(below, 0, [1, 2]))


def test_products_that_are_too_long(monkeypatch):
    """Fifty times the terms of a polynomial that is not multiplied: 10 · 5 are not more than 50, and 10 · 6 are."""
    algebra = algebra_of("a", "b")
    a, b = (algebra[name].numerator for name in "ab")
    limit(monkeypatch, "_TERMS", 1)
    for terms, letter in ((4, 0), (5, None)):
        signed = [(">", a + sum(b**k for k in range(9))), (">", a - sum(b**k for k in range(terms)))]
        assert [len(p) for _, p in signed] == [10, terms + 1]
        assert run_of(algebra).best_letter(signed, [0, 1]) == letter


def test_a_point_of_weaker_conditions_is_none():
    """(b − 1/2)² > 0 is dropped, as it holds but for one number; which is the one that is tried."""
    algebra = algebra_of("b")
    answer = ask(algebra, ((2 * algebra["b"] - 1) ** 2, ">"))
    assert (answer.excluded, answer.values, answer.reason) == (False, {}, "a point at which weaker conditions hold")


def test_exponentials_are_expanded_as_far_as_it_takes():
    """exp(1/2) = 1.64872 < 1.6488: four terms and a remainder leave 1.64906 possible, eight do not; 1.66 they exclude."""
    algebra = Algebra({"x": Interval(0, 1, "right")}, None, Solver().decide)
    x = algebra["x"]
    power = exp((1 - x) / (1 + x))
    for bound, order in ((F(16488, 10**4), 8), (F(166, 100), 4)):
        answer = ask(algebra, (3 * x - 1, "=="), (power - bound, ">"))
        assert (answer.excluded, answer.values) == (True, {})
        assert answer.notes[0] == f"exponentials as polynomials of degree {order} with a bounded remainder"
        assert answer.notes[-1].startswith("by Bernstein coefficients of ")
    assert not ask(algebra, (3 * x - 1, "=="), (power - F(16487, 10**4), ">")).excluded


def test_the_work_of_all_expansions_is_counted_together():
    """What takes so much work in two orders is excluded with so much, and not with one less, all of which is used up."""
    algebra = Algebra({"x": Interval(0, 1, "right")}, None, Solver().decide)
    x = algebra["x"]
    asked = (3 * x - 1, "=="), (exp((1 - x) / (1 + x)) - F(16488, 10**4), ">")
    enough = ask(algebra, *asked)
    assert enough.excluded
    assert enough.work > 20
    assert ask(algebra, *asked, most=enough.work) == enough
    short = ask(algebra, *asked, most=enough.work - 1)
    assert (short.excluded, short.work) == (False, enough.work - 1)
    assert " boxes are left after " in short.reason
    few = ask(algebra, *asked, most=3)
    assert (few.excluded, few.work) == (False, 3)


# -- samples -----------------------------------------------------------------------------------------------------------


def test_samples_lie_thicker_near_the_ends():
    """Of 2000 points a fifth are drawn as fourth powers from each end: 6.97 % lie in each outer hundredth, not 1 %."""
    algebra = Algebra({"x": Interval(0, 1), "v": Interval(2, None)}, None, Solver().decide)
    points = Samples(algebra).points
    assert len(points) == 2000
    for u in (points[:, 0], (points[:, 1] - 2) / (points[:, 1] - 1)):
        for end in (u, 1 - u):
            assert 0 < end.min() < 1e-4  # the sample, not its rounding
            assert np.mean(end < 0.01) == pytest.approx(0.2 * 0.01**0.25 + 0.6 * 0.01, abs=0.015)
        assert np.mean((u > 0.4) & (u < 0.6)) == pytest.approx(0.6 * 0.2 + 0.2 * (0.6**0.25 - 0.4**0.25) * 2, abs=0.02)
    assert Samples(algebra).points.tolist() == points.tolist()
