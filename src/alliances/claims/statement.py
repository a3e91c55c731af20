"""A claim of the literature as a statement: what it says, who says it, where, and what would contradict it."""

from __future__ import annotations

from dataclasses import dataclass

from alliances.claims.comparisons import Ordering
from alliances.claims.family import Family
from alliances.claims.lines import moves_parameter
from alliances.results.references import keys_in
from alliances.values import Value

__all__ = ["Statement"]


@dataclass(frozen=True, eq=False)
class Statement(Value):
    """What a claim says; the verbs are added by :class:`alliances.claims.Claim`.

    Attributes
    ----------
    name
        What it is called.
    statement
        In words.
    formula
        In symbols.
    source
        Who says so.
    domain
        Where it is said to hold.
    shape
        What would break it.
    """

    name: str
    statement: str
    formula: str
    source: str
    domain: str
    shape: Ordering

    @property
    def references(self) -> tuple[str, ...]:
        """The works that ``source`` names: see :func:`alliances.citation`."""
        return keys_in(self.source)

    def requires(self, family: Family, function: str) -> None:
        """An error unless the family has what the claim is about."""
        line = self.shape.line
        if moves_parameter(line) and line not in family.intervals:
            raise ValueError(f"{function}(): family must leave {line!r} open over an interval, for {self.name!r}; got {family}")

    def __str__(self) -> str:
        return f"{self.name}: {self.statement}\n  formula: {self.formula}\n  domain:  {self.domain}\n  source:  {self.source}"
