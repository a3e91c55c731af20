"""From values to JSON: every number exact, every array bit by bit, every object by the arguments that make an equal one."""

from __future__ import annotations

import datetime
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from fractions import Fraction
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from alliances.claims.claim import Claim
from alliances.saving.formulas import is_expression, tree_of
from alliances.saving.names import OTHERS, arguments_of, name_of_class, name_of_function
from alliances.values import ReadOnlyDict, Value, found_by_name

__all__ = ["KIND", "KINDS_OF_ARRAYS", "METHODS", "LostError", "Writer", "dtype_name", "integer_text"]

KIND = "$type"
"""The key that says what a JSON object is."""

KINDS_OF_ARRAYS = "biufUOM"
"""Booleans, integers, unsigned integers, floats, texts, objects, and dates, by NumPy's letters."""

METHODS = {"problem": Claim}
"""The methods that a result may hold, and of what: a proof's makes its questions anew."""

_EXACT_IN_JSON = 2**53  # readers of JSON that know floats only, such as browsers, hold integers up to this
_DECIMAL_BITS = 2000  # Python may refuse to read decimals of more than 640 digits
_NAN = 0x7FF8000000000000


class LostError(Exception):
    """Something that files cannot hold, or a part of a file that is wrong; ``path`` says where, from the outside inwards."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path: list[str] = []

    def inside(self, step: str) -> LostError:
        """The same, seen from one level further out."""
        self.path.insert(0, step)
        return self


@dataclass
class Writer:
    """Turns values into JSON, and notes what of the user's own they need.

    Attributes
    ----------
    own
        The user's functions and classes that were met, by the name in the file.
    """

    own: dict[str, Any] = field(default_factory=dict)

    def write(self, value: Any) -> Any:
        """``value`` as JSON.

        Raises
        ------
        LostError
            If files cannot hold it, or a part of it.
        """
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind in _SCALARS:
            return _SCALARS[kind](value)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            array = np.asarray(value)
            return {KIND: "scalar", "dtype": dtype_name(array.dtype), "value": self._elements(array)[0]}
        if kind is tuple:
            return self._items(value)
        if kind is list or kind is frozenset:
            items = self._items(value)
            return {KIND: kind.__name__, "items": items if kind is list else sorted(items, key=repr)}
        if kind is dict or kind is ReadOnlyDict:
            return {KIND: "dict", "items": [[self.write(key), self._at(f"[{key!r}]", x)] for key, x in value.items()]}
        if isinstance(value, FunctionType):
            return {KIND: "function", "name": self._function(value)}
        if isinstance(value, MethodType) and isinstance(value.__self__, METHODS.get(value.__name__, ())):
            return {KIND: "method", "name": value.__name__, "of": self.write(value.__self__)}
        if isinstance(value, type):
            return {KIND: "class", "name": self._class(value)}
        return self._formula(value) if is_expression(value) else self._object(value)

    def _at(self, step: str, value: Any) -> Any:
        try:
            return self.write(value)
        except LostError as error:
            raise error.inside(step) from None

    def _items(self, values: Any) -> list[Any]:
        return [self._at(f"[{k}]", value) for k, value in enumerate(values)]

    def _array(self, value: np.ndarray[Any, Any]) -> dict[str, Any]:
        return {
            KIND: "array",
            "dtype": dtype_name(value.dtype),
            "shape": list(value.shape),
            "data": self._elements(value),
        }

    def _elements(self, value: np.ndarray[Any, Any]) -> list[Any]:
        flat = value.ravel()
        if value.dtype.kind == "O":
            return self._items(flat.tolist())
        if value.dtype.kind == "M":
            return [str(x) for x in flat.astype(str)]
        if value.dtype.kind == "f":
            return [x if math.isfinite(x) else _text_of_float(x) for x in flat.tolist()]
        if value.dtype.kind in "iu":
            return [x if abs(x) <= _EXACT_IN_JSON else str(x) for x in flat.tolist()]
        elements: list[Any] = flat.tolist()
        return elements

    def _function(self, function: FunctionType) -> str:
        name = name_of_function(function)
        if not found_by_name(function):
            raise LostError(
                f"must be a function that a module defines at its top, so that the file can name it; got {function!r}: "
                "move it there, with def in place of lambda"
            )
        return self._noted(name, function)

    def _class(self, cls: type) -> str:
        if not issubclass(cls, (Value, *OTHERS)):
            raise LostError(f"must be a class of the library, or one that derives from its classes; got {cls!r}")
        return self._noted(name_of_class(cls), cls)

    def _noted(self, name: str, thing: Any) -> str:
        if not thing.__module__.startswith("alliances."):
            self.own[name] = thing
        return name

    def _formula(self, value: Any) -> dict[str, Any]:
        try:
            tree = tree_of(value)
        except ValueError as error:
            raise LostError(str(error)) from None
        return {KIND: "formula", "tree": self.write(tree)}

    def _object(self, value: Any) -> dict[str, Any]:
        cls = type(value)
        if not isinstance(value, (Value, *OTHERS)) and not is_dataclass(cls):
            raise LostError(f"must be a value that files can hold, and {_described(cls)} is none; got {value!r}")
        try:
            arguments = arguments_of(value)
        except (AttributeError, TypeError, ValueError) as error:
            raise LostError(
                f"must be a frozen dataclass, whose fields make an equal one; got {value!r}, of which {error}"
            ) from None
        name = self._noted(name_of_class(cls), cls)
        return {KIND: name, **{key: self._at(f".{key}", part) for key, part in arguments.items()}}


def _described(cls: type) -> str:
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def dtype_name(dtype: np.dtype[Any]) -> str:
    """The name of an array's type in files: NumPy's, without the order of bytes.

    Raises
    ------
    LostError
        If files do not hold such arrays.
    """
    name = f"U{dtype.itemsize // 4}" if dtype.kind == "U" else dtype.name
    if dtype.kind not in KINDS_OF_ARRAYS or name in ("float128", "float96"):
        raise LostError(f"must be an array of numbers, texts, dates or objects; got one of {dtype}")
    return name


def integer_text(x: int) -> str:
    """An integer as text: decimal, or hexadecimal if it is long, which every Python reads whatever its limit on digits.

    >>> integer_text(2**64), integer_text(-(2**4000))[:6]
    ('18446744073709551616', '-0x100')
    """
    return str(x) if x.bit_length() <= _DECIMAL_BITS else hex(x)


def _text_of_float(x: float) -> str:
    """An infinity, or nan with its bits if they are not the usual ones."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", x))
    return f"nan:{bits:016x}" if x != x and bits != _NAN else str(x)


def _integer(x: int) -> Any:
    return x if abs(x) <= _EXACT_IN_JSON else {KIND: "int", "value": integer_text(x)}


def _float(x: float) -> Any:
    return x if math.isfinite(x) else {KIND: "float", "value": _text_of_float(x)}


def _fraction(x: Fraction) -> Any:
    return {KIND: "fraction", "value": f"{integer_text(x.numerator)}/{integer_text(x.denominator)}"}


_SCALARS: dict[type, Callable[[Any], Any]] = {
    int: _integer,
    float: _float,
    Fraction: _fraction,
    datetime.date: lambda x: {KIND: "date", "value": x.isoformat()},
    datetime.datetime: lambda x: {KIND: "datetime", "value": x.isoformat()},
}
