"""Synergies: what the alliance adds to the rents.

A synergy maps the dyad's power to V ≥ 0; together the allies enjoy the rents z(1 + V) at stake z. Any callable ``power
-> V`` serves as a synergy. The classes below encode the rival readings of the literature: allies that complement each
other (the wider the gap, the more), and allies that aggregate capabilities (the nearer to parity, the more).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from alliances.arithmetic import NONNEGATIVE, POSITIVE, Number, larger, like, number, raised
from alliances.payoffs.contest import Contest, Tullock
from alliances.power import Power
from alliances.values import Value

__all__ = ["Aggregation", "CommonThreat", "Complementarity", "ConstantSynergy", "Synergy"]


class Synergy(Protocol):
    """Any callable from the dyad's power to the alliance's added value V ≥ 0."""

    def __call__(self, power: Power, /) -> Number:
        """V, as a multiple of the stake."""
        ...


@dataclass(frozen=True, eq=False)
class Complementarity(Value):
    """V = v·max(γ, 0)^κ: the sponsor's routes and protection times the proxy's muscle.

    Nothing at parity, v as the gap γ → 1, nothing once the proxy is the stronger (after Morrow 1991 and Chindea 2014, who
    argue that unequal partners have different things to trade).

    Parameters
    ----------
    value
        v ≥ 0, the added value at the widest gap.
    exponent
        κ > 0, the curvature; 1 is linear.

    Examples
    --------
    >>> Complementarity(0.6)(Power(3.0, 1.0))
    0.3
    """

    references: ClassVar[tuple[str, ...]] = ("morrow-1991", "chindea-2014")

    value: Number
    exponent: Number = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", number(self.value, "Complementarity", "value", NONNEGATIVE))
        object.__setattr__(self, "exponent", number(self.exponent, "Complementarity", "exponent", POSITIVE))
        super().__post_init__()

    def __call__(self, power: Power, /) -> Number:
        """V, as a multiple of the stake."""
        gap = power.gap
        curve = raised(larger(gap, gap - gap), like(self.exponent, gap, "Complementarity(): exponent"))
        return like(self.value, curve, "Complementarity(): value") * curve


@dataclass(frozen=True, eq=False)
class Aggregation(Value):
    """V = v·4σ(1 − σ): capability aggregation, largest (v) at parity.

    Parameters
    ----------
    value
        v ≥ 0, the added value at parity.

    Examples
    --------
    >>> Aggregation(1)(Power(3, 1))
    Fraction(3, 4)
    """

    value: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", number(self.value, "Aggregation", "value", NONNEGATIVE))
        super().__post_init__()

    def __call__(self, power: Power, /) -> Number:
        """V, as a multiple of the stake."""
        share = power.share
        return like(self.value, share, "Aggregation(): value") * 4 * share * power.proxy_share


@dataclass(frozen=True, eq=False)
class ConstantSynergy(Value):
    """V = v whatever the gap.

    Parameters
    ----------
    value
        v ≥ 0.

    Examples
    --------
    >>> ConstantSynergy(0.5)(Power(3.0, 1.0))
    0.5
    """

    value: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", number(self.value, "ConstantSynergy", "value", NONNEGATIVE))
        super().__post_init__()

    def __call__(self, power: Power, /) -> Number:
        """V, as a multiple of the stake."""
        return like(self.value, power.sponsor, "ConstantSynergy(): value")


@dataclass(frozen=True, eq=False)
class CommonThreat(Value):
    """V = v·[Q(s + p, r) − Q(max(s, p), r)]: what fighting side by side adds against a rival of power r.

    Balance of threat (Walt 1987, *The Origins of Alliances*). It depends on how strong the dyad is, not on its gap alone.

    Parameters
    ----------
    value
        v ≥ 0, the value of prevailing against the rival.
    rival
        r > 0, the rival's power, in the dyad's unit.
    contest
        The contest with the rival.

    Examples
    --------
    >>> CommonThreat(1, rival=2)(Power(1, 1))
    Fraction(1, 6)
    """

    references: ClassVar[tuple[str, ...]] = ("walt-1987",)

    value: Number
    rival: Number
    contest: Contest = field(default_factory=lambda: Tullock(1))

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", number(self.value, "CommonThreat", "value", NONNEGATIVE))
        object.__setattr__(self, "rival", number(self.rival, "CommonThreat", "rival", POSITIVE))
        if not callable(self.contest) or isinstance(self.contest, type):
            raise TypeError(
                f"CommonThreat(): contest must be an instance such as Tullock(2.0), or a function; got {self.contest!r}"
            )
        super().__post_init__()

    def __call__(self, power: Power, /) -> Number:
        """V, as a multiple of the stake."""
        s, p = power.sponsor, power.proxy
        together, _ = self.contest(Power(s + p, self.rival))
        alone, _ = self.contest(Power(larger(s, p), self.rival))
        return like(self.value, together, "CommonThreat(): value") * (together - alone)
