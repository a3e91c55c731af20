"""The piecewise-exponential likelihood Σ_s Σ y_s ln λ_s − λ_s dt, its gradient and its information, for many θ at once.

λ_s is the rate at which side s breaks (one side where it is not asked who). What a model must say of itself is ln λ per cell
and its derivatives; cells are rows with equal predictors, so that 12,833 rows at 100 gaps cost what 100 rows cost.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.spells import SIDES, Spells

__all__ = ["Evaluation", "Likelihood", "Objective", "Parameter", "counts"]


_NONE = 1e-12  # events that a start expects, in place of none, whose logarithm would be −∞


class Parameter(NamedTuple):
    """A free parameter: its name, its bounds, where searches start, and whether they go by its logarithm."""

    name: str
    low: float
    high: float
    start_low: float
    start_high: float
    logarithmic: bool = False
    level: int = -1
    """Of a parameter that multiplies the rate of one side: which; −2 of all sides, −1 of a parameter that does not."""


class Evaluation(NamedTuple):
    """At each of S points: ln L (S,), its gradient (S, P), and the expected information (S, P, P), on the working scale."""

    value: Array
    gradient: Array
    information: Array


def counts(spells: Spells, sides: int, cell: Array, cells: int, weights: Array | None = None) -> tuple[Array, Array, Array]:
    """Events by side (sides, c), events of an unknown side (c,), and time at risk (c,) in each cell."""
    w = np.ones(spells.size) if weights is None else weights

    def total(x: Array) -> Array:
        return np.bincount(cell, weights=w * x, minlength=cells)

    exposure = total(spells.length)
    if sides == 1:
        return total(spells.event)[None], np.zeros(cells), exposure
    by_side = np.stack([total(spells.event & (spells.side == s)) for s in range(len(SIDES))])
    return by_side, total(spells.event & (spells.side < 0)), exposure


@dataclass
class Objective(ABC):
    """What is maximised over parameters within bounds: the likelihood of a model on given rows, or a partial one.

    Attributes
    ----------
    parameters
        The free parameters, in order.
    """

    parameters: tuple[Parameter, ...]

    @abstractmethod
    def values(self, working: Array) -> tuple[Array, Array]:
        """Ln L (S,) and the expected events by side (S, sides)."""

    @abstractmethod
    def evaluate(self, working: Array) -> Evaluation:
        """Value, gradient and information on the working scale."""

    @property
    def low(self) -> Array:
        """The lower bounds on the working scale."""
        return np.array([np.log(p.low) if p.logarithmic else p.low for p in self.parameters])

    @property
    def high(self) -> Array:
        """The upper bounds on the working scale."""
        return np.array([np.log(p.high) if p.logarithmic else p.high for p in self.parameters])

    @property
    def logarithmic(self) -> Array:
        """Which parameters are searched by their logarithm."""
        return np.array([p.logarithmic for p in self.parameters], dtype=bool)

    def natural(self, working: Array) -> Array:
        """θ from the working scale."""
        return np.where(self.logarithmic, np.exp(np.where(self.logarithmic, working, 0.0)), working)

    def working(self, theta: Array) -> Array:
        """The working scale from θ."""
        return np.where(self.logarithmic, np.log(np.where(self.logarithmic, theta, 1.0)), theta)

    def level(self, working: Array) -> Array:
        """Points (S, P) at which as many events are expected as happened; as they are where no parameter sets a level."""
        return working


@dataclass
class Likelihood(Objective):
    """The likelihood of a model on given rows.

    Attributes
    ----------
    parameters
        The free parameters, in order.
    events, unknown, exposure
        As :func:`counts` gives them.
    """

    events: Array
    unknown: Array
    exposure: Array

    @abstractmethod
    def log_rates(self, theta: Array, slopes: bool) -> tuple[Array, Array | None]:
        """Ln λ (S, sides, c) at points θ (S, P), and its derivatives by θ (S, sides, c, P) if asked for."""

    def level(self, working: Array) -> Array:
        """Points (S, P) at which as many events are expected as happened."""
        points = np.array(working)
        _, expected = self.values(points)
        happened = self.events.sum(axis=1)
        with np.errstate(divide="ignore"):
            for k, p in enumerate(self.parameters):
                if p.level != -1:
                    chosen = slice(None) if p.level == -2 else slice(p.level, p.level + 1)
                    seen = np.maximum(happened[chosen].sum() + (self.unknown.sum() if p.level == -2 else 0.0), 0.5)
                    points[:, k] += np.log(seen) - np.log(np.maximum(expected[:, chosen].sum(axis=1), _NONE))
        return points

    def values(self, working: Array) -> tuple[Array, Array]:
        """Ln L (S,) and the expected events by side (S, sides)."""
        logs, _ = self.log_rates(self.natural(working), False)
        rates = np.exp(logs)
        return self._value(logs, rates), (rates * self.exposure).sum(axis=-1)

    def _value(self, logs: Array, rates: Array) -> Array:
        value = (self.events * logs).sum(axis=(1, 2)) - (rates * self.exposure).sum(axis=(1, 2))
        if self.unknown.any():
            value = value + (self.unknown * np.log(rates.sum(axis=1))).sum(axis=-1)
        return np.asarray(value)

    def evaluate(self, working: Array) -> Evaluation:
        """Value, gradient and expected information on the working scale."""
        theta = self.natural(working)
        logs, slopes = self.log_rates(theta, True)
        assert slopes is not None
        slopes = slopes * np.where(self.logarithmic, theta, 1.0)[:, None, None, :]
        rates = np.exp(logs)
        expected = rates * self.exposure
        happened = self.events + self.unknown * rates / rates.sum(axis=1, keepdims=True) if self.unknown.any() else self.events
        gradient = np.einsum("ksc,kscp->kp", happened - expected, slopes)
        n = len(working)
        flat = slopes.reshape(n, logs[0].size, slopes.shape[-1])
        with np.errstate(over="ignore", invalid="ignore"):  # far from any maximum
            information = np.matmul((flat * expected.reshape(n, -1, 1)).transpose(0, 2, 1), flat)
        return Evaluation(self._value(logs, rates), gradient, information)
