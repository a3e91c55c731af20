"""Others who solve the same games: hand-written NumPy, a hand-fused compiled kernel, Nashpy, QuantEcon and Gambit.

The task: for each gap the 2×2 game of a Tullock contest of decisiveness 2, its pure equilibria, each player's worst one as its
punishment, and δ* of (ally, ally). Loops get the stage games ready-made, so only their own work is timed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

SYNERGY, EXPOSURE, COST = 0.6, 0.8, 0.15


def payoffs(gap: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Of sponsor and proxy: both ally, it attacks, it is attacked, both fight."""
    share = (1 + gap) / 2
    rent = 1 + SYNERGY * np.maximum(gap, 0)
    odds = share**2 / (share**2 + (1 - share) ** 2)
    for own, win in ((share, odds), (1 - share, 1 - odds)):
        mine, theirs = rent * own, rent * (1 - own)
        yield mine, mine + EXPOSURE * win * theirs, mine - EXPOSURE * (1 - win) * mine, win - COST


def by_numpy(gap: np.ndarray) -> np.ndarray:
    """Arrays, as somebody who knows this one game would write it."""
    (cc_s, dc_s, cd_s, dd_s), (cc_p, dc_p, cd_p, dd_p) = payoffs(gap)
    nash = [
        (cc_s, cc_p, (cc_s >= dc_s) & (cc_p >= dc_p)),
        (dc_s, cd_p, (dc_s >= cc_s) & (cd_p >= dd_p)),
        (cd_s, dc_p, (cd_s >= dd_s) & (dc_p >= cc_p)),
        (dd_s, dd_p, (dd_s >= cd_s) & (dd_p >= cd_p)),
    ]
    worst = np.full((2, *gap.shape), np.inf)
    for s, p, holds in nash:
        np.minimum(worst[0], np.where(holds, s, np.inf), out=worst[0])
        np.minimum(worst[1], np.where(holds, p, np.inf), out=worst[1])
    deltas = []
    for stay, leave, low in ((cc_s, dc_s, worst[0]), (cc_p, dc_p, worst[1])):
        with np.errstate(divide="ignore", invalid="ignore"):
            delta = np.where(low < stay, (leave - stay) / (leave - low), np.inf)
        deltas.append(np.where(leave <= stay, 0.0, delta))
    return np.maximum(*deltas)


def by_chunks(gap: np.ndarray, size: int = 8192) -> np.ndarray:
    """The same in pieces that stay in the cache."""
    return np.concatenate([by_numpy(gap[k : k + size]) for k in range(0, len(gap), size)])


def compiled() -> Callable[[np.ndarray], np.ndarray] | None:
    """The same as one loop, compiled by Numba: the limit; None where Numba is missing."""
    if find_spec("numba") is None:
        return None
    numba = import_module("numba")

    @numba.njit(error_model="numpy")
    def one(gap: float) -> float:
        share = (1 + gap) / 2
        rent = 1 + SYNERGY * max(gap, 0.0)
        a, b = share * share, (1 - share) * (1 - share)
        win = a / (a + b)
        cc_s, cc_p = rent * share, rent * (1 - share)
        dc_s, dc_p = cc_s + EXPOSURE * win * cc_p, cc_p + EXPOSURE * (1 - win) * cc_s
        cd_s, cd_p = cc_s - EXPOSURE * (1 - win) * cc_s, cc_p - EXPOSURE * win * cc_p
        dd_s, dd_p = win - COST, 1 - win - COST
        low_s = low_p = np.inf
        if cc_s >= dc_s and cc_p >= dc_p:
            low_s, low_p = cc_s, cc_p
        if dc_s >= cc_s and cd_p >= dd_p:
            low_s, low_p = min(low_s, dc_s), min(low_p, cd_p)
        if cd_s >= dd_s and dc_p >= cc_p:
            low_s, low_p = min(low_s, cd_s), min(low_p, dc_p)
        if dd_s >= cd_s and dd_p >= cd_p:
            low_s, low_p = min(low_s, dd_s), min(low_p, dd_p)
        d_s = 0.0 if dc_s <= cc_s else (dc_s - cc_s) / (dc_s - low_s) if low_s < cc_s else np.inf
        d_p = 0.0 if dc_p <= cc_p else (dc_p - cc_p) / (dc_p - low_p) if low_p < cc_p else np.inf
        return max(d_s, d_p)

    @numba.njit
    def loop(gap: np.ndarray) -> np.ndarray:
        delta = np.empty(gap.size)
        for k in range(gap.size):
            delta[k] = one(gap[k])
        return delta

    kernel: Callable[[np.ndarray], np.ndarray] = loop
    return kernel


def loops() -> dict[str, Callable[[Any], np.ndarray]]:
    """The loops over other libraries that are installed, by name."""
    ways = {
        "nashpy": ("Nashpy support_enumeration, loop", through_nashpy),
        "quantecon": ("QuantEcon pure_nash_brute, loop", through_quantecon),
        "pygambit": ("Gambit enumpure_solve, loop", through_gambit),
    }
    return {
        name: lambda stage, solve=solve: loop(stage, solve)  # type: ignore[misc]
        for package, (name, solve) in ways.items()
        if find_spec(package) is not None and _works(solve)
    }


def _works(solve: Callable[[Any, Any], Any]) -> bool:
    """Whether an installed library still has the interface that is used here."""
    a = np.array([[9.0, 1.0], [10.0, 3.0]])
    try:
        return list(solve(a, a.T)) == [(1, 1)]
    except (AttributeError, TypeError, KeyError):
        return False


def loop(stage: Any, equilibria: Callable[[Any, Any], list[tuple[int, int]]]) -> np.ndarray:
    """The critical discount factors, one game after the other."""
    return np.array([reversion(a, b, equilibria(a, b)) for a, b in zip(stage.A, stage.B, strict=True)])


def reversion(a: Any, b: Any, profiles: list[tuple[int, int]]) -> float:
    """max_i (d_i − c_i)/(d_i − w_i) from the pure equilibria of one game."""
    if not profiles:
        return np.inf
    deltas = []
    for payoff, best in ((a, a[:, 0].max()), (b, b[0, :].max())):
        on_path, worst = payoff[0, 0], min(payoff[i, j] for i, j in profiles)
        if best <= on_path:
            deltas.append(0.0)
        else:
            deltas.append((best - on_path) / (best - worst) if worst < on_path else np.inf)
    return max(deltas)


def through_nashpy(a: Any, b: Any) -> list[tuple[int, int]]:
    """Pure equilibria among those of Nashpy's support enumeration."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # Nashpy warns of degenerate games
        equilibria = import_module("nashpy").Game(a, b).support_enumeration()
        return [(int(x.argmax()), int(y.argmax())) for x, y in equilibria if x.max() == 1 and y.max() == 1]


def through_quantecon(a: Any, b: Any) -> list[tuple[int, int]]:
    """Pure equilibria by QuantEcon's brute force."""
    qe = import_module("quantecon.game_theory")
    game = qe.NormalFormGame([qe.Player(a), qe.Player(np.ascontiguousarray(b.T))])
    found: list[tuple[int, int]] = qe.pure_nash_brute(game)
    return found


def through_gambit(a: Any, b: Any) -> list[tuple[int, int]]:
    """Pure equilibria by Gambit's enumeration."""
    gambit = import_module("pygambit")
    game = getattr(gambit, "StrategicGame", gambit.Game).from_arrays(a, b)  # its name from version 17 on
    found = []
    for profile in gambit.nash.enumpure_solve(game).equilibria:
        first, second = (list(map(float, weights(game, profile, player))) for player in game.players)
        found.append((first.index(1.0), second.index(1.0)))
    return found


def weights(game: Any, profile: Any, player: Any) -> Any:
    """The probabilities of a player's strategies: up to version 16 by strategy, from 17 on by label."""
    if isinstance(player, str):
        return [profile[player][strategy] for strategy in game.get_strategies(player)]
    return [profile[strategy] for strategy in player.strategies]
