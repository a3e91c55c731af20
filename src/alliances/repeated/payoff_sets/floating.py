"""Equilibrium payoff sets in floating point: outer iterations until the structure shows, then its fixed point.

Payoffs are scaled to [0, 1] per player, so every tolerance is relative to the payoff range. The steps:

1. Iterate R from outside (:mod:`alliances.repeated.payoff_sets.operator`).
2. When two steps have the same structure, solve for its fixed point W* (:mod:`alliances.repeated.payoff_sets.fixed_point`).
3. Accept W* if (a) R(W*, u*) = W* within tolerance, so that W* generates itself and lies in V; and (b) the sets on the way from
   the outer iterate Wⁿ to W*, Wⁿ + t (W* − Wⁿ), are mapped strictly into themselves for t = 0, 1/4, 1/2, 3/4, …: then no larger
   fixed point lies between. Otherwise iterate on.

4. Where (a) or (b) fails, the structure changes on the way. Go as far as (b) allows, to the furthest t at which
   Wⁿ + t (W* − Wⁿ) is still mapped into itself, and iterate on from there. Next to δ = 1 a step of R moves a set by about
   1 − δ, so that this takes the place of up to 1/(1 − δ) steps and more.

(b) samples the way, so in floating point it is a check and not a proof; exact games get a proof.

Rounding errors grow with 1/(1 − δ). Where they exceed what is promised of payoff sets, and where exact games need a candidate
that floats cannot tell from its neighbours, the same steps are taken in decimal numbers of 80 digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial
from typing import TypeAlias

import numpy as np

from alliances.arithmetic import Number
from alliances.arithmetic.tolerance import PROMISED, STANDSTILL
from alliances.repeated.payoff_sets.compiler import kernels, ready
from alliances.repeated.payoff_sets.fixed_point import FLOATS, Accuracy, Structure, newton
from alliances.repeated.payoff_sets.operator import Generated, Origin, Rules, SetMethod, generate, punishments
from alliances.repeated.payoff_sets.operator_arrays import ArrayRules, generate_arrays
from alliances.repeated.payoff_sets.polygon import Point, Polygon, beyond, hull, tidy

__all__ = ["MANY_PROFILES", "Solution", "in_decimals", "solve_decimal", "solve_float"]

MANY_PROFILES = 24  # above, rules in arrays are worth it
_MOST_STEPS = 1000
_DIGITS = 80
_DECIMALS = Accuracy(1e-79, 4e-79, 1e-72, 1e-60, Decimal("1e-75"), Decimal("1e-50"), 1e-48, 60)
_HALVINGS = 60  # of the way to the structure's fixed point, to find where the structure changes
_Step: TypeAlias = Callable[[Polygon, Point, list[int]], Generated]


@dataclass(frozen=True)
class Solution:
    """A payoff set in the solver's own units and arithmetic; ``origins`` refer to ``vertices``."""

    vertices: Polygon
    origins: list[Origin]
    u: Point
    active: list[int]
    iterations: int
    method: SetMethod
    converged: bool
    error: float


def solve_float(given: Rules | ArrayRules, unrounded: Callable[[], Rules] | None = None) -> Solution:
    """V(δ) of a scaled game in floats.

    Rules in arrays, for games with many profiles, are solved by compiled functions where there are any. ``unrounded`` makes the
    rules in Fractions of the float payoffs: scaling rounds them, which decimal numbers would take for differences.
    """
    solution = _compiled(given) if isinstance(given, ArrayRules) else None
    if solution is not None and solution.converged:
        return solution
    rules = given.rules if isinstance(given, ArrayRules) else given

    def step(w: Polygon, u: Point, active: list[int]) -> Generated:
        if isinstance(given, ArrayRules) and len(active) > MANY_PROFILES:
            return generate_arrays(given, w, u, active)
        return generate(rules, w, u, active)

    if solution is None:
        solution = _solve(rules, step, FLOATS, list(range(len(rules.g))))
    if solution.converged:
        return solution
    solution = solve_decimal(unrounded() if unrounded else rules, solution.active)
    w, u = [(float(x), float(y)) for x, y in solution.vertices], (float(solution.u[0]), float(solution.u[1]))
    if not w or not solution.converged:
        return replace(solution, vertices=w, u=u)
    return _settled(step, w, u, solution.active, solution.iterations, solution.method, STANDSTILL, FLOATS)


def _compiled(rules: ArrayRules) -> Solution | None:
    """The same by compiled functions; None without a compiler."""
    module = kernels()
    if module is None:
        return None
    arguments = rules.g, rules.d, rules.h, rules.discount, rules.tolerance, rules.minmax, PROMISED
    w, origins, u, active, steps, how, error = ready(module.solve, *arguments)(*arguments)
    names = {module.FREE: "none", module.CORNER: "both"}
    return Solution(
        [(x, y) for x, y in w.tolist()],
        [Origin(a, names.get(binding, binding), i, j) for a, binding, i, j in origins.tolist()],
        (float(u[0]), float(u[1])),
        active.tolist(),
        steps,
        "fixed point of the structure" if how == 1 else "outer iteration",
        how >= 0,
        error,
    )


def solve_decimal(rules: Rules, active: list[int]) -> Solution:
    """V(δ) of a scaled game in floats or Fractions, in decimal numbers.

    ``active`` are profiles among which all are that can be played.
    """
    with localcontext(prec=_DIGITS):
        decimals = in_decimals(rules)
        return _solve(decimals, partial(generate, decimals), _DECIMALS, active)


def in_decimals(rules: Rules) -> Rules:
    """The same rules in decimal numbers."""

    def decimal(x: Number) -> Decimal:
        return Decimal(x.numerator) / Decimal(x.denominator) if isinstance(x, Fraction) else Decimal(x)

    def pair(point: Point) -> Point:
        return decimal(point[0]), decimal(point[1])

    with localcontext(prec=_DIGITS):
        return Rules(
            [pair(x) for x in rules.g],
            [pair(x) for x in rules.d],
            [pair(x) for x in rules.h],
            decimal(rules.discount),
            pair(rules.minmax),
            decimal(rules.tolerance) or _DECIMALS.same,
            Decimal("1e-74"),
        )


def _solve(rules: Rules, step: _Step, accuracy: Accuracy, active: list[int]) -> Solution:
    w: Polygon = [rules.g[k] for k in hull(rules.g, accuracy.corner)]
    u = rules.minmax
    structure: Structure | None = None
    attempt, wait = 1, 1
    error = 1.0
    for n in range(1, _MOST_STEPS + 1):
        generated = step(w, u, active)
        if not generated.vertices:
            return Solution([], [], u, [], n, "outer iteration", True, 0.0)
        u_next = punishments(rules, generated, u)
        error = _moved(w, u, generated.vertices, u_next) if len(w) == len(generated.vertices) else 1.0
        if error <= accuracy.unmoved and active == generated.active:
            return _settled(step, w, u, active, n, "outer iteration", float(accuracy.corner), accuracy)
        last, structure = structure, Structure.of(generated, u_next)
        w, u, active = generated.vertices, u_next, generated.active
        if structure == last and n >= attempt and structure.moving:
            path = _Path.of(rules, step, structure, generated, u, accuracy)
            if path is not None and path.ends_at_fixed_point():
                if path.error > PROMISED:
                    break  # what rounding leaves of it is too little
                return _settled(step, path.limit, path.u_limit, active, n, "fixed point of the structure", path.error, accuracy)
            share = 0.0 if path is None else path.share()
            if path is not None and share > 0:
                w, u = path.at(share)
                attempt, wait = n + 1, 1
            else:
                wait *= 2
                attempt = n + wait
        elif structure != last:
            attempt, wait = n + 1, 1
    return Solution(w, list(generated.origins), u, active, n, "outer iteration", False, error)


def _settled(
    step: _Step, w: Polygon, u: Point, active: list[int], n: int, method: SetMethod, error: float, accuracy: Accuracy
) -> Solution:
    """The solution without redundant vertices, and with origins that refer to the vertices that are left."""
    w = [w[k] for k in tidy(w, accuracy.same)]
    for _ in range(3):
        image = step(w, u, active)
        kept = tidy(image.vertices, accuracy.same)
        origins = [image.origins[k] for k in kept]
        again = [image.vertices[k] for k in kept]
        if len(again) == len(w) and _moved(w, u, again, u) <= accuracy.same:
            break  # vertex by vertex the same: the edges that origins name are edges of this polygon
        w = again
    return Solution(again, origins, u, image.active, n, method, True, error)


def _moved(w: Polygon, u: Point, v: Polygon, t: Point) -> float:
    return float(max(max(abs(p[0] - q[0]), abs(p[1] - q[1])) for p, q in zip([*w, u], [*v, t], strict=True)))


@dataclass(frozen=True)
class _Path:
    """The straight way from an outer set (w, u) to the fixed point of its structure, which is off by ``error``.

    Where Newton's method does not find that, to where it leads first; the error is then ∞.
    """

    rules: Rules
    step: _Step
    accuracy: Accuracy
    w: Polygon
    u: Point
    active: list[int]
    limit: Polygon
    u_limit: Point
    error: float

    @staticmethod
    def of(rules: Rules, step: _Step, structure: Structure, outer: Generated, u: Point, accuracy: Accuracy) -> _Path | None:
        """The way, if Newton's method finds one."""
        w = outer.vertices
        fixed_point = newton(structure, rules, w, u, accuracy)
        return None if fixed_point is None else _Path(rules, step, accuracy, w, u, outer.active, *fixed_point)

    def ends_at_fixed_point(self) -> bool:
        """Whether the end is a fixed point of R, and nothing larger lies between it and the outer set."""
        w, u, limit, u_limit = self.w, self.u, self.limit, self.u_limit
        same = self.accuracy.same
        if self.error == np.inf or any(t < s - same for s, t in zip(u, u_limit, strict=True)) or self._excess(w, limit) > same:
            return False
        shape = [limit[k] for k in hull(limit, self.accuracy.corner)]
        again = self.step(shape, u_limit, self.active)
        if (
            not again.vertices
            or max(self._excess(shape, again.vertices), self._excess(again.vertices, limit)) > self.accuracy.fixed
        ):
            return False
        # from the outer punishments, not the limit's: another vertex than the structure's may have become the worst
        if any(abs(s - t) > same for s, t in zip(punishments(self.rules, again, u), u_limit, strict=True)):
            return False
        return _moved(w, u, limit, u_limit) <= same or all(self._shrinks(share, same) for share in (0.0, 0.5, 0.9375))

    def at(self, share: float) -> tuple[Polygon, Point]:
        """The set and the punishment payoffs on the way."""
        t = type(self.rules.discount)(share)
        mid = [(p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])) for p, q in zip(self.w, self.limit, strict=True)]
        (u0, u1), (v0, v1) = self.u, self.u_limit
        return [mid[k] for k in hull(mid, self.accuracy.corner)], (u0 + t * (v0 - u0), u1 + t * (v1 - u1))

    def _shrinks(self, share: float, slack: Number) -> bool:
        """Whether R maps the set on the way into itself."""
        w, u = self.at(share)
        return bool(self._excess(w, self.step(w, u, self.active).vertices) <= slack)

    def share(self) -> float:
        """How far all sets on the way still contain V(δ): 0, if it is not far enough to be worth it.

        They do as long as R maps them into themselves, and their punishment payoffs do not exceed what follows from them.
        """
        slack = 64 * self.accuracy.epsilon  # the rounding of a step
        # a step beyond the right end shows in the image times 1 − δ, against the same rounding
        margin = slack / float(1 - self.rules.discount)
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            if high - low <= margin / 4:
                break
            middle = (low + high) / 2
            low, high = (middle, high) if self._contains(middle, type(self.rules.discount)(slack)) else (low, middle)
        low = max(low - margin, 0.0)
        step = float(1 - self.rules.discount)
        return low if low * _moved(self.w, self.u, self.limit, self.u_limit) > step / 8 else 0.0

    def _contains(self, share: float, slack: Number) -> bool:
        w, u = self.at(share)
        same = self.accuracy.same  # a larger set, or lower punishment payoffs, do no harm
        if any(t < s - same for s, t in zip(self.u, u, strict=True)) or self._excess(self.w, w) > same:
            return False
        image = self.step(w, u, self.active)
        if not image.vertices or self._excess(w, image.vertices) > slack:
            return False
        least = punishments(self.rules, image, self.rules.minmax)
        return all(bool(t <= s + slack) for s, t in zip(least, u, strict=True))

    def _excess(self, polygon: Polygon, points: Polygon) -> Number:
        return beyond(polygon, points, self.accuracy.same)
