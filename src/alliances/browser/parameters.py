"""What the numbers among a model's parameters mean, and the range that a slider gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from alliances.payoffs.numbers import numbers_of, with_numbers

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
    ("Agreed", "gap0"): _Meaning(
        "Gap when the terms were agreed", "γ₀", "shares stay as they were at this gap; the odds of a fight do not", -0.95, 0.95
    ),
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
    return [Parameter.of(*number) for number in numbers_of(part)]
