"""Branch and bound on Bernstein coefficients: can polynomial inequalities hold together on an open box?

Boxes that do not decide are halved (de Casteljau). Several inequalities exclude each other where a combination of them with
positive weights has coefficients of one sign; the weights are found in floating point, by linear programming where they are
more than two, made rational, and checked in whole numbers. Where a box keeps a corner at which polynomials vanish, it is
divided into sectors t_j = t_i t_j', one for each indeterminate i that is largest near the corner. Powers of t_i are divided out
(Hironaka's blow-up; Binoth & Heinrich 2000, "An automatized algorithm to compute infrared divergent multi-loop integrals").
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product
from typing import Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.claims.proofs.bernstein import Sides, at_centre, floats, halves, nowhere_zero, same_degrees, sector, stripped

__all__ = ["Outcome", "Search", "Sign"]

Sign: TypeAlias = Literal[">", ">=", "=="]

_DEPTH = 20  # halvings of one side
_BLOWN = 6  # blow-ups in a row
_SIZE = 400  # coefficients that count as much as a box
_PROGRAMME = 3  # a linear programme for one box in so many
_NEAR = 2  # halvings before a corner is looked at by itself


@dataclass(frozen=True)
class _Box:
    """Conditions, as coefficients, on a part of the domain; ``place`` None once a blow-up has bent it."""

    signs: tuple[Sign, ...]
    tensors: tuple[Array, ...]
    sides: Sides
    place: tuple[tuple[Fraction, Fraction], ...] | None
    halved: tuple[int, ...]
    blown: int = 0


@dataclass(frozen=True)
class Outcome:
    """Whether the conditions are excluded, or a point at which they hold, or neither; and what it took."""

    excluded: bool
    point: tuple[Fraction, ...] | None
    boxes: int
    work: int
    reason: str = ""


@dataclass
class Search:
    """A search through boxes for a point at which all conditions hold; ``most`` is the work allowed.

    Work is counted, not timed, so that an answer does not depend on how busy the machine is: one for every box, and one for
    every so many of its coefficients.

    Attributes
    ----------
    signs, tensors
        The conditions: the polynomial with these coefficients is >, >= or == 0.
    most
        How much work.
    deadline
        By ``time.perf_counter``; it only stops what the caller has no time for.
    """

    signs: Sequence[Sign]
    tensors: Sequence[Array]
    most: int
    deadline: float = math.inf
    boxes: int = field(default=0, init=False)
    work: int = field(default=0, init=False)

    def run(self) -> Outcome:
        """Exclude all boxes, or find a point in one."""
        n = self.tensors[0].ndim if self.tensors else 0
        whole = tuple((Fraction(0), Fraction(1)) for _ in range(n))
        sides = ((False, False),) * n
        stack = [_Box(tuple(self.signs), tuple(stripped(t, sides) for t in self.tensors), sides, whole, (0,) * n)]
        while stack:
            if self.work >= self.most or time.perf_counter() > self.deadline:
                return Outcome(False, None, self.boxes, self.work, f"{len(stack)} boxes are left after {self.boxes}")
            self.boxes += 1
            self.work += 1 + sum(t.size for t in stack[-1].tensors) // _SIZE
            box = _undecided(stack.pop())
            if box is None or (len(box.signs) > 1 and _combined(box)):
                continue
            point = _corner(box)
            if point is not None:
                return Outcome(False, point, self.boxes, self.work)
            if not box.signs:
                return Outcome(False, None, self.boxes, self.work, "conditions hold all over a bent box")
            parts = _blown_up(box) or _halved(box)
            if parts is None:
                return Outcome(False, None, self.boxes, self.work, f"boxes halved {_DEPTH} times do not decide")
            stack.extend(parts)
        return Outcome(True, None, self.boxes, self.work)


def _undecided(box: _Box) -> _Box | None:
    """The box without the conditions that hold all over it; None if one holds nowhere."""
    kept = []
    for sign, tensor in zip(box.signs, box.tensors, strict=True):
        low, high = tensor.min(), tensor.max()
        if sign == ">":
            if high <= 0:
                return None
            if low >= 0 and nowhere_zero(tensor, box.sides):
                continue
        elif sign == ">=":
            if high <= 0 and nowhere_zero(tensor, box.sides):
                return None
            if low >= 0:
                continue
        elif (low >= 0 or high <= 0) and nowhere_zero(tensor, box.sides):
            return None
        kept.append((sign, tensor))
    return _Box(tuple(s for s, _ in kept), tuple(t for _, t in kept), box.sides, box.place, box.halved, box.blown)


def _corner(box: _Box) -> tuple[Fraction, ...] | None:
    """A corner or the centre of the box at which all conditions hold, in unit coordinates of the domain."""
    if box.place is None:
        return None
    ends = [([0] if low else []) + ([-1] if high else []) for low, high in box.sides]
    for corner in product(*ends):
        if all(_meets(int(t[corner]), s) for s, t in zip(box.signs, box.tensors, strict=True)):
            return tuple(place[k] for place, k in zip(box.place, corner, strict=True))
    if all(_meets(at_centre(t), s) for s, t in zip(box.signs, box.tensors, strict=True)):
        return tuple((low + high) / 2 for low, high in box.place)
    return None


def _meets(value: int, sign: Sign) -> bool:
    return value > 0 if sign == ">" else value >= 0 if sign == ">=" else value == 0


def _halved(box: _Box) -> list[_Box] | None:
    """Two halves, across the side along which the coefficients differ most."""
    gains, scaled = [], [floats(t) for t in box.tensors]
    for axis, times in enumerate(box.halved):
        changes = (float(np.abs(np.diff(t, axis=axis)).max()) for t in scaled if t.shape[axis] > 1)
        gains.append(max(changes, default=0.0) if times < _DEPTH else 0.0)
    axis = max(range(len(gains)), key=gains.__getitem__)
    if gains[axis] == 0:
        return None
    pairs = [halves(t, axis) for t in box.tensors]
    halved = tuple(times + (k == axis) for k, times in enumerate(box.halved))
    parts = []
    for part in (0, 1):
        side = (box.sides[axis][0], True) if part == 0 else (True, box.sides[axis][1])
        sides = (*box.sides[:axis], side, *box.sides[axis + 1 :])
        place = None
        if box.place is not None:
            low, high = box.place[axis]
            middle = (low + high) / 2
            ends = (low, middle) if part == 0 else (middle, high)
            place = (*box.place[:axis], ends, *box.place[axis + 1 :])
        parts.append(_Box(box.signs, tuple(pair[part] for pair in pairs), sides, place, halved, box.blown))
    return parts


def _combined(box: _Box) -> bool:
    """Whether a combination of the conditions with positive weights excludes them: of two, or of any number now and then."""
    tensors = same_degrees(box.tensors)
    rows = np.array([floats(t).ravel() for t in tensors])
    free = [sign == "==" for sign in box.signs]
    for i, j in combinations(range(len(rows)), 2):
        for ratio in _ratios(rows[i], rows[j], free[j]) if not free[i] else _ratios(rows[j], rows[i], True):
            weights = [Fraction(0)] * len(rows)
            weights[i], weights[j] = (Fraction(1), ratio) if not free[i] else (ratio, Fraction(1))
            if _excludes(box, tensors, weights):
                return True
    if len(rows) == 2 or sum(box.halved) % _PROGRAMME or all(free):
        return False
    return any(_excludes(box, tensors, weights) for weights in _programme(rows, free))


def _ratios(a: Array, b: Array, free: bool) -> Iterator[Fraction]:
    """Weights w of b, not negative unless ``free``, that seem to leave no coefficient of a + w b above 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at = -a / b
    if np.any((b == 0) & (a > 0)):
        return
    high = float(at[b > 0].min(initial=np.inf))
    low = float(at[b < 0].max(initial=-np.inf if free else 0.0))
    if low > high + 1e-9 * (1 + abs(low)) or low == np.inf or high == -np.inf:
        return
    low, high = max(low, -1e12), min(high, 1e12)
    middle = (low + high) / 2
    for largest in (1, 16, 2**10, 2**20):
        ratio = Fraction(middle).limit_denominator(largest)
        if low - 1e-9 <= ratio <= high + 1e-9:
            yield ratio


def _programme(rows: Array, free: Sequence[bool]) -> Iterator[list[Fraction]]:
    """Weights of all conditions, by linear programming, that seem to leave no coefficient of their sum above 0."""
    from scipy.optimize import linprog

    seen = rows[:, np.abs(rows).max(axis=0) > 0]
    solution = linprog(
        np.append(np.zeros(len(rows)), 1.0),
        A_ub=np.column_stack([seen.T, -np.ones(seen.shape[1])]),
        b_ub=np.zeros(seen.shape[1]),
        A_eq=np.array([[*(0.0 if f else 1.0 for f in free), 0.0]]),
        b_eq=[1.0],
        bounds=[*((-1, 1) if f else (0, 1) for f in free), (None, None)],
        method="highs",
    )
    if solution.success and solution.x[-1] <= 1e-9:
        for largest in (8, 2**10, 2**20):
            yield [Fraction(float(w)).limit_denominator(largest) for w in solution.x[:-1]]


def _scaled(tensors: Sequence[Array]) -> Iterator[tuple[Array, int]]:
    for t in tensors:
        yield t, int(np.abs(t).max()) or 1


def _excludes(box: _Box, tensors: Sequence[Array], weights: Sequence[Fraction]) -> bool:
    """Whether the weighted sum of what must be positive is nowhere so: checked in whole numbers."""
    common = math.lcm(*(w.denominator for w in weights))
    scales = [scale for _, scale in _scaled(tensors)]
    all_scales = math.lcm(*scales)
    total = sum(t * (int(w * common) * (all_scales // scale)) for t, w, scale in zip(tensors, weights, scales, strict=True))
    if any(w < 0 for w, sign in zip(weights, box.signs, strict=True) if sign != "==") or np.asarray(total).max() > 0:
        return False
    strict = any(w > 0 for w, sign in zip(weights, box.signs, strict=True) if sign == ">")
    return strict or nowhere_zero(np.asarray(total, dtype=object), box.sides)


def _blown_up(box: _Box) -> list[_Box] | None:
    """Sectors at a corner outside the domain at which conditions vanish; None where there is no such corner, or not yet."""
    if box.blown >= _BLOWN:
        return None
    outside = [[end for end, inside in ((0, low), (-1, high)) if not inside] for low, high in box.sides]
    touched = [k for k, ends in enumerate(outside) if len(ends) == 1 and box.halved[k] >= _NEAR]
    for size in (2, 3):
        for corner in combinations(touched, size):
            face: list[Any] = [slice(None)] * len(outside)
            for k in corner:
                face[k] = outside[k][0]
            if not any(np.any(np.asarray(t[tuple(face)], dtype=object) != 0) for t in box.tensors):
                return [_sector(box, k, {j: outside[j][0] for j in corner}) for k in corner]
    return None


def _sector(box: _Box, largest: int, ends: Mapping[int, int]) -> _Box:
    """The part in which one indeterminate, measured from the corner, is the largest."""
    sides, halved = list(box.sides), list(box.halved)
    for k, end in ends.items():
        sides[k] = (False, box.sides[k][1 if end == 0 else 0] if k == largest else True)
        halved[k] = 0
    tensors = tuple(stripped(sector(t, largest, ends), tuple(sides)) for t in box.tensors)
    return _Box(box.signs, tensors, tuple(sides), None, tuple(halved), box.blown + 1)
