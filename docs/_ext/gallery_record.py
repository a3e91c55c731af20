"""What each script of the gallery draws and how it names its axes: noted while the pages are built, where a test looks at it.

Beside the page of a script is kept, as JSON, which functions of :mod:`alliances.plotting` it called, which types of results it
drew, and of each pair of axes the two names and whether it is shown.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest import mock

from matplotlib import pyplot as plt

from alliances import plotting, results

FUNCTIONS = {name for name in plotting.__all__ if name.startswith("plot_")}
TYPES = {kind for kind in results.draw.registry if kind.__module__.startswith("alliances.")}  # not those of tests

_called: set[str] = set()
_drawn: set[str] = set()
_RECORDING = ExitStack()


def full_name(kind: type) -> str:
    """A type's name with its module's."""
    return f"{kind.__module__}.{kind.__qualname__}"


def _noting(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which notes that it was called and with what."""

    @wraps(function)
    def noted(*arguments: Any, **options: Any) -> Any:
        _called.add(function.__name__)
        _drawn.update(full_name(kind) for kind in TYPES if arguments and isinstance(arguments[0], kind))
        return function(*arguments, **options)

    return noted


@contextmanager
def recording() -> Iterator[None]:
    """Note what is drawn, by name or through the results."""
    registered = {kind: results.draw.registry[kind] for kind in TYPES}
    with ExitStack() as stack:
        for name in FUNCTIONS:
            function = getattr(plotting, name)
            for module in (plotting, sys.modules[function.__module__]):
                stack.enter_context(mock.patch.object(module, name, _noting(function)))
        try:
            for kind, function in registered.items():
                results.draw.register(kind, _noting(function))
            yield
        finally:
            for kind, function in registered.items():
                results.draw.register(kind, function)


def taken() -> dict[str, list[Any]]:
    """What was drawn since this was asked last, with the axes of all open figures."""
    axes = [ax for number in plt.get_fignums() for ax in plt.figure(number).axes]
    record = {
        "functions": sorted(_called),
        "types": sorted(_drawn),
        "axes": [[ax.get_xlabel(), ax.get_ylabel(), bool(ax.axison)] for ax in axes],
    }
    _called.clear()
    _drawn.clear()
    return record


def scrape(block: Any, variables: dict[str, Any], settings: dict[str, Any], **options: Any) -> str:
    """The pictures of one block of a script, as Sphinx-Gallery takes them; what was drawn is kept beside the script's page."""
    from sphinx_gallery.scrapers import matplotlib_scraper

    file, record = Path(variables["target_file"]).with_suffix(".json"), taken()
    if "record" in variables:  # of the blocks before this one
        record = {key: variables["record"][key] + more for key, more in record.items()}
    variables["record"] = record
    file.write_text(json.dumps(record), encoding="utf-8")
    text: str = matplotlib_scraper(block, variables, settings, **options)
    return text


def setup(app: Any) -> None:
    """Note what is drawn while Sphinx-Gallery runs its scripts, and no longer."""
    app.connect("builder-inited", lambda _app: _RECORDING.enter_context(recording()), priority=100)
    app.connect("builder-inited", lambda _app: _RECORDING.close(), priority=800)
