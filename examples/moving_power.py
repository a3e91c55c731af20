"""When does the expected shift of power break an alliance, and who breaks it?

A proxy that learns while it is allied gains on its sponsor. If it learns slowly the alliance lasts until the proxy is the
stronger, and the proxy leaves. If it learns fast the sponsor does not wait for that: it strikes first, far above parity. This
script shows

1. the break threshold by speed of learning and patience, without side payments, and who breaks the alliance;
2. the pockets around parity in which mutual deterrence keeps an alliance;
3. what side payments restore, and where they do not;
4. the same shift as news;
5. the pictures.

    python examples/moving_power.py --output folder
"""

import argparse
from pathlib import Path

from matplotlib import pyplot as plt

import alliances as al

CHANCES = (0, 0.05, 0.1, 0.2, 0.3, 0.5)  # that the proxy learns, per period; a step is ten per cent of the ratio
ROWS = ((1.0, 0.7), (1.0, 0.8), (1.0, 0.9), (1.0, 0.95), (1.5, 0.8), (2.0, 0.8))  # decisiveness of the contest, patience
PAID = ((1.0, 0.9), (1.0, 0.95), (2.0, 0.8), (2.0, 0.9), (2.0, 0.95))
FAST = (0.05, 0.3, 0.5, 1.0)


def main() -> None:
    """Print the report and save the pictures."""
    options = command_line()

    heading("1. The break threshold λ_b without side payments (S: sponsor strikes first, P: proxy leaves)")
    print("  m     δ    " + "".join(f"{g:>9g}" for g in CHANCES))
    thresholds = {(m, delta, g): al.break_threshold(dyad(m, g), delta) for m, delta in ROWS for g in CHANCES}
    for m, delta in ROWS:
        row = [thresholds[m, delta, g] for g in CHANCES]
        print(f"  {m:<5g} {delta:<5g}" + "".join(f"{t.log_ratio:>7.1f} {str(t.defector)[0].upper()}" for t in row))

    heading("2. Pockets below the threshold")
    for (m, delta, g), threshold in thresholds.items():
        pockets = [f"[{w.low:g}, {w.high:g}]" for w in threshold.windows[:-1]]
        if pockets:
            print(f"  m = {m:g}, δ = {delta:g}, learning {g:g}: {', '.join(pockets)}")

    heading("3. With side payments (λ at which the alliance can be kept; x: no pure equilibrium)")
    for m, delta in PAID:
        for g in FAST:
            threshold = al.break_threshold(dyad(m, g), delta, al.Transfers())
            kept = ", ".join(f"[{w.low:g}, {w.high:g}]" for w in threshold.windows)
            holes = "".join(f" x{x:g}" for x in threshold.moving.holes)
            print(f"  m = {m:g}, δ = {delta:g}, learning {g:g}: {kept}{holes}")

    heading("4. Expected, or news: m = 1, δ = 0.8, learning 0.3")
    threshold = thresholds[1.0, 0.8, 0.3]
    print(threshold)
    for level in (1.5, 0.7, 0.1, -0.4):
        print(f"  {threshold.arriving_at(level)}")

    heading("5. Pictures")
    options.output.mkdir(parents=True, exist_ok=True)
    chosen = [t for (m, _, _), t in thresholds.items() if m == 1]
    for figure, name in ((jump(chosen), "moving_power"), (windows(threshold), "moving_power_windows")):
        for kind in ("png", "pdf"):
            path = options.output / f"{name}.{kind}"
            figure.savefig(path, dpi=200)
            print(f"Figure: {path}")


def dyad(decisiveness, learning):
    """The dyad of the report: a war of rounds that ends where one side has twenty times the power of the other."""
    contest = al.Tullock(decisiveness)
    game = al.AllianceGame(contest, al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=contest)
    return al.ShiftingDyad(game, al.PowerProcess(learning=(learning, 1)), war=walk)


def jump(thresholds):
    """The break threshold against the speed of learning."""
    figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    al.plotting.plot_break_thresholds(thresholds, ax)
    return figure


def windows(threshold):
    """Where the alliance can be kept, expected and frozen."""
    figure, ax = plt.subplots(figsize=(6, 2.2), layout="constrained")
    threshold.plot(ax)
    return figure


def command_line() -> argparse.Namespace:
    """The output folder."""
    parser = argparse.ArgumentParser(
        description="The break threshold of a dyad whose power moves.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path("moving_power_output"), help="folder for the pictures")
    return parser.parse_args()


def heading(text: str) -> None:
    """A section of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


if __name__ == "__main__":
    main()
