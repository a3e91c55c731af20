"""Move a slider and see who defects: three readings of the literature as one page for a browser.

The page holds Chindea's model (2014), Morrow's (1991) and capability aggregation, with sliders for every parameter, and the
measured gap of power between the Gulf Cartel and Los Zetas. It is one file that needs no network: open it, send it,
cite a setting by its address.

    python examples/explorer.py --output folder
"""

import argparse

import alliances as al
from _script import discount, folder, number, parser, say, usage


def main() -> None:
    """Write the page, and say what it shows first."""
    command_line, options = arguments()
    games = {
        "Chindea (2014): unequal allies, with a pact as a way out": al.presets.chindea_2014(),
        "Morrow (1991): security for autonomy": al.presets.morrow_1991(),
        "Capability aggregation: allies who pool power": al.presets.capability_aggregation(),
    }
    with usage(command_line):
        path = folder(command_line, options.output) / "alliance-explorer.html"
        case = al.cases.load(options.case)
        page = al.explorer(games, path, case=case, discount=options.discount, gap=options.gap)
    say(f"Page: {page} ({page.stat().st_size / 1000:.0f} kB); open it in a browser.\n")
    say(f"It begins with a gap of {options.gap:g} and a patience of {options.discount:g} on both sides:")
    for name, game in games.items():
        say(f"\n{name}")
        say(al.critical_discount(game, al.Power.from_gap(options.gap)))
        for window in al.stability_windows(game, options.discount):
            say(f"  stable on {window}")


def arguments() -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    """The case, the first setting and the output folder."""
    command_line = parser(__doc__, "explorer_output", "the page")
    measured = [name for name in al.cases.names() if al.cases.load(name).power]
    command_line.add_argument(
        "--case",
        choices=measured,
        metavar="CASE",
        default="gulf-zetas",
        help=f"whose measured power is drawn, one of {', '.join(measured)}",
    )
    command_line.add_argument(
        "--discount", type=discount, default=0.8, help="δ: the discount factor of both sides to begin with"
    )
    gap = number("gap must lie in (-1, 1)", lambda gamma: -1 < gamma < 1)
    command_line.add_argument("--gap", type=gap, default=0.2, help="γ: the gap of power to begin with")
    return command_line, command_line.parse_args()


if __name__ == "__main__":
    main()
