"""The scoreboard's picture: cases on the plane of gap and stakes, with the regimes of a fitted model behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array
from alliances.cases.scores.contenders import GameModel
from alliances.cases.scores.questions import ARRANGEMENT
from alliances.cases.scores.scoreboard import CasePrediction, Scoreboard
from alliances.plotting.axes import axes_or_new
from alliances.power import Power
from alliances.results import draw
from alliances.thresholds.regimes import regimes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_scoreboard"]

_LOW, _HIGH = -0.45, 1.0
_STRIP = 0.26  # of the height from low to high: where marks of high stakes find room above, and those of low stakes below
_APART = 0.042  # in units of the gap: marks of one row that are nearer would hide each other
_REGIMES: dict[str, tuple[str, str, str]] = {  # background, hatch, what the legend says; lightness differs, so that grey tells
    "alliance": ("#dbe9f6", "", "model: alliance"),
    "pact": ("#f2f2e6", "....", "model: pact"),
    "conflict": ("#e3bfa8", "////", "model: conflict"),
}
_MARKS: dict[str, dict[str, Any]] = {
    "alliance": {"marker": "o", "color": "#134b80"},
    "pact": {"marker": "s", "color": "#5d7a1f"},
    "conflict": {"marker": "D", "color": "#a12a0c", "markersize": 12},
}


@draw.register(Scoreboard)
def plot_scoreboard(board: Scoreboard, ax: Axes | None = None, *, model: str | None = None) -> Axes:
    """Each phase of each case at its gap and stakes, marked by what happened, on the regimes of a model fitted to all cases.

    A mark on the background of its own kind is a phase that the fitted model explains. Numbers name the cases. A horizontal
    line spans the measured gaps of a phase. Where a source has a word, the mark is somewhere in the word's interval, and where
    it has a trend, at the expected gap. A dotted vertical line spans the stakes: most sources say nothing on them, and such
    marks are spread over the height only to keep them apart. So are those of high stakes above the line "high", and those of
    low stakes below the line "low", where the background is that of the line. Phases of which no source tells the gap are not
    drawn.

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
    ax = axes_or_new(ax, "plot_scoreboard", (8.4, 6.4))
    top = max(values["high_stakes"], 1.05)
    shown = [p for p in board.select(name, ARRANGEMENT) if p.given != "prior"]
    bottom = 1 - (_STRIP if any(p.stakes == "low" for p in shown) else 0.02) * (top - 1)
    _background(ax, games[name], values, bottom, top)
    _marks(ax, shown, top, {case: k + 1 for k, case in enumerate(dict.fromkeys(p.case for p in shown))})
    ax.set_xlim(_LOW, _HIGH)
    ax.set_ylim(bottom, top + _STRIP * (top - 1))
    ax.set_yticks([1, top], ["low", "high"])
    ax.set_xlabel("gap of power γ: 0 is parity, 1 a sponsor without equal")
    ax.set_ylabel(f"stakes (high is {values['high_stakes']:.1f} times low)")
    words = [f"{n.replace('_', ' ')} {v:.2f}" for n, v in values.items() if n != "high_stakes"]
    if new:
        ax.set_title(f"{name} fitted to all cases: {', '.join(words)}", fontsize=9, loc="left")
    return ax


def _background(ax: Axes, model: GameModel, values: dict[str, float], bottom: float, top: float) -> None:
    """The regimes; beyond low and high those of low and high stakes."""
    gaps = np.linspace(max(_LOW, -0.95), 0.99, 280)
    heights = np.concatenate([[bottom], np.linspace(1, top, 81), [top + _STRIP * (top - 1)]])
    stakes = np.clip(heights, 1, top)
    game = model.game(values, stakes[:, None])
    solution = regimes(game, Power.from_gap(gaps), values["discount"], enforcement=model.enforcement)
    code = np.broadcast_to(_codes(solution.names, solution.code), (len(stakes), len(gaps)))
    for level in (1, top):
        ax.axhline(level, color="0.35", linewidth=0.8, zorder=1.2)
    for k, (background, hatch, label) in enumerate(_REGIMES.values()):
        if not (code == k).any():
            continue
        field = ax.contourf(gaps, heights, (code == k).astype(float), levels=[0.5, 1.5], colors=[background], hatches=[hatch])
        field.set_edgecolor("white")
        field.set_linewidth(0)
        ax.fill_between([], [], facecolor=background, hatch=hatch, edgecolor="white", linewidth=0, label=label)


def _codes(names: tuple[str, ...], code: Any) -> Array:
    """Codes of the model's regimes as places in :data:`_REGIMES`."""
    return np.asarray(np.array([list(_REGIMES).index(name) for name in names])[code])


def _marks(ax: Axes, shown: list[CasePrediction], top: float, numbers: dict[str, int]) -> None:
    """The phases as numbered marks with the gaps and stakes that the sources leave open."""
    free = sorted((p for p in shown if not p.stakes), key=lambda p: (round(p.gap, 1), p.case))
    turn = {(p.case, p.item): 4 * k for k, p in enumerate(free)}
    rows = {  # in shares of the height from low to high: neighbours in the gap stand apart
        "high": 1 + _STRIP * (0.12 + 0.25 * np.arange(4)),
        "low": -_STRIP * (0.12 + 0.25 * np.arange(4)),
        "": np.linspace(0.06, 0.94, 11),
    }
    taken: dict[tuple[str, int], list[float]] = {}
    spread: dict[str, int] = {}
    for p in shown:
        low, high = p.gap_range
        x = p.gap
        if p.given == "word":  # anywhere in the interval of the word: spread, so that marks do not hide each other
            k = spread[p.told] = spread.get(p.told, -1) + 1
            x = low + (high - low) * ((0.5 + 0.618 * k) % 1)
        y = 1 + (top - 1) * _row(rows[p.stakes], taken, p.stakes, turn.get((p.case, p.item), 0), x)
        if p.given == "measured":
            ax.plot([low, high], [y, y], color="0.25", linewidth=0.9, zorder=2)
        if not p.stakes:
            ax.plot([x, x], [1, top], color="0.45", linewidth=0.4, linestyle=(0, (1, 2)), zorder=1.5)
        style = _MARKS[p.observed[0]]
        options: dict[str, Any] = {
            "markersize": 14,
            "markeredgecolor": "white",
            "markeredgewidth": 0.7,
            "linestyle": "",
        } | style
        ax.plot([x], [y], zorder=3, **options)
        ax.annotate(str(numbers[p.case]), (x, y), fontsize=8, color="white", ha="center", va="center", zorder=4)
    for answer, style in _MARKS.items():
        ax.plot([], [], label=f"observed: {answer}", **({"linestyle": ""} | style | {"markersize": 7.5}))
    ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, borderaxespad=0)
    key = "\n".join(f"{number:\u2007>2}  {case}" for case, number in numbers.items())  # a space as wide as a figure
    ax.annotate(key, (1.02, 0.0), xycoords="axes fraction", fontsize=8, va="bottom", annotation_clip=False)


def _row(rows: Array, taken: dict[tuple[str, int], list[float]], stakes: str, first: int, x: float) -> float:
    """The height of the first row, from ``first`` on, in which no mark is near; of the emptiest there if none is free."""
    order = [(first + k) % len(rows) for k in range(len(rows))]
    nearest = {k: min((abs(x - other) for other in taken.get((stakes, k), [])), default=np.inf) for k in order}
    chosen = next((k for k in order if nearest[k] >= _APART), max(order, key=nearest.__getitem__))
    taken.setdefault((stakes, chosen), []).append(x)
    return float(rows[chosen])
