"""Thresholds of many alliances: one call against the loop over its alliances, on the same draws in the same run.

    python -m benchmarks --only thresholds

Each draw is a model with parameters and a discount factor of its own; the answer is the threshold, who defects, the status and
all windows. The loop solves a sample of the draws, whose size is recorded, before and after the batch, so that a machine that
slows down meanwhile is seen. CPU time is that of the process, and the one to compare on a machine that is not idle.
Accuracy: how many of the sample's answers are equal in all their parts, and how far edges are apart at most.
"""

from __future__ import annotations

import statistics
import tracemalloc
from typing import Any

import numpy as np

import _measure
import alliances as al

SEED = 20261126

Row = dict[str, Any]


def model(m: Any, v: Any, tau: Any, cost: Any, *, three: bool = False) -> al.AllianceGame:
    """The model of a draw, or of all of them."""
    more = {"coexist_exposure": tau / 2, "support_cost": 0.02} if three else {}
    return al.AllianceGame(
        contest=al.Tullock(m),
        synergy=al.Complementarity(v),
        sharing=al.Proportional(),
        exposure=tau,
        conflict_cost=cost,
        **more,
    )


def draws(n: int) -> tuple[np.ndarray, ...]:
    """Decisiveness, synergy, exposure, cost and discount factor of n alliances."""
    rng = np.random.default_rng(SEED)
    ranges = ((1, 3), (0.1, 1.2), (0.3, 1), (0, 0.4), (0.3, 0.95))
    return tuple(rng.uniform(low, high, n) for low, high in ranges)


def compared(name: str, n: int, sample: int, repeat: int, enforcement: al.Enforcement, *, three: bool = False) -> Row:
    """Thresholds of n alliances in one call, and of a sample of them in a loop."""
    *parameters, discount = draws(n)

    def together() -> al.ThresholdBatch:
        return al.defection_threshold(model(*parameters, three=three), discount, enforcement=enforcement)

    def loop() -> list[al.DefectionThreshold]:
        return [
            al.defection_threshold(model(*(x[k] for x in parameters), three=three), float(discount[k]), enforcement=enforcement)
            for k in range(sample)
        ]

    al.defection_threshold(model(*(x[:2] for x in parameters), three=three), discount[:2], enforcement=enforcement)  # warm
    before = _measure.timed(loop)
    runs = [_measure.timed(together) for _ in range(repeat)]
    after = _measure.timed(loop)
    batch, alone = runs[0][0], before[0]
    cpu, wall = ([run[k] for run in runs] for k in (1, 2))
    loop_cpu, loop_wall = ((before[k] + after[k]) / 2 / sample * n for k in (1, 2))
    mine = [batch.at(k) for k in range(sample)]
    apart = [
        abs(x - y)
        for a, b in zip(mine, alone, strict=True)
        for v, w in zip(a.windows, b.windows, strict=True)
        for x, y in ((v.lower, w.lower), (v.upper, w.upper))
    ]
    return {
        "instance": name,
        "draws": n,
        "cpu s": statistics.median(cpu),
        "wall s": statistics.median(wall),
        "spread of cpu": (max(cpu) - min(cpu)) / statistics.median(cpu),
        "loop cpu s (from a sample)": loop_cpu,
        "loop wall s (from a sample)": loop_wall,
        "times faster, cpu": loop_cpu / statistics.median(cpu),
        "times faster, wall": loop_wall / statistics.median(wall),
        "sample": sample,
        "equal in all parts": sum(a == b for a, b in zip(mine, alone, strict=True)),
        "edges apart at most": max(apart, default=0.0),
    }


def others(n: int, sample: int) -> list[Row]:
    """Regimes along the gap, identified sets, and the re-check."""
    *parameters, discount = draws(n)
    regions, cpu, wall = _measure.timed(lambda: al.regime_regions(model(*parameters, three=True), discount))
    alone, loop_cpu, loop_wall = _measure.timed(
        lambda: [al.regime_regions(model(*(x[k] for x in parameters), three=True), float(discount[k])) for k in range(sample)]
    )
    rows = [
        {
            "instance": "regimes along the gap, 3 actions",
            "draws": n,
            "cpu s": cpu,
            "wall s": wall,
            "loop cpu s (from a sample)": loop_cpu / sample * n,
            "loop wall s (from a sample)": loop_wall / sample * n,
            "times faster, cpu": loop_cpu / sample * n / cpu,
            "times faster, wall": loop_wall / sample * n / wall,
            "sample": sample,
            "equal in all parts": sum(regions.at(k) == alone[k] for k in range(sample)),
        }
    ]
    power = al.Power.from_gap(np.linspace(0.9, 0.1, 20))
    columns = [x[:, None] for x in parameters]
    sets, cpu, wall = _measure.timed(lambda: al.identified_discount(model(*columns), power))
    singles, loop_cpu, loop_wall = _measure.timed(
        lambda: [al.identified_discount(model(*(x[k] for x in parameters)), power) for k in range(sample)]
    )
    rows.append(
        {
            "instance": "identified discount factors, 20 periods",
            "draws": n,
            "cpu s": cpu,
            "wall s": wall,
            "loop cpu s (from a sample)": loop_cpu / sample * n,
            "loop wall s (from a sample)": loop_wall / sample * n,
            "times faster, cpu": loop_cpu / sample * n / cpu,
            "times faster, wall": loop_wall / sample * n / wall,
            "sample": sample,
            "equal in all parts": sum(sets.at(k) == singles[k] for k in range(sample)),
        }
    )
    batch = al.defection_threshold(model(*parameters), discount)
    check, cpu, wall = _measure.timed(batch.verify)
    rows.append({"instance": f"re-check of thresholds: {check.status}", "draws": n, "cpu s": cpu, "wall s": wall})
    return rows


def growth(sizes: tuple[int, ...]) -> list[Row]:
    """Time and memory by number of draws, and the exponent of the fit."""
    rows: list[Row] = []
    for n in sizes:
        *parameters, discount = draws(n)
        batch, cpu, wall = _measure.timed(lambda p=parameters, d=discount: al.defection_threshold(model(*p), d))  # type: ignore[misc]
        answers = sum(x.nbytes for x in (batch.windows.offsets, batch.windows.lower, batch.windows.upper))
        tracemalloc.start()
        al.defection_threshold(model(*parameters), discount)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        rows.append(
            {
                "instance": "growth",
                "draws": n,
                "cpu s": cpu,
                "wall s": wall,
                "cpu ms per draw": cpu / n * 1e3,
                "peak MB": peak / 1e6,
                "answers MB": 2 * answers / 1e6,
            }
        )
    exponent = np.polyfit(np.log([row["draws"] for row in rows]), np.log([row["cpu s"] for row in rows]), 1)[0]
    rows.append({"instance": "growth: exponent of cpu time in draws", "exponent": float(exponent)})
    return rows


def rows(smoke: bool) -> list[Row]:
    """All measurements, one dictionary each; a first look if ``smoke``."""
    n, few, sample, repeat = (60, 20, 3, 1) if smoke else (10_000, 1_000, 30, 3)
    result = [compared("thresholds, Nash reversion, 2 actions", n, sample, repeat, al.NashReversion())]
    for name, concept, three in (
        ("Nash reversion, 3 actions", al.NashReversion(), True),
        ("noisy signals, 2 actions", al.ImperfectMonitoring(0.05, 0.1), False),
        ("side payments, 2 actions", al.Transfers(), False),
        ("side payments, optimal, 2 actions", al.Transfers("optimal"), False),
        ("5 periods, 2 actions", al.FinitePunishment(5), False),
    ):
        result.append(compared(f"thresholds, {name}", few, sample, 1, concept, three=three))
    result += others(few, sample)
    result += growth((20, 60) if smoke else (625, 1_250, 2_500, 5_000))
    return result
