"""Large stage games: methods whose work is counted, second ways to the same answers, and a word before what would take long.

Timing never decides a test: pivots, vertices and entries are counted instead.
"""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances.games import minmax as minmax_module
from alliances.games.minmax import matrix_value_exact
from alliances.games.nash import regret
from alliances.games.tableau import Tableau, best_strategies, on_grid, vertex_bound, vertices, whole
from alliances.repeated.contracts import liquidity
from tests.support import stage_games

matrices = st.integers(1, 4).flatmap(
    lambda m: st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(1, 4), min_size=n, max_size=n), min_size=m, max_size=m)
    )
)


def random_game(size, seed, exact=True):
    rng = np.random.default_rng(seed)
    draw = (lambda: rng.integers(-1000, 1000, (size, size))) if exact else (lambda: rng.normal(size=(size, size)))
    return al.StageGame(draw(), draw())


def solved(rows):
    """The solution of a square system with right-hand sides last, or None (Gauss-Jordan in Fractions)."""
    rows = [[Fraction(x) for x in row] for row in rows]
    for k in range(len(rows)):
        pivot = next((r for r in range(k, len(rows)) if rows[r][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for r in range(len(rows)):
            if r != k:
                rows[r] = [x - rows[r][k] * y for x, y in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


def vertices_by_definition(matrix):
    """All points where n independent constraints bind and none is violated: every choice of n is tried."""
    m, n = len(matrix), len(matrix[0])
    constraints = [[int(k == j) for j in range(n)] + [0] for k in range(n)] + [[*row, 1] for row in matrix]
    found = {}
    for chosen in itertools.combinations(range(m + n), n):
        z = solved([constraints[k] for k in chosen])
        if z is None or min(z) < 0 or not any(z):
            continue
        slack = [1 - sum(p * q for p, q in zip(row, z, strict=True)) for row in matrix]
        if min(slack) >= 0:
            mask = sum(1 << k for k, x in enumerate([*z, *slack]) if x == 0)
            found[mask] = [x / sum(z) for x in z]
    return found


# -- vertices ----------------------------------------------------------------------------------------------------------


@given(matrices)
def test_vertices_by_definition(matrix):
    assert vertices(matrix) == vertices_by_definition(matrix)


@given(matrices, st.integers(2, 9))
def test_vertices_do_not_depend_on_the_unit(matrix, factor):
    assert vertices([[factor * x for x in row] for row in matrix]) == vertices(matrix)


@given(matrices, st.randoms(use_true_random=False))
def test_vertices_follow_the_labels(matrix, random):
    columns = list(range(len(matrix[0])))
    random.shuffle(columns)
    moved = vertices([[row[k] for k in columns] for row in matrix])
    assert sorted(moved.values()) == sorted([z[k] for k in columns] for z in vertices(matrix).values())


@pytest.mark.parametrize(("rows", "size"), [(3, 3), (4, 4), (2, 5), (5, 2)])
def test_the_bound_holds_and_is_attained_by_cyclic_polytopes(rows, size):
    # Gale's condition, counted: the facets of the cyclic polytope with rows + size vertices, the dual of the worst case
    labels = range(rows + size)
    facets = 0
    for chosen in map(set, itertools.combinations(labels, size)):
        others = [k for k in labels if k not in chosen]
        facets += all(sum(i < k < j for k in chosen) % 2 == 0 for i, j in itertools.combinations(others, 2))
    assert vertex_bound(rows, size) == facets
    rng = np.random.default_rng(rows)
    for _ in range(20):
        assert len(vertices(rng.integers(1, 99, (rows, size)).tolist())) < facets


def test_one_pivot_per_vertex(monkeypatch):
    """Not one per basis: C(18, 9) = 48 620 of them would have to be tried for a 9×9 game."""
    count = 0
    pivoted = Tableau.pivoted

    def counted(self, leaving, entering):
        nonlocal count
        count += 1
        return pivoted(self, leaving, entering)

    monkeypatch.setattr(Tableau, "pivoted", counted)
    for size in (6, 8, 9):
        count = 0
        random_game(size, size).nash()
        assert 0 < count <= 2 * vertex_bound(size, size)


def test_one_pivot_per_vertex_where_many_constraints_meet(monkeypatch):
    """Lexicographic ties: not every basis of a degenerate vertex is visited."""
    count = 0
    pivoted = Tableau.pivoted

    def counted(self, leaving, entering):
        nonlocal count
        count += 1
        return pivoted(self, leaving, entering)

    monkeypatch.setattr(Tableau, "pivoted", counted)
    for seed in range(5):
        count = 0
        vertices(np.random.default_rng(seed).integers(1, 3, (8, 8)).tolist())
        assert count < vertex_bound(8, 8) / 2


# -- all equilibria ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [5, 6, 8, 9])
def test_equilibria_of_large_games(size):
    game = random_game(size, size)
    found = game.nash()
    assert not found.degenerate
    assert len(found) % 2 == 1  # Wilson 1971
    assert all(regret(game, e.x, e.y) == (0, 0) for e in found)
    rough = game.to_float().nash()
    assert len(rough) == len(found)
    for e, f in zip(found, rough, strict=True):
        assert np.abs(e.x.astype(float) - f.x).max() < 1e-9


@pytest.mark.parametrize("size", range(1, 8))
def test_coordination_has_an_equilibrium_on_every_set_of_actions(size):
    # Quint & Shubik 1997: 2ⁿ − 1 equilibria of the identity game, each uniform on a set of actions that both play
    found = al.StageGame(np.eye(size, dtype=int), np.eye(size, dtype=int)).nash()
    supports = {tuple(np.flatnonzero(e.x)) for e in found}
    assert len(found) == len(supports) == 2**size - 1
    assert all((e.x == e.y).all() and set(e.x.tolist()) <= {0, Fraction(1, int(np.count_nonzero(e.x)))} for e in found)


@pytest.mark.slow
@given(stage_games(most=3))
def test_nashpys_vertex_enumeration_finds_the_same(game):
    """Nashpy's polytopes come from Qhull in floating point; its pairs are ours as far as it finds them."""
    from nashpy.algorithms.vertex_enumeration import vertex_enumeration
    from scipy.spatial import QhullError

    ours = [np.concatenate([e.x, e.y]).astype(float) for e in game.nash()]
    scaled = [(p - p.min()) / (np.ptp(p) or 1.0) + 1.0 for p in (x.astype(float) for x in (game.A, game.B))]
    try:
        theirs = [np.concatenate(pair) for pair in vertex_enumeration(*scaled)]
    except QhullError:
        return  # a single action
    for pair in theirs:
        assert any(np.abs(pair - e).max() < 1e-7 for e in ours)
    for e in ours:
        assert any(np.abs(pair - e).max() < 1e-7 for pair in theirs)


def test_indifference_up_to_rounding_stays_one():
    # 0.1 + 0.2 ≠ 0.3: the sponsor is indifferent, so there is a segment of equilibria, and its two ends are listed
    a = np.zeros((7, 7)) - 1
    b = np.zeros((7, 7)) - 1
    a[:2, 0] = 0.1 + 0.2, 0.3
    b[:2, 0] = 1.0
    rounded = al.StageGame(np.where(a > 0, 0.3, a), b)
    assert {(tuple(e.x), tuple(e.y)) for e in al.StageGame(a, b).nash()} == {(tuple(e.x), tuple(e.y)) for e in rounded.nash()}


def test_the_mixed_end_of_a_segment_is_found_up_to_rounding():
    # the proxy is indifferent against the sponsor's first action, but for rounding: ((1, 0), (q, 1 − q)) for q ≥ 1/2
    found = al.StageGame([[1.0, 1.0], [0.0, 2.0]], [[0.3, 0.1 + 0.2], [0.0, 1.0]]).nash()
    assert al.verify(found)
    assert any(np.abs(e.x - [1, 0]).max() < 1e-9 and np.abs(e.y - [0.5, 0.5]).max() < 1e-9 for e in found)


@pytest.mark.parametrize("shape", [(11, 11), (4, 200), (60, 60)])
def test_too_large_is_said_before_it_starts(shape, monkeypatch):
    monkeypatch.setattr("alliances.games.nash.vertices", None)
    for kind in (int, float):
        with pytest.raises(ValueError, match=rf"nash\(\): stage must .* got {shape[0]}×{shape[1]} with up to \d+\. Leave out"):
            al.StageGame(np.zeros(shape, kind), np.zeros(shape, kind)).nash()


def test_reversion_to_mixed_equilibria_of_a_batch_of_five_by_five_games():
    rng = np.random.default_rng(5)
    exact = al.StageGame(*rng.integers(-9, 9, (2, 5, 5, 5)))
    grim = al.NashReversion(mixed=True)
    together = al.critical_discount(exact.to_float(), enforcement=grim)
    for k in range(5):
        assert together.dyad[k] == pytest.approx(float(al.critical_discount(exact[k], enforcement=grim).dyad), abs=1e-9)


# -- minmax ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [6, 24, 60])
def test_mixed_minmax_of_large_float_games_is_a_linear_programme(size, monkeypatch):
    monkeypatch.setattr(minmax_module, "best_strategies", None)  # the exact method is not needed
    found = random_game(size, 1, exact=False).minmax(mixed=True)
    assert al.verify(found)


@pytest.mark.parametrize(("size", "seed"), [(7, 0), (12, 1), (24, 2)])
def test_mixed_minmax_of_large_games_exactly_and_in_floats(size, seed):
    game = random_game(size, seed)
    exact, rough = game.minmax(mixed=True), game.to_float().minmax(mixed=True)
    assert al.verify(exact)
    assert al.verify(rough)
    assert rough.sponsor == pytest.approx(float(exact.sponsor), abs=1e-10)
    # the players' zero-sum games by the two strategies, from the definition
    assert (game.A.T @ exact.securing_sponsor).min() == (game.A @ exact.against_sponsor).max() == exact.sponsor


def test_a_symmetric_game_has_value_zero():
    rng = np.random.default_rng(7)
    a = rng.integers(-99, 99, (30, 30))
    a = a - a.T
    assert matrix_value_exact(a)[0] == 0
    assert al.StageGame(a.astype(float), a.astype(float)).minmax(mixed=True).sponsor == pytest.approx(0, abs=1e-10)


@given(matrices)
def test_best_strategies_prove_each_other(matrix):
    value, x, y = best_strategies(matrix)
    p = np.array(matrix, dtype=object)
    assert min(x) >= 0
    assert min(y) >= 0
    assert sum(x) == sum(y) == 1
    assert (np.array(x) @ p).min() == (p @ np.array(y)).max() == value


def test_payoffs_of_very_different_size():
    rng = np.random.default_rng(9)
    for _ in range(3):
        found = al.StageGame(*(10.0 ** rng.normal(size=(2, 12, 12), scale=4))).minmax(mixed=True)
        assert al.verify(found)


def test_whole_numbers_keep_the_game():
    entries = [[Fraction(1, 3), Fraction(-1, 2)], [Fraction(5, 6), Fraction(1, 3)]]
    assert whole(entries) == [[6, 1], [9, 6]]
    grid = on_grid(np.array([[0.1 + 0.2, 0.0], [0.3, 1.0]]))
    assert grid[0][0] == grid[1][0]
    assert min(map(min, grid)) == 1


# -- contracts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_critical_discounts_of_all_profiles_are_those_of_each(seed, every):
    for game in (random_game(5, seed), random_game(5, seed).to_float()):
        contracts = al.relational_contracts(game)
        table = contracts.critical_discounts(every_period=every)
        for i, j in np.ndindex(5, 5):
            assert table[i, j] == contracts.critical_discount((i, j), every_period=every)


def test_critical_discounts_ask_each_profile_at_each_punishment_once(monkeypatch):
    """And not at each of the 400 levels."""
    game = random_game(20, 3)
    contracts = al.relational_contracts(game)
    sizes = []
    once = liquidity._discount

    def counted(requirement, surplus, tolerance):
        sizes.append(np.broadcast(requirement, surplus).size)
        return once(requirement, surplus, tolerance)

    monkeypatch.setattr(liquidity, "_discount", counted)
    contracts.critical_discounts()
    levels = contracts._levels
    punishments = len(set(zip(levels.sponsor.tolist(), levels.proxy.tolist(), strict=True)))
    assert sizes == [400 * punishments]
    assert punishments < 40
