"""The numbers that a model or a concept consists of, each named by the way to it, and the model with others in their place.

A number is a field of a dataclass: of the model, or of a part of it, such as its contest. Its name is the path,
``contest.decisiveness``; the two numbers of a pair are its ``sponsor`` and its ``proxy``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from alliances.payoffs.alliance_game import AllianceGame

__all__ = ["NamedNumber", "numbers_of", "with_numbers"]


class NamedNumber(NamedTuple):
    """One number of a model: the class and the field that hold it, its name, and its value."""

    owner: str
    field: str
    name: str
    value: float


def numbers_of(part: object, prefix: str = "") -> Iterator[NamedNumber]:
    """The numbers in a dataclass, in order.

    Examples
    --------
    >>> import alliances as al
    >>> [(x.name, x.value) for x in numbers_of(al.presets.morrow_1991())][:3]
    [('contest.decisiveness', 1.0), ('synergy.value', 0.6), ('synergy.exponent', 1.0)]
    """
    owner = type(part).__name__
    for field, value in _fields(part):
        name = prefix + field
        if _is_number(value):
            yield NamedNumber(owner, field, name, float(value))
        elif _is_pair(value):
            for side, number in zip(("sponsor", "proxy"), value, strict=True):
                yield NamedNumber(owner, f"{field}.{side}", f"{name}.{side}", float(number))
        else:
            yield from numbers_of(value, f"{name}.")


def with_numbers(part: Any, numbers: Mapping[str, Any]) -> Any:
    """The model or concept with other numbers, or arrays of them, in the place of some of its own.

    Examples
    --------
    >>> import alliances as al
    >>> with_numbers(al.GivenPunishment(al.ImperfectMonitoring(0.1, 0.2)), {"enforcement.miss": 0.3}).enforcement.miss
    0.3
    """
    return _rebuilt(part, "", numbers)


def _rebuilt(part: Any, prefix: str, numbers: Mapping[str, Any]) -> Any:
    changes: dict[str, Any] = {}
    for field, value in _fields(part):
        name = prefix + field
        if _is_number(value):
            changes |= {field: numbers[name]} if name in numbers else {}
        elif _is_pair(value):
            pair = tuple(numbers.get(f"{name}.{side}", x) for side, x in zip(("sponsor", "proxy"), value, strict=True))
            changes |= {field: pair} if any(x is not y for x, y in zip(pair, value, strict=True)) else {}
        elif (changed := _rebuilt(value, f"{name}.", numbers)) is not value:
            changes[field] = changed
    return replace(part, **changes) if changes else part


def _fields(part: object) -> Iterator[tuple[str, Any]]:
    if is_dataclass(part) and not isinstance(part, type):
        names = [field.name for field in fields(part) if field.init]
        if isinstance(part, AllianceGame) and part.coexist_exposure is None:
            names.remove("support_cost")  # which is 0 without a pact
        yield from ((name, getattr(part, name)) for name in names)


def _is_number(value: object) -> bool:
    return isinstance(value, (Real, np.integer, np.floating)) and not isinstance(value, (bool, np.bool_))


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(map(_is_number, value))
