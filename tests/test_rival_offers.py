"""What a rival can offer: stakes that grow with power, and Caplow's effect where they do not."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances.testing.strategies import rationals
from tests.support import benchmark_game


def test_rival_offers():
    game = benchmark_game(sharing=al.Equal())
    stake = F(3 + 1, 8 + 1)  # the rival's and the proxy's power, in units of the present dyad's
    assert al.rival_offer(game, 3, al.Power(8, 1)) == F(1, 2) * (1 + F(3, 5) * F(1, 2)) * stake
    assert al.rival_offer(game, [1, 3], al.Power(8, 1)).tolist() == [F(1, 2) * F(2, 9), F(13, 20) * stake]
    assert al.rival_offer(game, [1, 3], al.Power(8, 1), stakes="fixed").tolist() == [F(1, 2), F(13, 20)]
    assert isinstance(al.rival_offer(game, 3.0, al.Power(8, 1)), float)
    assert al.rival_offer(game, 3, al.Power([8, 2], 1)).tolist() == [F(13, 20) * F(4, 9), F(13, 20) * F(4, 3)]

    # an enemy in common: the rival's gain from the proxy depends on the proxy's present sponsor
    def against(power):
        return benchmark_game(synergy=al.CommonThreat(1, rival=power.sponsor), sharing=al.Equal())

    assert al.rival_offer(against, 3, al.Power(8, 1), stakes="fixed") == F(1, 2) * (1 + F(4, 12) - F(3, 11))
    assert al.rival_offer(against, 3, al.Power(8, 1)) == F(1, 2) * (1 + F(4, 12) - F(3, 11)) * stake


@pytest.mark.parametrize("sharing", [al.Equal(), al.Proportional()], ids=repr)  # in bargaining the strong press their advantage
@given(power=st.builds(al.Power, rationals(1, 9, 12), rationals(1, 9, 12)), rival=rationals(1, 9, 12), more=rationals(0, 5, 12))
def test_a_stronger_rival_never_offers_less(sharing, power, rival, more):
    game = benchmark_game(sharing=sharing)
    assert al.rival_offer(game, rival, power) <= al.rival_offer(game, rival + more, power)


@given(power=st.builds(al.Power, rationals(1, 9, 12), rationals(1, 9, 12)))
def test_a_rival_as_strong_as_the_sponsor_offers_what_the_proxy_has(power):
    for sharing in (al.Equal(), al.Proportional(), al.NashBargaining()):
        game = benchmark_game(sharing=sharing, stakes=3)
        has = game.stage_game(power).payoffs((0, 0))[1]
        assert al.rival_offer(game, power.sponsor, power) == al.rival_offer(game, power.sponsor, power, stakes="fixed") == has


def test_at_a_fixed_stake_weak_rivals_are_the_most_generous():
    """Caplow's effect, which is why stakes grow with power unless they are said to be fixed."""
    rivals, power = np.array([1.0, 2.0, 4.0, 8.0]), al.Power(4, 1)
    assert (np.diff(al.rival_offer(benchmark_game(), rivals, power, stakes="fixed")) < 0).all()
    assert (np.diff(al.rival_offer(benchmark_game(), rivals, power)) > 0).all()
    assert (np.diff(al.rival_offer(benchmark_game(sharing=al.Equal()), rivals, power, stakes="fixed")) > 0).all()


def test_a_model_of_the_users_own_says_itself_what_there_is_to_share():
    game = al.CustomGame(lambda power: [[(power.sponsor, power.proxy), (0, 0)], [(0, 0), (0, 0)]])
    assert al.rival_offer(game, 3, al.Power(8, 2)) == al.rival_offer(game, 3, al.Power(8, 2), stakes="fixed") == 2
