"""
Is the war over?
================

The chance that a war is over by each round, up to 95 %, if the sponsor has twice the proxy's power at its start.
"""

import alliances as al

walk = al.ConflictWalk(swing=2, barrier=8)
dyad = al.Power(2, 1)
ax = al.conflict_duration(dyad, walk).plot()

# %%
# The same war played 1000 times: how many rounds it took, and who prevailed.

ax = al.simulate_conflict(dyad, walk, rng=1).plot()
