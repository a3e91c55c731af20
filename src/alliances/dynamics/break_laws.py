"""When does an alliance break, and by whom? Exact laws of the date, from critical discount factors and distributed patience.

Patience is drawn anew in every **period**, or **once** for ever (frailty); by each side on its own or in **common**.

* Drawn each period: the hazard at critical discount factors δ_S*, δ_P* is 1 − Π(1 − F_i(δ_i*)); a common draw breaks the
  alliance with probability F(max δ_i*). The side whose constraint fails alone, or both at once, is the cause.
* Drawn once: the alliance survives as long as no critical discount factor exceeds the patience drawn, so that only new
  records of δ_i* break it; survival is Π[1 − F_i(max over the past of δ_i*)], or 1 − F(max of both) with a common draw.

Along a random path the law is exact, too: the distribution of the state among dyads still allied is carried forward period
by period, with the records so far as part of the state where patience is drawn once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.kernel import Kernel

__all__ = ["CAUSES", "Law", "along_path", "by_cause", "on_chain", "records_on_chain"]

CAUSES = ("sponsor", "proxy", "both")
"""Whose constraint fails in the period of the break."""

_CELLS = 4_000_000  # of a law whose state includes both records


@dataclass(frozen=True, eq=False)
class Law:
    """The law of the date of a break.

    Attributes
    ----------
    mass
        (T, 3): the probability of a break in each period, by cause (:data:`CAUSES`).
    survival
        (T + 1,): the probability that the alliance is intact before each period, and after the last.
    """

    mass: Array
    survival: Array


def by_cause(chance_s: Array, chance_p: Array, common: bool) -> Array:
    """(…, 3): the chances that the sponsor's constraint fails alone, the proxy's alone, both.

    ``chance_i`` = F_i(δ_i*); with a ``common`` draw the events are nested.
    """
    s, p = np.asarray(chance_s, dtype=float), np.asarray(chance_p, dtype=float)
    both = np.minimum(s, p) if common else s * p
    return np.stack([s - both, p - both, both], axis=-1)


def along_path(chance_s: Array, chance_p: Array, common: bool, once: bool) -> Law:
    """The law along a given path, from (T,) chances F_i(δ_i*(t))."""
    if not once:
        hazard = by_cause(chance_s, chance_p, common)
        survival = np.concatenate([[1.0], np.cumprod(1 - hazard.sum(axis=-1))])
        return Law(survival[:-1, None] * hazard, survival)
    s, p = (np.concatenate([[0.0], np.maximum.accumulate(np.asarray(x, dtype=float))]) for x in (chance_s, chance_p))
    if common:
        top = np.maximum(s, p)
        # of the draws that break now, those below i's constraint of *today*; a past record of i is past
        now = [np.clip(np.asarray(x, dtype=float), top[:-1], top[1:]) - top[:-1] for x in (chance_s, chance_p)]
        both = np.minimum(*now)
        return Law(np.stack([now[0] - both, now[1] - both, both], axis=-1), 1 - top)
    new_s, new_p = np.diff(s), np.diff(p)
    mass = np.stack([new_s * (1 - p[1:]), new_p * (1 - s[1:]), new_s * new_p], axis=-1)
    return Law(mass, (1 - s) * (1 - p))


def on_chain(hazard: Array, chain: Kernel, start: Array, periods: int, shocks: Mapping[int, Kernel] | None = None) -> Law:
    """The law on a random path, patience drawn each period.

    ``hazard`` is (n, 3) by state and cause, or (T, n, 3) where it changes; ``start`` the distribution of the first period's
    state; ``shocks`` move the state before the decisions of a period.
    """
    forward, jumps = chain.matrix.T.tocsr(), _jumps(shocks)
    state, mass, survival = start.astype(float), np.empty((periods, 3)), [1.0]
    hazards = np.broadcast_to(hazard, (periods, *hazard.shape[-2:]))
    stays = 1 - hazards.sum(axis=-1)
    for t in range(periods):
        if t in jumps:
            state = jumps[t] @ state
        mass[t] = state @ hazards[t]
        state = forward @ (state * stays[t])
        survival.append(survival[-1] - mass[t].sum())
    return Law(mass, np.array(survival))


def _jumps(shocks: Mapping[int, Kernel] | None) -> dict[int, Any]:
    return {t: kernel.matrix.T.tocsr() for t, kernel in (shocks or {}).items()}


def records_on_chain(
    chance_s: Array,
    chance_p: Array,
    chain: Kernel,
    start: Array,
    periods: int,
    common: bool,
    shocks: Mapping[int, Kernel] | None = None,
    *,
    beyond: bool = False,
) -> Law:
    """The law on a random path, patience drawn once: the records of F_i(δ_i*) so far are part of the state.

    Chances are (n,) by state, or (T, n) where they change; ``shocks`` as in :func:`on_chain`. With a common draw one record is
    carried, with draws of their own two. ``beyond`` says that the last state is one more than the lattice has.
    """
    n = len(start)
    levels = [np.unique(np.concatenate([[0.0], np.asarray(x, float).ravel()])) for x in (chance_s, chance_p)]
    if common:
        levels = [np.unique(np.concatenate(levels)), np.zeros(1)]
    sizes = len(levels[0]), len(levels[1])
    if n * sizes[0] * sizes[1] > _CELLS * (2 if beyond else 1):  # one state and one level of each side more
        raise ValueError(
            f"break_forecast(): draws must be 'period' on a lattice of {n} points with own draws, whose records make "
            f"{n * sizes[0] * sizes[1]} states; a coarser lattice or common=True makes fewer"
        )
    forward, jumps = chain.matrix.T.tocsr(), _jumps(shocks)
    by_period = [np.broadcast_to(np.asarray(x, float), (periods, n)) for x in (chance_s, chance_p)]
    weight = np.zeros((n, *sizes))
    weight[:, 0, 0] = start  # of histories, whatever became of the alliance: what breaks is known from the records
    mass, survival = np.empty((periods, 3)), np.empty(periods + 1)
    survival[0] = 1.0
    for t in range(periods):
        if t in jumps:
            weight = np.asarray(jumps[t] @ weight.reshape(n, -1)).reshape(n, *sizes)
        s, p = by_period[0][t], by_period[1][t]
        ranks = [np.searchsorted(levels[0], s), np.searchsorted(levels[0 if common else 1], p)]
        mass[t], weight = _record(weight, levels, ranks, s, p, common)
        survival[t + 1] = survival[t] - mass[t].sum()
        weight = np.asarray(forward @ weight.reshape(n, -1)).reshape(n, *sizes)
    return Law(mass, survival)


def _record(weight: Array, levels: list[Array], ranks: list[Array], s: Array, p: Array, common: bool) -> tuple[Array, Array]:
    """What breaks in a period, by cause, and the weights with the records of this period."""
    n = len(weight)
    moved = np.zeros_like(weight)
    mass = np.zeros(3)
    for x in range(n):
        here = weight[x]
        if common:
            old = levels[0][:, None]
            now = [np.maximum(chance[x] - old, 0.0) for chance in (s, p)]
            both = np.minimum(*now)
            parts: tuple[Any, Any, Any] = now[0] - both, now[1] - both, both
            to_s, to_p = np.maximum(np.arange(len(levels[0])), max(ranks[0][x], ranks[1][x])), np.zeros(1, dtype=int)
        else:
            old_s, old_p = levels[0][:, None], levels[1][None, :]
            new_s, new_p = np.maximum(s[x] - old_s, 0.0), np.maximum(p[x] - old_p, 0.0)
            parts = new_s * (1 - old_p - new_p), new_p * (1 - old_s - new_s), new_s * new_p
            to_s, to_p = (np.maximum(np.arange(len(level)), rank[x]) for level, rank in zip(levels, ranks, strict=True))
        mass += [float((here * part).sum()) for part in parts]
        np.add.at(moved[x], (to_s[:, None], to_p[None, :]), here)
    return mass, moved
