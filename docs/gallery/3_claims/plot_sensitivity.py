"""
What decides whether a claim holds
==================================

Sobol indices: how much of the variance of "the claim holds" each open parameter explains, alone and together with others.
"""

import alliances as al
from alliances.claims import ASYMMETRY, Interval, alliance_family

family = alliance_family(decisiveness=Interval(0.5, 4), enforcement=al.GivenPunishment())
ax = ASYMMETRY.measure(family, points=1024, sensitivity=True, rng=0).plot()
