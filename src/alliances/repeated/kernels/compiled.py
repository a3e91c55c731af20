"""Programmes compiled by Numba, if it is there, and kept on disk.

The source of a kernel is a file in the folder of caches of :mod:`alliances.repeated.machine_code`, named by its contents.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from alliances.repeated.kernels.plan import Plan
from alliances.repeated.kernels.source import ENTRY, source
from alliances.repeated.machine_code import OPTIONS, announced, available, digest, stored

__all__ = ["available", "compiled"]

_PATIENCE = 1.0  # seconds, after which a compilation is announced
_ANNOUNCED = "alliances: compiling a kernel for this kind of model (once; it is kept for later)"

_kernels: dict[object, Callable[..., int]] = {}
_lock = threading.Lock()


def compiled(plan: Plan) -> Callable[..., int]:
    """The kernel of a plan: compiled now, or before."""
    with _lock:  # two threads would compile the same twice
        if plan.key not in _kernels:
            import numba  # noqa: F401 – takes a second by itself, which is no compilation

            with announced(_ANNOUNCED, _PATIENCE):
                _kernels[plan.key] = _compiled(plan)
        return _kernels[plan.key]


def _compiled(plan: Plan) -> Callable[..., int]:
    import numba

    text = source(plan)
    path = stored(text, f"kernel_{digest([text])}.py")
    space: dict[str, Any] = {"__name__": __name__}  # of a module that Numba finds when it reads what it has kept
    exec(compile(text, str(path or "<kernel>"), "exec"), space)
    # with a signature it is compiled, or read, at once; arrays of the library's values are read-only
    given = numba.types.Array(numba.float64, 1, "C", readonly=True)
    types = {"number": numba.float64}
    inputs = [types.get(plan.kinds[place], given) for place, operation, _, _ in plan.steps if operation == "input"]
    truths = {place for place, operation, _, _ in plan.steps if operation in ("<", "<=", "==", "not", "and", "or")}
    outputs = [numba.types.Array(numba.boolean if k in truths else numba.float64, 1, "C") for k in plan.outputs]
    signature = numba.int64(numba.int64, numba.int64, *inputs, *outputs)
    try:
        kernel = numba.njit([signature], cache=path is not None, **OPTIONS)(space[ENTRY])
    except Exception:  # what is kept cannot be read, whatever has happened to it, or nothing can be kept after all
        kernel = numba.njit([signature], **OPTIONS)(space[ENTRY])
    return kernel  # type: ignore[no-any-return]
