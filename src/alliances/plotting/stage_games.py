"""Pictures of a stage game: its payoffs on the plane, with equilibria and minmax payoffs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import to_float
from alliances.games.nash import NashEquilibria
from alliances.games.stage_game import StageGame
from alliances.plotting.axes import axes_or_new
from alliances.repeated.payoff_sets.polygon import hull
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_stage_game"]

_NEAR = 0.1  # of the payoff range
_NAMED = 16  # profiles that are named: more would cover each other
_GROUND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}  # behind a label: lines may pass there


@draw.register(StageGame)
def plot_stage_game(stage: StageGame, ax: Axes | None = None) -> Axes:
    """The payoffs of a single game on the plane: profiles, the feasible set, pure equilibria and pure minmax payoffs.

    Parameters
    ----------
    stage
        A single game; of a batch choose one by its index.
    ax
        Axes to draw on.

    Raises
    ------
    ValueError
        If ``stage`` is a batch.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_stage_game(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("ally", "fight")))
    >>> [text.get_text() for text in ax.texts]
    ['ally, ally', 'ally, fight', 'fight, ally', 'fight, fight']
    """
    stage.single("plot_stage_game")
    ax = axes_or_new(ax, "plot_stage_game", (5, 4.4))
    a, b = to_float(stage.A), to_float(stage.B)
    points = np.stack([a.ravel(), b.ravel()], axis=1)
    feasible = points[hull([tuple(p) for p in points.tolist()])]
    ax.fill(*feasible.T, facecolor="0.93", edgecolor="0.6", linewidth=0.8, label="feasible", zorder=1)
    ax.plot(*points.T, "o", color="black", markersize=4, label="profiles", zorder=3)
    nash = np.array([(a[i, j], b[i, j]) for i, j in stage.pure_nash().profiles]).reshape(-1, 2)
    ax.plot(*nash.T, "s", color="none", markeredgecolor="black", markersize=10, label="stage Nash (pure)", zorder=3)
    minmax = (a.max(axis=0).min(), b.max(axis=1).min())
    ax.plot(*minmax, "x", color="black", markersize=8, markeredgewidth=1.8, label="minmax (pure)", zorder=3)
    if len(points) <= _NAMED:
        spread = np.ptp(points, axis=0)
        places = np.rint((points - points.min(axis=0)) / (np.where(spread > 0, spread, 1.0) * _NEAR))
        labels = [f"{row}, {column}" for row in stage.actions[0] for column in stage.actions[1]]
        near: dict[tuple[float, ...], list[int]] = {}  # profiles with nearly the same payoffs share a label, at the first's
        for k, place in enumerate(places.tolist()):
            near.setdefault(tuple(place), []).append(k)
        for same in near.values():
            text = "\n".join(labels[k] for k in same)
            ax.annotate(text, points[same[0]], xytext=(7, 5), textcoords="offset points", fontsize=7, bbox=_GROUND)
    ax.margins(x=0.25, y=0.15)  # a label stands to the right of its profile
    ax.set(xlabel="sponsor's payoff", ylabel="proxy's payoff")
    ax.legend(frameon=False, fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    return ax


@draw.register
def _(equilibria: NashEquilibria, ax: Any = None) -> Any:
    """The game, with the payoffs of all its extreme equilibria, mixed ones included."""
    stage = StageGame._trusted(equilibria.stage.A, equilibria.stage.B, equilibria.stage.actions)
    drawn = plot_stage_game(stage, ax)
    mixed = np.array([(float(e.sponsor), float(e.proxy)) for e in equilibria if not e.pure]).reshape(-1, 2)
    drawn.plot(*mixed.T, "D", color="white", markeredgecolor="black", label="stage Nash (mixed)", zorder=4)
    drawn.legend(frameon=False, fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    return drawn
