"""Exclude polynomial conditions box by box, in certain arithmetic: a second way to proofs, and the way for powers.

A box of indeterminates is excluded if on it, by FLINT's ball arithmetic, one of the conditions certainly fails. Boxes that are
not are halved, the widest side first (branch and bound; Moore 1966, *Interval Analysis*). Powers and exponentials
are enclosed by the functions themselves. Polynomials are enclosed by their values at the box's centre and their
slopes over the box (the mean-value form), and by their terms; the narrower counts. What remains when boxes get too
small or too many is open: conditions that hold with equality at an edge of the domain can never be excluded by
boxes that touch it.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.conditions import SIGNS
from alliances.arithmetic.quotients import Relation, factored
from alliances.arithmetic.transcendentals import Transcendental

__all__ = ["Boxes", "Exclusion", "exclude"]

_NARROWEST = 2.0**-18  # of a side: narrower boxes are given up
_EVERY = 64  # boxes between two looks at the clock
_BUILT_IN = (Kind.DOMAIN, Kind.TRANSCENDENTAL)  # boxes lie in the domain, and enclose the functions themselves

Box: TypeAlias = tuple[tuple[Fraction, Fraction], ...]
Monomials: TypeAlias = list[tuple[int, list[tuple[int, int]]]]
"""A polynomial as its terms: (coefficient, (place, exponent) of each indeterminate in it)."""
Exclusion: TypeAlias = Literal["excluded", "met", "open"]
"""What became of conditions that would break a claim: they cannot be met, are met by numbers, or neither is known."""


@dataclass(frozen=True)
class Boxes:
    """What became of a search by boxes.

    Attributes
    ----------
    status
        See :data:`Exclusion`; "met" at ``values``, for sure.
    values
        The indeterminates' values.
    boxes
        How many were looked at.
    reason
        Why it is open.
    cut
        Whether it is open because the search was cut short: more boxes may decide it.
    """

    status: Exclusion
    values: dict[str, Fraction]
    boxes: int
    reason: str = ""
    cut: bool = False


def exclude(algebra: Algebra, conditions: Sequence[Condition], most: int, deadline: float = math.inf) -> Boxes:
    """Whether ``conditions`` hold nowhere on the domain, which must be bounded; ``most`` boxes are looked at.

    The count, not the clock, ends a search, so that its outcome does not depend on how busy the machine is; ``deadline`` (by
    ``time.perf_counter``) only stops what the caller has no time for.
    """
    from flint import arb, ctx

    names = tuple(algebra.domains)
    domain: Box = tuple((Fraction(d.low), Fraction(d.high)) for d in algebra.domains.values())  # type: ignore[arg-type]
    tests = [_Test(algebra, c, len(names)) for c in conditions if c.kind not in _BUILT_IN]
    count = 0
    before, ctx.prec = ctx.prec, 64
    queue: list[tuple[float, int, Box]] = [(-1.0, 0, domain)]
    widths = [float(high - low) for low, high in domain]

    def to_arb(low: Fraction, high: Fraction) -> Any:
        a, b = (arb(x.numerator) / arb(x.denominator) for x in (low, high))
        return a.union(b)

    try:
        while queue:
            if count == most or (count % _EVERY == 0 and time.perf_counter() > deadline):
                return Boxes("open", {}, count, f"{len(queue)} boxes are left after {count}", cut=True)
            size, _, box = heapq.heappop(queue)
            count += 1
            middle = [(low + high) / 2 for low, high in box]
            letters = _with_transcendentals(algebra, [to_arb(low, high) for low, high in box])
            centre = _with_transcendentals(algebra, [to_arb(m, m) for m in middle])
            if letters is None or centre is None:
                certain: list[bool | None] = [None]
            else:
                offsets = [x - m for x, m in zip(letters[: len(names)], centre, strict=False)]
                certain = [test.verdict(letters, centre, offsets) for test in tests]
            if any(verdict is False for verdict in certain):
                continue
            inside = all(value in d for value, d in zip(middle, algebra.domains.values(), strict=True))
            if centre is not None and inside and all(test.at(centre) for test in tests):
                return Boxes("met", dict(zip(names, middle, strict=True)), count)
            if -size < _NARROWEST:
                return Boxes("open", {}, count, f"boxes of {-size:.1g} of the domain do not decide")
            sides = [float(high - low) / width for (low, high), width in zip(box, widths, strict=True)]
            k = max(range(len(sides)), key=sides.__getitem__)
            low, high = box[k]
            for part in ((low, middle[k]), (middle[k], high)):
                half = (*box[:k], part, *box[k + 1 :])
                sides[k] = float(part[1] - part[0]) / widths[k]
                heapq.heappush(queue, (-max(sides), count * 2 + (part[0] != low), half))
        return Boxes("excluded", {}, count)
    finally:
        ctx.prec = before


def _with_transcendentals(algebra: Algebra, letters: list[Any]) -> list[Any] | None:
    """Enclosures of the indeterminates and transcendentals; None where one has none (a division by an interval around 0)."""
    values = list(letters)
    for function in algebra.transcendentals:
        value = _enclosed(function, values)
        if not value.is_finite():
            return None
        values.append(value)
    return values


def _enclosed(function: Transcendental, values: Sequence[Any]) -> Any:
    base = _value(function.base, values)
    if function.kind in ("exp", "log"):
        return getattr(base, function.kind)()
    if isinstance(function.exponent, Fraction):
        return (
            base.root(function.exponent.denominator)
            if function.exponent.numerator == 1
            else base ** _quotient(function.exponent)
        )
    assert function.exponent is not None
    return base ** _value(function.exponent, values)


def _quotient(x: Fraction) -> Any:
    from flint import arb

    return arb(x.numerator) / arb(x.denominator)


def _value(quotient: Any, values: Sequence[Any]) -> Any:
    return _evaluate(_terms(quotient.numerator), values) / _evaluate(_terms(quotient.denominator), values)


def _terms(polynomial: Any) -> Monomials:
    return [(int(c), [(k, int(e)) for k, e in enumerate(powers) if e]) for powers, c in polynomial.to_dict().items()]


def _evaluate(terms: Monomials, values: Sequence[Any]) -> Any:
    from flint import arb

    total = arb(0)
    for coefficient, powers in terms:
        term = arb(coefficient)
        for k, e in powers:
            term *= values[k] ** e
        total += term
    return total


class _Test:
    """One condition, as the factors of its polynomial, each with its slopes along the indeterminates."""

    def __init__(self, algebra: Algebra, condition: Condition, letters: int) -> None:
        content, factors = factored(condition.polynomial)
        self.sign = 1 if content > 0 else -1
        self.relation = condition.relation
        self.zero = bool(condition.polynomial.is_zero())
        self.factors = [(_terms(f), [_slope(algebra, f, k) for k in range(letters)], e) for f, e in factors]

    def verdict(self, letters: Sequence[Any], centre: Sequence[Any], offsets: Sequence[Any]) -> bool | None:
        """True if the condition certainly holds on the box, False if it certainly fails, None if that is not known."""
        if self.zero:
            return self.relation in (">=", "<=", "==")
        low = high = self.sign
        for terms, slopes, e in self.factors:
            value = _evaluate(terms, letters)
            if value.contains(0):
                better = _evaluate(terms, centre)
                for slope, offset in zip(slopes, offsets, strict=True):
                    better += slope(letters) * offset
                if better.is_finite() and not better.contains(0):
                    value = better
            if value > 0:
                signs = (1, 1)
            elif value < 0:
                signs = (1, 1) if e % 2 == 0 else (-1, -1)
            elif e % 2 == 0:
                signs = (0, 1)
            else:
                signs = (0 if value >= 0 else -1, 0 if value <= 0 else 1)
            products = [a * b for a in (low, high) for b in signs]
            low, high = min(products), max(products)
        return _decided(self.relation, low, high)

    def at(self, centre: Sequence[Any]) -> bool:
        """Whether the condition certainly holds at a point."""
        none = [centre[0] - centre[0]] * (len(self.factors[0][1]) if self.factors else 0)
        return self.verdict(centre, centre, none) is True


Rate = Callable[[Sequence[Any]], Any]


def _slope(algebra: Algebra, polynomial: Any, k: int) -> Rate:
    """The derivative of a polynomial along indeterminate k, also through its transcendentals, as a function of enclosures."""
    direct = _terms(polynomial.derivative(k))
    through = []
    for function in algebra.transcendentals:
        partial = polynomial.derivative(function.place)
        if not partial.is_zero():
            through.append((_terms(partial), _transcendental_slope(algebra, function, k)))

    def slope(values: Sequence[Any]) -> Any:
        total = _evaluate(direct, values)
        for outer, inner in through:
            total += _evaluate(outer, values) * inner(values)
        return total

    return slope


def _quotient_slope(algebra: Algebra, quotient: Any, k: int) -> Rate:
    """The derivative of a quotient of polynomials along indeterminate k."""
    slope_top, slope_bottom = (_slope(algebra, part, k) for part in (quotient.numerator, quotient.denominator))
    bottom = _terms(quotient.denominator)

    def slope(values: Sequence[Any]) -> Any:
        return (slope_top(values) - _value(quotient, values) * slope_bottom(values)) / _evaluate(bottom, values)

    return slope


def _transcendental_slope(algebra: Algebra, function: Transcendental, k: int) -> Rate:
    """The derivative of a transcendental along indeterminate k; its base and exponent may hold earlier ones."""
    exponent = function.exponent
    base_slope = _quotient_slope(algebra, function.base, k)
    change = None
    if exponent is not None and not isinstance(exponent, Fraction):
        parts, places = (exponent.numerator, exponent.denominator), (k, *(a.place for a in algebra.transcendentals))
        if any(part.degrees()[place] for part in parts for place in places):
            change = _quotient_slope(algebra, exponent, k)

    def slope(values: Sequence[Any]) -> Any:
        base, rate = _value(function.base, values), base_slope(values)
        if function.kind == "exp":
            return values[function.place] * rate
        if function.kind == "log":
            return rate / base
        power = _quotient(exponent) if isinstance(exponent, Fraction) else _value(exponent, values)
        result = values[function.place] * power * rate / base
        if change is not None:
            result += values[function.place] * base.log() * change(values)
        return result

    return slope


def _decided(relation: Relation, low: int, high: int) -> bool | None:
    """Whether a number whose sign lies between ``low`` and ``high`` meets the relation to 0."""
    possible = set(range(low, high + 1))
    wanted = SIGNS[relation]
    if possible <= wanted:
        return True
    return None if possible & wanted else False
