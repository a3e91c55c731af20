"""Discount factors that a dated break identifies: closed forms, brute force, batches, errors."""

from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from tests.support import CONCEPTS, benchmark_game


def test_identified_interval_in_closed_form():
    # δ_S* = σ, δ_P* = 1 − σ: shares .7, .6, .5, .35 identify δ in [.7, .65) = empty; without the first in [.6, .65)
    game = benchmark_game(conflict_cost=Fraction(1, 2))
    shares = [Fraction(7, 10), Fraction(3, 5), Fraction(1, 2), Fraction(7, 20)]
    everything = al.identified_discount(game, al.Power.from_share(shares))
    assert everything.common.empty
    assert (everything.common.lower, everything.common.upper, everything.hardest) == (Fraction(7, 10), Fraction(13, 20), 0)
    assert "refuted" in everything.message
    assert everything.obstacles == (0,)
    late = al.identified_discount(game, al.Power.from_share(shares[1:]), broken_by="proxy")
    assert (late.common.lower, late.common.upper) == (Fraction(3, 5), Fraction(13, 20))
    assert (late.proxy.lower, late.proxy.upper) == (Fraction(1, 2), Fraction(13, 20))
    assert (late.sponsor.lower, late.sponsor.upper) == (Fraction(3, 5), 1)
    assert 0.62 in late.common
    assert 0.65 not in late.common
    assert al.verify(everything)
    assert al.verify(late)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
def test_identified_set_by_brute_force(concept):
    power = al.cases.load("gulf-zetas").power_series().power
    for cost in (0.05, 0.1, 0.15, 0.3):
        game = benchmark_game(conflict_cost=cost)
        found = al.identified_discount(game, power, enforcement=concept)
        dyad = al.critical_discount(game, power, enforcement=concept).dyad
        before, last = dyad[:-1].max(), dyad[-1]
        for delta in np.linspace(0, 0.9995, 400):
            consistent = before <= delta < last
            assert consistent == (delta in found.common)
        assert al.verify(found)


def test_a_batch_of_models_is_a_loop():
    power = al.cases.load("gulf-zetas").power_series().power
    costs = np.linspace(0.05, 0.45, 9)
    batch = al.identified_discount(benchmark_game(conflict_cost=costs[:, None]), power, broken_by="proxy")
    for k, cost in enumerate(costs):
        one = al.identified_discount(benchmark_game(conflict_cost=float(cost)), power, broken_by="proxy")
        for name in ("common", "sponsor", "proxy"):
            assert getattr(batch, name).lower[k] == pytest.approx(getattr(one, name).lower, abs=1e-14)
            assert getattr(batch, name).upper[k] == pytest.approx(getattr(one, name).upper, abs=1e-14)
        assert batch.hardest[k] == one.hardest
    assert len(batch.to_dict()["common"]["lower"]) == 9
    with pytest.raises(ValueError, match=r"DiscountInterval: 'in' is for one interval, not a batch of shape \(9,\)"):
        0.5 in batch.common  # noqa: B015
    with pytest.raises(ValueError, match=r'plot_identified\(\): interval must be "common", "sponsor" or "proxy"; got \'foo\''):
        batch.plot(costs, interval="foo")


def test_a_set_within_rounding_is_empty():
    # δ* = ½ in every period: [½, ½) whatever the rounding of the periods
    game = benchmark_game(contest=al.Tullock(1.0), conflict_cost=0.5)
    assert al.identified_discount(game, al.Power.from_gap(np.linspace(0.3, -0.2, 7))).common.empty


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"power": al.Power(1, 1)}, "power must hold at least two periods"),
        ({"power": 0.5}, "power must hold at least two periods"),
        ({"broken_by": "rival"}, "broken_by must be"),
        ({"broken_by": "proxy", "enforcement": al.Transfers()}, "broken_by must be None under"),
    ],
)
def test_bad_identification_is_named(arguments, message):
    given_ = {"power": al.Power.from_gap([0.5, 0.1])} | arguments
    with pytest.raises(ValueError, match=r"identified_discount\(\): " + message):
        al.identified_discount(benchmark_game(), **given_)
