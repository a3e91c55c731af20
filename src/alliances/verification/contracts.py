"""Contracts: does any one-shot deviation gain, and are the steps in the discount factor where they are said to be?"""

from __future__ import annotations

import math
from typing import Any

from alliances.arithmetic import Number
from alliances.games.players import PLAYERS, Player
from alliances.games.stage_game import StageGame
from alliances.repeated.contracts.relational import RelationalContracts
from alliances.repeated.contracts.strategies import ContractStrategy, ContractVerification
from alliances.results import Verification, verify
from alliances.verification.outcome import JUST

__all__ = ["verify_contract", "verify_steps"]


@verify.register(ContractStrategy)
def verify_contract(strategy: ContractStrategy) -> ContractVerification:
    """Re-check a contract from the definition: values of all states, then every one-shot deviation of either player."""
    stage, delta = strategy.stage, strategy.discount
    values = strategy.values()
    tolerance = _slack(stage)
    deviations: list[tuple[Number, str, Player, str]] = []
    for name, state in strategy.states.items():
        i, j = state.profile
        for p, player in enumerate(PLAYERS):
            punished = values[f"punish {player}"][p]
            payoffs = stage.A[:, j] if p == 0 else stage.B[i, :]
            for action, payoff in enumerate(payoffs):
                if action != state.profile[p]:
                    gain = (1 - delta) * payoff + delta * punished - values[name][p]
                    deviations.append((gain, name, player, f"plays {stage.actions[p][action]}"))
            due = state.transfer if p == 0 else -state.transfer
            if due > 0:
                gain = (1 - delta) * due + delta * (punished - values[state.successor][p])
                deviations.append((gain, name, player, "refuses to pay"))
    for p, player in enumerate(PLAYERS):
        due = strategy.upfront if p == 0 else -strategy.upfront
        if due > 0:
            gain = values[f"punish {player}"][p] - strategy.payoffs()[p]
            deviations.append((gain, strategy.start, player, "refuses the first payment"))
    nothing: tuple[Number, str, Player, str] = (0, strategy.start, "sponsor", "has no choice")
    gain, state_name, who, deviation = max(deviations, key=lambda item: item[0], default=nothing)
    ok = bool(gain <= tolerance)
    return ContractVerification(
        ok=ok,
        checks=len(deviations),
        witness=None if ok else f"in state “{state_name}” the {who} {deviation} and gains {gain}",
        gain=gain,
        state=state_name,
        player=who,
        deviation=deviation,
        tolerance=tolerance,
        exact=_is_exact(strategy),
    )


@verify.register(RelationalContracts)
def verify_steps(contracts: RelationalContracts) -> Verification:
    """Re-check every step from the definition of E(δ) and from strategies, not from the way it was computed."""
    stage, steps = contracts.stage, contracts.steps
    margin = 0 if stage.exact else float(JUST)  # a critical discount factor in floating point is not hit exactly
    slack = _slack(stage)
    checks = 0
    for k, step in enumerate(steps):
        claimed = (step.joint_payoff, step.sponsor_punishment, step.proxy_punishment)
        where = f"from discount factor {step.discount} on"
        end = steps[k + 1].discount if k + 1 < len(steps) else 1
        for recomputed, moment in (
            (_eliminate(stage, min(step.discount + margin, end - margin), False, slack), "at its start"),
            (_eliminate(stage, end - margin, margin == 0, slack), "before its end"),
        ):
            checks += 1
            if any(not (x == y or abs(x - y) <= slack) for x, y in zip(recomputed, claimed, strict=True)):
                return Verification(False, checks, f"{where}: (U, v_S, v_P) is {claimed}, but {recomputed} {moment}")
        if not step.empty:
            checks += 1
            check = contracts.strategy(step.discount).verify()
            if not check:
                return Verification(False, checks, f"{where}: {check}")
    return Verification(True, checks)


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


def _slack(stage: StageGame) -> Number:
    """What counts as rounding of a joint payoff or a gain: a few of both players' tolerances; 0 for an exact game."""
    return 0 if stage.exact else 4 * (stage.tolerance[0] + stage.tolerance[1])
