"""
Models on rows that they have not seen
======================================

Log scores out of sample, less that of a constant hazard, with 95 % intervals by a paired bootstrap of alliances.
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

models = {
    "constant": al.estimation.Constant(),
    "age": al.estimation.TimeOnly(),
    "gap": al.estimation.Logit(["gap"]),
    "spline of the gap": al.estimation.Logit(["gap"], splines=["gap"]),
    "F(δ*)": model,
}
comparison = al.estimation.cross_validate(models, frame, event="event", by="id", folds=5, starts=2)
ax = comparison.plot()

# %%
# The table can be drawn as well.

ax = comparison.table(against="gap").plot()
