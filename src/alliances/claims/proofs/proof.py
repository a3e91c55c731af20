"""The outcome of an attempt to prove a claim, and what a referee needs to repeat it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

from alliances.claims.family import ASSUMPTIONS, Family
from alliances.claims.lines import moves_parameter
from alliances.claims.proofs.dossier import Chapter, chapter, solved
from alliances.claims.proofs.outcomes import Certainty, Counterexample, Procedure, Step
from alliances.claims.proofs.problem import Problems
from alliances.claims.statement import Statement
from alliances.payoffs.dyadic import DyadicGame
from alliances.printable import verbatim
from alliances.results import Columns, Result

__all__ = ["Certainty", "Counterexample", "Procedure", "Proof", "ProofStatus", "Step"]

ProofStatus: TypeAlias = Literal["proved", "refuted", "unknown"]
"""What is known of a claim: true of every model of the family, false of one, or neither."""


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
    problems
        Makes the questions anew, for :meth:`export`; None if they cannot be.
    """

    references: ClassVar[tuple[str, ...]] = ("tarski-1951", "jovanovic-de-moura-2012")

    claim: Statement
    family: Family
    status: ProofStatus
    counterexample: Counterexample | None
    steps: tuple[Step, ...]
    reasons: tuple[str, ...]
    seconds: float
    method: str
    problems: Problems | None = field(default=None, compare=False)  # of the claim, which is compared

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the answer assumes, in words."""
        domains = [f"{name} in {domain}" for name, domain in self.family.parameters.items()]
        shape = self.claim.shape
        line = ("gap 0",) if shape.pact else (f"gaps in {self.family.gaps}",) if shape.line == "gap" else ()
        return (*domains, *line, f"enforcement {self.family.concept_name}", *(ASSUMPTIONS[name] for name in self.family.assume))

    @property
    def model(self) -> DyadicGame | None:
        """The model that refutes the claim, where a parameter moves at its lower point; None unless refuted."""
        if self.counterexample is None:
            return None
        witness, line = self.counterexample.check.witness, self.claim.shape.line
        moved = {line: witness.low} if witness is not None and moves_parameter(line) else {}
        game: DyadicGame = self.family.at(**self.counterexample.parameters, **moved)
        return game

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

    @verbatim
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
            return ["The scripts' indeterminates are the parameters; `atom0`, `atom1`, … stand for powers and exponentials."]
        return [
            "The scripts' indeterminates are the parameters and x = p/s, the proxy's power per unit of the sponsor's (or its "
            "root, for fractional decisiveness); the gap is (1 − x)/(1 + x). `atom0`, `atom1`, … stand for powers and "
            "exponentials. Derivatives are by the log ratio −ln x, which grows with the gap."
        ]

    def smtlib(self) -> str:
        """All scripts in one file; every (check-sat) should answer unsat if the claim is proved by polynomials."""
        return "\n(reset)\n".join(step.smtlib for step in self.steps) + "\n"

    @verbatim
    def export(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the proof for a referee into ``folder``, which is made if it is missing.

        ``statement.md`` has the claim, the assumptions, the model's payoffs case by case, the conditions that would break the
        claim and the seams at which nothing had to be asked. Of each step there are two SMT-LIB scripts: the question as it
        was solved, and, ending in ``-full``, the question in full, with the quantities of the model by name and a check that
        what was solved follows from it. A script ending in ``-cases`` asks whether the cases cover the domain. The cases are
        worked out anew for that.

        Raises
        ------
        FileExistsError
            If one of the files is there already: nothing is overwritten.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", self.claim.name)
        contents = {folder / f"{name}-{number:02d}.smt2": solved(step) for number, step in enumerate(self.steps, 1)}
        pages = [self.statement()]
        for number, (fixed, part) in enumerate(self._chapters(), 1):
            prefix = f"{number}-" if self.family.choices else ""
            if fixed:
                pages.append(f"# {fixed}\n")
            pages.append(part.page)
            contents[folder / f"{name}-{prefix}cases.smt2"] = part.cases
            contents |= {folder / f"{name}-{step:02d}-full.smt2": text for step, text in part.full.items()}
            contents |= {folder / f"{name}-{prefix}seam-{k:02d}.smt2": text for k, text in enumerate(part.seams, 1)}
        contents = {folder / "statement.md": "\n\n".join(pages), **dict(sorted(contents.items()))}
        for path in contents:
            if path.exists():
                raise FileExistsError(f"Proof.export(): folder must not hold files of this name; got {path}")
        for path, text in contents.items():
            path.write_text(text + "\n", encoding="utf-8")
        return tuple(contents)

    def _chapters(self) -> Iterator[tuple[str, Chapter]]:
        """What a referee is given of each combination of the finite choices that was asked about."""
        steps = list(enumerate(self.steps, 1))
        for fixed in self.family.combinations() if self.problems is not None else ():
            own = {number: step for number, step in steps if step.fixed == fixed}
            if (own or self.status == "proved") and self.problems is not None:
                text = ", ".join(f"{parameter} = {value}" for parameter, value in fixed.items())
                yield text, chapter(self.problems(self.family, fixed, math.inf), own, self.claim.name)

    def _columns(self) -> Columns:
        """One row per condition that would break the claim."""
        return {name: [getattr(step, name) for step in self.steps] for name in ("text", "status", "method", "seconds")}

    def _record(self) -> dict[str, Any]:
        names = ("status", "assumptions", "counterexample", "steps", "reasons", "seconds")
        return {"claim": self.claim.name, **{name: getattr(self, name) for name in names}}
