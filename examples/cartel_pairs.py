"""Do models of the gap say which Mexican cartels fought, and when?

Takes all pairs of seven organisations, 2003 to 2010 (municipalities with presence, Coscia and Rios 2012), and

1. shows the gap path of each pair, the side that is stronger at the start in the sponsor's place;
2. says which pairs a model expects to break, in which year, and who defects;
3. compares that with the wars in UCDP's Georeferenced Event Dataset, beside rules that know no theory;
4. estimates how the odds of conflict move with the gap.

Parts 3 and 4 need a file of UCDP's data (https://ucdp.uu.se/downloads/), by event or summed by dyad and year:

    python examples/cartel_pairs.py --ucdp GEDEvent.csv
"""

import argparse
from pathlib import Path

import numpy as np

import alliances as al


def main() -> None:
    """Print the report and save the figure."""
    options = command_line()
    pairs = al.datasets.cartel_municipalities().pairs()
    game, concept = al.presets.chindea_2014(), al.Transfers() if options.transfers else al.NashReversion()

    heading("1. Gap paths")
    print(pairs)

    heading(f"2. Predictions of chindea_2014, {concept}, δ = {options.discount:g}")
    predicted = al.datasets.predict_breaks(game, pairs, options.discount, enforcement=concept, roles=options.roles)
    for window in al.stability_windows(game, options.discount, enforcement=concept):
        print(f"stable on {window}")
    print(predicted)

    conflicts = None
    if options.ucdp is None:
        print("\nFor the comparison with observed wars give a UCDP file: --ucdp FILE")
    else:
        conflicts = al.datasets.load_ucdp_dyads(options.ucdp).conflicts(
            pairs, threshold=options.deaths, coalitions=options.coalitions
        )
        heading("3. Against the wars that UCDP records")
        print(conflicts)
        print("\nEach pair whose prediction or record is conflict (first years):")
        compare_years(predicted, conflicts)
        print("\nPairs called correctly. Skill is sensitivity + specificity - 1; p is Fisher's exact, two-sided.")
        compare_rules(pairs, conflicts, options)

        heading("4. Odds of conflict and the stronger side's share")
        for lag in (1, 0, 2):
            print(f"share {lag} years before: {al.datasets.conflict_odds(conflicts, lag=lag)}")

    options.output.mkdir(parents=True, exist_ok=True)
    print(f"\nFigure: {draw(predicted, conflicts, options)}")


def command_line() -> argparse.Namespace:
    """The data, the model and the output folder."""
    parser = argparse.ArgumentParser(
        description="Pairs of Mexican cartels, 2003-2010.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--ucdp", type=Path, help="a CSV file of UCDP GED")
    parser.add_argument("--deaths", type=int, default=25, help="deaths in a year from which on a pair is at war")
    parser.add_argument("--coalitions", action="store_true", help="count wars of coalitions for all opposed members")
    parser.add_argument("--discount", type=float, default=0.8, help="δ: the discount factor")
    parser.add_argument("--transfers", action="store_true", help="let the two pay each other")
    parser.add_argument(
        "--roles", choices=("start", "current"), default="start", help="the sponsor is the side that is stronger then"
    )
    parser.add_argument("--output", type=Path, default=Path("cartel_pairs_output"), help="folder for the figure")
    return parser.parse_args()


def compare_years(predicted, conflicts) -> None:
    """Predicted and observed first years side by side."""
    rows = zip(predicted.pairs.names, predicted.years, predicted.defectors, conflicts.onsets, strict=True)
    shared = same = 0
    for name, year, defector, onsets in rows:
        if year is not None or onsets:
            observed = onsets[0] if onsets else "no war"
            print(f"  {name:34s} predicted {year or 'none'} ({defector}), observed {observed}")
        if year is not None and onsets:
            shared, same = shared + 1, same + (year == onsets[0])
    print(f"  Of {shared} pairs with both, {same} in the same year.")


def compare_rules(pairs, conflicts, options) -> None:
    """Models at several discount factors, and rules that know no theory."""
    models = {
        "chindea_2014": al.presets.chindea_2014(),
        "morrow_1991": al.presets.morrow_1991(),
        "capability_aggregation": al.presets.capability_aggregation(),
    }
    for name, game in models.items():
        for concept in (al.NashReversion(), al.Transfers()):
            for discount in sorted({0.5, 0.65, options.discount}):
                breaks = al.datasets.predict_breaks(game, pairs, discount, enforcement=concept, roles=options.roles)
                line(f"{name}, {type(concept).__name__}, δ = {discount:g}", breaks.ever, conflicts.ever)
    for discount in sorted({0.5, 0.65, options.discount}):  # the same model, the places given out anew every year
        breaks = al.datasets.predict_breaks(models["chindea_2014"], pairs, discount, roles="current")
        line(f"chindea_2014, stronger side leads, δ = {discount:g}", breaks.ever, conflicts.ever)
    for width in (0.05, 0.1, 0.2, 0.3):
        with np.errstate(invalid="ignore"):
            line(f"some |gap| < {width:g}", (np.abs(pairs.gap) < width).any(axis=1), conflicts.ever)
    never = np.zeros(len(pairs.paths), dtype=bool)
    line("never", never, conflicts.ever)
    line("always", ~never, conflicts.ever)


def line(name, predicted, observed) -> None:
    """One rule's score."""
    from scipy.stats import fisher_exact

    score = al.datasets.score_pairs(predicted, observed)
    table = [[score.hits, score.false_alarms], [score.misses, score.correct_rejections]]
    print(
        f"  {name:48s} {score.correct:4.0%}  hits {score.hits}, misses {score.misses}, false alarms {score.false_alarms:2d}, "
        f"skill {score.skill:+.2f}, p = {fisher_exact(table).pvalue:.2f}"
    )


def draw(predicted, conflicts, options) -> Path:
    """Pairs by years: grey where the model says that no alliance lasts, a dot for a year of war, a cross for absence."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    pairs = predicted.pairs
    figure, ax = plt.subplots(figsize=(6, 5.2), layout="constrained")
    years, rows = np.array(pairs.years), np.arange(len(pairs.paths))
    ax.imshow(predicted.unstable, cmap="Greys", vmin=0, vmax=2.2, aspect="auto", extent=(2002.5, 2010.5, len(rows) - 0.5, -0.5))
    for label, marks, style in (
        ("war (UCDP)", None if conflicts is None else conflicts.active, {"marker": "o", "color": "black"}),
        ("a group is absent", ~pairs.present, {"marker": "x", "color": "0.6"}),
    ):
        if marks is not None:
            row, column = np.nonzero(marks)
            ax.plot(years[column], row, linestyle="", markersize=5, label=label, **style)
    ax.fill_between([], [], color="0.6", label="no alliance lasts (model)")
    ax.set_yticks(rows, pairs.names, fontsize=7)
    ax.set_xticks(years)
    ax.set_xticks(np.arange(2002.5, 2011), minor=True)
    ax.set_yticks(rows - 0.5, minor=True)
    ax.grid(which="minor", color="0.85", linewidth=0.6)
    ax.tick_params(which="minor", length=0)
    ax.set_xlabel("year")
    ax.set_title(f"chindea_2014, δ = {options.discount:g}", fontsize=9)
    figure.legend(loc="outside lower center", ncols=3, fontsize=7, frameon=False)
    path = options.output / "cartel_pairs.png"
    figure.savefig(path, dpi=200)
    return path


def heading(text: str) -> None:
    """A section of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


if __name__ == "__main__":
    main()
