"""Leaders who know that patience is drawn anew: the hazard of a break when tomorrow's impatience is foreseen.

In sums (not averages): in state x the sponsor, or the proxy, gains L(x) by a break today and loses the surplus s(x) of each
allied period thereafter. With patience δ today, redrawn tomorrow, it keeps the alliance iff δ R(x) ≥ L(x), where R(x) is what
the alliance is worth to it from tomorrow on, given that whoever is tomorrow's leader does the same::

    R(x) = Σ p(x'|x) · E[(s(x') + δ' R(x')) ; δ' R(x') ≥ L(x')].

0 is always a solution: nobody keeps what nobody will keep. The largest one is found from above. A static critical discount
factor L/(L + s) is that of a leader who thinks today's patience permanent; with redraws trust is worth less, and may collapse.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.dynamics.kernel import Kernel
from alliances.dynamics.patience import Patience

__all__ = ["expected_chances"]

_ROUNDS = 100_000
_STILL = 1e-13  # relative: an iteration that moves no further has come to rest


def expected_chances(
    temptation: tuple[Number, Number],
    loss: tuple[Number, Number],
    chain: Kernel,
    patience: tuple[Patience, Patience],
    common: bool,
) -> tuple[Array, Array]:
    """(n,) twice: the chances that the sponsor's and the proxy's constraint fail in a period, by state.

    With a ``common`` draw the two are one dyad whose temptations and losses add up, as with side payments; both chances are
    the same then.
    """
    n = chain.states
    sides: list[tuple[Array, Array]] = []
    for t, s in zip(temptation, loss, strict=True):
        sides.append((np.maximum(np.broadcast_to(to_float(t), n), 0.0), np.broadcast_to(to_float(s), n)))
    if common:
        sides = [(sides[0][0] + sides[1][0], sides[0][1] + sides[1][1])]
    worth = [
        np.maximum(s.max(), 0.0) / (1 - f.partial_mean(0.0)) * np.ones(n) for (_, s), f in zip(sides, patience, strict=False)
    ]
    move = chain.matrix
    for _ in range(_ROUNDS):
        fails = [_fails(gain, r) for (gain, _), r in zip(sides, worth, strict=True)]
        kept = [1 - np.asarray(f.cdf(a)) for a, f in zip(fails, patience, strict=False)]
        new: list[Any] = []
        for k, ((_, s), r, f) in enumerate(zip(sides, worth, patience, strict=False)):
            other = kept[1 - k] if len(sides) == 2 else 1.0
            new.append(np.maximum(move @ (other * (s * kept[k] + r * f.partial_mean(fails[k]))), 0.0))
        still = all(np.abs(a - b).max() <= _STILL * max(np.abs(b).max(), 1e-300) for a, b in zip(new, worth, strict=True))
        worth = new
        if still:
            break
    chances = [np.asarray(f.cdf(_fails(gain, r))) for (gain, _), r, f in zip(sides, worth, patience, strict=False)]
    return chances[0], chances[-1]


def _fails(gain: Array, worth: Array) -> Array:
    """The patience up to which a break pays: L/R; 0 without temptation, above 1 where nothing is to be lost."""
    return np.where(gain <= 0, 0.0, np.divide(gain, worth, out=np.full(len(gain), 2.0), where=worth > 0))
