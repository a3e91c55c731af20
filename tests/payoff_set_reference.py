"""A slow, plain reference for payoff sets: Abreu, Pearce & Stacchetti (1990) iteration in rational arithmetic.

W ← co ⋃_a {(1 − δ) g(a) + δ w : w an extreme point of {w ∈ W : (1 − δ) g(a) + δ w ≥ (1 − δ) d(a) + δ min W}}

from the convex hull of all payoffs, with every extreme point of the clipped set and nothing of Abreu & Sannikov's
refinement, no acceleration, no structure. Rationals are kept as integers over a common denominator. Generated points are
rounded down to a grid, and corners of their hull replaced by the grid cells that begin there, so that each iterate contains
the true one: a point is a mean of corners, and what rounding took off it lies in the same mean of their cells.
"""

from fractions import Fraction
from math import gcd

GRID = 1 << 60


def reference(A, B, discount, change=1e-11, most_steps=200_000):
    """Vertices (floats, payoffs scaled to [0, 1]) of an outer approximation of V(δ), and the number of steps; [] if empty."""
    discount = Fraction(discount)
    p, q = discount.numerator, discount.denominator
    g, d, _ = scaled(A, B)
    w = hull(list(g))
    active = list(range(len(g)))
    now = [[(q - p) * payoff for payoff in pair] for pair in g]
    gains = [[((q - p) * (d[a][i] - g[a][i])) // p for i in (0, 1)] for a in active]  # rounded down
    for n in range(most_steps):
        u = tuple(min(v[i] for v in w) for i in (0, 1))
        points, alive, rounded = set(), [], 0
        for a in active:
            part = w
            for i in (0, 1):  # δ w_i ≥ (1 − δ)(d_i − g_i) + δ u_i
                part = clip(part, i, gains[a][i] + u[i])
            if part:
                alive.append(a)
            first, second = now[a]
            for x, y in part:
                (x, lost), (y, more) = divmod(first + p * x, q), divmod(second + p * y, q)
                rounded |= lost | more
                points.add((x, y))
        if not points:
            return [], n
        new = hull(points)
        if rounded:
            new = hull([(x + i, y + j) for x, y in new for i in (0, 1) for j in (0, 1)])
        settled = alive == active and all(beyond(new, v) <= change * (1 - p / q) for v in w)
        w, active = new, alive
        if settled:
            break
    else:
        raise RuntimeError("the reference did not converge")
    return [(x / GRID, y / GRID) for x, y in w], n


def scaled(A, B):
    """Payoffs and best deviations as integers over GRID, each player's payoffs mapped to [0, 1]."""
    matrices = []
    for matrix in (A, B):
        rows = [[Fraction(x) for x in row] for row in matrix]
        low = min(min(row) for row in rows)
        spread = max(max(row) for row in rows) - low or 1
        matrices.append([[int((x - low) / spread * GRID) for x in row] for row in rows])
    a, b = matrices
    m, n = len(a), len(a[0])
    g = [(a[i][j], b[i][j]) for i in range(m) for j in range(n)]
    d = [(max(a[k][j] for k in range(m)), max(b[i])) for i in range(m) for j in range(n)]
    return g, d, gcd(GRID, 1)


def clip(polygon, axis, least):
    """Part of a polygon with coordinate ``axis`` ≥ ``least``; cuts are rounded outwards to the grid."""
    if all(t[axis] >= least for t in polygon):
        return polygon
    out = []
    for k, t in enumerate(polygon):
        s = polygon[k - 1]
        if (s[axis] < least) != (t[axis] < least):
            rise, run = (t[1 - axis] - s[1 - axis]) * (least - s[axis]), t[axis] - s[axis]
            for cut in {s[1 - axis] + rise // run, s[1 - axis] - (-rise) // run}:
                out.append((least, cut) if axis == 0 else (cut, least))
        if t[axis] >= least:
            out.append(t)
    return out


def beyond(polygon, point):
    """How far a point lies outside a polygon, in payoff units; a float is good enough for a stopping rule."""
    if len(polygon) < 3:
        return min(max(abs(point[0] - v[0]), abs(point[1] - v[1])) for v in polygon) / GRID
    worst = 0.0
    for s, t in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        dx, dy = t[0] - s[0], t[1] - s[1]
        worst = max(worst, ((point[0] - s[0]) * dy - (point[1] - s[1]) * dx) / (abs(dx) + abs(dy)))
    return worst / GRID


def hull(points):
    """Convex hull, counter-clockwise (monotone chain)."""
    points = sorted(set(points))
    if len(points) < 3:
        return points
    halves = []
    for order in (points, points[::-1]):
        chain = []
        for x, y in order:
            while len(chain) > 1 and (chain[-1][0] - chain[-2][0]) * (y - chain[-2][1]) <= (chain[-1][1] - chain[-2][1]) * (
                x - chain[-2][0]
            ):
                chain.pop()
            chain.append((x, y))
        halves.append(chain[:-1])
    return halves[0] + halves[1]


def distance(polygon, point):
    """Euclidean distance from a point to a convex polygon in floats, robust to tiny edges."""
    x, y = (float(c) for c in point)
    v = [(float(p), float(q)) for p, q in polygon]
    if len(v) == 1:
        return max(abs(x - v[0][0]), abs(y - v[0][1]))
    best, inside = float("inf"), len(v) > 2
    for (a, b), (c, d) in zip(v, [*v[1:], v[0]], strict=True):
        dx, dy = c - a, d - b
        length = dx * dx + dy * dy
        t = min(1.0, max(0.0, ((x - a) * dx + (y - b) * dy) / length)) if length else 0.0
        best = min(best, ((x - a - t * dx) ** 2 + (y - b - t * dy) ** 2) ** 0.5)
        inside = inside and (x - a) * dy - (y - b) * dx <= 0
    return 0.0 if inside else best


def hausdorff(one, other):
    """Hausdorff distance of two convex polygons; 0 of two empty ones, infinite if one is empty."""
    if not one or not other:
        return 0.0 if not one and not other else float("inf")
    return max(max(distance(other, p) for p in one), max(distance(one, p) for p in other))
