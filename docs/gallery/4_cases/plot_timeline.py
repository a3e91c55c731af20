"""
Timelines of cases
==================

Phases as bars, events as ticks, the outcome as a diamond. Arrows are ends that no source dates; words in the bars are the gap
as the source puts it.
"""

import alliances as al

ax = al.cases.load("sinaloa-juarez").plot()

# %%
# Several cases get a row each.

chosen = [al.cases.load(name) for name in ("gulf-zetas", "sinaloa-beltran-leyva", "gulf-sinaloa")]
ax = al.plotting.plot_timeline(chosen)
