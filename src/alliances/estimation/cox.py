"""Cox's proportional hazards, by statsmodels: the field's usual yardstick.

The baseline of a Cox model is left open, so that it predicts no hazard; here it is a step function of age, events by
risk-weighted
time in intervals that hold at least a few events each. Errors are robust to clusters by the sums of score residuals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.curves import survival_within
from alliances.estimation.design import Baseline, HazardDesign, design_of
from alliances.estimation.inference import HazardSummary, clustered_meat
from alliances.estimation.rates import check_names
from alliances.estimation.spells import Duration, Layout, Spells, read_spells
from alliances.results import Result, draw, need
from alliances.tables import Columns, Variable
from alliances.values import Value

if TYPE_CHECKING:
    from alliances.results import Axes

__all__ = ["Cox", "CoxFit"]

_EVENTS = 5  # at least, in each interval of the baseline
_STEPS = 10  # at most
_NORMAL = 1.959963984540054
_EMPTY = 1e-300  # weighted years of an interval in which nothing was at risk: its level is 0, not 0/0
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
        starts: int = 1,
        rng: np.random.Generator | int | None = 0,  # noqa: ARG002
    ) -> CoxFit:
        """The maximum of the partial likelihood; ``starts`` and ``rng`` have no effect, because it has one maximum.

        The other parameters are those of :meth:`HazardModel.fit`.
        """
        layout = Layout(event, duration, gap, gap_at_formation, who, cluster, id, time)
        spells = self.read(frame, layout, "Cox.fit")
        return self.fit_spells(spells, layout.of(frame), starts=starts, rng=0, function="Cox.fit")

    def fit_spells(self, spells: Spells, layout: Layout, *, starts: int = 1, rng: int = 0, function: str = "fit") -> CoxFit:  # noqa: ARG002
        """:meth:`fit` on rows that are read already."""
        if not 0 < spells.events < spells.size:
            raise ValueError(
                f"{function}(): event {layout.event!r} must happen in some rows and not in all; "
                f"got {spells.events} of {spells.size}"
            )
        baseline: Baseline = None
        design = design_of(spells, tuple(self.covariates), tuple(self.splines), baseline)
        columns = design.matrix(spells)
        regression = need("statsmodels.duration.hazard_regression", "estimate", function)
        stop = spells.start + spells.length
        if columns.shape[1]:
            model = regression.PHReg(stop, columns, status=spells.event.astype(int), entry=spells.start, ties="efron")
            slopes = np.asarray(model.fit().params)
        else:
            slopes = np.zeros(0)
        information, scores = _partial(spells.start, stop, spells.event, columns, slopes)
        cuts = _cuts(spells)
        place = np.searchsorted(cuts, spells.start, side="right")
        weighted = np.exp(columns @ slopes) * spells.length
        levels = np.bincount(place, weights=spells.event, minlength=len(cuts) + 1) / np.maximum(
            np.bincount(place, weights=weighted, minlength=len(cuts) + 1), _EMPTY
        )
        return CoxFit(self, layout, design, spells, design.names, slopes, information, scores, cuts, np.maximum(levels, _LEAST))


def _cuts(spells: Spells) -> Array:
    """Ages at which the baseline steps, so that each interval holds a few events."""
    ages = spells.start[spells.event]
    steps = int(np.clip(len(ages) // _EVENTS, 1, _STEPS))
    cuts = np.unique(np.quantile(ages, np.arange(1, steps) / steps)) if steps > 1 else np.zeros(0)
    return np.asarray(cuts[cuts > spells.start.min()])


def _partial(start: Array, stop: Array, event: Array, x: Array, slopes: Array) -> tuple[Array, Array]:
    """The information (p, p) of the partial likelihood and the score residuals (n, p), as Breslow weighs the rows at risk."""
    times, deaths = np.unique(stop[event], return_counts=True)
    risk = np.exp(x @ slopes)
    products = (
        np.concatenate([np.ones((len(x), 1)), x, (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)], axis=1) * risk[:, None]
    )
    sums = _at_risk(times, start, stop, products)
    p = x.shape[1]
    mean = sums[:, 1 : p + 1] / sums[:, :1]
    second = (sums[:, p + 1 :] / sums[:, :1]).reshape(-1, p, p) - mean[:, :, None] * mean[:, None, :]
    information = np.einsum("t,tpq->pq", deaths, second)
    step = deaths / sums[:, 0]
    hazard = np.r_[0.0, np.cumsum(step)]
    drift = np.vstack([np.zeros((1, p)), np.cumsum(step[:, None] * mean, axis=0)])
    first, last = np.searchsorted(times, start, side="right"), np.searchsorted(times, stop, side="right")
    scores = -risk[:, None] * (x * (hazard[last] - hazard[first])[:, None] - (drift[last] - drift[first]))
    scores[event] += x[event] - mean[np.searchsorted(times, stop[event])]
    return information, scores


def _at_risk(times: Array, start: Array, stop: Array, values: Array) -> Array:
    """Sums of values over the rows at risk at each time: start < t ≤ stop."""
    by_start, by_stop = np.argsort(start), np.argsort(stop)
    zero = np.zeros((1, values.shape[1]))
    entered = np.vstack([zero, np.cumsum(values[by_start], axis=0)])[np.searchsorted(start[by_start], times, side="left")]
    left = np.vstack([zero, np.cumsum(values[by_stop], axis=0)])[np.searchsorted(stop[by_stop], times, side="left")]
    return np.asarray(entered - left)


@dataclass(frozen=True, eq=False)
class CoxFit(Result):
    """A fitted Cox model.

    Attributes
    ----------
    model, layout, design, spells
        What was fitted.
    names, estimate
        The covariates and their coefficients.
    observed, residuals
        The information of the partial likelihood, and each row's score residuals.
    cuts, levels
        The baseline: the ages at which it steps, and its rates between them.
    """

    model: Cox
    layout: Layout
    design: HazardDesign
    spells: Spells
    names: tuple[str, ...]
    estimate: Array
    observed: Array
    residuals: Array
    cuts: Array
    levels: Array

    @property
    def theta(self) -> dict[str, float]:
        """Coefficients by name."""
        return dict(zip(self.names, self.estimate.tolist(), strict=True))

    @property
    def best(self) -> float:
        """Σ y ln λ − λ dt with the stepwise baseline: what the other models have, too."""
        rates = self.rates_of(self.spells)[0]
        return float((self.spells.event * np.log(rates)).sum() - (rates * self.spells.length).sum())

    def rates_of(self, spells: Spells) -> Array:
        """λ of rows, (1, n)."""
        place = np.searchsorted(self.cuts, spells.start, side="right")
        return np.asarray(self.levels[place] * np.exp(self.design.matrix(spells) @ self.estimate))[None]

    def covariance(self, kind: Literal["cluster", "information"] = "cluster") -> Array:
        """The covariance of the coefficients: robust to dependence within clusters, or the inverse information."""
        if kind not in ("cluster", "information"):
            raise ValueError(f"covariance(): kind must be 'cluster' or 'information'; got {kind!r}")
        inverse = np.linalg.inv(self.observed)
        if kind == "information":
            return np.asarray(inverse)
        return np.asarray(inverse @ clustered_meat(self.residuals, self.spells.clusters) @ inverse)

    def hazard_ratio(
        self, name: str, per: float = 1.0, kind: Literal["cluster", "information"] = "cluster"
    ) -> tuple[float, float, float]:
        """exp(β · per) and its 95 % interval: how much a change by ``per`` multiplies the hazard."""
        if name not in self.names:
            raise ValueError(f"hazard_ratio(): name must be one of {', '.join(self.names)}; got {name!r}")
        k = self.names.index(name)
        at, half = self.estimate[k] * per, abs(per) * _NORMAL * np.sqrt(self.covariance(kind)[k, k])
        return float(np.exp(at)), float(np.exp(at - half)), float(np.exp(at + half))

    def predict(self, frame: Any = None, what: Literal["hazard", "survival"] = "hazard") -> Array:
        """As :meth:`HazardFit.predict`; a Cox model does not say who."""
        spells = self.spells if frame is None else self.model.read(frame, self.layout, "predict", events=False)
        rates = self.rates_of(spells)[0]
        if what not in ("hazard", "survival"):
            raise ValueError(f"predict(): what must be 'hazard' or 'survival' of a Cox model; got {what!r}")
        return rates if what == "hazard" else survival_within(spells, rates)

    def plot_hazard(self, ax: Axes | None = None, **options: Any) -> Axes:
        """The hazard along the gap; :func:`alliances.plotting.plot_hazard`."""
        return draw(self, ax, picture="hazard", **options)

    def plot_survival(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Predicted survival beside Kaplan and Meier's; :func:`alliances.plotting.plot_survival`."""
        return draw(self, ax, picture="survival", **options)

    def plot_calibration(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Expected against observed events; :func:`alliances.plotting.plot_calibration`."""
        return draw(self, ax, picture="calibration", **options)

    def summary(self, kind: Literal["cluster", "information"] = "cluster") -> HazardSummary:
        """Coefficients, errors and intervals as a table."""
        errors = np.sqrt(np.diag(self.covariance(kind))) if self.names else np.zeros(0)
        notes = [f"Left out, because constant in these rows: {', '.join(self.design.dropped)}."] * bool(self.design.dropped)
        return HazardSummary(
            self.model.label, self.names, self.estimate, errors, self.estimate - _NORMAL * errors, self.estimate + _NORMAL
            * errors,
            ("",) * len(self.names), self.spells.size, self.spells.events, len(np.unique(self.spells.clusters)), self.best,
            tuple(notes),
        )  # fmt: skip

    @property
    def message(self) -> str:
        """The fit in a sentence."""
        return f"{self.model.label}: {self.spells.events} events in {self.spells.size} rows"

    def _shown(self) -> Mapping[str, Any]:
        return {**self.theta, "ln L": self.best, "events": self.spells.events, "rows": self.spells.size}

    def _record(self) -> dict[str, Any]:
        return {
            "model": self.model.label, "theta": self.theta, "loglike": self.best, "rows": self.spells.size, "events":
            self.spells.events,
        }  # fmt: skip

    def _columns(self) -> Columns:
        return self.summary()._columns()

    def _variables(self) -> Mapping[str, Variable]:
        return self.summary()._variables()

    def __str__(self) -> str:
        return str(self.summary())
