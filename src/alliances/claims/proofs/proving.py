"""Prove a claim for every model of a family, or refute it by one.

Each condition that would break the claim (:mod:`alliances.claims.proofs.queries`) is given to a decision procedure for
polynomials over the reals (Z3's nlsat: Jovanović & de Moura 2012, "Solving non-linear arithmetic", IJCAR). None can be
met: proved. One can: the solver's numbers are made simple and the claim is checked at them, exactly or by certified
enclosures; only a contradiction found there is a refutation. Where a family has powers or exponentials the solver sees
inequalities for them: what it excludes is excluded, what it allows may be impossible. Then, and where it gives no answer,
indeterminates are eliminated and Bernstein coefficients decide (:mod:`alliances.claims.proofs.elimination`), or boxes of
parameters are excluded one by one (:mod:`alliances.claims.proofs.boxes`), if all domains are bounded.

What is tried, and in which order, is counted: steps of the solver, boxes, parameter points. Conditions that a little effort
leaves open are tried again with four times as much, round by round, until all are settled. The clock is looked at only to
stop when the caller's time is over, so that two machines, or one machine idle and busy, give the same answer or "unknown".
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeAlias, get_args

from alliances.arithmetic import POSITIVE, scalar, to_float
from alliances.arithmetic.algebra import Condition, OutOfReach
from alliances.claims.family import Family
from alliances.claims.proofs.agreement import disagreements
from alliances.claims.proofs.boxes import Exclusion, exclude
from alliances.claims.proofs.elimination import eliminate
from alliances.claims.proofs.outcomes import Counterexample, Procedure, Step
from alliances.claims.proofs.problem import Problem, Problems, Query
from alliances.claims.proofs.proof import Proof, ProofStatus
from alliances.claims.proofs.smt import MOST_STEPS, Answer, require_z3, root, smtlib
from alliances.claims.proofs.witnesses import shortest, simplify
from alliances.claims.statement import Statement

__all__ = ["Method", "prove"]

Method: TypeAlias = Literal["auto", "polynomials", "intervals"]
"""By which procedures: by one, or by polynomials first and by intervals where those leave something open."""


@dataclass(frozen=True)
class _Effort:
    """What one question may cost: steps of Z3, work on Bernstein coefficients (see elimination), and boxes of balls."""

    steps: int
    forms: int
    boxes: int


_GLANCE = _Effort(2**13, 2**6, 0)
"""What each query is given before anything else is tried: most of what can be decided is decided so."""

_LOOK = _Effort(2**16, 2**9, 2**10)
"""What each query is given next: few of the atlas need more, and a step of Z3 may take long where polynomials grow."""


_HUNTS = (60, 124, 2**12)
"""Parameter points tried in search of a counterexample: after the first effort, after the second, and after the third."""


def _rounds() -> Iterator[_Effort]:
    """The efforts of later rounds, from the second on each four times the one before."""
    yield _LOOK
    steps, forms, boxes = _LOOK.steps, _LOOK.forms, _LOOK.boxes
    while steps < MOST_STEPS:
        steps, forms, boxes = min(4 * steps, MOST_STEPS), 4 * forms, 4 * boxes
        yield _Effort(steps, forms, boxes)


def prove(claim: Statement, problems: Problems, family: Family, method: Method, timeout: float, seed: int) -> Proof:
    """The work of :meth:`alliances.claims.Claim.prove`, which says what it takes; ``problems`` states what would break it."""
    if not isinstance(family, Family):
        raise TypeError(f"prove(): family must be a Family, which says what is open; got {family!r}")
    if method not in get_args(Method):
        raise ValueError(f"prove(): method must be one of {', '.join(get_args(Method))}; got {method!r}")
    timeout = to_float(scalar(timeout, "prove", "timeout", POSITIVE))
    claim.requires(family, "prove")
    require_z3()
    return _Attempt(claim, problems, family, method, timeout, seed).run()


@dataclass
class _Attempt:
    """One call of :func:`prove`."""

    claim: Statement
    problems: Problems
    family: Family
    method: Method
    timeout: float
    seed: int

    def run(self) -> Proof:
        self.start = time.perf_counter()
        self.deadline = self.start + self.timeout
        self.steps: list[Step] = []
        self.reasons: list[str] = []
        for fixed in self.family.combinations():
            try:
                problem = self.problems(self.family, fixed, self.deadline)
            except (OutOfReach, TimeoutError) as error:
                self.reasons.append(str(error))
                continue
            counterexample = self._look(problem)
            if counterexample is not None:
                return self._result("refuted", shortest(problem, self.family, counterexample, self.deadline))
            if not self.reasons:  # nothing is "proved" of a model before numbers agree
                self.reasons += disagreements(problem, self.seed, self.deadline + self.timeout / 4)
        return self._result("unknown" if self.reasons else "proved", None)

    def _look(self, problem: Problem) -> Counterexample | None:
        """What little effort decides first, then counterexamples by a few trials, then what takes more."""
        hard: list[_Trial] = []
        for query in self._queries(problem):
            if not self._in_time:
                self.reasons.append(f"time ran out: {query.text}, and what comes after it")
                break
            trial = _Trial(problem, query, self.method, f"{self.claim.name}: {query.text}", self.deadline)
            counterexample = self._tried(trial, _GLANCE)
            if counterexample is None and trial.status != "excluded":
                hard.append(trial)
                continue
            self.steps.append(trial.step)
            if counterexample is not None:
                return counterexample
        counterexample = problem.hunt(self.seed, _HUNTS[0], self.deadline) if hard else None
        return counterexample or self._go_on(problem, hard)

    def _go_on(self, problem: Problem, hard: Sequence[_Trial]) -> Counterexample | None:
        """Round by round with more effort, until all that can be settled is, or time is over."""
        counterexample = None
        for number, effort in enumerate(_rounds()):
            for trial in hard:
                if counterexample is None and self._in_time and not trial.settled:
                    counterexample = self._tried(trial, effort)
            left_open = any(trial.status != "excluded" for trial in hard)
            if number + 1 < len(_HUNTS) and counterexample is None and left_open and self._in_time:
                counterexample = problem.hunt(self.seed, _HUNTS[number + 1], self.deadline)
        self.steps += [trial.step for trial in hard]
        self.reasons += [trial.step.reason for trial in hard if trial.status != "excluded"]
        return counterexample

    def _queries(self, problem: Problem) -> Iterator[Query]:
        """The problem's queries, as far as they can be listed."""
        try:
            yield from problem.queries()
        except (OutOfReach, TimeoutError) as error:
            self.reasons.append(str(error))

    @property
    def _in_time(self) -> bool:
        return time.perf_counter() < self.deadline

    def _tried(self, trial: _Trial, effort: _Effort) -> Counterexample | None:
        """A counterexample, if the query can be met by numbers that were not known before and one is confirmed at them."""
        before = trial.values
        if not trial.settled:
            trial.go_on(effort)
        if not trial.values or trial.values == before:
            return None
        simple = simplify(trial.problem, trial.query.conditions, trial.values)
        for candidate in (simple, trial.values):
            counterexample = trial.problem.confirm(*trial.problem.point(candidate))
            if counterexample is not None:
                return counterexample
        return None

    def _result(self, status: ProofStatus, counterexample: Counterexample | None) -> Proof:
        return Proof(
            claim=self.claim,
            family=self.family,
            status=status,
            counterexample=counterexample,
            steps=tuple(self.steps),
            reasons=tuple(dict.fromkeys(self.reasons)) if status == "unknown" else (),
            seconds=time.perf_counter() - self.start,
            method=self.method,
            problems=self.problems,
        )


@dataclass
class _Trial:
    """One query, and what is known of it so far; ``tried`` once polynomials left it open."""

    problem: Problem
    query: Query
    method: Method
    title: str
    deadline: float
    status: Exclusion = "open"
    procedure: Procedure = "polynomials"
    values: Mapping[str, Fraction] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0
    tried: bool = False

    def __post_init__(self) -> None:
        self.text = smtlib(self.problem.algebra, self.query.conditions, self.title)
        self.polynomials = self.method != "intervals"  # whether more effort by polynomials may decide, and by boxes
        self.forms = self.polynomials  # by Bernstein coefficients
        self.boxes = self.method != "polynomials" and self.problem.algebra.bounded
        if not self.polynomials and not self.boxes:
            self.reason = "intervals need bounded domains"

    @property
    def settled(self) -> bool:
        """Whether more effort cannot change the outcome."""
        return self.status != "open" or not (self.polynomials or self.forms or self.boxes)

    @property
    def step(self) -> Step:
        """The query as a step of the proof."""
        late = "time ran out" if time.perf_counter() > self.deadline else "the solver gives no answer"
        reason = f"{self.reason or late}: {self.query.text}"
        return Step(self.query.text, self.status, self.procedure, self.seconds, self.text, self.problem.fixed, reason)

    def go_on(self, effort: _Effort) -> None:
        """Exclude the query or meet it, with so much effort."""
        start = time.perf_counter()
        if self.polynomials and self.seconds == 0:  # what Z3 decides quickly, it decides most quickly
            self._by_polynomials(effort.steps)
            self._by_forms(effort.forms)
        else:
            self._by_forms(effort.forms)
            if self.status == "open" and self.polynomials and time.perf_counter() < self.deadline:
                self._by_polynomials(effort.steps)
        if self.status == "open" and self.boxes and effort.boxes and time.perf_counter() < self.deadline:
            self._by_boxes(effort.boxes)
        self.seconds += time.perf_counter() - start

    def _by_polynomials(self, steps: int) -> None:
        """The query itself at first; where that is left open, easier questions come first, whose steps are quicker."""
        if self.tried and self._easier(steps):
            return
        answer = self.problem.solver.solve(self.text, steps, self.deadline)
        if answer.status == "unknown":
            if not self.tried:
                self._easier(steps)
            self.tried = True
            return
        self.polynomials = False
        if answer.status == "unsat":
            self.status = "excluded"
            return
        self.values = {name: answer.values[s] for name, s in self.problem.algebra.named() if s in answer.values}
        self.status = "open" if self.problem.algebra.transcendentals else "met"
        self.reason = "not excluded, and no counterexample confirmed"
        if self.status == "met" and answer.roots:  # counterexamples have rational parameters
            self.reason = f"met at {self._shown(answer)}, and no counterexample confirmed at rational numbers"

    def _shown(self, answer: Answer) -> str:
        """The solver's values of the indeterminates, those that are no rational numbers by their polynomials."""
        at = [(name, symbol) for name, symbol in self.problem.algebra.named() if symbol in answer.values]
        return ", ".join(
            root(name, answer.values[symbol], answer.roots[symbol])
            if symbol in answer.roots
            else f"{name} = {answer.values[symbol]}"
            for name, symbol in at
        )

    def _easier(self, steps: int) -> bool:
        """Whether one of the easier questions excludes the query; those that can be met say nothing and are dropped."""
        for script in tuple(self._weaker):
            status = self.problem.solver.solve(script, steps, self.deadline).status
            if status == "unsat":
                self.text, self.status = script, "excluded"  # the question that was answered is the one to show
                return True
            if status == "sat":
                self._weaker.remove(script)
        return False

    @cached_property
    def _weaker(self) -> list[str]:
        """Scripts of questions that are easier, and whose "no" is a "no" to the query."""
        algebra, conditions = self.problem.algebra, self.query.conditions
        fewer, notes = algebra.eliminated(conditions)
        violation = [*algebra.facts, conditions[-1]]
        weaker: list[tuple[Sequence[Condition], list[str]]] = [(fewer, notes)] if notes else []
        weaker.append((violation, ["the conditions of the case left out"]))
        return [smtlib(algebra, some, self.title, *comments) for some, comments in weaker]

    def _by_forms(self, most: int) -> None:
        """Indeterminates of degree 1 eliminated, and Bernstein coefficients for the others."""
        if self.status != "open" or not self.forms or time.perf_counter() > self.deadline:
            return
        answer = eliminate(self.problem.algebra, self.query.conditions, most, self.deadline)
        self.forms = answer.work >= most
        if answer.excluded:
            self.status, self.procedure = "excluded", "Bernstein"
            self.text = "\n".join([*(f"; {note}" for note in answer.notes), self.text])
        elif answer.values:
            named = dict(self.problem.algebra.named())
            exact = not self.problem.algebra.transcendentals
            self.status = "met" if exact else "open"
            self.values = {name: answer.values[name] for name in named if name in answer.values}
            self.reason = "not excluded, and no counterexample confirmed"

    def _by_boxes(self, most: int) -> None:
        boxes = exclude(self.problem.algebra, self.query.conditions, most, self.deadline)
        self.procedure, self.status, self.boxes = "intervals", boxes.status, boxes.cut
        self.values = boxes.values or self.values
        self.reason = boxes.reason or "not excluded, and no counterexample confirmed"
