"""Re-checking a result from its definition.

Solvers compute critical discount factors in closed form, windows by halving, strategies by vertex enumeration.
:func:`verify` does none of that: it asks the definition whether a deviation pays – by how much a player gains from one
deviation, given the values of the strategy – and names the game, the player and the gain where an answer fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, is_exact, like, to_float
from alliances.games import StageGame
from alliances.identification import IdentifiedDiscount
from alliances.minmax import MinMax
from alliances.nash import NashEquilibria, regret
from alliances.power import Power
from alliances.repeated.contract_strategies import ContractStrategy, verify_contract, verify_steps
from alliances.repeated.critical import CriticalDiscount
from alliances.repeated.monitored_contracts import MonitoredContracts
from alliances.repeated.relational_contracts import RelationalContracts
from alliances.repeated.terms import terms
from alliances.thresholds import DefectionThreshold

__all__ = ["Verification", "verify"]

PLAYERS = ("sponsor", "proxy")

_SLACK = 16  # roundings of payoffs that may add up in one gain, in tolerances of the game
_JUST = Fraction(1, 10**9)  # where "just below a critical discount factor" is tried
_NEAR_ONE = 1 - Fraction(1, 10**6)  # where "no patience suffices" is tried


@dataclass(frozen=True)
class Verification:
    """The outcome of :func:`verify`: true if every check passed.

    Attributes
    ----------
    ok
        Whether the result satisfies its definition.
    checks
        How many conditions were checked.
    witness
        Where it fails, in words; None if it does not.
    """

    ok: bool
    checks: int
    witness: str | None = None

    def __bool__(self) -> bool:
        return self.ok


@singledispatch
def verify(result: object) -> Verification:
    """Re-check a result from its definition, not from the way it was computed.

    Parameters
    ----------
    result
        A :class:`CriticalDiscount`, :class:`DefectionThreshold`, :class:`IdentifiedDiscount`, :class:`MinMax`,
        :class:`NashEquilibria`, :class:`RelationalContracts`, :class:`ContractStrategy` or :class:`MonitoredContracts`.
        Exact results are checked exactly.

    Returns
    -------
    Verification
        True in a condition if all checks pass; otherwise with a witness.

    Raises
    ------
    TypeError
        If there is no definition to check ``result`` against.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from alliances import StageGame, critical_discount
    >>> r = critical_discount(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]))
    >>> verify(r)
    Verification(ok=True, checks=20, witness=None)
    >>> print(verify(replace(r, proxy=r.proxy / 2)).witness)
    proxy: gains 1/2 by deviating at its critical discount factor 1/14
    """
    raise TypeError(
        f"verify(): result must be a result of this library that has a definition to check; got {type(result).__name__}"
    )


def _outcome(conditions: Iterator[tuple[Any, Any]]) -> Verification:
    """Run through (holds, describe) conditions; ``describe(index)`` words the first failure."""
    count = 0
    for holds, describe in conditions:
        holds = np.asarray(holds, dtype=bool)
        count += 1
        if not holds.all():
            where = tuple(int(k) for k in np.argwhere(~holds)[0])
            place = f"game {where}, " if where else ""
            return Verification(False, count, place + describe(where))
    return Verification(True, count)


def _at(x: Any, where: tuple[int, ...]) -> str:
    value = np.asarray(x)[where] if np.ndim(x) else x
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def _half(delta: Number, one_more: int) -> Number:
    """δ/2 or (δ + 1)/2, in δ's number type."""
    return (delta + one_more) / 2


@verify.register
def _(result: CriticalDiscount) -> Verification:
    return _outcome(_critical_conditions(result))


@verify.register
def _(result: RelationalContracts) -> Verification:
    check = verify_steps(result)
    return Verification(check.ok, check.checks, check.witness)


@verify.register
def _(result: ContractStrategy) -> Verification:
    check = verify_contract(result)
    return Verification(check.ok, check.deviations, None if check else str(check))


@verify.register
def _(result: MonitoredContracts) -> Verification:
    check = result.verify()
    return Verification(
        check.ok, check.checks, None if check else f"{check.condition}: fails by {check.violation:.3g} payoff ranges"
    )


def _critical_conditions(r: CriticalDiscount) -> Iterator[tuple[Any, Any]]:
    stage, (i, j) = r.stage, r.profile
    payoffs = stage.A, stage.B
    against = stage.A[..., :, j], stage.B[..., i, :]
    for k, name in enumerate(PLAYERS):
        c, d = r.terms.path[k], r.terms.deviation[k]
        yield c == payoffs[k][..., i, j], lambda _, n=name: f"{n}: payoff on path is not that of the profile"
        yield (
            (against[k] == np.asarray(d)[..., None]).any(axis=-1) & (against[k] <= np.asarray(d)[..., None]).all(axis=-1),
            lambda _, n=name: f"{n}: deviation payoff is not the best against the other's action",
        )
        if not getattr(r.enforcement, "mixed", True) and not r.terms.stepwise:
            yield from _punishment_conditions(r, k)
        delta = r.sponsor if k == 0 else r.proxy
        finite = np.asarray(to_float(delta)) < 1
        yield (
            finite | (np.asarray(to_float(delta)) == np.inf),
            lambda at, n=name, x=delta: f"{n}: {_at(x, at)} is not in [0, 1) or inf",
        )
        inside = np.where(finite, delta, 0) if np.ndim(delta) else (delta if finite else 0)
        gain = _gain(r, inside)[k]
        yield (
            ~finite | (gain <= _slack(stage, k, gain)),
            lambda at, n=name, x=delta, g=gain: (
                f"{n}: gains {_at(g, at)} by deviating at its critical discount factor {_at(x, at)}"
            ),
        )
        more = _gain(r, _half(inside, 1))[k]
        yield (
            ~finite | (more <= _slack(stage, k, more)),
            lambda _, n=name: f"{n}: gains by deviating although more patient than critical",
        )
        positive = finite & np.asarray(inside > 0, dtype=bool)
        less = _gain(r, _half(inside, 0))[k]
        yield (
            ~positive | (less >= -_slack(stage, k, less)),
            lambda at, n=name, x=delta: f"{n}: would not deviate at half its critical discount factor {_at(x, at)}",
        )
        if r.terms.stepwise:  # punishments that worsen in steps may leave something to spare, but not just below
            gain = _gain(r, inside * like(1 - _JUST, inside))[k]
        yield (
            ~positive | (gain >= -_slack(stage, k, gain)),
            lambda at, n=name, x=delta, g=gain: f"{n}: has {_at(-g, at)} to spare at its critical discount factor {_at(x, at)}",
        )
        patient = _gain(r, _NEAR_ONE if is_exact(delta) else float(_NEAR_ONE))[k]
        yield (
            finite | (patient >= -_slack(stage, k, patient)),
            lambda _, n=name: f"{n}: would not deviate at δ = {float(_NEAR_ONE)}, though inf is reported",
        )


def _slack(stage: StageGame, k: int, gain: Number) -> Number:
    """How far from zero rounding may carry player k's gain: not at all if it was computed exactly."""
    return 0 if is_exact(gain) else _SLACK * stage.rounding[k]


def _gain(r: CriticalDiscount, delta: Number) -> tuple[Number, Number]:
    return r.enforcement.gain(r.terms, (delta, delta))


def _punishment_conditions(r: CriticalDiscount, k: int) -> Iterator[tuple[Any, Any]]:
    """The punishment is a pure stage equilibrium, and none is worse for the punished player."""
    stage, name = r.stage, PLAYERS[k]
    tolerance = [np.asarray(t)[..., None, None] for t in stage.tolerance]
    stable = np.ones(stage.A.shape, dtype=bool)
    for row in range(stage.shape[0]):
        stable &= np.asarray(stage.A[..., row, None, :] - stage.A <= tolerance[0], dtype=bool)
    for column in range(stage.shape[1]):
        stable &= np.asarray(stage.B[..., :, column, None] - stage.B <= tolerance[1], dtype=bool)
    payoff = (stage.A, stage.B)[k]
    w = np.asarray(r.terms.punished[k])[..., None, None]
    exists = stable.any(axis=(-2, -1))
    yield (
        ~exists | (stable & (payoff == w)).any(axis=(-2, -1)),
        lambda _, n=name: f"{n}: the punishment payoff is not that of a pure stage equilibrium",
    )
    yield (
        ~exists | (~stable | (payoff >= w)).all(axis=(-2, -1)),
        lambda _, n=name: f"{n}: a pure stage equilibrium punishes more",
    )


def _stable(t: DefectionThreshold, gaps: Array) -> tuple[Array, Array]:
    """At each gap the larger of the players' gains from deviating, and the slack that rounding may need."""
    stage = t.game.stage_game(Power.from_gap(gaps, t.total)).to_float()
    what = terms(stage, stage.profile(t.profile), t.enforcement.punish(stage))
    gains = t.enforcement.gain(what, t.discount)
    return np.maximum(*gains), _SLACK * np.maximum(*stage.tolerance)


@verify.register
def _(result: DefectionThreshold) -> Verification:
    return _outcome(_threshold_conditions(result))


def _threshold_conditions(t: DefectionThreshold) -> Iterator[tuple[Any, Any]]:
    near = 1e-7
    low, high = t.domain
    for w in t.windows:
        inside = np.linspace(w.lower, w.upper, 66)[1:-1] if w.upper - w.lower > 4e-10 else np.array([])
        edge = np.array([x for x, d in ((w.lower + 1e-10, w.lower_defector), (w.upper - 1e-10, w.upper_defector)) if d])
        points = np.concatenate([inside, edge if inside.size else edge[:0]])
        if points.size:
            gain, slack = _stable(t, points)
            yield (
                gain <= slack,
                lambda at, g=gain, x=points: f"a player gains {_at(g, at)} by deviating inside a window, at gap {_at(x, at)}",
            )
    bounds = [low, *(x for w in t.windows for x in (w.lower, w.upper)), high]
    for a, b in zip(bounds[::2], bounds[1::2], strict=True):
        if b - a > 4 * near:
            points = np.concatenate([[a + near, b - near], np.linspace(a, b, 66)[1:-1]])
            gain, _ = _stable(t, points)
            yield gain > 0, lambda at, x=points: f"nobody gains by deviating outside the windows, at gap {_at(x, at)}"
    lowers = {w.lower for w in t.windows if w.lower_defector is not None}
    yield t.gap is None or t.gap in lowers, lambda _: f"the threshold {t.gap} is not the lower edge of a window"


@verify.register
def _(result: IdentifiedDiscount) -> Verification:
    return _outcome(_identified_conditions(result))


def _identified_conditions(r: IdentifiedDiscount) -> Iterator[tuple[Any, Any]]:
    """Holding before the break and breaking at it, tried at discount factors all over [0, 1)."""
    grid = np.linspace(0, 1, 101)[:-1]
    what = r.critical.terms
    slack = _SLACK * np.asarray(r.critical.stage.rounding)
    for who, interval in (("common", r.common), ("sponsor", r.sponsor), ("proxy", r.proxy)):
        players = (0, 1) if who == "common" or r.broken_by is None else (PLAYERS.index(who),)
        breaks = len(players) == 2 or who == r.broken_by
        lower, upper = (np.asarray(to_float(x)) for x in (interval.lower, interval.upper))
        for delta in grid:
            clear = (np.abs(lower - delta) > 1e-9) & (np.abs(upper - delta) > 1e-9)
            gains = r.critical.enforcement.gain(what, (delta, delta))
            pays = np.max(
                [np.broadcast_to(to_float(gains[k]), np.shape(r.critical.sponsor)) > slack[k] for k in players], axis=0
            )
            consistent = ~pays[..., :-1].any(axis=-1) & (pays[..., -1] if breaks else True)
            claimed = (lower <= delta) & (delta < upper)
            yield (
                ~clear | (consistent == claimed),
                lambda _, d=delta, n=who: (
                    f"{n}: δ = {d:.2f} is on the wrong side of the interval, by the players' gains from deviating"
                ),
            )


@verify.register
def _(result: MinMax) -> Verification:
    return _outcome(_minmax_conditions(result))


def _minmax_conditions(r: MinMax) -> Iterator[tuple[Any, Any]]:
    stage: StageGame = r.stage
    own = stage.A, np.swapaxes(stage.B, -1, -2)
    held = r.against_sponsor, r.against_proxy
    secures = r.securing_sponsor, r.securing_proxy
    for k, name in enumerate(PLAYERS):
        slack = _SLACK * np.asarray(stage.tolerance[k])
        value = np.asarray((r.sponsor, r.proxy)[k])
        reached = (own[k] * held[k][..., None, :]).sum(axis=-1).max(axis=-1)
        yield reached <= value + slack, lambda _, n=name: f"{n}: the punishment does not hold it down to the minmax payoff"
        if r.mixed:
            sure = (own[k] * secures[k][..., :, None]).sum(axis=-2).min(axis=-1)
            yield sure >= value - slack, lambda _, n=name: f"{n}: its securing strategy does not guarantee the minmax payoff"
        else:
            least = own[k].max(axis=-2).min(axis=-1)
            yield least >= value - slack, lambda _, n=name: f"{n}: another pure action punishes more"


@verify.register
def _(result: NashEquilibria) -> Verification:
    return _outcome(_nash_conditions(result))


def _nash_conditions(r: NashEquilibria) -> Iterator[tuple[Any, Any]]:
    for number_, e in enumerate(r):
        for name, strategy in (("sponsor", e.x), ("proxy", e.y)):
            unit = strategy.sum() == 1 if is_exact(strategy) else abs(strategy.sum() - 1) < 1e-12
            yield (
                (strategy >= 0).all() and unit,
                lambda _, n=name, q=number_: f"equilibrium {q}: {n}'s strategy is no probability vector",
            )
        for k, gain in enumerate(regret(r.stage, e.x, e.y)):
            yield (
                gain <= _SLACK * np.asarray(r.stage.tolerance[k]),
                lambda _, n=PLAYERS[k], q=number_, g=gain: f"equilibrium {q}: {n} gains {_at(g, ())} by deviating",
            )
    yield len(r) > 0, lambda _: "no equilibrium was found, although every finite game has one (Nash 1951)"
