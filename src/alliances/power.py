"""The power of a dyad and its measures of the gap.

A dyad is a sponsor with power s > 0 and a proxy with power p > 0 (for two allies: the first and the second). The
measures are

===============  =======================================  ==============
gap γ            (s − p)/(s + p)                          (−1, 1)
ratio ρ          s/p = (1 + γ)/(1 − γ)                    (0, ∞)
log ratio λ      ln(s/p) = 2 artanh γ                     ℝ
share σ          s/(s + p) = (1 + γ)/2                    (0, 1)
===============  =======================================  ==============

Parity is γ = 0, ρ = 1, λ = 0, σ = ½. A gap that falls towards 0 is narrowing; a negative gap means that the proxy has
overtaken its sponsor. Some payoff ingredients (difference-form contests, a common threat) depend on s and p and not on
their ratio alone, so models take a :class:`Power`, not a gap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic import (
    GAP,
    POSITIVE,
    Array,
    Number,
    Real,
    Rule,
    choose,
    exp,
    is_symbolic,
    like,
    log,
    number,
    settle,
    to_float,
)
from alliances.results import Tabular
from alliances.values import read_only

__all__ = ["Power"]

_SHARE = Rule("must lie strictly between 0 and 1", lambda x: (x > 0) & (x < 1))
_MANY = 4096  # gaps
_PIECE = 32_768  # of them at a time
_LEAST_TOTAL, _LARGEST_TOTAL = 1e-280, 1e300  # at which no power rounds to 0, and none overflows
_LOG_RATIO = Rule("must be finite and lie in ±745, beyond which exp(-|λ|) is 0 in floats", lambda x: abs(x) <= 745)


@dataclass(frozen=True, eq=False)
class Power(Tabular):
    """Sponsor's and proxy's power: two positive numbers, or arrays of them that broadcast.

    Integers and Fractions stay exact, floats stay floats, SymPy symbols stay symbols.

    Parameters
    ----------
    sponsor, proxy
        Power s and p, in any common unit (troops, municipalities, CINC score).

    Raises
    ------
    TypeError, ValueError
        If a power is not a number, not positive, not finite, if the shapes do not broadcast, or if two pandas ``Series`` have
        different indexes.

    Examples
    --------
    >>> power = Power(sponsor=8.0, proxy=2.0)
    >>> power.gap, power.ratio, power.share
    (0.6, 4.0, 0.8)
    >>> Power(31, 21).gap
    Fraction(5, 26)
    """

    sponsor: Number
    proxy: Number

    _long_names: ClassVar[Mapping[str, str]] = {
        "sponsor": "sponsor's power s",
        "proxy": "proxy's power p",
        "gap": "power gap γ = (s − p)/(s + p)",
        "log_ratio": "log power ratio λ = ln(s/p)",
    }

    def _cells(self) -> Mapping[str, Any]:
        """Both powers, the gap and the log ratio, per dyad."""
        if is_symbolic(self.sponsor) or is_symbolic(self.proxy):
            raise TypeError("to_frame(): Power has no table, because it is a symbol")
        return {name: settle(np.broadcast_to(np.asarray(getattr(self, name)), self.shape)) for name in self._long_names}

    def __post_init__(self) -> None:
        _check_index(self.sponsor, self.proxy)
        sponsor = number(self.sponsor, "Power", "sponsor", POSITIVE)
        proxy = number(self.proxy, "Power", "proxy", POSITIVE)
        sponsor, proxy = like(sponsor, proxy, "Power(): sponsor"), like(proxy, sponsor, "Power(): proxy")
        kinds = {type(sponsor), type(proxy)}
        if kinds == {Fraction}:  # no shape, no rounding to 0, no overflow
            pass
        elif kinds == {float}:
            _check_floats(sponsor == 0 or proxy == 0, sponsor + proxy)
        elif not is_symbolic(sponsor) and not is_symbolic(proxy):
            try:
                np.broadcast_shapes(np.shape(sponsor), np.shape(proxy))
            except ValueError:
                raise ValueError(
                    f"Power(): sponsor and proxy must broadcast; got shapes {np.shape(sponsor)} and {np.shape(proxy)}"
                ) from None
            with np.errstate(over="ignore"):
                _check_floats(bool(np.any(sponsor == 0) or np.any(proxy == 0)), sponsor + proxy)
        object.__setattr__(self, "sponsor", sponsor)
        object.__setattr__(self, "proxy", proxy)
        super().__post_init__()

    @classmethod
    def from_gap(cls, gap: Number, total: Number = 1) -> Power:
        """Power with the given gap γ in (−1, 1) and total s + p.

        >>> Power.from_gap(0.5)
        Power(sponsor=0.75, proxy=0.25)
        """
        if _many(gap) and type(total) in (int, float, Fraction) and _LEAST_TOTAL < total < _LARGEST_TOTAL:
            gaps = _copy_between(gap, -1, 1)
            if gaps is not None:  # and none is nan: then both powers are positive, and their sum finite
                return cls._of_gaps(gaps, float(total) / 2)
        gap = number(gap, "Power.from_gap", "gap", GAP)
        half = _total(total, gap, "Power.from_gap") / 2
        return cls(half * (1 + gap), half * (1 - gap))

    @classmethod
    def _of_gaps(cls, gap: Array, half: float) -> Power:
        """Many dyads whose powers are computed when somebody asks for them: many questions need the gap alone."""
        power = cls.__new__(cls)
        power.__dict__["_by_gap"] = gap, half
        return power

    def as_gap(self) -> tuple[Array, float] | None:
        """The gaps and half the total, from which s = half·(1 + γ) and p = half·(1 − γ) follow; None if not known."""
        return self.__dict__.get("_by_gap")

    def __getattr__(self, name: str) -> Any:
        by_gap = self.__dict__.get("_by_gap") if name in ("sponsor", "proxy") else None
        if by_gap is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        gap, half = by_gap
        power = 1 + gap if name == "sponsor" else 1 - gap
        power *= half
        self.__dict__[name] = read_only(power)
        return power

    def __getstate__(self) -> dict[str, Any]:
        return {"sponsor": self.sponsor, "proxy": self.proxy}

    @classmethod
    def from_share(cls, share: Number, total: Number = 1) -> Power:
        """Power with the given sponsor share σ in (0, 1) and total s + p.

        >>> Power.from_share(0.75).gap
        0.5
        """
        share = number(share, "Power.from_share", "share", _SHARE)
        total = _total(total, share, "Power.from_share")
        return cls(total * share, total * (1 - share))

    @classmethod
    def from_ratio(cls, ratio: Number, total: Number = 1) -> Power:
        """Power with the given ratio ρ = s/p > 0 and total s + p.

        >>> Power.from_ratio(3, total=8)
        Power(sponsor=Fraction(6, 1), proxy=Fraction(2, 1))
        """
        ratio = number(ratio, "Power.from_ratio", "ratio", POSITIVE)
        total = _total(total, ratio, "Power.from_ratio")
        return cls(total * (ratio / (1 + ratio)), total / (1 + ratio))

    @classmethod
    def from_log_ratio(cls, log_ratio: Number, total: Number = 1) -> Power:
        """Power with the given log ratio λ = ln(s/p), a real number, and total s + p.

        >>> Power.from_log_ratio(0.0).ratio
        1.0
        """
        log_ratio = to_float(number(log_ratio, "Power.from_log_ratio", "log_ratio", _LOG_RATIO))
        total = _total(total, log_ratio, "Power.from_log_ratio")
        if is_symbolic(log_ratio):
            return cls(total / (1 + exp(-log_ratio)), total / (1 + exp(log_ratio)))
        weak = exp(-abs(log_ratio))  # at most 1: a large |λ| cannot overflow
        strong, weak = total / (1 + weak), total * (weak / (1 + weak))
        return cls(choose(log_ratio >= 0, strong, weak), choose(log_ratio >= 0, weak, strong))

    @property
    def gap(self) -> Real:
        """γ = (s − p)/(s + p), in (−1, 1): 0 at parity, negative where the proxy is the stronger."""
        gap: Real = (self.sponsor - self.proxy) / (self.sponsor + self.proxy)
        return gap

    @property
    def ratio(self) -> Real:
        """ρ = s/p, in (0, ∞); beyond the range of floats it rounds to inf or 0, where :attr:`log_ratio` does not."""
        with np.errstate(over="ignore"):
            ratio: Real = self.sponsor / self.proxy
        return ratio

    @property
    def log_ratio(self) -> Real:
        """λ = ln(s/p), a float even for exact powers.

        Near parity it is computed as 2 artanh γ, which keeps its relative accuracy there; elsewhere as ln s − ln p, which
        does not overflow.
        """
        logarithm: Real
        if is_symbolic(self.sponsor) or is_symbolic(self.proxy):
            logarithm = log(self.sponsor / self.proxy)
            return logarithm
        gap = to_float(self.gap)
        logarithm = log(self.sponsor) - log(self.proxy)
        if not isinstance(gap, np.ndarray):
            return 2 * math.atanh(gap) if abs(gap) < 0.5 else logarithm
        near = np.clip(gap, -0.5, 0.5)
        return np.where(near == gap, 2 * np.arctanh(near), np.asarray(logarithm))

    @property
    def share(self) -> Real:
        """σ = s/(s + p), the sponsor's share of the dyad's power."""
        share: Real = self.sponsor / (self.sponsor + self.proxy)
        return share

    @property
    def proxy_share(self) -> Real:
        """The proxy's share y = p/(s + p) = 1 − σ of the dyad's power."""
        share: Real = self.proxy / (self.sponsor + self.proxy)
        return share

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that both powers broadcast to; ``()`` for one dyad."""
        if (by_gap := self.as_gap()) is not None:
            return by_gap[0].shape
        return np.broadcast_shapes(np.shape(self.sponsor), np.shape(self.proxy))

    def __getitem__(self, index: Any) -> Power:
        """The dyads at ``index`` of an array of dyads.

        >>> Power([3, 1], [1, 1])[0].gap
        Fraction(1, 2)
        """
        sponsor, proxy = np.broadcast_arrays(self.sponsor, self.proxy)
        return Power(sponsor[index], proxy[index])


def _check_index(sponsor: Any, proxy: Any) -> None:
    """An error for two pandas objects with different indexes: elements are matched by place, which is not what they say."""
    if all(hasattr(x, "iloc") and hasattr(x, "index") for x in (sponsor, proxy)) and not sponsor.index.equals(proxy.index):
        raise ValueError(
            "Power(): sponsor and proxy must have one index, because elements are matched by place (align them first: "
            f"sponsor.align(proxy, join='inner')); got {sponsor.index.tolist()!r} and {proxy.index.tolist()!r}"
        )


def _many(gap: object) -> bool:
    """Whether gaps are an array so large that every pass over it counts."""
    return type(gap) is np.ndarray and gap.dtype == np.float64 and gap.size >= _MANY


def _copy_between(x: Array, low: float, high: float) -> Array | None:
    """A read-only copy of floats that all lie strictly between two numbers; None if one does not, or is nan.

    Copied and compared piece by piece, while it is in the cache.
    """
    copy = np.empty(x.shape)
    given, flat = np.ravel(x), copy.reshape(-1)
    for k in range(0, x.size, _PIECE):
        piece = flat[k : k + _PIECE]
        piece[:] = given[k : k + _PIECE]
        if not (low < piece.min() and piece.max() < high):
            return None
    copy.flags.writeable = False
    return copy


def _total(total: Number, measure: Number, function: str) -> Number:
    """The total s + p as it meets a measure of the gap."""
    return like(number(total, function, "total", POSITIVE), measure, f"{function}(): total")


def _check_floats(zero: bool, total: Number) -> None:
    """An error if a power has rounded to 0 on its way to a float, or the two together are beyond the range of floats."""
    if zero:
        raise ValueError("Power(): sponsor and proxy must be positive as floats too; got a Fraction that rounds to 0.0")
    number(total, "Power", "sponsor + proxy", POSITIVE)
