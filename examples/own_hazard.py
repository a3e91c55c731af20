"""Your own dyads: how does the hazard that an alliance breaks depend on the gap of power, and what is to be expected?

A table has a row per dyad and year of alliance: who, when, the power of both sides, and 1 in the year in which it broke.
Without options this script writes such a table, an invented one, and answers for it; with ``--csv`` it answers for yours:

    python examples/own_hazard.py --csv dyads.csv --names patron client --power men_p men_c --event broke

It shows

1. the years at risk, the events, and what was left out;
2. the hazard that a game implies, and what the data do not see of its parameters;
3. the game beside regressions that know no game, each predicting the dyads that it did not see;
4. a forecast along a path of the gap;
5. a picture.
"""

import argparse
from pathlib import Path

import numpy as np

import alliances as al
from _script import count, folder, heading, number, parser, progress, save, say, seed, show, usage, without

PUNISHMENTS = {"reversion": al.NashReversion, "mutual-fighting": al.GivenPunishment, "side-payments": al.Transfers}


def main() -> None:
    """Print the report and save the picture."""
    command_line, options = arguments()
    if without("pandas", "data"):
        return
    with usage(command_line):
        table = invented(options.seed) if options.csv is None else read(options.csv)
        columns = {"names": tuple(options.names), "year": options.year, "event": options.event, "lag": options.lag}
        spells = al.datasets.dyad_years(table, tuple(options.power), **columns, missing=options.missing)
        game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
        free = {"contest.decisiveness": (0.3, 4.0)}
        models = {
            "game": al.estimation.HazardModel(game, PUNISHMENTS[options.punishment](), al.patience.Kumaraswamy(b=1), free=free),
            "line": al.estimation.Logit(["gap"], link="log"),
            "constant": al.estimation.Constant(),
        }
        fits = {name: model.fit(spells, event=options.event, rng=options.seed) for name, model in models.items()}
        folder(command_line, options.output)
        if options.csv is None:
            table.to_csv(options.output / "invented_dyads.csv", index=False)

    heading("1. Years at risk")
    say(f"{len(spells)} years of {spells['dyad'].nunique()} dyads, {int(spells[options.event].sum())} breaks.")
    for why, rows in spells.attrs["left_out"].items():
        say(f"Left out: {rows} {why}.")

    heading(f"2. The hazard that a game implies, under {options.punishment}")
    say(fits["game"])
    say(fits["game"].identification())

    heading("3. Beside regressions, on dyads that were not seen")
    held = {name: held_out(model, spells, options, name) for name, model in models.items()}
    rows = [(name, f"{fits[name].best:.1f}", f"{held[name]:.1f}", f"{held[name] - held['constant']:+.1f}") for name in models]
    show(("model", "log likelihood", "held out", "against constant"), rows)

    heading("4. Forecast")
    steps = np.arange(len(options.gaps))
    ahead = {"id": np.full(len(steps), "ahead"), "start": steps, "stop": steps + 1, "gap": np.array(options.gaps)}
    hazard, survival = (fits["game"].predict(ahead, what=what) for what in ("hazard", "survival"))
    rows = [(f"{k + 1}", *(f"{x:.3f}" for x in row)) for k, row in enumerate(zip(options.gaps, hazard, survival, strict=True))]
    show(("year ahead", "gap", "hazard", "still allied"), rows)

    if without("matplotlib", "plot"):
        return
    from matplotlib import pyplot as plt

    heading("5. Picture")
    figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
    gaps = np.linspace(0.0, 0.98, 99)
    grid = {"id": gaps, "start": 0 * gaps, "stop": 0 * gaps + 1, "gap": gaps}
    for name, fit in fits.items():
        ax.plot(gaps, fit.predict(grid), label=name)
    ax.set_xlabel("gap of power")
    ax.set_ylabel("breaks a year")
    ax.legend(frameon=False)
    save(figure, options.output / "own_hazard")


def held_out(model, spells, options: argparse.Namespace, name: str) -> float:
    """The log score of the dyads' years, each predicted by a model that was fitted to the other folds."""
    dyads = spells["dyad"].unique()
    fold = dict(zip(dyads, np.random.default_rng(options.seed).permutation(np.arange(len(dyads)) % options.folds), strict=True))
    of_row = spells["dyad"].map(fold).to_numpy()
    score = 0.0
    for k in progress(range(options.folds), f"Folds of {name}"):
        train, test = spells[of_row != k], spells[of_row == k]
        rate = model.fit(train, event=options.event, rng=options.seed).predict(test)
        score += float(np.log(rate[test[options.event] == 1]).sum() - rate.sum())
    return score


def read(path: Path):
    """The table."""
    import pandas as pd

    return pd.read_csv(path)


def invented(start: int):
    """Dyads whose hazard falls with the gap."""
    import pandas as pd

    rng = np.random.default_rng(start)
    rows = []
    for dyad in range(120):
        log_ratio = rng.uniform(0, 3)
        for year in range(2000, 2015):
            gap = float(np.tanh(log_ratio / 2))
            broke = int(rng.random() < 0.25 * (1 - gap) ** 1.5 + 0.01)
            rows.append((f"patron {dyad}", f"client {dyad}", year, 100.0, round(100 * np.exp(-log_ratio), 3), broke))
            if broke:
                break
            log_ratio = abs(log_ratio + rng.normal(0, 0.25))
    return pd.DataFrame(rows, columns=["patron", "client", "year", "men_p", "men_c", "broke"])


def arguments() -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    """The table, its columns, the punishment, the path of the gap, and the output folder."""
    command_line = parser(__doc__, "own_hazard_output")
    command_line.add_argument("--csv", type=Path, default=None, help="your table; an invented one if not given")
    command_line.add_argument("--names", nargs=2, default=["patron", "client"], help="columns of the two sides")
    command_line.add_argument("--power", nargs=2, default=["men_p", "men_c"], help="columns of both sides' power")
    command_line.add_argument("--year", default="year", help="column of the years")
    command_line.add_argument("--event", default="broke", help="column that is 1 in the year of the break")
    command_line.add_argument("--lag", type=count("lag", 0), default=1, help="how many years earlier power is measured")
    command_line.add_argument(
        "--missing", choices=("error", "drop"), default="error", help="what happens to years without a power"
    )
    command_line.add_argument(
        "--punishment", choices=sorted(PUNISHMENTS), default="mutual-fighting", help="what follows a break"
    )
    gap = number("gaps must lie strictly between 0 and 1", lambda value: 0 < value < 1)
    command_line.add_argument(
        "--gaps", type=gap, nargs="+", default=[0.6, 0.5, 0.4, 0.3, 0.2], help="the path that is forecast"
    )
    command_line.add_argument("--folds", type=count("folds", 2), default=5, help="in how many parts dyads are left out")
    command_line.add_argument("--seed", type=seed, default=0, help="of the invented table, the starts and the folds")
    return command_line, command_line.parse_args()


if __name__ == "__main__":
    main()
