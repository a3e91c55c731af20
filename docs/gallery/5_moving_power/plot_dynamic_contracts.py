"""
Contracts while power moves
===========================

The joint value and the punishment values along the log ratio of power, with side payments. Grey: log ratios at which both can
ally. Hatched: no equilibrium in pure actions.
"""

import alliances as al

game = al.AllianceGame(al.Tullock(1), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
dyad = al.ShiftingDyad(game, al.PowerProcess(learning=(0.1, 1)))
ax = dyad.stochastic_game.solve(0.5).plot()
