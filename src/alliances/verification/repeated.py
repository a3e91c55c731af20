"""Strategies, payoff sets and contracts of repeated games."""

from __future__ import annotations

from alliances.repeated.contracts.relational import RelationalContracts
from alliances.repeated.contracts.strategies import ContractStrategy, verify_contract, verify_steps
from alliances.repeated.monitoring.contracts import MonitoredContracts
from alliances.repeated.payoff_sets.single import PayoffSet
from alliances.repeated.payoff_sets.strategy import Strategy, verify_strategy
from alliances.verification.outcome import (
    Verification,
    verify,
)


@verify.register
def _(result: RelationalContracts) -> Verification:
    check = verify_steps(result)
    return Verification(check.ok, check.checks, check.witness)


@verify.register
def _(result: ContractStrategy) -> Verification:
    check = verify_contract(result)
    return Verification(check.ok, check.deviations, None if check else str(check))


@verify.register
def _(result: MonitoredContracts) -> Verification:
    check = result.verify()
    return Verification(
        check.ok, check.checks, None if check else f"{check.condition}: fails by {check.violation:.3g} payoff ranges"
    )


@verify.register
def _(result: Strategy) -> Verification:
    check = verify_strategy(result)
    witness = None if check.holds else f"{check.player} gains {check.gain} by action {check.action} in state {check.state}"
    return Verification(check.holds, len(result.states), witness)


@verify.register
def _(result: PayoffSet) -> Verification:
    """Every vertex is an equilibrium payoff: its strategy passes. That there are no others is the solver's proof."""
    count = 0
    for vertex in result.vertices:
        check = verify(result.strategy(vertex))
        count += check.checks
        if not check:
            return Verification(False, count, f"vertex {tuple(vertex)}: {check.witness}")
    return Verification(True, count)
