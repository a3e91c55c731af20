"""From a claim and a family to the polynomial conditions that would break it.

The payoff code runs on indeterminates (:mod:`alliances.arithmetic.algebra`); it, and the choice of the punishing equilibrium,
split into cases. The claim fails at a point of the line iff one of these can be met:

* within a case: the condition on odds and their derivatives that the claim's shape names;
* between two cases with different cells or punishments: odds that jump the wrong way where the two cases touch.

If none can be met, the claim holds along every stretch of the line on which the assumptions do. Odds are continuous
within a case and between cases that differ only in the best deviation (a maximum), with one exception that needs no
condition: odds grow without bound where a loss goes to 0, so where they do not rise within a case, no loss goes to 0 as
the gap widens. What could stay hidden is a point at which temptation and loss vanish together; the condition for it is
added. At a border itself odds may be 0/0, or grow without bound; conditions on numerators and denominators stand for those.
Where the model divides by zero or refuses its parameters it has no payoffs, and nothing is proved.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

from alliances.arithmetic import Number, settle
from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.conditions import within
from alliances.arithmetic.domains import Interval
from alliances.arithmetic.quotients import Quotient, Relation, Undefined
from alliances.arithmetic.symbols import fresh
from alliances.claims.comparisons import Ordering
from alliances.claims.family import Family
from alliances.claims.lines import PACT, Along, moves_parameter
from alliances.claims.odds import odds_of, satisfies
from alliances.claims.proofs.cases import Case, Run, common, flat, merged, same_cells, same_odds, same_run
from alliances.claims.proofs.definitions import of_case, of_model
from alliances.claims.proofs.problem import Definition, Outcome, Part, Query, Region, Seam
from alliances.claims.proofs.smt import Solver
from alliances.claims.statement import Statement
from alliances.games.bimatrix import Profile
from alliances.games.players import PLAYERS
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["GameConditions", "cells_of", "inside", "labels_of", "weakness"]

_ENTERING: dict[Relation, Relation] = {">": ">=", ">=": ">=", "<": "<=", "<=": "<="}
"""What holds where a condition begins to hold: on the closure of where it does."""
_LEAVING: dict[Relation, Relation] = {">": "<=", "<": ">="}
"""How a quantity of this sign changes where it becomes 0."""

_INSIDE: dict[Relation, Relation] = {">=": ">", "<=": "<"}
"""What holds inside an interval on which a condition holds."""


class GameConditions:
    """The conditions that would break a claim about critical discount factors, as polynomials.

    Attributes
    ----------
    algebra
        The indeterminates: the open parameters, and x = p/s along the gap.
    letter
        The indeterminate of the line, or None at parity.
    undefined, unassumed
        The conditions of cases in which the model divides by zero or refuses its parameters, or an assumption fails.
    refusals
        Why there are no payoffs, in words, for each of the ``undefined``.
    root
        x is the indeterminate to this power: 2 for half-integer decisiveness, whose payoffs are quotients of polynomials in √x.
    """

    def __init__(self, claim: Statement, family: Family, fixed: Mapping[str, Any], deadline: float = math.inf) -> None:
        self.claim, self.family, self.fixed = claim, family, fixed
        self.shape: Ordering = claim.shape
        self.line: Along = claim.shape.line
        self.letter: str | None = (
            fresh("x", family.intervals) if self.line == "gap" else self.line if moves_parameter(self.line) else None
        )
        self._work_out(1, deadline)
        degree = self._degree()
        if degree > 1:  # in the indeterminate's root, its roots are polynomials: the cases are worked out again
            self._work_out(degree, deadline)

    def _work_out(self, root: int, deadline: float) -> None:
        """The algebra whose indeterminate of the line is the ``root``-th root of x or of the stakes, and the cases in it."""
        self.root = root
        self.solver = Solver()
        self.algebra = self._algebra(root, deadline)
        self.cases: list[Case] = []
        self.actions: Sequence[str] = ()
        self.undefined: list[list[Condition]] = []
        self.unassumed: list[list[Condition]] = []
        self.dismissed: list[Seam] = []
        self.refusals: list[str] = []
        for conditions, outcome in self.algebra.cases(self._run, same_run):
            if isinstance(outcome, Undefined):
                self.undefined.append(conditions)
                self.refusals.append(str(outcome))
            elif outcome is None:
                self.unassumed.append(conditions)
            else:
                cells, odds, other = outcome
                self.cases.append(Case(len(self.cases) + 1, merged(conditions), odds, other, cells))

    def _algebra(self, root: int, deadline: float) -> Algebra:
        domains = dict(self.family.intervals)
        if self.letter is None:
            return Algebra(domains, None, self.solver.decide, deadline)
        if self.line != "gap":
            return Algebra(domains, (self.letter, lambda z: z / z), self.solver.decide, deadline)
        whole = weakness(self.family.gaps)
        domains[self.letter] = whole if root == 1 else _root_of(whole)
        by_log_ratio = (self.letter, lambda x: -x)  # up to the factor 1/root
        algebra = Algebra(domains, by_log_ratio, self.solver.decide, deadline)
        if root > 1:
            algebra.facts += within(algebra[self.letter] ** root, whole, self.letter)
        return algebra

    def _degree(self) -> int:
        """The least root of x in which all roots of x that the model takes are whole powers; 1 if it takes none."""
        if self.line != "gap" or self.letter is None:
            return 1
        x = self.algebra[self.letter]
        exponents = [f.exponent for f in self.algebra.transcendentals if f.base.identical(x)]
        return math.lcm(*(e.denominator for e in exponents if isinstance(e, Fraction)))

    def game(self) -> Any:
        """The family's model, in indeterminates."""
        return self.family.at(**self._values())

    def _values(self) -> dict[str, Any]:
        return {
            name: self.fixed.get(name, None) if name in self.fixed else self.algebra[name] for name in self.family.parameters
        }

    def power(self) -> Power:
        """Parity, or power with p/s = x."""
        return self._power(self.algebra[self.letter] if self.line == "gap" and self.letter else self.algebra.number(1))

    def _power(self, letter: Any) -> Power:
        total, x = self.family.total, letter**self.root
        return Power(total / (1 + x), total * x / (1 + x))

    def concept(self) -> Enforcement:
        """The family's enforcement, with open parameters as indeterminates."""
        return self.family.concept(**self._values())

    def _run(self) -> Run | None:
        with self.algebra.payoffs():
            game, concept = self.game(), self.concept()
            rows = game.cells(self.power())
        self.actions = game.actions
        return self._outcome(tuple(tuple(tuple(map(self.algebra.number, cell)) for cell in row) for row in rows), game, concept)

    def _outcome(self, cells: Any, game: DyadicGame, concept: Enforcement) -> Run | None:
        """The cells with the odds of betrayal, of any ordered number type; None where an assumption fails."""
        main: Profile = PACT if self.shape.pact else self.family.profile
        for name in self.family.assume:
            if not satisfies(name, cells, game.actions, main, concept):
                return None
        odds = odds_of(cells, game.actions, main, concept)
        other = odds_of(cells, game.actions, self.family.profile, concept) if self.line == "parity" else None
        return cells, odds, other

    @property
    def labels(self) -> Sequence[str]:
        """Whose payoff, in which cell."""
        return labels_of(self.actions)

    def regions(self) -> Sequence[Region]:
        """The cases; of those in which an assumption fails nothing but that is known."""
        without = [Region(conditions, None) for conditions in self.undefined]
        unassumed = [Region(conditions, flat(None)) for conditions in self.unassumed]
        return [Region(c.conditions, flat((c.cells, c.odds, c.other))) for c in self.cases] + unassumed + without

    def numbers(self, values: Mapping[str, Fraction]) -> Sequence[Number]:
        """The payoffs that the model gives in numbers, at these values of the indeterminates."""
        return self._payoffs(self.family.at(**self.point(values)[0]), values)

    def _payoffs(self, game: DyadicGame, values: Mapping[str, Fraction]) -> list[Number]:
        """A model's payoffs at these values of the indeterminates, one after the other."""
        letter = values[self.letter] if self.line == "gap" and self.letter else Fraction(1)
        return [settle(x) for row in game.cells(self._power(letter)) for cell in row for x in cell]

    def consequences(self, values: Mapping[str, Fraction], payoffs: Sequence[Number]) -> Outcome:
        """The odds of betrayal that follow from these payoffs under the concept at these values."""
        at, _ = self.point(values)
        game, concept = self.family.at(**at), self.family.concept(**at)
        return flat(self._outcome(cells_of(game, iter(payoffs)), game, concept))

    def queries(self) -> Iterator[Query]:
        """Every way in which the claim might break, or the model might have no payoffs."""
        for conditions, refusal in zip(self.undefined, self.refusals, strict=True):
            text = f"the model divides by zero or refuses its parameters ({refusal})"
            yield Query(text, (*self.algebra.facts, *conditions), False)
        for case in self.cases:
            facts = self._facts(case)
            everyone = (*case.odds, *(case.other or ()))
            if any(odds.kind == "unknown" for odds in everyone):
                text = f"case {case.number}: the worst equilibrium of the repeated game is not a stage equilibrium"
                yield Query(text, tuple(facts), False, (case.number,))
                continue
            inner = self._inner(facts)
            if inner is None:
                continue
            for text, wrong in self.shape.violations(case.odds, case.other):
                yield Query(f"case {case.number}: {text}", (*inner, *self._conditions(wrong, text)), False, (case.number,))
        self.dismissed.clear()
        groups = self._groups()
        for group in groups:
            if len(group) > 1:
                self._dismiss(group, group, "the same payoffs, punishments and odds")
        for before, after in permutations(groups, 2):
            yield from self._jumps(before, after)

    def _dismiss(self, before: list[Case], after: list[Case], reason: str, shared: Sequence[Condition] = ()) -> None:
        first, second = (tuple(case.number for case in group) for group in (before, after))
        self.dismissed.append(Seam(first, second, reason, tuple(shared)))

    def parts(self) -> list[Part]:
        """The parts of the domain: the cases, where the model has no payoffs, and where an assumption fails."""
        parts = [Part(case.number, f"case {case.number}", tuple(case.conditions)) for case in self.cases]
        parts += [Part(0, "the model has no payoffs", tuple(conditions)) for conditions in self.undefined]
        return parts + [Part(0, "an assumption fails", tuple(conditions)) for conditions in self.unassumed]

    def seams(self) -> list[Seam]:
        """The seams at which nothing had to be asked; known once :meth:`queries` has come to its end."""
        return self.dismissed

    def definitions(self, cases: Sequence[int]) -> list[Definition]:
        """Power, payoffs, odds and their derivatives in these cases."""
        power = self.power()
        definitions = of_model(self.algebra, power.sponsor, power.proxy)
        for case in (case for case in self.cases if case.number in cases):
            definitions += of_case(self.algebra, case.number, case.cells, self.labels, case.odds, case.other)
        return definitions

    def _groups(self) -> list[list[Case]]:
        """Cases with the same cells and punishments, which share their odds: their borders are looked at together first."""
        groups: list[list[Case]] = []
        if self.line == "parity":
            return groups
        for case in self.cases:
            for group in groups:
                same = all(
                    a.kind == b.kind and a.punishment == b.punishment and same_odds(a, b)
                    for a, b in zip(case.odds, group[0].odds, strict=True)
                )
                if same and same_cells(case.cells, group[0].cells):
                    group.append(case)
                    break
            else:
                groups.append([case])
        return groups

    def _jumps(self, before: list[Case], after: list[Case]) -> Iterator[Query]:
        first, second = before[0], after[0]
        everyone = (*first.odds, *second.odds)
        if not self._may_jump(first, second) or any(odds.kind == "unknown" for odds in everyone):
            self._dismiss(before, after, "payoffs and punishments are the same on both sides, and odds continuous")
            return
        anywhere: list[list[Any]] = [[]]
        if not self._payoffs_may_jump(first, second):  # only where a player's temptation and loss vanish together
            pairs = [pair for pair in zip(first.odds, second.odds, strict=True) if {o.kind for o in pair} == {"zero", "finite"}]
            anywhere = [[(odds.loss, "==")] for pair in pairs for odds in pair if odds.kind == "finite"]
        ways = [(text, [*wrong, *where]) for text, wrong in self.shape.jumps(first.odds, second.odds) for where in anywhere]
        if not ways:
            self._dismiss(
                before, after, "the kinds of odds (none, finite, infinite) move in the direction of the claim, if at all"
            )
        for text, wrong in ways:
            conditions = list(self._conditions(wrong, text))
            shared = [*self.algebra.facts, *self._closure(common(before)), *self._closure(common(after)), *conditions]
            if len(before) * len(after) > 1 and self.algebra.excludes(shared):
                self._dismiss(before, after, f"excluded for all of these cases at once: {text}", shared)
                continue
            for a in before:
                for b in after:
                    yield Query(
                        f"from case {a.number} to case {b.number}: {text}",
                        (*self.algebra.facts, *self._border(a, b), *conditions),
                        True,
                        (a.number, b.number),
                    )

    def _facts(self, case: Case) -> list[Condition]:
        return [*self.algebra.facts, *(c._replace(text=f"case {case.number}") for c in case.conditions)]

    def _inner(self, facts: list[Condition]) -> list[Condition] | None:
        """The case's facts where it goes on along the line; None if it holds at single points of the line only.

        Conditions on the indeterminate of the line alone hold on intervals, and at single points beside them. Odds that do not
        move the wrong way inside the intervals do not at their ends, by continuity, and at a single point nothing moves: what
        happens on the way to it is a jump. So an all-pay contest is level at parity, x = 1, and nowhere near it.
        """
        if self.letter is None:
            return facts
        if any(c.kind is Kind.CASE and c.relation == "==" and self._of_line(c.polynomial) for c in facts):
            return None
        return [
            c._replace(relation=_INSIDE.get(c.relation, c.relation))
            if c.kind is Kind.CASE and self._of_line(c.polynomial)
            else c
            for c in facts
        ]

    def _of_line(self, polynomial: Any) -> bool:
        """Whether the indeterminate of the line is the only one in the polynomial."""
        place = None if self.letter is None else self.algebra.letters.index(self.letter)
        return not polynomial.is_zero() and {k for k, e in enumerate(polynomial.degrees()) if e} == {place}

    def _conditions(self, wrong: Sequence[tuple[Any, Relation]], text: str) -> Iterator[Condition]:
        for quotient, relation in wrong:
            yield Condition(self.algebra.reduced(quotient.product), relation, Kind.VIOLATION, text, source=quotient)

    def _may_jump(self, before: Case, after: Case) -> bool:
        """Whether odds may differ where the two cases touch."""
        kinds = {frozenset((a.kind, b.kind)) for a, b in zip(before.odds, after.odds, strict=True)}
        return bool(kinds & {frozenset(("zero", "infinite")), frozenset(("zero", "finite"))}) or self._payoffs_may_jump(
            before, after
        )

    def _payoffs_may_jump(self, before: Case, after: Case) -> bool:
        kinds = {frozenset((a.kind, b.kind)) for a, b in zip(before.odds, after.odds, strict=True)}
        punished = any(a.punishment != b.punishment for a, b in zip(before.odds, after.odds, strict=True))
        return punished or frozenset(("zero", "infinite")) in kinds or not same_cells(before.cells, after.cells)

    def _border(self, before: Case, after: Case) -> Iterator[Condition]:
        """Where two cases touch, and the first gives way to the second along the line."""
        text = f"border of cases {before.number} and {after.number}"
        leaving = {str(c.polynomial): c.relation for c in before.conditions}
        yield from self._passed(before, after, text)
        for case in (before, after):
            yield from (c._replace(kind=Kind.BORDER, text=text) for c in self._closure(case.conditions))
        for c in after.conditions:
            relation = leaving.get(str(c.polynomial))
            if relation is not None and relation != c.relation:
                rate = Quotient(self.algebra, c.polynomial, self.algebra.one).derivative()
                entering = _ENTERING.get(c.relation)
                if entering and relation in ("==", *({"<", "<="} if entering == ">=" else {">", ">="})):
                    yield Condition(rate.product, entering, Kind.BORDER, text)
                elif c.relation == "==" and relation in _LEAVING:
                    yield Condition(rate.product, _LEAVING[relation], Kind.BORDER, text)

    def _passed(self, before: Case, after: Case, text: str) -> Iterator[Condition]:
        """A case of single points of the line has neighbours only inside the line: nothing precedes its start."""
        if self.letter is None:
            return
        place = self.algebra.letters.index(self.letter)
        start = "high" if self.line == "gap" else "low"  # x falls as the gap widens
        for case, at_start in ((after, True), (before, False)):
            if any(c.relation == "==" and self._of_line(c.polynomial) for c in case.conditions):
                for c in self.algebra.facts:
                    if c.bounds(self.letter) and c.relation == ">=":
                        is_low = int(c.polynomial.derivative(place).leading_coefficient()) > 0
                        if ((start == "low") == is_low) == at_start:
                            yield c._replace(relation=">", kind=Kind.BORDER, text=text)

    def _closure(self, conditions: list[Condition]) -> Iterator[Condition]:
        """The conditions on the border of where these hold along the line, too; what does not vary along it holds as it did."""
        for c in conditions:
            if Quotient(self.algebra, c.polynomial, self.algebra.one).derivative().is_zero():
                yield c
            elif c.relation != "!=":
                yield c._replace(relation=_ENTERING.get(c.relation, c.relation))

    def point(self, values: Mapping[str, Fraction]) -> tuple[dict[str, Any], Fraction]:
        """Indeterminates' values as the family's parameters, and the point of the line (gap or stakes; 0 at parity)."""
        at: dict[str, Any] = dict(self.fixed)
        for name, domain in self.family.intervals.items():
            at[name] = values.get(name, inside(domain))
        if self.line == "gap" and self.letter:
            x = values.get(self.letter, Fraction(1, 2)) ** self.root
            return at, (1 - x) / (1 + x)
        return at, at[self.line] if moves_parameter(self.line) else Fraction(0)


def labels_of(actions: Sequence[str]) -> list[str]:
    """What the payoffs of a model with these actions are."""
    return [f"the {who}'s payoff at ({a}, {b})" for a in actions for b in actions for who in PLAYERS]


def weakness(gaps: Interval) -> Interval:
    """The interval of x = p/s that belongs to one of gaps."""
    closed = {(True, True): "both", (True, False): "left", (False, True): "right", (False, False): "neither"}
    assert gaps.high is not None
    low = (1 - gaps.high) / (1 + gaps.high)
    high = None if gaps.low == -1 else (1 - gaps.low) / (1 + gaps.low)
    return Interval(low, high, closed[gaps.includes_high, high is not None and gaps.includes_low])  # type: ignore[arg-type]


def _root_of(whole: Interval) -> Interval:
    """An interval that holds the positive roots of the numbers of ``whole``: theirs exactly if its ends are 0 and 1."""
    if whole.low in (0, 1) and whole.high in (0, 1):
        return whole
    return Interval(
        0, None if whole.high is None else max(Fraction(1), whole.high), "neither" if whole.high is None else "right"
    )


def inside(domain: Interval) -> Fraction:
    """A number of the interval."""
    return Fraction(domain.low + 1) if domain.high is None else Fraction((domain.low + domain.high) / 2)


def cells_of(game: DyadicGame, payoffs: Iterator[Any]) -> Cells:
    """The cells of a game from its payoffs one after the other; those of another game may follow."""
    size = range(len(game.actions))
    return tuple(tuple((next(payoffs), next(payoffs)) for _ in size) for _ in size)
