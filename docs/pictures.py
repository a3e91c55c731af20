"""The pictures of the pages, drawn by ``docs/conf.py`` before the pages are read.

Each function draws one picture and returns its figure; :data:`PICTURES` names the files. To draw them into a folder:

    python docs/pictures.py folder
"""

import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import alliances as al
from alliances.plotting.axes import NEVER, broken

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
GAP = "gap γ (0 is parity, below 0 the proxy is the stronger)"
STAKES = "payoff per period (stakes z = 1)"


def two_actions(decisiveness: float = 2.0) -> al.AllianceGame:
    """The benchmark model of the pages, with two actions."""
    return al.AllianceGame(
        al.Tullock(decisiveness), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15
    )


def home() -> Figure:
    """At which gaps the preset's alliance is stable, and where it breaks."""
    threshold = al.defection_threshold(al.presets.chindea_2014(), 0.5)
    figure, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
    threshold.plot(ax)
    ax.annotate(
        f"a narrowing gap\nbreaks the\nalliance here: the\n{threshold.defector} defects", (threshold.gap, 0.5), fontsize=8,
        ha="left", va="bottom", xytext=(10, 45), textcoords="offset points", arrowprops={"arrowstyle": "->"},
    )  # fmt: skip
    ax.set_title("Both keep faith where both lines run below their patience, δ = 0.5", fontsize=9)
    return figure


def model() -> Figure:
    """Each player's four payoffs along the gap, and the kind of game that their order makes."""
    game, gaps = two_actions(), np.linspace(-0.95, 0.95, 381)
    stage = game.stage_game(al.Power.from_gap(gaps))
    figure, axes = plt.subplots(1, 2, figsize=(8.4, 4.2), sharex=True, layout="constrained")
    cells = (
        ((0, 0), "ally, ally", {"color": "black", "linewidth": 2.0}),
        ((1, 0), "fight, ally: the sponsor betrays", {"color": "0.35", "linestyle": "--"}),
        ((0, 1), "ally, fight: the proxy betrays", {"color": "0.35", "linestyle": ":", "linewidth": 2.0}),
        ((1, 1), "fight, fight", {"color": "0.6", "linestyle": "-."}),
    )
    for ax, player, payoffs in zip(axes, ("sponsor", "proxy"), (stage.A, stage.B), strict=True):
        for (i, j), label, style in cells:
            ax.plot(gaps, payoffs[..., i, j], label=label, **style)
        for region in al.ordinal_regions(game)[1:]:
            ax.axvline(region.lower, color="0.75", linewidth=0.8, zorder=0)
        ax.axhline(0, color="0.85", linewidth=0.8, zorder=0)
        ax.set_xlim(-0.95, 0.95)
        ax.set_xlabel(GAP, fontsize=8)
        ax.set_ylabel(f"{player}'s {STAKES}")
        ax.set_title(f"The {player}", fontsize=9, pad=14)
    for ax, (k, region) in product(axes, enumerate(al.ordinal_regions(game))):
        middle = (region.lower + region.upper) / 2
        ax.annotate(str(k + 1), (middle, 1.01), xycoords=("data", "axes fraction"), fontsize=7, ha="center", va="bottom")
    kinds = "; ".join(f"{k + 1} {region.label}" for k, region in enumerate(al.ordinal_regions(game)))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=7, loc="outside upper center", ncols=4, frameon=False)
    figure.supxlabel(kinds, fontsize=7)
    return figure


def concepts() -> dict[str, al.Enforcement]:
    """The enforcement concepts that the pages compare."""
    return {
        "Nash reversion": al.NashReversion(),
        "3 periods": al.FinitePunishment(3),
        "noisy signals": al.ImperfectMonitoring(0.05, 0.1),
        "side payments": al.Transfers(),
        "optimal penal codes": al.OptimalPenalCode(),
    }


def enforcement() -> Figure:
    """The dyad's critical discount factor under five concepts, and the windows that follow at one patience."""
    game, gaps = two_actions(), np.linspace(-0.95, 0.95, 191)
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(7, 6.4), height_ratios=(1.6, 1), sharex=True, layout="constrained")
    for k, ((name, concept), style) in enumerate(zip(concepts().items(), al.plotting.OUTLINES, strict=False)):
        delta = al.critical_discount(game, al.Power.from_gap(gaps), enforcement=concept).dyad
        upper.plot(gaps, broken(delta), label=name, **style)
        never = np.where(np.isinf(delta), NEVER + 0.045 * k, np.nan)
        upper.plot(gaps, never, **style | {"linewidth": 2.4})
    top = NEVER + 0.045 * len(concepts())
    upper.axhspan(1.0, top, color="0.93", zorder=0, linewidth=0)
    upper.annotate(
        "no patience suffices", (0.99, 1.03), xycoords=("axes fraction", "data"), fontsize=7, ha="right", va="center"
    )
    upper.axhline(0.8, color="0.6", linewidth=0.8)
    upper.annotate("δ = 0.8", (-0.94, 0.8), fontsize=7, va="bottom")
    upper.set_ylim(0.2, top)
    upper.set_yticks([0.2, 0.4, 0.6, 0.8, 1.0])  # no number above 1 is a discount factor
    upper.set_ylabel("critical discount factor δ* of the dyad")
    upper.set_title("How patient must the dyad be?", fontsize=9)
    upper.legend(fontsize=7, loc="lower center", ncols=2)
    thresholds = {
        name: al.defection_threshold(game, 0.8, enforcement=concept, samples=201) for name, concept in concepts().items()
    }
    al.plotting.plot_concepts(thresholds, lower)
    lower.set_title("Where δ = 0.8 keeps the alliance (S, P, B for both: who defects beyond the edge)", fontsize=9)
    return figure


def thresholds() -> Figure:
    """Two windows with their edges, and what a break on the way down says about patience."""
    game = al.presets.chindea_2014()
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    al.defection_threshold(game, 0.8).plot(left)
    left.set_title("From patience to gaps: the windows at δ = 0.8", fontsize=9)
    path = np.array([0.9, 0.8, 0.7, 0.6])
    found = al.identified_discount(game, al.Power.from_gap(path))
    gaps = np.linspace(0.5, 0.95, 91)
    right.plot(gaps, al.critical_discount(game, al.Power.from_gap(gaps)).dyad, color="black", label="δ* of the dyad")
    delta = found.critical.dyad
    right.plot(path[:-1], delta[:-1], "o", color="black", label="held")
    right.plot(path[-1:], delta[-1:], "X", color="black", markersize=9, markerfacecolor="white", label="broke")
    right.axhspan(float(found.common.lower), float(found.common.upper), facecolor="0.88", edgecolor="0.5", hatch="///",
                  linewidth=0, zorder=0, label=f"patience that fits: δ in {found.common}")  # fmt: skip
    right.set_xlim(0.95, 0.5)
    right.set_ylim(0, 1)
    right.set_xlabel("gap γ, narrowing to the right")
    right.set_ylabel("discount factor δ")
    right.set_title("From a dated break to patience", fontsize=9)
    right.legend(fontsize=7, loc="upper left")
    left.set_xlabel(GAP, fontsize=8)
    return figure


def asymmetry() -> Figure:
    """Critical discount factors from parity to the widest gaps in the four models of the page."""
    panels = (
        ("decisive fighting (m = 2), Nash reversion", two_actions(), al.NashReversion()),
        ("indecisive fighting (m = 1), Nash reversion", two_actions(1.0), al.NashReversion()),
        ("decisive fighting (m = 2), side payments", two_actions(), al.Transfers()),
        ("a pact as third option (m = 2), Nash reversion", al.presets.chindea_2014(), al.NashReversion()),
    )
    figure, axes = plt.subplots(2, 2, figsize=(8.4, 6.4), sharex=True, sharey=True, layout="constrained")
    for ax, (title, game, concept) in zip(axes.flat, panels, strict=True):
        al.plotting.plot_critical(game, ax, enforcement=concept, domain=(0.0, 0.95))
        ax.set_title(title, fontsize=9)
        ax.legend(fontsize=7, loc="lower left")
        ax.label_outer()
    for ax in axes[1]:
        ax.set_xlabel("gap γ (0 is parity)")
    return figure


def conflict() -> Figure:
    """Expected duration where the sides are alike but for their power, and where they are not."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.9), layout="constrained")
    styles = (
        {"color": "black", "linestyle": "-", "marker": "o"},
        {"color": "0.4", "linestyle": "--", "marker": "s"},
        {"color": "0.2", "linestyle": ":", "marker": "^"},
    )
    alike = {
        "luck": al.ConflictWalk(swing=2, barrier=8),
        "Tullock, m = 1": al.ConflictWalk(swing=2, barrier=8, win=al.Tullock(1)),
        "Tullock, m = 3": al.ConflictWalk(swing=2, barrier=8, win=al.Tullock(3)),
    }
    unlike = {
        "proxy needs 2 : 1, sponsor 8 : 1": al.ConflictWalk(swing=2, barrier=(8, 2)),
        "sponsor wins 1 round in 4": al.ConflictWalk(swing=2, barrier=4, win=0.25),
    }
    for ax, walks, title in (
        (axes[0], alike, "Alike but for power: wars from parity last longest"),
        (axes[1], unlike, "Not alike: the longest wars start off parity"),
    ):
        for (label, walk), style in zip(walks.items(), styles, strict=False):
            al.plotting.plot_conflict(walk, ax, label=label, **style)
        ax.axvline(0, color="0.8", linewidth=0.8, zorder=0)
        ax.set_title(title, fontsize=9)
        ax.xaxis.label.set_fontsize(8)
        ax.set_xticks([-1, -0.5, 0, 0.5, 1])
        ax.legend(fontsize=7, loc="upper left")
        ax.set_ylim(0, ax.get_ylim()[1] * 1.3)
    return figure


def stochastic_payoff_sets() -> Figure:
    """The page's two games: what can be paid in poor and in rich times, and to allies at four levels of power."""
    poor = al.StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]], actions=("C", "D"))
    rich = al.StageGame(poor.A + 2, poor.B + 2, actions=("C", "D"))

    def moves(state: str, i: int, j: int) -> dict[str, float]:
        up = 1 / 2 if i != j else 2 / 3 if state == "poor" else 1 / 3
        return {"rich": up, "poor": 1 - up}

    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(1.0))
    dyad = al.ShiftingDyad(two_actions(1.0), al.PowerProcess(learning=(0.1, 1)), war=walk, reconcile=0.1)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 4.2), width_ratios=(1, 1.6), layout="constrained")
    al.StochasticGame([poor, rich], moves, states=("poor", "rich")).payoff_sets(0.7).plot(left)
    states = [dyad.state(level) for level in (0.0, 0.4, 1.0, 1.6)]
    dyad.stochastic_game.payoff_sets(0.6, target=1e-3).plot(right, states=states)
    left.set_title("A dilemma in poor and in rich times, δ = 0.7", fontsize=9)
    right.set_title("Allies, by the log ratio λ of their power, δ = 0.6", fontsize=9)
    for ax, unit in ((left, "payoff per period (points)"), (right, STAKES)):
        ax.set_xlabel(f"sponsor's {unit}", fontsize=8)
        ax.set_ylabel(f"proxy's {unit}", fontsize=8)
    handles, labels = right.get_legend_handles_labels()
    names = [f"inner, λ = {state[0]:g}" for state in states] + labels[len(states) :]
    right.legend(handles, names, fontsize=7, loc="lower left", frameon=False)
    left.legend(fontsize=7, loc="upper right", frameon=False)
    return figure


def atlas() -> Figure:
    """The atlas as a map, from the rows that were published."""
    from atlas_map import draw
    from atlas_report import read_csv

    return draw(read_csv(BENCHMARKS / "results" / "atlas.csv"))


PICTURES: dict[str, Callable[[], Figure]] = {
    picture.__name__: picture
    for picture in (home, model, enforcement, thresholds, asymmetry, conflict, stochastic_payoff_sets, atlas)
}
"""The pictures by the names of their pages."""


def draw_all(folder: Path) -> None:
    """Save every picture, and the atlas' answer as a sentence that its page includes."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from atlas_map import answer
        from atlas_report import read_csv

        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in PICTURES.items():
            figure = picture()
            figure.savefig(folder / f"{name}.png", dpi=160)
            plt.close(figure)
        text = answer(read_csv(BENCHMARKS / "results" / "atlas.csv"))
        (folder / "atlas_answer.txt").write_text(text + "\n", encoding="utf-8")
    finally:
        sys.path.remove(str(BENCHMARKS))


if __name__ == "__main__":
    draw_all(Path(sys.argv[1]))
