"""Timelines of cases: phases as bars, events as ticks, outcomes marked; one row for each case.

Heights are in points, so that the rows of a picture know how much text they hold before it has a size.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.cases.files.case import Case
from alliances.cases.files.dates import Date
from alliances.cases.files.records import ARRANGEMENTS, Phase
from alliances.cases.selection import checked
from alliances.plotting.axes import axes_or_new
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_timeline"]

_BARS: dict[str, dict[str, Any]] = {
    "alliance": {"facecolor": "0.72"},
    "accommodation": {"facecolor": "0.9", "hatch": "...."},
    "pact": {"facecolor": "white", "hatch": "||||"},
    "distance": {"facecolor": "white"},
    "rivalry": {"facecolor": "white", "hatch": "/////"},
    "war": {"facecolor": "0.3"},
}
_BAR, _LINE, _SPACE = 11.0, 8.5, 7.0  # heights of a bar, of a line of text and of the space between rows, in points
_MARGINS = 84.0  # what the title, the axis and the legend need, in points
_FONT = 6.5
_FEW, _LONG, _EARLY = 0.15, 1.5, 0.45  # years with few of the dates, if they last longer than the others, are drawn narrower


@dataclass
class _Bar:
    """A phase from left to right, in decimal years, with the ends that no source dates."""

    phase: Phase
    left: float
    right: float
    open_left: bool = False
    open_right: bool = False


@dataclass
class _Label:
    """A text below a bar, at the x that it belongs to; ``line`` counts the lines of text from the bar down."""

    x: float
    text: str
    outcome: bool = False
    align: str = "left"
    line: int = 0


@dataclass
class _Row:
    """What is drawn of one case."""

    case: Case
    bars: list[_Bar] = field(default_factory=list)
    labels: list[_Label] = field(default_factory=list)

    @property
    def height(self) -> float:
        return _BAR + _LINE * max((label.line + 1 for label in self.labels), default=0) + _SPACE


@draw.register(Case)
def plot_timeline(cases: Case | Iterable[Case] | None = None, ax: Axes | None = None) -> Axes:
    """Phases as bars, events as ticks with their kinds, outcomes as diamonds: one row for each case.

    A bar covers every day that its dates allow, up to the middle of the span that it shares with the next bar. A bar whose end
    no source dates reaches to the next phase, or with an arrow to the last date that the case has; one whose start no source
    dates begins, with an arrow, at the case's first date. What has no date at all stands in a column of its own, right of the
    years. The words in the bars are the bands of the gap.
    A bar with an arrow is long enough to be seen, and may reach beyond that date.
    Where the earliest dates of several cases lie far before all others, a year before a dotted line is drawn narrower, and the
    axis says so: otherwise one old case would leave the others no width.

    Parameters
    ----------
    cases
        A case or several; all bundled cases by default.
    ax
        Axes to draw on; new ones get the height that the rows need.

    Raises
    ------
    TypeError
        If ``cases`` are no cases.
    ValueError
        If there is no case.
    ImportError
        If matplotlib is missing: ``pip install 'alliances[plot]'``.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_timeline(al.cases.load("gulf-sinaloa"))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['alliance', 'rivalry', 'war', 'event', 'outcome']
    """
    chosen = checked(cases, "plot_timeline")
    if not chosen:
        raise ValueError("plot_timeline(): cases must hold a case; got none")
    new, ax = ax is None, axes_or_new(ax, "plot_timeline")
    years = _Years.of(chosen)
    rows = [_Row(case, _bars(case, years), _labels(case, years, long=len(chosen) == 1)) for case in chosen]
    _frame(ax, rows, years)
    figure: Any = ax.figure
    figure.draw_without_rendering()  # now the axes have the width on which the labels must find room
    for row in rows:
        _set_lines(row, ax, years)
    tops = [-sum(row.height for row in rows[:k]) for k in range(len(rows))]
    ax.set_ylim(-sum(row.height for row in rows), _SPACE)
    ax.set_yticks([top - _BAR / 2 for top in tops], [row.case.name for row in rows] if len(rows) > 1 else [""])
    for row, top in zip(rows, tops, strict=True):
        _draw(row, top, ax, years)
    if new:
        figure.set_size_inches(6, (sum(row.height for row in rows) + _SPACE + _MARGINS) / 72)
    return ax


@dataclass(frozen=True)
class _Years:
    """The axis: years from low to high, and a column for what is undated from high to right.

    Years before ``knee`` have the width ``slope`` of a year after it.
    """

    low: float
    high: float
    right: float
    knee: float = -math.inf
    slope: float = 1.0

    @classmethod
    def of(cls, cases: tuple[Case, ...]) -> _Years:
        dates = [date for case in cases for date in _dates(case)]
        low = math.floor(min((_decimal(date.first) for date in dates), default=0))
        high = math.ceil(max((_after(date) for date in dates), default=0))
        knee, slope = _narrowed(dates, low, high) if len(cases) > 1 else (-math.inf, 1.0)
        shown = cls(low, high, high, knee, slope)
        low = min(low, shown.year(shown.place(low) - 0.06 * shown.width))
        margin = 0.06 * shown.width
        undated = any(
            case.outcome.date is None or any(phase.start is phase.end is None for phase in case.phases) for case in cases
        )
        column = 0.46 * shown.width or 1.0
        return cls(low, high + margin, high + margin + column * undated, knee, slope)

    @property
    def width(self) -> float:
        """From low to high, in years after the knee."""
        return float(self.place(self.high) - self.place(self.low))

    def place(self, year: Any) -> Any:
        """Where a year stands on the axis."""
        return year + (self.slope - 1) * np.minimum(np.subtract(year, self.knee), 0)

    def year(self, place: Any) -> Any:
        """Which year stands at a place."""
        return place + (1 / self.slope - 1) * np.minimum(np.subtract(place, self.knee), 0)


def _narrowed(dates: list[Date], low: float, high: float) -> tuple[float, float]:
    """The year before which years are drawn narrower, and their width; none if the dates are spread over the years."""
    knee = 10.0 * math.floor(float(np.quantile([_decimal(date.first) for date in dates], _FEW)) / 10) if dates else low
    early, late = knee - low, high - knee
    return (knee, _EARLY * late / early) if early > _LONG * late > 0 else (-math.inf, 1.0)


def _dates(case: Case) -> list[Date]:
    dates = [date for phase in case.phases for date in (phase.start, phase.end)]
    return [date for date in (*dates, *(event.date for event in case.events), case.outcome.date) if date is not None]


def _decimal(day: datetime.date) -> float:
    """The beginning of a day as a decimal year."""
    january, december = (datetime.date(day.year, *monthday) for monthday in ((1, 1), (12, 31)))
    return day.year + (day - january).days / ((december - january).days + 1)


def _after(date: Date) -> float:
    """The end of the last day that the date may mean, as a decimal year."""
    return date.last.year + 1.0 if (date.last.month, date.last.day) == (12, 31) else _decimal(date.last + datetime.timedelta(1))


def _bars(case: Case, years: _Years) -> list[_Bar]:
    """The bars of the dated phases, which meet where the next one begins, and of the undated ones in their column."""
    first = min((_decimal(date.first) for date in _dates(case)), default=0.0)
    last = max((_after(date) for date in _dates(case)), default=0.0)
    stub = 0.03 * years.width  # how long a bar without end is at least
    bars: list[_Bar] = []
    for phase in case.phases:
        if phase.start is phase.end is None:
            continue
        right = last if phase.end is None else _after(phase.end)
        left = min(first, right - stub) if phase.start is None else _decimal(phase.start.first)
        bar = _Bar(phase, left, right, phase.start is None, phase.end is None)
        if bars and phase.start is not None and bars[-1].right > left:
            before = bars[-1]
            if not before.open_right:
                before.right = bar.left = (left + before.right) / 2
            elif left > before.left:
                before.right = left
            else:  # both begin within the same span of days
                before.right = bar.left = (left + _after(phase.start)) / 2
            before.open_right = False
        bars.append(bar)
    if bars and bars[-1].open_right:
        bars[-1].right = max(last, bars[-1].left + stub)
    undated = [phase for phase in case.phases if phase.start is phase.end is None]
    width = (years.right - years.high) / max(len(undated), 1)
    return bars + [
        _Bar(phase, years.high + (k + 0.1) * width, years.high + (k + 0.9) * width) for k, phase in enumerate(undated)
    ]


def _labels(case: Case, years: _Years, *, long: bool) -> list[_Label]:
    """One label for each date of events, with their kinds (and the date, if long), and one for the outcome."""
    kinds: dict[Date, list[str]] = {}
    for event in case.events:
        kinds.setdefault(event.date, []).append(event.kind or "event")
    labels = [_Label(date.decimal, ", ".join(dict.fromkeys(words)) + f" ({date})" * long) for date, words in kinds.items()]
    end = case.outcome
    if end.date is None:
        return [*labels, _Label((years.high + years.right) / 2, f"◆ {end.kind}", outcome=True, align="center")]
    return [*labels, _Label(end.date.decimal, f"◆ {end.kind}" + f" ({end.date})" * long, outcome=True)]


def _frame(ax: Axes, rows: list[_Row], years: _Years) -> None:
    """Everything around the rows: the years, the column of the undated, names or a title, the legend."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator
    from matplotlib.transforms import ScaledTranslation

    low, high, right = years.low, years.high, years.right
    narrow = low < years.knee
    begin = years.knee if narrow else low
    spans = [(5, begin, high), (2, low, years.knee - 0.1 * (years.knee - low))] if narrow else [(7, low, high)]
    ticks = sorted(
        float(tick)
        for count, first, last in spans
        for tick in MaxNLocator(count, integer=True, steps=[1, 2, 5, 10] if narrow else None).tick_values(first, last)
        if first <= tick <= last and last > first
    )
    names = [f"{tick:.0f}" for tick in ticks]
    if right > high:
        ticks, names = [*ticks, (high + right) / 2], [*names, "undated"]
        ax.axvline(high, color="0.6", linewidth=0.8, linestyle=":")
    if narrow:
        ax.set_xscale("function", functions=(years.place, years.year))
        ax.axvline(years.knee, color="0.6", linewidth=0.8, linestyle=":", zorder=0)
    ax.set_xlim(low, right)
    ax.set_xticks(ticks, names, fontsize=8)
    note = f" (a year before {years.knee:.0f} is drawn narrower)" if narrow else ""
    ax.set_xlabel(f"year{note}" if high > low else "", fontsize=8)
    ax.tick_params(axis="y", length=0, labelsize=7)
    if len(rows) > 1:
        ax.set_yticks([0.0] * len(rows), [row.case.name for row in rows])
    else:
        ax.set_title(rows[0].case.title, fontsize=9)
    used = {bar.phase.arrangement for row in rows for bar in row.bars}
    handles: list[Any] = [
        Patch(**_BARS[name], edgecolor="black", linewidth=0.6, label=name) for name in ARRANGEMENTS if name in used
    ]
    if any(row.case.events for row in rows):
        handles.append(Line2D([], [], color="black", marker="|", markersize=7, linestyle="", label="event"))
    handles.append(Line2D([], [], color="black", marker="D", markersize=3.5, linestyle="", label="outcome"))
    figure: Any = ax.figure
    below = ax.transAxes + ScaledTranslation(0, -30 / 72, figure.dpi_scale_trans)
    ax.legend(
        handles=handles, fontsize=7, ncols=4, frameon=False, loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=below
    )


def _width(text: str, ax: Axes, years: _Years, **style: Any) -> float:
    """The width of a text, in years of the axis after its knee."""
    figure: Any = ax.figure
    artist = ax.text(0, 0, text, fontsize=_FONT, **style)
    pixels = artist.get_window_extent(figure.canvas.get_renderer()).width
    artist.remove()
    left, right = years.place(ax.get_xlim())
    return float(pixels * (right - left) / ax.get_window_extent().width)


def _set_lines(row: _Row, ax: Axes, years: _Years) -> None:
    """Each label goes on the first line on which it has room, from the right: there no tick of another passes through it."""
    right = ax.get_xlim()[1]
    lines: list[list[tuple[float, float]]] = []
    ticks: list[_Label] = []
    for label in sorted(row.labels, key=lambda label: (-label.x, label.outcome)):
        width = _width(label.text, ax, years, style="italic" if label.outcome else "normal") * 1.06 + _width("n", ax, years)
        place = float(years.place(label.x))
        if label.align == "left" and place + width > right:
            label.align = "right"
        begin = place - {"left": 0.0, "center": width / 2, "right": width}[label.align]
        while label.line < len(lines) and (
            any(begin < b and a < begin + width for a, b in lines[label.line])
            or any(begin < years.place(tick.x) < begin + width and tick.line > label.line for tick in ticks)
        ):
            label.line += 1
        if label.line == len(lines):
            lines.append([])
        lines[label.line].append((begin, begin + width))
        ticks.append(label)


def _draw(row: _Row, top: float, ax: Axes, years: _Years) -> None:
    """The bars with the bands of the gap, the ticks and the labels, from ``top`` down."""
    white: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    for bar in row.bars:
        style = _BARS[bar.phase.arrangement] | {"edgecolor": "black", "linewidth": 0.6}
        ax.broken_barh([(bar.left, bar.right - bar.left)], (top - _BAR, _BAR), **style)
        for opened, x, marker in ((bar.open_left, bar.left, 8), (bar.open_right, bar.right, 9)):
            if opened:
                ax.plot([x], [top - _BAR / 2], marker=marker, markersize=5, color="black", linestyle="", clip_on=False)
        left, right = years.place([bar.left, bar.right])
        if bar.phase.gap and _width(bar.phase.gap, ax, years) < 0.9 * (right - left):
            ax.text(
                float(years.year((left + right) / 2)),
                top - _BAR / 2,
                bar.phase.gap,
                fontsize=_FONT,
                ha="center",
                va="center_baseline",
                bbox=white,
            )
    for label in row.labels:
        bottom = top - _BAR - _LINE * (label.line + 1)
        if label.align != "center":
            ax.plot([label.x] * 2, [top - _BAR, bottom + 1], color="0.5", linewidth=0.5, zorder=1)
            if label.outcome:
                ax.plot([label.x], [top - _BAR], "kD", markersize=3.5, zorder=4)
            else:
                ax.plot([label.x] * 2, [top - _BAR - 2, top - _BAR + 3], color="black", linewidth=1.2, zorder=3)
        ax.annotate(
            label.text,
            (label.x, bottom + 1),
            xytext=({"left": 2.0, "center": 0.0, "right": -2.0}[label.align], 0),
            textcoords="offset points",
            fontsize=_FONT,
            style="italic" if label.outcome else "normal",
            ha=label.align,
            va="bottom",
            bbox=white | {"pad": 0.2},
        )
