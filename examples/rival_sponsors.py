"""Rival sponsors: at which offer does a proxy change sides, and what must its sponsor pay to keep it?

Two stories, told with the benchmark parameters. None of the numbers below is an estimate.

1. A sponsor weakens beside a strong rival. The Teo faction left the Arellano Félix organisation (AFO) after the arrest of
   Eduardo Arellano Félix in October 2008 and served Sinaloa (Chindea 2014).
2. An enemy grows. Gulf and Sinaloa, rivals since 2003, allied in 2010 against Los Zetas, who had broken with Gulf
   (Chindea 2014).

    python examples/rival_sponsors.py --discount 0.85 --output folder
"""

import argparse

import numpy as np

import alliances as al
from _script import discount, folder, heading, number, parser, save, say, wait, without
from alliances import plotting


def main() -> None:
    """Print the report and save the picture."""
    options = command_line()

    heading("1. A weakening sponsor beside a strong rival")
    # Security for autonomy, bargained over: the stronger the sponsor, the more its proxy has (v = 2)
    game = al.presets.morrow_1991(synergy=al.Complementarity(2.0))
    offer = al.RivalOffer(game, options.rival)
    say(f"The proxy's power is 1, the rival's {options.rival:g}; discount factor {options.discount:g}.")
    print("\n  sponsor  has    offered  stays up to  asks   sponsor pays at most  outcome")
    sponsors = np.array([8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.5, 1.0])
    powers = al.Power(sponsors, 1.0)
    wait("Solving for payments")
    keeping = check(al.keeping_payment(game, powers, options.discount, offer))
    switching = check(al.switching_offer(game, powers, options.discount))
    for k, s in enumerate(sponsors):
        print(
            f"  {s:7.1f}  {keeping.critical.terms.path[1][k]:5.3f}  {keeping.offer[k]:7.3f}  {switching.offer[k]:11.3f}  "
            f"{keeping.payment[k]:5.3f}  {keeping.limit[k]:20.3f}  {keeping.outcome[k]}"
        )
    say("\nThe same along the gap, with the powers of sponsor and proxy adding up to 1 and a rival of power 0.8:")
    for region in al.allegiance_regions(game, options.discount, al.RivalOffer(game, 0.8), (0.0, 0.95)):
        print(f"  {region}")

    heading("2. A growing enemy")
    say("Power: stronger ally 4, weaker ally 2, enemy r. The weaker one may side with the enemy against the stronger one.")
    print("\n  enemy  has    offered  outcome")
    enemies = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 8.0])
    bloc = al.presets.morrow_1991(synergy=al.CommonThreat(2.0, rival=enemies))
    # the three fight over one prize, so the stake does not grow with the power of who fights for it
    against = lambda power: al.presets.morrow_1991(synergy=al.CommonThreat(2.0, rival=power.sponsor))  # noqa: E731
    other = al.RivalOffer(against, enemies, stakes="fixed")
    keeping = check(al.keeping_payment(bloc, al.Power(4.0, 2.0), options.discount, other))
    for k, r in enumerate(enemies):
        print(f"  {r:5.1f}  {keeping.critical.terms.path[1][k]:5.3f}  {keeping.offer[k]:7.3f}  {keeping.outcome[k]}")

    if not without("matplotlib", "plot"):
        print()
        wait("Drawing")
        save(draw(game, options), options.output / "rival_sponsors", ("png", "pdf"), dpi=300)


def command_line() -> argparse.Namespace:
    """Patience, the rival's power and the output folder."""
    options = parser(__doc__, output="rival_sponsors_output")
    positive = number("rival must be positive and finite", lambda power: 0 < power < float("inf"))
    options.add_argument("--discount", type=discount, default=0.9, help="δ: the discount factor")
    options.add_argument("--rival", type=positive, default=4.0, help="power of the rival sponsor; the proxy's is 1")
    given = options.parse_args()
    folder(options, given.output)
    return given


def check(result):
    """The result, re-checked from its definition."""
    checked = al.verify(result)
    if not checked:
        raise SystemExit(checked.witness)
    return result


def draw(game, options):
    """What the proxy has, is offered and stays for, as its sponsor weakens."""
    sponsors = np.geomspace(8, 1, 281)
    powers = al.Power(sponsors, 1.0)
    offer = al.RivalOffer(game, options.rival)
    keeping = al.keeping_payment(game, powers, options.discount, offer)
    ax = plotting.new_axes()
    ax.plot(sponsors, keeping.critical.terms.path[1], "k-", linewidth=1.4, label="what the proxy has")
    ax.plot(
        sponsors, al.switching_offer(game, powers, options.discount).offer, "k--", linewidth=1.2, label="stays unpaid up to o*"
    )
    matched = al.switching_offer(game, powers, options.discount, enforcement=al.Transfers()).offer
    ax.plot(sponsors, matched, "k:", linewidth=1.4, label="sponsor can match up to")
    ax.plot(sponsors, keeping.offer, "-", color="0.5", linewidth=2.5, label="the rival's offer")
    edges = np.flatnonzero(np.diff(keeping.code))
    low, high = 0.4, 2.05
    for k in edges:
        ax.axvline(sponsors[k], color="0.6", linewidth=0.8)
    for a, b in zip([0, *(edges + 1)], [*edges, sponsors.size - 1], strict=True):
        if b - a > 10:
            ax.annotate(keeping.outcome[a], (sponsors[(a + b) // 2], low + 0.03), ha="center", fontsize=7)
    ax.set_xscale("log", base=2)
    ax.set_xlim(8, 1)
    ax.set_xticks([8, 6, 4, 3, 2, 1.5, 1], labels=["8", "6", "4", "3", "2", "1.5", "1"])
    ax.set_ylim(low, high)
    ax.set_xlabel("power of the sponsor, weakening (log scale; proxy 1)")
    ax.set_ylabel("proxy's payoff per period (stakes 1)")
    ax.legend(fontsize=7, loc="upper left")
    return ax.figure


if __name__ == "__main__":
    main()
