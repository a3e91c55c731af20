"""The benchmark of hazards: scores by definition, folds that share nothing, a frozen specification, and a small run."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import alliances as al

pd = pytest.importorskip("pandas")
ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
FROZEN = tomllib.loads((ROOT / "benchmarks" / "hazard_specification.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def hs():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import hazard_scores

        return hazard_scores
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({"id": np.repeat(np.arange(60), 8), "year": np.tile(np.arange(2000, 2008), 60)})
    rows["start"] = rows["year"] - 2000
    rows["stop"] = rows["start"] + rng.uniform(0.01, 1, len(rows))
    rows["gap"] = rng.uniform(0, 0.95, len(rows))
    rows["event"] = (rng.random(len(rows)) < 0.1) & (rows.groupby("id").cumcount() == 7)
    rows["event"] = rows["event"].astype(int)
    rows["a"], rows["b"] = rows["id"] % 7, 7 + rows["id"] % 5
    return rows


def test_scores_by_definition(hs):
    rates = np.array([[0.1, 0.2, 0.3]])
    happened = np.array([[True, False, True]])
    length = np.array([1.0, 0.5, 0.02])
    want = [np.log(0.1) - 0.1, -0.1, np.log(0.3) - 0.006]
    assert hs.scores(rates, happened, length).tolist() == pytest.approx(want)
    both = np.array([[0.1, 0.2], [0.3, 0.4]])
    who = np.array([[True, False], [False, False]])
    assert hs.scores(both, who, np.ones(2)).tolist() == pytest.approx([np.log(0.1) - 0.4, -0.6])


def test_a_constant_has_an_auc_of_one_half(hs, frame):
    event = frame["event"].to_numpy() == 1
    for scheme in hs.schemes(frame, "id", 2004, 10, 1):
        level = np.full(len(frame), np.nan)
        for k, (_, test) in enumerate(scheme.folds):
            level[test] = 0.1 + k  # another level in each fold
        assert hs.auc(level, event, scheme) == 0.5
    rng = np.random.default_rng(0)
    x = rng.integers(0, 5, len(frame)).astype(float)
    whole = hs.Scheme("all", ((np.zeros(len(x), bool), np.ones(len(x), bool)),))
    pairs = x[event][:, None] - x[~event][None]
    assert hs.auc(x, event, whole) == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def test_folds_share_no_group(hs, frame):
    by_group, by_time = hs.schemes(frame, "id", 2004, 10, 1)
    assert len(by_group.folds) == 10
    assert sum(test.astype(int) for _, test in by_group.folds).tolist() == [1] * len(frame)
    for train, test in by_group.folds:
        assert not set(frame["id"][train]) & set(frame["id"][test])
    ((train, test),) = by_time.folds
    assert frame["year"][train].max() < 2004 <= frame["year"][test].min()
    few = hs.schemes(frame[frame["id"] < 4], "id", 2004, 10, 1)[0]
    assert len(few.folds) == 4


def test_nothing_of_a_fold_reaches_its_model(hs, frame):
    """Other events, gaps and lengths in the test rows change no prediction of them."""
    scheme = hs.schemes(frame, "id", 2004, 3, 1)[0]
    scheme = hs.Scheme(scheme.name, scheme.folds[:1])
    (_, test) = scheme.folds[0]
    model = al.estimation.HazardModel(
        al.presets.chindea_2014(), patience=al.patience.Kumaraswamy(b=1), baseline="age spline", free={"exposure": (0.1, 1)}
    )
    changed = frame.copy()
    changed.loc[test, "event"] = 0
    options = {"event": "event", "cluster": "id"}
    one, other = (hs.hold_out(model, x, options, scheme, 2, 7) for x in (frame, changed))
    np.testing.assert_array_equal(one.rates, other.rates)
    assert np.isnan(one.rates[0][~test]).all()


def test_the_bootstrap_of_differences(hs, frame):
    d = np.random.default_rng(1).normal(0.01, 0.1, len(frame))
    total, low, high, share = hs.difference(d, frame, "id", 4000, 0)
    assert total == pytest.approx(d.sum())
    each = pd.Series(d).groupby(frame["id"]).sum()
    error = each.std(ddof=0) * np.sqrt(len(each))
    assert (low, high) == pytest.approx((total - 1.96 * error, total + 1.96 * error), abs=0.15 * error)
    assert 0 < share < 1
    ends = hs.difference(d, frame, ("a", "b"), 4000, 0)
    assert ends[0] == total
    assert ends[1] < total < ends[2]


def test_the_specification_names_what_there_is():
    models = {model["name"] for model in FROZEN["models"]}
    assert {FROZEN["run"]["reference"], FROZEN["run"]["primary"]} <= models
    assert all(set(pair) <= models for pair in FROZEN["contrasts"].values())
    assert {task["data"] for task in FROZEN["tasks"]} == {"alliances", "cartels", "disputes"}


def test_without_the_data_nothing_is_run(tmp_path):
    command = [sys.executable, ROOT / "benchmarks" / "hazard.py", "--smoke", "--data", tmp_path, "--output", tmp_path / "out"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    assert said.startswith("hazard.py: no data in ")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the data files beside the checkout are absent")
def test_a_small_run(tmp_path):
    command = [sys.executable, ROOT / "benchmarks" / "hazard.py", "--smoke", "--output", tmp_path, "--processes", "2"]
    subprocess.run(command, capture_output=True, check=True)
    report = (tmp_path / "hazard.md").read_text(encoding="utf-8")
    assert "12833 intervals, 124 events, 651 groups." in report
    assert "151 intervals, 20 events, 21 groups." in report
    assert "251 disputes of dyads, 151 begun by the stronger." in report
    for row in report.splitlines():
        if row.startswith("| constant |"):
            assert "| 0.500 |" in row
    assert (tmp_path / "hazard.png").stat().st_size > 10_000
    assert r"\toprule" in (tmp_path / "hazard_violation.tex").read_text(encoding="utf-8")
