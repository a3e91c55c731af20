"""Contracts with side payments where some states have no equilibrium in pure actions: holes, played in mixed actions.

Elimination (:mod:`alliances.dynamics.elimination`) says nothing about any state from which play can reach one without pure
equilibrium: a hole in one state would make the whole dyad unanswered. Here a **hole** is filled: in it the players play the
stationary equilibrium of its break game (:mod:`alliances.dynamics.break_game`), mixed as a rule, where peace leads on to the
contracts of the neighbouring states with their surplus shared equally. So being in a hole is worth u, the same in reward and in
punishment – no surplus – and elimination is done again with that state given, until neither holes nor values change.

**What is claimed**: that the contracts of the other states and the play in the holes are an equilibrium, and that no profile is
missing in the other states *given* what the holes are worth. Not that no equilibrium in mixed actions does better in a hole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.break_game import Stationary, stationary
from alliances.dynamics.elimination import DynamicValues, eliminated, playable_room, values_of
from alliances.dynamics.states import StateGames
from alliances.games.stage_game import StageGame
from alliances.results import Columns, Result

__all__ = ["Hole", "HoledContracts", "game_with_given", "holed_contracts"]

_ROUNDS = 200  # of the holes' values, which settle at once where power only falls
_STILL = 1e-12  # of the payoff range


@dataclass(frozen=True, eq=False)
class Hole(Result):
    """A state without equilibrium in pure actions, and what is played there.

    Attributes
    ----------
    state
        Its place among all.
    sponsor, proxy
        Mixed actions.
    values
        (2,) what being there is worth.
    """

    state: int
    sponsor: Array
    proxy: Array
    values: Array

    def _columns(self) -> Columns:
        """One row per action: whose, which, and its probability."""
        m, n = len(self.sponsor), len(self.proxy)
        probabilities = [*self.sponsor, *self.proxy]
        return {"player": ["sponsor"] * m + ["proxy"] * n, "action": [*range(m), *range(n)], "probability": probabilities}


@dataclass(frozen=True, eq=False)
class HoledContracts(Result):
    """The equilibria with side payments in all states but the holes, given what is played in these.

    Attributes
    ----------
    game, discount
        The stochastic game and δ.
    contracts
        The solution in which each hole is a state that pays its values for ever.
    holes
        The states without pure equilibrium, and the play there.
    settled
        Whether the holes' values rest, and every state has an answer.
    """

    game: StateGames
    discount: float
    contracts: DynamicValues
    holes: tuple[Hole, ...]
    settled: bool

    @property
    def terms(self) -> tuple[Array, Array]:
        """(K, 2) each player's temptation, and (K,) the liquidity slack, of every profile of the game as it is.

        The temptation is what its best deviation gains where all later surplus goes to the other player.
        """
        c, game, (low_s, low_p) = self.contracts, self.game.above_lowest(), self.game.lowest
        values = c.joint - (low_s + low_p), c.sponsor_punishment - low_s, c.proxy_punishment - low_p
        _, *best, slack = values_of(game, self.discount, *values)
        flows = game.flows(self.discount)[1:]
        kept = [flow + self.discount * game.kernel.expect(v) for flow, v in zip(flows, values[1:], strict=True)]
        return np.stack([d - k for d, k in zip(best, kept, strict=True)], axis=1), slack

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        if not self.settled:
            return "The values of states without pure equilibrium do not settle, or a state has no answer."
        return (
            f"{len(self.holes)} of {len(self.game)} states have no equilibrium in pure actions, and are played in mixed ones."
        )


def holed_contracts(game: StateGames, delta: float, n: int) -> HoledContracts:
    """Contracts by elimination, where those of the first n states (the allied ones) that are holes are filled.

    One hole is filled at a time, the lowest first, because a neighbour may have lost its profiles on account of it.
    """
    holes: dict[int, Hole] = {}
    room = max(_STILL * float(game.spread), float(game.tolerance))
    for _ in range(_ROUNDS):
        contracts = eliminated(game_with_given(game, holes), delta)
        source = _source(contracts, holes, n)
        if source is not None:
            values = _start(game, contracts, source)
        elif not contracts.exists.all():
            return HoledContracts(game, delta, contracts, tuple(holes.values()), False)
        else:
            values = _shared(contracts)
        moved = False
        for x in (*sorted(holes), *(() if source is None else (source,))):
            chosen = _played(game, delta, x, values)
            if chosen is None:
                return HoledContracts(game, delta, contracts, tuple(holes.values()), False)
            if x not in holes or np.abs(chosen.values - holes[x].values).max() > room:
                holes[x] = Hole(x, chosen.sponsor, chosen.proxy, chosen.values)
                moved = True
            values[x] = holes[x].values
        if not moved:
            return HoledContracts(game, delta, contracts, tuple(holes[x] for x in sorted(holes)), True)
    return HoledContracts(game, delta, contracts, tuple(holes[x] for x in sorted(holes)), False)


def game_with_given(game: StateGames, holes: Mapping[int, Hole]) -> StateGames:
    """The game in which each hole is a state that pays its values for ever."""
    if not holes:
        return game
    from scipy.sparse import csr_array, vstack

    stages, rows = list(game.stages), []
    for x in range(len(game)):
        if x in holes:
            stages[x] = StageGame([[holes[x].values[0]]], [[holes[x].values[1]]])
            rows.append(csr_array(([1.0], ([0], [x])), shape=(1, len(game))))
        else:
            rows.append(game.kernel.matrix[game.first[x] : game.first[x + 1]])
    return StateGames(stages, vstack(rows, format="csr"), states=game.states)


def _source(contracts: DynamicValues, holes: Mapping[int, Hole], n: int) -> int | None:
    """The lowest allied state that lost all its pure profiles by elimination, and not by what other states lost."""
    if contracts.exists.all():
        return None
    left = np.ones(contracts.game.profiles, dtype=bool)
    for step in contracts.rounds:
        left[step.dropped] = False
    empty = ~np.logical_or.reduceat(left, contracts.game.first[:-1])
    return next((int(x) for x in np.flatnonzero(empty[:n]) if x not in holes), None)


def _shared(contracts: DynamicValues) -> Array:
    """(N, 2) what each state is worth to the two where its surplus is shared equally."""
    half = (contracts.joint - contracts.sponsor_punishment - contracts.proxy_punishment) / 2
    return np.stack([contracts.sponsor_punishment + half, contracts.proxy_punishment + half], axis=1)


def _start(game: StateGames, contracts: DynamicValues, source: int) -> Array:
    """The same where some states have no values yet: those of the hole's own mutual fighting stand in.

    States without values that may follow count as each player's lowest payoff, which is the same game on any level.
    """
    values = _shared(contracts)
    last = game.first[source + 1] - 1
    unknown = ~contracts.exists
    known = np.where(unknown[:, None], np.array(game.lowest, dtype=float), values)
    after = game.kernel.matrix[[last]] @ known
    stand_in = (1 - contracts.discount) * np.array([game.sponsor[last], game.proxy[last]]) + contracts.discount * after[0]
    values[unknown] = stand_in
    return values


def _played(game: StateGames, delta: float, x: int, values: Array) -> Stationary | None:
    """The stationary equilibrium of a state, given the values in all others."""
    cells = slice(int(game.first[x]), int(game.first[x + 1]))
    chain = game.kernel.matrix[cells].toarray()
    stay = delta * chain[:, x]
    chain[:, x] = 0
    low, shape = np.array(game.lowest, dtype=float), game.stages[x].shape
    flow = (1 - delta) * (np.stack([game.sponsor[cells], game.proxy[cells]], axis=1) - low)
    worth = flow + delta * chain @ (values - low)
    played = stationary(worth.reshape(*shape, 2), stay.reshape(shape), float(playable_room(game)))
    return None if played is None else replace(played, values=played.values + low)
