"""Fitted hazards: along the gap, over time, against what happened; profiles, and models against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.comparing import HazardComparison, ScoreTable
from alliances.estimation.cox import CoxFit
from alliances.estimation.critical_rates import critical_at, nodes_of
from alliances.estimation.curves import kaplan_meier
from alliances.estimation.fits import HazardFit
from alliances.estimation.inference import Profile
from alliances.estimation.models import HazardModel
from alliances.estimation.spells import SIDES, Spells
from alliances.plotting.axes import NEVER, STYLES, axes_or_new, broken, with_minus
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_calibration", "plot_comparison", "plot_fitted_discounts", "plot_hazard", "plot_profile", "plot_survival"]

Fit = HazardFit | CoxFit
_POINTS = 201
_NORMAL = 1.959963984540054
_BELOW = 1e-12  # by how much a share that rounds to 1 is taken for less, so that it falls into the last bin


def plot_hazard(fit: Fit, ax: Axes | None = None, *, bins: int = 8) -> Axes:
    """The fitted hazard along the gap, and events by time at risk in bins of the gap (marks, with 95 % intervals).

    Covariates are at their means and age at its median. The curve can be well known where its parameters are not. With rigid
    terms there is a curve for each of three gaps at formation, and with ``risks="each side"`` one for each side.

    Parameters
    ----------
    fit
        A fitted hazard.
    ax
        Axes to draw on.
    bins
        How many marks; each has about as many years at risk.

    Examples
    --------
    >>> import alliances as al
    >>> frame = {"start": [0, 1, 2, 0], "stop": [1, 2, 3, 1], "gap": [0.5, 0.4, 0.2, 0.1], "end": [0, 0, 1, 0]}
    >>> plot_hazard(al.estimation.Logit(["gap"]).fit(frame, event="end")).get_ylabel()
    'hazard per unit of time'
    """
    ax = axes_or_new(ax, "plot_hazard")
    seen = _gap(fit)
    low, high = (0.0, 1.0) if seen is None else (float(seen.min()), float(seen.max()))
    gaps = np.linspace(low, high, _POINTS)
    then = fit.spells.gap0
    if then is None:
        rates = fit.rates_of(_grid(fit, gaps, None))
        for side, rate in enumerate(rates):
            name = "" if len(rates) == 1 else f" of the {SIDES[side]}"
            ax.plot(gaps, broken_rate(rate), label=f"fitted hazard{name}", **STYLES[SIDES[side]])
    else:
        for at, style in zip(np.quantile(then, [0.1, 0.5, 0.9]), ("-", "--", ":"), strict=True):
            rate = fit.rates_of(_grid(fit, gaps, float(at))).sum(axis=0)
            name = with_minus(f"terms agreed at the gap {at:.2f}")
            ax.plot(gaps, broken_rate(rate), color="black", linestyle=style, label=name)
    if seen is not None:
        _marks(fit.spells, seen, bins, ax)
    ax.set_ylim(bottom=0)
    ax.set(xlabel="gap γ", ylabel="hazard per unit of time")
    ax.legend(fontsize=7)
    return ax


def broken_rate(rate: Array) -> Array:
    """A hazard that is interrupted where it jumps."""
    top = float(np.nanmax(rate)) or 1.0
    return broken(rate / top) * top


def _gap(fit: Fit) -> Array | None:
    """The gaps of the rows, if the model has any."""
    if fit.spells.gap is not None:
        return fit.spells.gap
    names = fit.design.covariates
    return fit.spells.covariates[:, names.index("gap")] if "gap" in names else None


def _grid(fit: Fit, gaps: Array, gap0: float | None) -> Spells:
    """Rows that differ in the gap alone."""
    spells, n = fit.spells, len(gaps)
    covariates = np.tile(spells.covariates.mean(axis=0), (n, 1))
    if "gap" in fit.design.covariates:
        covariates[:, fit.design.covariates.index("gap")] = gaps
    return Spells(
        np.full(n, float(np.median(spells.start))), np.ones(n), np.zeros(n, dtype=bool), np.full(n, -1), gaps,
        None if gap0 is None else np.full(n, gap0), covariates, np.zeros((n, 1), dtype=int), np.zeros(n, dtype=int),
    )  # fmt: skip


def _marks(spells: Spells, gap: Array, bins: int, ax: Axes) -> None:
    """Events by time at risk, with exact Poisson intervals."""
    from scipy.special import gammaincinv  # half of chi-squared's quantiles; scipy.stats takes a second to load

    edges = np.unique(np.quantile(gap, np.linspace(0, 1, bins + 1)))
    place = np.clip(np.searchsorted(edges, gap, side="right") - 1, 0, max(len(edges) - 2, 0))
    count = np.bincount(place, weights=spells.event)
    exposure = np.bincount(place, weights=spells.length)
    moment = np.bincount(place, weights=gap * spells.length)
    count, exposure, moment = (x[exposure > 0] for x in (count, exposure, moment))
    middle = moment / exposure
    low = np.where(count > 0, gammaincinv(np.maximum(count, 0.5), 0.025), 0.0) / exposure
    high = gammaincinv(count + 1, 0.975) / exposure
    rate = count / exposure
    ax.errorbar(
        middle,
        rate,
        yerr=[rate - low, high - rate],
        fmt="o",
        color="0.4",
        markersize=4,
        linewidth=0.8,
        label="events by time at risk",
    )


def plot_fitted_discounts(fit: HazardFit, ax: Axes | None = None, *, gap0: float | None = None) -> Axes:
    """The critical discount factors of both sides along the gap, at the fitted parameters.

    Parameters
    ----------
    fit
        A fitted :class:`alliances.estimation.HazardModel`.
    ax
        Axes to draw on.
    gap0
        With rigid terms: the gap at formation, by default the median.

    Raises
    ------
    TypeError
        If the model has no critical discount factor.

    Examples
    --------
    >>> import alliances as al
    >>> frame = {"start": [0, 1, 2, 0], "stop": [1, 2, 3, 1], "gap": [0.5, 0.4, 0.2, 0.1], "end": [0, 0, 1, 0]}
    >>> model = al.estimation.HazardModel(al.presets.morrow_1991(), patience=al.patience.Kumaraswamy(3, 2))
    >>> plot_fitted_discounts(model.fit(frame, event="end")).get_ylabel()
    'critical discount factor δ*'
    """
    if not isinstance(fit, HazardFit) or not isinstance(fit.model, HazardModel):
        raise TypeError("plot_critical_discount(): fit must be of a HazardModel; others have no critical discount factor")
    assert fit.spells.gap is not None
    ax = axes_or_new(ax, "plot_fitted_discounts")
    gaps = np.linspace(float(fit.spells.gap.min()), float(fit.spells.gap.max()), _POINTS)
    at = None
    if fit.spells.gap0 is not None:
        at = np.full(_POINTS, float(np.median(fit.spells.gap0)) if gap0 is None else gap0)
    model = fit.model
    values = fit.estimate[None, : len(model.free)]
    nodes = nodes_of(gaps, at, None)
    sponsor, proxy, dyad = critical_at(model.game, model.enforcement, tuple(model.free), values, nodes)
    curves = {"dyad": dyad} if model.enforcement.pooled else {"sponsor": sponsor, "proxy": proxy}
    for name, curve in curves.items():
        shown = np.where(curve[0] >= 1, np.inf, curve[0])[nodes.row]
        ax.plot(gaps, broken(shown), label=f"δ* of the {name}", **STYLES.get(name, STYLES["sponsor"]))
    ax.axhspan(1.0, NEVER + 0.06, color="0.93", zorder=0, linewidth=0)
    ax.annotate("no patience suffices", (0.5, NEVER), xycoords=("axes fraction", "data"), fontsize=7, ha="center", va="center")
    if at is not None:
        ax.axvline(at[0], color="0.6", linewidth=0.8, label="gap at formation")
    ax.set_ylim(0, NEVER + 0.06)
    ax.set(xlabel="gap γ", ylabel="critical discount factor δ*")
    ax.legend(fontsize=7)
    return ax


def plot_survival(fit: Fit, ax: Axes | None = None) -> Axes:
    """The share of alliances that are not broken by each age: Kaplan and Meier's estimate, and what the fit expects.

    The expected curve is exp(−∫ mean λ), the mean over the alliances that are at risk at each age; so both curves respect
    delayed entry.

    Parameters
    ----------
    fit
        A fitted hazard.
    ax
        Axes to draw on.

    Examples
    --------
    >>> import alliances as al
    >>> frame = {"start": [0, 1, 2, 0], "stop": [1, 2, 3, 1], "gap": [0.5, 0.4, 0.2, 0.1], "end": [0, 0, 1, 0]}
    >>> plot_survival(al.estimation.Constant().fit(frame, event="end")).get_ylabel()
    'share not broken'
    """
    ax = axes_or_new(ax, "plot_survival")
    spells = fit.spells
    stop = spells.start + spells.length
    ages, share = kaplan_meier(spells.start, stop, spells.event)
    ax.step(
        np.r_[0.0, ages], np.r_[1.0, share], where="post", color="0.45", linestyle="--", label="observed (Kaplan and Meier)"
    )
    rates = fit.rates_of(spells).sum(axis=0)
    grid = np.linspace(0, float(stop.max()), _POINTS)
    middle = (grid[1:] + grid[:-1]) / 2
    order = np.argsort(spells.start), np.argsort(stop)
    sums = []
    for weight in (np.ones_like(rates), rates):
        entered, left = (np.r_[0.0, np.cumsum(weight[k])] for k in order)
        sums.append(entered[np.searchsorted(spells.start[order[0]], middle)] - left[np.searchsorted(stop[order[1]], middle)])
    at_risk, total = sums
    mean = np.where(at_risk > 0.5, total / np.maximum(at_risk, 0.5), 0.0)
    ax.plot(grid, np.exp(-np.r_[0.0, np.cumsum(mean * np.diff(grid))]), color="black", label="expected by the fit")
    ax.set_ylim(0, 1.02)
    ax.set(xlabel="age", ylabel="share not broken")
    ax.legend(fontsize=7)
    return ax


def plot_calibration(fit: Fit, ax: Axes | None = None, *, bins: int = 10) -> Axes:
    """Expected against observed events, in bins of the fitted hazard with about as much time at risk each.

    Parameters
    ----------
    fit
        A fitted hazard.
    ax
        Axes to draw on.
    bins
        How many.

    Examples
    --------
    >>> import alliances as al
    >>> frame = {"start": [0, 1, 2, 0], "stop": [1, 2, 3, 1], "gap": [0.5, 0.4, 0.2, 0.1], "end": [0, 0, 1, 0]}
    >>> plot_calibration(al.estimation.Constant().fit(frame, event="end")).get_ylabel()
    'observed events'
    """
    ax = axes_or_new(ax, "plot_calibration")
    spells = fit.spells
    rates = fit.rates_of(spells).sum(axis=0)
    expected = rates * spells.length
    _, place = np.unique(rates, return_inverse=True)
    by_value = np.cumsum(np.bincount(place, weights=spells.length))
    bin_of = np.minimum((by_value / by_value[-1] * bins * (1 - _BELOW)).astype(int), bins - 1)[place]
    x, y = (np.bincount(bin_of, weights=w, minlength=bins) for w in (expected, spells.event))
    there = x > 0
    x, y = x[there], y[there]
    half = _NORMAL * np.sqrt(x)
    top = float(max(x.max(), y.max()) * 1.15)
    ax.plot([0, top], [0, top], color="0.6", linewidth=0.8, label="as expected")
    ax.vlines(x, np.maximum(x - half, 0), x + half, color="0.6", linewidth=0.8, label="95 % of Poisson counts")
    ax.plot(x, y, "o", color="black", markersize=4, label="bins of the hazard")
    ax.set_xlim(0, top)
    ax.set_ylim(0, None)
    ax.set(xlabel="expected events", ylabel="observed events")
    ax.legend(fontsize=7)
    return ax


@draw.register(Profile)
def plot_profile(profile: Profile, ax: Axes | None = None) -> Axes:
    """The largest ln L at each value of a parameter, less that at the maximum; values above the dotted line are not
    rejected at 5 %.

    Parameters
    ----------
    profile
        What :meth:`alliances.estimation.HazardFit.profile` returns.
    ax
        Axes to draw on.

    Examples
    --------
    >>> import alliances as al
    >>> frame = {"start": [0, 1, 2, 0], "stop": [1, 2, 3, 1], "gap": [0.5, 0.4, 0.2, 0.1], "end": [0, 0, 1, 0]}
    >>> plot_profile(al.estimation.Constant().fit(frame, event="end").profile("rate")).get_xlabel()
    'rate'
    """
    ax = axes_or_new(ax, "plot_profile")
    ax.plot(profile.values, profile.loglike - profile.best, color="black")
    ax.plot([profile.estimate], [0.0], "o", color="black", markersize=4)
    ax.axhline(-(_NORMAL**2) / 2, color="black", linestyle=":", linewidth=1.0)
    low, high = profile.interval
    ax.axvspan(low, high, color="0.9", zorder=0, linewidth=0)
    ax.set(xlabel=profile.name, ylabel="ln L less its maximum")
    return ax


@draw.register(HazardComparison)
def plot_comparison(comparison: HazardComparison | ScoreTable, ax: Axes | None = None, **options: Any) -> Axes:
    """Log scores out of sample less that of one model, with 95 % intervals by a paired bootstrap.

    Parameters
    ----------
    comparison
        What :func:`alliances.estimation.cross_validate` returns, or its table.
    ax
        Axes to draw on.
    **options
        Passed to :meth:`alliances.estimation.HazardComparison.table`.

    Examples
    --------
    >>> import alliances as al
    >>> frame = {"id": [1, 1, 2, 3], "gap": [0.5, 0.4, 0.2, 0.1], "end": [0, 1, 1, 0]}
    >>> models = [al.estimation.Constant(), al.estimation.Logit(["gap"])]
    >>> comparison = al.estimation.cross_validate(models, frame, event="end", duration=None, by="id", folds=2)
    >>> plot_comparison(comparison, times=50).get_xlabel()
    'log score out of sample, less that of constant'
    """
    table = comparison.table(**options) if isinstance(comparison, HazardComparison) else comparison
    ax = axes_or_new(ax, "plot_comparison")
    place = np.arange(len(table.models))[::-1]
    at = np.asarray(table.differences)
    ax.hlines(place, table.lower, table.upper, color="0.45", linewidth=1.2)
    ax.plot(at, place, "o", color="black", markersize=4)
    ax.axvline(0, color="0.6", linewidth=0.8)
    ax.set_yticks(place, table.models, fontsize=7)
    ax.set_ylim(-0.6, len(place) - 0.4)
    ax.set_xlabel(f"log score out of sample, less that of {table.against}")
    return ax


draw.register(ScoreTable)(plot_comparison)


@draw.register(CoxFit)
@draw.register(HazardFit)
def _(fit: Any, ax: Any = None, *, picture: str = "hazard", **options: Any) -> Any:
    pictures: dict[str, Any] = {
        "hazard": plot_hazard,
        "critical discount": plot_fitted_discounts,
        "survival": plot_survival,
        "calibration": plot_calibration,
    }
    if picture not in pictures:
        raise ValueError(f"plot(): picture must be one of {', '.join(pictures)}; got {picture!r}")
    return pictures[picture](fit, ax, **options)
