"""From points of a line that seem to contradict a claim to a contradiction that is certain, or to none.

Where points alone contradict nothing (:attr:`alliances.claims.certifying.Asked.of_points`), neighbours on a sampled line are a
suspicion. It is settled by asking of all points between. Where that is left open, the pair is cut into shorter pairs, and those
that still seem to contradict the claim are looked into, the worst first. If none is left, an assumption fails between, or the
proxy binds, and there was no contradiction. Where it takes three points, the stretches on which they may lie are cut instead.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.domains import decimal
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims.certifying import REFUSALS, Asked, can_enclose, contradicted, stands
from alliances.claims.comparisons import Break, Witness, points_of
from alliances.claims.lines import Curves

__all__ = ["Evaluate", "Settled", "Settlement", "confirmed", "settled"]

Settlement: TypeAlias = Literal["certain", "dismissed", "open"]
"""A contradiction is certain, there is none where there seemed to be one, or that could not be told."""
Evaluate: TypeAlias = Callable[[Array], Curves]
"""Critical discount factors at points of the line."""

_PARTS = 8  # into which a pair of points is cut
_HALVINGS = 2  # of what lies between, before that
_CUTS = 40  # for all suspicions of a line together
_PIECES = 128  # of what lies between two neighbours of a stretch
_FAINT = 4 * _PARTS  # times its rounding, a difference may vanish when it is cut


@dataclass(frozen=True, eq=False)
class Settled:
    """What became of the suspicions of a line.

    Attributes
    ----------
    status
        See :data:`Settlement`; "open" only if nothing was certain.
    witness
        The points that contradict the claim, or seem to where that is open.
    """

    status: Settlement
    witness: Witness | None


@dataclass(frozen=True, eq=False)
class _Suspicion:
    """Neighbours that seem to contradict the claim.

    Attributes
    ----------
    pair, lines
        The two points, and the numbers there.
    faint
        Whether rounding may hide that when they are cut.
    """

    pair: Witness
    lines: Curves
    faint: bool


def settled(asked: Asked, evaluate: Evaluate, lines: Curves, broken: Break, *, widest: bool = True) -> Settled:
    """Whether a line of points whose numbers are those of ``lines`` holds a contradiction that is certain.

    Neighbours are asked about, those that contradict the claim most first, then what lies between them; before them, if the
    ``widest`` contradiction is wanted, the two points at which the claim is contradicted most, be they neighbours or not.
    """
    if asked.of_points:
        return _by_points(asked, lines, broken)
    if asked.shape.width > 2:
        return _by_stretches(asked, lines, broken)
    if widest:
        most = asked.shape.witness(lines, broken)
        if stands(asked, decimal(most.low), decimal(most.high)) and _no_noise(asked, most, lines):
            return Settled("certain", most)
    waiting: list[tuple[float, int, Curves, Break, int]] = []  # few of them are looked into
    count = 0

    def add(lines: Curves, broken: Break) -> None:
        nonlocal count
        for k in np.flatnonzero(broken.at).tolist():
            heapq.heappush(waiting, (-float(broken.by[k]), count, lines, broken, k))
            count += 1

    add(lines, broken)
    undecided = None
    for _ in range(_CUTS):
        if not waiting:
            break
        suspicion = _suspicion(asked, *heapq.heappop(waiting)[2:])
        pair = suspicion.pair
        if stands(asked, decimal(pair.low), decimal(pair.high), _HALVINGS):
            if _no_noise(asked, pair, suspicion.lines):
                return Settled("certain", pair)
            continue
        points = _cut(pair.low, pair.high)
        if points is None or not can_enclose():
            undecided = undecided or pair
            continue
        inner = evaluate(points)
        seeming = asked.shape.breaks(inner)
        if suspicion.faint and not seeming.at.any():
            undecided = undecided or pair
        add(inner, seeming)
    if waiting:
        undecided = undecided or _suspicion(asked, *waiting[0][2:]).pair
    return Settled("open", undecided) if undecided else Settled("dismissed", None)


def _by_points(asked: Asked, lines: Curves, broken: Break) -> Settled:
    """Where points alone tell: whether any do, and are not within the noise of floats."""
    plain, clear = _plain(asked, lines, broken)
    if clear.at.any():
        return Settled("certain", asked.shape.witness(plain, clear))
    pairs = asked.shape.width == 2
    seeming = (
        _suspicion(asked, lines, broken, int(k)).pair if pairs else asked.shape.witness(lines, broken)
        for k in (np.flatnonzero(broken.at) if pairs else (0,))
    )
    certain = next((witness for witness in seeming if confirmed(asked, witness)), None)
    return Settled("certain", certain) if certain else Settled("dismissed", None)


def _by_stretches(asked: Asked, lines: Curves, broken: Break) -> Settled:
    """Where it takes three points of one stretch: whether any lie on one, once neighbours with a hole between are set apart."""
    plain, clear = _plain(asked, lines, broken)
    if clear.at.any():
        lines, broken = plain, clear
    points = [decimal(point) for point in lines.points.tolist()]
    known: dict[int, bool | None] = {}
    undecided = None
    while broken.at.any():
        witness = asked.shape.witness(lines, broken)
        way = range(points.index(decimal(witness.low)), points.index(decimal(witness.high)))
        known |= {k: _on_stretch(asked, points[k], points[k + 1]) for k in way if k not in known}
        apart = [k for k in way if not known[k]]
        if not apart:
            if _no_noise(asked, witness, lines):
                return Settled("certain", witness)
            break
        if undecided is None and any(known[k] is None for k in apart):
            undecided = witness
        comparable = np.array(lines.comparable, copy=True)
        comparable[apart] = False
        lines = replace(lines, comparable=comparable)
        broken = asked.shape.breaks(lines)
    return Settled("open", undecided) if undecided else Settled("dismissed", None)


def _on_stretch(asked: Asked, low: Fraction, high: Fraction) -> bool | None:
    """Whether the assumptions hold all the way between neighbours, or certainly fail somewhere; None if neither is found."""
    waiting = deque([(low, high)])
    for _ in range(_PIECES):
        if not waiting:
            return True
        low, high = waiting.popleft()
        standing = stands(asked, low, high, 0)
        if standing is False:
            return False
        if standing is None:
            middle = (low + high) / 2
            waiting += [(low, middle), (middle, high)]
    return None


def _plain(asked: Asked, lines: Curves, broken: Break) -> tuple[Curves, Break]:
    """The line without the points that floats may not tell from noise, and what contradicts the claim there."""
    blurred, width = lines.blurred(1), asked.shape.width
    if not blurred.any():
        return lines, broken
    if width == 1 or np.count_nonzero(~blurred) < width:
        return lines, Break(broken.at & ~lines.blurred(width), broken.by, broken.player)
    plain = lines.without(blurred)
    return plain, asked.shape.breaks(plain)


def _no_noise(asked: Asked, witness: Witness, lines: Curves) -> bool:
    """Whether floats tell the numbers of a line apart; if not, whether the witness is confirmed otherwise."""
    return not lines.blurred(1).any() or confirmed(asked, witness)


def confirmed(asked: Asked, witness: Witness) -> bool:
    """Whether exact arithmetic or enclosures contradict the claim, too; where they cannot be had, it is left to the floats."""
    try:
        return contradicted(asked, points_of(witness)) is not None
    except Undecided:  # equal in 60 digits
        return False
    except (*REFUSALS, OutOfReach, ImportError):
        return True


def _suspicion(asked: Asked, lines: Curves, broken: Break, k: int) -> _Suspicion:
    """The neighbours at index ``k`` of a line, which seem to contradict the claim."""
    pair, by = lines.pair(k), broken.by[k]
    witness = asked.shape.witness(pair, Break(broken.at[k : k + 1], broken.by[k : k + 1], broken.player[k : k + 1]))
    return _Suspicion(witness, pair, bool(by <= _FAINT * pair.slack.sum()))


def _cut(low: Number, high: Number) -> Array | None:
    """A pair of points in equal parts; None if floats do not tell them apart."""
    points = np.array([low + (high - low) * k / _PARTS for k in range(_PARTS)] + [high])
    return points if np.all(points[1:] > points[:-1]) else None
