"""The picture of a payoff set: the set before the feasible payoffs, with stage Nash and minmax payoffs; legible in grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import to_float
from alliances.repeated.payoff_sets.polygon import hull

if TYPE_CHECKING:
    from alliances.repeated.payoff_sets.single import PayoffSet

__all__ = ["plot"]


def plot(payoffs: PayoffSet, ax: Any = None) -> Any:
    """Draw ``payoffs`` on ``ax`` and return the axes.

    Raises
    ------
    ImportError
        If matplotlib is missing: install the extra ``alliances[plot]``.
    """
    if ax is None:
        try:
            import matplotlib.pyplot as plt
        except ImportError:
            raise ImportError(
                "PayoffSet.plot(): needs matplotlib; install the extra 'plot': pip install 'alliances[plot]'"
            ) from None
        ax = plt.figure(layout="constrained").add_subplot()
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
    ax.legend(frameon=False, fontsize="small")
    return ax
