"""Thresholds of many alliances: the conditions of one threshold (see :mod:`alliances.verification.gaps`), for all at once.

Tried are the same gaps: just beside every edge, 64 in every window and between windows, and two between neighbouring samples.
What decides is what a deviation gains there. Gap, defector and status of an alliance follow from its windows and need no check.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import GAP_EDGE, GAP_POINT
from alliances.games.players import BINDING, PLAYERS
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import repeated_game
from alliances.repeated.enforcement.concept import Enforcement, terms
from alliances.results import Verification, verify
from alliances.thresholds.batches import ThresholdBatch, WindowBatch
from alliances.thresholds.line import Span
from alliances.thresholds.lines import GAMES, Lines, index_of, lines_of, pieces
from alliances.verification.outcome import JUST, decided, every, outcome

_INSIDE = 64  # gaps in every window and between windows


@verify.register
def _(result: ThresholdBatch) -> Verification:
    return outcome(_conditions(result))


class _Stretches(NamedTuple):
    """Windows, and what lies between them and before and after: by alliance and from the lowest gap up."""

    alliance: Array
    lower: Array
    upper: Array
    stable: Array
    below: Array
    above: Array


def _conditions(t: ThresholdBatch) -> Iterator[tuple[Any, Any]]:
    yield isinstance(t.enforcement, Enforcement), lambda _: f"{t.enforcement!r} is no enforcement concept"
    span = Span(t.domain, t.total, t.samples, "verify", 3)
    lines = lines_of(t.game, t.discount, t.enforcement, span, "verify", *([] if t.start is None else [t.start]))
    profile = lines.first.profile(t.profile, "verify")
    yield lines.shape == t.windows.shape, lambda _: f"the windows are of a batch of shape {t.windows.shape}, not {lines.shape}"
    yield from _form_conditions(t.windows, t.domain, lines.size)
    if t.start is not None:
        start = np.asarray(t.start)
        yield (start >= t.domain[0]) & (start <= t.domain[1]), lambda _: "an alliance starts outside of the domain"
    points = t.windows.upper - t.windows.lower < GAP_POINT
    if points.any():
        place = np.broadcast_to(np.nan if t.start is None else np.asarray(t.start), lines.shape).ravel()[t.windows.alliance]
        held = (t.windows.lower <= place) & (place <= t.windows.upper)
        yield every(held | ~points, lambda at: f"window {at[0]}: is a point, at which the alliance does not start")

    def question(game: DyadicGame, concept: Enforcement, power: Power, k: Array) -> Array:
        repeated = repeated_game(game, power, concept, "verify")
        stage = repeated.stage.to_float()
        a, b = (np.broadcast_to(x, (*k.shape, *stage.shape)) for x in (stage.A, stage.B))
        stage = StageGame._trusted(a, b, stage.actions)
        payoffs = terms(stage, profile, repeated.enforcement.punish(stage))
        delta_s, delta_p = lines.discount[:, k]
        return np.concatenate(decided(repeated.enforcement, stage, payoffs, (delta_s, delta_p)))

    looked_at = 2 * span.samples + 3 * (_INSIDE + 2)
    for at in pieces(lines.size, max(1, GAMES // looked_at)):
        yield from _stretch_conditions(lines, question, _stretches(t.windows, np.arange(lines.size)[at], t.domain))


def _form_conditions(w: WindowBatch, domain: tuple[float, float], size: int) -> Iterator[tuple[Any, Any]]:
    """That the windows are a list by alliance, in order and in the domain."""
    low, high = domain
    count = len(w.lower)
    yield (
        w.offsets.shape == (size + 1,)
        and w.offsets[0] == 0
        and w.offsets[-1] == count
        and bool(np.all(np.diff(w.offsets) >= 0))
        and np.issubdtype(w.offsets.dtype, np.integer),
        lambda _: "the offsets do not divide the windows among the alliances",
    )
    arrays = w.lower, w.upper, w.lower_code, w.upper_code
    yield all(x.shape == (count,) for x in arrays), lambda _: "the windows' edges and defectors are not as many"
    yield (
        all(np.issubdtype(x.dtype, np.integer) and bool(np.all((x >= 0) & (x < len(BINDING)))) for x in arrays[2:]),
        lambda _: "a code names no defector",
    )

    def named(k: tuple[int, ...]) -> str:
        return f"window {k[0]} of alliance {index_of(int(w.alliance[k[0]]), w.shape)}"

    yield every(
        (w.lower >= low) & (w.upper <= high) & (w.lower <= w.upper),
        lambda at: f"{named(at)}: is not in the domain, or its edges are not in order",
    )
    apart = (w.alliance[1:] != w.alliance[:-1]) | (w.lower[1:] >= w.upper[:-1])
    yield every(apart, lambda at: f"{named(at)}: does not end before the next one begins")
    yield every(
        ((w.lower == low) == (w.lower_code == 0)) & ((w.upper == high) == (w.upper_code == 0)),
        lambda at: f"{named(at)}: has a defector where it ends with the domain, or none where it does not",
    )


def _stretches(w: WindowBatch, k: Array, domain: tuple[float, float]) -> _Stretches:
    """The stretches of the alliances ``k``, a range of them: one more between windows than there are windows."""
    first, last = int(w.offsets[k[0]]), int(w.offsets[k[-1] + 1])
    owner = w.alliance[first:last]
    count = w.offsets[k + 1] - w.offsets[k]
    alliance = np.repeat(k, 2 * count + 1)
    begins = np.append(0, np.cumsum(2 * count + 1))
    place = begins[owner - k[0]] + 2 * (np.arange(first, last) - w.offsets[owner]) + 1  # of each window among the stretches
    lower, upper = np.full(len(alliance), domain[0]), np.full(len(alliance), domain[1])
    below, above = np.full((2, len(alliance)), -1)  # who deviates: above the window below, and below the window above
    stable = np.zeros(len(alliance), dtype=bool)
    stable[place] = True
    lower[place], upper[place] = w.lower[first:last], w.upper[first:last]
    upper[place - 1], lower[place + 1] = w.lower[first:last], w.upper[first:last]
    above[place - 1], below[place + 1] = w.lower_code[first:last], w.upper_code[first:last]
    return _Stretches(alliance, lower, upper, stable, below, above)


def _stretch_conditions(lines: Lines, question: Any, s: _Stretches) -> Iterator[tuple[Any, Any]]:
    wide = s.stable | (s.upper - s.lower >= 10 * GAP_EDGE)  # edges are no more accurate: nothing need be left between them
    s = _Stretches(*(x[wide] for x in s))
    near = np.minimum(float(JUST), (s.upper - s.lower) / 2)
    number = np.arange(len(s.lower))
    (low, high), samples = lines.span.domain, lines.span.samples
    steps = np.add.outer(np.arange(samples - 1), (1 / 3, 2 / 3)).ravel()  # where solvers that halve do not look
    between = low + (high - low) * steps / (samples - 1)
    first, end = np.searchsorted(between, s.lower + near, side="right"), np.searchsorted(between, s.upper - near)
    several = np.maximum(end - first, 0)
    nth = np.arange(int(several.sum())) - np.repeat(np.cumsum(several) - several, several)
    spread = s.lower[:, None] + (s.upper - s.lower)[:, None] * (np.arange(1, _INSIDE + 1) / (_INSIDE + 1))
    stretch = np.concatenate([number, number, np.repeat(number, _INSIDE), np.repeat(number, several)])
    gaps = np.concatenate([s.lower + near, s.upper - near, spread.ravel(), between[np.repeat(first, several) + nth]])
    answers = lines.at_pairs(question, s.alliance[stretch], gaps)
    pays, stays, gains = answers[:2] > 0, answers[2:4] > 0, answers[4:]

    def named(k: int) -> str:
        return f"alliance {index_of(int(s.alliance[stretch[k]]), lines.shape)}, gap {gaps[k]:.6g}"

    yield every(
        ~(pays.any(axis=0) & s.stable[stretch]),
        lambda at: f"{named(at[0])}: a player gains {gains[:, at[0]].max():.6g} inside a window",
    )
    yield every(
        s.stable[stretch] | ~stays.all(axis=0),
        lambda at: f"{named(at[0])}: nobody gains by deviating outside the windows",
    )
    # the first points of the stretches lie just above the window below, the second ones just below the window above
    for place, code in ((number, s.below), (number + len(number), s.above)):
        for k, name in enumerate(PLAYERS):
            turns = ((code >> k) & 1).astype(bool)
            wrong = np.where(turns, stays[k, place], pays[k, place]) & (code >= 0) & ~s.stable
            yield every(
                ~wrong,
                lambda at, p=place, c=code, n=name: (
                    f"{named(int(p[at[0]]))}: {n} gains or does not gain by deviating, against defector {BINDING[c[at[0]]]}"
                ),
            )
