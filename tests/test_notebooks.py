"""The notebooks run from top to bottom in a kernel of their own, and say what the library says."""

import re
from pathlib import Path

import pytest

import alliances as al

NOTEBOOKS = Path(__file__).parents[1] / "docs" / "notebooks"
PAGES = sorted(page for page in NOTEBOOKS.glob("*.md") if page.name != "index.md")


def run(page, folder):
    """What the cells print and show, in their order."""
    nbclient = pytest.importorskip("nbclient")
    read = pytest.importorskip("myst_nb.core.read")
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
    assert "optimal penal codes  [0.8017, 0.8454)" in text
    assert "[True, True, True, True, True]" in text
    assert pictures == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_own_data(tmp_path):
    text, pictures = run(NOTEBOOKS / "own-data.md", tmp_path)
    threshold = al.defection_threshold(al.presets.chindea_2014(), 0.5)
    assert f"{threshold.gap:.6f}" in text
    assert "The sponsor breaks the alliance in 2018." in text  # (8300 - 2600)/10900 = 0.523 is the first gap below 0.593
    assert "A common discount factor in" in text or "the model is refuted" in text
    assert pictures == 1
    assert (tmp_path / "own_power.csv").is_file()


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
