"""The shapes that claims have: what would break them, on curves of numbers and in algebra.

Every claim here is about the *order* of critical discount factors. On numbers, neighbouring points of a curve are
compared. In algebra, odds of betrayal (see :mod:`alliances.claims.odds`) stand for critical discount factors, and what
would break the claim is a condition on them and on their derivatives at one point of the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.quotients import Relation
from alliances.claims.lines import Curves, Line
from alliances.claims.odds import Odds

__all__ = ["Break", "Monotone", "PactFirst", "ProxyFirst", "Shape"]

Player: TypeAlias = Literal["sponsor", "proxy"]
PLAYERS: tuple[Player, Player] = ("sponsor", "proxy")

Pair = tuple[Odds, Odds]


@dataclass(frozen=True, eq=False)
class Break:
    """Where neighbouring points contradict a claim, per model and pair of points, and by how much.

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


class Shape(Protocol):
    """What a claim says of critical discount factors along its line."""

    @property
    def line(self) -> Line:
        """Along what the claim compares."""
        ...

    def breaks(self, curves: Curves) -> Break:
        """Where the numbers contradict the claim."""
        ...

    def contradicted(self, low: Pair, high: Pair, other: Pair | None) -> bool:
        """Whether the odds at two points, the lower one first (at parity: the same), contradict the claim."""
        ...

    def violations(self, main: Pair, other: Pair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """(words, conditions) of every way in which the claim breaks within a case; conditions are (letters, relation to 0)."""
        ...

    def jumps(self, before: Pair, after: Pair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        """(words, conditions) of every way in which the claim breaks by a jump from one case to the next."""
        ...


def _larger(pair: Pair) -> Odds:
    return pair[0] if pair[0].exceeds(pair[1]) else pair[1]


def _fall(a: Array, b: Array) -> Array:
    """A − b, where ∞ − ∞ is 0."""
    same = np.asarray(a == b, dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.where(same, 0, np.where(same, 0, a) - np.where(same, 0, b))


@dataclass(frozen=True)
class Monotone:
    """A critical discount factor never rises (``sign`` −1), or never falls (+1), along the line.

    Attributes
    ----------
    line
        Along what.
    who
        Whose: "sponsor", "proxy" or "dyad".
    """

    line: Line
    who: Literal["sponsor", "proxy", "dyad"]
    sign: int

    def breaks(self, curves: Curves) -> Break:
        values = getattr(curves, self.who)
        left, right = values[..., :-1], values[..., 1:]
        by = _fall(right, left) if self.sign < 0 else _fall(left, right)
        worse = right if self.sign < 0 else left
        sponsor = curves.sponsor[..., 1:] if self.sign < 0 else curves.sponsor[..., :-1]
        slack = curves.slack[..., :-1] + curves.slack[..., 1:]
        at = np.asarray(by > slack, dtype=bool) & curves.comparable
        player = {"sponsor": 0, "proxy": 1}.get(self.who, np.where(np.asarray(sponsor == worse, dtype=bool), 0, 1))
        return Break(at, by, np.broadcast_to(player, at.shape))

    def contradicted(self, low: Pair, high: Pair, other: Pair | None) -> bool:
        left, right = ((_larger(p) if self.who == "dyad" else p[PLAYERS.index(self.who)]) for p in (low, high))
        return right.exceeds(left) if self.sign < 0 else left.exceeds(right)

    def violations(self, main: Pair, other: Pair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        for k, name in enumerate(PLAYERS):
            own, others = main[k], main[1 - k]
            if self.who not in (name, "dyad") or own.kind != "finite":
                continue
            wrong: list[tuple[Any, Relation]] = [(own.value.derivative() * -self.sign, ">")]
            if self.who == "dyad" and others.kind == "finite":
                if own is others:  # pooled: once is enough
                    if k == 1:
                        continue
                else:
                    wrong.append((own.value - others.value, ">="))
            if self.who == "dyad" and others.kind == "infinite":
                continue
            yield f"the {name}'s critical discount factor moves the wrong way along the {self.line}", wrong

    def jumps(self, before: Pair, after: Pair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        low, high = (before, after) if self.sign < 0 else (after, before)
        for k, name in enumerate(PLAYERS):
            if self.who not in (name, "dyad") or (self.who == "dyad" and high[k] is high[1 - k] and k == 1):
                continue
            below = [low[k]] if self.who != "dyad" else list(low)
            for how, conditions in _above_at_border(high[k], below):
                yield f"the {name}'s critical discount factor jumps the wrong way along the {self.line}{how}", conditions


def _above_at_border(own: Odds, others: Sequence[Odds]) -> Iterator[tuple[str, list[tuple[Any, Relation]]]]:
    """Ways in which ``own`` may exceed all of ``others`` in the limit: odds may grow without bound, or be 0/0, at a border."""
    conditions = _above(own, others)
    if conditions is None:
        return
    yield "", conditions
    finite = [other.value for other in others if other.kind == "finite"]
    if own.kind != "finite" or not finite:
        return
    yield ", without bound", [(own.value.bottom, "=="), *((value.bottom, "!=") for value in finite)]
    for value in finite:
        yield ", from 0/0", [(value.top, "=="), (value.bottom, "==")]


def _above(own: Odds, others: Sequence[Odds]) -> list[tuple[Any, Relation]] | None:
    """Conditions under which ``own`` exceeds all of ``others``; None if it cannot."""
    rank = {"zero": 0, "finite": 1, "infinite": 2}
    conditions: list[tuple[Any, Relation]] = []
    for other in others:
        if own.kind == other.kind == "finite":
            conditions.append((own.value - other.value, ">"))
        elif rank[own.kind] <= rank[other.kind]:
            return None
    return conditions


@dataclass(frozen=True)
class ProxyFirst:
    """Where narrowing the gap breaks the alliance, the proxy's constraint fails (perhaps with the sponsor's)."""

    line: Line = "gap"

    def breaks(self, curves: Curves) -> Break:
        own, dyad = curves.sponsor[..., :-1], curves.dyad[..., 1:]
        held = np.maximum(curves.proxy[..., :-1], dyad)
        slack = curves.slack[..., :-1] + curves.slack[..., 1:]
        binds = np.asarray(_fall(curves.sponsor[..., 1:], curves.proxy[..., 1:]) > slack, dtype=bool)
        by = _fall(own, held)
        at = np.asarray(by > slack, dtype=bool) & binds & curves.comparable
        return Break(at, by, np.zeros(at.shape, dtype=int))

    def contradicted(self, low: Pair, high: Pair, other: Pair | None) -> bool:
        return high[0].exceeds(high[1]) and all(low[0].exceeds(x) for x in (low[1], *high))

    def violations(self, main: Pair, other: Pair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        own, others = main
        if own is others or own.kind != "finite" or others.kind == "infinite":
            return
        wrong: list[tuple[Any, Relation]] = [(-own.value.derivative(), ">")]
        if others.kind == "finite":
            wrong.append((own.value - others.value, ">"))
        yield "the alliance breaks by the sponsor's constraint as the gap narrows", wrong

    def jumps(self, before: Pair, after: Pair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        if before[0] is before[1]:
            return
        for how, conditions in _above_at_border(before[0], [before[1], *after]):
            yield f"the alliance breaks by a jump of the sponsor's constraint{how}", conditions


@dataclass(frozen=True)
class PactFirst:
    """At parity, the pact needs no more patience than the alliance."""

    line: Line = "parity"

    def breaks(self, curves: Curves) -> Break:
        assert curves.other is not None
        by = _fall(curves.dyad, curves.other)
        at = np.asarray(by > 2 * curves.slack, dtype=bool) & curves.valid
        return Break(at, by, np.where(np.asarray(curves.sponsor >= curves.proxy, dtype=bool), 0, 1))

    def contradicted(self, low: Pair, high: Pair, other: Pair | None) -> bool:
        assert other is not None
        return _larger(low).exceeds(_larger(other))

    def violations(self, main: Pair, other: Pair | None) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        assert other is not None
        for k, name in enumerate(PLAYERS):
            if k == 1 and main[0] is main[1]:
                return
            conditions = _above(main[k], list(other))
            if conditions is not None:
                yield f"the {name} needs more patience for the pact than the alliance needs", conditions

    def jumps(self, before: Pair, after: Pair) -> Iterator[tuple[str, Sequence[tuple[Any, Relation]]]]:
        return iter(())
