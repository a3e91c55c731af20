"""What happens on the path of a contract where power moves: how long the state is where, and random histories."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.arithmetic.canonical import random_generator
from alliances.dynamics.arguments import whole
from alliances.dynamics.elimination import DynamicValues
from alliances.dynamics.kernel import Kernel
from alliances.results import Result, Variable

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["SimulatedPlay", "long_run", "simulate_play"]


@dataclass(frozen=True, eq=False)
class SimulatedPlay(Result):
    """Random histories of a contract on its path.

    Attributes
    ----------
    labels
        The states' labels.
    states
        (size, periods + 1): the places of the states visited, the first one included.
    sponsor, proxy
        (size,): the players' average payoffs per period, without payments, discounted like the values.
    """

    labels: tuple[Hashable, ...]
    states: Array
    sponsor: Array
    proxy: Array

    @property
    def status(self) -> Literal["one history", "all alike", "different"]:
        """Whether the histories visit different states."""
        if len(self.states) == 1:
            return "one history"
        return "all alike" if bool((self.states == self.states[0]).all()) else "different"

    @property
    def message(self) -> str:
        """One sentence on what was drawn."""
        size, periods = self.states.shape[0], self.states.shape[1] - 1
        joint = self.sponsor + self.proxy
        return f"{size} histories of {periods} periods; mean joint value {joint.mean():.6g}."

    def _record(self) -> Mapping[str, Any]:
        return {"status": self.status, **super()._record()}

    def _variables(self) -> Mapping[str, Variable]:
        size, periods = self.states.shape
        return {
            "history": Variable(("history",), np.arange(size), "history"),
            "period": Variable(("period",), np.arange(periods), "period"),
            "state": Variable(("history", "period"), self.states, "place of the state visited"),
            "sponsor": Variable(("history",), self.sponsor, "sponsor's average payoff per period", "payoff"),
            "proxy": Variable(("history",), self.proxy, "proxy's average payoff per period", "payoff"),
        }

    def _columns(self) -> Columns:
        """One row per history and period."""
        size, columns = self.states.shape
        labels = np.empty(len(self.labels), dtype=object)
        labels[:] = self.labels
        return {
            "history": np.repeat(np.arange(size), columns),
            "period": np.tile(np.arange(columns), size),
            "state": labels[self.states.ravel()],
        }


def simulate_play(contracts: DynamicValues, start: Hashable, periods: int, rng: Any = None, size: int = 1) -> SimulatedPlay:
    """Draw histories of the contract's path from a state; :meth:`DynamicContracts.simulate`.

    Parameters
    ----------
    contracts
        The contract.
    start
        The first state's label.
    periods
        How many periods are played.
    rng
        A NumPy generator or a seed.
    size
        How many histories.
    """
    game = contracts.game
    x = game.state(start, "DynamicContracts.simulate", "start")
    if not contracts.exists[x]:
        raise ValueError(f"DynamicContracts.simulate(): start must be a state with an equilibrium; got {start!r}")
    for name, value in (("periods", periods), ("size", size)):
        whole(value, "DynamicContracts.simulate", name)
    draws = random_generator(rng, "DynamicContracts.simulate")
    policy = np.where(contracts.exists, contracts.on_path_profiles, 0)
    part = game.kernel.to_float().rows(policy)
    edges = np.cumsum(part.probability)
    before = np.concatenate([[0.0], edges])[part.start[:-1]]
    states = np.empty((size, periods + 1), dtype=np.intp)
    states[:, 0] = x
    for t in range(periods):
        now = states[:, t]
        drawn = np.searchsorted(edges, before[now] + draws.random(size), side="right")
        states[:, t + 1] = part.next[np.minimum(drawn, part.start[now + 1] - 1)]
    weights = (1 - float(contracts.discount)) * float(contracts.discount) ** np.arange(periods)
    sponsor, proxy = (to_float(g)[policy][states[:, :-1]] @ weights for g in (game.sponsor, game.proxy))
    return SimulatedPlay(game.states, states, sponsor, proxy)


def long_run(contracts: DynamicValues) -> Array:
    """(n, n): the share of time spent in each state (column) in the long run, by the state of the first period (row).

    Rows of states without equilibrium are nan. :meth:`DynamicContracts.stationary`.
    """
    from scipy.sparse.csgraph import connected_components

    n = len(contracts.game)
    live = np.flatnonzero(contracts.exists)
    chain: Kernel = contracts.game.kernel.to_float().within(contracts.on_path_profiles[live], contracts.exists)
    moves = chain.matrix.toarray()
    count, label = connected_components(chain.matrix, directed=True, connection="strong")
    leaves = np.zeros(count, dtype=bool)
    source = np.repeat(np.arange(len(live)), np.diff(chain.start))
    leaves[label[source[label[source] != label[chain.next]]]] = True
    shares = np.zeros((len(live), len(live)))
    closed = [np.flatnonzero(label == c) for c in np.flatnonzero(~leaves)]
    passing = np.flatnonzero(leaves[label])
    for members in closed:
        inner = moves[np.ix_(members, members)]
        system = np.vstack([inner.T - np.eye(len(members)), np.ones(len(members))])
        law = np.linalg.lstsq(system, np.append(np.zeros(len(members)), 1.0), rcond=None)[0]
        shares[np.ix_(members, members)] = law
        if len(passing):
            into = moves[np.ix_(passing, members)].sum(axis=1)
            reached = np.linalg.solve(np.eye(len(passing)) - moves[np.ix_(passing, passing)], into)
            shares[np.ix_(passing, members)] = reached[:, None] * law
    whole = np.full((n, n), np.nan)
    whole[np.ix_(live, live)] = shares
    whole[np.ix_(live, np.flatnonzero(~contracts.exists))] = 0
    return whole
