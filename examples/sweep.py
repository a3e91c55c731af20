"""A sweep that may be killed: the least patience of an alliance over gap, cost of conflict and enforcement concept.

Every cell of the grid is a model. The numbers go to a Zarr store chunk by chunk; start the script again after a stop, and it
goes on. The picture shows at which gaps and costs patience suffices under which concept.

    python examples/sweep.py --cells 1000000 --output folder
"""

import argparse

import numpy as np

import alliances as al
from _script import count, discount, folder, heading, parser, save, say, usage, wait, without

CONCEPTS = {
    "Nash reversion": al.NashReversion(),
    "five periods": al.FinitePunishment(5),
    "noisy signals": al.ImperfectMonitoring(0.05, 0.1),
    "side payments": al.Transfers(),
}


def main() -> None:
    """Compute, or go on; print the shares; draw the map."""
    options = command_line()
    if without("xarray", "data") or without("zarr", "distributed"):
        return
    side = max(int((options.cells / len(CONCEPTS)) ** 0.5), 2)
    grid = {"concept": CONCEPTS, "cost": np.linspace(0, 0.3, side), "gap": np.linspace(0, 0.95, side)}
    wait(f"Sweeping {side * side * len(CONCEPTS):,} models")
    with usage(options.parser):
        found = al.sweep(
            patience, grid, vectorized=True, outputs=["dyad"], store=options.output / "patience.zarr",
            long_names={"cost": "cost of conflict", "concept": "enforcement concept"},
        )  # fmt: skip

    heading("Share of gaps and costs at which the alliance holds")
    holds = found.dyad <= options.discount
    for concept in CONCEPTS:
        say(f"  {concept:16s} {float(holds.sel(concept=concept).mean()):6.1%} at δ = {options.discount:g}")
    say(f"\n{found.attrs['failures']} cells failed. The store opens without the library: xarray.open_zarr")
    if without("matplotlib", "plot"):
        return
    save(draw(found), options.output / "sweep")


def patience(gap, cost, concept):
    """δ* of (ally, ally), for arrays of gaps and costs."""
    game = al.presets.morrow_1991(conflict_cost=cost)
    return al.critical_discount(game, al.Power.from_gap(gap), enforcement=concept)


def command_line() -> argparse.Namespace:
    """Size, patience and the output folder."""
    options = parser(__doc__, output="sweep_output", what="the store and the picture")
    options.add_argument("--cells", type=count("cells", 8), default=40_000, help="about how many models")
    options.add_argument("--discount", type=discount, default=0.6, help="δ: the discount factor")
    given = options.parse_args()
    folder(options, given.output)
    given.parser = options
    return given


def draw(found):
    """A map of δ* for each concept."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(7, 5.6), layout="constrained", sharex=True, sharey=True)
    for ax, concept in zip(axes.flat, CONCEPTS, strict=True):
        least = found.dyad.sel(concept=concept)
        values = np.where(np.isfinite(least), least, np.nan)
        mesh = ax.pcolormesh(found.gap, found.cost, values, cmap="Greys", vmin=0, vmax=1, shading="nearest", rasterized=True)
        ax.set_title(concept, fontsize=9)
        ax.set_xlabel("gap γ" if ax in axes[1] else "")
        ax.set_ylabel("cost of conflict" if ax in axes[:, 0] else "")
    figure.colorbar(mesh, ax=axes, label="critical discount factor δ* (white: none)")
    return figure


if __name__ == "__main__":
    main()
