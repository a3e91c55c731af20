"""How patient leaders may be: a distribution of discount factors, as a duration model needs it.

An alliance breaks in a period whose critical discount factor exceeds the patience drawn, so all that matters is the
distribution function F, and, where leaders look ahead, the partial means E[δ; δ ≥ a].

:class:`Beta`, :class:`Kumaraswamy` and :class:`Logistic` may leave parameters open (None) for
:class:`alliances.estimation.HazardModel` to estimate; then they are a family of distributions and have no F of their own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Protocol, Self, runtime_checkable

import numpy as np

from alliances.arithmetic import FINITE, POSITIVE, Array, Number, Rule, scalar, to_float
from alliances.results import Tabular

__all__ = ["Beta", "BetaPatience", "Kumaraswamy", "Logistic", "OpenPatience", "Patience", "Range"]


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


class Range(NamedTuple):
    """Where an open parameter is looked for: its bounds, where searches start, and whether on a logarithmic scale."""

    low: float
    high: float
    start_low: float
    start_high: float
    logarithmic: bool


@dataclass(frozen=True)
class OpenPatience(Tabular, ABC):
    """What the families of patience share: fields that are numbers, or None where they are open."""

    ranges: ClassVar[Mapping[str, Range]]
    """The parameters and where they are looked for."""
    _rule: ClassVar[Rule] = POSITIVE

    def __post_init__(self) -> None:
        for name in self.ranges:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, scalar(value, type(self).__name__, name, self._rule))
        super().__post_init__()

    @property
    def open_parameters(self) -> tuple[str, ...]:
        """The names of the parameters that are open."""
        return tuple(name for name in self.ranges if getattr(self, name) is None)

    def settled(self, values: Mapping[str, float]) -> Self:
        """The distribution with numbers for what is open."""
        return replace(self, **{name: float(values[name]) for name in self.open_parameters})

    def shape(self) -> tuple[float, ...]:
        """The parameters as floats.

        Raises
        ------
        ValueError
            If one is open.
        """
        values = [getattr(self, field.name) for field in fields(self)]
        if None in values:
            name = type(self).__name__
            missing = ", ".join(self.open_parameters)
            raise ValueError(f"{name}(): {missing} must be given before F is asked for; HazardModel estimates what is open")
        return tuple(map(float, values))

    def cdf(self, x: Any, /) -> Array:
        """F(x), the chance of a discount factor of at most x; that at 1 for what is larger."""
        return self.distribution(_within(x), self.shape())

    @classmethod
    @abstractmethod
    def distribution(cls, x: Array, shape: Sequence[Any]) -> Array:
        """F(x) on [0, 1] at the parameters ``shape``, arrays of which broadcast with x."""

    @classmethod
    @abstractmethod
    def slopes(cls, x: Array, shape: Sequence[Any]) -> tuple[Array, ...]:
        """The derivatives of F by x and by each parameter."""


def _within(x: Any) -> Array:
    return np.asarray(np.minimum(np.maximum(to_float(x), 0.0), 1.0))


_SHAPE = Range(0.05, 50.0, 0.5, 8.0, True)
_INNER = 1e-300, 1 - 1e-15  # where logarithms of x and of 1 − x^a are finite


@dataclass(frozen=True)
class Kumaraswamy(OpenPatience):
    """F(x) = 1 − (1 − xᵃ)ᵇ: as flexible as the beta distribution, and in closed form.

    Named after Kumaraswamy (1980), "A generalized probability density function for double-bounded random processes",
    *Journal of Hydrology* 46:79-88. The uniform distribution is a = b = 1; the larger a, the more patient.

    Parameters
    ----------
    a, b
        Positive; None leaves a parameter open.

    Examples
    --------
    >>> float(Kumaraswamy(3, 2).cdf(0.5))
    0.234375
    >>> Kumaraswamy(b=1).open_parameters
    ('a',)
    """

    references: ClassVar[tuple[str, ...]] = ("kumaraswamy-1980",)
    ranges: ClassVar[Mapping[str, Range]] = {"a": _SHAPE, "b": _SHAPE}

    a: Number | None = None
    b: Number | None = None

    @classmethod
    def distribution(cls, x: Array, shape: Sequence[Any]) -> Array:
        """F(x)."""
        a, b = shape
        with np.errstate(divide="ignore"):  # ln 0 where x is 0, and at x = 1
            return np.asarray(-np.expm1(b * np.log1p(-np.minimum(x**a, 1.0))))

    @classmethod
    def slopes(cls, x: Array, shape: Sequence[Any]) -> tuple[Array, Array, Array]:
        """The derivatives of F by x, a and b; at the ends of [0, 1] those just inside."""
        a, b = shape
        x = np.clip(x, *_INNER)
        power = np.minimum(x**a, _INNER[1])
        rest = np.log1p(-power)
        inner = b * np.exp((b - 1) * rest) * power
        return inner * a / x, inner * np.log(x), -np.exp(b * rest) * rest

    def partial_mean(self, x: Any, /) -> Array:
        """E[δ; δ ≥ x] = b B(1 + 1/a, b) [1 − I(xᵃ; 1 + 1/a, b)]."""
        from scipy.special import beta, betainc

        a, b = self.shape()
        return np.asarray(b * beta(1 + 1 / a, b) * (1 - betainc(1 + 1 / a, b, _within(x) ** a)))

    @property
    def mean(self) -> float:
        """E[δ]."""
        return float(self.partial_mean(0.0))

    def rvs(self, size: Any = None, random_state: Any = None) -> Array:
        """Draws."""
        a, b = self.shape()
        u = np.random.default_rng(random_state).random(size)
        return np.asarray((-np.expm1(np.log1p(-u) / b)) ** (1 / a))


@dataclass(frozen=True)
class Beta(OpenPatience):
    """The beta distribution: F(x) = I(x; a, b), the regularised incomplete beta function.

    Parameters
    ----------
    a, b
        Positive; the mean is a/(a + b). None leaves a parameter open.

    Examples
    --------
    >>> patience = Beta(18, 2)
    >>> patience.mean, round(float(patience.cdf(0.8)), 3)
    (0.9, 0.083)
    """

    ranges: ClassVar[Mapping[str, Range]] = {"a": _SHAPE, "b": _SHAPE}

    a: Number | None = None
    b: Number | None = None

    @property
    def mean(self) -> float:
        """E[δ]."""
        a, b = self.shape()
        return a / (a + b)

    @classmethod
    def distribution(cls, x: Array, shape: Sequence[Any]) -> Array:
        """F(x)."""
        from scipy.special import betainc

        return np.asarray(betainc(*shape, x))

    @classmethod
    def slopes(cls, x: Array, shape: Sequence[Any]) -> tuple[Array, Array, Array]:
        """The derivatives of F by x, a and b; those by a and b are central differences, because there is no closed form."""
        from scipy.special import betainc, betaln

        a, b = shape
        x = np.clip(x, *_INNER)
        density = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - betaln(a, b))
        step = 1e-5
        by_a = (betainc(a * (1 + step), b, x) - betainc(a * (1 - step), b, x)) / (2 * step * a)
        by_b = (betainc(a, b * (1 + step), x) - betainc(a, b * (1 - step), x)) / (2 * step * b)
        return density, by_a, by_b

    def partial_mean(self, x: Any, /) -> Array:
        """E[δ; δ ≥ x], by δ f(δ; a, b) = E[δ] f(δ; a + 1, b)."""
        from scipy.special import betainc

        a, b = self.shape()
        return np.asarray(a / (a + b) * (1 - betainc(a + 1, b, _within(x))))

    def rvs(self, size: Any = None, random_state: Any = None) -> Array:
        """Draws."""
        a, b = self.shape()
        return np.asarray(np.random.default_rng(random_state).beta(a, b, size))


@dataclass(frozen=True)
class Logistic(OpenPatience):
    """F(x) = 1/(1 + exp(−(α + βx))): the logit of a break is linear in the critical discount factor.

    It is no distribution on [0, 1]: F(0) > 0 is a break without cause, and 1 − F(1) is restraint without patience; both are
    mistakes in the eyes of the model. A critical discount factor of ∞ counts as 1. With ``opportunity=False`` the hazard is
    a logit in δ*, the usual regression with δ* in place of the gap.

    Parameters
    ----------
    intercept, slope
        α and β; None leaves a parameter open.

    Examples
    --------
    >>> float(Logistic(0, 5).cdf(0.0))
    0.5
    """

    ranges: ClassVar[Mapping[str, Range]] = {
        "intercept": Range(-30.0, 30.0, -8.0, 0.0, False),
        "slope": Range(-60.0, 60.0, -4.0, 8.0, False),
    }
    _rule: ClassVar[Rule] = FINITE

    intercept: Number | None = None
    slope: Number | None = None

    @classmethod
    def distribution(cls, x: Array, shape: Sequence[Any]) -> Array:
        """F(x)."""
        from scipy.special import expit

        intercept, slope = shape
        return np.asarray(expit(intercept + slope * x))

    @classmethod
    def slopes(cls, x: Array, shape: Sequence[Any]) -> tuple[Array, Array, Array]:
        """The derivatives of F by x, the intercept and the slope."""
        from scipy.special import expit

        intercept, slope = shape
        f = expit(intercept + slope * x)
        density = f * (1 - f)
        return density * slope, density, density * x

    def rvs(self, size: Any = None, random_state: Any = None) -> Array:
        """Draws; with a positive slope, those below 0 are breaks without cause."""
        from scipy.special import logit

        intercept, slope = self.shape()
        if slope <= 0:
            raise ValueError(f"Logistic.rvs(): slope must be positive, or F falls; got {slope}")
        return np.asarray((logit(np.random.default_rng(random_state).random(size)) - intercept) / slope)


@lru_cache(maxsize=128)  # forecasts ask some hundred times of each
def _beta(a: Number, b: Number) -> Beta:
    return Beta(a, b)


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
        return self._beta.mean

    @property
    def _beta(self) -> Beta:
        return _beta(self.a, self.b)

    def cdf(self, x: Any, /) -> Array:
        """F(x); 1 at infinity."""
        return self._beta.cdf(x)

    def partial_mean(self, x: Any, /) -> Array:
        """E[δ; δ ≥ x], by δ f(δ; a, b) = E[δ] f(δ; a + 1, b)."""
        return self._beta.partial_mean(x)

    def rvs(self, size: Any = None, random_state: Any = None) -> Array:
        """Draws."""
        return self._beta.rvs(size, random_state)
