"""Forecasts: the hazard of a break, survival, who breaks it, and the distribution of its date.

The structural duration model of this library: leaders draw their patience, and the alliance breaks in the period in which the
critical discount factor of the dyad's power exceeds it. :mod:`alliances.dynamics.break_laws` has the laws. By default leaders
think that today's patience is permanent: the hazard F(δ*) is that of leaders who do not expect to be replaced. With
``expectations=True`` they know that patience is drawn anew (:mod:`alliances.dynamics.expected_breaks`); hazards differ much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from alliances.arithmetic import Array, Rule, scalar, to_float
from alliances.dynamics.break_laws import CAUSES
from alliances.dynamics.lattice_ends import FELT, foreseen_end, survival_beyond
from alliances.dynamics.patience import Patience
from alliances.dynamics.policies import Policies, Policy
from alliances.dynamics.power_process import PowerProcess
from alliances.dynamics.scenarios import Draws, Question, Scenario, law_of, scenario
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result, Variable
from alliances.values import Value

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["BreakForecast", "ForecastQuestion", "break_forecast", "forecast_of"]

_LEVEL = Rule("must lie strictly between 0 and 1", lambda x: (x > 0) & (x < 1))
_REACHED = 1e-12  # by how much rounding may keep the chance of a break below the one asked for


@dataclass(frozen=True, eq=False)
class ForecastQuestion(Value):
    """What a forecast was asked, besides what it says itself: the arguments of :func:`break_forecast`.

    Attributes
    ----------
    path, game, patience, enforcement
        As asked; patience as a pair.
    start
        The first period's log ratio on a random path; None on a given one.
    expected
        The process that leaders expect along a given path; None if they expect none.
    since
        How many periods lie between the path's beginning and the forecast's, through which the alliance held.
    policies
        What somebody outside does.
    """

    path: Power | PowerProcess
    game: DyadicGame
    patience: tuple[Patience, Patience]
    enforcement: Enforcement
    start: Any = None
    expected: PowerProcess | None = None
    since: int = 0
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, eq=False)
class BreakForecast(Result):
    """When an alliance breaks, and by whom.

    Attributes
    ----------
    dates
        (T,) what the periods are called.
    mass
        (T, 3) the probability of a break in each period, by cause: the sponsor's constraint alone, the proxy's alone, both.
    survival
        (T + 1,) the probability that the alliance is intact before each period, and after the last one.
    draws, common, expectations
        As asked.
    rests
        Whether what leaders expect has come to rest, as it always has without expectations; else breaks are at least as likely
        as said.
    question
        What else was asked, so that :func:`alliances.verify` can ask again; None if it is not known.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> path = al.Power.from_gap([0.7, 0.6, 0.5, 0.4])
    >>> forecast = al.break_forecast(path, game, dates=range(2006, 2010))
    >>> forecast.survival.round(3).tolist(), forecast.verify().ok
    ([1.0, 0.802, 0.735, 0.712, 0.705], True)
    """

    dates: tuple[Any, ...]
    mass: Array
    survival: Array
    draws: Draws
    common: bool
    expectations: bool
    rests: bool = True
    question: ForecastQuestion | None = None

    @property
    def status(self) -> Literal["solved", "not converged"]:
        """Whether what leaders expect has come to rest, so that the chances are exact but for rounding."""
        return "solved" if self.rests else "not converged"

    @property
    def hazard(self) -> Array:
        """(T,) the probability of a break in a period, of alliances intact before it; nan where none is."""
        alive = self.survival[:-1]
        return np.asarray(np.divide(self.mass.sum(axis=1), alive, out=np.full(len(alive), np.nan), where=alive > 0))

    @property
    def causes(self) -> dict[str, Array]:
        """(T,) by cause: the probability that the alliance has been broken so by the end of each period (incidence)."""
        total = np.cumsum(self.mass, axis=0)
        return {cause: total[:, k] for k, cause in enumerate(CAUSES)}

    def quantile(self, probability: float) -> Any:
        """The first date by which the alliance is broken with at least this probability; None if that is never forecast."""
        level = to_float(scalar(probability, "BreakForecast.quantile", "probability", _LEVEL))
        reached = np.flatnonzero(1 - self.survival[1:] >= level - _REACHED)
        return self.dates[reached[0]] if len(reached) else None

    @property
    def median(self) -> Any:
        """The first date by which the alliance is broken as likely as not; None if none of the forecast's is."""
        return self.quantile(0.5)

    def probability(self, first: Any, last: Any) -> float:
        """The probability of a break between two dates, both included."""
        a, b = self._place(first, "probability", "first"), self._place(last, "probability", "last")
        if b < a:
            raise ValueError(f"BreakForecast.probability(): last must not lie before first; got {first!r} and {last!r}")
        return float(self.survival[a] - self.survival[b + 1])

    def given(self, date: Any) -> BreakForecast:
        """The forecast from a date on, of an alliance that is intact before it."""
        k = self._place(date, "given")
        if not self.survival[k] > 0:
            raise ValueError(f"BreakForecast.given(): date must be one before which the alliance may be intact; got {date!r}")
        mass, survival = self.mass[k:] / self.survival[k], self.survival[k:] / self.survival[k]
        asked = self.question and replace(self.question, since=self.question.since + k)
        return BreakForecast(self.dates[k:], mass, survival, self.draws, self.common, self.expectations, self.rests, asked)

    @property
    def restricted_mean(self) -> float:
        """The expected number of periods that the alliance lasts, the forecast's last one at most."""
        return float(self.survival[1:].sum())

    def _place(self, date: Any, verb: str, argument: str = "date") -> int:
        try:
            return self.dates.index(date)
        except ValueError:
            raise ValueError(
                f"BreakForecast.{verb}(): {argument} must be a date from {self.dates[0]!r} to {self.dates[-1]!r}; got {date!r}"
            ) from None

    @cached_property
    def survival_bounds(self) -> Array | None:
        """(2, T + 1) between which :attr:`survival` lies on a wider lattice, by what it is beyond the ends of this one.

        The first are those if the alliance breaks after the first move that an end of the lattice cuts off, the second those
        if it never breaks then; see :mod:`alliances.dynamics.lattice_ends`. With expectations they take the leaders' chances
        as they are on this lattice. None along a measured path, and if the question is not known.
        """
        asked = self._asked
        found = asked and survival_beyond(*asked)
        if not found or self.question is None:
            return None
        k = self.question.since  # who is intact by then is not known either
        return np.asarray(np.stack(found)[:, k:] / found[1][k])

    @cached_property
    def foreseen_end(self) -> float | None:
        """With expectations: E[δ^τ], τ the first period in which an end of the lattice cuts a move off; 0 without.

        As leaders at the start see it, or on a measured path those for whom it is largest. None if the question is not known.
        """
        asked = self._asked
        return asked and foreseen_end(*asked)

    @property
    def _asked(self) -> tuple[Question, Scenario] | None:
        q = self.question
        if q is None:
            return None
        options: dict[str, Any] = {"draws": self.draws, "common": self.common, "expectations": self.expectations}
        if isinstance(q.path, PowerProcess):
            options |= {"start": q.start, "periods": len(self.dates) + q.since}
        question = Question(
            "break_forecast", q.path, q.game, q.patience, enforcement=q.enforcement, expected=q.expected, **options
        )
        return question, scenario(question, q.policies)

    @property
    def near_ends(self) -> bool:
        """Whether the lattice's reflecting ends matter: :attr:`survival_bounds` are apart, or leaders foresee the ends."""
        bounds = self.survival_bounds
        apart = 0.0 if bounds is None else float((bounds[1] - bounds[0]).max())
        return max(apart, self.foreseen_end or 0.0) > FELT

    @property
    def message(self) -> str:
        """The forecast in a sentence."""
        left, cause = float(self.survival[-1]), CAUSES[int(np.argmax(self.mass.sum(axis=0)))]
        text = f"Intact after {self.dates[-1]} with probability {left:.3f}"
        if left == 1:
            return text + "; no break." + self._warning
        median = "the median date lies beyond" if self.median is None else f"median date {self.median}"
        whose = "both constraints at once" if cause == "both" else f"the {cause}'s constraint alone"
        return f"{text}; {median}; most likely broken by {whose} ({float(self.mass.sum(axis=0).max()):.3f}).{self._warning}"

    @property
    def _warning(self) -> str:
        return self._unsettled + self._ends

    @property
    def _ends(self) -> str:
        """What is to be said about the lattice's ends."""
        if not self.near_ends:
            return ""
        text, bounds = " Near the lattice's reflecting ends", self.survival_bounds
        if bounds is not None and (bounds[1] - bounds[0]).max() > FELT:
            text += (
                f"; on a wider lattice it may be intact with any probability from {bounds[0, -1]:.3f} to {bounds[1, -1]:.3f}"
            )
        if (self.foreseen_end or 0.0) > FELT:
            text += f"; leaders foresee them with a weight of {self.foreseen_end:.3f}"
        return text + ". Widen the reach of the process and compare."

    @property
    def _unsettled(self) -> str:
        if self.rests:
            return ""
        return (
            " Not converged: what leaders expect of the alliance has not come to rest, so that breaks are at least as likely "
            "as said. Try patience whose mean lies further below 1, or differs a little, in case trust collapses at this one."
        )

    def _record(self) -> dict[str, Any]:
        names = ("dates", "hazard", "survival", "causes", "draws", "common", "expectations", "status", "message")
        return {name: getattr(self, name) for name in names}

    def _variables(self) -> Mapping[str, Variable]:
        broken = np.stack([*self.causes.values()], axis=1)
        return {
            "date": Variable(("date",), np.array(self.dates), "period"),
            "cause": Variable(("cause",), np.array(CAUSES), "whose constraint fails"),
            "hazard": Variable(("date",), self.hazard, "probability of a break in the period, if intact before"),
            "survival": Variable(("date",), self.survival[1:], "probability that the alliance is intact after the period"),
            "broken": Variable(("date", "cause"), broken, "probability that it has been broken so by the end of the period"),
        }

    def _columns(self) -> Columns:
        """One row per period."""
        return {"date": list(self.dates), "hazard": self.hazard, "survival": self.survival[1:], **self.causes}


def break_forecast(
    path: Power | PowerProcess,
    game: DyadicGame,
    patience: Patience | tuple[Patience, Patience] | None = None,
    *,
    draws: Draws = "period",
    common: bool = False,
    expectations: bool = False,
    enforcement: Enforcement | None = None,
    dates: Sequence[Any] | None = None,
    start: Any = 0,
    periods: int = 100,
    expected: PowerProcess | None = None,
    policy: Policies = None,
) -> BreakForecast:
    """Forecast when an alliance breaks, and by whom.

    Parameters
    ----------
    path
        The dyad's power period by period, an array of powers; or a :class:`PowerProcess`, which makes it random.
    game
        The model of the dyad; "ally" of both is what is to be kept.
    patience
        The distribution of the discount factors, or a pair (sponsor's, proxy's); :class:`BetaPatience` (18, 2) by default, of
        mean 0.9, which is fitted to nothing.
    draws
        "period": drawn anew each period; "once": drawn once for ever.
    common
        Whether both draw the same number. Under concepts with a common discount factor, such as side payments, they do.
    expectations
        Whether leaders know that patience is drawn anew, and that power moves, see
        :mod:`alliances.dynamics.expected_breaks`; else they think that today's patience and power are permanent.
    enforcement
        How deviations are punished; reversion to the worst stage equilibrium by default.
    dates
        What the periods are called; 0, 1, … by default.
    start, periods
        Of a random path: the first period's log ratio, a point of the process's lattice, and how many periods.
    expected
        With ``expectations`` along a given path: the process that leaders expect; none (power stays) by default. It is never
        read off the path: the slope of the past does not forecast power.
    policy
        What somebody outside does: a policy such as :class:`KingpinStrike`, or several; see :mod:`alliances.dynamics.policies`.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import numpy as np
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> shrinking = al.Power.from_gap(np.linspace(0.8, 0.0, 5))
    >>> forecast = al.break_forecast(shrinking, game, dates=range(2000, 2005), enforcement=al.GivenPunishment())
    >>> print(forecast)
    Intact after 2004 with probability 0.995; the median date lies beyond; most likely broken by the sponsor's constraint alone
    (0.005).
    """
    question = Question(
        "break_forecast", path, game, patience, draws, common, expectations, enforcement, dates, start, periods, expected
    )
    return forecast_of(question, scenario(question, policy))


def forecast_of(question: Question, scene: Scenario) -> BreakForecast:
    """The forecast of a scenario."""
    law, given = law_of(question, scene), isinstance(question.path, Power)
    assert question.enforcement is not None
    asked = ForecastQuestion(
        question.path,
        question.game,
        question.patience,
        question.enforcement,
        None if given else question.start,
        question.expected if given and question.expectations else None,
        policies=scene.policies,
    )
    options = question.draws, question.common, question.expectations
    return BreakForecast(question.labels, law.mass, law.survival, *options, scene.rests, asked)
