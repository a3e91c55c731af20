"""verify() must accept what the solvers return and catch every kind of wrong answer, with a witness."""

import functools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from alliances.verification.outcome import outcome, outcome_of
from tests.support import CONCEPTS, PD_PROXY, PD_SPONSOR, benchmark_game, dial, quick

PD = al.StageGame(PD_SPONSOR, PD_PROXY)


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
@pytest.mark.parametrize("factor", [0.97, 1.03])
@pytest.mark.parametrize("player", ["sponsor", "proxy"])
def test_wrong_critical_discounts_are_caught(concept, factor, player):
    r = al.critical_discount(PD, enforcement=concept)
    assert al.verify(r)
    wrong = al.verify(replace(r, **{player: getattr(r, player) * factor}))
    assert not wrong
    assert player in wrong.witness


@pytest.mark.parametrize("wrong", [np.inf, 0, 1, Fraction(3, 2)])
def test_wrong_kinds_of_answers_are_caught(wrong):
    r = al.critical_discount(PD)
    assert not al.verify(replace(r, sponsor=wrong))


def test_an_exact_answer_must_be_exact():
    r = al.critical_discount(PD)
    assert not al.verify(replace(r, proxy=Fraction(1, 7) + Fraction(1, 10**30)))


def test_a_wrong_element_of_a_batch_is_named():
    r = al.critical_discount(benchmark_game(), al.Power.from_gap(np.linspace(-0.9, 0.9, 50)))
    assert al.verify(r)
    proxy = r.proxy.copy()
    proxy[37] *= 0.99
    assert al.verify(replace(r, proxy=proxy)).witness.startswith("game (37,), proxy: gains")


def test_wrong_terms_are_caught():
    r = al.critical_discount(PD)
    for changed, word in (
        (replace(r.terms, path=(Fraction(8), Fraction(9))), "on path"),
        (replace(r.terms, deviation=(Fraction(11), Fraction(10))), "deviation payoff"),
        (replace(r.terms, punished=(Fraction(2), Fraction(3))), "not that of its worst pure stage equilibrium"),
    ):
        assert word in al.verify(replace(r, terms=changed)).witness


def test_a_milder_punishment_than_the_worst_is_caught():
    # two pure equilibria, worth 2 and 1: the punishment must be the worse
    game = al.StageGame([[3, 0, 0], [4, 2, 0], [0, 0, 1]], [[3, 4, 0], [0, 2, 0], [0, 0, 1]])
    r = al.critical_discount(game)
    assert r.dyad == Fraction(1, 3)
    milder = replace(r, sponsor=Fraction(1, 2), terms=replace(r.terms, punished=(Fraction(2), Fraction(1))))
    assert "sponsor: the punishment payoff" in al.verify(milder).witness


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
def test_wrong_thresholds_are_caught(concept):
    found = al.defection_threshold(benchmark_game(), 0.8, enforcement=concept)
    assert al.verify(found)
    for moved in (-1e-4, 1e-4):
        for side in ("lower", "upper"):
            window = found.windows[0]
            if getattr(window, f"{side}_defector") is None:
                continue
            wrong = (replace(window, **{side: getattr(window, side) + moved}), *found.windows[1:])
            assert not al.verify(replace(found, windows=wrong, gap=None))
    assert "outside the windows" in al.verify(replace(found, windows=(), gap=None)).witness
    assert not al.verify(replace(found, gap=0.123))


def test_wrong_identified_sets_are_caught():
    power = al.cases.load("gulf-zetas").power_series().power
    r = al.identified_discount(benchmark_game(conflict_cost=0.3), power, broken_by="proxy")
    assert al.verify(r)
    for name in ("common", "sponsor", "proxy"):
        for lower, upper in ((0.4, 0.9), (0.99, 0.3)):
            assert name in al.verify(replace(r, **{name: al.DiscountInterval(lower, upper)})).witness


def test_wrong_minmax_payoffs_are_caught():
    game = al.StageGame([[3, 0], [1, 2]], [[0, 3], [2, 1]])
    for mixed in (True, False):
        r = game.minmax(mixed=mixed)
        assert al.verify(r)
        for amount in (-Fraction(1, 10), Fraction(1, 10)):
            assert not al.verify(replace(r, sponsor=r.sponsor + amount))
            assert not al.verify(replace(r, proxy=r.proxy + amount))


def test_wrong_equilibria_are_caught():
    r = PD.nash()
    assert al.verify(r)
    cooperate = np.array([Fraction(1), Fraction(0)], dtype=object)
    assert "gains 1 by deviating" in al.verify(replace(r, equilibria=(replace(r[0], x=cooperate, y=cooperate),))).witness
    assert "no probability vector" in al.verify(replace(r, equilibria=(replace(r[0], x=2 * cooperate),))).witness
    assert "no equilibrium" in al.verify(replace(r, equilibria=())).witness


# -- wrong answers that look like right ones -----------------------------------------------------------------------------

OTHER = {"sponsor": "proxy", "proxy": "sponsor", "both": "sponsor", None: None}


@pytest.fixture(scope="module")
def two_windows():
    """A threshold with two windows and four edges, of which one is the domain's."""
    found = al.defection_threshold(al.presets.chindea_2014(), 0.8)
    assert len(found.windows) == 2
    assert al.verify(found), al.verify(found).witness
    return found


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"defector": "proxy"}, "the defector is proxy"),
        ({"gap": -0.13999210}, "the threshold is"),
        ({"gap": None}, "the threshold is None"),
        ({"status": "always stable", "gap": None, "defector": None}, 'by the windows it is "threshold"'),
        ({"status": "never stable"}, 'by the windows it is "threshold"'),
        ({"start": 0.0}, "the threshold is"),
        ({"start": 0.2}, 'by the windows it is "unstable at start"'),
    ],
)
def test_a_wrong_reading_of_the_windows_is_caught(two_windows, changes, word):
    assert word in al.verify(replace(two_windows, **changes)).witness


def test_the_edge_of_another_window_is_no_threshold(two_windows):
    low, high = two_windows.windows
    assert "the threshold is" in al.verify(replace(two_windows, gap=low.lower, defector=low.lower_defector)).witness
    from_below = replace(two_windows, start=0.0, gap=low.lower, defector=low.lower_defector)
    assert al.verify(from_below)
    assert not al.verify(replace(from_below, gap=high.lower, defector=high.lower_defector))


def test_swapped_defectors_are_caught(two_windows):
    def swap(w, sides=("lower", "upper")):
        return replace(w, **{f"{side}_defector": OTHER[getattr(w, f"{side}_defector")] for side in sides})

    everywhere = tuple(swap(w) for w in two_windows.windows)
    wrong = al.verify(replace(two_windows, windows=everywhere, defector=OTHER[two_windows.defector]))
    assert "against defector" in wrong.witness
    for n, w in enumerate(two_windows.windows):
        for side in ("lower", "upper"):
            if getattr(w, f"{side}_defector") is not None:
                windows = tuple(swap(v, (side,)) if m == n else v for m, v in enumerate(two_windows.windows))
                read = replace(two_windows, windows=windows, defector=windows[-1].lower_defector)
                assert "against defector" in al.verify(read).witness


def test_a_defector_at_the_end_of_the_domain_is_caught(two_windows):
    low, high = two_windows.windows
    assert "domain" in al.verify(replace(two_windows, windows=(low, replace(high, upper_defector="sponsor")))).witness
    assert "domain" in al.verify(replace(two_windows, windows=(replace(low, lower_defector=None), high))).witness
    assert "in order" in al.verify(replace(two_windows, windows=(high, low))).witness


@pytest.mark.parametrize("shift", [5e-8, 5e-9])
@pytest.mark.parametrize("side", ["lower", "upper"])
def test_edges_shifted_inwards_and_outwards_are_caught(two_windows, side, shift):
    low, high = two_windows.windows
    inwards, outwards = (
        replace(low, **{side: getattr(low, side) + s * shift * (1 if side == "lower" else -1)}) for s in (1, -1)
    )
    assert "outside the windows" in al.verify(replace(two_windows, windows=(inwards, high))).witness
    assert "inside a window" in al.verify(replace(two_windows, windows=(outwards, high))).witness


def test_a_missed_window_and_a_missed_break_are_caught():
    # δ* dips to 0.2 on a window of width 0.002, which the solver finds
    window = dial(lambda gap: np.where(np.abs(gap - 0.3003) < 1e-3, 0.2, 0.8))
    found = al.defection_threshold(window, 0.5)
    assert len(found.windows) == 1
    assert al.verify(found)
    missed = replace(found, windows=(), gap=None, defector=None, status="never stable")
    assert "outside the windows" in al.verify(missed).witness
    # and a break of the same width
    found = al.defection_threshold(dial(lambda gap: np.where(np.abs(gap - 0.3003) < 1e-3, 0.8, 0.2)), 0.5)
    assert len(found.windows) == 2
    assert al.verify(found)
    whole = (al.thresholds.Window(-0.95, 0.95, None, None),)
    missed = replace(found, windows=whole, gap=None, defector=None, status="always stable")
    assert "inside a window" in al.verify(missed).witness


def test_thresholds_at_extreme_patience_pass():
    # gains carry the factor 1 − δ, here 1e-16: what rounding can turn is no counterexample
    for discount in (1 - 1e-16, 1 - 1e-12, 1 - 1e-9, 0.0):
        found = al.defection_threshold(al.presets.chindea_2014(), discount)
        assert al.verify(found), al.verify(found).witness


def test_what_are_no_strategies_is_caught():
    game = al.StageGame([[3, 0], [1, 2]], [[0, 3], [2, 1]])
    for mixed in (True, False):
        r = game.minmax(mixed=mixed)
        for name in ("against_sponsor", "against_proxy", "securing_sponsor", "securing_proxy"):
            for wrong in (0 * getattr(r, name), 2 * getattr(r, name)):
                assert " is no " in al.verify(replace(r, **{name: wrong})).witness
    # in pure strategies a half is none, and a securing strategy must answer the punishment best
    r = game.minmax()
    halves = np.array([Fraction(1, 2)] * 2, dtype=object)
    assert "no pure strategy" in al.verify(replace(r, against_sponsor=halves)).witness
    for name in ("securing_sponsor", "securing_proxy"):
        assert "does not guarantee" in al.verify(replace(r, **{name: getattr(r, name)[::-1]})).witness


def test_wrong_payoffs_of_equilibria_and_missing_ones_are_caught():
    for payoffs in (np.array([[3, 1], [4, 0]]), np.array([[3.0, 1.0], [4.0, 0.0]])):
        r = al.StageGame(payoffs, payoffs.T).nash()
        assert len(r) == 3
        assert al.verify(r)
        for n, name in ((0, "sponsor"), (1, "proxy"), (2, "sponsor")):
            wrong = tuple(replace(e, **{name: 99}) if m == n else e for m, e in enumerate(r))
            assert f"equilibrium {n}: {name}'s payoff is" in al.verify(replace(r, equilibria=wrong)).witness
        assert "regret" in al.verify(replace(r, equilibria=(replace(r[0], regret=1), *r.equilibria[1:]))).witness
        pure = [e for e in r if e.pure]
        for missing in pure:
            kept = tuple(e for e in r if e is not missing)
            assert "is missing" in al.verify(replace(r, equilibria=kept)).witness


def test_a_wrong_mixed_punishment_is_caught():
    # punishing by the mixed equilibrium, worth 2/3: exact, float, and a batch
    exact = np.array([[1, 0, 0], [0, 2, 4], [0, 0, 3]])
    concept = al.NashReversion(mixed=True)
    for payoffs in (exact, exact.astype(float), np.stack([exact, exact + 1]).astype(float)):
        stage = al.StageGame(payoffs, np.swapaxes(payoffs, -1, -2))
        r = al.critical_discount(stage, profile=(2, 2), enforcement=concept)
        assert al.verify(r), al.verify(r).witness
        for w in (-5, 1):  # 1 is that of a pure equilibrium
            punished = (r.terms.punished[0] * 0 + w, r.terms.punished[1])
            what = replace(r.terms, punished=punished)
            wrong = replace(r, terms=what, sponsor=concept.critical(what)[0])
            assert "sponsor: the punishment payoff is not that of its worst stage equilibrium" in al.verify(wrong).witness
    # more games than are listed again: the payoff itself is not checked, as the docstring says
    many = al.StageGame(np.stack([exact] * 51).astype(float), np.stack([exact.T] * 51).astype(float))
    assert al.verify(al.critical_discount(many, profile=(2, 2), enforcement=concept))


def test_a_punishment_where_there_is_none_is_caught():
    pennies = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    r = al.critical_discount(pennies)
    assert al.verify(r)
    what = replace(r.terms, punished=(Fraction(-5), Fraction(-5)))
    wrong = replace(r, terms=what, proxy=r.enforcement.critical(what)[1])
    assert wrong.proxy == Fraction(1, 3)
    assert "sponsor: the punishment payoff" in al.verify(wrong).witness


@pytest.mark.parametrize("concept", [*CONCEPTS, al.NashReversion(mixed=True), al.Transfers("optimal")], ids=repr)
def test_wrong_punishing_profiles_are_caught(concept):
    game = al.StageGame([[3, 0, 0], [4, 2, 0], [0, 0, 1]], [[3, 4, 0], [0, 2, 0], [0, 0, 1]])
    r = al.critical_discount(game, enforcement=concept)
    assert al.verify(r), al.verify(r).witness
    right = tuple(tuple(p.tolist()) for p in r.punishment.profiles)
    for k, name in enumerate(("sponsor", "proxy")):
        for wrong in ((0, 0), (1, 1), (2, 2), (-1, -1)):
            if wrong == right[k] or (wrong == (-1, -1) and getattr(concept, "mixed", False)):
                continue
            profiles = [np.array(p) for p in right]
            profiles[k] = np.array(wrong)
            changed = replace(r, punishment=replace(r.punishment, profiles=tuple(profiles)))
            assert f"{name}: the punishing profile" in al.verify(changed).witness


@pytest.mark.parametrize("short", [1e-6, 1e-7, 1e-9, 1e-10])
def test_inf_just_above_a_finite_answer_is_caught(short):
    # temptation 1, loss `short`: δ* = 1/(1 + short)
    for loss in (short, Fraction(short)):
        game = al.StageGame([[loss, -1], [1 + loss, 0]], [[loss, 1 + loss], [-1, 0]])
        for concept in (al.NashReversion(), al.Transfers(), al.Transfers("optimal")):
            r = al.critical_discount(game, enforcement=concept)
            assert 1 - 2 * short < r.dyad < 1
            assert al.verify(r), al.verify(r).witness
            never = {"sponsor": np.inf, "proxy": np.inf}
            assert "though inf is reported" in al.verify(replace(r, **never)).witness


@pytest.mark.parametrize(
    "concept", [al.FinitePunishment(1), al.FinitePunishment(3), al.ImperfectMonitoring(0.05, 0.1)], ids=repr
)
def test_inf_just_above_a_finite_answer_is_caught_where_players_are_forgiven(concept):
    # δ* just below 1: temptation almost at the largest that can be deterred (gains then vanish twice, at δ* and at 1)
    most = concept.periods if isinstance(concept, al.FinitePunishment) else 0.85 / 0.05
    for short in (1e-3, 1e-5, 1e-6):
        t = most * (1 - short)
        game = al.StageGame([[1.0, -1.0], [1 + t, 0.0]], [[1.0, 1 + t], [-1.0, 0.0]])
        r = al.critical_discount(game, enforcement=concept)
        assert 1 - 3 * short < r.dyad < 1 - short / 30
        assert al.verify(r), al.verify(r).witness
        assert "though inf is reported" in al.verify(replace(r, sponsor=np.inf)).witness
    # and exactly, as near as one likes
    if getattr(concept, "periods", None) == 1:
        t = 1 - Fraction(1, 10**30)
        r = al.critical_discount(al.StageGame([[1, -1], [1 + t, 0]], [[1, 1 + t], [-1, 0]]), enforcement=concept)
        assert al.verify(r)
        assert "though inf is reported" in al.verify(replace(r, sponsor=np.inf)).witness


def test_answers_other_than_zero_without_temptation_are_caught():
    # the stage equilibrium itself: gains are zero at every δ, so they must not count as deviations that pay
    for payoffs in (np.array(PD_SPONSOR), np.array(PD_SPONSOR, dtype=float)):
        r = al.critical_discount(al.StageGame(payoffs, payoffs.T), profile=(1, 1))
        assert al.verify(r)
        assert "though inf is reported" in al.verify(replace(r, sponsor=np.inf)).witness
        assert "would not deviate at half" in al.verify(replace(r, proxy=Fraction(1, 2))).witness


def test_float_answers_are_checked_to_rounding():
    # the allowance for rounding must not hide an error of 1e-7 in a critical discount factor
    payoffs = np.array(PD_SPONSOR, dtype=float)
    r = al.critical_discount(al.StageGame(payoffs, payoffs.T))
    assert al.verify(r)
    for wrong in (1 / 7 - 1e-7, 1 / 7 + 1e-7):
        assert not al.verify(replace(r, sponsor=wrong))
    m = al.StageGame(payoffs, payoffs.T).minmax(mixed=True)
    assert al.verify(m)
    assert not al.verify(replace(m, sponsor=m.sponsor + 1e-7))


def test_pooled_gains_round_like_the_larger_payoffs():
    # the sponsor's payoffs are of order 1, the proxy's of order 1e9, and a payment pools them
    game = al.StageGame([[0.3, 0.1], [0.7, 0.2]], [[3.1e9, 4.7e9], [1.3e9, 2.9e9]])
    r = al.critical_discount(game, enforcement=al.Transfers())
    assert 0 < r.dyad < 1
    assert al.verify(r), al.verify(r).witness


@pytest.mark.slow
def test_the_wrong_hardest_period_is_caught():
    shares = [Fraction(1, 2), Fraction(3, 5), Fraction(11, 20), Fraction(1, 5)]
    for power in (al.Power.from_share(shares), al.Power.from_share([float(x) for x in shares])):
        r = al.identified_discount(benchmark_game(conflict_cost=Fraction(1, 2)), power)
        assert r.hardest == 1
        assert al.verify(r), al.verify(r).witness
        for wrong in (0, 2, 3, -1):
            assert f"period {wrong} is not the hardest" in al.verify(replace(r, hardest=wrong)).witness


@functools.cache
def identified(kind, earlier):
    """From three breaks and what came before, in one type of numbers: it passes, as all rows below take for granted."""
    power = al.Power.from_share([kind(x) for x in (*earlier, Fraction(3, 5), Fraction(1, 2), Fraction(7, 20))])
    r = al.identified_discount(benchmark_game(conflict_cost=Fraction(1, 2)), power, broken_by="proxy")
    assert al.verify(r), al.verify(r).witness
    return r


@pytest.mark.sampled(1)
@pytest.mark.parametrize("error", quick([1e-7, 1e-5, 9e-3]))
@pytest.mark.parametrize("end", ["lower", "upper"])
@pytest.mark.parametrize("name", ["common", "proxy"])
def test_small_errors_of_intervals_are_caught(name, end, error):
    # δ in [3/5, 13/20) for both, [1/2, 13/20) for the proxy; an empty interval must have the right ends too
    for earlier in ((), (Fraction(7, 10),)):
        for kind in (Fraction, float):
            r = identified(kind, earlier)
            interval = getattr(r, name)
            for amount in (kind(error), -kind(error)):
                wrong = replace(r, **{name: replace(interval, **{end: getattr(interval, end) + amount})})
                assert f"{name}: δ = " in al.verify(wrong).witness


@pytest.mark.parametrize("kind", [Fraction, float])
@pytest.mark.parametrize("earlier", [(), (Fraction(7, 10),)], ids=["kept", "broken before"])
def test_an_end_for_who_did_not_break_is_caught(kind, earlier):
    r = identified(kind, earlier)
    assert "other player broke" in al.verify(replace(r, sponsor=replace(r.sponsor, upper=kind(0.9)))).witness


def test_identified_sets_rest_on_a_verified_certificate():
    r = al.identified_discount(benchmark_game(conflict_cost=0.5), al.Power.from_gap([0.3, 0.1, -0.3]))
    sponsor = r.critical.sponsor.copy()
    sponsor[1] *= 0.9
    assert al.verify(replace(r, critical=replace(r.critical, sponsor=sponsor))).witness.startswith("game (1,), sponsor")


def test_a_temptation_within_rounding_decides_nothing():
    # no temptation above the gap 0.35, and one of 5e-12 below, with nothing to lose: δ in [0, 1)
    def payoffs(power):
        t = np.where(np.asarray(power.gap) > 0.35, 0.0, 5e-12)
        one = np.ones_like(t)
        return [[(one, one), (one * 0, one + t)], [(one + t, one * 0), (one, one)]]

    r = al.identified_discount(al.CustomGame(payoffs), al.Power.from_gap([0.8, 0.5, 0.2]))
    assert (r.common.lower, r.common.upper) == (0, 1)
    assert al.verify(r), al.verify(r).witness
    assert not al.verify(replace(r, common=al.DiscountInterval(0.5, 1.0)))  # without any temptation there is no doubt


def test_only_results_can_be_verified():
    with pytest.raises(TypeError, match="verify"):
        al.verify(0.5)


# -- the count ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("passed", [0, 1, 2])
def test_one_check_that_passes_is_a_pass_and_none_is_not(passed):
    many = outcome(iter([(np.ones(3, dtype=bool), str)] * passed))
    single = outcome_of(iter([(True, "")] * passed))
    for found in (many, single):
        assert (found.ok, found.checks) == (passed > 0, passed)
    assert outcome(iter([(np.ones(0, dtype=bool), str)])).checks == 0
