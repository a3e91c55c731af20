"""Regime maps: does each cell show the best of what is kept?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from alliances.arithmetic import to_float
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.results import Verification, verify
from alliances.sweeps.regime_maps import RegimeMap
from alliances.thresholds.regimes import regime_names
from alliances.verification.critical import critical_conditions
from alliances.verification.outcome import decided, outcome


@verify.register
def _(result: RegimeMap) -> Verification:
    return outcome(_map_conditions(result))


def _map_conditions(m: RegimeMap) -> Iterator[tuple[Any, Any]]:
    conflict = len(m.names) - 1
    yield from _form_conditions(m)
    yield (m.code >= 0) & (m.code <= conflict), lambda at: f"code {m.code[at]} names no regime"
    for k, r in enumerate(m.critical):
        yield r.profile == (k, k), lambda _, n=m.names[k]: f"{n}: its certificate is of another profile"
        yield from critical_conditions(r)
    if m.code.ndim == 2:
        yield from _slice_conditions(m)
        return
    for k, pair in enumerate(zip(*m.discount, strict=True)):
        yield from _slice_conditions(replace(m, code=m.code[k], discount=pair))


def _form_conditions(m: RegimeMap) -> Iterator[tuple[Any, Any]]:
    """The axes, the shapes, and that the certificates are of the games on the grid."""
    axes = np.asarray(m.gaps), np.asarray(m.stakes)
    yield (
        all(x.ndim == 1 and bool(np.all(x[1:] > x[:-1])) for x in axes),
        lambda _: "gaps or stakes are not one increasing list",
    )
    delta = [np.asarray(to_float(x)) for x in m.discount]
    yield (
        len(delta) == 2 and delta[0].shape == delta[1].shape and all(((x >= 0) & (x < 1)).all() for x in delta),
        lambda _: f"{m.discount} are no two discount factors, or lists of them",
    )
    cells = (axes[1].size, axes[0].size)
    shape = (*delta[0].shape, *cells)
    yield np.shape(m.code) == shape, lambda _: f"the codes are not of the shape {shape} of the grid"
    yield np.issubdtype(m.code.dtype, np.integer), lambda _: "the codes are no whole numbers"
    game = m.game if isinstance(m.game, DyadicGame) else m.game(m.stakes[:, None])
    if isinstance(m.game, AllianceGame):
        game = replace(m.game, stakes=m.stakes[:, None])
    power = Power.from_gap(m.gaps, m.total)
    stage = game.stage_game(power)
    yield m.names == regime_names(game), lambda _: f"the names are {m.names}, but {regime_names(game)} by the game's actions"
    yield len(m.critical) == len(m.names) - 1, lambda _: "there is not one certificate for each peaceful arrangement"
    concept = m.enforcement.at_power(power)
    for k, r in enumerate(m.critical):
        same = [
            np.shape(y) == (*np.broadcast_shapes(cells, stage.batch_shape), *stage.shape)[-y.ndim :]
            and bool(np.all(to_float(x) == to_float(y)))
            for x, y in ((stage.A, r.stage.A), (stage.B, r.stage.B))
        ]
        yield all(same), lambda _, n=m.names[k]: f"{n}: its certificate is of other games than those of the grid"
        yield (
            r.enforcement == concept,
            (lambda _, n=m.names[k]: f"{n}: its certificate is of another concept of enforcement"),
        )


def _slice_conditions(m: RegimeMap) -> Iterator[tuple[Any, Any]]:
    """The cells (stakes, gaps) at one discount factor, or one pair."""
    conflict, kept, broken, joint = len(m.names) - 1, [], [], []
    for r in m.critical:
        pays, stays, _ = decided(r.enforcement, r.stage, r.terms, m.discount)
        kept.append(stays.all(axis=0))
        broken.append(pays.any(axis=0))
        joint.append(to_float(np.asarray(r.terms.path[0] + r.terms.path[1])))
    slack = sum(np.asarray(to_float(x)) for x in m.critical[0].stage.rounding)
    for k, name in enumerate(m.names[:-1]):
        cells = m.code == k
        yield ~(cells & broken[k]), lambda _, n=name: f"{n} is reported, though a player gains by deviating from it"
        for other, rival in enumerate(m.names[:-1]):
            yield (
                ~(cells & kept[other] & (joint[other] > joint[k] + slack)),
                lambda _, n=name, r=rival: f"{n} is reported, though {r} is kept and worth more",
            )
        yield ~((m.code == conflict) & kept[k]), lambda _, n=name: f"conflict is reported, though {n} is kept"
