"""Payoff sets of a stochastic game without side payments: what they are, as users meet them.

How they are enclosed is in :mod:`alliances.dynamics.set_sandwich`, the operator in :mod:`alliances.dynamics.set_operator`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import POSITIVE, Array, number, scalar, show, to_float
from alliances.arithmetic.canonical import computed_discount
from alliances.arithmetic.tolerance import PROMISED
from alliances.dynamics.set_sandwich import EnclosedSets, enclosed
from alliances.dynamics.states import StateGames
from alliances.repeated.payoff_sets.polygon import separate
from alliances.results import aligned

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["StochasticPayoffSets", "payoff_sets_of"]

_SHOWN = 12  # states that a printed table holds
_NAMED = 5  # states that a sentence names


@dataclass(frozen=True, eq=False)
class StochasticPayoffSets(EnclosedSets):
    """The equilibrium payoffs V(x) from each state x on, enclosed from outside and from inside.

    Equilibria are subgame-perfect, in pure actions, with public randomisation and without side payments. All numbers are
    floats, whatever the game's; those of an exact game are computed from its payoffs in excess of the lowest, which are exact.

    Attributes
    ----------
    game, discount, target
        What was asked; the discount factor and the target in floats.
    outer
        Per state a polygon (k, 2) of (sponsor, proxy) payoffs, counter-clockwise from the leftmost, that contains V(x); k = 0
        proves that there is no equilibrium in pure actions from this state on.
    inner
        Per state a polygon of equilibrium payoffs, each vertex a node of the automaton; k = 0 if none was found.
    gaps
        (n,) the largest distance of a point of ``outer`` from ``inner``, in units of the payoff ranges: 0 where both are
        empty, inf where only ``inner`` is.
    automaton
        The equilibria behind ``inner``; None if none was found.
    possible
        (K,) the profiles that ``outer`` leaves: no equilibrium plays another one.
    directions
        (N, 2) weights of the two payoffs with ``|λ₁| + |λ₂| = 1``, counter-clockwise, among them the normals of the outer
        polygons and the four axes; in units of the payoff ranges neighbours are at most 15° apart.
    steps, rounds
        How many times the operator was applied from outside, and with how many lists of directions.
    """

    references: ClassVar[tuple[str, ...]] = ("shapley-1953", "abreu-brooks-sannikov-2020")

    @property
    def gap(self) -> float:
        """The largest of ``gaps``."""
        return float(self.gaps.max())

    @property
    def slack(self) -> float:
        """The least loss from a deviation, over nodes and players; nan without nodes.

        It is at least −10⁻¹¹ of the payoff range, or minus two payoff tolerances where the level of float payoffs is so high
        that those are more.
        """
        return float("nan") if self.automaton is None else float(np.nanmin(self.automaton.slack))

    @property
    def exists(self) -> Array:
        """(n,) whether an equilibrium was found from each state on."""
        return np.array([len(polygon) > 0 for polygon in self.inner])

    @property
    def excluded(self) -> Array:
        """(n,) whether there is certainly no equilibrium in pure actions from a state on."""
        return np.array([len(polygon) == 0 for polygon in self.outer])

    @property
    def converged(self) -> bool:
        """Whether the gap is at most ``target`` in every state."""
        return self.gap <= self.target

    @property
    def status(self) -> Literal["solved", "none in some states", "none", "not converged"]:
        """Whether the sets are enclosed as closely as asked, and where they are empty."""
        if not self.converged:
            return "not converged"
        return "none" if self.excluded.all() else "none in some states" if self.excluded.any() else "solved"

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        n = len(self.game)
        at = f"at discount factor {show(self.discount)}"
        if self.status == "none":
            return f"No pure equilibrium from any of the {n} states {at}: the outer bound is empty everywhere."
        text = ""
        if self.excluded.any():
            text = (
                f" No pure equilibrium from {self._named(self.excluded)}, where the outer bound is empty; mixed ones may exist."
            )
        if self.converged:
            size = f"{len(self.directions)} directions, {self.rounds} round{'s' * (self.rounds != 1)}"
            return f"Payoff sets {at} enclosed to {self.gap:.1g} of the payoff range ({size}).{text}"
        wide = self.gaps > self.target
        reason = (
            f"an equilibrium was not found from {self._named(~self.exists & ~self.excluded)}"
            if np.isinf(self.gap)
            else f"the gap is {self.gap:.1g} of the payoff range, in {self._named(wide)} above the target of {self.target:.1g}"
        )
        lost = float(self.game.tolerances.max())
        advice = "Try a larger target, or a discount factor a little to either side, in case the sets jump at this one."
        if lost > self.target / 10:
            advice += f" Floats so far from 0 tell only {lost:.1g} of the range apart: take a nearer base, or Fractions."
        failed = f"Payoff sets {at} not enclosed as closely as asked: {reason}. The outer bound holds all the same."
        return f"{failed} {advice}{text}"

    def _named(self, mask: Array) -> str:
        names = [self.game.states[x] for x in np.flatnonzero(mask)]
        some = ", ".join(map(repr, names[:_NAMED])) + (", …" if len(names) > _NAMED else "")
        return f"{len(names)} of {len(mask)} states ({some})"

    # -- questions -----------------------------------------------------------------------------------------------------

    def contains(self, state: Hashable, point: Any) -> bool | None:
        """Whether a payoff point is an equilibrium payoff from a state on; None between inner and outer polygon.

        Raises
        ------
        ValueError
            If there is no such state, or the point is no pair of numbers.

        Examples
        --------
        >>> from alliances import StageGame, StochasticGame
        >>> still = StochasticGame([StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])], lambda x, i, j: {0: 1})
        >>> sets = still.payoff_sets(0.5)
        >>> sets.contains(0, (9, 9)), sets.contains(0, (9, 10))
        (True, False)
        """
        function = "StochasticPayoffSets.contains"
        x, pair = self.game.state(state, function, "state"), number(point, function, "point")
        if np.shape(pair) != (2,):
            raise ValueError(f"{function}(): point must be a pair (sponsor's payoff, proxy's payoff); got {point!r}")
        place = to_float(pair)
        near = PROMISED + self.rounding
        inside, outside = (self._excess(polygon[x], place) <= near for polygon in (self.inner, self.outer))
        return True if inside else None if outside else False

    def _excess(self, polygon: Array, point: Array) -> float:
        if not len(polygon):
            return np.inf
        ranges = self.ranges
        scaled = [(float(a), float(b)) for a, b in (polygon - point) / ranges]
        return float(separate(scaled, (0.0, 0.0))[0])

    # -- conversion ----------------------------------------------------------------------------------------------------

    def _record(self) -> dict[str, Any]:
        names = ("discount", "target", "status", "message", "outer", "inner", "gap", "gaps", "slack", "possible")
        counts = {name: getattr(self, name) for name in ("directions", "steps", "rounds", "automaton")}
        return {"states": self.game.states, **{name: getattr(self, name) for name in names}, **counts}

    def _columns(self) -> Columns:
        """One row per vertex of the inner and of the outer polygon of each state."""
        rows = [
            (self.game.states[x], bound, *point)
            for x in range(len(self.game))
            for bound, polygons in (("inner", self.inner), ("outer", self.outer))
            for point in polygons[x].tolist()
        ]
        return {name: [row[k] for row in rows] for k, name in enumerate(("state", "bound", "sponsor", "proxy"))}

    def __str__(self) -> str:
        table = [["state", "vertices", "sponsor from", "to", "proxy from", "to", "gap"]]
        for x in range(min(len(self.game), _SHOWN)):
            inner = self.inner[x]
            ends = [f"{v:.6g}" for i in range(2) for v in (inner[:, i].min(), inner[:, i].max())] if len(inner) else ["–"] * 4
            table.append([str(self.game.states[x]), str(len(inner)), *ends, f"{self.gaps[x]:.1g}"])
        more = len(self.game) - _SHOWN
        rest = f"\n… and {more} more states; see to_frame()" if more > 0 else ""
        return f"{aligned(table, left=1)}{rest}\n{self.message}"

    def __repr__(self) -> str:
        n = len(self.game)
        size = f"{n} state{'s' * (n != 1)}, discount {show(self.discount)}, gap {self.gap:.1g}"
        return f"StochasticPayoffSets({size}, {self.status})"


def payoff_sets_of(game: StateGames, discount: Any = None, target: Any = 1e-6) -> StochasticPayoffSets:
    """The equilibrium payoffs of a stochastic game without side payments; :meth:`StochasticGame.payoff_sets`.

    Parameters
    ----------
    game
        The game.
    discount
        δ in [0, 1), common to both; that of the game by default.
    target
        The largest distance between the outer and the inner polygons that counts as none, in units of the payoff ranges.

    Raises
    ------
    TypeError, ValueError
        If ``game`` is no stochastic game, δ is missing or outside [0, 1), or ``target`` is not positive.

    Examples
    --------
    Two states, a prisoners' dilemma that pays two more in the second (Abreu, Brooks & Sannikov 2020):

    >>> from alliances import StageGame, StochasticGame
    >>> poor = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]], actions=("C", "D"))
    >>> rich = StageGame(poor.A + 2, poor.B + 2, actions=("C", "D"))
    >>> def moves(state, i, j):
    ...     up = 1 / 2 if i != j else 2 / 3 if state == "poor" else 1 / 3
    ...     return {"rich": up, "poor": 1 - up}
    >>> game = StochasticGame([poor, rich], moves, states=("poor", "rich"))
    >>> sets = game.payoff_sets(0.7, target=1e-9)
    >>> print(sets)  # doctest: +ELLIPSIS
    state  vertices  sponsor from       to  proxy from       to    gap
    poor          6      0.756757  3.44137    0.756757  3.44137  ...
    rich          6       1.24324   4.0741     1.24324   4.0741  ...
    Payoff sets at discount factor 0.7 enclosed to ... of the payoff range (... directions, ... rounds).
    """
    if not isinstance(game, StateGames):
        raise TypeError(f"payoff_sets_of(): game must be a StochasticGame; got {game!r}")
    function = "StochasticGame.payoff_sets"
    delta = float(computed_discount(game.asked(discount, function), False, function))
    close = float(scalar(target, function, "target", POSITIVE))
    sets = enclosed(game, delta, close)
    return StochasticPayoffSets(*(getattr(sets, field.name) for field in fields(EnclosedSets)))
