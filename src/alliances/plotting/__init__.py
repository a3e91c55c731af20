"""Every picture: the gap over time, critical discount factors along the gap, identified sets, claims, timelines of cases,
and power that moves.

Each function draws on one set of axes (a new one by default) and returns it, so that pictures can be combined. They
are made for print: line styles and hatches carry the meaning, so that they read in grey. Infinite critical discount
factors – no patience suffices – are drawn as a band above 1.

Pictures are here and nowhere else. This package may import every other but the re-checks and the tests for users' models, which
stand beside it; each picture of a result registers with :func:`alliances.results.draw`, which ``result.plot()`` calls.
"""

from alliances.plotting import result_tuples as result_tuples  # registers, and has no function of its own
from alliances.plotting.axes import new_axes
from alliances.plotting.break_thresholds import plot_break_thresholds, plot_kept_windows
from alliances.plotting.cases import plot_case
from alliances.plotting.claims import plot_check, plot_sensitivity, plot_share
from alliances.plotting.concepts import OUTLINES, plot_concepts
from alliances.plotting.contracts import plot_contracts
from alliances.plotting.critical import plot_critical_discounts, plot_deviation_gains
from alliances.plotting.dynamic_sets import plot_stochastic_sets
from alliances.plotting.dynamics import plot_discount_windows, plot_dynamic_contracts, plot_forecast, plot_transitions
from alliances.plotting.enforcement import plot_enforcement
from alliances.plotting.hazards import (
    plot_calibration,
    plot_comparison,
    plot_fitted_discounts,
    plot_hazard,
    plot_profile,
    plot_survival,
)
from alliances.plotting.identified import plot_identified
from alliances.plotting.payoff_sets import plot_payoff_set
from alliances.plotting.policies import plot_policies
from alliances.plotting.predicted_breaks import plot_predicted_break
from alliances.plotting.regimes import plot_regime_map
from alliances.plotting.scoreboard import plot_scoreboard
from alliances.plotting.series import plot_gaps, plot_power, plot_values
from alliances.plotting.simulated_alliances import plot_alliance
from alliances.plotting.stage_games import plot_stage_game
from alliances.plotting.threshold_batches import plot_regions, plot_thresholds
from alliances.plotting.thresholds import plot_critical, plot_threshold, plot_windows
from alliances.plotting.timeline import plot_timeline
from alliances.plotting.wars import plot_conflict, plot_duration, plot_simulated
from alliances.plotting.year_board import plot_year_board

__all__ = [
    "OUTLINES",
    "new_axes",
    "plot_alliance",
    "plot_break_thresholds",
    "plot_calibration",
    "plot_case",
    "plot_check",
    "plot_comparison",
    "plot_concepts",
    "plot_conflict",
    "plot_contracts",
    "plot_critical",
    "plot_critical_discounts",
    "plot_deviation_gains",
    "plot_discount_windows",
    "plot_duration",
    "plot_dynamic_contracts",
    "plot_enforcement",
    "plot_fitted_discounts",
    "plot_forecast",
    "plot_gaps",
    "plot_hazard",
    "plot_identified",
    "plot_kept_windows",
    "plot_payoff_set",
    "plot_policies",
    "plot_power",
    "plot_predicted_break",
    "plot_profile",
    "plot_regime_map",
    "plot_regions",
    "plot_scoreboard",
    "plot_sensitivity",
    "plot_share",
    "plot_simulated",
    "plot_stage_game",
    "plot_stochastic_sets",
    "plot_survival",
    "plot_threshold",
    "plot_thresholds",
    "plot_timeline",
    "plot_transitions",
    "plot_values",
    "plot_windows",
    "plot_year_board",
]
