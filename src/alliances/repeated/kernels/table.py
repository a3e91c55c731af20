"""Games as a table: which inputs are one number, which differ by row or by column, which from game to game."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alliances.arithmetic import Array
from alliances.repeated.kernels.plan import Kind

__all__ = ["Table", "table"]


@dataclass(frozen=True)
class Table:
    """A batch of games as rows and columns.

    Attributes
    ----------
    shape
        The shape of the batch.
    rows, columns
        Their numbers; all games are one row where no input differs by row or column alone.
    kinds
        The kind of each input.
    inputs
        A number each, or a flat array: of all rows, of all columns, or of all games row by row.
    """

    shape: tuple[int, ...]
    rows: int
    columns: int
    kinds: Mapping[str, Kind]
    inputs: Mapping[str, float | Array]


def table(inputs: Mapping[str, Array]) -> Table:
    """The table in which the fewest inputs have to be written out.

    >>> costs, gaps = np.array([[0.1], [0.2], [0.3]]), np.linspace(0, 0.9, 10)
    >>> t = table({"cost": costs, "gap": gaps, "stakes": np.array(1.0)})
    >>> t.rows, t.columns, t.kinds
    (3, 10, {'cost': 'row', 'gap': 'column', 'stakes': 'number'})
    """
    shape = np.broadcast_shapes(*(x.shape for x in inputs.values()))
    varying = {name: _axes(x, len(shape)) for name, x in inputs.items()}
    splits = range(max(1, len(shape)))
    split = min(splits, key=lambda k: (_written(inputs, varying, shape, k), k))
    rows, columns = math.prod(shape[:split]), math.prod(shape[split:])
    kinds: dict[str, Kind] = {}
    flat: dict[str, float | Array] = {}
    for name, x in inputs.items():
        kind = kinds[name] = _kind(varying[name], split, rows, columns)
        if kind == "number":
            flat[name] = float(x.reshape(-1)[0])
            continue
        padded = x.reshape((1,) * (len(shape) - x.ndim) + x.shape)
        if kind == "row":
            padded, wanted = padded.reshape(padded.shape[:split]), shape[:split]
        elif kind == "column":
            padded, wanted = padded.reshape(padded.shape[split:]), shape[split:]
        else:
            wanted = shape
        flat[name] = np.ascontiguousarray(np.broadcast_to(padded, wanted), dtype=np.float64).reshape(-1)
    if not any(kind in ("row", "column") for kind in kinds.values()):
        rows, columns = 1, rows * columns
    return Table(shape, rows, columns, kinds, flat)


def _axes(x: Array, dimensions: int) -> frozenset[int]:
    """Along which axes of the batch an input differs."""
    return frozenset(dimensions - x.ndim + k for k, n in enumerate(x.shape) if n > 1)


def _kind(axes: frozenset[int], split: int, rows: int, columns: int) -> Kind:
    if not axes:
        return "number"
    if rows > 1 and columns > 1:
        if max(axes) < split:
            return "row"
        if min(axes) >= split:
            return "column"
    return "game"


def _written(inputs: Mapping[str, Array], varying: Mapping[str, frozenset[int]], shape: tuple[int, ...], split: int) -> int:
    """How many numbers have to be written beyond those that are given."""
    rows, columns = math.prod(shape[:split]), math.prod(shape[split:])
    sizes = {"number": 1, "row": rows, "column": columns, "game": rows * columns}
    return sum(sizes[_kind(varying[name], split, rows, columns)] - x.size for name, x in inputs.items() if varying[name])
