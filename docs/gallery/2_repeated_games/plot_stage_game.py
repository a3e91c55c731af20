"""
A stage game and its equilibria
===============================

The payoffs of all profiles of Chicken, among what is feasible (light). Squares mark the equilibria in pure actions; the
cross is at both minmax payoffs.
"""

import alliances as al

chicken = al.StageGame([[6, 2], [7, 0]], [[6, 7], [2, 0]], actions=("yield", "fight"))
ax = chicken.plot()

# %%
# All equilibria, with the mixed one as a diamond: it pays less than (6, 6), to which both would yield.

ax = chicken.nash().plot()
