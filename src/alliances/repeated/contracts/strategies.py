"""Relational contracts as strategies, and their re-check from the definition of equilibrium.

The strategy behind an optimal contract is an automaton with four states (Goldlücke & Kranz 2012, simple strategies):

    path               the target profile a, the payment t afterwards; then path again
    best               the profile with the largest joint payoff, and its payment; then best again
    punish sponsor     the profile a^S with d_S(a^S) = v_S, then a payment that leaves the sponsor exactly v_S; then best
    punish proxy       the same with the players exchanged

A single player that deviates in an action or refuses to pay sends the game to its punishment, where no payment is due in the
period of a deviation. When both deviate at once, nothing is held against either. Punishments return to ``best`` rather than
to ``path``, because the best profile has the most to lose. A payment before the first period divides the surplus.

:func:`alliances.verify` reads nothing but the automaton: it solves for the value of each state and checks every one-shot
deviation in every state – each other action, refusing the payment after play, refusing the first payment (one-shot
deviation principle: discounting makes these enough, Blackwell 1965) – with exact arithmetic for an exact contract.

Of a whole step function it re-checks that every step is attained by a strategy that passes, and that nothing
better can be, by eliminating profiles one round after the other, as E(δ) is defined, at the step's start and just before
its end. (Between the two, E grows with δ. "Just before δ" is exact: profiles with L(a) > 0 must pass strictly at δ.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from alliances.arithmetic import Number, Scalar
from alliances.games.players import PLAYERS, Player
from alliances.games.stage_game import StageGame
from alliances.results import Columns, Result, Verification, verify

__all__ = ["ContractState", "ContractStrategy", "ContractVerification"]


@dataclass(frozen=True)
class ContractState(Result):
    """One state: what is played, what the sponsor then pays the proxy (negative: the proxy pays), and where the game goes."""

    profile: tuple[int, int]
    transfer: Scalar
    successor: str


@dataclass(frozen=True, eq=False)
class ContractStrategy(Result):
    """A strategy profile with payments: an automaton that starts in ``start`` after the payment ``upfront``.

    Attributes
    ----------
    stage, discount
        The game and the common discount factor.
    states
        The states by name; "punish sponsor" and "punish proxy" follow deviations and refusals.
    start
        The first state.
    upfront
        What the sponsor pays the proxy before the first period.
    promised, punished
        The players' average payoffs over the whole game, and each player's when it is punished; None where nothing is promised.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from alliances import StageGame, relational_contracts
    >>> contract = relational_contracts(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])).strategy(Fraction(1, 2))
    >>> [str(payoff) for payoff in contract.payoffs()], contract.verify().ok
    (['9', '9'], True)
    """

    references: ClassVar[tuple[str, ...]] = ("goldlucke-kranz-2012",)

    stage: StageGame
    discount: Scalar
    states: Mapping[str, ContractState]
    start: str = "path"
    upfront: Scalar = 0
    promised: tuple[Scalar, Scalar] | None = None
    punished: tuple[Scalar, Scalar] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", dict(self.states))
        needed = {self.start, *(f"punish {player}" for player in PLAYERS), *(s.successor for s in self.states.values())}
        if missing := sorted(needed - set(self.states)):
            raise ValueError(f"ContractStrategy(): states must contain every state that can be reached; missing {missing}")
        super().__post_init__()

    def _record(self) -> dict[str, Any]:
        return {**super()._record(), "stage": self.stage}

    def _columns(self) -> Columns:
        """One row per state."""
        names = ("profile", "transfer", "successor")
        return {"state": list(self.states), **{n: [getattr(state, n) for state in self.states.values()] for n in names}}

    def flow(self, state: str, player: int) -> Scalar:
        """A player's payoff in one period of a state, the payment after play included."""
        there = self.states[state]
        payoff = (self.stage.A, self.stage.B)[player][there.profile]
        flow: Scalar = payoff - there.transfer if player == 0 else payoff + there.transfer
        return flow

    def values(self) -> dict[str, tuple[Scalar, Scalar]]:
        """The players' average payoffs from each state on: w(s) = (1−δ) flow(s) + δ w(successor of s), solved exactly."""
        delta = self.discount
        values: dict[str, tuple[Number, Number]] = {}
        for state in self.states:
            path = [state]
            while path[-1] not in values and (after := self.states[path[-1]].successor) not in path:
                path.append(after)
            if path[-1] not in values:  # the path closes a cycle: w = Σ δ^k flow_k / Σ δ^k
                cycle = path[path.index(self.states[path[-1]].successor) :]
                total = sum(delta**k for k in range(len(cycle)))
                first = [sum(delta**k * self.flow(s, i) for k, s in enumerate(cycle)) / total for i in range(2)]
                values[cycle[0]] = first[0], first[1]
            for s in reversed(path):
                if s not in values:
                    later = values[self.states[s].successor]
                    value = [(1 - delta) * self.flow(s, i) + delta * later[i] for i in range(2)]
                    values[s] = value[0], value[1]
        return values

    def payoffs(self) -> tuple[Scalar, Scalar]:
        """The players' average payoffs over the whole game, the first payment included."""
        sponsor, proxy = self.values()[self.start]
        once = (1 - self.discount) * self.upfront
        return sponsor - once, proxy + once

    def verify(self) -> ContractVerification:
        """Check every one-shot deviation; see :func:`alliances.verify`."""
        outcome = verify(self)
        assert isinstance(outcome, ContractVerification)
        return outcome


@dataclass(frozen=True, kw_only=True)
class ContractVerification(Verification):
    """Whether a contract is an equilibrium, with the most tempting deviation as the witness.

    Attributes
    ----------
    gain
        The largest gain of any one-shot deviation, in average payoffs; at most 0 in equilibrium, up to the tolerance.
    state, player, deviation
        Where, whose and which: "plays <action>", "refuses to pay" or "refuses the first payment".
    tolerance
        0 for an exact contract.
    exact
        Whether the check was in exact arithmetic.
    """

    gain: Scalar
    state: str
    player: Player
    deviation: str
    tolerance: Scalar
    exact: bool

    @property
    def deviations(self) -> int:
        """How many deviations and promises were checked; the same as ``checks``."""
        return self.checks

    @property
    def message(self) -> str:
        """The verdict, and the most tempting deviation."""
        verdict = "No one-shot deviation gains" if self.ok else "Not an equilibrium"
        return (
            f"{verdict}: {self.deviations} checked; the most tempting, in state “{self.state}”: "
            f"the {self.player} {self.deviation} (gain {self.gain})."
        )
