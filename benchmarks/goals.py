"""Goals of speed and memory, each measured as it is put: payoff sets, batches of games, memory, growth, claims, hazards.

    python -m benchmarks --only goals
    python -m benchmarks --only goals --smoke    # a first look

Each row has the goal and whether it is met. Times are CPU seconds of the process, medians of runs in turn after one to warm up;
whoever calls is charged for all, from arrays of payoffs to the set. QuantEcon's Abreu-Sannikov runs in a forked child, because
its kernels have been seen to abort the interpreter; both sides run there. "Without fast" means that the library is told that
there is no compiler, while QuantEcon keeps its own. Peak memory is that of processes of their own.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import alliances as al
from alliances import StageGame
from alliances.repeated.payoff_sets import batch, floating
from alliances.repeated.payoff_sets.solve import payoff_set

sys.path.insert(0, str(Path(__file__).parent))

import _measure

SEED = 20261126

Row = dict[str, Any]


@contextlib.contextmanager
def without_fast() -> Iterator[None]:
    """Payoff sets without their compiled solver."""
    with mock.patch.object(batch, "kernels", return_value=None), mock.patch.object(floating, "kernels", return_value=None):
        yield


def goal(row: Row, value: float, least: float | None = None, most: float | None = None) -> Row:
    """The row with its goal, and whether a value meets it."""
    text = f">= {least:g}" if least is not None else f"< {most:g}"
    return row | {"goal": text, "met": bool(value >= least if least is not None else most is not None and value < most)}


def in_child(function: Callable[[], Any]) -> Any:
    """What a function returns in a forked child; None where that crashes."""
    payoff_sets = import_module("payoff_sets")
    return payoff_sets.in_child(function)


# -- payoff sets beside QuantEcon ------------------------------------------------------------------------------------------


def single_sets(smoke: bool) -> list[Row]:
    """Linear Cournot games of 15 and 30 quantities, end to end, with and without ``fast``."""
    rivals = import_module("payoff_sets")
    found = []
    for actions in (15,) if smoke else (15, 30):
        a, b = rivals.cournot(actions)
        for discount in (0.6,) if smoke else (0.3, 0.6, 0.8):

            def measured(a: Any = a, b: Any = b, discount: float = discount) -> tuple[dict[str, Row], float]:
                def plain() -> Any:
                    with without_fast():
                        return payoff_set(StageGame(a, b), discount)

                methods = {
                    "QuantEcon": lambda: rivals.competitor(a, b, discount),
                    "with fast": lambda: payoff_set(StageGame(a, b), discount),
                    "without fast": plain,
                }
                times, answers = repeated(methods, 2 if smoke else 9, 0.02)
                spread = float(np.ptp(a))
                apart = max(
                    rivals.distance(answers["QuantEcon"], answers[k].vertices, spread) for k in ("with fast", "without fast")
                )
                return times, apart

            times, apart = in_child(measured) or ({}, float("nan"))
            for way, least in (("with fast", 20), ("without fast", 5)):
                if way == "with fast" and floating.kernels() is None:
                    continue
                if not times:
                    found.append({"instance": f"payoff set, Cournot-{actions} δ={discount}", "way": way, "note": "crashed"})
                    continue
                ratio = times["QuantEcon"]["cpu s"] / times[way]["cpu s"]
                row = {
                    "instance": f"payoff set, Cournot-{actions} δ={discount}",
                    "way": way,
                    "cpu ms": times[way]["cpu s"] * 1e3,
                    "QuantEcon cpu ms": times["QuantEcon"]["cpu s"] * 1e3,
                    "spread of cpu": times[way]["spread of cpu"],
                    "times faster": ratio,
                    "sets apart": apart,
                }
                found.append(goal(row, ratio, least=least))
    return found


def repeated(methods: dict[str, Callable[[], Any]], turns: int, seconds: float) -> tuple[dict[str, Row], dict[str, Any]]:
    """As :func:`_measure.interleaved`, each turn of so many calls that the clock, which is coarse, can tell."""
    answers = {name: method() for name, method in methods.items()}
    calls = {name: max(1, int(seconds / max(_measure.timed(method)[1], 1e-5))) for name, method in methods.items()}
    runs: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(turns):
        for name, method in methods.items():
            start = time.process_time()
            for _ in range(calls[name]):
                method()
            runs[name].append((time.process_time() - start) / calls[name])
    return {name: _measure.spread(tuple(cpu), tuple(cpu)) for name, cpu in runs.items()}, answers


def batches(smoke: bool) -> list[Row]:
    """10⁴ games of two actions in one call, beside the loop over a sample of them; per game that is answered."""
    rivals = import_module("payoff_sets")
    games, sample, turns = (200, 10, 1) if smoke else (10_000, 200, 2)
    found = []
    for name, make in (("dilemmas", rivals.dilemmas), ("normal", lambda rng, n: rng.normal(size=(2, n, 2, 2)))):
        for discount in (0.6,) if smoke else (0.3, 0.6, 0.9):
            a, b = make(np.random.default_rng(SEED), games)

            def measured(a: Any = a, b: Any = b, discount: float = discount) -> tuple[float, float, int, int]:
                def loop(count: int = sample) -> int:
                    return sum(rivals.competitor(a[k], b[k], discount) is None for k in range(count))

                def solve() -> Any:
                    return payoff_set(StageGame(a, b), discount)

                loop(3)  # warm
                converged, raised = int(solve().converged.sum()), 0
                mine, theirs = [], []
                for _ in range(turns):
                    mine += [_measure.timed(solve)[1] for _ in range(3)]
                    raised, cpu, _ = _measure.timed(loop)
                    theirs.append(cpu)
                return statistics.median(mine), statistics.median(theirs), raised, converged

            done = in_child(measured)
            way = "with fast" if floating.kernels() else "without fast"
            instance = f"{games} {name} 2×2 δ={discount}, one call"
            if done is None:
                found.append({"instance": instance, "way": way, "note": "crashed"})
                continue
            ours, theirs, raised, converged = done
            each, rival = ours / converged, theirs / max(sample - raised, 1)
            row = {
                "instance": instance,
                "way": way,
                "cpu s": ours,
                "µs per game answered": each * 1e6,
                "QuantEcon µs per game answered": rival * 1e6,
                "times faster per game tried": theirs / sample / (ours / games),
                "times faster per game answered": rival / each,
                "answered": converged,
                "sample": sample,
                "QuantEcon answered": sample - raised,
            }
            found.append(goal(row, rival / each, least=300))
    return found


# -- memory and growth -----------------------------------------------------------------------------------------------------


def alone(work: str, size: int) -> Row:
    """Least CPU seconds and peak memory of a piece of work in a process of its own, after a small one to warm up."""
    command = [sys.executable, str(Path(__file__)), work, str(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def evaluations(size: int) -> int:
    """Draws of all parameters × 200 gaps, 5,000 draws in a call; how many alliances are kept at δ = .8."""
    gaps, rng, sustained = al.Power.from_gap(np.linspace(-0.95, 0.95, 200)), np.random.default_rng(SEED), 0
    for first in range(0, size // 200, 5000):
        count = min(5000, size // 200 - first)
        m, v, tau, k, z = (rng.uniform(a, b, (count, 1)) for a, b in ((1, 3), (0, 2), (0.2, 1), (0, 0.4), (1, 3)))
        synergy = al.Complementarity(v)
        game = al.AllianceGame(al.Tullock(2.0), synergy, al.Proportional(), exposure=tau, conflict_cost=k, stakes=z * m)
        sustained += int((al.critical_discount(game, gaps).dyad <= 0.8).sum())
    return sustained


def gaps(size: int) -> int:
    """δ* along the gap in one call; answers and gaps are held."""
    game = al.AllianceGame(al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    r = al.critical_discount(game, al.Power.from_gap(np.random.default_rng(SEED).uniform(-0.95, 0.95, size)))
    return int(np.isfinite(r.sponsor).sum() + np.isfinite(r.proxy).sum())


def thresholds(size: int) -> int:
    """Thresholds of many alliances in one call."""
    rng = np.random.default_rng(SEED)
    m, v, tau, k, d = (rng.uniform(a, b, size) for a, b in ((1, 3), (0.1, 1.2), (0.3, 1), (0, 0.4), (0.3, 0.95)))
    game = al.AllianceGame(al.Tullock(m), al.Complementarity(v), al.Proportional(), exposure=tau, conflict_cost=k)
    return len(al.defection_threshold(game, d).windows.lower)


def sweep(size: int) -> int:
    """A sweep of array calls into a Zarr store."""
    import tempfile

    side = round(size**0.5)
    axes = {"gap": np.linspace(-0.9, 0.9, side), "cost": np.linspace(0.05, 0.25, side)}
    with tempfile.TemporaryDirectory() as folder:
        al.sweep(swept, axes, vectorized=True, store=Path(folder, "sweep.zarr"), backend="serial")
    return side**2


def swept(gap: Any, cost: Any) -> Any:
    """The library on arrays."""
    return al.critical_discount(al.presets.morrow_1991(conflict_cost=cost), al.Power.from_gap(gap)).dyad


WORKS = {"evaluations": evaluations, "gaps": gaps, "thresholds": thresholds, "sweep": sweep}


def peak() -> float:
    """The largest memory of this process so far, in MB.

    Linux's ``ru_maxrss`` begins with the memory of whoever started the process, which may be larger; VmHWM does not.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def memory(smoke: bool) -> list[Row]:
    """10⁸ model evaluations: CPU seconds, and the largest memory of the process, imports and compiler included."""
    size = 10**6 if smoke else 10**8
    found = alone("evaluations", size)
    row = {"instance": "model evaluations, draws × 200 gaps", "evaluations": size, **found}
    return [
        goal({"of": "memory in MB", **row}, found["peak MB"], most=1000),
        goal({"of": "CPU seconds", **row}, found["cpu s"], most=3),
    ]


def growth(smoke: bool) -> list[Row]:
    """Exponent of CPU time, fitted over four sizes or five, and how much the peak of memory grows over them."""
    sizes: dict[str, tuple[int, ...]] = {
        "evaluations": (6_250_000, 12_500_000, 25_000_000, 50_000_000, 100_000_000),
        "gaps": (10**5, 2 * 10**5) if smoke else (2_000_000, 4_000_000, 8_000_000, 16_000_000),
        "thresholds": (40, 80) if smoke else (1_250, 2_500, 5_000, 10_000),
        "sweep": (10**6, 4 * 10**6, 16 * 10**6, 64 * 10**6),
    }
    given = {"evaluations": 0, "gaps": 32, "thresholds": 0, "sweep": 0}  # bytes per item that a call is given or gives back
    found: list[Row] = []
    for work in ("gaps", "thresholds") if smoke else sizes:
        steps = sizes[work]
        runs = [alone(work, size) for size in steps]
        for size, run in zip(steps, runs, strict=True):
            found.append({"instance": f"growth, {work}", "size": size, **run})
        if work == "thresholds":
            found[-1] = goal(found[-1], runs[-1]["cpu s"], most=20)
        exponent = float(np.polyfit(np.log(steps), np.log([run["cpu s"] for run in runs]), 1)[0])
        items = (runs[-1]["peak MB"] - runs[0]["peak MB"]) * 1e6 / (steps[-1] - steps[0])
        row = {"instance": f"growth, {work}: exponent of CPU time", "exponent": exponent, "bytes of peak per item": items}
        found.append(goal({**row, "bytes asked for per item": given[work]}, exponent, most=1.1))
    return found


# -- claims ----------------------------------------------------------------------------------------------------------------


def claims(smoke: bool) -> list[Row]:
    """``measure`` of claims over families × 200 gaps: compiled, by NumPy, and in the ordinary way, whole verdicts compared."""
    points = 200 if smoke else 10**5
    ways = {"with fast": "numba", "without fast": "numpy"} if floating.kernels() else {"without fast": "numpy"}
    found = []
    for name, claim in (("asymmetry", al.claims.ASYMMETRY), ("proxy restraint", al.claims.PROXY_RESTRAINT)):
        family = al.claims.alliance_family(decisiveness=2)

        def run(method: Any, size: int = points, claim: Any = claim, family: Any = family) -> Any:
            with al.evaluating_by(method):
                return claim.measure(family, points=size, line_points=200)

        times, answers = _measure.interleaved({way: lambda m=m: run(m) for way, m in ways.items()}, 1 if smoke else 3)  # type: ignore[misc]
        some = points // 20
        for way, method in ways.items():
            alike = answers[way].to_dict() == answers["without fast"].to_dict()
            ordinary = run(method, some).to_dict() == run("ordinary", some).to_dict()
            row = {
                "instance": f"claims.measure, {name}, {points} × 200",
                "way": way,
                **times[way],
                "share": answers[way].share,
                "equal to without fast": int(alike),
                f"equal to the ordinary way, {some} points": int(ordinary),
            }
            found.append(goal(row, times[way]["cpu s"], most=1) if way == "with fast" else row)
    return found


# -- many gaps, many actions -----------------------------------------------------------------------------------------------


def penal_codes(smoke: bool) -> list[Row]:
    """δ* under optimal penal codes along the gap in one call, three actions: with and without ``fast``, answers compared."""
    gaps = 50 if smoke else 1000
    power = al.Power.from_gap(np.linspace(-0.9, 0.9, gaps))
    game = al.AllianceGame(
        al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15,
        coexist_exposure=0.4, support_cost=0.02,
    )  # fmt: skip

    def run() -> Any:
        return al.critical_discount(game, power, enforcement=al.OptimalPenalCode()).dyad

    def plain() -> Any:
        with without_fast():
            return run()

    ways = {"with fast": run, "without fast": plain} if floating.kernels() else {"without fast": plain}
    times, answers = _measure.interleaved(ways, 1 if smoke else 5)
    found = []
    for way, answer in answers.items():
        with np.errstate(invalid="ignore"):
            apart = np.where(answer == answers["without fast"], 0.0, np.abs(answer - answers["without fast"])).max()
        each = times[way]["cpu s"] / gaps * 1e3
        row = {"instance": f"penal codes along {gaps} gaps, 3 actions", "way": way, **times[way], "cpu ms per gap": each}
        row |= {"answers apart": float(apart)}
        found.append(goal(row, each, most=0.3) if way == "with fast" else row)
    return found


def contracts(smoke: bool) -> list[Row]:
    """Relational contracts of one large game of random payoffs."""
    actions = 20 if smoke else 200
    stage = StageGame(*np.random.default_rng(SEED).normal(size=(2, actions, actions)))
    times, answers = _measure.interleaved({"contracts": lambda: al.relational_contracts(stage)}, 1 if smoke else 5)
    row = {"instance": f"relational contracts, {actions} × {actions} actions", **times["contracts"]}
    return [goal({**row, "re-checked": int(bool(al.verify(answers["contracts"])))}, times["contracts"]["cpu s"], most=0.1)]


# -- hazards ---------------------------------------------------------------------------------------------------------------


def hazards(smoke: bool) -> list[Row]:
    """The first ten models of ``hazard.py`` on violations of ATOP's alliances, by two processes: each fitted, in ten folds, and
    across a point in time; a first look fits one of them.
    """
    hazard = import_module("hazard")
    instance = "hazards of violations, one model, fit alone" if smoke else "hazards of violations, ten models in folds"
    if not (hazard.ROOM / "atop51_alliance_level.csv").is_file():
        return [{"instance": instance, "note": "skipped: the folder of the data files is absent"}]
    specification = tomllib.loads((Path(__file__).parent / "hazard_specification.toml").read_text(encoding="utf-8"))
    task = next(task for task in hazard.tasks(hazard.ROOM, specification) if task.name == "violation")
    jobs = [(specification, task, entry) for entry in specification["models"][:10]]
    if smoke:
        _, cpu, wall = _measure.timed(lambda: _fitted(jobs[2]))
        return [goal({"instance": instance, "cpu s": cpu, "wall s": wall, "models": 1}, cpu, most=60)]
    start = time.perf_counter()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        done = list(pool.map(_run_hazard, jobs))
    wall = time.perf_counter() - start
    each = [sum(cpu for process, cpu in done if process == one) for one in {process for process, _ in done}]
    row = {"instance": instance, "cpu s": sum(each), "cpu s of the longer process": max(each), "wall s": wall}
    row |= {"models": len(jobs), "folds": specification["run"]["folds"], "rows": len(task.frame), "processes": len(each)}
    return [goal(row, max(each), most=60)]  # what it takes on two cores with nothing else to do


def _fitted(job: tuple[Row, Any, Row]) -> Any:
    """A model of the specification, fitted to all rows."""
    specification, task, entry = job
    hazard = import_module("hazard")
    model = hazard.make(specification, entry, task.baseline)
    return model.fit(task.frame, **hazard.columns(task, entry), starts=specification["run"]["starts"])


def _run_hazard(job: tuple[Row, Any, Row]) -> tuple[int, float]:
    """Which process ran a model, and its CPU seconds."""
    return os.getpid(), _measure.timed(lambda: import_module("hazard")._run(job))[1]


def rows(smoke: bool) -> list[Row]:
    """All measurements."""
    rivals = import_module("payoff_sets")
    rivals.competitor(*rivals.PD, 0.5)  # compiled here, for all children
    works = single_sets, batches, memory, growth, claims, penal_codes, contracts, hazards
    return [row for work in works for row in work(smoke)]


def main() -> None:
    """One piece of work in this process: the least CPU seconds of some runs and the peak of memory, as JSON."""
    work, size = WORKS[sys.argv[1]], int(sys.argv[2])
    work(min(size, 200_000 if sys.argv[1] != "thresholds" else 20))  # what is imported and compiled once
    answer, cpu, wall = _measure.timed(lambda: work(size))
    runs = [cpu]
    while len(runs) < 5 and sum(runs) + cpu < 5:  # what else the machine does can only add
        runs.append(_measure.timed(lambda: work(size))[1])
    print(json.dumps({"cpu s": min(runs), "wall s": wall, "runs": len(runs), "peak MB": peak(), "answer": answer}))


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
