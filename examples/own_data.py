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

from matplotlib import pyplot as plt

import alliances as al

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
    options = command_line()
    options.output.mkdir(parents=True, exist_ok=True)
    names = {"date": options.date, "sponsor": options.sponsor, "proxy": options.proxy}
    if options.csv is None:
        options.csv = options.output / "invented_power.csv"
        options.csv.write_text(INVENTED, encoding="utf-8")
        names = {"sponsor": "patron", "proxy": "client"}
    try:
        series = al.cases.PowerSeries.from_csv(
            options.csv, **names, unit=options.unit, missing=options.missing, codes=options.codes, delimiter=options.delimiter
        )
        game = al.presets.chindea_2014(exposure=options.exposure, conflict_cost=options.conflict_cost)
        predicted = series.predict_break(game, options.discount)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from None

    heading(f"1. The gap of power, from {options.csv.name}")
    print(f"{len(series.dates)} observations from {series.dates[0]} to {series.dates[-1]}, in {series.unit}.")
    if series.unobserved_years:
        print(f"Nobody observed {', '.join(map(str, series.unobserved_years))}.")

    heading(f"2. The break, under Nash reversion with a discount factor of {options.discount:g}")
    print(predicted)
    print(f"\nAlong the gap: {predicted.threshold}")

    heading(f"3. All enforcement concepts, at the power of {series.dates[0]}")
    print(al.compare_enforcement(game, series.power[0], discount=options.discount))
    print("\nPredicted break")
    for concept in (al.NashReversion(), al.FinitePunishment(3), al.ImperfectMonitoring(0.05, 0.1), al.Transfers()):
        other = series.predict_break(game, options.discount, enforcement=concept)
        print(f"  {type(concept).__name__:20s} {other.year or other.status}")

    heading("4. If patience is drawn anew every year")
    print(al.break_forecast(series.power, game, dates=[str(date) for date in series.dates]))

    heading("5. Picture")
    figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
    predicted.plot(ax)
    for kind in ("png", "pdf"):
        path = options.output / f"own_data.{kind}"
        figure.savefig(path, dpi=200)
        print(f"Figure: {path}")


def command_line() -> argparse.Namespace:
    """The table, its columns, the model, and the output folder."""
    parser = argparse.ArgumentParser(
        description="Your own table of power: threshold, predicted break and picture.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--csv", type=Path, default=None, help="your table; an invented one if not given")
    parser.add_argument("--date", default=None, help='column of the dates; "date" or "year" if not given')
    parser.add_argument("--sponsor", default="sponsor", help="column of the sponsor's power")
    parser.add_argument("--proxy", default="proxy", help="column of the proxy's power")
    parser.add_argument("--unit", default="power", help="what power is measured in")
    parser.add_argument("--delimiter", default=",", help="what stands between cells")
    parser.add_argument("--missing", choices=("error", "drop"), default="error", help="what happens to dates without a power")
    parser.add_argument(
        "--codes", type=float, nargs="*", default=(), metavar="CODE", help="numbers that mean missing, such as -9"
    )
    parser.add_argument("--discount", type=float, default=0.8, help="δ: the discount factor of both sides")
    parser.add_argument("--exposure", type=float, default=0.8, help="τ: the part of a stake that a surprise attack seizes")
    parser.add_argument("--conflict-cost", type=float, default=0.15, help="k: each side's cost of fighting, per period")
    parser.add_argument("--output", type=Path, default=Path("own_data_output"), help="folder for the picture")
    return parser.parse_args()


def heading(text: str) -> None:
    """A section of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


if __name__ == "__main__":
    main()
