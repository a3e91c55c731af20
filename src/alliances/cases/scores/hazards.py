r"""The contenders of the scoreboard by years: every one says with which chance it happens in a year.

A theory says it through the critical discount factor δ*(γ) at the year's gap: leaders draw their patience δ, and an alliance
(or a peace) breaks where δ < δ*. With F(x) = x^a for the distribution of patience (Kumaraswamy's with b = 1) and the chance π
per year that there is an opportunity at all,

.. math:: h(γ) = π F(δ^*(γ)) = π \min\{δ^*(γ), 1\}^a .

That is a graded answer: no theory is asked for a certain regime and then forgiven by an error rate, and no rule gets a smooth
curve where a theory has a step. A theory at a preset's parameters has two free numbers, π and a; a line in the gap has two as
well.

Where **power moves** and leaders know it, and that patience is drawn anew, the chance is that of
:mod:`alliances.dynamics.expected_breaks`, with the same F, times π. Again two numbers; how power moves is stated, not fitted.

The naive rules know no theory. "first year" has one chance in a dyad's first row and another in all later ones; "as before" has
one where it happened the year before and another where it did not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.cases.scores.contenders import FreeParameter
from alliances.cases.scores.dyad_years import DyadYears
from alliances.payoffs import presets
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_enforcement, check_model
from alliances.repeated.critical import critical_discount
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.transfers import Transfers
from alliances.values import Value

__all__ = ["YEAR_CONTENDERS", "GradedGame", "MovingGame", "YearContender", "YearRule", "year_contenders"]

OPPORTUNITY = FreeParameter("opportunity")
PATIENCE = FreeParameter("log_patience", spread=1.0)
_STEP, _REACH, _MOVES = 0.25, 4.0, 0.25
_EXPONENTS: Array = np.geomspace(0.25, 16, 9)


class YearContender(Value, ABC):
    """What can be scored by years: a chance for every row, at each candidate of its free parameters."""

    name: str
    naive: bool = False
    """Whether it knows no theory."""

    @property
    @abstractmethod
    def parameters(self) -> tuple[FreeParameter, ...]:
        """The free parameters, with their priors."""

    @abstractmethod
    def hazards(self, values: dict[str, Array], years: DyadYears) -> Array:
        """(candidates, rows): the chance that it happens in the year."""


@dataclass(frozen=True, eq=False)
class GradedGame(YearContender):
    """A dyadic game at given parameters: h = π F(δ*), with F(x) = x^a; π and ln a are free.

    Parameters
    ----------
    name
        What tables call it.
    game
        A model of a dyad; "ally" of both is what is to be kept.
    enforcement
        :class:`alliances.NashReversion` by default.

    Raises
    ------
    TypeError
        If the game is no model, or the enforcement no concept.

    Examples
    --------
    >>> import alliances as al
    >>> lottery = GradedGame("lottery", al.presets.chindea_2014(contest=al.Tullock(1)))
    >>> board = al.cases.score_years([lottery, "constant"], candidates=64)
    >>> board.models
    ('lottery', 'constant')
    """

    name: str
    game: DyadicGame
    enforcement: Enforcement | None = None

    def __post_init__(self) -> None:
        _check_name(self.name, "GradedGame")
        check_model(self.game, "GradedGame")
        check_enforcement(self.enforcement or NashReversion(), "GradedGame")
        super().__post_init__()

    @property
    def parameters(self) -> tuple[FreeParameter, ...]:
        """π and ln a."""
        return OPPORTUNITY, PATIENCE

    def critical(self, gaps: Array) -> Array:
        """δ* of the dyad, at most 1, by gap."""
        least = critical_discount(self.game, Power.from_gap(gaps), enforcement=self.enforcement).dyad
        return np.asarray(np.minimum(to_float(np.asarray(least)), 1.0))

    def hazards(self, values: dict[str, Array], years: DyadYears) -> Array:
        """(candidates, rows): the chance that it happens in the year."""
        least = self.critical(years.nodes)
        curve = least ** np.exp(values["log_patience"])[:, None]
        return np.asarray(values["opportunity"][:, None] * (curve @ years.weights.T))


@dataclass(frozen=True, eq=False)
class MovingGame(YearContender):
    """The same game, for leaders who know that power moves and that patience is drawn anew; π and ln a are free.

    The log ratio of power goes up or down by 0.25, with a chance of 0.25 a year each. Leaders of patience drawn from F(x) = x^a
    keep the alliance as far as what it is worth from tomorrow on, given that tomorrow's leaders do the same, outweighs what a
    break gains today. Each side draws its own patience, or both one where side payments join them. That is
    :func:`alliances.break_forecast` with ``expectations=True``.

    Parameters
    ----------
    name, game, enforcement
        As in :class:`GradedGame`.

    Raises
    ------
    TypeError
        If the game is no model, or the enforcement no concept.
    """

    name: str
    game: DyadicGame
    enforcement: Enforcement | None = None

    def __post_init__(self) -> None:
        _check_name(self.name, "MovingGame")
        check_model(self.game, "MovingGame")
        check_enforcement(self.enforcement or NashReversion(), "MovingGame")
        super().__post_init__()

    @property
    def parameters(self) -> tuple[FreeParameter, ...]:
        """π and ln a."""
        return OPPORTUNITY, PATIENCE

    def hazards(self, values: dict[str, Array], years: DyadYears) -> Array:
        """(candidates, rows): the chance that it happens in the year, linear in ln a between the grid's exponents."""
        ratios, table = _moving_table(self.game, self.enforcement or NashReversion())
        at = np.clip(np.log((1 + years.nodes) / (1 - years.nodes)), ratios[0], ratios[-1])
        rows = np.stack([np.interp(at, ratios, line) for line in table]) @ years.weights.T
        where = np.clip(values["log_patience"], *np.log(_EXPONENTS[[0, -1]]))
        place = np.interp(where, np.log(_EXPONENTS), np.arange(len(_EXPONENTS)))
        low = np.minimum(place.astype(int), len(_EXPONENTS) - 2)
        part = (place - low)[:, None]
        return np.asarray(values["opportunity"][:, None] * ((1 - part) * rows[low] + part * rows[low + 1]))


@lru_cache(maxsize=32)
def _moving_table(game: DyadicGame, enforcement: Enforcement) -> tuple[Array, Array]:
    """The log ratios of the lattice, and (exponents, log ratios) the chances of a break in a period."""
    from alliances.dynamics.patience import BetaPatience
    from alliances.dynamics.power_process import PowerProcess
    from alliances.dynamics.scenarios import Question, scenario

    process = PowerProcess(step=_STEP, reach=_REACH, growth=(_MOVES, 1), arrest=(_MOVES, 1))
    chances = []
    for a in _EXPONENTS:
        options: dict[str, Any] = {"common": enforcement.common, "expectations": True, "enforcement": enforcement, "periods": 1}
        question = Question("score_years", process, game, BetaPatience(float(a), 1.0), **options)
        scene = scenario(question, None)
        sponsor, proxy = scene.sponsor[0], scene.proxy[0]
        chances.append(np.maximum(sponsor, proxy) if question.common else 1 - (1 - sponsor) * (1 - proxy))
    return np.asarray(process.log_ratios, dtype=float), np.stack(chances)


@dataclass(frozen=True, eq=False)
class YearRule(YearContender):
    """A rule without theory, by its kind.

    Parameters
    ----------
    name
        What tables call it.
    kind
        "constant": one chance for all; "gap": a logistic line in γ; "first": one in a dyad's first row, one in all others;
        "before": one where it happened the year before, one where it did not; "age": a logistic line in ln(1 + years observed).

    Raises
    ------
    ValueError
        If the kind is none of these.
    """

    name: str
    kind: str

    naive = True

    def __post_init__(self) -> None:
        _check_name(self.name, "YearRule")
        if self.kind not in _KINDS:
            raise ValueError(f"YearRule(): kind must be one of {', '.join(_KINDS)}; got {self.kind!r}")
        super().__post_init__()

    @property
    def parameters(self) -> tuple[FreeParameter, ...]:
        """The chances, or intercept and slope."""
        return _KINDS[self.kind]

    def hazards(self, values: dict[str, Array], years: DyadYears) -> Array:
        """(candidates, rows): the chance that it happens in the year."""
        if self.kind == "gap":
            return np.asarray(_logistic(values, years.nodes) @ years.weights.T)
        if self.kind == "age":
            return _logistic(values, np.log1p(years.age))
        if self.kind == "constant":
            return np.repeat(values["chance"][:, None], len(years), axis=1)
        marked = years.first if self.kind == "first" else years.before
        return np.where(marked, values["marked"][:, None], values["other"][:, None])


def _logistic(values: dict[str, Array], x: Array) -> Array:
    from scipy.special import expit

    return np.asarray(expit(values["intercept"][:, None] + values["slope"][:, None] * x))


_LINE = FreeParameter("intercept", spread=3.0), FreeParameter("slope", spread=4.0)
_TWO = FreeParameter("marked"), FreeParameter("other")
_KINDS: dict[str, tuple[FreeParameter, ...]] = {
    "constant": (FreeParameter("chance"),),
    "gap": _LINE,
    "first": _TWO,
    "before": _TWO,
    "age": _LINE,
}


def _check_name(name: Any, function: str) -> None:
    if not isinstance(name, str) or not name:
        raise TypeError(f"{function}(): name must be text that is not empty; got {name!r}")


_KNOWN: tuple[YearContender, ...] = (
    GradedGame("chindea_2014", presets.chindea_2014()),
    GradedGame("chindea_2014, side payments", presets.chindea_2014(), Transfers()),
    GradedGame("morrow_1991", presets.morrow_1991()),
    GradedGame("capability_aggregation", presets.capability_aggregation()),
    MovingGame("chindea_2014, power moves", presets.chindea_2014()),
    MovingGame("chindea_2014, side payments, power moves", presets.chindea_2014(), Transfers()),
    YearRule("constant", "constant"),
    YearRule("gap alone", "gap"),
    YearRule("age alone", "age"),
    YearRule("first year", "first"),
    YearRule("as before", "before"),
)
YEAR_CONTENDERS: dict[str, YearContender] = {contender.name: contender for contender in _KNOWN}
"""The contenders by name: four models of the literature, two in which power moves, and five naive rules."""


def year_contenders(models: str | YearContender | Iterable[str | YearContender] | None) -> tuple[YearContender, ...]:
    """The contenders by name or as they are; all known ones for None."""
    listed: Any = _KNOWN if models is None else [models] if isinstance(models, (str, YearContender)) else models
    if not isinstance(listed, Iterable):
        raise TypeError(f"score_years(): models must be names or YearContenders such as GradedGame; got {models!r}")
    chosen: list[YearContender] = []
    for item in listed:
        if isinstance(item, str) and item not in YEAR_CONTENDERS:
            known = ", ".join(map(repr, YEAR_CONTENDERS))
            raise ValueError(f"score_years(): models must be of {known}, or YearContenders; got {item!r}")
        if not isinstance(item, (str, YearContender)):
            raise TypeError(f"score_years(): models must be names or YearContenders such as GradedGame; got {item!r}")
        chosen.append(YEAR_CONTENDERS[item] if isinstance(item, str) else item)
    if not chosen or len({item.name for item in chosen}) < len(chosen):
        raise ValueError(
            f"score_years(): models must be at least one, with different names; got {[item.name for item in chosen]}"
        )
    return tuple(chosen)
