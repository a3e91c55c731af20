"""Are a proof's cases the model? At random rational points, numbers must get what the indeterminates got.

A proof is about quotients of polynomials that payoff code returned when it ran on indeterminates. It is one about the model
only if the same code gives the same payoffs to numbers, which a model that asks for the type of its arguments, draws at random
or keeps a memory does not. So before a claim is "proved", each case is compared with the model at some points of its region:
drawn at random from the domain; for cases that those miss, solved for (equations that are linear in an indeterminate, and the
points of the solver) and moved about. Rational payoffs are compared exactly, or with enclosures where powers and exponentials
take part.

* Numbers with other payoffs than the case, or with none, are an error: a wrong model.
* Payoffs that the model gives as floats may differ by rounding, so that a difference leaves the claim "unknown".

The same comparison guards the library's own algebra: a point that no case covers, or a fact about a power that is false at
one, leaves the claim "unknown" too.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np

from alliances.arithmetic import settle, show
from alliances.arithmetic.algebra import Condition, Kind
from alliances.arithmetic.balls import Ball, Undecided, precisely
from alliances.arithmetic.domains import Interval
from alliances.arithmetic.formal import NotArithmetic
from alliances.arithmetic.points import Point, Points
from alliances.arithmetic.quotients import Quotient
from alliances.arithmetic.tolerance import EPSILON, PROMISED
from alliances.claims.proofs.problem import Outcome, Problem, Region
from alliances.claims.proofs.smt import smtlib

__all__ = ["disagreements"]

_EVALUATIONS = 900  # of the model, in the cases of one problem together
_FEWEST, _MOST = 4, 100  # points per case, however many cases there are, or few
_THIN = 30  # points in the region of a case that draws from the domain rarely hit
_DRAWS = 4  # times as many points are drawn from the domain as are wanted of each case
_STEPS = 2**18  # of Z3, for a point of a case that no draw hits
_MOVES = 24  # powers of 1/2 by which such a point is moved towards others
_FINENESS = (6, 60, 97, 1000, 10**6 + 3)  # denominators of the points drawn
_LATE = "time ran out while the proof's cases were compared with the model in numbers"
_ROUNDINGS = 2**10  # machine epsilons of the largest payoff that a model's floats may lose


def disagreements(problem: Problem, seed: int, deadline: float = math.inf) -> list[str]:
    """Why the problem's cases may not be the model; nothing if they agree wherever they are compared.

    After ``deadline`` (by ``time.perf_counter``) the comparison is broken off, which is a reason, too.

    Raises
    ------
    NotArithmetic
        If the model certainly gives numbers other payoffs than indeterminates.
    """
    with precisely():
        return list(dict.fromkeys(_Comparison(problem, seed, deadline).reasons()))


class _Comparison:
    """One problem's cases against its model."""

    def __init__(self, problem: Problem, seed: int, deadline: float) -> None:
        self.problem, self.algebra, self.deadline = problem, problem.algebra, deadline
        self.rng = np.random.default_rng(seed)
        self.regions = problem.regions()
        self.wanted = min(_MOST, max(_FEWEST, _EVALUATIONS // max(1, len(self.regions))))
        self.points = Points(self.algebra)
        self.beyond = [f for f in self.algebra.facts if f.kind is Kind.DOMAIN and max(f.polynomial.degrees()) > 1]
        self.known = [fact for fact in self.algebra.facts if fact.kind is Kind.TRANSCENDENTAL]

    def reasons(self) -> Iterator[str]:
        """What speaks against the cases, wherever they are compared with the model."""
        counts = [0] * len(self.regions)
        for _ in range(_DRAWS * self.wanted):
            if min(counts, default=self.wanted) >= self.wanted:
                break
            point = self._point(self._drawn())
            if point is None:
                continue
            place = self._place(point)
            if place is None:
                yield f"no case covers {self._shown(point)}"
            elif place >= 0 and counts[place] < self.wanted:
                counts[place] += 1
                yield from self._compared(point, self.regions[place])
            if time.perf_counter() > self.deadline:
                yield _LATE
                return
        for place, region in enumerate(self.regions):
            if region.outcome is not None and counts[place] < min(_THIN, self.wanted):
                for point in self._inside(region, min(_THIN, self.wanted) - counts[place]):
                    yield from self._compared(point, region)
                if time.perf_counter() > self.deadline:
                    yield _LATE
                    return

    # Points

    def _drawn(self) -> dict[str, Fraction]:
        """A point of the indeterminates' intervals, ends and simple fractions among them."""
        return {name: self._number(domain) for name, domain in self.algebra.domains.items()}

    def _number(self, domain: Interval) -> Fraction:
        n = _FINENESS[int(self.rng.integers(len(_FINENESS)))]
        k = int(self.rng.integers(0, n + 1))
        if domain.high is None:
            value = domain.low + (Fraction(k, n - k) if k < n else n)
        else:
            value = domain.low + (domain.high - domain.low) * Fraction(k, n)
        return value if value in domain else self._number(domain)

    def _point(self, values: Mapping[str, Fraction]) -> Point | None:
        """The point, if it lies in the domain."""
        if not all(values[name] in domain for name, domain in self.algebra.domains.items()):
            return None
        point = self.points.at(values)
        return point if all(point.holds(fact) for fact in self.beyond) else None  # as a root of x lies in its own interval

    def _place(self, point: Point) -> int | None:
        """Which region the point lies in; −1 if the enclosures do not tell, None if it is certainly none."""
        unsure = False
        for place, region in enumerate(self.regions):
            holds = _all_hold(point, region.conditions)
            if holds:
                return place
            unsure = unsure or holds is None
        return -1 if unsure else None

    def _inside(self, region: Region, count: int) -> Iterator[Point]:
        """Points of a region that draws from the whole domain miss."""
        solved: dict[str, Fraction] | None = None
        found = 0
        equations = any(condition.relation == "==" for condition in region.conditions)
        for trial in range(0 if equations else count, 4 * count):  # draws alone have been tried before
            if trial == count and found == 0:
                solved = self._solved(region)
                if solved is None:
                    return
            values = self._drawn()
            if solved is not None:
                step = Fraction(1, 2 ** (trial % _MOVES)) if trial > count else Fraction(0)
                values = {name: value + (values[name] - value) * step for name, value in solved.items()}
            point = self._point(self._fitted(region, values))
            if point is not None and _all_hold(point, region.conditions):
                yield point
                found += 1
                if found == count:
                    return

    def _fitted(self, region: Region, values: dict[str, Fraction]) -> dict[str, Fraction]:
        """The values with one of them changed, for each equation that is linear in it, so that the equation holds."""
        for condition in region.conditions:
            if condition.relation != "==":
                continue
            degrees = condition.polynomial.degrees()
            names = [name for k, name in enumerate(self.algebra.domains) if degrees[k] == 1]
            if not names:
                continue
            name = names[int(self.rng.integers(len(names)))]
            slope = condition.polynomial.derivative(list(self.algebra.domains).index(name))
            at_zero = self.points.at({**values, name: Fraction(0)})
            try:
                a, b = (at_zero.value(Quotient(self.algebra, p, self.algebra.one)).exact for p in (condition.polynomial, slope))
            except (Undecided, ZeroDivisionError):
                continue
            if a is not None and b:
                values = {**values, name: -a / b}
        return values

    def _solved(self, region: Region) -> dict[str, Fraction] | None:
        """The solver's point of a region, if it finds one."""
        text = smtlib(self.algebra, [*self.algebra.facts, *region.conditions])
        answer = self.problem.solver.solve(text, _STEPS)
        if answer.status != "sat":
            return None
        named = {name: answer.values[symbol] for name, symbol in self.algebra.named() if symbol in answer.values}
        return self._drawn() | named

    # Comparisons

    def _compared(self, point: Point, region: Region) -> Iterator[str]:
        """What speaks against the case at the point."""
        for fact in self.known:
            if _all_hold(point, [fact]) is False:
                yield f"what is known of a function ({fact.text}) is false at {self._shown(point)}"
        try:
            numbers = self.problem.numbers(point.values)
        except OverflowError:  # beyond the range of floats, which the model turns its numbers into
            return
        except (ValueError, ArithmeticError) as error:
            if region.outcome is not None:
                raise self._wrong(point, "it has no payoffs", f"{type(error).__name__}: {error}") from error
            return
        if region.outcome is None:
            yield f"at {self._shown(point)} the model has payoffs in numbers and none in indeterminates"
            return
        yield from self._differences(point, region.outcome, numbers)

    def _differences(self, point: Point, case: Outcome, numbers: Sequence[Any]) -> Iterator[str]:
        if case.payoffs and len(case.payoffs) != len(numbers):
            raise self._wrong(point, f"it has {len(numbers)} payoffs", f"and {len(case.payoffs)} in indeterminates")
        exact = all(isinstance(x, Rational) for x in numbers)
        sizes = [float(x) for x in numbers] if case.payoffs else []  # none where an assumption fails
        tolerance = PROMISED * (max(sizes, default=0) - min(sizes, default=0))
        tolerance += _ROUNDINGS * EPSILON * max(map(abs, sizes), default=0)
        for label, quotient, number in zip(self.problem.labels, case.payoffs, numbers, strict=False):
            value = self._value(point, quotient)
            if value is None or _near(value, settle(number), tolerance):
                continue
            if isinstance(number, Rational):
                raise self._wrong(point, f"{label} is {show(Fraction(number))}", f"and {_digits(value)} in indeterminates")
            yield (
                f"at {self._shown(point)} {label} is {number!r} in floats and {_digits(value)} in indeterminates: the model "
                "asks for the type of its arguments, or floats lose too many digits"
            )
            return
        values = numbers if exact else [self._value(point, quotient) for quotient in case.payoffs]
        if values and not any(x is None for x in values):
            self._compare_consequences(point, case, values)

    def _compare_consequences(self, point: Point, case: Outcome, payoffs: Sequence[Any]) -> None:
        """An error unless the same follows from the payoffs, exact or enclosed, as in the case."""
        try:
            numbers = self.problem.consequences(point.values, payoffs)
        except (Undecided, ZeroDivisionError):
            return
        if case.marks != numbers.marks:
            raise self._wrong(point, f"its incentives are {numbers.marks}", f"and not {case.marks}, as in indeterminates")
        for quotient, number in zip(case.follows, numbers.follows, strict=True):
            value = self._value(point, quotient)
            if value is not None and not _near(value, number, 0):
                wrong = f"what the claim compares is {_digits(Ball.of(number))}"
                raise self._wrong(point, wrong, f"and {_digits(value)} in indeterminates")

    def _value(self, point: Point, quotient: Quotient) -> Ball | None:
        """The quotient's value, if it is known."""
        try:
            return point.value(quotient)
        except (Undecided, ZeroDivisionError):
            return None

    def _wrong(self, point: Point, numbers: str, otherwise: str) -> NotArithmetic:
        return NotArithmetic(
            "prove(): the model must give numbers the payoffs that it gives indeterminates, so it must not ask for the type of "
            f"its arguments, draw at random or remember; in numbers, at {self._shown(point)}, {numbers}; {otherwise}"
        )

    def _shown(self, point: Point) -> str:
        """The point as the family's parameters, and where on the line it is."""
        parameters, at = self.problem.point(point.values)
        return ", ".join([*(f"{name} = {value}" for name, value in parameters.items()), f"the line's point {at}"])


def _all_hold(point: Point, conditions: Sequence[Condition]) -> bool | None:
    """Whether all conditions hold; None if the enclosures do not tell."""
    unsure = False
    for condition in conditions:
        try:
            if not point.holds(condition):
                return False
        except (Undecided, ZeroDivisionError):
            unsure = True
    return None if unsure else True


def _near(value: Ball, number: Any, tolerance: float) -> bool:
    """Whether a number may be the value: exactly, or for a float within the tolerance."""
    if not isinstance(number, (Rational, Ball)):
        return bool(np.isfinite(number)) and abs(value - Ball.of(number)) <= tolerance
    other = Ball.of(number)
    if value.exact is not None and other.exact is not None:
        return value.exact == other.exact
    return bool(value.value.overlaps(other.value))


def _digits(value: Ball) -> str:
    return show(value.exact) if value.exact is not None else value.value.str(6, radius=False)
