"""From points that seem to contradict a claim to what is certain, dismissed or open: one line at a time, by hand."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose
from alliances.claims import Witness, monotone, never_above, unimodal
from alliances.claims.certifying import Asked, points_tell
from alliances.claims.comparisons import points_of
from alliances.claims.lines import curves
from alliances.claims.settling import Settled, confirmed, settled
from tests.test_claims_answers import FALLING, GIVEN, HALF, QUARTER, RISING, VALLEY, game, none

pytest.importorskip("flint")

FALLS, PEAK = monotone("m", whose="proxy").shape, unimodal("u", whose="proxy").shape
DETERRENT = ("deterrent",)


def with_hole(odds, low, high):
    """The proxy's odds; between two gaps conflict hurts nobody."""
    return game(none, odds, lambda g: choose((g > low) & (g < high), -1 + 0 * g, 1 + 0 * g))


class Stubborn(al.CustomGame):
    """Takes numbers, and no enclosures."""

    def cells(self, power):
        if not isinstance(power.sponsor, (int, float, F, np.ndarray)):
            raise TypeError("numbers, please")
        return super().cells(power)


def of(model, shape, points, assume=DETERRENT):
    """(question, evaluation, lines, what seems to contradict) on these points."""

    def evaluate(at):
        return curves(lambda _: model, "gap", at, GIVEN, (0, 0), assume, 1, pact=False, look_between=False)

    lines = evaluate(np.array(points, dtype=object))
    return Asked(shape, lambda *_: model, lambda _: GIVEN, (0, 0), assume, 1), evaluate, lines, shape.breaks(lines)


def same(found, status, witness):
    assert isinstance(found, Settled)
    assert (found.status, found.witness) == (status, witness)


def number(g):
    """δ* of the odds 1 + γ."""
    return (1 + g) / (2 + g)


GAPS = [F(0), QUARTER, HALF, F(3, 4)]
WIDEST = Witness(0, F(3, 4), HALF, number(F(3, 4)), "proxy")


def test_points_alone():
    same(settled(*of(RISING, FALLS, GAPS, ())), "certain", WIDEST)
    assert points_tell(FALLS, ())
    assert not points_tell(FALLS, DETERRENT)
    assert points_tell(never_above("n", than=GIVEN).shape, DETERRENT)
    assert not points_tell(al.claims.PROXY_TURNS_FIRST.shape, ())


def test_the_widest_pair_or_the_worst_neighbours():
    """δ* grows more slowly the wider the gap, so that the first neighbours are the worst."""
    asked = of(RISING, FALLS, GAPS)
    same(settled(*asked), "certain", WIDEST)
    same(settled(*asked, widest=False), "certain", Witness(0, QUARTER, HALF, number(QUARTER), "proxy"))


def test_a_hole_between():
    """Where the number jumps in the hole alone there is nothing; where it rises all the way, beside the hole."""
    jump = with_hole(lambda g: choose(g > F(3, 10), 2 + 0 * g, 1 + 0 * g), F(1, 5), F(2, 5))
    same(settled(*of(jump, FALLS, [F(0), HALF])), "dismissed", None)
    rise = with_hole(lambda g: 1 + g, QUARTER, F(3, 8))
    same(settled(*of(rise, FALLS, [F(0), HALF])), "certain", Witness(0, F(1, 16), HALF, number(F(1, 16)), "proxy"))
    first = settled(*of(rise, FALLS, [F(0), F(1, 8), HALF]))
    same(first, "certain", Witness(0, F(1, 8), HALF, number(F(1, 8)), "proxy"))


def test_what_enclosures_do_not_reach_is_open():
    stubborn = Stubborn(RISING.payoffs)
    found = settled(*of(stubborn, FALLS, [F(0), HALF]))
    assert found.status == "open"
    low, high = points_of(found.witness)
    assert 0 <= low < high <= HALF
    assert (found.witness.at_low, found.witness.at_high) == (number(low), number(high))
    three = settled(*of(Stubborn(VALLEY.payoffs), PEAK, GAPS))
    same(three, "open", Witness(0, F(3, 4), F(2, 3), F(5, 9), "proxy", HALF, HALF))


def test_without_flint_it_is_open(monkeypatch):
    monkeypatch.setattr("alliances.claims.settling.can_enclose", lambda: False)
    monkeypatch.setattr("alliances.claims.certifying.can_enclose", lambda: False)
    worst = Witness(0, QUARTER, HALF, number(QUARTER), "proxy")
    same(settled(*of(RISING, FALLS, GAPS)), "open", worst)


@pytest.mark.parametrize(
    ("hole", "status", "ends"),
    [
        ((F(1, 20), F(1, 10)), "certain", (QUARTER, F(3, 4))),
        ((F(3, 10), F(2, 5)), "dismissed", None),
        ((F(3, 5), F(7, 10)), "dismissed", None),
        ((F(4, 5), F(9, 10)), "certain", (F(0), F(3, 4))),
    ],
)
def test_three_points_on_one_stretch(hole, status, ends):
    """ω = 1 + (2γ − 1)² falls to 1/2 and rises: with a hole beside its lowest point, no three of these gaps show that."""
    found = settled(*of(with_hole(lambda g: 1 + (2 * g - 1) ** 2, *hole), PEAK, GAPS))
    assert found.status == status
    if ends is None:
        assert found.witness is None
    else:
        odds = [1 + (2 * g - 1) ** 2 for g in ends]
        same(found, "certain", Witness(*ends, *(w / (1 + w) for w in odds), "proxy", HALF, HALF))


# -- noise -------------------------------------------------------------------------------------------------------------


def noisy(model, shape, points, forged=None, assume=(), blurred=slice(None)):
    """Floats whose rounding may be noise at some points, and other numbers than the model's if forged."""
    asked, evaluate, _, _ = of(model, shape, points, assume)
    lines = evaluate(np.array([float(p) for p in points]))
    slack = np.zeros(len(points))
    slack[blurred] = 2e-4
    lines = replace(lines, slack=slack, **({} if forged is None else {"proxy": np.array(forged)}))
    return asked, evaluate, lines, shape.breaks(lines)


def test_noise_is_looked_into():
    """What rises certainly does so at the first neighbours; what seems to rise in noise alone is none."""
    found = settled(*noisy(RISING, FALLS, GAPS))
    assert found.status == "certain"
    assert (found.witness.low, found.witness.high) == (0, 0.25)
    forged = [0.6, 0.61, 0.62, 0.63]
    same(settled(*noisy(FALLING, FALLS, GAPS, forged)), "dismissed", None)
    same(settled(*noisy(FALLING, FALLS, GAPS, forged, DETERRENT)), "dismissed", None)
    valley = settled(*noisy(VALLEY, PEAK, GAPS))
    assert (valley.status, valley.witness.middle) == ("certain", 0.5)
    same(settled(*noisy(FALLING, PEAK, GAPS, [0.63, 0.6, 0.5, 0.6])), "dismissed", None)
    same(settled(*noisy(FALLING, PEAK, GAPS, [0.63, 0.6, 0.5, 0.6], DETERRENT)), "dismissed", None)


def test_points_without_noise_tell_by_themselves():
    """One noisy point is left out: the others are compared across it."""
    found = settled(*noisy(FALLING, FALLS, GAPS, [0.6, 0.9, 0.62, 0.61], blurred=[1]))
    assert found.status == "certain"
    assert (found.witness.low, found.witness.high) == (0, 0.5)
    assert (found.witness.at_low, found.witness.at_high) == (0.6, 0.62)
    same(settled(*noisy(FALLING, FALLS, GAPS, [0.6, 0.9, 0.6, 0.59], blurred=[1])), "dismissed", None)
    middle = settled(*noisy(FALLING, PEAK, GAPS, [0.6, 0.5, 0.4, 0.6], blurred=[2]))
    assert (middle.status, middle.witness.middle, middle.witness.high) == ("certain", 0.25, 0.75)


def test_what_is_confirmed():
    """By exact arithmetic or enclosures; where they cannot be had it is left to the floats."""

    def ask(model, *points, shape=FALLS):
        witness = Witness(points[0], points[-1], 0, 0, "proxy", middle=points[1] if len(points) > 2 else None)
        return confirmed(of(model, shape, GAPS, ())[0], witness)

    assert ask(RISING, 0.25, 0.5)
    assert not ask(FALLING, 0.25, 0.5)
    assert ask(VALLEY, QUARTER, HALF, F(3, 4), shape=PEAK)
    assert not ask(RISING, QUARTER, HALF, F(3, 4), shape=PEAK)
    assert ask(Stubborn(FALLING.payoffs), 0.25, 0.5)
    equal = game(none, lambda g: al.arithmetic.exp(0 * g + 1) ** 2 / al.arithmetic.exp(0 * g + 2))
    assert not ask(equal, 0.25, 0.5)  # equal in sixty digits
