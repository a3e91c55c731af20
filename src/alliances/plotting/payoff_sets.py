"""The picture of a payoff set: the set before the feasible payoffs, with stage Nash and minmax payoffs; legible in grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import to_float
from alliances.plotting.axes import axes_or_new
from alliances.repeated.monitoring.signals import PatientPayoffSet
from alliances.repeated.payoff_sets.batch import PayoffSetBatch
from alliances.repeated.payoff_sets.polygon import hull
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_payoff_set"]

_NAMED = 8  # sets of a batch that the legend names


@draw.register(PayoffSet)
def plot_payoff_set(payoffs: PayoffSet, ax: Axes | None = None) -> Axes:
    """Draw ``payoffs`` on ``ax`` and return the axes.

    Raises
    ------
    ImportError
        If matplotlib is missing: install the extra ``alliances[plot]``.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_payoff_set(al.payoff_set(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), 0.5))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['feasible', 'equilibrium payoffs, δ = 0.5', 'stage Nash (pure)', 'minmax (pure)']
    """
    ax = axes_or_new(ax, "plot_payoff_set")
    stage = payoffs.stage
    a, b = to_float(stage.A), to_float(stage.B)
    points = np.stack([a.ravel(), b.ravel()], axis=1)
    feasible = points[hull([tuple(p) for p in points.tolist()])]
    ax.fill(*feasible.T, facecolor="0.93", edgecolor="0.6", linewidth=0.8, label="feasible", zorder=1)
    vertices = to_float(payoffs.vertices)
    label = f"equilibrium payoffs, δ = {float(payoffs.discount):.4g}"
    if len(vertices) > 2:
        ax.fill(*vertices.T, facecolor="0.65", edgecolor="black", linewidth=1.2, label=label, zorder=2)
    elif len(vertices) == 2:
        ax.plot(*vertices.T, color="black", linewidth=2.5, label=label, zorder=2)
    elif len(vertices) == 1:
        ax.plot(*vertices.T, "o", color="black", markersize=8, label=label, zorder=2)
    else:
        ax.plot([], [], " ", label="no pure-action equilibrium")
    nash = np.array([(a[i, j], b[i, j]) for i, j in stage.pure_nash().profiles]).reshape(-1, 2)
    ax.plot(*nash.T, "s", color="white", markeredgecolor="black", markersize=7, label="stage Nash (pure)", zorder=3)
    minmax = (a.max(axis=0).min(), b.max(axis=1).min())
    ax.plot(*minmax, "x", color="black", markersize=8, markeredgewidth=1.8, label="minmax (pure)", zorder=3)
    ax.set(xlabel="sponsor's payoff", ylabel="proxy's payoff", aspect="equal")
    ax.legend(frameon=False, fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    return ax


@draw.register
def _(sets: PayoffSetBatch, ax: Any = None) -> Any:
    """The outlines of all sets of a batch with one dimension, the last one darkest."""
    if sets.count.ndim != 1:
        raise ValueError(f"plot(): payoff sets must be a batch with one dimension; got shape {sets.count.shape}")
    ax = axes_or_new(ax, "plot")
    deltas = np.broadcast_to(np.asarray(to_float(sets.discount)), sets.count.shape)
    for k, (count, vertices) in enumerate(zip(sets.count, sets.vertices, strict=True)):
        corners = vertices[: int(count)]
        closed = np.concatenate([corners, corners[:1]])
        style = {"color": str(0.75 * (1 - (k + 1) / len(sets))), "linestyle": ("-", "--", "-.", ":")[k % 4]}
        named = len(sets) <= _NAMED or k in (0, len(sets) - 1)
        label = f"δ = {deltas[k]:.4g}" + (" (none)" if count == 0 else "") if named else None
        ax.plot(*closed.T, marker="o" if count == 1 else None, linewidth=1.2, label=label, **style)
    ax.set(xlabel="sponsor's payoff", ylabel="proxy's payoff", aspect="equal")
    ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


@draw.register
def _(patient: PatientPayoffSet, ax: Any = None) -> Any:
    """The set of what very patient players can be paid."""
    ax = axes_or_new(ax, "plot")
    corners = to_float(patient.vertices)
    if len(corners) > 2:
        ax.fill(*corners.T, facecolor="0.65", edgecolor="black", linewidth=1.2, label="patient players, noisy signals")
    else:
        ax.plot(*corners.T, "o-", color="black", label=f"patient players, noisy signals: {patient.kind}")
    stage = patient.monitoring.stage
    ax.plot(to_float(stage.A).ravel(), to_float(stage.B).ravel(), "o", color="black", markersize=4, label="profiles")
    ax.set(xlabel="sponsor's payoff", ylabel="proxy's payoff", aspect="equal")
    ax.legend(frameon=False, fontsize="small")
    return ax
