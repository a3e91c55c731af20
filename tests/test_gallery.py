"""The gallery's scripts have titles and say what to see. What they draw: ``test_gallery_of_pages.py``."""

import ast
from pathlib import Path

import pytest

GALLERY = Path(__file__).parents[1] / "docs" / "gallery"
SCRIPTS = sorted(GALLERY.rglob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_each_script_has_a_title_and_says_what_to_see(script):
    lines = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "").splitlines()
    assert set(lines[1]) == {"="}, "a title, underlined"
    assert len(lines[1]) == len(lines[0])
    assert len(" ".join(lines[2:]).split()) >= 15
    assert script.name.startswith("plot_"), "sphinx-gallery runs only what is called plot_…"


def test_the_gallery_is_found():
    assert len(SCRIPTS) >= 20
    assert all((folder / "GALLERY_HEADER.rst").is_file() for folder in {script.parent for script in SCRIPTS})
