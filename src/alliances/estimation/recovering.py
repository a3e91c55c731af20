"""Simulated breaks on a given design, and whether their parameters are found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.canonical import boolean, random_generator
from alliances.dynamics.arguments import whole
from alliances.estimation.design import HazardDesign
from alliances.estimation.inference import wald_interval
from alliances.estimation.rates import RateModel, not_a_model
from alliances.estimation.spells import SIDES, Duration, Layout, Spells
from alliances.results import Result, progress_bar
from alliances.values.tables import Columns, Variable, text_table

__all__ = ["Recovery", "recover", "simulate"]

_NORMAL = 1.959963984540054
_NOTHING = 1e-300  # breaks a year, in place of 0: the wait is longer than any spell


def _theta(model: RateModel, spells: Spells, design: HazardDesign, theta: Mapping[str, float], function: str) -> Array:
    parameters = model.likelihood(spells, design).parameters
    names = [p.name for p in parameters]
    if not isinstance(theta, Mapping) or set(theta) != set(names):
        raise ValueError(f"{function}(): theta must map each of {', '.join(names)} to a number; got {theta!r}")
    return np.array([float(theta[name]) for name in names])


def _check_model(model: object, function: str) -> None:
    if not isinstance(model, RateModel):
        raise TypeError(f"{function}(): model must be a model such as HazardModel(...); got {not_a_model(model)}")


def _drawn(spells: Spells, rates: Array, rng: np.random.Generator, terminal: bool) -> tuple[Spells, Array]:
    """The rows with events drawn, and which of them are still there: none of an alliance after it broke, if that ends it."""
    total = rates.sum(axis=0)
    waits = rng.exponential(size=spells.size) / np.maximum(total, _NOTHING)
    event = waits < spells.length
    side = np.where(event, (rng.random(spells.size) * total >= rates[0]).astype(int) if len(rates) > 1 else -1, -1)
    there = np.ones(spells.size, dtype=bool)
    if terminal:
        first = np.full(int(spells.group.max()) + 1, np.inf)
        np.minimum.at(first, spells.group[event], spells.start[event])
        there = spells.start <= first[spells.group]
    return spells.with_events(event, side, np.where(event, waits, spells.length)), there


def simulate(
    model: RateModel,
    theta: Mapping[str, float],
    frame: Any,
    rng: np.random.Generator | int | None = 0,
    *,
    event: str = "event",
    duration: Duration = ("start", "stop"),
    gap: str = "gap",
    gap_at_formation: str = "gap0",
    who: str = "who",
    id: str | None = "id",
    terminal: bool = True,
) -> Any:
    """A frame with breaks as a model draws them: each row's waiting time is exponential with its rate.

    Parameters
    ----------
    model, theta
        The model, and its parameters by name.
    frame
        The rows; events are not needed, and those that are there are replaced.
    rng
        Seed or generator.
    event, duration, gap, gap_at_formation, id
        As of :meth:`HazardModel.fit`. The event's column is added, and an interval that ends with an event stops there.
    who
        The column of who broke, for models with risks="each side".
    terminal
        Whether a break ends its alliance, so that later rows of its id are left out.

    Returns
    -------
    DataFrame or dict
        As ``frame`` is.
    """
    _check_model(model, "simulate")
    boolean(terminal, "simulate", "terminal")
    layout = Layout(event, duration, gap, gap_at_formation, None, None, id)
    spells = model.read(frame, layout, "simulate", events=False)
    design = model.design(spells)
    rates = model.rates(spells, design, _theta(model, spells, design, theta, "simulate"))
    drawn, there = _drawn(spells, rates, random_generator(rng, "simulate"), terminal)
    added: dict[str, Array] = {event: drawn.event.astype(int)}
    if duration is not None:
        added[duration[1]] = np.where(drawn.event, spells.start + drawn.length, np.asarray(frame[duration[1]], dtype=float))
    if len(rates) > 1:
        added[who] = np.where(drawn.side < 0, "", np.array(SIDES)[drawn.side])
    if hasattr(frame, "assign"):
        return frame.assign(**added)[there]
    return {name: np.asarray(x)[there] for name, x in {**frame, **added}.items()}


@dataclass(frozen=True, eq=False)
class Recovery(Result):
    """Estimates from simulated breaks beside the parameters that they were drawn with.

    Attributes
    ----------
    names, truth
        The parameters.
    estimates, errors
        (times, P) the estimates and their standard errors; nan at a bound.
    ratios
        (times, P) twice the fall of ln L where one parameter is pinned at its truth and the others are free.
    information
        (P, P) the expected information at the truth, if no break ends anything.
    expected
        How many breaks are expected, by the same.
    positive
        Which parameters cannot be negative, so that their Wald intervals are those of their logarithms.
    """

    names: tuple[str, ...]
    truth: Array
    estimates: Array
    errors: Array
    ratios: Array
    information: Array
    expected: float
    positive: Array

    @property
    def bias(self) -> Array:
        """Mean estimate less the truth."""
        return np.asarray(self.estimates.mean(axis=0) - self.truth)

    @property
    def rmse(self) -> Array:
        """Root mean squared error."""
        return np.asarray(np.sqrt(((self.estimates - self.truth) ** 2).mean(axis=0)))

    @property
    def coverage(self) -> Array:
        """How often the 95 % interval by likelihood ratio, that of a profile, holds the truth."""
        return np.asarray((self.ratios <= _NORMAL**2).mean(axis=0))

    @property
    def wald_coverage(self) -> Array:
        """How often the 95 % Wald interval holds the truth; where there is none, it does not."""
        inside = [
            (low <= x) & (x <= high)
            for x, e, s, positive in zip(self.truth, self.estimates.T, self.errors.T, self.positive, strict=True)
            for low, high in [wald_interval(e, s, positive)]
        ]
        return np.array([x.mean() for x in inside])

    @property
    def relative_errors(self) -> Array:
        """Standard errors that the information at the truth promises, relative to the parameters; nan where it is singular."""
        scale = np.where(self.truth == 0, 1.0, np.abs(self.truth))
        scaled = self.information * np.outer(scale, scale)
        if np.linalg.cond(scaled) > 1e14:
            return np.full(len(self.truth), np.nan)
        return np.asarray(np.sqrt(np.diag(np.linalg.inv(scaled))))

    @property
    def condition(self) -> float:
        """The condition number of the information, per relative changes."""
        scale = np.where(self.truth == 0, 1.0, np.abs(self.truth))
        return float(np.linalg.cond(self.information * np.outer(scale, scale)))

    @property
    def message(self) -> str:
        """What was tried."""
        return f"{len(self.estimates)} simulations, {self.expected:.0f} breaks expected; condition {self.condition:.1e}"

    def _columns(self) -> Columns:
        return {
            "parameter": self.names, "truth": self.truth, "bias": self.bias, "RMSE": self.rmse, "coverage": self.coverage,
            "Wald": self.wald_coverage,            "relative error": self.relative_errors,
        }  # fmt: skip

    def _variables(self) -> Mapping[str, Variable]:
        return {
            "estimates": Variable(("simulation", "parameter"), self.estimates, "estimate"),
            "truth": Variable(("parameter",), self.truth, "parameter that was simulated"),
        }

    def __str__(self) -> str:
        return f"{self.message}\n{text_table(self._columns(), left=1)}"


def recover(
    model: RateModel,
    theta: Mapping[str, float],
    frame: Any,
    times: int = 100,
    *,
    rng: np.random.Generator | int | None = 0,
    starts: int = 3,
    terminal: bool = True,
    progress: bool = False,
    event: str = "event",
    duration: Duration = ("start", "stop"),
    gap: str = "gap",
    gap_at_formation: str = "gap0",
    id: str | None = "id",
) -> Recovery:
    """Whether parameters are found again: breaks are simulated on the rows of a frame, and the model is fitted to them.

    Parameters
    ----------
    model, theta, frame
        As of :func:`simulate`.
    times
        How many simulations.
    rng, starts, terminal
        Randomness, searches for each fit, and whether a break ends its alliance.
    progress
        Whether to show a bar; needs tqdm.
    event, duration, gap, gap_at_formation, id
        As of :func:`simulate`.
    """
    _check_model(model, "recover")
    count = whole(times, "recover", "times", 2)
    layout = Layout(event, duration, gap, gap_at_formation, None, None, id)
    spells = model.read(frame, layout, "recover", events=False)
    design = model.design(spells)
    truth = _theta(model, spells, design, theta, "recover")
    likelihood = model.likelihood(spells, design)
    scale = np.where(likelihood.logarithmic, truth, 1.0)
    information = likelihood.evaluate(likelihood.working(truth)[None]).information[0] / np.outer(scale, scale)
    rates = model.rates(spells, design, truth)
    generator = random_generator(rng, "recover")
    estimates: list[Array] = []
    errors: list[Array] = []
    ratios: list[list[float]] = []
    with progress_bar(count, progress, "simulation") as bar:
        while len(estimates) < count:
            drawn, there = _drawn(spells, rates, generator, terminal)
            kept = drawn[there]
            if not 0 < kept.events < kept.size:
                continue
            fit = model.fit_spells(kept, layout, starts=starts, rng=int(generator.integers(2**32)))
            estimates.append(fit.estimate)
            try:
                errors.append(np.sqrt(np.diag(fit.covariance("information"))))
            except ValueError:
                errors.append(np.full(len(truth), np.nan))
            ratios.append([fit.test({name: x}).statistic for name, x in zip(fit.names, truth, strict=True)])
            bar.update(1)
    names = tuple(p.name for p in likelihood.parameters)
    return Recovery(
        names,
        truth,
        np.array(estimates),
        np.array(errors),
        np.array(ratios),
        information,
        float((rates * spells.length).sum()),
        np.array([p.low >= 0 for p in likelihood.parameters], dtype=bool),
    )
