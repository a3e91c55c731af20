"""Claims of your own through all four verbs: does a prize bind allies, is there a worst gap, and do payments help?

The claims of the literature are about the gap alone. These are about a parameter at every gap, about the shape of a curve, and
about two enforcement concepts.

Needs the packages of pip install 'alliances[prove,testing]':

    python examples/own_claims.py
"""

from fractions import Fraction

import alliances as al
from _script import count, parser, say, wait
from alliances.claims import alliance_family, monotone, never_above, unimodal

FOREVER, PAID = al.GivenPunishment(), al.GivenPunishment(al.Transfers())


def main() -> None:
    """Three claims, of a family of lotteries with a constant synergy."""
    options = parser(__doc__)
    options.add_argument(
        "--examples", type=count("examples"), default=100, help="how many models a search for counterexamples tries"
    )
    tries = options.parse_args().examples
    family = alliance_family(synergy="constant", decisiveness=1, enforcement=FOREVER)
    say(f"Family: {family}\n")

    worth = monotone("worth", along="value", statement="The more an alliance is worth, the less patience it takes.")
    for of in (family, family.with_(enforcement=PAID)):
        verdicts(worth, of, tries)
    say("One model of it, at two gaps:")
    check = worth.check(prize, enforcement=FOREVER, values=[Fraction(1, 4), Fraction(1, 2)], gaps=[0, Fraction(1, 2)])
    say(f"{check}\n")

    verdicts(unimodal("worst gap", along="gap", whose="proxy"), family, tries)
    verdicts(never_above("payments help", than=FOREVER), family.with_(enforcement=PAID), tries)


def prize(value):
    """A lottery with a synergy that is worth ``value``."""
    parts = al.Tullock(1), al.ConstantSynergy(value), al.Proportional()
    return al.AllianceGame(*parts, exposure=1, conflict_cost=Fraction(1, 3))


def verdicts(claim, family, tries) -> None:
    """What falsify, measure and prove say, and what a re-check says of the proof."""
    wait(f"Asking about the claim {claim.name}")
    say(claim)
    say(f"  enforcement: {family.concept_name}")
    say(f"  falsify: {claim.falsify(family, examples=tries)}")
    say(f"  measure: {claim.measure(family, points=512, line_points=50)}")
    proof = claim.prove(family)
    say(f"  prove:   {proof}")
    say(f"  verify:  {proof.verify()}\n")


if __name__ == "__main__":
    main()
