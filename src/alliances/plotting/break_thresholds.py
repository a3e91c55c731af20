"""Where an alliance breaks as power moves: the threshold against the speed of learning, and the windows along the log ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.dynamics.break_threshold import ShiftingThreshold
from alliances.dynamics.kept_alliance import ShiftingWindow
from alliances.plotting.axes import axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_break_thresholds", "plot_kept_windows"]

_LINES = ("-", "--", "-.", ":")
_FACES = {"sponsor": "black", "proxy": "white", "both": "0.6", None: "0.85"}
_DEEDS = {"sponsor": "sponsor strikes first", "proxy": "proxy leaves", "both": "both break it", None: "defector not solved"}
_LETTERS = {"sponsor": "S", "proxy": "P", "both": "S+P", None: "?"}


def plot_break_thresholds(thresholds: Sequence[ShiftingThreshold], ax: Axes | None = None) -> Axes:
    """Break thresholds λ_b against the proxy's chance of learning, one line for each discount factor.

    Filled marks: the sponsor strikes first; open marks: the proxy leaves. Lines are thin where the defector changes, and
    missing where there is no threshold.

    Parameters
    ----------
    thresholds
        Results for several processes and discount factors, in any order.
    ax
        Axes to draw on.

    Raises
    ------
    TypeError
        If ``thresholds`` holds something else, or nothing.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> dyads = [al.ShiftingDyad(game, al.PowerProcess(step=0.5, learning=(g, 1))) for g in (0.1, 0.4)]
    >>> ax = plot_break_thresholds([al.break_threshold(dyad, 0.8) for dyad in dyads])
    >>> ax.get_lines()[0].get_xdata().tolist()
    [0.1, 0.4]
    """
    if not thresholds or not all(isinstance(t, ShiftingThreshold) for t in thresholds):
        raise TypeError(
            f"plot_break_thresholds(): thresholds must be results of break_threshold(), at least one; got {thresholds!r}"
        )
    ax = axes_or_new(ax, "plot_break_thresholds")
    for k, delta in enumerate(sorted({t.discount for t in thresholds})):
        own = sorted((t for t in thresholds if t.discount == delta), key=_speed)
        speeds = np.array([_speed(t) for t in own])
        levels = np.array([np.nan if t.log_ratio is None else t.log_ratio for t in own])
        shade = str(0.6 * k / max(len({t.discount for t in thresholds}) - 1, 1))
        ax.plot(speeds, levels, color=shade, linestyle=":", linewidth=0.5)  # across jumps; thick where nothing else changes
        style: dict[str, Any] = {"color": shade, "linestyle": _LINES[k % len(_LINES)], "linewidth": 1.4}
        for j in range(len(own) - 1):
            if own[j].defector == own[j + 1].defector:
                ax.plot(speeds[j : j + 2], levels[j : j + 2], **style)
        ax.plot([], [], label=f"δ = {delta:g}", **style)
        for x, y, t in zip(speeds, levels, own, strict=True):
            ax.plot(x, y, "o", color=shade, markerfacecolor=_FACES[t.defector], markersize=5)
    for defector in dict.fromkeys(t.defector for t in thresholds if t.log_ratio is not None):
        ax.plot([], [], "o", color="black", markerfacecolor=_FACES[defector], markersize=5, label=_DEEDS[defector])
    ax.axhline(0, color="0.7", linewidth=0.7, zorder=0)
    ax.set_xlabel("chance per period that the proxy learns")
    ax.set_ylabel("break threshold: log ratio λ of power\n(below 0 the proxy is the stronger)")
    ax.legend(fontsize=7, loc="best")
    return ax


def _speed(threshold: ShiftingThreshold) -> float:
    return float(threshold.dyad.process.learning[0])


@draw.register(ShiftingThreshold)
def plot_kept_windows(threshold: ShiftingThreshold, ax: Axes | None = None) -> Axes:
    """The log ratios at which the alliance can be kept, with power moving as expected and with power frozen.

    Beyond each edge stands who violates the alliance there: S, the sponsor strikes first; P, the proxy leaves; S+P, both; ?,
    that could not be solved. Crosses are states without pure equilibrium.

    Parameters
    ----------
    threshold
        What :func:`alliances.break_threshold` answers.
    ax
        Axes to draw on.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> dyad = al.ShiftingDyad(game, al.PowerProcess(step=0.5, learning=(0.4, 1)))
    >>> ax = plot_kept_windows(al.break_threshold(dyad, 0.8))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['power frozen', 'power moves']
    """
    ax = axes_or_new(ax, "plot_kept_windows", (6, 2.2))
    step = float(threshold.dyad.process.step)
    for row, (kept, style) in enumerate(
        ((threshold.static, {"facecolor": "0.85", "hatch": "//"}), (threshold.moving, {"facecolor": "0.55"}))
    ):
        for window in kept.windows:
            _bar(ax, row, window, step, style)
        ax.plot(kept.holes, [row] * len(kept.holes), "x", color="black", markersize=6)
    reach = float(threshold.dyad.process.reach)
    ax.set_xlim(-reach - step, reach + step)
    ax.set_ylim(-0.6, 1.6)
    ax.set_yticks([0, 1], ["power frozen", "power moves"])
    ax.axvline(0, color="0.7", linewidth=0.7, zorder=0)
    ax.set_xlabel(
        "log ratio λ of power (below 0 the proxy is the stronger)\n"
        "beyond an edge S: the sponsor strikes first, P: the proxy leaves"
    )
    return ax


def _bar(ax: Axes, row: int, window: ShiftingWindow, step: float, style: dict[str, Any]) -> None:
    """One window, half a step wider on either side than its last lattice points, with its edges' defectors beside it."""
    ax.barh(row, window.high - window.low + step, left=window.low - step / 2, height=0.5, edgecolor="black", **style)
    for edge, x, side in (
        (window.below, window.low - 0.7 * step, "right"),
        (window.above, window.high + 0.7 * step, "left"),
    ):
        if edge is not None:
            ax.text(x, row, _LETTERS[edge.defector], fontsize=8, ha=side, va="center")
