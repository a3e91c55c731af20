"""Contracts under public monitoring: incentives, budgets, the payoffs promised by the states, and that no more can be had.

The contracts generate themselves: every state keeps both players, within its liquidity, and gives what it promises. That
nothing better does is asked of the definition, too: from the largest joint payoff and the least best replies on, L is lowered
to δ/(1−δ) W(L), again and again, W(L) by linear programmes of this module. W does not fall in L, so every L on the way is
a bound.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.arithmetic.tolerance import PROGRAMME_ROUNDING, payoff_rounding
from alliances.repeated.monitoring.contracts import MonitoredContracts, MonitoringVerification
from alliances.repeated.monitoring.signals import PublicMonitoring
from alliances.results import verify
from alliances.values import kept_by_identity
from alliances.verification.outcome import MISFITS, misfit

__all__ = ["verify_monitored"]

_BOUNDS = 60  # how often L is lowered
_ENOUGH = 1e3  # payoff ranges, beside ten times what a profile needs
_NEAR = 1e-6  # payoff ranges: how far the bound may lie above the liquidity, and a profile's least liquidity beside it


@verify.register(MonitoredContracts)
def verify_monitored(contracts: MonitoredContracts, *, tolerance: float = 1e-7) -> MonitoringVerification:
    """Re-check from the definition: incentives, budgets, promised payoffs (self-generation), and that nothing better does."""
    try:
        witness = _form(contracts)
        return _failed(witness) if witness else _conditions(contracts, tolerance)
    except MISFITS as error:
        return _failed(misfit(error).witness or "")


def _failed(witness: str) -> MonitoringVerification:
    return MonitoringVerification(ok=False, checks=1, witness=witness, violation=math.inf, condition=witness)


def _form(contracts: MonitoredContracts) -> str | None:
    """In which way the fields do not fit each other; None if they do."""
    stage, states = contracts.monitoring.stage, (contracts.on_path, contracts.punish_sponsor, contracts.punish_proxy)
    if not 0 <= contracts.discount < 1:
        return f"{contracts.discount} is no discount factor"
    if not isinstance(contracts.settled, (bool, np.bool_)):
        return "settled is neither True nor False"
    numbers = contracts.joint_payoff, contracts.sponsor_punishment, contracts.proxy_punishment, contracts.liquidity
    empty = contracts.on_path is None
    if any((state is None) != empty for state in states):
        return "some states are None, and others are not"
    if list(contracts.profiles) != sorted(set(contracts.profiles)):
        return "the profiles are not in order, or not different"
    profiles = [*contracts.profiles, *(state.profile for state in states if state is not None)]
    if not all(len(p) == 2 and all(0 <= x < n for x, n in zip(p, stage.shape, strict=True)) for p in profiles):
        return "a profile is none of the game"
    if empty:
        wrong = contracts.profiles or numbers != (-math.inf, math.inf, math.inf, 0)
        return "no equilibrium is claimed, and profiles or payoffs of one" if wrong else None
    if not all(math.isfinite(x) for x in numbers):
        return "a payoff is not finite"
    signals = np.shape(contracts.monitoring.signal_probabilities)[-1]
    for state in states:
        if state is None or np.shape(state.rewards) != (2, signals) or np.shape(state.burnt) != (signals,):
            return "rewards must be two rows, and burnt one, of a number per signal"
    return None


def _conditions(contracts: MonitoredContracts, tolerance: float) -> MonitoringVerification:
    programmes = _programmes(contracts.monitoring)
    unit = programmes.unit
    violations: list[tuple[float, str]] = []
    if contracts.on_path is not None:
        violations = [(x / unit, words) for x, words in _generated(contracts)]
    liquidity = contracts.liquidity / unit if contracts.on_path is not None else -1.0
    rounding = payoff_rounding(max(liquidity, 0.0))  # of rewards far larger than payoffs
    worst, condition = max(violations, default=(0.0, "no equilibrium is claimed"))
    kept = worst <= tolerance + rounding
    checks, witness = len(violations), None if kept else f"{condition}: fails by {worst:.3g} payoff ranges"
    if kept:
        for holds, words in programmes.conditions(contracts, liquidity):
            checks += 1
            if not holds and witness is None:
                witness, condition = words, words
    return MonitoringVerification(
        ok=witness is None and checks > 0,
        checks=checks,
        witness=witness,
        violation=float(worst),
        condition=condition,
    )


def _generated(contracts: MonitoredContracts) -> list[tuple[float, str]]:
    """By how much each condition of self-generation fails, in payoffs."""
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
        assert state is not None
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
    return violations


@kept_by_identity  # most of what the re-checks of one game at several discount factors ask is the same
def _programmes(monitoring: PublicMonitoring) -> _Programmes:
    return _Programmes(monitoring)


class _Programmes:
    """What rewards can do at a liquidity, profile by profile, with payoffs in units of the larger payoff range."""

    def __init__(self, monitoring: PublicMonitoring) -> None:
        stage = monitoring.stage
        self.unit = max(float(x) for x in stage.payoff_range) or 1.0
        self.payoffs = [(to_float(x) - to_float(x).min()) / self.unit for x in (stage.A, stage.B)]
        self.pi = to_float(monitoring.signal_probabilities)
        self.profiles = [(i, j) for i in range(stage.shape[0]) for j in range(stage.shape[1])]
        self.needs = {p: self.least_liquidity(p) for p in self.profiles}
        self.enough = _ENOUGH + 10 * max((x for x in self.needs.values() if x < math.inf), default=0.0)
        self._surplus: dict[float, float] = {}

    def conditions(self, contracts: MonitoredContracts, liquidity: float) -> list[tuple[bool, str]]:
        """That no larger liquidity is had, and that the profiles are those that this liquidity keeps."""
        weight = contracts.discount / (1 - contracts.discount)
        wide = _NEAR * (1 + weight)
        bound = self.bound(weight, liquidity)
        if not contracts.settled:
            return [(bound is None or liquidity < 0, "it has settled: a fixed point, and no larger one")]
        if bound is None:
            return []
        found = [(bound <= liquidity + wide if liquidity >= 0 else bound < 0, "a larger liquidity can be sustained")]
        for profile in self.profiles:
            least = self.needs[profile]
            named = profile in contracts.profiles
            right = least <= liquidity + wide if named else least >= liquidity - wide
            found.append((right, f"profile {profile} is {'' if named else 'not '}named, and needs a liquidity of {least:.6g}"))
        return found

    def bound(self, weight: float, liquidity: float) -> float | None:
        """L lowered until it no longer falls: the largest L with L ≤ δ/(1−δ) W(L); −1 if there is none, None if undecided."""
        level = weight * (max(float(self.payoffs[0][p] + self.payoffs[1][p]) for p in self.profiles) + 1.0)
        for _ in range(_BOUNDS):
            worth = self.surplus(level)
            lowered = weight * worth
            if worth == -math.inf or lowered < -_NEAR:
                return -1.0
            if liquidity >= 0 and lowered <= liquidity + _NEAR * (1 + weight):
                return lowered
            if level - lowered <= PROGRAMME_ROUNDING * (1 + weight):
                return max(lowered, 0.0)  # a surplus of 0 may be rounded to less
            level = max(lowered, 0.0)
        return None

    def surplus(self, liquidity: float) -> float:
        """W(L) = max U(L, a) − min v_S(L, a) − min v_P(L, a); beyond enough no more liquidity is used."""
        liquidity = min(liquidity, self.enough)
        if liquidity not in self._surplus:
            self._surplus[liquidity] = self._surplus_at(liquidity)
        return self._surplus[liquidity]

    def _surplus_at(self, liquidity: float) -> float:
        zero = np.zeros(self.pi.shape[-1])
        joint, worst = -math.inf, [math.inf, math.inf]
        for p in self.profiles:
            signals, g = self.pi[p], [float(x[p]) for x in self.payoffs]
            most = self.least(p, np.concatenate([-signals, -signals]), liquidity)
            if most is None:
                continue
            joint = max(joint, sum(g) - liquidity - most)
            for k, cost in enumerate((np.concatenate([signals, zero]), np.concatenate([zero, signals]))):
                least = self.least(p, cost, liquidity)
                if least is not None:
                    worst[k] = min(worst[k], g[k] + least)
        return joint - worst[0] - worst[1]

    def least_liquidity(self, p: tuple[int, int]) -> float:
        """The least L at which rewards keep both players at a profile."""
        least = self.least(p, np.zeros(2 * self.pi.shape[-1]), None)
        return math.inf if least is None else least

    def least(self, p: tuple[int, int], cost: Array, liquidity: float | None) -> float | None:
        """The least cost of rewards z ≥ 0 that keep both players within a liquidity; without one, the least liquidity."""
        from scipy.optimize import linprog

        (i, j), size = p, self.pi.shape[-1]
        rows: list[Any] = []
        right: list[float] = []
        for k in range(2):
            for action in range(self.payoffs[0].shape[k]):
                other = (action, j) if k == 0 else (i, action)
                if other != p:
                    change = self.pi[other] - self.pi[p]
                    rows.append([*(change if k == 0 else 0 * change), *(change if k == 1 else 0 * change), 0.0])
                    right.append(float(self.payoffs[k][p] - self.payoffs[k][other]))
        for y in range(size):
            row = np.zeros(2 * size + 1)
            row[y] = row[size + y] = 1.0
            row[-1] = -1.0
            rows.append(row)
            right.append(0.0)
        last = (0, None) if liquidity is None else (liquidity, liquidity)
        costs = np.append(cost, 1.0 if liquidity is None else 0.0)
        found = linprog(costs, A_ub=np.array(rows), b_ub=right, bounds=[(0, None)] * (2 * size) + [last], method="highs")
        return float(found.fun) if found.status == 0 else None
