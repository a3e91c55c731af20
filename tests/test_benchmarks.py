"""The command for all benchmarks: what it collects, what counts as a loss, and its tables."""

import importlib
import multiprocessing
import resource
import sys
import tomllib
import types
from pathlib import Path

import numpy as np
import pytest

import alliances as al
from alliances.repeated.machine_code import available

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def tools():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        patch.syspath_prepend(FOLDER.parent)
        from benchmarks import __main__ as command

        import _compare
        import _measure
        import _peers
        import _report

        yield command, _compare, _report, _measure, _peers
        for name in ("_compare", "_measure", "_peers", "_report", "benchmarks", "benchmarks.__main__"):
            sys.modules.pop(name, None)


def record(rows, smoke=False):
    found = {"about": "Toy.", "seed": 1, "triad GB per cpu s": 10.0, "rows": rows}
    head = {"versions": {"numpy": "2"}, "python": "3", "machine": "m", "load": 0.1, "commit": "abc"}
    return {**head, "smoke": smoke, "scripts": {"toy": found}}


@pytest.mark.slow
def test_scripts_with_rows_are_found(tools):
    command = tools[0]
    assert {"critical_discount", "goals", "imports", "stochastic_games", "sweeps"} <= set(command.scripts())
    assert "atlas_rows" not in command.scripts()


@pytest.mark.parametrize(
    ("key", "old", "new", "lost"),
    [
        ("times faster, cpu", 8.0, 5.9, True),
        ("times faster, cpu", 8.0, 6.1, False),
        ("ratio of numpy to it", 1.0, 0.7, True),
        ("share of triad", 0.2, 0.9, False),
        ("cpu s", 1.0, 99.0, False),
        ("right_to_1e-12", 500, 499, True),
        ("equal in all parts", 30, 30, False),
        ("largest_error", 1e-16, 1e-14, False),
        ("largest_error", 1e-12, 1e-10, True),
        ("error", None, 1.0, False),
    ],
)
def test_losses_are_ratios_and_errors(tools, key, old, new, lost):
    compare = tools[1]
    before, after = (record([{"instance": "a", "method": "b", key: value}]) for value in (old, new))
    found = compare.losses(before, after, 0.25)
    assert len(found) == lost
    if lost:
        assert found[0].startswith(f"toy: a, b: {key} was")
    assert compare.losses({**before, "smoke": True}, after, 0.25) == []


def test_a_row_that_is_gone_and_a_goal_that_is_missed_are_losses(tools):
    compare = tools[1]
    good = [{"instance": "a", "way": "fast", "met": True}, {"instance": "b", "met": False}]
    assert compare.losses(record(good), record(good), 0.25) == []
    assert compare.losses(record(good), record([*good, {"instance": "new", "met": False}]), 0.25) == []
    missed = [{**row, "met": False} for row in good]
    assert compare.losses(record(good), record(missed), 0.25) == ["toy: a, fast: the goal was met, and is not"]
    crashed = [{"instance": "a", "way": "fast", "note": "crashed"}, good[1]]
    assert compare.losses(record(good), record(crashed), 0.25) == ["toy: a, fast: the row is gone"]


def test_tables_for_papers(tools):
    report = tools[2]
    made = record(
        [{"instance": "δ* & 50%", "cpu s": 0.12345, "games": 1000}, {"instance": "growth", "exponent": 1.0, "x": 1, "y": 2}]
    )
    assert "| δ* & 50% | 0.123 | 1,000 |" in report.markdown(made)
    assert r"$\delta$$^*$ \& 50\% & 0.123 & 1,000 \\" in report.latex(made)
    assert "STREAM triad in the same process: 10 GB" in report.markdown(made)


def test_peers_solve_the_same_games(tools):
    peers = tools[4]
    gaps = np.linspace(-0.95, 0.95, 41)
    game = al.AllianceGame(
        al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=peers.EXPOSURE, conflict_cost=peers.COST
    )
    mine = al.critical_discount(game, al.Power.from_gap(gaps)).dyad
    np.testing.assert_allclose(peers.by_numpy(gaps), mine, rtol=1e-12)
    np.testing.assert_allclose(peers.by_chunks(gaps, 7), mine, rtol=1e-12)
    stage = game.stage_game(al.Power.from_gap(gaps))
    np.testing.assert_allclose(peers.loop(stage, peers.through_nashpy), mine, rtol=1e-12)


@pytest.fixture
def goals(tools):  # noqa: ARG001 – which puts the folder on the path
    import goals

    yield goals
    sys.modules.pop("goals", None)


@pytest.mark.parametrize(
    ("value", "bounds", "met"),
    [(20.0, {"least": 20}, True), (19.9, {"least": 20}, False), (1.0, {"most": 1}, False), (0.99, {"most": 1}, True)],
)
def test_goals_are_met_or_not(goals, value, bounds, met):
    assert goals.goal({"instance": "a"}, value, **bounds)["met"] is met
    assert goals.goal({"instance": "a"}, float("nan"), **bounds)["met"] is False  # nothing was measured


def test_goals_without_fast_are_measured_without_it(goals):
    with goals.without_fast():
        assert goals.batch.kernels() is None
        assert goals.floating.kernels() is None
    assert (goals.floating.kernels() is None) == (not available())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux tells how much memory there is")
def test_peak_memory_is_in_megabytes_and_of_this_process(goals):
    held = np.ones(10**6)
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6  # of this process, or of who started it
    assert held.nbytes / 1e6 < resident <= goals.peak() + 1
    assert goals.peak() <= largest + 1


def test_evaluations_are_counted_over_all_calls(goals, monkeypatch):
    sizes = []

    class Answer:
        def __init__(self, game, power):
            sizes.append(np.shape(game.stakes)[0] * power.shape[0])
            self.dyad = np.full(sizes[-1], 0.5)

    monkeypatch.setattr(goals.al, "critical_discount", Answer)
    assert goals.evaluations(2_400_000) == 2_400_000
    assert sizes == [1_000_000, 1_000_000, 400_000]


@pytest.mark.slow  # processes of their own
@pytest.mark.parametrize("work", ["evaluations", "gaps", "thresholds", "sweep"])
def test_work_in_a_process_of_its_own(goals, work):
    pytest.importorskip("zarr" if work == "sweep" else "numpy")
    found = goals.alone(work, 40 if work == "thresholds" else 10_000)
    assert found["answer"] > 0
    assert found["cpu s"] > 0
    assert 20 < found["peak MB"] < 1000


def test_hazards_are_not_measured_without_their_data(goals, tmp_path, monkeypatch):
    pytest.importorskip("pandas")
    monkeypatch.setattr(importlib.import_module("hazard"), "ROOM", tmp_path)
    for smoke in (True, False):
        (row,) = goals.hazards(smoke)
        assert row["note"] == "skipped: the folder of the data files is absent"
        assert "met" not in row


@pytest.mark.slow
def test_one_hazard_is_fitted_for_a_first_look(goals):
    pytest.importorskip("pandas")
    hazard = importlib.import_module("hazard")
    if not hazard.ROOM.is_dir():
        pytest.skip("the data files beside the checkout are absent")
    (row,) = goals.hazards(True)
    assert row["models"] == 1
    assert 0 < row["cpu s"] < 60
    assert row["met"] is True


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes are forked")
def test_ten_hazards_are_run_by_the_benchmark_itself(goals, tmp_path, monkeypatch):
    """Which models of the specification are run, and on what; the work itself is left out."""
    pytest.importorskip("pandas")
    hazard = importlib.import_module("hazard")
    (tmp_path / "atop51_alliance_level.csv").touch()
    asked = [types.SimpleNamespace(name=name, frame=[0] * 7) for name in ("any end", "violation")]
    monkeypatch.setattr(hazard, "ROOM", tmp_path)
    monkeypatch.setattr(hazard, "tasks", lambda room, _: asked if room == tmp_path else [])
    monkeypatch.setattr(hazard, "_run", lambda job: (tmp_path / job[2]["name"]).write_text(job[1].name))
    (row,) = goals.hazards(False)
    ran = {path.name: path.read_text() for path in tmp_path.iterdir() if not path.suffix}
    specification = tomllib.loads((FOLDER / "hazard_specification.toml").read_text(encoding="utf-8"))
    assert ran == {entry["name"]: "violation" for entry in specification["models"][:10]}
    assert {"constant", "Cox, gap", "reversion, m free"} <= ran.keys()
    assert (row["models"], row["folds"], row["rows"]) == (10, 10, 7)
    assert row["processes"] in (1, 2)  # one may have done all before the other began
    assert 0 <= row["cpu s of the longer process"] <= row["cpu s"]
    assert row["goal"] == "< 60"
    assert row["met"] is True
