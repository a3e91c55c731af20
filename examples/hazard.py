"""From dated breaks to the parameters of a game, on simulated alliances: is what went in found again?

Simulates alliances whose gap walks from year to year and which break as a game says, fits the hazard of that game, says what
the data identify, and compares it with hazards that know no game, on alliances that no fit has seen.

    python examples/hazard.py --alliances 400 --decisiveness 2
"""

import argparse

import numpy as np

import alliances as al
from _script import folder, heading, number, parser, save, say, seed, usage, wait, without

YEARS = 10
DECISIVENESS = "contest.decisiveness"


def main() -> None:
    """Print the report and save the figure."""
    options = command_line()
    game = al.AllianceGame(
        al.Tullock(options.decisiveness), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15
    )
    patience = al.patience.Kumaraswamy(3, 2)
    model = al.estimation.HazardModel(game, al.GivenPunishment(), patience, free={DECISIVENESS: (0.3, 4)})
    truth = {DECISIVENESS: options.decisiveness, "opportunity": 0.3}
    frame = al.estimation.simulate(model, truth, design(options), options.seed)

    heading("1. The fit")
    fit = model.fit(frame, event="event", rng=options.seed)
    say(str(fit.summary()))
    say(fit.identification().message)
    say(fit.profile(DECISIVENESS).message + f"; simulated with {options.decisiveness:g}")

    wait("Fitting four models in five folds")
    heading("2. On alliances that no fit has seen")
    models = {
        "constant": al.estimation.Constant(),
        "gap": al.estimation.Logit(["gap"]),
        "spline of the gap": al.estimation.Logit(["gap"], splines=["gap"]),
        "the game": model,
    }
    comparison = al.estimation.cross_validate(models, frame, event="event", by="id", folds=5, starts=2, rng=options.seed)
    say(str(comparison.table(rng=options.seed)))

    if not without("matplotlib", "plot"):
        import matplotlib

        matplotlib.use("Agg")
        print()
        save(fit.plot_hazard().figure, options.output / "hazard", ("png", "pdf"), dpi=300)


def design(options: argparse.Namespace) -> dict[str, np.ndarray]:
    """Yearly rows of alliances whose gap walks, one column per name."""
    rng = np.random.default_rng(options.seed)
    first = rng.uniform(0.0, 0.9, (options.alliances, 1))
    gap = np.clip(first + np.cumsum(rng.normal(0, 0.05, (options.alliances, YEARS)), axis=1), -0.95, 0.95).ravel()
    start = np.tile(np.arange(float(YEARS)), options.alliances)
    return {"id": np.repeat(np.arange(options.alliances), YEARS), "start": start, "stop": start + 1, "gap": gap}


def command_line() -> argparse.Namespace:
    """The options of this script."""
    options = parser(__doc__, output="hazard_output", what="the picture")
    count = number("alliances must be a whole number, at least 50", lambda value: value >= 50, int)
    decisive = number("decisiveness must lie in (0.3, 4)", lambda value: 0.3 < value < 4)
    options.add_argument("--alliances", type=count, default=400, help="how many alliances are simulated")
    options.add_argument("--decisiveness", type=decisive, default=2.0, help="how decisive fighting is")
    options.add_argument("--seed", type=seed, default=1, help="seed of the random numbers")
    with usage(options):
        given = options.parse_args()
    folder(options, given.output)
    return given


if __name__ == "__main__":
    main()
