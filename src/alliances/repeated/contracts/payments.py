"""Who pays whom, how much: the side payments that keep a profile on path.

A profile a is played in every period and the sponsor pays the proxy t after play (t < 0: the proxy pays tribute), so the
players have g_S(a) − t and g_P(a) + t per period. Whoever deviates or does not pay is held to its punishment payoff v_i(δ)
from then on. Deviating in the action is the better deviation (d_i ≥ g_i), so the contract holds iff

    least = (1−δ) d_P(a) + δ v_P − g_P(a)   ≤   t   ≤   g_S(a) − (1−δ) d_S(a) − δ v_S = most.

``least`` is the wage that keeps the proxy loyal; ``most`` is what the sponsor would rather pay than break. The range is not
empty iff L(a) ≤ δ/(1−δ) (G(a) − V(δ)); see :mod:`alliances.repeated.contracts.liquidity`.

How the surplus G(a) − V is divided is open: a payment before the first period, f from the sponsor to the proxy, gives the
proxy any average payoff u_P between v_P and G(a) − v_S without touching later incentives (Levin 2003, Theorem 1). With the
proxy's share σ,

    u_P = v_P + σ (G(a) − V),   t = least + σ (most − least),   f = σ (d_S(a) − v_S) − (1−σ) (d_P(a) − v_P),

because u_P = (1−δ) f + g_P(a) + t. Payments t are per period, in units of stage payoffs; f is paid once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import PROBABILITY, Array, Number, Real, discount_factor, is_symbolic, like, number, settle, show
from alliances.games.stage_game import StageGame, check_stage
from alliances.repeated.contracts.liquidity import matched, values_at
from alliances.results import Result

if TYPE_CHECKING:
    from alliances.games.bimatrix import Profile

__all__ = ["Payments", "payments"]

Payer: TypeAlias = Literal["sponsor", "proxy", "nobody", "none"]


@dataclass(frozen=True, eq=False)
class Payments(Result):
    """The side payments of a relational contract, per game of a batch; positive from the sponsor to the proxy.

    Attributes
    ----------
    sustainable
        Whether the profile can be played in every period. Where it cannot, all payments are nan.
    least, most
        The range of the payment per period, t. ``least`` is the wage that keeps the proxy loyal.
    transfer
        t at the chosen share.
    upfront
        f, paid once before the first period.
    sponsor, proxy
        The players' average payoffs over the whole game, upfront payment included.
    sponsor_punishment, proxy_punishment
        v_S and v_P, the payoffs that a broken contract leaves.
    profile, discount, share
        The profile (indices), the discount factor and the proxy's share of the surplus.

    Examples
    --------
    >>> from alliances import StageGame
    >>> patron = StageGame([[8, 1], [9, 2]], [[1, 3], [0, 2]], actions=("ally", "fight"))
    >>> paid = payments(patron, Fraction(1, 2), ("ally", "ally"), share=0)
    >>> paid.payer, str(paid.loyalty_wage), str(paid.transfer), str(paid.proxy)
    ('sponsor', '3/2', '3/2', '2')
    """

    references: ClassVar[tuple[str, ...]] = ("levin-2003",)

    sustainable: bool | Array
    least: Real
    most: Real
    transfer: Real
    upfront: Real
    sponsor: Real
    proxy: Real
    sponsor_punishment: Real
    proxy_punishment: Real
    profile: tuple[int, int]
    discount: Real
    share: Real

    @property
    def loyalty_wage(self) -> Real:
        """The least payment per period at which the proxy stays; negative if it would even pay tribute."""
        return self.least

    @property
    def payer(self) -> Payer | Array:
        """Who pays in each period: "sponsor", "proxy", "nobody", or "none" where the profile is not sustainable."""
        amount: Number = self.transfer
        transfer = np.where(self.sustainable, amount, 0)
        payer = np.where(transfer > 0, "sponsor", np.where(transfer < 0, "proxy", "nobody"))
        names: Payer | Array = settle(np.where(self.sustainable, payer, "none"))
        return names

    def _record(self) -> dict[str, Any]:
        return {**super()._record(), "payer": self.payer}

    @property
    def message(self) -> str:
        """Who pays whom how much, in a sentence."""
        if np.ndim(self.sustainable):
            return (
                f"Payments(profile {self.profile}, {np.shape(self.sustainable)} games, {np.sum(self.sustainable)} sustainable)"
            )
        if not self.sustainable:
            return f"No payments keep the profile {self.profile} at discount factor {show(self.discount)}."
        other = {"sponsor": "proxy", "proxy": "sponsor"}
        each, once = str(self.payer), self.upfront
        lines = [
            f"The {each} pays the {other[each]} {show(abs(self.transfer))} in each period"
            if each in other
            else "Nobody pays in any period",
            f" (from sponsor to proxy: at least {show(self.least)}, at most {show(self.most)})",
        ]
        if once != 0:
            first = "sponsor" if once > 0 else "proxy"
            lines.append(f", after {show(abs(once))} from the {first} at the start")
        return "".join(lines) + f"; average payoffs {show(self.sponsor)} and {show(self.proxy)}."


def payments(stage: StageGame, discount: Any, profile: Profile, share: Any = Fraction(1, 2)) -> Payments:
    """The payments that keep a profile in every period, under optimal penal codes.

    Parameters
    ----------
    stage
        A game or a batch.
    discount
        The common discount factor, in [0, 1); broadcasts with the batch.
    profile
        The profile on path, by indices or labels.
    share
        The proxy's share of the surplus over the punishment payoffs, in [0, 1].

    Examples
    --------
    >>> from alliances import StageGame
    >>> patron = StageGame([[8, 1], [9, 2]], [[1, 3], [0, 2]], actions=("ally", "fight"))
    >>> print(payments(patron, Fraction(1, 2), ("ally", "ally")))
    The sponsor pays the proxy 2 in each period (from sponsor to proxy: at least 3/2, at most 5/2), after 3 from the sponsor
    at the start; average payoffs 9/2 and 9/2.
    >>> payments(patron, Fraction(1, 4), ("ally", "ally")).sustainable
    False
    """
    return payments_at(stage, discount, profile, share, "payments")


def payments_at(stage: StageGame, discount: Any, profile: Profile, share: Any, function: str) -> Payments:
    """:func:`payments` on behalf of ``function``, which errors name."""
    check_stage(stage, function)
    i, j = stage.profile(profile, function)
    part = number(share, function, "share", PROBABILITY)
    if is_symbolic(part):
        raise TypeError(f"{function}(): share must be a number, not a symbol; got {share!r}")
    stage, delta = matched(stage, discount_factor(discount, function), function)
    part = like(part, stage.A)
    values = values_at(stage, delta, function)
    g_s, g_p = stage.payoffs((i, j))
    d_s, d_p = stage.best_deviations((i, j))
    # differences of payoffs first: they are small where the payoffs themselves may be large. Without an equilibrium v = ∞.
    worst: tuple[Number, Number] = values.sponsor, values.proxy
    wait_s, wait_p = (np.where(values.exists, v, g) for v, g in zip(worst, (g_s, g_p), strict=True))
    least = (1 - delta) * (d_p - g_p) + delta * (wait_p - g_p)
    most = (1 - delta) * (g_s - d_s) + delta * (g_s - wait_s)
    tolerance = stage.tolerance[0] + stage.tolerance[1]
    sustainable = np.asarray(values.exists & (np.asarray(most - least) >= -np.asarray(tolerance)), dtype=bool)

    def kept(x: Any) -> Number:
        value = np.where(sustainable, x, math.nan)
        return value.item() if value.ndim == 0 else value

    transfer = least + part * (most - least)
    upfront = part * (d_s - wait_s) - (1 - part) * (d_p - wait_p)
    surplus = (g_s - wait_s) + (g_p - wait_p)
    return Payments(
        sustainable=sustainable if sustainable.ndim else bool(sustainable),
        least=kept(least),
        most=kept(most),
        transfer=kept(transfer),
        upfront=kept(upfront),
        sponsor=kept(wait_s + (1 - part) * surplus),
        proxy=kept(wait_p + part * surplus),
        sponsor_punishment=values.sponsor,
        proxy_punishment=values.proxy,
        profile=(i, j),
        discount=delta,
        share=part,
    )
