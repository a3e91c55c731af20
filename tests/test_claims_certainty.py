"""What is certain of a claim, what is open, and which concepts are not compared: each limit met exactly."""

from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims import ASYMMETRY, PACT_AT_PARITY, Choice, Family, Interval, monotone, unimodal
from alliances.claims.certifying import Asked, can_enclose, contradicted, enclosed, stands
from alliances.claims.scales import NeverAbove, certified, scales_of
from tests.test_claims_answers import FALLING, GIVEN, HALF, PACT, QUARTER, RISING, VALLEY, game, none
from tests.test_claims_lines import asked_of
from tests.test_claims_settling import Stubborn
from tests.toys.late_reversion import LateReversion

pytest.importorskip("flint")

PEAK = unimodal("u")

OPEN_FORM = al.OutsideOption(F(1, 10))


def test_concepts_that_are_not_compared():
    ever = al.NashReversion()
    for mine, theirs, text in (
        (LateReversion(), ever, "proofs do not compare LateReversion with another concept; measure() takes any"),
        (ever, LateReversion(), "proofs do not compare LateReversion with another concept; measure() takes any"),
        (OPEN_FORM, ever, "proofs know enforcement concepts in closed form, not OutsideOption; measure() takes any"),
        (ever, OPEN_FORM, "proofs know enforcement concepts in closed form, not OutsideOption; measure() takes any"),
        (
            al.FinitePunishment(1),
            al.GivenPunishment(al.FinitePunishment(2)),
            "proofs do not compare finite punishment of more than one period with another concept",
        ),
    ):
        with pytest.raises(OutOfReach) as caught:
            scales_of(mine, theirs)
        assert str(caught.value) == text
    assert scales_of(al.FinitePunishment(2), al.GivenPunishment(al.FinitePunishment(2))) is None


# -- certainty ---------------------------------------------------------------------------------------------------------


def loss_of(least):
    """Conflict hurts by (γ − 1/4)² and a little more."""
    return game(none, lambda g: 1 + g, lambda g: (g - QUARTER) * (g - QUARTER) + least)


def test_how_often_what_lies_between_is_halved():
    """Next to 1/4, on pieces of length h, the loss is enclosed by numbers from least − h²/2 at the highest, or lower.

    So 1/4096 is certainly positive on 64ths, which takes five halvings of [0, 1/2], and on 32nds it is not.
    """
    asked = asked_of(loss_of(F(1, 4096)), ASYMMETRY.shape, assume=("deterrent",))
    for halvings, answer in ((0, None), (4, None), (5, True), (6, True)):
        assert stands(asked, F(0), HALF, halvings) is answer
    assert stands(asked, F(0), HALF) is True
    assert stands(asked_of(loss_of(F(1, 2**14)), ASYMMETRY.shape, assume=("deterrent",)), F(0), HALF) is None


def off_by(error, level=0):
    """Numbers get payoffs that are off by this much; the largest payoff is ``level`` + 10 or so."""

    class Off(al.CustomGame):
        def cells(self, power):
            (first, second), last = super().cells(power)
            if isinstance(power.sponsor, (int, float, F, np.ndarray)):
                first = first[0] + error, first[1]
            return (first, second), last

    def cells(q):
        o = level + 0 * q.gap
        return [[(o, o), (o - 9, o + 1 + q.gap)], [(o, o - 9), (o - 1, o - 1)]]

    return asked_of(Off(cells), ASYMMETRY.shape, total=F(1), assume=("deterrent",))


def test_numbers_that_enclosures_do_not_hold():
    """Exact payoffs must lie in their enclosures; floats may be off by 10⁻⁹ of the largest, which is 9 or 1001.25 here."""
    for error, answer in ((F(0), True), (F(1, 10**40), None), (0.0, True), (8e-9, True), (-8e-9, True), (1e-8, None)):
        assert stands(off_by(error), F(0), HALF) is answer
    for error, answer in ((9.9e-7, True), (1.01e-6, None), (-1.01e-6, None)):
        assert stands(off_by(error, 1000), F(0), HALF) is answer


def test_what_enclosures_and_odds_refuse_is_open():
    stubborn = asked_of(Stubborn(RISING.payoffs), ASYMMETRY.shape, assume=("deterrent",))
    assert stands(stubborn, F(0), HALF) is None
    assert stands(asked_of(Stubborn(RISING.payoffs), ASYMMETRY.shape), F(0), HALF) is True
    assert can_enclose()
    family = Family(lambda v, w: FALLING, {"v": Interval(0, 1), "w": Choice(1, 2)})
    assert enclosed(family, {"v": 1, "w": 2}, str) == {"v": "1", "w": 2}


def test_odds_that_are_not_known():
    """The only stage equilibrium gives both 2, and either can be held down to 0: a penal code may punish harder."""
    alone = al.CustomGame(lambda q: [[(2 + 0 * q.gap, 2), (0, 1)], [(1, 0), (-1, -1)]])
    penal = Asked(ASYMMETRY.shape, lambda *_: alone, lambda _: al.OptimalPenalCode(), (0, 0), (), 1)
    assert [odds.kind for odds in penal.odds(F(0), (0, 0))] == ["unknown", "unknown"]
    sides = [lambda: (FALLING, GIVEN), lambda: (alone, al.OptimalPenalCode())]
    for ask in (
        lambda: contradicted(penal, [F(0), HALF]),
        lambda: certified(NeverAbove("dyad"), sides, F(0), (0, 0), (), F(1)),
        lambda: certified(NeverAbove("dyad"), sides[::-1], F(0), (0, 0), (), F(1)),
    ):
        with pytest.raises(OutOfReach) as caught:
            ask()
        assert str(caught.value) == "the odds of betrayal are not known here"


def test_two_points_are_no_valley():
    falls = monotone("m").shape
    assert contradicted(asked_of(FALLING, falls), [F(0), HALF]) is None
    assert contradicted(asked_of(VALLEY, PEAK.shape), [F(0), HALF]) is None  # two points
    assert contradicted(asked_of(VALLEY, PEAK.shape), [F(0), HALF, HALF]) is None  # which are two as well
    assert asked_of(PACT, PACT_AT_PARITY.shape).of_points
