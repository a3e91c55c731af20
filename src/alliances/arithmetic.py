"""Arithmetic that reads the same for every number type a model runs on.

A model's cells are written once, with ``+ - * / **`` and the few functions below, and run on

* exact numbers: ``int``, ``fractions.Fraction`` and arrays of them (kept as ``Fraction``);
* floating-point numbers and NumPy arrays of them (kept as ``float`` and ``float64``);
* symbols of SymPy (kept as they are).

Exactness follows the input: :func:`number` turns whatever a user passes into one of these canonical forms, or says what
is wrong with it. :func:`like` keeps the types from mixing, because a ``float64`` array times a ``Fraction`` would
silently become a slow array of Python objects.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from numbers import Number as _PythonNumber
from numbers import Rational, Real
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "DISCOUNT",
    "FINITE",
    "NONNEGATIVE",
    "POSITIVE",
    "PROBABILITY",
    "Array",
    "Number",
    "Rule",
    "choose",
    "exp",
    "is_exact",
    "is_symbolic",
    "larger",
    "like",
    "log",
    "number",
    "settle",
    "smaller",
    "to_float",
]

Number = Any
"""A float, a Fraction, a NumPy array of either, or a symbol."""

Array = npt.NDArray[Any]
"""A NumPy array of float64, or of Fraction objects."""


class Rule(NamedTuple):
    """A condition that an argument must meet, and the words for it."""

    text: str
    holds: Callable[[Any], Any]


FINITE = Rule("must be finite", lambda x: x == x)
POSITIVE = Rule("must be positive and finite", lambda x: x > 0)
NONNEGATIVE = Rule("must be non-negative and finite", lambda x: x >= 0)
DISCOUNT = Rule("must lie in [0, 1)", lambda x: (x >= 0) & (x < 1))
PROBABILITY = Rule("must lie in [0, 1]", lambda x: (x >= 0) & (x <= 1))

_fractions = np.frompyfunc(Fraction, 1, 1)


def number(value: object, function: str, argument: str, rule: Rule = FINITE) -> Number:
    """Return ``value`` in canonical form, or raise an error that names what is wrong with it.

    Integers and rationals become ``Fraction`` (arrays of them: object arrays of ``Fraction``), other real numbers become
    ``float`` (``float64`` arrays); symbols pass through unchecked, because their sign is not known.

    Parameters
    ----------
    value
        A number, an array or nested sequence of numbers, or a symbol.
    function, argument
        Whose argument it is, for the error's text.
    rule
        What every element must satisfy, besides being finite.

    Raises
    ------
    TypeError
        If ``value`` is not numeric (text, bool, complex, None, dates).
    ValueError
        If it is ragged, empty, not finite, or breaks ``rule``.

    Examples
    --------
    >>> number(3, "f", "x"), number(0.5, "f", "x")
    (Fraction(3, 1), 0.5)
    >>> number(-1, "f", "x", POSITIVE)
    Traceback (most recent call last):
        ...
    ValueError: f(): x must be positive and finite; got -1
    """
    if is_symbolic(value):
        return value
    canonical = _canonical(value, function, argument)
    if isinstance(canonical, np.ndarray):
        with np.errstate(invalid="ignore"):
            finite = np.isfinite(canonical) if canonical.dtype != object else np.ones(canonical.shape, bool)
            good = finite & np.asarray(rule.holds(canonical), dtype=bool)
        if not good.all():
            where = tuple(int(k) for k in np.argwhere(~good)[0])
            raise ValueError(f"{function}(): {argument} {rule.text}; got {_show(canonical[where])} at index {where}")
    elif not (isinstance(canonical, Fraction) or math.isfinite(canonical)) or not rule.holds(canonical):
        raise ValueError(f"{function}(): {argument} {rule.text}; got {_show(canonical)}")
    return canonical


def _canonical(value: object, function: str, argument: str) -> Number:
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if isinstance(value, (bool, str, bytes)) or value is None:
        raise TypeError(f"{function}(): {argument} must be a number; got {value!r}")
    if isinstance(value, Rational):
        return Fraction(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, _PythonNumber):  # Decimal is exact; complex numbers have no order
        try:
            return Fraction(value)  # type: ignore[call-overload]
        except (TypeError, ValueError, OverflowError):
            raise TypeError(f"{function}(): {argument} must be a real, finite number; got {value!r}") from None
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{function}(): {argument} must be a plain array; a mask would be dropped silently")
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{function}(): {argument} must not be ragged; got {value!r}") from None
    if array.size == 0:
        raise ValueError(f"{function}(): {argument} must not be empty; got an array of shape {array.shape}")
    if array.dtype.kind == "f":
        return np.array(array, dtype=np.float64)  # a copy: the caller may go on writing to theirs
    if array.dtype.kind in "iu":
        return _fractions(array.astype(object))
    if array.dtype.kind == "O" and array.ndim > 0:
        return _canonical_objects(array, function, argument)
    raise TypeError(f"{function}(): {argument} must be numeric; got {value!r}")


def _canonical_objects(array: Array, function: str, argument: str) -> Array:
    """An array of Python objects: exact if all of them are, floats if all of them are real."""
    flat = array.ravel()
    if any(isinstance(x, (list, tuple, np.ndarray)) for x in flat):
        raise ValueError(f"{function}(): {argument} must not be ragged; got {array.tolist()!r}")
    elements = [_canonical(x, function, f"an element of {argument}") for x in flat]
    if any(isinstance(x, float) for x in elements):
        return np.array([float(x) for x in elements]).reshape(array.shape)
    exact = np.empty(len(elements), dtype=object)
    exact[:] = elements
    return exact.reshape(array.shape)


def _show(value: Number) -> str:
    return str(value) if isinstance(value, Fraction) else repr(float(value))


def is_symbolic(x: object) -> bool:
    """Whether ``x`` is a symbol or an expression: something that can be calculated with, but is not a number."""
    if isinstance(x, (_PythonNumber, np.ndarray, np.generic, str, bytes, type)):
        return False
    return hasattr(x, "__truediv__") and hasattr(x, "__pow__") and not hasattr(x, "__array__")


def is_exact(x: Number) -> bool:
    """Whether ``x`` is an int, a Fraction or an array of Fractions."""
    return x.dtype == object if isinstance(x, np.ndarray) else isinstance(x, Rational)


def to_float(x: Number) -> Number:
    """``x`` in floating point; symbols stay as they are."""
    if is_symbolic(x):
        return x
    return x.astype(np.float64) if isinstance(x, np.ndarray) else float(x)


def settle(x: Any) -> Number:
    """A result as it is handed out: a 0-d array or NumPy scalar as the Python number it holds, an array as it is."""
    return x.item() if isinstance(x, (np.ndarray, np.generic)) and x.ndim == 0 else x


def like(parameter: Number, operand: Number) -> Number:
    """``parameter`` as it should meet ``operand``: in floating point where ``operand`` is, otherwise unchanged.

    >>> like(Fraction(1, 2), 0.25), like(Fraction(1, 2), Fraction(1, 4))
    (0.5, Fraction(1, 2))
    """
    return parameter if is_symbolic(operand) or is_exact(operand) else to_float(parameter)


def choose(condition: Any, if_true: Number, if_false: Number) -> Number:
    """``if_true`` where ``condition`` holds and ``if_false`` elsewhere: element by element, or a SymPy ``Piecewise``."""
    if isinstance(condition, (bool, np.bool_)):
        return if_true if condition else if_false
    if isinstance(condition, np.ndarray):
        return np.where(condition, if_true, if_false)
    import sympy

    return sympy.Piecewise((if_true, condition), (if_false, True))


def larger(a: Number, b: Number) -> Number:
    """The larger of two numbers, element by element."""
    return choose(a >= b, a, b)


def smaller(a: Number, b: Number) -> Number:
    """The smaller of two numbers, element by element."""
    return choose(a <= b, a, b)


def exp(x: Number) -> Number:
    """The exponential function; a rational argument gives a float."""
    return _transcendental("exp", x)


def log(x: Number) -> Number:
    """The natural logarithm; a rational argument gives a float."""
    return _transcendental("log", x)


def _transcendental(name: str, x: Number) -> Number:
    if is_symbolic(x):
        import sympy

        return getattr(sympy, name)(x)
    if isinstance(x, np.ndarray):
        return getattr(np, name)(to_float(x))
    return getattr(math, name)(x)
