"""Dyads whose power moves: the one of the table of break thresholds, and chains in which the theorems are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import alliances as al

__all__ = ["ALLY", "Chain", "alliance", "falling", "random_chain", "shifting", "static"]

ALLY = ("ally", "fight")


@dataclass
class Chain:
    """Levels 0 (hopeless) to n − 1: payoffs of the alliance and of a break, and how power moves.

    Attributes
    ----------
    allied, tempted, outside
        (n, 2) payoffs of (ally, ally), of who fights an ally, and of mutual fighting, for ever after a break.
    moves
        (n, n) transition probabilities, whatever is played.
    lost
        (n, 2) by how much the betrayed falls short of what leaves no joint surplus in the period of a betrayal.
    frozen
        Whether a break stops power.
    """

    allied: np.ndarray
    tempted: np.ndarray
    outside: np.ndarray
    moves: np.ndarray
    lost: np.ndarray
    frozen: bool = False

    @property
    def surplus(self) -> np.ndarray:
        return np.asarray((self.allied - self.outside).sum(axis=1))

    @property
    def temptation(self) -> np.ndarray:
        return np.asarray((self.tempted - self.allied).sum(axis=1))

    def stage(self, x: int) -> al.StageGame:
        """Betrayal leaves no joint surplus: the betrayed gets what is left of the outside options, or less."""
        y, d, w = self.allied[x], self.tempted[x], self.outside[x]
        left = w.sum() - d[::-1] - self.lost[x]
        return al.StageGame([[y[0], left[0]], [d[0], w[0]]], [[y[1], d[1]], [left[1], w[1]]], ALLY)

    def game(self, hopeless: int = 1) -> al.StochasticGame:
        """The game; at the hopeless level both have so many actions, all alike."""
        n, size = len(self.moves), (hopeless, hopeless)
        after = [al.StageGame([[w[0]]], [[w[1]]]) for w in self.outside]
        first = al.StageGame(np.full(size, self.outside[0, 0]), np.full(size, self.outside[0, 1]))
        stages: list[Any] = [first, *(self.stage(x) for x in range(1, n)), *after]

        def following(state: int, i: int, j: int) -> dict[int, float]:
            level, broken = state % n, state >= n or i > 0 or j > 0
            row = np.eye(n)[level] if broken and self.frozen else self.moves[level]
            return {int(y) + n * (broken and y > 0): float(row[y]) for y in np.flatnonzero(row)}

        return al.StochasticGame(stages, following)

    def holds(self, delta: float) -> np.ndarray:
        """(n,) whether (ally, ally) can be played, with side payments; never at the hopeless level."""
        contracts = self.game().solve(delta)
        return np.array([False, *(contracts.can_play(x, (0, 0)) for x in range(1, len(self.moves)))])


def falling(rng: np.random.Generator, n: int, certain: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """(moves, h): the level only worsens, by any number of steps, with probability h; the lowest is hopeless and stays."""
    moves, h = np.zeros((n, n)), np.zeros(n)
    moves[0, 0] = 1
    for x in range(1, n):
        h[x] = 1 if certain else rng.random() * 0.6
        share = rng.dirichlet(np.ones(x))
        moves[x, :x] = h[x] * share
        moves[x, x] = 1 - h[x]
    return moves, h


def random_chain(rng: np.random.Generator, n: int = 6, frozen: bool = False) -> tuple[Chain, np.ndarray]:
    """A chain under the conditions of "risk is impatience", and its hazards."""
    moves, h = falling(rng, n)
    outside = rng.normal(size=(n, 2))
    allied = outside + rng.random((n, 2)) + 0.05
    tempted = allied + rng.random((n, 2)) * 1.5
    return Chain(allied, tempted, outside, moves, rng.random((n, 2)), frozen), h


def static(chain: Chain) -> np.ndarray:
    """δ*(x) = L/(L + s); no patience suffices at the hopeless level."""
    answer = chain.temptation / (chain.temptation + chain.surplus)
    answer[0] = np.inf
    return np.asarray(answer)


def alliance(decisiveness: float, **parts: Any) -> al.AllianceGame:
    """The model of the table."""
    parts = {"exposure": 0.8, "conflict_cost": 0.15} | parts
    return al.AllianceGame(al.Tullock(decisiveness), al.Complementarity(0.6), al.Proportional(), **parts)


def shifting(decisiveness: float = 1.0, learning: float = 0.3, *, reach: float = 3.0, **parts: Any) -> al.ShiftingDyad:
    """Its dyad: a war of rounds, and a proxy that learns."""
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(decisiveness))
    process = al.PowerProcess(reach=reach, learning=(learning, 1))
    return al.ShiftingDyad(alliance(decisiveness), process, war=parts.pop("war", walk), **parts)
