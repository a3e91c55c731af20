"""A polynomial compared with 0: what questions to a solver consist of."""

from __future__ import annotations

from enum import Enum, auto
from typing import Literal, NamedTuple, TypeAlias

from alliances.arithmetic.domains import Interval
from alliances.arithmetic.quotients import Polynomial, Quotient, Relation

__all__ = ["OPPOSITE", "SIGNS", "Condition", "Kind", "Satisfiability", "within"]

Satisfiability: TypeAlias = Literal["sat", "unsat", "unknown"]
"""Whether conditions can hold together."""

SIGNS: dict[Relation, frozenset[int]] = {
    ">": frozenset({1}),
    ">=": frozenset({0, 1}),
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    "==": frozenset({0}),
    "!=": frozenset({-1, 1}),
}
"""The signs of what compares with 0 so."""


OPPOSITE: dict[Relation, Relation] = {">": "<=", ">=": "<", "==": "!=", "<=": ">", "<": ">=", "!=": "=="}
"""What holds where the relation does not."""


class Kind(Enum):
    """What a condition says, and so where it may be left out."""

    DOMAIN = auto()
    """An indeterminate lies in its interval; the condition's ``letter`` names it."""
    TRANSCENDENTAL = auto()
    """What is known of a power, an exponential or a logarithm."""
    CASE = auto()
    """The outcome of a comparison in the model."""
    BORDER = auto()
    """Where two cases touch."""
    VIOLATION = auto()
    """What would break the claim."""
    SIGN = auto()
    """A sign that is asked for while a model runs."""


class Condition(NamedTuple):
    """``polynomial`` compared with 0, and what that says; ``text`` is for readers, nothing is decided by it.

    ``source`` is the quotient that the model or the claim compared with 0, where the polynomial is what was left of it.
    """

    polynomial: Polynomial
    relation: Relation
    kind: Kind
    text: str = ""
    letter: str | None = None
    source: Quotient | None = None

    def bounds(self, letter: str) -> bool:
        """Whether this says that ``letter`` lies in its interval."""
        return self.kind is Kind.DOMAIN and self.letter == letter


def within(quotient: Quotient, domain: Interval, letter: str) -> list[Condition]:
    """``quotient``, which is ``letter`` or a power of it, lies in its interval."""
    text = f"domain of {letter}"
    low: Relation = ">=" if domain.includes_low else ">"
    conditions = [Condition((quotient - domain.low).product, low, Kind.DOMAIN, text, letter)]
    if domain.high is not None:
        high: Relation = ">=" if domain.includes_high else ">"
        conditions.append(Condition((domain.high - quotient).product, high, Kind.DOMAIN, text, letter))
    return conditions
