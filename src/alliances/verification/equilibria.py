"""Nash equilibria from the definition, for re-checks: all pairs of strategies that square subgames make indifferent.

In an extreme equilibrium each strategy is a vertex of the set of strategies and payoffs {(y, v) : Ay ≤ v, y ≥ 0, Σy = 1},
hence the only solution of as many equations as it has positive probabilities: a square subgame (a **kernel**) whose rows it
makes indifferent (Shapley & Snow 1950; Mangasarian 1964). Trying all kernels finds all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.arithmetic.tolerance import SUMMED, UNIT_SUM
from alliances.games.bimatrix import Bimatrix

__all__ = ["MOST_KERNELS", "extreme_equilibria", "kernels", "solution"]

MOST_KERNELS = 300
"""The most kernels that are tried; 5×5 games have 251."""

_CLOSE = 1e-7  # probabilities: float strategies nearer than this are one


def kernels(m: int, n: int) -> int:
    """How many square subgames there are.

    >>> kernels(5, 5)
    251
    """
    return comb(m + n, n) - 1


def extreme_equilibria(stage: Bimatrix) -> list[tuple[Array, Array]]:
    """All extreme equilibria (x, y) of one game: exact where the game is, otherwise those without regret beyond rounding."""
    exact = stage.exact
    a, b = (stage.A, stage.B) if exact else (to_float(stage.A), to_float(stage.B))
    within = [0 if exact else SUMMED * float(t) for t in stage.tolerance]
    xs, ys = _different(_vertices(b.T, exact, within[1])), _different(_vertices(a, exact, within[0]))
    pairs = []
    for x in xs:
        columns = x @ b
        for y in ys:
            rows = a @ y
            if rows.max() - x @ rows <= within[0] and columns.max() - columns @ y <= within[1]:
                pairs.append((x, y))
    return pairs


def _vertices(payoffs: Array, exact: bool, within: Any) -> Iterator[Array]:
    """The probability vectors y on the columns that make the rows of a square subgame indifferent, and no other row better."""
    rows, columns = payoffs.shape
    zero, one = (Fraction(0), Fraction(1)) if exact else (0.0, 1.0)
    for size in range(1, min(rows, columns) + 1):
        for support in combinations(range(columns), size):
            for tight in combinations(range(rows), size):
                matrix = [[*(payoffs[r, c] for c in support), -one] for r in tight] + [[one] * size + [zero]]
                found = solution(matrix, [zero] * size + [one], exact)
                if found is not None and min(found[:-1]) >= (0 if exact else -UNIT_SUM):
                    y = np.array([zero] * columns, dtype=object if exact else float)
                    y[list(support)] = found[:-1]
                    y = y if exact else np.clip(y, 0, None)
                    if (payoffs @ y).max() <= found[-1] + within:
                        yield y


def solution(matrix: list[list[Any]], right: list[Any], exact: bool) -> list[Any] | None:
    """The solution of a square system, None where there is no single one."""
    if not exact:
        try:
            found = np.linalg.solve(np.array(matrix, float), np.array(right, float))
        except np.linalg.LinAlgError:
            return None
        return found.tolist() if np.isfinite(found).all() else None
    rows = [[*row, x] for row, x in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = next((r for r in range(k, len(rows)) if rows[r][k] != 0), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for r in range(len(rows)):
            factor = rows[r][k]
            if r != k and factor != 0:
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


def _different(strategies: Iterator[Array]) -> list[Array]:
    kept: list[Array] = []
    for x in strategies:
        if not any(np.abs(to_float(x - y)).max() <= (0 if x.dtype == object else _CLOSE) for y in kept):
            kept.append(x)
    return kept
