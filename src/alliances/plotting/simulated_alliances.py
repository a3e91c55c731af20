"""Alliances played period by period: the gap, deviations and punishments of one history, or shares of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.dynamics.simulated_alliance import SimulatedAlliance
from alliances.plotting.axes import axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_alliance"]


@draw.register(SimulatedAlliance)
def plot_alliance(played: SimulatedAlliance, ax: Axes | None = None, *, history: int | None = None) -> Axes:
    """The gap of one history, with deviations (triangles) and punishment (grey); of many, the share in each phase.

    Parameters
    ----------
    played
        What :func:`alliances.simulate_alliance` returns.
    ax
        Axes to draw on.
    history
        Which history is drawn; by default the only one, or the shares of all if there are several.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_alliance(al.simulate_alliance(al.Power.from_gap(0.5), al.presets.chindea_2014(), 0.8, shock=0.2, rng=2))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('period', 'gap γ (below 0 the proxy is the stronger)')
    """
    size = len(played.gap)
    if history is not None and (
        isinstance(history, bool) or not isinstance(history, (int, np.integer)) or not 0 <= history < size
    ):
        raise ValueError(f"plot(): history must be a whole number from 0 to {size - 1}; got {history!r}")
    ax = axes_or_new(ax, "plot_alliance")
    numeric = all(isinstance(date, (int, float, np.number)) and not isinstance(date, bool) for date in played.dates)
    times: Any = np.array(played.dates, dtype=float) if numeric else np.arange(len(played.dates))
    if size > 1 and history is None:
        _shares(played, times, ax)
    else:
        _history(played, history or 0, times, ax)
    ax.set_xlim(times[0], times[-1] if len(times) > 1 else times[0] + 1)
    ax.set_xlabel("period" if not numeric or played.dates == tuple(range(len(times))) else "date")
    if not numeric:
        places = np.unique(np.linspace(0, len(times) - 1, min(len(times), 6)).astype(int))
        ax.set_xticks(times[places], [str(played.dates[k]) for k in places], fontsize=8)
    return ax


def _history(played: SimulatedAlliance, k: int, times: Any, ax: Axes) -> None:
    gaps, phase = played.gap[k], played.phase[k]
    ax.plot(times, gaps, color="black", linewidth=1.0, label="gap")
    ax.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    if (phase == 2).any():
        low, high = ax.get_ylim()
        ax.fill_between(times, -1, 1, where=phase == 2, step="mid", color="0.85", linewidth=0, zorder=0, label="punishment")
        ax.set_ylim(low, high)
    for code, marker, label in ((1, "kv", "the sponsor deviates"), (2, "k^", "the proxy deviates"), (3, "kD", "both deviate")):
        at = played.deviators[k] == code
        if at.any():
            ax.plot(times[at], gaps[at], marker, markersize=7, linestyle="none", label=label)
    alarms = (played.accused[k] > 0) & (phase == 0)
    if alarms.any():
        ax.plot(times[alarms], gaps[alarms], "kx", markersize=7, linestyle="none", label="false alarm")
    ax.set_ylabel("gap γ (below 0 the proxy is the stronger)")
    ax.legend(fontsize=7, loc="best")


def _shares(played: SimulatedAlliance, times: Any, ax: Axes) -> None:
    below = np.zeros(len(times))
    for code, label, shade in ((0, "on path", "0.9"), (1, "deviation", "0.2"), (2, "punishment", "0.6")):
        share = (played.phase == code).mean(axis=0)
        ax.fill_between(times, below, below + share, color=shade, linewidth=0, step="mid", label=label)
        below = below + share
    ax.set_ylim(0, 1)
    ax.set_ylabel(f"share of {len(played.gap)} histories")
    ax.legend(fontsize=7, loc="best")
