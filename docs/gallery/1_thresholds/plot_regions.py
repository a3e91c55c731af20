"""
Regimes of one dyad along the gap
=================================

Which arrangement is the best that can be kept, from a proxy that is the stronger to one without power.
"""

import alliances as al

regions = al.regime_regions(al.presets.chindea_2014(), 0.6)
print(regions)
regions.plot()

# %%
# One region alone.

regions[1].plot()
