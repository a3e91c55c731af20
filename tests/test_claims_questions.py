"""What a prover asks and what becomes of it, for models small enough to list all of it by hand."""

import random
import re
import time
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.claims import (
    ASYMMETRY,
    PROTRACTION,
    Family,
    Interval,
    MovingAnswer,
    MovingWitness,
    NotArithmetic,
    Witness,
    monotone,
    unimodal,
)
from alliances.claims.odds import Odds, odds_of, satisfies
from alliances.claims.proofs.agreement import disagreements
from alliances.claims.proofs.cases import flat, same_cells, same_odds, same_run
from alliances.claims.proofs.outcomes import Counterexample
from alliances.claims.proofs.witnesses import confirm, line_points, shortest, simplify
from tests.test_claims_answers import GIVEN, HALF, OPEN, QUARTER, game, none, same

LATER = float("inf")


def jump(v):
    """The proxy's odds are 1 up to the gap 1/2, and v beyond."""
    return game(none, lambda g: v + 0 * g if g > HALF else 1 + 0 * g)


JUMP = Family(jump, {"v": Interval(HALF, 2)}, enforcement=GIVEN, total=3)


def problem_of(claim=ASYMMETRY, family=JUMP):
    return claim.problem(family, {}, LATER)


def test_questions_about_two_cases():
    """Neither moves within a case; a jump up is one from the first to the second, in three ways, and so the other way."""
    problem = problem_of()
    queries = list(problem.queries())
    asked = {(query.text, query.jump, query.cases) for query in queries}
    moves = "the proxy's critical discount factor moves the wrong way along the gap"
    jumps = "the proxy's critical discount factor jumps the wrong way along the gap"
    ways = ("", ", without bound", ", from 0/0")
    expected = {(f"case {k}: {moves}", False, (k,)) for k in (1, 2)}
    expected |= {(f"from case {a} to case {b}: {jumps}{way}", True, (a, b)) for a, b in ((1, 2), (2, 1)) for way in ways}
    assert asked == expected
    assert len(queries) == len(asked)
    assert problem.seams() == []
    parts = problem.parts()
    assert [(part.number, part.text) for part in parts] == [(1, "case 1"), (2, "case 2")]
    assert [len(part.conditions) for part in parts] == [1, 1]
    near, far = ({"v": F(1), "x": x} for x in (F(1, 2), F(1, 4)))  # gaps 1/3 and 3/5

    def holds(condition, values):
        terms = condition.polynomial.to_dict().items()
        point = [values.get(name, F(0)) for name in problem.algebra.letters]
        number = sum(int(c) * np.prod([x ** int(e) for x, e in zip(point, powers, strict=True)]) for powers, c in terms)
        return {">": number > 0, ">=": number >= 0, "<": number < 0, "<=": number <= 0}[condition.relation]

    where = [[holds(part.conditions[0], values) for part in parts] for values in (near, far)]
    assert sorted(where) == [[False, True], [True, False]]
    regions = problem.regions()
    assert [list(region.conditions) for region in regions] == [list(part.conditions) for part in parts]
    assert [len(region.outcome.payoffs) for region in regions] == [8, 8]
    assert {region.outcome.marks[0] for region in regions} == {("zero", ((1, 1), (1, 1)))}
    assert {region.outcome.marks[1] for region in regions} == {("finite", ((1, 1), (1, 1)))}


def test_numbers_of_a_problem():
    """Power of 3 in all at x = 1/4: gap 3/5; payoffs one after the other, and the odds that follow from payoffs."""
    problem = problem_of()
    values = {"v": F(5, 3), "x": QUARTER}
    assert problem.point(values) == ({"v": F(5, 3)}, F(3, 5))
    assert problem.point({}) == ({"v": F(5, 4)}, F(1, 3))
    cells = jump(F(5, 3)).cells(al.Power(F(12, 5), F(3, 5)))
    flat_ = [x for row in cells for cell in row for x in cell]
    assert problem.numbers(values) == flat_
    follows = problem.consequences(values, flat_)
    assert (follows.payoffs, follows.follows) == (flat_, [F(5, 3)])
    assert follows.marks == [("zero", ((1, 1), (1, 1))), ("finite", ((1, 1), (1, 1)))]
    changed = flat_.copy()
    changed[3] += 1
    assert problem.consequences(values, changed).follows == [F(8, 3)]
    assert problem.labels[3] == "the proxy's payoff at (ally, fight)"
    power = problem.power()
    x = problem.algebra["x"]
    assert power.sponsor.identical(3 / (1 + x))
    assert power.proxy.identical(3 * x / (1 + x))


def test_questions_where_a_parameter_moves():
    claim = monotone("m", along="v", whose="proxy")
    problem = problem_of(claim, claim.about(OPEN))
    (query,) = problem.queries()
    assert query.text == "case 1: the proxy's critical discount factor moves the wrong way along the v"
    assert problem.point({"v": F(1, 3), "gap": QUARTER}) == ({"v": F(1, 3), "gap": QUARTER}, F(1, 3))
    assert problem.numbers({"v": F(1), "gap": HALF})[3] == 1 + 1 + QUARTER


# -- counterexamples ---------------------------------------------------------------------------------------------------


def test_a_counterexample_near_a_point():
    found = confirm(ASYMMETRY, OPEN, {"v": F(1)}, HALF)
    assert found.check.witness == Witness(0, F(3, 4), HALF, F(11, 19), "proxy")
    assert (found.parameters, found.certified) == ({"v": 1}, "exactly")
    assert confirm(ASYMMETRY, OPEN, {"v": F(0)}, HALF) is None
    assert confirm(ASYMMETRY, OPEN, {"v": F(1)}, HALF, time.perf_counter() - 1) is None
    step = F(1, 2**20)
    narrow = Family(
        lambda v: game(none, lambda g: 2 + v * 0 * g if g > F(1, 3) + step else 1 + 0 * g if g > F(1, 3) else 2 - g + 0 * g),
        {"v": Interval(0, 1)},
        enforcement=GIVEN,
    )
    deep = confirm(ASYMMETRY, narrow, {"v": F(0)}, F(1, 3) + step)
    assert deep is not None
    assert deep.check.status == "fails"
    along = monotone("m", along="v", falls=False)
    at = along.about(Family(lambda v: game(none, lambda g: 2 - v), {"v": Interval(0, 1)}, enforcement=GIVEN))
    found = confirm(along, at, {"v": HALF, "gap": F(1, 3)}, HALF)
    assert found.parameters == {"gap": F(1, 3)}
    assert found.check.witness == Witness(0, QUARTER, F(2, 3), F(7, 11), "proxy")


def test_points_of_a_grid():
    of = OPEN.with_(gaps=Interval(F(-1, 3), HALF, "left"), parameters={"v": Interval(F(1, 3), None, "neither")})
    assert line_points(ASYMMETRY, of, 4) == [-QUARTER, 0, QUARTER]
    assert line_points(monotone("m", along="v"), of, 2) == [F(n, 2) for n in range(1, 18)]


def test_simple_numbers_that_meet_the_same():
    problem = problem_of(family=OPEN)
    conditions = next(problem.queries()).conditions
    assert simplify(problem, conditions, {"v": F(617, 1000), "x": F(123, 1000)}) == {"v": 1, "x": 1}
    assert simplify(problem, conditions, {"v": F(1, 7), "x": F(123, 1000)}) == {"v": F(1, 7), "x": F(123, 1000)}  # not met
    v = problem.algebra["v"]
    narrow = [*conditions, Condition((v - F(6, 10)).product, ">", Kind.CASE), Condition((F(2, 3) - v).product, ">=", Kind.CASE)]
    assert simplify(problem, narrow, {"v": F(617, 1000), "x": F(1)})["v"] == F(2, 3)


def test_the_shortest_parameters():
    """617/1000 becomes 1, which refutes, too; what is short enough stays, and so does all where time is over."""
    problem = problem_of(family=OPEN)
    found = problem.confirm({"v": F(617, 1000)}, HALF)
    assert shortest(problem, OPEN, found, LATER).parameters == {"v": F(1)}
    assert shortest(problem, OPEN, found, time.perf_counter() - 1).parameters == {"v": F(617, 1000)}
    short = problem.confirm({"v": F(7, 12)}, HALF)
    assert shortest(problem, OPEN, short, LATER).parameters == {"v": F(7, 12)}
    low = OPEN.with_(parameters={"v": Interval(0, F(7, 10))})
    assert shortest(problem_of(family=low), low, found, LATER).parameters == {"v": F(2, 3)}
    assert Counterexample({"v": F(2, 3), "w": "a"}, found.check, "exactly").message == (
        f"v = 2/3, w = a. {found.check.message} Confirmed exactly."
    )


# -- agreement ---------------------------------------------------------------------------------------------------------


def dishonest(at):
    """Numbers get another payoff of the proxy than indeterminates."""

    def model(v):
        extra = at if isinstance(v, (int, float, F)) else 0
        return game(none, lambda g: 1 + v * (1 - g) + extra)

    return Family(model, {"v": Interval(0, 1)}, enforcement=GIVEN)


def test_what_is_said_of_a_model_that_disagrees():
    with pytest.raises(NotArithmetic) as caught:
        disagreements(problem_of(family=dishonest(F(1, 7))), 0)
    found = re.fullmatch(
        r"prove\(\): the model must give numbers the payoffs that it gives indeterminates, so it must not ask for the type of "
        r"its arguments, draw at random or remember; in numbers, at v = (\S+), the line's point (\S+), the proxy's payoff at "
        r"\(ally, fight\) is (\S+); and (\S+) in indeterminates",
        str(caught.value),
    )
    v, gap, number, formal = map(F, found.groups())
    assert formal == 2 + v * (1 - gap)
    assert number == formal + F(1, 7)
    floats = dishonest(1e-6)
    (reason,) = {
        re.sub(r"(?<=at )v = .* the proxy|is \S+ in floats and \S+", "…", r)
        for r in disagreements(problem_of(family=floats), 0)
    }
    assert reason.endswith("in indeterminates: the model asks for the type of its arguments, or floats lose too many digits")
    assert disagreements(problem_of(family=dishonest(0)), 0) == []
    assert disagreements(problem_of(family=dishonest(0.0)), 0) == []


# -- cases and odds ----------------------------------------------------------------------------------------------------

ALGEBRA = Algebra({"x": Interval(1, 2)}, None, lambda *_: "unknown")
X = ALGEBRA["x"]


def test_runs_that_are_the_same():
    one, two = ALGEBRA.number(1), ALGEBRA.number(2)
    cells = (((one, X), (X, two)), ((X, X), (two, one)))
    other = (((one, X), (X, two)), ((X, X), (two, two)))
    finite, zero = Odds("finite", X, "a"), Odds("zero", None, "a")
    pair, pact = (finite, zero), (Odds("finite", two, "b"), Odds("infinite", None, "b"))
    assert same_cells(cells, (((one, X), (X, two)), ((X, X), (two, one))))
    assert not same_cells(cells, other)
    assert same_odds(finite, Odds("finite", X, "b"))
    assert not same_odds(finite, Odds("finite", X + 1, "a"))
    assert same_odds(zero, Odds("zero", None, "a"))
    assert not same_odds(zero, finite)
    assert not same_odds(zero, Odds("infinite", None, "a"))
    assert same_run(None, None)
    assert not same_run(None, (cells, pair, None))
    assert not same_run((cells, pair, None), None)
    assert same_run((cells, pair, pact), (cells, pair, pact))
    assert not same_run((cells, pair, None), (other, pair, None))
    assert not same_run((cells, pair, pact), (cells, pair, (pact[0], Odds("infinite", None, "a"))))
    assert not same_run((cells, pair, pact), (cells, (zero, zero), pact))
    found = flat((cells, pair, pact))
    assert list(found.payoffs) == [one, X, X, two, X, X, two, one]
    assert found.follows == [X, two]
    assert found.marks == [("finite", "a"), ("zero", "a"), ("finite", "b"), ("infinite", "b")]
    assert flat((cells, pair, None)).marks == [("finite", "a"), ("zero", "a")]
    assert flat(None) == ((), (), "assumption fails")


CONCEPTS = {
    "ever": al.NashReversion(),
    "given": GIVEN,
    "once": al.GivenPunishment(al.FinitePunishment(1)),
    "payments": al.GivenPunishment(al.Transfers()),
    "signal": al.GivenPunishment(al.ImperfectMonitoring(F(1, 10), F(1, 5))),
}


@pytest.mark.parametrize("name", CONCEPTS)
@pytest.mark.parametrize("size", [2, 3])
def test_odds_tell_the_critical_discount_factors(size, name):
    """For random games: no temptation is 0, no deterrence ∞, and finite odds have δ* of the concept's formula."""
    rng = random.Random(size)
    concept, kinds = CONCEPTS[name], set()
    actions = ("ally", "coexist", "fight") if size == 3 else ("ally", "fight")
    for _ in range(60):
        cells = tuple(tuple((F(rng.randint(-3, 4)), F(rng.randint(-3, 4))) for _ in actions) for _ in actions)
        tables = [[[cell[k] for cell in row] for row in cells] for k in (0, 1)]
        stage = al.StageGame(*tables, actions)
        if name == "ever" and not list(stage.pure_nash()):
            continue
        for profile in ((0, 0), (1, 0)):
            numbers = al.critical_discount(stage, profile=profile, enforcement=concept)
            pair = odds_of(cells, actions, profile, concept)
            for odds, number in zip(pair, (numbers.sponsor, numbers.proxy), strict=True):
                kinds.add(odds.kind)
                w = odds.value
                finite = {
                    "once": lambda w=w: w,
                    "signal": lambda w=w: w / (F(9, 10) * w + F(7, 10)),
                }.get(name, lambda w=w: w / (1 + w))
                assert number == (0 if odds.kind == "zero" else float("inf") if odds.kind == "infinite" else finite())
                if odds.kind == "finite":
                    assert odds.temptation / odds.loss == w
                    assert odds.loss == sum(c - p for c, _, p in odds.terms)
                    assert len(odds.terms) == (2 if name == "payments" else 1)
                    written = odds.written(float)
                    assert (written.value, written.loss) == (float(w), float(odds.loss))
                    assert written.terms == tuple(tuple(map(float, term)) for term in odds.terms)
        k = len(actions) - 1
        better = all(cells[0][0][j] > cells[k][k][j] for j in (0, 1))
        assert satisfies("deterrent", cells, actions, (0, 0), GIVEN) is better
        nash = all(cells[k][k][0] >= cells[j][k][0] and cells[k][k][1] >= cells[k][j][1] for j in range(k))
        assert satisfies("credible", cells, actions, (0, 0), GIVEN) is nash
    assert kinds == {"zero", "finite", "infinite"}


# -- wars --------------------------------------------------------------------------------------------------------------


def test_a_check_of_wars():
    walk = al.ConflictWalk(2, (8, 2))  # barriers 3 steps and 1 from parity: z(4 − z) rounds from the z-th of 4 steps
    check = PROTRACTION.check(walk)
    same(
        check,
        claim="protraction",
        status="fails",
        witness=Witness(0, F(1, 3), 3, 4, "sponsor"),
        line="gap",
        points=3,
        exact=True,
        enforcement=al.NashReversion(),
        assume=(),
        quantity="expected duration",
        question=check.question,
        suspicion=None,
    )
    assert check.question.walk is walk


def test_questions_about_wars():
    """Three starts: D₀ = 1 + Q D₁, D₁ = 1 + Q D₂ + q D₀, D₂ = 1 + q D₁, so D₁ = 2/(1 − 2Qq)."""
    family = Family(lambda win: al.ConflictWalk(2, 4, win), {"win": Interval(0, 1, "neither")})
    problem = PROTRACTION.problem(family, {}, LATER)
    q = problem.algebra["win"]
    middle = 2 / (1 - 2 * q * (1 - q))
    wanted = [1 + q * middle, middle, 1 + (1 - q) * middle]
    found = problem.definitions([1])
    assert [(d.name, d.text) for d in found] == [(f"D{k}_1", f"expected rounds from start {k}") for k in range(3)]
    assert all(d.value.identical(w) for d, w in zip(found, wanted, strict=True))
    assert problem.definitions([2]) == []
    text = "case 1: the war from start {} is expected to last longer than that from start 1"
    queries = list(problem.queries())
    assert sorted(query.text for query in queries) == [text.format(0), text.format(2)]
    assert {(query.jump, query.cases) for query in queries} == {(False, (1,))}
    for query in queries:
        k = int(query.text.split("start ")[1][0])
        assert query.conditions[-1].source.identical(wanted[k] - middle)
    assert [(part.number, part.text, part.conditions) for part in problem.parts()] == [(1, "case 1", ())]
    assert problem.seams() == []
    words = [f"the chance of {what} a round at start {k}" for what in ("winning", "losing") for k in range(3)]
    assert problem.labels == words
    (region,) = problem.regions()
    assert [x.identical(w) for x, w in zip(region.outcome.payoffs, [q] * 3 + [1 - q] * 3, strict=True)] == [True] * 6
    at = {"win": F(1, 3)}
    assert problem.point(at) == ({"win": F(1, 3)}, 0)
    assert problem.numbers(at) == [F(1, 3)] * 3 + [F(2, 3)] * 3
    follows = problem.consequences(at, [F(1, 3)] * 3 + [F(2, 3)] * 3).follows
    assert follows == [F(11, 5), F(18, 5), F(17, 5)]
    found = problem.confirm({"win": F(1, 10)}, F(0))  # 1.24, 2.44 and 3.19 rounds
    assert (found.certified, found.parameters) == ("exactly", {"win": F(1, 10)})
    assert found.check.witness == Witness(0, F(1, 3), F(100, 41), F(131, 41), "sponsor")
    assert problem.confirm({"win": HALF}, F(0)) is None
    assert problem.hunt(0, 10, LATER) is None


# -- moving power ------------------------------------------------------------------------------------------------------

WORDS = {
    "asymmetry": "kept at λ = 0.4, not at 0.5",
    "proxy restraint": "the proxy conforms at λ = 0.4, not at 0.5",
    "sponsor restraint": "the sponsor conforms at λ = 0.4, not at 0.5",
    "proxy turns first": "kept at λ = 0.5; at 0.4 the sponsor violates it",
    "pact at parity": "the alliance can be kept, the pact cannot",
    "stakes": "a pact at stakes 0.5, none at 0.4",
    "protraction": "a war from λ = 0.5 is longer than from 0.4",
}


@pytest.mark.parametrize("claim", WORDS)
def test_the_words_of_moving_power(claim):
    for discount, at in ((0.9, "δ = 0.9: "), (None, "")):
        answer = MovingAnswer(claim, "holds", "fails", None, MovingWitness(discount, 0.4, 0.5))
        assert answer.message == f"{claim}: holds with frozen power, fails where power moves; {at}{WORDS[claim]}."
    plain = MovingAnswer(claim, "vacuous", "unsolved", None, None)
    assert plain.message == f"{claim}: vacuous with frozen power, unsolved where power moves."


@pytest.mark.parametrize(("frozen", "moving"), list(product(("holds", "fails", "vacuous", "unsolved"), repeat=2)))
def test_what_survives(frozen, moving):
    survives = {("holds", "holds"): True, ("holds", "fails"): False}.get((frozen, moving))
    assert MovingAnswer("asymmetry", frozen, moving, None, None).survives is survives


def test_events_of_one_peak():
    """A fall at one point and a rise at a later one: y, the earlier indeterminate, is the larger ratio of power."""
    family = Family(lambda v: game(none, lambda g: 3 + v * (g * g - g)), {"v": Interval(-1, 1)}, enforcement=GIVEN)
    problem = unimodal("u", whose="proxy").problem(family, {}, LATER)
    (query,) = problem.queries()
    moves = "the proxy's critical discount factor moves the wrong way along the gap"
    assert query.text == f"first, case 1: {moves}; then, case 1: {moves}"
    kinds = [(c.kind, c.relation) for c in query.conditions]
    assert kinds.count((Kind.VIOLATION, ">")) == 2
    later = query.conditions[-1]
    assert (later.text, later.relation) == ("one point after the other", ">")
    x, y = problem.algebra["x"], problem.algebra["y"]
    assert later.polynomial == (y - x).product
