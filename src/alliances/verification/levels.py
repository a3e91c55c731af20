"""The levels of a game with side payments: in order of liquidity, with the payoffs of each sublevel set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.games.stage_game import StageGame
from alliances.repeated.contracts.liquidity import Levels
from alliances.verification.outcome import JUST

__all__ = ["level_conditions"]


def level_conditions(stage: StageGame, levels: Levels) -> Iterator[tuple[Any, Any]]:
    """Requirements L = D − G in order; U, v_S and v_P of the profiles up to each; δ = min over later ℓ of ℓ/(ℓ + W)."""
    m, n = stage.shape
    size, batch = m * n, stage.batch_shape
    whole = (*batch, size)
    arrays = {
        name: getattr(levels, name) for name in ("order", "requirement", "joint", "sponsor", "proxy", "critical", "slack")
    }
    for name, array in arrays.items():
        yield np.shape(array) == whole, lambda _, n=name: f"levels: {n} is not of the shape {whole}"
    yield (
        all(np.shape(x) == (*batch, 1) for x in (*levels.base, levels.tolerance)) and len(levels.base) == 2,
        lambda _: f"levels: base or tolerance is not of the shape {(*batch, 1)}",
    )
    order = np.asarray(levels.order)
    yield (
        (np.sort(order, axis=-1) == np.arange(size)).all(axis=-1),
        lambda _: "levels: the order does not name each profile once",
    )
    flat = [x.reshape(*batch, size) for x in (stage.A, stage.B)]
    low = [x.min(axis=-1, keepdims=True) for x in flat]
    for base, least in zip(levels.base, low, strict=True):
        yield np.asarray(base == least, dtype=bool), lambda _: "levels: the base is not the smallest payoff"
    best = [
        np.broadcast_to(x.max(axis=axis, keepdims=True), x.shape).reshape(*batch, size)
        for x, axis in ((stage.A, -2), (stage.B, -1))
    ]
    within = np.asarray(stage.tolerance[0] + stage.tolerance[1])[..., None]
    yield np.asarray(levels.tolerance == within, dtype=bool), lambda _: "levels: the tolerance is not that of both players"
    zero = within * 0
    wide = zero if stage.exact else 4 * within

    def sorted_(x: Array) -> Array:
        return np.take_along_axis(x, order, axis=-1)

    need = sorted_(best[0] - flat[0]) + sorted_(best[1] - flat[1])
    joint = np.maximum.accumulate(sorted_((flat[0] - low[0]) + (flat[1] - low[1])), axis=-1)
    worst = [np.minimum.accumulate(sorted_(b - x), axis=-1) for b, x in zip(best, low, strict=True)]
    for name, expected in (("requirement", need), ("joint", joint), ("sponsor", worst[0]), ("proxy", worst[1])):
        yield (
            np.asarray(np.abs(arrays[name] - expected) <= wide, dtype=bool),
            lambda at, n=name: f"levels: {n} at {at} is not that of the profiles up to it",
        )
    yield (
        np.asarray(arrays["requirement"][..., 1:] >= arrays["requirement"][..., :-1], dtype=bool),
        lambda _: "levels: requirements are not in order",
    )
    surplus = (joint - worst[0]) - worst[1]
    free = np.asarray(arrays["requirement"] <= zero, dtype=bool)
    kept = free | np.asarray(surplus > 0, dtype=bool)
    total = np.where(kept & ~free, need + surplus, 1)
    least = np.where(free, need * 0, np.where(kept, need / total, np.inf))
    least = np.minimum.accumulate(least[..., ::-1], axis=-1)[..., ::-1]
    critical = arrays["critical"]
    if not stage.exact:  # a surplus within rounding carries nothing, or takes a δ within rounding of 1
        critical, least = np.minimum(critical, 1), np.minimum(least, 1)
    yield (
        np.asarray(critical == least, dtype=bool) if stage.exact else np.abs(critical - least) <= arrays["slack"] + float(JUST),
        lambda at: f"levels: the critical discount factor at {at} is not the least ℓ/(ℓ + W) from there on",
    )
    yield np.asarray(arrays["slack"] >= 0, dtype=bool), lambda _: "levels: a slack is negative"
    if stage.exact:
        yield np.asarray(arrays["slack"] == 0, dtype=bool), lambda _: "levels: exact numbers have no slack"
