"""Formulas in words, and the signs and stretches that they are reduced by: tables worked out by hand."""

import pytest
import sympy as sp

import alliances as al
from alliances.arithmetic import choose
from alliances.repeated.enforcement.formulas import FormulaRegion
from alliances.repeated.enforcement.signs import (
    Domain,
    at_least,
    exact,
    rational,
    sign,
    stretches,
    within,
    within_stretches,
)

G = sp.Symbol("gamma", real=True)
T, Q = sp.Symbol("T", positive=True), sp.Symbol("Q", real=True)
HALF, THIRD, ONE = sp.Rational(1, 2), sp.Rational(1, 3), sp.Integer(1)
ALL, RIGHT = Domain(G, -ONE, ONE), Domain(G, sp.Integer(0), ONE)
NO_GAP = ALL._replace(gap=None)


@pytest.mark.parametrize(
    ("expression", "domain", "known"),
    [
        (sp.Integer(0), ALL, 0),
        (sp.Rational(1, 4), ALL, 1),
        (-sp.Rational(1, 4), ALL, -1),
        (G, ALL, None),
        (G, RIGHT, 1),
        (-G, RIGHT, -1),
        (G + 1, ALL, 1),
        (G - 1, ALL, -1),
        (1 - G, ALL, 1),
        (G - 2, ALL, -1),
        (G**2, ALL, 1),
        (-(G**2), ALL, -1),
        (G**3, ALL, None),
        (G**2 + 1, ALL, 1),
        (G**2 - 2, ALL, -1),
        (G**2 * (G - 1), ALL, -1),
        (G * (G - 1), RIGHT, -1),
        (G - HALF, RIGHT, None),
        (G - HALF, Domain(G, HALF, ONE), 1),
        (G - HALF, Domain(G, -ONE, HALF), -1),
        ((G + 1) / (G - 2), ALL, -1),
        ((G - 1) / (G - 2), ALL, 1),
        ((G - 1) ** 2 * (G + 1) ** 3, ALL, 1),
        (T, ALL, 1),
        (-T * (G + 1), ALL, -1),
        (Q, ALL, None),
        (Q**2 * (G + 1), ALL, 1),
        (G + 2, NO_GAP, None),
        (T * (G**2 + 1), NO_GAP, 1),
        (G + Q, ALL, None),
        (sp.sqrt(G + 1) + G, ALL, None),
        (G + sp.sqrt(2), ALL, None),  # coefficients are not rational: not found
    ],
    ids=str,
)
def test_known_signs(expression, domain, known):
    assert sign(expression, domain) == known


@pytest.mark.parametrize(
    ("expression", "condition"),
    [
        (sp.Integer(0), sp.true),
        (sp.Rational(1, 4), sp.true),
        (-sp.Rational(1, 4), sp.false),
        (G + 1, sp.true),
        (G - 1, sp.false),
        (G, G >= 0),
        (-G, -G >= 0),
        (G**3, G >= 0),
        (G * (G + 1), G >= 0),
        (G * (G - 1), -G >= 0),
        (G / (G + 2), G >= 0),
        (G / (G - 2), -G >= 0),
        (G * (2 * G - 1), 2 * G**2 - G >= 0),
        (G * (1 - 2 * G), -2 * G**2 + G >= 0),
        (T * Q, Q >= 0),
        (-T * Q, -Q >= 0),
        (G**2 * Q, Q >= 0),
    ],
    ids=str,
)
def test_conditions_are_reduced_to_the_factors_of_unknown_sign(expression, condition):
    assert at_least(expression, ALL) == condition


@pytest.mark.parametrize(
    ("difference", "positive", "low", "high"),
    [
        (G - THIRD, True, THIRD, 1),
        (G - THIRD, False, -1, THIRD),
        (THIRD - G, True, -1, THIRD),
        (THIRD - G, False, THIRD, 1),
        (4 * G + 1, True, -sp.Rational(1, 4), 1),
        (4 * G + 1, False, -1, -sp.Rational(1, 4)),
        (G - 3, True, -1, 1),
        (G + 3, False, -1, 1),
        (G + 1, True, -1, 1),
        (G - 1, False, -1, 1),
        (G**2 - sp.Rational(1, 4), True, -1, 1),
        (G - Q, True, -1, 1),
        (sp.sqrt(G + 2) - 1, True, -1, 1),
        (sp.Integer(2), True, -1, 1),
    ],
    ids=str,
)
def test_a_linear_difference_cuts_the_stretch(difference, positive, low, high):
    assert within(difference, positive, ALL) == Domain(G, low, high)
    assert within(difference, positive, NO_GAP) == NO_GAP


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (sp.true, ((-1, 1),)),
        (sp.false, ()),
        (G >= THIRD, ((THIRD, 1),)),
        (sp.And(G >= -HALF, G <= THIRD), ((-HALF, THIRD),)),
        (sp.Or(G >= HALF, G <= -HALF), ((-1, -HALF), (HALF, 1))),
        (G**2 >= HALF, ((-1, -sp.sqrt(2) / 2), (sp.sqrt(2) / 2, 1))),
        (sp.Or(G >= 0, 4 * G**2 >= 1), ((-1, -HALF), (0, 1))),  # on both sides of 1/2: one stretch
        (G >= 2, ()),
        (G >= Q, None),
        (sp.sqrt(G + 2) >= HALF, None),
    ],
    ids=str,
)
def test_stretches_of_gaps(condition, found):
    assert stretches(condition, ALL) == found
    assert stretches(condition, NO_GAP) is None


def test_stretches_as_conditions():
    assert within_stretches(((-ONE, ONE),), G) == sp.true
    assert within_stretches((), G) == sp.false
    assert within_stretches(((-HALF, THIRD),), G) == sp.And(G >= -HALF, G <= THIRD)
    assert within_stretches(((-ONE, -HALF), (THIRD, ONE)), G) == sp.Or(G <= -HALF, G >= THIRD)


def test_floats_are_decimal_numbers_and_rational_functions_are_told():
    assert exact(0.1 * G + 0.25) == G / 10 + sp.Rational(1, 4)
    chosen = sp.Piecewise((G, G > 0), (0, True))
    for expression in (G, G / (G + 1), sp.sqrt(2) * G, sp.Integer(3), chosen, G**-2):
        assert rational(expression, G)
    for expression in (sp.sqrt(G + 2), sp.exp(G), G + T, abs(G), (G + 2) ** T):
        assert not rational(expression, G)


# -- what a formula says -----------------------------------------------------------------------------------------------


def sided(power):
    """Whoever the gap favours fights: worked out by hand below."""
    gap = power.gap
    return [[(2, 2), (0, 2 + gap)], [(2 + gap, 0), (gap, -gap)]]


def test_a_formula_in_words_and_in_a_table():
    # γ > 0: the sponsor fights and the proxy does not, (2 + γ, 0): no punishment for the one, a loss of 2 for the other;
    # γ < 0: both ally, and nobody is tempted
    formula = al.NashReversion().formula(al.CustomGame(sided, actions=("ally", "fight")))
    lines = [
        ("sponsor", "Piecewise((0, gamma <= 0), (oo, True))", "(ally, ally)", "-1 to 0", "gamma <= 0"),
        ("sponsor", "Piecewise((0, gamma <= 0), (oo, True))", "(fight, ally)", "0 to 1", "gamma >= 0"),
        ("proxy", "Piecewise((0, gamma <= 0), (oo, True))", "(ally, ally)", "-1 to 0", "gamma <= 0"),
        ("proxy", "Piecewise((0, gamma <= 0), (gamma/(gamma + 2), True))", "(fight, ally)", "0 to 1", "gamma >= 0"),
    ]
    assert str(formula).splitlines() == [
        "δ* in closed form under NashReversion(mixed=False): 4 regions.",
        *(f"  {who}: {what} where punished by {profile} (gaps {gaps})" for who, what, profile, gaps, _ in lines),
    ]
    assert formula.to_frame().to_dict("list") == {
        "player": [x[0] for x in lines],
        "punishment": [x[2] for x in lines],
        "condition": [x[4] for x in lines],
        "formula": [x[1] for x in lines],
    }


def test_formulas_in_latex():
    dilemma = al.CustomGame(lambda power: [[(9, 9), (1, 10)], [(10, 1), (3, 3)]])
    formula = al.NashReversion().formula(dilemma)
    assert formula.latex() == "\\delta_{S}^{*} = \\frac{1}{7}\n\\delta_{P}^{*} = \\frac{1}{7}"
    assert formula.latex("proxy") == "\\delta_{P}^{*} = \\frac{1}{7}"
    assert al.Transfers().formula(dilemma).latex() == "\\delta^{*} = \\frac{1}{7}"
    with pytest.raises(ValueError, match=r"^DiscountFormula.expression\(\): player must be one of sponsor, proxy; got 'dyad'$"):
        formula.latex("dyad")


def shortened(text):
    """As many words as fit into 100 characters with the sign that some are missing."""
    words = text.split()
    fitting = [n for n in range(len(words) + 1) if len(" ".join(words[:n])) + 2 <= 100]
    return text if len(text) <= 100 else " ".join(words[: max(fitting)]) + " …"


def test_what_a_region_says():
    pair = (("a", "b"), ("c", "d"))
    region = FormulaRegion("dyad", pair, T >= 2, T / (T + 1))
    assert region.message == "dyad: T/(T + 1) where punished by (a, b) and (c, d) (T >= 2)"
    region = FormulaRegion("dyad", (pair[0], pair[0]), sp.true, T, ((-1.0, -1 / 3), (0.5, 1.0)))
    assert region.message == "dyad: T where punished by (a, b) (gaps -1 to -0.333333 or gaps 0.5 to 1)"
    region = FormulaRegion("proxy", pair[0], sp.true, T)
    assert region.message == "proxy: T where punished by (a, b) (True)"
    region = FormulaRegion("sponsor", None, T >= 2, sp.oo)
    assert (region.punished_by, region.message) == ("nothing", "sponsor: oo where nothing punishes (T >= 2)")
    many = sp.Add(*sp.symbols("x0:40"))
    region = FormulaRegion("sponsor", None, many >= 0, many)
    assert region.message == f"sponsor: {shortened(str(many))} where nothing punishes ({shortened(f'{many} >= 0')})"


def three(second):
    """Three actions, of which fighting is best against all but ``ally``: its one equilibrium gives (1, 1)."""

    def payoffs(power):
        gap = power.gap
        other = {"less": 4.5 + gap / 4, "as much": 5}[second]
        return [
            [(4, 4), (0, 5), (0, other)],
            [(5, 0), (1, 1), (0.5, 0.5)],
            [(5 - gap, 0), (0.5, 1), (0.25, 0.5)],
        ]

    return al.CustomGame(payoffs, actions=("ally", "fight", "raid"))


@pytest.mark.parametrize("second", ["less", "as much"])
def test_the_largest_temptation_counts(second):
    # the sponsor gains 1 by fighting and 1 − γ by raiding, the proxy 1 and no more; punishment costs each of them 3
    gains = sp.Max(1, 1 - G)
    expected = {"sponsor": gains / (gains + 3), "proxy": sp.Rational(1, 4)}
    formula = al.NashReversion().formula(three(second))
    pooled = al.Transfers().formula(three(second))
    for gap in (-sp.Rational(1, 2), sp.Rational(1, 4), sp.Rational(3, 4)):
        for player, value in expected.items():
            assert formula.expression(player).subs(G, gap) == value.subs(G, gap)
        assert pooled.expression("dyad").subs(G, gap) == ((gains + 1) / (gains + 7)).subs(G, gap)


def test_a_model_that_chooses_has_a_region_for_each_choice():
    # the temptation is 1 where the gap is at least 1/3 and 2 elsewhere, the loss 3
    def payoffs(power):
        top = 5 + choose(power.gap >= sp.Rational(1, 3), 0, 1)
        return [[(4, 4), (0, top)], [(top, 0), (1, 1)]]

    formula = al.NashReversion().formula(al.CustomGame(payoffs))
    found = {(r.player, r.spans): r.expression for r in formula.regions}
    third = float(THIRD)
    for player in ("sponsor", "proxy"):
        assert found.pop((player, ((-1.0, third),))) == sp.Rational(2, 5)
        assert found.pop((player, ((third, 1.0),))) == sp.Rational(1, 4)
    assert not found
