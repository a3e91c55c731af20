"""TODO."""

from alliances.plotting.thresholds import (
    new_axes,
    plot_case,
    plot_check,
    plot_conflict,
    plot_critical,
    plot_identified,
    plot_scoreboard,
    plot_sensitivity,
    plot_share,
    plot_threshold,
    plot_timeline,
)

__all__ = [
    "new_axes",
    "plot_case",
    "plot_check",
    "plot_conflict",
    "plot_critical",
    "plot_identified",
    "plot_scoreboard",
    "plot_sensitivity",
    "plot_share",
    "plot_threshold",
    "plot_timeline",
]
