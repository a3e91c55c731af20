"""
Critical discount factors of a batch
====================================

The critical discount factors of one model at 39 gaps, from one call of ``critical_discount``. Where the sponsor's line goes on
in the band above 1, no patience suffices.
"""

import numpy as np

import alliances as al

game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
power = al.Power.from_gap(np.linspace(0, 0.95, 39))
ax = al.critical_discount(game, power).plot(along=power.gap, xlabel="gap γ (0 is parity)")

# %%
# A single game instead: what one deviation gains, against the discount factor. A player deviates to the
# left of its critical discount factor.

ax = al.critical_discount(game, al.Power.from_gap(0.5)).plot()
