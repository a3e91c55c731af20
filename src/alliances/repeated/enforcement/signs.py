"""Signs of SymPy's expressions along the gap: which are known, and what conditions are left.

An expression is factored. A factor has a known sign if SymPy's assumptions say so, or if it is a polynomial in the gap γ alone
without a root in the stretch that is looked at. What is left of a condition "at least 0" are the factors of unknown sign.
"""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any, NamedTuple

__all__ = ["Domain", "Formula", "at_least", "exact", "rational", "sign", "stretches", "within", "within_stretches"]

Formula = Any
"""An expression or a condition of SymPy."""


class Domain(NamedTuple):
    """Where formulas are wanted: the symbol of the gap with the open stretch that it lies in; None for symbols of the user."""

    gap: Formula
    low: Formula
    high: Formula


def exact(expression: Formula) -> Formula:
    """The expression with every float as the decimal number that it is written as."""
    import sympy

    return expression.xreplace({x: sympy.Rational(repr(float(x))) for x in expression.atoms(sympy.Float)})


def within(difference: Formula, positive: bool, domain: Domain) -> Domain:
    """The part of the stretch where a difference that is linear in the gap has that sign."""
    import sympy

    if domain.gap is None or difference.free_symbols != {domain.gap}:
        return domain
    polynomial = sympy.Poly(difference, domain.gap) if difference.is_polynomial(domain.gap) else None
    if polynomial is None or polynomial.degree() != 1:
        return domain
    slope, intercept = polynomial.all_coeffs()
    root = -intercept / slope
    if not domain.low < root < domain.high:
        return domain
    above = (slope > 0) == positive
    return domain._replace(low=root) if above else domain._replace(high=root)


def sign(expression: Formula, domain: Domain) -> int | None:
    """The sign that an expression has everywhere but at single points; None if it has no such sign, or none that is found."""
    total, rest = _signed_factors(expression, domain)
    return total if not rest else None


def at_least(expression: Formula, domain: Domain) -> Formula:
    """That an expression is at least 0, reduced to the factors whose sign is not known."""
    import sympy

    total, rest = _signed_factors(expression, domain)
    if not rest:
        return sympy.true if total >= 0 else sympy.false
    reduced = sympy.Mul(*rest)
    return sympy.expand(reduced) >= 0 if total > 0 else sympy.expand(-reduced) >= 0


@functools.lru_cache(maxsize=4096)
def _signed_factors(expression: Formula, domain: Domain) -> tuple[int, list[Formula]]:
    """The product of the signs that are known, and the other factors of odd multiplicity; (0, []) for zero."""
    import sympy

    numerator, denominator = sympy.fraction(sympy.together(expression))
    numerator = sympy.factor(numerator)
    if numerator == 0:
        return 0, []
    total, rest = 1, []
    for factor in sympy.Mul.make_args(numerator * sympy.factor(denominator)):
        base, exponent = factor.as_base_exp()
        if not exponent.is_Integer:
            base = factor
        elif exponent % 2 == 0:
            continue
        known = _sign_of_factor(base, domain)
        if known is None:
            rest.append(base)
        else:
            total *= known
    return total, rest


@functools.lru_cache(maxsize=4096)
def _sign_of_factor(base: Formula, domain: Domain) -> int | None:
    import sympy

    if base.is_positive:
        return 1
    if base.is_negative:
        return -1
    gap, low, high = domain
    if gap is None or gap not in base.free_symbols:
        return None
    if (polynomial := _polynomial(base, gap)) is not None:
        for end in (low, high):
            while polynomial.eval(end) == 0:
                polynomial = polynomial.quo(sympy.Poly(gap - end, gap))
        if polynomial.count_roots(low, high):
            return None
        return 1 if base.subs(gap, (low + high) / 2) > 0 else -1
    return None


def stretches(condition: Formula, domain: Domain) -> tuple[tuple[Formula, Formula], ...] | None:
    """The stretches of gaps where a condition on the gap alone holds, with exact ends; None if it is no such condition."""
    import sympy

    gap, low, high = domain
    if gap is None or condition.free_symbols - {gap}:
        return None
    comparisons = condition.atoms(sympy.core.relational.Relational)
    polynomials = [_polynomial(r.lhs - r.rhs, gap) for r in comparisons]
    if any(polynomial is None for polynomial in polynomials):
        return None
    roots = {x for polynomial in polynomials for x in sympy.real_roots(polynomial) if low < x < high}
    points = [low, *sorted(roots), high]
    found: list[tuple[Formula, Formula]] = []
    for a, b in pairwise(points):
        middle = sympy.Rational(str((sympy.N(a, 30) + sympy.N(b, 30)) / 2))
        if condition.subs(gap, middle) == sympy.true:
            found.append((found.pop()[0] if found and found[-1][1] == a else a, b))
    return tuple(found)


def within_stretches(found: tuple[tuple[Formula, Formula], ...], gap: Formula) -> Formula:
    """That the gap, which lies between -1 and 1 anyway, is in one of the stretches."""
    import sympy

    return sympy.Or(*(sympy.And(*([gap >= a] if a > -1 else []), *([gap <= b] if b < 1 else [])) for a, b in found))


def _polynomial(expression: Formula, gap: Formula) -> Formula | None:
    """An expression as a polynomial in the gap with rational coefficients; None if it is none."""
    import sympy

    if expression.free_symbols != {gap} or not expression.is_polynomial(gap):
        return None
    polynomial = sympy.Poly(expression, gap)
    return polynomial if polynomial.domain.is_ZZ or polynomial.domain.is_QQ else None


def rational(expression: Formula, gap: Formula) -> bool:
    """Whether an expression is a rational function of the gap alone, or a choice between such functions."""
    import sympy

    functions = {x for x in expression.atoms(sympy.Function) if not isinstance(x, sympy.Piecewise)}
    powers = all(x.exp.is_Integer for x in expression.atoms(sympy.Pow) if x.free_symbols)
    return expression.free_symbols <= {gap} and powers and not functions
