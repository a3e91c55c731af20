"""Cox's partial likelihood with delayed entry and Efron's ties, and whether it has a maximum.

At each age t with events D of d rows, and with R the rows at risk (start < t ≤ stop), it adds

    Σ_{i in D} x_i'β − Σ_{l=0}^{d−1} ln(Σ_{j in R} exp(x_j'β) − (l/d) Σ_{j in D} exp(x_j'β)),

Efron (1977), "The efficiency of Cox's likelihood function for censored data", *Journal of the American Statistical Association*
72:557-565. It is concave in β, so that a search finds its one maximum, if there is one. There is none along a direction z in
which each event has the largest x'z of its risk set: the data are separated, and ln L rises for ever (Bryson & Johnson 1981,
"The incidence of monotone likelihood in the Cox model", *Technometrics* 23:381-383).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.likelihood import Evaluation, Objective

__all__ = ["PartialLikelihood"]

_MOST = 700.0  # of x'β, beyond which exp(x'β) is no float
_BLOCK = 2_000_000  # ages by rows that are looked through at once
_CUTS = 200  # linear programmes that look for a direction which separates
_LEVEL_WITH = 1e-9  # of a column's standard deviation: how much less than the largest of a risk set counts as equal


class _Steps(NamedTuple):
    """Of each event, in the order of ages: which age it is at, what part of the ties has gone, sums over the rows at risk."""

    place: Array
    gone: Array
    total: Array
    mean: Array
    second: Array


@dataclass
class PartialLikelihood(Objective):
    """The partial likelihood of rows.

    Attributes
    ----------
    start, stop, event
        (n,) the rows.
    columns
        (n, p) their covariates; only differences between rows count.
    """

    start: Array
    stop: Array
    event: Array
    columns: Array

    @cached_property
    def _x(self) -> Array:
        return np.asarray(self.columns - self.columns.mean(axis=0))

    @cached_property
    def _times(self) -> tuple[Array, Array]:
        """The ages at which events happened, and how many did."""
        return np.unique(self.stop[self.event], return_counts=True)

    @cached_property
    def _risk_sets(self) -> tuple[Array, Array, Array, Array]:
        """Orders of the rows by start and by stop, and how many began, and ended, before each age."""
        by_start, by_stop = np.argsort(self.start), np.argsort(self.stop)
        times = self._times[0]
        entered, left = (np.searchsorted(x, times, side="left") for x in (self.start[by_start], self.stop[by_stop]))
        return by_start, by_stop, entered, left

    def _at_risk(self, values: Array) -> Array:
        """Sums over the rows at risk at each age."""
        by_start, by_stop, entered, left = self._risk_sets
        zero = np.zeros((1, values.shape[1]))
        sums = (np.vstack([zero, np.cumsum(values[order], axis=0)]) for order in (by_start, by_stop))
        return np.asarray(next(sums)[entered] - next(sums)[left])

    def _steps(self, risk: Array) -> _Steps:
        """Risk-weighted means of x and of xx' at each event."""
        x, (times, deaths) = self._x, self._times
        n, p = x.shape
        products = np.concatenate([np.ones((n, 1)), x, (x[:, :, None] * x[:, None, :]).reshape(n, -1)], axis=1) * risk[:, None]
        dying = np.zeros((len(times), products.shape[1]))
        np.add.at(dying, np.searchsorted(times, self.stop[self.event]), products[self.event])
        place = np.repeat(np.arange(len(times)), deaths)
        gone = (np.arange(len(place)) - np.repeat(np.cumsum(deaths) - deaths, deaths)) / deaths[place]
        sums = self._at_risk(products)[place] - gone[:, None] * dying[place]
        total = np.maximum(sums[:, 0], (1 - gone) * dying[place, 0])  # which differences of large sums may miss
        mean = sums[:, 1 : p + 1] / total[:, None]
        return _Steps(place, gone, total, mean, (sums[:, p + 1 :] / total[:, None]).reshape(len(place), p, p))

    def _risk(self, beta: Array) -> tuple[Array, Array]:
        """x'β less its largest, and its exponential."""
        linear = self._x @ beta
        linear = np.maximum(linear - linear.max(), -_MOST)
        return linear, np.exp(linear)

    def _one(self, beta: Array) -> tuple[float, Array, Array]:
        linear, risk = self._risk(beta)
        at = self._steps(risk)
        value = float(linear[self.event].sum() - np.log(at.total).sum())
        gradient = self._x[self.event].sum(axis=0) - at.mean.sum(axis=0)
        return value, gradient, (at.second - at.mean[:, :, None] * at.mean[:, None, :]).sum(axis=0)

    def values(self, working: Array) -> tuple[Array, Array]:
        """Ln L (S,); no events are expected, because there is no hazard."""
        return np.array([self._one(beta)[0] for beta in working]), np.zeros((len(working), 0))

    def evaluate(self, working: Array) -> Evaluation:
        """Value, gradient and the observed information."""
        value, gradient, information = zip(*(self._one(beta) for beta in working), strict=True)
        return Evaluation(np.array(value), np.stack(gradient), np.stack(information))

    def scores(self, beta: Array) -> Array:
        """Each row's score residuals (n, p), which sum to the gradient.

        A row at risk adds −exp(x'β)(x − x̄)/Σ at each event, x̄ the risk-weighted mean, and at its own event x − x̄; at ages with
        ties the dying count by what part of them is left (Therneau & Grambsch 2000, *Modeling Survival Data*, ch. 4).
        """
        x, (times, deaths) = self._x, self._times
        _, risk = self._risk(beta)
        at = self._steps(risk)
        step, drift = 1 / at.total, at.mean / at.total[:, None]

        def by_age(values: Array) -> Array:
            out = np.zeros((len(times), *values.shape[1:]))
            np.add.at(out, at.place, values)
            return out

        hazard = np.r_[0.0, np.cumsum(by_age(step))]
        means = np.vstack([np.zeros((1, x.shape[1])), np.cumsum(by_age(drift), axis=0)])
        first, last = (np.searchsorted(times, t, side="right") for t in (self.start, self.stop))
        out = -risk[:, None] * (x * (hazard[last] - hazard[first])[:, None] - (means[last] - means[first]))
        own = np.searchsorted(times, self.stop[self.event])
        back = x[self.event] * by_age(at.gone * step)[own][:, None] - by_age(at.gone[:, None] * drift)[own]
        out[self.event] += x[self.event] - by_age(at.mean)[own] / deaths[own][:, None] + risk[self.event][:, None] * back
        return np.asarray(out)

    # -- is there a maximum ----------------------------------------------------------------------------------------------

    def _largest(self, u: Array) -> Iterator[tuple[int, int]]:
        """Of each event the row of its risk set in which u is largest, and the event's own."""
        events = np.flatnonzero(self.event)
        size = max(1, _BLOCK // len(u))
        for first in range(0, len(events), size):
            block = events[first : first + size]
            age = self.stop[block][:, None]
            there = (self.start < age) & (age <= self.stop)
            yield from zip(np.where(there, u, -np.inf).argmax(axis=1).tolist(), block.tolist(), strict=True)

    def separating(self) -> Array | None:
        """A direction along which ln L rises for ever, or None.

        By cutting planes: a linear programme looks for the z in a box in which events exceed the means of their risk sets by
        most while none falls short of the rows that were named so far; those of which it does are named next.
        """
        from scipy.optimize import linprog

        deviation = self._x.std(axis=0)
        x = self._x / np.where(deviation > 0, deviation, 1.0)
        above = x[self.event].sum(axis=0)
        times, deaths = self._times
        sums = self._at_risk(np.column_stack([np.ones(len(x)), x]))
        above = above - (deaths[:, None] * sums[:, 1:] / sums[:, :1]).sum(axis=0)
        cuts = np.zeros((0, x.shape[1]))
        for _ in range(_CUTS):
            found = linprog(-above, A_ub=-cuts if len(cuts) else None, b_ub=np.zeros(len(cuts)) if len(cuts) else None,
                            bounds=(-1, 1))  # fmt: skip
            if found.status != 0 or -found.fun <= _LEVEL_WITH * len(times):
                return None
            u = x @ found.x
            short = [x[event] - x[row] for row, event in self._largest(u) if u[row] > u[event] + _LEVEL_WITH]
            if not short:
                return np.asarray(found.x / np.where(deviation > 0, deviation, 1.0))
            cuts = np.unique(np.concatenate([cuts, short]), axis=0)
        return None
