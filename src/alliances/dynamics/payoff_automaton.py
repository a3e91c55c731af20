"""An automaton of a stochastic game: equilibria without side payments that anyone can check, deviation by deviation.

A node (x, k) is the equilibrium from state x on that is best in direction k. It says which profile is played and by which
lottery over directions play goes on: a public coin chooses direction k', nature the state x', and the node (x', k') follows.
After a deviation of player i the node (x', k_i) follows, where k_i is the direction in which i's payoff is least.

The nodes' payoffs solve a linear system; they are an equilibrium if no deviation in any node pays (the one-shot deviation
principle). Public randomisation makes every point of the nodes' convex hull an equilibrium payoff.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.set_operator import Chosen, SetOperator
from alliances.dynamics.states import StateGames
from alliances.results import Result

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["PayoffAutomaton", "automaton_of"]

_STANDSTILL = 1e-16  # of a player's payoff range: values that move no further have come to rest


@dataclass(frozen=True, eq=False)
class PayoffAutomaton(Result):
    """Equilibria from every state on, as nodes that name profiles and lotteries over nodes.

    Attributes
    ----------
    game, discount
        What it belongs to.
    directions
        (N, 2): the weights of the two payoffs, ``|λ₁| + |λ₂| = 1``, counter-clockwise; node (x, k) is the equilibrium from x on
        that is best in the k-th direction, of those of the nodes.
    worst
        The directions in which the sponsor's payoff and the proxy's are least: its punishments.
    profile
        (n, N): the profile that a node plays, by its place; −1 in states without equilibrium.
    places, weights
        (n, N, 4): the lottery over the directions of tomorrow's node; 0 in states without equilibrium.
    values
        (n, N, 2): the players' payoffs per period; nan in states without equilibrium.
    slack
        (n, N, 2): by how much a player loses from its best deviation in a node; nan in states without equilibrium.
    """

    references: ClassVar[tuple[str, ...]] = ("abreu-brooks-sannikov-2020",)

    game: StateGames
    discount: float
    directions: Array
    worst: tuple[int, int]
    profile: Array
    places: Array
    weights: Array
    values: Array
    slack: Array

    @property
    def message(self) -> str:
        """The automaton in a sentence."""
        states, count = self.profile.shape
        live = int((self.profile[:, 0] >= 0).sum())
        return f"An automaton of {live * count} nodes: {count} in each of {live} of {states} states."

    def _record(self) -> dict[str, Any]:
        names = ("discount", "directions", "worst", "profile", "places", "weights", "values", "slack")
        return {"states": self.game.states, **{name: getattr(self, name) for name in names}}

    def _columns(self) -> Columns:
        """One row per node."""
        x, k = np.nonzero(self.profile >= 0)
        profiles = [self.game.actions(int(p)) for p in self.profile[x, k]]
        lotteries = [
            {int(place): float(w) for place, w in zip(*pair, strict=True) if w > 0}
            for pair in zip(self.places[x, k], self.weights[x, k], strict=True)
        ]
        return {
            "state": [self.game.states[y] for y in x],
            "direction": k,
            "profile": profiles,
            "continuation": lotteries,
            "sponsor": self.values[x, k, 0],
            "proxy": self.values[x, k, 1],
        }


def node_values(operator: SetOperator, chosen: Chosen) -> Array:
    """(n, N, 2): the payoffs of nodes that play ``profile`` and go on by lotteries, in the operator's units."""
    from scipy.sparse import coo_array

    n, count = chosen.profile.shape
    x, k = np.nonzero(chosen.profile >= 0)
    profiles = chosen.profile[x, k]
    part = operator.game.kernel.rows(profiles)
    of = np.repeat(np.arange(len(profiles)), np.diff(part.start))
    places, weights = (part[x, k][of] for part in chosen.lotteries)
    entries = part.probability[:, None] * weights
    node = (x * count + k)[of]
    system = coo_array(
        (entries.ravel(), (np.repeat(node, 4), (part.next[:, None] * count + places).ravel())), shape=(n * count, n * count)
    ).tocsr()
    now = np.zeros((n * count, 2))
    now[x * count + k] = operator.flows[profiles]
    values = chosen.points.reshape(n * count, 2)
    delta = operator.delta
    longest = int(np.ceil(40 / -np.log(delta))) if delta > 0 else 1
    for _ in range(longest):
        new = now + delta * (system @ values)
        moved = np.abs(new - values).max()
        values = new
        if moved <= _STANDSTILL:
            break
    return np.asarray(values.reshape(n, count, 2))


def node_slack(operator: SetOperator, profile: Array, worst: Array, values: Array) -> Array:
    """(n, N, 2): the nodes' payoffs less what the best deviation brings, in the operator's units; 0 where there is no node."""
    best = operator.deviations(worst)
    return np.asarray(np.where(profile[..., None] >= 0, values - best[profile], 0.0))


def automaton_of(
    operator: SetOperator, chosen: Chosen, values: Array, slack: Array, worst: tuple[int, int], directions: Array
) -> PayoffAutomaton:
    """The automaton in payoffs, of the states that ``operator`` and ``chosen`` have left."""
    nodes = (chosen.profile >= 0)[..., None]
    weighted = directions / operator.unit
    places, weights = chosen.lotteries
    return PayoffAutomaton(
        operator.asked,
        operator.delta,
        weighted / np.abs(weighted).sum(axis=1)[:, None],
        worst,
        chosen.profile,
        np.where(nodes, places, 0),
        np.where(nodes, weights, 0.0),
        np.where(nodes, values * operator.unit + operator.level, np.nan),
        np.where(nodes, slack * operator.unit, np.nan),
    )
