"""Levels of liquidity, values and payments of contracts: small games against the slow elimination of profiles."""

import math
import re
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
import sympy

from alliances import StageGame
from alliances.repeated.contracts.liquidity import (
    contract_values,
    critical_of,
    critical_of_all,
    critical_transfers_optimal,
    levels,
    penal_codes_of,
    punished_at,
)
from alliances.repeated.contracts.payments import payments
from tests.contract_support import PD, PENNIES, as_float, brute_force, outcome

TINY = F(1, 10**9)
NEAR = 1e-9


def random_games(seed, count, *shapes):
    """Integer games with levels of their own for both players, so that bases matter."""
    rng = np.random.default_rng(seed)
    for k in range(count):
        m, n = shapes[k % len(shapes)]
        yield StageGame(rng.integers(-3, 6, (m, n)) + 20, rng.integers(-3, 6, (m, n)) - 7)


GAMES = [*random_games(0, 12, (2, 2), (2, 3), (3, 2), (1, 3)), PD, PENNIES]


def kept_always(stage, profile, delta):
    """Whether a profile is played in every period: the sum of both conditions, with what elimination leaves."""
    kept = brute_force(stage, delta)
    if not kept:
        return False
    _, v_s, v_p = outcome(stage, kept)
    return (1 - delta) * sum(stage.best_deviations(profile)) + delta * (v_s + v_p) <= sum(stage.payoffs(profile))


@pytest.mark.parametrize("stage", GAMES, ids=range(len(GAMES)))
def test_critical_discount_factors_by_elimination(stage):
    sublevels = levels(stage)
    tables = {every: critical_of_all(stage, sublevels, every) for every in (True, False)}
    rough = as_float(stage)
    for profile in product(*map(range, stage.shape)):
        flat = profile[0] * stage.shape[1] + profile[1]
        for every in (True, False):
            critical = critical_transfers_optimal(stage, profile, every_period=every)
            assert critical == critical_of(stage, sublevels, flat, every) == tables[every][profile]
            assert float(critical) == pytest.approx(critical_transfers_optimal(rough, profile, every_period=every), abs=NEAR)
            kept = (
                (lambda d, a=profile: kept_always(stage, a, d)) if every else (lambda d, a=profile: a in brute_force(stage, d))
            )
            if critical == math.inf:
                assert not kept(1 - TINY)
                continue
            assert isinstance(critical, F)
            assert kept(critical)
            assert critical == 0 or not kept(critical - TINY)
        assert tables[True][profile] >= tables[False][profile]
        assert critical_transfers_optimal(stage, profile) == tables[True][profile]  # the default


@pytest.mark.parametrize("stage", GAMES, ids=range(len(GAMES)))
def test_levels_and_values_by_elimination(stage):
    found = levels(stage)
    m, n = stage.shape
    gains = {
        (i, j): stage.A[:, j].max() - stage.A[i, j] + stage.B[i].max() - stage.B[i, j] for i, j in product(range(m), range(n))
    }
    assert found.requirement.tolist() == sorted(gains.values())
    assert [gains[divmod(int(k), n)] for k in found.order] == found.requirement.tolist()
    assert (found.slack == 0).all()
    assert [x.item() for x in found.base] == [stage.A.min(), stage.B.min()]
    assert found.tolerance.tolist() == [0]
    for k in range(m * n):
        joint, v_s, v_p = outcome(stage, {divmod(int(x), n) for x in found.order[: k + 1]})
        low_s, low_p = (x.item() for x in found.base)
        assert (found.joint[k], found.sponsor[k], found.proxy[k]) == (joint - low_s - low_p, v_s - low_s, v_p - low_p)
    thresholds = sorted({x for x in found.critical if x < 1})
    discounts = sorted({F(1, 100), F(1, 2), 1 - TINY, *thresholds, *(x - TINY for x in thresholds if x > 0)})
    for delta in discounts:
        kept = brute_force(stage, delta)
        values = contract_values(stage, delta)
        assert (values.joint, values.sponsor, values.proxy) == outcome(stage, kept)
        assert values.exists is bool(kept)
        assert punished_at(found, delta) == (values.sponsor, values.proxy)
    # all discount factors at once, in exact numbers and in floats; just below a threshold by more than the slack
    together = contract_values(stage, discounts)
    rough = contract_values(as_float(stage), [float(x) for x in discounts])
    for k, delta in enumerate(discounts):
        expected = outcome(stage, brute_force(stage, delta))
        for x in (together, rough):
            assert [float(y[k]) for y in (x.joint, x.sponsor, x.proxy)] == pytest.approx([float(y) for y in expected], abs=NEAR)
            assert bool(x.exists[k]) is (expected[0] > -math.inf)


def test_penal_codes_as_players_become_patient():
    seen = set()
    for stage in GAMES:
        kept = brute_force(stage, 1 - TINY)
        sublevels, payoffs, profiles = penal_codes_of(stage)
        assert payoffs == outcome(stage, kept)[1:]
        seen.add(bool(kept))
        for i in (0, 1):
            profile = tuple(int(x) for x in profiles[i])
            if not kept:
                assert profile == (-1, -1)
                continue
            assert profile in kept
            assert stage.best_deviations(profile)[i] == payoffs[i]
            # of several the first in the order of requirements
            order = [divmod(int(k), stage.shape[1]) for k in sublevels.order]
            assert profile == next(a for a in order if stage.best_deviations(a)[i] == payoffs[i])
    assert seen == {True, False}


def test_a_batch_is_a_loop():
    stages = [*random_games(4, 11, (2, 3)), StageGame([[1, -1, 0], [-1, 1, 0]], [[-1, 1, -2], [1, -1, -2]])]
    a, b = (np.stack([x.astype(float) for x in part]) for part in ([s.A for s in stages], [s.B for s in stages]))
    batch = StageGame(a.reshape(3, 4, 2, 3), b.reshape(3, 4, 2, 3))
    _, payoffs, profiles = penal_codes_of(batch)
    discount = F(2, 5)
    values, paid = contract_values(batch, 0.4), payments(batch, 0.4, (0, 1), share=F(1, 4))
    assert payoffs[0].shape == (3, 4)
    assert profiles[0].shape == (3, 4, 2)
    for k, stage in enumerate(stages):
        at = divmod(k, 4)
        _, single, pairs = penal_codes_of(stage)
        value, pay = contract_values(stage, discount), payments(stage, discount, (0, 1), share=F(1, 4))
        for i in (0, 1):
            assert float(single[i]) == pytest.approx(payoffs[i][at])
            assert pairs[i].tolist() == profiles[i][at].tolist()
        for every, profile in product((True, False), ((0, 1), (1, 2))):
            exact = critical_transfers_optimal(stage, profile, every_period=every)
            assert critical_transfers_optimal(batch, profile, every_period=every)[at] == pytest.approx(float(exact), abs=NEAR)
        for name in ("joint", "sponsor", "proxy"):
            assert float(getattr(value, name)) == pytest.approx(getattr(values, name)[at])
        for name in ("least", "most", "transfer", "upfront", "sponsor", "proxy", "sponsor_punishment", "proxy_punishment"):
            assert float(getattr(pay, name)) == pytest.approx(getattr(paid, name)[at], nan_ok=True)
        assert pay.sustainable is bool(paid.sustainable[at])
        assert pay.payer == paid.payer[at]


def test_the_slack_of_floats_is_the_tolerance_over_the_level_that_counts():
    # the Prisoners' Dilemma: the second level has L = 2 and W = 12, its critical discount factor 1/7 = 2/14
    game = as_float(PD)
    found = levels(game)
    assert found.critical == pytest.approx([0, 1 / 7, 1 / 7, 1 / 7])  # the four requirements are 0, 2, 2, 2
    tolerance = sum(float(x) for x in game.tolerance)
    assert found.tolerance.tolist() == [tolerance]
    for critical, slack, requirement in zip(found.critical, found.slack, found.requirement, strict=True):
        if 0 < critical < math.inf:
            # the level that attains the running minimum: L + W = L/δ*, of the least L ≥ this with that quotient
            attained = [x for x, c in zip(found.requirement, found.critical, strict=True) if x >= requirement and c == critical]
            assert slack in [pytest.approx(2 * tolerance * critical / x) for x in attained]
        else:
            assert slack == 0


@pytest.mark.parametrize("share", [F(0), F(1, 3), F(1)])
def test_payments_by_their_conditions(share):
    kinds = set()
    for stage in (*GAMES[:5], PD):
        for profile, delta in product(product(*map(range, stage.shape)), (F(0), F(1, 4), F(7, 10))):
            paid = payments(stage, delta, profile, share)
            possible = (
                kept_always(stage, profile, delta)
                if delta
                else sum(stage.best_deviations(profile)) == sum(stage.payoffs(profile))
            )
            assert paid.sustainable is possible
            kinds.add(paid.payer)
            assert (paid.profile, paid.discount, paid.share) == (profile, delta, share)
            if not possible:
                assert paid.payer == "none"
                assert all(math.isnan(getattr(paid, x)) for x in ("least", "most", "transfer", "upfront", "sponsor", "proxy"))
                assert paid.message == f"No payments keep the profile {profile} at discount factor {delta}."
                continue
            g, d, v = stage.payoffs(profile), stage.best_deviations(profile), (paid.sponsor_punishment, paid.proxy_punishment)
            surplus = sum(g) - sum(v)
            # the proxy is just willing at the least, the sponsor at the most
            assert g[1] + paid.least == (1 - delta) * d[1] + delta * v[1]
            assert g[0] - paid.most == (1 - delta) * d[0] + delta * v[0]
            assert paid.least == paid.loyalty_wage <= paid.transfer <= paid.most
            assert paid.transfer == (1 - share) * paid.least + share * paid.most
            assert (paid.sponsor, paid.proxy) == (v[0] + (1 - share) * surplus, v[1] + share * surplus)
            # the average of f once and g + t for ever
            assert paid.proxy == (1 - delta) * paid.upfront + g[1] + paid.transfer
            assert paid.sponsor == -(1 - delta) * paid.upfront + g[0] - paid.transfer
            assert paid.payer == ("sponsor" if paid.transfer > 0 else "proxy" if paid.transfer < 0 else "nobody")
    assert kinds >= {"none", "sponsor", "proxy"}


def test_what_payments_say():
    patron = StageGame([[8, 1], [9, 2]], [[1, 3], [0, 2]], actions=("ally", "fight"))
    # d = (9, 3), v = (2, 2): t between 3/2 and 5/2, f = 7σ − (1 − σ), u_P = 2 + 5σ
    limits = "(from sponsor to proxy: at least 3/2, at most 5/2)"
    for share, sentence in (
        (F(0), f"pays the proxy 3/2 in each period {limits}, after 1 from the proxy at the start; average payoffs 7 and 2."),
        (F(1, 8), f"pays the proxy 13/8 in each period {limits}; average payoffs 51/8 and 21/8."),
        (F(1), f"pays the proxy 5/2 in each period {limits}, after 7 from the sponsor at the start; average payoffs 2 and 7."),
    ):
        assert payments(patron, F(1, 2), ("ally", "ally"), share).message == f"The sponsor {sentence}"
    client = StageGame(patron.B.T, patron.A.T, actions=("ally", "fight"))
    assert payments(client, F(1, 2), (0, 0), 1).message == (
        "The proxy pays the sponsor 3/2 in each period (from sponsor to proxy: at least -5/2, at most -3/2), after 1 from the "
        "sponsor at the start; average payoffs 2 and 7."
    )
    assert payments(PD, F(1, 2), (0, 0)).message == (
        "Nobody pays in any period (from sponsor to proxy: at least -5/2, at most 5/2); average payoffs 9 and 9."
    )
    batch = StageGame(np.stack([PD.A] * 3), np.stack([PD.B] * 3))
    some = payments(batch, [F(1, 2), F(1, 8), F(1, 7)], (0, 0))
    assert some.message == "Payments(profile (0, 0), (3,) games, 2 sustainable)"
    assert some.payer.tolist() == ["nobody", "none", "nobody"]
    assert some.to_dict()["payer"] == ["nobody", "none", "nobody"]


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: payments(3, F(1, 2), (0, 0)), TypeError, "payments(): stage must be a StageGame; got 3"),
        (lambda: payments(PD, 1, (0, 0)), ValueError, "payments(): discount must lie in [0, 1); got 1"),
        (lambda: payments(PD, F(1, 2), (2, 0)), ValueError, "payments(): profile's indices must be below 2; got 2"),
        (lambda: payments(PD, F(1, 2), (0, 0), -1), ValueError, "payments(): share must lie in [0, 1]; got -1"),
        (
            lambda: payments(PD, F(1, 2), (0, 0), sympy.Symbol("s")),
            TypeError,
            "payments(): share must be a number, not a symbol; got s",
        ),
        (
            lambda: critical_transfers_optimal(3, (0, 0)),
            TypeError,
            "critical_transfers_optimal(): stage must be a StageGame; got 3",
        ),
        (
            lambda: critical_transfers_optimal(PD, (2, 0)),
            ValueError,
            "critical_transfers_optimal(): profile's indices must be below 2; got 2",
        ),
        (lambda: contract_values(3, F(1, 2)), TypeError, "contract_values(): stage must be a StageGame; got 3"),
        (
            lambda: contract_values(StageGame(np.ones((3, 2, 2)), np.ones((3, 2, 2))), [0.1, 0.2]),
            ValueError,
            "contract_values(): discount must broadcast with the batch (3,); got shape (2,)",
        ),
        (
            lambda: contract_values(as_float(PD), 1 - F(1, 10**30)),
            ValueError,
            "contract_values(): discount must lie below 1 as a float too, for what is not computed exactly; got one",
        ),
    ],
)
def test_errors_in_full(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}"):
        call()
