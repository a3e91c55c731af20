"""Critical discount factors: does a deviation pay below, and not above?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.arithmetic import Number, is_exact, like, settle, to_float
from alliances.arithmetic.tolerance import payoff_rounding
from alliances.games.players import PLAYERS
from alliances.repeated.critical import CriticalDiscount
from alliances.repeated.enforcement.concept import Pair
from alliances.repeated.enforcement.optimal_penal_code import MOST_PATIENT
from alliances.results import Verification, verify
from alliances.verification.outcome import (
    JUST,
    JUST_EXACT,
    from_path,
    halfway,
    outcome,
    shown,
    slack_of,
)
from alliances.verification.punishments import agreement, form_conditions, punishment_conditions


@verify.register
def _(result: CriticalDiscount) -> Verification:
    return outcome(critical_conditions(result))


def critical_conditions(r: CriticalDiscount) -> Iterator[tuple[Any, Any]]:
    """Every condition that critical discount factors must meet, each with the words for its failure."""
    yield from form_conditions(r)
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
        yield from punishment_conditions(r, k)
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
    yield from agreement(r)


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
