"""Payoff sets: time and accuracy, beside QuantEcon's Abreu-Sannikov on the same instances in the same run.

    python benchmarks/payoff_sets.py            # about five minutes
    python benchmarks/payoff_sets.py --smoke    # a first look

Both are warm: the competitor's kernels are compiled before anything is timed. Times are medians. Errors are Hausdorff
distances to the closed form, and where there is none the competitor's distance is to our set, as a share of the payoff
range. The competitor's loop over games is timed on a sample of the batch, whose size is recorded; games on which it raises
an error are counted, and their time is included. Every measurement of the competitor runs in a forked child of this
process, because its kernels have been seen to write past their arrays and to abort the interpreter later (0.11.4, random
3×3 games); "crashed" says where that lost a measurement.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import time
import warnings
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import quantecon.game_theory as gt
from quantecon.game_theory.repeated_game import RepeatedGame

from alliances import StageGame
from alliances.repeated.enforcement.optimal_penal_code import critical_discount_of_payoffs, critical_discount_opc
from alliances.repeated.payoff_sets.solve import payoff_set

PD = (np.array([[9.0, 1.0], [10.0, 3.0]]), np.array([[9.0, 10.0], [1.0, 3.0]]))
PATIENT_PD = [(3.0, 3.0), (9.75, 3.0), (9.0, 9.0), (3.0, 9.75)]
SEED = 20140901


def median(function: Any, repeat: int) -> float:
    """Median seconds of a warm call."""
    function()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def competitor(a: Any, b: Any, discount: float) -> Any:
    """The competitor's set, or None where it raises."""
    game = gt.NormalFormGame((gt.Player(np.ascontiguousarray(a)), gt.Player(np.ascontiguousarray(b.T))))
    try:
        hull = RepeatedGame(game, discount).equilibrium_payoffs()
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
            lambda a=a, b=b, d=discount: (median(lambda: competitor(a, b, d), max(3, repeat // 3)), competitor(a, b, d))
        )
        their_seconds, theirs = measured or (float("nan"), None)
        spread = float(max(np.ptp(a), np.ptp(b)))
        ours_seconds = median(lambda s=stage, d=discount: payoff_set(s, d), repeat)
        rows.append(
            {
                "instance": name,
                "ms": ours_seconds * 1e3,
                "competitor ms": their_seconds * 1e3,
                "times faster": their_seconds / ours_seconds,
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
            ours = median(lambda s=stage, d=discount: payoff_set(s, d), 3)
            sets: Any = payoff_set(stage, discount)

            def loop(a: Any = a, b: Any = b, d: float = discount) -> tuple[float, int]:
                start = time.perf_counter()
                raised = sum(competitor(a[k], b[k], d) is None for k in range(sample))
                return time.perf_counter() - start, raised

            seconds, raised = in_child(loop) or (float("nan"), "crashed")
            theirs = seconds / sample * n
            rows.append(
                {
                    "instance": f"{n} {name} {size}×{size} δ={discount}",
                    "s": ours,
                    "competitor s (from a sample)": theirs,
                    "times faster": theirs / ours,
                    "times faster, per game solved": theirs / ours * sample / max(sample - raised, 1)
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
        seconds = median(lambda s=stage: payoff_set(s, 0.6), max(1, repeat // 3))
        rows.append(
            {
                "instance": f"Cournot-{actions} δ=0.6",
                "profiles": actions**2,
                "vertices": len(payoffs.vertices),
                "iterations": payoffs.iterations,
                "ms": seconds * 1e3,
                "µs per profile": seconds / actions**2 * 1e6,
            }
        )
    for size in (games // 100, games // 10, games):
        a, b = dilemmas(np.random.default_rng(SEED), size)
        stage = StageGame(a, b)
        seconds = median(lambda s=stage: payoff_set(s, 0.9), 1)
        rows.append({"instance": f"{size} dilemmas δ=0.9", "ms": seconds * 1e3, "µs per game": seconds / size * 1e6})
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
    return [
        {
            "instance": "critical δ of (9, 9), exact",
            "answer": str(critical_discount_opc(exact).dyad),
            "as payoffs": str(critical_discount_of_payoffs(exact, (9, 9))),
            "truth": str(Fraction(1, 7)),
            "ms": median(lambda: critical_discount_opc(exact), repeat) * 1e3,
            "bisecting the competitor": in_child(bisect) or "crashed",
        },
        {
            "instance": f"critical δ of {games} dilemmas in one call",
            "s": median(lambda: critical_discount_opc(StageGame(a, b)), 1),
        },
    ]


def rows(smoke: bool) -> list[dict[str, Any]]:
    """All measurements, for ``python -m benchmarks``."""
    return [{"work": title, **row} for title, part in parts(smoke).items() for row in part]


def parts(smoke: bool = False) -> dict[str, list[dict[str, Any]]]:
    """All measurements, by title."""
    competitor(*PD, 0.5)
    repeat, games, sample = (1, 200, 10) if smoke else (15, 10_000, 300)
    return {
        "single sets": single_sets(repeat),
        "batches": batches(games, sample),
        "growth": growth(repeat, games),
        "critical discount factors": critical(repeat, games),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Rows in Markdown."""

    def text(value: Any) -> str:
        return "–" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)

    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    lines += [f"| {' | '.join(text(row.get(key)) for key in columns)} |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Run, print and save the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=15, help="repetitions of a single set; medians are reported")
    parser.add_argument("--games", type=int, default=10_000, help="games in one call")
    parser.add_argument("--sample", type=int, default=300, help="how many of them the competitor solves")
    parser.add_argument("--smoke", action="store_true", help="a small, quick run")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    options = parser.parse_args()
    if options.smoke:
        options.repeat, options.games, options.sample = 1, 200, 10
    warnings.simplefilter("ignore")
    competitor(*PD, 0.5)
    record = {
        "versions": {name: version(name) for name in ("alliances", "numpy", "scipy", "quantecon", "numba")},
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {platform.system()}",
        "seed": SEED,
    }
    tables = {
        "single sets": single_sets(options.repeat),
        "batches": batches(options.games, options.sample),
        "growth": growth(options.repeat, options.games),
        "critical discount factors": critical(options.repeat, options.games),
    }
    versions = ", ".join(f"{name} {number}" for name, number in record["versions"].items())  # type: ignore[attr-defined]
    text = [
        "# Payoff sets",
        f"Seed {SEED}, Python {record['python']}, {versions}, {record['machine']}. "
        "Command: `python benchmarks/payoff_sets.py`. "
        "The competitor is QuantEcon's Abreu-Sannikov. Distances are shares of the payoff range.",
    ]
    for title, rows in tables.items():
        text += [f"## {title.capitalize()}", table(rows)]
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "payoff_sets.json").write_text(json.dumps(record | tables, indent=1) + "\n", encoding="utf-8")
    (options.output / "payoff_sets.md").write_text("\n\n".join(text) + "\n", encoding="utf-8")
    print("\n\n".join(text))


if __name__ == "__main__":
    main()
