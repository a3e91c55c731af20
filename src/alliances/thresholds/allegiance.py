r"""Rival sponsors: at which offer the proxy changes sides, and what keeps it.

The model is that of :mod:`alliances.repeated.enforcement.outside_option`: each period the proxy may leave for good and then
gets its sponsor's rival's offer o. Two questions follow.

**At which offer does it change sides?** The proxy stays up to the switching offer o*. Under reversion for ever, and for T
periods,

.. math::  o^* = c_P - \frac{1-\delta}{\delta}\,(d_P - c_P);

with noisy signals (α, β)  o* = c_P − (d_P − c_P)(1 − δ(1−α)) / (δ(1−α−β));  with side payments the offer at which even the most
that the sponsor can pay is not enough,

.. math::

    o^* = \min\Bigl\{ M,\ \tfrac{1}{\delta}\bigl(M - (1-\delta)\,d_P\bigr) \Bigr\},\qquad
    M = c_S + c_P - (1-\delta)\, d_S - \delta w_S .

Where the alliance does not hold even without an offer, o* = −∞. The closed forms are exact for exact games: nothing is
searched.

**What must its sponsor pay to keep it?** The least transfer t per period, paid at the end of each period in which both kept
to their actions, with which the proxy stays, and the most that the sponsor is willing to pay, with the payment deducted
from what it has on path:

.. math::

    t \ge \text{need} = \max\{o,\ (1-\delta_P)\, d_P + \delta_P \max(w_P, o)\} - c_P, \qquad
    t \le \text{limit} = c_S - (1-\delta_S)\, d_S - \delta_S w_S .

A sponsor that betrays or does not pay is punished by w_S. The proxy is kept iff max(need, 0) ≤ limit, or need ≤ 0 and no
payment is needed to keep the alliance. A punishment that would reward its victim is not carried out (w_P is at most c_P).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, Real, boolean, is_exact, like, settle, show, to_float
from alliances.arithmetic.canonical import computed_discount
from alliances.games.bimatrix import Profile
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import RepeatedGame, check_discount, check_enforcement, repeated_game
from alliances.repeated.critical import CriticalDiscount, check_broadcast, critical_discount, sustained
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.outside_option import Ingredient, OutsideOption, as_ingredient, check_reversion
from alliances.results import Result
from alliances.results.result_tuple import ResultTuple
from alliances.thresholds.line import REGION_SAMPLES, Line, Region
from alliances.values.tables import text_table

__all__ = ["KeepingPayment", "SwitchingOffer", "allegiance_regions", "keeping_payment", "switching_offer"]

Answer: TypeAlias = Literal["stays", "stays if paid", "changes sides", "betrays", "sponsor breaks"]
ANSWERS: tuple[Answer, ...] = ("stays", "stays if paid", "changes sides", "betrays", "sponsor breaks")
"""What becomes of an alliance whose proxy has an offer, by code."""


@dataclass(frozen=True, eq=False)
class SwitchingOffer(Result):
    """The offer at which the proxy changes sides, per game.

    Attributes
    ----------
    offer
        o*: the proxy stays for any offer up to it; −∞ where it does not stay even without one.
    discount
        (δ_S, δ_P).
    critical
        The critical discount factors without an offer: the certificate.
    """

    offer: Real
    discount: tuple[Real, Real]
    critical: CriticalDiscount

    @property
    def message(self) -> str:
        """What a reader should know about a single game's answer, in a sentence."""
        if isinstance(self.offer, np.ndarray):
            return f"{self.offer.size} games, in {int(np.sum(np.isinf(to_float(self.offer))))} of them no alliance to leave."
        if self.offer == -np.inf:
            return "The alliance does not hold even without an offer."
        path = self.critical.terms.path[1]
        if self.offer == path:
            return f"The proxy changes sides for more than {show(self.offer)}, what it has now: nothing tempts it to betray."
        if self.critical.enforcement.pooled:
            return f"The proxy changes sides for more than {show(self.offer)}; up to that its sponsor can pay it to stay."
        more = f"The proxy changes sides for more than {show(self.offer)}"
        return f"{more}, less than the {show(path)} it has: it would betray first."

    def _record(self) -> dict[str, Any]:
        held = {"path": self.critical.terms.path[1], "discount": self.discount, "enforcement": self.critical.enforcement}
        return {"offer": self.offer, **held}

    def __str__(self) -> str:
        if isinstance(self.offer, np.ndarray):
            shown, table = f"of {self.offer.size} games", f"\n{text_table(self._columns())}"
        else:
            shown, table = show(self.offer), ""
        return f"o* {shown} ({self.critical.enforcement})\n{self.message}{table}"

    def _cells(self) -> Mapping[str, Any]:
        return {"offer": self.offer, "path": _of_shape(self.critical.terms.path[1], self.offer)}

    _long_names: ClassVar[Mapping[str, str]] = {
        "offer": "the offer at which the proxy changes sides",
        "path": "the proxy's payoff in the alliance",
    }


def switching_offer(
    game: DyadicGame | StageGame,
    power: Power | None,
    discount: Number | Pair,
    *,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
) -> SwitchingOffer:
    """The offer of a rival up to which the proxy keeps to its sponsor: o*, in closed form.

    Parameters
    ----------
    game, power
        A model and the dyad's power, or a stage game and None; batches broadcast.
    discount
        δ in [0, 1), or a pair (δ_S, δ_P); numbers or arrays.
    enforcement
        :class:`NashReversion` (default), :class:`FinitePunishment`, :class:`ImperfectMonitoring`, or :class:`Transfers`
        with Nash reversion, where o* is what the sponsor can match.
    profile
        The profile that is kept; "ally" of both by default.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> from alliances import Transfers
    >>> from fractions import Fraction
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> print(switching_offer(pd, None, Fraction(1, 2)))
    o* 8 (NashReversion(mixed=False))
    The proxy changes sides for more than 8, less than the 9 it has: it would betray first.
    >>> switching_offer(pd, None, Fraction(1, 2), enforcement=Transfers()).offer  # its sponsor would pay up to 5/2
    Fraction(23, 2)
    """
    function = "switching_offer"
    concept = check_enforcement(enforcement, function)
    reversion = check_reversion(concept, function)
    r, pair = _critical(repeated_game(game, power, concept, function), discount, profile, function)
    stays_s, stays_p = sustained(r, pair)
    tempted = np.asarray(r.terms.temptation[1] > r.terms.tolerance[1], dtype=bool)
    (c_s, c_p), (d_s, d_p), (w_s, _) = (_met(pair, *x) for x in (r.terms.path, r.terms.deviation, r.terms.punished))
    delta_s, delta_p = pair
    waits = np.asarray(delta_p > 0, dtype=bool)
    divisor = np.where(waits, delta_p, 1)  # with δ = 0 only what is gained today counts, and no offer changes that
    if concept.pooled:
        most = c_s + c_p - (1 - delta_s) * d_s - delta_s * w_s
        offer = np.where(waits, np.minimum(most, (most - (1 - delta_p) * d_p) / divisor), most)
        holds = stays_s & stays_p
    else:
        (temptation,) = _met(pair, np.where(tempted, r.terms.temptation[1], 0))
        now, later = reversion.lasting(delta_p)
        offer = c_p - now / np.where(np.asarray(later > 0, dtype=bool), later, 1) * temptation  # nothing lost: none holds out
        holds = stays_p
    return SwitchingOffer(settle(np.where(holds, offer, -np.inf)), (delta_s, delta_p), r)


@dataclass(frozen=True, eq=False)
class KeepingPayment(Result):
    """What the sponsor must pay to keep its proxy, and whether it will, per game.

    Attributes
    ----------
    need
        What the proxy lacks per period to stay; negative if it has more than enough.
    limit
        The most that the sponsor pays per period rather than break the alliance; negative if it would break it unpaid.
    offer
        The rival's offer o.
    code
        The index into :data:`alliances.thresholds.allegiance.ANSWERS` of what happens.
    discount
        (δ_S, δ_P).
    critical
        The critical discount factors, unpaid, under the outside option: the certificate.
    """

    need: Real
    limit: Real
    offer: Real
    code: int | Array
    discount: tuple[Real, Real]
    critical: CriticalDiscount

    @property
    def payment(self) -> Real:
        """The least payment per period that keeps the proxy: max(need, 0)."""
        need: Number = self.need
        payment: Real = settle(np.maximum(need, need - need))
        return payment

    @property
    def kept(self) -> bool | Array:
        """Whether the alliance holds, paid or not."""
        kept: bool | Array = settle(np.asarray(self.code) <= 1)
        return kept

    @property
    def outcome(self) -> Answer | Array:
        """What happens, in words.

        "stays" (unpaid), "stays if paid", "changes sides" (at once, or after a betrayal), "betrays" (and stays on to fight: the
        offer is worth less than the punishment), or "sponsor breaks" (the sponsor would break the alliance even without
        paying).
        """
        outcome: Answer | Array = settle(np.array(ANSWERS)[self.code])
        return outcome

    @property
    def message(self) -> str:
        """What a reader should know about a single game's answer, in a sentence."""
        if np.ndim(self.code):
            counts = np.bincount(np.ravel(self.code), minlength=len(ANSWERS))
            return ", ".join(f"{name} {n}" for name, n in zip(ANSWERS, counts, strict=True) if n)
        need, limit, offer = show(self.payment), show(self.limit), show(self.offer)
        return {
            "stays": f"The proxy stays unpaid: its rival's offer of {offer} per period is not enough.",
            "stays if paid": f"The proxy stays for {need} per period; its sponsor would pay up to {limit}.",
            "changes sides": f"The proxy changes sides: to stay it asks {need} per period, its sponsor pays at most {limit}.",
            "betrays": f"The proxy betrays, offer or not: to stay it asks {need} per period, its sponsor pays at most {limit}.",
            "sponsor breaks": f"The sponsor breaks the alliance itself: to keep it, it would need {show(-self.limit)} more.",
        }[str(self.outcome)]

    def _record(self) -> dict[str, Any]:
        names = ("payment", "need", "limit", "offer", "kept", "outcome", "discount")
        return {name: getattr(self, name) for name in names}

    def _cells(self) -> Mapping[str, Any]:
        return {**self._record(), "discount": tuple(_of_shape(delta, self.code) for delta in self.discount)}


def keeping_payment(
    game: DyadicGame | StageGame,
    power: Power | None,
    discount: Number | Pair,
    offer: Ingredient,
    *,
    alone: Ingredient | None = None,
    profile: Profile = (0, 0),
    mixed: bool = False,
) -> KeepingPayment:
    """The least payment per period that keeps a proxy with an outside offer, and whether its sponsor is willing.

    Punishment is by reversion to stage equilibria for ever; the module defines both sides.

    Parameters
    ----------
    game, power
        A model and the dyad's power, or a stage game and None; batches broadcast.
    discount
        δ in [0, 1), or a pair (δ_S, δ_P); numbers or arrays.
    offer, alone
        As in :class:`OutsideOption`: numbers, arrays, or functions of power such as :class:`RivalOffer`.
    profile
        The profile that is kept; "ally" of both by default.
    mixed
        Whether mixed stage equilibria may punish too.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> from fractions import Fraction
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> for offer in (8, 10, 13, 14):
    ...     print(keeping_payment(pd, None, Fraction(1, 2), offer))
    The proxy stays unpaid: its rival's offer of 8 per period is not enough.
    The proxy stays for 1 per period; its sponsor would pay up to 5/2.
    The proxy changes sides: to stay it asks 4 per period, its sponsor pays at most 5/2.
    The proxy changes sides: to stay it asks 5 per period, its sponsor pays at most 5/2.
    """
    return keeping_at(game, power, discount, offer, alone, profile, mixed, "keeping_payment")


def keeping_at(
    game: DyadicGame | StageGame,
    power: Power | None,
    discount: Number | Pair,
    offer: Ingredient,
    alone: Ingredient | None,
    profile: Profile,
    mixed: bool,
    function: str,
) -> KeepingPayment:
    """:func:`keeping_payment` on behalf of ``function``, which errors name."""
    concept = _option(offer, alone, NashReversion(boolean(mixed, function, "mixed")), function)
    if isinstance(game, StageGame) and (callable(concept.offer) or callable(concept.alone)):
        raise TypeError(
            f"{function}(): offer and alone must be numbers for a StageGame, which knows no power; got {offer!r} and {alone!r}"
        )
    repeated = repeated_game(game, power, concept, function)
    if not repeated.stage.exact:  # then offers are floats, too
        for name, value in (("offer", concept.offer), ("alone", concept.alone)):
            if value is not None and not callable(value):
                to_float(value, f"{function}(): {name}")
    r, (delta_s, delta_p) = _critical(repeated, discount, profile, function)
    loyal, unpaid = sustained(r, (delta_s, delta_p))
    terms = (r.terms.path, r.terms.deviation, r.terms.punished)
    away = np.asarray(np.asarray(r.terms.outside) >= r.terms.punished[1], dtype=bool)
    (c_s, c_p), (d_s, d_p), (w_s, w_p) = (_met((delta_s, delta_p), *x) for x in terms)
    outside = np.asarray(*_met((delta_s, delta_p), r.terms.outside))
    least = np.maximum(outside, np.minimum(w_p, c_p))
    need = np.maximum(outside, (1 - delta_p) * d_p + delta_p * least) - c_p
    limit = c_s - (1 - delta_s) * d_s - delta_s * w_s
    slack = 0 if is_exact(need) else np.asarray(r.stage.rounding[0])
    paid = np.asarray(need <= limit + slack, dtype=bool)
    code = np.select([~loyal, unpaid, paid, away], [4, 0, 1, 2], 3)
    need, limit, outside, code = (settle(x) for x in np.broadcast_arrays(need, limit, outside, code))
    return KeepingPayment(need, limit, outside, code, (delta_s, delta_p), r)


def allegiance_regions(
    game: DyadicGame,
    discount: Number | Pair,
    offer: Ingredient,
    domain: tuple[float, float] = (-0.95, 0.95),
    *,
    alone: Ingredient | None = None,
    total: float = 1.0,
    samples: int = REGION_SAMPLES,
) -> ResultTuple[Region]:
    """At which gaps the proxy stays, stays for pay, changes sides or betrays, with edges exact to 10⁻¹².

    Parameters
    ----------
    game
        A model with scalar parameters.
    discount, offer, alone
        As in :func:`keeping_payment`, scalar; functions of power such as :class:`RivalOffer` make a rival of fixed power.
    domain
        The lowest and the highest gap, both in (−1, 1).
    total
        s + p, held fixed along the gap: the unit of a rival's power.
    samples
        The number of equally spaced gaps looked at; regions narrower than their spacing can be missed.

    Returns
    -------
    ResultTuple of Region
        Labelled by the outcomes of :class:`KeepingPayment`.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.presets.morrow_1991(synergy=al.Complementarity(2))
    >>> allegiance_regions(game, 0.9, al.RivalOffer(game, rival=0.8), (0.0, 0.95))
    allegiances of the proxy: 4
       lower     upper           label
           0  0.207602   changes sides
    0.207602  0.646207   stays if paid
    0.646207  0.891806           stays
    0.891806      0.95  sponsor breaks
    """
    function = "allegiance_regions"
    line = Line(game, domain, total, samples, function)
    pair = check_discount(discount, NashReversion(), function, single=True)
    option = _option(offer, alone, NashReversion(), function)
    for name, value in (("offer", option.offer), ("alone", option.alone)):
        if isinstance(value, np.ndarray):
            raise TypeError(f"{function}(): {name} must be one number or a function of power; got {value!r}")

    def label(gaps: Array) -> Array:
        payments = keeping_at(game, line.power(gaps), pair, offer, alone, (0, 0), False, function)
        return np.broadcast_to(payments.code, np.shape(gaps))

    return line.regions(label, ANSWERS.__getitem__, "allegiances of the proxy")


def _option(offer: Ingredient, alone: Ingredient | None, reversion: NashReversion, function: str) -> OutsideOption:
    """The outside option that the arguments of ``function`` describe."""
    offer = as_ingredient(offer, "offer", function)
    alone = None if alone is None else as_ingredient(alone, "alone", function)
    if alone is not None and reversion.mixed:
        raise ValueError(f"{function}(): alone must be None with mixed punishments; got {alone!r}")
    return OutsideOption(offer, reversion, alone)


def _critical(
    repeated: RepeatedGame, discount: Number | Pair, profile: Profile, function: str
) -> tuple[CriticalDiscount, tuple[Number, Number]]:
    """The critical discount factors, and those of the players, which stay exact only where everything else is."""
    stage, concept = repeated.stage, repeated.enforcement
    pair = check_discount(discount, concept, function)
    r = critical_discount(stage, profile=stage.profile(profile, function), enforcement=concept)
    exact = r.stage.exact and all(map(is_exact, pair))
    delta_s, delta_p = (computed_discount(delta, exact, function) for delta in pair)
    return r, check_broadcast(r, (delta_s, delta_p), function)


def _of_shape(number: Number, answer: Number) -> Number:
    """A number for each game of an answer, which may have axes that the number does not have."""
    whole: Number = settle(np.broadcast_to(np.asarray(number), np.shape(answer)))
    return whole


def _met(discount: Pair, *payoffs: Number) -> tuple[Number, ...]:
    """Payoffs as they meet the discount factors: in floating point where these are."""
    return tuple(like(x, discount[0], "a payoff that meets a discount factor in floating point") for x in payoffs)
