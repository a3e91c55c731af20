"""Curves of survival: Kaplan and Meier's, with delayed entry, and what a hazard predicts."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.spells import Spells

__all__ = ["kaplan_meier", "survival_within"]


def kaplan_meier(start: Array, stop: Array, event: Array) -> tuple[Array, Array]:
    """The ages at which events happened, and the share that is left after each: Π (1 − events/at risk).

    A row is at risk in (start, stop].

    >>> ages, share = kaplan_meier(np.array([0, 0, 1.0]), np.array([1, 2, 2.0]), np.array([True, False, True]))
    >>> ages.tolist(), share.tolist()
    ([1.0, 2.0], [0.5, 0.25])
    """
    ages, deaths = np.unique(stop[event], return_counts=True)
    at_risk = np.searchsorted(np.sort(start), ages, side="left") - np.searchsorted(np.sort(stop), ages, side="left")
    return ages, np.cumprod(1 - deaths / at_risk)


def survival_within(spells: Spells, rates: Array) -> Array:
    """exp(−cumulative hazard) of each alliance up to the end of each row."""
    order = np.lexsort((spells.start, spells.group))
    steps = (rates * spells.length)[order]
    group = spells.group[order]
    total = np.cumsum(steps)
    first = np.r_[True, group[1:] != group[:-1]]
    before = np.maximum.accumulate(np.where(first, total - steps, -np.inf))
    out = np.empty_like(total)
    out[order] = np.exp(-(total - before))
    return out
