"""Stochastic games with side payments: oracles with known answers, a second algorithm, metamorphic relations, wrong input."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics.elimination import Bounds, values_of
from tests.stochastic_reference import CD, by_value_iteration, game_of, random_game, tribute, two_state_dilemma


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(12)


# -- published numbers ---------------------------------------------------------------------------------------------------


def test_two_state_dilemma_of_abreu_brooks_and_sannikov() -> None:
    contracts = two_state_dilemma().solve(F(7, 10))
    assert contracts.joint.tolist() == [F(204, 37), F(240, 37)]  # published: 5.51, 6.49
    assert contracts.sponsor_punishment.tolist() == contracts.proxy_punishment.tolist() == [F(28, 37), F(46, 37)]  # .76, 1.24
    assert contracts.exact
    assert contracts.verify()


def test_gift_game_is_solved_at_its_knife_edge() -> None:
    """Goldlücke & Kranz (2012, 2018): mutual gifts e_j − e_i²/2; at δ = 3/10 (3/5, 3/5) is kept with no slack at all."""
    for number in (F, float):
        e = [number(k) / 10 for k in range(11)]
        stage = al.StageGame([[y - x * x / 2 for y in e] for x in e], [[x - y * y / 2 for y in e] for x in e])
        game = al.StochasticGame([stage], lambda *_: {0: 1})
        contracts = game.solve(number(3) / 10)
        place = game.profile(0, (6, 6))
        assert contracts.joint[0] == pytest.approx(0.84)
        assert contracts.on_path == (("6", "6"),)
        assert contracts.can_play(0, (6, 6))
        assert contracts.knife_edge[place]
        assert abs(contracts.slack[place]) <= (0 if contracts.exact else 1e-15)
        assert contracts.verify()
    assert contracts.sponsor_punishment[0] == 0


# -- closed forms --------------------------------------------------------------------------------------------------------


def test_fading_cooperation(rng: np.random.Generator) -> None:
    """A dilemma that dies with probability h each period: (C, C) iff δ(1 − h) ≥ (d − c)/d."""
    for _ in range(60):
        c, d, h, delta = F(int(rng.integers(1, 9))), None, F(int(rng.integers(0, 9)), 10), F(int(rng.integers(1, 20)), 20)
        d = c + F(int(rng.integers(1, 9)), 2)
        e = -abs(d - 2 * c) - F(int(rng.integers(0, 3)))
        alive = al.StageGame([[c, e], [d, 0]], [[c, d], [e, 0]], CD)
        dead = al.StageGame([[0]], [[0]])
        game = al.StochasticGame([alive, dead], lambda s, i, j, h=h: {1: 1} if s == 1 else {0: 1 - h, 1: h})
        assert game.solve(delta).can_play(0, ("C", "C")) == (delta * (1 - h) >= (d - c) / d)


def test_tribute_needs_impatience(rng: np.random.Generator) -> None:
    """A proxy restrains itself iff δp ≤ c: what it gains for ever by arming, against what arming costs now."""
    for _ in range(80):
        p, c, delta = (F(int(rng.integers(1, 20)), 20) for _ in range(3))
        before = al.StageGame([[0, 0]], [[0, -c]])
        after = al.StageGame([[-1]], [[1]])
        game = al.StochasticGame([before, after], lambda s, i, j, p=p: {1: 1} if s else {1: p * j, 0: 1 - p * j})
        assert game.solve(delta).can_play(0, (0, 0)) == (delta * p <= c)


@pytest.mark.slow
def test_a_shift_at_an_uncertain_date(rng: np.random.Generator) -> None:
    """Powell (2006): peace before the shift iff the declining side's loss of war value stays below the cost of war (T4)."""
    both = [0, 0]
    for _ in range(120):
        y, w1, p, delta = (F(int(rng.integers(1, 20)), 20) for _ in range(4))
        w2 = F(int(rng.integers(0, int(w1 * 20) + 1)), 20)  # the sponsor's war value falls
        cost1, cost2 = (F(int(rng.integers(1, 8)), 20) for _ in range(2))
        war1, war2 = (w1, 1 - w1 - cost1), (w2, 1 - w2 - cost2)
        if min(war1[1], war2[1]) < -1:
            continue
        game = _alliance_or_war(y, war1, war2, p)
        contracts = game.solve(delta)
        later = max(war2[0], (1 - delta) * y + delta * war2[0]) + max(war2[1], (1 - delta) * (1 - y) + delta * war2[1]) <= 1
        assert contracts.can_play("after", (0, 0)) == later
        united = F(1) if later else war2[0] + war2[1]
        now = sum(max(war1[i], (1 - delta) * (y, 1 - y)[i] + delta * (p * war2[i] + (1 - p) * war1[i])) for i in range(2))
        peace = (1 - delta + delta * p * united) / (1 - delta * (1 - p))
        holds = now <= (1 - delta) + delta * (p * united + (1 - p) * peace)
        assert contracts.can_play("before", (0, 0)) == holds
        both[holds] += 1
    assert min(both) > 10


def _alliance_or_war(y: F, war1: tuple[F, F], war2: tuple[F, F], p: F) -> al.StochasticGame:
    def stage(war: tuple[F, F]) -> al.StageGame:
        return al.StageGame([[y, war[0]], [war[0], war[0]]], [[1 - y, war[1]], [war[1], war[1]]])

    def moves(state: str, i: int, j: int) -> dict[str, Any]:
        if state.startswith("war"):
            return {state: 1}
        if i or j:
            return {"war 1" if state == "before" else "war 2": 1}
        return {"after": p, "before": 1 - p} if state == "before" else {"after": 1}

    ends = [al.StageGame([[w[0]]], [[w[1]]]) for w in (war1, war2)]
    return al.StochasticGame([stage(war1), stage(war2), *ends], moves, states=("before", "after", "war 1", "war 2"))


def test_still_power_is_the_repeated_game() -> None:
    """Where no state is left, U, v_S and v_P are those of relational contracts, at every gap and discount factor."""
    game = al.presets.chindea_2014()
    stage = game.stage_game(al.Power.from_gap(np.linspace(-0.9, 0.9, 41)))
    still = np.zeros((41, *stage.shape, 41))
    still[np.arange(41), ..., np.arange(41)] = 1
    stochastic = al.StochasticGame(stage, still)
    for delta in (0.0, 0.1, 0.3, 0.5, 0.9, 0.99):
        contracts, repeated = stochastic.solve(delta), al.contract_values(stage, delta)
        for ours, theirs in (
            (contracts.joint, repeated.joint),
            (contracts.sponsor_punishment, repeated.sponsor),
            (contracts.proxy_punishment, repeated.proxy),
        ):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-13 * float(stochastic.spread))


def test_power_that_moves_by_itself(rng: np.random.Generator) -> None:
    """T1: where moves do not depend on actions, temptation is held against the stream of surpluses: a three-line algorithm."""
    for _ in range(100):
        drawn = random_game(rng, states=5)
        for move in drawn["moves"]:
            move[...] = move[0, 0]
        delta, n = drawn["delta"], len(drawn["moves"])
        chain = np.array([move[0, 0] for move in drawn["moves"]])
        allowed = [np.ones(a.shape, bool) for a, _ in drawn["payoffs"]]
        tempted = [(a.max(axis=0, keepdims=True) - a) + (b.max(axis=1, keepdims=True) - b) for a, b in drawn["payoffs"]]
        exists = True
        while True:
            surplus = np.zeros(n)
            for x, (a, b) in enumerate(drawn["payoffs"]):
                ok = allowed[x]
                worst_s = a.max(axis=0)[ok.any(axis=0)].min()
                worst_p = b.max(axis=1)[ok.any(axis=1)].min()
                surplus[x] = (a + b)[ok].max() - worst_s - worst_p
            stream = np.linalg.solve(np.eye(n) - delta * chain, (1 - delta) * surplus)
            kept = [
                m & ((1 - delta) * t <= delta * s + 1e-10) for m, t, s in zip(allowed, tempted, chain @ stream, strict=True)
            ]
            if not all(m.any() for m in kept):
                exists = False
                break
            if all((m == k).all() for m, k in zip(allowed, kept, strict=True)):
                break
            allowed = kept
        contracts = game_of(drawn).solve(delta)
        if exists:
            assert contracts.exists.all()
            np.testing.assert_allclose(contracts.surplus, stream, atol=1e-9)
            assert all((m == k).all() for m, k in zip(allowed, contracts.game.by_state(contracts.playable), strict=True))
        else:
            assert not contracts.exists.all()


# -- a second algorithm --------------------------------------------------------------------------------------------------


def _equals_value_iteration(drawn: dict[str, Any]) -> bool:
    joint, sponsor, proxy, allowed, alive = by_value_iteration(drawn["payoffs"], drawn["moves"], drawn["delta"])
    contracts = game_of(drawn).solve(drawn["delta"])
    assert (contracts.exists == alive).all()
    for ours, theirs in (
        (contracts.joint, joint),
        (contracts.sponsor_punishment, sponsor),
        (contracts.proxy_punishment, proxy),
    ):
        np.testing.assert_allclose(ours[alive], theirs[alive], rtol=0, atol=1e-9)
        assert np.isnan(ours[~alive]).all()
    assert all((m == k).all() for m, k in zip(allowed, contracts.game.by_state(contracts.playable), strict=True))
    assert contracts.verify(), contracts.verify().witness
    return bool(alive.all())


@pytest.mark.slow
def test_equals_plain_value_iteration(rng: np.random.Generator) -> None:
    with_equilibrium = [_equals_value_iteration(random_game(rng)) for _ in range(40)]
    assert any(with_equilibrium)


@pytest.mark.slow
def test_equals_plain_value_iteration_often() -> None:
    rng = np.random.default_rng(300)
    with_equilibrium = [_equals_value_iteration(random_game(rng)) for _ in range(150)]
    assert 0 < with_equilibrium.count(False) < 30


# -- metamorphic relations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_units_and_zero_of_payoffs(seed: int) -> None:
    drawn = random_game(np.random.default_rng(seed))
    base = game_of(drawn).solve(drawn["delta"])
    for scale, shift_s, shift_p in ((3.0, 0.0, 0.0), (1e9, 0.0, 0.0), (1e-9, 0.0, 0.0), (1.0, 7.0, -11.0), (1.0, 1e6, 1e6)):
        moved = game_of(drawn | {"payoffs": [(scale * a + shift_s, scale * b + shift_p) for a, b in drawn["payoffs"]]})
        other = moved.solve(drawn["delta"])
        assert (other.exists == base.exists).all()
        assert (other.playable == base.playable).all()
        room = 1e-9 * scale * 10 + 1e-12 * abs(shift_s)
        np.testing.assert_allclose(other.joint, scale * base.joint + shift_s + shift_p, rtol=0, atol=room)
        np.testing.assert_allclose(other.proxy_punishment, scale * base.proxy_punishment + shift_p, rtol=0, atol=room)


@pytest.mark.parametrize("seed", range(8))
def test_states_and_players_by_any_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = random_game(rng)
    base, n = game_of(drawn).solve(drawn["delta"]), len(drawn["moves"])
    order = rng.permutation(n)
    permuted = game_of(
        {"payoffs": [drawn["payoffs"][x] for x in order], "moves": [drawn["moves"][x][..., order] for x in order]}
    )
    np.testing.assert_allclose(permuted.solve(drawn["delta"]).joint, base.joint[order], atol=1e-11)
    swapped = game_of(
        {
            "payoffs": [(b.T, a.T) for a, b in drawn["payoffs"]],
            "moves": [np.moveaxis(m, 0, 1) for m in drawn["moves"]],
        }
    ).solve(drawn["delta"])
    np.testing.assert_allclose(swapped.sponsor_punishment, base.proxy_punishment, atol=1e-11)
    np.testing.assert_allclose(swapped.joint, base.joint, atol=1e-11)


@pytest.mark.parametrize("seed", range(8))
def test_states_that_change_nothing(seed: int) -> None:
    """A state that is never reached, and a state split in two copies of itself, leave all other values as they are."""
    drawn = random_game(np.random.default_rng(seed))
    base, n = game_of(drawn).solve(drawn["delta"]), len(drawn["moves"])
    wider = [np.concatenate([m, np.zeros((*m.shape[:2], 1))], axis=-1) for m in drawn["moves"]]
    lone = np.zeros((1, 1, n + 1))
    lone[..., n] = 1
    apart = game_of({"payoffs": [*drawn["payoffs"], (np.ones((1, 1)), np.ones((1, 1)))], "moves": [*wider, lone]})
    np.testing.assert_allclose(apart.solve(drawn["delta"]).joint[:n], base.joint, atol=1e-11)
    halves = []
    for m in [*drawn["moves"], drawn["moves"][0]]:
        half = np.concatenate([m, m[..., :1] / 2], axis=-1)
        half[..., 0] /= 2
        halves.append(half)
    split = game_of({"payoffs": [*drawn["payoffs"], drawn["payoffs"][0]], "moves": halves}).solve(drawn["delta"])
    np.testing.assert_allclose(split.joint, np.append(base.joint, base.joint[0]), atol=1e-11)
    np.testing.assert_allclose(split.proxy_punishment[:n], base.proxy_punishment, atol=1e-11)


def test_exact_and_float_agree(rng: np.random.Generator) -> None:
    for _ in range(30):
        drawn = random_game(rng, states=3)
        whole = [np.rint(m * 720).astype(int) for m in drawn["moves"]]
        exact = [np.frompyfunc(lambda x, s: F(int(x), int(s)), 2, 1)(m, m.sum(axis=-1, keepdims=True)) for m in whole]
        stages = [al.StageGame(a.astype(int), b.astype(int)) for a, b in drawn["payoffs"]]
        delta = F(drawn["delta"]).limit_denominator(10)
        ours = al.StochasticGame(stages, exact).solve(delta)
        other = al.StochasticGame(stages, exact).to_float().solve(float(delta))
        assert ours.exact or not ours.exists.any()
        assert not other.exact
        assert (ours.exists == other.exists).all()
        np.testing.assert_allclose(ours.joint.astype(float), other.joint, atol=1e-10)
        assert ours.verify(), ours.verify().witness


def test_without_flint_exact_games_are_eliminated_in_fractions(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    with_flint = two_state_dilemma().solve(F(7, 10)).joint.tolist()
    monkeypatch.setitem(sys.modules, "flint", None)
    assert two_state_dilemma().solve(F(7, 10)).joint.tolist() == with_flint


# -- single applications -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_an_application_that_computes_only_what_it_changes_is_the_whole_application(seed: int, exact: bool) -> None:
    """Sweeps recompute profiles whose next states' bounds moved; the definition, for all profiles, gives the same bounds."""
    rng = np.random.default_rng(seed)
    drawn = random_game(rng, states=6)
    game, delta = game_of(drawn), drawn["delta"]
    if exact:
        game, delta = two_state_dilemma(), F(int(rng.integers(1, 10)), 10)
    high, low = (np.array([side(game.by_state(x)[k].ravel()) for k in range(len(game))]) for side, x in (
        (max, game.sponsor + game.proxy), (min, np.minimum(game.sponsor, game.proxy)),
    ))  # fmt: skip
    bounds = Bounds(game, delta, (high, low, low))
    allowed = np.ones(game.profiles, dtype=bool)
    moved = np.arange(game.profiles)
    for _ in range(12):
        drops = rng.random(game.profiles) < 0.05
        drops[game.first[:-1]] = False  # no state loses all
        allowed &= ~drops
        touched = np.unique(game.state_of[np.union1d(moved, np.flatnonzero(drops))])
        before = bounds.values
        moved = bounds.applied(allowed, touched)
        worth, d_s, d_p, _ = values_of(game, delta, *before)
        for x in range(len(game)):
            own = np.flatnonzero(allowed & (game.state_of == x))
            whole = min(before[0][x], max(worth[own])), max(before[1][x], min(d_s[own])), max(before[2][x], min(d_p[own]))
            assert [float(v[x]) for v in bounds.values] == pytest.approx([float(v) for v in whole], abs=1e-13)
        after = values_of(game, delta, *bounds.values)
        for local, full in zip((bounds.worth, *bounds.best, bounds.slack), after, strict=True):
            assert local.astype(float) == pytest.approx(full.astype(float), abs=1e-13)


def test_a_certain_decline_costs_no_solution_per_state() -> None:
    n = 400
    a = np.broadcast_to([[1.0, -1.0], [2.0, 0.0]], (n, 2, 2)).copy()
    a[-1] = 0
    moves = np.zeros((n, 2, 2, n))
    for x in range(n):
        moves[x, :, :, min(x + 1, n - 1)] = 1
    contracts = al.StochasticGame(al.StageGame(a, a.transpose(0, 2, 1)), moves).solve(0.9)
    assert [np.flatnonzero(part).tolist() for part in contracts.game.by_state(contracts.playable)[:-1]] == [[3]] * (n - 1)
    assert len(contracts.rounds) == n - 1
    assert max(len(step.states) for step in contracts.rounds[1:]) <= 2  # those whose next state has just lost its alliance
    assert contracts.verify()


@pytest.mark.parametrize("exact", [False, True])
def test_a_discount_factor_that_rounds_to_one(exact: bool) -> None:
    """Refused where it meets floats; taken where all is exact, and the answer is verified."""
    near = 1 - F(1, 10**30)
    if exact:
        for game in (two_state_dilemma(), tribute(F)):  # one with states that are never left: I - P is singular
            assert game.solve(near).verify()
        return
    with pytest.raises(ValueError, match=r"StochasticGame\.solve\(\): discount must lie below 1 as a float too"):
        two_state_dilemma(float).solve(near)
