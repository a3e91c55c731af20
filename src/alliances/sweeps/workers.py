"""Who computes the chunks of a sweep: this process, its threads, other processes, or the workers of a Dask cluster.

All of them run :meth:`alliances.sweeps.cells.Task.run`, so that the answers are the same; they come in the order in which
they are ready. At most two chunks per worker are on their way, so that memory does not grow with the grid.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from alliances.results import need
from alliances.sweeps.cells import Answers, Task

__all__ = ["BACKENDS", "answers_of", "cores"]

BACKENDS = ("serial", "threads", "processes")

Tasks = Iterable[tuple[int, Task]]


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answers_of(tasks: Tasks, backend: str | None, workers: int, vectorized: bool, client: Any) -> Iterator[tuple[int, Answers]]:
    """The chunks with their answers, as they get ready.

    Without a ``backend``, functions of arrays run in threads, since NumPy and compiled kernels let go of the interpreter's
    lock, and others in processes.
    """
    if client is not None:
        yield from _by_dask(tasks, client)
        return
    if backend is None:
        there = find_spec("loky") is not None
        backend = "serial" if workers == 1 else "processes" if there and not vectorized else "threads"
    if backend == "serial":
        for chunk, task in tasks:
            yield chunk, task.run()
    elif backend == "threads":
        with ThreadPoolExecutor(workers) as pool:
            yield from _pooled(tasks, 2 * workers, lambda task: pool.submit(task.run), _wait)
    else:
        executor = need("loky", "distributed", "sweep(backend='processes')").get_reusable_executor(max_workers=workers)
        with _told():
            yield from _pooled(tasks, 2 * workers, lambda task: executor.submit(task.run), _wait)


def _wait(futures: set[Any]) -> set[Future[Answers]]:
    return wait(futures, return_when=FIRST_COMPLETED).done


def _by_dask(tasks: Tasks, client: Any) -> Iterator[tuple[int, Answers]]:
    """Chunks that the cluster computes: one of a worker that dies goes to another."""
    distributed = need("distributed", "distributed", "sweep(client=…)")
    if not isinstance(client, distributed.Client):
        raise TypeError(f"sweep(): client must be a dask.distributed Client; got {client!r}")

    def done(futures: set[Any]) -> set[Any]:
        ready: set[Any] = distributed.wait(list(futures), return_when="FIRST_COMPLETED").done
        return ready

    most = 2 * max(sum(client.nthreads().values()), 1)
    yield from _pooled(tasks, most, lambda task: client.submit(_run, task, pure=False), done)


def _run(task: Task) -> Answers:
    return task.run()


def _pooled(
    tasks: Tasks, most: int, submit: Callable[[Task], Any], done: Callable[[set[Any]], set[Any]]
) -> Iterator[tuple[int, Answers]]:
    """Keep ``most`` chunks on their way; cancel them where one meets an error."""
    waiting: dict[Any, int] = {}
    try:
        for chunk, task in tasks:
            waiting[submit(task)] = chunk
            if len(waiting) >= most:
                yield from _ready(waiting, done)
        while waiting:
            yield from _ready(waiting, done)
    finally:
        for future in waiting:
            future.cancel()


def _ready(waiting: dict[Any, int], done: Callable[[set[Any]], set[Any]]) -> list[tuple[int, Answers]]:
    return [(waiting.pop(future), future.result()) for future in done(set(waiting))]


@contextmanager
def _told() -> Iterator[None]:
    """Say what a process pool does not."""
    try:
        yield
    except BrokenExecutor as error:
        raise RuntimeError(
            "sweep(): a worker process ended in mid-run, perhaps for lack of memory; what was computed stays in the store, and "
            "the same call goes on, with fewer workers"
        ) from error
