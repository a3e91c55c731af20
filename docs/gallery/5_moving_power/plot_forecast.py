"""
When does it break?
===================

The chance that an alliance is intact, and who broke it, as its gap closes from 0.4 to −0.3. Patience is drawn anew in every
period.
"""

import numpy as np

import alliances as al

game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
forecast = al.break_forecast(
    al.Power.from_gap(np.linspace(0.4, -0.3, 15)), game, al.BetaPatience(18, 2), dates=range(2000, 2015),
    enforcement=al.GivenPunishment(),
)  # fmt: skip
ax = forecast.plot(unit="year")
