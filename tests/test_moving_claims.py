"""The seven claims where power moves: dyads in which they survive, dyads in which they do not, and the theorems behind both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.claims.moving import expected_rounds
from tests.moving_power_reference import alliance, falling, random_chain, shifting, static

SIX = ("asymmetry", "proxy restraint", "sponsor restraint", "proxy turns first", "pact at parity", "stakes")


# -- dyads ---------------------------------------------------------------------------------------------------------------


def test_a_proxy_that_learns_fast_makes_the_sponsor_strike_first() -> None:
    claims = al.claims.moving_claims(shifting(1.0, 0.3), [0.8])
    assert [a.claim for a in claims.answers] == [*SIX, "protraction"]
    assert claims["asymmetry"].survives is True
    assert claims["proxy restraint"].survives is True
    first = claims["proxy turns first"]
    assert (first.frozen, first.moving, first.survives) == ("vacuous", "fails", None)
    assert first.witness is not None
    assert (first.witness.discount, first.witness.low, first.witness.high) == (0.8, 0.7, 0.8)
    assert claims["pact at parity"].moving == claims["stakes"].moving == "vacuous"
    assert claims["protraction"].survives is True
    assert "kept at λ = 0.8; at 0.7 the sponsor violates it" in str(claims)


def test_asymmetry_that_holds_with_frozen_power_fails_where_it_moves() -> None:
    """A pocket around parity below a zone of war: kept at a narrow gap, and not at a wider one."""
    claims = al.claims.moving_claims(shifting(1.0, 0.1), [0.9])
    answer = claims["asymmetry"]
    assert (answer.frozen, answer.moving, answer.survives) == ("holds", "fails", False)
    assert answer.witness is not None
    windows = claims.thresholds[0].windows
    assert answer.witness.low == windows[-2].high
    assert not any(answer.witness.high in w for w in windows)
    assert claims.thresholds[0].verify()
    holed = al.claims.moving_claims(shifting(1.0, 0.05), [0.95], al.Transfers())["asymmetry"]
    assert (holed.frozen, holed.moving) == ("holds", "fails")
    assert holed.witness is not None
    assert (holed.witness.low, holed.witness.high) == (0.5, 0.6)


def test_asymmetry_may_fail_with_frozen_power_already() -> None:
    claims = al.claims.moving_claims(shifting(2.0, 0.0), [0.8])
    answer = claims["asymmetry"]
    assert (answer.frozen, answer.moving, answer.survives) == ("fails", "fails", None)
    assert answer.frozen_witness is not None
    assert (answer.frozen_witness.low, answer.frozen_witness.high) == (0.1, 0.2)


def test_pacts_and_stakes_are_asked_of_dyads_that_may_coexist() -> None:
    game = alliance(1.0, coexist_exposure=0.5, support_cost=0.02)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=2.0, win=al.Tullock(1.0))
    dyad = al.ShiftingDyad(game, al.PowerProcess(step=0.5, reach=2, learning=(0.3, 1)), war=walk)
    deltas = [0.3, 0.9]
    claims = al.claims.moving_claims(dyad, deltas, al.Transfers(), stakes=(1, 2))
    place, size = dyad.process.place(0.0), 9
    for moves in (False, True):
        game_at = dyad.stochastic_game if moves else al.break_threshold(dyad, 0.5, al.Transfers()).static.evidence.game
        kept = []
        for delta in deltas:
            solved = al.StochasticGame(game_at.stages, game_at.kernel.matrix, states=game_at.states).solve(delta)
            assert solved.exists.all()
            part = solved.playable[place * size : (place + 1) * size].reshape(3, 3)
            kept.append((bool(part[0, 0]), bool(part[1, 1])))
        expected = "fails" if (True, False) in kept else "holds" if (True, True) in kept else "vacuous"
        assert (claims["pact at parity"].moving if moves else claims["pact at parity"].frozen) == expected
    assert claims["pact at parity"].moving == "holds"
    assert (claims["stakes"].frozen, claims["stakes"].moving) == ("holds", "holds")


def test_answers_are_tables() -> None:
    claims = al.claims.moving_claims(shifting(1.0, 0.3, war="permanent"), [0.8])
    assert claims["protraction"].moving == "vacuous"
    assert list(claims.to_frame()["claim"]) == [*SIX, "protraction"]
    assert claims.to_dict()["answers"][0]["claim"] == "asymmetry"
    with pytest.raises(KeyError, match=r"claim must be one of asymmetry, .*; got 'greed'"):
        claims["greed"]


def test_wrong_input() -> None:
    dyad: Any = shifting()
    with pytest.raises(TypeError, match=r"moving_claims\(\): dyad must be a ShiftingDyad; got 3"):
        al.claims.moving_claims(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"moving_claims\(\): discount must lie in \[0, 1\)"):
        al.claims.moving_claims(dyad, [1.5])
    with pytest.raises(ValueError, match=r"moving_claims\(\): discounts must name at least one discount factor; got none"):
        al.claims.moving_claims(dyad, [])
    with pytest.raises(ValueError, match=r"moving_claims\(\): stakes must increase; got \(2.0, 1.0\)"):
        al.claims.moving_claims(dyad, [0.5], stakes=(2, 1))


# -- theorems ------------------------------------------------------------------------------------------------------------


def test_orders_survive_risks_that_do_not_fall_on_the_way_down() -> None:
    """T2's setting, δ* and h not falling on the way down: what is kept at a level is kept at every higher one."""
    rng = np.random.default_rng(1)
    mixed = 0
    for _ in range(60):
        chain, _ = random_chain(rng)
        n = len(chain.moves)
        order = [0, *(1 + np.argsort(-static(chain)[1:]))]
        chain.allied, chain.tempted, chain.outside = (v[order] for v in (chain.allied, chain.tempted, chain.outside))
        h = np.sort(rng.random(n) * 0.6)[::-1]
        chain.moves = _falling_with(rng, h)
        holds = chain.holds(float(rng.uniform(0.4, 0.98)))
        assert (np.diff(holds.astype(int)) >= 0).all()
        mixed += 0 < holds[1:].sum() < n - 1
    assert mixed > 10


def test_orders_need_not_survive_where_wide_gaps_are_riskier() -> None:
    """The same δ* at all levels, and a risk of the worst that is larger at the higher ones: kept below, and not above."""
    rng = np.random.default_rng(2)
    failed = 0
    for _ in range(60):
        chain, _ = random_chain(rng)
        n = len(chain.moves)
        for name in ("allied", "tempted", "outside"):
            setattr(chain, name, np.repeat(getattr(chain, name)[[1]], n, axis=0))
        h = np.array([0, *np.sort(rng.random(n - 1) * 0.9)])
        chain.moves = np.diag(1 - h)
        chain.moves[:, 0] += h
        holds = chain.holds(float(rng.uniform(0.4, 0.98)))
        failed += bool((np.diff(holds[1:].astype(int)) < 0).any())
    assert failed > 5


def _falling_with(rng: np.random.Generator, h: np.ndarray) -> np.ndarray:
    moves = np.diag(1 - h)
    moves[0] = np.eye(len(h))[0]
    for x in range(1, len(h)):
        moves[x, :x] = h[x] * rng.dirichlet(np.ones(x))
    return moves


def test_under_exogenous_power_the_smaller_temptation_can_be_played_if_the_larger_can() -> None:
    """T1's setting: profiles of one state have the same future, so a pact with less temptation is kept where an alliance is."""
    rng = np.random.default_rng(3)
    some = 0
    for _ in range(60):
        n, delta = int(rng.integers(2, 6)), float(rng.uniform(0.2, 0.95))
        a, b = rng.integers(-5, 6, size=(2, n, 3, 3)).astype(float)
        chain = falling(rng, n)[0] * 0.7 + 0.3 / n
        moves = np.broadcast_to(chain[:, None, None], (n, 3, 3, n)).copy()
        contracts = al.StochasticGame(al.StageGame(a, b), moves).solve(delta)
        lure = (a.max(axis=1, keepdims=True) + b.max(axis=2, keepdims=True) - a - b).reshape(n, 9)
        playable = contracts.playable.reshape(n, 9)
        for x in range(n):
            if contracts.exists[x] and not playable[x].all():
                assert lure[x][playable[x]].max() <= lure[x][~playable[x]].min()
                some += 1
    assert some > 20


@pytest.mark.parametrize("reconcile", [0.0, 0.05, 0.5, 0.95])
def test_protraction_survives_reconciliation_at_a_constant_rate(reconcile: float) -> None:
    """Whoever is favoured, and however much: the expected length of a war falls with the distance of its start from parity."""
    rng = np.random.default_rng(4)
    for _ in range(100):
        half = int(rng.integers(2, 9))
        favours = rng.uniform(0.2, 1, half)

        def win(power: al.Power, favours: np.ndarray = favours) -> tuple[Any, Any]:
            k = np.rint(np.log(power.ratio) / np.log(2)).astype(int)
            q = np.where(k == 0, 0.5, np.where(k > 0, favours[np.abs(k)], 1 - favours[np.abs(k)]))
            return q, 1 - q

        walk = al.ConflictWalk(swing=2.0, barrier=2.0**half, win=win)
        rounds = expected_rounds(walk, reconcile)
        assert len(rounds) == 2 * half - 1
        assert (np.diff(rounds[half - 1 :]) <= 1e-12 * rounds.max()).all()
        np.testing.assert_allclose(rounds, rounds[::-1], rtol=1e-9)
        if rounds.max() < 500:
            np.testing.assert_allclose(rounds, _rounds_by_iteration(walk, reconcile, half), rtol=1e-6)


def _rounds_by_iteration(walk: al.ConflictWalk, reconcile: float, half: int) -> np.ndarray:
    """The sum over t of the chances that a war from each start is not over after t rounds."""
    q = np.asarray(walk.chances(al.Power(1.0, 1.0), np.arange(1 - half, half))[0], dtype=float)
    going, total = np.ones(2 * half - 1), np.zeros(2 * half - 1)
    for _ in range(100_000):
        total += going
        padded = np.concatenate([[0.0], going, [0.0]])
        going = (1 - reconcile) * (q * padded[2:] + (1 - q) * padded[:-2])
        if going.max() < 1e-12:
            break
    return total


def test_protraction_fails_where_equals_reconcile_more_easily() -> None:
    """A chance of reconciliation at parity alone: wars from there are the shortest."""
    half, peace = 3, np.array([0.0, 0, 0.9, 0, 0])
    goes_on = np.diag((1 - peace[:-1]) / 2, 1) + np.diag((1 - peace[1:]) / 2, -1)
    rounds = np.linalg.solve(np.eye(2 * half - 1) - goes_on, np.ones(2 * half - 1))
    assert rounds[half - 1] < rounds[half]
