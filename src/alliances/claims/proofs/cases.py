"""The cases into which the payoff code splits, and when two of them are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from alliances.arithmetic.conditions import SIGNS, Condition
from alliances.claims.odds import Odds
from alliances.claims.proofs.problem import Outcome
from alliances.payoffs.dyadic import Cells

__all__ = ["Case", "Run", "common", "flat", "merged", "same_cells", "same_odds", "same_run"]

Run: TypeAlias = tuple[Cells, tuple[Odds, Odds], tuple[Odds, Odds] | None]
"""The cells of a run, the odds of the claim's profile, and those of the profile that it is compared with."""


@dataclass(frozen=True, eq=False)
class Case:
    """One way through the payoff code: its conditions, odds (those that are compared with, too) and cells."""

    number: int
    conditions: list[Condition]
    odds: tuple[Odds, Odds]
    other: tuple[Odds, Odds] | None
    cells: Cells


def merged(conditions: list[Condition]) -> list[Condition]:
    """The conditions with those on one polynomial as one: at most 0 and not 0 is below 0."""
    by_polynomial: dict[str, Condition] = {}
    for c in conditions:
        before = by_polynomial.get(str(c.polynomial), c)
        signs = SIGNS[c.relation] & SIGNS[before.relation]
        relation = next((relation for relation, possible in SIGNS.items() if possible == signs), None)
        if relation is None:  # they exclude each other: this case is empty, and a solver will find so
            return conditions
        by_polynomial[str(c.polynomial)] = c._replace(relation=relation)
    return list(by_polynomial.values())


def common(cases: list[Case]) -> list[Condition]:
    """The conditions that all the cases share."""
    shared = {(str(c.polynomial), c.relation): c for c in cases[0].conditions}
    for case in cases[1:]:
        shared = {key: c for key, c in shared.items() if key in {(str(d.polynomial), d.relation) for d in case.conditions}}
    return list(shared.values())


def flat(outcome: Run | None) -> Outcome:
    """What a run of the model gives, as what numbers are compared with."""
    if outcome is None:
        return Outcome((), marks="assumption fails")
    cells, main, other = outcome
    odds = [*main, *(other or ())]
    finite = [o.value for o in odds if o.kind == "finite"]
    return Outcome([x for row in cells for cell in row for x in cell], finite, [(o.kind, o.punishment) for o in odds])


def same_run(a: Run | None, b: Run | None) -> bool:
    """Whether two runs of a model gave the same."""
    if a is None or b is None:
        return a is b
    pairs = zip((*a[1], *(a[2] or ())), (*b[1], *(b[2] or ())), strict=True)
    return same_cells(a[0], b[0]) and all(x.punishment == y.punishment and same_odds(x, y) for x, y in pairs)


def same_odds(a: Odds, b: Odds) -> bool:
    """Whether two odds are the same function."""
    return bool(a.value.identical(b.value)) if a.kind == b.kind == "finite" else a.kind == b.kind


def same_cells(a: Cells, b: Cells) -> bool:
    """Whether all payoffs are the same functions."""
    return all(
        x.identical(y)
        for row_a, row_b in zip(a, b, strict=True)
        for cell_a, cell_b in zip(row_a, row_b, strict=True)
        for x, y in zip(cell_a, cell_b, strict=True)
    )
