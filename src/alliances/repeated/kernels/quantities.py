"""The numbers of a model or a concept: which there are, the same with others in their place, and what is left without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np

from alliances.arithmetic.recording import Recorded
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["numbers_of", "structure", "with_numbers"]

_NUMBERS = (float, int, Fraction)


def numbers_of(part: object, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The numbers and arrays of numbers among a model's fields and those of its ingredients, by the way to them.

    >>> import alliances as al
    >>> dict(numbers_of(al.presets.morrow_1991()))["contest.decisiveness"]
    Fraction(1, 1)
    """
    for name, value in _parts(part):
        if _is_number(value):
            yield prefix + name, value
        else:
            yield from numbers_of(value, f"{prefix}{name}.")


def with_numbers(part: Any, numbers: Mapping[str, Any], prefix: str = "") -> Any:
    """The model with other numbers in the place of some of its own, which are not checked again."""
    changes: dict[str, Any] = {}
    for name, value in _parts(part):
        path = prefix + name
        if path in numbers:
            changes[name] = numbers[path]
        elif not _is_number(value) and (changed := with_numbers(value, numbers, f"{path}.")) is not value:
            changes[name] = changed
    if not changes:
        return part
    if isinstance(part, tuple):
        return tuple(changes.get(str(k), x) for k, x in enumerate(part))
    copy = object.__new__(type(part))
    copy.__dict__.update({field.name: getattr(part, field.name) for field in fields(part)} | changes)
    return copy


def _parts(part: object) -> Iterator[tuple[str, Any]]:
    if is_dataclass(part) and not isinstance(part, type):
        # the periods of a punishment and the indices of a profile are no quantities
        left_out = ("periods", "profile") if isinstance(part, Enforcement) else ()
        yield from ((field.name, getattr(part, field.name)) for field in fields(part) if field.name not in left_out)
    elif isinstance(part, tuple):
        yield from ((str(k), x) for k, x in enumerate(part))


def _is_number(value: object) -> bool:
    if type(value) in _NUMBERS:  # to ask for abstract classes takes much longer
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fO"
    return isinstance(value, (Real, np.integer, np.floating, Recorded)) and not isinstance(value, (bool, np.bool_))


def structure(part: object) -> object:
    """What a model or concept consists of, but for its numbers; None if a part is not the library's own.

    Two models of one structure have the same programme. What a user's code does may depend on more than its fields.
    """
    if _is_number(part):
        return "number"
    if part is None or isinstance(part, (str, bool)):
        return part
    if isinstance(part, tuple):
        parts: Any = [structure(x) for x in part]
        return None if None in parts else ("tuple", *parts)
    if is_dataclass(part) and type(part).__module__.startswith("alliances."):
        parts = []
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name in ("periods", "profile") and isinstance(part, Enforcement):
                parts.append(repr(value))
            elif (inner := structure(value)) is None and value is not None:
                return None
            else:
                parts.append((field.name, inner))
        return (type(part), *parts)
    return None
