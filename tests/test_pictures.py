"""Pictures show the numbers they claim to show, those of the README's figure among them."""

import importlib
import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle

import alliances as al
from tests.support import benchmark_game

EXAMPLES = Path(__file__).parents[1] / "examples"


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


def marks(ax):
    """(x, y, filled) of the round marks."""
    return [
        (x, y, line.get_markerfacecolor() == "black")
        for line in ax.get_lines()
        if line.get_marker() == "o"
        for x, y in zip(*line.get_data(), strict=True)
    ]


def test_a_case_on_the_windows_of_a_model():
    case, game = al.cases.load("gulf-zetas"), benchmark_game()
    threshold = al.defection_threshold(game, 0.8, start=0.0)
    ax = al.plotting.plot_case(case, threshold=threshold, dates={"break": 2010.1})
    series = case.power_series()
    shown = {round(x, 6): (y, filled) for x, y, filled in marks(ax)}
    for year, gap in zip(series.years.tolist(), series.gap, strict=True):
        needed = al.critical_discount(game, al.Power.from_gap(gap)).dyad
        assert shown[year + 0.5] == (pytest.approx(float(gap)), bool(needed <= 0.8))
    assert [x for x, (_, filled) in sorted(shown.items()) if not filled] == [2003.5, 2009.5, 2010.5]
    spans = {(round(p.get_y(), 6), round(p.get_y() + p.get_height(), 6)) for p in ax.patches if isinstance(p, Rectangle)}
    assert spans == {(round(w.lower, 6), round(w.upper, 6)) for w in threshold.windows}
    words = [text.get_text() for text in ax.texts]
    assert "−0.145 ↓ proxy defects" in words  # with a minus, as on the axis
    assert "+0.106 ↑ sponsor defects" in words
    assert {2003.5, 2007.5, 2010.1} <= {round(float(line.get_xdata()[0]), 6) for line in ax.get_lines()}
    assert 2010.5 in {round(float(x), 6) for x in lines_up(ax)}  # violence: dated to the year, and not told otherwise
    years = ax.collections[0].get_segments()  # what each number is about
    assert [segment[:, 0].tolist() for segment in years] == [[year, year + 1] for year in series.years]


def lines_up(ax):
    """Where upright lines stand."""
    return [line.get_xdata()[0] for line in ax.get_lines() if len(line.get_xdata()) == 2 and len(set(line.get_xdata())) == 1]


def test_dates_of_events_that_a_case_does_not_have():
    with pytest.raises(ValueError, match=r"plot_case\(\): dates must name kinds of events of the case, \[.*\]; got 'truce'"):
        al.plotting.plot_case(al.cases.load("gulf-zetas"), dates={"truce": 2010.1})


def outlines(ax):
    """(row, lower, upper) of the outlined windows, which must be no areas."""
    boxes = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert all(not patch.get_fill() or patch.get_facecolor()[3] == 0 for patch in boxes)
    return [(round(box.get_y() + box.get_height() / 2), box.get_x(), box.get_x() + box.get_width()) for box in boxes]


def test_concepts_side_by_side():
    game = benchmark_game()
    asked = {"grim": (al.NashReversion(), 0.8), "mild": (al.FinitePunishment(3), 0.8), "never": (al.NashReversion(), 0.01)}
    thresholds = {name: al.defection_threshold(game, d, enforcement=e) for name, (e, d) in asked.items()}
    ax = al.plotting.plot_concepts(thresholds)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(asked)
    for row, threshold in enumerate(thresholds.values()):
        drawn = [(low, high) for at, low, high in outlines(ax) if at == row]
        assert drawn == [pytest.approx((w.lower, w.upper)) for w in threshold.windows]
    letters = {(t.xy[0], t.xy[1]): t.get_text() for t in ax.texts}
    for row, threshold in enumerate(thresholds.values()):
        for window in threshold.windows:
            for gap, defector in ((window.lower, window.lower_defector), (window.upper, window.upper_defector)):
                assert letters.get((gap, row)) == {"sponsor": "S", "proxy": "P", "both": "B", None: None}[defector]
    assert "stable at no gap" in letters.values()
    assert not thresholds["never"].windows
    styles = [(patch.get_linestyle(), patch.get_linewidth()) for patch in ax.patches]
    assert len(set(styles)) == 2  # told apart without colours: one line for each row that has windows


def test_what_cannot_stand_side_by_side():
    threshold = al.defection_threshold(benchmark_game(), 0.8)
    with pytest.raises(TypeError, match="thresholds must map names to results of defection_threshold"):
        al.plotting.plot_concepts({})
    with pytest.raises(TypeError, match="thresholds must map names"):
        al.plotting.plot_concepts([threshold])
    other = al.defection_threshold(benchmark_game(), 0.8, domain=(0.0, 0.9))
    with pytest.raises(ValueError, match="thresholds must have one domain; got"):
        al.plotting.plot_concepts({"a": threshold, "b": other})


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


@pytest.fixture(scope="module")
def panels(tmp_path_factory):
    """The figure of the README panel by panel, at a coarse grid of costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        patch.setattr(sys, "argv", ["zetas_gulf.py", "--output", str(tmp_path_factory.mktemp("pictures"))])
        script = importlib.import_module("zetas_gulf")
        options, game, _ = script.command_line()
    case = al.cases.load("gulf-zetas")
    observed = case.power_series().between(None, options.break_year)
    concepts = {repr(e): e for e in (al.NashReversion(), al.FinitePunishment(3), al.ImperfectMonitoring(0.05, 0.1),
                                     al.Transfers(), al.OptimalPenalCode())}  # fmt: skip
    thresholds = {
        name: al.defection_threshold(game, 0.8, enforcement=e, start=0.025, samples=101) for name, e in concepts.items()
    }
    costs = np.linspace(0.0, 0.49, 15)
    family = script.build_game(options, costs[:, None])
    identified = {name: al.identified_discount(family, observed.power, enforcement=e) for name, e in concepts.items()}
    axes = {name: plt.subplots()[1] for name in ("gap", "windows", "identified")}
    script.draw_gap(case, next(iter(thresholds.values())), axes["gap"], options)
    script.draw_windows(case, thresholds, axes["windows"], options)
    script.draw_identified(identified, costs, axes["identified"], options)
    yield axes, thresholds, identified
    plt.close("all")


@pytest.mark.slow
def test_the_figure_shows_what_contradicts_the_model(panels):
    axes, thresholds, _ = panels
    reversion = next(iter(thresholds.values()))
    ax = axes["gap"]
    low, high = ax.get_ylim()
    window = next(w for w in reversion.windows if 0 in w)
    assert low < window.lower < window.upper < high  # both edges are in sight
    words = " ".join(text.get_text() for text in ax.texts)
    assert f"{window.lower:+.3f} ↓ proxy defects".replace("-", "−") in words
    assert f"{window.upper:+.3f} ↑ sponsor defects" in words
    unkept = [x for x, _, filled in marks(ax) if not filled]
    assert unkept == [2003.5, 2009.5, 2010.5]
    assert "2003: the alliance held" in words
    assert "2009: the alliance held" in words
    assert "2010: the alliance held" not in words


@pytest.mark.slow
def test_the_figure_shows_the_break_in_early_2010(panels):
    axes, _, _ = panels
    after = [x for x in lines_up(axes["gap"]) if x > 2009]
    assert after
    assert all(2010 <= x < 2010.25 for x in after)


@pytest.mark.slow
def test_the_figure_shows_all_concepts_as_outlines(panels):
    axes, thresholds, identified = panels
    drawn = outlines(axes["windows"])
    for row, threshold in enumerate(thresholds.values()):
        rows = [(low, high) for at, low, high in drawn if at == row]
        assert rows == [pytest.approx((w.lower, w.upper)) for w in threshold.windows]
    gaps = al.cases.load("gulf-zetas").power_series().gap
    assert {round(float(gap), 6) for gap in gaps} <= {round(float(x), 6) for x in lines_up(axes["windows"])}
    ax = axes["identified"]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    names = ["Nash reversion", "finite punishment", "noisy signals", "side payments", "optimal penal codes"]
    for name, label, found in zip(names, labels, identified.values(), strict=False):
        assert label == (f"{name}: none" if found.common.empty.all() else name)
    assert [label.get_text() for label in axes["windows"].get_yticklabels()] == names
    areas = ax.collections[:5]
    assert all(len(area.get_facecolor()) == 0 or area.get_facecolor()[0][3] == 0 for area in areas)
    assert len({(str(area.get_linestyle()), float(area.get_linewidth()[0])) for area in areas}) == 5


@pytest.mark.slow
def test_the_axes_of_the_figure_have_names(panels):
    for ax in panels[0].values():
        assert ax.get_xlabel()
        assert ax.get_ylabel() or ax.get_yticklabels()


@pytest.mark.filterwarnings("error")
def test_the_profiles_of_a_stage_game_are_named_at_their_payoffs():
    for sponsor in ([[9, 1], [10, 3]], [[9, 9], [9, 9]], [[0, 0], [0, 0]]):  # a constant payoff has no range
        stage = al.StageGame(sponsor, [[9, 10], [1, 3]])
        named = {text.get_text(): text.xy for text in stage.plot().texts}
        assert named == {f"{i}, {j}": (stage.A[i, j], stage.B[i, j]) for i in (0, 1) for j in (0, 1)}


def test_labels_of_a_stage_game_stay_within_the_axes():
    ax = al.StageGame([[6, 2], [7, 0]], [[6, 7], [2, 0]], actions=("yield", "fight")).plot()
    ax.figure.canvas.draw()
    frame = ax.get_window_extent()
    for text in ax.texts:
        label = text.get_window_extent()
        assert frame.x0 <= label.x0 <= label.x1 <= frame.x1, text.get_text()
        assert frame.y0 <= label.y0 <= label.y1 <= frame.y1, text.get_text()


def test_the_legend_of_a_payoff_set_covers_nothing_and_is_not_cut():
    ax = al.payoff_set(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), 0.3).plot()
    ax.figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    assert not legend.overlaps(ax.get_window_extent())
    whole = ax.figure.bbox
    assert whole.x0 <= legend.x0 < legend.x1 <= whole.x1
    assert whole.y0 <= legend.y0 < legend.y1 <= whole.y1


def test_the_highest_bar_of_simulated_wars_ends_below_the_frame():
    wars = al.simulate_conflict(al.Power(2, 1), al.ConflictWalk(swing=2, barrier=8), rng=1, size=200)
    ax = wars.plot()
    assert max(bar.get_y() + bar.get_height() for bar in ax.patches) < ax.get_ylim()[1]


# -- axes ---------------------------------------------------------------------------------------------------------------


def test_axes_that_are_none_are_refused_by_name():
    threshold = al.defection_threshold(al.presets.chindea_2014(), 0.5)
    for ax in (3, "ax", plt.figure(figsize=(2, 2)), np.array([1, 2])):
        with pytest.raises(TypeError, match=r"^DefectionThreshold\.plot\(\): ax must be axes of Matplotlib, .*; got "):
            threshold.plot(ax=ax)
    with pytest.raises(TypeError, match=r"^plot_check\(\): ax must be axes of Matplotlib, .*; got 3"):
        al.plotting.plot_check(al.claims.ASYMMETRY, al.presets.chindea_2014(), ax=3)


def test_every_picture_checks_its_axes():
    """Each function of plotting that takes axes hands them to the one check, with its own name."""
    functions = [getattr(al.plotting, name) for name in al.plotting.__all__ if name.startswith("plot_")]
    taking = [function for function in functions if "ax" in inspect.signature(function).parameters]
    assert len(taking) > 35
    for function in taking:
        source = inspect.getsource(inspect.unwrap(function))
        assert re.search(rf'(axes_or_new|check_axes)\(ax, "{function.__name__}"|_by_period|_picture', source), function.__name__
    for file in Path(al.plotting.__file__).parent.glob("*.py"):
        assert "if ax is None else ax" not in file.read_text(encoding="utf-8") or file.name == "axes.py", file.name
