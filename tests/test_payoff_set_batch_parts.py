"""Parts of the solvers of payoff sets: what is handed from batches to single games, empty sets, rules in other arithmetics."""

from decimal import Decimal
from fractions import Fraction as F

import numpy as np
import pytest

from alliances import StageGame
from alliances.arithmetic.tolerance import TIE, payoff_tolerance
from alliances.repeated.payoff_sets import batch as payoff_set_batch
from alliances.repeated.payoff_sets import floating
from alliances.repeated.payoff_sets.batch import _in_arrays, _padded, _same_origins, solve_batch
from alliances.repeated.payoff_sets.floating import in_decimals, solve_float
from alliances.repeated.payoff_sets.operator import Rules
from alliances.repeated.payoff_sets.operator_arrays import ArrayRules
from alliances.repeated.payoff_sets.operator_batch import widened
from alliances.repeated.payoff_sets.solve import payoff_set


def scaled(matrix):
    """Payoffs in Fractions, from the smallest 0 to the largest 1."""
    rows = [[F(x) for x in row] for row in matrix]
    low, high = min(map(min, rows)), max(map(max, rows))
    return [[(x - low) / (high - low) for x in row] for row in rows]


def rules_by_definition(a, b, discount, tolerance):
    """g, d, h and the minmax payoffs of a game in [0, 1], profile by profile."""
    rows, columns = range(len(a)), range(len(a[0]))
    profiles = [(i, j) for i in rows for j in columns]
    g = [(a[i][j], b[i][j]) for i, j in profiles]
    d = [(max(a[k][j] for k in rows), max(b[i])) for i, j in profiles]
    h = [tuple((y - x) * (1 - discount) / discount if y - x > tolerance else 0 for x, y in zip(*pair, strict=True))
         for pair in zip(g, d, strict=True)]  # fmt: skip
    minmax = min(max(a[i][j] for i in rows) for j in columns), min(max(b[i]) for i in rows)
    return g, d, h, minmax


def games(seed, count, m, n):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(2, count, m, n)) * np.array([3.0, 0.25])[:, None, None, None]
        + np.array([5.0, -40.0])[:, None, None, None]
    )


def without_compiler(monkeypatch):
    """And with few steps for all games together, so that some are left."""
    for module in (payoff_set_batch, floating):
        monkeypatch.setattr(module, "kernels", lambda: None)
    monkeypatch.setattr(payoff_set_batch, "_STEPS", 2)


# -- from batches to single games --------------------------------------------------------------------------------------


def test_games_that_are_finished_alone_are_those_of_the_batch(monkeypatch):
    # 2×3 games with other units and levels for both players
    without_compiler(monkeypatch)
    a, b = games(1, 24, 2, 3)
    delta = np.linspace(0.45, 0.75, 24)
    handed = []

    def solved(rules, unrounded):
        handed.append((rules, unrounded()))
        return solve_float(rules, unrounded)

    monkeypatch.setattr(payoff_set_batch, "solve_float", solved)
    sets = solve_batch(StageGame(a, b), delta)
    assert sets.converged.all()
    assert handed
    for rules, exact in handed:
        assert isinstance(rules, Rules)  # fewer than 25 profiles: lists
        k = int(np.flatnonzero(delta == rules.discount)[0])
        largest = max(np.abs(x[k]).max() / np.ptp(x[k]) for x in (a, b))
        assert rules.tolerance == pytest.approx(payoff_tolerance(1.0, largest), rel=1e-15)
        assert exact.tolerance == F(rules.tolerance)
        assert exact.discount == F(float(delta[k]))
        g, d, h, minmax = rules_by_definition(scaled(a[k].tolist()), scaled(b[k].tolist()), exact.discount, exact.tolerance)
        assert (exact.g, exact.d, exact.h, exact.minmax) == (g, d, h, minmax)
        for rough, fine in ((rules.g, g), (rules.d, d), (rules.h, h), ([rules.minmax], [minmax])):
            assert np.array(rough) == pytest.approx(np.array(fine, dtype=float), abs=1e-13)
        single = payoff_set(StageGame(a[k], b[k]), float(delta[k]))
        assert sets.count[k] == len(single.vertices)
        assert sets.vertices[k, : sets.count[k]] == pytest.approx(np.asarray(single.vertices), abs=1e-9)


def test_a_game_that_does_not_settle_says_so_in_its_place(monkeypatch):
    without_compiler(monkeypatch)
    a, b = games(1, 24, 2, 3)
    delta = np.linspace(0.45, 0.75, 24)
    places = []

    def unsettled(rules, unrounded):
        places.append(int(np.flatnonzero(delta == rules.discount)[0]))
        solution = solve_float(rules, unrounded)
        return floating.replace(solution, converged=False)

    monkeypatch.setattr(payoff_set_batch, "solve_float", unsettled)
    sets = solve_batch(StageGame(a, b), delta)
    assert np.flatnonzero(~sets.converged).tolist() == sorted(places)
    assert 0 < len(places) < 24


PENNIES = np.array([[1.0, -1.0], [-1.0, 1.0]])


def parts(a, b, delta):
    """The arguments of ``_in_arrays`` for games with payoffs in [0, 1]."""
    count, m, n = a.shape
    g = np.stack([a, b], axis=-1).reshape(count, m * n, 2)
    d = np.stack(
        [np.broadcast_to(a.max(axis=1, keepdims=True), a.shape), np.broadcast_to(b.max(axis=2, keepdims=True), b.shape)], -1
    )
    d = d.reshape(g.shape)
    minmax = np.stack([a.max(axis=1).min(axis=1), b.max(axis=2).min(axis=1)], axis=-1)
    return g, d, (d - g) * ((1 - delta) / delta)[:, None, None], delta, np.full((count, 1), 1e-12), minmax


def test_empty_sets_are_no_vertices():
    unit = (PENNIES + 1) / 2
    empty = parts(np.stack([unit] * 3), np.stack([1 - unit] * 3), np.array([0.3, 0.5, 0.6]))
    vertices, count, left = _in_arrays(*empty, np.arange(3), 0)
    assert vertices.shape == (3, 1, 2)
    assert np.isnan(vertices).all()
    assert count.tolist() == [0, 0, 0]
    assert left.tolist() == []
    sets = solve_batch(StageGame(np.stack([PENNIES] * 2), np.stack([-PENNIES] * 2)), np.array([0.0, 0.5]))
    assert sets.vertices.shape == (2, 1, 2)
    assert sets.kind.tolist() == ["empty", "empty"]
    assert np.isnan(sets.punishments).all()
    assert sets.area.tolist() == [0.0, 0.0]


def test_only_the_games_that_are_named_are_solved():
    # the second of the Prisoners' Dilemma in [0, 1] at three discount factors, with one that has no equilibrium
    a = np.array([[8.0, 0.0], [9.0, 2.0]]) / 9
    unit = (PENNIES + 1) / 2
    delta = np.array([0.1, 0.3, 0.5, 0.8])
    arguments = parts(np.stack([a, a, unit, a]), np.stack([a.T, a.T, 1 - unit, a.T]), delta)
    vertices, count, left = _in_arrays(*arguments, np.array([1, 2, 3]), 0)
    assert left.tolist() == []
    assert count[1] == 0
    for k, game in ((0, 1), (2, 3)):
        single = payoff_set(StageGame(a, a.T), float(delta[game]))
        assert vertices[k, : count[k]] == pytest.approx(np.asarray(single.vertices), abs=1e-9)


def test_rings_are_padded_and_compared():
    ring = np.arange(12.0).reshape(2, 3, 2)
    assert _padded(ring, 3) is ring
    assert _padded(ring, 2) is ring
    wide = _padded(ring, 5)
    assert wide.shape == (2, 5, 2)
    assert np.array_equal(wide[:, :3], ring)
    assert np.isnan(wide[:, 3:]).all()
    assert np.array_equal(widened(ring, 5), ring[:, [0, 1, 2, 2, 2]])
    assert np.array_equal(widened(ring, 2), ring[:, :2])
    # origins are the same if they are so with the last repeated, whichever is wider
    last, now = np.array([[1, 2, 3], [1, 2, 3], [1, 2, 2]]), np.array([[1, 2, 3, 3], [1, 2, 3, 4], [1, 2, 2, 2]])
    assert _same_origins(last, now).tolist() == _same_origins(now, last).tolist() == [True, False, True]
    assert _same_origins(None, now).tolist() == [False, False, False]


# -- rules -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("discount", [0.25, 0.5, 0.875])
def test_rules_in_all_arithmetics_are_their_definition(discount):
    a, b = games(5, 1, 3, 2)[:, 0]
    tolerance = 2.0**-40
    one, other = scaled(a.tolist()), scaled(b.tolist())
    one[0][0] = (
        one[1][0] - F(tolerance) / 2 if one[1][0] > one[2][0] else one[2][0] - F(tolerance) / 2
    )  # a temptation of nothing
    exact = Rules.of(one, other, F(discount), F(tolerance))
    g, d, h, minmax = rules_by_definition(one, other, F(discount), F(tolerance))
    assert (exact.g, exact.d, exact.h, exact.minmax) == (g, d, h, minmax)
    assert (exact.discount, exact.tolerance, exact.tie) == (F(discount), F(tolerance), TIE)
    assert Rules.of(one, other, F(discount), F(0)).tie == 0
    assert any(0 in pair for pair in h)
    assert any(0 not in pair for pair in h)
    # arrays of floats, and their lists
    arrays = ArrayRules.of(np.array(one, dtype=float), np.array(other, dtype=float), discount, tolerance)
    lists = arrays.rules
    for found, wanted in ((arrays.g, g), (arrays.d, d), (arrays.h, h), (arrays.minmax, minmax)):
        assert found == pytest.approx(np.array(wanted, dtype=float), abs=1e-15)
    assert (lists.g, lists.d, lists.h) == tuple([tuple(p) for p in x.tolist()] for x in (arrays.g, arrays.d, arrays.h))
    assert (lists.discount, lists.minmax, lists.tolerance, lists.tie) == (
        discount,
        tuple(arrays.minmax.tolist()),
        tolerance,
        TIE,
    )
    # decimal numbers: those of Fractions to 80 digits, those of floats exactly
    decimals = in_decimals(exact)
    for found, wanted in ((decimals.g, g), (decimals.d, d), (decimals.h, h), ([decimals.minmax], [minmax])):
        for p, q in zip(found, wanted, strict=True):
            for x, y in zip(p, q, strict=True):
                assert isinstance(x, Decimal)
                assert abs(F(x) - y) <= F(1, 10**79)
    assert F(decimals.discount) == F(discount)
    assert F(decimals.tolerance) == F(tolerance)
    assert decimals.tie == Decimal("1e-74")
    of_floats = in_decimals(lists)
    assert [tuple(map(float, p)) for p in of_floats.h] == lists.h
    assert in_decimals(Rules.of(one, other, F(discount), F(0))).tolerance == Decimal("1e-50")


def test_next_to_impatience_nothing_overflows():
    a = np.array([[0.5, 0.0], [1.0, 0.25]])
    for tiny in (5e-324, 1e-301):
        arrays = ArrayRules.of(a, a.T, tiny, 1e-12)
        lists = Rules.of(a.tolist(), a.T.tolist(), tiny, 1e-12)
        # temptations are at most 1/2: less than 1e300 times that is owed
        assert arrays.h.max() == max(max(pair) for pair in lists.h) == 0.5 * 1e300
        assert (arrays.h[3] == 0).all()
        assert lists.h[3] == (0, 0)
