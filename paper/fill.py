"""The software paper, with its numbers taken from the benchmarks.

Writes ``paper.md`` from ``paper.in.md``: every ``[[name]]`` there becomes the number of that name, computed from
``benchmarks/results/``. No number of the paper is typed by hand, so a new run of a benchmark shows in it.

    python paper/fill.py
"""

import json
import re
from pathlib import Path
from typing import Any

import alliances as al

HERE = Path(__file__).parent
RESULTS = HERE.parent / "benchmarks" / "results"
NAME = re.compile(r"\[\[(\w+)\]\]")


def main() -> None:
    """Write the paper."""
    (HERE / "paper.md").write_text(paper(), encoding="utf-8")


def paper() -> str:
    """The text with its numbers; every one that is computed must be used, and the other way round."""
    template = (HERE / "paper.in.md").read_text(encoding="utf-8")
    values = {**atlas(), **discounts(), **payoff_sets(), **scoreboard()}
    used = set(NAME.findall(template))
    if used != values.keys():
        raise SystemExit(f"paper.in.md: not computed: {sorted(used - values.keys())}; not used: {sorted(values.keys() - used)}")
    return NAME.sub(lambda match: values[match[1]], template)


def read(name: str) -> Any:
    """The results of one benchmark."""
    return json.loads((RESULTS / name).read_text(encoding="utf-8"))


def atlas() -> dict[str, str]:
    """How many statements were settled, and where the asymmetry hypothesis is a theorem."""
    record = read("atlas.json")
    totals, kinds = record["totals"], record["proved by class"]
    rows = [json.loads(line) for line in (RESULTS / "atlas.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["row"]["claim"] == "asymmetry"]
    asymmetry = [(row["row"]["enforcement"], row["status"]) for row in rows]
    breakers = [
        row["witness"]["check"]["witness"]["player"]
        for row in rows
        if row["row"]["enforcement"] == "given, both" and row["witness"]
    ]

    def share(status: str, concept: str) -> str:
        these = [found for enforcement, found in asymmetry if enforcement == concept]
        return f"{these.count(status)} of {len(these)}"

    paid = [row for row in rows if row["row"]["enforcement"] == "transfers given, both" and row["status"] == "proved"]
    return {
        "rows": f"{totals['rows']:,}",
        "proved": f"{totals['proved']:,}",
        "refuted": f"{totals['refuted']:,}",
        "unknown": f"{totals['unknown']:,}",
        "settled": f"{(totals['proved'] + totals['refuted']) / totals['rows']:.0%}",
        "empty": f"{totals['proved'] - kinds['counts']:,}",
        "counts": f"{kinds['counts']:,}",
        "nash_refuted": share("refuted", "Nash"),
        "credible_refuted": share("refuted", "given, both"),
        "through_sponsor": f"{breakers.count('sponsor')} of {len(breakers)}",
        "paid_proved": share("proved", "transfers given, both"),
        "paid_empty": f"{sum(row['vacuous'] == 1 for row in paid)}",
        "paid_refuted": share("refuted", "transfers given, both"),
    }


def measured(script: str) -> list[dict[str, Any]]:
    """The rows of a script in the stored run of ``python -m benchmarks``."""
    rows: list[dict[str, Any]] = read("benchmarks.json")["scripts"][script]["rows"]
    return rows


def discounts() -> dict[str, str]:
    """Critical discount factors in bulk, beside loops over other libraries."""
    rows = {row["instance"]: row for row in measured("critical_discount")}
    whole, quantecon, nashpy = (
        rows[name] for name in ("alliances", "QuantEcon pure_nash_brute, loop", "Nashpy support_enumeration, loop")
    )
    return {
        "games": f"{whole['games']:,}",
        "seconds": f"{whole['cpu s']:.2f}",
        "quantecon_slower": f"{quantecon['times faster is alliances']:,.0f}",
        "nashpy_slower": f"{nashpy['times faster is alliances']:,.0f}",
        "checked": f"{min(row['right_to_1e-12'] for row in (whole, quantecon, nashpy)):,} of {whole['checked']:,}",
    }


def payoff_sets() -> dict[str, str]:
    """Equilibrium payoff sets, beside the Abreu-Sannikov algorithm of QuantEcon."""
    rows = measured("payoff_sets")
    dilemmas = {row["instance"]: row for row in rows if row.get("error") is not None}
    worst = max(row["competitor's distance"] for row in dilemmas.values())
    ratios = [row["times faster"] for row in rows if row["work"] == "batches"]
    return {
        "set_error": f"{max(row['error'] for row in dilemmas.values()):.0%}",
        "set_distance": f"{worst:.0%}",
        "set_patience": next(name for name, row in dilemmas.items() if row["competitor's distance"] == worst).partition("=")[2],
        "batch_slowest": f"{min(ratios):.0f}",
        "batch_fastest": f"{max(ratios):.0f}",
    }


def scoreboard() -> dict[str, str]:
    """Theories beside naive rules on the pairs of cartels, dyads left out."""
    report = read("scoreboard.json")

    def row(model: str) -> dict[str, str]:
        table = report["tables"]["pairs"]["dyad"]
        k = table["model"].index(model)
        return {name: column[k] for name, column in table.items()}

    return {
        "cases": str(len(al.cases.names())),
        "pairs": str(len(al.datasets.cartel_municipalities().pairs().paths)),
        "score_model": row("chindea_2014")["log score"],
        "score_constant": row("constant")["log score"],
        "score_difference": row("chindea_2014")["difference"],
        "score_interval": row("chindea_2014")["95 % interval"],
        "score_before": row("as before")["log score"],
    }


if __name__ == "__main__":
    main()
