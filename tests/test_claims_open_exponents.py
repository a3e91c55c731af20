"""Powers with an open exponent, and exponentials, of quantities below and above 1, as the gap takes both signs."""

from fractions import Fraction

import pytest

import alliances as al
from alliances.arithmetic import exp, larger
from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.conditions import Kind
from alliances.claims import PROXY_RESTRAINT, Family, Interval, Proof
from alliances.claims.proofs.smt import Solver

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
LINES = [Interval(0, 1, "left"), Interval(-1, 1, "neither")]
MODERATE, ROOTS, WIDE = Interval(1, 2), Interval(QUARTER, 3 * QUARTER), Interval(HALF, 3)


def ask(odds, exponents: Interval, gaps: Interval) -> Proof:
    """Whether the proxy's odds of betrayal, a function of the gap and two open parameters, never rise."""

    def model(v, m):
        return al.CustomGame(lambda q: [[(1, 1), (-1, 1 + odds(q.gap, v, m))], [(0, -1), (0, 0)]])

    family = Family(model, {"v": Interval(1, 2), "m": exponents}, enforcement=al.GivenPunishment(), gaps=gaps)
    return PROXY_RESTRAINT.prove(family, timeout=60)


TRUE = {
    "constant, then falling": (lambda g, _, m: 9 - (1 + g + abs(g)) ** m, MODERATE),
    "constant, then falling, by any of many powers": (lambda g, _, m: 40 - (1 + g + abs(g)) ** m, WIDE),
    "constant, then a negative power": (lambda g, v, m: v * (1 + g + abs(g)) ** -m, ROOTS),
    "falling, then constant": (lambda g, _, m: 1 + (1 + abs(g) - g) ** m, MODERATE),
    "two formulas that meet at parity": (lambda g, _, m: 9 - (1 + g) ** m if g > 0 else 9 - (1 + g), WIDE),
    "a contest that is level up to parity": (
        lambda g, _, m: (1 - g) ** m / ((1 - g) ** m + (1 + g) ** m) if g > 0 else HALF,
        WIDE,
    ),
    "a ratio's power below parity": (lambda g, v, m: v * ((1 - g) / (1 + g)) ** m if g < 0 else v * (1 - g), WIDE),
    "a kink at an open gap": (lambda g, v, m: 9 - larger(g - v / 4, 0) ** m + larger(v / 4 - g, 0) ** m, MODERATE),
    "an exponential": (lambda g, _, m: 60 - exp(m * (g + abs(g))), MODERATE),
}
FALSE = {
    "rising beyond parity": (lambda g, v, m: v * (1 + g + abs(g)) ** m, MODERATE),
    "rising for negative exponents only": (lambda g, _, m: 9 - (1 + g + abs(g)) ** m, Interval(-1, 2)),
    "a jump up at parity": (lambda g, _, m: 9 - (1 + g) ** m if g > 0 else Fraction(79, 10), MODERATE),
    "a jump up by next to nothing": (lambda g, _, m: 9 - (1 + g) ** m if g > 0 else 8 - Fraction(1, 10**6), MODERATE),
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("gaps", LINES, ids=str)
@pytest.mark.parametrize("name", TRUE)
def test_true_whatever_the_exponent(name, gaps):
    odds, exponents = TRUE[name]
    assert ask(odds, exponents, gaps).status == "proved"


@pytest.mark.sampled(3)
@pytest.mark.parametrize("gaps", LINES, ids=str)
@pytest.mark.parametrize("name", FALSE)
def test_false_for_some_exponent(name, gaps):
    odds, exponents = FALSE[name]
    proof = ask(odds, exponents, gaps)
    assert proof.status == "refuted"
    at = proof.counterexample.parameters
    low, high = (proof.counterexample.check.witness.low, proof.counterexample.check.witness.high)
    assert float(odds(low, at["v"], at["m"])) < float(odds(high, at["v"], at["m"]))


@pytest.mark.parametrize("bounds", [(0, 1), (HALF, 3 * HALF), (2, 4), (-1, 2), (-3, -QUARTER), (-HALF, 0), (0, 9), (-9, 1)])
@pytest.mark.parametrize("positive", [True, False])
def test_what_is_known_of_a_power_is_true(bounds, positive):
    """At u = 0, too, where the power is 0 or 1; where it has no value, nothing that is known may exclude the point."""
    algebra = Algebra({"u": Interval(QUARTER if positive else 0, 3), "m": Interval(*bounds)}, None, Solver().decide)
    algebra.transcendental("power", algebra["u"], algebra["m"])
    facts = [c for c in algebra.facts if c.kind is Kind.TRANSCENDENTAL]
    assert any("between" in c.text for c in facts) == (max(map(abs, bounds)) <= 8)
    place = algebra.transcendentals[0].place
    for u in (Fraction(n, 4) for n in range(1 if positive else 0, 13)):
        for m in (bounds[0] + (bounds[1] - bounds[0]) * Fraction(n, 8) for n in range(9)):
            defined = u > 0 or m >= 0
            w = float(u) ** float(m) if defined else 1.0
            point = [u, m, *[0] * (len(algebra.letters) - 2)]
            for fact in facts:
                value, size = 0.0, 0.0
                for powers, coefficient in fact.polynomial.to_dict().items():
                    term = float(int(coefficient))
                    for k, e in enumerate(powers):
                        term *= (w if k == place else float(point[k])) ** int(e)
                    value, size = value + term, size + abs(term)
                assert value > 0 if fact.relation == ">" else value >= -1e-12 * size
