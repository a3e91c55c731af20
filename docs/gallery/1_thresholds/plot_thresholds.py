"""
Thresholds of a batch
=====================

At which gaps the alliance is stable, along a parameter: one column of the picture for each of 60 alliances, all of them from
one call of ``defection_threshold``. The grey is stable; a dot is the threshold, and says who breaks the alliance there.
"""

import numpy as np

import alliances as al

exposures = np.linspace(0.4, 1, 60)
game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=exposures, conflict_cost=0.15)
ax = al.defection_threshold(game, 0.8).plot(xlabel="exposure τ")

# %%
# The windows alone, along the discount factor.

deltas = np.linspace(0.4, 0.95, 56)
benchmark = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
ax = al.stability_windows(benchmark, deltas).plot(values=deltas, xlabel="discount factor δ")

# %%
# Alliance, pact or conflict along the discount factor, with edges that are exact where a map has cells.

regions = al.regime_regions(al.presets.chindea_2014(), deltas, (0.0, 0.9))
ax = regions.plot(values=deltas, xlabel="discount factor δ")
