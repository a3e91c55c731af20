"""What a sweep goes over: a labelled grid, or the points of a design.

Cells are numbered in C order, the last axis running fastest; a chunk is a block of the grid that is contiguous in this
order, so that a cell has one number, whatever the chunks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.canonical import random_seed
from alliances.arithmetic.domains import Choice, Interval
from alliances.results import Tabular, Variable
from alliances.values.tables import Columns, spelled

__all__ = ["Design", "Parameter", "Space", "sobol_design", "space_of"]

_PLAIN = "biufMmU"  # kinds of arrays whose elements are their own labels


@dataclass(frozen=True)
class Parameter:
    """An argument of the function that the sweep moves.

    Attributes
    ----------
    name
        Of the argument.
    axis
        The axis of the space along which it moves; all parameters of a design share one.
    labels
        What the coordinate holds, value by value.
    values
        What the function is given: an array whose elements are the labels themselves, or a tuple of other objects.
    """

    name: str
    axis: int
    labels: Array
    values: Array | tuple[Any, ...]

    @property
    def is_plain(self) -> bool:
        """Whether the values are numbers, texts or dates, which a vectorised function takes as an array."""
        return isinstance(self.values, np.ndarray)

    def part(self, where: slice) -> Array | tuple[Any, ...]:
        """Some of the values."""
        return self.values[where]


@dataclass(frozen=True)
class Space:
    """All cells: their axes and parameters."""

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    parameters: tuple[Parameter, ...]

    @property
    def cells(self) -> int:
        """How many."""
        return math.prod(self.shape)

    def block(self, cells: int) -> tuple[int, ...]:
        """The shape of the largest block of at most so many cells that is contiguous in C order."""
        sizes = []
        for size in reversed(self.shape):
            sizes.append(min(size, cells))
            cells = max(cells // size, 1) if cells >= size else 1
        return tuple(reversed(sizes))

    def chunks(self, block: tuple[int, ...]) -> int:
        """How many blocks there are."""
        return math.prod(self._counts(block))

    def slices(self, block: tuple[int, ...], chunk: int) -> tuple[slice, ...]:
        """Where a chunk lies."""
        places = np.unravel_index(chunk, self._counts(block))
        return tuple(
            slice(int(k) * step, min((int(k) + 1) * step, size))
            for k, step, size in zip(places, block, self.shape, strict=True)
        )

    def _counts(self, block: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(-(-size // step) for size, step in zip(self.shape, block, strict=True))

    def start(self, slices: tuple[slice, ...]) -> int:
        """The number of a block's first cell."""
        return int(np.ravel_multi_index([s.start for s in slices], self.shape))

    def place(self, cell: int) -> str:
        """A cell in words."""
        index = np.unravel_index(cell, self.shape)
        return ", ".join(f"{p.name}={p.labels[index[p.axis]]}" for p in self.parameters)


@dataclass(frozen=True, eq=False)
class Design(Tabular):
    """Points of a design: a sweep goes over them one by one, along the dimension ``point``.

    Parameters
    ----------
    columns
        The values of each parameter, all of one length, by name.

    Raises
    ------
    TypeError, ValueError
        If there is no column, or they are not of one length.

    Examples
    --------
    >>> import alliances as al
    >>> al.Design({"gap": [0.1, 0.5], "discount": [0.6, 0.9]}).to_frame().shape
    (2, 2)
    """

    columns: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not isinstance(self.columns, Mapping):
            raise TypeError(f"Design(): columns must map names to values; got {self.columns!r}")
        columns = {name: _values(name, column, "Design()")[1] for name, column in self.columns.items()}
        if len(set(map(len, columns.values()))) != 1:
            raise ValueError(
                f"Design(): columns must be of one length; got { ({name: len(values) for name, values in columns.items()}) }"
            )
        object.__setattr__(self, "columns", columns)
        super().__post_init__()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def _columns(self) -> Columns:
        return dict(self.columns)

    def _variables(self) -> Mapping[str, Variable]:
        columns = self.columns.items()
        return {name: Variable(("point",), _labels(values), name.replace("_", " ")) for name, values in columns}


def sobol_design(ranges: Mapping[str, Any], points: int, *, rng: np.random.Generator | int | None = 0) -> Design:
    """Scrambled Sobol' points (Owen 1998) of open parameters.

    Parameters
    ----------
    ranges
        Where each parameter lies: a pair (low, high), a :class:`alliances.claims.Interval` or a
        :class:`alliances.claims.Choice`.
    points
        How many; powers of two are spread best.
    rng
        NumPy generator or seed.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> design = al.sobol_design({"gap": (0, 0.9), "decisiveness": (1, 3)}, 256)
    >>> len(design), bool(design.columns["decisiveness"].min() >= 1)
    (256, True)
    """
    if not isinstance(ranges, Mapping) or not ranges:
        raise TypeError(f"sobol_design(): ranges must map names to pairs (low, high); got {ranges!r}")
    if isinstance(points, bool) or not isinstance(points, (int, np.integer)) or points < 1:
        raise ValueError(f"sobol_design(): points must be a whole number, at least 1; got {points!r}")
    domains = {name: _domain(name, domain) for name, domain in ranges.items()}
    from scipy.stats import qmc

    sobol = qmc.Sobol(len(domains), scramble=True, rng=np.random.default_rng(random_seed(rng, "sobol_design")))
    unit = sobol.random_base2(math.ceil(math.log2(int(points))))[: int(points)]
    return Design({name: _spread(domain, unit[:, k]) for k, (name, domain) in enumerate(domains.items())})


def _domain(name: str, domain: Any) -> Interval | Choice:
    if isinstance(domain, (Interval, Choice)):
        return domain
    if isinstance(domain, (tuple, list)) and len(domain) == 2:
        return Interval(*domain)
    raise TypeError(f"sobol_design(): ranges[{name!r}] must be a pair (low, high), an Interval or a Choice; got {domain!r}")


def _spread(domain: Interval | Choice, unit: Array) -> Any:
    if isinstance(domain, Interval):
        return domain.spread(unit)
    return [domain.values[int(k)] for k in np.floor(unit * len(domain.values))]


def space_of(grid: Any, function: str) -> Space:
    """The space of a grid – values or labels and values, by parameter – or of a design.

    Raises
    ------
    TypeError, ValueError
        If it is neither, or two labels of an axis are the same.
    """
    if isinstance(grid, Design):
        columns = grid.columns.items()
        parameters = tuple(Parameter(name, 0, _labels(values), values) for name, values in columns)
        return Space(("point",), (len(grid),), parameters)
    if not isinstance(grid, Mapping) or not grid:
        raise TypeError(f"{function}: grid must map the function's arguments to values, or be a Design; got {grid!r}")
    axes = []
    for axis, (name, given) in enumerate(grid.items()):
        labels, values = _values(name, given, function)
        twice = _twice(labels)
        if twice is not None:
            raise ValueError(f"{function}: grid must have distinct labels; got {twice} twice in {name!r}")
        axes.append(Parameter(name, axis, labels, values))
    return Space(tuple(grid), tuple(len(p.labels) for p in axes), tuple(axes))


def _values(name: object, given: Any, function: str) -> tuple[Array, Any]:
    """Labels and values of a parameter."""
    if not isinstance(name, str) or not name.isidentifier():
        raise TypeError(f"{function}: grid must have the names of arguments; got {name!r}")
    labels: Any = None
    if isinstance(given, Mapping):
        if not all(isinstance(label, str) for label in given):
            raise TypeError(f"{function}: grid[{name!r}] must have texts as labels; got {list(given)!r}")
        labels, given = np.array(list(given), dtype=str), list(given.values())
    if isinstance(given, str) or not hasattr(given, "__len__") or not hasattr(given, "__getitem__"):
        given = list(given) if isinstance(given, Iterator) else given
        if isinstance(given, str) or not hasattr(given, "__len__") or not hasattr(given, "__getitem__"):
            raise TypeError(f"{function}: grid[{name!r}] must be a list of values; got {given!r}")
    if not len(given):
        raise ValueError(f"{function}: grid[{name!r}] must not be empty; got {given!r}")
    array = _plain_array(given)
    values = array if array is not None else tuple(given)
    if array is not None and array.ndim != 1:
        raise ValueError(f"{function}: grid[{name!r}] must be one list of values; got shape {array.shape}")
    return (labels if labels is not None else _labels(values)), values


def _plain_array(given: Any) -> Array | None:
    """Numbers, texts of dates as an array; None if there is something else among them, such as Fractions or models."""
    if isinstance(given, (list, tuple)) and len({str if isinstance(x, str) else type(x) for x in given} - {int, float}) > 1:
        return None
    try:
        array = np.asarray(given)
    except ValueError:  # of different lengths
        return None
    return array if array.dtype.kind in _PLAIN else None


def _labels(values: Any) -> Array:
    """What a coordinate can hold: numbers as they are, Fractions as floats, other objects by their text."""
    if isinstance(values, np.ndarray):
        return values
    if all(isinstance(x, (int, float, Fraction)) and not isinstance(x, bool) for x in values):
        return np.array([float(x) for x in values])
    return np.array([getattr(x, "__name__", None) or spelled(x) for x in values], dtype=str)


def _twice(labels: Array) -> Any:
    """A label that occurs twice, nan included; None if there is none."""
    unique, counts = np.unique(labels, return_counts=True)
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        return "nan, which is no label," if np.isnan(labels).sum() == 1 else "nan"
    return unique[counts > 1][0] if (counts > 1).any() else None
