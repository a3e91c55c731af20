"""The outcome of a battery of checks: a table, with a witness for each check that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Number, show
from alliances.power import Power
from alliances.results import Result
from alliances.results.result_tuple import ResultTuple

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["Breach", "CheckResult", "Conformance", "Status"]

Status: TypeAlias = Literal["passed", "failed", "noted", "skipped"]


@dataclass(frozen=True)
class Breach(Result):
    """The simplest power found at which a check fails.

    Attributes
    ----------
    power
        One dyad, or the array of dyads that shows it.
    quantity
        Which number is wrong: a player's payoff in a cell, a probability, a share.
    expected, found
        What the rule asks for, and what the model gives.
    """

    power: Power
    quantity: str
    expected: str
    found: str

    @property
    def message(self) -> str:
        """The dyad, and what was expected and found there."""
        return f"at {_dyad(self.power)}: {self.quantity}: expected {self.expected}; found {self.found}"

    def __str__(self) -> str:
        return self.message  # the dyads that show a fault are no batch of answers

    def _record(self) -> dict[str, Any]:
        texts = {name: getattr(self, name) for name in ("quantity", "expected", "found")}
        return {"sponsor": self.power.sponsor, "proxy": self.power.proxy, **texts}


@dataclass(frozen=True)
class CheckResult(Result):
    """The outcome of one check.

    Attributes
    ----------
    name, rule
        The check, and what it asks for in one sentence.
    status
        "passed"; "failed": a rule is broken; "noted": the model lacks a property that models may lack; "skipped".
    reason
        Why it was skipped.
    witness
        Where it fails, for "failed" and "noted".
    """

    name: str
    rule: str
    status: Status
    reason: str | None = None
    witness: Breach | None = None

    @property
    def message(self) -> str:
        """The outcome, and why."""
        return f"{self.name}: {self.status}" + (
            f" ({self.reason})" if self.reason else f" {self.witness}" if self.witness else ""
        )


@dataclass(frozen=True)
class Conformance(Result):
    """The outcome of a battery of checks: true if none failed. Print it for the table.

    Attributes
    ----------
    subject
        What was checked.
    results
        One :class:`CheckResult` per check; ``conformance["finite"]`` is the one of that name.
    seed, examples
        What the draws depended on.
    """

    subject: str
    results: tuple[CheckResult, ...]
    seed: int
    examples: int

    def _with(self, status: Status) -> ResultTuple[CheckResult]:
        chosen = (result for result in self.results if result.status == status)
        return ResultTuple(chosen, CheckResult, f"checks of status {status!r}")

    @property
    def passed(self) -> ResultTuple[CheckResult]:
        """The checks that passed."""
        return self._with("passed")

    @property
    def failed(self) -> ResultTuple[CheckResult]:
        """The rules that are broken."""
        return self._with("failed")

    @property
    def noted(self) -> ResultTuple[CheckResult]:
        """The properties that the model lacks, none of which was required."""
        return self._with("noted")

    @property
    def skipped(self) -> ResultTuple[CheckResult]:
        """The checks that could not be made, with their reasons."""
        return self._with("skipped")

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return not self.failed

    @property
    def message(self) -> str:
        """One sentence: how many checks passed, failed, were noted and skipped."""
        counts = [f"{len(self.passed)} passed", f"{len(self.failed)} failed"]
        counts += [f"{len(results)} {word}" for word, results in (("noted", self.noted), ("skipped", self.skipped)) if results]
        return f"{self.subject} {'conforms' if self.ok else 'does not conform'}: {', '.join(counts)}."

    def __bool__(self) -> bool:
        return self.ok

    def __iter__(self) -> Iterator[CheckResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, name: str) -> CheckResult:
        for result in self.results:
            if result.name == name:
                return result
        raise KeyError(f"no check named {name!r}; the checks are {', '.join(result.name for result in self.results)}")

    def __str__(self) -> str:
        width = max(len(result.name) for result in self.results)
        lines = [self.message]
        for result in self.results:
            lines.append(f"  {result.name.ljust(width)}  {result.status}" + (f" ({result.reason})" if result.reason else ""))
            if result.witness is not None:
                lines += [f"    {result.rule}", f"    {result.witness}"]
        return "\n".join(lines)

    def raise_if_failed(self) -> None:
        """Do nothing if no check failed.

        Raises
        ------
        AssertionError
            With the failed checks, their rules and witnesses.
        """
        if not self.ok:
            lines = [self.message]
            for result in self.failed:
                lines += [f"  {result.name}: {result.rule}", f"    {result.witness}"]
            raise AssertionError("\n".join(lines))

    def _record(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("subject", "seed", "examples", "results")}

    def _columns(self) -> Columns:
        """One row per check."""
        names = {"check": "name", "rule": "rule", "status": "status", "reason": "reason"}
        table = {column: [getattr(result, name) for result in self.results] for column, name in names.items()}
        return {**table, "witness": [result.witness and str(result.witness) for result in self.results]}


def _dyad(power: Power) -> str:
    if power.shape:
        return f"sponsor of shape {np.shape(power.sponsor)}, proxy of shape {np.shape(power.proxy)}"
    return f"sponsor {_digits(power.sponsor)}, proxy {_digits(power.proxy)}"


def _digits(x: Number) -> str:
    """Enough digits to type the number in again."""
    return show(x) if isinstance(x, Fraction) or float(show(x)) == x else repr(x)
