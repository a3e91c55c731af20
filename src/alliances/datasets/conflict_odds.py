"""How the odds of conflict move with the gap: a logistic regression over pair-years, with errors clustered by pair.

log odds of conflict in year t = a + b·(stronger side's share of power in year t − lag, in steps of 0.1). Years of one pair
are not independent, so standard errors come from the cluster-robust sandwich (Liang and Zeger 1986, *Biometrika* 73:13-22)
with the factor G/(G − 1) for G pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, scalar, to_float
from alliances.datasets.ucdp import PairConflicts
from alliances.dynamics.wars.ruin import LEVEL
from alliances.results import Result

__all__ = ["ConflictOdds", "clustered_logit", "conflict_odds"]

STEP = 0.1
"""Odds ratios are per +0.1 of the stronger side's share."""

_MOST_ROUNDS = 100
_CONVERGED = 1e-10  # the largest step of the coefficients in the last round


@dataclass(frozen=True)
class ConflictOdds(Result):
    """The odds ratio of conflict per +0.1 of the stronger side's share.

    Attributes
    ----------
    odds_ratio
        Below 1: the wider the gap, the rarer conflict.
    lower, upper
        The confidence interval, from the normal distribution.
    confidence
        Its level.
    standard_error
        Of the logarithm of the odds ratio, clustered by pair.
    lag
        How many years before the conflict the share is measured.
    pairs, pair_years, conflict_years
        What the estimate rests on.
    """

    references: ClassVar[tuple[str, ...]] = ("liang-zeger-1986",)

    odds_ratio: float
    lower: float
    upper: float
    confidence: float
    standard_error: float
    lag: int
    pairs: int
    pair_years: int
    conflict_years: int

    @property
    def message(self) -> str:
        """The estimate in a sentence."""
        reading = "excludes" if self.upper < 1 or self.lower > 1 else "includes"
        return (
            f"Odds of conflict per +0.1 of the stronger side's share: {self.odds_ratio:.2f} "
            f"[{self.lower:.2f}, {self.upper:.2f}] "
            f"({self.confidence:.0%}, {self.pairs} pairs, {self.pair_years} pair-years, {self.conflict_years} of them at war); "
            f"the interval {reading} 1."
        )


def conflict_odds(conflicts: PairConflicts, *, lag: int = 1, confidence: float = 0.95) -> ConflictOdds:
    r"""How the odds of conflict move with the stronger side's share of the pair's power.

    A pair-year counts if both groups are present in it and ``lag`` years before. With ``lag=0`` war may have made the share.

    Parameters
    ----------
    conflicts
        Observed wars, from :meth:`UCDPDyads.conflicts`.
    lag
        Years between the share and the conflict.
    confidence
        The level of the interval.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, there is no variation, or shares separate war from peace perfectly (the odds
        ratio is then 0 or infinite).

    Examples
    --------
    Two wars only, to show the call; see the how-to page for all.

    >>> import io
    >>> import alliances as al
    >>> rows = ["side_a,side_b,year,best", "Gulf Cartel,Los Zetas,2010,223", "Sinaloa Cartel,Tijuana Cartel,2007,315"]
    >>> rows += ["Juarez Cartel,La Familia,2010,0", "Beltrán Leyva Cartel,La Familia,2003,0"]
    >>> deaths = al.datasets.load_ucdp_dyads(io.StringIO("\n".join(rows)))
    >>> odds = al.datasets.conflict_odds(deaths.conflicts(al.datasets.cartel_municipalities().pairs()))
    >>> odds.pair_years, odds.conflict_years, round(odds.odds_ratio, 3)
    (141, 2, 0.75)
    """
    function = "conflict_odds"
    if not isinstance(conflicts, PairConflicts):
        raise TypeError(
            f"{function}(): conflicts must be PairConflicts, as UCDPDyads.conflicts() gives them; got {conflicts!r}"
        )
    years = len(conflicts.pairs.years)
    if isinstance(lag, (bool, np.bool_)) or not isinstance(lag, (int, np.integer)) or not 0 <= lag < years:
        raise ValueError(f"{function}(): lag must be an integer from 0 to {years - 1}; got {lag!r}")
    level = float(scalar(confidence, function, "confidence", LEVEL))
    share = np.asarray(to_float(conflicts.pairs.power.share))
    stronger = np.maximum(share, 1 - share)[:, : years - lag]
    used = conflicts.pairs.present[:, : years - lag] & conflicts.pairs.present[:, lag:]
    pair = np.broadcast_to(np.arange(len(used))[:, None], used.shape)[used]
    war = conflicts.active[:, lag:][used]
    slope, error = clustered_logit(stronger[used] / STEP, war, pair, function)
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    return ConflictOdds(
        odds_ratio=math.exp(slope),
        lower=math.exp(slope - reach),
        upper=math.exp(slope + reach),
        confidence=level,
        standard_error=error,
        lag=int(lag),
        pairs=np.unique(pair).size,
        pair_years=int(war.size),
        conflict_years=int(war.sum()),
    )


def clustered_logit(x: Array, y: Array, clusters: Array, function: str = "clustered_logit") -> tuple[float, float]:
    """The slope of a logistic regression of ``y`` on a constant and ``x``, and its cluster-robust standard error.

    Newton's method on the (concave) log likelihood, from the fit of the constant alone.
    """
    y = np.asarray(y, dtype=np.float64)
    if y.min() == y.max() or x.min() == x.max():
        raise ValueError(
            f"{function}(): conflicts must vary, and so must shares; got {int(y.sum())} of {y.size} pair-years at war"
        )
    if (low := x[y == 0].max() <= x[y == 1].min()) or x[y == 1].max() <= x[y == 0].min():
        raise ValueError(
            f"{function}(): shares must not separate war from peace; the odds ratio is {'infinite' if low else '0'}"
        )
    centre = x.mean()
    design = np.stack([np.ones_like(x), x - centre], axis=1)
    odds = np.array([math.log(y.mean() / (1 - y.mean())), 0.0])
    for _ in range(_MOST_ROUNDS):
        chance = 1 / (1 + np.exp(-design @ odds))
        bread = (design * (chance * (1 - chance))[:, None]).T @ design
        step: Any = np.linalg.solve(bread, design.T @ (y - chance))
        odds = odds + step
        if np.abs(step).max() < _CONVERGED:
            break
    else:
        raise ValueError(f"{function}(): conflicts must allow a fit; Newton's method did not settle in {_MOST_ROUNDS} steps")
    chance = 1 / (1 + np.exp(-design @ odds))
    bread = (design * (chance * (1 - chance))[:, None]).T @ design
    names, member = np.unique(clusters, return_inverse=True)
    if names.size < 2:
        raise ValueError(f"{function}(): conflicts must come from at least two pairs; got {names.size}")
    scores = np.zeros((names.size, 2))
    np.add.at(scores, member, design * (y - chance)[:, None])
    inverse = np.linalg.inv(bread)
    covariance = inverse @ (scores.T @ scores) @ inverse * names.size / (names.size - 1)
    return float(odds[1]), float(np.sqrt(covariance[1, 1]))
