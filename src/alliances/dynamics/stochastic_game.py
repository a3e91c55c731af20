"""Stochastic games of two players: in every state a bimatrix game, and the profile played moves the state.

A *stochastic game* (Shapley 1953, PNAS 39:1095-1100) is what a repeated game becomes when today's actions and chance change
what is played tomorrow: a proxy that learns while it is allied, a sponsor whose leader is arrested, a war that shifts power.
The order of moves in a period: the state is seen, side payments are made (if there are any), actions are chosen at the same
time and seen, payoffs are received, the next state is drawn.
"""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from typing import Any

from alliances.dynamics.discount_windows import DiscountWindows, discount_windows
from alliances.dynamics.dynamic_contracts import DynamicContracts, dynamic_contracts
from alliances.dynamics.dynamic_payoff_sets import StochasticPayoffSets, payoff_sets_of
from alliances.dynamics.renegotiation import RenegotiatedContracts, renegotiated
from alliances.dynamics.states import StateGames
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["StochasticGame"]


class StochasticGame(StateGames):
    """A stochastic game of two players, with any finite set of states.

    Parameters
    ----------
    payoffs
        The game of each state: a :class:`StageGame` that is a batch of n games, or a sequence of n single ones, whose
        numbers of actions may differ.
    transitions
        Where each profile leads: an array (n, m, k, n) whose last axis sums to one; a sequence of n arrays (m_x, k_x, n); a
        SciPy sparse matrix with one row per profile, ordered by (state, row, column); or a function
        ``(state, i, j) -> {next state: probability}`` of a state's label and two action indices; or the kernel of another
        game with as many states and profiles. Floats that sum to one up to 10⁻⁹ are divided by their sum.
    discount
        The common discount factor δ in [0, 1) of :meth:`solve`, if it is to be one for all questions.
    states
        The states' labels, all different; 0, 1, … by default.

    Attributes
    ----------
    states
        The labels.
    stages
        The game of each state.
    kernel
        The transitions, profile by profile.
    discount
        As given.
    exact
        Whether payoffs and transitions are Fractions.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, a profile's probabilities are negative or do not sum to one (the error names state, profile and
        sum), or a label is unknown or occurs twice.

    Examples
    --------
    Two states, a prisoners' dilemma that pays two more in the second; only unilateral cooperation makes it likelier to
    stay poor (Abreu, Brooks & Sannikov 2020, Econometrica 88:1661-1695):

    >>> from fractions import Fraction as F
    >>> from alliances import StageGame, StochasticGame
    >>> poor = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]], actions=("C", "D"))
    >>> rich = StageGame(poor.A + 2, poor.B + 2, actions=("C", "D"))
    >>> def moves(state, i, j):
    ...     up = F(1, 2) if i != j else F(2, 3) if state == "poor" else F(1, 3)
    ...     return {"rich": up, "poor": 1 - up}
    >>> game = StochasticGame([poor, rich], moves, states=("poor", "rich"))
    >>> print(game)
    StochasticGame: 2 states, 8 profiles, 16 transitions, exact
    >>> game.solve(F(7, 10)).joint
    array([Fraction(204, 37), Fraction(240, 37)], dtype=object)
    """

    def solve(self, discount: Any = None, enforcement: Enforcement | None = None) -> DynamicContracts:
        """All equilibria with side payments; see :func:`alliances.dynamics.dynamic_contracts.dynamic_contracts`."""
        return dynamic_contracts(self, discount, enforcement)

    def payoff_sets(self, discount: Any = None, target: float = 1e-6) -> StochasticPayoffSets:
        """Payoffs without side payments; see :func:`alliances.dynamics.dynamic_payoff_sets.payoff_sets_of`."""
        return payoff_sets_of(self, discount, target)

    def discount_windows(
        self,
        state: Hashable,
        profile: Any,
        *,
        enforcement: Enforcement | None = None,
        domain: tuple[float, float] = (0.0, 0.99),
        points: int = 100,
    ) -> DiscountWindows:
        """Where patience sustains a profile; see :func:`alliances.dynamics.discount_windows.discount_windows`."""
        return discount_windows(self, state, profile, enforcement=enforcement, domain=domain, points=points)

    def renegotiation(
        self, discount: Any, probability: Any, periods: int, *, share: Any = Fraction(1, 2)
    ) -> RenegotiatedContracts:
        """Contracts that are negotiated anew; see :func:`alliances.dynamics.renegotiation.renegotiated`."""
        return renegotiated(self, discount, probability, periods, share)
