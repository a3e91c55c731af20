"""The cases of the literature at a glance: who, in which arrangement, under which conditions, and how it ended.

Prints a table of the cases, a table of their phases and the sources, and draws the timeline of all cases:

    python examples/cases.py --output pictures

Options choose among the cases, or take your own folder of case files:

    python examples/cases.py --gap narrow
    python examples/cases.py --folder my-cases
"""

import argparse
from pathlib import Path

import alliances as al


def main() -> None:
    """Print the tables and save the figure."""
    options = command_line()
    try:
        chosen = al.cases.select(al.cases.load_all(options.folder), gap=options.gap, actor=options.actor)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    if not chosen:
        raise SystemExit("no case meets the conditions")

    heading(f"{len(chosen)} cases")
    print(al.cases.table(chosen))

    phases = al.cases.phase_table(chosen)
    heading(f"{len(phases)} phases: the arrangement observed, and the conditions that the sources state")
    print(phases)
    stated = {name: sum(map(bool, phases.column(name))) for name in ("gap", "trend", "stakes", "threat")}
    print("\nPhases with a condition in the source: " + ", ".join(f"{name} {count}" for name, count in stated.items()))

    heading("Sources")
    citations = {source.key: source.citation for case in chosen for source in case.sources}
    for key in sorted(citations):
        print(f"[{key}] {citations[key]}")

    options.output.mkdir(parents=True, exist_ok=True)
    print()
    for path in draw(chosen, options.output):
        print(f"figure: {path}")


def command_line() -> argparse.Namespace:
    """The options of this script."""
    parser = argparse.ArgumentParser(description="The cases of the literature: tables and a timeline.")
    parser.add_argument("--folder", type=Path, help="a folder of case files (default: the bundled cases)")
    parser.add_argument("--gap", help="only cases with a phase of this band, such as narrow")
    parser.add_argument("--actor", help="only cases of this actor, such as Sinaloa")
    parser.add_argument("--output", type=Path, default=Path("cases_output"), help="folder for the figure")
    return parser.parse_args()


def draw(chosen, folder: Path) -> list[Path]:
    """One row for each case, as high as it needs to be."""
    import matplotlib

    matplotlib.use("Agg")
    figure = al.plotting.plot_timeline(chosen).figure
    paths = [folder / f"cases.{kind}" for kind in ("png", "pdf")]
    for path in paths:
        figure.savefig(path, dpi=300)
    return paths


def heading(text: str) -> None:
    """A section of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


if __name__ == "__main__":
    main()
