"""
How patient must they be?
=========================

The critical discount factors of both players along the gap. A line that stops goes on in the band above 1: there no patience
suffices. Here nothing deters the sponsor between gaps of 0.11 and 0.29, because the only stage equilibrium is the proxy's
submission.
"""

import alliances as al

game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
ax = al.plotting.plot_critical(game)
ax.set_title("Critical discount factors, Nash reversion", fontsize=9)
ax.legend(fontsize=7)
