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
from _script import folder, heading, parser, save, say, show, usage, wait, without


def main() -> None:
    """Print the tables and save the figure."""
    options, chosen = command_line()

    wait("Making the tables")
    table = al.cases.table(chosen)
    heading(f"{len(chosen)} cases")
    shown = [k for k, name in enumerate(table.columns) if name != "title"]  # too long to print, and the id says it
    show([table.columns[k] for k in shown], [[row[k] for k in shown] for row in table.rows])

    phases = al.cases.phase_table(chosen)
    heading(f"{len(phases)} phases: the arrangement observed, and the conditions, coded where the coder is the project")
    show(phases.columns, phases.rows, keys=2)
    stated = {name: sum(map(bool, phases.column(name))) for name in ("gap", "trend", "stakes", "threat")}
    say("\nPhases with a condition in the file: " + ", ".join(f"{name} {count}" for name, count in stated.items()))

    heading("Sources")
    citations = {source.key: source.citation for case in chosen for source in case.sources}
    for key in sorted(citations):
        say(f"[{key}] {citations[key]}")

    if not without("matplotlib", "plot"):
        import matplotlib

        matplotlib.use("Agg")
        print()
        wait("Drawing the timeline")
        save(al.plotting.plot_timeline(chosen).figure, options.output / "cases", ("png", "pdf"), dpi=300)


def command_line() -> tuple[argparse.Namespace, tuple[al.cases.Case, ...]]:
    """The options of this script, and the cases that meet them."""
    options = parser(__doc__, output="cases_output")
    options.add_argument("--folder", type=Path, help="a folder of case files (default: the bundled cases)")
    options.add_argument("--gap", help="only cases with a phase of this band, such as narrow")
    options.add_argument("--actor", help="only cases of this actor, such as Sinaloa")
    given = options.parse_args()
    with usage(options):
        chosen = al.cases.select(al.cases.load_all(given.folder), gap=given.gap, actor=given.actor)
    if not chosen:
        options.error(f"no case meets the conditions; got --gap {given.gap} --actor {given.actor}")
    folder(options, given.output)
    return given, chosen


if __name__ == "__main__":
    main()
