"""Rival sponsors: closed forms against a brute-force search over everything a proxy can do, and the stories they tell."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import alliances as al
from alliances.testing.strategies import rationals
from alliances.thresholds.allegiance import ANSWERS
from tests.support import benchmark_game, small_fractions, stage_games

PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
INNER = (al.NashReversion(), al.FinitePunishment(2), al.ImperfectMonitoring(F(1, 20), F(1, 10)), al.Transfers())
OWN = INNER[:3]  # each player has a constraint of its own
offers = rationals(-1, 5, 12)
deltas = rationals(F(1, 20), F(19, 20), 40)
BARGAIN = al.presets.morrow_1991(synergy=al.Complementarity(2))


def dilemma(temptation, loss):
    """Both are tempted by ``temptation``, and lose ``loss`` in the one equilibrium."""
    c, d, w = 3, 3 + temptation, 3 - loss
    return al.StageGame([[c, w - 1], [d, w]], [[c, d], [w - 1, w]])


DILEMMAS = [dilemma(F(t), F(x)) for t in (F(1, 4), F(1, 2), 1) for x in (1, 2, 3)]
games = st.one_of(st.sampled_from(DILEMMAS), stage_games())


def best_reply_value(stage, profile, offer, delta, concept, paid=0.0):
    """(value of the path, most that the proxy can get) by dynamic programming over its whole decision problem.

    The sponsor keeps to the profile until the proxy is seen to deviate and then plays the proxy's worst stage equilibrium, for
    ever or for T periods. The proxy chooses in every period: leave for good, or stay and play any action.
    """
    i, j = profile
    b, delta, offer = stage.B.astype(float), float(delta), float(offer)
    nash = stage.pure_nash().profiles
    at = min(nash, key=lambda e: stage.B[e])
    periods = getattr(concept, "periods", None)
    alpha, beta = (float(getattr(concept, name, 0)) for name in ("false_alarm", "miss"))
    own = b[i].tolist()
    own[j] += paid
    punished = (1 - delta) * float(b[at[0]].max())

    def search(choose_on_path):
        path, punish = 0.0, [0.0] * (periods or 1)  # punish[k]: k periods of punishment are behind
        for _ in range(600):
            before = path, punish
            after = [*punish[1:], path] if periods else punish
            punish = [max(offer, punished + delta * v) for v in after]
            onward = [(1 - alpha) * path + alpha * punish[0], beta * path + (1 - beta) * punish[0]]
            worth = [(1 - delta) * own[k] + delta * onward[k != j] for k in range(len(own))]
            path = max(offer, *worth) if choose_on_path else worth[j]
            if (path, punish) == before:
                break
        return path

    return search(False), search(True)


def supported(stage, concept):
    return len(stage.pure_nash()) > 0 and (concept.exact or not stage.exact or isinstance(concept, al.FinitePunishment))


@pytest.mark.slow
@pytest.mark.parametrize("concept", OWN, ids=repr)
@settings(max_examples=60)
@given(stage=games, offer=offers, delta=deltas)
def test_the_proxy_stays_iff_nothing_it_can_do_is_better(concept, stage, offer, delta):
    assume(supported(stage, concept))
    r = al.critical_discount(stage, enforcement=al.OutsideOption(offer, concept))
    worst = min(stage.B[e] for e in stage.pure_nash().profiles)
    assume(worst <= stage.B[0, 0])  # else the punishment is a reward, and is not carried out
    path, best = best_reply_value(stage, (0, 0), offer, delta, concept)
    assume(abs(float(r.proxy) - float(delta)) > 1e-6)
    assert (r.proxy <= delta) == (best <= path + 1e-9)
    assert al.verify(r), al.verify(r).witness


@pytest.mark.sampled(2)
@pytest.mark.parametrize("delta", [F(1, 3), F(1, 2), F(3, 4), F(9, 10)])
@pytest.mark.parametrize("concept", OWN, ids=repr)
def test_just_below_the_switching_offer_the_proxy_stays_and_just_above_it_does_not(concept, delta):
    found = [al.switching_offer(stage, None, delta, enforcement=concept) for stage in DILEMMAS]
    assert 2 <= sum(f.offer > -np.inf for f in found)
    for stage, f in zip(DILEMMAS, found, strict=True):
        assert al.verify(f), al.verify(f).witness
        for step in (-1e-4, 1e-4):
            offer = -100.0 if f.offer == -np.inf else float(f.offer) + step
            path, best = best_reply_value(stage, (0, 0), offer, delta, concept)
            stays = f.offer > -np.inf and step < 0
            assert (best <= path + 1e-9) == stays
            assert (al.critical_discount(stage, enforcement=al.OutsideOption(offer, concept)).proxy <= delta) == stays


@pytest.mark.slow
@given(stage=games, offer=offers, alone=offers)
def test_under_nash_reversion_leaving_is_an_action_of_the_stage_game(stage, offer, alone):
    nash = stage.pure_nash().profiles
    assume(nash and offer >= min(stage.B[e] for e in nash))
    option = al.critical_discount(stage, enforcement=al.OutsideOption(offer, alone=alone))
    action = al.critical_discount(al.with_exit(stage, offer, alone))
    assert (option.sponsor, option.proxy) == (action.sponsor, action.proxy)
    assert al.verify(option), al.verify(option).witness


@settings(max_examples=15)
@given(stage=stage_games(most=2), offer=offers, alone=offers)
def test_optimal_penal_codes_with_an_exit_ask_for_no_more(stage, offer, alone):
    nash = stage.pure_nash().profiles
    assume(nash and offer >= min(stage.B[e] for e in nash))
    option = al.critical_discount(stage, enforcement=al.OutsideOption(offer, alone=alone))
    code = al.critical_discount(al.with_exit(stage, offer, alone), enforcement=al.OptimalPenalCode())
    assert code.dyad <= option.dyad + F(1, 1 << 30)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", INNER, ids=repr)
@given(stage=games, offer=offers, more=small_fractions)
def test_a_higher_offer_never_makes_it_easier(concept, stage, offer, more):
    low, high = (al.critical_discount(stage, enforcement=al.OutsideOption(o, concept)) for o in (offer, offer + more))
    assert low.dyad <= high.dyad
    assert low.proxy <= high.proxy


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", INNER, ids=repr)
@given(stage=games)
def test_an_offer_below_the_minmax_changes_nothing(concept, stage):
    minmax = stage.minmax().proxy
    base = al.critical_discount(stage, enforcement=concept)
    for offer in (minmax, minmax - 10**9):
        r = al.critical_discount(stage, enforcement=al.OutsideOption(offer, concept))
        assert (r.sponsor, r.proxy) == (base.sponsor, base.proxy)


def test_under_side_payments_leaving_caps_what_the_proxy_can_be_made_to_pay():
    # the proxy, who is not tempted, pays its sponsor, who is, and no more than what it has above its outside option
    stage = al.StageGame([[1, 0], [3, 2]], [[4, 4], [0, 2]])
    free = al.critical_discount(stage, enforcement=al.Transfers())
    held = al.critical_discount(stage, enforcement=al.OutsideOption(F(3, 2), al.Transfers()))
    bound = al.critical_discount(stage, enforcement=al.OutsideOption(F(7, 2), al.Transfers()))
    assert (free.dyad, held.dyad, bound.dyad) == (F(2, 3), F(2, 3), np.inf)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", INNER, ids=repr)
@given(stage=games, offer=offers, alone=st.one_of(st.none(), offers), a=st.fractions(F(1, 9), 9), b=st.fractions(-9, 9))
def test_the_unit_and_the_zero_of_payoffs_do_not_matter(concept, stage, offer, alone, a, b):
    if isinstance(concept, al.FinitePunishment):
        alone = None
    moved = al.StageGame(stage.A * a + b, stage.B * a + b)
    before = al.critical_discount(stage, enforcement=al.OutsideOption(offer, concept, alone))
    shifted = al.OutsideOption(offer * a + b, concept, None if alone is None else alone * a + b)
    after = al.critical_discount(moved, enforcement=shifted)
    for x, y in ((before.sponsor, after.sponsor), (before.proxy, after.proxy)):
        assert x == y or abs(x - y) < 1e-9
    at = [al.switching_offer(g, None, F(3, 5), enforcement=concept).offer for g in (stage, moved)]
    assert at[0] * a + b == at[1] or abs(at[0] * a + b - at[1]) < 1e-9
    pay = [al.keeping_payment(stage, None, F(3, 5), offer), al.keeping_payment(moved, None, F(3, 5), offer * a + b)]
    assert (pay[0].need * a, pay[0].limit * a, pay[0].outcome) == (pay[1].need, pay[1].limit, pay[1].outcome)


# -- the switching offer -----------------------------------------------------------------------------------------------


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", INNER, ids=repr)
@given(stage=games, delta=deltas)
def test_the_proxy_stays_at_the_switching_offer_and_not_above(concept, stage, delta):
    found = al.switching_offer(stage, None, delta, enforcement=concept)
    assert al.verify(found), al.verify(found).witness
    tiny = F(1, 10**9)

    def holds(offer):
        r = al.critical_discount(stage, enforcement=al.OutsideOption(offer, concept))
        return r.proxy <= delta + tiny / 100

    if found.offer == -np.inf:
        assert not al.critical_discount(stage, enforcement=concept).proxy <= delta
        return
    if concept.exact:
        assert isinstance(found.offer, F)
        assert holds(found.offer)
    exact = F(found.offer)
    assert holds(exact - tiny)
    assert not holds(exact + 100 * tiny)
    if not concept.pooled:
        assert found.offer <= stage.B[0, 0] + 1e-12


def test_switching_offers_in_closed_form():
    # c = 9, d = 10, w = 3 for both; δ = 1/2, so betrayal is worth 1 today: o* = 9 − 1
    half = F(1, 2)
    assert al.switching_offer(PD, None, half).offer == 8
    assert al.switching_offer(PD, None, half, enforcement=al.FinitePunishment(3)).offer == 8
    noisy = al.ImperfectMonitoring(F(1, 10), F(1, 5))  # 9 − (1 − ½·9/10)/(½·7/10)
    assert al.switching_offer(PD, None, half, enforcement=noisy).offer == F(52, 7)
    assert al.switching_offer(PD, None, half, enforcement=al.Transfers()).offer == F(23, 2)  # 18 − 5 − 3/2
    assert al.switching_offer(PD, None, F(1, 8)).offer == -np.inf  # δ* = 1/7: no alliance to leave
    assert al.switching_offer(PD, None, F(1, 7)).offer == 3  # just held together by the fear of 3
    assert al.switching_offer(PD, None, F(3, 4), profile=(1, 1)).offer == 3  # nothing tempts: up to what it has
    assert al.switching_offer(PD, None, F(0), profile=(1, 1)).offer == 3
    many = al.switching_offer(PD, None, np.array([0.1, 0.5, 0.75]))
    assert many.offer.tolist() == pytest.approx([-np.inf, 8, 9 - 1 / 3])
    assert "in 1 of them no alliance" in many.message
    assert al.switching_offer(PD, None, (F(9, 10), half)).offer == 8  # the proxy's patience decides
    wrong = replace(al.switching_offer(PD, None, half), offer=F(9))
    assert "proxy: gains" in al.verify(wrong).witness
    assert "stays for more" in al.verify(replace(wrong, offer=F(7))).witness
    assert "stays without an offer" in al.verify(replace(wrong, offer=-np.inf)).witness


# -- what keeps the proxy ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=40)
@given(stage=games, offer=offers, delta=deltas)
def test_the_least_payment_keeps_the_proxy_and_no_less_does(stage, offer, delta):
    nash = stage.pure_nash().profiles
    assume(nash and min(stage.B[e] for e in nash) <= stage.B[0, 0] and min(stage.A[e] for e in nash) <= stage.A[0, 0])
    found = al.keeping_payment(stage, None, delta, offer)
    assert al.verify(found), al.verify(found).witness
    path, best = best_reply_value(stage, (0, 0), offer, delta, al.NashReversion(), float(found.payment))
    assert best <= path + 1e-9
    if found.payment > F(1, 1000):
        path, best = best_reply_value(stage, (0, 0), offer, delta, al.NashReversion(), float(found.payment) * 0.99)
        assert best > path + 1e-9


@given(stage=games, offer=offers, delta=deltas)
def test_a_payment_exists_iff_pooled_constraints_hold(stage, offer, delta):
    # the second way to the answer: side payments of either sign, constraints added up
    nash = stage.pure_nash().profiles
    assume(nash and min(stage.B[e] for e in nash) <= stage.B[0, 0] and min(stage.A[e] for e in nash) <= stage.A[0, 0])
    found = al.keeping_payment(stage, None, delta, offer)
    pooled = al.critical_discount(stage, enforcement=al.OutsideOption(offer, al.Transfers()))
    assert (found.need <= found.limit) == (pooled.dyad <= delta)
    if found.kept:
        assert pooled.dyad <= delta
    unpaid = al.critical_discount(stage, enforcement=al.OutsideOption(offer))
    assert (found.outcome == "stays") == (max(unpaid.sponsor, unpaid.proxy) <= delta)
    assert (found.outcome == "sponsor breaks") == (unpaid.sponsor > delta)


def test_payments_in_closed_form():
    half = F(1, 2)  # limit: 9 − 10/2 − 3/2; need: (10 + o)/2 − 9, for o ≥ 10 o − 9
    rows = [(o, al.keeping_payment(PD, None, half, o)) for o in (-5, 8, 10, F(23, 2), 14)]
    assert [r.need for _, r in rows] == [F(-5, 2), 0, 1, F(5, 2), 5]
    assert {r.limit for _, r in rows} == {F(5, 2)}
    assert [r.outcome for _, r in rows] == ["stays", "stays", "stays if paid", "stays if paid", "changes sides"]
    assert [r.payment for _, r in rows] == [0, 0, 1, F(5, 2), 5]
    assert al.keeping_payment(PD, None, (half, F(1, 8)), 2).outcome == "stays if paid"  # impatient: paid not to betray
    assert al.keeping_payment(PD, None, (F(3, 20), F(1, 100)), 2).outcome == "betrays"
    assert al.keeping_payment(PD, None, (F(1, 8), half), 2).outcome == "sponsor breaks"
    left = al.keeping_payment(PD, None, half, 10, alone=8)  # to lose its proxy would cost it less: it pays less
    assert (left.limit, left.outcome) == (0, "changes sides")
    found = rows[2][1]
    assert found.to_dict()["payment"] == "1"
    assert "though said to be kept" in al.verify(replace(found, need=F(1, 2))).witness
    assert "would stay for less" in al.verify(replace(found, need=F(2))).witness
    assert "though the proxy is said to be lost" in al.verify(replace(found, code=2)).witness
    assert "when it pays its limit" in al.verify(replace(found, limit=F(3))).witness


def test_messages_say_why():
    offered = al.critical_discount(PD, enforcement=al.OutsideOption(F(19, 2)))
    assert offered.message == "No patience suffices: the proxy is offered 19/2, more than the 9 it has."
    equal = al.critical_discount(PD, enforcement=al.OutsideOption(9))
    assert equal.message == "No patience suffices: punishment does not deter the proxy."
    held = al.switching_offer(PD, None, F(1, 2))
    assert held.to_dict()["offer"] == "8"
    assert str(held).startswith("o* 8 (NashReversion(mixed=False))\n")
    assert "nothing tempts it" in al.switching_offer(PD, None, F(1, 2), profile=(1, 1)).message
    assert "does not hold even without" in al.switching_offer(PD, None, F(1, 8)).message


def test_being_left_alone_replaces_what_the_proxy_would_not_carry_out():
    # (fight, fight) gives the proxy 3 < o: it leaves instead, and its sponsor gets what it gets alone
    for alone, loss in ((1, 8), (3, 6), (8, 1)):
        r = al.critical_discount(PD, enforcement=al.OutsideOption(5, alone=alone))
        assert r.sponsor == F(1, 1 + loss)
        assert r.punishment_labels[0] is None
    kept = al.critical_discount(PD, enforcement=al.OutsideOption(2, alone=1))
    assert kept.sponsor == F(1, 7)
    assert kept.punishment_labels == (("1", "1"), ("1", "1"))


# -- offers that depend on power ---------------------------------------------------------------------------------------


def test_an_offer_may_be_a_function_of_power_everywhere():
    offer = al.RivalOffer(BARGAIN, 0.6)
    concept = al.OutsideOption(offer)
    gaps = np.array([-0.4, 0.0, 0.3, 0.6, 0.8])
    powers = al.Power.from_gap(gaps)
    many = al.critical_discount(BARGAIN, powers, enforcement=concept)
    for k, gap in enumerate(gaps):
        power = al.Power.from_gap(float(gap))
        number = al.OutsideOption(float(offer(power)))
        assert al.critical_discount(BARGAIN, power, enforcement=number).proxy == pytest.approx(many.proxy[k])
    assert al.verify(many), al.verify(many).witness
    assert al.regimes(BARGAIN, powers, 0.9, enforcement=concept).code.tolist() == (many.dyad > 0.9).astype(int).tolist()
    assert al.regime_map(BARGAIN, gaps, [1, 2], 0.9, enforcement=concept).code.shape == (2, 5)
    assert np.array_equal(al.identified_discount(BARGAIN, powers, enforcement=concept).critical.dyad, many.dyad)
    found = al.defection_threshold(BARGAIN, 0.9, enforcement=concept, domain=(0.0, 0.9))
    assert al.verify(found), al.verify(found).witness
    assert found.defector == "proxy"
    curves = {line.get_label(): line for line in al.plotting.plot_critical(BARGAIN, enforcement=concept).get_lines()}
    assert np.interp(gaps[2:], *curves["proxy δ*"].get_data()) == pytest.approx(many.proxy[2:], abs=1e-4)
    assert al.punishment_regions(BARGAIN, "proxy", (0.0, 0.9), enforcement=concept)[0].label is None
    with pytest.raises(TypeError, match="offer depends on power"):
        al.critical_discount(PD, enforcement=concept)


def test_at_which_gap_the_proxy_changes_sides():
    # bargaining, m = 1, v = 2: c_P = (1 + γ)/2, c_S = (1 + 3γ)/2, and the rival, with r + p times the stake, offers
    # (r + p)(1 + γ_r)/2 with γ_r = (r − p)/(r + p)
    def terms(gap, r=0.8):
        p = (1 - gap) / 2
        return (1 + gap) / 2, (1 + 3 * gap) / 2, (r + p) * (1 + (r - p) / (r + p)) / 2, p

    found = al.allegiance_regions(BARGAIN, 0.9, al.RivalOffer(BARGAIN, 0.8), (0.0, 0.89))
    assert [r.label for r in found] == ["changes sides", "stays if paid", "stays"]
    c_p, c_s, offer, p = terms(found[1].upper)
    betrayal = c_p + 0.8 * p * c_s  # τ = 0.8, q = p
    assert offer == pytest.approx(c_p - (betrayal - c_p) / 9, abs=1e-9)  # o* at δ = 0.9
    unpaid = al.OutsideOption(al.RivalOffer(BARGAIN, 0.8))
    edge = al.defection_threshold(BARGAIN, 0.9, enforcement=unpaid, domain=(0.0, 0.89))
    assert (edge.gap, edge.defector) == (pytest.approx(found[1].upper, abs=1e-9), "proxy")
    for region in found:
        middle = al.Power.from_gap((region.lower + region.upper) / 2)
        assert al.keeping_payment(BARGAIN, middle, 0.9, al.RivalOffer(BARGAIN, 0.8)).outcome == region.label
    # a rival as strong as the sponsor offers what the sponsor gives; a proxy that is tempted to betray asks to be paid besides
    same = al.keeping_payment(BARGAIN, al.Power.from_gap(0.6), 0.9, al.RivalOffer(BARGAIN, 0.8))
    assert same.offer == pytest.approx(0.8)
    assert same.outcome == "stays if paid"


def test_common_threat_and_outside_option_both_enter():
    # what an enemy in common adds raises what the proxy has, and so the offer at which it changes sides
    plain, threat = (benchmark_game(synergy=v) for v in (al.ConstantSynergy(0), al.CommonThreat(1, rival=2)))
    power = al.Power(2, 1)
    low, high = (al.switching_offer(g, power, F(9, 10)).offer for g in (plain, threat))
    added = F(3, 5) - F(1, 2)
    assert high == low * (1 + added)  # c_P and d_P are in proportion to 1 + V
    assert al.keeping_payment(plain, power, F(9, 10), low + F(1, 1000)).outcome != "stays"
    assert al.keeping_payment(threat, power, F(9, 10), low + F(1, 1000)).need < 0


WORDS = {  # how the message of each outcome begins
    "stays": "The proxy stays unpaid: ",
    "stays if paid": "The proxy stays for ",
    "changes sides": "The proxy changes sides: ",
}


def test_outcomes_of_a_batch_are_a_loop():
    sponsors = np.array([8.0, 5.0, 4.0, 1.5, 1.0])
    offer = al.RivalOffer(BARGAIN, 4)
    found = al.keeping_payment(BARGAIN, al.Power(sponsors, 1.0), 0.9, offer)
    assert found.outcome.tolist() == ["stays", "stays", "stays if paid", "changes sides", "changes sides"]
    assert al.verify(found), al.verify(found).witness
    for k, s in enumerate(sponsors):
        one = al.keeping_payment(BARGAIN, al.Power(float(s), 1.0), 0.9, offer)
        assert (one.need, one.limit, one.code) == (pytest.approx(found.need[k]), pytest.approx(found.limit[k]), found.code[k])
        assert (one.outcome, one.message[: len(WORDS[one.outcome])]) == (found.outcome[k], WORDS[one.outcome])
    assert found.offer.shape == found.need.shape == (5,)
    assert found.message == "stays 2, stays if paid 1, changes sides 2"
    assert str(found).startswith(f"{found.message}\n")
    assert [ANSWERS.index(name) for name in found.outcome] == found.code.tolist() == [0, 0, 1, 2, 2]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: al.OutsideOption("much"), TypeError, r"OutsideOption\(\): offer must be a number"),
        (lambda: al.OutsideOption(float("inf")), ValueError, "offer must be finite"),
        (lambda: al.OutsideOption(1, al.OptimalPenalCode()), TypeError, "enforcement must be an instance of NashReversion"),
        (lambda: al.OutsideOption(1, al.Transfers("optimal")), TypeError, "for optimal penal codes see with_exit"),
        (lambda: al.OutsideOption(1, al.FinitePunishment(2), alone=1), ValueError, "alone must be None unless"),
        (lambda: al.OutsideOption(1, al.NashReversion(mixed=True), alone=1), ValueError, "alone must be None unless"),
        (lambda: al.RivalOffer(3, 1), TypeError, r"RivalOffer\(\): game must be a model"),
        (lambda: al.RivalOffer(BARGAIN, 0), ValueError, "rival must be positive and finite; got 0"),
        (lambda: al.rival_offer(lambda power: 3, 1, al.Power(1, 1)), TypeError, "game must return a model"),
        (lambda: al.rival_offer(BARGAIN, 1, 0.5), TypeError, "power must be a Power"),
        (lambda: al.switching_offer(PD, None, 1.0), ValueError, r"switching_offer\(\): discount must lie in \[0, 1\)"),
        (lambda: al.switching_offer(PD, al.Power(1, 1), 0.5), TypeError, "power must be None for a StageGame"),
        (lambda: al.switching_offer(BARGAIN, None, 0.5), TypeError, r"switching_offer\(\): power must be a Power"),
        (lambda: al.switching_offer(PD, None, (0.5, 0.6), enforcement=al.Transfers()), ValueError, "must be common"),
        (lambda: al.switching_offer(PD, None, (0.5, 0.6, 0.7)), ValueError, "one number or a pair"),
        (lambda: al.switching_offer(PD, None, 0.5, profile=(0, 5)), ValueError, r"switching_offer\(\): profile's indices"),
        (lambda: al.keeping_payment(PD, al.Power(1, 1), 0.5, 9), TypeError, r"keeping_payment\(\): power must be None"),
        (
            lambda: al.keeping_payment(None, None, 0.5, 9),
            TypeError,
            r"keeping_payment\(\): game must be a StageGame or a model",
        ),
        (
            lambda: al.keeping_payment(PD, None, (np.array([0.5, 0.6]), np.array([0.5, 0.6, 0.7])), 9),
            ValueError,
            r"keeping_payment\(\): discount must be a pair of arrays of one length",
        ),
        (lambda: al.keeping_payment(PD, None, 0.5, None), TypeError, "offer must be a number"),
        (lambda: al.allegiance_regions(BARGAIN, np.array([0.5, 0.6]), 0.2), TypeError, "discount must be one number or a pair"),
        (lambda: al.with_exit(BARGAIN, 1, 1), TypeError, r"with_exit\(\): stage must be a StageGame"),
        (lambda: al.with_exit(PD, [1, 2, 3], [1, 2]), ValueError, "must broadcast"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
