"""Sharing: how the allies divide the rents.

A sharing rule maps the dyad's power, the alliance's rents z(1 + V) and the conflict payoffs (the disagreement point) to the
shares (α_S, α_P), α_S + α_P = 1. Any callable ``(power, rents, conflict) -> (α_S, α_P)`` serves as a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from alliances.arithmetic import GAP, NONNEGATIVE, Number, larger, like, number, ordered, smaller
from alliances.power import Power
from alliances.values import Value

__all__ = ["Agreed", "Equal", "NashBargaining", "Proportional", "Sharing", "Wage"]


class Sharing(Protocol):
    """Any callable from power, rents and conflict payoffs to the shares (α_S, α_P)."""

    def __call__(self, power: Power, rents: Number, conflict: tuple[Number, Number], /) -> tuple[Number, Number]:
        """The sponsor's and the proxy's share of the alliance's rents."""
        ...


@dataclass(frozen=True)
class Proportional(Value):
    """α = (σ, 1 − σ): to each in proportion to its power (Gamson 1961, *American Sociological Review* 26:373-382).

    Examples
    --------
    >>> Proportional()(Power(3, 1), 1, (0, 0))
    (Fraction(3, 4), Fraction(1, 4))
    """

    references: ClassVar[tuple[str, ...]] = ("gamson-1961",)

    def __call__(self, power: Power, _rents: Number, _conflict: Any, /) -> tuple[Number, Number]:
        """(α_S, α_P): the sponsor's and the proxy's share of the alliance's rents."""
        return power.share, power.proxy_share


@dataclass(frozen=True)
class Equal(Value):
    """α = (½, ½), whatever the power.

    Examples
    --------
    >>> Equal()(Power(3.0, 1.0), 1, (0, 0))
    (0.5, 0.5)
    """

    def __call__(self, power: Power, _rents: Number, _conflict: Any, /) -> tuple[Number, Number]:
        """(α_S, α_P): the sponsor's and the proxy's share of the alliance's rents."""
        half = power.sponsor / power.sponsor / 2  # in the power's own number type
        return half, half


@dataclass(frozen=True)
class NashBargaining(Value):
    """Each gets its conflict payoff plus half of the surplus over conflict (Nash 1950, *Econometrica* 18:155-162).

    Shares are kept within [0, 1]: a player whose conflict payoff is so low that it would have to pay the other gets
    nothing, which is the Nash solution where payoffs cannot be negative.

    Examples
    --------
    >>> NashBargaining()(Power(1, 1), 2, (Power(1, 1).share, 0))
    (Fraction(5, 8), Fraction(3, 8))
    """

    references: ClassVar[tuple[str, ...]] = ("nash-1950",)

    def __call__(self, _power: Power, rents: Number, conflict: tuple[Number, Number], /) -> tuple[Number, Number]:
        """(α_S, α_P): the sponsor's and the proxy's share of the alliance's rents."""
        sponsor, proxy = conflict
        share = (rents + sponsor - proxy) / (2 * rents)
        share = larger(smaller(share, rents / rents), rents - rents)
        return share, 1 - share


@dataclass(frozen=True, eq=False)
class Agreed(Value):
    """α = ((1 + γ₀)/2, (1 − γ₀)/2): the shares that were in proportion to power when the alliance was formed, whatever
    came after.

    A rigid contract: the odds of a fight follow today's power, and the terms do not. At γ = γ₀ it is :class:`Proportional`.
    A partner that has grown since is worth fighting for its old share, so that the alliance is kept within a window around
    γ₀ whose two edges belong to the two sides.

    Parameters
    ----------
    gap0
        γ₀ in (−1, 1), the gap when the terms were agreed, seen from the same side as today's gap; an array broadcasts with the
        power.

    Examples
    --------
    >>> from fractions import Fraction
    >>> Agreed(Fraction(1, 2))(Power(1, 1), 1, (0, 0))
    (Fraction(3, 4), Fraction(1, 4))
    """

    gap0: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "gap0", number(self.gap0, "Agreed", "gap0", GAP))
        super().__post_init__()

    def __call__(self, power: Power, _rents: Number, _conflict: Any, /) -> tuple[Number, Number]:
        """(α_S, α_P): the sponsor's and the proxy's share of the alliance's rents."""
        gap0 = like(self.gap0, power.sponsor, "Agreed(): gap0")
        return (1 + gap0) / 2, (1 - gap0) / 2


@dataclass(frozen=True, eq=False)
class Wage(Value):
    """The sponsor keeps all rents and pays the proxy a wage w per period: α_P = w/[z(1 + V)].

    Parameters
    ----------
    wage
        w ≥ 0, in the unit of the stakes; at most the rents z(1 + V), or the rule raises an error.

    Examples
    --------
    >>> Wage(0.25)(Power(3.0, 1.0), 1.25, (0, 0))
    (0.8, 0.2)
    """

    wage: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "wage", number(self.wage, "Wage", "wage", NONNEGATIVE))
        super().__post_init__()

    def __call__(self, power: Power, rents: Number, _conflict: Any, /) -> tuple[Number, Number]:
        """(α_S, α_P): the sponsor's and the proxy's share of the alliance's rents."""
        wage = like(self.wage, power.sponsor, "Wage(): wage")
        if ordered(rents) and ordered(wage) and np.any(wage > rents):
            raise ValueError(f"Wage(): wage must not exceed the alliance's rents z(1 + V); got wage {self.wage}, rents {rents}")
        return 1 - wage / rents, wage / rents
