"""Functions compiled by Numba, if it is there, and where their machine code is kept on disk.

Numba keeps machine code beside the file that a function comes from, for as long as that file stays the same. But machine code
also holds what the function calls, and constants, from other files. So Numba is shown a copy of the file in a folder of caches,
named by the contents of everything that the machine code comes from: another version of any of it has another place, and what
is kept is never out of date.

The folder is $ALLIANCES_CACHE if that is set, otherwise "alliances" in the user's folder of caches. Where it cannot be written
to, functions are compiled anew in every process. ($NUMBA_CACHE_DIR moves the machine code, but not the copies.)
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["OPTIONS", "announced", "available", "cache_folder", "compiler", "digest", "stored"]

OPTIONS = {"error_model": "numpy", "nogil": True}
"""What is asked of Numba: no check for divisions by zero, and threads that run side by side."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


@functools.cache
def available() -> bool:
    """Whether Numba is installed, which the extra ``fast`` brings."""
    return importlib.util.find_spec("numba") is not None


def cache_folder() -> Path:
    """Where sources and machine code are kept."""
    if given := os.environ.get("ALLIANCES_CACHE"):
        return Path(given)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "alliances"


def digest(texts: Sequence[str]) -> str:
    """A name for texts, in their order, that other texts do not have.

    >>> digest(["a", "b"]) == digest(["a", "b"]), digest(["a", "b"]) == digest(["ab"])
    (True, False)
    """
    parts = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    return (parts[0] if len(parts) == 1 else hashlib.sha256("".join(parts).encode()).hexdigest())[:24]


def stored(text: str, name: str) -> Path | None:
    """The file of that name in the folder of caches with this text, written if it is not there; None if it cannot be."""
    path = cache_folder() / name
    try:
        if path.read_text(encoding="utf-8") == text:
            return path
    except (OSError, ValueError):
        pass
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(text)
        Path(file.name).replace(path)  # another process sees all of it or nothing
    except OSError:
        return None
    return path


def compiler(name: str, sources: Sequence[Path]) -> Callable[[_Function], _Function]:
    """A decorator for functions to be compiled at their first call; without Numba they stay as they are.

    Parameters
    ----------
    name
        Of the folder that keeps the machine code, before the digest.
    sources
        The files that the functions, what they call and their constants come from.
    """
    if not available():
        return lambda function: function
    import numba

    try:
        texts = {str(path): path.read_text(encoding="utf-8") for path in sources}
        folder: str | None = f"{name}_{digest(list(texts.values()))}"
    except OSError:  # no files, as in an archive
        texts, folder = {}, None

    def compiled(function: _Function) -> _Function:
        given = function.__code__.co_filename
        text = texts.get(given)
        copy = stored(text, f"{folder}/{Path(given).name}") if text is not None and not numba.config.DISABLE_JIT else None
        if copy is not None:  # which has the same lines, so that tracebacks still tell
            function.__code__ = function.__code__.replace(co_filename=str(copy))
        kernel: _Function
        try:
            kernel = numba.njit(cache=copy is not None, **OPTIONS)(function)
        except RuntimeError:  # no folder that machine code could be kept in
            kernel = numba.njit(**OPTIONS)(function)
        return kernel

    return compiled


@contextlib.contextmanager
def announced(text: str, patience: float) -> Iterator[None]:
    """A line on standard error, if what follows takes longer than some seconds."""
    timer = threading.Timer(patience, lambda: print(text, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
