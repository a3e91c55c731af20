"""Relational contracts under imperfect public monitoring: side payments, money burning, a fixed discount factor.

Players see a public signal y ~ π(· | a) instead of actions and may pay each other, or burn money, before and after play. As
under perfect monitoring the equilibrium payoffs are {u : u_i ≥ v_i, Σ u_i ≤ U} (Goldlücke & Kranz 2012, JET 147:1191-1221;
Levin 2003). After y player i continues with w_i(y) = v_i + (1−δ)/δ · z_i(y), where the rewards z_i(y) ≥ 0 share out at most
the *liquidity*

    L = δ/(1−δ) · (U − v_S − v_P),      z_S(y) + z_P(y) ≤ L,

and L − z_S(y) − z_P(y) is burnt. Given L, linear programmes say what a profile a can do if its rewards keep both players,
g_i(a) + E[z_i | a] ≥ g_i(a'_i, a_j) + E[z_i | a'_i, a_j]:

    L(a)      the least L at which such rewards exist,
    U(L, a)   = G(a) − min E[money burnt | a],            concave and nondecreasing in L,
    v_i(L, a) = min g_i(a) + E[z_i | a],                  convex and nonincreasing in L.

With U(L) = max_a U(L, a), v_i(L) = min_a v_i(L, a) over the profiles with L(a) ≤ L and W(L) = U(L) − v_S(L) − v_P(L), the
best equilibrium is the largest L with L ≤ δ/(1−δ) W(L). W may jump up where a profile becomes available.

The fixed point, not an iteration towards it: at a liquidity from above, the multipliers of the programmes give tangents
that lie above each U(·, a) and below each v_i(·, a), hence an upper bound on W that is linear for each choice of profiles.
The largest L that the bound allows is again an upper bound on the fixed point. There are finitely many linear pieces and
finitely many jumps, and each step passes one, so the search ends at the fixed point (Newton's method on a piecewise linear
function) for any δ < 1.

Perfect monitoring is the special case of a signal that is the profile: L(a) = D(a) − G(a), U(L, a) = G(a), v_i(L, a) =
d_i(a). Linear programmes are solved in floating point (HiGHS), to about 1e-8 of the larger payoff range, whatever the type
of the payoffs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.arithmetic.canonical import float_discount_factor
from alliances.arithmetic.tolerance import PROGRAMME_ROUNDING
from alliances.repeated.monitoring.linear_programmes import Incentives, Optimum
from alliances.repeated.monitoring.signals import PublicMonitoring
from alliances.results import Result, Verification, verify
from alliances.values import kept_by_identity

__all__ = ["MonitoredContracts", "MonitoredState", "MonitoringVerification", "monitored_contracts"]

_MOST_STEPS = 500
_SPARE = 1e-10  # payoff ranges: liquidity added to a profile's least, so that it does not fail by a rounding
_ENOUGH = 1e6  # payoff ranges: the most liquidity that the programmes use, which keeps their digits for δ near 1


@dataclass(frozen=True, eq=False)
class MonitoredState(Result):
    """What is played, and how the signal is rewarded.

    Attributes
    ----------
    profile
        The profile (i, j).
    rewards
        (2, Y): z_i(y), what player i is left after signal y beyond its punishment, in units of one period's payoff.
    burnt
        (Y,): the money burnt after each signal.
    """

    profile: tuple[int, int]
    rewards: Array
    burnt: Array


@dataclass(frozen=True, eq=False, kw_only=True)
class MonitoringVerification(Verification):
    """Whether monitored contracts satisfy their definition.

    Attributes
    ----------
    violation
        By how many payoff ranges the worst condition fails.
    condition
        Which one that is.
    """

    violation: float
    condition: str


@dataclass(frozen=True, eq=False)
class MonitoredContracts(Result):
    """The best equilibria with side payments at one discount factor.

    Attributes
    ----------
    joint_payoff
        U; −∞ if there is no equilibrium in pure actions.
    sponsor_punishment, proxy_punishment
        v_S and v_P; ∞ if there is none.
    liquidity
        L = δ/(1−δ) (U − v_S − v_P): what can be won or lost after a signal.
    on_path, punish_sponsor, punish_proxy
        The states that attain U, v_S and v_P; None if there is no equilibrium.
    profiles
        E(δ): every profile that can be played in some period.
    settled
        Whether the search ended at the fixed point; otherwise the values are bounds (U from above, v from below).
    rounds
        How many bounds it took.
    monitoring, discount
        The question.

    Examples
    --------
    >>> from alliances import StageGame
    >>> pd = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    >>> result = monitored_contracts(PublicMonitoring.binary(pd, bad=[[0.1, 0.6], [0.6, 0.9]]), 0.9)
    >>> result.on_path.profile, result.verify().ok
    ((0, 0), True)
    >>> result.on_path.burnt.round(6).tolist()  # after a good and after a bad signal
    [0.0, 4.0]
    """

    references: ClassVar[tuple[str, ...]] = ("levin-2003", "goldlucke-kranz-2012")

    joint_payoff: float
    sponsor_punishment: float
    proxy_punishment: float
    liquidity: float
    on_path: MonitoredState | None
    punish_sponsor: MonitoredState | None
    punish_proxy: MonitoredState | None
    profiles: tuple[tuple[int, int], ...]
    settled: bool
    rounds: int
    monitoring: PublicMonitoring
    discount: float

    @property
    def empty(self) -> bool:
        """Whether there is no equilibrium in pure actions."""
        return self.on_path is None

    @property
    def message(self) -> str:
        """One sentence on what was found."""
        if self.on_path is None:
            return f"No pure action profile can be sustained at discount factor {self.discount:.6g}."
        if not self.settled:
            return "The search for the fixed point did not settle: the values are bounds."
        lost = float(self.on_path.burnt @ self._signals(self.on_path))
        return f"Joint payoff {self.joint_payoff:.6g}, after {lost:.6g} burnt per period on average."

    @property
    def payoffs(self) -> tuple[float, float]:
        """The players' average payoffs when the contract on path is repeated; a first payment can divide U otherwise."""
        if self.on_path is None:
            raise ValueError(f"MonitoredContracts.payoffs: an equilibrium must exist; there is none at {self.discount}")
        (i, j), expected = self.on_path.profile, self.on_path.rewards @ self._signals(self.on_path)
        now = float(self.monitoring.stage.A[i, j]) + expected[0], float(self.monitoring.stage.B[i, j]) + expected[1]
        punished = self.sponsor_punishment, self.proxy_punishment
        after = [(1 - self.discount) * x + self.discount * v for x, v in zip(now, punished, strict=True)]
        return float(after[0]), float(after[1])

    def payments(self) -> Array:
        """(2, Y): what the sponsor and the proxy pay on path after each signal (negative: receive); the sum is burnt.

        p_i(y) = δ/(1−δ) (u_i − v_i) − z_i(y), with u the :attr:`payoffs`; paying beats refusing, because z_i(y) ≥ 0.
        """
        sponsor, proxy = self.payoffs
        assert self.on_path is not None  # or else there are no payoffs
        kept = np.array([[sponsor - self.sponsor_punishment], [proxy - self.proxy_punishment]])
        result: Array = self.discount / (1 - self.discount) * kept - self.on_path.rewards
        return result

    def verify(self, tolerance: float = 1e-7) -> MonitoringVerification:
        """Re-check incentives, budgets and promised payoffs, within ``tolerance`` payoff ranges: :func:`alliances.verify`."""
        outcome = verify(self, tolerance=tolerance)
        assert isinstance(outcome, MonitoringVerification)
        return outcome

    def _record(self) -> dict[str, Any]:
        numbers = ("discount", "joint_payoff", "sponsor_punishment", "proxy_punishment", "liquidity", "profiles", "message")
        return {name: getattr(self, name) for name in (*numbers, "on_path", "punish_sponsor", "punish_proxy")}

    def __str__(self) -> str:
        return f"{self.message} Punishments {self.sponsor_punishment:.6g} and {self.proxy_punishment:.6g}."

    def _signals(self, state: MonitoredState) -> Array:
        chosen: Array = to_float(self.monitoring.signal_probabilities)[state.profile]
        return chosen


def monitored_contracts(monitoring: PublicMonitoring, discount: Any) -> MonitoredContracts:
    """The largest joint payoff and the punishment payoffs under public monitoring with side payments, at a discount factor.

    Parameters
    ----------
    monitoring
        The game and its signals.
    discount
        The common discount factor, in [0, 1).

    Examples
    --------
    A false alarm costs as much as without side payments when the signal accuses nobody: (2 − 0.1/0.5) each.

    >>> from alliances import StageGame
    >>> pd = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    >>> print(monitored_contracts(PublicMonitoring.binary(pd, bad=[[0.1, 0.6], [0.6, 0.9]]), 0.9))
    Joint payoff 3.6, after 0.4 burnt per period on average. Punishments 0 and 0.
    """
    if not isinstance(monitoring, PublicMonitoring):
        raise TypeError(f"monitored_contracts(): monitoring must be a PublicMonitoring; got {monitoring!r}")
    return _Search(monitoring, float_discount_factor(discount, "monitored_contracts")).run()


@kept_by_identity  # whatever the discount factor, and one often asks at several
def _enforceable(
    monitoring: PublicMonitoring,
) -> tuple[float, Mapping[tuple[int, int], Incentives], Mapping[tuple[int, int], float]]:
    """The unit of payoffs; of the profiles that some rewards keep, the incentives and the liquidity that these need."""
    unit = max(float(x) for x in monitoring.stage.payoff_range) or 1.0
    every = {a: monitoring.incentives(a, (unit, unit)) for a in np.ndindex(*monitoring.stage.shape)}
    needs = {a: inc.least_liquidity() for a, inc in every.items()}
    kept = {a: need for a, need in needs.items() if need < math.inf}
    return unit, {a: every[a] for a in kept}, kept


class _Search:
    """The largest L with L ≤ δ/(1−δ) W(L), on payoffs in units of the larger payoff range (money has one unit for both)."""

    def __init__(self, monitoring: PublicMonitoring, discount: float) -> None:
        self.monitoring, self.discount = monitoring, discount
        self.weight = discount / (1 - discount)
        self.rounds = 0
        self.tolerance = PROGRAMME_ROUNDING * (1 + self.weight)
        self.unit, self.every, self.needs = _enforceable(monitoring)

    def run(self) -> MonitoredContracts:
        if not self.every:
            return self._nothing()
        # nobody can be held below its best reply, and no more than everything can be had
        most = max(sum(x.payoffs) for x in self.every.values())
        worst = [min(x.payoffs[i] + max(0.0, x.gains[i].max(initial=0.0)) for x in self.every.values()) for i in range(2)]
        liquidity = self.weight * max(most - sum(worst), 0.0)
        for self.rounds in range(1, _MOST_STEPS + 1):
            slack = {a: min(self.tolerance, PROGRAMME_ROUNDING + need / 1000) for a, need in self.needs.items()}
            allowed = [a for a, need in self.needs.items() if need <= liquidity + slack[a]]
            if not allowed:
                return self._nothing()
            outcomes = self._outcomes(allowed, liquidity)
            reached = self._bound(outcomes, liquidity)
            if reached < -self.tolerance:
                return self._nothing()
            if liquidity - reached <= self.tolerance:
                return self._result(outcomes, allowed, liquidity, settled=True)
            liquidity = max(reached, 0.0)
        return self._result(outcomes, allowed, liquidity, settled=False)

    def _outcomes(self, allowed: list[tuple[int, int]], liquidity: float) -> list[dict[tuple[int, int], Optimum]]:
        """For U, v_S and v_P, what each profile attains at this liquidity, with its slope."""
        optima: list[dict[tuple[int, int], Optimum]] = [{}, {}, {}]
        for a in allowed:
            room = self._room(a, liquidity)
            inc = self.every[a]
            for k, answer in enumerate((inc.most_joint(room), inc.least_payoff(0, room), inc.least_payoff(1, room))):
                if answer is not None:
                    optima[k][a] = answer if liquidity <= _ENOUGH else replace(answer, slopes=np.zeros(1))
        return optima

    def _room(self, a: tuple[int, int], liquidity: float) -> float:
        """The liquidity to reckon with: a profile at its least must not fail by a rounding; beyond enough, no more is used."""
        return max(min(liquidity, _ENOUGH), self.needs[a] + _SPARE)

    def _bound(self, outcomes: list[dict[tuple[int, int], Optimum]], liquidity: float) -> float:
        """The largest L up to the present one with L ≤ δ/(1−δ) W(L), by the tangents; negative if there is none."""
        lines = [
            _undominated([(sign * x.value, sign * float(x.slopes[0])) for x in optima.values()], liquidity)
            for sign, optima in zip((1, -1, -1), outcomes, strict=True)
        ]
        value = (lines[0][:, 0][:, None, None] + lines[1][:, 0][:, None]) + lines[2][:, 0]
        slope = (lines[0][:, 1][:, None, None] + lines[1][:, 1][:, None]) + lines[2][:, 1]
        if liquidity - self.weight * value.max() <= self.tolerance:
            return liquidity
        # L − weight·(value + slope·(L − liquidity)) is positive at the present L; its root below, if it rises in L
        rising = 1 - self.weight * slope
        root = self.weight * (value - slope * liquidity) / np.where(rising > 0, rising, 1.0)
        return float(np.where(rising > 0, root, -np.inf).max())

    def _result(
        self, outcomes: list[dict[tuple[int, int], Optimum]], allowed: list[tuple[int, int]], liquidity: float, settled: bool
    ) -> MonitoredContracts:
        states, values = [], []
        base = [float(x.min()) for x in (self.monitoring.stage.A, self.monitoring.stage.B)]
        for optima, sign, zero in zip(outcomes, (1, -1, -1), (sum(base), *base), strict=True):
            best = max(sign * x.value for x in optima.values())
            a = min(
                (x for x in optima if sign * optima[x].value >= best - PROGRAMME_ROUNDING), key=lambda x: (self.needs[x], x)
            )
            room = self._room(a, liquidity)
            rewards = np.clip(optima[a].x.reshape(2, -1), 0.0, None)
            burnt = np.clip(room - rewards.sum(axis=0), 0.0, None)
            unused = max(liquidity - room, 0.0)
            # what the programme did not use goes to the players whatever the signal, or is burnt in a punishment
            rewards, burnt = (rewards + unused / 2, burnt) if sign > 0 else (rewards, burnt + unused)
            states.append(MonitoredState(a, rewards * self.unit, burnt * self.unit))
            values.append(optima[a].value * self.unit + zero)
        return MonitoredContracts(
            values[0], values[1], values[2], liquidity * self.unit, states[0], states[1], states[2],
            tuple(allowed), settled, self.rounds, self.monitoring, self.discount,
        )  # fmt: skip

    def _nothing(self) -> MonitoredContracts:
        return MonitoredContracts(
            -math.inf, math.inf, math.inf, 0.0, None, None, None, (), True, self.rounds, self.monitoring, self.discount
        )  # fmt: skip


def _undominated(lines: list[tuple[float, float]], liquidity: float) -> Array:
    """The (value at L, slope) that are not below another one on all of [0, L]."""
    array = np.array(sorted(set(lines), reverse=True))
    kept, best_at_zero = [], -np.inf
    for value, slope in array:
        at_zero = value - slope * liquidity
        if at_zero > best_at_zero:
            kept.append((value, slope))
            best_at_zero = at_zero
    return np.array(kept)
