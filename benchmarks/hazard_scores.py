"""What held-out log scores are worth: paired bootstraps by group, by dispute and by state.

Rows of one dispute are not independent, nor are dyads that share a state: differences of two models are resampled by each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["difference"]


def difference(d: Any, frame: Any, cluster: str | Sequence[str], times: int, seed: int) -> tuple[float, float, float, float]:
    """The sum of paired differences, its 95 % bootstrap interval by cluster, and the share of draws above 0.

    With a pair of columns the two ends of a dyad are drawn: a row counts as often as both ends were drawn together, scaled to
    the same number of rows on average.
    """
    rng = np.random.default_rng(seed)
    known = ~np.isnan(d)
    d = d[known]
    draw = _by_ends if not isinstance(cluster, str) else _by_cluster
    sums = draw(d, frame[known], cluster, times, rng)
    low, high = np.quantile(sums, (0.025, 0.975))
    return float(d.sum()), float(low), float(high), float((sums > 0).mean())


def _by_cluster(d: Any, frame: Any, cluster: str, times: int, rng: Any) -> Any:
    codes = np.unique(frame[cluster].to_numpy().astype(str), return_inverse=True)[1]
    each = np.bincount(codes, weights=d)
    drawn = rng.multinomial(len(each), np.full(len(each), 1 / len(each)), size=times)
    return drawn @ each


def _by_ends(d: Any, frame: Any, cluster: Sequence[str], times: int, rng: Any) -> Any:
    ends = np.concatenate([frame[name].to_numpy().astype(str) for name in cluster])
    codes = np.unique(ends, return_inverse=True)[1].reshape(len(cluster), -1)
    count = codes.max() + 1
    pair = codes.min(axis=0) * count + codes.max(axis=0)
    keys, of_row = np.unique(pair, return_inverse=True)
    each = np.bincount(of_row, weights=d)
    one, other = keys // count, keys % count
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=times)
    weights = drawn[:, one] * drawn[:, other]
    # E[w_a w_b] = 1 − 1/n for two different ends
    return weights @ each / (1 - 1 / count)
