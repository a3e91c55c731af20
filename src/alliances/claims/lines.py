"""Critical discount factors along a line – the gap, the stakes, or parity alone – as numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
) -> Curves:
    """Critical discount factors of ``model(parameter)`` at ``points`` of the line, of the ``pact`` or of ``profile``.

    The model ignores its argument along the gap.
    """
    power = Power.from_gap(points if line == "gap" else points * 0, total)
    stage = _stage(model, line, points, total)
    enforcement = at_power(enforcement, power)
    main = PACT if pact else profile
    r = critical_discount(stage, profile=main, enforcement=enforcement)
    other = critical_discount(stage, profile=profile, enforcement=enforcement).dyad if line == "parity" else None
    valid = _assumed(assume, stage, r.profile, enforcement)
    comparable = valid if points.size == 1 else valid[..., :-1] & valid[..., 1:]
    if assume and points.size > 1:
        steps = [points[:-1] + (points[1:] - points[:-1]) * n / (_BETWEEN + 1) for n in range(1, _BETWEEN + 1)]
        inner = _stage(model, line, np.stack(steps, axis=-1).ravel(), total)
        between = _assumed(assume, inner, r.profile, enforcement)
        comparable = comparable & between.reshape(*between.shape[:-1], -1, _BETWEEN).all(axis=-1)
        near = np.array([points[0] + (points[1] - points[0]) / 2**n for n in range(1, _NEAREST)])
        first = _assumed(assume, _stage(model, line, near, total), r.profile, enforcement).all(axis=-1)
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
