"""Does a value fit the type that a class declares for it? What a file holds is checked before its class sees it."""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal, Protocol, Union, get_args, get_origin, get_type_hints

import numpy as np

from alliances.results.result_tuple import ResultTuple

__all__ = ["declared", "fits", "in_words"]

_NUMBERS: dict[Any, tuple[type, ...]] = {
    bool: (bool, np.bool_),
    int: (int, np.integer),
    float: (float, int, Fraction, np.integer, np.floating),
}


@cache
def declared(cls: type) -> Mapping[str, Any]:
    """The types of a dataclass's fields, by name; names that only type checkers know stand for anything."""
    unknown: dict[str, Any] = {}
    while is_dataclass(cls):
        try:
            return get_type_hints(cls, localns=unknown)
        except NameError as error:
            unknown[str(error.name)] = Any
        except TypeError:  # an unknown name with parameters
            break
    return {}


def fits(value: Any, hint: Any) -> bool:
    """Whether ``value`` may stand where ``hint`` is declared; True for hints that say nothing at run time.

    >>> fits((1, 2), tuple[int, ...]), fits("both", Literal["sponsor", "proxy"]), fits(True, int)
    (True, False, False)
    """
    if hint is Any:
        return True
    if hint in _NUMBERS:
        return isinstance(value, _NUMBERS[hint]) and (hint is bool or not isinstance(value, (bool, np.bool_)))
    if hint is None or hint is types.NoneType:
        return value is None
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(fits(value, part) for part in inside)
    if origin is Literal:
        return any(type(value) is type(label) and value == label for label in inside)
    if isinstance(origin, type) and issubclass(origin, ResultTuple):  # files hold a plain tuple, and the class makes one of it
        return isinstance(value, tuple) and all(fits(part, inside[0]) for part in value)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        if inside[1:] == (...,):
            return all(fits(part, inside[0]) for part in value)
        return len(value) == len(inside) and all(map(fits, value, inside))
    if origin is not None and issubclass(origin, collections.abc.Mapping):
        keys, parts = inside
        return isinstance(value, Mapping) and all(fits(k, keys) and fits(x, parts) for k, x in value.items())
    if origin is np.ndarray or hint is np.ndarray:
        return isinstance(value, (np.ndarray, np.generic))
    if origin is collections.abc.Callable:
        return callable(value)
    if getattr(hint, "_is_protocol", False):
        return all(hasattr(value, name) for name in _methods(hint))
    plain = origin or hint
    return isinstance(value, plain) if isinstance(plain, type) else True


@cache
def _methods(protocol: type) -> tuple[str, ...]:
    """What an object must have to be of a protocol."""
    return tuple(n for n in dir(protocol) if n not in dir(Protocol) and isinstance(getattr(protocol, n), types.FunctionType))


def in_words(hint: Any) -> str:
    """A declared type as an error says it.

    >>> in_words(int | None), in_words(Literal["a", "b"]), in_words(tuple[Fraction, ...])
    ('int or None', "'a' or 'b'", 'a tuple')
    """
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(map(in_words, inside))
    if origin is Literal:
        return " or ".join(map(repr, inside))
    if hint is None or hint is types.NoneType:
        return "None"
    name = getattr(origin or hint, "__name__", str(hint))
    return {"tuple": "a tuple", "ResultTuple": "a tuple", "ndarray": "an array", "Callable": "a function"}.get(name, name)
