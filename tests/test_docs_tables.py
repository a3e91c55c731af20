"""Lists and tables of the pages are complete: what the code knows, the page lists, and nothing else."""

import re
import tomllib
from pathlib import Path
from typing import get_args

from alliances.cases.files.records import OUTCOMES
from alliances.repeated.enforcement import CONCEPTS
from alliances.thresholds import answers

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def first_column(text: str) -> set[str]:
    """The code in the first cell of every row of the tables."""
    return {name for row in re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)}


def section(text: str, heading: str) -> str:
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_the_glossary_has_every_outcome():
    entry = re.search(r"^Outcome\n: How a dyad ended: (.*?)\.$", read("glossary.md"), re.MULTILINE | re.DOTALL)[1]
    listed = re.split(r",\s+(?:or\s+)?", re.sub(r"\s*\([^)]*\)", "", " ".join(entry.split())))
    assert listed == list(OUTCOMES)


def test_the_thresholds_page_has_every_status():
    rows = first_column(read("explanation/thresholds.md")) - {"status"}
    assert {name.strip('"') for name in rows} == set(get_args(answers.Status))


def test_the_page_on_enforcement_has_every_concept():
    table = section(read("explanation/enforcement.md"), "Which enforcement should I choose?")
    assert {name.partition("(")[0] for name in first_column(table)} == {concept.__name__ for concept in CONCEPTS}


def test_the_decision_figure_has_every_concept():
    figure = read("_figures/choose.html")
    assert {concept.__name__ for concept in CONCEPTS} <= set(re.findall(r"[A-Z]\w+(?=\()", figure))
    assert 'role="img"' in figure
    assert "<title" in figure
    assert not re.search(r"#[0-9a-fA-F]{3,6}\b|rgb", figure)  # one colour, that of the text: legible in grey, light and dark


def test_the_installation_page_has_every_extra():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    table = read("installation.md").partition("| extra |")[2].partition("\n\n")[0]
    assert first_column(table) == set(extras)


def test_every_page_opens_with_what_it_answers():
    pages = [page for page in DOCS.rglob("*.md") if page.name not in ("changelog.md", "contributing.md")]
    assert len(pages) > 40
    for page in pages:
        text = re.sub(r"\A---\n.*?\n---\n", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)  # a notebook's metadata
        lines = [line for line in text.splitlines() if line.strip()]
        assert re.match(r"[A-Z\"*\[(]", lines[1]), f"{page.name}: the title is followed by {lines[1]!r}, not by a sentence"


NUMBERS = dict(zip(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], range(2, 11), strict=True))
COUNTED = re.compile(rf"\b({'|'.join(NUMBERS)}) [^\n.:]*:\n\n((?:(?:[*-]|\d+\.) .*\n(?:  +.*\n)*)+)", re.IGNORECASE)


def test_counts_before_a_list_are_the_lists_length():
    """What "answers five questions:" announces has five items."""
    checked = 0
    for page in sorted(DOCS.rglob("*.md")):
        for match in COUNTED.finditer(page.read_text(encoding="utf-8")):
            items = len(re.findall(r"^(?:[*-]|\d+\.) ", match[2], re.MULTILINE))
            assert items == NUMBERS[match[1].lower()], f"{page.name}: {match[0][:60]!r} is followed by {items} items"
            checked += 1
    assert checked > 0
