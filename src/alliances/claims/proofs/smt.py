"""Can these polynomial conditions hold together? Asked in SMT-LIB, so that any solver of QF_NRA can be asked the same.

The text of a query is what is solved and what is exported: there is no second copy of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from alliances.arithmetic.algebra import Algebra, Condition
from alliances.results import need

__all__ = ["Answer", "require_z3", "smtlib", "solve"]

_QUICK = 2.0  # seconds for a sign; an open one only splits the run in more cases


@dataclass(frozen=True)
class Answer:
    """A solver's answer: "sat" with values of the letters, "unsat", or "unknown"; and how long it took."""

    status: str
    values: Mapping[str, Fraction]
    seconds: float


def require_z3() -> Any:
    """The module z3, or an error that names the extra to install; FLINT is asked for at once, because proofs use both."""
    need("flint", "prove", "prove()")
    return need("z3", "prove", "prove()")


def smtlib(algebra: Algebra, conditions: Sequence[Condition], *comments: str) -> str:
    """The question as an SMT-LIB 2 script: "unsat" means that the conditions never hold together."""
    used = {k for c in conditions for powers in c.polynomial.monoms() for k, e in enumerate(powers) if e}
    lines = [f"; {comment}" for comment in comments]
    lines += [f"; {symbol} is {name}" for name, symbol in algebra.named() if symbol != name]
    lines += ["(set-logic QF_NRA)", *(f"(declare-const {name} Real)" for k, name in enumerate(algebra.symbols) if k in used)]
    for condition in conditions:
        text = f" ; {condition.text}" if condition.text else ""
        term = _term(algebra, condition.polynomial)
        body = f"(not (= {term} 0))" if condition.relation == "!=" else f"({_SMT[condition.relation]} {term} 0)"
        lines.append(f"(assert {body}){text}")
    return "\n".join([*lines, "(check-sat)"]).encode("ascii", "backslashreplace").decode()  # in comments alone


_SMT = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "==": "="}


def _term(algebra: Algebra, polynomial: Any) -> str:
    terms = [_monomial(algebra, powers, int(c)) for powers, c in polynomial.to_dict().items()]
    return "0" if not terms else terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"


def _monomial(algebra: Algebra, powers: Sequence[int], coefficient: int) -> str:
    number = str(coefficient) if coefficient >= 0 else f"(- {-coefficient})"
    factors = [name for name, e in zip(algebra.symbols, powers, strict=True) for _ in range(int(e))]
    if not factors:
        return number
    factors = factors if coefficient == 1 else [number, *factors]
    return factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})"


def decide(algebra: Algebra, conditions: list[Condition]) -> str:
    """Whether the conditions can hold together, in a moment: "sat", "unsat" or "unknown"."""
    left = algebra.deadline - time.perf_counter()
    return _ask(smtlib(algebra, conditions), min(_QUICK, left))[0] if left > 0 else "unknown"


def solve(text: str, timeout: float) -> Answer:
    """Ask Z3 the question ``text``, for at most ``timeout`` seconds."""
    z3 = require_z3()
    start = time.perf_counter()
    status, model = _ask(text, timeout)
    values: dict[str, Fraction] = {}
    if model is not None:
        for name in model.decls():
            value = model[name]
            if z3.is_algebraic_value(value):
                value = value.approx(20)
            values[name.name()] = Fraction(value.numerator_as_long(), value.denominator_as_long())
    return Answer(status, values, time.perf_counter() - start)


def _ask(text: str, timeout: float) -> tuple[str, Any]:
    z3 = require_z3()
    solver = z3.Tactic("qfnra-nlsat").solver()
    solver.set("timeout", max(1, int(timeout * 1000)))
    solver.from_string(text)
    try:
        status = str(solver.check())
    except z3.Z3Exception:  # an interrupted solver may raise instead of answering
        return "unknown", None
    return status, solver.model() if status == "sat" else None
