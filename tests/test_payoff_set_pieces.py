"""Payoff sets: batches in chunks, sentences in full, boundaries of polygons, the way to a limit, errors of Newton's method."""

from fractions import Fraction as F

import numpy as np
import pytest

from alliances import StageGame
from alliances.arithmetic.tolerance import EPSILON
from alliances.repeated.payoff_sets import batch as payoff_set_batch
from alliances.repeated.payoff_sets import floating
from alliances.repeated.payoff_sets.batch import _limits, solve_batch
from alliances.repeated.payoff_sets.fixed_point import FLOATS, Structure, newton
from alliances.repeated.payoff_sets.floating import _Path
from alliances.repeated.payoff_sets.operator import Origin, Rules
from alliances.repeated.payoff_sets.polygon import chains
from alliances.repeated.payoff_sets.solve import payoff_set

NEAR = 1e-9  # what is promised, as a share of the payoff range


# -- batches -----------------------------------------------------------------------------------------------------------


def mixed_games(count):
    """Games 2×3 with sets of all kinds, and their discount factors."""
    draw = np.random.default_rng(7)
    return draw.integers(-3, 4, (count, 2, 3)).astype(float), draw.integers(-3, 4, (count, 2, 3)).astype(float)


@pytest.mark.parametrize("compiled", [True, False])
def test_chunks_of_three_are_the_games_one_by_one(compiled, monkeypatch):
    monkeypatch.setattr(payoff_set_batch, "_CHUNK", 3)
    if not compiled:
        monkeypatch.setattr(payoff_set_batch, "kernels", lambda: None)
    a, b = mixed_games(10)  # the last chunk is a game
    delta = np.linspace(0.1, 0.9, 10)
    calls = []
    solve = payoff_set_batch._solve
    monkeypatch.setattr(payoff_set_batch, "_solve", lambda g, *rest: calls.append(len(g)) or solve(g, *rest))
    sets = solve_batch(StageGame(a, b), delta)
    assert calls == [3, 3, 3, 1]
    assert sets.count.shape == sets.converged.shape == (10,)
    assert len(set(sets.count.tolist())) > 2
    assert sets.vertices.shape == (10, sets.count.max(), 2)
    for k in range(10):
        alone = payoff_set(StageGame(a[k], b[k]), float(delta[k]))
        ring = np.array(alone.vertices, float).reshape(-1, 2)
        assert (sets.count[k], sets.kind[k], sets.converged[k]) == (len(ring), alone.kind, alone.converged)
        assert np.allclose(sets.vertices[k, : len(ring)], ring, rtol=0, atol=6 * NEAR)  # payoffs range over 6
        assert np.isnan(sets.vertices[k, len(ring) :]).all()
        if len(ring):
            assert sets.punishments[k].tolist() == sets.vertices[k, : len(ring)].min(axis=0).tolist()
        else:
            assert np.isnan(sets.punishments[k]).all()


def test_limits_of_structures_are_found_in_batches(monkeypatch):
    """What the single-game solver finds as the fixed point of a structure, a batch does too, beside games without one."""
    monkeypatch.setattr(payoff_set_batch, "kernels", lambda: None)
    monkeypatch.setattr(floating, "kernels", lambda: None)
    monkeypatch.setattr(payoff_set_batch, "_FEW", 0)
    a, b = (x[:, :, :2] for x in mixed_games(80))
    alone = [payoff_set(StageGame(a[k], b[k]), 0.8) for k in range(80)]
    solved = []

    def recorded(state, *rest):
        limit, good = _limits(state, *rest)
        solved.extend(state.number[good].tolist())
        return limit, good

    monkeypatch.setattr(payoff_set_batch, "_limits", recorded)
    sets = solve_batch(StageGame(a, b), 0.8)
    structured = [k for k in range(80) if alone[k].method == "fixed point of the structure"]
    assert len(structured) > 4
    assert set(structured) <= set(solved)
    for k in structured:
        ring = np.array(alone[k].vertices)
        assert np.allclose(sets.vertices[k, : sets.count[k]], ring, rtol=0, atol=6 * NEAR)


# -- sentences ---------------------------------------------------------------------------------------------------------


def test_a_set_of_unequal_players_in_full():
    """By hand: both can be held to their stage equilibrium, (3, 1); at δ = 1/2 the Dilemma's corners on its edges."""
    stage = StageGame([[9, 1], [10, 3]], [[5, 6], [0, 1]], actions=(("stay", "leave"), ("fight", "hide")))
    text = str(payoff_set(stage, F(1, 2)))
    lines = text.splitlines()
    assert lines[0] == "Equilibrium payoffs at discount factor 1/2: a polygon"
    assert lines[2] == "  worst payoffs              3 (sponsor), 1 (proxy)"
    assert lines[3] == "  profiles on path           (stay, fight), (stay, hide), (leave, fight), (leave, hide)"
    assert lines[4] == "  proved: Every vertex is exact, proved from inside and outside in rational arithmetic."
    assert lines[1].startswith("  vertices (sponsor, proxy)  (3, 1) ")
    assert "(9, 5)" in lines[1]
    assert len(lines) == 5


# -- boundaries of polygons --------------------------------------------------------------------------------------------


POLYGONS = {
    "square": [(0, 0), (2, 0), (2, 2), (0, 2)],
    "slanted": [(0, 1), (1, 0), (3, 0), (4, 2), (4, 3), (1, 5), (0, 4)],
    "triangle": [(0, 0), (3, 1), (1, 4)],
    "segment": [(0, 0), (2, 1)],
    "upright": [(1, 0), (1, 3)],
    "point": [(2, 3)],
}


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", POLYGONS)
def test_chains_are_the_lower_and_the_upper_boundary(name, axis):
    """At each of its vertices a chain is the least, or largest, other coordinate of the polygon on that line."""
    polygon = [(F(x), F(y)) for x, y in POLYGONS[name]]
    found = chains(polygon, axis)
    other = 1 - axis
    values = sorted({p[axis] for p in polygon})

    def on_line(value):
        """The other coordinates of the edges' points on a line."""
        points = [p[other] for p in polygon if p[axis] == value]
        for p, q in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
            if min(p[axis], q[axis]) < value < max(p[axis], q[axis]):
                points.append(p[other] + (value - p[axis]) / (q[axis] - p[axis]) * (q[other] - p[other]))
        return points

    for chain, at, best in ((found.low, found.low_at, min), (found.high, found.high_at, max)):
        assert at == [polygon[i][axis] for i in chain]
        assert at == sorted(set(at))
        assert (at[0], at[-1]) == (values[0], values[-1])
        expected = [v for v in values if any(p[axis] == v and p[other] == best(on_line(v)) for p in polygon)]
        assert at == expected
        assert [polygon[i][other] for i in chain] == [best(on_line(v)) for v in expected]


# -- the way to a limit ------------------------------------------------------------------------------------------------


def way(discount, accuracy=FLOATS, length=1.0):
    """A way by ``length`` to the right on a line, with nothing else to be known."""
    nothing = Rules([], [], [], discount, (0.0, 0.0), 0.0)
    return _Path(nothing, None, accuracy, [(0.0, 0.0)], (0.0, 0.0), [], [(length, 0.0)], (0.0, 0.0), 0.0)


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.9, 1 - 1e-6])
@pytest.mark.parametrize("right", [0.25, 1 / 3, 0.75, 0.9999])
def test_the_share_is_the_furthest_set_that_contains_less_its_rounding(discount, right, monkeypatch):
    """The bisection knows the end to a quarter of the rounding, 64 ε/(1 − δ), which is taken off it."""
    monkeypatch.setattr(_Path, "_contains", lambda self, share, slack: share <= right and slack == 64 * EPSILON)
    rounding = 64 * EPSILON / (1 - discount)
    share = way(discount).share()
    if right <= (1 - discount) / 8:
        assert share == 0.0
    else:
        assert right - 1.25 * rounding - EPSILON <= share <= right - rounding + EPSILON


def test_what_is_not_worth_it_is_no_share(monkeypatch):
    """The way must be longer than an eighth of what one step moves, 1 − δ; the discount is 1/2."""
    monkeypatch.setattr(_Path, "_contains", lambda self, share, slack: share <= 0.5)
    assert way(0.5, length=0.1249).share() == 0.0
    assert way(0.5, length=0.1251).share() == pytest.approx(0.5)
    monkeypatch.setattr(_Path, "_contains", lambda self, share, slack: False)
    assert way(0.5, length=1e300).share() == 0.0  # not below 0, and not the rounding


# -- Newton's method ---------------------------------------------------------------------------------------------------


def test_the_error_of_newton_counts_the_inverse():
    """One vertex y = (1 − δ) g + δ y_j of a profile that binds the sponsor, from itself: y = g after one step.

    I − J = 1 − δ, so the rounding is 8 ε/(1 − δ). A second vertex, y' = (1 − δ) g' + δ y, has I − J = [[1 − δ, 0], [−δ, 1]]
    and thus the rows (1/(1 − δ), 0) and (δ/(1 − δ), 1), whose sums are 2 and 2 at δ = 1/2, and 4 and 4 at δ = 3/4.
    """
    for delta in (0.5, 0.75):
        rules = Rules([(0.0, 0.25), (0.0, 0.5)], [(0.0, 1.0)] * 2, [(0.0, 0.0)] * 2, delta, (0.0, 0.0), 0.0)
        one = Structure((Origin(0, 0, 0, 0),), (-1, -1))
        w, u, error = newton(one, rules, [(0.0, 0.25)], (0.0, 0.0), FLOATS)
        assert w == [(0.0, 0.25)]
        assert u == (0.0, 0.0)
        assert error == pytest.approx(8 * EPSILON / (1 - delta), rel=1e-9, abs=0)
        two = Structure((Origin(0, 0, 0, 0), Origin(1, 0, 0, 0)), (-1, -1))
        second = (1 - delta) * 0.5 + delta * 0.25
        w, _, error = newton(two, rules, [(0.0, 0.25), (0.0, second)], (0.0, 0.0), FLOATS)
        assert w == [(0.0, 0.25), (0.0, second)]
        assert error == pytest.approx(8 * EPSILON / (1 - delta), rel=1e-9, abs=0)  # a row's sum, not that of all four: 4 ≠ 2
