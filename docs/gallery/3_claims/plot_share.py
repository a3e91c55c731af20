"""
A claim in a family of models
=============================

The share of models in which the asymmetry hypothesis holds, along the decisiveness of fighting. With side payments it holds in
all of them; without, it depends on how decisive fighting is.
"""

import alliances as al
from alliances.claims import ASYMMETRY, Interval, alliance_family

family = alliance_family(decisiveness=Interval(0.5, 4), assume=("credible", "deterrent"))
concepts = {
    "conflict for ever": al.GivenPunishment(),
    "conflict for ever, side payments": al.GivenPunishment(al.Transfers()),
}
ax = al.plotting.plot_share(
    ASYMMETRY, family, "decisiveness", [0.5, 1, 1.5, 2, 3, 4], enforcements=concepts, points=256, xlabel="decisiveness m"
)
