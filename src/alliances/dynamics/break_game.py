"""The game that is played in one state where power moves, while values in all other states are given.

Each profile a = (i, j) of a state x is worth, to player i::

    Q_i(a) = b_i(a) + s(a) u_i,    b = (1 − δ)g + δ Σ over x' ≠ x of p(x'|x, a) V(x'),    s(a) = δ p(x|x, a),

where u is what being in x is worth: a **stationary** equilibrium is a pair of mixed actions that is a Nash equilibrium of Q,
with u its payoffs. There may be several. The one that is selected here is the first in this order: pure ones in which somebody
fights (the last action of either), the sponsor's later action first and then the proxy's; pure ones in which nobody does; mixed
ones, by the chance that both ally, the least first. So an alliance is kept only where nothing else is a pure equilibrium.

Mixed equilibria of 2×2 games have a closed form: the chance y that the proxy allies makes both actions of the sponsor worth the
same, u_S::

    [y b₀₀ + (1 − y)b₀₁] / [1 − y s₀₀ − (1 − y)s₀₁]  =  [y b₁₀ + (1 − y)b₁₁] / [1 − y s₁₀ − (1 − y)s₁₁],

a quadratic in y; the same for the sponsor's chance. Of larger games the mixed equilibria of Q are enumerated, u iterated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from alliances.arithmetic import Array
from alliances.games.nash import nash
from alliances.games.stage_game import StageGame

__all__ = ["Stationary", "stationary"]

_ROUNDS = 500  # of u in games larger than 2×2
_STILL = 1e-13  # of the payoff range: u has settled
_INSIDE = 1e-12  # a chance this near to 0 or 1 belongs to a pure action
_NOTHING = 1e-14  # of the largest coefficient of an equation: rounding


@dataclass(frozen=True, eq=False)
class Stationary:
    """Mixed actions of the two and what they are worth: (m,), (k,), (2,)."""

    sponsor: Array
    proxy: Array
    values: Array


def stationary(base: Array, stay: Array, room: float) -> Stationary | None:
    """The selected stationary equilibrium of one state; None if none is found.

    Parameters
    ----------
    base, stay
        b (m, k, 2) and s (m, k).
    room
        The gain from a deviation that counts as none.
    """
    m, k = stay.shape
    for i, j in _order(m, k):
        u = base[i, j] / (1 - stay[i, j])
        reply_s = base[:, j, 0] + stay[:, j] * u[0]
        reply_p = base[i, :, 1] + stay[i, :] * u[1]
        if reply_s.max() <= u[0] + room and reply_p.max() <= u[1] + room:
            return Stationary(np.eye(m)[i], np.eye(k)[j], u)
    return _mixed(base, stay) if (m, k) == (2, 2) else _enumerated(base, stay, room)


@cache
def _order(m: int, k: int) -> tuple[tuple[int, int], ...]:
    """Profiles in the order in which equilibria are selected."""
    profiles = [(i, j) for i in reversed(range(m)) for j in reversed(range(k))]
    return tuple(sorted(profiles, key=lambda a: a[0] < m - 1 and a[1] < k - 1))


def _mixed(base: Array, stay: Array) -> Stationary | None:
    """The mixed equilibrium of a 2×2 game that allies least."""
    chances_p = _indifferent(base[..., 0], stay)
    chances_s = _indifferent(base[..., 1].T, stay.T)
    if not chances_p or not chances_s:
        return None
    x, y = (np.array([chances[0], 1 - chances[0]]) for chances in (chances_s, chances_p))
    weight = x[:, None] * y
    u = np.einsum("ij,ijp->p", weight, base) / (1 - (weight * stay).sum())
    return Stationary(x, y, u)


def _indifferent(base: Array, stay: Array) -> list[float]:
    """The chances of the other player's first action that make a player's two actions (rows) worth the same, in order."""
    (c0, c1), (d0, d1) = base[:, 1], base[:, 0] - base[:, 1]  # what the rows are worth: c + d y, divided by e + f y
    (e0, e1), (f0, f1) = 1 - stay[:, 1], stay[:, 1] - stay[:, 0]
    equation = np.array([d1 * f0 - d0 * f1, c1 * f0 + d1 * e0 - c0 * f1 - d0 * e1, c1 * e0 - c0 * e1])
    if not equation.any():
        return []
    equation[np.abs(equation) <= _NOTHING * np.abs(equation).max()] = 0
    roots = np.roots(equation)
    real = roots.real[np.abs(roots.imag) < _INSIDE]
    return sorted(float(r) for r in real if _INSIDE < r < 1 - _INSIDE)


def _enumerated(base: Array, stay: Array, room: float) -> Stationary | None:
    """A mixed equilibrium of a larger game: u is iterated from the worst that the two can expect."""
    spread = max(float(np.ptp(base)), room)
    u = np.min(base / (1 - stay)[..., None], axis=(0, 1))
    for _ in range(_ROUNDS):
        worth = base + stay[..., None] * u
        equilibria = nash(StageGame(worth[..., 0], worth[..., 1])).equilibria
        if not equilibria:
            return None
        chosen = min(equilibria, key=lambda e: float(e.x[0] * e.y[0]))
        weight = chosen.x[:, None] * chosen.y
        after = np.einsum("ij,ijp->p", weight, base) / (1 - (weight * stay).sum())
        if np.abs(after - u).max() <= _STILL * spread:
            return Stationary(np.asarray(chosen.x, dtype=float), np.asarray(chosen.y, dtype=float), after)
        u = after
    return None
