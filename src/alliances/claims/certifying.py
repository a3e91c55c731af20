"""Whether two points certainly contradict a claim: odds of betrayal in exact arithmetic, or enclosed by balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any

from alliances.arithmetic.balls import Ball, Undecided, precisely
from alliances.claims.comparisons import Ordering
from alliances.claims.lines import PACT
from alliances.claims.odds import odds_of, satisfies
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["contradicted"]


def contradicted(
    shape: Ordering,
    model: Callable[[Any], DyadicGame],
    enforcement: Enforcement,
    points: tuple[Fraction, Fraction],
    *,
    profile: Profile,
    assume: Sequence[str],
    between: Sequence[Fraction] = (),
    total: Fraction,
) -> bool:
    """Whether the model's odds at two points of the line certainly contradict a claim; ``model`` is a function of the stakes.

    Exact payoffs are compared exactly, others by their enclosures. The assumptions must hold at the two points and at
    those ``between``.

    Raises
    ------
    Undecided
        If the precision does not tell.
    """

    def odds(point: Fraction, of: Profile) -> Any:
        game = model(point if shape.line == "stakes" else None)
        gap = point if shape.line == "gap" else Fraction(0)
        cells = game.cells(Power.from_gap(gap, total))
        if not all(isinstance(x, Rational) for row in cells for cell in row for x in cell):
            half, ball = Ball.of(total) / 2, Ball.of(gap)
            rows = game.cells(Power(half * (1 + ball), half * (1 - ball)))
            cells = tuple(tuple((Ball.of(a), Ball.of(b)) for a, b in row) for row in rows)
        for name in assume:
            if not satisfies(name, cells, game.actions, of, enforcement):
                return None
        return odds_of(cells, game.actions, of, enforcement)

    with precisely():
        main = profile if shape.line == "gap" else PACT
        low, high = odds(points[0], main), odds(points[1], main)
        other = odds(points[0], profile) if shape.line == "parity" else None
        assumed = low is not None and high is not None and all(odds(point, main) is not None for point in between)
        if not assumed:
            return False
        if any(odds.kind == "unknown" for pair in (low, high, other or ()) for odds in pair):
            raise Undecided("the odds of betrayal are not known here")
        return shape.contradicted(low, high, other)
