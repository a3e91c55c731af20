"""
Payoff sets, state by state
===========================

What two sides can be paid in equilibrium, without side payments, from each state of a game on: in poor times, in which each
payoff is less by 2, and in rich ones. Filled: payoffs of an equilibrium that is at hand. Line: no equilibrium payoff lies
beyond it.
"""

import alliances as al

poor = al.StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]], actions=("C", "D"))
rich = al.StageGame(poor.A + 2, poor.B + 2, actions=("C", "D"))


def moves(state, i, j):
    """When both do the same, the state is likely to change."""
    up = 1 / 2 if i != j else 2 / 3 if state == "poor" else 1 / 3
    return {"rich": up, "poor": 1 - up}


game = al.StochasticGame([poor, rich], moves, states=("poor", "rich"))
ax = game.payoff_sets(0.7).plot()

# %%
# An alliance at four log ratios of power, with a proxy that learns while the two are allied. At parity no alliance can be kept,
# and the set is a speck: the payoffs of a war that begins. At the other three one can be kept: the stronger the sponsor, the
# more it can have, and the less the proxy.

model = al.AllianceGame(al.Tullock(1), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(1))
dyad = al.ShiftingDyad(model, al.PowerProcess(learning=(0.1, 1)), war=walk, reconcile=0.1)
sets = dyad.stochastic_game.payoff_sets(0.6, target=1e-3)
ax = sets.plot(states=[dyad.state(level) for level in (0.0, 0.4, 1.0, 1.6)])
