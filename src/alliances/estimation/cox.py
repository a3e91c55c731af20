"""Cox's proportional hazards: the field's usual yardstick, as R's survival and statsmodels have it.

The baseline of a Cox model is left open, so that it predicts no hazard; here it is a step function of age, events by
risk-weighted
time in intervals that hold at least a few events each. Errors are robust to clusters by the sums of score residuals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.design import HazardDesign, design_of
from alliances.estimation.fitted import Fitted
from alliances.estimation.inference import PART, in_words
from alliances.estimation.likelihood import Objective
from alliances.estimation.maximum import Advance, Optima, seek
from alliances.estimation.partial import PartialLikelihood
from alliances.estimation.rates import check_names, effects
from alliances.estimation.spells import Duration, Layout, Spells, read_spells
from alliances.results import Result, progress_bar
from alliances.values import Value

__all__ = ["Cox", "CoxFit"]

_EVENTS = 5  # at least, in each interval of the baseline
_STEPS = 10  # at most
_NORMAL = 1.959963984540054
_EMPTY = 1e-300  # weighted years of an interval in which nothing was at risk: its level is 0, not 0/0
_MOST = 700.0  # of x'β, beyond which exp(x'β) is no float
_LEAST = 1e-10  # breaks a year: the level of an interval without breaks, whose logarithm is asked for


@dataclass(frozen=True, eq=False)
class Cox(Value):
    """Cox regression on age, with delayed entry and Efron's ties.

    Parameters
    ----------
    covariates
        Columns; "gap" is the gap, whatever its column is called in ``fit``, and like it made of ``share`` where there is none.
        Gaps must lie strictly between −1 and 1, as in all models; other columns, ``share`` among them, are taken as they are.
    splines
        Those of the covariates that enter as natural cubic splines with four knots.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> frame = {
    ...     "start": np.zeros(300),
    ...     "stop": rng.exponential(1, 300),
    ...     "gap": rng.uniform(0, 0.9, 300),
    ...     "end": rng.integers(0, 2, 300),
    ... }
    >>> Cox(["gap"]).fit(frame, event="end").names
    ('gap',)
    """

    covariates: Sequence[str] = ("gap",)
    splines: Sequence[str] = ()

    def __post_init__(self) -> None:
        for argument in ("covariates", "splines"):
            object.__setattr__(self, argument, check_names(getattr(self, argument), "Cox", argument))
        if not self.covariates or not set(self.splines) <= set(self.covariates):
            raise ValueError(
                f"Cox(): covariates must name at least one column, and splines be among them; got {self.covariates!r}"
            )
        super().__post_init__()

    @property
    def sides(self) -> int:
        """Cox models ask whether, and not who."""
        return 1

    @property
    def label(self) -> str:
        """A name for tables."""
        return "Cox: " + " + ".join(f"s({name})" if name in self.splines else name for name in self.covariates)

    def read(self, frame: Any, layout: Layout, function: str, events: bool = True) -> Spells:
        """The rows of a frame with the columns that this model needs."""
        return read_spells(frame, layout, function, covariates=tuple(self.covariates), events=events)

    def fit(
        self,
        frame: Any,
        *,
        event: str = "event",
        duration: Duration = ("start", "stop"),
        gap: str = "gap",
        gap_at_formation: str = "gap0",
        who: str | None = None,
        cluster: str | tuple[str, str] | None = None,
        id: str | None = "id",
        time: str = "year",
        starts: int = 1,  # noqa: ARG002
        rng: np.random.Generator | int | None = 0,  # noqa: ARG002
        progress: bool = False,
    ) -> CoxFit:
        """The maximum of the partial likelihood; ``starts`` and ``rng`` have no effect, because it has one maximum.

        The other parameters and the errors are those of :meth:`HazardModel.fit`. That there is no maximum, because events and
        other rows are separated, that covariates are collinear, or events fewer than covariates, is the fit's ``status``.
        """
        layout = Layout(event, duration, gap, gap_at_formation, who, cluster, id, time)
        spells = self.read(frame, layout, "Cox.fit")
        return self.fit_spells(spells, layout.of(frame), function="Cox.fit", progress=progress)

    def fit_spells(
        self,
        spells: Spells,
        layout: Layout,
        *,
        starts: int = 1,
        rng: int = 0,  # noqa: ARG002
        function: str = "fit",
        progress: bool = False,
    ) -> CoxFit:
        """:meth:`fit` on rows that are read already."""
        if not 0 < spells.events < spells.size:
            raise ValueError(
                f"{function}(): event {layout.event!r} must happen in some rows and not in all; "
                f"got {spells.events} of {spells.size}"
            )
        design = design_of(spells, tuple(self.covariates), tuple(self.splines), None)
        likelihood = _partial(spells, design)
        with progress_bar(1, progress, "search") as bar:
            optima = self.search(likelihood, starts, np.random.default_rng(0), bar.update)
        cuts = _cuts(spells)
        place = np.searchsorted(cuts, spells.start, side="right")
        linear = design.matrix(spells) @ optima.theta[0]
        centre = float(linear.mean())
        happened, weighted = (
            np.bincount(place, weights=x, minlength=len(cuts) + 1)
            for x in (spells.event, _risk(linear - centre) * spells.length)
        )
        levels = np.where(happened > 0, happened / np.maximum(weighted, _EMPTY), _LEAST)
        names = tuple(p.name for p in likelihood.parameters)
        fit = CoxFit(self, layout, design, spells, names, *optima, 0, cuts, levels, centre, None)
        identification = fit.identification()
        if fit.converged[0] and not (identification.weak or identification.blind or identification.held):
            return fit
        return replace(fit, separation=likelihood.separating())

    def likelihood(self, spells: Spells, design: HazardDesign, weights: Array | None = None) -> Objective:
        """The partial likelihood on rows, each as often as its weight says, a whole number."""
        return _partial(spells, design, weights)

    def search(
        self,
        likelihood: Objective,
        starts: int,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
        advance: Advance | None = None,
    ) -> Optima:
        """The one maximum, from 0."""
        return seek(likelihood, np.zeros((1, len(likelihood.parameters))), None, advance)

    def scores(self, spells: Spells, design: HazardDesign, theta: Array) -> Array:
        """Each row's score residuals, (n, P)."""
        return _partial(spells, design).scores(theta)


def _partial(spells: Spells, design: HazardDesign, weights: Array | None = None) -> PartialLikelihood:
    if weights is not None:
        spells = spells[np.repeat(np.arange(spells.size), weights.astype(int))]
    columns = design.matrix(spells)
    return PartialLikelihood(
        tuple(effects(columns, design.names)), spells.start, spells.start + spells.length, spells.event, columns
    )


def _risk(linear: Array) -> Array:
    """exp(x'β)."""
    return np.asarray(np.exp(np.clip(linear, -_MOST, _MOST)))


def _cuts(spells: Spells) -> Array:
    """Ages at which the baseline steps, so that each interval holds a few events."""
    ages = spells.start[spells.event]
    steps = int(np.clip(len(ages) // _EVENTS, 1, _STEPS))
    cuts = np.unique(np.quantile(ages, np.arange(1, steps) / steps)) if steps > 1 else np.zeros(0)
    return np.asarray(cuts[cuts > spells.start.min()])


@dataclass(frozen=True, eq=False)
class CoxFit(Fitted, Result):
    """A fitted Cox model: the verbs of a :class:`HazardFit`, of the partial likelihood.

    ``loglike``, ``values``, ``test``, ``profile`` and ``information`` are of the partial likelihood, which has no baseline and
    cannot be compared with the likelihoods of other models; ``best`` can. What a Cox model has no answer to is an error: who
    breaks, and the critical discount factor.

    Attributes
    ----------
    model, layout
        What was fitted, and to which columns.
    design
        The covariates, with what the rows say about them.
    spells
        The rows.
    names
        The covariates.
    optima, values, converged
        (1, P) the coefficients, (1,) ln of the partial likelihood, and whether the search came to rest.
    seed
        0: nothing is random.
    cuts, levels
        The baseline: the ages at which it steps, and its rates between them.
    centre
        The x'β at which the baseline is, their mean.
    separation
        (P,) a direction of the coefficients along which the likelihood rises without end; None where it has a maximum.
    """

    model: Cox
    cuts: Array
    levels: Array
    centre: float
    separation: Array | None

    concave: ClassVar[bool] = True

    @property
    def best(self) -> float:
        """Σ y ln λ − λ dt with the stepwise baseline: what the other models have, too."""
        rates = self.rates_of(self.spells)[0]
        return float((self.spells.event * np.log(rates)).sum() - (rates * self.spells.length).sum())

    def rates_of(self, spells: Spells) -> Array:
        """λ of rows, (1, n)."""
        place = np.searchsorted(self.cuts, spells.start, side="right")
        return np.asarray(self.levels[place] * _risk(self.design.matrix(spells) @ self.estimate - self.centre))[None]

    @property
    def _separated(self) -> str:
        if self.separation is None:
            return ""
        return f"along {in_words(self.names, self._relative())}, no row at risk lies beyond one that has its event"

    def _relative(self) -> Array:
        """The direction that separates in relative changes, at most 1."""
        assert self.separation is not None
        direction = self.separation / self._scale()
        return np.asarray(direction / np.abs(direction).max())

    def _reasons(self) -> tuple[str, ...]:
        others = super()._reasons()
        if self.separation is None:
            return others
        part = np.abs(self._relative()) > PART
        return tuple("separated" if x else reason for x, reason in zip(part, others, strict=True))

    def hazard_ratio(
        self, name: str, per: float = 1.0, kind: Literal["cluster", "information"] = "cluster"
    ) -> tuple[float, float, float]:
        """exp(β · per) and its 95 % interval: how much a change by ``per`` multiplies the hazard.

        Raises
        ------
        ValueError
            If the name is unknown, or the data do not see the coefficient: with what to do.
        """
        k = self._seen(name, "hazard_ratio")
        at, half = self.estimate[k] * per, abs(per) * _NORMAL * np.sqrt(self.covariance(kind)[k, k])
        return float(np.exp(at)), float(np.exp(at - half)), float(np.exp(at + half))
