"""Break thresholds: are the strategies equilibria, does the alliance fail further down, and are the windows those that follow?

Without side payments every state is asked for a single deviation that pays, with values that satisfy their own equations. That
no lower threshold is an equilibrium is shown by a gain for each. Where no threshold is an equilibrium the search for a set of
states is repeated, and so are the bounds that exclude an alliance: "never" is right only if they exclude all states. With side
payments the contracts have their own certificate, and in a hole no pure profile survives elimination, which is certified as
well, while no deviation pays from the mixed actions there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import UNIT_SUM
from alliances.dynamics.break_threshold import ShiftingThreshold, frozen_game
from alliances.dynamics.contract_holes import Hole, HoledContracts, game_with_given
from alliances.dynamics.dynamic_contracts import DynamicContracts
from alliances.dynamics.elimination import DynamicValues, eliminated
from alliances.dynamics.kept_alliance import KeptAlliance, ShiftingEdge, ShiftingWindow, windows_of
from alliances.dynamics.markov_alliance import MarkovAlliance, MarkovSolver
from alliances.dynamics.possible_alliance import possible_alliances
from alliances.dynamics.states import StateGames
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.transfers import Transfers
from alliances.results import Verification, verify

__all__ = ["verify_break_threshold"]

_EQUAL = 20  # payoff tolerances: how exactly float values must satisfy the equations that define them
_ALIKE = 1e-9  # relative: gains that are computed again
_SAME_MIX = 1e-8  # of a chance: how exactly a mixed equilibrium is found again
_ZERO_GAIN = 1e-13  # absolute: rounding in gains that are zero

Check = tuple[bool, str]


@verify.register
def verify_break_threshold(threshold: ShiftingThreshold) -> Verification:
    """Re-check a break threshold: equilibria, failure below the threshold, windows, edges and defectors."""
    count = 0
    try:
        for ok, words in _checks(threshold):
            count += 1
            if not ok:
                return Verification(False, count, words)
    except (ValueError, IndexError, TypeError, AttributeError) as error:
        return Verification(False, count + 1, f"the parts of the result do not fit each other: {error}")
    return Verification(True, count)


def _checks(t: ShiftingThreshold) -> Iterator[Check]:
    yield isinstance(t.enforcement, (NashReversion, Transfers)), f"{t.enforcement!r} is no concept of break thresholds"
    yield 0 <= t.discount < 1, f"the discount factor {t.discount} lies outside [0, 1)"
    transfers = isinstance(t.enforcement, Transfers)
    for name, kept, game in (("moving", t.moving, t.dyad.stochastic_game), ("frozen", t.static, frozen_game(t.dyad))):
        for ok, words in _kept_checks(kept, game, t, transfers):
            yield ok, f"{name} power: {words}"


def _kept_checks(kept: KeptAlliance, game: StateGames, t: ShiftingThreshold, transfers: bool) -> Iterator[Check]:
    evidence, levels = kept.evidence, [round(float(x), 12) + 0.0 for x in t.dyad.log_ratios]
    yield isinstance(evidence, HoledContracts) == transfers, "the evidence is that of another enforcement concept"
    if isinstance(evidence, HoledContracts):
        yield kept.unsolved == (), "candidates are said to be unsolved where none are tried"
        yield kept.excluded == (), "an alliance is said to be excluded where no bounds are asked for"
        yield kept.holes == tuple(levels[hole.state] for hole in evidence.holes), "the holes are not those of the evidence"
        yield from _contract_checks(evidence, game, t.discount)
    else:
        yield kept.holes == (), "holes are said to be where nothing is eliminated"
        words = "the evidence must be the threshold equilibrium, and that with pockets; or an equilibrium without threshold"
        yield len(evidence) <= 2, words
        yield from _markov_checks(kept, evidence, game, t.discount, levels)
    again = windows_of(evidence, levels)
    yield len(again) == len(kept.windows), f"there are {len(again)} windows, not {len(kept.windows)}"
    for k, (window, other) in enumerate(zip(kept.windows, again, strict=True)):
        yield _same_window(window, other), f"window {k + 1} is {other!r}, not {window!r}"


def _same_window(a: ShiftingWindow, b: ShiftingWindow) -> bool:
    ends = (a.low, a.high) == (b.low, b.high)
    return ends and _same_edge(a.below, b.below) and _same_edge(a.above, b.above)


def _same_edge(a: ShiftingEdge | None, b: ShiftingEdge | None) -> bool:
    if a is None or b is None:
        return a is b
    same = (a.log_ratio, a.beyond, a.defector) == (b.log_ratio, b.beyond, b.defector)
    return same and len(a.gains) == 2 and np.allclose(a.gains, b.gains, rtol=_ALIKE, atol=_ZERO_GAIN, equal_nan=True)


def _same_game(a: StateGames, b: StateGames) -> bool:
    difference = abs(a.kernel.matrix - b.kernel.matrix)
    return (
        a.states == b.states
        and all(np.array_equal(x, y) for x, y in ((a.sponsor, b.sponsor), (a.proxy, b.proxy)))
        and (difference.nnz == 0 or float(difference.max()) == 0)
    )


# -- without side payments -------------------------------------------------------------------------------------------------


def _markov_checks(
    kept: KeptAlliance, evidence: tuple[MarkovAlliance, ...], game: StateGames, delta: float, levels: list[float]
) -> Iterator[Check]:
    n = len(levels)
    solver = MarkovSolver(game, n, delta)
    for alliance in evidence:
        yield _same_game(alliance.game, game), "an equilibrium of another game"
        yield alliance.discount == delta, f"an equilibrium for the discount factor {alliance.discount}"
        yield from _equilibrium_checks(alliance, solver, levels)
    first = n
    if len(evidence) < 2:
        possible = possible_alliances(game, n, delta)
        excluded = tuple(level for level, can in zip(levels, possible, strict=True) if not can)
        yield kept.excluded == excluded, f"an alliance is excluded at λ = {excluded}, not at {kept.excluded}"
        for window in kept.windows:
            inside = [x for x in excluded if x in window]
            yield not inside, f"a window has log ratios at which an alliance is excluded: {inside}"
        found = solver.anywhere(possible)
        same = found is None if not evidence else found is not None and bool((found.held == evidence[0].held).all())
        yield same, "the alliance is not kept in the largest set of states that is found"
    else:
        yield kept.excluded == (), "an alliance is said to be excluded where a threshold was found, and no bounds are asked for"
        threshold, pockets = evidence
        first = int(np.argmax(threshold.held))
        yield bool(threshold.held[first:].all() and threshold.held.any()), "the threshold equilibrium is not held on [e, top]"
        yield bool(pockets.held[threshold.held].all()), "the pockets leave out what the threshold equilibrium holds"
        again = solver.with_pockets(threshold)
        yield bool((again.held == pockets.held).all()), "the pockets are not those in which the alliance can be kept"
    unsolved = []
    for e in range(first):
        candidate = solver.hold(np.arange(n) >= e)
        if candidate.settled:
            worst = float(candidate.gains.max())
            yield (
                worst > solver.room,
                f"the alliance can be held from λ = {levels[e]:g} on: no deviation gains more than {worst}",
            )
        else:
            unsolved.append(levels[e])
    yield kept.unsolved == tuple(unsolved), f"the unsolved candidates are {unsolved}, not {kept.unsolved}"


def _equilibrium_checks(a: MarkovAlliance, solver: MarkovSolver, levels: list[float]) -> Iterator[Check]:
    game, n = a.game, len(levels)
    equal = _EQUAL * game.tolerance
    yield a.settled, "the strategies do not rest"
    yield a.held.shape == (n,) and a.above.shape == (len(game), 2), "held states and values are not one for each state"
    for strategy, size in ((a.sponsor, solver.m), (a.proxy, solver.k)):
        fits = strategy.shape == (n, size) and bool((strategy >= 0).all())
        yield fits and bool(np.allclose(strategy.sum(axis=1), 1, rtol=0, atol=UNIT_SUM)), "mixed actions are no probabilities"
    yield bool(a.allied[a.held].all()), "a state is held in which the two do not ally for certain"
    low_s, low_p = game.lowest
    flow = (1 - a.discount) * np.stack([game.sponsor - low_s, game.proxy - low_p], axis=1)
    worth = flow + a.discount * game.kernel.matrix @ a.above
    weights = np.ones(game.profiles)
    weights[: n * solver.m * solver.k] = (a.sponsor[:, :, None] * a.proxy[:, None, :]).ravel()
    value = np.add.reduceat(weights[:, None] * worth, game.first[:-1])
    error = np.abs(value - a.above)
    at = int(error.max(axis=1).argmax())
    yield (
        bool(error.max() <= equal),
        f"state {game.states[at]!r}: the values above the lowest payoffs are {value[at]}, not {a.above[at]}",
    )
    gains = a.gains.max(axis=1)
    at = int(gains.argmax())
    yield bool(gains[at] <= solver.room), f"λ = {levels[at]:g}: a deviation gains {gains[at]}"
    for x in np.flatnonzero(~a.held):
        chosen = solver.equilibrium_at(int(x), a.above)
        name = f"λ = {levels[x]:g}"
        yield chosen is not None, f"{name}: no equilibrium of the break game"
        assert chosen is not None
        near = np.abs(np.concatenate([chosen.sponsor - a.sponsor[x], chosen.proxy - a.proxy[x]])).max()
        if not near <= _SAME_MIX:  # arrays are written out where it is needed: that takes longer than the rest
            yield False, f"{name}: {chosen.sponsor}, {chosen.proxy} is selected before what is played"
        yield True, ""


# -- with side payments ----------------------------------------------------------------------------------------------------


def _contract_checks(h: HoledContracts, game: StateGames, delta: float) -> Iterator[Check]:
    yield _same_game(h.game, game), "contracts of another game"
    holes = {hole.state: hole for hole in h.holes}
    yield list(holes) == sorted(holes) and len(holes) == len(h.holes), "the holes are out of order"
    yield h.settled == bool(h.contracts.exists.all()), "the answer is said to be settled, or not, against its contracts"
    yield h.discount == delta == h.contracts.discount, f"contracts for the discount factor {h.discount}"
    yield _same_game(h.contracts.game, game_with_given(game, holes)), "the contracts take the holes for something else"
    certified = verify(_contracts(h.contracts))
    yield certified.ok, str(certified.witness)
    for hole in h.holes:
        yield from _hole_checks(h, hole)
        others = eliminated(game_with_given(game, {x: y for x, y in holes.items() if x != hole.state}), delta)
        name = f"state {game.states[hole.state]!r}"
        certified = verify(_contracts(others))
        yield certified.ok, f"{name}: {certified.witness}"
        yield not others.exists[hole.state], f"{name} is said to be a hole, but has an equilibrium in pure actions"


def _contracts(values: DynamicValues) -> DynamicContracts:
    return DynamicContracts(*(getattr(values, field.name) for field in fields(DynamicValues)))


def _hole_checks(h: HoledContracts, hole: Hole) -> Iterator[Check]:
    """No single deviation pays in a hole, where peace leads to contracts whose surplus is shared equally."""
    game, c, x = h.game, h.contracts, hole.state
    name, equal = f"state {game.states[x]!r}", _EQUAL * game.tolerance
    half = (c.joint - c.sponsor_punishment - c.proxy_punishment) / 2
    values: Array = np.stack([c.sponsor_punishment + half, c.proxy_punishment + half], axis=1)
    values[x] = hole.values
    cells = slice(int(game.first[x]), int(game.first[x + 1]))
    flow = (1 - h.discount) * np.stack([game.sponsor[cells], game.proxy[cells]], axis=1)
    worth = (flow + h.discount * game.kernel.matrix[cells] @ values).reshape(*game.stages[x].shape, 2)
    for strategy in (hole.sponsor, hole.proxy):
        yield bool((strategy >= 0).all() and abs(strategy.sum() - 1) <= UNIT_SUM), f"{name}: mixed actions are no probabilities"
    replies = worth[..., 0] @ hole.proxy, hole.sponsor @ worth[..., 1]
    for i, (reply, own) in enumerate(zip(replies, (hole.sponsor, hole.proxy), strict=True)):
        yield bool(abs(own @ reply - hole.values[i]) <= equal), f"{name}: worth {own @ reply}, not {hole.values[i]}"
        yield bool(reply.max() - hole.values[i] <= equal), f"{name}: a deviation gains {reply.max() - hole.values[i]}"
