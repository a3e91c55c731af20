"""Payoff code that runs on indeterminates: quotients of polynomials, with a derivative and a record of the cases they decide.

:class:`Quotient` is a number type like any other to the payoff code: it has ``+ − × ÷``, powers and comparisons. It is
a quotient of two polynomials in the open parameters and in x = p/s, the proxy's power per unit of the sponsor's, so
that nothing of a formula is lost or rounded. Three things make proofs of it:

* **Derivative.** Each generator has a given derivative, hence so has every quotient. Along the gap x' = −x, the
  derivative by the log ratio λ = ln(s/p) = 2 artanh γ, which has the sign of the derivative by the gap γ.
* **Cases.** A comparison (in ``if``, ``max``, ``larger``) whose outcome the domain leaves open splits the run in two:
  the code runs once for each outcome that is possible, and the outcome becomes a condition of that case.
  :meth:`Algebra.cases` runs through all of them.
* **Transcendentals.** What is no quotient, such as xᵐ, √x or exp(x), becomes a new indeterminate with its derivative, with
  inequalities that it is known to satisfy, and with a way to enclose its value. Proofs that use the inequalities only are
  proofs for the function itself.

The polynomials are those of FLINT (python-flint).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Rational
from typing import Any, TypeVar

import numpy as np

from alliances.arithmetic.conditions import OPPOSITE, SIGNS, Condition, Kind, Satisfiability, within
from alliances.arithmetic.domains import Interval, decimal
from alliances.arithmetic.formal import NotArithmetic, evaluating
from alliances.arithmetic.quotients import (
    Function,
    OutOfReach,
    Polynomial,
    Quotient,
    Relation,
    Undefined,
    factored,
)
from alliances.arithmetic.symbols import symbols
from alliances.arithmetic.transcendentals import Transcendental, knowledge, logarithm, mentions, same_exponent

__all__ = ["Algebra", "Condition", "Kind", "OutOfReach"]

_T = TypeVar("_T")

_TRANSCENDENTALS = 8  # indeterminates set aside for what is no quotient
_CASES = 400  # more cases than this are not worked through

_POSSIBLE: tuple[tuple[int, Relation], ...] = ((1, ">"), (-1, "<"), (0, "=="))


@dataclass(eq=False)
class Algebra:
    """Polynomials in the open parameters of a family and, along the gap, in x = p/s.

    Parameters
    ----------
    domains
        The interval of each indeterminate.
    moving
        The indeterminate along which derivatives are taken, and its derivative as a function of the indeterminate.
    decide
        Whether conditions can hold together: "sat", "unsat" or "unknown".
    deadline
        When (by ``time.perf_counter``) to give up listing cases, with a :class:`TimeoutError`.
    """

    domains: Mapping[str, Interval]
    moving: tuple[str, Callable[[Quotient], Quotient]] | None
    decide: Callable[[Algebra, list[Condition]], Satisfiability]
    deadline: float = math.inf
    facts: list[Condition] = field(default_factory=list)
    transcendentals: list[Transcendental] = field(default_factory=list)
    path: list[Condition] = field(default_factory=list)
    running: bool = False

    def __post_init__(self) -> None:
        from flint import Ordering, fmpz_mpoly_ctx

        self.letters = (*self.domains, *(f"atom{k}" for k in range(_TRANSCENDENTALS)))
        self.symbols = symbols(self.letters)
        self.context = fmpz_mpoly_ctx.get(self.symbols, Ordering.degrevlex)
        self.generators = self.context.gens()
        self.one = self.context.constant(1)
        self.terms: dict[str, str] = {}  # polynomials as terms of a solver's language: most are asked about again
        self._known: dict[Any, frozenset[int]] = {}
        self._reduced: dict[Any, Polynomial] = {}
        self._settled: dict[Any, bool | None] = {}
        self._excluding: dict[tuple[str, Relation], list[frozenset[tuple[str, Relation]]]] = {}
        self._derivatives: dict[int, Quotient] = {}
        self._positive = [False] * len(self.letters)
        for k, (name, domain) in enumerate(self.domains.items()):
            self._positive[k] = domain.low > 0 or (domain.low == 0 and not domain.includes_low)
            letter = Quotient(self, self.generators[k], self.one)
            self.facts += within(letter, domain, name)
        if self.moving is not None:
            name, rate = self.moving
            self._derivatives[self.letters.index(name)] = rate(self[name])
        self._prefix: list[Relation] = []
        self._taken: list[Relation] = []
        self._pending: list[list[Relation]] = []

    def __getitem__(self, name: str) -> Quotient:
        return Quotient(self, self.generators[self.letters.index(name)], self.one)

    def named(self) -> Iterator[tuple[str, str]]:
        """The indeterminates' names, those of the open parameters and the line, each with its symbol."""
        return zip(self.domains, self.symbols, strict=False)

    def number(self, value: object) -> Quotient:
        """``value`` as a constant; a float as the decimal number that it is written as."""
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        if isinstance(value, Quotient):
            return value
        if not isinstance(value, Rational) and not (isinstance(value, (float, np.floating)) and np.isfinite(value)):
            raise NotArithmetic(f"prove(): the model's payoffs must be arithmetic in its arguments; got {value!r} among them")
        exact = decimal(value)
        return Quotient(self, self.one * exact.numerator, self.one * exact.denominator)

    @property
    def bounded(self) -> bool:
        """Whether all indeterminates' domains are bounded."""
        return all(domain.high is not None for domain in self.domains.values())

    # Derivatives

    def derivative_of(self, polynomial: Polynomial) -> Quotient:
        """The derivative along the moving indeterminate, through the indeterminates that depend on it."""
        total = self.number(0)
        for index, rate in self._derivatives.items():
            partial = polynomial.derivative(index)
            if not partial.is_zero():
                total = total + Quotient(self, partial, self.one) * rate
        return total

    # Transcendentals

    def transcendental(self, kind: Function, base: Quotient, exponent: Quotient | Fraction | None = None) -> Quotient:
        """The indeterminate for a function of ``base``: always the same one for the same function."""
        value = base.constant()
        if value == (0 if kind == "exp" else 1):
            return self.number(0 if kind == "log" else 1)
        for known in self.transcendentals:
            if known.kind == kind and known.base.identical(base) and same_exponent(known.exponent, exponent):
                return Quotient(self, self.generators[known.place], self.one)
        of_known = self._power_of_known(kind, base, exponent)
        if of_known is not None:
            return of_known
        if kind != "exp" and not self.signs(base.product) <= {0, 1}:
            return self._of_square(kind, base, exponent)
        if len(self.transcendentals) == _TRANSCENDENTALS:
            raise OutOfReach(f"the model must use at most {_TRANSCENDENTALS} different powers and exponentials")
        index = len(self.domains) + len(self.transcendentals)
        new = Transcendental(index, kind, base, exponent)
        self.transcendentals.append(new)
        letter = Quotient(self, self.generators[index], self.one)
        rate = base.derivative()
        if kind == "power":
            assert exponent is not None
            if isinstance(exponent, Quotient) and not exponent.derivative().is_zero():
                raise NotArithmetic("prove(): an exponent must not change with the gap")
            self._derivatives[index] = (letter * exponent * rate).over(base)
        elif kind == "exp":
            self._derivatives[index] = letter * rate
        else:
            self._derivatives[index] = rate.over(base)
        self._positive[index] = kind == "exp" or (kind == "power" and self.signs(base.product) == {1})
        self.facts += [
            Condition(q.product, relation, Kind.TRANSCENDENTAL, f"{kind} atom{index - len(self.domains)}: {text}")
            for q, relation, text in knowledge(self, new, letter, self._positive[index])
        ]
        self._known.clear()
        self._reduced.clear()
        return letter

    def _of_square(self, kind: Function, base: Quotient, exponent: Quotient | Fraction | None) -> Quotient:
        """What is known of an indeterminate must hold all over the domain. So where the base is not negative in this case
        alone, the indeterminate is that of its square: u^m = (u²)^(m/2), log u = ½ log u².
        """
        if not self.running:
            raise NotArithmetic(f"prove(): a {kind} needs a base that is nowhere negative; got {base}")
        if not self.holds(base, ">="):  # a case of its own, in which numbers have none either
            raise ValueError(f"a {kind} needs a base that is not negative")
        if kind == "log":
            return self.transcendental("log", base * base) / 2
        assert exponent is not None
        return self.transcendental("power", base * base, exponent / 2)

    def _power_of_known(self, kind: Function, base: Quotient, exponent: Quotient | Fraction | None) -> Quotient | None:
        """exp(nu) as a power of the indeterminate of exp(u), and (bⁿ)^m, b a number, as one of that of b^m."""
        for known in self.transcendentals:
            if known.kind != kind or kind == "log" or known.base.is_zero():
                continue
            times: Fraction | None = None
            if kind == "exp":
                times = base.over(known.base).constant()
            elif isinstance(exponent, Quotient) and same_exponent(known.exponent, exponent):
                times = logarithm(base.constant(), known.base.constant())
            if times is not None and times.denominator == 1:
                letter: Quotient = Quotient(self, self.generators[known.place], self.one)
                power: Quotient = letter ** int(times)
                return power
        return None

    # Signs and cases

    def reduced(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial without the factors that are positive all over the domain: the same sign, in fewer terms."""
        key = str(polynomial)
        if polynomial.is_zero():
            return polynomial
        if key not in self._reduced:
            content, factors = factored(polynomial)
            result = self.one * (1 if content > 0 else -1)
            for factor, multiplicity in factors:
                signs = self._evident(factor) or self.signs(factor)
                if signs == {1}:
                    continue
                result = result * (-1) ** multiplicity if signs == {-1} else result * factor ** (2 - multiplicity % 2)
            self._reduced[key] = result
        return self._reduced[key]

    def _evident(self, polynomial: Polynomial) -> frozenset[int]:
        """The possible signs, if all coefficients have one sign and no indeterminate can be negative; otherwise empty."""
        terms = polynomial.to_dict()
        if not terms:
            return frozenset({0})
        if len({c > 0 for c in terms.values()}) > 1:
            return frozenset()
        for powers in terms:
            if any(e and not self._nonnegative(k) for k, e in enumerate(powers)):
                return frozenset()
        sign = 1 if next(iter(terms.values())) > 0 else -1
        strict = any(all(not e or self._positive[k] for k, e in enumerate(powers)) for powers in terms)
        return frozenset({sign}) if strict else frozenset({0, sign})

    def _nonnegative(self, index: int) -> bool:
        if self._positive[index]:
            return True
        if index < len(self.domains):
            return bool(tuple(self.domains.values())[index].low >= 0)
        return self.transcendentals[index - len(self.domains)].kind != "log"

    def signs(self, polynomial: Polynomial) -> frozenset[int]:
        """The signs that the polynomial may have on the domain: a set that may be too large, never too small."""
        evident = self._evident(polynomial)
        if evident:
            return evident
        key = str(polynomial)
        if key not in self._known:
            possible = {
                sign
                for sign, relation in _POSSIBLE
                if self.decide(self, [*self.facts, Condition(polynomial, relation, Kind.SIGN)]) != "unsat"
            }
            self._known[key] = frozenset(possible)
        return self._known[key]

    def holds(self, quotient: Quotient, relation: Relation) -> bool:
        """Whether ``quotient`` relation 0 holds in this case; where the domain and the case leave it open, the run splits."""
        if self.running and time.perf_counter() > self.deadline:
            raise TimeoutError("time ran out while the model's cases were listed")
        if relation not in (">", ">=", "=="):
            return not self.holds(quotient, OPPOSITE[relation])
        wanted = SIGNS[relation]
        polynomial = self.reduced(quotient.product)
        signs = self.signs(polynomial)
        if signs <= wanted:
            return True
        if not signs & wanted:
            return False
        key = (str(polynomial), relation, frozenset((str(c.polynomial), c.relation) for c in self.path))
        if key not in self._settled:  # kept: a run that is repeated must meet the same cases, however busy the machine is
            self._settled[key] = next(
                (
                    answer
                    for tried, answer in ((OPPOSITE[relation], True), (relation, False))
                    if self._excluded(polynomial, tried)
                ),
                None,
            )
        settled = self._settled[key]
        if settled is not None:
            return bool(settled)
        step = len(self._taken)
        chosen = self._prefix[step] if step < len(self._prefix) else relation
        if step >= len(self._prefix):
            self._pending.append([*self._taken, OPPOSITE[relation]])
        self._taken.append(chosen)
        self.path.append(Condition(polynomial, chosen, Kind.CASE, "case", source=quotient))
        return chosen == relation

    def _excluded(self, polynomial: Polynomial, relation: Relation) -> bool:
        """Whether a condition is excluded in this case: if fewer conditions exclude it, these do."""
        path = frozenset((str(c.polynomial), c.relation) for c in self.path)
        excluding = self._excluding.setdefault((str(polynomial), relation), [])
        if any(fewer <= path for fewer in excluding):
            return True
        if self.decide(self, [*self.facts, *self.path, Condition(polynomial, relation, Kind.SIGN)]) != "unsat":
            return False
        excluding.append(path)
        return True

    def excludes(self, conditions: list[Condition]) -> bool:
        """Whether a moment's look tells that the conditions never hold together."""
        return self.decide(self, conditions) == "unsat"

    def cases(self, run: Callable[[], _T], same: Callable[[_T, _T], bool]) -> list[tuple[list[Condition], _T | Undefined]]:
        """Each case of ``run``, with its conditions; :class:`Undefined` where the model has no payoffs.

        Every case is run twice, and the two outcomes must be the ``same``.

        Raises
        ------
        NotArithmetic
            If the model asked for what is refused, or if it does not answer the same question twice alike.
        """
        while True:  # a transcendental met on the way adds facts, by which earlier cases may split otherwise: listed anew
            known = len(self.transcendentals)
            cases = [*self._listed(run, same)]
            if len(self.transcendentals) == known:
                return cases
            self._settled.clear()

    def _listed(
        self, run: Callable[[], _T], same: Callable[[_T, _T], bool]
    ) -> Iterator[tuple[list[Condition], _T | Undefined]]:
        self._pending, count = [[]], 0
        while self._pending:
            count += 1
            if count > _CASES:
                raise OutOfReach(f"the model's comparisons split into more than {_CASES} cases")
            known = len(self.transcendentals)
            result = self._outcome(run, self._pending.pop())
            path = list(self.path)
            if len(self.transcendentals) == known:  # with more of them known, comparisons may be decided that were open
                self._repeat(run, same, result)
            if time.perf_counter() > self.deadline:
                raise TimeoutError("time ran out while the model's cases were listed")
            yield path, result

    def _repeat(self, run: Callable[[], _T], same: Callable[[_T, _T], bool], result: _T | Undefined) -> None:
        """An error unless the case that was just run comes out again: the model draws at random, or counts its calls."""
        path, taken, pending = list(self.path), list(self._taken), list(self._pending)
        again = self._outcome(run, taken)
        if isinstance(result, Undefined) or isinstance(again, Undefined):
            repeated = isinstance(result, Undefined) and isinstance(again, Undefined)
        else:
            repeated = same(result, again)
        if not repeated or (path, taken, pending) != (self.path, self._taken, self._pending):
            raise NotArithmetic("prove(): the model must give the same payoffs whenever it is asked; asked twice, it differs")

    def _outcome(self, run: Callable[[], _T], prefix: list[Relation]) -> _T | Undefined:
        """The outcome of one run that begins with these decisions; ``path`` and the decisions taken are left behind."""
        self._prefix, self._taken = prefix, []
        self.path.clear()
        self.running = True
        try:
            with evaluating("prove()", self.number):
                return run()
        except Undefined as error:
            return error
        finally:
            self.running = False

    @contextmanager
    def payoffs(self) -> Iterator[None]:
        """Around payoff code: what it refuses in a case, as a wage above the rents, has no payoffs there.

        What it refuses in all cases is an error of whoever wrote it.
        """
        try:
            yield
        except ValueError as error:
            if not self.path:
                raise
            raise Undefined(str(error)) from error

    def eliminated(self, conditions: Sequence[Condition]) -> tuple[list[Condition], list[str]]:
        """Conditions with fewer indeterminates that can be met if these can, and what was done, in words.

        An indeterminate by which every condition weakens in the same direction is set to the end of its domain at which all are
        weakest.
        """
        notes = []
        current = list(conditions)
        for k, (name, domain) in enumerate(self.domains.items()):
            about = [c for c in current if c.polynomial.degrees()[k] and not c.bounds(name)]
            if not about or any(c.polynomial.degrees()[k] > 1 for c in about):
                continue
            if any(mentions(function, k) for function in self.transcendentals):
                continue
            weakens: set[int] = set()
            for c in about:
                slopes = self.signs(c.polynomial.derivative(k))
                if c.relation in ("==", "!=") or not (slopes <= {0, 1} or slopes <= {-1, 0}):
                    weakens = {1, -1}
                    break
                weakens.add((1 if slopes <= {0, 1} else -1) * (1 if c.relation in (">", ">=") else -1))
            if weakens == {1} and domain.high is not None:
                end = domain.high
            elif weakens == {-1}:
                end = domain.low
            else:
                continue
            value = Quotient(self, self.one * end.numerator, self.one * end.denominator)
            kept = [c for c in current if not c.bounds(name)]
            current = [c._replace(polynomial=self._at(c.polynomial, k, value)) for c in kept]
            notes.append(f"{name} = {end}: every condition in which it occurs is weakest there")
        return current, notes

    def _at(self, polynomial: Polynomial, k: int, value: Quotient) -> Polynomial:
        """A polynomial of degree at most 1 in indeterminate k, with ``value`` for it, times the value's denominator."""
        slope = polynomial.derivative(k)
        if slope.is_zero():
            return polynomial
        return (polynomial - slope * self.generators[k]) * value.denominator + slope * value.numerator
