"""Claims about wars: expected durations by the linear equations that define them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from alliances.arithmetic import Number, is_exact
from alliances.claims.checking import Check
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.power import Power
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.verification.equilibria import solution

__all__ = ["durations_of", "war_conditions"]

_BLUR = 1e-9  # of a float duration, relative to the longest, far above its rounding


def war_conditions(c: Check, walk: ConflictWalk) -> Iterator[tuple[Any, Any]]:
    """The expected durations of all starts, by the linear equations that define them; then all pairs of starts."""
    starts = walk.lattice()
    gaps = np.atleast_1d(np.asarray(starts.gap)).tolist()
    durations, exact = durations_of(walk, starts)
    yield isinstance(c.exact, (bool, np.bool_)) and c.exact == exact, lambda _: f"exact is {c.exact}, and the walk is not so"
    yield c.points == len(gaps), lambda _: f"the walk has {len(gaps)} starts, and not {c.points}"
    yield (c.line, c.quantity, c.assume) == ("gap", "expected duration", ()), lambda _: "not the words for a war"
    yield c.enforcement == NashReversion(), lambda _: "wars know no enforcement"
    slack = 0 if exact else _BLUR * float(max(durations))
    longer = [
        (near, far)
        for near in range(len(gaps))
        for far in range(len(gaps))
        if abs(gaps[near]) < abs(gaps[far]) and durations[far] - durations[near] > slack
    ]
    yield c.status in ("holds", "fails"), lambda _: f'the status is "{c.status}"'
    yield (
        c.status == "fails" or not longer,
        lambda _: f"wars from gap {gaps[longer[0][1]]} last longer than from {gaps[longer[0][0]]}",
    )
    if c.witness is None:
        return
    w, ends = c.witness, dict(zip(gaps, durations, strict=True))
    yield w.low in ends and w.high in ends, lambda _: f"{w.low} or {w.high} is no start of the walk"
    yield abs(w.low) < abs(w.high), lambda _: "the second gap of the witness is not the wider"
    for gap, told in ((w.low, w.at_low), (w.high, w.at_high)):
        yield (
            abs(told - ends[gap]) <= slack,
            lambda _, t=told, g=gap: f"a war from gap {g} is expected to last {ends[g]} rounds, and not {t}",
        )
    yield ends[w.high] > ends[w.low], lambda _: "the witness does not contradict the claim"
    yield w.player == ("sponsor" if w.high > 0 else "proxy"), lambda _: f"it is not the {w.player} that is the stronger"


def durations_of(walk: ConflictWalk, starts: Power) -> tuple[list[Number], bool]:
    """D_k of all starts: D_k = 1 + Q_k D_{k+1} + q_k D_{k−1}, with D = 0 beyond the ends, solved as a linear system."""
    pairs = list(zip(np.ravel(starts.sponsor).tolist(), np.ravel(starts.proxy).tolist(), strict=True))
    chances = [walk.win(Power(s, p)) if callable(walk.win) else (walk.win, 1 - walk.win) for s, p in pairs]
    win, lose = ([np.asarray(pair[k]).item() for pair in chances] for k in (0, 1))
    exact = all(is_exact(x) for x in (*win, *lose))
    one: Number = Fraction(1) if exact else 1.0
    size = len(pairs)
    matrix = [
        [one if k == c else -win[k] * one if c == k + 1 else -lose[k] * one if c == k - 1 else 0 * one for c in range(size)]
        for k in range(size)
    ]
    found = solution(matrix, [one] * size, exact)
    assert found is not None
    return found, exact
