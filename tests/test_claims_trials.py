"""The search for counterexamples: which numbers are tried, in which order, and what ends it."""

import itertools
from fractions import Fraction as F

import pytest

from alliances.arithmetic.algebra import OutOfReach
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.conditions import Condition, Kind
from alliances.claims import ASYMMETRY, Family, Interval, monotone
from alliances.claims.proofs import witnesses
from alliances.claims.proofs.witnesses import confirm, hunt, shortest, simplify
from tests.test_claims_agreement import CURVED
from tests.test_claims_answers import GIVEN, HALF, OPEN, QUARTER, game, none

LATER = float("inf")
GOLDEN = F(832040, 1346269)
"""Neighbouring Fibonacci numbers: of all fractions up to some size, again the quotient of two of them is nearest to it."""


def problem_of(family=OPEN):
    return ASYMMETRY.problem(family, {}, LATER)


def between(problem, low, high):
    """The conditions that v lies there, the ends included."""
    v = problem.algebra["v"]
    return [Condition((v - low).product, ">=", Kind.CASE), Condition((high - v).product, ">=", Kind.CASE)]


# -- simpler numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [F(13, 21), F(55, 89), F(610, 987), F(4181, 6765), F(514229, 832040)], ids=str)
def test_the_simplest_number_nearby(target):
    """It lies at an end of where the conditions hold; what is simpler lies beyond."""
    problem, room = problem_of(), abs(target - GOLDEN)
    conditions = between(problem, GOLDEN - room, GOLDEN + room)
    assert simplify(problem, conditions, {"v": GOLDEN, "x": F(1)}) == {"v": target, "x": 1}


def test_sizes_of_simple_numbers():
    """Denominators up to 32 come first, and then those up to 100: of 16/33, 33/68 and 49/101, 33/68 is taken."""
    problem, value = problem_of(), 1 / (2 + 1 / (16 + 1 / (3 + F(1, 1000))))
    found = [value.limit_denominator(n) for n in (32, 33, 100, 101)]
    assert found == [F(15, 31), F(16, 33), F(33, 68), F(49, 101)]
    conditions = between(problem, value - F(1, 2000), value + F(1, 2000))
    assert simplify(problem, conditions, {"v": value, "x": F(1)})["v"] == F(33, 68)


def test_numbers_that_are_left_out():
    problem = problem_of()
    assert simplify(problem, [], {}) == {"v": 0, "x": 1}
    assert simplify(problem, between(problem, F(2), F(3)), {}) == {"v": 0, "x": 1}
    narrow = problem_of(OPEN.with_(parameters={"v": Interval(F(1, 7), F(1, 6), "left")}))
    assert simplify(narrow, [], {}) == {"v": F(1, 7), "x": 1}
    curved = problem_of(CURVED)
    assert simplify(curved, [], {"v": F(617, 1000)}) == {"v": F(617, 1000)}  # of functions, no number is the same nearby


class Refusing:
    """A problem that confirms nothing, and keeps what it was asked."""

    def __init__(self):
        self.tried = []

    def confirm(self, parameters, point):
        self.tried.append((dict(parameters), point))


def test_which_shorter_parameters_are_tried():
    found = problem_of().confirm({"v": GOLDEN}, HALF)
    nearest = [(1, 1), (1, 2), (2, 3), (2, 3), (3, 5), (5, 8), (5, 8), (5, 8), (8, 13), (8, 13), (13, 21), (34, 55), (55, 89)]
    nearest = [F(*pair) for pair in (*nearest, (610, 987), (4181, 6765))]
    refusing = Refusing()
    assert shortest(refusing, OPEN, found, LATER) is found
    assert refusing.tried == [({"v": near}, 3 * QUARTER) for near in nearest]
    inner = OPEN.with_(parameters={"v": Interval(HALF, 1, "neither")})
    refusing = Refusing()
    assert shortest(refusing, inner, found, LATER) is found
    assert refusing.tried == [({"v": near}, 3 * QUARTER) for near in nearest[2:]]
    for value, count in ((F(7, 12), 0), (F(8, 13), 8), (0.625, 0)):  # with a denominator of 13, simpler ones up to 12
        refusing = Refusing()
        shortest(refusing, OPEN, problem_of().confirm({"v": value}, HALF), LATER)
        assert len(refusing.tried) == count


# -- trials ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def trials(monkeypatch):
    """What is asked of a search in floats, which finds one contradiction, and what is given to be confirmed."""
    asked, tried, value = [], [], float(GOLDEN)

    def seeming(*arguments):
        asked.append(arguments)
        return iter([({"v": value, "w": 0.3}, value)])

    def confirmed(claim, family, parameters, point, deadline):
        tried.append((claim, family, parameters, point, deadline))

    monkeypatch.setattr(witnesses, "contradictions", seeming)
    monkeypatch.setattr(witnesses, "confirm", confirmed)
    return asked, tried


def test_what_is_made_of_a_contradiction_in_floats(trials):
    """Fractions of more and more digits, if they lie in the domain; a float that was chosen stays one."""
    asked, tried = trials
    assert hunt(ASYMMETRY, OPEN, {"w": 0.3}, 7, 60, LATER) is None
    assert asked == [(ASYMMETRY, OPEN, {"w": 0.3}, (60, 60), 40, 7, LATER)]
    values = [F(2, 3), F(5, 8), F(55, 89), F(4181, 6765), GOLDEN]
    assert tried == [(ASYMMETRY, OPEN, {"v": v, "w": 0.3}, F(514229, 832040), LATER) for v in values]
    hunt(ASYMMETRY, OPEN, {}, 7, 125, LATER)
    assert asked[1] == (ASYMMETRY, OPEN, {}, (125, 124), 40, 7, LATER)
    narrow = OPEN.with_(parameters={"v": Interval(F(61, 100), F(62, 100))})
    tried.clear()
    hunt(ASYMMETRY, narrow, {}, 7, 60, LATER)
    itself = F(float(GOLDEN))
    assert [parameters["v"] for _, _, parameters, _, _ in tried] == [itself, itself, *values[2:]]


def test_what_ends_a_hunt(trials, monkeypatch):
    _, tried = trials
    assert hunt(ASYMMETRY, OPEN, {}, 7, 60, 0.0) is None
    assert tried == []
    answers = iter([None, None, "found"])
    monkeypatch.setattr(witnesses, "confirm", lambda *_: next(answers))
    assert hunt(ASYMMETRY, OPEN, {}, 7, 60, LATER) == "found"
    for error in (TypeError, ValueError, ZeroDivisionError):  # no arrays, or no payoffs somewhere

        def raises(*_, error=error):
            raise error("no")

        monkeypatch.setattr(witnesses, "contradictions", raises)
        assert hunt(ASYMMETRY, OPEN, {}, 7, 60, LATER) is None


def test_a_model_that_refuses_the_parameters():
    def model(v):
        if isinstance(v, F) and v > HALF:
            raise ValueError("too much")
        return game(none, lambda g: 1 + v * g)

    problem = problem_of(Family(model, {"v": Interval(0, 1)}, enforcement=GIVEN))
    assert problem.confirm({"v": F(1)}, HALF) is None
    assert problem.confirm({"v": HALF}, HALF).parameters == {"v": HALF}


# -- pairs of points ---------------------------------------------------------------------------------------------------

EXPONENTS = [*range(2, 31), 36, 48, 64, 96, 144, 216, 324]


def nearer(point, low, high):
    """Pairs around a point of [low, high), nearer and nearer."""
    for n in EXPONENTS:
        step = F(1, 2**n)
        for pair in ((point - step, point), (point, point + step), (point - step, point + step)):
            if low <= pair[0] and pair[1] < high:
                yield pair


@pytest.fixture
def pairs(monkeypatch):
    """The pairs that are looked at, of which none contradicts anything."""
    seen = []
    monkeypatch.setattr(witnesses, "contradicted", lambda _, pair: seen.append(pair))
    return seen


def test_pairs_along_a_parameter(pairs):
    """Neighbours of ever finer grids first, then what is nearer and nearer to the point."""
    claim = monotone("m", along="v")
    family = claim.about(OPEN.with_(parameters={"v": Interval(0, HALF, "left")}))
    assert confirm(claim, family, {"v": F(1, 5), "gap": F(1, 3)}, F(1, 5)) is None
    grids = [itertools.pairwise([F(n, fine) for n in range(fine // 2)]) for fine in (4, 10, 20, 50, 200)]
    assert pairs == [*itertools.chain(*grids), *nearer(F(1, 5), 0, HALF)]


def test_pairs_along_the_gap(pairs):
    """Of grids, what contradicts the claim in numbers."""
    assert confirm(ASYMMETRY, OPEN, {"v": F(0)}, F(1, 5)) is None
    near = list(nearer(F(1, 5), 0, 1))
    assert pairs == near
    pairs.clear()
    assert confirm(ASYMMETRY, OPEN, {"v": F(1)}, F(1, 5)) is None
    assert pairs == [*((0, 1 - F(1, fine)) for fine in (4, 10, 20, 50, 200)), *near]


@pytest.mark.parametrize("error", [Undecided, OutOfReach, ZeroDivisionError, None])
def test_a_pair_that_does_not_tell_is_passed_over(error, monkeypatch):
    """Or between the points of which the claim may not be broken; the next grid's is taken."""
    name = "contradicted" if error else "stands"
    decide, first = getattr(witnesses, name), iter([True])

    def at_first(*arguments):
        if next(first, False):
            if error:
                raise error("not told")
            return False
        return decide(*arguments)

    monkeypatch.setattr(witnesses, name, at_first)
    found = confirm(ASYMMETRY, OPEN, {"v": F(1)}, HALF)
    assert (found.check.witness.low, found.check.witness.high) == (0, F(9, 10))
