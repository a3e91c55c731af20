"""Gambler's ruin with win probabilities that may differ from state to state: a birth-death chain between two ruins.

States 0, 1, …, N. In state 0 < i < N the first player wins the round with probability p_i, and the state rises by one;
otherwise, with q_i = 1 − p_i, it falls by one. State N is the second player's ruin, state 0 the first's. From state i let

    D_i = expected number of rounds until ruin,          D_i = 1 + p_i D_{i+1} + q_i D_{i−1},   D_0 = D_N = 0,
    u_i = probability that the first player prevails,    u_i = p_i u_{i+1} + q_i u_{i−1},       u_0 = 0, u_N = 1.

Closed forms (Feller 1968, *An Introduction to Probability Theory and Its Applications*, vol. 1, 3rd ed., ch. XIV.2-3):

* p_i = ½:  D_i = i(N − i),  u_i = i/N;
* p_i = p ≠ ½, r = q/p:  u_i = (1 − r^i)/(1 − r^N),  D_i = (N u_i − i)/(p − q);
* any p_i in (0, 1): with π_k = Π_{l≤k} q_l/p_l (π_0 = 1), S_i = Σ_{k<i} π_k and T_i = Σ_{k≥i} π_k (k < N),

      u_i = S_i/S_N,   D_i = [T_i Σ_{j≤i} S_j/(p_j π_j) + S_i Σ_{j>i} T_j/(p_j π_j)]/S_N

  (expected visits to each state j: the discrete Green's function; Karlin and Taylor 1975, *A First Course in Stochastic
  Processes*, ch. 4).

:class:`GamblersRuin` computes D and u by *elimination of states without subtractions*: with α_i = the probability that the
chain rises to i + 1 from i before the first player's ruin, D_i = α_i D_{i+1} + β_i, and α, β and 1 − α follow from those of
i − 1 by sums, products and quotients of non-negative numbers alone. Nothing cancels, nothing overflows before the answer
does, and p_i = 0 and p_i = 1 are no exceptions. The sums above and the banded linear system are there as second and third
ways to the same numbers (:meth:`GamblersRuin.duration_by`).

Two facts (proofs in the documentation, "How long conflicts last"): for any p_i, D rises to a peak and falls from it; and if
p_i + p_{N−i} = 1, the peak is in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic import PROBABILITY, Array, Number, Rule, is_exact, is_symbolic, number, scalar, to_float
from alliances.values import Value, read_only

__all__ = ["GamblersRuin", "Passage", "meet", "over_by", "pass_on", "rounds_until", "start_of_passage", "whole"]

Method: TypeAlias = Literal["sums", "linear system"]
METHODS: tuple[Method, ...] = ("sums", "linear system")
LEVEL = Rule("must lie strictly between 0 and 1", lambda x: (x > 0) & (x < 1))
_MOST_WORK = 2e9  # states × rounds that a quantile may take: minutes


class Passage(NamedTuple):
    """From a state towards the next one inwards: what the states outwards of it do.

    ``ruin``: the probability of reaching the ruin behind before the next state inwards; ``loss``: 1 minus the probability of
    reaching that state (more than ``ruin`` only if the chain can be trapped); ``rounds``: the expected rounds until either.
    """

    reach: Number
    ruin: Number
    loss: Number
    rounds: Number


def start_of_passage(size: int, exact: bool) -> Passage:
    """At the ruin itself, for ``size`` chains: nothing comes back."""
    zero, unit = (np.full(size, Fraction(k) if exact else float(k)) for k in (0, 1))
    return Passage(zero, unit, unit, zero)


def _times(a: Array, b: Array) -> Array:
    """a·b for a vector of probabilities and one of durations, with 0·∞ = 0: what cannot happen takes no time."""
    some = np.asarray(a != 0, dtype=bool)
    product = np.where(some, a, a * 0)
    product[some] = a[some] * b[some]
    return product


def _over(a: Array, b: Array, if_zero: Any) -> Array:
    """a/b for two vectors, and ``if_zero`` where b = 0."""
    some = np.asarray(b != 0, dtype=bool)
    quotient = np.where(some, b, if_zero)
    quotient[some] = a[some] / b[some]
    return quotient


def pass_on(inward: Array, outward: Array, behind: Passage) -> Passage:
    """The passage from a state that moves inwards and outwards with these probabilities, given the one behind it."""
    leave = inward + outward * behind.loss  # 1 − the probability of coming back to the state from outwards
    zero, unit = leave[0] * 0, leave[0] * 0 + 1
    return Passage(
        reach=_over(inward, leave, zero),
        ruin=_over(outward * behind.ruin, leave, zero),
        loss=_over(outward * behind.loss, leave, unit),
        rounds=_over(unit + _times(outward, behind.rounds), leave, np.inf),
    )


def meet(win: Array, lose: Array, above: Passage, below: Passage) -> tuple[Array, Array, Array]:
    """At the start: expected rounds, and the probabilities that the first and that the second player prevails."""
    leave = win * above.loss + lose * below.loss
    zero, unit = leave[0] * 0, leave[0] * 0 + 1
    rounds = unit + _times(win, above.rounds) + _times(lose, below.rounds)
    return _over(rounds, leave, np.inf), _over(win * above.ruin, leave, zero), _over(lose * below.ruin, leave, zero)


@dataclass(frozen=True, eq=False)
class GamblersRuin(Value):
    """A war of N − 1 undecided states: who wins each round, how long it lasts, who prevails.

    Parameters
    ----------
    win
        p_1, …, p_{N−1}, each in [0, 1], along the last axis: the probability that the first player wins the round in each
        undecided state. Leading axes make a batch of chains of the same length. Integers and Fractions give exact answers.

    Raises
    ------
    TypeError, ValueError
        If ``win`` is not an array of probabilities with at least one state.

    References
    ----------
    Feller (1968), ch. XIV; see the module.

    Examples
    --------
    >>> from fractions import Fraction
    >>> import alliances as al
    >>> luck = al.GamblersRuin([Fraction(1, 2)] * 5)
    >>> print(*luck.duration)
    0 5 8 9 8 5 0
    >>> print(*luck.prevails)
    0 1/6 1/3 1/2 2/3 5/6 1
    >>> luck.quantile(0.5).tolist()
    [0.0, 1.0, 6.0, 7.0, 6.0, 1.0, 0.0]
    """

    references: ClassVar[tuple[str, ...]] = ("feller-1968",)

    win: Number

    def __post_init__(self) -> None:
        win = number(self.win, "GamblersRuin", "win", PROBABILITY)
        if is_symbolic(win) or np.ndim(win) == 0:
            raise TypeError(f"GamblersRuin(): win must be an array of numbers, one per undecided state; got {self.win!r}")
        object.__setattr__(self, "win", win)
        super().__post_init__()

    @property
    def states(self) -> int:
        """N + 1, the two ruins included."""
        return int(np.shape(self.win)[-1]) + 2

    @property
    def exact(self) -> bool:
        """Whether answers are Fractions."""
        return is_exact(self.win)

    @cached_property
    def _solution(self) -> tuple[Array, Array, Array]:
        shape, win = (*np.shape(self.win)[:-1], self.states), self.win.reshape(-1, self.states - 2)
        passages = [start_of_passage(len(win), self.exact)]
        for up in win.T:
            passages.append(pass_on(up, 1 - up, passages[-1]))
        over, none = passages[0].ruin, passages[0].reach
        rounds, first, second = [none], [over], [none]
        for p in passages[:0:-1]:
            with np.errstate(over="ignore"):
                rounds.append(_times(p.reach, rounds[-1]) + p.rounds)
            first.append(p.reach * first[-1])
            second.append(p.ruin + p.reach * second[-1])
        ends = (*rounds, none), (*first, none), (*second, over)
        rounds_, first_, second_ = (np.stack(x[::-1], axis=-1).reshape(shape) for x in ends)
        solution: tuple[Array, Array, Array] = read_only((rounds_, first_, second_))
        return solution

    @property
    def duration(self) -> Array:
        """D_0, …, D_N along the last axis, in rounds; inf where the chain can be trapped (some p_i are 0 and 1)."""
        return self._solution[0]

    @property
    def prevails(self) -> Array:
        """u_0, …, u_N: the probability that the first player prevails."""
        return self._solution[1]

    @property
    def ruined(self) -> Array:
        """The probability that the first player is ruined: 1 − u_i, unless the chain can be trapped for ever."""
        return self._solution[2]

    def duration_by(self, method: Method) -> Array:
        """D_0, …, D_N by another way, for comparison.

        Parameters
        ----------
        method
            "sums": the closed form in products and sums, exact for exact chains; all p_i must lie strictly between 0 and 1.
            "linear system": the tridiagonal equations in floating point (``scipy.linalg.solve_banded``), one chain only.

        Raises
        ------
        ValueError
            If ``method`` is unknown or not applicable.

        Examples
        --------
        >>> from fractions import Fraction
        >>> import alliances as al
        >>> chain = al.GamblersRuin([Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)])
        >>> print(*chain.duration, "|", *chain.duration_by("sums"), "|", chain.duration_by("linear system").round(9))
        0 2 3 2 0 | 0 2 3 2 0 | [0. 2. 3. 2. 0.]
        """
        if method == "sums":
            return self._by_sums()
        if method == "linear system":
            return self._by_linear_system()
        raise ValueError(f"GamblersRuin.duration_by(): method must be one of {', '.join(METHODS)}; got {method!r}")

    def _by_sums(self) -> Array:
        p = self.win
        if not np.all((p > 0) & (p < 1)):
            raise ValueError("GamblersRuin.duration_by(): win must lie strictly between 0 and 1 for 'sums'; got 0 or 1")
        unit = np.full_like(p[..., :1], 1)
        pi = np.concatenate([unit, np.cumprod((1 - p) / p, axis=-1)], axis=-1)  # π_0, …, π_{N−1}
        below = np.cumsum(pi, axis=-1)  # S_1, …, S_N
        above = np.cumsum(pi[..., ::-1], axis=-1)[..., ::-1]  # T_0, …, T_{N−1}
        total = below[..., -1:]
        s, t, weight = below[..., :-1], above[..., 1:], 1 / (p * pi[..., 1:])  # at the states 1, …, N − 1
        up_to = np.cumsum(s * weight, axis=-1)
        beyond = np.cumsum((t * weight)[..., ::-1], axis=-1)[..., ::-1] - t * weight
        inner = (t * up_to + s * beyond) / total
        return np.concatenate([unit * 0, inner, unit * 0], axis=-1)

    def _by_linear_system(self) -> Array:
        from scipy.linalg import solve_banded

        p = np.asarray(to_float(self.win))
        if p.ndim != 1:
            raise ValueError(f"GamblersRuin.duration_by(): win must be one chain for 'linear system'; got shape {p.shape}")
        n = p.size
        bands = np.zeros((3, n))
        bands[0, 1:], bands[1], bands[2, :-1] = -p[:-1], 1.0, -(1 - p[1:])
        return np.concatenate([[0.0], solve_banded((1, 1), bands, np.ones(n)), [0.0]])

    def over_by(self, rounds: int) -> Array:
        """P(T ≤ n) for n = 0, …, ``rounds`` (last axis) from each state (the axis before): the distribution of the duration T.

        Exact for exact chains, whose Fractions grow with every round.

        Examples
        --------
        >>> from fractions import Fraction
        >>> import alliances as al
        >>> print(*al.GamblersRuin([Fraction(1, 2)] * 3).over_by(6)[2])
        0 0 1/2 1/2 3/4 3/4 7/8
        """
        last = whole(rounds, "GamblersRuin.over_by")
        steps = over_by(self.win, 1 - self.win, self._ends())
        return np.stack([next(steps) for _ in range(last + 1)], axis=-1)

    def quantile(self, level: float) -> Array:
        """The least n with P(T ≤ n) ≥ ``level``, from each state, in rounds as a float: inf if the war may never end.

        Raises
        ------
        ValueError
            If ``level`` is not strictly between 0 and 1, or the wars are too long to be followed round by round.
        """
        level = scalar(level, "GamblersRuin.quantile", "level", LEVEL)
        return rounds_until(level, self.win, 1 - self.win, self._ends(), self._solution, True, "GamblersRuin.quantile")

    def _ends(self) -> Array:
        ends = np.zeros((*np.shape(self.win)[:-1], self.states), dtype=bool)
        ends[..., [0, -1]] = True
        return ends


def over_by(win: Any, lose: Any, ends: Array) -> Iterator[Array]:
    """P(T ≤ n) from each state for n = 0, 1, …; ``ends`` marks the states in which the war is over."""
    over: Array = np.where(ends, win.flat[0] * 0 + 1, win.flat[0] * 0)
    while True:
        yield over
        over = over.copy()
        over[..., 1:-1] = np.where(ends[..., 1:-1], over[..., 1:-1], win * over[..., 2:] + lose * over[..., :-2])


def rounds_until(
    level: Number, win: Any, lose: Any, ends: Array, solution: tuple[Array, Array, Array], wanted: Any, function: str
) -> Array:
    """The quantiles of the duration from each state in ``wanted``, where ``solution`` has rounds and probabilities."""
    rounds, surely = to_float(solution[0]), np.asarray(solution[1] + solution[2])
    open_ended = wanted & np.isinf(rounds)
    never = open_ended & np.asarray(surely < level, dtype=bool)
    # what ends just this often ends after at most N rounds, or else only in the limit
    limit = open_ended & np.asarray(surely == level, dtype=bool)
    # by Markov's inequality half of the wars end within twice the longest expected duration, whatever the state reached
    longest = float(np.max(np.where(wanted & ~open_ended, rounds, 0.0)))
    if 2 * longest * (1 - np.log2(1 - float(level))) * win.size > _MOST_WORK:
        raise ValueError(
            f"{function}(): wars must be short enough to follow round by round; got {longest:.3g} rounds in expectation"
        )
    quantiles = np.where(never, np.inf, np.where(wanted, np.nan, 0.0))
    for n, over in enumerate(over_by(win, lose, ends)):
        quantiles = np.where(np.isnan(quantiles) & np.asarray(over >= level, dtype=bool), float(n), quantiles)
        if n > ends.shape[-1]:
            quantiles = np.where(np.isnan(quantiles) & limit, np.inf, quantiles)
        if not np.isnan(quantiles).any():
            return quantiles
        if n * win.size > _MOST_WORK:
            raise ValueError(f"{function}(): wars must be short enough to follow round by round; not so after {n} rounds")
    raise AssertionError("the iterator is endless")


def whole(value: object, function: str) -> int:
    """A number of rounds: an integer of at least 0."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < 0:
        raise ValueError(f"{function}(): rounds must be an integer of at least 0; got {value!r}")
    return int(value)
