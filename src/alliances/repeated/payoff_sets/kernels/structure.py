"""The structure of a generated set, and Newton's method for its fixed point.

As in :mod:`alliances.repeated.payoff_sets.fixed_point`, on arrays.
"""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import EPSILON, STANDSTILL
from alliances.repeated.payoff_sets.kernels.compiling import compiled
from alliances.repeated.payoff_sets.kernels.operator import CORNER, FREE

__all__ = ["inverted", "newton", "same_structure", "worst_vertices"]

_NEWTON_STEPS = 30
_STALLED = 1e-10
_LARGEST_MOVE = 1e3
_SINGULAR = 1e-300


@compiled
def worst_vertices(vertices: Array, u: Array) -> Array:
    """For each player the vertex that gives its punishment payoff; −1: a constant."""
    worst = np.empty(2, np.int64)
    for i in range(2):
        least = 0
        for k in range(1, len(vertices)):
            if vertices[k, i] < vertices[least, i]:
                least = k
        worst[i] = least if vertices[least, i] >= u[i] else -1
    return worst


@compiled
def same_structure(origins: Array, worst: Array, last: Array, last_worst: Array) -> bool:
    """Whether two structures are one."""
    if len(origins) != len(last) or worst[0] != last_worst[0] or worst[1] != last_worst[1]:
        return False
    for k in range(len(origins)):
        for c in range(4):
            if origins[k, c] != last[k, c]:
                return False
    return True


@compiled
def _columns(origins: Array, worst: Array) -> tuple[Array, Array]:
    """The unknowns as (vertex, coordinate), −1 for punishment payoffs; and per coordinate the number of its unknown, or −1."""
    size = len(origins)
    free = np.empty((size + 2, 2), np.int64)
    column = np.full((size + 1, 2), -1, np.int64)
    n = 0
    for k in range(size):
        if origins[k, 1] < 2:
            free[n, 0], free[n, 1] = k, 1 - origins[k, 1]
            column[k, 1 - origins[k, 1]] = n
            n += 1
    for p in range(2):
        if worst[p] >= 0:
            free[n, 0], free[n, 1] = -1, p
            column[size, p] = n
            n += 1
    return free[:n], column


@compiled
def _expand(g: Array, d: Array, delta: float, origins: Array, free: Array, z: Array, u: Array) -> tuple[Array, Array]:
    """All vertices and punishment payoffs, from the unknowns."""
    rest = 1 - delta
    t = u.copy()
    w = np.empty((len(origins), 2))
    for c in range(len(free)):
        k, p = free[c, 0], free[c, 1]
        if k < 0:
            t[p] = z[c]
        else:
            w[k, p] = z[c]
    for k in range(len(origins)):
        a, binding = origins[k, 0], origins[k, 1]
        for p in range(2):
            if binding == FREE:
                w[k, p] = g[a, p]
            elif binding == CORNER or binding == p:  # noqa: SIM109 – a tuple costs
                w[k, p] = rest * d[a, p] + delta * t[p]
    return w, t


@compiled
def _add(matrix: Array, row: int, column: Array, origins: Array, k: int, p: int, weight: float, delta: float) -> None:
    """Chain rule: what coordinate p of vertex k, the last for punishment payoffs, takes off I − J."""
    c = column[k, p]
    if c >= 0:
        matrix[row, c] -= weight
    elif k < len(origins) and (origins[k, 1] == CORNER or origins[k, 1] == p) and column[-1, p] >= 0:
        matrix[row, column[-1, p]] -= weight * delta


@compiled
def _equations(
    g: Array, d: Array, h: Array, delta: float, origins: Array, worst: Array, free: Array, column: Array, w: Array, u: Array
) -> tuple[Array, Array, bool]:
    """The unknowns' next values, I − J, and whether no slope is vertical."""
    rest, n, size = 1 - delta, len(free), len(origins)
    values = np.empty(n)
    matrix = np.zeros((n, n))
    for row in range(n):
        k, q = free[row, 0], free[row, 1]
        p = 1 - q
        if k < 0:
            k = worst[q]
            c = column[k, q]
            if c >= 0:  # the unknown's row less its 1
                values[row] = values[c]
                for s in range(n):
                    matrix[row, s] = matrix[c, s]
                matrix[row, c] -= 1.0
            else:
                a = origins[k, 0]
                values[row] = g[a, q] if origins[k, 1] == FREE else rest * d[a, q] + delta * u[q]
                _add(matrix, row, column, origins, k, q, 1.0, delta)
            matrix[row, row] += 1.0
            continue
        matrix[row, row] += 1.0
        a, i, j = origins[k, 0], origins[k, 2], origins[k, 3]
        start, base = w[i, q], rest * g[a, q]
        if i == j:
            values[row] = base + delta * start
            _add(matrix, row, column, origins, i, q, delta, delta)
            continue
        width = w[j, p] - w[i, p]
        if width == 0.0:
            return values, matrix, False
        share = (u[p] + h[a, p] - w[i, p]) / width
        rise = w[j, q] - start
        slope = delta * rise / width
        values[row] = base + delta * (start + share * rise)
        _add(matrix, row, column, origins, i, q, delta * (1 - share), delta)
        _add(matrix, row, column, origins, j, q, delta * share, delta)
        _add(matrix, row, column, origins, i, p, slope * (share - 1), delta)
        _add(matrix, row, column, origins, j, p, -slope * share, delta)
        _add(matrix, row, column, origins, size, p, slope, delta)
    return values, matrix, True


@compiled
def inverted(matrix: Array) -> bool:
    """The matrix replaced by its inverse (Gauss-Jordan with pivots by column); False if it has none."""
    n = len(matrix)
    swapped = np.empty(n, np.int64)
    for k in range(n):
        pivot = k
        for r in range(k + 1, n):
            if abs(matrix[r, k]) > abs(matrix[pivot, k]):
                pivot = r
        if not abs(matrix[pivot, k]) > _SINGULAR:  # also for NaN
            return False
        swapped[k] = pivot
        if pivot != k:
            for c in range(n):
                matrix[k, c], matrix[pivot, c] = matrix[pivot, c], matrix[k, c]
        factor = 1.0 / matrix[k, k]
        matrix[k, k] = 1.0
        for c in range(n):
            matrix[k, c] *= factor
        for r in range(n):
            if r != k and matrix[r, k] != 0.0:
                factor = matrix[r, k]
                matrix[r, k] = 0.0
                for c in range(n):
                    matrix[r, c] -= factor * matrix[k, c]
    for k in range(n - 1, -1, -1):
        pivot = swapped[k]
        if pivot != k:
            for r in range(n):
                matrix[r, k], matrix[r, pivot] = matrix[r, pivot], matrix[r, k]
    return True


@compiled
def newton(
    g: Array, d: Array, h: Array, delta: float, origins: Array, worst: Array, w: Array, u: Array
) -> tuple[bool, Array, Array, float]:
    """Newton's method from (W, u): whether it starts, the fixed point, and a bound on its rounding error, or ∞."""
    free, column = _columns(origins, worst)
    n = len(free)
    z = np.empty(n)
    for c in range(n):
        k, p = free[c, 0], free[c, 1]
        z[c] = u[p] if k < 0 else w[k, p]
    w, u = _expand(g, d, delta, origins, free, z, u)
    first_w, first_u, started = w, u, False
    error = np.inf
    for _ in range(_NEWTON_STEPS):
        values, matrix, regular = _equations(g, d, h, delta, origins, worst, free, column, w, u)
        if not regular or not inverted(matrix):
            return started, first_w, first_u, np.inf
        for c in range(n):
            k, p = free[c, 0], free[c, 1]
            z[c] = u[p] if k < 0 else w[k, p]
        last, error, norm = error, 0.0, 0.0
        moved = np.empty(n)
        for r in range(n):
            move = total = 0.0
            for c in range(n):
                move += matrix[r, c] * (values[c] - z[c])
                total += abs(matrix[r, c])
            if not abs(move) < _LARGEST_MOVE:  # also for NaN
                return started, first_w, first_u, np.inf
            error, norm = max(error, abs(move)), max(norm, total)
            moved[r] = z[r] + move
        w, u = _expand(g, d, delta, origins, free, moved, u)
        if not started:
            first_w, first_u, started = w, u, True
        if error < STANDSTILL or (error < _STALLED and error >= last / 2):
            return True, w, u, error + 8 * EPSILON * norm
    return started, first_w, first_u, np.inf
