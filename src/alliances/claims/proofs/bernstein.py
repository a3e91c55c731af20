"""Bernstein coefficients of polynomials on a box, in whole numbers.

On the unit box a polynomial lies between the least and the largest of its Bernstein coefficients, and is strictly inside
unless it is constant (Garloff 1985, "Convergent bounds for the range of multivariate polynomials"). Two things make this
the way for claims that hold with equality at an edge of the domain:

* **Edges.** A polynomial whose coefficients are all at most 0 is at most 0 on the whole box, and below 0 wherever the
  coefficients of the face that a point lies in are not all 0. So what vanishes at an edge needs no margin there.
* **Half-lines.** v = t/(1 − t) maps [0, 1) to [0, ∞): the Bernstein coefficients in t are the coefficients in v, each over
  a binomial. Unbounded domains are boxes like others.

Coefficients are arrays of whole numbers, one axis per indeterminate; a polynomial counts up to a positive number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.domains import Interval

__all__ = [
    "Sides",
    "at_centre",
    "constant_sign",
    "floats",
    "form",
    "halves",
    "nowhere_zero",
    "same_degrees",
    "sector",
    "stripped",
]

Sides: TypeAlias = tuple[tuple[bool, bool], ...]
"""Of each indeterminate: whether the low side, and the high side, of the box belongs to the domain."""


def form(terms: dict[tuple[int, ...], int], letters: Sequence[int], domains: Sequence[Interval]) -> Array:
    """Positive multiples of the Bernstein coefficients of a polynomial on the box of ``letters``, half-lines compactified."""
    degrees = [max((powers[k] for powers in terms), default=0) for k in letters]
    tensor = np.zeros([d + 1 for d in degrees], dtype=object)
    for powers, coefficient in terms.items():
        tensor[tuple(int(powers[k]) for k in letters)] += int(coefficient)
    for axis, (d, domain) in enumerate(zip(degrees, domains, strict=True)):
        tensor = _along(tensor, axis, _matrix(d, domain))
    return _reduced(tensor)


def _along(tensor: Array, axis: int, matrix: Array) -> Array:
    return np.moveaxis(np.tensordot(matrix, tensor, axes=(1, axis)), 0, axis)


@cache
def _matrix(d: int, domain: Interval) -> Array:
    """From coefficients of powers of t in the domain to those of the Bernstein basis, times a positive number."""
    low = Fraction(domain.low)
    width = Fraction(1) if domain.high is None else Fraction(domain.high) - low
    scale = math.lcm(low.denominator, width.denominator)
    a, w = int(low * scale), int(width * scale)
    shifted = np.zeros((d + 1, d + 1), dtype=object)  # powers of u, t = low + width u, by powers of t
    for k in range(d + 1):
        for j in range(k + 1):
            shifted[j, k] = math.comb(k, j) * w**j * a ** (k - j) * scale ** (d - k)
    return np.asarray(_bernstein(d, half_line=domain.high is None).dot(shifted), dtype=object)


@cache
def _bernstein(d: int, half_line: bool = False) -> Array:
    """From coefficients of powers of u in [0, 1] (or of u/(1 − u)) to multiples of Bernstein coefficients."""
    common = math.lcm(*(math.comb(d, k) for k in range(d + 1)))
    matrix = np.zeros((d + 1, d + 1), dtype=object)
    for i in range(d + 1):
        for k in [i] if half_line else range(i + 1):
            matrix[i, k] = (1 if half_line else math.comb(i, k)) * (common // math.comb(d, k))
    return matrix


@cache
def _powers(d: int) -> Array:
    """From Bernstein coefficients to coefficients of powers of u."""
    matrix = np.zeros((d + 1, d + 1), dtype=object)
    for k in range(d + 1):
        for i in range(k + 1):
            matrix[k, i] = (-1) ** (k - i) * math.comb(d, k) * math.comb(k, i)
    return matrix


def _reduced(tensor: Array) -> Array:
    """The coefficients without their common factor: bounded growth."""
    common = math.gcd(*tensor.flat)
    return np.array(tensor // common, dtype=object) if common > 1 else tensor


def constant_sign(tensor: Array) -> int | None:
    """The sign all over the open box, if the coefficients tell it."""
    low, high = tensor.min(), tensor.max()
    if low >= 0:
        return 1 if high > 0 else 0
    return -1 if high <= 0 else None


def nowhere_zero(tensor: Array, sides: Sides) -> bool:
    """Whether a polynomial whose coefficients have one sign is not 0 anywhere on the box, its excluded sides left out."""
    ends: list[list[Any]] = [([0] if low else []) + ([-1] if high else []) or [slice(None)] for low, high in sides]
    return all(np.any(np.asarray(tensor[face], dtype=object) != 0) for face in product(*ends))


def halves(tensor: Array, axis: int) -> tuple[Array, Array]:
    """The coefficients on the lower and the upper half of the box (de Casteljau)."""
    current = np.moveaxis(tensor, axis, 0)
    d = len(current) - 1
    if d == 0:
        return tensor, tensor
    left, right = [current[0] * 2**d], [current[-1] * 2**d]
    for r in range(1, d + 1):
        current = current[1:] + current[:-1]
        left.append(current[0] * 2 ** (d - r))
        right.append(current[-1] * 2 ** (d - r))
    return tuple(_reduced(np.moveaxis(np.array(half, dtype=object), 0, axis)) for half in (left, right[::-1]))  # type: ignore[return-value]


def floats(tensor: Array) -> Array:
    """The coefficients over the largest, as floats."""
    spare = max(0, max(int(tensor.max()), -int(tensor.min())).bit_length() - 900)
    values = np.asarray(tensor // 2**spare if spare else tensor, dtype=float)
    return values / (np.abs(values).max() or 1.0)


def same_degrees(tensors: Sequence[Array]) -> list[Array]:
    """The coefficients of all in the same, raised, degrees, times positive numbers."""
    degrees = [max(t.shape[k] for t in tensors) - 1 for k in range(tensors[0].ndim)]
    raised = []
    for t in tensors:
        for axis, d in enumerate(degrees):
            t = _raised(t, axis, d)
        raised.append(t)
    return raised


def _raised(tensor: Array, axis: int, degree: int) -> Array:
    d = tensor.shape[axis] - 1
    if d == degree:
        return tensor
    return _along(tensor, axis, _raising(d, degree))


@cache
def _raising(d: int, degree: int) -> Array:
    """From Bernstein coefficients of degree d to multiples of those of a higher degree."""
    common = math.lcm(*(math.comb(degree, i) for i in range(degree + 1)))
    matrix = np.zeros((degree + 1, d + 1), dtype=object)
    for i in range(degree + 1):
        for j in range(max(0, i - degree + d), min(i, d) + 1):
            matrix[i, j] = math.comb(d, j) * math.comb(degree - d, i - j) * (common // math.comb(degree, i))
    return matrix


def stripped(tensor: Array, sides: Sides) -> Array:
    """The polynomial without the powers of the distances from sides outside the domain that it holds: positive inside."""
    for axis, inside in enumerate(sides):
        for end, belongs in zip((0, -1), inside, strict=True):
            if not belongs:
                tensor = _divided(tensor, axis, end)
    return tensor


def _divided(tensor: Array, axis: int, end: int) -> Array:
    current = np.moveaxis(tensor, axis, 0)
    while len(current) > 1 and not np.any(current[end] != 0):
        d = len(current) - 1
        common = math.lcm(*range(1, d + 1))
        order = range(1, d + 1) if end == 0 else range(d)
        # u q(u) has coefficients b_i = (i/d) q_(i−1), and (1 − u) q(u) has b_i = ((d − i)/d) q_i
        current = np.array([current[i] * (common // (i if end == 0 else d - i)) for i in order], dtype=object)
    return tensor if len(current) == tensor.shape[axis] else _reduced(np.moveaxis(current, 0, axis))


def at_centre(tensor: Array) -> int:
    """A positive multiple of the value at the box's centre."""
    for d in [size - 1 for size in tensor.shape]:
        tensor = np.array([math.comb(d, k) for k in range(d + 1)], dtype=object).dot(tensor.reshape(d + 1, -1))
    return int(tensor.ravel()[0])


def sector(tensor: Array, largest: int, ends: Mapping[int, int]) -> Array:
    """The polynomial where one indeterminate, measured from a corner of the box, is the largest: in it and the ratios to it.

    ``ends`` says of each indeterminate of the corner whether it lies at the low end (0) or at the high end (-1) of its side.
    The power of the largest indeterminate that the polynomial holds is divided out.
    """
    powers = np.flip(tensor, tuple(k for k, end in ends.items() if end == -1))
    for axis in ends:
        powers = _along(powers, axis, _powers(tensor.shape[axis] - 1))
    for other in ends:
        if other == largest:
            continue
        p = np.moveaxis(powers, (largest, other), (0, 1))
        bent = np.zeros((p.shape[0] + p.shape[1] - 1, *p.shape[1:]), dtype=object)
        for e in range(p.shape[1]):
            bent[e : e + p.shape[0], e] += p[:, e]
        powers = np.moveaxis(bent, (0, 1), (largest, other))
    powers = np.moveaxis(powers, largest, 0)
    used = [a for a in range(len(powers)) if np.any(powers[a] != 0)]
    powers = np.moveaxis(powers[used[0] : used[-1] + 1] if used else powers[:1], 0, largest)
    for axis in ends:
        powers = _along(powers, axis, _bernstein(powers.shape[axis] - 1))
    return _reduced(powers)
