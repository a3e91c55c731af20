"""
At which gap does the alliance break?
=====================================

The same curves at a discount factor of 0.8. The alliance is stable in the grey windows, where both lines run below 0.8. It
starts in the window around parity, and breaks at the dotted line, where the proxy's line leaves the picture.
"""

import alliances as al

game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
threshold = al.defection_threshold(game, 0.8, start=0.025)
ax = threshold.plot()
ax.set_title(f"Stability windows at δ = {threshold.discount[0]:g}, Nash reversion", fontsize=9)
