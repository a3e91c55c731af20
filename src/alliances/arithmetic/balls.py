"""Payoff code that runs on intervals of numbers: whatever it answers is certain.

:class:`Ball` encloses a real number by FLINT's ball arithmetic (Johansson 2017, "Arb: efficient arbitrary-precision
midpoint-radius interval arithmetic", *IEEE Transactions on Computers* 66:1281-1292). A comparison that the enclosures
do not decide raises :class:`Undecided`: no verdict is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isinf
from numbers import Rational
from typing import TYPE_CHECKING, Any

from alliances.arithmetic.domains import decimal, exponent

if TYPE_CHECKING:
    pass

from alliances.arithmetic.types import Formal

__all__ = ["Ball", "Undecided", "precisely"]

_PRECISION = 256  # bits: a float has 53


class Undecided(ArithmeticError):
    """The enclosures of two numbers overlap, so that their order is not known."""


class Ball(Formal):
    """A number enclosed in an interval; see the module."""

    __slots__ = ("value",)
    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None

    def __init__(self, value: Any) -> None:
        self.value = value

    @classmethod
    def of(cls, number: object) -> Ball:
        """An exact number, or a float as the decimal that it is written as, as the smallest interval around it."""
        from flint import arb, fmpq

        if isinstance(number, Ball):
            return number
        if isinstance(number, (Rational, float)):
            if isinstance(number, float) and isinf(number):
                return cls(arb("inf") if number > 0 else arb("-inf"))
            exact = decimal(number)
            return cls(arb(fmpq(exact.numerator, exact.denominator)))
        raise TypeError(f"certify: the model's payoffs must be arithmetic in its arguments; got {number!r} among them")

    def __add__(self, other: object) -> Ball:
        return Ball(self.value + Ball.of(other).value)

    def __sub__(self, other: object) -> Ball:
        return Ball(self.value - Ball.of(other).value)

    def __rsub__(self, other: object) -> Ball:
        return Ball(Ball.of(other).value - self.value)

    def __mul__(self, other: object) -> Ball:
        return Ball(self.value * Ball.of(other).value)

    def __truediv__(self, other: object) -> Ball:
        return Ball(self.value / Ball.of(other).value)

    def __rtruediv__(self, other: object) -> Ball:
        return Ball(Ball.of(other).value / self.value)

    def __pow__(self, other: object) -> Ball:
        if isinstance(other, (Rational, float)):
            exact = exponent(other) or decimal(other)  # as in proofs: 1/3 in floating point is a third
            if exact.denominator == 1:
                return Ball(self.value ** int(exact))
            return Ball(self.value ** Ball.of(exact).value)
        return Ball(self.value ** Ball.of(other).value)

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Ball:
        return Ball(-self.value)

    def __abs__(self) -> Ball:
        return Ball(abs(self.value))

    def transcendental(self, name: str) -> Ball:
        """Exp or log of this; :func:`alliances.arithmetic.exp` calls it."""
        return Ball(getattr(self.value, name)())

    def _compare(self, other: object, holds: Callable[[Any, Any], bool], fails: Callable[[Any, Any], bool]) -> bool:
        a, b = self.value, Ball.of(other).value
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
        return other is self or self._compare(other, lambda a, b: a.is_exact() and a == b, lambda a, b: not a.overlaps(b))

    def __float__(self) -> float:
        raise TypeError("certify: the model must calculate with its arguments as they are; it asked for a float")

    def __repr__(self) -> str:
        return f"Ball({self.value})"


@contextmanager
def precisely() -> Iterator[None]:
    """Enclosures of many digits, for a while."""
    from flint import ctx

    before, ctx.prec = ctx.prec, _PRECISION
    try:
        yield
    finally:
        ctx.prec = before
