"""Whether the compiled solver can be used, and a word to who waits for its compilation.

The extra ``fast`` installs Numba. The solver is compiled when it is first needed on a machine, and Numba keeps the machine code
beside this package, or in its own folder where that cannot be written to (``NUMBA_CACHE_DIR`` names another one).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

__all__ = ["kernels", "ready"]

_PATIENCE = 1.0  # seconds of compiling that need no explanation


@cache
def kernels() -> ModuleType | None:
    """The module of compiled functions; None without Numba, which this imports."""
    if find_spec("numba") is None:
        return None
    from alliances.repeated.payoff_sets import kernels as module

    return module


def ready(function: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """The function, compiled for such arguments or read from the disk; a line on the standard error if that takes long."""
    if not hasattr(function, "compile") or function.signatures:  # type: ignore[attr-defined]
        return function
    from numba import typeof

    done = threading.Event()

    def announce() -> None:
        if not done.wait(_PATIENCE):
            print(
                "alliances: compiling the solver of payoff sets; kept on disk for the next time …", file=sys.stderr, flush=True
            )

    threading.Thread(target=announce, daemon=True).start()
    try:
        function.compile(tuple(map(typeof, arguments)))
    finally:
        done.set()
    return function
