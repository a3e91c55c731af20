"""What became of the conditions that would break a claim: steps of a proof, and counterexamples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from alliances.claims.certifying import Certainty
from alliances.claims.checking import Check
from alliances.claims.proofs.boxes import Exclusion
from alliances.results import Result

__all__ = ["Certainty", "Counterexample", "Procedure", "Step"]

Procedure: TypeAlias = Literal["polynomials", "Bernstein", "intervals"]
"""By which a condition was decided: Z3, Bernstein coefficients in whole numbers, or FLINT's balls."""


@dataclass(frozen=True)
class Step(Result):
    """One condition that would break the claim, and what became of it.

    Attributes
    ----------
    text
        The condition in words.
    status
        "excluded" (it cannot be met), "met" (by numbers), or "open".
    method
        "polynomials" (Z3), "Bernstein" (unknowns of degree 1 eliminated, Bernstein coefficients for the others; the script's
        first lines say of what) or "intervals" (FLINT).
    seconds
        The time it took.
    smtlib
        The question as an SMT-LIB script. A condition excluded by intervals is excluded of the functions that the
        script's indeterminates `atom0`, … stand for, about which the script itself knows inequalities only.
    fixed
        The values of the family's finite choices.
    reason
        Why it is open.
    """

    text: str
    status: Exclusion
    method: Procedure
    seconds: float
    smtlib: str
    fixed: Mapping[str, Any]
    reason: str = ""

    def _record(self) -> dict[str, Any]:
        """What a reader wants to know; scripts are long, and :meth:`alliances.claims.Proof.smtlib` writes them."""
        return {name: getattr(self, name) for name in ("text", "status", "method", "seconds")}


@dataclass(frozen=True, eq=False)
class Counterexample(Result):
    """A model of the family that contradicts the claim.

    Attributes
    ----------
    parameters
        The values of the open parameters.
    check
        The check that fails, with the two points.
    certified
        "exactly" (rational arithmetic) or "by enclosures" (ball arithmetic).
    """

    parameters: Mapping[str, Any]
    check: Check
    certified: Certainty

    @property
    def message(self) -> str:
        """The parameters, the contradiction there, and how it was confirmed."""
        values = ", ".join(f"{name} = {value}" for name, value in self.parameters.items())
        return f"{values}. {self.check.message} Confirmed {self.certified}."

    def _record(self) -> dict[str, Any]:
        shown = {n: v if isinstance(v, (int, float, str, Fraction)) else str(v) for n, v in self.parameters.items()}
        return {"parameters": shown, "check": self.check, "certified": self.certified}
