"""Pictures of critical discount factors: along what a batch varies, and what one deviation gains in a single game."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Number, show, to_float
from alliances.games.players import PLAYERS
from alliances.plotting.axes import NEVER, STYLES, axes_or_new, broken
from alliances.repeated.critical import CriticalDiscount
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_critical_discounts", "plot_deviation_gains"]

_STEPS = 200  # discount factors at which gains are computed


@draw.register(CriticalDiscount)
def plot_critical_discounts(
    critical: CriticalDiscount, ax: Axes | None = None, *, along: Number | None = None, xlabel: str | None = None
) -> Axes:
    """Both players' critical discount factors along a batch; of a single game :func:`plot_deviation_gains`.

    Parameters
    ----------
    critical
        The result for a batch with one dimension, or for a single game.
    ax
        Axes to draw on.
    along
        What varies along the batch, such as the gaps; by default the games are counted.
    xlabel
        What it is called.

    Raises
    ------
    ValueError
        If the batch has more than one dimension, or ``along`` another length.

    Examples
    --------
    >>> import alliances as al
    >>> power = al.Power.from_gap(np.linspace(0, 0.9, 10))
    >>> ax = al.critical_discount(al.presets.chindea_2014(), power).plot(along=power.gap, xlabel="gap γ")
    >>> [line.get_label() for line in ax.get_lines()[::2]], ax.get_xlabel()
    (['sponsor δ*', 'proxy δ*'], 'gap γ')
    """
    shape = critical.stage.batch_shape
    if not shape:
        return plot_deviation_gains(critical, ax)
    if len(shape) != 1:
        raise ValueError(f"plot_critical_discounts(): critical must be a batch with one dimension; got shape {shape}")
    x = np.arange(shape[0]) if along is None else to_float(np.asarray(along))
    if x.shape != shape:
        raise ValueError(f"plot_critical_discounts(): along must have the batch's shape {shape}; got shape {x.shape}")
    ax = axes_or_new(ax, "plot_critical_discounts")
    curves = {"dyad": critical.dyad} if critical.enforcement.pooled else {"sponsor": critical.sponsor, "proxy": critical.proxy}
    marker = "o" if shape[0] <= _STEPS // 4 else None
    for k, (name, least) in enumerate(curves.items()):
        style = STYLES.get(name, STYLES["sponsor"])
        values = np.broadcast_to(np.asarray(to_float(least)), shape)
        finite = np.where(np.isfinite(values), values, np.nan) if marker else broken(values)
        ax.plot(x, finite, linewidth=1.4, marker=marker, markersize=3, label=f"{name} δ*", **style)
        never = np.where(np.isinf(values), NEVER + 0.03 * k, np.nan)
        ax.plot(x, never, linewidth=3, marker=marker, markersize=3, solid_capstyle="butt", dash_capstyle="butt", **style)
    ax.axhspan(1.0, NEVER + 0.06, color="0.92", zorder=0, linewidth=0)
    ax.annotate("no patience suffices", (0.5, 1.018), xycoords=("axes fraction", "data"), fontsize=7, ha="center", va="center")
    ax.set_ylim(0, NEVER + 0.06)
    ax.set_xlabel(xlabel or ("game" if along is None else ""))
    ax.set_ylabel("critical discount factor δ*")
    ax.legend(fontsize=7, loc="best")
    return ax


def plot_deviation_gains(critical: CriticalDiscount, ax: Axes | None = None) -> Axes:
    """What each player gains by one deviation, against the discount factor: it is tempted to the left of its δ*.

    Parameters
    ----------
    critical
        The result for a single game.
    ax
        Axes to draw on.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_deviation_gains(al.critical_discount(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 4]])))
    >>> [line.get_label() for line in ax.get_lines()[:3:2]]
    ['sponsor, δ* = 1/7', 'proxy, δ* = 1/6']
    """
    critical.stage.single("plot_deviation_gains")
    ax = axes_or_new(ax, "plot_deviation_gains")
    names = ("dyad",) if critical.enforcement.pooled else PLAYERS
    deltas: list[Any] = [Fraction(k, _STEPS) for k in range(_STEPS)]
    if not critical.stage.exact:
        deltas = [float(delta) for delta in deltas]
    gains = np.array([[float(g) for g in critical.enforcement.gain(critical.terms, (delta, delta))] for delta in deltas])
    for k, name in enumerate(names):
        style = STYLES.get(name, STYLES["sponsor"])
        least: Any = getattr(critical, name)
        ax.plot(to_float(np.array(deltas)), gains[:, k], linewidth=1.4, label=f"{name}, δ* = {show(least)}", **style)
        crossing = [float(least)] if least < np.inf else []
        ax.plot(crossing, [0.0] * len(crossing), "o", color=style["color"], markersize=5, clip_on=False)
    ax.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    ax.set_xlim(0, 1)
    ax.set_xlabel("discount factor δ")
    ax.set_ylabel("gain from one deviation, per period")
    ax.legend(fontsize=7, loc="best", title="deviates above 0", title_fontsize=7)
    return ax
