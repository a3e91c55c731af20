"""The gallery shows every picture that the library can draw, and its scripts run."""

import ast
import inspect
import runpy
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

from alliances import plotting, results

GALLERY = Path(__file__).parents[1] / "docs" / "gallery"
SCRIPTS = sorted(GALLERY.rglob("*.py"))
FUNCTIONS = {name for name in plotting.__all__ if name.startswith("plot_")}
TYPES = set(results.draw.registry) - {object}


@pytest.fixture(scope="module")
def shown():
    """Names of the functions that the scripts called, the types of results that they drew, and the axes of each script."""
    functions, types, axes = set(), set(), {}
    with pytest.MonkeyPatch.context() as patch:
        for name in FUNCTIONS:
            patch.setattr(plotting, name, recording(getattr(plotting, name), functions, types))
        dispatch = results.draw

        def draw(result, ax=None, **options):
            types.add(next(kind for kind in type(result).__mro__ if kind in dispatch.registry))
            functions.add(dispatch.dispatch(type(result)).__name__)
            return dispatch(result, ax, **options)

        patch.setattr(results, "draw", draw)
        for script in SCRIPTS:
            runpy.run_path(str(script))
            axes[script.stem] = [ax for number in plt.get_fignums() for ax in plt.figure(number).axes]
            plt.close("all")
    return functions, types, axes


def recording(function, functions, types):
    """The function, which notes that it was called and what for."""

    def called(*arguments, **options):
        functions.add(function.__name__)
        types.update(kind for kind in TYPES if arguments and isinstance(arguments[0], kind))
        return function(*arguments, **options)

    return called


@pytest.mark.slow
def test_every_plot_function_is_in_the_gallery(shown):
    assert sorted(FUNCTIONS - shown[0]) == []


@pytest.mark.slow
def test_every_result_with_a_picture_is_in_the_gallery(shown):
    assert sorted(kind.__name__ for kind in TYPES - shown[1]) == []


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_pictures_name_their_axes(shown, script):
    axes = shown[2][script.stem]
    assert axes, "the script draws nothing"
    for ax in axes:
        assert not ax.axison or ax.get_xlabel() or ax.get_ylabel()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_each_script_has_a_title_and_says_what_to_see(script):
    lines = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "").splitlines()
    assert set(lines[1]) == {"="}, "a title, underlined"
    assert len(lines[1]) == len(lines[0])
    assert len(" ".join(lines[2:]).split()) >= 15
    assert script.name.startswith("plot_"), "sphinx-gallery runs only what is called plot_…"


def test_the_gallery_is_found():
    assert len(SCRIPTS) >= len({inspect.getsourcefile(getattr(plotting, name)) for name in FUNCTIONS})
    assert all((folder / "GALLERY_HEADER.rst").is_file() for folder in {script.parent for script in SCRIPTS})
