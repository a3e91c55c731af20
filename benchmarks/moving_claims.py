"""The seven claims where power moves: in which share of dyads each holds with frozen power, with moving power, and survives.

    python benchmarks/moving_claims.py            # some minutes
    python benchmarks/moving_claims.py --smoke    # a few seconds, for a first look

Dyads are drawn at random: Tullock contests of decisiveness ½ to 3, complementary synergies, costs, exposures, the speed of
learning, growth of the sponsor and reconciliation of wars. Each dyad is asked without and with side payments at five discount
factors; the claims on pacts are asked of the same dyads with the action "coexist", with side payments. For every claim that
holds with frozen power and fails where it moves, one counterexample is written down.
"""

import argparse
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

import alliances as al

SEED = 20051201
PACTS = ("pact at parity", "stakes")
DISCOUNTS = (0.5, 0.7, 0.8, 0.9, 0.95)


def main() -> None:
    """Run, print and save the measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dyads", type=int, default=60, help="how many dyads are drawn")
    parser.add_argument("--smoke", action="store_true", help="a small, quick run")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    options = parser.parse_args()
    rng = np.random.default_rng(SEED)
    drawn = [draw(rng) for _ in range(2 if options.smoke else options.dyads)]
    start, rows = time.perf_counter(), []
    for name, enforcement, actions, wanted in (
        ("without side payments", al.NashReversion(), 2, lambda claim: claim not in PACTS),
        ("with side payments", al.Transfers(), 2, lambda claim: claim not in (*PACTS, "protraction")),
        ("pacts, with side payments", al.Transfers(), 3, lambda claim: claim in PACTS),
    ):
        deltas = DISCOUNTS[:2] if options.smoke else DISCOUNTS
        tables = [al.claims.moving_claims(dyad_of(d, actions), deltas, enforcement) for d in drawn]
        rows += [summed(name, claim, tables, drawn) for claim in (a.claim for a in tables[0].answers) if wanted(claim)]
    report = {
        "task": "which of the seven claims survive when power moves",
        "seed": SEED,
        "dyads": len(drawn),
        "discounts": DISCOUNTS,
        "version": version("alliances"),
        "python": platform.python_version(),
        "seconds": time.perf_counter() - start,
        "rows": rows,
    }
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "moving_claims.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (options.output / "moving_claims.md").write_text(table(report), encoding="utf-8")
    print(table(report))


def draw(rng):
    """The numbers of one dyad, with few digits."""
    few = lambda low, high: round(float(rng.uniform(low, high)), 2)  # noqa: E731
    return {
        "decisiveness": few(0.5, 3),
        "value": few(0.2, 1),
        "exposure": few(0.5, 1),
        "conflict_cost": few(0.05, 0.3),
        "guard": few(0.2, 1),
        "support_cost": few(0, 0.1),
        "learning": float(rng.choice([0.05, 0.1, 0.2, 0.3, 0.5])),
        "growth": float(rng.choice([0.0, 0.0, 0.0, 0.1])),
        "reconcile": float(rng.choice([0.0, 0.1])),
    }


def dyad_of(d, actions):
    """The dyad of these numbers, with two actions or three, on a lattice of steps of a quarter."""
    pact = {"coexist_exposure": d["exposure"] * d["guard"], "support_cost": d["support_cost"]} if actions == 3 else {}
    contest = al.Tullock(d["decisiveness"])
    game = al.AllianceGame(
        contest,
        al.Complementarity(d["value"]),
        al.Proportional(),
        exposure=d["exposure"],
        conflict_cost=d["conflict_cost"],
        **pact,
    )
    process = al.PowerProcess(step=0.25, reach=3, learning=(d["learning"], 1), growth=(d["growth"], 1))
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=contest)
    return al.ShiftingDyad(game, process, war=walk, reconcile=d["reconcile"])


def summed(name, claim, tables, drawn):
    """One line of the table."""
    answers = [claims[claim] for claims in tables]
    example = next((k for k, answer in enumerate(answers) if answer.survives is False), None)
    return {
        "power": name,
        "claim": claim,
        "frozen": counted([a.frozen for a in answers]),
        "moving": counted([a.moving for a in answers]),
        "asked": sum(a.survives is not None for a in answers),
        "survives": sum(a.survives is True for a in answers),
        "repaired": sum(a.frozen == "fails" and a.moving == "holds" for a in answers),
        "example": None if example is None else {"parameters": drawn[example], "answer": answers[example].message},
    }


def counted(statuses):
    """How often each status occurs."""
    return {status: statuses.count(status) for status in ("holds", "fails", "vacuous", "unsolved")}


def table(report) -> str:
    """The report in Markdown."""
    lines = [
        "# The seven claims where power moves",
        "",
        f"Task: {report['task']}. {report['dyads']} dyads at random, seed {report['seed']}, discount factors "
        f"{', '.join(map(str, report['discounts']))}; Python {report['python']}, alliances {report['version']}. Command: "
        "`python benchmarks/moving_claims.py`. A claim survives in a dyad if it holds with frozen power at all these discount "
        "factors and also where power moves; where it holds with frozen power and one of the two is vacuous it is not asked.",
        "",
        "| question | claim | frozen: holds / fails / vacuous / unsolved | moving: the same | survives | only moving holds |",
        "|---|---|---|---|---|---|",
    ]
    for r in report["rows"]:
        frozen, moving = (" / ".join(map(str, r[kind].values())) for kind in ("frozen", "moving"))
        survives = f"{r['survives']} of {r['asked']}"
        lines.append(f"| {r['power']} | {r['claim']} | {frozen} | {moving} | {survives} | {r['repaired']} |")
    lines += ["", "## Counterexamples", ""]
    for r in report["rows"]:
        if r["example"]:
            numbers = ", ".join(f"{name} {number:g}" for name, number in r["example"]["parameters"].items())
            lines.append(f"* {r['power']}: {r['example']['answer']} Parameters: {numbers}.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
