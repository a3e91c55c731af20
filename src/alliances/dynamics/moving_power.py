"""Closed forms for power that moves: risk as impatience, and the commitment problem.

The theorems, with proofs and with what happens outside their conditions, are on the page "Theorems of moving power" of the
documentation. Two of them are formulas:

* **Risk is impatience** (T2; T5 without side payments). Power moves, whatever is played, and goes on moving after a break; with
  probability h per period it worsens. Then the alliance holds iff δ* ≤ δ(1 − h), if δ*/(1 − h) does not fall on the way down.
* **The commitment problem** (T4). A fight stops power for ever. Then peace needs that the side which is about to lose power
  does not lose more by waiting than a war costs (Powell 2006, *International Organization* 60:169-203).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import PROBABILITY, Number, discount_factor, is_exact, number, scalar, settle, show, to_float
from alliances.arithmetic.canonical import computed_discount
from alliances.arithmetic.tolerance import UNIT_SUM_GIVEN
from alliances.dynamics.states import discount_of
from alliances.games.players import Binding
from alliances.results import Result

__all__ = ["CommitmentProblem", "commitment_problem", "effective_discount"]


_WHO: tuple[Binding, ...] = ("none", "sponsor", "proxy", "both")


@dataclass(frozen=True)
class CommitmentProblem(Result):
    """Peace or war in one period, where a war stops the shift of power.

    Attributes
    ----------
    war
        Whether peace is impossible: Σ max{w_i, (1 − δ)y_i + δE[w_i']} > (1 − δ) + δE[U'].
    excess
        Left side minus right side.
    breaker
        Whose best choice is war today: "sponsor", "proxy", "both" or "none".
    loss
        δ(w_S − E[w_S']), what waiting costs the sponsor.
    price
        δc + (1 − δ)(y_S − w_S), c = 1 − E[w_S' + w_P'] the cost of *tomorrow's* war.
    applies
        Whether the proxy prefers to wait, and peace is certain afterwards: then war ⇔ loss > price, Powell's inequality.
    """

    references: ClassVar[tuple[str, ...]] = ("powell-2006",)

    war: bool
    excess: Number
    breaker: Binding
    loss: Number
    price: Number
    applies: bool

    @property
    def status(self) -> Literal["war", "peace"]:
        """Which of the two it is."""
        return "war" if self.war else "peace"

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        verdict = "War" if self.war else "Peace"
        if not self.applies:
            more = f"{show(self.excess)} more" if self.war else "no more"
            return f"{verdict}: the two together claim {more} than there is to share."
        sign = ">" if self.war else "≤"
        return f"{verdict}: the sponsor loses {show(self.loss)} {sign} {show(self.price)} by waiting."

    def _record(self) -> Mapping[str, Any]:
        return {"status": self.status, **super()._record()}


def effective_discount(discount: Any, hazard: Any, improvement: Any = 0) -> Any:
    """The discount factor that stands for δ where power may worsen: δ(1 − h), or with improvements more.

    Parameters
    ----------
    discount
        δ in [0, 1), or an array.
    hazard
        h, the probability per period that the state worsens (and what the alliance yields in the worse state is not counted).
    improvement
        u, the probability per period that it improves. With u > 0 moves are of one step, the surplus is the same at all steps,
        and no barrier is near: δ_eff = 1 − (1 − δ)/(1 − α), with α the smaller root of δu α² − (1 − δ(1 − h − u))α + δh = 0,
        the discounted chance of ever falling by one step.

    Returns
    -------
    Fraction, float or array
        Exact if all is exact and u = 0.

    Raises
    ------
    TypeError, ValueError
        If δ lies outside [0, 1) or, for an answer in floats, rounds to 1, or h, u or h + u lie outside [0, 1].

    Notes
    -----
    It answers for critical discount factors of the frozen game, δ* ≤ δ_eff, under the conditions of T2 and T5: power moves
    whatever is played and *after a break*, a break leaves no surplus, and δ*/(1 − h) does not fall on the way down. Where a
    break freezes power see :func:`commitment_problem`; without any condition ask :func:`break_threshold` or
    :meth:`StochasticGame.solve`.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> import alliances as al
    >>> al.effective_discount(F(9, 10), F(1, 5))
    Fraction(18, 25)
    >>> round(al.effective_discount(0.9, 0.2, improvement=0.1), 4)
    0.7707
    """
    delta = discount_factor(discount, "effective_discount")
    h, u = (
        number(x, "effective_discount", name, PROBABILITY) for x, name in ((hazard, "hazard"), (improvement, "improvement"))
    )
    if np.any(np.asarray(to_float(h) + to_float(u) > 1 + UNIT_SUM_GIVEN)):
        raise ValueError(f"effective_discount(): hazard + improvement must be at most 1; got {hazard!r} + {improvement!r}")
    if not np.any(to_float(u)):
        delta = computed_discount(delta, is_exact(h), "effective_discount")
        return settle(delta * (1 - (h if is_exact(delta) else to_float(h))))
    delta, h, u = computed_discount(delta, False, "effective_discount"), to_float(h), to_float(u)
    middle = 1 - delta * (1 - h - u)
    root = np.sqrt(middle**2 - 4 * delta**2 * u * h)
    alpha = 2 * delta * h / (middle + root)  # the smaller root, without a difference of equals
    return settle(1 - (1 - delta) / (1 - alpha))


def commitment_problem(
    discount: Any, sponsor_share: Any, war: tuple[Any, Any], war_next: tuple[Any, Any], joint_next: Any = 1
) -> CommitmentProblem:
    """Whether peace is possible in a period, where a fight settles everything and power moves on only in peace.

    Parameters
    ----------
    discount
        δ in [0, 1).
    sponsor_share
        y_S, the sponsor's part of an allied period's 1; the proxy has 1 − y_S.
    war
        (w_S, w_P), what a war that begins today is worth per period, the fighting included.
    war_next
        (E[w_S'], E[w_P']), what one that begins tomorrow is expected to be worth, today's moves of power included.
    joint_next
        E[U'], what tomorrow is worth to the two together: 1 if peace holds in all states that may follow.

    Raises
    ------
    TypeError, ValueError
        If δ lies outside [0, 1), or an argument is no number, or no pair of numbers.

    Notes
    -----
    The conditions: both may fight in every state, whoever fights, the values are the war's (no gain from surprise), war is for
    good, side payments are possible, and allied payoffs sum to 1. As δ → 1 Powell's inequality says: war iff one period's
    expected loss of war value exceeds the cost of war.

    Examples
    --------
    A sponsor whose war is worth 7/10 today and 1/5 tomorrow strikes, because a war costs less than it would lose:

    >>> from fractions import Fraction as F
    >>> import alliances as al
    >>> print(al.commitment_problem(F(9, 10), F(1, 2), (F(7, 10), F(1, 5)), (F(1, 5), F(7, 10))))
    War: the sponsor loses 9/20 > 7/100 by waiting.
    """
    delta = discount_of(discount, "commitment_problem")
    y = scalar(sponsor_share, "commitment_problem", "sponsor_share")
    joint = scalar(joint_next, "commitment_problem", "joint_next")
    now, later = (_pair(x, name) for x, name in ((war, "war"), (war_next, "war_next")))
    if not all(is_exact(x) for x in (delta, y, joint, *now, *later)):
        delta = computed_discount(delta, False, "commitment_problem")
        named = ((y, "sponsor_share"), (joint, "joint_next"))
        y, joint = (to_float(x, f"commitment_problem(): {name}") for x, name in named)
        pairs = ((now, "war"), (later, "war_next"))
        now, later = (tuple(to_float(x, f"commitment_problem(): {name}") for x in pair) for pair, name in pairs)
    waits = [(1 - delta) * share + delta * w for share, w in zip((y, 1 - y), later, strict=True)]
    excess = sum(max(w, wait) for w, wait in zip(now, waits, strict=True)) - (1 - delta) - delta * joint
    fights = [w > wait for w, wait in zip(now, waits, strict=True)]
    breaker = _WHO[int(fights[0]) + 2 * int(fights[1])]
    loss = delta * (now[0] - later[0])
    price = delta * (1 - later[0] - later[1]) + (1 - delta) * (y - now[0])
    return CommitmentProblem(bool(excess > 0), excess, breaker, loss, price, not fights[1] and joint == 1)


def _pair(value: Any, name: str) -> tuple[Number, Number]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise TypeError(f"commitment_problem(): {name} must be a pair (sponsor's, proxy's); got {value!r}")
    return scalar(value[0], "commitment_problem", name), scalar(value[1], "commitment_problem", name)
