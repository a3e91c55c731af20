"""Alliance, pact or conflict: what the gap, the stakes and patience decide together.

Chindea (2014) says that wide gaps make durable alliances, that narrow gaps make non-aggression pacts, and, when the stakes are
high, protracted conflict; and that stronger groups exploit the weakness of allies. This script asks one model, at one set of
parameters, for all of it:

1. the regime at narrow and wide gaps and low and high stakes, under every enforcement concept;
2. for which patience the three statements hold together;
3. whom a measured gap makes turn on whom: Sinaloa and its allies;
4. the regime maps.

    python examples/regimes.py --discount 0.65 --output folder
"""

import argparse

import numpy as np

import alliances as al
from _script import discount, folder, heading, parser, progress, save, say, wait, without

LOW, HIGH = 1.0, 4.0  # stakes
NARROW, WIDE = 0.0, 0.8  # gaps
SAID = (("pact", NARROW, LOW), ("conflict", NARROW, HIGH), ("alliance", WIDE, LOW), ("alliance", WIDE, HIGH))

# Municipalities with presence (Coscia & Rios 2012): Sinaloa's, then the ally's
MEASURED = (
    ("Sinaloa - Juárez, 2003", 15, 17, "allies"),
    ("Sinaloa - Juárez, 2004", 38, 18, "war from 2004"),
    ("Sinaloa - Beltrán Leyva, 2007", 109, 48, "war from 2008"),
)


def main() -> None:
    """Print the report and save the pictures."""
    options = command_line()
    game = al.presets.chindea_2014()

    heading("1. Narrow and wide gaps, low and high stakes")
    _, gaps, stakes = zip(*SAID, strict=True)
    table = al.regime_table(game, gaps, stakes, options.discount)
    print(table)
    for label, names in zip(table.labels, table.name, strict=True):
        wrong = [f"{r} at gap {g:g}, stakes {z:g}" for (r, g, z), f in zip(SAID, names, strict=True) if r != f]
        say(f"{label}: {'as Chindea says' if not wrong else 'no ' + ', no '.join(wrong)}")

    heading("2. For which patience the statements hold together")
    for label, concept in progress(zip(table.labels, table.concepts, strict=True), "Regimes by patience"):
        deltas = np.round(np.arange(0.40, 0.96, 0.01), 2)
        regimes = al.regime_map(game, [NARROW, WIDE], [LOW, HIGH], deltas, enforcement=concept)
        holds = (regimes.name == [["pact", "alliance"], ["conflict", "alliance"]]).all(axis=(1, 2))
        say(f"  {label:31s} δ from {deltas[holds].min():.2f} to {deltas[holds].max():.2f} (steps of 0.01)")

    heading("3. Measured gaps")
    for name, strong, weak, outcome in MEASURED:
        power = al.Power(strong, weak)
        dyad = al.regime_table(game, float(power.gap), LOW, options.discount)
        print(f"{name}: {strong} against {weak} municipalities, gap {float(power.gap):+.3f}; {outcome}")
        for label, regime, breaker in zip(dyad.labels, dyad.name[:, 0], dyad.breaker[:, 0], strict=True):
            who = "" if breaker == "none" else f" (an alliance would be broken by: {breaker})"
            print(f"  {label:31s} {regime}{who}")

    heading("4. Regime maps")
    if without("matplotlib", "plot"):
        return
    import matplotlib

    matplotlib.use("Agg")
    wait("Computing the maps")
    save(draw(game, options), options.output / "regimes", ("png", "pdf"), dpi=300)
    save(draw_concepts(game, table, options), options.output / "regimes_concepts", ("png", "pdf"), dpi=300)


def command_line() -> argparse.Namespace:
    """Patience and the output folder."""
    options = parser(__doc__, output="regimes_output")
    options.add_argument("--discount", type=discount, default=0.6, help="δ: the discount factor")
    given = options.parse_args()
    folder(options, given.output)
    return given


def draw(game, options):
    """Gap × stakes at one patience, and gap × patience at low stakes, with the measured gaps on top."""
    from matplotlib import pyplot as plt

    figure, (above, below) = plt.subplots(2, 1, figsize=(6, 7.4), layout="constrained")
    gaps = np.linspace(-0.1, 0.9, 250)
    by_stakes = al.regime_map(game, gaps, np.linspace(0.5, 5, 136), options.discount)
    by_patience = al.regime_map(game, gaps, LOW, np.linspace(0.2, 0.95, 151))
    for ax, regimes, panel in ((above, by_stakes, "(a)"), (below, by_patience, "(b)")):
        regimes.plot(ax)
        ax.set_title(f"{panel} {ax.get_title()}", fontsize=9)
        for name, strong, weak, _ in MEASURED:
            gap = float(al.Power(strong, weak).gap)
            ax.axvline(gap, color="black", linestyle=":", linewidth=1)
            right = gap > 0.37 or gap < 0
            ax.annotate(
                name.replace(" - ", "–"),
                (gap, 0.97),
                xycoords=("data", "axes fraction"),
                xytext=(3 if right else -3, 0),
                textcoords="offset points",
                rotation=90,
                fontsize=7,
                ha="left" if right else "right",
                va="top",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )
    return figure


def draw_concepts(game, table, options):
    """Gap × stakes under every concept; optimal penal codes on a coarser grid, which takes some four seconds."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 3, figsize=(9, 5.4), layout="constrained", sharex=True, sharey=True)
    for ax, concept, label in progress(zip(axes.flat, table.concepts, table.labels, strict=True), "Drawing the map"):
        slow = isinstance(concept, al.OptimalPenalCode)
        gaps, stakes = np.linspace(0, 0.9, 36 if slow else 180), np.linspace(0.5, 5, 19 if slow else 91)
        al.regime_map(game, gaps, stakes, options.discount, enforcement=concept).plot(ax)
        ax.set_title(label, fontsize=9)
        ax.label_outer()
        ax.set_xlabel("gap γ" if ax in axes[1] else "")
        ax.set_ylabel("stakes z" if ax in axes[:, 0] else "")
    figure.suptitle(f"best sustained arrangement, δ = {options.discount:g}", fontsize=10)
    return figure


if __name__ == "__main__":
    main()
