"""Whether two points certainly contradict a claim: odds of betrayal in exact arithmetic, or enclosed by balls.

Whatever meets a transcendental function is enclosed: power, open parameters, and constants given to the functions of
:mod:`alliances.arithmetic`. A float that the model holds, or computes from floats of its own, is the decimal number that it is
written as, as everywhere in proofs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from alliances.arithmetic.balls import Ball, Undecided, precisely
from alliances.arithmetic.formal import evaluating
from alliances.claims.comparisons import Ordering
from alliances.claims.family import Family
from alliances.claims.lines import PACT, moves_parameter
from alliances.claims.odds import odds_of, satisfies
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["Certainty", "contradicted", "enclosed"]

Certainty: TypeAlias = Literal["exactly", "by enclosures"]
"""How a counterexample was confirmed: in rational arithmetic, or in ball arithmetic."""


def contradicted(
    shape: Ordering,
    model: Callable[[Any], DyadicGame],
    enforcement: Enforcement | Callable[[], Enforcement],
    points: Sequence[Fraction],
    *,
    profile: Profile,
    assume: Sequence[str],
    between: Sequence[Fraction] = (),
    total: Fraction,
) -> Certainty | None:
    """Whether, and how, the model's odds at two points of the line certainly contradict a claim; None if they do not.

    The model runs on numbers that are rational until a function makes them irrational, and enclosed from then on. The
    assumptions must hold at the two points and at those ``between``.

    Parameters
    ----------
    shape
        What the claim says of critical discount factors along its line.
    model
        A function of the stakes, or of None for the model's own. It must build its game anew with formal parameters wherever
        these are to be enclosed; see :func:`enclosed`.
    enforcement
        A concept, or a function that makes it of such parameters.
    points
        The lower and the higher point, and perhaps one in the middle; at parity both are 0.
    profile, assume, between, total
        The profile to sustain, the assumptions and where they must hold, and s + p.

    Raises
    ------
    Undecided
        If the precision does not tell.
    NotArithmetic
        If the model leaves arithmetic.
    """

    def odds(point: Fraction, of: Profile) -> Any:
        game = model(Ball.of(point) if moves_parameter(shape.line) else None)
        concept = enforcement if isinstance(enforcement, Enforcement) else enforcement()
        half, gap = Ball.of(total) / 2, Ball.of(point if shape.line == "gap" else 0)
        rows = game.cells(Power(half * (1 + gap), half * (1 - gap)))
        cells = tuple(tuple((Ball.of(a), Ball.of(b)) for a, b in row) for row in rows)
        for name in assume:
            if not satisfies(name, cells, game.actions, of, concept):
                return None
        return odds_of(cells, game.actions, of, concept)

    with precisely(), evaluating("certify", Ball.of) as evaluation:
        main = PACT if shape.pact else profile
        low, high = odds(points[0], main), odds(points[-1], main)
        between = [*between, *points[1:-1]]
        other = odds(points[0], profile) if shape.line == "parity" else odds(points[1], main) if len(points) > 2 else None
        assumed = low is not None and high is not None and all(odds(point, main) is not None for point in between)
        if not assumed:
            return None
        if any(odds.kind == "unknown" for pair in (low, high, other or ()) for odds in pair):
            raise Undecided("the odds of betrayal are not known here")
        if not shape.contradicted(low, high, other):
            return None
        return "by enclosures" if evaluation.enclosed else "exactly"


def enclosed(family: Family, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A family's parameters with those that are open over intervals as formal numbers, which no function rounds."""
    return {name: Ball.of(value) if name in family.intervals else value for name, value in parameters.items()}
