"""What every enforcement concept weighs: the payoffs on path, of the best deviation, and of the punishment.

All values are per-period averages, normalised by (1 − δ), where δ in [0, 1) is the discount **factor**. For a target
profile a and a player i, c_i is the payoff on path, d_i the payoff of the best deviation, w_i the payoff of the
punishment. The temptation is d_i − c_i, the loss from being punished c_i − w_i.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from alliances.arithmetic import Array, Number, boolean, settle
from alliances.games.bimatrix import over_profiles
from alliances.games.nash import worst_payoffs
from alliances.games.stage_game import StageGame
from alliances.repeated.contracts.liquidity import Levels

__all__ = ["Enforcement", "Pair", "Punishment", "Reversion", "Terms", "least_discount", "nash_punishment", "terms"]

Pair = tuple[Number, Number]
"""A number for the sponsor and one for the proxy; arrays for a batch of games."""


@dataclass(frozen=True, eq=False)
class Punishment:
    """The punishments that deter each player, per game.

    Attributes
    ----------
    payoffs
        (w_S, w_P): the sponsor's payoff when it is punished, and the proxy's. Meaningless where there is none.
    profiles
        For each punished player, the index pairs (…, 2) of the pure equilibrium played; −1 where it is mixed or there
        is none.
    exists
        Whether there is a punishment at all (a game may have no pure equilibrium).
    levels, worst
        For punishments that depend on the discount factor: which profiles can be played from when on, or the payoffs as
        a function of δ. The payoffs are then those at δ → 1.
    outside
        What the proxy gets per period once it has left for good; None where it cannot leave.
    """

    payoffs: Pair
    profiles: tuple[Array, Array]
    exists: Array
    levels: Levels | None = None
    worst: Callable[[Number], Pair] | None = None
    outside: Number | None = None


@dataclass(frozen=True, eq=False)
class Terms:
    """c, d, w and the tolerances of both players: what a critical discount factor is computed from, and re-checked against.

    Attributes
    ----------
    path, deviation, punished
        (c_S, c_P), (d_S, d_P), (w_S, w_P). Where there is no punishment, a deviation goes unpunished: w = c.
    tolerance
        The payoff differences that count as none.
    levels, worst, outside
        As in :class:`Punishment`.
    """

    path: Pair
    deviation: Pair
    punished: Pair
    tolerance: Pair
    levels: Levels | None = None
    worst: Callable[[Number], Pair] | None = None
    outside: Number | None = None

    @property
    def stepwise(self) -> bool:
        """Whether the punishment depends on δ, so that it may leave something to spare at a critical discount factor."""
        return self.levels is not None or self.worst is not None

    @property
    def temptation(self) -> Pair:
        """(d_S − c_S, d_P − c_P) ≥ 0."""
        return self.deviation[0] - self.path[0], self.deviation[1] - self.path[1]

    @property
    def loss(self) -> Pair:
        """(c_S − w_S, c_P − w_P); negative where the punishment would be a reward."""
        return self.path[0] - self.punished[0], self.path[1] - self.punished[1]

    @property
    def deterrent(self) -> Pair:
        """(min(w_S, c_S), min(w_P, c_P)): a punishment that would reward its victim is not carried out, and play goes on."""
        (c_s, c_p), (w_s, w_p) = self.path, self.punished
        return settle(np.minimum(w_s, c_s)), settle(np.minimum(w_p, c_p))


class Enforcement(Protocol):
    """An enforcement concept: how the future punishes a deviation today.

    A concept that depends on the dyad's power has, besides, a method ``at_power(power)`` that returns the concept as it is at
    that power; see :class:`OutsideOption`.
    """

    @property
    def exact(self) -> bool:
        """Whether exact payoffs give exact answers; a concept that is not exact solves the float copy of an exact game."""
        ...

    @property
    def pooled(self) -> bool:
        """Whether the players' constraints are one (they can compensate each other), so that only the dyad has a δ*."""
        ...

    @property
    def common(self) -> bool:
        """Whether the concept is defined for a common discount factor only."""
        ...

    def punish(self, stage: StageGame) -> Punishment:
        """The punishments and their payoffs w_S, w_P."""
        ...

    def critical(self, terms: Terms) -> Pair:
        """The players' critical discount factors in closed form: in [0, 1), or inf."""
        ...

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """What each player gains (if positive) by one deviation from the strategy at its discount factor, in average payoff.

        Computed from the values of the strategy, not from :meth:`critical`: the definition that ``verify`` checks against.
        """
        ...


class Reversion:
    """What the concepts that punish by stage equilibria share: reversion for ever, each player with its own constraint."""

    mixed: bool

    def __post_init__(self) -> None:
        boolean(self.mixed, type(self).__name__, "mixed")

    @property
    def exact(self) -> bool:
        """Exact payoffs give exact answers."""
        return True

    @property
    def pooled(self) -> bool:
        """Each player has a constraint of its own."""
        return False

    @property
    def common(self) -> bool:
        """Discount factors may differ unless constraints are pooled."""
        return self.pooled

    def punish(self, stage: StageGame) -> Punishment:
        """Each player's worst stage Nash payoff."""
        return nash_punishment(stage, self.mixed)

    def critical(self, terms: Terms) -> Pair:
        """The players' critical discount factors in closed form: in [0, 1), or inf."""
        (t_s, t_p), (tol_s, tol_p) = terms.temptation, terms.tolerance
        (c_s, c_p), (w_s, w_p) = terms.path, terms.deterrent
        return self.least(t_s, c_s - w_s, tol_s), self.least(t_p, c_p - w_p, tol_p)

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """What each player gains by one deviation, from the values of the strategy."""
        (c_s, c_p), (d_s, d_p), (w_s, w_p) = terms.path, terms.deviation, terms.deterrent
        return self.value_of_deviating(discount[0], c_s, d_s, w_s), self.value_of_deviating(discount[1], c_p, d_p, w_p)

    def least(self, temptation: Number, loss: Number, tolerance: Number) -> Number:
        """The least δ_i at which a player with temptation d_i − c_i and loss c_i − w_i stays; here under reversion for ever."""
        return least_discount(temptation, loss, tolerance)

    def value_of_deviating(self, delta: Number, c: Number, d: Number, w: Number) -> Number:
        """What a player gets who deviates once, less the value of the path; here d now and w for ever, less c for ever."""
        return (1 - delta) * d + delta * w - c


def terms(stage: StageGame, profile: tuple[int, int], punishment: Punishment) -> Terms:
    """The terms of sustaining ``profile`` in ``stage`` by ``punishment``."""
    path = stage.payoffs(profile)
    punished = [settle(np.where(punishment.exists, w, c)) for w, c in zip(punishment.payoffs, path, strict=True)]
    return Terms(
        path,
        stage.best_deviations(profile),
        (punished[0], punished[1]),
        stage.tolerance,
        punishment.levels,
        punishment.worst,
        punishment.outside,
    )


def nash_punishment(stage: StageGame, mixed: bool = False) -> Punishment:
    """Each player's worst stage Nash payoff and the equilibrium that gives it.

    Pure equilibria by default: then the concept is never stronger than a pure-action optimal penal code. ``mixed=True``
    admits mixed equilibria, and names no profile where a mixed one is worse than every pure one.
    """
    mask = stage.pure_nash().mask
    exists = over_profiles(np.logical_or, mask)
    payoffs, profiles = [], []
    for payoff in (stage.A, stage.B):
        candidates = np.where(mask, payoff, np.inf).reshape(*stage.batch_shape, -1)
        worst = candidates.argmin(axis=-1)
        payoffs.append(settle(np.take_along_axis(candidates, worst[..., None], axis=-1)[..., 0]))
        pair = np.stack(np.divmod(worst, stage.shape[1]), axis=-1)
        profiles.append(np.where(exists[..., None], pair, -1))
    if mixed:
        worst = worst_payoffs(stage)
        same = [np.asarray(p <= w + 4 * np.asarray(t), bool) for p, w, t in zip(payoffs, worst, stage.tolerance, strict=True)]
        payoffs = [settle(np.where(k, p, w)) for k, p, w in zip(same, payoffs, worst, strict=True)]
        profiles = [np.where(k[..., None], pair, -1) for k, pair in zip(same, profiles, strict=True)]
        exists = np.ones(stage.batch_shape, dtype=bool)  # every finite game has an equilibrium (Nash 1951)
    return Punishment((payoffs[0], payoffs[1]), (profiles[0], profiles[1]), exists)


def least_discount(temptation: Number, reward: Number, tolerance: Number) -> Number:
    """The least δ in [0, 1) from which on (1 − δ)·temptation ≤ δ·reward: 0 without temptation, inf where no δ < 1 does.

    A temptation of nothing with a negative reward holds at no δ > 0: that, too, is inf. It arises near ties only, and only
    where constraints are pooled. Differences within ``tolerance`` (payoff units, per game) count as none.

    >>> least_discount(1.0, 6.0, 1e-9), least_discount(0.0, 0.0, 1e-9), least_discount(1.0, 0.0, 1e-9)
    (0.14285714285714285, 0.0, inf)
    """
    temptation, reward = np.asarray(temptation), np.asarray(reward)
    tempted = np.asarray(temptation > tolerance, dtype=bool)
    enough = np.asarray(reward > tolerance, dtype=bool)
    total = np.where(tempted & enough, temptation + reward, 1)
    delta = np.where(enough, temptation / total, np.inf)
    untempted = np.where(np.asarray(reward < -np.asarray(tolerance), dtype=bool), np.inf, temptation - temptation)
    return settle(np.where(tempted, delta, untempted))
