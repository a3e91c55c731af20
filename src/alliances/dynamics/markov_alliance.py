"""The alliance without side payments where power moves: Markov-perfect threshold equilibria of "alliance or war".

After a break no cooperation can be withdrawn any more, so strategies need no memory: in each allied state λ a pair of mixed
actions, V(λ) its values. The alliance is *held* in some states, where both ally; in the others the stationary equilibrium of
the state is played that :mod:`alliances.dynamics.break_game` selects – war, as a rule; an alliance all the same where nothing
else is a pure equilibrium. All this is an equilibrium if no single deviation pays in any state. The threshold equilibrium is
the one that is held on [e, top] with the smallest e. Below it there may be *pockets*: states in which the alliance, held, is an
equilibrium as well.

**Method.** All e are tried, from the bottom, because the set of states in which an alliance can be held is not found by
dropping those that fail: what a break is worth moves with it. For each e strategies are improved state by state in a sweep from
the lowest λ, each by its stationary equilibrium given the values in all others, and then evaluated exactly by one linear
system, until they rest. Where power can only fall (learning, arrests) a sweep is backward induction, and the second one finds
nothing to do. Else strategies may come back to where they were: that is detected, and such an e counts as *unsolved*, not as
failed. Pockets are tried state by state from below; that no larger set of them is an equilibrium is not claimed.

**Without a threshold** the alliance may still be held in a zone that does not reach the top of the lattice, where one round
of war decides it, say. All states in which :mod:`alliances.dynamics.possible_alliance` does not exclude an alliance are held,
and those in which a side gains by a deviation are dropped until nobody does; then states are added one by one. What is found is
an equilibrium. It is the largest such set if the alliance is excluded in all other states; else that is not claimed, because
what a break is worth moves with the set.

**Levels.** All values are counted from each player's lowest payoff, so that a common level of payoffs costs as few digits as it
can. What counts as no gain is :func:`alliances.dynamics.elimination.playable_room`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.break_game import Stationary, stationary
from alliances.dynamics.elimination import playable_room
from alliances.dynamics.states import StateGames
from alliances.results import Result

__all__ = ["MarkovAlliance", "MarkovSolver"]

_SWEEPS = 300
_REST = 1e-10  # of a chance: strategies that move no further rest


@dataclass(frozen=True, eq=False)
class MarkovAlliance(Result):
    """Strategies without memory that hold an alliance in some states, and their values.

    Attributes
    ----------
    game, discount
        The stochastic game and δ.
    held
        (n,) whether both ally in a state whether it is in their interest or not.
    sponsor, proxy
        (n, m) and (n, k) mixed actions in the allied states.
    above
        (N, 2) what each state is worth to the two, those at war included, in excess of each one's lowest payoff.
    settled
        Whether the strategies rest: if not, they came back to where they were, and mean nothing.
    """

    game: StateGames
    discount: float
    held: Array
    sponsor: Array
    proxy: Array
    above: Array
    settled: bool

    @property
    def values(self) -> Array:
        """(N, 2) what each state is worth to the two."""
        return np.asarray(self.above + self.game.lowest)

    @property
    def worth(self) -> Array:
        """(n, m, k, 2) what each profile of the allied states is worth, in excess of each one's lowest payoff."""
        n, m = self.sponsor.shape
        k = self.proxy.shape[1]
        cells = n * m * k
        flow = _payoffs(self.game)[:cells]
        following = (self.game.kernel.matrix @ self.above)[:cells]
        return np.asarray(((1 - self.discount) * flow + self.discount * following).reshape(n, m, k, 2))

    @property
    def gains(self) -> Array:
        """(n, 2) what the best single deviation gains in each allied state."""
        worth, n = self.worth, len(self.held)
        best_s = np.einsum("xij,xj->xi", worth[..., 0], self.proxy).max(axis=1)
        best_p = np.einsum("xij,xi->xj", worth[..., 1], self.sponsor).max(axis=1)
        return np.stack([best_s, best_p], axis=1) - self.above[:n]

    @property
    def allied(self) -> Array:
        """(n,) where both ally for certain."""
        return np.asarray((self.sponsor[:, 0] == 1) & (self.proxy[:, 0] == 1))

    @property
    def holds(self) -> bool:
        """Whether this is an equilibrium: no deviation pays, in any state."""
        return self.settled and bool(self.gains.max() <= playable_room(self.game))

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        if not self.settled:
            return "The strategies came back to where they were: no equilibrium was found."
        name = "An equilibrium" if self.holds else "No equilibrium"
        return f"{name}; both ally in {int(self.allied.sum())} of {len(self.held)} states."


def _payoffs(game: StateGames) -> Array:
    """(K, 2) what each profile pays the two, in excess of each one's lowest payoff."""
    low_s, low_p = game.lowest
    return np.stack([game.sponsor - low_s, game.proxy - low_p], axis=1)


class MarkovSolver:
    """Markov-perfect equilibria of one game and one δ, for any set of states in which the alliance is held.

    The first n states of the game are the allied ones, in the order of λ, all with the same m × k actions.
    """

    def __init__(self, game: StateGames, n: int, delta: float) -> None:
        self.game, self.n, self.delta = game, n, delta
        self.m, self.k = game.stages[0].shape
        self.room = float(playable_room(game))
        self.flow = (1 - delta) * _payoffs(game)
        self._parts = [self._part(x) for x in range(n)]
        self._memory: dict[tuple[int, bytes], Stationary | None] = {}

    def _part(self, x: int) -> tuple[Array, Array, Array, Array]:
        """Of one state: where each profile's list of next states begins, these, δ times their chances, and the chances of x."""
        kernel, cells = self.game.kernel, slice(x * self.m * self.k, (x + 1) * self.m * self.k)
        start = kernel.start[cells.start : cells.stop + 1]
        following = kernel.next[start[0] : start[-1]]
        chances = self.delta * kernel.probability[start[0] : start[-1]]
        own = np.where(following == x, chances, 0)
        stay = np.add.reduceat(own, start[:-1] - start[0])
        return start[:-1] - start[0], following, (chances - own)[:, None], stay.reshape(self.m, self.k)

    def equilibrium_at(self, x: int, values: Array) -> Stationary | None:
        """The stationary equilibrium of an allied state, given the values in all others."""
        base, stay = self._base(x, values)
        key = x, base.tobytes()
        if key not in self._memory:
            self._memory[key] = stationary(base, stay, self.room)
        return self._memory[key]

    def _base(self, x: int, values: Array) -> tuple[Array, Array]:
        """The b and s of :mod:`alliances.dynamics.break_game`."""
        start, following, chances, stay = self._parts[x]
        cells = slice(x * self.m * self.k, (x + 1) * self.m * self.k)
        base = self.flow[cells] + np.add.reduceat(chances * values[following], start)
        return base.reshape(self.m, self.k, 2), stay

    def evaluate(self, sponsor: Array, proxy: Array) -> Array:
        """(N, 2): the values of mixed actions in the allied states."""
        from scipy.sparse.linalg import splu

        weights = np.ones(self.game.profiles)
        weights[: self.n * self.m * self.k] = (sponsor[:, :, None] * proxy[:, None, :]).ravel()
        system, place, profile, chances = self._system
        entries = np.concatenate([-self.delta * weights[profile] * chances, np.ones(len(self.game))])
        system.data = np.bincount(place, weights=entries)
        return np.asarray(splu(system).solve(np.add.reduceat(weights[:, None] * self.flow, self.game.first[:-1])))

    @cached_property
    def _system(self) -> tuple[Any, Array, Array, Array]:
        """I − δP, a matrix whose entries are to be filled in, and of which of them each transition of each profile is part."""
        from scipy.sparse import csc_array

        kernel, size = self.game.kernel, len(self.game)
        profile = np.repeat(np.arange(len(kernel)), np.diff(kernel.start))
        own = np.arange(size)
        columns = np.concatenate([kernel.next, own])
        rows = np.concatenate([self.game.state_of[profile], own])
        keys, place = np.unique(columns * size + rows, return_inverse=True)
        starts = np.searchsorted(keys // size, np.arange(size + 1))
        pattern = csc_array((np.zeros(len(keys)), keys % size, starts), shape=(size, size))
        return pattern, place, profile, kernel.probability

    def hold(self, held: Array) -> MarkovAlliance:
        """The alliance held in these states (a mask), and what follows from it in the others."""
        sponsor, proxy = np.zeros((self.n, self.m)), np.zeros((self.n, self.k))
        sponsor[held, 0] = proxy[held, 0] = 1
        sponsor[~held, -1] = proxy[~held, -1] = 1
        seen: set[bytes] = set()
        for _ in range(_SWEEPS):
            values = self.evaluate(sponsor, proxy)
            before, swept = np.concatenate([sponsor, proxy], axis=1), values.copy()
            for x in np.flatnonzero(~held):
                chosen = self.equilibrium_at(int(x), swept)
                if chosen is None:
                    return self._answer(held, sponsor, proxy, values, False)
                sponsor[x], proxy[x], swept[x] = chosen.sponsor, chosen.proxy, chosen.values
            after = np.concatenate([sponsor, proxy], axis=1)
            if np.abs(after - before).max() <= _REST:
                last = values if np.array_equal(after, before) else self.evaluate(sponsor, proxy)
                return self._answer(held, sponsor, proxy, last, True)
            key = after.round(9).tobytes()
            if key in seen:
                break
            seen.add(key)
        return self._answer(held, sponsor, proxy, values, False)

    def _answer(self, held: Array, sponsor: Array, proxy: Array, values: Array, settled: bool) -> MarkovAlliance:
        return MarkovAlliance(self.game, self.delta, held, sponsor, proxy, values, settled)

    def threshold(self) -> tuple[MarkovAlliance | None, tuple[int, ...]]:
        """The equilibrium that is held on [e, top] with the smallest e, and the e below it that are unsolved."""
        unsolved: list[int] = []
        for e in range(self.n):
            alliance = self.hold(np.arange(self.n) >= e)
            if alliance.holds:
                return alliance, tuple(unsolved)
            if not alliance.settled:
                unsolved.append(e)
        return None, tuple(unsolved)

    def with_pockets(self, alliance: MarkovAlliance) -> MarkovAlliance:
        """The same, held below the threshold, too, wherever that is an equilibrium: states are tried one by one from below."""
        below = np.flatnonzero(~alliance.held)[:-1]  # between a pocket and the threshold there is a state of war
        return self._grown(alliance, below)

    def anywhere(self, possible: Array) -> MarkovAlliance | None:
        """The largest set of states that was found in which the alliance can be held; None if no equilibrium was found.

        ``possible`` masks the states that are tried. From all of them those in which a side gains by a deviation are dropped,
        until nobody does; then states are added one by one, while that is an equilibrium.
        """
        alliance = self._eliminated(possible)
        if alliance is None:
            places, x = np.flatnonzero(possible), np.arange(self.n)
            starts = [possible & (x >= a) for a in places[1:]] + [possible & (x <= b) for b in places[:-1]]
            found = [self._eliminated(start) for start in (*starts, np.zeros(self.n, dtype=bool))]
            alliance = max((a for a in found if a is not None), key=lambda a: int(a.allied.sum()), default=None)
        while alliance is not None:
            more = self._grown(alliance, np.flatnonzero(possible))
            if more is alliance:
                break
            alliance = more
        return alliance

    def _eliminated(self, held: Array) -> MarkovAlliance | None:
        """The alliance held where nobody gains by a deviation, those who do dropped; None if some strategies do not rest."""
        while True:
            alliance = self.hold(held)
            gains = held & (alliance.gains.max(axis=1) > self.room)
            if not alliance.settled or not gains.any():
                return alliance if alliance.holds else None
            held = held & ~gains

    def _grown(self, alliance: MarkovAlliance, states: Array) -> MarkovAlliance:
        """The same, held in more of these states: one by one, wherever that is an equilibrium and takes no alliance away."""
        for x in states:
            if alliance.held[x] or not self._bearable(int(x), alliance.above):
                continue
            more = self.hold(alliance.held | (np.arange(self.n) == x))
            if more.holds and more.allied[alliance.allied].all():
                alliance = more
        return alliance

    def _bearable(self, x: int, values: Array) -> bool:
        """Whether both would ally in a state if values elsewhere were those."""
        base, stay = self._base(x, values)
        u = base[0, 0] / (1 - stay[0, 0])
        reply_s, reply_p = base[:, 0, 0] + stay[:, 0] * u[0], base[0, :, 1] + stay[0, :] * u[1]
        return bool(reply_s.max() <= u[0] + self.room and reply_p.max() <= u[1] + self.room)
