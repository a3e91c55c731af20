"""What is fitted: hazards that follow from a game, and those that know none. All have one verb, ``fit``.

A model is a value without memory: it holds no data and no estimate, and ``fit`` takes no point to start from. So a fold of a
cross-validation, which calls it on its own rows, cannot know what only all rows together know.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.canonical import random_seed
from alliances.dynamics.patience import Kumaraswamy, OpenPatience
from alliances.estimation.critical_rates import StructuralLikelihood, StructuralRates, nodes_of
from alliances.estimation.design import BASELINES, Baseline, Design, design_of
from alliances.estimation.fits import HazardFit
from alliances.estimation.likelihood import Likelihood, Parameter, counts
from alliances.estimation.linear import LinearLikelihood
from alliances.estimation.maximum import maximise
from alliances.estimation.spells import SIDES, Duration, Layout, Spells, read_spells
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.payoffs.numbers import numbers_of
from alliances.payoffs.sharing import Agreed, Proportional
from alliances.repeated.arguments import check_enforcement, check_model
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.values import Value

__all__ = ["Constant", "HazardModel", "Logit", "RateModel", "TimeOnly", "check_names"]

Terms: TypeAlias = Literal["renegotiated", "formation"]
Risks: TypeAlias = Literal["any", "each side"]
Draws: TypeAlias = Literal["own", "common"]
Opportunity: TypeAlias = bool | float | Literal["each side"]

_ORIGINAL = "gap_original"  # the gap as the side sees it that was stronger at formation
_RATES = (1e-8, 100.0)  # bounds of a rate per unit of time
_EFFECT = 40.0  # the largest effect of a covariate's standard deviation on ln λ


@dataclass(frozen=True, eq=False)
class RateModel(Value, ABC):
    """What all models share: rows are read, predictors laid out, and the likelihood is maximised from cold starts."""

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
    def design(self, spells: Spells) -> Design:
        """The columns of predictors that rows of a fit give."""

    @abstractmethod
    def likelihood(self, spells: Spells, design: Design, weights: Array | None = None, exact: bool = False) -> Likelihood:
        """The likelihood on rows; with ``exact`` no two gaps are taken for one."""

    @abstractmethod
    def cells(self, spells: Spells, design: Design) -> Array:
        """Of each row its cell in the exact likelihood."""

    @abstractmethod
    def rates(self, spells: Spells, design: Design, theta: Array) -> Array:
        """λ by side and row, (sides, n)."""

    def read(self, frame: Any, layout: Layout, function: str, events: bool = True) -> Spells:
        """The rows of a frame with the columns that this model needs."""
        return read_spells(frame, layout, function, gap=False, covariates=self.wanted, events=events)

    def fit(
        self,
        frame: Any,
        *,
        event: str,
        duration: Duration = ("start", "stop"),
        gap: str = "gap",
        gap_at_formation: str = "gap0",
        who: str | None = None,
        cluster: str | tuple[str, str] | None = None,
        id: str | None = "id",
        starts: int = 5,
        rng: np.random.Generator | int | None = 0,
    ) -> HazardFit:
        """Maximum likelihood, from cold starts.

        Parameters
        ----------
        frame
            A row per interval at risk: a pandas ``DataFrame``, or a mapping from names to columns.
        event
            0 and 1: whether the interval ended with the event. Or the age at which it did, empty where it did not; or who
            broke, in words, where that is all that is known.
        duration
            The columns of the ages at which an interval starts and stops; None where every row is one unit of time.
        gap
            The column of today's gap γ in (−1, 1); without one of this name, ``share`` gives 2·share − 1.
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
            The column of alliances, whose intervals must not overlap; it may be absent.
        starts
            How many searches, each from a point that knows nothing of the others.
        rng
            Seed or generator of the starts.

        Raises
        ------
        TypeError, ValueError
            Naming the column and what is wrong with it; or if no event, or nothing but events, happened.
        """
        name = f"{type(self).__name__}.fit"
        layout = Layout(event, duration, gap, gap_at_formation, who, cluster, id)
        if isinstance(starts, bool) or not isinstance(starts, (int, np.integer)) or starts < 1:
            raise ValueError(f"{name}(): starts must be a whole number of at least 1; got {starts!r}")
        seed = random_seed(rng, name)
        return self.fit_spells(self.read(frame, layout, name), layout, starts=int(starts), seed=seed, function=name)

    def fit_spells(self, spells: Spells, layout: Layout, *, starts: int = 5, seed: int = 0, function: str = "fit") -> HazardFit:
        """:meth:`fit` on rows that are read already."""
        self.check_events(spells, layout, function)
        design = self.design(spells)
        likelihood = self.likelihood(spells, design)
        optima = maximise(likelihood, starts, np.random.default_rng(seed))
        return HazardFit(
            self, layout, design, spells, tuple(p.name for p in likelihood.parameters), optima.theta, optima.value,
            optima.converged, seed,
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


def _choice(value: object, allowed: Sequence[Any], function: str, argument: str) -> None:
    if not any(value is x or (isinstance(x, str) and value == x) for x in allowed):
        raise ValueError(f"{function}(): {argument} must be one of {', '.join(map(repr, allowed))}; got {value!r}")


def check_names(value: Any, function: str, argument: str) -> tuple[str, ...]:
    """Names of columns as a tuple, or an error."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(x, str) for x in value):
        raise TypeError(f"{function}(): {argument} must be a list of names of columns; got {value!r}")
    if len(set(value)) < len(value):
        raise ValueError(f"{function}(): {argument} must name each column once; got {value!r}")
    return tuple(value)


@dataclass(frozen=True, eq=False)
class HazardModel(RateModel):
    r"""The hazard of a break that a game implies: λ = π F(δ*(γ; θ)) exp(x'β).

    At rate π a side has an opportunity to break; then its patience is drawn from F, and it breaks if that falls short of the
    critical discount factor δ* of the game at today's gap.

    Parameters
    ----------
    game
        Any model of the dyad. Its parameters are the values of those that are not free.
    enforcement
        How betrayal is punished; :class:`NashReversion` by default. Mutual fighting for ever is :class:`GivenPunishment`, and
        gives another δ* at wide gaps.
    patience
        F: :class:`alliances.patience.Kumaraswamy` (default), :class:`~alliances.patience.Beta` or
        :class:`~alliances.patience.Logistic`; the parameters that are None are estimated.
    terms
        "renegotiated": shares follow today's power. "formation": shares stay as they were at the gap γ₀, :class:`Agreed`.
    risks
        "any": whoever breaks, by the dyad's δ*. "each side": each by its own, which needs to know who broke.
    free
        The parameters to estimate, by the way to them, with their bounds: ``{"contest.decisiveness": (0.3, 4)}``; those of
        the concept begin with ``enforcement.``.
    opportunity
        True: π is estimated; "each side": one for each side; a number: it is that; False: it is 1.
    baseline
        How the rate changes with age, besides: None, "log age" (a power of 1 + age) or "age spline". Age is that at the
        beginning of an interval, because its end depends on the event.
    covariates
        Columns that multiply the rate by exp(βx).
    draws
        With "each side": whether the sides draw patience of their "own", or one "common" to both.
    swapped
        With "each side": exchange the sides' δ*, a placebo.
    resolution
        Gaps within an interval of this width are taken for one, their mean; None takes each as it is.

    Notes
    -----
    δ* enters only as F(δ*): levels of patience are identified up to F, so that θ can be compared across data sets, and patience
    cannot.

    Examples
    --------
    >>> import alliances as al
    >>> model = HazardModel(
    ...     al.presets.morrow_1991(), free={"contest.decisiveness": (0.3, 4)}, patience=al.patience.Kumaraswamy(3, 2)
    ... )
    >>> rng = np.random.default_rng(1)
    >>> frame = {"start": np.zeros(2000), "stop": np.ones(2000), "gap": rng.uniform(0, 0.9, 2000)}
    >>> frame = al.estimation.simulate(model, {"contest.decisiveness": 2, "opportunity": 0.3}, frame, rng)
    >>> fit = model.fit(frame, event="event")
    >>> {name: round(value, 1) for name, value in fit.theta.items()}
    {'contest.decisiveness': 2.0, 'opportunity': 0.3}
    """

    game: DyadicGame
    enforcement: Enforcement = field(default_factory=NashReversion)
    patience: OpenPatience = field(default_factory=Kumaraswamy)
    terms: Terms = "renegotiated"
    risks: Risks = "any"
    free: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    opportunity: Opportunity = True
    baseline: Baseline = None
    covariates: Sequence[str] = ()
    draws: Draws = "own"
    swapped: bool = False
    resolution: float | None = 0.01

    def __post_init__(self) -> None:
        name = "HazardModel"
        check_model(self.game, name)
        object.__setattr__(self, "enforcement", check_enforcement(self.enforcement, name))
        if isinstance(self.patience, type) or not isinstance(self.patience, OpenPatience):
            raise TypeError(
                f"{name}(): patience must be Kumaraswamy(), Beta() or Logistic() of al.patience; got {self.patience!r}"
            )
        _choice(self.terms, get_args(Terms), name, "terms")
        _choice(self.risks, get_args(Risks), name, "risks")
        _choice(self.draws, get_args(Draws), name, "draws")
        _choice(self.baseline, BASELINES, name, "baseline")
        object.__setattr__(self, "covariates", check_names(self.covariates, name, "covariates"))
        self._check_sides(name)
        self._check_opportunity(name)
        object.__setattr__(self, "free", self._bounds(name))
        if self.resolution is not None and not 0 < float(self.resolution) < 1:
            raise ValueError(f"{name}(): resolution must lie strictly between 0 and 1, or be None; got {self.resolution!r}")
        if self.terms == "formation":
            sharing = getattr(self.game, "sharing", None)
            if not isinstance(self.game, AllianceGame) or not isinstance(sharing, (Proportional, Agreed)):
                raise ValueError(
                    f"{name}(): terms='formation' needs an AllianceGame with sharing=Proportional(), whose shares "
                    "are kept as they were; "
                    f"got {self.game!r}"
                )
        super().__post_init__()

    def _check_sides(self, name: str) -> None:
        if self.risks == "each side" and self.enforcement.pooled:
            raise ValueError(
                f"{name}(): risks must be 'any' under {self.enforcement!r}, where the two constraints are one; got 'each side'"
            )
        if self.risks == "any" and (self.swapped or self.draws != "own"):
            raise ValueError(f"{name}(): swapped and draws are for risks='each side'; got risks='any'")
        if not isinstance(self.swapped, (bool, np.bool_)):
            raise TypeError(f"{name}(): swapped must be True or False; got {self.swapped!r}")

    def _check_opportunity(self, name: str) -> None:
        value = self.opportunity
        if isinstance(value, (bool, np.bool_)):
            return
        if value == "each side":
            if self.risks != "each side":
                raise ValueError(f"{name}(): opportunity='each side' needs risks='each side'; got risks={self.risks!r}")
        elif isinstance(value, str) or not np.isreal(value) or not 0 < float(value) < np.inf:
            raise ValueError(f"{name}(): opportunity must be True, False, 'each side' or a positive rate; got {value!r}")

    def _bounds(self, name: str) -> dict[str, tuple[float, float]]:
        if not isinstance(self.free, Mapping):
            raise TypeError(
                f"{name}(): free must map parameters to (low, high), as in {{'exposure': (0.05, 1)}}; got {self.free!r}"
            )
        known = {x.name for x in numbers_of(self.game)} | {f"enforcement.{x.name}" for x in numbers_of(self.enforcement)}
        bounds = {}
        for parameter, pair in self.free.items():
            if parameter not in known:
                raise ValueError(
                    f"{name}(): free must name parameters of the game ({', '.join(sorted(known)) or 'it has none'}); "
                    f"got {parameter!r}"
                )
            try:
                low, high = (float(x) for x in pair)
            except (TypeError, ValueError):
                raise TypeError(f"{name}(): free[{parameter!r}] must be a pair (low, high) of numbers; got {pair!r}") from None
            if not -np.inf < low < high < np.inf:
                raise ValueError(f"{name}(): free[{parameter!r}] must be finite, low below high; got {pair!r}")
            bounds[parameter] = (low, high)
        return bounds

    @property
    def sides(self) -> int:
        """1, or 2 where it is asked who breaks."""
        return 2 if self.risks == "each side" else 1

    @property
    def wanted(self) -> tuple[str, ...]:
        """The covariates."""
        return tuple(self.covariates)

    @property
    def label(self) -> str:
        """A name for tables."""
        parts = ["F(δ*)", type(self.enforcement).__name__]
        parts += [f"free {', '.join(name.rpartition('.')[2] for name in self.free)}"] * bool(self.free)
        parts += ["rigid"] * (self.terms == "formation") + ["sides swapped"] * self.swapped
        parts += [f"+ {name}" for name in (*self.covariates, *([self.baseline] if self.baseline else []))]
        return ", ".join(map(str, parts))

    @property
    def structure(self) -> StructuralRates:
        """The part that follows from the game."""
        fixed = None if self.opportunity is True or self.opportunity == "each side" else float(self.opportunity or 1.0)
        return StructuralRates(
            self.game, self.enforcement, self.patience, tuple(self.free), tuple(self.free.values()), self.sides,
            bool(self.swapped), self.draws == "common", fixed, self.opportunity == "each side",
        )  # fmt: skip

    def read(self, frame: Any, layout: Layout, function: str, events: bool = True) -> Spells:
        """The rows of a frame: gaps, the covariates, and with rigid terms the gaps at formation."""
        formation = self.terms == "formation"
        if formation and layout.gap == "gap" and _ORIGINAL in frame:
            layout = replace(layout, gap=_ORIGINAL)
        return read_spells(frame, layout, function, gap=True, formation=formation, covariates=self.wanted, events=events)

    def design(self, spells: Spells) -> Design:
        """The covariates and the baseline."""
        return design_of(spells, self.wanted, (), self.baseline)

    def parameters(self, columns: Array, names: Sequence[str]) -> tuple[Parameter, ...]:
        """The free parameters, those of covariates last."""
        listed = [Parameter(name, low, high, low, high) for name, (low, high) in self.free.items()]
        for name in self.patience.open_parameters:
            low, high, first, last, logarithmic = self.patience.ranges[name]
            listed.append(Parameter(f"patience.{name}", low, high, first, last, logarithmic))
        if self.opportunity == "each side":
            listed += [Parameter(f"opportunity.{side}", *_RATES, 0.1, 0.1, True, s) for s, side in enumerate(SIDES)]
        elif self.opportunity is True:
            listed.append(Parameter("opportunity", *_RATES, 0.1, 0.1, True, -2))
        return (*listed, *effects(columns, names))

    def likelihood(self, spells: Spells, design: Design, weights: Array | None = None, exact: bool = False) -> Likelihood:
        """The likelihood on rows, which are one cell for each gap where there are no covariates."""
        assert spells.gap is not None
        nodes = nodes_of(spells.gap, spells.gap0, None if exact else self.resolution)
        columns = design.matrix(spells)
        parameters = self.parameters(columns, design.names)
        if not columns.shape[1]:
            table = counts(spells, self.sides, nodes.row, len(nodes.gap), weights)
            return StructuralLikelihood(parameters, *table, self.structure, nodes)
        cells, cell = _distinct(np.column_stack([nodes.row, columns]))
        table = counts(spells, self.sides, cell, len(cells), weights)
        return StructuralLikelihood(parameters, *table, self.structure, nodes, cells[:, 1:], cells[:, 0].astype(int))

    def cells(self, spells: Spells, design: Design) -> Array:
        """Of each row its cell in the exact likelihood."""
        assert spells.gap is not None
        row = nodes_of(spells.gap, spells.gap0, None).row
        columns = design.matrix(spells)
        return _distinct(np.column_stack([row, columns]))[1] if columns.shape[1] else row

    def rates(self, spells: Spells, design: Design, theta: Array) -> Array:
        """λ by side and row, (sides, n), each gap as it is."""
        assert spells.gap is not None
        nodes = nodes_of(spells.gap, spells.gap0, None)
        logs, _ = self.structure.log_rates(theta[None], nodes, False)
        columns = design.matrix(spells)
        return np.asarray(np.exp(logs[0][:, nodes.row] + columns @ theta[self.structure.size :]))


def _distinct(columns: Array) -> tuple[Array, Array]:
    """Distinct rows, and of each row which it is; without columns all are one."""
    if not columns.shape[1]:
        return np.zeros((1, 0)), np.zeros(len(columns), dtype=int)
    packed = np.ascontiguousarray(columns).view([("", columns.dtype)] * columns.shape[1])  # sorts faster than rows do
    _, first, cell = np.unique(packed, return_index=True, return_inverse=True)
    return columns[first], cell.reshape(-1)


def effects(columns: Array, names: Sequence[str], side: str = "") -> list[Parameter]:
    """The coefficients of covariates, which searches start at 0."""
    scale = [_EFFECT / max(float(x.std()), 1e-12) for x in columns.T]
    return [Parameter(name + side, -high, high, 0.0, 0.0) for name, high in zip(names, scale, strict=True)]


@dataclass(frozen=True, eq=False)
class Logit(RateModel):
    """A hazard whose logit, or logarithm, is linear in covariates: the usual regression, with the same likelihood as the
    others.

    Parameters
    ----------
    covariates
        Columns; "gap" is the gap, whatever its column is called in ``fit``.
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
        _choice(self.baseline, BASELINES, name, "baseline")
        _choice(self.risks, get_args(Risks), name, "risks")
        _choice(self.link, ("logit", "log"), name, "link")
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

    def design(self, spells: Spells) -> Design:
        """Covariates, splines and baseline."""
        return design_of(spells, self.wanted, self.splines, self.baseline)

    def likelihood(self, spells: Spells, design: Design, weights: Array | None = None, exact: bool = False) -> Likelihood:  # noqa: ARG002
        """The likelihood; rows with equal predictors are one cell."""
        columns = design.matrix(spells)
        cells, cell = _distinct(columns)
        table = counts(spells, self.sides, cell, len(cells), weights)
        levels: list[Parameter] = []
        name = "odds" if self.link == "logit" else "rate"
        if self.sides == 1:
            levels.append(Parameter(name, *_RATES, 0.05, 0.05, True, -2))
            slopes = effects(columns, design.names)
        else:
            levels += [Parameter(f"{name}.{side}", *_RATES, 0.05, 0.05, True, s) for s, side in enumerate(SIDES)]
            slopes = [p for side in SIDES for p in effects(columns, design.names, f".{side}")]
        return LinearLikelihood((*levels, *slopes), *table, cells, self.sides, self.link == "logit")

    def cells(self, spells: Spells, design: Design) -> Array:
        """Of each row its cell in the exact likelihood."""
        return _distinct(design.matrix(spells))[1]

    def rates(self, spells: Spells, design: Design, theta: Array) -> Array:
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
