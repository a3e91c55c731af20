"""Do models of the power gap predict when alliances break better than rules that know no theory?

Weighs each contender on all dyads but one, predicts that one, and so on through the dyads; then leaves out all dyads of its
actors. Prints the scores and saves the figure. The dyads are the allied years of the case files, or a table of your own:

    python examples/scoreboard.py --candidates 4096
    python examples/scoreboard.py --csv my_pairs.csv --share share --event war

The table has a row for each dyad and year: columns a, b and year, the stronger side's share of power in the year before, and 1
or 0 for what happened.
"""

import argparse
import csv
from pathlib import Path

import alliances as al
from _script import folder, heading, number, parser, save, say, seed, show, usage, wait, without


def main() -> None:
    """Print the scoreboard and save the figure."""
    options, sample = command_line()
    say(sample.message)
    wait("Weighing six theories and five naive rules, dyad by dyad")
    board = al.cases.score_years(sample=sample, rng=options.seed, candidates=options.candidates)
    for way in ("dyad", "actor"):
        heading(f"{way}s left out")
        show(*cells(board.table(way)))
    say(f"\n{board.message}")
    heading("Total log scores, dyad by dyad")
    show(*cells(board.dyad_table()))
    heading("Most likely parameters")
    for name, values, _ in board.fit_table().rows:
        say(f"{name}: {values}")
    if options.csv is None:
        heading("Options of Mexico after 2012, in the literature's order of cooperation")
        for model in ("chindea_2014", "morrow_1991"):
            say(str(al.cases.rank_options(model=model, rng=options.seed)))

    if not without("matplotlib", "plot"):
        import matplotlib

        matplotlib.use("Agg")
        print()
        save(board.plot().figure, options.output / "scoreboard", dpi=160)


def cells(table):
    """Columns and rows of a table."""
    return table.columns, table.rows


def read(file: Path, share: str, event: str) -> al.cases.DyadYears:
    """The dyad-years of a CSV file."""
    with file.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    if not rows:
        raise ValueError(f"csv must have a row; got {file}")
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    for name in {"year", share, event} & columns.keys():
        columns[name] = [float(cell) for cell in columns[name]]
    return al.cases.DyadYears.from_frame(columns, share=share, event=event, happens=event, title=file.name)


def command_line() -> tuple[argparse.Namespace, al.cases.DyadYears]:
    """How much is weighed, the seed, the output folder, and the dyad-years."""
    options = parser(__doc__, output="scoreboard_output")
    sizes = number("candidates must be a whole number, at least 2, a power of two", lambda n: n >= 2 and not n & (n - 1), int)
    options.add_argument("--candidates", type=sizes, default=2048, help="parameter sets weighed, a power of two")
    options.add_argument("--seed", type=seed, default=0, help="of the design")
    options.add_argument("--csv", type=Path, help="a table of dyad-years (default: the allied years of the bundled cases)")
    options.add_argument("--share", default="share", help="the column with the stronger side's share of power")
    options.add_argument("--event", default="event", help="the column with what happened, 1 or 0")
    given = options.parse_args()
    with usage(options):
        sample = al.cases.allied_years() if given.csv is None else read(given.csv, given.share, given.event)
    folder(options, given.output)
    return given, sample


if __name__ == "__main__":
    main()
