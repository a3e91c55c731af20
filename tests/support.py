"""Games and strategies that several tests share."""

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import alliances as al
from alliances import testing
from alliances.testing.strategies import rationals

PD_SPONSOR = [[9, 1], [10, 3]]
PD_PROXY = [[9, 10], [1, 3]]


def quick(values, count=1):
    """Values for ``parametrize``, of which all but the first are slow."""
    return [*values[:count], *(pytest.param(value, marks=pytest.mark.slow) for value in values[count:])]


CONCEPTS = (al.NashReversion(), al.FinitePunishment(3), al.Transfers(), al.ImperfectMonitoring(0.05, 0.1))


def benchmark_game(**parameters):
    """The core game of the documentation: two actions, m = 2, complementarity."""
    defaults = {
        "contest": al.Tullock(2),
        "synergy": al.Complementarity(Fraction(3, 5)),
        "sharing": al.Proportional(),
        "exposure": Fraction(4, 5),
        "conflict_cost": Fraction(3, 20),
    }
    return al.AllianceGame(**(defaults | parameters))


def dial(delta):
    """A Prisoners' Dilemma whose critical discount factor at the gap γ is ``delta(γ)``, for both players."""

    def payoffs(power):
        f = np.asarray(delta(power.gap))
        one = np.ones_like(f)
        return [[(one, one), (f - 1, 1 + f)], [(1 + f, f - 1), (f, f)]]

    return al.CustomGame(payoffs)


def comeback(power):
    """The weaker side wins for sure."""
    win = np.where(power.sponsor < power.proxy, Fraction(1), np.where(power.sponsor > power.proxy, Fraction(0), Fraction(1, 2)))
    return win, 1 - win


# What tests draw from is public: the strategies of alliances.testing.
small_fractions = rationals(0, 4, 6)
positive = rationals(Fraction(1, 12), 8, 12)
gaps = testing.gaps()
discounts = testing.discounts(exact=False)
stage_games = testing.stage_games
contests = testing.contests()
alliance_games = testing.alliance_games


def as_float(game):
    """The float copy of an exact stage game."""
    return al.StageGame(game.A.astype(float), game.B.astype(float), game.actions)


def close(a, b, tolerance=1e-9):
    """Equal numbers, infinities included."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    with np.errstate(invalid="ignore"):
        return bool(np.all((a == b) | (np.abs(a - b) <= tolerance)))


def saved_and_loaded(result):
    """The result as a file gives it back."""
    with tempfile.TemporaryDirectory() as folder:
        return al.load(al.save(result, Path(folder) / "result.json"))
