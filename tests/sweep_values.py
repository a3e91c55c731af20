"""Values of one's own that the tests of sweeps put into stores: objects that hold something in every way that Python has."""

import dataclasses
import enum
import functools

import numpy as np

import alliances as al


class Plain:
    def __init__(self, k):
        self.k = k

    def __call__(self, power):
        lead = np.tanh(self.k * (power.sponsor - power.proxy))
        return (1 + lead) / 2, (1 - lead) / 2

    def times(self, x):
        return self.k * x


class Called:
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return self.k * x


class Slotted:
    __slots__ = ("k",)

    def __init__(self, k):
        self.k = k


class Reduced:
    """Only its own __reduce__ tells what it holds."""

    __slots__ = ("_hidden",)

    def __init__(self, k):
        self._hidden = k

    def __reduce__(self):
        return Reduced, (self._hidden,)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Record:
    k: object
    note: object = dataclasses.field(default=None, compare=False)


class Circle:
    """Holds itself."""

    def __init__(self, k):
        self.k, self.me, self.parts = k, self, [self]


class Mugging(al.DyadicGame):
    """A game of one's own that is no dataclass, with a function that has no name."""

    actions = ("ally", "fight")

    def __init__(self, k):
        self.prize = lambda gap: k * gap

    def cells(self, power):
        s, p = power.sponsor, power.proxy
        prize = self.prize(s - p)
        return [[(s + prize, p + prize), (s / 2, p + s / 2)], [(s + p / 2, p / 2), (s - 0.1, p - 0.1)]]


class Lazy:
    def __init__(self, k):
        self.k = k

    @functools.cached_property
    def square(self):
        return self.k**2
