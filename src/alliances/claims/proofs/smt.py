"""Can these polynomial conditions hold together? Asked in SMT-LIB, so that any solver of QF_NRA can be asked the same.

The text of a query is what is solved and what is exported: there is no second copy of it.

How long Z3 tries is counted in its own steps (its resource limit; some 10⁵ to 10⁶ of them a second), so that its answers
do not depend on how busy the machine is. The clock only stops what the caller has no time for.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliances.arithmetic.algebra import Algebra, Condition
from alliances.arithmetic.balls import precisely
from alliances.arithmetic.conditions import Satisfiability
from alliances.arithmetic.quotients import Relation
from alliances.claims.proofs.samples import Samples
from alliances.results import need

__all__ = ["MOST_STEPS", "Answer", "Solver", "assertion", "plain", "require_z3", "root", "smtlib", "term"]

MOST_STEPS = 2**32 - 1  # the largest resource limit that Z3 takes
_SIGN = 2**21  # steps for a sign; an open one only splits the run in more cases
_LONGEST = 2**32 - 1  # milliseconds
_DIGITS = 20  # to which algebraic numbers are rounded
_FACTORED = 24  # the largest degree of a polynomial that is factored for the sake of one
_SHOWN = 8  # the largest degree, and
_LONG = 10**9  # the largest coefficient, of one that is shown


@dataclass(frozen=True)
class Answer:
    """A solver's answer: "sat" with values of the indeterminates, "unsat", or "unknown"; and how long it took.

    Values that are not rational are rounded; ``roots`` has the polynomials of which they are roots, the lowest power first.
    """

    status: Satisfiability
    values: Mapping[str, Fraction]
    seconds: float
    roots: Mapping[str, Sequence[int]] = field(default_factory=dict)


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
        lines.append(f"(assert {assertion(term(algebra, condition.polynomial), condition.relation)}){text}")
    return plain([*lines, "(check-sat)"])


def plain(lines: Sequence[str]) -> str:
    """The lines as one script, in ASCII: other characters occur in comments alone."""
    return "\n".join(lines).encode("ascii", "backslashreplace").decode()


def assertion(term: str, relation: Relation) -> str:
    """A term compared with 0."""
    return f"(not (= {term} 0))" if relation == "!=" else f"({_SMT[relation]} {term} 0)"


_SMT: dict[Relation, str] = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "==": "="}


def term(algebra: Algebra, polynomial: Any) -> str:
    """A polynomial as an SMT-LIB term."""
    key = str(polynomial)
    if key not in algebra.terms:
        algebra.terms[key] = _sum(algebra, polynomial)
    return algebra.terms[key]


def _sum(algebra: Algebra, polynomial: Any) -> str:
    terms = [_monomial(algebra, powers, int(c)) for powers, c in polynomial.to_dict().items()]
    return "0" if not terms else terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"


def _monomial(algebra: Algebra, powers: Sequence[int], coefficient: int) -> str:
    number = str(coefficient) if coefficient >= 0 else f"(- {-coefficient})"
    factors = [name for name, e in zip(algebra.symbols, powers, strict=True) for _ in range(int(e))]
    if not factors:
        return number
    factors = factors if coefficient == 1 else [number, *factors]
    return factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})"


def root(name: str, value: Fraction, polynomial: Sequence[int]) -> str:
    """In words, that ``name`` is a root of the polynomial (the lowest power first) near this value.

    >>> root("v", Fraction(141421356, 10**8), [-2, 0, 1])
    'v = 1.41421356 (a root of v**2 - 2)'
    """
    near = f"{name} = {Decimal(value.numerator) / value.denominator:.9g}"
    if len(polynomial) > _SHOWN + 1 or max(map(abs, polynomial)) > _LONG:
        return f"{near} (an algebraic number)"
    terms = [
        f"{'-' if c < 0 else '+'} {'' if abs(c) == 1 and k else abs(c)}{'*' if abs(c) > 1 and k else ''}"
        f"{'' if not k else name if k == 1 else f'{name}**{k}'}"
        for k, c in reversed(list(enumerate(polynomial)))
        if c
    ]
    return f"{near} (a root of {' '.join(terms).removeprefix('+ ')})"


class Solver:
    """Z3 with a context of its own, so that nothing that was asked elsewhere has a bearing on its answers.

    The same questions in the same order have the same answers; answers of a shared context vary with what was asked before.
    """

    def __init__(self) -> None:
        self.context = require_z3().Context()
        self.samples: Samples | None = None

    def decide(self, algebra: Algebra, conditions: list[Condition]) -> Satisfiability:
        """Whether the conditions can hold together, at a quick look: a sample that meets them will do."""
        if self.samples is None or self.samples.algebra is not algebra or self.samples.known != len(algebra.transcendentals):
            self.samples = Samples(algebra)
        if self.samples.meet(conditions):
            return "sat"
        status, model = self._ask(smtlib(algebra, conditions), _SIGN, algebra.deadline)
        if model is not None:
            self.samples.add(_values(model)[0])
        return status

    def solve(self, text: str, steps: int, deadline: float = math.inf) -> Answer:
        """Ask the question ``text``, for so many steps, and not beyond ``deadline`` (by ``time.perf_counter``)."""
        start = time.perf_counter()
        status, model = self._ask(text, steps, deadline)
        values, roots = ({}, {}) if model is None else _values(model)
        return Answer(status, values, time.perf_counter() - start, roots)

    def _ask(self, text: str, steps: int, deadline: float) -> tuple[Satisfiability, Any]:
        z3 = require_z3()
        left = deadline - time.perf_counter()
        if left <= 0:
            return "unknown", None
        solver = z3.Tactic("qfnra-nlsat", ctx=self.context).solver()
        solver.set("rlimit", min(steps, MOST_STEPS))  # of this question, whatever the context has used up
        if left < math.inf:
            solver.set("timeout", int(min(max(1, left * 1000), _LONGEST)))
        solver.from_string(text)
        try:
            result = solver.check()
        except z3.Z3Exception:  # an interrupted solver may raise instead of answering
            return "unknown", None
        return ("sat", solver.model()) if result == z3.sat else ("unsat" if result == z3.unsat else "unknown", None)


def _values(model: Any) -> tuple[dict[str, Fraction], dict[str, list[int]]]:
    """A model's values, by symbol, and the polynomials of those that are algebraic numbers, and rounded."""
    z3 = require_z3()
    values: dict[str, Fraction] = {}
    roots: dict[str, list[int]] = {}
    for name in model.decls():
        if name.arity():  # Z3's own division by 0, about which nothing was asked
            continue
        value = model[name]
        if z3.is_algebraic_value(value):
            near = _fraction(value.approx(_DIGITS))
            polynomial = _irreducible([c.as_long() for c in value.poly()], near)
            if len(polynomial) == 2:  # a rational number after all
                values[name.name()] = Fraction(-polynomial[0], polynomial[1])
            else:
                values[name.name()], roots[name.name()] = near, polynomial
        else:
            values[name.name()] = _fraction(value)
    return values, roots


def _fraction(value: Any) -> Fraction:
    return Fraction(value.numerator_as_long(), value.denominator_as_long())


def _irreducible(polynomial: list[int], near: Fraction) -> list[int]:
    """The irreducible factor whose root is the polynomial's near this number; the polynomial if it is not found at once."""
    from flint import arb, fmpq, fmpz_poly

    if len(polynomial) > _FACTORED + 1:
        return polynomial
    with precisely():
        ball = arb(fmpq(near.numerator, near.denominator)) + arb(0, 1) * arb(10) ** -_DIGITS
        factors = [[int(c) for c in factor] for factor, _ in fmpz_poly(polynomial).factor()[1]]
        vanishing = [factor for factor in factors if sum(c * ball**k for k, c in enumerate(factor)).contains(0)]
    return vanishing[0] if len(vanishing) == 1 else polynomial
