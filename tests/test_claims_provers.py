"""How a proof is come by: which procedure decides, what is left open and why, and what is tried again."""

import time
from fractions import Fraction as F

import pytest

import alliances as al
from alliances.arithmetic import exp, larger
from alliances.arithmetic.algebra import OutOfReach
from alliances.claims import ASYMMETRY, Choice, Family, Interval, monotone, never_above, unimodal
from alliances.claims.proofs.proving import prove
from tests.test_claims_answers import FALLING, GIVEN, HALF, OPEN, QUARTER, RISING, VALLEY, game, none

LATER = float("inf")
MOVES = "case 1: the proxy's critical discount factor moves the wrong way along the gap"
BOUNDED = OPEN.with_(gaps=Interval(F(1, 10), HALF))


def outcomes(proof):
    return [(step.text, step.status, step.method) for step in proof.steps]


@pytest.mark.parametrize("method", ["auto", "polynomials", "intervals"])
def test_procedures(method):
    """ω = 1 + (v − ½)γ for v up to 1/4, and from 3/4 on: excluded and met by the procedure that was asked for."""
    by = "intervals" if method == "intervals" else "polynomials"
    true = ASYMMETRY.prove(BOUNDED.with_(parameters={"v": Interval(0, QUARTER)}), method=method)
    assert (true.status, true.method, outcomes(true)) == ("proved", method, [(MOVES, "excluded", by)])
    false = ASYMMETRY.prove(BOUNDED.with_(parameters={"v": Interval(3 * QUARTER, 1)}), method=method)
    tried_before = [] if method == "intervals" else [(MOVES, "met", by)]  # trial by numbers comes before boxes
    assert (false.status, outcomes(false)) == ("refuted", tried_before)
    assert false.counterexample.parameters["v"] >= 3 * QUARTER
    assert (true.reasons, false.reasons) == ((), ())


def test_intervals_want_bounds():
    free = Family(lambda v: game(none, lambda g: v * (2 - g)), {"v": Interval(1, None)}, enforcement=GIVEN)
    proof = ASYMMETRY.prove(free, method="intervals")
    assert (proof.status, outcomes(proof)) == ("unknown", [(MOVES, "open", "polynomials")])
    assert proof.reasons == (f"intervals need bounded domains: {MOVES}",)
    assert ASYMMETRY.prove(free).status == "proved"


def test_choices_are_asked_one_after_the_other():
    """Each with steps of its own; the first that refutes ends it."""

    def model(v, w):
        return game(none, lambda g: 2 + w * v * g)

    of = Family(model, {"v": Interval(1, 2), "w": Choice(F(-1), F(-1, 2))}, enforcement=GIVEN)
    proof = ASYMMETRY.prove(of)
    assert (proof.status, [step.fixed for step in proof.steps]) == ("proved", [{"w": F(-1)}, {"w": F(-1, 2)}])
    two = ASYMMETRY.prove(of.with_(parameters={"v": Interval(1, 2), "w": Choice(F(-1), F(1), F(2))}))
    assert (two.status, two.counterexample.parameters) == ("refuted", {"w": F(1), "v": F(1)})
    assert [step.fixed for step in two.steps] == [{"w": F(-1)}, {"w": F(1)}]


def test_what_is_out_of_reach():
    claim = monotone("m", along="v")
    moving = OPEN.with_(enforcement=lambda v: al.GivenPunishment(al.ImperfectMonitoring(v / 4, 0)))
    proof = claim.prove(moving)
    assert proof.status == "unknown"
    assert proof.reasons == ("proofs follow odds of betrayal, and with v the enforcement moves, too",)
    periods = never_above("n", than=al.FinitePunishment(2)).prove(OPEN)
    assert periods.reasons == ("proofs do not compare finite punishment of more than one period with another concept",)

    def problems(*_):
        raise OutOfReach("no words")

    assert prove(ASYMMETRY, problems, OPEN, "auto", 5.0, 0).reasons == ("no words",)


def test_time_that_is_over():
    """What was not asked is a reason, and nothing is proved."""

    class Late:
        def __init__(self, of):
            self.of = of

        def __getattr__(self, name):
            return getattr(self.of, name)

        def queries(self):
            time.sleep(0.3)
            yield from self.of.queries()

    def problems(family, fixed, _):
        return Late(ASYMMETRY.problem(family, fixed, LATER))

    proof = prove(ASYMMETRY, problems, OPEN, "auto", 0.2, 0)
    assert proof.status == "unknown"
    assert proof.reasons[0] == f"time ran out: {MOVES}, and what comes after it"
    assert proof.steps == ()
    assert 0.3 <= proof.seconds < 30


def test_functions_are_decided_by_boxes():
    """4 − v exp(γ) + γ falls for v from 1 on, as exp(γ) > 1; v exp(γ) − γ rises, which enclosures confirm."""
    of = BOUNDED.with_(model=lambda v: game(none, lambda g: 4 - v * exp(g) + g), parameters={"v": Interval(1, 2)})
    proof = ASYMMETRY.prove(of, method="intervals")
    assert (proof.status, {step.method for step in proof.steps}) == ("proved", {"intervals"})
    rising = BOUNDED.with_(model=lambda v: game(none, lambda g: v * exp(g) - g), parameters={"v": Interval(1, 2)})
    proof = ASYMMETRY.prove(rising)
    assert (proof.status, proof.counterexample.certified) == ("refuted", "by enclosures")


# -- counterexamples of claims of one's own ------------------------------------------------------------------------------


def test_three_points_confirm():
    """The coarsest grid that shows the valley, and then its three points alone; none where there is no valley."""
    claim = unimodal("u")
    of = Family(lambda v: game(none, lambda g: 1 + (v - HALF) * (2 * g - 1) ** 2), {"v": Interval(0, 1)}, enforcement=GIVEN)
    problem = claim.problem(of, {}, LATER)
    found = problem.confirm({"v": F(1)}, F(0))
    assert found.check.points == 3
    assert (found.check.witness.low, found.check.witness.middle, found.check.witness.high) == (0, HALF, 3 * QUARTER)
    assert (found.check.witness.at_low, found.check.witness.at_middle) == (F(3, 5), HALF)
    assert problem.confirm({"v": QUARTER}, F(0)) is None
    narrow = Family(
        lambda v: game(none, lambda g: 2 + v * larger(F(1, 50) - abs(g - F(1, 20)), 0 * g) * -5),
        {"v": Interval(0, 1)},
        enforcement=GIVEN,
    )
    fine = claim.problem(narrow, {}, LATER).confirm({"v": F(1)}, F(0))
    assert fine.check.witness.middle == F(1, 20)
    along = unimodal("u", along="v")
    bowl = Family(lambda v: game(none, lambda g: 1 + (v - 1) ** 2), {"v": Interval(0, 2)}, enforcement=GIVEN)
    found = along.problem(along.about(bowl), {}, LATER).confirm({"v": F(1), "gap": QUARTER}, F(1))
    assert found.parameters == {"gap": QUARTER}
    assert (found.check.witness.low, found.check.witness.middle, found.check.witness.high) == (0, 1, 2)
    assert found.check.line == "v"


def test_comparisons_confirm():
    """At the gap that the coarsest grid shows, at the one that is asked about, or nearer and nearer to it."""
    claim = never_above("n", than=lambda v: VALLEY)
    of = Family(lambda v: game(none, lambda g: v + 0 * g), {"v": Interval(0, 2)}, enforcement=GIVEN)
    problem = claim.problem(of, {}, LATER)
    found = problem.confirm({"v": F(3, 2)}, F(1, 3))  # above 1 + (2γ − 1)² between 1/2 − √2/4 and 1/2 + √2/4
    assert (found.check.witness.low, found.check.witness.at_low, found.check.witness.at_high) == (HALF, HALF, F(3, 5))
    assert (found.parameters, found.certified, found.check.points) == ({"v": F(3, 2)}, "exactly", 1)
    assert problem.confirm({"v": F(1)}, F(1, 3)) is None
    tiny = 1 + F(1, 10**7)
    third = never_above("n", than=lambda v: game(none, lambda g: 1 + (3 * g - 1) ** 2))
    near = third.problem(of, {}, LATER).confirm({"v": tiny}, F(1, 3))
    assert abs(near.check.witness.low - F(1, 3)) < F(1, 3000)
    assert problem.labels[8:10] == [
        "the sponsor's payoff at (ally, ally) of the model compared with",
        "the proxy's payoff at (ally, ally) of the model compared with",
    ]
    values = {"v": F(3, 2), "x": F(1, 3)}  # the gap 1/2
    power = al.Power(3 * QUARTER, QUARTER)
    numbers = [x for game_ in (of.at(v=F(3, 2)), VALLEY) for row in game_.cells(power) for cell in row for x in cell]
    assert problem.numbers(values) == numbers
    assert problem.consequences(values, numbers).follows == [F(3, 2), 1]
    assert len(problem.consequences(values, numbers).payoffs) == 16


def test_sides_of_a_comparison():
    claim = never_above("n", than=RISING)
    other = claim.other(OPEN.with_(assume="deterrent"))
    assert (other.at(v=F(1)), other.assume, other.enforcement) == (RISING, (), GIVEN)
    concept = never_above("n", than=al.FinitePunishment(1)).other(OPEN.with_(assume="deterrent"))
    assert (concept.enforcement, concept.assume, concept.model) == (al.FinitePunishment(1), (), OPEN.model)
    check = claim.verdict(OPEN.with_(gaps=Interval(0, HALF), total=3), {"v": F(2)})
    assert check.question.compared.tolist() == [F(n, 20) for n in range(11)]
    assert (check.points, check.question.total, check.status) == (11, 3, "fails")
    assert check.witness.low == HALF
    same = never_above("n", than=FALLING).compared(OPEN, {"v": F(1)}, [F(0), QUARTER])
    assert (same.status, same.points) == ("holds", 2)
