"""Payoff sets: time and accuracy, beside QuantEcon's Abreu-Sannikov on the same instances in the same run.

    python -m benchmarks --only payoff_sets     # about five minutes

Both are warm: the competitor's kernels are compiled before anything is timed. Times are medians; ratios are of CPU
time. Errors are Hausdorff
distances to the closed form, and where there is none the competitor's distance is to our set, as a share of the payoff
range. The competitor's loop over games is timed on a sample of the batch, whose size is recorded; games on which it raises
an error are counted, and their time is included. Every measurement of the competitor runs in a forked child of this
process, because its kernels have been seen to write past their arrays and to abort the interpreter later (0.11.4, random
3×3 games); "crashed" says where that lost a measurement.
"""

from __future__ import annotations

import multiprocessing
import os
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import quantecon.game_theory as gt
from quantecon.game_theory import repeated_game

import _measure
from alliances import StageGame
from alliances.repeated.enforcement.optimal_penal_code import critical_discount_of_payoffs, critical_discount_opc
from alliances.repeated.payoff_sets.solve import payoff_set

PD = (np.array([[9.0, 1.0], [10.0, 3.0]]), np.array([[9.0, 10.0], [1.0, 3.0]]))
PATIENT_PD = [(3.0, 3.0), (9.75, 3.0), (9.0, 9.0), (3.0, 9.75)]
SEED = 20140901
for _kernel in vars(repeated_game).values():
    if hasattr(_kernel, "enable_caching"):  # its compiler's: what one process compiles, ten seconds, the next one finds
        _kernel.enable_caching()
UNKNOWN = {"cpu s": float("nan"), "wall s": float("nan")}


def times(function: Any, repeat: int) -> _measure.Row:
    """Median seconds of a warm call, of CPU and wall."""
    function()
    return _measure.spread(*zip(*(_measure.timed(function)[1:] for _ in range(repeat)), strict=True))


def competitor(a: Any, b: Any, discount: float) -> Any:
    """The competitor's set, or None where it raises."""
    game = gt.NormalFormGame((gt.Player(np.ascontiguousarray(a)), gt.Player(np.ascontiguousarray(b.T))))
    try:
        hull = repeated_game.RepeatedGame(game, discount).equilibrium_payoffs()
    except Exception:  # whatever it raises on points, segments and empty sets counts as a failure
        return None
    return hull.points[hull.vertices]


def in_child(function: Any) -> Any:
    """What a function returns, computed in a forked child; None if the child crashes."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def run() -> None:
        sender.send(function())
        os._exit(0)  # without the garbage collection that would trip over a corrupted heap

    child = context.Process(target=run)
    child.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        return None
    finally:
        child.join()


def distance(first: Any, second: Any, spread: float) -> float:
    """Hausdorff distance of two convex polygons, as a share of ``spread``."""
    if first is None or len(first) == 0 or len(second) == 0:
        return float("nan")

    def directed(points: Any, polygon: Any) -> float:
        p = np.asarray(polygon, float)
        q = np.roll(p, -1, axis=0)
        edge = q - p
        length = np.maximum((edge**2).sum(axis=1), 1e-300)
        x = np.asarray(points, float)[:, None, :]
        t = np.clip(((x - p) * edge).sum(axis=2) / length, 0, 1)
        gap = np.sqrt((((x - p) - t[..., None] * edge) ** 2).sum(axis=2)).min(axis=1)
        inside = ((x - p)[..., 0] * edge[:, 1] - (x - p)[..., 1] * edge[:, 0] <= 0).all(axis=1)
        return float(np.where(inside, 0.0, gap).max())

    return max(directed(first, second), directed(second, first)) / spread


def cournot(actions: int) -> Any:
    """Linear Cournot on a grid of quantities, as in Abreu & Sannikov 2014."""
    q = np.linspace(0, 6, actions)
    payoff = (5.4 - q[:, None] - q[None, :]) * q[:, None]
    return payoff, payoff.T


def single_sets(repeat: int) -> list[dict[str, Any]]:
    """One set at a time: the Prisoners' Dilemma at high δ, and Cournot games."""
    instances: list[tuple[str, Any, float, Any]] = [(f"PD δ={d}", PD, d, PATIENT_PD) for d in (0.9, 0.99, 0.999, 0.99999)]
    for actions in (15, 30):
        instances += [(f"Cournot-{actions} δ={d}", cournot(actions), d, None) for d in (0.3, 0.6, 0.8)]
    rows = []
    for name, (a, b), discount, truth in instances:
        stage = StageGame(a, b)
        mine: Any = payoff_set(stage, discount).vertices  # type: ignore[union-attr]
        measured = in_child(
            lambda a=a, b=b, d=discount: (times(lambda: competitor(a, b, d), max(3, repeat // 3)), competitor(a, b, d))
        )
        they, theirs = measured or (UNKNOWN, None)
        spread = float(max(np.ptp(a), np.ptp(b)))
        we = times(lambda s=stage, d=discount: payoff_set(s, d), repeat)
        rows.append(
            {
                "instance": name,
                "cpu ms": we["cpu s"] * 1e3,
                "wall ms": we["wall s"] * 1e3,
                "competitor cpu ms": they["cpu s"] * 1e3,
                "competitor wall ms": they["wall s"] * 1e3,
                "times faster": they["cpu s"] / we["cpu s"],
                "vertices": len(mine),
                "error": distance(mine, mine if truth is None else truth, spread) if truth is not None else None,
                "competitor's distance": distance(theirs, mine if truth is None else truth, spread),
            }
        )
    return rows


def dilemmas(rng: np.random.Generator, games: int) -> Any:
    """Prisoners' Dilemmas of unequal dyads: temptation > reward > punishment > sucker, drawn for each player on its own."""
    a, b = np.empty((2, games, 2, 2))
    for payoff, order in ((a, ((1, 0), (0, 0), (1, 1), (0, 1))), (b, ((0, 1), (0, 0), (1, 1), (1, 0)))):
        draws = -np.sort(-rng.uniform(0, 10, (games, 4)), axis=1)
        for k, (i, j) in enumerate(order):
            payoff[:, i, j] = draws[:, k]
    return a, b


def batches(games: int, sample: int) -> list[dict[str, Any]]:
    """Many games in one call, against a loop over a sample of them."""
    rows = []
    for name, size, make in (
        ("dilemmas", 2, dilemmas),
        ("normal", 2, lambda rng, n: rng.normal(size=(2, n, 2, 2))),
        ("normal", 3, lambda rng, n: rng.normal(size=(2, n, 3, 3))),
    ):
        for discount in (0.3, 0.6, 0.9):
            rng = np.random.default_rng(SEED)
            n = games if size == 2 else games // 4
            a, b = make(rng, n)
            stage = StageGame(a, b)
            we = times(lambda s=stage, d=discount: payoff_set(s, d), 9)
            sets: Any = payoff_set(stage, discount)

            def loop(a: Any = a, b: Any = b, d: float = discount) -> tuple[int, float, float]:
                return _measure.timed(lambda: sum(competitor(a[k], b[k], d) is None for k in range(sample)))

            raised, cpu, wall = in_child(loop) or ("crashed", float("nan"), float("nan"))
            faster = cpu / sample * n / we["cpu s"]
            rows.append(
                {
                    "instance": f"{n} {name} {size}×{size} δ={discount}",
                    "cpu s": we["cpu s"],
                    "wall s": we["wall s"],
                    "competitor cpu s (from a sample)": cpu / sample * n,
                    "competitor wall s (from a sample)": wall / sample * n,
                    "times faster": faster,
                    "times faster, per game solved": faster * sample / max(sample - raised, 1)
                    if isinstance(raised, int)
                    else None,
                    "sample": sample,
                    "competitor raised": raised,
                    "polygons in the sample": int((sets.count[:sample] > 2).sum()),
                    "converged": bool(sets.converged.all()),
                }
            )
    return rows


def growth(repeat: int, games: int) -> list[dict[str, Any]]:
    """How time grows with the number of actions and with the size of a batch.

    One step from outside costs O(profiles still playable × log vertices); a handful of steps settles the structure, and
    Newton's method then solves a sparse system of as many unknowns as there are vertices.
    """
    rows = []
    for actions in (5, 10, 20, 40):
        stage = StageGame(*cournot(actions))
        payoffs: Any = payoff_set(stage, 0.6)
        we = times(lambda s=stage: payoff_set(s, 0.6), max(1, repeat // 3))
        rows.append(
            {
                "instance": f"Cournot-{actions} δ=0.6",
                "profiles": actions**2,
                "vertices": len(payoffs.vertices),
                "iterations": payoffs.iterations,
                "cpu ms": we["cpu s"] * 1e3,
                "wall ms": we["wall s"] * 1e3,
                "cpu µs per profile": we["cpu s"] / actions**2 * 1e6,
            }
        )
    for size in (games // 100, games // 10, games):
        a, b = dilemmas(np.random.default_rng(SEED), size)
        stage = StageGame(a, b)
        we = times(lambda s=stage: payoff_set(s, 0.9), 3)
        milliseconds = {"cpu ms": we["cpu s"] * 1e3, "wall ms": we["wall s"] * 1e3}
        rows.append({"instance": f"{size} dilemmas δ=0.9", **milliseconds, "cpu µs per game": we["cpu s"] / size * 1e6})
    return rows


def critical(repeat: int, games: int) -> list[dict[str, Any]]:
    """Critical discount factors, against bisection on the competitor's sets."""
    exact = StageGame(PD[0].astype(int), PD[1].astype(int))

    def bisect() -> float:
        low, high = 0.0, 1.0
        for _ in range(20):
            middle = (low + high) / 2
            v = competitor(*PD, middle)
            ok = v is not None and v.max() >= 9 - 1e-9
            low, high = (low, middle) if ok else (middle, high)
        return high

    a, b = dilemmas(np.random.default_rng(SEED), games)
    together = times(lambda: critical_discount_opc(StageGame(a, b)), 1)
    return [
        {
            "instance": "critical δ of (9, 9), exact",
            "answer": str(critical_discount_opc(exact).dyad),
            "as payoffs": str(critical_discount_of_payoffs(exact, (9, 9))),
            "truth": str(Fraction(1, 7)),
            "cpu ms": times(lambda: critical_discount_opc(exact), repeat)["cpu s"] * 1e3,
            "bisecting the competitor": in_child(bisect) or "crashed",
        },
        {
            "instance": f"critical δ of {games} dilemmas in one call",
            "cpu s": together["cpu s"],
            "wall s": together["wall s"],
        },
    ]


def rows(smoke: bool) -> list[_measure.Row]:
    """Single sets, batches, growth and critical discount factors."""
    warnings.simplefilter("ignore")
    competitor(*PD, 0.5)
    repeat, games, sample = (1, 200, 10) if smoke else (15, 10_000, 300)
    parts = {
        "single sets": single_sets(repeat),
        "batches": batches(games, sample),
        "growth": growth(repeat, games),
        "critical discount factors": critical(repeat, games),
    }
    return [{"work": title, **row} for title, part in parts.items() for row in part]
