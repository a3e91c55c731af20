"""Payoff code that runs on enclosures of numbers: whatever it answers is certain.

:class:`Ball` is a rational number as long as nothing but + − × ÷ and whole powers is asked of it, and from then on encloses a
real number by FLINT's ball arithmetic (Johansson 2017, "Arb: efficient arbitrary-precision midpoint-radius interval
arithmetic", *IEEE Transactions on Computers* 66:1281-1292). A comparison that the enclosures do not decide, or an operation of
which they do not tell whether it is defined, raises :class:`Undecided`: no verdict is guessed. Where numbers have no result – a
division by 0, the logarithm of 0 – enclosures raise what numbers raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from numbers import Rational
from typing import Any, Literal

import numpy as np

from alliances.arithmetic.domains import decimal, exponent
from alliances.arithmetic.formal import Formal, NotArithmetic, current

__all__ = ["Ball", "Undecided", "precisely"]

_PRECISION = 256  # bits: a float has 53
_LARGEST = 2**12  # whole powers of rational numbers beyond this one are enclosed


class Undecided(ArithmeticError):
    """The enclosures of two numbers overlap, so that their order is not known."""


class Ball(Formal):
    """A number enclosed in an interval; see the module.

    Attributes
    ----------
    exact
        The number itself, where it is known to be rational.
    value
        The enclosure, a ``flint.arb``.
    """

    __slots__ = ("_value", "exact")

    def __init__(self, value: Any = None, exact: Fraction | None = None) -> None:
        self.exact, self._value = exact, value
        if exact is None and (evaluation := current()) is not None:
            evaluation.enclosed = True

    @classmethod
    def of(cls, number: object) -> Ball:
        """An exact number, or a float as the decimal that it is written as; see :mod:`alliances.arithmetic`."""
        if type(number) is Fraction:  # most are
            return cls(exact=number)
        if isinstance(number, Ball):
            return number
        if isinstance(number, np.ndarray) and number.ndim == 0:
            return cls.of(number[()])
        if isinstance(number, Rational) or (isinstance(number, (float, np.floating)) and np.isfinite(number)):
            return cls(exact=decimal(number))
        raise NotArithmetic(f"certify: the model's payoffs must be arithmetic in its arguments; got {number!r} among them")

    @property
    def value(self) -> Any:
        """The enclosure."""
        if self._value is None:
            from flint import arb, fmpq

            assert self.exact is not None
            self._value = arb(fmpq(self.exact.numerator, self.exact.denominator))
        return self._value

    def _calculated(self, other: object, operation: Callable[[Any, Any], Any], turned: bool = False) -> Ball:
        a, b = (Ball.of(other), self) if turned else (self, Ball.of(other))
        if a.exact is not None and b.exact is not None:
            return Ball(exact=operation(a.exact, b.exact))
        return Ball(operation(a.value, b.value))

    def __add__(self, other: object) -> Ball:
        return self._calculated(other, lambda a, b: a + b)

    def __sub__(self, other: object) -> Ball:
        return self._calculated(other, lambda a, b: a - b)

    def __rsub__(self, other: object) -> Ball:
        return self._calculated(other, lambda a, b: a - b, turned=True)

    def __mul__(self, other: object) -> Ball:
        return self._calculated(other, lambda a, b: a * b)

    def __truediv__(self, other: object) -> Ball:
        if Ball.of(other) == 0:
            raise ZeroDivisionError("division by zero")
        return self._calculated(other, lambda a, b: a / b)

    def __rtruediv__(self, other: object) -> Ball:
        return Ball.of(other) / self

    def __pow__(self, other: object) -> Ball:
        simple = exponent(other) if isinstance(other, float) else None  # as in proofs: 1/3 in floating point is a third
        power = Ball.of(other if simple is None else simple)
        n = power.exact
        if n is not None and n.denominator == 1:
            if self.exact is not None and abs(n) <= _LARGEST:
                return Ball(exact=self.exact ** int(n))  # 0 to a negative power divides by zero, as numbers do
            return Ball(self.value ** int(n)) if n >= 0 else 1 / Ball(self.value ** int(-n))
        if self == 0:
            if power == 0:
                return Ball.of(1)
            return self if power > 0 else 1 / self
        if self < 0:
            raise ValueError(f"a negative number has no power {power}")
        root = _root(self.exact, n)
        return Ball(self.value**power.value) if root is None else Ball(exact=root)

    def __rpow__(self, other: object) -> Ball:
        return Ball.of(other) ** self

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Ball:
        return Ball(-self.value) if self.exact is None else Ball(exact=-self.exact)

    def __abs__(self) -> Ball:
        return Ball(abs(self.value)) if self.exact is None else Ball(exact=abs(self.exact))

    def transcendental(self, name: Literal["exp", "log"]) -> Ball:
        """Exp or log of this; :func:`alliances.arithmetic.exp` calls it."""
        if name == "log" and self <= 0:
            raise ValueError(f"the logarithm needs a positive number; got {self}")
        if self.exact is not None and self.exact == (0 if name == "exp" else 1):
            return Ball.of(1 - self.exact)
        return Ball(getattr(self.value, name)())

    def _compare(self, other: object, holds: Callable[[Any, Any], bool], fails: Callable[[Any, Any], bool]) -> bool:
        if isinstance(other, (float, np.floating)) and np.isinf(other):  # every number lies between the infinities
            return holds(0, other)
        number = Ball.of(other)
        if self.exact is not None and number.exact is not None:
            return holds(self.exact, number.exact)
        a, b = self.value, number.value
        if holds(a, b):
            return True
        if fails(a, b):
            return False
        raise Undecided(f"{a} and {b} overlap")

    def __lt__(self, other: object) -> bool:
        return other is not self and self._compare(other, lambda a, b: a < b, lambda a, b: a >= b)

    def __le__(self, other: object) -> bool:
        return other is self or self._compare(other, lambda a, b: a <= b, lambda a, b: a > b)

    def __gt__(self, other: object) -> bool:
        return other is not self and self._compare(other, lambda a, b: a > b, lambda a, b: a <= b)

    def __ge__(self, other: object) -> bool:
        return other is self or self._compare(other, lambda a, b: a >= b, lambda a, b: a < b)

    def __eq__(self, other: object) -> bool:
        return other is self or self._compare(other, lambda a, b: a == b, lambda a, b: not a.overlaps(b))

    def __bool__(self) -> bool:
        return self != 0

    __hash__ = Formal.__hash__

    def __repr__(self) -> str:
        return f"Ball({self.value if self.exact is None else self.exact})"


def _root(base: Fraction | None, exponent: Fraction | None) -> Fraction | None:
    """``base`` to a fractional power, where that is rational and found at once."""
    if base is None or exponent is None or exponent.denominator > 64 or abs(exponent.numerator) > _LARGEST:
        return None
    from flint import fmpz

    parts = [int(fmpz(n).root(exponent.denominator)) for n in (base.numerator, base.denominator)]
    root = Fraction(*parts)
    return root**exponent.numerator if root**exponent.denominator == base else None


@contextmanager
def precisely() -> Iterator[None]:
    """Enclosures of many digits, for a while."""
    from flint import ctx

    before, ctx.prec = ctx.prec, _PRECISION
    try:
        yield
    finally:
        ctx.prec = before
