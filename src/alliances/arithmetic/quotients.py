"""Quotients of polynomials as a number type that payoff code runs on; made by :mod:`alliances.arithmetic.algebra`."""

from __future__ import annotations

from fractions import Fraction
from math import isinf
from typing import Any, Literal, Protocol, TypeAlias

from alliances.arithmetic.domains import exponent
from alliances.arithmetic.types import Formal

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


class NotArithmetic(TypeError):
    """The model leaves arithmetic: it turns its input into floats, or calls a function that quotients do not have."""


class OutOfReach(RuntimeError):
    """What proofs do not reach: an enforcement concept that they do not know, or more cases than are worked through."""


class Undefined(ArithmeticError):
    """The model divides by zero in this case."""


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
    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None  # NumPy leaves arithmetic with its arrays to us, and we refuse it

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
        if b.is_zero():
            raise ZeroDivisionError("prove(): the model divides by zero")
        if self.algebra.running and self.algebra.holds(b, "=="):  # a case of its own
            raise Undefined("division by zero")
        return self.over(b)

    def over(self, b: Quotient) -> Quotient:
        """The quotient by ``b``, wherever ``b`` is not 0."""
        return Quotient(self.algebra, self.numerator * b.denominator, self.denominator * b.numerator)

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Quotient:
        return Quotient(self.algebra, -self.numerator, self.denominator)

    def __pos__(self) -> Quotient:
        return self

    def __sub__(self, other: object) -> Quotient:
        return self + -self.algebra.number(other)

    def __rsub__(self, other: object) -> Quotient:
        return self.algebra.number(other) + -self

    def __rtruediv__(self, other: object) -> Quotient:
        return self.algebra.number(other) / self

    def __pow__(self, other: object) -> Quotient:
        simple = exponent(other) if isinstance(other, float) else None
        if isinstance(other, float) and simple is None:
            raise NotArithmetic(
                f"prove(): an exponent must be a simple fraction; write Fraction(1, 3), not its decimals; got {other!r}"
            )
        power = self.algebra.number(other if simple is None else simple)
        value = power.constant()
        if value is None:
            return self.algebra.transcendental("power", self, power)
        self._check_degree(value)
        if value.denominator > 1:
            root = self._root(value.denominator) or self.algebra.transcendental("power", self, Fraction(1, value.denominator))
            return root**value.numerator
        n = int(value)
        result = Quotient(self.algebra, self.numerator ** abs(n), self.denominator ** abs(n))
        return 1 / result if n < 0 else result

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
        return self.algebra.transcendental(name, self)

    def __abs__(self) -> Quotient:
        return self if self >= 0 else -self

    def __lt__(self, other: object) -> bool:
        if isinstance(other, float) and isinf(other):
            return (other > 0) is True
        return self.algebra.holds(self - other, "<")

    def __le__(self, other: object) -> bool:
        if isinstance(other, float) and isinf(other):
            return (other > 0) is True
        return self.algebra.holds(self - other, "<=")

    def __gt__(self, other: object) -> bool:
        if isinstance(other, float) and isinf(other):
            return (other > 0) is False
        return self.algebra.holds(self - other, ">")

    def __ge__(self, other: object) -> bool:
        if isinstance(other, float) and isinf(other):
            return (other > 0) is False
        return self.algebra.holds(self - other, ">=")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, float) and isinf(other):
            return False
        return self.algebra.holds(self - other, "==")

    def __bool__(self) -> bool:
        return self.algebra.holds(self, "!=")

    def __float__(self) -> float:
        raise NotArithmetic("prove(): the model must calculate with its arguments as they are; it asked for a float")

    __int__ = __float__
    __index__ = __float__

    def __repr__(self) -> str:
        return f"({self.numerator})/({self.denominator})"
