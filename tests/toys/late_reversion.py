"""A toy concept of enforcement in one file: reversion to stage equilibria after a betrayal that is seen one period late.

The betrayer has its best deviation for two periods and w for ever after, so that δ² takes the place of δ in Nash reversion.
"""

from dataclasses import dataclass

import numpy as np

from alliances import Reversion
from alliances.repeated.enforcement.concept import least_discount


@dataclass(frozen=True)
class LateReversion(Reversion):
    """Reversion for ever, one period late: δ* = √(δ* of Nash reversion)."""

    mixed: bool = False

    @classmethod
    def examples(cls):
        return (cls(),)

    @property
    def exact(self):
        return False

    @property
    def in_closed_form(self):
        return True

    def lasting(self, delta):
        return 1 - delta**2, delta**2

    def least(self, temptation, loss, tolerance):
        return np.sqrt(least_discount(temptation, loss, tolerance))

    def value_of_deviating(self, delta, c, d, w):
        return (1 - delta**2) * d + delta**2 * w - c
