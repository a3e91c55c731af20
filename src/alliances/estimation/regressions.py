"""Hazards that know no game: linear in covariates, constant, or of age alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.design import BASELINES, Baseline, HazardDesign, design_of
from alliances.estimation.likelihood import Likelihood, Parameter, counts
from alliances.estimation.linear import LinearLikelihood
from alliances.estimation.rates import RATES, RateModel, Risks, check_choice, check_names, distinct, effects
from alliances.estimation.spells import SIDES, Spells

__all__ = ["Constant", "Logit", "TimeOnly"]


@dataclass(frozen=True, eq=False)
class Logit(RateModel):
    """A hazard whose logit, or logarithm, is linear in covariates: the usual regression, with the same likelihood as the
    others.

    Parameters
    ----------
    covariates
        Columns; "gap" is the gap, whatever its column is called in ``fit``, and like it made of ``share`` where there is none.
        Gaps must lie strictly between −1 and 1, as in all models; other columns, ``share`` among them, are taken as they are.
    splines
        Those of the covariates that enter as natural cubic splines with four knots.
    baseline
        As of :class:`HazardModel`.
    risks
        "any", or "each side": coefficients of its own for each side.
    link
        "logit": λ = 1/(1 + exp(−x'β)). "log": λ = exp(x'β), a proportional hazard.

    Examples
    --------
    >>> frame = {"start": [0, 1, 2, 0], "stop": [1, 2, 3, 1], "gap": [0.5, 0.4, 0.2, 0.1], "end": [0, 0, 1, 0]}
    >>> fit = Logit(["gap"], link="log").fit(frame, event="end")
    >>> fit.names
    ('rate', 'gap')
    """

    covariates: Sequence[str] = ("gap",)
    splines: Sequence[str] = ()
    baseline: Baseline = None
    risks: Risks = "any"
    link: Literal["logit", "log"] = "logit"

    def __post_init__(self) -> None:
        name = type(self).__name__
        for argument in ("covariates", "splines"):
            object.__setattr__(self, argument, check_names(getattr(self, argument), name, argument))
        if not set(self.splines) <= set(self.covariates):
            raise ValueError(f"{name}(): splines must be among the covariates; got {self.splines!r}")
        check_choice(self.baseline, BASELINES, name, "baseline")
        check_choice(self.risks, get_args(Risks), name, "risks")
        check_choice(self.link, ("logit", "log"), name, "link")
        super().__post_init__()

    @property
    def sides(self) -> int:
        """1, or 2 where each side has coefficients of its own."""
        return 2 if self.risks == "each side" else 1

    @property
    def wanted(self) -> tuple[str, ...]:
        """The covariates."""
        return tuple(self.covariates)

    @property
    def label(self) -> str:
        """A name for tables."""
        parts = [f"s({name})" if name in self.splines else name for name in self.covariates]
        parts += [self.baseline] if self.baseline else []
        return f"{self.link}: {' + '.join(parts) or 'constant'}"

    def design(self, spells: Spells) -> HazardDesign:
        """Covariates, splines and baseline."""
        return design_of(spells, self.wanted, self.splines, self.baseline)

    def likelihood(self, spells: Spells, design: HazardDesign, weights: Array | None = None, exact: bool = False) -> Likelihood:  # noqa: ARG002
        """The likelihood; rows with equal predictors are one cell."""
        columns = design.matrix(spells)
        cells, cell = distinct(columns)
        table = counts(spells, self.sides, cell, len(cells), weights)
        levels: list[Parameter] = []
        name = "odds" if self.link == "logit" else "rate"
        if self.sides == 1:
            levels.append(Parameter(name, *RATES, 0.05, 0.05, True, -2))
            slopes = effects(columns, design.names)
        else:
            levels += [Parameter(f"{name}.{side}", *RATES, 0.05, 0.05, True, s) for s, side in enumerate(SIDES)]
            slopes = [p for side in SIDES for p in effects(columns, design.names, f".{side}")]
        return LinearLikelihood((*levels, *slopes), *table, cells, self.sides, self.link == "logit")

    def cells(self, spells: Spells, design: HazardDesign) -> Array:
        """Of each row its cell in the exact likelihood."""
        return distinct(design.matrix(spells))[1]

    def rates(self, spells: Spells, design: HazardDesign, theta: Array) -> Array:
        """λ by side and row, (sides, n)."""
        columns = design.matrix(spells)
        nothing = np.zeros((self.sides, len(columns)))
        logs, _ = LinearLikelihood((), nothing, nothing[0], nothing[0], columns, self.sides, self.link == "logit").log_rates(
            theta[None], False
        )
        return np.asarray(np.exp(logs[0]))


@dataclass(frozen=True, eq=False)
class Constant(Logit):
    """The same hazard at all times: events by time at risk. What every other model has to beat.

    Examples
    --------
    >>> frame = {"start": [0, 1], "stop": [1, 2], "end": [0, 1]}
    >>> round(Constant().fit(frame, event="end").theta["rate"], 6)
    0.5
    """

    covariates: Sequence[str] = ()
    link: Literal["logit", "log"] = "log"

    @property
    def label(self) -> str:
        """A name for tables."""
        return "constant"


@dataclass(frozen=True, eq=False)
class TimeOnly(Logit):
    """A hazard that depends on age alone, by default a spline of its logarithm.

    Examples
    --------
    >>> TimeOnly().label
    'age spline alone'
    """

    covariates: Sequence[str] = ()
    baseline: Baseline = "age spline"
    link: Literal["logit", "log"] = "log"

    @property
    def label(self) -> str:
        """A name for tables."""
        return f"{self.baseline} alone"
