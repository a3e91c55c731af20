"""A model of your own through all four verbs: when does a wider gap keep a paid militia loyal?

A sponsor lends a militia its territory and pays it; the militia can turn its arms on the sponsor. The payoffs are arithmetic in
the two powers, with ``larger`` and ``choose`` in place of ``max`` and ``if``, so that one formula serves numbers, arrays,
Fractions (exact checks) and symbols (proofs).

Needs the packages of pip install 'alliances[prove,testing]':

    python examples/own_claim_model.py
"""

from fractions import Fraction

import alliances as al
from _script import count, heading, parser, progress, say, show, wait
from alliances.arithmetic import choose, larger
from alliances.claims import ASYMMETRY, PROXY_RESTRAINT, SPONSOR_RESTRAINT, Family, Interval

HALF = Fraction(1, 2)


def militia(wage, harm):
    """The model: the militia earns a wage on the sponsor's share, and more the more it is outgunned; fighting harms both."""

    def cells(power):
        s, p = power.share, power.proxy_share
        shelter = larger(s - p, 0)  # what protection is worth to the weaker side
        pay = choose(s > p, wage * s, wage * p)  # whoever is stronger pays
        together = s + p * s, p + shelter + pay * p
        betrayed = s - s * p, p + s * p + pay * p  # the militia takes a part of the sponsor's share
        preyed = s + p * s + p / 2, p / 2
        conflict = s * s / (s * s + p * p) - harm, p * p / (s * s + p * p) - harm
        return [[together, betrayed], [preyed, conflict]]

    return al.CustomGame(cells, actions=("pay", "fight"))


def main() -> None:
    """All four verbs, after a check that the formula can be trusted."""
    options = parser(__doc__)
    options.add_argument(
        "--examples", type=count("examples"), default=200, help="how many models a search for counterexamples tries"
    )
    tries = options.parse_args().examples
    model = militia(wage=Fraction(1, 4), harm=Fraction(1, 4))

    heading("0. Does the model do what the library counts on?")
    wait("Checking the model")
    say(al.testing.check_model(model, examples=20).message)

    concept = al.GivenPunishment(profile=("fight", "fight"))
    family = Family(militia, {"wage": (0, 1), "harm": Interval(0, HALF, "neither")}, enforcement=concept)
    heading(f"Family: {family}")
    for claim in progress((PROXY_RESTRAINT, SPONSOR_RESTRAINT, ASYMMETRY), "Asking about a claim"):
        heading(claim.name)
        say(f"check    {claim.check(model, enforcement=concept)}")
        say(f"falsify  {claim.falsify(family, examples=tries)}")
        say(f"measure  {claim.measure(family, points=1024)}")
        proof = claim.prove(family)
        say(f"prove    {proof}")
        paid = claim.prove(family.with_(enforcement=al.GivenPunishment(al.Transfers())))
        say(f"         with side payments: {paid}")

    heading("What a referee gets")
    for part in proof.statement().split("\n\n"):
        if part.startswith("|"):
            columns, _, *rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in part.split("\n")]
            show(columns, rows)
        else:
            say(part)
        print()


if __name__ == "__main__":
    main()
