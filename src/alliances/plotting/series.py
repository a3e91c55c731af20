"""Pictures of measured power and other dated numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.cases.files.series import PowerSeries, Series, ValueSeries
from alliances.datasets.municipalities import Municipalities
from alliances.datasets.pairs import GapPath, GapPaths
from alliances.plotting.axes import new_axes
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
    ax = new_axes() if ax is None else ax
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
    ax = new_axes() if ax is None else ax
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
    """The gaps of several pairs over time; the legend names them where they are few.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_gaps(al.datasets.cartel_municipalities().pairs())
    >>> len(ax.get_lines()) - 1
    21
    """
    ax = new_axes() if ax is None else ax
    few = len(paths.paths) <= len(_LINES)
    ax.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    for k, path in enumerate(paths.paths):
        style = {"linestyle": _LINES[k % len(_LINES)], "color": "black" if few else "0.45"}
        ax.plot(path.years, to_float(path.gap), linewidth=1.0, label=path.name, **style)
    ax.locator_params(axis="x", integer=True)
    ax.set(xlabel="year", ylabel=f"gap γ in {paths.paths[0].series.unit}" if paths.paths else "gap γ")
    if few:
        ax.legend(fontsize=7, loc="best")
    else:
        ax.set_title(f"{len(paths.paths)} pairs; the side that is stronger at the start takes the sponsor's place", fontsize=8)
    return ax


@draw.register
def _(path: GapPath, ax: Any = None, **style: Any) -> Any:
    drawn = plot_power(path.series, ax, **style)
    drawn.set_title(path.name, fontsize=9)
    return drawn


@draw.register
def _(counts: Municipalities, ax: Any = None) -> Any:
    """The counts of all groups over time."""
    ax = new_axes((6.5, 4)) if ax is None else ax
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
