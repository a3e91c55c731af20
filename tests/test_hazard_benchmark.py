"""The benchmark of hazards: bootstraps of differences, a frozen specification, and a small run."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

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
    rows = pd.DataFrame({"id": np.repeat(np.arange(60), 8)})
    rows["a"], rows["b"] = rows["id"] % 7, 7 + rows["id"] % 5
    return rows


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
    one, other = rows_by_hand(d, frame)
    assert hs.difference(d, frame, ("a", "b"), 50, 3)[1:3] == pytest.approx(np.quantile(one, (0.025, 0.975)), abs=1e-9)
    assert other == pytest.approx(1, abs=0.2)
    assert ends[1] < total < ends[2]


def rows_by_hand(d, frame):
    """Each draw's sum row by row, and how many rows it has, of all on average."""
    rng = np.random.default_rng(3)
    names = np.unique([*frame["a"].astype(str), *frame["b"].astype(str)]).tolist()
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=50)
    a, b = ([names.index(str(x)) for x in frame[column]] for column in ("a", "b"))
    weights = drawn[:, a] * drawn[:, b] / (1 - 1 / len(names))
    return weights @ d, weights.mean()


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
