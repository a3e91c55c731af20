"""The measured gap of a case over time, and the gaps at which a model keeps the alliance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from alliances.arithmetic import to_float
from alliances.cases.files.case import Case
from alliances.plotting.axes import axes_or_new, with_minus
from alliances.thresholds.windows import DefectionThreshold

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_case"]

_SPANS = {"decade": 10.0, "year": 1.0, "month": 1 / 12, "day": 0.0}  # in years


def plot_case(
    case: Case,
    ax: Axes | None = None,
    *,
    series: str | None = None,
    threshold: DefectionThreshold | None = None,
    dates: Mapping[str, float] | None = None,
) -> Axes:
    """The measured gap of a case over time, with its dated events and the stability windows of a model.

    A thin horizontal line is the span of time that an observation is about. With a model, a filled mark is a gap at which it
    keeps the alliance, an open one a gap at which it does not: open marks before a break, like filled ones after it, contradict
    the model.

    Parameters
    ----------
    case
        A case with a measured power series.
    ax
        Axes to draw on.
    series
        The id of the power series; the first by default.
    threshold
        A model's threshold: its windows are shaded, and each edge says who defects beyond it.
    dates
        Decimal years for kinds of events that the case dates less precisely than is known, such as ``{"break": 2010.1}``.

    Raises
    ------
    ValueError
        If ``dates`` names a kind of event that the case does not have.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_case(al.cases.load("gulf-zetas"))
    >>> ax.get_ylabel()
    'gap γ in municipalities with presence'
    """
    dates = {} if dates is None else dates
    known = {event.kind for event in case.events if event.kind}
    if unknown := sorted(set(dates) - known):
        raise ValueError(f"plot_case(): dates must name kinds of events of the case, {sorted(known)}; got {unknown[0]!r}")
    ax = axes_or_new(ax, "plot_case")
    measured = case.power_series(series)
    gaps = to_float(measured.gap)
    ax.axhline(0, color="0.6", linewidth=0.8)
    ax.plot(measured.decimal, gaps, color="black", linewidth=1.2, label="measured gap")
    half = np.array([_SPANS[date.precision] / 2 for date in measured.dates])
    ax.hlines(gaps, measured.decimal - half, measured.decimal + half, color="black", linewidth=0.7)
    kept = np.array([threshold is None or any(gap in window for window in threshold.windows) for gap in gaps])
    for mask, face, answer in ((kept, "black", "the model keeps it"), (~kept, "white", "the model does not keep it")):
        if mask.any():
            label = "_nolegend_" if threshold is None else answer
            ax.plot(measured.decimal[mask], gaps[mask], "o", color="black", markerfacecolor=face, markersize=5, label=label)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.35 * (high - low))  # room for the events' names
    if threshold is not None:
        _windows(ax, threshold)
    first, last = measured.decimal[0] - 0.7, measured.decimal[-1] + 0.7
    ax.set_xlim(first, last)
    ax.set_xlabel("year")
    ax.set_ylabel(f"gap γ in {measured.unit}")
    ax.locator_params(axis="x", integer=True)
    kinds: dict[float, list[str]] = {}
    for event in case.events:
        when = dates.get(event.kind, event.date.decimal)
        if event.kind and first <= when <= last:
            kinds.setdefault(when, []).append(event.kind)
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
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )
    return ax


def _windows(ax: Axes, threshold: DefectionThreshold) -> None:
    """The stability windows that are in sight, and beside each edge its gap and who defects beyond it."""
    low, high = ax.get_ylim()
    for k, window in enumerate(threshold.windows):
        ax.axhspan(window.lower, window.upper, color="0.87", zorder=0, linewidth=0, label="_nolegend_" if k else "stable")
        edges = ((window.lower, window.lower_defector, "top"), (window.upper, window.upper_defector, "bottom"))
        for gap, defector, side in edges:
            if defector is None or not low < gap < high:
                continue
            ax.axhline(gap, color="black", linestyle="--", linewidth=0.8)
            deed = "both defect" if defector == "both" else f"{defector} defects"
            ax.annotate(
                with_minus(f"{gap:+.3f} {'↓' if side == 'top' else '↑'} {deed}"),
                (0.37, gap),
                xycoords=("axes fraction", "data"),
                fontsize=7,
                ha="center",
                va=side,
                xytext=(0, -1.5 if side == "top" else 1.5),
                textcoords="offset points",
            )
    ax.set_ylim(low, high)
