"""Who computes the chunks of a sweep: this process, its threads, other processes, or the workers of a Dask cluster.

All of them run :meth:`alliances.sweeps.cells.Task.run`, so that the answers are the same; they come in the order in which
they are ready. At most two chunks per worker are on their way, so that memory does not grow with the grid.
"""

from __future__ import annotations

import os
import pickle
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, cast

from alliances.results import need
from alliances.sweeps.cells import Answers, Task
from alliances.values.tables import one_line

__all__ = ["BACKENDS", "answers_of", "cores"]

BACKENDS = ("serial", "threads", "processes")

_WATCH = 0.5  # seconds between two looks at whether the parent lives

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
        loky = need("loky", "distributed", "sweep(backend='processes')")
        direct = loky.backend.get_context("loky")  # whose workers are this process's own children
        executor = loky.get_reusable_executor(workers, context=direct, initializer=_watch, initargs=(os.getpid(),))
        sent = _Sent(tasks)
        with _told(sent):
            yield from _pooled(sent, 2 * workers, lambda task: executor.submit(task.run), _wait)


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
    sent = _Sent(tasks)
    with _told(sent):
        yield from _pooled(sent, most, lambda task: client.submit(_run, task, pure=False), done)


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


def _watch(parent: int) -> None:
    """In a worker: end with the process that started it, even if that was killed and could not say so."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH)
        os._exit(1)

    if os.name == "posix":  # elsewhere, the number of the parent stays when it ends
        threading.Thread(target=watch, daemon=True, name="sweep: does the parent live?").start()


class _Sent:
    """Tasks on their way to other processes, the last of which is remembered."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks, self.last = tasks, cast("Task | None", None)

    def __iter__(self) -> Iterator[tuple[int, Task]]:
        for chunk, task in self._tasks:
            self.last = task
            yield chunk, task

    def unsent(self) -> str | None:
        """What cannot be pickled, in words; None if all can."""
        if self.last is None:
            return None
        import cloudpickle  # type: ignore[import-untyped]  # loky and Dask pickle with it

        task = self.last
        parts = {f"constants[{name!r}]": value for name, value in task.constants.items()}
        parts |= {f"grid[{name!r}]": values for name, _, values in task.parameters}
        for where, part in {**parts, "function": task.function}.items():
            try:
                cloudpickle.dumps(part)
            except Exception as error:  # whatever a class raises that cannot be pickled
                return f"{where} must be something that can be sent to other processes; got {one_line(part, 80)} ({error})"
        return None


@contextmanager
def _told(sent: _Sent) -> Iterator[None]:
    """Say what a process pool does not."""
    try:
        yield
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        unsent = sent.unsent()
        if unsent is None:
            raise
        raise TypeError(f"sweep(): {unsent}: make it inside the function, or compute with backend='threads'") from error
    except BrokenExecutor as error:
        raise RuntimeError(
            "sweep(): a worker process ended in mid-run, perhaps for lack of memory; what was computed stays in the store, and "
            "the same call goes on, with fewer workers"
        ) from error
