r"""Payoff sets: does the set generate itself, and nothing beyond it?

V(δ) is the largest bounded set W with W = B(W), where B(W) are the convex combinations of the points (1 − δ)g(a) + δw with
w ∈ W and w_i ≥ κ_i(a) = u_i + (d_i(a) − g_i(a))(1 − δ)/δ, u_i the worst of W for player i (Abreu, Pearce & Stacchetti 1990,
Econometrica 58:1041-1063). Both halves are re-checked, in Fractions where the set is exact:

* *from inside*: every vertex is such a point, so the set is one of equilibrium payoffs;
* *from outside*: let V ⊆ W. A v that is extreme in V in the direction λ is (1 − δ)g(a) + δw with λ·w ≤ λ·v, so that

      λ·v ≤ min( λ·g(a), (1 − δ) λ·g(a) + δ max {λ·w : w ∈ W, w ≥ κ(a)} ).

  Where g(a) itself is not ≥ κ(a), the way from g(a) to w enters {w ≥ κ(a)} at a point b at which a constraint binds, and v
  lies between (1 − δ)g(a) + δb and w, so that b may take the place of w (Abreu & Sannikov 2014, Theoretical Economics
  9:313-338). The largest of these bounds over the profiles cuts W; beginning with the hull of all payoffs, this is repeated
  until W lies in the set that is claimed.

Points are scaled to the payoff ranges of the players, so that a tolerance is a share of the range. In large exact games floats
leave out the profiles that surely do not matter (:mod:`alliances.verification.brackets`), Fractions decide on the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from alliances.arithmetic import Number, is_exact, to_float
from alliances.arithmetic.tolerance import PROMISED, STANDSTILL
from alliances.games.stage_game import StageGame
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.results import Verification, verify
from alliances.verification.brackets import Brackets, shell
from alliances.verification.outcome import every, outcome
from alliances.verification.polygons import Point, along, extreme, half_plane, normals, outside

__all__ = ["set_conditions"]

_KINDS = ("empty", "point", "segment", "polygon")
_CUTS = 400  # rounds of half-planes, in floats
_CUTS_EXACT = 60
_REST = 1e-6  # of the distance that remains, per 1 − δ: cuts that gain less have come to rest
_GRID = 1 << 120  # to which bounds are rounded outwards once they are no longer short
_SHORT = 160  # bits
_MANY = 100  # profiles of an exact game: of more, floats settle what is beyond doubt


@dataclass(frozen=True)
class _Game:
    """Per profile the payoffs, the best deviations and the premium owed, scaled to [0, 1]."""

    profiles: list[tuple[int, int]]
    g: list[Point]
    d: list[Point]
    premium: list[Point]
    delta: Number
    low: Point
    spread: Point

    @staticmethod
    def of(stage: StageGame, delta: Number, exact: bool) -> _Game:
        a, b = (x if exact else to_float(x) for x in (stage.A, stage.B))
        low = a.min(), b.min()
        spread = a.max() - low[0] or low[0] * 0 + 1, b.max() - low[1] or low[1] * 0 + 1
        a, b = (a - low[0]) / spread[0], (b - low[1]) / spread[1]
        tolerance = [0 if exact else float(t) / float(s) for t, s in zip(stage.tolerance, spread, strict=True)]
        profiles = [(i, j) for i in range(stage.shape[0]) for j in range(stage.shape[1])]
        g = [(a[p], b[p]) for p in profiles]
        best = a.max(axis=0), b.max(axis=1)
        d = [(best[0][j], best[1][i]) for i, j in profiles]
        ratio = (1 - delta) / delta if delta else None
        premium = []
        for (g_s, g_p), (d_s, d_p) in zip(g, d, strict=True):
            gains = [t if t > within else t * 0 for t, within in zip((d_s - g_s, d_p - g_p), tolerance, strict=True)]
            pair = [t * 0 if t == 0 else np.inf if ratio is None else t * ratio for t in gains]
            premium.append((pair[0], pair[1]))
        return _Game(profiles, g, d, premium, delta, (low[0], low[1]), (spread[0], spread[1]))

    @cached_property
    def brackets(self) -> Brackets | None:
        """Float bounds, where they are of use."""
        many = len(self.g) > _MANY and isinstance(self.g[0][0], Fraction) and self.delta > 0
        return Brackets.of(self.g, self.premium, self.delta) if many else None

    def hull(self) -> list[Point]:
        """The extreme points of all payoffs."""
        return extreme(self.g if self.brackets is None else [self.g[k] for k in shell(self.brackets.g).tolist()])

    def scaled(self, points: Any) -> list[Point]:
        """Points in the game's units, scaled."""
        return [
            ((x - self.low[0]) / self.spread[0], (y - self.low[1]) / self.spread[1]) for x, y in np.asarray(points).tolist()
        ]

    def admissible(self, k: int, w: list[Point], u: Point, slack: Number) -> list[Point]:
        """The continuations in ``w`` after which nobody deviates from profile k, constraints missed by ``slack`` included."""
        for i, normal in enumerate(((-1, 0), (0, -1))):
            if not w or self.premium[k][i] == np.inf:
                return []
            w = half_plane(w, normal, slack - (u[i] + self.premium[k][i]))
        return w

    def binding(self, k: int, w: list[Point], u: Point, slack: Number) -> list[Point]:
        """The points at which the ways from g to the continuations meet the constraints; none where g meets them itself."""
        floor = [u[i] + self.premium[k][i] - slack for i in (0, 1)]
        if all(self.g[k][i] >= floor[i] for i in (0, 1)):
            return []
        part = self.admissible(k, extreme([*w, self.g[k]]), u, slack)
        return [p for p in part if any(p[i] <= floor[i] + slack for i in (0, 1))]

    def misses(self, k: int, v: Point, w: list[Point], u: Point) -> Number:
        """By how much v fails to be (1 − δ)g + δw with profile k and an admissible continuation w of the set."""
        if self.delta == 0:
            return np.inf if np.inf in self.premium[k] else max(abs(v[i] - self.g[k][i]) for i in (0, 1))
        c = self.continuation(k, v)
        return max(outside(w, c), *(u[i] + self.premium[k][i] - c[i] for i in (0, 1))) * self.delta

    def generates(self, v: Point, w: list[Point], u: Point, slack: Number) -> bool:
        """Whether v is (1 − δ)g + δw with some profile and admissible continuation of the set, up to ``slack``."""
        exact = self.brackets if slack == 0 else None
        candidates = range(len(self.g)) if exact is None else exact.may_generate(v, w, u)
        return any(self.misses(k, v, w, u) <= slack for k in candidates)

    def parts(self, w: list[Point], u: Point, slack: Number) -> _Parts:
        """The admissible continuations of all profiles."""
        return _Parts(self, w, u, slack)

    def continuation(self, k: int, v: Point) -> Point:
        """W with v = (1 − δ)g + δw."""
        rest = 1 - self.delta
        return (v[0] - rest * self.g[k][0]) / self.delta, (v[1] - rest * self.g[k][1]) / self.delta


class _Parts:
    """The admissible continuations in a set of each profile, computed when they are asked for."""

    def __init__(self, game: _Game, w: list[Point], u: Point, slack: Number) -> None:
        self.game, self.w, self.u, self.slack = game, w, u, slack
        brackets = game.brackets if slack == 0 else None
        self.reach = None if brackets is None else brackets.reach(w, u)
        self._part: dict[int, list[Point]] = {}
        self._binding: dict[int, list[Point]] = {}
        count = range(len(game.g))
        if self.reach is None:
            self.playable = [bool(self.part(k)) for k in count]
        else:
            pairs = zip(self.reach.sure.tolist(), self.reach.possible.tolist(), strict=True)
            self.playable = [sure or (possible and bool(self.part(k))) for k, (sure, possible) in enumerate(pairs)]
        self.active = [k for k in count if self.playable[k]]

    def part(self, k: int) -> list[Point]:
        """The continuations that are admissible after profile k."""
        if k not in self._part:
            self._part[k] = self.game.admissible(k, self.w, self.u, self.slack)
        return self._part[k]

    def image(self) -> list[Point]:
        """The extreme points of what all profiles and continuations give."""
        among = self.active if self.reach is None else self.reach.outermost()
        return extreme([_mixed(self.game.delta, self.game.g[k], p) for k in among for p in self.part(k)])

    def leaving(self) -> list[int]:
        """The profiles that may give payoffs outside of the set."""
        brackets = self.game.brackets
        return self.active if self.reach is None or brackets is None else brackets.may_leave(self.w, self.reach)

    def bound(self, normal: Point) -> Number:
        """The largest over the profiles of the bounds on λ·v at the head of this file."""
        game, bound = self.game, None
        among = self.active
        if self.reach is not None:
            among = self.reach.furthest(normal, np.array(self.playable))
        for k in among:
            level = along(normal, game.g[k])
            if bound is None or level > bound:
                far = max(along(normal, p) for p in self.part(k))
                if k not in self._binding:
                    self._binding[k] = game.binding(k, self.w, self.u, self.slack)
                if self._binding[k]:
                    far = min(far, max(along(normal, p) for p in self._binding[k]))
                value = min(level, (1 - game.delta) * level + game.delta * far)
                bound = value if bound is None else max(bound, value)
        return bound


@verify.register
def _(result: PayoffSet) -> Verification:
    return outcome(set_conditions(result))


def set_conditions(s: PayoffSet) -> Iterator[tuple[Any, Any]]:
    """Every condition that a payoff set must meet, each with the words for its failure."""
    yield from _form_conditions(s)
    exact, size = s.exact, len(s.vertices)
    game = _Game.of(s.stage, s.discount, exact)
    vertices, outer = game.scaled(s.vertices), game.scaled(s.outer)
    slack: Number = 0 if exact else PROMISED + s.error_bound
    if exact:
        yield extreme(vertices) == vertices, lambda _: "the vertices are not extreme, or not in order from the leftmost"
    else:
        turns = [_turn(vertices[k - 2], vertices[k - 1], vertices[k]) for k in range(size)] if size > 2 else []
        apart = [max(abs(p[0] - q[0]), abs(p[1] - q[1])) for k, p in enumerate(vertices) for q in vertices[:k]]
        yield (
            min(turns, default=0) >= -slack and min(apart, default=1) > 0 and (not size or vertices[0] == min(vertices)),
            lambda _: "the vertices are not extreme, or not in order from the leftmost",
        )
    settled = s.status != "not converged"
    u: Point = (0, 0)
    if size:
        u = min(p[0] for p in vertices), min(p[1] for p in vertices)
        assert s.punishments is not None
        claimed = game.scaled([s.punishments])[0]
        yield (
            all(abs(claimed[i] - u[i]) <= (0 if exact else PROMISED) for i in (0, 1)),
            lambda _: f"the punishments are {s.punishments}, but the worst of the set is another",
        )
        generated = [game.generates(v, vertices, u, slack) for v in vertices]
        if settled:
            yield every(
                generated,
                lambda at: f"vertex {tuple(s.vertices[at[0]])}: no profile and continuation in the set give these payoffs",
            )
            if s.origins or s.status != "enclosed":  # an enclosure may generate a larger set
                yield from _origin_conditions(s, game, vertices, u, slack)
    playable = game.parts(vertices, u, 2 * slack).playable
    surely = playable if exact else game.parts(vertices, u, -2 * slack).playable
    named = set(s.profiles)
    yield every(
        [playable[k] if p in named else not surely[k] for k, p in enumerate(game.profiles)],
        lambda at: (
            f"profile {game.profiles[at[0]]} is {'' if game.profiles[at[0]] in named else 'not '}named as played on path"
        ),
    )
    if exact and s.status != "proved":
        yield not _within(outer, vertices, 0), lambda _: f'status "{s.status}", though the outer set is the inner one'
    gap = max((outside(vertices, p) for p in outer), default=0) if size else 0
    if settled:
        yield gap <= s.error_bound + (0 if exact else PROMISED), lambda _: "the outer set lies further out than the error bound"
        if s.status != "enclosed" and s.discount > 0 and size:
            parts = game.parts(vertices, u, 0)
            beyond = [
                (game.profiles[k], outside(vertices, _mixed(game.delta, game.g[k], w)))
                for k in parts.leaving()
                for w in parts.part(k)
            ]
            yield every(
                [excess <= slack for _, excess in beyond],
                lambda at: f"profile {beyond[at[0]][0]} with a continuation in the set gives payoffs outside of it",
            )
        if s.status == "enclosed":  # its numbers are long, and it lies further out than V anyway
            game = _Game.of(s.stage, float(s.discount), False)
            remains = _confined(game, game.scaled(to_float(s.outer)), PROMISED)
        else:
            remains = _confined(game, outer, slack)
        yield (
            remains is not False,
            lambda _: "there are equilibrium payoffs beyond the set: cuts by half-planes come to rest outside of it",
        )
    else:  # all that is said is that nothing lies beyond; an exact set that generates itself within its outer set has settled
        yield not exact or not size or not all(generated), lambda _: "not converged, though it is settled"
        yield _confined(game, outer, slack) is not False, lambda _: "there are equilibrium payoffs beyond what bounds the set"


def _form_conditions(s: PayoffSet) -> Iterator[tuple[Any, Any]]:
    """The fields fit each other: numbers of vertices, kinds of numbers, order."""
    shapes = np.shape(s.vertices), np.shape(s.outer)
    yield all(len(x) == 2 and x[1] == 2 for x in shapes), lambda _: f"vertices and outer must be pairs; got shapes {shapes}"
    size = shapes[0][0]
    yield s.stage.batch_shape == (), lambda _: "the stage game is a batch"
    yield 0 <= s.discount < 1, lambda _: f"{s.discount} is no discount factor"
    exact = s.stage.exact and is_exact(s.discount)
    yield s.exact == exact, lambda _: "vertices must be exact for an exact game, and floats otherwise"
    yield s.kind == _KINDS[min(size, 3)], lambda _: f'the kind is "{s.kind}", but there are {size} vertices'
    yield (s.punishments is None) == (size == 0), lambda _: "punishments must be None for an empty set, and for no other"
    possible = ("proved", "enclosed", "not converged") if exact else ("solved", "not converged")
    yield s.status in possible, lambda _: f'the status is "{s.status}", but must be one of {possible}'
    yield s.error_bound >= 0, lambda _: f"the error bound is {s.error_bound}"
    yield s.status != "proved" or s.error_bound == 0, lambda _: "proved, with an error bound"
    same = shapes[0] == shapes[1] and bool(np.all(s.vertices == s.outer))
    yield s.status == "enclosed" or same or (exact and s.status != "proved"), lambda _: "the outer set must be the set itself"
    yield list(s.profiles) == sorted(set(s.profiles)), lambda _: "the profiles are not in order, or not different"
    inside = [len(p) == 2 and all(0 <= x < n for x, n in zip(p, s.stage.shape, strict=True)) for p in s.profiles]
    yield all(inside), lambda _: "a profile is none of the game"


def _origin_conditions(s: PayoffSet, game: _Game, vertices: list[Point], u: Point, slack: Number) -> Iterator[tuple[Any, Any]]:
    """Each vertex is generated as it is said to be.

    A continuation is found from today's payoffs, which say as much about it as the discount factor weighs it.
    """
    size = len(vertices)
    yield len(s.origins) == (size if s.discount else 0), lambda _: f"{len(s.origins)} origins for {size} vertices"
    for number, (v, origin) in enumerate(zip(vertices, s.origins, strict=False)):
        k, binding = origin.profile, origin.binding
        yield 0 <= k < len(game.g), lambda _, n=number: f"vertex {n}: its origin is no profile"
        c = game.continuation(k, v)
        floor = u[0] + game.premium[k][0], u[1] + game.premium[k][1]
        wide = 10 * slack
        if binding == "none":
            right = max(abs(v[i] - game.g[k][i]) for i in (0, 1)) <= wide
            right = right and all(game.g[k][i] >= floor[i] - wide for i in (0, 1))  # which is its continuation, too
            right = right and (origin.i, origin.j) == (-1, -1)
        elif binding == "both":
            right = max(abs(c[i] - floor[i]) for i in (0, 1)) * game.delta <= wide and (origin.i, origin.j) == (-1, -1)
        else:
            ends = 0 <= origin.i < size and 0 <= origin.j < size
            right = (
                binding in (0, 1)
                and abs(c[binding] - floor[binding]) * game.delta <= wide
                and (floor[1 - binding] - c[1 - binding]) * game.delta <= wide
                and ends
                and (origin.j - origin.i) % size in (0, 1, size - 1)
                and outside(extreme([vertices[origin.i], vertices[origin.j]]), c) * game.delta <= wide
            )
        yield right, lambda _, n=number, o=origin: f"vertex {n}: is not generated by {o}"


def _confined(game: _Game, target: list[Point], slack: Number) -> bool | None:
    """Whether all equilibrium payoffs lie in the target: half-planes cut the hull of all payoffs down to it, or come to rest
    outside (False), or neither within the rounds that are tried (None).
    """
    if game.delta == 0:
        stable = [g for g, premium in zip(game.g, game.premium, strict=True) if np.inf not in premium]
        return _within(stable, target, slack)
    exact = isinstance(game.g[0][0], Fraction)
    blur = 0 if exact else slack / 8
    w, delta = game.hull(), game.delta
    u: list[Number] = [min(d[0] for d in game.d), min(d[1] for d in game.d)]
    axes: list[Point] = [(-1, 0), (0, -1), (1, 0), (0, 1)]
    for _ in range(_CUTS_EXACT if exact else _CUTS):
        parts = game.parts(w, (u[0], u[1]), blur)
        if not parts.active:
            return True
        directions: list[tuple[Point, bool]] = [(n, True) for n in normals(target)] if target else []
        directions += [(_short(n) if exact else n, False) for n in (*normals(parts.image()), *normals(w))]
        before, threats = w, tuple(u)
        for normal, own in (*directions, *((n, False) for n in axes)):
            if normal == (0, 0):
                continue
            bound = parts.bound(normal)
            if exact and not (own and bound <= max(along(normal, p) for p in target)):
                bound = _up(bound)
            elif not exact:
                bound += STANDSTILL * (abs(normal[0]) + abs(normal[1]))
            w = half_plane(w, normal, bound)
            if not w:
                return True
        if exact and _bits(w) > 3 * _SHORT:
            w = _boxed(w)
        w = extreme(w)
        floor = [min(p[i] for p in w) for i in (0, 1)]
        least = [min(game.d[k][i] for k in parts.active) for i in (0, 1)]
        u = [max(u[i], -_up(-floor[i]) if exact else floor[i], least[i]) for i in (0, 1)]
        if target and _within(w, target, slack):
            return True
        moved = max([*(outside(w, p) for p in before), *(x - y for x, y in zip(u, threats, strict=True))])
        if moved <= _REST * (1 - delta) * (max(outside(target, p) for p in w) if target else 1):
            return False
    return None


def _within(points: list[Point], target: list[Point], slack: Number) -> bool:
    return all(outside(target, p) <= slack for p in points) if target else not points


def _mixed(delta: Number, g: Point, w: Point) -> Point:
    return (1 - delta) * g[0] + delta * w[0], (1 - delta) * g[1] + delta * w[1]


def _turn(p: Point, q: Point, r: Point) -> Number:
    return (q[0] - p[0]) * (r[1] - q[1]) - (q[1] - p[1]) * (r[0] - q[0])


def _bits(polygon: list[Point]) -> int:
    return max(Fraction(x).denominator.bit_length() for p in polygon for x in p)


def _up(x: Number) -> Fraction:
    x = Fraction(x)
    return x if x.denominator.bit_length() <= _SHORT else Fraction(-(-x.numerator * _GRID // x.denominator), _GRID)


def _short(normal: Point) -> Point:
    """A direction with short coordinates: any direction cuts."""
    size = max(abs(normal[0]), abs(normal[1])) or 1
    x, y = (Fraction(n) / size for n in normal)
    return (x, y) if _bits([(x, y)]) <= _SHORT else (Fraction(round(x * _GRID), _GRID), Fraction(round(y * _GRID), _GRID))


def _boxed(polygon: list[Point]) -> list[Point]:
    left, bottom = (-_up(-min(p[i] for p in polygon)) for i in (0, 1))
    right, top = (_up(max(p[i] for p in polygon)) for i in (0, 1))
    return extreme([(left, bottom), (right, bottom), (right, top), (left, top)])
