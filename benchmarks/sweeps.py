"""Sweeps: what a cell costs beside a bare loop, growth in time and memory, cores, and stores.

    python -m benchmarks --only sweeps

The function is cheap on purpose: what is measured is the sweep. Memory is the largest that a process of its own reached.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import alliances as al

sys.path.insert(0, str(Path(__file__).parent))

import _measure

SEED = 20261126


def one(x: float, y: float) -> float:
    """A cell."""
    return x * y + 1


def model(gap: Any, cost: Any) -> Any:
    """The library on arrays: δ* along the gap."""
    return al.critical_discount(al.presets.morrow_1991(conflict_cost=cost), al.Power.from_gap(gap)).dyad


def grid(cells: int) -> dict[str, np.ndarray]:
    """A square."""
    side = round(cells**0.5)
    return {"x": np.arange(side, dtype=float), "y": np.linspace(0, 1, side)}


def bare(cells: int) -> np.ndarray:
    """The loop that a sweep replaces."""
    x, y = grid(cells).values()
    return np.array([[one(a, b) for b in y.tolist()] for a in x.tolist()])


def beside_loops(cells: int, repeats: int) -> list[dict[str, Any]]:
    """One by one and as arrays, beside the loop and the expression."""
    axes = grid(cells)
    methods = {
        "bare loop": lambda: bare(cells),
        "sweep, one by one, serial": lambda: al.sweep(one, axes, backend="serial").value.values,
        "bare NumPy": lambda: axes["x"][:, None] * axes["y"] + 1,
        "sweep, arrays, serial": lambda: al.sweep(one, axes, vectorized=True, backend="serial").value.values,
        "sweep, arrays, threads": lambda: al.sweep(one, axes, vectorized=True, backend="threads").value.values,
    }
    times, answers = _measure.interleaved(methods, repeats)
    beside = {name: "bare loop" if "one by one" in name or name == "bare loop" else "bare NumPy" for name in methods}
    return [
        {
            "instance": name,
            "cells": axes["x"].size ** 2,
            **times[name],
            "µs a cell": times[name]["cpu s"] / axes["x"].size ** 2 * 1e6,
            "ratio of the bare one to it": times[beside[name]]["cpu s"] / times[name]["cpu s"],
            "equal to the loop": int(np.array_equal(answers[name], answers["bare loop"])),
        }
        for name in methods
    ]


def cores(gaps: int, singles: int, repeats: int) -> list[dict[str, Any]]:
    """δ* of the library on one core and on all of them: arrays by threads, cell by cell by processes."""
    costs = np.linspace(0.05, 0.25, 20)
    found = []
    for way, size, vectorized, backend in (("arrays", gaps, True, "threads"), ("one by one", singles, False, "processes")):
        axes = {"cost": costs, "gap": np.linspace(-0.9, 0.9, size)}

        def run(backend: Any, axes: Any = axes, vectorized: bool = vectorized) -> np.ndarray:
            return np.asarray(al.sweep(model, axes, vectorized=vectorized, backend=backend).value.values)

        methods = {f"δ*, {way}, {name}": lambda name=name: run(name) for name in ("serial", backend)}
        times, answers = _measure.interleaved(methods, repeats)  # type: ignore[arg-type]
        alone, *_ = methods
        found += [
            {
                "instance": name,
                "cells": 20 * size,
                **times[name],
                "times faster on the wall": times[alone]["wall s"] / times[name]["wall s"],
                "equal": int(np.array_equal(answers[name], answers[alone])),
            }
            for name in methods
        ]
    return found


def stored(cells: int, pipe: Any) -> None:
    """A sweep into a Zarr store in this process; its CPU and wall seconds and largest memory go through the pipe."""
    al.sweep(one, grid(10_000), vectorized=True)  # what is imported and allocated once
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sweep.zarr")
        _, cpu, wall = _measure.timed(lambda: al.sweep(one, grid(cells), vectorized=True, store=path, backend="serial"))
    pipe.send((cpu, wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def growth(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Time and memory by the number of cells, stored, and the exponent of the fit."""
    context = multiprocessing.get_context("spawn")
    rows = []
    for cells in sizes:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=stored, args=(cells, sender))
        process.start()
        cpu, wall, memory = receiver.recv()
        process.join()
        rows.append({"instance": "growth, arrays into Zarr", "cells": cells, "cpu s": cpu, "wall s": wall, "peak MB": memory})
    times = [float(row["cpu s"]) for row in rows]
    exponent = np.polyfit(np.log(sizes), np.log(times), 1)[0]
    return [*rows, {"instance": "growth, arrays into Zarr: exponent of CPU time in cells", "exponent": float(exponent)}]


def rows(smoke: bool) -> list[dict[str, Any]]:
    """All measurements."""
    return [
        *beside_loops(2_500 if smoke else 10**6, 1 if smoke else 3),
        *cores(*((2_000, 5) if smoke else (1_000_000, 200)), 1 if smoke else 3),
        *growth((10**4, 4 * 10**4) if smoke else (10**6, 4 * 10**6, 16 * 10**6, 64 * 10**6)),
    ]
