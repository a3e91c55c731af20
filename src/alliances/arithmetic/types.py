"""Which type of number is it, and how is it shown?"""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Number as _PythonNumber
from numbers import Rational
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from alliances.arithmetic.formal import Formal

__all__ = [
    "Array",
    "Formal",
    "Number",
    "Real",
    "Scalar",
    "has_symbols",
    "is_exact",
    "is_symbolic",
    "like",
    "ordered",
    "plain",
    "settle",
    "show",
    "to_float",
]

Number = Any
"""A float, a Fraction, a NumPy array of either, or a symbol: what a formula calculates with, and no type checker follows."""

Array = npt.NDArray[Any]
"""A NumPy array of float64, or of Fraction objects."""

Scalar: TypeAlias = float | Fraction
"""One number, as a user gets it."""

Real: TypeAlias = float | Fraction | Array
"""One number or an array of them, as a user gets it: scalars for one game, arrays for a batch."""


def ordered(x: object) -> bool:
    """Whether comparisons of ``x`` have an answer: of numbers, arrays and formal numbers, not of symbols of SymPy or Z3."""
    return isinstance(x, Formal) or not has_symbols(x)


_PLAIN = frozenset((float, Fraction, int, np.ndarray, np.float64))
"""The types that almost every number has, known without a search through base classes: these questions are asked often."""


def is_symbolic(x: object) -> bool:
    """Whether ``x`` is a symbol or an expression: something that can be calculated with, but is not a number."""
    if type(x) in _PLAIN or isinstance(x, (_PythonNumber, np.ndarray, np.generic, str, bytes, type)):
        return False
    return hasattr(x, "__truediv__") and hasattr(x, "__pow__") and not hasattr(x, "__array__")


def has_symbols(x: object) -> bool:
    """Whether ``x`` is a symbol, or an array that holds one."""
    if isinstance(x, np.ndarray) and x.dtype == object:
        return any(map(is_symbolic, x.flat))
    return is_symbolic(x)


def is_exact(x: Number) -> bool:
    """Whether ``x`` is an int, a Fraction or an array of Fractions."""
    if type(x) is Fraction or type(x) is float:
        return type(x) is Fraction
    return x.dtype == object if isinstance(x, np.ndarray) else isinstance(x, Rational)


def to_float(x: Number, name: str = "a number that meets floats") -> Number:
    """``x`` in floating point; symbols stay as they are.

    Raises
    ------
    ValueError
        If ``x`` is exact and beyond the range of floats; the text calls it ``name``.
    """
    if type(x) is float or is_symbolic(x):
        return x
    try:
        return x.astype(np.float64) if isinstance(x, np.ndarray) else float(x)
    except OverflowError:
        largest = max(abs(Fraction(v)) for v in np.ravel(x) if isinstance(v, Rational))
        digits = math.log10(largest.numerator) - math.log10(largest.denominator)
        raise ValueError(f"{name} must lie within the range of floats, ±1.8e308; got about 10**{digits:.0f}") from None


def settle(x: Any) -> Number:
    """A result as it is handed out: a 0-d array or NumPy scalar as the Python number it holds, an array as it is."""
    return x.item() if isinstance(x, (np.ndarray, np.generic)) and x.ndim == 0 else x


def plain(x: Any) -> Any:
    """``x`` in what strict JSON can hold, and no digit lost.

    Arrays and tuples become lists. A Fraction becomes the text "1/7" (or "3"), which ``Fraction`` reads back; an
    infinity or NaN the text "inf", "-inf" or "nan", which ``float`` reads back.

    >>> plain({"sponsor": Fraction(1, 7), "proxy": np.array([0.5, np.inf])})
    {'sponsor': '1/7', 'proxy': [0.5, 'inf']}
    """
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(value) for value in x]
    if isinstance(x, (np.ndarray, np.generic)):
        return plain(x.tolist())
    return str(x) if isinstance(x, Fraction) or (isinstance(x, float) and not math.isfinite(x)) else x


def show(x: Number) -> str:
    """A number as it reads best: a fraction, or six digits."""
    return str(x) if isinstance(x, Fraction) else f"{x:.6g}"


def like(parameter: Number, operand: Number, name: str = "a number that meets floats") -> Number:
    """``parameter`` as it should meet ``operand``: in floating point where ``operand`` is, otherwise unchanged.

    ``name`` is what the error calls a parameter that is too large for a float.

    >>> like(Fraction(1, 2), 0.25), like(Fraction(1, 2), Fraction(1, 4))
    (0.5, Fraction(1, 2))
    """
    return parameter if is_symbolic(operand) or is_exact(operand) else to_float(parameter, name)
