"""How long a conflict lasts, and who prevails, as a function of the gap it starts from.

A war is a walk of the power ratio ρ = s/p. In each round one side wins: the ratio is multiplied by the *swing* r > 1 if the
sponsor wins, and divided by it if the proxy does, so that the log ratio λ = ln ρ moves by one step h = ln r. The war ends when
one side is eliminated: the sponsor prevails once ρ ≥ R_S, the proxy once 1/ρ ≥ R_P (barriers at λ = ln R_S and λ = −ln R_P).
The sponsor wins a round with probability

* ½: pure luck;
* a constant: a bias that has nothing to do with power;
* Q(s, p) of a contest at the power of the moment: *momentum*, because whoever wins a round is the stronger in the next. The
  total s + p stays that of the start, which matters to contests that depend on more than the ratio.

Starting b steps below the sponsor's and a steps above the proxy's barrier, this is the gambler's ruin of
:mod:`alliances.dynamics.wars.ruin` with N = a + b. With luck alone the war takes a·b rounds in expectation (Feller 1968, ch.
XIV.3), and a/(a + b) is the probability that the sponsor prevails; in the limit of small steps, a Brownian motion without
drift takes (ln R_S − λ)(λ + ln R_P)/h² rounds, which is (L² − λ²)/σ² for equal barriers L and variance σ² = h² per round.

**Protraction.** On the lattice of ratios r^k, duration is non-increasing in the size of the gap if the barriers are equal
and Q(s, p) + Q(p, s) = 1, whoever is favoured; with unequal barriers or enough bias it peaks away from parity. Theorem, proof
and counterexamples are in the documentation ("How long conflicts last").

Starts that are not on that lattice have a lattice of their own, and the war then ends when a barrier is reached *or passed*.
Compare durations along one lattice (:meth:`ConflictWalk.lattice`); between lattices the overshoot differs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import (
    POSITIVE,
    PROBABILITY,
    Array,
    Number,
    Real,
    Rule,
    has_symbols,
    is_exact,
    is_symbolic,
    like,
    number,
    scalar,
    settle,
    show,
    to_float,
)
from alliances.arithmetic.tolerance import UNIT_SUM_GIVEN
from alliances.dynamics.wars.ruin import GamblersRuin
from alliances.payoffs.contest import Contest
from alliances.power import Power
from alliances.results import Tabular, draw

if TYPE_CHECKING:
    from alliances.results import Axes

__all__ = ["ConflictWalk", "check_walk", "numeric"]

_FACTOR = Rule("must be greater than 1 and finite", lambda x: x > 1)
_NEAR = 1e-9  # of a step: a float ratio this close to a barrier is on it
_MOST_STEPS = 1_000_000  # between a start and a barrier


@dataclass(frozen=True, eq=False)
class ConflictWalk(Tabular):
    """A war of rounds that moves the power ratio until one side is eliminated: a gambler's ruin on ln(s/p).

    Parameters
    ----------
    swing
        r > 1: by which factor a round changes the ratio s/p; not beyond the barrier, or the larger of two.
    barrier
        R > 1: the ratio of the stronger to the weaker at which the weaker is eliminated; or a tuple (R_S, R_P): the sponsor
        prevails once s/p ≥ R_S, the proxy once p/s ≥ R_P.
    win
        The sponsor's probability of winning a round: a number in [0, 1], ½ by default, or a contest such as ``Tullock(2)``.

    Raises
    ------
    TypeError, ValueError
        If a parameter breaks its rule.

    References
    ----------
    Feller (1968), *An Introduction to Probability Theory and Its Applications*, vol. 1, 3rd ed., ch. XIV.

    Examples
    --------
    >>> import alliances as al
    >>> luck = al.ConflictWalk(swing=2, barrier=8)
    >>> print(*luck.lattice().gap)
    -3/5 -1/3 0 1/3 3/5
    >>> print(*al.conflict_duration(luck.lattice(), luck).rounds)
    5 8 9 8 5
    >>> momentum = al.ConflictWalk(swing=2, barrier=8, win=al.Tullock(1))
    >>> print(*al.conflict_duration(momentum.lattice(), momentum).rounds)
    7/4 15/4 19/4 15/4 7/4
    """

    references: ClassVar[tuple[str, ...]] = ("feller-1968",)

    swing: Number
    barrier: Number | tuple[Number, Number]
    win: Number | Contest = Fraction(1, 2)

    def __post_init__(self) -> None:
        object.__setattr__(self, "swing", scalar(self.swing, "ConflictWalk", "swing", _FACTOR))
        if isinstance(self.barrier, tuple):
            if len(self.barrier) != 2:
                raise ValueError(
                    f"ConflictWalk(): barrier must be one number or a pair (sponsor's, proxy's); got {self.barrier!r}"
                )
            pair = tuple(scalar(b, "ConflictWalk", "barrier", _FACTOR) for b in self.barrier)
            object.__setattr__(self, "barrier", pair)
        else:
            object.__setattr__(self, "barrier", scalar(self.barrier, "ConflictWalk", "barrier", _FACTOR))
        if not is_symbolic(self.swing) and not any(is_symbolic(b) for b in self.barriers):
            self._check_swing()
        if isinstance(self.win, type):
            raise TypeError(f"ConflictWalk(): win must be a number or an instance such as Tullock(2.0); got {self.win!r}")
        if not callable(self.win):
            settle_one = number if is_symbolic(self.win) else scalar  # claims.PROTRACTION.prove() leaves it open
            object.__setattr__(self, "win", settle_one(self.win, "ConflictWalk", "win", PROBABILITY))
        super().__post_init__()

    def _check_swing(self) -> None:
        """An error for a swing beyond both barriers: any one round would end the war, wherever it starts."""
        widest = max(self.barriers)
        near = 1 if is_exact(self.swing) and is_exact(widest) else 1 + _NEAR  # floats just beyond are on it
        if self.swing > widest * near:
            raise ValueError(
                "ConflictWalk(): swing must not lie beyond the barrier, or one round ends every war; "
                f"got {show(self.swing)} for a barrier of {show(widest)}"
            )

    @classmethod
    def from_log_ratio(
        cls, step: Number, barrier: Number | tuple[Number, Number], win: Number | Contest = Fraction(1, 2)
    ) -> ConflictWalk:
        """The walk with step h > 0 and barrier L > 0, or a tuple of barriers (L_S, L_P), of the log ratio, in floats.

        >>> import alliances as al
        >>> al.ConflictWalk.from_log_ratio(step=0.1, barrier=1.0).steps(al.Power(1.0, 1.0))
        (10, 10)
        """
        pair = barrier if isinstance(barrier, tuple) else (barrier,)
        name = "ConflictWalk.from_log_ratio"
        h, *ends = (float(scalar(x, name, n, POSITIVE)) for x, n in ((step, "step"), *((b, "barrier") for b in pair)))
        with np.errstate(over="ignore"):
            factors = [float(np.exp(x)) for x in ends]
        return cls(float(np.exp(h)), factors[0] if len(factors) == 1 else tuple(factors), win)

    @property
    def barriers(self) -> tuple[Number, Number]:
        """(R_S, R_P)."""
        return self.barrier if isinstance(self.barrier, tuple) else (self.barrier, self.barrier)

    @property
    def step(self) -> float:
        """The step of the log ratio, h = ln r."""
        return math.log1p(to_float(self.swing - 1))

    def steps(self, power: Power) -> tuple[Any, Any]:
        """(a, b): how many lost rounds in a row eliminate the sponsor, and how many won ones the proxy; 0 if it is over.

        Exact for exact powers and factors. A float within 10⁻⁹ of a step of a barrier is on it.
        """
        power = numeric(power, "ConflictWalk.steps")
        ratio = _ratio(power)
        up = self._count(ratio, self.barriers[0])
        return settle(self._count(1 / ratio, self.barriers[1])), settle(up)

    def _count(self, ratio: Number, barrier: Number) -> Array:
        """The least k ≥ 0 with ratio·r^k ≥ barrier."""
        near = (np.log(to_float(barrier)) - np.log(np.asarray(to_float(ratio)))) / self.step
        k: Array = np.maximum(np.ceil(near - _NEAR), 0)
        if k.max() > _MOST_STEPS:
            raise ValueError(f"ConflictWalk: swing must need at most {_MOST_STEPS} steps to a barrier; got {k.max():.3g} steps")
        k = k.astype(np.int64)
        if not (is_exact(ratio) and is_exact(self.swing) and is_exact(barrier)):
            return k
        while (short := np.asarray(ratio * _raised(self.swing, k) < barrier, dtype=bool)).any():
            k = k + short
        while (far := np.asarray((k > 0) & (ratio * _raised(self.swing, k - 1) >= barrier), dtype=bool)).any():
            k = k - far
        return k

    def lattice(self, total: Number = 1) -> Power:
        """The undecided powers on the lattice through parity, s/p = r^k, from the weakest sponsor to the strongest.

        >>> import alliances as al
        >>> print(*al.ConflictWalk(swing=3, barrier=(27, 3)).lattice().ratio)
        1 3 9
        """
        a, b = self.steps(Power(1, 1))
        return Power.from_ratio(_raised(self.swing, np.arange(1 - a, b)), total)

    def chances(self, power: Power, won: Any) -> tuple[Array, Array]:
        """(Q, q) of a round that starts ``won`` steps above ``power`` (below, if negative)."""
        if is_symbolic(self.win):
            raise TypeError(
                f"ConflictWalk(): win must be a number for durations; symbols are for proofs only; got {self.win!r}"
            )
        if not callable(self.win):
            exact = all(is_exact(x) for x in (power.sponsor, self.swing, self.win))
            win = np.full(np.broadcast_shapes(power.shape, np.shape(won)), self.win if exact else to_float(self.win))
            return win, 1 - win
        swing = like(self.swing, _ratio(power))
        half = np.asarray(won) // 2  # in two leaps: one across the whole war may leave the range of floats
        ratio = np.asarray(_ratio(power) * _raised(swing, half) * _raised(swing, won - half))
        state = Power.from_ratio(ratio, power.sponsor + power.proxy)
        try:
            first, second = self.win(state)
        except (TypeError, ValueError) as error:
            raise TypeError(f"ConflictWalk(): win must return a pair of probabilities (Q, q) for a power: {error}") from error
        name = "what win returns"
        q, r = (np.asarray(number(x, "ConflictWalk", name, PROBABILITY)) for x in (first, second))
        if np.any(np.abs(to_float(q + r) - 1) > UNIT_SUM_GIVEN):
            raise ValueError(f"ConflictWalk(): {name} must be two probabilities that sum to 1; got {first!r} and {second!r}")
        shape = np.broadcast_shapes(q.shape, r.shape, ratio.shape)
        q, r = (x if is_exact(q) and is_exact(r) else to_float(x) for x in (q, r))
        return np.array(np.broadcast_to(q, shape)), np.array(np.broadcast_to(r, shape))

    def ruin(self, power: Power) -> GamblersRuin:
        """The gambler's ruin that a war from ``power``, one dyad, amounts to; state a (see :meth:`steps`) is the start.

        >>> import alliances as al
        >>> walk = al.ConflictWalk(swing=2, barrier=4, win=al.Tullock(1))
        >>> print(*walk.ruin(al.Power(1, 1)).win)
        1/3 1/2 2/3
        """
        power = numeric(power, "ConflictWalk.ruin")
        a, b = self.steps(power)
        if np.ndim(a):
            raise ValueError(f"ConflictWalk.ruin(): power must be one dyad; got shape {power.shape}")
        if a == 0 or b == 0:
            raise ValueError("ConflictWalk.ruin(): power must lie between the barriers; got a dyad whose war is over")
        return GamblersRuin(self.chances(power, np.arange(1 - a, b))[0])

    def brownian_rounds(self, power: Power) -> Real:
        """(ln R_S − λ)(λ + ln R_P)/h² rounds: the expected duration as a Brownian motion, the limit of small steps.

        Only for luck (``win`` = ½), where the log ratio has no drift and variance h² per round. 0 beyond the barriers.

        >>> import alliances as al
        >>> round(al.ConflictWalk.from_log_ratio(0.1, 1.0).brownian_rounds(al.Power.from_log_ratio(0.5)), 6)
        75.0
        """
        if callable(self.win) or self.win != Fraction(1, 2):
            raise ValueError(f"ConflictWalk.brownian_rounds(): win must be 1/2, a walk without drift; got {self.win!r}")
        at = to_float(numeric(power, "ConflictWalk.brownian_rounds").log_ratio)
        upper, lower = (np.log(to_float(b)) for b in self.barriers)
        rounds: Real = settle(np.asarray(np.maximum(upper - at, 0) * np.maximum(at + lower, 0) / self.step**2))
        return rounds

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Expected duration and win probability against the gap; see :func:`alliances.plotting.plot_conflict`."""
        return draw(self, ax, **options)


def _raised(swing: Number, steps: Any) -> Number:
    """r^k; exact for an exact r and whole steps, positive or negative."""
    if not is_exact(swing):
        return swing ** np.asarray(steps, dtype=np.float64)
    powers = np.frompyfunc(lambda k: swing ** int(k), 1, 1)
    return powers(steps)


def _ratio(power: Power) -> Number:
    return power.sponsor / power.proxy


def numeric(power: object, function: str) -> Power:
    """``power`` if it is a power in numbers; otherwise an error in the name of ``function``."""
    if not isinstance(power, Power):
        raise TypeError(f"{function}(): power must be a Power, such as Power.from_gap(0.5); got {power!r}")
    if has_symbols(power.sponsor) or has_symbols(power.proxy):
        raise TypeError(f"{function}(): power must be numbers, not symbols; got {power!r}")
    return power


def check_walk(walk: object, function: str) -> None:
    """An error that names ``function`` unless ``walk`` is a war."""
    if not isinstance(walk, ConflictWalk):
        raise TypeError(f"{function}(): walk must be a ConflictWalk; got {walk!r}")
