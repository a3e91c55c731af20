"""Arithmetic that reads the same for every number type a model runs on.

A model's cells are written once, with ``+ - * / **`` and the few functions below, and run on

* exact numbers: ``int``, ``fractions.Fraction`` and arrays of them (kept as ``Fraction``);
* floating-point numbers and NumPy arrays of them (kept as ``float`` and ``float64``);
* symbols of SymPy, real terms of Z3, and the letters and intervals of :mod:`alliances.claims` (kept as they are).

Exactness follows the input: :func:`number` turns whatever a user passes into one of these canonical forms, or says what
is wrong with it. :func:`like` keeps the types from mixing, because a ``float64`` array times a ``Fraction`` would
silently become a slow array of Python objects.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from numbers import Number as _PythonNumber
from numbers import Rational, Real
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "DISCOUNT",
    "FINITE",
    "GAP",
    "NONNEGATIVE",
    "POSITIVE",
    "PROBABILITY",
    "Array",
    "Number",
    "Rule",
    "boolean",
    "choose",
    "discount_factor",
    "exp",
    "has_symbols",
    "is_exact",
    "is_symbolic",
    "larger",
    "like",
    "log",
    "number",
    "plain",
    "raised",
    "scalar",
    "settle",
    "show",
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

GAP = Rule("must lie strictly between -1 and 1", lambda x: (x > -1) & (x < 1))

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


def scalar(value: object, function: str, argument: str, rule: Rule = FINITE) -> Number:
    """:func:`number` for an argument that must be one number: no array, no symbol."""
    settled = number(value, function, argument, rule)
    if isinstance(settled, np.ndarray) or is_symbolic(settled):
        raise TypeError(f"{function}(): {argument} must be one number; got {value!r}")
    return settled


def discount_factor(value: object, function: str) -> Number:
    """A discount factor δ in [0, 1), or an array of them: numbers, not symbols, and below 1 in floating point too."""
    settled = number(value, function, "discount", DISCOUNT)
    if is_symbolic(settled):
        raise TypeError(f"{function}(): discount must be a number, not a symbol; got {value!r}")
    return settled


def boolean(value: object, function: str, argument: str) -> bool:
    """``value`` if it is True or False: text such as "no" must not count as True."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{function}(): {argument} must be True or False; got {value!r}")
    return bool(value)


def _canonical(value: object, function: str, argument: str) -> Number:
    _check_type(value, function, argument)
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
    nested = list(_leaves(value)) if isinstance(value, (list, tuple)) else []
    for leaf in nested:
        _check_type(leaf, function, f"an element of {argument}")
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{function}(): {argument} must not be ragged; got {value!r}") from None
    if array.size == 0:
        raise ValueError(f"{function}(): {argument} must not be empty; got an array of shape {array.shape}")
    if array.dtype.kind == "f" and nested and all(map(_is_rational, nested)):
        array = np.array(value, dtype=object)  # integers that no integer type of NumPy holds all
    if array.dtype.kind == "f":
        return np.array(array, dtype=np.float64)  # a copy: the caller may go on writing to theirs
    if array.dtype.kind in "iu":
        return _fractions(array.astype(object))
    if array.dtype.kind == "O" and array.ndim > 0:
        return _canonical_objects(array, function, argument)
    raise TypeError(f"{function}(): {argument} must be numeric; got {value!r}")


def _check_type(value: object, function: str, argument: str) -> None:
    """Refuse what NumPy would turn into numbers silently, as an element of a list even where it would not by itself."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{function}(): {argument} must be a plain array; a mask would be dropped silently")
    kind = value.dtype.kind if isinstance(value, (np.ndarray, np.generic)) else ""
    if isinstance(value, bool) or kind in tuple("bmM"):  # booleans, timedeltas, dates
        raise TypeError(f"{function}(): {argument} must be a number; got {value!r}")


def _leaves(value: list[Any] | tuple[Any, ...]) -> Iterator[object]:
    """What nested lists and tuples hold."""
    for x in value:
        if isinstance(x, (list, tuple)):
            yield from _leaves(x)
        else:
            yield x


def _is_rational(x: object) -> bool:
    return isinstance(x, Rational) or (isinstance(x, np.ndarray) and x.dtype.kind in "iu")


def _canonical_objects(array: Array, function: str, argument: str) -> Array:
    """An array of Python objects: exact if all of them are, floats if all of them are real."""
    flat = array.ravel()
    if any(isinstance(x, (list, tuple, np.ndarray)) for x in flat):
        raise ValueError(f"{function}(): {argument} must not be ragged; got {array.tolist()!r}")
    elements = [_canonical(x, function, f"an element of {argument}") for x in flat]
    if any(isinstance(x, float) for x in elements):
        return np.array([to_float(x, f"{function}(): an element of {argument}") for x in elements]).reshape(array.shape)
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


def has_symbols(x: object) -> bool:
    """Whether ``x`` is a symbol, or an array that holds one."""
    if isinstance(x, np.ndarray) and x.dtype == object:
        return any(map(is_symbolic, x.flat))
    return is_symbolic(x)


def is_exact(x: Number) -> bool:
    """Whether ``x`` is an int, a Fraction or an array of Fractions."""
    return x.dtype == object if isinstance(x, np.ndarray) else isinstance(x, Rational)


def to_float(x: Number, name: str = "a number that meets floats") -> Number:
    """``x`` in floating point; symbols stay as they are.

    Raises
    ------
    ValueError
        If ``x`` is exact and beyond the range of floats; the text calls it ``name``.
    """
    if is_symbolic(x):
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


def choose(condition: Any, if_true: Number, if_false: Number) -> Number:
    """``if_true`` where ``condition`` holds, ``if_false`` elsewhere: element by element, a SymPy Piecewise, or a Z3 If."""
    if isinstance(condition, (bool, np.bool_)):
        return if_true if condition else if_false
    if isinstance(condition, np.ndarray):
        return np.where(condition, if_true, if_false)
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
    """``base ** exponent``. Fractions to a broken power are floats, and an array that holds one is a float array."""
    power = base**exponent
    inexact = isinstance(power, np.ndarray) and power.dtype == object and any(isinstance(x, float) for x in power.flat)
    return to_float(power) if inexact else power


def exp(x: Number) -> Number:
    """The exponential function; a rational argument gives a float."""
    return _transcendental("exp", x)


def log(x: Number) -> Number:
    """The natural logarithm; a rational argument gives a float."""
    return _transcendental("log", x)


def _transcendental(name: str, x: Number) -> Number:
    if hasattr(x, "transcendental"):  # number types that know their own
        return x.transcendental(name)
    if type(x).__module__.startswith("z3"):
        raise TypeError(f"{name}(): a Z3 term has no {name}; claims.Claim.prove() encloses it; got {x}")
    if is_symbolic(x):
        import sympy

        return getattr(sympy, name)(x)
    if isinstance(x, np.ndarray):
        return getattr(np, name)(to_float(x))
    return getattr(math, name)(to_float(x, f"the argument of {name}"))
