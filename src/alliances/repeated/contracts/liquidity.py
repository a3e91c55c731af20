"""The liquidity of a repeated game with transfers: which profiles can be played at which discount factor.

Two players repeat a stage game with payoffs g_i, observe each other's actions and may pay each other before and after play.
A player that deviates, or refuses to pay, is punished from then on with its worst equilibrium payoff v_i. A profile a is
kept when payments exist that leave each player at least as much as its best deviation d_i(a) followed by v_i. Payments
cancel in the sum of the two conditions, and any surplus in the sum can be divided by a payment, so the sum alone decides
(Levin 2003, AER 93:835-857; Goldlücke & Kranz 2012, JET 147:1191-1221). With G = Σ g_i, D = Σ d_i, V = Σ v_i and U the
largest joint payoff,

    (1−δ) D(a) + δ V ≤ (1−δ) G(a) + δ U     ⇔     L(a) ≤ δ/(1−δ) · (U − V),     L(a) = D(a) − G(a) ≥ 0,

where L(a) is the profile's *liquidity requirement*. Optimal penal codes make the right side as large as the profiles that can
themselves be kept allow: E(δ) is the largest set of profiles with L(a) ≤ δ/(1−δ) · W(E) for every a ∈ E, where W(E) = U(E)
− V(E), U(E) = max_E G and v_i(E) = min_E d_i. (v_i = d_i(a) for some a ∈ E: a player that is being punished answers best
and is punished again; conversely playing a once and then paying just enough to be forgiven gives exactly d_i(a).)

All discount factors at once. The operator E ↦ {a : L(a) ≤ δ/(1−δ) W(E)} is monotone, so E(δ) is its largest fixed point and
the union of all E with E ⊆ T(E) (Tarski 1955). Its values are sublevel sets E_ℓ = {a : L(a) ≤ ℓ}, ℓ one of the finitely
many values of L. E_ℓ ⊆ T(E_ℓ) iff δ ≥ ℓ/(ℓ + W(E_ℓ)), therefore

    a ∈ E(δ)     ⇔     δ ≥ δ*(a) = min over levels ℓ ≥ L(a) of ℓ / (ℓ + W(E_ℓ)).

One sort of the mn profiles by L, running maxima and minima, and one running minimum from the top: O(mn log mn) per game,
exact on Fractions, for all discount factors, and the same array operations on a batch. A level with W ≤ 0 < ℓ is never kept
(∞).

*Once* and *always*: a ∈ E(δ) says that a can be played in some period of some equilibrium, the best profile following. A
profile that is played in *every* period pays for its own incentives, so U is replaced by G(a):

    L(a) ≤ δ/(1−δ) · (G(a) − V(δ)),

which is the reading of the other enforcement concepts; both agree for profiles with the largest joint payoff.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, Number, Real, discount_factor, is_exact, settle
from alliances.arithmetic.canonical import computed_discount
from alliances.games.stage_game import StageGame, check_stage
from alliances.results import Result
from alliances.values import Value

if TYPE_CHECKING:
    from alliances.games.bimatrix import Profile

__all__ = ["ContractValues", "Levels", "contract_values", "critical_transfers_optimal", "levels"]


@dataclass(frozen=True, eq=False)
class Levels(Value):
    """The profiles of a game, or of each game of a batch, in the order of their liquidity requirements.

    Attributes
    ----------
    order
        (…, K) flat indices of the K = mn profiles, by increasing requirement.
    requirement
        (…, K) their requirements L; 0 within the tolerance for a Nash equilibrium.
    joint, sponsor, proxy
        (…, K) U and the punishment payoffs v_S, v_P of the sublevel set that ends at this profile, less :attr:`base`.
    critical
        (…, K) the least discount factor at which the profile can be played; nondecreasing along the last axis, ∞ where never.
    slack
        (…, K) how far rounding may have moved it; 0 for an exact game.
    base
        The smallest payoffs (…, 1) of the sponsor and the proxy. Taken off first, so that no digits are lost to the zero of
        payoffs.
    tolerance
        (…, 1) the largest difference of joint payoffs that counts as none.
    """

    order: Array
    requirement: Array
    joint: Array
    sponsor: Array
    proxy: Array
    critical: Array
    slack: Array
    base: tuple[Array, Array]
    tolerance: Array


def _pieces(stage: StageGame) -> tuple[Array, Array, Array, Array, Array, tuple[Array, Array]]:
    """G, d_S, d_P and L per profile, flattened to (…, K), with the tolerance and the base that was taken off."""
    low_s, low_p = (x.min(axis=(-2, -1), keepdims=True) for x in (stage.A, stage.B))
    a, b = stage.A - low_s, stage.B - low_p
    best_s = np.broadcast_to(a.max(axis=-2, keepdims=True), a.shape)
    best_p = np.broadcast_to(b.max(axis=-1, keepdims=True), b.shape)
    tolerance = np.asarray(stage.tolerance[0] + stage.tolerance[1])[..., None]
    flat = [x.reshape(*x.shape[:-2], -1) for x in (a + b, best_s, best_p, (best_s - a) + (best_p - b))]
    requirement = np.where(flat[3] <= tolerance, flat[3] * 0, flat[3])
    return flat[0], flat[1], flat[2], requirement, tolerance, (low_s[..., 0], low_p[..., 0])


def _discount(requirement: Array, surplus: Array, tolerance: Array) -> Array:
    """ℓ/(ℓ + W): the discount factor at which a surplus W just carries the requirement ℓ; ∞ if none does."""
    none, never = np.broadcast_arrays(requirement <= 0, surplus <= tolerance)
    total = np.where(none | never, requirement * 0 + 1, requirement + surplus)
    return np.where(none, requirement * 0, np.where(never, math.inf, requirement / total))


def levels(stage: StageGame) -> Levels:
    """Sort the profiles by liquidity requirement and find the critical discount factor of each."""
    joint, best_s, best_p, requirement, tolerance, base = _pieces(stage)
    order = np.argsort(requirement, axis=-1, kind="stable")
    joint, best_s, best_p, requirement = (np.take_along_axis(x, order, axis=-1) for x in (joint, best_s, best_p, requirement))
    joint = np.maximum.accumulate(joint, axis=-1)
    best_s, best_p = np.minimum.accumulate(best_s, axis=-1), np.minimum.accumulate(best_p, axis=-1)
    surplus = joint - best_s - best_p
    discount = _discount(requirement, surplus, tolerance)
    # among profiles that share a requirement the last has the largest surplus, and the running minimum gives it to all of them
    critical = np.minimum.accumulate(discount[..., ::-1], axis=-1)[..., ::-1]
    if stage.exact:
        slack = requirement * 0
    else:
        # δ = ℓ/(ℓ + W) is uncertain by the tolerance over ℓ + W, at the level that attains the running minimum
        size = critical.shape[-1]
        attains = np.where(discount == critical, np.arange(size), size - 1)
        level = np.minimum.accumulate(attains[..., ::-1], axis=-1)[..., ::-1]
        spread = np.where((critical > 0) & (critical < math.inf), requirement + surplus, math.inf)
        slack = 2 * tolerance / np.take_along_axis(spread, level, axis=-1)
    return Levels(order, requirement, joint, best_s, best_p, critical, slack, base, tolerance)


def critical_transfers_optimal(stage: StageGame, profile: Profile, *, every_period: bool = True) -> Number:
    """The least discount factor at which transfers and optimal penal codes keep a profile; ∞ where no patience suffices.

    Parameters
    ----------
    stage
        A game or a batch; a batch is solved with array operations, without a loop over games.
    profile
        The profile, by indices or labels.
    every_period
        True: the profile is played in every period and pays for its own incentives. False: it is played at some time and
        the best sustainable profile follows, a ∈ E(δ).

    Returns
    -------
    A Fraction (exact game), a float, or an array of either with the shape of the batch.

    Examples
    --------
    >>> from alliances import StageGame
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> critical_transfers_optimal(pd, (0, 0))
    Fraction(1, 7)
    >>> games = StageGame([[[9.0, 1.0], [10.0, 3.0]], [[9.0, 1.0], [12.0, 3.0]]], [[9.0, 10.0], [1.0, 3.0]])
    >>> critical_transfers_optimal(games, (0, 0)).round(4).tolist()
    [0.1429, 0.25]
    """
    check_stage(stage, "critical_transfers_optimal")
    i, j = stage.profile(profile, "critical_transfers_optimal")
    return settle(critical_of(stage, levels(stage), i * stage.shape[1] + j, every_period))


def critical_of(stage: StageGame, sublevels: Levels, flat: int, every_period: bool) -> Array:
    """The critical discount factor of the profile with flat index ``flat``, per game."""
    if not every_period:
        position = np.argmax(sublevels.order == flat, axis=-1)[..., None]
        chosen: Array = np.take_along_axis(sublevels.critical, position, axis=-1)[..., 0]
        return chosen
    joint, _, _, requirement, _, _ = _pieces(stage)
    return always(sublevels, requirement[..., flat], joint[..., flat])


def critical_of_all(stage: StageGame, sublevels: Levels, every_period: bool) -> Array:
    """(m, n): the critical discount factors of all profiles of one game."""
    if every_period:
        joint, _, _, requirement, _, _ = _pieces(stage)
        return always(sublevels, requirement, joint).reshape(stage.shape)
    table = np.empty_like(sublevels.critical)
    table[sublevels.order] = sublevels.critical
    return table.reshape(stage.shape)


def always(sublevels: Levels, requirement: Array, joint: Array) -> Array:
    """The least δ at which a profile with requirement L and joint payoff G (less the base) is kept in every period.

    For a single game L and G may be arrays, one entry per profile.
    """
    requirement, joint = np.asarray(requirement)[..., None], np.asarray(joint)[..., None]
    sponsor, proxy, critical = sublevels.sponsor, sublevels.proxy, sublevels.critical
    if critical.ndim == 1:  # of the levels with the same punishments the first starts at the least δ: a few are left
        first = np.ones(len(critical), dtype=bool)
        first[1:] = (sponsor[1:] != sponsor[:-1]) | (proxy[1:] != proxy[:-1])
        sponsor, proxy, critical = sponsor[first], proxy[first], critical[first]
    # V(δ) falls in steps; from the step that starts at `critical` on, the profile needs at most this δ, and that of the step
    needed = _discount(requirement, joint - sponsor - proxy, sublevels.tolerance)
    candidate = np.where(np.broadcast_to(requirement <= 0, needed.shape), needed, np.maximum(needed, critical))
    least: Array = candidate.min(axis=-1)
    return least


@dataclass(frozen=True, eq=False)
class ContractValues(Result):
    """What the best relational contracts give at one discount factor, per game.

    Attributes
    ----------
    joint
        U(δ), the largest joint payoff; −∞ where there is no equilibrium in pure actions.
    sponsor, proxy
        v_S(δ) and v_P(δ), the worst equilibrium payoffs; ∞ where there is no equilibrium in pure actions.
    exists
        Whether there is one.

    Examples
    --------
    >>> from alliances import StageGame
    >>> values = contract_values(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), 0.5)
    >>> values.joint, values.sponsor, values.exists
    (18.0, 3.0, True)
    """

    references: ClassVar[tuple[str, ...]] = ("levin-2003", "goldlucke-kranz-2012")

    joint: Real
    sponsor: Real
    proxy: Real
    exists: bool | Array


def contract_values(stage: StageGame, discount: Any) -> ContractValues:
    """Largest joint payoff and punishment payoffs at a discount factor, over a batch of games and of discount factors.

    Parameters
    ----------
    stage
        A game or a batch.
    discount
        In [0, 1); a number, or an array that broadcasts with the batch.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from alliances import StageGame
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> contract_values(pd, [0, Fraction(1, 7)]).joint.tolist()
    [Fraction(6, 1), Fraction(18, 1)]
    """
    return values_at(stage, discount, "contract_values")


def values_at(stage: StageGame, discount: Any, function: str) -> ContractValues:
    """:func:`contract_values` on behalf of ``function``, which errors name."""
    check_stage(stage, function)
    stage, delta = matched(stage, discount_factor(discount, function), function)
    sublevels = levels(stage)
    try:
        shape = np.broadcast_shapes(np.shape(delta), stage.batch_shape)
    except ValueError:
        raise ValueError(
            f"{function}(): discount must broadcast with the batch {stage.batch_shape}; got shape {np.shape(delta)}"
        ) from None
    position = in_force(sublevels, delta)
    index = np.broadcast_to(np.maximum(position, 0), shape)[..., None]
    exists = np.broadcast_to(position >= 0, shape)

    def pick(x: Array, base: Array, nothing: float) -> Number:
        value = np.take_along_axis(np.broadcast_to(x, (*shape, x.shape[-1])), index, axis=-1)[..., 0]
        return settle(np.where(exists, value + base[..., 0], nothing))

    low_s, low_p = sublevels.base
    return ContractValues(
        joint=pick(sublevels.joint, low_s + low_p, -math.inf),
        sponsor=pick(sublevels.sponsor, low_s, math.inf),
        proxy=pick(sublevels.proxy, low_p, math.inf),
        exists=settle(exists),
    )


def in_force(sublevels: Levels, discount: Any) -> Array:
    """The position of the last profile of E(δ) in the order; −1 where E(δ) is empty."""
    allowed = sublevels.critical <= np.asarray(discount)[..., None] + sublevels.slack
    position: Array = np.asarray(allowed, dtype=bool).sum(axis=-1) - 1
    return position


def matched(stage: StageGame, discount: Number, function: str) -> tuple[StageGame, Number]:
    """Game and discount factor in one arithmetic: exact only where both are."""
    exact = stage.exact and is_exact(discount)
    return stage if exact else stage.to_float(), computed_discount(discount, exact, function)


def punished_at(sublevels: Levels, discount: Any) -> tuple[Number, Number]:
    """v_S(δ) and v_P(δ), per game; ∞ where there is no equilibrium in pure actions."""
    position = in_force(sublevels, discount)
    shape, index = position.shape, np.maximum(position, 0)[..., None]
    values = []
    for payoff, base in zip((sublevels.sponsor, sublevels.proxy), sublevels.base, strict=True):
        value = np.take_along_axis(np.broadcast_to(payoff, (*shape, payoff.shape[-1])), index, axis=-1)[..., 0]
        values.append(settle(np.where(position >= 0, value + base[..., 0], math.inf)))
    return values[0], values[1]


def penal_codes_of(stage: StageGame) -> tuple[Levels, tuple[Number, Number], tuple[Array, Array]]:
    """The levels of a game, its punishment payoffs as δ → 1, and the profiles (…, 2) that attain them; −1 where none do."""
    sublevels = levels(stage)
    last = np.asarray(sublevels.critical < 1, dtype=bool).sum(axis=-1) - 1
    index = np.maximum(last, 0)[..., None]
    payoffs, profiles = [], []
    for payoff, base in zip((sublevels.sponsor, sublevels.proxy), sublevels.base, strict=True):
        least = np.take_along_axis(payoff, index, axis=-1)
        first = np.asarray(payoff <= least, dtype=bool).argmax(axis=-1)  # the running minimum is first reached by its profile
        flat = np.take_along_axis(sublevels.order, first[..., None], axis=-1)[..., 0]
        pair = np.stack(np.divmod(flat, stage.shape[1]), axis=-1)
        payoffs.append(settle(np.where(last >= 0, least[..., 0] + base[..., 0], math.inf)))
        profiles.append(np.where((last >= 0)[..., None], pair, -1))
    return sublevels, (payoffs[0], payoffs[1]), (profiles[0], profiles[1])
