"""What counts as equal in floating point: one policy for the library, in the units of the theory.

Exact numbers (integers, Fractions) are compared exactly. Floats need a tolerance, and there is one rule for it:

    **payoffs are equal if they differ by no more than 10⁻¹² of the player's payoff range, plus a few machine epsilons of its
    largest payoff** (:func:`payoff_tolerance`).

The first term makes answers independent of the unit of payoffs; the second allows for the rounding that a large common level
of payoffs causes (10⁹ + 0.1 has seven digits after the point, whatever the range). Solvers that map payoffs to [0, 1] use the
same rule: the range is then 1, and the largest payoff is counted in ranges.

The constants below are the rule's consequences for other quantities. Each names its unit. A tolerance that means something to
one algorithm only stays in the algorithm's module, under a name that says what it is.
"""

from __future__ import annotations

import sys

from alliances.arithmetic.types import Number

__all__ = [
    "DISCOUNT_ROUNDING",
    "EPSILON",
    "FIXED_POINT",
    "GAP_EDGE",
    "GAP_POINT",
    "PROGRAMME_ROUNDING",
    "PROMISED",
    "RANGE_SHARE",
    "SAME_DISCOUNT",
    "SAME_POINT",
    "STANDSTILL",
    "SUMMED",
    "TIE",
    "UNIT_SUM",
    "UNIT_SUM_GIVEN",
    "payoff_rounding",
    "payoff_tolerance",
]

EPSILON = sys.float_info.epsilon
"""The machine epsilon 2⁻⁵²: the relative distance of neighbouring floats."""

# -- payoffs ------------------------------------------------------------------------------------------------------------

RANGE_SHARE = 1e-12
"""The payoff difference that counts as none, as a share of the player's payoff range."""

_ROUNDINGS = 8  # machine epsilons: a temptation or a loss is a difference of payoffs that have been computed in a few steps

SUMMED = 16
"""How many payoff tolerances may add up in one gain from deviating, which adds and multiplies several payoffs."""


def payoff_tolerance(spread: Number, largest: Number) -> Number:
    """The largest payoff difference that counts as none in floating point.

    Parameters
    ----------
    spread
        Largest minus smallest payoff of the player, per game.
    largest
        The player's largest absolute payoff, per game, in the same unit.

    Examples
    --------
    >>> f"{payoff_tolerance(9.0, 10.0):.3g}", f"{payoff_tolerance(9.0, 1e6):.3g}"
    ('9.02e-12', '1.79e-09')
    """
    return RANGE_SHARE * spread + _ROUNDINGS * EPSILON * largest


def payoff_rounding(largest: Number) -> Number:
    """What rounding alone may add up to in a gain: :data:`SUMMED` machine epsilons of the largest payoff.

    Examples
    --------
    >>> f"{payoff_rounding(10.0):.3g}"
    '3.55e-14'
    """
    return SUMMED * EPSILON * largest


# -- discount factors ---------------------------------------------------------------------------------------------------

SAME_DISCOUNT = 1e-12
"""Critical discount factors that differ by no more are the same: both players bind, an identified interval is empty."""

DISCOUNT_ROUNDING = 1e-14
"""The least rounding of a critical discount factor, where the payoffs' own rounding is smaller."""

# -- payoff sets: points of the square to which payoffs are scaled ---------------------------------------------------------

SAME_POINT = 1e-12
"""Points of a payoff set nearer than this are one: far above rounding, far below what is promised of the set."""

TIE = 1e-14
"""Coordinates of generated points nearer than this are equal: the rounding of one step of the operator."""

STANDSTILL = 1e-15
"""An iteration that moves no further than this (points, or discount factors) has come to rest."""

FIXED_POINT = 1e-11
"""How far the image of a fixed point may lie from it, a few steps' rounding above :data:`SAME_POINT`."""

PROMISED = 1e-9
"""The accuracy promised of payoff sets and of the strategies behind them, as a share of the payoff range."""

PROGRAMME_ROUNDING = 1e-9
"""What counts as rounding of a linear programme, for payoffs scaled to [0, 1]."""

# -- probabilities ------------------------------------------------------------------------------------------------------

UNIT_SUM = 1e-12
"""How far from 1 rounding may carry a sum of probabilities that the library computed."""

UNIT_SUM_GIVEN = 1e-9
"""How far from 1 a sum of probabilities may lie that a user passes, typed with some digits or computed by other means."""

# -- gaps ---------------------------------------------------------------------------------------------------------------

GAP_EDGE = 1e-12
"""The width to which an edge along the gap is halved: a hundredth of the documented accuracy of 10⁻¹⁰."""

GAP_POINT = 1e-9
"""Windows, breaks and regions of the gap narrower than this are points, and not reported."""
