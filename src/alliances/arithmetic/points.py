"""Quotients of polynomials at points: exactly, or enclosed where powers, exponentials and logarithms take part."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from alliances.arithmetic.algebra import Algebra, Condition
from alliances.arithmetic.balls import Ball, Undecided
from alliances.arithmetic.conditions import SIGNS
from alliances.arithmetic.quotients import Polynomial, Quotient

__all__ = ["Point", "Points"]


class _Terms(NamedTuple):
    """A polynomial taken apart: which indeterminates occur in it, and its terms (coefficient, (place, exponent) of each)."""

    polynomial: Polynomial
    used: tuple[int, ...]
    terms: tuple[tuple[Any, tuple[tuple[int, int], ...]], ...]


class Points:
    """The points of an algebra's indeterminates; polynomials are taken apart once, and evaluated at many."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self._taken_apart: dict[int, _Terms] = {}

    def at(self, values: Mapping[str, Fraction]) -> Point:
        """The point with these values, by the indeterminates' names."""
        return Point(self, values)

    def terms(self, polynomial: Polynomial) -> _Terms:
        """The polynomial, taken apart."""
        known = self._taken_apart.get(id(polynomial))
        if known is None:
            terms = tuple(
                (c, tuple((k, int(e)) for k, e in enumerate(powers) if e)) for powers, c in polynomial.to_dict().items()
            )
            used = tuple(sorted({k for _, powers in terms for k, _ in powers}))
            known = self._taken_apart[id(polynomial)] = _Terms(polynomial, used, terms)  # which keeps the id taken
        return known


class Point:
    """Rational values of an algebra's indeterminates, and what follows for its polynomials; made by :meth:`Points.at`."""

    def __init__(self, points: Points, values: Mapping[str, Fraction]) -> None:
        self.points, self.values = points, values
        self._exact = [_rational(values[name]) for name in points.algebra.domains]

    @cached_property
    def _enclosed(self) -> list[Any]:
        """Enclosures of all indeterminates, then of the transcendentals; None where one has no value, or none that is known."""
        from flint import arb

        enclosures: list[Any] = [arb(value) for value in self._exact]
        for function in self.points.algebra.transcendentals:
            try:
                base = self._ball(function.base, enclosures)
                if function.kind == "power":
                    exponent = function.exponent
                    value = base ** (self._ball(exponent, enclosures) if isinstance(exponent, Quotient) else exponent)
                else:
                    value = base.transcendental(function.kind)
                enclosures.append(value.value)
            except (Undecided, ZeroDivisionError, ValueError):
                enclosures.append(None)
        return enclosures

    def _ball(self, quotient: Quotient, enclosures: list[Any] | None = None) -> Ball:
        top, bottom = (self._sum(p, enclosures) for p in (quotient.numerator, quotient.denominator))
        return _as_ball(top) / _as_ball(bottom)

    def _sum(self, polynomial: Polynomial, enclosures: list[Any] | None = None) -> Any:
        """The polynomial's value: FLINT's rational number where no transcendental takes part, otherwise an enclosure."""
        _, used, terms = self.points.terms(polynomial)
        values = self._exact
        if used and used[-1] >= len(values):
            values = self._enclosed if enclosures is None else enclosures
            if any(values[k] is None for k in used):
                raise Undecided("a function has no value here")
        total = _rational(Fraction(0))
        for term, powers in terms:
            for k, e in powers:
                term = values[k] ** e * term
            total = term + total
        return total

    def value(self, quotient: Quotient) -> Ball:
        """The quotient's value.

        Raises
        ------
        Undecided, ZeroDivisionError
            If it is not known, or there is none.
        """
        return self._ball(quotient)

    def holds(self, condition: Condition) -> bool:
        """Whether the condition holds.

        Raises
        ------
        Undecided
            If the enclosures do not tell.
        """
        value = self._sum(condition.polynomial)
        zero = bool(value == 0)  # an enclosure of 0 and other numbers is neither, nor certainly different
        sign = 1 if value > 0 else -1 if value < 0 else 0
        if sign == 0 and not zero:
            possible = {sign for sign, excluded in ((1, value <= 0), (-1, value >= 0), (0, False)) if not excluded}
            if possible <= SIGNS[condition.relation]:
                return True
            if possible & SIGNS[condition.relation]:
                raise Undecided("the enclosure does not tell")
            return False
        return sign in SIGNS[condition.relation]


def _as_ball(value: Any) -> Ball:
    from flint import fmpq

    return Ball(exact=Fraction(int(value.p), int(value.q))) if isinstance(value, fmpq) else Ball(value)


def _rational(x: Fraction) -> Any:
    """FLINT's rational number, which calculates faster."""
    from flint import fmpq

    return fmpq(x.numerator, x.denominator)
