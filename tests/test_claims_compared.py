"""A proof's cases against its model in numbers: how far floats may be off, what is no difference, and each one in full."""

import re
from fractions import Fraction as F

import pytest

import alliances as al
from alliances.arithmetic.balls import Ball, precisely
from alliances.arithmetic.conditions import Condition, Kind
from alliances.arithmetic.tolerance import EPSILON, PROMISED
from alliances.claims import ASYMMETRY, PROXY_RESTRAINT, STAKES, Family, Interval, NotArithmetic, alliance_family
from alliances.claims.proofs import agreement
from alliances.claims.proofs.agreement import disagreements
from alliances.claims.proofs.cases import flat
from alliances.claims.proofs.problem import Region
from tests.test_claims_agreement import CURVED, Changed, changed
from tests.test_claims_answers import GIVEN, HALF, OPEN, QUARTER, game, none

LATER = float("inf")
SAYS = (
    "prove(): the model must give numbers the payoffs that it gives indeterminates, so it must not ask for the type of its "
    "arguments, draw at random or remember; in numbers, at "
)


def problem_of(family=OPEN, claim=ASYMMETRY):
    return claim.problem(family, {}, LATER)


def same(regions):
    return regions


def watched(of, numbers, change=same):
    """The problem with other numbers than its model's: ``numbers`` of those, and of the point."""

    class Watched(Changed):
        def numbers(self, values):
            return numbers(self._of.numbers(values), values)

    return Watched(of, change)


# -- how far floats may be off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 10**6])
@pytest.mark.parametrize("side", [1, -1])
def test_floats_within_the_tolerance_agree(level, side):
    """10⁻⁹ of the range of all payoffs, and 1024 machine epsilons of the largest, which count where the level is high."""

    def model(v):
        return al.CustomGame(lambda q: [[(level + 1, level + 1), (level, level + 2 + v * q.gap)], [(level, level)] * 2])

    problem = problem_of(Family(model, {"v": Interval(0, 1)}, enforcement=GIVEN))

    def shifted(times):
        def numbers(payoffs, _):
            floats = [float(x) for x in payoffs]
            tolerance = PROMISED * (max(floats) - min(floats)) + 2**10 * EPSILON * max(floats)
            floats[0] += side * times * tolerance
            return floats

        return numbers

    assert disagreements(watched(problem, shifted(0.999)), 0) == []
    reasons = disagreements(watched(problem, shifted(1.001)), 0)
    assert reasons
    for reason in reasons:
        found = re.fullmatch(
            r"at v = (\S+), the line's point (\S+) the sponsor's payoff at \(ally, ally\) is (\S+) in floats and (\S+) in "
            r"indeterminates: the model asks for the type of its arguments, or floats lose too many digits",
            reason,
        )
        assert 0 <= F(found[1]) <= 1
        assert 0 <= F(found[2]) < 1
        assert 0 < side * (float(found[3]) - level - 1) < 1
        assert F(found[4]) == level + 1


def test_equal_floats_need_no_tolerance():
    """Payoffs that are all 0, in floats, have no range."""
    nothing = Family(lambda v: al.CustomGame(lambda q: [[(0.0, 0.0)] * 2] * 2), {"v": Interval(0, 1)}, enforcement=GIVEN)
    assert disagreements(problem_of(nothing), 0) == []


def test_numbers_that_may_be_a_value():
    with precisely():
        third, root = Ball.of(F(1, 3)), Ball.of(2) ** HALF
        assert agreement._near(Ball.of(1), 1.5, 0.5)
        assert not agreement._near(Ball.of(1), 1.5, 0.4999)
        assert agreement._near(Ball.of(1), 0.5, 0.5)
        assert not any(agreement._near(Ball.of(1), x, 9.0) for x in (float("nan"), float("inf"), -float("inf")))
        assert agreement._near(third, F(1, 3), 0)
        assert agreement._near(third, Ball.of(F(1, 3)), 0)
        assert not agreement._near(third, F(1, 3) + F(1, 10**90), 1)  # exact numbers are compared exactly
        assert agreement._near(root, root, 0)
        assert not agreement._near(root, F(141421356, 10**8), 1)
        assert agreement._near(root * root, F(2), 0)


# -- what is no difference -----------------------------------------------------------------------------------------------


def test_numbers_beyond_the_range_of_floats_say_nothing():
    def raises(*_):
        raise OverflowError("too large")

    assert disagreements(watched(problem_of(), raises), 0) == []


@pytest.mark.parametrize("error", [ValueError, ZeroDivisionError])
def test_where_neither_has_payoffs(error):
    """And where numbers alone have none, what they raise is named."""

    def raises(*_):
        raise error("no payoffs")

    def without(regions):
        return [Region(region.conditions, None) for region in regions]

    assert disagreements(watched(problem_of(), raises, without), 0) == []
    with pytest.raises(NotArithmetic) as caught:
        disagreements(watched(problem_of(), raises), 0)
    pattern = rf"{re.escape(SAYS)}v = \S+, the line's point \S+, it has no payoffs; {error.__name__}: no payoffs"
    assert re.fullmatch(pattern, str(caught.value))
    reasons = disagreements(Changed(problem_of(), without), 0)
    pattern = r"at v = \S+, the line's point \S+ the model has payoffs in numbers and none in indeterminates"
    assert len(reasons) > 1
    assert all(re.fullmatch(pattern, reason) for reason in reasons)


def test_how_often_many_cases_are_compared(monkeypatch):
    """As often in all as one case alone would be, but no case less than four times."""
    problem, count = problem_of(), []
    counts = [(40, 1, (40, 0)), (40, 5, (8, 8)), (10, 5, (4, 4)), (900, 1, (100, 0)), (200, 5, (40, 30))]
    for evaluations, times, each in counts:
        monkeypatch.setattr(agreement, "_EVALUATIONS", evaluations)
        count.clear()

        def counted(payoffs, values):
            count.append(values)
            return payoffs

        assert disagreements(watched(problem, counted, lambda regions, n=times: regions * n), 0) == []
        assert len(count) == each[0] + (times - 1) * each[1]  # where the first holds, the others hold, which no draw reaches


# -- each difference -----------------------------------------------------------------------------------------------------

GUARDED = Family(
    lambda v: game(none, lambda g: 2 - g, loss=lambda g: v - g),
    {"v": Interval(0, 1)},
    enforcement=GIVEN,
    assume="deterrent",
)
"""Conflict deters while v > γ."""


def test_where_an_assumption_fails():
    problem = problem_of(GUARDED)
    assert sorted({part.text for part in problem.parts()}) == ["an assumption fails", "case 1"]
    assert {part.number for part in problem.parts()} == {0, 1}
    regions = problem.regions()
    assert [region.outcome == flat(None) for region in regions].count(True) == len(problem.parts()) - 1
    assert disagreements(problem, 0) == []
    fails = Changed(problem, lambda regions: [region._replace(outcome=flat(None)) for region in regions])
    with pytest.raises(NotArithmetic) as caught:
        disagreements(fails, 0)
    text = str(caught.value)
    assert text.startswith(f"{SAYS}v = ")
    kinds = "[('zero', ((1, 1), (1, 1))), ('finite', ((1, 1), (1, 1)))]"
    assert text.endswith(f", its incentives are {kinds}; and not assumption fails, as in indeterminates")


def test_where_a_model_has_no_payoffs():
    """It divides by zero at v = 1/2: asked is whether that can be met, and numbers have no payoffs there, either."""
    of = Family(lambda v: game(none, lambda g: 3 - g + g / (2 * v - 1) ** 2), {"v": Interval(0, 1)}, enforcement=GIVEN)
    problem = problem_of(of)
    first = next(problem.queries())
    assert re.fullmatch(r"the model divides by zero or refuses its parameters \(.+\)", first.text)
    assert (first.jump, first.cases) == (False, ())
    assert [(part.number, part.text) for part in problem.parts()] == [(1, "case 1"), (0, "the model has no payoffs")]
    assert [region.outcome is None for region in problem.regions()] == [False, True]
    assert disagreements(problem, 0) == []


def test_odds_that_do_not_follow():
    """ω = 1 + (v − ½)γ at the point that is named, and one more in indeterminates."""
    with pytest.raises(NotArithmetic) as caught:
        disagreements(Changed(problem_of(), changed(0, follows=lambda xs: [x + 1 for x in xs])), 0)
    pattern = (
        rf"{re.escape(SAYS)}v = (\S+), the line's point (\S+), what the claim compares is (\S+); and (\S+) in indeterminates"
    )
    v, gap, number, formal = map(F, re.fullmatch(pattern, str(caught.value)).groups())
    assert number == 1 + (v - HALF) * gap
    assert formal == number + 1


def test_enclosures_are_shown_to_six_digits():
    """exp(−vγ) + 1 in the place of the temptation exp(−vγ)."""
    problem = problem_of(CURVED, PROXY_RESTRAINT)
    wrong = Changed(problem, changed(0, payoffs=lambda xs: [x + (k == 3) for k, x in enumerate(xs)]))
    reasons = disagreements(wrong, 0)
    assert reasons
    for reason in reasons:
        found = re.fullmatch(
            r"at v = (\S+), the line's point (\S+) the proxy's payoff at \(ally, fight\) is (\S+) in floats and (\S+) in "
            r"indeterminates: the model asks for the type of its arguments, or floats lose too many digits",
            reason,
        )
        digits = float(found[4])
        assert digits == pytest.approx(float(found[3]) + 1, rel=2e-5)
        assert len(found[4].replace(".", "").strip("0")) <= 6
        assert f"{digits:.6g}" == f"{digits!r}" or digits == pytest.approx(float(f"{digits:.6g}"))


def test_a_false_fact_is_named():
    problem = problem_of(CURVED, PROXY_RESTRAINT)
    function = problem.algebra.generators[problem.algebra.transcendentals[0].place]
    problem.algebra.facts.append(Condition(function - problem.algebra.one, ">", Kind.TRANSCENDENTAL, "larger than 1"))
    pattern = r"what is known of a function \(larger than 1\) is false at v = \S+, the line's point \S+"
    reasons = disagreements(problem, 0)
    assert reasons
    assert all(re.fullmatch(pattern, reason) for reason in reasons)


# -- points of the line ------------------------------------------------------------------------------------------------


def test_a_root_of_the_ratio_of_power():
    """Payoffs in √(p/s): the indeterminate is that root, and 1/2 is a ratio of 1/4, a gap of 3/5."""

    def model(v):
        return al.CustomGame(lambda q: [[(1, 1), (-1, 2 + v * (q.proxy / q.sponsor) ** HALF)], [(0, -1), (0, 0)]])

    problem = problem_of(Family(model, {"v": Interval(0, 1)}, enforcement=GIVEN, total=5))
    assert problem.root == 2
    values = {"v": QUARTER, "x": HALF}
    assert problem.point(values) == ({"v": QUARTER}, F(3, 5))
    assert problem.numbers(values) == [1, 1, -1, 2 + F(1, 8), 0, -1, 0, 0]
    power, x = problem.power(), problem.algebra["x"]
    assert power.sponsor.identical(5 / (1 + x**2))
    assert power.proxy.identical(5 * x**2 / (1 + x**2))
    assert disagreements(problem, 0) == []


def test_the_line_of_the_stakes():
    """There is no gap on it: power is at parity, and the point is the stakes."""
    family = alliance_family(synergy="constant", actions=3, stakes=Interval(1, 3), enforcement=GIVEN)
    problem = problem_of(family, STAKES)
    values = {name: domain.low + QUARTER / 2 for name, domain in family.intervals.items()}
    at, point = problem.point(values)
    assert (at, point) == (values, F(9, 8))
    cells = family.at(**values).cells(al.Power(HALF, HALF))
    assert problem.numbers(values) == [x for row in cells for cell in row for x in cell]
