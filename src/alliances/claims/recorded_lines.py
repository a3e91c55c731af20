"""Critical discount factors of many models along a line by the programme of their payoffs, without the payoffs themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.claims.lines import PACT, Along, Curves, moves_parameter
from alliances.games.bimatrix import Profile, profile_of
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.kernels.batch import Question, evaluated

__all__ = ["recorded_curves"]


def recorded_curves(
    model: Callable[[Any], DyadicGame],
    line: Along,
    points: Array,
    enforcement: Enforcement,
    profile: Profile,
    assume: Sequence[str],
    total: Number,
    *,
    pact: bool,
    models: tuple[int, ...],
) -> Curves | None:
    """:func:`alliances.claims.lines.curves` for arrays of models; None if there is no programme, or the batch is small.

    Assumptions that have to hold between the points, too, are left to the ordinary way.
    """
    if assume and points.size > 1:
        return None
    game = model(points if moves_parameter(line) else None)
    if not isinstance(game, DyadicGame):
        return None
    power = Power.from_gap(np.asarray(points if line == "gap" else points * 0, dtype=np.float64), total)
    shape = (*models, points.size)

    def asked(of: Profile, *outputs: str) -> list[Array] | None:
        pair = profile_of(of, (game.actions, game.actions), "critical_discount")
        found = evaluated(Question(game, power, enforcement, pair), outputs)
        if found is None or np.broadcast_shapes(found[0].shape, shape) != np.broadcast_shapes(shape):
            return None
        return [np.broadcast_to(x, shape) for x in found]

    found = asked(PACT if pact else profile, "sponsor", "proxy", "rounding", *assume)
    if found is None:
        return None
    other = asked(profile, "dyad") if line == "parity" else None
    if line == "parity" and other is None:
        return None
    sponsor, proxy, slack, *assumed = found
    valid = np.logical_and.reduce(assumed) if assumed else np.ones(shape, dtype=bool)
    comparable = valid if points.size == 1 else valid[..., :-1] & valid[..., 1:]
    return Curves(points, sponsor, proxy, None if other is None else other[0], slack, comparable, valid)
