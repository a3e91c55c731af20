"""From JSON to values: every class is asked to make its object, and everything that is not known is refused by its name."""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from alliances.saving.formulas import expression_of
from alliances.saving.hints import declared, fits, in_words
from alliances.saving.names import known_classes, library_functions, make, name_of_class, parameters
from alliances.saving.writing import KIND, METHODS, LostError

__all__ = ["NeededError", "Reader", "made"]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,639}|0x[0-9a-f]+)")
_DTYPE = re.compile(r"bool|u?int(?:8|16|32|64)|float(?:16|32|64)|U[1-9][0-9]{0,5}|object|datetime64\[[a-zA-Z]{1,2}\]")
_LARGEST = 2**53


class NeededError(LostError):
    """A function or class of the user's own that the reader was not given."""


@dataclass
class Reader:
    """Turns JSON into values.

    Attributes
    ----------
    own
        The user's functions and classes, by the names that the file has for them.
    """

    own: Mapping[str, Any]
    _classes: dict[str, type] = field(default_factory=dict)  # those that this file has named so far

    def read(self, data: Any) -> Any:
        """The value that ``data`` stands for.

        Raises
        ------
        LostError
            If a part of it is unknown, missing or wrong.
        """
        if data is None or isinstance(data, (bool, str, int, float)):
            return data
        if isinstance(data, list):
            return tuple(self._items(data))
        kind = data.get(KIND)
        if not isinstance(kind, str):
            raise LostError(f"must say by {KIND!r} what it is; got {_short(data)}")
        content = {key: part for key, part in data.items() if key != KIND}
        if kind in _FORMS:
            names, form = _FORMS[kind]
            _check_names(kind, names, content)
            return form(self, **content)
        return self._object(kind, content)

    def value(self, file: Mapping[str, Any]) -> Any:
        """The value of a whole file."""
        return self._at("value", file["value"])

    def _at(self, step: str, data: Any) -> Any:
        try:
            return self.read(data)
        except LostError as error:
            raise error.inside(step) from None

    def _items(self, items: Any) -> list[Any]:
        _require(isinstance(items, list), "items", "a list", items)
        return [self._at(f"[{k}]", item) for k, item in enumerate(items)]

    def _list(self, items: Any) -> list[Any]:
        """A list."""
        return self._items(items)

    def _frozenset(self, items: Any) -> frozenset[Any]:
        """A set that cannot be changed."""
        return frozenset(map(_hashed, self._items(items)))

    def _dict(self, items: Any) -> dict[Any, Any]:
        """A dictionary, from pairs."""
        pairs = isinstance(items, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in items)
        _require(pairs, "items", "a list of pairs", items)
        keys = [_hashed(self._at(f"[{k}]", key)) for k, (key, _) in enumerate(items)]
        found = {key: self._at(f"[{key!r}]", part) for key, (_, part) in zip(keys, items, strict=True)}
        _require(len(found) == len(items), "items", "pairs with different keys", items)
        return found

    def _int(self, value: Any) -> int:
        """An integer of any size."""
        return _integer(value)

    def _float(self, value: Any) -> float:
        """An infinity, or nan."""
        return _float(value)

    def _fraction(self, value: Any) -> Fraction:
        """A fraction."""
        _require(isinstance(value, str) and value.count("/") == 1, "value", "written as 'numerator/denominator'", value)
        numerator, denominator = map(_integer, value.split("/"))
        _require(denominator > 0, "value", "a fraction with a positive denominator", value)
        return Fraction(numerator, denominator)

    def _date(self, value: Any) -> Any:
        """A day."""
        return _parsed(datetime.date.fromisoformat, value, "a date")

    def _datetime(self, value: Any) -> Any:
        """A time of a day."""
        return _parsed(datetime.datetime.fromisoformat, value, "a date and time")

    def _formula(self, tree: Any) -> Any:
        """An expression of SymPy."""
        try:
            return expression_of(self._at(".tree", tree))
        except ValueError as error:
            raise LostError(str(error)).inside(".tree") from None

    def _scalar(self, dtype: Any, value: Any) -> Any:
        """A NumPy scalar."""
        return self._array(dtype, [1], [value])[0]

    def _array(self, dtype: Any, shape: Any, data: Any) -> np.ndarray[Any, Any]:
        """An array, read-only."""
        _require(isinstance(dtype, str) and bool(_DTYPE.fullmatch(dtype)), "dtype", "a type that files hold", dtype)
        _require(isinstance(shape, list) and all(map(_is_size, shape)), "shape", "a list of sizes", shape)
        _require(isinstance(data, list), "data", "a list", data)
        _require(len(data) == prod(shape), "data", f"{prod(shape)} elements, as the shape {shape} says", len(data))
        try:
            array = self._elements(np.dtype(dtype), data).reshape(shape)
        except (TypeError, ValueError, OverflowError) as error:
            raise LostError(f"must have elements of the dtype {dtype}; {error}") from None
        array.flags.writeable = False
        return array

    def _elements(self, dtype: np.dtype[Any], data: Any) -> np.ndarray[Any, Any]:
        flat = np.empty(len(data), dtype=dtype)
        read = {"O": self.read, "f": _element_float, "i": _element_integer, "u": _element_integer, "M": _text}
        function: Callable[[Any], Any] = read.get(dtype.kind, _text if dtype.kind == "U" else _truth)
        for k, element in enumerate(data):
            try:
                flat[k] = function(element)
            except LostError as error:
                raise error.inside(f"[{k}]") from None
        if dtype.kind == "U" and flat.tolist() != data:
            raise ValueError("a text is longer")
        return flat

    def _function(self, name: Any) -> Any:
        """A function, by its name."""
        _require(isinstance(name, str), "name", "a text", name)
        function = library_functions().get(name) or self.own.get(name)
        if function is None:
            raise NeededError(name)
        return function

    def _type(self, name: Any) -> Any:
        """A class, by its name."""
        _require(isinstance(name, str), "name", "a text", name)
        return self._class(name)

    def _method(self, name: Any, of: Any) -> Any:
        """A method that a result may hold."""
        _require(isinstance(name, str) and name in METHODS, "name", f"one of {', '.join(METHODS)}", name)
        owner = self._at(".of", of)
        _require(isinstance(owner, METHODS[name]), "of", f"a {METHODS[name].__name__}", owner)
        return getattr(owner, name)

    def _class(self, name: str) -> Any:
        cls = self._classes.get(name) or (self.own.get(name) if "." in name else None) or known_classes(name).get(name)
        if cls is None:
            if "." in name:
                raise NeededError(name)
            raise LostError(
                f"must be of a type that this version knows (those of alliances.testing need Hypothesis); got the type {name!r}"
            )
        self._classes[name] = cls
        return cls

    def _object(self, name: str, content: dict[str, Any]) -> Any:
        cls = self._class(name)
        _require(isinstance(cls, type), KIND, "a class", cls)
        later = _LATER.get(name, ())
        _check_names(name, tuple(n for n in parameters(cls) if n not in later or n in content), content)
        return made(cls, {key: self._at(f".{key}", part) for key, part in content.items()})


def made(cls: Any, arguments: Mapping[str, Any]) -> Any:
    """The object that a class makes of arguments, which are of the types that it declares.

    Raises
    ------
    LostError
        If they are not, or the class refuses them.
    """
    hints: Mapping[str, Any] = declared(cls)
    for key, part in arguments.items():
        if not fits(part, hints.get(key, Any)):
            raise LostError(f"must be {in_words(hints[key])}; got {_short(part)}").inside(f".{key}")
    try:
        return make(cls, arguments)
    except Exception as error:  # whatever a class says of its arguments, it says of the file
        name = name_of_class(cls)
        raise LostError(f"must be a {name}, which its class refuses to make: {type(error).__name__}: {error}") from error


_FORMS: dict[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
    "array": (("dtype", "shape", "data"), Reader._array),
    "class": (("name",), Reader._type),
    "date": (("value",), Reader._date),
    "datetime": (("value",), Reader._datetime),
    "dict": (("items",), Reader._dict),
    "float": (("value",), Reader._float),
    "formula": (("tree",), Reader._formula),
    "fraction": (("value",), Reader._fraction),
    "frozenset": (("items",), Reader._frozenset),
    "function": (("name",), Reader._function),
    "int": (("value",), Reader._int),
    "list": (("items",), Reader._list),
    "method": (("name", "of"), Reader._method),
    "scalar": (("dtype", "value"), Reader._scalar),
}


_CODED = ("coder", "lines")
_LATER: dict[str, tuple[str, ...]] = {
    "Actor": ("proxies", "lines"),
    "Case": ("options",),
    "Event": ("lines",),
    "Fact": ("comment",),
    "NaiveRule": ("listed",),
    "Outcome": _CODED,
    "Phase": ("seen", "transfers", "not_before", "comment", *_CODED),
    "PowerSeries": ("with_proxies", *_CODED),
    "Series": _CODED,
    "ThirdParty": ("lines",),
    "ValueSeries": _CODED,
}
"""Arguments that a class got after files of it had been written: those files mean the default."""


def _check_names(kind: str, names: tuple[str, ...], content: Mapping[str, Any]) -> None:
    """An error that names what is missing, or what this version does not know."""
    for what, wrong in (("lacks", [n for n in names if n not in content]), ("has the unknown", set(content) - set(names))):
        if wrong:
            raise LostError(f"must have the fields of {kind} ({', '.join(names) or 'none'}), but {what} {sorted(wrong)[0]!r}")


def _require(holds: bool, name: str, rule: str, got: Any) -> None:
    if not holds:
        raise LostError(f"must be {rule}; got {_short(got)}").inside(f".{name}")


def _hashed(x: Any) -> Any:
    try:
        hash(x)
    except TypeError as error:
        raise LostError(f"must have keys and elements that have a hash; got {_short(x)}, {error}") from None
    return x


def _short(x: Any) -> str:
    text = repr(x)
    return text if len(text) <= 100 else text[:97] + "…"


def _is_size(x: Any) -> bool:
    return type(x) is int and x >= 0


def _integer(text: Any) -> int:
    _require(isinstance(text, str) and bool(_INTEGER.fullmatch(text)), "value", "an integer written as text", text)
    return int(text, 16 if "x" in text else 10)


def _float(text: Any) -> float:
    if text in ("inf", "-inf", "nan"):
        return float(text)
    bits = re.fullmatch(r"nan:([0-9a-f]{16})", text) if isinstance(text, str) else None
    _require(bits is not None, "value", "'inf', '-inf' or 'nan'", text)
    assert bits is not None
    x: float = struct.unpack("<d", struct.pack("<Q", int(bits[1], 16)))[0]
    _require(x != x, "value", "the bits of a nan", text)
    return x


def _element_float(x: Any) -> float:
    if isinstance(x, str):
        return _float(x)
    if type(x) not in (int, float):
        raise TypeError(f"got {_short(x)}")
    return float(x)


def _element_integer(x: Any) -> int:
    if isinstance(x, str):
        return _integer(x)
    if type(x) is not int:
        raise TypeError(f"got {_short(x)}")
    return x


def _text(x: Any) -> str:
    if not isinstance(x, str):
        raise TypeError(f"got {_short(x)}")
    return x


def _truth(x: Any) -> bool:
    if not isinstance(x, bool):
        raise TypeError(f"got {_short(x)}")
    return x


def _parsed(parse: Callable[[str], Any], text: Any, what: str) -> Any:
    try:
        return parse(text)
    except (TypeError, ValueError):
        raise LostError(f"must be {what}, as ISO 8601 writes it; got {_short(text)}").inside(".value") from None
