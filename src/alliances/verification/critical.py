"""Critical discount factors: does a deviation pay below, and not above?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, is_exact, like, settle, to_float
from alliances.arithmetic.tolerance import SUMMED, payoff_rounding
from alliances.games.players import PLAYERS
from alliances.repeated.critical import CriticalDiscount
from alliances.repeated.enforcement.concept import Pair
from alliances.repeated.enforcement.optimal_penal_code import MOST_PATIENT
from alliances.results import Verification, verify
from alliances.verification.outcome import (
    FEW,
    JUST,
    JUST_EXACT,
    equilibria_of,
    from_path,
    halfway,
    outcome,
    shown,
    slack_of,
)


@verify.register
def _(result: CriticalDiscount) -> Verification:
    return outcome(critical_conditions(result))


def critical_conditions(r: CriticalDiscount) -> Iterator[tuple[Any, Any]]:
    """Every condition that critical discount factors must meet, each with the words for its failure."""
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
        yield from _punishment_conditions(r, k)
        delta: Number = r.sponsor if k == 0 else r.proxy
        finite = np.asarray(delta < 1, dtype=bool)  # as a Fraction: its float may be 1
        yield (
            (finite & np.asarray(delta >= 0, dtype=bool)) | np.asarray(delta == np.inf, dtype=bool),
            lambda at, n=name, x=delta: f"{n}: {shown(x, at)} is not in [0, 1) or inf",
        )
        inside = np.where(finite, delta, 0) if np.ndim(delta) else (delta if finite else 0)
        gain = _gain(r, inside)[k]
        yield (
            ~finite | (gain <= slack_of(r.enforcement, stage, k, gain)),
            lambda at, n=name, x=delta, g=gain: (
                f"{n}: gains {shown(g, at)} by deviating at its critical discount factor {shown(x, at)}"
            ),
        )
        more = _gain(r, halfway(inside, 1))[k]
        yield (
            ~finite | (more <= slack_of(r.enforcement, stage, k, more)),
            lambda _, n=name: f"{n}: gains by deviating although more patient than critical",
        )
        positive = finite & np.asarray(inside > 0, dtype=bool)
        less = _gain(r, halfway(inside, 0))[k]
        yield (
            ~positive | (less > 0),
            lambda at, n=name, x=delta: f"{n}: would not deviate at half its critical discount factor {shown(x, at)}",
        )
        if r.terms.stepwise:  # punishments that worsen with δ may leave something to spare, but not just below
            blur = 0 if r.terms.levels is None else 2 * r.terms.levels.slack.max(axis=-1)
            below = settle(np.asarray(inside * like(1 - JUST, inside) - blur))
            positive = positive & np.asarray(below > 0, dtype=bool)
            gain = _gain(r, np.maximum(below, inside * 0))[k]
        yield (
            ~positive | (gain >= -slack_of(r.enforcement, stage, k, gain)),
            lambda at, n=name, x=delta, g=gain: (
                f"{n}: has {shown(-g, at)} to spare at its critical discount factor {shown(x, at)}"
            ),
        )
        yield (
            finite | _never_enough(r, k),
            lambda _, n=name: f"{n}: some discount factor below 1 suffices, though inf is reported",
        )


def _gain(r: CriticalDiscount, delta: Number) -> Pair:
    with np.errstate(invalid="ignore"):  # 0·∞ at δ = 0, where optimal penal codes have no punishment: not used
        return r.enforcement.gain(from_path(r.terms), (delta, delta))


def _never_enough(r: CriticalDiscount, k: int) -> Any:
    """Whether player k gains by deviating at every discount factor, for all that rounding of payoffs allows.

    Gains vanish as δ → 1, so rounding is allowed for in the payoffs, where it arises, and not in the gain.
    """
    exact = is_exact(r.terms.path[k])
    tried = (1 - JUST_EXACT,) if exact else tuple(1 - 10.0**-n for n in range(1, 16))
    if r.terms.worst is not None:  # optimal penal codes are searched no further
        tried = (like(MOST_PATIENT, r.terms.path[k]),)
    zero = r.terms.path[k]
    lift = tuple(slack_of(r.enforcement, r.stage, player, zero) for player in range(2))
    optimistic, levels = from_path(r.terms, lift), r.terms.stepwise
    size = 0 if exact else sum(np.abs(to_float(x[k])) for x in (optimistic.deviation, optimistic.punished))
    slack = lift[k] if levels else payoff_rounding(size)
    never = np.asarray(_gain(r, halfway(zero - zero, 1))[k] > 0, dtype=bool)  # otherwise there is no temptation: 0, not inf
    for delta in tried:
        never = never & np.asarray(r.enforcement.gain(optimistic, (delta, delta))[k] >= -slack, dtype=bool)
    return never


def _punishment_conditions(r: CriticalDiscount, k: int) -> Iterator[tuple[Any, Any]]:
    """The punishment is the worst stage equilibrium for the player, or none; the profile named for it is that equilibrium."""
    stage, name, kind = r.stage, PLAYERS[k], r.enforcement.kind
    payoff, w = (stage.A, stage.B)[k], np.asarray(r.terms.punished[k])
    row, column = (np.asarray(r.punishment.profiles[k])[..., player] for player in range(2))
    named = (row >= 0) & (column >= 0)

    def at_profile(x: Array) -> Array:
        flat = np.where(named, row * stage.shape[1] + column, 0)
        values: Array = np.take_along_axis(x.reshape(*stage.batch_shape, -1), flat[..., None], axis=-1)[..., 0]
        return values

    if r.terms.levels is not None:  # a penal code's profile gives the punished player its best deviation from it
        best = payoff.max(axis=-2 + k, keepdims=True)
        reached = at_profile(np.broadcast_to(best, payoff.shape))
        near = np.abs(reached - np.where(named, w, reached)) <= slack_of(r.enforcement, stage, k, payoff)
        yield (
            near & (named == (np.asarray(to_float(w)) < np.inf)),
            lambda _, n=name: f"{n}: the punishing profile does not hold it down to the punishment payoff",
        )
        return
    if kind == "given profile":
        conflict = np.asarray(payoff[(..., *r.enforcement.conflict(stage.actions))])
        held = np.asarray(r.punishment.exists, dtype=bool)
        expected = np.where(held, conflict, r.terms.path[k])
        yield (
            np.asarray(w == expected, dtype=bool),
            lambda _, n=name: f"{n}: the punishment payoff is not that of the given profile",
        )
        return
    if kind not in ("stage equilibrium", "mixed stage equilibrium"):  # a concept of the user's own: only the user knows it
        return
    mixed = kind == "mixed stage equilibrium"
    within = stage.tolerance
    if mixed:  # the regret that the list of equilibria allows
        within = (SUMMED * np.asarray(within[0]), SUMMED * np.asarray(within[1]))
    stable = equilibria_of(stage, within)
    exists = np.asarray(True) if mixed else stable.any(axis=(-2, -1))
    if not mixed:
        worst = np.where(exists, np.where(stable, payoff, np.inf).min(axis=(-2, -1)), r.terms.path[k])
        yield w == worst, lambda _, n=name: f"{n}: the punishment payoff is not that of its worst pure stage equilibrium"
    elif stage.A[..., 0, 0].size <= FEW:
        each = [stage[index] if index else stage for index in np.ndindex(stage.batch_shape)]
        least = [min(getattr(e, name) for e in game.nash()) for game in each]
        worst = np.array(least, dtype=payoff.dtype).reshape(stage.batch_shape)
        yield (
            np.abs(w - worst) <= slack_of(r.enforcement, stage, k, payoff),
            lambda _, n=name: f"{n}: the punishment payoff is not that of its worst stage equilibrium",
        )
    yield (
        np.where(named, at_profile(stable) & (at_profile(payoff) == w), bool(mixed) | ~exists)
        & (np.asarray(r.punishment.exists) == exists)
        & (~exists | (np.asarray(r.punishment.payoffs[k]) == w)),
        lambda _, n=name: f"{n}: the punishing profile is not an equilibrium that gives the punishment payoff",
    )
