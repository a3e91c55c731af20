"""A stochastic game of one's own: may a sponsor arm its proxy, if an armed proxy could seize everything?

Arming costs 1 per period and makes the proxy's fighting worth more. An armed proxy can seize what the sponsor has and rule for
ever. None of the numbers is an estimate. How patient must the two be, and what is paid?

    python examples/stochastic_game.py --rule 3 --discount 0.9 --output folder
"""

import argparse
from fractions import Fraction
from pathlib import Path

import alliances as al
from _script import folder, fraction, heading, number, parser, progress, save, say, usage, wait, without
from alliances import plotting

ALLIANCE = ("arm", "fight")


def main() -> None:
    """Print the report and save the pictures."""
    options, game = command_line()
    say(game)

    heading(f"1. Equilibria with side payments at δ = {options.discount}")
    contracts = game.solve(options.discount)
    say(contracts)
    say(contracts.message)

    heading("2. How patient must the two be to arm, and to keep the armed proxy loyal?")
    asked = progress(("unarmed", "armed"), "Solving for all patience")
    windows = {state: game.discount_windows(state, ALLIANCE) for state in asked}
    for found in windows.values():
        say(found)

    heading("3. The same for other payoffs from ruling")
    print("  rule  from δ on, unarmed  from δ on, armed")
    for rule in progress(range(1, 7), "Solving for other payoffs"):
        other = game if rule == options.rule else arming(Fraction(rule))
        edges = [other.discount_windows(state, ALLIANCE).edges for state in ("unarmed", "armed")]
        say(f"  {rule:4d}  " + "  ".join(f"{edge[0].discount:18.6f}" if edge else f"{'never':>18s}" for edge in edges))

    heading("4. Payments on path")
    say(contracts.payments())
    wait("Checking what was solved")

    checks = {"contracts": contracts.verify(), **{f"windows, {state}": found.verify() for state, found in windows.items()}}
    say("\n" + "; ".join(f"{name}: {check.status}" for name, check in checks.items()))

    if not without("matplotlib", "plot"):
        draw(game, contracts, windows["armed"], options.output)


def command_line() -> tuple[argparse.Namespace, al.StochasticGame]:
    """The discount factor and the output folder, and the game with the payoff from ruling."""
    options = parser(__doc__, output="stochastic_game_output")
    discount = number("discount must lie in [0, 1)", lambda delta: 0 <= delta < 1, Fraction)
    options.add_argument(
        "--rule", type=fraction("rule"), default=Fraction(3), help="what the proxy has per period after seizing"
    )
    options.add_argument("--discount", type=discount, default=Fraction(9, 10), help="δ: the discount factor, 0.9 or 9/10")
    given = options.parse_args()
    with usage(options):
        game = arming(given.rule)
    folder(options, given.output)
    return given, game


def arming(rule: Fraction) -> al.StochasticGame:
    """The game: three states, and where each profile leads."""
    sponsor, proxy = ("arm", "withhold"), ("fight", "rest")
    unarmed = al.StageGame([[2, -1], [3, 0]], [[-1, 0], [-1, 0]], actions=(sponsor, proxy))
    armed = al.StageGame([[5, -1, -3], [6, 0, -2]], [[-1, 0, 2], [-1, 0, 2]], actions=(sponsor, (*proxy, "seize")))
    lost = al.StageGame([[0]], [[rule]], actions=(("retreat",), ("rule",)))
    half = Fraction(1, 2)

    def moves(state: str, i: int, j: int) -> dict[str, Fraction]:
        if state == "lost" or (state == "armed" and j == 2):
            return {"lost": Fraction(1)}
        if state == "armed":  # arms wear out unless there are new ones
            return {"armed": Fraction(1)} if i == 0 else {"armed": half, "unarmed": half}
        return {"armed": half, "unarmed": half} if i == 0 else {"unarmed": Fraction(1)}

    return al.StochasticGame([unarmed, armed, lost], moves, states=("unarmed", "armed", "lost"))


def draw(game, contracts, windows, path: Path) -> None:
    """The transitions, the values and the windows, one picture each."""
    import matplotlib

    matplotlib.use("Agg")
    pictures = {
        "transitions": plotting.plot_transitions(game),
        "values": contracts.plot(profile=ALLIANCE),
        "windows": windows.plot(),
    }
    for name, ax in pictures.items():
        save(ax.figure, path / f"stochastic_game_{name}")


if __name__ == "__main__":
    main()
