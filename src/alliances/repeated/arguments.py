"""What is asked of a repeated game, checked once: which game, which concept at this power, which discount factors."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Number, discount_factor
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.repeated.enforcement.nash_reversion import NashReversion

__all__ = ["at_power", "check_discount", "check_enforcement", "check_model"]


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


def check_discount(discount: Number | Pair, enforcement: Enforcement, function: str) -> Pair:
    """A common discount factor, or a pair (δ_S, δ_P), as a pair of floats."""
    if isinstance(discount, tuple):
        if len(discount) != 2:
            raise ValueError(f"{function}(): discount must be one number or a pair (sponsor's, proxy's); got {discount!r}")
        pair = (discount_factor(discount[0], function), discount_factor(discount[1], function))
    else:
        common = discount_factor(discount, function)
        pair = (common, common)
    if any(isinstance(d, np.ndarray) for d in pair):
        raise TypeError(f"{function}(): discount must be one number or a pair (sponsor's, proxy's); got {discount!r}")
    if enforcement.common and pair[0] != pair[1]:
        raise ValueError(
            f"{function}(): discount must be common to both players under {enforcement}, because with different ones payoffs "
            f"can be traded over time; got {discount!r}"
        )
    delta_s, delta_p = (float(d) for d in pair)
    if max(delta_s, delta_p) >= 1:
        raise ValueError(f"{function}(): discount must lie below 1 as a float too; got {discount!r}, which rounds to 1.0")
    return delta_s, delta_p
