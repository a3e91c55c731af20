"""Counterexamples of claims of one's own and certain contradictions: each argument, each limit, and what is left open."""

from fractions import Fraction as F
from importlib import import_module

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose, exp
from alliances.arithmetic.algebra import Kind
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.quotients import NotArithmetic, OutOfReach
from alliances.claims import Choice, Family, Interval, Witness, never_above, unimodal
from alliances.claims.comparing import Side
from alliances.claims.pinned import AtGap, OneGame, OwnStakes, PinnedLine, PinnedModel
from alliances.claims.scales import NeverAbove, certified
from tests.test_claims_answers import FALLING, GIVEN, HALF, PACT, QUARTER, RISING, game, none
from tests.test_claims_lines import POWERS, holed
from tests.test_claims_settling import Stubborn

pytest.importorskip("flint")

LATER = float("inf")
ONCE = al.GivenPunishment(al.FinitePunishment(1))
BOWL = Family(lambda v: game(none, lambda g: 1 + v * (2 * g - 1) ** 2), {"v": Interval(0, 1)}, enforcement=GIVEN)
PEAK = unimodal("u")


# -- three points ------------------------------------------------------------------------------------------------------


def test_the_earlier_point_has_a_name_of_its_own():
    """Neither that of an open parameter nor that of the line's own point."""
    for names in (("v",), ("y", "v"), ("x", "v"), ("x", "y", "y1"), ("y", "x1")):
        of = Family(lambda **values: FALLING, dict.fromkeys(names, Interval(0, 1)), enforcement=GIVEN)
        problem = PEAK.problem(of, {}, LATER)
        letters = list(problem.algebra.letters)
        assert {*names, problem.letter, problem.earlier} <= set(letters)
        assert len({*names, problem.letter, problem.earlier}) == len(names) + 2
    problem = PEAK.problem(Family(lambda v: FALLING, {"v": Interval(0, 1)}, enforcement=GIVEN), {}, LATER)
    assert (problem.letter, problem.earlier) == ("x", "y")


def test_what_is_said_of_one_point_is_said_of_the_other():
    """The domain of x becomes that of y, and what is about v alone stays as it is."""
    of = Family(lambda v: game(none, lambda g: 3 + v * (g * g - g)), {"v": Interval(-1, 1)}, enforcement=GIVEN)
    problem = unimodal("u", whose="proxy").problem(of, {}, LATER)
    (query,) = problem.queries()
    letters = list(problem.algebra.letters)

    def about(condition):
        return {letters[k] for powers in condition.polynomial.to_dict() for k, e in enumerate(powers) if int(e)}

    domains = [(about(c), c.letter) for c in query.conditions if c.kind is Kind.DOMAIN]
    assert {letter for names, letter in domains if names == {"v"}} == {"v"}
    assert {letter for names, letter in domains if names == {"y"}} == {"y"}
    moves = [c for c in query.conditions if c.kind is Kind.VIOLATION]
    x, y = (problem.algebra[name] for name in "xy")
    assert sorted(map(sorted, map(about, moves))) == [["v", "x"], ["v", "y"]]
    later = query.conditions[-1]
    assert (later.kind, later.polynomial) == (Kind.CASE, (y - x).product)


def test_roots_of_both_points_lie_in_the_line():
    """Odds that fall with the root of p/s, on gaps from 1/3 to 3/5: x² and y² are from 1/4 to 1/2."""
    of = Family(
        lambda v: al.CustomGame(
            lambda q: [
                [(0 * q.gap, 0 * q.gap), (0 * q.gap - 9, v + (q.proxy / q.sponsor) ** HALF)],
                [(0 * q.gap, 0 * q.gap - 9), (0 * q.gap - 1, 0 * q.gap - 1)],
            ]
        ),
        {"v": Interval(1, 2)},
        enforcement=GIVEN,
        gaps=Interval(F(1, 3), F(3, 5)),
    )
    problem = PEAK.problem(of, {}, LATER)
    assert problem.root == 2
    facts = {(c.letter, str(c.polynomial), c.relation) for c in problem.algebra.facts}
    for name in (problem.letter, problem.earlier):
        square = problem.algebra[name] ** 2
        for bound in (square - QUARTER, HALF - square):
            assert (name, str(bound.product), ">=") in facts
    assert PEAK.prove(of).status == "proved"


def test_functions_along_the_line_are_out_of_reach_of_peaks():
    """Where there are two events to put in order; where nothing rises after a fall there is nothing to ask."""
    bent = Family(lambda v: game(none, lambda g: 2 + v * exp(g) * (g - HALF) ** 2), {"v": Interval(1, 2)}, enforcement=GIVEN)
    with pytest.raises(OutOfReach) as caught:
        list(PEAK.problem(bent, {}, LATER).queries())
    assert str(caught.value) == "proofs of unimodality know no powers and exponentials that change along the line"


def test_where_the_model_has_no_payoffs_no_peak_is_proved():
    broken = Family(lambda v: game(none, lambda g: 2 + v / (g - HALF)), {"v": Interval(1, 2)}, enforcement=GIVEN)
    texts = [query.text for query in PEAK.problem(broken, {}, LATER).queries()]
    assert any(text.startswith("the model divides by zero or refuses its parameters (") for text in texts)


def test_a_dent_at_a_single_point():
    """1/2 at the gap 1/3 and v elsewhere: down and up by jumps, at one point between."""
    of = Family(
        lambda v: game(none, lambda g: choose(g == F(1, 3), HALF + 0 * g, v + 0 * g)), {"v": Interval(1, 2)}, enforcement=GIVEN
    )
    texts = [query.text for query in PEAK.problem(of, {}, LATER).queries()]
    single = [text for text in texts if text.endswith(", at one point")]
    assert single
    assert all(text.startswith("first, from case ") and "; then, from case " in text for text in single)
    for text in single:  # the case that the first jump leads to is the one that the second leads from
        first, then = text.split("; then, ")
        assert first.split(" to case ")[1].split(":")[0] == then.split("from case ")[1].split(" ")[0]
    assert set(texts) >= {text.removesuffix(", at one point") for text in single}
    found = PEAK.problem(of, {}, LATER).confirm({"v": F(1)}, F(1, 3))
    assert (found.check.witness.middle, found.check.witness.at_middle, found.check.witness.at_low) == (F(1, 3), F(1, 3), HALF)
    assert unimodal("u", peak=False).problem(of, {}, LATER).confirm({"v": F(1)}, F(1, 3)) is None


def test_what_is_asked_of_three_points():
    """Power in all, profile, assumptions and concept of the family, also where a parameter moves."""
    options = {"enforcement": ONCE, "assume": ("deterrent",), "total": 3, "profile": ("ally", "ally")}
    low = BOWL.with_(model=lambda v: game(none, lambda g: QUARTER + v * (2 * g - 1) ** 2), **options)
    found = PEAK.problem(low, {}, LATER).confirm({"v": F(1, 3)}, F(0))
    asked = found.check.question
    assert (asked.total, asked.profile, found.check.assume, found.check.enforcement) == (
        3,
        ("ally", "ally"),
        ("deterrent",),
        ONCE,
    )
    assert found.check.witness.middle == HALF
    by_power = Family(
        lambda v: al.CustomGame(
            lambda q: [[(0, 0), (-9, HALF + (v - q.proxy) ** 2 / 8)], [(0 * q.gap, -9), (0 * q.gap - 1, 0 * q.gap - 1)]]
        ),
        {"v": Interval(0, 2)},
        **options,
    )
    along = unimodal("w", along="v")
    found = along.problem(along.about(by_power), {}, LATER).confirm({"v": F(1), "gap": F(1, 3)}, F(1))
    assert (found.parameters, found.check.witness.middle, found.check.line) == ({"gap": F(1, 3)}, 1, "v")  # p = 1
    assert (found.check.question.total, found.check.assume, found.check.enforcement) == (3, ("deterrent",), ONCE)
    narrow = BOWL.with_(gaps=Interval(HALF, F(51, 100)))
    assert PEAK.problem(narrow, {}, LATER).confirm({"v": F(1)}, HALF) is None  # a bowl's right half has one peak


def test_how_three_points_are_confirmed():
    """Floats are confirmed by enclosures; what odds are not known or enclosures refuse is not confirmed."""
    floats = BOWL.with_(model=lambda v: game(none, lambda g: 1.0 + v * (2.0 * g - 1.0) ** 2))
    found = PEAK.problem(floats, {}, LATER).confirm({"v": F(1)}, F(0))
    assert (found.certified, found.check.exact, found.check.status) == ("by enclosures", False, "fails")
    assert PEAK.problem(BOWL, {}, LATER).confirm({"v": F(1)}, F(0)).certified == "exactly"
    curved = BOWL.with_(model=lambda v: game(none, lambda g: exp(v * (2 * g - 1) ** 2)))
    assert PEAK.problem(curved, {}, LATER).confirm({"v": F(1)}, F(0)).certified == "by enclosures"

    def refuses(v):
        if v > HALF:
            raise ValueError("no such model")
        return BOWL.at(v=v)

    picky = PEAK.problem(BOWL, {}, LATER)
    picky.family = BOWL.with_(model=refuses)
    assert picky.confirm({"v": F(1)}, F(0)) is None
    assert picky.confirm({"v": F(1, 3)}, F(0)) is not None


TRIED = {
    "peak": (PEAK, BOWL),
    "comparison": (never_above("n", than=lambda v: game(none, lambda g: 1 + 0 * g)), BOWL),
}


@pytest.mark.parametrize("name", TRIED)
def test_trial_finds_numbers_that_are_less_simple(name):
    """Between 1235/10000 and 1238/10000 there is no tenth, and what is found has at most four digits."""
    claim, of = TRIED[name]
    narrow = of.with_(parameters={"v": Interval(F(1235, 10**4), F(1238, 10**4))})
    found = claim.problem(narrow, {}, LATER).hunt(0, 4, LATER)
    assert 10 < found.parameters["v"].denominator <= 10**4
    assert found.parameters["v"] in narrow.parameters["v"]
    none_ = of.with_(parameters={"v": Interval(F(1235001, 10**7), F(1235001, 10**7) + F(1, 10**12))})
    assert claim.problem(none_, {}, LATER).hunt(0, 4, LATER) is None


@pytest.mark.parametrize("name", TRIED)
@pytest.mark.parametrize("error", [TypeError, ValueError, ZeroDivisionError])
def test_trial_ends_where_the_model_takes_no_arrays(name, error):
    claim, of = TRIED[name]

    def scalars(v):
        if isinstance(v, np.ndarray):
            raise error("numbers, please")
        return of.at(v=v)

    assert claim.problem(of.with_(model=scalars), {}, LATER).hunt(0, 20, LATER) is None


# -- comparisons -------------------------------------------------------------------------------------------------------


def test_a_comparison_assumes_of_the_model_alone():
    """The other model may break the assumption; where this one does, nothing is compared."""
    harmless = game(none, lambda g: HALF + 0 * g, lambda g: -1 + 0 * g)  # nothing tempts, and nothing deters
    hopeless = holed(-1, 1)
    hurts_late = game(none, lambda g: 1 + 0 * g, lambda g: choose(g < QUARTER, -1 + 0 * g, 1 + 0 * g))
    low = game(none, lambda g: QUARTER + 0 * g)
    gaps = [F(0), QUARTER, HALF]
    check = never_above("n", than=low).check(hurts_late, enforcement=GIVEN, gaps=gaps, assume="deterrent")
    assert (check.status, check.points, check.witness.low) == ("fails", 2, QUARTER)
    other = never_above("n", than=hopeless).check(FALLING, enforcement=GIVEN, gaps=gaps, assume="deterrent")
    assert (other.status, other.points) == ("holds", 3)
    nothing = never_above("n", than=low).check(hopeless, enforcement=GIVEN, gaps=gaps, assume="deterrent")
    assert (nothing.status, nothing.points, nothing.witness) == ("vacuous", 0, None)

    def certain(mine, theirs, assume):
        sides = [lambda: (mine, GIVEN), lambda: (theirs, GIVEN)]
        return certified(NeverAbove("dyad"), sides, QUARTER, (0, 0), assume, F(1))

    assert certain(FALLING, harmless, ("deterrent",)) == "exactly"
    assert certain(hopeless, FALLING, ()) == "exactly"
    assert certain(hopeless, FALLING, ("deterrent",)) is None
    assert certain(FALLING, hopeless, ("deterrent",)) is None


def test_power_in_all_of_both_sides():
    """The proxy's odds are p = 3(1 − γ)/2 with s + p = 3: above 1 up to the gap 1/3 alone, and 1/2 at most with s + p = 1."""
    level = game(none, lambda g: 1 + 0 * g)
    claim = never_above("n", than=level, whose="proxy")
    gaps = [F(0), F(1, 4), F(1, 3), HALF]
    check = claim.check(POWERS, enforcement=GIVEN, gaps=gaps, total=3)
    assert (check.status, check.witness) == ("fails", Witness(0, 0, HALF, F(3, 5), "proxy"))
    assert claim.check(POWERS, enforcement=GIVEN, gaps=gaps[2:], total=3).status == "holds"
    assert claim.check(POWERS, enforcement=GIVEN, gaps=gaps).status == "holds"
    of = Family(lambda v: POWERS, {"v": Interval(0, 1)}, enforcement=GIVEN, total=3)
    for total, found in ((3, True), (1, False)):
        problem = never_above("n", than=lambda v: level).problem(of.with_(total=total), {}, LATER)
        assert (problem.confirm({"v": HALF}, F(0)) is not None) is found


def test_a_comparison_is_exact_where_both_sides_are():
    """Whichever side is computed in floats."""
    exact, floats = game(none, lambda g: HALF + 0 * g), game(none, lambda g: 0.25 + 0.0 * g)
    for mine, theirs, status in ((exact, floats, "fails"), (floats, exact, "holds"), (exact, exact, "holds")):
        check = never_above("n", than=theirs).check(mine, enforcement=GIVEN, gaps=[F(0), HALF])
        both = mine is theirs
        assert (check.status, check.exact) == (status, both)
        assert check.message.endswith("in exact arithmetic." if both else "in floating point.")


def test_how_a_comparison_is_confirmed():
    floats = BOWL.with_(model=lambda v: game(none, lambda g: 1.5 + v * g))
    claim = never_above("n", than=lambda v: game(none, lambda g: 1 + 0 * g))
    found = claim.problem(floats, {}, LATER).confirm({"v": F(1)}, F(0))
    assert (found.certified, found.check.exact) == ("by enclosures", False)
    assert claim.problem(BOWL, {}, LATER).confirm({"v": F(1)}, F(0)).certified == "exactly"

    def refuses(v):
        if v > HALF:
            raise ValueError("no such model")
        return BOWL.at(v=v)

    picky = claim.problem(BOWL, {}, LATER)
    picky.family = BOWL.with_(model=refuses)
    assert picky.confirm({"v": F(1)}, F(0)) is None
    assert picky.confirm({"v": F(1, 3)}, F(0)) is not None


@pytest.mark.parametrize("error", [Undecided, OutOfReach, NotArithmetic, ZeroDivisionError])
def test_what_cannot_be_decided_is_not_confirmed(monkeypatch, error):
    def refuses(*_):
        raise error("not here")

    monkeypatch.setattr(import_module("alliances.claims.unimodal"), "contradicted", refuses)
    monkeypatch.setattr("alliances.claims.comparing.certified", refuses)
    for claim, of in TRIED.values():
        assert claim.problem(of, {}, LATER).confirm({"v": F(1)}, F(0)) is None


class Forked(al.CustomGame):
    """Numbers get a tenth more of the proxy's temptation than enclosures, which are all the same in sixty digits."""

    def cells(self, power):
        (first, second), last = super().cells(power)
        extra = F(1, 10) if isinstance(power.sponsor, (int, float, F, np.ndarray)) else 0
        return (first, (second[0], second[1] + extra)), last


def steep(g):
    return exp(g) ** 2


def test_noise_in_comparisons(monkeypatch):
    """Where every number may be noise, exact arithmetic or enclosures decide; where they cannot be had, the floats."""
    monkeypatch.setattr("alliances.claims.lines._BLURRED", -1.0)
    gaps = [0.0, 0.25, 0.5]
    level = game(none, lambda g: F(5, 4) + 0 * g)

    def status(mine, other):
        return never_above("n", than=other).check(mine, enforcement=GIVEN, gaps=gaps).status

    assert status(RISING, level) == "fails"
    assert status(level, FALLING) == "holds"
    assert status(Stubborn(RISING.payoffs), level) == "fails"
    forked = Forked(game(none, steep).payoffs)
    assert status(forked, game(none, lambda g: exp(2 * g))) == "holds"  # equal in sixty digits
    assert status(Forked(FALLING.payoffs), FALLING) == "holds"  # equal exactly
    assert status(Forked(RISING.payoffs), game(none, lambda g: 1 + 0 * g)) == "fails"
    of = Family(
        lambda v, w: game(none, lambda g: v + 0 * g), {"v": Interval(0, 2), "w": Choice(F(1), F(3, 2))}, enforcement=GIVEN
    )
    claim = never_above("n", than=lambda v, w: game(none, lambda g: w + 0 * g))
    unit = np.array([[0.2, 0.2], [0.6, 0.2], [0.6, 0.7], [0.8, 0.7]])
    assert claim.verdicts(of, unit, 5, False).holds.tolist() == [True, False, True, False]
    two = of.with_(model=lambda v, w: Forked(game(none, lambda g: w + 0 * g + 0 * v).payoffs))
    assert claim.verdicts(two, unit, 5, False).holds.tolist() == [True] * 4
    alone = Family(lambda w: Forked(FALLING.payoffs), {"w": Choice(1, 2)}, enforcement=GIVEN)
    level_ = never_above("n", than=lambda w: FALLING)
    assert level_.verdicts(alone, unit[:, 1:], 5, False).holds.tolist() == [True] * 4
    monkeypatch.undo()
    assert level_.verdicts(alone, unit[:, 1:], 5, False).holds.tolist() == [False] * 4
    assert claim.verdicts(two, unit, 5, False).holds.tolist() == [False] * 4


def test_sides_by_hand():
    side = Side(OneGame(FALLING), ONCE)
    assert (side.model("whatever"), side.both()) == (FALLING, (FALLING, ONCE))
    assert OneGame(FALLING)(v=1, w=2) is FALLING
    assert OwnStakes(PACT)() is PACT
    assert OwnStakes(PACT)(None) is PACT
    assert (OwnStakes(PACT)(F(3)).stakes, PACT.stakes) == (3, 1)
    at = PinnedLine(lambda v: POWERS, F(1, 5), F(3))("anything")
    assert isinstance(at, AtGap)
    assert (at.game, at.gap, at.total, at.actions) == (POWERS, F(1, 5), 3, ("ally", "fight"))
    pinned = PinnedModel(lambda v: POWERS, F(3))(gap=F(1, 5), v=1)
    assert (pinned.game, pinned.gap, pinned.total) == (POWERS, F(1, 5), 3)
