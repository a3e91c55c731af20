"""How long a war lasts and who prevails: the answers to a :class:`~alliances.dynamics.wars.conflict.ConflictWalk`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, Number, Real, is_exact, number, scalar, settle, show, to_float
from alliances.dynamics.wars.conflict import ConflictWalk, check_walk, numeric
from alliances.dynamics.wars.ruin import LEVEL, meet, over_by, pass_on, rounds_until, start_of_passage, whole
from alliances.power import Power
from alliances.results import Result
from alliances.values.tables import text_table

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["ConflictDuration", "conflict_duration"]


@dataclass(frozen=True, eq=False)
class ConflictDuration(Result):
    """How long wars last and who prevails, per dyad.

    Attributes
    ----------
    rounds
        The expected number of rounds; inf if the war may never end.
    sponsor, proxy
        The probabilities that each side prevails. They sum to 1, unless the war may never end.
    steps_down, steps_up
        a and b: rounds in a row that eliminate the sponsor, and the proxy.
    power, walk
        The question that was asked.
    """

    references: ClassVar[tuple[str, ...]] = ("feller-1968",)

    rounds: Real
    sponsor: Real
    proxy: Real
    steps_down: int | Array
    steps_up: int | Array
    power: Power
    walk: ConflictWalk

    @cached_property
    def _chains(self) -> tuple[Array, Array, Array, Array]:
        """Win and loss probabilities, ends (dyads, states) and starts of all wars; shorter chains are padded at the top."""
        a, b = (np.ravel(x) for x in (self.steps_down, self.steps_up))
        s, p = (np.ravel(np.broadcast_to(x, self.power.shape)) for x in (self.power.sponsor, self.power.proxy))
        longest = max(int((a + b).max()), 2)
        place = np.arange(longest + 1)
        won = np.clip(place[1:-1] - a[:, None], -a[:, None], b[:, None])
        win, lose = self.walk.chances(Power(s[:, None], p[:, None]), won)
        return win, lose, (place == 0) | (place >= (a + b)[:, None]), a

    def over_by(self, rounds: int) -> Array:
        """P(T ≤ n) for n = 0, …, ``rounds``, along a new last axis: the distribution of the duration T.

        Examples
        --------
        >>> import alliances as al
        >>> war = al.conflict_duration(al.Power(1, 1), al.ConflictWalk(swing=2, barrier=4))
        >>> print(*war.over_by(6))
        0 0 1/2 1/2 3/4 3/4 7/8
        """
        last = whole(rounds, "ConflictDuration.over_by")
        win, lose, ends, start = self._chains
        steps, k = over_by(win, lose, ends), np.arange(start.size)
        over = np.stack([next(steps)[k, start] for _ in range(last + 1)], axis=-1)
        return over.reshape((*self.power.shape, last + 1))

    def quantile(self, level: float) -> Real:
        """The least n with P(T ≤ n) ≥ ``level``, in rounds: inf if the war does not end that often.

        Raises
        ------
        TypeError, ValueError
            If ``level`` does not lie strictly between 0 and 1, or wars are too long to be followed round by round.

        Examples
        --------
        >>> import alliances as al
        >>> walk = al.ConflictWalk(swing=2.0, barrier=8.0)
        >>> war = al.conflict_duration(walk.lattice(), walk)
        >>> war.quantile(0.5).tolist(), war.quantile(0.9).tolist()
        ([1.0, 6.0, 7.0, 6.0, 1.0], [13.0, 18.0, 19.0, 18.0, 13.0])
        """
        level = scalar(level, "ConflictDuration.quantile", "level", LEVEL)
        win, lose, ends, start = self._chains
        k = np.arange(start.size)
        wanted = np.zeros(ends.shape, dtype=bool)
        wanted[k, start] = True
        answers = (
            np.zeros(ends.shape, dtype=np.float64),
            np.zeros(ends.shape, dtype=object),
            np.zeros(ends.shape, dtype=object),
        )
        for answer, x in zip(answers, (to_float(self.rounds), self.sponsor, self.proxy), strict=True):
            answer[k, start] = np.ravel(np.asarray(x))
        quantiles = rounds_until(level, win, lose, ends, answers, wanted, "ConflictDuration.quantile")
        quantile: Real = settle(quantiles[k, start].reshape(self.power.shape))
        return quantile

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        if self.power.shape:
            return f"{np.size(self.steps_up)} wars: {_span(self.rounds)} rounds, sponsor prevails with {_span(self.sponsor)}."
        if self.rounds == 0:
            return f"The war is over before it begins: the {'sponsor' if self.sponsor == 1 else 'proxy'} has prevailed."
        if self.rounds == np.inf:
            return "The war may never end: the rounds undo each other for sure."
        chance = show(self.sponsor)
        return f"The war takes {show(self.rounds)} rounds in expectation; the sponsor prevails with probability {chance}."

    def _record(self) -> dict[str, Any]:
        names = ("rounds", "sponsor", "proxy", "steps_down", "steps_up")
        return {**{name: getattr(self, name) for name in names}, "gap": self.power.gap, "walk": self.walk}

    _long_names: ClassVar[Mapping[str, str]] = {
        "rounds": "expected number of rounds",
        "sponsor": "probability that the sponsor prevails",
        "proxy": "probability that the proxy prevails",
        "steps_down": "rounds to the proxy's victory",
        "steps_up": "rounds to the sponsor's victory",
        "gap": "power gap γ = (s − p)/(s + p) at the start",
    }

    def __str__(self) -> str:
        return f"{self.message}\n{text_table(self._columns())}" if self.power.shape else self.message

    def _columns(self) -> Columns:
        """One row per dyad, in floats."""
        columns = {"gap": self.power.gap, "rounds": self.rounds, "sponsor": self.sponsor, "proxy": self.proxy}
        return {name: np.ravel(np.asarray(to_float(x))) for name, x in columns.items()}


def conflict_duration(power: Power, walk: ConflictWalk) -> ConflictDuration:
    """How long a war from this power lasts in expectation, and with which probability each side prevails.

    Parameters
    ----------
    power
        One dyad or an array of dyads: where the wars start.
    walk
        How rounds move the ratio, when the war ends, and who wins a round.

    Returns
    -------
    ConflictDuration
        Scalars for one dyad, arrays of the power's shape for many; Fractions if power, swing, barrier and win are exact.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be, or a barrier is more than a million steps away.

    Examples
    --------
    >>> import alliances as al
    >>> print(al.conflict_duration(al.Power(2, 1), al.ConflictWalk(swing=2, barrier=8)))
    The war takes 8 rounds in expectation; the sponsor prevails with probability 2/3.
    >>> decisive = al.ConflictWalk(swing=2, barrier=8, win=al.Tullock(3))
    >>> print(al.conflict_duration(al.Power(2, 1), decisive))
    The war takes 585/256 rounds in expectation; the sponsor prevails with probability 1089/1154.
    """
    power = numeric(power, "conflict_duration")
    check_walk(walk, "conflict_duration")
    a, b = (np.ravel(x) for x in walk.steps(power))
    fought = (a > 0) & (b > 0)
    s, p = (np.ravel(np.broadcast_to(x, power.shape)) for x in (power.sponsor, power.proxy))
    exact = all(is_exact(x) for x in (s, p, walk.swing, *walk.barriers))
    rounds = np.full(a.size, Fraction(0) if exact else 0.0)
    first = rounds + np.where(a > 0, 1, 0)
    second = rounds + np.where(a > 0, 0, 1)
    if fought.any():
        answers = _war(walk, Power(s[fought], p[fought]), a[fought], b[fought])
        if not is_exact(answers[1]):
            rounds, first, second = (np.asarray(to_float(x)) for x in (rounds, first, second))
        for all_, answer in zip((rounds, first, second), answers, strict=True):
            all_[fought] = answer
    rounds, first, second, a, b = (settle(x.reshape(power.shape)) for x in (rounds, first, second, a, b))
    return ConflictDuration(rounds, first, second, a, b, power, walk)


def _war(walk: ConflictWalk, power: Power, a: Array, b: Array) -> tuple[Array, Array, Array]:
    """Rounds and win probabilities of wars that are not over, from what lies below the start and what lies above it."""
    if not callable(walk.win) and walk.win == Fraction(1, 2):
        exact = all(is_exact(x) for x in (power.sponsor, walk.swing, walk.win))
        a, b = (np.asarray(number(x, "conflict_duration", "steps")) if exact else x.astype(np.float64) for x in (a, b))
        return a * b, a / (a + b), b / (a + b)

    def side(steps: Array, sign: int) -> Any:
        """The passage towards the start from all states on one side of it: above (1) or below (−1)."""
        passage = None
        for k in range(int(steps.max()) - 1, 0, -1):
            win, lose = walk.chances(power, sign * np.minimum(k, steps))
            there = (lose, win) if sign > 0 else (win, lose)
            passage = passage or start_of_passage(steps.size, is_exact(win))
            inside = k < steps  # beyond the war's own barrier, nothing comes back
            with np.errstate(over="ignore"):
                moved = zip(pass_on(*there, passage), passage, strict=True)
            passage = type(passage)(*(np.where(inside, new, old) for new, old in moved))
        return passage

    with np.errstate(over="ignore"):
        win, lose = walk.chances(power, 0)
        none = start_of_passage(a.size, is_exact(win))
        above, below = side(b, 1) or none, side(a, -1) or none
        return meet(win, lose, above, below)


def _span(x: Number) -> str:
    values = np.asarray(to_float(x))
    return f"{values.min():.6g} to {values.max():.6g}"
