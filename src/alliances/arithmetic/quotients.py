"""Quotients of polynomials as a number type that payoff code runs on; made by :mod:`alliances.arithmetic.algebra`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from alliances.arithmetic.domains import exponent
from alliances.arithmetic.formal import Formal, NotArithmetic

__all__ = [
    "Function",
    "Letters",
    "NotArithmetic",
    "OutOfReach",
    "Polynomial",
    "Quotient",
    "Relation",
    "Undefined",
    "factored",
]

Polynomial = Any
"""A polynomial with integer coefficients: flint.fmpz_mpoly."""

Relation: TypeAlias = Literal[">", ">=", "<", "<=", "==", "!="]
"""How something compares with 0."""

Function: TypeAlias = Literal["power", "exp", "log"]
"""What is no quotient of polynomials."""


_DEGREE = 128
"""Of powers in a model."""


class OutOfReach(RuntimeError):
    """What proofs do not reach: an enforcement concept that they do not know, or more cases than are worked through."""


class Undefined(ZeroDivisionError):
    """The model divides by zero in this case, or refuses its parameters: there are no payoffs. What a model that catches the
    error of a division does with numbers, it does in this case too.
    """


def factored(polynomial: Polynomial) -> tuple[int, list[tuple[Polynomial, int]]]:
    """The content and the factors with their multiplicities; the polynomial as it is where FLINT's numbers are too large."""
    try:
        content, factors = polynomial.factor()
    except OverflowError:
        return 1, [(polynomial, 1)]
    return int(content), [(factor, int(e)) for factor, e in factors]


class Letters(Protocol):
    """What a quotient asks of its algebra: constants, transcendentals, signs, derivatives and the cases of a run."""

    @property
    def one(self) -> Polynomial:
        """The polynomial 1."""
        ...

    @property
    def running(self) -> bool:
        """Whether payoff code is running, so that a division by zero is a case of its own."""
        ...

    def number(self, value: object) -> Quotient:
        """A number as a constant quotient."""
        ...

    def transcendental(self, kind: Function, base: Quotient, exponent: Quotient | Fraction | None = None) -> Quotient:
        """The indeterminate that stands for a power, an exponential or a logarithm."""
        ...

    def holds(self, quotient: Quotient, relation: Relation) -> bool:
        """Whether the quotient compares with 0 as the relation says, in this case of the run."""
        ...

    def signs(self, polynomial: Polynomial) -> frozenset[int]:
        """The signs that a polynomial may have."""
        ...

    def derivative_of(self, polynomial: Polynomial) -> Quotient:
        """The derivative along the moving indeterminate."""
        ...


class Quotient(Formal):
    """A quotient of polynomials; see the module. Built by :class:`Algebra`, never by hand."""

    __slots__ = ("algebra", "denominator", "numerator")

    def __init__(self, algebra: Letters, numerator: Polynomial, denominator: Polynomial) -> None:
        common = numerator.gcd(denominator)
        self.algebra = algebra
        self.numerator = numerator / common
        self.denominator = denominator / common

    @property
    def product(self) -> Polynomial:
        """Numerator times denominator: a polynomial with the quotient's sign."""
        return self.numerator * self.denominator

    @property
    def top(self) -> Quotient:
        """The numerator, as a quotient."""
        return Quotient(self.algebra, self.numerator, self.algebra.one)

    @property
    def bottom(self) -> Quotient:
        """The denominator, as a quotient."""
        return Quotient(self.algebra, self.denominator, self.algebra.one)

    def identical(self, other: Quotient) -> bool:
        """Whether the two are the same function."""
        if self.numerator == other.numerator and self.denominator == other.denominator:
            return True
        return bool((self.numerator * other.denominator - other.numerator * self.denominator).is_zero())

    def is_zero(self) -> bool:
        """Whether it is 0 everywhere."""
        return bool(self.numerator.is_zero())

    def constant(self) -> Fraction | None:
        """The number that this is, or None if it depends on an indeterminate."""
        if self.numerator.is_constant() and self.denominator.is_constant():
            top, bottom = (int(p.leading_coefficient()) if not p.is_zero() else 0 for p in (self.numerator, self.denominator))
            return Fraction(top, bottom)
        return None

    def derivative(self) -> Quotient:
        """The derivative along the moving indeterminate."""
        d = self.algebra.derivative_of
        return (d(self.numerator) - self * d(self.denominator)).over(self.bottom)

    def __add__(self, other: object) -> Quotient:
        b = self.algebra.number(other)
        top = self.numerator * b.denominator + b.numerator * self.denominator
        return Quotient(self.algebra, top, self.denominator * b.denominator)

    def __mul__(self, other: object) -> Quotient:
        b = self.algebra.number(other)
        return Quotient(self.algebra, self.numerator * b.numerator, self.denominator * b.denominator)

    def __truediv__(self, other: object) -> Quotient:
        b = self.algebra.number(other)
        if b.is_zero() or (self.algebra.running and self.algebra.holds(b, "==")):  # a case of its own
            raise Undefined("division by zero")
        return self.over(b)

    def over(self, b: Quotient) -> Quotient:
        """The quotient by ``b``, wherever ``b`` is not 0."""
        return Quotient(self.algebra, self.numerator * b.denominator, self.denominator * b.numerator)

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Quotient:
        return Quotient(self.algebra, -self.numerator, self.denominator)

    def __sub__(self, other: object) -> Quotient:
        return self + -self.algebra.number(other)

    def __rsub__(self, other: object) -> Quotient:
        return self.algebra.number(other) + -self

    def __rtruediv__(self, other: object) -> Quotient:
        return self.algebra.number(other) / self

    def __pow__(self, other: object) -> Quotient:
        if isinstance(other, np.floating):  # of any width: the decimal that it is written as
            other = float(str(other))
        simple = exponent(other) if isinstance(other, float) else None
        if isinstance(other, float) and simple is None:
            raise NotArithmetic(
                f"prove(): an exponent must be a simple fraction; write Fraction(1, 3), not its decimals; got {other!r}"
            )
        power = self.algebra.number(other if simple is None else simple)
        value = power.constant()
        if value is None:
            of_zero = self._power_of_zero(power)
            return self.algebra.transcendental("power", self, power) if of_zero is None else of_zero
        self._check_degree(value)
        if value.denominator > 1:
            root = self._root(value.denominator)
            if root is None:
                root = self.algebra.transcendental("power", self, Fraction(1, value.denominator))
            return root**value.numerator
        n = int(value)
        if n < 0:
            return 1 / self**-n
        return Quotient(self.algebra, self.numerator**n, self.denominator**n)

    def _power_of_zero(self, exponent: Quotient) -> Quotient | None:
        """What 0 to an open exponent is, where this is 0; None where it is not, or where the power of 0 is 0 in any case.

        While payoff code runs, a base that may be 0 under an exponent that may be 0 or less is a case of its own.
        """
        algebra = self.algebra
        if not self.is_zero():
            certain = 0 not in algebra.signs(self.product) or algebra.signs(exponent.product) == {1}
            if certain or not algebra.running or not algebra.holds(self, "=="):
                return None
        if algebra.holds(exponent, ">"):
            return algebra.number(0)
        return algebra.number(1) if algebra.holds(exponent, "==") else 1 / algebra.number(0)

    def _check_degree(self, power: Fraction) -> None:
        """Refuse powers of a degree at which factors and roots take minutes, and nothing can interrupt them."""
        own = max((int(d) for p in (self.numerator, self.denominator) for d in p.degrees()), default=1)
        if abs(power.numerator) * max(own, 1) > _DEGREE or power.denominator > _DEGREE // 2:
            raise OutOfReach(f"proofs take powers up to degree {_DEGREE} and roots up to {_DEGREE // 2}; got a power {power}")

    def _root(self, degree: int) -> Quotient | None:
        """The root that is a quotient of polynomials, if there is one and its indeterminates cannot be negative."""
        parts = []
        for polynomial in (self.numerator, self.denominator):
            content, factors = factored(polynomial)
            whole = round(abs(content) ** (1 / degree))
            if whole**degree != content or any(e % degree or not self.algebra.signs(f) <= {0, 1} for f, e in factors):
                return None
            root = self.algebra.one * whole
            for factor, e in factors:
                root = root * factor ** (e // degree)
            parts.append(root)
        return Quotient(self.algebra, parts[0], parts[1])

    def __rpow__(self, other: object) -> Quotient:
        return self.algebra.number(other) ** self

    def transcendental(self, name: Literal["exp", "log"]) -> Quotient:
        """Exp or log of this; :func:`alliances.arithmetic.exp` calls it."""
        if name == "log" and self.algebra.running and self.algebra.holds(self, "=="):
            raise ValueError("the logarithm of 0")
        return self.algebra.transcendental(name, self)

    def __abs__(self) -> Quotient:
        return self if self >= 0 else -self

    def _compares(self, other: object, relation: Relation) -> bool:
        if isinstance(other, (float, np.floating)) and np.isinf(other):  # every number lies between the infinities
            return relation == "!=" or relation.startswith("<" if other > 0 else ">")
        return self.algebra.holds(self - other, relation)

    def __lt__(self, other: object) -> bool:
        return self._compares(other, "<")

    def __le__(self, other: object) -> bool:
        return self._compares(other, "<=")

    def __gt__(self, other: object) -> bool:
        return self._compares(other, ">")

    def __ge__(self, other: object) -> bool:
        return self._compares(other, ">=")

    def __eq__(self, other: object) -> bool:
        return self._compares(other, "==")

    def __bool__(self) -> bool:
        return self.algebra.holds(self, "!=")

    __hash__ = Formal.__hash__

    def __repr__(self) -> str:
        return f"({self.numerator})/({self.denominator})"
