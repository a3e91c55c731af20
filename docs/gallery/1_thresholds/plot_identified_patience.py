"""
Which patience fits the dates?
==============================

If the alliance held at the gaps of 2003 to 2009 and broke at that of 2010, the common discount factor lies in the grey band.
Below a conflict cost of about 0.24 there is none: at these costs the model with Nash reversion is refuted by the dates.
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
ax.set_title("Gulf Cartel and Los Zetas, Nash reversion", fontsize=9)
