"""
Which patience fits the dates?
==============================

If the alliance held at the gaps of 2003 to 2009 and broke at that of 2010, the common discount factor lies in the grey band.
At a conflict cost of 0.245 or more it is 0.60 to 0.62, and at costs from 0.10 to 0.11 it is above 0.93. At all other costs
the grey band is empty: there is no such discount factor, so that the dates refute the model with Nash reversion.
"""

import numpy as np

import alliances as al

power = al.cases.load("gulf-zetas").power_series().power
costs = np.linspace(0, 0.49, 99)
game = al.AllianceGame(
    al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=costs[:, None]
)  # one model for each cost; time runs along the other axis
identified = al.identified_discount(game, power)
ax = identified.plot(values=costs, xlabel="conflict cost k (share of the stakes, per period)")
ax.set_title("Gulf Cartel and Los Zetas, Nash reversion: grey is the patience that fits the dates", fontsize=9)
