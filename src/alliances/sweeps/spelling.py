"""Any value as text that tells what it is made of: equal for the same content in every process, different for another.

Numbers, texts and containers are spelled as they are; arrays, frames and datasets by all of their values; objects by their
class and what they hold, which is what a pickle would hold; functions by their code, their defaults and closures, and the
values of the globals that the code names. Functions, classes and modules of the user's own are followed; of an installed
package the name counts, and its version, which :attr:`Speller.packages` gathers. What holds nothing that can be told, such
as a lock or an open file, is refused: two of them could be different in what they do.

Not seen are what a function finds by a text that it makes (``getattr``, ``eval``, ``globals()``), files, and the environment.
"""

from __future__ import annotations

import builtins
import copyreg
import enum
import functools
import pickle
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np

from alliances.sweeps.code_reads import imported, reads_of
from alliances.sweeps.origins import file_of, is_installed, is_standard, package_of, version_of
from alliances.values import ReadOnlyDict, Value, found_by_name
from alliances.values.tables import one_line

__all__ = ["Speller", "Untold"]

_CACHED: Any = type(functools.lru_cache(len))
_DESCRIPTORS = (types.MemberDescriptorType, types.GetSetDescriptorType, types.WrapperDescriptorType, types.MethodDescriptorType)
_METHODS = (types.FunctionType, classmethod, staticmethod, property)


class Untold(TypeError):
    """What has no content that can be told; its text says where it is and what it is."""


class Speller:
    """Spells one value and all that it holds.

    Parameters
    ----------
    packages
        Filled with the versions of the packages that are met.

    Notes
    -----
    An object of the user's own, a function or a class that is met again is spelled by its number, as in a pickle: so what
    refers to itself ends.
    """

    def __init__(self, packages: dict[str, str]) -> None:
        self.packages = packages
        self._seen: dict[object, tuple[int, object]] = {}  # by id, with the object, which keeps its id while this lives
        self._open: dict[int, int] = {}
        self._path: list[str] = []

    def spell(self, x: Any, step: str = "") -> str:
        """The text of a value, which is reached by this step from the one that holds it.

        Raises
        ------
        Untold
            If it, or something that it holds, has no content that can be told.
        """
        self._path.append(step)
        text = self._spelled(x)
        self._path.pop()
        return text

    def parts(self, function: Callable[..., Any]) -> dict[str, str]:
        """A function in parts, which tell what is another: itself, under "", and each global that it names."""
        if isinstance(function, types.FunctionType) and not _is_a_packages(function):
            self._number(function)
            return {"": self._own(function), **{name: text for name, text in self._read(function, apart=True) if text}}
        return {"": self.spell(function)}

    # -- values ------------------------------------------------------------------------------------------------------------

    def _spelled(self, x: Any) -> str:
        kind = type(x)
        if x is None or x is Ellipsis or x is NotImplemented or kind in (bool, float, complex, str, bytes):
            return repr(x)
        if kind is int:
            return hex(x)
        if kind is Fraction:
            return f"{hex(x.numerator)}/{hex(x.denominator)}"
        if kind in (list, tuple, set, frozenset, dict, ReadOnlyDict, types.MappingProxyType):
            with self._opened(x) as depth:
                return self._container(x) if depth is None else f"<{depth} levels up>"
        for kinds, way in self._ways():
            if isinstance(x, kinds):
                return way(x)
        if isinstance(x, Value) and is_dataclass(x) and is_installed(kind.__module__):  # which keeps answers beside its fields
            return (
                f"{self.spell(kind)}({self._named({part.name: getattr(x, part.name) for part in fields(x) if part.compare})})"
            )
        if isinstance(x, Value):  # whose pickles refuse lambdas
            return self._number(x) or f"{self.spell(kind)}({self._named(self._state(x, vars(x)))})"
        return self._object(x)

    def _ways(self) -> Iterator[tuple[Any, Callable[[Any], str]]]:
        """How values are spelled that say more than a pickle would, or less."""
        yield (np.ndarray, np.generic), self._array
        yield type, self._class
        yield types.FunctionType, self._function
        yield types.ModuleType, self._module
        yield types.MethodType, lambda x: f"method {self.spell(x.__func__)} of {self.spell(x.__self__, '.__self__')}"
        yield types.BuiltinFunctionType, self._builtin
        yield np.ufunc, self._ufunc
        yield types.CodeType, self._code
        yield (classmethod, staticmethod), lambda x: f"{type(x).__name__}({self.spell(x.__func__)})"
        yield property, lambda x: f"property({self._listed((x.fget, x.fset, x.fdel))})"
        yield functools.cached_property, lambda x: f"cached_property({self.spell(x.func)})"
        yield _CACHED, lambda x: f"cached({self.spell(x.__wrapped__)}, {self.spell(x.cache_parameters())})"
        yield _DESCRIPTORS, lambda x: f"descriptor {x.__name__!r} of {x.__objclass__.__qualname__}"
        yield enum.Enum, lambda x: f"{self.spell(type(x))}.{x._name_}({self.spell(x._value_)})"
        if "pandas" in sys.modules:
            pandas: Any = sys.modules["pandas"]
            yield (pandas.Series, pandas.DataFrame, pandas.Index), self._frame
        if "xarray" in sys.modules:
            xarray: Any = sys.modules["xarray"]
            yield (xarray.Variable, xarray.DataArray, xarray.Dataset), self._dataset

    def _container(self, x: Any) -> str:
        if isinstance(x, (set, frozenset)):
            return f"{type(x).__name__}({', '.join(sorted(self._apart(part) for part in x))})"
        if isinstance(x, (list, tuple)):
            return f"{type(x).__name__}({self._listed(x)})"
        return (
            "{"
            + ", ".join(f"{self.spell(key)}: {self.spell(part, f'[{one_line(key, 40)!r}]')}" for key, part in x.items())
            + "}"
        )

    def _listed(self, parts: Iterable[Any]) -> str:
        return ", ".join(self.spell(part, f"[{k}]") for k, part in enumerate(parts))

    def _named(self, parts: Mapping[str, Any]) -> str:
        return ", ".join(f"{name}={self.spell(parts[name], f'.{name}')}" for name in sorted(parts))

    def _apart(self, x: Any, step: str = "") -> str:
        """A value without a trace of what is spelled beside it: in a set, whose order is another in another process."""
        seen, self._seen = self._seen, dict(self._seen)
        text = self.spell(x, step)
        self._seen = seen
        return text

    def _array(self, x: Any) -> str:
        kind = "" if type(x) in (np.ndarray, np.memmap) or isinstance(x, np.generic) else self.spell(type(x))
        if isinstance(x, np.ma.MaskedArray):
            kind += f" {self._array(np.ma.getmaskarray(x))} {self.spell(x.fill_value)}"
        elif kind:
            kind += f" {self._named(getattr(x, '__dict__', {}))}"
        array = np.asarray(x)
        if array.dtype.hasobject or array.dtype.kind == "T":
            content = self._listed(array.ravel().tolist())
        else:
            content = sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        scalar = "scalar " if isinstance(x, np.generic) else ""
        return f"{scalar}array({kind}, {array.dtype!r}, {array.shape}, {content})"

    def _frame(self, x: Any) -> str:
        kind = self.spell(type(x))
        if x.ndim == 2:
            columns = [self._column(x.iloc[:, k]) for k in range(x.shape[1])]
            return f"{kind}({self.spell(x.columns)}, {self.spell(x.index)}, {columns}, {self.spell(x.attrs)})"
        if hasattr(x, "index"):
            return f"{kind}({self.spell(x.name)}, {self.spell(x.index)}, {self._column(x)}, {self.spell(x.attrs)})"
        return f"{kind}({self.spell(list(x.names))}, {self._column(x)})"

    def _column(self, x: Any) -> str:
        if hasattr(x.dtype, "categories"):
            codes = x.array.codes
            return f"categories({self.spell(x.dtype.categories)}, {x.dtype.ordered}, {self._array(np.asarray(codes))})"
        if isinstance(x.dtype, np.dtype):
            return self._array(x.to_numpy())
        return f"column({x.dtype!r}, {self._listed(x.array)})"

    def _dataset(self, x: Any) -> str:
        if hasattr(x, "data_vars"):
            parts: Any = (sorted(map(repr, x.data_vars)), dict(x.variables), x.attrs)
        elif hasattr(x, "coords"):
            parts = (x.name, x.variable, {name: part.variable for name, part in x.coords.items()})
        else:
            parts = (x.dims, np.asarray(x.values), x.attrs)
        return f"{self.spell(type(x))}({self._listed(parts)})"

    def _object(self, x: Any) -> str:
        """An object by its class and what it holds: what a pickle would hold."""
        if _is_named_by_a_package(x):
            return self._name(x.__module__, x.__qualname__)
        again = self._number(x)
        if again:
            return again
        if hasattr(x, "py_func") and hasattr(x, "targetoptions"):  # compiled by Numba
            return f"compiled({self.spell(x.py_func)}, {self.spell(dict(x.targetoptions))})"
        reduce: Any = copyreg.dispatch_table.get(type(x))
        try:
            made = x.__reduce_ex__(4) if reduce is None else reduce(x)
            if isinstance(made, tuple):
                made = (*made[:3], *((None if part is None else list(part)) for part in made[3:5]), *made[5:])
        except Exception:  # whatever a class of others raises for what it cannot reduce
            raise self._untold(x) from None
        if isinstance(made, str):
            return self._singleton(x, made)
        function, arguments = made[:2]
        state, *items = made[2:] or (None,)
        held = ", ".join(self.spell(part) for part in items)
        return f"object({self.spell(function)}, {self._listed(arguments)}, {self._held(x, state)}, {held})"

    def _singleton(self, x: Any, name: str) -> str:
        """What its module has under its name."""
        module = pickle.whichmodule(x, name)  # type: ignore[attr-defined]
        place: Any = sys.modules.get(module)
        for part in name.split("."):
            place = getattr(place, part, None)
        if place is not x:
            raise self._untold(x)
        return f"{self._name(module, name)} {self.spell(type(x))} {self._held(x, getattr(x, '__dict__', None))}"

    def _held(self, x: Any, state: Any) -> str:
        slots = isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict)
        return " ".join(
            f"({self._named(self._state(x, part))})"
            if isinstance(part, Mapping) and all(isinstance(key, str) for key in part)
            else self.spell(part)
            for part in (state if slots else (state,))
        )

    def _state(self, x: Any, state: Mapping[str, Any]) -> dict[str, Any]:
        """All attributes but those that a cached property computed from the others."""
        cached = {
            name for base in type(x).__mro__ for name, part in vars(base).items() if isinstance(part, functools.cached_property)
        }
        return {name: part for name, part in state.items() if name not in cached}

    # -- code --------------------------------------------------------------------------------------------------------------

    def _function(self, x: types.FunctionType) -> str:
        if _is_a_packages(x):
            name = self._name(x.__globals__["__name__"], x.__qualname__)
            if is_installed(x.__module__) and found_by_name(x):
                return name
            return self._number(x) or f"{name} {self._own(x)}"
        return self._number(x) or f"{self._own(x)} {dict(self._read(x))}"

    def _own(self, x: types.FunctionType) -> str:
        """A function without its globals; of a package's, its version stands for the code."""
        code = "" if _is_a_packages(x) else self._code(x.__code__)
        names = reads_of(x.__code__).names
        if "registry" in vars(x) and x.__globals__.get("__name__") == "functools":  # of functools.singledispatch
            return f"dispatch({self.spell(vars(x)['registry'])})"
        held = (
            self._scoped(_content(cell), names, f": its variable {name!r}")
            for name, cell in zip(x.__code__.co_freevars, x.__closure__ or (), strict=True)
        )
        defaults = self.spell(x.__defaults__, ": its defaults"), self.spell(x.__kwdefaults__, ": its defaults")
        return f"function {x.__qualname__} {code} ({', '.join(held)}) {' '.join(defaults)} ({self._named(vars(x))})"

    def _read(self, x: types.FunctionType, *, apart: bool = False) -> Iterator[tuple[str, str]]:
        """The globals that a function names, and what it imports while it runs; "" for Python's own functions."""
        reads, scope = reads_of(x.__code__), x.__globals__
        for name in reads.globals:
            if name in scope:
                way = (
                    self._apart if apart and not isinstance(scope[name], types.ModuleType) else self._spelled_with(reads.names)
                )
                yield name, way(scope[name], f": its global {name!r}")
            else:
                yield name, "" if hasattr(builtins, name) else "not there"
        for level, name in reads.imports:
            module = imported(level, name, scope)
            said = self._name(module) if isinstance(module, str) else self._module(module, reads.names)
            yield f"import {'.' * level}{name}", said

    def _spelled_with(self, names: Iterable[str]) -> Callable[[Any, str], str]:
        return lambda x, step: self._scoped(x, names, step)

    def _scoped(self, x: Any, names: Iterable[str], step: str) -> str:
        """What a function holds: of a module of the user's own, the attributes that the function's code names."""
        if not isinstance(x, types.ModuleType):
            return self.spell(x, step)
        self._path.append(step)
        text = self._module(x, names)
        self._path.pop()
        return text

    def _module(self, x: types.ModuleType, names: Iterable[str] | None = None) -> str:
        if is_installed(x.__name__):
            return self._name(x.__name__)
        held = vars(x)
        wanted = sorted(name for name in (held if names is None else names) if name in held and not name.startswith("__"))
        again = self._number(x, ("module", id(x), *wanted))
        inside = [f"{name}={self._scoped(held[name], wanted, f'.{name}')}" for name in wanted] if not again else []
        return again or f"module {x.__name__}({', '.join(inside)})"

    def _class(self, x: type) -> str:
        module = x.__module__
        if is_installed(module) and (is_standard(module) or found_by_name(x)):
            return self._name(module, x.__qualname__)
        again = self._number(x)
        if again:
            return again
        inside = {
            name: part
            for name, part in vars(x).items()
            if isinstance(part, _METHODS) or not (name.startswith("__") or name == "_abc_impl")
        }
        return f"class {x.__qualname__}({self._listed(x.__bases__)}, {self.spell(type(x))}, {self._named(inside)})"

    def _code(self, x: types.CodeType) -> str:
        self.packages["Python"] = f"{sys.version_info.major}.{sys.version_info.minor}"  # whose bytecode it is
        counts = x.co_argcount, x.co_posonlyargcount, x.co_kwonlyargcount, x.co_flags
        names = x.co_names, x.co_varnames, x.co_freevars, x.co_cellvars
        return f"code({counts}, {x.co_code.hex()}, {x.co_exceptiontable.hex()}, {names}, {self.spell(x.co_consts)})"

    def _builtin(self, x: Any) -> str:
        """A function written in another language, or a method of an object."""
        if x.__self__ is None or isinstance(x.__self__, types.ModuleType):
            return self._name(x.__module__ or "builtins", x.__qualname__)
        return f"method {x.__name__} of {self.spell(x.__self__, '.__self__')}"

    def _ufunc(self, x: np.ufunc) -> str:
        for module in ("numpy", "scipy.special"):
            if getattr(sys.modules.get(module), x.__name__, None) is x:
                return self._name(module, x.__name__)
        raise self._untold(x)

    def _name(self, module: str, name: str = "") -> str:
        """What a package has under a name; of a compiled module of the user's own, its file counts."""
        if is_installed(module):
            if not is_standard(module):
                self.packages[package_of(module)] = version_of(package_of(module))
            return f"{module}:{name}"
        file = file_of(module)
        compiled = file is not None and file.is_file() and file.suffix != ".py"
        return f"{module}:{name}" + (f" {sha256(file.read_bytes()).hexdigest()}" if compiled and file is not None else "")

    # -- bookkeeping -------------------------------------------------------------------------------------------------------

    def _number(self, x: object, key: object = None) -> str:
        """How an object is spelled that was met before; "" if it is new."""
        key = id(x) if key is None else key
        if key in self._seen:
            return f"<again {self._seen[key][0]}>"
        self._seen[key] = len(self._seen), x
        return ""

    @contextmanager
    def _opened(self, x: object) -> Iterator[int | None]:
        """While the parts of a container are spelled; how far up it is if it is among its own parts."""
        if id(x) in self._open:
            yield len(self._open) - self._open[id(x)]
            return
        self._open[id(x)] = len(self._open)
        yield None
        del self._open[id(x)]

    def _untold(self, x: object) -> Untold:
        where = "".join(self._path).lstrip(": ")
        return Untold(f"got {one_line(x, 80)}" + (f" at {where}" if where else ""))


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not set yet
        return NotImplemented


def _is_a_packages(x: types.FunctionType) -> bool:
    """Whether the code of a function is of an installed package; the module that a wrapped function names is another's."""
    return is_installed(x.__globals__.get("__name__"))


def _is_named_by_a_package(x: Any) -> bool:
    """Whether it is found in an installed package by its name, as its ufuncs and compiled functions are."""
    module, name = getattr(x, "__module__", None), getattr(x, "__qualname__", None)
    return callable(x) and isinstance(module, str) and isinstance(name, str) and is_installed(module) and found_by_name(x)
