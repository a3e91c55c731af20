"""The discount factors that a dated break identifies, along a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Number, to_float
from alliances.estimation.identification import IdentifiedDiscount
from alliances.games.players import PLAYERS
from alliances.plotting.axes import NEVER, axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_identified"]


def plot_identified(
    identified: IdentifiedDiscount,
    values: Number | None = None,
    ax: Axes | None = None,
    *,
    interval: str = "common",
    xlabel: str = "parameter",
    label: str | None = None,
    **style: Any,
) -> Axes:
    """The identified set of discount factors along a varied parameter; of a single model, period by period.

    Of a single model the marks are the dyad's critical discount factors: a common discount factor must reach those before the
    break and stay below the last one. The grey band is what is left.

    Parameters
    ----------
    identified
        The result for a single model, or for a batch of models that differ in one parameter.
    values
        The parameter's values (k,), in the order of the batch; by default the models are counted.
    ax
        Axes to draw on.
    interval
        "common", "sponsor" or "proxy".
    xlabel, label
        The parameter's name and the legend's text.
    **style
        Passed to ``fill_between``.

    Examples
    --------
    >>> import alliances as al
    >>> costs = np.linspace(0.3, 0.4, 3)
    >>> game = al.presets.capability_aggregation(contest=al.Tullock(2.0), conflict_cost=costs[:, None])
    >>> identified = al.identified_discount(game, al.Power.from_gap([0.1, -0.3]))
    >>> ax = plot_identified(identified, costs, xlabel="conflict cost k")
    >>> ax.get_xlabel()
    'conflict cost k'
    """
    if interval not in ("common", *PLAYERS):
        raise ValueError(f'plot_identified(): interval must be "common", "sponsor" or "proxy"; got {interval!r}')
    chosen = getattr(identified, interval)
    if not isinstance(identified.common.lower, np.ndarray):
        return _by_period(identified, ax)
    lower, upper, empty = (np.asarray(x) for x in (to_float(chosen.lower), to_float(chosen.upper), chosen.empty))
    values = np.arange(len(lower)) if values is None else to_float(np.asarray(values))
    if values.shape != lower.shape or values.ndim != 1:
        raise ValueError(f"plot_identified(): values must have the batch's shape {lower.shape}; got shape {values.shape}")
    ax = axes_or_new(ax, "plot_identified")
    options: dict[str, Any] = {"facecolor": "0.75", "edgecolor": "black", "linewidth": 0.6} | style
    ax.fill_between(values, lower, upper, where=~empty, step="mid", label=label, **options)
    ax.set_xlim(values.min(), values.max())
    ax.set_ylim(0, 1)
    ax.set_xlabel(xlabel)
    ax.set_ylabel("discount factor δ")
    return ax


def _by_period(identified: IdentifiedDiscount, ax: Axes | None) -> Axes:
    """The critical discount factors of a single model over time, and the set that they leave."""
    ax = axes_or_new(ax, "plot_identified")
    least = np.asarray(to_float(identified.critical.dyad))
    shown = np.minimum(least, NEVER)
    periods = np.arange(least.size)
    ax.plot(periods[:-1], shown[:-1], "o", color="black", label="δ* while allied: δ must reach it")
    ax.plot(periods[-1:], shown[-1:], "o", color="black", markerfacecolor="white", label="δ* at the break: δ must stay below")
    if not identified.common.empty:
        low, high = float(identified.common.lower), float(identified.common.upper)
        ax.axhspan(low, high, color="0.8", zorder=0, label=f"identified: [{low:.4g}, {high:.4g})")
    ax.axhspan(1.0, NEVER + 0.06, color="0.93", zorder=0, linewidth=0)
    ax.annotate("no patience suffices", (0.5, 1.03), xycoords=("axes fraction", "data"), fontsize=7, ha="center", va="center")
    ax.set_ylim(0, NEVER + 0.06)
    ax.locator_params(axis="x", integer=True)
    ax.set(xlabel="period", ylabel="discount factor δ")
    ax.legend(fontsize=7, loc="best")
    return ax


@draw.register
def _(result: IdentifiedDiscount, ax: Any = None, *, values: Number | None = None, **options: Any) -> Any:
    return plot_identified(result, values, ax, **options)
