"""
Enforcement concepts compared
=============================

How much patience the alliance of one dyad needs under each enforcement concept: squares for the sponsor, circles for the proxy.
Concepts that do not apply to the model say so.
"""

import alliances as al

game = al.presets.morrow_1991()
dyad = al.Power.from_gap(0.5)
ax = al.compare_enforcement(game, dyad).plot()

# %%
# With a discount factor the rows show at which gaps each concept keeps the alliance.

concepts = [al.NashReversion(), al.FinitePunishment(3), al.Transfers()]
ax = al.compare_enforcement(game, dyad, discount=0.6, concepts=concepts).plot()
