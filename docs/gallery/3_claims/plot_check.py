"""
A claim on one model
====================

"A wider gap never asks for more patience" (thick grey line: it must not rise). Two circles contradict the claim: at the wider
gap the dyad's critical discount factor is higher. Dots mark gaps at which the assumptions fail, which prove nothing.
"""

import alliances as al
from alliances.claims import ASYMMETRY

game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
ax = al.plotting.plot_check(
    ASYMMETRY, game, enforcement=al.GivenPunishment(), assume=("credible", "deterrent"), gaps=[k / 200 for k in range(191)]
)
