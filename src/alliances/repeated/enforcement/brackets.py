"""Brackets around δ_i*, the least δ with δ ≥ need_i(v_i(δ)): in floats by bisection, and in rational numbers.

The mathematics is in the docstring of :mod:`alliances.repeated.enforcement.optimal_penal_code`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from alliances.arithmetic import Number
from alliances.arithmetic.tolerance import RANGE_SHARE, STANDSTILL

__all__ = ["MOST_PATIENT", "WIDTH", "needed", "searched", "sharpened", "simplest"]

MOST_PATIENT = Fraction(999_999, 1_000_000)
"""Larger discount factors are not searched."""

WIDTH = Fraction(1, 1 << 32)
"""Of a bracket in rational numbers that is narrow enough."""


def needed(c: Number, d: Number, v: Number) -> Number:
    """need_i(v): the patience that a profile takes if a deviation is followed by v for ever."""
    return (d - c) / (d - v) if v < c else np.inf


def searched(c: float, d: float, worst: Callable[[float], float], most: float, width: float, spread: float) -> float:
    """δ_i* in floating point, by the brackets of the module's docstring."""
    slack = RANGE_SHARE * (spread or 1.0)  # a payoff difference that counts as none; the set has allowed for rounding

    def need(delta: float) -> float:
        return float(needed(c, d, worst(delta) - slack))

    low, high = need(most), most
    if low > most:
        return float(np.inf)
    while high - low > width:
        reach = need(low)
        if reach <= low + STANDSTILL:
            return low
        high = min(high, reach)
        middle = (low + high) / 2
        reach = need(middle)
        if reach <= middle:
            low, high = max(low, reach), middle
        else:
            low, high = middle, min(high, reach)
    return high


def sharpened(c: Fraction, d: Fraction, worst: Callable[[Fraction], Number], rough: float) -> tuple[Number, bool]:
    """δ_i* in rational numbers, from its floating-point value, and whether it is proved."""
    if rough == np.inf:
        reach = needed(c, d, worst(MOST_PATIENT))
        if reach > MOST_PATIENT:
            return np.inf, False
        low, high = reach, MOST_PATIENT
    else:
        low, high = Fraction(0), MOST_PATIENT
        for margin in (Fraction(1, 1 << 30), Fraction(1, 1 << 16)):
            upper = min(Fraction(rough) + margin, MOST_PATIENT)
            reach = needed(c, d, worst(upper))
            if reach <= upper:
                low, high = reach, upper
                break
    while high - low > WIDTH:
        reach = needed(c, d, worst(low))
        if reach <= low:
            return low, True
        simple = simplest(low, high)
        high = min(high, reach)
        middle = simple if simple.denominator < 1 << 16 and low < simple < high else (low + high) / 2
        reach = needed(c, d, worst(middle))
        if reach <= middle:
            low, high = max(low, reach), middle
        else:
            low, high = middle, min(high, reach)
        if middle == simple and high == simple and low < high:
            below = max(low, high - WIDTH)  # is the simple fraction the first that is enough?
            if below < high and needed(c, d, worst(below)) > below:
                return high, False
    if needed(c, d, worst(low)) <= low:
        return low, True
    simple = simplest(low, high)
    return (simple if needed(c, d, worst(simple)) <= simple else high), False


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of least denominator in [low, high], 0 ≤ low ≤ high (Stern-Brocot)."""
    floor = low.numerator // low.denominator
    if floor == low or floor + 1 <= high:
        return Fraction(floor if floor == low else floor + 1)
    return floor + 1 / simplest(1 / (high - floor), 1 / (low - floor))
