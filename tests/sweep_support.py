"""Functions and processes of the tests of sweeps: at the top of a module, where other processes find them."""

import multiprocessing
import os
import resource
import signal
import time

import numpy as np

import alliances as al


def product(x, y):
    return x * y


def noisy(x, y, rng):
    """Fails at every 97th x, and draws."""
    if x % 97 == 13:
        raise ValueError(f"no answer at x = {x}")
    return {"sum": x + y, "draw": rng.random()}


class Calls(list):
    """A counter that grows while a function runs, and is no part of what the function is."""

    def __reduce_ex__(self, _):
        return Calls, ()


CALLS = Calls()


def counted(x, y, rng):
    CALLS.append(x)
    return noisy(x, y, rng)


def noisy_arrays(x, y, rng):
    time.sleep(0.02)
    return {"wave": np.sin(x) * y, "draw": rng.random(x.size)}


def named(gap, discount):
    return al.defection_threshold(al.presets.chindea_2014(), discount, domain=(gap, 0.95))


def text(x):
    return "held" if x > 1 else 0.5


def growing(x, y, rng):
    """Numbers that compress to nothing, then numbers that do not."""
    return np.where(x < 64, 0.0 * y, rng.random(x.size))


SQUARE = {"x": np.arange(256), "y": np.arange(256)}
MILLION = {"x": np.arange(1000), "y": np.linspace(0, 1, 1000)}


def run_million(store, chunk=8192):
    al.sweep(noisy_arrays, MILLION, vectorized=True, rng=5, store=store, chunk=chunk)


def run_noisy(store):
    al.sweep(slow_noisy, {"x": np.arange(100), "y": [0.5, 1.0]}, rng=1, store=store, backend="threads", chunk=8)


def slow_noisy(x, y, rng):
    time.sleep(0.001)
    return noisy(x, y, rng)


def run_on_a_full_disk(store, said):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (32_768, 32_768))
    try:
        al.sweep(growing, SQUARE, vectorized=True, rng=1, store=store, chunk=8192, backend="serial")
    except OSError as error:
        said.put(str(error))
    else:
        said.put("no error")


def other_processes():
    """A context whose processes have imported all that is needed: they start at once, and may be killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.sweep_support", "xarray", "zarr", "alliances.sweeps.sweep"])
    return context


def kill_when(process, ready, after=0.0):
    """SIGKILL once ``ready()`` is true and some seconds have passed; whether the process was still at work."""
    until = time.monotonic() + 60
    while process.is_alive() and not ready() and time.monotonic() < until:
        time.sleep(0.002)
    time.sleep(after)
    alive = process.is_alive()
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return alive


def tree(folder):
    """All files of a folder: bytes by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
