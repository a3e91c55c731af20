"""Does a claim hold for a given model? Its critical discount factors are compared point by point."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import GAP, POSITIVE, Array, Number, number, show
from alliances.claims.certifying import Question, can_enclose
from alliances.claims.comparisons import Ordering, Witness
from alliances.claims.family import ASSUMPTIONS, Family
from alliances.claims.lines import Along, Curves, curves
from alliances.claims.settling import Settled, settled
from alliances.claims.statement import Statement
from alliances.games.bimatrix import Profile
from alliances.games.players import Player
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.arguments import check_enforcement
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result

__all__ = ["Check", "CheckStatus", "Compared", "Player", "Witness", "check", "default_points", "verdict"]

CheckStatus: TypeAlias = Literal["holds", "fails", "unclear", "vacuous"]
"""No point contradicts the claim, one does, some seem to and it could not be told whether they do, or the assumptions leave
nothing to compare."""

_POINTS = 200  # gaps of the default line: n/200 for n from 0 to 199
_LINE = 20  # gaps n/20 and stakes n/2 of a coarse line
_STAKES = tuple(Fraction(2) ** Fraction(n) for n in range(-3, 5))


@dataclass(frozen=True, eq=False)
class Compared:
    """What a check compared: kept so that :func:`alliances.verify` can ask again.

    Attributes
    ----------
    shape
        The claim's shape.
    model
        The model as a function of the stakes (None for its own).
    compared
        The points of the line.
    profile, total
        As asked.
    """

    shape: Ordering
    model: Callable[[Any], DyadicGame]
    compared: Array
    profile: Profile
    total: Number


@dataclass(frozen=True, eq=False)
class Check(Result):
    """The verdict of a claim on one model; true if nothing contradicts the claim, or seems to.

    Attributes
    ----------
    claim
        Its name.
    status
        "holds" (at the points compared), "fails", "unclear" if two points seem to contradict it and it could not be told
        whether they do, given what lies between them, or "vacuous" if the assumptions leave nothing to compare.
    witness
        Two points that contradict it; None unless it fails. Where that depends on what lies between two points, each point
        between is covered by enclosures, and they may be nearer to each other than those compared.
    line
        What varies: "gap", "stakes", or nothing ("parity").
    points
        How many points were compared.
    exact
        Whether the arithmetic was exact.
    enforcement, assume
        The question that was asked.
    quantity
        What is compared.
    question
        The model and the points, for :func:`alliances.verify`; None for wars.
    suspicion
        Two points that seem to contradict it, where it is unclear whether they do; otherwise None.
    """

    claim: str
    status: CheckStatus
    witness: Witness | None
    line: Along
    points: int
    exact: bool
    enforcement: Enforcement
    assume: tuple[str, ...]
    quantity: str = "critical discount factor"
    question: Compared | None = None
    suspicion: Witness | None = None

    @property
    def holds(self) -> bool:
        """Whether no point contradicts the claim, or seems to."""
        return self.status in ("holds", "vacuous")

    def __bool__(self) -> bool:
        return self.holds

    @property
    def message(self) -> str:
        """The verdict in a sentence."""
        how = "in exact arithmetic" if self.exact else "in floating point"
        if self.status == "vacuous":
            return f"{self.claim}: nothing to compare, because the assumptions hold nowhere."
        if self.suspicion is not None:
            low, high = show(self.suspicion.low), show(self.suspicion.high)
            return f"{self.claim}: unclear. {self.line} {low} and {high} seem to contradict it; {self._open}."
        if self.witness is None:
            return f"{self.claim}: holds at all {self.points} points compared, {how}."
        w = self.witness
        if self.line == "parity":
            pact, alliance = show(w.at_high), show(w.at_low)
            return f"{self.claim}: fails. At parity the pact needs δ ≥ {pact}, the alliance δ ≥ {alliance}; {how}."
        return (
            f"{self.claim}: fails through the {w.player}. At {self.line} {show(w.low)} the {self.quantity} is "
            f"{show(w.at_low)}, at {show(w.high)} it is {show(w.at_high)}; {how}."
        )

    @property
    def _open(self) -> str:
        """Why it is unclear, and what to try."""
        between = "the assumptions hold all the way between them" if self.assume else "the proxy binds somewhere between them"
        cure = "try points nearer to each other" if can_enclose() else "python-flint can tell: pip install 'alliances[prove]'"
        return f"whether {between} could not be told; {cure}"

    def _record(self) -> dict[str, Any]:
        names = ("claim", "status", "witness", "suspicion", "line", "points", "exact", "enforcement", "assume")
        return {name: getattr(self, name) for name in names}


def check(
    claim: Statement,
    model: DyadicGame | Callable[[Any], DyadicGame],
    *,
    enforcement: Enforcement | None = None,
    gaps: Any = None,
    stakes: Any = None,
    profile: Profile = (0, 0),
    assume: Sequence[str] = (),
    total: Number = 1,
) -> Check:
    """The work of :meth:`alliances.claims.DiscountClaim.check`, which says what it takes."""
    line = claim.shape.line
    concept = check_enforcement(enforcement, "check")
    for name, values, wanted in (("gaps", gaps, "gap"), ("stakes", stakes, "stakes")):
        if values is not None and line != wanted:
            raise ValueError(
                f"check(): {name} must be left out for {claim.name!r}, which compares along the {line}; got {values!r}"
            )
    assume = check_assumptions(assume, "check")
    build = _builder(model, line)
    points = default_points(line) if (gaps if line == "gap" else stakes) is None else _points(gaps, stakes, line)
    total = number(total, "check", "total", POSITIVE)
    lines = curves(build, line, points, concept, profile, assume, total)
    exact = lines.slack.dtype == object
    broken = claim.shape.breaks(lines)
    if broken.at.ndim != 1:
        raise ValueError("check(): model must have scalar parameters; measure() takes arrays of them")
    outcome = Settled("dismissed", None)
    if broken.at.any():
        question = Question(claim.shape, lambda z, _: build(z), concept, profile, assume, total)

        def evaluate(at: Array) -> Curves:
            return curves(build, line, at, concept, profile, assume, total, look_between=False)

        outcome = settled(question, evaluate, lines, broken)
    status: CheckStatus = "fails" if outcome.status == "certain" else "unclear" if outcome.status == "open" else "holds"
    return Check(
        claim=claim.name,
        status=status if lines.comparable.any() else "vacuous",
        witness=outcome.witness if status == "fails" else None,
        suspicion=outcome.witness if status == "unclear" else None,
        line=line,
        points=int(lines.valid.sum()),
        exact=exact,
        enforcement=concept,
        assume=assume,
        question=Compared(claim.shape, build, points, profile, total),
    )


def check_assumptions(assume: Sequence[str], function: str) -> tuple[str, ...]:
    """The names of assumptions, or an error for one that is unknown."""
    names = (assume,) if isinstance(assume, str) else tuple(assume)
    for name in names:
        if name not in ASSUMPTIONS:
            raise ValueError(f"{function}(): assume must name assumptions ({', '.join(ASSUMPTIONS)}); got {name!r}")
    return names


def default_points(line: Along) -> Array:
    """The points compared unless told otherwise: exact numbers, which models with float parameters turn into floats."""
    values = (
        [Fraction(n, _POINTS) for n in range(_POINTS)]
        if line == "gap"
        else list(_STAKES)
        if line == "stakes"
        else [Fraction(0)]
    )
    return np.array(values, dtype=object)


def _points(gaps: Any, stakes: Any, line: Along) -> Array:
    name, values, rule = ("gaps", gaps, GAP) if line == "gap" else ("stakes", stakes, POSITIVE)
    points = np.asarray(number(values, "check", name, rule))
    if points.ndim != 1 or points.size < 2:
        raise ValueError(f"check(): {name} must be at least two, in a list; got {values!r}")
    if not np.all(points[1:] > points[:-1]):
        raise ValueError(f"check(): {name} must increase; got {values!r}")
    return points


def _builder(model: object, line: Along) -> Callable[[Any], DyadicGame]:
    """A function of the stakes (None for the model's own)."""
    if isinstance(model, DyadicGame):
        if line == "stakes" and not isinstance(model, AllianceGame):
            raise TypeError(
                f"check(): model must be an AllianceGame, or a function of the stakes that returns a game; got {model!r}"
            )
        game = model
        return lambda stakes: game if stakes is None else replace(game, stakes=stakes)  # type: ignore[type-var]
    if line == "stakes" and callable(model) and not isinstance(model, type):
        return model
    raise TypeError(f"check(): model must be a model of the dyad such as AllianceGame; got {model!r}")


def verdict(claim: Statement, family: Family, parameters: Mapping[str, Any]) -> Check:
    """The check of the claim at one model of a family, on a coarse line of simple points."""
    options: dict[str, Any] = {
        "enforcement": family.concept(**parameters),
        "profile": family.profile,
        "assume": family.assume,
        "total": family.total,
    }
    line = claim.shape.line
    if line == "stakes":
        stakes = family.intervals["stakes"]
        values = [v for v in (stakes.low + Fraction(n, 2) for n in range(_LINE)) if v in stakes]
        return check(claim, lambda z: family.at(**{**parameters, "stakes": z}), stakes=values, **options)
    if line == "gap":
        low, high = family.gaps.low, family.gaps.high
        gaps = [g for g in (Fraction(n, _LINE) for n in range(-_LINE, _LINE + 1)) if g in family.gaps]
        if len(gaps) < 2:
            gaps = [low + (high - low) * Fraction(n, 10) for n in range(1, 10)]
        options["gaps"] = gaps
    return check(claim, family.at(**parameters), **options)
