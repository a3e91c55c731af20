"""
An alliance, period by period
=============================

One history of an alliance whose gap is moved by shocks. The triangle marks who deviates; grey is the punishment that follows,
which with Nash reversion lasts for ever.
"""

import alliances as al

game = al.presets.chindea_2014()
ax = al.simulate_alliance(al.Power.from_gap(0.5), game, 0.8, shock=0.3, periods=50, rng=2).plot()

# %%
# Many histories, with punishments of three periods: the share of them in each phase.

played = al.simulate_alliance(
    al.Power.from_gap(0.7), game, 0.8, shock=0.3, periods=50, size=500, enforcement=al.FinitePunishment(3), rng=2
)
ax = played.plot()
