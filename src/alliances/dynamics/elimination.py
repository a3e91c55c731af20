"""Side payments where power moves: all equilibria of a stochastic game with transfers, by elimination of profiles.

With voluntary payments before every move, perfect monitoring and pure actions, the equilibria of a stochastic game are
described by three numbers per state, as those of a repeated game are (Goldlücke & Kranz 2018, *Economic Theory*
66:235-263): the largest joint value U(x) and the values v_S(x), v_P(x) to which each player can be punished. A profile a can
be played in state x if the two together lose more by breaking the contract than they gain,

    (1 − δ)G(x, a) + δ E[U | x, a]  ≥  d_S(x, a) + d_P(x, a),   d_i(x, a) = max over i's actions of (1 − δ)g_i + δ E[v_i],   (1)

and U and v_i are the largest joint value, and the least best-reply values, over the profiles that can be played:

    U(x) = max over a in E(x) of (1 − δ)G + δ E[U],      v_i(x) = min over a in E(x) of d_i(x, a).                    (2)

The largest set E for which (1) holds everywhere is found from above: start with all profiles, solve (2), drop what violates
(1), repeat. U only falls and v_i only rise, so what is dropped once is dropped for good, and each round is a certificate of
its eliminations. Between two exact solutions of (2) single applications of it – still bounds on the same side – drop what they
can, so that a decline that unravels state by state does not cost a solution for each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.dynamics.decision import Joint, best_joint, first_in_state, worst
from alliances.dynamics.kernel import reach, spans
from alliances.dynamics.states import StateGames
from alliances.results import Columns, Result

__all__ = ["PLAYABLE_FROM", "Bounds", "DynamicValues", "Elimination", "eliminated", "playable_room", "values_of"]

PLAYABLE_FROM = 1e-11
"""A share of the payoff range: in floats, a profile whose liquidity slack lies above minus this can be played.

Where the payoffs' common level is so high that rounding weighs more, it is the payoffs' tolerance instead: see
:func:`playable_room`.
"""

_SWEEPS = 15  # that drop nothing, after which (2) is solved anew
_BITS = 64  # of Fractions, which sweeps lengthen where solutions keep them short: how far they may grow beyond twice as long


@dataclass(frozen=True, eq=False)
class Elimination(Result):
    """One round: bounds on U and v_i, and the profiles that violate (1) under them.

    Attributes
    ----------
    states
        The states whose bounds differ from the round before; all in the first.
    joint, sponsor, proxy
        The bounds there, in excess of the players' lowest payoffs: U from above, v_S and v_P from below.
    dropped
        The profiles that violate (1), by their places.
    """

    states: Array
    joint: Array
    sponsor: Array
    proxy: Array
    dropped: Array

    def _columns(self) -> Columns:
        """One row per state whose bounds differ; the profiles dropped are another list."""
        return {name: getattr(self, name) for name in ("states", "joint", "sponsor", "proxy")}


@dataclass(frozen=True, eq=False)
class DynamicValues(Result):
    """Values, profiles and eliminations: what :class:`alliances.DynamicContracts`, which documents it, consists of."""

    game: StateGames
    discount: Number
    exists: Array
    joint: Array
    sponsor_punishment: Array
    proxy_punishment: Array
    slack: Array
    playable: Array
    on_path_profiles: Array
    punish_sponsor_profiles: Array
    punish_proxy_profiles: Array
    rounds: tuple[Elimination, ...]

    @property
    def exact(self) -> bool:
        """Whether everything here is exact."""
        return self.joint.dtype == object


def eliminated(game: StateGames, delta: Number) -> DynamicValues:
    """The largest set of profiles that can be played, and the values that belong to it."""
    return _Eliminating(game, delta).run()


def values_of(game: StateGames, delta: Number, joint: Array, sponsor: Array, proxy: Array) -> tuple[Array, Array, Array, Array]:
    """(1 − δ)G + δE[U], d_S, d_P and the liquidity slack of every profile, for given U, v_S and v_P."""
    together, flow_s, flow_p = game.flows(delta)
    worth = together + delta * game.kernel.expect(joint)
    best = [
        group.best(flow + delta * game.kernel.expect(value))[group.group]
        for group, flow, value in zip(game.deviations, (flow_s, flow_p), (sponsor, proxy), strict=True)
    ]
    return worth, best[0], best[1], worth - best[0] - best[1]


def playable_room(game: StateGames) -> Number:
    """By how much the liquidity slack of a profile that can be played may lie below 0: by nothing in an exact game."""
    return 0 if game.exact else max(PLAYABLE_FROM * game.spread, game.tolerance)


class Bounds:
    """U from above and v_i from below, what they make of each profile, and single applications of (2).

    An application computes anew what it changes, and nothing else: the profiles that lead to states whose bounds moved, and
    the best replies in their groups.
    """

    def __init__(self, game: StateGames, delta: Number, values: tuple[Array, Array, Array]) -> None:
        self.game, self.delta, self.values = game, delta, values
        self.worth, d_s, d_p, self.slack = values_of(game, delta, *values)
        self.best = (d_s, d_p)

    def applied(self, allowed: Array, states: Array) -> Array:
        """Apply (2) in some states; which profiles are worth another sum, or compete with such, in order."""
        index, begins = spans(self.game.first, states)
        open_now = allowed[index]
        news = [
            np.minimum(self.values[0][states], np.maximum.reduceat(np.where(open_now, self.worth[index], -np.inf), begins)),
            *(
                np.maximum(value[states], np.minimum.reduceat(np.where(open_now, best[index], np.inf), begins))
                for value, best in zip(self.values[1:], self.best, strict=True)
            ),
        ]
        moved = [states[np.asarray(new != value[states], dtype=bool)] for new, value in zip(news, self.values, strict=True)]
        values = [value.copy() for value in self.values]
        for value, new in zip(values, news, strict=True):
            value[states] = new
        self.values = values[0], values[1], values[2]
        parts = [self._worth(moved[0]), *(self._replies(side, moved[1 + side]) for side in range(2))]
        changed = np.unique(np.concatenate(parts))
        self.slack[changed] = self.worth[changed] - self.best[0][changed] - self.best[1][changed]
        return changed

    def _worth(self, moved: Array) -> Array:
        profiles = self.game.kernel.leading_to(moved)
        if len(profiles):
            now = self.game.flows(self.delta)[0][profiles]
            self.worth[profiles] = now + self.delta * self.game.kernel.expect_at(profiles, self.values[0])
        return profiles

    def _replies(self, side: int, moved: Array) -> Array:
        profiles = self.game.kernel.leading_to(moved)
        if not len(profiles):
            return profiles
        rivals, begins = self.game.deviations[side].rivals(profiles)
        now = self.game.flows(self.delta)[1 + side][rivals]
        worth = now + self.delta * self.game.kernel.expect_at(rivals, self.values[1 + side])
        self.best[side][rivals] = np.repeat(np.maximum.reduceat(worth, begins), np.diff(np.append(begins, len(rivals))))
        return rivals


class _Eliminating:
    """One run of the algorithm in the module's docstring."""

    def __init__(self, game: StateGames, delta: Number) -> None:
        self.asked, self.game, self.delta = game, game.above_lowest(), delta
        self.room = playable_room(self.game)
        self.allowed = np.ones(game.profiles, dtype=bool)
        self.live = np.ones(len(game), dtype=bool)
        self.rounds: list[Elimination] = []
        self.last: tuple[Array, Array, Array] | None = None

    def run(self) -> DynamicValues:
        game, n = self.game, len(self.game)
        inner, states = game, np.arange(n)
        together, against_s, against_p = None, None, None
        while True:
            profiles = np.flatnonzero(self.live[game.state_of])
            if len(profiles) == 0:
                return self._none()
            if len(states) != int(self.live.sum()):  # the game goes on in the states that are left
                states = np.flatnonzero(self.live)
                inner = game.part(self.live)
                together, against_s, against_p = None, None, None
            allowed = self.allowed[profiles]
            together = best_joint(inner, allowed, self.delta, _kept(together, allowed))
            against_s = worst(inner, "sponsor", allowed, self.delta, against_s)
            against_p = worst(inner, "proxy", allowed, self.delta, against_p)
            bounds = Bounds(inner, self.delta, (together.values, against_s.values, against_p.values))
            dropped = self._drop(bounds, profiles, states, np.arange(len(profiles)))
            if not len(dropped):
                return self._result(bounds, profiles, states)
            self._sweep(bounds, profiles, states, dropped)
            self._bury()

    def _drop(self, bounds: Bounds, profiles: Array, states: Array, candidates: Array) -> Array:
        """Drop the candidates that violate (1) under these bounds, and keep the round; which were dropped."""
        violated = np.asarray(bounds.slack[candidates] < -self.room, dtype=bool) & self.allowed[profiles[candidates]]
        dropped = candidates[violated]
        if not len(dropped):
            return dropped
        self.allowed[profiles[dropped]] = False
        values = bounds.values
        if self.last is None or len(self.last[0]) != len(values[0]):
            changed = np.ones(len(states), dtype=bool)
        else:
            changed = np.any([np.asarray(a != b, dtype=bool) for a, b in zip(values, self.last, strict=True)], axis=0)
        joint, sponsor, proxy = (v[changed] for v in values)
        self.rounds.append(Elimination(states[changed], joint, sponsor, proxy, profiles[dropped]))
        self.last = values
        return dropped

    def _sweep(self, bounds: Bounds, profiles: Array, states: Array, dropped: Array) -> None:
        """Apply (2) without solving it, and drop, until that drops nothing for a while or a state has nothing left."""
        idle, longest, inner = 0, 2 * _bits(bounds.values) + _BITS, bounds.game
        allowed, touched = self.allowed[profiles], np.unique(inner.state_of[dropped])
        while idle < _SWEEPS and len(touched) and _bits(bounds.values) <= longest:
            index, begins = spans(inner.first, touched)
            if not np.logical_or.reduceat(allowed[index], begins).all():
                return
            moved = bounds.applied(allowed, touched)
            dropped = self._drop(bounds, profiles, states, moved)
            allowed[dropped] = False
            idle = 0 if len(dropped) else idle + 1
            touched = np.unique(inner.state_of[moved])

    def _bury(self) -> None:
        """States without profiles, and those from which some actions lead there, have no equilibrium in pure actions."""
        game = self.game
        empty = ~np.logical_or.reduceat(self.allowed, game.first[:-1])
        if empty.any():
            dead = reach(game.kernel, game.state_of, empty)
            self.live &= ~dead
            self.allowed &= self.live[game.state_of]
            self.last = None

    def _result(self, bounds: Bounds, profiles: Array, states: Array) -> DynamicValues:
        game, inner, values = self.game, bounds.game, bounds.values
        worth, (d_s, d_p), slack = bounds.worth, bounds.best, bounds.slack
        allowed, of = self.allowed[profiles], inner.state_of
        wanted = (
            worth >= values[0][of] - self.room,
            d_s <= values[1][of] + self.room,
            d_p <= values[2][of] + self.room,
        )
        policies = [np.full(len(game), -1) for _ in wanted]
        for policy, mask in zip(policies, wanted, strict=True):
            policy[states] = profiles[first_in_state(inner, allowed & np.asarray(mask, dtype=bool))]
        low_s, low_p = self.asked.lowest
        levels = low_s + low_p, low_s, low_p
        whole = [_spread_out(v + level, states, len(game)) for v, level in zip(values, levels, strict=True)]
        return self._answer(whole, _spread_out(slack, profiles, game.profiles), policies)

    def _none(self) -> DynamicValues:
        game = self.game
        nan = np.full(len(game), np.nan)
        return self._answer([nan] * 3, np.full(game.profiles, np.nan), [np.full(len(game), -1)] * 3)

    def _answer(self, values: list[Array], slack: Array, policies: list[Array]) -> DynamicValues:
        joint, sponsor, proxy = values
        path, against_s, against_p = policies
        arrays = (self.live, joint, sponsor, proxy, slack, self.allowed, path, against_s, against_p)
        for array in arrays:
            array.flags.writeable = False
        return DynamicValues(self.asked, self.delta, *arrays, tuple(self.rounds))


def _bits(values: tuple[Array, Array, Array]) -> int:
    """The length of the longest denominator; 0 for floats."""
    return max((v.denominator.bit_length() for value in values for v in value), default=0) if values[0].dtype == object else 0


def _kept(together: Joint | None, allowed: Array) -> Array | None:
    """The policy to start from: the last one, if all of it is still allowed."""
    return None if together is None or not allowed[together.policy].all() else together.policy


def _spread_out(values: Array, places: Array, size: int) -> Array:
    """Values at some places of an array that is nan elsewhere."""
    whole = np.full(size, np.nan, dtype=values.dtype)
    whole[places] = values
    return whole
