"""Stores of sweeps: killed at any moment, resumed, the same byte for byte; and refused where the sweep is another."""

import random
import sys

import numpy as np
import pytest

import alliances as al
from alliances.sweeps import stores
from tests import sweep_support as toys

xr = pytest.importorskip("xarray")
pytest.importorskip("zarr")

posix = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by POSIX signals")
GRID = {"x": np.arange(40), "y": [0.5, 1.0]}


def noisy(store, **options):
    return al.sweep(toys.noisy, GRID, rng=1, store=store, **{"chunk": 16, "backend": "serial", **options})


@pytest.fixture(scope="module")
def million(tmp_path_factory):
    """All files of the store of a million cells that nobody killed."""
    path = tmp_path_factory.mktemp("million") / "whole.zarr"
    toys.run_million(path)
    return toys.tree(path)


class Killed(BaseException):
    """What stops the process at a chosen write."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["zarr", "nc"])
def test_a_store_opens_without_the_library(tmp_path, kind):
    path = tmp_path / f"toy.{kind}"
    found = noisy(path)
    stored = xr.open_zarr(path) if kind == "zarr" else xr.load_dataset(path)
    computed = noisy(None)
    for other in (stored, noisy(path), computed):  # the second is read, the third computed in memory
        for name in computed.variables:
            assert other[name].values.tolist() == found[name].values.tolist() or name in ("draw", "sum")
            np.testing.assert_array_equal(other[name].values, found[name].values)
            assert other[name].attrs["long_name"] == found[name].attrs["long_name"]
    assert stored.sizes == {"x": 40, "y": 2, "failure": 2}
    assert stored.failure_message.values[0] == "ValueError: no answer at x = 13"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["zarr", "nc"])
def test_killed_at_any_write_and_resumed(tmp_path, monkeypatch, kind):
    """Every file that a sweep writes, one after the other, is the last one before it is killed."""

    def run(path):
        return noisy(path, chunk=26)  # four chunks, of which the last one is smaller

    run(tmp_path / f"whole.{kind}")
    put, keep = stores._put, stores.Zarr._keep
    calls = 0

    def counted(function, before):
        def write(*arguments):
            nonlocal calls
            calls += 1
            if calls == last and before:
                raise Killed
            answer = function(*arguments)
            if calls == last:
                raise Killed
            return answer

        return write

    for before in (True, False):
        for last in range(1, 100):
            path = tmp_path / f"killed_{before}_{last}.{kind}"
            calls = 0
            with monkeypatch.context() as patch:
                patch.setattr(stores, "_put", counted(put, before))
                patch.setattr(stores.Zarr, "_keep", counted(keep, before))
                try:
                    run(path)
                except Killed:
                    pass
                else:
                    break
            run(path)
            if kind == "zarr":
                assert toys.tree(path) == toys.tree(tmp_path / "whole.zarr")
            else:
                xr.testing.assert_identical(xr.load_dataset(path), xr.load_dataset(tmp_path / "whole.nc"))
        assert last > 6


def test_what_was_computed_is_not_computed_again(tmp_path, monkeypatch):
    cells = toys.CALLS
    cells.clear()

    def call():
        return al.sweep(toys.counted, GRID, rng=1, store=tmp_path / "toy.zarr", chunk=16, backend="serial")

    def full(self, slices, blocks, failures):
        if slices[0].start >= 24:
            raise OSError(28, "No space left on device")
        return keep(self, slices, blocks, failures)

    keep = stores.Zarr._keep
    with monkeypatch.context() as patch:
        patch.setattr(stores.Zarr, "_keep", full)
        with pytest.raises(
            OSError, match=r"toy\.zarr could not be written to: No space left on device; what was computed stays"
        ):
            call()
    assert len(cells) == 64
    partial = xr.open_zarr(tmp_path / "toy.zarr")
    assert (partial.cell_status == [[0, 0]] * 13 + [[1, 1]] + [[0, 0]] * 10 + [[-1, -1]] * 16).all()
    call()
    assert len(cells) == 64 + 32  # the fourth chunk was not stored
    call()
    assert len(cells) == 64 + 32


@posix
def test_a_full_disk(tmp_path):
    """A quota of 32 KiB per file: the numbers that compress to nothing fit, the others do not."""
    context = toys.other_processes()
    said = context.Queue()
    process = context.Process(target=toys.run_on_a_full_disk, args=(tmp_path / "toy.zarr", said))
    process.start()
    assert "could not be written to" in said.get(timeout=120)
    process.join()
    partial = xr.open_zarr(tmp_path / "toy.zarr")
    assert (partial.cell_status[:64] == 0).all()
    assert (partial.cell_status[64:] == -1).all()
    found = al.sweep(toys.growing, toys.SQUARE, vectorized=True, rng=1, store=tmp_path / "toy.zarr", chunk=8192)
    assert (found.cell_status == 0).all()


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            lambda p: al.sweep(toys.product, {"x": [1, 3], "y": [1]}, store=p),
            "'x' is 2 values from 1 to 2 in the store and 2 values from 1 to 3",
        ),
        (
            lambda p: al.sweep(toys.product, {"x": [1, 2]}, constants={"y": 1}, store=p),
            "the store has 'y', which the call has not",
        ),
        (lambda p: al.sweep(toys.product, {"y": [1], "x": [1, 2]}, store=p), "its axes are in the order x, y"),
        (
            lambda p: al.sweep(lambda x, y: x, {"x": [1, 2], "y": [1]}, store=p),
            r"its function is tests\.sweep_support\.product",
        ),
        (
            lambda p: al.sweep(toys.product, {"x": [1, 2], "y": [1]}, store=p, chunk=2),
            r"chunk is \[1, 1\] in the store and \[2, 1\]",
        ),
        (
            lambda p: al.sweep(toys.product, {"x": [1, 2], "y": [1]}, store=p, vectorized=True, chunk=1),
            "vectorized is False in the store",
        ),
    ],
    ids=["values", "axes", "order", "function", "chunks", "arrays"],
)
@pytest.mark.parametrize("kind", ["zarr", "nc"])
def test_another_sweep_is_refused(tmp_path, kind, other, message):
    path = tmp_path / f"toy.{kind}"
    al.sweep(toys.product, {"x": [1, 2], "y": [1]}, store=path)
    before = toys.tree(tmp_path)
    with pytest.raises(ValueError, match=r"store must be new, or of the same sweep; got .*, where .*" + message):
        other(path)
    assert toys.tree(tmp_path) == before


def test_what_is_no_store_is_left_alone(tmp_path):
    (tmp_path / "mine.nc").write_text("mine")
    (tmp_path / "mine.zarr").mkdir()
    for kind in ("nc", "zarr"):
        with pytest.raises(ValueError, match="holds something else"):
            noisy(tmp_path / f"mine.{kind}")
    assert (tmp_path / "mine.nc").read_text() == "mine"


@pytest.mark.parametrize("kind", ["zarr", "nc"])
@pytest.mark.parametrize("given", [{"units": {"value": "m"}}, {"long_names": {"value": "length"}}, {"units": {}}])
def test_other_units_are_refused(tmp_path, kind, given):
    """What is in the store is not what the call asks for, and would stay so."""

    def call(**said):
        return al.sweep(toys.product, {"x": [1, 2], "y": [1]}, store=tmp_path / f"toy.{kind}", **said)

    call(units={"value": "kg"})
    assert call(units={"value": "kg"}).value.attrs["units"] == "kg"
    with pytest.raises(ValueError, match=r"units is \{'value': 'kg'\} in the store and \{.*\} in the call"):
        call(**given)


def test_other_dimensions_are_refused(tmp_path):
    def call(dim):
        return al.sweep(lambda x: {"a": [x]}, {"x": [1, 2]}, store=tmp_path / "toy.zarr", dims={"a": [dim]})

    assert call("k").a.dims == ("x", "k")
    with pytest.raises(ValueError, match=r"dims is \{'a': \['k'\]\} in the store and \{'a': \['l'\]\} in the call"):
        call("l")


@pytest.mark.parametrize("content", ["{", "\xff", ""])
def test_a_broken_store_is_named(tmp_path, content):
    path = tmp_path / "toy.zarr"
    path.mkdir()
    (path / "zarr.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(ValueError, match=r"sweep\(\): store must be whole; got .*toy\.zarr, whose zarr\.json cannot be read"):
        noisy(path)
    for other in ("[]", '{"attributes": []}', '{"attributes": null}'):
        (path / "zarr.json").write_text(other)
        with pytest.raises(ValueError, match=r"got .*toy\.zarr, which holds something else"):
            noisy(path)


def test_a_path_that_cannot_be_is_no_store(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"store .*toy\.zarr could not be written to: .*; nothing is stored$"):
        noisy(tmp_path / "file" / "toy.zarr")


def test_a_changed_function_or_seed_is_refused(tmp_path):
    """The store of an unfinished sweep knows its function's source."""

    def first(x, rng):
        return x + rng.random()

    def second(x, rng):
        return x - rng.random()

    second.__qualname__ = first.__qualname__
    grid, path = {"x": [1, 2]}, tmp_path / "toy.zarr"
    al.sweep(first, grid, rng=1, store=path)
    with pytest.raises(ValueError, match="first has changed since"):
        al.sweep(second, grid, rng=1, store=path)
    with pytest.raises(ValueError, match="seed is 1 in the store and 2 in the call"):
        al.sweep(first, grid, rng=2, store=path)


def test_text_in_mid_run_leaves_what_was_computed(tmp_path):
    def call(function):
        return al.sweep(function, {"x": np.arange(20)}, store=tmp_path / "toy.zarr", chunk=4, backend="serial")

    def late(x):
        return "text" if x > 13 and broken else x

    broken = True
    with pytest.raises(TypeError, match="must return numbers, not text; got 'text', at x=14"):
        call(late)
    assert int((xr.open_zarr(tmp_path / "toy.zarr").cell_status == 0).sum()) == 12
    assert len(list((tmp_path / "toy.zarr.progress").glob("chunk_*"))) == 3


@pytest.mark.slow
@posix
def test_killed_once_and_resumed(tmp_path):
    context = toys.other_processes()
    path = tmp_path / "killed.zarr"
    process = context.Process(target=toys.run_noisy, args=(path,))
    process.start()
    assert toys.kill_when(process, lambda: len(list(path.with_name("killed.zarr.progress").glob("chunk_*.json"))) > 3)
    assert (xr.open_zarr(path).cell_status == -1).any()
    toys.run_noisy(path)
    toys.run_noisy(tmp_path / "whole.zarr")
    assert toys.tree(path) == toys.tree(tmp_path / "whole.zarr")


@posix
@pytest.mark.slow
def test_a_million_cells_killed_ten_times(tmp_path, million):
    context, clock = toys.other_processes(), random.Random(20261126)
    killed = tmp_path / "killed.zarr"

    def markers():
        return len(list(tmp_path.glob("killed.zarr.progress/chunk_*.json")))

    for _ in range(10):
        process = context.Process(target=toys.run_million, args=(killed,))
        process.start()
        before = markers()
        assert toys.kill_when(process, lambda n=before: markers() > n, clock.uniform(0, 0.15))
    assert (xr.open_zarr(killed).cell_status == -1).any()
    toys.run_million(killed)
    assert xr.open_zarr(killed).cell_status.size == 10**6
    assert toys.tree(killed) == million


@posix
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Dask's own sockets and logs
def test_a_dask_worker_is_killed_in_mid_run(tmp_path, million):
    distributed = pytest.importorskip("distributed")
    import os
    import signal
    import threading

    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        victim = next(iter(client.run(os.getpid).values()))
        progress = tmp_path / "dask.zarr.progress"
        dead = threading.Event()

        def murder():
            while len(list(progress.glob("chunk_*.json"))) < 20:
                dead.wait(0.005)
            os.kill(victim, signal.SIGKILL)
            dead.set()

        thread = threading.Thread(target=murder)
        thread.start()
        found = al.sweep(
            toys.noisy_arrays, toys.MILLION, vectorized=True, rng=5, chunk=8192, store=tmp_path / "dask.zarr", client=client
        )
        thread.join()
        assert dead.is_set()
        assert victim not in client.run(os.getpid).values()
        assert (found.cell_status == 0).all()
    assert toys.tree(tmp_path / "dask.zarr") == million
