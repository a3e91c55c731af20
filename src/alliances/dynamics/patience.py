"""How patient leaders may be: a distribution of discount factors, as a duration model needs it.

An alliance breaks in a period whose critical discount factor exceeds the patience drawn, so all that matters is the
distribution function F, and, where leaders look ahead, the partial means E[δ; δ ≥ a].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from alliances.arithmetic import POSITIVE, Array, Number, scalar, to_float
from alliances.results import Tabular

__all__ = ["BetaPatience", "Patience"]


@runtime_checkable
class Patience(Protocol):
    """A distribution on [0, 1); SciPy's frozen distributions are such, except for the partial mean."""

    def cdf(self, x: Any, /) -> Any:
        """F(x), the chance of a discount factor of at most x."""
        ...

    def partial_mean(self, x: Any, /) -> Any:
        """E[δ; δ ≥ x], the part of the mean that lies above x."""
        ...

    def rvs(self, size: Any = None, random_state: Any = None) -> Any:
        """Draws."""
        ...


@dataclass(frozen=True)
class BetaPatience(Tabular):
    """Discount factors from a beta distribution.

    Parameters
    ----------
    a, b
        Its shape parameters, positive; the mean is a/(a + b).

    Examples
    --------
    >>> patience = BetaPatience(18, 2)
    >>> patience.mean, round(float(patience.cdf(0.8)), 3)
    (0.9, 0.083)
    """

    a: Number
    b: Number

    def __post_init__(self) -> None:
        for name in ("a", "b"):
            scalar(getattr(self, name), "BetaPatience", name, POSITIVE)
        super().__post_init__()

    @property
    def mean(self) -> float:
        """E[δ]."""
        return float(self.a / (self.a + self.b))

    def cdf(self, x: Any, /) -> Array:
        """F(x); 1 at infinity."""
        from scipy.special import betainc

        return np.asarray(betainc(float(self.a), float(self.b), np.clip(to_float(x), 0.0, 1.0)))

    def partial_mean(self, x: Any, /) -> Array:
        """E[δ; δ ≥ x], by δ f(δ; a, b) = E[δ] f(δ; a + 1, b)."""
        from scipy.special import betainc

        return np.asarray(self.mean * (1 - betainc(float(self.a) + 1, float(self.b), np.clip(to_float(x), 0.0, 1.0))))

    def rvs(self, size: Any = None, random_state: Any = None) -> Array:
        """Draws."""
        return np.asarray(np.random.default_rng(random_state).beta(float(self.a), float(self.b), size))
