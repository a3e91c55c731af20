"""Move a slider and see who defects: three readings of the literature as one page for a browser.

The page holds Chindea's model (2014), Morrow's (1991) and capability aggregation, with sliders for every parameter, and the
measured gap of power between the Gulf Cartel and Los Zetas. It is one file that needs no network: open it, send it,
cite a setting by its address.

    python examples/explorer.py --output folder
"""

import argparse
from pathlib import Path

import alliances as al


def main() -> None:
    """Write the page, and say what it shows first."""
    options = command_line()
    games = {
        "Chindea (2014): unequal allies, with a pact as a way out": al.presets.chindea_2014(),
        "Morrow (1991): security for autonomy": al.presets.morrow_1991(),
        "Capability aggregation: allies who pool power": al.presets.capability_aggregation(),
    }
    case = al.cases.load(options.case)
    options.output.mkdir(parents=True, exist_ok=True)
    page = al.explorer(games, options.output / "alliance-explorer.html", case=case, discount=options.discount, gap=options.gap)
    print(f"Page: {page} ({page.stat().st_size / 1000:.0f} kB); open it in a browser.\n")
    print(f"It begins with a gap of {options.gap:g} and a patience of {options.discount:g} on both sides:")
    for name, game in games.items():
        print(f"\n{name}")
        print(al.critical_discount(game, al.Power.from_gap(options.gap)))
        for window in al.stability_windows(game, options.discount):
            print(f"  stable on {window}")


def command_line() -> argparse.Namespace:
    """The case, the first setting and the output folder."""
    parser = argparse.ArgumentParser(
        description="A page on which anybody can move the models' parameters.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    measured = [name for name in al.cases.names() if al.cases.load(name).power]
    parser.add_argument("--case", choices=measured, default="gulf-zetas", help="whose measured power is drawn")
    parser.add_argument("--discount", type=float, default=0.8, help="δ: the patience of both sides to begin with")
    parser.add_argument("--gap", type=float, default=0.2, help="γ: the gap of power to begin with")
    parser.add_argument("--output", type=Path, default=Path("explorer_output"), help="folder for the page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
