"""Exclude polynomial conditions by eliminating indeterminates of degree 1, and by Bernstein coefficients for what is left.

The conditions are taken apart until each says the sign of one irreducible polynomial on an open box:

* the domain into its inside and the ends that belong to it, at which an indeterminate is a number;
* products by the signs of their factors;
* an indeterminate t of degree at most 1 in all conditions is eliminated (Fourier and Motzkin; the linear case of Weispfenning's
  virtual substitution, 1988): a t + b > 0 is a bound on t, from below or above by the sign of a, and there is a t between the
  bounds if and only if each lower one is below each upper one. Where the sign of a is open, all three are cases.

What is left goes to :mod:`alliances.claims.proofs.branching`. A point found there is lifted back through the bounds.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product

from alliances.arithmetic import Array
from alliances.arithmetic.algebra import Algebra, Condition
from alliances.arithmetic.domains import Interval
from alliances.arithmetic.quotients import Polynomial, factored
from alliances.claims.proofs.bernstein import constant_sign, form
from alliances.claims.proofs.branching import Outcome, Search, Sign
from alliances.claims.proofs.expansion import expansion

__all__ = ["Elimination", "eliminate"]

_BRANCHES = 200  # more sign patterns than this are not told apart
_QUICK = 24  # work before an indeterminate is eliminated
_ORDERS = (4, 8)  # of exponentials
_COEFFICIENTS = 10**5  # more are not looked at
_TERMS = 4000  # polynomials of more terms are not multiplied
_FACTORED = 1500  # polynomials of more terms are not factored

Signed = tuple[Sign, Polynomial]


@dataclass(frozen=True)
class Elimination:
    """What became of the conditions: excluded, met at ``values``, or open for ``reason``; ``notes`` say what was done."""

    excluded: bool
    values: dict[str, Fraction]
    work: int
    notes: tuple[str, ...]
    reason: str = ""


def eliminate(algebra: Algebra, conditions: Sequence[Condition], most: int, deadline: float = math.inf) -> Elimination:
    """Whether ``conditions`` hold nowhere on the domain; ``most`` is the work allowed.

    Where exponentials are among them, they are expanded, to higher and higher order; the values are then those of conditions
    that may be weaker. Other transcendentals are left open.
    """
    if not algebra.transcendentals:
        return _Run(algebra, most, deadline, list(algebra.domains.values())).all_faces(conditions)
    work, answer = 0, Elimination(False, {}, 0, (), "powers and logarithms have no expansion here")
    for order in _ORDERS:
        expanded = expansion(algebra, conditions, order)
        if expanded is None or work >= most:
            break
        answer = _Run(algebra, most - work, deadline, expanded.domains).all_faces(expanded.conditions)
        work += answer.work
        if answer.excluded:
            return replace(answer, work=work, notes=(expanded.note, *answer.notes))
    return replace(answer, work=work)


class _Open(Exception):
    """What is left cannot be decided with the boxes that are left."""


class _Met(Exception):
    def __init__(self, values: dict[int, Fraction]) -> None:
        self.values = values


@dataclass
class _Run:
    algebra: Algebra
    most: int
    deadline: float
    domains: list[Interval]
    boxes: int = 0
    work: int = 0
    eliminated: set[str] = field(default_factory=set)
    forms: dict[tuple[str, tuple[int, ...]], Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = self.algebra.letters

    def all_faces(self, conditions: Sequence[Condition]) -> Elimination:
        used = sorted({k for c in conditions for k, e in enumerate(c.polynomial.degrees()) if e > 0})  # -1 of the polynomial 0
        signed = [s for c in conditions for s in _signed(c)]
        try:
            for pinned in _faces(used, self.domains):
                fixed = {k: value for k, value in pinned.items() if value is not None}
                letters = [k for k in used if k not in fixed]
                try:
                    self.decide([(sign, self.at(p, fixed)) for sign, p in signed], letters)
                except _Met as met:
                    point = met.values | fixed
                    if not all(_holds(sign, _value(p, point)) for sign, p in signed):
                        raise _Open("a point at which weaker conditions hold") from None
                    return Elimination(False, {self.names[k]: point[k] for k in used}, self.work, ())
        except _Open as error:
            return Elimination(False, {}, self.work, (), str(error))
        notes: tuple[str, ...] = (f"by Bernstein coefficients of {self.boxes} boxes",)
        if self.eliminated:
            notes = (f"indeterminates of degree 1 eliminated: {', '.join(sorted(self.eliminated))}", *notes)
        return Elimination(True, {}, self.work, notes)

    def at(self, polynomial: Polynomial, fixed: Mapping[int, Fraction]) -> Polynomial:
        """The polynomial with numbers for some indeterminates, times a positive number."""
        for k, value in fixed.items():
            d = polynomial.degrees()[k] if not polynomial.is_zero() else 0
            if d:
                terms: dict[tuple[int, ...], int] = {}
                for powers, c in polynomial.to_dict().items():
                    e = int(powers[k])
                    key = (*powers[:k], 0, *powers[k + 1 :])
                    terms[key] = terms.get(key, 0) + int(c) * value.numerator**e * value.denominator ** (d - e)
                polynomial = self.algebra.context.from_dict(terms)
        return polynomial

    def form(self, polynomial: Polynomial, letters: Sequence[int]) -> Array:
        """The Bernstein coefficients, kept: branches share most of their conditions."""
        key = (str(polynomial), tuple(letters))
        if key not in self.forms:
            size = math.prod(int(polynomial.degrees()[k]) + 1 for k in letters) if not polynomial.is_zero() else 1
            if size > _COEFFICIENTS:
                raise _Open(f"{size} Bernstein coefficients are too many")
            self.forms[key] = self._form(polynomial, letters)
        return self.forms[key]

    def _form(self, polynomial: Polynomial, letters: Sequence[int]) -> Array:
        terms = {tuple(int(e) for e in powers): int(c) for powers, c in polynomial.to_dict().items()}
        return form(terms, letters, [self.domains[k] for k in letters])

    def decide(self, signed: Sequence[Signed], letters: Sequence[int]) -> None:
        """Nothing if the conditions exclude each other on the open box; raises _Met or _Open."""
        for branch in self.branches(signed, letters):
            self.conjunction(branch, letters)

    def conjunction(self, signed: Sequence[Signed], letters: Sequence[int]) -> None:
        """As :meth:`decide`, of single signs."""
        if time.perf_counter() > self.deadline:
            raise _Open("time ran out")
        kept = self.open_ones(signed, letters)
        if kept is None:
            return
        used = [k for k in letters if any(p.degrees()[k] for _, p in kept)]
        idle = {k: _inside(self.domains[k]) for k in letters if k not in used}
        choice = self.best_letter(kept, used)
        outcome = self.search(kept, used, _QUICK if choice is not None else self.most)
        if outcome.excluded:
            return
        if outcome.point is not None:
            raise _Met(idle | {k: _from_unit(u, self.domains[k]) for k, u in zip(used, outcome.point, strict=True)})
        if choice is None:
            raise _Open(outcome.reason)
        rest = [k for k in used if k != choice]
        self.eliminated.add(self.names[choice])
        for added, without in self.without(kept, choice, rest):
            try:
                self.decide(without, rest)
            except _Met as met:
                value = self.lifted([*kept, *added], choice, met.values)
                if value is None:
                    raise _Open("a point of fewer indeterminates does not extend to one of all") from None
                raise _Met(idle | met.values | {choice: value}) from None

    def search(self, signed: Sequence[Signed], letters: Sequence[int], most: int) -> Outcome:
        tensors = [self.form(p, letters) for _, p in signed]
        left = min(most, self.most - self.work)
        outcome = Search([s for s, _ in signed], tensors, left, self.deadline).run()
        self.boxes += outcome.boxes
        self.work += outcome.work
        late = self.work >= self.most or time.perf_counter() > self.deadline
        if late and not outcome.excluded and outcome.point is None:
            raise _Open(outcome.reason)
        return outcome

    def open_ones(self, signed: Sequence[Signed], letters: Sequence[int]) -> list[Signed] | None:
        """The conditions that do not hold all over the open box; None if one holds nowhere."""
        kept: dict[str, Signed] = {}
        for sign, p in signed:
            constant = constant_sign(self.form(p, letters))
            if constant is not None:
                if constant < 0 or (constant == 0 and sign == ">") or (constant > 0 and sign == "=="):
                    return None
                continue
            key = str(p)
            other = kept[key][0] if key in kept else sign
            if {sign, other} == {">", "=="}:
                return None
            kept[key] = (sign if other == ">=" else other, p)
        for key, (sign, p) in list(kept.items()):
            opposite = kept.get(str(-p))
            if opposite is not None and key in kept:
                if ">" in (sign, opposite[0]):
                    return None
                kept.pop(str(-p))
                kept[key] = ("==", p)
        return list(kept.values())

    def branches(self, signed: Sequence[Signed], letters: Sequence[int]) -> Iterator[list[Signed]]:
        """The conditions as cases of signs of irreducible factors."""
        options: list[list[list[Signed]]] = []
        count = 1
        for sign, p in signed:
            choices = self.choices(sign, p, letters)
            if count * len(choices) > _BRANCHES:
                choices = [[(sign, p)]]
            count *= len(choices)
            options.append(choices)
        for combination in product(*options):
            yield [s for part in combination for s in part]

    def choices(self, sign: Sign, p: Polynomial, letters: Sequence[int]) -> list[list[Signed]]:
        if p.is_zero():
            return [] if sign == ">" else [[]]
        if p.is_constant() or len(p) > _FACTORED:
            return [[(sign, p)]]
        content, factors = factored(p)
        negative = content < 0
        odd, even = [], []
        for factor, e in factors:
            constant = constant_sign(self.form(factor, letters))
            if constant is not None and constant != 0:
                negative ^= constant < 0 and e % 2 == 1
            elif e % 2:
                odd.append(factor)
            else:
                even.append(factor)
        if sign == "==":
            return [[("==", f)] for f in (*odd, *even)]
        chosen: list[list[Signed]] = []
        for signs in product((1, -1), repeat=len(odd)):
            if (math.prod(signs) < 0) == negative:
                chosen.append([(sign, f if s > 0 else -f) for s, f in zip(signs, odd, strict=True)])
        if sign == ">=":
            chosen += [[("==", f)] for f in even]
        return chosen

    def best_letter(self, signed: Sequence[Signed], letters: Sequence[int]) -> int | None:
        """The indeterminate of degree 1 whose elimination leaves the fewest terms; None if there is none."""
        best, least = None, math.inf
        if len(letters) < 2:
            return None
        for k in letters:
            about = [(s, p) for s, p in signed if p.degrees()[k]]
            if any(p.degrees()[k] > 1 for _, p in about):
                continue
            sizes = sorted((len(p) for _, p in about), reverse=True)
            cost = sum(a * b for i, a in enumerate(sizes) for b in sizes[i + 1 :]) + sum(sizes)
            if cost < least and all(a * b <= 50 * _TERMS for i, a in enumerate(sizes) for b in sizes[i + 1 :]):
                best, least = k, cost
        return best

    def without(self, signed: Sequence[Signed], k: int, rest: Sequence[int]) -> Iterator[tuple[list[Signed], list[Signed]]]:
        """(conditions added, conditions without indeterminate k) for all signs that the slopes may have."""
        generator = self.algebra.generators[k]
        bounds = self.with_ends(k)
        others = [(s, p) for s, p in signed if not p.degrees()[k]]
        lines: list[tuple[Sign, Polynomial, Polynomial]] = []
        for sign, p in (*((s, p) for s, p in signed if p.degrees()[k]), *bounds):
            slope = p.derivative(k)
            lines.append((sign, slope, p - slope * generator))
        possible = []
        for _, slope, _ in lines:
            constant = constant_sign(self.form(slope, rest))
            possible.append((1, -1, 0) if constant is None else (constant,))
        if math.prod(map(len, possible)) > _BRANCHES:
            raise _Open("too many slopes of unknown sign")
        for signs in product(*possible):
            added: list[Signed] = []
            for s, options, (_, slope, _) in zip(signs, possible, lines, strict=True):
                if len(options) > 1:
                    added.append(("==", slope) if s == 0 else (">", slope if s > 0 else -slope))
            left = [*others, *added]
            lower, upper = [], []
            for s, (sign, slope, constant) in zip(signs, lines, strict=True):
                if s == 0:
                    left.append((sign, constant))
                    continue
                if s > 0 or sign == "==":
                    lower.append((sign, slope, constant) if s > 0 else (sign, -slope, -constant))
                if s < 0 or sign == "==":
                    upper.append((sign, -slope, constant) if s < 0 else (sign, slope, -constant))
            for sign_a, a, b in lower:  # a t + b > 0
                for sign_c, c, d in upper:  # d − c t > 0
                    combined = a * d + b * c
                    if len(combined) > _TERMS:
                        raise _Open("the polynomials grow too large")
                    if not combined.is_zero() or ">" in (sign_a, sign_c):
                        left.append((">" if ">" in (sign_a, sign_c) else ">=", combined))
            yield added, left

    def with_ends(self, k: int) -> list[Signed]:
        domain, t, one = self.domains[k], self.algebra.generators[k], self.algebra.one
        low = Fraction(domain.low)
        ends: list[Signed] = [(">", t * low.denominator - one * low.numerator)]
        if domain.high is not None:
            high = Fraction(domain.high)
            ends.append((">", one * high.numerator - t * high.denominator))
        return ends

    def lifted(self, signed: Sequence[Signed], k: int, values: Mapping[int, Fraction]) -> Fraction | None:
        """A value of indeterminate k at which the conditions hold together with the values of the others."""
        domain = self.domains[k]
        low, high = Fraction(domain.low), None if domain.high is None else Fraction(domain.high)
        for sign, p in signed:
            if not p.degrees()[k]:
                continue
            slope, constant = (_value(q, values) for q in (p.derivative(k), self.at(p, {k: Fraction(0)})))
            if slope == 0:
                continue
            end = -constant / slope
            if sign == "==" or slope > 0:
                low = max(low, end)
            if sign == "==" or slope < 0:
                high = end if high is None else min(high, end)
        value = low + 1 if high is None else (low + high) / 2
        at = {**values, k: value}
        return value if all(_holds(sign, _value(p, at)) for sign, p in signed) else None


def _holds(sign: Sign, value: Fraction) -> bool:
    return value > 0 if sign == ">" else value >= 0 if sign == ">=" else value == 0


def _signed(condition: Condition) -> list[Signed]:
    p = condition.polynomial
    if condition.relation == "!=":
        return [] if not p.is_zero() else [(">", p)]  # left out: what is excluded without it is excluded with it
    if condition.relation in ("<", "<="):
        return [(">" if condition.relation == "<" else ">=", -p)]
    return [(condition.relation, p)]  # type: ignore[list-item]


def _faces(letters: Sequence[int], domains: Sequence[Interval]) -> Iterator[dict[int, Fraction | None]]:
    """The inside of the domain (None: the indeterminate is open), then the ends that belong to it."""
    options: list[list[Fraction | None]] = []
    for k in letters:
        domain = domains[k]
        ends: list[Fraction | None] = [None]
        ends += [Fraction(domain.low)] if domain.includes_low else []
        ends += [Fraction(domain.high)] if domain.high is not None and domain.includes_high else []
        options.append(ends)
    for values in product(*options):
        yield dict(zip(letters, values, strict=True))


def _inside(domain: Interval) -> Fraction:
    return Fraction(domain.low + 1) if domain.high is None else Fraction((domain.low + domain.high) / 2)


def _from_unit(u: Fraction, domain: Interval) -> Fraction:
    low = Fraction(domain.low)
    return low + u / (1 - u) if domain.high is None else low + u * (Fraction(domain.high) - low)


def _value(polynomial: Polynomial, at: Mapping[int, Fraction]) -> Fraction:
    total = Fraction(0)
    for powers, c in polynomial.to_dict().items():
        term = Fraction(int(c))
        for k, e in enumerate(powers):
            if e:
                term *= at[k] ** int(e)
        total += term
    return total
