"""The picture of payoff sets where the state moves: outer polygons as lines, inner ones filled; legible in grey."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from alliances.dynamics.dynamic_payoff_sets import StochasticPayoffSets
from alliances.plotting.axes import axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_stochastic_sets"]

_DRAWN = 6  # states, if none are named
_HATCHES = ("", "////", "....", "\\\\\\\\", "xx", "||")


@draw.register(StochasticPayoffSets)
def plot_stochastic_sets(
    sets: StochasticPayoffSets, ax: Axes | None = None, *, states: Sequence[Hashable] | None = None
) -> Axes:
    """Draw ``sets`` on ``ax`` and return the axes.

    Parameters
    ----------
    sets
        The result.
    ax
        Axes of a new figure by default.
    states
        The labels of the states to draw; by default at most six, evenly spread over the game's order.

    Raises
    ------
    ValueError
        If there is no such state.
    ImportError
        If matplotlib is missing: install the extra ``alliances[plot]``.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.StochasticGame(
    ...     [al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])], lambda x, i, j: {"still": 1}, states=("still",)
    ... )
    >>> ax = plot_stochastic_sets(game.payoff_sets(0.5))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['inner, still', 'outer bound']
    """
    ax = axes_or_new(ax, "plot_stochastic_sets")
    n = len(sets.game)
    if states is None:
        places = [int(x) for x in np.unique(np.linspace(0, n - 1, min(n, _DRAWN)).round())]
    else:
        places = [sets.game.state(label, "StochasticPayoffSets.plot", "states") for label in states]
    for k, x in enumerate(places):
        label, hatch = sets.game.states[x], _HATCHES[k % len(_HATCHES)]
        if sets.excluded[x]:
            ax.plot([], [], " ", label=f"no pure equilibrium, {label}")
            continue
        inner, outer = sets.inner[x], sets.outer[x]
        if len(inner) > 2:
            ax.fill(
                *inner.T, facecolor=str(0.9 - 0.5 * k / len(places)), edgecolor="0.35", linewidth=0.0, hatch=hatch, zorder=2
            )
            ax.fill([], [], facecolor=str(0.9 - 0.5 * k / len(places)), edgecolor="0.35", hatch=hatch, label=f"inner, {label}")
        elif len(inner):
            marker = "o-" if len(inner) == 1 else "-"
            ax.plot(*inner.T, marker, color=str(0.7 - 0.5 * k / len(places)), linewidth=3, zorder=2, label=f"inner, {label}")
        else:
            ax.plot([], [], " ", label=f"none found, {label}")
        ax.plot(*np.vstack([outer, outer[:1]]).T, color="black", linewidth=1.0, zorder=3)
    ax.plot([], [], color="black", linewidth=1.0, label="outer bound")
    ax.set(xlabel="sponsor's payoff", ylabel="proxy's payoff", aspect="equal")
    ax.set_title(f"equilibrium payoffs by state, δ = {sets.discount:.4g}", fontsize="medium")
    ax.legend(frameon=False, fontsize="small")
    return ax
