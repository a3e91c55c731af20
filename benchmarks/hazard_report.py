"""Tables and the figure of ``hazard.py``: Markdown for the page of results, LaTeX and CSV for papers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["figure", "tables"]


def tables(results: dict[str, Any]) -> dict[str, str]:
    """All text files, by name."""
    out = {"hazard.csv": _csv(results), "hazard.md": _report(results)}
    for name, task in results["tasks"].items():
        head, rows = _task(task, results)
        out[f"hazard_{name.replace(' ', '_')}.tex"] = _latex(head, rows)
        out[f"hazard_{name.replace(' ', '_')}.md"] = _markdown(head, rows)
    head, rows = _contrasts(results)
    out["hazard_contrasts.tex"], out["hazard_contrasts.md"] = _latex(head, rows), _markdown(head, rows)
    head, rows = _direction(results)
    out["hazard_direction.tex"], out["hazard_direction.md"] = _latex(head, rows), _markdown(head, rows)
    head, rows = _swapped(results)
    out["hazard_swapped.tex"], out["hazard_swapped.md"] = _latex(head, rows), _markdown(head, rows)
    return out


def _interval(difference: list[float]) -> str:
    total, low, high, _ = difference
    return f"{_signed(total)} [{_signed(low)}, {_signed(high)}]"


def _signed(x: float) -> str:
    return "nan" if x != x else f"{x:+.1f}".replace("-", "−")


def _task(task: dict[str, Any], results: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The table of one question: the intervals are by the first kind of cluster."""
    reference = results["head"]["reference"]
    head = [
        "model",
        "free",
        "in sample",
        "held out by group",
        f"against “{reference}”",
        "AUC",
        f"from {task['split']} on",
        "difference",
    ]
    rows = []
    for name, model in task["models"].items():
        group, time = model["by group"], model["by time"]
        first, then = (next(iter(x["difference"].values())) for x in (group, time))
        same = name == reference
        rows.append(
            [
                name,
                str(model["parameters"]),
                f"{model['in sample']:.1f}".replace("-", "−"),
                f"{group['score']:.1f}".replace("-", "−"),
                "–" if same else _interval(first),
                f"{group['auc']:.3f}",
                f"{time['score']:.1f}".replace("-", "−"),
                "–" if same else _interval(then),
            ]
        )
    return head, rows


def _contrasts(results: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """What one assumption is worth in each task, held out by group."""
    tasks = results["tasks"]
    names = dict.fromkeys(name for task in tasks.values() for name in task["contrasts"])
    cell = {
        (name, task): _interval(next(iter(parts["contrasts"][name]["by group"].values())))
        for task, parts in tasks.items()
        for name in parts["contrasts"]
    }
    return ["contrast", *tasks], [[name, *(cell.get((name, task), "–") for task in tasks)] for name in names]


def _direction(results: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The table of who moves first; intervals by dispute."""
    head = [
        "model",
        "free",
        "held out",
        "against splines by side",
        "against its sides swapped",
        "who, given a dispute",
        "from 1946 on",
    ]
    rows = []
    for name, model in results["direction"]["models"].items():
        if name.endswith("swapped"):
            continue
        group, time = model["by group"], model["by time"]
        swapped = group.get("against swapped")
        rows.append(
            [
                name,
                str(model["parameters"]),
                f"{group['score']:.1f}".replace("-", "−"),
                "–" if name == "splines by side" else _interval(group["difference"]["disputes"]),
                _interval(swapped["disputes"]) if swapped else "–",
                "–" if name == "age by side" else _interval(group["who against its share"]["disputes"]),
                _interval(time["against swapped"]["disputes"]) if swapped else "–",
            ]
        )
    return head, rows


def _swapped(results: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Each game against its sides swapped, by all kinds of cluster; an interval that excludes zero is marked."""
    models = {name: model for name, model in results["direction"]["models"].items() if "against swapped" in model["by group"]}
    clusters = list(next(iter(models.values()))["by group"]["against swapped"])
    head = ["model", *(f"{when}, by {of}" for when in ("all years", "from 1946 on") for of in clusters)]
    rows = []
    for name, model in models.items():
        found = [model[scheme]["against swapped"][of] for scheme in ("by group", "by time") for of in clusters]
        rows.append([name, *(_interval(x) + "*" * (x[1] > 0 or x[2] < 0) for x in found)])
    return head, rows


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def _latex(head: list[str], rows: list[list[str]]) -> str:
    """A ``tabular`` for booktabs."""

    def cell(text: str) -> str:
        return text.replace("−", "$-$").replace("“", "``").replace("”", "''").replace("–", "--")

    lines = [r"\begin{tabular}{l" + "r" * (len(head) - 1) + "}", r"\toprule", " & ".join(map(cell, head)) + r" \\", r"\midrule"]
    lines += [" & ".join(map(cell, row)) + r" \\" for row in rows]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def _csv(results: dict[str, Any]) -> str:
    """Every number, a row for each question, model, scheme and kind of cluster."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = "task model parameters in_sample scheme clusters score auc expected events difference low high above_0"
    writer.writerow(columns.split())
    for name, task in results["tasks"].items():
        for model, entry in task["models"].items():
            for scheme in ("by group", "by time"):
                part = entry[scheme]
                for clusters, numbers in part["difference"].items():
                    same = [part[key] for key in ("score", "auc", "expected", "events")]
                    values = [f"{x:.4f}" if isinstance(x, float) else x for x in (*same, *numbers)]
                    writer.writerow([name, model, entry["parameters"], f"{entry['in sample']:.4f}", scheme, clusters, *values])
    for model, entry in results["direction"]["models"].items():
        for scheme in ("by group", "by time"):
            part = entry[scheme]
            for kind in ("difference", "who against its share", "against swapped", "who against swapped"):
                for clusters, numbers in part.get(kind, {}).items():
                    values = [f"{x:.4f}" for x in numbers]
                    row = [f"direction: {kind}", model, entry["parameters"], f"{entry['in sample']:.4f}", scheme, clusters]
                    writer.writerow([*row, f"{part['score']:.4f}", "", "", "", *values])
    return out.getvalue()


def _report(results: dict[str, Any]) -> str:
    """The whole report."""
    head = results["head"]
    versions = ", ".join(f"{name} {number}" for name, number in head["versions"].items())
    frozen = head["specification"]
    lines = [
        "# Structural hazards",
        "",
        f"Specification, version {frozen['version']} of {frozen['frozen']} ({frozen['declared']}).",
        f"Seed {head['seed']}, {head['folds']} folds, {head['starts']} cold starts, {head['bootstraps']} bootstrap draws.",
        f"Python {head['python']}, {versions}. Command: `{head['command']}`.",
        "",
        "Scores are Σ y ln λ − λ dt, higher is better. Differences are held out, with 95 % bootstrap intervals by group.",
    ]
    for name, task in results["tasks"].items():
        lines += ["", f"## {name}: {task['title']}", ""]
        lines += [f"{task['rows']} intervals, {task['events']} events, {task['groups']} groups.", ""]
        lines += [_markdown(*_task(task, results))]
        primary = task["models"][head["primary"]]
        for scheme in ("by group", "by time"):
            said = "; ".join(
                f"{which} {_interval(d)} ({d[3]:.3f} above 0)" for which, d in primary[scheme]["difference"].items()
            )
            lines.append(f"* {head['primary']} against {head['reference']}, {scheme}: {said}.")
        late = primary["by time"]
        lines.append(f"* Expected from {task['split']} on: {late['expected']:.1f} events; happened: {late['events']}.")
        if "Cox, gap" in task["models"]:
            ratio = ", ".join(f"{x:.3f}" for x in task["models"]["Cox, gap"]["ratio"])
            lines.append(f"* Cox: hazard ratio for a share larger by .1, with its 95 % interval (clustered): {ratio}.")
        apart = [
            f"{model} ({entry['starts']['agree']} of {entry['starts']['count']}, spread {entry['starts']['spread']:.2f})"
            for model, entry in task["models"].items()
            if entry["starts"]["agree"] < entry["starts"]["count"]
        ]
        lines += [f"* Cold starts that do not all agree: {'; '.join(apart)}."] if apart else []
        weak = [f"{model} ({entry['status']})" for model, entry in task["models"].items() if entry["status"] != "good"]
        lines += [f"* Not “good”: {', '.join(weak)}."] if weak else []
    lines += ["", "## What one assumption is worth", "", "Held out by group.", "", _markdown(*_contrasts(results))]
    asked = results["direction"]
    lines += ["", "## Who moves first", ""]
    lines += [f"{asked['events']} disputes of dyads, {asked['stronger']} begun by the stronger. Intervals by dispute.", ""]
    lines += [_markdown(*_direction(results))]
    lines += ["", "## Parameters", "", "| task | model | estimates |", "|---|---|---|"]
    for name, task in results["tasks"].items():
        for model, entry in task["models"].items():
            lines.append(f"| {name} | {model} | {_theta(entry['theta'])} |")
    lines += [f"| direction | {model} | {_theta(entry['theta'])} |" for model, entry in asked["models"].items()]
    return "\n".join(lines) + "\n"


def _theta(theta: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in theta.items() if "age" not in name) or "–"


def figure(results: dict[str, Any], asked: Any, file: Path) -> None:
    """Held-out differences; hazards along the gap beside what was observed; and who moves first along the gap."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    drawing, axes = plt.subplot_mosaic("FF;HW", figsize=(8, 8.6), layout="constrained", height_ratios=(1.25, 1))
    _forest(axes["F"], results)
    _hazards(axes["H"], results, next(task for task in asked if task.name == "violation"))
    _who(axes["W"], results, next(task for task in asked if task.name == "disputes"))
    drawing.savefig(file, dpi=160, metadata={"Software": None})
    plt.close(drawing)


LINES = (  # told apart without colours
    {"color": "black", "linestyle": "-", "linewidth": 1.2},
    {"color": "0.35", "linestyle": "--", "linewidth": 1.4},
    {"color": "0.6", "linestyle": "-", "linewidth": 2.2},
    {"color": "black", "linestyle": ":", "linewidth": 1.6},
    {"color": "0.35", "linestyle": "-.", "linewidth": 1.4},
    {"color": "black", "linestyle": (0, (7, 2, 1, 2, 1, 2)), "linewidth": 1.0},
)


def _forest(ax: Any, results: dict[str, Any]) -> None:
    reference = results["head"]["reference"]
    every = dict.fromkeys(name for task in results["tasks"].values() for name in task["models"])
    models = [name for name in every if name not in (reference, "constant")]
    marks = ("o", "s", "D", "^", "v")
    for k, (name, task) in enumerate(results["tasks"].items()):
        told = False
        for row, model in enumerate(models):
            if model not in task["models"]:
                continue
            total, low, high, _ = next(iter(task["models"][model]["by group"]["difference"].values()))
            y = row + 0.14 * (k - 2)
            ax.plot([low, high], [y, y], color=f"C{k}", linewidth=1)
            ax.plot(total, y, marks[k], color=f"C{k}", markersize=4, label=None if told else name)
            told = True
    ax.axvline(0, color="0.3", linewidth=0.8)
    ax.set_xscale("symlog", linthresh=5)
    ax.set_xticks([-100, -10, -5, 0, 5, 10], ["−100", "−10", "−5", "0", "5", "10"])
    ax.set_yticks(range(len(models)), models, fontsize=8)
    ax.invert_yaxis()
    ax.set_xlabel(f"log points, held out, against “{reference}”", fontsize=8)
    ax.legend(fontsize=8, loc="lower left", frameon=False)
    ax.set_title("Is the game better than a regression?", fontsize=9)


def _bins(gap: Any, count: int) -> tuple[Any, Any]:
    edges = np.quantile(gap, np.linspace(0, 1, count + 1))
    return edges, np.clip(np.searchsorted(edges, gap, side="right") - 1, 0, count - 1)


def _hazards(ax: Any, results: dict[str, Any], task: Any) -> None:
    frame = task.frame
    _, of_row = _bins(frame["gap"].to_numpy(), 8)
    y = frame[task.event].to_numpy() == 1
    dt = (frame["stop"] - frame["start"]).to_numpy()
    for k in range(8):
        here = of_row == k
        events, risk = y[here].sum(), dt[here].sum()
        rate, error = events / risk, 1.96 * np.sqrt(max(events, 1)) / risk
        ax.errorbar(frame["gap"][here].mean(), rate, error, fmt="o", color="0.3", markersize=4, linewidth=1)
    grid = np.linspace(0.005, 0.995, 100)
    shown = ("gap, spline", "reversion, m free", "side payments, m free", "mutual fighting, m free")
    for name in shown:
        model = results["tasks"]["violation"]["models"].get(name)
        if model is not None:
            curve = np.array(model["curve"])
            # curves are of age 0: on the observed level, so that shapes can be compared
            at = np.interp(frame["gap"], grid, curve)
            ax.plot(grid, curve * y.sum() / (at * dt).sum(), label=name, **LINES[shown.index(name)])
    ax.set_ylim(0, 1.25 * ax.get_ylim()[1])  # the legend stands above the bars
    ax.set_xlabel("gap of power", fontsize=8)
    ax.set_ylabel("violations a year", fontsize=8)
    ax.legend(fontsize=8, frameon=False)
    ax.set_title("Violations of bilateral alliances", fontsize=9)


def _who(ax: Any, results: dict[str, Any], task: Any) -> None:
    frame = task.frame[task.frame[task.event] == 1]
    _, of_row = _bins(frame["gap"].to_numpy(), 6)
    strong = (frame["initiator"] == "stronger").to_numpy()
    for k in range(6):
        here = of_row == k
        share = strong[here].mean()
        ax.errorbar(
            frame["gap"][here].mean(),
            share,
            1.96 * np.sqrt(share * (1 - share) / here.sum()),
            fmt="o",
            color="0.3",
            markersize=4,
        )
    grid, marks = np.linspace(0.005, 0.995, 100), len(ax.get_lines())
    for name, entry in results["direction"]["models"].items():
        shown = name == "splines by side" or (
            name.endswith(("m = 2, common rate", "m free, common rate")) and "penal" not in name
        )
        if shown or name == "penal codes, m = 2, common rate":
            ax.plot(grid, entry["who"], label=name.replace(", common rate", ""), **LINES[len(ax.get_lines()) - marks])
    ax.set_ylim(0, 1)
    ax.set_xlabel("gap of power", fontsize=8)
    ax.set_ylabel("chance that the stronger moves first", fontsize=8)
    ax.legend(fontsize=8, frameon=False, loc="lower right")
    ax.set_title("Disputes among allies to 1964", fontsize=9)
