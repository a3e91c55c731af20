"""The gallery shows every picture that the library can draw, and its scripts run and name their axes.

Building the pages runs the scripts, too. Where the environment variable ``ALLIANCES_PAGES`` names the folder of the built pages
(``nox -s docs`` sets it), what is tested is what that run drew.
"""

import importlib.util
import json
import os
import runpy
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

DOCS = Path(__file__).parents[1] / "docs"
SCRIPTS = sorted((DOCS / "gallery").rglob("*.py"))
SPEC = importlib.util.spec_from_file_location("record_of_the_gallery", DOCS / "_ext" / "gallery_record.py")
gallery_record = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(gallery_record)


def drawn(script):
    """What a script draws: by the build of the pages, or by running it now."""
    kept = DOCS / "auto_gallery" / script.relative_to(DOCS / "gallery").with_suffix(".json")
    if "ALLIANCES_PAGES" in os.environ and kept.is_file():
        return json.loads(kept.read_text(encoding="utf-8"))
    with gallery_record.recording():
        runpy.run_path(str(script))
        record = gallery_record.taken()
    plt.close("all")
    return record


@pytest.mark.slow
def test_every_picture_is_in_the_gallery_and_names_its_axes():
    records = {script.stem: drawn(script) for script in SCRIPTS}
    functions = {name for record in records.values() for name in record["functions"]}
    types = {name for record in records.values() for name in record["types"]}
    assert sorted(gallery_record.FUNCTIONS - functions) == []
    assert sorted({gallery_record.full_name(kind) for kind in gallery_record.TYPES} - types) == []
    assert [name for name, record in records.items() if not record["axes"]] == [], "draw nothing"
    nameless = {name for name, record in records.items() for x, y, shown in record["axes"] if shown and not (x or y)}
    assert sorted(nameless) == []
