r"""Outer sets of exact games moved by their supports: whole stretches of the outer iteration in one step, with a proof.

Next to δ = 1 a step of the operator moves a set by about 1 − δ, so that a proof that takes one step after the other does
not end. Here an outer set is P(h) = {x : λ_k · x ≤ h_k for all k}, with fixed directions λ_k, among them −e_0 and −e_1;
with them h also bounds the worst payoffs, v_i ≥ u_i(h) = max(c_i, −h_{−e_i}), where c_i is the pure minmax or the least
d_i(a) of all profiles.

For a profile a and an equilibrium continuation w that keeps it, let b(h) be the point where the segment from g(a) to w enters
{x ≥ κ(a, u(h))}: g(a) itself, or a point where a constraint binds. Call h *sound* if V ⊆ P(h) and every b(h) ∈ P(h). From
co{g(a)} on, every h is.

In direction λ_k let B_k(a, h) be λ_k·g(a) if g(a) ≥ κ(a, u(h)), and otherwise the least of λ_k·g(a) and (1 − δ) λ_k·g(a) +
δ max λ_k·b, over b ∈ P(h) with b ≥ κ of which a constraint binds; without any such b the profile does not count, as no w
keeps it. Where player i's constraint binds, b_i = u_i(h) + h_i(a)(1 − δ)/δ, and the other coordinate is bounded by the
half-plane of any edge. So there are affine functions L with B_k(a, h) ≤ L(h) for all h.

*Lemma.* Let h(s) fall on a straight line from h(0), which is sound, to h(1). If for each k and each profile that counts at
h(0) some such L, or λ_k·g(a), is less than h_k(s) for all s ∈ [0, t), then h(t) is sound.

*Proof.* Let s be the largest up to which all h are sound; there is one, because V is compact. Let s < t. For each a and w,
z = (1 − δ)g(a) + δb(h(s)) has λ_k·z < h_k(s) for all k: either by L, or because λ_k·g(a) < h_k(s) and λ_k·b ≤ h_k(s). Hence
z, and g(a) too if b = g(a), is in the interior of P. An extreme point v = (1 − δ)g(a) + δw of V furthest in direction λ_k
lies between z and w, and w is no further out than v; so λ_k·v ≤ λ_k·z < h_k(s), or v = w = g(a) = b, which is in the
interior. So V is in the interior of P, and then the segment from z to w is, on which b lies. Both remain in P for slightly
larger s, a contradiction. ∎

Both sides are affine in s: two comparisons decide. What does not count at h(0) does not count later, because sets shrink
and punishment payoffs rise. Directions may be added at any sound h.

Two ways are tried: straight to the candidate, which proves it if t = 1; and to the least h with h_k ≥ L(h) for the L of all
profiles that are in force at h(0). On that way the inequalities hold, and other L come into force only as the edges change,
so that a few steps suffice, whatever δ. Each ends a little before its end, so that inequalities stay strict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cached_property
from operator import itemgetter, mul

from alliances.repeated.payoff_sets.operator import Rules, generate
from alliances.repeated.payoff_sets.polygon import Chains, Point, Polygon, chains, crossing, directions, excess, hull

__all__ = ["Affine", "Supports", "shrink", "support"]

_ZERO = Fraction(0)
_MARGIN = Fraction(1, 1 << 10)  # by which the first set is larger than co{g(a)}
_SHARE = Fraction(1, 1 << 12)  # of a way that is not gone
_LITTLE = Fraction(1, 1 << 8)  # of a way: so short that more directions are asked for
_MOST_OF = Fraction(3, 4)  # of the way to the candidate: enough to go there at once
_MOST_JUMPS = 80
_MOST_POLICIES = 60
_DECIMALS = 60
_RESIDUE = Decimal("1e-9")  # of a residual: how much less than none may be left of another one
_GRID = 1 << 240
_DIGITS = 120  # binary, of a move
_ROUNDED = 60  # bits of a direction that nothing is to be proved of
Affine = tuple[Fraction, dict[int, Fraction]]
"""A constant, and coefficients of h."""


def support(polygon: Polygon, normal: Point) -> Fraction:
    """The largest λ·x over a polygon."""
    far: Fraction = max(normal[0] * p[0] + normal[1] * p[1] for p in polygon)
    return far


def _value(piece: Affine, h: Sequence[Fraction]) -> Fraction:
    return piece[0] + sum((c * h[j] for j, c in piece[1].items()), _ZERO)


def _sum(*terms: tuple[Fraction, Affine]) -> Affine:
    """The sum of multiples of affine functions."""
    constant, slopes = _ZERO, dict[int, Fraction]()
    for factor, (c, row) in terms:
        constant += factor * c
        for j, x in row.items():
            slopes[j] = slopes.get(j, _ZERO) + factor * x
    return constant, slopes


@dataclass(frozen=True)
class Supports:
    """P(h), of which ``normals`` start with −e_0 and −e_1; ``floor`` are the constants c_i, ``target`` where h is to go."""

    rules: Rules
    normals: Sequence[Point]
    h: Sequence[Fraction]
    target: Sequence[Fraction]
    floor: Point
    active: Sequence[int]

    @cached_property
    def polygon(self) -> tuple[Polygon, list[int]]:
        """The vertices, counter-clockwise, and for each the number of the half-plane of the edge that it starts; [] if none."""
        low, high = Fraction(-4), Fraction(4)  # payoffs are scaled to [0, 1]
        ring: list[tuple[Point, int]] = [((low, low), -1), ((high, low), -1), ((high, high), -1), ((low, high), -1)]
        for k, ((x, y), bound) in enumerate(zip(self.normals, self.h, strict=True)):
            beyond = [x * p[0] + y * p[1] - bound for p, _ in ring]
            if all(b <= 0 for b in beyond):
                continue
            out: list[tuple[Point, int]] = []
            for n, (p, label) in enumerate(ring):
                q, now, after = ring[(n + 1) % len(ring)][0], beyond[n], beyond[(n + 1) % len(ring)]
                if now <= 0:
                    out.append((p, label))
                if (now > 0) != (after > 0) and now != after:
                    share = now / (now - after)
                    out.append(((p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])), k if now <= 0 else label))
            ring = [point for n, point in enumerate(out) if point[0] != out[(n + 1) % len(out)][0]]
            if len(ring) < 3:
                return [], []
        # counter-clockwise from the leftmost, lowest of several, as polygons are kept
        first = min(range(len(ring)), key=lambda n: ring[n][0])
        ring = ring[first:] + ring[:first]
        return [p for p, _ in ring], [label for _, label in ring]

    @cached_property
    def owed(self) -> tuple[Affine, Affine]:
        """The punishment payoffs u_0 and u_1."""
        pieces = [(-h, (_ZERO, {i: Fraction(-1)})) for i, h in enumerate(self.h[:2])]
        one, other = ((c, {}) if c >= v else piece for c, (v, piece) in zip(self.floor, pieces, strict=True))
        return one, other

    @cached_property
    def pieces(self) -> list[list[tuple[Fraction, list[Affine] | None]]]:
        """Per profile that counts and direction: λ·g(a), and the L whose largest is the other bound (None: no other)."""
        vertices, labels = self.polygon
        over = chains(vertices, 0), chains(vertices, 1)
        bounds: list[list[tuple[Fraction, list[Affine] | None]]] = []
        for a in self.active:
            g, h = self.rules.g[a], self.rules.h[a]
            levels = [x * g[0] + y * g[1] for x, y in self.normals]
            if all(level <= t for level, t in zip(levels, self.target, strict=True)):
                continue  # below the target in all directions
            kappa: list[Affine] = [_sum((Fraction(1), self.owed[i]), (h[i], (Fraction(1), {}))) for i in (0, 1)]
            at = [_value(piece, self.h) for piece in kappa]
            if g[0] >= at[0] and g[1] >= at[1]:
                bounds.append([(level, None) for level in levels])
                continue
            ends = [self._ends(i, kappa, at, vertices, labels, over[i]) for i in (0, 1)]
            if any(ends):
                bounds.append([self._bound(level, k, kappa, ends) for k, level in enumerate(levels)])
        return bounds

    def _ends(
        self, i: int, kappa: list[Affine], at: list[Fraction], vertices: Polygon, labels: list[int], over: Chains
    ) -> tuple[Affine, Affine] | None:
        """Bounds on the other coordinate, from below and above, where player i's constraint binds; None if nowhere."""
        if at[i] > over.high_at[-1]:
            return None

        def edge(chain: list[int], where: list[Fraction]) -> tuple[Fraction, Affine]:
            value, p, q = crossing(vertices, chain, where, i, at[i])
            if p == q:
                p, q = (chain[0], chain[1]) if p == chain[0] else (chain[-2], chain[-1])
            k = labels[p] if (p + 1) % len(vertices) == q else labels[q]
            normal = self.normals[k]
            # λ_k · b = h_k, b_i = κ_i
            return value, _sum((1 / normal[1 - i], (_ZERO, {k: Fraction(1)})), (-normal[i] / normal[1 - i], kappa[i]))

        most, above = edge(over.high, over.high_at)
        if most < at[1 - i]:
            return None
        least, below = edge(over.low, over.low_at)
        return (below if least > at[1 - i] else kappa[1 - i]), above

    def _bound(
        self, level: Fraction, k: int, kappa: list[Affine], ends: Iterable[tuple[Affine, Affine] | None]
    ) -> tuple[Fraction, list[Affine] | None]:
        delta, normal = self.rules.discount, self.normals[k]
        if level <= self.target[k]:
            return level, None  # good enough, and most profiles end here
        pieces = []
        for i, pair in enumerate(ends):
            if pair is not None:
                other = normal[1 - i]
                terms = [((1 - delta) * level, (Fraction(1), dict[int, Fraction]())), (delta * normal[i], kappa[i])]
                pieces.append(_sum(*terms, (delta * other, pair[1 if other > 0 else 0])))
        return level, pieces

    def reach(self, target: Sequence[Fraction]) -> Fraction:
        """How far on the way to ``target``, which may not be below the candidate's, h is proved to stay sound; 0 if nowhere."""
        if not self.polygon[0] or any(t < least for t, least in zip(target, self.target, strict=True)):
            return _ZERO
        least = Fraction(1)
        for bounds in self.pieces:
            for now, then, (level, pieces) in zip(self.h, target, bounds, strict=True):
                if level <= then < now:
                    continue
                best = self._until(now - level, then - level)
                if pieces is not None and best < 1:
                    best = max(best, min(self._until(now - _value(p, self.h), then - _value(p, target)) for p in pieces))
                least = min(least, best)
                if least == 0:
                    return least
        return least

    @staticmethod
    def _until(first: Fraction, last: Fraction) -> Fraction:
        """Up to which share of the way an affine function that goes from ``first`` to ``last`` is positive."""
        return _ZERO if first <= 0 else Fraction(1) if last >= 0 else first / (first - last)

    def fall(self) -> list[Fraction] | None:
        """How far policy iteration lowers each h_k, less a little; None if it does not.

        The least h with h_k ≥ L(h) for the L in force here, of all profiles: one of them is chosen per k, the equations are
        solved, and as long as another L is larger at the solution, it is chosen instead (Howard 1960).
        """
        size = len(self.h)
        with localcontext(prec=_DECIMALS):
            rows: list[list[list[Decimal]]] = []  # per k, of each L: the derivatives of h_k − L, and h_k − L(h)
            for k, now in enumerate(self.h):
                level, choices = self.target[k], list[list[Decimal]]()  # what V contains is no further in
                for bounds in self.pieces:
                    constant, pieces = bounds[k]
                    values = [] if pieces is None else [_value(p, self.h) for p in pieces]
                    if pieces is None or max(values) >= constant:
                        level = max(level, constant)
                        continue
                    for value, (_, slopes) in zip(values, pieces, strict=True):
                        choices.append(
                            [*(_decimal((j == k) - slopes.get(j, _ZERO)) for j in range(size)), _decimal(now - value)]
                        )
                choices.append([*(Decimal(j == k) for j in range(size)), _decimal(now - level)])
                rows.append(sorted(choices, key=itemgetter(-1)))
            if not all(row and row[0][-1] > 0 for row in rows):
                return None
            chosen = [row[0] for row in rows]
            for _ in range(_MOST_POLICIES):
                fall = _solved(chosen)
                if fall is None:
                    return None
                worse = False
                for k, row in enumerate(rows):
                    left, least = min(((r[-1] - sum(map(mul, r, fall)), r) for r in row), key=itemgetter(0))
                    if left < -_RESIDUE * chosen[k][-1]:
                        chosen[k], worse = least, True
                if not worse:
                    return [_short(Fraction(x)) * (1 - _SHARE) for x in fall] if min(fall) > 0 else None
        return None


def _decimal(x: Fraction | int) -> Decimal:
    return Decimal(x.numerator) / Decimal(x.denominator)


def _solved(rows: list[list[Decimal]]) -> list[Decimal] | None:
    """The solution of a square system, right-hand sides last (Gauss-Jordan), or None."""
    rows = [row.copy() for row in rows]
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda r: abs(rows[r][k]))
        if not rows[pivot][k]:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        first = rows[k]
        for r, row in enumerate(rows):
            if r != k and row[k]:
                factor = row[k] / first[k]
                row[k:] = [x - factor * y for x, y in zip(row[k:], first[k:], strict=True)]
    return [row[-1] / row[k] for k, row in enumerate(rows)]


def _short(x: Fraction) -> Fraction:
    """A positive number with 120 binary digits, not larger."""
    size = _DIGITS - (x.numerator.bit_length() - x.denominator.bit_length())
    return Fraction(int(x * 2**size), 2**size) if size >= 0 else Fraction(int(x / 2**-size) * 2**-size)


def _longer(x: Fraction) -> Fraction:
    """A positive number with 120 binary digits, not smaller."""
    return _short(x) * (1 + Fraction(1, 1 << (_DIGITS - 2)))


def _up(x: Fraction) -> Fraction:
    """A number that is no smaller, and no longer than the grid's."""
    return Fraction(-(-x.numerator * _GRID // x.denominator), _GRID)


def _normals(polygon: Polygon) -> list[Point]:
    """Outward normals of the edges with |λ_0| + |λ_1| = 1; of a segment or point also those past its ends."""
    out = []
    for x, y in directions(polygon, polygon[0]):
        size = abs(x) + abs(y)
        if size:
            out.append((x / size, y / size))
    return out


def shrink(rules: Rules, active: Sequence[int], inner: Polygon, close: Fraction) -> Polygon | None:
    """A set that contains V(δ) ⊇ ``inner`` and is ``inner``, or reaches no further than ``close`` out of it; None if not found.

    ``active`` are profiles among which all are that can be played.
    """
    axes = [(Fraction(x), Fraction(y)) for x, y in ((-1, 0), (0, -1), (1, 0), (0, 1))]
    everything = [rules.g[k] for k in hull(rules.g)]
    least = [max(rules.minmax[i], min(rules.d[a][i] for a in active)) for i in (0, 1)]
    floor = least[0], least[1]
    normals = list(dict.fromkeys([*axes, *_normals(inner), *_normals(everything)]))
    h = [support(everything, normal) + _MARGIN for normal in normals]
    target = [support(inner, normal) for normal in normals]
    for _ in range(_MOST_JUMPS):
        outer = Supports(rules, normals, h, target, floor, active)
        straight = outer.reach(target)
        if straight == 1:
            return inner
        vertices, _ = outer.polygon
        if all(excess(inner, p) <= close for p in vertices):
            return vertices or None
        if straight > _MOST_OF:
            # as far again from the end of what is proved as that is from the target, so that inequalities stay strict
            share = 1 - 2 * _longer(1 - straight)
            h = [x - share * (x - _up(t)) for x, t in zip(h, target, strict=True)]
            continue
        fall = outer.fall()
        if fall is None:
            return None
        share = outer.reach([x - f for x, f in zip(h, fall, strict=True)])
        if share < 1:
            share = _short(share * (1 - _SHARE))
        h = [x - share * f for x, f in zip(h, fall, strict=True)]
        if share < _LITTLE:
            image = generate(rules, vertices, (_value(outer.owed[0], outer.h), _value(outer.owed[1], outer.h)), list(active))
            added = [n for n in map(_rounded, _normals(image.vertices)) if n not in normals] if image.vertices else []
            if not added:
                return None
            vertices, _ = Supports(rules, normals, h, target, floor, active).polygon
            normals, h = normals + added, h + [support(vertices, normal) for normal in added]
            target += [support(inner, normal) for normal in added]
    return None


def _rounded(normal: Point) -> Point:
    x, y = (Fraction(round(v * 2**_ROUNDED), 2**_ROUNDED) for v in normal)
    return x, y
