"""Imperfect public monitoring in closed form: trust on a noisy signal.

At the end of each period a public signal is good or bad. After cooperation it is bad with probability α (false alarm), after
a betrayal with probability 1 − β (β = miss). The first bad signal triggers reversion to a stage equilibrium for ever.
Player i's value on path solves v_i = (1 − δ)c_i + δ[(1 − α)v_i + αw_i], and betrayal is not worth while iff
(1 − δ)(d_i − c_i) ≤ δ(1 − α − β)(v_i − w_i), hence from

    δ_i* = (d_i − c_i) / [(1 − α)(d_i − c_i) + (1 − α − β)(c_i − w_i)]

on, never if that is 1 or more (Green & Porter 1984, *Econometrica* 52:87-100, with permanent reversion). α = β = 0 is Nash
reversion.

Which equilibrium follows an alarm? The formula takes each player's *own* worst one, w_i. Where both players' worst
equilibria are the same, it is exact. Where they differ, it depends on what the signal says:

* The signal accuses: after cooperation it accuses one of the two, wrongly, with total probability α; after a betrayal it
  accuses the betrayer with probability 1 − β and nobody otherwise. A false accusation of the other player then leaves i
  better off than w_i, so δ_i* is an upper bound: the alliance holds from δ_i* on, and may hold at lower discount factors.
* The signal is anonymous: both players then face one common equilibrium, at least one of them a milder one than its worst.
  The formula is then too optimistic, and the alliance may hold for no discount factor at all. Check
  ``result.punishment_labels`` before relying on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic import PROBABILITY, Number, Rule, is_exact, like, number, ordered, settle
from alliances.arithmetic.formal import Formal
from alliances.arithmetic.tolerance import UNIT_SUM
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.enforcement.concept import Pair, Reversion
from alliances.repeated.enforcement.formulas import FormulaRule

__all__ = ["ImperfectMonitoring"]

_ADDED_UP = Rule(
    "must be at most 1 (beyond, a bad signal speaks for the player: swap the signals, with 1 - false_alarm and 1 - miss)",
    lambda x: x <= (1 if is_exact(x) or isinstance(x, Formal) else 1 + UNIT_SUM),
)


@dataclass(frozen=True)
class ImperfectMonitoring(Reversion):
    """Reversion on a noisy public signal that accuses a betrayer; see the module for what is assumed of the signal.

    "Information operations" that breed distrust raise α and β.

    Parameters
    ----------
    false_alarm
        α in [0, 1]: the probability of a bad signal after cooperation.
    miss
        β in [0, 1]: the probability of a good signal after a betrayal, α + β ≤ 1. At α + β = 1 the signal says nothing. Both
        may be arrays that broadcast with the games of a batch.
    mixed
        Whether mixed stage equilibria may punish too (see :class:`NashReversion`).

    Raises
    ------
    TypeError, ValueError
        If a probability is none, or if they add up to more than 1. A bad signal is then more likely after cooperation than
        after a betrayal, so that punishing on it rewards betrayal: let the other signal be the bad one, with 1 − α and 1 − β.

    Examples
    --------
    >>> from alliances import StageGame, critical_discount
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> critical_discount(pd, profile=(0, 0), enforcement=ImperfectMonitoring(0.1, 0.2)).dyad
    0.19607843137254904
    """

    references: ClassVar[tuple[str, ...]] = ("green-porter-1984",)

    false_alarm: Number
    miss: Number
    mixed: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("false_alarm", "miss"):
            value = getattr(self, name)
            if not ordered(value):  # an open parameter of a family may stand for it
                raise TypeError(f"ImperfectMonitoring(): {name} must be a number, not a symbol; got {value!r}")
            object.__setattr__(self, name, number(value, "ImperfectMonitoring", name, PROBABILITY))
        try:
            total = like(self.false_alarm, self.miss) + like(self.miss, self.false_alarm)
        except ValueError:
            raise ValueError(
                "ImperfectMonitoring(): false_alarm and miss must broadcast; "
                f"got shapes {np.shape(self.false_alarm)} and {np.shape(self.miss)}"
            ) from None
        number(total, "ImperfectMonitoring", "false_alarm + miss", _ADDED_UP)

    @property
    def in_closed_form(self) -> bool:
        """Of this class; a subclass answers for itself."""
        return type(self) is ImperfectMonitoring

    @classmethod
    def examples(cls) -> tuple[ImperfectMonitoring, ...]:
        """False alarms in one period of twenty, misses in one of ten."""
        return (cls(0.05, 0.1),)

    @property
    def exact(self) -> bool:
        """Whether the probabilities are."""
        return is_exact(self.false_alarm) and is_exact(self.miss)

    def least(self, temptation: Number, loss: Number, tolerance: Number) -> Number:
        """δ_i* in closed form; see the module."""
        temptation, loss = np.asarray(temptation), np.asarray(loss)
        alpha, beta = like(self.false_alarm, temptation), like(self.miss, temptation)
        tempted = np.asarray(temptation > tolerance, dtype=bool)
        reward = (1 - alpha - beta) * loss
        enough = np.asarray(reward - alpha * temptation > tolerance, dtype=bool)  # δ* < 1, and so a positive denominator
        delta = temptation / np.where(tempted & enough, (1 - alpha) * temptation + reward, 1)
        return settle(np.where(tempted, np.where(enough, delta, np.inf), temptation - temptation))

    def formula_rule(self, game: DyadicGame) -> FormulaRule:
        """As of reversion, for probabilities that are single numbers."""
        if np.ndim(self.false_alarm) or np.ndim(self.miss):
            raise TypeError(f"formula(): false_alarm and miss must be single numbers; got arrays in {self!r}")
        return super().formula_rule(game)

    def closed_form(self, temptation: Number, loss: Number) -> Number:
        """(d − c)/[(1 − α)(d − c) + (1 − α − β)(c − w)]."""
        alpha, beta = (Fraction(repr(x)) if isinstance(x, float) else x for x in (self.false_alarm, self.miss))
        return temptation / ((1 - alpha) * temptation + (1 - alpha - beta) * loss)

    def deters(self, temptation: Number, loss: Number) -> Any:
        """Whether the most patient player loses more by a deserved punishment than false alarms leave of the temptation."""
        return (1 - self.false_alarm - self.miss) * loss > self.false_alarm * temptation

    def lasting(self, delta: Number) -> Pair:
        """(1 − δ(1−α), δ(1−α−β)): the module's condition, with the value of the path solved."""
        alpha, beta = like(self.false_alarm, delta), like(self.miss, delta)
        return 1 - delta * (1 - alpha), delta * (1 - alpha - beta)

    def value_on_path(self, delta: Number, c: Number, w: Number) -> Number:
        """False alarms cost something on path, too: v = (1 − δ)c + δ[(1 − α)v + αw]."""
        alpha = like(self.false_alarm, c)
        return ((1 - delta) * c + delta * alpha * w) / (1 - delta * (1 - alpha))

    def value_of_deviating(self, delta: Number, c: Number, d: Number, w: Number) -> Number:
        """The deviation now and then w, or the path again if the signal misses; less the path. From the recursion of both."""
        beta = like(self.miss, c)
        path = self.value_on_path(delta, c, w)
        return (1 - delta) * d + delta * (beta * path + (1 - beta) * w) - path
