"""The solver of :mod:`alliances.repeated.payoff_sets.floating` compiled by Numba, for one game and for batches.

The same steps in the same order, on arrays in place of lists, so that both give the same sets; what each step does and why is
said there, in :mod:`~alliances.repeated.payoff_sets.operator`, :mod:`~alliances.repeated.payoff_sets.polygon` and
:mod:`~alliances.repeated.payoff_sets.fixed_point`. What does not settle in floats is handed back.

A polygon is an array (k, 2). An origin is a row (profile, binding, i, j), where ``binding`` is the player 0 or 1 whose
constraint binds, :data:`FREE` or :data:`CORNER`.

Numba is optional. Without it these functions run as plain Python, which is slow, and which only tests do. Nothing is compiled
when this module is imported, but when a function is first called; the machine code is kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import EPSILON, FIXED_POINT, SAME_POINT, STANDSTILL, TIE

__all__ = ["CORNER", "FREE", "compiled", "solve", "solve_all"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

try:
    import numba
except ImportError:
    numba = None


def compiled(function: _Function) -> _Function:
    """The function, to be compiled at its first call where Numba is installed."""
    if numba is None:
        return function
    options = {"error_model": "numpy", "nogil": True}
    kernel: _Function
    try:
        kernel = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # no folder that machine code could be kept in
        kernel = numba.njit(**options)(function)
    return kernel


FREE, CORNER = 2, 3
"""Nothing binds: the profile is played for ever. Both constraints bind."""

# as in `floating` and `fixed_point`
_MOST_STEPS = 1000
_NEWTON_STEPS = 30
_HALVINGS = 60
_UNMOVED, _STALLED = 4e-16, 1e-10
_LARGEST_MOVE = 1e3
_SINGULAR = 1e-300
_MANY_POINTS = 40  # of which most lie well inside
_INSIDE = 1e-9  # how far a point must lie inside a polygon to be no vertex for sure
_EIGHT = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [-1.0, 1.0], [-1.0, 0.0], [-1.0, -1.0], [0.0, -1.0], [1.0, -1.0]])


# -- polygons -----------------------------------------------------------------------------------------------------------


@compiled
def _rows(x: Array, chosen: Array) -> Array:
    """The rows chosen: x[chosen], which takes longer to compile."""
    out = np.empty((len(chosen), x.shape[1]), x.dtype)
    for k in range(len(chosen)):
        for c in range(x.shape[1]):
            out[k, c] = x[chosen[k], c]
    return out


@compiled
def _sorted(points: Array) -> Array:
    """Indices of the points by their coordinates, of equal points the first first (Shell 1959)."""
    n = len(points)
    order = np.arange(n)
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for s in range(gap, n):
            k = order[s]
            x, y = points[k, 0], points[k, 1]
            t = s
            while t >= gap:
                j = order[t - gap]
                p, q = points[j, 0], points[j, 1]
                if p < x or (p == x and (q < y or (q == y and j < k))):
                    break
                order[t] = j
                t -= gap
            order[t] = k
        gap //= 3
    return order


@compiled
def _half(points: Array, order: Array, tolerance: float, chain: Array, start: int) -> int:
    """The lower hull of the points in an order, written to ``chain`` from ``start`` on; where it ends."""
    size = start
    for k in order:
        x, y = points[k, 0], points[k, 1]
        done = False
        while size - start > 1:
            p, q = chain[size - 2], chain[size - 1]
            px, py, qx, qy = points[p, 0], points[p, 1], points[q, 0], points[q, 1]
            dx, dy = x - px, y - py
            turn = (qx - px) * dy - (qy - py) * dx
            room = tolerance * (abs(dx) + abs(dy))
            if turn > room:
                break
            if tolerance > 0 and -turn <= room and (qx - px) * dx + (qy - py) * dy > dx * dx + dy * dy:
                done = True
                break
            size -= 1
        if not done:
            chain[size] = k
            size += 1
    return size


@compiled
def _hull(points: Array, tolerance: float) -> Array:
    """Indices of the hull's vertices, counter-clockwise from the leftmost."""
    order = _sorted(points)
    distinct = np.empty(len(order), np.int64)
    distinct[0] = order[0]
    m = 1
    for k in order[1:]:
        last = distinct[m - 1]
        rise = points[k, 1] - points[last, 1]
        if points[k, 0] - points[last, 0] > tolerance or abs(rise) > tolerance:
            distinct[m] = k
            m += 1
    distinct = distinct[:m]
    if m < 3:
        return distinct
    chain = np.empty(2 * m, np.int64)
    size = 1
    for _ in range(2):
        size = _half(points, distinct, tolerance, chain, size - 1)
        distinct = distinct[::-1].copy()
    return chain[: size - 1]


@compiled
def _outermost(points: Array) -> Array:
    """Indices of the points that may be vertices: those not well inside the extreme points of eight directions."""
    n = len(points)
    corners = np.empty((8, 2))
    for e in range(8):
        best, far = 0, -np.inf
        for k in range(n):
            reach = _EIGHT[e, 0] * points[k, 0] + _EIGHT[e, 1] * points[k, 1]
            if reach > far:
                best, far = k, reach
        corners[e, 0], corners[e, 1] = points[best, 0], points[best, 1]
    kept = np.empty(n, np.int64)
    size = 0
    for k in range(n):
        inside = corners[0, 0] > corners[4, 0] or corners[2, 1] > corners[6, 1]  # and not all points are one
        for d in range(8):
            e = d + 1 if d < 7 else 0
            run, rise = corners[e, 0] - corners[d, 0], corners[e, 1] - corners[d, 1]
            if run == 0.0 and rise == 0.0:
                continue
            if run * (points[k, 1] - corners[d, 1]) - rise * (points[k, 0] - corners[d, 0]) <= _INSIDE:
                inside = False
                break
        if not inside:
            kept[size] = k
            size += 1
    return kept[:size]


@compiled
def _tidy(polygon: Array, tolerance: float) -> Array:
    """Indices of the vertices left after dropping those within the tolerance of the segment between their neighbours."""
    keep = np.arange(len(polygon))
    m = len(keep)
    dropped = True
    while dropped and m > 2:
        dropped = False
        for k in range(m):
            p, q, r = keep[k - 1 if k else m - 1], keep[k], keep[k + 1 if k + 1 < m else 0]
            x, y = polygon[q, 0] - polygon[p, 0], polygon[q, 1] - polygon[p, 1]
            dx, dy = polygon[r, 0] - polygon[p, 0], polygon[r, 1] - polygon[p, 1]
            length = abs(dx) + abs(dy)
            turn = x * dy - y * dx
            along = x * dx + y * dy
            if turn <= tolerance * length and length > tolerance and 0 <= along <= dx * dx + dy * dy:
                for t in range(k, m - 1):
                    keep[t] = keep[t + 1]
                m -= 1
                dropped = True
                break
    if m == 2:
        p, q = keep[0], keep[1]
        if abs(polygon[p, 0] - polygon[q, 0]) <= tolerance and abs(polygon[p, 1] - polygon[q, 1]) <= tolerance:
            m = 1
    return keep[:m]


@compiled
def _chains(w: Array) -> tuple[Array, Array]:
    """Vertices of the lower, upper, left and right boundary in the order of the coordinate that each is over; and how many."""
    k = len(w)
    chain, size = np.empty((4, k), np.int64), np.ones(4, np.int64)
    for side in range(4):
        axis, high = side // 2, side % 2
        other, sign = 1 - axis, 2.0 * high - 1.0
        first = last = 0
        for i in range(1, k):
            further = sign * w[i, other]
            if w[i, axis] < w[first, axis] or (w[i, axis] == w[first, axis] and further > sign * w[first, other]):
                first = i
            if w[i, axis] > w[last, axis] or (w[i, axis] == w[last, axis] and further > sign * w[last, other]):
                last = i
        step = 1 if axis == high else k - 1
        chain[side, 0] = first
        n = 1
        while chain[side, n - 1] != last:
            chain[side, n] = (chain[side, n - 1] + step) % k
            n += 1
        size[side] = n
    return chain, size


@compiled
def _crossing(w: Array, chain: Array, size: Array, side: int, value: float) -> tuple[float, int, int]:
    """Where a boundary meets a line: the other coordinate, and the edge's two vertices."""
    axis, low, high = side // 2, 0, size[side]
    while low < high:
        middle = (low + high) // 2
        if w[chain[side, middle], axis] < value:
            low = middle + 1
        else:
            high = middle
    i, j = chain[side, max(low - 1, 0)], chain[side, min(low, size[side] - 1)]
    other = 1 - axis
    if i == j or value == w[j, axis]:
        return w[j, other], i, j
    share = (value - w[i, axis]) / (w[j, axis] - w[i, axis])
    return w[i, other] + share * (w[j, other] - w[i, other]), i, j


@compiled
def _beyond(polygon: Array, points: Array) -> Any:
    """How far the furthest of the points lies outside a polygon; very short edges are passed over."""
    k = len(polygon)
    furthest, found = -np.inf, False
    if k > 1:
        for e in range(k if k > 2 else 4):
            p, q = e % k, (e + 1) % k
            run, rise = polygon[q, 0] - polygon[p, 0], polygon[q, 1] - polygon[p, 1]
            if k == 2 and e > 1:  # past the ends of a segment
                run, rise = -rise, run
            length = abs(run) + abs(rise)
            if length <= SAME_POINT:
                continue
            x, y = rise / length, -run / length
            if k == 2 and x * polygon[q, 0] + y * polygon[q, 1] > x * polygon[p, 0] + y * polygon[p, 1]:
                p = q
            for s in range(len(points)):
                furthest = max(furthest, x * (points[s, 0] - polygon[p, 0]) + y * (points[s, 1] - polygon[p, 1]))
            found = True
    if not found:
        for s in range(len(points)):
            furthest = max(furthest, abs(points[s, 0] - polygon[0, 0]), abs(points[s, 1] - polygon[0, 1]))
    return furthest


@compiled
def _moved(w: Array, u: Array, v: Array, t: Array) -> Any:
    far = max(abs(u[0] - t[0]), abs(u[1] - t[1]))
    for k in range(len(w)):
        far = max(far, abs(w[k, 0] - v[k, 0]), abs(w[k, 1] - v[k, 1]))
    return far


# -- the operator -------------------------------------------------------------------------------------------------------


@compiled
def _generate(
    g: Array, d: Array, h: Array, delta: float, tol: float, w: Array, u: Array, active: Array
) -> tuple[Array, Array, Array]:
    """R(W, u) over the profiles ``active``: vertices, origins, and the profiles still alive."""
    rest = 1 - delta
    chain, size = _chains(w)
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
                    cut, i, j = _crossing(w, chain, size, 2 * p + end, kappa[p])
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
        kept = _outermost(points)
        points, origins = _rows(points, kept), _rows(origins, kept)
    corners = _hull(points, TIE)
    return _rows(points, corners), _rows(origins, corners), alive[:m]


@compiled
def _punishments(d: Array, vertices: Array, alive: Array, u: Array) -> Array:
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


# -- the fixed point of the structure -----------------------------------------------------------------------------------


@compiled
def _worst(vertices: Array, u: Array) -> Array:
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
def _inverted(matrix: Array) -> bool:
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
def _newton(
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
        if not regular or not _inverted(matrix):
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


# -- the way to it ------------------------------------------------------------------------------------------------------


@compiled
def _between(w: Array, u: Array, limit: Array, t: Array, share: float) -> tuple[Array, Array]:
    """The set and the punishment payoffs on the way."""
    mid = np.empty_like(w)
    for k in range(len(w)):
        mid[k, 0], mid[k, 1] = w[k, 0] + share * (limit[k, 0] - w[k, 0]), w[k, 1] + share * (limit[k, 1] - w[k, 1])
    mid = _rows(mid, _hull(mid, STANDSTILL))
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
    mid, s = _between(w, u, limit, t, share)
    vertices, _, alive = _generate(g, d, h, delta, tol, mid, s, active)
    if len(vertices) == 0 or _beyond(mid, vertices) > slack:
        return 0
    if s[0] < u[0] - SAME_POINT or s[1] < u[1] - SAME_POINT or _beyond(w, mid) > SAME_POINT:
        return 1
    least = _punishments(d, vertices, alive, minmax)
    return 2 if s[0] <= least[0] + slack and s[1] <= least[1] + slack else 1


@compiled
def _reach(
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
    inside = t[0] >= u[0] - SAME_POINT and t[1] >= u[1] - SAME_POINT and _beyond(w, limit) <= SAME_POINT
    if error < np.inf and inside:
        shape = _rows(limit, _hull(limit, STANDSTILL))
        again, _, alive = _generate(g, d, h, delta, tol, shape, t, active)
        if len(again) > 0 and _beyond(shape, again) <= FIXED_POINT and _beyond(again, limit) <= FIXED_POINT:
            follow = _punishments(d, again, alive, u)
            if abs(follow[0] - t[0]) <= SAME_POINT and abs(follow[1] - t[1]) <= SAME_POINT:
                if _moved(w, u, limit, t) <= SAME_POINT:
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
    return low if low * _moved(w, u, limit, t) > (1 - delta) / 8 else 0.0


@compiled
def _same(origins: Array, worst: Array, last: Array, last_worst: Array) -> bool:
    """Whether two structures are one."""
    if len(origins) != len(last) or worst[0] != last_worst[0] or worst[1] != last_worst[1]:
        return False
    for k in range(len(origins)):
        for c in range(4):
            if origins[k, c] != last[k, c]:
                return False
    return True


@compiled
def _settled(
    g: Array, d: Array, h: Array, delta: float, tol: float, w: Array, u: Array, active: Array
) -> tuple[Array, Array, Array]:
    """The vertices without redundant ones, origins that refer to those that are left, and the profiles alive."""
    w = _rows(w, _tidy(w, SAME_POINT))
    again, origins, alive = w, np.empty((0, 4), np.int64), active
    for _ in range(3):
        again, origins, alive = _generate(g, d, h, delta, tol, w, u, active)
        if len(again) == 0:
            break
        kept = _tidy(again, SAME_POINT)
        again, origins = _rows(again, kept), _rows(origins, kept)
        if len(again) == len(w) and _moved(w, u, again, u) <= SAME_POINT:
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
    w = _rows(g, _hull(g, STANDSTILL))
    u = minmax.copy()
    origins = np.empty((0, 4), np.int64)
    worst = np.full(2, -2, np.int64)
    attempt, wait = 1, 1
    error = 1.0
    n = 0
    while n < _MOST_STEPS:
        n += 1
        vertices, new_origins, alive = _generate(g, d, h, delta, tol, w, u, active)
        if len(vertices) == 0:
            return vertices, new_origins, u, alive, n, 2, 0.0
        u_next = _punishments(d, vertices, alive, u)
        error = _moved(w, u, vertices, u_next) if len(w) == len(vertices) else 1.0
        if error <= _UNMOVED and len(active) == len(alive):
            w, origins, alive = _settled(g, d, h, delta, tol, w, u, active)
            return w, origins, u, alive, n, 0, STANDSTILL
        new_worst = _worst(vertices, u_next)
        same = _same(new_origins, new_worst, origins, worst)
        origins, worst = new_origins, new_worst
        w, u, active = vertices, u_next, alive
        if not same:
            attempt, wait = n + 1, 1
        elif n >= attempt and (origins[:, 1] != FREE).any():
            started, limit, t, off = _newton(g, d, h, delta, origins, worst, w, u)
            share = _reach(g, d, h, delta, tol, minmax, w, u, active, limit, t, off) if started else 0.0
            if share == 1.0:
                if off > promised:
                    break
                w, origins, alive = _settled(g, d, h, delta, tol, limit, t, active)
                return w, origins, t, alive, n, 1, off
            if share > 0:
                w, u = _between(w, u, limit, t, share)
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
