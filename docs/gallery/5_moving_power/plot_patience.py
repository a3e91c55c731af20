"""
How patience is drawn
=====================

Forecasts of breaks draw the discount factor of each period from a distribution. Shown is the chance that it lies below each
value, for two beta distributions with the mean 0.9; the dashed one is spread more widely.
"""

import alliances as al

ax = al.BetaPatience(18, 2).plot(label="Beta(18, 2)")
ax = al.BetaPatience(4.5, 0.5).plot(ax, label="Beta(4.5, 0.5)", linestyle="--")
