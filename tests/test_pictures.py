"""Pictures show the numbers they claim to show; the example prints its report and saves its figure."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt

import alliances as al
from tests.support import benchmark_game

EXAMPLE = Path(__file__).parents[1] / "examples" / "zetas_gulf.py"


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_the_measured_gap():
    case = al.cases.load("gulf-zetas")
    ax = al.plotting.plot_case(case)
    drawn = lines(ax)["measured gap"].get_ydata()
    assert drawn == pytest.approx([float(g) for g in case.power_series().gap])
    assert ax.get_ylabel() == "gap γ in municipalities with presence"
    assert {"arrest", "extradition"} <= {text.get_text() for text in ax.texts}


def test_critical_discounts_and_windows():
    game = benchmark_game()
    found = al.defection_threshold(game, 0.8)
    ax = found.plot()
    x, y = lines(ax)["proxy δ*"].get_data()
    k = int(np.argmin(np.abs(x - 0.5)))
    assert y[k] == pytest.approx(al.critical_discount(game, al.Power.from_gap(float(x[k]))).proxy)
    assert np.isnan(y[(x > -0.6) & (x < -0.2)]).all()  # no patience suffices there
    spans = sorted(patch.get_x() for patch in ax.patches if patch.get_y() == 0)
    assert spans == pytest.approx(sorted(w.lower for w in found.windows))


def test_pooled_constraints_have_one_curve():
    found = al.defection_threshold(benchmark_game(), 0.8, enforcement=al.Transfers())
    labels = set(lines(found.plot()))
    assert "dyad δ*" in labels
    assert "sponsor δ*" not in labels


def test_identified_sets():
    costs = np.linspace(0.25, 0.45, 5)
    power = al.cases.load("gulf-zetas").power_series().power
    found = al.identified_discount(benchmark_game(conflict_cost=costs[:, None]), power)
    ax = found.plot(costs, xlabel="conflict cost k", label="set")
    vertices = ax.collections[0].get_paths()[0].vertices
    assert vertices[:, 1].min() == pytest.approx(found.common.lower.min())
    assert vertices[:, 1].max() == pytest.approx(found.common.upper.max())
    with pytest.raises(ValueError, match="values must have the batch's shape"):
        found.plot(costs[:3])


def example(*options, folder):
    command = [sys.executable, "-W", "error", str(EXAMPLE), "--output", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.slow
def test_the_main_job(tmp_path):
    done = example(folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for kind in ("png", "pdf"):
        assert (tmp_path / f"zetas_gulf.{kind}").stat().st_size > 10_000
    assert max(map(len, done.stdout.splitlines())) <= 100
    report = " ".join(done.stdout.split())
    # the numbers, recomputed here from the library
    case = al.cases.load("gulf-zetas")
    game = benchmark_game(conflict_cost=0.15, exposure=0.8, synergy=al.Complementarity(0.6))
    threshold = al.defection_threshold(game, 0.8, start=0.0)
    assert f"the alliance breaks at {threshold.gap:.6f}; defector: proxy" in report
    assert "2009 -0.207 0.396 inf proxy defects" in report
    refuted = al.identified_discount(game, case.power_series().power)
    assert refuted.common.empty
    assert "at k = 0.15: empty: to break in 2010 needs δ < 1.0000; to hold, in 2003 δ ≥ inf, in 2009 δ ≥ inf" in report
    years = np.arange(2003, 2010 + 1 / 8, 1 / 4)
    series = case.power_series()
    power = al.Power.from_log_ratio(np.interp(years, series.years, series.power.log_ratio))
    forecast = al.break_forecast(power, game, enforcement=al.GivenPunishment())
    assert f"intact after 2010 I with chance {forecast.survival[-1]:.3f}; broken by Los Zetas" in report
    assert "Median date 2010 I; one in ten by 2008 IV" in report
    row = next(line for line in done.stdout.splitlines() if line.startswith("  2009   0.8")).split()
    still = 1 - (1 - forecast.hazard[24]) ** 5
    assert row == ["2009", "0.887", f"{1 - forecast.survival[-1] / forecast.survival[24]:.3f}", "2009", "II", "2010", "I",
                   f"{still:.3f}"]  # fmt: skip
    for word in ("(fight, fight)", "(fight, ally)", "What the data can and cannot say", "two years before the break"):
        assert word in report


@pytest.mark.slow
def test_options_of_the_main_job(tmp_path):
    done = example("--conflict-cost", "0.3", "--discount", "0.61", "--break-year", "2010", folder=tmp_path)
    assert "at k = 0.3: δ in [0.6037, 0.6240)" in done.stdout
    wrong = example("--break-year", "1999", folder=tmp_path)
    assert wrong.returncode != 0
    assert "--break-year must be one of the observed years" in wrong.stderr
    impatient = example("--discount", "1.5", folder=tmp_path)
    assert impatient.returncode != 0
    assert "discount must lie in [0, 1); got 1.5" in impatient.stderr
