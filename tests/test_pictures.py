"""Pictures show the numbers they claim to show."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

import alliances as al
from tests.support import benchmark_game


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
