"""Batches of thresholds as results – verified, saved, tables, pictures – and what is refused as a batch, or is none."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.payoffs.dyadic import DyadicGame
from tests.support import benchmark_game, saved_and_loaded
from tests.test_threshold_batches import DECISIVENESS, DISCOUNT, SIZE, two_actions

# -- the result ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def batch():
    return al.defection_threshold(two_actions(), DISCOUNT, samples=101)


def test_a_batch_is_verified_saved_and_pickled(batch):
    assert batch.verify().ok, batch.verify().witness
    for copy in (saved_and_loaded(batch), pickle.loads(pickle.dumps(batch))):
        assert copy == batch
        assert copy.at(3) == batch.at(3)


def test_verify_names_the_alliance_that_is_wrong(batch):
    w = batch.windows
    k = int(np.flatnonzero(w.lower_code)[-1])
    alliance = int(w.alliance[k])

    def verified(**changes):
        arrays = {name: getattr(w, name).copy() for name in changes}
        for name, value in changes.items():
            arrays[name][k] = value
        return replace(batch, windows=replace(w, **arrays)).verify()

    assert f"alliance ({alliance},)" in verified(lower=w.lower[k] + 1e-6).witness
    assert "nobody gains by deviating outside" in verified(lower=w.lower[k] + 1e-6).witness
    assert "a player gains" in verified(lower=w.lower[k] - 1e-6).witness
    assert "against defector" in verified(lower_code=3 - w.lower_code[k]).witness
    assert "has a defector where it ends" in verified(lower_code=0).witness
    assert "of a batch of shape" in replace(batch, discount=(np.full((2, 1), 0.5),) * 2).verify().witness


def test_a_batch_is_a_table_and_has_axes(batch):
    frame, data = batch.to_frame(), batch.to_xarray()
    assert len(frame) == data.sizes["game"] == SIZE
    names = ["contest.decisiveness", "synergy.value", "exposure", "conflict_cost_sponsor", "conflict_cost_proxy", "discount"]
    answers = ["gap", "defector", "status", "windows", "stable"]
    assert [x for x in frame.columns if x not in names] == answers
    assert np.array_equal(data["contest.decisiveness"], DECISIVENESS)
    assert np.array_equal(frame["stable"], batch.windows.width)
    windows = batch.windows.to_frame()
    assert list(windows) == ["game", "lower", "upper", "lower_defector", "upper_defector"]
    assert windows.groupby("game").size().reindex(range(SIZE), fill_value=0).tolist() == batch.windows.count.tolist()
    assert batch.windows.to_xarray()["lower"].attrs["long_name"] == "lower edge of the window"
    assert str(batch).startswith(batch.message)
    assert f"{SIZE} alliances: " in repr(batch)


def test_the_concept_and_the_discount_factors_are_columns():
    concept = al.ImperfectMonitoring(np.array([0.01, 0.05]), 0.1)
    batch = al.defection_threshold(benchmark_game(), (np.array([0.8, 0.9]), 0.85), enforcement=concept, samples=101)
    assert set(batch.parameters) == {"false_alarm", "discount_sponsor"}
    assert batch.parameters["false_alarm"].tolist() == [0.01, 0.05]


@pytest.mark.parametrize("index", [SIZE, -SIZE - 1, (0, 0), 1.0, True, "first", slice(2), None])
def test_an_index_selects_one_alliance(batch, index):
    for result, name in ((batch, "ThresholdBatch"), (batch.windows, "WindowBatch")):
        with pytest.raises(
            IndexError, match=rf"{name}\.at\(\): index must select one alliance of a batch of shape \(8,\); got"
        ):
            result.at(index)


# -- what is refused, and what is no batch ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fragile:
    """A synergy that some parameters make negative."""

    level: Any

    def __call__(self, power):
        return self.level + power.gap


@dataclass(frozen=True)
class Measured:
    """A synergy read off a table: arrays that are no batch."""

    gaps: Any
    values: Any

    def __call__(self, power):
        return np.interp(power.gap, self.gaps, self.values)


def test_one_invalid_alliance_is_named_with_its_index():
    levels = np.array([[1.0, 2.0], [1.5, 0.5]])
    words = (
        r"game must be valid with each set of parameters, and at index \(1, 1\) is not: AllianceGame\(\): what synergy returns"
    )
    for function in (al.defection_threshold, al.stability_windows, al.regime_regions):
        with pytest.raises(ValueError, match=rf"^{function.__name__}\(\): {words}"):
            function(benchmark_game(synergy=Fragile(levels)), 0.5)
    late = np.array([1.0, 2.0, 0.5])  # valid at the lowest gap that is looked at first, but not at all that follow
    game = benchmark_game(synergy=Fragile(-late))
    with pytest.raises(ValueError, match=r"at index \(0,\) is not"):
        al.defection_threshold(game, 0.5, domain=(0.0, 0.9))

    @dataclass(frozen=True)
    class Falling(Fragile):
        def __call__(self, power):
            return self.level - power.gap

    with pytest.raises(ValueError, match=r"^defection_threshold\(\): game must be valid .* at index \(2,\) is not: .* got -0"):
        al.defection_threshold(benchmark_game(synergy=Falling(late)), 0.5, domain=(0.0, 0.9))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: al.defection_threshold(benchmark_game(exposure=[0.5, 0.6, 0.7]), [0.5, 0.6]),
            r"defection_threshold\(\): game, enforcement and discount must broadcast to one batch of alliances; got the shapes "
            r"\(3,\), \(2,\)",
        ),
        (lambda: al.stability_windows(benchmark_game(), [0.5, 1.0]), r"discount must lie in \[0, 1\); got 1.0 at index \(1,\)"),
        (lambda: al.defection_threshold(benchmark_game(exposure=[0.5, 1.5]), 0.5), r"exposure must lie in .* at index \(1,\)"),
        (
            lambda: al.stability_windows(benchmark_game(), ([0.5, 0.6], 0.6), enforcement=al.Transfers()),
            "discount must be common to both players",
        ),
        (
            lambda: al.defection_threshold(al.CustomGame(lambda power: _closure(power, np.array([1.0, 2.0, 3.0]))), 0.5),
            r"defection_threshold\(\): game must hold its arrays as parameters of itself or of its ingredients",
        ),
        (
            lambda: al.regime_regions(benchmark_game(contest=lambda _: (np.array([0.4, 0.5]), np.array([0.6, 0.5]))), 0.5),
            r"regime_regions\(\): game must hold its arrays as parameters",
        ),
    ],
    ids=["shapes", "discount", "exposure", "common", "closure", "ingredient"],
)
def test_what_is_no_batch_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def _closure(power, scale):
    s, p = scale * power.sponsor, scale * power.proxy
    return [[(3 * s, 3 * p), (0 * s, 4 * p)], [(4 * s, 0 * p), (s, p)]]


@dataclass(frozen=True, eq=False)
class Tribute(DyadicGame):
    """A model of a user's own, with a parameter."""

    levy: Any
    actions = ("ally", "fight")

    def cells(self, power):
        s, p = power.sponsor, power.proxy
        return [[(s + 1, p + 1), (s - p, 2 * p + 1)], [(s + self.levy * p + 1, 0 * p), (s - 0.2, 0.5 * p)]]


def test_a_model_of_ones_own_is_a_batch_if_its_arrays_are_fields():
    levies = np.array([0.5, 1.0, 3.0])
    batch = al.defection_threshold(Tribute(levies), 0.4)
    for k, levy in enumerate(levies):
        alone = al.defection_threshold(Tribute(levy), 0.4)
        assert batch.windows.at(k) == alone.windows
        assert batch.at(k).status == alone.status
    assert batch.parameters["levy"].tolist() == levies.tolist()


def test_tables_within_a_model_are_no_batch():
    game = benchmark_game(synergy=Measured(np.array([-1.0, 0.0, 1.0]), np.array([0.9, 0.1, 0.7])))
    alone = al.defection_threshold(game, 0.8)
    assert isinstance(alone, al.DefectionThreshold)
    batch = al.defection_threshold(game, [0.8, 0.9])  # nor are they where the discount factors are one
    assert batch.windows.at(0) == alone.windows
