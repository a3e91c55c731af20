"""Batches of payoff sets: the array call equals the loop of single calls."""

import numpy as np
import pytest

from alliances import StageGame
from alliances.repeated.payoff_sets import batch as payoff_set_batch
from alliances.repeated.payoff_sets import floating
from alliances.repeated.payoff_sets.batch import PayoffSetBatch
from alliances.repeated.payoff_sets.polygon import hull
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.repeated.payoff_sets.solve import payoff_set
from tests.payoff_set_reference import hausdorff


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("m", "n", "games"), [(2, 2, 400), (3, 3, 150), (2, 4, 60), (1, 3, 20)])
@pytest.mark.parametrize("integer", [True, False])
def test_batch_equals_loop(m, n, games, integer):
    rng = np.random.default_rng([m, n, integer])
    a, b = rng.integers(0, 8, (2, games, m, n)).astype(float) if integer else rng.normal(size=(2, games, m, n))
    delta = rng.choice([0.0, 0.1, 0.25, 0.3, 0.5, 0.6, 0.75, 0.9, 0.99, 0.999], games)
    sets = payoff_set(StageGame(a, b), delta)
    assert isinstance(sets, PayoffSetBatch)
    assert sets.converged.all()
    assert sets.vertices.shape == (games, sets.count.max(), 2)
    for k in range(games):
        single = payoff_set(StageGame(a[k], b[k]), float(delta[k]))
        own = sets.vertices[k, : sets.count[k]]
        assert sets.kind[k] == single.kind, k
        assert hausdorff(own.tolist(), single.vertices.tolist()) <= 1e-9, k
        assert np.isnan(sets.vertices[k, sets.count[k] :]).all()
        if single.kind == "empty":
            assert np.isnan(sets.punishments[k]).all()
        else:
            assert np.allclose(sets.punishments[k], single.punishments, atol=1e-10)
        assert sets.area[k] == pytest.approx(single.area, abs=1e-9)


def test_shapes_and_broadcasting():
    pd = StageGame([[9.0, 1.0], [10.0, 3.0]], [[9.0, 10.0], [1.0, 3.0]])
    sets = payoff_set(pd, np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]))
    assert sets.count.tolist() == [[1, 2, 4], [4, 4, 4]]
    assert len(sets) == 2
    assert sets.discount.shape == (2, 3)
    single = sets[0, 2]
    assert isinstance(single, PayoffSet)
    assert np.allclose(single.vertices, [[3, 3], [9.75, 3], [9, 9], [3, 9.75]], rtol=1e-14)
    grid = StageGame(np.broadcast_to(pd.A, (3, 1, 2, 2)), np.broadcast_to(pd.B, (3, 1, 2, 2)))
    assert payoff_set(grid, np.array([0.1, 0.9])).kind.tolist() == [["point", "polygon"]] * 3
    with pytest.raises(IndexError, match="must select one game"):
        sets[0]


def test_scale_and_shift():
    rng = np.random.default_rng(11)
    a, b = rng.integers(0, 8, (2, 200, 2, 2)).astype(float)
    plain = payoff_set(StageGame(a, b), 0.6)
    for factor, shift, tolerance in ((1e12, 0.0, 1e-9), (1e-12, 0.0, 1e-9), (1.0, 1e9, 1e-5)):
        moved = payoff_set(StageGame(a * factor + shift, b), 0.6)
        assert (moved.count == plain.count).all()
        assert np.nanmax(np.abs((moved.punishments[:, 0] - shift) / factor - plain.punishments[:, 0])) < tolerance


def test_bad_discounts_in_a_batch():
    pd = StageGame([[9.0, 1.0], [10.0, 3.0]], [[9.0, 10.0], [1.0, 3.0]])
    with pytest.raises(ValueError, match=r"discount must lie in \[0, 1\); got 1.0 at index \(1,\)"):
        payoff_set(pd, np.array([0.5, 1.0]))


def test_few_games_are_finished_one_by_one(monkeypatch):
    """The promise of no Python loop per game: limits are solved for together."""
    calls = []
    single = payoff_set_batch.solve_float
    monkeypatch.setattr(payoff_set_batch, "solve_float", lambda *parts, **more: calls.append(1) or single(*parts, **more))
    a, b = np.random.default_rng(0).normal(size=(2, 3000, 2, 2))
    assert payoff_set(StageGame(a, b), 0.6).converged.all()
    assert len(calls) <= payoff_set_batch._FEW


@pytest.mark.parametrize(("m", "n", "games"), [(2, 2, 70), (3, 3, 24), (2, 4, 16), (1, 3, 6)])
@pytest.mark.parametrize("integer", [True, False])
def test_without_a_compiler_a_batch_equals_the_loop_too(m, n, games, integer, monkeypatch):
    for module in (payoff_set_batch, floating):
        monkeypatch.setattr(module, "kernels", lambda: None)
    rng = np.random.default_rng([m, n, integer, 1])
    a, b = rng.integers(0, 5, (2, games, m, n)).astype(float) if integer else rng.normal(size=(2, games, m, n))
    delta = rng.choice([0.0, 0.1, 0.25, 0.3, 0.5, 0.6, 0.75, 0.9, 0.99, 0.999], games)
    sets = payoff_set(StageGame(a, b), delta)
    assert sets.converged.all()
    kinds = set()
    for k in range(games):
        single = payoff_set(StageGame(a[k], b[k]), float(delta[k]))
        found = sets.vertices[k, : sets.count[k]]
        assert sets.kind[k] == single.kind, k
        kinds.add(single.kind)
        # counter-clockwise from the leftmost, lowest of several, as those of one game
        assert np.allclose(found, single.vertices, rtol=0, atol=1e-9), k
        assert np.isnan(sets.vertices[k, sets.count[k] :]).all()
    assert "polygon" in kinds or m == 1


def test_rings_are_tidied_up():
    # vertices that are given twice, points on edges, and padding go; corners stay, in their order
    rng, nothing = np.random.default_rng(5), np.nan
    rings, expected = np.full((60, 14, 2), nothing), []
    for k in range(60):
        corners = rng.uniform(size=(rng.integers(1, 5), 2))
        if len(corners) > 2:
            corners = corners[hull([tuple(p) for p in corners.tolist()])]
        ring = []
        for p, q in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            ring += [p] * int(rng.integers(1, 3))
            if len(corners) > 2:
                ring += [p + t * (q - p) for t in sorted(rng.uniform(0.1, 0.9, rng.integers(0, 2)))]
        rings[k, : len(ring)] = ring
        expected.append(corners)
    found, count = payoff_set_batch._tidy(rings)
    assert count.tolist() == [len(x) for x in expected]
    for ring, corners in zip(found, expected, strict=True):
        kept = ring[~np.isnan(ring[:, 0])]
        turned = [np.roll(kept, k, axis=0) for k in range(len(kept))]
        assert any(np.allclose(x, corners, rtol=0, atol=1e-12) for x in turned)


def test_areas_at_a_high_level_of_payoffs():
    # the Prisoners' Dilemma at δ = 3/10, whose set has the area 40.5, with 10⁸ more for everybody
    pd = StageGame(np.array([[9.0, 1.0], [10.0, 3.0]]) + 1e8, np.array([[9.0, 10.0], [1.0, 3.0]]) + 1e8)
    assert payoff_set(pd, np.array([0.3, 0.3])).area == pytest.approx([40.5, 40.5], rel=1e-6)
