"""Stochastic games to try, and plain value iteration: slow, short, and with nothing of the library's solver in it."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np

import alliances as al
from tests.payoff_set_reference import hull

__all__ = [
    "CD",
    "by_polygons",
    "by_value_iteration",
    "game_of",
    "plays_an_equilibrium",
    "random_game",
    "reconciling_dyad",
    "tribute",
    "two_state_dilemma",
]

CD = ("C", "D")


def by_value_iteration(
    payoffs: list[tuple[np.ndarray, np.ndarray]], moves: list[np.ndarray], delta: float, tolerance: float = 1e-9
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray], np.ndarray]:
    """(U, v_S, v_P, playable profiles and whether there is an equilibrium per state), by fixed points from the definition.

    ``payoffs``: per state (A, B); ``moves``: per state (m, k, n). Each state's are padded to the size of the largest.
    """
    n = len(payoffs)
    rows, columns = (max(a.shape[k] for a, _ in payoffs) for k in (0, 1))
    real = np.zeros((n, rows, columns), dtype=bool)
    sponsors, proxies, chances = (np.zeros((n, rows, columns, *more)) for more in ((), (), (n,)))
    for x, ((a, b), move) in enumerate(zip(payoffs, moves, strict=True)):
        own = x, slice(a.shape[0]), slice(a.shape[1])
        real[own], sponsors[own], proxies[own], chances[own] = True, a, b, move
    allowed, alive = real.copy(), np.ones(n, dtype=bool)
    joint, sponsor, proxy = (np.zeros(n) for _ in range(3))  # never reset: a contraction forgets where it started

    def applied() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        worth = (1 - delta) * (sponsors + proxies) + delta * chances @ joint
        d_s = np.where(real, (1 - delta) * sponsors + delta * chances @ sponsor, -np.inf).max(axis=1)
        d_p = np.where(real, (1 - delta) * proxies + delta * chances @ proxy, -np.inf).max(axis=2)
        return worth, d_s, d_p

    while True:
        moved = np.inf
        while moved >= 1e-13:
            worth, d_s, d_p = applied()
            new = (
                np.where(allowed, worth, -np.inf).max(axis=(1, 2)),
                np.where(allowed.any(axis=1), d_s, np.inf).min(axis=1),
                np.where(allowed.any(axis=2), d_p, np.inf).min(axis=1),
            )
            new = tuple(np.where(alive, v, 0.0) for v in new)
            moved = max(np.abs(v - before).max() for v, before in zip(new, (joint, sponsor, proxy), strict=True))
            joint, sponsor, proxy = new
        worth, d_s, d_p = applied()
        bad = allowed & alive[:, None, None] & (worth - d_s[:, None, :] - d_p[:, :, None] < -tolerance)
        allowed &= ~bad
        alive &= allowed.any(axis=(1, 2))
        while True:  # a state from which some actions lead to a dead one is dead
            more = alive & ~(chances[..., ~alive] > 0).any(axis=(1, 2, 3))
            if (more == alive).all():
                break
            alive = more
        playable = [allowed[x, : a.shape[0], : a.shape[1]] & alive[x] for x, (a, _) in enumerate(payoffs)]
        if not bad.any():
            return joint, sponsor, proxy, playable, alive
        if not alive.any():
            nothing = np.full(n, np.nan)
            return nothing, nothing, nothing, playable, alive


def plays_an_equilibrium(machine: Any, tolerance: float = 1e-8) -> bool:
    """Whether no player has a better reply to an automaton than to conform, which pays what it says: by value iteration."""
    game, delta = machine.game, machine.discount
    nodes = np.argwhere(machine.profile >= 0)
    where = {(int(x), int(k)): place for place, (x, k) in enumerate(nodes)}
    for player, payoffs in enumerate((game.sponsor, game.proxy)):
        conform, flow = np.zeros((len(nodes), len(nodes))), np.zeros(len(nodes))
        deviate, gains, owner = [], [], []
        for place, (x, k) in enumerate(nodes):
            own = int(machine.profile[x, k])
            flow[place] = payoffs[own]
            for y, p in game.kernel.at(own).items():
                for to, weight in zip(machine.places[x, k], machine.weights[x, k], strict=True):
                    conform[place, where[y, int(to)]] += p * weight
            fixed = (game.column, game.row)[player]
            others = (game.state_of == x) & (fixed == fixed[own]) & (np.arange(game.profiles) != own)
            for other in np.flatnonzero(others):
                row = np.zeros(len(nodes))
                for y, p in game.kernel.at(int(other)).items():
                    row[where[y, machine.worst[player]]] += p
                deviate.append(row)
                gains.append(payoffs[other])
                owner.append(place)
        told = np.array([machine.values[x, k, player] for x, k in nodes])
        kept, best = told.copy(), told.copy()
        for _ in range(int(40 / (1 - delta))):
            kept = (1 - delta) * flow + delta * conform @ kept
            replies = (1 - delta) * np.array(gains) + delta * np.array(deviate).reshape(-1, len(nodes)) @ best
            best = (1 - delta) * flow + delta * conform @ best
            np.maximum.at(best, np.array(owner, dtype=int), replies)
        if max(np.abs(kept - told).max(), np.abs(best - told).max()) > tolerance:
            return False
    return True


def random_game(rng: np.random.Generator, states: int = 4, actions: int = 3) -> dict[str, Any]:
    """Payoffs, transitions and a discount factor of a random game with ragged action sets and sparse transitions."""
    n = int(rng.integers(1, states + 1))
    sizes = rng.integers(1, actions + 1, size=(n, 2))
    payoffs = [(rng.integers(-5, 6, size=size).astype(float), rng.integers(-5, 6, size=size).astype(float)) for size in sizes]
    moves = []
    for m, k in sizes:
        weights = rng.integers(0, 4, size=(m, k, n)) * (rng.random((m, k, n)) < 0.7)
        weights[..., int(rng.integers(n))] += weights.sum(axis=-1) == 0
        moves.append(weights / weights.sum(axis=-1, keepdims=True))
    return {"payoffs": payoffs, "moves": moves, "delta": float(rng.choice([0.1, 0.3, 0.5, 0.7, 0.9]))}


def two_state_dilemma(number: Any = F) -> al.StochasticGame:
    """Abreu, Brooks & Sannikov (2020), Econometrica 88:1661-1695, example with two states."""
    low = al.StageGame([[number(2), number(-1)], [number(3), number(0)]], [[number(2), number(3)], [number(-1), number(0)]], CD)
    high = al.StageGame(low.A + 2, low.B + 2, CD)

    def moves(state: int, i: int, j: int) -> dict[int, Any]:
        same = number(2) / 3 if state == 0 else number(1) / 3
        up = same if i == j else number(1) / 2
        return {0: 1 - up, 1: up}

    return al.StochasticGame([low, high], moves)


def tribute(number: Any = float) -> al.StochasticGame:
    """A proxy that may arm, for 1/10, and with probability ½ is paid ever after: it restrains itself iff δ ≤ 1/5."""
    before = al.StageGame([[number(0), number(0)]], [[number(0), -number(1) / 10]], actions=(("wait",), ("restrain", "arm")))
    after = al.StageGame([[-number(1)]], [[number(1)]], actions=(("wait",), ("rule",)))

    def moves(state: str, _: int, j: int) -> dict[str, Any]:
        return {"armed": number(1)} if state == "armed" else {"armed": number(j) / 2, "quiet": 1 - number(j) / 2}

    return al.StochasticGame([before, after], moves, states=("quiet", "armed"))


def game_of(drawn: dict[str, Any]) -> al.StochasticGame:
    return al.StochasticGame([al.StageGame(a, b) for a, b in drawn["payoffs"]], drawn["moves"])


def reconciling_dyad(learning: float = 0.1, step: float = 0.1) -> al.ShiftingDyad:
    """A dyad of 61 log ratios, or fewer, whose proxy learns, and whose wars may end in a new alliance."""
    game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(1.0))
    return al.ShiftingDyad(game, al.PowerProcess(step=step, learning=(learning, 1)), war=walk, reconcile=0.1)


def by_polygons(
    payoffs: list[tuple[np.ndarray, np.ndarray]], moves: list[np.ndarray], delta: float, steps: int = 150
) -> list[list[tuple[float, float]]]:
    """Payoff sets without side payments, as vertices per state: plain polygons, added and cut one after the other."""
    n = len(payoffs)
    whole = [(float(a), float(b)) for pair in payoffs for a, b in zip(pair[0].ravel(), pair[1].ravel(), strict=True)]
    sets = [_box(whole)] * n
    for _ in range(steps):
        new = []
        for x, (a, b) in enumerate(payoffs):
            points = []
            least = [np.array([min((p[i] for p in s), default=np.inf) for s in sets]) for i in (0, 1)]
            with np.errstate(invalid="ignore"):
                after = [np.where(moves[x] > 0, moves[x] * v, 0).sum(axis=-1) for v in least]
            d = (((1 - delta) * a + delta * after[0]).max(axis=0), ((1 - delta) * b + delta * after[1]).max(axis=1))
            for i, j in np.ndindex(a.shape):
                part = [(0.0, 0.0)]
                for s, p in zip(sets, moves[x][i, j], strict=True):
                    if p > 0:
                        part = _extreme([(u[0] + p * v[0], u[1] + p * v[1]) for u in part for v in s])
                g = ((1 - delta) * a[i, j], (1 - delta) * b[i, j])
                part = _at_least(_at_least([(g[0] + delta * u[0], g[1] + delta * u[1]) for u in part], 0, d[0][j]), 1, d[1][i])
                points += part
            new.append(_extreme(points))
        sets = new
    return sets


def _box(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    xs, ys = zip(*points, strict=True)
    return [(min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))]


def _extreme(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return hull([(round(x, 11), round(y, 11)) for x, y in points])


def _at_least(polygon: list[tuple[float, float]], axis: int, least: float) -> list[tuple[float, float]]:
    """The points of a convex polygon with coordinate ``axis`` at least ``least``: by crossings of all pairs of vertices."""
    least -= 1e-9
    kept = [p for p in polygon if p[axis] >= least]
    for p in kept:
        for q in polygon:
            if q[axis] < least:
                t = (p[axis] - least) / (p[axis] - q[axis])
                kept = [*kept, (p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1]))]
    return kept
