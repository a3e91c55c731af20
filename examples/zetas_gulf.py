"""When did the gap between the Gulf Cartel and Los Zetas become too narrow for their alliance?

Los Zetas, founded in 1999 as the Gulf Cartel's armed wing, broke with it in early 2010. This script

1. loads the case and shows the measured gap of power, 2003 to 2010;
2. builds a repeated game whose payoffs depend on the gap, and shows who punishes whom along the gap;
3. solves for the gap at which the alliance breaks, and who breaks it, under five ways of enforcing it;
4. asks the inverse question: which patience and which conflict cost fit "no break through 2009, break in 2010"?
5. forecasts the date, as of each year: if patience is drawn anew every quarter, when does the alliance break, and by whom?
6. asks the same of leaders who expect that the state's blows to the Gulf Cartel go on, and where such an alliance ends.

Run it without options for the reference results, or vary the model:

    python examples/zetas_gulf.py --conflict-cost 0.3 --discount 0.62
"""

from typing import NamedTuple

import numpy as np

import alliances as al
from _script import count, discount, folder, heading, parser, progress, save, say, usage, wait, without
from alliances import plotting

BREAK = 1 / 8  # of a year after its first day: "early 2010" (Chindea 2014), and the first deaths in January 2010 (UCDP GED)
SHORT = {
    al.NashReversion: "Nash reversion",
    al.FinitePunishment: "finite punishment",
    al.ImperfectMonitoring: "noisy signals",
    al.Transfers: "side payments",
    al.OptimalPenalCode: "optimal penal codes",
}


def main() -> None:
    """Print the report and save the figure."""
    options, game, concepts = command_line()
    case = al.cases.load("gulf-zetas")
    observed = case.power_series().between(None, options.break_year)

    heading("1. The case")
    say(case.summary())

    heading("2. The model along the gap")
    report_model(game, options)

    heading("3. At which gap does the alliance break, and who breaks it?")
    thresholds = report_thresholds(game, concepts, observed, options)
    report_years(game, observed, options)

    heading("4. Which patience and conflict cost are consistent with the dates?")
    costs = np.linspace(0.0, 0.49, 491)
    identified = report_identified(concepts, costs, observed, options)

    heading("5. When does it break? The date, forecast as of each year")
    forecast = report_forecast(game, observed, options)

    heading("6. The same if leaders expect power to move")
    report_moving(game, case, observed, options)

    heading("7. What the data can and cannot say")
    report_limits(observed)

    if not without("matplotlib", "plot"):
        wait("Drawing")
        figure = draw(case, thresholds, costs, identified, forecast, options)
        save(figure, options.output / "zetas_gulf", ("png", "pdf"), dpi=300)


def command_line():
    """The options, and the model and the enforcement concepts that they make."""
    options = parser(__doc__, output="zetas_gulf_output")
    options.add_argument(
        "--decisiveness", type=float, default=2.0, help="m of the Tullock contest: how much superior power decides"
    )
    options.add_argument("--synergy", type=float, default=0.6, help="v: what complementary allies add at the widest gap")
    options.add_argument(
        "--exposure", type=float, default=0.8, help="τ: the part of an ally's stake that a surprise attack seizes"
    )
    options.add_argument("--conflict-cost", type=float, default=0.15, help="k: each side's cost of fighting, per period")
    options.add_argument("--stakes", type=float, default=1.0, help="z: the rents at stake")
    options.add_argument("--discount", type=discount, default=0.8, help="δ: the discount factor at which thresholds are solved")
    options.add_argument("--periods", type=count("periods"), default=3, help="length of the finite punishment")
    options.add_argument("--false-alarm", type=float, default=0.05, help="α: a bad signal after cooperation")
    options.add_argument("--miss", type=float, default=0.10, help="β: a good signal after betrayal")
    options.add_argument("--break-year", type=int, default=2010, help="the year whose gap counts as that of the break")
    options.add_argument(
        "--patience", type=float, nargs=2, default=(18.0, 2.0), metavar=("A", "B"), help="Beta(A, B) of the forecast's draws"
    )
    given = options.parse_args()
    years = al.cases.load("gulf-zetas").power_series().years[1:]
    if given.break_year not in years:
        options.error(f"argument --break-year: must lie in {years[0]} to {years[-1]}; got {given.break_year}")
    with usage(options):
        al.BetaPatience(*given.patience)
        game = build_game(given, given.conflict_cost)
        concepts = {
            "Nash reversion (grim trigger)": al.NashReversion(),
            f"punishment for {given.periods} periods": al.FinitePunishment(given.periods),
            f"noisy signals (α={given.false_alarm:g}, β={given.miss:g})": al.ImperfectMonitoring(given.false_alarm, given.miss),
            "side payments, Nash reversion": al.Transfers(),
            "optimal penal codes": al.OptimalPenalCode(),
        }
    folder(options, given.output)
    return given, game, concepts


def build_game(options, conflict_cost):
    """The alliance game: complementary allies, shares by power, a Tullock contest."""
    return al.AllianceGame(
        contest=al.Tullock(options.decisiveness),
        synergy=al.Complementarity(options.synergy),
        sharing=al.Proportional(),
        exposure=options.exposure,
        conflict_cost=conflict_cost,
        stakes=options.stakes,
    )


def report_model(game, options) -> None:
    """The ordinal type of the stage game, and which equilibrium punishes whom, along the gap."""
    say(
        f"Tullock contest m = {options.decisiveness:g}, complementarity v = {options.synergy:g}, proportional shares,\n"
        f"exposure τ = {options.exposure:g}, conflict cost k = {options.conflict_cost:g}, stakes z = {options.stakes:g}.\n"
        "\nType of the stage game (Robinson & Goforth 2005), sponsor's side first:"
    )
    for region in al.ordinal_regions(game):
        say(f"  gaps {span(region)}  {region.label}")
    say("\nEquilibrium that punishes a betrayal under reversion (sponsor's action, proxy's action).")
    say("(fight, fight) is conflict; the others are submission of the side that does not fight.")
    for player in ("sponsor", "proxy"):
        for region in al.punishment_regions(game, player):
            label = "none" if region.label is None else "({}, {})".format(*region.label)
            say(f"  {player:7s} gaps {span(region)}  {label}")
    say("Where the equilibrium switches, the critical discount factor jumps: see the figure.")


def report_thresholds(game, concepts, observed, options):
    """Defection thresholds and windows under each enforcement concept."""
    say(
        f"Common discount factor δ = {options.discount:g}. "
        "The alliance starts from the first observed gap at which it is stable."
    )
    thresholds = {}
    for name, concept in progress(concepts.items(), "Solving for thresholds"):
        predicted = observed.predict_break(game, options.discount, enforcement=concept)
        threshold = predicted.threshold  # as al.defection_threshold has it, from where the alliance can first be kept
        if not al.verify(threshold):
            raise SystemExit(f"{name}: {al.verify(threshold).witness}")
        thresholds[name] = threshold
        say(f"\n{name}")
        for line in str(threshold).splitlines():
            say(f"  {line}")
        if threshold.windows and not predicted.kept.any():
            say("  None of the observed gaps lies in a window: the threshold above is that of the widest gaps.")
        say(f"  {predicted.message}")
    return thresholds


def report_years(game, observed, options) -> None:
    """The prediction of Nash reversion year by year."""
    say(f"\nYear by year under Nash reversion, δ = {options.discount:g}")
    say(observed.predict_break(game, options.discount))


def report_identified(concepts, costs, observed, options):
    """The identified set of patience, at the given conflict cost and along a grid of costs."""
    year = options.break_year
    say(f"No break through {observed.years[-2]}, break at the gap of {year}; other parameters as given, k in steps of 0.001.\n")
    family = build_game(options, costs[:, None])  # one model per row, time along the last axis
    results = {}
    for name, concept in progress(concepts.items(), "Identifying patience"):
        identified = al.identified_discount(build_game(options, options.conflict_cost), observed.power, enforcement=concept)
        results[name] = al.identified_discount(family, observed.power, enforcement=concept)
        say(f"{name}\n  at k = {options.conflict_cost:g}: {explain(identified, observed)}")
        say(f"  along k: not empty for {stretches(costs, ~results[name].common.empty)}")
    proxy = al.identified_discount(family, observed.power, broken_by="proxy")
    results["proxy"] = proxy
    both = ~(proxy.proxy.empty | proxy.sponsor.empty)
    say("\nPlayers with discount factors of their own, Nash reversion, given that it was Los Zetas who broke")
    say(f"  δ_S and δ_P exist for {stretches(costs, both)}")
    return results


def explain(identified, observed) -> str:
    """The identified interval, with the reason if it is empty."""
    if not identified.common.empty:
        return f"δ in {identified.common}"
    needs = ", ".join(f"in {observed.years[t]} δ ≥ {float(identified.critical.dyad[t]):.4f}" for t in identified.obstacles)
    return f"empty: to break in {observed.years[-1]} needs δ < {float(identified.common.upper):.4f}; to hold, {needs}"


def stretches(values, keep) -> str:
    """The stretches of ``values`` at which ``keep`` is true, in words."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], keep.astype(int), [0]])))
    pairs = [f"k from {values[a]:.3f} to {values[b - 1]:.3f}" for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return ", ".join(pairs) if pairs else "no k"


def report_forecast(game, observed, options):
    """The forecast of the date along the measured power, and from the power of each year alone."""
    assumed, ratios, quarters = quarterly(observed, options)
    patience = assumed["patience"]
    forecast = al.break_forecast(al.Power.from_log_ratio(ratios), game, dates=quarters, **assumed)
    if not al.verify(forecast):
        raise SystemExit(f"forecast: {al.verify(forecast).witness}")
    last = quarters[-1]
    say(
        "Not explained: the fall of the Gulf Cartel's power, which is taken from the data; whoever knew only the power of a "
        "year sees the danger when it is there. Nothing is fitted. Other periods or patience give other dates: "
        "docs/explanation/moving-power-cases.md.\n"
        f"\nEvery quarter each side draws its patience from Beta({options.patience[0]:g}, {options.patience[1]:g}), of mean "
        f"{patience.mean:g}; the alliance breaks when a draw falls below the δ* of the power of the quarter (log ratio, "
        "interpolated between the years' first quarters), punished by conflict for ever.\n"
        f"\nOn the measured power: intact after {last} with chance {forecast.survival[-1]:.3f}; broken by Los Zetas "
        f"{forecast.causes['proxy'][-1]:.3f}, by the Gulf Cartel {forecast.causes['sponsor'][-1]:.3f}. "
        f"Median date {forecast.median or 'later'}; one in ten by {forecast.quantile(0.1) or 'later'}.\n"
        f"\nAs of a year, if intact: the chance of a break by {last}, knowing the power to come, and if it stayed as it was."
    )
    say("  as of  intact  known: chance  one in ten by  median  if power stayed: chance")
    for k, year in progress(enumerate(observed.years), "Forecasting"):
        if forecast.survival[4 * k] == 0:
            say(f"  {year}   0.000   broken before for certain")
            continue
        since = forecast.given(Quarter(int(year), 1))
        still = al.break_forecast(al.Power.from_log_ratio(np.full(len(since.dates), ratios[4 * k])), game, **assumed)
        early, middle = (str(since.quantile(q) or "later") for q in (0.1, 0.5))
        say(
            f"  {year}   {forecast.survival[4 * k]:.3f}   {1 - since.survival[-1]:12.3f}  {early:>13}  {middle:>7}"
            f"  {1 - still.survival[-1]:22.3f}"
        )
    return forecast


def quarterly(observed, options):
    """What the forecasts assume, the log ratio of power quarter by quarter, and the quarters."""
    assumed = {"patience": al.BetaPatience(*options.patience), "enforcement": al.GivenPunishment()}  # conflict for ever
    years = np.arange(observed.years[0], observed.years[-1] + 1 / 8, 1 / 4)
    quarters = [Quarter(int(year), round(year % 1 * 4) + 1) for year in years]
    return assumed, np.interp(years, observed.years, observed.power.log_ratio), quarters


def report_moving(game, case, observed, options) -> None:
    """Dated blows as a programme: the forecast with expectations, and the break threshold beside the static ones."""
    assumed, ratios, quarters = quarterly(observed, options)
    blows = [event.date for event in case.events if event.kind in ("arrest", "extradition")]
    apart = 4 * (blows[-1].year - blows[0].year) // (len(blows) - 1)  # quarters from one blow to the next
    process = al.PowerProcess(step=0.1, arrest=(1 / apart, 3))
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=game.contest)
    threshold = al.break_threshold(al.ShiftingDyad(game, process, war=walk), options.discount)
    if not al.verify(threshold):
        raise SystemExit(f"break threshold: {al.verify(threshold).witness}")
    levels = [process.nearest(power) for power in observed.power]
    answers = [[any(x in w for w in some) for x in levels] for some in (threshold.static_windows, threshold.windows)]
    say(
        f"Not explained: {answers[1][:-1].count(False)} of the {len(levels) - 1} measured years before {observed.years[-1]}, "
        "in which the alliance lived. It cannot be kept in them without side payments if war is fought in rounds until one "
        f"side is eliminated, whoever fights must want to, and blows are expected (δ = {options.discount:g}).\n"
        f"\nThe sources date blows to the Gulf Cartel in {' and '.join(str(date) for date in blows)}. Suppose that leaders "
        f"expect one in {apart} quarters, each of which cuts the log ratio by 0.3. How often they come is a statement about "
        "the state's programme, with hindsight before the last of them; how large they are is assumed; what Los Zetas learned "
        "is left out.\n\nThe forecast on the measured power, where leaders also know that patience is drawn anew:"
    )
    path = al.Power.from_log_ratio(ratios)
    for name, expected in (("power is expected to stay", None), ("blows are expected", process)):
        ahead = al.break_forecast(path, game, dates=quarters, expectations=True, expected=expected, **assumed)
        say(f"  {name}: intact after {quarters[-1]} with chance {ahead.survival[-1]:.3f}, median {ahead.median or 'later'}")
    say("\nWhere the alliance ends, by its log ratio λ:")
    for line in str(threshold).splitlines():
        say(f"  {line}")
    for edge in (edge for window in threshold.windows for edge in (window.below, window.above) if edge):
        say(f"  one step further, at {edge.beyond:g}: violated by {edge.defector or 'whom, is not solved'}")
    say(f"\nCan the alliance be kept? ({observed.years[-1]}: the break)")
    say("  year     λ  Nash reversion  war of rounds  blows expected")
    static = al.critical_discount(game, observed.power).dyad <= options.discount
    for year, level, *kept in zip(observed.years, levels, static, *answers, strict=True):
        say(
            f"  {year}  {level:+.1f}" + "".join(f"{'yes' if k else 'no':>{w}}" for k, w in zip(kept, (16, 15, 16), strict=True))
        )


class Quarter(NamedTuple):
    """A quarter of a year."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year} {('I', 'II', 'III', 'IV')[self.number - 1]}"


def report_limits(observed) -> None:
    """What one dated break of one dyad can and cannot show."""
    overtaken = next((year for year, gap in zip(observed.years, observed.gap, strict=True) if gap < -0.05), None)
    say(
        "* By municipalities with presence the two are near parity in 2004-07, and Los Zetas are clearly ahead from "
        f"{overtaken} on: two years before the break. 'It breaks at parity' does not date this break.\n"
        "* Presence is not force, and the source calls the years before 2004 less reliable: the one wide gap of the "
        "series, 2003, is also its weakest number.\n"
        "* A dated break identifies a set of discount factors, given everything else. Where the set is empty the model is "
        "refuted at these parameters; where it is not, the break is consistent with the model, which is not proof of it.\n"
        "* Which equilibrium punishes a betrayal is an assumption. Where submission of the weak side is the only stage "
        "equilibrium, reversion cannot deter the strong side at all, and no patience keeps the alliance.\n"
        "* The break is dated to early 2010, the gaps are yearly: --break-year 2009 takes the gap of the year before."
    )


def draw(case, thresholds, costs, identified, forecast, options):
    """Five panels: the gap over time, δ* along the gap, windows, identified sets, the forecast."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    rows = [["gap", "gap"], ["critical", "windows"], ["identified", "forecast"]]
    figure, axes = plt.subplot_mosaic(rows, figsize=(7.6, 8.6), height_ratios=(3, 2.7, 2.7), layout="constrained")
    reversion = next(iter(thresholds.values()))

    draw_gap(case, reversion, axes["gap"], options)

    ax = plotting.plot_threshold(reversion, axes["critical"])
    ax.set_title(f"(b) Nash reversion: how patient must they be? (k = {options.conflict_cost:g})", fontsize=9)
    ax.set_xlabel("gap γ (below 0 the proxy is the stronger)")

    draw_windows(case, thresholds, axes["windows"], options)
    draw_identified(identified, costs, axes["identified"], options)
    draw_forecast(forecast, axes["forecast"], options)

    return figure


def draw_gap(case, reversion, ax, options) -> None:
    """The gap over time, with both edges of the windows under reversion, the years that contradict it, and the break."""
    broken = options.break_year + BREAK
    plotting.plot_case(case, ax, threshold=reversion, dates={"break": broken, "violence": broken})
    measured = case.power_series()
    for year, decimal, gap in zip(measured.years, measured.decimal, measured.gap, strict=True):
        if year < options.break_year and not any(gap in window for window in reversion.windows):
            late = year > np.mean(measured.years)
            ax.annotate(
                f"{year}: the alliance held", (decimal, float(gap)), fontsize=7, ha="right" if late else "left",
                xytext=(-7, -9) if late else (7, 5), textcoords="offset points",
            )  # fmt: skip
    ax.set_title(f"(a) The measured gap; grey: Nash reversion keeps the alliance (δ = {options.discount:g})", fontsize=9)
    ax.legend(fontsize=7, loc="lower left")


def draw_windows(case, thresholds, ax, options) -> None:
    """The windows of all concepts as outlines, and the gap of each year."""
    plotting.plot_concepts({SHORT[type(t.enforcement)]: t for t in thresholds.values()}, ax)
    measured = case.power_series().between(None, options.break_year)
    for year, gap in zip(measured.years, measured.gap, strict=True):
        after = year >= options.break_year
        ax.axvline(float(gap), color="0.4", linewidth=0.8, linestyle="-" if after else ":", zorder=1)
    first, last = measured.gap[0], measured.gap[-1]
    for year, gap, side in ((measured.years[0], first, "left"), (measured.years[-1], last, "right")):
        ax.annotate(str(year), (float(gap), -0.55), fontsize=7, ha=side, va="bottom", annotation_clip=False)
    ax.set_xlim(-0.5, 0.75)
    ax.tick_params(axis="y", labelsize=7)
    ax.set_xlabel("gap γ (dotted: the years before the break)")
    ax.set_title("(c) Where each concept keeps the alliance", fontsize=9, pad=12)


def draw_identified(identified, costs, ax, options) -> None:
    """The identified sets of all concepts as outlines; the legend says which are empty."""
    sets = [(name, found) for name, found in identified.items() if name != "proxy"]
    for (_, found), style in zip(sets, plotting.OUTLINES, strict=False):
        name = SHORT[type(found.critical.enforcement)]
        style = {"facecolor": "none", "edgecolor": style["color"]} | {key: style[key] for key in ("linestyle", "linewidth")}
        empty = found.common.empty.all()
        plotting.plot_identified(
            found, costs, ax, xlabel="conflict cost k (share of the stakes, per period)",
            label=f"{name}: none" if empty else name, **style,
        )  # fmt: skip
    ax.axvline(options.conflict_cost, color="0.5", linewidth=0.8, label=f"k = {options.conflict_cost:g}")
    ax.set_title("(d) Patience that fits the dates", fontsize=9)
    ax.legend(fontsize=7, loc="lower left")


def draw_forecast(forecast, ax, options) -> None:
    """The chance that the alliance is broken by each quarter, by who broke it."""
    years = forecast.dates[0].year + np.arange(len(forecast.dates)) / 4
    low = np.zeros(len(years))
    for cause, label, style in (
        ("proxy", "broken by Los Zetas", {"color": "0.6"}),
        ("sponsor", "broken by the Gulf Cartel", {"facecolor": "white", "edgecolor": "0.3", "hatch": "/////"}),
        ("both", "by both", {"color": "0.2"}),
    ):
        ax.fill_between(years, low, low + forecast.causes[cause], linewidth=0, label=label, **style)
        low = low + forecast.causes[cause]
    ax.plot(years, low, color="black", linewidth=1.2, label="broken by this quarter")
    ax.axvline(options.break_year + BREAK, color="black", linestyle=":", linewidth=1.2, label="the break")
    ax.set_ylim(0, 1)
    ax.set_xlim(years[0], years[-1] + 0.5)
    ax.locator_params(axis="x", integer=True)
    ax.set_xlabel("year")
    ax.set_ylabel("probability")
    ax.set_title("(e) The chance that the alliance is broken", fontsize=9)
    ax.legend(fontsize=7, loc="upper left")


def span(region) -> str:
    """A stretch of gaps, aligned."""
    return f"{region.lower:+.3f} to {region.upper:+.3f}"


if __name__ == "__main__":
    main()
