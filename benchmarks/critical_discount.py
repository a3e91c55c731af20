"""Critical discount factors in bulk: one call against loops over nashpy and over QuantEcon, on the same games in the same run.

    python benchmarks/critical_discount.py            # 10⁶ gaps, 10⁴ of them through the competitors
    python benchmarks/critical_discount.py --smoke    # a few seconds, for a first look

The task: for each gap, build the 2×2 stage game, find all pure Nash equilibria, take each player's worst one as its
punishment, and solve for the critical discount factor of (ally, ally). The competitors find the equilibria; the rest of
the loop is the same arithmetic in plain Python. Both are given the stage games ready-made, so only their own work is
timed. Accuracy is measured against rational arithmetic on a sample of the same games.
"""

import argparse
import json
import platform
import statistics
import sys
import time
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import numpy as np

import alliances as al

sys.path.insert(0, str(Path(__file__).parent))

import _measure
import _peers

SEED = 20100117


def main() -> None:
    """Run, print and save the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=10**6, help="gaps in one call of the library")
    parser.add_argument("--loop", type=int, default=10**4, help="how many of them the competitors solve")
    parser.add_argument("--repeats", type=int, default=5, help="repetitions; the median is reported")
    parser.add_argument("--smoke", action="store_true", help="a small, quick run")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    options = parser.parse_args()
    if options.smoke:
        options.games, options.loop, options.repeats = 2000, 50, 1

    game = model()
    gaps = np.random.default_rng(SEED).uniform(-0.95, 0.95, options.games)
    stage = game.stage_game(al.Power.from_gap(gaps))
    sample = stage[: options.loop]
    truth = exact(sample[: min(options.loop, 500)])

    whole, _ = timed(lambda: al.critical_discount(game, al.Power.from_gap(gaps)).dyad, options.repeats)
    rows = [row("alliances, one call from the gaps", options.games, whole, None, None)]
    for name, solve, games in (
        ("alliances, one call from the stage games", lambda: al.critical_discount(fresh(stage)).dyad, options.games),
        ("alliances, one call, the competitors' games", lambda: al.critical_discount(fresh(sample)).dyad, options.loop),
        ("nashpy support_enumeration, loop", lambda: _peers.loop(sample, _peers.through_nashpy), options.loop),
        ("QuantEcon pure_nash_brute, loop", lambda: _peers.loop(sample, _peers.through_quantecon), options.loop),
    ):
        seconds, answers = timed(solve, options.repeats)
        rows.append(row(name, games, seconds, answers[: len(truth)], truth))

    report = {
        "task": "critical discount factor of (ally, ally) under Nash reversion along the gap",
        "seed": SEED,
        "repeats": options.repeats,
        "versions": {name: version(name) for name in ("alliances", "numpy", "nashpy", "quantecon")},
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {platform.system()}",
        "rows": rows,
    }
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "critical_discount.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (options.output / "critical_discount.md").write_text(table(report), encoding="utf-8")
    print(table(report))


def rows(smoke: bool) -> list[dict]:
    """The library, hand-written NumPy and the compiled limit on all gaps, loops on some of them: all in turn, for each game."""
    games, some, repeats = (20_000, 40, 1) if smoke else (10**6, 3_000, 5)
    game = model()
    gaps = np.random.default_rng(SEED).uniform(-0.95, 0.95, games)
    sample = game.stage_game(al.Power.from_gap(gaps[:some]))
    truth = exact(sample)
    methods = {
        "alliances": lambda: al.critical_discount(game, al.Power.from_gap(gaps)).dyad,
        "hand-written NumPy": lambda: _peers.by_numpy(gaps),
        "hand-written NumPy, chunks of 8192": lambda: _peers.by_chunks(gaps),
    }
    kernel = _peers.compiled()
    if kernel is not None:
        methods["hand-fused loop, compiled by Numba"] = lambda: kernel(gaps)
    loops = {name: lambda solve=solve: solve(sample) for name, solve in _peers.loops().items()}
    times, answers = _measure.interleaved({**methods, **loops}, repeats)
    count = {name: games if name in methods else some for name in times}
    mine = times["alliances"]["cpu s"] / games
    return [
        {
            "instance": name,
            "games": count[name],
            **times[name],
            "ns a game": times[name]["cpu s"] / count[name] * 1e9,
            "times faster is alliances": times[name]["cpu s"] / count[name] / mine,
            "GB per cpu s": 24e-9 * count[name] / times[name]["cpu s"],
            **accuracy(answers[name][:some], truth),
        }
        for name in times
    ]


def model():
    """The game of the benchmark."""
    return al.AllianceGame(
        contest=al.Tullock(2.0),
        synergy=al.Complementarity(_peers.SYNERGY),
        sharing=al.Proportional(),
        exposure=_peers.EXPOSURE,
        conflict_cost=_peers.COST,
    )


def fresh(stage):
    """A copy, because a stage game remembers its equilibria."""
    return al.StageGame(stage.A, stage.B, stage.actions)


def timed(function, repeats):
    """Median seconds over the repeats, after one run to warm up, and the answers."""
    answers = np.asarray(function())
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), answers


def exact(stage):
    """The same answers in rational arithmetic: floats are rational numbers."""
    answers = []
    for a, b in zip(stage.A, stage.B, strict=True):
        as_fractions = [[[Fraction(x) for x in line] for line in payoff.tolist()] for payoff in (a, b)]
        answers.append(float(al.critical_discount(al.StageGame(*as_fractions)).dyad))
    return np.array(answers)


def row(name, games, seconds, answers, truth):
    """One line of the table."""
    line = {"method": name, "games": games, "seconds": seconds, "games_per_second": games / seconds}
    return line if truth is None else line | accuracy(answers, truth)


def accuracy(answers, truth):
    """How many answers are right, and the largest error; inf where only one of them is infinite."""
    with np.errstate(invalid="ignore"):
        error = np.where(answers == truth, 0.0, np.abs(answers - truth))
    return {"checked": len(truth), "right_to_1e-12": int((error <= 1e-12).sum()), "largest_error": float(np.nanmax(error))}


def table(report) -> str:
    """The report in Markdown."""
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    lines = [
        "# Critical discount factors in bulk",
        "",
        f"Task: {report['task']}. Seed {report['seed']}, median of {report['repeats']} runs, Python {report['python']}, "
        f"{versions}, {report['machine']}. Command: `python benchmarks/critical_discount.py`.",
        "",
        "| method | games | seconds | games per second | right to 1e-12 | largest error |",
        "|---|---|---|---|---|---|",
    ]
    for r in report["rows"]:
        right = f"{r['right_to_1e-12']} of {r['checked']}" if "checked" in r else "–"
        error = f"{r['largest_error']:.1e}" if "checked" in r else "–"
        lines.append(
            f"| {r['method']} | {r['games']:,} | {r['seconds']:.4g} | {r['games_per_second']:,.0f} | {right} | {error} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
