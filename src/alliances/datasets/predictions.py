"""What a model says about many measured pairs at once, and how often it is right.

A model with discount factors δ says that an alliance between a pair could last in a year iff δ_i ≥ δ_i*(γ) for both sides
at that year's power. A pair is *predicted to break* if some year is outside; the defector is the side whose condition fails
in the first such year. Whether the two were allies at all is not in the measure of power, so a prediction says "these two
could not have kept an alliance", and it is compared with whether they fought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.arithmetic.tolerance import SAME_DISCOUNT
from alliances.datasets.pairs import GapPaths
from alliances.games.players import BINDING, Binding
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_enforcement, check_model, float_discount
from alliances.repeated.critical import CriticalDiscount, critical_discount
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result, Variable

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["PairScore", "PredictedBreaks", "predict_breaks", "score_pairs"]

Roles: TypeAlias = Literal["start", "current"]
Status: TypeAlias = Literal["holds", "leaves", "starts outside"]
ROLES: tuple[Roles, ...] = ("start", "current")
STATUS: Array = np.array(["holds", "leaves", "starts outside"])


@dataclass(frozen=True, eq=False)
class PredictedBreaks(Result):
    """Which pairs a model expects to break, when, and who breaks.

    Attributes
    ----------
    pairs, discount, roles
        The pairs, (δ_S, δ_P), and who takes the sponsor's place.
    critical
        The critical discount factors, (pairs, years): the certificate. They mean nothing where a group is absent.
    defector_code
        (pairs, years): whose condition fails, as an index into "none", "sponsor", "proxy", "both"; 0 where a group is absent.
    """

    pairs: GapPaths
    discount: tuple[float, float]
    roles: Roles
    critical: CriticalDiscount
    defector_code: Array

    @property
    def unstable(self) -> Array:
        """(pairs, years): whether the gap lies outside the stability windows."""
        return np.asarray(self.defector_code > 0)

    @property
    def ever(self) -> Array:
        """(pairs,): whether the pair is predicted to break in any of its years."""
        return np.asarray(self.unstable.any(axis=1))

    @property
    def years(self) -> tuple[int | None, ...]:
        """Per pair, the first year outside the windows; None if there is none."""
        return self._first(self.unstable)

    @property
    def left(self) -> tuple[int | None, ...]:
        """Per pair, the first year outside the windows that follows a year inside; None if there is none."""
        inside = self.pairs.present & ~self.unstable
        return self._first(self.unstable & np.pad(inside, ((0, 0), (1, 0)))[:, :-1])

    @property
    def defectors(self) -> tuple[Binding, ...]:
        """Per pair, whose condition fails in the first year outside: "sponsor", "proxy" or "both"; "none" if the pair holds."""
        first = self.unstable.argmax(axis=1)
        return tuple(BINDING[self.defector_code[np.arange(len(first)), first]].tolist())

    @property
    def status(self) -> tuple[Status, ...]:
        """Per pair: "holds" (inside in all years), "leaves" (starts inside) or "starts outside"."""
        rows = np.arange(len(self.pairs.paths))
        outside = self.unstable[rows, self.pairs.present.argmax(axis=1)]
        return tuple(STATUS[np.where(outside, 2, self.ever)].tolist())

    def _first(self, marked: Array) -> tuple[int | None, ...]:
        years = np.array(self.pairs.years)[marked.argmax(axis=1)]
        return tuple(int(year) if some else None for year, some in zip(years, np.asarray(marked.any(axis=1)), strict=True))

    def _record(self) -> dict[str, Any]:
        names = ("status", "years", "left", "defectors", "discount", "roles")
        return {
            "pairs": self.pairs.names,
            **{name: getattr(self, name) for name in names},
            "enforcement": self.critical.enforcement,
        }

    def _variables(self) -> Mapping[str, Variable]:
        dims = ("pair", "year")
        return {
            "pair": Variable(("pair",), np.array(self.pairs.names), "pair of groups, the sponsor first"),
            "year": Variable(("year",), np.array(self.pairs.years), "year", "year"),
            "gap": Variable(dims, self.pairs.gap, "power gap γ = (s − p)/(s + p)"),
            "critical": Variable(
                dims, np.where(self.pairs.present, to_float(self.critical.dyad), np.nan), "critical discount factor of the dyad"
            ),
            "defector": Variable(dims, BINDING[self.defector_code], "whose condition fails"),
        }

    def _columns(self) -> Columns:
        """One row per pair."""
        return {"pair": self.pairs.names, "status": self.status, "year": self.years, "defector": self.defectors}

    @property
    def message(self) -> str:
        """The prediction, a line per pair."""
        rows = zip(self.pairs.names, self.status, self.years, self.defectors, strict=True)
        return "\n".join(
            f"{name}: {status}"
            + ("" if year is None else f", {year}, both defect" if who == "both" else f", {year}, defector: {who}")
            for name, status, year, who in rows
        )


def predict_breaks(
    game: DyadicGame,
    pairs: GapPaths,
    discount: Number | tuple[Number, Number],
    *,
    enforcement: Enforcement | None = None,
    roles: str = "start",
) -> PredictedBreaks:
    """Which pairs a model expects to break, when, and who breaks: all pairs and years in one call.

    Parameters
    ----------
    game
        A model of the dyad with scalar parameters; its first action of both is the alliance.
    pairs
        Measured gap paths.
    discount
        δ in [0, 1), or a pair (δ_S, δ_P).
    enforcement
        :class:`NashReversion` by default.
    roles
        Who takes the sponsor's place: "start", the side that is stronger in the first year, for good (so that gaps can turn
        negative); or "current", the side that is stronger in the year. Models that treat the places differently answer
        differently, so report both.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> pairs = al.datasets.cartel_municipalities().pairs()
    >>> breaks = al.datasets.predict_breaks(al.presets.chindea_2014(), pairs, 0.8)
    >>> print(str(breaks).splitlines()[0])
    Gulf Cartel - Los Zetas: starts outside, 2003, defector: sponsor
    """
    function = "predict_breaks"
    check_model(game, function)
    if not isinstance(pairs, GapPaths):
        raise TypeError(f"{function}(): pairs must be GapPaths, as Municipalities.pairs() gives them; got {pairs!r}")
    concept = check_enforcement(enforcement, function)
    delta = float_discount(discount, concept, function)
    if roles not in ROLES:
        raise ValueError(f"{function}(): roles must be one of {', '.join(ROLES)}; got {roles!r}")
    power = pairs.power
    if roles == "current":
        power = Power(np.maximum(power.sponsor, power.proxy), np.minimum(power.sponsor, power.proxy))
    critical = critical_discount(game, power, enforcement=concept)
    players = zip((critical.sponsor, critical.proxy), delta, strict=True)
    fails = [np.asarray(to_float(least)) > d + SAME_DISCOUNT for least, d in players]
    if fails[0].shape != pairs.present.shape:
        raise TypeError(f"{function}(): game must have scalar parameters; got a batch of shape {fails[0].shape}")
    return PredictedBreaks(pairs, delta, roles, critical, np.where(pairs.present, fails[0] + 2 * fails[1], 0))


@dataclass(frozen=True)
class PairScore(Result):
    """A table of predicted against observed conflict.

    Attributes
    ----------
    hits, false_alarms
        Conflict predicted: and observed, and not.
    misses, correct_rejections
        No conflict predicted: but observed, and not.
    """

    references: ClassVar[tuple[str, ...]] = ("youden-1950",)

    hits: int
    false_alarms: int
    misses: int
    correct_rejections: int

    @property
    def total(self) -> int:
        """All cases."""
        return self.hits + self.false_alarms + self.misses + self.correct_rejections

    @property
    def correct(self) -> float:
        """The share called correctly."""
        return (self.hits + self.correct_rejections) / self.total

    @property
    def sensitivity(self) -> float:
        """The share of observed conflicts that was predicted; nan without conflict."""
        conflicts = self.hits + self.misses
        return self.hits / conflicts if conflicts else float("nan")

    @property
    def specificity(self) -> float:
        """The share of peaceful cases in which none was predicted; nan if there is none."""
        peaceful = self.false_alarms + self.correct_rejections
        return self.correct_rejections / peaceful if peaceful else float("nan")

    @property
    def skill(self) -> float:
        """Sensitivity + specificity − 1 (Youden 1950): 0 for a rule that ignores the case, such as "always" and "never"."""
        return self.sensitivity + self.specificity - 1

    @property
    def message(self) -> str:
        """How many are correct, and how the others are wrong."""
        return (
            f"{self.hits + self.correct_rejections} of {self.total} correct ({self.correct:.0%}): {self.hits} hits, "
            f"{self.misses} misses, {self.false_alarms} false alarms, {self.correct_rejections} correct rejections"
        )


def score_pairs(predicted: Any, observed: Any) -> PairScore:
    """The table of predicted against observed conflict.

    Parameters
    ----------
    predicted, observed
        Arrays of True and False, of the same shape.

    Raises
    ------
    TypeError, ValueError
        If they are not.

    References
    ----------
    Youden (1950), "Index for rating diagnostic tests", *Cancer* 3:32-35, for :attr:`PairScore.skill`.

    Examples
    --------
    >>> import alliances as al
    >>> score = al.datasets.score_pairs([True, True, False, False], [True, False, False, True])
    >>> print(score)
    2 of 4 correct (50%): 1 hits, 1 misses, 1 false alarms, 1 correct rejections
    >>> score.skill
    0.0
    """
    yes, was = np.asarray(predicted), np.asarray(observed)
    for name, x in (("predicted", yes), ("observed", was)):
        if x.dtype != bool:
            raise TypeError(f"score_pairs(): {name} must be True and False; got {x.dtype}")
    if yes.shape != was.shape or yes.size == 0:
        raise ValueError(
            f"score_pairs(): predicted and observed must have one shape and not be empty; got {yes.shape} and {was.shape}"
        )
    return PairScore(int((yes & was).sum()), int((yes & ~was).sum()), int((~yes & was).sum()), int((~yes & ~was).sum()))
