"""Predictors besides the model's own: covariates, splines of them, and an age baseline, as columns that multiply a rate.

All that is learned from data – where the knots of a spline lie, which columns are constant – is learned from the rows of a fit
and kept in its :class:`HazardDesign`, so that a fold of a cross-validation knows nothing of the rows that it predicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.spells import Spells
from alliances.values import Value

__all__ = ["BASELINES", "Baseline", "HazardDesign", "design_of", "spline"]

Baseline: TypeAlias = Literal["log age", "age spline"] | None
BASELINES: tuple[Baseline, ...] = (None, "log age", "age spline")

_QUANTILES = (0.05, 0.35, 0.65, 0.95)  # Harrell (2015), Regression Modeling Strategies, table 2.3
_LEVEL = 1e-12  # of its size: a column that varies less is a constant


@dataclass(frozen=True, eq=False)
class HazardDesign(Value):
    """Which columns a fit has besides the model's own.

    Attributes
    ----------
    names
        What the columns are called, those that were left out not among them.
    covariates
        The variables, in the order in which :class:`Spells` holds them.
    knots
        By variable: where its spline bends; those of age under ``"age"``.
    baseline
        How the rate changes with age.
    dropped
        The columns that are constant in the rows of the fit: they cannot be told from the level of the hazard.
    """

    names: tuple[str, ...]
    covariates: tuple[str, ...]
    knots: dict[str, tuple[float, ...]]
    baseline: Baseline
    dropped: tuple[str, ...]

    def matrix(self, spells: Spells) -> Array:
        """The columns (n, p) of any rows."""
        columns = _columns(spells, self.covariates, self.knots, self.baseline)
        kept = [columns[name] for name in self.names]
        return np.stack(kept, axis=1) if kept else np.zeros((spells.size, 0))


def spline(x: Array, knots: Sequence[float]) -> Array:
    """A natural cubic spline, which is linear beyond the outer knots: k − 1 columns (n, k − 1) for k knots, x itself first.

    >>> spline(np.array([0.0, 1.0]), [0, 1, 2])[:, 0].tolist()
    [0.0, 1.0]
    """
    t = np.asarray(knots, dtype=float)
    last, before = t[-1], t[-2]

    def cubed(knot: float) -> Array:
        return np.asarray(np.maximum(x - knot, 0) ** 3)

    bent = [
        (cubed(knot) - cubed(before) * (last - knot) / (last - before) + cubed(last) * (before - knot) / (last - before))
        / (last - t[0]) ** 2
        for knot in t[:-2]
    ]
    return np.stack([x, *bent], axis=1)


def design_of(spells: Spells, covariates: Sequence[str], splines: Sequence[str], baseline: Baseline) -> HazardDesign:
    """What the rows of a fit say about the columns."""
    knots = {name: _knots(spells.covariates[:, list(covariates).index(name)]) for name in splines}
    if baseline == "age spline":
        knots["age"] = _knots(np.log1p(spells.start))
    columns = _columns(spells, tuple(covariates), knots, baseline)
    constant = tuple(name for name, x in columns.items() if np.ptp(x) <= _LEVEL * max(1.0, float(np.abs(x).max())))
    names = tuple(name for name in columns if name not in constant)
    return HazardDesign(names, tuple(covariates), knots, baseline, constant)


def _knots(x: Array) -> tuple[float, ...]:
    """Knots at quantiles; fewer where values repeat, and none, for a straight line, where there are fewer than three."""
    knots = np.unique(np.quantile(x, _QUANTILES))
    return tuple(knots.tolist()) if len(knots) > 2 else ()


def _columns(
    spells: Spells, covariates: tuple[str, ...], knots: dict[str, tuple[float, ...]], baseline: Baseline
) -> dict[str, Array]:
    columns: dict[str, Array] = {}

    def add(name: str, x: Array, at: tuple[float, ...]) -> None:
        bent = spline(x, at) if at else x[:, None]
        for k in range(bent.shape[1]):
            columns[name if k == 0 else f"{name}, bend {k}"] = bent[:, k]

    for k, name in enumerate(covariates):
        add(name, spells.covariates[:, k], knots.get(name, ()))
    if baseline is not None:
        add("ln(1 + age)", np.log1p(spells.start), knots.get("age", ()) if baseline == "age spline" else ())
    return columns
