"""What a referee is given: the model case by case, the questions in full beside what was solved, and what was not asked.

Three kinds of SMT-LIB scripts, in each of which every ``(check-sat)`` should be answered ``unsat``:

* ``cases``: no point of the domain lies outside all cases.
* a question *in full*: the quantities of the model by name, and the conditions on them as the claim and the model state
  them; then that the library's algebra made the solved question of them, step by step; then the question itself, before factors
  of known sign were dropped.
* a seam that was dismissed by a look at the solver.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from alliances.arithmetic.algebra import Algebra, Condition
from alliances.arithmetic.quotients import Quotient
from alliances.claims.proofs.definitions import expressions
from alliances.claims.proofs.outcomes import Step
from alliances.claims.proofs.problem import Definition, Problem, Query, Seam
from alliances.claims.proofs.smt import assertion, plain, smtlib, term

__all__ = ["Chapter", "chapter", "solved"]

_POINTS = 5  # at which formulas are compared with quotients


@dataclass(frozen=True, eq=False)
class Chapter:
    """One combination of the family's finite choices: its page, and its scripts by name.

    Attributes
    ----------
    page
        The model, the cases, and the seams, in Markdown.
    cases
        The script by which the cases cover the domain.
    full
        The questions in full, by the number of the step.
    seams
        The scripts of the seams that the solver dismissed.
    """

    page: str
    cases: str
    full: Mapping[int, str]
    seams: tuple[str, ...]


def chapter(problem: Problem, steps: Mapping[int, Step], title: str) -> Chapter:
    """What a referee is given of ``problem``, whose questions became these ``steps``, by number."""
    queries = list(problem.queries())
    by_text: dict[str, list[Query]] = {}
    for query in queries:
        by_text.setdefault(query.text, []).append(query)
    full = {k: _full(problem, by_text[step.text].pop(0), step, title) for k, step in steps.items() if by_text.get(step.text)}
    seams = tuple(
        smtlib(problem.algebra, seam.conditions, f"{title}: {_between(seam)}: {seam.reason}") + " ; expected: unsat"
        for seam in problem.seams()
        if seam.conditions
    )
    return Chapter("\n".join(_page(problem, queries)), _cases(problem, title), full, seams)


def solved(step: Step) -> str:
    """The question of a step as it was solved, with the answer that a solver should give."""
    return f"; outcome: {step.status}, by {step.method}\n{step.smtlib} ; {_expected(step)}"


def _between(seam: Seam) -> str:
    def numbers(cases: Sequence[int]) -> str:
        return ("case " if len(cases) == 1 else "cases ") + ", ".join(map(str, cases))

    within = seam.before == seam.after
    return f"between {numbers(seam.before)}" if within else f"from {numbers(seam.before)} to {numbers(seam.after)}"


# Scripts


def _header(algebra: Algebra, *comments: str) -> list[str]:
    """Comments, and all indeterminates of the algebra that stand for something."""
    lines = [f"; {comment}" for comment in comments]
    lines += [f"; {symbol} is {name}" for name, symbol in algebra.named() if symbol != name]
    return [*lines, "(set-logic QF_NRA)", *(f"(declare-const {name} Real)" for name in _letters(algebra))]


def _letters(algebra: Algebra) -> Sequence[str]:
    return algebra.symbols[: len(algebra.domains) + len(algebra.transcendentals)]


def _facts(algebra: Algebra) -> list[str]:
    return [f"(assert {_polynomial(algebra, fact)}) ; {fact.text}" for fact in algebra.facts]


def _polynomial(algebra: Algebra, condition: Condition) -> str:
    return assertion(term(algebra, condition.polynomial), condition.relation)


def _cases(problem: Problem, title: str) -> str:
    """No point of the domain lies outside all parts."""
    algebra = problem.algebra
    lines = _header(algebra, f"{title}: every point of the domain lies in one of these cases") + _facts(algebra)
    for part in problem.parts():
        conditions = [_polynomial(algebra, c) for c in part.conditions]
        body = "true" if not conditions else conditions[0] if len(conditions) == 1 else f"(and {' '.join(conditions)})"
        lines.append(f"(assert (not {body})) ; {part.text}")
    return plain([*lines, "(check-sat) ; expected: unsat"])


def _full(problem: Problem, query: Query, step: Step, title: str) -> str:
    algebra = problem.algebra
    definitions = problem.definitions(query.cases)
    lines = _header(algebra, f"{title}: {query.text}", f"outcome: {step.status}, by {step.method}")
    lines += ["", "; 1. The model, case by case. A rate is a derivative along the line, up to a positive factor.", ""]
    lines += [f"(define-fun {d.name} () Real {d.formula or _quotient(algebra, d.value)}) ; {d.text}" for d in definitions]
    lines += [
        "",
        "; 2. What would break the claim: in full, in lowest terms, and without factors of known sign, as it was solved.",
        "",
    ]
    compared = [c for c in query.conditions if c.source is not None]
    names = dict(expressions(definitions))
    for k, c in enumerate(compared, 1):
        in_full = _named(c, names) or _product(algebra, c)
        lines.append(f"; condition {k}: {c.text}")
        lines.append(f"(define-fun full{k} () Bool {assertion(in_full, c.relation)})")
        lines.append(f"(define-fun lowest{k} () Bool {assertion(_product(algebra, c), c.relation)})")
        lines.append(f"(define-fun solved{k} () Bool {_polynomial(algebra, c)})")
    lines += ["", "; 3. Lowest terms are the same quotients: at these points none differs from its formula.", ""]
    lines += _identities(algebra, definitions)
    lines += [
        "",
        "; 4. In the domain, each condition that was solved follows from the one in lowest terms.",
        "",
        *_facts(algebra),
    ]
    for k, c in enumerate(compared, 1):
        if _product(algebra, c) != term(algebra, c.polynomial):
            lines += ["(push 1)", f"(assert (and lowest{k} (not solved{k})))", "(check-sat) ; expected: unsat", "(pop 1)"]
    lines += ["", "; 5. The question: all conditions in lowest terms.", ""]
    domain = {_polynomial(algebra, fact) for fact in algebra.facts}
    bare = [(_polynomial(algebra, c), c.text) for c in query.conditions if c.source is None]
    lines += [f"(assert {body}) ; {text}" for body, text in bare if body not in domain]
    lines += [f"(assert lowest{k})" for k in range(1, len(compared) + 1)]
    return plain([*lines, f"(check-sat) ; {_expected(step)}"])


def _expected(step: Step) -> str:
    """What a solver should answer to a step's question."""
    if step.status != "excluded":
        return "expected: not unsat" if step.status == "met" else "left open"
    if step.method == "polynomials":
        return "expected: unsat"
    return "excluded by boxes, for the functions themselves; a solver, which knows inequalities for them, may say anything"


def _named(condition: Condition, names: Mapping[str, Quotient]) -> str:
    """The quantity of the model that the condition compares with 0; empty if it has no name."""
    source = condition.source
    assert source is not None
    return next((name for name, value in names.items() if value.identical(source)), "")


def _product(algebra: Algebra, condition: Condition) -> str:
    """Numerator times denominator of what the condition compares with 0, of which it has the sign."""
    assert condition.source is not None
    return _quotient(algebra, condition.source, "*")


def _identities(algebra: Algebra, definitions: Sequence[Definition]) -> Iterator[str]:
    """At some points: no quantity with a formula differs from its quotient of polynomials."""
    known = [d for d in definitions if d.formula]
    different = [f"(not (= {d.name} {_quotient(algebra, d.value)}))" for d in known]
    if not known:
        yield "; no quantity has a formula"
        return
    for point in _points(algebra, [d.value for d in known]):
        at = [f"(= {name} {_number(value)})" for name, value in zip(_letters(algebra), point, strict=True)]
        yield from ("(push 1)", f"(assert (and {' '.join(at)} (or false {' '.join(different)})))")
        yield from ("(check-sat) ; expected: unsat", "(pop 1)")


def _points(algebra: Algebra, quotients: Sequence[Quotient]) -> Iterator[list[Fraction]]:
    """Points at which no quotient divides by zero: identities of quotients need no other property of a point."""
    count, given = len(_letters(algebra)), 0
    for n in itertools.count(1):
        point = [Fraction(2 * k + 2 * n + 1, 2 * n + 3 * k + 4) for k in range(count)]
        if all(evaluated(quotient.denominator, point) != 0 for quotient in quotients):
            yield point
            given += 1
            if given == _POINTS:
                return


def evaluated(polynomial: Any, point: Sequence[Fraction]) -> Fraction:
    """A polynomial at a point."""
    total = Fraction(0)
    for powers, coefficient in polynomial.to_dict().items():
        product = Fraction(int(coefficient))
        for value, e in zip(point, powers, strict=False):  # those that stand for nothing have no value, and do not occur
            product *= value ** int(e)
        total += product
    return total


def _number(value: Fraction) -> str:
    return f"(/ {value.numerator} {value.denominator})"


def _quotient(algebra: Algebra, value: Quotient, sign: str = "/") -> str:
    top, bottom = term(algebra, value.numerator), term(algebra, value.denominator)
    return top if value.denominator.is_one() else f"({sign} {top} {bottom})"


# The page


def _page(problem: Problem, queries: Sequence[Query]) -> Iterator[str]:
    parts, seams = problem.parts(), problem.seams()
    yield from (
        "## Cases",
        "",
        "A case is one outcome of all comparisons that the model and the choice of punishments make.",
        "",
    )
    for part in parts:
        conditions = "; ".join(f"`{_text(c)}`" for c in part.conditions) or "everywhere"
        yield f"* {part.text[0].upper()}{part.text[1:]}: {conditions}"
    yield ""
    for number in dict.fromkeys(part.number for part in parts if part.number):
        yield from (f"### Case {number}", "", "| quantity | what it is | formula |", "|---|---|---|")
        for d in problem.definitions((number,)):
            yield f"| `{d.name}` | {d.text} | `{d.formula or _shown(d.value)}` |"
        yield ""
    asked = sorted({query.cases for query in queries if len(query.cases) == 2})
    yield from ("## Seams", "")
    if asked:
        yield "Asked about: " + ", ".join(f"from case {a} to case {b}" for a, b in asked) + "."
    yield from (f"* Dismissed, {_between(seam)}: {seam.reason}." for seam in seams)
    if not asked and not seams:
        yield "None: there is one case, or no line on which cases could follow each other."
    yield ""


def _text(condition: Condition) -> str:
    """A condition as it reads in a formula, from its source where it has one."""
    source = condition.source
    relation = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}.get(condition.relation, condition.relation)
    return f"{condition.polynomial if source is None else _shown(source)} {relation} 0"


def _shown(value: Quotient) -> str:
    top, bottom = str(value.numerator), str(value.denominator)
    return top if bottom == "1" else f"({top})/({bottom})"
