"""Simplex tableaus in whole numbers: the polytope {z ≥ 0 : Pz ≤ 1} of a positive matrix P, exactly.

A tableau holds Pz + s = 1 solved for its basis, all entries multiplied by the basis's determinant. Pivots then need
whole numbers alone, each division leaves no remainder, and entries are minors of P, hence short (Edmonds 1967; Avis
2000, "lrs", in *Polytopes – Combinatorics and Computation*). Rational matrices are multiplied by a common denominator
first, which scales z and leaves the probabilities z/Σz as they are.

Ties in the ratio test are broken lexicographically by the slack columns, as if the right-hand sides were 1 + ε, 1 + ε², …
(Dantzig, Orden & Wolfe 1955). The perturbed polytope is simple, so the simplex method cannot cycle, whatever enters,
and the graph of its vertices is connected with the same degree everywhere: :func:`vertices` walks along it. Every
vertex of the polytope itself is the limit of one of the perturbed polytope, so none is lost. Their number is at most
that of McMullen's (1970) upper bound theorem, :func:`vertex_bound`.

Tableaus of large matrices with long entries are slow, and only the last one matters. So the simplex method runs in floats
first; the two systems of equations of the basis at which it ends are solved exactly, and count if they prove each other.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, gcd, lcm

import numpy as np

from alliances.arithmetic import Array

__all__ = ["Tableau", "best_strategies", "on_grid", "vertex_bound", "vertices", "whole"]

_GRID = 1 << 43
_LARGE = 30_000  # rows × columns × bits of the entries: beyond, floats find the optimal basis (20×20 with 65 bits has 26,000)
_LONG = 100_000  # the same: beyond, whole-number pivots may take ten seconds (60×60 with 53 bits has 190,000, and takes 17)
_ZERO = 1e-9  # of tableaus of payoffs scaled to 1: floats below are taken for zero; only the choice of the basis rests on it
_ANNOUNCED = (
    "alliances: the mixed minmax of a {m}×{n} game is solved in whole numbers of {bits} bits, because floats cannot tell its "
    "payoffs apart; that may take more than ten seconds"
)
_LAST = 1e-200  # the least weight of a slack's cost: slacks enter after all columns, and a weight of 0 would hide them


def whole(payoffs: Sequence[Sequence[Fraction]]) -> list[list[int]]:
    """The matrix in another unit and with another zero, so that its entries are whole, positive and short."""
    denominator = lcm(*(x.denominator for row in payoffs for x in row))
    numbers = [[x.numerator * (denominator // x.denominator) for x in row] for row in payoffs]
    low = min(map(min, numbers))
    common = gcd(*(x - low for row in numbers for x in row)) or 1
    return [[(x - low) // common + 1 for x in row] for row in numbers]


def on_grid(payoffs: Array) -> list[list[int]]:
    """Float payoffs as whole numbers from 1 on, rounded by less than 10⁻¹³ of their range.

    Payoffs that differ by rounding alone mostly become equal, so that indifferences stay what they are.
    """
    low = payoffs.min()
    scaled = (payoffs - low) / ((payoffs.max() - low) or 1.0)
    return [[round(x * _GRID) + 1 for x in row] for row in scaled.tolist()]


@dataclass
class Tableau:
    """Rows of coefficients of (z, s, 1) times ``determinant``; ``basis`` names each row's variable, z first."""

    rows: list[list[int]]
    determinant: int
    basis: list[int]

    @staticmethod
    def of(matrix: Sequence[Sequence[int]]) -> Tableau:
        """The tableau of z = 0."""
        m, n = len(matrix), len(matrix[0])
        rows = [[*row, *(int(i == k) for k in range(m)), 1] for i, row in enumerate(matrix)]
        return Tableau(rows, 1, list(range(n, n + m)))

    def leaving(self, entering: int) -> int:
        """The row that the lexicographic ratio test chooses; the polytope is bounded, so there is one."""
        candidates = [i for i, row in enumerate(self.rows) if row[entering] > 0]
        size = len(self.rows[0])
        for k in (size - 1, *range(size - 1 - len(self.rows), size - 1)):
            if len(candidates) == 1:
                break
            least = candidates[:1]
            for i in candidates[1:]:
                row, other = self.rows[i], self.rows[least[0]]
                difference = row[k] * other[entering] - other[k] * row[entering]
                if difference < 0:
                    least = [i]
                elif difference == 0:
                    least.append(i)
            candidates = least
        return candidates[0]

    def pivoted(self, leaving: int, entering: int) -> Tableau:
        """The tableau with one variable in the place of another."""
        pivot_row, determinant = self.rows[leaving], self.determinant
        pivot = pivot_row[entering]
        rows = []
        for i, row in enumerate(self.rows):
            if i == leaving:
                rows.append(row)
            elif factor := row[entering]:
                rows.append([(x * pivot - factor * y) // determinant for x, y in zip(row, pivot_row, strict=True)])
            else:
                rows.append([x * pivot // determinant for x in row])
        basis = self.basis.copy()
        basis[leaving] = entering
        return Tableau(rows, pivot, basis)


def best_strategies(matrix: Sequence[Sequence[int]]) -> tuple[Fraction, list[Fraction], list[Fraction]]:
    """The value of a positive matrix game, and optimal strategies of the maximising row and the minimising column player.

    The simplex method on max Σz s.t. Pz ≤ 1, z ≥ 0 (Dantzig 1951); the multipliers of its last tableau are the row player's
    strategy and prove that it is optimal. What may take more than ten seconds is announced on standard error.

    Examples
    --------
    >>> value, x, y = best_strategies([[3, 1], [2, 3]])
    >>> str(value), [str(p) for p in x], [str(q) for q in y]
    ('7/3', ['1/3', '2/3'], ['2/3', '1/3'])
    """
    m, n = len(matrix), len(matrix[0])
    bits = max(map(max, matrix)).bit_length()
    if m * n * bits > _LARGE:
        proved = _by_floats(matrix)
        if proved is not None:
            return proved
    if m * n * bits > _LONG:
        print(_ANNOUNCED.format(m=m, n=n, bits=bits), file=sys.stderr, flush=True)
    return _by_simplex(matrix)


def _by_simplex(matrix: Sequence[Sequence[int]]) -> tuple[Fraction, list[Fraction], list[Fraction]]:
    """:func:`best_strategies` by whole-number pivots throughout."""
    m, n = len(matrix), len(matrix[0])
    tableau = Tableau.of(matrix)
    objective = [-1] * n + [0] * (m + 1)
    while (least := min(objective[:-1])) < 0:
        entering = objective.index(least)
        leaving = tableau.leaving(entering)
        pivot_row, determinant = tableau.rows[leaving], tableau.determinant
        pivot = pivot_row[entering]
        objective = [(x * pivot - least * y) // determinant for x, y in zip(objective, pivot_row, strict=True)]
        tableau = tableau.pivoted(leaving, entering)
    total = objective[-1]
    y = [Fraction(0)] * n
    for row, variable in zip(tableau.rows, tableau.basis, strict=True):
        if variable < n:
            y[variable] = Fraction(row[-1], total)
    return Fraction(tableau.determinant, total), [Fraction(x, total) for x in objective[n:-1]], y


def _by_floats(matrix: Sequence[Sequence[int]]) -> tuple[Fraction, list[Fraction], list[Fraction]] | None:
    """:func:`best_strategies` from the basis that floats find; None if it is not optimal.

    With z and x the solutions of the binding constraints and their transpose, z ≥ 0, Pz ≤ 1, x ≥ 0, xP ≥ 1 and Σz = Σx prove
    by weak duality that both are optimal. Where no coordinate or constraint is zero but those that the basis sets to zero,
    there are no other optimal strategies; else floats that tie may choose others than whole-number pivots would.
    """
    basis = _float_basis(matrix)
    if basis is None:
        return None
    rows, columns = basis
    kernel = [[matrix[i][j] for j in columns] for i in rows]
    z = _cramer(kernel)
    x = _cramer(list(zip(*kernel, strict=True)))
    if z is None or x is None:
        return None
    (z_values, determinant), (x_values, other) = z, x
    total = sum(z_values)
    if min(z_values) < 0 or min(x_values) < 0 or determinant != other or total != sum(x_values):
        return None
    if any(sum(row[j] * v for j, v in zip(columns, z_values, strict=True)) > determinant for row in matrix):
        return None
    if any(sum(matrix[i][j] * v for i, v in zip(rows, x_values, strict=True)) < determinant for j in range(len(matrix[0]))):
        return None
    row_strategy, column_strategy = [Fraction(0)] * len(matrix), [Fraction(0)] * len(matrix[0])
    for strategy, support, values in ((row_strategy, rows, x_values), (column_strategy, columns, z_values)):
        for k, v in zip(support, values, strict=True):
            strategy[k] = Fraction(v, total)
    return Fraction(determinant, total), row_strategy, column_strategy


def _float_basis(matrix: Sequence[Sequence[int]]) -> tuple[list[int], list[int]] | None:
    """The binding rows and the positive columns at which the simplex method ends in floats, with the choices of
    :func:`_by_simplex`; None if it does not end.
    """
    m, n = len(matrix), len(matrix[0])
    top = max(map(max, matrix))
    scaled = np.array([[x / top for x in row] for row in matrix])
    table = np.block([[scaled, np.eye(m), np.ones((m, 1))], [-np.ones((1, n)), np.zeros((1, m + 1))]])
    unit = np.repeat([1.0, max(1 / top, _LAST)], [n, m])  # of the costs, which were not scaled
    basis = list(range(n, n + m))
    for _ in range(10 * (m + n)):
        costs = np.where(table[-1, :-1] < -_ZERO, table[-1, :-1] * unit, 0.0)
        if not costs.any():
            columns = sorted(k for k in basis if k < n)
            slack = {k - n for k in basis if k >= n}
            return [i for i in range(m) if i not in slack], columns
        entering = int(np.flatnonzero(costs <= costs.min() * (1 - _ZERO))[0])
        candidates = np.flatnonzero(table[:-1, entering] > _ZERO)
        if not len(candidates):
            return None
        for k in (n + m, *range(n, n + m)):
            if len(candidates) == 1:
                break
            ratios = table[candidates, k] / table[candidates, entering]
            candidates = candidates[ratios <= ratios.min() + _ZERO]
        leaving = int(candidates[0])
        row = table[leaving] / table[leaving, entering]
        table -= np.outer(table[:, entering], row)
        table[leaving] = row
        basis[leaving] = entering
    return None


def _cramer(kernel: Sequence[Sequence[int]]) -> tuple[list[int], int] | None:
    """Whole z and d > 0 with kernel · z = (d, …, d), d the determinant's size; None if that is zero.

    Fraction-free elimination (Bareiss 1968): all divisions leave no remainder.

    >>> _cramer([[0, 2], [3, 1]])
    ([1, 3], 6)
    """
    rows = [[*row, 1] for row in kernel]
    size, last = len(rows), 1
    for k in range(size):
        chosen = next((i for i in range(k, size) if rows[i][k]), None)
        if chosen is None:
            return None
        rows[k], rows[chosen] = rows[chosen], rows[k]
        pivot_row = rows[k]
        pivot = pivot_row[k]
        for i in range(k + 1, size):
            row, factor = rows[i], rows[i][k]
            rows[i] = [0] * (k + 1) + [(row[j] * pivot - factor * pivot_row[j]) // last for j in range(k + 1, size + 1)]
        last = pivot
    z = [0] * size
    for k in reversed(range(size)):
        z[k] = (last * rows[k][-1] - sum(rows[k][j] * z[j] for j in range(k + 1, size))) // rows[k][k]
    return ([-v for v in z], -last) if last < 0 else (z, last)


def vertices(matrix: Sequence[Sequence[int]]) -> dict[int, list[Fraction]]:
    """The vertices z ≠ 0 of {z ≥ 0 : Pz ≤ 1} as probabilities z/Σz, by their sets of binding constraints.

    A set is a bit mask: bit k for z_k = 0, bit n + r for the constraint of row r.

    Examples
    --------
    >>> sorted((mask, [str(x) for x in z]) for mask, z in vertices([[3, 1], [2, 3]]).items())
    [(6, ['1', '0']), (9, ['0', '1']), (12, ['2/3', '1/3'])]
    """
    n = len(matrix[0])
    first = Tableau.of(matrix)
    waiting = [first]
    visited = {sum(1 << k for k in first.basis)}
    found: dict[int, list[Fraction]] = {}
    everything = (1 << (n + len(matrix))) - 1
    while waiting:
        tableau = waiting.pop()
        basic = sum(1 << k for k in tableau.basis)
        positive = sum(1 << k for k, row in zip(tableau.basis, tableau.rows, strict=True) if row[-1])
        mask = everything & ~positive
        if mask not in found and positive & ((1 << n) - 1):
            z = [0] * n
            for row, variable in zip(tableau.rows, tableau.basis, strict=True):
                if variable < n:
                    z[variable] = row[-1]
            found[mask] = [Fraction(x, sum(z)) for x in z]
        for entering in range(n + len(matrix)):
            if basic >> entering & 1:
                continue
            leaving = tableau.leaving(entering)
            neighbour = basic ^ (1 << entering) ^ (1 << tableau.basis[leaving])
            if neighbour not in visited:
                visited.add(neighbour)
                waiting.append(tableau.pivoted(leaving, entering))
    return found


def vertex_bound(rows: int, size: int) -> int:
    """The largest number of vertices of {z ≥ 0 : Pz ≤ 1} in ``size`` dimensions (McMullen 1970).

    Examples
    --------
    >>> vertex_bound(2, 2), vertex_bound(6, 6), vertex_bound(9, 9)
    (4, 112, 1430)
    """
    facets = rows + size
    return comb(facets - (size + 1) // 2, size // 2) + comb(facets - size // 2 - 1, (size - 1) // 2)
