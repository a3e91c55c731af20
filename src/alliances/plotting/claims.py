"""Pictures of claims: along the line of one model, along an open parameter of a family, and what decides in a family.

All are made for print: line styles, markers and hatches carry the meaning, so that they read in grey.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.arithmetic.domains import Choice
from alliances.claims.checking import Check, Compared, ComparedWars
from alliances.claims.claim import DiscountClaim
from alliances.claims.falsifying import Falsification
from alliances.claims.family import Family
from alliances.claims.lines import curves
from alliances.claims.measuring import Measurement
from alliances.claims.proofs.outcomes import Counterexample
from alliances.games.players import PLAYERS
from alliances.payoffs.dyadic import DyadicGame
from alliances.plotting.axes import axes_or_new
from alliances.plotting.wars import plot_conflict
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import check_axes, draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_check", "plot_sensitivity", "plot_share"]

_NEVER = 1.08  # where an infinite critical discount factor is drawn
_SAMPLES = 1001  # points of a curve, beside the points compared
_CURVES: dict[str, dict[str, Any]] = {
    "dyad": {"color": "0.8", "linewidth": 6.0, "linestyle": "-", "zorder": 1},
    "sponsor": {"color": "black", "linewidth": 1.4, "linestyle": "-", "zorder": 2},
    "proxy": {"color": "0.45", "linewidth": 1.4, "linestyle": "--", "zorder": 2},
}
_LINES: tuple[dict[str, Any], ...] = (
    {"color": "black", "linestyle": "-", "marker": "o"},
    {"color": "0.45", "linestyle": "--", "marker": "s"},
    {"color": "black", "linestyle": ":", "marker": "^"},
    {"color": "0.45", "linestyle": "-.", "marker": "D"},
    {"color": "0.65", "linestyle": "-", "marker": "v"},
    {"color": "black", "linestyle": (0, (8, 2)), "marker": "x"},
)


def plot_check(
    claim: DiscountClaim,
    model: DyadicGame | Callable[[Any], DyadicGame],
    ax: Axes | None = None,
    *,
    enforcement: Enforcement | None = None,
    gaps: Any = None,
    stakes: Any = None,
    **options: Any,
) -> Axes:
    """A claim on one model: δ*_S, δ*_P and the dyad's δ* along the line, and the two points that contradict the claim.

    Curves are interrupted where they jump and where the assumptions fail (dotted); in the band above 1 no patience suffices.

    Parameters
    ----------
    claim
        A claim along the gap or the stakes.
    model
        A model with scalar parameters, as for :meth:`alliances.claims.DiscountClaim.check`.
    ax
        Axes to draw on.
    enforcement, gaps, stakes, **options
        As in :meth:`alliances.claims.DiscountClaim.check`, which is asked.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or the claim is about parity alone.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.presets.chindea_2014()
    >>> ax = al.plotting.plot_check(al.claims.SPONSOR_RESTRAINT, game, enforcement=al.GivenPunishment())
    >>> ax.get_title()
    'sponsor restraint: fails through the sponsor'
    """
    line = claim.shape.line
    if line != "gap" and not (claim.shape.pact and line == "stakes"):
        raise ValueError(
            f"plot_check(): claim must be about a line of gaps or stakes; got {claim.name!r}, which is about {line}"
        )
    check_axes(ax, "plot_check")  # before the claim is asked
    drawn: Axes = _picture(claim.check(model, enforcement=enforcement, gaps=gaps, stakes=stakes, **options), ax)
    return drawn


@draw.register
def _picture(check: Check, ax: Any = None) -> Any:
    """What a check compared, and what contradicts the claim."""
    asked = check.question
    if isinstance(asked, ComparedWars):
        return plot_conflict(asked.walk, ax)
    if not isinstance(asked, Compared) or check.line == "parity":
        raise ValueError(f"plot(): there is no line to draw of a check of {check.claim!r}, which is about {check.line}")
    compared = to_float(np.asarray(asked.compared))
    low, high = compared[0], compared[-1]
    points = np.linspace(low, high, _SAMPLES)
    drawn = curves(
        asked.model, check.line, points, check.enforcement, asked.profile, check.assume, asked.total, pact=asked.shape.pact
    )
    ax = axes_or_new(ax, "plot_check")
    names = ("dyad",) if check.enforcement.pooled else ("dyad", *PLAYERS)
    for k, name in enumerate(names):
        style = _CURVES["sponsor" if check.enforcement.pooled else name]
        values = np.where(drawn.valid, to_float(getattr(drawn, name)), np.nan)
        ax.plot(drawn.points, _broken(values), label=_label(name), **style)
        never = np.where(np.isinf(values), _NEVER + 0.03 * (k - 1) * (k > 0), np.nan)
        ax.plot(drawn.points, never, **style | {"linewidth": max(3.0, style["linewidth"]), "solid_capstyle": "butt"})
    _mark(ax, check)
    if not drawn.valid.all():
        ax.fill_between(
            drawn.points, 0, 1, where=~drawn.valid, step="mid", label="assumptions fail", facecolor="none", edgecolor="0.75",
            hatch="...", linewidth=0,
        )  # fmt: skip
    ax.axhspan(1.0, 1.16, color="0.93", zorder=0, linewidth=0)
    ax.annotate("no patience suffices", (0.5, 1.022), xycoords=("axes fraction", "data"), fontsize=7, ha="center", va="center")
    ax.set_xlim(low, high)
    ax.set_ylim(0, 1.16)
    ax.set_xlabel({"gap": "gap γ (0 is parity)", "stakes": "stakes z"}.get(check.line, check.line.replace("_", " ")))
    ax.set_ylabel("critical discount factor δ*")
    through = f" through the {check.witness.player}" if check.witness else ""
    ax.set_title(f"{check.claim}: {check.status}{through}", fontsize=9)
    ax.legend(fontsize=7, loc="best")
    return ax


@draw.register(Falsification)
@draw.register(Counterexample)
def _(result: Falsification | Counterexample, ax: Any = None) -> Any:
    """The check of the model that contradicts the claim."""
    if result.check is None:
        raise ValueError("plot(): there is nothing to draw, because no model of the family contradicts the claim")
    return _picture(result.check, ax)


def _label(name: str) -> str:
    return {"dyad": "δ* of the dyad", "sponsor": "sponsor δ*", "proxy": "proxy δ*"}[name]


def _broken(values: Array) -> Array:
    """A curve without its infinities, and interrupted where it jumps."""
    curve = np.where(np.isfinite(values), values, np.nan)
    with np.errstate(invalid="ignore"):
        curve[np.flatnonzero(np.abs(np.diff(curve)) > 0.05)] = np.nan
    return curve


def _mark(ax: Axes, check: Check) -> None:
    """The witness: its two points, and dotted lines down to the line."""
    w = check.witness
    if w is None:
        return
    x = [float(to_float(w.low)), float(to_float(w.high))]
    y = [min(float(to_float(v)), _NEVER) for v in (w.at_low, w.at_high)]
    ax.vlines(x, 0, y, color="black", linewidth=0.8, linestyle=":", zorder=3)
    ax.plot(
        x, y, linestyle="", marker="o", markersize=6, color="black", markerfacecolor="white", zorder=4, label="contradiction",
        clip_on=False,
    )  # fmt: skip


def plot_share(
    claim: DiscountClaim,
    family: Family,
    parameter: str,
    values: Sequence[Number],
    ax: Axes | None = None,
    *,
    enforcements: Mapping[str, Enforcement] | None = None,
    points: int = 512,
    xlabel: str | None = None,
    **options: Any,
) -> Axes:
    """The share of a family in which a claim holds, along one of its open parameters, for several enforcement concepts.

    Parameters
    ----------
    claim
        A claim.
    family
        A family in which ``parameter`` is open, beside at least one more.
    parameter, values
        The parameter of the horizontal axis, and its values, increasing.
    ax
        Axes to draw on.
    enforcements
        Concepts by the name that the legend gives them; the family's own if left out.
    points
        How many parameter points for each value: the same at all values and for all concepts, so that differences between
        them are not noise.
    xlabel
        The axis's name; the parameter's by default.
    **options
        As in :meth:`alliances.claims.Claim.measure`, which is asked for every value and concept.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> from alliances.claims import ASYMMETRY, Interval, alliance_family
    >>> family = alliance_family(decisiveness=Interval(0.5, 4))
    >>> concepts = {"conflict for ever": al.GivenPunishment(), "the same, with payments": al.GivenPunishment(al.Transfers())}
    >>> ax = al.plotting.plot_share(ASYMMETRY, family, "decisiveness", [1, 2, 3], enforcements=concepts, points=64)
    >>> [line.get_ydata().tolist() for line in ax.get_lines()][1]
    [1.0, 1.0, 1.0]
    """
    function = "plot_share"
    if not isinstance(family, Family):
        raise TypeError(f"{function}(): family must be a Family, which says what is open; got {family!r}")
    if parameter not in family.parameters:
        raise ValueError(f"{function}(): parameter must be one of {', '.join(family.parameters)}; got {parameter!r}")
    if len(family.parameters) == 1:
        raise ValueError(f"{function}(): family must leave more open than {parameter!r}, or there is no share; got {family}")
    marks = list(values)
    if len(marks) < 2 or any(b <= a for a, b in pairwise(marks)):
        raise ValueError(f"{function}(): values must be at least two, and increase; got {values!r}")
    for value in marks:
        if value not in family.parameters[parameter]:
            raise ValueError(
                f"{function}(): values must lie in the domain of {parameter!r}, {family.parameters[parameter]}; got {value!r}"
            )
    concepts = {"": family.enforcement} if enforcements is None else enforcements
    if not isinstance(concepts, Mapping) or not 1 <= len(concepts) <= len(_LINES):
        raise ValueError(
            f"{function}(): enforcements must map names to concepts, at most {len(_LINES)} of them; got {enforcements!r}"
        )
    options = {"points": points, "rng": 0} | options
    ax = axes_or_new(ax, "plot_share")
    x = to_float(np.array(marks, dtype=object))
    for (name, concept), style in zip(concepts.items(), _LINES, strict=False):
        asked = [
            claim.measure(family.with_(parameters={**family.parameters, parameter: Choice(v)}, enforcement=concept), **options)
            for v in marks
        ]
        shares = [m.share for m in asked]
        low, high = np.array([m.interval for m in asked]).T
        ax.fill_between(x, low, high, color="0.5", alpha=0.15, linewidth=0)
        ax.plot(x, shares, label=name, markersize=4, linewidth=1.2, clip_on=False, zorder=3, **style)
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(-0.02, 1.02)
    ax.set_xlabel(parameter.replace("_", " ") if xlabel is None else xlabel)
    ax.set_ylabel("share of the family in which the claim holds")
    ax.set_title(f"{claim.name} ({points} parameter points for each mark, {asked[0].confidence:.0%} intervals)", fontsize=9)
    if enforcements is not None:
        ax.legend(fontsize=7, loc="best")
    return ax


@draw.register(Measurement)
def plot_sensitivity(measurement: Measurement, ax: Axes | None = None) -> Axes:
    """First-order and total Sobol index of each parameter, with 95 % error bars; the parameter that matters most on top.

    Parameters
    ----------
    measurement
        Of :meth:`alliances.claims.Claim.measure` with ``sensitivity=True``.
    ax
        Axes to draw on.

    Raises
    ------
    ValueError
        If the measurement holds no sensitivities.

    Examples
    --------
    >>> import alliances as al
    >>> from alliances.claims import ASYMMETRY, Interval, alliance_family
    >>> family = alliance_family(decisiveness=Interval(0.5, 4), enforcement=al.GivenPunishment())
    >>> ax = ASYMMETRY.measure(family, points=512, sensitivity=True).plot()
    >>> ax.get_xlabel()
    'share of the variance of "the claim holds"'
    """
    indices = measurement.sensitivity
    if not indices:
        raise ValueError("plot_sensitivity(): measurement must hold sensitivities; got none: measure(..., sensitivity=True)")
    names = sorted(indices, key=lambda name: indices[name].total)
    ax = axes_or_new(ax, "plot_sensitivity")
    rows = np.arange(len(names))
    bars: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("total", "with others (total)", "total_error", {"facecolor": "white", "hatch": "////"}),
        ("first", "alone (first order)", "first_error", {"facecolor": "0.35"}),
    )
    for shift, (key, label, error, style) in zip((-0.19, 0.19), bars, strict=True):
        ax.barh(
            rows + shift,
            [getattr(indices[name], key) for name in names],
            height=0.36,
            xerr=[getattr(indices[name], error) for name in names],
            error_kw={"linewidth": 1.0, "capsize": 3},
            edgecolor="black",
            linewidth=0.8,
            label=label,
            **style,
        )
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set_yticks(rows, [name.replace("_", " ") for name in names])
    ax.set_xlabel('share of the variance of "the claim holds"')
    ax.set_title(f"{measurement.claim.name}: holds in {measurement.share:.1%} of the family", fontsize=9)
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[::-1], labels[::-1], fontsize=7, loc="lower right")
    return ax
