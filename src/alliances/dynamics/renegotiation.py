"""Contracts that are negotiated anew: side payments, moving power, and bygones that may be bygones.

A contract of :mod:`alliances.dynamics.elimination` binds for ever: today's promises and threats are kept even where the two
would, if they sat down together tomorrow, agree on something else. In a *repeated negotiation equilibrium* (Goldlücke & Kranz
2020) they do sit down: at the start of each period, with probability ρ, the relationship is negotiated anew whatever was
played before, and the surplus over the worst that each can be held down to is split,

    r_S(x) = v_S(x) + β (U(x) − v_S(x) − v_P(x)),        r_P(x) = U(x) − r_S(x),                                         (1)

with β the sponsor's bargaining weight. The punishment of a deviator lasts only until the next negotiation, so that what may
follow an action is, in expectation, (1 − ρ) v_i + ρ r_i:

    (1 − δ)G(x, a) + δ E[U | x, a]  ≥  d_S(x, a) + d_P(x, a),
    d_i(x, a) = max over i's actions of (1 − δ)g_i + δ E[(1 − ρ)v_i + ρ r_i].                                        (2)

U and v_i are the largest joint value and the least best-reply values over the profiles that satisfy (2). Since r depends on
tomorrow's U and v_i, who arms today gets more tomorrow, whatever was promised: this is *hold-up*. A stationary solution may
not exist, or there may be several; if negotiations end after T periods, and any equilibrium of the game may be played from
then on, the answer is unique and found backwards from the last of them (their T-RNE). ρ = 0 gives the contracts of
:mod:`alliances.dynamics.elimination`. With one state the profiles that last are those of a repeated game with the discount
factor (1 − ρ)δ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import PROBABILITY, Array, Number, is_exact, scalar, show, to_float
from alliances.arithmetic.canonical import computed_discount
from alliances.dynamics.arguments import whole
from alliances.dynamics.elimination import eliminated, playable_room, values_of
from alliances.dynamics.states import StateGames
from alliances.results import Result, Variable, aligned

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["RenegotiatedContracts", "renegotiated", "shared_out"]

_SHOWN = 12  # states that a printed table holds


@dataclass(frozen=True, eq=False)
class RenegotiatedContracts(Result):
    """What a relationship is worth that is negotiated anew with some probability in each of T periods.

    Attributes
    ----------
    game, discount
        What was asked.
    probability
        ρ, with which a new negotiation begins a period.
    periods
        T: in how many periods there may be one. After the last, any equilibrium of the game may be played.
    share
        β, the sponsor's bargaining weight.
    joint_values, sponsor_values, proxy_values
        (T, n): U, v_S and v_P in each period; the last row is that of :meth:`StochasticGame.solve`. nan in states from which
        there is no equilibrium in pure actions.
    on_path_profiles
        (n,): the profile of the first period, by its place; of those with the largest joint value the first in the game's
        order, −1 where there is none.

    Examples
    --------
    A proxy can work for its sponsor, who pays nothing but side payments: work costs it ½ and is worth 1. A contract for ever
    makes it work if δ ≥ ½. One that is negotiated anew every other time needs twice the patience (δ(1 − ρ) ≥ ½):

    >>> from fractions import Fraction as F
    >>> from alliances import StageGame, StochasticGame
    >>> work = StageGame([[0, 1]], [[0, F(-1, 2)]], actions=(("pay",), ("idle", "work")))
    >>> game = StochasticGame([work], lambda state, i, j: {0: 1})
    >>> game.renegotiation(F(3, 4), F(0), 40).on_path[0], game.renegotiation(F(3, 4), F(1, 2), 40).on_path[0]
    (('pay', 'work'), ('pay', 'idle'))
    """

    references: ClassVar[tuple[str, ...]] = ("goldlucke-kranz-2020", "goldlucke-kranz-2018")

    game: StateGames
    discount: Number
    probability: Number
    periods: int
    share: Number
    joint_values: Array
    sponsor_values: Array
    proxy_values: Array
    on_path_profiles: Array

    @property
    def exists(self) -> Array:
        """(n,) whether there is an equilibrium in pure actions from each state on, when the first period begins."""
        return np.asarray(self.on_path_profiles >= 0)

    @property
    def joint(self) -> Array:
        """(n,) U of the first period."""
        return np.asarray(self.joint_values[0])

    @property
    def sponsor_punishment(self) -> Array:
        """(n,) v_S of the first period: what the sponsor has until the next negotiation, if it is punished."""
        return np.asarray(self.sponsor_values[0])

    @property
    def proxy_punishment(self) -> Array:
        """(n,) v_P of the first period."""
        return np.asarray(self.proxy_values[0])

    @property
    def sponsor(self) -> Array:
        """(n,) r_S: the sponsor's payoff when a negotiation begins the first period."""
        return shared_out(self.joint, self.sponsor_punishment, self.proxy_punishment, self.share)[0]

    @property
    def proxy(self) -> Array:
        """(n,) r_P: the proxy's payoff when a negotiation begins the first period."""
        return shared_out(self.joint, self.sponsor_punishment, self.proxy_punishment, self.share)[1]

    @property
    def on_path(self) -> tuple[tuple[str, str] | None, ...]:
        """The actions of the first period, per state."""
        return tuple(None if k < 0 else self.game.actions(int(k)) for k in self.on_path_profiles)

    @property
    def change(self) -> float:
        """The largest change of U, v_S and v_P from the second period to the first, as a share of the payoff range.

        Near 0 where more periods would change nothing; it stays large where no stationary solution is approached.
        """
        if self.periods == 1 or not self.exists.any():
            return 0.0
        moved = [
            np.abs(to_float(v[0] - v[1]))[self.exists] for v in (self.joint_values, self.sponsor_values, self.proxy_values)
        ]
        return float(max(part.max() for part in moved) / (float(self.game.spread) or 1.0))

    @property
    def status(self) -> Literal["equilibrium", "none in some states", "none"]:
        """Whether there are equilibria in pure actions when the first period begins."""
        return "equilibrium" if self.exists.all() else "none in some states" if self.exists.any() else "none"

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        n, missing = len(self.game), int((~self.exists).sum())
        text = (
            f"{self.periods} period{'s' * (self.periods != 1)} in which the contract is negotiated anew with probability "
            f"{show(self.probability)}, at discount factor {show(self.discount)}"
        )
        if missing:
            text += f"; no pure equilibrium from {missing} of {n} states"
        if missing < n:
            text += f"; one period more changes the first period's values by {self.change:.1e} of the payoff range or so"
        return text + "."

    def _record(self) -> dict[str, Any]:
        names = ("discount", "probability", "periods", "share", "status", "message", "exists", "joint", "sponsor", "proxy")
        more = ("sponsor_punishment", "proxy_punishment", "on_path")
        return {"states": self.game.states, **{name: getattr(self, name) for name in (*names, *more)}}

    def _variables(self) -> Mapping[str, Variable]:
        said = {
            "joint_values": "joint value U",
            "sponsor_values": "sponsor's value when it is punished",
            "proxy_values": "proxy's value when it is punished",
        }
        labels = np.array([str(state) for state in self.game.states])
        axes = {
            "period": Variable(("period",), np.arange(1, self.periods + 1), "period"),
            "state": Variable(("state",), labels, "state"),
        }
        return {**axes, **{k: Variable(("period", "state"), getattr(self, k), text, "payoff") for k, text in said.items()}}

    def _columns(self) -> Columns:
        """One row per state, of the first period."""
        names = ("exists", "joint", "sponsor", "proxy", "sponsor_punishment", "proxy_punishment", "on_path")
        return {"state": list(self.game.states), **{name: list(getattr(self, name)) for name in names}}

    def __str__(self) -> str:
        table = [["state", "joint", "sponsor", "proxy", "sponsor's worst", "proxy's worst", "on path"]]
        columns = (self.joint, self.sponsor, self.proxy, self.sponsor_punishment, self.proxy_punishment)
        for x in range(min(len(self.game), _SHOWN)):
            actions = self.on_path[x]
            amounts = ["–"] * 5 if actions is None else [show(column[x]) for column in columns]
            table.append([str(self.game.states[x]), *amounts, "–" if actions is None else ", ".join(actions)])
        more = len(self.game) - _SHOWN
        return aligned(table, left=1) + (f"\n… and {more} more states; see to_frame()" if more > 0 else "")


def shared_out(joint: Array, sponsor: Array, proxy: Array, share: Number) -> tuple[Array, Array]:
    """(1): what the two negotiate, from U, v_S and v_P."""
    first = sponsor + share * (joint - sponsor - proxy)
    return np.asarray(first), np.asarray(joint - first)


def renegotiated(
    game: StateGames, discount: Any, probability: Any, periods: int, share: Any = Fraction(1, 2)
) -> RenegotiatedContracts:
    """Contracts with side payments that are negotiated anew; :meth:`StochasticGame.renegotiation`.

    Parameters
    ----------
    game
        The game.
    discount
        δ in [0, 1), common to both; that of the game where it is None. Exact answers need an exact game and exact δ, ρ, β.
    probability
        ρ in [0, 1], with which a period begins with a new negotiation.
    periods
        T ≥ 1, in how many periods there may be one. Exact numbers grow longer with every period.
    share
        β in [0, 1], the sponsor's bargaining weight.

    Raises
    ------
    TypeError, ValueError
        If an argument is missing, of another type, or outside its range.
    """
    where = "StochasticGame.renegotiation"
    delta = game.asked(discount, where)
    rho, beta = (scalar(v, where, name, PROBABILITY) for v, name in ((probability, "probability"), (share, "share")))
    whole(periods, where, "periods", 1)
    if not (game.exact and all(map(is_exact, (delta, rho, beta)))):
        game, delta, rho, beta = game.to_float(), computed_discount(delta, False, where), float(rho), float(beta)
    inner, (low_s, low_p) = game.above_lowest(), game.lowest
    last = eliminated(inner, delta)
    values, live, path = (last.joint, last.sponsor_punishment, last.proxy_punishment), last.exists, last.on_path_profiles
    if game.exact:  # where there is no equilibrium at all, nan are floats
        values = values[0].astype(object), values[1].astype(object), values[2].astype(object)
    rows = [values]
    for _ in range(periods - 1):
        values, live, path = _before(inner, delta, rho, beta, values, live)
        rows.append(values)
    joint, sponsor, proxy = (np.stack(column[::-1]) for column in zip(*rows, strict=True))
    for array in (joint, sponsor, proxy):
        array += low_s + low_p if array is joint else low_s if array is sponsor else low_p
        array.flags.writeable = False
    path = path.copy()
    path.flags.writeable = False
    return RenegotiatedContracts(game, delta, rho, int(periods), beta, joint, sponsor, proxy, path)


def _before(
    game: StateGames, delta: Number, rho: Number, beta: Number, after: tuple[Array, Array, Array], live: Array
) -> tuple[tuple[Array, Array, Array], Array, Array]:
    """U, v_S and v_P of a period, from those of the next; where they exist; what is played on path."""
    joint, v_s, v_p = (np.where(live, value, 0) for value in after)
    r_s, r_p = shared_out(joint, v_s, v_p, beta)
    worth, d_s, d_p, slack = values_of(game, delta, joint, (1 - rho) * v_s + rho * r_s, (1 - rho) * v_p + rho * r_p)
    room = playable_room(game)
    open_now, first = np.asarray(slack >= -room, dtype=bool), game.first[:-1]
    lost = ~np.logical_or.reduceat(open_now, first)
    if not live.all():  # whoever has an action that leads where nothing is an equilibrium has none either
        lost[np.repeat(game.state_of, np.diff(game.kernel.start))[~live[game.kernel.next]]] = True
    best = np.maximum.reduceat(np.where(open_now, worth, -np.inf), first)
    worst = [np.minimum.reduceat(np.where(open_now, d, np.inf), first) for d in (d_s, d_p)]
    chosen = open_now & np.asarray(worth >= best[game.state_of] - room, dtype=bool)
    places = np.where(chosen, np.arange(game.profiles), game.profiles)
    path = np.where(lost, -1, np.minimum.reduceat(places, first))
    new = [np.where(lost, np.nan, value) for value in (best, *worst)]
    return (new[0], new[1], new[2]), ~lost, path
