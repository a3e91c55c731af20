"""Minmax payoffs and Nash equilibria of stage games."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, is_exact, to_float
from alliances.arithmetic.tolerance import SUMMED, UNIT_SUM
from alliances.games.bimatrix import Bimatrix
from alliances.games.minmax import MinMax
from alliances.games.nash import Equilibrium, NashEquilibria
from alliances.games.players import PLAYERS
from alliances.results import Verification, verify
from alliances.verification.equilibria import MOST_KERNELS, extreme_equilibria, kernels
from alliances.verification.outcome import equilibria_of, outcome, shown

_NEAR = 1e-6  # probabilities: how far float equilibria may lie from those of the definition


def _probabilities(strategy: Array) -> Any:
    """Whether strategies (…, n) are probability vectors."""
    total = strategy.sum(axis=-1)
    unit = total == 1 if is_exact(strategy) else np.abs(total - 1) <= UNIT_SUM
    return (strategy >= 0).all(axis=-1) & unit


@verify.register
def _(result: MinMax) -> Verification:
    return outcome(_minmax_conditions(result))


def _minmax_conditions(r: MinMax) -> Iterator[tuple[Any, Any]]:
    stage, batch, (m, n) = r.stage, r.stage.batch_shape, r.stage.shape
    yield isinstance(r.mixed, (bool, np.bool_)), lambda _: "mixed is neither True nor False"
    shapes = [
        np.asarray(x).shape
        for x in (r.sponsor, r.proxy, r.against_sponsor, r.securing_proxy, r.against_proxy, r.securing_sponsor)
    ]
    expected = [batch, batch, (*batch, n), (*batch, n), (*batch, m), (*batch, m)]
    yield shapes == expected, lambda _: f"shapes are {shapes}, but must be {expected}"
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


def _order(e: Equilibrium) -> list[float]:
    """The order in which equilibria are listed: by the sponsor's strategy, pure ones of low index first."""
    order: list[float] = np.concatenate([-np.round(to_float(e.x), 9), -np.round(to_float(e.y), 9)]).tolist()
    return order


def _values(stage: Bimatrix, e: Equilibrium) -> tuple[Array, Array]:
    return stage.A @ e.y, e.x @ stage.B


def _replies(values: Array, strategy: Array, tolerance: Number) -> tuple[bool, bool]:
    """Whether there surely, and possibly, are more best replies to a strategy than actions that it plays."""
    played = np.count_nonzero(strategy)
    short = values.max() - values
    return bool(np.sum(short <= 0) > played), bool(np.sum(short <= SUMMED * tolerance) > played)


@verify.register
def _(result: NashEquilibria) -> Verification:
    return outcome(_nash_conditions(result))


def _nash_conditions(r: NashEquilibria) -> Iterator[tuple[Any, Any]]:
    stage = r.stage
    yield stage.batch_shape == (), lambda _: "the stage game is a batch"
    for number_, e in enumerate(r):
        yield (
            np.shape(e.x) == stage.shape[:1],
            lambda _, q=number_: f"equilibrium {q}: sponsor's strategy is no probability vector",
        )
        yield (
            np.shape(e.y) == stage.shape[1:],
            lambda _, q=number_: f"equilibrium {q}: proxy's strategy is no probability vector",
        )
        for name, strategy in (("sponsor", e.x), ("proxy", e.y)):
            yield (
                _probabilities(strategy),
                lambda _, n=name, q=number_: f"equilibrium {q}: {n}'s strategy is no probability vector",
            )
        rows, columns = _values(stage, e)
        gains = rows.max() - e.x @ rows, columns.max() - columns @ e.y
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
            (e.regret == most) if stage.exact else abs(e.regret - most) <= SUMMED * max(stage.tolerance),
            lambda _, q=number_, g=most: f"equilibrium {q}: the regret is {shown(g, ())}",
        )
    yield len(r) > 0, lambda _: "no equilibrium was found, although every finite game has one (Nash 1951)"
    for q, (e, other) in ((q, pair) for q, pair in enumerate(pairwise(r))):
        yield _order(e) < _order(other), lambda _, q=q: f"equilibria {q} and {q + 1} are the same, or not in order"
    few = kernels(*stage.shape) <= MOST_KERNELS
    for x, y in extreme_equilibria(stage) if few else ():
        near = [max(float(np.abs(to_float(z - w)).max()) for z, w in ((x, e.x), (y, e.y))) for e in r]
        yield (
            min(near, default=1) <= (0 if stage.exact else _NEAR),
            lambda _, x=x, y=y: f"the equilibrium {x.tolist()}, {y.tolist()} is missing",
        )
    replies = [[_replies(v, w, t) for v, w, t in zip(_values(stage, e), (e.y, e.x), stage.tolerance, strict=True)] for e in r]
    surely = any(least for pair in replies for least, _ in pair)
    possibly = any(most for pair in replies for _, most in pair)
    yield (
        isinstance(r.degenerate, (bool, np.bool_)) and (possibly if r.degenerate else not surely),
        lambda _: "by the best replies to the equilibria the game is degenerate, or is not, and it is said otherwise",
    )
    listed = {(int(np.argmax(e.x)), int(np.argmax(e.y))) for e in r if e.pure}
    for i, j in np.argwhere(equilibria_of(stage, (0, 0))).tolist():  # near ties may be merged or left out
        yield (i, j) in listed, lambda _, p=(i, j): f"the pure equilibrium {p} is missing"
