"""Contracts that are negotiated anew: does each period follow from the next, and the last from an equilibrium of the game?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.elimination import eliminated, playable_room
from alliances.dynamics.renegotiation import RenegotiatedContracts, shared_out
from alliances.results import Verification, verify
from alliances.verification.dynamics import Check, Definition, contract_checks
from alliances.verification.outcome import outcome_of

__all__ = ["verify_renegotiation"]


@verify.register
def verify_renegotiation(contracts: RenegotiatedContracts) -> Verification:
    """Re-check a contract that is negotiated anew: one application of the definition per period, from plain sums."""
    return outcome_of(_checks(contracts))


def _checks(c: RenegotiatedContracts) -> Iterator[Check]:
    game, n, kind = c.game, len(c.game), object if c.game.exact else float
    yield 0 <= c.discount < 1, f"the discount factor is {c.discount}"
    yield 0 <= c.probability <= 1, f"the probability of a negotiation is {c.probability}"
    yield 0 <= c.share <= 1, f"the sponsor's bargaining weight is {c.share}"
    rows = {name: getattr(c, name) for name in ("joint_values", "sponsor_values", "proxy_values")}
    for name, part in rows.items():
        fitting = part.shape == (c.periods, n) and part.dtype == kind
        yield (
            fitting,
            f"{name} must have the shape {(c.periods, n)} and the type {np.dtype(kind)}; it has {part.shape}, {part.dtype}",
        )
        if not fitting:
            return
    path = c.on_path_profiles
    yield path.shape == (n,) and path.dtype.kind == "i", f"on_path_profiles must have {n} entries, whole numbers"
    known = [np.array([value == value for value in part.ravel()]).reshape(part.shape) for part in rows.values()]
    same = bool((known[0] == known[1]).all() and (known[0] == known[2]).all())
    yield same, "the three values of some state exist in part only"
    if not same:
        return
    last = eliminated(game, c.discount)
    yield from contract_checks(last)
    yield (
        bool((last.exists == known[0][-1]).all()),
        "the last period has values where the game has no equilibrium, or none where it has",
    )
    law = Definition(game, c.discount)
    for name, right in zip(rows, (last.joint, last.sponsor_punishment, last.proxy_punishment), strict=True):
        where = known[0][-1] & last.exists
        yield (
            _near(rows[name][-1][where], right[where], law.equal),
            f"{name} of the last period are not those of an equilibrium",
        )
    for t in range(c.periods - 1):
        yield from _period(c, law, t, known[0])
    if c.periods == 1:
        yield bool((path == last.on_path_profiles).all()), "the profiles on path are not those of an equilibrium"


def _period(c: RenegotiatedContracts, law: Definition, t: int, known: Array) -> Iterator[Check]:
    """Whether the values of one period follow from those of the next."""
    game, rho, room = c.game, c.probability, playable_room(c.game)
    joint, v_s, v_p = (np.where(known[t + 1], part[t + 1], 0) for part in (c.joint_values, c.sponsor_values, c.proxy_values))
    r_s, r_p = shared_out(joint, v_s, v_p, c.share)
    worth = law.worth(joint)
    d_s, d_p = law.deviation(0, (1 - rho) * v_s + rho * r_s), law.deviation(1, (1 - rho) * v_p + rho * r_p)
    kept = np.asarray(worth - d_s - d_p >= -room, dtype=bool)
    for x, state in enumerate(game.states):
        profiles = range(int(game.first[x]), int(game.first[x + 1]))
        played = [k for k in profiles if kept[k]]
        leads = all(known[t + 1][y] for k in profiles for y in game.kernel.at(k))
        there = bool(played) and leads
        yield (
            there == known[t][x],
            f"period {t + 1}, state {state!r}: values are {'missing' if there else 'given without a profile'}",
        )
        if not there or not known[t][x]:
            if t == 0:
                yield c.on_path_profiles[x] == -1, f"state {state!r}: a profile is played where nothing is an equilibrium"
            continue
        right = max(worth[k] for k in played), min(d_s[k] for k in played), min(d_p[k] for k in played)
        told = c.joint_values[t][x], c.sponsor_values[t][x], c.proxy_values[t][x]
        for name, a, b in zip(("joint value", "sponsor's worst", "proxy's worst"), told, right, strict=True):
            yield abs(a - b) <= law.equal, f"period {t + 1}, state {state!r}: the {name} is {b}, not {a}"
        if t == 0:
            best = [k for k in played if worth[k] >= right[0] - room - law.equal]
            yield c.on_path_profiles[x] in best, f"state {state!r}: the profile on path is not one with the largest joint value"


def _near(told: Array, right: Array, equal: object) -> bool:
    return bool(np.all(np.abs(told - right) <= equal))
