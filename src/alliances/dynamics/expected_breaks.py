"""Leaders who know that patience is drawn anew: the hazard of a break when tomorrow's impatience is foreseen.

In sums (not averages): in state x the sponsor, or the proxy, gains L(x) by a break today and loses the surplus s(x) of each
allied period thereafter. With patience δ today, redrawn tomorrow, it keeps the alliance iff δ R(x) ≥ L(x), where R(x) is what
the alliance is worth to it from tomorrow on, given that whoever is tomorrow's leader does the same::

    R(x) = Σ p(x'|x) · E[(s(x') + δ' R(x')) ; δ' R(x') ≥ L(x')].

0 is always a solution: nobody keeps what nobody will keep. The largest one is found from above; where the iteration does not
come to rest, R is still too large, and the chances of a break are too small. A static critical discount factor L/(L + s) is
that of a leader who thinks today's patience permanent; with redraws trust is worth less, and may collapse.

Where L, s or the moves change at a date that is known, R before it follows from R after it by the same equation, one period
at a time: what is announced for tomorrow weighs today.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.dynamics.kernel import Kernel
from alliances.dynamics.patience import Patience

__all__ = ["Lasting", "Temptations", "expected_chances", "fails", "lasting_worth", "temptations", "value_before"]

_ROUNDS = 100_000
_STILL = 1e-13  # relative: an iteration that moves no further has come to rest


class Temptations(NamedTuple):
    """By state: what a side gains by a break, L ≥ 0, and what it loses per period, s."""

    gain: Array
    surplus: Array


class Lasting(NamedTuple):
    """R by state, of each side, and whether it has come to rest; else it is too large."""

    worth: list[Array]
    rests: bool


def temptations(temptation: tuple[Number, Number], loss: tuple[Number, Number], states: int, common: bool) -> list[Temptations]:
    """The sponsor's and the proxy's; with a ``common`` draw the two are one dyad whose temptations and losses add up."""
    sides = [
        Temptations(np.maximum(np.broadcast_to(to_float(t), states), 0.0), np.broadcast_to(to_float(s), states))
        for t, s in zip(temptation, loss, strict=True)
    ]
    return [Temptations(sides[0].gain + sides[1].gain, sides[0].surplus + sides[1].surplus)] if common else sides


def value_before(sides: list[Temptations], worth: list[Array], patience: tuple[Patience, Patience]) -> list[Array]:
    """E[(s + δR) ; δR ≥ L] by state, of each side, where ``worth`` is R: the value of a period before patience is drawn."""
    pairs = list(zip(sides, worth, patience, strict=False))
    limits = [_limit(side.gain, r) for side, r, _ in pairs]
    kept = [1 - np.asarray(f.cdf(a)) for a, (_, _, f) in zip(limits, pairs, strict=True)]
    values: list[Any] = []
    for k, (side, r, f) in enumerate(pairs):
        other = kept[1 - k] if len(pairs) == 2 else 1.0
        values.append(other * (side.surplus * kept[k] + r * f.partial_mean(limits[k])))
    return values


def lasting_worth(sides: list[Temptations], chain: Kernel, patience: tuple[Patience, Patience]) -> Lasting:
    """R where nothing changes any more."""
    worth = [
        np.maximum(side.surplus.max(), 0.0) / (1 - f.partial_mean(0.0)) * np.ones(chain.states)
        for side, f in zip(sides, patience, strict=False)
    ]
    move = chain.matrix
    for _ in range(_ROUNDS):
        new = [np.maximum(move @ value, 0.0) for value in value_before(sides, worth, patience)]
        still = all(np.abs(a - b).max() <= _STILL * max(np.abs(b).max(), 1e-300) for a, b in zip(new, worth, strict=True))
        worth = new
        if still:
            return Lasting(worth, True)
    return Lasting(worth, False)


def fails(sides: list[Temptations], worth: list[Array], patience: tuple[Patience, Patience]) -> tuple[Array, Array]:
    """(n,) twice: the chances that the sponsor's and the proxy's constraint fail; the same where both are one dyad."""
    chances = [np.asarray(f.cdf(_limit(side.gain, r))) for side, r, f in zip(sides, worth, patience, strict=False)]
    return chances[0], chances[-1]


def expected_chances(
    temptation: tuple[Number, Number],
    loss: tuple[Number, Number],
    chain: Kernel,
    patience: tuple[Patience, Patience],
    common: bool,
) -> tuple[Array, Array]:
    """(n,) twice: the chances that the sponsor's and the proxy's constraint fail in a period, where nothing changes."""
    sides = temptations(temptation, loss, chain.states, common)
    return fails(sides, lasting_worth(sides, chain, patience).worth, patience)


def _limit(gain: Array, worth: Array) -> Array:
    """The patience up to which a break pays: L/R; 0 without temptation, above 1 where nothing is to be lost."""
    return np.where(gain <= 0, 0.0, np.divide(gain, worth, out=np.full(len(gain), 2.0), where=worth > 0))
