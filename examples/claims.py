"""Is it true that wider gaps make more durable alliances? One hypothesis, asked in four ways.

1. check: of one model, with the two gaps that contradict it;
2. falsify: is there a simple counterexample among all models of the family?
3. measure: in which share of the family does it hold, and which parameters decide?
4. prove: of every model of the family, or refute it – with and without side payments.

Needs the packages of pip install 'alliances[plot,prove,testing]'. Pictures are saved where --output says:

    python examples/claims.py --output claims_output
"""

import argparse
import itertools
from fractions import Fraction
from pathlib import Path

import alliances as al
from _script import count, folder, heading, parser, progress, save, say, wait
from alliances.claims import ASYMMETRY, Interval, alliance_family

FOREVER = al.GivenPunishment()  # conflict for ever, taken as given
PAID = al.GivenPunishment(al.Transfers())  # the same, where the two may also pay each other


def main() -> None:
    """Print the answers and save the pictures."""
    options = command_line()
    say(ASYMMETRY)

    heading("1. One model")
    game = al.AllianceGame(
        contest=al.Tullock(2),
        synergy=al.Complementarity(Fraction(3, 5)),
        sharing=al.Proportional(),
        exposure=Fraction(4, 5),
        conflict_cost=Fraction(3, 20),
    )
    say(f"without side payments\n  {ASYMMETRY.check(game, enforcement=FOREVER)}")
    say(f"with side payments\n  {ASYMMETRY.check(game, enforcement=PAID)}")

    heading("2. A simple counterexample")
    family = alliance_family(decisiveness=2, enforcement=FOREVER)
    say(family)
    say(ASYMMETRY.falsify(family))

    heading("3. The share of models")
    wide = alliance_family(decisiveness=Interval(0.5, 4), enforcement=FOREVER)
    say(wide)
    wait(f"Measuring {options.points} models, and some more for the sensitivities")
    measured = ASYMMETRY.measure(wide, points=options.points, sensitivity=True)
    say(measured)

    heading("4. Proofs")
    concepts = (
        ("conflict for ever", FOREVER, ()),
        ("conflict for ever, where it is an equilibrium", FOREVER, ("credible",)),
        ("conflict for ever, side payments", PAID, ()),
    )
    for decisiveness, (name, concept, assume) in progress(itertools.product((1, 2, 3), concepts), "Proving"):
        family = alliance_family(decisiveness=decisiveness, enforcement=concept, assume=assume)
        say(f"decisiveness {decisiveness}, {name}:\n  {ASYMMETRY.prove(family)}")

    if options.output is not None:
        draw(game, wide, measured, options.output)


def draw(game, family, measured, path: Path) -> None:
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
    wait("Drawing, which measures along the decisiveness")
    marks = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 3.5, 4]
    pictures = {
        "claim_check": al.plotting.plot_check(ASYMMETRY, game, enforcement=FOREVER),
        "claim_share": al.plotting.plot_share(
            ASYMMETRY, family, "decisiveness", marks, enforcements=concepts, points=256, xlabel="decisiveness m"
        ),
        "claim_sensitivity": measured.plot(),
    }
    print()
    for name, ax in pictures.items():
        save(ax.figure, path / name)


def command_line() -> argparse.Namespace:
    """How many models to measure, and where pictures go."""
    options = parser(__doc__)
    options.add_argument("--points", type=count("points"), default=4096, help="parameter points of the measurement")
    options.add_argument("--output", type=Path, help="folder for the pictures; none are made without it")
    given = options.parse_args()
    if given.output is not None:
        folder(options, given.output)
    return given


if __name__ == "__main__":
    main()
