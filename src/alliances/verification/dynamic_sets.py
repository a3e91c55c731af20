"""Payoff sets of stochastic games: is the automaton an equilibrium, and does nothing lie beyond the outer polygons?

From inside, by the definition: every node's payoffs follow from its profile and its lottery, no deviation pays, and the inner
polygons lie in the hulls of the nodes' payoffs.

From outside, by duality and without polygons. The largest l·w over w in a set with supports s and w ≥ h is the least of
s(l + μ) − μ·h over μ ≥ 0, so every μ gives a bound; and if l ≥ 0 exists with s(l) < l·h, then nothing is left. The operator is
applied in this form, from the values with side payments on, until it lies inside the outer polygons. That one application maps
the outer polygons into themselves would not do: smaller sets may have the same property.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import PROMISED, UNIT_SUM, payoff_tolerance
from alliances.dynamics.dynamic_payoff_sets import StochasticPayoffSets
from alliances.dynamics.elimination import PLAYABLE_FROM, eliminated, playable_room
from alliances.dynamics.payoff_automaton import PayoffAutomaton
from alliances.games.players import PLAYERS
from alliances.results import Verification, verify
from alliances.verification.dynamics import contract_checks
from alliances.verification.outcome import outcome_of
from alliances.verification.polygons import extreme

__all__ = ["verify_automaton", "verify_sets"]

_EQUAL = 20  # payoff tolerances: how exactly values must follow from lotteries
_COMPONENT = 1e-15  # of a unit vector: rounding in a component that is zero
_CELLS = 1_000_000  # numbers held at once
_STEPS = 60  # discount times, 1/(1 − δ), after which the outer polygons must have been reached
_WIDEST = np.pi / 12 + 1e-3  # radians between neighbouring directions, payoffs in units of their ranges
_PARALLEL = 1e-5  # radians, of edges longer than _LONG: how exactly a normal is known
_LONG = 1e-3  # of the payoff range: shorter edges may be rounding, where three lines meet

Check = tuple[bool, str]


@verify.register
def verify_sets(sets: StochasticPayoffSets) -> Verification:
    """Re-check payoff sets: the automaton, inner and outer polygons, and the gap between them."""
    return outcome_of(_set_checks(sets))


@verify.register
def verify_automaton(automaton: PayoffAutomaton) -> Verification:
    """Re-check an automaton: lotteries, payoffs, and every deviation from every node."""
    return outcome_of(_automaton_checks(automaton))


def _set_checks(sets: StochasticPayoffSets) -> Iterator[Check]:
    game, n = sets.game, len(sets.game)
    near, level = PROMISED + sets.rounding, np.array(game.lowest, dtype=float)
    yield 0 <= sets.discount < 1, f"the discount factor is {sets.discount}"
    shaped = len(sets.outer) == len(sets.inner) == len(sets.gaps) == n and len(sets.possible) == game.profiles
    yield shaped, "polygons, gaps or profiles are not as many as the game's"
    yield sets.target > 0, f"the target is {sets.target}"
    yield from _direction_checks(sets.directions, sets.ranges)
    machine = sets.automaton
    if machine is not None:
        same = machine.game == game and machine.discount == sets.discount
        yield same, "the automaton belongs to another game or discount factor"
        yield from _automaton_checks(machine)
    for x in range(n):
        name = f"state {game.states[x]!r}"
        inner, outer = ((polygons[x] - level) / sets.ranges for polygons in (sets.inner, sets.outer))
        nodes = machine is not None and machine.profile[x, 0] >= 0
        yield nodes == (len(inner) > 0), f"{name}: nodes and inner polygon contradict each other"
        yield (
            _is_ring(inner, sets.rounding),
            f"{name}: the inner polygon's vertices are not in order, counter-clockwise from the leftmost",
        )
        yield (
            _is_ring(outer, sets.rounding),
            f"{name}: the outer polygon's vertices are not in order, counter-clockwise from the leftmost",
        )
        sides = _sides(outer)
        known = np.abs(sides[:, None] - _angles(sets.directions, sets.ranges)[None])
        turned = np.minimum(known, 2 * np.pi - known).min(axis=1)
        yield (
            bool((turned <= _PARALLEL + 2 * sets.rounding / _LONG).all()),
            f"{name}: an edge of the outer polygon belongs to no direction",
        )
        if nodes and machine is not None:
            values = (machine.values[x] - level) / sets.ranges
            vertices = np.abs(inner[:, None] - values[None]).max(axis=2).min(axis=1).max() <= near
            yield bool(vertices), f"{name}: an inner vertex is no node's payoffs"
            beyond = _beyond(values, inner)
            yield beyond <= near, f"{name}: an inner vertex lies {beyond:.3g} of the range beyond the nodes' payoffs"
            beyond = _beyond(inner, values)
            yield beyond <= near, f"{name}: a node's payoffs lie {beyond:.3g} of the range beyond the inner polygon"
            yield len(outer) > 0, f"{name}: has equilibria, and an empty outer polygon"
            beyond = _beyond(outer, inner)
            yield beyond <= near, f"{name}: an inner vertex lies {beyond:.3g} of the range beyond the outer polygon"
        distance = 0.0 if not len(outer) else np.inf if not len(inner) else _furthest(inner, outer)
        agree = sets.gaps[x] == distance or abs(sets.gaps[x] - distance) <= near
        yield bool(agree), f"{name}: the gap is {distance:.3g}, not {sets.gaps[x]:.3g}"
    if shaped:
        yield from _outer_checks(sets)


def _direction_checks(directions: Array, ranges: Array) -> Iterator[Check]:
    """In order and close to each other, the four axes among them, and weighted as they should be."""
    shaped = directions.ndim == 2 and directions.shape[1] == 2
    yield shaped, f"directions are pairs of weights, not an array of shape {directions.shape}"
    yield bool((np.abs(np.abs(directions).sum(axis=1) - 1) <= UNIT_SUM).all()), "the weights of a direction do not sum to one"
    for axis in (*np.eye(2), *(0 - np.eye(2))):  # −1 and 0, and not −0
        among = bool((directions == axis).all(axis=1).any())
        yield among, f"({axis[0]:g}, {axis[1]:g}) is not among the directions"
    angles = _angles(directions, ranges)
    ahead = np.diff(angles, append=angles[0] + 2 * np.pi)
    yield bool((ahead > 0).all()), "the directions are not in order, counter-clockwise"
    yield ahead.max() <= _WIDEST, f"two neighbouring directions are {ahead.max():.3g} radians apart"


def _angles(directions: Array, ranges: Array) -> Array:
    """From 0 up to 2π, in units of the payoff ranges."""
    scaled = directions * ranges
    return np.asarray(np.mod(np.arctan2(scaled[:, 1], scaled[:, 0]), 2 * np.pi))


# -- from inside -------------------------------------------------------------------------------------------------------


def _automaton_checks(machine: PayoffAutomaton) -> Iterator[Check]:
    game, delta = machine.game, machine.discount
    count = machine.profile.shape[1]
    ranges, level = game.ranges, np.array(game.lowest, dtype=float)
    equal = np.array([_EQUAL * payoff_tolerance(r, float(m)) for r, m in zip(ranges, game.largest, strict=True)])
    live = np.asarray((machine.profile >= 0).any(axis=1))
    yield bool(((machine.profile >= 0).all(axis=1) == live).all()), "a state has nodes in some directions only"
    inside = live[game.state_of]
    reached = np.repeat(inside, np.diff(game.kernel.start))
    yield bool(live[game.kernel.next[reached]].all()), "an action leads from a state with nodes to one without"
    yield from _direction_checks(machine.directions, ranges)
    yield len(machine.directions) == count, f"there are {len(machine.directions)} directions and {count} nodes in each state"
    yield all(0 <= k < count for k in machine.worst), "the players' punishments are no nodes"
    for player, k, axis in zip(PLAYERS, machine.worst, -np.eye(2), strict=True):
        least = bool((machine.directions[k] == axis).all())
        yield least, f"the {player}'s punishment is node {k}, in whose direction not its payoff is least"
    yield bool((machine.weights >= 0).all()), "a lottery has a negative probability"
    placed = bool(((machine.places >= 0) & (machine.places < count)).all())
    yield placed, "a lottery leads to a direction without node"
    if not placed:
        return
    inner = game.in_ranges()
    payoffs = np.stack([inner.sponsor, inner.proxy], axis=1) * ranges  # and values: in excess of the players' lowest payoffs
    values = np.where(live[:, None, None], machine.values - level, 0.0)
    worst = np.stack([values[:, k, i] for i, k in enumerate(machine.worst)], axis=1)
    best = np.stack([_best_deviation(machine, payoffs, worst, i) for i in (0, 1)], axis=1)
    for x in np.flatnonzero(live):
        name = f"state {game.states[x]!r}"
        profile = machine.profile[x]
        yield bool((game.state_of[profile] == x).all()), f"{name}: a node plays a profile of another state"
        sums = machine.weights[x].sum(axis=1)
        yield bool((np.abs(sums - 1) <= UNIT_SUM).all()), f"{name}: the probabilities of a lottery do not sum to one"
        worth = values[x] @ machine.directions.T  # of each node, in each direction
        best_node = np.diag(worth) >= worth.max(axis=0) - np.abs(machine.directions) @ (PROMISED * ranges + equal)
        k = int(np.argmin(best_node))
        yield bool(best_node.all()), f"{name}, node {k}: node {int(worth[:, k].argmax())} is better in its direction"
        for k in range(count):
            node = f"{name}, node {k}"
            drawn = np.einsum("w,swi->si", machine.weights[x, k], values[:, machine.places[x, k]])
            after = sum(p * drawn[y] for y, p in inner.kernel.at(int(profile[k])).items())
            due = (1 - delta) * payoffs[profile[k]] + delta * np.asarray(after)
            follows = bool((np.abs(due - values[x, k]) <= equal).all())  # words on thousands of nodes take longer than numbers
            yield follows, "" if follows else f"{node}: its payoffs are {due + level}, not {machine.values[x, k]}"
            slack = values[x, k] - best[profile[k]]
            for i, player in enumerate(PLAYERS):
                stays = not slack[i] < -PLAYABLE_FROM * ranges[i] - equal[i]
                yield stays, "" if stays else f"{node}: the {player} gains {-slack[i]:.3g} by a deviation"
                told, slack_told = abs(slack[i] - machine.slack[x, k, i]) <= equal[i], machine.slack[x, k, i]
                yield bool(told), "" if told else f"{node}: the {player}'s slack is {slack[i]:.3g}, not {slack_told:.3g}"
    empty = np.isnan(machine.values[~live]).all() and np.isnan(machine.slack[~live]).all()
    yield bool(empty), "payoffs or slacks are given where there is no node"
    unused = [(machine.profile, -1), (machine.places, 0), (machine.weights, 0)]
    yield all((a[~live] == none).all() for a, none in unused), "profiles or lotteries are given where there is no node"


def _best_deviation(machine: PayoffAutomaton, payoffs: Array, worst: Array, player: int) -> Array:
    """(K,): the largest payoff of a player over its actions against the other's action in a profile."""
    game, delta = machine.game, machine.discount
    kernel = game.kernel.to_float()
    after = np.add.reduceat(kernel.probability * worst[kernel.next, player], kernel.start[:-1])
    worth = (1 - delta) * payoffs[:, player] + delta * after
    best = np.empty_like(worth)
    for x, block in enumerate(game.by_state(worth)):
        tops = np.broadcast_to(block.max(axis=player, keepdims=True), block.shape)
        best[game.first[x] : game.first[x + 1]] = tops.ravel()
    return best


# -- from outside ------------------------------------------------------------------------------------------------------


def _outer_checks(sets: StochasticPayoffSets) -> Iterator[Check]:
    """Iterate the operator in its dual form, from the values with side payments, until it lies in the outer polygons."""
    game, delta, n = sets.game, sets.discount, len(sets.game)
    near, dual = PROMISED + sets.rounding, _Dual(sets)
    base = eliminated(dual.game, delta)
    certified = outcome_of(contract_checks(base))
    yield certified.ok, f"the values with side payments: {certified.witness}"
    live, allowed = base.exists.copy(), base.playable.copy()
    supports = dual.triangle(base.joint, base.sponsor_punishment, base.proxy_punishment, live)
    claimed = np.full(supports.shape, -np.inf)
    level = np.array(game.lowest, dtype=float)
    for x, polygon in enumerate(sets.outer):
        if len(polygon):
            claimed[x] = ((polygon - level) / sets.ranges @ dual.directions.T).max(axis=0)
    excluded = np.array([not len(polygon) for polygon in sets.outer])
    for _ in range(int(_STEPS / (1 - delta)) + 100):
        over = (supports - claimed)[live & ~excluded].max(initial=0.0)
        if over <= near and not live[excluded].any() and not (allowed & ~sets.possible).any():
            break
        before = supports, allowed
        supports, allowed = dual.step(supports, allowed)
        while True:  # states without profiles, and those from which some action leads to one
            live &= np.logical_or.reduceat(allowed, game.first[:-1])
            leaves = np.logical_or.reduceat(~live[game.kernel.next], game.kernel.start[:-1])
            kept = live & ~np.logical_or.reduceat(leaves, game.first[:-1])
            allowed &= kept[game.state_of]
            if (kept == live).all():
                break
            live = kept
        supports[~live] = 0.0
        if np.array_equal(supports, before[0]) and np.array_equal(allowed, before[1]):
            break  # at rest: no further step excludes anything
    for x in range(n):
        name = f"state {game.states[x]!r}"
        yield bool(excluded[x] <= (not live[x])), f"{name}: the outer polygon is empty, but payoffs are left"
        if live[x] and not excluded[x]:
            over = float((supports[x] - claimed[x]).max())
            yield over <= near, f"{name}: payoffs {over:.3g} of the range beyond the outer polygon are not excluded"
    lost = np.flatnonzero(allowed & ~sets.possible)
    yield not len(lost), f"{game.describe(int(lost[0])) if len(lost) else ''}: is not excluded, but said to be impossible"
    gone = excluded[game.state_of] | dual.misses(np.where(excluded[:, None], 0.0, claimed), max(near, sets.target))
    lost = np.flatnonzero(sets.possible & gone)
    yield not len(lost), f"{game.describe(int(lost[0])) if len(lost) else ''}: is excluded by the outer polygons, not possible"


class _Dual:
    """The operator by bounds s(l + μ) − μ·h; payoffs above the lowest, in units of the players' ranges."""

    def __init__(self, sets: StochasticPayoffSets) -> None:
        self.game, self.delta, self.room = sets.game.in_ranges(), sets.discount, payoff_tolerance(1.0, 1.0)
        self.lost = max(float(sets.game.tolerances.max()) - self.room, 0.0)  # by the payoffs' level, in digits
        directions = sets.directions * sets.ranges
        self.directions: Array = directions / np.hypot(*directions.T)[:, None]
        self.lowest = [int(np.argmin(self.directions[:, i])) for i in (0, 1)]
        self.payoffs: Array = np.stack([self.game.sponsor, self.game.proxy], axis=1)
        self.multipliers = [self._multipliers(k) for k in range(len(self.directions))]
        self.parts: dict[int, tuple[Array, Any]] = {}  # profiles, which rarely change from step to step, and where they lead

    def _multipliers(self, k: int) -> tuple[Array, Array, Array]:
        """All l_j, t > 0 and μ = t·l_j − l_k ≥ 0 with μ_1 = 0 or μ_2 = 0: where a bound can be least."""
        l = self.directions[k]  # noqa: E741 the symbol of the docstring
        with np.errstate(divide="ignore", invalid="ignore"):
            scales = [l[i] / self.directions[:, i] for i in (0, 1)]
        places, t = np.tile(np.arange(len(self.directions)), 2), np.concatenate(scales)
        usable = np.isfinite(t) & (t > 0)
        places, t = places[usable], t[usable]
        mu = t[:, None] * self.directions[places] - l
        valid = (mu >= -_COMPONENT).all(axis=1) & (mu.max(axis=1) < 1e8)
        return places[valid], t[valid], np.maximum(mu[valid], 0.0)

    def triangle(self, joint: Array, sponsor: Array, proxy: Array, live: Array) -> Array:
        room = playable_room(self.game)
        u, v, w = (np.where(live, a, 0.0) for a in (joint + room, sponsor - room, proxy - room))
        corners = np.stack([np.stack(c, axis=1) for c in ((v, w), (u - w, w), (v, u - v))], axis=1)
        return np.asarray((corners @ self.directions.T).max(axis=1))

    def step(self, supports: Array, allowed: Array) -> tuple[Array, Array]:
        """Supports after one step, and the profiles of which something is left."""
        game, delta = self.game, self.delta
        flows, need = (1 - delta) * self.payoffs, self._needs(supports)
        profiles = np.flatnonzero(allowed)
        kept = np.zeros_like(allowed)
        new = np.full(supports.shape, -np.inf)
        size = max(_CELLS // len(self.directions) ** 2, 1)
        for at in range(0, len(profiles), size):
            part = profiles[at : at + size]
            if at not in self.parts or not np.array_equal(part, self.parts[at][0]):
                self.parts[at] = part, game.kernel.rows(part).matrix
            expected = delta * (self.parts[at][1] @ supports)
            due = self._eased(expected, need[part])
            left = self._reaches(expected, due)
            part, expected, due = part[left], expected[left], due[left]
            kept[part] = True
            bound = self._bounds(expected, due)
            np.maximum.at(new, game.state_of[part], flows[part] @ self.directions.T + bound)
        return new, kept

    def misses(self, supports: Array, margin: float) -> Array:
        """(K,): the profiles that leave nothing, by more than a margin."""
        expected = self.delta * (self.game.kernel.matrix @ supports)
        return ~self._reaches(expected, self._eased(expected, self._needs(supports)) - margin)

    def _needs(self, supports: Array) -> Array:
        """(K, 2): δh, what tomorrow must be worth to the players."""
        game, delta = self.game, self.delta
        worst = np.stack([-supports[:, k] for k in self.lowest], axis=1)
        flows = (1 - delta) * self.payoffs
        after = np.add.reduceat(game.kernel.probability[:, None] * worst[game.kernel.next], game.kernel.start[:-1])
        need = -flows - self.room
        for i in (0, 1):
            for x, block in enumerate(game.by_state((flows + delta * after)[:, i])):
                own = slice(game.first[x], game.first[x + 1])
                need[own, i] += np.broadcast_to(block.max(axis=i, keepdims=True), block.shape).ravel()
        return np.asarray(need)

    def _reaches(self, expected: Array, need: Array) -> Array:
        quadrant = (self.directions >= -_COMPONENT).all(axis=1)
        return np.asarray((expected[:, quadrant] >= need @ self.directions[quadrant].T).all(axis=1))

    def _eased(self, expected: Array, need: Array) -> Array:
        """What tomorrow must be worth, less what is missing if digits that the payoffs' level has cost may account for it."""
        if self.lost == 0:
            return need
        quadrant = (self.directions >= -_COMPONENT).all(axis=1)
        missed = (need @ self.directions[quadrant].T - expected[:, quadrant]).max(axis=1) + self.room
        return np.asarray(need - np.clip(missed, 0.0, self.lost)[:, None])

    def _bounds(self, expected: Array, need: Array) -> Array:
        """(K, N): the least bound on l·w over w ≥ h, times δ."""
        bound = expected.copy()
        for k, (places, t, mu) in enumerate(self.multipliers):
            if len(places):
                bound[:, k] = np.minimum(bound[:, k], (t * expected[:, places] - need @ mu.T).min(axis=1))
            if (self.directions[k] <= 0).all():
                bound[:, k] = np.minimum(bound[:, k], need @ self.directions[k])
        return bound


# -- geometry ----------------------------------------------------------------------------------------------------------


def _is_ring(points: Array, rounding: float) -> bool:
    """Whether points are the corners of a convex polygon, counter-clockwise from the leftmost, none of them twice."""
    if len(points) < 2:
        return True
    edges = np.roll(points, -1, axis=0) - points
    first, lengths = points[0], np.hypot(*edges.T)
    if not (lengths > 0).all() or first[0] > points[:, 0].min() + PROMISED + rounding:
        return False
    if len(points) == 2:
        return tuple(points[0]) < tuple(points[1])
    after = np.roll(edges, -1, axis=0)
    cross, along = edges[:, 0] * after[:, 1] - edges[:, 1] * after[:, 0], (edges * after).sum(axis=1)
    following = np.roll(lengths, -1)
    convex = (cross >= -PROMISED * np.minimum(lengths, following) - rounding * (lengths + following)).all()
    return bool(convex) and round(float(np.arctan2(cross, along).sum() / (2 * np.pi))) == 1


def _sides(polygon: Array) -> Array:
    """The angles of the outward normals of a convex polygon's longer edges."""
    edges = (np.roll(polygon, -1, axis=0) - polygon)[: len(polygon) if len(polygon) > 1 else 0]
    edges = edges[np.hypot(*edges.T) > _LONG]
    return np.asarray(np.mod(np.arctan2(-edges[:, 0], edges[:, 1]), 2 * np.pi))


def _beyond(points: Array, others: Array) -> float:
    """By how much the others lie outside the convex hull of the points, at most."""
    return _furthest(np.array(extreme([(float(a), float(b)) for a, b in points])), others)


def _furthest(ring: Array, points: Array) -> float:
    """The distance from a convex polygon of the point that is furthest from it; 0 if all lie inside."""
    edges = np.roll(ring, -1, axis=0) - ring
    lengths = (edges**2).sum(axis=1)
    along = ((points[:, None] - ring) * edges).sum(axis=2)  # (points, edges)
    share = np.divide(along, lengths, out=np.zeros_like(along), where=lengths > 0).clip(0, 1)
    away = np.hypot(*np.moveaxis(ring + share[..., None] * edges - points[:, None], 2, 0)).min(axis=1)
    if len(ring) > 2:
        normals = np.stack([edges[:, 1], -edges[:, 0]], axis=1)
        within = (points[:, None] * normals).sum(axis=2) <= (ring[:, None] * normals).sum(axis=2).max(axis=0)
        away = np.where(within.all(axis=1), 0.0, away)  # what is no number is not inside
    return float(away.max())
