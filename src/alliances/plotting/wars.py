"""How long a war is expected to last, and who prevails, along the gap at its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliances.arithmetic import Number, to_float
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.dynamics.wars.duration import conflict_duration
from alliances.plotting.axes import new_axes
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_conflict"]

_CHANCES = "chances to prevail"  # the right axes of plot_conflict


@draw.register(ConflictWalk)
def plot_conflict(
    walk: ConflictWalk, ax: Axes | None = None, *, label: str | None = None, total: Number = 1, **style: Any
) -> Axes:
    """Expected conflict duration (filled marks) and the sponsor's chance to prevail (open marks, right axis) along the lattice.

    Several walks can be drawn on the same axes; they share the right axis.

    Parameters
    ----------
    walk
        How rounds move the ratio, and when the war ends.
    ax
        Axes to draw on.
    label
        The legend's text for this walk.
    total
        s + p, held fixed along the gap.
    **style
        Passed to ``plot``, such as ``linestyle`` and ``color``.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_conflict(al.ConflictWalk(swing=2, barrier=8))
    >>> ax.get_lines()[0].get_ydata().tolist()
    [5.0, 8.0, 9.0, 8.0, 5.0]
    """
    ax = new_axes() if ax is None else ax
    wars = conflict_duration(walk.lattice(total), walk)
    gaps = to_float(wars.power.gap)
    options: dict[str, Any] = {"color": "black", "marker": "o", "markersize": 3.5, "linewidth": 1.2, "clip_on": False} | style
    ax.plot(gaps, to_float(wars.rounds), label=label, **options)
    right = next((a for a in ax.figure.axes if a.get_gid() == _CHANCES and a.get_shared_x_axes().joined(a, ax)), None)
    if right is None:
        right = ax.twinx()
        right.set_gid(_CHANCES)
        right.set_ylim(0, 1)
        right.set_ylabel("sponsor's chance to prevail (open marks)")
        ax.set_xlabel("gap γ at the start (0 is parity, below 0 the proxy is the stronger)")
        ax.set_ylabel("expected duration in rounds (filled marks)")
        ax.set_xlim(-1, 1)
    right.plot(gaps, to_float(wars.sponsor), **options | {"markerfacecolor": "white", "linewidth": 0.7})
    ax.set_ylim(0, None)
    return ax
