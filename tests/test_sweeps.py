"""Sweeps: the values, against loops; who computes them, the same bits; wrong input, a clear error."""

import functools
import json
import subprocess
import sys
import threading
from fractions import Fraction
from itertools import product as pairs

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alliances as al
from alliances.repeated.kernels.batch import FEWEST_COMPILED
from alliances.sweeps.grid import space_of
from tests import sweep_support as toys

xr = pytest.importorskip("xarray")

GRID = {"x": np.arange(30), "y": [0.5, 1.0, 1.5]}


# -- values ----------------------------------------------------------------------------------------------------------------


def test_a_grid_is_a_loop():
    found = al.sweep(toys.product, GRID, chunk=7)
    assert found.value.dims == ("x", "y")
    for x, y in pairs(*GRID.values()):
        assert found.value.sel(x=x, y=y) == x * y
    assert (found.cell_status == 0).all()
    assert found.attrs["failures"] == 0
    assert "failure" not in found.dims


def test_arrays_at_once_are_the_same():
    one_by_one, at_once = (al.sweep(toys.product, GRID, vectorized=v, chunk=8) for v in (False, True))
    xr.testing.assert_identical(one_by_one, at_once)


def test_the_library_over_gaps_and_concepts():
    game = al.presets.chindea_2014()
    gaps = np.linspace(0, 0.9, 5)
    concepts = [al.NashReversion(), al.FinitePunishment(3)]

    def patience(gap, concept):
        return al.critical_discount(game, al.Power.from_gap(gap), enforcement=concept)

    for vectorized in (False, True):
        found = al.sweep(patience, {"concept": concepts, "gap": gaps}, vectorized=vectorized)
        assert found.concept.values.tolist() == ["NashReversion(mixed=False)", "FinitePunishment(periods=3, mixed=False)"]
        assert set(found.data_vars) == {"sponsor", "proxy", "dyad", "cell_status"}
        for k, concept in enumerate(concepts):
            np.testing.assert_array_equal(found.dyad[k], patience(gaps, concept).dyad)
    assert found.gap.attrs["long_name"] == "power gap γ = (s − p)/(s + p)"
    assert found.dyad.attrs == {"long_name": "critical discount factor of the dyad", "units": "1"}


def test_objects_may_have_labels():
    found = al.sweep(
        lambda model, gap: al.critical_discount(model(), al.Power.from_gap(gap)).dyad,
        {"model": {"chindea": al.presets.chindea_2014, "morrow": al.presets.morrow_1991}, "gap": [0.4]},
        outputs=["least"], units={"least": "1 per period"}, long_names={"least": "least discount factor"},
    )  # fmt: skip
    assert found.least.sel(model="morrow").item() == pytest.approx(0.544, abs=5e-4)
    assert found.least.attrs == {"long_name": "least discount factor", "units": "1 per period"}


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (lambda x: Fraction(x, 2), {"value": ((), [0.0, 0.5])}),
        (lambda x: x > 0, {"value": ((), [0.0, 1.0])}),
        (lambda x: None if x else 2, {"value": ((), [2.0, np.nan])}),
        (lambda x: [x, 2 * x], {"value": (("value_axis_0",), [[0.0, 0.0], [1.0, 2.0]])}),
        (lambda x: {"a": x, "b": np.float32(2)}, {"a": ((), [0.0, 1.0]), "b": ((), [2.0, 2.0])}),
        (lambda x: al.Power(x + 1, 1), {"sponsor": ((), [1.0, 2.0]), "proxy": ((), [1.0, 1.0]), "gap": ((), [0.0, 1 / 3])}),
    ],
    ids=["fraction", "truth", "none", "list", "dictionary", "value"],
)
def test_what_functions_may_return(returned, expected):
    found = al.sweep(returned, {"x": [0, 1]})
    for name, (dims, values) in expected.items():
        assert found[name].dims == ("x", *dims)
        np.testing.assert_array_equal(found[name], values)


def test_outputs_are_attributes_entries_or_positions():
    grid = {"gap": [0.0], "discount": [0.5]}
    found = al.sweep(toys.named, grid, outputs={"threshold": "gap", "mixed": "enforcement.mixed"})
    assert found.threshold.item() == al.defection_threshold(al.presets.chindea_2014(), 0.5, domain=(0.0, 0.95)).gap
    assert found.mixed.item() == 0
    assert al.sweep(lambda x: (x, -x), {"x": [2.0]}, outputs=["plus", "minus"]).minus.item() == -2
    assert list(al.sweep(lambda x: {"a": x, "b": "text"}, {"x": [2.0]}, outputs=["a"]).data_vars) == ["a", "cell_status"]


def test_dimensions_of_arrays_have_names():
    found = al.sweep(lambda x: np.full((2, 3), x), {"x": [1.0, 2.0]}, dims={"value": ("player", "action")}, chunk=1)
    assert found.value.dims == ("x", "player", "action")
    assert found.value.sel(x=2).values.tolist() == [[2.0] * 3] * 2


def test_dates_and_texts_are_labels(tmp_path):
    years = np.array(["2003-01-01", "2010-01-01"], dtype="datetime64[D]")
    for store in (None, tmp_path / "dates.nc"):
        found = al.sweep(
            lambda year, who: len(who) + (year - years[0]).astype(int), {"year": years, "who": ["a", "bc"]}, store=store
        )
        assert found.value.sel(year="2010-01-01", who="bc").item() == 2 + 2557


def test_a_design_is_a_list_of_points():
    design = al.sobol_design({"gap": (0, 0.9), "m": al.claims.Choice(1, 2), "z": al.claims.Interval(0)}, 100, rng=3)
    assert len(design) == 100
    assert set(design.columns["m"]) == {1, 2}
    found = al.sweep(lambda gap, m, z: gap + m * z, design)
    assert found.value.dims == ("point",)
    np.testing.assert_allclose(found.value, found.gap + found.m * found.z)
    assert al.sobol_design({"gap": (0, 0.9)}, 100, rng=3) == al.sobol_design({"gap": (0, 0.9)}, 100, rng=3)
    assert design.to_frame().shape == (100, 3)
    assert design.to_xarray().sizes == {"point": 100}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.integers(1, 50))
def test_chunks_are_contiguous_and_cover_the_grid_once(shape, cells):
    space = space_of({f"x{k}": range(n) for k, n in enumerate(shape)}, "f()")
    block = space.block(cells)
    seen = []
    for chunk in range(space.chunks(block)):
        slices = space.slices(block, chunk)
        numbers = np.arange(space.cells).reshape(shape)[slices].ravel()
        assert numbers[0] == space.start(slices)
        assert numbers.size <= cells
        np.testing.assert_array_equal(np.diff(numbers), 1)
        seen += numbers.tolist()
    assert seen == list(range(space.cells))


# -- failures --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vectorized", [False, True])
def test_cells_that_fail_are_told(vectorized):
    def root(x):
        if np.any(np.asarray(x) < 0):
            raise ValueError("no root")
        return np.sqrt(x)

    found = al.sweep(root, {"x": [-1.0, 4.0, -4.0, 9.0]}, vectorized=vectorized, chunk=2)
    np.testing.assert_array_equal(found.value, [np.nan, 2, np.nan, 3])
    assert found.cell_status.values.tolist() == [1, 0, 1, 0]
    assert found.failure_message.values.tolist() == ["ValueError: no root"] * 2
    assert found.failure_x.values.tolist() == [-1.0, -4.0]
    assert found.failure_cell.values.tolist() == [0, 2]
    assert found.attrs["failures"] == 2


def test_a_function_that_always_fails(tmp_path):
    for store in (None, tmp_path / "none.zarr"):
        found = al.sweep(lambda x: 1 / 0, {"x": [1, 2, 3]}, chunk=1, store=store)
        assert set(found.failure_message.values) == {"ZeroDivisionError: division by zero"}
        assert (found.cell_status == 1).all()


# -- who computes ----------------------------------------------------------------------------------------------------------


def test_threads_and_processes_give_the_same_bits():
    serial = al.sweep(toys.noisy, GRID, rng=7, chunk=4, backend="serial")
    assert serial.attrs["failures"] == 3
    for backend, workers in (("threads", 2), ("threads", 5), ("processes", 2)):
        if backend == "processes":
            pytest.importorskip("loky")
        xr.testing.assert_identical(al.sweep(toys.noisy, GRID, rng=7, chunk=4, backend=backend, workers=workers), serial)
    assert not al.sweep(toys.noisy, GRID, rng=8).draw.equals(serial.draw)
    xr.testing.assert_identical(al.sweep(toys.noisy, GRID, rng=7, chunk=90), serial)  # nor do the chunks matter


def test_every_cell_has_its_own_random_numbers():
    draws = al.sweep(lambda x, rng: rng.random(), {"x": range(1000)}, rng=1).value.values
    assert len(set(draws)) == 1000


# -- wrong input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: al.sweep(3, GRID), TypeError, r"function must be callable; got 3"),
        (lambda: al.sweep(toys.product, 3), TypeError, "grid must map the function's arguments to values, or be a Design"),
        (lambda: al.sweep(toys.product, {"x": [1, 2, 1], "y": [1]}), ValueError, "distinct labels; got 1 twice in 'x'"),
        (lambda: al.sweep(toys.product, {"x": [1, np.nan], "y": [1]}), ValueError, "distinct labels; got nan"),
        (lambda: al.sweep(toys.product, {"x": [al.NashReversion()] * 2, "y": [1]}), ValueError, r"NashReversion.* twice"),
        (lambda: al.sweep(toys.product, {"x": [], "y": [1]}), ValueError, "'x'. must not be empty"),
        (lambda: al.sweep(toys.product, {"x": [[1, 2]], "y": [1]}), ValueError, "one list of values; got shape"),
        (lambda: al.sweep(toys.product, {"x": "ab", "y": [1]}), TypeError, "must be a list of values; got 'ab'"),
        (lambda: al.sweep(toys.product, {"x": [1], "z": [1]}), TypeError, "must take the arguments .* x, z; got .*product"),
        (lambda: al.sweep(toys.product, GRID, constants={"y": 1}), ValueError, "must not be in the grid, too; got y"),
        (lambda: al.sweep(toys.product, GRID, chunk=0), ValueError, "chunk must be a whole number, at least 1; got 0"),
        (lambda: al.sweep(toys.product, GRID, workers=1.5), ValueError, "workers must be a whole number"),
        (lambda: al.sweep(toys.product, GRID, backend="gpu"), ValueError, "backend must be one of serial, threads, processes"),
        (lambda: al.sweep(toys.product, GRID, store="a.csv"), ValueError, "store must end in .zarr or .nc; got 'a.csv'"),
        (lambda: al.sweep(toys.product, GRID, store=3), TypeError, "store must be a path"),
        (lambda: al.sweep(toys.product, GRID, outputs="value"), TypeError, "outputs must be a list of names"),
        (lambda: al.sweep(toys.product, GRID, vectorized="no"), TypeError, "vectorized must be True or False"),
        (lambda: al.sweep(toys.product, GRID, rng="a"), TypeError, "rng must be a NumPy generator or a seed"),
        (lambda: al.sweep(toys.product, GRID, units={"x": 1}), TypeError, "units must map names to texts"),
        (lambda: al.sweep(toys.product, GRID, dims={"value": ["a"]}), ValueError, "dims must name 0 dimensions of 'value'"),
        (lambda: al.sweep(toys.text, {"x": [1, 2, 3]}), TypeError, "must return numbers, not text; got 'held', at x=2"),
        (lambda: al.sweep(lambda x: {"a": "b"}, {"x": [1]}), TypeError, "must return numbers, not text for 'a'; got 'b'"),
        (lambda: al.sweep(lambda x: 1j, {"x": [1]}), TypeError, "must return .*numbers"),
        (
            lambda: al.sweep(lambda x: {"x": 1}, {"x": [1]}),
            ValueError,
            "names that the grid and the status do not have; got 'x'",
        ),
        (
            lambda: al.sweep(lambda x: [1] * x, {"x": [1, 2]}),
            ValueError,
            "the same names and shapes in every cell; got value of",
        ),
        (
            lambda: al.sweep(lambda x: x[:1], {"x": [1, 2]}, vectorized=True),
            ValueError,
            "'value' for each cell when vectorized",
        ),
        (lambda: al.sweep(lambda x: {"a": x}, {"x": [1]}, outputs=["b"]), ValueError, "got no 'b' among a"),
        (
            lambda: al.sweep(lambda x: {"a": [x]}, {"x": [1, 2]}, dims={"a": ["x"]}),
            ValueError,
            "dims must name each dimension of 'a' differently from .* the grid and the status; got 'x'",
        ),
        (lambda: al.sweep(lambda x: {"a": [[x]]}, {"x": [1]}, dims={"a": ["k", "k"]}), ValueError, "differently .* got 'k'"),
        (lambda: al.sweep(lambda x: {"a": [x]}, {"x": [1]}, dims={"a": ["cell_status"]}), ValueError, "got 'cell_status'"),
        (
            lambda: al.sweep(lambda x: {"a": [x], "k": x}, {"x": [1]}, dims={"a": ["k"]}),
            ValueError,
            "names of outputs; got 'k'",
        ),
        (
            lambda: al.sweep(lambda x: {"a": [x], "b": [x, x]}, {"x": [1]}, dims={"a": ["k"], "b": ["k"]}),
            ValueError,
            "dims must have one size each; got 'k', of 1 in 'a' and 2 in 'b'",
        ),
        (
            lambda: al.sweep(lambda x: {"a": [x]}, {"x": [1]}, dims={"b": ["k"]}),
            ValueError,
            "dims must be of outputs, a; got b",
        ),
        (lambda: al.sweep(toys.product, GRID, dims={"value": [1]}), TypeError, "dims must map outputs to lists of names"),
        (lambda: al.sweep(lambda x: {"a": [x]}, {"x": [1]}, dims={"a": ["k/l"]}), ValueError, "without '/'; got 'k/l'"),
        (lambda: al.sweep(lambda x: {"a/b": x}, {"x": [1]}), ValueError, "names that a store can have, without '/'; got 'a/b'"),
        (lambda: al.sweep(lambda x: {"": x}, {"x": [1]}), ValueError, "names that a store can have"),
        (
            lambda: al.sweep(lambda cell_status: cell_status, {"cell_status": [1]}),
            ValueError,
            "grid must have names that the result does not use itself; got cell_status",
        ),
        (lambda: al.sweep(lambda x, failure_x: x, {"x": [1], "failure_x": [1]}), ValueError, "use itself; got failure_x"),
        (lambda: al.sweep(lambda rng: 1, {"rng": [1]}, rng=1), ValueError, "rng must be given once; got it .* in grid"),
        (
            lambda: al.sweep(lambda x, rng: 1, {"x": [1]}, constants={"rng": 1}, rng=1),
            ValueError,
            "rng must be given once; got it .* in constants",
        ),
        (lambda: al.sobol_design({"x": 3}, 4), TypeError, "must be a pair"),
        (lambda: al.sobol_design({"x": (0, 1)}, 0), ValueError, "points must be a whole number, at least 1; got 0"),
        (lambda: al.Design({"x": [1], "y": [1, 2]}), ValueError, "columns must be of one length"),
    ],
)
def test_wrong_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("name", ["constants", "grid", "function"])
def test_what_cannot_be_sent_to_processes_is_named(name):
    pytest.importorskip("loky")
    lock = threading.Lock()

    def closed(x, c):
        return x if c is not lock else 0

    def call(backend):
        function = closed if name == "function" else lambda x, c: x
        held = {"label": lock} if name == "grid" else [1]
        grid = {"x": np.arange(20), **({} if name == "constants" else {"c": held})}
        constants = {"c": lock} if name == "constants" else None
        return al.sweep(function, grid, constants=constants, chunk=5, backend=backend)

    where = "function" if name == "function" else rf"{name}\['c'\]"
    with pytest.raises(
        TypeError, match=rf"sweep\(\): {where} must be something that can be sent to other processes; got .*lock"
    ):
        call("processes")
    assert call("threads").value.sum() == 190


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a number of the parent stays when it ends")
def test_workers_end_with_the_process_that_started_them():
    """A worker kills the process that it works for, and has a minute to go: the pipe that all of them hold open is closed."""
    pytest.importorskip("loky")
    script = (
        "import os, signal, time, numpy as np, alliances as al\n"
        "def f(x):\n"
        "    if x > 7:\n"
        "        print('working', flush=True)\n"
        "        os.kill(parent, signal.SIGKILL)\n"
        "        time.sleep(60)\n"
        "    return x\n"
        "parent = os.getpid()\n"
        "al.sweep(f, {'x': np.arange(16)}, chunk=4, backend='processes', workers=2)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=45)
    assert ended.returncode == -9
    assert "working" in ended.stdout


def test_missing_packages_name_the_extra(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(ImportError, match=r"zarr: pip install 'alliances\[distributed\]'"):
        al.sweep(toys.product, GRID, store=tmp_path / "a.zarr")
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match=r"sweep\(\) needs xarray: pip install 'alliances\[data\]'"):
        al.sweep(toys.product, GRID)


def test_partials_and_methods_may_be_swept():
    assert al.sweep(functools.partial(toys.product, y=3), {"x": [2]}).value.item() == 6
    game = al.presets.chindea_2014()
    found = al.sweep(al.defection_threshold, {"discount": [0.5, 0.6]}, constants={"game": game}, outputs=["gap"])
    assert found.gap.values.tolist() == [al.defection_threshold(game, delta).gap for delta in (0.5, 0.6)]
    assert json.loads(json.dumps(found.attrs))["title"] == "Sweep of alliances.thresholds.windows.defection_threshold"


def test_arrays_are_asked_for_as_many_cells_as_are_compiled():
    sizes = []

    def counted(cost, gap):
        sizes.append(np.broadcast(cost, gap).size)
        return cost + gap

    al.sweep(counted, {"cost": np.linspace(0, 1, 20), "gap": np.linspace(-0.9, 0.9, 50_000)}, vectorized=True, backend="serial")
    assert max(sizes) >= FEWEST_COMPILED
    assert sum(sizes) >= 10**6
