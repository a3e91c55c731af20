r"""The set of equilibrium payoffs of a repeated game.

Two players play a stage game for ever and discount with the common factor δ ∈ [0, 1). Past actions are public (perfect
monitoring), and a public random device is observed before each period. V(δ) is the set of average payoffs (1 − δ) Σ δᵗ
g(aᵗ) of its subgame-perfect equilibria in pure actions. V(δ) is convex and compact, possibly empty; it grows with δ. It
is a polygon with at most four vertices per action profile, three by Abreu & Sannikov's (2014, Theoretical Economics
9:313-338) bound.

Methods, each described in its module:

* exact games with an exact δ: :mod:`alliances.repeated.payoff_sets.exact` – rational arithmetic and a proof;
* float games: :mod:`alliances.repeated.payoff_sets.floating` – outer iteration, then the structure's fixed point, whatever δ;
* batches: :mod:`alliances.repeated.payoff_sets.batch`.

Cost of one step: proportional to the number of profiles that are still playable, times the logarithm of the number of
vertices, plus sorting the generated points; a handful of steps usually suffices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np

from alliances.arithmetic import Array, Number, Scalar, discount_factor
from alliances.arithmetic.canonical import computed_discount
from alliances.games.stage_game import StageGame
from alliances.repeated.payoff_sets.batch import PayoffSetBatch, solve_batch
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.repeated.payoff_sets.single import solve_single

__all__ = ["payoff_set", "payoff_sets"]


@overload
def payoff_set(stage: StageGame, discount: Array | Sequence[Any]) -> PayoffSetBatch: ...


@overload
def payoff_set(stage: StageGame, discount: Scalar) -> PayoffSet: ...


def payoff_set(stage: StageGame, discount: Any) -> PayoffSet | PayoffSetBatch:
    """V(δ): all payoffs of pure-action subgame-perfect equilibria, with public randomisation and perfect monitoring.

    Parameters
    ----------
    stage
        A stage game m×n. A batch of games gives a batch of sets, like :func:`payoff_sets`, whose return type says so.
    discount
        The common discount factor δ ∈ [0, 1); an array makes a batch. The result is exact if both the payoffs and δ are
        (ints or Fractions).

    Returns
    -------
    PayoffSet
        For one game; a game without pure-action equilibrium gives a set of the kind "empty".
    PayoffSetBatch
        For a batch.

    Raises
    ------
    TypeError, ValueError
        If ``stage`` is no stage game or δ is not in [0, 1).

    Examples
    --------
    >>> from fractions import Fraction
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> print(payoff_set(pd, Fraction(3, 10)))
    Equilibrium payoffs at discount factor 3/10: a polygon
      vertices (sponsor, proxy)  (3, 3) (39/4, 3) (9, 9) (3, 39/4)
      worst payoffs              3 (sponsor), 3 (proxy)
      profiles on path           (0, 0), (0, 1), (1, 0), (1, 1)
      proved: Every vertex is exact, proved from inside and outside in rational arithmetic.
    >>> payoff_set(pd, Fraction(1, 7)).kind, payoff_set(pd, Fraction(1, 8)).kind
    ('segment', 'point')
    """
    delta = _checked(stage, discount, "payoff_set")
    return solve_batch(stage, delta) if stage.batch_shape or np.ndim(delta) else solve_single(stage, delta)


def payoff_sets(stage: StageGame, discount: Any) -> PayoffSetBatch:
    """V(δ) of a batch of games, of one game at many discount factors, or both: solved at once, in floating point.

    Parameters
    ----------
    stage
        A stage game or a batch (…, m, n) of them.
    discount
        Common discount factors in [0, 1): a number, or an array that broadcasts with the batch.

    Returns
    -------
    PayoffSetBatch
        Of the shape that the two broadcast to. Indexing it gives the :class:`PayoffSet` of one game.

    Raises
    ------
    TypeError, ValueError
        If ``stage`` is no stage game, a δ is not in [0, 1), or there is neither a batch of games nor an array of δ.

    Examples
    --------
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> payoff_sets(pd, [0.1, 0.2, 0.3]).kind.tolist()
    ['point', 'segment', 'polygon']
    """
    delta = _checked(stage, discount, "payoff_sets")
    if not stage.batch_shape and not np.ndim(delta):
        raise ValueError(f"payoff_sets(): stage or discount must be a batch; payoff_set() solves one game; got {discount!r}")
    return solve_batch(stage, delta)


def _checked(stage: StageGame, discount: Any, function: str) -> Number:
    if not isinstance(stage, StageGame):
        raise TypeError(f"{function}(): stage must be a StageGame; got {stage!r}")
    if isinstance(discount, tuple):
        raise TypeError(f"{function}(): discount must be common to both players, or an array for a batch; got {discount!r}")
    delta = discount_factor(discount, function)
    exact = stage.exact and not stage.batch_shape and not np.ndim(delta)  # batches are solved in floating point
    return computed_discount(delta, exact, function)
