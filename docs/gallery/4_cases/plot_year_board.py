"""
Theories against a constant hazard
==================================

How far each contender is ahead of a hazard that is the same for all, in log score per dyad-year, with intervals that leave out
one actor at a time. Discs are theories of the gap, squares rules that know none.
"""

import alliances as al

board = al.cases.score_years(candidates=256)
ax = board.plot()

# %%
# With all dyads of a dyad's actors left out:

ax = board.plot("actor")
