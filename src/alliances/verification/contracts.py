"""Contracts: does any one-shot deviation gain, and are the steps in the discount factor where they are said to be?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from alliances.arithmetic import Number
from alliances.games.players import PLAYERS, Player
from alliances.games.stage_game import StageGame
from alliances.repeated.contracts.relational import ContractStep, RelationalContracts
from alliances.repeated.contracts.strategies import ContractStrategy, ContractVerification
from alliances.results import Verification, verify
from alliances.verification.levels import level_conditions
from alliances.verification.outcome import JUST, MISFITS, misfit, outcome

__all__ = ["verify_contract", "verify_steps"]


@verify.register(ContractStrategy)
def verify_contract(strategy: ContractStrategy) -> ContractVerification:
    """Re-check a contract from the definition: values of all states, then every one-shot deviation of either player.

    Where the contract promises payoffs, they are checked too.
    """
    try:
        return _contract(strategy)
    except MISFITS as error:
        return _misfit(strategy, misfit(error).witness or "")


def _contract(strategy: ContractStrategy) -> ContractVerification:
    stage, delta = strategy.stage, strategy.discount
    if not 0 <= delta < 1:
        return _misfit(strategy, f"{delta} is no discount factor")
    for name, state in strategy.states.items():
        if not all(0 <= action < size for action, size in zip(state.profile, stage.shape, strict=True)):
            return _misfit(strategy, f"in state “{name}” the profile {state.profile} is none of the game")
    for pair in (strategy.promised, strategy.punished):
        if pair is not None and len(pair) != 2:
            return _misfit(strategy, f"payoffs are promised to two players, and not {pair}")
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
    tempted = not gain <= tolerance
    witness = f"in state “{state_name}” the {who} {deviation} and gains {gain}" if tempted else None
    promises = list(_promises(strategy, values))
    wide = tolerance * 4  # payoffs are sums over two states
    for words, promised, value in promises:
        if not tempted and witness is None and not abs(promised - value) <= wide:
            witness = f"{words}: {promised} is promised, but the contract gives {value}"
    checks = len(deviations) + len(promises)
    return ContractVerification(
        ok=witness is None and checks > 0,
        checks=checks,
        witness=witness,
        gain=gain,
        state=state_name,
        player=who,
        deviation=deviation,
        tolerance=tolerance,
        exact=_is_exact(strategy),
    )


def _promises(strategy: ContractStrategy, values: dict[str, tuple[Number, Number]]) -> Iterator[tuple[str, Number, Number]]:
    """What the contract promises, and what it gives."""
    for p, player in enumerate(PLAYERS):
        if strategy.promised is not None:
            yield f"the {player}'s payoff", strategy.promised[p], strategy.payoffs()[p]
        if strategy.punished is not None:
            yield f"the {player}'s punishment", strategy.punished[p], values[f"punish {player}"][p]


def _misfit(strategy: ContractStrategy, witness: str) -> ContractVerification:
    """The outcome for fields that do not fit each other."""
    return ContractVerification(
        ok=False,
        checks=1,
        witness=witness,
        gain=math.nan,
        state=strategy.start,
        player="sponsor",
        deviation="has no choice",
        tolerance=0,
        exact=False,
    )


@verify.register(RelationalContracts)
def verify_steps(contracts: RelationalContracts) -> Verification:
    """Re-check every step from the definition of E(δ) and from strategies, not from the way it was computed."""
    return outcome(_step_conditions(contracts))


def _step_conditions(contracts: RelationalContracts) -> Iterator[tuple[Any, Any]]:
    stage, steps = contracts.stage, contracts.steps
    yield stage.batch_shape == (), lambda _: "the stage game is a batch"
    margin = 0 if stage.exact else float(JUST)  # a critical discount factor in floating point is not hit exactly
    slack = _slack(stage)
    starts = [step.discount for step in steps]
    yield bool(steps) and starts[0] == 0, lambda _: "the first step does not start at the discount factor 0"
    yield all(x < y < 1 for x, y in pairwise(starts)), lambda _: "the steps are not in the order of their discount factors"
    yield from level_conditions(stage, contracts._levels)
    for k, step in enumerate(steps):
        claimed = (step.joint_payoff, step.sponsor_punishment, step.proxy_punishment)
        where = f"from discount factor {step.discount} on"
        before = () if k == 0 else (steps[k - 1].joint_payoff, steps[k - 1].sponsor_punishment, steps[k - 1].proxy_punishment)
        yield claimed != before, lambda _, w=where: f"{w}: nothing changes, so there is no step"
        end = steps[k + 1].discount if k + 1 < len(steps) else 1
        for recomputed, moment in (
            (_eliminate(stage, min(step.discount + margin, end - margin), False, slack), "at its start"),
            (_eliminate(stage, end - margin, margin == 0, slack), "before its end"),
        ):
            yield (
                all(x == y or abs(x - y) <= slack for x, y in zip(recomputed, claimed, strict=True)),
                lambda _, w=where, c=claimed, r=recomputed, m=moment: f"{w}: (U, v_S, v_P) is {c}, but {r} {m}",
            )
        yield from _profile_conditions(stage, step, where, slack)
        if not step.empty:
            check = contracts.strategy(step.discount).verify()
            yield check.ok, lambda _, w=where, c=check: f"{w}: {c}"


def _profile_conditions(stage: StageGame, step: ContractStep, where: str, slack: Number) -> Iterator[tuple[Any, Any]]:
    """The profiles of a step attain its payoffs, and need its liquidity."""
    profiles = step.on_path, step.punish_sponsor, step.punish_proxy
    yield (
        all((p is None) == step.empty for p in profiles) and step.empty == (step.joint_payoff == -math.inf),
        lambda _: f"{where}: some profiles are None and others are not, or there are payoffs without profiles",
    )
    if step.empty:
        yield step.liquidity == 0, lambda _: f"{where}: there is no equilibrium, so that no liquidity is needed"
        return
    named = [stage.profile(p, "verify") for p in profiles if p is not None]
    best = [stage.best_deviations(p) for p in named]
    attained = sum(stage.payoffs(named[0])), best[1][0], best[2][1]
    claimed = step.joint_payoff, step.sponsor_punishment, step.proxy_punishment
    for p, x, y in zip(named, attained, claimed, strict=True):
        yield abs(x - y) <= slack, lambda _, p=p, x=x, y=y: f"{where}: profile {p} gives {x}, and not {y}"
    playable = [(i, j) for i in range(stage.shape[0]) for j in range(stage.shape[1])]
    least: list[Number] = [math.inf] * 3
    for p in playable:
        d, g = stage.best_deviations(p), stage.payoffs(p)
        for k, gives in enumerate((sum(g), d[0], d[1])):
            if abs(gives - claimed[k]) <= slack:
                least[k] = min(least[k], sum(d) - sum(g))
    needs = [sum(b) - sum(stage.payoffs(p)) for p, b in zip(named, best, strict=True)]
    yield (
        all(need <= enough + slack for need, enough in zip(needs, least, strict=True)),
        lambda _: f"{where}: another profile attains the same with less liquidity",
    )
    yield (
        abs(step.liquidity - max(needs)) <= slack,
        lambda _: f"{where}: the profiles need a liquidity of {max(needs)}, and not {step.liquidity}",
    )


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
