"""What models, concepts and results have in common: they are values.

A value never changes once it is made, is equal to every value of its class with equal parts, and has a hash to match. So what
was solved once may be kept for ever, and a result that is shown today is the one that was computed.

* Arrays are read-only (:func:`read_only`), and copies of what a user passed, who may go on writing to the original. So are
  dictionaries, and lists become tuples. That outlasts ``pickle`` and ``copy``, which NumPy's own flag does not.
* A value is shown in at most ten lines, whatever it holds (:mod:`alliances.values.tables`): as the call that makes it, or as a
  line for each of its parts; in a notebook as a table.
* Their text can be printed anywhere: where standard output cannot show a character, ``str`` and ``repr`` transliterate it
  (:mod:`alliances.printable`).
* Two values are equal if they are of one class and their parts are: numbers by number (1/2 = 0.5, nan = nan), arrays by shape
  and numbers, functions by identity. Formulas (quotients, Z3 terms) have a comparison of their own and equal only themselves.
* A value can be pickled, as a process pool does with all that it sends, if the functions in it can be found by name: those that
  a module defines at its top. Others are an error that names the part.

May import arithmetic and what is below.
"""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import lru_cache, wraps
from html import escape
from operator import is_
from types import FrameType, FunctionType
from typing import Any, NoReturn, Self, TypeVar

import numpy as np

from alliances.arithmetic.types import Formal, is_symbolic
from alliances.printable import printed, verbatim
from alliances.values.tables import block, brief, call, html_list

__all__ = ["ReadOnlyDict", "Value", "comparable", "found_by_name", "kept_by_identity", "locked", "read_only"]

_WRITEABLE = 0x0400  # NumPy's flag; to ask for it by name warns about what np.broadcast_arrays made
_PLAIN = (int, float, str, bool, type(None), frozenset)
_AS_THEY_ARE = frozenset({*_PLAIN, Fraction})  # but for subclasses, what cannot be changed,
_ITSELF = frozenset(_PLAIN) - {float}  # and what compares as it is
_A = TypeVar("_A")
_B = TypeVar("_B")


class ReadOnlyDict(dict[Any, Any]):
    """A dictionary that cannot be changed, and has a hash if what it holds has one.

    >>> gaps = ReadOnlyDict(AFO=0.5)
    >>> gaps["AFO"] = 0.6
    Traceback (most recent call last):
        ...
    TypeError: this dictionary is part of a result and read-only; dict(...) makes a copy
    """

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this dictionary is part of a result and read-only; dict(...) makes a copy")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset((key, comparable(value)) for key, value in self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return ReadOnlyDict, (dict(self),)


def read_only(x: Any) -> Any:
    """``x`` as a part of a value: arrays read-only, and copied if somebody could still write to them; within containers, too.

    >>> theirs = np.array([1.0, 2.0])
    >>> ours = read_only(theirs)
    >>> theirs[0] = 7.0
    >>> ours.tolist(), ours.flags.writeable
    ([1.0, 2.0], False)
    """
    if type(x) in _AS_THEY_ARE:
        return x
    if isinstance(x, np.ndarray):
        if _writable(x):
            x = x.copy()
            x.flags.writeable = False
        return x
    if type(x) is dict:
        return ReadOnlyDict({key: read_only(value) for key, value in x.items()})
    if type(x) is list:
        return tuple(map(read_only, x))
    if isinstance(x, tuple):
        parts = list(map(read_only, x))
        if all(map(is_, parts, x)):
            return x
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)  # named tuples take their parts one by one
    return x


def locked(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array that nobody else holds, as a part of a value: read-only with all that it is a view of, and not copied.

    >>> ours = locked(np.zeros((2, 3)).T)
    >>> ours.flags.writeable, ours.base.flags.writeable
    (False, False)
    """
    whole: Any = x
    while isinstance(whole, np.ndarray):
        whole.flags.writeable = False
        whole = whole.base
    return x


def _writable(x: Any) -> bool:
    """Whether an array, or the one that it is a view of, may be written to."""
    while isinstance(x, np.ndarray):
        if x.flags.num & _WRITEABLE:
            return True
        x = x.base
    return False


def comparable(x: Any) -> Any:
    """``x`` as something that ``==`` compares by value and that has a hash if its parts have.

    >>> comparable(np.array([1.0, np.nan])) == comparable(np.array([1.0, np.nan]))
    True
    """
    kind = type(x)  # of most parts: results hold thousands, and to ask for subclasses takes long
    if kind in _ITSELF:
        return x
    if kind is tuple:
        return tuple(map(comparable, x))
    if isinstance(x, (float, np.floating)):
        return "nan" if x != x else x
    if isinstance(x, _PLAIN):
        return x
    if isinstance(x, np.ndarray):
        elements = x.ravel().tolist()
        if x.dtype.kind == "f":
            return "array", x.shape, tuple("nan" if element != element else element for element in elements)
        return "array", x.shape, tuple(elements if x.dtype.kind in "biuU" else map(comparable, elements))
    if isinstance(x, Mapping):
        return "mapping", frozenset((key, comparable(value)) for key, value in x.items())
    if isinstance(x, (tuple, list)):
        return tuple(map(comparable, x))
    if isinstance(x, Formal) or (is_symbolic(x) and not type(x).__module__.startswith("sympy")):
        return "formula", id(x)
    return x


class _Itself:
    """A value as a key: equal to itself alone, so that its parts need no hash."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def kept_by_identity(function: Callable[[_A], _B]) -> Callable[[_A], _B]:
    """The function of a value, whose last four answers are kept: for the same object, which is read-only, not for an equal one.

    >>> asked = []
    >>> size = kept_by_identity(lambda games: asked.append(games) or len(games))
    >>> games = [1, 2]
    >>> size(games), size(games), size([1, 2]), len(asked)
    (2, 2, 2, 2)
    """
    kept = lru_cache(maxsize=4)(lambda key: function(key.value))
    return wraps(function)(lambda value: kept(_Itself(value)))


def found_by_name(function: Any) -> bool:
    """Whether a function or class is what its module has under its name, so that another process finds it there.

    >>> found_by_name(comparable), found_by_name(lambda power: power.gap)
    (True, False)
    """
    place: Any = sys.modules.get(getattr(function, "__module__", None) or "")
    for name in getattr(function, "__qualname__", "").split("."):
        place = getattr(place, name, None)
    return place is function


class Value:
    """A value: read-only, equal by its parts, and with a hash.

    A subclass is a frozen dataclass. If it checks its fields in ``__post_init__``, that ends with ``super().__post_init__()``,
    which makes the arrays among them read-only.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # what a class has of its own, @dataclass leaves alone: its == fails with arrays, and its repr prints all of them
        for name in ("__eq__", "__hash__", "__repr__"):
            if name not in cls.__dict__:
                setattr(cls, name, getattr(cls, name))
        for name in ("__str__", "__repr__"):
            if name in cls.__dict__:
                setattr(cls, name, printed(cls.__dict__[name]))
        message = cls.__dict__.get("message")
        if isinstance(message, property) and message.fget is not None:
            setattr(cls, "message", property(verbatim(message.fget), doc=message.__doc__))  # noqa: B010 – no such name here

    def __post_init__(self) -> None:
        _freeze(self.__dict__)

    def __getstate__(self) -> dict[str, Any]:
        """What a pickle holds.

        Raises
        ------
        pickle.PicklingError
            If a function in it has no name by which another process could find it. Cloudpickle, which joblib, dask and ray use,
            and dill write such functions themselves, and are left to it.
        """
        state = dict(self.__dict__)
        for name, function in _functions(state):
            if not found_by_name(function) and not _functions_are_written():
                raise pickle.PicklingError(
                    f"pickle: {name} of {type(self).__name__} must be a function that a module defines at its top, so that "
                    f"another process finds it by name; got {function!r}: move it there, with def in place of lambda"
                )
        return state

    def __copy__(self) -> Self:
        return self._copy(dict)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._copy(lambda state: copy.deepcopy(state, memo), memo)

    def _copy(self, of: Callable[[dict[str, Any]], dict[str, Any]], memo: dict[int, Any] | None = None) -> Self:
        """A copy in this process, where functions need no name."""
        ours = type(self).__getstate__ is Value.__getstate__
        value = type(self).__new__(type(self))
        if memo is not None:
            memo[id(self)] = value
        value.__setstate__(of(self.__dict__ if ours else self.__getstate__()))
        return value

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        _freeze(self.__dict__)  # pickle and deepcopy make arrays that can be written to

    def _shown(self) -> Mapping[str, Any]:
        """What is shown, by name: the fields, unless a subclass says otherwise."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.repr} if is_dataclass(self) else {}

    def _head(self) -> str:
        """The first line of what is shown: the class's name, unless a subclass has more to say."""
        return type(self).__name__

    def _brief(self, width: int) -> str:
        """The value within a line of another one."""
        return brief(type(self).__name__, self._shown(), width)

    @printed
    def __repr__(self) -> str:
        text = call(self) if is_dataclass(self) else type(self).__name__
        return text if text is not None else block(self._head(), self._shown())

    def _repr_html_(self) -> str:
        """The value in a notebook."""
        return f"<p>{escape(self._head())}</p>{html_list(self._shown())}"

    def _parts(self) -> Iterable[object]:
        """What makes two values of one class equal."""
        return [getattr(self, field.name) for field in fields(self) if field.compare] if is_dataclass(self) else [id(self)]

    def _arguments(self) -> dict[str, Any]:
        """Of the arguments that make an equal value, those that it does not keep under their names: what a file holds."""
        return {}

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Value)
        return self is other or comparable(tuple(self._parts())) == comparable(tuple(other._parts()))

    def __hash__(self) -> int:
        return hash((type(self), comparable(tuple(self._parts()))))


def _freeze(parts: dict[str, Any]) -> None:
    for name, part in parts.items():
        if type(part) not in _AS_THEY_ARE and (new := read_only(part)) is not part:
            parts[name] = new


def _functions(parts: Mapping[str, Any]) -> Iterator[tuple[str, FunctionType]]:
    """The functions among the parts, those in tuples and dictionaries included, each with the name of its part."""
    for name, part in parts.items():
        if isinstance(part, FunctionType):
            yield name, part
        elif isinstance(part, (tuple, Mapping)):
            inside = part.values() if isinstance(part, Mapping) else part
            yield from _functions({f"{name}[{k}]": x for k, x in enumerate(inside) if not isinstance(x, _PLAIN)})


def _functions_are_written() -> bool:
    """Whether it is a pickler that writes functions themselves, and not their names, that asks: one of its frames is below."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if not {"cloudpickle", "dill"}.isdisjoint(str(frame.f_globals.get("__name__")).split(".")):
            return True
        frame = frame.f_back
    return False
