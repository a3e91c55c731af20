"""Equilibrium payoff sets in floating point: outer iterations until the structure shows, then its fixed point.

Payoffs are scaled to [0, 1] per player, so every tolerance is relative to the payoff range. The steps:

1. Iterate R from outside (:mod:`alliances.repeated.payoff_sets.operator`).
2. When two steps have the same structure, solve for its fixed point W* (:mod:`alliances.repeated.payoff_sets.fixed_point`).
3. Accept W* if (a) R(W*, u*) = W* within tolerance, so that W* generates itself and lies in V; and (b) the sets on the way from
   the outer iterate Wⁿ to W*, Wⁿ + t (W* − Wⁿ), are mapped strictly into themselves for t = 0, 1/4, 1/2, 3/4, …: then no larger
   fixed point lies between. Otherwise iterate on.

(b) samples the way, so in floating point it is a check and not a proof; exact games get a proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import FIXED_POINT, PROMISED, SAME_POINT, STANDSTILL
from alliances.repeated.payoff_sets.fixed_point import Structure, newton_float
from alliances.repeated.payoff_sets.operator import Generated, Origin, Rules, SetMethod, generate, punishments
from alliances.repeated.payoff_sets.operator_arrays import ArrayRules, generate_arrays
from alliances.repeated.payoff_sets.polygon import Point, Polygon, hull, tidy

__all__ = ["Solution", "solve_float"]

_MOST_STEPS = 20_000
_UNMOVED = 4e-16  # two machine epsilons: an outer iteration that moves no further repeats itself
_Step: TypeAlias = Callable[[Polygon, Point, list[int]], Generated]


@dataclass(frozen=True)
class Solution:
    """A payoff set in the solver's own units; ``origins`` refer to ``vertices``."""

    vertices: Polygon
    origins: list[Origin]
    u: Point
    active: list[int]
    iterations: int
    method: SetMethod
    converged: bool
    error: float


def solve_float(rules: Rules, arrays: ArrayRules | None = None, most_steps: int = _MOST_STEPS) -> Solution:
    """V(δ) of a scaled game; ``arrays`` are the same rules as arrays, for games with many profiles."""

    def step(w: Polygon, u: Point, active: list[int]) -> Generated:
        if arrays is not None and len(active) > 24:
            return generate_arrays(arrays, rules, w, u, active)
        return generate(rules, w, u, active)

    active = list(range(len(rules.g)))
    w: Polygon = [rules.g[k] for k in hull(rules.g, STANDSTILL)]
    u = rules.minmax
    structure: Structure | None = None
    attempt, wait = 1, 1
    error = 1.0
    for n in range(1, most_steps + 1):
        generated = step(w, u, active)
        if not generated.vertices:
            return Solution([], [], u, [], n, "outer iteration", True, 0.0)
        u_next = punishments(rules, generated, u)
        error = _moved(w, u, generated.vertices, u_next) if len(w) == len(generated.vertices) else 1.0
        if error <= _UNMOVED and active == generated.active:
            return _settled(step, w, u, active, n, "outer iteration", STANDSTILL)
        last, structure = structure, Structure.of(generated, u_next)
        if structure == last and n >= attempt and structure.moving:
            fixed_point = _accelerate(rules, step, structure, generated, u_next)
            if fixed_point is not None:
                limit, u_limit, accuracy = fixed_point
                return _settled(step, limit, u_limit, generated.active, n, "fixed point of the structure", accuracy)
            wait *= 2
            attempt = n + wait
        elif structure != last:
            attempt, wait = n + 1, 1
        w, u, active = generated.vertices, u_next, generated.active
    return Solution(w, list(generated.origins), u, active, most_steps, "outer iteration", False, error)


def _settled(
    step: _Step, w: Polygon, u: Point, active: list[int], iterations: int, method: SetMethod, error: float
) -> Solution:
    """The solution without redundant vertices, and with origins that refer to the vertices that are left."""
    w = [w[k] for k in tidy(w, SAME_POINT)]
    for _ in range(3):
        image = step(w, u, active)
        kept = tidy(image.vertices, SAME_POINT)
        origins = [image.origins[k] for k in kept]
        again = [image.vertices[k] for k in kept]
        if len(again) == len(w) and _moved(w, u, again, u) <= SAME_POINT:
            break  # vertex by vertex the same: the edges that origins name are edges of this polygon
        w = again
    return Solution(again, origins, u, image.active, iterations, method, True, error)


def _moved(w: Polygon, u: Point, v: Polygon, t: Point) -> float:
    return float(max(max(abs(p[0] - q[0]), abs(p[1] - q[1])) for p, q in zip([*w, u], [*v, t], strict=True)))


def _accelerate(
    rules: Rules, step: _Step, structure: Structure, outer: Generated, u: Point
) -> tuple[Polygon, Point, float] | None:
    """The structure's fixed point, if it is one of R and nothing larger lies between it and the outer set."""
    w = outer.vertices
    fixed_point = newton_float(structure, rules, w, u)
    if fixed_point is None:
        return None
    limit, u_limit, error = fixed_point
    if error > PROMISED or any(t < s - SAME_POINT for s, t in zip(u, u_limit, strict=True)) or _excess(w, limit) > SAME_POINT:
        return None
    shape = [limit[k] for k in hull(limit, STANDSTILL)]
    again = step(shape, u_limit, outer.active)
    if not again.vertices or max(_excess(shape, again.vertices), _excess(again.vertices, limit)) > FIXED_POINT:
        return None
    # from the outer punishments, not the limit's: another vertex than the structure's may have become the worst
    if any(abs(s - t) > SAME_POINT for s, t in zip(punishments(rules, again, u), u_limit, strict=True)):
        return None
    if _moved(w, u, limit, u_limit) > SAME_POINT:
        for share in (0.0, 0.5, 0.9375):
            mid = [(p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])) for p, q in zip(w, limit, strict=True)]
            u_mid = (u[0] + share * (u_limit[0] - u[0]), u[1] + share * (u_limit[1] - u[1]))
            corners = [mid[k] for k in hull(mid, STANDSTILL)]
            if _excess(corners, step(corners, u_mid, outer.active).vertices) > SAME_POINT:
                return None
    return limit, u_limit, error


def _excess(polygon: Polygon, points: Polygon) -> float:
    """How far the furthest of the points lies outside a polygon; edges too short to have a direction are passed over."""
    p: Array = np.array(polygon)
    x: Array = np.array(points)
    if len(p) == 1:
        return float(np.abs(x - p).max())
    edge = np.roll(p, -1, axis=0) - p
    if len(p) == 2:
        edge = np.concatenate([edge, np.stack([edge[:, 1], -edge[:, 0]], 1)])
        p = np.concatenate([p, np.roll(p, -1, axis=0)])
    length = np.abs(edge).sum(axis=1)
    edge, p = edge[length > SAME_POINT] / length[length > SAME_POINT, None], p[length > SAME_POINT]
    if not len(edge):
        return float(np.abs(x - p[0]).max())
    normal = np.stack([edge[:, 1], -edge[:, 0]])
    return float((x @ normal - (p * normal.T).sum(axis=1)).max())
