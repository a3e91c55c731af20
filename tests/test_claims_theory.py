"""What was found of the two-action game, cell by cell, with its witnesses computed a second way."""

from fractions import Fraction as F
from functools import cache

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances.claims import ASYMMETRY, PROXY_RESTRAINT, SPONSOR_RESTRAINT, Interval, alliance_family
from alliances.claims.proofs.queries import GameConditions
from alliances.testing.strategies import rationals
from tests.claim_support import HALF, odds_by_hand, status
from tests.support import quick

SYNERGIES = ("complementarity", "constant", "aggregation")
VARIANTS = {"given": ("deterrent",), "credible": ("deterrent", "credible")}
GIVEN, PAYMENTS = al.GivenPunishment(), al.GivenPunishment(al.Transfers())


def game_family(decisiveness, synergy, variant, enforcement=GIVEN):
    return alliance_family(decisiveness=decisiveness, synergy=synergy, enforcement=enforcement, assume=VARIANTS[variant])


@cache
def proof_of(claim, decisiveness, synergy, variant):
    """The proof or the refutation of a claim, which two tests look at."""
    return claim.prove(game_family(decisiveness, synergy, variant), timeout=120)


def expected(decisiveness, synergy, variant):
    """(proxy restraint, sponsor restraint), as established for m = 1, 2, 3."""
    if decisiveness > 1:
        return "proved", "refuted"
    return "proved" if variant == "credible" and synergy == "complementarity" else "refuted", "proved"


def delta(parameters, gap, decisiveness, synergy, player):
    """δ* of a player by the formula (d − c)/(d − w), and whether the assumptions hold there."""
    c, d, w = odds_by_hand(gap, *(parameters[n] for n in ("value", "conflict_cost", "exposure")), decisiveness, synergy)
    k = ("sponsor", "proxy").index(player)
    return (d[k] - c[k]) / (d[k] - w[k]), all(x > y for x, y in zip(c, w, strict=True))


def credible(parameters, gap, decisiveness):
    """Whether fighting back beats being robbed: the betrayed keeps c(1 − τ·chance), conflict pays w."""
    c, _, w = odds_by_hand(
        gap, *(parameters[n] for n in ("value", "conflict_cost", "exposure")), decisiveness, parameters["of"]
    )
    q = w[1] + parameters["conflict_cost"]
    tau = parameters["exposure"]
    return w[0] >= c[0] * (1 - tau * q) and w[1] >= c[1] * (1 - tau * (1 - q))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("synergy", SYNERGIES)
@pytest.mark.parametrize("decisiveness", quick([1, 2, 3], 2))
class TestTable:
    @pytest.mark.sampled(3)
    def test_payments_restore_asymmetry(self, decisiveness, synergy, variant):
        assert status(ASYMMETRY, game_family(decisiveness, synergy, variant, PAYMENTS)) == "proved"

    @pytest.mark.sampled(1)
    @pytest.mark.parametrize("claim", [PROXY_RESTRAINT, SPONSOR_RESTRAINT], ids=lambda c: c.name)
    def test_restraint(self, decisiveness, synergy, variant, claim):
        proof = proof_of(claim, decisiveness, synergy, variant)
        assert proof.status == expected(decisiveness, synergy, variant)[claim is SPONSOR_RESTRAINT]
        if proof.status == "proved":
            assert all(step.status == "excluded" for step in proof.steps)
            return
        found = proof.counterexample
        w, at = found.check.witness, {**found.parameters, "of": synergy}
        assert found.certified == "exactly"
        assert all(isinstance(x, (F, int)) for x in found.parameters.values())
        (low, assumed_low), (high, assumed_high) = (delta(at, g, decisiveness, synergy, w.player) for g in (w.low, w.high))
        assert w.low < w.high
        assert assumed_low
        assert assumed_high
        assert (low, high) == (w.at_low, w.at_high)
        assert low < high
        assert variant == "given" or (credible(at, w.low, decisiveness) and credible(at, w.high, decisiveness))


def test_the_witnesses_of_the_page():
    """Complementarity: m = 1 at y = ¼, v = 5, k = ¼, τ = ½ (proxy), m = 2 at y = 3/8, v = 1/8, k = ¼, τ = ½ (sponsor)."""
    for decisiveness, y, value, player in ((1, F(1, 4), F(5), "proxy"), (2, F(3, 8), F(1, 8), "sponsor")):
        game = al.AllianceGame(
            al.Tullock(decisiveness), al.Complementarity(value), al.Proportional(), exposure=HALF, conflict_cost=F(1, 4)
        )
        gap = 1 - 2 * y
        claim = PROXY_RESTRAINT if player == "proxy" else SPONSOR_RESTRAINT
        found = claim.check(game, gaps=[gap, gap + F(1, 1000)], enforcement=GIVEN)
        assert found.status == "fails"
        assert found.exact


@pytest.mark.slow
@pytest.mark.parametrize(
    ("synergy", "decisiveness", "proxy", "sponsor"),
    [
        ("complementarity", HALF, "refuted", "proved"),
        pytest.param("complementarity", F(3, 2), "refuted", "refuted", marks=pytest.mark.slow),
        pytest.param("constant", HALF, "refuted", "proved", marks=pytest.mark.slow),
        pytest.param("constant", F(3, 2), "refuted", "refuted", marks=pytest.mark.slow),
        ("constant", F(5, 2), "proved", "refuted"),
    ],
)
def test_half_integers(synergy, decisiveness, proxy, sponsor):
    assert status(PROXY_RESTRAINT, game_family(decisiveness, synergy, "given")) == proxy
    assert status(SPONSOR_RESTRAINT, game_family(decisiveness, synergy, "given")) == sponsor
    assert status(ASYMMETRY, game_family(decisiveness, synergy, "given", PAYMENTS)) == "proved"


@pytest.mark.slow
def test_asymmetry_is_settled_by_the_contest():
    """Without payments: true of complementary allies in a lottery contest, false of others and where fighting decides."""
    found = {(s, m): status(ASYMMETRY, game_family(m, s, "credible")) for s in SYNERGIES for m in (1, 2)}
    assert found == {(s, m): "proved" if (s, m) == ("complementarity", 1) else "refuted" for s in SYNERGIES for m in (1, 2)}


@pytest.mark.slow
@pytest.mark.parametrize("synergy", SYNERGIES)
def test_sympy_agrees_with_the_sign_of_the_slope(synergy):
    """The derivative by a third way, at the counterexample's gap and around it: somewhere between them it is positive."""
    proof = proof_of(SPONSOR_RESTRAINT, 2, synergy, "given")
    at, w = proof.counterexample.parameters, proof.counterexample.check.witness
    g = sp.Symbol("g", positive=True)
    numbers = [sp.Rational(at[n].numerator, at[n].denominator) for n in ("value", "conflict_cost", "exposure")]
    value, cost, tau = numbers
    s, y = (1 + g) / 2, (1 - g) / 2
    q = s**2 / (s**2 + y**2)
    bonus = {"complementarity": value * g, "constant": value, "aggregation": 4 * value * s * y}[synergy]
    odds = tau * q * y * (1 + bonus) / (s * (1 + bonus) - q + cost)
    slope = sp.lambdify(g, sp.diff(odds, g), "math")
    assert max(slope(w.low + (w.high - w.low) * F(n, 20)) for n in range(21)) > 0


# -- the letters against the library's own critical discount factors ---------------------------------------------------


def evaluated(quotient, algebra, at):
    """A quotient of letters at numbers."""
    return polynomial_at(quotient.numerator, algebra, at) / polynomial_at(quotient.denominator, algebra, at)


def polynomial_at(polynomial, algebra, at):
    total = F(0)
    for powers, c in polynomial.to_dict().items():
        term = F(int(c))
        for name, e in zip(algebra.letters, powers, strict=True):
            if e:
                term *= at.get(name, F(0)) ** int(e)
        total += term
    return total


def holds(condition, algebra, at):
    value = polynomial_at(condition.polynomial, algebra, at)
    return {">": value > 0, ">=": value >= 0, "<": value < 0, "<=": value <= 0, "==": value == 0, "!=": value != 0}[
        condition.relation
    ]


SHARINGS = ("proportional", "equal", "wage")
ENFORCEMENTS = (GIVEN, al.NashReversion(), PAYMENTS, al.Transfers(), al.FinitePunishment(3))
# Each synergy with each way to share, the concepts in turn: what a family's cases are is worked out once for each
FAMILIES = [(synergy, SHARINGS[k // 3], ENFORCEMENTS[k % 5]) for k, synergy in enumerate(SYNERGIES * 3)]
PROBLEMS = {}


def problem(synergy, sharing, enforcement):
    key = synergy, sharing, repr(enforcement)
    if key not in PROBLEMS:
        domains = {"value": Interval(0, 8, "neither")}
        of = alliance_family(decisiveness=2, synergy=synergy, sharing=sharing, enforcement=enforcement, domains=domains)
        PROBLEMS[key] = of, GameConditions(ASYMMETRY, of, {})
    return PROBLEMS[key]


fraction = rationals(F(1, 20), F(19, 20), 20)


@pytest.mark.slow
@given(
    family=st.sampled_from(FAMILIES),
    x=fraction,
    value=fraction,
    exposure=fraction,
    cost=fraction,
    wage=fraction,
)
def test_exactly_one_case_holds_and_its_odds_are_those_of_the_library(family, x, value, exposure, cost, wage):
    synergy, sharing, enforcement = family
    of, letters = problem(synergy, sharing, enforcement)
    at = {"value": value * 5, "exposure": exposure, "conflict_cost": cost / 2, "wage": wage}
    at = {name: at[name] for name in of.parameters}
    everything = at | {letters.letter: x}
    cases = [c for c in letters.cases if all(holds(k, letters.algebra, everything) for k in c.conditions)]
    assert len(cases) == 1
    power = al.Power.from_ratio(1 / x)
    exact = al.critical_discount(of.at(**at), power, enforcement=enforcement)
    for odds, wanted in zip(cases[0].odds, (exact.sponsor, exact.proxy), strict=True):
        if odds.kind == "finite":
            w = evaluated(odds.value, letters.algebra, everything)
            if isinstance(enforcement, al.FinitePunishment):
                assert float(wanted + wanted**2 + wanted**3) == pytest.approx(float(w))
            else:
                assert wanted == w / (1 + w)
        else:
            assert wanted == {"zero": 0, "infinite": float("inf")}[odds.kind]


@pytest.mark.slow
@given(x=fraction, value=fraction, exposure=fraction, cost=fraction)
def test_derivatives_of_the_letters(x, value, exposure, cost):
    """By the log ratio, where −d/d ln x = −x d/dx: the mean of difference quotients on both sides is near."""
    _, letters = problem("aggregation", "proportional", GIVEN)
    at = {"value": value, "exposure": exposure, "conflict_cost": cost / 2}
    step = F(1, 10**6)
    for case in letters.cases:
        for odds in case.odds:
            if odds.kind == "finite":
                bottom = evaluated(odds.value.bottom, letters.algebra, at | {letters.letter: x})
                if abs(bottom) < F(1, 100):
                    continue
                left, right = (
                    evaluated(odds.value, letters.algebra, at | {letters.letter: x * f}) for f in (1 - step, 1 + step)
                )
                slope = evaluated(odds.value.derivative(), letters.algebra, at | {letters.letter: x})
                assert float(slope) == pytest.approx(float((left - right) / (2 * step)), rel=1e-4, abs=1e-4)
