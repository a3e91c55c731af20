"""Strategies: is the automaton a subgame-perfect equilibrium with the payoffs that it promises?"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

import numpy as np

from alliances.arithmetic import Array, Number, is_exact
from alliances.arithmetic.tolerance import PROMISED, UNIT_SUM
from alliances.games.players import PLAYERS, Player
from alliances.repeated.payoff_sets.strategy import Strategy, StrategyVerification
from alliances.results import verify
from alliances.verification.outcome import MISFITS, misfit

__all__ = ["verify_strategy"]


@verify.register(Strategy)
def verify_strategy(strategy: Strategy) -> StrategyVerification:
    """Check from the definition that an automaton is a subgame-perfect equilibrium and attains what it promises.

    Exact where the automaton is; otherwise within 10⁻⁹ of the payoff range.
    """
    try:
        witness = _form(strategy)
        return _failed(witness) if witness else _automaton(strategy)
    except MISFITS as error:
        return _failed(misfit(error).witness or "")


def _form(strategy: Strategy) -> str | None:
    """In which way the fields do not fit each other; None if they do."""
    stage, states = strategy.stage, strategy.states
    if not 0 <= strategy.discount < 1:
        return f"{strategy.discount} is no discount factor"
    lotteries = [("initial", strategy.initial)]
    for k, s in enumerate(states):
        if len(s.profile) != 2 or not all(0 <= x < n for x, n in zip(s.profile, stage.shape, strict=True)):
            return f"state {k}: the profile {s.profile} is none of the game"
        if len(s.value) != 2:
            return f"state {k}: its value is not a pair"
        lotteries += [(f"state {k}", x) for x in (s.conform, s.sponsor_deviates, s.proxy_deviates)]
    for name, lottery in lotteries:
        total = sum(p for p, _ in lottery)
        unit = total == 1 if is_exact(total) else abs(total - 1) <= UNIT_SUM
        if not unit or not all(p >= 0 for p, _ in lottery) or not all(0 <= k < len(states) for _, k in lottery):
            return f"{name}: {lottery} is no lottery over the states"
    return None if len(strategy.value) == 2 else "the value is not a pair"


def _failed(witness: str) -> StrategyVerification:
    """The outcome for fields that do not fit each other."""
    return StrategyVerification(
        ok=False,
        checks=1,
        witness=witness,
        gain=np.nan,
        state=0,
        player="none",
        action=0,
        values=np.zeros((0, 2)),
        value=(np.nan, np.nan),
        shortfall=np.nan,
        tolerance=0,
    )


def _automaton(strategy: Strategy) -> StrategyVerification:
    stage, delta, states = strategy.stage, strategy.discount, strategy.states
    exact = stage.exact and is_exact(delta) and all(isinstance(p, Fraction) for s in states for p, _ in s.conform)
    payoffs = (stage.A, stage.B) if exact else (stage.A.astype(float), stage.B.astype(float))
    size = len(states)
    zero, unit = (Fraction(0), Fraction(1)) if exact else (0.0, 1.0)
    matrix = [[unit if k == c else zero for c in range(size)] for k in range(size)]
    for k, s in enumerate(states):
        for p, c in s.conform:
            matrix[k][c] -= delta * p
    right = [[(1 - delta) * payoff[s.profile] for payoff in payoffs] for s in states]
    values: Array = _solve(matrix, right) if exact else np.linalg.solve(np.array(matrix), np.array(right))
    spread = [r or 1 for r in stage.payoff_range]
    tolerance = 0 if exact else PROMISED
    worst: tuple[Number, Number, int, Player | Literal["none"], int] = (None, zero, 0, "none", 0)  # while nobody can deviate
    for k, s in enumerate(states):
        for i, (player, lottery) in enumerate(zip(PLAYERS, (s.sponsor_deviates, s.proxy_deviates), strict=True)):
            threat = sum(p * values[c][i] for p, c in lottery)
            for action in range(stage.shape[i]):
                if action == s.profile[i]:
                    continue
                other = (action, s.profile[1]) if i == 0 else (s.profile[0], action)
                gain = (1 - delta) * payoffs[i][other] + delta * threat - values[k][i]
                if worst[0] is None or gain / spread[i] > worst[0]:
                    worst = gain / spread[i], gain, k, player, action
    value = tuple(sum(p * values[c][i] for p, c in strategy.initial) for i in (0, 1))
    misses = [abs(x - y) / r for x, y, r in zip(value, strategy.value, spread, strict=True)]
    misses += [abs(values[k][i] - s.value[i]) / spread[i] for k, s in enumerate(states) for i in (0, 1)]
    shortfall = max(misses)
    share, gain, state, who, action = worst
    tempted, missed = share is not None and share > tolerance, shortfall > tolerance
    witness = f"{who} gains {gain} by action {action} in state {state}" if tempted else None
    if missed and not tempted:
        witness = f"payoffs differ from the promised ones by {float(shortfall):.3g} of the payoff range"
    return StrategyVerification(
        ok=not tempted and not missed,
        checks=size,
        witness=witness,
        gain=gain,
        state=state,
        player=who,
        action=action,
        values=values,
        value=(value[0], value[1]),
        shortfall=shortfall,
        tolerance=tolerance,
    )


def _solve(matrix: list[list[Any]], right: list[list[Any]]) -> Array:
    """The solution of a regular system, in rational arithmetic (Gauss–Jordan)."""
    rows = [[*row, *side] for row, side in zip(matrix, right, strict=True)]
    size = len(rows)
    for k in range(size):
        pivot = next(r for r in range(k, size) if rows[r][k] != 0)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        head = rows[k][k]
        rows[k] = [x / head if x else x for x in rows[k]]
        for r in range(size):
            factor = rows[r][k]
            if r != k and factor:
                rows[r] = [x - factor * y if y else x for x, y in zip(rows[r], rows[k], strict=True)]
    out = np.empty((size, 2), dtype=object)
    for k, row in enumerate(rows):
        out[k] = row[size:]
    return out
