"""Minmax payoffs and Nash equilibria of stage games."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.arithmetic import Array, is_exact
from alliances.arithmetic.tolerance import SUMMED, UNIT_SUM
from alliances.games.minmax import MinMax
from alliances.games.nash import NashEquilibria, regret
from alliances.games.players import PLAYERS
from alliances.results import Verification, verify
from alliances.verification.outcome import equilibria_of, outcome, shown


def _probabilities(strategy: Array) -> Any:
    """Whether strategies (…, n) are probability vectors."""
    total = strategy.sum(axis=-1)
    unit = total == 1 if is_exact(strategy) else np.abs(total - 1) <= UNIT_SUM
    return (strategy >= 0).all(axis=-1) & unit


@verify.register
def _(result: MinMax) -> Verification:
    return outcome(_minmax_conditions(result))


def _minmax_conditions(r: MinMax) -> Iterator[tuple[Any, Any]]:
    stage = r.stage
    payoffs = stage.A, np.swapaxes(stage.B, -1, -2)
    held = r.against_sponsor, r.against_proxy
    secures = r.securing_sponsor, r.securing_proxy
    for k, name in enumerate(PLAYERS):
        slack = SUMMED * np.asarray(stage.tolerance[k])
        value = np.asarray((r.sponsor, r.proxy)[k])
        for strategy, role in ((held[k], "the punishment"), (secures[k], "its securing strategy")):
            yield (
                _probabilities(strategy) & (r.mixed or np.asarray(strategy == 1, dtype=bool).any(axis=-1)),
                lambda _, n=name, w=role: f"{n}: {w} is no {'probability vector' if r.mixed else 'pure strategy'}",
            )
        replies = (payoffs[k] * held[k][..., None, :]).sum(axis=-1)
        yield (
            replies.max(axis=-1) <= value + slack,
            lambda _, n=name: f"{n}: the punishment does not hold it down to the minmax payoff",
        )
        if r.mixed:
            sure = (payoffs[k] * secures[k][..., :, None]).sum(axis=-2).min(axis=-1)
        else:  # the best reply to the punishment, and no other pure punishment is worse
            sure = (replies * secures[k]).sum(axis=-1)
            least = payoffs[k].max(axis=-2).min(axis=-1)
            yield least >= value - slack, lambda _, n=name: f"{n}: another pure action punishes more"
        yield sure >= value - slack, lambda _, n=name: f"{n}: its securing strategy does not guarantee the minmax payoff"


@verify.register
def _(result: NashEquilibria) -> Verification:
    return outcome(_nash_conditions(result))


def _nash_conditions(r: NashEquilibria) -> Iterator[tuple[Any, Any]]:
    stage = r.stage
    for number_, e in enumerate(r):
        for name, strategy in (("sponsor", e.x), ("proxy", e.y)):
            yield (
                _probabilities(strategy),
                lambda _, n=name, q=number_: f"equilibrium {q}: {n}'s strategy is no probability vector",
            )
        gains = regret(stage, e.x, e.y)
        for k, gain in enumerate(gains):
            slack = SUMMED * np.asarray(stage.tolerance[k])
            yield (
                gain <= slack,
                lambda _, n=PLAYERS[k], q=number_, g=gain: f"equilibrium {q}: {n} gains {shown(g, ())} by deviating",
            )
            payoff = e.x @ (stage.A, stage.B)[k] @ e.y
            yield (
                abs((e.sponsor, e.proxy)[k] - payoff) <= slack,
                lambda _, n=PLAYERS[k], q=number_, p=payoff: f"equilibrium {q}: {n}'s payoff is {shown(p, ())}",
            )
        most = max(gains)
        yield (
            abs(e.regret - most) <= SUMMED * max(stage.tolerance),
            lambda _, q=number_, g=most: f"equilibrium {q}: the regret is {shown(g, ())}",
        )
    yield len(r) > 0, lambda _: "no equilibrium was found, although every finite game has one (Nash 1951)"
    listed = {(int(np.argmax(e.x)), int(np.argmax(e.y))) for e in r if e.pure}
    for i, j in np.argwhere(equilibria_of(stage, (0, 0))).tolist():  # near ties may be merged or left out
        yield (i, j) in listed, lambda _, p=(i, j): f"the pure equilibrium {p} is missing"
