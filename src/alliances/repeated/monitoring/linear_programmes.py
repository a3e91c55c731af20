"""Linear programmes of public monitoring: incentives that depend on a signal, and what they cost.

Everything here is about one profile a of a game with payoffs scaled to [0, 1]. Player i's other actions a'_i gain
gain_i = g_i(a'_i, a_j) − g_i(a) and change the signal's distribution by change_i = π(· | a'_i, a_j) − π(· | a). Rewards
r_i(y) that depend on the signal keep player i iff

    change_i · r_i ≤ −gain_i     for every other action.

Solved by HiGHS (Huangfu & Hall 2018) through ``scipy.optimize.linprog``; its multipliers give the slopes used by the callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import Array

__all__ = ["Incentives", "Optimum", "solve"]

_OPTIONS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True, eq=False)
class Optimum:
    """The optimum of a minimisation: its value, a minimiser, and the value's derivatives by the right-hand sides."""

    value: float
    x: Array
    slopes: Array


def solve(cost: Array, matrix: Array, bound: Array, bounds: Any) -> Optimum | None:
    """Minimise cost·x subject to matrix·x ≤ bound; None if no x satisfies it.

    >>> solve(np.array([1.0]), np.array([[-1.0]]), np.array([-2.0]), (None, None)).value
    2.0
    """
    from scipy.optimize import linprog

    if len(matrix) == 0:
        matrix, bound = np.zeros((1, len(cost))), np.zeros(1)
    result = linprog(cost, A_ub=matrix, b_ub=bound, bounds=bounds, method="highs", options=_OPTIONS)
    if result.status == 2:
        return None
    if result.status != 0:
        raise RuntimeError(f"solve(): HiGHS did not solve a linear programme: {result.message}")
    return Optimum(float(result.fun), result.x, result.ineqlin.marginals)


@dataclass(frozen=True, eq=False)
class Incentives:
    """One profile's payoffs, temptations and signals.

    Attributes
    ----------
    payoffs
        g_i(a).
    gains
        Per player, what each other action gains.
    changes
        Per player (actions − 1, Y), how each other action changes the distribution of signals.
    signals
        π(· | a).
    """

    payoffs: tuple[float, float]
    gains: tuple[Array, Array]
    changes: tuple[Array, Array]
    signals: Array

    def enforceable(self, player: int) -> bool:
        """Whether any rewards keep a player: not if a deviation pays and leaves no trace in the signal."""
        size = len(self.signals)
        return solve(np.zeros(size), self.changes[player], -self.gains[player], (None, None)) is not None

    def axis_score(self, player: int, sign: float) -> float:
        """k(a, ±e_i): max ±v_i with ±x_i(y) ≤ 0, for an enforceable profile. The other player's incentives cost nothing."""
        limits = (None, 0) if sign > 0 else (0, None)
        optimum = solve(-sign * self.signals, self.changes[player], -self.gains[player], limits)
        if optimum is None:
            return -np.inf
        return sign * self.payoffs[player] - optimum.value

    def score_point(self, direction: Array, signs: tuple[float, float]) -> Array:
        """The point c with k(a, λ) = c·λ for λ in the quadrant with these signs; a supergradient of k(a, ·) there.

        In s_i = λ_i x_i: max E[s_S + s_P | a] s.t. sign_i · change_i·s_i ≤ −|λ_i| gain_i and s_S(y) + s_P(y) ≤ 0.
        """
        size = len(self.signals)
        rows = [len(g) for g in self.gains]
        matrix = np.zeros((sum(rows) + size, 2 * size))
        matrix[: rows[0], :size] = signs[0] * self.changes[0]
        matrix[rows[0] : sum(rows), size:] = signs[1] * self.changes[1]
        matrix[sum(rows) :, :size] = matrix[sum(rows) :, size:] = np.eye(size)
        bound = np.concatenate([-abs(direction[0]) * self.gains[0], -abs(direction[1]) * self.gains[1], np.zeros(size)])
        optimum = solve(-np.concatenate([self.signals, self.signals]), matrix, bound, (None, None))
        if optimum is None:
            raise RuntimeError("Incentives.score_point(): an enforceable profile must have a score; HiGHS found none")
        # value of the maximum = Σ multiplier · bound, and bounds are linear in λ: collect the coefficient of each λ_i
        multiplier = -optimum.slopes
        cost = [multiplier[: rows[0]] @ self.gains[0], multiplier[rows[0] : sum(rows)] @ self.gains[1]]
        return np.array([self.payoffs[i] - signs[i] * cost[i] for i in range(2)])

    def least_liquidity(self) -> float:
        """The least L for which rewards z_i(y) ≥ 0 with z_S(y) + z_P(y) ≤ L keep both players; ∞ if none do."""
        size = len(self.signals)
        matrix, bound = self._rewards(0.0)
        column = np.concatenate([np.zeros(len(bound) - size), -np.ones(size)])
        cost = np.concatenate([np.zeros(2 * size), [1.0]])
        optimum = solve(cost, np.column_stack([matrix, column]), bound, (0, None))
        return np.inf if optimum is None else optimum.value

    def most_joint(self, liquidity: float) -> Optimum | None:
        """U(L, a) = G(a) − least expected money burnt; ``x`` are the rewards, ``slopes`` holds the derivative by L."""
        weights = -np.concatenate([self.signals, self.signals])
        optimum = solve(weights, *self._rewards(liquidity), (0, None))
        if optimum is None:
            return None
        slope = -1.0 - optimum.slopes[-len(self.signals) :].sum()
        return Optimum(sum(self.payoffs) - liquidity - optimum.value, optimum.x, np.array([slope]))

    def least_payoff(self, player: int, liquidity: float) -> Optimum | None:
        """v_i(L, a), the least payoff of a player that is to be punished by playing a; otherwise as :meth:`most_joint`."""
        nothing = np.zeros(len(self.signals))
        weights = np.concatenate([self.signals, nothing] if player == 0 else [nothing, self.signals])
        optimum = solve(weights, *self._rewards(liquidity), (0, None))
        if optimum is None:
            return None
        slope = optimum.slopes[-len(self.signals) :].sum()
        return Optimum(self.payoffs[player] + optimum.value, optimum.x, np.array([slope]))

    def _rewards(self, liquidity: float) -> tuple[Array, Array]:
        """change_i·z_i ≤ −gain_i for both players, z_S(y) + z_P(y) ≤ L for all signals."""
        size, (rows_s, rows_p) = len(self.signals), map(len, self.gains)
        matrix = np.zeros((rows_s + rows_p + size, 2 * size))
        matrix[:rows_s, :size] = self.changes[0]
        matrix[rows_s : rows_s + rows_p, size:] = self.changes[1]
        matrix[rows_s + rows_p :, :size] = matrix[rows_s + rows_p :, size:] = np.eye(size)
        return matrix, np.concatenate([-self.gains[0], -self.gains[1], np.full(size, liquidity)])
