"""The operator from inside while its choices rest: the same steps, at a fraction of their price.

A step from inside (:meth:`~alliances.dynamics.set_operator.SetOperator.inner`) chooses in every state and direction a profile
and what follows: tomorrow's point in the same direction, a point between two neighbours where a bound w_i = h_i is met, or the
corner (h₁, h₂). When the choices no longer change, the step is a map of the points alone: one sparse product, and the places
on the edges at which the bounds are met. These move, because the bounds depend on the players' least payoffs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.set_operator import CORNER, Chosen, SetOperator

__all__ = ["FixedChoices"]


class FixedChoices:
    """One step from inside with the choices of another one.

    Parameters
    ----------
    operator
        The operator.
    chosen
        Whose choices are kept.
    """

    def __init__(self, operator: SetOperator, chosen: Chosen) -> None:
        from scipy.sparse import csr_array, vstack

        self.operator, self.mixed, self.bound = operator, chosen.mixed, chosen.bound
        n, self.count = chosen.profile.shape
        profile = chosen.profile.ravel()
        self.shape = n * self.count
        plain = profile >= 0
        self.now: Array = np.where(plain[:, None], operator.flows[profile], 0.0)
        self.profile: Array = profile[self.mixed]
        plain[self.mixed] = False
        nodes = np.flatnonzero(plain)
        self.plain = self._after(profile[nodes], nodes % self.count, nodes, self.shape) * operator.delta
        rows = np.arange(len(self.mixed))
        ends = [self._after(self.profile, chosen.places[:, end], rows, len(rows)) for end in (0, 1)]
        self.ends = csr_array(vstack(ends))
        self.edge = np.flatnonzero(self.bound != CORNER)

    def _after(self, profiles: Array, directions: Array, rows: Array, height: int) -> Any:
        """What is expected after each profile in a direction, as a matrix (height, nN) over the flattened points."""
        from scipy.sparse import csr_array

        part = self.operator.game.kernel.rows(profiles)
        of = np.repeat(np.arange(len(profiles)), np.diff(part.start))
        where = rows[of], part.next * self.count + directions[of]
        return csr_array((part.probability, where), shape=(height, self.shape))

    def step(self, points: Array, worst: Array) -> Array | None:
        """The points (n, N, 2) after one step; None where a bound is no longer met between the same two neighbours."""
        flat = points.reshape(-1, 2)
        new = self.now + self.plain @ flat
        if self.mixed.size:
            bounds = self.operator.bounds(worst)[self.profile]
            first, second = np.split(self.ends @ flat, 2)
            rows, met = self.edge, self.bound[self.edge]
            a, b, other = first[rows, met], second[rows, met], 1 - met
            gone = a - bounds[rows, met]
            if (gone < 0).any() or (gone > a - b).any():
                return None
            share = gone / np.where(a > b, a - b, 1.0)
            bounds[rows, other] = first[rows, other] + share * (second[rows, other] - first[rows, other])
            new[self.mixed] = self.now[self.mixed] + self.operator.delta * bounds
        return np.asarray(new.reshape(points.shape))
