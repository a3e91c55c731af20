"""
Claims that fail
================

"The wider the gap, the less patience keeps the sponsor from preying on its proxy": in the benchmark model the two circles
contradict it.
"""

import alliances as al
from alliances.claims import SPONSOR_RESTRAINT, alliance_family

ax = SPONSOR_RESTRAINT.check(al.presets.chindea_2014(), enforcement=al.GivenPunishment()).plot()

# %%
# In a family of models: the simplest counterexample that a search finds.

ax = SPONSOR_RESTRAINT.falsify(alliance_family(decisiveness=2), examples=100).plot()
