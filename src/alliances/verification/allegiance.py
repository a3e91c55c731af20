"""Rival offers: does the proxy stay at the offer, and for the payment, and not for less?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from alliances.arithmetic import Number, is_exact, like, to_float
from alliances.arithmetic.tolerance import SUMMED
from alliances.repeated.critical import CriticalDiscount, sustained
from alliances.repeated.enforcement.concept import Pair, terms
from alliances.repeated.enforcement.outside_option import OutsideOption
from alliances.results import Verification, verify
from alliances.thresholds.allegiance import ANSWERS, KeepingPayment, SwitchingOffer
from alliances.verification.critical import critical_conditions
from alliances.verification.outcome import JUST, outcome, shown


@verify.register
def _(result: SwitchingOffer) -> Verification:
    return outcome(_switching_conditions(result))


def _switching_conditions(switching: SwitchingOffer) -> Iterator[tuple[Any, Any]]:
    r = switching.critical
    yield from critical_conditions(r)
    yield from _asked(switching.discount, switching.offer, r)
    claimed: Number = switching.offer
    finite = np.asarray(claimed > -np.inf, dtype=bool)
    c_p = r.terms.path[1]
    slack = sum(_tolerances(r, switching.discount))

    def gain(offer: Number) -> Number:
        """What the proxy, or the two where constraints are pooled, gain by deviating or leaving with this offer."""
        concept = OutsideOption(offer, r.enforcement)
        return concept.gain(terms(r.stage, r.profile, concept.punish(r.stage)), switching.discount)[1]

    # −∞ is no offer: what lies below all payoffs stands for it
    least = r.stage.B.min() - 1 - np.abs(r.stage.A).max() - np.abs(r.stage.B).max()
    offer = np.where(finite, claimed, least) if np.ndim(claimed) else (claimed if finite else least)
    at_offer = np.asarray(gain(offer))
    yield (
        ~finite | (at_offer <= slack),
        lambda at: (
            f"proxy: gains {shown(at_offer, at)} by deviating or leaving at its switching offer {shown(switching.offer, at)}"
        ),
    )
    yield finite | (at_offer >= -slack), lambda _: "proxy: stays without an offer, though none is said to keep it"
    unit = np.maximum(np.abs(np.asarray(c_p)), np.asarray(r.stage.payoff_range[1]))
    more = np.asarray(gain(offer + unit * like(JUST, c_p)))
    yield (
        ~finite | (more >= -slack),
        lambda at: f"proxy: stays for more than its switching offer {shown(switching.offer, at)}",
    )


def _tolerances(r: CriticalDiscount, discount: Pair) -> Pair:
    """What counts as rounding of the players' gains: nothing where payoffs and discount factors are exact."""
    within = r.stage.tolerance if all(map(is_exact, discount)) else r.stage.rounding
    return SUMMED * np.asarray(within[0]), SUMMED * np.asarray(within[1])


def _asked(discount: Pair, answer: Number, r: CriticalDiscount) -> Iterator[tuple[Any, Any]]:
    """The discount factors are two, and there is an answer for each game."""
    inside = [np.asarray((x >= 0) & (x < 1), dtype=bool).all() for x in discount]
    yield len(discount) == 2 and all(inside), lambda _: f"{discount} are no two discount factors"
    shape = np.broadcast_shapes(r.stage.batch_shape, *(np.shape(x) for x in discount))
    yield np.shape(answer) == shape, lambda _: f"the answer is not of the shape {shape} of the games"


@verify.register
def _(result: KeepingPayment) -> Verification:
    return outcome(_payment_conditions(result))


def _payment_conditions(keeping: KeepingPayment) -> Iterator[tuple[Any, Any]]:
    r = keeping.critical
    offer: Number = keeping.offer
    yield from critical_conditions(r)
    yield from _asked(keeping.discount, keeping.need, r)
    delta_s, delta_p = keeping.discount
    (c_s, c_p), (d_s, d_p), (w_s, w_p) = r.terms.path, r.terms.deviation, r.terms.punished
    tol_s, tol_p = _tolerances(r, keeping.discount)
    after = np.maximum(offer, np.minimum(w_p, c_p))

    def gains(payment: Number) -> Pair:
        """What each gains by its best deviation if the sponsor pays this much per period."""
        sponsor = (1 - delta_s) * d_s + delta_s * w_s - (c_s - payment)
        proxy = np.maximum(offer, (1 - delta_p) * d_p + delta_p * after) - (c_p + payment)
        return np.asarray(sponsor), np.asarray(proxy)

    code = np.asarray(keeping.code)
    yield (
        np.issubdtype(code.dtype, np.integer)
        and all(np.asarray(x).shape == code.shape for x in (keeping.need, keeping.limit, offer)),
        lambda _: "need, limit, offer and code are not of one shape, or the codes are no whole numbers",
    )
    yield (code >= 0) & (code < len(ANSWERS)), lambda at: f"code {shown(code, at)} names no outcome"
    yield (
        np.asarray(np.abs(np.asarray(offer - r.terms.outside)) <= tol_p, dtype=bool),
        lambda at: f"the offer is {shown(offer, at)}, but the certificate's is {shown(r.terms.outside, at)}",
    )
    kept, paid = np.asarray(keeping.kept), np.asarray(keeping.payment > 0, dtype=bool)
    sponsor, proxy = gains(keeping.payment)
    yield (
        ~kept | (proxy <= tol_p),
        lambda at: f"proxy: gains {shown(proxy, at)} by leaving or deviating, though said to be kept",
    )
    yield (
        ~(kept & paid) | (sponsor <= tol_s),
        lambda at: f"sponsor: gains {shown(sponsor, at)} by deviating, though said to pay",
    )
    yield ~paid | (np.abs(to_float(proxy)) <= to_float(tol_p)), lambda at: f"proxy: would stay for less, by {shown(-proxy, at)}"
    loyal, _ = sustained(r, keeping.discount)
    yield (
        kept | ~loyal | (paid & (sponsor >= -tol_s)),
        lambda _: "sponsor: would pay what keeps the proxy, though the proxy is said to be lost",
    )
    at_limit = gains(keeping.limit)[0]
    yield (
        np.abs(to_float(at_limit)) <= to_float(tol_s),
        lambda at: f"sponsor: gains {shown(at_limit, at)} when it pays its limit",
    )
    paying = np.asarray(keeping.need > tol_p, dtype=bool), np.asarray(keeping.need > -tol_p, dtype=bool)
    yield (
        np.where(code == 0, ~paying[0], np.where(code == 1, paying[1], True)),
        lambda at: f"proxy: is said to stay {'unpaid' if code[at] == 0 else 'for pay'}, and it is otherwise",
    )
    away = np.asarray(offer >= w_p, dtype=bool)
    yield (
        np.where(code == 2, away, np.where(code == 3, ~away, True)),
        lambda at: f"proxy: is said to {'leave' if code[at] == 2 else 'betray and stay'}, though it prefers the other",
    )
    yield (
        (code == 4) == ~loyal,
        lambda _: "sponsor: is said to break the alliance and would not, or the other way round",
    )
    needed = gains(offer - offer)[1]
    yield (
        np.asarray(np.abs(np.asarray(keeping.need - needed)) <= tol_p, dtype=bool),
        lambda at: f"proxy: lacks {shown(needed, at)} per period to stay, and not {shown(keeping.need, at)}",
    )
