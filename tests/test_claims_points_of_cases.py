"""Points at which a proof's cases are compared with the model: drawn, placed, fitted to equations, moved about."""

from fractions import Fraction as F
from types import SimpleNamespace

import pytest

import alliances as al
from alliances.arithmetic import exp
from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.balls import Ball, Undecided, precisely
from alliances.arithmetic.conditions import Condition, Kind
from alliances.claims import Interval
from alliances.claims.proofs import agreement
from alliances.claims.proofs.agreement import _Comparison
from alliances.claims.proofs.outcomes import Counterexample, Step
from alliances.claims.proofs.problem import Region
from alliances.claims.proofs.smt import Solver
from tests.test_claims_answers import GIVEN, HALF

LATER = float("inf")


def algebra_of(**domains):
    return Algebra(domains, None, Solver().decide)


def comparison(algebra, regions=(), seed=0, solve=None):
    """The comparison of a problem of these regions, with a solver that answers as told."""
    problem = SimpleNamespace(algebra=algebra, regions=lambda: list(regions), solver=SimpleNamespace(solve=solve))
    return _Comparison(problem, seed, LATER)


def case(quotient, relation):
    return Condition(quotient.product, relation, Kind.CASE)


class Scripted:
    """A generator of whole numbers that gives those of a list, and checks between which they were asked for."""

    def __init__(self, *drawn):
        self.drawn = list(drawn)

    def integers(self, low, high=None):
        low, high = (0, low) if high is None else (low, high)
        value, ends = self.drawn.pop(0)
        assert (low, high) == ends
        return value


# -- drawing -----------------------------------------------------------------------------------------------------------


def drawn(domain, *tries):
    """The number drawn where the generator gives these denominators (by their place) and numerators."""
    of = comparison(algebra_of(x=Interval(0, 1)))
    fineness = (6, 60, 97, 1000, 10**6 + 3)
    of.rng = Scripted(*((number, ends) for k, n in tries for number, ends in ((k, (0, 5)), (n, (0, fineness[k] + 1)))))
    value = of._number(domain)
    assert of.rng.drawn == []
    return value


@pytest.mark.parametrize(
    ("domain", "tries", "wanted"),
    [
        (Interval(1, 4), [(0, 3)], F(5, 2)),  # 1 + 3·3/6
        (Interval(1, 4), [(0, 0)], F(1)),
        (Interval(1, 4), [(0, 6)], F(4)),
        (Interval(-1, 1), [(2, 30)], -1 + 2 * F(30, 97)),
        (Interval(1, 4), [(4, 1)], 1 + F(3, 10**6 + 3)),
        (Interval(1, 4, "neither"), [(0, 0), (1, 60), (3, 500)], F(5, 2)),  # the ends are drawn again
        (Interval(2, None), [(0, 3)], F(3)),  # 2 + 3/(6 − 3)
        (Interval(2, None), [(0, 5)], F(7)),  # 2 + 5/1
        (Interval(2, None), [(0, 6)], F(8)),  # as far as 2 + 6, at the end that has none
        (Interval(2, None, "neither"), [(0, 0), (0, 2)], F(5, 2)),
    ],
)
def test_numbers_are_simple_fractions_of_the_way(domain, tries, wanted):
    assert drawn(domain, *tries) == wanted


def test_a_point_has_a_number_for_each_indeterminate():
    domains = {"x": Interval(0, 1), "v": Interval(2, 3)}
    of = comparison(algebra_of(**domains))
    for _ in range(20):
        point = of._drawn()
        assert list(point) == ["x", "v"]
        assert all(point[name] in domain for name, domain in domains.items())
    assert of._point({"x": F(1), "v": F(2)}).values == {"x": 1, "v": 2}
    assert of._point({"x": F(1), "v": F(4)}) is None
    assert of._point({"x": F(-1), "v": F(2)}) is None


def test_a_root_lies_in_an_interval_of_its_own():
    """A fact about the domain in a square: x² ≤ 1/2, which x = 1 in [0, 1] breaks; linear ones are the intervals themselves."""
    algebra = algebra_of(x=Interval(0, 1))
    x = algebra["x"]
    algebra.facts.append(Condition((2 * x * x - 1).product, "<=", Kind.DOMAIN))
    algebra.facts.append(Condition((x * x - 9).product, ">", Kind.CASE))  # no fact about the domain
    of = comparison(algebra)
    assert len(of.beyond) == 1
    assert of._point({"x": F(1)}) is None
    assert of._point({"x": HALF}).values == {"x": HALF}


# -- placing -----------------------------------------------------------------------------------------------------------


def truth(condition):
    """A point at which conditions hold that are True, and enclosures do not tell where they are an error."""
    if isinstance(condition, type):
        raise condition
    return condition


POINT = SimpleNamespace(holds=truth)


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ([], True),
        ([True, True], True),
        ([True, False], False),
        ([Undecided, True], None),
        ([ZeroDivisionError, True], None),
        ([Undecided, False], False),
        ([True, Undecided], None),
    ],
)
def test_whether_all_conditions_hold(conditions, wanted):
    assert agreement._all_hold(POINT, conditions) is wanted


@pytest.mark.parametrize(
    ("regions", "wanted"),
    [
        ([[True], [True]], 0),  # the first
        ([[False], [True], [True]], 1),
        ([[False], [False]], None),
        ([[Undecided], [False]], -1),
        ([[Undecided], [True]], 1),
        ([[False], [Undecided], [False]], -1),
        ([], None),
    ],
)
def test_in_which_region_a_point_lies(regions, wanted):
    of = comparison(algebra_of(x=Interval(0, 1)), [Region(conditions, None) for conditions in regions])
    assert of._place(POINT) == wanted


# -- fitting -----------------------------------------------------------------------------------------------------------


def fitted(algebra, conditions, values, *choices):
    """The values fitted, where the generator chooses by these (which, of how many) the indeterminate that is changed."""
    of = comparison(algebra)
    of.rng = Scripted(*((which, (0, many)) for which, many in choices))
    before = dict(values)
    with precisely():
        found = of._fitted(Region(conditions, None), values)
    assert of.rng.drawn == []
    assert values == before
    return found


def test_equations_are_made_to_hold():
    """3xv − 2v = 5 is v = 5/(3x − 2), or x = (5 + 2v)/(3v); inequalities are left as they are."""
    algebra = algebra_of(x=Interval(0, 9), v=Interval(0, 9), z=Interval(0, 9))
    x, v, z = (algebra[name] for name in "xvz")
    equation, values = case(3 * x * v - 2 * v - 5, "=="), {"x": F(4), "v": F(7), "z": F(1, 3)}
    assert fitted(algebra, [equation], values, (1, 2)) == {"x": 4, "v": HALF, "z": F(1, 3)}
    assert fitted(algebra, [equation], values, (0, 2)) == {"x": F(19, 21), "v": 7, "z": F(1, 3)}
    assert fitted(algebra, [case(x - 1, "<"), equation], values, (1, 2))["v"] == HALF
    assert fitted(algebra, [case(x - 1, "<")], values) == values
    # one after the other, each with what has been fitted before: z = v + 1 of the new v
    assert fitted(algebra, [equation, case(z - v - 1, "==")], values, (1, 2), (1, 2)) == {"x": 4, "v": HALF, "z": F(3, 2)}


def test_equations_that_are_not_linear_are_left():
    """In x² = 2 nothing is linear; in x²v = 1 only v is; the next equation is fitted all the same."""
    algebra = algebra_of(x=Interval(0, 9), v=Interval(0, 9))
    x, v = algebra["x"], algebra["v"]
    values = {"x": F(2), "v": F(7)}
    assert fitted(algebra, [case(x * x - 2, "==")], values) == values
    assert fitted(algebra, [case(x * x - 2, "=="), case(x * x * v - 1, "==")], values, (0, 1)) == {"x": 2, "v": F(1, 4)}
    # no v whatever makes (x − 2)v = 1 hold at x = 2
    assert fitted(algebra, [case((x - 2) * v - 1, "==")], values, (1, 2)) == values


def test_equations_that_are_only_enclosed_are_left():
    """v = exp(x) has no rational solution but for x = 0; what follows is fitted."""
    algebra = algebra_of(x=Interval(0, 1), v=Interval(0, 9))
    x, v = algebra["x"], algebra["v"]
    raised = exp(x)
    values = {"x": HALF, "v": F(7)}
    assert fitted(algebra, [case(v - raised, "==")], values, (0, 1)) == values
    assert fitted(algebra, [case(v - raised, "=="), case(v - 2, "==")], values, (0, 1), (0, 1)) == {"x": HALF, "v": 2}


def test_a_fit_of_constants():
    """v = 3 is fitted whatever the value was, and v = 0, too."""
    algebra = algebra_of(x=Interval(0, 9), v=Interval(0, 9))
    v = algebra["v"]
    assert fitted(algebra, [case(v - 3, "==")], {"x": F(1), "v": F(7)}, (0, 1)) == {"x": 1, "v": 3}
    assert fitted(algebra, [case(2 * v, "==")], {"x": F(1), "v": F(7)}, (0, 1)) == {"x": 1, "v": 0}


# -- inside a region ---------------------------------------------------------------------------------------------------


def inside(relations, count, kept=lambda _: True, solved=F(0)):
    """Which numbers are tried, and which are given, where the k-th draw is k·2²⁰⁰ and the solver's point is ``solved``."""
    algebra = algebra_of(x=Interval(0, None))
    of, tried, asked = comparison(algebra), [], []
    draws = iter(range(10**6))
    of._drawn = lambda: {"x": F(2) ** 200 * (1 + next(draws))}
    of._fitted = lambda region, values: tried.append(values["x"]) or values
    of._point = lambda values: SimpleNamespace(values=values, holds=lambda _: kept(len(tried)))
    of._solved = lambda region: asked.append(region) or (None if solved is None else {"x": solved})
    region = Region([SimpleNamespace(relation=relation) for relation in relations], None)
    found = [point.values["x"] for point in of._inside(region, count)]
    return tried, found, len(asked)


def test_points_of_an_equation_are_drawn_before_they_are_solved_for():
    unit = F(2) ** 200
    tried, found, solved = inside(["<", "=="], 3)
    assert (tried, found, solved) == ([unit, 2 * unit, 3 * unit], [unit, 2 * unit, 3 * unit], 0)
    # one found within as many draws as are wanted: the rest is drawn, too
    tried, found, solved = inside(["=="], 3, lambda n: n >= 3)
    assert (found, solved) == ([3 * unit, 4 * unit, 5 * unit], 0)
    # at most four times as many
    tried, found, solved = inside(["=="], 3, lambda n: n == 1)
    assert (len(tried), found, solved) == (12, [unit], 0)


def test_points_near_the_solvers_are_tried_where_draws_find_none():
    """The solver's own first, then ever nearer to it: 2⁻ⁿ of the way from it to a draw, by the trial's number."""
    unit = F(2) ** 200
    tried, found, solved = inside(["<"], 3, solved=F(5))
    assert (tried, found, solved) == (found, found, 1)
    assert found == [5, *(5 + ((k - 2) * unit - 5) / 2**k for k in (4, 5))]  # trial 3 is the first, with the first draw
    tried, found, solved = inside(["=="], 3, lambda n: n > 3, solved=F(5))
    assert (len(tried), solved) == (6, 1)
    assert found == [5, *(5 + ((k + 1) * unit - 5) / 2**k for k in (4, 5))]  # three draws came before
    tried, found, solved = inside(["<"], 10, lambda n: n > 16, solved=F(5))
    assert found[0] == 5 + (17 * unit - 5) / 2**2  # trial 26 = 24 + 2: the powers begin again
    assert len(found) == 10
    assert len(inside(["<"], 3, lambda _: False)[0]) == 9  # trials 3 to 11


def test_without_a_solution_nothing_is_tried():
    assert inside(["<"], 3, solved=None) == ([], [], 1)
    assert inside(["=="], 3, lambda _: False, solved=None)[1:] == ([], 1)


def test_the_solver_is_asked_for_a_point_of_the_region():
    """Of all facts and the region's conditions; what it leaves out is drawn."""
    algebra = algebra_of(x=Interval(0, 1), v=Interval(2, 3))
    x, v = algebra["x"], algebra["v"]
    region = Region([case(x - v + 2, "==")], None)
    symbols = dict(algebra.named())
    asked = []

    def solve(text, steps):
        asked.append((text, steps))
        return SimpleNamespace(status=status, values={symbols["v"]: F(5, 2), "atom0": F(9)})

    of = comparison(algebra, solve=solve)
    for status in ("sat", "unsat", "unknown"):
        found = of._solved(region)
        if status == "sat":
            assert list(found) == ["x", "v"]
            assert found["v"] == F(5, 2)
            assert 0 <= found["x"] <= 1
        else:
            assert found is None
    assert {steps for _, steps in asked} == {2**18}
    assert asked[0][0] == agreement.smtlib(algebra, [*algebra.facts, *region.conditions])
    real = Solver().solve(asked[0][0], 2**18)
    assert real.values[symbols["x"]] == real.values[symbols["v"]] - 2


def test_values_that_are_not_known():
    algebra = algebra_of(x=Interval(-1, 1))
    of = comparison(algebra)
    x = algebra["x"]
    with precisely():
        assert of._value(of.points.at({"x": HALF}), 1 / (x + 1)).exact == F(2, 3)
        assert of._value(of.points.at({"x": F(-1)}), 1 / (x + 1)) is None
        assert agreement._digits(Ball.of(F(2, 3))) == "2/3"
        assert agreement._digits(Ball.of(2) ** HALF) == "1.41421"


# -- what is shown of answers --------------------------------------------------------------------------------------------


def test_a_counterexample_as_a_record():
    """Numbers and words as they are; what else a parameter may be, by its text."""
    claim = al.claims.ASYMMETRY
    check = claim.check(
        al.CustomGame(lambda q: [[(1, 1), (-1, 2 + q.gap)], [(1, -1), (0, 0)]]), gaps=[F(0), HALF], enforcement=GIVEN
    )
    contest = al.Tullock(1.0)
    parameters = {"v": HALF, "n": 3, "f": 0.25, "who": "proxy", "contest": contest, "both": (1, 2)}
    example = Counterexample(parameters, check, "exactly")
    record = example._record()
    assert list(record) == ["parameters", "check", "certified"]
    assert record["parameters"] == parameters | {"contest": str(contest), "both": "(1, 2)"}
    assert (record["check"], record["certified"]) == (check, "exactly")
    values = f"v = 1/2, n = 3, f = 0.25, who = proxy, contest = {contest}, both = (1, 2)"
    assert example.message == f"{values}. {check.message} Confirmed exactly."


def test_a_step_as_a_record():
    step = Step("case 1 rises", "open", "intervals", 0.5, "(assert true)", {"v": 1}, "no time")
    assert step._record() == {"text": "case 1 rises", "status": "open", "method": "intervals", "seconds": 0.5}
