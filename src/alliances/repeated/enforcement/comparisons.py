"""Equilibria of one game by comparisons alone, for number types that NumPy does not know: quotients, enclosures, fractions.

Every function decides by comparing payoffs, in a fixed order: a proof runs it once for each outcome that is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from alliances.arithmetic import Number
from alliances.payoffs.dyadic import Cells

__all__ = ["Labels", "holds_to_minmax", "indices", "is_equilibrium", "largest", "worst_equilibria"]


Labels: TypeAlias = tuple[Sequence[str], Sequence[str]]
"""The labels of the rows and of the columns."""


def indices(profile: Sequence[Any], actions: Labels) -> tuple[int, int]:
    """A profile of labels or indices as indices, or an error if the game lacks an action."""
    for action, labels in zip(profile, actions, strict=True):
        if action not in (labels if isinstance(action, str) else range(len(labels))):
            raise ValueError(
                f"prove(): the model must have the actions of the profile {tuple(profile)}; it has {tuple(labels)}"
            )
    row, column = (
        labels.index(action) if isinstance(action, str) else int(action)
        for action, labels in zip(profile, actions, strict=True)
    )
    return row, column


def largest(values: Sequence[Number], start: Number) -> Number:
    """The largest of ``start`` and ``values``."""
    for value in values:
        if value > start:
            start = value
    return start


def is_equilibrium(cells: Cells, i: int, j: int) -> bool:
    """Whether the profile (i, j) is a stage Nash equilibrium."""
    a, b = cells[i][j]
    return all(a >= row[j][0] for k, row in enumerate(cells) if k != i) and all(
        b >= cell[1] for k, cell in enumerate(cells[i]) if k != j
    )


def worst_equilibria(cells: Cells) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The pure stage equilibria that are worst for the sponsor and for the proxy; None if there is none."""
    rows, columns = range(len(cells)), range(len(cells[0]))
    last = len(cells) - 1, len(cells[0]) - 1
    conflict = cells[last[0]][last[1]]
    if is_equilibrium(cells, *last) and holds_to_minmax(cells, conflict):  # then no equilibrium is worse for either
        return last, last
    equilibria = [(i, j) for i in rows for j in columns if is_equilibrium(cells, i, j)]
    if not equilibria:
        return None
    worst_s = worst_p = equilibria[0]
    for i, j in equilibria[1:]:
        if cells[i][j][0] < cells[worst_s[0]][worst_s[1]][0]:
            worst_s = i, j
        if cells[i][j][1] < cells[worst_p[0]][worst_p[1]][1]:
            worst_p = i, j
    return worst_s, worst_p


def holds_to_minmax(cells: Cells, payoffs: tuple[Number, Number]) -> bool:
    """Whether against every action of the other, each player's best reply gives at least ``payoffs``."""
    rows, columns = range(len(cells)), range(len(cells[0]))
    return all(any(cells[k][j][0] >= payoffs[0] for k in rows) for j in columns) and all(
        any(cells[i][k][1] >= payoffs[1] for k in columns) for i in rows
    )
