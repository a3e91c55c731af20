"""The comparisons that claims make: what would contradict them, on curves of numbers and in algebra.

Every claim here is about the *order* of critical discount factors. On numbers, neighbouring points of a curve are
compared. In algebra, odds of betrayal (see :mod:`alliances.claims.odds`) stand for critical discount factors, and what
would break the claim is a condition on them and on their derivatives at one point of the line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import Array, Number, settle
from alliances.arithmetic.domains import decimal
from alliances.arithmetic.quotients import Relation
from alliances.claims.lines import Along, Curves
from alliances.claims.odds import Odds
from alliances.games.players import PLAYERS, Player
from alliances.results import Result
from alliances.values import Value

__all__ = [
    "Break",
    "Monotone",
    "OddsPair",
    "Ordering",
    "PactFirst",
    "ProxyFirst",
    "Witness",
    "above",
    "fall",
    "larger_odds",
    "points_of",
]

OddsPair = tuple[Odds, Odds]


@dataclass(frozen=True, eq=False)
class Break:
    """Where neighbouring points contradict a claim, or seem to, per model and pair of points, and by how much.

    Whether they do may depend on what lies between them: see :meth:`Ordering.stands`, and the assumptions.

    Attributes
    ----------
    at
        (…, n − 1) or (…, n): which pairs (or, where a claim is about single points, which points) contradict it.
    by
        How much, in units of the discount factor; infinite where a finite number faces ∞.
    player
        Whose number it is: 0 the sponsor's, 1 the proxy's.
    """

    at: Array
    by: Array
    player: Array

    def model(self, row: int) -> Break:
        """Of one of many models."""
        return Break(self.at[row], self.by[row], self.player[row])


@dataclass(frozen=True)
class Witness(Result):
    """Two points of the line whose critical discount factors contradict a claim.

    Attributes
    ----------
    low, high
        The points: gaps or stakes; at parity both are 0.
    at_low, at_high
        The critical discount factors there that contradict the claim: of the player whose number moves the wrong way
        (the dyad's for claims about the dyad). At parity: the alliance's and the pact's. For the proxy turning first:
        (sponsor's, the larger of the proxy's there and the dyad's at the wider gap).
    player
        "sponsor" or "proxy": whose number it is.
    middle, at_middle
        A point between the two, and the critical discount factor there, where it takes three points to contradict a claim.
    gap
        At which gap, where a parameter moves along the line and more than one gap was looked at.
    """

    low: Number
    high: Number
    at_low: Number
    at_high: Number
    player: Player
    middle: Number | None = None
    at_middle: Number | None = None
    gap: Number | None = None


def points_of(witness: Witness) -> list[Fraction]:
    """Its points, in the order of the line, as the decimals that they are written as."""
    return [decimal(point) for point in (witness.low, witness.middle, witness.high) if point is not None]


class Ordering(Value, ABC):
    """What a claim says of critical discount factors along its line, and what would contradict it."""

    line: Along
    """Along what the claim compares."""
    pact: bool
    """Whether it is about the pact at parity; otherwise it is about the profile asked for."""
    width: ClassVar[int] = 2
    """How many points of the line it takes to contradict the claim."""
    needs_between: ClassVar[bool] = False
    """Whether two points contradict the claim only if the odds at all points between them are as :meth:`stands` says."""

    def stands(self, low: OddsPair, between: OddsPair) -> bool:
        """Whether a contradiction of two points stands, given the odds at the lower one and at a point between."""
        return True

    @abstractmethod
    def breaks(self, curves: Curves) -> Break:
        """Where the numbers contradict the claim."""

    @abstractmethod
    def witness(self, curves: Curves, broken: Break) -> Witness:
        """The points, not always neighbours, at which the numbers of one model contradict the claim most."""

    @abstractmethod
    def contradicted(self, low: OddsPair, high: OddsPair, other: OddsPair | None) -> bool:
        """Whether the odds at two points, the lower one first (at parity: the same), contradict the claim."""

    @abstractmethod
    def violations(self, main: OddsPair, other: OddsPair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """(words, conditions) of every way in which the claim breaks within a case; conditions: (quotient, relation to 0)."""

    @abstractmethod
    def jumps(self, before: OddsPair, after: OddsPair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """(words, conditions) of every way in which the claim breaks by a jump from one case to the next."""


def _most(broken: Break) -> int:
    """Which pair of neighbours contradicts the claim most."""
    return int(np.argmax(np.where(broken.at, broken.by, 0)))


def larger_odds(pair: OddsPair) -> Odds:
    """The odds of the player who needs more patience."""
    return pair[0] if pair[0].exceeds(pair[1]) else pair[1]


def fall(a: Array, b: Array) -> Array:
    """A − b, where ∞ − ∞ is 0."""
    same = np.asarray(a == b, dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.where(same, 0, np.where(same, 0, a) - np.where(same, 0, b))


@dataclass(frozen=True)
class Monotone(Ordering):
    """A critical discount factor never rises (``sign`` −1), or never falls (+1), along the line.

    Attributes
    ----------
    line
        Along what.
    who
        Whose: "sponsor", "proxy" or "dyad".
    pact
        Whether it is about the pact at parity.
    """

    line: Along
    who: Literal["sponsor", "proxy", "dyad"]
    sign: int
    pact: bool = False

    def breaks(self, curves: Curves) -> Break:
        """Neighbouring points between which the number moves the wrong way."""
        values = getattr(curves, self.who)
        left, right = values[..., :-1], values[..., 1:]
        by = fall(right, left) if self.sign < 0 else fall(left, right)
        worse = right if self.sign < 0 else left
        sponsor = curves.sponsor[..., 1:] if self.sign < 0 else curves.sponsor[..., :-1]
        slack = curves.slack[..., :-1] + curves.slack[..., 1:]
        at = np.asarray(by > slack, dtype=bool) & curves.comparable
        player = {"sponsor": 0, "proxy": 1}.get(self.who, np.where(np.asarray(sponsor == worse, dtype=bool), 0, 1))
        return Break(at, by, np.broadcast_to(player, at.shape))

    def witness(self, curves: Curves, broken: Break) -> Witness:
        """The pair between which the number moves most, with neighbours towards which it goes on moving the same way."""
        low = _most(broken)
        high, player = low + 1, PLAYERS[int(broken.player[low])]
        dyad = self.who == "dyad"
        values = curves.dyad if dyad else getattr(curves, player)

        def goes_on(a: int, b: int) -> bool:
            inside = a >= 0 and b < len(values) and curves.comparable[a]
            return bool(inside and (values[a] < values[b] if self.sign < 0 else values[a] > values[b]))

        while goes_on(high, high + 1):
            high += 1
        while goes_on(low - 1, low):
            low -= 1
        ends = settle(curves.points[low]), settle(curves.points[high])
        return Witness(*ends, settle(values[low]), settle(values[high]), player)

    def contradicted(self, low: OddsPair, high: OddsPair, other: OddsPair | None) -> bool:
        """Whether the odds move the wrong way."""
        left, right = ((larger_odds(p) if self.who == "dyad" else p[PLAYERS.index(self.who)]) for p in (low, high))
        return right.exceeds(left) if self.sign < 0 else left.exceeds(right)

    def violations(self, main: OddsPair, other: OddsPair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """A derivative of the wrong sign, of the larger odds where the claim is about the dyad."""
        for k, name in enumerate(PLAYERS):
            odds, other_odds = main[k], main[1 - k]
            if self.who not in (name, "dyad") or odds.kind != "finite":
                continue
            wrong: list[tuple[Any, Relation]] = [(odds.value.derivative() * -self.sign, ">")]
            if self.who == "dyad" and other_odds.kind == "finite":
                if odds is other_odds:  # pooled: once is enough
                    if k == 1:
                        continue
                else:
                    wrong.append((odds.value - other_odds.value, ">="))
            if self.who == "dyad" and other_odds.kind == "infinite":
                continue
            yield f"the {name}'s critical discount factor moves the wrong way along the {self.line}", wrong

    def jumps(self, before: OddsPair, after: OddsPair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """Odds that exceed those beyond the border, or before it."""
        low, high = (before, after) if self.sign < 0 else (after, before)
        for k, name in enumerate(PLAYERS):
            if self.who not in (name, "dyad") or (self.who == "dyad" and high[k] is high[1 - k] and k == 1):
                continue
            below = [low[k]] if self.who != "dyad" else list(low)
            for how, conditions in _above_at_border(high[k], below):
                yield f"the {name}'s critical discount factor jumps the wrong way along the {self.line}{how}", conditions


def _above_at_border(odds: Odds, others: Sequence[Odds]) -> Iterator[tuple[str, list[tuple[Any, Relation]]]]:
    """Ways in which ``own`` may exceed all of ``others`` in the limit: odds may grow without bound, or be 0/0, at a border."""
    conditions = above(odds, others)
    if conditions is None:
        return
    yield "", conditions
    finite = [other.value for other in others if other.kind == "finite"]
    if odds.kind != "finite" or not finite:
        return
    yield ", without bound", [(odds.value.bottom, "=="), *((value.bottom, "!=") for value in finite)]
    for value in finite:
        yield ", from 0/0", [(value.top, "=="), (value.bottom, "==")]


def above(odds: Odds, others: Sequence[Odds]) -> list[tuple[Any, Relation]] | None:
    """Conditions under which ``own`` exceeds all of ``others``; None if it cannot."""
    rank = {"zero": 0, "finite": 1, "infinite": 2}
    conditions: list[tuple[Any, Relation]] = []
    for other in others:
        if odds.kind == other.kind == "finite":
            conditions.append((odds.value - other.value, ">"))
        elif rank[odds.kind] <= rank[other.kind]:
            return None
    return conditions


@dataclass(frozen=True)
class ProxyFirst(Ordering):
    """Where narrowing the gap breaks the alliance, the proxy's constraint fails (perhaps with the sponsor's).

    Let a < b be gaps between which, both included, the sponsor's number is above the proxy's, and at a above the proxy's
    everywhere between and its own at b. For a δ below δ_S*(a) and above the others the alliance is stable at b and not at a,
    the proxy's constraint holds all the way, and the window around b has its lower edge between: there the sponsor breaks it.
    Two points alone show nothing of the kind: between them the proxy may bind. So neighbours on a line are a suspicion,
    and only what is known of all points between makes them a witness (:func:`alliances.claims.certifying.stands`).
    """

    line: Along = "gap"
    pact: bool = False
    needs_between: ClassVar[bool] = True

    def stands(self, low: OddsPair, between: OddsPair) -> bool:
        """Whether the sponsor binds between, and the proxy's odds stay below the sponsor's at the lower point."""
        return between[0].surpasses(between[1]) and low[0].surpasses(between[1])

    def breaks(self, curves: Curves) -> Break:
        """Neighbouring points between which the sponsor's number alone rises above the dyad's as the gap narrows."""
        sponsor, dyad = curves.sponsor[..., :-1], curves.dyad[..., 1:]
        held = np.maximum(curves.proxy[..., :-1], dyad)
        slack = curves.slack[..., :-1] + curves.slack[..., 1:]
        binds = np.asarray(fall(curves.sponsor[..., 1:], curves.proxy[..., 1:]) > slack, dtype=bool)
        by = fall(sponsor, held)
        at = np.asarray(by > slack, dtype=bool) & binds & curves.comparable
        return Break(at, by, np.zeros(at.shape, dtype=int))

    def witness(self, curves: Curves, broken: Break) -> Witness:
        """The pair between which the sponsor's number rises most."""
        low = _most(broken)
        held = max(curves.proxy[low], curves.dyad[low + 1])
        ends = settle(curves.points[low]), settle(curves.points[low + 1])
        return Witness(*ends, settle(curves.sponsor[low]), settle(held), PLAYERS[int(broken.player[low])])

    def contradicted(self, low: OddsPair, high: OddsPair, other: OddsPair | None) -> bool:
        """Whether the sponsor binds at the wider gap, and exceeds at the narrower one all that was enough."""
        return high[0].exceeds(high[1]) and all(low[0].exceeds(x) for x in (low[1], *high))

    def violations(self, main: OddsPair, other: OddsPair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """The sponsor's odds are the larger, and rise as the gap narrows."""
        sponsor, proxy = main
        if sponsor is proxy or sponsor.kind != "finite" or proxy.kind == "infinite":
            return
        wrong: list[tuple[Any, Relation]] = [(-sponsor.value.derivative(), ">")]
        if proxy.kind == "finite":
            wrong.append((sponsor.value - proxy.value, ">"))
        yield "the alliance breaks by the sponsor's constraint as the gap narrows", wrong

    def jumps(self, before: OddsPair, after: OddsPair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """The sponsor's odds before the border exceed all others on both sides."""
        if before[0] is before[1]:
            return
        for how, conditions in _above_at_border(before[0], [before[1], *after]):
            yield f"the alliance breaks by a jump of the sponsor's constraint{how}", conditions


@dataclass(frozen=True)
class PactFirst(Ordering):
    """At parity, the pact needs no more patience than the alliance."""

    line: Along = "parity"
    pact: bool = True
    width: ClassVar[int] = 1

    def breaks(self, curves: Curves) -> Break:
        """Models whose pact asks for more patience than their alliance."""
        assert curves.other is not None
        by = fall(curves.dyad, curves.other)
        at = np.asarray(by > 2 * curves.slack, dtype=bool) & curves.valid
        return Break(at, by, np.where(np.asarray(curves.sponsor >= curves.proxy, dtype=bool), 0, 1))

    def witness(self, curves: Curves, broken: Break) -> Witness:
        """Parity, with the two numbers."""
        assert curves.other is not None
        zero = settle(curves.points[0])
        return Witness(zero, zero, settle(curves.other[0]), settle(curves.dyad[0]), PLAYERS[int(broken.player[0])])

    def contradicted(self, low: OddsPair, high: OddsPair, other: OddsPair | None) -> bool:
        """Whether the larger odds of the pact exceed those of the alliance."""
        assert other is not None
        return larger_odds(low).exceeds(larger_odds(other))

    def violations(self, main: OddsPair, other: OddsPair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """A player's odds for the pact exceed both for the alliance."""
        assert other is not None
        for k, name in enumerate(PLAYERS):
            if k == 1 and main[0] is main[1]:
                return
            conditions = above(main[k], list(other))
            if conditions is not None:
                yield f"the {name} needs more patience for the pact than the alliance needs", conditions

    def jumps(self, before: OddsPair, after: OddsPair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """None: there is no line to jump along."""
        return iter(())
