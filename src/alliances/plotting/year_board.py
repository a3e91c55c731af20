"""The picture of the scoreboard by years: how far each contender is ahead of a constant hazard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliances.cases.scores.year_board import YearBoard
from alliances.plotting.axes import axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_year_board"]


@draw.register(YearBoard)
def plot_year_board(board: YearBoard, ax: Axes | None = None, *, left_out: str = "dyad") -> Axes:
    """Each contender's difference to a constant hazard in mean log score per dyad-year, with its interval over actors.

    Discs are theories, squares rules that know none. Right of the line a contender is ahead. A mark without a bar has no
    interval, because there are too few actors.

    Parameters
    ----------
    board
        The result of :func:`alliances.cases.score_years`, with the contender "constant".
    ax
        Axes to draw on.
    left_out
        "dyad" or "actor".

    Raises
    ------
    TypeError, ValueError
        If ``board`` is none, or has no constant hazard to compare with.

    Examples
    --------
    >>> import alliances as al
    >>> board = al.cases.score_years(["chindea_2014", "constant", "as before"], candidates=64)
    >>> ax = plot_year_board(board)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['chindea_2014', 'as before']
    """
    if not isinstance(board, YearBoard):
        raise TypeError(f"plot_year_board(): board must be a YearBoard, as cases.score_years() gives it; got {board!r}")
    names = [name for name in board.models if name != "constant"]
    if "constant" not in board.models or not names:
        raise ValueError(f"plot_year_board(): board must have 'constant' and another contender; got {', '.join(board.models)}")
    ax = axes_or_new(ax, "plot_year_board", (7.0, 1.2 + 0.3 * len(names)))
    for k, name in enumerate(names):
        c = board.compare(name, left_out=left_out)
        theory = name in board.theories
        color = "#134b80" if theory else "#5d7a1f"
        if not np.isnan(c.lower):
            ax.plot([c.lower, c.upper], [k, k], color=color, linewidth=1.2)
        ax.plot([c.mean], [k], marker="o" if theory else "s", color=color, linestyle="", markersize=5)
    ax.axvline(0, color="0.4", linewidth=0.8)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlabel(f"log score per dyad-year,\nless that of a constant hazard ({left_out}s left out)")
    ax.set_title(board.sample.message.replace(": ", ":\n", 1).replace(", in which", ",\nin which"), fontsize=8, loc="left")
    ax.plot([], [], marker="o", color="#134b80", linestyle="", label="theory")
    ax.plot([], [], marker="s", color="#5d7a1f", linestyle="", label="rule without theory")
    ax.legend(fontsize=7, loc="best", frameon=False)
    return ax
