"""Indeterminates that stand for powers, exponentials and logarithms, and what is known of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, NamedTuple

from alliances.arithmetic.balls import Ball, precisely
from alliances.arithmetic.quotients import Function, Letters, Quotient, Relation

__all__ = ["Transcendental", "knowledge", "logarithm", "mentions", "same_exponent"]

_FINE = 10**25  # constants are known to so many parts
_WHOLE = 40  # whole powers of a number that are recognised
_POWER = 8  # integer powers up to this one bound a power
_DEGREE = 32  # of such powers, where they bound it from both sides: solvers take longer than they are worth beyond


class Transcendental(NamedTuple):
    """An indeterminate that stands for ``kind`` (base), or for base to the power ``exponent``."""

    place: int
    kind: Function
    base: Quotient
    exponent: Quotient | Fraction | None


def knowledge(
    algebra: Letters, function: Transcendental, w: Quotient, positive: bool
) -> Iterator[tuple[Quotient, Relation, str]]:
    """What is known of a transcendental, whose indeterminate is ``w``, as (quotient, relation to 0, words)."""
    base, one = function.base, algebra.number(1)
    value = base.constant()
    if value is not None and function.kind != "power":
        low, high = _bounds(function.kind, value)
        yield w - low, ">=", f"{function.kind}({value}) from below"
        yield high - w, ">=", f"{function.kind}({value}) from above"
        return
    below_one = algebra.signs((one - base).product) <= {0, 1}
    if function.kind == "exp":
        yield w, ">", "positive"
        yield w - 1 - base, ">=", "exp(u) >= 1 + u"
        yield 1 - w * (1 - base), ">=", "exp(u)(1 - u) <= 1"
        return
    if function.kind == "log":
        yield base - 1 - w, ">=", "log(u) <= u - 1"
        yield w * base - base + 1, ">=", "log(u) >= 1 - 1/u"
        return
    yield w, ">" if positive else ">=", "a power of a positive number"
    exponent = function.exponent
    if isinstance(exponent, Fraction):
        yield w**exponent.denominator - base**exponent.numerator, "==", f"u**({exponent})"
        return
    assert isinstance(exponent, Quotient)
    if below_one:
        if algebra.signs(exponent.product) <= {0, 1}:
            yield 1 - w, ">=", "u**m <= 1 for u <= 1 and m >= 0"
        at_least = 0  # the largest whole number that the exponent never falls below
        for n in range(1, _POWER + 1):
            signs = algebra.signs((exponent - n).product)
            if signs <= {0, 1}:
                at_least = n
            elif signs <= {0, -1}:
                yield w - base**n, ">=", f"u**m >= u**{n} for u <= 1 and m <= {n}"
                break
        if at_least:
            yield base**at_least - w, ">=", f"u**m <= u**{at_least} for u <= 1 and m >= {at_least}"
    if algebra.signs((exponent - 1).product) <= {0, 1}:
        yield w - 1 - exponent * (base - 1), ">=", "Bernoulli: u**m >= 1 + m(u - 1) for m >= 1"
    elif algebra.signs((exponent - 1).product) <= {0, -1} and algebra.signs(exponent.product) <= {0, 1}:
        yield 1 + exponent * (base - 1) - w, ">=", "Bernoulli: u**m <= 1 + m(u - 1) for 0 <= m <= 1"
    if not below_one:
        yield from _between(algebra, base, exponent, w, positive)


def _between(
    algebra: Letters, base: Quotient, exponent: Quotient, w: Quotient, positive: bool
) -> Iterator[tuple[Quotient, Relation, str]]:
    """A power of what may be below 1 or above lies between two whole powers, which are both 1 where the base is.

    Negative powers are multiplied by the base's, so that nothing is divided; a base of 0, which has none, then meets 0 >= 0.
    """
    whole = range(-_POWER, _POWER + 1)
    low = next((n for n in reversed(whole) if algebra.signs((exponent - n).product) <= {0, 1}), None)
    high = next((n for n in whole if algebra.signs((exponent - n).product) <= {0, -1}), None)
    degree = max((int(d) for p in (base.numerator, base.denominator) for d in p.degrees()), default=0)
    if low is None or high is None or degree * max(-low, high) > _DEGREE:
        return
    above_low, above_high = (w - base**n if n >= 0 else w * base**-n - 1 for n in (low, high))
    scale = base if low < 0 and not positive else algebra.number(1)
    yield -above_low * above_high * scale, ">=", f"u**m lies between u**{low} and u**{high} for {low} <= m <= {high}"


def _bounds(kind: Literal["exp", "log"], value: Fraction) -> tuple[Fraction, Fraction]:
    """Rational numbers between which a function of a number certainly lies, nearer to each other than floats."""
    with precisely():
        enclosure = Ball.of(value).transcendental(kind).value
        ends = [end.man_exp() for end in (enclosure.lower(), enclosure.upper())]
    low, high = (int(mantissa) * Fraction(2) ** int(exponent) * _FINE for mantissa, exponent in ends)
    return Fraction(math.floor(low), _FINE), Fraction(math.ceil(high), _FINE)


def mentions(function: Transcendental, k: int) -> bool:
    """Whether indeterminate ``k`` occurs in it."""
    parts = [function.base, *([function.exponent] if isinstance(function.exponent, Quotient) else [])]
    return any(p.degrees()[k] for q in parts for p in (q.numerator, q.denominator) if not p.is_zero())


def same_exponent(a: Quotient | Fraction | None, b: Quotient | Fraction | None) -> bool:
    """Whether two exponents are the same, numbers or quotients."""
    if isinstance(a, Quotient) and isinstance(b, Quotient):
        return a.identical(b)
    return not isinstance(a, Quotient) and not isinstance(b, Quotient) and a == b


def logarithm(value: Fraction | None, base: Fraction | None) -> Fraction | None:
    """The whole n with baseⁿ = value, if there is one of moderate size."""
    if value is None or base in (None, 0, 1) or value <= 0:
        return None
    assert base is not None
    return next((Fraction(n) for n in range(-_WHOLE, _WHOLE + 1) if base**n == value), None)
