"""Payoff sets of a stochastic game between two polygons, and how the gap between them is closed.

1. From outside: supports in some directions, started at the triangle {w_i ≥ v_i, w_S + w_P ≤ U} of the equilibria with side
   payments, which contain those without. The operator maps it into itself, so iterates shrink, and each is an outer bound.
2. From inside: points that attain the supports, started at the outer polygons' corners, until they rest. Most steps are made
   with the choices of the last one (:mod:`alliances.dynamics.fixed_choices`), at a fraction of the price. The automaton that
   they describe is solved anew and checked; the iteration itself is not trusted.
3. Sandwich: where the two differ by more than the target, the normals of the inner polygon's edges become directions, and the
   old outer polygons the start. The sets have finitely many edges, so their normals are found. Where the inner iteration fails,
   one step from the outer corners shows normals instead, and the circle is divided more finely.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import EPSILON, SAME_POINT
from alliances.dynamics.elimination import PLAYABLE_FROM, eliminated, playable_room
from alliances.dynamics.fixed_choices import FixedChoices
from alliances.dynamics.kernel import reach
from alliances.dynamics.payoff_automaton import PayoffAutomaton, automaton_of, node_slack, node_values
from alliances.dynamics.polygon_cuts import Directions
from alliances.dynamics.set_operator import Chosen, SetOperator
from alliances.dynamics.states import StateGames
from alliances.repeated.payoff_sets.polygon import hull
from alliances.results import Result

__all__ = ["EnclosedSets", "enclosed"]

_FIRST = 24  # directions of the first round, besides that of the sum
_MOST = 600  # directions
_ROUNDS = 16
_NEW = 96  # directions that a round adds at most
_APART = (1e-6, 1e-4)  # radians: directions nearer than this are one, for small targets and large ones
_SETTLED = 1e-2  # of the target: how far the outer iteration may have to go when it is stopped
_REST = 1e-15  # of a payoff range: an iteration that moves no further has come to rest
_STEPS = 40  # discount times, 1/(1 − δ), that an iteration may take
_WINDOW = 2  # discount times after which an iteration from inside must have slowed down by half
_ALIKE = 4  # steps from inside with the same choices, after which they are kept
_IDLE = 6  # rounds on end that do not halve the gap, after which it is given up
_LOST = 2  # payoff tolerances: what a node's best deviation may gain where a high level of payoffs leaves few digits
_CIRCLE = 1e-3  # of a step: punishments that move no further while the points make it have come to rest


@dataclass(frozen=True, eq=False)
class EnclosedSets(Result):
    """What :class:`alliances.StochasticPayoffSets`, which documents it, consists of."""

    game: StateGames
    discount: float
    target: float
    outer: tuple[Array, ...]
    inner: tuple[Array, ...]
    gaps: Array
    automaton: PayoffAutomaton | None
    possible: Array
    directions: Array
    steps: int
    rounds: int

    @property
    def ranges(self) -> Array:
        """(2,): the players' payoff ranges over all states, 1 where a player has only one payoff."""
        return self.game.ranges

    @property
    def rounding(self) -> float:
        """How far floats may lie from the payoffs that they stand for, as a share of the range."""
        largest = np.array(self.game.largest, dtype=float)
        return float(2 * EPSILON * (largest / self.ranges).max())


def enclosed(game: StateGames, delta: float, target: float) -> EnclosedSets:
    """The payoff sets of a game, enclosed up to ``target`` if that can be done."""
    return _Sandwich(game, delta, target).run()


@dataclass(frozen=True, eq=False)
class _Inside:
    """An automaton in the operator's units, and the hulls of its nodes' payoffs per state."""

    chosen: Chosen
    values: Array
    slack: Array
    directions: Directions
    hulls: list[Array]


class _Sandwich:
    """One run of the algorithm in the module's docstring."""

    def __init__(self, game: StateGames, delta: float, target: float) -> None:
        self.asked, self.game, self.delta, self.target = game, game.in_ranges(), delta, target
        contracts = eliminated(self.game, delta)  # payments in any unit of one player's and of the other's do more than none
        self.operator = SetOperator(game, delta, contracts.exists)
        self.operator.allowed &= contracts.playable
        unit = self.operator.unit
        self.apart = float(np.clip(target / 4, *_APART))
        angle = np.arctan2(unit[1], unit[0])
        self.directions = Directions(np.append(np.linspace(0, 2 * np.pi, _FIRST, endpoint=False), angle), self.apart)
        joint, *worst = (
            np.where(contracts.exists, v, 0.0)
            for v in (contracts.joint, contracts.sponsor_punishment, contracts.proxy_punishment)
        )
        v_s, v_p = worst
        room = playable_room(self.game)
        v_s, v_p, joint = v_s - room, v_p - room, np.maximum(joint, v_s + v_p) + room
        corners = np.stack([np.stack([v_s, v_p], 1), np.stack([joint - v_p, v_p], 1), np.stack([v_s, joint - v_s], 1)], 1)
        self.payments, self.replaced = corners, False
        self.supports = self.directions.support(self.payments)
        self.longest = int(_STEPS / (1 - delta)) + 100
        self.stop, self.steps = max(target * _SETTLED, _REST), 0
        self.restless = False  # whether the last iteration from inside was given up for want of directions

    def run(self) -> EnclosedSets:
        best: _Inside | None = None
        gaps = np.full(len(self.game), np.inf)
        stalled = False
        rounds, idle = 0, 0
        while rounds < _ROUNDS and idle < _IDLE:
            rounds += 1
            self._shrink()
            if not self.operator.live.any():
                best = None
                break
            outer = self._corners()
            if best is not None and self._gaps(outer, best).max() <= self.target:
                break  # the new directions alone have closed the gap
            inside, image, last = self._inside(outer)
            if inside is not None and (best is None or self._gaps(outer, inside).sum() <= self._gaps(outer, best).sum()):
                best = inside
            before, gaps = gaps, self._gaps(outer, best)
            if gaps.max() <= self.target:
                break
            stalled = not gaps.max() < before.max() / 2
            if stalled and not self.restless:
                self.stop = max(self.stop / 10, _REST)
            idle = idle + 1 if stalled else 0
            shapes = [image] if inside is None else [last, image] if stalled else [last]
            if not self._refine(outer, shapes, gaps):
                break
        return self._answer(best, rounds)

    # -- the two iterations --------------------------------------------------------------------------------------------

    def _shrink(self) -> None:
        """Apply the operator from outside until nothing is likely to move by more than ``stop`` in all."""
        for _ in range(self.longest):
            new = self.operator.outer(self.supports, self.directions)
            self.steps += 1
            moved = np.abs(new - self.supports)[self.operator.live].max(initial=0.0)
            self.supports = new
            if moved <= max(self.stop * (1 - self.delta), _REST):
                return

    def _corners(self) -> Array:
        return self.directions.vertices(self.supports)

    def _inside(self, outer: Array) -> tuple[_Inside | None, Array, Array]:
        """An automaton, if the iteration from inside ends in one that passes; one step from outer corners, and the last."""
        image = self.operator.inner(outer, self.directions, self.directions.least(outer))
        chosen = None if image is None else self._rest(image)
        if image is None or chosen is None:
            shape = outer if image is None else image.points
            return None, shape, shape
        values = node_values(self.operator, chosen)
        slack = node_slack(self.operator, chosen.profile, self.directions.least(values), values)
        return self._certified(chosen, values, slack), image.points, values

    def _rest(self, chosen: Chosen) -> Chosen | None:
        """Iterate from inside until the points rest or show that they will not; None if a state has none left.

        While the choices rest, so do all but the points: they move on by themselves (:class:`FixedChoices`). Points may also be
        restless, because a hull of finitely many points forgets a corner here and there: where they have not come to move half
        as far in a few discount times, punishments may only become weaker from then on. That costs nothing but size, because
        the automaton's own punishments are at least as harsh. Where the punishments rest, too, and the points still do not,
        they move in a circle for ever, and the directions are too few.
        """
        least = self.directions.least
        weakest, fixed, weakened = np.full((len(self.game), 2), -np.inf), False, False
        window, before, most = int(_WINDOW / (1 - self.delta)) + _ALIKE, np.inf, 0.0
        same, wait, self.restless = 0, _ALIKE, False
        for k in range(1, self.longest):
            worst = np.maximum(least(chosen.points), weakest)
            new = self.operator.inner(chosen.points, self.directions, worst)
            if new is None:
                return None
            moved = np.abs(new.points - chosen.points).max()
            same = same + 1 if new.like(chosen) else 0
            chosen, most = new, max(most, moved)
            if moved <= _REST:
                break
            if fixed:
                weakened |= bool((worst > weakest + _CIRCLE * moved).any())
                weakest = worst
            if k % window == 0:
                if most > before / 2:
                    if fixed and not weakened:
                        self.restless = True
                        break
                    weakest, fixed = worst, True
                before, most, weakened = most, 0.0, False
            if same >= wait:
                points, steps = self._drifted(chosen, weakest)
                chosen, same = replace(chosen, points=points), 0
                wait = _ALIKE if steps > wait else 2 * wait  # what ends soon was not worth its preparation
        return chosen

    def _drifted(self, chosen: Chosen, weakest: Array) -> tuple[Array, int]:
        """Where the points go while the choices rest, and in how many steps."""
        choices, points = FixedChoices(self.operator, chosen), chosen.points
        for k in range(self.longest):
            new = choices.step(points, np.maximum(self.directions.least(points), weakest))
            if new is None:
                return points, k
            moved, points = np.abs(new - points).max(), new
            if moved <= _REST:
                break
        return points, self.longest

    def _certified(self, chosen: Chosen, values: Array, slack: Array) -> _Inside | None:
        """The automaton in the states from which no action leads to a node that a deviation leaves."""
        game = self.game
        room = max(PLAYABLE_FROM, _LOST * self.operator.lost)
        bad = np.asarray((slack < -room).any(axis=(1, 2)) | (chosen.profile < 0).any(axis=1))
        sound = ~reach(game.kernel, game.state_of, bad)
        if not sound.any():
            return None
        profile = np.where(sound[:, None], chosen.profile, -1)
        kept = replace(chosen, profile=profile)
        nothing = np.empty((0, 2))
        return _Inside(
            kept, values, slack, self.directions, [hull_of(v) if x else nothing for v, x in zip(values, sound, strict=True)]
        )

    # -- the gap -------------------------------------------------------------------------------------------------------

    def _gaps(self, outer: Array, inside: _Inside | None) -> Array:
        """(n,): how far outer corners lie from the inner hulls; inf where only those are empty."""
        gaps = np.zeros(len(self.game))
        for x in np.flatnonzero(self.operator.live):
            inner = np.empty((0, 2)) if inside is None else inside.hulls[x]
            gaps[x] = distances(outer[x], inner).max() if len(inner) else np.inf
        return gaps

    def _refine(self, outer: Array, shapes: list[Array], gaps: Array) -> bool:
        """Add normals of the edges of these shapes (n, N, 2) where the gap is open; whether any could be added."""
        new, wide = self._fresh(self._normals(outer, shapes, gaps)), np.flatnonzero(gaps > self.target)
        if not new:  # towards the outer corners that lie farthest out
            wanted = []
            for x in wide:
                polygon = hull_of(shapes[0][x])
                away = distances(outer[x], polygon)
                farthest = outer[x][[away.argmax()]]
                out = (farthest - feet(farthest, polygon))[0]
                wanted.append((float(away.max()), float(np.arctan2(out[1], out[0]))))
            new = self._fresh(wanted)
        if not new or np.isinf(gaps).any():
            ahead = self.directions.ahead
            new = [*new, *(self.directions.angles + ahead / 2)[np.argsort(-ahead)[:_FIRST]].tolist()]
        if len(self.directions) + len(new) > _MOST:
            return False
        angles = np.concatenate([new, self.directions.angles])
        first = np.ones(len(angles), dtype=bool)
        for k, angle in enumerate(new):  # a better one takes the place of an old one beside it
            first[len(new) :] &= np.abs(self.directions.angles - angle) > 2 * self.apart
            first[k + 1 : len(new)] &= np.abs(angles[k + 1 : len(new)] - angle) > 2 * self.apart
        self.replaced |= not first.all()
        self.directions = Directions(angles[first], self.apart)
        self.supports = self.directions.support(outer)
        return True

    def _normals(self, outer: Array, shapes: list[Array], gaps: Array) -> list[tuple[float, float]]:
        """How far the outer polygons reach beyond the shapes' edges, and the angles of those edges' normals."""
        wanted: list[tuple[float, float]] = []
        for x in np.flatnonzero(gaps > self.target):
            for shape, least in zip(shapes, (self.target / 4, max(self.stop * (1 - self.delta), SAME_POINT)), strict=False):
                polygon = hull_of(shape[x])
                normals = edge_normals(polygon)
                excess = (outer[x] @ normals.T).max(axis=0) - (polygon @ normals.T).max(axis=0)
                angles = np.arctan2(normals[:, 1], normals[:, 0])
                wanted += [(float(e), float(angle)) for e, angle in zip(excess, angles, strict=True) if e > least]
        return wanted

    def _fresh(self, wanted: list[tuple[float, float]]) -> list[float]:
        """The angles of the largest gaps that are not directions yet, up to rounding."""
        new: list[float] = []
        for _, angle in sorted(wanted, reverse=True):
            turn = angle % (2 * np.pi)
            known = np.concatenate([self.directions.angles, new, [2 * np.pi]])
            if np.abs(known - turn).min() > 1e-12 and np.abs(np.array([*new, 10.0]) - turn).min() > 2 * self.apart:
                new.append(turn)
            if len(new) == _NEW:
                break
        return new

    # -- the answer ----------------------------------------------------------------------------------------------------

    def _answer(self, best: _Inside | None, rounds: int) -> EnclosedSets:
        operator, n = self.operator, len(self.game)
        if self.replaced:  # what a direction cut off that is no longer one: nobody could exclude it again
            self.supports, last = self.directions.support(self.payments), self.stop
            self.stop = max(self.target * _SETTLED, _REST)
            self._shrink()
            while self.stop > last and self._gaps(self._corners(), best).max() > self.target:
                self.stop = max(self.stop / 10, last)
                self._shrink()
        outer, nothing = self._corners(), np.empty((0, 2))
        gaps = self._gaps(outer, best)
        outside = [hull_of(outer[x]) if operator.live[x] else nothing for x in range(n)]
        inner = [nothing] * n if best is None else best.hulls
        automaton = None
        if best is not None:
            automaton = automaton_of(
                operator, best.chosen, best.values, best.slack, best.directions.lowest, best.directions.vectors
            )
        weighted = self.directions.vectors / operator.unit
        outside, inner = ([_in_payoffs(p, operator) for p in side] for side in (outside, inner))
        return EnclosedSets(
            self.asked,
            self.delta,
            self.target,
            tuple(outside),
            tuple(inner),
            gaps,
            automaton,
            operator.allowed,
            weighted / np.abs(weighted).sum(axis=1)[:, None],
            self.steps,
            rounds,
        )


def hull_of(points: Array) -> Array:
    """(k, 2): the vertices of the convex hull, counter-clockwise from the leftmost."""
    return np.asarray(points[hull([(float(a), float(b)) for a, b in points], SAME_POINT)])


def _in_payoffs(polygon: Array, operator: SetOperator) -> Array:
    """The polygon in the user's payoffs, without vertices that rounding at a high level of payoffs puts inside or on others."""
    points = polygon * operator.unit + operator.level
    rounded = (points - operator.level) / operator.unit
    apart = len(np.unique(points, axis=0)) == len(points)
    if not len(points) or (apart and np.abs(rounded - polygon).max() <= SAME_POINT):
        return np.asarray(points)
    kept = hull([(float(a), float(b)) for a, b in rounded], SAME_POINT)
    begin = kept.index(0) if 0 in kept else 0  # of several leftmost vertices the first one stays the first
    return np.asarray(points[kept[begin:] + kept[:begin]])


def edge_normals(polygon: Array) -> Array:
    """(k, 2): unit normals of the edges outwards; of a segment on both sides and beyond its ends; of a point none."""
    if len(polygon) == 1:
        return np.empty((0, 2))
    along = np.roll(polygon, -1, axis=0) - polygon
    along /= np.hypot(*along.T)[:, None]
    normals = np.stack([along[:, 1], -along[:, 0]], axis=1)
    return np.concatenate([normals, along]) if len(polygon) == 2 else normals


def feet(points: Array, polygon: Array) -> Array:
    """(M, 2): the point of the polygon's border that is nearest to each point."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    length = (edges**2).sum(axis=1)
    share = ((points[:, None] - polygon) * edges).sum(axis=2) / np.where(length > 0, length, 1.0)  # a point has one foot
    share = np.clip(share, 0.0, 1.0)
    on_edges = polygon + share[..., None] * edges
    which = ((on_edges - points[:, None]) ** 2).sum(axis=2).argmin(axis=1)
    return np.asarray(on_edges[np.arange(len(points)), which])


def distances(points: Array, polygon: Array) -> Array:
    """(M,): how far points lie outside a polygon; 0 inside."""
    away = np.asarray(np.hypot(*(points - feet(points, polygon)).T))
    if len(polygon) < 3:
        return away
    normals = edge_normals(polygon)
    beyond = (points @ normals.T - (polygon * normals).sum(axis=1)).max(axis=1)
    return np.where(beyond > 0, away, 0.0)
