"""Models of which the truth is known, for the tests of claims."""

from fractions import Fraction
from itertools import pairwise

import alliances as al
from alliances.claims import Family, Interval

HALF = Fraction(1, 2)
GENEROUS = 120.0  # seconds: no answer here needs more than a few


def dyad(proxy, sponsor=None):
    """A Prisoners' Dilemma in which each player has the temptation and the loss given as functions of the gap.

    Each argument is a pair (temptation, loss); conflict is an equilibrium, and where the losses are not negative it is
    the worst. Without a sponsor's pair nothing tempts the sponsor.
    """
    tempted, hurt = proxy
    tempts, hurts = sponsor or (lambda gap: gap * 0 - 1, lambda gap: gap * 0 + 1)

    def payoffs(power):
        gap = power.gap
        ts, tp, ls, lp = (f(gap) + 0 * gap for f in (tempts, tempted, hurts, hurt))
        return [[(0 * gap, 0 * gap), (-ls - 1, tp)], [(ts, -lp - 1), (-ls, -lp)]]

    return al.CustomGame(payoffs)


def family(model, v=(1, 2), **options):
    """The family of a model with one open parameter v."""
    return Family(model, {"v": v if isinstance(v, Interval) else Interval(*v)}, **options)


def status(claim, of, **options):
    """What prove() says, with time enough."""
    return claim.prove(of, **({"timeout": GENEROUS} | options)).status


def odds_by_hand(gap, value, cost, exposure, decisiveness, synergy):
    """(ω_S, ω_P) of the two-action game with proportional sharing and given conflict, from the table of cells alone.

    A second way to the numbers: shares, contest and synergy are written out here, with whole decisiveness.
    """
    y = (1 - gap) / 2
    s = 1 - y
    q = y**decisiveness / (s**decisiveness + y**decisiveness)
    bonus = {"complementarity": value * max(gap, 0), "constant": value, "aggregation": 4 * value * s * y}[synergy]
    c = s * (1 + bonus), y * (1 + bonus)
    d = c[0] + exposure * (1 - q) * c[1], c[1] + exposure * q * c[0]
    w = 1 - q - cost, q - cost
    return c, d, w


def falls(f, points):
    """Whether f never rises along the points, exactly."""
    return all(f(b) <= f(a) for a, b in pairwise(points))
