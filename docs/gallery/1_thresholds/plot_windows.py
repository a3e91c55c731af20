"""
Stability windows
=================

The gaps at which the alliance of the benchmark model is stable at a discount factor of 0.8, as bars. Beside each edge stands
who deviates beyond it.
"""

import alliances as al

game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
windows = al.stability_windows(game, 0.8)
ax = al.plotting.plot_windows(windows)

# %%
# One window alone.

ax = windows[0].plot()
