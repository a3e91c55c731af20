r"""Equilibrium payoff sets of exact games, with a proof.

All arithmetic is rational. An answer W is proved from both sides.

**From inside.** If W ⊆ R(W, u) with u_i ≥ min_{w∈W} w_i, then R(W, u) generates itself, so W ⊆ V(δ) (Abreu, Pearce &
Stacchetti 1990, Theorem 1).

**From outside.** W₀ = co{g(a)} contains V. From a set W ⊇ V a smaller one follows in three ways.

* R(W, u), along the sequence from W₀ (see :mod:`alliances.repeated.payoff_sets.operator`), while its numbers stay short.
* Half-planes. *Lemma.* If V ⊆ W and u is no more than the worst payoffs in V, then for every direction λ

      max_{v∈V} λ·v  ≤  max_{a : Q_a ≠ ∅}  min( λ·g(a),  (1 − δ) λ·g(a) + δ max_{w∈Q_a} λ·w ),   Q_a = {w ∈ W : w ≥ κ(a, u)}.

  *Proof.* Let v maximise λ over V, v an extreme point, v = (1 − δ)g(a) + δw with w ∈ V ∩ Q_a. Then λ·w ≤ λ·v gives λ·v ≤
  λ·g(a), and λ·w ≤ max over Q_a gives the other term. ∎

  The first term of the minimum is what ends the iteration. An edge of V whose line passes through g(a), which outer
  iteration would only approach, at rate δ, is proved in one step. Any directions may be tried; those of the edges of
  R(W, u) and of the candidate are. Half-planes may be rounded outwards, which keeps numbers short.

* Supports moved a long way at once (:mod:`alliances.repeated.payoff_sets.supports`), where a few half-planes were not enough:
  next to δ = 1 either of the others moves by about 1 − δ a step.

The candidate is what the outer iteration in decimal numbers leads to (:mod:`alliances.repeated.payoff_sets.floating`), the
fixed point of its structure (:mod:`alliances.repeated.payoff_sets.fixed_point`): Newton's method with a floating-point
Jacobian and exact residuals gains some ten digits a step; continued fractions then give the rational fixed point, which is
checked exactly, R(W, u) = W. If all its edges are proved from outside, W = V: the result is *proved*.

Some vertices are irrational algebraic numbers. Then, and where edges depend on one another in a cycle, so that the
half-planes only converge, the result is an *enclosure*: an inner set, made of equilibrium payoffs, and an outer one,
with their distance.

Of games with many profiles, floats choose those that are computed exactly (:mod:`alliances.repeated.payoff_sets.screening`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import localcontext
from fractions import Fraction

import numpy as np

from alliances.arithmetic import Array
from alliances.repeated.payoff_sets.fixed_point import Structure, jacobian_inverse
from alliances.repeated.payoff_sets.floating import _DECIMALS, _DIGITS, Solution, _solve, in_decimals
from alliances.repeated.payoff_sets.operator import Origin, Rules, SetMethod, punishments
from alliances.repeated.payoff_sets.polygon import Point, Polygon, clip, excess, hull
from alliances.repeated.payoff_sets.screening import MANY, Screen
from alliances.repeated.payoff_sets.supports import shrink

__all__ = ["ExactSolution", "solve_exact"]

_SHORT = 160  # bits: a rational with a shorter denominator is kept as it is, a longer one is rounded outwards
_GRID = 1 << 120
_CLOSE = Fraction(1, 1 << 70)  # the distance at which inner and outer set are close enough to stop
_PLAIN_ROUNDS, _FEW_ROUNDS = 12, 3  # steps of the outer iteration before half-planes; where many profiles make them slow
_FEW_PLANES = 10  # steps of the half-planes, each a little closer, before supports move a long way at once
_MOST_ROUNDS, _ROUNDS_WITHOUT = 400, 60  # in all; where there is no candidate to prove
_GUESSED = Fraction(1, 10**40)  # far above the rounding of the guess
_PRECISIONS = (400, 2000)  # bits of the candidate before its rational form is looked for


@dataclass(frozen=True)
class ExactSolution:
    """Inner and outer set in the solver's units; equal where proved."""

    inner: Polygon
    outer: Polygon
    u: Point
    iterations: int
    method: SetMethod
    gap: Fraction


@dataclass
class _Outer:
    """A set that contains V, punishment payoffs no higher than V's, and the profiles that may still be played."""

    w: Polygon
    u: Point
    active: list[int]


def solve_exact(rules: Rules) -> ExactSolution:
    """V(δ) of a game in Fractions, payoffs scaled to [0, 1]."""
    screen = Screen(rules)
    outer = _Outer(screen.hull(), rules.minmax, list(range(len(rules.g))))
    rounds = 0
    while max(_bits(p) for p in outer.w) <= _SHORT and rounds < (_PLAIN_ROUNDS if len(outer.active) <= MANY else _FEW_ROUNDS):
        rounds += 1
        generated = screen.generate(outer.w, outer.u, outer.active)
        if not generated.vertices:
            return ExactSolution([], [], outer.u, rounds, "outer iteration", Fraction(0))
        u = punishments(rules, generated, outer.u)
        if generated.vertices == outer.w and u == outer.u:
            return ExactSolution(outer.w, outer.w, u, rounds, "outer iteration", Fraction(0))
        outer = _Outer(generated.vertices, u, generated.active)
    candidate = _candidate(screen, outer)
    planes = 0
    while True:
        if candidate is not None:
            inner, inner_u = candidate
            gap = max(max(excess(inner, p) for p in outer.w), Fraction(0))
            # edges may be proved one after the other, each by those before, so all get their turn before giving up
            if gap == 0 or (gap <= _CLOSE and planes > len(inner) + 1) or rounds >= _MOST_ROUNDS:
                return ExactSolution(inner, outer.w, inner_u, rounds, "half-planes" if gap == 0 else "enclosure", gap)
        elif rounds >= _ROUNDS_WITHOUT:
            return ExactSolution([], outer.w, outer.u, rounds, "outer half-planes", Fraction(1))
        rounds, planes = rounds + 1, planes + 1
        if candidate is not None and planes == _FEW_PLANES:
            shrunk = shrink(rules, outer.active, candidate[0], _CLOSE)
            if shrunk is not None:
                inner, inner_u = candidate
                gap = max(max(excess(inner, p) for p in shrunk), Fraction(0))
                if gap > 0 or screen.generate(inner, inner_u, outer.active).vertices == inner:
                    return ExactSolution(inner, shrunk, inner_u, rounds, "half-planes" if gap == 0 else "enclosure", gap)
        proposal = screen.generate(outer.w, outer.u, outer.active).vertices
        outer = _half_planes(screen, outer, proposal, [] if candidate is None else candidate[0])
        if not outer.w:
            return ExactSolution([], [], outer.u, rounds, "half-planes", Fraction(0))


# -- from outside -------------------------------------------------------------------------------------------------------


def _half_planes(screen: Screen, outer: _Outer, proposal: Polygon, inner: Polygon) -> _Outer:
    """The half-planes of the lemma in the directions of the edges of the proposal and of the inner set."""
    rules = screen.rules
    w = outer.w if max(_bits(p) for p in outer.w) <= 3 * _SHORT else _box(outer.w)
    exact = dict.fromkeys(_normals(inner), True) if inner else {}
    rounded = [_round(n) for n in (*_normals(proposal), *_normals(outer.w))]
    axes: list[Point] = [(Fraction(x), Fraction(y)) for x, y in ((-1, 0), (0, -1), (1, 0), (0, 1))]
    directions = exact | {normal: False for normal in (*axes, *rounded) if normal not in exact}
    active, bounds = _bounds(screen, outer, list(directions))
    if not active:
        return _Outer([], outer.u, [])
    for (normal, keep), bound in zip(directions.items(), bounds, strict=True):
        x, y = normal
        # a candidate's own edge is kept exactly once it is reached
        if not keep or bound > max(x * p[0] + y * p[1] for p in inner):
            bound = _up(bound)
        w = _cut(w, normal, bound)
        if not w:
            return _Outer([], outer.u, [])
    # no more than V's worst payoffs, because W contains V
    u = [max(outer.u[i], _down(min(p[i] for p in w)), min(rules.d[a][i] for a in active)) for i in (0, 1)]
    return _Outer([w[k] for k in hull(w)], (u[0], u[1]), active)


def _bounds(screen: Screen, outer: _Outer, normals: list[Point]) -> tuple[list[int], list[Fraction]]:
    """The profiles with an admissible continuation, and the lemma's bound in each direction (none without such profiles)."""
    rules, delta = screen.rules, screen.rules.discount
    parts: dict[int, Polygon] = {}

    def part(a: int) -> Polygon:
        """Q_a."""
        if a not in parts:
            rest = outer.w
            for i in (0, 1):
                rest = clip(rest, i, outer.u[i] + rules.h[a][i])
            parts[a] = rest
        return parts[a]

    if len(outer.active) > MANY:
        surely, perhaps, furthest = screen.furthest(outer.w, outer.u, outer.active, normals)
        active = [a for a, sure, may in zip(outer.active, surely, perhaps, strict=True) if sure or (may and part(a))]
    else:
        active = [a for a in outer.active if part(a)]
        furthest = [active] * len(normals)
    if not active:
        return [], []
    playable, bounds = set(active), []
    for (x, y), candidates in zip(normals, furthest, strict=True):
        bound = None
        for a in candidates:
            level = x * rules.g[a][0] + y * rules.g[a][1]
            if (bound is not None and level <= bound) or a not in playable:
                continue
            value = min(level, (1 - delta) * level + delta * max(x * p[0] + y * p[1] for p in part(a)))
            if bound is None or value > bound:
                bound = value
        assert bound is not None
        bounds.append(bound)
    return active, bounds


def _cut(polygon: Polygon, normal: Point, bound: Fraction) -> Polygon:
    """The part of a polygon where normal · x ≤ bound."""
    x, y = normal
    values = [x * p[0] + y * p[1] - bound for p in polygon]
    if all(v <= 0 for v in values):
        return polygon
    out: Polygon = []
    for k, q in enumerate(polygon):
        p, before, now = polygon[k - 1], values[k - 1], values[k]
        if (before > 0) != (now > 0) and before != now:
            share = before / (before - now)
            out.append((p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])))
        if now <= 0:
            out.append(q)
    return out


def _normals(polygon: Polygon) -> list[Point]:
    """Outward edge normals; of a segment also those past its ends; of a point, and of no polygon, none."""
    if len(polygon) < 2:
        return []
    if len(polygon) == 2:
        (a, b), (c, d) = polygon
        return [(d - b, a - c), (b - d, c - a), (c - a, d - b), (a - c, b - d)]
    return [(q[1] - p[1], p[0] - q[0]) for p, q in zip(polygon, [*polygon[1:], polygon[0]], strict=True)]


def _box(polygon: Polygon) -> Polygon:
    """A box around a polygon, with short coordinates."""
    left, bottom = (_down(min(p[i] for p in polygon)) for i in (0, 1))
    right, top = (_up(max(p[i] for p in polygon)) for i in (0, 1))
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _bits(p: Point) -> int:
    return int(max(p[0].denominator.bit_length(), p[1].denominator.bit_length()))


def _up(x: Fraction) -> Fraction:
    return x if x.denominator.bit_length() <= _SHORT else Fraction(-(-x.numerator * _GRID // x.denominator), _GRID)


def _down(x: Fraction) -> Fraction:
    return -_up(-x)


def _round(normal: Point) -> Point:
    """A direction with short coordinates: any direction is allowed."""
    size = max(abs(normal[0]), abs(normal[1]))
    if _bits(normal) <= _SHORT:
        return normal[0] / size, normal[1] / size
    return Fraction(round(normal[0] / size * _GRID), _GRID), Fraction(round(normal[1] / size * _GRID), _GRID)


# -- from inside --------------------------------------------------------------------------------------------------------


def _candidate(screen: Screen, outer: _Outer) -> tuple[Polygon, Point] | None:
    """A set proved to lie in V, and its threats: the exact fixed point of a structure, or a set just inside of it."""
    rules = screen.rules
    guess = _guess(rules, outer.active)
    if not guess.vertices or not guess.converged:
        return None
    worst = []
    for i in (0, 1):
        k = min(range(len(guess.vertices)), key=lambda k: guess.vertices[k][i])
        constant = outer.u[i] == rules.minmax[i] or any(outer.u[i] == d[i] for d in rules.d)
        worst.append(-1 if constant and outer.u[i] >= Fraction(guess.vertices[k][i]) - _GUESSED else k)
    structure = Structure(tuple(guess.origins), (worst[0], worst[1]))
    z = [Fraction(x) for x in structure.pack(guess.vertices, guess.u)]
    w, u = structure.expand(rules, z, outer.u)
    try:
        _, inverse = jacobian_inverse(structure, rules, w, u)
    except (ZeroDivisionError, np.linalg.LinAlgError):
        return None
    for bits in _PRECISIONS:
        refined = _refine(structure, rules, z, outer.u, inverse, bits)
        if refined is None:
            return None
        z = refined
        rational = [x.limit_denominator(1 << (bits // 3)) for x in z]
        if max((abs(x - y) for x, y in zip(rational, z, strict=True)), default=0) < Fraction(1, 1 << (bits - 60)):
            w, u = structure.expand(rules, rational, outer.u)
            w = [w[k] for k in hull(w)]
            image = screen.generate(w, u, outer.active)
            if image.vertices == w and punishments(rules, image, rules.minmax) == u:
                return w, u
    # no rational fixed point of this size: step inside, along the direction in which the structure contracts evenly
    outward = [-1.0 if k < 0 else _outward(structure.origins[k], len(guess.vertices)) for k, _ in structure.free]
    direction = (inverse @ np.array(outward)).tolist()
    largest = math.frexp(max(map(abs, direction), default=1.0))[1]  # next to δ = 1 the structure hardly contracts
    for power in (90 + largest, 84 + largest, 78 + largest):
        grid = 1 << (power + largest + 20)
        shrunk = [Fraction(round((x - Fraction(d) / (1 << power)) * grid), grid) for x, d in zip(z, direction, strict=True)]
        column = {unknown: c for c, unknown in enumerate(structure.free)}
        for c, (k, p) in enumerate(structure.free):
            if k < 0 and (structure.worst[p], p) in column:  # a threat is the coordinate of a vertex, to the last bit
                shrunk[c] = shrunk[column[structure.worst[p], p]]
        w, _ = structure.expand(rules, shrunk, outer.u)
        w = [w[k] for k in hull(w)]
        u = (min(p[0] for p in w), min(p[1] for p in w))  # threats: the worst of what the set itself contains
        image = screen.generate(w, u, outer.active)
        if image.vertices and all(excess(image.vertices, p) <= 0 for p in w):
            return w, u
    return None


def _guess(rules: Rules, active: list[int]) -> Solution:
    """V(δ) in decimal numbers, as :func:`alliances.repeated.payoff_sets.floating.solve_decimal` finds it."""
    with localcontext(prec=_DIGITS):
        decimals = in_decimals(rules)
        return _solve(decimals, Screen(decimals).generate, _DECIMALS, active)


def _outward(origin: Origin, size: int) -> float:
    """Whether the free coordinate grows (1) or falls (−1) as the edge of the continuation moves outwards."""
    following = origin.j == (origin.i + 1) % size  # edges are named in the order of the binding player's payoff
    lower = following if origin.binding == 0 else not following
    return -1.0 if lower else 1.0


def _refine(
    structure: Structure, rules: Rules, z: list[Fraction], u: Point, inverse: Array, bits: int
) -> list[Fraction] | None:
    """Newton's method with a fixed floating-point inverse and exact residuals, to ``bits`` bits."""
    grid = 1 << (bits + 8)
    for _ in range(bits // 8 + 8):
        w, t = structure.expand(rules, z, u)
        try:
            values, _ = structure.step(rules, w, t)
        except ZeroDivisionError:
            return None
        residual = [v - x for v, x in zip(values, z, strict=True)]
        largest = max((abs(r) for r in residual), default=Fraction(0))
        if largest < Fraction(1, 1 << bits):
            return z
        size = 1
        while largest * size < 1:
            size <<= 16
        move = inverse @ np.array([float(r * size) for r in residual])
        z = [Fraction(round((x + Fraction(m) / size) * grid), grid) for x, m in zip(z, move.tolist(), strict=True)]
    return None
