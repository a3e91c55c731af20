"""Points of the domain at which signs are known, so that conditions seen to hold together need no solver.

While a model's cases are listed, most questions are whether a comparison can still come out both ways. A few hundred points
answer most of them: "yes" where one point meets all conditions, clear of rounding. Such an answer proves nothing and is used
for nothing but to split a run in two; a case that is not there is excluded later, by proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.algebra import Algebra, Condition
from alliances.arithmetic.conditions import SIGNS, Kind
from alliances.arithmetic.domains import Interval
from alliances.arithmetic.quotients import Polynomial, Quotient

__all__ = ["Samples"]

_POINTS = 2000
_CLEAR = 1e-9  # of the sum of the terms' sizes: nearer to 0, the sign is not known
_UNKNOWN = 2


class Samples:
    """Points of an algebra's domain, with values of its transcendentals, and the signs of polynomials there."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.known = len(algebra.transcendentals)
        self.signs: dict[str, Array] = {}
        rng = np.random.default_rng(0)
        columns = [_spread(domain, rng) for domain in algebra.domains.values()]
        self.points = np.ones((_POINTS, len(algebra.letters)))
        for k, column in enumerate(columns):
            self.points[:, k] = column
        with np.errstate(all="ignore"):
            for function in algebra.transcendentals:
                base = self._quotient(function.base)
                if function.kind == "power":
                    exponent = function.exponent
                    assert exponent is not None
                    value = base ** (self._quotient(exponent) if isinstance(exponent, Quotient) else float(exponent))
                else:
                    value = np.exp(base) if function.kind == "exp" else np.log(base)
                self.points[:, function.place] = value

    def meet(self, conditions: Sequence[Condition]) -> bool:
        """Whether one of the points meets all the conditions; what is known of transcendentals it meets by itself."""
        good = np.ones(len(self.points), dtype=bool)
        for c in conditions:
            if c.kind is not Kind.TRANSCENDENTAL:
                signs = self._signs(c.polynomial)
                good &= np.logical_or.reduce([signs == sign for sign in SIGNS[c.relation]])
                if not good.any():
                    return False
        return True

    def _signs(self, polynomial: Polynomial) -> Array:
        key = str(polynomial)
        known = self.signs.get(key, np.zeros(0))
        if len(known) < len(self.points):
            with np.errstate(all="ignore"):
                value, size = _value(polynomial, self.points[len(known) :])
                clear = np.isfinite(value) & (np.abs(value) > _CLEAR * size)
            signs = np.where(clear, np.sign(value), 0 if polynomial.is_zero() else _UNKNOWN)
            self.signs[key] = np.concatenate([known, signs])
        return self.signs[key]

    def add(self, values: Mapping[str, Fraction]) -> None:
        """Another point: one that a solver found, by the indeterminates' symbols; indeterminates that it leaves out are 1."""
        point = [[float(values.get(symbol, 1)) for symbol in self.algebra.symbols]]
        self.points = np.concatenate([self.points, point])

    def _quotient(self, quotient: Quotient) -> Array:
        return _value(quotient.numerator, self.points)[0] / _value(quotient.denominator, self.points)[0]


def _value(polynomial: Polynomial, points: Array) -> tuple[Array, Array]:
    """The values at the points, and the sums of the sizes of the terms."""
    total, size = np.zeros(len(points)), np.zeros(len(points))
    for powers, coefficient in polynomial.to_dict().items():
        term = np.full(len(points), float(int(coefficient)))
        for k, e in enumerate(powers):
            if e:
                term = term * points[:, k] ** int(e)
        total, size = total + term, size + np.abs(term)
    return total, size


def _spread(domain: Interval, rng: np.random.Generator) -> Array:
    """Points inside an interval, some of them near its ends, or far out on a half-line."""
    u = rng.random(_POINTS)
    near = rng.random(_POINTS)
    u = np.where(near < 0.2, u**4, np.where(near > 0.8, 1 - u**4, u))
    u = np.clip(u, 1e-6, 1 - 1e-6)
    low = float(domain.low)
    return np.asarray(low + (u / (1 - u) if domain.high is None else u * (float(domain.high) - low)))
