"""
Alliance, pact or conflict
==========================

The best arrangement that the two can sustain, over gaps and stakes, at a discount factor of 0.6. Read upwards: as more is at
stake, conflict gives way to a pact or to an alliance.
"""

import numpy as np

import alliances as al

regime_map = al.regime_map(al.presets.chindea_2014(), np.linspace(-0.9, 0.9, 121), discount=0.6, stakes=np.linspace(0.5, 4, 61))
ax = regime_map.plot()
