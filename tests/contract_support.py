"""Games, strategies and the slow reference that tests of contracts share."""

from __future__ import annotations

import math
from fractions import Fraction as F
from itertools import product

from hypothesis import strategies as st

from alliances import (
    StageGame,
)
from alliances.repeated.contracts.relational import relational_contracts

PD = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
COURNOT = StageGame([[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]])
PENNIES = StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])


def public_goods(k_s: F, k_p: F) -> StageGame:
    """(x₁+x₂)/2 − k_i x_i with x in 1, …, 10."""
    x = range(1, 11)
    return StageGame(
        [[F(a + b, 2) - k_s * a for b in x] for a in x],
        [[F(a + b, 2) - k_p * b for b in x] for a in x],
        actions=tuple(str(a) for a in x),
    )


def mutual_gift() -> StageGame:
    """Effort e in 0, .1, …, 1, payoff e_j − e_i²/2."""
    e = [F(k, 10) for k in range(11)]
    return StageGame([[b - a * a / 2 for b in e] for a in e], [[a - b * b / 2 for b in e] for a in e])


def brute_force(stage: StageGame, delta: F) -> set[tuple[int, int]]:
    """E(δ) by the definition: start from all profiles, drop those that fail, repeat."""
    m, n = stage.shape
    g = {a: (stage.A[a], stage.B[a]) for a in product(range(m), range(n))}
    d = {a: (max(stage.A[k, a[1]] for k in range(m)), max(stage.B[a[0], k] for k in range(n))) for a in g}
    kept = set(g)
    while kept:
        u = max(sum(g[a]) for a in kept)
        v = sum(min(d[a][i] for a in kept) for i in range(2))
        left = {a for a in kept if (1 - delta) * sum(d[a]) + delta * v <= (1 - delta) * sum(g[a]) + delta * u}
        if left == kept:
            break
        kept = left
    return kept


def outcome(stage: StageGame, kept: set[tuple[int, int]]) -> tuple[object, object, object]:
    """(U, v_S, v_P) of a set of profiles."""
    return (
        max((stage.A[a] + stage.B[a] for a in kept), default=-math.inf),
        min((stage.A[:, a[1]].max() for a in kept), default=math.inf),
        min((stage.B[a[0], :].max() for a in kept), default=math.inf),
    )


@st.composite
def games(draw: st.DrawFn, most: int = 4, payoff: st.SearchStrategy[int] | None = None) -> StageGame:
    m, n = draw(st.integers(1, most)), draw(st.integers(1, most))
    cell = st.integers(-6, 9) if payoff is None else payoff
    a, b = ([[draw(cell) for _ in range(n)] for _ in range(m)] for _ in range(2))
    return StageGame(a, b)


def as_float(stage: StageGame) -> StageGame:
    return StageGame(stage.A.astype(float), stage.B.astype(float))


def summary(stage: StageGame) -> list[tuple[object, ...]]:
    return [
        (s.discount, s.liquidity, s.joint_payoff, s.sponsor_punishment, s.proxy_punishment)
        for s in relational_contracts(stage).steps
    ]
