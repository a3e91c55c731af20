"""Who pays whom where power moves: the payments that keep a dynamic contract, and what a breach costs.

At the moment of choice in state x each player is promised y_i(x) for the rest of the game, its best deviation plus a share
of the slack: y_i = d_i(x, a) + θ_i · slack(x, a) with θ_S + θ_P = 1 (liquidity slack and notation:
:mod:`alliances.dynamics.elimination`). What it receives today falls short of that by what tomorrow must bring, and
tomorrow's surplus is divided so that it brings it:

    κ_i(x) = [y_i(x) − (1 − δ)g_i(x, a) − δ E v_i] / (δ E W),       κ_S + κ_P = 1,   κ_i ≥ 0,

so that a player that comes from x begins the next period, in x', with u_i(x, x') = v_i(x') + κ_i(x) W(x'), and then pays
(y_i(x') − u_i(x, x'))/(1 − δ), in units of one period's payoffs; what is negative is received. A player that broke the
contract begins with v_i(x') and pays the difference as a fine; if it does not pay, the punishment profile is played for
a period, with y_i = d_i there and all the rest for the other, and the same formulas afterwards.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from alliances.arithmetic import PROBABILITY, Array, Number, like, scalar
from alliances.dynamics.arguments import one_of
from alliances.dynamics.elimination import DynamicValues, values_of
from alliances.games.players import PLAYERS, Player
from alliances.results import Result

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["DynamicPayments", "Phase", "dynamic_payments"]

Phase: TypeAlias = Literal["path", "punish sponsor", "punish proxy"]
"""What is being played: the contract, or the period in which a player is punished that does not pay its fine."""


@dataclass(frozen=True, eq=False)
class DynamicPayments(Result):
    """The payments of a dynamic contract; positive from the sponsor to the proxy.

    Attributes
    ----------
    contracts
        The contract that is kept by them.
    share
        The proxy's share θ_P of the slack.
    promised
        (3, n, 2): per phase and state, what (sponsor, proxy) are promised when they choose their actions, per period.
    split
        (3, n): per phase and state, the proxy's share κ_P of the surplus with which the next period begins; ½ where
        there is none.
    """

    contracts: DynamicValues
    share: Number
    promised: Array
    split: Array

    def _values(self, x: int) -> tuple[Number, Number, Number]:
        c = self.contracts
        return c.joint[x], c.sponsor_punishment[x], c.proxy_punishment[x]

    def transfer(self, before: Hashable, after: Hashable, phase: Phase = "path") -> Number:
        """What the sponsor pays the proxy at the beginning of a period in state ``after`` that follows one in ``before``."""
        k, x, y = self._phase(phase), self._state(before, "transfer", "before"), self._state(after, "transfer", "after")
        joint, v_s, v_p = self._values(y)
        begins = v_p + self.split[k, x] * (joint - v_s - v_p)  # the proxy, before it is paid
        return (begins - self.promised[0, y, 1]) / (1 - self.contracts.discount)

    def fine(self, state: Hashable, player: Player) -> Number:
        """What a player that broke the contract pays the other at the beginning of the next period, in ``state``."""
        one_of(player, PLAYERS, "DynamicPayments.fine", "player")
        x, i = self._state(state, "fine"), PLAYERS.index(player)
        return (self.promised[0, x, i] - self._values(x)[1 + i]) / (1 - self.contracts.discount)

    def upfront(self, state: Hashable, proxy: Any) -> Number:
        """What the sponsor pays the proxy before the first period, which begins in ``state``, to give it the value ``proxy``.

        Raises
        ------
        ValueError
            If that is no equilibrium payoff: it must leave both at least their punishment values.
        """
        x = self._state(state, "upfront")
        joint, v_s, v_p = self._values(x)
        value = like(scalar(proxy, "DynamicPayments.upfront", "proxy"), joint, "DynamicPayments.upfront(): proxy")
        if not v_p <= value <= joint - v_s:
            raise ValueError(f"DynamicPayments.upfront(): proxy must lie between {v_p} and {joint - v_s}; got {proxy!r}")
        return (value - self.promised[0, x, 1]) / (1 - self.contracts.discount)

    def _state(self, label: Hashable, verb: str, argument: str = "state") -> int:
        x = self.contracts.game.state(label, f"DynamicPayments.{verb}", argument)
        if not self.contracts.exists[x]:
            raise ValueError(f"DynamicPayments.{verb}(): {argument} must be one with an equilibrium; got {label!r}")
        return x

    @staticmethod
    def _phase(phase: str) -> int:
        one_of(phase, get_args(Phase), "DynamicPayments.transfer", "phase")
        return get_args(Phase).index(phase)

    @property
    def status(self) -> Literal["equilibrium", "none in some states", "none"]:
        """Whether there are equilibria to pay for: where there is none, nothing is promised."""
        return (
            "equilibrium" if self.contracts.exists.all() else "none in some states" if self.contracts.exists.any() else "none"
        )

    @property
    def message(self) -> str:
        """What is paid, in a sentence."""
        rows = self._columns()["transfer"]
        if not len(rows):
            return "No state has an equilibrium, so nothing is paid."
        low, high = min(rows), max(rows)
        return (
            f"On path the sponsor pays the proxy between {float(low):.6g} and {float(high):.6g} at the beginning of a period."
        )

    def _record(self) -> dict[str, Any]:
        return {"states": self.contracts.game.states, "discount": self.contracts.discount} | {
            name: getattr(self, name) for name in ("share", "status", "message", "promised", "split")
        }

    def _columns(self) -> Columns:
        """One row per move of the state on path."""
        game, c = self.contracts.game, self.contracts
        columns: dict[str, list[Any]] = {"from": [], "to": [], "probability": [], "transfer": []}
        for x in np.flatnonzero(c.exists):
            for y, p in game.kernel.at(int(c.on_path_profiles[x])).items():
                row = (game.states[x], game.states[y], p, self.transfer(game.states[x], game.states[y]))
                for column, value in zip(columns.values(), row, strict=True):
                    column.append(value)
        return columns


def dynamic_payments(contracts: DynamicValues, share: Any = Fraction(1, 2)) -> DynamicPayments:
    """The payments of a contract at the proxy's ``share`` of the slack; :meth:`DynamicContracts.payments`.

    Examples
    --------
    >>> from alliances import StageGame, StochasticGame
    >>> gift = StageGame([[4, -1], [8, 1]], [[1, 3], [-1, 1]], actions=("ally", "fight"))
    >>> paid = dynamic_payments(StochasticGame([gift], lambda state, i, j: {0: 1}).solve(Fraction(9, 10)))
    >>> str(paid.transfer(0, 0)), str(paid.fine(0, "sponsor"))
    ('83/18', '57/2')
    """
    theta = scalar(share, "DynamicContracts.payments", "share", PROBABILITY)
    game, delta, live = contracts.game, contracts.discount, contracts.exists
    theta = like(theta, contracts.joint) if live.any() else theta
    low_s, low_p = game.lowest  # is taken away while payments are computed, and added to what is promised
    inner, levels = game.above_lowest(), (low_s + low_p, low_s, low_p)
    values = contracts.joint, contracts.sponsor_punishment, contracts.proxy_punishment
    u, v_s, v_p = (np.where(live, v - level, 0) for v, level in zip(values, levels, strict=True))
    worth, d_s, d_p, slack = values_of(inner, delta, u, v_s, v_p)
    profiles = contracts.on_path_profiles, contracts.punish_sponsor_profiles, contracts.punish_proxy_profiles
    proxy = (d_p + theta * slack, worth - d_s, d_p)
    surplus, tomorrow = delta * game.kernel.expect(u - v_s - v_p), (1 - delta) * inner.proxy + delta * game.kernel.expect(v_p)
    promised = np.full((3, len(game), 2), np.nan, dtype=contracts.joint.dtype)
    split = np.full((3, len(game)), np.nan, dtype=contracts.joint.dtype)
    at = np.flatnonzero(live)
    for k in range(3):
        a = profiles[k][at]
        promised[k, at, 1] = proxy[k][a] + low_p
        promised[k, at, 0] = worth[a] - proxy[k][a] + low_s
        some = np.asarray(surplus[a] > inner.tolerance, dtype=bool)
        half = like(Fraction(1, 2), contracts.joint)
        split[k, at] = [
            min(max((x - y) / s, 0 * s), 1 + 0 * s) if positive else half  # floats may miss an end, by rounding
            for x, y, s, positive in zip(proxy[k][a], tomorrow[a], surplus[a], some, strict=True)
        ]
    return DynamicPayments(contracts, theta, promised, split)
