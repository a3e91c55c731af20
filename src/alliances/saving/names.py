"""Classes and functions by the names that files use.

* A class of the library has its own name, such as "CriticalDiscount"; all that derive from :class:`alliances.values.Value` are
  found, so that a new result can be saved without being listed.
* A class or function of a user has the name of its module before it: "my_models.Tribute".
* A preset is "presets.chindea_2014", the function of a contender of the scoreboard "contenders.morrow_1991".
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from alliances.arithmetic.domains import Choice, Interval
from alliances.cases.scores.contenders import CONTENDERS
from alliances.payoffs import presets
from alliances.repeated.payoff_sets.operator import Origin
from alliances.values import Value

__all__ = [
    "arguments_of",
    "classes",
    "known_classes",
    "library_functions",
    "make",
    "name_of_class",
    "name_of_function",
    "parameters",
]

OTHERS: tuple[type, ...] = (Choice, Interval, Origin)
"""What files hold, and is below values or a named tuple."""
_LIBRARY = "alliances."


def name_of_class(cls: type) -> str:
    """The name that files use."""
    return cls.__name__ if cls.__module__.startswith(_LIBRARY) else f"{cls.__module__}.{cls.__qualname__}"


def classes() -> dict[str, type]:
    """All classes whose objects files may hold, by name; of a user's, the one that was defined last."""
    _load_all()
    return {name_of_class(cls): cls for cls in (*OTHERS, *_below(Value)) if not inspect.isabstract(cls)}


@cache
def _load_all() -> None:
    """Load the whole library, of which each part is otherwise loaded when it is first asked for."""
    library = import_module("alliances")
    for name in library.__all__:
        getattr(library, name)


def _below(cls: type) -> Iterator[type]:
    subs: list[type] = cls.__subclasses__()
    for sub in subs:
        yield sub
        yield from _below(sub)


@cache
def _library_classes() -> Mapping[str, type]:
    """Those of :func:`classes` that are the library's: they stay what they are, while a user may define others at any time."""
    return {name: cls for name, cls in classes().items() if cls.__module__.startswith(_LIBRARY)}


def known_classes(name: str) -> Mapping[str, type]:
    """Classes by name, ``name`` among them if it is known: those of the library, or if it is none of these all :func:`classes`.

    With those of :mod:`alliances.testing` if ``name`` is none of the others, and Hypothesis is there.
    """
    if name in _library_classes():
        return _library_classes()
    known = classes()
    if name not in known and "." not in name and find_spec("hypothesis") is not None:
        import_module("alliances.testing")  # not loaded with the library, because it needs Hypothesis
        known = classes()
    return known


@cache
def library_functions() -> Mapping[str, Callable[..., Any]]:
    """The functions of the library that files may name, by name: those that models are made by."""
    functions: dict[str, Callable[..., Any]] = {f"presets.{name}": getattr(presets, name) for name in presets.__all__}
    for name, contender in CONTENDERS.items():
        function = getattr(contender, "build", None) or getattr(contender, "rule", None)
        if function is not None and function not in functions.values():
            functions[f"contenders.{name}"] = function
    return functions


def name_of_function(function: Callable[..., Any]) -> str:
    """The name that files use."""
    for name, known in library_functions().items():
        if known is function:
            return name
    return f"{function.__module__}.{function.__qualname__}"


@cache
def parameters(cls: type) -> tuple[str, ...]:
    """The names of the arguments from which a class makes its objects."""
    if hasattr(cls, "_fields"):  # a named tuple
        return tuple(cls._fields)
    if issubclass(cls, tuple):  # of results
        return tuple(inspect.signature(cls.__new__).parameters)[1:]
    return tuple(inspect.signature(cls.__init__).parameters)[1:]


def arguments_of(value: Any) -> dict[str, Any]:
    """The arguments that make an equal object, by name.

    Raises
    ------
    AttributeError
        If the object does not keep one of them under its name.
    """
    others = value._arguments() if isinstance(value, Value) else {}
    cls: Any = type(value)
    return {name: others[name] if name in others else getattr(value, name) for name in parameters(cls)}


def make(cls: type, arguments: Mapping[str, Any]) -> Any:
    """The object that a class makes from arguments by name."""
    return cls(*arguments["values"]) if cls is Choice else cls(**arguments)
