"""Punishments: are they what the concept says, and do the fields of a certificate fit each other?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, is_exact, to_float
from alliances.arithmetic.tolerance import PROMISED, SUMMED
from alliances.games.players import PLAYERS
from alliances.repeated.critical import CriticalDiscount
from alliances.repeated.enforcement.optimal_penal_code import MOST_PATIENT, WorstEquilibria
from alliances.repeated.enforcement.outside_option import OutsideOption
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.repeated.payoff_sets.solve import payoff_set
from alliances.verification.equilibria import MOST_KERNELS, extreme_equilibria, kernels
from alliances.verification.levels import level_conditions
from alliances.verification.outcome import FEW, equilibria_of, slack_of
from alliances.verification.payoff_sets import set_conditions

__all__ = ["agreement", "form_conditions", "punishment_conditions"]

_STAGE = ("stage equilibrium", "mixed stage equilibrium")


def form_conditions(r: CriticalDiscount) -> Iterator[tuple[Any, Any]]:
    """Shapes, pairs, and what the terms share with the punishment and the game."""
    batch, terms, punishment = r.stage.batch_shape, r.terms, r.punishment
    yield (
        len(r.profile) == 2 and all(0 <= x < n for x, n in zip(r.profile, r.stage.shape, strict=True)),
        lambda _: f"the profile {r.profile} is none of the game",
    )
    pairs = (terms.path, terms.deviation, terms.punished, punishment.payoffs)
    yield all(len(x) == 2 for x in (*pairs, terms.tolerance, punishment.profiles)), lambda _: "a pair has not two members"
    yield (
        all(np.shape(x) == batch for x in (r.sponsor, r.proxy, punishment.exists, *(x for pair in pairs for x in pair))),
        lambda _: f"a number per game is not of the shape {batch} of the games",
    )
    yield (
        all(np.shape(x) == (*batch, 2) for x in punishment.profiles),
        lambda _: f"the punishing profiles are not of the shape {(*batch, 2)}",
    )
    for mine, its in zip(terms.tolerance, r.stage.tolerance, strict=True):
        yield np.asarray(mine == its, dtype=bool), lambda _: "the tolerance is not that of the game"
    yield (
        terms.levels is punishment.levels or _equal(terms.levels, punishment.levels),
        lambda _: "the terms and the punishment have different levels",
    )
    for name in ("worst", "outside"):
        mine, its = getattr(terms, name), getattr(punishment, name)
        same = mine is its or (mine is not None and its is not None and _equal(mine, its))
        yield same, lambda _, n=name: f"{n} is one thing in the terms, and another in the punishment"
    if r.enforcement.kind == "own":  # only its author knows what it carries
        return
    repeated = r.enforcement.kind == "equilibrium of the repeated game"
    levels = repeated and r.enforcement.pooled
    yield (terms.levels is not None) == levels, lambda _: "levels belong to side payments with optimal penal codes"
    yield (terms.worst is not None) == (repeated and not levels), lambda _: "worst payoffs by δ belong to optimal penal codes"
    leaves = isinstance(r.enforcement, OutsideOption)
    yield (terms.outside is not None) == leaves, lambda _: "what leaving gives belongs to an outside option"


def agreement(r: CriticalDiscount) -> Iterator[tuple[Any, Any]]:
    """The terms of being punished are the punishment's payoffs."""
    for w, held, c in zip(r.terms.punished, r.punishment.payoffs, r.terms.path, strict=True):
        yield (
            np.asarray(np.where(r.punishment.exists, held, c) == w, dtype=bool),
            lambda _: "the terms of being punished are not the punishment's payoffs, or where there is none those on path",
        )


def _equal(x: Any, y: Any) -> bool:
    """Whether two certificates hold the same numbers."""
    if type(x) is not type(y):
        return False
    if isinstance(x, WorstEquilibria):
        return all(np.array_equal(a, b) for a, b in ((x.stage.A, y.stage.A), (x.stage.B, y.stage.B)))
    if hasattr(x, "order"):
        names = ("order", "requirement", "joint", "sponsor", "proxy", "critical", "slack", "tolerance")
        pairs = [*((getattr(x, n), getattr(y, n)) for n in names), *zip(x.base, y.base, strict=True)]
        return all(np.array_equal(a, b) for a, b in pairs)
    return np.shape(x) == np.shape(y) and bool(np.all(x == y))


def at_profiles(x: Array, profiles: Array, columns: int) -> tuple[Array, Array]:
    """The values of a table (…, m, n) at the profiles (…, 2), and which profiles are named (−1 names none)."""
    row, column = (np.asarray(profiles)[..., player] for player in range(2))
    named = (row >= 0) & (column >= 0)
    flat = np.where(named, row * columns + column, 0)
    return np.take_along_axis(x.reshape(*x.shape[:-2], -1), flat[..., None], axis=-1)[..., 0], named


def punishment_conditions(r: CriticalDiscount, k: int) -> Iterator[tuple[Any, Any]]:
    """What punishes player k: the worst stage equilibrium, the given profile, leaving, or the worst of the repeated game."""
    stage, profiles = r.stage, np.asarray(r.punishment.profiles[k])
    kind = r.enforcement.kind
    inside = (profiles >= 0) & (profiles < np.array(stage.shape))
    yield (
        (inside.all(axis=-1) | (profiles == -1).all(axis=-1)) if kind != "own" else True,
        lambda _: f"{PLAYERS[k]}: the punishing profile is none of the game",
    )
    if kind == "equilibrium of the repeated game":
        yield from _levels(r, k) if r.terms.levels is not None else _worst(r, k)
    elif kind == "given profile":
        yield from _given(r, k)
    elif isinstance(r.enforcement, OutsideOption):
        yield from _leaving(r, r.enforcement, k)
    elif kind in _STAGE:
        yield from _stage(r, k, kind == _STAGE[1])


def _stage(r: CriticalDiscount, k: int, mixed: bool) -> Iterator[tuple[Any, Any]]:
    """The worst stage equilibrium for the player, or none; the profile named for it is that equilibrium."""
    stage, name = r.stage, PLAYERS[k]
    payoff, w = (stage.A, stage.B)[k], np.asarray(r.terms.punished[k])
    stable, exists = _stable(r, mixed)
    worst = _worst_stage(r, k, mixed)
    if worst is not None:
        near = slack_of(r.enforcement, stage, k, payoff) if mixed else 0
        yield (
            np.asarray(np.abs(w - worst) <= near, dtype=bool),
            lambda _: f"{name}: the punishment payoff is not that of its worst {'' if mixed else 'pure '}stage equilibrium",
        )
    yield from _named(r, k, stable, np.asarray(mixed) | ~exists)
    yield r.punishment.exists == exists, lambda _: f"{name}: a punishment is said to exist, or not to, and it is otherwise"


def _stable(r: CriticalDiscount, mixed: bool) -> tuple[Array, Array]:
    """(…, m, n): the pure equilibria; and whether there is one, which with mixed ones there always is (Nash 1951)."""
    within = r.stage.tolerance
    if mixed:  # the regret that the list of equilibria allows
        within = (SUMMED * np.asarray(within[0]), SUMMED * np.asarray(within[1]))
    stable = equilibria_of(r.stage, within)
    exists = np.asarray(stable.any(axis=(-2, -1)))
    return stable, np.ones_like(exists) if mixed else exists


def _worst_stage(r: CriticalDiscount, k: int, mixed: bool) -> Array | None:
    """Player k's least payoff in stage equilibria, that on path where there is none; None for too many or too large games."""
    stage, payoff = r.stage, (r.stage.A, r.stage.B)[k]
    if not mixed:
        stable, exists = _stable(r, False)
        return np.asarray(np.where(exists, np.where(stable, payoff, np.inf).min(axis=(-2, -1)), r.terms.path[k]))
    if stage.A[..., 0, 0].size > FEW or kernels(*stage.shape) > MOST_KERNELS:
        return None
    least = []
    for index in np.ndindex(stage.batch_shape):
        game = stage[index] if index else stage
        least.append(min(x @ (game.A, game.B)[k] @ y for x, y in extreme_equilibria(game)))
    return np.array(least, dtype=payoff.dtype).reshape(stage.batch_shape)


def _named(r: CriticalDiscount, k: int, stable: Array, unnamed: Array) -> Iterator[tuple[Any, Any]]:
    """The profile that is named is stable and gives the punishment payoff; none is named only where that is allowed."""
    payoff, columns = (r.stage.A, r.stage.B)[k], r.stage.shape[1]
    given, named = at_profiles(payoff, r.punishment.profiles[k], columns)
    kept, _ = at_profiles(stable, r.punishment.profiles[k], columns)
    yield (
        np.where(named, kept & np.asarray(given == r.punishment.payoffs[k], dtype=bool), unnamed),
        lambda _: f"{PLAYERS[k]}: the punishing profile is not an equilibrium that gives the punishment payoff",
    )


def _given(r: CriticalDiscount, k: int) -> Iterator[tuple[Any, Any]]:
    """The given profile, everywhere, or where it must be credible and is a stage equilibrium."""
    stage, name = r.stage, PLAYERS[k]
    i, j = r.enforcement.conflict(stage.actions)
    payoff = np.asarray((stage.A, stage.B)[k][..., i, j])
    stable = equilibria_of(stage, stage.tolerance)[..., i, j]
    exists = stable if getattr(r.enforcement, "credible", False) else np.ones(stage.batch_shape, dtype=bool)
    yield (
        np.asarray(np.where(exists, payoff, r.terms.path[k]) == r.terms.punished[k], dtype=bool)
        & np.asarray(r.punishment.payoffs[k] == payoff, dtype=bool)
        & (np.asarray(r.punishment.exists) == exists),
        lambda _: f"{name}: the punishment payoff is not that of the given profile",
    )
    profiles = np.where(exists[..., None], np.array((i, j)), -1)
    yield (np.asarray(r.punishment.profiles[k]) == profiles).all(axis=-1), lambda _: f"{name}: the given profile is another"


def _leaving(r: CriticalDiscount, concept: OutsideOption, k: int) -> Iterator[tuple[Any, Any]]:
    """The worst stage equilibrium, or leaving where the proxy is offered more; being left alone, where that is given."""
    stage, name, mixed = r.stage, PLAYERS[k], concept.reversion.kind == _STAGE[1]
    offer: Number = concept.offer  # at this power, numbers
    alone: Number = concept.alone
    near = slack_of(concept, stage, k, (stage.A, stage.B)[k])
    yield (
        np.asarray(np.abs(np.asarray(r.terms.outside) - offer) <= (0 if is_exact(r.terms.outside) else near), dtype=bool),
        lambda _: "the proxy is said to get something else than the offer when it leaves",
    )
    stable, exists = _stable(r, mixed)
    worst = _worst_stage(r, 1, mixed)
    mine = worst if k == 1 else _worst_stage(r, 0, mixed)
    leaves = np.asarray(False)
    if worst is not None and mine is not None and not concept.reversion.forgives:
        leaves = np.asarray(offer > worst, dtype=bool)
        if k == 1:
            mine = np.maximum(mine, offer)
        elif alone is not None:
            kept = stable & np.asarray(np.asarray(offer)[..., None, None] <= stage.B, dtype=bool)
            within = np.where(kept, stage.A, np.inf).min(axis=(-2, -1))
            left = np.where(np.asarray(offer >= worst, dtype=bool), alone, np.inf)
            mine, leaves = np.minimum(within, left), np.asarray(left < within, dtype=bool)
        else:
            leaves = np.asarray(False)
    if mine is not None:
        exact = is_exact(r.terms.punished[k]) and not mixed
        apart = np.abs(np.where(exists, r.punishment.payoffs[k], 0) - np.where(exists, mine, 0))
        yield (
            np.asarray(apart <= (0 if exact else near), dtype=bool),
            lambda _: f"{name}: the punishment payoff is neither that of its worst stage equilibrium nor that of leaving",
        )
    named = (np.asarray(r.punishment.profiles[k]) >= 0).all(axis=-1)
    yield ~(named & leaves & exists), lambda _: f"{name}: a profile is named, though the proxy leaves instead"
    yield from _named(r, k, stable, np.asarray(mixed) | ~exists | leaves)
    yield r.punishment.exists == exists, lambda _: f"{name}: a punishment is said to exist, or not to, and it is otherwise"


def _levels(r: CriticalDiscount, k: int) -> Iterator[tuple[Any, Any]]:
    """Penal codes with side payments: the levels, the payoffs as δ → 1, and a profile that holds the player down to them."""
    stage, name, levels = r.stage, PLAYERS[k], r.terms.levels
    assert levels is not None
    if k == 0:
        yield from level_conditions(stage, levels)
    last = np.asarray(levels.critical < 1, dtype=bool).sum(axis=-1) - 1
    index = np.maximum(last, 0)[..., None]
    least = np.take_along_axis((levels.sponsor, levels.proxy)[k], index, axis=-1)[..., 0] + levels.base[k][..., 0]
    payoff = (stage.A, stage.B)[k]
    near = slack_of(r.enforcement, stage, k, payoff)
    w = np.asarray(r.punishment.payoffs[k])
    yield (
        np.where(last >= 0, np.abs(np.where(last >= 0, w, 0) - np.where(last >= 0, least, 0)) <= near, w == np.inf),
        lambda _: f"{name}: the punishment payoff is not the least of the profiles that can be played as δ → 1",
    )
    best = np.broadcast_to(payoff.max(axis=-2 + k, keepdims=True), payoff.shape)
    reached, named = at_profiles(best, r.punishment.profiles[k], stage.shape[1])
    flat = np.asarray(r.punishment.profiles[k]) @ np.array([stage.shape[1], 1])
    place = (np.asarray(levels.order) == np.where(named, flat, 0)[..., None]).argmax(axis=-1)
    held = np.abs(reached - np.where(named, w, reached)) <= near
    needs = np.take_along_axis(levels.requirement, place[..., None], axis=-1)[..., 0]
    enough = np.asarray(
        np.abs((levels.sponsor, levels.proxy)[k] + levels.base[k] - w[..., None]) <= np.asarray(near)[..., None], dtype=bool
    )
    first = np.take_along_axis(levels.requirement, enough.argmax(axis=-1)[..., None], axis=-1)[..., 0]
    held = held & np.asarray(~named | (np.abs(needs - first) <= near), dtype=bool)
    yield (
        held & (named == (np.asarray(to_float(w)) < np.inf)) & (~named | (place <= last)),
        lambda _: f"{name}: the punishing profile does not hold it down to the punishment payoff with the least liquidity",
    )
    yield np.asarray(r.punishment.exists, dtype=bool), lambda _: f"{name}: a punishment by levels always exists"


def _worst(r: CriticalDiscount, k: int) -> Iterator[tuple[Any, Any]]:
    """Penal codes: the sets of equilibrium payoffs behind them, each re-checked from its definition."""
    stage, worst, name = r.stage, r.terms.worst, PLAYERS[k]
    yield isinstance(worst, WorstEquilibria), lambda _: "the worst equilibria are not those of the repeated game"
    assert isinstance(worst, WorstEquilibria)
    of = worst.stage
    same = all(np.array_equal(to_float(x), to_float(y)) for x, y in ((of.A, stage.A), (of.B, stage.B)))
    yield same and (of.exact == stage.exact or bool(stage.batch_shape)), lambda _: "the worst equilibria are of another game"
    w = np.asarray(r.punishment.payoffs[k])
    yield (
        (np.asarray(r.punishment.profiles[k]) == -1).all(axis=-1)
        & (np.asarray(r.punishment.exists) == np.isfinite(to_float(w))),
        lambda _: f"{name}: a profile is named for what is no stage equilibrium, or a punishment exists that is infinite",
    )
    games = list(np.ndindex(stage.batch_shape))
    for index in games[:FEW]:
        game = of[index] if index else of
        delta: Number = MOST_PATIENT if game.exact else float(MOST_PATIENT)
        payoffs = payoff_set(game, delta)
        assert isinstance(payoffs, PayoffSet)
        if k == 0 and len(games) == 1:
            yield from set_conditions(payoffs)
            for at in {r.sponsor, r.proxy} if not stage.batch_shape else ():
                if 0 < at < 1:
                    there = payoff_set(game, at)
                    assert isinstance(there, PayoffSet)
                    yield from set_conditions(there)
        least = np.inf if payoffs.punishments is None else payoffs.punishments[k]
        near = 0 if game.exact else 2 * PROMISED * float(game.payoff_range[k])
        yield (
            w[index] == least or abs(w[index] - least) <= near,
            lambda _: f"{name}: the punishment payoff is not the worst equilibrium payoff of the most patient players",
        )
