"""Is it true that wider gaps make more durable alliances? One hypothesis, asked in four ways.

1. check: of one model, with the two gaps that contradict it;
2. falsify: is there a simple counterexample among all models of the family?
3. measure: in which share of the family does it hold, and which parameters decide?
4. prove: of every model of the family, or refute it – with and without side payments.

Needs the packages of pip install 'alliances[plot,prove,testing]'. Pictures are saved where --output says:

    python examples/claims.py --output claims_output
"""

import argparse
from fractions import Fraction
from pathlib import Path

import alliances as al
from alliances.claims import ASYMMETRY, Interval, alliance_family

FOREVER = al.GivenPunishment()  # conflict for ever, taken as given
PAID = al.GivenPunishment(al.Transfers())  # the same, where the two may also pay each other


def main() -> None:
    """Print the answers and save the pictures."""
    options = command_line()
    print(ASYMMETRY)

    heading("1. One model")
    game = al.AllianceGame(
        contest=al.Tullock(2),
        synergy=al.Complementarity(Fraction(3, 5)),
        sharing=al.Proportional(),
        exposure=Fraction(4, 5),
        conflict_cost=Fraction(3, 20),
    )
    print("without side payments", ASYMMETRY.check(game, enforcement=FOREVER), sep="\n  ")
    print("with side payments", ASYMMETRY.check(game, enforcement=PAID), sep="\n  ")

    heading("2. A simple counterexample")
    family = alliance_family(decisiveness=2, enforcement=FOREVER)
    print(family)
    print(ASYMMETRY.falsify(family))

    heading("3. The share of models")
    wide = alliance_family(decisiveness=Interval(0.5, 4), enforcement=FOREVER)
    print(wide)
    measured = ASYMMETRY.measure(wide, points=options.points, sensitivity=True)
    print(measured)

    heading("4. Proofs")
    for decisiveness in (1, 2, 3):
        for name, concept, assume in (
            ("conflict for ever", FOREVER, ()),
            ("conflict for ever, where it is an equilibrium", FOREVER, ("credible",)),
            ("conflict for ever, side payments", PAID, ()),
        ):
            family = alliance_family(decisiveness=decisiveness, enforcement=concept, assume=assume)
            print(f"decisiveness {decisiveness}, {name}:\n  {ASYMMETRY.prove(family)}")

    if options.output is not None:
        draw(game, wide, measured, options.output)


def draw(game, family, measured, folder: Path) -> None:
    """Three pictures: the claim on the model, its share along decisiveness, and what decides."""
    import matplotlib

    matplotlib.use("Agg")
    concepts = {
        "conflict for ever": FOREVER,
        "conflict for ever, side payments": PAID,
        "Nash reversion": al.NashReversion(),
        "Nash reversion, side payments": al.Transfers(),
        "optimal punishment, side payments": al.Transfers(punishment="optimal"),
    }
    marks = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 3.5, 4]
    pictures = {
        "claim_check": al.plotting.plot_check(ASYMMETRY, game, enforcement=FOREVER),
        "claim_share": al.plotting.plot_share(
            ASYMMETRY, family, "decisiveness", marks, enforcements=concepts, points=256, xlabel="decisiveness m"
        ),
        "claim_sensitivity": measured.plot(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    print()
    for name, ax in pictures.items():
        path = folder / f"{name}.png"
        ax.figure.savefig(path, dpi=200)
        print(f"Picture: {path}")


def command_line() -> argparse.Namespace:
    """How many models to measure, and where pictures go."""
    parser = argparse.ArgumentParser(
        description="One claim, four verbs.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--points", type=int, default=4096, help="parameter points of the measurement")
    parser.add_argument("--output", type=Path, help="folder for the pictures; none are made without it")
    return parser.parse_args()


def heading(text: str) -> None:
    """A section of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


if __name__ == "__main__":
    main()
