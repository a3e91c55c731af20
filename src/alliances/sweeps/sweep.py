"""Sweeps: a function at every cell of a labelled grid, or at the points of a design, as an ``xarray.Dataset``.

A sweep is cut into chunks of cells. Chunks are computed by threads, processes or the workers of a Dask cluster, and written
to a store as they get ready; the answers depend on neither, and the cells' random numbers come from streams of their own. A
sweep that was killed goes on where it stopped.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic.canonical import boolean, random_seed
from alliances.results import need, progress_bar
from alliances.sweeps.cells import Answers, Schema, Task
from alliances.sweeps.fingerprints import header_of, name_of
from alliances.sweeps.grid import Design, Space, space_of
from alliances.sweeps.layout import RESERVED, Layout, is_name
from alliances.sweeps.stores import Store, store_at
from alliances.sweeps.workers import BACKENDS, answers_of, cores

if TYPE_CHECKING:
    from alliances.results import Dataset

__all__ = ["sweep"]

_CALLS, _ARRAYS = 1024, 131_072  # cells of a chunk at most, one by one and as arrays: enough for compiled programmes
_SHORT = 1.0  # seconds: what is left of a sweep that takes less is not worth other processes

_LONG_NAMES = {
    "gap": "power gap γ = (s − p)/(s + p)",
    "discount": "discount factor δ",
    "stakes": "stakes z",
    "sponsor": "critical discount factor of the sponsor",
    "proxy": "critical discount factor of the proxy",
    "dyad": "critical discount factor of the dyad",
}


def sweep(
    function: Callable[..., Any],
    grid: Mapping[str, Any] | Design,
    *,
    constants: Mapping[str, Any] | None = None,
    outputs: Sequence[str] | Mapping[str, str] | None = None,
    vectorized: bool = False,
    chunk: int | None = None,
    backend: str | None = None,
    workers: int | None = None,
    client: Any = None,
    rng: np.random.Generator | int | None = None,
    store: Any = None,
    progress: bool = False,
    long_names: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    dims: Mapping[str, Sequence[str]] | None = None,
) -> Dataset:
    """A function over a labelled grid or a design.

    Parameters
    ----------
    function
        Called with the grid's names as keyword arguments. It returns a number; an array, of one shape in all cells; a
        dictionary of them; or a result, whose numbers are taken. None is a missing number (nan); text is an error.
    grid
        Values by the name of the argument: numbers, texts or dates, which are the labels; other objects, such as enforcement
        concepts, labelled by their text; or a dictionary from labels to objects. Labels of an axis are distinct. Or a
        :class:`Design`, whose points are gone over one by one.
    constants
        Arguments that stay the same.
    outputs
        Entries or attributes to take, such as ``["dyad"]``, or ``{"threshold": "gap"}`` for a name of your own; all that are
        numbers by default. Where the function returns a tuple: a name for each element.
    vectorized
        Whether the function takes arrays, one element for each cell, and returns arrays. That is where speed is. Where such
        a call fails, its halves are tried, down to the cells that fail.
    chunk
        Cells computed and written together: by default a 64th of the grid, at most 1,024 cells; with ``vectorized`` 131,072.
    backend
        "serial", "threads" or "processes". By default threads with ``vectorized`` and processes otherwise, unless there is
        less than a second left to compute. Processes take the extra ``distributed``, without which there are threads.
    workers
        Threads or processes: all cores by default.
    client
        A ``dask.distributed.Client``: the cluster computes, and this process writes.
    rng
        NumPy generator or seed. If it is given, the function gets a generator ``rng`` of its own in each cell, or in each
        call with ``vectorized``; the answers are the same whatever computes them.
    store
        A path that ends in ``.zarr`` or ``.nc``. What is there of the same sweep is not computed again.
    progress
        Whether to show a bar of cells.
    long_names, units
        Of arguments and outputs, by name, for the attributes.
    dims
        Names of the dimensions of outputs that are arrays, by output.

    Returns
    -------
    xarray.Dataset
        The outputs on the axes of the grid, or along ``point``; ``cell_status``, 0 where the cell was computed and 1 where
        the function raised an error; and, if there are any, the failures with cell, labels and message along ``failure``.
        With a Zarr store its arrays are read when they are asked for.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, the function returns something else than numbers, the store is of another sweep, or
        what goes into a store has no content by which it is known again, such as a lock.
    OSError
        If the store cannot be written to.

    Notes
    -----
    A worker of "processes" or of a cluster gets the function by pickle; lambdas and functions of a notebook work, since loky
    and Dask use cloudpickle. A store remembers grid, constants, chunks, seed and the function – its code, what it holds, the
    globals that it names, and the versions of packages – and is refused where one of them is another; objects are compared by
    all that they hold.

    Examples
    --------
    >>> import alliances as al
    >>> def patience(gap, cost):
    ...     return al.critical_discount(al.presets.morrow_1991(conflict_cost=cost), al.Power.from_gap(gap))
    >>> found = al.sweep(patience, {"cost": [0.05, 0.15], "gap": [0.0, 0.2, 0.4, 0.6]}, vectorized=True)
    >>> found.dyad.dims, found.dyad.sel(cost=0.15).values.round(3)
    (('cost', 'gap'), array([0.571, 0.513, 0.544, 0.608]))
    """
    xarray = need("xarray", "data", "sweep()")
    del xarray  # asked for before anything is computed
    if not callable(function):
        raise TypeError(f"sweep(): function must be callable; got {function!r}")
    space = space_of(grid, "sweep()")
    fixed = _constants(constants, space)
    boolean(vectorized, "sweep", "vectorized")
    boolean(progress, "sweep", "progress")
    names = _outputs(outputs)
    seed = None if rng is None else random_seed(rng, "sweep")
    _check_names(space, fixed, rng is not None)
    _check_signature(function, [*fixed, *(p.name for p in space.parameters), *(["rng"] if rng is not None else [])])
    if backend is not None and backend not in BACKENDS:
        raise ValueError(f"sweep(): backend must be one of {', '.join(BACKENDS)}; got {backend!r}")
    number = _whole(workers, "workers", cores())
    most = _ARRAYS if vectorized else _CALLS
    block = space.block(_whole(chunk, "chunk", min(most, -(-space.cells // 64)) if not vectorized else most))
    described, own = _described(long_names, units), _dims(dims)
    told: dict[str, Any] = {"outputs": names, "vectorized": vectorized, "seed": seed}
    told |= {"long_names": dict(long_names or {}), "units": dict(units or {})}
    told |= {"dims": {output: list(axes) for output, axes in own.items()}}
    header = {} if store is None else header_of(function, space, fixed, block, **told)
    layout = Layout(space, block, header, _attributes(function, seed), described, own)
    kept = store_at(store, layout)
    if not isinstance(kept, Store):
        return kept
    sizes = (function, fixed, names, vectorized, seed)
    with progress_bar(space.cells, progress, "cell") as bar:
        bar.update(sum(_cells(layout, k) for k in kept.finished))
        work = _Work(layout, kept, sizes, bar)
        work.first()
        work.rest(backend, number, client)
    return kept.finish()


class _Work:
    """A sweep under way."""

    def __init__(self, layout: Layout, store: Store, call: tuple[Any, ...], bar: Any) -> None:
        self.layout, self.store, self.call, self.bar = layout, store, call, bar
        self.seconds = float("inf")

    def task(self, chunk: int, schema: Schema | None) -> Task:
        """What has to be computed for a chunk."""
        function, constants, outputs, vectorized, seed = self.call
        slices = self.layout.slices(chunk)
        space = self.layout.space
        parameters = tuple((p.name, p.axis, p.part(slices[p.axis])) for p in space.parameters)
        shape = tuple(s.stop - s.start for s in slices)
        return Task(function, constants, parameters, shape, space.start(slices), outputs, vectorized, seed, schema)

    def left(self, but: int = -1) -> list[int]:
        """The chunks that are not there."""
        return [k for k in range(self.layout.chunks) if k not in self.store.finished and k != but]

    def first(self) -> None:
        """Compute chunks here, one by one, until a cell tells what the function returns."""
        if self.store.schema is not None:
            return
        failed: dict[int, Answers] = {}
        for chunk in self.left():
            start = time.perf_counter()
            answers = self.task(chunk, None).run()
            failed[chunk] = answers
            if answers.arrays:
                self.seconds = time.perf_counter() - start
                break
        schema = next(iter(reversed(failed.values()))).schema
        self.layout.check(schema)
        self.store.begin(schema)
        for chunk, answers in failed.items():
            self.write(chunk, answers)

    def rest(self, backend: str | None, workers: int, client: Any) -> None:
        """Compute what is left."""
        left = self.left()
        if not left:
            return
        if backend is None and client is None and self.seconds * len(left) < _SHORT:
            backend = "serial"
        vectorized = self.call[3]
        tasks: Iterator[tuple[int, Task]] = ((k, self.task(k, self.store.schema)) for k in left)
        for chunk, answers in answers_of(tasks, backend, min(workers, len(left)), vectorized, client):
            self.write(chunk, answers)

    def write(self, chunk: int, answers: Answers) -> None:
        """Keep a chunk, and move the bar on."""
        self.store.write(chunk, answers)
        self.bar.update(_cells(self.layout, chunk))


def _cells(layout: Layout, chunk: int) -> int:
    return int(np.prod([s.stop - s.start for s in layout.slices(chunk)]))


def _constants(constants: Any, space: Space) -> dict[str, Any]:
    if constants is None:
        return {}
    if not isinstance(constants, Mapping) or not all(isinstance(name, str) for name in constants):
        raise TypeError(f"sweep(): constants must map names to values; got {constants!r}")
    both = sorted(set(constants) & {p.name for p in space.parameters})
    if both:
        raise ValueError(f"sweep(): constants must not be in the grid, too; got {', '.join(both)}")
    return dict(constants)


def _outputs(outputs: Any) -> dict[str, str] | None:
    if outputs is None:
        return None
    if isinstance(outputs, Sequence) and not isinstance(outputs, str):
        names = [(name, name) for name in outputs]
    elif isinstance(outputs, Mapping):
        names = list(outputs.items())
    else:
        names = [(outputs, outputs)]
    if isinstance(outputs, str) or not all(isinstance(name, str) for pair in names for name in pair):
        raise TypeError(f"sweep(): outputs must be a list of names, or map names to entries; got {outputs!r}")
    if not names or len(dict(names)) < len(names):
        raise ValueError(f"sweep(): outputs must be distinct names, at least one; got {outputs!r}")
    return dict(names)


def _check_names(space: Space, constants: Mapping[str, Any], draws: bool) -> None:
    """The names of the grid must not be those that the result and the generator have."""
    names = [p.name for p in space.parameters]
    taken = [name for name in names if name in RESERVED - {"rng"} or name in {f"failure_{other}" for other in names}]
    if taken:
        raise ValueError(f"sweep(): grid must have names that the result does not use itself; got {', '.join(taken)}")
    if draws and "rng" in {*names, *constants}:
        where = "grid" if "rng" in names else "constants"
        raise ValueError(f"sweep(): rng must be given once; got it as an argument, and in {where}")


def _whole(value: Any, name: str, default: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"sweep(): {name} must be a whole number, at least 1; got {value!r}")
    return int(value)


def _check_signature(function: Callable[..., Any], names: Sequence[str]) -> None:
    """The names must be arguments of the function: told before anything is computed."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # compiled
        return
    try:
        signature.bind(**dict.fromkeys(names))
    except TypeError as error:
        raise TypeError(
            f"sweep(): function must take the arguments that grid, constants and rng give, {', '.join(names)}; "
            f"got {name_of(function)}{signature}: {error}"
        ) from None


def _attributes(function: Callable[..., Any], seed: int | None) -> dict[str, Any]:
    from importlib.metadata import version

    attributes = {
        "title": f"Sweep of {name_of(function)}",
        "source": f"alliances {version('alliances')}",
        "Conventions": "CF-1.11",
    }
    return attributes if seed is None else {**attributes, "rng_seed": seed}


def _described(long_names: Any, units: Any) -> dict[str, dict[str, str]]:
    """Long names and units by variable."""
    described: dict[str, dict[str, str]] = {name: {"long_name": said} for name, said in _LONG_NAMES.items()}
    for argument, kind, given in (("long_names", "long_name", long_names), ("units", "units", units)):
        if given is None:
            continue
        if not isinstance(given, Mapping) or not all(isinstance(x, str) for pair in given.items() for x in pair):
            raise TypeError(f"sweep(): {argument} must map names to texts; got {given!r}")
        for name, said in given.items():
            described[name] = {**described.get(name, {}), kind: said}
    return described


def _dims(dims: Any) -> dict[str, tuple[str, ...]]:
    if dims is None:
        return {}
    lists = isinstance(dims, Mapping) and all(
        isinstance(names, Sequence) and not isinstance(names, str) for names in dims.values()
    )
    if not lists or not all(isinstance(x, str) for name, names in dims.items() for x in (name, *names)):
        raise TypeError(f"sweep(): dims must map outputs to lists of names; got {dims!r}")
    wrong = [x for names in dims.values() for x in names if not is_name(x)]
    if wrong:
        raise ValueError(f"sweep(): dims must be names that a store can have, without '/'; got {wrong[0]!r}")
    return {name: tuple(names) for name, names in dims.items()}
