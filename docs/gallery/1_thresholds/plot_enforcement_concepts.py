"""
Five ways to enforce an alliance
================================

The gaps at which each enforcement concept keeps the alliance of the benchmark model, at a discount factor of 0.8. Letters say
who defects beyond an edge: S, the sponsor; P, the proxy; B, both, or the dyad where side payments pool the constraints.
"""

import alliances as al

game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
concepts = {
    "Nash reversion": al.NashReversion(),
    "3 periods": al.FinitePunishment(3),
    "noisy signals": al.ImperfectMonitoring(0.05, 0.1),
    "side payments": al.Transfers(),
    "optimal penal codes": al.OptimalPenalCode(),
}
thresholds = {
    name: al.defection_threshold(game, 0.8, enforcement=enforcement, samples=201) for name, enforcement in concepts.items()
}
ax = al.plotting.plot_concepts(thresholds)
ax.set_title("Stability windows, δ = 0.8", fontsize=9)
