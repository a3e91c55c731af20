"""Where the chunks of a sweep go: into memory, a Zarr store or a NetCDF file.

Nothing that was written is lost, whenever the process is killed. A chunk is finished when its marker is in the folder
``NAME.progress`` beside the store, and the marker comes after the chunk; files appear under their names when they are
whole. What a killed process left without a marker is computed again, to the same bits. When all chunks are there, the store
is marked complete, and the folder goes.

A Zarr store has a chunk for each chunk of the sweep, and what is finished can be read while the rest is computed. A NetCDF
file is made in memory when all chunks are there; they wait in the folder of progress.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array
from alliances.results import need
from alliances.sweeps.cells import Answers, Schema
from alliances.sweeps.fingerprints import differences
from alliances.sweeps.layout import COMPUTED, DESCRIBED_STATUS, FAILED, MISSING, STATUS, Layout

if TYPE_CHECKING:
    from alliances.results import Dataset

__all__ = ["Memory", "NetCDF", "Store", "Zarr", "store_at"]


class Store(ABC):
    """Where chunks go.

    Attributes
    ----------
    finished
        The chunks that are there already.
    schema
        What the cells return, once a chunk is there.
    """

    finished: set[int]
    schema: Schema | None

    @abstractmethod
    def begin(self, schema: Schema) -> None:
        """Prepare for chunks."""

    @abstractmethod
    def write(self, chunk: int, answers: Answers) -> None:
        """Keep a chunk."""

    @abstractmethod
    def finish(self) -> Dataset:
        """The whole, when all chunks are there."""


class Memory(Store):
    """Arrays of this process."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.finished, self.schema = set(), None
        self._arrays: dict[str, Array] = {}
        self._status = np.full(layout.space.shape, MISSING, dtype=np.int8)
        self._failures: dict[int, str] = {}

    def begin(self, schema: Schema) -> None:
        """Make the arrays."""
        self.schema = schema
        self._arrays = {name: np.full((*self.layout.space.shape, *shape), np.nan) for name, shape in schema.items()}

    def write(self, chunk: int, answers: Answers) -> None:
        """Fill a part of the arrays."""
        slices = self.layout.slices(chunk)
        for name, block in _blocks(slices, answers, self.schema or {}).items():
            (self._status if name == STATUS else self._arrays[name])[slices] = block
        start = self.layout.space.start(slices)
        self._failures |= {start + place: message for place, message in answers.failures.items()}
        self.finished.add(chunk)

    def finish(self) -> Dataset:
        """The arrays with their names."""
        variables: dict[str, Any] = {
            name: (
                self.layout.dims_of(name, self._arrays[name].shape[len(self.layout.space.shape) :]),
                array,
                self.layout.described_as(name),
            )
            for name, array in self._arrays.items()
        }
        variables[STATUS] = (
            self.layout.space.dims,
            self._status,
            {**DESCRIBED_STATUS, "flag_values": np.array(DESCRIBED_STATUS["flag_values"], np.int8)},
        )
        attributes = {**self.layout.attributes, "failures": len(self._failures)}
        dataset: Dataset = need("xarray", "data", "sweep()").Dataset(
            {**variables, **self.layout.failures(self._failures)}, self.layout.coordinates(), attributes
        )
        return dataset


def _blocks(slices: tuple[slice, ...], answers: Answers, schema: Schema) -> dict[str, Array]:
    """The arrays of a chunk in the shape of its block, the status last."""
    shape = tuple(s.stop - s.start for s in slices)
    blocks = {name: answers.arrays[name].reshape(shape + own) for name, own in schema.items() if name in answers.arrays}
    status = np.full(int(np.prod(shape)), COMPUTED, dtype=np.int8)
    status[list(answers.failures)] = FAILED
    return {**blocks, STATUS: status.reshape(shape)}


class _OnDisk(Store):
    """What stores on disk have in common: the folder of progress."""

    def __init__(self, layout: Layout, path: Path) -> None:
        self.layout, self.path = layout, path
        self.progress = path.with_name(f"{path.name}.progress")
        self.finished, self.schema = set(), None
        header = _read(self.progress / "header.json")
        if header is not None:
            _refuse_other(header, layout.header, path)
            self._resume()
        else:
            self._clear()
            with self._told():
                self.progress.mkdir(parents=True, exist_ok=True)
                _put(self.progress / "header.json", json.dumps(layout.header).encode())

    def _resume(self) -> None:
        schema = _read(self.progress / "schema.json")
        if schema is None or not self._has_begun():
            for marker in self.progress.glob("chunk_*"):
                marker.unlink()
            return
        self.schema = {name: tuple(shape) for name, shape in schema.items()}
        self.finished = {int(marker.stem.removeprefix("chunk_")) for marker in self.progress.glob(f"chunk_*{self._suffix}")}

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of what could not be written what is left."""
        try:
            yield
        except OSError as error:
            left = "what was computed stays, and the same call goes on" if self.finished else "nothing is stored"
            raise OSError(
                error.errno, f"sweep(): store {self.path} could not be written to: {error.strerror or error}; {left}"
            ) from error

    _suffix = ".json"

    def _has_begun(self) -> bool:
        """Whether what the markers speak of is there."""
        return True

    def _clear(self) -> None:
        shutil.rmtree(self.progress, ignore_errors=True)

    def begin(self, schema: Schema) -> None:
        """Lay out the store."""
        self.schema = schema
        with self._told():
            self._lay_out(schema)
            _put(self.progress / "schema.json", json.dumps(schema).encode())

    def _lay_out(self, schema: Schema) -> None: ...

    def write(self, chunk: int, answers: Answers) -> None:
        """Keep a chunk, then mark it as finished."""
        slices = self.layout.slices(chunk)
        start = self.layout.space.start(slices)
        failures = {start + place: message for place, message in answers.failures.items()}
        with self._told():
            marker = self._keep(slices, _blocks(slices, answers, self.schema or {}), failures)
            _put(self.progress / f"chunk_{chunk}{self._suffix}", marker)
        self.finished.add(chunk)

    @abstractmethod
    def _keep(self, slices: tuple[slice, ...], blocks: Mapping[str, Array], failures: Mapping[int, str]) -> bytes:
        """Write the arrays of a chunk; what its marker holds."""


class Zarr(_OnDisk):
    """A folder of the Zarr format, version 3."""

    _arrays: dict[str, Any] | None = None

    def _has_begun(self) -> bool:
        for file in self.path.rglob("*.partial"):  # what Zarr was writing when it was killed
            file.unlink()
        return self.path.exists()

    def _lay_out(self, schema: Schema) -> None:
        made = self.path.with_name(f"{self.path.name}.new")
        shutil.rmtree(made, ignore_errors=True)
        attributes = {**self.layout.attributes, "sweep_header": json.dumps(self.layout.header), "sweep_complete": 0}
        self._add(made, {}, self.layout.coordinates(), attributes, "w")
        group = _zarr().open_group(made, mode="a")
        space = self.layout.space
        for name, shape in {**schema, STATUS: ()}.items():
            group.create_array(
                name,
                shape=(*space.shape, *shape),
                chunks=(*self.layout.block, *(max(n, 1) for n in shape)),
                dtype="int8" if name == STATUS else "float64",
                fill_value=MISSING if name == STATUS else np.nan,
                dimension_names=self.layout.dims_of(name, shape),
                attributes=DESCRIBED_STATUS if name == STATUS else self.layout.described_as(name),
            )
        self._consolidate(made)
        shutil.rmtree(self.path, ignore_errors=True)  # of a run that was killed before it wrote a chunk
        made.rename(self.path)

    def _add(self, path: Path, variables: Any, coordinates: Any, attributes: Any, mode: str) -> None:
        dataset = need("xarray", "data", "sweep()").Dataset(variables, coordinates, attributes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats for texts that a later Zarr may write differently
            dataset.to_zarr(path, mode=mode, zarr_format=3, consolidated=False)

    def _consolidate(self, path: Path) -> None:
        """Put the metadata of all arrays into one file, where xarray looks for them."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Zarr says that other programs may read them one by one
            _zarr().consolidate_metadata(path)

    def _keep(self, slices: tuple[slice, ...], blocks: Mapping[str, Array], failures: Mapping[int, str]) -> bytes:
        if self._arrays is None:
            self._arrays = dict(_zarr().open_group(self.path, mode="r+", use_consolidated=False).arrays())
        for name, block in blocks.items():
            self._arrays[name][slices] = block
        return json.dumps(failures).encode()

    def finish(self) -> Dataset:
        """Add the table of failures, and mark the store as complete."""
        group = _zarr().open_group(self.path, mode="r+", use_consolidated=False)
        with self._told():
            failures: dict[int, str] = {}
            for marker in self.progress.glob("chunk_*.json"):
                failures |= {int(cell): message for cell, message in (_read(marker) or {}).items()}
            if failures:
                self._add(self.path, self.layout.failures(failures), {}, {}, "a")
            group.attrs.update({"failures": len(failures)})
            self._consolidate(self.path)
            metadata = _read(self.path / "zarr.json")
            metadata["attributes"]["sweep_complete"] = 1
            _put(self.path / "zarr.json", json.dumps(metadata, indent=2).encode())  # the last step, of one piece
        self._clear()
        return open_zarr(self.path)


def _zarr() -> Any:
    return need("zarr", "distributed", "sweep(store='….zarr')")


def open_zarr(path: Path) -> Dataset:
    """The store as a Dataset, whose arrays are read when they are asked for."""
    dataset: Dataset = need("xarray", "data", "sweep()").open_zarr(path, chunks=None)
    return dataset


class NetCDF(_OnDisk):
    """A NetCDF file, in the format that xarray writes with what is installed."""

    _suffix = ".npz"

    def _keep(self, _: tuple[slice, ...], blocks: Mapping[str, Array], failures: Mapping[int, str]) -> bytes:
        content = io.BytesIO()
        np.savez(content, **blocks, **{"failure ": np.array(json.dumps(failures))})  # type: ignore[arg-type]
        return content.getvalue()

    def finish(self) -> Dataset:
        """Make the file."""
        memory = Memory(self.layout)
        memory.begin(self.schema or {})
        for chunk in range(self.layout.chunks):
            with np.load(self.progress / f"chunk_{chunk}.npz") as saved:
                blocks = {name: saved[name] for name in saved.files}
            start = self.layout.space.start(self.layout.slices(chunk))
            failures = {int(cell) - start: message for cell, message in json.loads(str(blocks.pop("failure "))).items()}
            cells = blocks.pop(STATUS).size
            arrays = {name: block.reshape(cells, *(self.schema or {})[name]) for name, block in blocks.items()}
            memory.write(chunk, Answers(arrays, failures))
        dataset = memory.finish().assign_attrs(sweep_header=json.dumps(self.layout.header), sweep_complete=1)
        made = self.path.with_name(f"{self.path.name}.new")
        with self._told():
            dataset.to_netcdf(made)
            made.replace(self.path)
        self._clear()
        return load_netcdf(self.path)


def load_netcdf(path: Path) -> Dataset:
    """The file as a Dataset."""
    dataset: Dataset = need("xarray", "data", "sweep()").load_dataset(path)
    return dataset


def store_at(where: Any, layout: Layout) -> Store | Dataset:
    """A store to go on with, or the dataset if it is complete already.

    Raises
    ------
    TypeError, ValueError
        If it is no path that ends in .zarr or .nc, or holds something else, or another sweep.
    """
    if where is None:
        return Memory(layout)
    if not isinstance(where, (str, os.PathLike)):
        raise TypeError(f"sweep(): store must be a path that ends in .zarr or .nc; got {where!r}")
    path = Path(where).resolve()
    kind: Any = {".zarr": Zarr, ".nc": NetCDF}.get(path.suffix)
    if kind is None:
        raise ValueError(f"sweep(): store must end in .zarr or .nc; got {str(where)!r}")
    if kind is Zarr:
        _zarr()
    if path.exists():
        attributes = _attributes(path)
        if "sweep_header" not in attributes:
            raise ValueError(f"sweep(): store must be new, or of the same sweep; got {path}, which holds something else")
        _refuse_other(json.loads(attributes["sweep_header"]), layout.header, path)
        if attributes.get("sweep_complete"):
            shutil.rmtree(path.with_name(f"{path.name}.progress"), ignore_errors=True)
            return open_zarr(path) if kind is Zarr else load_netcdf(path)
        if not path.with_name(f"{path.name}.progress").exists():
            raise ValueError(
                f"sweep(): store must have its folder {path.name}.progress beside it until it is complete; got {path}"
            )
    store: Store = kind(layout, path)
    return store


def _attributes(path: Path) -> Mapping[str, Any]:
    """What a store says of itself; nothing if it is none."""
    if path.is_dir():
        metadata = _read(path / "zarr.json")
        attributes = metadata.get("attributes") if isinstance(metadata, Mapping) else None
        return attributes if isinstance(attributes, Mapping) else {}
    try:
        with need("xarray", "data", "sweep()").open_dataset(path) as dataset:
            return dict(dataset.attrs)
    except (OSError, ValueError):
        return {}


def _refuse_other(stored: Mapping[str, Any], asked: Mapping[str, Any], path: Path) -> None:
    other = differences(stored, asked)
    if other:
        raise ValueError(f"sweep(): store must be new, or of the same sweep; got {path}, where {'; '.join(other)}")


def _read(path: Path) -> Any:
    """A file of JSON, or None if it is not there."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise ValueError(
            f"sweep(): store must be whole; got {path.parent}, whose {path.name} cannot be read: {error}"
        ) from None


def _put(path: Path, content: bytes) -> None:
    """Write a file that appears under its name when it is whole."""
    made = path.with_name(f"{path.name}.new")
    with made.open("wb") as file:
        file.write(content)
    made.replace(path)
