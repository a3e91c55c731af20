"""Timelines show the phases that the files have, and their texts do not lie on each other."""

import tomllib
from itertools import combinations

import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

import alliances as al
from alliances.cases.files.loader import parse
from tests.case_support import GOOD
from tests.test_case_phases import PHASED


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def bars(ax):
    """(left, right, top) of every bar, in years and points."""
    boxes = [path.get_extents() for bar in ax.collections for path in bar.get_paths()]
    return [(box.x0, box.x1, box.y1) for box in boxes]


def texts(ax):
    """The texts of the rows with the boxes they fill, in pixels."""
    ax.figure.draw_without_rendering()  # what it takes to know where texts are
    return [(text.get_text(), text.get_window_extent()) for text in ax.texts]


def overlaps(one, other):
    return min(one.x1, other.x1) > max(one.x0, other.x0) + 0.5 and min(one.y1, other.y1) > max(one.y0, other.y0) + 1.5


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", [*al.cases.names(), None])
def test_texts_do_not_overlap(name):
    ax = al.plotting.plot_timeline(name and al.cases.load(name))
    found = texts(ax)
    for (one, box), (other, second) in combinations(found, 2):
        assert not overlaps(box, second), (one, other)
    frame = ax.get_window_extent()
    for text, box in found:
        assert frame.x0 - 2 <= box.x0, text
        assert box.x1 <= frame.x1 + 2, text
        assert frame.y0 - 2 <= box.y0, text
        assert box.y1 <= frame.y1 + 2, text


def test_one_case():
    ax = al.cases.load("gulf-zetas").plot_timeline()
    found = bars(ax)
    assert [pair[:2] for pair in found] == [pytest.approx(pair) for pair in ((1999, 2003.5), (2003.5, 2010.5), (2010.5, 2011))]
    words = {text.get_text() for text in ax.texts}
    assert words == {
        "founding (1999)",
        "arrest (2003-03)",
        "asymmetric",
        "extradition (2007)",
        "break, violence (2010)",
        "◆ proxy defects (2010)",
    }
    assert ax.get_title() == "The Gulf Cartel and Los Zetas"
    assert ax.get_xlabel() == "year"
    shades = [to_rgb(bar.get_facecolor()[0][:3]) for bar in ax.collections]
    assert shades[0] == shades[1] != shades[2]
    ticks = sorted({line.get_xdata()[0] for line in ax.get_lines() if line.get_linewidth() == 1.2})
    assert ticks == pytest.approx([1999.5, 2003 + 74.5 / 365, 2007.5, 2010.5])


@pytest.mark.slow
def test_all_cases_have_a_row():
    ax = al.plotting.plot_timeline()
    assert [label.get_text() for label in ax.get_yticklabels()] == list(al.cases.names())
    found = bars(ax)
    assert len(found) == sum(len(case.phases) for case in al.cases.load_all())
    assert len({top for *_, top in found}) == 26
    assert "undated" in [label.get_text() for label in ax.get_xticklabels()]
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == [*al.cases.ARRANGEMENTS, "event", "outcome"]
    outcomes = [text.get_text() for text in ax.texts if text.get_text().startswith("◆")]
    assert sorted(outcomes) == sorted(f"◆ {case.outcome.kind}" for case in al.cases.load_all())


@pytest.mark.slow
def test_the_bars_of_a_row_are_apart():
    ax = al.plotting.plot_timeline()
    rows = {}
    for left, right, top in bars(ax):
        assert left < right
        rows.setdefault(top, []).append((left, right))
    for row in rows.values():
        for before, after in zip(row, row[1:], strict=False):
            assert before[1] <= after[0] + 1e-9


def test_what_is_undated_stands_apart():
    """The pact of sinaloa-afo has no date: it is right of the years, and so is its outcome."""
    ax = al.cases.load("sinaloa-afo").plot_timeline()
    (war, pact) = bars(ax)
    assert war[:2] == pytest.approx((1990, 2008 + 305 / 366))  # to the last event, for no source dates its end
    assert pact[0] > war[1]
    outcome = next(text for text in ax.texts if text.get_text() == "◆ pact")
    assert pact[0] < outcome.xy[0] < pact[1]
    ax = al.cases.load("gulf-matazetas").plot_timeline()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["undated"]
    assert {text.get_text() for text in ax.texts} == {"asymmetric", "◆ splinters"}


def test_ends_that_no_source_dates():
    ax = al.cases.load("familia-templars").plot_timeline()
    (left, right, _), _ = bars(ax)
    assert (left, right) == pytest.approx((2009 + 334 / 365, 2011))
    assert [line.get_xdata()[0] for line in ax.get_lines() if line.get_marker() == 8] == [left]
    ax = al.cases.load("us-mexico").plot_timeline()
    assert [pair[:2] for pair in bars(ax)][3:6] == [
        pytest.approx(pair) for pair in ((1940, 1945), (1945, 1995.5), (1995.5, 1997.5))
    ]
    ax = al.cases.load("sinaloa-zetas").plot_timeline()
    assert len([line for line in ax.get_lines() if line.get_marker() == 9]) == 1


def test_own_axes_and_own_cases():
    figure, axes = plt.subplots(2, figsize=(6, 5))
    plain, phased = (parse(tomllib.loads(text), "f") for text in (GOOD, PHASED))
    assert al.plotting.plot_timeline(phased, axes[0]) is axes[0]
    assert al.plotting.plot_timeline([plain, phased], axes[1]) is axes[1]
    assert tuple(figure.get_size_inches()) == (6, 5)
    assert "event (2000)" in [text.get_text() for text in axes[0].texts]
    assert len(bars(axes[1])) == 2


def test_what_is_no_case():
    with pytest.raises(ValueError, match=r"^plot_timeline\(\): cases must hold a case; got none$"):
        al.plotting.plot_timeline([])
    with pytest.raises(TypeError, match=r"^plot_timeline\(\): cases must be a case or several"):
        al.plotting.plot_timeline("gulf-zetas")


@pytest.mark.slow
def test_an_old_case_leaves_the_others_their_width():
    """All cases: us-mexico begins in 1846. Years before 1990 are drawn narrower, and the axis says so."""
    ax = al.plotting.plot_timeline()
    assert ax.get_xlabel() == "year (a year before 1990 is drawn narrower)"
    places = ax.transAxes.inverted().transform(ax.transData.transform([(year, 0.0) for year in (1846, 1990, 2000, 2010)]))[:, 0]
    assert 0 < places[0]
    assert places[1] - places[0] < 0.25  # 144 years
    assert places[2] - places[1] == pytest.approx(places[3] - places[2])
    assert places[3] - places[1] > 0.25  # 20 years, beside the undated
    assert {1990, 2000, 2010} <= set(ax.get_xticks())


@pytest.mark.parametrize("names", [["us-mexico"], ["gulf-zetas", "gulf-sinaloa"], ["us-mexico", "us-canada"]])
def test_dates_that_are_spread_have_years_of_one_width(names):
    ax = al.plotting.plot_timeline([al.cases.load(name) for name in names])
    assert ax.get_xlabel() == "year"
    assert ax.get_xscale() == "linear"
