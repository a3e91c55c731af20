"""Games with signals, and the score by its definition, that tests of monitoring share."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from alliances import StageGame
from alliances.repeated.monitoring.signals import PublicMonitoring

PD = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
PENNIES = StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
NOISY = PublicMonitoring.binary(PD, bad=[[0.1, 0.6], [0.6, 0.9]])

few = settings(derandomize=True, deadline=None, max_examples=6)


def random_monitoring(rng: np.random.Generator, most: int = 3, signals: int | None = None) -> PublicMonitoring:
    m, n = rng.integers(2, most + 1, 2)
    pi = rng.random((m, n, signals or rng.integers(2, 4)))
    a, b = rng.integers(-4, 6, (2, m, n)).astype(float)
    return PublicMonitoring(StageGame(a, b), pi / pi.sum(axis=-1, keepdims=True))


@st.composite
def monitorings(draw: st.DrawFn) -> PublicMonitoring:
    return random_monitoring(np.random.default_rng(draw(st.integers(0, 10**6))), most=2)


def arrays(monitoring: PublicMonitoring) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        monitoring.stage.A.astype(float),
        monitoring.stage.B.astype(float),
        monitoring.signal_probabilities.astype(float),
    )


def score(monitoring: PublicMonitoring, direction: np.ndarray, profiles: Iterable[tuple[int, int]] | None = None) -> float:
    """k*(λ) as Fudenberg & Levine (1994) write it, in v and x, profile by profile, or over some profiles only."""
    a, b, pi = arrays(monitoring)
    (m, n), size = a.shape, pi.shape[-1]
    best = -math.inf
    for i, j in product(range(m), range(n)) if profiles is None else profiles:
        zero = np.zeros(size)
        value = np.array([[1, 0, *-pi[i, j], *zero], [0, 1, *zero, *-pi[i, j]]])
        deviate = [[-1, 0, *pi[k, j], *zero] for k in range(m)] + [[0, -1, *zero, *pi[i, k]] for k in range(n)]
        budget = [[0, 0, *(direction[0] * e), *(direction[1] * e)] for e in np.eye(size)]
        found = linprog(
            [-direction[0], -direction[1], *zero, *zero],
            A_ub=np.array(deviate + budget),
            b_ub=[*-a[:, j], *-b[i], *zero],
            A_eq=value,
            b_eq=[a[i, j], b[i, j]],
            bounds=(None, None),
        )
        if found.status == 0:
            best = max(best, -found.fun)
    return best


def cheap_and_dear(seed: int) -> PublicMonitoring:
    """A common bad signal and a rare, telling one: the more can be lost, the more rests on the rare one, and less burns."""
    rng = np.random.default_rng(seed)
    bad = np.array([[0.1, 0.5], [0.5, 0.6]]) + 0.05 * rng.random((2, 2))
    rare = np.array([[0.01, 0.15], [0.15, 0.3]]) * (1 + 0.2 * rng.random((2, 2)))
    a, b = (PD.A.astype(float) + 0.3 * rng.random((2, 2)) for _ in range(2))
    return PublicMonitoring(StageGame(a, b.T), np.stack([1 - bad - rare, bad, rare], axis=-1))
