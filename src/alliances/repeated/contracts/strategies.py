"""Relational contracts as strategies, and their re-check from the definition of equilibrium.

The strategy behind an optimal contract is an automaton with four states (Goldlücke & Kranz 2012, simple strategies):

    path               the target profile a, the payment t afterwards; then path again
    best               the profile with the largest joint payoff, and its payment; then best again
    punish sponsor     the profile a^S with d_S(a^S) = v_S, then a payment that leaves the sponsor exactly v_S; then best
    punish proxy       the same with the players exchanged

A single player that deviates in an action or refuses to pay sends the game to its punishment, where no payment is due in the
period of a deviation. When both deviate at once, nothing is held against either. Punishments return to ``best`` rather than
to ``path``, because the best profile has the most to lose. A payment before the first period divides the surplus.

:func:`verify_contract` reads nothing but the automaton: it solves for the value of each state and checks every one-shot
deviation in every state – each other action, refusing the payment after play, refusing the first payment (one-shot
deviation principle: discounting makes these enough, Blackwell 1965) – with exact arithmetic for an exact contract.

:func:`verify_steps` re-checks a whole step function: that every step is attained by a strategy that passes, and that nothing
better can be, by eliminating profiles one round after the other, as E(δ) is defined, at the step's start and just before
its end. (Between the two, E grows with δ. "Just before δ" is exact: profiles with L(a) > 0 must pass strictly at δ.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from alliances.arithmetic import Number

if TYPE_CHECKING:
    from alliances.games.stage_game import StageGame
    from alliances.repeated.contracts.relational import RelationalContracts

__all__ = ["ContractCheck", "ContractState", "ContractStrategy", "StepsCheck", "verify_contract", "verify_steps"]

PLAYERS = ("sponsor", "proxy")


@dataclass(frozen=True)
class ContractState:
    """One state: what is played, what the sponsor then pays the proxy (negative: the proxy pays), and where the game goes."""

    profile: tuple[int, int]
    transfer: Number
    successor: str


@dataclass(frozen=True, eq=False)
class ContractStrategy:
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

    Examples
    --------
    >>> from fractions import Fraction
    >>> from alliances import StageGame, relational_contracts
    >>> contract = relational_contracts(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])).strategy(Fraction(1, 2))
    >>> [str(payoff) for payoff in contract.payoffs()], contract.verify().ok
    (['9', '9'], True)
    """

    stage: StageGame
    discount: Number
    states: Mapping[str, ContractState]
    start: str = "path"
    upfront: Number = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", MappingProxyType(dict(self.states)))
        needed = {self.start, *(f"punish {player}" for player in PLAYERS), *(s.successor for s in self.states.values())}
        if missing := sorted(needed - set(self.states)):
            raise ValueError(f"ContractStrategy(): states must contain every state that can be reached; missing {missing}")

    def flow(self, state: str, player: int) -> Number:
        """A player's payoff in one period of a state, the payment after play included."""
        there = self.states[state]
        payoff = (self.stage.A, self.stage.B)[player][there.profile]
        return payoff - there.transfer if player == 0 else payoff + there.transfer

    def values(self) -> dict[str, tuple[Number, Number]]:
        """The players' average payoffs from each state on: w(s) = (1−δ) flow(s) + δ w(successor of s), solved exactly."""
        delta = self.discount
        found: dict[str, tuple[Number, Number]] = {}
        for state in self.states:
            path = [state]
            while path[-1] not in found and (after := self.states[path[-1]].successor) not in path:
                path.append(after)
            if path[-1] not in found:  # the path closes a cycle: w = Σ δ^k flow_k / Σ δ^k
                cycle = path[path.index(self.states[path[-1]].successor) :]
                total = sum(delta**k for k in range(len(cycle)))
                first = [sum(delta**k * self.flow(s, i) for k, s in enumerate(cycle)) / total for i in range(2)]
                found[cycle[0]] = first[0], first[1]
            for s in reversed(path):
                if s not in found:
                    later = found[self.states[s].successor]
                    here = [(1 - delta) * self.flow(s, i) + delta * later[i] for i in range(2)]
                    found[s] = here[0], here[1]
        return found

    def payoffs(self) -> tuple[Number, Number]:
        """The players' average payoffs over the whole game, the first payment included."""
        sponsor, proxy = self.values()[self.start]
        once = (1 - self.discount) * self.upfront
        return sponsor - once, proxy + once

    def verify(self) -> ContractCheck:
        """Check every one-shot deviation; see :func:`verify_contract`."""
        return verify_contract(self)


@dataclass(frozen=True)
class ContractCheck:
    """Whether a contract is an equilibrium, with the most tempting deviation as the witness.

    Attributes
    ----------
    ok
        Whether no deviation gains more than ``tolerance``.
    gain
        The largest gain of any one-shot deviation, in average payoffs; at most 0 in equilibrium, up to the tolerance.
    state, player, deviation
        Where, whose and which: "plays <action>", "refuses to pay" or "refuses the first payment".
    deviations
        How many were checked.
    tolerance
        0 for an exact contract.
    exact
        Whether the check was in exact arithmetic.
    """

    ok: bool
    gain: Number
    state: str
    player: str
    deviation: str
    deviations: int
    tolerance: Number
    exact: bool

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        verdict = "No one-shot deviation gains" if self.ok else "Not an equilibrium"
        return (
            f"{verdict}: {self.deviations} checked; the most tempting, in state “{self.state}”: "
            f"the {self.player} {self.deviation} (gain {self.gain})."
        )


def verify_contract(strategy: ContractStrategy) -> ContractCheck:
    """Re-check a contract from the definition: values of all states, then every one-shot deviation of either player.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from alliances import StageGame
    >>> from alliances.repeated.contracts.relational import relational_contracts
    >>> contracts = relational_contracts(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]))
    >>> check = verify_contract(contracts.strategy(Fraction(1, 7)))
    >>> check.ok, check.exact, check.gain
    (True, True, Fraction(0, 1))
    """
    stage, delta = strategy.stage, strategy.discount
    values = strategy.values()
    tolerance: Number = 0 if stage.exact else 4 * (stage.tolerance[0] + stage.tolerance[1])
    found: list[tuple[Number, str, str, str]] = []
    for name, state in strategy.states.items():
        i, j = state.profile
        for p, player in enumerate(PLAYERS):
            punished = values[f"punish {player}"][p]
            here = stage.A[:, j] if p == 0 else stage.B[i, :]
            for action, payoff in enumerate(here):
                if action != state.profile[p]:
                    gain = (1 - delta) * payoff + delta * punished - values[name][p]
                    found.append((gain, name, player, f"plays {stage.actions[p][action]}"))
            due = state.transfer if p == 0 else -state.transfer
            if due > 0:
                gain = (1 - delta) * due + delta * (punished - values[state.successor][p])
                found.append((gain, name, player, "refuses to pay"))
    for p, player in enumerate(PLAYERS):
        due = strategy.upfront if p == 0 else -strategy.upfront
        if due > 0:
            gain = values[f"punish {player}"][p] - strategy.payoffs()[p]
            found.append((gain, strategy.start, player, "refuses the first payment"))
    gain, state_name, who, deviation = max(
        found, key=lambda item: item[0], default=(0, strategy.start, "sponsor", "has no choice")
    )
    return ContractCheck(bool(gain <= tolerance), gain, state_name, who, deviation, len(found), tolerance, _is_exact(strategy))


@dataclass(frozen=True)
class StepsCheck:
    """Whether a step function of contracts is right: how many conditions were checked, and in words the first that fails."""

    ok: bool
    checks: int
    witness: str | None = None

    def __bool__(self) -> bool:
        return self.ok


def verify_steps(contracts: RelationalContracts) -> StepsCheck:
    """Re-check every step from the definition of E(δ) and from strategies, not from the way it was computed.

    Examples
    --------
    >>> from alliances import StageGame
    >>> from alliances.repeated.contracts.relational import relational_contracts
    >>> verify_steps(relational_contracts(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])))
    StepsCheck(ok=True, checks=6, witness=None)
    """
    stage, steps = contracts.stage, contracts.steps
    margin = 0 if stage.exact else 1e-9  # a critical discount factor in floating point is not hit exactly
    slack = 0 if stage.exact else 4 * (stage.tolerance[0] + stage.tolerance[1])
    checks = 0
    for k, step in enumerate(steps):
        claimed = (step.joint_payoff, step.sponsor_punishment, step.proxy_punishment)
        where = f"from discount factor {step.discount} on"
        end = steps[k + 1].discount if k + 1 < len(steps) else 1
        for found, moment in (
            (_eliminate(stage, min(step.discount + margin, end - margin), False, slack), "at its start"),
            (_eliminate(stage, end - margin, margin == 0, slack), "before its end"),
        ):
            checks += 1
            if any(not (x == y or abs(x - y) <= slack) for x, y in zip(found, claimed, strict=True)):
                return StepsCheck(False, checks, f"{where}: (U, v_S, v_P) is {claimed}, but {found} {moment}")
        if not step.empty:
            checks += 1
            check = contracts.strategy(step.discount).verify()
            if not check:
                return StepsCheck(False, checks, f"{where}: {check}")
    return StepsCheck(True, checks)


def _eliminate(stage: StageGame, delta: Number, before: bool, slack: Number) -> tuple[Number, Number, Number]:
    """(U, v_S, v_P) of E(δ), or of E just before δ, by dropping the profiles that fail until none does."""
    m, n = stage.shape
    a, b = stage.A.tolist(), stage.B.tolist()
    best_s, best_p = [max(a[i][j] for i in range(m)) for j in range(n)], [max(row) for row in b]
    kept = [(i, j) for i in range(m) for j in range(n)]
    while kept:
        joint = max(a[i][j] + b[i][j] for i, j in kept)
        worst_s, worst_p = min(best_s[j] for _, j in kept), min(best_p[i] for i, _ in kept)
        pledge = delta * ((joint - worst_s) - worst_p)
        left = []
        for i, j in kept:
            need = (best_s[j] - a[i][j]) + (best_p[i] - b[i][j])
            room = pledge - (1 - delta) * need
            if need <= slack or (room > 0 if before else room >= -slack):
                left.append((i, j))
        if len(left) == len(kept):
            return joint, worst_s, worst_p
        kept = left
    return -math.inf, math.inf, math.inf


def _is_exact(strategy: ContractStrategy) -> bool:
    amounts: list[Any] = [strategy.discount, strategy.upfront, *(s.transfer for s in strategy.states.values())]
    return strategy.stage.exact and not any(isinstance(x, float) for x in amounts)
