"""Contests, synergies, sharing rules and the games composed of them, on all four number types."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

import alliances as al
from alliances import Power
from tests.support import alliance_games, benchmark_game, close, gaps, positive, quick

CONTESTS = [al.Tullock(1), al.Tullock(2.5), al.Hirshleifer(1.3), al.AllPay()]
powers = st.builds(Power, st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))


# -- contests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contest", CONTESTS, ids=repr)
@given(power=powers)
def test_contest_identities(contest, power):
    q_s, q_p = contest(power)
    assert 0 <= q_s <= 1
    assert q_s + q_p == pytest.approx(1, abs=1e-15)
    swapped = contest(Power(power.proxy, power.sponsor))  # anonymity (Skaperdas 1996, axiom A3)
    assert swapped == (q_p, q_s)
    stronger = contest(Power(power.sponsor * 1.5, power.proxy))
    assert stronger[0] >= q_s


@given(power=powers, scale=st.floats(1e-3, 1e3))
def test_ratio_forms_ignore_the_unit_of_power(power, scale):
    scaled = Power(power.sponsor * scale, power.proxy * scale)
    assert close(al.Tullock(2.0)(power), al.Tullock(2.0)(scaled), 1e-12)


@given(power=powers, shift=st.floats(0, 10))
def test_difference_form_ignores_a_common_shift(power, shift):
    shifted = Power(power.sponsor + shift, power.proxy + shift)
    assert close(al.Hirshleifer(0.7)(power), al.Hirshleifer(0.7)(shifted), 1e-10)


def test_tullock_published_values():
    # Tullock (1980): with m = 1 the odds are the ratio of efforts; with m = 2 its square
    assert al.Tullock(1)(Power(3, 2)) == (Fraction(3, 5), Fraction(2, 5))
    assert al.Tullock(2)(Power(3, 2)) == (Fraction(9, 13), Fraction(4, 13))
    assert al.Tullock(0.5)(Power(4.0, 1.0)) == (2 / 3, 1 / 3)


@pytest.mark.parametrize("m", [0.01, 1, 2.5, 50, 1e4])
@pytest.mark.parametrize("power", [Power(1e300, 1e-300), Power(1e-308, 1e308 / 2), Power(10**400, 1)])
def test_extreme_ratios_do_not_overflow(m, power):
    q_s, q_p = al.Tullock(m)(power)
    assert q_s + q_p == pytest.approx(1)
    assert (q_s > q_p) == (power.sponsor > power.proxy)
    arrays = Power(np.array([float(power.sponsor) if power.sponsor < 10**300 else 1e300]), np.array([float(power.proxy)]))
    assert np.isfinite(al.Tullock(m)(arrays)).all()


def test_the_weak_sides_chance_keeps_its_digits():
    # q = 1e-40 would be 0 if computed as 1 − Q
    assert al.Tullock(2.0)(Power(1e20, 1.0))[1] == pytest.approx(1e-40, rel=1e-14)
    assert al.Hirshleifer(1.0)(Power(800.0, 1.0))[1] == pytest.approx(math.exp(-799), rel=1e-12)


def test_all_pay_is_the_limit_of_tullock():
    power = Power(np.array([1.0, 1.0, 1.01]), np.array([1.02, 1.0, 1.0]))
    assert np.allclose(al.Tullock(1e5)(power)[0], al.AllPay()(power)[0], atol=1e-12)


def test_an_infinite_lead_decides():
    # filterwarnings = error: an overflow warning would fail
    for power in (Power(np.array([1e300]), np.array([1.0])), Power(1e300, 1.0)):
        assert [float(np.squeeze(q)) for q in al.Hirshleifer(1e10)(power)] == [1.0, 0.0]


@pytest.mark.parametrize("decisiveness", [1, 1.5])
@pytest.mark.parametrize("sponsor", [10**400, [1, 10**400]])
def test_a_lead_beyond_the_range_of_floats_is_refused(decisiveness, sponsor):
    with pytest.raises(ValueError, match=r"Hirshleifer\(\): sponsor - proxy must lie within the range of floats.* 10\*\*400"):
        al.Hirshleifer(decisiveness)(Power(sponsor, 1))


def test_broken_powers_of_fractions_are_float_arrays():
    power = Power([3, 1], [1, 1])
    for values in (*al.Tullock(0.5)(power), al.Complementarity(1, exponent=0.5)(power)):
        assert values.dtype == np.float64
    assert al.CommonThreat(1, 2, contest=al.Tullock(0.5))(power).dtype == np.float64
    assert al.Tullock(2)(power)[0].tolist() == [Fraction(9, 10), Fraction(1, 2)]


@pytest.mark.parametrize("bad", [0, -1.0, math.nan, math.inf])
def test_decisiveness_must_be_positive(bad):
    with pytest.raises(ValueError, match=r"Tullock\(\): decisiveness must be positive and finite"):
        al.Tullock(bad)
    with pytest.raises(ValueError, match=r"Hirshleifer\(\): decisiveness must be positive and finite"):
        al.Hirshleifer(bad)


# -- synergies ---------------------------------------------------------------------------------------------------------


def test_complementarity_is_nothing_from_parity_down():
    synergy = al.Complementarity(0.6, exponent=0.5)
    assert synergy(Power.from_gap(np.array([-0.5, 0.0, 0.25]))).tolist() == [0.0, 0.0, 0.3]


@given(gap=gaps)
def test_aggregation_peaks_at_parity(gap):
    synergy = al.Aggregation(3)
    assert synergy(Power.from_gap(gap)) == 3 * (1 - gap**2)  # 4σ(1 − σ) = 1 − γ²


@given(s=positive, p=positive, r=positive)
def test_common_threat_by_its_definition(s, p, r):
    # m = 1: Q(s + p, r) − Q(max, r)
    expected = 2 * ((s + p) / (s + p + r) - max(s, p) / (max(s, p) + r))
    assert al.CommonThreat(2, rival=r)(Power(s, p)) == expected


def test_a_common_threat_depends_on_strength_and_not_on_the_gap_alone():
    synergy = al.CommonThreat(1, rival=2)
    assert synergy(Power(1, 1)) > synergy(Power(3, 3))


@pytest.mark.parametrize("make", [al.Complementarity, al.Aggregation, al.ConstantSynergy, lambda v: al.CommonThreat(v, 1)])
def test_value_must_not_be_negative(make):
    with pytest.raises(ValueError, match="value must be non-negative and finite; got -1"):
        make(-1)


@pytest.mark.parametrize("bad", [None, "Tullock", al.Tullock])
def test_the_contest_with_the_rival_must_be_one(bad):
    with pytest.raises(TypeError, match=r"CommonThreat\(\): contest must be an instance such as Tullock"):
        al.CommonThreat(1, 2, contest=bad)


# -- sharing -----------------------------------------------------------------------------------------------------------


def test_nash_bargaining_splits_the_surplus():
    # rents 10, conflict (5, 1): surplus 4, so 7 and 3
    shares = al.NashBargaining()(Power(1, 1), Fraction(10), (Fraction(5), Fraction(1)))
    assert shares == (Fraction(7, 10), Fraction(3, 10))


def test_wage():
    assert al.Wage(Fraction(1, 4))(Power(1, 1), Fraction(5, 4), (0, 0)) == (Fraction(4, 5), Fraction(1, 5))


def test_a_wage_may_take_all_the_rents():
    assert al.Wage(Fraction(5, 4))(Power(1, 1), Fraction(5, 4), (0, 0)) == (0, 1)


def test_a_wage_above_the_rents_is_refused():
    game = benchmark_game(sharing=al.Wage(1.5), synergy=al.ConstantSynergy(0.2))
    with pytest.raises(ValueError, match="wage must not exceed the alliance's rents"):
        game.stage_game(Power.from_gap(0.5))


def test_agreed_terms_are_those_of_the_gap_at_formation():
    for gap in (Fraction(-1, 2), Fraction(0), Fraction(1, 3)):
        then = al.Proportional()(Power.from_gap(gap), 1, (0, 0))
        assert al.Agreed(gap)(Power(1, 7), Fraction(3), (0, 1)) == then
        rigid, renegotiated = (
            benchmark_game(sharing=rule).stage_game(Power.from_gap(gap)) for rule in (al.Agreed(gap), al.Proportional())
        )
        assert rigid == renegotiated
    assert al.Agreed(np.array([0.5, -0.5]))(Power(1.0, 7.0), 1.0, (0.0, 0.0))[0].tolist() == [0.75, 0.25]


def test_rigid_terms_are_kept_within_a_window_whose_edges_belong_to_the_two_sides():
    """With transfers out of reach and fighting a little decisive: a side that has grown since turns on the other."""
    game = benchmark_game(sharing=al.Agreed(Fraction(2, 5)), synergy=al.ConstantSynergy(1))
    critical = al.critical_discount(game, Power.from_gap(np.linspace(-0.5, 0.95, 30)), enforcement=al.GivenPunishment())
    assert critical.binding[0] == "proxy"
    assert critical.binding[-1] == "sponsor"
    least = int(np.argmin(critical.dyad))
    assert 0 < least < 29


@pytest.mark.parametrize(
    ("gap0", "error", "message"),
    [
        (1, ValueError, r"Agreed\(\): gap0 must lie strictly between -1 and 1; got 1"),
        (np.array([0.5, np.nan]), ValueError, r"Agreed\(\): gap0 must"),
        ("wide", TypeError, r"Agreed\(\): gap0 must be a number"),
    ],
    ids=["1", "nan", "a word"],
)
def test_a_gap_at_formation_that_is_none_is_refused(gap0, error, message):
    with pytest.raises(error, match=message):
        al.Agreed(gap0)


# -- the alliance game -------------------------------------------------------------------------------------------------


def test_the_table_of_cells_at_three_to_one():
    """Every cell recomputed by hand: s:p = 3:1, m = 1, V = 1/2, τ = 4/5, τ' = 2/5, k = (1/10, 1/5), h = 1/50, z = 2."""
    game = al.AllianceGame(
        contest=al.Tullock(1),
        synergy=al.ConstantSynergy(Fraction(1, 2)),
        sharing=al.Equal(),
        exposure=Fraction(4, 5),
        conflict_cost=(Fraction(1, 10), Fraction(1, 5)),
        stakes=2,
        coexist_exposure=Fraction(2, 5),
        support_cost=Fraction(1, 50),
    )
    f = Fraction
    c, big_q, small_q = f(3, 2), f(3, 4), f(1, 4)  # both get z·½·(1 + V) = 3/2
    e_s, e_p, h = f(3, 2), f(1, 2), f(1, 50)
    expected = [
        [(c, c), (e_s - h, e_p), (c * (1 - f(4, 5) * small_q), c + f(4, 5) * small_q * c)],
        [(e_s, e_p - h), (e_s, e_p), (e_s * (1 - f(2, 5) * small_q), e_p + f(2, 5) * small_q * e_s)],
        [
            (c + f(4, 5) * big_q * c, c * (1 - f(4, 5) * big_q)),
            (e_s + f(2, 5) * big_q * e_p, e_p * (1 - f(2, 5) * big_q)),
            (2 * big_q - f(1, 10), 2 * small_q - f(1, 5)),
        ],
    ]
    assert [[tuple(cell) for cell in row] for row in game.cells(Power(3, 1))] == expected
    stage = game.stage_game(Power(3, 1))
    assert stage.exact
    assert stage.actions == (("ally", "coexist", "fight"),) * 2
    assert stage.B[0, 2] == expected[0][2][1]


@given(game=alliance_games(), gap=gaps)
def test_number_types_agree(game, gap):
    exact = game.stage_game(Power.from_gap(gap))
    assert exact.exact
    scalar = game.stage_game(Power.from_gap(float(gap)))
    array = game.stage_game(Power.from_gap(np.array([float(gap), 0.5])))
    assert not scalar.exact
    assert array.A.dtype == np.float64
    assert close(exact.A, scalar.A, 1e-11)
    assert close(exact.B, scalar.B, 1e-11)
    assert np.array_equal(array[0].A, scalar.A)
    assert np.array_equal(array[0].B, scalar.B)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("contest", quick([al.AllPay(), al.Tullock(2), al.Hirshleifer(2)]), ids=repr)
@pytest.mark.parametrize(
    "synergy", [al.Complementarity(1), al.Aggregation(1), al.ConstantSynergy(1), al.CommonThreat(1, 2)], ids=repr
)
@pytest.mark.parametrize(
    "sharing",
    [al.Proportional(), al.Equal(), al.NashBargaining(), al.Wage(Fraction(1, 4)), al.Agreed(Fraction(1, 3))],
    ids=repr,
)
def test_symbols_agree_with_numbers(contest, synergy, sharing):
    s, p = sympy.symbols("s p", positive=True)
    game = benchmark_game(contest=contest, synergy=synergy, sharing=sharing, coexist_exposure=Fraction(1, 2))
    symbolic = game.cells(Power(s, p))
    for values in ((Fraction(3, 4), Fraction(1, 4)), (Fraction(1, 3), Fraction(2, 3)), (Fraction(1, 2), Fraction(1, 2))):
        numeric = game.cells(Power(*values))
        at = {s: sympy.Rational(*values[0].as_integer_ratio()), p: sympy.Rational(*values[1].as_integer_ratio())}
        for i in range(3):
            for j in range(3):
                for k in range(2):
                    assert float(sympy.sympify(symbolic[i][j][k]).subs(at)) == pytest.approx(float(numeric[i][j][k]), rel=1e-14)


def test_symbolic_parameters():
    v, tau = sympy.symbols("v tau", positive=True)
    game = benchmark_game(synergy=al.ConstantSynergy(v), exposure=tau)
    (ally, _), _ = game.cells(Power(3, 1))
    assert sympy.simplify(ally[0] - sympy.Rational(3, 4) * (1 + v)) == 0


def test_symbolic_games_have_no_stage_game():
    with pytest.raises(TypeError, match=r"stage_game\(\): payoffs must be numbers"):
        benchmark_game().stage_game(Power(*sympy.symbols("s p", positive=True)))


def test_broadcasting_over_power_and_parameters():
    stakes, costs = np.array([1.0, 2.0, 4.0])[:, None, None], np.array([0.1, 0.2])[:, None]
    gaps_ = np.linspace(-0.5, 0.5, 5)
    batch = benchmark_game(stakes=stakes, conflict_cost=costs).stage_game(Power.from_gap(gaps_))
    assert batch.batch_shape == (3, 2, 5)
    for i, z in enumerate(stakes.ravel()):
        for j, k in enumerate(costs.ravel()):
            for l_, gap in enumerate(gaps_):
                one = benchmark_game(stakes=float(z), conflict_cost=float(k)).stage_game(Power.from_gap(float(gap)))
                assert np.array_equal(batch[i, j, l_].A, one.A)
                assert np.array_equal(batch[i, j, l_].B, one.B)


def test_exact_parameters_do_not_slow_arrays_down():
    stage = benchmark_game().stage_game(Power.from_gap(np.linspace(-0.5, 0.5, 3)))
    assert stage.A.dtype == np.float64


@given(gap=gaps, scale=st.sampled_from([Fraction(1, 7), Fraction(3), Fraction(10**12)]))
def test_stakes_and_costs_are_in_one_unit(gap, scale):
    one = benchmark_game().stage_game(Power.from_gap(gap))
    many = benchmark_game(stakes=scale, conflict_cost=scale * Fraction(3, 20)).stage_game(Power.from_gap(gap))
    assert (many.A == scale * one.A).all()
    assert (many.B == scale * one.B).all()


@pytest.mark.slow
@given(game=alliance_games(), gap=gaps)
def test_exchanging_the_players_transposes_the_game(game, gap):
    assume(
        not isinstance(game.sharing, (al.Wage, al.Agreed)) and not isinstance(game.synergy, al.Complementarity)
    )  # not anonymous
    assume(not isinstance(game.conflict_cost, tuple))
    one, other = (game.stage_game(Power.from_gap(g)) for g in (gap, -gap))
    assert (one.A == other.B.T).all()


def test_users_write_ingredients_as_functions():
    named = benchmark_game(contest=al.Tullock(1), synergy=al.Aggregation(2))
    written = benchmark_game(
        contest=lambda power: (power.share, power.proxy_share),
        synergy=lambda power: 8 * power.share * power.proxy_share,
        sharing=lambda power, rents, conflict: (power.share, power.proxy_share),
    )
    for power in (Power(3, 1), Power.from_gap(np.linspace(-0.9, 0.9, 7))):
        assert close(named.stage_game(power).A, written.stage_game(power).A, 1e-14)


def test_presets_differ_in_what_the_literature_disputes():
    wide, parity = Power.from_gap(0.9), Power.from_gap(0.0)
    assert al.presets.morrow_1991().synergy(wide) > al.presets.morrow_1991().synergy(parity) == 0
    assert al.presets.capability_aggregation().synergy(wide) < al.presets.capability_aggregation().synergy(parity)
    assert al.presets.chindea_2014().actions == ("ally", "coexist", "fight")


def test_bargained_shares_stay_between_nothing_and_everything():
    game = al.presets.morrow_1991(conflict_cost=(0.05, 0.3))
    for gap in (-0.9, 0.0, 0.9):
        ally = game.cells(Power.from_gap(gap))[0][0]
        assert min(ally) >= 0
    # surplus 1, conflict (4, −2) over rents of 3: half each would be 4½ and −1½
    assert al.NashBargaining()(Power(1, 1), Fraction(3), (Fraction(4), Fraction(-2))) == (1, 0)
