"""Offers and payments of many dilemmas at once, with what the definitions give for each of them in Fractions."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.thresholds.allegiance import ANSWERS

# c, d, w of the sponsor and of the proxy: what each has on path, by betraying, and when both fight
ROWS = [
    ((9, 10, 3), (9, 10, 3)),
    ((6, 10, 3), (9, 11, 2)),
    ((9, 13, 4), (8, 9, 5)),
    ((5, 6, 1), (7, 13, 2)),
    ((4, 9, 3), (8, 15, 6)),
]
SPONSOR = [F(1, 2), F(2, 3), F(3, 4), F(1, 4), F(1, 5)]
PROXY = [F(1, 3), F(1, 2), F(4, 5), F(1, 20), F(1, 10)]
ALARM, MISS = F(1, 10), F(1, 5)


def dilemma(row: Any) -> al.StageGame:
    (c, d, w), (e, f, v) = row
    return al.StageGame([[c, 0], [d, w]], [[e, f], [0, v]])


BATCH = al.StageGame(*(np.stack([getattr(dilemma(row), x).astype(float) for row in ROWS]) for x in "AB"))
DELTAS = tuple(np.array([float(x) for x in deltas]) for deltas in (SPONSOR, PROXY))


def under_reversion(row: Any, _: F, delta: F) -> Any:
    c, d, w = row[1]
    offer = c - (1 - delta) / delta * (d - c)
    return offer if offer >= w else -np.inf  # an offer worth the punishment changes nothing


def under_two_periods(row: Any, _: F, delta: F) -> Any:
    c, d, w = row[1]
    holds = d - c <= (delta + delta**2) * (c - w)
    return c - (1 - delta) / delta * (d - c) if holds else -np.inf


def under_noise(row: Any, _: F, delta: F) -> Any:
    c, d, w = row[1]
    offer = c - (d - c) * (1 - delta * (1 - ALARM)) / (delta * (1 - ALARM - MISS))
    return offer if offer >= w else -np.inf


def under_transfers(row: Any, delta: F, _: F) -> Any:
    (c, d, w), (e, f, v) = row
    most = c + e - (1 - delta) * d - delta * w
    holds = c + e >= (1 - delta) * (d + f) + delta * (w + v)
    return min(most, (most - (1 - delta) * f) / delta) if holds else -np.inf


CONCEPTS = {
    "reversion": (al.NashReversion(), under_reversion),
    "two periods": (al.FinitePunishment(2), under_two_periods),
    "noise": (al.ImperfectMonitoring(ALARM, MISS), under_noise),
    "transfers": (al.Transfers(), under_transfers),
}


@pytest.mark.parametrize("name", CONCEPTS)
def test_the_switching_offer_of_each_dilemma(name):
    concept, formula = CONCEPTS[name]
    deltas = (SPONSOR, SPONSOR) if concept.pooled else (SPONSOR, PROXY)
    floats = tuple(np.array([float(x) for x in part]) for part in deltas)
    expected = [formula(row, s, p) for row, s, p in zip(ROWS, *deltas, strict=True)]
    found = al.switching_offer(BATCH, None, floats[0] if concept.pooled else floats, enforcement=concept)
    assert found.offer == pytest.approx(np.array([float(x) for x in expected]), abs=1e-12)
    assert [x.tolist() for x in found.discount] == [x.tolist() for x in floats]
    lost = sum(x == -np.inf for x in expected)
    assert 0 < lost < len(ROWS)
    assert found.message == f"5 games, in {lost} of them no alliance to leave."
    for k, row in enumerate(ROWS):
        one = al.switching_offer(dilemma(row), None, (deltas[0][k], deltas[1][k]), enforcement=concept)
        assert one.offer == expected[k]
        assert one.discount == (deltas[0][k], deltas[1][k])
        if one.offer != -np.inf and concept.exact:
            assert isinstance(one.offer, (int, F))


def test_switching_offers_as_a_table_a_record_and_text():
    found = al.switching_offer(BATCH, None, 0.5)
    offers = pytest.approx([8.0, 7.0, 7.0, -np.inf, -np.inf])
    assert found.to_frame().to_dict("list") == {"offer": offers, "path": [9.0, 9.0, 8.0, 7.0, 8.0]}
    assert str(found) == (
        "o* of 5 games (NashReversion(mixed=False))\n"
        "5 games, in 2 of them no alliance to leave.\n"
        "offer  path\n"
        "    8     9\n"
        "    7     9\n"
        "    7     8\n"
        " -inf     7\n"
        " -inf     8"
    )
    record = al.switching_offer(dilemma(ROWS[0]), None, (F(1, 3), F(1, 2))).to_dict()
    assert [record[name] for name in ("offer", "path", "discount")] == ["8", "9", ["1/3", "1/2"]]
    assert list(record) == ["offer", "path", "discount", "enforcement"]


@pytest.mark.parametrize("delta", [F(0), 0.0, F(1, 2), 0.5])
def test_whom_nothing_tempts_leaves_for_more_than_it_has(delta):
    stage = al.StageGame([[5, 1], [3, 2]], [[4, 3], [1, 2]])  # both lose by betraying
    assert al.switching_offer(stage, None, delta).offer == 4
    text = "The proxy changes sides for more than 4, what it has now: nothing tempts it to betray."
    assert al.switching_offer(stage, None, delta).message == text
    # what the sponsor has beyond what betraying and fighting give it is what it can pay: at δ = 0 it has 5 and could take 3
    paid = al.switching_offer(stage, None, delta, enforcement=al.Transfers()).offer
    deviation, punished = al.critical_discount(stage).terms.deviation, al.critical_discount(stage).terms.punished
    most = 5 + 4 - (1 - delta) * deviation[0] - delta * punished[0]
    assert paid == pytest.approx(float(most if delta == 0 else min(most, (most - (1 - delta) * deviation[1]) / delta)))


def test_an_impatient_proxy_that_is_tempted_has_no_switching_offer():
    for delta in (F(0), 0.0, np.array([0.0, 0.01])):
        assert np.all(np.asarray(al.switching_offer(dilemma(ROWS[0]), None, delta).offer) == -np.inf)


@pytest.mark.parametrize("exact", [False, True], ids=["payoffs in floats", "exact payoffs"])
@pytest.mark.parametrize("delta", [0.5, F(1, 2), (F(1, 2), 0.5)], ids=str)
def test_discount_factors_are_exact_only_where_everything_is(exact, delta):
    stage = dilemma(ROWS[0])
    stage = stage if exact else al.StageGame(stage.A.astype(float), stage.B.astype(float))
    kind = F if exact and delta == F(1, 2) and isinstance(delta, F) else float
    for found in (al.switching_offer(stage, None, delta), al.keeping_payment(stage, None, delta, 10)):
        assert [type(x) for x in found.discount] == [kind, kind]
        assert found.offer == (8 if isinstance(found, al.SwitchingOffer) else 10)
        assert type(found.offer) is kind


# -- payments --------------------------------------------------------------------------------------------------------------


def payment(row: Any, offer: F, sponsor: F, proxy: F) -> tuple[F, F, str]:
    """(need, limit, outcome), by the definition, where the proxy's punishment is worth less than what it has."""
    (c, d, w), (e, f, v) = row
    need = max(offer, (1 - proxy) * f + proxy * max(v, offer)) - e
    limit = c - (1 - sponsor) * d - sponsor * w
    if limit < 0:
        return need, limit, "sponsor breaks"
    if need <= 0:
        return need, limit, "stays"
    if need <= limit:
        return need, limit, "stays if paid"
    return need, limit, "changes sides" if offer >= v else "betrays"


OFFERS = [F(1), F(5), F(13, 2), F(8), F(10), F(12)]


def test_payments_of_each_dilemma_at_each_offer():
    offers = np.array([float(x) for x in OFFERS])[:, None]
    found = al.keeping_payment(BATCH, None, DELTAS, offers)
    assert found.code.shape == found.need.shape == found.limit.shape == found.offer.shape == (6, 5)
    seen = []
    for i, offer in enumerate(OFFERS):
        for k, row in enumerate(ROWS):
            need, limit, outcome = payment(row, offer, SPONSOR[k], PROXY[k])
            one = al.keeping_payment(dilemma(row), None, (SPONSOR[k], PROXY[k]), offer)
            assert (one.need, one.limit, one.offer, one.outcome) == (need, limit, offer, outcome)
            assert (one.payment, one.kept) == (max(need, 0), outcome in ("stays", "stays if paid"))
            assert one.discount == (SPONSOR[k], PROXY[k])
            assert (found.need[i, k], found.limit[i, k]) == (pytest.approx(float(need)), pytest.approx(float(limit)))
            assert found.payment[i, k] == pytest.approx(float(max(need, 0)))
            assert (found.outcome[i, k], found.offer[i, k], found.kept[i, k]) == (outcome, float(offer), one.kept)
            seen.append(outcome)
    assert set(seen) == set(ANSWERS)
    assert found.message == ", ".join(f"{name} {seen.count(name)}" for name in ANSWERS)
    record = al.keeping_payment(dilemma(ROWS[0]), None, F(1, 2), 10).to_dict()
    assert list(record) == ["payment", "need", "limit", "offer", "kept", "outcome", "discount"]
    assert [record[name] for name in ("payment", "limit", "outcome", "kept")] == ["1", "5/2", "stays if paid", True]


def test_axes_that_offers_or_discount_factors_alone_have_are_in_the_tables():
    axis = al.switching_offer(BATCH, None, np.array([[0.5], [0.75], [0.9]]))
    assert axis.to_frame()["path"].tolist() == [9.0, 9.0, 8.0, 7.0, 8.0] * 3
    assert str(axis).startswith("o* of 15 games (NashReversion(mixed=False))\n15 games, in 3 of them no alliance to leave.\n")
    paid = al.keeping_payment(BATCH, None, DELTAS, np.array([[1.0], [8.0]]))
    frame = paid.to_frame()
    assert frame["need"].tolist() == paid.need.ravel().tolist()
    assert frame["discount_sponsor"].tolist() == DELTAS[0].tolist() * 2
    assert frame["discount_proxy"].tolist() == DELTAS[1].tolist() * 2
    assert str(paid).startswith(f"{paid.message}\n")


@pytest.mark.parametrize(
    ("offer", "deltas", "message"),
    [
        (8, (F(1, 2), F(1, 2)), "The proxy stays unpaid: its rival's offer of 8 per period is not enough."),
        (10, (F(1, 2), F(1, 2)), "The proxy stays for 1 per period; its sponsor would pay up to 5/2."),
        (14, (F(1, 2), F(1, 2)), "The proxy changes sides: to stay it asks 5 per period, its sponsor pays at most 5/2."),
        (
            2,
            (F(3, 20), F(1, 100)),
            "The proxy betrays, offer or not: to stay it asks 93/100 per period, its sponsor pays at most 1/20.",
        ),
        (2, (F(1, 8), F(1, 2)), "The sponsor breaks the alliance itself: to keep it, it would need 1/8 more."),
    ],
)
def test_each_outcome_in_a_sentence(offer, deltas, message):
    assert al.keeping_payment(dilemma(ROWS[0]), None, deltas, offer).message == message


def test_a_sponsor_left_alone_has_what_is_said():
    row = ROWS[0]  # 9 − 10/2 − a/2
    for alone, limit in ((8, 0), (1, F(7, 2)), (-1, F(9, 2))):
        assert al.keeping_payment(dilemma(row), None, F(1, 2), 10, alone=alone).limit == limit
    assert al.keeping_payment(dilemma(row), None, F(1, 2), 2, alone=1).limit == F(5, 2)  # nobody leaves: it is fought
    many = al.keeping_payment(BATCH, None, 0.5, 10.0, alone=np.array([8.0, 1.0, -1.0, 0.0, 2.0]))
    assert many.limit.tolist() == [0.0, 0.5, 3.0, 2.0, -1.5]


def test_a_punishment_that_would_reward_the_proxy_is_not_carried_out():
    stage = al.StageGame([[5, 0], [6, 1]], [[2, 1], [3, 4]])  # to fight is worth 4 to the proxy, which has 2
    found = al.keeping_payment(stage, None, F(1, 2), 0)
    assert found.need == max(F(0), F(1, 2) * al.critical_discount(stage).terms.deviation[1] + F(1, 2) * 2) - 2


def test_mixed_equilibria_may_punish_where_that_is_asked():
    chicken = al.StageGame([[6, 2], [7, 0]], [[6, 7], [2, 0]])
    pure, mixed = (al.keeping_payment(chicken, None, 0.5, 1.0, mixed=mixed) for mixed in (False, True))
    assert pure.limit == pytest.approx(6 - 7 / 2 - 2 / 2)  # the sponsor's worst pure equilibrium gives it 2
    assert mixed.limit == pytest.approx(pure.limit)  # the mixed one, 14/3, is no worse
    pennies = al.StageGame([[6, -6, 0], [7, -1, 1], [7, 1, -1]], [[6, 7, 7], [-6, 1, -1], [0, -1, 1]])
    assert al.keeping_payment(pennies, None, 0.5, -9.0).limit == pytest.approx(
        6 - 7 / 2 - 6 / 2
    )  # no pure equilibrium punishes
    assert al.keeping_payment(pennies, None, 0.5, -9.0, mixed=True).limit == pytest.approx(6 - 7 / 2 - 0)


# -- along the gap ---------------------------------------------------------------------------------------------------------


def rising(power: al.Power) -> Any:
    """The first dilemma, in which the proxy has 9 at even power and as much more as the gap, times the total."""
    more = power.gap * (power.sponsor + power.proxy)
    zero = 0 * more
    return [[(9 + zero, 9 + more), (0 + zero, 10 + more)], [(10 + zero, 0 + zero), (3 + zero, 3 + zero)]]


@pytest.mark.parametrize("total", [1.0, 4.0])
def test_regions_end_where_the_payment_says(total):
    # δ = 1/2: need = (10 + g + max(3, o))/2 − 9 − g ≤ 0 from g = o − 8 on; limit 5/2: stays if paid from g = o − 13 on
    game = al.CustomGame(rising)
    for offer in (8.25, 8.5):
        edge = (offer - 8) / total
        found = al.allegiance_regions(game, 0.5, offer, (-0.5, 0.75), total=total, samples=51)
        assert [r.label for r in found] == ["stays if paid", "stays"]
        assert found[0].lower == -0.5
        assert (found[0].upper, found[1].lower, found[1].upper) == (pytest.approx(edge), pytest.approx(edge), 0.75)
    assert [r.label for r in al.allegiance_regions(game, 0.5, 8.0, (-0.5, 0.75), alone=8.5, total=total)] == ["sponsor breaks"]
    asked = al.allegiance_regions(game, (0.125, 0.5), 8.0, (-0.5, 0.75), total=total, samples=51)
    assert [r.label for r in asked] == ["sponsor breaks"]
    patient = al.allegiance_regions(game, (0.5, 0.75), 8.5, (-0.5, 0.75), total=total, samples=51)  # (10 + 3·o)/4 ≤ 9 + 3g/4
    assert patient[0].upper == pytest.approx((3 * 8.5 - 26) / 3 / total)
    assert patient.title == "allegiances of the proxy"


def test_a_discount_factor_that_is_1_as_a_float_is_refused_in_the_functions_name():
    nearly = 1 - F(1, 10**30)
    for name, ask in (
        ("switching_offer", lambda stage: al.switching_offer(stage, None, nearly)),
        ("keeping_payment", lambda stage: al.keeping_payment(stage, None, nearly, 8)),
    ):
        assert ask(dilemma(ROWS[0])).discount == (nearly, nearly)
        with pytest.raises(ValueError, match=rf"^{name}\(\): discount must lie below 1 as a float too"):
            ask(BATCH)


def test_what_regions_refuse():
    game = al.CustomGame(rising)
    for arguments, name in (
        ({"offer": np.array([8.0, 9.0])}, "offer"),
        ({"offer": 8.0, "alone": np.array([1.0, 2.0])}, "alone"),
    ):
        with pytest.raises(
            TypeError, match=rf"^allegiance_regions\(\): {name} must be one number or a function of power; got array"
        ):
            al.allegiance_regions(game, 0.5, **arguments)
    with pytest.raises(TypeError, match=r"^allegiance_regions\(\): offer must be a number"):
        al.allegiance_regions(game, 0.5, "much")
    with pytest.raises(
        ValueError, match=r"^keeping_payment\(\): alone must be None with mixed punishments; got Fraction\(1, 1\)$"
    ):
        al.keeping_payment(dilemma(ROWS[0]), None, 0.5, 9, alone=1, mixed=True)
    words = r"^keeping_payment\(\): offer and alone must be numbers for a StageGame, which knows no power; got "
    for options in ({"offer": lambda power: power.gap}, {"offer": 9, "alone": lambda power: power.gap}):
        with pytest.raises(TypeError, match=words):
            al.keeping_payment(dilemma(ROWS[0]), None, 0.5, **options)
    for options, name in (({"offer": 10**400}, "offer"), ({"offer": 9, "alone": 10**400}, "alone")):
        with pytest.raises(ValueError, match=rf"^keeping_payment\(\): {name} must lie within the range of floats"):
            al.keeping_payment(BATCH, None, 0.5, **options)
        assert al.keeping_payment(dilemma(ROWS[0]), None, F(1, 2), **options).limit < 3  # exact games have no such range
