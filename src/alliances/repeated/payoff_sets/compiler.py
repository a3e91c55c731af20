"""Whether the compiled solver can be used, and a word to who waits for its compilation.

The extra ``fast`` installs Numba. The solver is compiled when it is first needed on a machine, and its machine code is kept on
disk: see :mod:`alliances.repeated.machine_code`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from alliances.repeated.machine_code import announced, available

__all__ = ["kernels", "ready"]

_PATIENCE = 1.0  # seconds of compiling that need no explanation
_ANNOUNCED = "alliances: compiling the solver of payoff sets; kept on disk for the next time …"


@cache
def kernels() -> ModuleType | None:
    """The package of compiled functions; None without Numba, which this imports."""
    if not available():
        return None
    from alliances.repeated.payoff_sets import kernels as package

    return package


def ready(function: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """The function, compiled for such arguments or read from the disk; a line on the standard error if that takes long."""
    if not hasattr(function, "compile") or function.signatures:  # type: ignore[attr-defined]
        return function
    from numba import typeof

    with announced(_ANNOUNCED, _PATIENCE):
        function.compile(tuple(map(typeof, arguments)))
    return function
