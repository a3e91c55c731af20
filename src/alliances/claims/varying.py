"""Payoff code that runs on a whole piece of the line at once: whatever it answers is certain of every point of the piece.

A :class:`Varying` is a function of the gap or the stakes on a piece [l, r]. It is known by three enclosures (FLINT's balls;
Johansson 2017, *IEEE Transactions on Computers* 66:1281-1292): of its value at l, of its values on the piece, and of its
derivative there. By the mean value theorem f(x) ∈ f(l) + f′([l, r])·(x − l), which is tighter than f([l, r]) on short
pieces, and which tells the sign of f on (l, r] where f(l) = 0, as of s − p beyond parity.

Which of two functions is larger may differ from point to point of a piece. The code then runs once for each outcome
(:func:`each_way`), as a proof runs it once per case, and every point of the piece takes one of these ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from numbers import Rational
from typing import Any, Literal, TypeVar

import numpy as np

from alliances.arithmetic.balls import Ball, Undecided
from alliances.arithmetic.conditions import SIGNS
from alliances.arithmetic.domains import decimal
from alliances.arithmetic.formal import Formal, NotArithmetic
from alliances.arithmetic.quotients import Relation

__all__ = ["Piece", "Varying", "each_way", "holds_number"]

_T = TypeVar("_T")
_WAYS = 64  # through the comparisons of a model on one piece
_LARGEST = 2**12  # whole power
_ANY = frozenset({-1, 0, 1})


class Piece:
    """A piece (low, high] of the line, or one point of it, and one way through the comparisons that are made on it.

    Parameters
    ----------
    low, high
        Its ends; equal for a point, at which a comparison that the enclosures leave open raises :class:`Undecided`.
    way
        The outcomes of the first comparisons that they leave open; later ones come out true, and are added.

    Attributes
    ----------
    defined
        Whether whatever was calculated so far certainly has a value at every point of it.
    """

    def __init__(self, low: Fraction, high: Fraction, way: Sequence[bool] = ()) -> None:
        self.low, self.high, self.way = low, high, list(way)
        self.defined = True
        self._asked = 0
        self._steps = _ball(Fraction(0)).union(_ball(high - low))
        self.zero = _ball(Fraction(0))
        self._numbers: dict[tuple[int, int], Varying] = {}
        self._keys: dict[Any, int] = {}
        self._signs: dict[tuple[int, int], frozenset[int]] = {}

    def key(self, description: object) -> int:
        """A number by which a function is known: the same for functions that are calculated in the same way."""
        return self._keys.setdefault(description, len(self._keys))

    @property
    def variable(self) -> Varying:
        """The point of the line itself."""
        low = _ball(self.low)
        return Varying(self, low, low.union(_ball(self.high)), _ball(Fraction(int(self.low < self.high))), self.key("x"))

    def number(self, value: object) -> Varying:
        """A constant: a rational number, a float as the decimal that it is written as, or one that is known by a ball."""
        if type(value) is Varying:
            if value.piece is not self:
                raise NotArithmetic(
                    "certify: the model must not remember its arguments; it used one of another piece of the line"
                )
            return value
        number = Ball.of(value)
        exact = number.exact
        if exact is None:
            return self.constant(number.value, object())  # unlike any other function
        pair = exact.numerator, exact.denominator  # whose hash is found sooner than a Fraction's
        known = self._numbers.get(pair)
        if known is None:
            known = self._numbers[pair] = self.constant(number.value, exact)
            known.exact = exact
        return known

    def constant(self, ball: Any, description: object) -> Varying:
        """A function that is the same number everywhere."""
        self.defined = self.defined and ball.is_finite()
        return Varying(self, ball, ball, self.zero, self.key(description))

    def function(self, at: Any, over: Any, slope: Any, description: object) -> Varying:
        """A function of which this is known; its values are narrowed down by the mean value theorem."""
        self.defined = self.defined and over.is_finite()
        near = at + slope * self._steps
        if near.is_finite() and over.is_finite() and near.overlaps(over):
            over = over.intersection(near)
        return Varying(self, at, over, slope, self.key(description))

    def holds(self, a: Varying, b: Varying, relation: Relation) -> bool:
        """Whether a compares with b so on (low, high]: for certain, or on this way."""
        turned = a.key > b.key
        pair = (b.key, a.key) if turned else (a.key, b.key)
        if pair not in self._signs:
            self._signs[pair] = self._possible(b - a if turned else a - b)
        signs = self._signs[pair]
        accepted = signs & frozenset(-sign if turned else sign for sign in SIGNS[relation])
        if accepted in (signs, frozenset()):
            return bool(accepted)
        if self.low == self.high:
            raise Undecided(f"{a.over} and {b.over} overlap")
        if self._asked == len(self.way):
            self.way.append(True)
        answer = self.way[self._asked]
        self._asked += 1
        self._signs[pair] = accepted if answer else signs - accepted
        return answer

    def _possible(self, difference: Varying) -> frozenset[int]:
        """The signs that a difference may have on (low, high]."""
        at, over, slope = difference.at, difference.over, difference.slope
        if difference.same or (over.is_exact() and over == 0):
            return frozenset({0})
        inside = self.low < self.high
        if over > 0 or (inside and at >= 0 and slope > 0):
            return frozenset({1})
        if over < 0 or (inside and at <= 0 and slope < 0):
            return frozenset({-1})
        if over >= 0 or (at >= 0 and slope >= 0):
            return frozenset({0, 1})
        if over <= 0 or (at <= 0 and slope <= 0):
            return frozenset({-1, 0})
        return _ANY


class Varying(Formal):
    """A number that depends on the point of the line; see the module.

    Attributes
    ----------
    piece
        Where.
    at, over, slope
        Enclosures of its value at the left end, of its values on the piece, and of its derivative there.
    key
        By which :class:`Piece` knows how it is calculated.
    same
        Whether it is the difference of two equal functions.
    exact
        The number that it is, where it is known to be a rational constant.
    """

    __slots__ = ("at", "exact", "key", "over", "piece", "same", "slope")
    __hash__ = Formal.__hash__
    sums_exactly = False

    def __init__(self, piece: Piece, at: Any, over: Any, slope: Any, key: int) -> None:
        self.piece, self.at, self.over, self.slope, self.key = piece, at, over, slope, key
        self.same = False
        self.exact: Fraction | None = None

    def __add__(self, other: object) -> Varying:
        b = self.piece.number(other)
        keys = ("+", min(self.key, b.key), max(self.key, b.key))
        if self.constant and b.constant:
            return self.piece.constant(self.over + b.over, keys)
        return self.piece.function(self.at + b.at, self.over + b.over, self.slope + b.slope, keys)

    def __sub__(self, other: object) -> Varying:
        b = self.piece.number(other)
        keys = ("-", self.key, b.key)
        if self.constant and b.constant:
            difference = self.piece.constant(self.over - b.over, keys)
        else:
            difference = self.piece.function(self.at - b.at, self.over - b.over, self.slope - b.slope, keys)
        difference.same = self.key == b.key
        return difference

    def __mul__(self, other: object) -> Varying:
        b = self.piece.number(other)
        keys = ("*", min(self.key, b.key), max(self.key, b.key))
        if self.constant and b.constant:
            return self.piece.constant(self.over * b.over, keys)
        slope = self.slope * b.over + self.over * b.slope
        return self.piece.function(self.at * b.at, self.over * b.over, slope, keys)

    def __truediv__(self, other: object) -> Varying:
        b = self.piece.number(other)
        if b.same or (b.over.is_exact() and b.over == 0):
            raise ZeroDivisionError("division by zero")
        if self.key == b.key:  # of itself, which enclosures would not show
            self.piece.defined = self.piece.defined and not b.over.contains(0)
            return self.piece.number(1)
        keys = ("/", self.key, b.key)
        over = self.over / b.over
        if self.constant and b.constant:
            return self.piece.constant(over, keys)
        slope = (self.slope - over * b.slope) / b.over
        return self.piece.function(self.at / b.at, over, slope, keys)

    def __pow__(self, other: object) -> Varying:
        exponent = self.piece.number(other).exact
        if exponent is None:
            return (self.transcendental("log") * other).transcendental("exp")
        if exponent == 0:
            return self.piece.number(1)
        at, over = _power(self.at, exponent), _power(self.over, exponent)
        slope = _power(self.over, exponent - 1) * _ball(exponent) * self.slope
        return self.piece.function(at, over, slope, ("**", self.key, exponent))

    @property
    def constant(self) -> bool:
        """Whether it is known to be the same number everywhere."""
        return self.slope is self.piece.zero

    def __radd__(self, other: object) -> Varying:
        return self + other

    def __rsub__(self, other: object) -> Varying:
        return self.piece.number(other) - self

    def __rmul__(self, other: object) -> Varying:
        return self * other

    def __rtruediv__(self, other: object) -> Varying:
        return self.piece.number(other) / self

    def __rpow__(self, other: object) -> Varying:
        return self.piece.number(other) ** self

    def __neg__(self) -> Varying:
        return self.piece.number(0) - self

    def __abs__(self) -> Varying:
        return self if self >= 0 else -self

    def transcendental(self, name: Literal["exp", "log"]) -> Varying:
        """Exp or log of this; :func:`alliances.arithmetic.exp` calls it."""
        at, over = getattr(self.at, name)(), getattr(self.over, name)()
        slope = over * self.slope if name == "exp" else self.slope / self.over
        return self.piece.function(at, over, slope, (name, self.key))

    def _compare(self, other: object, relation: Relation) -> bool:
        if isinstance(other, (float, np.floating)) and np.isinf(other):  # every number lies between the infinities
            return (-1 if other > 0 else 1) in SIGNS[relation]
        return self.piece.holds(self, self.piece.number(other), relation)

    def __lt__(self, other: object) -> bool:
        return self._compare(other, "<")

    def __le__(self, other: object) -> bool:
        return self._compare(other, "<=")

    def __gt__(self, other: object) -> bool:
        return self._compare(other, ">")

    def __ge__(self, other: object) -> bool:
        return self._compare(other, ">=")

    def __eq__(self, other: object) -> bool:
        return self._compare(other, "==")

    def __ne__(self, other: object) -> bool:
        return self._compare(other, "!=")

    def __bool__(self) -> bool:
        return self != 0

    def __repr__(self) -> str:
        return f"Varying({self.over})"


def each_way(low: Fraction, high: Fraction, run: Callable[[Piece], _T]) -> Iterator[_T]:
    """What ``run`` answers on the piece (low, high] for each outcome of the comparisons that are left open.

    Raises
    ------
    Undecided
        If there are too many.
    """
    waiting: list[list[bool]] = [[]]
    for _ in range(_WAYS):
        if not waiting:
            return
        way = waiting.pop()
        piece = Piece(low, high, way)
        yield run(piece)
        waiting += [[*piece.way[:k], False] for k in range(len(way), len(piece.way))]
    if waiting:
        raise Undecided("too many ways through the model's comparisons")


def holds_number(ball: Any, number: Rational) -> bool:
    """Whether an exact number lies in an enclosure."""
    return bool(ball.overlaps(_ball(decimal(number))))


def _power(ball: Any, exponent: Fraction) -> Any:
    """An enclosure to a rational power; to a whole one by squares, because FLINT's own power wants positive numbers."""
    if exponent.denominator > 1 or abs(exponent) > _LARGEST:
        return ball ** _ball(exponent)
    n, power, square = abs(int(exponent)), _ball(Fraction(1)), ball
    while n:
        if n % 2:
            power *= square
        square, n = square * square, n // 2
    return power if exponent >= 0 else 1 / power


@cache
def _types() -> tuple[Any, Any]:
    from flint import arb, fmpq

    return arb, fmpq


def _ball(value: Fraction) -> Any:
    arb, fmpq = _types()
    return arb(fmpq(value.numerator, value.denominator))
