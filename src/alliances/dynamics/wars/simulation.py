"""Wars played out round by round: the third way to durations, and what a single war may look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alliances.arithmetic import Array, Real, to_float
from alliances.arithmetic.canonical import random_generator
from alliances.dynamics.wars.conflict import ConflictWalk, check_walk, numeric
from alliances.dynamics.wars.duration import conflict_duration
from alliances.power import Power
from alliances.results import Result

__all__ = ["SimulatedConflicts", "simulate_conflict"]

_MOST = 1_000_000_000  # wars per dyad, or rounds: what a machine can hold, or wait for


@dataclass(frozen=True, eq=False)
class SimulatedConflicts(Result):
    """Simulated wars, ``size`` per dyad along the last axis.

    Attributes
    ----------
    rounds
        How many rounds each war took; inf for wars that were not over after ``limit`` rounds.
    winner
        1 where the sponsor prevailed, −1 where the proxy did, 0 where the war was not over.
    """

    rounds: Array
    winner: Array

    _long_names: ClassVar[Mapping[str, str]] = {
        "rounds": "number of rounds; inf where the war was not over",
        "winner": "1 where the sponsor prevailed, -1 where the proxy did, 0 where the war was not over",
    }

    @property
    def mean(self) -> Real:
        """The mean number of rounds per dyad; inf if a war was not over."""
        mean: Real = self.rounds.mean(axis=-1)
        return mean

    @property
    def standard_error(self) -> Real:
        """The standard error of :attr:`mean`; nan for a single war per dyad or one that was not over."""
        if self.rounds.shape[-1] < 2:
            return np.full(self.rounds.shape[:-1], np.nan)[()]
        with np.errstate(invalid="ignore"):
            error: Real = self.rounds.std(axis=-1, ddof=1) / np.sqrt(self.rounds.shape[-1])
        return error

    @property
    def sponsor(self) -> Real:
        """The share of wars in which the sponsor prevailed."""
        share: Real = (self.winner == 1).mean(axis=-1)
        return share

    @property
    def message(self) -> str:
        """How long the wars took, and who prevailed."""
        wars, over = self.rounds.size, np.isfinite(self.rounds)
        if not over.any():
            return f"{wars} wars, none of them over."
        return (
            f"{wars} wars, {wars - int(over.sum())} not over; {self.rounds[over].mean():.6g} rounds on average, "
            f"the sponsor prevails in {(self.winner == 1).mean():.1%}."
        )


def simulate_conflict(
    power: Power,
    walk: ConflictWalk,
    *,
    rng: np.random.Generator | int | None = None,
    size: int = 1000,
    limit: int = 1_000_000,
) -> SimulatedConflicts:
    """Play wars out round by round.

    Parameters
    ----------
    power, walk
        As in :func:`conflict_duration`.
    rng
        A NumPy generator, or a seed.
    size
        How many wars per dyad.
    limit
        After how many rounds a war is given up as not over.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.

    Examples
    --------
    >>> import alliances as al
    >>> walk = al.ConflictWalk(swing=2, barrier=8, win=al.Tullock(1))
    >>> wars = al.simulate_conflict(al.Power(1, 1), walk, rng=1, size=20_000)
    >>> print(al.conflict_duration(al.Power(1, 1), walk).rounds, wars.mean.round(1))
    19/4 4.8
    """
    function = "simulate_conflict"
    for name, value in (("size", size), ("limit", limit)):
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or not 1 <= value <= _MOST:
            raise ValueError(f"{function}(): {name} must be an integer of at least 1 and at most {_MOST:,}; got {value!r}")
    generator = random_generator(rng, function)
    power = numeric(power, function)
    check_walk(walk, function)
    win, _, ends, start = conflict_duration(power, walk)._chains
    chances = np.pad(np.asarray(to_float(win)), ((0, 0), (1, 1)))
    war = np.repeat(np.arange(start.size), size)
    place = np.repeat(start, size)
    rounds, winner = np.full(war.size, np.inf), np.zeros(war.size, dtype=np.int64)
    alive = np.arange(war.size)
    for n in range(limit + 1):
        over = ends[war[alive], place[alive]]
        done = alive[over]
        rounds[done], winner[done] = n, np.where(place[done] == 0, -1, 1)
        alive = alive[~over]
        if alive.size == 0 or n == limit:
            break
        won = generator.random(alive.size) < chances[war[alive], place[alive]]
        place[alive] += np.where(won, 1, -1)
    shape = (*power.shape, int(size))
    return SimulatedConflicts(rounds.reshape(shape), winner.reshape(shape))
