"""Relational contracts: repeated play with side payments and optimal penal codes, for all discount factors at once.

For two players with a common discount factor δ, perfect monitoring, pure actions and voluntary payments, the equilibrium
payoffs are fully described by three numbers, the largest joint payoff U(δ) and the punishment payoffs v_S(δ), v_P(δ): every
(u_S, u_P) with u_i ≥ v_i and u_S + u_P = U is an equilibrium payoff (less than U, if money may be burnt). The three are
step functions of δ with finitely many critical values (Levin 2003, AER 93:835-857; Goldlücke & Kranz 2012, JET
147:1191-1221). The derivation and the algorithm are in :mod:`alliances.repeated.contracts.liquidity`, the payments in
:mod:`alliances.repeated.contracts.payments`, the strategies and their verification in
:mod:`alliances.repeated.contracts.strategies`.

Assumptions: one common δ (with different ones players would trade over time without bound), payments unlimited by wealth, no
mixed actions. A game without a pure Nash equilibrium has no contract at small δ, and perhaps at none.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, Number, Real, Scalar, discount_factor, show
from alliances.arithmetic.canonical import computed_discount
from alliances.games.bimatrix import Profile
from alliances.games.stage_game import StageGame, check_stage
from alliances.repeated.contracts.liquidity import Levels, critical_of, critical_of_all, in_force, levels, matched
from alliances.repeated.contracts.payments import Payments, payments_at
from alliances.repeated.contracts.strategies import ContractState, ContractStrategy
from alliances.results import Result, aligned

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["ContractStep", "RelationalContracts", "relational_contracts"]

_UNIT = Fraction(1, 10**12)  # a discount factor given as a float stands for every number that rounds to it


@dataclass(frozen=True)
class ContractStep(Result):
    """One step: from which discount factor on, what, and by which profiles.

    Attributes
    ----------
    discount
        The critical discount factor: the step is in force from here to the next one.
    liquidity
        The largest liquidity requirement of the three active profiles; discount = liquidity / (liquidity + U − v_S − v_P).
    joint_payoff
        The joint payoff U; on an empty step −∞, the largest element of no set.
    sponsor_punishment, proxy_punishment
        v_S and v_P; ∞ on an empty step.
    on_path, punish_sponsor, punish_proxy
        The profiles (i, j) that attain U, v_S and v_P with the least liquidity requirement; None on an empty step.

    Examples
    --------
    >>> step = relational_contracts(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])).at(Fraction(1, 2))
    >>> step.on_path, step.punish_sponsor, step.surplus
    ((0, 0), (1, 1), Fraction(12, 1))
    """

    discount: Scalar
    liquidity: Scalar
    joint_payoff: Scalar
    sponsor_punishment: Scalar
    proxy_punishment: Scalar
    on_path: tuple[int, int] | None
    punish_sponsor: tuple[int, int] | None
    punish_proxy: tuple[int, int] | None

    @property
    def empty(self) -> bool:
        """Whether there is no equilibrium in pure actions at this step."""
        return self.on_path is None

    @property
    def surplus(self) -> Scalar:
        """U − v_S − v_P: what the players lose together when the contract breaks."""
        return -math.inf if self.empty else self.joint_payoff - self.sponsor_punishment - self.proxy_punishment


@dataclass(frozen=True, eq=False)
class RelationalContracts(Result):
    """All relational contracts of a stage game, for every discount factor.

    Attributes
    ----------
    stage
        The game.
    steps
        The steps in the order of their critical discount factors; the first starts at 0.

    Examples
    --------
    >>> cournot = StageGame(
    ...     [[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]], actions=("L", "M", "H")
    ... )
    >>> contracts = relational_contracts(cournot)
    >>> print(contracts)
    discount  liquidity  joint payoff  sponsor's  proxy's  on path  against sponsor  against proxy
           0          0            14          7        7     M, M             M, M           M, M
         1/4          6            18          0        0     L, M             M, H           H, M
         1/3         10            20          0        0     L, L             M, H           H, M
    >>> contracts.at(0.3).joint_payoff, contracts.critical_discount(("L", "L"))
    (Fraction(18, 1), Fraction(1, 3))
    """

    references: ClassVar[tuple[str, ...]] = ("levin-2003", "goldlucke-kranz-2012")

    stage: StageGame
    steps: tuple[ContractStep, ...]
    _levels: Levels

    @property
    def exact(self) -> bool:
        """Whether everything here is exact."""
        return self.stage.exact

    @property
    def message(self) -> str:
        """One sentence on what was found."""
        filled = [step for step in self.steps if not step.empty]
        if not filled:
            return "No pure action profile can be sustained at any discount factor; mixed actions are not considered."
        if self.steps[0].empty:
            return f"Without a pure Nash equilibrium, there is no contract below discount factor {show(filled[0].discount)}."
        return f"{len(filled)} step{'s' * (len(filled) > 1)}; the last from discount factor {show(filled[-1].discount)} on."

    # -- answers -------------------------------------------------------------------------------------------------------

    def at(self, discount: Any) -> ContractStep:
        """The step in force at a discount factor in [0, 1)."""
        return self._at(discount, "RelationalContracts.at")

    def _at(self, discount: Any, function: str) -> ContractStep:
        """:meth:`at` on behalf of ``function``, which errors name."""
        delta = computed_discount(self._one_discount(discount, function), self.exact, function)
        reached = [step for step in self.steps if step.discount <= delta + self._slack(step, delta)]
        return reached[-1]

    @staticmethod
    def _one_discount(discount: Any, function: str) -> Number:
        delta = discount_factor(discount, function)
        if np.ndim(delta):
            raise TypeError(f"{function}(): discount must be one number; got an array of shape {np.shape(delta)}")
        return delta

    def joint_payoff(self, discount: Any) -> Scalar:
        """U(δ), the largest joint payoff; −∞ where there is no contract."""
        return self._at(discount, "RelationalContracts.joint_payoff").joint_payoff

    def sustainable(self, discount: Any) -> tuple[tuple[int, int], ...]:
        """E(δ): the profiles that can be played in some period, by liquidity requirement."""
        function = "RelationalContracts.sustainable"
        delta = self._one_discount(discount, function)
        sublevels = self._levels
        _, delta = matched(self.stage, delta, function)
        slack = float(_UNIT) if self.exact and isinstance(delta, float) else 0
        last = int(in_force(sublevels, delta + slack))
        return tuple(self._profile(k) for k in sublevels.order[: last + 1])

    def critical_discount(self, profile: Profile, *, every_period: bool = True) -> Scalar:
        """The least discount factor at which a profile is kept in every period (or, False, can be played at all); ∞ if at
        none.

        Both readings agree for profiles with the largest joint payoff; see :mod:`alliances.repeated.contracts.liquidity`.
        """
        i, j = self.stage.profile(profile, "RelationalContracts.critical_discount")
        value = critical_of(self.stage, self._levels, i * self.stage.shape[1] + j, every_period)
        least: Scalar = np.asarray(value).item()
        return least

    def critical_discounts(self, *, every_period: bool = True) -> Array:
        """(m, n): :meth:`critical_discount` of every profile."""
        return critical_of_all(self.stage, self._levels, every_period)

    def payments(self, discount: Any, profile: Profile | None = None, share: Any = Fraction(1, 2)) -> Payments:
        """Who pays whom, how much, to keep a profile (default: the best one) at a discount factor."""
        return self._payments(discount, profile, share, "RelationalContracts.payments")

    def _payments(self, discount: Any, profile: Profile | None, share: Any, function: str) -> Payments:
        """:meth:`payments` on behalf of ``function``, which errors name."""
        return payments_at(self.stage, discount, self._target(discount, profile, function), share, function)

    def loyalty_wage(self, discount: Any, profile: Profile | None = None) -> Real:
        """The least payment per period, from sponsor to proxy, that keeps the proxy loyal; nan if none does."""
        return self._payments(discount, profile, Fraction(1, 2), "RelationalContracts.loyalty_wage").least

    def strategy(self, discount: Any, profile: Profile | None = None, share: Any = Fraction(1, 2)) -> ContractStrategy:
        """The contract as a strategy, ready for :func:`alliances.verify`.

        Raises
        ------
        ValueError
            If the profile cannot be kept in every period at this discount factor.
        """
        function = "RelationalContracts.strategy"
        target = self._target(discount, profile, function)
        step = self._at(discount, function)
        path = payments_at(self.stage, discount, target, share, function)
        if step.empty or not path.sustainable:
            least = self.critical_discount(target)
            raise ValueError(f"{function}(): profile {target} needs a discount of at least {least}; got {discount}")
        best = path if target == step.on_path else payments_at(self.stage, discount, step.on_path, share, function)  # type: ignore[arg-type]
        stage, delta = matched(self.stage, path.discount, function)
        g = [(stage.A[p], stage.B[p]) for p in (step.on_path, step.punish_sponsor, step.punish_proxy)]
        amounts: tuple[Number, Number, Number] = path.transfer, best.transfer, path.upfront
        worst: tuple[Number, Number] = path.sponsor_punishment, path.proxy_punishment
        after_s, after_p = g[0][0] - amounts[1], g[0][1] + amounts[1]
        # (1−δ)(g − fine) + δ·after = v, with differences first
        fine_s = (g[1][0] - worst[0]) + delta * (after_s - worst[0]) / (1 - delta)
        fine_p = (g[2][1] - worst[1]) + delta * (after_p - worst[1]) / (1 - delta)
        states = {
            "path": ContractState(target, amounts[0], "path"),
            "best": ContractState(step.on_path, amounts[1], "best"),  # type: ignore[arg-type]
            "punish sponsor": ContractState(step.punish_sponsor, fine_s, "best"),  # type: ignore[arg-type]
            "punish proxy": ContractState(step.punish_proxy, -fine_p, "best"),  # type: ignore[arg-type]
        }
        promised = path.sponsor, path.proxy
        return ContractStrategy(stage, delta, states, upfront=amounts[2], promised=promised, punished=worst)  # type: ignore[arg-type]

    # -- conversion ----------------------------------------------------------------------------------------------------

    def _record(self) -> dict[str, Any]:
        return {"stage": self.stage, "steps": self.steps, "exact": self.exact, "message": self.message}

    def _columns(self) -> Columns:
        """One row per step."""
        return {field.name: [getattr(step, field.name) for step in self.steps] for field in fields(ContractStep)}

    def __str__(self) -> str:
        head = ["discount", "liquidity", "joint payoff", "sponsor's", "proxy's", "on path", "against sponsor", "against proxy"]
        table = [head]
        for step in self.steps:
            amounts = (step.discount, step.liquidity, step.joint_payoff, step.sponsor_punishment, step.proxy_punishment)
            profiles = (step.on_path, step.punish_sponsor, step.punish_proxy)
            table.append([*map(show, amounts), *map(self._label, profiles)])
        return aligned(table)

    # -- helpers -------------------------------------------------------------------------------------------------------

    def _slack(self, step: ContractStep, delta: Number) -> Number:
        if not isinstance(delta, float) and self.exact:
            return 0
        if step.discount == 0 or step.empty:
            return 0
        room = float(_UNIT)
        return room if self.exact else max(room, 2 * float(sum(self.stage.tolerance)) / (step.liquidity + step.surplus))

    def _target(self, discount: Any, profile: Profile | None, function: str) -> tuple[int, int]:
        if profile is not None:
            return self.stage.profile(profile, function)
        on_path = self._at(discount, function).on_path
        if on_path is None:
            raise ValueError(f"{function}(): discount must be one at which a contract exists; got {discount}")
        return on_path

    def _profile(self, flat: Any) -> tuple[int, int]:
        i, j = divmod(int(flat), self.stage.shape[1])
        return i, j

    def _label(self, profile: tuple[int, int] | None) -> str:
        return "–" if profile is None else ", ".join(labels[k] for labels, k in zip(self.stage.actions, profile, strict=True))


def relational_contracts(stage: StageGame) -> RelationalContracts:
    """All relational contracts of a game: critical discount factors, payoffs and profiles, exact for an exact game.

    Parameters
    ----------
    stage
        One game; for a batch see :func:`~alliances.repeated.contracts.liquidity.critical_transfers_optimal`,
        :func:`~alliances.repeated.contracts.liquidity.contract_values` and
        :func:`~alliances.repeated.contracts.payments.payments`.

    Examples
    --------
    >>> contracts = relational_contracts(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]))
    >>> [(str(step.discount), str(step.joint_payoff)) for step in contracts.steps]
    [('0', '6'), ('1/7', '18')]
    """
    check_stage(stage, "relational_contracts")
    stage.single("relational_contracts")
    sublevels = levels(stage)
    return RelationalContracts(stage, _steps(stage, sublevels), sublevels)


def _steps(stage: StageGame, sublevels: Levels) -> tuple[ContractStep, ...]:
    tolerance = sublevels.tolerance.item()
    zero: Number = Fraction(0) if stage.exact else 0.0
    nothing = ContractStep(zero, zero, -math.inf, math.inf, math.inf, None, None, None)
    steps: list[ContractStep] = []
    critical, slack = sublevels.critical.tolist(), sublevels.slack.tolist()
    levels = list(zip(sublevels.joint.tolist(), sublevels.sponsor.tolist(), sublevels.proxy.tolist(), strict=True))
    size, k = len(critical), 0
    last: tuple[Number, Number, Number] | None = None
    while k < size and critical[k] < math.inf:
        # all levels that come into force at the same discount factor, up to rounding
        end = bisect_right(critical, critical[k] + slack[k], lo=k + 1) - 1
        now = levels[end]
        if last is None or any(abs(x - y) > tolerance for x, y in zip(now, last, strict=True)):
            steps.append(_step(stage, sublevels, end, tolerance))
            last = now
        k = end + 1
    return tuple(steps) if steps and steps[0].discount == 0 else (nothing, *steps)


def _step(stage: StageGame, sublevels: Levels, end: int, tolerance: Number) -> ContractStep:
    """The step at which the profiles up to position ``end`` are in force, attained by the earliest of them."""
    n = stage.shape[1]

    def attained(values: Array) -> int:
        # each of the three moves one way only, so the profiles that attain it up to rounding are the last ones
        return bisect_left(range(end), True, key=lambda k: bool(abs(values[k] - values[end]) <= tolerance))

    first = [attained(values) for values in (sublevels.joint, sublevels.sponsor, sublevels.proxy)]
    profiles = [divmod(int(sublevels.order[k]), n) for k in first]
    low_s, low_p = (base.item() for base in sublevels.base)
    plain = Fraction if stage.exact else float
    return ContractStep(
        discount=plain(sublevels.critical[end]),
        liquidity=plain(max(sublevels.requirement[k] for k in first)),
        joint_payoff=plain(sublevels.joint[end] + (low_s + low_p)),
        sponsor_punishment=plain(sublevels.sponsor[end] + low_s),
        proxy_punishment=plain(sublevels.proxy[end] + low_p),
        on_path=profiles[0],
        punish_sponsor=profiles[1],
        punish_proxy=profiles[2],
    )
