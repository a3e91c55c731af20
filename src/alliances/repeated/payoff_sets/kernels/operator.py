"""One application of the operator of :mod:`alliances.repeated.payoff_sets.operator`, on arrays."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import TIE
from alliances.repeated.payoff_sets.kernels.compiling import compiled
from alliances.repeated.payoff_sets.kernels.hulls import chains, crossing, hull, outermost, rows

__all__ = ["CORNER", "FREE", "generate", "punishments"]

FREE, CORNER = 2, 3
"""Nothing binds: the profile is played for ever. Both constraints bind."""

_MANY_POINTS = 40  # of which most lie well inside


@compiled
def generate(
    g: Array, d: Array, h: Array, delta: float, tol: float, w: Array, u: Array, active: Array
) -> tuple[Array, Array, Array]:
    """R(W, u) over the profiles ``active``: vertices, origins, and the profiles still alive."""
    rest = 1 - delta
    chain, size = chains(w)
    most = w[chain[1, size[1] - 1], 0] + tol, w[chain[3, size[3] - 1], 1] + tol
    points = np.empty((4 * len(active), 2))
    origins = np.empty((4 * len(active), 4), np.int64)
    alive = np.empty(len(active), np.int64)
    n = m = 0
    for a in active:
        kappa = h[a, 0] + u[0], h[a, 1] + u[1]
        if kappa[0] > most[0] or kappa[1] > most[1]:
            continue
        before = n
        if g[a, 0] >= kappa[0] - tol and g[a, 1] >= kappa[1] - tol:
            points[n, 0], points[n, 1] = g[a, 0], g[a, 1]
            origins[n, 0], origins[n, 1], origins[n, 2], origins[n, 3] = a, FREE, -1, -1
            n += 1
        else:
            corner = False
            for p in range(2):
                q = 1 - p
                for end in range(1, -1, -1):
                    cut, i, j = crossing(w, chain, size, 2 * p + end, kappa[p])
                    if cut >= kappa[q] - tol:
                        points[n, p], points[n, q] = rest * d[a, p] + delta * u[p], rest * g[a, q] + delta * cut
                        origins[n, 0], origins[n, 1], origins[n, 2], origins[n, 3] = a, p, i, j
                        n += 1
                    elif end == 1:
                        break
                    elif p == 0:
                        corner = True
                    elif corner:
                        points[n, 0], points[n, 1] = rest * d[a, 0] + delta * u[0], rest * d[a, 1] + delta * u[1]
                        origins[n, 0], origins[n, 1], origins[n, 2], origins[n, 3] = a, CORNER, -1, -1
                        n += 1
        if n > before:
            alive[m] = a
            m += 1
    points, origins = points[:n], origins[:n]
    if n == 0:
        return points, origins, alive[:0]
    for axis in range(2):  # coordinates next to the least and the largest are made equal to it
        least, most = points[0, axis], points[0, axis]
        for k in range(n):
            least, most = min(least, points[k, axis]), max(most, points[k, axis])
        for k in range(n):
            if points[k, axis] <= least + TIE:
                points[k, axis] = least
            elif points[k, axis] >= most - TIE:
                points[k, axis] = most
    if n > _MANY_POINTS:
        kept = outermost(points)
        points, origins = rows(points, kept), rows(origins, kept)
    corners = hull(points, TIE)
    return rows(points, corners), rows(origins, corners), alive[:m]


@compiled
def punishments(d: Array, vertices: Array, alive: Array, u: Array) -> Array:
    """The next punishment payoffs."""
    worst = np.empty(2)
    for i in range(2):
        least, floor = np.inf, np.inf
        for k in range(len(vertices)):
            least = min(least, vertices[k, i])
        for a in alive:
            floor = min(floor, d[a, i])
        worst[i] = max(u[i], least, floor)
    return worst
