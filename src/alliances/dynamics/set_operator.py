"""The operator of equilibrium payoffs of a stochastic game without side payments, from outside and from inside.

Without side payments, with perfect monitoring, public randomisation and pure actions, the equilibrium payoffs V(x) from each
state x on are the largest fixed point of (Abreu, Pearce & Stacchetti 1990, *Econometrica* 58:1041-1063; with states Abreu,
Brooks & Sannikov 2020, *Econometrica* 88:1661-1695)::

    B(W)(x) = co ⋃_a {(1 − δ)g(x, a) + δw : w ∈ Σ_x' p(x'|x, a)W(x'), w_i ≥ h_i(x, a)},
    h_i(x, a) = [d_i(x, a) − (1 − δ)g_i(x, a)]/δ,   d_i(x, a) = max over i's actions of (1 − δ)g_i + δ E[v_i],   v_i = min W_i.

Only the expected continuation matters, so everything happens in the plane (:mod:`alliances.dynamics.polygon_cuts`).

* **From outside** (:meth:`SetOperator.outer`) a set is given by its supports c(x, l) = max l·w in a fixed list of directions l,
  −e₁ and −e₂ among them. The supports of Σ pW are Σ pc, and its corners lie where neighbouring lines meet. The cut w ≥ h keeps
  the support in direction l if an end of the face survives; if none does, the largest value lies on the bounds, at one of at
  most four crossings. The union over actions is the maximum of supports: the only place where something is added. Started
  above V, every iterate lies above V.
* **From inside** (:meth:`SetOperator.inner`) a set is given by the points that attain the supports; the same operator on their
  hulls. Where two points attain a support, the counter-clockwise one is taken, by turning each direction a little: free ties
  would make the iteration oscillate.

Payoffs are counted from each player's lowest payoff, in units of its payoff range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import EPSILON, payoff_tolerance
from alliances.dynamics.kernel import reach
from alliances.dynamics.polygon_cuts import Cut, Directions, cut
from alliances.dynamics.states import StateGames

__all__ = ["CORNER", "Chosen", "SetOperator"]

CORNER = 2
"""Where both bounds are met."""


_TURN = 1e-9  # radians by which inner directions are turned towards the counter-clockwise end of a face
_CELLS = 1_000_000  # numbers of (profile, direction) that are held at once


@dataclass(frozen=True, eq=False)
class Chosen:
    """The points that attain the supports in one step from inside, and how.

    Attributes
    ----------
    points
        (n, N, 2).
    profile
        (n, N): the profile that is played.
    mixed
        (M,): the points, as places in the flattened (n, N), whose continuation is a lottery over several directions. The
        others' is the point in the same direction.
    bound
        (M,): where that continuation lies: 0 on w₁ = h₁, 1 on w₂ = h₂, ``CORNER`` on both.
    places, weights
        (M, 4): those lotteries.
    """

    points: Array
    profile: Array
    mixed: Array
    bound: Array
    places: Array
    weights: Array

    @property
    def lotteries(self) -> tuple[Array, Array]:
        """Directions and weights (n, N, 4) of the continuation of every point."""
        n, count = self.profile.shape
        places = np.repeat(np.tile(np.arange(count), n)[:, None], 4, axis=1)
        weights = np.zeros((n * count, 4))
        weights[:, 0] = 1.0
        places[self.mixed], weights[self.mixed] = self.places, self.weights
        return places.reshape(n, count, 4), weights.reshape(n, count, 4)

    def like(self, other: Chosen) -> bool:
        """Whether the same profiles are played and followed by the same directions, with whatever weights."""
        same = np.array_equal(self.profile, other.profile) and np.array_equal(self.mixed, other.mixed)
        return same and np.array_equal(self.places, other.places) and np.array_equal(self.bound, other.bound)


@dataclass(frozen=True, eq=False)
class _Block:
    """Profiles of some states, as many as fit into memory: their places, where each state's begin, and the states."""

    profiles: Array
    starts: Array
    states: Array
    moves: object


class SetOperator:
    """The operator of one game and discount factor, on the states and profiles that are left.

    Parameters
    ----------
    asked
        The game, in floats or in Fractions, whose level is taken away before they become floats.
    delta
        δ in [0, 1).
    live
        (n,): the states that may have an equilibrium. No action leads from them to another one.

    Attributes
    ----------
    game
        The same game in floats, payoffs in the operator's units.
    level, unit
        (2,): each player's lowest payoff and its payoff range.
    allowed
        (K,): the profiles that some equilibrium may play; the outer iteration drops what it excludes.
    tolerance, lost
        The payoff difference that counts as none, in the players' units, and by how much more an incentive may be missed where
        the common level of float payoffs has cost their digits: bounds are eased by no more than it takes.
    """

    def __init__(self, asked: StateGames, delta: float, live: Array) -> None:
        self.asked, self.delta, self.live = asked, delta, live.copy()
        self.game = asked.in_ranges()
        self.level: Array = np.array(asked.lowest, dtype=float)
        self.unit, self.tolerance = asked.ranges, payoff_tolerance(1.0, 1.0)
        self.lost = max(float(asked.tolerances.max()) - self.tolerance, 0.0)
        self.flows: Array = (1 - delta) * np.stack([self.game.sponsor, self.game.proxy], axis=1)
        self.allowed: Array = self.live[asked.state_of]
        self._made: tuple[int, list[_Block]] | None = None

    # -- steps ---------------------------------------------------------------------------------------------------------

    def outer(self, supports: Array, directions: Directions) -> Array:
        """(n, N): supports after one step; drops the profiles of which nothing is left, and states without any."""
        new = np.zeros_like(supports)
        bounds = self.bounds(-supports[:, directions.lowest])
        alive = np.zeros(self.game.profiles, dtype=bool)
        room = EPSILON / np.sin(directions.ahead)  # to which rounding moves corners
        for block in self._blocks(len(directions)):
            expected = block.moves @ supports
            limits = self.eased(bounds[block.profiles], expected, directions)
            left = np.ones(len(limits), dtype=bool)
            bound = np.flatnonzero((-expected[:, directions.lowest] <= limits).any(axis=1))  # of the others nothing is cut off
            most = expected.copy()
            most[bound], left[bound] = self._cut_off(expected[bound], limits[bound], directions, room)
            values = self.flows[block.profiles] @ directions.vectors.T + self.delta * most
            alive[block.profiles[left]] = True
            new[block.states] = np.maximum.reduceat(np.where(left[:, None], values, -np.inf), block.starts)
        self._drop(alive)
        new[~self.live] = 0.0
        return directions.tightened(directions.tightened(new))

    def _cut_off(self, supports: Array, bounds: Array, directions: Directions, room: Array) -> tuple[Array, Array]:
        """The supports (K, N) of what w ≥ h leaves, h (K, 2), and of which polygons anything is left."""
        corners = directions.vertices(supports)
        part = cut(corners, bounds, directions, room)
        kept = part.inside | np.roll(part.inside, 1, axis=1)
        most = np.where(kept, supports, _crossing_values(part, directions.vectors).max(axis=0))
        left = ~_separated(supports, bounds, directions)
        for k in np.flatnonzero(left & ~np.isfinite(most).all(axis=1)):
            # a set as small as rounding, whose crossings with the bounds are lost in it: the corners that survive
            most[k] = directions.support(corners[k, part.inside[k]]) if part.inside[k].any() else supports[k]
        return most, left

    def inner(self, points: Array, directions: Directions, worst: Array) -> Chosen | None:
        """The points that attain the supports after one step from hulls of points (n, N, 2); None if a state has none.

        A deviation is followed by ``worst`` (n, 2).
        """
        n, count = len(self.game), len(directions)
        turned = directions.vectors + _TURN * directions.turned
        bounds = self.bounds(worst)
        now = self.flows @ turned.T
        flat = np.concatenate([points[..., 0], points[..., 1]], axis=1)
        new, profile = np.zeros_like(points), np.full((n, count), -1)
        columns, mixed = np.arange(count), []
        for block in self._blocks(count):
            sums = block.moves @ flat
            polygons = sums.reshape(-1, 2, count).transpose(0, 2, 1)
            worth = polygons[..., 0] * turned[:, 0] + polygons[..., 1] * turned[:, 1]
            limits = self.eased(bounds[block.profiles], worth, directions)
            inside = (polygons[..., 0] > limits[:, :1]) & (polygons[..., 1] > limits[:, 1:])
            bound = np.flatnonzero(~inside.all(axis=1))  # of the others nothing is cut off
            part = cut(polygons[bound], limits[bound], directions)
            crossings = _crossing_values(part, turned)
            worth[bound] = np.where(inside[bound], worth[bound], crossings.max(axis=0))
            values = now[block.profiles] + self.delta * worth
            row = _first_largest(values, block.starts)
            if row is None:
                return None
            profile[block.states] = block.profiles[row]
            place = row * (2 * count) + columns
            chosen = self.flows[profile[block.states]]
            chosen[..., 0] += self.delta * sums.ravel()[place]
            chosen[..., 1] += self.delta * sums.ravel()[place + count]
            state, column = np.nonzero(~inside.ravel()[row * count + columns])
            if state.size:
                at = np.searchsorted(bound, row[state, column])
                kind = crossings[:, at, column].argmax(axis=0)
                chosen[state, column] = self.flows[profile[block.states[state], column]] + self.delta * part.points[at, kind]
                lottery = part.places[at, kind], part.weights[at, kind]
                corner = lottery[1][:, 2:].any(axis=1)
                mixed.append((block.states[state] * count + column, np.where(corner, CORNER, kind // 2), *lottery))
            new[block.states] = chosen
        if not mixed:
            mixed.append((np.empty(0, dtype=np.intp),) * 2 + (np.empty((0, 4), dtype=np.intp), np.empty((0, 4))))
        return Chosen(new, profile, *(np.concatenate(parts) for parts in zip(*mixed, strict=True)))

    def bounds(self, worst: Array) -> Array:
        """(K, 2): h, less the tolerance, for the players' least values (n, 2)."""
        need = self.deviations(worst) - self.flows - self.tolerance
        if self.delta == 0:
            return np.where(need <= self.lost, -1.0, 2.0)  # below and above all payoffs: tomorrow does not matter
        return np.asarray(need / self.delta)

    def eased(self, bounds: Array, supports: Array, directions: Directions) -> Array:
        """(K, 2): bounds of polygons, lowered where these miss them by no more than the payoffs' level costs in digits."""
        if self.lost == 0 or self.delta == 0:
            return bounds
        missed = _beyond(supports, bounds, directions).max(axis=1) + self.tolerance
        return np.asarray(bounds - np.clip(missed, 0.0, self.lost / self.delta)[:, None])

    def deviations(self, worst: Array) -> Array:
        """(K, 2): d, what the best deviation is worth to each player if it is followed by the worst (n, 2)."""
        worth = self.flows + self.delta * self.game.kernel.expect(worst)
        return np.stack([g.best(worth[:, i])[g.group] for i, g in enumerate(self.game.deviations)], axis=1)

    # -- what is left --------------------------------------------------------------------------------------------------

    def _drop(self, alive: Array) -> None:
        """Keep these profiles only, and states from which no action leads to one that has none left."""
        game = self.game
        if (alive == self.allowed).all():
            return
        empty = self.live & ~np.logical_or.reduceat(alive, game.first[:-1])
        if empty.any():
            self.live &= ~reach(game.kernel, game.state_of, empty)
        self.allowed = alive & self.live[game.state_of]
        self._made = None

    def _blocks(self, count: int) -> Iterator[_Block]:
        size = max(_CELLS // count, 1)
        if self._made is None or self._made[0] != size:
            self._made = size, list(self._cut_into(size))
        yield from self._made[1]

    def _cut_into(self, size: int) -> Iterator[_Block]:
        game = self.game
        profiles = np.flatnonzero(self.allowed)
        states, starts = np.unique(game.state_of[profiles], return_index=True)
        ends = np.append(starts[1:], len(profiles))
        at = 0
        while at < len(states):
            stop = max(int(np.searchsorted(ends, starts[at] + size, side="right")), at + 1)
            part = profiles[starts[at] : ends[stop - 1]]
            yield _Block(part, starts[at:stop] - starts[at], states[at:stop], game.kernel.rows(part).matrix)
            at = stop


def _first_largest(values: Array, starts: Array) -> Array | None:
    """(states, N): the first row of each state in which a column is largest; None if that is −∞ somewhere."""
    top = np.maximum.reduceat(values, starts)
    if not np.isfinite(top).all():
        return None
    lengths = np.diff(starts, append=len(values))
    rows = np.where(values >= np.repeat(top, lengths, axis=0), np.arange(len(values))[:, None], len(values))
    return np.asarray(np.minimum.reduceat(rows, starts))


def _separated(supports: Array, bounds: Array, directions: Directions) -> Array:
    """(K,): the polygons of which w ≥ h leaves nothing: a direction l ≥ 0 in which they do not reach the corner h."""
    return np.asarray((_beyond(supports, bounds, directions) > 0).any(axis=1))


def _beyond(supports: Array, bounds: Array, directions: Directions) -> Array:
    """(K, L): how far the corner h lies beyond each polygon in the directions l ≥ 0."""
    quadrant = slice(directions.up + 1)
    return np.asarray(bounds @ directions.vectors[quadrant].T - supports[:, quadrant])


def _crossing_values(part: Cut, directions: Array) -> Array:
    """(4, K, N): l·w of a cut's crossings for each direction l; −∞ for those that do not exist."""
    values = np.moveaxis(part.points, 1, 0) @ directions.T
    values[~part.valid.T] = -np.inf
    return np.asarray(values)
