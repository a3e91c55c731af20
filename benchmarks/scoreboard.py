"""The scoreboard: theories of the gap and naive rules on dyad-years, each judged on dyads it was not fitted to.

    python benchmarks/scoreboard.py            # about a minute
    python benchmarks/scoreboard.py --smoke    # a few seconds, with few candidate parameters

Main table: all 21 pairs of seven Mexican cartels, 2003-10, drawn without regard to the outcome. The data are not part of
the project: the script takes them from a folder beside the checkout (--data), and leaves those tables out where it is
absent. Second table: the allied years of the literature's case files. Then the options that the literature ranks, and the
scoreboard by phases of version 0.1.0 with the rules that know nothing but the listing. The method is in
docs/explanation/scoreboard.md. The files hold no times and no machine, so that a second run gives the same bytes.
"""

import argparse
import csv
import json
import platform
from importlib.metadata import version
from pathlib import Path

import alliances as al

SEED = 20140101
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PAIRS = "mexico_cartel_pairs_2003_2010.csv"
FREE = {"asymmetric": (0.6, 0.95), "narrow": (0.0, 0.5)}
CAUTIOUS = {"asymmetric": (0.2, 0.95), "narrow": (-0.2, 0.6)}
GAMES = ("chindea_2014", "chindea_2014, side payments", "morrow_1991", "capability_aggregation")


def main() -> None:
    """Run, print and save the scoreboard."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=SEED, help="of the designs")
    parser.add_argument("--candidates", type=int, default=16384, help="parameter sets weighed, a power of two")
    parser.add_argument("--smoke", action="store_true", help="a small, quick run")
    parser.add_argument("--data", type=Path, default=DATA, help=f"folder with {PAIRS}")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    options = parser.parse_args()
    size = 128 if options.smoke else options.candidates

    samples = samples_of(options.data)
    boards = {name: al.cases.score_years(sample=sample, rng=options.seed, candidates=size) for name, sample in samples.items()}
    rankings = [al.cases.rank_options(model=name, rng=options.seed, draws=200 if options.smoke else 10_000) for name in GAMES]
    phases = al.cases.score(rng=options.seed, candidates=max(size // 16, 2))
    head = {
        "command": "python benchmarks/scoreboard.py" + " --smoke" * options.smoke,
        "seed": options.seed,
        "candidates": size,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numpy", "scipy", "matplotlib")} | {"alliances": al.__version__},
    }
    options.output.mkdir(parents=True, exist_ok=True)
    text = markdown(boards, rankings, phases, head)
    write(options.output / "scoreboard.md", text)
    main_board = next(iter(boards.values()))
    write(options.output / "scoreboard.csv", main_board.table().to_csv())
    write(options.output / "scoreboard.tex", main_board.table().to_latex())
    write(options.output / "scoreboard_cases.csv", boards["literature"].dyad_table().to_csv())
    tables = {name: {way: board.table(way).to_dict() for way in ("dyad", "actor")} for name, board in boards.items()}
    report = head | {"tables": tables, "options": [ranking.message for ranking in rankings], "phases": phases.table().to_dict()}
    write(options.output / "scoreboard.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    draw(main_board, options.output / "scoreboard.png")
    print(text)


def samples_of(folder):
    """The samples by name; without the data only those of the literature."""
    samples = {}
    if (folder / PAIRS).is_file():
        with (folder / PAIRS).open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        columns = {name: [row[name] for row in rows] for name in ("a", "b")}
        columns |= {name: [float(row[name]) for row in rows] for name in ("year", "share", "conf")}
        title = "all pairs of seven cartels, 2003-10"
        pairs = al.cases.DyadYears.from_frame(columns, share="share", event="conf", happens="war", title=title)
        samples |= {"pairs": pairs, "onsets": pairs.onsets()}
    else:
        print(f"{PAIRS} is not in {folder}: no tables of pairs")
    samples["literature"] = al.cases.allied_years()
    return samples


def markdown(boards, rankings, phases, head) -> str:
    """The report."""
    versions = ", ".join(f"{name} {number}" for name, number in head["versions"].items())
    lines = [
        "# Scoreboard",
        "",
        f"Seed {head['seed']}, {head['candidates']} candidates, Python {head['python']}, {versions}.",
        f"Command: `{head['command']}`.",
        "",
        "Scores are means over dyad-years, out of sample, in nats: higher is better. `difference` is to a constant hazard; its",
        "interval is a jackknife over actors. AUC is the mean within dyads.",
    ]
    for name, board in boards.items():
        for way in ("dyad", "actor"):
            lines += ["", f"## {TITLES[name]}, {way}s left out", "", board.table(way).to_markdown().rstrip("\n")]
        lines += ["", *(f"* {line}" for line in board.message.splitlines())]
    seeds = {"as above": 0, "another seed": 1}
    lines += ["", "## Had it been decided otherwise", "", "Log score per dyad-year, dyads left out:", ""]
    names = next(iter(boards.values())).models
    lines += [f"| sample | variant | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for name, board in boards.items():
        variants = dict.fromkeys(seeds, board.sample)
        if name == "literature":
            variants |= {"asymmetric means more": al.cases.allied_years(intervals=FREE)}
            variants |= {"asymmetric means less": al.cases.allied_years(intervals=CAUTIOUS)}
            variants |= {"without us-canada": without(board.sample, "us-canada")}
        if name == "pairs":
            variants |= {"without 2003, the first year": later(board.sample)}
        for word, sample in variants.items():
            seed = head["seed"] + seeds.get(word, 0)
            other = al.cases.score_years(sample=sample, rng=seed, candidates=head["candidates"])
            cells = " | ".join(f"{other.log_scores(model).mean():.3f}" for model in names)
            lines.append(f"| {name} | {word} | {cells} |")
    for name, board in boards.items():
        lines += ["", f"## {TITLES[name]}: dyad by dyad, total log scores", "", board.dyad_table().to_markdown().rstrip("\n")]
        lines += ["", "Most likely parameters:", "", board.fit_table().to_markdown().rstrip("\n")]
    lines += ["", "## Options in the literature's order", ""]
    for ranking in rankings:
        lines += [f"* {line}" if k == 0 else f"  {line}  " for k, line in enumerate(str(ranking).splitlines())]
    lines += ["", "## The design of 0.1.0: phases, arrangement", "", phases.table().to_markdown().rstrip("\n")]
    lines += ["", f"* {phases.message.splitlines()[0]}"]
    return "\n".join(lines).rstrip("\n") + "\n"


TITLES = {
    "pairs": "War in a year, all pairs of seven cartels",
    "onsets": "Onset of war, the same pairs",
    "literature": "Break of an alliance, the literature's cases",
}


def without(sample, dyad):
    """The sample without a dyad."""
    return sample._take(~sample.rows_of(dyad), sample.event)


def later(sample):
    """The sample from 2004 on; the authors of the counts call those before less reliable."""
    return sample._take(sample.years > 2003, sample.event)


def draw(board, file) -> None:
    """Differences to a constant hazard."""
    import matplotlib as mpl

    mpl.use("Agg")
    board.plot().figure.savefig(file, dpi=160, metadata={"Software": None}, bbox_inches="tight")


def write(file, text) -> None:
    """The same bytes on every system."""
    file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
