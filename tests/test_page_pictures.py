"""Pictures of the documentation: drawn by code, told in words too, with what contradicts the model."""

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import pyplot as plt

import alliances as al
from tests.support import quick

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {
    "home": "index",
    "model": "explanation/model",
    "enforcement": "explanation/enforcement",
    "thresholds": "explanation/thresholds",
    "asymmetry": "explanation/asymmetry",
    "conflict": "explanation/conflict",
    "stochastic_payoff_sets": "how-to/stochastic-payoff-sets",
    "atlas": "explanation/atlas",
}


@pytest.fixture(scope="module")
def drawn():
    """The modules that draw, the pages' pictures by their names, each drawn once, and the published rows of the atlas."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        patch.syspath_prepend(DOCS)
        pictures, atlas_map, report, rows = map(import_module, ("pictures", "atlas_map", "atlas_report", "atlas_rows"))
        records = report.read_csv(ROOT / "benchmarks" / "results" / "atlas.csv")
        figure = cache(lambda name: pictures.PICTURES[name]())
        yield SimpleNamespace(pictures=pictures, figure=figure, map=atlas_map, rows=rows, Row=rows.Row, records=records)
    plt.close("all")


def figures(page):
    """(file, alternative text, caption) of each figure of a page."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\{figure\} (\S+)\n((?::\w+: [^\n]*\n)*)\n?(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [(Path(name).stem, options, caption.strip()) for name, options, caption in blocks]


@pytest.mark.parametrize(("name", "page"), PAGES.items(), ids=PAGES)
def test_the_page_shows_its_picture_in_words_too(name, page):
    shown = {stem: (options, caption) for stem, options, caption in figures(page)}
    options, caption = shown[name]
    alt = re.search(r":alt: (.+)", options)
    assert alt, "a picture needs an alternative text"
    assert len(alt[1].split()) >= 15
    assert len(caption.split()) >= 20, "the caption must say what to see"


def test_every_picture_has_a_page(drawn):
    assert set(drawn.pictures.PICTURES) == set(PAGES)


@pytest.mark.parametrize("name", quick(list(PAGES)))
def test_axes_have_names(drawn, name):
    figure = drawn.figure(name)
    figure.draw_without_rendering()
    assert figure.axes
    for ax in figure.axes:
        inner = ax.get_subplotspec() is not None and not ax.get_subplotspec().is_last_row()
        assert ax.get_xlabel() or inner or ax.get_gid() == "chances to prevail"
        shared = ax.get_subplotspec() is not None and not ax.get_subplotspec().is_first_col()
        assert ax.get_ylabel() or shared or ax.get_yticklabels()


@pytest.mark.slow
def test_the_payoff_sets_drawn_are_those_that_the_page_prints(drawn):
    left, right = drawn.figure("stochastic_payoff_sets").axes
    page = (DOCS / "how-to/stochastic-payoff-sets.md").read_text(encoding="utf-8")
    printed = ast.literal_eval(re.search(r"^\[\[0\.7568.*\]\]$", page, re.MULTILINE)[0])
    poor, rich = (patch.get_xy()[:-1] for patch in left.patches[::2])
    assert sorted(poor.round(4).tolist()) == printed
    assert ((rich.min(axis=0) - poor.min(axis=0)) < 2).all()  # worth more, and by less than 2
    assert ((rich.min(axis=0) - poor.min(axis=0)) > 0).all()
    parity, *kept = (patch.get_xy() for patch in right.patches[::2])
    assert np.ptp(parity, axis=0).max() < 0.02  # a speck
    assert len(kept) == 3
    assert all(np.ptp(xy, axis=0).min() > 0.1 for xy in kept)
    best = np.array([xy.max(axis=0) for xy in kept])
    assert (np.diff(best[:, 0]) > 0).all()
    assert (np.diff(best[:, 1]) < 0).all()
    words = [text.get_text() for text in right.get_legend().get_texts()]
    assert words == ["inner, λ = 0", "inner, λ = 0.4", "inner, λ = 1", "inner, λ = 1.6", "outer bound"]


def test_the_home_page_shows_the_threshold_that_it_prints(drawn):
    ax = drawn.figure("home").axes[0]
    threshold = al.defection_threshold(al.presets.chindea_2014(), 0.5, domain=(0.0, 0.95))
    assert f"{threshold.gap:.6f}" in (DOCS / "index.md").read_text(encoding="utf-8")
    dotted = next(line for line in ax.get_lines() if line.get_label().startswith("γ*"))
    assert dotted.get_xdata()[0] == pytest.approx(threshold.gap)
    assert any(threshold.defector in text.get_text() for text in ax.texts)
    never = [line for line in ax.get_lines() if np.nanmax(np.append(line.get_ydata(), 0.0)) > 1 and len(line.get_xdata()) > 2]
    assert len(never) == 2  # both players' stretches in which no patience suffices


def test_the_payoffs_of_the_model(drawn):
    sponsor, proxy = drawn.figure("model").axes
    stage = drawn.pictures.two_actions().stage_game(al.Power.from_gap(0.5))
    for ax, payoffs in ((sponsor, stage.A), (proxy, stage.B)):
        curves = [line for line in ax.get_lines() if len(line.get_xdata()) > 2]
        at = [float(np.interp(0.5, *line.get_data())) for line in curves]
        assert sorted(at) == pytest.approx(sorted(payoffs.ravel()), abs=1e-6)


@pytest.mark.slow
def test_all_concepts_side_by_side(drawn):
    upper, lower = drawn.figure("enforcement").axes
    labels = [text.get_text() for text in upper.get_legend().get_texts()]
    assert labels == [text.get_text() for text in lower.get_yticklabels()] == list(drawn.pictures.concepts())
    assert {type(concept) for concept in drawn.pictures.concepts().values()} == {
        al.NashReversion, al.FinitePunishment, al.ImperfectMonitoring, al.Transfers, al.OptimalPenalCode,
    }  # fmt: skip


@pytest.mark.slow
def test_the_hypothesis_fails_in_each_panel(drawn):
    """The caption: in each model the highest line rises somewhere, and there are gaps at which no patience suffices."""
    for ax in drawn.figure("asymmetry").axes:
        curves = [line for line in ax.get_lines() if len(line.get_xdata()) > 2]
        below, never = curves[::2], curves[1::2]
        assert any(np.nanmax(np.append(line.get_ydata(), 0.0)) > 1 for line in never)
        levels = np.array([line.get_ydata() for line in below])
        with np.errstate(all="ignore"):
            highest = np.where(np.isnan(levels).any(axis=0), np.inf, np.nan_to_num(levels).max(axis=0))
        assert (np.diff(highest[~np.isinf(highest)]) > 1e-9).any() or np.isinf(highest[1:]).any()


@pytest.mark.slow
def test_wars_of_the_unlike_are_longest_off_parity(drawn):
    axes = [ax for ax in drawn.figure("conflict").axes if ax.get_gid() != "chances to prevail"]
    peaks = [
        [float(line.get_xdata()[int(np.argmax(line.get_ydata()))]) for line in ax.get_lines() if len(line.get_xdata()) > 2]
        for ax in axes
    ]
    assert peaks[0] == pytest.approx([0.0] * 3)
    assert all(peak > 0.2 for peak in peaks[1])


def test_the_map_says_what_the_rows_say(drawn):
    marks = {"proved": "Pp", "refuted": "Rr", "unknown": "?"}
    for enforcement in drawn.map.PANELS:
        panel = drawn.map.letters(drawn.records, enforcement)
        places = [(synergy, sharing) for synergy in drawn.rows.SYNERGIES for sharing in drawn.rows.SHARINGS]
        for (synergy, sharing), line in zip(places, panel, strict=True):
            for contest, letter in zip(drawn.rows.CONTESTS, line, strict=True):
                record = drawn.records.get(drawn.Row("asymmetry", enforcement, synergy, sharing, contest))
                if record is None:
                    assert letter == ""
                else:
                    assert letter
                    assert letter in marks[record["implied"] or record["status"]]
    assert {letter for name in drawn.map.PANELS for line in drawn.map.letters(drawn.records, name) for letter in line} == set(
        drawn.map.KINDS
    )


@pytest.mark.slow
def test_the_letters_of_the_map_are_drawn(drawn):
    panels = drawn.figure("atlas").axes
    for ax, enforcement in zip(panels, drawn.map.PANELS, strict=True):
        drawn_letters = {(round(t.get_position()[0]), round(t.get_position()[1])): t.get_text() for t in ax.texts}
        for y, line in enumerate(drawn.map.letters(drawn.records, enforcement)):
            for x, letter in enumerate(line):
                assert drawn_letters[x, y] == letter


def test_colours_of_the_map_differ_in_grey_or_by_letter(drawn):
    assert len(set(drawn.map.KINDS)) == len(drawn.map.KINDS)
    assert len({(face, hatch) for face, hatch, _, _ in drawn.map.KINDS.values()}) == len(drawn.map.KINDS)


def test_the_answer_counts_the_rows(drawn):
    sentence = drawn.map.answer(drawn.records)
    rows = {row: r for row, r in drawn.records.items() if row.claim == "asymmetry" and (row.costs, row.actions) == ("equal", 2)}
    unpaid = [r for row, r in rows.items() if row.enforcement == "given, both"]
    refuted = [r for r in unpaid if (r["implied"] or r["status"]) == "refuted"]
    sponsor = sum(r["witness player"] == "sponsor" for r in refuted)
    assert f"refuted in {len(refuted)} of {len(unpaid)} combinations, in {sponsor} of them" in sentence
    named = re.search(r"for the synergies ([\w ]+) if the two can pay each other \(proved in all (\d+)", sentence)
    proved = [
        row for row, r in rows.items()
        if row.enforcement == "transfers given, both" and row.sharing != "wage" and row.synergy in named[1].split(" and ")
        and (r["implied"] or r["status"]) == "proved"
    ]  # fmt: skip
    assert len(proved) == int(named[2])
    wrong = {row: dict(r) | {"status": "refuted", "implied": ""} for row, r in drawn.records.items()}
    assert "a theorem for no kind of synergy" in drawn.map.answer(wrong)
