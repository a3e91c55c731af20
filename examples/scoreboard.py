"""Do models of the power gap predict what happened better than rules that know no theory?

Fits each model to all cases of the literature but one, predicts that one, and so on through the cases; prints the scores, what
each contender said case by case, and saves the figure.

    python examples/scoreboard.py --candidates 4096
"""

import argparse

import alliances as al
from _script import folder, heading, number, parser, save, say, seed, show, wait, without


def main() -> None:
    """Print the scoreboard and save the figure."""
    options = command_line()
    wait("Fitting four models and four naive rules to all cases but one, case by case")
    board = al.cases.score(rng=options.seed, candidates=options.candidates)
    for target in ("arrangement", "defector", "year"):
        heading(target)
        show(*table(board.table(target)))
    say(f"\n{board.message}")
    heading("When the measured alliances break")
    show(*table(board.break_table()))
    heading("Parameters after a fit to all cases")
    for fit, row in zip(board.fits, board.fit_table().rows, strict=True):
        say(f"{row[0]}: {row[2] or 'counts only'}" + (f"; error rate {row[3]}" if row[3] else f"; {fit.free} free"))
    for target in ("arrangement", "defector"):
        heading(f"Probability given to what was observed: {target}")
        show(*table(board.case_table(target)), keys=2)

    if not without("matplotlib", "plot"):
        import matplotlib

        matplotlib.use("Agg")
        print()
        save(board.plot().figure, options.output / "scoreboard", dpi=160)


def table(cases):
    """Columns and rows of a table."""
    return cases.columns, cases.rows


def command_line() -> argparse.Namespace:
    """How much is weighed, the seed and the output folder."""
    options = parser(__doc__, output="scoreboard_output")
    sizes = number("candidates must be a whole number, at least 2, a power of two", lambda n: n >= 2 and not n & (n - 1), int)
    options.add_argument("--candidates", type=sizes, default=2048, help="parameter sets weighed, a power of two")
    options.add_argument("--seed", type=seed, default=0, help="of the design and the bootstrap")
    given = options.parse_args()
    folder(options, given.output)
    return given


if __name__ == "__main__":
    main()
