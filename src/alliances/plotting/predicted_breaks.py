"""A measured path of power, the stability windows that it passes through, and the break that a model predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliances.arithmetic import to_float
from alliances.cases.files.predicted_break import PredictedBreak
from alliances.plotting.axes import axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_predicted_break"]


@draw.register(PredictedBreak)
def plot_predicted_break(predicted: PredictedBreak, ax: Axes | None = None) -> Axes:
    """The gap over time with the stability windows (grey) and the predicted break (dotted).

    Filled circles are dates at which the alliance can be kept, crosses dates at which it cannot.

    Parameters
    ----------
    predicted
        What :meth:`alliances.cases.PowerSeries.predict_break` returns.
    ax
        Axes to draw on.

    Examples
    --------
    >>> import alliances as al
    >>> series = al.cases.load("gulf-zetas").power_series()
    >>> ax = plot_predicted_break(series.predict_break(al.presets.chindea_2014(), 0.8))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['gap', 'stability window', 'can be kept', 'cannot be kept', 'break: 2009, the proxy defects']
    """
    ax = axes_or_new(ax, "plot_predicted_break")
    times, gaps = np.array([date.decimal for date in predicted.dates]), to_float(np.asarray(predicted.power.gap))
    ax.plot(times, gaps, color="0.3", linewidth=1.0, label="gap", zorder=2)
    low, high = ax.get_ylim()
    for k, window in enumerate(predicted.threshold.windows):
        ax.axhspan(
            window.lower, window.upper, color="0.87", zorder=0, linewidth=0, label="stability window" if k == 0 else None
        )
    ax.axhline(0, color="0.6", linewidth=0.8, zorder=1)
    for chosen, marker, label in ((predicted.kept, "ko", "can be kept"), (~predicted.kept, "kx", "cannot be kept")):
        if chosen.any():
            ax.plot(times[chosen], gaps[chosen], marker, markersize=6, linestyle="none", label=label, zorder=3)
    if predicted.date is not None:
        who = "both sides defect" if predicted.defector == "both" else f"the {predicted.defector} defects"
        label = f"break: {predicted.date}, {who}"
        ax.axvline(predicted.date.decimal, color="black", linestyle=":", linewidth=1.2, label=label, zorder=1)
    margin = 0.08 * max(high - low, 0.1)
    ax.set_ylim(max(-1, low - margin), min(1, high + margin))
    ax.set_xlabel("year")
    ax.set_ylabel("gap γ (below 0 the proxy is the stronger)")
    if times[-1] - times[0] > 2:
        ax.locator_params(axis="x", integer=True)
    ax.legend(fontsize=7, loc="best")
    return ax
