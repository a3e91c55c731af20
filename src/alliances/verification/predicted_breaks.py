"""Predicted breaks along a measured path: does a deviation pay at the dates that say so, and at no other?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.cases.files.predicted_break import WIDE, PredictedBreak
from alliances.repeated.arguments import repeated_game
from alliances.results import Verification, verify
from alliances.verification.critical import critical_conditions
from alliances.verification.outcome import decided, outcome


@verify.register
def _(result: PredictedBreak) -> Verification:
    return outcome(_conditions(result))


def _conditions(r: PredictedBreak) -> Iterator[tuple[Any, Any]]:
    """The critical discount factors are those of the model at the dates' power, and who fails there gains by deviating."""
    threshold = r.threshold
    asked = repeated_game(threshold.game, r.power, threshold.enforcement, "verify")
    stage = (asked.stage if asked.enforcement.exact else asked.stage.to_float()).over(r.power.shape)
    yield stage == r.critical.stage, lambda _: "the critical discount factors are not those of the model at the dates' power"
    yield (
        r.critical.enforcement == asked.enforcement and stage.profile(threshold.profile) == r.critical.profile,
        lambda _: "the critical discount factors are not those of the profile and the concept of the threshold",
    )
    yield from critical_conditions(r.critical)
    yield len(r.dates) == len(r.failing), lambda _: f"{len(r.dates)} dates, but {len(r.failing)} answers"
    yield (
        [a.first < b.first for a, b in zip(r.dates, r.dates[1:], strict=False)],
        lambda at: f"date {r.dates[at[0] + 1]} is not later than the one before it",
    )
    yield (r.failing >= 0) & (r.failing <= 3), lambda at: f"{r.failing[at]} is no code of a side"
    pays, stays, _ = decided(r.critical.enforcement, r.critical.stage, r.critical.terms, threshold.discount)
    for k, name in enumerate(("sponsor", "proxy")):
        fails = (r.failing & (k + 1)) > 0
        yield (
            ~np.where(fails, stays[k], pays[k]),
            lambda at, n=name, f=fails: (
                f"{n}: {'does not gain' if f[at] else 'gains'} by deviating in {r.dates[at[0]]}, against the prediction"
            ),
        )
    check = verify(threshold)
    yield check.ok, lambda _: f"threshold: {check.witness}"
    gaps = np.asarray(r.power.gap).astype(float)
    place = len(gaps) - 1 if r.date is None else r.dates.index(r.date)
    total = float(np.asarray(r.power.sponsor + r.power.proxy)[place])
    yield threshold.total == total, lambda _: f"the threshold holds at the total power {threshold.total}, not at {total}"
    domain = min(-WIDE, float(gaps.min())), max(WIDE, float(gaps.max()))
    yield threshold.domain == domain, lambda _: f"windows are looked for on {threshold.domain}, not on {domain}"
    start = float(gaps[r.kept.argmax()]) if r.kept.any() else None
    yield threshold.start == start, lambda _: f"the threshold is seen from the gap {threshold.start}, not from {start}"
