"""Claims: is a verdict right, by another way than it was reached?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.domains import decimal
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims.certifying import Question, can_enclose, contradicted, stands
from alliances.claims.checking import Check
from alliances.claims.claim import Claim
from alliances.claims.falsifying import Falsification
from alliances.claims.proofs.proof import Proof
from alliances.claims.proofs.smt import Solver
from alliances.results import Verification, verify
from alliances.verification.outcome import outcome

_STEPS = 2**25  # of Z3 for each script: a minute or so
_POINTS = 256  # models of the family that a proof is tried on
_PAIRS = 64  # neighbouring points of a check that are compared again


@verify.register
def _(result: Check) -> Verification:
    return outcome(_check_conditions(result))


@verify.register
def _(result: Falsification) -> Verification:
    return outcome(_check_conditions(result.check) if result.check is not None else iter(()))


@verify.register
def _(result: Proof) -> Verification:
    return outcome(_proof_conditions(result))


def _check_conditions(c: Check) -> Iterator[tuple[Any, Any]]:
    """Odds of betrayal, in exact arithmetic or by enclosures, in place of critical discount factors.

    What they leave open – points nearer than the enclosures, a concept without odds, wars – is no condition, and does not
    count.
    """
    if (c.status == "fails") != (c.witness is not None):
        yield False, lambda _: f'status "{c.status}" with witness {c.witness}'
    if (c.status == "unclear") != (c.suspicion is not None):
        yield False, lambda _: f'status "{c.status}" with suspicion {c.suspicion}'
    if c.question is None:
        return
    q = c.question
    question = Question(q.shape, lambda stakes, _: q.model(stakes), c.enforcement, q.profile, c.assume, decimal(q.total))
    if c.witness is not None:
        low, high = decimal(c.witness.low), decimal(c.witness.high)
        is_contradicted = _contradicted(question, low, high)
        if is_contradicted is not None:
            yield is_contradicted, lambda _: f"the witness does not contradict {c.claim}: {c.witness}"
        if not question.of_points and can_enclose():
            yield stands(question, low, high) is True, lambda _: f"what lies between may undo the contradiction: {c.witness}"
    elif c.status == "holds":
        points = [decimal(x) for x in np.ravel(q.compared).tolist()]
        pairs = [(points[0], points[0])] if c.line == "parity" else list(pairwise(points))
        for low, high in pairs[:: -(-len(pairs) // _PAIRS)]:
            is_contradicted = _contradicted(question, low, high)
            if is_contradicted and not question.of_points:
                is_contradicted = stands(question, low, high)
            if is_contradicted is not None:
                yield not is_contradicted, lambda _, a=low, b=high: f"{c.claim} is contradicted between {a} and {b}"


def _contradicted(question: Question, low: Fraction, high: Fraction) -> bool | None:
    """Whether the odds at two points contradict the claim; None if that cannot be told."""
    try:
        return contradicted(question, low, high)
    except (Undecided, OutOfReach, TypeError):  # nearer than the enclosures, or a concept without odds
        return None


def _proof_conditions(p: Proof) -> Iterator[tuple[Any, Any]]:
    if (p.status == "refuted") != (p.counterexample is not None):
        yield False, lambda _: f'status "{p.status}" without or with a witness'
    if p.counterexample is not None:
        check = p.counterexample.check
        yield check.status == "fails", lambda _: f"the counterexample does not fail: {check.message}"
        yield from _check_conditions(check)
        for name, value in p.counterexample.parameters.items():
            yield value in p.family.parameters[name], lambda _, n=name, v=value: f"{n} = {v} is outside its domain"
    elif p.status == "proved":
        for step in p.steps:
            yield step.status == "excluded", lambda _, s=step: f"not excluded: {s.text}"
            if step.method == "polynomials":
                answer = Solver().solve(step.smtlib, _STEPS)
                yield answer.status != "sat", lambda _, s=step: f"can be met: {s.text}"
        assert isinstance(p.claim, Claim)
        measured = p.claim.measure(p.family, points=_POINTS, rng=1)
        yield measured.share + measured.unclear == 1, lambda _, m=measured: f"proved, but {m.message}"
