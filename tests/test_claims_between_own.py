"""What lies between compared points, for claims of one's own and for the re-check of every claim."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose, larger
from alliances.claims import (
    PROXY_RESTRAINT,
    PROXY_TURNS_FIRST,
    SPONSOR_RESTRAINT,
    Family,
    Interval,
    alliance_family,
    monotone,
    never_above,
    unimodal,
)
from tests.claim_support import GENEROUS, HALF
from tests.test_claims_between import CENTRE, FALL, GIVEN, hidden_peak, jump_in_a_hole, odds, verbs_say, with_hole

PEAK, TROUGH = (unimodal(name, whose="proxy", peak=peak) for name, peak in (("peak", True), ("trough", False)))


# -- three points of one stretch -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("width", [F(1, 10**4), F(1, 10**9)])
def test_a_rise_in_a_hole_is_no_second_peak(width):
    """The odds fall, rise in the hole alone, and fall again: one peak on either side."""
    of = Family(lambda v: jump_in_a_hole(width, v), {"v": Interval(1, 2)}, enforcement=GIVEN)
    check, falsification, measurement = verbs_say(PEAK, of)
    assert (check.status, falsification.found, measurement.share) == ("fails", True, 0)
    assert check.verify().ok
    check, falsification, measurement = verbs_say(PEAK, of.with_(assume="credible"))
    assert (check.status, falsification.found, falsification.unclear) == ("holds", False, 0)
    assert (measurement.share, measurement.unclear) == (1, 0)
    assert check.verify().ok
    assert PEAK.check(of.at(v=1.0), enforcement=GIVEN, assume="credible").status == "holds"


@pytest.mark.slow
def test_prove_says_the_same_of_peaks():
    of = Family(lambda v: jump_in_a_hole(F(1, 10**4), v), {"v": Interval(1, 2)}, enforcement=GIVEN)
    assert PEAK.prove(of, timeout=GENEROUS).status == "refuted"
    assert PEAK.prove(of.with_(assume="credible"), timeout=GENEROUS).status == "proved"


@pytest.mark.slow
def test_a_valley_beside_the_hole_is_found():
    def proxy(g):
        return choose(g < CENTRE, 3 - g, 6 - 2 * g) + 40 * larger(g - F(9, 10), 0 * g)

    of = Family(lambda v: with_hole(lambda g: 0 * g, lambda g: v * proxy(g), CENTRE, F(1, 10**4)), {"v": Interval(1, 2)})
    of = of.with_(enforcement=GIVEN, assume="credible")
    check, falsification, measurement = verbs_say(PEAK, of)
    assert (check.status, falsification.found, measurement.share) == ("fails", True, 0)
    assert CENTRE < check.witness.low < check.witness.middle < check.witness.high
    assert check.verify().ok
    assert falsification.verify().ok
    check, falsification, measurement = verbs_say(TROUGH, of)
    assert (check.status, falsification.found, measurement.share) == ("holds", False, 1)
    proof = PEAK.prove(of, timeout=GENEROUS)
    assert proof.status == "refuted"
    assert proof.verify().ok


@pytest.mark.slow
def test_three_points_around_a_hole_narrower_than_any_cut_are_unclear():
    check = PEAK.check(jump_in_a_hole(F(1, 10**60)), enforcement=GIVEN, assume="credible")
    assert (check.status, check.witness) == ("unclear", None)
    assert check.suspicion.low < CENTRE < check.suspicion.high
    assert "seem to contradict it" in check.message


def test_a_forged_valley_across_a_hole_is_found():
    game, asked = jump_in_a_hole(F(1, 10**4)), {"enforcement": GIVEN, "gaps": [F(n, 20) for n in range(20)]}
    fails, holds = PEAK.check(game, **asked), PEAK.check(game, assume="credible", **asked)
    forged = replace(holds, status="fails", witness=fails.witness)
    assert "what lies between may undo the contradiction" in al.verify(forged).witness


# -- along a parameter ---------------------------------------------------------------------------------------------------


def in_v(v, width):
    """The proxy's odds fall in v but for a jump up where conflict is no equilibrium."""
    proxy, o = choose(v < CENTRE, 2 - v, 4 - 2 * v), 0 * v
    sucker = choose((v - CENTRE) ** 2 < width**2, -HALF + o, -3 + o)

    def payoffs(power):
        z = 0 * power.gap
        return [[(o + z, o + z), (sucker + z, proxy + z)], [(o + z, sucker + z), (-1 + o + z, -1 + o + z)]]

    return al.CustomGame(payoffs)


@pytest.mark.slow
@pytest.mark.parametrize("width", [F(1, 10**4), F(1, 10**9)])
def test_a_hole_on_the_way_of_a_parameter(width):
    claim = monotone("own", along="v", whose="proxy")
    of = Family(lambda v: in_v(v, width), {"v": Interval(0, F(9, 10))}, enforcement=GIVEN)
    values, asked = [F(n, 100) for n in range(90)], {"enforcement": GIVEN, "gaps": [0, HALF]}
    fails = claim.check(lambda v: in_v(v, width), values=values, **asked)
    assert fails.status == "fails"
    assert fails.verify().ok
    holds = claim.check(lambda v: in_v(v, width), values=values, assume="credible", **asked)
    assert holds.status == "holds"
    assert holds.verify().ok
    falsification = claim.falsify(of, examples=3)
    assert falsification.found
    assert falsification.verify().ok
    assert not claim.falsify(of.with_(assume="credible"), examples=3).found
    assert claim.measure(of, points=4, line_points=60).share == 0
    measured = claim.measure(of.with_(assume="credible"), points=4, line_points=60)
    assert (measured.share, measured.unclear) == (1, 0)
    assert claim.prove(of, timeout=GENEROUS).status == "refuted"
    assert claim.prove(of.with_(assume="credible"), timeout=GENEROUS).status == "proved"


@pytest.mark.slow
def test_the_gap_at_which_it_is_unclear_is_named():
    check = monotone("own", along="v", whose="proxy").check(
        lambda v: in_v(v, F(1, 10**60)), values=[0, HALF], gaps=[0, F(1, 4)], enforcement=GIVEN, assume="credible"
    )
    assert (check.status, check.suspicion.gap) == ("unclear", 0)
    assert "gap 0" in check.message


# -- comparisons: noise is no contradiction ------------------------------------------------------------------------------


MONITORED = al.ImperfectMonitoring(F(1, 100), HALF)
AT = {"value": 1.792200570686195, "exposure": 0.00041252654045820236, "conflict_cost": 0.33056933898478746}
NEXT_TO_1 = [1 - 2.0**-n / 160 for n in (19, 20)]


def test_noise_is_no_number_above_another():
    """Next to the gap 1 temptation equals loss and is below what floats tell from nothing: there δ_S* seems to be ∞."""
    of = alliance_family(decisiveness=1, enforcement=MONITORED)
    slightly = odds(lambda g: F(11, 10) + 0 * g, lambda g: 0 * g)
    claim = never_above("own", whose="sponsor", than=slightly)
    numbers = [al.critical_discount(of.at(**AT), al.Power.from_gap(g), enforcement=MONITORED).sponsor for g in NEXT_TO_1]
    assert np.inf in numbers
    check = claim.check(of.at(**AT), gaps=NEXT_TO_1, enforcement=MONITORED)
    assert (check.status, check.exact) == ("holds", False)
    assert al.verify(check).ok
    fails = never_above("own", whose="sponsor", than=odds(lambda g: HALF + 0 * g, lambda g: 0 * g))
    assert fails.check(of.at(**AT), gaps=NEXT_TO_1, enforcement=MONITORED).status == "fails"
    near = of.with_(
        parameters={name: Interval(F(value), F(value) * (1 + F(1, 10**9))) for name, value in AT.items()},
        gaps=Interval(NEXT_TO_1[0], NEXT_TO_1[1]),
    )
    assert claim.measure(near, points=8, line_points=20).share == 1
    assert fails.measure(near, points=8, line_points=20).share == 0


def test_noise_is_nothing_to_the_recheck_either():
    of = alliance_family(decisiveness=1, enforcement=MONITORED)
    check = SPONSOR_RESTRAINT.check(of.at(**AT), gaps=NEXT_TO_1, enforcement=MONITORED)
    assert check.status == "holds"
    assert al.verify(check).ok


def test_noise_is_no_valley():
    """Between two such gaps the sponsor's number seems to fall from ∞ and rise to it again."""
    of = alliance_family(decisiveness=1, enforcement=MONITORED)
    gaps = [1 - 2.0**-n / 160 for n in range(4, 26)]
    for peak in (True, False):
        claim = unimodal("own", whose="sponsor", peak=peak)
        check = claim.check(of.at(**AT), gaps=gaps, enforcement=MONITORED)
        exact = claim.check(
            of.at(**{name: F(str(value)) for name, value in AT.items()}), gaps=[F(g) for g in gaps], enforcement=MONITORED
        )
        assert (check.status, check.exact, exact.exact) == (exact.status, False, True)
        assert al.verify(check).ok


# -- no payoffs somewhere between ----------------------------------------------------------------------------------------


def test_no_payoffs_between_two_points():
    """The model divides by zero at the gap 371/1000 alone, in a branch that is not taken: no stretch leads across."""
    game = with_hole(lambda g: 0 * g, lambda g: 1 + g, F(2), F(1, 10))
    asked = {"gaps": [F(1, 4), HALF], "enforcement": GIVEN, "assume": "credible"}
    check = PROXY_RESTRAINT.check(game, **asked)
    assert (check.status, check.witness.low, check.witness.high) == ("fails", F(1, 4), HALF)
    divides = with_hole(lambda g: 0 * g, lambda g: 1 + g + choose(g < 2, 0 * g, 1 / (g - CENTRE)), F(2), F(1, 10))
    with pytest.raises(ZeroDivisionError):
        divides.cells(al.Power.from_gap(CENTRE))
    check = PROXY_RESTRAINT.check(divides, **asked)
    assert check.status == "fails"
    assert not check.witness.low <= CENTRE <= check.witness.high
    assert al.verify(check).ok


# -- the re-check --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_unclear_has_a_suspicion_that_is_one():
    asked = {"gaps": [F(n, 40) for n in range(40)], "enforcement": GIVEN, "assume": "credible"}
    check = PROXY_RESTRAINT.check(jump_in_a_hole(F(1, 10**60)), **asked)
    assert check.status == "unclear"
    assert al.verify(check).ok
    assert not al.verify(replace(check, suspicion=None)).ok
    assert not al.verify(replace(check, status="holds")).ok
    turned = replace(check.suspicion, low=check.suspicion.high, high=check.suspicion.low)
    assert not al.verify(replace(check, suspicion=turned)).ok
    falling = replace(check.suspicion, low=F(1, 40), high=F(2, 40))
    assert "do not even seem to" in al.verify(replace(check, suspicion=falling)).witness


def test_what_certainly_fails_is_neither_unclear_nor_does_it_hold():
    check = PROXY_TURNS_FIRST.check(odds(FALL, lambda g: HALF + 0 * g), gaps=[F(n, 64) for n in range(64)])
    assert check.status == "fails"
    assert al.verify(check).ok
    unclear = replace(check, status="unclear", witness=None, suspicion=check.witness)
    assert "certainly contradict" in al.verify(unclear).witness
    assert "is contradicted between" in al.verify(replace(check, status="holds", witness=None)).witness


def test_a_witness_lies_on_the_line():
    check = PROXY_TURNS_FIRST.check(odds(FALL, lambda g: HALF + 0 * g), gaps=[F(9, 64), F(1, 4)])
    assert check.status == "fails"
    assert al.verify(check).ok
    outside = replace(check, witness=replace(check.witness, low=F(1, 8)))
    assert "no two points of the line" in al.verify(outside).witness
    without = PROXY_RESTRAINT.check(jump_in_a_hole(F(1, 10**4)), gaps=[F(1, 4), HALF], enforcement=GIVEN)
    assert al.verify(without).ok
    inside = replace(without, witness=replace(without.witness, low=F(1, 3)))  # two points alone tell: they are those compared
    assert "no two points of the line" in al.verify(inside).witness


@pytest.mark.slow
@pytest.mark.parametrize("gaps", [[F(0), HALF, F(3, 4)], np.array([0.0, 0.5, 0.75])])
def test_two_points_between_which_the_proxy_binds_do_not_speak_against_what_holds(gaps):
    check = PROXY_TURNS_FIRST.check(hidden_peak(), gaps=gaps)
    assert check.status == "holds"
    assert al.verify(check).ok
