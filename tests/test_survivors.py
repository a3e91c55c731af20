"""Small things that other tests would not notice if they broke: one test for each line that could be changed unseen."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

import alliances as al
from alliances.thresholds.line import Line
from tests.support import PD_PROXY, PD_SPONSOR, benchmark_game, dial

# -- repeated/enforcement/concept.py -----------------------------------------------------------------------------------


def test_the_punishing_profile_of_a_game_that_is_not_square():
    # 2×3 with one pure equilibrium (1, 0): its flat index 3 must be read with three columns, not two rows
    game = al.StageGame([[2, 0, 0], [3, 1, 1]], [[2, 1, 0], [3, 2, 1]])
    assert list(game.pure_nash()) == [(1, 0)]
    r = al.critical_discount(game, profile=(0, 0))
    assert [p.tolist() for p in r.punishment.profiles] == [[1, 0], [1, 0]]


def test_only_pure_equilibria_of_the_mixed_punishment_are_named():
    # the worst equilibrium of Chicken is pure for each player, that of Matching Pennies is mixed
    concept = al.NashReversion(mixed=True)
    chicken = al.critical_discount(al.StageGame([[3, 1], [4, 0]], [[3, 4], [1, 0]]), enforcement=concept)
    assert [p.tolist() for p in chicken.punishment.profiles] == [[0, 1], [1, 0]]
    pennies = al.critical_discount(al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), enforcement=concept)
    assert [p.tolist() for p in pennies.punishment.profiles] == [[-1, -1], [-1, -1]]


# -- repeated/enforcement/imperfect_monitoring.py ----------------------------------------------------------------------


def test_false_alarms_alone_can_make_patience_useless():
    # temptation 2, loss 1: the formula gives 2/(½·2 + ½·1) = 4/3, beyond 1, although the loss is positive
    game = al.StageGame([[1, -1], [3, 0]], [[1, 3], [-1, 0]])
    assert al.critical_discount(game, enforcement=al.ImperfectMonitoring(Fraction(1, 2), 0)).dyad == np.inf
    assert al.critical_discount(game, enforcement=al.ImperfectMonitoring(Fraction(1, 10), 0)).dyad < 1


def test_float_probabilities_make_float_answers():
    # an exact game with a signal known in floats is solved in floats, with an exact signal in Fractions
    game = al.StageGame(PD_SPONSOR, PD_PROXY)
    for alarm, miss, exact in ((0.125, 0.25, False), (Fraction(1, 8), 0.25, False), (Fraction(1, 8), Fraction(1, 4), True)):
        concept = al.ImperfectMonitoring(alarm, miss)
        r = al.critical_discount(game, enforcement=concept)
        assert concept.exact is r.stage.exact is exact
        assert isinstance(r.dyad, Fraction if exact else float)


# -- repeated/enforcement/{outside_option,given_punishment}.py --------------------------------------------------------


FLOATS = al.StageGame(np.array(PD_SPONSOR, dtype=float), np.array(PD_PROXY, dtype=float))
BATCH = al.StageGame(np.stack([FLOATS.A] * 2), np.stack([FLOATS.B] * 2))
HUGE = 10**400


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: al.with_exit(FLOATS, sympy.Symbol("o"), 1), r"with_exit\(\): offer must be a number; got o"),
        (lambda: al.with_exit(FLOATS, 1, sympy.Symbol("b")), r"with_exit\(\): alone must be a number; got b"),
        (
            lambda: al.with_exit(BATCH, [1, 2, 3], 1),
            r"with_exit\(\): offer must broadcast with the batch \(2,\); got shape \(3,\)",
        ),
        (
            lambda: al.with_exit(BATCH, 1, [1, 2, 3]),
            r"with_exit\(\): alone must broadcast with the batch \(2,\); got shape \(3,\)",
        ),
        (
            lambda: al.OutsideOption(sympy.Symbol("o")),
            r"OutsideOption\(\): offer must be a number or a function of power; got o",
        ),
        (lambda: al.OutsideOption(1, alone="b"), r"OutsideOption\(\): alone must be a number; got 'b'"),
        (
            lambda: al.OutsideOption(lambda _: "o").at_power(al.Power(1, 1)),
            r"OutsideOption\(\): what offer returns must be a number",
        ),
        (lambda: al.OutsideOption(HUGE).punish(FLOATS), r"OutsideOption\(\): offer must lie within the range of floats"),
        (
            lambda: al.OutsideOption(1, alone=HUGE).punish(FLOATS),
            r"OutsideOption\(\): alone must lie within the range of floats",
        ),
        (lambda: al.OutsideOption(lambda q: q.gap).punish(FLOATS), r"OutsideOption.punish\(\): offer depends on power"),
        (
            lambda: al.GivenPunishment(profile=("a", "b")).punish(FLOATS),
            r"GivenPunishment\(\): profile must name one of the actions",
        ),
        (lambda: al.NashReversion(mixed=1), r"NashReversion\(\): mixed must be True or False; got 1"),
        (lambda: al.ImperfectMonitoring("x", 0.1), r"ImperfectMonitoring\(\): false_alarm must be a number; got 'x'"),
        (
            lambda: al.ImperfectMonitoring(0.1, sympy.Symbol("b")),
            r"ImperfectMonitoring\(\): miss must be a number, not a symbol; got b",
        ),
        (lambda: al.FinitePunishment(2.5), r"FinitePunishment\(\): periods must be an integer; got 2.5"),
    ],
)
def test_errors_name_the_concept_and_the_argument(call, message):
    with pytest.raises((TypeError, ValueError), match="^" + message):
        call()


def test_whoever_is_left_is_punished_by_no_profile():
    # at o = 5 the proxy leaves (fight, fight), which gives it 3: neither player's punishment is a profile
    r = al.critical_discount(FLOATS, enforcement=al.OutsideOption(5, alone=1))
    assert [p.tolist() for p in r.punishment.profiles] == [[-1, -1], [-1, -1]]
    assert r.punishment.payoffs == (1, 5)
    assert r.punishment.outside == 5


# -- repeated/critical.py ----------------------------------------------------------------------------------------------


def test_nearly_equal_critical_discount_factors_do_not_bind_together():
    # δ_S* = 1/7 and δ_P* = (1 + ε)/(7 + ε): told apart from 1e-9 on, one within rounding
    def binding(extra):
        return al.critical_discount(al.StageGame([[9.0, 1.0], [10.0, 3.0]], [[9.0, 10.0 + extra], [1.0, 3.0]])).binding

    assert binding(1e-4) == binding(1e-9) == "proxy"
    assert binding(-1e-9) == "sponsor"
    assert binding(1e-14) == "both"


# -- games.py ----------------------------------------------------------------------------------------------------------


def test_a_temptation_of_1e_minus_10_of_the_range_counts_and_one_within_the_tolerance_does_not():
    # tolerance is 1e-12 of the payoff range ...
    def game(temptation, level):
        a = np.array([[1.0, 0.0], [1.0 + temptation, 0.5]]) + level
        return al.StageGame(a, a.T)

    assert (0, 0) not in game(1e-10, 0).pure_nash()
    assert (0, 0) in game(1e-13, 0).pure_nash()
    # ... plus 8 roundings of the largest payoff: at a level of 1e6 that is 1.8e-9
    assert (0, 0) not in game(1e-8, 1e6).pure_nash()
    assert (0, 0) in game(5e-10, 1e6).pure_nash()


# -- estimation/identification.py --------------------------------------------------------------------------------------


def of_deltas(*deltas):
    """The identified set where both players' critical discount factors are these, period by period."""
    gaps = np.linspace(0.9, -0.9, len(deltas))
    return al.identified_discount(dial(lambda gap: np.interp(gap, gaps[::-1], deltas[::-1])), al.Power.from_gap(gaps))


def test_a_narrow_identified_set_is_not_empty():
    # [0.4, 0.4001) is narrow, but far wider than rounding
    found = of_deltas(0.2, 0.4, 0.4001)
    assert not found.common.empty
    assert 0.40005 in found.common
    assert of_deltas(0.2, 0.4, 0.4).common.empty


def test_an_identified_set_ends_at_one_where_no_patience_would_have_sufficed():
    # at the gap 0.2 the sponsor cannot be deterred: δ_S* = ∞, and the interval ends at 1
    power = al.Power.from_gap([0.8, 0.2])
    found = al.identified_discount(benchmark_game(), power, broken_by="sponsor")
    assert found.critical.sponsor[-1] == np.inf
    assert found.common.upper == found.sponsor.upper == 1
    assert 1.5 not in found.common


def test_the_hardest_period_can_be_the_proxys():
    # δ_S* = σ and δ_P* = 1 − σ: shares .6, .3, .5 are hardest for the sponsor in the first, for the dyad in the second period
    shares = [Fraction(3, 5), Fraction(3, 10), Fraction(1, 2), Fraction(1, 10)]
    found = al.identified_discount(benchmark_game(conflict_cost=Fraction(1, 2)), al.Power.from_share(shares))
    assert np.argmax(found.critical.sponsor[:-1]) == 0
    assert found.hardest == 1


# -- thresholds/{line,regions}.py --------------------------------------------------------------------------------------


def test_a_narrow_region_is_kept():
    # a region of width 1e-4 around a sample is a region; one of width 1e-10 is a point, left to its neighbours
    for width, count in ((1e-4, 3), (1e-10, 1)):
        line = Line(benchmark_game(), (-0.5, 0.5), 1.0, 101, function="test")
        regions = line.regions(lambda g, w=width: np.where(np.abs(g) <= w / 2, 1, 0), int)
        assert len(regions) == count


# -- thresholds.py -----------------------------------------------------------------------------------------------------


def test_a_window_at_a_smooth_minimum_between_the_finest_samples_is_found():
    # a parabola below δ on 2e-8, between samples that halving leaves 5.8e-8 apart: only the search for extrema sees it
    step = 1.9 / 1000
    bottom = -0.95 + step * (500 + (14003 + 1 / 2) / 2**15)
    game = dial(lambda gap: 0.4 + np.minimum(1e4 * (gap - bottom) ** 2, 0.3))
    (window,) = al.stability_windows(game, 0.4 + 1e4 * 1e-8**2)
    assert abs(window.lower - (bottom - 1e-8)) < 1e-9
    assert abs(window.upper - (bottom + 1e-8)) < 1e-9


def test_a_break_at_a_smooth_maximum_between_the_finest_samples_is_found():
    # the same upside down
    step = 1.9 / 1000
    top = -0.95 + step * (500 + (14003 + 1 / 2) / 2**15)
    game = dial(lambda gap: 0.6 - np.minimum(1e4 * (gap - top) ** 2, 0.3))
    left, right = al.stability_windows(game, 0.6 - 1e4 * 1e-8**2)
    assert abs(left.upper - (top - 1e-8)) < 1e-9
    assert abs(right.lower - (top + 1e-8)) < 1e-9


def switching(where, delta):
    """Both players' δ* is ``delta(γ)``; up to the gap ``where`` the second action punishes, beyond it the third."""

    def payoffs(power):
        f = np.asarray(delta(power.gap))
        second, third = (np.where(early, f, f - 3) for early in (power.gap <= where, power.gap > where))
        one = np.ones_like(f)
        own = [[one, f - 1, f - 1], [1 + f, second, f - 2], [0 * f, f - 0.5, third]]
        return [[(own[i][j], own[j][i]) for j in range(3)] for i in range(3)]

    return al.CustomGame(payoffs, actions=("ally", "raid", "fight"))


@pytest.mark.parametrize("width", [2e-4, 2e-6])
def test_a_window_beside_a_switch_of_the_punishment_is_found(width):
    # δ* is 0.8, but falls to 0.2 just before the punishing equilibrium switches: on samples it looks like a straight line
    where = -0.95 + 1.9 / 1000 * 500.3
    game = switching(where, lambda g: np.where(g <= where, 0.8 - 0.6 * np.maximum(0, 1 + (g - where) / width), 0.8))
    (window,) = al.stability_windows(game, 0.5)
    assert abs(window.lower - (where - width / 2)) < 1e-10
    assert abs(window.upper - where) < 1e-10


def test_an_infinite_critical_discount_factor_exceeds_every_discount_factor():
    # where nothing deters, 1e-15 below 1 is not patience enough
    assert al.critical_discount(benchmark_game(), al.Power.from_gap(0.2)).dyad == np.inf
    assert not any(0.2 in w for w in al.stability_windows(benchmark_game(), 1 - 1e-15))


@pytest.mark.slow
def test_stability_windows_are_those_of_the_threshold_under_every_question():
    game, seen = al.presets.chindea_2014(), set()
    for question in (
        {"enforcement": al.NashReversion()},
        {"enforcement": al.Transfers()},
        {"enforcement": al.FinitePunishment(1)},
        {"profile": (1, 1)},
        {"domain": (-0.5, 0.1)},
    ):
        windows = al.stability_windows(game, 0.6, samples=201, **question)
        assert windows == al.defection_threshold(game, 0.6, samples=201, **question).windows
        seen.add(windows)
    assert len(seen) == 5


# -- thresholds/{regimes,regions,allegiance}.py ------------------------------------------------------------------------

PD = al.StageGame(PD_SPONSOR, PD_PROXY)


def test_regime_regions_are_those_of_the_concept_asked_for():
    game = al.presets.chindea_2014()
    edges = []
    for concept in (al.NashReversion(), al.Transfers(), al.FinitePunishment(1)):
        regions = al.regime_regions(game, 0.6, (0.0, 0.9), enforcement=concept)
        for r in regions:
            middle = al.Power.from_gap((r.lower + r.upper) / 2)
            assert al.regimes(game, middle, 0.6, enforcement=concept).name == r.label
        edges.append(regions[-1].lower)
    assert len(set(edges)) == 3
    # side payments can only help Nash reversion, and three periods of forgiveness can only harm it
    assert edges[1] < edges[0] < edges[2]


def test_a_regime_that_nobody_has_has_the_share_zero():
    found = al.regimes(al.presets.chindea_2014(), al.Power.from_gap([0.0, 0.8]), 0.6)
    assert found.shares == {"alliance": 0.5, "pact": 0.5, "conflict": 0.0}
    assert found.message == "alliance 50.0%, pact 50.0%, conflict 0.0%"
    one = al.regimes(al.presets.chindea_2014(), al.Power.from_gap(0.0), 0.6)
    assert str(one) == "pact"
    assert one.to_dict()["critical"]["pact"] == one.critical[1].dyad


def test_allegiance_along_the_gap_asks_what_is_left_to_a_sponsor_alone():
    game = al.presets.morrow_1991(synergy=al.Complementarity(2))
    offer = al.RivalOffer(game, 0.8)
    first = set()
    for alone in (None, 0.0, 1.0):
        regions = al.allegiance_regions(game, 0.9, offer, (0.0, 0.89), alone=alone)
        for r in regions:
            middle = al.Power.from_gap((r.lower + r.upper) / 2)
            assert al.keeping_payment(game, middle, 0.9, offer, alone=alone).outcome == r.label
        first.add(regions[0].label)
    assert first == {"changes sides", "stays if paid", "sponsor breaks"}  # the less is left, the more it pays


def test_messages_hold_the_numbers_that_decide():
    # c = 9, d = 10, w = 3: at δ_S = 1/8 the sponsor has 9 − 70/8 − 3/8 = −1/8 to pay with
    breaks = al.keeping_payment(PD, None, (Fraction(1, 8), Fraction(1, 2)), 2)
    assert breaks.message == "The sponsor breaks the alliance itself: to keep it, it would need 1/8 more."
    pooled = al.switching_offer(PD, None, Fraction(1, 2), enforcement=al.Transfers())
    assert pooled.message == "The proxy changes sides for more than 23/2; up to that its sponsor can pay it to stay."
    own = al.switching_offer(PD, None, Fraction(1, 2))
    assert str(own) == (
        "o* 8 (NashReversion(mixed=False))\n"
        "The proxy changes sides for more than 8, less than the 9 it has: it would betray first."
    )
    many = al.switching_offer(PD, None, np.array([0.1, 0.5]))
    assert many.message == "2 games, in 1 of them no alliance to leave."
    assert str(many).startswith("o* of 2 games (NashReversion(mixed=False))\n2 games, in 1 of them no alliance to leave.\n")
    inner = al.stability_windows(al.presets.chindea_2014(), 0.8)[0]
    assert inner.message == "[-0.139992, 0.139992] (below: proxy defects; above: sponsor defects)"
    found = al.defection_threshold(al.presets.chindea_2014(), 0.5, domain=(0.0, 0.95))
    assert str(found) == (
        "As the gap narrows, the alliance breaks at 0.593188; defector: sponsor.\n"
        "  stable on [0.593188, 0.950000] (below: sponsor defects; above: end of the domain)"
    )


@pytest.mark.parametrize("unit", [1.0, 0.1, 1e-7, 1e7])
def test_a_payment_that_the_sponsor_just_affords_is_paid_in_floats_too(unit):
    # need = limit = 5/2 at the offer 23/2; in units of 0.1 the two differ by a rounding
    stage = al.StageGame(FLOATS.A * unit, FLOATS.B * unit)
    assert al.keeping_payment(stage, None, 0.5, 11.5 * unit).outcome == "stays if paid"
    assert al.keeping_payment(stage, None, 0.5, (11.5 + 1e-6) * unit).outcome == "changes sides"


def test_the_alliance_may_start_from_either_end_of_the_domain():
    game = dial(lambda gap: 0.5 + np.sin(8 * gap) / 3)  # stable at δ = ½ where the sine is not positive
    top, bottom = (al.defection_threshold(game, 0.5, domain=(-0.7, 0.7), start=end) for end in (0.7, -0.7))
    assert (top.status, top.gap) == ("threshold", pytest.approx(np.pi / 8))
    assert (bottom.status, bottom.gap) == ("unstable at start", None)


def test_two_samples_have_no_interior():
    for ask in (al.stability_windows, al.defection_threshold):
        with pytest.raises(ValueError, match=r"samples must be an integer of at least 3; got 2"):
            ask(al.presets.chindea_2014(), 0.5, samples=2)


def test_tables_have_a_row_per_window_and_per_step():
    found = al.defection_threshold(al.presets.chindea_2014(), 0.8)
    table = found.to_frame()
    assert table["lower"].tolist() == [w.lower for w in found.windows]
    assert table["lower_defector"].tolist() == [w.lower_defector for w in found.windows] == ["proxy", "sponsor"]
    steps = al.relational_contracts(PD).to_frame()
    assert steps["discount"].tolist() == [0, Fraction(1, 7)]
    assert steps["joint_payoff"].tolist() == [6, 18]
    assert steps["punish_proxy"].tolist() == [(1, 1), (1, 1)]


def test_a_switch_that_is_no_switch_is_named():
    with pytest.raises(TypeError, match=r"keeping_payment\(\): mixed must be True or False; got 1"):
        al.keeping_payment(PD, None, 0.5, 1, mixed=1)


# -- repeated/{contracts,monitoring} -----------------------------------------------------------------------------------


def test_payments_say_who_pays_whom():
    # least 3/2 and most 5/2 per period for the patron, −5/2 and −3/2 for the client; the surplus is 5 for both
    patron, client = (
        al.StageGame(a, b) for a, b in (([[8, 1], [9, 2]], [[1, 3], [0, 2]]), ([[1, 0], [3, 2]], [[8, 9], [1, 2]]))
    )
    half = Fraction(1, 2)
    assert str(al.payments(patron, half, (0, 0))) == (
        "The sponsor pays the proxy 2 in each period (from sponsor to proxy: at least 3/2, at most 5/2), after 3 from the "
        "sponsor at the start; average payoffs 9/2 and 9/2."
    )
    assert str(al.payments(client, half, (0, 0), 0)) == (
        "The proxy pays the sponsor 5/2 in each period (from sponsor to proxy: at least -5/2, at most -3/2), after 7 from the "
        "proxy at the start; average payoffs 7 and 2."
    )
    asked = al.payments(client, half, (0, 0), 0)
    assert (asked.profile, asked.discount, asked.share) == ((0, 0), half, 0)
    assert al.payments(BATCH, 0.5, (0, 0)).message == "Payments(profile (0, 0), (2,) games, 2 sustainable)"


def test_after_a_punishment_the_surplus_is_divided_as_on_path():
    # PD at δ = 1/2: what is paid while both cooperate lies between −5/2 and 5/2; a proxy with the whole surplus gets 5/2
    contracts = al.relational_contracts(PD)
    for share, paid in ((0, Fraction(-5, 2)), (Fraction(1, 2), 0), (1, Fraction(5, 2))):
        strategy = contracts.strategy(Fraction(1, 2), (1, 1), share)
        assert strategy.states["best"].transfer == paid
        assert strategy.verify().ok


def test_without_any_contract_no_profile_punishes():
    pennies = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    r = al.critical_discount(pennies, enforcement=al.Transfers(punishment="optimal"))
    assert [p.tolist() for p in r.punishment.profiles] == [[-1, -1], [-1, -1]]
    assert (r.dyad, r.punishment.payoffs) == (np.inf, (np.inf, np.inf))


def test_contracts_in_words():
    assert al.relational_contracts(PD).message == "2 steps; the last from discount factor 1/7 on."
    assert al.relational_contracts(al.StageGame([[1]], [[1]])).message == "1 step; the last from discount factor 0 on."
    # the strategy at δ = 1/2: on path nobody pays, and playing 1 instead of 0 gains ½·10 + ½·3 − 9 = −5/2
    check = al.relational_contracts(PD).strategy(Fraction(1, 2)).verify()
    assert str(check).startswith("No one-shot deviation gains: 14 checked; the most tempting, in state “")
    assert str(check).endswith(f"(gain {check.gain}).")
    noisy = al.PublicMonitoring.binary(al.StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]]), bad=[[0.1, 0.6], [0.6, 0.9]])
    expected = "Joint payoff 3.6, after 0.4 burnt per period on average. Punishments 0 and 0."  # 2·(2 − 0.1/0.5)
    assert str(al.monitored_contracts(noisy, 0.9)) == expected
    assert str(al.patient_payoff_set(noisy)) == (
        "polygon (0, 0), (2.47826, 0.217391), (1.8, 1.8), (0.217391, 2.47826)\n"
        "The set has an interior: equilibrium payoffs converge to it as the discount factor goes to 1."
    )
