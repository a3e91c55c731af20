"""Comparison of two concepts or two models: δ* under one is never above δ* under the other, at the same gap and parameters."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias, final

import numpy as np

from alliances.arithmetic import GAP, POSITIVE, Array, Number, number, to_float
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.domains import Choice, decimal
from alliances.arithmetic.quotients import NotArithmetic, OutOfReach
from alliances.claims.certifying import REFUSALS, enclosed
from alliances.claims.checking import Check, CheckStatus, Member, Question, check_assumptions, coarse_gaps, default_points
from alliances.claims.claim import Claim
from alliances.claims.comparisons import Break
from alliances.claims.family import Family
from alliances.claims.lines import Curves, curves
from alliances.claims.measuring import Verdicts, batches, line_of
from alliances.claims.odds import odds_of
from alliances.claims.pinned import OneGame
from alliances.claims.proofs.cases import flat
from alliances.claims.proofs.outcomes import Counterexample
from alliances.claims.proofs.problem import Outcome
from alliances.claims.proofs.queries import cells_of, labels_of
from alliances.claims.proofs.witnesses import GameProblem, line_points
from alliances.claims.scales import NeverAbove, certified, scales_of
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.arguments import check_enforcement
from alliances.repeated.enforcement.concept import Enforcement
from alliances.values import Value

__all__ = ["ComparisonClaim", "Other"]

Other: TypeAlias = Enforcement | DyadicGame | Callable[..., DyadicGame]
"""What a claim compares with: another concept for the same model, or another model under the same concept."""
_GRIDS = (4, 10, 20, 50, 200)
_NEAREST = 30
_HUNTED = 40  # contradictions looked into
_TRIED = 512  # parameter points in search of a counterexample


@dataclass(frozen=True, eq=False)
class Side(Value):
    """One side of a comparison: a family of one model."""

    make: Callable[[], DyadicGame]
    concept: Enforcement

    def model(self, _: object) -> DyadicGame:
        """The model, as a function of what moves along a line of parameters: nothing does."""
        return self.make()

    def both(self) -> tuple[DyadicGame, Enforcement]:
        """The model and the concept."""
        return self.make(), self.concept


@dataclass(frozen=True, eq=False)
class ComparedSides(Value, Question):
    """What a check of a comparison compared: kept so that :func:`alliances.verify` can ask again."""

    shape: NeverAbove
    sides: tuple[Side, Side]
    compared: Array
    profile: Profile
    total: Number

    def contradicted(self, check: Check, points: Sequence[Fraction]) -> bool:
        """Whether odds in exact arithmetic, or enclosed, certainly contradict the claim at the first of the points."""
        makes = [side.both for side in self.sides]
        return certified(self.shape, makes, points[0], self.profile, check.assume, decimal(self.total)) is not None

    def stands(self, check: Check, points: Sequence[Fraction]) -> bool:  # noqa: ARG002
        """True: points are compared with no others."""
        return True


@final
@dataclass(frozen=True, eq=False)
class ComparisonClaim(Claim):
    """A claim that a critical discount factor is never above another one; :func:`never_above` makes it.

    Attributes
    ----------
    than
        The other concept, or the other model: a game, or a function of the family's open parameters.

    Examples
    --------
    >>> import alliances as al
    >>> help_ = al.claims.never_above("payments help", than=al.GivenPunishment())
    >>> help_.check(al.presets.chindea_2014(), enforcement=al.GivenPunishment(al.Transfers())).status
    'holds'
    """

    than: Other

    def other(self, family: Family) -> Family:
        """The family that the claim compares with: the same parameters, with the other concept or the other model."""
        than = self.than
        if isinstance(than, Enforcement):
            return family.with_(enforcement=than, assume=())
        return family.with_(model=OneGame(than) if isinstance(than, DyadicGame) else than, assume=())

    def check(
        self,
        model: DyadicGame,
        *,
        enforcement: Enforcement | None = None,
        gaps: Any = None,
        profile: Profile = (0, 0),
        assume: Sequence[str] = (),
        total: Number = 1,
    ) -> Check:
        """Whether the claim holds for one model, gap by gap.

        Parameters
        ----------
        model
            A model with scalar parameters.
        enforcement
            :class:`alliances.NashReversion` by default; any concept.
        gaps
            Where to compare: n/200 from 0 on by default.
        profile, assume, total
            As in :meth:`DiscountClaim.check`; the assumptions are about the model, not about what it is compared with.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or the claim compares with a function of a family's parameters.

        Examples
        --------
        >>> import alliances as al
        >>> claim = al.claims.never_above("patience", than=al.GivenPunishment(al.Transfers()))
        >>> print(claim.check(al.presets.chindea_2014(), enforcement=al.GivenPunishment(), gaps=[0, 0.5]))
        patience: fails through the sponsor. At gap 0.5 it takes δ ≥ 0.509804, and what it is compared with δ ≥ 0.342105; ...
        """
        if not isinstance(model, DyadicGame):
            raise TypeError(f"check(): model must be a model of the dyad such as AllianceGame; got {model!r}")
        than = self.than
        if not isinstance(than, (Enforcement, DyadicGame)):
            raise TypeError(f"check(): {self.name!r} compares with a function of a family's parameters; got a single model")
        concept = check_enforcement(enforcement, "check")
        sides = (
            Side(OneGame(model), concept),
            Side(OneGame(model), than) if isinstance(than, Enforcement) else Side(OneGame(than), concept),
        )
        points = default_points("gap") if gaps is None else np.ravel(np.asarray(number(gaps, "check", "gaps", GAP)))
        return self._compared(
            sides, points, profile, check_assumptions(assume, "check"), number(total, "check", "total", POSITIVE)
        )

    def _compared(
        self, sides: tuple[Side, Side], points: Array, profile: Profile, assume: tuple[str, ...], total: Number
    ) -> Check:
        assert isinstance(self.shape, NeverAbove)
        mine, theirs = (
            curves(side.model, "gap", points, side.concept, profile, assumed, total, pact=False)
            for side, assumed in zip(sides, (assume, ()), strict=True)
        )
        lines = self._joined(mine, theirs)
        broken = self._without_noise(sides, lines, profile, assume, total)
        status: CheckStatus = "fails" if broken.at.any() else "holds" if lines.valid.any() else "vacuous"
        witness = self.shape.witness(lines, broken) if status == "fails" else None
        exact = lines.slack.dtype == object
        question = ComparedSides(self.shape, sides, points, profile, total)
        count = int(lines.valid.sum())
        return Check(self.name, status, witness, "gap", count, exact, sides[0].concept, assume, question=question)

    def _without_noise(
        self, sides: tuple[Side, Side], lines: Curves, profile: Profile, assume: tuple[str, ...], total: Number
    ) -> Break:
        """Where the claim is contradicted; where floats may not tell that from noise, only if it is certain or out of reach."""
        assert isinstance(self.shape, NeverAbove)
        broken = self.shape.breaks(lines)
        at, makes = np.array(broken.at, copy=True), [side.both for side in sides]
        for k in np.flatnonzero(at & lines.blurred(1)):
            try:
                gap = decimal(lines.points[k])
                at[k] = certified(self.shape, makes, gap, profile, assume, decimal(total)) is not None
            except Undecided:  # equal in 60 digits
                at[k] = False
            except (*REFUSALS, OutOfReach, ImportError):
                continue
        return replace(broken, at=at)

    def _joined(self, mine: Curves, theirs: Curves) -> Curves:
        """One side's curves, with the other side's number to compare with."""
        assert isinstance(self.shape, NeverAbove)
        slack = np.maximum(mine.slack, theirs.slack)
        exact = mine.slack.dtype == theirs.slack.dtype == object
        return replace(mine, other=getattr(theirs, self.shape.who), slack=slack if exact else to_float(slack))

    def verdict(self, family: Family, parameters: Mapping[str, Any]) -> Check:
        """The check of one model of a family, on a coarse line of simple points."""
        return self.compared(family, parameters, coarse_gaps(family.gaps))

    def compared(self, family: Family, parameters: Mapping[str, Any], gaps: Sequence[Fraction]) -> Check:
        """The check of one model of a family at these gaps."""
        points = np.array(gaps, dtype=object)
        return self._compared(self._sides(family, parameters), points, family.profile, family.assume, family.total)

    def _sides(self, family: Family, parameters: Mapping[str, Any]) -> tuple[Side, Side]:
        mine, theirs = family, self.other(family)
        return (
            Side(Member(mine, parameters), mine.concept(**parameters)),
            Side(Member(theirs, parameters), theirs.concept(**parameters)),
        )

    def verdicts(self, family: Family, unit: Array, line_points: int, progress: bool) -> Verdicts:
        """Per row of ``unit``: whether the claim holds, or has nothing to compare; and the points of the line."""
        line = line_of("gap", family, line_points)
        holds, unclear, vacuous = (np.full(len(unit), value) for value in (True, False, False))
        asked = family.profile, family.assume, family.total
        both = (batches(self, of, unit, line, shown) for of, shown in ((family, progress), (self.other(family), False)))
        for (rows, values, mine), (_, _, theirs) in zip(*both, strict=True):
            lines = self._joined(mine, theirs)
            at = self.shape.breaks(lines).at
            holds[rows] = ~at.any(axis=-1)
            vacuous[rows] = ~lines.valid.any(axis=-1)
            for k in np.flatnonzero(at.any(axis=-1) & ~(at & ~lines.blurred(1)).any(axis=-1)):
                parameters = {name: float(v[k]) if name in family.intervals else v for name, v in values.items()}
                noisy = self._without_noise(self._sides(family, parameters), lines.model(int(k)), *asked)
                holds[rows[k] if family.intervals else rows] = not noisy.at.any()  # of choices alone there is one model for all
        return Verdicts(holds, unclear, vacuous, len(line))

    def problem(self, family: Family, fixed: Mapping[str, Any], deadline: float) -> ComparisonProblem:
        """The conditions that would break the claim, for one combination of the family's finite choices."""
        return ComparisonProblem(self, family, fixed, deadline)


class ComparisonProblem(GameProblem):
    """The cases of two models, or of one under two concepts, worked out in one run."""

    def __init__(self, claim: ComparisonClaim, family: Family, fixed: Mapping[str, Any], deadline: float) -> None:
        self.comparison, self.rival = claim, claim.other(family)
        self.rival_actions: Sequence[str] = ()
        super().__init__(claim, family, fixed, deadline)

    def _run(self) -> Any:
        with self.algebra.payoffs():
            game, concept = self.game(), self.concept()
            rival, other = self.rival.at(**self._values()), self.rival.concept(**self._values())
            both = [side.cells(self.power()) for side in (game, rival)]
        self.actions, self.rival_actions = game.actions, rival.actions
        exact = [tuple(tuple(tuple(map(self.algebra.number, cell)) for cell in row) for row in rows) for rows in both]
        return self._pair(exact, (game, rival), (concept, other))

    def _pair(self, cells: Sequence[Any], games: Sequence[DyadicGame], concepts: Sequence[Enforcement]) -> Any:
        """The cells of both models, one below the other, and both pairs of odds."""
        outcome = self._outcome(cells[0], games[0], concepts[0])
        if outcome is None:
            return None
        assert isinstance(self.shape, NeverAbove)
        self.shape = replace(self.shape, scales=scales_of(concepts[0], concepts[1]))
        rival = odds_of(cells[1], games[1].actions, self.family.profile, concepts[1])
        return (*cells[0], *cells[1]), outcome[1], rival

    @property
    def labels(self) -> Sequence[str]:
        """Whose payoff, in which cell of which model."""
        return [*super().labels, *(f"{label} of the model compared with" for label in labels_of(self.rival_actions))]

    def numbers(self, values: Mapping[str, Fraction]) -> Sequence[Number]:
        """The payoffs that both models give in numbers, at these values of the indeterminates."""
        at, _ = self.point(values)
        return [x for of in (self.family, self.rival) for x in self._payoffs(of.at(**at), values)]

    def consequences(self, values: Mapping[str, Fraction], payoffs: Sequence[Number]) -> Outcome:
        """Both pairs of odds that follow from these payoffs."""
        at, _ = self.point(values)
        games, concepts = zip(*((of.at(**at), of.concept(**at)) for of in (self.family, self.rival)), strict=True)
        rest = iter(payoffs)
        return flat(self._pair([cells_of(game, rest) for game in games], games, concepts))

    def confirm(self, parameters: Mapping[str, Any], point: Fraction) -> Counterexample | None:
        """A counterexample at these parameters, at the simplest gap found."""
        try:
            tried = (self._at(parameters, gap) for gap in self._candidates(parameters, point))
            return next(filter(None, tried), None)
        except ValueError:  # the model refuses these parameters
            return None

    def _candidates(self, parameters: Mapping[str, Any], point: Fraction) -> Iterator[Fraction]:
        """Gaps at which numbers seem to contradict the claim: simple ones first, then nearer and nearer to ``point``."""
        for fine in _GRIDS:
            points = line_points(self.claim, self.family, fine)
            if points:
                witness = self._check(parameters, points).witness
                if witness is not None:
                    yield Fraction(witness.low)
        steps = (Fraction(sign, 2**n) for n in range(2, _NEAREST) for sign in (1, -1))
        yield from (gap for gap in (*(point + step for step in steps), point) if gap in self.family.gaps)

    def _check(self, parameters: Mapping[str, Any], points: Sequence[Fraction]) -> Check:
        return self.comparison.compared(self.family, parameters, points)

    def _at(self, parameters: Mapping[str, Any], gap: Fraction) -> Counterexample | None:
        certain = enclosed(self.family, parameters)
        makes = [lambda of=of: (of.at(**certain), of.concept(**certain)) for of in (self.family, self.rival)]
        family = self.family
        assert isinstance(self.shape, NeverAbove)
        try:
            how = certified(self.shape, makes, gap, family.profile, family.assume, family.total)
            if how is None:
                return None
            check = self._check(parameters, [gap])
        except (Undecided, OutOfReach, NotArithmetic, ZeroDivisionError):
            return None
        return Counterexample(dict(parameters), check, how if check.exact else "by enclosures") if check.witness else None

    def hunt(self, seed: int, points: int, deadline: float) -> Counterexample | None:
        """A counterexample found by trying so many parameter points in floating point."""
        names = list(self.family.intervals)
        if not names:
            return self.confirm(dict(self.fixed), Fraction(0))
        pinned = self.family.with_(parameters={**self.family.parameters, **{n: Choice(v) for n, v in self.fixed.items()}})
        unit = np.random.default_rng(seed).random((min(points, _TRIED), len(pinned.parameters)))
        try:
            with np.errstate(all="ignore"):
                holds = self.comparison.verdicts(pinned, unit, 100, False).holds
        except (TypeError, ValueError, ZeroDivisionError):  # the model takes no arrays, or has no payoffs somewhere
            return None
        order = list(pinned.parameters)
        for row in np.flatnonzero(~holds)[:_HUNTED]:
            if time.perf_counter() > deadline:
                return None
            drawn = {n: float(d.spread(unit[row, order.index(n)])) for n, d in self.family.intervals.items()}
            for largest in (10, 10**4):
                near = {name: Fraction(value).limit_denominator(largest) for name, value in drawn.items()}
                inside = all(near[name] in domain for name, domain in self.family.intervals.items())
                counterexample = self.confirm({**self.fixed, **near}, Fraction(0)) if inside else None
                if counterexample is not None:
                    return counterexample
        return None
