"""The claim about wars: narrow gaps protract, wide gaps decide.

A war is a walk of the log power ratio between two barriers (:class:`alliances.ConflictWalk`); the claim compares its
expected length from starts on the walk's lattice through parity. The expected lengths D_k of all starts solve
D_k = 1 + Q_k D_{k+1} + q_k D_{k−1}, with D = 0 at the barriers. States are eliminated one by one, so the D_k are quotients of
polynomials in the open parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, final

import numpy as np

from alliances.arithmetic import Array, Number, is_exact, settle, to_float
from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.arithmetic.balls import Ball, Undecided, precisely
from alliances.arithmetic.formal import evaluating
from alliances.arithmetic.quotients import Undefined
from alliances.arithmetic.tolerance import UNIT_SUM_GIVEN
from alliances.claims.certifying import Certainty, enclosed
from alliances.claims.checking import Check, CheckStatus, ComparedWars
from alliances.claims.claim import Claim
from alliances.claims.comparisons import Monotone, Witness
from alliances.claims.family import Family
from alliances.claims.measuring import Verdicts, chosen
from alliances.claims.proofs.outcomes import Counterexample
from alliances.claims.proofs.problem import Definition, Outcome, Part, Query, Region, Seam
from alliances.claims.proofs.queries import inside
from alliances.claims.proofs.smt import Solver
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.dynamics.wars.duration import conflict_duration
from alliances.power import Power
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.results import progress_bar

__all__ = ["PROTRACTION", "ConflictClaim"]

_SAME_DURATION = 1e-9  # by which float durations may differ, relative to the longest


@final
@dataclass(frozen=True, eq=False)
class ConflictClaim(Claim):
    """A claim about the expected duration of conflict; its models are :class:`alliances.ConflictWalk`.

    The four verbs are those of :class:`Claim`. What concerns repeated games (enforcement, gaps, profile, assumptions)
    does not apply.

    Examples
    --------
    >>> import alliances as al
    >>> from alliances.claims import PROTRACTION, Family, Interval
    >>> print(PROTRACTION.check(al.ConflictWalk(swing=2, barrier=8, win=al.Tullock(1))))
    protraction: holds at all 5 points compared, in exact arithmetic.
    >>> biased = Family(lambda win: al.ConflictWalk(2, 8, win), {"win": Interval(0, 1, "neither")})
    >>> PROTRACTION.prove(biased).status
    'refuted'
    >>> momentum = Family(lambda m: al.ConflictWalk(2, 8, al.Tullock(m)), {"m": Interval(0, None, "neither")})
    >>> print(PROTRACTION.prove(momentum).status)
    proved
    """

    def check(self, model: ConflictWalk, **options: Any) -> Check:
        """Whether wars from wider gaps are expected to be shorter, from every start on the walk's lattice through parity.

        Parameters
        ----------
        model
            A :class:`alliances.ConflictWalk`.
        **options
            None: what :meth:`DiscountClaim.check` takes does not apply.

        Raises
        ------
        TypeError
            If ``model`` is none, or another argument is given.

        Examples
        --------
        >>> import alliances as al
        >>> print(al.claims.PROTRACTION.check(al.ConflictWalk(swing=2, barrier=(8, 2))))
        protraction: fails through the sponsor. At gap 0 the expected duration is 3, at 1/3 it is 4; in exact arithmetic.
        """
        if options:
            raise TypeError(f"check(): {next(iter(options))} must be left out for 'protraction', which is about wars")
        if not isinstance(model, ConflictWalk):
            raise TypeError(f"check(): model must be a ConflictWalk for 'protraction'; got {model!r}")
        starts = model.lattice()
        rounds = np.atleast_1d(np.asarray(conflict_duration(starts, model).rounds))
        gaps = np.atleast_1d(np.asarray(starts.gap))
        exact = is_exact(rounds)
        slack = 0 if exact else _SAME_DURATION * float(np.max(to_float(rounds)))
        worst, witness = slack, None
        for near, far in _pairs(len(gaps), model):
            if rounds[far] - rounds[near] > worst:
                worst = rounds[far] - rounds[near]
                ends = (settle(gaps[near]), settle(gaps[far]), settle(rounds[near]), settle(rounds[far]))
                witness = Witness(*ends, "sponsor" if gaps[far] > 0 else "proxy")
        status: CheckStatus = "fails" if witness else "holds"
        question = ComparedWars(model)
        return Check(self.name, status, witness, "gap", len(gaps), exact, NashReversion(), (), "expected duration", question)

    def requires(self, family: Family, function: str) -> None:
        """Nothing: whether the models are wars shows when one is made."""

    def verdict(self, family: Family, parameters: Mapping[str, Any]) -> Check:
        """The check of one model of a family."""
        return self.check(family.at(**parameters))

    def verdicts(self, family: Family, unit: Array, line_points: int, progress: bool) -> Verdicts:  # noqa: ARG002
        """Per row of ``unit`` whether the claim holds; wars are not batched, because their lattices may differ."""
        codes, combinations = chosen(family, unit)
        names = list(family.parameters)
        holds, points = np.ones(len(unit), dtype=bool), 0
        with progress_bar(len(unit), progress, "model") as bar:
            for row, u in enumerate(unit):
                values = {n: float(d.spread(u[names.index(n)])) for n, d in family.intervals.items()}
                check = self.check(family.at(**combinations[codes[row]], **values))
                holds[row], points = check.holds, max(points, check.points)
                bar.update(1)
        none = np.zeros(len(unit), dtype=bool)
        return Verdicts(holds, none, none, points)

    def problem(self, family: Family, fixed: Mapping[str, Any], deadline: float) -> _War:
        """The conditions that would break the claim."""
        return _War(self, family, fixed, deadline)


def _pairs(size: int, walk: ConflictWalk) -> Iterator[tuple[int, int]]:
    """Neighbouring distances from parity: (nearer start, farther start)."""
    parity = walk.steps(Power(1, 1))[0] - 1
    for k in range(size):
        for far in {2 * parity - k + 1, 2 * parity - k - 1, k + 1, k - 1}:
            if 0 <= far < size and abs(far - parity) == abs(k - parity) + 1:
                yield k, far


def _durations(win: Sequence[Number], lose: Sequence[Number]) -> list[Number]:
    """D_k of all states, for any number type: tridiagonal elimination. The pivots are probabilities, so none vanishes."""
    ratios: list[Number] = []
    constants: list[Number] = []
    ratio: Number = 0
    constant: Number = 0
    for q, r in zip(win, lose, strict=True):
        pivot = 1 - r * ratio
        ratio, constant = q / pivot, (1 + r * constant) / pivot
        ratios.append(ratio)
        constants.append(constant)
    durations: list[Number] = [constants[-1]]
    for ratio, constant in zip(ratios[-2::-1], constants[-2::-1], strict=True):
        durations.append(constant + ratio * durations[-1])
    return durations[::-1]


@dataclass(frozen=True, eq=False)
class _Durations:
    """A walk with its chances, of winning and then of losing a round, and its expected durations."""

    walk: ConflictWalk
    chances: tuple[Number, ...]
    rounds: list[Number]

    @property
    def outcome(self) -> Outcome:
        """The same for comparisons of numbers with indeterminates."""
        return Outcome(self.chances, self.rounds)

    def same(self, other: _Durations) -> bool:
        """Whether another run gave the same."""
        return len(self.rounds) == len(other.rounds) and all(
            a.identical(b) for a, b in zip(self.chances, other.chances, strict=True)
        )


class _War:
    """The claim in indeterminates, for one combination of a family's finite choices."""

    def __init__(self, claim: ConflictClaim, family: Family, fixed: Mapping[str, Any], deadline: float) -> None:
        self.claim, self.family, self.fixed = claim, family, fixed
        self.solver = Solver()
        self.algebra = Algebra(dict(family.intervals), None, self.solver.decide, deadline)

    @cached_property
    def _cases(self) -> list[tuple[list[Condition], _Durations | Undefined]]:
        """Each case of the walk, with its chances and durations."""

        def run() -> _Durations:
            values = {name: self.fixed[name] if name in self.fixed else self.algebra[name] for name in self.family.parameters}
            with self.algebra.payoffs():
                walk = self._walk(values)
                won, lost = _chances(walk, self.algebra.number)
            return _Durations(walk, (*won, *lost), _durations(won, lost))

        return self.algebra.cases(run, _Durations.same)

    def queries(self) -> Iterator[Query]:
        """Every way in which the claim might break."""
        for number, (conditions, case) in enumerate(self._cases, 1):
            if isinstance(case, Undefined):
                text = f"case {number}: the model divides by zero or refuses its parameters ({case})"
                yield Query(text, (*self.algebra.facts, *conditions), False)
                continue
            rounds = case.rounds
            for near, far in _pairs(len(rounds), case.walk):
                text = f"case {number}: the war from start {far} is expected to last longer than that from start {near}"
                difference = rounds[far] - rounds[near]
                longer = Condition(self.algebra.reduced(difference.product), ">", Kind.VIOLATION, text, source=difference)
                yield Query(text, (*self.algebra.facts, *conditions, longer), False, (number,))

    def parts(self) -> list[Part]:
        """The cases."""
        without = "the model divides by zero or refuses its parameters"
        return [
            Part(0, without, tuple(c)) if isinstance(case, Undefined) else Part(number, f"case {number}", tuple(c))
            for number, (c, case) in enumerate(self._cases, 1)
        ]

    def seams(self) -> list[Seam]:
        """None: the claim compares starts, and follows no line across cases."""
        return []

    def definitions(self, cases: Sequence[int]) -> list[Definition]:
        """The expected durations from all starts, in these cases."""
        return [
            Definition(f"D{k}_{number}", f"expected rounds from start {k}", rounds)
            for number, (_, case) in enumerate(self._cases, 1)
            if number in cases and not isinstance(case, Undefined)
            for k, rounds in enumerate(case.rounds)
        ]

    @property
    def labels(self) -> Sequence[str]:
        """The chances of winning and of losing a round, from the sponsor's weakest start on."""
        size = max((len(case.rounds) for _, case in self._cases if not isinstance(case, Undefined)), default=0)
        return [f"the chance of {what} a round at start {k}" for what in ("winning", "losing") for k in range(size)]

    def regions(self) -> Sequence[Region]:
        """The cases."""
        return [Region(c, None if isinstance(case, Undefined) else case.outcome) for c, case in self._cases]

    def numbers(self, values: Mapping[str, Fraction]) -> Sequence[Number]:
        """The chances that the model gives in numbers, at these values."""
        won, lost = _chances(self._walk(self.point(values)[0]), settle)
        return [*won, *lost]

    def consequences(self, values: Mapping[str, Fraction], payoffs: Sequence[Number]) -> Outcome:  # noqa: ARG002
        """The durations that follow from these chances."""
        half = len(payoffs) // 2
        return Outcome(payoffs, _durations(payoffs[:half], payoffs[half:]))

    def _walk(self, values: Mapping[str, Any]) -> ConflictWalk:
        walk = self.family.at(**values)
        if not isinstance(walk, ConflictWalk):
            raise TypeError(f"prove(): the family's models must be ConflictWalk for 'protraction'; got {walk!r}")
        return walk

    def point(self, values: Mapping[str, Fraction]) -> tuple[dict[str, Any], Fraction]:
        """The indeterminates' values as the family's parameters."""
        return {**self.fixed, **{n: values.get(n, inside(d)) for n, d in self.family.intervals.items()}}, Fraction(0)

    def confirm(self, parameters: Mapping[str, Any], point: Fraction) -> Counterexample | None:  # noqa: ARG002
        """A counterexample at these parameters, if exact or certified arithmetic says so."""
        try:
            walk = self._walk(parameters)
            check = self.claim.check(walk)
        except (ValueError, TypeError):  # the model refuses these parameters
            return None
        if check.witness is None:
            return None
        gaps = [float(g) for g in np.atleast_1d(to_float(walk.lattice().gap))]
        near, far = (int(np.argmin([abs(g - float(x)) for g in gaps])) for x in (check.witness.low, check.witness.high))
        try:
            with precisely(), evaluating("certify", Ball.of) as evaluation:
                durations = _durations(*_chances(self._walk(enclosed(self.family, parameters)), Ball.of))
                certain = durations[far] > durations[near]
        except (Undecided, ZeroDivisionError):
            return None
        how: Certainty = "by enclosures" if evaluation.enclosed or not check.exact else "exactly"
        return Counterexample(dict(parameters), check, how) if certain else None

    def hunt(self, seed: int, points: int, deadline: float) -> Counterexample | None:  # noqa: ARG002
        """None: what polynomials leave open is left to boxes."""
        return None


def _chances(walk: ConflictWalk, number: Any) -> tuple[list[Number], list[Number]]:
    """Q and q at the lattice's states, in a number type; states nearest to parity first meet it first."""
    starts = walk.lattice()
    pairs = [(Fraction(s), Fraction(p)) for s, p in zip(np.ravel(starts.sponsor), np.ravel(starts.proxy), strict=True)]
    chances: dict[tuple[Fraction, Fraction], tuple[Number, Number]] = {}
    for s, p in sorted(pairs, key=lambda pair: max(pair[0] / pair[1], pair[1] / pair[0])):
        q, r = walk.win(Power(number(s), number(p))) if callable(walk.win) else (walk.win, 1 - walk.win)
        chances[s, p] = number(q), number(r)
        if not all(x >= 0 for x in chances[s, p]) or not abs(chances[s, p][0] + chances[s, p][1] - 1) <= UNIT_SUM_GIVEN:
            raise ValueError(f"ConflictWalk(): what win returns must be two probabilities that sum to 1; got {q!r} and {r!r}")
    return [chances[pair][0] for pair in pairs], [chances[pair][1] for pair in pairs]


PROTRACTION = ConflictClaim(
    "protraction",
    "Narrow gaps protract a war, wide gaps decide it.",
    "|γ₁| < |γ₂| ⟹ D(γ₂) ≤ D(γ₁), D the expected number of rounds",
    "Chindea (2014), Fletcher Security Review 1(2), of Sinaloa and the Arellano Félix organisation, Sinaloa and Juárez",
    "starts on the lattice of a walk of the log power ratio between barriers",
    Monotone("gap", "dyad", -1),
)
