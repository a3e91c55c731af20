"""How long a war is expected to last, and who prevails, along the gap at its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Number, show, to_float
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.dynamics.wars.duration import ConflictDuration, conflict_duration
from alliances.dynamics.wars.simulation import SimulatedConflicts
from alliances.plotting.axes import axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_conflict", "plot_duration", "plot_simulated"]

_ROUNDS = 100  # of a war that may never end
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
    ax = axes_or_new(ax, "plot_conflict")
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


@draw.register(ConflictDuration)
def plot_duration(war: ConflictDuration, ax: Axes | None = None, **style: Any) -> Axes:
    """How long a war lasts: of a single dyad the chance that it is over by each round, of a batch the mean along the gap.

    Parameters
    ----------
    war
        What :func:`alliances.conflict_duration` answers.
    ax
        Axes to draw on.
    **style
        Passed to ``plot`` or ``step``.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_duration(al.conflict_duration(al.Power(2, 1), al.ConflictWalk(swing=2, barrier=8)))
    >>> ax.get_ylabel()
    'chance that the war is over'
    """
    ax = axes_or_new(ax, "plot_duration")
    options: dict[str, Any] = {"color": "black", "linewidth": 1.2} | style
    if war.power.shape:
        table = war._columns()
        gaps, rounds = np.asarray(table["gap"]), np.asarray(table["rounds"])
        order = np.argsort(gaps)
        marks: dict[str, Any] = {"marker": "o", "markersize": 3.5} | options
        ax.plot(gaps[order], rounds[order], **marks)
        ax.set_ylim(0, None)
        ax.set(
            xlabel="gap γ at the start (0 is parity, below 0 the proxy is the stronger)", ylabel="expected duration in rounds"
        )
        return ax
    longest: Any = war.quantile(0.95)
    last = int(longest) if np.isfinite(longest) else _ROUNDS
    over = to_float(war.over_by(max(last, 1)))
    ax.step(np.arange(over.size), over, where="post", **options)
    mean: Any = war.rounds
    if np.isfinite(float(mean)):
        ax.axvline(float(mean), color="0.5", linestyle=":", label=f"mean: {show(mean)} rounds")
        ax.legend(fontsize=7, loc="lower right")
    ax.set(xlim=(0, None), ylim=(0, 1.02), xlabel="rounds", ylabel="chance that the war is over")
    return ax


@draw.register(SimulatedConflicts)
def plot_simulated(wars: SimulatedConflicts, ax: Axes | None = None) -> Axes:
    """How many rounds simulated wars took, by who prevailed; wars that were not over are named in the title.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_simulated(al.simulate_conflict(al.Power(1, 1), al.ConflictWalk(swing=2, barrier=8), rng=1))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['sponsor prevailed', 'proxy prevailed']
    """
    ax = axes_or_new(ax, "plot_simulated")
    rounds, winner = wars.rounds.ravel(), wars.winner.ravel()
    won = [rounds[winner == 1], rounds[winner == -1]]
    most = max((float(x.max()) for x in won if x.size), default=1.0)
    step = 2 * max(1, int(np.ceil(most / 60)))  # even, because the rounds of a war are all even or all odd
    edges = np.arange(0.5, most + step + 0.5, step).tolist()
    for k, (wins, below, label, style) in enumerate(
        (
            (won[0], won[1][:0], "sponsor prevailed", {"facecolor": "0.35"}),
            (won[1], won[0], "proxy prevailed", {"facecolor": "0.9", "hatch": "///"}),
        )
    ):
        heights, bottom = (np.histogram(x, edges)[0] for x in (wins, below))
        ax.bar(
            edges[:-1], heights, step, bottom, align="edge", edgecolor="black", linewidth=0.5, label=label, zorder=k, **style
        )
    ax.set_ylim(0, 1.05 * max(np.histogram(np.concatenate(won), edges)[0].max(), 1))
    ax.legend(fontsize=7, loc="upper right")
    ax.set(xlabel="rounds", ylabel=f"wars (of {rounds.size})")
    ax.set_title(wars.message, fontsize=8)
    return ax
