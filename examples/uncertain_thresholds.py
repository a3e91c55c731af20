"""How sure is a threshold? The gap at which an alliance breaks, for thousands of draws of what nobody has measured.

Decisiveness, synergy, exposure, conflict costs and patience are drawn from intervals; every draw is an alliance. One call of
``defection_threshold`` answers for all of them. This script prints

1. how many alliances break, where, and who breaks them;
2. which of the parameters moves the threshold most (Spearman's rank correlation);
3. what patience alone does, with the other parameters at their middle.

    python examples/uncertain_thresholds.py --draws 5000 --output folder
"""

import argparse

import numpy as np

import alliances as al
from _script import count, folder, heading, parser, save, say, seed, show, wait, without

INTERVALS = {
    "decisiveness m": (1.0, 3.0),
    "synergy V": (0.2, 1.2),
    "exposure τ": (0.4, 1.0),
    "conflict cost k": (0.0, 0.4),
    "patience δ": (0.5, 0.95),
}
COLUMNS = 60  # of the picture


def main() -> None:
    """Print the report and save the pictures."""
    options = command_line()
    rng = np.random.default_rng(options.seed)
    drawn = {name: rng.uniform(low, high, options.draws) for name, (low, high) in INTERVALS.items()}
    wait(f"Solving {options.draws} alliances")
    batch = al.defection_threshold(model(drawn), drawn["patience δ"])

    heading("1. How many break, where, and who breaks them")
    say(batch.message)
    quantiles = np.nanquantile(batch.gap, [0.05, 0.25, 0.5, 0.75, 0.95]) if np.isfinite(batch.gap).any() else []
    say("  threshold, 5 % to 95 % of the draws: " + ", ".join(f"{x:+.3f}" for x in quantiles))
    for name in ("sponsor", "proxy", "both"):
        say(f"  broken by {name}: {np.mean(batch.defector == name):.1%}")
    say(f"  several windows, so that a wider gap can be worse: {np.mean(batch.windows.count > 1):.1%}")

    heading("2. What moves the threshold (rank correlation among the draws that break)")
    breaks = np.isfinite(batch.gap)
    if breaks.sum() > 2:
        show(("parameter", "interval", "correlation"), correlations(drawn, batch.gap, breaks))

    heading("3. Patience alone")
    low, high = INTERVALS["patience δ"]
    middle = {name: (a + b) / 2 for name, (a, b) in INTERVALS.items()}
    deltas = np.linspace(low, high, COLUMNS)
    along = al.defection_threshold(model(middle), deltas)
    for k in range(0, COLUMNS, 12):
        say(f"  δ = {deltas[k]:.3f}: {along.status[k]}{'' if np.isnan(along.gap[k]) else f' {along.gap[k]:+.3f}'}")

    if not without("matplotlib", "plot"):
        print()
        save(draw(along, batch), options.output / "uncertain_thresholds")


def command_line() -> argparse.Namespace:
    """How many draws, the seed and the output folder."""
    options = parser(__doc__, output="uncertain_thresholds_output")
    options.add_argument("--draws", type=count("draws"), default=1000, help="alliances")
    options.add_argument("--seed", type=seed, default=1, help="of the draws")
    given = options.parse_args()
    folder(options, given.output)
    return given


def model(parameters):
    """The model of one alliance, or of all of them where the parameters are arrays."""
    return al.AllianceGame(
        contest=al.Tullock(parameters["decisiveness m"]),
        synergy=al.Complementarity(parameters["synergy V"]),
        sharing=al.Proportional(),
        exposure=parameters["exposure τ"],
        conflict_cost=parameters["conflict cost k"],
    )


def correlations(drawn, gap, breaks):
    """A row for each parameter: its name, its interval, and how its ranks go with those of the threshold."""
    ranks = gap[breaks].argsort().argsort()
    return [
        (name, f"{low:g} to {high:g}", f"{np.corrcoef(drawn[name][breaks].argsort().argsort(), ranks)[0, 1]:+.2f}")
        for name, (low, high) in INTERVALS.items()
    ]


def draw(along, batch):
    """The windows along patience, and the thresholds of all draws."""
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
    along.plot(left, xlabel="patience δ, the rest at the middle of its interval")
    shown = [batch.gap[batch.defector == name] for name in ("sponsor", "proxy")]
    right.hist(shown, bins=30, range=batch.domain, stacked=True, color=["0.3", "0.8"], edgecolor="black", linewidth=0.4)
    right.legend(["the sponsor breaks it", "the proxy breaks it"], fontsize=7)
    right.set(xlabel="threshold γ* (0 is parity)", ylabel="draws")
    return figure


if __name__ == "__main__":
    main()
