"""Policies: what somebody outside the dyad does to it, as a change of power, of the game, or of what can be seen.

The literature on armed groups discusses five: decapitation (:class:`KingpinStrike`), pressure that makes fighting dearer
(:class:`KineticPressure`), distrust (:class:`InformationOperations`), a price on cooperation (:class:`Grassroots`), and splits
(:class:`Fragmentation`). A policy is a value; it changes nothing by itself. :func:`alliances.break_forecast` and
:func:`alliances.simulate_breaks` say what follows from it, and :meth:`Policy.on_dyad` gives the stochastic game after it.

* Power changes at dates: before the decisions of period ``at`` (periods count from 0) a side has the part φ of its power left.
  On a lattice of log ratios λ moves by ln φ_S − ln φ_P. s + p is held fixed there, as in :class:`alliances.PowerProcess`, but
  what *both* lose lowers it: the factor of s + p is max(φ_S, φ_P). Along a measured path each side's power is multiplied.
* Games and enforcement change for good from period ``at`` on.
* An ``announced`` policy is known from the first period on, so that leaders who look ahead react before it begins; any other
  is news when it comes. Leaders who think today's power and patience permanent do not react to an announcement at all.
"""

from __future__ import annotations

import math
from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from alliances.arithmetic import FINITE, NONNEGATIVE, POSITIVE, PROBABILITY, Number, boolean, like, scalar, show, to_float
from alliances.arithmetic.tolerance import UNIT_SUM, UNIT_SUM_GIVEN
from alliances.dynamics.arguments import one_of, whole
from alliances.dynamics.shifting_dyad import ShiftingDyad
from alliances.games.players import PLAYERS, Player
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_model
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.values import Value

__all__ = [
    "CostlyCooperation", "Fragmentation", "Grassroots", "InformationOperations", "KineticPressure", "KingpinStrike", "Policies",
    "Policy", "Shock", "as_policies",
]  # fmt: skip

Target: TypeAlias = Literal["sponsor", "proxy", "both"]


class Shock(NamedTuple):
    """A change of power before the decisions of a period: the parts of their power that sponsor and proxy have left."""

    period: int
    sponsor: float
    proxy: float
    whole: bool = True
    """Whether it must be a whole number of lattice steps; if not, it goes to the two neighbours of the mean."""

    @property
    def shift(self) -> float:
        """The change of λ = ln(s/p)."""
        return math.log(self.sponsor) - math.log(self.proxy)

    @property
    def total(self) -> float:
        """The factor of s + p on a lattice: what both have left."""
        return max(self.sponsor, self.proxy)


class Policy(Value, ABC):
    """A policy: a frozen dataclass with ``at`` and ``announced``, and whatever it changes.

    Everything stays as it is by default; a policy of your own overrides what it changes.

    Examples
    --------
    Guards that halve what a surprise attack seizes:

    >>> from dataclasses import dataclass, replace
    >>> import numpy as np
    >>> import alliances as al
    >>> @dataclass(frozen=True)
    ... class Guards(al.Policy):
    ...     at: int = 0
    ...     announced: bool = False
    ...
    ...     def on_game(self, game):
    ...         return replace(game, exposure=game.exposure / 2)
    >>> game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> power = al.Power.from_log_ratio(np.zeros(4))
    >>> options = {"patience": al.BetaPatience(4, 3), "enforcement": al.GivenPunishment()}
    >>> for policy in None, Guards(at=2):
    ...     print(al.break_forecast(power, game, policy=policy, **options).hazard.round(3))
    [0.735 0.735 0.735 0.735]
    [0.735 0.735 0.326 0.326]
    """

    at: int
    announced: bool

    def __post_init__(self) -> None:
        name = type(self).__name__
        whole(self.at, name, "at", least=0)
        boolean(self.announced, name, "announced")
        super().__post_init__()

    @property
    def shocks(self) -> tuple[Shock, ...]:
        """The changes of power, with their dates."""
        return ()

    def on_game(self, game: DyadicGame) -> DyadicGame:
        """The model from ``at`` on."""
        return game

    def on_enforcement(self, concept: Enforcement) -> Enforcement:
        """How deviations are punished from ``at`` on."""
        return concept

    def on_dyad(self, dyad: ShiftingDyad) -> ShiftingDyad:
        """The dyad once all has come into force: game, war and s + p; the power at which it starts is the user's to choose.

        What moves the ratio of power, such as a strike on one side, moves the dyad from one of its states to another.

        Raises
        ------
        TypeError, ValueError
            If ``dyad`` is none, or has nothing that the policy could change: a dyad has no enforcement, its actions are seen.
        """
        name = type(self).__name__
        if not isinstance(dyad, ShiftingDyad):
            raise TypeError(f"{name}.on_dyad(): dyad must be a ShiftingDyad; got {dyad!r}")
        if self._enforces:
            raise ValueError(
                f"{name}.on_dyad(): the policy changes how deviations are seen and punished, and a dyad has no such part: all "
                "actions are seen, without false alarms and misses; ask break_forecast() or simulate_breaks(), or give what "
                f"on_enforcement() returns to critical_discount(); got {self!r}"
            )
        factor = math.prod(shock.total for shock in self.shocks)
        return replace(dyad, game=self.on_game(dyad.game), total=dyad.total if factor == 1 else to_float(dyad.total) * factor)

    @property
    def _enforces(self) -> bool:
        """Whether it changes enforcement."""
        return type(self).on_enforcement is not Policy.on_enforcement


Policies: TypeAlias = Policy | Sequence[Policy] | None
"""A policy, several at once, or none."""


def as_policies(policies: Policies, function: str, argument: str = "policy") -> tuple[Policy, ...]:
    """The policies as a tuple, or an error for what is none."""
    listed = () if policies is None else (policies,) if isinstance(policies, Policy) else policies
    if not isinstance(listed, (tuple, list)) or not all(isinstance(policy, Policy) for policy in listed):
        raise TypeError(
            f"{function}(): {argument} must be a policy such as KingpinStrike(at=20, cut=0.5), a list of them, or None; "
            f"got {policies!r}"
        )
    return tuple(listed)


@dataclass(frozen=True)
class KingpinStrike(Policy):
    """Arrests or kills leaders: the power of one side, or of both, falls at once or in a sequence of blows.

    Parameters
    ----------
    at
        The period before whose decisions the first blow falls.
    cut
        By how much the target's log power falls altogether: 0.5 leaves it e^−0.5 = 61 % of its power. On a lattice each blow
        must be a whole number of steps. A negative cut strengthens.
    target
        "sponsor", "proxy" or "both". A strike on both leaves the ratio as it is, and total power falls.
    blows, every
        In how many equal blows, and how many periods apart.
    announced
        Whether the strike is known from the first period on.

    Examples
    --------
    >>> [(shock.period, round(shock.shift, 9)) for shock in KingpinStrike(at=20, cut=0.5, blows=5, every=10).shocks]
    [(20, -0.1), (30, -0.1), (40, -0.1), (50, -0.1), (60, -0.1)]
    """

    at: int
    cut: Number
    target: Target = "sponsor"
    blows: int = 1
    every: int = 1
    announced: bool = False

    def __post_init__(self) -> None:
        scalar(self.cut, "KingpinStrike", "cut", FINITE)
        one_of(self.target, get_args(Target), "KingpinStrike", "target")
        for name in ("blows", "every"):
            whole(getattr(self, name), "KingpinStrike", name)
        super().__post_init__()

    @property
    def shocks(self) -> tuple[Shock, ...]:
        """One per blow."""
        left = math.exp(-to_float(self.cut) / self.blows)
        parts = [left if self.target in (side, "both") else 1.0 for side in ("sponsor", "proxy")]
        return tuple(Shock(self.at + k * self.every, parts[0], parts[1]) for k in range(self.blows))


@dataclass(frozen=True)
class Fragmentation(Policy):
    """One side splits, and the alliance goes on with the largest part: the others leave the dyad with their power.

    Parameters
    ----------
    at
        The period before whose decisions the split comes.
    side
        Who splits: "sponsor" or "proxy".
    shares
        The parts' shares of its power, which sum to 1. The largest part stays allied. ln(share) need not be a whole number of
        lattice steps: power then goes to the two points around it, with the chances that make the mean right.
    announced
        Whether it is known from the first period on.

    Examples
    --------
    >>> Fragmentation(at=20, side="sponsor", shares=(0.25, 0.75)).shocks
    (Shock(period=20, sponsor=0.75, proxy=1.0, whole=False),)
    """

    at: int
    side: Player
    shares: tuple[Number, ...]
    announced: bool = False

    def __post_init__(self) -> None:
        one_of(self.side, PLAYERS, "Fragmentation", "side")
        if not isinstance(self.shares, (tuple, list)) or len(self.shares) < 2:
            raise TypeError(f"Fragmentation(): shares must be at least two numbers that sum to 1; got {self.shares!r}")
        total = sum(scalar(share, "Fragmentation", "shares", POSITIVE) for share in self.shares)
        if abs(total - 1) > UNIT_SUM_GIVEN:
            raise ValueError(f"Fragmentation(): shares must sum to 1; got {self.shares!r}, which sum to {show(total)}")
        super().__post_init__()

    @property
    def shocks(self) -> tuple[Shock, ...]:
        """The split."""
        left = to_float(max(self.shares))
        parts = (left, 1.0) if self.side == "sponsor" else (1.0, left)
        return (Shock(self.at, parts[0], parts[1], whole=False),)


@dataclass(frozen=True)
class KineticPressure(Policy):
    """Force against both: fighting each other costs them more, and a war of theirs ends less often in a new alliance.

    Parameters
    ----------
    at
        The first period under pressure.
    cost
        What it adds to the conflict cost of both, or a pair (sponsor's, proxy's), of an :class:`AllianceGame`.
    reconcile
        By which factor in [0, 1] it multiplies the chance of a reconciliation, of a :class:`ShiftingDyad` whose war has rounds;
        1 by default. A forecast of the first break has no such chance, and refuses another factor.
    announced
        Whether it is known from the first period on.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(1), al.Complementarity(1), al.Proportional(), exposure=1, conflict_cost=0.15)
    >>> KineticPressure(cost=0.1).on_game(game).conflict_cost
    (0.25, 0.25)
    """

    at: int = 0
    cost: Number | tuple[Number, Number] = 0
    reconcile: Number = 1
    announced: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.cost, tuple) and len(self.cost) != 2:
            raise TypeError(f"KineticPressure(): cost must be a number or a pair (sponsor's, proxy's); got {self.cost!r}")
        for cost in self._costs:
            scalar(cost, "KineticPressure", "cost", NONNEGATIVE)
        scalar(self.reconcile, "KineticPressure", "reconcile", PROBABILITY)
        super().__post_init__()

    @property
    def _costs(self) -> tuple[Number, Number]:
        return (self.cost[0], self.cost[1]) if isinstance(self.cost, tuple) else (self.cost, self.cost)

    def on_game(self, game: DyadicGame) -> DyadicGame:
        """The game with dearer conflict."""
        if isinstance(game, CostlyCooperation):
            return replace(game, game=self.on_game(game.game))
        if not isinstance(game, AllianceGame):
            raise TypeError(f"KineticPressure(): game must be an AllianceGame, which has conflict costs; got {game!r}")
        pair = game.conflict_cost if isinstance(game.conflict_cost, tuple) else (game.conflict_cost,) * 2
        more_s, more_p = (like(more, k) + k for k, more in zip(pair, self._costs, strict=True))
        return replace(game, conflict_cost=(more_s, more_p))

    def on_dyad(self, dyad: ShiftingDyad) -> ShiftingDyad:
        """The dyad with dearer conflict and fewer reconciliations."""
        pressed = super().on_dyad(dyad)
        if self.reconcile != 1 and dyad.reconcile == 0:
            raise ValueError(
                "KineticPressure.on_dyad(): dyad must have wars that may end in a new alliance, reconcile above 0, or the "
                f"policy must leave reconcile at 1; got reconcile={show(self.reconcile)} for a dyad without reconciliation"
            )
        return replace(pressed, reconcile=dyad.reconcile * scalar(self.reconcile, "KineticPressure", "reconcile"))


@dataclass(frozen=True)
class InformationOperations(Policy):
    """Breeds distrust: false alarms and misses of the signal on which reversion is triggered.

    Parameters
    ----------
    at
        The first period in which signals are disturbed.
    false_alarm, miss
        What is added to α and β of :class:`ImperfectMonitoring`. Reversion that sees everything begins at α = β = 0.
    announced
        Whether it is known from the first period on.

    Examples
    --------
    >>> import alliances as al
    >>> InformationOperations(false_alarm=0.1).on_enforcement(al.NashReversion())
    ImperfectMonitoring(false_alarm=0.1, miss=Fraction(0, 1), mixed=False)
    """

    at: int = 0
    false_alarm: Number = 0
    miss: Number = 0
    announced: bool = False

    def __post_init__(self) -> None:
        for name in ("false_alarm", "miss"):
            scalar(getattr(self, name), "InformationOperations", name, PROBABILITY)
        total = to_float(self.false_alarm) + to_float(self.miss)
        if total > 1 + UNIT_SUM:
            raise ValueError(f"InformationOperations(): false_alarm + miss must be at most 1; got {show(total)}")
        super().__post_init__()

    @property
    def _enforces(self) -> bool:
        return bool(self.false_alarm or self.miss)

    def on_enforcement(self, concept: Enforcement) -> Enforcement:
        """The concept with more false alarms and misses."""
        if type(concept) is NashReversion:
            return ImperfectMonitoring(self.false_alarm, self.miss, mixed=concept.mixed)
        if type(concept) is ImperfectMonitoring:
            alpha, beta = like(self.false_alarm, concept.false_alarm), like(self.miss, concept.miss)
            return replace(concept, false_alarm=concept.false_alarm + alpha, miss=concept.miss + beta)
        if type(concept) is GivenPunishment:
            changed = self.on_enforcement(concept.enforcement)
            return replace(concept, enforcement=changed)  # type: ignore[arg-type]
        raise TypeError(
            "InformationOperations(): enforcement must be reversion on a signal: NashReversion, ImperfectMonitoring, or "
            f"GivenPunishment of one of them; got {concept!r}"
        )


@dataclass(frozen=True)
class Grassroots(Policy):
    r"""Works on those who carry the alliance: cooperating costs the proxy something, whatever its sponsor does.

    Parameters
    ----------
    at
        The first period in which it does.
    cost
        The cost per period of "ally" (the first action) to the proxy.
    announced
        Whether it is known from the first period on.

    Examples
    --------
    >>> import alliances as al
    >>> from fractions import Fraction
    >>> game = al.AllianceGame(al.Tullock(1), al.Complementarity(0), al.Proportional(), exposure=1, conflict_cost=0)
    >>> print(Grassroots(cost=Fraction(1, 4)).on_game(game).stage_game(al.Power(1, 1)))
    sponsor \ proxy       ally      fight
    ally             1/2, 1/4  1/4, 3/4
    fight            3/4, 0    1/2, 1/2
    """

    at: int = 0
    cost: Number = 0
    announced: bool = False

    def __post_init__(self) -> None:
        scalar(self.cost, "Grassroots", "cost", NONNEGATIVE)
        super().__post_init__()

    def on_game(self, game: DyadicGame) -> DyadicGame:
        """The game in which the proxy pays for cooperating."""
        check_model(game, "Grassroots")
        return CostlyCooperation(game, self.cost)


@dataclass(frozen=True, eq=False)
class CostlyCooperation(DyadicGame):
    """A model in which "ally", the first action, costs the proxy ``cost`` per period."""

    game: DyadicGame
    cost: Number

    @property
    def actions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The model's."""
        return self.game.actions

    @property
    def stakes(self) -> Number:
        """The model's."""
        return self.game.stakes  # type: ignore[attr-defined]

    def cells(self, power: Power) -> Cells:
        """The model's payoffs, less the cost in the first column."""
        cost: Any = like(self.cost, power.sponsor)
        return tuple(tuple((a, b - cost if j == 0 else b) for j, (a, b) in enumerate(row)) for row in self.game.cells(power))
