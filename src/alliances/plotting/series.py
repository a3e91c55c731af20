"""Pictures of measured power and other dated numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.cases.files.series import PowerSeries, Series, ValueSeries
from alliances.datasets.municipalities import Municipalities
from alliances.datasets.pairs import GapPath, GapPaths
from alliances.plotting.axes import axes_or_new, with_minus
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_gaps", "plot_power", "plot_values"]

_LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 3)))
_MARKS = "osv^Dx+"


def _time(series: Series) -> Array:
    """Years where the source gives years, otherwise the middle of each date's span."""
    return series.years if all(date.precision == "year" for date in series.dates) else series.decimal


@draw.register(PowerSeries)
def plot_power(series: PowerSeries, ax: Axes | None = None, *, label: str | None = None, **style: Any) -> Axes:
    """The gap over time, 0 being parity.

    Parameters
    ----------
    series
        Dated power of both sides.
    ax
        Axes to draw on.
    label
        The legend's text.
    **style
        Passed to ``plot``, such as ``linestyle`` and ``color``.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_power(al.cases.load("gulf-zetas").power_series())
    >>> ax.get_ylabel()
    'gap γ in municipalities with presence'
    """
    ax = axes_or_new(ax, "plot_power")
    options: dict[str, Any] = {"color": "black", "marker": "o", "markersize": 4, "linewidth": 1.2} | style
    ax.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    ax.plot(_time(series), to_float(series.gap), label=label, **options)
    ax.locator_params(axis="x", integer=True)
    ax.set(xlabel="year", ylabel=f"gap γ in {series.unit}")
    return ax


@draw.register(ValueSeries)
def plot_values(series: ValueSeries, ax: Axes | None = None, **style: Any) -> Axes:
    """Dated values; an arrow marks those that the source gives as a lower bound.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_values(al.cases.load("sinaloa-teo").value_series())
    >>> ax.get_ylabel()
    'homicides in Tijuana'
    """
    ax = axes_or_new(ax, "plot_values")
    options: dict[str, Any] = {"color": "black", "marker": "o", "markersize": 4, "linewidth": 1.2} | style
    time = _time(series)
    ax.plot(time, np.array(series.value, dtype=float), **options)
    bounds = [(x, y) for x, y, bound in zip(time, series.value, series.at_least, strict=True) if bound]
    for place in bounds:
        arrow = {"arrowstyle": "<-", "color": options["color"]}
        ax.annotate("at least", place, xytext=(0, 22), textcoords="offset points", fontsize=7, ha="center", arrowprops=arrow)
    ax.locator_params(axis="x", integer=True)
    ax.set_ylim(0, 1.2 * max(series.value))  # room for "at least"
    ax.set(xlabel="year", ylabel=series.unit)
    return ax


@draw.register(GapPaths)
def plot_gaps(paths: GapPaths, ax: Axes | None = None) -> Axes:
    """The gaps of several pairs over time: a line for each if they are few, otherwise a row for each with its name.

    In a row the thin line is parity. Above it, in light grey, the side that is named first is the stronger; below it, in dark
    grey, it has been overtaken. All rows have one scale, and the number at the end is the last gap.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_gaps(al.datasets.cartel_municipalities().pairs())
    >>> [label.get_text() for label in ax.get_yticklabels()][:2]
    ['Gulf Cartel - Los Zetas', 'Los Zetas - Sinaloa Cartel']
    """
    few = len(paths.paths) <= len(_LINES)
    ax = axes_or_new(ax, "plot_gaps", (6, 4) if few else (6.5, 1 + 0.29 * len(paths.paths)))
    unit = f"gap γ in {paths.paths[0].series.unit}" if paths.paths else "gap γ"
    if few:
        ax.axhline(0, color="0.6", linewidth=0.8, zorder=0)
        for path, line in zip(paths.paths, _LINES, strict=False):
            ax.plot(path.years, to_float(path.gap), linestyle=line, color="black", linewidth=1.0, label=path.name)
        ax.set(xlabel="year", ylabel=unit)
        ax.legend(fontsize=7, loc="best")
    else:
        _rows(paths, ax)
        words = "light: the side named first is the stronger; dark: it has been overtaken"
        ax.set_title(f"{unit}, from parity (thin line)\n{words}", fontsize=8)
        ax.set_xlabel("year")
    ax.locator_params(axis="x", integer=True)
    return ax


def _rows(paths: GapPaths, ax: Axes) -> None:
    """Every path in a row of its own, the first on top."""
    gaps = [to_float(path.gap) for path in paths.paths]
    scale = 0.46 / (max(float(np.abs(gap).max()) for gap in gaps) or 1.0)  # parity all the way has any scale
    zeros = np.arange(len(gaps))[::-1]
    last = max(path.years[-1] for path in paths.paths)
    for zero, path, gap in zip(zeros, paths.paths, gaps, strict=True):
        ax.axhline(zero, color="0.75", linewidth=0.6, zorder=0)
        for side, shade in ((gap >= 0, "0.82"), (gap <= 0, "0.45")):
            ax.fill_between(
                path.years, zero, zero + scale * gap, where=side, interpolate=True, facecolor=shade, linewidth=0, zorder=1
            )
        ax.plot(path.years, zero + scale * gap, color="black", linewidth=1.0, label=path.name)
        ax.annotate(
            with_minus(f"{gap[-1]:+.2f}"), (last, zero), xytext=(5, 0), textcoords="offset points", fontsize=7, va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    ax.set_yticks(zeros, [path.name for path in paths.paths], fontsize=7)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.7, len(gaps) - 0.3)
    first = min(path.years[0] for path in paths.paths)
    ax.set_xlim(first, last + 0.1 * max(last - first, 1))


@draw.register
def _(path: GapPath, ax: Any = None, **style: Any) -> Any:
    drawn = plot_power(path.series, ax, **style)
    drawn.set_title(path.name, fontsize=9)
    return drawn


@draw.register
def _(counts: Municipalities, ax: Any = None) -> Any:
    """The counts of all groups over time."""
    ax = axes_or_new(ax, "plot", (6.5, 4))
    for k, group in enumerate(counts.groups):
        shade = "black" if k < len(_LINES) else "0.5"
        ax.plot(
            counts.years, group.counts, linestyle=_LINES[k % len(_LINES)], marker=_MARKS[k % len(_MARKS)], color=shade,
            markersize=3.5, linewidth=1.0, label=group.name,
        )  # fmt: skip
    ax.locator_params(axis="x", integer=True)
    ax.set_ylim(0, None)
    ax.set(xlabel="year", ylabel=counts.unit)
    ax.legend(fontsize=7, loc="best")
    return ax
