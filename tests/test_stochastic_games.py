"""Stochastic games with side payments: oracles with known answers, a second algorithm, metamorphic relations, wrong input."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

import alliances as al
from tests.stochastic_reference import by_value_iteration, random_game

CD = ("C", "D")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(12)


def two_state_dilemma(number: Any = F) -> al.StochasticGame:
    """Abreu, Brooks & Sannikov (2020), Econometrica 88:2175-2213, example with two states."""
    low = al.StageGame([[number(2), number(-1)], [number(3), number(0)]], [[number(2), number(3)], [number(-1), number(0)]], CD)
    high = al.StageGame(low.A + 2, low.B + 2, CD)

    def moves(state: int, i: int, j: int) -> dict[int, Any]:
        same = number(2) / 3 if state == 0 else number(1) / 3
        up = same if i == j else number(1) / 2
        return {0: 1 - up, 1: up}

    return al.StochasticGame([low, high], moves)


def _game(drawn: dict[str, Any]) -> al.StochasticGame:
    return al.StochasticGame([al.StageGame(a, b) for a, b in drawn["payoffs"]], drawn["moves"])


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
        contracts = _game(drawn).solve(delta)
        if exists:
            assert contracts.exists.all()
            np.testing.assert_allclose(contracts.surplus, stream, atol=1e-9)
            assert all((m == k).all() for m, k in zip(allowed, contracts.game.by_state(contracts.playable), strict=True))
        else:
            assert not contracts.exists.all()


# -- a second algorithm --------------------------------------------------------------------------------------------------


def _equals_value_iteration(drawn: dict[str, Any]) -> bool:
    joint, sponsor, proxy, allowed, alive = by_value_iteration(drawn["payoffs"], drawn["moves"], drawn["delta"])
    contracts = _game(drawn).solve(drawn["delta"])
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


def test_equals_plain_value_iteration(rng: np.random.Generator) -> None:
    with_equilibrium = [_equals_value_iteration(random_game(rng)) for _ in range(40)]
    assert any(with_equilibrium)


@pytest.mark.slow
def test_equals_plain_value_iteration_often() -> None:
    rng = np.random.default_rng(300)
    with_equilibrium = [_equals_value_iteration(random_game(rng)) for _ in range(300)]
    assert 0 < with_equilibrium.count(False) < 60


# -- metamorphic relations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_units_and_zero_of_payoffs(seed: int) -> None:
    drawn = random_game(np.random.default_rng(seed))
    base = _game(drawn).solve(drawn["delta"])
    for scale, shift_s, shift_p in ((3.0, 0.0, 0.0), (1e9, 0.0, 0.0), (1e-9, 0.0, 0.0), (1.0, 7.0, -11.0), (1.0, 1e6, 1e6)):
        moved = _game(drawn | {"payoffs": [(scale * a + shift_s, scale * b + shift_p) for a, b in drawn["payoffs"]]})
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
    base, n = _game(drawn).solve(drawn["delta"]), len(drawn["moves"])
    order = rng.permutation(n)
    permuted = _game({"payoffs": [drawn["payoffs"][x] for x in order], "moves": [drawn["moves"][x][..., order] for x in order]})
    np.testing.assert_allclose(permuted.solve(drawn["delta"]).joint, base.joint[order], atol=1e-11)
    swapped = _game(
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
    base, n = _game(drawn).solve(drawn["delta"]), len(drawn["moves"])
    wider = [np.concatenate([m, np.zeros((*m.shape[:2], 1))], axis=-1) for m in drawn["moves"]]
    lone = np.zeros((1, 1, n + 1))
    lone[..., n] = 1
    apart = _game({"payoffs": [*drawn["payoffs"], (np.ones((1, 1)), np.ones((1, 1)))], "moves": [*wider, lone]})
    np.testing.assert_allclose(apart.solve(drawn["delta"]).joint[:n], base.joint, atol=1e-11)
    halves = []
    for m in [*drawn["moves"], drawn["moves"][0]]:
        half = np.concatenate([m, m[..., :1] / 2], axis=-1)
        half[..., 0] /= 2
        halves.append(half)
    split = _game({"payoffs": [*drawn["payoffs"], drawn["payoffs"][0]], "moves": halves}).solve(drawn["delta"])
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


# -- certificates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("exact", [False, True])
def test_no_perturbation_survives_verification(seed: int, exact: bool) -> None:
    """Values moved by 10⁻⁶ of the range, policies and dropped profiles replaced: each is noticed."""
    from dataclasses import replace

    rng = np.random.default_rng(seed)
    drawn = random_game(rng, states=3)
    patience = F(int(rng.integers(1, 10)), 10)
    contracts = two_state_dilemma().solve(patience) if exact else _game(drawn).solve(drawn["delta"])
    assert contracts.verify(), contracts.verify().witness
    step = F(1, 10**6) * int(contracts.game.spread) if exact else 1e-6 * contracts.game.spread
    for name in ("joint", "sponsor_punishment", "proxy_punishment", "slack"):
        for x in np.flatnonzero(np.asarray(getattr(contracts, name) == getattr(contracts, name), dtype=bool)):
            for sign in (1, -1):
                moved = getattr(contracts, name).copy()
                moved[x] += sign * step
                assert not replace(contracts, **{name: moved}).verify(), (name, x, sign)
    for name in ("playable", "exists"):
        for x in range(len(getattr(contracts, name))):
            flipped = getattr(contracts, name).copy()
            flipped[x] ^= True
            assert not replace(contracts, **{name: flipped}).verify(), (name, x)
    for name in ("on_path_profiles", "punish_sponsor_profiles", "punish_proxy_profiles"):
        policy = getattr(contracts, name)
        for x in np.flatnonzero(contracts.exists):
            for k in range(contracts.game.profiles):
                if k != policy[x]:
                    other = policy.copy()
                    other[x] = k
                    assert not replace(contracts, **{name: other}).verify(), (name, x, k)
    for r, step_ in enumerate(contracts.rounds):
        for k in range(len(step_.dropped)):
            for changed in (np.delete(step_.dropped, k), np.append(step_.dropped, _kept_profile(contracts))):
                rounds = list(contracts.rounds)
                rounds[r] = replace(step_, dropped=changed)
                assert not replace(contracts, rounds=tuple(rounds)).verify(), (r, k)
    assert not replace(contracts, discount=contracts.discount * 0 + (F(1, 97) if exact else 0.0103)).verify()


def _kept_profile(contracts: al.DynamicContracts) -> int:
    kept = np.flatnonzero(contracts.playable)
    return int(kept[0]) if len(kept) else 0


def test_payments_keep_the_contract_and_no_corruption_of_them_survives() -> None:
    from dataclasses import replace

    for contracts in (two_state_dilemma().solve(F(7, 10)), two_state_dilemma(float).solve(0.7)):
        for share in (0, F(1, 3), 1):
            paid = contracts.payments(share)
            assert paid.verify(), paid.verify().witness
            for name in ("promised", "split"):
                for index in np.ndindex(getattr(paid, name).shape):
                    changed = getattr(paid, name).copy()
                    changed[index] += changed[index] * 0 + (F(1, 10**6) if contracts.exact else 1e-6)
                    assert not replace(paid, **{name: changed}).verify(), (name, index)
            assert not replace(paid, share=paid.share + (1 if share == 0 else -1) * (paid.share * 0 + F(1, 10**6))).verify()


def test_flows_and_payments_add_up_to_the_promised_values() -> None:
    """On path, payoffs and transfers discounted add up to what is promised: a linear system of its own."""
    contracts = two_state_dilemma().solve(F(7, 10))
    paid, delta = contracts.payments(F(1, 3)), F(7, 10)
    game = contracts.game
    flows = [[(1 - delta) * g[k] for g in (game.sponsor, game.proxy)] for k in contracts.on_path_profiles]
    for x in range(2):
        for i, sign in ((0, -1), (1, 1)):
            value = flows[x][i]
            for y, p in game.kernel.at(int(contracts.on_path_profiles[x])).items():
                value += delta * p * ((1 - delta) * sign * paid.transfer(x, y) + paid.promised[0, y, i])
            assert value == paid.promised[0, x, i]
    assert paid.fine(0, "sponsor") > 0
    assert paid.upfront(0, paid.promised[0, 0, 1]) == 0


# -- on the path ---------------------------------------------------------------------------------------------------------


def test_simulated_values_are_the_values() -> None:
    contracts = two_state_dilemma(float).solve(0.7)
    played = contracts.simulate(0, 80, rng=1, size=20_000)
    joint = played.sponsor + played.proxy
    assert abs(joint.mean() - contracts.joint[0]) < 4 * joint.std() / np.sqrt(20_000)
    again = contracts.simulate(0, 80, rng=1, size=20_000)
    assert (again.states == played.states).all()


def test_long_run_shares(rng: np.random.Generator) -> None:
    for _ in range(20):
        drawn = random_game(rng)
        contracts = _game(drawn).solve(drawn["delta"])
        if not contracts.exists.all():
            continue
        shares = contracts.stationary()
        chain = contracts.game.kernel.matrix.toarray()[contracts.on_path_profiles]
        np.testing.assert_allclose(shares.sum(axis=1), 1)
        np.testing.assert_allclose(shares @ chain, shares, atol=1e-12)
        np.testing.assert_allclose(chain @ shares, shares, atol=1e-12)


# -- where there is no equilibrium ---------------------------------------------------------------------------------------


def test_states_without_pure_equilibrium_are_named() -> None:
    pennies = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    quiet = al.StageGame([[0]], [[0]])
    leads = al.StageGame([[0, 0]], [[0, 1]])
    moves = {"pennies": {"quiet": 1}, "quiet": {"quiet": 1}}
    game = al.StochasticGame(
        [pennies, quiet, leads],
        lambda s, i, j: moves[s] if s in moves else {"pennies": F(j, 2), "quiet": 1 - F(j, 2)},
        states=("pennies", "quiet", "leads"),
    )
    contracts = game.solve(F(1, 2))
    assert contracts.exists.tolist() == [False, True, False]  # the proxy can deviate into the game without equilibrium
    assert contracts.status == "none in some states"
    assert "'pennies', 'leads'" in contracts.message
    assert contracts.on_path == (None, ("0", "0"), None)
    assert contracts.verify()
    with pytest.raises(
        ValueError, match=r"payments|DynamicPayments.fine\(\): state must be one with an equilibrium; got 'leads'"
    ):
        contracts.payments().fine("leads", "proxy")
    alone = al.StochasticGame([pennies], lambda *_: {0: 1}).solve(F(1, 2))
    assert alone.status == "none"
    assert alone.verify()


# -- wrong input ---------------------------------------------------------------------------------------------------------

STAGE = al.StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]], CD)


@pytest.mark.parametrize(
    ("transitions", "error", "match"),
    [
        (lambda s, i, j: {0: F(1, 2)}, ValueError, r"must sum to 1; got 1/2 for state 0, profile \(C, C\)"),
        (lambda s, i, j: {0: 0.5, 1: 0.4}, ValueError, r"must sum to 1; got 0.9 for state 0, profile \(C, C\)"),
        (lambda s, i, j: {0: 1.5, 1: -0.5}, ValueError, r"at least 0; got -0.5 for state 0, profile \(C, C\)"),
        (lambda s, i, j: {0: float("nan"), 1: 1}, ValueError, r"transitions must be finite; got nan"),
        (lambda s, i, j: {"x": 1}, ValueError, r"unknown state 'x' for state 0, profile \(C, C\)"),
        (lambda s, i, j: 0, TypeError, r"must return \{state: probability\}; got 0 for state 0, profile \(C, C\)"),
        (lambda s, i, j: {}, ValueError, r"must sum to 1; got 0 for state 0, profile \(C, C\)"),
        (np.ones((2, 2, 2, 3)) / 3, ValueError, r"of state 0 must have the shape \(2, 2, 2\)"),
        (np.ones((3, 2, 2, 2)) / 2, ValueError, r"one entry per state; got 3 for 2 states"),
        (csr_array(np.ones((7, 2)) / 2), ValueError, r"shape \(profiles, states\) = \(8, 2\); got \(7, 2\)"),
        ("stay", TypeError, r"transitions must be an array .* got 'stay'"),
        (None, TypeError, r"transitions must be an array .* got None"),
    ],
)
def test_wrong_transitions(transitions: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=r"StochasticGame\(\): .*" + match):
        al.StochasticGame([STAGE, STAGE], transitions)


def test_wrong_payoffs_states_and_discount() -> None:
    still = lambda s, i, j: {s: 1}  # noqa: E731
    with pytest.raises(TypeError, match="payoffs must be a StageGame or a sequence"):
        al.StochasticGame(3, still)
    with pytest.raises(TypeError, match="payoffs must be StageGames; got 1 for state 0"):
        al.StochasticGame([1], still)
    with pytest.raises(ValueError, match="one game per state; got batch shape"):
        al.StochasticGame([al.StageGame(np.ones((2, 2, 2)), np.ones((2, 2, 2)))], still)
    with pytest.raises(ValueError, match="states must be 2 different labels"):
        al.StochasticGame([STAGE, STAGE], still, states=("a", "a"))
    game = al.StochasticGame([STAGE], still)
    with pytest.raises(TypeError, match="discount must be given"):
        game.solve()
    for wrong in (1, -0.1, float("nan"), 2):
        with pytest.raises(ValueError, match=r"solve\(\): discount must (lie in \[0, 1\)|be finite)"):
            game.solve(wrong)
    with pytest.raises(TypeError, match=r"enforcement must be Transfers\(\)"):
        game.solve(0.5, al.NashReversion())
    with pytest.raises(ValueError, match="state must be one of 0; got 5"):
        game.solve(0.5).can_play(5, (0, 0))


def test_forms_of_transitions_agree() -> None:
    by_function = two_state_dilemma(float)
    dense = by_function.kernel.matrix.toarray()
    stages = by_function.stages
    batch = al.StageGame(np.stack([s.A for s in stages]), np.stack([s.B for s in stages]), CD)
    forms = (dense.reshape(2, 2, 2, 2), list(dense.reshape(2, 2, 2, 2)), csr_array(dense), by_function.kernel.matrix)
    expected = by_function.solve(0.7).joint
    for transitions in forms:
        np.testing.assert_array_equal(al.StochasticGame(batch, transitions).solve(0.7).joint, expected)


def test_results_print_and_convert() -> None:
    contracts = two_state_dilemma().solve(F(7, 10), al.Transfers())
    assert str(contracts).splitlines()[1].split()[:2] == ["0", "204/37"]
    assert contracts.to_dict()["joint"] == ["204/37", "240/37"]
    frame = contracts.to_frame()
    assert frame["on_path"].tolist() == [("C", "C"), ("C", "C")]
    assert contracts.payments().to_frame().shape == (4, 4)
    assert contracts.simulate(0, 3, rng=0, size=2).to_frame().shape == (8, 3)
    assert contracts.payments().message.startswith("On path the sponsor pays the proxy between")
