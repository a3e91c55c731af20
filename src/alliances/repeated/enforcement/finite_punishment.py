"""Finite punishment: after a deviation by player i, the stage equilibrium worst for i for T periods, then forgiveness.

The profile is sustained iff (δ + δ² + … + δ^T)(c_i − w_i) ≥ d_i − c_i. As T → ∞ this becomes Nash reversion. The left
side rises from 0 to T(c_i − w_i), so there is one critical δ_i, below 1 iff T(c_i − w_i) > d_i − c_i. Reversion for T periods
is that of Green & Porter (1984, *Econometrica* 52:87-100).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, Number, Rule, is_exact, scalar, settle, to_float
from alliances.arithmetic.tolerance import EPSILON
from alliances.repeated.enforcement.concept import Reversion

__all__ = ["FinitePunishment"]

_PERIODS = Rule(  # floats know every integer up to there
    "must be at least 1 and at most 10**15 (for ever: NashReversion())", lambda x: (x >= 1) & (x <= 10**15)
)
_MOST_STEPS = 100  # of Newton's method; some ten suffice
_STANDING = 1e-15  # of a step of it, relative
_FAR = 1e290  # a quotient of sums that does not overflow
_NEAR_ONE = 1e-6  # T(1 − δ) below which the slope is its limit: the formula's two terms cancel
_FEW_PERIODS = 100  # up to which an exact gain is worth its digits


@dataclass(frozen=True)
class FinitePunishment(Reversion):
    """Punish a deviator by its worst stage Nash equilibrium for a number of periods, then return to cooperation.

    Also called limited punishment, forgiving trigger.

    Parameters
    ----------
    periods
        T ≥ 1, an integer of at most 10¹⁵; for ever is :class:`NashReversion`.
    mixed
        Whether mixed stage equilibria may punish too (see :class:`NashReversion`).

    Notes
    -----
    With T = 1 exact games give the exact δ_i* = (d_i − c_i)/(c_i − w_i). With T ≥ 2 the critical discount factor is the
    root of a polynomial, irrational in general, and returned as a float with a relative error of order 10⁻¹⁵; whether there is
    a temptation, and whether punishment deters it at all, is still decided exactly.

    Examples
    --------
    >>> from alliances import StageGame, critical_discount
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> critical_discount(pd, profile=(0, 0), enforcement=FinitePunishment(1)).dyad
    Fraction(1, 6)
    >>> round(critical_discount(pd, profile=(0, 0), enforcement=FinitePunishment(3)).dyad, 6)
    0.143218
    """

    references: ClassVar[tuple[str, ...]] = ("green-porter-1984",)

    periods: int
    mixed: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.periods, bool) or not isinstance(self.periods, (int, np.integer)):
            raise TypeError(f"FinitePunishment(): periods must be an integer; got {self.periods!r}")
        object.__setattr__(self, "periods", int(scalar(self.periods, "FinitePunishment", "periods", _PERIODS)))

    @property
    def in_closed_form(self) -> bool:
        """Of this class; a subclass answers for itself."""
        return type(self) is FinitePunishment

    @classmethod
    def examples(cls) -> tuple[FinitePunishment, ...]:
        """Three periods."""
        return (cls(3),)

    @property
    def forgives(self) -> bool:
        """After T periods."""
        return True

    def least(self, temptation: Number, loss: Number, tolerance: Number) -> Number:
        """The root of (δ + … + δ^T)(c_i − w_i) = d_i − c_i."""
        temptation, loss = np.asarray(temptation), np.asarray(loss)
        tempted = np.asarray(temptation > tolerance, dtype=bool)
        enough = np.asarray(self.periods * loss - temptation > tolerance, dtype=bool)
        solve = tempted & enough
        ratio = np.asarray(temptation / np.where(solve, loss, 1))
        if self.periods == 1:
            return settle(np.where(tempted, np.where(enough, ratio, np.inf), temptation - temptation))
        root = np.where(tempted, np.inf, 0.0)
        root[solve] = _root_of_geometric_sum(_within(ratio[solve], self.periods), self.periods)
        return settle(root)

    def closed_form(self, temptation: Number, loss: Number) -> Number:
        """The root of (δ + … + δ^T)(c_i − w_i) = d_i − c_i for one or two periods.

        Raises
        ------
        TypeError
            For more periods: the root of a polynomial of that degree.
        """
        if self.periods > 2:
            raise TypeError(
                f"formula(): {self!r} has no closed form: it is the root of a polynomial of degree {self.periods}; "
                "critical_discount() finds it"
            )
        ratio = temptation / loss
        return ratio if self.periods == 1 else ((1 + 4 * ratio) ** Fraction(1, 2) - 1) / 2

    def deters(self, temptation: Number, loss: Number) -> Any:
        """Whether T periods of the loss outweigh the temptation."""
        return self.periods * loss > temptation

    def value_of_deviating(self, delta: Number, c: Number, d: Number, w: Number) -> Number:
        """The deviation now, w for T periods and then c again, less c for ever."""
        if self.periods > _FEW_PERIODS or not is_exact(delta):  # powers of Fractions have digits in proportion to T
            delta, c, d, w = (to_float(x) for x in (delta, c, d, w))
        forgiven = delta ** (self.periods + 1)
        return (1 - delta) * d + (delta - forgiven) * w + forgiven * c - c


def _within(ratio: Array, periods: int) -> Array:
    """Ratios in (0, T) as floats in (0, T): an exact one may round to an end."""
    smallest = np.nextafter(0, 1) * 1e16
    within: Array = np.clip(to_float(ratio), smallest, np.nextafter(float(periods), 0))
    return within


def _root_of_geometric_sum(ratio: Array, periods: int) -> Array:
    """δ in (0, 1) with δ + … + δ^T = ratio in (0, T), for each element.

    With δ = exp(−u), f(u) = log(δ + … + δ^T) falls and is convex, as the logarithm of a sum of exponentials, with slopes
    between −(T + 1)/2 and −1. So Newton's method for f(u) = log(ratio) never goes beyond the root from below. It starts where
    Tδ^((T + 1)/2) = ratio; the sum is larger there, because an arithmetic mean is no less than the geometric one.
    """
    if ratio.size == 0:
        return ratio
    steepest = (periods + 1) / 2
    u = np.maximum(-np.log(ratio / periods), EPSILON / 4) / steepest
    for _ in range(_MOST_STEPS):
        # 1 − δ^T and 1/δ − 1, of which the sum is the ratio: no digits are lost where δ is near 1
        fallen, rise = -np.expm1(-periods * u), np.expm1(u)
        slope = np.clip((1 + rise) / rise - periods * (1 - fallen) / fallen, 1.0, steepest)
        slope = np.where(periods * u < _NEAR_ONE, steepest, slope)
        move = np.log(np.minimum(fallen / rise, _FAR * ratio) / ratio) / slope
        u = u + np.maximum(move, 0.0)
        if not (move > _STANDING * u).any():
            break
    delta = np.exp(-u)
    small = delta < 0.5  # u has digits before its point, which δ then lacks: one step in δ itself
    tiny = delta[small]
    delta[small] = tiny * (1 - np.log(tiny * (1 - tiny**periods) / (1 - tiny) / ratio[small]) / slope[small])
    return np.asarray(np.minimum(delta, np.nextafter(1.0, 0.0)), dtype=np.float64)
