"""
A case over time
================

The measured gap between the Gulf Cartel and Los Zetas, and the windows in which the benchmark model keeps their alliance.
Open marks are years in which it does not. Those before 2010 contradict the model: in 2003 and in 2009 the alliance held.
"""

import alliances as al

case = al.cases.load("gulf-zetas")
game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
threshold = al.defection_threshold(game, 0.8, start=0.025)
early_2010 = 2010.125  # the sources say "early 2010", and date the first deaths to January
ax = al.plotting.plot_case(case, threshold=threshold, dates={"break": early_2010, "violence": early_2010})
ax.figure.legend(fontsize=7, loc="outside lower center", ncols=4)
