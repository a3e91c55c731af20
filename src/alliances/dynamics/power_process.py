"""How power moves while two are allied: learning, growth, arrests and strikes on one lattice of log ratios.

The log ratio λ = ln(s/p) takes the values −Λ, −Λ + η, …, Λ. In each period at most one event moves it, by a whole number of
steps: the proxy *learns* (λ falls), the sponsor *grows* (λ rises), an *arrest* or extradition cuts the sponsor (λ falls), a
*strike* cuts the proxy (λ rises). The chances of the events add up to at most one; what is left is the chance that nothing
happens. All moves are on one lattice: moves of ten cells on a lattice ten times as fine would make ten chains that never meet.

A period and a step belong to the model: learning with probability 0.1 a period and steps of 0.1 moves λ by 0.01 a period on
average. A finer lattice with the same probabilities is a slower and more certain process, not a better approximation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from alliances.arithmetic import POSITIVE, PROBABILITY, Array, Number, Real, boolean, scalar, show, to_float
from alliances.arithmetic.tolerance import UNIT_SUM_GIVEN
from alliances.dynamics.arguments import decimal_number, one_of
from alliances.dynamics.kernel import Kernel
from alliances.power import Power
from alliances.values import Value

__all__ = ["LearningWhen", "PowerProcess"]

LearningWhen: TypeAlias = Literal["allied", "always"]
"""When the proxy learns: only while both are allied, so that the shift is what peace buys it, or whatever is played."""

_EVENTS = ("learning", "growth", "arrest", "strike")
_SIGN = {"learning": -1, "growth": 1, "arrest": -1, "strike": 1}
_WHOLE = 1e-9  # how far from a whole number of steps the reach may lie


@dataclass(frozen=True)
class PowerProcess(Value):
    """How the log ratio of power moves: each event a pair (probability per period, steps).

    Parameters
    ----------
    step
        η > 0, the distance of neighbouring log ratios: 0.1 is ten per cent of the ratio, nearly.
    reach
        Λ, a whole number of steps: the lattice goes from −Λ to Λ. Its ends reflect: what would leave stays. They create
        stability that is not there, so keep them far from what you ask about.
    learning, growth, arrest, strike
        The events; (0, n) for one that never comes.
    learning_when
        "allied" (default) or "always"; see :data:`LearningWhen`.

    Raises
    ------
    TypeError, ValueError
        If an event is no pair, a probability lies outside [0, 1], the probabilities sum to more than one, a number of steps is
        not whole or larger than the lattice, or the reach is not a whole number of steps.

    Examples
    --------
    >>> process = PowerProcess(step=0.1, reach=3, learning=(0.1, 1), arrest=(0.01, 5))
    >>> process
    PowerProcess
      step           0.1
      reach          3
      learning       0.1, 1
      growth         0, 1
      arrest         0.01, 5
      strike         0, 0
      learning_when  allied
    >>> len(process.log_ratios), round(process.drift, 12)
    (61, -0.015)
    """

    step: Real = 0.1
    reach: Real = 3
    learning: tuple[Real, int] = (0, 1)
    growth: tuple[Real, int] = (0, 1)
    arrest: tuple[Real, int] = (0, 1)
    strike: tuple[Real, int] = (0, 0)
    learning_when: LearningWhen = "allied"

    def __post_init__(self) -> None:
        for name in ("step", "reach"):
            decimal_number(getattr(self, name), "PowerProcess", name, POSITIVE)
        ends = to_float(self.reach) / to_float(self.step)
        if abs(ends - round(ends)) > _WHOLE * max(1.0, ends) or round(ends) < 1:
            raise ValueError(
                f"PowerProcess(): reach must be a whole number of steps of {show(self.step)}; "
                f"got {self.reach!r}, {ends:.6g} steps"
            )
        for name in _EVENTS:
            self._check_event(name, getattr(self, name))
        total = sum(getattr(self, name)[0] for name in _EVENTS)
        if total > 1 + UNIT_SUM_GIVEN:
            raise ValueError(
                f"PowerProcess(): the events' probabilities must sum to at most 1, because at most one comes per period; "
                f"got {show(total)}"
            )
        one_of(self.learning_when, get_args(LearningWhen), "PowerProcess", "learning_when")
        super().__post_init__()

    def _check_event(self, name: str, event: Any) -> None:
        if not isinstance(event, tuple) or len(event) != 2:
            raise TypeError(f"PowerProcess(): {name} must be a pair (probability per period, steps); got {event!r}")
        scalar(event[0], "PowerProcess", f"the probability of {name}", PROBABILITY)
        if isinstance(event[1], bool) or not isinstance(event[1], (int, np.integer)) or event[1] < 0:
            raise ValueError(
                f"PowerProcess(): {name} must move power by a whole number of lattice steps, at least 0; got {event[1]!r}"
            )
        if event[0] and event[1] > 2 * self.steps:
            raise ValueError(
                f"PowerProcess(): {name} must move power by at most {2 * self.steps} steps, which is all of the lattice with "
                f"reach={show(self.reach)}; got {event[1]!r}"
            )

    @property
    def steps(self) -> int:
        """How many steps lie between parity and an end of the lattice."""
        return round(float(self.reach) / float(self.step))

    @property
    def log_ratios(self) -> Array:
        """The lattice, from the weakest sponsor to the strongest."""
        return np.asarray(np.arange(-self.steps, self.steps + 1) * float(self.step))

    def power(self, total: Number = 1) -> Power:
        """The dyad's power at each point of the lattice, with s + p = ``total``."""
        return Power.from_log_ratio(self.log_ratios, decimal_number(total, "PowerProcess.power", "total", POSITIVE))

    @property
    def drift(self) -> float:
        """The expected change of λ per period while allied."""
        return float(sum(_SIGN[name] * p * n for name, (p, n) in self._events(True)) * to_float(self.step))

    @property
    def worsening(self) -> Real:
        """The probability h per period that the sponsor's lead falls while allied: by learning or by an arrest."""
        return self.learning[0] * bool(self.learning[1]) + self.arrest[0] * bool(self.arrest[1])

    def _events(self, allied: bool) -> list[tuple[str, tuple[Real, int]]]:
        names = _EVENTS if allied or self.learning_when == "always" else _EVENTS[1:]
        return [(name, getattr(self, name)) for name in names]

    def moves(self, allied: bool = True) -> dict[int, Real]:
        """The chances of the moves of one period, in steps of λ: with learning if ``allied``, or if it goes on always.

        >>> PowerProcess(learning=(Fraction(1, 4), 1), arrest=(Fraction(1, 8), 5)).moves()
        {0: Fraction(5, 8), -1: Fraction(1, 4), -5: Fraction(1, 8)}
        """
        boolean(allied, "PowerProcess.moves", "allied")
        events = [(p, _SIGN[name] * n) for name, (p, n) in self._events(allied) if p and n]
        moves: dict[int, Real] = {0: 1 - sum(p for p, _ in events)}
        for p, n in events:
            moves[n] = moves.get(n, 0) + p
        return {n: p for n, p in moves.items() if p > 0}

    def chain(self, allied: bool = True) -> Kernel:
        """The moves as transition probabilities between the points of the lattice, whose ends reflect."""
        n, moves = 2 * self.steps + 1, self.moves(boolean(allied, "PowerProcess.chain", "allied"))
        here = np.arange(n)
        following = np.stack([np.clip(here + step, 0, n - 1) for step in moves], axis=1)
        chances = np.array(
            [*moves.values()], dtype=object if all(isinstance(p, (int, Fraction)) for p in moves.values()) else float
        )
        if chances.dtype == object:
            chances = np.array([Fraction(p) for p in chances], dtype=object)
        start = np.arange(n + 1) * len(moves)
        return Kernel(start, following.ravel(), np.tile(chances, n), n)

    def place(self, log_ratio: Any, _function: str = "PowerProcess.place", _argument: str = "log_ratio") -> int:
        """The lattice point at a log ratio.

        Raises
        ------
        ValueError
            If the lattice has no such point.
        """
        value = to_float(decimal_number(log_ratio, _function, _argument))
        near = value / to_float(self.step) + self.steps
        if abs(near - round(near)) > 1e-6 or not 0 <= round(near) <= 2 * self.steps:
            raise ValueError(
                f"{_function}(): {_argument} must be a point of the lattice, a multiple of {show(self.step)} between "
                f"{-self.reach} and {self.reach}; got {log_ratio!r}"
            )
        return round(float(near))

    def nearest(self, power: Power, _function: str = "PowerProcess.nearest", _argument: str = "power") -> float:
        """The lattice point nearest to the power of one dyad, as a log ratio."""
        if not isinstance(power, Power) or power.shape:
            raise TypeError(f"{_function}(): {_argument} must be a Power of one dyad; got {power!r}")
        value = float(power.log_ratio)
        if not math.isfinite(value) or abs(value) > float(self.reach):
            raise ValueError(
                f"{_function}(): {_argument} must lie within the lattice, log ratios from {-self.reach} to {self.reach}; "
                f"got {value:.6g}"
            )
        return round(value / float(self.step)) * float(self.step)
