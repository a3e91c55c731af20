"""The re-check of break thresholds with side payments: each wrong field of contracts and holes is named."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np

import alliances as al
from alliances.dynamics.contract_holes import game_with_given
from alliances.dynamics.dynamic_contracts import DynamicContracts
from alliances.dynamics.elimination import eliminated
from tests import moving_power_examples
from tests.recheck_support import changed, witness
from tests.test_recheck_break_thresholds import N, levels_of, of_contracts, of_moving, paid


@functools.cache
def holed() -> Any:
    return moving_power_examples.holed()


def test_what_contracts_know_nothing_of_is_named() -> None:
    t = holed()
    assert witness(t) is None
    h = t.moving.evidence
    assert len(h.holes) == 1
    tried = "moving power: candidates are said to be unsolved where none are tried"
    assert of_moving(t, unsolved=(0.0,)) == tried
    bounds = "moving power: an alliance is said to be excluded where no bounds are asked for"
    assert of_moving(t, excluded=(0.0,)) == bounds
    for wrong in ((), (0.0,), (*t.moving.holes, 0.0)):
        assert of_moving(t, holes=wrong) == "moving power: the holes are not those of the evidence"
    settled = "moving power: the answer is said to be settled, or not, against its contracts"
    assert of_contracts(t, settled=False) == settled
    for discount in (0.5, 0.9500001):
        assert of_contracts(t, discount=discount) == f"moving power: contracts for the discount factor {discount}"
    other = eliminated(h.contracts.game, 0.5)
    assert of_contracts(t, contracts=other) == "moving power: contracts for the discount factor 0.95"
    (hole,) = h.holes
    for error in (-1e-3, 1e-3):
        dearer = game_with_given(h.game, {hole.state: replace(hole, values=hole.values + error)})
        else_ = "moving power: the contracts take the holes for something else"
        assert of_contracts(t, contracts=eliminated(dearer, 0.95)) == else_
    twice = replace(t.moving, evidence=replace(h, holes=(hole, hole)), holes=t.moving.holes * 2)
    assert witness(replace(t, moving=twice)) == "moving power: the holes are out of order"
    x = int(np.flatnonzero(h.contracts.exists)[0])
    shifted = replace(h.contracts, joint=changed(h.contracts.joint, x, h.contracts.joint[x] + 1e-6))
    found = of_contracts(t, contracts=shifted)
    assert found == f"moving power: {al.verify(contracts_of(shifted)).witness}"


def contracts_of(values: Any) -> Any:
    return DynamicContracts(**{name: getattr(values, name) for name in values.__dataclass_fields__})


def test_what_is_played_in_a_hole_is_an_equilibrium_there() -> None:
    t = holed()
    h = t.moving.evidence
    (hole,) = h.holes
    name = f"moving power: state {h.game.states[hole.state]!r}"

    def found(**fields: Any) -> Any:
        return of_contracts(t, holes=(replace(hole, **fields),))

    for who in ("sponsor", "proxy"):
        x = getattr(hole, who)
        mixed = f"{name}: mixed actions are no probabilities"
        for wrong in ([1.5, -0.5], x * (1 + 1.1e-12), x * (1 - 1.1e-12)):
            assert found(**{who: np.array(wrong)}) == mixed
        for near in (x * (1 + 0.9e-12), x * (1 - 0.9e-12)):
            assert found(**{who: near}) != mixed
        moved = x + np.array([1e-3, -1e-3])  # the other gains by one of its actions then, and is worth something else
        answer = found(**{who: moved})
        assert answer.startswith((f"{name}: worth ", f"{name}: a deviation gains "))
        pure = np.array([1.0, 0.0])
        answer = found(**{who: pure})
        assert answer.startswith((f"{name}: worth ", f"{name}: a deviation gains "))
        size = float(answer.split(" worth ")[1].split(",")[0] if " worth " in answer else answer.rpartition(" ")[2])
        if " worth " in answer:
            assert float(answer.rpartition(" not ")[2]) in hole.values.tolist()
        else:
            assert size > 0


def test_a_state_with_a_pure_equilibrium_is_no_hole() -> None:
    t = paid()
    h = t.moving.evidence
    assert h.holes == ()
    x = next(k for k in range(N) if h.contracts.exists[k])
    c = h.contracts
    half = (c.joint - c.sponsor_punishment - c.proxy_punishment) / 2
    values = np.array([c.sponsor_punishment[x] + half[x], c.proxy_punishment[x] + half[x]])
    war = np.array([0.0, 1.0])
    hole = holed().moving.evidence.holes[0]
    false = replace(hole, state=x, sponsor=war, proxy=war, values=values)
    given = eliminated(game_with_given(h.game, {x: false}), t.discount)
    moving = replace(t.moving, evidence=replace(h, holes=(false,), contracts=given), holes=(levels_of(t)[x],))
    found = witness(replace(t, moving=moving))
    assert found is not None
    name = f"moving power: state {h.game.states[x]!r}"
    assert found.startswith((f"{name}: worth ", f"{name}: a deviation gains ", f"{name} is said to be a hole, "))
