"""The measured gap of a case over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances.arithmetic import to_float
from alliances.cases.files.case import Case
from alliances.plotting.axes import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_case"]


def plot_case(case: Case, ax: Axes | None = None, *, series: str | None = None) -> Axes:
    """The measured gap of a case over time, with its dated events.

    Parameters
    ----------
    case
        A case with a measured power series.
    ax
        Axes to draw on.
    series
        The id of the power series; the first by default.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_case(al.cases.load("gulf-zetas"))
    >>> ax.get_ylabel()
    'gap γ in municipalities with presence'
    """
    ax = new_axes() if ax is None else ax
    measured = case.power_series(series)
    gaps = to_float(measured.gap)
    ax.axhline(0, color="0.6", linewidth=0.8)
    ax.plot(measured.decimal, gaps, "ko-", markersize=4, linewidth=1.2, label="measured gap")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.35 * (high - low))  # room for the events' names
    first, last = measured.decimal[0] - 0.7, measured.decimal[-1] + 0.7
    ax.set_xlim(first, last)
    ax.set_xlabel("year")
    ax.set_ylabel(f"gap γ in {measured.unit}")
    ax.locator_params(axis="x", integer=True)
    kinds: dict[float, list[str]] = {}
    for event in case.events:
        if event.kind and first <= event.date.decimal <= last:
            kinds.setdefault(event.date.decimal, []).append(event.kind)
    for x, words in kinds.items():
        ax.axvline(x, color="0.6", linewidth=0.8, linestyle=":")
        ax.annotate(
            ", ".join(dict.fromkeys(words)),
            (x, 0.98),
            xycoords=("data", "axes fraction"),
            xytext=(-2, 0),
            textcoords="offset points",
            rotation=90,
            fontsize=7,
            ha="right",
            va="top",
        )
    return ax
