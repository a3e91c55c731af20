"""Best values of one decision maker when the state moves: policy iteration, in floats or in Fractions.

Two problems, both solved by policies that are evaluated exactly as linear systems and improved until nothing improves:

* **together** (:func:`best_joint`): in each state the allowed profile that maximises the expected discounted sum of payoffs
  (Howard 1960, *Dynamic Programming and Markov Processes*);
* **one against the other** (:func:`worst`): the punisher chooses an action per state so as to keep the other player's value
  down, the punished replies at its best. The reply is to an action that it sees coming, so moves alternate as in a game of
  perfect information, and policy iteration in the punisher's policy, with the reply solved inside, ends (Hoffman & Karp 1966,
  *Management Science* 12:359-370). Improving both at once may cycle.

All values are averages per period: (1 − δ) times the discounted sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.dynamics.kernel import Kernel, fractions_of, rational_column
from alliances.dynamics.states import Deviations, StateGames
from alliances.games.players import PLAYERS, Player
from alliances.results import need

__all__ = ["Joint", "Worst", "best_joint", "first_in_state", "policy_value", "top_in_state", "worst"]

_DENSE = 60  # states up to which a dense solver is faster
_FILLED = 0.15  # share of transitions from which on it is, too
_GAIN = 1e-13  # of the payoff range: what counts as an improvement in floats
_PROPOSED = 1 - 1e-9  # the largest discount factor at which floats propose policies to exact arithmetic
_ROUNDS = 500  # of a policy iteration in floats, whose rounding could make it turn in circles; it takes some five
_BY_HAND = 30  # states up to which Fractions are eliminated in plain Python where python-flint is missing


@dataclass(frozen=True)
class Joint:
    """The best value per state, the profile that attains it, and what each profile is worth with it tomorrow."""

    values: Array
    policy: Array
    worth: Array


@dataclass(frozen=True)
class Worst:
    """The value per state that a player can be held down to.

    Attributes
    ----------
    values
        (n,).
    group
        (n,): the group of the punished player's deviations that the punisher leaves it in each state.
    reply
        (n,): its best profile there.
    best
        (groups,): what its best reply is worth in each group.
    """

    values: Array
    group: Array
    reply: Array
    best: Array


def best_joint(game: StateGames, allowed: Array, delta: Number, policy: Array | None = None) -> Joint:
    """The largest joint value over policies of allowed profiles; starts at ``policy``, if given."""
    gain = 0 if game.exact else _GAIN * game.spread
    now = game.flows(delta)[0]
    if game.exact:  # floats propose a policy, exact arithmetic accepts or improves it
        policy = best_joint(game.floating, allowed, min(float(delta), _PROPOSED), policy).policy
    elif policy is None:
        policy = first_in_state(game, allowed & (now >= top_in_state(game, now, allowed)[game.state_of]))
    for _ in range(_ROUNDS):
        values = policy_value(game.kernel, policy, now, delta)
        worth = now + delta * game.kernel.expect(values)
        top = top_in_state(game, worth, allowed)
        better = np.asarray(top > worth[policy] + gain, dtype=bool)
        if not better.any():
            break
        choice = first_in_state(game, allowed & np.asarray(worth >= top[game.state_of], dtype=bool))
        policy = np.where(better, choice, policy)
    return Joint(values, policy, worth)


def worst(game: StateGames, player: Player, allowed: Array, delta: Number, start: Worst | None = None) -> Worst:
    """The least value that the punisher's actions in allowed profiles hold a player down to, who replies with any action."""
    gain = 0 if game.exact else _GAIN * game.spread
    side = PLAYERS.index(player)
    now, deviations = game.flows(delta)[1 + side], game.deviations[side]
    open_groups = deviations.any(allowed)
    if game.exact:  # floats propose policies, exact arithmetic accepts or improves them
        start = worst(game.floating, player, allowed, min(float(delta), _PROPOSED), start)
    if start is None:
        group = _least_group(deviations, deviations.best(now), open_groups, len(game))
        reply = None
    else:
        shut = ~open_groups[start.group]
        group = np.where(shut, _least_group(deviations, start.best, open_groups, len(game)), start.group)
        reply = start.reply
    for _ in range(_ROUNDS):
        values, answer, best = _reply(game, now, deviations, delta, group, reply, gain)
        reply = answer
        least = _least_group(deviations, best, open_groups, len(game))
        better = np.asarray(best[least] < best[group] - gain, dtype=bool)
        if not better.any():
            break
        group = np.where(better, least, group)
    return Worst(values, group, answer, best)


def _reply(
    game: StateGames,
    now: Array,
    deviations: Deviations,
    delta: Number,
    group: Array,
    reply: Array | None,
    gain: Number,
) -> tuple[Array, Array, Array]:
    """The best reply to a punisher that leaves ``group`` in each state: values, profiles, and the best of every group."""
    within = deviations.group
    if reply is None or (within[reply] != group).any():
        least = deviations.first(np.asarray(now >= deviations.best(now)[within], dtype=bool))[group]
        reply = least if reply is None else np.where(within[reply] == group, reply, least)
    for _ in range(_ROUNDS):
        values = policy_value(game.kernel, reply, now, delta)
        worth = now + delta * game.kernel.expect(values)
        best = deviations.best(worth)
        better = np.asarray(best[group] > worth[reply] + gain, dtype=bool)
        if not better.any():
            break
        choice = deviations.first(np.asarray(worth >= best[within], dtype=bool))[group]
        reply = np.where(better, choice, reply)
    return values, reply, best


def _least_group(deviations: Deviations, best: Array, open_groups: Array, n: int) -> Array:
    """(n,): in each state the first of the open groups whose best is least."""
    shown = np.where(open_groups, best, np.inf)
    least = np.minimum.reduceat(shown, deviations.begins)
    is_least = open_groups & np.asarray(shown <= least[deviations.state], dtype=bool)
    index = np.where(is_least, np.arange(len(best)), len(best))
    return np.asarray(np.minimum.reduceat(index, deviations.begins)).reshape(n)


def top_in_state(game: StateGames, values: Array, allowed: Array) -> Array:
    """(n,): the largest value of each state's allowed profiles; −∞ where none is allowed."""
    return np.asarray(np.maximum.reduceat(np.where(allowed, values, -np.inf), game.first[:-1]))


def first_in_state(game: StateGames, mask: Array) -> Array:
    """(n,): the first profile of each state that is in the mask; K where none is."""
    index = np.where(mask, np.arange(len(mask)), len(mask))
    return np.asarray(np.minimum.reduceat(index, game.first[:-1]))


def policy_value(kernel: Kernel, policy: Array, now: Array, delta: Number) -> Array:
    """(n,): the value of playing ``policy`` for ever, V = now + δ P V, where ``now`` is (1 − δ) times the payoffs."""
    if now.dtype == object:
        return _solved_exactly(kernel.rows(policy), now[policy], delta)
    n = len(policy)
    if n <= _DENSE or (kernel.start[policy + 1] - kernel.start[policy]).sum() > _FILLED * n * n:
        return np.asarray(np.linalg.solve(np.eye(n) - float(delta) * kernel.square(policy), now[policy]))
    part = kernel.rows(policy)
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    system = eye_array(n, format="csc") - float(delta) * part.matrix.tocsc()
    return np.asarray(splu(system.tocsc()).solve(now[policy]))


def _solved_exactly(part: Kernel, right: Array, delta: Number) -> Array:
    """The same in rational arithmetic: by FLINT, or by elimination in Fractions for few states."""
    n = part.states
    try:
        from flint import fmpq, fmpq_mat
    except ImportError:
        if n > _BY_HAND:
            need("flint", "prove", "exact stochastic games of many states")
        return _eliminated(part, right, delta)
    system = part.rational * fmpq(-delta.numerator, delta.denominator) + fmpq_mat(
        n, n, [int(k % (n + 1) == 0) for k in range(n * n)]
    )
    return fractions_of(system.solve(rational_column(right)))


def _eliminated(part: Kernel, right: Array, delta: Number) -> Array:
    """Gauss-Jordan elimination in Fractions; I − δP is diagonally dominant, so no pivot is 0."""
    n = part.states
    rows: list[list[Any]] = []
    for x in range(n):
        row = [Fraction(int(x == y)) for y in range(n)]
        for y, p in part.at(x).items():
            row[y] -= delta * p
        rows.append([*row, right[x]])
    for x in range(n):
        pivot = rows[x][x]
        rows[x] = [value / pivot for value in rows[x]]
        for y in range(n):
            if y != x and rows[y][x]:
                factor = rows[y][x]
                rows[y] = [a - factor * b for a, b in zip(rows[y], rows[x], strict=True)]
    values = np.empty(n, dtype=object)
    values[:] = [row[n] for row in rows]
    return values
