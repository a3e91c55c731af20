"""What a store knows a sweep by: everything that its numbers depend on, and the same in every process."""

import functools
import importlib
import os
import subprocess
import sys
import threading
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

import alliances as al
from alliances.sweeps import fingerprints, origins
from alliances.sweeps.spelling import Speller, Untold
from tests.sweep_values import Called, Circle, Colour, Lazy, Mugging, Plain, Record, Reduced, Slotted

pd = pytest.importorskip("pandas")
xr = pytest.importorskip("xarray")

STEP = 1
TABLE = {"a": [1.0]}


def enclosed(k):
    return lambda x: k * x


def with_default(k):
    def function(x, factor=k):
        return factor * x

    return function


def decorated(k):
    @functools.wraps(helper)
    def wrapper(x):
        return k * x

    return wrapper


def helper(x):
    return x


def stepping(x):
    return STEP * x


def helped(x):
    return helper(x)


def deep(x):
    return helped(x) + 1


def in_a_lambda(x):
    add = lambda z: z + STEP  # noqa: E731 – code within code
    return add(x)


def held(x):
    return np.sin(x) * TABLE["a"][0]


def even(x):
    return x == 0 or odd(x - 1)


def odd(x):
    return x != 0 and even(x - 1)


def times(x, c):  # noqa: ARG001 – a constant that only the store sees
    return 0.0 * x


def spelled(x):
    return Speller({}).spell(x)


LONG = np.arange(2000.0)  # of more than 1000 numbers NumPy prints the ends alone
CHANGED = np.where(LONG == 1000, -1.0, LONG)
LIBRARY = al.presets.chindea_2014

PAIRS = {
    "plain class": (Plain(1), Plain(3)),
    "slots": (Slotted(1), Slotted(3)),
    "own __reduce__": (Reduced(1), Reduced(3)),
    "contest of a game": (LIBRARY(contest=Plain(1)), LIBRARY(contest=Plain(3))),
    "game of one's own": (Mugging(1), Mugging(3)),
    "closure of a contest": (LIBRARY(contest=enclosed(1)), LIBRARY(contest=enclosed(3))),
    "library": (LIBRARY(), LIBRARY(conflict_cost=0.2)),
    "field that is not compared": (Record(1, "a"), Record(1, "b")),
    "within containers": ({"a": [(Plain(1),)]}, {"a": [(Plain(3),)]}),
    "class": (Plain, Called),
    "method": (Plain(1).times, Plain(3).times),
    "callable object": (Called(1), Called(3)),
    "closure": (enclosed(1), enclosed(3)),
    "default": (with_default(1), with_default(3)),
    "wrapper with the name of another": (decorated(1), decorated(3)),
    "partial": (functools.partial(times, c=1), functools.partial(times, c=3)),
    "partial of a method": (functools.partial(Plain(1).times), functools.partial(Plain(3).times)),
    "lambdas of one line": (lambda x: x, lambda x: 2 * x),
    "cached function": (functools.cache(enclosed(1)), functools.cache(enclosed(3))),
    "builtin method": ([1].count, [2].count),
    "vectorize": (np.vectorize(enclosed(1)), np.vectorize(enclosed(3))),
    "polynomial": (np.polynomial.Polynomial([1, 2]), np.polynomial.Polynomial([1, 3])),
    "array": (LONG, CHANGED),
    "array of objects": (LONG.astype(object), CHANGED.astype(object)),
    "array's shape": (np.zeros((2, 3)), np.zeros((3, 2))),
    "masked array": (np.ma.array(LONG, mask=LONG > 5), np.ma.array(LONG, mask=LONG > 6)),
    "record array": (np.array([(1, 2.0)], "i4,f8"), np.array([(1, 3.0)], "i4,f8")),
    "names of a record array": (np.zeros(1, [("a", "i4")]), np.zeros(1, [("b", "i4")])),
    "series": (pd.Series(LONG), pd.Series(CHANGED)),
    "index of a series": (pd.Series(LONG, index=LONG), pd.Series(LONG, index=CHANGED)),
    "name of a series": (pd.Series(LONG, name="a"), pd.Series(LONG, name="b")),
    "frame": (pd.DataFrame({"v": LONG}), pd.DataFrame({"v": CHANGED})),
    "frame of texts": (pd.DataFrame({"v": LONG.astype(str)}), pd.DataFrame({"v": CHANGED.astype(str)})),
    "categories": (pd.Series(LONG).astype("category"), pd.Series(CHANGED).astype("category")),
    "dates with a zone": (pd.Series(pd.to_datetime(LONG, utc=True)), pd.Series(pd.to_datetime(CHANGED, utc=True))),
    "levels of an index": (pd.MultiIndex.from_arrays([LONG, LONG]), pd.MultiIndex.from_arrays([LONG, CHANGED])),
    "data array": (xr.DataArray(LONG), xr.DataArray(CHANGED)),
    "coordinates": (xr.DataArray(LONG, {"x": LONG}, ["x"]), xr.DataArray(LONG, {"x": CHANGED}, ["x"])),
    "dataset": (xr.Dataset({"v": ("x", LONG)}), xr.Dataset({"v": ("x", CHANGED)})),
    "attributes": (xr.DataArray(LONG, attrs={"a": 1}), xr.DataArray(LONG, attrs={"a": 2})),
    "generator": (np.random.default_rng(1), np.random.default_rng(2)),
    "namespace": (SimpleNamespace(k=1), SimpleNamespace(k=3)),
    "sets": ({1, 2, 3}, {1, 2, 4}),
    "enumeration": (Colour.RED, Colour.BLUE),
    "int and float": (1, 1.0),
    "list and tuple": ([1], (1,)),
    "text and number": ("1", 1),
    "zeros of another sign": (0.0, -0.0),
    "fractions": (Fraction(1, 3), Fraction(1, 2)),
    "circle": (Circle(1), Circle(3)),
    "ufunc": (np.sin, np.cos),
    "digits of a large number": (10**5000, 10**5000 + 1),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_differs_inside_is_another(name):
    one, other = PAIRS[name]
    assert spelled(one) == spelled(one)
    assert spelled(one) != spelled(other)


@pytest.mark.parametrize("name", ["plain class", "contest of a game", "series", "data array", "method"])
def test_a_store_with_another_constant_is_refused(tmp_path, name):
    one, other = PAIRS[name]
    path = tmp_path / "toy.nc"
    al.sweep(times, {"x": [1.0]}, constants={"c": one}, store=path)
    al.sweep(times, {"x": [1.0]}, constants={"c": one}, store=path)
    with pytest.raises(ValueError, match="the constant argument 'c' is another"):
        al.sweep(times, {"x": [1.0]}, constants={"c": other}, store=path)


def test_a_store_with_another_object_on_an_axis_is_refused(tmp_path):
    def call(k):
        return al.sweep(times, {"c": {"mine": LIBRARY(contest=Plain(k))}, "x": [1.0]}, store=tmp_path / "toy.nc")

    call(1)
    call(1)
    with pytest.raises(ValueError, match="'c' is mine in the store and other such values in the call"):
        call(3)


@pytest.mark.parametrize("function", [lambda k: Called(k), lambda k: Plain(k).times, enclosed, with_default])
def test_a_store_of_another_function_is_refused(tmp_path, function):
    assert al.sweep(function(2), {"x": [1.0]}, store=tmp_path / "toy.nc").value.item() == 2
    with pytest.raises(ValueError, match="has changed since"):
        al.sweep(function(3), {"x": [1.0]}, store=tmp_path / "toy.nc")


@pytest.mark.parametrize(
    ("function", "name", "value", "said"),
    [
        (stepping, "STEP", 5, "'STEP', which .*stepping names, has changed since"),
        (in_a_lambda, "STEP", 5, "'STEP', which .*in_a_lambda names, has changed since"),
        (helped, "helper", lambda x: 10 * x, "'helper', which .*helped names, has changed since"),
        (deep, "helper", lambda x: 10 * x, "'helped', which .*deep names, has changed since"),
        (held, "TABLE", {"a": [2.0]}, "'TABLE', which .*held names, has changed since"),
    ],
    ids=["number", "within", "helper", "helper's helper", "table"],
)
def test_a_changed_global_is_told(tmp_path, monkeypatch, function, name, value, said):
    path = tmp_path / "toy.nc"
    al.sweep(function, {"x": [1.0]}, store=path)
    al.sweep(function, {"x": [1.0]}, store=path)
    monkeypatch.setitem(globals(), name, value)
    with pytest.raises(ValueError, match=said):
        al.sweep(function, {"x": [1.0]}, store=path)


def test_what_the_function_does_not_name_may_change(tmp_path, monkeypatch):
    al.sweep(helped, {"x": [1.0]}, store=tmp_path / "toy.nc")
    monkeypatch.setitem(globals(), "STEP", 5)
    assert al.sweep(helped, {"x": [1.0]}, store=tmp_path / "toy.nc").value.item() == 1


MODULE = """
import {other}
from {other} import helper as named
LIMIT = 1
UNUSED = 1
def function(x):
    return {other}.helper(x) * LIMIT
def importing(x):
    from {other} import LIMIT
    return x + LIMIT
def borrowed(x):
    return named(x)
"""
OTHER = """
LIMIT = {limit}
UNUSED = {unused}
def helper(x):
    return {factor} * x
"""


def test_own_modules_are_followed(tmp_path, monkeypatch):
    """A helper in another file of the user's own, by module, by name and by an import within the function."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def written(**parts):
        for name in ("sweep_own", "sweep_own_other"):
            sys.modules.pop(name, None)
        (tmp_path / "sweep_own.py").write_text(MODULE.format(other="sweep_own_other"))
        (tmp_path / "sweep_own_other.py").write_text(OTHER.format(**{"limit": 1, "unused": 1, "factor": 1, **parts}))
        importlib.invalidate_caches()
        own = importlib.import_module("sweep_own")
        return [spelled(function) for function in (own.function, own.importing, own.borrowed)]

    def changed(**parts):
        return [one != other for one, other in zip(before, written(**parts), strict=True)]

    before = written()
    assert changed() == [False, False, False]
    assert changed(unused=2) == [False, False, False]
    assert changed(factor=2) == [True, False, True]
    assert changed(limit=2) == [True, True, False]  # a module's attributes of the names that the code has
    for name in ("sweep_own", "sweep_own_other"):
        sys.modules.pop(name, None)


def test_packages_count_by_their_version(tmp_path, monkeypatch):
    path = tmp_path / "toy.nc"
    al.sweep(held, {"x": [1.0]}, store=path)
    with monkeypatch.context() as patch:
        version_of = origins.version_of
        patch.setattr("alliances.sweeps.spelling.version_of", lambda name: "99" if name == "numpy" else version_of(name))
        with pytest.raises(ValueError, match=rf"numpy is {np.__version__} in the store and 99 in the call$"):
            al.sweep(held, {"x": [1.0]}, store=path)
    header = fingerprints.header_of(held, al.sweeps.grid.space_of({"x": [1.0]}, ""), {}, (1,))
    assert header["packages"] == {"Python": "{}.{}".format(*sys.version_info), "numpy": np.__version__}


def test_another_python_is_told_and_not_another_function():
    space = al.sweeps.grid.space_of({"x": [1.0]}, "")
    asked = fingerprints.header_of(helped, space, {}, (1,))
    stored = {**asked, "packages": {"Python": "3.1"}, "code": {"": "other"}}
    assert fingerprints.differences(stored, asked) == [
        "Python is 3.1 in the store and {}.{} in the call".format(*sys.version_info)
    ]


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (threading.Lock(), r"constants\['c'\] must have .* got <unlocked _thread.lock object"),
        ({"deep": [Plain(threading.Lock())]}, r"got <unlocked _thread.lock .* at \['deep'\]\[0\]\.k: make it inside .*times"),
        (enclosed(threading.Lock()), r"got <unlocked .* at its variable 'k'"),
        ((x for x in [1]), "got <generator object"),
        (np.frompyfunc(helper, 1, 1), "got <ufunc"),
        (functools.reduce(lambda inside, _: [inside], range(10_000), 1), "got what is nested too deeply"),
    ],
    ids=["lock", "inside", "closure", "generator", "ufunc of one's own", "deep"],
)
def test_what_has_no_content_is_refused(tmp_path, value, where):
    with pytest.raises(TypeError, match=r"sweep\(\): with a store, constants\['c'\] must have a content") as error:
        al.sweep(times, {"x": [1.0]}, constants={"c": value}, store=tmp_path / "toy.nc")
    assert error.match(where)
    assert error.match("or leave out store")
    assert not list(tmp_path.iterdir())
    assert al.sweep(times, {"x": [1.0]}, constants={"c": value}).value.item() == 0  # without a store it may be anything


def test_a_global_without_a_content_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "STEP", threading.Lock())
    with pytest.raises(TypeError, match=r"with a store, function must .* got <unlocked .* at its global 'STEP'"):
        al.sweep(stepping, {"x": [1.0]}, store=tmp_path / "toy.nc")
    with pytest.raises(Untold):
        spelled(stepping)


def test_what_is_the_same_is_spelled_the_same():
    assert spelled([al.NashReversion(), al.NashReversion()]) == spelled([al.NashReversion()] * 2)
    assert spelled(LIBRARY()) == spelled(LIBRARY())
    assert spelled(pd.DataFrame({"v": LONG})) == spelled(pd.DataFrame({"v": LONG.copy()}))
    assert spelled(np.asfortranarray(np.ones((2, 3)))) == spelled(np.ones((2, 3)))
    lazy = Lazy(3)
    before = spelled(lazy)
    assert lazy.square == 9
    assert spelled(lazy) == before
    assert spelled(even) == spelled(even)  # which calls odd, which calls even
    for game in (LIBRARY(contest=Plain(1)), Mugging(1), al.StageGame([[3, 0], [5, 1]], [[3, 5], [0, 1]])):
        before = spelled(game)
        stage = game if isinstance(game, al.StageGame) else game.stage_game(al.Power.from_gap(0.3))
        al.critical_discount(stage)
        al.payoff_set(stage, 0.5)
        assert spelled(game) == before  # whatever it was asked
        assert spelled(stage) == spelled(stage)
    own = [1]
    own.append(own)
    assert spelled(own) == "list(0x1, <1 levels up>)"


def text_of_everything():
    """What another process compares: sets whose order is another there, and everything above."""
    colours = {"red", "green", "blue", "white", "black"}
    values = [
        colours,
        frozenset((name, len(name)) for name in colours),
        {Plain(1), Plain(2), Plain(3)},
        list(PAIRS.values()),
        [stepping, deep, in_a_lambda, held, even, text_of_everything, Plain, Colour, Record, Lazy, Circle],
    ]
    return "\n".join(map(spelled, values))


@pytest.mark.slow
def test_processes_agree():
    """Another process, with another hash of texts and other places in memory."""
    said = subprocess.run(
        [sys.executable, "-c", "from tests import test_sweep_fingerprints as t; print(t.text_of_everything())"],
        env={**os.environ, "PYTHONHASHSEED": "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == text_of_everything() + "\n"
    assert len(said) > 10_000
    assert " at 0x" not in said
