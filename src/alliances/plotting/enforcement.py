"""Enforcement concepts side by side: where along the gap an alliance is stable under each, or how much patience it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances.arithmetic import to_float
from alliances.plotting.axes import NEVER, axes_or_new
from alliances.results import draw
from alliances.thresholds.enforcement_comparison import EnforcementComparison

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_enforcement"]


@draw.register(EnforcementComparison)
def plot_enforcement(comparison: EnforcementComparison, ax: Axes | None = None) -> Axes:
    """The stability windows of each concept along the gap; without discount factors, δ* of both sides under each.

    Parameters
    ----------
    comparison
        What :func:`alliances.compare_enforcement` returns.
    ax
        Axes to draw on.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_enforcement(al.compare_enforcement(al.presets.chindea_2014(), al.Power.from_gap(0.3)))
    >>> ax.get_xlabel()
    'critical discount factor δ*'
    """
    rows = comparison.concepts
    ax = axes_or_new(ax, "plot_enforcement", (7, 0.9 + 0.4 * len(rows)))
    windows = any(row.threshold is not None for row in rows)
    for k, row in enumerate(rows):
        if row.critical is None or (windows and row.threshold is None):
            note = "does not apply" if row.critical is None else "no windows"
            ax.annotate(note, (0.02, k), xycoords=("axes fraction", "data"), fontsize=7, va="center", color="0.4")
        elif row.threshold is not None:
            for window in row.threshold.windows:
                ax.barh(k, window.upper - window.lower, left=window.lower, height=0.5, color="0.6", edgecolor="black")
            if not row.threshold.windows:
                ax.annotate("stable nowhere", (0.02, k), xycoords=("axes fraction", "data"), fontsize=7, va="center")
        else:
            sides = to_float(row.critical.sponsor), to_float(row.critical.proxy)
            for value, marker, label in zip(sides, ("ks", "wo"), ("sponsor", "proxy"), strict=True):
                ax.plot(
                    min(value, NEVER),
                    k,
                    marker,
                    markersize=6 if label == "sponsor" else 9,
                    markeredgecolor="black",
                    zorder=3 if label == "sponsor" else 2,
                    label=label,
                )
    if windows:
        ax.set_xlim(*next(row.threshold.domain for row in rows if row.threshold is not None))
        ax.axvline(0, color="0.6", linewidth=0.8, zorder=0)
        if comparison.power is not None:
            ax.axvline(to_float(comparison.power.gap), color="black", linestyle=":", linewidth=1.2, label="the dyad's gap")
            ax.legend(fontsize=7, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
        ax.set_xlabel("gap γ (below 0 the proxy is the stronger) at which the alliance is stable")
    else:
        ax.axvspan(1.0, NEVER + 0.06, color="0.92", zorder=0, linewidth=0)
        ax.annotate("never", (NEVER - 0.01, 1.01), xycoords=("data", "axes fraction"), fontsize=7, ha="center")
        ax.set_xlim(-0.02, NEVER + 0.06)
        ax.set_xlabel("critical discount factor δ*")
        handles, labels = ax.get_legend_handles_labels()
        by_label = dict(zip(labels, handles, strict=True))
        if by_label:
            ax.legend(by_label.values(), by_label, fontsize=7, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
    ax.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=8)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    return ax
