"""Unimodality: along its line a critical discount factor has one peak, or one trough.

It has one peak if it never falls first and rises later: there are no three points of the line of which the middle one has a
smaller number than both others. In algebra these are two events at two points of the line, of which a monotone claim would
forbid one each: a fall at y, and a rise at x beyond y. So the conditions are those of "never falls" in the indeterminate of y
together with those of "never rises" in the indeterminate of x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, final

import numpy as np

from alliances.arithmetic import Array, settle
from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.conditions import within
from alliances.arithmetic.quotients import NotArithmetic, OutOfReach, Relation
from alliances.arithmetic.symbols import fresh
from alliances.arithmetic.transcendentals import mentions
from alliances.claims.certifying import Asked, contradicted, stands
from alliances.claims.checking import Check, check
from alliances.claims.claim import CurveClaim
from alliances.claims.comparisons import Break, Monotone, OddsPair, Ordering, Witness, fall, larger_odds, points_of
from alliances.claims.family import Family
from alliances.claims.lines import Along, Curves, moves_parameter
from alliances.claims.measuring import contradictions
from alliances.claims.proofs.outcomes import Counterexample
from alliances.claims.proofs.problem import Query
from alliances.claims.proofs.queries import weakness
from alliances.claims.proofs.witnesses import GameProblem, line_points
from alliances.games.players import PLAYERS

__all__ = ["Unimodal", "UnimodalClaim"]

_GRIDS = (4, 10, 20, 50, 200)
_HUNTED = 40  # contradictions looked into


@dataclass(frozen=True)
class Unimodal(Ordering):
    """A critical discount factor has one peak (``sign`` +1) or one trough (−1) along the line.

    Attributes
    ----------
    line
        Along what.
    who
        Whose: "sponsor", "proxy" or "dyad".
    """

    line: Along
    who: Literal["sponsor", "proxy", "dyad"]
    sign: int
    pact: bool = False
    width: ClassVar[int] = 3

    @property
    def first(self) -> Monotone:
        """What must not break before :attr:`second` does: for a peak, that the number never falls."""
        return Monotone(self.line, self.who, self.sign)

    @property
    def second(self) -> Monotone:
        """What must not break later: for a peak, that the number never rises."""
        return Monotone(self.line, self.who, -self.sign)

    def breaks(self, curves: Curves) -> Break:
        """Points that lie below (for a trough: above) points on both sides of them."""
        values = getattr(curves, self.who) * self.sign  # a trough is a peak upside down
        before, after = self._beyond(values, curves.comparable), self._beyond(values[..., ::-1], curves.comparable[..., ::-1])
        by = np.minimum(fall(before, values), fall(after[..., ::-1], values))
        slack = np.asarray(curves.slack)
        at = np.asarray(by > slack + slack.max(axis=-1, keepdims=True), dtype=bool)
        binding = np.where(np.asarray(curves.sponsor >= curves.proxy, dtype=bool), 0, 1)
        player = {"sponsor": 0, "proxy": 1}.get(self.who, binding)
        return Break(at, by, np.broadcast_to(player, at.shape))

    @staticmethod
    def _beyond(values: Array, comparable: Array) -> Array:
        """At each point the largest number up to it, within its stretch of comparable points."""
        extreme = np.array(values, copy=True)
        for k in range(1, values.shape[-1]):
            extended = np.maximum(extreme[..., k - 1], values[..., k])
            extreme[..., k] = np.where(comparable[..., k - 1], extended, values[..., k])
        return extreme

    def witness(self, curves: Curves, broken: Break) -> Witness:
        """The point that lies deepest, with the extremes on both sides of it."""
        values = getattr(curves, self.who)
        middle = int(np.argmax(np.where(broken.at, broken.by, 0)))
        start = max((k + 1 for k in range(middle) if not curves.comparable[k]), default=0)
        end = min((k for k in range(middle, len(values) - 1) if not curves.comparable[k]), default=len(values) - 1)
        pick = max if self.sign > 0 else min
        low = pick(range(start, middle), key=lambda k: values[k])
        high = pick(range(middle + 1, end + 1), key=lambda k: values[k])
        ends, numbers = (tuple(settle(sequence[k]) for k in (low, high, middle)) for sequence in (curves.points, values))
        player = PLAYERS[int(broken.player[middle])]
        return Witness(ends[0], ends[1], numbers[0], numbers[1], player, middle=ends[2], at_middle=numbers[2])

    def contradicted(self, low: OddsPair, high: OddsPair, other: OddsPair | None) -> bool:
        """Whether the odds at the point in the middle, ``other``, lie below (for a trough: above) those of both ends."""
        if other is None:
            return False
        ends, middle = [self._of(low), self._of(high)], self._of(other)
        return all(end.exceeds(middle) if self.sign > 0 else middle.exceeds(end) for end in ends)

    def _of(self, pair: OddsPair) -> Any:
        return larger_odds(pair) if self.who == "dyad" else pair[PLAYERS.index(self.who)]

    def violations(self, main: OddsPair, other: OddsPair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """Both events within a case; a contradiction takes one of each, in order."""
        yield from self.first.violations(main, other)
        yield from self.second.violations(main, other)

    def jumps(self, before: OddsPair, after: OddsPair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """Both events by a jump."""
        yield from self.first.jumps(before, after)
        yield from self.second.jumps(before, after)


@final
@dataclass(frozen=True, eq=False)
class UnimodalClaim(CurveClaim):
    """A claim that a critical discount factor has one peak, or one trough, along a line; :func:`unimodal` makes it.

    Examples
    --------
    >>> import alliances as al
    >>> peak = al.claims.unimodal("one peak", along="gap", whose="sponsor")
    >>> peak.check(al.presets.chindea_2014(), enforcement=al.GivenPunishment()).status
    'holds'
    """

    def problem(self, family: Family, fixed: Mapping[str, Any], deadline: float) -> UnimodalProblem:
        """The conditions that would break the claim, for one combination of the family's finite choices."""
        self.requires_odds(family)
        assert isinstance(self.shape, Unimodal)
        return UnimodalProblem(self, self.shape, family, fixed, deadline)


class UnimodalProblem(GameProblem):
    """Two events along the line, the first in an indeterminate of its own."""

    def __init__(
        self, claim: UnimodalClaim, shape: Unimodal, family: Family, fixed: Mapping[str, Any], deadline: float
    ) -> None:
        self.events, self.earlier = shape, fresh("y", [*family.intervals, "x"])
        super().__init__(claim, family, fixed, deadline)

    def _algebra(self, root: int, deadline: float) -> Algebra:
        plain = super()._algebra(root, deadline)
        assert self.letter is not None
        domains = {**plain.domains, self.earlier: plain.domains[self.letter]}
        algebra = Algebra(domains, plain.moving, self.solver.decide, deadline)
        for name in (self.letter, self.earlier) if root > 1 else ():
            algebra.facts += within(algebra[name] ** root, weakness(self.family.gaps), name)
        return algebra

    def queries(self) -> Iterator[Query]:
        """Every pair of an event that comes first with one that must not come after it."""
        firsts = self._events(self.events.first)
        for query in firsts:
            if not _is_event(query):
                yield query
        seconds = [query for query in self._events(self.events.second) if _is_event(query)]
        place = self.algebra.letters.index(self.letter)
        for first in (query for query in firsts if _is_event(query)):
            if seconds and any(mentions(function, place) for function in self.algebra.transcendentals):
                raise OutOfReach("proofs of unimodality know no powers and exponentials that change along the line")
            moved = [self._moved(c, place) for c in first.conditions]
            for second in seconds:
                text = f"first, {first.text}; then, {second.text}"
                later = Condition(self._later().product, ">", Kind.CASE, "one point after the other")
                yield Query(text, (*second.conditions, *moved, later), False, second.cases)
                if first.jump and second.jump and first.cases[-1] == second.cases[0]:  # the case between may be one point
                    between = self.cases[second.cases[0] - 1].conditions
                    same = Condition(self._later().product, "==", Kind.CASE, "at one point")
                    yield Query(f"{text}, at one point", (*second.conditions, *moved, *between, same), False, second.cases)

    def _events(self, shape: Monotone) -> list[Query]:
        """What would break a monotone claim, but for what a look excludes."""
        self.shape = shape
        try:
            asked = list(super().queries())
        finally:
            self.shape = self.events
        return [query for query in asked if not _is_event(query) or not self.algebra.excludes(list(query.conditions))]

    def _later(self) -> Any:
        """Positive where the point of the line's own indeterminate comes after the earlier one: x falls along the gap."""
        assert self.letter is not None
        difference = self.algebra[self.letter] - self.algebra[self.earlier]
        return -difference if self.line == "gap" else difference

    def _moved(self, condition: Condition, place: int) -> Condition:
        """The condition at the earlier point: its indeterminate in the place of the line's."""
        earlier = self.algebra.letters.index(self.earlier)
        terms = {}
        for powers, coefficient in condition.polynomial.to_dict().items():
            swapped = list(powers)
            swapped[place], swapped[earlier] = swapped[earlier], swapped[place]
            terms[tuple(swapped)] = coefficient
        letter = self.earlier if condition.letter == self.letter else condition.letter
        return condition._replace(polynomial=self.algebra.context.from_dict(terms), source=None, letter=letter)

    def confirm(self, parameters: Mapping[str, Any], point: Fraction) -> Counterexample | None:
        """A counterexample at these parameters: three points of a grid and ``point``, the grids finer and finer."""
        try:
            return next(filter(None, (self._on_grid(parameters, point, fine) for fine in _GRIDS)), None)
        except ValueError:  # the model refuses these parameters
            return None

    def _on_grid(self, parameters: Mapping[str, Any], point: Fraction, fine: int) -> Counterexample | None:
        family, line = self.family, self.line
        domain = family.gaps if line == "gap" else family.intervals[line]
        points = sorted({*line_points(self.claim, family, fine), *([point] if point in domain else [])})
        if len(points) < 3:
            return None
        moves = moves_parameter(line)

        def model(value: Any) -> Any:
            return family.at(**{**parameters, line: value})

        options: dict[str, Any] = {
            "enforcement": family.concept(**parameters), "profile": family.profile, "assume": family.assume,
            "total": family.total,
        }  # fmt: skip

        def ask(at: list[Fraction]) -> Check:
            of = model if moves else family.at(**parameters)
            return check(self.claim, of, **options, values=at if moves else None, gaps=[0] if moves else at)

        asked = Asked.of_member(self.events, family, parameters)
        try:
            witness = ask(points).witness
            if witness is None or witness.middle is None:
                return None
            three = points_of(witness)
            how = contradicted(asked, three)
        except (Undecided, OutOfReach, ZeroDivisionError, NotArithmetic):
            return None
        if how is None or not stands(asked, three[0], three[-1]):
            return None
        verdict = ask(three)
        kept = {name: value for name, value in parameters.items() if not moves or name != line}
        return Counterexample(kept, verdict, how if verdict.exact else "by enclosures") if verdict.witness else None

    def hunt(self, seed: int, points: int, deadline: float) -> Counterexample | None:
        """A counterexample found by trying so many parameter points in floating point."""
        try:
            with np.errstate(all="ignore"):
                seeming = list(
                    contradictions(self.claim, self.family, self.fixed, (points, min(points, 124)), _HUNTED, seed, deadline)
                )
        except (TypeError, ValueError, ZeroDivisionError):  # the model takes no arrays, or has no payoffs somewhere
            return None
        for parameters, _ in seeming:
            for largest in (10, 10**4):
                near = {
                    name: value if not isinstance(value, float) else Fraction(value).limit_denominator(largest)
                    for name, value in parameters.items()
                }
                inside = all(value in self.family.parameters[name] for name, value in near.items())
                counterexample = self.confirm(near, Fraction(0)) if inside else None
                if counterexample is not None:
                    return counterexample
        return None


def _is_event(query: Query) -> bool:
    """Whether the query is about what the claim compares, and not about a case without payoffs or without known odds."""
    return any(condition.kind is Kind.VIOLATION for condition in query.conditions)
