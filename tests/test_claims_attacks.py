"""Attacks on proofs: models whose truth is known, and on which a careless prover would be wrong.

"Proved" of a false claim and "refuted" of a true one are the errors that matter; "unknown" is none. Where an attack once
succeeded, or where the answer is within easy reach, the answer itself is asserted.
"""

from fractions import Fraction as F
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alliances as al
from alliances import arithmetic
from alliances.claims import ASYMMETRY, PROXY_RESTRAINT, PROXY_TURNS_FIRST, SPONSOR_RESTRAINT, Choice, Family, Interval
from alliances.claims.odds import Odds
from tests.claim_support import GENEROUS, HALF, dyad, family, status


def constant(value):
    return lambda gap: value + 0 * gap


def table(payoffs, **options):
    """The family of a CustomGame whose cells are a function of (v, gap)."""
    return family(lambda v: al.CustomGame(lambda power: payoffs(v, power.gap)), **options)


# -- slopes ------------------------------------------------------------------------------------------------------------

SLOPES = {
    "falling": (lambda v, g: v * (2 - g), "proved"),
    "rising": (lambda v, g: v * (1 + g), "refuted"),
    "constant": (lambda v, g: v + 0 * g, "proved"),
    "no slope at one point, falling elsewhere": (lambda v, g: 3 - v * (g - HALF) ** 3, "proved"),
    "no slope at one point, rising elsewhere": (lambda v, g: 3 + v * (g - HALF) ** 3, "refuted"),
    "a touch of zero from above": (lambda v, g: v * (g - HALF) ** 2, "refuted"),
    "a shallow dip": (lambda v, g: 3 - g + v * (g - HALF) ** 2 * F(9, 8), "refuted"),
    "rising on a thousandth": (lambda v, g: 3 - 2 * v * g + (g - F(998, 1000)) * larger_square(g), "refuted"),
    "never tempted": (lambda v, g: -v * (1 + g), "proved"),
    "tempted from the middle on": (lambda v, g: v * (g - HALF), "refuted"),
    "tempted up to the middle": (lambda v, g: v * (HALF - g), "proved"),
    "a kink downwards": (lambda v, g: v * (2 - arithmetic.larger(g, HALF)), "proved"),
    "a kink upwards at the end": (lambda v, g: v * (1 - g + 2 * arithmetic.larger(g - F(9, 10), 0 * g)), "refuted"),
}


def larger_square(g):
    return arithmetic.larger(g - F(998, 1000), 0 * g) * 10**6


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", SLOPES)
def test_slopes(name):
    tempt, truth = SLOPES[name]
    of = family(lambda v: dyad((lambda g: tempt(v, g), constant(1))))
    assert status(PROXY_RESTRAINT, of) == truth
    assert status(ASYMMETRY, of) == truth
    assert status(SPONSOR_RESTRAINT, of) == "proved"  # never tempted


def test_only_some_parameters_are_false():
    """True unless v > 199/100, on a domain up to 2."""
    narrow = family(lambda v: dyad((lambda g: 3 - g * (F(199, 100) - v), constant(1))), (1, 2))
    assert status(PROXY_RESTRAINT, narrow) == "refuted"
    assert status(PROXY_RESTRAINT, narrow.with_(parameters={"v": Interval(1, F(199, 100))})) == "proved"


def test_false_only_beyond_the_gaps_asked_about():
    of = family(lambda v: dyad((lambda g: v * (2 - 3 * g + 2 * g**2), constant(1))))  # falls up to ¾
    assert status(PROXY_RESTRAINT, of.with_(gaps=Interval(0, F(3, 4)))) == "proved"
    assert status(PROXY_RESTRAINT, of.with_(gaps=Interval(0, F(4, 5)))) == "refuted"
    assert status(PROXY_RESTRAINT, of.with_(gaps=Interval(F(3, 4), F(4, 5)))) == "refuted"


def test_quotients_of_negative_numbers():
    """ω_P = 5/(2 − p/s), written with signs turned around, falls; ω_S rises below it."""

    def falling(g):
        return -5 / ((1 - g) / (1 + g) - 2)

    of = family(lambda v: dyad((lambda g: falling(g), constant(1)), (lambda g: v * (1 + g / 5) / 2, constant(1))))
    assert status(ASYMMETRY, of) == "proved"
    assert status(SPONSOR_RESTRAINT, of) == "refuted"


# -- points at which temptation and loss vanish ------------------------------------------------------------------------


def square(k):
    return lambda g: k * (g - HALF) ** 2


def test_a_point_without_temptation_or_loss():
    """ω = v on both sides of the gap ½, and 0 at it."""
    assert status(PROXY_RESTRAINT, family(lambda v: dyad((square(v), square(1))))) == "refuted"


@pytest.mark.parametrize(
    ("claim", "truth"), [(PROXY_RESTRAINT, "refuted"), (ASYMMETRY, "refuted"), (SPONSOR_RESTRAINT, "proved")]
)
def test_such_a_point_of_one_player(claim, truth):
    """The other player's temptation and loss are as they were: ω_S = ¼ throughout."""
    of = family(lambda v: dyad((square(v), square(1)), (constant(1), constant(4))))
    assert status(claim, of) == truth


def test_such_a_point_hidden_below_the_other():
    """ω_P = v ≤ 2 < ω_S = 3: the dyad does not notice."""
    of = family(lambda v: dyad((square(v), square(1)), (constant(3), constant(1))))
    assert status(ASYMMETRY, of) != "refuted"
    assert status(PROXY_RESTRAINT, of) == "refuted"


def test_zero_over_zero_at_one_parameter():
    """At b = 0 alone ω_P is 1 on both sides of v and 0 at it; for b > 0 it falls and rises."""

    def model(v, b):
        return dyad((lambda g: (g - v) ** 2, lambda g: (g - v) ** 2 + b**2), (constant(1), constant(2)))

    of = Family(model, {"v": Interval(F(1, 4), HALF), "b": Interval(0, 1)})
    assert status(ASYMMETRY, of) != "proved"
    only = Family(lambda v, b: model(v, 0 * b), {"v": Interval(F(1, 4), HALF), "b": Interval(0, 1)})
    assert status(ASYMMETRY, only) == "refuted"


def test_the_loss_changes_sign():
    """ω = ½ − γ falls to 0, beyond which no patience suffices: δ* jumps from 0 to ∞."""
    of = family(lambda v: dyad((lambda g: v * (g - HALF) ** 2, lambda g: HALF - g)), enforcement=al.GivenPunishment())
    assert status(PROXY_RESTRAINT, of) == "refuted"


# -- jumps -------------------------------------------------------------------------------------------------------------


def step(before, after, at=HALF):
    return lambda g: (before if g < at else after) + 0 * g


@pytest.mark.parametrize(
    ("before", "after", "truth"), [(2, 1, "proved"), (1, 2, "refuted"), (-1, 2, "refuted"), (2, -1, "proved")]
)
def test_jumps_of_cells(before, after, truth):
    of = family(lambda v: dyad((step(before * v, after * v), constant(1))))
    assert status(PROXY_RESTRAINT, of) == truth


def test_a_jump_up_of_a_falling_curve():
    of = family(lambda v: dyad((lambda g: (2 - g if g < HALF else 2 - g + F(1, 1000)) * v, constant(1))))
    assert status(PROXY_RESTRAINT, of) == "refuted"


def test_a_jump_to_odds_without_bound():
    """From ω = v to 1/(γ − ½), which falls: only at the border itself is the claim false."""
    of = family(lambda v: dyad((constant(v), lambda g: 1 + 0 * g if g <= HALF else g - HALF)))
    assert status(PROXY_RESTRAINT, of) == "refuted"


def test_comparisons_of_one_quantity_by_different_relations():
    """Before and after the jump the model asks v − γ > 0 and v − γ ≥ 0, which falls along the gap and is no border."""

    def tempt(v, g):
        return 0 * g + ((1 if v - g > 0 else 0) if g <= HALF else 2 if v - g >= 0 else 0)

    of = family(lambda v: dyad((lambda g: tempt(v, g), constant(1))), (F(1, 4), F(9, 10)))
    assert status(PROXY_RESTRAINT, of) == "refuted"


def test_division_by_what_vanishes_in_the_middle():
    """ω = v/(γ − ½) beyond ½, nothing before; at ½ there is no model."""
    of = family(lambda v: dyad((lambda g: v / (g - HALF), constant(1))))
    assert status(PROXY_RESTRAINT, of) != "proved"
    assert status(SPONSOR_RESTRAINT, of) != "proved"
    assert status(PROXY_RESTRAINT, of.with_(gaps=Interval(F(6, 10), F(9, 10)))) == "proved"


def test_no_equilibrium_in_pure_strategies():
    """Where conflict leaves the proxy less than yielding, each action invites another: nothing punishes, δ* = ∞."""

    def of(first):
        def payoffs(v, g):
            o = 0 * g
            conflict = (-1 if (g < HALF) == first else -5) + o  # yielding leaves −2
            return [[(o, o), (-2 + o, v + o)], [(-1 + o, -2 + o), (-1 + o, conflict)]]

        return table(payoffs)

    assert status(PROXY_RESTRAINT, of(True)) == "refuted"
    assert status(PROXY_RESTRAINT, of(False)) == "proved"


def test_the_punishing_equilibrium_switches():
    """(coexist, coexist) punishes by −2 up to the gap ½ and is no equilibrium beyond; conflict punishes by −1."""

    def payoffs(v, g, up):
        o = 0 * g
        lure = (-3 if (g < HALF) == up else -1) + o
        return [
            [(o, o), (-9 + o, o - 9), (-9 + o, v + o)],
            [(o - 9, o - 9), (-2 + o, -2 + o), (-9 + o, lure)],
            [(v + o, -9 + o), (lure, -9 + o), (-1 + o, -1 + o)],
        ]

    def of(up):
        def model(v):
            return al.CustomGame(lambda power: payoffs(v, power.gap, up), actions=("ally", "coexist", "fight"))

        return family(model)

    assert status(PROXY_RESTRAINT, of(True)) == "refuted"
    assert status(PROXY_RESTRAINT, of(False)) == "proved"


# -- assumptions -------------------------------------------------------------------------------------------------------

CENTRE, NARROW = F(37, 100), F(1, 1000)


def torn(v, g):
    """A jump up of ω within a stretch of two thousandths on which conflict is not credible."""
    o = 0 * g
    tempt = v * (1 if g < CENTRE else 2) * (2 - g)
    sucker = o if (g - CENTRE) ** 2 < NARROW**2 else -2 + o
    return [[(o, o), (sucker, tempt)], [(tempt, sucker), (-1 + o, -1 + o)]]


def test_stretches_are_not_compared_with_each_other():
    of = table(torn, enforcement=al.GivenPunishment())
    assert status(PROXY_RESTRAINT, of) == "refuted"
    assert status(PROXY_RESTRAINT, of.with_(assume="credible")) == "proved"


@pytest.mark.slow
def test_an_assumption_that_fails_at_one_point():
    """At ½, where ω jumps up, the loss is 0: the profile is no better than conflict there."""
    of = family(lambda v: dyad((lambda g: (1 if g < HALF else 2) * v * (g - HALF) ** 2, square(1))))
    assert status(PROXY_RESTRAINT, of) == "refuted"
    assert status(PROXY_RESTRAINT, of.with_(assume="deterrent"), timeout=12) != "refuted"


# -- the proxy turns first ---------------------------------------------------------------------------------------------


def test_who_breaks_it():
    sponsor = family(lambda v: dyad((constant(F(1, 10)), constant(1)), (lambda g: v * (2 - g), constant(1))))
    assert status(PROXY_TURNS_FIRST, sponsor) == "refuted"
    proxy = family(lambda v: dyad((lambda g: v * (2 - g), constant(1)), (constant(F(1, 10)), constant(1))))
    assert status(PROXY_TURNS_FIRST, proxy) == "proved"
    jump = family(lambda v: dyad((constant(F(1, 10)), constant(1)), (step(2 * v, v), constant(1))))
    assert status(PROXY_TURNS_FIRST, jump) == "refuted"


def test_two_points_convict_the_sponsor_only_where_it_binds_at_both():
    """Where the proxy binds at the wider gap and the sponsor at the narrower, who binds at the edge between is not known."""

    def odds(value):
        return Odds("finite", value, "none", 1)

    contradicted = PROXY_TURNS_FIRST.shape.contradicted
    assert contradicted((odds(3), odds(1)), (odds(2), odds(1)), None)
    assert not contradicted((odds(3), odds(1)), (odds(1), odds(2)), None)
    assert not contradicted((odds(3), odds(4)), (odds(2), odds(1)), None)
    assert not contradicted((odds(2), odds(1)), (odds(3), odds(1)), None)


# -- powers and boxes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["intervals", "auto"])
@pytest.mark.parametrize("sign", [1, -1])
def test_atoms_of_atoms(method, sign):
    """ω = exp(±√(1 + exp(γ)…)): slopes go through all of them."""

    def odds(v, g):
        return arithmetic.exp(sign * (v + arithmetic.exp(g)) ** HALF)

    of = family(lambda v: dyad((lambda g: odds(v, g), constant(1))), (1, 2), gaps=Interval(F(1, 10), F(9, 10)))
    answer = status(PROXY_RESTRAINT, of, method=method, timeout=10)
    assert answer in (("refuted", "unknown") if sign > 0 else ("proved", "unknown"))


def test_enforcement_as_a_function_that_proofs_do_not_know():
    of = Family(
        lambda v, kind: dyad((lambda g: v * (2 - g), constant(1))),
        {"v": Interval(1, 2), "kind": Choice(True)},
        enforcement=lambda kind: al.NashReversion(mixed=kind),
    )
    proof = PROXY_RESTRAINT.prove(of, timeout=GENEROUS)
    assert proof.status == "unknown"
    assert "mixed" in proof.message


# -- at random ---------------------------------------------------------------------------------------------------------

small = st.integers(-3, 3)
polynomial = st.tuples(small, small, small)
STEPS = 240


def curve(coefficients, g):
    a, b, c = coefficients
    return (a + b * g + c * g**2) / 4


def critical(tempted, lost):
    """δ* from temptation and loss, by the definition."""
    if tempted <= 0:
        return F(0)
    return F(2) if lost <= 0 else tempted / (tempted + lost)  # 2 stands for ∞


@pytest.mark.slow
@settings(max_examples=13)
@given(tempt=polynomial, loss=polynomial, sponsor=st.tuples(polynomial, polynomial), jump=st.sampled_from([0, 1, -1]))
def test_random_families_against_dense_evaluation(tempt, loss, sponsor, jump):
    """Temptation and loss quadratic in the gap, with a step in the middle; v only scales, so one model tells the truth.

    A rise seen on the grid refutes; none seen, none may be shown that is not there: the witness is looked at again.
    """

    def move(coefficients, g, v):
        return v * (curve(coefficients, g) + (jump if g > F(3, 8) else 0))

    def model(v):
        mine = (lambda g: move(tempt, g, v)), (lambda g: v * curve(loss, g))
        return dyad(mine, tuple((lambda g, k=k: v * curve(k, g)) for k in sponsor))

    of = family(model, enforcement=al.GivenPunishment())

    @cache
    def proxy(g):
        return critical(move(tempt, g, 1), curve(loss, g))

    def both(g):
        return max(proxy(g), critical(*(curve(k, g) for k in sponsor)))

    special = [F(1, 4), F(3, 8), F(3, 8) + F(1, 10**6), HALF, HALF + F(1, 10**6), F(3, 4), F(1, 3), F(2, 3)]
    grid = sorted({F(n, STEPS) for n in range(STEPS)} | set(special))
    for claim, delta in ((PROXY_RESTRAINT, proxy), (ASYMMETRY, both)):
        seen = any(later > before for before, later in pairwise(map(delta, grid)))
        proof = claim.prove(of, timeout=GENEROUS)
        if seen:
            assert proof.status != "proved"
        if proof.status == "refuted":
            w = proof.counterexample.check.witness
            assert delta(w.high) > delta(w.low)
        else:
            assert proof.status == ("unknown" if seen else proof.status)


@pytest.mark.parametrize("digits", [8, 10, 12, 30])
def test_a_violation_however_narrow_is_found(digits):
    """The odds fall along the gap but for a rise over 10⁻ⁿ: two gaps that contradict the claim are no further apart."""
    width = F(1, 10**digits)

    def odds(v, g):
        return 2 - g + 3 * arithmetic.larger(0 * g, width - arithmetic.larger(g - v / 3, v / 3 - g))

    model = family(lambda v: al.CustomGame(lambda q: [[(1, 1), (-1, 1 + odds(v, q.gap))], [(0, -1), (0, 0)]]))
    proof = PROXY_RESTRAINT.prove(model, timeout=20)
    assert proof.status == "refuted"
    assert proof.counterexample.check.witness.high - proof.counterexample.check.witness.low < 2 * width
    assert al.verify(proof).ok
