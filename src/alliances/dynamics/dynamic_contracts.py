"""Dynamic contracts: the equilibria with side payments of a stochastic game, as users meet them.

The mathematics and the algorithm are in :mod:`alliances.dynamics.elimination`, the payments in
:mod:`alliances.dynamics.contract_payments`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import Array, is_exact, show
from alliances.arithmetic.canonical import computed_discount
from alliances.dynamics.contract_payments import DynamicPayments, dynamic_payments
from alliances.dynamics.elimination import DynamicValues, eliminated, playable_room
from alliances.dynamics.play import SimulatedPlay, long_run, simulate_play
from alliances.dynamics.states import StateGames
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.transfers import Transfers
from alliances.results import Variable, aligned

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["DynamicContracts", "dynamic_contracts"]

_SHOWN = 12  # states that a printed table holds


@dataclass(frozen=True, eq=False)
class DynamicContracts(DynamicValues):
    """All equilibria of a stochastic game with side payments at one discount factor.

    Every pair of values (u_S, u_P) with u_i ≥ v_i(x) and u_S + u_P = U(x) is an equilibrium payoff of the game that starts
    in x, before the first payments.

    Attributes
    ----------
    game, discount
        What was asked.
    exists
        (n,) whether there is an equilibrium in pure actions from each state on. Where there is none, values are nan.
    joint
        (n,) U, the largest joint value, per period.
    sponsor_punishment, proxy_punishment
        (n,) v_S and v_P, the values to which the players can be held down.
    slack
        (K,) the left side of (1) minus its right side, for each profile under the final values: how much the two gain together
        by keeping to it. nan where there is no equilibrium.
    playable
        (K,) whether a profile can be played in some equilibrium.
    rounds
        The certificate that no larger set of profiles can be played: see
        :class:`alliances.dynamics.elimination.Elimination`.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> from alliances import StageGame, StochasticGame
    >>> pd = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]], actions=("C", "D"))
    >>> fading = StochasticGame(  # the dilemma ends with probability 1/4 in each period
    ...     [pd, StageGame([[0]], [[0]])], lambda state, i, j: {1: 1} if state else {0: F(3, 4), 1: F(1, 4)}
    ... )
    >>> contracts = fading.solve(F(4, 5))
    >>> contracts.joint.tolist(), contracts.on_path[0], str(contracts.slack[0])
    ([Fraction(2, 1), Fraction(0, 1)], ('C', 'C'), '4/5')
    """

    references: ClassVar[tuple[str, ...]] = ("shapley-1953", "goldlucke-kranz-2018")

    @property
    def surplus(self) -> Array:
        """(n,) W = U − v_S − v_P: what the players lose together when the contract breaks."""
        return np.asarray(self.joint - self.sponsor_punishment - self.proxy_punishment)

    @property
    def knife_edge(self) -> Array:
        """(K,) profiles that can be played with no slack to spare, up to the tolerance of floats."""
        room = playable_room(self.game)
        near = np.asarray(np.abs(np.where(self.playable, self.slack, 1)) <= room, dtype=bool)
        return np.asarray(self.playable & near)

    @property
    def status(self) -> Literal["equilibrium", "none in some states", "none"]:
        """Whether there are equilibria in pure actions."""
        return "equilibrium" if self.exists.all() else "none in some states" if self.exists.any() else "none"

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        n = len(self.game)
        rounds = f"{len(self.rounds)} round{'s' * (len(self.rounds) != 1)} of elimination"
        if self.status == "none":
            return f"No pure equilibrium from any of the {n} states at discount factor {show(self.discount)}, after {rounds}."
        text = f"{int(self.playable.sum())} of {self.game.profiles} profiles can be played, after {rounds}"
        if self.status == "none in some states":
            missing = [self.game.states[x] for x in np.flatnonzero(~self.exists)]
            some = ", ".join(map(repr, missing[:5])) + (", …" if len(missing) > 5 else "")
            text += f"; no pure equilibrium from {len(missing)} of {n} states ({some}), where mixed ones may be looked for"
        return text + "."

    # -- policies ------------------------------------------------------------------------------------------------------

    @property
    def on_path(self) -> tuple[tuple[str, str] | None, ...]:
        """The actions played on path per state: of those with the largest joint value, the first in the game's order."""
        return self._labels(self.on_path_profiles)

    @property
    def punish_sponsor(self) -> tuple[tuple[str, str] | None, ...]:
        """The actions of the first period of the sponsor's punishment, per state."""
        return self._labels(self.punish_sponsor_profiles)

    @property
    def punish_proxy(self) -> tuple[tuple[str, str] | None, ...]:
        """The actions of the first period of the proxy's punishment, per state."""
        return self._labels(self.punish_proxy_profiles)

    def can_play(self, state: Hashable, profile: Any) -> bool:
        """Whether a profile (indices or labels) can be played in a state, in some equilibrium."""
        return bool(self.playable[self.game.profile(state, profile, "DynamicContracts.can_play")])

    def _labels(self, profiles: Array) -> tuple[tuple[str, str] | None, ...]:
        return tuple(self.game.actions(int(k)) if exists else None for k, exists in zip(profiles, self.exists, strict=True))

    # -- on the path ---------------------------------------------------------------------------------------------------

    def payments(self, share: Any = Fraction(1, 2)) -> DynamicPayments:
        """Who pays whom; see :func:`alliances.dynamics.contract_payments.dynamic_payments`."""
        return dynamic_payments(self, share)

    def stationary(self) -> Array:
        """Where the state is in the long run; see :func:`alliances.dynamics.play.long_run`."""
        return long_run(self)

    def simulate(self, start: Hashable, periods: int, rng: Any = None, size: int = 1) -> SimulatedPlay:
        """Random histories; see :func:`alliances.dynamics.play.simulate_play`."""
        return simulate_play(self, start, periods, rng, size)

    # -- conversion ----------------------------------------------------------------------------------------------------

    def _record(self) -> dict[str, Any]:
        named = {
            name: getattr(self, name)
            for name in (
                "discount",
                "status",
                "message",
                "exists",
                "joint",
                "sponsor_punishment",
                "proxy_punishment",
                "surplus",
            )
        }
        policies = {name: getattr(self, name) for name in ("on_path", "punish_sponsor", "punish_proxy")}
        return {"states": self.game.states, **named, **policies, "playable": self.playable, "slack": self.slack}

    def _variables(self) -> Mapping[str, Variable]:
        said = {
            "joint": "joint value U",
            "sponsor_punishment": "sponsor's value when it is punished",
            "proxy_punishment": "proxy's value when it is punished",
            "surplus": "what the players lose together when the contract breaks",
        }
        labels = np.array([str(state) for state in self.game.states])
        exists = Variable(("state",), self.exists, "whether there is an equilibrium in pure actions")
        values = {name: Variable(("state",), getattr(self, name), text, "payoff") for name, text in said.items()}
        return {"state": Variable(("state",), labels, "state"), "exists": exists, **values}

    def _columns(self) -> Columns:
        """One row per state."""
        names = (
            "exists",
            "joint",
            "sponsor_punishment",
            "proxy_punishment",
            "surplus",
            "on_path",
            "punish_sponsor",
            "punish_proxy",
        )
        return {"state": list(self.game.states), **{name: list(getattr(self, name)) for name in names}}

    def __str__(self) -> str:
        table = [["state", "joint", "sponsor's", "proxy's", "surplus", "on path", "against sponsor", "against proxy"]]
        for x in range(min(len(self.game), _SHOWN)):
            numbers = (self.joint[x], self.sponsor_punishment[x], self.proxy_punishment[x], self.surplus[x])
            actions = (self.on_path[x], self.punish_sponsor[x], self.punish_proxy[x])
            amounts = [show(v) for v in numbers] if self.exists[x] else ["–"] * 4
            table.append([str(self.game.states[x]), *amounts, *("–" if a is None else ", ".join(a) for a in actions)])
        more = len(self.game) - _SHOWN
        return aligned(table, left=1) + (f"\n… and {more} more states; see to_frame()" if more > 0 else "")


def dynamic_contracts(game: StateGames, discount: Any = None, enforcement: Enforcement | None = None) -> DynamicContracts:
    """All equilibria of a stochastic game with side payments; :meth:`StochasticGame.solve`.

    Parameters
    ----------
    game
        The game.
    discount
        δ in [0, 1), common to both; that of the game by default. Exact answers need an exact game and an exact δ.
    enforcement
        :class:`Transfers`, the default. Which punishment it names makes no difference: where power moves, no stage equilibrium
        is a threat for ever, and the worst equilibria of the whole game punish. Without side payments see
        :meth:`StochasticGame.payoff_sets`.

    Raises
    ------
    TypeError, ValueError
        If ``game`` is no stochastic game, δ is missing or outside [0, 1), or ``enforcement`` has no side payments.

    Examples
    --------
    A sponsor who is passive, and a proxy that may arm: arming costs 1/10 now and succeeds with probability ½, after which
    the proxy has one more per period and the sponsor one less, for ever. Restraint needs *impatience*, δ ≤ 1/5:

    >>> from fractions import Fraction as F
    >>> from alliances import StageGame, StochasticGame
    >>> before = StageGame([[0, 0]], [[0, F(-1, 10)]], actions=(("wait",), ("restrain", "arm")))
    >>> after = StageGame([[-1]], [[1]], actions=(("wait",), ("rule",)))
    >>> def moves(state, i, j):
    ...     return {"armed": 1} if state == "armed" else {"armed": F(j, 2), "quiet": 1 - F(j, 2)}
    >>> tribute = StochasticGame([before, after], moves, states=("quiet", "armed"))
    >>> [tribute.solve(delta).can_play("quiet", ("wait", "restrain")) for delta in (F(1, 10), F(1, 5), F(1, 2))]
    [True, True, False]
    """
    if not isinstance(game, StateGames):
        raise TypeError(f"dynamic_contracts(): game must be a StochasticGame; got {game!r}")
    delta = game.asked(discount, "StochasticGame.solve")
    if enforcement is not None and not isinstance(enforcement, Transfers):
        raise TypeError(
            "StochasticGame.solve(): enforcement must be Transfers(), or None for the same; without side payments use "
            f"payoff_sets(); got {enforcement!r}"
        )
    if not (game.exact and is_exact(delta)):
        game, delta = game.to_float(), computed_discount(delta, False, "StochasticGame.solve")
    values = eliminated(game, delta)
    return DynamicContracts(*(getattr(values, field.name) for field in fields(DynamicValues)))
