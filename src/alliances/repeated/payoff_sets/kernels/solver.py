"""The steps of :mod:`alliances.repeated.payoff_sets.floating`, for one game and for a batch."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import SAME_POINT, STANDSTILL
from alliances.repeated.payoff_sets.kernels.compiling import compiled
from alliances.repeated.payoff_sets.kernels.hulls import hull, moved, rows, tidy
from alliances.repeated.payoff_sets.kernels.operator import FREE, generate, punishments
from alliances.repeated.payoff_sets.kernels.path import between, reach
from alliances.repeated.payoff_sets.kernels.structure import newton, same_structure, worst_vertices

__all__ = ["solve", "solve_all"]

_MOST_STEPS = 1000
_UNMOVED = 4e-16


@compiled
def _settled(
    g: Array, d: Array, h: Array, delta: float, tol: float, w: Array, u: Array, active: Array
) -> tuple[Array, Array, Array]:
    """The vertices without redundant ones, origins that refer to those that are left, and the profiles alive."""
    w = rows(w, tidy(w, SAME_POINT))
    again, origins, alive = w, np.empty((0, 4), np.int64), active
    for _ in range(3):
        again, origins, alive = generate(g, d, h, delta, tol, w, u, active)
        if len(again) == 0:
            break
        kept = tidy(again, SAME_POINT)
        again, origins = rows(again, kept), rows(origins, kept)
        if len(again) == len(w) and moved(w, u, again, u) <= SAME_POINT:
            break
        w = again
    return again, origins, alive


@compiled
def solve(
    g: Array, d: Array, h: Array, delta: float, tol: float, minmax: Array, promised: float
) -> tuple[Array, Array, Array, Array, int, int, float]:
    """V(δ) of a scaled game: vertices, origins, punishment payoffs, profiles alive, steps, how it ended, and an error bound.

    A fixed point is taken if the bound on its error is no more than ``promised``. It ends 0: by outer iteration, 1: at the
    fixed point of the structure, 2: empty, −1: not settled.
    """
    active = np.arange(len(g))
    w = rows(g, hull(g, STANDSTILL))
    u = minmax.copy()
    origins = np.empty((0, 4), np.int64)
    worst = np.full(2, -2, np.int64)
    attempt, wait = 1, 1
    error = 1.0
    n = 0
    while n < _MOST_STEPS:
        n += 1
        vertices, new_origins, alive = generate(g, d, h, delta, tol, w, u, active)
        if len(vertices) == 0:
            return vertices, new_origins, u, alive, n, 2, 0.0
        u_next = punishments(d, vertices, alive, u)
        error = moved(w, u, vertices, u_next) if len(w) == len(vertices) else 1.0
        if error <= _UNMOVED and len(active) == len(alive):
            w, origins, alive = _settled(g, d, h, delta, tol, w, u, active)
            return w, origins, u, alive, n, 0, STANDSTILL
        new_worst = worst_vertices(vertices, u_next)
        same = same_structure(new_origins, new_worst, origins, worst)
        origins, worst = new_origins, new_worst
        w, u, active = vertices, u_next, alive
        if not same:
            attempt, wait = n + 1, 1
        elif n >= attempt and (origins[:, 1] != FREE).any():
            started, limit, t, off = newton(g, d, h, delta, origins, worst, w, u)
            share = reach(g, d, h, delta, tol, minmax, w, u, active, limit, t, off) if started else 0.0
            if share == 1.0:
                if off > promised:
                    break
                w, origins, alive = _settled(g, d, h, delta, tol, limit, t, active)
                return w, origins, t, alive, n, 1, off
            if share > 0:
                w, u = between(w, u, limit, t, share)
                attempt, wait = n + 1, 1
            else:
                wait *= 2
                attempt = n + wait
    return w, origins, u, active, n, -1, error


@compiled
def solve_all(
    g: Array, d: Array, h: Array, delta: Array, tol: Array, minmax: Array, promised: float, vertices: Array, count: Array
) -> int:
    """The sets of a batch (games, profiles, 2), written to ``vertices`` (games, k, 2); the largest number of vertices.

    ``count`` is the number of each game's vertices, −1 where the set has not settled. If a set has more than k vertices, the
    call is to be repeated with room for as many as it returns.
    """
    largest = 1
    for game in range(len(g)):
        w, _, _, _, _, how, _ = solve(g[game], d[game], h[game], delta[game], tol[game], minmax[game], promised)
        count[game] = len(w) if how >= 0 else -1
        if how >= 0:
            largest = max(largest, len(w))
            for k in range(min(len(w), vertices.shape[1])):
                vertices[game, k, 0], vertices[game, k, 1] = w[k, 0], w[k, 1]
    return largest
