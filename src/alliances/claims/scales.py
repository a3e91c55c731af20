"""Order of critical discount factors across enforcement concepts: never above, point by point.

Odds of betrayal tell the order of critical discount factors under one concept. Two concepts turn odds ω into critical discount
factors by different functions:

* conflict for ever: δ* = ω/(1 + ω);
* finite punishment of one period: δ* = ω, of more periods a root of a polynomial, which proofs do not follow;
* imperfect monitoring: δ* = ω/[(1 − α)ω + 1 − α − β].

Where the functions differ, critical discount factors are compared, and not odds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Number, settle
from alliances.arithmetic.balls import Ball, precisely
from alliances.arithmetic.domains import decimal
from alliances.arithmetic.formal import evaluating
from alliances.arithmetic.quotients import OutOfReach, Relation
from alliances.claims.certifying import Certainty
from alliances.claims.comparisons import Break, OddsPair, Ordering, Witness, above, fall
from alliances.claims.lines import Along, Curves
from alliances.claims.odds import Odds, odds_of, satisfies
from alliances.games.bimatrix import Profile
from alliances.games.players import PLAYERS
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.finite_punishment import FinitePunishment
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.optimal_penal_code import OptimalPenalCode
from alliances.repeated.enforcement.transfers import Transfers

__all__ = ["NeverAbove", "certified", "scales_of"]

Scale: TypeAlias = Callable[[Number], Number]
"""Odds as something that two concepts have in common."""
_FOR_EVER = (NashReversion, Transfers, OptimalPenalCode)
"""The concepts of which δ* = ω/(1 + ω)."""


@dataclass(frozen=True)
class NeverAbove(Ordering):
    """A critical discount factor is never above another one, point by point.

    Attributes
    ----------
    who
        Whose: "sponsor", "proxy" or "dyad".
    scales
        What the odds of either side are compared as; None for themselves.
    """

    who: Literal["sponsor", "proxy", "dyad"]
    scales: tuple[Scale, Scale] | None = None
    line: Along = "gap"
    pact: bool = False
    width: ClassVar[int] = 1

    def breaks(self, curves: Curves) -> Break:
        """Points at which the number exceeds the other one."""
        assert curves.other is not None
        by = fall(getattr(curves, self.who), curves.other)
        at = np.asarray(by > 2 * curves.slack, dtype=bool) & curves.valid
        binding = np.where(np.asarray(curves.sponsor >= curves.proxy, dtype=bool), 0, 1)
        return Break(at, by, np.broadcast_to({"sponsor": 0, "proxy": 1}.get(self.who, binding), at.shape))

    def witness(self, curves: Curves, broken: Break) -> Witness:
        """The point at which it exceeds the other one most."""
        assert curves.other is not None
        k = int(np.argmax(np.where(broken.at, broken.by, 0)))
        point, value = settle(curves.points[k]), settle(getattr(curves, self.who)[k])
        return Witness(point, point, settle(curves.other[k]), value, PLAYERS[int(broken.player[k])])

    def contradicted(self, low: OddsPair, high: OddsPair, other: OddsPair | None) -> bool:
        """Whether the odds exceed the ``other`` ones; ``low`` and ``high`` are the same."""
        assert other is not None
        del low
        main, rival = self._scaled(high, 0), self._scaled(other, 1)
        return any(all(mine.exceeds(theirs) for theirs in others) for mine, others in self._sides(main, rival))

    def violations(self, main: OddsPair, other: OddsPair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """A player's odds exceed those that they are compared with."""
        assert other is not None
        for mine, others in self._sides(self._scaled(main, 0), self._scaled(other, 1)):
            conditions = above(mine, others)
            if conditions is not None:
                yield "a critical discount factor is above the one that it is compared with", conditions

    def jumps(self, before: OddsPair, after: OddsPair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """None: points are not compared with each other."""
        del before, after
        return iter(())

    def _sides(self, main: OddsPair, other: OddsPair) -> Iterator[tuple[Odds, list[Odds]]]:
        """Whose odds must not exceed all of which."""
        if self.who != "dyad":
            k = PLAYERS.index(self.who)
            yield main[k], [other[k]]
            return
        for k in (0,) if main[0] is main[1] else (0, 1):
            yield main[k], list(other)

    def _scaled(self, pair: OddsPair, side: int) -> OddsPair:
        if self.scales is None:
            return pair
        scale = self.scales[side]
        first, second = (replace(odds, value=scale(odds.value)) if odds.kind == "finite" else odds for odds in pair)
        return first, first if pair[0] is pair[1] else second


def scales_of(concept: Enforcement, other: Enforcement) -> tuple[Scale, Scale] | None:
    """What odds under two concepts are compared as: None, themselves, where both turn them into δ* by the same function.

    Raises
    ------
    OutOfReach
        If one of the functions is none that quotients know.
    """
    inner, outer = _inner(concept), _inner(other)
    if inner == outer or (type(inner) in _FOR_EVER and type(outer) in _FOR_EVER):
        return None
    return _discount(inner), _discount(outer)


def _inner(concept: Enforcement) -> Enforcement:
    """The concept that turns odds into δ*."""
    if not concept.in_closed_form:
        raise OutOfReach(f"proofs know enforcement concepts in closed form, not {type(concept).__name__}; measure() takes any")
    return _inner(concept.enforcement) if isinstance(concept, GivenPunishment) else concept


def _discount(concept: Enforcement) -> Scale:
    """δ* as a function of odds that are finite and deterred."""
    if type(concept) is FinitePunishment:
        if concept.periods > 1:
            raise OutOfReach("proofs do not compare finite punishment of more than one period with another concept")
        return lambda odds: odds
    if type(concept) is ImperfectMonitoring:
        alpha, beta = (decimal(x) for x in (concept.false_alarm, concept.miss))
        return lambda odds: odds / (odds * (1 - alpha) + (1 - alpha - beta))
    if type(concept) not in _FOR_EVER:  # a concept of the user's own may turn odds into δ* in another way
        raise OutOfReach(f"proofs do not compare {type(concept).__name__} with another concept; measure() takes any")
    return lambda odds: odds / (1 + odds)


def certified(
    shape: NeverAbove,
    sides: Sequence[Callable[[], tuple[DyadicGame, Enforcement]]],
    gap: Fraction,
    profile: Profile,
    assume: Sequence[str],
    total: Fraction,
) -> Certainty | None:
    """Whether, and how, the odds of two sides certainly contradict the claim at a gap.

    Raises
    ------
    Undecided
        If the precision does not tell.
    """
    with precisely(), evaluating("certify", Ball.of) as evaluation:
        pairs, concepts = [], []
        for number_of_side, make in enumerate(sides):
            game, concept = make()
            half, ball = Ball.of(total) / 2, Ball.of(gap)
            rows = game.cells(Power(half * (1 + ball), half * (1 - ball)))
            cells = tuple(tuple((Ball.of(a), Ball.of(b)) for a, b in row) for row in rows)
            if number_of_side == 0 and not all(satisfies(name, cells, game.actions, profile, concept) for name in assume):
                return None
            pairs.append(odds_of(cells, game.actions, profile, concept))
            concepts.append(concept)
        if any(odds.kind == "unknown" for pair in pairs for odds in pair):
            raise OutOfReach("the odds of betrayal are not known here")
        scaled = replace(shape, scales=scales_of(concepts[0], concepts[1]))
        if not scaled.contradicted(pairs[0], pairs[0], pairs[1]):
            return None
        return "by enclosures" if evaluation.enclosed else "exactly"
