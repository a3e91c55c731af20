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
import itertools

import alliances as al
from _script import folder, heading, parser, progress, save, say, without

CHANCES = (0, 0.05, 0.1, 0.2, 0.3, 0.5)  # that the proxy learns, per period; a step is ten per cent of the ratio
ROWS = ((1.0, 0.7), (1.0, 0.8), (1.0, 0.9), (1.0, 0.95), (1.5, 0.8), (2.0, 0.8))  # decisiveness of the contest, patience
PAID = ((1.0, 0.9), (1.0, 0.95), (2.0, 0.8), (2.0, 0.9), (2.0, 0.95))
FAST = (0.05, 0.3, 0.5, 1.0)


def main() -> None:
    """Print the report and save the pictures."""
    options = command_line()

    heading("1. The break threshold λ_b without side payments (S: sponsor strikes first, P: proxy leaves)")
    print("  m     δ    " + "".join(f"{g:>9g}" for g in CHANCES))
    asked = [(m, delta, g) for m, delta in ROWS for g in CHANCES]
    thresholds = {(m, delta, g): al.break_threshold(dyad(m, g), delta) for m, delta, g in progress(asked, "Solving thresholds")}
    for m, delta in ROWS:
        row = [thresholds[m, delta, g] for g in CHANCES]
        print(f"  {m:<5g} {delta:<5g}" + "".join(f"{t.log_ratio:>7.1f} {str(t.defector)[0].upper()}" for t in row))

    heading("2. Pockets below the threshold")
    for (m, delta, g), threshold in thresholds.items():
        pockets = [f"[{w.low:g}, {w.high:g}]" for w in threshold.windows[:-1]]
        if pockets:
            say(f"  m = {m:g}, δ = {delta:g}, learning {g:g}: {', '.join(pockets)}")

    heading("3. With side payments (λ at which the alliance can be kept; x: no pure equilibrium)")
    for (m, delta), g in progress(itertools.product(PAID, FAST), "Solving contracts"):
        threshold = al.break_threshold(dyad(m, g), delta, al.Transfers())
        kept = ", ".join(f"[{w.low:g}, {w.high:g}]" for w in threshold.windows)
        holes = "".join(f" x{x:g}" for x in threshold.moving.holes)
        say(f"  m = {m:g}, δ = {delta:g}, learning {g:g}: {kept}{holes}")

    heading("4. Expected, or news: m = 1, δ = 0.8, learning 0.3")
    threshold = thresholds[1.0, 0.8, 0.3]
    say(threshold)
    for level in (1.5, 0.7, 0.1, -0.4):
        say(f"  {threshold.arriving_at(level)}")

    heading("5. Pictures")
    if without("matplotlib", "plot"):
        return
    chosen = [t for (m, _, _), t in thresholds.items() if m == 1]
    save(jump(chosen), options.output / "moving_power", ("png", "pdf"))
    save(windows(threshold), options.output / "moving_power_windows", ("png", "pdf"))


def dyad(decisiveness, learning):
    """The dyad of the report: a war of rounds that ends where one side has twenty times the power of the other."""
    contest = al.Tullock(decisiveness)
    game = al.AllianceGame(contest, al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=contest)
    return al.ShiftingDyad(game, al.PowerProcess(learning=(learning, 1)), war=walk)


def jump(thresholds):
    """The break threshold against the speed of learning."""
    figure, ax = new_figure((6, 4))
    al.plotting.plot_break_thresholds(thresholds, ax)
    return figure


def windows(threshold):
    """Where the alliance can be kept, expected and frozen."""
    figure, ax = new_figure((6, 2.2))
    threshold.plot(ax)
    return figure


def new_figure(size):
    """A figure with one pair of axes, without a screen."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=size, layout="constrained")


def command_line() -> argparse.Namespace:
    """The output folder."""
    options = parser(__doc__, output="moving_power_output")
    given = options.parse_args()
    folder(options, given.output)
    return given


if __name__ == "__main__":
    main()
