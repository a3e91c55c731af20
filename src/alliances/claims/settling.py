"""From points of a line that seem to contradict a claim to a contradiction that is certain, or to none.

Where two points alone contradict nothing (:attr:`alliances.claims.certifying.Question.of_points`), neighbours on a sampled
line are a suspicion. It is settled by asking of all points between. Where that is left open, the pair is cut into shorter
pairs, and those that still seem to contradict the claim are looked into, the worst first. If none is left, an assumption fails
between, or the proxy binds, and there was no contradiction.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.domains import decimal
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims.certifying import REFUSALS, Question, can_enclose, contradicted, stands
from alliances.claims.comparisons import Break, Witness
from alliances.claims.lines import Curves

__all__ = ["Evaluate", "Settled", "Settlement", "settled"]

Settlement: TypeAlias = Literal["certain", "dismissed", "open"]
"""A contradiction is certain, there is none where there seemed to be one, or that could not be told."""
Evaluate: TypeAlias = Callable[[Array], Curves]
"""Critical discount factors at points of the line."""

_PARTS = 8  # into which a pair of points is cut
_HALVINGS = 2  # of what lies between, before that
_CUTS = 40  # for all suspicions of a line together
_FAINT = 4 * _PARTS  # times its rounding, a difference may vanish when it is cut


@dataclass(frozen=True, eq=False)
class Settled:
    """What became of the suspicions of a line.

    Attributes
    ----------
    status
        See :data:`Settlement`; "open" only if nothing was certain.
    witness
        Two points: those that contradict the claim, or seem to where that is open.
    """

    status: Settlement
    witness: Witness | None


def settled(question: Question, evaluate: Evaluate, lines: Curves, broken: Break, *, widest: bool = True) -> Settled:
    """Whether a line of points whose numbers are those of ``lines`` holds a contradiction that is certain.

    Neighbours are asked about, those that contradict the claim most first, then what lies between them; before them, if the
    ``widest`` contradiction is wanted, the two points at which the claim is contradicted most, be they neighbours or not.
    """
    if question.of_points:
        return _by_points(question, lines, broken)
    if widest:
        most = question.shape.witness(lines, broken)
        if stands(question, decimal(most.low), decimal(most.high)):
            return Settled("certain", most)
    waiting: list[tuple[float, int, Witness, bool]] = []
    asked = 0

    def add(lines: Curves, broken: Break) -> None:
        nonlocal asked
        for witness, by, faint in _suspicions(question, lines, broken):
            heapq.heappush(waiting, (-by, asked, witness, faint))
            asked += 1

    add(lines, broken)
    undecided = None
    for _ in range(_CUTS):
        if not waiting:
            break
        _, _, pair, faint = heapq.heappop(waiting)
        if stands(question, decimal(pair.low), decimal(pair.high), _HALVINGS):
            return Settled("certain", pair)
        points = _cut(pair.low, pair.high)
        if points is None or not can_enclose():
            undecided = undecided or pair
            continue
        inner = evaluate(points)
        seeming = question.shape.breaks(inner)
        if faint and not seeming.at.any():
            undecided = undecided or pair
        add(inner, seeming)
    if waiting:
        undecided = undecided or waiting[0][2]
    return Settled("open", undecided) if undecided else Settled("dismissed", None)


def _by_points(question: Question, lines: Curves, broken: Break) -> Settled:
    """Where two points alone tell: whether any two do, and are not within the noise of floats."""
    clear = Break(broken.at & ~lines.blurred, broken.by, broken.player)
    if clear.at.any():
        return Settled("certain", question.shape.witness(lines, clear))
    if question.shape.line == "parity":
        pairs = [question.shape.witness(lines, broken)]
    else:
        pairs = [pair for pair, _, _ in _suspicions(question, lines, broken)]
    for pair in pairs:
        if _certain(question, pair):
            return Settled("certain", pair)
    return Settled("dismissed", None)


def _certain(question: Question, pair: Witness) -> bool:
    """Whether exact arithmetic or enclosures contradict the claim, too; where they cannot be had, it is left to the floats."""
    try:
        return contradicted(question, decimal(pair.low), decimal(pair.high))
    except Undecided:  # equal in 60 digits
        return False
    except (*REFUSALS, OutOfReach, ImportError):
        return True


def _suspicions(question: Question, lines: Curves, broken: Break) -> Iterator[tuple[Witness, float, bool]]:
    """Neighbours that seem to contradict the claim, by how much, and whether rounding may hide that when they are cut."""
    for k in np.flatnonzero(broken.at):
        pair, by = lines.pair(int(k)), broken.by[k]
        witness = question.shape.witness(pair, Break(broken.at[k : k + 1], broken.by[k : k + 1], broken.player[k : k + 1]))
        yield witness, float(by), bool(by <= _FAINT * pair.slack.sum())


def _cut(low: Number, high: Number) -> Array | None:
    """A pair of points in equal parts; None if floats do not tell them apart."""
    points = np.array([low + (high - low) * k / _PARTS for k in range(_PARTS)] + [high])
    return points if np.all(points[1:] > points[:-1]) else None
