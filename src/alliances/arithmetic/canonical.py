"""What a user passes, as a number in canonical form, or an error that names function, argument, rule and value."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction
from numbers import Number as _PythonNumber
from numbers import Rational, Real
from typing import Any, NamedTuple

import numpy as np

from alliances.arithmetic.formal import Formal
from alliances.arithmetic.types import Array, Number, is_exact, is_symbolic, to_float
from alliances.moved import LAST

__all__ = [
    "DISCOUNT",
    "FINITE",
    "GAP",
    "NONNEGATIVE",
    "POSITIVE",
    "PROBABILITY",
    "Rule",
    "boolean",
    "computed_discount",
    "discount_factor",
    "float_discount_factor",
    "number",
    "random_generator",
    "scalar",
]


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
    ``float`` (``float64`` arrays); symbols of SymPy and Z3 pass through unchecked, because their sign is not known. Formal
    numbers stay what they are and must satisfy ``rule`` like others: an indeterminate in each case of a proof.

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
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype == object:
        value = value.item()
    if is_symbolic(value):
        if isinstance(value, Formal) and rule is not FINITE and not rule.holds(value):
            raise ValueError(f"{function}(): {argument} {rule.text}; got {value!r}")
        return value
    canonical = value if type(value) is Fraction or type(value) is float else _canonical(value, function, argument)
    if isinstance(canonical, np.ndarray):
        canonical.flags.writeable = False  # a copy, and a part of a model or result soon: what was checked stays so
        if rule is FINITE and (canonical.dtype == object or np.isfinite(canonical).all()):
            return canonical
        finite = np.isfinite(canonical) if canonical.dtype != object else np.ones(canonical.shape, bool)
        with np.errstate(invalid="ignore"):
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
    """A discount factor δ in [0, 1), or an array of them: numbers, not symbols."""
    settled = number(value, function, "discount", DISCOUNT)
    if is_symbolic(settled):
        raise TypeError(f"{function}(): discount must be a number, not a symbol; got {value!r}")
    return settled


def float_discount_factor(value: object, function: str) -> float:
    """One discount factor δ in [0, 1) as a float, which must lie below 1 too."""
    delta = discount_factor(value, function)
    if isinstance(delta, np.ndarray):
        raise TypeError(f"{function}(): discount must be one number; got an array of shape {delta.shape}")
    return float(computed_discount(delta, False, function))


def computed_discount(delta: Number, exact: bool, function: str) -> Number:
    """A discount factor, or an array of them, as it is computed with: the one rule for those that round to 1.

    Where everything else is exact, an exact δ stays as it is, and 1 − 10⁻³⁰ is a discount factor like any other. Elsewhere it
    meets floats, becomes one, and must lie below 1 as a float too.

    Raises
    ------
    ValueError
        If δ becomes a float and rounds to 1.

    Examples
    --------
    >>> nearly = 1 - Fraction(1, 10**30)
    >>> computed_discount(nearly, True, "f") == nearly
    True
    >>> computed_discount(nearly, False, "f")
    Traceback (most recent call last):
        ...
    ValueError: f(): discount must lie below 1 as a float too, for what is not computed exactly; got one that rounds to 1.0
    """
    if exact and is_exact(delta):
        return delta
    as_float = to_float(delta)
    if np.any(as_float >= 1):
        raise ValueError(
            f"{function}(): discount must lie below 1 as a float too, for what is not computed exactly; "
            "got one that rounds to 1.0"
        )
    return as_float


def boolean(value: object, function: str, argument: str) -> bool:
    """``value`` if it is True or False: text such as "no" must not count as True."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{function}(): {argument} must be True or False; got {value!r}")
    return bool(value)


def random_generator(rng: object, function: str) -> np.random.Generator:
    """A generator of random numbers from a generator or a seed (SPEC 7)."""
    if isinstance(rng, (bool, np.bool_)):
        raise TypeError(f"{function}(): rng must be a NumPy generator or a seed; got {rng!r}")
    try:
        return np.random.default_rng(rng)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        message = f"{function}(): rng must be a NumPy generator or a seed, an integer from 0 on; got {rng!r}"
        raise type(error)(message) from None


def random_seed(rng: object, function: str, seed: int | None = None) -> int:
    """A seed from ``rng`` that repeats what follows: a seed as it is, a generator's next number, or a new one for None.

    ``seed`` is the name that ``rng`` had in version 0.1.0; it works for one version more, with a warning two calls up.
    """
    if seed is not None:
        warnings.warn(
            f"{function}(): seed is now called rng; the old name works up to version {LAST}", DeprecationWarning, stacklevel=3
        )
        rng = seed
    generator = random_generator(rng, function)
    return int(rng) if isinstance(rng, (int, np.integer)) else int(generator.integers(2**32))


def _canonical(value: object, function: str, argument: str) -> Number:
    if type(value) is np.ndarray and value.ndim and value.size and _is_canonical(value):
        return value.copy()  # the caller may go on writing to theirs
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


def _is_canonical(array: Array) -> bool:
    """Whether an array is one of float64 or of Fractions already, as most are that the library asks about."""
    return array.dtype == np.float64 or (array.dtype == object and all(type(x) is Fraction for x in array.flat))


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
    if not isinstance(value, Fraction):
        return repr(float(value))
    digits = math.log10(max(abs(value.numerator), 1)), math.log10(value.denominator)
    return str(value) if max(digits) < 100 else f"about {'-' if value < 0 else ''}10**{digits[0] - digits[1]:.0f}"
