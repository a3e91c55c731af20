"""Exponentials as polynomials with a bounded remainder, so that conditions on them are conditions on polynomials.

For every real u and n, exp(u) = 1 + u + … + uⁿ⁻¹/(n−1)! + ξ uⁿ/n! with ξ = n ∫₀¹ (1 − s)ⁿ⁻¹ exp(su) ds, which grows with u
and is 1 at u = 0 (Taylor's formula with the integral form of the remainder). Where u lies in [−a, b], ξ lies between its values
at −a and b. So this polynomial in u and an indeterminate ξ of bounded domain
takes the place of the exponential's indeterminate: what cannot be met
for any ξ cannot be met for the exponential. It is exact at u = 0, where the claims about contests hold with equality.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.domains import Interval
from alliances.arithmetic.quotients import Polynomial
from alliances.arithmetic.transcendentals import Transcendental
from alliances.claims.proofs.bernstein import constant_sign, form

__all__ = ["Expansion", "expansion"]

_REACH = (Fraction(0), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(4))  # bounds of u that are tried
_SERIES = 30  # terms for the remainder's bounds


@dataclass(frozen=True)
class Expansion:
    """Conditions without exponentials, with the domain of every indeterminate by its place, and what was done, in words."""

    conditions: list[Condition]
    domains: list[Interval]
    note: str


def expansion(algebra: Algebra, conditions: Sequence[Condition], order: int) -> Expansion | None:
    """The conditions with every exponential expanded to ``order``; None if something else is no quotient, or u is unbounded."""
    kept = [c for c in conditions if c.kind is not Kind.TRANSCENDENTAL]
    domains = list(algebra.domains.values())
    places = range(len(domains))
    for function in algebra.transcendentals:
        ends = _range(function, domains[: len(places)], places)
        if ends is None:
            return None
        low, high = ends
        domains.append(Interval(_remainder(order, low, upper=False), _remainder(order, high, upper=True), "neither"))
        numerator, denominator = _taylor(algebra, function, order)
        kept = [c._replace(polynomial=_put(algebra, c.polynomial, function.place, numerator, denominator)) for c in kept]
    return Expansion(kept, domains, f"exponentials as polynomials of degree {order} with a bounded remainder")


def _range(function: Transcendental, domains: Sequence[Interval], places: Sequence[int]) -> tuple[Fraction, Fraction] | None:
    """Bounds of the exponent, whose indeterminates have to be open parameters."""
    top, bottom = function.base.numerator, function.base.denominator
    if function.kind != "exp" or any(k not in places for p in (top, bottom) for k, e in enumerate(p.degrees()) if e > 0):
        return None

    def sign(polynomial: Polynomial) -> int | None:
        terms = {tuple(int(e) for e in powers): int(c) for powers, c in polynomial.to_dict().items()}
        return constant_sign(form(terms, places, domains))

    positive = sign(bottom)
    if not positive:
        return None
    top, bottom = top * positive, bottom * positive
    lows = [a for a in _REACH if sign(top * a.denominator + bottom * a.numerator) in (0, 1)]
    highs = [b for b in _REACH if sign(bottom * b.numerator - top * b.denominator) in (0, 1)]
    return (-lows[0], highs[0]) if lows and highs else None


def _remainder(order: int, u: Fraction, *, upper: bool) -> Fraction:
    """A bound of ξ = Σ n! uʲ/(n + j)! from above or below; 1 from above at u = 0, where ξ does not matter."""
    total, term = Fraction(0), Fraction(1)
    for j in range(_SERIES):
        total += term
        term = term * u / (order + j + 1)
    error = 2 * abs(term)  # the terms that follow are each less than half the one before
    value = total + error if upper else total - error
    scale = 10**6
    rounded = Fraction(math.ceil(value * scale) if upper else math.floor(value * scale), scale)
    return rounded if upper or u < 0 else rounded - Fraction(1, scale)


def _taylor(algebra: Algebra, function: Transcendental, order: int) -> tuple[Polynomial, Polynomial]:
    """Numerator and denominator of the polynomial in u and ξ, whose indeterminate is the exponential's own."""
    top, bottom = function.base.numerator, function.base.denominator
    xi = algebra.generators[function.place]
    numerator = top**order * xi
    for j in range(order):
        numerator = numerator + top**j * bottom ** (order - j) * (math.factorial(order) // math.factorial(j))
    return numerator, bottom**order * math.factorial(order)


def _put(algebra: Algebra, polynomial: Polynomial, place: int, numerator: Polynomial, denominator: Polynomial) -> Polynomial:
    """The polynomial with numerator/denominator for one indeterminate, times an even power of the denominator."""
    if polynomial.is_zero() or not polynomial.degrees()[place]:
        return polynomial
    parts: dict[int, dict[tuple[int, ...], int]] = {}
    for powers, c in polynomial.to_dict().items():
        e = int(powers[place])
        parts.setdefault(e, {})[(*powers[:place], 0, *powers[place + 1 :])] = int(c)
    degree = max(parts) + max(parts) % 2  # even, so that the factor is positive whatever the denominator's sign
    total = algebra.one * 0
    for e, terms in parts.items():
        total = total + algebra.context.from_dict(terms) * numerator**e * denominator ** (degree - e)
    return total
