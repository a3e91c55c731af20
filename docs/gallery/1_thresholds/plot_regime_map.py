"""
Alliance, pact or conflict
==========================

The best arrangement that the two can sustain, over gaps and stakes, at a discount factor of 0.6. At wide gaps an alliance holds
whatever is at stake. Near parity a pact holds while little is at stake, and gives way to conflict as more is.
"""

import numpy as np

import alliances as al

regime_map = al.regime_map(al.presets.chindea_2014(), np.linspace(-0.9, 0.9, 121), discount=0.6, stakes=np.linspace(0.5, 4, 61))
ax = regime_map.plot()
