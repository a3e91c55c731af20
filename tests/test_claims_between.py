"""What lies between two points: no verb takes two points for a contradiction that what lies between them undoes.

Odds of betrayal are built here from straight pieces and steps, so that the truth is known by construction, and an assumption
fails on intervals that are known, too.
"""

from dataclasses import replace
from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import alliances as al
from alliances import arithmetic
from alliances.claims import (
    ASYMMETRY,
    PROXY_RESTRAINT,
    PROXY_TURNS_FIRST,
    SPONSOR_RESTRAINT,
    STAKES,
    Family,
    Interval,
    alliance_family,
    certifying,
)
from alliances.claims.certifying import Asked, stands
from alliances.claims.proofs.witnesses import confirm
from alliances.games.players import PLAYERS
from tests.claim_support import GENEROUS, HALF, dyad

GIVEN = al.GivenPunishment()
EIGHTHS = [F(n, 8) for n in range(8)]
# odds that change below the gap 1/2 only: twelve points between two knots see even the steepest crossing
LOWER_HALF = [F(n, 96) for n in range(48)]
GAP = [ASYMMETRY, PROXY_RESTRAINT, SPONSOR_RESTRAINT, PROXY_TURNS_FIRST]


def straight(points):
    """The function of straight pieces through points (gap, value), constant beyond the first and the last."""
    slopes = [0, *((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points)), 0]
    changes = [(at, after - before) for (at, _), (before, after) in zip(points, pairwise(slopes), strict=True)]
    bends = [(at, change) for at, change in changes if change]

    def value(g):
        zero = 0 * g
        return sum((change * arithmetic.larger(g - at, zero) for at, change in bends), points[0][1] + zero)

    return value


def odds(sponsor, proxy):
    """A dyad with these odds of betrayal as functions of the gap."""
    return dyad((proxy, lambda g: 1 + 0 * g), (sponsor, lambda g: 1 + 0 * g))


def with_hole(sponsor, proxy, centre, width):
    """The same, but within ``width`` of ``centre`` conflict is no equilibrium."""

    def payoffs(power):
        g = power.gap
        o = 0 * g
        sucker = arithmetic.choose((g - centre) ** 2 < width**2, -1 + HALF + o, -3 + o)
        return [[(o, o), (sucker, proxy(g) + o)], [(sponsor(g) + o, sucker), (-1 + o, -1 + o)]]

    return al.CustomGame(payoffs)


def verbs_say(claim, of, gaps=None):
    """What check says of the model at v = 1, and falsify and measure of its family."""
    check = claim.check(of.at(v=F(1)), gaps=gaps, enforcement=of.enforcement, assume=of.assume)
    falsification = claim.falsify(of, examples=3)
    measurement = claim.measure(of, points=4, line_points=60)
    return check, falsification, measurement


# -- who breaks a narrowing alliance: two distant points are no witness --------------------------------------------------

FALL = straight([(F(19, 128), F(3)), (F(23, 128), F(1))])
PEAK = straight([(F(1, 8), HALF), (F(5, 32), F(41, 2)), (F(3, 16), HALF)])


def hidden_peak(v=1):
    """The sponsor's odds fall from 3 to 1, all the way below a peak of the proxy's, which binds at every lower edge."""
    return odds(FALL, lambda g: v * PEAK(g))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("gaps", [EIGHTHS, [float(g) for g in EIGHTHS], None])
def test_the_proxy_binds_between_two_gaps(gaps):
    check = PROXY_TURNS_FIRST.check(hidden_peak(), gaps=gaps)
    assert (check.status, check.witness) == ("holds", None)
    assert al.verify(PROXY_TURNS_FIRST.check(hidden_peak(), gaps=EIGHTHS))


@pytest.mark.slow
def test_the_other_verbs_on_the_same():
    of = Family(lambda v: hidden_peak(v), {"v": Interval(1, 2)}, gaps=Interval(0, F(7, 8)))
    assert not PROXY_TURNS_FIRST.falsify(of, examples=10).found
    measured = PROXY_TURNS_FIRST.measure(of, points=8, line_points=8)
    assert (measured.share, measured.unclear) == (1, 0)
    assert PROXY_TURNS_FIRST.prove(of, timeout=20).status != "refuted"


@pytest.mark.parametrize("gaps", [EIGHTHS, [float(g) for g in EIGHTHS], None])
def test_the_sponsor_binds_between_them(gaps):
    check = PROXY_TURNS_FIRST.check(odds(FALL, lambda g: HALF + 0 * g), gaps=gaps)
    assert check.status == "fails"
    assert check.witness.player == "sponsor"
    assert F(check.witness.low) < F(23, 128)
    assert F(check.witness.high) > F(19, 128)
    assert al.verify(check)


def test_a_local_break_between_distant_gaps_is_found():
    """The proxy's peak covers the first half of the sponsor's fall only."""
    half_covered = straight([(F(1, 8), HALF), (F(5, 32), F(41, 2)), (F(21, 128), HALF)])
    check = PROXY_TURNS_FIRST.check(odds(FALL, half_covered), gaps=EIGHTHS)
    assert check.status == "fails"
    low, high = check.witness.low, check.witness.high
    assert F(5, 32) < low < high
    assert FALL(low) > FALL(high)
    assert FALL(low) > max(half_covered(low + (high - low) * F(n, 64)) for n in range(65))
    assert al.verify(check)


@pytest.mark.parametrize("v", [F(1), 1.0])
def test_a_jump_is_a_local_break(v):
    """The sponsor's odds fall by a step from 3 to 2 and bind on both sides."""
    game = odds(lambda g: v * arithmetic.choose(g < F(1, 3), 3 + 0 * g, 2 + 0 * g), lambda g: 1 + 0 * g)
    check = PROXY_TURNS_FIRST.check(game, gaps=EIGHTHS)
    assert check.status == "fails"
    assert check.witness.low < F(1, 3) <= check.witness.high
    assert al.verify(check)


def test_a_sponsor_that_no_patience_deters():
    """Up to the gap ⅓ the sponsor has nothing to lose, and beyond it ever more: its odds are without bound at the border."""
    sponsor = (lambda g: 1 + 0 * g), (lambda g: g - F(1, 3))
    game = dyad(((lambda g: 1 + 0 * g), (lambda g: 2 + 0 * g)), sponsor)
    check = PROXY_TURNS_FIRST.check(game, gaps=[F(1, 4), F(1, 2)], enforcement=GIVEN)
    assert check.status == "fails"
    assert al.verify(check)


def test_verify_is_not_convinced_by_two_distant_points():
    check = PROXY_TURNS_FIRST.check(odds(FALL, lambda g: HALF + 0 * g), gaps=EIGHTHS)
    covered = PROXY_TURNS_FIRST.check(hidden_peak(), gaps=EIGHTHS)
    forged = replace(covered, status="fails", witness=check.witness)
    assert "what lies between may undo the contradiction" in al.verify(forged).witness


# -- stretches on which the assumptions hold -----------------------------------------------------------------------------

CENTRE = F(371, 1000)


def jump_in_a_hole(width, v=1):
    """Both players' odds fall, but for a jump up where conflict is no equilibrium."""

    def falls(g):
        return v * arithmetic.choose(g < CENTRE, 2 - g, 4 - 2 * g)

    return with_hole(falls, falls, CENTRE, width)


@pytest.mark.sampled(0)
@pytest.mark.parametrize("width", [F(1, 10**4), F(1, 10**9)])
@pytest.mark.parametrize("claim", [ASYMMETRY, PROXY_RESTRAINT, SPONSOR_RESTRAINT])
def test_a_hole_between_two_compared_points(claim, width):
    of = Family(lambda v: jump_in_a_hole(width, v), {"v": Interval(1, 2)}, enforcement=GIVEN)
    check, falsification, measurement = verbs_say(claim, of, LOWER_HALF)
    assert check.status == "fails"
    assert falsification.found
    assert measurement.share == 0
    check, falsification, measurement = verbs_say(claim, of.with_(assume="credible"), LOWER_HALF)
    assert (check.status, falsification.found, falsification.unclear) == ("holds", False, 0)
    assert (measurement.share, measurement.unclear) == (1, 0)
    assert al.verify(check)
    assert claim.check(of.at(v=1.0), enforcement=GIVEN, assume="credible").status == "holds"


def test_prove_says_the_same():
    of = Family(lambda v: jump_in_a_hole(F(1, 10**4), v), {"v": Interval(1, 2)}, enforcement=GIVEN)
    assert PROXY_RESTRAINT.prove(of, timeout=GENEROUS).status == "refuted"
    assert PROXY_RESTRAINT.prove(of.with_(assume="credible"), timeout=GENEROUS).status == "proved"


@pytest.mark.slow
def test_a_rise_beside_the_hole_is_found():
    def proxy(g):
        return arithmetic.choose(g < CENTRE, 2 - g, 4 - 2 * g) + 40 * arithmetic.larger(g - F(9, 10), 0 * g)

    of = Family(lambda v: with_hole(lambda g: 0 * g, lambda g: v * proxy(g), CENTRE, F(1, 10**4)), {"v": Interval(1, 2)})
    of = of.with_(enforcement=GIVEN, assume="credible")
    check, falsification, measurement = verbs_say(PROXY_RESTRAINT, of, gaps=[F(n, 40) for n in range(40)])
    assert (check.status, falsification.found, measurement.share) == ("fails", True, 0)
    assert check.witness.low > CENTRE
    assert al.verify(check)
    assert al.verify(falsification)


@pytest.mark.slow
def test_a_hole_narrower_than_any_cut_is_unclear_and_no_failure():
    game = jump_in_a_hole(F(1, 10**60))
    check = PROXY_RESTRAINT.check(game, enforcement=GIVEN, assume="credible")
    assert (check.status, check.holds, bool(check), check.witness) == ("unclear", False, False, None)
    assert check.suspicion.low < CENTRE < check.suspicion.high
    assert "unclear" in check.message
    of = Family(lambda v: jump_in_a_hole(F(1, 10**60), v), {"v": Interval(1, 2)}, enforcement=GIVEN, assume="credible")
    falsification = PROXY_RESTRAINT.falsify(of, examples=2)
    assert not falsification.found
    assert falsification.unclear == falsification.examples
    assert f"{falsification.unclear} of which are unclear" in falsification.message
    measured = PROXY_RESTRAINT.measure(of, points=4)
    assert measured.share + measured.unclear == 1  # floats may meet the hole's centre


def test_without_enclosures_it_is_unclear(monkeypatch):
    monkeypatch.setattr(certifying, "find_spec", lambda name: None)
    game = odds(FALL, lambda g: HALF + 0 * g)
    check = PROXY_TURNS_FIRST.check(game)
    assert check.status == "unclear"
    assert "pip install 'alliances[prove]'" in check.message
    assert SPONSOR_RESTRAINT.check(game).holds  # two points alone tell


@pytest.mark.slow
def test_a_model_that_answers_enclosures_otherwise_is_unclear():
    def proxy(g):
        return 1 + g if isinstance(g, (float, F, np.ndarray)) else 1 + g + 5 * g**2

    game = with_hole(lambda g: 0 * g, proxy, CENTRE, F(1, 10**4))
    assert PROXY_RESTRAINT.check(game, enforcement=GIVEN, assume="credible").status == "unclear"
    floats = with_hole(lambda g: 0 * g, lambda g: np.sqrt(np.asarray(g, dtype=float)), CENTRE, F(1, 10**4))
    of = Family(lambda v: floats, {"v": Interval(1, 2)}, enforcement=GIVEN, assume="credible")
    assert PROXY_RESTRAINT.check(floats, enforcement=GIVEN, gaps=[0.5, 0.75], assume="credible").status == "unclear"
    measured = PROXY_RESTRAINT.measure(of, points=4)
    assert (measured.share, measured.unclear) == (0, 1)
    assert "At 100.00% it is unclear." in measured.message


@pytest.mark.parametrize("claim", [ASYMMETRY, SPONSOR_RESTRAINT])
def test_the_all_pay_contest_beside_parity(claim):
    """At parity both are deterred, and not beside it: parity and wider gaps lie on no common stretch."""
    of = alliance_family(contest="all-pay", enforcement=GIVEN, assume="deterrent", sharing="proportional")
    at = {"value": F(1, 4), "exposure": F(1, 16), "conflict_cost": F(31, 63)}
    game = of.at(**at)
    asked = Asked(claim.shape, lambda z, _: game, lambda _: GIVEN, (0, 0), ("deterrent",), F(1))
    beside = [g for g in (F(n, 4000) for n in range(1, 60)) if not _deterrent(game, g)]
    assert beside, "the assumption fails somewhere next to parity"
    assert not stands(asked, F(0), F(1, 4))
    check = claim.check(game, gaps=[0, F(1, 4)], enforcement=GIVEN, assume="deterrent")
    assert check.status != "fails"
    proof = claim.prove(of, timeout=20)
    if proof.status == "refuted":
        witness, model = proof.counterexample.check.witness, proof.model
        way = [witness.low + (witness.high - witness.low) * F(n, 4000) for n in range(4001)]
        assert all(_deterrent(model, g) for g in way)


def _deterrent(game, gap):
    rows = game.cells(al.Power.from_gap(gap))
    (c, *_), (*_, w) = rows[0], rows[-1]
    return c[0] > w[0] and c[1] > w[1]


# -- random families of which the truth is known -------------------------------------------------------------------------

KNOTS = [F(n, 8) for n in range(8)]
heights = st.lists(st.integers(1, 6).map(F), min_size=len(KNOTS), max_size=len(KNOTS))


def truth(claim, sponsor, proxy):
    """Whether the claim is true of odds that are straight between the knots, with these heights at them."""
    for (s0, s1), (p0, p1) in zip(pairwise(sponsor), pairwise(proxy), strict=True):
        if claim is PROXY_TURNS_FIRST:
            if s1 < s0 and (s0 > p0 or s1 > p1):
                return False
        elif claim is ASYMMETRY:
            rises = [b > a for a, b in ((s0, s1), (p0, p1))]
            above = [max(s0 - p0, s1 - p1) > 0, max(p0 - s0, p1 - s1) > 0]
            if any(r and (a or not any(above)) for r, a in zip(rises, above, strict=True)):
                return False
        elif {"sponsor": s1 > s0, "proxy": p1 > p0}[claim.shape.who]:
            return False
    return True


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(sponsor=heights, proxy=heights, claim=st.sampled_from(GAP), fine=st.sampled_from([3, 8, 20, 41]))
def test_random_odds_of_straight_pieces(sponsor, proxy, claim, fine):
    """On any grid: what fails is false; what is false fails on a grid that holds the knots, their middles and quarters."""
    game = odds(*(straight(list(zip(KNOTS, heights, strict=True))) for heights in (sponsor, proxy)))
    right = truth(claim, sponsor, proxy)
    coarse = claim.check(game, gaps=[F(n, fine) for n in range(fine)])
    assert coarse.status == "holds" if right else coarse.status in ("holds", "fails")
    for gaps in ([F(n, 96) for n in range(96)], np.arange(96) / 96):
        check = claim.check(game, gaps=gaps)
        assert check.status == ("holds" if right else "fails")
        assert al.verify(check).ok
    assert check.witness is None or check.witness.player in PLAYERS


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(sponsor=heights, proxy=heights, claim=st.sampled_from(GAP), centre=st.integers(1, 83), size=st.integers(1, 12))
def test_random_odds_with_a_hole(sponsor, proxy, claim, centre, size):
    """Left and right of the hole the claim is asked separately, as of the same odds cut off there."""
    at, width = F(centre, 96) + F(1, 7 * 96), F(size, 96 * 64)
    curves = [straight(list(zip(KNOTS, heights, strict=True))) for heights in (sponsor, proxy)]
    game = with_hole(*curves, at, width)
    check = claim.check(game, gaps=[F(n, 48) for n in range(48)], enforcement=GIVEN, assume="credible")
    sides = []
    for low, high in ((F(0), at - width), (at + width, F(95, 96))):
        knots = sorted({low, high, *(k for k in KNOTS if low < k < high)})
        sides.append(truth(claim, *([curve(k) for k in knots] for curve in curves)))
    assert check.status in (("holds",) if all(sides) else ("holds", "fails"))
    if check.status == "fails":
        low, high = check.witness.low, check.witness.high
        assert high <= at - width or low >= at + width
        assert al.verify(check)


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
@given(sponsor=heights, proxy=heights, claim=st.sampled_from(GAP), hole=st.booleans())
def test_the_four_verbs_never_contradict_each_other(sponsor, proxy, claim, hole):
    curves = [straight(list(zip(KNOTS[:4], heights[:4], strict=True))) for heights in (sponsor, proxy)]

    def model(v):
        scaled = [lambda g, curve=curve: v * curve(g) for curve in curves]
        return with_hole(*scaled, F(29, 100), F(1, 10**4)) if hole else odds(*scaled)

    of = Family(model, {"v": Interval(1, 2)}, enforcement=GIVEN, assume="credible" if hole else ())
    right = truth(claim, sponsor[:4], proxy[:4])
    proof = claim.prove(of, timeout=30)
    check, falsification, measurement = verbs_say(claim, of, LOWER_HALF)
    if right or proof.status == "proved":
        assert proof.status != "refuted"
        assert check.status == "holds"
        assert not falsification.found
        assert measurement.share + measurement.unclear == 1
    if proof.status == "proved" and not hole:
        assert right
    if not right and not hole:
        assert (check.status, measurement.share) == ("fails", 0)
        coarse = claim.check(of.at(v=F(1)), gaps=[F(n, 20) for n in range(20)], enforcement=GIVEN)
        assert falsification.found == (coarse.status == "fails"), "it asks at these gaps alone"


def test_a_contradiction_between_two_simple_points_is_missed_by_the_search_alone():
    """The sponsor binds up to the gap 1/20, where its odds are the proxy's: between the first two points of the search."""
    sponsor, proxy = (straight(list(zip(KNOTS[:4], heights, strict=True))) for heights in ((6, 2, 3, 5), (4, 5, 1, 2)))
    of = Family(lambda v: odds(lambda g: v * sponsor(g), lambda g: v * proxy(g)), {"v": Interval(1, 2)}, enforcement=GIVEN)
    check, falsification, measurement = verbs_say(PROXY_TURNS_FIRST, of, LOWER_HALF)
    assert (check.status, falsification.found, measurement.share) == ("fails", False, 0)
    assert F(check.witness.high) < F(1, 20)
    assert PROXY_TURNS_FIRST.prove(of, timeout=GENEROUS).status == "refuted"


# -- games that ignore the line ------------------------------------------------------------------------------------------


@pytest.mark.sampled(0)
@pytest.mark.parametrize(("number", "assumed"), [(int, ()), (float, ()), (F, ()), (F, ("credible",))])
def test_a_game_that_ignores_the_gap(number, assumed):
    rows = [[tuple(map(number, cell)) for cell in row] for row in ([(1, 1), (-1, 2)], [(2, -1), (0, 0)])]
    game = al.CustomGame(lambda power: rows)
    for claim in GAP:
        check = claim.check(game, assume=assumed)
        assert (check.status, check.points) == ("holds", 200)
        for model in (lambda v: game, lambda v: al.CustomGame(lambda power: [[rows[0][0], (-1, 1 + v)], rows[1]])):
            of = Family(model, {"v": Interval(1, 2)}, assume=assumed)
            assert claim.measure(of, points=8, line_points=20).share == 1
            assert not claim.falsify(of, examples=3).found
            assert claim.prove(of, timeout=GENEROUS).status == "proved"


def test_a_game_that_ignores_the_stakes():
    rows = [[(2, 2), (-1, -1), (-1, 3)], [(-1, -1), (1, 1), (-1, 2)], [(3, -1), (2, -1), (0, 0)]]
    game = al.CustomGame(lambda power: rows, actions=("ally", "coexist", "fight"))
    assert STAKES.check(lambda stakes: game).status == "holds"
    of = Family(lambda stakes: game, {"stakes": Interval(0, None, "neither")})
    assert STAKES.measure(of, points=8).share == 1
    assert not STAKES.falsify(of, examples=5).found


# -- open parameters are enclosed, too -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_open_parameters_are_enclosed_too():
    """|exp(log v) − v| is 0, and in floats next to it: the odds are 1 throughout."""

    def of_one(slope):
        def model(v):
            return al.CustomGame(lambda power: [[(1, 1), (-1, 2 + slope(v) * power.gap)], [(0, -1), (0, 0)]])

        return Family(model, {"v": Interval(2, 9)}, enforcement=GIVEN)

    of = of_one(lambda v: 10**15 * abs(arithmetic.exp(arithmetic.log(v)) - v))
    assert PROXY_RESTRAINT.prove(of, timeout=2).status != "refuted"
    for v in (F(3), F(5), F(7)):
        assert confirm(PROXY_RESTRAINT, of, {"v": v}, HALF) is None
    assert confirm(PROXY_RESTRAINT, of_one(arithmetic.exp), {"v": F(3)}, HALF).certified == "by enclosures"
