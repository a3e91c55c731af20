"""How the results of a sweep are named, shaped and described: what a file says without the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.sweeps.grid import Space

__all__ = ["COMPUTED", "DESCRIBED_STATUS", "FAILED", "MISSING", "RESERVED", "STATUS", "Layout", "is_name"]

MISSING, COMPUTED, FAILED = -1, 0, 1
STATUS = "cell_status"
"""The variable that says of each cell whether it was computed."""
DESCRIBED_STATUS: dict[str, Any] = {
    "long_name": "whether the cell was computed",
    "flag_values": [MISSING, COMPUTED, FAILED],
    "flag_meanings": "missing computed failed",
}
RESERVED = {STATUS, "failure", "failure_cell", "failure_message", "rng"}


def is_name(name: str) -> bool:
    """Whether a variable of a Zarr store or a NetCDF file can have this name."""
    return bool(name) and name not in (".", "..", "zarr.json") and not name.startswith("__") and not set(name) & set("/\\\0")


class Layout:
    """How the results of a sweep are named, shaped and described.

    Attributes
    ----------
    space, block
        All cells, and the shape of a chunk.
    header
        What the store remembers of the call.
    """

    def __init__(
        self,
        space: Space,
        block: tuple[int, ...],
        header: Mapping[str, Any],
        attributes: Mapping[str, Any],
        described: Mapping[str, Mapping[str, str]],
        dims: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.space, self.block, self.header = space, block, header
        self.attributes, self.described, self.dims = attributes, described, dims

    @property
    def chunks(self) -> int:
        """How many."""
        return self.space.chunks(self.block)

    def slices(self, chunk: int) -> tuple[slice, ...]:
        """Where a chunk lies."""
        return self.space.slices(self.block, chunk)

    def dims_of(self, name: str, shape: tuple[int, ...]) -> tuple[str, ...]:
        """The dimensions of a variable whose cells have this shape."""
        own = self.dims.get(name, tuple(f"{name}_axis_{k}" for k in range(len(shape))))
        if len(own) != len(shape):
            raise ValueError(f"sweep(): dims must name {len(shape)} dimensions of {name!r}; got {', '.join(own) or 'none'}")
        taken = {*self.space.dims, *(p.name for p in self.space.parameters), *RESERVED}
        for k, dim in enumerate(own):
            if dim in taken or dim in own[:k]:
                raise ValueError(
                    f"sweep(): dims must name each dimension of {name!r} differently from the others, the grid and the status; "
                    f"got {dim!r}"
                )
        return (*self.space.dims, *own)

    def check(self, schema: Mapping[str, tuple[int, ...]]) -> None:
        """Refuse outputs whose names or dimensions cannot stand side by side.

        Raises
        ------
        ValueError
            If a name is taken or no file could have it, or a dimension has two sizes.
        """
        taken = {*self.space.dims, *(p.name for p in self.space.parameters), *RESERVED}
        sizes: dict[str, tuple[int, str]] = {}
        for name, shape in schema.items():
            if name in taken or name.startswith("failure_"):
                raise ValueError(f"sweep(): function must return names that the grid and the status do not have; got {name!r}")
            if not is_name(name):
                raise ValueError(f"sweep(): function must return names that a store can have, without '/'; got {name!r}")
            for dim, size in zip(self.dims_of(name, shape)[len(self.space.dims) :], shape, strict=True):
                if dim in schema:
                    raise ValueError(f"sweep(): dims must not have the names of outputs; got {dim!r}")
                before, of = sizes.setdefault(dim, (size, name))
                if before != size:
                    raise ValueError(
                        f"sweep(): dims must have one size each; got {dim!r}, of {before} in {of!r} and {size} in {name!r}"
                    )
        unknown = [name for name in self.dims if name not in schema]
        if unknown and schema:
            raise ValueError(f"sweep(): dims must be of outputs, {', '.join(schema)}; got {', '.join(unknown)}")

    def described_as(self, name: str) -> dict[str, str]:
        """Long name and units."""
        return {"long_name": name.replace("_", " "), "units": "1", **self.described.get(name, {})}

    def coordinates(self) -> dict[str, Any]:
        """The labels of all parameters."""
        return {
            p.name: ((self.space.dims[p.axis],), _text(p.labels), _without_units(self.described_as(p.name), p.labels))
            for p in self.space.parameters
        }

    def failures(self, failures: Mapping[int, str]) -> dict[str, Any]:
        """The table of the cells that failed, along a dimension of its own; nothing if none did."""
        if not failures:
            return {}
        cells = np.array(sorted(failures), dtype=np.int64)
        index = np.unravel_index(cells, self.space.shape)
        return {
            "failure_cell": (("failure",), cells, {"long_name": "the cell's number, the last axis running fastest"}),
            "failure_message": (("failure",), _text([failures[int(k)] for k in cells]), {"long_name": "why the cell failed"}),
            **{
                f"failure_{p.name}": (("failure",), _text(p.labels[index[p.axis]]), self.coordinates()[p.name][2])
                for p in self.space.parameters
            },
        }


def _text(labels: Any) -> Any:
    """Labels as files can hold them: texts of any length."""
    array = np.asarray(labels)
    return array.astype(object) if array.dtype.kind == "U" else array


def _without_units(attributes: dict[str, str], labels: Array) -> dict[str, str]:
    """Dates and texts have no unit, and xarray writes that of dates itself."""
    return attributes if labels.dtype.kind in "biuf" else {k: v for k, v in attributes.items() if k != "units"}
