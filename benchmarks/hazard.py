"""Structural hazards beside Cox-like regression on alliances, cartels and disputes among allies; and who moves first.

    python benchmarks/hazard.py --smoke    # half a minute: few models, folds and draws
    python benchmarks/hazard.py            # ten minutes on two idle cores
    python benchmarks/hazard.py --report   # the tables again from the stored hazard.json; nothing is fitted

What is asked is in ``hazard_specification.toml``, frozen before the run. The data are not part of the project: without their
folder (``--data``) nothing is run. Results: tables for papers (.tex, .csv), ``hazard.md``, a figure; no times, no machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

import alliances as al
from hazard_data import ROOM, Task, tasks
from hazard_report import figure, tables
from hazard_scores import difference

HERE = Path(__file__).parent
PUNISHMENTS = {
    "reversion": al.NashReversion,
    "side payments": al.Transfers,
    "mutual fighting": al.GivenPunishment,
    "penal codes": al.OptimalPenalCode,
}


def main() -> None:
    """Run all questions of the specification, and write tables and figure."""
    options, specification = arguments()
    if options.report:
        results = json.loads((options.output / "hazard.json").read_text(encoding="utf-8"))
        for name, text in tables(results).items():
            write(options.output / name, text)
        return
    if not (options.data / "atop51_alliance_level.csv").is_file():
        print(f"hazard.py: no data in {options.data}; nothing to do (--data FOLDER)")
        return
    asked = tasks(options.data, specification)
    if options.smoke:
        asked = [task for task in asked if task.name in ("violation", "cartels", "disputes")]
    models = specification["models"]
    left_out = {row["name"]: row.get("without", []) for row in specification["tasks"]}
    jobs = [
        (specification, task, model)
        for task in asked
        for model in models
        if model["name"] not in left_out[task.name] and (model["kind"] != "cox" or task.baseline)
    ]
    towards = direction_models(specification)
    disputes = next(task for task in asked if task.name == specification["direction"]["data"])
    jobs += [(specification, disputes, model) for model in towards]
    with ProcessPoolExecutor(options.processes, mp_context=get_context("forkserver")) as pool:
        found = list(pool.map(_run, jobs))
    held = {(task.name, model["name"]): result for (_, task, model), result in zip(jobs, found, strict=True)}
    results: dict[str, Any] = {
        "head": head(options, specification),
        "tasks": {task.name: compare(task, specification, held) for task in asked},
        "direction": direction(disputes, specification, towards, held),
    }
    options.output.mkdir(parents=True, exist_ok=True)
    write(options.output / "hazard.json", json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    for name, text in tables(results).items():
        write(options.output / name, text)
    figure(results, asked, options.output / "hazard.png")
    print((options.output / "hazard.md").read_text(encoding="utf-8"))


def arguments() -> tuple[argparse.Namespace, dict[str, Any]]:
    """Options, and the specification; ``--smoke`` makes it small."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOM, help="folder of the data files")
    parser.add_argument("--smoke", action="store_true", help="a small, quick run")
    parser.add_argument(
        "--report", action="store_true", help="only write the tables anew, from hazard.json in the output's folder"
    )
    parser.add_argument("--output", type=Path, default=HERE / "results", help="folder for the results")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many at once")
    options = parser.parse_args()
    specification = tomllib.loads((HERE / "hazard_specification.toml").read_text(encoding="utf-8"))
    if options.smoke:
        specification["run"] |= {"folds": 2, "starts": 1, "starts_fixed": 1, "bootstraps": 50}
        kept = ("constant", "Cox, gap", "gap, linear", "gap, spline", "reversion, m = 2", "mutual fighting, m free")
        specification["models"] = [model for model in specification["models"] if model["name"] in kept]
        specification["run"]["primary"] = "mutual fighting, m free"
        specification["direction"] |= {"punishments": ["mutual fighting", "reversion"], "decisiveness": [2.0]}
    return options, specification


def head(options: argparse.Namespace, specification: dict[str, Any]) -> dict[str, Any]:
    """What was run, with which versions."""
    told = {key: str(specification[key]) for key in ("frozen", "declared")}
    return {
        "command": "python benchmarks/hazard.py" + " --smoke" * options.smoke,
        "specification": {"version": specification["version"], **told},
        **specification["run"],
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numpy", "scipy", "pandas")} | {"alliances": al.__version__},
    }


# -- models --------------------------------------------------------------------------------------------------------------


def make(specification: dict[str, Any], entry: dict[str, Any], baseline: str | None) -> Any:
    """The model of an entry of the specification."""
    es, kind = al.estimation, entry["kind"]
    sides = {"risks": entry["risks"]} if "risks" in entry else {}
    if kind == "constant":
        return es.Logit([], link="log", **sides) if sides else es.Constant()
    if kind == "age":
        return es.TimeOnly() if baseline else es.Constant()
    if kind == "cox":
        return es.Cox(entry["covariates"])
    if kind == "log":
        return es.Logit(entry["covariates"], splines=entry.get("splines", ()), baseline=baseline, link="log", **sides)
    game = specification["game"]
    m = entry.get("m", "free")
    return es.HazardModel(
        al.AllianceGame(
            contest=al.Tullock(1.0 if m == "free" else m),
            synergy=al.Complementarity(game["synergy"]),
            sharing=al.Proportional(),
            exposure=game["exposure"],
            conflict_cost=game["conflict_cost"],
        ),
        PUNISHMENTS[entry["punishment"]](),
        al.patience.Kumaraswamy(b=1),
        terms=entry.get("terms", "renegotiated"),
        free={"contest.decisiveness": tuple(game["decisiveness"])} if m == "free" else {},
        opportunity="each side" if entry.get("rates") == "own" else True,
        swapped=entry.get("swapped", False),
        resolution=specification["run"]["coarse"] if "terms" in entry or entry["punishment"] == "penal codes" else 0.01,
        baseline=baseline,
        **sides,
    )


def columns(task: Task, entry: dict[str, Any]) -> dict[str, Any]:
    """What ``fit`` is told: rigid terms need the gap as it is seen from the side that was stronger at the beginning."""
    rigid = {"gap": "gap_original", "gap_at_formation": "gap0"} if entry.get("terms") == "formation" else {}
    who = {"who": "initiator"} if "risks" in entry else {}
    return task.options | {"event": task.event} | rigid | who


def direction_models(specification: dict[str, Any]) -> list[dict[str, Any]]:
    """The models of who moves first."""
    asked = specification["direction"]
    sides = {"risks": "each side"}
    models: list[dict[str, Any]] = [
        {"name": "constant by side", "kind": "constant", **sides},
        {"name": "age by side", "kind": "log", "covariates": [], **sides},
        {"name": "gap by side", "kind": "log", "covariates": ["gap"], **sides},
        {"name": "splines by side", "kind": "log", "covariates": ["gap"], "splines": ["gap"], **sides},
    ]
    for punishment in asked["punishments"]:
        for m in asked["decisiveness"]:
            if m == "free" and punishment == "penal codes":
                continue
            for rates in asked["rates"][: 1 if punishment == "penal codes" else None]:
                for swapped in (False, True):
                    said = f"{punishment}, m {'free' if m == 'free' else f'= {m:g}'}, {rates} rate{', swapped' * swapped}"
                    models.append(
                        {
                            "name": said,
                            "kind": "game",
                            "punishment": punishment,
                            "m": m,
                            "rates": rates,
                            "swapped": swapped,
                            **sides,
                        }
                    )
    return models


# -- runs ----------------------------------------------------------------------------------------------------------------

SCHEMES = ("by group", "by time")


def _run(job: tuple[dict[str, Any], Task, dict[str, Any]]) -> dict[str, Any]:
    """One model on one task: in sample, and on rows that it has not seen, by group and by time."""
    specification, task, entry = job
    run = specification["run"]
    name = entry["name"]
    model, options = make(specification, entry, task.baseline), columns(task, entry)
    starts = run["starts"] if entry.get("m", "free") == "free" and entry["kind"] == "game" else run["starts_fixed"]
    fit = model.fit(task.frame, **options, starts=starts, rng=run["seed"])
    grid = {
        "gap": np.linspace(0.005, 0.995, 100),
        "gap0": np.full(100, 0.7),
        "gap_original": np.linspace(0.005, 0.995, 100),
        **{column: np.zeros(100) for column in ("start", "peace", "narrowed", "widened")},
        **{column: np.ones(100) for column in ("stop", "until")},
        **{column: np.arange(100) % 2 for column in ("a", "ccode1")},
        **{column: np.arange(100) % 2 + 2 for column in ("b", "ccode2")},
        "id": np.arange(100),
    }
    groups = task.frame[task.group].nunique()
    way = {
        "by group": {"by": task.group, "folds": groups if groups <= 3 * run["folds"] else run["folds"]},
        "by time": {"split": task.split},
    }
    late = task.frame["year"].to_numpy() >= task.split
    held = {}
    for scheme in SCHEMES:
        # the seed is the same for all models, and with it the folds; each fold has cold starts of its own
        found = al.estimation.cross_validate(
            {name: model}, task.frame, **options, **way[scheme], starts=starts, rng=run["seed"]
        )
        rows = np.full((2, len(task.frame)), np.nan)
        tested = late if scheme == "by time" else np.ones(len(late), dtype=bool)
        rate, event = found.rates[0], found.event
        with np.errstate(divide="ignore", invalid="ignore"):
            rows[1, tested] = found.scores[0] - np.where(event, np.log(rate), 0.0) + rate * found.length
        rows[0, tested] = found.scores[0]
        held[scheme] = {
            "rows": rows,
            "auc": float(found.aucs[0]),
            "brier": float(found.briers[0]),
            "expected": float((rate * found.length).sum()),
            "events": int(event.sum()),
            "notes": list(found.notes),
        }
    return {
        "loglike": fit.best,
        "theta": fit.theta,
        "status": getattr(fit, "status", "good"),
        "starts": getattr(fit, "starts", {"agree": 1, "count": 1, "spread": 0.0}),
        "ratio": fit.hazard_ratio("gap", 0.2) if entry["kind"] == "cox" else None,
        "curve": fit.predict(grid, what="hazard").tolist(),
        "who": fit.predict(grid, what="who").tolist() if model.sides == 2 else None,
        "held": held,
    }


def _entry(result: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a model's run."""
    starts = {key: result["starts"][key] for key in ("agree", "count", "spread")}
    kept = {key: result[key] for key in ("theta", "status", "ratio", "curve", "who")}
    return {"parameters": len(result["theta"]), "in sample": result["loglike"], "starts": starts, **kept}


def compare(task: Task, specification: dict[str, Any], held: dict[tuple[str, str], Any]) -> dict[str, Any]:
    """All models of a task: log scores, differences to the reference, AUC; and what one assumption is worth."""
    run = specification["run"]
    names = [model["name"] for model in specification["models"] if (task.name, model["name"]) in held]

    def differences(a: str, b: str, scheme: str) -> dict[str, Any]:
        d = held[task.name, a]["held"][scheme]["rows"][0] - held[task.name, b]["held"][scheme]["rows"][0]
        return {
            which: difference(d, task.frame, cluster, run["bootstraps"], run["seed"])
            for which, cluster in task.clusters.items()
        }

    out: dict[str, Any] = {
        "title": task.title,
        "rows": len(task.frame),
        "events": int(task.frame[task.event].sum()),
        "groups": int(task.frame[task.group].nunique()),
        "split": task.split,
        "models": {},
    }
    for name in names:
        result = held[task.name, name]
        entry = _entry(result)
        for scheme in SCHEMES:
            part = {key: x for key, x in result["held"][scheme].items() if key != "rows"}
            score = float(np.nansum(result["held"][scheme]["rows"][0]))
            entry[scheme] = part | {"score": score, "difference": differences(name, run["reference"], scheme)}
        out["models"][name] = entry
    out["contrasts"] = {
        said: {scheme: differences(a, b, scheme) for scheme in SCHEMES}
        for said, (a, b) in specification["contrasts"].items()
        if {a, b} <= set(names)
    }
    return out


def direction(
    task: Task, specification: dict[str, Any], models: list[dict[str, Any]], held: dict[tuple[str, str], Any]
) -> dict[str, Any]:
    """Who moves first: each side's own constraint, the sides exchanged, splines by side."""
    run, frame = specification["run"], task.frame
    strong = (frame["initiator"] == "stronger").to_numpy()

    def differences(a: str, b: str, scheme: str, row: int) -> dict[str, Any]:
        """Row 0 are scores of when and who, row 1 of who, given a dispute."""
        d = held[task.name, a]["held"][scheme]["rows"][row] - held[task.name, b]["held"][scheme]["rows"][row]
        return {
            which: difference(d, frame, cluster, run["bootstraps"], run["seed"]) for which, cluster in task.clusters.items()
        }

    out: dict[str, Any] = {"events": int(frame[task.event].sum()), "stronger": int(strong.sum()), "models": {}}
    for model in models:
        name = model["name"]
        result = held[task.name, name]
        entry = _entry(result)
        for scheme in SCHEMES:
            when, who = np.nansum(result["held"][scheme]["rows"], axis=1).tolist()
            part = {
                "score": when,
                "who": who,
                "difference": differences(name, specification["direction"]["reference"], scheme, 0),
                "who against its share": differences(name, "age by side", scheme, 1),
            }
            if model["kind"] == "game" and not model["swapped"]:
                part["against swapped"] = differences(name, f"{name}, swapped", scheme, 0)
                part["who against swapped"] = differences(name, f"{name}, swapped", scheme, 1)
            entry[scheme] = part
        out["models"][name] = entry
    return out


def write(file: Path, text: str) -> None:
    """The same bytes on every system."""
    file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
