"""Held-out hazards and what they are worth: folds that all models share, log scores, AUC within folds, paired bootstraps.

A fold's model is fitted to the other rows alone, from cold starts: nothing that was learned from all rows – optima, knots,
bounds – reaches it. An interval's score is y ln λ − λ dt, with dt at least 0.02; for two sides Σ y_i ln λ_i − (λ_S + λ_P) dt.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Held", "Scheme", "auc", "difference", "hold_out", "lengths", "schemes"]

SHORTEST = 0.02


@dataclass(frozen=True)
class Scheme:
    """Which rows are predicted together, and which rows know nothing of them: a train and a test mask for each fold."""

    name: str
    folds: tuple[tuple[Any, Any], ...]

    @property
    def tested(self) -> Any:
        """The rows that some fold predicts."""
        return np.any([test for _, test in self.folds], axis=0)


@dataclass(frozen=True)
class Held:
    """What one model said of the rows that it did not see: rates (sides, rows), nan elsewhere; and the folds that failed."""

    rates: Any
    spread: float
    failed: tuple[str, ...]


def schemes(frame: Any, group: str, split: int, folds: int, seed: int, year: str = "year") -> list[Scheme]:
    """By group, and by time. Where there are few groups, each is a fold."""
    names = frame[group].to_numpy()
    codes = np.unique(names, return_inverse=True)[1]
    count = codes.max() + 1
    few = count <= 3 * folds
    fold = np.arange(count) if few else np.random.default_rng(seed).permutation(np.arange(count) % folds)
    of_row = fold[codes]
    late = frame[year].to_numpy() >= split
    by_group = tuple((of_row != k, of_row == k) for k in range(fold.max() + 1))
    return [Scheme("by group", by_group), Scheme("by time", ((~late, late),))]


def hold_out(model: Any, frame: Any, options: dict[str, Any], scheme: Scheme, starts: int, seed: int) -> Held:
    """Fit to each fold's training rows from cold starts, and predict its test rows."""
    sides = model.sides
    rates = np.full((sides, len(frame)), np.nan)
    spread, failed = 0.0, []
    for k, (train, test) in enumerate(scheme.folds):
        # a seed of the fold's own, so that no start knows of the other folds
        own = zlib.crc32(f"{seed} {scheme.name} {k}".encode())
        try:
            fit = model.fit(frame[train], **options, starts=starts, rng=own)
        except ValueError as error:
            failed.append(f"fold {k}: {error}")
            continue
        total = fit.predict(frame[test], what="hazard")
        if sides == 2:
            who = fit.predict(frame[test], what="who")
            rates[:, test] = [total * who, total * (1 - who)]
        else:
            rates[0, test] = total
        spread = max(spread, fit.starts["loglike"][0] - fit.starts["loglike"][min(1, starts - 1)])
    return Held(rates, spread, tuple(failed))


def lengths(frame: Any, options: dict[str, Any]) -> Any:
    """How long each row is at risk."""
    duration = options.get("duration", ("start", "stop"))
    if duration is None:
        return np.ones(len(frame))
    return np.maximum(frame[duration[1]].to_numpy(dtype=float) - frame[duration[0]].to_numpy(dtype=float), SHORTEST)


def scores(rates: Any, happened: Any, length: Any) -> Any:
    """Each row's log score; ``happened`` is (sides, rows). An event of unknown side counts for their sum."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gained = np.where(happened, np.log(rates), 0.0).sum(axis=0)
    return gained - rates.sum(axis=0) * length


def auc(rate: Any, event: Any, scheme: Scheme) -> float:
    """The chance that a row with the event has the higher rate, ties counting half; within folds, averaged by events."""
    total = weight = 0.0
    for _, test in scheme.folds:
        x, y = rate[test], event[test]
        known = ~np.isnan(x)
        x, y = x[known], y[known]
        if not 0 < y.sum() < len(y):
            continue
        others = np.sort(x[~y])
        ranks = np.searchsorted(others, x[y], side="left") + np.searchsorted(others, x[y], side="right")
        total += float(ranks.sum()) / (2 * len(others))
        weight += y.sum()
    return total / weight if weight else float("nan")


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
