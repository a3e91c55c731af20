"""What is asked of a repeated game, checked once: which game, which concept at this power, which discount factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliances.arithmetic import Number, discount_factor
from alliances.arithmetic.canonical import float_discount_factor
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.values import Value

__all__ = [
    "RepeatedGame",
    "at_power",
    "check_discount",
    "check_enforcement",
    "check_model",
    "float_discount",
    "repeated_game",
]


@dataclass(frozen=True, eq=False)
class RepeatedGame(Value):
    """What is played in every period, and how deviations from it are punished, at one power or at an array of them.

    Attributes
    ----------
    stage
        The stage game, or the batch of them.
    enforcement
        The concept as it is at this power.
    """

    stage: StageGame
    enforcement: Enforcement


def repeated_game(
    game: DyadicGame | StageGame, power: Power | None, enforcement: Enforcement | None, function: str
) -> RepeatedGame:
    """The repeated game of a model at a power, or of a stage game without, under a concept; :class:`NashReversion` by default.

    Raises
    ------
    TypeError
        If ``game`` is no game, ``power`` is missing or superfluous, or ``enforcement`` is no concept; the errors name
        ``function``.
    """
    if isinstance(game, StageGame):
        if power is not None:
            raise TypeError(f"{function}(): power must be None for a StageGame, whose payoffs are given; got {power!r}")
        return RepeatedGame(game, check_enforcement(enforcement, function))
    if not isinstance(game, DyadicGame):
        raise TypeError(f"{function}(): game must be a StageGame or a model such as AllianceGame; got {game!r}")
    if not isinstance(power, Power):
        raise TypeError(
            f"{function}(): power must be a Power, such as Power.from_gap(0.5), for a model of the dyad; got {power!r}"
        )
    concept = check_enforcement(enforcement, function)
    return RepeatedGame(game.stage_game(power), at_power(concept, power))


def check_model(game: object, function: str) -> None:
    """An error unless ``game`` is a model of the dyad."""
    if not isinstance(game, DyadicGame):
        raise TypeError(f"{function}(): game must be a model such as AllianceGame; got {game!r}")


def check_enforcement(enforcement: Enforcement | None, function: str) -> Enforcement:
    """The enforcement concept, Nash reversion by default, or an error for what is none."""
    if enforcement is None:
        return NashReversion()
    if not isinstance(enforcement, Enforcement):
        raise TypeError(f"{function}(): enforcement must be an instance such as NashReversion(); got {enforcement!r}")
    return enforcement


def at_power(enforcement: Enforcement, power: Power) -> Enforcement:
    """The concept as it is at ``power``: another one only if it depends on power."""
    return enforcement.at_power(power)


def check_discount(discount: Number | Pair, enforcement: Enforcement, function: str, *, single: bool = False) -> Pair:
    """(δ_S, δ_P) from a common discount factor or a pair, in the number types given.

    Parameters
    ----------
    discount
        One number, an array, or a tuple (δ_S, δ_P) of either.
    enforcement
        The concept, which may need a common discount factor.
    function
        Whose argument it is, for the errors' texts.
    single
        Whether arrays are refused.

    Raises
    ------
    TypeError, ValueError
        If a discount factor is not in [0, 1), the tuple is no pair, or the players' discount factors differ under a concept
        with a common one.
    """
    pair = discount if isinstance(discount, tuple) else (discount, discount)

    def form() -> str:  # a text of all numbers of an array takes longer than many a question
        return f"{function}(): discount must be one number or a pair (sponsor's, proxy's); got {discount!r}"

    if len(pair) != 2:
        raise ValueError(form())
    delta_s, delta_p = (discount_factor(d, function) for d in pair)
    if single and (np.ndim(delta_s) or np.ndim(delta_p)):
        raise TypeError(form())
    try:
        np.broadcast_shapes(np.shape(delta_s), np.shape(delta_p))
    except ValueError:
        raise ValueError(
            f"{function}(): discount must be a pair of arrays of one length, or of shapes that broadcast; got {discount!r}"
        ) from None
    if enforcement.common and np.any(np.asarray(delta_s != delta_p, dtype=bool)):
        raise ValueError(
            f"{function}(): discount must be common to both players under {enforcement}, because with different ones payoffs "
            f"can be traded over time; got {discount!r}"
        )
    return delta_s, delta_p


def float_discount(discount: Number | Pair, enforcement: Enforcement, function: str) -> tuple[float, float]:
    """:func:`check_discount` of single numbers as floats, which must lie below 1 too."""
    delta_s, delta_p = check_discount(discount, enforcement, function, single=True)
    return float_discount_factor(delta_s, function), float_discount_factor(delta_p, function)
