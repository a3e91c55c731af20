"""What every check shares: the outcome with its witness, and the gains from deviating that decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, is_exact
from alliances.arithmetic.tolerance import SUMMED
from alliances.games.bimatrix import Bimatrix
from alliances.games.stage_game import StageGame
from alliances.repeated.enforcement.concept import Enforcement, Pair, Terms
from alliances.results import Verification

JUST = Fraction(1, 10**9)  # how near an edge, of gaps or of discount factors, floats are tried
JUST_EXACT = Fraction(1, 10**100)  # how near Fractions are
FEW = 50  # games whose mixed equilibria are listed again


MISFITS: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    np.linalg.LinAlgError,
)


def outcome(conditions: Iterator[tuple[Any, Any]]) -> Verification:
    """Run through (holds, describe) conditions; ``describe(index)`` words the first failure.

    A condition on no elements checks nothing and does not count. Fields that do not fit each other – an index out of range, a
    wrong shape, None in the place of a number – are a failure, and no exception.
    """
    count = 0
    try:
        for holds, describe in conditions:
            holds = np.asarray(holds, dtype=bool)
            count += holds.size > 0
            if not holds.all():
                where = tuple(int(k) for k in np.argwhere(~holds)[0])
                place = f"game {where}, " if where else ""
                return Verification(False, count, place + describe(where))
    except MISFITS as error:
        return misfit(error, count)
    return Verification(count > 0, count)


def outcome_of(checks: Iterator[tuple[bool, str]]) -> Verification:
    """Run through (holds, words) conditions on single elements; fields that do not fit each other are a failure."""
    count = 0
    try:
        for holds, words in checks:
            count += 1
            if not holds:
                return Verification(False, count, words)
    except MISFITS as error:
        return misfit(error, count)
    return Verification(count > 0, count)


def every(holds: Any, describe: Any) -> tuple[Any, Any]:
    """One condition on many elements of one game: ``describe(index)`` words the first that fails, in whatever place it is."""
    holds = np.asarray(holds, dtype=bool)
    where = tuple(int(k) for k in np.argwhere(~holds)[0]) if not holds.all() else ()
    return bool(holds.all()), lambda _: describe(where)


def misfit(error: Exception, count: int = 0) -> Verification:
    """The outcome where the fields of a result do not fit each other, so that a condition cannot even be asked."""
    return Verification(False, count + 1, f"its fields do not fit each other: {type(error).__name__}: {error}")


def shown(x: Any, where: tuple[int, ...]) -> str:
    """One element of a number or an array, as it reads best."""
    value = np.asarray(x)[where] if np.ndim(x) else x
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def halfway(delta: Number, one_more: int) -> Number:
    """δ/2 or (δ + 1)/2, in δ's number type."""
    return (delta + one_more) / 2


def from_path(terms: Terms, lift: Pair = (0, 0)) -> Terms:
    """The same terms with payoffs counted from those on path, so that gains lose no digits; d and w raised by ``lift``.

    Punishments that depend on δ keep the zero of payoffs that they were computed with.
    """
    if terms.stepwise:
        return terms
    (t_s, t_p), (l_s, l_p), (c_s, c_p) = terms.temptation, terms.loss, terms.path
    return replace(
        terms,
        path=(c_s - c_s, c_p - c_p),
        deviation=(t_s + lift[0], t_p + lift[1]),
        punished=(lift[0] - l_s, lift[1] - l_p),
        outside=None if terms.outside is None else terms.outside - c_p + lift[1],
    )


def _temptation(enforcement: Enforcement, terms: Terms) -> Pair:
    t_s, t_p = terms.temptation
    if terms.outside is not None:  # one need not be tempted to betray in order to leave
        return np.ones_like(t_s), np.ones_like(t_p)
    return (t_s + t_p, t_s + t_p) if enforcement.pooled else (t_s, t_p)


def slack_of(enforcement: Enforcement, stage: StageGame, k: int, gain: Number) -> Number:
    """How far from zero rounding may carry player k's gain: not at all if it was computed exactly."""
    if is_exact(gain):
        return 0
    rounding = stage.rounding
    return SUMMED * (rounding[0] + rounding[1] if enforcement.pooled else rounding[k])


def decided(enforcement: Enforcement, stage: StageGame, terms: Terms, discount: Pair) -> tuple[Array, Array, Array]:
    """(2, …) for both players: whether deviating surely pays, whether it surely does not, and the gains.

    Without temptation it never pays. What rounding can turn is neither.
    """
    with np.errstate(invalid="ignore"):  # where no punishment exists at δ = 0: neither
        gains = enforcement.gain(from_path(terms), discount)
    tempted = _temptation(enforcement, terms)
    pays, stays = [], []
    for k in range(2):
        gain, slack = np.asarray(gains[k]), slack_of(enforcement, stage, k, gains[k])
        pays.append(np.asarray(gain > slack, dtype=bool))
        stays.append(np.asarray((gain <= -slack) | np.asarray(tempted[k] <= 0, dtype=bool), dtype=bool))
    shape = np.broadcast_shapes(*(x.shape for x in (*pays, *stays)))
    return (
        np.stack([np.broadcast_to(x, shape) for x in pays]),
        np.stack([np.broadcast_to(x, shape) for x in stays]),
        np.stack([np.broadcast_to(x, shape) for x in gains]),
    )


def equilibria_of(stage: Bimatrix, tolerance: Pair) -> Array:
    """(…, m, n): which profiles are pure Nash equilibria, action by action."""
    within_s, within_p = (np.asarray(t)[..., None, None] for t in tolerance)
    stable = np.ones(stage.A.shape, dtype=bool)
    for row in range(stage.shape[0]):
        stable &= np.asarray(stage.A[..., row, None, :] - stage.A <= within_s, dtype=bool)
    for column in range(stage.shape[1]):
        stable &= np.asarray(stage.B[..., :, column, None] - stage.B <= within_p, dtype=bool)
    return stable
