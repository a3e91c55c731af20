"""What the code of a function reads from outside: globals, imports, and the attributes that it asks modules for."""

from __future__ import annotations

import dis
import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from alliances.sweeps.origins import is_installed

__all__ = ["Reads", "imported", "reads_of"]

_OTHER_NAMES = ("ATTR", "METHOD", "IMPORT", "STORE", "DELETE")  # instructions whose names are no globals


@dataclass(frozen=True)
class Reads:
    """What code reads.

    Attributes
    ----------
    globals
        The names of globals and built-in functions, sorted.
    imports
        Modules that it imports while it runs: how many packages up, and the name.
    names
        All names of the code, among which are the attributes of modules.
    """

    globals: tuple[str, ...]
    imports: tuple[tuple[int, str], ...]
    names: frozenset[str]


def reads_of(code: CodeType) -> Reads:
    """What a code object reads, and the functions, lambdas and comprehensions within it.

    >>> found = reads_of((lambda x: len([k for k in x if k.real > LIMIT])).__code__)
    >>> found.globals, sorted(found.names)
    (('LIMIT', 'len'), ['LIMIT', 'len', 'real'])
    """
    globals_: set[str] = set()
    imports: set[tuple[int, str]] = set()
    names: set[str] = set()
    for part in _parts(code):
        names.update(part.co_names)
        said: list[Any] = []
        for instruction in dis.get_instructions(part):
            if instruction.opname == "IMPORT_NAME":
                imports.add((next((x for x in said[-2:] if isinstance(x, int)), 0), instruction.argval))
            elif instruction.opcode in dis.hasname and not any(x in instruction.opname for x in _OTHER_NAMES):
                globals_.add(instruction.argval)
            said.append(instruction.argval)
    return Reads(tuple(sorted(globals_)), tuple(sorted(imports)), frozenset(names))


def _parts(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _parts(constant)


def imported(level: int, name: str, scope: Mapping[str, Any]) -> str | ModuleType:
    """A module that a function imports: itself if it is the user's own; its name if it is installed, or not there."""
    if level:
        try:
            name = importlib.util.resolve_name("." * level + name, scope.get("__package__") or scope.get("__name__", ""))
        except ImportError:
            return name
    if is_installed(name):
        return name
    try:
        return importlib.import_module(name)
    except Exception:  # the cells will say so
        return name
