"""
States and transitions
======================

The states of a small stochastic game, with the profiles that lead from one to the next: any betrayal ends the peace.
"""

import alliances as al

dilemma = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("ally", "fight"))
war = al.StageGame([[2]], [[2]], actions=("war",))


def moves(state, i, j):
    """Peace lasts while both ally."""
    return {"peace": 1} if state == "peace" and i == j == 0 else {"war": 1}


game = al.StochasticGame([dilemma, war], moves, states=("peace", "war"))
ax = al.plotting.plot_transitions(game)

# %%
# What can be sustained in each state without side payments: in peace a segment, from war in the next period to peace for ever;
# in war a point.

ax = game.payoff_sets(0.5).plot()
