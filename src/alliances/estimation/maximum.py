"""The maximum of a likelihood from several cold starts at once: Fisher scoring with damping, within bounds.

All starts advance together, because a batch of models costs little more than one. A start is the best of a few random points,
with the level of the hazard set so that as many events are expected as happened; it is drawn from the bounds and never from
an earlier fit, so that no search can know what it should not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.likelihood import Objective

__all__ = ["Advance", "Optima", "cold_starts", "maximise", "searches", "seek"]

Advance: TypeAlias = Callable[[int], object]
"""What is told how many searches have ended since it was told last; the ``update`` of a bar of progress."""

_CANDIDATES = 8  # random points for each start
_TRIES = 4  # points for each start at which all but the game is fitted first
_MOST = 120  # rounds
_GAIN = 1e-9  # of ln L: less is no gain
_COMPASS = 16  # rounds along the axes
_DIFFER = 0.05  # of ln L: maxima that differ by more are searched on
_TAU = 1e-3  # damping at first
_STUCK = 1e10  # damping at which no step helps
_FREE = 1e-12  # damping below which steps are Newton's
_RIDGE = 1e-14  # of the largest curvature: what keeps a singular matrix solvable


class Optima(NamedTuple):
    """Where the searches ended: θ (S, P), ln L (S,), and whether each came to rest; the best is first."""

    theta: Array
    value: Array
    converged: Array


def cold_starts(likelihood: Objective, count: int, rng: np.random.Generator) -> Array:
    """Points to start from, on the working scale."""
    parameters = likelihood.parameters
    draws = rng.random((count * _CANDIDATES, len(parameters)))
    ends = np.array([[p.start_low, p.start_high] for p in parameters]).reshape(len(parameters), 2)
    ends = np.where(likelihood.logarithmic[:, None], np.log(np.where(likelihood.logarithmic[:, None], ends, 1.0)), ends)
    points = ends[:, 0] + draws * (ends[:, 1] - ends[:, 0])
    points = np.clip(likelihood.level(points), likelihood.low, likelihood.high)
    value, _ = likelihood.values(points)
    best = np.argmax(np.where(np.isfinite(value), value, -np.inf).reshape(count, _CANDIDATES), axis=1)
    return np.asarray(points.reshape(count, _CANDIDATES, -1)[np.arange(count), best])


def seek(likelihood: Objective, points: Array, fixed: Array | None = None, advance: Advance | None = None) -> Optima:
    """The maxima that searches from these points, on the working scale, come to; parameters that are ``fixed`` stay."""
    tell = advance or _silent
    low, high = likelihood.low, likelihood.high
    at = np.clip(points, low, high)
    rest = np.zeros(at.shape[1], dtype=bool) if fixed is None else fixed
    if not at.shape[1]:
        tell(len(at))
        return Optima(at, likelihood.values(at)[0], np.ones(len(at), dtype=bool))
    state = likelihood.evaluate(at)
    value, gradient, information = (np.array(x) for x in state)
    damping = np.full(len(at), _TAU)
    calm = np.zeros(len(at), dtype=int)
    done = np.zeros(len(at), dtype=bool)
    for _ in range(_MOST):
        k = np.flatnonzero(~done)
        if not k.size:
            break
        moved = np.clip(at[k] + _steps(at[k], gradient[k], information[k], damping[k], low, high, rest), low, high)
        new = likelihood.evaluate(moved)
        gain = np.where(np.isfinite(new.value), new.value - value[k], -np.inf)
        better = gain > 0
        up, down = k[better], k[~better]
        at[up], value[up], gradient[up], information[up] = (
            moved[better],
            new.value[better],
            new.gradient[better],
            new.information[better],
        )
        damping[up] = np.maximum(damping[up] / 5, _FREE)
        damping[down] *= 10
        calm[up] = np.where(gain[better] < _GAIN * (1 + np.abs(value[up])), calm[up] + 1, 0)
        done[k] = (calm[k] >= 2) | (damping[k] > _STUCK)
        tell(int(done[k].sum()))
    tell(int((~done).sum()))
    return Optima(likelihood.natural(at), value, done)


def _silent(ended: int) -> None:
    """Tell nobody."""


def _steps(at: Array, gradient: Array, information: Array, damping: Array, low: Array, high: Array, rest: Array) -> Array:
    """Scoring steps; parameters that are at rest or push against their bounds stay."""
    held = rest | ((at <= low) & (gradient < 0)) | ((at >= high) & (gradient > 0))
    finite = np.isfinite(information).all(axis=(1, 2)) & np.isfinite(gradient).all(axis=1)
    wild = ~np.asarray(finite, dtype=bool)  # rates that overflow: no step from here
    information = np.where(wild[:, None, None], np.eye(at.shape[1]), information)
    gradient = np.where(wild[:, None], 0.0, gradient)
    diagonal = np.einsum("kpp->kp", information)
    ridge = damping[:, None] * diagonal + _RIDGE * (1 + diagonal.max(axis=1, keepdims=True))
    matrix = information + ridge[:, :, None] * np.eye(at.shape[1])
    matrix = np.where(held[:, :, None] | held[:, None, :], np.eye(at.shape[1]), matrix)
    return np.asarray(np.linalg.solve(matrix, np.where(held, 0.0, gradient)[..., None])[..., 0])


def _compass(likelihood: Objective, theta: Array) -> Array:
    """Points at least as good, on the working scale, by steps along each axis that shrink: for kinks and jumps of δ*, where a
    slope leads nowhere.
    """
    low, high = likelihood.low, likelihood.high
    at = np.clip(likelihood.working(theta), low, high)
    count, size = at.shape
    width = np.array([p.start_high - p.start_low if not p.logarithmic else 2.0 for p in likelihood.parameters])
    step = np.where(width > 0, width, 0.0) / 8 * np.ones((count, 1))
    directions = np.concatenate([np.eye(size), -np.eye(size)])
    value = likelihood.values(at)[0]
    for _ in range(_COMPASS):
        points = np.clip(at[:, None] + directions * step[:, None], low, high)
        tried = likelihood.values(points.reshape(-1, size))[0].reshape(count, -1)
        best = np.argmax(np.where(np.isfinite(tried), tried, -np.inf), axis=1)
        each = np.arange(count)
        better = tried[each, best] > value
        at = np.where(better[:, None], points[each, best], at)
        value = np.where(better, tried[each, best], value)
        step = np.where(better[:, None], step, step / 2)
    return at


def _settled(likelihood: Objective, game: Array, count: int, rng: np.random.Generator, advance: Advance | None) -> Array:
    """Starts at which all but the game is fitted: with the rest still wrong, slopes lead a game's parameters to their bounds.

    The game's are spread evenly over their ranges, because δ* has kinks and jumps, and ln L with it several maxima.
    """
    points = cold_starts(likelihood, count * _TRIES, rng)
    for k in np.flatnonzero(game):
        p, n = likelihood.parameters[k], len(points)
        points[:, k] = p.start_low + (rng.permutation(n) + rng.random(n)) / n * (p.start_high - p.start_low)
    found = seek(likelihood, points, game, advance)
    best = np.argmax(np.where(np.isfinite(found.value), found.value, -np.inf).reshape(count, _TRIES), axis=1)
    return np.asarray(likelihood.working(found.theta).reshape(count, _TRIES, -1)[np.arange(count), best])


def _of_the_game(likelihood: Objective) -> Array:
    """Which parameters are those of a game, whose ranges are searched."""
    return np.array([not p.logarithmic and p.start_low < p.start_high for p in likelihood.parameters], dtype=bool)


def searches(likelihood: Objective, starts: int) -> int:
    """How many searches :func:`maximise` makes."""
    return starts * (1 + _TRIES) if _of_the_game(likelihood).any() else starts


def maximise(likelihood: Objective, starts: int, rng: np.random.Generator, advance: Advance | None = None) -> Optima:
    """The maxima from cold starts, the best first; where they differ, each searches on along the axes and then by slopes."""
    game = _of_the_game(likelihood)
    points = _settled(likelihood, game, starts, rng, advance) if game.any() else cold_starts(likelihood, starts, rng)
    found = seek(likelihood, points, None, advance)
    if found.value.size > 1 and not np.ptp(found.value) <= _DIFFER:
        again = seek(likelihood, _compass(likelihood, found.theta))
        better = again.value > found.value
        found = Optima(
            np.where(better[:, None], again.theta, found.theta),
            np.where(better, again.value, found.value),
            np.where(better, again.converged, found.converged),
        )
    order = np.argsort(-np.where(np.isfinite(found.value), found.value, -np.inf), kind="stable")
    return Optima(found.theta[order], found.value[order], found.converged[order])
