"""Whether points of a line certainly contradict a claim, in exact arithmetic or by enclosures, and what lies between them.

At a point, whatever meets a transcendental function is enclosed: power, open parameters, and constants given to the functions
of :mod:`alliances.arithmetic`. A float that the model holds, or computes from floats of its own, is the decimal number that it
is written as, as everywhere in proofs.

Points contradict a claim only if they lie on a common stretch on which the assumptions hold. And where the claim is about who
breaks a narrowing alliance, what counts is not two distant points but what happens between them. Both are asked of *every*
point between, by running the payoff code on whole pieces of the line (:mod:`alliances.claims.varying`), shorter and shorter
ones where the answer is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from numbers import Rational
from typing import Any, Literal, NamedTuple, Self, TypeAlias

from alliances.arithmetic import Number
from alliances.arithmetic.balls import Ball, Undecided, precisely
from alliances.arithmetic.formal import evaluating
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims.comparisons import OddsPair, Ordering
from alliances.claims.family import Family
from alliances.claims.lines import PACT, moves_parameter
from alliances.claims.odds import odds_of, satisfies
from alliances.claims.varying import Piece, each_way, holds_number
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["REFUSALS", "Asked", "Certainty", "can_enclose", "contradicted", "enclosed", "points_tell", "stands"]

_AGREE = 1e-9  # by which payoffs in floats may differ from their enclosures, relative to the largest
REFUSALS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a model may raise that is not made for enclosures."""

Certainty: TypeAlias = Literal["exactly", "by enclosures"]
"""How a counterexample was confirmed: in rational arithmetic, or in ball arithmetic."""
Convert: TypeAlias = Callable[[Any], Any]
"""How a number is to be written: as it is, or as one of another type."""


class _Run(NamedTuple):
    """What a model gives at a point or on a piece of the line."""

    cells: Cells
    actions: Sequence[str]
    concept: Enforcement


@dataclass(frozen=True, eq=False)
class Asked:
    """A model with numbers for its parameters, and what is asked of it.

    Attributes
    ----------
    shape
        What would contradict the claim.
    model
        (value of the parameter that moves, or None for the model's own; how a number is to be written) → the game. Parameters
        that the second does not reach are taken as they are.
    enforcement
        How a number is to be written → the concept.
    profile, assume, total
        The profile to sustain, the assumptions, and s + p along the gap.
    """

    shape: Ordering
    model: Callable[[Any, Convert], DyadicGame]
    enforcement: Callable[[Convert], Enforcement]
    profile: Profile
    assume: tuple[str, ...]
    total: Number

    @classmethod
    def of_member(cls, shape: Ordering, family: Family, parameters: Mapping[str, Any]) -> Self:
        """One model of a family, whose open parameters are written as numbers of any type; so no function rounds them."""

        def values(convert: Convert, **moved: Any) -> dict[str, Any]:
            return enclosed(family, {**parameters, **moved}, convert)

        def model(value: Any, convert: Convert) -> DyadicGame:
            game: DyadicGame = family.at(**(values(convert) if value is None else values(convert, **{shape.line: value})))
            return game

        def enforcement(convert: Convert) -> Enforcement:
            return family.concept(**values(convert))

        return cls(shape, model, enforcement, family.profile, family.assume, family.total)

    @property
    def of_points(self) -> bool:
        """Whether points alone contradict the claim, whatever lies between them."""
        return points_tell(self.shape, self.assume)

    @property
    def main(self) -> Profile:
        """The profile that the claim is about."""
        return PACT if self.shape.pact else self.profile

    def run(self, point: Any, convert: Convert) -> _Run:
        """What the model gives at a point of the line, or on the piece on which it varies."""
        line, at = self.shape.line, convert(point)
        game = self.model(at if moves_parameter(line) else None, convert)
        half, gap = convert(self.total) / 2, at if line == "gap" else convert(Fraction(0))
        rows = game.cells(Power(half * (1 + gap), half * (1 - gap)))
        cells = tuple(tuple((convert(a), convert(b)) for a, b in row) for row in rows)
        return _Run(cells, game.actions, self.enforcement(convert))

    def assumed(self, run: _Run) -> bool:
        """Whether the assumptions hold of these payoffs."""
        return all(satisfies(name, run.cells, run.actions, self.main, run.concept) for name in self.assume)

    def odds(self, point: Fraction, profile: Profile) -> OddsPair | None:
        """The odds of betrayal at a point, exact or enclosed; None where an assumption fails."""
        run = self.run(point, Ball.of)
        return odds_of(run.cells, run.actions, profile, run.concept) if self.assumed(run) else None


def points_tell(shape: Ordering, assume: Sequence[str]) -> bool:
    """Whether points alone contradict a claim, whatever lies between them."""
    return shape.width == 1 or not (assume or shape.needs_between)


def enclosed(family: Family, parameters: Mapping[str, Any], convert: Convert = Ball.of) -> dict[str, Any]:
    """A family's parameters with those that are open over intervals as formal numbers, which no function rounds."""
    return {name: convert(value) if name in family.intervals else value for name, value in parameters.items()}


def can_enclose() -> bool:
    """Whether FLINT is there, without which nothing is known of the points between two points."""
    return find_spec("flint") is not None


def contradicted(asked: Asked, points: Sequence[Fraction]) -> Certainty | None:
    """Whether, and how, the model's odds at points of the line certainly contradict a claim; None if they do not.

    The model runs on numbers that are rational until a function makes them irrational, and enclosed from then on. The
    assumptions must hold at the points; for what lies between them see :func:`stands`.

    Parameters
    ----------
    asked
        The model and the question.
    points
        The lower and the higher point, and perhaps one in the middle; at parity 0.

    Raises
    ------
    Undecided
        If the precision does not tell.
    OutOfReach
        If the odds under the enforcement concept are not known.
    NotArithmetic
        If the model leaves arithmetic.
    """
    with precisely(), evaluating("certify", Ball.of) as evaluation:
        parity = asked.shape.line == "parity"
        pairs = [asked.odds(point, asked.main) for point in dict.fromkeys(points)]
        if parity:
            pairs.append(asked.odds(points[0], asked.profile))
        known = [pair for pair in pairs if pair is not None]
        if len(known) < len(pairs):
            return None
        if any(odds.kind == "unknown" for pair in known for odds in pair):
            raise OutOfReach("the odds of betrayal are not known here")
        high = known[0 if parity else -1]
        other = known[1] if parity or len(known) > 2 else None
        if not asked.shape.contradicted(known[0], high, other):
            return None
        return "by enclosures" if evaluation.enclosed else "exactly"


def stands(asked: Asked, low: Fraction, high: Fraction, halvings: int = 5) -> bool | None:
    """Whether a contradiction between two points certainly stands, given what lies between them; None if that is open.

    At every point from ``low`` to ``high`` the model must have payoffs, the assumptions must hold, and so must what the claim
    asks of the odds there. What lies between is halved at most so many times.
    """
    if asked.of_points:
        return True
    if not can_enclose():
        return None
    try:
        with precisely():
            if not _encloses(asked, (low + high) / 2):
                return None
            with evaluating("certify", Ball.of):
                first = asked.odds(low, asked.main) if asked.shape.needs_between else None
                if first is None and not asked.assumed(asked.run(low, Ball.of)):
                    return False
            return _all_the_way(asked, low, high, first, halvings)
    except (*REFUSALS, OutOfReach):
        return None


def _all_the_way(asked: Asked, low: Fraction, high: Fraction, first: OddsPair | None, halvings: int) -> bool | None:
    """The answer for a piece, or for its halves where it is open: True if both stand, False once one certainly does not."""
    standing = _on_piece(asked, low, high, first)
    if standing is not None or halvings == 0:
        return standing
    middle = (low + high) / 2
    for half in ((low, middle), (middle, high)):
        standing = _all_the_way(asked, *half, first, halvings - 1)
        if not standing:
            return standing
    return True


def _on_piece(asked: Asked, low: Fraction, high: Fraction, first: OddsPair | None) -> bool | None:
    """Whether the contradiction stands on (low, high], given the odds at the first point of all."""

    def answer(piece: Piece) -> tuple[bool, bool]:
        with evaluating("certify", piece.number):
            run = asked.run(piece.variable, piece.number)
            if not piece.defined:
                raise Undecided("the model may have no payoffs somewhere")
            standing = asked.assumed(run)
            if standing and first is not None:
                sponsor, proxy = (odds.written(piece.number) for odds in first)
                here = odds_of(run.cells, run.actions, asked.main, run.concept)
                standing = asked.shape.stands((sponsor, proxy), here)
        return standing, bool(piece.way)

    try:
        answers = list(each_way(low, high, answer))
    except Undecided:
        return None
    if all(standing for standing, _ in answers):
        return True
    return False if len(answers) == 1 and not answers[0][1] else None


def _encloses(asked: Asked, point: Fraction) -> bool:
    """Whether the payoffs lie in their enclosures: a model may answer other than it does for numbers."""
    piece = Piece(point, point)
    with evaluating("certify", piece.number):
        enclosures = asked.run(piece.variable, piece.number).cells
    numbers = asked.run(point, lambda value: value).cells
    pairs = [
        (number, enclosure.over)
        for row, enclosed_row in zip(numbers, enclosures, strict=True)
        for cell, enclosed_cell in zip(row, enclosed_row, strict=True)
        for number, enclosure in zip(cell, enclosed_cell, strict=True)
    ]
    largest = max(abs(float(number)) for number, _ in pairs)
    return all(
        holds_number(ball, number) if isinstance(number, Rational) else abs(float(ball.mid()) - number) <= _AGREE * largest
        for number, ball in pairs
    )
