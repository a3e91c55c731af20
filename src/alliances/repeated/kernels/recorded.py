"""The critical discount factors of a model as a programme of its numbers: from powers and parameters to δ_S*, δ_P*.

The model's ``cells`` and the concept's ``critical`` are run once on recorded numbers (:mod:`alliances.arithmetic.recording`),
so no formula is written twice. What lies between – tolerances, pure equilibria, the worst of them – is written here payoff by
payoff, in the same floating-point operations as :mod:`alliances.games.bimatrix` and
:mod:`alliances.repeated.enforcement.concept` have for arrays.

The checks of the ordinary path are part of the programme: :attr:`Record.valid` is false where the model's own checks refuse
(a contest's probabilities do not add up to 1, say), and where payoffs are not finite or lie where floats lose digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from alliances.arithmetic import Number, choose
from alliances.arithmetic.formal import NotArithmetic
from alliances.arithmetic.recording import Recorded, RecordedCondition, Recording
from alliances.arithmetic.tolerance import DISCOUNT_ROUNDING, payoff_rounding, payoff_tolerance
from alliances.games.bimatrix import LARGEST, LEAST_RANGE, Profile
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.contest import AllPay, Hirshleifer, Tullock
from alliances.payoffs.dyadic import DyadicGame
from alliances.payoffs.sharing import Equal, NashBargaining, Proportional
from alliances.payoffs.synergy import Aggregation, Complementarity, ConstantSynergy
from alliances.power import Power
from alliances.repeated.enforcement.comparisons import indices
from alliances.repeated.enforcement.concept import Enforcement, Reversion, Terms
from alliances.repeated.enforcement.finite_punishment import FinitePunishment
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.enforcement.outside_option import OutsideOption
from alliances.repeated.enforcement.transfers import Transfers
from alliances.repeated.kernels.closed_forms import NotRecorded, critical, deterred, with_punished
from alliances.repeated.kernels.presumed import presumed
from alliances.repeated.kernels.quantities import with_numbers

__all__ = ["NotRecorded", "Record", "check_concept", "record"]

_FUNCTION = "critical_discount()"
_MOST_ACTIONS = 4  # the operations grow with the third power of the number

_RULE_KEEPING = (
    Tullock,
    Hirshleifer,
    AllPay,
    Complementarity,
    Aggregation,
    ConstantSynergy,
    Proportional,
    Equal,
    NashBargaining,
)
"""Ingredients that give probabilities, shares and synergies at all powers and parameters that they admit."""

_BY_TEMPTATION_AND_LOSS = [
    (Reversion.critical, least) for least in (Reversion.least, FinitePunishment.least, ImperfectMonitoring.least)
]
"""Closed forms in d − c and c − min(w, c) that are 0 where d − c is within the tolerance, whatever else it is."""

_LARGEST_FLOAT = float(np.nextafter(np.inf, 0))

_maximum: Any = np.maximum  # of recorded numbers, which NumPy's own types do not know
_minimum: Any = np.minimum

_Table = list[list[Recorded]]


@dataclass(frozen=True, eq=False)
class Record:
    """A question as a programme.

    Attributes
    ----------
    recording
        The steps.
    inputs
        What they begin with: "sponsor" and "proxy" (the powers), or "gap" and "half"; then the paths of parameters.
    outputs
        The places of what can be asked for, by name: "sponsor" and "proxy" are δ_S* and δ_P*, "rounding_sponsor" and
        "rounding_proxy" how far rounding may carry them, "dyad" and "rounding" the larger of two; "joint" is what both get on
        path together, "slack" the sum of their tolerances; "credible" and "deterrent" say where assumptions of claims hold.
    cells
        The places of the payoffs (sponsor, proxy), row by row, and of what outside options are worth.
    valid, finite
        The places of the conditions without which the ordinary path has to be asked. The second is for machines on which the
        larger of two numbers is one of them even if the other is nan.
    model_steps
        How many of the steps are the model's own; those after them meet finite numbers only.
    """

    recording: Recording
    inputs: tuple[str, ...]
    outputs: Mapping[str, int]
    cells: tuple[int, ...]
    valid: int
    finite: int
    model_steps: int


def record(
    game: DyadicGame, enforcement: Enforcement, profile: Profile, given: Sequence[str], *, by_gap: bool = False
) -> Record:
    """The programme of a question, in which the numbers at the paths ``given`` are inputs and the others stay what they are.

    Paths of the model begin with "game.", those of the concept with "enforcement.". Where ``by_gap``, powers follow from the
    inputs "gap" and "half", half the total, as in :meth:`alliances.Power.from_gap`.

    Raises
    ------
    NotRecorded
        If the concept has no closed form, or the model asks for something else than arithmetic.

    Examples
    --------
    >>> import alliances as al
    >>> r = record(al.presets.morrow_1991(), al.NashReversion(), ("ally", "ally"), ["game.stakes"])
    >>> r.inputs, list(r.outputs)[:2]
    (('sponsor', 'proxy', 'game.stakes'), ['sponsor', 'proxy'])
    """
    check_concept(enforcement)
    recording = Recording(_FUNCTION)
    first = ("gap", "half") if by_gap else ("sponsor", "proxy")
    s, p = (recording.input(name) for name in first)
    if by_gap:
        s, p = p * (1 + s), p * (1 - s)
    numbers = {path: recording.input(path) for path in given}
    parts = with_numbers((game, enforcement), {_place(path): x for path, x in numbers.items()})
    power = object.__new__(Power)
    power.__dict__.update(sponsor=s, proxy=p)
    actions = game.actions
    try:
        pair = indices(profile, (actions, actions))
        accepted, results = presumed(recording, lambda: _model(parts[0], parts[1], power))
        model_steps = len(recording.steps)
        count = len(actions) ** 2
        if len(results) < 2 * count:
            raise NotRecorded("the payoffs are not one pair for each profile")
        sponsor, proxy = ([results[2 * k + i] for k in range(count)] for i in (0, 1))
        concept = parts[1]
        outside, alone = (next(iter(results[2 * count + k :][:1]), None) for k in (0, 1))
        stage = _Stage.of(recording, sponsor, proxy, len(actions))
        outputs = _outputs(stage, concept, pair, (outside, alone), (actions, actions))
    except NotArithmetic as error:
        raise NotRecorded(str(error)) from error
    except (ValueError, TypeError, ArithmeticError, AttributeError) as error:
        raise NotRecorded(f"{type(error).__name__}: {error}") from error
    valid = stage.valid if _keeps_its_rules(game) else accepted & stage.valid
    for x in results[2 * count :]:
        valid = valid & (abs(x) <= _LARGEST_FLOAT)
    return Record(
        recording,
        (*first, *given),
        outputs,
        tuple(x.place for x in results),
        valid.place,
        stage.finite.place,
        model_steps,
    )


def _keeps_its_rules(game: DyadicGame) -> bool:
    """Whether the model's checks of its ingredients pass wherever the payoffs are finite: these are made so."""
    ingredients = (game.contest, game.synergy, game.sharing) if type(game) is AllianceGame else ()
    return bool(ingredients) and all(type(x) in _RULE_KEEPING for x in ingredients)


def _place(path: str) -> str:
    """The path within the pair (model, concept)."""
    first, _, rest = path.partition(".")
    return f"{('game', 'enforcement').index(first)}.{rest}"


def check_concept(enforcement: Enforcement) -> None:
    """An error for a concept that is no programme."""
    inner: Any = enforcement
    while type(inner) in (GivenPunishment, OutsideOption):
        inner = inner.enforcement
    name = type(inner).__name__
    if type(inner) is Transfers:
        if inner.punishment != "nash":
            raise NotRecorded("with optimal penal codes, punishments depend on the discount factor")
    elif not isinstance(inner, Reversion) or type(inner).punish is not Reversion.punish:
        raise NotRecorded(f"{name} does not punish by the worst pure stage equilibria")
    if type(inner).at_power is not Enforcement.at_power:
        raise NotRecorded(f"{name} depends on power")
    if inner.mixed:
        raise NotRecorded(f"{name} punishes by mixed equilibria, too")
    if isinstance(inner, FinitePunishment) and inner.periods > 1:
        raise NotRecorded("a punishment of several periods has no closed form: it is the root of a polynomial")


def _model(game: DyadicGame, concept: Enforcement, power: Power) -> list[Number]:
    """All payoffs, and what the proxy is offered and the sponsor gets alone, if anything."""
    payoffs = [x for row in game.cells(power) for cell in row for x in cell]
    if isinstance(concept, OutsideOption):
        given = (concept.offer, *(() if concept.alone is None else (concept.alone,)))
        payoffs += [x(power) if callable(x) and not isinstance(x, Recorded) else x for x in given]
    return payoffs


@dataclass(frozen=True, eq=False)
class _Stage:
    """A stage game of recorded payoffs: what :class:`alliances.games.bimatrix.Bimatrix` has for arrays."""

    tables: tuple[_Table, _Table]
    largest: tuple[Recorded, Recorded]
    tolerance: tuple[Recorded, Recorded]
    stable: list[list[RecordedCondition]]
    valid: RecordedCondition
    finite: RecordedCondition

    @classmethod
    def of(cls, recording: Recording, sponsor: Sequence[Recorded], proxy: Sequence[Recorded], size: int) -> _Stage:
        tables = tuple([list(flat[k * size : (k + 1) * size]) for k in range(size)] for flat in (sponsor, proxy))
        largest, tolerance, finite = [], [], []
        for player, table in enumerate(tables):
            lines = list(zip(*table, strict=True)) if player == 0 else table  # what a player chooses from, given the other
            high = reduce(_maximum, (reduce(_maximum, line) for line in lines))
            low = reduce(_minimum, (reduce(_minimum, line) for line in lines))
            most = _maximum(high, -low)
            largest.append(most)
            tolerance.append(recording.number(payoff_tolerance(high - low, most)))
            # a sum is finite if all its terms are; differences are wanted anyway
            finite += [x for first, *others in lines for x in ([b - first for b in others] or [first])]
        rows = range(size)
        A, B = tables
        best_s = [[_within(A, i, j, [(k, j) for k in rows], tolerance[0]) for j in rows] for i in rows]
        best_p = [[_within(B, i, j, [(i, k) for k in rows], tolerance[1]) for j in rows] for i in rows]
        stable = [[best_s[i][j] & best_p[i][j] if size > 1 else _true(recording) for j in rows] for i in rows]
        pairs = (largest[0], largest[1]), (tolerance[0], tolerance[1])
        valid = (_maximum(*largest) <= LARGEST) & (_minimum(*largest) >= LEAST_RANGE)
        return cls((A, B), *pairs, stable, valid, abs(sum(finite[1:], finite[0])) <= _LARGEST_FLOAT)

    @property
    def profiles(self) -> list[tuple[int, int]]:
        rows = range(len(self.stable))
        return [(i, j) for i in rows for j in rows]

    def worst(self, player: int, among: Mapping[tuple[int, int], RecordedCondition]) -> Recorded:
        """The player's smallest payoff among the profiles at which a condition holds; inf where it holds at none."""
        return _worst(self.tables[player], among)


def _worst(table: _Table, among: Mapping[tuple[int, int], RecordedCondition], *most: Recorded) -> Recorded:
    """The smallest of a table's payoffs among the profiles at which a condition holds, and of what else is given."""
    worst: Recorded = reduce(_minimum, (*most, *(choose(holds, table[i][j], np.inf) for (i, j), holds in among.items())))
    return worst


def _true(recording: Recording) -> RecordedCondition:
    return RecordedCondition(recording, recording.number(1.0).place)


def _within(table: _Table, i: int, j: int, reached: Sequence[tuple[int, int]], tolerance: Recorded) -> RecordedCondition:
    """Whether no payoff that a player can reach is better than its payoff at (i, j) by more than the tolerance.

    Of two profiles the difference is taken once: what one gains from moving to the other, the other loses.
    """
    conditions = []
    for k, m in reached:
        if (k, m) > (i, j):
            conditions.append(table[k][m] - table[i][j] <= tolerance)
        elif (k, m) < (i, j):
            conditions.append(-tolerance <= table[i][j] - table[k][m])
    return reduce(lambda a, b: a & b, conditions) if conditions else None  # type: ignore[return-value]


def _outputs(
    stage: _Stage,
    concept: Enforcement,
    pair: tuple[int, int],
    outside: tuple[Recorded | None, Recorded | None],
    labels: tuple[Sequence[str], Sequence[str]],
) -> dict[str, int]:
    """The places of all that can be asked for."""
    recording = stage.largest[0].recording
    (i, j), (A, B), rows = pair, stage.tables, range(len(stage.stable))
    path = A[i][j], B[i][j]
    deviation = reduce(_maximum, (A[k][j] for k in rows)), reduce(_maximum, (B[i][k] for k in rows))
    payoffs, exists = _punishment(stage, concept, outside, labels)
    punished = payoffs if exists is None else tuple(choose(exists, w, c) for w, c in zip(payoffs, path, strict=True))
    terms = Terms.__new__(Terms)  # its __post_init__ looks for arrays
    terms.__dict__.update(
        path=path, deviation=deviation, punished=tuple(punished), tolerance=stage.tolerance, levels=None, worst=None,
        outside=outside[0],
    )  # fmt: skip
    asked = terms if exists is not None and not deterred(concept) else with_punished(terms, payoffs)
    if isinstance(concept, Reversion) and (type(concept).critical, type(concept).least) in _BY_TEMPTATION_AND_LOSS:
        asked = _without_path(stage, pair, asked)
    deltas = critical(recording, concept, asked)
    outputs = {"sponsor": deltas[0].place, "proxy": deltas[1].place}
    roundings = _roundings(stage, terms, deltas, concept.pooled)
    outputs |= {"rounding_sponsor": roundings[0].place, "rounding_proxy": roundings[1].place}
    outputs |= {"dyad": _maximum(*deltas).place, "rounding": _maximum(*roundings).place}
    outputs |= {"joint": (path[0] + path[1]).place, "slack": (stage.tolerance[0] + stage.tolerance[1]).place}
    k, m = concept.conflict(labels)
    outputs["credible"] = stage.stable[k][m].place
    outputs["deterrent"] = ((A[k][m] < path[0]) & (B[k][m] < path[1])).place
    return outputs


def _without_path(stage: _Stage, pair: tuple[int, int], terms: Terms) -> Terms:
    """Terms with the same δ*, for which the profile on path is not asked what it pays to stay, or if it is an equilibrium.

    Its payoffs are c. Of the worst equilibrium's, w, only min(w, c) counts; of the best deviation's, d, only whether d − c is
    more than the tolerance, which is positive, and d − c if so.
    """
    (i, j), (A, B), rows = pair, stage.tables, range(len(stage.stable))
    others = {(k, m): stage.stable[k][m] for k, m in stage.profiles if (k, m) != pair}
    if not others:
        return terms
    copy = with_punished(terms, (_worst(A, others, terms.path[0]), _worst(B, others, terms.path[1])))
    sponsor, proxy = (A[k][j] for k in rows if k != i), (B[i][k] for k in rows if k != j)
    copy.__dict__["deviation"] = reduce(_maximum, sponsor), reduce(_maximum, proxy)
    return copy


def _roundings(stage: _Stage, terms: Terms, deltas: Sequence[Recorded], pooled: bool) -> list[Recorded]:
    """How far rounding may carry δ*, as :func:`alliances.repeated.critical.rounding_of` says."""
    sizes = [payoff_rounding(x) for x in stage.largest]
    spans = [d - w for d, w in zip(terms.deviation, terms.punished, strict=True)]
    if pooled:
        sizes, spans = [sizes[0] + sizes[1]] * 2, [spans[0] + spans[1]] * 2
    roundings = []
    for size, span, least in zip(sizes, spans, deltas, strict=True):
        bound = size / _maximum(abs(span), size * 1e3)
        quotient = (least > 0) & (least < np.inf)
        roundings.append(_maximum(DISCOUNT_ROUNDING, choose(quotient, bound, 0.0)))
    return roundings


def _punishment(
    stage: _Stage,
    concept: Enforcement,
    outside: tuple[Recorded | None, Recorded | None],
    labels: tuple[Sequence[str], Sequence[str]],
) -> tuple[tuple[Recorded, Recorded], RecordedCondition | None]:
    """(w_S, w_P), and whether there is a punishment; None if there always is."""
    if isinstance(concept, GivenPunishment):
        i, j = concept.conflict(labels)
        payoffs = stage.tables[0][i][j], stage.tables[1][i][j]
        if not concept.credible:
            return payoffs, None
        credible = stage.stable[i][j]
        return (choose(credible, payoffs[0], np.inf), choose(credible, payoffs[1], np.inf)), credible
    among = {(i, j): stage.stable[i][j] for i, j in stage.profiles}
    exists = reduce(lambda a, b: a | b, among.values())
    w_s, w_p = stage.worst(0, among), stage.worst(1, among)
    offer, alone = outside
    if offer is None or (isinstance(concept, OutsideOption) and concept.reversion.forgives):
        return (w_s, w_p), exists
    if alone is not None:
        stays = {(i, j): holds & (offer <= stage.tables[1][i][j]) for (i, j), holds in among.items()}
        w_s = _minimum(stage.worst(0, stays), choose(offer >= w_p, alone, np.inf))
    return (w_s, _maximum(w_p, offer)), exists
