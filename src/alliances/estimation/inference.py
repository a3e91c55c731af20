"""What an estimate is worth: which directions the data see, errors with dependent rows, profiles, tests, bootstraps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import Array, show
from alliances.results import Result
from alliances.values.tables import Columns, Variable, text_table

__all__ = [
    "BLIND",
    "PART",
    "Bootstrap",
    "HazardSummary",
    "Identification",
    "Profile",
    "RestrictionTest",
    "clustered_meat",
    "directed",
    "drawn_weights",
    "in_words",
    "wald_interval",
]

BLIND = 1e6
"""The condition number of the information from which on standard errors by its inverse mean nothing."""

_WEAK = 1.0  # the relative standard error along a direction from which on the data do not see it
PART = 0.3
"""Of a direction: a component that is named."""
_TIED = 1e-6  # components of a unit vector that differ by less are equally large: rounding decides between them

_NORMAL = 1.959963984540054
_HALF = 0.5 * 3.841458820694124  # of the 95 % quantile of χ² with one degree of freedom


@dataclass(frozen=True, eq=False)
class Identification(Result):
    """Which directions of θ the data see: the eigenvectors of the expected information, per relative change of the parameters.

    Along the k-th direction the relative standard error is 1/√eigenvalue: 0.1 says that the data tell a change of a tenth;
    above 1 they do not tell a half from a double.

    Attributes
    ----------
    names
        The parameters.
    eigenvalues
        From large to small.
    directions
        (P, P) unit vectors in relative changes, a column for each eigenvalue; the largest component is positive.
    held
        The parameters at a bound of the search.
    """

    names: tuple[str, ...]
    eigenvalues: Array
    directions: Array
    held: tuple[str, ...] = ()

    @property
    def condition(self) -> float:
        """The largest eigenvalue by the smallest; inf where a direction changes nothing at all."""
        if not self.eigenvalues.size:
            return 1.0
        return float(self.eigenvalues[0] / self.eigenvalues[-1]) if self.eigenvalues[-1] > 0 else np.inf

    @property
    def blind(self) -> bool:
        """Whether intervals by the inverse information mean nothing: a condition above :data:`BLIND`."""
        return self.condition > BLIND

    @property
    def relative_errors(self) -> Array:
        """The relative standard error along each direction."""
        with np.errstate(divide="ignore"):
            return np.asarray(1 / np.sqrt(np.maximum(self.eigenvalues, 0.0)))

    @property
    def weak(self) -> tuple[str, ...]:
        """The directions that the data do not see, in words."""
        errors = self.relative_errors
        return tuple(
            f"{in_words(self.names, self.directions[:, k])} (relative standard error {show(float(f'{errors[k]:.2g}'))})"
            for k in reversed(range(len(self.names)))
            if errors[k] > _WEAK
        )

    @property
    def uncertain(self) -> tuple[str, ...]:
        """The parameters that lie along a direction that the data do not see: none has a Wald interval."""
        weak = np.flatnonzero(self.relative_errors > _WEAK)
        return tuple(
            name for j, name in enumerate(self.names) if self.blind or any(abs(self.directions[j, k]) > PART for k in weak)
        )

    @property
    def message(self) -> str:
        """What the data do not see, in sentences."""
        parts = [f"At a bound of the search: {', '.join(self.held)}."] * bool(self.held)
        if not self.weak and not self.blind:
            return " ".join(["The data see every direction.", *parts])
        condition = f"The information's condition number is {self.condition:.1e}"
        parts = ["The data do not see " + "; nor ".join(self.weak) + "."] * bool(self.weak) + parts
        if self.blind:
            parts.append(
                f"{condition}: standard errors by its inverse mean nothing. Use profile(), fix a parameter or leave out a "
                "covariate."
            )
        return " ".join(parts)

    def _columns(self) -> Columns:
        columns: dict[str, Any] = {"eigenvalue": self.eigenvalues, "relative error": self.relative_errors}
        return {**columns, **{name: self.directions[j] for j, name in enumerate(self.names)}}

    def _variables(self) -> Mapping[str, Variable]:
        return {
            "eigenvalue": Variable(("direction",), self.eigenvalues, "eigenvalue of the relative information"),
            "component": Variable(("parameter", "direction"), self.directions, "relative change of the parameter"),
        }


def directed(vectors: Array) -> Array:
    """Eigenvectors, the columns, with the sign that the linear algebra leaves open: the largest component is positive.

    Of components that are equally large the first decides, so that all machines say the same.
    """
    if not vectors.size:
        return vectors
    sizes = np.abs(vectors)
    largest = (sizes >= sizes.max(axis=0) - _TIED).argmax(axis=0)
    return np.asarray(vectors * np.where(np.take_along_axis(vectors, largest[None], axis=0) < 0, -1.0, 1.0))


def in_words(names: tuple[str, ...], direction: Array) -> str:
    """A direction as what rises with what falls, the largest change first."""
    sizes = np.abs(direction)
    order = np.argsort(-sizes, kind="stable")
    rank = np.cumsum(np.diff(-sizes[order], prepend=-np.inf) > _TIED)  # components that are equally large share one
    order = order[np.lexsort((order, rank))]
    named = [j for j in order if sizes[j] > PART] or [order[0]]
    up = [names[j] for j in named if direction[j] > 0]
    down = [names[j] for j in named if direction[j] < 0]
    if len(named) == 1:
        return f"{names[named[0]]} alone"
    if not (up and down):
        return f"{_listed(up or down)} {'up' if up else 'down'} together"
    return f"{_listed(up)} up with {_listed(down)} down"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def clustered_meat(scores: Array, clusters: Array) -> Array:
    """Σ of products of scores of rows that share a cluster; of two nodes each, of rows that share a node.

    For dyads this is the estimator of Aronow, Samii & Assenova (2015), "Cluster-robust variance estimation for dyadic data",
    *Political Analysis* 23:564-577: pairs of rows with a common state count once.
    """

    def summed(codes: Array, rows: Array) -> Array:
        _, code = np.unique(codes, axis=0, return_inverse=True)
        code = code.reshape(-1)
        return np.stack([np.bincount(code, weights=x) for x in rows.T], axis=1)

    if clusters.shape[1] == 1:
        by_cluster = summed(clusters, scores)
        count = len(by_cluster)
        return np.asarray(by_cluster.T @ by_cluster * count / (count - 1))
    twice = summed(np.concatenate([clusters[:, 0], clusters[:, 1]])[:, None], np.concatenate([scores, scores]))
    pairs = summed(np.sort(clusters, axis=1), scores)  # rows with both states in common were counted twice
    count = len(twice)
    return np.asarray((twice.T @ twice - pairs.T @ pairs) * count / (count - 1))


def wald_interval(estimate: Array, error: Array, positive: Array) -> tuple[Array, Array]:
    """95 % intervals: of what cannot be negative, on the scale of its logarithm, so that they stay positive."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        logarithmic = positive & (estimate > 0)
        factor = np.exp(_NORMAL * error / estimate)
        low = np.where(logarithmic, estimate / factor, estimate - _NORMAL * error)
        high = np.where(logarithmic, estimate * factor, estimate + _NORMAL * error)
    return low, high


def drawn_weights(clusters: Array, rng: np.random.Generator) -> Array:
    """How often each row is in a bootstrap sample of clusters; of nodes, the product of how often its two are."""
    codes, code = np.unique(clusters, return_inverse=True)
    often = np.bincount(rng.integers(len(codes), size=len(codes)), minlength=len(codes))
    return np.asarray(often[code.reshape(clusters.shape)].prod(axis=1), dtype=float)


@dataclass(frozen=True, eq=False)
class HazardSummary(Result):
    """A fit as a table: estimates, standard errors and 95 % intervals, where the data allow them.

    Attributes
    ----------
    title
        The model.
    names, estimates
        The parameters.
    errors
        Standard errors, cluster-robust; nan where there is none.
    lower, upper
        Wald intervals; nan where there is none.
    reasons
        For each parameter: why there is no interval, or nothing.
    rows, events, clusters
        What was fitted.
    loglike
        Σ y ln λ − λ dt.
    notes
        What to know about the fit.
    """

    title: str
    names: tuple[str, ...]
    estimates: Array
    errors: Array
    lower: Array
    upper: Array
    reasons: tuple[str, ...]
    rows: int
    events: int
    clusters: int
    loglike: float
    notes: tuple[str, ...]

    @property
    def message(self) -> str:
        """What was fitted, in a sentence."""
        return (
            f"{self.title}: ln L = {self.loglike:.2f}, {self.events} events in {self.rows} rows, {self.clusters} clusters, "
            f"{len(self.names)} parameters"
        )

    def _columns(self) -> Columns:
        return {
            "parameter": self.names,
            "estimate": self.estimates,
            "standard error": self.errors,
            "lower": self.lower,
            "upper": self.upper,
            "no interval because": self.reasons,
        }

    def _variables(self) -> Mapping[str, Variable]:
        return {
            name: Variable(("parameter",), getattr(self, name), text)
            for name, text in (
                ("estimates", "estimate"),
                ("errors", "standard error"),
                ("lower", "lower end"),
                ("upper", "upper end"),
            )
        }

    def __str__(self) -> str:
        columns = dict(self._columns())
        shown = {
            key: list(values) if key.startswith(("par", "no")) else ["–" if x != x else f"{x:.4g}" for x in values]
            for key, values in columns.items()
        }
        if not any(self.reasons):
            del shown["no interval because"]
        if all(np.isnan(self.lower)):
            shown.pop("lower"), shown.pop("upper")
        return "\n".join([self.message, text_table(shown, left=1), *self.notes])


@dataclass(frozen=True, eq=False)
class Profile(Result):
    """The largest likelihood at each value of one parameter, the others free.

    Attributes
    ----------
    name
        The parameter.
    values, loglike
        A grid, and ln L there.
    best
        ln L at the maximum.
    estimate
        The parameter at the maximum.
    """

    name: str
    values: Array
    loglike: Array
    best: float
    estimate: float

    @property
    def interval(self) -> tuple[float, float]:
        """The values that a likelihood-ratio test at 5 % does not reject, by linear interpolation of the grid."""
        drop = np.asarray(self.best - self.loglike - _HALF)
        inside = np.flatnonzero(drop <= 0)
        if not inside.size:
            return self.estimate, self.estimate
        first, last = int(inside[0]), int(inside[-1])
        x = self.values
        low = x[0] if first == 0 else np.interp(0, [drop[first], drop[first - 1]], [x[first], x[first - 1]])
        high = x[-1] if last == len(x) - 1 else np.interp(0, [drop[last], drop[last + 1]], [x[last], x[last + 1]])
        return float(low), float(high)

    @property
    def open_ends(self) -> tuple[bool, bool]:
        """Whether the interval reaches the grid's lower and upper end: the data do not bound the parameter there."""
        low, high = self.interval
        return bool(low <= self.values[0]), bool(high >= self.values[-1])

    @property
    def message(self) -> str:
        """The interval, and where it is open."""
        low, high = self.interval
        text = f"{self.name}: {self.estimate:.4g}, 95 % by likelihood ratio [{low:.4g}, {high:.4g}]"
        ends = [end for end, is_open in zip(("lower", "upper"), self.open_ends, strict=True) if is_open]
        return text + (f", open at the {' and the '.join(ends)} end: the data do not bound it there" if ends else "")

    def _columns(self) -> Columns:
        return {self.name: self.values, "ln L": self.loglike}

    def _variables(self) -> Mapping[str, Variable]:
        return {"loglike": Variable(("value",), self.loglike, "ln L"), "value": Variable(("value",), self.values, self.name)}


@dataclass(frozen=True, eq=False)
class RestrictionTest(Result):
    """A test of values of parameters.

    Attributes
    ----------
    restriction
        The values, by parameter.
    kind
        "lr" (likelihood ratio; rows of one cluster count as independent) or "wald" (cluster-robust).
    statistic, degrees, p_value
        χ² with so many degrees of freedom.
    """

    restriction: Mapping[str, float]
    kind: Literal["lr", "wald"]
    statistic: float
    degrees: int
    p_value: float

    @property
    def message(self) -> str:
        """The test in a sentence."""
        text = ", ".join(f"{name} = {value:g}" for name, value in self.restriction.items())
        return f"{text}: χ²({self.degrees}) = {self.statistic:.3f}, p = {self.p_value:.3f} ({self.kind})"


@dataclass(frozen=True, eq=False)
class Bootstrap(Result):
    """Estimates in samples of clusters, each from cold starts.

    Attributes
    ----------
    names, draws
        The parameters, and (times, P) their estimates.
    estimate
        That in the data.
    cluster
        What was drawn.
    """

    names: tuple[str, ...]
    draws: Array
    estimate: Array
    cluster: str

    _levels: ClassVar[tuple[float, float]] = (0.025, 0.975)

    @property
    def errors(self) -> Array:
        """Standard errors."""
        return np.asarray(self.draws.std(axis=0, ddof=1))

    @property
    def intervals(self) -> Array:
        """(P, 2) 95 % intervals by percentiles."""
        return np.asarray(np.quantile(self.draws, self._levels, axis=0).T)

    @property
    def message(self) -> str:
        """What was drawn."""
        return f"{len(self.draws)} samples of {self.cluster}"

    def _columns(self) -> Columns:
        low, high = self.intervals.T
        return {"parameter": self.names, "estimate": self.estimate, "standard error": self.errors, "lower": low, "upper": high}

    def _variables(self) -> Mapping[str, Variable]:
        return {"draws": Variable(("sample", "parameter"), self.draws, "estimate")}

    def __str__(self) -> str:
        return f"{self.message}\n{text_table(self._columns(), left=1)}"
