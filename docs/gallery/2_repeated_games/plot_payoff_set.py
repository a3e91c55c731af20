"""
Everything that can be sustained
================================

All pure-action subgame-perfect payoffs of a Prisoners' Dilemma at a discount factor of 0.3 (dark), among the feasible payoffs
(light). Cooperation, the corner at (9, 9), is in the set.
"""

import alliances as al

dilemma = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
ax = al.payoff_set(dilemma, 0.3).plot()
