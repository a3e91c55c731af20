"""Programmes compiled by Numba, if it is there, and kept on disk.

The source of a kernel is a file in a folder of caches, named by its contents, because Numba keeps what it has compiled beside
the file that it comes from: $ALLIANCES_CACHE if that is set, otherwise "alliances" in the user's folder of caches. Where that
cannot be written to, kernels are compiled anew in every process.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from alliances.repeated.kernels.plan import Plan
from alliances.repeated.kernels.source import ENTRY, source

__all__ = ["available", "cache_folder", "compiled"]

_SLOW = 1.0  # seconds, after which a compilation is announced

_kernels: dict[object, Callable[..., int]] = {}
_lock = threading.Lock()


@functools.cache
def available() -> bool:
    """Whether Numba is installed, which the extra ``fast`` brings."""
    return importlib.util.find_spec("numba") is not None


def cache_folder() -> Path:
    """Where sources and compiled kernels are kept."""
    if given := os.environ.get("ALLIANCES_CACHE"):
        return Path(given)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "alliances"


def compiled(plan: Plan) -> Callable[..., int]:
    """The kernel of a plan: compiled now, or before."""
    with _lock:  # two threads would compile the same twice
        if plan.key not in _kernels:
            import numba  # noqa: F401 – takes a second by itself, which is no compilation

            with _announced():
                _kernels[plan.key] = _compiled(plan)
        return _kernels[plan.key]


def _compiled(plan: Plan) -> Callable[..., int]:
    import numba

    text = source(plan)
    path = _stored(text)
    space: dict[str, Any] = {"__name__": __name__}  # of a module that Numba finds when it reads what it has kept
    exec(compile(text, str(path or "<kernel>"), "exec"), space)
    # with a signature it is compiled, or read, at once; arrays of the library's values are read-only
    given = numba.types.Array(numba.float64, 1, "C", readonly=True)
    types = {"number": numba.float64}
    inputs = [types.get(plan.kinds[place], given) for place, operation, _, _ in plan.steps if operation == "input"]
    truths = {place for place, operation, _, _ in plan.steps if operation in ("<", "<=", "==", "not", "and", "or")}
    outputs = [numba.types.Array(numba.boolean if k in truths else numba.float64, 1, "C") for k in plan.outputs]
    signature = numba.int64(numba.int64, numba.int64, *inputs, *outputs)
    options = {"error_model": "numpy", "nogil": True}
    try:
        kernel = numba.njit([signature], cache=path is not None, **options)(space[ENTRY])
    except Exception:  # what is kept cannot be read, whatever has happened to it, or nothing can be kept after all
        kernel = numba.njit([signature], **options)(space[ENTRY])
    return kernel  # type: ignore[no-any-return]


def _stored(text: str) -> Path | None:
    """The file with this text, written if it is not there; None if it cannot be."""
    path = cache_folder() / f"kernel_{hashlib.sha256(text.encode()).hexdigest()[:24]}.py"
    try:
        if path.read_text(encoding="utf-8") == text:
            return path
    except OSError:
        pass
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(text)
        Path(file.name).replace(path)  # another process sees all of it or nothing
    except OSError:
        return None
    return path


@contextlib.contextmanager
def _announced() -> Iterator[None]:
    """A line on standard error, if what follows takes longer than a second."""
    text = "alliances: compiling a kernel for this kind of model (once; it is kept for later)"
    timer = threading.Timer(_SLOW, lambda: print(text, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
