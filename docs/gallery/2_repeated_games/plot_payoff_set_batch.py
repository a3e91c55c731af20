"""
What patience adds
==================

All pure-action subgame-perfect payoffs of Abreu's Cournot game at four discount factors, from one call. The more patient the
players, the larger the set; at 0.4 and 0.6 each can have half of the monopoly profit, (10, 10).
"""

import alliances as al

cournot = al.StageGame([[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]], actions=("L", "M", "H"))
ax = al.payoff_set(cournot, [0.25, 0.3, 0.4, 0.6]).plot()

# %%
# Where only noisy signals of the actions are seen, false alarms burn a part of what even very patient players can share: here
# they cannot both be paid 2, as if both cooperated for ever.

dilemma = al.StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
ax = al.patient_payoff_set(al.PublicMonitoring.binary(dilemma, bad=[[0.1, 0.6], [0.6, 0.9]])).plot()
