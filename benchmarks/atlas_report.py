"""What the atlas writes: tables in Markdown, LaTeX and CSV, a picture, and what its rows contradict in each other.

Tables are made from records – the lines of ``atlas.csv`` – so that they can be made again from that file alone.
"""

from __future__ import annotations

import csv
import json
import platform
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, fields
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alliances.claims import CLAIMS, Interval
from atlas_classes import (
    STATUSES,
    by_class,
    changes_text,
    class_of,
    csv_lines,
    proved_by_class,
    sentence,
    since,
    status_of,
    unknown_by_concept,
)
from atlas_map import PANELS, draw
from atlas_rows import ALONG, AT_PARITY, CONCEPTS, CONTESTS, DESIGN, SHARINGS, SYNERGIES, THEOREMS, Row, implied

Record = dict[str, str]
Records = Mapping[Row, Record]

HEADLINE = tuple(PANELS)
"""The concepts of the headline table and of the map."""
LEGEND = (
    "● proved for every model of the family; ○ proved, and in no measured model the assumptions hold at any gap; "
    "✕ refuted by a confirmed counterexample; ? unknown; (●) and (✕) unknown to the prover, but implied by other rows. "
    "The number is the measured share, in per cent, of models in which no contradiction was seen, among those in which the "
    "assumptions hold at some gap (– if none was met); it is left out where the claim is proved. "
    "An asterisk marks a refutation that the measurement missed. Blank: not asked."
)
_ROW = [field.name for field in fields(Row)]


def record(row: Row, answer: Mapping[str, Any], follows: str) -> Record:
    """One line of the CSV file."""
    line: dict[str, Any] = asdict(row) | {"status": answer["status"], "implied": follows}
    line |= {name: answer[name] for name in ("share", "low", "high", "points", "line_points", "vacuous")}
    if answer["share"] is not None:
        line |= among_compared(answer["points"], answer["vacuous"], answer["share"])
    witness = answer["witness"]
    if witness:
        line["witness"] = "; ".join(f"{name} = {value}" for name, value in witness["parameters"].items())
        line |= {f"witness {name}": value for name, value in witness["check"]["witness"].items()}
        line |= {"certified": witness["certified"], "rechecked": answer["rechecked"]}
    line |= {name: answer[name] for name in ("reason", "prove_seconds", "measure_seconds", "timeout", "seed", "version")}
    line["reason"] = " ".join(f"{line['reason']} {answer.get('measure_error') or ''}".split())[:200]
    return {name: "" if value is None else str(value) for name, value in line.items()}


def among_compared(points: int, vacuous: float, share: float) -> dict[str, Any]:
    """Of the models measured: how many leave something to compare, and the share of these in which the claim holds (95 %)."""
    from scipy.stats import binomtest

    compared = round(points * (1 - vacuous))
    if compared == 0:
        return {"compared": 0}
    holds = compared - round(points * (1 - share))
    interval = binomtest(holds, compared).proportion_ci(0.95, method="wilson")
    low, high = (f"{float(end):.6g}" for end in interval)
    return {"compared": compared, "compared share": f"{holds / compared:.6g}", "compared low": low, "compared high": high}


_COLUMNS = [*_ROW, "status", "implied", "class", "share", "low", "high", "points", "line_points", "vacuous"]
_COLUMNS += ["compared", "compared share", "compared low", "compared high", "witness"]
_COLUMNS += [f"witness {name}" for name in ("low", "high", "at_low", "at_high", "player")]
_COLUMNS += ["certified", "rechecked", "note", "reason", "prove_seconds", "measure_seconds", "timeout", "seed", "version"]


def read_csv(path: Path) -> dict[Row, Record]:
    """The records of a CSV file that was written here."""
    lines = csv_lines(path)
    return {Row(**{name: line[name] for name in _ROW} | {"actions": int(line["actions"])}): line for line in lines}  # type: ignore[arg-type]


def is_rare(line: Record) -> bool:
    """Whether a claim is refuted although the measurement saw no contradiction."""
    return line["status"] == "refuted" and line["share"] != "" and float(line["share"]) == 1


def _value(text: str) -> float:
    """A number that may be a fraction."""
    return float(Fraction(text)) if "/" in text else float(text)


def percent(share: float) -> str:
    """A share in per cent: 100 and 0 mean all and none."""
    if share in (0, 1):
        return str(round(100 * share))
    if 0.01 <= share < 0.99:
        return f"{100 * share:.0f}"
    return f"{min(max(100 * share, 0.1), 99.9):.1f}"


def cell(line: Record | None) -> str:
    """A row in a few characters; see :data:`LEGEND`."""
    if line is None:
        return ""
    status = line["status"]
    if status == "proved":
        return "○" if line["compared"] == "0" else "●"
    mark = {"refuted": "✕", "unknown": "?", "error": "!"}[status]
    if line["implied"]:
        mark = {"proved": "(●)", "refuted": "(✕)", "contradiction": "‼"}[line["implied"]]
        if mark == "(●)":
            return mark
    share = percent(float(line["compared share"])) if line["compared share"] else "–"
    return f"{mark} {share}{'*' if is_rare(line) else ''}"


def table(head: list[str], lines: list[list[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *lines])


def headline(records: Records, claim: str = "asymmetry", sharing: str = "proportional") -> str:
    """A claim under the main concepts, for one sharing rule."""
    lines = [
        [enforcement, synergy, *(cell(records.get(Row(claim, enforcement, synergy, sharing, contest))) for contest in CONTESTS)]
        for enforcement in HEADLINE
        for synergy in SYNERGIES
    ]
    return table(["enforcement", "synergy", *CONTESTS], lines)


def counts(records: Records) -> str:
    """How many rows of each claim and concept are proved, refuted and unknown; implied statuses count."""
    lines = []
    for claim in (*ALONG, *AT_PARITY):
        for enforcement in CONCEPTS:
            rows = {row: r for row, r in records.items() if row.claim == claim and row.enforcement == enforcement}
            if rows:
                n = Counter(map(status_of, rows.values()))
                seen = sum(1 for r in rows.values() if status_of(r) == "unknown" and float(r["share"] or 1) < 1)
                numbers = n["proved"], proved_by_class(rows)["counts"], n["refuted"], n["unknown"], seen
                lines.append([claim, enforcement, *map(str, numbers)])
    return table(
        ["claim", "enforcement", "proved", "that count", "refuted", "unknown", "of these contradicted in floats"], lines
    )


def totals(records: Records) -> dict[str, int]:
    """How many rows there are, and of which status."""
    n = Counter(map(status_of, records.values()))
    return {"rows": len(records), **{s: n[s] for s in STATUSES}}


def classes(records: Records) -> str:
    """The rows by class."""
    return table(["class", "rows", *STATUSES, "seconds"], by_class(records))


def unknown(records: Records) -> str:
    """The unknown rows by concept."""
    return table(["enforcement", "unknown", "reasons given most"], unknown_by_concept(records))


def summary(records: Records) -> str:
    """What a run prints at its end: totals, classes with their time, and the unknown rows."""
    return "\n\n".join(
        [
            sentence(records),
            classes(records),
            table(["enforcement", "unknown", "reasons given most"], unknown_by_concept(records)),
        ]
    )


def theory(records: Records) -> str:
    """The statements about proportional sharing that were found before the library could prove, and what it says of them."""
    lines = []
    for claim, concepts in (
        ("asymmetry", ("transfers given, deterrent", "transfers given, both")),
        ("proxy restraint", ("given, deterrent", "given, both")),
        ("sponsor restraint", ("given, deterrent", "given, both")),
    ):
        for enforcement in concepts:
            for synergy in SYNERGIES:
                row = Row(claim, enforcement, synergy, "proportional", "m=1")
                lines.append([claim, enforcement, synergy, *(cell(records.get(row.with_(contest=c))) for c in CONTESTS)])
    return table(["claim", "enforcement", "synergy", *CONTESTS], lines)


def across_parity(row: Row, points: int, line_points: int) -> str:
    """Why a proved row was measured to fail, if it is because gap 0 was compared with a gap beyond which the assumptions fail.

    A claim is about stretches of gaps on which its assumptions hold; a measurement compares neighbouring points, and does
    not see that they fail in between. Where a contest jumps at parity, gap 0 is such a point.
    """
    family = row.family()
    if not family.assume:
        return ""
    beyond = family.with_(gaps=Interval(0, 1, "neither"))
    share = CLAIMS[row.claim].measure(beyond, points=points, line_points=line_points, rng=row.seed).share
    return "fails only across parity, where the assumptions do not hold between the points compared" if share == 1 else ""


def inconsistencies(records: Records) -> list[str]:
    """Every way in which rows contradict themselves, each other, or what is known."""
    problems = []
    for row, r in records.items():
        if r["status"] == "error" or r["share"] == "":
            problems.append(f"{row.name}: an error: {r['reason']}")
        if r["status"] == "proved" and float(r["share"] or 1) < 1 and not r["note"]:
            problems.append(f"{row.name}: proved, but measured to hold in {r['share']} only (seed {r['seed']})")
        if r["implied"] == "contradiction":
            problems.append(f"{row.name}: refuted at {r['witness']}, but proved by other rows")
        if r["rechecked"] == "False":
            problems.append(f"{row.name}: the witness {r['witness']} does not contradict the claim in floating point")
        if (
            r["status"] == "refuted"
            and row.claim in ALONG[:3]
            and not _value(r["witness at_high"]) > _value(r["witness at_low"])
        ):
            problems.append(f"{row.name}: the witness {r['witness']} shows no rise")
        if (row.costs, row.actions, row.sharing) == ("equal", 2, "proportional"):
            theorem = THEOREMS.get((row.enforcement, row.claim, row.synergy, row.contest))
            if theorem and r["status"] in ("proved", "refuted") and r["status"] != theorem:
                problems.append(f"{row.name}: {r['status']}, but known to be {theorem}")
    return problems


def markdown(records: Records, problems: list[str], about: Mapping[str, Any]) -> str:
    """All tables."""
    text = [
        "# Atlas of the asymmetry hypothesis",
        f"{sentence(records)} {about['date']}, "
        + ", ".join(f"{name} {number}" for name, number in about["versions"].items())
        + f", Python {about['python']}. Command: `python benchmarks/atlas.py`.",
        LEGEND,
        "Concepts: " + "; ".join(f"**{name}** – {concept.text}" for name, concept in CONCEPTS.items()) + ".",
        "## What changed",
        changes_text(about.get("changes")),
        "## How many",
        classes(records),
        counts(records),
        "## Unknown",
        unknown(records),
        "## Proportional sharing, by punishment taken as given",
        theory(records),
    ]
    for claim in (*ALONG, *AT_PARITY):
        text.append(f"## {claim.capitalize()}")
        kinds = dict.fromkeys((row.enforcement, row.costs, row.actions) for row in records if row.claim == claim)
        for enforcement, costs, actions in kinds:
            rows = {r for r in records if (r.claim, r.enforcement, r.costs, r.actions) == (claim, enforcement, costs, actions)}
            contests = [c for c in CONTESTS if any(r.contest == c for r in rows)]
            lines = [
                [
                    synergy,
                    sharing,
                    *(cell(records.get(Row(claim, enforcement, synergy, sharing, c, costs, actions))) for c in contests),
                ]
                for synergy in SYNERGIES
                for sharing in SHARINGS
                if any((r.synergy, r.sharing) == (synergy, sharing) for r in rows)
            ]
            extra = (", unequal costs" if costs == "unequal" else "") + (", three actions" if actions == 3 else "")
            text += [f"### {claim.capitalize()}: {enforcement}{extra}", table(["synergy", "sharing", *contests], lines)]
    rare = [f"* {row.name}: {r['witness']}" for row, r in records.items() if is_rare(r)]
    text += ["## Refuted, but not by any model of the measurement", "\n".join(rare) or "None."]
    notes = [
        f"* {row.name}: measured share {percent(float(r['share']))} %; {r['note']}" for row, r in records.items() if r["note"]
    ]
    text += ["## Proved, and yet measured to fail", "\n".join(notes) or "None."]
    text += ["## Inconsistencies", "\n".join(f"* {p}" for p in problems) or "None."]
    return "\n\n".join(text) + "\n"


def latex(records: Records) -> str:
    """The asymmetry hypothesis under the main concepts, one table per sharing rule, in plain LaTeX."""
    marks = {"●": r"$\bullet$", "○": r"$\circ$", "✕": r"$\times$", "(": "(", "?": "?", "‼": "!!", "*": r"$^*$", "–": "--"}

    def tex(text: str) -> str:
        return "".join(marks.get(letter, letter) for letter in text)

    parts = ["% made by benchmarks/atlas.py; needs no package"]
    for sharing in SHARINGS:
        parts += [r"\begin{table}", r"\caption{Asymmetry and durability, sharing rule: " + sharing + ".}"]
        parts += [r"\begin{tabular}{ll" + "r" * len(CONTESTS) + "}", r"\hline"]
        parts += [" & ".join(["enforcement", "synergy", *(f"${c}$" if "=" in c else c for c in CONTESTS)]) + r" \\", r"\hline"]
        for enforcement in HEADLINE:
            for synergy in SYNERGIES:
                cells = (records.get(Row("asymmetry", enforcement, synergy, sharing, contest)) for contest in CONTESTS)
                first = enforcement if synergy == SYNERGIES[0] else ""
                parts.append(" & ".join([first, synergy, *(tex(cell(r)) for r in cells)]) + r" \\")
            parts.append(r"\hline")
        parts += [r"\end{tabular}", r"\end{table}", ""]
    return "\n".join(parts)


def blocks(records: Records, about: Mapping[str, Any]) -> dict[str, str]:
    """The parts of a page that are made from the records, by name."""
    return {
        "totals": sentence(records),
        "changes": changes_text(about.get("changes")),
        "classes": classes(records),
        "headline": headline(records),
        "theory": theory(records),
        "counts": counts(records),
        "legend": LEGEND,
    }


def refreshed(page: str, records: Records, about: Mapping[str, Any]) -> str:
    """A page with the parts between ``<!-- atlas: name -->`` and ``<!-- end -->`` made anew."""
    for name, text in blocks(records, about).items():
        mark = f"<!-- atlas: {name} -->\n"
        before, separator, after = page.partition(mark)
        if separator:
            page = before + mark + "\n" + text + "\n\n<!-- end -->" + after.partition("<!-- end -->")[2]
    return page


def save_map(records: Records, path: Path) -> None:
    """The map of the asymmetry hypothesis as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure = draw(records)
    figure.savefig(path, dpi=160)
    plt.close(figure)


def write(output: Path, answers: Mapping[Row, Mapping[str, Any]], rows: list[Row], settings: Mapping[str, Any]) -> list[str]:
    """Write everything that is known of the rows into a folder; returns what is inconsistent."""
    follows = implied({row: entry["status"] for row, entry in answers.items()})
    records = {row: record(row, answers[row], follows.get(row, "")) for row in rows if row in answers}
    for r in records.values():
        r.update({name: r.get(name, "") for name in _COLUMNS})
    for row, r in records.items():
        if r["status"] == "proved" and float(r["share"] or 1) < 1:
            r["note"] = across_parity(row, int(r["points"]), int(r["line_points"]))
        r["class"] = class_of(row, r)
    problems = inconsistencies(records)
    changed = since(output, read_csv(output / "atlas.csv"), records)
    with (output / "atlas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: r[name] for name in _COLUMNS} for r in records.values())
    about = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "versions": {name: version(name) for name in ("alliances", "numpy", "scipy", "z3-solver", "python-flint")},
        "python": platform.python_version(),
        "code": sorted({r["version"] for r in records.values()}),
        "design": DESIGN,
        "seeds": "the first four bytes of the SHA-256 of a row's name, big-endian; in the column seed",
        "settings": dict(settings),
        "totals": totals(records),
        "proved by class": proved_by_class(records),
        "changes": changed,
        "not answered": len(rows) - len(records),
        "prove seconds": round(sum(float(r["prove_seconds"]) for r in records.values())),
        "measure seconds": round(sum(float(r["measure_seconds"]) for r in records.values())),
        "inconsistencies": problems,
    }
    (output / "atlas.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (output / "atlas.md").write_text(markdown(records, problems, about), encoding="utf-8")
    (output / "atlas.tex").write_text(latex(records), encoding="utf-8")
    save_map(records, output / "atlas.png")
    return problems
