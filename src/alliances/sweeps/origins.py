"""Whose a module is: the user's own, whose code may change from one call to the next, or a package's, which has versions."""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

__all__ = ["file_of", "is_installed", "is_standard", "package_of", "version_of"]

_LIBRARY = __name__.partition(".")[0]
_OWN = {"__main__", "__mp_main__"}  # scripts and notebooks
_STANDARD = Path(os.__file__).parent
_SITES = {"site-packages", "dist-packages"}


def package_of(module: str) -> str:
    """The package that a module is part of.

    >>> package_of("numpy.linalg")
    'numpy'
    """
    return module.partition(".")[0]


def file_of(module: str) -> Path | None:
    """Where a module comes from; None if it is built in, or was never a file."""
    found = sys.modules.get(module)
    file = getattr(found, "__file__", None)
    if file is None and found is None:
        try:
            spec = importlib.util.find_spec(module)
        except (ImportError, ValueError, AttributeError):
            return None
        file = spec.origin if spec is not None and spec.has_location else None
        if spec is not None and file is None and spec.submodule_search_locations:
            file = next(iter(spec.submodule_search_locations), None)
    elif file is None:
        file = next(iter(getattr(found, "__path__", ())), None)  # a package without an __init__.py
    return None if file is None else Path(file)


@cache
def is_standard(module: str) -> bool:
    """Whether a module is Python's own.

    >>> is_standard("json.decoder"), is_standard("numpy")
    (True, False)
    """
    package = package_of(module)
    if package in _OWN:
        return False
    file = file_of(package)
    if file is None:
        return package in sys.stdlib_module_names or package in sys.builtin_module_names
    return _STANDARD in file.parents and not _SITES & set(file.parts)


@cache
def is_installed(module: str | None) -> bool:
    """Whether a module is of a package that is installed, of this library or of Python, rather than the user's own.

    >>> is_installed("numpy"), is_installed("alliances.power"), is_installed("__main__")
    (True, True, False)
    """
    if module is None:
        return False
    package = package_of(module)
    if package in _OWN:
        return False
    file = file_of(package)
    return package == _LIBRARY or is_standard(module) or (file is not None and bool(_SITES & set(file.parts)))


@cache
def version_of(package: str) -> str:
    """The version of an installed package, as its own ``__version__`` or its distribution says."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        own = getattr(sys.modules.get(package), "__version__", None)
    if isinstance(own, str):
        return own
    distributions = sorted(set(metadata.packages_distributions().get(package, ())))
    return ", ".join(f"{name} {metadata.version(name)}" for name in distributions) or "without a version"
