"""Critical discount factors along a line – the gap, the stakes, or parity alone – as numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.games.bimatrix import Profile
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import at_power
from alliances.repeated.critical import critical_discount, rounding_of
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["ALLY", "PACT", "Along", "Curves", "curves", "moves_parameter", "stage_at"]

Along: TypeAlias = str
"""Along what a claim compares: "gap", "parity" alone, or the name of a parameter."""

ALLY: Profile = (0, 0)
PACT: Profile = ("coexist", "coexist")

_NEAREST = 24  # how near to the first point they are tried: 2⁻²³ of the way
_BLURRED = 1e-4  # where rounding may carry a critical discount factor as far, temptation and loss may be noise
_BETWEEN = 8  # points between two neighbours at which the assumptions must hold, too


def moves_parameter(line: Along) -> bool:
    """Whether a parameter of the model moves along the line, and the gap does not."""
    return line not in ("gap", "parity")


@dataclass(frozen=True, eq=False)
class Curves:
    """Critical discount factors along the last axis, of one or many models.

    Attributes
    ----------
    points
        The gaps or stakes.
    sponsor, proxy
        δ_S*, δ_P* of the profile that the claim is about.
    other
        δ* of the dyad for the profile that it is compared with, if any.
    slack
        How far rounding may carry them; 0 if exact.
    comparable
        Which neighbours on the line (at parity: which points) may be compared: the assumptions hold at both and at points
        between them, nearer and nearer to the first one, which is often parity and special.
    valid
        Where the assumptions hold.
    searched
        Whether each number took a search of its own, because the punishment depends on the discount factor.
    """

    points: Array
    sponsor: Array
    proxy: Array
    other: Array | None
    slack: Array
    comparable: Array
    valid: Array
    searched: bool = False

    @property
    def dyad(self) -> Array:
        """max(δ_S*, δ_P*)."""
        return np.maximum(self.sponsor, self.proxy)

    def blurred(self, width: int) -> Array:
        """What floats may not tell from noise in temptation and loss: points, neighbours, or all points (width 1, 2 or 3)."""
        blurred: Array = np.asarray(self.slack > _BLURRED, dtype=bool)
        if width == 1:
            return blurred
        if width == 2:
            return blurred[..., :-1] | blurred[..., 1:]
        return np.broadcast_to(blurred.any(axis=-1, keepdims=True), blurred.shape)

    def without(self, left_out: Array) -> Curves:
        """Of one model: the points but for those ``left_out``; neighbours are comparable if all were between them."""
        kept = np.flatnonzero(~left_out)
        comparable = np.array([self.comparable[a:b].all() for a, b in pairwise(kept)], dtype=bool)
        points, sponsor, proxy, slack, valid = (
            x[kept] for x in (self.points, self.sponsor, self.proxy, self.slack, self.valid)
        )
        return Curves(points, sponsor, proxy, None, slack, comparable, valid, self.searched)

    def pair(self, k: int) -> Curves:
        """Of one model: the point at index ``k`` and the next one alone."""
        points, sponsor, proxy, slack, valid = (
            x[k : k + 2] for x in (self.points, self.sponsor, self.proxy, self.slack, self.valid)
        )
        return Curves(points, sponsor, proxy, None, slack, self.comparable[k : k + 1], valid, self.searched)

    def model(self, row: int) -> Curves:
        """One of many models."""
        of_all = (self.sponsor, self.proxy, self.slack, self.comparable, self.valid)
        sponsor, proxy, slack, comparable, valid = (x[row] for x in of_all)
        other = None if self.other is None else self.other[row]
        return Curves(self.points, sponsor, proxy, other, slack, comparable, valid, self.searched)


def curves(
    model: Callable[[Any], DyadicGame],
    line: Along,
    points: Array,
    enforcement: Enforcement,
    profile: Profile,
    assume: Sequence[str],
    total: Number,
    *,
    pact: bool,
    models: tuple[int, ...] = (),
    look_between: bool = True,
) -> Curves:
    """Critical discount factors of ``model(parameter)`` at ``points`` of the line, of the ``pact`` or of ``profile``.

    The model ignores its argument along the gap. Where its parameters are arrays, ``models`` is their shape, without the axis
    of the points. Unless ``look_between``, points are comparable wherever the assumptions hold at both.
    """
    power = Power.from_gap(points if line == "gap" else points * 0, total)

    def stages(at: Array) -> StageGame:
        return _spread(_stage(model, line, at, total), (*models, at.size))

    stage = stages(points)
    enforcement = at_power(enforcement, power)
    main = PACT if pact else profile
    r = critical_discount(stage, profile=main, enforcement=enforcement)
    other = critical_discount(stage, profile=profile, enforcement=enforcement).dyad if line == "parity" else None
    valid = _assumed(assume, stage, r.profile, enforcement)
    comparable = valid if points.size == 1 else valid[..., :-1] & valid[..., 1:]
    if look_between and assume and points.size > 1:
        steps = [points[:-1] + (points[1:] - points[:-1]) * n / (_BETWEEN + 1) for n in range(1, _BETWEEN + 1)]
        inner = stages(np.stack(steps, axis=-1).ravel())
        between = _assumed(assume, inner, r.profile, enforcement)
        comparable = comparable & between.reshape(*between.shape[:-1], -1, _BETWEEN).all(axis=-1)
        near = np.array([points[0] + (points[1] - points[0]) / 2**n for n in range(1, _NEAREST)])
        first = _assumed(assume, stages(near), r.profile, enforcement).all(axis=-1)
        comparable[..., 0] = comparable[..., 0] & first
    sponsor, proxy = np.asarray(r.sponsor), np.asarray(r.proxy)
    exact = sponsor.dtype == proxy.dtype == object  # some concepts answer exact games in floats
    slack = np.zeros(stage.batch_shape, dtype=object) if exact else rounding_of(r)
    return Curves(points, sponsor, proxy, _array(other), slack, comparable, valid, r.terms.worst is not None)


def _stage(model: Callable[[Any], DyadicGame], line: Along, points: Array, total: Number) -> StageGame:
    """The stage games at the points; one by one where the model takes numbers but no arrays, as with ``if`` and ``max``."""
    try:
        return stage_at(model, line, points, total)
    except ValueError:  # NumPy has no error type of its own for arrays in ``if``
        games = _one_by_one(model, line, points, total)
        if games is None:
            raise
    if not all(game.exact for game in games):
        games = [stage_at(model, line, float(point), total) for point in points]
    return StageGame(np.stack([game.A for game in games]), np.stack([game.B for game in games]), games[0].actions)


def _spread(stage: StageGame, shape: tuple[int, ...]) -> StageGame:
    """The stage games as a batch of at least this shape: payoffs that do not depend on the line are the same all along it."""
    wanted = np.broadcast_shapes(stage.batch_shape, shape)
    if wanted == stage.batch_shape:
        return stage
    A, B = (np.broadcast_to(table, (*wanted, *table.shape[-2:])) for table in (stage.A, stage.B))
    return StageGame(A, B, stage.actions)


def stage_at(model: Callable[[Any], DyadicGame], line: Along, points: Any, total: Number) -> StageGame:
    """The stage games at points of the line, or at one."""
    if line == "gap":
        return model(None).stage_game(Power.from_gap(points, total))
    return model(points if moves_parameter(line) else None).stage_game(Power.from_gap(points * 0, total))


def _one_by_one(model: Callable[[Any], DyadicGame], line: Along, points: Array, total: Number) -> list[StageGame] | None:
    """The stage game at each point; None if the model has none at one of them, or is a batch of many models."""
    games: list[StageGame] = []
    for point in points:
        try:
            game = stage_at(model, line, point, total)
        except ValueError:
            return None
        if game.batch_shape:
            return None
        games.append(game)
    return games


def _array(x: Any) -> Array | None:
    return None if x is None else np.asarray(x)


def _assumed(assume: Sequence[str], stage: StageGame, profile: tuple[int, int], enforcement: Enforcement) -> Array:
    """Where all assumptions hold."""
    valid = np.ones(stage.batch_shape, dtype=bool)
    for name in assume:
        valid = valid & _holds(name, stage, profile, enforcement)
    return valid


def _holds(name: str, stage: StageGame, profile: tuple[int, int], enforcement: Enforcement) -> Array:
    """Where an assumption of :data:`alliances.claims.ASSUMPTIONS` holds."""
    given = enforcement.conflict(stage.actions)
    if name == "credible":
        return np.asarray(stage.pure_nash().mask[..., given[0], given[1]])
    better = [np.asarray(c > w, dtype=bool) for c, w in zip(stage.payoffs(profile), stage.payoffs(given), strict=True)]
    return np.asarray(better[0] & better[1])
