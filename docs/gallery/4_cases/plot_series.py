"""
Measured power
==============

The municipalities in which each criminal organisation was present, as reported on the web, from 2003 to 2010.
"""

import alliances as al

counts = al.datasets.cartel_municipalities()
ax = counts.plot()

# %%
# The gaps of all pairs that these counts give. A few pairs share one picture; many get a row each.

pairs = counts.pairs()
ax = pairs.plot()

# %%
# One of the pairs.

ax = pairs.find("Gulf Cartel", "Los Zetas").plot()

# %%
# Cases bring their own series of power …

ax = al.cases.load("gulf-zetas").power_series().plot()

# %%
# … and of other dated values. The arrow marks a number that the source gives as a lower bound.

ax = al.cases.load("sinaloa-teo").value_series().plot()
