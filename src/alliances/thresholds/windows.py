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
3. every local extremum of the margin δ − δ* that the samples show is located (scipy's ``find_minimum``) and added;
4. every change of stability between neighbouring samples is halved to a width of 10⁻¹².

**Guaranteed**: an edge that is reported is accurate to 10⁻¹⁰, or to ε divided by the slope of δ* there where that is
more; ε is the rounding of δ*, 10⁻¹⁴ or 16 machine epsilons times the largest payoff over d − w, and differences of ε
count as none. A window, or a break between windows, is found if it is wider than the spacing of the samples, or if it
is narrower and δ* is visibly curved, kinked or extremal there; windows and breaks narrower than 10⁻⁹ are points and not
reported. **Not excluded**: a spike of δ*, narrower than the spacing, on a stretch that looks straight from outside.
Raise ``samples`` to look closer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from alliances.arithmetic import Array, Number, Rule, scalar, to_float
from alliances.arithmetic.tolerance import GAP_POINT
from alliances.games.bimatrix import Profile
from alliances.games.players import BINDING, Defector
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.arguments import check_enforcement, float_discount
from alliances.repeated.critical import critical_discount, rounding_of
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.results import Result
from alliances.thresholds.line import WINDOW_SAMPLES, Line, edges

if TYPE_CHECKING:
    from alliances.results import Columns


__all__ = ["DefectionThreshold", "Window", "defection_threshold", "stability_windows"]

Status = Literal["threshold", "always stable", "never stable", "no lower edge", "unstable at start"]

NARROWEST = 1e-7  # of the domain: how far step 2 halves
_LEAST = 3  # samples: the fewest with an interior
CLIP = 2.0  # stands for an infinite δ* where curves are compared: any number above 1 would do


def defection(defector: Defector | None) -> str:
    """What happens just outside a window, in words."""
    return "end of the domain" if defector is None else "both defect" if defector == "both" else f"{defector} defects"


@dataclass(frozen=True)
class Window(Result):
    """A stability window: the alliance holds for gaps from ``lower`` to ``upper``.

    Attributes
    ----------
    lower, upper
        The edges; stable themselves, to 10⁻¹⁰.
    lower_defector, upper_defector
        Who deviates just outside: "sponsor", "proxy" or "both"; None where the window ends with the domain.
    """

    lower: float
    upper: float
    lower_defector: Defector | None
    upper_defector: Defector | None

    def __contains__(self, gap: float) -> bool:
        return self.lower <= gap <= self.upper

    @property
    def message(self) -> str:
        """The window, and who deviates outside."""
        below, above = defection(self.lower_defector), defection(self.upper_defector)
        return f"[{self.lower:.6f}, {self.upper:.6f}] (below: {below}; above: {above})"


@dataclass(frozen=True, eq=False)
class DefectionThreshold(Result):
    """Where a falling gap breaks the alliance: a narrowing one, or one that has turned against the sponsor.

    Attributes
    ----------
    gap
        γ*, the lower edge of the window that the alliance starts from; None without one. Negative if the alliance breaks only
        once the proxy has overtaken its sponsor.
    defector
        Who turns there: "sponsor", "proxy" or "both"; None without a threshold.
    windows
        All stability windows in the domain, from the lowest gap up.
    status
        "threshold"; "always stable" or "never stable" in the whole domain; "no lower edge" if the alliance starts from
        a window that reaches down to the domain's end (it may still have an upper edge); "unstable at start" if it
        starts outside all windows.
    game, discount, enforcement, profile, domain, start, total, samples
        The question that was asked, with ``discount`` as a pair.
    """

    gap: float | None
    defector: Defector | None
    windows: tuple[Window, ...]
    status: Status
    game: DyadicGame
    discount: tuple[float, float]
    enforcement: Enforcement
    profile: Profile
    domain: tuple[float, float]
    start: float | None
    total: float
    samples: int

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        low, high = self.domain
        if self.status == "threshold":
            who = "both defect" if self.defector == "both" else f"defector: {self.defector}"
            gap = round(self.gap or 0.0, 6) + 0.0  # no −0
            if gap < 0:  # to narrow is to fall towards 0, and the gap is below
                return f"The alliance breaks when the proxy has overtaken its sponsor, at a gap of {gap:.6f}; {who}."
            return f"As the gap narrows, the alliance breaks at {gap:.6f}; {who}."
        if self.status == "always stable":
            return f"The alliance is stable at every gap from {low} to {high}."
        if self.status == "never stable":
            return (
                f"The alliance is stable at no gap from {low} to {high}; try a higher discount factor or another enforcement."
            )
        if self.status == "unstable at start":
            return f"The alliance is not stable at the gap {self.start} that it starts from; see the windows."
        return f"From the start down to a gap of {low} nothing breaks the alliance; see the windows for other edges."

    def _record(self) -> dict[str, Any]:
        names = ("gap", "defector", "status", "windows", "discount", "enforcement", "domain")
        return {name: getattr(self, name) for name in names}

    def _columns(self) -> Columns:
        """One row per window."""
        names = ("lower", "upper", "lower_defector", "upper_defector")
        return {name: [getattr(window, name) for window in self.windows] for name in names}

    def __str__(self) -> str:
        lines = [self.message, *(f"  stable on {w}" for w in self.windows)]
        return "\n".join(lines)


def defection_threshold(
    game: DyadicGame,
    discount: Number | Pair,
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    start: float | None = None,
    total: float = 1.0,
    samples: int = WINDOW_SAMPLES,
) -> DefectionThreshold:
    """The gap at which a falling gap breaks the alliance, and the player that breaks it.

    Parameters
    ----------
    game
        A model with scalar parameters.
    discount
        δ in [0, 1), or a pair (δ_S, δ_P).
    enforcement
        :class:`NashReversion` by default.
    profile
        The profile to sustain; "ally" of both by default.
    domain
        The lowest and the highest gap, both in (−1, 1).
    start
        The gap that the alliance starts from; by default the top of the highest window.
    total
        s + p, held fixed along the gap.
    samples
        The number of equally spaced gaps of the first look; see the module for what is guaranteed.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or the model has array parameters.

    Examples
    --------
    >>> import alliances as al
    >>> t = al.defection_threshold(al.presets.chindea_2014(), 0.5, domain=(0.0, 0.95))
    >>> t.status, round(t.gap, 6), t.defector
    ('threshold', 0.593188, 'sponsor')
    """
    function = "defection_threshold"
    line = Line(game, domain, total, samples, function, _LEAST)
    concept = check_enforcement(enforcement, function)
    pair = float_discount(discount, concept, function)
    low, high = line.domain
    windows = _windows(line, pair, concept, profile, function)
    if start is not None:
        start = to_float(
            scalar(start, function, "start", Rule(f"must lie in the domain {domain}", lambda x: (x >= low) & (x <= high)))
        )
        home = next((w for w in windows if start in w), None)
    else:
        home = windows[-1] if windows else None
    status: Status
    if not windows:
        status = "never stable"
    elif home is None:
        status = "unstable at start"
    elif (home.lower, home.upper) == (low, high):
        status = "always stable"
    else:
        status = "no lower edge" if home.lower_defector is None else "threshold"
    broken = home if status == "threshold" else None
    return DefectionThreshold(
        gap=broken.lower if broken else None,
        defector=broken.lower_defector if broken else None,
        windows=windows,
        status=status,
        game=game,
        discount=pair,
        enforcement=concept,
        profile=profile,
        domain=line.domain,
        start=start,
        total=line.total,
        samples=line.samples,
    )


def stability_windows(
    game: DyadicGame,
    discount: Number | Pair,
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
    total: float = 1.0,
    samples: int = WINDOW_SAMPLES,
) -> tuple[Window, ...]:
    """All stability windows of an alliance along the gap; parameters as in :func:`defection_threshold`.

    Examples
    --------
    >>> import alliances as al
    >>> for window in stability_windows(al.presets.chindea_2014(), 0.8):
    ...     print(window)
    [-0.139992, 0.139992] (below: proxy defects; above: sponsor defects)
    [0.292286, 0.950000] (below: sponsor defects; above: end of the domain)
    """
    function = "stability_windows"
    line = Line(game, domain, total, samples, function, _LEAST)
    concept = check_enforcement(enforcement, function)
    return _windows(line, float_discount(discount, concept, function), concept, profile, function)


def _windows(
    line: Line, discount: tuple[float, float], concept: Enforcement, profile: Profile, function: str
) -> tuple[Window, ...]:
    first = line.stage_games(line.domain[0])
    first.profile(profile, function)

    def margins(gaps: Array) -> Array:
        """(4, …): the sponsor's and the proxy's δ − δ*, the rounding of δ*, and the number of the punishing equilibria."""
        r = critical_discount(line.game, line.power(gaps), profile=profile, enforcement=concept)
        actions = np.prod(r.stage.shape)
        at_s, at_p = (p[..., 0] * r.stage.shape[1] + p[..., 1] for p in r.punishment.profiles)
        players = [delta - np.minimum(to_float(x), CLIP) for delta, x in zip(discount, (r.sponsor, r.proxy), strict=True)]
        numbers = (
            *players,
            rounding_of(r),
            at_s * (actions + 1) + at_p,
        )  # one for all gaps where payoffs do not depend on power
        return np.stack([np.broadcast_to(x, gaps.shape) for x in numbers])

    gaps, values = _sample(margins, line)
    # Where δ* lies within rounding of δ, stability flickers from sample to sample: such a stretch belongs to its neighbour.
    stable = _settled(values[:2].min(axis=0), values[2])
    left, right, from_stable, _ = edges(lambda g: _holds(margins(g)), gaps, stable)
    outside = np.where(from_stable, right, left)
    broken = margins(outside)[:2] < 0 if outside.size else np.zeros((2, 0), dtype=bool)
    defectors: list[Defector] = BINDING[broken[0] * 1 + broken[1] * 2].tolist()

    lowers: list[tuple[float, Defector | None]] = [(line.domain[0], None)] if stable[0] else []
    uppers: list[tuple[float, Defector | None]] = []
    for a, b, ends, defector in zip(left, right, from_stable, defectors, strict=True):
        (uppers if ends else lowers).append((float(a if ends else b), defector))
    if stable[-1]:
        uppers.append((line.domain[1], None))
    windows = [Window(a, b, x, y) for (a, x), (b, y) in zip(lowers, uppers, strict=True)]
    # Equilibria within the tolerance of each other blur a jump over a stretch as wide as the relative tolerance.
    blur = max(
        (float(t / spread) for t, spread in zip(first.rounding, first.payoff_range, strict=True) if spread > 0), default=0.0
    )
    return _without_points(windows, max(GAP_POINT, 10 * blur))


def _holds(values: Array) -> Array:
    """Whether the alliance holds, δ* ≤ δ up to rounding."""
    return np.asarray(values[:2].min(axis=0) >= -values[2])


def _settled(margin: Array, rounding: Array) -> Array:
    """Whether the alliance holds at each sample, where a run of samples within twice the rounding is one answer.

    A sample that is clear of rounding decides for itself. A run of doubtful ones between them holds if any of it does.
    """
    holds, doubtful = margin >= -rounding, np.abs(margin) <= 2 * rounding
    run = np.cumsum(np.append(True, doubtful[1:] != doubtful[:-1]))
    any_holds = np.zeros(run[-1] + 1, dtype=bool)
    np.logical_or.at(any_holds, run, holds)
    return np.where(doubtful, any_holds[run], holds)


def _without_points(windows: list[Window], point: float) -> tuple[Window, ...]:
    """The windows, without breaks and windows narrower than ``point``, which floats cannot tell from points."""
    joined: list[Window] = []
    for w in windows:
        if joined and w.lower - joined[-1].upper < point:
            w = Window(joined[-1].lower, w.upper, joined[-1].lower_defector, w.upper_defector)
            joined.pop()
        joined.append(w)
    return tuple(w for w in joined if w.upper - w.lower >= point)


def _sample(margins: Any, line: Line) -> tuple[Array, Array]:
    """Gaps and margins, denser where the margin bends, jumps, or may cross zero unseen: steps 1 to 3 of the module."""
    gaps = line.gaps
    values = margins(gaps)
    narrowest = NARROWEST * (line.domain[1] - line.domain[0])
    open_ = np.ones(line.samples - 1, dtype=bool)  # intervals still to be looked into
    while open_.any():
        k = np.flatnonzero(open_)
        middle = (gaps[k] + gaps[k + 1]) / 2
        at = margins(middle)
        ends = values[:, k], values[:, k + 1]
        error = np.abs(at[:2] - (ends[0][:2] + ends[1][:2]) / 2).max(axis=0)
        nearest = np.minimum.reduce([np.abs(x[:2]).min(axis=0) for x in (at, *ends)])
        bent = (error > np.maximum(nearest / 4, 4 * at[2])) | (ends[0][3] != ends[1][3])
        halves = bent & (gaps[k + 1] - gaps[k] > narrowest)
        gaps, values = np.insert(gaps, k + 1, middle), np.insert(values, k + 1, at, axis=1)
        again = np.zeros(open_.size, dtype=bool)
        again[k] = halves
        open_ = np.repeat(again, np.where(open_, 2, 1))  # both halves of an interval that was split
    extrema = _extrema(margins, gaps, values[:2].min(axis=0))
    if extrema.size:
        places = np.searchsorted(gaps, extrema)
        gaps, values = np.insert(gaps, places, extrema), np.insert(values, places, margins(extrema), axis=1)
    return gaps, values


def _extrema(margins: Any, gaps: Array, margin: Array) -> Array:
    """Local minima of the margin among stable samples and maxima among unstable ones: where it might cross zero unseen."""
    from scipy.optimize.elementwise import find_minimum

    a, b, c = margin[:-2], margin[1:-1], margin[2:]
    dip = (a >= b) & (c >= b) & ((a > b) | (c > b)) & (np.minimum(np.minimum(a, b), c) >= 0)
    peak = (a <= b) & (c <= b) & ((a < b) | (c < b)) & (np.maximum(np.maximum(a, b), c) < 0)
    k = np.flatnonzero(dip | peak)
    if k.size == 0:
        return k.astype(np.float64)
    sign = np.where(dip, 1.0, -1.0)[k]
    bracket = gaps[k], gaps[k + 1], gaps[k + 2]

    def signed(g: Array, s: Array) -> Array:
        value: Array = s * margins(g.ravel())[:2].min(axis=0).reshape(g.shape)
        return value

    with np.errstate(divide="ignore", invalid="ignore"):  # scipy interpolates before it looks whether it may
        minima = find_minimum(signed, bracket, args=(sign,)).x
    return np.unique(minima[~np.isin(minima, gaps)])
