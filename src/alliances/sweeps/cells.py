"""The cells of one chunk: the function is called at each, and what it returns becomes floats.

A chunk is computed the same way wherever it runs – in this process, a thread, another process or a Dask worker – and draws its
random numbers from a stream of its own cells, so that the result does not depend on who computes what, and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from numbers import Real
from operator import attrgetter
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.results import Tabular
from alliances.values import Value
from alliances.values.tables import one_line

__all__ = ["Answers", "Schema", "Task"]

Schema = dict[str, tuple[int, ...]]
"""What every cell returns: names, and the shape of each; () for a number."""

_LONGEST = 500  # characters of a recorded message


@dataclass
class Answers:
    """The answers of a chunk: arrays over its cells, and why cells failed, by their place in the chunk."""

    arrays: dict[str, Array] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)

    @property
    def schema(self) -> Schema:
        """What the cells that did not fail returned."""
        return {name: array.shape[1:] for name, array in self.arrays.items()}


@dataclass(frozen=True)
class Task:
    """A chunk to be computed, with all that another process needs for it.

    Attributes
    ----------
    function, constants
        What is called, and the arguments that stay the same.
    parameters
        Name, axis, and values in this block.
    shape, start
        The block's shape, and the number of its first cell.
    outputs
        What is wanted: names and the entries or attributes that they are; None for all.
    vectorized
        Whether the function takes arrays.
    seed
        Of the cells' random numbers; None if the function takes no ``rng``.
    schema
        What the cells return, once that is known.
    """

    function: Callable[..., Any]
    constants: Mapping[str, Any]
    parameters: tuple[tuple[str, int, Any], ...]
    shape: tuple[int, ...]
    start: int
    outputs: Mapping[str, str] | None
    vectorized: bool
    seed: int | None
    schema: Schema | None = None

    @property
    def cells(self) -> int:
        """How many."""
        return int(np.prod(self.shape))

    def run(self) -> Answers:
        """Compute the chunk.

        Raises
        ------
        TypeError, ValueError
            If the function returns something else than numbers, or not always the same names and shapes.
        """
        answers = Answers()
        if self.schema is not None:
            self._prepare(answers, self.schema)
        for places, value in self._in_groups(answers) if self.vectorized else self._one_by_one(answers):
            self._keep(answers, places, value)
        return answers

    def _one_by_one(self, answers: Answers) -> Iterator[tuple[Any, Any]]:
        """Each cell and what the function returns there."""
        lists = [(name, axis, v.tolist() if _is_simple(v) else v) for name, axis, v in self.parameters]
        for cell, index in enumerate(np.ndindex(self.shape)):
            arguments = {name: values[index[axis]] for name, axis, values in lists}
            try:
                value = self.function(**self.constants, **arguments, **self._random(self.start + cell))
            except MemoryError:
                raise
            except Exception as error:  # of this cell: the others go on
                answers.failures[cell] = _message(error)
            else:
                yield cell, value

    def _in_groups(self, answers: Answers) -> Iterator[tuple[Any, Any]]:
        """All cells between which no object changes, and what the function returns for their arrays."""
        cells = np.arange(self.cells)
        index = np.unravel_index(cells, self.shape)
        plain = {name: values[index[axis]] for name, axis, values in self.parameters if isinstance(values, np.ndarray)}
        objects = {name: (values, index[axis]) for name, axis, values in self.parameters if not isinstance(values, np.ndarray)}
        group = np.zeros(cells.size, dtype=np.intp)
        for values, codes in objects.values():
            group = group * len(values) + codes
        for key in np.unique(group):
            inside = np.flatnonzero(group == key)
            constants = {name: values[int(codes[inside[0]])] for name, (values, codes) in objects.items()}
            yield from self._halved(inside, constants, plain, answers)

    def _halved(self, cells: Array, constants: Any, plain: dict[str, Array], answers: Answers) -> Iterator[tuple[Any, Any]]:
        """One call for all these cells; where that fails, one for each half of them, down to the cells that fail."""
        arguments = {name: values[cells] for name, values in plain.items()}
        draws = self._random(self.start + int(cells[0]), cells.size)
        try:
            value = self.function(**self.constants, **constants, **arguments, **draws)
        except MemoryError:
            raise
        except Exception as error:
            if cells.size == 1:
                answers.failures[int(cells[0])] = _message(error)
                return
        else:
            yield cells, value
            return
        for half in np.array_split(cells, 2):
            yield from self._halved(half, constants, plain, answers)

    def _random(self, *key: int) -> dict[str, np.random.Generator]:
        """The argument ``rng``: a stream for these cells alone."""
        if self.seed is None:
            return {}
        return {"rng": np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))}

    def _keep(self, answers: Answers, places: Any, value: Any) -> None:
        """Put what the function returned into the arrays of its cells."""
        size = None if np.ndim(places) == 0 else len(places)
        try:
            found = numbers_of(value, self.outputs)
            if size is not None:
                found = {name: _spread(name, x, size) for name, x in found.items()}
        except (TypeError, ValueError) as error:
            raise type(error)(f"sweep(): {error}, at {self._place(places)}") from None
        shapes = {name: x.shape if size is None else x.shape[1:] for name, x in found.items()}
        if not answers.arrays:
            self._prepare(answers, shapes)
        if shapes != answers.schema:
            raise ValueError(
                f"sweep(): function must return the same names and shapes in every cell; got {_shapes(shapes)} at "
                f"{self._place(places)}, and {_shapes(answers.schema)} before"
            )
        for name, x in found.items():
            answers.arrays[name][places] = x

    def _prepare(self, answers: Answers, schema: Schema) -> None:
        answers.arrays.update({name: np.full((self.cells, *shape), np.nan) for name, shape in schema.items()})

    def _place(self, places: Any) -> str:
        """The first of these cells in words."""
        index = np.unravel_index(int(np.ravel(places)[0]), self.shape)
        return ", ".join(f"{name}={one_line(values[int(index[axis])], 60)}" for name, axis, values in self.parameters)


def _is_simple(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype.kind in "biufU"


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST]


def _shapes(schema: Schema) -> str:
    return ", ".join(name + (f" of shape {shape}" if shape else "") for name, shape in sorted(schema.items()))


def _spread(name: str, x: Array, size: int) -> Array:
    """What a vectorised function returns under a name: an array over the cells, or one number for all of them."""
    if x.ndim == 0:
        return np.full(size, float(x))
    if len(x) != size:
        raise ValueError(
            f"function must return {name!r} for each cell when vectorized=True; got shape {x.shape} for {size} cells"
        )
    return x


def numbers_of(value: Any, outputs: Mapping[str, str] | None) -> dict[str, Array]:
    """What a function returned, as arrays of floats by name.

    >>> numbers_of({"gap": Fraction(1, 2), "none": None}, None)
    {'gap': array(0.5), 'none': array(nan)}
    """
    if outputs is not None:
        return {name: _floats(part, name) for name, part in _wanted(value, outputs)}
    if _is_number(value) or (isinstance(value, (list, tuple, np.ndarray)) and not hasattr(value, "_asdict")):
        return {"value": _floats(value, None)}
    if isinstance(value, Mapping):
        return {str(name): _floats(part, name) for name, part in value.items()}
    parts = {name: x for name, x in _parts(value).items() if not isinstance(x, str)}
    found = {}
    for name, part in parts.items():
        try:
            found[name] = _floats(part, name)
        except (TypeError, ValueError):  # models, windows, texts: not asked for by name
            continue
    if not found:
        raise TypeError(
            f"function must return numbers, a dictionary or array of them, or a result; got {one_line(value, 80)!r}"
            if not isinstance(value, (str, bytes))
            else f"function must return numbers, not text; got {value!r}"
        )
    return found


def _wanted(value: Any, outputs: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The parts of these names."""
    if isinstance(value, (str, bytes)):
        raise TypeError(f"function must return numbers, not text; got {value!r}")
    if isinstance(value, Mapping):
        for name, entry in outputs.items():
            if entry not in value:
                raise ValueError(f"function must return what outputs name; got no {entry!r} among {', '.join(map(str, value))}")
            yield name, value[entry]
    elif len(outputs) == 1 and (_is_number(value) or isinstance(value, np.ndarray)):
        yield next(iter(outputs)), value
    elif isinstance(value, (tuple, list)) and not hasattr(value, "_fields"):
        if len(value) != len(outputs):
            raise ValueError(f"function must return what outputs name; got {len(value)} values for {len(outputs)} names")
        yield from zip(outputs, value, strict=True)
    else:
        for name, attribute in outputs.items():
            try:
                yield name, attrgetter(attribute)(value)
            except AttributeError:
                raise ValueError(
                    f"function must return what outputs name; got no {attribute!r} in {one_line(value, 80)}"
                ) from None


def _parts(value: Any) -> Mapping[str, Any]:
    """The named parts of a result or of another object with fields."""
    if isinstance(value, Tabular):
        return value._cells()
    if isinstance(value, Value):
        return value._shown()
    if hasattr(value, "_asdict"):
        parts: Mapping[str, Any] = value._asdict()
        return parts
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    return {}


def _is_number(value: Any) -> bool:
    return value is None or isinstance(value, (Real, Fraction, np.bool_)) or (isinstance(value, np.ndarray) and value.ndim == 0)


def _floats(value: Any, name: object) -> Array:
    """Numbers as floats, None as nan."""
    if value is None:
        return np.array(np.nan)
    array = np.asarray(value)
    of = "" if name is None else f" for {name!r}"
    if array.dtype.kind in "US":
        raise TypeError(f"function must return numbers, not text{of}; got {one_line(value, 80)!r}")
    if array.dtype.kind not in "biufO":
        raise TypeError(f"function must return real numbers{of}; got {one_line(value, 80)}")
    if array.dtype.kind == "O" and not all(_is_number(x) for x in array.flat):
        raise TypeError(f"function must return numbers{of}; got {one_line(value, 80)}")
    return (
        np.array([np.nan if x is None else x for x in array.flat], float).reshape(array.shape)
        if array.dtype.kind == "O"
        else array.astype(np.float64)
    )
