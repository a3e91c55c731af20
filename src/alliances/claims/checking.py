"""Does a claim hold for a given model? Its critical discount factors are compared point by point."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import FINITE, GAP, POSITIVE, Array, Number, number, show
from alliances.arithmetic.domains import Interval, decimal
from alliances.claims.certifying import Asked, can_enclose, contradicted, stands
from alliances.claims.comparisons import Ordering, Witness
from alliances.claims.family import ASSUMPTIONS, Family
from alliances.claims.lines import Along, Curves, curves, moves_parameter
from alliances.claims.pinned import OwnStakes, PinnedLine
from alliances.claims.settling import settled
from alliances.claims.statement import Statement
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.games.bimatrix import Profile
from alliances.games.players import Player
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.arguments import check_enforcement
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result
from alliances.values import Value

__all__ = [
    "Check",
    "CheckStatus",
    "Compared",
    "ComparedWars",
    "Member",
    "Player",
    "Question",
    "Witness",
    "check",
    "coarse_gaps",
    "default_points",
    "verdict",
]

CheckStatus: TypeAlias = Literal["holds", "fails", "unclear", "vacuous"]
"""No point contradicts the claim, one does, some seem to and it could not be told whether they do, or the assumptions leave
nothing to compare."""

_POINTS = 200  # gaps of the default line: n/200 for n from 0 to 199
_GAPS = 10  # gaps n/10 where a parameter moves
_LINE = 20  # gaps n/20 and stakes n/2 of a coarse line
_STAKES = tuple(Fraction(2) ** Fraction(n) for n in range(-3, 5))


class Question(ABC):
    """What a check compared: kept so that :func:`alliances.verify` can ask again."""

    shape: Ordering
    """What the claim says."""
    compared: Array
    """The points of the line."""
    total: Number
    """s + p along the gap."""

    @abstractmethod
    def contradicted(self, check: Check, points: Sequence[Fraction]) -> bool:
        """Whether odds in exact arithmetic, or enclosed, certainly contradict the claim at these points.

        Raises
        ------
        Undecided, OutOfReach
            If that cannot be told.
        """

    @abstractmethod
    def stands(self, check: Check, points: Sequence[Fraction]) -> bool | None:
        """Whether a contradiction of these points certainly stands, given what lies between them; None if that is open."""


@dataclass(frozen=True, eq=False)
class Compared(Value, Question):
    """What a check of a claim along a line compared.

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

    def asked(self, check: Check) -> Asked:
        """The same as a question to exact arithmetic and enclosures."""
        concept, total = check.enforcement, decimal(self.total)
        return Asked(self.shape, lambda value, _: self.model(value), lambda _: concept, self.profile, check.assume, total)

    def contradicted(self, check: Check, points: Sequence[Fraction]) -> bool:
        """Whether odds certainly contradict the claim at these points."""
        return contradicted(self.asked(check), points) is not None

    def stands(self, check: Check, points: Sequence[Fraction]) -> bool | None:
        """Whether a contradiction certainly stands; True where points alone tell."""
        return stands(self.asked(check), points[0], points[-1])


@dataclass(frozen=True, eq=False)
class ComparedWars(Value):
    """What a check of wars compared: the starts on the lattice of a walk."""

    walk: ConflictWalk


@dataclass(frozen=True, eq=False)
class Member(Value):
    """A model of a family, by its parameters; as a function of the one that moves, if one does."""

    family: Family
    parameters: Mapping[str, Any]
    line: str | None = None

    def __call__(self, value: Any = None) -> Any:
        """The model, at this value of the parameter that moves."""
        return self.family.at(**(self.parameters if self.line is None else {**self.parameters, self.line: value}))


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
        What varies: "gap", a parameter such as "stakes", or nothing ("parity").
    points
        How many points were compared.
    exact
        Whether the arithmetic was exact.
    enforcement, assume
        The question that was asked.
    quantity
        What is compared.
    question
        The model and the points, or the walk of a war, for :func:`alliances.verify`.
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
    question: Question | ComparedWars | None = None
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
            gap, low, high = (
                None if x is None else show(x) for x in (self.suspicion.gap, self.suspicion.low, self.suspicion.high)
            )
            where = "" if gap is None else f"At gap {gap}, "
            return f"{self.claim}: unclear. {where}{self.line} {low} and {high} seem to contradict it; {self._open}."
        if self.witness is None:
            return f"{self.claim}: holds at all {self.points} points compared, {how}."
        w = self.witness
        if self.line == "parity":
            pact, alliance = show(w.at_high), show(w.at_low)
            return f"{self.claim}: fails. At parity the pact needs δ ≥ {pact}, the alliance δ ≥ {alliance}; {how}."
        if w.low == w.high:
            mine, other = show(w.at_high), show(w.at_low)
            return (
                f"{self.claim}: fails through the {w.player}. At {self.line} {show(w.low)} it takes δ ≥ {mine}, and what it is "
                f"compared with δ ≥ {other}; {how}."
            )
        where = "" if w.gap is None else f"gap {show(w.gap)} and "
        between = "" if w.middle is None else f"at {show(w.middle)} it is {show(w.at_middle)}, "
        return (
            f"{self.claim}: fails through the {w.player}. At {where}{self.line} {show(w.low)} the {self.quantity} is "
            f"{show(w.at_low)}, {between}at {show(w.high)} it is {show(w.at_high)}; {how}."
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
    values: Any = None,
    profile: Profile = (0, 0),
    assume: Sequence[str] = (),
    total: Number = 1,
) -> Check:
    """The work of :meth:`alliances.claims.DiscountClaim.check`, which says what it takes."""
    shape, line = claim.shape, claim.shape.line
    concept = check_enforcement(enforcement, "check")
    at_gaps = moves_parameter(line) and not shape.pact
    for name, given, fits in (
        ("gaps", gaps, line == "gap" or at_gaps),
        ("stakes", stakes, line == "stakes"),
        ("values", values, moves_parameter(line) and stakes is None),
    ):
        if given is not None and not fits:
            raise ValueError(
                f"check(): {name} must be left out for {claim.name!r}, which compares along the {line}; got {given!r}"
            )
    assume = check_assumptions(assume, "check")
    build = _builder(model, line)
    given = gaps if line == "gap" else stakes if values is None else values
    if given is None and at_gaps:
        raise ValueError(f"check(): values must say at which {line} {claim.name!r} is checked; got none")
    points = default_points(line) if given is None else _points(given, line, "stakes" if values is None else "values")
    total = number(total, "check", "total", POSITIVE)
    if not at_gaps:
        return _along(claim, build, points, concept, profile, assume, total)
    chosen = _gaps_of(gaps)
    checks = [_along(claim, PinnedLine(build, gap, total), points, concept, profile, assume, total) for gap in chosen]
    return _worst(checks, chosen)


def _gaps_of(gaps: Any) -> list[Number]:
    """The gaps at which a claim is checked in which a parameter moves: n/10 unless told otherwise."""
    if gaps is None:
        return [Fraction(n, _GAPS) for n in range(_GAPS)]
    given: list[Number] = np.ravel(number(gaps, "check", "gaps", GAP)).tolist()
    return given


def _worst(checks: Sequence[Check], gaps: Sequence[Number]) -> Check:
    """The checks at several gaps as one: the first that fails, or is unclear, otherwise the last that compares something."""
    bad = [k for status in ("fails", "unclear") for k, check in enumerate(checks) if check.status == status]
    telling = [k for k, check in enumerate(checks) if check.status == "holds"]
    k = bad[0] if bad else telling[-1] if telling else 0
    witness, suspicion = (
        points if points is None or len(gaps) == 1 else replace(points, gap=gaps[k])
        for points in (checks[k].witness, checks[k].suspicion)
    )
    exact = all(check.exact for check in checks)
    return replace(checks[k], witness=witness, suspicion=suspicion, points=sum(check.points for check in checks), exact=exact)


def _along(
    claim: Statement,
    build: Callable[[Any], DyadicGame],
    points: Array,
    concept: Enforcement,
    profile: Profile,
    assume: tuple[str, ...],
    total: Number,
) -> Check:
    """The check at the points of one line."""
    line = claim.shape.line
    lines = curves(build, line, points, concept, profile, assume, total, pact=claim.shape.pact)
    exact = lines.slack.dtype == object
    broken = claim.shape.breaks(lines)
    if broken.at.ndim != 1:
        raise ValueError("check(): model must have scalar parameters; measure() takes arrays of them")
    compared = Compared(claim.shape, build, points, profile, total)
    holds: CheckStatus = "holds" if lines.comparable.any() else "vacuous"
    check = Check(claim.name, holds, None, line, int(lines.valid.sum()), exact, concept, assume, question=compared)
    if not broken.at.any():
        return check

    def evaluate(at: Array) -> Curves:
        return curves(build, line, at, concept, profile, assume, total, pact=claim.shape.pact, look_between=False)

    outcome = settled(compared.asked(check), evaluate, lines, broken)
    if outcome.status == "certain":
        return replace(check, status="fails", witness=outcome.witness)
    return check if outcome.status == "dismissed" else replace(check, status="unclear", suspicion=outcome.witness)


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


def _points(values: Any, line: Along, name: str) -> Array:
    name, rule = ("gaps", GAP) if line == "gap" else (name, POSITIVE if line == "stakes" else FINITE)
    points = np.asarray(number(values, "check", name, rule))
    if points.ndim != 1 or points.size < 2:
        raise ValueError(f"check(): {name} must be at least two, in a list; got {values!r}")
    if not np.all(points[1:] > points[:-1]):
        raise ValueError(f"check(): {name} must increase; got {values!r}")
    return points


def _builder(model: object, line: Along) -> Callable[[Any], DyadicGame]:
    """A function of the parameter that moves (None for the model's own)."""
    if isinstance(model, DyadicGame):
        if moves_parameter(line) and not (line == "stakes" and isinstance(model, AllianceGame)):
            kind = "an AllianceGame, or a function" if line == "stakes" else "a function"
            raise TypeError(f"check(): model must be {kind} of the {line} that returns a game; got {model!r}")
        return OwnStakes(model)
    if moves_parameter(line) and callable(model) and not isinstance(model, type):
        return model
    raise TypeError(f"check(): model must be a model of the dyad such as AllianceGame; got {model!r}")


def coarse_gaps(domain: Interval) -> list[Fraction]:
    """Simple gaps of an interval: n/20, or tenths of it where it is narrow."""
    gaps = [g for g in (Fraction(n, _LINE) for n in range(-_LINE, _LINE + 1)) if g in domain]
    if len(gaps) >= 2:
        return gaps
    assert domain.high is not None
    return [domain.low + (domain.high - domain.low) * Fraction(n, 10) for n in range(1, 10)]


def verdict(claim: Statement, family: Family, parameters: Mapping[str, Any]) -> Check:
    """The check of the claim at one model of a family, on a coarse line of simple points."""
    options: dict[str, Any] = {
        "enforcement": family.concept(**parameters),
        "profile": family.profile,
        "assume": family.assume,
        "total": family.total,
    }
    line = claim.shape.line
    if moves_parameter(line):
        domain = family.intervals[line]
        values = [v for v in (domain.low + Fraction(n, 2) for n in range(_LINE)) if v in domain]
        if domain.high is not None and len(values) < _LINE // 2:
            values = [
                v
                for v in (domain.low + (domain.high - domain.low) * Fraction(n, _LINE) for n in range(_LINE + 1))
                if v in domain
            ]
        at_gap: dict[str, Any] = {} if claim.shape.pact else {"gaps": [0]}  # the gap is one of the parameters
        return check(claim, Member(family, parameters, line), values=values, **at_gap, **options)
    if line == "gap":
        options["gaps"] = coarse_gaps(family.gaps)
    return check(claim, family.at(**parameters), **options)
