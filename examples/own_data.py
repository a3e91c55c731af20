"""Your own table of power: at which gap does the alliance break, in which year, and under which way of enforcing it?

A table has a row per year (or per month, or day): the date, the sponsor's power and the proxy's, in any unit. Without options
this script writes such a table, an invented one, and answers for it; with ``--csv`` it answers for yours:

    python examples/own_data.py --csv my_power.csv --sponsor patron --proxy client --unit battalions

It shows

1. the path of the gap, with the years that nobody observed;
2. year by year whether the alliance can be kept, and the predicted break: the year, the side that defects, the threshold;
3. the same under all enforcement concepts;
4. the chance of a break by each year if patience is drawn at random every year;
5. a picture.
"""

import argparse
from pathlib import Path

import alliances as al
from _script import discount, folder, heading, parser, progress, save, say, usage, wait, without

INVENTED = """year,patron,client
1996,90,12
1997,92,15
1998,88,21
1999,85,27
2000,84,36
2002,71,45
2003,66,52
2004,60,57
2005,58,66
"""


def main() -> None:
    """Print the report and save the picture."""
    command_line, options = arguments()
    with usage(command_line):
        game = al.presets.chindea_2014(exposure=options.exposure, conflict_cost=options.conflict_cost)
        series = None if options.csv is None else read(options.csv, options)
        folder(command_line, options.output)
        if series is None:
            options.csv, options.sponsor, options.proxy = options.output / "invented_power.csv", "patron", "client"
            options.csv.write_text(INVENTED, encoding="utf-8")
            series = read(options.csv, options)
        wait("Solving along the gap")
        predicted = series.predict_break(game, options.discount)

    heading(f"1. The gap of power, from {options.csv.name}")
    say(f"{len(series.dates)} observations from {series.dates[0]} to {series.dates[-1]}, in {series.unit}.")
    if series.unobserved_years:
        say(f"Nobody observed {', '.join(map(str, series.unobserved_years))}.")

    heading(f"2. The break, under Nash reversion with a discount factor of {options.discount:g}")
    say(predicted)
    say(f"\nAlong the gap: {predicted.threshold}")

    heading(f"3. All enforcement concepts, at the power of {series.dates[0]}")
    wait("Comparing enforcement concepts")
    say(al.compare_enforcement(game, series.power[0], discount=options.discount))
    say("\nPredicted break")
    concepts = al.NashReversion(), al.FinitePunishment(3), al.ImperfectMonitoring(0.05, 0.1), al.Transfers()
    for concept in progress(concepts, "Predicting the break"):
        other = series.predict_break(game, options.discount, enforcement=concept)
        say(f"  {type(concept).__name__:20s} {other.year or other.status}")

    heading("4. If patience is drawn anew every year")
    say(al.break_forecast(series.power, game, dates=[str(date) for date in series.dates]))

    if without("matplotlib", "plot"):
        return
    from matplotlib import pyplot as plt

    heading("5. Picture")
    wait("Drawing")
    figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
    predicted.plot(ax)
    save(figure, options.output / "own_data", kinds=("png", "pdf"))


def read(path: Path, options: argparse.Namespace) -> al.cases.PowerSeries:
    """The table as a series of power."""
    names = {"date": options.date, "sponsor": options.sponsor, "proxy": options.proxy, "unit": options.unit}
    return al.cases.PowerSeries.from_csv(
        path, **names, missing=options.missing, codes=options.codes, delimiter=options.delimiter
    )


def arguments() -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    """The table, its columns, the model, and the output folder."""
    command_line = parser(__doc__, "own_data_output")
    command_line.add_argument("--csv", type=Path, default=None, help="your table; an invented one if not given")
    command_line.add_argument("--date", default=None, help='column of the dates; "date" or "year" if not given')
    command_line.add_argument("--sponsor", default="sponsor", help="column of the sponsor's power")
    command_line.add_argument("--proxy", default="proxy", help="column of the proxy's power")
    command_line.add_argument("--unit", default="power", help="what power is measured in")
    command_line.add_argument("--delimiter", default=",", help="what stands between cells")
    command_line.add_argument(
        "--missing", choices=("error", "drop"), default="error", help="what happens to dates without a power"
    )
    command_line.add_argument(
        "--codes", type=float, nargs="*", default=(), metavar="CODE", help="numbers that mean missing, such as -9"
    )
    command_line.add_argument("--discount", type=discount, default=0.8, help="δ: the discount factor of both sides")
    command_line.add_argument(
        "--exposure", type=float, default=0.8, help="τ: the part of a stake that a surprise attack seizes"
    )
    command_line.add_argument("--conflict-cost", type=float, default=0.15, help="k: each side's cost of fighting, per period")
    return command_line, command_line.parse_args()


if __name__ == "__main__":
    main()
