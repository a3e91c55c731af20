"""The patience at which a temptation is just not worth its price: the rule that closed forms of δ* end in."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Number, settle

__all__ = ["least_discount"]


def least_discount(temptation: Number, reward: Number, tolerance: Number) -> Number:
    """The least δ in [0, 1) from which on (1 − δ)·temptation ≤ δ·reward: 0 without temptation, inf where no δ < 1 does.

    A temptation of nothing with a negative reward holds at no δ > 0: that, too, is inf. It arises near ties only, and only
    where constraints are pooled. Differences within ``tolerance`` (payoff units, per game) count as none.

    >>> least_discount(1.0, 6.0, 1e-9), least_discount(0.0, 0.0, 1e-9), least_discount(1.0, 0.0, 1e-9)
    (0.14285714285714285, 0.0, inf)
    """
    temptation, reward = np.asarray(temptation), np.asarray(reward)
    tempted = np.asarray(temptation > tolerance, dtype=bool)
    enough = np.asarray(reward > tolerance, dtype=bool)
    total = np.where(tempted & enough, temptation + reward, 1)
    delta = np.where(enough, temptation / total, np.inf)
    untempted = np.where(np.asarray(reward < -np.asarray(tolerance), dtype=bool), np.inf, temptation - temptation)
    return settle(np.where(tempted, delta, untempted))
