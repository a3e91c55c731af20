"""Numbers along lines and searches by trial: against the library's numbers at single points, and answers known by hand."""

import random
import time
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims import (
    ASYMMETRY,
    PACT_AT_PARITY,
    PROXY_TURNS_FIRST,
    Choice,
    Family,
    Interval,
    alliance_family,
    monotone,
    never_above,
    unimodal,
)
from alliances.claims.certifying import Asked, contradicted, stands
from alliances.claims.lines import curves
from alliances.claims.measuring import contradictions
from alliances.claims.odds import Odds
from alliances.claims.pinned import AtGap
from alliances.claims.recorded_lines import recorded_curves
from alliances.claims.scales import NeverAbove, certified, scales_of
from tests.test_claims_answers import FALLING, GIVEN, HALF, OPEN, PACT, QUARTER, RISING, VALLEY, game, none

LATER = float("inf")
SAME = 1e-12


# -- numbers along a line ----------------------------------------------------------------------------------------------


def same_numbers(lines, k, one, exact):
    for name in ("sponsor", "proxy"):
        number, wanted = getattr(lines, name)[..., k], getattr(one, name)
        assert number == wanted if exact else np.allclose(number, float(wanted), rtol=SAME, atol=0)


@pytest.mark.parametrize("total", [1, 3])
@pytest.mark.parametrize("exact", [True, False])
def test_numbers_along_gaps(exact, total):
    model = al.AllianceGame(al.Tullock(2), al.ConstantSynergy(HALF), al.Proportional(), exposure=HALF, conflict_cost=QUARTER)
    points = np.array([F(n, 7) for n in range(7)], dtype=object) if exact else np.arange(7) / 7
    lines = curves(lambda _: model, "gap", points, GIVEN, (0, 0), (), total, pact=False)
    for k, gap in enumerate(points):
        same_numbers(lines, k, al.critical_discount(model.stage_game(al.Power.from_gap(gap, total)), enforcement=GIVEN), exact)
    assert lines.points is points
    assert (lines.other, lines.searched) == (None, False)
    assert lines.valid.tolist() == [True] * 7
    assert lines.comparable.tolist() == [True] * 6
    assert (lines.slack.dtype == object) is exact
    assert lines.slack.max() == 0 if exact else 0 < lines.slack.max() < SAME


def test_numbers_at_parity_and_along_stakes():
    stakes = np.array([F(1, 2), F(2), F(5)], dtype=object)
    lines = curves(lambda z: replace(PACT, stakes=z), "stakes", stakes, GIVEN, (0, 0), (), 1, pact=True)
    for k, z in enumerate(stakes):
        stage = replace(PACT, stakes=z).stage_game(al.Power(HALF, HALF))
        same_numbers(lines, k, al.critical_discount(stage, profile=("coexist", "coexist"), enforcement=GIVEN), True)
    parity = curves(lambda _: PACT, "parity", np.array([F(0)], dtype=object), GIVEN, (0, 0), (), 2, pact=True)
    stage = PACT.stage_game(al.Power(F(1), F(1)))
    same_numbers(parity, 0, al.critical_discount(stage, profile=("coexist", "coexist"), enforcement=GIVEN), True)
    assert parity.other.tolist() == [al.critical_discount(stage, enforcement=GIVEN).dyad]
    assert (parity.comparable.tolist(), parity.valid.tolist()) == ([True], [True])


def test_penal_codes_are_searched_for():
    lines = curves(lambda _: FALLING, "gap", np.array([0.0, 0.5]), al.OptimalPenalCode(), (0, 0), (), 1, pact=False)
    assert lines.searched


def holed(low, high):
    """Between two gaps conflict is better for both than the alliance."""
    return al.CustomGame(
        lambda q: [
            [(0 * q.gap, 0 * q.gap), (0 * q.gap - 3, 1 + 0 * q.gap)],
            [(1 + 0 * q.gap, 0 * q.gap - 3), (choose((q.gap > low) & (q.gap < high), 1, -1) + 0 * q.gap,) * 2],
        ]
    )


@pytest.mark.parametrize(
    ("low", "high", "valid", "comparable"),
    [
        (0.3, 0.55, [1, 1, 0, 1, 1], [1, 0, 0, 1]),
        (0.3, 0.45, [1, 1, 1, 1, 1], [1, 0, 1, 1]),  # between two points
        (0.33, 0.335, [1, 1, 1, 1, 1], [1, 0, 1, 1]),  # an eighth point of nine
        (0.255, 0.27, [1, 1, 1, 1, 1], [1, 1, 1, 1]),  # between those looked at
        (0.0, 1e-6, [1, 1, 1, 1, 1], [0, 1, 1, 1]),  # near the first point, nearer and nearer
        (1e-9, 1e-8, [1, 1, 1, 1, 1], [1, 1, 1, 1]),
    ],
)
def test_where_assumptions_fail(low, high, valid, comparable):
    """Points are left out, and so are pairs with a point between them at which an assumption fails, as far as one looks."""
    points = np.array([0, 0.25, 0.5, 0.75, 0.9])

    def of(**options):
        return curves(lambda _: holed(low, high), "gap", points, GIVEN, (0, 0), ("deterrent",), 1, pact=False, **options)

    lines = of()
    assert lines.valid.tolist() == [bool(x) for x in valid]
    assert lines.comparable.tolist() == [bool(x) for x in comparable]
    ends = of(look_between=False).comparable.tolist()
    assert ends == [bool(a and b) for a, b in zip(valid, valid[1:], strict=False)]


@pytest.mark.parametrize("line", ["gap", "parity", "stakes"])
def test_a_programme_gives_the_same_numbers(line):
    """Batches large enough run as a programme: the same numbers, points and other profile, for every model."""
    n = 50 if line != "parity" else 1
    rows = 6000 if line == "parity" else 120
    rng = np.random.default_rng(1)
    value, exposure = rng.uniform(0.1, 2, (rows, 1)), rng.uniform(0.1, 1, (rows, 1))
    points = {"gap": np.arange(n) / n, "parity": np.zeros(1), "stakes": 0.1 + np.arange(n) / 10}[line]

    def model(z):
        fixed = {"conflict_cost": 0.2, "guard": 0.3, "support_cost": 0.05, "value": value, "exposure": exposure}
        game_ = alliance_family(actions=3).at(**fixed)
        return game_ if z is None or line != "stakes" else replace(game_, stakes=np.broadcast_to(z, (rows, n)))

    asked = (model, line, points, GIVEN, (0, 0), () if n > 1 else ("deterrent",), 2.0)
    fast = recorded_curves(*asked, pact=line != "gap", models=(rows,))
    slow = curves(*asked, pact=line != "gap", models=(rows,))
    assert fast is not None
    assert fast.points is points
    for name in ("sponsor", "proxy"):
        assert np.allclose(getattr(fast, name), getattr(slow, name), rtol=SAME, atol=SAME)
        assert getattr(fast, name).shape == (rows, n)
    assert fast.valid.tolist() == slow.valid.tolist()
    assert fast.comparable.tolist() == slow.comparable.tolist()
    assert (fast.other is None) is (slow.other is None) is (line != "parity")
    if line == "parity":
        assert np.allclose(fast.other, slow.other, rtol=SAME)
    assert fast.slack.shape == slow.slack.shape
    assert recorded_curves(*asked[:5], ("deterrent",), 2.0, pact=line != "gap", models=(rows,)) is None or n == 1
    few = (lambda z: PACT, line, points, GIVEN, (0, 0), (), 1.0)
    assert recorded_curves(*few, pact=True, models=(1,)) is None


def test_a_model_at_one_gap():
    inner = al.CustomGame(
        lambda q: [[(q.sponsor, q.proxy), (q.sponsor * 2, q.gap)], [(q.sponsor + q.proxy, q.gap), (q.gap, q.proxy)]]
    )
    cells = AtGap(inner, F(1, 5), F(3)).cells(al.Power(F(1), F(7)))
    assert cells == (((F(9, 5), F(6, 5)), (F(18, 5), F(1, 5))), ((F(3), F(1, 5)), (F(1, 5), F(6, 5))))


# -- certain contradictions --------------------------------------------------------------------------------------------

POWERS = al.CustomGame(
    lambda q: [
        [(q.sponsor, q.proxy), (q.sponsor - 9, 2 * q.proxy)],
        [(q.sponsor + q.proxy / 3, q.proxy - 9), (q.sponsor - 1, q.proxy - 1)],
    ]
)
"""The proxy's odds are p, and the sponsor's p/3: with s + p = 3 and gap γ they are 3(1 − γ)/2 and (1 − γ)/2."""


def asked_of(model, shape, total=1, assume=()):
    return Asked(shape, lambda *_: model, lambda _: GIVEN, (0, 0), assume, total)


def test_what_a_model_gives_at_a_point():
    asked = asked_of(POWERS, ASYMMETRY.shape, total=F(3))
    run = asked.run(F(1, 5), lambda x: x)
    s, p = F(9, 5), F(6, 5)
    assert run.cells == (((s, p), (s - 9, 2 * p)), ((s + p / 3, p - 9), (s - 1, p - 1)))
    assert (run.actions, run.concept, asked.main) == (("ally", "fight"), GIVEN, (0, 0))
    sponsor, proxy = asked.odds(F(1, 5), (0, 0))
    assert (sponsor.value, proxy.value) == (F(2, 5), F(6, 5))
    along = Asked(monotone("m", along="v").shape, lambda v, _: OPEN.at(v=v), lambda _: GIVEN, (0, 0), (), F(3))
    assert along.run(F(1, 3), lambda x: x).cells == OPEN.at(v=F(1, 3)).cells(al.Power(F(3, 2), F(3, 2)))


def test_contradictions_in_exact_arithmetic():
    falls, rises = monotone("f"), monotone("r", falls=False)
    points = [F(0), F(1, 5)]
    assert contradicted(asked_of(POWERS, falls.shape), points) is None
    assert contradicted(asked_of(POWERS, rises.shape), points) == "exactly"
    assert contradicted(asked_of(RISING, falls.shape), points) == "exactly"
    bent = game(none, lambda g: al.arithmetic.exp(g))
    assert contradicted(asked_of(bent, falls.shape), points) == "by enclosures"
    three = [QUARTER, HALF, F(3, 4)]
    assert contradicted(asked_of(VALLEY, unimodal("u").shape), three) == "exactly"
    assert contradicted(asked_of(VALLEY, unimodal("u", peak=False).shape), three) is None
    assert contradicted(asked_of(holed(0.1, 0.3), rises.shape, assume=("deterrent",)), [F(0), F(1, 5)]) is None
    pact = Asked(PACT_AT_PARITY.shape, lambda *_: PACT, lambda _: GIVEN, (0, 0), (), 1)
    assert pact.main == ("coexist", "coexist")
    stage = PACT.stage_game(al.Power(HALF, HALF))
    worse = al.critical_discount(stage, profile=pact.main, enforcement=GIVEN).dyad
    alliance = al.critical_discount(stage, enforcement=GIVEN).dyad
    assert (contradicted(pact, [F(0), F(0)]) == "exactly") is (worse > alliance)


def test_what_lies_between_two_points():
    """A hole at which the assumption fails: certainly none on one side of it, and one across."""
    asked = asked_of(holed(F(1, 2), F(3, 4)), monotone("m").shape, assume=("deterrent",))
    assert stands(asked, F(0), F(2, 5)) is True
    assert stands(asked, F(4, 5), F(9, 10)) is True
    assert not stands(asked, F(2, 5), F(4, 5))
    assert stands(asked, F(3, 5), F(7, 10)) is False
    assert stands(asked_of(holed(F(1, 2), F(3, 4)), monotone("m").shape), F(2, 5), F(4, 5)) is True
    above = game(lambda g: 3 - g, lambda g: 1 + g)  # the sponsor binds up to parity's neighbours, and both meet at γ = 1
    assert stands(asked_of(above, PROXY_TURNS_FIRST.shape), F(0), F(1, 2)) is True
    below = game(lambda g: 1 + g, lambda g: 3 - g)
    assert stands(asked_of(below, PROXY_TURNS_FIRST.shape), F(0), F(1, 2)) is False


# -- concepts ----------------------------------------------------------------------------------------------------------


def test_odds_as_discount_factors():
    """ω/(1 + ω) for ever, ω for one period, ω/[(1 − α)ω + 1 − α − β] with a signal; nothing to compare within a kind."""
    ever, once, noisy = al.NashReversion(), al.FinitePunishment(1), al.ImperfectMonitoring(F(1, 10), F(1, 5))
    w = F(2, 3)
    expected = {ever: F(2, 5), once: w, noisy: w / (F(9, 10) * w + F(7, 10))}
    for mine, theirs in ((ever, once), (once, noisy), (noisy, ever), (al.GivenPunishment(once), ever)):
        first, second = scales_of(mine, theirs)
        inner = once if isinstance(mine, al.GivenPunishment) else mine
        assert (first(w), second(w)) == (expected[inner], expected[theirs])
    for mine, theirs in (
        (ever, al.Transfers()),
        (once, al.FinitePunishment(1)),
        (al.GivenPunishment(ever), al.OptimalPenalCode()),
    ):
        assert scales_of(mine, theirs) is None
    with pytest.raises(OutOfReach, match="finite punishment of more than one period"):
        scales_of(al.FinitePunishment(2), ever)


def test_odds_are_compared_as_discount_factors():
    """Odds of 1 and 2/3: δ* = 1/2 for ever is below 2/3 for one period, and 1 for one period above 2/5 for ever."""
    pair = tuple(Odds("finite", x, "none") for x in (F(1), F(2, 3)))
    nought = Odds("zero", None, "none")
    ever, once = scales_of(al.NashReversion(), al.FinitePunishment(1))
    for who, mine, theirs, above in (
        ("sponsor", ever, once, False),
        ("sponsor", once, ever, True),
        ("proxy", ever, once, False),
        ("dyad", ever, once, False),
        ("dyad", once, ever, True),
    ):
        shape = NeverAbove(who, (mine, theirs))
        assert shape.contradicted(pair, pair, pair) is above
        conditions = [c for _, c in shape.violations(pair, pair)]
        own = pair[:1] if who == "sponsor" else pair[1:] if who == "proxy" else pair
        others = own if who != "dyad" else pair
        assert conditions == [[(mine(o.value) - theirs(p.value), ">") for p in others] for o in own]
    assert not NeverAbove("sponsor", (ever, once)).contradicted((nought, nought), (nought, nought), pair)
    assert NeverAbove("sponsor", (ever, once)).contradicted(pair, pair, (nought, nought))


def test_certainly_above_at_a_gap():
    """At γ = 1/5 and s + p = 3 the proxy's odds are p = 6/5: δ* = 6/11 for ever, and 6/5 > 1 is deterred by no one period."""

    def sides(mine, theirs, model=POWERS, other=POWERS):
        return [lambda: (model, mine), lambda: (other, theirs)]

    ever, once = GIVEN, al.GivenPunishment(al.FinitePunishment(1))
    options = (F(1, 5), (0, 0), (), F(3))
    assert certified(NeverAbove("dyad"), sides(once, ever), *options) == "exactly"
    assert certified(NeverAbove("dyad"), sides(ever, once), *options) is None
    assert certified(NeverAbove("sponsor"), sides(once, ever), *options) == "exactly"  # 2/5 and 2/7
    assert certified(NeverAbove("sponsor"), sides(ever, once), *options) is None
    flat = game(none, lambda g: F(6, 5) + 0 * g)  # as high as p at γ = 1/5 with s + p = 3, and nowhere else
    for gap, total, above in ((F(1, 5), 3, None), (F(1, 6), 3, "exactly"), (F(1, 5), F(31, 10), "exactly"), (F(1, 4), 3, None)):
        assert certified(NeverAbove("proxy"), sides(GIVEN, GIVEN, POWERS, flat), gap, (0, 0), (), F(total)) == above
    stronger = al.CustomGame(lambda q: [[(1, 1), (-9, 1 + q.sponsor)], [(1, -9), (0, 0)]])  # the odds are s = 9/5 there
    for odds, above in ((F(179, 100), "exactly"), (F(9, 5), None)):
        level = game(none, lambda g, odds=odds: odds + 0 * g)
        assert certified(NeverAbove("proxy"), sides(GIVEN, GIVEN, stronger, level), *options) == above
    bad = holed(-1, 1)
    assert certified(NeverAbove("dyad"), sides(ever, ever, bad, flat), F(1, 5), (0, 0), ("deterrent",), F(3)) is None
    root = game(none, lambda g: al.arithmetic.exp(g) ** 2)
    power = game(none, lambda g: al.arithmetic.exp(2 * g))
    with pytest.raises(Undecided):
        certified(NeverAbove("proxy"), sides(GIVEN, GIVEN, root, power), F(1, 5), (0, 0), (), F(1))


# -- trials ------------------------------------------------------------------------------------------------------------


def valleys(v):
    """A valley at the gap 1/2 for v > 1/2 and a peak for v < 1/2."""
    return game(none, lambda g: 3 + (v - HALF) * (2 * g - 1) ** 2)


@pytest.mark.parametrize(
    ("claim", "of"),
    [
        (unimodal("u"), Family(valleys, {"v": Interval(0, 1)}, enforcement=GIVEN)),
        (never_above("n", than=lambda v: VALLEY), Family(valleys, {"v": Interval(0, 1)}, enforcement=GIVEN)),
        (ASYMMETRY, OPEN),
    ],
)
def test_a_counterexample_by_trial(claim, of):
    """Simple parameters inside the family, confirmed; none where time is over or the model takes no arrays."""
    problem = claim.problem(of, {}, LATER)
    found = problem.hunt(0, 60, LATER)
    assert found.parameters["v"] in of.parameters["v"]
    assert found.parameters["v"].denominator <= 10
    assert found.check.status == "fails"
    assert found.certified == "exactly"
    assert (
        claim.check(of.at(**found.parameters), enforcement=GIVEN).status == "fails"
        if claim.name != "n"
        else found.check.witness
    )
    again = problem.hunt(0, 60, LATER)
    assert again.parameters == found.parameters
    assert problem.hunt(0, 60, time.perf_counter() - 1) is None

    def scalars(v):
        if isinstance(v, np.ndarray):
            raise TypeError("numbers, please")
        return of.at(v=v)

    assert claim.problem(of.with_(model=scalars), {}, LATER).hunt(0, 60, LATER) is None


def test_nothing_is_found_where_the_claim_is_true():
    peaks = Family(valleys, {"v": Interval(0, HALF)}, enforcement=GIVEN)
    assert unimodal("u").problem(peaks, {}, LATER).hunt(0, 30, LATER) is None
    higher = never_above("n", than=lambda v: game(none, lambda g: 9 + 0 * g))
    assert higher.problem(peaks, {}, LATER).hunt(0, 30, LATER) is None
    assert ASYMMETRY.problem(OPEN.with_(parameters={"v": Interval(0, HALF)}), {}, LATER).hunt(0, 30, LATER) is None


def test_trials_with_choices_alone_and_beside():
    """A comparison without open intervals is asked at its choices; otherwise these stay what they are."""
    than = never_above("n", than=lambda w, **_: game(none, lambda g: w + 0 * g))
    alone = Family(lambda w: FALLING, {"w": Choice(F(1), F(3))}, enforcement=GIVEN)
    found = than.problem(alone, {"w": F(1)}, LATER).hunt(0, 10, LATER)
    assert (found.parameters, found.check.witness.low) == ({"w": F(1)}, 0)
    assert than.problem(alone, {"w": F(3)}, LATER).hunt(0, 10, LATER) is None
    beside = Family(lambda v, w: valleys(v), {"v": Interval(0, 1), "w": Choice(F(2), F(31, 10), F(9))}, enforcement=GIVEN)
    found = than.problem(beside, {"w": F(31, 10)}, LATER).hunt(0, 60, LATER)
    assert found.parameters["w"] == F(31, 10)
    assert found.parameters["v"] > HALF + F(1, 10)  # only then is 3 + (v − ½) above 31/10
    assert than.problem(beside, {"w": F(9)}, LATER).hunt(0, 60, LATER) is None


def test_the_worst_contradictions_come_first():
    """Of ω = 1 + (v − ½)γ the rise to the last points: largest where v is, and none for v below ½."""
    found = list(contradictions(ASYMMETRY, OPEN, {}, (16, 8), 50, 0, LATER))
    values = [parameters["v"] for parameters, _ in found]
    assert len(values) == 8
    assert values == sorted(values, reverse=True)
    assert min(values) > 0.5
    assert all(0 <= point < 1 for _, point in found)
    assert len(list(contradictions(ASYMMETRY, OPEN, {}, (16, 8), 5, 0, LATER))) == 5
    assert list(contradictions(ASYMMETRY, OPEN, {}, (16, 8), 50, 0, time.perf_counter() - 1)) == []
    assert values != [p["v"] for p, _ in contradictions(ASYMMETRY, OPEN, {}, (16, 8), 50, 1, LATER)]
    two = Family(lambda v, w: OPEN.at(v=v), {"v": Interval(0, 1), "w": Choice("a", "b")}, enforcement=GIVEN)
    assert {parameters["w"] for parameters, _ in contradictions(ASYMMETRY, two, {"w": "b"}, (8, 8), 50, 0, LATER)} == {"b"}
    searched = OPEN.with_(enforcement=al.OptimalPenalCode())
    few = list(contradictions(ASYMMETRY, searched, {}, (16, 4), 50, 0, LATER))
    assert 0 < len(few) <= 4


@pytest.mark.parametrize("claim", [ASYMMETRY, unimodal("u"), PROXY_TURNS_FIRST], ids=lambda c: c.name)
def test_shares_are_those_of_the_single_models(claim):
    """Each row of unit numbers stands for a model: the choice by equal parts, the interval by its share of the way."""
    of = Family(
        lambda v, w: game(lambda g: w * (1 - g) + 0 * g, lambda g: 1 + (v - HALF) * (2 * g - 1) ** 2),
        {"w": Choice(F(0), F(3)), "v": Interval(-1, 2)},
        enforcement=GIVEN,
    )
    rng = random.Random(3)
    unit = np.array([[rng.random(), rng.random()] for _ in range(24)])
    verdicts = claim.verdicts(of, unit, 60, False)
    assert verdicts.line_points == 60
    holds = []
    for first, second in unit:
        model = of.at(w=F(0) if first < 0.5 else F(3), v=3 * second - 1)
        holds.append(claim.check(model, enforcement=GIVEN, gaps=np.arange(60) / 60).holds)
    assert verdicts.holds.tolist() == holds
    assert len(set(holds)) == 2
    assert not verdicts.vacuous.any()
    assert not verdicts.unclear.any()


def test_shares_of_comparisons_are_those_of_the_single_models():
    claim = never_above("n", than=lambda v, w: game(none, lambda g: w + 0 * g))
    of = Family(lambda v, w: valleys(v), {"v": Interval(-1, 2), "w": Choice(F(3), F(31, 10))}, enforcement=GIVEN)
    rng = random.Random(5)
    unit = np.array([[rng.random(), rng.random()] for _ in range(24)])
    verdicts = claim.verdicts(of, unit, 50, False)
    limits = [0.5 if second < 0.5 else 0.6 for _, second in unit]  # at γ = 0 the odds are 3 + (v − ½)
    assert verdicts.holds.tolist() == [3 * first - 1 <= limit for (first, _), limit in zip(unit, limits, strict=True)]
    assert verdicts.line_points == 50
