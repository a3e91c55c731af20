"""Thresholds: at which gap the alliance breaks, and who breaks it.

For discount factors (δ_S, δ_P) the alliance is stable at the gap γ iff δ_i*(γ) ≤ δ_i for both players. The set of
stable gaps is a union of intervals, the **stability windows**. Let the gap fall from inside a window: the window's lower
edge is the **defection threshold**, and the player whose constraint fails just below it is the **defector**. A window
can also end above, where the sponsor turns on an ally that has become too weak (predation).

δ*(γ) jumps where the punishing equilibrium changes and has kinks where the binding player does, so windows are found by
adaptive sampling, in this order:

1. δ* on ``samples`` equally spaced gaps;
2. intervals are halved while the midpoint departs from the straight line between its ends by more than a quarter of the
   distance to the threshold, or the punishing equilibrium changes between the ends, down to a width of 10⁻⁷ of the
   domain;
3. every local extremum of the margin δ − δ* that the samples show, by more than rounding, is located (scipy's
   ``find_minimum``) and added, closely enough to see whether it crosses zero: until the margin bends around it by less
   than a thousandth of its distance from zero;
4. the gap that the alliance starts from is added, where one is given;
5. every change of stability between neighbouring samples is halved to a width of 10⁻¹², and then narrowed to neighbouring
   floats. The edge is the one that holds, so that a gap lies in a window if and only if
   :func:`~alliances.repeated.critical.sustained` says that the alliance holds there: thresholds, predicted breaks and
   comparisons of concepts follow one rule. Who deviates is read off up to 10⁻¹² outside.

**Guaranteed**: an edge that is reported is accurate to 10⁻¹⁰, or to ε divided by the slope of δ* there where that is
more; ε is the rounding of δ*, 10⁻¹⁴ or 16 machine epsilons times the largest payoff over d − w, and differences of ε
count as none. A window, or a break between windows, is found if it is wider than the spacing of the samples, or if it
is narrower and δ* is visibly curved, kinked or extremal there; windows and breaks narrower than 10⁻⁹ are points and not
reported, unless the alliance starts there. **Not excluded**: a spike of δ*, narrower than the spacing, on a stretch that looks
straight from outside.
Raise ``samples`` to look closer.

A model whose parameters are arrays, or an array of discount factors, is a batch of alliances: all are sampled and halved
together (:mod:`alliances.thresholds.sampling`), in memory that does not grow with the batch but for the answers. These are the
answers of the alliances one by one, to within the accuracy above. With closed forms they are the same floats, except where an
array holds an exponent that NumPy treats apart as a single number (2, ½): there δ* may differ in its last digit.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np

from alliances.arithmetic import Array, Number, Rule, Scalar, number, settle, to_float
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.results.result_tuple import ResultTuple
from alliances.thresholds.answers import DefectionThreshold, Window, judged, windows_on
from alliances.thresholds.batches import ThresholdBatch, WindowBatch
from alliances.thresholds.line import WINDOW_SAMPLES, Span
from alliances.thresholds.lines import Lines, lines_of
from alliances.thresholds.sampling import windows_along

__all__ = ["DefectionThreshold", "ThresholdBatch", "Window", "WindowBatch", "defection_threshold", "stability_windows"]

_LEAST = 3  # samples: the fewest with an interior


@overload
def defection_threshold(
    game: DyadicGame,
    discount: Scalar | tuple[Scalar, Scalar],
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    start: float | None = None,
    total: float = 1.0,
    samples: int = WINDOW_SAMPLES,
) -> DefectionThreshold: ...


@overload
def defection_threshold(
    game: DyadicGame,
    discount: Array | list[Any] | tuple[Array, Number] | tuple[Number, Array],
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    start: float | Array | None = None,
    total: float = 1.0,
    samples: int = WINDOW_SAMPLES,
) -> ThresholdBatch: ...


def defection_threshold(
    game: DyadicGame,
    discount: Number | Pair | list[Any],
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    start: float | Array | None = None,
    total: float = 1.0,
    samples: int = WINDOW_SAMPLES,
) -> DefectionThreshold | ThresholdBatch:
    """The gap at which a falling gap breaks the alliance, and the player that breaks it.

    Parameters
    ----------
    game
        A model. Parameters may be arrays, those of its ingredients as well: a batch of alliances.
    discount
        δ in [0, 1), or a pair (δ_S, δ_P); numbers or arrays, which broadcast with the parameters.
    enforcement
        :class:`NashReversion` by default. Its parameters may be arrays as well.
    profile
        The profile to sustain; "ally" of both by default.
    domain
        The lowest and the highest gap, both in (−1, 1).
    start
        The gap that the alliance starts from; by default the top of the highest window. An array gives each alliance of a batch
        its own.
    total
        s + p, held fixed along the gap.
    samples
        The number of equally spaced gaps of the first look; see the module for what is guaranteed.

    Returns
    -------
    DefectionThreshold
        For one alliance.
    ThresholdBatch
        For a batch: if the model, the concept, the discount factors or the starts are arrays. Its shape is the one that they
        broadcast to. A type checker knows it where the discount factor is an array, such as ``np.full(n, 0.8)``.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule; in a batch the error names the index.

    Examples
    --------
    >>> import alliances as al
    >>> t = al.defection_threshold(al.presets.chindea_2014(), 0.5, domain=(0.0, 0.95))
    >>> t.status, round(t.gap, 6), t.defector
    ('threshold', 0.593188, 'sponsor')
    >>> game = al.presets.chindea_2014(exposure=np.array([0.6, 0.8, 1.0]))
    >>> batch = al.defection_threshold(game, 0.5, domain=(0.0, 0.95))
    >>> batch.gap.round(6).tolist(), batch.defector.tolist()
    ([0.542779, 0.593188, 0.633593], ['sponsor', 'sponsor', 'sponsor'])
    >>> batch.at(1) == t
    True
    """
    function = "defection_threshold"
    span = Span(domain, total, samples, function, _LEAST)
    low, high = span.domain
    if start is not None:
        inside = Rule(f"must lie in the domain {domain}", lambda x: (x >= low) & (x <= high))
        start = settle(to_float(number(start, function, "start", inside)))
        if not isinstance(start, (float, np.ndarray)):
            raise TypeError(f"{function}(): start must be a number or an array; got {start!r}")
    lines = lines_of(game, discount, enforcement, span, function, *([] if start is None else [start]))
    windows = _windows(lines, profile, start)
    question: dict[str, Any] = {
        "profile": profile, "domain": span.domain, "start": start, "total": span.total, "samples": span.samples,
    }  # fmt: skip
    if lines.shape:
        return ThresholdBatch(windows, game, lines.given, lines.asked, **question)
    one = windows.at(())
    assert not isinstance(start, np.ndarray)
    status, broken = judged(one, span.domain, start)
    return DefectionThreshold(
        gap=broken.lower if broken else None,
        defector=broken.lower_defector if broken else None,
        windows=one,
        status=status,
        game=game,
        discount=lines.given,
        enforcement=lines.asked,
        **question,
    )


@overload
def stability_windows(
    game: DyadicGame,
    discount: Scalar | tuple[Scalar, Scalar],
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    total: float = 1.0,
    samples: int = WINDOW_SAMPLES,
) -> ResultTuple[Window]: ...


@overload
def stability_windows(
    game: DyadicGame,
    discount: Array | list[Any] | tuple[Array, Number] | tuple[Number, Array],
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    total: float = 1.0,
    samples: int = WINDOW_SAMPLES,
) -> WindowBatch: ...


def stability_windows(
    game: DyadicGame,
    discount: Number | Pair | list[Any],
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    total: float = 1.0,
    samples: int = WINDOW_SAMPLES,
) -> ResultTuple[Window] | WindowBatch:
    """All stability windows of an alliance along the gap; parameters as in :func:`defection_threshold`.

    Returns
    -------
    ResultTuple of Window
        For one alliance: a tuple with a table, a picture and the rest of what results can do.
    WindowBatch
        For a batch of them, as in :func:`defection_threshold`.

    Examples
    --------
    >>> import alliances as al
    >>> stability_windows(al.presets.chindea_2014(), 0.8)
    stability windows: 2
        lower     upper  lower_defector  upper_defector
    -0.139992  0.139992           proxy         sponsor
     0.292286      0.95         sponsor               –
    >>> print(stability_windows(al.presets.chindea_2014(), 0.8)[0])
    [-0.139992, 0.139992] (below: proxy defects; above: sponsor defects)
    >>> print(stability_windows(al.presets.chindea_2014(), [0.5, 0.8]))
    stability windows of 2 alliances: 1 with 1, 1 with 2
    game      lower     upper  lower_defector  upper_defector
       0   0.593188      0.95         sponsor            none
       1  -0.139992  0.139992           proxy         sponsor
       1   0.292286      0.95         sponsor            none
    """
    span = Span(domain, total, samples, "stability_windows", _LEAST)
    lines = lines_of(game, discount, enforcement, span, "stability_windows")
    windows = _windows(lines, profile)
    return windows if lines.shape else windows_on(windows.at(()), span.domain)


def _windows(lines: Lines, profile: Profile, start: float | Array | None = None) -> WindowBatch:
    """The windows of all alliances as a result; an alliance holds at its start iff that lies in a window."""
    stand = None if start is None else np.broadcast_to(np.asarray(start, dtype=np.float64), lines.shape).reshape(-1)
    found = windows_along(lines, profile, stand)
    offsets = np.searchsorted(found.alliance, np.arange(lines.size + 1))
    return WindowBatch(lines.shape, offsets, found.lower, found.upper, found.below, found.above)
