r"""The set of equilibrium payoffs of a repeated game.

Two players play a stage game for ever and discount with the common factor δ ∈ [0, 1). Past actions are public (perfect
monitoring), and a public random device is observed before each period. V(δ) is the set of average payoffs (1 − δ) Σ δᵗ
g(aᵗ) of its subgame-perfect equilibria in pure actions. V(δ) is convex and compact, possibly empty; it grows with δ. It
is a polygon with at most four vertices per action profile, three by Abreu & Sannikov's (2014, Theoretical Economics
9:313-338) bound.

Methods, each described in its module:

* exact games with an exact δ: :mod:`alliances.repeated.payoff_sets.exact` – rational arithmetic and a proof;
* float games: :mod:`alliances.repeated.payoff_sets.floating` – outer iteration, then the structure's fixed point, whatever δ;
* batches: :mod:`alliances.repeated.payoff_sets.batch`.

Cost of one step: proportional to the number of profiles that are still playable, times the logarithm of the number of
vertices, plus sorting the generated points; a handful of steps usually suffices.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, Number, Rule, discount_factor, is_exact, number, to_float
from alliances.games.stage_game import StageGame
from alliances.repeated.payoff_sets.exact import solve_exact
from alliances.repeated.payoff_sets.floating import solve_float
from alliances.repeated.payoff_sets.operator import Origin, Rules, generate
from alliances.repeated.payoff_sets.operator_arrays import ArrayRules
from alliances.repeated.payoff_sets.polygon import Polygon, area, separate

if TYPE_CHECKING:
    from alliances.repeated.payoff_sets.batch import PayoffSetBatch
    from alliances.repeated.payoff_sets.strategy import Strategy

__all__ = ["DISCOUNT", "PayoffSet", "Separation", "payoff_set"]

DISCOUNT = Rule("must lie in [0, 1)", lambda x: (x >= 0) & (x < 1))
_MANY_PROFILES = 24  # above, one step is cheaper in NumPy
_KINDS = ("empty", "point", "segment")


@dataclass(frozen=True)
class Separation:
    """Where a payoff point lies to a payoff set.

    Attributes
    ----------
    inside
        Whether it belongs to the set.
    direction
        λ with |λ₁| + |λ₂| = 1, the direction in which the point lies furthest out, or least far in.
    support
        max λ·v over the set: outside, λ·point exceeds it, so λ separates the point from every equilibrium payoff.
    excess
        λ·point − support.
    """

    inside: bool
    direction: tuple[Number, Number]
    support: Number
    excess: Number


@dataclass(frozen=True, eq=False)
class PayoffSet:
    """V(δ): the pure-action subgame-perfect equilibrium payoffs of a repeated game, with public randomisation.

    Attributes
    ----------
    stage, discount
        The game.
    vertices
        (k, 2): (sponsor, proxy) payoffs, counter-clockwise from the leftmost; k = 0, 1, 2 for an empty set, a point, a segment.
    kind
        "empty", "point", "segment" or "polygon".
    punishments
        (v_S, v_P), each player's worst equilibrium payoff: the harshest credible punishment. None for an empty set.
    profiles
        The profiles (i, j) that some equilibrium plays on its path, in order.
    status
        "proved": vertices are exact, and a proof in rational arithmetic was found. "enclosed": vertices are Fractions of
        equilibrium payoffs, and V lies between their hull and ``outer``, no further than ``error_bound`` away; some
        vertices are irrational, or the proof does not close. "solved": floating point. "not converged": see ``message``.
    converged
        Whether the status is one of the first three.
    error_bound
        How far vertices may be off, as a share of each player's payoff range; 0 if proved. In floating point it accounts for
        rounding and for the tolerance; a constraint within the tolerance of binding counts as met.
    outer
        (k, 2): vertices of a set that contains V; the same as ``vertices`` unless enclosed.
    method, iterations
        What ended the computation, and the number of steps from outside.
    message
        A sentence for the user.
    """

    stage: StageGame
    discount: Number
    vertices: Array
    kind: str
    punishments: tuple[Number, Number] | None
    profiles: tuple[tuple[int, int], ...]
    status: str
    error_bound: Number
    outer: Array
    method: str
    iterations: int
    message: str
    origins: tuple[Origin, ...] = ()

    @property
    def converged(self) -> bool:
        """Whether the computation ended as intended."""
        return self.status != "not converged"

    @property
    def exact(self) -> bool:
        """Whether vertices are Fractions, and membership is decided without tolerance."""
        return self.vertices.dtype == object

    @property
    def area(self) -> Number:
        """The area; 0 unless the set is a polygon."""
        return area(self._polygon) if self.kind == "polygon" else Fraction(0) if self.exact else 0.0

    @property
    def _polygon(self) -> Polygon:
        return [(v[0], v[1]) for v in self.vertices.tolist()]

    # -- membership ----------------------------------------------------------------------------------------------------

    def separate(self, point: Any) -> Separation:
        """Whether a payoff point belongs to the set, and the direction that separates it if it does not.

        >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
        >>> s = payoff_set(pd, Fraction(1, 2)).separate((9, 10))
        >>> s.inside, [str(x) for x in s.direction], str(s.support)
        (False, ['1/9', '8/9'], '9')
        """
        x = self._point(point, "PayoffSet.separate")
        if self.kind == "empty":
            raise ValueError("PayoffSet.separate(): the set is empty, so every direction separates")
        ranges = [r or 1 for r in self.stage.payoff_range]
        if not self.exact:
            ranges = [float(r) for r in ranges]
        base = self._polygon[0]
        scaled = [((p[0] - base[0]) / ranges[0], (p[1] - base[1]) / ranges[1]) for p in self._polygon]
        excess, direction, _ = separate(scaled, ((x[0] - base[0]) / ranges[0], (x[1] - base[1]) / ranges[1]))
        tolerance = 0 if self.exact else 1e-9 + self.error_bound
        lam = (direction[0] / ranges[0], direction[1] / ranges[1])
        size = abs(lam[0]) + abs(lam[1])
        lam = (lam[0] / size, lam[1] / size)
        support = max(lam[0] * p[0] + lam[1] * p[1] for p in self._polygon)
        return Separation(bool(excess <= tolerance), lam, support, lam[0] * x[0] + lam[1] * x[1] - support)

    def contains(self, point: Any) -> bool:
        """Whether a payoff point is an equilibrium payoff: exactly for exact sets, otherwise within 10⁻⁹ of the payoff range.

        Of a set that is only enclosed, the hull of its vertices counts.

        >>> payoff_set(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), Fraction(1, 7)).contains((9, 9))
        True
        """
        if self.kind == "empty":
            self._point(point, "PayoffSet.contains")
            return False
        return self.separate(point).inside

    def __contains__(self, point: Any) -> bool:
        return self.contains(point)

    def _point(self, point: Any, function: str) -> tuple[Number, Number]:
        x = number(point, function, "point")
        if np.shape(x) != (2,):
            raise ValueError(f"{function}(): point must be a pair (sponsor's payoff, proxy's payoff); got {point!r}")
        if not self.exact:
            x = to_float(x)
        elif not is_exact(x):
            x = [Fraction(float(v)) for v in x]  # a float is a rational number
        return x[0], x[1]

    # -- equilibria ----------------------------------------------------------------------------------------------------

    def strategy(self, point: Any) -> Strategy:
        """An equilibrium with the payoffs ``point``: see :mod:`alliances.repeated.payoff_sets.strategy`.

        Raises
        ------
        ValueError
            If the point is no equilibrium payoff; the text names the separating direction.
        """
        from alliances.repeated.payoff_sets.strategy import build

        return build(self, point)

    # -- conversion ----------------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, strings and numbers."""
        return {
            "discount": self.discount,
            "kind": self.kind,
            "vertices": self.vertices.tolist(),
            "punishments": None if self.punishments is None else list(self.punishments),
            "profiles": [list(p) for p in self.profiles],
            "status": self.status,
            "error_bound": self.error_bound,
            "outer": self.outer.tolist(),
            "method": self.method,
            "iterations": self.iterations,
            "message": self.message,
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw the set on ``ax`` (default: a new figure's); see :mod:`alliances.plotting.payoff_sets`."""
        from alliances.plotting.payoff_sets import plot

        return plot(self, ax)

    def __str__(self) -> str:
        if self.kind == "empty":
            return f"Equilibrium payoffs at discount factor {_text(self.discount)}: none. {self.message}"
        assert self.punishments is not None
        points = " ".join(f"({_text(x)}, {_text(y)})" for x, y in self.vertices.tolist())
        rows, columns = self.stage.actions
        names = ", ".join(f"({rows[i]}, {columns[j]})" for i, j in self.profiles)
        return (
            f"Equilibrium payoffs at discount factor {_text(self.discount)}: a {self.kind}\n"
            f"  vertices (sponsor, proxy)  {points}\n"
            f"  worst payoffs              {_text(self.punishments[0])} (sponsor), {_text(self.punishments[1])} (proxy)\n"
            f"  profiles on path           {names}\n"
            f"  {self.status}: {self.message}"
        )

    def __repr__(self) -> str:
        return f"PayoffSet({self.kind}, {len(self.vertices)} vertices, discount {_text(self.discount)}, {self.status})"


def payoff_set(stage: StageGame, discount: Any) -> PayoffSet | PayoffSetBatch:
    """V(δ): all payoffs of pure-action subgame-perfect equilibria, with public randomisation and perfect monitoring.

    Parameters
    ----------
    stage
        A stage game m×n, or a batch of them (solved in floating point, at once).
    discount
        The common discount factor δ ∈ [0, 1); an array makes a batch. The result is exact if both the payoffs and δ are
        (ints or Fractions).

    Returns
    -------
    PayoffSet
        For one game; a game without pure-action equilibrium gives a set of the kind "empty".
    PayoffSetBatch
        For a batch.

    Raises
    ------
    TypeError, ValueError
        If ``stage`` is no stage game or δ is not in [0, 1).

    Examples
    --------
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> print(payoff_set(pd, Fraction(3, 10)))
    Equilibrium payoffs at discount factor 3/10: a polygon
      vertices (sponsor, proxy)  (3, 3) (39/4, 3) (9, 9) (3, 39/4)
      worst payoffs              3 (sponsor), 3 (proxy)
      profiles on path           (0, 0), (0, 1), (1, 0), (1, 1)
      proved: Every vertex is exact, proved from inside and outside in rational arithmetic.
    >>> payoff_set(pd, Fraction(1, 7)).kind, payoff_set(pd, Fraction(1, 8)).kind
    ('segment', 'point')
    """
    if not isinstance(stage, StageGame):
        raise TypeError(f"payoff_set(): stage must be a StageGame; got {stage!r}")
    if isinstance(discount, tuple):
        raise TypeError(f"payoff_set(): discount must be common to both players, or an array for a batch; got {discount!r}")
    delta = discount_factor(discount, "payoff_set")
    if stage.batch_shape or np.ndim(delta):
        from alliances.repeated.payoff_sets.batch import payoff_set_batch

        return payoff_set_batch(stage, delta)
    return _solve(stage, delta)


def _solve(stage: StageGame, delta: Number) -> PayoffSet:
    """One game; ``delta`` is canonical."""
    exact = stage.exact and isinstance(delta, Fraction)
    if not exact:
        delta = float(delta)
    if delta == 0:
        return _one_shot(stage, delta, exact)
    scale = Scale.of(stage, exact)
    rules = Rules.of(scale.a.tolist(), scale.b.tolist(), delta, scale.tolerance)
    n = stage.shape[1]
    if exact:
        found = solve_exact(rules)
        vertices, outer, u = found.inner or found.outer, found.outer, found.u
        error: Number = found.gap
        status = "proved" if found.gap == 0 else "enclosed" if found.inner else "not converged"
        active, origins = _playable(rules, vertices, u)
        iterations, method = found.iterations, found.method
    else:
        arrays = ArrayRules.of(rules) if len(rules.g) > _MANY_PROFILES else None
        solution = solve_float(rules, arrays)
        vertices = outer = solution.vertices
        u, active, origins = solution.u, solution.active, solution.origins
        error = solution.error + rules.tolerance
        status = "solved" if solution.converged else "not converged"
        iterations, method = solution.iterations, solution.method
    return PayoffSet(
        stage=stage,
        discount=delta,
        vertices=scale.undo(vertices, exact),
        kind=_KINDS[len(vertices)] if len(vertices) < 3 else "polygon",
        punishments=None if not vertices else scale.undo_point((min(v[0] for v in vertices), min(v[1] for v in vertices))),
        profiles=tuple(divmod(a, n) for a in active),
        status=status,
        error_bound=error,
        outer=scale.undo(outer, exact),
        method=method,
        iterations=iterations,
        message=_message(status, bool(vertices), error),
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
        rounding = 0 if exact else 1e-12 + max(8e-16 * 2 * np.abs(p).max() / s for p, s in zip(payoffs, spread, strict=True))
        return Scale((low[0], low[1]), (spread[0], spread[1]), a, b, rounding)

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
    image = generate(rules, vertices, u, list(range(len(rules.g))))
    return image.active, image.origins if image.vertices == vertices else []


def _one_shot(stage: StageGame, delta: Number, exact: bool) -> PayoffSet:
    """δ = 0: nothing but stage Nash equilibria, and lotteries over them."""
    from alliances.repeated.payoff_sets.polygon import hull, tidy

    scale = Scale.of(stage, exact)
    profiles = stage.pure_nash().profiles
    points = [(scale.a[i, j], scale.b[i, j]) for i, j in profiles]
    tolerance = scale.tolerance
    corners = [points[k] for k in hull(points, tolerance)] if points else []
    corners = [corners[k] for k in tidy(corners, tolerance)] if corners else []
    vertices = scale.undo(corners, exact)
    status = "proved" if exact else "solved"
    return PayoffSet(
        stage=stage,
        discount=delta,
        vertices=vertices,
        kind=_KINDS[len(corners)] if len(corners) < 3 else "polygon",
        punishments=None if not corners else (vertices[:, 0].min(), vertices[:, 1].min()),
        profiles=profiles,
        status=status,
        error_bound=tolerance,
        outer=vertices,
        method="stage Nash equilibria",
        iterations=0,
        message=_message(status, bool(corners), tolerance),
    )


def _message(status: str, nonempty: bool, error: Number) -> str:
    if not nonempty:
        return "No profile of pure actions can be sustained at this discount factor, not even by the harshest punishments."
    return {
        "proved": "Every vertex is exact, proved from inside and outside in rational arithmetic.",
        "enclosed": "The vertices are equilibrium payoffs; no equilibrium payoff lies further than "
        f"{float(error):.1g} of the payoff range outside of their hull.",
        "solved": f"Floating point, correct to about {float(error):.0e} of the payoff range.",
        "not converged": "The outer iteration did not settle, so the vertices only bound the set from outside; the discount "
        "factor may be next to one at which the set jumps.",
    }[status]


def _text(x: Number) -> str:
    if isinstance(x, Fraction):
        return str(x) if len(str(x)) <= 16 else f"{float(x):.10g}"
    return f"{x:.10g}"
