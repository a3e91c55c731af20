"""The error of a formula that decides by ``if`` on what has no one truth value: an array of dyads, or a symbol.

``if s > p``, ``and``, ``or``, ``not``, ``min``, ``max`` and ``sorted`` ask a comparison whether it is true. An array of
comparisons is true for some dyads and not for others; a comparison of symbols is neither until they have values. NumPy, SymPy
and Z3 then raise errors of their own, which do not say what to write instead.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

__all__ = ["deciding"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_ADVICE = (
    "has no one truth value; write choose(s > p, a, b), larger(a, b) or smaller(a, b) of alliances.arithmetic "
    "for if, and, or, max, min"
)


def deciding(function: _Function) -> _Function:
    """A method whose errors from deciding by ``if`` say what to write instead; they name the class.

    Raises
    ------
    ValueError
        If the formula asked whether an array is true.
    TypeError
        If it asked whether a comparison of symbols is true.
    """

    @functools.wraps(function)
    def explained(self: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return function(self, *arguments, **options)
        except Exception as error:
            kind = _kind(error)
            if kind is None:
                raise
            name = type(self).__name__
            if kind is ValueError:
                raise ValueError(f"{name}(): the payoffs decide by if on an array of dyads, which {_ADVICE}") from error
            raise TypeError(f"{name}(): the payoffs decide by if on a comparison of symbols, which {_ADVICE}") from error

    return explained  # type: ignore[return-value]


def _kind(error: Exception) -> type[Exception] | None:
    """What was asked for its truth value: ValueError for an array, TypeError for a symbol; None if nothing was."""
    if type(error) is ValueError:
        return ValueError if str(error) == _of_numpy() else None
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_code.co_name != "__bool__":
        return None
    owner = type(trace.tb_frame.f_locals.get("self")).__module__.partition(".")[0]
    return TypeError if owner in ("sympy", "z3") else None


@functools.cache
def _of_numpy() -> str:
    """What NumPy says of an array that is asked for its truth value: it has no error type of its own for that."""
    try:
        return str(bool(np.zeros(2)))
    except ValueError as error:
        return str(error)
