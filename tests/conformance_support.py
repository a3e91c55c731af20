"""Models with a place for one mistake, which the conformance battery must find."""

from fractions import Fraction

import alliances as al
from alliances import testing
from alliances.arithmetic import like
from tests.support import benchmark_game

FEW = 4  # drawn powers: the fixed list, which comes first, does most of the work


def failures(result):
    return [check.name for check in result.failed]


def check(model, **options):
    return testing.check_model(model, **({"examples": FEW} | options))


class Altered(al.AllianceGame):
    """An alliance game whose cells have a mistake."""

    def cells(self, power):
        (ally, betrayed), (betrays, fight) = super().cells(power)
        return self.alter(power, ally, betrayed, betrays, fight)


def altered(rule):
    kind = type("Altered", (Altered,), {"alter": lambda self, *cells: rule(*cells)})
    game = benchmark_game()
    names = ("contest", "synergy", "sharing", "exposure", "conflict_cost")
    return kind(**{name: getattr(game, name) for name in names})


def cost_with_the_wrong_sign(power, ally, betrayed, betrays, fight):
    k = like(Fraction(3, 10), power.sponsor)
    return (ally, betrayed), (betrays, (fight[0] + k, fight[1] + k))


def loot_counted_twice(_power, ally, betrayed, betrays, fight):
    return (ally, (betrayed[0], 2 * betrayed[1] - ally[1])), (betrays, fight)


def custom(chance):
    """A symmetric conflict over ``chance(power)``: the cells as in the alliance game, without its ingredients."""

    def payoffs(power):
        q = chance(power)
        return [[(q, 1 - q), (0 * q, q / q)], [(q / q, 0 * q), (q - 1, -q)]]

    return al.CustomGame(payoffs)


def at_home(power):
    """A contest in which the sponsor's power counts twice."""
    s, p = 2 * power.sponsor, power.proxy
    return s / (s + p), p / (s + p)
