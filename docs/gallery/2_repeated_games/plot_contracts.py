"""
What side payments add
======================

Abreu's Cournot game with side payments under optimal penal codes: the largest joint payoff, and the sum of the payoffs to which
the players can be punished, for all discount factors at once. From 1/3 on the monopoly profit of 20 is sustained.
"""

import alliances as al

cournot = al.StageGame([[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]], actions=("L", "M", "H"))
ax = al.relational_contracts(cournot).plot()
