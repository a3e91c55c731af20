"""Where an open parameter may lie: an interval, a half-line, or a finite set of values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from alliances.arithmetic.canonical import scalar
from alliances.arithmetic.types import Array, Number, to_float
from alliances.printable import printed

__all__ = ["Choice", "Domain", "Interval"]

Closed = Literal["both", "left", "right", "neither"]


@dataclass(frozen=True)
class Interval:
    """The numbers from ``low`` to ``high``, or from ``low`` on.

    Parameters
    ----------
    low, high
        The ends, low < high; ``high=None`` (or infinity) is a half-line. A float counts as the decimal number that it
        is written as.
    closed
        Which ends belong to it: "both", "left", "right" or "neither". The open end of a half-line does not.

    Raises
    ------
    TypeError, ValueError
        If an end is not a number, if the interval is empty or inverted, or ``closed`` is none of the four.

    Examples
    --------
    >>> print(Interval(0, 1, closed="right"), Interval(0), Interval(0.5, 4))
    (0, 1] [0, ∞) [1/2, 4]
    """

    low: Number
    high: Number | None = None
    closed: Closed = "both"

    def __post_init__(self) -> None:
        if not isinstance(self.closed, str) or self.closed not in ("both", "left", "right", "neither"):
            raise ValueError(f'Interval(): closed must be "both", "left", "right" or "neither"; got {self.closed!r}')
        object.__setattr__(self, "low", decimal(scalar(self.low, "Interval", "low")))
        if self.high is None or (isinstance(self.high, float) and self.high == math.inf):
            object.__setattr__(self, "high", None)
            return
        object.__setattr__(self, "high", decimal(scalar(self.high, "Interval", "high")))
        if self.low >= self.high:
            raise ValueError(f"Interval(): low must be below high; got low {self.low}, high {self.high}")

    @property
    def includes_low(self) -> bool:
        """Whether the lower end belongs to the interval."""
        return self.closed in ("both", "left")

    @property
    def includes_high(self) -> bool:
        """Whether the upper end belongs to the interval."""
        return self.high is not None and self.closed in ("both", "right")

    def __contains__(self, value: Number) -> bool:
        above = value >= self.low if self.includes_low else value > self.low
        return bool(above and (self.high is None or (value <= self.high if self.includes_high else value < self.high)))

    def spread(self, unit: Array) -> Array:
        """Numbers in the interval for u in [0, 1): uniform, or low + u/(1 − u) on a half-line; the very ends are avoided."""
        low = to_float(self.low)
        u = np.clip(unit, 2.0**-40, 1 - 2.0**-40)
        return np.asarray(low + (u / (1 - u) if self.high is None else u * (to_float(self.high) - low)))

    @printed
    def __str__(self) -> str:
        left, right = "[" if self.includes_low else "(", "]" if self.includes_high else ")"
        return f"{left}{self.low}, {'∞' if self.high is None else self.high}{right}"


@dataclass(frozen=True, init=False)
class Choice:
    """One of finitely many values: numbers, or anything else that the model takes.

    Examples
    --------
    >>> print(Choice(1, 2, 3))
    {1, 2, 3}
    """

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        if not values:
            raise ValueError("Choice(): values must not be empty; got none")
        object.__setattr__(self, "values", values)

    def __contains__(self, value: object) -> bool:
        return any(value is v or value == v for v in self.values)

    @printed
    def __str__(self) -> str:
        return "{" + ", ".join(str(getattr(value, "__name__", value)) for value in self.values) + "}"  # functions by name


Domain = Interval | Choice


def decimal(value: Number) -> Fraction:
    """The number that is written: a float, NumPy's of any width too, as its shortest decimal: 0.1 as 1/10."""
    if type(value) is Fraction:  # a copy would be as good, and takes far longer
        return value
    if isinstance(value, float):
        return Fraction(repr(float(value)))
    if isinstance(value, np.floating):
        return Fraction(str(value))
    return Fraction(int(value)) if isinstance(value, np.integer) else Fraction(value)


_SNAPPED = 64  # the largest denominator of an exponent


def exponent(value: Number) -> Fraction | None:
    """An exponent as a fraction: a float as the one with the least denominator that reads back the same; None if none is small.

    >>> exponent(1 / 3), exponent(0.1), exponent(0.123456789)
    (Fraction(1, 3), Fraction(1, 10), None)
    """
    if not isinstance(value, float):
        return Fraction(value)
    near = Fraction(value).limit_denominator(_SNAPPED) if math.isfinite(value) else None
    return near if near is not None and float(near) == value else None


def simple_fractions(domain: Interval, largest: int = 24) -> list[Fraction]:
    """Fractions of the interval with small denominators and numerators, simplest first."""
    top = math.ceil(domain.high) if domain.high is not None else max(8, math.ceil(domain.low) + 8)
    fractions: list[Fraction] = []
    for d in range(1, largest + 1):
        for n in range(math.floor(domain.low * d), top * d + 1):
            value = Fraction(n, d)
            if value.denominator == d and value in domain:
                fractions.append(value)
    return fractions


def as_domain(value: object, name: str) -> Domain:
    """``value`` as a domain: an Interval or Choice as it is, a pair as a closed interval, a list or set as a choice."""
    if isinstance(value, (Interval, Choice)):
        return value
    if isinstance(value, tuple) and len(value) == 2:
        return Interval(*value)
    if isinstance(value, (list, set, frozenset)) or (isinstance(value, Sequence) and not isinstance(value, (str, tuple))):
        return Choice(*value)
    raise TypeError(
        f"Family(): the domain of {name} must be an Interval, a Choice, a pair (low, high) or a list; got {value!r}"
    )
