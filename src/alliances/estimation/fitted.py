"""What every fit answers: whether to trust it, tests of restrictions, profiles, bootstraps, pictures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.canonical import random_generator
from alliances.dynamics.arguments import whole
from alliances.estimation.curves import survival_within
from alliances.estimation.estimates import AGREE, Estimate
from alliances.estimation.inference import Bootstrap, HazardSummary, Profile, RestrictionTest, drawn_weights, wald_interval
from alliances.estimation.likelihood import Objective, Parameter
from alliances.estimation.maximum import cold_starts, seek
from alliances.estimation.spells import Spells
from alliances.results import draw, progress_bar
from alliances.values.tables import Columns, Variable

if TYPE_CHECKING:
    from alliances.results import Axes

__all__ = ["Fitted"]

_NOTHING = 1e-300  # in place of 0, by which nothing can be divided


@dataclass(frozen=True, eq=False, repr=False)
class Fitted(Estimate, ABC):
    """The verbs of a fit, whatever likelihood it maximises.

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

    concave: ClassVar[bool] = False
    """Whether ln L has one maximum, so that one search is enough."""

    # -- what to know about it -------------------------------------------------------------------------------------------

    @property
    def status(self) -> str:
        """Either "good", or the first of what is wrong: "fewer events than parameters", "separated", "not converged",
        "starts disagree", "not identified", "at a bound". ``notes`` say what to do.
        """
        if self._no_maximum:
            return self._no_maximum
        if len(self.values) > 1 and self.starts["agree"] < 2:
            return "starts disagree"
        if self.identification().blind:
            return "not identified"
        return "at a bound" if self._held.any() else "good"

    @property
    def _no_maximum(self) -> str:
        """The status where the estimate is no maximum that can be told, or nothing."""
        if self.spells.events < len(self.names):
            return "fewer events than parameters"
        if self._separated:
            return "separated"
        return "" if self.converged[0] else "not converged"

    @property
    def _separated(self) -> str:
        """Why ln L has no maximum, in words; where nothing asks that, nothing."""
        return ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about the fit, and what to do."""
        found = self.starts
        notes = []
        if self.spells.events < len(self.names):
            notes.append(
                f"There are fewer events ({self.spells.events}) than parameters ({len(self.names)}): "
                "fix some or leave out covariates, or the rest means nothing."
            )
        if self._separated:
            notes.append(
                f"Separated: {self._separated}, and ln L rises without end. Leave that out if it is made of the event; "
                "profile() bounds it from one side, and test() can tell it from 0."
            )
        if not self.converged[0]:
            notes.append("The best search did not come to rest: more starts, or fewer parameters.")
        if found["count"] == 1 and self.names and not self.concave:
            notes.append("One start says nothing about other maxima: starts=5.")
        elif found["spread"] > AGREE:
            others = found["count"] - found["agree"]
            notes.append(
                f"Starts disagree: {others} of {found['count']} ended more than {AGREE} log points below the best, the worst "
                f"{found['spread']:.2f}."
            )
        if self.design.dropped:
            notes.append(f"Left out, because constant in these rows: {', '.join(self.design.dropped)}.")
        notes += self.layout.notes
        identification = self.identification()
        if identification.weak or identification.blind or identification.held:
            notes.append(identification.message)
        return tuple(notes)

    def summary(self, kind: Literal["cluster", "information"] = "cluster") -> HazardSummary:
        """Estimates, errors and intervals as a table; where the data do not see a parameter, that in place of an interval."""
        reasons = self._reasons()
        nothing = np.full(len(self.names), np.nan)
        notes = list(self.notes)
        clusters = len(np.unique(self.spells.clusters))
        errors = nothing
        if not self.identification().blind and self.names:
            try:
                errors = np.sqrt(np.maximum(np.diag(self.covariance(kind)), 0.0))
            except ValueError as error:
                notes.append(str(error))
        errors = np.where([bool(r) for r in reasons], np.nan, errors) if self.names else nothing
        return HazardSummary(
            self.model.label, self.names, self.estimate, errors, *wald_interval(self.estimate, errors, self._positive), reasons,
            self.spells.size, self.spells.events, clusters, self.best, tuple(notes),
        )  # fmt: skip

    @property
    def message(self) -> str:
        """The fit in a sentence."""
        return (
            f"{self.model.label}: ln L = {self.best:.2f}, {self.spells.events} events in {self.spells.size} rows, "
            f"{len(self.names)} parameters; {self.status}"
        )

    def _shown(self) -> Mapping[str, Any]:
        return {**self.theta, "ln L": self.best, "events": self.spells.events, "rows": self.spells.size, "status": self.status}

    def _record(self) -> dict[str, Any]:
        summary = self.summary()
        return {
            "model": self.model.label,
            "theta": self.theta,
            "standard_errors": dict(zip(self.names, summary.errors.tolist(), strict=True)),
            "loglike": self.best,
            "rows": self.spells.size,
            "events": self.spells.events,
            "starts": self.starts,
            "status": self.status,
            "notes": list(self.notes),
        }

    def _columns(self) -> Columns:
        return self.summary()._columns()

    def _variables(self) -> Mapping[str, Variable]:
        return self.summary()._variables()

    def __str__(self) -> str:
        return str(self.summary())

    # -- tests and profiles ----------------------------------------------------------------------------------------------

    def _points(self, likelihood: Objective, starts: int) -> Array:
        """The estimate, on the working scale, after cold starts where there may be several maxima."""
        at = likelihood.working(self.estimate)[None]
        if self.concave or not starts:
            return at
        return np.concatenate([cold_starts(likelihood, starts, np.random.default_rng(self.seed)), at])

    def _pinned(self, pins: Mapping[str, float], starts: int, progress: bool) -> float:
        """The largest ln L with some parameters pinned."""
        likelihood = self._likelihood()
        points = self._points(likelihood, starts)
        fixed = np.array([name in pins for name in self.names])
        points[:, fixed] = likelihood.working(self.vector(pins))[fixed]
        with progress_bar(len(points), progress, "search") as bar:
            return float(seek(likelihood, points, fixed, bar.update).value.max())

    def profile(
        self, name: str, values: Sequence[float] | Array | None = None, *, starts: int = 2, progress: bool = False
    ) -> Profile:
        """The largest ln L at each value of a parameter; by default at 25 between its bounds.

        Parameters
        ----------
        name
            The parameter.
        values
            A grid.
        starts
            Cold starts for each value, besides the estimate itself; of a Cox model none is needed.
        progress
            Whether to show a bar of searches; needs tqdm.

        Raises
        ------
        ValueError
            If the name is unknown, or a value is out of bounds.
        """
        if name not in self.names:
            raise ValueError(f"profile(): name must be one of {', '.join(self.names)}; got {name!r}")
        k = self.names.index(name)
        likelihood = self._likelihood()
        p = likelihood.parameters[k]
        if values is None:
            grid = self._grid(p, k)
        else:
            grid = np.unique(np.asarray(values, dtype=float))
            if not grid.size or grid[0] < p.low or grid[-1] > p.high:
                raise ValueError(f"profile(): values must lie in [{p.low:g}, {p.high:g}], the bounds of {name}; got {values!r}")
        points = self._points(likelihood, starts)
        every = np.tile(points, (len(grid), 1))
        every[:, k] = np.repeat(np.log(grid) if p.logarithmic else grid, len(points))
        fixed = np.arange(len(self.names)) == k
        with progress_bar(len(every), progress, "search") as bar:
            found = seek(likelihood, every, fixed, bar.update).value.reshape(len(grid), -1).max(axis=1)
        return Profile(name, grid, found, max(float(self.values[0]), float(found.max())), float(self.estimate[k]))

    def _grid(self, p: Parameter, k: int) -> Array:
        at = float(self.estimate[k])
        if p.logarithmic:
            return np.geomspace(max(p.low, at / 20), min(p.high, at * 20), 25)
        low, high = p.low, p.high
        if p.start_low == p.start_high:  # a coefficient: as far as its error says
            half = 4 / np.sqrt(max(float(self.information()[k, k]), _NOTHING)) * 2
            low, high = max(low, at - half), min(high, at + half)
        return np.linspace(low, high, 25)

    def test(
        self, restriction: Mapping[str, float] | str, kind: Literal["lr", "wald"] = "lr", *, progress: bool = False
    ) -> RestrictionTest:
        """Test values of parameters, as ``{"contest.decisiveness": 1}`` or ``"contest.decisiveness = 1"``.

        Parameters
        ----------
        restriction
            The values.
        kind
            "lr": twice the fall of ln L, by cold starts. It takes rows as independent given the model. "wald": cluster-robust.
        progress
            Whether to show a bar of searches; needs tqdm.

        Raises
        ------
        ValueError
            If a name is unknown, or the data do not allow a Wald test.
        """
        pins = _parsed(restriction)
        if not pins or set(pins) - set(self.names):
            raise ValueError(f"test(): restriction must name parameters ({', '.join(self.names)}); got {restriction!r}")
        if kind == "lr":
            statistic = max(0.0, 2 * (float(self.values[0]) - self._pinned(pins, max(len(self.values), 3), progress)))
        elif kind == "wald":
            reasons = dict(zip(self.names, self._reasons(), strict=True))
            bad = [f"{name}: {reasons[name]}" for name in pins if reasons[name]]
            if bad:
                raise ValueError(f"test(): kind must be 'lr' where the data do not see a parameter ({'; '.join(bad)})")
            at = [self.names.index(name) for name in pins]
            away = self.estimate[at] - np.array(list(pins.values()))
            statistic = float(away @ np.linalg.solve(self.covariance()[np.ix_(at, at)], away))
        else:
            raise ValueError(f"test(): kind must be 'lr' or 'wald'; got {kind!r}")
        from scipy.special import chdtrc  # the tail of chi-squared; scipy.stats takes a second to load

        return RestrictionTest(pins, kind, statistic, len(pins), float(chdtrc(len(pins), max(statistic, 0.0))))

    def bootstrap(
        self,
        times: int = 200,
        *,
        cluster: str | tuple[str, str] | None = None,
        rng: np.random.Generator | int | None = 0,
        starts: int = 3,
        progress: bool = False,
    ) -> Bootstrap:
        """Estimates in samples of clusters, each from cold starts.

        Parameters
        ----------
        times
            How many samples.
        cluster
            The column, or the pair of columns, that ``fit`` was given as ``cluster``, or its ``id``. A pair of nodes is
            drawn node by
            node, and a dyad counts as often as both its nodes together: dyads that share a state are not independent.
        rng, starts
            Randomness, and how many searches for each sample.
        progress
            Whether to show a bar; needs tqdm.
        """
        count = whole(times, "bootstrap", "times", 2)
        clusters = self._clusters(cluster)
        generator = random_generator(rng, "bootstrap")
        draws: list[Array] = []
        with progress_bar(count, progress, "sample") as bar:
            while len(draws) < count:
                weights = drawn_weights(clusters, generator)
                if (weights * self.spells.event).sum() > 0:
                    draws.append(self.model.search(self._likelihood(weights), starts, generator).theta[0])
                    bar.update(1)
        drawn = cluster or self.layout.cluster or self.layout.id or "rows"
        return Bootstrap(self.names, np.array(draws), self.estimate, drawn if isinstance(drawn, str) else " and ".join(drawn))

    def _clusters(self, cluster: str | tuple[str, str] | None) -> Array:
        if (
            cluster is None
            or cluster == self.layout.cluster
            or (not isinstance(cluster, str) and tuple(cluster) == self.layout.cluster)
        ):
            return self.spells.clusters
        if cluster == self.layout.id:
            return self.spells.group[:, None]
        raise ValueError(
            f"bootstrap(): cluster must be what fit() was given, {self.layout.cluster!r} or {self.layout.id!r}; "
            f"got {cluster!r}: "
            "fit again with this cluster"
        )

    # -- predictions -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def rates_of(self, spells: Spells) -> Array:
        """λ by side and row, (sides, n), of rows that are read already."""

    def predict(self, frame: Any = None, what: Literal["hazard", "survival", "who"] = "hazard") -> Array:
        """Predictions row by row.

        Parameters
        ----------
        frame
            New rows, in the columns of the fit, or None for those of the fit. Events are not needed.
        what
            "hazard": λ per unit of time. "survival": the chance that the alliance is not broken by the end of the row,
            given that it was not before its first row. "who": the chance that, if it breaks, the sponsor's side does it.

        Raises
        ------
        ValueError
            If a column is missing, or who breaks is not part of the model.
        """
        spells = self.spells if frame is None else self.model.read(frame, self.layout, "predict", events=False)
        rates = self.rates_of(spells)
        if what == "hazard":
            return np.asarray(rates.sum(axis=0))
        if what == "survival":
            return survival_within(spells, rates.sum(axis=0))
        if what == "who":
            if len(rates) < 2:
                raise ValueError(
                    "predict(): who breaks needs a model with risks='each side'; "
                    f"{type(self.model).__name__} was asked whether, and not who"
                )
            return np.asarray(rates[0] / rates.sum(axis=0))
        raise ValueError(f"predict(): what must be 'hazard', 'survival' or 'who'; got {what!r}")

    # -- pictures --------------------------------------------------------------------------------------------------------

    def plot_hazard(self, ax: Axes | None = None, **options: Any) -> Axes:
        """The hazard along the gap; :func:`alliances.plotting.plot_hazard`."""
        return draw(self, ax, picture="hazard", **options)

    def plot_critical_discount(self, ax: Axes | None = None, **options: Any) -> Axes:
        """δ* of both sides along the gap; :func:`alliances.plotting.plot_fitted_discounts`."""
        return draw(self, ax, picture="critical discount", **options)

    def plot_survival(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Predicted survival beside Kaplan and Meier's; :func:`alliances.plotting.plot_survival`."""
        return draw(self, ax, picture="survival", **options)

    def plot_calibration(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Expected against observed events; :func:`alliances.plotting.plot_calibration`."""
        return draw(self, ax, picture="calibration", **options)

    def plot_profile(self, name: str, ax: Axes | None = None, **options: Any) -> Axes:
        """A parameter's profile; :func:`alliances.plotting.plot_profile`."""
        return self.profile(name).plot(ax, **options)


def _parsed(restriction: Mapping[str, float] | str) -> dict[str, float]:
    """Values by name, also from text such as "exposure = 1, opportunity = 0.1"."""
    if isinstance(restriction, Mapping):
        return {name: float(value) for name, value in restriction.items()}
    parts = [part.split("=") for part in str(restriction).split(",")]
    try:
        return {name.strip(): float(value) for name, value in parts}
    except ValueError:
        raise ValueError(f"test(): restriction must be 'name = value' or a mapping; got {restriction!r}") from None
