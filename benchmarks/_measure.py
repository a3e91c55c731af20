"""What the benchmarks share: times of interleaved runs, the memory's bandwidth in the same run, and what it was measured on."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

Row = dict[str, Any]

PACKAGES = ("alliances", "numpy", "scipy", "nashpy", "quantecon", "pygambit", "numba", "xarray", "zarr", "dask")


def timed(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """What a function returns, with the CPU seconds of the process and the seconds on the wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = function()
    return answer, time.process_time() - cpu, time.perf_counter() - wall


def interleaved(methods: Mapping[str, Callable[[], Any]], repeats: int) -> tuple[dict[str, Row], dict[str, Any]]:
    """Times and answers by method: all are warmed up, then run in turn, so that a machine that slows down slows all of them."""
    answers = {name: method() for name, method in methods.items()}
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in methods}
    for _ in range(repeats):
        for name, method in methods.items():
            runs[name].append(timed(method)[1:])
    return {name: spread(*zip(*times, strict=True)) for name, times in runs.items()}, answers


def spread(cpu: tuple[float, ...], wall: tuple[float, ...]) -> Row:
    """Medians of CPU and wall seconds, and how far apart the CPU times are, as a share of the median."""
    median = statistics.median(cpu)
    return {
        "cpu s": median,
        "wall s": statistics.median(wall),
        "spread of cpu": (max(cpu) - min(cpu)) / median if median else 0.0,
        "runs": len(cpu),
    }


def triad(smoke: bool = False) -> Row:
    """The STREAM triad a = b + s·c in one thread, in pieces that stay in the cache between its two steps: GB per CPU second.

    McCalpin (1995) counts 24 bytes an element, 8 for each array.
    """
    size, piece = (2**20, 2**13) if smoke else (2**24, 2**13)
    a, b, c = np.zeros(size), np.ones(size), np.full(size, 2.0)

    def run() -> None:
        for start in range(0, size, piece):
            part = slice(start, start + piece)
            np.multiply(c[part], 3.0, out=a[part])
            np.add(a[part], b[part], out=a[part])

    times, _ = interleaved({"triad": run}, 3 if smoke else 7)
    row = times["triad"]
    return {"instance": "STREAM triad, one thread", **row, "GB per cpu s": 24e-9 * size / row["cpu s"]}


def about() -> dict[str, Any]:
    """Versions, machine and the state of the code."""
    return {
        "versions": {name: installed(name) for name in PACKAGES},
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {platform.system()}, {processor()}, {cores()} cores",
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "commit": commit(),
    }


def cores() -> int:
    """How many cores this process may use, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def installed(name: str) -> str:
    """A package's version, or that it is missing."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def processor() -> str:
    """The processor's name, where the system tells."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def commit() -> str | None:
    """Which state of the code was measured; None outside of a checkout."""
    command = ["git", "-C", os.path.dirname(__file__), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def fresh(code: str) -> tuple[float, float]:
    """CPU and wall seconds of a fresh Python process that runs ``code``."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, time.perf_counter() - start
