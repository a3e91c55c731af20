"""Thresholds along the gap, and sets identified by a dated break."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, is_exact, settle
from alliances.arithmetic.tolerance import GAP_EDGE, GAP_POINT
from alliances.estimation.identification import IdentifiedDiscount
from alliances.games.players import PLAYERS
from alliances.power import Power
from alliances.repeated.arguments import repeated_game
from alliances.repeated.enforcement.concept import terms
from alliances.results import Verification, verify
from alliances.thresholds.windows import DefectionThreshold, Window
from alliances.verification.critical import critical_conditions
from alliances.verification.outcome import JUST, JUST_EXACT, decided, outcome, shown


@verify.register
def _(result: DefectionThreshold) -> Verification:
    return outcome(_threshold_conditions(result))


def _threshold_conditions(t: DefectionThreshold) -> Iterator[tuple[Any, Any]]:
    just, (low, high) = float(JUST), t.domain
    yield -1 < low < high < 1, lambda _: f"{t.domain} is no stretch of gaps"
    yield (
        len(t.discount) == 2
        and all(0 <= x < 1 for x in t.discount)
        and (not t.enforcement.common or t.discount[0] == t.discount[1]),
        lambda _: f"{t.discount} are no two discount factors, or not one where the concept needs a common one",
    )
    bounds = [low, *(x for w in t.windows for x in (w.lower, w.upper)), high]
    yield np.diff(bounds) >= 0, lambda _: "the windows are not in order, or not in the domain"
    for w in t.windows:
        point = w.upper - w.lower < GAP_POINT
        yield (
            not point or (t.start is not None and t.start in w),
            lambda _, w=w: f"window {w}: is a point, at which the alliance does not start",
        )
        ends = (w.lower, w.lower_defector, low), (w.upper, w.upper_defector, high)
        yield (
            [(x == end) == (defector is None) for x, defector, end in ends],
            lambda _, w=w: f"window {w}: has a defector where it ends with the domain, or none where it does not",
        )
    steps = np.add.outer(np.arange(t.samples - 1), (1 / 3, 2 / 3)).ravel()  # where solvers that halve do not look
    between = low + (high - low) * steps / (t.samples - 1)
    for number_, (a, b) in enumerate(pairwise(bounds)):
        inside, near = number_ % 2 == 1, min(just, (b - a) / 2)
        if not inside and b - a < 10 * GAP_EDGE:  # edges are no more accurate: nothing need be left between them
            continue
        points = np.concatenate(
            [[a + near, b - near], np.linspace(a, b, 66)[1:-1], between[(between > a + near) & (between < b - near)]]
        )
        pays, stays, gains = _at_gaps(t, points)
        most = gains.max(axis=0)
        if inside:
            yield (
                ~pays.any(axis=0),
                lambda at, g=most, x=points: f"a player gains {shown(g, at)} inside a window, at gap {shown(x, at)}",
            )
        else:
            yield (
                ~stays.all(axis=0),
                lambda at, x=points: f"nobody gains by deviating outside the windows, at gap {shown(x, at)}",
            )
            # the first two points lie just outside the edges: the upper one of the window below, the lower one of that above
            below, above = t.windows[: number_ // 2][-1:], t.windows[number_ // 2 :][:1]
            for place, defector in ((0, [w.upper_defector for w in below]), (1, [w.lower_defector for w in above])):
                for who in defector:
                    yield (
                        [~(stays if who in (n, "both") else pays)[k, place] for k, n in enumerate(PLAYERS)],
                        lambda at, d=who, x=points[place]: (
                            f"{PLAYERS[at[0]]}: gains or does not gain by deviating at gap {x:.6g}, against defector {d}"
                        ),
                    )
    home = _home(t)
    status = (
        "never stable"
        if not t.windows
        else "unstable at start"
        if home is None
        else "always stable"
        if (home.lower, home.upper) == (low, high)
        else "no lower edge"
        if home.lower_defector is None
        else "threshold"
    )
    yield t.status == status, lambda _: f'the status is "{t.status}", but by the windows it is "{status}"'
    gap, turns = (home.lower, home.lower_defector) if home and status == "threshold" else (None, None)
    yield t.gap == gap, lambda _: f"the threshold is {t.gap}, but the lower edge of the window started from is {gap}"
    yield t.defector == turns, lambda _: f"the defector is {t.defector}, but at the threshold it is {turns}"


def _home(t: DefectionThreshold) -> Window | None:
    """The window that the alliance starts from: the highest, unless told otherwise."""
    return next((w for w in reversed(t.windows) if t.start is None or t.start in w), None)


def _at_gaps(t: DefectionThreshold, gaps: Array) -> tuple[Array, Array, Array]:
    repeated = repeated_game(t.game, Power.from_gap(gaps, t.total), t.enforcement, "verify")
    stage, concept = repeated.stage.to_float().over(gaps.shape), repeated.enforcement
    payoffs = terms(stage, stage.profile(t.profile), concept.punish(stage))
    return decided(concept, stage, payoffs, t.discount)


@verify.register
def _(result: IdentifiedDiscount) -> Verification:
    return outcome(_identified_conditions(result))


def _identified_conditions(r: IdentifiedDiscount) -> Iterator[tuple[Any, Any]]:
    """Nobody gains before the break from ``lower`` on; somebody gains at it below ``upper``. Tried at both, and all over."""
    yield from critical_conditions(r.critical)
    batch = r.critical.stage.batch_shape
    yield len(batch) > 0, lambda _: "the certificate has no periods"
    numbers = [x for interval in (r.common, r.sponsor, r.proxy) for x in (interval.lower, interval.upper)]
    yield (
        all(np.asarray(x).shape == batch[:-1] for x in (*numbers, r.hardest)),
        lambda _: f"the answers are not of the shape {batch[:-1]}",
    )
    yield r.broken_by in (None, *PLAYERS), lambda _: f"{r.broken_by} is no player"
    exact = is_exact(r.critical.terms.path[0])
    just: Number = JUST_EXACT if exact else float(JUST)
    unit: Number = Fraction(1) if exact else 1.0
    for who, interval in (("common", r.common), ("sponsor", r.sponsor), ("proxy", r.proxy)):
        lower, upper = np.asarray(interval.lower), np.asarray(interval.upper)
        yield (
            (lower >= 0) & (upper >= 0) & (upper <= 1) & (_may_break(r, who) | (upper == 1)),
            lambda _, n=who: f"{n}: the interval's ends are not discount factors, or it ends although the other player broke",
        )
    for n in range(100):
        delta = np.asarray(unit * n / 100)
        gains = _gains(r, delta)
        for who, interval in (("common", r.common), ("sponsor", r.sponsor), ("proxy", r.proxy)):
            yield from _on_its_side(r, who, interval, delta, gains)
    for who, interval in (("common", r.common), ("sponsor", r.sponsor), ("proxy", r.proxy)):
        for end in (np.asarray(interval.lower), np.asarray(interval.upper)):
            for side in (-just, just - just, just):
                delta = np.asarray(np.clip(np.where(end < 1, end, unit) + side, unit - unit, unit - just))
                yield from _on_its_side(r, who, interval, delta, _gains(r, delta))
    lower, hardest = np.asarray(r.common.lower), np.asarray(r.hardest)
    delta = np.asarray(np.clip(np.where(lower < 1, lower, unit) - just, unit - unit, unit - just))
    stays = _gains(r, delta)[1].all(axis=0)
    periods = stays.shape[-1] - 1
    valid = (hardest >= 0) & (hardest < periods)
    easy = np.take_along_axis(stays, np.where(valid, hardest, 0)[..., None], axis=-1)[..., 0]
    yield (
        valid & ((lower <= 0) | ~easy),
        lambda at: f"period {shown(r.hardest, at)} is not the hardest: nobody gains in it just below the lower end",
    )


def _may_break(r: IdentifiedDiscount, who: str) -> bool:
    return who == "common" or r.broken_by in (None, who)


def _on_its_side(
    r: IdentifiedDiscount, who: str, interval: Any, delta: Array, gains: tuple[Array, Array]
) -> Iterator[tuple[Any, Any]]:
    """Whether δ lies in the interval of one player, or of both, iff it should by what they gain in each period."""
    both = who == "common" or r.broken_by is None
    players = [0, 1] if both else [PLAYERS.index(who)]
    pays, stays = np.asarray(gains[0][players].any(axis=0)), np.asarray(gains[1][players].all(axis=0))
    yield (
        ~np.where(delta >= np.asarray(interval.lower), pays[..., :-1].any(axis=-1), stays[..., :-1].all(axis=-1)),
        lambda at: f"{who}: δ = {shown(delta, at)} is on the wrong side of the lower end, by the gains before the break",
    )
    if _may_break(r, who):
        yield (
            ~np.where(delta < np.asarray(interval.upper), stays[..., -1], pays[..., -1]),
            lambda at: f"{who}: δ = {shown(delta, at)} is on the wrong side of the upper end, by the gains at the break",
        )


def _gains(r: IdentifiedDiscount, delta: Array) -> tuple[Array, Array]:
    """Per player, model and period: whether it surely gains by deviating at δ, and whether it surely does not."""
    each = settle(delta) if delta.ndim == 0 else delta[..., None]
    pays, stays, _ = decided(r.critical.enforcement, r.critical.stage, r.critical.terms, (each, each))
    return np.asarray(pays), np.asarray(stays)
