"""Critical discount factors of single players from the gain of a deviation: at δ* nothing, below something, above less."""

from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.repeated.enforcement.optimal_penal_code import critical_discount_opc

NEAR = 1e-12
CONCEPTS = {
    "reversion": al.NashReversion(),
    "one period": al.FinitePunishment(1),
    "two periods": al.FinitePunishment(2),
    "five periods": al.FinitePunishment(5),
    "exact signals": al.ImperfectMonitoring(F(1, 20), F(1, 10)),
    "signals": al.ImperfectMonitoring(0.05, 0.1),
    "misses": al.ImperfectMonitoring(0, F(1, 4)),
    "false alarms": al.ImperfectMonitoring(F(1, 4), 0),
}
TEMPTATIONS = [F(0), F(1, 10), F(1), F(5, 2), F(4), F(9)]
LOSSES = [-F(1), F(0), F(1, 10), F(1), F(4), F(50)]


def rational(concept):
    """Whether Fractions give a Fraction."""
    return not isinstance(concept, al.FinitePunishment) or concept.periods == 1


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_deviation_gains_nothing_at_the_least_patience(name):
    concept = CONCEPTS[name]
    c, kinds = F(3), set()
    for temptation in TEMPTATIONS:
        for loss in LOSSES:
            d, w = c + temptation, c - loss
            delta = np.asarray(concept.least(float(temptation), float(loss), 0.0)).item()
            if not temptation:
                assert delta == 0 or loss < 0  # where the punishment is better than the path, it is for the caller to say
                kinds.add("none")
                continue
            gain = [float(concept.value_of_deviating(x, float(c), float(d), float(w))) for x in (1e-6, 0.5, 1 - 1e-6)]
            if loss > 0:
                assert bool(concept.deters(temptation, loss)) == (delta < 1)
            if delta == np.inf:
                assert min(gain) > 0  # however patient
                kinds.add("never")
                continue
            kinds.add("some")
            assert 0 < delta < 1
            for x, sign in ((delta, 0), (delta - 1e-4 * delta, 1), (delta + 1e-4 * (1 - delta), -1)):
                value = float(concept.value_of_deviating(x, float(c), float(d), float(w)))
                assert abs(value) < NEAR * 100 if sign == 0 else value * sign > 0
            if concept is not CONCEPTS["five periods"]:
                assert float(concept.closed_form(temptation, loss)) == pytest.approx(delta, rel=NEAR)
    assert kinds == {"none", "never", "some"}


@pytest.mark.parametrize("name", CONCEPTS)
def test_fractions_floats_and_arrays_agree(name):
    concept = CONCEPTS[name]
    t, loss = (np.array([[float(x) for x in row] for row in rows]) for rows in zip(*_grid(), strict=True))
    table = concept.least(t, loss, 0.0)
    for place in np.ndindex(t.shape):
        one = np.asarray(concept.least(float(t[place]), float(loss[place]), 0.0)).item()
        assert table[place] == one
        exact = np.asarray(concept.least(F(t[place]), F(loss[place]), 0)).item()
        if rational(concept) and name != "signals" and 0 < one < 1:
            assert isinstance(exact, F)
        assert float(exact) == pytest.approx(one, rel=NEAR)


def _grid():
    return [([x] * len(LOSSES[1:]), LOSSES[1:]) for x in TEMPTATIONS]


@pytest.mark.parametrize("name", CONCEPTS)
def test_what_is_within_the_tolerance_does_not_count(name):
    concept = CONCEPTS[name]
    tolerance = 1 / 8
    # a temptation of the tolerance is none, one above it is one
    assert np.asarray(concept.least(tolerance, 4.0, tolerance)).item() == 0
    assert np.asarray(concept.least(1.25 * tolerance, 4.0, tolerance)).item() > 0
    # a loss that outweighs the temptation by the tolerance deters nobody
    for spare, deters in ((tolerance / 2, False), (2 * tolerance, True)):
        alpha, beta = (float(getattr(concept, x, 0)) for x in ("false_alarm", "miss"))
        loss = (spare + (alpha if alpha or beta else 0) * 1.0) / (1 - alpha - beta)
        if isinstance(concept, al.FinitePunishment):
            loss = (1.0 + spare) / concept.periods
        assert (np.asarray(concept.least(1.0, loss, tolerance)).item() < 1) == deters


# -- optimal penal codes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("integer", [True, False])
def test_a_batch_of_penal_codes_is_its_games(integer):
    rng = np.random.default_rng([8, integer])
    games = 8
    a, b = rng.integers(0, 6, (2, games, 2, 2)).astype(float) if integer else rng.normal(size=(2, games, 2, 2))
    a[0], b[0] = [[9, 1], [10, 3]], [[9, 10], [1, 3]]
    for profile in ((0, 0), (1, 0)):
        batch = critical_discount_opc(al.StageGame(a, b), profile)
        for k in range(games):
            single = critical_discount_opc(al.StageGame(a[k], b[k]), profile)
            for name in ("sponsor", "proxy", "dyad"):
                assert getattr(batch, name)[k] == pytest.approx(getattr(single, name), abs=1e-9)
            assert single.dyad == max(single.sponsor, single.proxy)
            for one, other in zip(batch.punishments, single.punishments, strict=True):
                assert one[k] == pytest.approx(other, abs=1e-7, nan_ok=True)
            assert np.isnan(single.punishments[0]) == (not 0 < single.dyad < 1)
        assert not np.any(batch.exact)
    assert critical_discount_opc(al.StageGame(a[0], b[0])).dyad == pytest.approx(1 / 7, abs=NEAR * 10)
