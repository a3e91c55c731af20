"""Tuples of results: drawn by the picture of their kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alliances.cases import Case
from alliances.plotting.threshold_batches import plot_regions
from alliances.plotting.thresholds import plot_windows
from alliances.plotting.timeline import plot_timeline
from alliances.results import Result, draw
from alliances.results.result_tuple import ResultTuple
from alliances.thresholds.answers import Window
from alliances.thresholds.line import Region

__all__: list[str] = []

_PICTURES: dict[type[Result], Callable[..., Any]] = {Case: plot_timeline, Region: plot_regions, Window: plot_windows}


@draw.register
def _(results: ResultTuple, ax: Any = None, **options: Any) -> Any:  # type: ignore[type-arg]  # dispatch reads the annotation
    picture = next((_PICTURES[kind] for kind in results.of.__mro__ if kind in _PICTURES), None)
    if picture is None:
        raise TypeError(f"plot(): there is no picture of a {type(results).__name__}")
    ax = picture(results, ax=ax, **options)
    if not results:
        ax.set_title(results.message, fontsize=8)
    return ax
