"""Every picture: the gap over time, critical discount factors along the gap, identified sets, claims, timelines of cases.

Each function draws on one set of axes (a new one by default) and returns it, so that pictures can be combined. They
are made for print: line styles and hatches carry the meaning, so that they read in grey. Infinite critical discount
factors – no patience suffices – are drawn as a band above 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.games.stage_game import Profile
from alliances.payoffs.alliance_game import DyadicGame
from alliances.plotting.claims import plot_check, plot_sensitivity, plot_share
from alliances.plotting.scoreboard import plot_scoreboard
from alliances.plotting.timeline import plot_timeline
from alliances.power import Power
from alliances.repeated.critical import check_enforcement, critical_discount
from alliances.repeated.enforcement.concept import Enforcement
from alliances.thresholds.regions import check_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from alliances.cases import Case
    from alliances.dynamics.wars.conflict import ConflictWalk
    from alliances.estimation.identification import IdentifiedDiscount
    from alliances.thresholds.windows import DefectionThreshold

__all__ = [
    "plot_case",
    "plot_check",
    "plot_conflict",
    "plot_critical",
    "plot_identified",
    "plot_scoreboard",
    "plot_sensitivity",
    "plot_share",
    "plot_threshold",
    "plot_timeline",
]

_CHANCES = "chances to prevail"  # the right axes of plot_conflict
_NEVER = 1.08  # where an infinite critical discount factor is drawn
_STYLES: dict[str, dict[str, Any]] = {
    "sponsor": {"color": "black", "linestyle": "-"},
    "proxy": {"color": "0.45", "linestyle": "--"},
}


def new_axes(size: tuple[float, float] = (6, 4)) -> Axes:
    """Axes of a new figure, or an error that names the extra to install."""
    try:
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise ImportError("pictures need matplotlib: pip install 'alliances[plot]'") from error
    ax: Axes = plt.subplots(figsize=size, layout="constrained")[1]
    return ax


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


def plot_critical(
    game: DyadicGame,
    ax: Axes | None = None,
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    total: float = 1.0,
    samples: int = 2001,
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
    domain, total, samples = check_line(game, domain, total, samples, "plot_critical")
    concept = check_enforcement(enforcement, "plot_critical")
    gaps = np.linspace(*domain, samples)
    power = Power.from_gap(gaps, total)
    profile = game.stage_game(power).profile(profile, "plot_critical")
    r = critical_discount(game, power, profile=profile, enforcement=concept)
    ax = new_axes() if ax is None else ax
    curves = {"dyad": r.dyad} if concept.pooled else {"sponsor": r.sponsor, "proxy": r.proxy}
    for k, (name, values) in enumerate(curves.items()):
        style = _STYLES.get(name, _STYLES["sponsor"])
        ax.plot(gaps, _broken(to_float(values)), linewidth=1.4, label=f"{name} δ*", **style)
        never = np.where(np.isinf(to_float(values)), _NEVER + 0.03 * k, np.nan)
        ax.plot(gaps, never, linewidth=3, solid_capstyle="butt", dash_capstyle="butt", **style)
    ax.axhspan(1.0, _NEVER + 0.06, color="0.92", zorder=0, linewidth=0)
    ax.annotate("no patience suffices", (0.5, 1.018), xycoords=("axes fraction", "data"), fontsize=7, ha="center", va="center")
    ax.set_xlim(*domain)
    ax.set_ylim(0, _NEVER + 0.06)
    ax.set_xlabel("gap γ (0 is parity, below 0 the proxy is the stronger)")
    ax.set_ylabel("critical discount factor δ*")
    return ax


def _broken(values: Array) -> Array:
    """A curve without its infinities, and interrupted where it jumps."""
    curve = np.where(np.isfinite(values), values, np.nan)
    with np.errstate(invalid="ignore"):
        jumps = np.flatnonzero(np.abs(np.diff(curve)) > 0.05)
    curve[jumps] = np.nan
    return curve


def plot_threshold(threshold: DefectionThreshold, ax: Axes | None = None) -> Axes:
    """Critical discount factors along the gap with the stability windows (grey) and the threshold (dotted).

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_threshold(al.defection_threshold(al.presets.chindea_2014(), 0.8))
    >>> [line.get_label() for line in ax.get_lines()][-1]
    'γ* = 0.292'
    """
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
    for name, delta in zip(("sponsor", "proxy"), threshold.discount, strict=True):
        if name == "sponsor" or delta != threshold.discount[0]:
            ax.axhline(delta, color=_STYLES[name]["color"], linewidth=0.8)
            ax.annotate(
                f"δ = {delta:g}",
                (threshold.domain[0], delta),
                fontsize=7,
                va="bottom",
                xytext=(2, 1),
                textcoords="offset points",
            )
    if threshold.gap is not None:
        ax.axvline(threshold.gap, color="black", linestyle=":", label=f"γ* = {threshold.gap:.3f}")
    ax.legend(fontsize=7, loc="best")
    return ax


def plot_identified(
    identified: IdentifiedDiscount,
    values: Number,
    ax: Axes | None = None,
    *,
    interval: str = "common",
    xlabel: str = "parameter",
    label: str | None = None,
    **style: Any,
) -> Axes:
    """The identified set of discount factors along a varied parameter.

    Parameters
    ----------
    identified
        The result for a batch of models that differ in one parameter.
    values
        The parameter's values (k,), in the order of the batch.
    ax
        Axes to draw on.
    interval
        "common", "sponsor" or "proxy".
    xlabel, label
        The parameter's name and the legend's text.
    **style
        Passed to ``fill_between``.

    Examples
    --------
    >>> import alliances as al
    >>> costs = np.linspace(0.3, 0.4, 3)
    >>> game = al.presets.capability_aggregation(contest=al.Tullock(2.0), conflict_cost=costs[:, None])
    >>> found = al.identified_discount(game, al.Power.from_gap([0.1, -0.3]))
    >>> ax = plot_identified(found, costs, xlabel="conflict cost k")
    >>> ax.get_xlabel()
    'conflict cost k'
    """
    if interval not in ("common", "sponsor", "proxy"):
        raise ValueError(f'plot_identified(): interval must be "common", "sponsor" or "proxy"; got {interval!r}')
    chosen = getattr(identified, interval)
    values = np.asarray(to_float(values))
    lower, upper, empty = (np.asarray(x) for x in (to_float(chosen.lower), to_float(chosen.upper), chosen.empty))
    if values.shape != lower.shape or values.ndim != 1:
        raise ValueError(f"plot_identified(): values must have the batch's shape {lower.shape}; got shape {values.shape}")
    ax = new_axes() if ax is None else ax
    known: dict[str, Any] = {"facecolor": "0.75", "edgecolor": "black", "linewidth": 0.6} | style
    ax.fill_between(values, lower, upper, where=~empty, step="mid", label=label, **known)
    ax.set_xlim(values.min(), values.max())
    ax.set_ylim(0, 1)
    ax.set_xlabel(xlabel)
    ax.set_ylabel("discount factor δ")
    return ax


def plot_conflict(
    walk: ConflictWalk, ax: Axes | None = None, *, label: str | None = None, total: Number = 1, **style: Any
) -> Axes:
    """Expected conflict duration (filled marks) and the sponsor's chance to prevail (open marks, right axis) along the lattice.

    Several walks can be drawn on the same axes; they share the right axis.

    Parameters
    ----------
    walk
        How rounds move the ratio, and when the war ends.
    ax
        Axes to draw on.
    label
        The legend's text for this walk.
    total
        s + p, held fixed along the gap.
    **style
        Passed to ``plot``, such as ``linestyle`` and ``color``.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_conflict(al.ConflictWalk(swing=2, barrier=8))
    >>> ax.get_lines()[0].get_ydata().tolist()
    [5.0, 8.0, 9.0, 8.0, 5.0]
    """
    from alliances.dynamics.wars.duration import conflict_duration

    ax = new_axes() if ax is None else ax
    wars = conflict_duration(walk.lattice(total), walk)
    gaps = to_float(wars.power.gap)
    known: dict[str, Any] = {"color": "black", "marker": "o", "markersize": 3.5, "linewidth": 1.2, "clip_on": False} | style
    ax.plot(gaps, to_float(wars.rounds), label=label, **known)
    right = next((a for a in ax.figure.axes if a.get_gid() == _CHANCES and a.get_shared_x_axes().joined(a, ax)), None)
    if right is None:
        right = ax.twinx()
        right.set_gid(_CHANCES)
        right.set_ylim(0, 1)
        right.set_ylabel("sponsor's chance to prevail (open marks)")
        ax.set_xlabel("gap γ at the start (0 is parity, below 0 the proxy is the stronger)")
        ax.set_ylabel("expected duration in rounds (filled marks)")
        ax.set_xlim(-1, 1)
    right.plot(gaps, to_float(wars.sponsor), **known | {"markerfacecolor": "white", "linewidth": 0.7})
    ax.set_ylim(0, None)
    return ax
