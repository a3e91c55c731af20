"""Simulated histories: do their parts fit each other, and are they what the exact laws say they should be?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.dynamics.break_laws import CAUSES
from alliances.dynamics.simulated_breaks import SimulatedBreaks
from alliances.results import Verification, verify
from alliances.verification.outcome import every, outcome

__all__ = ["verify_simulation"]

_CHANCE = 1e-10  # a count so far out that right histories have it less often than that is wrong


@verify.register
def verify_simulation(result: SimulatedBreaks) -> Verification:
    """Re-check simulated histories: dates and causes fit, and counts by date and cause are likely under the exact law.

    A count is wrong if the binomial tail beyond it is less than 10⁻¹⁰, so that single histories made wrong pass.
    """
    return outcome(_simulation_checks(result))


def _simulation_checks(r: SimulatedBreaks) -> Iterator[tuple[Any, Any]]:
    from scipy.stats import binom

    k, size = r.lifetimes.shape
    periods = len(r.dates)
    yield (
        len(r.names) == k == len(r.forecasts) and r.causes.shape == (k, size) and len(set(r.names)) == k,
        lambda _: f"{k} rows of histories, but names {r.names} and {len(r.forecasts)} laws",
    )
    for name, forecast in zip(r.names, r.forecasts, strict=True):
        yield forecast.dates == r.dates, lambda _, name=name: f"{name}: has other dates than {r.names[0]}"
        law = verify(forecast)
        yield law.ok, lambda _, name=name, law=law: f"{name}: the law: {law.witness}"
    broken = r.causes >= 0
    for i, name in enumerate(r.names):
        lifetimes, causes = r.lifetimes[i], r.causes[i]
        yield every(
            (lifetimes >= 0) & (lifetimes <= periods) & (causes >= -1) & (causes < len(CAUSES)),
            lambda n, name=name, i=i: f"{name}, history {n[0]}: no such date or cause: {r.lifetimes[i][n]}, {r.causes[i][n]}",
        )
        yield every(
            (lifetimes < periods) == broken[i],
            lambda n, name=name, i=i: (
                f"{name}, history {n[0]}: lasts {r.lifetimes[i][n]} of {periods} periods, but its cause is {r.causes[i][n]}"
            ),
        )
    # cumulated by cause and date, and by date: neither a wrong hazard nor a wrong cause can hide in small cells
    counts = np.cumsum(r.counts, axis=1)
    for name, forecast, count in zip(r.names, r.forecasts, counts, strict=True):
        chances = np.minimum(np.cumsum(forecast.mass, axis=0), 1.0)
        pairs = [(count, chances), (count.sum(axis=1, keepdims=True), np.minimum(chances.sum(axis=1, keepdims=True), 1.0))]
        for kinds, (seen, chance) in zip((CAUSES, ("all",)), pairs, strict=True):
            tail = np.minimum(binom.cdf(seen, size, chance), binom.sf(seen - 1, size, chance))
            yield every(
                tail >= _CHANCE,
                lambda n, name=name, kinds=kinds, seen=seen, chance=chance: (
                    f"{name}: until {r.dates[n[0]]} {seen[n]} of {size} histories break ({kinds[n[1]]}), but the law expects "
                    f"{size * chance[n]:.6g}"
                ),
            )
    if r.sampled is not None:
        yield (
            r.sampled.ndim == 2 and r.sampled.shape[1] == k and bool((r.sampled[:, 0] == 0).all()),
            lambda _: f"effects at parameter draws have shape {r.sampled.shape}, or the baseline differs from itself",
        )
