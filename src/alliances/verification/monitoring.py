"""Contracts under public monitoring: incentives, budgets, and the payoffs promised by the states (self-generation)."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import to_float
from alliances.arithmetic.tolerance import payoff_rounding
from alliances.repeated.monitoring.contracts import MonitoredContracts, MonitoringVerification
from alliances.results import verify

__all__ = ["verify_monitored"]


@verify.register(MonitoredContracts)
def verify_monitored(contracts: MonitoredContracts, *, tolerance: float = 1e-7) -> MonitoringVerification:
    """Re-check from the definition: incentives, budgets, and the payoffs promised by the states (self-generation)."""
    if contracts.on_path is None or contracts.punish_sponsor is None or contracts.punish_proxy is None:
        empty = not contracts.profiles
        return MonitoringVerification(
            ok=empty,
            checks=1,
            witness=None if empty else "no equilibrium is claimed, and profiles that are played in one",
            violation=0.0,
            condition="no equilibrium is claimed",
        )
    stage, pi = contracts.monitoring.stage, to_float(contracts.monitoring.signal_probabilities)
    a, b = to_float(stage.A), to_float(stage.B)
    values = (contracts.sponsor_punishment, contracts.proxy_punishment)
    surplus = contracts.joint_payoff - sum(values)
    weight = contracts.discount / (1 - contracts.discount)
    violations = [(abs(contracts.liquidity - weight * surplus) / (1 + weight), "liquidity is δ/(1−δ) of the surplus")]
    states = (
        ("on path", contracts.on_path),
        ("punish sponsor", contracts.punish_sponsor),
        ("punish proxy", contracts.punish_proxy),
    )
    for name, state in states:
        i, j = state.profile
        z = state.rewards
        now = (a[i, j] + pi[i, j] @ z[0], b[i, j] + pi[i, j] @ z[1])
        other_s, other_p = a[:, j] + pi[:, j] @ z[0], b[i, :] + pi[i] @ z[1]
        violations.append((float(other_s.max() - now[0]), f"{name}: the sponsor does not gain by deviating"))
        violations.append((float(other_p.max() - now[1]), f"{name}: the proxy does not gain by deviating"))
        violations.append((float(-z.min()), f"{name}: rewards are not negative"))
        violations.append((float((z.sum(axis=0) - contracts.liquidity).max()), f"{name}: rewards do not exceed the liquidity"))
        violations.append(
            (float(np.abs(z.sum(axis=0) + state.burnt - contracts.liquidity).max()), f"{name}: the rest is burnt")
        )
        if name == "on path":
            promised = a[i, j] + b[i, j] - pi[i, j] @ state.burnt
            violations.append((float(abs(promised - contracts.joint_payoff)), f"{name}: the joint payoff is as promised"))
        else:
            player = 0 if name == "punish sponsor" else 1
            violations.append((float(abs(now[player] - values[player])), f"{name}: the punishment is as promised"))
    unit = max(contracts.monitoring.unit)
    violation, condition = max(violations)
    violation = float(violation) / unit
    rounding = payoff_rounding(contracts.liquidity / unit)  # of rewards far larger than payoffs
    ok = bool(violation <= tolerance + rounding)
    return MonitoringVerification(
        ok=ok,
        checks=len(violations),
        witness=None if ok else f"{condition}: fails by {violation:.3g} payoff ranges",
        violation=violation,
        condition=condition,
    )
