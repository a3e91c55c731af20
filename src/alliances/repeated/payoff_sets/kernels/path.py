"""The straight way from an outer set to the fixed point of its structure: whether it ends there, or how far it may be gone."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import EPSILON, FIXED_POINT, SAME_POINT, STANDSTILL
from alliances.repeated.payoff_sets.kernels.compiling import compiled
from alliances.repeated.payoff_sets.kernels.hulls import beyond, hull, moved, rows
from alliances.repeated.payoff_sets.kernels.operator import generate, punishments

__all__ = ["between", "reach"]

_HALVINGS = 60


@compiled
def between(w: Array, u: Array, limit: Array, t: Array, share: float) -> tuple[Array, Array]:
    """The set and the punishment payoffs on the way."""
    mid = np.empty_like(w)
    for k in range(len(w)):
        mid[k, 0], mid[k, 1] = w[k, 0] + share * (limit[k, 0] - w[k, 0]), w[k, 1] + share * (limit[k, 1] - w[k, 1])
    mid = rows(mid, hull(mid, STANDSTILL))
    return mid, np.array([u[0] + share * (t[0] - u[0]), u[1] + share * (t[1] - u[1])])


@compiled
def _maps(
    g: Array,
    d: Array,
    h: Array,
    delta: float,
    tol: float,
    minmax: Array,
    w: Array,
    u: Array,
    active: Array,
    limit: Array,
    t: Array,
    share: float,
    slack: float,
) -> int:
    """Of the set on the way: 1, if R maps it into itself; 2, if its punishment payoffs follow, too: it contains V(δ)."""
    mid, s = between(w, u, limit, t, share)
    vertices, _, alive = generate(g, d, h, delta, tol, mid, s, active)
    if len(vertices) == 0 or beyond(mid, vertices) > slack:
        return 0
    if s[0] < u[0] - SAME_POINT or s[1] < u[1] - SAME_POINT or beyond(w, mid) > SAME_POINT:
        return 1
    least = punishments(d, vertices, alive, minmax)
    return 2 if s[0] <= least[0] + slack and s[1] <= least[1] + slack else 1


@compiled
def reach(
    g: Array,
    d: Array,
    h: Array,
    delta: float,
    tol: float,
    minmax: Array,
    w: Array,
    u: Array,
    active: Array,
    limit: Array,
    t: Array,
    error: float,
) -> float:
    """1, if the limit is a fixed point of R and nothing larger lies between it and the outer set.

    Otherwise how far all sets on the way still contain V(δ), or 0, if that is not worth it.
    """
    inside = t[0] >= u[0] - SAME_POINT and t[1] >= u[1] - SAME_POINT and beyond(w, limit) <= SAME_POINT
    if error < np.inf and inside:
        shape = rows(limit, hull(limit, STANDSTILL))
        again, _, alive = generate(g, d, h, delta, tol, shape, t, active)
        if len(again) > 0 and beyond(shape, again) <= FIXED_POINT and beyond(again, limit) <= FIXED_POINT:
            follow = punishments(d, again, alive, u)
            if abs(follow[0] - t[0]) <= SAME_POINT and abs(follow[1] - t[1]) <= SAME_POINT:
                if moved(w, u, limit, t) <= SAME_POINT:
                    return 1.0
                ends = True
                for share in (0.0, 0.5, 0.9375):
                    ends = ends and _maps(g, d, h, delta, tol, minmax, w, u, active, limit, t, share, SAME_POINT) > 0
                if ends:
                    return 1.0
    slack = 64 * EPSILON
    margin = slack / (1 - delta)
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        if high - low <= margin / 4:
            break
        middle = (low + high) / 2
        if _maps(g, d, h, delta, tol, minmax, w, u, active, limit, t, middle, slack) == 2:
            low = middle
        else:
            high = middle
    low = max(low - margin, 0.0)
    return low if low * moved(w, u, limit, t) > (1 - delta) / 8 else 0.0
