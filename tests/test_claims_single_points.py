"""Proofs where a model has a value of its own at a single point of the line, such as a contest that is level at parity."""

from fractions import Fraction

import pytest

import alliances as al
from alliances.claims import PROXY_RESTRAINT, Family, Interval, Proof, alliance_family
from alliances.claims.statements import CLAIMS

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
GAPS = [Fraction(n, 40) for n in range(40)]


def of_odds(odds) -> Family:
    """A family, open in v, whose proxy's odds of betrayal are a function of the gap and v."""

    def model(v):
        return al.CustomGame(lambda q: [[(1, 1), (-1, 1 + odds(q.gap, v))], [(0, -1), (0, 0)]])

    return Family(model, {"v": Interval(1, 2)}, enforcement=al.GivenPunishment())


def ask(odds) -> Proof:
    return PROXY_RESTRAINT.prove(of_odds(odds), timeout=60)


TRUE = {
    "higher at parity": lambda g, v: v if g == 0 else v / 2,
    "higher at parity, falling beyond": lambda g, v: v if g == 0 else v / (2 + g),
    "of another form at one gap, of the same value": lambda g, v: v * g if g == HALF else v / 2,
    "a step down with a point between": lambda g, v: 3 * v if g < HALF else 2 * v if g == HALF else v,
}
FALSE = {
    "lower at parity": lambda g, v: v / 2 if g == 0 else v,
    "a spike": lambda g, v: 2 * v if g == HALF else v,
    "a dip": lambda g, v: v / 2 if g == HALF else v,
    "a step up with a point between": lambda g, v: v if g < HALF else 2 * v if g == HALF else 3 * v,
    "higher at parity, rising beyond": lambda g, v: 9 * v if g == 0 else v * (1 + g),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_with_a_point_of_its_own(name):
    assert ask(TRUE[name]).status == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_never_proved_where_a_point_contradicts(name):
    proof = ask(FALSE[name])
    assert proof.status != "proved"
    at = [Fraction(0), *GAPS]
    values = [FALSE[name](g, Fraction(1)) for g in sorted(set(at))]
    assert any(b > a for a, b in zip(values, values[1:], strict=False))  # it is false indeed


@pytest.mark.sampled(2)
@pytest.mark.parametrize("synergy", ["complementarity", "aggregation", "constant", "common threat"])
@pytest.mark.parametrize("claim", ["asymmetry", "proxy restraint", "sponsor restraint"])
def test_all_pay_is_level_at_parity_alone(claim, synergy):
    """At x = 1 the contest's chances are ½; inside (0, 1) they are 0 and 1: the answer must be the one that numbers give."""
    family = alliance_family(contest="all-pay", synergy=synergy, enforcement=al.GivenPunishment(), assume=("deterrent",))
    proof = CLAIMS[claim].prove(family, timeout=60)
    assert proof.status != "unknown"
    if proof.status == "proved":
        assert CLAIMS[claim].measure(family, points=64, line_points=300, rng=1).share == 1
