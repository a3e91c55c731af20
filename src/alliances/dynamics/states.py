"""The states of a stochastic game as data: payoffs, transitions, labels, and among which profiles each player chooses.

Algorithms take one of these; the class that users meet (:mod:`alliances.dynamics.stochastic_game`) adds them as verbs.

All action profiles of all states are kept in one list, ordered by (state, row, column), with one sparse list of next states
each. Action sets may differ from state to state; a state with one action for each player is one in which nothing is decided.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np

from alliances.arithmetic import Array, Number, discount_factor, is_exact, show, to_float
from alliances.arithmetic.canonical import computed_discount
from alliances.arithmetic.tolerance import payoff_tolerance
from alliances.dynamics.kernel import Kernel, Transitions, kernel_of, spans
from alliances.games.players import PLAYERS
from alliances.games.stage_game import StageGame
from alliances.results import Columns, Tabular
from alliances.values import read_only

__all__ = ["Deviations", "StateGames", "discount_of"]

# kept once computed
_FROM_PAYOFFS = ("floating", "lowest", "ranges", "spread", "tolerance", "tolerances", "_flows", "_playable")
_DERIVED = (*_FROM_PAYOFFS, "deviations")


class Deviations:
    """The profiles among which one player chooses, given the other's action: the groups of its deviations.

    Attributes
    ----------
    group
        (K,): the group that each profile belongs to.
    state
        (groups,): the state of each group.
    other
        (groups,): the other player's action in each group.
    begins
        (n,): the first group of each state.
    """

    def __init__(self, state: Array, own: Array, other: Array) -> None:
        self._order = np.lexsort((own, other, state))
        key = np.stack([state[self._order], other[self._order]])
        new = np.concatenate([[True], (key[:, 1:] != key[:, :-1]).any(axis=0)])
        self._starts = np.flatnonzero(new)
        self.group = np.empty(len(state), dtype=np.intp)
        self.group[self._order] = np.cumsum(new) - 1
        self.state, self.other = key[0, self._starts], key[1, self._starts]
        self.begins = np.flatnonzero(np.concatenate([[True], self.state[1:] != self.state[:-1]]))
        self.__dict__.update({name: read_only(array) for name, array in vars(self).items()})

    def best(self, values: Array) -> Array:
        """(groups,): the largest value in each group."""
        return np.asarray(np.maximum.reduceat(values[self._order], self._starts))

    def rivals(self, profiles: Array) -> tuple[Array, Array]:
        """The profiles of all groups that some of ``profiles`` are in, group by group, and where each group begins."""
        index, begins = spans(np.append(self._starts, len(self._order)), np.unique(self.group[profiles]))
        return self._order[index], begins

    def any(self, mask: Array) -> Array:
        """(groups,): whether any of a group's profiles is in the mask."""
        return np.asarray(np.logical_or.reduceat(mask[self._order], self._starts))

    def first(self, mask: Array) -> Array:
        """(groups,): the first profile of each group that is in the mask."""
        candidates = np.where(mask, np.arange(len(mask)), len(mask))
        return np.asarray(np.minimum.reduceat(candidates[self._order], self._starts))


class StateGames(Tabular):
    """The data of a stochastic game: what :class:`alliances.StochasticGame`, which documents it, is built on."""

    def __init__(
        self,
        payoffs: StageGame | Sequence[StageGame],
        transitions: Transitions,
        discount: Any = None,
        states: Sequence[Hashable] | None = None,
    ) -> None:
        stages = _stages(payoffs)
        self._set(stages, _labels(states, len(stages)), None if discount is None else discount_of(discount, "StochasticGame"))
        kernel = kernel_of(transitions, [s.shape for s in stages], self.states, self.describe)
        exact = kernel.exact and all(s.exact for s in stages)
        if self.discount is not None:
            computed_discount(self.discount, exact, "StochasticGame")  # one that rounds to 1 is an error here, not in solve()
        payoff = [np.concatenate([x.ravel() for x in side]) for side in zip(*((s.A, s.B) for s in stages), strict=True)]
        self._fill(kernel if exact else kernel.to_float(), exact, *(payoff if exact else map(to_float, payoff)))

    stages: tuple[StageGame, ...]
    states: tuple[Hashable, ...]
    discount: Number | None
    kernel: Kernel
    exact: bool
    sponsor: Array
    proxy: Array
    state_of: Array
    row: Array
    column: Array
    first: Array
    _flows: tuple[Number, tuple[Array, Array, Array]] | None = None
    _playable: tuple[Array, Array] | None = None  # the discount factors of the last grid, and what can be played there
    _largest: tuple[float, float] | None = None  # of float payoffs before their level was taken away, which restores no digits

    def _set(self, stages: tuple[StageGame, ...], states: tuple[Hashable, ...], discount: Number | None) -> None:
        """What is known before the transitions are: labels, and where profiles lie in the list of all."""
        sizes = [s.shape for s in stages]
        places = {
            "state_of": np.repeat(np.arange(len(sizes)), [m * k for m, k in sizes]),
            "row": np.concatenate([np.repeat(np.arange(m), k) for m, k in sizes]),
            "column": np.concatenate([np.tile(np.arange(k), m) for m, k in sizes]),
            "first": np.concatenate([[0], np.cumsum([m * k for m, k in sizes])]),
        }
        self.__dict__.update({"stages": stages, "states": states, "discount": discount})
        self.__dict__.update({name: read_only(array) for name, array in places.items()})

    def _fill(self, kernel: Kernel, exact: bool, sponsor: Array, proxy: Array) -> None:
        """Transitions and payoffs of all profiles."""
        self.__dict__.update({"kernel": kernel, "exact": exact, "sponsor": read_only(sponsor), "proxy": read_only(proxy)})

    def _with_payoffs(self, kernel: Kernel, exact: bool, sponsor: Array, proxy: Array) -> Self:
        """The same states with other numbers."""
        game = object.__new__(type(self))
        game.__dict__.update({k: v for k, v in self.__dict__.items() if k not in _FROM_PAYOFFS})
        game._fill(kernel, exact, sponsor, proxy)
        return game

    def part(self, live: Array) -> StateGames:
        """The game in some states (a mask), which no action leaves."""
        profiles, states = np.flatnonzero(live[self.state_of]), np.flatnonzero(live)
        game = object.__new__(StateGames)
        game._set(tuple(self.stages[x] for x in states), tuple(self.states[x] for x in states), self.discount)
        game._fill(self.kernel.within(profiles, live), self.exact, self.sponsor[profiles], self.proxy[profiles])
        return game

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}: a game is a value, and {name} cannot be assigned to; make another game")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}: a game is a value, and {name} cannot be deleted; make another game")

    def __getstate__(self) -> dict[str, Any]:
        return {name: part for name, part in self.__dict__.items() if name not in _DERIVED}

    def _parts(self) -> tuple[object, ...]:
        return self.stages, self.kernel, self.discount, self.states

    def _arguments(self) -> dict[str, Any]:
        return {"payoffs": self.stages, "transitions": self.kernel}

    # -- what it consists of -------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """The number of states."""
        return len(self.states)

    @property
    def profiles(self) -> int:
        """K, the number of action profiles of all states."""
        return len(self.state_of)

    @cached_property
    def deviations(self) -> tuple[Deviations, Deviations]:
        """Among which profiles the sponsor chooses, and the proxy."""
        return Deviations(self.state_of, self.row, self.column), Deviations(self.state_of, self.column, self.row)

    @cached_property
    def spread(self) -> Number:
        """The larger payoff range of the two players over all states: the unit of values and slacks."""
        return max(x.max() - x.min() for x in (self.sponsor, self.proxy))

    @cached_property
    def tolerance(self) -> Number:
        """The payoff difference that counts as none: 0 for an exact game."""
        return 0 if self.exact else payoff_tolerance(self.spread, max(self.largest))

    @property
    def largest(self) -> tuple[Number, Number]:
        """The players' largest absolute payoffs, those of the game as it was given: what floats lose is a share of these."""
        if self._largest is not None:
            return self._largest
        return np.abs(self.sponsor).max(), np.abs(self.proxy).max()

    @cached_property
    def ranges(self) -> Array:
        """(2,): the players' payoff ranges over all states, in floats; 1 where a player has only one payoff."""
        spread = np.array([float(x.max() - x.min()) for x in (self.sponsor, self.proxy)])
        return np.asarray(read_only(np.where(spread > 0, spread, 1.0)))

    @cached_property
    def tolerances(self) -> Array:
        """(2,): in floats, the difference that counts as none for each player, as a share of its range.

        An exact game loses nothing to its level, because that is taken away before there are floats.
        """
        largest = self.ranges if self.exact else self.largest
        shares = [payoff_tolerance(s, m) / s for s, m in zip(self.ranges, largest, strict=True)]
        return np.asarray(read_only(np.array(shares, dtype=float)))

    @cached_property
    def lowest(self) -> tuple[Number, Number]:
        """The players' lowest payoffs: what is added to all payoffs of a player is added to its values."""
        return self.sponsor.min(), self.proxy.min()

    def above_lowest(self) -> Self:
        """The same game with each player's payoffs in excess of its lowest one, so that a common level costs no digits."""
        low_s, low_p = self.lowest
        game = self._with_payoffs(self.kernel, self.exact, self.sponsor - low_s, self.proxy - low_p)
        if not self.exact:
            game.__dict__["_largest"] = self.largest
        return game

    def in_ranges(self) -> Self:
        """The same game in floats, each player's payoffs in excess of its lowest one as shares of its range.

        The level of Fractions and their range are taken away before they become floats.
        """
        low = self.lowest
        parts = [x - level for x, level in zip((self.sponsor, self.proxy), low, strict=True)]
        units = [x.max() or 1 for x in parts]
        game = self._with_payoffs(
            self.kernel.to_float(), False, *(to_float(x / unit) for x, unit in zip(parts, units, strict=True))
        )
        if not self.exact:
            game.__dict__["_largest"] = tuple(float(m / unit) for m, unit in zip(self.largest, units, strict=True))
        return game

    def flows(self, delta: Number) -> tuple[Array, Array, Array]:
        """(K,) each: (1 − δ) times the joint payoffs, the sponsor's and the proxy's; kept until asked for another δ."""
        if self._flows is None or self._flows[0] is not delta:
            sponsor, proxy = (1 - delta) * self.sponsor, (1 - delta) * self.proxy
            flows = tuple(map(read_only, (sponsor + proxy, sponsor, proxy)))
            self.__dict__["_flows"] = delta, flows
            return flows[0], flows[1], flows[2]
        return self._flows[1]

    def state(self, label: Hashable, _function: str = "StochasticGame.state", _argument: str = "label") -> int:
        """The place of a state among all, by its label.

        Raises
        ------
        ValueError
            If there is no such state.
        """
        try:
            return self.states.index(label)
        except ValueError:
            some = ", ".join(map(repr, self.states[:5])) + (", …" if len(self.states) > 5 else "")
            raise ValueError(f"{_function}(): {_argument} must be one of the states {some}; got {label!r}") from None

    def profile(self, state: Hashable, profile: Any, _function: str = "StochasticGame.profile") -> int:
        """The place of a profile among all, by its state and its actions (indices or labels)."""
        x = self.state(state, _function, "state")
        i, j = self.stages[x].profile(profile, _function)
        return int(self.first[x] + i * self.stages[x].shape[1] + j)

    def actions(self, profile: int) -> tuple[str, str]:
        """The labels of the two actions of a profile, by its place."""
        rows, columns = self.stages[self.state_of[profile]].actions
        return rows[self.row[profile]], columns[self.column[profile]]

    def describe(self, profile: int) -> str:
        """A profile in words, by its place."""
        sponsor, proxy = self.actions(profile)
        return f"state {self.states[self.state_of[profile]]!r}, profile ({sponsor}, {proxy})"

    def by_state(self, values: Array) -> tuple[Array, ...]:
        """Values of all profiles as one array (m_x, k_x) per state."""
        return tuple(values[self.first[x] : self.first[x + 1]].reshape(stage.shape) for x, stage in enumerate(self.stages))

    @cached_property
    def floating(self) -> Self:
        """The same game in floating point."""
        return self.to_float()

    def to_float(self) -> Self:
        """The same game in floating point."""
        if not self.exact:
            return self
        game = self._with_payoffs(self.kernel.to_float(), False, to_float(self.sponsor), to_float(self.proxy))
        game.__dict__["stages"] = tuple(stage.to_float() for stage in self.stages)
        return game

    # -- questions -----------------------------------------------------------------------------------------------------

    def asked(self, discount: Any, function: str) -> Number:
        """The discount factor of a question, or the game's own."""
        if discount is None and self.discount is None:
            raise TypeError(f"{function}(): discount must be given, here or to StochasticGame(); got None")
        return self.discount if discount is None else discount_of(discount, function)

    # -- conversion ----------------------------------------------------------------------------------------------------

    def _brief(self, width: int) -> str:  # noqa: ARG002
        return repr(self)

    def _head(self) -> str:
        return repr(self)

    def _columns(self) -> Columns:
        """One row per state and profile: the actions, the payoffs, and where the game goes."""
        actions = [self.actions(k) for k in range(self.profiles)]
        return {
            "state": [self.states[x] for x in self.state_of],
            **{f"{player}_action": [pair[k] for pair in actions] for k, player in enumerate(PLAYERS)},
            "sponsor": self.sponsor,
            "proxy": self.proxy,
            "next": [_lottery(self.states, self.kernel.at(k)) for k in range(self.profiles)],
        }

    def __repr__(self) -> str:
        kind = "exact" if self.exact else "float"
        return (
            f"StochasticGame: {len(self)} state{'s' * (len(self) != 1)}, {self.profiles} profiles, "
            f"{len(self.kernel.next)} transitions, {kind}"
        )


def _lottery(states: tuple[Hashable, ...], chances: Mapping[int, Number]) -> str:
    """The next states with their probabilities, in words."""
    return ", ".join(f"{states[y]} ({show(p)})" for y, p in chances.items())


def discount_of(discount: Any, function: str) -> Number:
    """One common discount factor in [0, 1)."""
    delta = discount_factor(discount, function)
    if np.ndim(delta):
        raise TypeError(f"{function}(): discount must be one number, common to both; got an array of shape {np.shape(delta)}")
    if not is_exact(delta) and float(delta) >= 1:
        raise ValueError(f"{function}(): discount must lie in [0, 1); got {discount!r}")
    return delta


def _labels(states: Any, n: int) -> tuple[Hashable, ...]:
    if states is None:
        return tuple(range(n))
    if isinstance(states, (str, bytes)) or not isinstance(states, Iterable):
        raise TypeError(f"StochasticGame(): states must be a sequence of labels, one per stage game; got {states!r}")
    labels = tuple(states)
    if not all(isinstance(label, Hashable) for label in labels):
        raise TypeError(f"StochasticGame(): states must be labels that have a hash; got {states!r}")
    if len(labels) != n or len(set(labels)) != n:
        raise ValueError(f"StochasticGame(): states must be {n} different labels, one per stage game; got {states!r}")
    return labels


def _stages(payoffs: Any) -> tuple[StageGame, ...]:
    if isinstance(payoffs, StageGame):
        if len(payoffs.batch_shape) != 1:
            raise ValueError(
                "StochasticGame(): payoffs must be a batch of stage games with one dimension, the states; "
                f"got batch shape {payoffs.batch_shape}"
            )
        return tuple(payoffs[x] for x in range(payoffs.batch_shape[0]))
    if isinstance(payoffs, (str, bytes)) or not isinstance(payoffs, Sequence) or not payoffs:
        raise TypeError(f"StochasticGame(): payoffs must be a StageGame or a sequence of them, one per state; got {payoffs!r}")
    for x, stage in enumerate(payoffs):
        if not isinstance(stage, StageGame):
            raise TypeError(f"StochasticGame(): payoffs must be StageGames; got {stage!r} for state {x}")
        if stage.batch_shape:
            raise ValueError(
                f"StochasticGame(): payoffs must be one game per state; got batch shape {stage.batch_shape} in state {x}"
            )
    return tuple(payoffs)
