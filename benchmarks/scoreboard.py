"""The scoreboard: models of the gap and naive rules on the cases of the literature, each judged on cases it was not fitted to.

    python benchmarks/scoreboard.py            # about two minutes
    python benchmarks/scoreboard.py --smoke    # a few seconds, with few candidate parameters

One set of parameters for all cases; leave one case out; log and Brier scores (method: docs/explanation/scoreboard.md). The
files hold no times and no machine, so that a second run gives the same bytes. What could have been decided otherwise is run as
well: base rates as errors, words before measures, other intervals for the words, wars where UCDP has them, another seed.
"""

import argparse
import json
import platform
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import alliances as al

SEED = 20140101
TARGETS = {
    "arrangement": "alliance, pact or conflict, in each phase",
    "defector": "who defects: none, sponsor or proxy, once per case in which an alliance stood",
    "year": "does the alliance hold in this measured year? (never fitted)",
}
SHIFTED = {"very wide": (0.8, 0.95), "wide": (0.5, 0.8), "narrow": (0.0, 0.5)}
CAUTIOUS = {"very wide": (0.6, 0.95), "wide": (0.3, 0.8), "narrow": (-0.2, 0.5)}


def main() -> None:
    """Run, print and save the scoreboard."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=SEED, help="of the design and the bootstrap")
    parser.add_argument("--candidates", type=int, default=16384, help="parameter sets weighed, a power of two")
    parser.add_argument("--smoke", action="store_true", help="a small, quick run")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    options = parser.parse_args()
    if options.smoke:
        options.candidates = 128
    size = options.candidates

    board = al.cases.score(rng=options.seed, candidates=size)
    variants = {
        "as above": board,
        "another seed": al.cases.score(rng=options.seed + 1, candidates=size),
        "errors at base rates": al.cases.score(rng=options.seed, candidates=size // 4, errors="base rates"),
        "words before measures": al.cases.score(rng=options.seed, candidates=size // 4, words_first=True),
        "words mean wider gaps": al.cases.score(rng=options.seed, candidates=size // 4, intervals=SHIFTED),
        "wars as UCDP records them": al.cases.score(cases=recoded(), rng=options.seed, candidates=size // 4),
        "words mean more": al.cases.score(rng=options.seed, candidates=size // 4, intervals=CAUTIOUS),
    }
    command = "python benchmarks/scoreboard.py" + " --smoke" * options.smoke
    head = {
        "command": command,
        "seed": options.seed,
        "candidates": size,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numpy", "scipy", "matplotlib")} | {"alliances": al.__version__},
    }
    options.output.mkdir(parents=True, exist_ok=True)
    text = markdown(board, variants, head)
    write(options.output / "scoreboard.md", text)
    write(options.output / "scoreboard.csv", board.to_csv())
    write(options.output / "scoreboard_cases.csv", "".join(board.case_table(target).to_csv() for target in TARGETS))
    write(options.output / "scoreboard.tex", board.to_latex())
    report = head | {"scoreboard": board.to_dict(), "tables": {t: board.table(t).to_dict() for t in TARGETS}}
    write(options.output / "scoreboard.json", json.dumps(report, ensure_ascii=False) + "\n")
    draw(board, options.output / "scoreboard.png")
    print(text)


def recoded():
    """The cases with wars where UCDP records deaths and the case files, after their sources, have none.

    UCDP has at least 25 deaths between Gulf and Sinaloa in each year 2004-10, and between Sinaloa and CJNG from 2015.
    """
    wars = {"gulf-sinaloa": (0, 2), "sinaloa-cjng": (0,)}
    cases = []
    for case in al.cases.load_all():
        fought = wars.get(case.name, ())
        phases = (replace(p, arrangement="war", threat=False) if k in fought else p for k, p in enumerate(case.phases))
        cases.append(replace(case, phases=tuple(phases)))
    return cases


def markdown(board, variants, head) -> str:
    """The report."""
    versions = ", ".join(f"{name} {number}" for name, number in head["versions"].items())
    lines = [
        "# Scoreboard",
        "",
        f"Seed {head['seed']}, {head['candidates']} candidates, Python {head['python']}, {versions}.",
        f"Command: `{head['command']}`.",
        "",
        "Scores are means over cases, out of sample (leave one case out): log scores in nats, higher is better; Brier scores",
        "from 0 to 2, lower is better. `difference` is in log score per case, to the best naive rule; its interval is a",
        "bootstrap over cases.",
        "",
        *(f"* {line}" for line in board.message.splitlines()),
    ]
    for target, question in TARGETS.items():
        lines += ["", f"## {target.capitalize()}: {question}", "", board.table(target).to_markdown()]
        if target != "year":
            lines += ["The same without the questions in which no source tells the gap:", ""]
            lines += [board.table(target, informed=True).to_markdown()]
    lines += ["## When the measured alliances break", "", board.break_table().to_markdown()]
    lines += ["## Against base rates", ""]
    lines += [f"* {board.compare(name, 'base rates', target)}" for target in TARGETS for name in (*board.theories, "gap alone")]
    lines += ["", "## What was observed (rows), and what was called (columns)", ""]
    for name in (*board.theories, "gap alone"):
        for target in ("arrangement", "defector"):
            lines += [f"{name}, {target}:", "", board.confusion(name, target).to_markdown()]
    lines += ["## Parameters after a fit to all cases", "", board.fit_table().to_markdown()]
    lines += ["## Had it been decided otherwise", "", "Mean log score per case, arrangement / defector:", ""]
    lines += [f"| variant | {' | '.join(board.models)} |", "|---" * (len(board.models) + 1) + "|"]
    for name, variant in variants.items():
        cells = (
            " / ".join(f"{variant.case_scores(m, t).mean():.3f}" for t in ("arrangement", "defector")) for m in board.models
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", *(f"* {name}: {variant.message.splitlines()[0]}" for name, variant in variants.items())]
    for target in TARGETS:
        lines += ["", f"## Case by case: {target}", "", "Probability given to what was observed.", ""]
        lines += [board.case_table(target).to_markdown()]
    return "\n".join(lines).rstrip("\n") + "\n"


def draw(board, file) -> None:
    """The cases on the plane of gap and stakes."""
    import matplotlib as mpl

    mpl.use("Agg")
    board.plot().figure.savefig(file, dpi=160, metadata={"Software": None})


def write(file, text) -> None:
    """The same bytes on every system."""
    file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
