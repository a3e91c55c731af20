"""Prove a claim for every model of a family, or refute it by one.

Each condition that would break the claim (:mod:`alliances.claims.proofs.queries`) is given to a decision procedure for
polynomials over the reals (Z3's nlsat: Jovanović & de Moura 2012, "Solving non-linear arithmetic", IJCAR). None can be
met: proved. One can: the solver's numbers are made simple and the claim is checked at them, exactly or by certified
enclosures; only a contradiction found there is a refutation. Where a family has powers or exponentials the solver sees
inequalities for them: what it excludes is excluded, what it allows may be impossible. Then, and where it runs out of
time, boxes of parameters are excluded one by one (:mod:`alliances.claims.proofs.boxes`), if all domains are bounded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from alliances.arithmetic import POSITIVE, scalar, to_float
from alliances.arithmetic.algebra import Condition, OutOfReach
from alliances.claims.family import Family
from alliances.claims.proofs.boxes import exclude
from alliances.claims.proofs.problem import Problem, Query
from alliances.claims.proofs.proof import Counterexample, Proof, Step
from alliances.claims.proofs.smt import require_z3, smtlib, solve
from alliances.claims.proofs.witnesses import shortest, simplify
from alliances.claims.statement import Statement

__all__ = ["prove"]

_MOMENT = 1.0  # seconds for a question at first
_HUNT = 5.0  # seconds of trying parameters
Problems: TypeAlias = Callable[[Family, Mapping[str, Any], float], Problem]
"""(family, values of its finite choices, deadline) → what would break the claim."""

_METHODS = ("auto", "polynomials", "intervals")


def prove(claim: Statement, problems: Problems, family: Family, method: str, timeout: float, seed: int) -> Proof:
    """The work of :meth:`alliances.claims.Claim.prove`, which says what it takes; ``problems`` states what would break it."""
    if not isinstance(family, Family):
        raise TypeError(f"prove(): family must be a Family, which says what is open; got {family!r}")
    if method not in _METHODS:
        raise ValueError(f"prove(): method must be one of {', '.join(_METHODS)}; got {method!r}")
    timeout = to_float(scalar(timeout, "prove", "timeout", POSITIVE))
    claim.requires(family, "prove")
    require_z3()
    return _Attempt(claim, problems, family, method, timeout, seed).run()


@dataclass
class _Attempt:
    claim: Statement
    problems: Problems
    family: Family
    method: str
    timeout: float
    seed: int

    def run(self) -> Proof:
        self.start = time.perf_counter()
        steps: list[Step] = []
        reasons: list[str] = []
        for fixed in self.family.combinations():
            try:
                problem = self.problems(self.family, fixed, self._deadline)
            except (OutOfReach, TimeoutError) as error:
                reasons.append(str(error))
                continue
            try:
                queries = list(problem.queries())
            except TimeoutError as error:
                reasons.append(str(error))
                continue
            hard = []
            for query in queries:  # what a moment decides comes first, then counterexamples by trial, then what takes time
                step, values = self._ask(problem, query, _MOMENT)
                found = self._confirmed(problem, query, values)
                if found is not None:
                    return self._refuted([*steps, step], problem, found)
                if step.status == "excluded":
                    steps.append(step)
                else:
                    hard.append(query)
            if hard:
                found = problem.hunt(self.seed, min(self._deadline, time.perf_counter() + _HUNT))
                if found is not None:
                    return self._refuted(steps, problem, found)
            for n, query in enumerate(hard):
                step, values = self._ask(problem, query, self._left() / (len(hard) - n))
                steps.append(step)
                found = self._confirmed(problem, query, values)
                if found is not None:
                    return self._refuted(steps, problem, found)
                if step.status != "excluded":
                    reasons.append(step.reason)
        return self._result("unknown" if reasons else "proved", steps, reasons, None)

    @property
    def _deadline(self) -> float:
        return self.start + self.timeout

    def _left(self) -> float:
        return self._deadline - time.perf_counter()

    def _ask(self, problem: Problem, query: Query, seconds: float) -> tuple[Step, Mapping[str, Fraction]]:
        """Exclude one query, or say why not; with the letters' values where it can be met."""
        start = time.perf_counter()
        title = f"{self.claim.name}: {query.text}"
        text = smtlib(problem.algebra, query.conditions, title)
        values: Mapping[str, Fraction] = {}
        status, method, reason = "open", "polynomials", f"time ran out: {query.text}"
        if self.method != "intervals" and seconds > 0:
            answer = solve(text, seconds / 3)
            values = {name: answer.values[s] for name, s in problem.algebra.named() if s in answer.values}
            if answer.status == "sat":
                status = "open" if problem.algebra.atoms else "met"
                reason = f"not excluded, and no counterexample confirmed: {query.text}"
            for conditions, notes in _weaker(problem, query) if answer.status == "unknown" else ():
                shorter = smtlib(problem.algebra, conditions, title, *notes)
                answer = solve(shorter, seconds / 3)
                if answer.status == "unsat":
                    text = shorter  # the question that was answered is the one to show
                    break
            if answer.status == "unsat":
                status = "excluded"
        if status == "open" and self.method != "polynomials" and seconds > 0:
            if problem.algebra.bounded:
                boxes = exclude(problem.algebra, query.conditions, seconds / 2)
                method, status, values = "intervals", boxes.status, boxes.values or values
                reason = f"{boxes.reason}: {query.text}"
            elif self.method == "intervals":
                reason = f"intervals need bounded domains: {query.text}"
        return Step(query.text, status, method, time.perf_counter() - start, text, problem.fixed, reason), values

    def _confirmed(self, problem: Problem, query: Query, values: Mapping[str, Fraction]) -> Counterexample | None:
        if not values:
            return None
        simple = simplify(problem, query.conditions, values)
        for candidate in (simple, values):
            parameters, point = problem.point(candidate)
            found = problem.confirm(parameters, point)
            if found is not None:
                return found
        return None

    def _refuted(self, steps: list[Step], problem: Problem, found: Counterexample) -> Proof:
        return self._result("refuted", steps, [], shortest(problem, self.family, found, self._deadline))

    def _result(self, status: str, steps: list[Step], reasons: list[str], found: Counterexample | None) -> Proof:
        return Proof(
            claim=self.claim,
            family=self.family,
            status=status,
            counterexample=found,
            steps=tuple(steps),
            reasons=tuple(dict.fromkeys(reasons)) if status == "unknown" else (),
            seconds=time.perf_counter() - self.start,
            method=self.method,
        )


def _weaker(problem: Problem, query: Query) -> Iterator[tuple[Sequence[Condition], list[str]]]:
    """Questions that are easier, and whose "no" is a "no" to the query."""
    fewer, notes = problem.algebra.eliminated(query.conditions)
    if notes:
        yield fewer, notes
    yield [*problem.algebra.facts, query.conditions[-1]], ["the conditions of the case left out"]
