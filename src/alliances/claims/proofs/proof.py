"""The outcome of an attempt to prove a claim, and what a referee needs to repeat it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeAlias

from alliances.claims.checking import Check
from alliances.claims.family import ASSUMPTIONS, Family
from alliances.claims.proofs.boxes import Exclusion
from alliances.claims.statement import Statement
from alliances.payoffs.dyadic import DyadicGame
from alliances.results import Result

__all__ = ["Certainty", "Counterexample", "Procedure", "Proof", "ProofStatus", "Step"]

ProofStatus: TypeAlias = Literal["proved", "refuted", "unknown"]
"""What is known of a claim: true of every model of the family, false of one, or neither."""
Procedure: TypeAlias = Literal["polynomials", "Bernstein", "intervals"]
"""By which a condition was decided: Z3, Bernstein coefficients in whole numbers, or FLINT's balls."""
Certainty: TypeAlias = Literal["exactly", "by enclosures"]
"""How a counterexample was confirmed: in rational arithmetic, or in ball arithmetic."""


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
        "polynomials" (Z3), "Bernstein" (letters of degree 1 eliminated, Bernstein coefficients for the others; the script's
        first lines say of what) or "intervals" (FLINT).
    seconds
        The time it took.
    smtlib
        The question as an SMT-LIB script. A condition excluded by intervals is excluded of the functions that the
        script's letters `atom0`, … stand for, about which the script itself knows inequalities only.
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
        """What a reader wants to know; scripts are long, and :meth:`Proof.to_smtlib` writes them."""
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


@dataclass(frozen=True, eq=False)
class Proof(Result):
    """Proved for every model of the family, refuted by one, or unknown.

    Attributes
    ----------
    claim, family, method
        The question that was asked.
    status
        "proved", "refuted" or "unknown".
    counterexample
        The model that refutes the claim, confirmed in exact or certified arithmetic; None unless refuted.
    steps
        The conditions that would break the claim, each with its outcome and its SMT-LIB script.
    reasons
        Why the answer is unknown.
    seconds
        The time spent.
    """

    claim: Statement
    family: Family
    status: ProofStatus
    counterexample: Counterexample | None
    steps: tuple[Step, ...]
    reasons: tuple[str, ...]
    seconds: float
    method: str

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the answer assumes, in words."""
        domains = [f"{name} in {domain}" for name, domain in self.family.parameters.items()]
        line = {"gap": f"gaps in {self.family.gaps}", "stakes": "gap 0", "parity": "gap 0"}[self.claim.shape.line]
        return (*domains, line, f"enforcement {self.family.concept_name}", *(ASSUMPTIONS[name] for name in self.family.assume))

    @property
    def model(self) -> DyadicGame | None:
        """The model that refutes the claim; None unless refuted."""
        return None if self.counterexample is None else self.family.at(**self.counterexample.parameters)

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        if self.status == "proved":
            methods = Counter(step.method for step in self.steps)
            how = " and ".join(f"{count} by {method}" for method, count in methods.items()) or "nothing could break it"
            return f"{self.claim.name}: proved for all parameters in the domain ({how}, {self.seconds:.2f} s)."
        if self.status == "refuted":
            return f"{self.claim.name}: refuted at {self.counterexample}"
        shown = "; ".join(self.reasons[:3]) + (f"; and {len(self.reasons) - 3} more" if len(self.reasons) > 3 else "")
        return f"{self.claim.name}: unknown after {self.seconds:.1f} s. {shown}."

    def statement(self) -> str:
        """What was proved or refuted, with all assumptions and steps, to read (Markdown)."""
        lines = [
            f"# {self.claim.name.capitalize()}: {self.status}",
            "",
            self.claim.statement,
            "",
            f"    {self.claim.formula}",
            "",
        ]
        lines += ["Assumptions:", "", *(f"* {text}" for text in self.assumptions), ""]
        if self.claim.shape.line == "gap" and self.family.assume:
            lines += ["The claim is about stretches of gaps on which the assumptions hold throughout.", ""]
        if self.counterexample is not None:
            lines += [f"Counterexample: {self.counterexample}", ""]
        lines += ["| condition that would break the claim | choices | outcome | method | seconds |", "|---|---|---|---|---|"]
        for step in self.steps:
            fixed = ", ".join(f"{k} = {v}" for k, v in step.fixed.items())
            lines.append(f"| {step.text} | {fixed} | {step.status} | {step.method} | {step.seconds:.3f} |")
        if self.reasons:
            lines += ["", "Unknown because:", "", *(f"* {reason}" for reason in self.reasons)]
        return "\n".join([*lines, "", *self._legend()])

    def _legend(self) -> list[str]:
        if self.claim.shape.line != "gap":
            return ["The scripts' letters are the parameters; `atom0`, `atom1`, … stand for powers and exponentials."]
        return [
            "The scripts' letters are the parameters and x = p/s, the proxy's power per unit of the sponsor's (or its "
            "root, for broken decisiveness); the gap is (1 − x)/(1 + x). Letters `atom0`, `atom1`, … stand for powers and "
            "exponentials. Derivatives are by the log ratio −ln x, which grows with the gap."
        ]

    def smtlib(self) -> str:
        """All scripts in one file; every (check-sat) should answer unsat if the claim is proved by polynomials."""
        return "\n(reset)\n".join(step.smtlib for step in self.steps) + "\n"

    def export(self, folder: str | Path) -> tuple[Path, ...]:
        """Write ``statement.md`` and one SMT-LIB script per step into ``folder``, which is made if it is missing.

        Raises
        ------
        FileExistsError
            If one of the files is there already: nothing is overwritten.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", self.claim.name)
        contents = {folder / "statement.md": self.statement() + "\n"}
        for number, step in enumerate(self.steps, 1):
            contents[folder / f"{name}-{number:02d}.smt2"] = step.smtlib + "\n"
        for path in contents:
            if path.exists():
                raise FileExistsError(f"Proof.export(): folder must not hold files of this name; got {path}")
        for path, text in contents.items():
            path.write_text(text, encoding="utf-8")
        return tuple(contents)

    def _record(self) -> dict[str, Any]:
        names = ("status", "assumptions", "counterexample", "steps", "reasons", "seconds")
        return {"claim": self.claim.name, **{name: getattr(self, name) for name in names}}
