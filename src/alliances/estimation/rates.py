"""What all models of hazards share: one verb, ``fit``, which reads rows and maximises the likelihood from cold starts.

A model is a value without memory: it holds no data and no estimate, and ``fit`` takes no point to start from. So a fold of a
cross-validation, which calls it on its own rows, cannot know what only all rows together know.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import update_wrapper
from types import FunctionType
from typing import Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.canonical import random_seed
from alliances.estimation.design import HazardDesign
from alliances.estimation.fits import HazardFit
from alliances.estimation.likelihood import Likelihood, Objective, Parameter
from alliances.estimation.maximum import Advance, Optima, maximise, searches
from alliances.estimation.spells import Duration, Layout, Spells, read_spells
from alliances.results import progress_bar
from alliances.values import Value

__all__ = ["RATES", "RateModel", "Risks", "check_choice", "check_names", "distinct", "effects", "not_a_model"]

Risks: TypeAlias = Literal["any", "each side"]

RATES = (1e-8, 100.0)
"""Bounds of a rate per unit of time."""

_EFFECT = 40.0  # the largest effect of a covariate's standard deviation on ln λ
_LEVEL = 1e-12  # standard deviation of a column that is level


@dataclass(frozen=True, eq=False)
class RateModel(Value, ABC):
    """What all models share: rows are read, predictors laid out, and the likelihood is maximised from cold starts."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Python's own errors about a call of ``fit`` name the class of the model, and not this one."""
        super().__init_subclass__(**options)
        if "fit" in cls.__dict__:
            return
        shared = RateModel.fit
        own = FunctionType(shared.__code__, shared.__globals__, shared.__name__, shared.__defaults__, shared.__closure__)
        setattr(cls, "fit", update_wrapper(own, shared))  # noqa: B010 – a method may not be assigned
        own.__kwdefaults__, own.__qualname__ = shared.__kwdefaults__, f"{cls.__name__}.fit"

    @property
    @abstractmethod
    def sides(self) -> int:
        """1, or 2 where it is asked who breaks."""

    @property
    @abstractmethod
    def wanted(self) -> tuple[str, ...]:
        """The columns that are read as covariates."""

    @property
    @abstractmethod
    def label(self) -> str:
        """A name for tables."""

    @abstractmethod
    def design(self, spells: Spells) -> HazardDesign:
        """The columns of predictors that rows of a fit give."""

    @abstractmethod
    def likelihood(self, spells: Spells, design: HazardDesign, weights: Array | None = None, exact: bool = False) -> Likelihood:
        """The likelihood on rows; with ``exact`` no two gaps are taken for one."""

    @abstractmethod
    def cells(self, spells: Spells, design: HazardDesign) -> Array:
        """Of each row its cell in the exact likelihood."""

    @abstractmethod
    def rates(self, spells: Spells, design: HazardDesign, theta: Array) -> Array:
        """λ by side and row, (sides, n)."""

    def search(self, likelihood: Objective, starts: int, rng: np.random.Generator, advance: Advance | None = None) -> Optima:
        """The maxima of a likelihood from cold starts."""
        return maximise(likelihood, starts, rng, advance)

    def scores(self, spells: Spells, design: HazardDesign, theta: Array) -> Array:
        """The derivatives of each row's ln L by θ, (n, P)."""
        likelihood = self.likelihood(spells, design, exact=True)
        cell = self.cells(spells, design)
        logs, slopes = likelihood.log_rates(theta[None], True)
        assert slopes is not None
        rates = np.exp(logs[0][:, cell])
        happened = np.zeros_like(rates)
        if len(rates) == 1:
            happened[0] = spells.event
        else:
            for side in range(2):
                happened[side] = spells.event & (spells.side == side)
            unknown = spells.event & (spells.side < 0)
            happened += unknown * rates / rates.sum(axis=0)
        return np.asarray(np.einsum("sn,snp->np", happened - rates * spells.length, slopes[0][:, cell]))

    def read(self, frame: Any, layout: Layout, function: str, events: bool = True) -> Spells:
        """The rows of a frame with the columns that this model needs."""
        return read_spells(frame, layout, function, covariates=self.wanted, events=events)

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
        starts: int = 5,
        rng: np.random.Generator | int | None = 0,
        progress: bool = False,
    ) -> HazardFit:
        """Maximum likelihood, from cold starts.

        Parameters
        ----------
        frame
            A row per interval at risk: a pandas ``DataFrame``, or a mapping from names to columns.
        event
            The column of events, whose name is that in :func:`simulate`. 0 and 1: whether the interval ended with the event.
            Or the age at which it did, empty where it did not; or who broke, in words, where that is all that is known.
        duration
            The columns of the ages at which an interval starts and stops; None where every row is one unit of time.
        gap
            The column of today's gap γ in (−1, 1); without one of this name, ``share`` gives 2·share − 1. It is also the
            covariate "gap" of a regression. A gap of ±1, which says that one side has nothing, is an error in all models.
        gap_at_formation
            The column of γ₀, for ``terms="formation"``; without one of this name, ``share0`` gives it. Both gaps are to be
            seen from the same side, so that γ < 0 says that the weaker side at formation is the stronger today; a column
            ``gap_original``, which
            :func:`alliances.datasets.alliance_years` makes, is taken for it where the gap's column is not named.
        who
            The column that says who broke: "sponsor" or "stronger", "proxy" or "weaker"; empty where nobody did or nobody
            knows.
        cluster
            The column of what is independent, for cluster-robust errors; a pair of columns for the two ends of a dyad. By
            default each alliance.
        id
            The column of alliances, whose intervals must not overlap. Where there is none, those of one value of ``cluster``
            must not; None checks nothing, for clusters of several alliances. ``notes`` say so where nothing was checked.
        time
            The column by which rows of one alliance, or cluster, are told apart where ``duration`` is None; it may be absent.
        starts
            How many searches, each from a point that knows nothing of the others.
        rng
            Seed or generator of the starts.
        progress
            Whether to show a bar of searches; needs tqdm.

        Raises
        ------
        TypeError, ValueError
            Naming the column and what is wrong with it; or if no event, or nothing but events, happened.
        """
        name = f"{type(self).__name__}.fit"
        layout = Layout(event, duration, gap, gap_at_formation, who, cluster, id, time)
        if isinstance(starts, bool) or not isinstance(starts, (int, np.integer)) or starts < 1:
            raise ValueError(f"{name}(): starts must be a whole number of at least 1; got {starts!r}")
        seed = random_seed(rng, name)
        spells = self.read(frame, layout, name)
        layout = layout.of(frame)
        return self.fit_spells(spells, layout, starts=int(starts), rng=seed, function=name, progress=progress)

    def fit_spells(
        self, spells: Spells, layout: Layout, *, starts: int = 5, rng: int = 0, function: str = "fit", progress: bool = False
    ) -> HazardFit:
        """:meth:`fit` on rows that are read already."""
        self.check_events(spells, layout, function)
        design = self.design(spells)
        likelihood = self.likelihood(spells, design)
        with progress_bar(searches(likelihood, starts), progress, "search") as bar:
            optima = self.search(likelihood, starts, np.random.default_rng(rng), bar.update)
        return HazardFit(
            self, layout, design, spells, tuple(p.name for p in likelihood.parameters), optima.theta, optima.value,
            optima.converged, rng,
        )  # fmt: skip

    def check_events(self, spells: Spells, layout: Layout, function: str) -> None:
        """An error where there is nothing to learn from."""
        if spells.events == 0:
            raise ValueError(
                f"{function}(): event {layout.event!r} must happen at least once; none of {spells.size} rows has it, so the "
                "most likely hazard is 0"
            )
        if spells.events == spells.size and spells.size > 1:
            raise ValueError(
                f"{function}(): event {layout.event!r} must not happen in every row; all {spells.size} have it: "
                "rows in which the "
                "alliance held belong to the data"
            )
        if self.sides == 2 and not (spells.side >= 0).any():
            raise ValueError(
                f"{function}(): who must say for some events which side broke, for risks='each side'; name its column in who="
            )


def check_choice(value: object, allowed: Sequence[Any], function: str, argument: str) -> None:
    """An error where the value is none of those allowed."""
    if not any(value is x or (isinstance(x, str) and value == x) for x in allowed):
        raise ValueError(f"{function}(): {argument} must be one of {', '.join(map(repr, allowed))}; got {value!r}")


def not_a_model(value: object, where: str = "") -> str:
    """What stands in the place of a model, and what to write instead."""
    if isinstance(value, type):
        return f"the class {value.__name__}{where}: make a model of it, {value.__name__}(...)"
    kind, fitted = type(value).__name__, hasattr(value, "rates_of")
    hint = ", which knows the rows that it would predict: pass its model, fit.model" * fitted
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}{where}{hint}"


def check_names(value: Any, function: str, argument: str) -> tuple[str, ...]:
    """Names of columns as a tuple, or an error."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(x, str) for x in value):
        raise TypeError(f"{function}(): {argument} must be a list of names of columns; got {value!r}")
    if len(set(value)) < len(value):
        raise ValueError(f"{function}(): {argument} must name each column once; got {value!r}")
    return tuple(value)


def distinct(columns: Array) -> tuple[Array, Array]:
    """Distinct rows, and of each row which it is; without columns all are one."""
    if not columns.shape[1]:
        return np.zeros((1, 0)), np.zeros(len(columns), dtype=int)
    packed = np.ascontiguousarray(columns).view([("", columns.dtype)] * columns.shape[1])  # sorts faster than rows do
    _, first, cell = np.unique(packed, return_index=True, return_inverse=True)
    return columns[first], cell.reshape(-1)


def effects(columns: Array, names: Sequence[str], side: str = "") -> list[Parameter]:
    """The coefficients of covariates, which searches start at 0."""
    scale = [_EFFECT / max(float(x.std()), _LEVEL) for x in columns.T]
    return [Parameter(name + side, -high, high, 0.0, 0.0) for name, high in zip(names, scale, strict=True)]
