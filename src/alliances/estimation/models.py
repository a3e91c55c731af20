"""Hazards that follow from a game."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.patience import Kumaraswamy, OpenPatience
from alliances.estimation.critical_rates import StructuralLikelihood, StructuralRates, nodes_of
from alliances.estimation.design import BASELINES, Baseline, HazardDesign, design_of
from alliances.estimation.likelihood import Likelihood, Parameter, counts
from alliances.estimation.rates import RATES, RateModel, Risks, check_choice, check_names, distinct, effects
from alliances.estimation.spells import GAP_ORIGINAL, SIDES, Layout, Spells, read_spells
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.payoffs.numbers import numbers_of
from alliances.payoffs.sharing import Agreed, Proportional
from alliances.repeated.arguments import check_enforcement, check_model
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.nash_reversion import NashReversion

__all__ = ["HazardModel"]

Terms: TypeAlias = Literal["renegotiated", "formation"]
Draws: TypeAlias = Literal["own", "common"]
Opportunity: TypeAlias = bool | float | Literal["each side"]


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
        check_choice(self.terms, get_args(Terms), name, "terms")
        check_choice(self.risks, get_args(Risks), name, "risks")
        check_choice(self.draws, get_args(Draws), name, "draws")
        check_choice(self.baseline, BASELINES, name, "baseline")
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
        gap = GAP_ORIGINAL if formation and layout.gap == "gap" and GAP_ORIGINAL in frame else layout.gap
        return read_spells(frame, layout, function, gap=gap, formation=formation, covariates=self.wanted, events=events)

    def design(self, spells: Spells) -> HazardDesign:
        """The covariates and the baseline."""
        return design_of(spells, self.wanted, (), self.baseline)

    def parameters(self, columns: Array, names: Sequence[str]) -> tuple[Parameter, ...]:
        """The free parameters, those of covariates last."""
        listed = [Parameter(name, low, high, low, high) for name, (low, high) in self.free.items()]
        for name in self.patience.open_parameters:
            low, high, first, last, logarithmic = self.patience.ranges[name]
            listed.append(Parameter(f"patience.{name}", low, high, first, last, logarithmic))
        if self.opportunity == "each side":
            listed += [Parameter(f"opportunity.{side}", *RATES, 0.1, 0.1, True, s) for s, side in enumerate(SIDES)]
        elif self.opportunity is True:
            listed.append(Parameter("opportunity", *RATES, 0.1, 0.1, True, -2))
        return (*listed, *effects(columns, names))

    def likelihood(self, spells: Spells, design: HazardDesign, weights: Array | None = None, exact: bool = False) -> Likelihood:
        """The likelihood on rows, which are one cell for each gap where there are no covariates."""
        assert spells.gap is not None
        nodes = nodes_of(spells.gap, spells.gap0, None if exact else self.resolution)
        columns = design.matrix(spells)
        parameters = self.parameters(columns, design.names)
        if not columns.shape[1]:
            table = counts(spells, self.sides, nodes.row, len(nodes.gap), weights)
            return StructuralLikelihood(parameters, *table, self.structure, nodes)
        cells, cell = distinct(np.column_stack([nodes.row, columns]))
        table = counts(spells, self.sides, cell, len(cells), weights)
        return StructuralLikelihood(parameters, *table, self.structure, nodes, cells[:, 1:], cells[:, 0].astype(int))

    def cells(self, spells: Spells, design: HazardDesign) -> Array:
        """Of each row its cell in the exact likelihood."""
        assert spells.gap is not None
        row = nodes_of(spells.gap, spells.gap0, None).row
        columns = design.matrix(spells)
        return distinct(np.column_stack([row, columns]))[1] if columns.shape[1] else row

    def rates(self, spells: Spells, design: HazardDesign, theta: Array) -> Array:
        """λ by side and row, (sides, n), each gap as it is."""
        assert spells.gap is not None
        nodes = nodes_of(spells.gap, spells.gap0, None)
        logs, _ = self.structure.log_rates(theta[None], nodes, False)
        columns = design.matrix(spells)
        return np.asarray(np.exp(logs[0][:, nodes.row] + columns @ theta[self.structure.size :]))
