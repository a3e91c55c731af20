"""Strategies that make the opponent indifferent: the candidates for optimal and equilibrium strategies.

Take a payoff matrix P (…, m, n) and a square submatrix of it, a *kernel*, with rows I and columns J. The strategy x on
I that gives the same expected payoff xP in all columns of J is the kernel's strategy, if the kernel is regular and x ≥
0. In a matrix game some kernel's strategy is optimal (Shapley & Snow 1950, "Basic solutions of discrete games"); in a
bimatrix game every extreme equilibrium is a pair of kernels' strategies (Mangasarian 1964), one from each player's
payoffs. Kernels are enumerated for a whole batch at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb

import numpy as np

from alliances.arithmetic import Array

__all__ = ["kernel_count", "kernel_strategies"]

_SINGULAR = 1e-13  # determinants and probabilities, of a kernel whose entries lie in [1, 2]


def kernel_count(m: int, n: int) -> int:
    """How many kernels an m×n matrix has."""
    return sum(comb(m, k) * comb(n, k) for k in range(1, min(m, n) + 1))


def kernel_strategies(payoffs: Array) -> Iterator[tuple[Array, Array]]:
    """For each kernel: its strategy (…, m) and, per matrix of the batch, whether it is one.

    Parameters
    ----------
    payoffs
        Float matrices (…, m, n).

    Examples
    --------
    >>> pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> [x.round(12).tolist() for x, good in kernel_strategies(pennies) if good]
    [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.5, 0.5]]
    """
    m, n = payoffs.shape[-2:]
    for size in range(1, min(m, n) + 1):
        for rows in combinations(range(m), size):
            for columns in combinations(range(n), size):
                kernel = payoffs[..., rows, :][..., columns]
                low, high = kernel.min(axis=(-2, -1), keepdims=True), kernel.max(axis=(-2, -1), keepdims=True)
                # The strategy does not change with the scale and the zero of the kernel; in [1, 2] the common payoff v is
                # positive, so x/v solves a linear system with right-hand side 1, and normalising gives x.
                kernel = (kernel - low) / np.where(high > low, high - low, 1.0) + 1.0
                regular = np.abs(np.linalg.det(kernel)) > _SINGULAR
                system = np.swapaxes(np.where(regular[..., None, None], kernel, np.eye(size)), -1, -2)
                x = np.linalg.solve(system, np.ones((*system.shape[:-1], 1)))[..., 0]
                total = x.sum(axis=-1)
                good = regular & (total > 0)
                x = x / np.where(good, total, 1.0)[..., None]
                good = good & (x >= -_SINGULAR).all(axis=-1)
                x = np.clip(x, 0.0, None)
                strategy = np.zeros((*payoffs.shape[:-2], m))
                strategy[..., rows] = x / np.where(good, x.sum(axis=-1), 1.0)[..., None]
                yield strategy, good
