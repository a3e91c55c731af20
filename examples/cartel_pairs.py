"""Do models of the gap say which Mexican cartels fought, and when?

Takes all pairs of seven organisations, 2003 to 2010 (municipalities with presence, Coscia and Rios 2012), and

1. shows the gap path of each pair, the side that is stronger at the start in the sponsor's place;
2. says between which pairs an alliance could not have lasted, from which year on, and who would have broken it; of the pairs
   that the literature reports as allies, that is a prediction that the alliance breaks, and of the others it is not;
3. compares that with the wars in UCDP's Georeferenced Event Dataset, beside rules that know no theory;
4. estimates how the odds of conflict move with the gap.

Parts 3 and 4 need a file of UCDP's data (https://ucdp.uu.se/downloads/), by event or summed by dyad and year:

    python examples/cartel_pairs.py --ucdp GEDEvent.csv
"""

from pathlib import Path

import numpy as np

import alliances as al
from _script import count, discount, folder, heading, parser, save, say, show, usage, wait, without


def main() -> None:
    """Print the report and save the figure."""
    options, pairs, conflicts = command_line()
    game, concept = al.presets.chindea_2014(), al.Transfers() if options.transfers else al.NashReversion()

    heading("1. Gap paths")
    say(pairs)

    heading(f"2. Could an alliance last? chindea_2014, {type(concept).__name__}, δ = {options.discount:g}")
    wait("Solving for the gaps at which an alliance lasts")
    predicted = al.datasets.predict_breaks(game, pairs, options.discount, enforcement=concept, roles=options.roles)
    for window in al.stability_windows(game, options.discount, enforcement=concept):
        say(f"stable on {window}")
    report(predicted)

    if conflicts is None:
        say("\nFor the comparison with observed wars give a UCDP file: --ucdp FILE")
    else:
        heading("3. Against the wars that UCDP records")
        say(conflicts)
        print("\nEach pair with a year in which no alliance could last, or with a war (first years):")
        compare_years(predicted, conflicts)
        wait("Comparing models")
        say("\nPairs called correctly. Skill is sensitivity + specificity - 1; p is Fisher's exact, two-sided.")
        compare_rules(pairs, conflicts, options)

        heading("4. Odds of conflict and the stronger side's share")
        for lag in (1, 0, 2):
            say(f"share {lag} years before: {al.datasets.conflict_odds(conflicts, lag=lag)}")

    if not without("matplotlib", "plot"):
        print()
        wait("Drawing")
        save(draw(predicted, conflicts, options), options.output / "cartel_pairs")


def command_line():
    """The options, the pairs, and the wars between them if there is a file of them."""
    options = parser(__doc__, output="cartel_pairs_output")
    options.add_argument("--ucdp", type=Path, help="a CSV file of UCDP GED")
    options.add_argument("--deaths", type=count("deaths"), default=25, help="deaths in a year from which on a pair is at war")
    options.add_argument("--coalitions", action="store_true", help="count wars of coalitions for all opposed members")
    options.add_argument("--discount", type=discount, default=0.8, help="δ: the discount factor")
    options.add_argument("--transfers", action="store_true", help="let the two pay each other")
    options.add_argument(
        "--roles", choices=("start", "current"), default="start", help="the sponsor is the side that is stronger then"
    )
    given = options.parse_args()
    pairs, conflicts = al.datasets.cartel_municipalities().pairs(), None
    if given.ucdp is not None:
        with usage(options):
            wars = al.datasets.load_ucdp_dyads(given.ucdp)
            conflicts = wars.conflicts(pairs, threshold=given.deaths, coalitions=given.coalitions)
    folder(options, given.output)
    return given, pairs, conflicts


def alliances_reported(pairs) -> dict[str, list]:
    """By pair, the phases in which the bundled cases report an alliance; pairs of which they report none are not there."""

    def same(group, actor) -> bool:
        return any(map(group.goes_by, (actor.name, *actor.aliases)))

    reported = {}
    for case in al.cases.load_all():
        phases = [phase for phase in case.phases if phase.arrangement == "alliance"]
        for path in pairs.paths if phases else ():
            for one, other in ((case.sponsor, case.proxy), (case.proxy, case.sponsor)):
                if same(path.sponsor, one) and same(path.proxy, other):
                    reported[path.name] = phases
    return reported


def allied(phases, years) -> list[bool]:
    """Per year, whether it lies in one of the phases."""
    spans = [(phase.start.first.year if phase.start else 0, phase.end.last.year if phase.end else 9999) for phase in phases]
    return [any(first <= year <= last for first, last in spans) for year in years]


def report(predicted) -> None:
    """Who were allies, and when the model has them break; apart from those who were none, of whom it predicts no break."""
    reported = alliances_reported(predicted.pairs)
    broken, others = [], []
    for k, name in enumerate(predicted.pairs.names):
        if name in reported:
            outside = np.flatnonzero(predicted.unstable[k] & allied(reported[name], predicted.pairs.years))
            year = str(predicted.pairs.years[outside[0]]) if len(outside) else "none"
            who = ("none", "sponsor", "proxy", "both")[predicted.defector_code[k, outside[0]]] if len(outside) else ""
            broken.append((name, ", ".join(phase.when for phase in reported[name]), year, who))
        else:
            year = predicted.years[k]
            others.append((name, f"not from {year} on" if year else "throughout", predicted.defectors[k] if year else ""))
    say(
        "\nPairs that the literature reports as allies, and the first year of their alliance in which the model has one side "
        "defect: a prediction that the alliance breaks."
    )
    show(("pair", "allies", "predicted break", "by"), broken)
    say(
        "\nThe other pairs. The literature reports no alliance between them, so none could break; the model says from which "
        "year on one could not have lasted, had there been one, and who would have broken it."
    )
    show(("pair", "an alliance could last", "would be broken by"), others)


def compare_years(predicted, conflicts) -> None:
    """The first year without a lasting alliance, as the model has it, beside the first year of war."""
    rows = zip(predicted.pairs.names, predicted.years, predicted.defectors, conflicts.onsets, strict=True)
    shared = same = 0
    for name, year, defector, onsets in rows:
        if year is not None or onsets:
            observed = f"war from {onsets[0]}" if onsets else "no war"
            model = f"no alliance could last from {year} ({defector})" if year else "an alliance could last"
            print(f"  {name:34s} {model}; {observed}")
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
    patience = sorted({0.5, 0.65, options.discount})
    rules = {}
    for name, game in models.items():
        for concept in (al.NashReversion(), al.Transfers()):
            for delta in patience:
                breaks = al.datasets.predict_breaks(game, pairs, delta, enforcement=concept, roles=options.roles)
                rules[f"{name}, {type(concept).__name__}, δ = {delta:g}"] = breaks.ever
    for delta in patience:  # the same model, the places given out anew every year
        breaks = al.datasets.predict_breaks(models["chindea_2014"], pairs, delta, roles="current")
        rules[f"chindea_2014, stronger side leads, δ = {delta:g}"] = breaks.ever
    for width in (0.05, 0.1, 0.2, 0.3):
        with np.errstate(invalid="ignore"):
            rules[f"some |gap| < {width:g}"] = (np.abs(pairs.gap) < width).any(axis=1)
    rules["never"] = np.zeros(len(pairs.paths), dtype=bool)
    rules["always"] = ~rules["never"]
    columns = ("rule", "correct", "hits", "misses", "false alarms", "skill", "p")
    show(columns, [(name, *score(called, conflicts.ever)) for name, called in rules.items()])


def score(predicted, observed) -> tuple[str, ...]:
    """One rule's row."""
    from scipy.stats import fisher_exact

    pairs = al.datasets.score_pairs(predicted, observed)
    p = fisher_exact([[pairs.hits, pairs.false_alarms], [pairs.misses, pairs.correct_rejections]]).pvalue
    counts = map(str, (pairs.hits, pairs.misses, pairs.false_alarms))
    return f"{pairs.correct:.0%}", *counts, f"{pairs.skill:+.2f}", f"{p:.2f}"


def draw(predicted, conflicts, options):
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
    return figure


if __name__ == "__main__":
    main()
