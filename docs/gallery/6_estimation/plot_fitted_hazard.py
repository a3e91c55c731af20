"""
A fitted hazard
===============

The hazard along the gap that a game implies, fitted to simulated alliances, with events by time at risk (marks). It is a hump:
alliances are hardest to keep at an intermediate gap.
"""

import numpy as np

import alliances as al

rng = np.random.default_rng(1)
start = np.tile(np.arange(12.0), 250)
gap = np.clip(np.repeat(rng.uniform(0, 0.9, 250), 12) + rng.normal(0, 0.05, 3000), 0, 0.95)
frame = {"id": np.repeat(np.arange(250), 12), "start": start, "stop": start + 1, "gap": gap}
game = al.AllianceGame(al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
model = al.estimation.HazardModel(
    game, al.GivenPunishment(), al.patience.Kumaraswamy(3, 2), free={"contest.decisiveness": (0.3, 4)}
)
frame = al.estimation.simulate(model, {"contest.decisiveness": 2.0, "opportunity": 0.3}, frame, rng)

fit = model.fit(frame, event="event")
ax = fit.plot_hazard()

# %%
# The critical discount factors behind it: the stronger side binds.

ax = fit.plot_critical_discount()

# %%
# Survival, as observed and as expected.

ax = fit.plot_survival()

# %%
# Expected and observed events, in bins of the hazard.

ax = fit.plot_calibration()

# %%
# What the data say of the decisiveness of fighting, by likelihood ratio.

ax = fit.plot_profile("contest.decisiveness")

# %%
# Cox's regression on the same rows.

ax = al.estimation.Cox(["gap"]).fit(frame, event="event").plot()
