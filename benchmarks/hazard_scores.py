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
    known = ~np.isnan(d)
    of_row, often = _draws(frame, cluster, known, times, seed)
    sums = often @ np.bincount(of_row, weights=d[known], minlength=often.shape[1])
    low, high = np.quantile(sums, (0.025, 0.975))
    return float(d[known].sum()), float(low), float(high), float((sums > 0).mean())


_DRAWN: dict[Any, tuple[Any, Any, Any]] = {}  # the draws are the same for all models: by frame, kind of cluster and rows


def _draws(frame: Any, cluster: str | Sequence[str], known: Any, times: int, seed: int) -> tuple[Any, Any]:
    """Of each row its unit, and how often each unit is in each draw, (times, units)."""
    key = id(frame), cluster, known.tobytes(), times, seed
    if key not in _DRAWN:
        rng = np.random.default_rng(seed)
        draw = _by_ends if not isinstance(cluster, str) else _by_cluster
        _DRAWN[key] = (*draw(frame[known], cluster, times, rng), frame)  # the frame stays, and with it its id
    return _DRAWN[key][:2]


def _by_cluster(frame: Any, cluster: str, times: int, rng: Any) -> tuple[Any, Any]:
    codes = np.unique(frame[cluster].to_numpy().astype(str), return_inverse=True)[1]
    count = codes.max() + 1
    return codes, rng.multinomial(count, np.full(count, 1 / count), size=times).astype(float)


def _by_ends(frame: Any, cluster: Sequence[str], times: int, rng: Any) -> tuple[Any, Any]:
    ends = np.concatenate([frame[name].to_numpy().astype(str) for name in cluster])
    codes = np.unique(ends, return_inverse=True)[1].reshape(len(cluster), -1)
    count = codes.max() + 1
    pair = codes.min(axis=0) * count + codes.max(axis=0)
    keys, of_row = np.unique(pair, return_inverse=True)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=times)
    # E[w_a w_b] = 1 − 1/n for two different ends
    return of_row, drawn[:, keys // count] * drawn[:, keys % count] / (1 - 1 / count)
