"""What a store remembers of the call that began it, so that no other call goes on with it.

Everything is known by a hash of its text (:mod:`alliances.sweeps.spelling`), which tells what it is made of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from alliances.sweeps.grid import Parameter, Space
from alliances.sweeps.spelling import Speller, Untold

__all__ = ["FORMAT", "differences", "header_of", "name_of"]

FORMAT = 2
"""Counted up when a store is laid out differently, or remembers something else."""


def name_of(function: Callable[..., Any]) -> str:
    """A function by its module and name."""
    if isinstance(function, functools.partial):
        return f"partial of {name_of(function.func)}"
    named: Any = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"


def header_of(
    function: Callable[..., Any], space: Space, constants: Mapping[str, Any], block: tuple[int, ...], **options: Any
) -> dict[str, Any]:
    """What the store of a sweep remembers, as JSON can hold it.

    Raises
    ------
    TypeError
        If something in the call has no content that can be told.
    """
    packages: dict[str, str] = {}

    def told(where: str, x: Any) -> str:
        with _refusing(function, where):
            return Speller(packages).spell(x)

    with _refusing(function, "function"):
        code = Speller(packages).parts(function)
    grid = {p.name: told(f"grid[{p.name!r}]", [p.labels, p.values]) for p in space.parameters}
    fixed = {name: told(f"constants[{name!r}]", value) for name, value in constants.items()}
    return {
        "format": FORMAT,
        "function": name_of(function),
        "code": {name: _hash(text) for name, text in code.items()},
        "grid": {p.name: [space.dims[p.axis], _words(p), _hash(grid[p.name])] for p in space.parameters},
        "constants": {name: _hash(text) for name, text in fixed.items()},
        "packages": dict(sorted(packages.items())),
        "chunk": list(block),
        **{name: list(value) if isinstance(value, tuple) else value for name, value in options.items()},
    }


@contextmanager
def _refusing(function: Callable[..., Any], where: str) -> Iterator[None]:
    """Say what to do about what has no content that can be told."""
    try:
        yield
    except (Untold, RecursionError) as error:
        said = "got what is nested too deeply" if isinstance(error, RecursionError) else error
        raise TypeError(
            f"sweep(): with a store, {where} must have a content by which it is known again; {said}: make it inside "
            f"{name_of(function)}, give its class a __reduce__ that says what it is made of, or leave out store"
        ) from None


def differences(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """What another call asks for, each in words."""
    if stored.get("format") != FORMAT:
        return [f"format is {stored.get('format')} in the store and {FORMAT} in the call"]
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
    else:
        found += _changes(stored, asked)
    constants = {**stored.get("constants", {}), **asked["constants"]}
    other = [name for name in constants if stored.get("constants", {}).get(name) != asked["constants"].get(name)]
    found += [f"the constant argument {name!r} is another" for name in other]
    for name in asked.keys() - {"grid", "function", "code", "constants", "packages"}:
        if stored.get(name) != asked[name]:
            found.append(f"{name} is {stored.get(name)} in the store and {asked[name]} in the call")
    return found


def _changes(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """How a function of the same name is another: what it calls has another version, or its code or a global is another."""
    before, now = stored.get("packages", {}), asked["packages"]
    versions = [
        f"{name} is {before[name]} in the store and {now[name]} in the call"
        for name in now
        if name in before and before[name] != now[name]
    ]
    old, new = stored.get("code", {}), asked["code"]
    if old == new or any(said.startswith("Python ") for said in versions):  # whose bytecode is another
        return versions
    changed = [repr(name) for name in {**old, **new} if name and old.get(name) != new.get(name)]
    if old.get("") != new.get(""):
        return [*versions, f"{asked['function']} has changed since"]
    return [*versions, f"{', '.join(changed)}, which {asked['function']} names, has changed since"]


def _words(parameter: Parameter) -> str:
    labels = parameter.labels
    count = f"{len(labels)} value{'s' * (len(labels) > 1)}"
    return f"{labels[0]}" if len(labels) == 1 else f"{count} from {labels[0]} to {labels[-1]}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
