"""Critical discount factors along the gap, with stability windows and the defection threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import to_float
from alliances.games.bimatrix import Profile
from alliances.games.players import PLAYERS
from alliances.payoffs.dyadic import DyadicGame
from alliances.plotting.axes import NEVER, STYLES, axes_or_new, broken, with_minus
from alliances.repeated.arguments import repeated_game
from alliances.repeated.critical import critical_discount
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import check_axes, draw
from alliances.thresholds.line import REGION_SAMPLES, Line
from alliances.thresholds.windows import DefectionThreshold, Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes


__all__ = ["plot_critical", "plot_threshold", "plot_windows"]


def plot_critical(
    game: DyadicGame,
    ax: Axes | None = None,
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    total: float = 1.0,
    samples: int = REGION_SAMPLES,
) -> Axes:
    """Both players' critical discount factors along the gap; breaks in a line are jumps, the band above 1 is "never".

    Parameters
    ----------
    game
        A model with scalar parameters.
    ax
        Axes to draw on.
    enforcement, profile, domain, total
        As in :func:`alliances.defection_threshold`.
    samples
        How many gaps are drawn.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_critical(al.presets.chindea_2014(), domain=(0.0, 0.95))
    >>> [line.get_label() for line in ax.get_lines()[::2]]
    ['sponsor δ*', 'proxy δ*']
    """
    function = "plot_critical"
    line = Line(game, domain, total, samples, function)
    gaps = line.gaps
    repeated = repeated_game(game, line.power(gaps), enforcement, function)
    profile = repeated.stage.profile(profile, function)
    r = critical_discount(repeated.stage, profile=profile, enforcement=repeated.enforcement)
    ax = axes_or_new(ax, "plot_critical")
    curves = {"dyad": r.dyad} if r.enforcement.pooled else {"sponsor": r.sponsor, "proxy": r.proxy}
    for k, (name, values) in enumerate(curves.items()):
        style = STYLES.get(name, STYLES["sponsor"])
        ax.plot(gaps, broken(to_float(values)), linewidth=1.4, label=f"{name} δ*", **style)
        never = np.where(np.isinf(to_float(values)), NEVER + 0.03 * k, np.nan)
        ax.plot(gaps, never, linewidth=3, solid_capstyle="butt", dash_capstyle="butt", **style)
    ax.axhspan(1.0, NEVER + 0.06, color="0.92", zorder=0, linewidth=0)
    ax.annotate(
        "no patience suffices", (0.5, 1.018), xycoords=("axes fraction", "data"), fontsize=7, ha="center", va="center",
        bbox={"facecolor": "0.92", "edgecolor": "none", "pad": 0.3},
    )  # fmt: skip
    ax.set_xlim(*line.domain)
    ax.set_ylim(0, NEVER + 0.06)
    ax.set_xlabel("gap γ (0 is parity, below 0 the proxy is the stronger)")
    ax.set_ylabel("critical discount factor δ*")
    return ax


@draw.register
def _(game: DyadicGame, ax: Any = None, **options: Any) -> Any:
    drawn = plot_critical(game, ax, **options)
    drawn.legend(fontsize=7, loc="best")
    return drawn


@draw.register(DefectionThreshold)
def plot_threshold(threshold: DefectionThreshold, ax: Axes | None = None) -> Axes:
    """Critical discount factors along the gap with the stability windows (grey) and the threshold (dotted).

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_threshold(al.defection_threshold(al.presets.chindea_2014(), 0.8))
    >>> [line.get_label() for line in ax.get_lines()][-1]
    'γ* = 0.292'
    """
    check_axes(ax, "plot_threshold")
    ax = plot_critical(
        threshold.game,
        ax,
        enforcement=threshold.enforcement,
        profile=threshold.profile,
        domain=threshold.domain,
        total=threshold.total,
    )
    for k, window in enumerate(threshold.windows):
        ax.axvspan(window.lower, window.upper, color="0.85", zorder=0, label="stable" if k == 0 else None)
    for name, delta in zip(PLAYERS, threshold.discount, strict=True):
        if name == "sponsor" or delta != threshold.discount[0]:
            ax.axhline(delta, color=STYLES[name]["color"], linewidth=0.8)
            ax.annotate(
                f"δ = {delta:g}",
                (threshold.domain[0], delta),
                fontsize=7,
                va="bottom",
                xytext=(2, 1),
                textcoords="offset points",
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.3},
            )
    if threshold.gap is not None:
        ax.axvline(threshold.gap, color="black", linestyle=":", label=with_minus(f"γ* = {threshold.gap:.3f}"))
    ax.legend(fontsize=7, loc="best")
    return ax


def plot_windows(windows: Sequence[Window], ax: Axes | None = None) -> Axes:
    """Stability windows as bars along the gap, with who deviates beyond each edge.

    Parameters
    ----------
    windows
        What :func:`alliances.stability_windows` answers.
    ax
        Axes to draw on.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_windows(al.stability_windows(al.presets.chindea_2014(), 0.8))
    >>> [text.get_text() for text in ax.texts][:2]
    ['proxy', 'sponsor']
    """
    ax = axes_or_new(ax, "plot_windows", (6, 1.8))
    for window in windows:
        ax.barh(
            0, window.upper - window.lower, left=window.lower, height=0.5, facecolor="0.75", edgecolor="black", linewidth=1.0
        )
        for edge, defector, side in (
            (window.lower, window.lower_defector, "right"),
            (window.upper, window.upper_defector, "left"),
        ):
            if defector is not None:
                shift = -3 if side == "right" else 3
                ax.annotate(
                    defector, (edge, 0), xytext=(shift, 0), textcoords="offset points", fontsize=7, ha=side, va="center",
                    rotation=90,
                )  # fmt: skip
    ax.axvline(0, color="0.6", linewidth=0.8, zorder=0)
    ax.set(xlim=(-1, 1), ylim=(-0.6, 0.6), yticks=[], xlabel="gap γ (0 is parity, below 0 the proxy is the stronger)")
    ax.set_title("stable in the grey; beside an edge, who deviates beyond it", fontsize=8)
    for spine in ("left", "right", "top"):
        ax.spines[spine].set_visible(False)
    return ax


@draw.register
def _(window: Window, ax: Any = None) -> Any:
    return plot_windows([window], ax)
