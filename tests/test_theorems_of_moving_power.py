"""T1 to T5: the general solver and the formulas agree under their conditions, and outside them they need not."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics.markov_alliance import MarkovSolver
from tests.moving_power_reference import ALLY, Chain, falling, random_chain, static

NEAR = 1e-9  # states this close to a border are not asked
OFTEN = [pytest.param(100, marks=pytest.mark.slow), 60]  # other chains: what is slow does not ask the quick ones again


# -- T1: power that moves by itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("chains", OFTEN)
def test_t1_temptation_against_the_stream_of_surpluses(chains: int) -> None:
    """A second algorithm: iterate which profiles can be played, with W = (1 − δ)(I − δP)⁻¹S in between."""
    rng = np.random.default_rng([1, chains])
    kept = 0
    for _ in range(chains):
        n, delta = int(rng.integers(2, 7)), float(rng.uniform(0.2, 0.95))
        a, b = rng.integers(-5, 6, size=(2, n, 2, 2)).astype(float)
        chain = rng.dirichlet(np.ones(n), size=n) * (rng.random((n, n)) < 0.6)
        chain[np.arange(n), rng.integers(0, n, n)] += 0.1
        chain /= chain.sum(axis=1, keepdims=True)
        lure = a.max(axis=1, keepdims=True) + b.max(axis=2, keepdims=True) - a - b
        allowed = np.ones((n, 2, 2), dtype=bool)
        while allowed.any(axis=(1, 2)).all():
            worst_s = np.where(allowed.any(axis=1), a.max(axis=1), np.inf).min(axis=1)
            worst_p = np.where(allowed.any(axis=2), b.max(axis=2), np.inf).min(axis=1)
            surplus = np.where(allowed, a + b, -np.inf).max(axis=(1, 2)) - worst_s - worst_p
            stream = np.linalg.solve(np.eye(n) - delta * chain, (1 - delta) * surplus)
            more = allowed & ((1 - delta) * lure <= delta * (chain @ stream)[:, None, None] + 1e-10)
            if (more == allowed).all():
                break
            allowed = more
        moves = np.broadcast_to(chain[:, None, None, :], (n, 2, 2, n))
        contracts = al.StochasticGame(al.StageGame(a, b), moves.copy()).solve(delta)
        alive = allowed.any(axis=(1, 2)).all()
        assert contracts.exists.all() == alive
        if alive:
            np.testing.assert_allclose(contracts.surplus, stream, atol=1e-9)
            assert (contracts.playable.reshape(n, 2, 2) == allowed).all()
            kept += 1
    assert 0 < kept < chains


# -- T2: risk is impatience ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chains", OFTEN)
def test_t2_risk_is_impatience(chains: int) -> None:
    """Sufficient; necessary if it fails below, too; and so exact where δ*/(1 − h) does not fall on the way down."""
    rng = np.random.default_rng([2, chains])
    counts = {"predicted": 0, "excluded": 0, "ordered": 0}
    for k in range(chains):
        chain, h = random_chain(rng)
        if k % 2:  # ordered: temptation rises on the way down
            order = np.argsort(-static(chain)[1:] / (1 - h[1:]))
            part = [0, *(1 + order)]
            chain.allied, chain.tempted, chain.outside = (v[part] for v in (chain.allied, chain.tempted, chain.outside))
            h = h[part]
            chain.moves = _moves_of(rng, h)
        delta = float(rng.uniform(0.4, 0.98))
        critical, holds = static(chain), chain.holds(delta)
        effective = np.asarray(al.effective_discount(delta, h.tolist()))
        if (np.abs(critical - effective)[1:] < NEAR).any():
            continue
        predicted = critical <= effective
        assert holds[predicted].all()
        counts["predicted"] += int(predicted.sum())
        below = np.array([not predicted[1 : x + 1].any() for x in range(len(h))])
        assert not holds[below].any()
        counts["excluded"] += int(below.sum() - 1)
        if (np.diff(critical[1:] / (1 - h[1:])) <= 0).all():
            assert (holds == predicted).all()
            counts["ordered"] += 1
    assert min(counts.values()) > chains // 4


def _moves_of(rng: np.random.Generator, h: np.ndarray) -> np.ndarray:
    moves = np.diag(1 - h)
    moves[0, 0] = 1
    for x in range(1, len(h)):
        moves[x, :x] += h[x] * rng.dirichlet(np.ones(x))
    return moves


def test_t2_static_thresholds_are_those_of_the_library() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        chain, _ = random_chain(rng)
        for x in range(1, 6):
            found = al.critical_discount(chain.stage(x), enforcement=al.Transfers())
            assert float(found.dyad) == pytest.approx(static(chain)[x])


def _exact(levels: list[tuple[F, ...]], moves: dict[int, dict[int, F]], delta: F) -> list[bool]:
    """Symmetric dilemmas (L, s) or (L, s, payoff of the betrayed), 0 after a break: which alliances can be kept."""
    stages: list[Any] = []
    for lure, surplus, *betrayed in levels:
        y, d = surplus / 2, surplus / 2 + lure / 2
        e = betrayed[0] if betrayed else -d
        stages.append(al.StageGame([[y, e], [d, 0]], [[y, d], [e, 0]], ALLY))
    n = len(levels)
    over = al.StageGame([[0]], [[0]])
    game = al.StochasticGame(
        [*stages, over], lambda s, i, j: {n: F(1)} if s == n or i or j else moves[s], states=(*range(n), n)
    )
    contracts = game.solve(delta)
    return [contracts.can_play(x, ("ally", "ally")) for x in range(n)]


def test_t2_needs_a_lowest_level_that_is_left() -> None:
    """At the bottom, which nobody leaves, the alliance holds; half-way to it L is covered by what is earned there."""
    delta, levels = F(9, 10), [(F(1), F(2)), (F(3), F(2))]  # static δ* = 1/3 and 3/5
    assert al.effective_discount(delta, F(1, 2)) == F(9, 20) < F(3, 5)
    assert _exact(levels, {0: {0: F(1)}, 1: {1: F(1, 2), 0: F(1, 2)}}, delta) == [True, True]
    assert _exact(levels, {0: {2: F(1)}, 1: {1: F(1, 2), 0: F(1, 2)}}, delta) == [False, False]


def test_t2_needs_an_order_for_necessity() -> None:
    """A level that fails by itself, above one that holds: what is earned below carries it."""
    levels = [(F(1), F(2)), (F(3), F(2))]
    leaves: dict[int, dict[int, F]] = {0: {0: F(19, 20), 2: F(1, 20)}, 1: {1: F(1, 2), 0: F(1, 2)}}
    delta = F(9, 10)
    assert F(3, 5) > al.effective_discount(delta, F(1, 2))
    assert F(1, 3) < al.effective_discount(delta, F(1, 20))
    assert _exact(levels, leaves, delta) == [True, True]


def test_t2_betrayal_that_is_a_pure_transfer_adds_its_rents() -> None:
    """Where (ally, fight) can be played and yields s_b once more: L ≤ [δ(1 − h)s + δh s_b]/(1 − δ(1 − h)) at the last level."""
    h, delta, s = F(1, 2), F(9, 10), F(2)
    leaves: dict[int, dict[int, F]] = {0: {2: F(1)}, 1: {1: 1 - h, 0: h}}
    effective = al.effective_discount(delta, h)
    for betrayed, rents in ((F(0), F(2)), (F(-2), F(0))):  # of d = 2: a pure transfer; or as bad as it was good
        border = (effective * s + delta * h * rents) / (1 - effective)
        for lure, answer in ((border, True), (border + F(1, 1000), False)):
            assert _exact([(F(2), s, betrayed), (lure, s)], leaves, delta) == [False, answer]


def test_t2_two_sided_drift() -> None:
    """Moves up and down by one step, no barrier near, s constant: the edge lies at δ_eff, to within one step of δ*."""
    for h, u, delta in ((0.3, 0.2, 0.9), (0.1, 0.3, 0.8), (0.4, 0.1, 0.95), (0.2, 0.2, 0.6)):
        n = 161
        critical = np.linspace(0.98, 0.02, n)  # δ* falls on the way up
        moves = np.diag(np.full(n, 1 - h - u)) + np.diag(np.full(n - 1, u), 1) + np.diag(np.full(n - 1, h), -1)
        moves[0] = np.eye(n)[0]
        moves[-1, -1] += u
        ones = np.ones((n, 2))
        lure = (critical / (1 - critical))[:, None] * ones
        chain = Chain(ones, ones + lure, 0 * ones, moves, ones)
        edge = int(np.argmax(chain.holds(delta)))
        effective = al.effective_discount(delta, h, u)
        assert critical[edge] - 0.0061 <= effective <= critical[edge - 1] + 0.0061
        assert al.effective_discount(delta, h) < effective < delta


def test_effective_discounts() -> None:
    assert al.effective_discount(F(9, 10), F(1, 5)) == F(18, 25)
    np.testing.assert_allclose(al.effective_discount([0.5, 0.9], [0.0, 0.5]), [0.5, 0.45])
    for delta, h, u in ((0.9, 0.2, 0.1), (0.5, 0.5, 0.5), (0.99, 0.01, 0.9)):
        effective = al.effective_discount(delta, h, u)
        alpha = 1 - (1 - delta) / (1 - effective)
        assert delta * u * alpha**2 - (1 - delta * (1 - h - u)) * alpha + delta * h == pytest.approx(0, abs=1e-12)
        assert al.effective_discount(delta, h, 1e-13) == pytest.approx(delta * (1 - h))
    with pytest.raises(ValueError, match=r"effective_discount\(\): hazard \+ improvement must be at most 1; got 0.7 \+ 0.5"):
        al.effective_discount(0.9, 0.7, 0.5)
    with pytest.raises(ValueError, match=r"effective_discount\(\): hazard must lie in \[0, 1\]; got 1.1"):
        al.effective_discount(0.9, 1.1)
    with pytest.raises(ValueError, match=r"effective_discount\(\): discount must"):
        al.effective_discount(1.2, 0.1)


# -- T3: a certain decline unravels ----------------------------------------------------------------------------------------


def test_t3_certain_decline_unravels() -> None:
    """δ = .9 far above the static δ* of one half, a hundred levels above the end: no alliance anywhere on the path."""
    for n in (20, 100):
        levels = [(F(2), F(2))] * n
        down = {x: {x - 1 if x else n: F(1)} for x in range(n)}
        assert not any(_exact(levels, down, F(9, 10)))
        slow = {x: {x - 1 if x else n: F(1, 10), x: F(9, 10)} for x in range(n)}
        assert all(_exact(levels, slow, F(9, 10)))


def test_t3_needs_temptation_and_a_single_stage_equilibrium() -> None:
    down = {x: {x - 1 if x else 3: F(1)} for x in range(3)}
    assert all(_exact([(F(0), F(2))] * 3, down, F(1, 2)))
    second = [(F(2), F(2)), (F(0), F(2)), (F(1), F(2))]  # in the middle the alliance is an equilibrium of the stage game, too
    assert _exact(second, down, F(9, 10)) == [False, True, True]
    # chicken-like cells: being betrayed beats open war on both sides, so (A, F) and (F, A) are stage equilibria
    assert _exact([(F(1, 2), F(2), F(1, 4))] * 3, down, F(1, 2)) == [False, True, True]
    assert _exact([(F(1, 2), F(2), F(-1, 4))] * 3, down, F(1, 2)) == [False] * 3


# -- T4: the commitment problem ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chains", [pytest.param(240, marks=pytest.mark.slow), 100])
def test_t4_the_commitment_problem(chains: int) -> None:
    """A fight ends power's movement: the formula, with U(x') from the solver; and Powell's inequality where it applies."""
    rng = np.random.default_rng([4, chains])
    wars = powell = 0
    for _ in range(chains):
        n, delta = 4, float(rng.uniform(0.05, 0.95))
        sponsor = np.sort(rng.random(n))  # the sponsor's war value, lowest at level 0
        cost = rng.uniform(0.02, 0.3, n)
        war, share = np.stack([sponsor, 1 - sponsor - cost], axis=1), rng.random(n)
        moves, _ = falling(rng, n)
        stages: list[Any] = [
            al.StageGame([[y, w[0]], [w[0], w[0]]], [[1 - y, w[1]], [w[1], w[1]]], ALLY)
            for y, w in zip(share, war, strict=True)
        ]
        ends: list[Any] = [al.StageGame([[w[0]]], [[w[1]]]) for w in war]
        game = al.StochasticGame(
            [*stages, *ends],
            lambda s, i, j, n=n, p=moves: {s: 1.0} if s >= n else {s + n: 1.0} if i or j else dict(enumerate(p[s].tolist())),
        )
        contracts = game.solve(delta)
        peace = [contracts.can_play(x, ("ally", "ally")) for x in range(n)]
        for x in range(n):
            later = contracts.joint.copy()[:n]
            later[x] = 1 if all(peace[y] for y in range(x) if moves[x, y] > 0) else later[x]
            if moves[x, x] and later[x] != 1:
                continue  # U(x) depends on the answer
            expected = moves[x] @ war
            joint = float(moves[x] @ later)
            joint = 1 if abs(joint - 1) < 1e-12 else joint
            problem = al.commitment_problem(delta, share[x], tuple(war[x]), tuple(expected), joint)
            if abs(problem.excess) < NEAR:
                continue
            assert problem.war != peace[x]
            wars += problem.war
            if problem.applies:
                assert problem.war == (problem.loss > problem.price)
                powell += 1
            if problem.war and joint == 1:
                assert problem.breaker != "none"
    assert wars > chains // 4
    assert powell > chains // 4


def test_t4_uses_the_cost_of_tomorrows_war() -> None:
    """A war is cheap today and dear tomorrow: tomorrow's cost is what the sponsor saves by peace."""
    problem = al.commitment_problem(F(9, 10), F(1, 2), (F(1, 2), F(2, 5)), (F(1, 5), F(2, 5)))
    assert problem.price == F(9, 10) * F(2, 5)
    assert problem.loss == F(9, 10) * F(3, 10)
    assert not problem.war
    todays_cost = 1 - F(1, 2) - F(2, 5)
    assert problem.loss > F(9, 10) * todays_cost
    assert str(problem) == "Peace: the sponsor loses 27/100 ≤ 9/25 by waiting."


def test_t4_wrong_input() -> None:
    with pytest.raises(TypeError, match=r"commitment_problem\(\): war must be a pair \(sponsor's, proxy's\); got 0.5"):
        al.commitment_problem(0.9, 0.5, 0.5, (0.5, 0.5))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"commitment_problem\(\): discount must"):
        al.commitment_problem(1, 0.5, (0.5, 0.5), (0.5, 0.5))


# -- T5: without side payments -----------------------------------------------------------------------------------------------


def _held_from(chain: Chain, delta: float) -> int:
    """The lowest level at which a Markov equilibrium holds the alliance on all levels from there up; n if there is none."""
    n = len(chain.moves)
    # the hopeless level has one action: give it two that are alike, so that all levels have the same
    solver = MarkovSolver(chain.game(hopeless=2), n, delta)
    return next((e for e in range(1, n) if solver.hold(np.arange(n) >= e).holds), n)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("chains", OFTEN)
def test_t5_without_side_payments(chains: int, frozen: bool) -> None:
    """max δ_i* ≤ δ(1 − h) on a chain where it does not fall on the way down; wrong in some states if a break freezes power."""
    rng = np.random.default_rng([6, chains])
    wrong = both = 0
    for _ in range(chains):
        chain, h = random_chain(rng, frozen=frozen)
        h[1:] = np.sort(h[1:])[::-1]
        chain.moves = _moves_of(rng, h)
        own = (chain.tempted - chain.allied) / (chain.tempted - chain.outside)
        order = np.argsort(-own[1:].max(axis=1))
        part = [0, *(1 + order)]
        chain.allied, chain.tempted, chain.outside, own = (v[part] for v in (chain.allied, chain.tempted, chain.outside, own))
        delta = float(rng.uniform(0.4, 0.98))
        effective = np.asarray(al.effective_discount(delta, h.tolist()))
        critical = own.max(axis=1)
        if (np.abs(critical - effective)[1:] < NEAR).any():
            continue
        predicted = [x for x in range(1, len(h)) if critical[x] <= effective[x]]
        edge = predicted[0] if predicted else len(h)
        found = _held_from(chain, delta)
        wrong += found != edge
        both += edge < len(h)
    assert both > chains // 4
    assert (wrong > 0) == frozen
