"""What a store remembers of the call that began it, so that no other call goes on with it.

Arrays are known by a hash of their bytes, functions by name and by a hash of their source, models and concepts by the arguments
that make them.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from alliances.sweeps.grid import Parameter, Space

__all__ = ["FORMAT", "differences", "header_of", "name_of"]

FORMAT = 1
"""Counted up when a store is laid out differently."""


def name_of(function: Callable[..., Any]) -> str:
    """A function by its module and name."""
    if isinstance(function, functools.partial):
        return f"partial of {name_of(function.func)}"
    named: Any = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"


def header_of(
    function: Callable[..., Any], space: Space, constants: Mapping[str, Any], block: tuple[int, ...], **options: Any
) -> dict[str, Any]:
    """What the store of a sweep remembers, as JSON can hold it."""
    return {
        "format": FORMAT,
        "function": name_of(function),
        "code": _hash(_spelled(function)),
        "grid": {
            p.name: [space.dims[p.axis], _words(p), _hash(_spelled(p.labels) + _spelled(p.values))] for p in space.parameters
        },
        "constants": {name: _hash(_spelled(value)) for name, value in constants.items()},
        "chunk": list(block),
        **{name: list(value) if isinstance(value, tuple) else value for name, value in options.items()},
    }


def differences(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """What another call asks for, each in words."""
    found = []
    grid, new = stored.get("grid", {}), asked["grid"]
    for name in {**grid, **new}:
        if name not in new or name not in grid:
            where, lacking = ("the store", "the call") if name in grid else ("the call", "the store")
            found.append(f"{where} has {name!r}, which {lacking} has not")
        elif grid[name] != new[name]:
            same = grid[name][1] == new[name][1]
            found.append(
                f"{name!r} is {grid[name][1]} in the store and {'other such values' if same else new[name][1]} in the call"
            )
    if not found and list(grid) != list(new):
        found.append(f"its axes are in the order {', '.join(grid)}")
    if stored.get("function") != asked["function"]:
        found.append(f"its function is {stored.get('function')}")
    elif stored.get("code") != asked["code"]:
        found.append(f"{asked['function']} has changed since")
    constants = {**stored.get("constants", {}), **asked["constants"]}
    other = [name for name in constants if stored.get("constants", {}).get(name) != asked["constants"].get(name)]
    found += [f"the constant argument {name!r} is another" for name in other]
    for name in asked.keys() - {"grid", "function", "code", "constants"}:
        if stored.get(name) != asked[name]:
            found.append(f"{name} is {stored.get(name)} in the store and {asked[name]} in the call")
    return found


def _words(parameter: Parameter) -> str:
    labels = parameter.labels
    count = f"{len(labels)} value{'s' * (len(labels) > 1)}"
    return f"{labels[0]}" if len(labels) == 1 else f"{count} from {labels[0]} to {labels[-1]}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _spelled(x: Any) -> str:
    """Any value as text that is equal for equal values, in every process."""
    if isinstance(x, np.ndarray):
        if x.dtype.kind in "OT":
            return f"array({', '.join(map(_spelled, x.ravel().tolist()))})"
        return f"array({x.dtype.str}, {x.shape}, {sha256(np.ascontiguousarray(x).tobytes()).hexdigest()})"
    if isinstance(x, functools.partial):
        return f"partial({_spelled(x.func)}, {_spelled(x.args)}, {_spelled(x.keywords)})"
    if isinstance(x, Mapping):
        return "{" + ", ".join(f"{_spelled(key)}: {_spelled(part)}" for key, part in x.items()) + "}"
    if isinstance(x, (tuple, list)):
        return f"{type(x).__name__}({', '.join(map(_spelled, x))})"
    if is_dataclass(x) and not isinstance(x, type):
        parts = (f"{part.name}={_spelled(getattr(x, part.name))}" for part in fields(x) if part.compare)
        return f"{type(x).__qualname__}({', '.join(parts)})"
    if inspect.isroutine(x) or isinstance(x, type):
        return _code(x)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(x))


def _code(function: Any) -> str:
    """A function by its source and the values that it holds."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):  # typed at a console, or compiled
        code = getattr(function, "__code__", None)
        source = "" if code is None else f"{code.co_code.hex()} {code.co_names} {_constants(code)}"
    held = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    bound = getattr(function, "__self__", None)
    if inspect.ismodule(bound):
        bound = None
    held = [x for x in held if x is not function]
    defaults = getattr(function, "__defaults__", None)
    return f"{getattr(function, '__qualname__', '')}: {source} {_spelled(held)} {_spelled(defaults)} {_spelled(bound)}"


def _constants(code: Any) -> str:
    return ", ".join(_constants(x) if inspect.iscode(x) else repr(x) for x in code.co_consts)
