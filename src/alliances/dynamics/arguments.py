"""Arguments of the verbs on moving power: whole numbers, labels from a list, sequences of dates; errors that name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from alliances.arithmetic import Number, Rule, scalar, to_float

__all__ = ["decimal_number", "labels", "one_of", "whole"]

_MOST = 10_000_000  # periods, histories or points


def whole(value: Any, function: str, argument: str, least: int = 1, most: int = _MOST) -> int:
    """A whole number between two bounds.

    >>> whole(3.0, "simulate", "periods")
    Traceback (most recent call last):
        ...
    ValueError: simulate(): periods must be a whole number from 1 to 10000000; got 3.0
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise ValueError(f"{function}(): {argument} must be a whole number from {least} to {most}; got {value!r}")
    return int(value)


def one_of(value: Any, choices: Iterable[str], function: str, argument: str, also: str = "") -> None:
    """An error unless a value is one of some words; ``also`` says what else it may be, for the error."""
    choices = tuple(choices)
    if not isinstance(value, str) or value not in choices:
        words = ", ".join([also] * bool(also) + [f'"{word}"' for word in choices])
        raise ValueError(f"{function}(): {argument} must be one of {words}; got {value!r}")


def labels(value: Any, function: str, argument: str) -> tuple[Any, ...]:
    """A sequence of labels as a tuple."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"{function}(): {argument} must be a sequence of labels; got {value!r}")
    return tuple(value)


def decimal_number(value: Any, function: str, argument: str, rule: Rule | None = None) -> Number:
    """One number that will meet floats, and so must lie within their range."""
    settled = scalar(value, function, argument) if rule is None else scalar(value, function, argument, rule)
    to_float(settled, f"{function}(): {argument}")
    return settled
