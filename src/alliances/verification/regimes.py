"""Regime maps: does each cell show the best of what is kept?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from alliances.arithmetic import to_float
from alliances.results import Verification, verify
from alliances.sweeps.regime_maps import RegimeMap
from alliances.verification.critical import critical_conditions
from alliances.verification.outcome import decided, outcome


@verify.register
def _(result: RegimeMap) -> Verification:
    return outcome(_map_conditions(result))


def _map_conditions(m: RegimeMap) -> Iterator[tuple[Any, Any]]:
    conflict = len(m.names) - 1
    yield (m.code >= 0) & (m.code <= conflict), lambda at: f"code {m.code[at]} names no regime"
    for k, r in enumerate(m.critical):
        yield r.profile == (k, k), lambda _, n=m.names[k]: f"{n}: its certificate is of another profile"
        yield from critical_conditions(r)
    if m.code.ndim == 2:
        yield from _slice_conditions(m)
        return
    for k, pair in enumerate(zip(*m.discount, strict=True)):
        yield from _slice_conditions(replace(m, code=m.code[k], discount=pair))


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
