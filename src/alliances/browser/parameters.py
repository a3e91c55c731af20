"""The numbers among a model's parameters: which there are, what they mean, and the model with others in their place.

A parameter is a field of a dataclass that holds one number: of the model, or of a part of it, such as its contest. It is named
by the way to it, ``contest.decisiveness``; the two numbers of a pair are its ``sponsor`` and its ``proxy``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from alliances.payoffs.alliance_game import AllianceGame

__all__ = ["Parameter", "parameters", "with_numbers"]


class _Meaning(NamedTuple):
    """A parameter of the library in words, with the range that a slider gives it."""

    label: str
    symbol: str
    hint: str
    low: float
    high: float


_EXPOSED = "the part of its stake that a partner loses to a successful surprise attack"
_ADDED = "what the alliance adds to the stakes"

MEANINGS: dict[tuple[str, str], _Meaning] = {
    ("Tullock", "decisiveness"): _Meaning(
        "Decisiveness of fighting",
        "m",
        "1: a lottery, one ticket per unit of power; higher: the stronger side wins surely",
        0.25,
        6,
    ),
    ("Hirshleifer", "decisiveness"): _Meaning(
        "Decisiveness of fighting", "κ", "how much each unit of difference in power decides", 0.25, 10
    ),
    ("Complementarity", "value"): _Meaning("Synergy", "v", f"{_ADDED} at the widest gap", 0, 2),
    ("Complementarity", "exponent"): _Meaning(
        "Curvature of the synergy", "κ", "1: synergy grows in line with the gap", 0.25, 4
    ),
    ("Aggregation", "value"): _Meaning("Synergy", "v", f"{_ADDED} between equals", 0, 2),
    ("ConstantSynergy", "value"): _Meaning("Synergy", "v", f"{_ADDED}, at every gap", 0, 2),
    ("CommonThreat", "value"): _Meaning(
        "Value of beating the rival", "v", "what winning against the common rival is worth", 0, 4
    ),
    ("CommonThreat", "rival"): _Meaning("Power of the rival", "r", "in units of the dyad's total power", 0.05, 4),
    ("Wage", "wage"): _Meaning("Wage of the proxy", "w", "what the sponsor pays per period; it keeps the rest", 0, 1),
    ("AllianceGame", "exposure"): _Meaning("Exposure of an ally", "τ", _EXPOSED, 0.01, 1),
    ("AllianceGame", "coexist_exposure"): _Meaning("Exposure under a pact", "τ′", f"{_EXPOSED} under a pact", 0.01, 1),
    ("AllianceGame", "conflict_cost"): _Meaning("Cost of fighting", "k", "what each side pays per period of fighting", 0, 0.5),
    ("AllianceGame", "conflict_cost.sponsor"): _Meaning(
        "Sponsor's cost of fighting", "k_S", "what the sponsor pays per period of fighting", 0, 0.5
    ),
    ("AllianceGame", "conflict_cost.proxy"): _Meaning(
        "Proxy's cost of fighting", "k_P", "what the proxy pays per period of fighting", 0, 0.5
    ),
    ("AllianceGame", "stakes"): _Meaning(
        "Stakes", "z", "what there is to divide per period; costs are in the same unit", 0.25, 5
    ),
    ("AllianceGame", "support_cost"): _Meaning("Cost of support", "h", "of helping a partner that does not help", 0, 0.2),
    ("ImperfectMonitoring", "false_alarm"): _Meaning(
        "False alarms", "α", "chance of a bad signal though both cooperate", 0, 0.5
    ),
    ("ImperfectMonitoring", "miss"): _Meaning("Misses", "β", "chance that a betrayal is not seen", 0, 0.5),
}
"""What the library's parameters mean, by class and field. Others have their names, and range from 0 to twice their value."""


@dataclass(frozen=True)
class Parameter:
    """One number of a model: its name, its value, and what a slider shows."""

    name: str
    value: float
    label: str
    symbol: str
    hint: str
    low: float
    high: float

    @classmethod
    def of(cls, owner: str, field: str, name: str, value: float) -> Parameter:
        """The parameter ``field`` of the class ``owner``; the range is wide enough for its value."""
        meaning = MEANINGS.get((owner, field))
        if meaning is None:
            low, high = sorted((0.0, 2 * value)) if value else (0.0, 1.0)
            return cls(name, value, field.replace("_", " ").replace(".", ": "), "", f"a parameter of {owner}", low, high)
        label, symbol, hint, low, high = meaning
        return cls(name, value, label, symbol, hint, min(low, value), max(high, value))


def parameters(part: object) -> list[Parameter]:
    """The numbers of a model or a concept.

    Examples
    --------
    >>> import alliances as al
    >>> [(x.name, x.value) for x in parameters(al.presets.morrow_1991())][:3]
    [('contest.decisiveness', 1.0), ('synergy.value', 0.6), ('synergy.exponent', 1.0)]
    """
    return [Parameter.of(owner, field, name, value) for owner, field, name, value in _numbers(part, "")]


def with_numbers(part: Any, numbers: Mapping[str, Any]) -> Any:
    """The model or concept with other numbers in the place of some of its own.

    Examples
    --------
    >>> import alliances as al
    >>> with_numbers(al.GivenPunishment(al.ImperfectMonitoring(0.1, 0.2)), {"enforcement.miss": 0.3}).enforcement.miss
    0.3
    """
    return _rebuilt(part, "", numbers)


def _numbers(part: object, prefix: str) -> Iterator[tuple[str, str, str, float]]:
    """(class, field, name, value) of each number in a dataclass, in order."""
    owner = type(part).__name__
    for field, value in _fields(part):
        name = prefix + field
        if _is_number(value):
            yield owner, field, name, float(value)
        elif _is_pair(value):
            for side, number in zip(("sponsor", "proxy"), value, strict=True):
                yield owner, f"{field}.{side}", f"{name}.{side}", float(number)
        else:
            yield from _numbers(value, f"{name}.")


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
