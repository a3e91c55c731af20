"""Payments and strategies of relational contracts, their presentation, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances import (
    StageGame,
    Transfers,
)
from alliances.repeated.contracts.liquidity import contract_values
from alliances.repeated.contracts.payments import payments
from alliances.repeated.contracts.relational import relational_contracts
from alliances.repeated.contracts.strategies import ContractState, ContractStrategy
from alliances.verification.contracts import verify_contract
from tests.contract_support import (
    PD,
    PENNIES,
    games,
)

# -- payments and strategies -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(games(most=3), st.sampled_from([F(0), F(1, 3), F(1)]))
def test_strategies_are_equilibria_from_the_critical_discount_on(stage: StageGame, share: F) -> None:
    contracts = relational_contracts(stage)
    for a in product(*map(range, stage.shape)):
        critical = contracts.critical_discount(a)
        if critical == math.inf:
            continue
        for delta in (critical, (1 + critical) / 2):
            strategy = contracts.strategy(delta, a, share)
            check = strategy.verify()
            assert check.ok, str(check)
            assert check.exact
            assert check.gain <= 0
            paid = contracts.payments(delta, a, share)
            assert strategy.payoffs() == (paid.sponsor, paid.proxy)
            assert paid.proxy - paid.proxy_punishment == share * (sum(stage.payoffs(a)) - sum(contracts_punishments(paid)))
            values = strategy.values()
            assert values["punish sponsor"][0] == paid.sponsor_punishment
            assert values["punish proxy"][1] == paid.proxy_punishment


def contracts_punishments(paid: object) -> tuple[F, F]:
    return paid.sponsor_punishment, paid.proxy_punishment  # type: ignore[attr-defined]


def test_the_wage_is_the_least_that_keeps_the_proxy_loyal() -> None:
    patron = StageGame([[8, 1], [9, 2]], [[1, 3], [0, 2]], actions=("ally", "fight"))
    contracts = relational_contracts(patron)
    delta, a = F(1, 2), (0, 0)
    paid = contracts.payments(delta, a)
    assert contracts.loyalty_wage(delta, a) == paid.least == F(3, 2)
    base = contracts.strategy(delta, a, share=0)
    assert base.states["path"].transfer == paid.least
    for change, holds in (
        (F(0), True),
        (-F(1, 10**9), False),
        (paid.most - paid.least, True),
        (paid.most - paid.least + 1, False),
    ):
        path = replace(base.states["path"], transfer=paid.least + change)
        changed = replace(base, states={**base.states, "path": path}, upfront=F(0), promised=None, punished=None)
        check = verify_contract(changed)
        assert check.ok is holds
        if not holds:
            assert check.player == ("proxy" if change < 0 else "sponsor")
            assert check.state == "path"
            assert check.gain > 0


def test_verification_finds_what_is_wrong() -> None:
    contracts = relational_contracts(PD)
    good = contracts.strategy(F(1, 7))
    assert good.verify().ok
    impatient = verify_contract(replace(good, discount=F(1, 7) - F(1, 10**12)))
    assert not impatient
    assert impatient.deviation.startswith(("plays", "refuses"))
    assert str(impatient).startswith("Not an equilibrium: 14 checked; the most tempting, in state")
    assert str(good.verify()).startswith("No one-shot deviation gains")
    greedy = verify_contract(replace(good, upfront=F(100)))
    assert not greedy
    assert (greedy.player, greedy.deviation) == ("sponsor", "refuses the first payment")
    lenient = dict(good.states)
    lenient["punish sponsor"] = ContractState((0, 0), F(0), "best")
    assert not verify_contract(replace(good, states=lenient))
    with pytest.raises(ValueError, match=r"states must contain every state that can be reached; missing \['punish proxy'\]"):
        ContractStrategy(PD, F(1, 2), {k: v for k, v in good.states.items() if k != "punish proxy"})


def test_values_of_cycles() -> None:
    """Two profiles in turn: w = (flow₀ + δ flow₁)/(1 + δ)."""
    states = {
        "path": ContractState((0, 1), F(0), "other"),
        "other": ContractState((1, 0), F(0), "path"),
        "punish sponsor": ContractState((1, 1), F(0), "punish sponsor"),
        "punish proxy": ContractState((1, 1), F(0), "punish proxy"),
    }
    values = ContractStrategy(PD, F(1, 2), states).values()
    assert values["path"] == ((1 + F(1, 2) * 10) / F(3, 2), (10 + F(1, 2)) / F(3, 2))
    assert values["punish proxy"] == (3, 3)


def test_payer() -> None:
    patron = StageGame([[8, 1], [9, 2]], [[1, 3], [0, 2]])
    assert payments(patron, F(1, 2), (0, 0)).payer == "sponsor"
    client = StageGame([[1, 0], [3, 2]], [[8, 9], [1, 2]])
    assert payments(client, F(1, 2), (0, 0)).payer == "proxy"
    assert payments(PD, F(1, 2), (0, 0)).payer == "nobody"
    assert payments(PD, F(1, 8), (0, 0)).payer == "none"
    assert str(payments(PD, F(1, 8), (0, 0))) == "No payments keep the profile (0, 0) at discount factor 1/8."
    assert "Nobody pays" in str(payments(PD, F(1, 2), (0, 0)))


# -- presentation and errors -----------------------------------------------------------------------------------------------


def test_table_dict_and_plot() -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    contracts = relational_contracts(PD)
    table = str(contracts)
    assert len(table.splitlines()) == 3
    assert "1/7" in table
    as_dict = contracts.to_dict()
    assert as_dict["steps"][1]["joint_payoff"] == "18"
    assert as_dict["exact"] is True
    ax = contracts.plot()
    upper, lower = ax.get_lines()
    assert upper.get_xdata().tolist() == [0, 1 / 7, 1]
    assert upper.get_ydata().tolist() == [6, 18, 18]
    assert upper.get_linestyle() != lower.get_linestyle()
    assert "–" in str(relational_contracts(PENNIES))
    relational_contracts(PENNIES).plot(ax)
    assert payments(PD, F(1, 2), (0, 0)).to_dict()["payer"] == "nobody"


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: relational_contracts(3), TypeError, r"relational_contracts\(\): stage must be a StageGame; got 3"),
        (
            lambda: relational_contracts(StageGame(np.ones((2, 2, 2)), np.ones((2, 2, 2)))),
            ValueError,
            r"relational_contracts\(\): takes one game, not a batch",
        ),
        (
            lambda: relational_contracts(PD).at(1),
            ValueError,
            r"RelationalContracts.at\(\): discount must lie in \[0, 1\); got 1",
        ),
        (lambda: relational_contracts(PD).at(-0.1), ValueError, r"discount must lie in \[0, 1\); got -0.1"),
        (lambda: relational_contracts(PD).at([0.5]), TypeError, r"RelationalContracts.at\(\): discount must be one number"),
        (lambda: contract_values(PD, 1.5), ValueError, r"contract_values\(\): discount must lie in \[0, 1\); got 1.5"),
        (
            lambda: contract_values(StageGame(np.ones((3, 2, 2)), np.ones((3, 2, 2))), [0.1, 0.2]),
            ValueError,
            r"contract_values\(\): discount must broadcast with the batch \(3,\); got shape \(2,\)",
        ),
        (lambda: Transfers(punishment="both"), ValueError, r"Transfers\(\): punishment must be .* got 'both'"),
        (lambda: Transfers("optimal", mixed=True), ValueError, r"Transfers\(\): mixed must be False .* got True"),
        (lambda: payments(PD, 0.5, (0, 0), 2), ValueError, r"payments\(\): share must lie in \[0, 1\]; got 2"),
        (lambda: payments(PD, 0.5, (0, 7)), ValueError, r"payments\(\): profile's indices must be below 2; got 7"),
        (
            lambda: relational_contracts(PD).critical_discount((0, 7)),
            ValueError,
            r"critical_discount\(\): profile's indices .* 7",
        ),
        (
            lambda: relational_contracts(PD).strategy(F(1, 8), (0, 0)),
            ValueError,
            r"RelationalContracts.strategy\(\): profile \(0, 0\) needs a discount of at least 1/7; got 1/8",
        ),
        (
            lambda: relational_contracts(PENNIES).payments(F(1, 8)),
            ValueError,
            r"RelationalContracts.payments\(\): discount must be one at which a contract exists; got 1/8",
        ),
    ],
)
def test_errors(call: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()  # type: ignore[operator]
