"""Whether two points certainly contradict a claim, in exact arithmetic or by enclosures, and what lies between them.

Two points contradict a claim only if they lie on a common stretch on which the assumptions hold. And where the claim is about
who breaks a narrowing alliance, what counts is not two distant points but what happens between them. Both are asked of
*every* point between, by running the payoff code on whole pieces of the line (:mod:`alliances.claims.varying`), shorter and
shorter ones where the answer is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from numbers import Rational
from typing import Any, TypeAlias

from alliances.arithmetic import Number
from alliances.arithmetic.balls import Undecided, precisely
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims.comparisons import OddsPair, Ordering
from alliances.claims.lines import PACT
from alliances.claims.odds import odds_of, satisfies
from alliances.claims.varying import Piece, each_way, holds_number
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["REFUSALS", "Convert", "Question", "can_enclose", "contradicted", "stands", "two_points_tell"]

_SAME = 1e-9  # by which payoffs in floats may differ from their enclosures, relative to the largest
REFUSALS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a model may raise that is not made for enclosures."""

Convert: TypeAlias = Callable[[Any], Number]
"""How a number is to be written: as it is, or as one of another type."""


@dataclass(frozen=True, eq=False)
class Question:
    """A model with numbers for its parameters, and what is asked of it.

    Attributes
    ----------
    shape
        What would contradict the claim.
    model
        (stakes or None for the model's own, how a number is to be written) → the game; parameters that the second does not
        reach are taken as they are.
    enforcement, profile, assume, total
        As everywhere.
    """

    shape: Ordering
    model: Callable[[Any, Convert], DyadicGame]
    enforcement: Enforcement
    profile: Profile
    assume: tuple[str, ...]
    total: Number

    @property
    def of_points(self) -> bool:
        """Whether two points alone contradict the claim, whatever lies between them."""
        return two_points_tell(self.shape, self.assume)

    @property
    def main(self) -> Profile:
        """The profile that the claim is about."""
        return self.profile if self.shape.line == "gap" else PACT

    def game(self, point: object, convert: Convert) -> DyadicGame:
        """The model at a point of the line."""
        return self.model(point if self.shape.line == "stakes" else None, convert)

    def enclosed(self, piece: Piece) -> tuple[Cells, DyadicGame]:
        """The payoffs on a piece of the line, and the game."""
        game = self.game(piece.variable, piece.number)
        half = piece.number(self.total) / 2
        gap = piece.variable if self.shape.line == "gap" else piece.number(0)
        rows = game.cells(Power(half * (1 + gap), half * (1 - gap)))
        return tuple(tuple((piece.number(a), piece.number(b)) for a, b in row) for row in rows), game

    def numbers(self, point: Fraction) -> tuple[Cells, DyadicGame]:
        """The payoffs at a point of the line, and the game."""
        game = self.game(point, lambda value: value)
        return game.cells(Power.from_gap(point if self.shape.line == "gap" else Fraction(0), self.total)), game

    def odds(self, point: Fraction, profile: Profile) -> OddsPair | None:
        """The odds of betrayal at a point, exact or enclosed; None where an assumption fails."""
        cells, game = self.exact_or_enclosed(point)
        return odds_of(cells, game.actions, profile, self.enforcement) if self.assumed(cells, game) else None

    def exact_or_enclosed(self, point: Fraction) -> tuple[Cells, DyadicGame]:
        """The payoffs at a point as Fractions if they are rational, as enclosures if not, and the game."""
        cells, game = self.numbers(point)
        exact = all(isinstance(x, Rational) for row in cells for cell in row for x in cell)
        return (cells, game) if exact else self.enclosed(Piece(point, point))

    def assumed(self, cells: Cells, game: DyadicGame) -> bool:
        """Whether the assumptions hold of these payoffs."""
        return all(satisfies(name, cells, game.actions, self.main, self.enforcement) for name in self.assume)


def two_points_tell(shape: Ordering, assume: Sequence[str]) -> bool:
    """Whether two points alone contradict a claim, whatever lies between them."""
    return shape.line == "parity" or not (assume or shape.needs_between)


def can_enclose() -> bool:
    """Whether FLINT is there, without which nothing is known of the points between two points."""
    return find_spec("flint") is not None


def contradicted(question: Question, low: Fraction, high: Fraction) -> bool:
    """Whether the odds at two points certainly contradict the claim, the assumptions holding at both; see :func:`stands`.

    Raises
    ------
    Undecided
        If the precision does not tell.
    OutOfReach
        If the odds under the enforcement concept are not known.
    """
    with precisely():
        first, second = (question.odds(point, question.main) for point in (low, high))
        other = question.odds(low, question.profile) if question.shape.line == "parity" else None
        if first is None or second is None:
            return False
        if any(odds.kind == "unknown" for pair in (first, second, other or ()) for odds in pair):
            raise OutOfReach("the odds of betrayal are not known here")
        return question.shape.contradicted(first, second, other)


def stands(question: Question, low: Fraction, high: Fraction, halvings: int = 5) -> bool | None:
    """Whether a contradiction between two points certainly stands, given what lies between them; None if that is open.

    The assumptions must hold at every point from ``low`` to ``high``, and so must what the claim asks of the odds there. What
    lies between is halved at most so many times.
    """
    if question.of_points:
        return True
    if not can_enclose():
        return None
    try:
        with precisely():
            if not _encloses(question, (low + high) / 2):
                return None
            if question.assume and not question.assumed(*question.exact_or_enclosed(low)):
                return False
            first = question.odds(low, question.main) if question.shape.needs_between else None
            return _all_the_way(question, low, high, first, halvings)
    except (*REFUSALS, OutOfReach):
        return None


def _all_the_way(question: Question, low: Fraction, high: Fraction, first: OddsPair | None, halvings: int) -> bool | None:
    """The answer for a piece, or for its halves where it is open: True if both stand, False once one certainly does not."""
    standing = _on_piece(question, low, high, first)
    if standing is not None or halvings == 0:
        return standing
    middle = (low + high) / 2
    for half in ((low, middle), (middle, high)):
        standing = _all_the_way(question, *half, first, halvings - 1)
        if not standing:
            return standing
    return True


def _on_piece(question: Question, low: Fraction, high: Fraction, first: OddsPair | None) -> bool | None:
    """Whether the contradiction stands on (low, high], given the odds at the first point of all."""

    def run(piece: Piece) -> tuple[bool, bool]:
        cells, game = question.enclosed(piece)
        standing = question.assumed(cells, game)
        if standing and first is not None:
            here = odds_of(cells, game.actions, question.main, question.enforcement)
            standing = question.shape.stands(first, here)
        return standing, bool(piece.way)

    try:
        answers = list(each_way(low, high, run))
    except Undecided:
        return None
    if all(standing for standing, _ in answers):
        return True
    return False if len(answers) == 1 and not answers[0][1] else None


def _encloses(question: Question, point: Fraction) -> bool:
    """Whether the payoffs lie in their enclosures: a model may answer other than it does for numbers."""
    enclosed, _ = question.enclosed(Piece(point, point))
    numbers, _ = question.numbers(point)
    pairs = [
        (number, enclosure.over)
        for row, enclosed_row in zip(numbers, enclosed, strict=True)
        for cell, enclosed_cell in zip(row, enclosed_row, strict=True)
        for number, enclosure in zip(cell, enclosed_cell, strict=True)
    ]
    largest = max(abs(float(number)) for number, _ in pairs)
    return all(
        holds_number(ball, number) if isinstance(number, Rational) else abs(float(ball.mid()) - number) <= _SAME * largest
        for number, ball in pairs
    )
