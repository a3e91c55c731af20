"""The payoff set of one game: payoffs scaled to [0, 1], the exact or the floating-point solver, and the case δ = 0."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.arithmetic.tolerance import payoff_tolerance
from alliances.games.stage_game import StageGame
from alliances.repeated.payoff_sets.exact import solve_exact
from alliances.repeated.payoff_sets.floating import MANY_PROFILES, solve_float
from alliances.repeated.payoff_sets.operator import Origin, Rules
from alliances.repeated.payoff_sets.operator_arrays import ArrayRules
from alliances.repeated.payoff_sets.polygon import Polygon, hull, tidy
from alliances.repeated.payoff_sets.result import PayoffSet, SetKind, Status
from alliances.repeated.payoff_sets.screening import Screen

__all__ = ["Scale", "solve_single"]

_KINDS: tuple[SetKind, ...] = ("empty", "point", "segment", "polygon")


def solve_single(stage: StageGame, delta: Number) -> PayoffSet:
    """One game; ``delta`` is canonical."""
    exact = stage.exact and isinstance(delta, Fraction)
    if not exact:
        delta = float(delta)
    if delta == 0:
        return _one_shot(stage, delta, exact)
    scale = Scale.of(stage, exact)
    n = stage.shape[1]
    if exact:
        rules = Rules.of(scale.a.tolist(), scale.b.tolist(), delta, scale.tolerance)
        enclosure = solve_exact(rules)
        vertices, outer, u = enclosure.inner or enclosure.outer, enclosure.outer, enclosure.u
        error: Number = enclosure.gap
        status: Status = "proved" if enclosure.gap == 0 else "enclosed" if enclosure.inner else "not converged"
        active, origins = _playable(rules, vertices, u)
        iterations, method = enclosure.iterations, enclosure.method
    else:
        many = scale.a.size > MANY_PROFILES
        given = (
            ArrayRules.of(scale.a, scale.b, delta, scale.tolerance)
            if many
            else Rules.of(scale.a.tolist(), scale.b.tolist(), delta, scale.tolerance)
        )
        floats = stage.to_float()
        solution = solve_float(given, lambda: Rules.unrounded(floats.A, floats.B, delta, scale.tolerance))
        vertices = outer = solution.vertices
        u, active, origins = solution.u, solution.active, solution.origins
        error = solution.error + scale.tolerance
        status = "solved" if solution.converged else "not converged"
        iterations, method = solution.iterations, solution.method
    return PayoffSet(
        stage=stage,
        discount=delta,
        vertices=scale.undo(vertices, exact),
        kind=_KINDS[min(len(vertices), 3)],
        punishments=None if not vertices else scale.undo_point((min(v[0] for v in vertices), min(v[1] for v in vertices))),
        profiles=tuple(divmod(a, n) for a in active),
        status=status,
        error_bound=error,
        outer=scale.undo(outer, exact),
        method=method,
        iterations=iterations,
        origins=tuple(origins),
    )


@dataclass(frozen=True, eq=False)
class Scale:
    """Payoffs mapped to [0, 1] per player, so that tolerances mean shares of the payoff range."""

    low: tuple[Number, Number]
    spread: tuple[Number, Number]
    a: Array
    b: Array
    tolerance: Number

    @staticmethod
    def of(stage: StageGame, exact: bool) -> Scale:
        """The scale of one game; in floating point unless ``exact``."""
        payoffs = [stage.A, stage.B] if exact else [to_float(stage.A), to_float(stage.B)]
        low = [p.min() for p in payoffs]
        spread = [p.max() - x or (Fraction(1) if exact else 1.0) for p, x in zip(payoffs, low, strict=True)]
        a, b = ((p - x) / s for p, x, s in zip(payoffs, low, spread, strict=True))
        largest = max(np.abs(p).max() / s for p, s in zip(payoffs, spread, strict=True))
        tolerance = 0 if exact else payoff_tolerance(1.0, largest)
        return Scale((low[0], low[1]), (spread[0], spread[1]), a, b, tolerance)

    def undo_point(self, p: tuple[Number, Number]) -> tuple[Number, Number]:
        """A point in the game's own units."""
        return p[0] * self.spread[0] + self.low[0], p[1] * self.spread[1] + self.low[1]

    def undo(self, polygon: Polygon, exact: bool) -> Array:
        """A polygon in the game's own units, as an array (k, 2)."""
        out = np.empty((len(polygon), 2), dtype=object if exact else np.float64)
        for k, p in enumerate(polygon):
            out[k] = self.undo_point(p)
        return out


def _playable(rules: Rules, vertices: Polygon, u: tuple[Number, Number]) -> tuple[list[int], list[Origin]]:
    """The profiles with an admissible continuation in a set, and the origins of what it generates."""
    if not vertices:
        return [], []
    image = Screen(rules).generate(vertices, u, list(range(len(rules.g))))
    return image.active, image.origins if image.vertices == vertices else []


def _one_shot(stage: StageGame, delta: Number, exact: bool) -> PayoffSet:
    """δ = 0: nothing but stage Nash equilibria, and lotteries over them."""
    scale = Scale.of(stage, exact)
    profiles = stage.pure_nash().profiles
    points = [(scale.a[i, j], scale.b[i, j]) for i, j in profiles]
    tolerance = scale.tolerance
    corners = [points[k] for k in hull(points, tolerance)] if points else []
    corners = [corners[k] for k in tidy(corners, tolerance)] if corners else []
    vertices = scale.undo(corners, exact)
    status: Status = "proved" if exact else "solved"
    return PayoffSet(
        stage=stage,
        discount=delta,
        vertices=vertices,
        kind=_KINDS[min(len(corners), 3)],
        punishments=None if not corners else (vertices[:, 0].min(), vertices[:, 1].min()),
        profiles=profiles,
        status=status,
        error_bound=tolerance,
        outer=vertices,
        method="stage Nash equilibria",
        iterations=0,
    )
