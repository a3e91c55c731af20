"""The stability windows of several enforcement concepts side by side, as outlines along the gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliances.plotting.axes import axes_or_new
from alliances.thresholds.windows import DefectionThreshold

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["OUTLINES", "plot_concepts"]

OUTLINES: tuple[dict[str, Any], ...] = (
    {"linestyle": "-", "linewidth": 2.0, "color": "black"},
    {"linestyle": "--", "linewidth": 1.3, "color": "black"},
    {"linestyle": "-.", "linewidth": 1.3, "color": "0.35"},
    {"linestyle": ":", "linewidth": 1.8, "color": "0.35"},
    {"linestyle": "-", "linewidth": 1.0, "color": "black"},
    {"linestyle": (0, (8, 2, 1, 2, 1, 2)), "linewidth": 1.3, "color": "0.35"},
)
"""Lines by which concepts are told apart in grey, in their order."""

_LETTERS = {"sponsor": "S", "proxy": "P", "both": "B"}


def plot_concepts(thresholds: Mapping[str, DefectionThreshold], ax: Axes | None = None) -> Axes:
    """The stability windows under several enforcement concepts, or of several models: a row of outlines for each.

    Beyond each edge stands who defects there: S, the sponsor; P, the proxy; B, both, or the dyad where side payments pool
    the constraints. An edge without a letter is the end of the domain. A concept that keeps the alliance nowhere has a row that
    says so.

    Parameters
    ----------
    thresholds
        What :func:`alliances.defection_threshold` answers, by the name that the row gets; all of one domain.
    ax
        Axes to draw on.

    Raises
    ------
    TypeError
        If ``thresholds`` maps names to something else, or is empty.
    ValueError
        If the domains differ.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.presets.chindea_2014()
    >>> concepts = {"reversion": al.NashReversion(), "three periods": al.FinitePunishment(3)}
    >>> ax = plot_concepts({name: al.defection_threshold(game, 0.7, enforcement=e) for name, e in concepts.items()})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['reversion', 'three periods']
    """
    if (
        not isinstance(thresholds, Mapping)
        or not thresholds
        or not all(isinstance(threshold, DefectionThreshold) for threshold in thresholds.values())
    ):
        raise TypeError(
            f"plot_concepts(): thresholds must map names to results of defection_threshold(), at least one; got {thresholds!r}"
        )
    domains = {threshold.domain for threshold in thresholds.values()}
    if len(domains) > 1:
        raise ValueError(f"plot_concepts(): thresholds must have one domain; got {sorted(domains)}")
    from matplotlib.patches import Rectangle

    ax = axes_or_new(ax, "plot_concepts", (6, 0.9 + 0.42 * len(thresholds)))
    (low, high) = domains.pop()
    for row, threshold in enumerate(thresholds.values()):
        style = OUTLINES[row % len(OUTLINES)]
        for window in threshold.windows:
            corner, width = (window.lower, row - 0.3), window.upper - window.lower
            ax.add_patch(Rectangle(corner, width, 0.6, facecolor="none", edgecolor=style["color"],
                                   linestyle=style["linestyle"], linewidth=style["linewidth"], zorder=3))  # fmt: skip
            for gap, defector, side in (
                (window.lower, window.lower_defector, "right"), (window.upper, window.upper_defector, "left"),
            ):  # fmt: skip
                if defector is not None:
                    offset = -3 if side == "right" else 3
                    ax.annotate(_LETTERS[defector], (gap, row), fontsize=7, ha=side, va="center", xytext=(offset, 0),
                                textcoords="offset points", zorder=4,
                                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})  # fmt: skip
        if not threshold.windows:
            ax.annotate("stable at no gap", ((low + high) / 2, row), fontsize=7, ha="center", va="center")
    ax.axvline(0, color="0.7", linewidth=0.8, zorder=0)
    ax.set_xlim(low, high)
    ax.set_ylim(len(thresholds) - 0.4, -0.6)
    ax.set_yticks(range(len(thresholds)), list(thresholds))
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("gap γ (0 is parity, below 0 the proxy is the stronger)")
    return ax
