r"""The outside option: a proxy that can leave for its sponsor's rival.

At the start of every period, before the two act, the proxy may leave for good. It then gets the rival's **offer** o per period,
and its old sponsor gets b (*alone*). So an alliance with the profile a asks for more than a proxy that does not betray:

.. math::

    c_P \ge o, \qquad c_P \ge (1-\delta)\, d_P + \delta \max(w_P, o).

The first: leaving at once does not pay. The second: betraying and then taking the offer does not pay either, because a proxy
that can leave cannot be held below o. Of the two the second is the harder as soon as betrayal tempts (d_P > c_P): it holds up
to the offer

.. math::

    o^* = c_P - \frac{1-\delta}{\delta}\,(d_P - c_P) \le c_P .

**Why max(w_P, o), and not less.** Continuations are stage equilibria for ever, or leaving. A stage equilibrium that gives the
proxy less than o is not carried out: it leaves. And it is not made to leave where every stage equilibrium gives it more than o:
staying would be followed by one of them. So its worst continuation is w_P if o ≤ w_P and o if o ≥ w_P.

**The sponsor's punishment.** A stage equilibrium that punishes the sponsor but gives the proxy less than o is not carried out
either. Then the sponsor is alone and gets b: with b given, its worst continuation is the least of its payoffs in the stage
equilibria with at least o for the proxy, and of b where the proxy can be brought to leave (o ≥ w_P). By default b is not given,
and what is left to the sponsor is as bad as its punishment: the proxy fights its old sponsor from the rival's side as it would
have fought it from its own.

**Concepts.** *Reversion for ever*: as above. *Finite punishment*: a proxy that means to come back stays through the
punishment, so leaving does not raise w_P but adds the constraint c_P ≥ (1−δ) d_P + δ o to that of the T periods. *Noisy
signals*: after an alarm, false or not, the proxy gets max(w_P, o). *Side payments*: constraints are pooled, Σc ≥ (1−δ) d_S
+ δ w_S + max{o, (1−δ) d_P + δ max(w_P, o)}, so a sponsor can pay to keep its proxy. *Optimal penal codes* are excluded:
their punishments are built of continuations that must each give the proxy at least o, so the floor changes all of them and
not w_P alone. There, add leaving to the stage game (:func:`with_exit`), as an action that can be taken back.

The offer may depend on power. A concept sees a stage game only, so functions that know the power –
:func:`critical_discount` of a model, :func:`defection_threshold`, :func:`regimes`, :func:`regime_map`,
:func:`identified_discount` – first ask a concept what it is at that power (``at_power``). That keeps
the games as they are: an action that only the proxy has would make the model's table lopsided, and stay-or-leave is no move
of the same moment as the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from alliances.arithmetic import Number, is_exact, is_symbolic, like, number, settle, to_float
from alliances.games.stage_game import StageGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import (
    Enforcement,
    Pair,
    Punishment,
    PunishmentKind,
    Reversion,
    Terms,
    least_discount,
)
from alliances.repeated.enforcement.nash_reversion import NashReversion

__all__ = ["Ingredient", "OutsideOption", "as_ingredient", "check_reversion", "with_exit"]

Ingredient = Number | Callable[[Power], Number]


@dataclass(frozen=True, eq=False)
class OutsideOption(Enforcement):
    """A concept of enforcement for a proxy that may leave for its sponsor's rival; see the module.

    Parameters
    ----------
    offer
        o: what the proxy gets per period once it has left, in the unit of the payoffs. A number, an array that broadcasts with
        the games, or a function ``power -> number`` such as :class:`RivalOffer`.
    enforcement
        :class:`NashReversion` (default), :class:`FinitePunishment`, :class:`ImperfectMonitoring` or :class:`Transfers` with
        Nash reversion.
    alone
        b: what the sponsor gets per period once the proxy has left, as ``offer``; by default as little as in its punishment.

    Raises
    ------
    TypeError, ValueError
        If the offer is neither a finite number nor a function, or the concept is not one of these; if ``alone`` is given with
        finite punishment or mixed equilibria, where it has no closed form.

    Notes
    -----
    An offer below the proxy's minmax payoff changes nothing, nor, without side payments, one below its worst stage equilibrium
    payoff. Raising an offer never makes an alliance easier to keep, unless ``alone`` is worse for the sponsor than its
    punishment.

    Examples
    --------
    >>> from alliances import StageGame, critical_discount
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> for offer in (2, 3, 8, 9):
    ...     print(offer, critical_discount(pd, enforcement=OutsideOption(offer)).proxy)
    2 1/7
    3 1/7
    8 1/2
    9 inf
    """

    offer: Ingredient
    enforcement: Enforcement = field(default_factory=NashReversion)
    alone: Ingredient | None = None

    def __post_init__(self) -> None:
        for name in ("offer", "alone"):
            if not (name == "alone" and self.alone is None):
                object.__setattr__(self, name, as_ingredient(getattr(self, name), name, "OutsideOption"))
        inner = check_reversion(self.enforcement, "OutsideOption")
        if self.alone is not None and (inner.forgives or inner.mixed):
            raise ValueError(
                f"OutsideOption(): alone must be None unless punishment is pure and for ever; got {self.alone!r} with {inner}"
            )
        super().__post_init__()

    def at_power(self, power: Power) -> OutsideOption:
        """The same with the offer, and what is left to the sponsor, as they are at ``power``."""
        numbers = {
            name: number(value(power), "OutsideOption", f"what {name} returns")
            for name in ("offer", "alone")
            if _depends(value := getattr(self, name))
        }
        return replace(self, **numbers) if numbers else self

    @property
    def reversion(self) -> Reversion:
        """The concept without the option: one that punishes by stage equilibria."""
        assert isinstance(self.enforcement, Reversion)
        return self.enforcement

    @property
    def kind(self) -> PunishmentKind:
        """Leaving, where the proxy prefers that to the concept's punishment."""
        return "leaving"

    @property
    def exact(self) -> bool:
        """Whether the concept, the offer and what is left to the sponsor are."""
        numbers = [x for x in (self.offer, self.alone) if x is not None and not _depends(x)]
        return self.reversion.exact and all(map(is_exact, numbers))

    @property
    def pooled(self) -> bool:
        """As in the concept."""
        return self.reversion.pooled

    @property
    def common(self) -> bool:
        """As in the concept."""
        return self.reversion.common

    def punish(self, stage: StageGame) -> Punishment:
        """The concept's punishments as far as they are carried out; profiles are −1 where the proxy leaves instead."""
        if _depends(self.offer) or _depends(self.alone):
            raise TypeError(
                "OutsideOption.punish(): offer depends on power, which a stage game does not know; give a model and its "
                "power, or ask at_power(power) first"
            )
        base = self.reversion.punish(stage)
        offer = like(self.offer, stage.A, "OutsideOption(): offer")
        (w_s, w_p), (at_s, at_p) = base.payoffs, base.profiles
        if self.reversion.forgives:
            return replace(base, outside=offer)
        if self.alone is not None:
            w_s, at_s = self._left_alone(stage, offer, w_p)
        leaves = np.asarray(offer > w_p, dtype=bool)
        floor = settle(np.maximum(w_p, offer))
        return replace(
            base,
            payoffs=(w_s, floor),
            profiles=(at_s, np.where(leaves[..., None], -1, at_p)),
            outside=settle(np.asarray(offer)),
        )

    def _left_alone(self, stage: StageGame, offer: Number, w_p: Number) -> tuple[Number, Any]:
        """The sponsor's worst continuation and its profile: a stage equilibrium the proxy stays for, or being left."""
        alone = like(self.alone, stage.A, "OutsideOption(): alone")
        stays = stage.pure_nash().mask & np.asarray(np.asarray(offer)[..., None, None] <= stage.B, dtype=bool)
        payoffs = np.where(stays, stage.A, np.inf)
        flat = payoffs.reshape(*payoffs.shape[:-2], -1)
        place = flat.argmin(axis=-1)
        within = np.take_along_axis(flat, place[..., None], axis=-1)[..., 0]
        left = np.where(np.asarray(offer >= w_p, dtype=bool), alone, np.inf)
        goes = np.asarray(
            (left < within) | (within == np.inf), dtype=bool
        )  # where no equilibrium keeps the proxy none is named
        profile = np.where(goes[..., None], -1, np.stack(np.divmod(place, stage.shape[1]), axis=-1))
        return settle(np.minimum(within, left)), profile

    def critical(self, terms: Terms) -> Pair:
        """The players' critical discount factors in closed form: in [0, 1), or inf."""
        sponsor, proxy = self.reversion.critical(terms)
        (c_s, c_p), (d_s, d_p), (w_s, _) = terms.path, terms.deviation, terms.punished
        offer, (tol_s, tol_p) = terms.outside, terms.tolerance
        if self.pooled:  # leaving at once: Σc ≥ (1 − δ)d_S + δw_S + o
            joint = c_s + c_p
            leaving = least_discount(d_s + offer - joint, joint - w_s - offer, tol_s + tol_p)
            both = settle(np.maximum(sponsor, leaving))
            return both, both
        if self.reversion.forgives:
            leaving = least_discount(d_p - c_p, c_p - offer, tol_p)
            proxy = np.maximum(proxy, leaving if is_exact(proxy) else to_float(leaving))
        return sponsor, settle(np.where(np.asarray(offer - c_p > tol_p, dtype=bool), np.inf, proxy))

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """What each player gains by one deviation, or by leaving, from the values of the strategy."""
        sponsor, proxy = self.reversion.gain(terms, discount)
        (c_s, c_p), (d_s, d_p), (w_s, _) = terms.path, terms.deviation, terms.punished
        offer, (delta_s, delta_p) = terms.outside, discount
        if self.pooled:
            leaving = ((1 - delta_s) * d_s + delta_s * w_s - c_s + offer - c_p) / 2
            joint = np.maximum(sponsor, leaving)
            return joint, joint
        proxy = np.maximum(proxy, offer - self.reversion.value_on_path(delta_p, c_p, terms.deterrent[1]))
        if self.reversion.forgives:
            proxy = np.maximum(proxy, (1 - delta_p) * d_p + delta_p * offer - c_p)
        return sponsor, settle(np.asarray(proxy))


def as_ingredient(value: object, name: str, function: str) -> Ingredient:
    """An offer, or what the sponsor gets alone: a finite number, an array, or a function of power; errors name ``function``."""
    if isinstance(value, type):
        raise TypeError(f"{function}(): {name} must be a number or a function of power; got {value!r}")
    if _depends(value):
        return value
    settled = number(value, function, name)
    if is_symbolic(settled):
        raise TypeError(f"{function}(): {name} must be a number or a function of power; got {value!r}")
    return settled


def check_reversion(enforcement: object, function: str) -> Reversion:
    """The concept, if the offers under it have a closed form; otherwise an error that names ``function``."""
    stage = "stage equilibrium", "mixed stage equilibrium"
    if not isinstance(enforcement, Reversion) or enforcement.kind not in stage or not enforcement.in_closed_form:
        raise TypeError(
            f"{function}(): enforcement must be an instance of NashReversion, FinitePunishment, ImperfectMonitoring or "
            "Transfers with Nash reversion, or another Reversion in_closed_form (for optimal penal codes see with_exit); "
            f"got {enforcement!r}"
        )
    return enforcement


def _depends(value: object) -> bool:
    """Whether an ingredient is a function of power."""
    return callable(value) and not is_symbolic(value)


def with_exit(stage: StageGame, offer: Number, alone: Number) -> StageGame:
    r"""The stage game in which the proxy has one action more: "leave", for the period.

    Leaving gives the proxy the offer and the sponsor what it gets alone, whatever the sponsor does, and can be taken back.
    It is the outside option for concepts that :class:`OutsideOption` excludes, optimal penal codes above all. Under Nash
    reversion the two agree wherever o is at least the proxy's worst stage equilibrium payoff; below that, and above its
    minmax payoff, this game has more punishments, because a sponsor that expects the proxy to leave may as well fight.

    Parameters
    ----------
    stage
        A game or a batch.
    offer, alone
        o and b: numbers, or arrays of the batch's shape.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of these, or the shapes do not broadcast.

    Examples
    --------
    >>> from alliances import OptimalPenalCode, critical_discount
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("cooperate", "defect"))
    >>> print(with_exit(pd, offer=8, alone=2))
    sponsor \ proxy  cooperate  defect  leave
    cooperate             9, 9   1, 10   2, 8
    defect               10, 1    3, 3   2, 8
    >>> critical_discount(with_exit(pd, 8, 2), enforcement=OptimalPenalCode()).proxy
    Fraction(1, 2)
    """
    if not isinstance(stage, StageGame):
        raise TypeError(f"with_exit(): stage must be a StageGame; got {stage!r}")
    columns = []
    for payoffs, value, name in ((stage.A, alone, "alone"), (stage.B, offer, "offer")):
        given = number(value, "with_exit", name)
        if is_symbolic(given):
            raise TypeError(f"with_exit(): {name} must be a number; got {value!r}")
        if stage.exact != is_exact(given):
            payoffs, given = to_float(payoffs), to_float(given)
        given = np.asarray(given)[..., None, None]
        try:
            shape = np.broadcast_shapes(given.shape[:-2], payoffs.shape[:-2])
        except ValueError:
            raise ValueError(
                f"with_exit(): {name} must broadcast with the batch {stage.batch_shape}; got shape {given.shape[:-2]}"
            ) from None
        parts = np.broadcast_to(payoffs, (*shape, *stage.shape)), np.broadcast_to(given, (*shape, stage.shape[0], 1))
        columns.append(np.concatenate(parts, axis=-1))
    rows, labels = stage.actions
    return StageGame(columns[0], columns[1], (rows, (*labels, "leave")))
