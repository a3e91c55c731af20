"""The gallery shows every picture that the library can draw, and its scripts run."""

import ast
import runpy
import sys
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

from alliances import plotting, results

GALLERY = Path(__file__).parents[1] / "docs" / "gallery"
SCRIPTS = sorted(GALLERY.rglob("*.py"))
FUNCTIONS = {name for name in plotting.__all__ if name.startswith("plot_")}
TYPES = {kind for kind in results.draw.registry if kind.__module__.startswith("alliances.")}  # not those of other tests


def shown():
    """Names of the functions that the scripts called, the types of results that they drew, and the axes of each script."""
    functions, types, axes = set(), set(), {}

    def recording(function):
        """The function, which notes that it was called and with what."""

        def called(*arguments, **options):
            functions.add(function.__name__)
            types.update(kind for kind in TYPES if arguments and isinstance(arguments[0], kind))
            return function(*arguments, **options)

        return called

    registered = {kind: results.draw.registry[kind] for kind in TYPES}
    with pytest.MonkeyPatch.context() as patch:
        for name in FUNCTIONS:
            function = getattr(plotting, name)
            patch.setattr(plotting, name, recording(function))
            patch.setattr(sys.modules[function.__module__], name, getattr(plotting, name))
        try:
            for kind, function in registered.items():
                results.draw.register(kind, recording(function))
            for script in SCRIPTS:
                runpy.run_path(str(script))
                axes[script.stem] = [ax for number in plt.get_fignums() for ax in plt.figure(number).axes]
                plt.close("all")
        finally:
            for kind, function in registered.items():
                results.draw.register(kind, function)
    return functions, types, axes


@pytest.mark.slow
def test_every_picture_is_in_the_gallery_and_names_its_axes():
    functions, types, axes = shown()
    assert sorted(FUNCTIONS - functions) == []
    assert sorted(kind.__name__ for kind in TYPES - types) == []
    assert [name for name, drawn in axes.items() if not drawn] == [], "draw nothing"
    nameless = {name for name, drawn in axes.items() for ax in drawn if ax.axison and not (ax.get_xlabel() or ax.get_ylabel())}
    assert sorted(nameless) == []


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
