r"""One step of Abreu & Sannikov's algorithm: from a set of continuation payoffs to the payoffs that it generates.

Two players, perfect monitoring, public randomisation, pure actions, common discount factor δ ∈ (0, 1), per-period payoffs
normalised by (1 − δ). For a profile a: g(a) payoffs, d_i(a) player i's best payoff against the other's action, h_i = d_i
− g_i its temptation. With continuation w and punishment payoffs u, no player deviates from a iff

    (1 − δ) g_i(a) + δ w_i ≥ (1 − δ) d_i(a) + δ u_i     ⟺     w_i ≥ κ_i(a, u) = u_i + h_i(a) (1 − δ)/δ.

The set V(δ) of subgame-perfect equilibrium payoffs is the largest bounded set that generates itself (Abreu, Pearce & Stacchetti
1990, Econometrica 58:1041-1063). Abreu & Sannikov (2014, Theoretical Economics 9:313-338) replace "all continuations" by few:

    R(W, u) = co ⋃_a { (1 − δ) g(a) + δ w : w ∈ C(a, W, u) },

where C(a, W, u) = {g(a)} if g(a) ≥ κ(a, u), and otherwise the at most four extreme points of {w ∈ W : w ≥ κ} at which a
constraint binds. From W⁰ = co{g(a)} and u⁰ = pure minmax, Wⁿ⁺¹ = R(Wⁿ, uⁿ), uⁿ⁺¹_i = max(uⁿ_i, min_{w∈Wⁿ⁺¹} w_i)
decreases to V(δ). Punishments may also be raised at once to the least d_i(a) over the profiles that still generate
anything, because the worst equilibrium payoff satisfies v_i ≥ (1 − δ) d_i(a) + δ v_i for the profile a that starts it.

Why each Wⁿ contains V. Let v be an extreme point of V, v = (1 − δ)g(a) + δw with w ∈ V incentive compatible. If
g(a) ≥ κ(a, uⁿ), then g(a) ∈ Wⁿ⁺¹, and v lies between g(a) and w ∈ V. Otherwise the segment from g(a) to w enters
{w ≥ κ(a, uⁿ)} at a point bⁿ. If bⁿ ∈ Wⁿ, then bⁿ is a convex combination of points of C, zⁿ = (1 − δ)g(a) + δbⁿ is in
Wⁿ⁺¹, and v lies between zⁿ and w. Either way v is no further out than Wⁿ⁺¹ in the direction that v is extreme in, so
V ⊆ Wⁿ⁺¹. That bⁿ ∈ Wⁿ follows by induction. It holds at W⁰, which contains g(a) and w. As uⁿ rises, bⁿ⁺¹ lies between
bⁿ and w, hence between zⁿ (or g(a)) and w, which are in Wⁿ⁺¹. Enlarging a Wⁿ, or raising a uⁿ less, keeps all this true.

Each generated point carries its origin, so that the fixed point can be solved for
(:mod:`alliances.repeated.payoff_sets.fixed_point`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.arithmetic.tolerance import TIE
from alliances.repeated.payoff_sets.polygon import Point, Polygon, chains, crossing, hull, outermost, snap

__all__ = ["Generated", "Origin", "Rules", "SetMethod", "generate", "punishments"]

SetMethod: TypeAlias = Literal[
    "outer iteration", "outer half-planes", "half-planes", "enclosure", "fixed point of the structure", "stage Nash equilibria"
]
"""What ended the computation of a payoff set."""


_MANY_POINTS = 100  # of which most lie well inside


class Origin(NamedTuple):
    """How a vertex is generated.

    ``binding`` is "none" (the profile's own payoffs, played for ever), "both" (the continuation is the corner κ), or the
    player, 0 or 1, whose constraint binds; the continuation then lies on the edge between vertices ``i`` and ``j`` of the
    generating set.
    """

    profile: int
    binding: int | str
    i: int = -1
    j: int = -1


@dataclass(frozen=True)
class Rules:
    """A stage game at a discount factor, as the operator needs it; profiles are numbered row by row.

    Attributes
    ----------
    g, d, h
        Per profile: payoffs, best-deviation payoffs, and the premium h_i (1 − δ)/δ over the punishment that is owed.
    discount
        δ.
    minmax
        Pure minmax payoffs, below which no equilibrium payoff lies.
    tolerance
        A constraint missed by no more than this counts as met; 0 for exact games.
    tie
        Coordinates nearer than this are equal: the rounding of one step; 0 for exact games.
    """

    g: list[Point]
    d: list[Point]
    h: list[Point]
    discount: Number
    minmax: Point
    tolerance: Number
    tie: Number = TIE

    @staticmethod
    def of(a: list[list[Number]], b: list[list[Number]], discount: Number, tolerance: Number) -> Rules:
        """From payoff matrices as nested lists."""
        best_row = [max(column) for column in zip(*a, strict=True)]
        best_column = [max(row) for row in b]
        g, d, h = [], [], []
        ratio = (1 - discount) / discount
        if tolerance:
            ratio = min(ratio, 1e300)  # next to δ = 0, and no 0 · ∞
        for i, row in enumerate(a):
            for j, x in enumerate(row):
                y = b[i][j]
                g.append((x, y))
                d.append((best_row[j], best_column[i]))
                # the ratio must not blow up a temptation that is nothing but rounding
                tempted = [t if t > tolerance else t * 0 for t in (best_row[j] - x, best_column[i] - y)]
                h.append((tempted[0] * ratio, tempted[1] * ratio))
        return Rules(g, d, h, discount, (min(best_row), min(best_column)), tolerance, TIE if tolerance else 0)

    @staticmethod
    def unrounded(a: Array, b: Array, discount: float, tolerance: float) -> Rules:
        """From float payoffs (m, n) in any unit, scaled to [0, 1] in Fractions; the tolerance stays."""
        matrices = []
        for payoffs in (a.tolist(), b.tolist()):
            rows = [[Fraction(x) for x in row] for row in payoffs]
            low = min(map(min, rows))
            spread = max(map(max, rows)) - low or 1
            matrices.append([[(x - low) / spread for x in row] for row in rows])
        return Rules.of(matrices[0], matrices[1], Fraction(discount), Fraction(tolerance))


@dataclass(frozen=True)
class Generated:
    """What a set generates: vertices with origins, and the profiles that still have an admissible continuation."""

    vertices: Polygon
    origins: list[Origin]
    active: list[int]


def punishments(rules: Rules, generated: Generated, u: Point) -> Point:
    """The next punishment payoffs: the worst of those generated, but no less than the last or the least best deviation."""
    d = rules.d
    worst = [max(u[i], min(p[i] for p in generated.vertices), min(d[a][i] for a in generated.active)) for i in (0, 1)]
    return worst[0], worst[1]


def generate(rules: Rules, w: Polygon, u: Point, active: list[int]) -> Generated:
    """R(W, u), over the profiles ``active``."""
    delta, tol = rules.discount, rules.tolerance
    rest = 1 - delta
    u0, u1 = u
    over_x, over_y = chains(w, 0), chains(w, 1)
    x_most, y_most = over_x.high_at[-1] + tol, over_y.high_at[-1] + tol
    points: list[Point] = []
    origins: list[Origin] = []
    alive: list[int] = []
    add, name = points.append, origins.append
    for a in active:
        k0, k1 = rules.h[a]
        k0, k1 = k0 + u0, k1 + u1
        if k0 > x_most or k1 > y_most:
            continue
        g0, g1 = rules.g[a]
        if g0 >= k0 - tol and g1 >= k1 - tol:
            alive.append(a)
            add((g0, g1))
            name(Origin(a, "none"))
            continue
        d0, d1 = rules.d[a]
        before = len(points)
        corner = False
        hi, i, j = crossing(w, over_x.high, over_x.high_at, 0, k0)
        if hi >= k1 - tol:
            x = rest * d0 + delta * u0
            add((x, rest * g1 + delta * hi))
            name(Origin(a, 0, i, j))
            lo, i, j = crossing(w, over_x.low, over_x.low_at, 0, k0)
            if lo >= k1 - tol:
                add((x, rest * g1 + delta * lo))
                name(Origin(a, 0, i, j))
            else:
                corner = True
        right, i, j = crossing(w, over_y.high, over_y.high_at, 1, k1)
        if right >= k0 - tol:
            y = rest * d1 + delta * u1
            add((rest * g0 + delta * right, y))
            name(Origin(a, 1, i, j))
            left, i, j = crossing(w, over_y.low, over_y.low_at, 1, k1)
            if left >= k0 - tol:
                add((rest * g0 + delta * left, y))
                name(Origin(a, 1, i, j))
            elif corner:
                add((rest * d0 + delta * u0, rest * d1 + delta * u1))
                name(Origin(a, "both"))
        if len(points) > before:
            alive.append(a)
    if not points:
        return Generated([], [], [])
    if rules.tie:
        points = snap(points, rules.tie)
    if len(points) > _MANY_POINTS:
        kept = outermost(np.array([(float(x), float(y)) for x, y in points])).tolist()
        points, origins = [points[k] for k in kept], [origins[k] for k in kept]
    corners = hull(points, rules.tie)
    return Generated([points[k] for k in corners], [origins[k] for k in corners], alive)
