"""Numbers that vary along a piece of the line: values, slopes and signs, for certain of every point of it."""

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances import arithmetic
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.quotients import NotArithmetic
from alliances.claims.varying import Piece, each_way
from tests.claim_support import HALF

FORMULAS = {
    "quotient": lambda g: (1 + g) / (3 - g * g),
    "powers": lambda g: (2 + g) ** 3 - (1 + g) ** -2,
    "root": lambda g: (1 + g) ** HALF + (2 - g) ** F(-3, 2),
    "exponent": lambda g: 2 ** (g - 1) + (1 + g) ** g,
    "functions": lambda g: arithmetic.exp(-g) * arithmetic.log(2 + g),
    "choice": lambda g: arithmetic.larger(g, HALF) - arithmetic.smaller(g**2, 1 - g),
    "absolute": lambda g: abs(g - F(1, 3)) + abs(-g),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", FORMULAS)
@given(st.fractions(0, F(9, 10), max_denominator=50), st.fractions(F(1, 1000), F(1, 10), max_denominator=1000))
def test_values_and_slopes_are_enclosed(name, low, width):
    formula, high = FORMULAS[name], low + width
    pieces = list(each_way(low, high, lambda piece: formula(piece.variable)))
    for n in range(9):
        value = float(formula(low + width * F(n, 8)))
        assert any(abs(value - float(p.over.mid())) <= float(p.over.rad()) + 1e-12 for p in pieces)
    rise = float(formula(high)) - float(formula(low))
    if len(pieces) == 1:
        (one,) = pieces
        assert abs(rise / float(width) - float(one.slope.mid())) <= float(one.slope.rad()) + 1e-9
        assert abs(float(formula(low)) - float(one.at.mid())) <= float(one.at.rad()) + 1e-12


def test_beyond_parity_the_sponsor_is_the_stronger():
    """On (0, r] without 0: there is one way only through what an all-pay contest asks."""

    def ask(piece):
        power = al.Power((1 + piece.variable) / 2, (1 - piece.variable) / 2)
        return power.sponsor > power.proxy, power.sponsor == power.proxy

    assert list(each_way(F(0), F(1, 3), ask)) == [(True, False)]
    assert ask(Piece(F(0), F(0))) == (False, True)


def test_every_outcome_that_is_possible_is_gone_through_and_no_other():
    def ask(piece):
        g = piece.variable
        return g < F(1, 3), g >= F(1, 3), g < F(2, 3), g == 2

    assert sorted(each_way(F(0), F(1), ask)) == [
        (False, True, False, False),
        (False, True, True, False),
        (True, False, False, False),
        (True, False, True, False),
    ]
    assert list(each_way(F(0), F(1, 4), ask)) == [(True, False, True, False)]
    point = Piece(F(1, 2), F(1, 2))
    with pytest.raises(Undecided, match="overlap"):
        point.variable**HALF > point.number(2) ** -HALF  # noqa: B015


def test_what_a_model_remembers_of_another_piece_is_refused():
    with pytest.raises(NotArithmetic, match="must not remember"):
        Piece(F(0), F(1)).variable + Piece(F(0), F(1)).variable


@pytest.mark.parametrize("formula", [lambda g: 1 / (g - F(1, 3)), lambda g: arithmetic.log(g), lambda g: (g - HALF) ** HALF])
def test_what_may_have_no_value_somewhere_is_remembered(formula):
    """Even if the code makes nothing of it."""
    piece = Piece(F(0), F(1))
    arithmetic.choose(piece.variable < 2, piece.variable, formula(piece.variable))
    assert not piece.defined
    piece = Piece(F(3, 4), F(1))
    arithmetic.choose(piece.variable < 2, piece.variable, formula(piece.variable))
    assert piece.defined


def test_division_by_zero_and_infinities():
    g = Piece(F(0), F(1)).variable
    for zero in (0, g - g):
        with pytest.raises(ZeroDivisionError):
            g / zero
    assert g < float("inf")
    assert g > -float("inf")
    assert g != float("inf")
    assert (g == float("inf")) is False
    with pytest.raises(NotArithmetic):
        g + float("inf")


def test_whole_powers_are_known_where_the_exponent_is_a_parameter():
    piece = Piece(F(-1), F(1))
    power = piece.variable ** piece.number(2)
    assert power.over.is_finite()
    assert piece.defined


def test_a_function_over_itself_is_one():
    """All-pay contests write 1 as s/s, whose enclosure alone would leave open whether chances sum to one."""
    piece = Piece(F(1, 4), F(1, 2))
    s = 1 + piece.variable
    assert (s / s).exact == 1
    assert piece.defined
    zero_inside = piece.variable - F(3, 8)
    assert (zero_inside / zero_inside).exact == 1
    assert not piece.defined  # at 3/8 there is no quotient


SIGNS = {  # functions of the gap, and the signs that they have on (0, 1]
    "rises from 0": (lambda g: g, {1}),
    "falls from 0": (lambda g: -g, {-1}),
    "passes 0": (lambda g: g - HALF, {-1, 0, 1}),
    "rises from 0 by its slope": (lambda g: 3 * g - g * g, {1}),
    "falls from 0 by its slope": (lambda g: g * g - 3 * g, {-1}),
    "0": (lambda g: 2 * g - 2 * g, {0}),
    "0 as a number": (lambda g: 0 * g, {0}),
    "positive": (lambda g: 2 - g, {1}),
    "negative": (lambda g: g - 2, {-1}),
    "a number": (lambda g: g - g - 3, {-1}),
}


@pytest.mark.parametrize("name", SIGNS)
def test_signs_of_functions(name):
    """Whatever is asked in whichever order: the ways are the signs, one each, and the same on both sides of a comparison."""
    formula, signs = SIGNS[name]

    def ask(piece):
        f, zero = formula(piece.variable), piece.number(0)
        answers = f > 0, f == 0, f < 0
        assert answers == (zero < f, zero == f, zero > f)
        assert (f >= 0, f <= 0, f != 0) == (not f < 0, not f > 0, not f == 0)  # noqa: SIM201
        assert answers.count(True) == 1
        return 1 - answers.index(True)

    assert sorted(each_way(F(0), F(1), ask)) == sorted(signs)


def test_signs_at_a_point():
    """Nothing is left open at a point, but for what enclosures cannot tell."""
    for at, sign in ((F(1, 4), -1), (HALF, 0), (F(3, 4), 1)):
        f = Piece(at, at).variable - HALF
        assert (f > 0, f == 0, f < 0) == (sign == 1, sign == 0, sign == -1)
    assert not Piece(F(0), F(0)).variable > 0


def test_functions_that_are_the_same():
    """Sums and products whatever the order of their parts; differences and quotients not."""
    g = Piece(F(0), F(1)).variable
    h = 1 + g
    assert (g + h).key == (h + g).key != (g * h).key == (h * g).key
    assert (g - h).key != (h - g).key
    assert (g / h).key != (h / g).key
    assert ((g + h) - (h + g)).same
    assert not (h - g).same
    assert g**2 == g**2
    assert (g**2).key != (g**3).key


def test_numbers_stay_numbers():
    piece = Piece(F(0), F(1))
    two, g = piece.number(2), piece.variable
    for made, value in (
        (two + 3, 5),
        (two - 3, -1),
        (two * 3, 6),
        (two / 4, HALF),
        (3 - two, 1),
        (3 / two, F(3, 2)),
        (-two, -2),
    ):
        assert made.constant
        assert made == value
        assert float(made.at.mid()) == float(made.over.mid()) == float(value)
    assert not any(made.constant for made in (g + 1, g - 1, g * 2, g / 2, 1 / (g + 1), -g))
    assert piece.number(F(2)) is two
    assert (g**0).exact == 1
    assert (two.exact, piece.number(0.1).exact, g.exact) == (2, F(1, 10), None)


def test_short_pieces_have_narrow_enclosures():
    """g(1 − g) changes by less than a hundredth of a hundredth beside its maximum at 1/2; term by term, by two hundredths."""
    piece = Piece(HALF, HALF + F(1, 100))
    f = piece.variable * (1 - piece.variable)
    assert float(f.over.rad()) < 2e-4
    assert f.over.contains(piece.number(F(1, 4)).over)
    assert f.over.contains(piece.number((HALF + F(1, 100)) * (HALF - F(1, 100))).over)


@pytest.mark.parametrize("exponent", [-3, -1, 1, 2, 5, F(1, 2), F(-3, 2), 2**12, 2**12 + 1])
def test_powers_of_positive_functions(exponent):
    piece = Piece(F(1), F(1) + F(1, 2**14))
    power = (piece.variable) ** exponent
    low, high = 1.0, (1 + 2.0**-14) ** float(exponent)
    assert abs(float(power.at.mid()) - 1) < 1e-12
    assert float(power.over.mid()) - float(power.over.rad()) <= min(low, high) + 1e-12
    assert float(power.over.mid()) + float(power.over.rad()) >= max(low, high) - 1e-12
    assert float(power.over.rad()) <= 0.7 * abs(high - low) + 1e-12  # no wider than it has to be, but for a little
    slopes = sorted(float(exponent) * (1 + x) ** (float(exponent) - 1) for x in (0, 2.0**-14))
    assert float(power.slope.mid()) - float(power.slope.rad()) <= slopes[0] + 1e-9
    assert float(power.slope.mid()) + float(power.slope.rad()) >= slopes[1] - 1e-9
    assert float(power.slope.rad()) <= 0.7 * abs(slopes[1] - slopes[0]) + 1e-9


def test_too_many_ways():
    """Seven comparisons of their own have 128 outcomes; 64 are gone through, of six."""

    def ask(count):
        return lambda piece: [piece.variable**k > HALF**k + F(k, 100) for k in range(1, count + 1)]

    assert len(list(each_way(F(0), F(1), ask(6)))) == 64
    with pytest.raises(Undecided, match="too many ways through the model's comparisons"):
        list(each_way(F(0), F(1), ask(7)))
