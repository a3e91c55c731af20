"""Contests: who prevails when the two fight.

A contest success function maps the powers (s, p) to the probabilities (Q, q) with which the sponsor and the proxy prevail,
Q + q = 1. Any callable ``power -> (Q, q)`` serves as a contest; the classes below are the standard families.

References
----------
* Tullock (1980), "Efficient rent seeking", in *Toward a Theory of the Rent-Seeking Society*.
* Hirshleifer (1989), "Conflict and rent-seeking success functions: ratio vs. difference models of relative success",
  *Public Choice* 63:101-112.
* Skaperdas (1996), "Contest success functions", *Economic Theory* 7:283-290 (axioms for both forms).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from alliances.arithmetic import POSITIVE, Number, choose, exp, is_symbolic, larger, like, number, raised, smaller, to_float
from alliances.arithmetic.recording import Recorded
from alliances.power import Power
from alliances.values import Value

__all__ = ["AllPay", "Contest", "Hirshleifer", "Tullock"]


class Contest(Protocol):
    """A contest success function: any callable from the dyad's power to the probabilities (Q, q)."""

    def __call__(self, power: Power, /) -> tuple[Number, Number]:
        """The sponsor's and the proxy's probability of prevailing."""
        ...


@dataclass(frozen=True, eq=False)
class Tullock(Value):
    """The ratio form Q = s^m/(s^m + p^m).

    Also called the power or logit form. The larger the decisiveness m, the more a given ratio of power decides: m = 1 is a
    lottery with one ticket per unit of power, m → ∞ is :class:`AllPay`.

    Parameters
    ----------
    decisiveness
        m > 0 (Hirshleifer's mass effect parameter).

    Examples
    --------
    >>> Tullock(decisiveness=2)(Power(3, 1))
    (Fraction(9, 10), Fraction(1, 10))
    >>> Tullock(decisiveness=50.0)(Power(1e300, 1e-300))
    (1.0, 0.0)
    """

    references: ClassVar[tuple[str, ...]] = ("tullock-1980", "skaperdas-1996")

    decisiveness: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "decisiveness", number(self.decisiveness, "Tullock", "decisiveness", POSITIVE))
        super().__post_init__()

    def __call__(self, power: Power, /) -> tuple[Number, Number]:
        """(Q, q): the probabilities that the sponsor and the proxy prevail."""
        s, p = power.sponsor, power.proxy
        m = like(self.decisiveness, s, "Tullock(): decisiveness")
        if _formulas(s, p, m):
            odds = raised(p / s, m)  # homogeneous of degree 0: one power instead of two
            return 1 / (1 + odds), odds / (1 + odds)
        odds = raised(smaller(s, p) / larger(s, p), m)  # for the same reason, of the weak side: at most 1, so nothing overflows
        strong, weak = 1 / (1 + odds), odds / (1 + odds)
        return choose(s >= p, strong, weak), choose(s >= p, weak, strong)


@dataclass(frozen=True, eq=False)
class Hirshleifer(Value):
    """The difference form Q = 1/(1 + exp(−κ(s − p))).

    Also called the logistic form. It depends on the difference of power, so a small power keeps a chance against a
    large one; rational powers give floats.

    Parameters
    ----------
    decisiveness
        κ > 0, per unit of power.

    Examples
    --------
    >>> Hirshleifer(decisiveness=1.0)(Power(2.0, 2.0))
    (0.5, 0.5)
    """

    references: ClassVar[tuple[str, ...]] = ("hirshleifer-1989", "skaperdas-1996")

    decisiveness: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "decisiveness", number(self.decisiveness, "Hirshleifer", "decisiveness", POSITIVE))
        super().__post_init__()

    def __call__(self, power: Power, /) -> tuple[Number, Number]:
        """(Q, q): the probabilities that the sponsor and the proxy prevail."""
        s, p = power.sponsor, power.proxy
        if _formulas(s - p, self.decisiveness):
            odds = exp(like(self.decisiveness, s) * (p - s))  # of the proxy
            return 1 / (1 + odds), odds / (1 + odds)
        difference = to_float(s - p, "Hirshleifer(): sponsor - proxy")
        with np.errstate(over="ignore"):  # an infinite lead decides for sure
            lead = to_float(self.decisiveness, "Hirshleifer(): decisiveness") * difference
        odds = exp(-abs(lead))  # of the weak side: at most 1, so nothing overflows
        strong, weak = 1 / (1 + odds), odds / (1 + odds)
        return choose(lead >= 0, strong, weak), choose(lead >= 0, weak, strong)


@dataclass(frozen=True, eq=False)
class AllPay(Value):
    """The all-pay limit m → ∞ of :class:`Tullock`: the stronger side prevails for sure; at parity each with ½.

    Examples
    --------
    >>> AllPay()(Power(2, 1)), AllPay()(Power(1.0, 1.0))
    ((Fraction(1, 1), Fraction(0, 1)), (0.5, 0.5))
    """

    def __call__(self, power: Power, /) -> tuple[Number, Number]:
        """(Q, q): the probabilities that the sponsor and the proxy prevail."""
        s, p = power.sponsor, power.proxy
        unit = s / s  # in the powers' own number type
        zero, half = unit - unit, unit / 2
        sponsor = choose(s > p, unit, choose(s < p, zero, half))
        return sponsor, 1 - sponsor


def _formulas(*numbers: Number) -> bool:
    """Whether any of the numbers is part of a formula that is to be read or reasoned about.

    A recorded number is none: it stands for floats, and what is recorded must overflow no sooner than they do.
    """
    return any(is_symbolic(x) and not isinstance(x, Recorded) for x in numbers)
