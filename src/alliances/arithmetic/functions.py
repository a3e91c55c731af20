"""The functions that a model's formula may use, for every number type: choices, powers, exponentials."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from alliances.arithmetic.formal import Formal, FormalCondition, current
from alliances.arithmetic.types import Number, is_symbolic, to_float

__all__ = ["choose", "exp", "larger", "log", "raised", "smaller"]


def choose(condition: Any, if_true: Number, if_false: Number) -> Number:
    """``if_true`` where ``condition`` holds, ``if_false`` elsewhere: element by element, a SymPy Piecewise, or a Z3 If."""
    if isinstance(condition, (bool, np.bool_)):
        return if_true if condition else if_false
    if isinstance(condition, np.ndarray):
        return np.where(condition, if_true, if_false)
    if isinstance(condition, FormalCondition):
        return condition.choose(if_true, if_false)
    if type(condition).__module__.startswith("z3"):
        import z3

        return z3.If(condition, if_true, if_false)
    import sympy

    return sympy.Piecewise((if_true, condition), (if_false, True))


def larger(a: Number, b: Number) -> Number:
    """The larger of two numbers, element by element."""
    return choose(a >= b, a, b)


def smaller(a: Number, b: Number) -> Number:
    """The smaller of two numbers, element by element."""
    return choose(a <= b, a, b)


def raised(base: Number, exponent: Number) -> Number:
    """``base ** exponent``. Fractions to a fractional exponent are floats, and an array that holds one is a float array."""
    power = _lifted(base) ** exponent
    inexact = isinstance(power, np.ndarray) and power.dtype == object and any(isinstance(x, float) for x in power.flat)
    return to_float(power) if inexact else power


def exp(x: Number) -> Number:
    """The exponential function; a rational argument gives a float."""
    return _transcendental("exp", x)


def log(x: Number) -> Number:
    """The natural logarithm; a rational argument gives a float."""
    return _transcendental("log", x)


def _lifted(x: Number) -> Number:
    """A number as the formal number that it is while proofs and certificates evaluate a model: no constant is rounded there."""
    evaluation = current()
    if evaluation is None or isinstance(x, np.ndarray) or is_symbolic(x):
        return x
    return evaluation.lift(x)


def _transcendental(name: Literal["exp", "log"], x: Number) -> Number:
    x = _lifted(x)
    if isinstance(x, Formal):
        return x.transcendental(name)
    if type(x).__module__.startswith("z3"):
        raise TypeError(f"{name}(): a Z3 term has no {name}; claims.Claim.prove() encloses it; got {x}")
    if is_symbolic(x):
        import sympy

        return getattr(sympy, name)(x)
    if isinstance(x, np.ndarray):
        return getattr(np, name)(to_float(x))
    return getattr(math, name)(to_float(x, f"the argument of {name}"))
