"""Where an alliance is possible at all: bounds on what any equilibrium is worth, whatever its strategies remember.

Let l_i(x) ≤ u_i(x) bound what the game from state x on is worth to i in every subgame-perfect equilibrium, mixed ones and those
with memory included. The largest and the smallest stage payoff do. They can be tightened, again and again:

* what a profile a of x is worth lies between (1 − δ)g_i(x, a) + δ E[l_i | x, a] and the same with u_i;
* an action that is worth less than another one of the same player for sure, whatever the other plays of what is left to it, is
  never played;
* u_i(x) is at most the largest upper bound of a profile that is left, and l_i(x) at least what i can make sure of: the best of
  its actions against the worst of the other's that are left.

**(ally, ally) is excluded** in a state, for certain and in any equilibrium, if one of the two would gain by a deviation even at
the upper bound of what the alliance is worth and at the lower bound of what follows the deviation. What is not excluded need
not be possible. Every sweep leaves bounds that are valid, so that the sweeps may end at any time.
"""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.elimination import playable_room
from alliances.dynamics.states import StateGames

__all__ = ["possible_alliances"]

_SWEEPS = 3000
_STILL = 1e-13  # of the payoff range: the bounds move no further
_MARGIN = 2  # times the gain that counts as none, in every period for ever: what strategies that pass as an equilibrium may err


def possible_alliances(game: StateGames, n: int, delta: float) -> Array:
    """(n,) whether (ally, ally), the first actions, is not excluded in each of the first n states, all with m × k actions.

    In all other states there must be one action each.
    """
    m, k = game.stages[0].shape
    cells, spread = n * m * k, float(game.spread)
    margin = _MARGIN * float(playable_room(game)) / (1 - delta)
    (low_s, low_p), matrix = game.lowest, game.kernel.matrix
    payoffs = np.stack([game.sponsor - low_s, game.proxy - low_p], axis=1)  # a common level costs no digits
    flow = (1 - delta) * payoffs
    lower, upper = (np.broadcast_to(x, (len(game), 2)) for x in (payoffs.min(axis=0), payoffs.max(axis=0)))
    own_s, own_p = np.ones((n, m), dtype=bool), np.ones((n, k), dtype=bool)
    possible = np.ones(n, dtype=bool)
    for _ in range(_SWEEPS):
        least, most = (flow + delta * (matrix @ bound) for bound in (lower, upper))
        low, high = (worth[:cells].reshape(n, m, k, 2) for worth in (least, most))
        own_s = own_s & ~_dominated(low[..., 0], high[..., 0], own_p, margin)
        own_p = own_p & ~_dominated(low[..., 1].swapaxes(1, 2), high[..., 1].swapaxes(1, 2), own_s, margin)
        left = (own_s[:, :, None] & own_p[:, None, :])[..., None]
        sure_s = np.where(own_p[:, None, :], low[..., 0], np.inf).min(axis=2).max(axis=1)
        sure_p = np.where(own_s[:, :, None], low[..., 1], np.inf).min(axis=1).max(axis=1)
        after = (
            np.maximum(lower, np.concatenate([np.stack([sure_s, sure_p], axis=1), least[cells:]])),
            np.minimum(upper, np.concatenate([np.where(left, high, -np.inf).max(axis=(1, 2)), most[cells:]])),
        )
        ally = high[:, 0, 0] + margin
        possible &= (low[:, :, 0, 0].max(axis=1) <= ally[:, 0]) & (low[:, 0, :, 1].max(axis=1) <= ally[:, 1])
        moved = max(np.abs(after[0] - lower).max(), np.abs(after[1] - upper).max())
        lower, upper = after
        if moved <= _STILL * spread:
            break
    return np.asarray(possible & own_s[:, 0] & own_p[:, 0])


def _dominated(low: Array, high: Array, others: Array, margin: float) -> Array:
    """(n, own) which own actions are worth less than another for sure, against all of the other's that are left (n, other)."""
    better = low[:, :, None, :] - high[:, None, :, :]
    return np.asarray((np.where(others[:, None, None, :], better, np.inf).min(axis=3) > margin).any(axis=1))
