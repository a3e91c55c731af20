"""Do models of the power gap predict what happened better than rules that know no theory?

Fits each model to all cases of the literature but one, predicts that one, and so on through the cases; prints the scores, what
each contender said case by case, and saves the figure.

    python examples/scoreboard.py --candidates 4096
"""

import argparse
from pathlib import Path

import alliances as al


def main() -> None:
    """Print the scoreboard and save the figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=2048, help="parameter sets weighed, a power of two")
    parser.add_argument("--seed", type=int, default=0, help="of the design and the bootstrap")
    parser.add_argument("--output", type=Path, default=Path("scoreboard_output"), help="folder for the figure")
    options = parser.parse_args()

    board = al.cases.score(seed=options.seed, candidates=options.candidates)
    for target in ("arrangement", "defector", "year"):
        print(f"{target}\n\n{board.table(target)}\n")
    print(f"{board.message}\n\nWhen the measured alliances break\n\n{board.break_table()}\n")
    print(f"Parameters after a fit to all cases\n\n{board.fit_table()}\n")
    print(f"Probability given to what was observed\n\n{board.case_table()}\n\n{board.case_table('defector')}")

    options.output.mkdir(parents=True, exist_ok=True)
    file = options.output / "scoreboard.png"
    board.plot().figure.savefig(file, dpi=160)
    print(f"\nFigure: {file}")


if __name__ == "__main__":
    main()
