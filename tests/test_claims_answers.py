"""Whole answers of one model: every field of a check, and every word of its message, by hand.

The dyads have odds of betrayal ω given as functions of the gap; with conflict for ever δ* = ω/(1 + ω).
"""

from dataclasses import fields
from fractions import Fraction as F

import pytest

import alliances as al
from alliances.claims import (
    ASYMMETRY,
    PACT_AT_PARITY,
    STAKES,
    Check,
    Family,
    Interval,
    Witness,
    alliance_family,
    monotone,
    never_above,
    unimodal,
)
from alliances.claims.checking import Member, coarse_gaps, default_points

GIVEN = al.GivenPunishment()
NAMED = "GivenPunishment(enforcement=NashReversion(mixed=False), profile=('fight', 'fight'), credible=False)"
HALF, QUARTER = F(1, 2), F(1, 4)


def game(sponsor, proxy, loss=lambda g: 1):
    """On path both get 1, conflict takes ``loss`` from them, and temptations are the odds times that."""

    def cells(power):
        g = power.gap
        hurt, one = loss(g), 1 + 0 * g
        s, p = sponsor(g) * hurt, proxy(g) * hurt
        return [[(one, one), (one - hurt - 1, one + p)], [(one + s, one - hurt - 1), (one - hurt, one - hurt)]]

    return al.CustomGame(cells)


def none(g):
    return 0 * g


RISING = game(none, lambda g: 1 + g)  # δ* = (1 + γ)/(2 + γ)
FALLING = game(none, lambda g: 2 - g)
VALLEY = game(none, lambda g: 1 + (2 * g - 1) ** 2)
OPEN = Family(lambda v: game(none, lambda g: 1 + (v - HALF) * g), {"v": Interval(0, 1)}, enforcement=GIVEN)
"""Asymmetry holds if and only if v ≤ 1/2."""
GAPS = [F(0), QUARTER, HALF, 3 * QUARTER]


PACT = alliance_family(actions=3).at(value=HALF, exposure=HALF, conflict_cost=QUARTER, guard=QUARTER, support_cost=0)


def same(result, **expected):
    """Whether a result has these fields and no others."""
    assert [field.name for field in fields(result)] == list(expected)
    for name, value in expected.items():
        assert getattr(result, name) == value, name


# -- checks ------------------------------------------------------------------------------------------------------------


def test_a_check_that_fails():
    check = ASYMMETRY.check(RISING, enforcement=GIVEN, gaps=GAPS, total=2, assume="deterrent")
    same(
        check,
        claim="asymmetry",
        status="fails",
        witness=Witness(0, F(3, 4), HALF, F(7, 11), "proxy"),
        line="gap",
        points=4,
        exact=True,
        enforcement=GIVEN,
        assume=("deterrent",),
        quantity="critical discount factor",
        question=check.question,
        suspicion=None,
    )
    asked = check.question
    assert (asked.shape, asked.compared.tolist(), asked.profile, asked.total) == (ASYMMETRY.shape, GAPS, (0, 0), 2)
    assert asked.model(None) is RISING
    assert (bool(check), check.holds) == (False, False)
    assert check.message == (
        "asymmetry: fails through the proxy. At gap 0 the critical discount factor is 1/2, at 3/4 it is 7/11; "
        "in exact arithmetic."
    )


@pytest.mark.parametrize(
    ("claim", "model", "options", "points"),
    [
        (ASYMMETRY, FALLING, {}, 200),
        (ASYMMETRY, FALLING, {"gaps": GAPS}, 4),
        (PACT_AT_PARITY, PACT, {}, 1),
        (STAKES, PACT, {}, 8),
        (STAKES, PACT, {"stakes": [1, 2, 3]}, 3),
        (monotone("m", along="v"), lambda v: FALLING, {"values": [1, 2, 3]}, 30),
        (monotone("m", along="v"), lambda v: FALLING, {"values": [1, 2, 3], "gaps": [0, HALF]}, 6),
        (unimodal("u"), FALLING, {"gaps": GAPS}, 4),
        (never_above("n", than=GIVEN), FALLING, {}, 200),
        (never_above("n", than=GIVEN), FALLING, {"gaps": [F(1, 3)]}, 1),
    ],
)
def test_how_many_points_were_compared(claim, model, options, points):
    """The gaps n/200, the powers of 2 from 1/8 to 16, parity, or those given, at each of ten gaps where a parameter moves."""
    check = claim.check(model, enforcement=GIVEN, **options)
    assert (check.points, check.status) == (points, "holds")
    how = "in exact arithmetic" if check.exact else "in floating point"
    assert check.message == f"{claim.name}: holds at all {points} points compared, {how}."


def test_points_by_default():
    assert default_points("gap").tolist() == [F(n, 200) for n in range(200)]
    assert default_points("stakes").tolist() == [F(1, 8), QUARTER, HALF, 1, 2, 4, 8, 16]
    assert default_points("parity").tolist() == default_points("v").tolist() == [0]


def test_coarse_gaps():
    assert coarse_gaps(Interval(0, 1, "left")) == [F(n, 20) for n in range(20)]
    assert coarse_gaps(Interval(-1, 1, "neither")) == [F(n, 20) for n in range(-19, 20)]
    assert coarse_gaps(Interval(F(1, 10), F(3, 20))) == [F(1, 10), F(3, 20)]
    assert coarse_gaps(Interval(F(1, 10), F(3, 20), "left")) == [F(1, 10) + F(n, 200) for n in range(1, 10)]
    assert coarse_gaps(Interval(F(-99, 100), F(-98, 100))) == [F(-99, 100) + F(n, 1000) for n in range(1, 10)]


@pytest.mark.parametrize(
    ("domain", "values"),
    [
        (Interval(0, None, "neither"), [F(n, 2) for n in range(1, 20)]),
        (Interval(1, 40), [1 + F(n, 2) for n in range(20)]),
        (Interval(0, 5, "right"), [F(n, 2) for n in range(1, 11)]),
        (Interval(1, 3), [1 + F(n, 10) for n in range(21)]),
        (Interval(1, 3, "neither"), [1 + F(n, 10) for n in range(1, 20)]),
    ],
)
def test_the_coarse_line_of_a_parameter(domain, values):
    family = Family(lambda v: FALLING, {"v": domain}, enforcement=GIVEN, assume="deterrent", total=3)
    claim = monotone("m", along="v")
    check = claim.verdict(claim.about(family), {"gap": QUARTER})
    assert check.question.compared.tolist() == values
    assert (check.points, check.enforcement, check.assume, check.question.total) == (len(values), GIVEN, ("deterrent",), 3)


def test_the_coarse_line_of_gaps():
    check = ASYMMETRY.verdict(OPEN.with_(gaps=Interval(HALF, 1, "left"), total=3), {"v": F(0)})
    assert check.question.compared.tolist() == [F(n, 20) for n in range(10, 20)]
    assert (check.points, check.status, check.question.total) == (10, "holds", 3)


def test_several_gaps_as_one_check():
    """The first gap at which it fails; none compared counts where others are; what is exact is so at all of them."""
    claim = monotone("m", along="v")

    def model(v):  # falls in v up to the gap 1/4, and rises beyond
        return game(none, lambda g: 2 + v * (g - QUARTER))

    check = claim.check(model, enforcement=GIVEN, values=[F(0), F(1)], gaps=[0, HALF, F(3, 4)])
    assert check.witness == Witness(0, 1, F(2, 3), F(9, 13), "proxy", gap=HALF)
    assert (check.status, check.points, check.exact) == ("fails", 6, True)
    assert check.message == (
        "m: fails through the proxy. At gap 1/2 and v 0 the critical discount factor is 2/3, at 1 it is 9/13; "
        "in exact arithmetic."
    )
    one = claim.check(model, enforcement=GIVEN, values=[F(0), F(1)], gaps=[HALF])
    assert one.witness == Witness(0, 1, F(2, 3), F(9, 13), "proxy")
    mixed = claim.check(model, enforcement=GIVEN, values=[F(0), F(1)], gaps=[0, 0.125])
    assert (mixed.status, mixed.points, mixed.exact) == ("holds", 4, False)

    def hurts(_):  # beyond 1/2 conflict hurts nobody
        return game(none, lambda g: 2 + 0 * g, lambda g: HALF - g)

    part = claim.check(hurts, enforcement=GIVEN, values=[1, 2], gaps=[F(0), F(3, 4)], assume="deterrent")
    assert (part.status, part.points) == ("holds", 2)
    nothing = claim.check(hurts, enforcement=GIVEN, values=[1, 2], gaps=[F(3, 4), F(4, 5)], assume="deterrent")
    assert (nothing.status, nothing.points, bool(nothing)) == ("vacuous", 0, True)
    assert nothing.message == "m: nothing to compare, because the assumptions hold nowhere."
    one_gap = claim.check(hurts, enforcement=GIVEN, values=[1, 2], gaps=[F(3, 4)], assume="deterrent")
    assert (one_gap.status, one_gap.points) == ("vacuous", 0)


def test_three_points():
    """One peak is contradicted by three points exactly; two are none."""
    claim = unimodal("one peak")
    check = claim.check(VALLEY, enforcement=GIVEN, gaps=[QUARTER, HALF, F(3, 4)])
    assert check.witness == Witness(QUARTER, F(3, 4), F(5, 9), F(5, 9), "proxy", HALF, HALF)
    assert check.points == 3
    assert check.message == (
        "one peak: fails through the proxy. At gap 1/4 the critical discount factor is 5/9, at 1/2 it is 1/2, at 3/4 it is 5/9"
        "; in exact arithmetic."
    )
    assert claim.check(VALLEY, enforcement=GIVEN, gaps=[QUARTER, HALF]).status == "holds"
    family = Family(lambda v: VALLEY, {"v": Interval(1, 2)}, enforcement=GIVEN, gaps=Interval(QUARTER, F(3, 4)))
    problem = claim.problem(family, {}, float("inf"))
    found = problem.confirm({"v": F(1)}, HALF)  # of the grid of quarters there are three points, and this one among them
    assert (found.parameters, found.certified) == ({"v": 1}, "exactly")
    assert found.check.witness == Witness(QUARTER, F(3, 4), F(5, 9), F(5, 9), "proxy", HALF, HALF)
    assert found.check.points == 3
    assert unimodal("one trough", peak=False).check(VALLEY, enforcement=GIVEN, gaps=GAPS).status == "holds"


def test_where_the_pact_asks_for_more():
    """At parity a pact that asks for 2/3 and an alliance that asks for 1/2."""

    def cells(power):
        o = 0 * power.gap
        return [
            [(o, o), (o - 9, o - 9), (o - 9, 1 + o)],
            [(o - 9, o - 9), (o, o), (o - 9, 2 + o)],
            [(1 + o, o - 9), (2 + o, o - 9), (o - 1, o - 1)],
        ]

    model = al.CustomGame(cells, ("ally", "coexist", "fight"))
    check = PACT_AT_PARITY.check(model, enforcement=GIVEN)
    assert check.witness == Witness(0, 0, HALF, F(2, 3), "sponsor")
    assert (
        check.message == "pact at parity: fails. At parity the pact needs δ ≥ 2/3, the alliance δ ≥ 1/2; in exact arithmetic."
    )


# -- comparisons -------------------------------------------------------------------------------------------------------


def test_a_comparison_with_another_model_or_concept():
    """δ* = 2/3 at parity and 5/7 at 1/2 under conflict for ever; one period of it asks for ω itself."""
    mine = game(lambda g: 3 * g, lambda g: 2 + 0 * g)  # the sponsor's odds are 3/2 at 1/2, and 9/4 at 3/4
    other = game(none, lambda g: 2 - g)
    for than in (other, al.GivenPunishment(al.FinitePunishment(3))):
        claim = never_above("less", than=than)
        check = claim.check(mine, enforcement=GIVEN, gaps=GAPS)
        sides = check.question.sides
        assert (sides[0].make(), sides[0].concept) == (mine, GIVEN)
        assert (sides[1].make(), sides[1].concept) == ((other, GIVEN) if than is other else (mine, than))
        assert (check.line, check.points) == ("gap", 4)
        assert (check.enforcement, check.assume, check.claim) == (GIVEN, (), "less")
    check = never_above("less", than=other).check(mine, enforcement=GIVEN, gaps=GAPS, assume="deterrent", total=5)
    same(
        check,
        claim="less",
        status="fails",
        witness=Witness(F(3, 4), F(3, 4), F(5, 9), F(9, 13), "sponsor"),
        line="gap",
        points=4,
        exact=True,
        enforcement=GIVEN,
        assume=("deterrent",),
        quantity="critical discount factor",
        question=check.question,
        suspicion=None,
    )
    assert (check.question.total, check.question.compared.tolist(), check.question.profile) == (5, GAPS, (0, 0))
    assert check.message == (
        "less: fails through the sponsor. At gap 3/4 it takes δ ≥ 9/13, and what it is compared with δ ≥ 5/9; "
        "in exact arithmetic."
    )
    asked = check.question
    assert asked.contradicted(check, [F(3, 4)])
    assert not asked.contradicted(check, [F(0)])
    assert asked.stands(check, [F(3, 4)])
    for who, fails in (("sponsor", F(3, 4)), ("proxy", F(3, 4))):
        found = never_above("less", than=other, whose=who).check(mine, enforcement=GIVEN, gaps=GAPS).witness
        assert (found.low, found.player) == (fails, who)


# -- claims of one's own -----------------------------------------------------------------------------------------------

OWN = {
    "falls": (
        monotone("m"),
        "The dyad's critical discount factor never rises in the gap.",
        "γ₁ < γ₂ ⟹ δ*(γ₂) ≤ δ*(γ₁)",
    ),
    "rises": (
        monotone("m", along="v", whose="proxy", falls=False),
        "The proxy's critical discount factor never falls in v, at every gap.",
        "v₁ < v₂ ⟹ δ_P*(v₂) ≥ δ_P*(v₁), at every gap",
    ),
    "peak": (
        unimodal("u", whose="sponsor"),
        "The sponsor's critical discount factor has one peak along the gap.",
        "γ₁ < γ₂ < γ₃ ⟹ δ_S*(γ₂) ≥ min(δ_S*(γ₁), δ_S*(γ₃))",
    ),
    "trough": (
        unimodal("u", along="v", peak=False),
        "The dyad's critical discount factor has one trough along v, at every gap.",
        "v₁ < v₂ < v₃ ⟹ δ*(v₂) ≤ max(δ*(v₁), δ*(v₃)), at every gap",
    ),
    "another concept": (
        never_above("n", than=al.FinitePunishment(2), whose="proxy"),
        "The proxy's critical discount factor is never above the one under FinitePunishment(periods=2, mixed=False).",
        "δ_P*(γ) ≤ δ_P*′(γ), with δ_P*′ under FinitePunishment(periods=2, mixed=False)",
    ),
    "another model": (
        never_above("n", than=FALLING),
        "The dyad's critical discount factor is never above the one of the other model.",
        "δ*(γ) ≤ δ*′(γ), with δ*′ of the other model",
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_the_words_of_claims_of_ones_own(name):
    claim, statement, formula = OWN[name]
    where = "γ and all" if name.startswith("another") else "all"
    assert (claim.statement, claim.formula) == (statement, formula)
    assert (claim.domain, claim.source) == (f"{where} parameters in their stated ranges", "a claim of your own")


def test_statements_of_ones_own():
    for claim in (
        monotone("m", statement="So."),
        unimodal("m", statement="So."),
        never_above("m", than=GIVEN, statement="So."),
    ):
        assert (claim.name, claim.statement) == ("m", "So.")
    assert [monotone("m", falls=falls).shape.sign for falls in (True, False)] == [-1, 1]
    assert [unimodal("m", peak=peak).shape.sign for peak in (True, False)] == [1, -1]
    for whose in ("sponsor", "proxy", "dyad"):
        claims = monotone("m", along="v", whose=whose), unimodal("m", along="v", whose=whose)
        assert [(claim.shape.line, claim.shape.who, claim.shape.pact) for claim in claims] == [("v", whose, False)] * 2
        assert never_above("m", than=GIVEN, whose=whose).shape.who == whose


def test_members_of_a_family():
    family = Family(lambda v, w: game(none, lambda g: v + 0 * g), {"v": Interval(1, 3), "w": Interval(0, 1)})
    assert Member(family, {"v": 2, "w": 1})().cells(al.Power(1, 1))[0][1][1] == 3
    assert Member(family, {"w": 1}, "v")(3).cells(al.Power(1, 1))[0][1][1] == 4


def test_what_is_unclear_in_words():
    seems = Witness(QUARTER, HALF, F(1, 3), F(2, 3), "proxy", gap=F(1, 8))
    check = Check("m", "unclear", None, "v", 2, False, GIVEN, ("deterrent",), suspicion=seems)
    cure = "try points nearer to each other"
    assert check.message == (
        "m: unclear. At gap 1/8, v 1/4 and 1/2 seem to contradict it; whether the assumptions hold all the way between them "
        f"could not be told; {cure}."
    )
    other = Check("m", "unclear", None, "gap", 2, False, GIVEN, (), suspicion=Witness(QUARTER, HALF, 0, 1, "sponsor"))
    assert other.message == (
        "m: unclear. gap 1/4 and 1/2 seem to contradict it; whether the proxy binds somewhere between them could not be told; "
        f"{cure}."
    )
    assert not check
