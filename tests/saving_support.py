"""What the tests of saving share: values of every kind, and whether two are the same to the last bit."""

import inspect
import json
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

import alliances as al
from alliances.values import Value


def tribute(power):
    """Payoffs of a model of the user's own, at the top of a module."""
    s, p = power.sponsor, power.proxy
    return [[(s + 1, p + 1), (s - p, 2 * p)], [(s + p, 0 * p), (s, p)]]


def sure_win(power):
    """A contest of the user's own."""
    return np.ones_like(power.sponsor), np.zeros_like(power.sponsor)


def all_games(value):
    """A family's model of the user's own."""
    return al.presets.chindea_2014(synergy=al.Complementarity(value))


def and_back(value):
    """What a worker of a pool does, which need not load all tests for it: it proves that the value arrived whole."""
    return type(value).__name__, str(value), value


@dataclass(frozen=True)
class Late(al.Reversion):
    """An enforcement concept of the user's own."""

    mixed: bool = False
    after: int = 1


@dataclass(frozen=True)
class Lottery:
    """A contest of the user's own, which derives from nothing of the library."""

    bias: Fraction

    def __call__(self, power):
        return self.bias + 0 * power.sponsor, 1 - self.bias + 0 * power.sponsor


class Numbered(al.DyadicGame):
    """A model of the user's own that is equal to itself alone."""

    actions = ("ally", "fight")

    def __init__(self, number):
        self.__dict__["number"] = number

    def cells(self, power):
        return tribute(power)


def differences(x, y, path=""):
    """Where two values are not the same: in type, in number, in the bits of a float, or in a part."""
    if type(x) is not type(y):
        return [f"{path}: {type(x).__name__} and {type(y).__name__}"]
    if isinstance(x, np.ndarray):
        if x.shape != y.shape or x.dtype != y.dtype:
            return [f"{path}: {x.dtype}{x.shape} and {y.dtype}{y.shape}"]
        if y.flags.writeable:
            return [f"{path}: can be written to"]
        if x.dtype == object:
            return [d for k, (a, b) in enumerate(zip(x.flat, y.flat, strict=True)) for d in differences(a, b, f"{path}[{k}]")]
        return [] if x.tobytes() == y.tobytes() else [f"{path}: other bytes"]
    if isinstance(x, (float, np.floating)):
        return [] if np.asarray(x).tobytes() == np.asarray(y).tobytes() else [f"{path}: {x!r} and {y!r}"]
    if isinstance(x, dict):
        return differences(tuple(x.items()), tuple(y.items()), path)
    if isinstance(x, (tuple, list)):
        if len(x) != len(y):
            return [f"{path}: {len(x)} and {len(y)} parts"]
        return [d for k, (a, b) in enumerate(zip(x, y, strict=True)) for d in differences(a, b, f"{path}[{k}]")]
    if inspect.ismethod(x):
        return differences((x.__name__, x.__self__), (y.__name__, y.__self__), path)
    if isinstance(x, Value) or (type(x).__module__.startswith("alliances.") and not inspect.isroutine(x)):
        a, b = (vars(z) if isinstance(z, al.StageGame | al.StochasticGame) else kept(z) for z in (x, y))
        common = [name for name in a if name in b]
        return [d for name in common for d in differences(a[name], b[name], f"{path}.{name}")]
    return [] if x == y else [f"{path}: {x!r} and {y!r}"]


def kept(x):
    """What an object is made of, without what it has computed since."""
    names = getattr(type(x), "__dataclass_fields__", vars(x) if hasattr(x, "__dict__") else ())
    return {name: getattr(x, name) for name in names}


def python(code):
    """What another process prints."""
    return subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True).stdout


def wrote(value, folder):
    """A value's file as JSON, and where it is."""
    path = al.save(value, folder / "value.json")
    return json.loads(path.read_text(encoding="utf-8")), path
