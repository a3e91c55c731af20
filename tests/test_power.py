"""Power: every measure, every constructor, round trips, and what is refused."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from alliances import Power
from tests.support import gaps, positive

CONSTRUCTORS = {"gap": Power.from_gap, "ratio": Power.from_ratio, "share": Power.from_share, "log_ratio": Power.from_log_ratio}


def test_measures_of_four_to_one():
    power = Power(8, 2)
    assert (power.gap, power.ratio, power.share, power.proxy_share) == (Fraction(3, 5), 4, Fraction(4, 5), Fraction(1, 5))
    assert power.log_ratio == pytest.approx(math.log(4), rel=1e-15)


def test_parity_and_overtaken():
    assert Power(3, 3).gap == 0
    assert Power(3.0, 3.0).log_ratio == 0.0
    assert Power(1, 3).gap == Fraction(-1, 2)
    assert Power(1, 3).log_ratio == -math.log(3)


@given(gaps)
def test_definitions_agree_exactly(gap):
    power = Power.from_gap(gap)
    assert power.gap == gap
    assert power.ratio == (1 + gap) / (1 - gap)
    assert power.share - power.proxy_share == gap
    assert power.share + power.proxy_share == 1
    assert math.isclose(power.log_ratio, 2 * math.atanh(gap), rel_tol=1e-12, abs_tol=1e-15)


@pytest.mark.parametrize("name", CONSTRUCTORS)
@given(sponsor=st.floats(1e-6, 1e6), proxy=st.floats(1e-6, 1e6))
def test_round_trip_floats(name, sponsor, proxy):
    power = Power(sponsor, proxy)
    value = getattr(power, name)
    if name in ("gap", "share") and abs(power.gap) > 1 - 1e-9:
        return  # a gap that rounds to 1 is refused, see below
    back = CONSTRUCTORS[name](value, total=sponsor + proxy)
    assert math.isclose(back.sponsor + back.proxy, sponsor + proxy, rel_tol=1e-12)
    assert math.isclose(getattr(back, name), value, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("name", ["gap", "ratio", "share"])
@given(sponsor=positive, proxy=positive)
def test_round_trip_exact(name, sponsor, proxy):
    power = Power(sponsor, proxy)
    assert CONSTRUCTORS[name](getattr(power, name), total=sponsor + proxy) == power


def test_log_ratio_keeps_its_digits_near_parity():
    # computed as ln(s/p) it would be off in the fifth digit, because s/p is rounded first
    power = Power(3.0 * (1 + 2.0**-40), 3.0)
    assert power.log_ratio == pytest.approx(math.log1p(2.0**-40), rel=1e-15, abs=0)
    assert Power([power.sponsor], [3.0]).log_ratio[0] == pytest.approx(math.log1p(2.0**-40), rel=1e-15, abs=0)


def test_log_ratio_does_not_overflow():
    power = Power(1e300, 1e-300)
    assert power.ratio == math.inf
    assert math.isclose(power.log_ratio, 600 * math.log(10), rel_tol=1e-14)
    assert Power.from_log_ratio(700.0).log_ratio == pytest.approx(700.0, rel=1e-14)


def test_arrays_are_loops_of_scalars():
    values = np.linspace(-0.99, 0.99, 37)
    power = Power.from_gap(values)
    for name in ("gap", "ratio", "log_ratio", "share", "proxy_share"):
        loop = [getattr(Power.from_gap(float(v)), name) for v in values]
        assert getattr(power, name).tolist() == pytest.approx(loop, rel=4e-16)


def test_broadcasting_and_indexing():
    power = Power(np.array([[1.0], [2.0]]), np.array([1.0, 2.0, 4.0]))
    assert power.shape == (2, 3)
    assert power.gap.shape == (2, 3)
    assert power[1, 2].gap == pytest.approx(-1 / 3)


def test_integer_arrays_stay_exact():
    assert Power(np.array([31, 41]), [21, 39]).gap.tolist() == [Fraction(5, 26), Fraction(1, 40)]


def test_the_callers_array_may_change_afterwards():
    values = np.array([1.0, 2.0])
    power = Power(values, 1.0)
    values[0] = 100.0
    assert power.sponsor[0] == 1.0


def test_symbols():
    s, p = sympy.symbols("s p", positive=True)
    assert sympy.simplify(Power(s, p).gap - (s - p) / (s + p)) == 0
    gap = sympy.Symbol("gamma")
    assert sympy.simplify(Power.from_gap(gap).ratio - (1 + gap) / (1 - gap)) == 0


@pytest.mark.parametrize("bad", [0, -1, 0.0, -2.5, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("side", ["sponsor", "proxy"])
def test_power_must_be_positive(bad, side):
    arguments = {"sponsor": 1.0, "proxy": 1.0, side: bad}
    with pytest.raises(ValueError, match=rf"Power\(\): {side} must be positive and finite; got {bad}"):
        Power(**arguments)


def test_an_array_error_names_the_element():
    with pytest.raises(ValueError, match=r"sponsor must be positive and finite; got nan at index \(1,\)"):
        Power([1.0, math.nan], 1.0)


@pytest.mark.parametrize(
    "bad",
    [
        *("3", None, True, 1j, [True, False], ["1"], np.bool_(True)),
        *([True, 2.0], [[1, 2], [np.bool_(True), 3]], [np.array([True, False]), np.array([1.0, 2.0])]),
        *(np.timedelta64(5, "ns"), np.datetime64("2020", "ns"), np.array(5, "m8[ns]"), [np.timedelta64(5, "ns")]),
    ],
    ids=repr,
)
def test_power_must_be_a_number(bad):
    with pytest.raises(TypeError, match="sponsor"):
        Power(bad, 1.0)


@pytest.mark.parametrize("bad", [[], [[1.0], [1.0, 2.0]]])
def test_power_must_not_be_empty_or_ragged(bad):
    with pytest.raises(ValueError, match="sponsor must not be"):
        Power(bad, 1.0)


def test_shapes_must_broadcast():
    with pytest.raises(ValueError, match=r"must broadcast; got shapes \(2,\) and \(3,\)"):
        Power([1.0, 2.0], [1.0, 2.0, 3.0])


def test_total_must_be_finite():
    with pytest.raises(ValueError, match=r"sponsor \+ proxy must be positive and finite; got inf"):
        Power(1.7e308, 1.7e308)


def test_masked_arrays_are_refused():
    with pytest.raises(TypeError, match="mask would be dropped"):
        Power(np.ma.masked_array([1.0, 2.0], [True, False]), 1.0)


@pytest.mark.parametrize(
    "bad", [[np.ma.masked_array([1.0, 2.0], [True, False])], [np.ma.masked, 1.0], np.ma.masked_array(1.0, True)], ids=repr
)
def test_masks_are_refused_wherever_they_hide(bad):
    with pytest.raises(TypeError, match=r"Power\(\): .*sponsor must be a plain array"):
        Power(bad, 1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Power(10**400, 1.0), r"Power\(\): sponsor must lie within the range of floats, .*; got about 10\*\*400"),
        (lambda: Power(0.5, [1, 10**400]), r"Power\(\): proxy must lie within the range of floats"),
        (lambda: Power([1.5, 10**400], 1), r"Power\(\): an element of sponsor must lie within the range of floats"),
        (lambda: Power(Fraction(1, 10**400), 1.0), r"Power\(\): sponsor and proxy must be positive as floats too"),
        (lambda: Power(10**400, 1).log_ratio, "the argument of log must lie within the range of floats"),
        (lambda: Power.from_gap(0.5, 10**400), r"Power.from_gap\(\): total must lie within the range of floats"),
        (lambda: Power.from_log_ratio(1000.0), r"from_log_ratio\(\): log_ratio must .*745.*; got 1000.0"),
        (lambda: Power.from_log_ratio([0.0, -1000]), r"log_ratio must .*; got -1000.0 at index \(1,\)"),
    ],
)
def test_numbers_beyond_the_range_of_floats_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("bad", [-1, 1, 1.0, -1.5, math.nan])
def test_gap_lies_inside(bad):
    with pytest.raises(ValueError, match=r"from_gap\(\): gap must lie strictly between -1 and 1"):
        Power.from_gap(bad)


@pytest.mark.parametrize(("name", "bad"), [("ratio", 0), ("share", 1), ("share", 0.0), ("log_ratio", math.nan)])
def test_other_constructors_name_their_argument(name, bad):
    with pytest.raises(ValueError, match=rf"from_{name}\(\): {name} must"):
        CONSTRUCTORS[name](bad)


def test_total_must_be_positive():
    with pytest.raises(ValueError, match=r"from_gap\(\): total must be positive"):
        Power.from_gap(0.5, total=-1)
