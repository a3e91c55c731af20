"""
What policies change
====================

The share of alliances that are intact, without intervention and after two policies, with 95 % bands; small circles are the
exact law.
"""

import numpy as np

import alliances as al

policies = {
    "kingpin strike": al.KingpinStrike(at=5, cut=1),
    "fragmentation": al.Fragmentation(at=5, side="sponsor", shares=(0.5, 0.5)),
}
power = al.Power.from_gap(0.7 * np.ones(15))
ax = al.simulate_breaks(power, al.presets.chindea_2014(), policies=policies, rng=1).plot()
