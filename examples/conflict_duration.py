"""How long does a conflict last from a given gap, and when do narrow gaps protract it?

A war is a random walk of the power ratio between two barriers (``al.ConflictWalk``). This script prints, for pure luck and for
contests in which the stronger side is the likelier to win a round,

1. the expected duration, the median and the chance to prevail along the gap;
2. that three independent ways to the duration agree (elimination, sums and a simulation);
3. where "narrow gaps protract, wide gaps decide" is a theorem, and the walks that refute it where it is not.

    python examples/conflict_duration.py --swing 3/2 --barrier 729/64
"""

import argparse
from fractions import Fraction

import numpy as np

import alliances as al
from _script import folder, fraction, heading, parser, save, say, seed, usage, wait, without


def main() -> None:
    """Print the report and save the figure."""
    options, walks = command_line()
    heading("1. Duration along the gap")
    for name, walk in walks.items():
        wars = al.conflict_duration(walk.lattice(), walk)
        medians = wars.quantile(0.5)
        print(f"{name}\n      gap   rounds  median  sponsor prevails")
        for k in np.flatnonzero(wars.power.gap >= 0):
            gap, rounds, sponsor = (float(x[k]) for x in (wars.power.gap, wars.rounds, wars.sponsor))
            print(f"   {gap:6.3f} {rounds:8.2f} {medians[k]:7.0f} {sponsor:10.3f}")

    wait("Simulating 20,000 wars for each contest")
    heading("2. Three ways to the same number, from parity")
    for name, walk in walks.items():
        parity = al.Power(1, 1)
        wars = al.simulate_conflict(parity, walk, rng=options.seed, size=20_000)
        sums = walk.ruin(parity).duration_by("sums")[walk.steps(parity)[0]]
        rounds = al.conflict_duration(parity, walk).rounds
        same = "equal" if rounds == sums else "NOT EQUAL"
        print(f"{name:15s} {float(rounds):8.3f} (sums: {same}); simulated {wars.mean:.3f} ± {wars.standard_error:.3f}")

    heading("3. Is duration non-increasing in |gap|?")
    tilted = {
        "equal barriers, luck": walks["luck"],
        "equal barriers, Tullock m = 3": walks["Tullock, m = 3"],
        "equal barriers, sponsor wins 2 rounds in 5": al.ConflictWalk(options.swing, options.barrier, Fraction(2, 5)),
        "sponsor harder to eliminate": al.ConflictWalk(options.swing, (options.barrier, options.barrier**2)),
        "proxy harder to eliminate": al.ConflictWalk(options.swing, (options.barrier**2, options.barrier)),
    }
    for name, walk in tilted.items():
        wars = al.conflict_duration(walk.lattice(), walk)
        peak = int(np.argmax(wars.rounds))
        say(f"{name:42s} {verdict(wars)}; peak at gap {float(wars.power.gap[peak]):+.3f}")

    if not without("matplotlib", "plot"):
        print()
        save(draw(walks), options.output / "conflict_duration")


def command_line() -> tuple[argparse.Namespace, dict[str, al.ConflictWalk]]:
    """The seed and the output folder, and the walks that the other options make."""
    options = parser(__doc__, output="conflict_duration_output")
    options.add_argument(
        "--swing", type=fraction("swing"), default=Fraction(3, 2), help="factor by which a round changes the ratio s/p"
    )
    options.add_argument(
        "--barrier", type=fraction("barrier"), default=Fraction(729, 64), help="ratio at which the weaker side is eliminated"
    )
    options.add_argument("--seed", type=seed, default=1, help="of the simulation")
    given = options.parse_args()
    contests = {"luck": (), "Tullock, m = 1": (al.Tullock(1),), "Tullock, m = 3": (al.Tullock(3),)}
    with usage(options):
        walks = {name: al.ConflictWalk(given.swing, given.barrier, *contest) for name, contest in contests.items()}
        walks["luck"].lattice()
    folder(options, given.output)
    return given, walks


def verdict(wars) -> str:
    """Whether no start is longer than one nearer to parity on the lattice, or the two that refute it."""
    starts = sorted(zip(abs(wars.power.gap), wars.power.gap, wars.rounds, strict=True))
    for near, gap, rounds in starts:
        for far, other, longer in starts:
            if far > near and longer > rounds:
                return f"no: {float(rounds):.2f} rounds from {float(gap):+.3f}, {float(longer):.2f} from {float(other):+.3f}"
    return "yes"


def draw(walks):
    """Duration and win probability against the gap, for all walks."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    for (name, walk), line in zip(walks.items(), ("-", "--", ":"), strict=True):
        walk.plot(ax, label=name, linestyle=line)
    ax.legend(fontsize=8, loc="upper left")
    return figure


if __name__ == "__main__":
    main()
