"""Mixed minmax of exact games by the basis that floats find: the same numbers as whole-number pivots, or those pivots."""

import random
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from alliances.games import tableau
from alliances.games.tableau import Tableau, best_strategies, on_grid, whole

KINDS = ("fractions", "53 bits", "ties", "saddle", "zero row", "twins", "symmetric", "two sizes", "constant")


def random_matrix(seed):
    """A positive matrix of 2 to 8 rows and columns, degenerate in many ways."""
    draw = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    m, n = draw.randint(2, 8), draw.randint(2, 8)
    n = m if kind == "symmetric" else n
    entry = {
        "fractions": lambda: Fraction(draw.randint(-99, 99), draw.randint(1, 99)),
        "ties": lambda: Fraction(draw.randint(-2, 2)),
        "two sizes": lambda: Fraction(draw.gauss(0, 1)) * 10 ** draw.choice((0, 400)),
        "constant": lambda: Fraction(1, 3),
    }.get(kind, lambda: Fraction(draw.gauss(0, 1)))
    rows = [[entry() for _ in range(n)] for _ in range(m)]
    if kind == "saddle":
        rows[0] = [max(map(max, rows)) + abs(x) for x in rows[0]]
    elif kind == "zero row":
        rows[draw.randrange(m)] = [Fraction(0)] * n
    elif kind == "twins":
        rows[-1] = rows[0].copy()
        rows = [[*row, row[0]] for row in rows]
    elif kind == "symmetric":
        rows = [[rows[i][j] - rows[j][i] for j in range(n)] for i in range(m)]
    return whole(rows)


def unique(matrix, value, x, y):
    """Whether no other strategies are optimal: all actions that are not played are worse, and as many rows as columns are."""
    replies = [sum(p * q for p, q in zip(row, y, strict=True)) for row in matrix]
    columns = [sum(p * row[j] for p, row in zip(x, matrix, strict=True)) for j in range(len(y))]
    rows_tied, columns_tied = replies.count(value), columns.count(value)
    return rows_tied == columns_tied == sum(p > 0 for p in x) == sum(q > 0 for q in y)


@pytest.fixture(name="always")
def _always(monkeypatch):
    """Small matrices are solved by floats, too."""
    monkeypatch.setattr(tableau, "_LARGE", 0)


@pytest.mark.parametrize("part", range(6))
def test_floats_choose_a_basis_and_whole_numbers_prove_it(part):
    accepted = same = 0
    for seed in range(part * 90, part * 90 + 90):
        matrix = random_matrix(seed)
        before, found = tableau._by_simplex(matrix), tableau._by_floats(matrix)
        if found is None:
            continue
        accepted += 1
        value, x, y = found
        assert min(x) >= 0 <= min(y)
        assert sum(x) == sum(y) == 1
        p = np.array(matrix, dtype=object)
        assert (np.array(x) @ p).min() == (p @ np.array(y)).max() == value == before[0]
        if unique(matrix, *before):
            same += 1
            assert found == before
    assert accepted > 75
    assert same > 40


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", range(0, 45, 5))
def test_a_wrong_basis_is_not_taken(seed, monkeypatch):
    matrix = random_matrix(seed)
    before = tableau._by_simplex(matrix)
    m, n = len(matrix), len(matrix[0])
    for rows, columns in [([0], [j]) for j in range(n)] + [([0, i], [0, 1]) for i in range(1, m)]:
        monkeypatch.setattr(tableau, "_float_basis", lambda _, chosen=(rows, columns): chosen)
        value, x, y = best_strategies(matrix)
        p = np.array(matrix, dtype=object)
        assert (np.array(x) @ p).min() == (p @ np.array(y)).max() == value == before[0]
    monkeypatch.setattr(tableau, "_float_basis", lambda _: None)
    assert best_strategies(matrix) == before


@pytest.mark.parametrize("wrong", ["primal", "dual"])
def test_one_feasible_half_is_no_proof(wrong, monkeypatch):
    matrix = [[3, 1], [2, 4]] if wrong == "dual" else [[3, 4], [4, 1]]
    monkeypatch.setattr(tableau, "_float_basis", lambda _: ([0], [0]))
    assert tableau._by_floats(matrix) is None
    assert tableau._by_floats([[3, 4], [2, 1]]) == (Fraction(3), [1, 0], [1, 0])


@pytest.mark.parametrize("scale", [1, Fraction(1, 3), 10**400])
def test_large_games_with_long_entries_need_no_pivots_in_whole_numbers(scale, monkeypatch):
    rng = np.random.default_rng(3)
    a, b = ([[scale * Fraction(x) for x in row] for row in rng.normal(size=(26, 25)).tolist()] for _ in range(2))
    game = al.StageGame(a, b)
    before = [tableau._by_simplex(whole(rows)) for rows in (a, list(zip(*b, strict=True)))]
    monkeypatch.setattr(Tableau, "pivoted", None)
    found = game.minmax(mixed=True)
    assert found.securing_sponsor.tolist() == before[0][1]
    assert found.against_sponsor.tolist() == before[0][2]
    assert found.securing_proxy.tolist() == before[1][1]
    assert found.against_proxy.tolist() == before[1][2]
    assert al.verify(found)


def test_determinants_by_fraction_free_elimination():
    rng = np.random.default_rng(0)
    for size in range(1, 7):
        kernel = rng.integers(-9, 10, (size, size)).tolist()
        found = tableau._cramer(kernel)
        determinant = round(abs(np.linalg.det(kernel)))
        assert (0 if found is None else found[1]) == determinant
        if found:
            assert [sum(a * z for a, z in zip(row, found[0], strict=True)) for row in kernel] == [determinant] * size
    assert tableau._cramer([[1, 2], [2, 4]]) is None


@pytest.mark.usefixtures("always")
def test_payoffs_on_a_grid_are_solved_the_same_way():
    rng = np.random.default_rng(1)
    matrix = on_grid(rng.normal(size=(30, 20)))
    assert best_strategies(matrix) == tableau._by_simplex(matrix)


@pytest.mark.usefixtures("always")
def test_what_takes_long_is_announced_before_it_begins(monkeypatch, capsys):
    matrix = next(m for m in map(random_matrix, range(900)) if tableau._by_floats(m) is None and len(m) == 5)
    best_strategies(matrix)
    assert capsys.readouterr().err == ""  # it is small
    monkeypatch.setattr(tableau, "_LONG", 0)
    said = []
    plain = tableau._by_simplex
    monkeypatch.setattr(tableau, "_by_simplex", lambda given: said.append(capsys.readouterr().err) or plain(given))
    assert best_strategies(matrix) == plain(matrix)
    assert f"the mixed minmax of a 5×{len(matrix[0])} game is solved in whole numbers of " in said[0]
    assert "ten seconds" in said[0]
