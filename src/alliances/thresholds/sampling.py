"""Stability windows of many alliances: adaptive sampling along all their gaps at once.

The steps are those of :mod:`alliances.thresholds.windows`. Step 1 and the first halving of step 2 look at the same gaps for
every alliance and are a table; what is left of an alliance after them – its margin and the rounding at each sample, and the
intervals that are still to be halved – is a few numbers a gap. From then on alliances share lists: intervals, brackets of
extrema and edges of all of them are one array each, with the alliance that each belongs to, and whatever is settled leaves it.

Alliances are taken some thousands at a time, so many that their samples fit into some tens of megabytes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.arithmetic.tolerance import EPSILON, GAP_POINT
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.critical import critical_discount, roundings_of, sustained
from alliances.repeated.enforcement.concept import Enforcement
from alliances.thresholds.line import Edges, edges_of, middles_ahead
from alliances.thresholds.lines import Lines, pieces

__all__ = ["Windows", "windows_along"]

NARROWEST = 1e-7  # of the domain: how far step 2 halves
CLIP = 2.0  # stands for an infinite δ* where curves are compared: any number above 1 would do
_PARTS = 16  # of a bracket that is narrowed to neighbouring floats
_FAR = 1e-3  # an extremum is near enough once the margin bends this little around it, of its distance from zero
_SAMPLES = 2_000_000  # kept at a time, 16 bytes each and about as much again while they are sorted


class Windows(NamedTuple):
    """Windows of many alliances, sorted by alliance and gap: edges, and who deviates beyond them (0 at the domain's ends)."""

    alliance: Array
    lower: Array
    upper: Array
    below: Array
    above: Array


class _Samples(NamedTuple):
    """Gaps of many alliances, sorted by alliance and gap: the dyad's margin δ − δ*, its rounding, and whether it holds."""

    alliance: Array
    gap: Array
    margin: Array
    rounding: Array
    holds: Array

    @classmethod
    def of(cls, alliance: Array, gap: Array, answers: Array) -> _Samples:
        """The samples at these gaps, from the answers to :class:`Margins` there."""
        return cls(alliance, gap, answers[:2].min(axis=0), answers[2], answers[4] > 0)


class Margins:
    """The question: (sponsor's and proxy's δ − δ*, the rounding of δ*, the number of the punishing equilibria, 1 if kept).

    Whether the alliance is kept says :func:`alliances.repeated.critical.sustained`, as everywhere in the library, so that
    windows and other answers agree at and around the edges.
    """

    def __init__(self, lines: Lines, profile: Profile) -> None:
        self.lines, self.profile = lines, profile

    def __call__(self, game: DyadicGame, concept: Enforcement, power: Power, k: Array) -> tuple[Array, ...]:
        r = critical_discount(game, power, profile=self.profile, enforcement=concept)
        actions = int(np.prod(r.stage.shape))
        at_s, at_p = (p[..., 0] * r.stage.shape[1] + p[..., 1] for p in r.punishment.profiles)
        deltas = self.lines.discount[:, k]
        sponsor, proxy = (d - np.minimum(to_float(x), CLIP) for d, x in zip(deltas, (r.sponsor, r.proxy), strict=True))
        roundings = r.__dict__["_roundings"] = roundings_of(r)  # kept for the rule, which asks for them, too
        held = np.logical_and(*sustained(r, (deltas[0], deltas[1])))
        return sponsor, proxy, np.maximum(*roundings), at_s * (actions + 1) + at_p, held

    def at(self, k: Array, gaps: Array) -> Array:
        """(5, m): the answers for pairs of an alliance and a gap."""
        return self.lines.at_pairs(self, k, gaps)

    def hold(self, k: Array, gaps: Array) -> Array:
        """Whether the alliances hold, δ* ≤ δ up to rounding."""
        return np.asarray(self.at(k, gaps)[4] > 0)


def windows_along(lines: Lines, profile: Profile, start: Array | None = None) -> Windows:
    """The stability windows of every alliance.

    With ``start`` (n,), gaps that the alliances stand at, these lie in a window if and only if the alliance holds there, even
    if that window, or the break between two, is a single point.
    """
    profile = lines.first.profile(profile, lines.function)
    margins = Margins(lines, profile)
    at_once = max(1, _SAMPLES // (2 * lines.span.samples))
    stand = np.full(lines.size, np.nan) if start is None else start
    found = [_windows(margins, np.arange(lines.size)[at], stand) for at in pieces(lines.size, at_once)]
    return found[0] if len(found) == 1 else Windows(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _windows(margins: Margins, k: Array, stand: Array) -> Windows:
    """The windows of the alliances ``k``, a range of them, which stand at a gap each, or nan."""
    samples = _sampled(margins, k)
    samples, stands = _with_stands(margins, samples, k, stand)
    # Where δ* lies within rounding of δ, stability flickers from sample to sample: such a stretch belongs to its neighbour.
    stable = settled(samples.margin, samples.rounding, samples.alliance, samples.holds)
    stable[stands] = samples.holds[stands]
    change = np.flatnonzero((stable[1:] != stable[:-1]) & (samples.alliance[1:] == samples.alliance[:-1]))
    intervals = (samples.gap[change], samples.gap[change + 1], stable[change], stable[change + 1])
    edges = edges_of(margins.hold, Edges(samples.alliance[change], *intervals))
    outside = np.where(edges.at_left, edges.right, edges.left)
    broken = margins.at(edges.alliance, outside)[:2] < 0 if outside.size else np.zeros((2, 0), dtype=bool)
    defectors = broken[0] * 1 + broken[1] * 2
    edges = _polished(margins, edges)

    low, high = margins.lines.span.domain
    closes = np.asarray(edges.at_left)
    last = np.append(np.flatnonzero(samples.alliance[1:] != samples.alliance[:-1]), len(stable) - 1)
    first = np.append(0, last[:-1] + 1)
    begins, ends = k[stable[first]], k[stable[last]]
    owner, lower, below = _merged(
        (begins, np.full(len(begins), low), np.zeros(len(begins), dtype=int)),
        (edges.alliance[~closes], edges.right[~closes], defectors[~closes]),
    )
    _, upper, above = _merged(
        (edges.alliance[closes], edges.left[closes], defectors[closes]),
        (ends, np.full(len(ends), high), np.zeros(len(ends), dtype=int)),
    )
    return without_points(Windows(owner, lower, upper, below, above), _points(margins.lines)[owner], stand[owner])


def _with_stands(margins: Margins, samples: _Samples, k: Array, stand: Array) -> tuple[_Samples, Array]:
    """The samples with the gaps that the alliances stand at among them, and the places of these."""
    known = k[~np.isnan(stand[k])]
    if not known.size:
        return samples, np.zeros(0, dtype=int)
    below = np.bincount(samples.alliance - k[0], samples.gap < stand[samples.alliance], len(k)).astype(int)
    first = np.searchsorted(samples.alliance, known)
    places = first + below[known - k[0]]
    new = _Samples.of(known, stand[known], margins.at(known, stand[known]))
    return _inserted(samples, places, new), places + np.arange(len(places))


def _polished(margins: Margins, edges: Edges) -> Edges:
    """The edges with the ends of each as near as floats are near 1: the last gap that holds, seen from where it does.

    So a gap lies in a window if and only if the alliance holds there. Each pass divides all brackets into many parts at once.
    """
    inside = np.where(edges.at_left, edges.left, edges.right)
    outside = np.where(edges.at_left, edges.right, edges.left)
    steps = np.arange(1, _PARTS) / _PARTS
    while (wide := np.flatnonzero(np.abs(outside - inside) > EPSILON / 2)).size:  # there is a float between: all get narrower
        near, far = inside[wide, None], outside[wide, None]
        gaps = np.concatenate([near, near + (far - near) * steps, far], axis=1)
        owner = np.broadcast_to(edges.alliance[wide, None], gaps[:, 1:-1].shape)
        held = margins.hold(owner.ravel(), gaps[:, 1:-1].ravel()).reshape(owner.shape)
        first = np.where(held.all(axis=1), _PARTS, held.argmin(axis=1) + 1)  # the first that does not hold
        row = np.arange(len(wide))
        inside[wide], outside[wide] = gaps[row, first - 1], gaps[row, first]
    left, right = np.where(edges.at_left, inside, outside), np.where(edges.at_left, outside, inside)
    return edges._replace(left=left, right=right)


def _merged(*lists: tuple[Array, Array, Array]) -> list[Array]:
    """Lists of (alliance, gap, defector) as one, by alliance, in the order given."""
    joined = [np.concatenate(parts) for parts in zip(*lists, strict=True)]
    order = np.argsort(joined[0], kind="stable")
    return [x[order] for x in joined]


def _points(lines: Lines) -> Array:
    """(n,): how narrow a window of each alliance is a point.

    Equilibria within the tolerance of each other blur a jump over a stretch as wide as the relative tolerance.
    """
    blur = np.zeros(lines.size)
    for rounding, spread in zip(lines.first.rounding, lines.first.payoff_range, strict=True):
        width, size = np.asarray(to_float(rounding)), np.asarray(to_float(spread))
        blur = np.maximum(blur, np.where(size > 0, width / np.where(size > 0, size, 1.0), 0.0))
    return np.maximum(GAP_POINT, 10 * blur)


def settled(margin: Array, rounding: Array, alliance: Array, holds: Array) -> Array:
    """Whether the alliance holds at each sample, where a run of samples within twice the rounding flickers.

    A sample that is clear of rounding decides for itself. In a run of doubtful ones between clear ones, the alliance holds from
    the first that holds to the last, and on to a clear one beside the run that holds; where none of the run does, it does not.
    """
    doubtful = np.abs(margin) <= 2 * rounding
    begins = np.append(True, (doubtful[1:] != doubtful[:-1]) | (alliance[1:] != alliance[:-1]))
    run, place, starts = np.cumsum(begins) - 1, np.arange(len(margin)), np.flatnonzero(begins)
    ends = np.append(starts[1:], len(margin)) - 1
    first, last = np.full(len(starts), len(margin)), np.full(len(starts), -1)
    there = np.flatnonzero(holds & doubtful)
    np.minimum.at(first, run[there], there)
    np.maximum.at(last, run[there], there)
    before, after = np.maximum(starts - 1, 0), np.minimum(ends + 1, len(margin) - 1)
    below = (starts > 0) & (alliance[before] == alliance[starts]) & ~doubtful[before] & holds[before]
    above = (ends < len(margin) - 1) & (alliance[after] == alliance[ends]) & ~doubtful[after] & holds[after]
    inside = (last >= 0)[run] & ((place >= first[run]) | below[run]) & ((place <= last[run]) | above[run])
    return np.where(doubtful, inside, holds)


def without_points(windows: Windows, point: Array, stand: Array) -> Windows:
    """The windows, without breaks and windows narrower than ``point``, which floats cannot tell from points.

    Those that the alliance stands in, at the gap ``stand`` (nan where it is not known), are kept.
    """
    breaks = (windows.lower[1:] - windows.upper[:-1] >= point[1:]) | (
        (windows.upper[:-1] < stand[1:]) & (stand[1:] < windows.lower[1:])
    )
    apart = (windows.alliance[1:] != windows.alliance[:-1]) | breaks
    starts, ends = np.append(True, apart)[: len(point)], np.append(apart, True)[: len(point)]
    joined = Windows(
        windows.alliance[starts], windows.lower[starts], windows.upper[ends], windows.below[starts], windows.above[ends]
    )
    inside = (joined.lower <= stand[starts]) & (stand[starts] <= joined.upper)
    wide = (joined.upper - joined.lower >= point[starts]) | inside
    return Windows(*(x[wide] for x in joined))


# -- steps 1 to 3: the samples ---------------------------------------------------------------------------------------------


def _sampled(margins: Margins, k: Array) -> _Samples:
    """Gaps and margins, denser where the margin bends, jumps, or may cross zero unseen: steps 1 to 3."""
    samples = _bisected(margins, k)
    alliance, extrema, places = _extrema(margins, samples)
    if not extrema.size:
        return samples
    values = margins.at(alliance, extrema)
    return _inserted(samples, places, _Samples.of(alliance, extrema, values))


def _bisected(margins: Margins, k: Array) -> _Samples:
    """Steps 1 and 2: equally spaced gaps, and halves of the intervals in which the margin bends or the punishment changes."""
    span = margins.lines.span
    gaps = span.gaps
    middles = (gaps[:-1] + gaps[1:]) / 2
    table = np.empty(2 * span.samples - 1)
    table[::2], table[1::2] = gaps, middles
    narrowest = NARROWEST * (span.domain[1] - span.domain[0])
    margin, rounding = np.empty((2, len(k), len(table)))
    holds = np.empty((len(k), len(table)), dtype=bool)
    wide = gaps[1:] - gaps[:-1] > narrowest
    open_: list[tuple[Array, ...]] = []
    for at, values in margins.lines.at_tables(margins, k, np.append(gaps, middles)):
        least, ends, middle = np.minimum(values[0], values[1]), values[..., : len(gaps)], values[..., len(gaps) :]
        for kept, row in ((margin, least), (rounding, values[2]), (holds, values[4] > 0)):
            kept[at, ::2], kept[at, 1::2] = row[:, : len(gaps)], row[:, len(gaps) :]
        left, right = ends[..., :-1], ends[..., 1:]
        bent = _bent(left, middle, right) & wide
        which, interval = np.nonzero(bent)
        answers = (left[:, bent], middle[:, bent], right[:, bent])
        open_.append((k[at][which], gaps[interval], middles[interval], gaps[interval + 1], *answers))
    added: list[_Samples] = []
    owner, low, middle_gap, high, left, middle, right = (np.concatenate(x, axis=-1) for x in zip(*open_, strict=True))
    steps, row, node = 0, *np.zeros((2, 0), dtype=int)
    while owner.size:  # both halves of an interval that was split
        owner = np.concatenate([owner, owner])
        low, high = np.concatenate([low, middle_gap]), np.concatenate([middle_gap, high])
        left, right = np.concatenate([left, middle], axis=1), np.concatenate([middle, right], axis=1)
        if steps:
            row, node = np.concatenate([row, row]), np.concatenate([2 * node + 1, 2 * node + 2])
        else:
            ahead, steps = middles_ahead(low, high)
            values = margins.at(np.repeat(owner, ahead.shape[1]), ahead.ravel()).reshape(-1, *ahead.shape)
            row, node = np.arange(len(owner)), np.zeros(len(owner), dtype=int)
        steps -= 1
        middle_gap, middle = ahead[row, node], values[:, row, node]
        added.append(_Samples.of(owner, middle_gap, middle))
        bent = _bent(left, middle, right) & (high - low > narrowest)
        owner, low, middle_gap, high, row, node = (x[bent] for x in (owner, low, middle_gap, high, row, node))
        left, middle, right = (x[:, bent] for x in (left, middle, right))
    whole = (margin.ravel(), rounding.ravel(), holds.ravel())
    samples = _Samples(np.repeat(k, len(table)), np.tile(table, len(k)), *whole)
    if not added:
        return samples
    new = _Samples(*(np.concatenate(parts) for parts in zip(*added, strict=True)))
    order = np.lexsort((new.gap, new.alliance))
    new = _Samples(*(x[order] for x in new))
    return _inserted(samples, (new.alliance - k[0]) * len(table) + np.searchsorted(table, new.gap), new)


def _inserted(samples: _Samples, places: Array, new: _Samples) -> _Samples:
    """``np.insert`` of sorted places, which are found once for all arrays."""
    at = places + np.arange(len(places))
    old = np.ones(len(samples.gap) + len(at), dtype=bool)
    old[at] = False
    joined = []
    for x, y in zip(samples, new, strict=True):
        both = np.empty(len(old), dtype=x.dtype)
        both[at], both[old] = y, x
        joined.append(both)
    return _Samples(*joined)


def _bent(left: Array, middle: Array, right: Array) -> Array:
    """Whether an interval is to be halved further, from the answers at its ends and in the middle."""
    error = np.abs(middle[:2] - (left[:2] + right[:2]) / 2).max(axis=0)
    nearest = np.minimum.reduce([np.abs(x[:2]).min(axis=0) for x in (middle, left, right)])
    return np.asarray((error > np.maximum(nearest / 4, 4 * middle[2])) | (left[3] != right[3]))


def _extrema(margins: Margins, samples: _Samples) -> tuple[Array, Array, Array]:
    """Local minima of the margin among stable samples and maxima among unstable ones: where it might cross zero unseen.

    Alliance, gap, and the place among the samples to which each belongs.
    """
    from scipy.optimize.elementwise import find_minimum

    a, b, c = samples.margin[:-2], samples.margin[1:-1], samples.margin[2:]
    dip = (a >= b) & (c >= b) & ((a > b) | (c > b)) & (np.minimum(np.minimum(a, b), c) >= 0)
    peak = (a <= b) & (c <= b) & ((a < b) | (c < b)) & (np.maximum(np.maximum(a, b), c) < 0)
    seen = np.maximum(np.abs(a - b), np.abs(c - b)) > samples.rounding[1:-1]  # differences of ε count as none
    k = np.flatnonzero((dip | peak) & seen & (samples.alliance[:-2] == samples.alliance[2:]))
    if k.size == 0:
        return k, k.astype(np.float64), k
    sign = np.where(dip, 1.0, -1.0)[k]
    bracket = samples.gap[k], samples.gap[k + 1], samples.gap[k + 2]

    def signed(g: Array, s: Array, alliance: Array) -> Array:
        flat = np.broadcast_to(alliance, g.shape).ravel().astype(np.int64)
        value: Array = s * margins.at(flat, g.ravel())[:2].min(axis=0).reshape(g.shape)
        return value

    owner: Any = samples.alliance[k]
    with np.errstate(divide="ignore", invalid="ignore"):  # scipy interpolates before it looks whether it may
        minima = find_minimum(signed, bracket, args=(sign, owner.astype(np.float64)), tolerances={"frtol": _FAR}).x
    new = ~np.logical_or.reduce([minima == gap for gap in bracket])
    k, owner, minima = k[new], owner[new], minima[new]
    order = np.lexsort((minima, owner))
    k, owner, minima = k[order], owner[order], minima[order]
    again = np.append(False, (minima[1:] == minima[:-1]) & (owner[1:] == owner[:-1]))[: len(k)]
    k, owner, minima = k[~again], owner[~again], minima[~again]
    return owner, minima, k + 1 + (minima > samples.gap[k + 1])
