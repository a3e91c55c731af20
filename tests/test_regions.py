"""Regions of the gap: types of games and punishing equilibria that change at known gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import alliances as al

ACTIONS = ("ally", "raid", "fight")


def staged(power: al.Power) -> Any:
    """Three actions and three equilibria, (ally, raid), (raid, fight) and (fight, ally), each strict; all else gives less.

    At a total of 4 the sponsor's worst one changes at gaps of −1/4 and 1/8, the proxy's at −1/4 and 1/2.
    """
    gap = power.gap * 4 / (power.sponsor + power.proxy)
    sponsor = [np.where(gap < -0.25, 1.0, 3.0), np.where(gap < 0.125, 2.0, 2.75), 2.5 + 0 * gap]
    proxy = [2.5 + 0 * gap, np.where(gap < 0.5, 2.0, 3.0), np.where(gap < -0.25, 1.0, 2.25)]
    low = 0 * gap - 1
    table = [[(low, low)] * 3 for _ in range(3)]
    for (i, j), a, b in zip([(0, 1), (1, 2), (2, 0)], sponsor, proxy, strict=True):
        table[i][j] = (a, b)
    return table


@pytest.mark.parametrize(("total", "scale"), [(4.0, 1.0), (2.0, 0.5)])
@pytest.mark.parametrize(
    ("player", "edges", "labels"),
    [
        ("sponsor", [-0.25, 0.125], [("ally", "raid"), ("raid", "fight"), ("fight", "ally")]),
        ("proxy", [-0.25, 0.5], [("fight", "ally"), ("raid", "fight"), ("fight", "ally")]),
    ],
)
def test_the_worst_equilibrium_punishes_and_is_named_with_both_actions(player, edges, labels, total, scale):
    found = al.punishment_regions(al.CustomGame(staged, actions=ACTIONS), player, (-0.5, 0.75), total=total, samples=41)
    assert [r.label for r in found] == labels
    assert [r.upper for r in found] == pytest.approx([*(edge * scale for edge in edges), 0.75], abs=1e-11)
    assert [r.lower for r in found] == pytest.approx([-0.5, *(edge * scale for edge in edges)], abs=1e-11)
    assert found.title == f"punishments of the {player}"


def test_the_concept_says_what_punishes():
    game = al.CustomGame(staged, actions=ACTIONS)
    (region,) = al.punishment_regions(game, "sponsor", (-0.5, 0.5), enforcement=al.GivenPunishment(), samples=11)
    assert region == al.Region(-0.5, 0.5, ("fight", "fight"))


def test_types_of_games_change_where_payoffs_cross():
    # a Prisoners' Dilemma up to the gap 0.25 times the total of 2, above it a game of harmony
    def payoffs(power):
        above = power.gap > (power.sponsor + power.proxy) / 8
        dilemma, harmony = ([[9, 1], [10, 3]], [[9, 10], [1, 3]]), ([[4, 2], [3, 1]], [[4, 3], [2, 1]])
        return [[tuple(np.where(above, harmony[k][i][j], dilemma[k][i][j]) for k in (0, 1)) for j in (0, 1)] for i in (0, 1)]

    game = al.CustomGame(payoffs)
    for total, edge in ((2.0, 0.25), (1.0, 0.125)):
        found = al.ordinal_regions(game, (-0.5, 0.5), total=total, samples=9)
        names = [game.stage_game(al.Power.from_gap(gap, total)).ordinal_type().name for gap in (-0.5, 0.5)]
        assert [r.label for r in found] == names
        assert names[0] == "Prisoners' Dilemma"
        assert (found[0].lower, found[0].upper, found[1].upper) == (-0.5, pytest.approx(edge, abs=1e-11), 0.5)
        assert found.title == "types of game"


def test_a_region_is_missed_only_between_two_samples():
    def payoffs(power):  # the punishment of a strip around 0.1, 0.02 wide, differs
        strip = np.abs(power.gap - 0.1) < 0.01
        worse = np.where(strip, 0.25, 1.0)
        one = np.ones_like(worse)
        return [[(3 * one, 3 * one), (0 * one, 4 * one)], [(4 * one, 0 * one), (worse, worse)]]

    game = al.CustomGame(payoffs)
    label = {samples: len(al.regime_regions(game, 0.3, (-0.5, 0.5), samples=samples)) for samples in (11, 12, 1001)}
    assert label == {11: 3, 12: 1, 1001: 3}  # with 11 one sample lies at 0.1, with 12 none within 0.01 of it


@pytest.mark.parametrize("player", ["rival", None, 0, "both"])
def test_only_two_players_are_punished(player):
    with pytest.raises(ValueError, match=rf'^punishment_regions\(\): player must be "sponsor" or "proxy"; got {player!r}$'):
        al.punishment_regions(al.CustomGame(staged, actions=ACTIONS), player)
