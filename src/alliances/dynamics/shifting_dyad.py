"""A dyad whose power moves: any model of a dyad on a lattice of log ratios, with a process of power and a war.

States are (λ, "allied") and (λ, "war"), and, where wars are fought to the end, the two ends. In an allied state the stage game
of the model at that power is played:

* both ally: power moves by the process, learning included;
* neither fights otherwise (coexistence): the same without learning, unless the proxy learns always;
* someone fights: the cells of the stage game this period, surprise included, and war from the next on.

Three wars:

* a :class:`~alliances.ConflictWalk`: each round pays what mutual fighting pays at the power of the moment and moves the log
  ratio by the walk's step, until one side is eliminated and the other has the prize for ever. ``reconcile`` is the chance per
  round that the war ends in a new alliance at the power reached;
* "permanent": mutual fighting for ever at the power of the break: the break stops the shift (the commitment problem, T4);
* "moving": mutual fighting for ever while power goes on moving (risk is impatience, T2 and T5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import POSITIVE, PROBABILITY, Array, Number, Real, scalar, to_float
from alliances.dynamics.arguments import one_of
from alliances.dynamics.power_process import PowerProcess
from alliances.dynamics.stochastic_game import StochasticGame
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.arguments import check_model
from alliances.values import Value

__all__ = ["ShiftingDyad", "War"]

War: TypeAlias = ConflictWalk | Literal["permanent", "moving"]
"""What follows a break; see the module."""

State: TypeAlias = tuple[float, str]

_ALLIED, _WAR = "allied", "war"
_ENDS = ("sponsor prevails", "proxy prevails")
_WHOLE = 1e-6  # of a step: how far from a whole number of them a war's moves may lie


@dataclass(frozen=True, eq=False)
class ShiftingDyad(Value):
    """A model of a dyad whose power moves.

    Parameters
    ----------
    game
        Any model of a dyad with the actions "ally" and "fight" (the first and the last), such as :class:`AllianceGame`.
    process
        How power moves while there is no war.
    war
        What follows when someone fights: a :class:`ConflictWalk` whose step is a whole number of lattice steps,
        "permanent" or "moving".
    reconcile
        The chance per round of a war that it ends in a new alliance; 0 by default.
    total
        s + p, held fixed.
    prize
        What the side that prevails has per period ever after; the model's stakes by default.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule; the errors name it.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(1.0))
    >>> dyad = al.ShiftingDyad(game, al.PowerProcess(learning=(0.1, 1)), war=walk)
    >>> print(dyad.stochastic_game)
    StochasticGame: 124 states, 307 profiles, 611 transitions, float
    >>> dyad.stochastic_game.solve(0.7).can_play(dyad.state(0.0), ("ally", "ally"))
    True
    """

    game: DyadicGame
    process: PowerProcess
    war: War = "permanent"
    reconcile: Real = 0
    total: Number = 1
    prize: Number | None = None

    def __post_init__(self) -> None:
        check_model(self.game, "ShiftingDyad")
        if not isinstance(self.process, PowerProcess):
            raise TypeError(f"ShiftingDyad(): process must be a PowerProcess; got {self.process!r}")
        if not isinstance(self.war, ConflictWalk):
            one_of(self.war, ("permanent", "moving"), "ShiftingDyad", "war", also="a ConflictWalk")
        scalar(self.reconcile, "ShiftingDyad", "reconcile", PROBABILITY)
        scalar(self.total, "ShiftingDyad", "total", POSITIVE)
        if isinstance(self.war, ConflictWalk):
            self._check_walk(self.war)
        elif self.reconcile:
            raise ValueError(
                f"ShiftingDyad(): reconcile must be 0 in a war without rounds ({self.war}); got {self.reconcile!r}"
            )
        if self.prize is not None:
            scalar(self.prize, "ShiftingDyad", "prize", POSITIVE)
        super().__post_init__()

    def _check_walk(self, walk: ConflictWalk) -> None:
        steps = walk.step / to_float(self.process.step)
        if abs(steps - round(steps)) > _WHOLE or round(steps) < 1:
            raise ValueError(
                f"ShiftingDyad(): war must move power by a whole number of lattice steps of {to_float(self.process.step):g}; "
                f"got a step of {walk.step:.6g}, {steps:.6g} lattice steps"
            )
        for barrier in walk.barriers:
            level = float(np.log(to_float(barrier)))
            if level > float(self.process.reach) + walk.step * _WHOLE:
                raise ValueError(
                    f"ShiftingDyad(): war must end within the lattice, whose reach is {float(self.process.reach):g}; "
                    f"got a barrier at log ratio {level:.6g}"
                )
        if not hasattr(self.game, "stakes") and self.prize is None:
            raise TypeError("ShiftingDyad(): prize must be given for a model without stakes: what the winner of a war has")

    # -- parts ---------------------------------------------------------------------------------------------------------

    @property
    def log_ratios(self) -> Array:
        """The lattice."""
        return self.process.log_ratios

    def state(self, log_ratio: Any, standing: str = _ALLIED) -> State:
        """The label of a state: the lattice's log ratio, and "allied" or "war"."""
        one_of(standing, (_ALLIED, _WAR), "ShiftingDyad.state", "standing")
        k = self.process.place(log_ratio, "ShiftingDyad.state")
        return self._label(k), standing

    def _label(self, k: int) -> float:
        return round(float(self.log_ratios[k]), 12) + 0.0

    @cached_property
    def stages(self) -> StageGame:
        """The stage games along the lattice."""
        stage = self.game.stage_game(self.process.power(self.total)).to_float()
        if stage.batch_shape != self.log_ratios.shape:  # a model that ignores power has the same game everywhere
            a, b = (np.broadcast_to(x, (*self.log_ratios.shape, *stage.shape)) for x in (stage.A, stage.B))
            stage = StageGame(a.copy(), b.copy(), actions=stage.actions)
        return stage

    @cached_property
    def stochastic_game(self) -> StochasticGame:
        """The stochastic game of the dyad."""
        return _Assembled(self).game()

    @property
    def fighting(self) -> tuple[Array, Array]:
        """What a period of mutual fighting pays the two along the lattice."""
        return self.stages.A[:, -1, -1], self.stages.B[:, -1, -1]


class _Assembled:
    """The states of a shifting dyad, one after the other: allied, at war, the ends."""

    def __init__(self, dyad: ShiftingDyad) -> None:
        self.dyad, self.n = dyad, len(dyad.log_ratios)
        self.walk = dyad.war if isinstance(dyad.war, ConflictWalk) else None
        self.end = 2 * self.n  # of the sponsor's victory; the proxy's is the next state

    def game(self) -> StochasticGame:
        dyad, n, stages = self.dyad, self.n, self.dyad.stages
        m, k = stages.shape
        fight_s, fight_p = dyad.fighting
        still = [StageGame([[fight_s[x]]], [[fight_p[x]]], actions=((_WAR,), (_WAR,))) for x in range(n)]
        labels: list[State] = [(dyad._label(x), where) for where in (_ALLIED, _WAR) for x in range(n)]
        games = [*(stages[x] for x in range(n)), *still]
        if self.walk is not None:
            z = float(dyad.prize if dyad.prize is not None else dyad.game.stakes)  # type: ignore[attr-defined]
            games += [StageGame([[z]], [[0.0]], actions=(("win",),) * 2), StageGame([[0.0]], [[z]], actions=(("win",),) * 2)]
            labels += [(np.inf, _ENDS[0]), (-np.inf, _ENDS[1])]
        rows: list[Array] = []
        columns: list[Array] = []
        data: list[Array] = []
        for profile, following, chances in self._moves(m, k):
            rows.append(profile)
            columns.append(following)
            data.append(np.broadcast_to(chances, profile.shape))
        from scipy.sparse import csr_array

        total = n * m * k + len(games) - n
        where = np.concatenate(rows), np.concatenate(columns)
        matrix = csr_array((np.concatenate(data), where), shape=(total, len(games)))
        return StochasticGame(games, matrix, states=labels)

    def _moves(self, m: int, k: int) -> Iterator[tuple[Array, Array, Any]]:
        """(profiles, next states, chances) of every kind of move, one entry per lattice point."""
        n, here = self.n, np.arange(self.n)
        peace, calm = (self.dyad.process.moves(allied) for allied in (True, False))
        for i in range(m):
            for j in range(k):
                profile = here * m * k + i * k + j
                if i == m - 1 or j == k - 1:
                    yield from self._round(profile)
                else:
                    for step, chance in (peace if i == j == 0 else calm).items():
                        yield profile, np.clip(here + step, 0, n - 1), float(chance)
        war = n * m * k + here
        yield from self._round(war, at_war=True)
        if self.walk is not None:
            ends = np.array([n * m * k + n, n * m * k + n + 1])
            yield ends, np.array([self.end, self.end + 1]), 1.0

    def _round(self, profile: Array, at_war: bool = False) -> Iterator[tuple[Array, Array, Any]]:
        """Where a period of fighting leads."""
        n, here, dyad = self.n, np.arange(self.n), self.dyad
        if dyad.war == "permanent":
            yield profile, n + here, 1.0
        elif self.walk is None:
            for step, chance in dyad.process.moves(allied=False).items():
                yield profile, n + np.clip(here + step, 0, n - 1), float(chance)
        else:
            yield from self._fought(profile, self.walk, float(dyad.reconcile) if at_war else 0.0)

    def _fought(self, profile: Array, walk: ConflictWalk, peace: float) -> Iterator[tuple[Array, Array, Any]]:
        n, here, dyad = self.n, np.arange(self.n), self.dyad
        power = dyad.process.power(dyad.total)
        chances = walk.chances(power, np.zeros(n, dtype=int))
        swing = round(walk.step / to_float(dyad.process.step))
        tops = [float(np.log(to_float(barrier))) for barrier in walk.barriers]
        for chance, step in zip(chances, (swing, -swing), strict=True):
            after = here + step
            level = (after - dyad.process.steps) * to_float(dyad.process.step)
            over = np.where(level >= tops[0] - _WHOLE, self.end, np.where(level <= -tops[1] + _WHOLE, self.end + 1, -1))
            inside = np.clip(after, 0, n - 1)
            ended = over >= 0
            share = np.broadcast_to(to_float(chance), here.shape)
            yield profile, np.where(ended, over, n + inside), np.where(ended, share, share * (1 - peace))
            if peace:
                yield profile, np.where(ended, over, inside), np.where(ended, 0.0, share * peace)
