"""Thresholds, windows and regions of many alliances, side by side: along a varied parameter, or one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.plotting.axes import axes_or_new
from alliances.results import draw, need
from alliances.thresholds.batches import RegionBatch, ThresholdBatch, WindowBatch
from alliances.thresholds.line import Region
from alliances.values.tables import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_regions", "plot_thresholds"]

_MARKS = {"sponsor": ("o", "black"), "proxy": ("o", "white"), "both": ("s", "0.5")}
_FILLS = ("0.75", "0.92", "0.45", "0.6", "0.85", "0.3")
_HATCHES = ("", "//", "\\\\", "xx")  # where there are more labels than shades


def plot_thresholds(
    batch: ThresholdBatch | WindowBatch,
    ax: Axes | None = None,
    *,
    values: Number | None = None,
    xlabel: str | None = None,
) -> Axes:
    """The stability windows of each alliance as a grey column, with the threshold and who breaks the alliance there.

    Parameters
    ----------
    batch
        What :func:`alliances.defection_threshold` or :func:`alliances.stability_windows` answers for a list of alliances.
    ax
        Axes to draw on.
    values
        (k,): where the alliances stand on the horizontal axis, such as the values of a varied parameter. By default the
        parameter that differs, if there is one and it increases; otherwise alliances are counted.
    xlabel
        The parameter's name.

    Examples
    --------
    >>> import alliances as al
    >>> batch = al.defection_threshold(al.presets.chindea_2014(), np.linspace(0.4, 0.9, 6), domain=(0.0, 0.95), samples=101)
    >>> ax = plot_thresholds(batch)
    >>> ax.get_xlabel(), [text.get_text() for text in ax.get_legend().get_texts()]
    ('discount', ['stable', 'the sponsor breaks it'])
    """
    windows = batch.windows if isinstance(batch, ThresholdBatch) else batch
    parameters = batch.parameters if isinstance(batch, ThresholdBatch) else {}
    values, xlabel = _places(windows.shape, values, xlabel, parameters, "plot_thresholds")
    ax = axes_or_new(ax, "plot_thresholds")
    _columns(ax, values[windows.alliance], _widths(values)[:, windows.alliance], windows.lower, windows.upper, "0.8", "stable")
    if isinstance(batch, ThresholdBatch):
        gap, defector = batch.gap, batch.defector
        for name, (mark, fill) in _MARKS.items():
            here = defector == name
            if here.any():
                words = "both break it" if name == "both" else f"the {name} breaks it"
                ax.plot(
                    values[here], gap[here], mark, color="black", markerfacecolor=fill, markersize=3.5, linewidth=0, label=words
                )
        ax.set_ylim(*batch.domain)
    _labels(ax, values, xlabel)
    return ax


def plot_regions(
    batch: RegionBatch | Sequence[Region],
    ax: Axes | None = None,
    *,
    values: Number | None = None,
    xlabel: str | None = None,
) -> Axes:
    """The regions of each alliance as a column, or those of one along the gap, one shade for each label.

    Parameters
    ----------
    batch
        What :func:`alliances.regime_regions` answers for a list of dyads, or for one, as the other functions that find regions.
    ax
        Axes to draw on.
    values
        (k,): where the dyads stand on the horizontal axis, such as a varied parameter; by default they are counted. None for
        one dyad.
    xlabel
        The parameter's name.

    Examples
    --------
    >>> import alliances as al
    >>> deltas = np.linspace(0.4, 0.9, 6)
    >>> regions = al.regime_regions(al.presets.chindea_2014(), deltas, (0.0, 0.9), samples=101)
    >>> ax = plot_regions(regions, values=deltas, xlabel="discount factor δ")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['alliance', 'pact', 'conflict']
    >>> ax = plot_regions(al.punishment_regions(al.presets.morrow_1991(), "proxy", (0.0, 0.9)))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['fight, fight', 'ally, fight', 'fight, ally']
    """
    if not isinstance(batch, RegionBatch):
        return _plot_line(batch, ax, values, xlabel)
    values, xlabel = _places(batch.shape, values, xlabel, {}, "plot_regions")
    ax = axes_or_new(ax, "plot_regions")
    widths = _widths(values)
    for k, name in enumerate(batch.names):
        here = batch.code == k
        owner = batch.alliance[here]
        if here.any():
            fill = _FILLS[k % len(_FILLS)]
            _columns(ax, values[owner], widths[:, owner], batch.lower[here], batch.upper[here], fill, name)
    ax.set_ylim(batch.lower.min(), batch.upper.max())
    _labels(ax, values, xlabel)
    return ax


def _plot_line(regions: Sequence[Region], ax: Axes | None, values: Number | None, xlabel: str | None) -> Axes:
    """The regions of one dyad as a bar along the gap."""
    if values is not None:
        raise ValueError(f"plot_regions(): values must be None for the regions of one dyad; got {values!r}")
    ax = axes_or_new(ax, "plot_regions", (6, 1.8))
    names = list(dict.fromkeys(one_line(region.label) for region in regions))
    for k, name in enumerate(names):
        bars = [(r.lower, r.upper - r.lower) for r in regions if one_line(r.label) == name]
        fill, hatch = _FILLS[k % len(_FILLS)], _HATCHES[k // len(_FILLS) % len(_HATCHES)]
        ax.broken_barh(bars, (-0.25, 0.5), facecolor=fill, hatch=hatch, edgecolor="black", linewidth=0.6, label=name)
    if regions:
        ax.set_xlim(regions[0].lower, regions[-1].upper)
        ax.legend(fontsize=7, loc="upper center", ncols=min(len(names), 4))
    ax.set(ylim=(-0.4, 1), yticks=[])
    ax.set_xlabel("gap γ (0 is parity, below 0 the proxy is the stronger)" if xlabel is None else xlabel)
    for spine in ("left", "right", "top"):
        ax.spines[spine].set_visible(False)
    return ax


def _places(
    shape: tuple[int, ...], values: Number | None, xlabel: str | None, parameters: dict[str, Array], function: str
) -> tuple[Array, str]:
    """Where alliances stand, and what the axis is called."""
    if len(shape) != 1:
        raise ValueError(f"{function}(): batch must be one list of alliances; got one of shape {shape}")
    if values is None and len(parameters) == 1:
        ((name, varied),) = parameters.items()
        if np.all(np.diff(varied) > 0):
            values, xlabel = varied, name if xlabel is None else xlabel
    at = np.arange(shape[0]) if values is None else np.asarray(to_float(np.asarray(values)))
    if at.shape != shape or not np.all(np.diff(at) > 0):
        raise ValueError(f"{function}(): values must be {shape[0]} increasing numbers; got {values!r}")
    return at.astype(np.float64), ("alliance" if values is None else "parameter") if xlabel is None else xlabel


def _widths(values: Array) -> Array:
    """(2, k): how far each column reaches to the left and to the right: half-way to its neighbours."""
    half = np.diff(values) / 2 if len(values) > 1 else np.array([0.5])
    return np.stack([np.append(half[0], half), np.append(half, half[-1])])[:, : len(values)]


def _columns(ax: Axes, at: Array, widths: Array, lower: Array, upper: Array, fill: str, label: str) -> None:
    """Rectangles from ``lower`` to ``upper``, as one artist however many there are."""
    collections = need("matplotlib.collections", "plot", "plot()")
    left, right = at - widths[0], at + widths[1]
    corners = np.stack(
        [np.stack([x, y], axis=-1) for x, y in ((left, lower), (right, lower), (right, upper), (left, upper))], 1
    )
    ax.add_collection(collections.PolyCollection(corners, facecolors=fill, edgecolors=fill, linewidths=0.2))
    ax.fill_between([], [], facecolor=fill, edgecolor="black", linewidth=0.6, label=label)  # a pale fill needs a frame there


def _labels(ax: Axes, values: Array, xlabel: str) -> None:
    widths = _widths(values)
    ax.set_xlim(values[0] - widths[0, 0], values[-1] + widths[1, -1])
    ax.autoscale_view(scalex=False)
    ax.set_xlabel(xlabel)
    ax.set_ylabel("gap γ (0 is parity)")
    if ax.get_legend_handles_labels()[1]:
        ax.legend(fontsize=7, loc="best")


@draw.register(ThresholdBatch)
@draw.register(WindowBatch)
def _(batch: ThresholdBatch | WindowBatch, ax: Any = None, **options: Any) -> Any:
    return plot_thresholds(batch, ax, **options)


@draw.register
def _(batch: RegionBatch, ax: Any = None, **options: Any) -> Any:
    return plot_regions(batch, ax, **options)


@draw.register
def _(region: Region, ax: Any = None, **options: Any) -> Any:
    return plot_regions([region], ax, **options)
