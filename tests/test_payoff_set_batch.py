"""Batches of payoff sets: the array call equals the loop of single calls."""

import numpy as np
import pytest

from alliances import StageGame
from alliances.repeated.payoff_sets.batch import PayoffSetBatch
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.repeated.payoff_sets.solve import payoff_set
from tests.payoff_set_reference import hausdorff


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
    from alliances.repeated.payoff_sets import batch as payoff_set_batch

    calls = []
    single = payoff_set_batch.solve_float
    monkeypatch.setattr(payoff_set_batch, "solve_float", lambda *parts, **more: calls.append(1) or single(*parts, **more))
    a, b = np.random.default_rng(0).normal(size=(2, 3000, 2, 2))
    assert payoff_set(StageGame(a, b), 0.6).converged.all()
    assert len(calls) <= payoff_set_batch._FEW
