"""Survival of an alliance by policy: histories with their band, and the exact law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.dynamics.patience import BetaPatience
from alliances.dynamics.simulated_breaks import SimulatedBreaks
from alliances.plotting.axes import axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_policies"]

_LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 3)))
_GREYS = ("black", "0.35", "0.55")
_NORMAL = 1.96  # of the band: 95 %


@draw.register(SimulatedBreaks)
def plot_policies(result: SimulatedBreaks, ax: Axes | None = None, *, exact: bool = True, **style: Any) -> Axes:
    """The share of histories in which the alliance is intact after each period, by policy, with its 95 % band.

    Parameters
    ----------
    result
        Simulated histories.
    ax
        Axes to draw on.
    exact
        Whether to mark the exact law by small circles, at up to 25 dates.
    **style
        Passed to ``plot``, such as ``linewidth``.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.presets.chindea_2014()
    >>> power = al.Power.from_gap(0.7 * np.ones(10))
    >>> result = al.simulate_breaks(power, game, policies={"kingpin": al.KingpinStrike(at=5, cut=1)}, rng=1)
    >>> [line.get_label() for line in plot_policies(result).get_lines()]
    ['baseline', 'exact law', 'kingpin', '_nolegend_']
    """
    ax = axes_or_new(ax, "plot_policies")
    numbers = all(isinstance(date, (int, float, np.number)) for date in result.dates)
    x = np.array(result.dates, dtype=float) if numbers else np.arange(len(result.dates), dtype=float)
    size = result.lifetimes.shape[1]
    marked = slice(None, None, max(1, len(x) // 25))
    for k, (name, forecast) in enumerate(zip(result.names, result.forecasts, strict=True)):
        share = result.survival[k, 1:]
        half = _NORMAL * np.sqrt(share * (1 - share) / size)
        options: dict[str, Any] = {"color": _GREYS[k % len(_GREYS)], "linestyle": _LINES[k % len(_LINES)], "linewidth": 1.3}
        (line,) = ax.plot(x, share, label=name, **(options | style))
        ax.fill_between(x, share - half, share + half, color=line.get_color(), alpha=0.15, linewidth=0)
        if exact:
            circles = {"marker": "o", "markersize": 3, "markerfacecolor": "white", "linestyle": "", "color": line.get_color()}
            ax.plot(x[marked], forecast.survival[1:][marked], label="_nolegend_" if k else "exact law", **circles)
    if not numbers:
        ax.set_xticks(x[marked], [str(date) for date in result.dates[marked]])
    lowest = min(float(result.survival.min()), min(float(f.survival.min()) for f in result.forecasts))
    ax.set_ylim(0 if lowest < 0.5 else lowest - 0.05 * (1.001 - lowest), 1 + 0.02 * (1.001 - lowest))
    ax.set_xlabel("period" if result.dates == tuple(range(len(result.dates))) else "date")
    ax.set_ylabel("share of alliances that are intact")
    ax.legend(fontsize=8)
    return ax


@draw.register
def _(patience: BetaPatience, ax: Any = None, **style: Any) -> Any:
    """The chance that a discount factor drawn from the distribution lies below each value."""
    ax = axes_or_new(ax, "plot")
    x = np.linspace(0, 1, 401)
    ax.plot(x, patience.cdf(x), **{"color": "black", "linewidth": 1.4, "label": f"mean {patience.mean:.3g}"} | style)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="discount factor δ", ylabel="probability that patience lies below δ")
    ax.legend(fontsize=7, loc="upper left")
    return ax
