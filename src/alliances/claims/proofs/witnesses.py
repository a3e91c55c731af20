"""Counterexamples: made simple, and confirmed in exact or certified arithmetic."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from alliances.arithmetic.algebra import Condition
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.conditions import SIGNS
from alliances.arithmetic.domains import Interval, simple_fractions
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims.certifying import Asked, contradicted, stands
from alliances.claims.checking import check
from alliances.claims.family import Family
from alliances.claims.lines import moves_parameter
from alliances.claims.measuring import contradictions
from alliances.claims.proofs.outcomes import Counterexample
from alliances.claims.proofs.problem import Problem
from alliances.claims.proofs.queries import GameConditions
from alliances.claims.statement import Statement

__all__ = ["GameProblem", "confirm", "hunt", "line_points", "shortest", "simplify"]

_GRIDS = (4, 10, 20, 50, 200)  # gaps n/4, n/10, …
_STEPS = (
    *range(2, 31),
    36,
    48,
    64,
    96,
    144,
    216,
    324,
)  # 2⁻ⁿ: how near to a point another is looked for; a violation may be narrow
_SHORT = 12  # denominators up to this one are simple enough
_HUNTED = 40  # contradictions looked into
_SEARCHED = 124  # parameter points where each critical discount factor takes a search of its own: 4 + 8 + 16 + 32 + 64


class GameProblem(GameConditions):
    """The conditions, with the search for counterexamples and their confirmation."""

    def confirm(self, parameters: Mapping[str, Any], point: Fraction) -> Counterexample | None:
        """A counterexample at these parameters; see :func:`confirm`."""
        try:
            with np.errstate(all="ignore"):  # where the model has no payoffs
                return confirm(self.claim, self.family, parameters, point, self.algebra.deadline)
        except ValueError:  # the model refuses these parameters
            return None

    def hunt(self, seed: int, points: int, deadline: float) -> Counterexample | None:
        """A counterexample found by trial; see :func:`hunt`."""
        try:
            return hunt(self.claim, self.family, self.fixed, seed, points, deadline)
        except ValueError:  # the model refuses some of the parameters tried
            return None


def simplify(problem: Problem, conditions: Sequence[Condition], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Indeterminates' values with small denominators at which the conditions still hold, where there are such."""
    at = dict(values)
    if problem.algebra.transcendentals:
        return at
    for name, domain in problem.algebra.domains.items():
        at.setdefault(name, next(iter(simple_fractions(domain, 4)), Fraction(domain.low)))
    if not _all_hold(problem, conditions, at):
        return at
    for _ in range(2):  # what is too near an edge at first may have room once the others are simple
        for name, domain in problem.algebra.domains.items():
            near = (at[name].limit_denominator(n) for n in (32, 100, 1000, 10**4, 10**6))
            for candidate in (*simple_fractions(domain, 12), *(value for value in near if value in domain)):
                if candidate.denominator >= at[name].denominator:
                    continue
                if _all_hold(problem, conditions, at | {name: candidate}):
                    at[name] = candidate
                    break
    return at


def _all_hold(problem: Problem, conditions: Sequence[Condition], at: Mapping[str, Fraction]) -> bool:
    point = [at.get(name, Fraction(0)) for name in problem.algebra.letters]
    for condition in conditions:
        total = Fraction(0)
        for powers, coefficient in condition.polynomial.to_dict().items():
            term = Fraction(int(coefficient))
            for value, e in zip(point, powers, strict=True):
                if e:
                    term *= value ** int(e)
            total += term
        sign = (total > 0) - (total < 0)
        if sign not in SIGNS[condition.relation]:
            return False
    return True


def confirm(
    claim: Statement, family: Family, parameters: Mapping[str, Any], point: Fraction, deadline: float = math.inf
) -> Counterexample | None:
    """A counterexample at these parameters, with the simplest gaps found near ``point``; None if none is certain in time.

    Two gaps on either side of a place where an assumption fails are none, nor are two gaps between which the proxy may bind if
    the claim is about who binds: :func:`alliances.claims.certifying.stands` covers all that lies between.
    """
    line, moves = claim.shape.line, moves_parameter(claim.shape.line)
    game, asked = family.at(**parameters), Asked.of_member(claim.shape, family, parameters)
    options: dict[str, Any] = {
        "enforcement": family.concept(**parameters),
        "profile": family.profile,
        "assume": family.assume,
        "total": family.total,
    }
    if moves and not claim.shape.pact:
        options["gaps"] = [0]  # the gap is one of the parameters
    for low, high in _pairs(claim, family, parameters, point, deadline):
        if time.perf_counter() > deadline:
            return None
        try:
            how = contradicted(asked, (low, high))
        except (Undecided, OutOfReach, ZeroDivisionError):
            continue
        if how is None or not stands(asked, low, high):
            continue
        shown: dict[str, Any] = {"gaps": [low, high]} if line == "gap" else {"values": [low, high]} if moves else {}
        model = (lambda value: family.at(**{**parameters, line: value})) if moves else game
        verdict = check(claim, model, **shown, **options)
        if verdict.status == "fails":
            kept = {name: v for name, v in parameters.items() if not moves or name != line}
            return Counterexample(kept, verdict, how if verdict.exact else "by enclosures")
    return None


def shortest(problem: Problem, family: Family, counterexample: Counterexample, deadline: float) -> Counterexample:
    """The counterexample with simpler parameters near its own, one by one, as long as it stays one."""
    for name, domain in family.intervals.items():
        value = counterexample.parameters.get(name)
        if not isinstance(value, Fraction) or value.denominator <= _SHORT:
            continue
        for largest in (1, 2, 3, 4, 5, 8, 10, 12, 16, 20, 32, 64, 100, 1000, 10**4):
            near = value.limit_denominator(largest)
            if near not in domain or near.denominator >= value.denominator or time.perf_counter() > deadline:
                continue
            assert counterexample.check.witness is not None
            simpler = problem.confirm({**counterexample.parameters, name: near}, Fraction(counterexample.check.witness.high))
            if simpler is not None:
                counterexample = simpler
                break
    return counterexample


def _pairs(
    claim: Statement, family: Family, parameters: Mapping[str, Any], point: Fraction, deadline: float
) -> Iterator[tuple[Fraction, Fraction]]:
    """Pairs of points to compare: simple ones anywhere first, then nearer and nearer to ``point``; none after the deadline."""
    line = claim.shape.line
    if line == "parity":
        yield Fraction(0), Fraction(0)
        return
    domain = family.gaps if line == "gap" else family.intervals[line]
    for fine in _GRIDS:
        if time.perf_counter() > deadline:
            return
        values = line_points(claim, family, fine)
        if line == "gap" and len(values) > 1:
            concept = family.concept(**parameters)
            options: dict[str, Any] = {"enforcement": concept, "profile": family.profile, "assume": family.assume}
            try:
                verdict = check(claim, family.at(**parameters), gaps=values, total=family.total, **options)
            except ZeroDivisionError:  # at one of these gaps the model has no payoffs
                continue
            if verdict.witness is not None:
                yield Fraction(verdict.witness.low), Fraction(verdict.witness.high)
        elif moves_parameter(line):
            yield from pairwise(values)
    for n in _STEPS:
        if time.perf_counter() > deadline:
            return
        step = Fraction(1, 2**n)
        for low, high in ((point - step, point), (point, point + step), (point - step, point + step)):
            if low in domain and high in domain and low < high:
                yield low, high


def line_points(claim: Statement, family: Family, fine: int) -> list[Fraction]:
    """The points n/fine of the family's line."""
    domain = family.gaps if claim.shape.line == "gap" else family.intervals[claim.shape.line]
    return [value for value in _grid(domain, fine) if value in domain]


def _grid(domain: Interval, fine: int) -> list[Fraction]:
    high = domain.high if domain.high is not None else domain.low + 8
    return [Fraction(n, fine) for n in range(int(np.floor(domain.low * fine)), int(np.ceil(high * fine)) + 1)]


def hunt(
    claim: Statement, family: Family, fixed: Mapping[str, Any], seed: int, points: int, deadline: float
) -> Counterexample | None:
    """A counterexample found by trying so many parameter points in floating point, made simple and confirmed."""
    try:
        with np.errstate(all="ignore"):
            seeming = list(contradictions(claim, family, fixed, (points, min(points, _SEARCHED)), _HUNTED, seed, deadline))
    except (TypeError, ValueError, ZeroDivisionError):  # the model takes no arrays, or has no payoffs somewhere
        return None
    for parameters, point in seeming:
        if time.perf_counter() > deadline:
            return None
        for largest in (4, 10, 100, 10**4, 10**8):
            rounded = {
                name: _rounded(value, family.intervals[name], largest)
                if isinstance(value, float) and name in family.intervals
                else value  # a float that is chosen stays what it is
                for name, value in parameters.items()
            }
            counterexample = confirm(claim, family, rounded, Fraction(point).limit_denominator(10**6), deadline)
            if counterexample is not None:
                return counterexample
    return None


def _rounded(value: float, domain: Interval, largest: int) -> Fraction:
    near = Fraction(value).limit_denominator(largest)
    return near if near in domain else Fraction(value)
