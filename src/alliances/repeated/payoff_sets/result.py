"""The payoff set as a result: membership, separating directions, the equilibria behind its points."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, Scalar, is_exact, number, to_float
from alliances.arithmetic.tolerance import PROMISED
from alliances.games.stage_game import StageGame
from alliances.repeated.payoff_sets.operator import Origin, SetMethod
from alliances.repeated.payoff_sets.polygon import Point, Polygon, area, separate
from alliances.repeated.payoff_sets.strategy import Strategy, brief, build
from alliances.results import Result

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["PayoffSet", "Separation", "SetKind", "Status"]

SetKind: TypeAlias = Literal["empty", "point", "segment", "polygon"]
Status: TypeAlias = Literal["proved", "enclosed", "solved", "not converged"]


@dataclass(frozen=True)
class Separation(Result):
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
    direction: tuple[Scalar, Scalar]
    support: Scalar
    excess: Scalar


@dataclass(frozen=True, eq=False)
class PayoffSet(Result):
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
    """

    references: ClassVar[tuple[str, ...]] = ("abreu-pearce-stacchetti-1990", "abreu-sannikov-2014")

    stage: StageGame
    discount: Scalar
    vertices: Array
    kind: SetKind
    punishments: tuple[Scalar, Scalar] | None
    profiles: tuple[tuple[int, int], ...]
    status: Status
    error_bound: Scalar
    outer: Array
    method: SetMethod
    iterations: int
    origins: tuple[Origin, ...] = ()

    @property
    def message(self) -> str:
        """A sentence for the user."""
        if self.kind == "empty":
            return "No profile of pure actions can be sustained at this discount factor, not even by the harshest punishments."
        return {
            "proved": "Every vertex is exact, proved from inside and outside in rational arithmetic.",
            "enclosed": "The vertices are equilibrium payoffs; no equilibrium payoff lies further than "
            f"{float(self.error_bound):.1g} of the payoff range outside of their hull.",
            "solved": f"Floating point, correct to about {float(self.error_bound):.0e} of the payoff range.",
            "not converged": "The outer iteration did not settle, so the vertices only bound the set from outside; the "
            "discount factor may be next to one at which the set jumps.",
        }[self.status]

    @property
    def converged(self) -> bool:
        """Whether the computation ended as intended."""
        return self.status != "not converged"

    @property
    def exact(self) -> bool:
        """Whether vertices are Fractions, and membership is decided without tolerance."""
        return self.vertices.dtype == object

    @property
    def area(self) -> Scalar:
        """The area; 0 unless the set is a polygon."""
        return area(self._polygon) if self.kind == "polygon" else Fraction(0) if self.exact else 0.0

    @property
    def _polygon(self) -> Polygon:
        return [(v[0], v[1]) for v in self.vertices.tolist()]

    # -- membership ----------------------------------------------------------------------------------------------------

    def separate(self, point: Any) -> Separation:
        """Whether a payoff point belongs to the set, and the direction that separates it if it does not.

        >>> from alliances import payoff_set
        >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
        >>> s = payoff_set(pd, Fraction(1, 2)).separate((9, 10))
        >>> s.inside, [str(x) for x in s.direction], str(s.support)
        (False, ['1/9', '8/9'], '9')
        """
        x = self._point(point, "PayoffSet.separate")
        if self.kind == "empty":
            raise ValueError("PayoffSet.separate(): the set is empty, so every direction separates")
        return self._separate(x)

    def _separate(self, x: tuple[Number, Number]) -> Separation:
        ranges = [r or 1 for r in self.stage.payoff_range]
        if not self.exact:
            ranges = [float(r) for r in ranges]
        base = self._polygon[0]
        scaled = [((p[0] - base[0]) / ranges[0], (p[1] - base[1]) / ranges[1]) for p in self._polygon]
        excess, direction, _ = separate(scaled, ((x[0] - base[0]) / ranges[0], (x[1] - base[1]) / ranges[1]))
        tolerance = 0 if self.exact else PROMISED + self.error_bound
        lam = (direction[0] / ranges[0], direction[1] / ranges[1])
        size = abs(lam[0]) + abs(lam[1])
        lam = (lam[0] / size, lam[1] / size)
        support = max(lam[0] * p[0] + lam[1] * p[1] for p in self._polygon)
        return Separation(bool(excess <= tolerance), lam, support, lam[0] * x[0] + lam[1] * x[1] - support)

    def contains(self, point: Any) -> bool:
        """Whether a payoff point is an equilibrium payoff: exactly for exact sets, otherwise within 10⁻⁹ of the payoff range.

        Of a set that is only enclosed, the hull of its vertices counts.

        >>> from alliances import payoff_set
        >>> payoff_set(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), Fraction(1, 7)).contains((9, 9))
        True
        """
        x = self._point(point, "PayoffSet.contains")
        return self.kind != "empty" and self._separate(x).inside

    def __contains__(self, point: Any) -> bool:
        return self.contains(point)

    def _point(self, point: Any, function: str) -> tuple[Number, Number]:
        x = number(point, function, "point")
        if np.shape(x) != (2,):
            raise ValueError(f"{function}(): point must be a pair (sponsor's payoff, proxy's payoff); got {point!r}")
        if not self.exact:
            x = to_float(x, f"{function}(): point")
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
        function = "PayoffSet.strategy"
        x = self._point(point, function)
        if self.kind == "empty":
            raise ValueError(
                f"{function}(): point must be an equilibrium payoff; got {point!r}, but there is none: the set is empty"
            )
        if not self.converged:
            raise ValueError(f"{function}(): the payoff set must have converged; got one that {self.method} left unsettled")
        where = self._separate(x)
        if not where.inside:
            (a, b), reach = where.direction, where.support + where.excess
            raise ValueError(
                f"{function}(): point must be an equilibrium payoff; got ({brief(x[0])}, {brief(x[1])}), which the direction "
                f"({brief(a)}, {brief(b)}) separates from the set: {brief(reach)} > {brief(where.support)}"
            )

        def beyond(w: Point) -> Number:
            place = self._separate(w)
            return 0 if place.inside else place.excess

        first = [origin.profile for origin in self.origins]
        return build(self.stage, self.discount, self._polygon, self.profiles, first, x, beyond)

    # -- conversion ----------------------------------------------------------------------------------------------------

    def _record(self) -> dict[str, Any]:
        names = ("discount", "kind", "vertices", "punishments", "profiles", "status", "error_bound", "outer", "method")
        return {name: getattr(self, name) for name in (*names, "iterations", "message")}

    def _columns(self) -> Columns:
        """One row per vertex."""
        return {"sponsor": self.vertices[:, 0], "proxy": self.vertices[:, 1]}

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


def _text(x: Number) -> str:
    if isinstance(x, Fraction):
        return str(x) if len(str(x)) <= 16 else f"{float(x):.10g}"
    return f"{x:.10g}"
