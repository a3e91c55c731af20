"""The scoreboard's picture: cases on the plane of gap and stakes, with the regimes of a fitted model behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array
from alliances.cases.scores.contenders import GameModel
from alliances.cases.scores.questions import ARRANGEMENT
from alliances.cases.scores.scoreboard import CasePrediction, Scoreboard
from alliances.plotting.axes import new_axes
from alliances.power import Power
from alliances.results import draw
from alliances.thresholds.regimes import regimes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_scoreboard"]

_LOW, _HIGH = -0.4, 1.0
_REGIMES: dict[str, tuple[str, str, str]] = {  # background, hatch, what the legend says; lightness differs, so that grey tells
    "alliance": ("#dbe9f6", "", "model: alliance"),
    "pact": ("#f2f2e6", "....", "model: pact"),
    "conflict": ("#e3bfa8", "////", "model: conflict"),
}
_MARKS: dict[str, dict[str, Any]] = {
    "alliance": {"marker": "o", "color": "#134b80"},
    "pact": {"marker": "s", "color": "#5d7a1f"},
    "conflict": {"marker": "D", "color": "#a12a0c", "markersize": 9.5},
}


@draw.register(Scoreboard)
def plot_scoreboard(board: Scoreboard, ax: Axes | None = None, *, model: str | None = None) -> Axes:
    """Each phase of each case at its gap and stakes, marked by what happened, on the regimes of a model fitted to all cases.

    A mark on the background of its own kind is a phase that the fitted model explains. Numbers name the cases. A horizontal
    line spans the measured gaps of a phase. Where a source has a word, the mark is somewhere in the word's interval, and where
    it has a trend, at the expected gap. A dotted vertical line spans the stakes: most sources say nothing on them, and such
    marks are spread over the height only to keep them apart. Phases of which no source tells the gap are not drawn.

    Parameters
    ----------
    board
        The result of :func:`alliances.cases.score`.
    ax
        Axes to draw on.
    model
        A :class:`alliances.cases.GameModel` of the scoreboard, at its most likely parameters; the one with the best log score
        on arrangements by default.

    Raises
    ------
    TypeError, ValueError
        If ``board`` is no scoreboard, or the model is no game of it.

    Examples
    --------
    >>> import alliances as al
    >>> board = al.cases.score(["chindea_2014", "base rates"], candidates=64)
    >>> ax = plot_scoreboard(board)
    >>> ax.get_xlabel()
    'gap of power γ: 0 is parity, 1 a sponsor without equal'
    """
    if not isinstance(board, Scoreboard):
        raise TypeError(f"plot_scoreboard(): board must be a Scoreboard, as cases.score() gives it; got {board!r}")
    games = {contender.name: contender for contender in board.contenders if isinstance(contender, GameModel)}
    if not games or model not in (None, *games):
        raise ValueError(f"plot_scoreboard(): model must be one of {', '.join(games) or 'none'}; got {model!r}")
    name = model or max(games, key=lambda n: float(board.case_scores(n).mean()))
    fit = next(fit for fit in board.fits if fit.model == name)
    values = dict(zip(fit.parameters, fit.best, strict=True))
    new = ax is None
    ax = new_axes((7.5, 4.6)) if ax is None else ax
    top = max(values["high_stakes"], 1.05)
    _background(ax, games[name], values, top)
    shown = [p for p in board.select(name, ARRANGEMENT) if p.given != "prior"]
    _marks(ax, shown, top, {case: k + 1 for k, case in enumerate(dict.fromkeys(p.case for p in shown))})
    ax.set_xlim(_LOW, _HIGH)
    ax.set_ylim(1, top)
    ax.set_yticks([1, top], ["low", "high"])
    ax.set_xlabel("gap of power γ: 0 is parity, 1 a sponsor without equal")
    ax.set_ylabel(f"stakes (high is {values['high_stakes']:.1f} times low)")
    words = [f"{n.replace('_', ' ')} {v:.2f}" for n, v in values.items() if n != "high_stakes"]
    if new:
        ax.set_title(f"{name} fitted to all cases: {', '.join(words)}", fontsize=8, loc="left")
    return ax


def _background(ax: Axes, model: GameModel, values: dict[str, float], top: float) -> None:
    """The regimes, with their names where they have room."""
    gaps, stakes = np.linspace(max(_LOW, -0.95), 0.99, 280), np.linspace(1, top, 81)
    game = model.game(values, stakes[:, None])
    solution = regimes(game, Power.from_gap(gaps), values["discount"], enforcement=model.enforcement)
    code = np.broadcast_to(_codes(solution.names, solution.code), (len(stakes), len(gaps)))
    for k, (background, hatch, label) in enumerate(_REGIMES.values()):
        if not (code == k).any():
            continue
        field = ax.contourf(gaps, stakes, (code == k).astype(float), levels=[0.5, 1.5], colors=[background], hatches=[hatch])
        field.set_edgecolor("white")
        field.set_linewidth(0)
        ax.fill_between([], [], facecolor=background, hatch=hatch, edgecolor="white", linewidth=0, label=label)


def _codes(names: tuple[str, ...], code: Any) -> Array:
    """Codes of the model's regimes as places in :data:`_REGIMES`."""
    return np.asarray(np.array([list(_REGIMES).index(name) for name in names])[code])


def _marks(ax: Axes, shown: list[CasePrediction], top: float, numbers: dict[str, int]) -> None:
    """The phases as numbered marks with the gaps and stakes that the sources leave open."""
    free = sorted((p for p in shown if not p.stakes), key=lambda p: (round(p.gap, 1), p.case))
    levels = np.linspace(0.05, 0.87, 9)  # of the height, in turn: neighbours in the gap stand apart
    where = {(p.case, p.item): 1 + (top - 1) * float(levels[(4 * k) % 9]) for k, p in enumerate(free)}
    heights = {"high": top - 0.045 * (top - 1), "low": 1 + 0.045 * (top - 1)}
    spread: dict[str, int] = {}
    for p in shown:
        y = heights.get(p.stakes) or where[p.case, p.item]
        low, high = p.gap_range
        x = p.gap
        if p.given == "word":  # anywhere in the interval of the word: spread, so that marks do not hide each other
            k = spread[p.told] = spread.get(p.told, -1) + 1
            x = low + (high - low) * ((0.5 + 0.618 * k) % 1)
        elif p.given == "measured":
            ax.plot([low, high], [y, y], color="0.25", linewidth=0.9, zorder=2)
        if not p.stakes:
            ax.plot([x, x], [1, top], color="0.45", linewidth=0.4, linestyle=(0, (1, 2)), zorder=1.5)
        style = _MARKS[p.observed[0]]
        options: dict[str, Any] = {
            "markersize": 11,
            "markeredgecolor": "white",
            "markeredgewidth": 0.7,
            "linestyle": "",
        } | style
        ax.plot([x], [y], zorder=3, **options)
        ax.annotate(str(numbers[p.case]), (x, y), fontsize=5.5, color="white", ha="center", va="center", zorder=4)
    for answer, style in _MARKS.items():
        ax.plot([], [], label=f"observed: {answer}", **({"linestyle": ""} | style | {"markersize": 6.5}))
    ax.legend(fontsize=6.5, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, borderaxespad=0)
    key = "\n".join(f"{number:\u2007>2}  {case}" for case, number in numbers.items())  # a space as wide as a figure
    ax.annotate(key, (1.02, 0.0), xycoords="axes fraction", fontsize=6.5, va="bottom", annotation_clip=False)
