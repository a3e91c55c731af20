"""What a prover asks: the conditions that would break a claim, and how to confirm that they can be met."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, Protocol, TypeAlias

from alliances.arithmetic.algebra import Algebra, Condition
from alliances.arithmetic.quotients import Quotient
from alliances.claims.family import Family
from alliances.claims.proofs.outcomes import Counterexample
from alliances.claims.proofs.smt import Solver

__all__ = ["Definition", "Outcome", "Part", "Problem", "Problems", "Query", "Region", "Seam"]


@dataclass(frozen=True, eq=False)
class Query:
    """Conditions that would break the claim if they could be met together.

    Attributes
    ----------
    text
        What they say, in words.
    conditions
        The polynomial conditions, the domain's included.
    jump
        Whether they are about the border of two cases.
    cases
        The numbers of the cases that they are about, in the order of the line.
    """

    text: str
    conditions: tuple[Condition, ...]
    jump: bool
    cases: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Definition:
    """A quantity of the model, by the name that exported scripts give it.

    Attributes
    ----------
    name, text
        What it is called, and what it is.
    value
        As a quotient of polynomials.
    formula
        As a term of SMT-LIB in quantities defined before it; empty where the quotient itself is the formula.
    """

    name: str
    text: str
    value: Quotient
    formula: str = ""


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the domain: a case of the model, or where it has no payoffs or an assumption fails.

    Attributes
    ----------
    number
        Of the case; 0 if there is nothing to compare.
    text
        What holds there.
    conditions
        Where it is, beside the domain.
    """

    number: int
    text: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class Seam:
    """A seam between cases at which nothing had to be asked.

    Attributes
    ----------
    before, after
        The numbers of the cases on either side, in the order of the line.
    reason
        Why the claim cannot break there.
    conditions
        What was excluded by the solver, if it took the solver.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    reason: str
    conditions: tuple[Condition, ...] = ()


class Outcome(NamedTuple):
    """What a model gives, in indeterminates for a case or in numbers at a point.

    Attributes
    ----------
    payoffs
        Its payoffs, in the order of the problem's ``labels``.
    follows
        What the claim compares: odds of betrayal, durations.
    marks
        What is no number, such as which profile punishes.
    """

    payoffs: Sequence[Any]
    follows: Sequence[Any] = ()
    marks: object = None


class Region(NamedTuple):
    """A case of a problem: its conditions, beside the algebra's facts, and its outcome; None where there are no payoffs."""

    conditions: Sequence[Condition]
    outcome: Outcome | None


class Problem(Protocol):
    """What would break a claim, in indeterminates, for one combination of a family's finite choices."""

    algebra: Algebra
    solver: Solver
    fixed: Mapping[str, Any]

    def queries(self) -> Iterator[Query]:
        """Every way in which the claim might break."""
        ...

    @property
    def labels(self) -> Sequence[str]:
        """What the payoffs of an outcome are."""
        ...

    def regions(self) -> Sequence[Region]:
        """The cases, which together cover the domain."""
        ...

    def numbers(self, values: Mapping[str, Fraction]) -> Sequence[Any]:
        """The payoffs that the model itself gives, run on numbers, at these values of the indeterminates.

        Raises
        ------
        ValueError, ArithmeticError
            If it has no payoffs there.
        """
        ...

    def consequences(self, values: Mapping[str, Fraction], payoffs: Sequence[Any]) -> Outcome:
        """What follows from ``payoffs``, of any ordered number type, at these values of the indeterminates in numbers."""
        ...

    def point(self, values: Mapping[str, Fraction]) -> tuple[dict[str, Any], Fraction]:
        """Indeterminates' values as the family's parameters, and the point of the line."""
        ...

    def confirm(self, parameters: Mapping[str, Any], point: Fraction) -> Counterexample | None:
        """A counterexample at these parameters, in exact or certified arithmetic; None if none is certain."""
        ...

    def hunt(self, seed: int, points: int, deadline: float) -> Counterexample | None:
        """A counterexample found by trying so many points of the parameters."""
        ...

    # What a referee is shown, once all queries were asked for.

    def parts(self) -> Sequence[Part]:
        """The parts of the domain; together they cover it."""
        ...

    def seams(self) -> Sequence[Seam]:
        """The seams between cases at which nothing had to be asked."""
        ...

    def definitions(self, cases: Sequence[int]) -> Sequence[Definition]:
        """The quantities of the model in these cases."""
        ...


Problems: TypeAlias = Callable[[Family, Mapping[str, Any], float], Problem]
"""(family, values of its finite choices, deadline) → what would break the claim."""
