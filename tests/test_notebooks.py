"""The notebooks run from top to bottom in a kernel of their own, and say what the library says.

Building the pages runs them, too. Where the environment variable ``ALLIANCES_PAGES`` names the folder of the built pages
(``nox -s docs`` sets it), the notebooks are those of that run.
"""

import importlib
import io
import os
import re
from pathlib import Path

import pytest

import alliances as al
from tests.support import benchmark_game

NOTEBOOKS = Path(__file__).parents[1] / "docs" / "notebooks"
PAGES = sorted(page for page in NOTEBOOKS.glob("*.md") if page.name != "index.md")


def run(page, folder):
    """What the cells print and show, in their order."""
    nbclient = pytest.importorskip("nbclient")
    read = pytest.importorskip("myst_nb.core.read")
    if pages := os.environ.get("ALLIANCES_PAGES"):
        executed = Path(pages).resolve().parent / "jupyter_execute" / "notebooks" / f"{page.stem}.ipynb"
        notebook = importlib.import_module("nbformat").read(executed, as_version=4)
    else:
        notebook = read.read_myst_markdown_notebook(page.read_text(encoding="utf-8"), path=str(page))
        nbclient.NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    text = "\n".join(output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs)
    return text, sum("image/png" in output.get("data", {}) for output in outputs)


def test_the_notebooks_are_found():
    assert [page.stem for page in PAGES] == ["a-theorem", "download-to-hazard", "own-data", "the-case"]
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert "```{code-cell}" in text
        assert f"<{page.stem}.ipynb>" in text, "the page must offer its notebook for download"
        cells = re.findall(r"^```\{code-cell\}.*?^```$", text, re.DOTALL | re.MULTILINE)
        drawing = [cell for cell in cells if re.search(r"\bplot(_\w+)?\(", cell)]
        assert drawing
        assert all(re.search(r"^    alt: (\S+ ){10,}", cell, re.MULTILINE) for cell in drawing), "a picture needs its words"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of the packages that run notebooks
def test_the_case(tmp_path):
    text, pictures = run(NOTEBOOKS / "the-case.md", tmp_path)
    game = al.AllianceGame(al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    threshold = al.defection_threshold(game, 0.8, start=0.025)
    assert str(threshold) in text
    assert threshold.defector == "proxy"
    assert str(al.cases.load("gulf-zetas").power_series().predict_break(game, 0.8)) in text
    assert "optimal penal codes  [0.8017, 0.8454)" in text
    assert "[True, True, True, True, True]" in text
    assert pictures == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_own_data(tmp_path):
    text, pictures = run(NOTEBOOKS / "own-data.md", tmp_path)
    table = re.search(r'"""(year,.*?)"""', (NOTEBOOKS / "own-data.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    series = al.cases.PowerSeries.from_csv(io.StringIO(table), unit="armed men", source="made up")
    predicted = series.predict_break(al.presets.chindea_2014(), 0.5)
    assert str(predicted) in text
    assert (predicted.year, predicted.defector) == (2018, "sponsor")  # (8300 - 2600)/10900 = 0.523, the first gap below 0.593
    assert f"{predicted.threshold.gap:.6f}" in text
    assert "A common discount factor in" in text or "the model is refuted" in text
    assert pictures == 1


@pytest.mark.parametrize(
    ("powers", "year", "defector", "words"),
    [
        ([(51, 49), (54, 46), (60, 40)], 2003, "sponsor", "The alliance breaks in 2003: the sponsor defects"),
        ([(60, 40), (55, 45), (50, 50)], None, None, "No break is predicted"),
        ([(50, 50), (48, 52), (40, 60)], 2003, "proxy", "The alliance breaks in 2003: the proxy defects"),
    ],
    ids=["a widening gap", "a narrowing gap", "the proxy overtakes"],
)
def test_own_data_of_a_reader(tmp_path, monkeypatch, capsys, powers, year, defector, words):
    """The cells with the reader's file and model in place of the made-up ones say what the definition says."""
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    page = (NOTEBOOKS / "own-data.md").read_text(encoding="utf-8")
    cells = re.findall(r"^```\{code-cell\}.*?\n(?:---\n.*?^---\n)?(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    table = "year,sponsor,proxy\n" + "".join(f"{2001 + k},{s},{p}\n" for k, (s, p) in enumerate(powers))
    code = "\n".join(cells).replace("%matplotlib inline", "")
    code, files = re.subn(r'"""year,.*?"""', lambda _: repr(table), code, flags=re.DOTALL)
    code, games = re.subn(r"^game = .*$", "game = reader", code, flags=re.MULTILINE)
    code, patiences = re.subn(r"\(game, 0\.5", "(game, 0.8", code)
    assert (files, games, patiences) == (1, 1, 1)
    reader = benchmark_game(conflict_cost=0.15, exposure=0.8, synergy=al.Complementarity(0.6))
    exec(compile(code, "own-data.md", "exec"), {"reader": reader})
    printed = capsys.readouterr().out
    assert words in printed
    assert "None breaks" not in printed
    kept = [bool(al.critical_discount(reader, al.Power(float(s), float(p))).dyad <= 0.8) for s, p in powers]
    breaks = [2001 + k for k in range(1, len(kept)) if kept[k - 1] and not kept[k]]
    assert (breaks[0] if breaks else None) == year
    if defector is not None:
        r = al.critical_discount(reader, al.Power(*map(float, powers[year - 2001])))
        assert [r.sponsor > 0.8, r.proxy > 0.8] == [defector == "sponsor", defector == "proxy"]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_download_to_hazard(tmp_path):
    text, pictures = run(NOTEBOOKS / "download-to-hazard.md", tmp_path)
    assert "F(δ*), GivenPunishment, free decisiveness" in text
    m, low, high = map(float, re.search(r"contest.decisiveness +(\S+) +\S+ +(\S+) +(\S+)", text).groups())
    assert low < 2 < high  # what the files were drawn from
    assert 1.5 < m < 2.5
    assert "['alliances', 'leeds-2002'" in text.replace("(", "[")
    assert pictures == 1
    page = (NOTEBOOKS / "download-to-hazard.md").read_text(encoding="utf-8")
    cells = re.findall(r"^```\{code-cell\}.*?\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    code = [
        line for cell in cells for line in re.sub(r"^---.*^---$", "", cell, flags=re.DOTALL | re.MULTILINE).splitlines() if line
    ]
    assert len(code) <= 35


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_theorem(tmp_path):
    text, pictures = run(NOTEBOOKS / "a-theorem.md", tmp_path)
    assert "asymmetry: refuted at" in text
    assert "\nproved\n" in text
    assert text.strip().endswith("passed")
    assert pictures == 1
