"""Estimates by maximum likelihood and their errors: all optima that were found, information, covariance, what the data see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.design import HazardDesign
from alliances.estimation.inference import Identification, clustered_meat, directed, wald_interval
from alliances.estimation.likelihood import Objective, Parameter
from alliances.estimation.maximum import Optima
from alliances.estimation.spells import Layout, Spells

__all__ = ["AGREE", "Estimate", "LogLikelihood", "Model"]

AGREE = 0.1
"""Log points within which two starts found the same maximum."""

_AT_BOUND = 1e-6  # of the range
_NOTHING = 1e-300  # in place of 0, by which nothing can be divided


class Model(Protocol):
    """What a fit asks of its model: :class:`alliances.estimation.rates.RateModel`, or Cox's."""

    @property
    def sides(self) -> int:
        """1, or 2 where it is asked who breaks."""

    @property
    def label(self) -> str:
        """A name for tables."""

    def likelihood(self, spells: Spells, design: HazardDesign, weights: Array | None = None) -> Objective:
        """The likelihood on rows, or a partial one."""

    def search(self, likelihood: Objective, starts: int, rng: np.random.Generator) -> Optima:
        """Its maxima from cold starts."""

    def scores(self, spells: Spells, design: HazardDesign, theta: Array) -> Array:
        """The derivatives of each row's part of ln L by θ."""

    def read(self, frame: Any, layout: Layout, function: str, events: bool = True) -> Spells:
        """The rows of a frame."""


class LogLikelihood(float):
    """ln L, a float, with its ``gradient`` by θ."""

    gradient: Array

    def __new__(cls, value: float, gradient: Array) -> LogLikelihood:
        """A float with a gradient."""
        self = super().__new__(cls, value)
        self.gradient = gradient
        return self


@dataclass(frozen=True, eq=False, repr=False)
class Estimate:
    """θ̂ of a model on rows, with its errors: what :class:`alliances.estimation.HazardFit` says of its parameters.

    Attributes
    ----------
    model, layout
        What was fitted, and to which columns.
    design
        The predictors, with what the rows say about them.
    spells
        The rows.
    names
        The parameters.
    optima, values, converged
        (S, P) where each search ended, ln L there, and whether it came to rest; the best first.
    seed
        Of the starts.
    """

    model: Model
    layout: Layout
    design: HazardDesign
    spells: Spells
    names: tuple[str, ...]
    optima: Array
    values: Array
    converged: Array
    seed: int

    # -- the estimate ----------------------------------------------------------------------------------------------------

    @property
    def estimate(self) -> Array:
        """θ̂, in the order of ``names``."""
        return np.asarray(self.optima[0])

    @property
    def theta(self) -> dict[str, float]:
        """θ̂ by name."""
        return dict(zip(self.names, self.estimate.tolist(), strict=True))

    @property
    def best(self) -> float:
        """Ln L = Σ y ln λ − λ dt at θ̂."""
        return float(self.values[0])

    @property
    def starts(self) -> dict[str, Any]:
        """What the searches found: ``loglike`` of each, their ``spread``, how many ``agree`` with the best within 0.1."""
        return {
            "count": len(self.values),
            "loglike": self.values.tolist(),
            "spread": float(self.values[0] - self.values[-1]),
            "agree": int((self.values[0] - self.values <= AGREE).sum()),
            "converged": int(self.converged.sum()),
            "theta": [dict(zip(self.names, x, strict=True)) for x in self.optima.tolist()],
        }

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters with their bounds."""
        return self._likelihood().parameters

    def _likelihood(self, weights: Array | None = None) -> Objective:
        return self.model.likelihood(self.spells, self.design, weights)

    def vector(self, theta: Mapping[str, float] | Sequence[float] | Array | None, function: str = "loglike") -> Array:
        """θ as an array: a mapping may leave out what is as estimated.

        Raises
        ------
        ValueError
            If a name is unknown, or the length is wrong.
        """
        if theta is None:
            return self.estimate
        if isinstance(theta, Mapping):
            unknown = set(theta) - set(self.names)
            if unknown:
                raise ValueError(f"{function}(): theta must name parameters ({', '.join(self.names)}); got {sorted(unknown)}")
            return np.array([float(theta.get(name, at)) for name, at in self.theta.items()])
        values = np.asarray(theta, dtype=float)
        if values.shape != (len(self.names),):
            raise ValueError(f"{function}(): theta must have {len(self.names)} numbers, {self.names}; got shape {values.shape}")
        return values

    def loglike(self, theta: Mapping[str, float] | Sequence[float] | Array | None = None) -> LogLikelihood:
        """Ln L at θ (by default θ̂), a float that carries its gradient by θ: what samplers of posteriors need.

        Examples
        --------
        >>> from alliances.estimation import Constant
        >>> fit = Constant().fit({"start": [0, 1], "stop": [1, 2], "end": [0, 1]}, event="end")
        >>> fit.loglike([0.25]).gradient.tolist()
        [2.0]
        """
        likelihood = self._likelihood()
        at = self.vector(theta)
        outside = [p.name for p, x in zip(likelihood.parameters, at, strict=True) if p.logarithmic and x <= 0]
        if outside:
            raise ValueError(f"loglike(): theta must be positive in {', '.join(outside)}; got {at.tolist()}")
        found = likelihood.evaluate(likelihood.working(at)[None])
        scale = np.where(likelihood.logarithmic, at, 1.0)
        return LogLikelihood(float(found.value[0]), found.gradient[0] / scale)

    # -- errors ----------------------------------------------------------------------------------------------------------

    @property
    def _held(self) -> Array:
        """Which parameters are at a bound."""
        likelihood = self._likelihood()
        low, high = likelihood.low, likelihood.high
        at = likelihood.working(self.estimate)
        return np.asarray((at - low <= _AT_BOUND * (high - low)) | (high - at <= _AT_BOUND * (high - low)))

    def information(self, theta: Mapping[str, float] | Sequence[float] | Array | None = None) -> Array:
        """The expected Fisher information on these rows, (P, P): Σ λ dt ∂ln λ ∂ln λ'; of a partial likelihood, the observed."""
        likelihood = self._likelihood()
        at = self.vector(theta, "information")
        scale = np.where(likelihood.logarithmic, at, 1.0)
        return np.asarray(likelihood.evaluate(likelihood.working(at)[None]).information[0] / np.outer(scale, scale))

    def _scale(self) -> Array:
        """What a relative change of each parameter is: of its own size, or of an effect by a standard deviation."""
        columns = self.design.matrix(self.spells)
        deviations = {name: float(x.std()) for name, x in zip(self.design.names, columns.T, strict=True)}
        out = []
        for p, x in zip(self.parameters, self.estimate, strict=True):
            name = next((name for name in deviations if p.name in (name, f"{name}.sponsor", f"{name}.proxy")), None)
            if name is not None:
                out.append(1 / max(deviations[name], _NOTHING))
            else:
                out.append(max(abs(x), 1e-3 * (min(p.high, 1e3) - max(p.low, -1e3))))
        return np.array(out)

    def identification(self) -> Identification:
        """Which directions of θ the data see, and which not, in words."""
        scale = self._scale()
        values, vectors = np.linalg.eigh(self.information() * np.outer(scale, scale))
        held = tuple(np.array(self.names)[self._held].tolist())
        return Identification(self.names, np.maximum(values[::-1], 0.0), directed(vectors[:, ::-1]), held)

    def covariance(self, kind: Literal["cluster", "information"] = "cluster") -> Array:
        """The covariance of θ̂; nan in the rows of parameters at a bound.

        Parameters
        ----------
        kind
            "cluster": robust to dependence within clusters, and with two columns of nodes to that between dyads that share one.
            "information": the inverse of the expected information.

        Raises
        ------
        ValueError
            If the information is singular, or there are fewer than two clusters.
        """
        if kind not in ("cluster", "information"):
            raise ValueError(f"covariance(): kind must be 'cluster' or 'information'; got {kind!r}")
        free = ~self._held
        information = self.information()[np.ix_(free, free)]
        scale = self._scale()[free]
        scaled = information * np.outer(scale, scale)
        if not free.any() or np.linalg.cond(scaled) > 1e14:
            raise ValueError(
                "covariance(): the information must not be singular; identification() says what the data do not see"
            )
        inverse = np.linalg.inv(scaled) * np.outer(scale, scale)
        if kind == "cluster":
            clusters = self.spells.clusters
            if len(np.unique(clusters)) < 2:
                raise ValueError("covariance(): cluster must have at least two values; got one: kind='information' needs none")
            inverse = inverse @ clustered_meat(self.scores()[:, free], clusters) @ inverse
        out = np.full((len(self.names),) * 2, np.nan)
        out[np.ix_(free, free)] = inverse
        return out

    def scores(self) -> Array:
        """The derivatives of each row's ln L by θ, (n, P)."""
        return self.model.scores(self.spells, self.design, self.estimate)

    def interval(self, name: str, kind: Literal["cluster", "information"] = "cluster") -> tuple[float, float]:
        """A 95 % Wald interval, where the data see the parameter.

        Raises
        ------
        ValueError
            If they do not, or it is at a bound: with what to do.
        """
        k = self._seen(name, "interval")
        low, high = wald_interval(self.estimate, np.sqrt(np.diag(self.covariance(kind))), self._positive)
        return float(low[k]), float(high[k])

    def _seen(self, name: str, function: str) -> int:
        """The place of a parameter that has a Wald interval, or an error."""
        if name not in self.names:
            raise ValueError(f"{function}(): name must be one of {', '.join(self.names)}; got {name!r}")
        k = self.names.index(name)
        reason = self._reasons()[k]
        if reason:
            raise ValueError(f"{function}(): {name} has no Wald interval, {reason}; profile({name!r}) shows what the data say")
        return k

    @property
    def _positive(self) -> Array:
        """Which parameters cannot be negative."""
        return np.array([p.low >= 0 for p in self.parameters], dtype=bool)

    def _reasons(self) -> tuple[str, ...]:
        """Why each parameter has no Wald interval, or nothing."""
        identification, held = self.identification(), self._held
        blind = f"condition {identification.condition:.1e}" if identification.blind else ""
        if self.spells.events < len(self.names):
            blind = "fewer events than parameters"
        uncertain = identification.uncertain
        return tuple(
            "at a bound" if at_bound else blind or "on a weak direction" * (name in uncertain)
            for name, at_bound in zip(self.names, held, strict=True)
        )
