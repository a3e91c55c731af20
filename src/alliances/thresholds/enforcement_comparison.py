"""Enforcement concepts side by side: what the same alliance needs under each way of punishing a betrayal.

For each concept the comparison has the critical discount factors δ_S*, δ_P* at one dyad's power, the side that binds, and, for
given discount factors, the stability windows along the gap. A concept that does not apply – it needs a parameter that nobody
gave, or the game lacks the action that punishes – stays in the table with the reason, so that nothing is left out silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Number, show, to_float
from alliances.arithmetic.canonical import computed_discount
from alliances.games.bimatrix import Profile
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_discount, repeated_game
from alliances.repeated.critical import CriticalDiscount, critical_discount, sustained
from alliances.repeated.enforcement import CONCEPTS
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.results import Result, aligned
from alliances.thresholds.line import WINDOW_SAMPLES, Line
from alliances.thresholds.windows import DefectionThreshold, defection_threshold
from alliances.values import Value, comparable
from alliances.values.tables import one_line

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["ComparedConcept", "EnforcementComparison", "compare_enforcement"]

Concept = Enforcement | type[Enforcement]


@dataclass(frozen=True, eq=False)
class ComparedConcept(Result):
    """One enforcement concept of a comparison.

    Attributes
    ----------
    name
        The concept with the parameters that are not its defaults.
    critical
        The critical discount factors; None where the concept does not apply.
    stable
        Whether the alliance is stable at the discount factors asked for; None if none were, or the concept does not apply.
    threshold
        The stability windows and the defection threshold at these discount factors; None for a stage game, too.
    reason
        Why the concept does not apply, or why it has no windows; empty otherwise.
    """

    name: str
    critical: CriticalDiscount | None
    stable: bool | None
    threshold: DefectionThreshold | None
    reason: str = ""

    @property
    def binding(self) -> str | None:
        """Who needs more patience: "sponsor", "proxy", "both", "none"; "pooled" where side payments make two conditions one."""
        if self.critical is None:
            return None
        return "pooled" if self.critical.enforcement.pooled else str(self.critical.binding)

    @property
    def windows(self) -> str:
        """The stability windows as text; "none" if the alliance is stable nowhere, empty if they were not asked for."""
        if self.threshold is None:
            return ""
        return ", ".join(f"[{w.lower:.3f}, {w.upper:.3f}]" for w in self.threshold.windows) or "none"

    @property
    def message(self) -> str:
        """The concept and its answer."""
        if self.critical is None:
            return f"{self.name}: {self.reason}"
        pair: Pair = self.critical.sponsor, self.critical.proxy
        windows = f"; stable on {self.windows}" if self.threshold is not None else ""
        return f"{self.name}: sponsor {show(pair[0])}, proxy {show(pair[1])}{windows}"


@dataclass(frozen=True, eq=False)
class EnforcementComparison(Result):
    """Enforcement concepts side by side.

    Attributes
    ----------
    concepts
        One entry per concept, in the order asked for.
    game, power, discount
        The question that was asked; ``power`` is None for a stage game, ``discount`` if no windows were asked for.
    """

    concepts: tuple[ComparedConcept, ...]
    game: DyadicGame | StageGame
    power: Power | None
    discount: Pair | None

    @property
    def easiest(self) -> ComparedConcept | None:
        """The first concept with the lowest δ* of the dyad; None if the alliance is sustained under none."""
        rows = [(row.critical.dyad, row) for row in self.concepts if row.critical is not None and row.critical.dyad < np.inf]
        return min(rows, key=lambda row: row[0])[1] if rows else None

    @property
    def message(self) -> str:
        """Under which concept the alliance needs the least patience, in a sentence."""
        applied = [row for row in self.concepts if row.critical is not None]
        excluded = len(self.concepts) - len(applied)
        rest = f" {excluded} of {len(self.concepts)} concepts do not apply." if excluded else ""
        if self.easiest is None:
            return f"No patience sustains the alliance under any of {len(applied)} concepts.{rest}"
        assert self.easiest.critical is not None
        least = float(self.easiest.critical.dyad)
        return f"The least patience is needed under {self.easiest.name}: {least:.6g}.{rest}"

    def _columns(self) -> Columns:
        """One row per concept."""
        rows = self.concepts
        criticals = [row.critical for row in rows]

        def column(value: Callable[[CriticalDiscount], Any]) -> list[Any]:
            return [None if r is None else value(r) for r in criticals]

        return {
            "concept": [row.name for row in rows],
            "sponsor": column(lambda r: to_float(r.sponsor)),
            "proxy": column(lambda r: to_float(r.proxy)),
            "dyad": column(lambda r: to_float(r.dyad)),
            "binding": [row.binding for row in rows],
            "stable": [row.stable for row in rows],
            "windows": [row.windows for row in rows],
            "reason": [row.reason for row in rows],
        }

    def __str__(self) -> str:
        head = ["concept", "δ_S*", "δ_P*", "binding", *(["stable on"] if self.discount is not None else [])]
        table = [head]
        notes = []
        for row in self.concepts:
            if row.reason:
                notes.append(f"{row.name}: {row.reason}")
            if row.critical is None:
                cells = ["–", "–", "does not apply", "–"]
            else:
                pair: Pair = row.critical.sponsor, row.critical.proxy
                cells = [f"{float(x):.3f}" for x in pair] + [str(row.binding), row.windows or "–"]
            table.append([row.name, *cells[: len(head) - 1]])
        return "\n".join([aligned(table, left=1, wrapped="], "), self.message, *notes])


def compare_enforcement(
    game: DyadicGame | StageGame,
    power: Power | None = None,
    *,
    discount: Number | Pair | None = None,
    concepts: Iterable[Concept] | None = None,
    profile: Profile = (0, 0),
    domain: tuple[float, float] = (-0.95, 0.95),
) -> EnforcementComparison:
    """What the same alliance needs under each enforcement concept, as a table.

    Parameters
    ----------
    game
        A model of the dyad (with ``power``), or a single stage game (without).
    power
        One dyad.
    discount
        δ in [0, 1), or a pair (δ_S, δ_P): then the table says whether the alliance is stable at it and, for a model, on which
        gaps.
    concepts
        Concepts such as ``NashReversion()``, or their classes; by default all that the library registers. A class stands for
        its typical parameters.
    profile
        The actions to sustain; the first of both ("ally") by default.
    domain
        The gaps on which stability windows are looked for, at the total power of ``power``.

    Returns
    -------
    EnforcementComparison
        Concepts that do not apply are in it with the reason.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> concepts = [al.NashReversion(), al.FinitePunishment(3), al.Transfers, al.OutsideOption]
    >>> print(al.compare_enforcement(al.presets.morrow_1991(), al.Power.from_gap(0.5), discount=0.6, concepts=concepts))
    concept                δ_S*   δ_P*         binding                                         stable on
    NashReversion()       0.571  0.429         sponsor                   [-0.950, 0.204], [0.250, 0.581]
    FinitePunishment(3)   0.646  0.453         sponsor  [-0.950, -0.344], [0.098, 0.204], [0.250, 0.382]
    Transfers()           0.500  0.500          pooled                   [-0.950, 0.204], [0.250, 0.950]
    Transfers('optimal')  0.500  0.500          pooled                                   [-0.950, 0.950]
    OutsideOption             –      –  does not apply                                                 –
    The least patience is needed under Transfers(): 0.5. 1 of 5 concepts do not apply.
    OutsideOption: give its offer: OutsideOption(offer=...)
    """
    function = "compare_enforcement"
    asked = repeated_game(game, power, None, function)
    if asked.stage.batch_shape:
        raise ValueError(
            f"{function}(): power must be one dyad, and game have scalar parameters (critical_discount() takes batches); "
            f"got a batch of shape {asked.stage.batch_shape}"
        )
    pair = asked.stage.profile(profile, function)
    exact = isinstance(game, StageGame) and game.exact  # windows along the gap are computed in floats
    delta = None
    if discount is not None:
        delta = _computed(check_discount(discount, NashReversion(), function, single=True), exact, function)
    if delta is not None and power is not None:
        assert isinstance(game, DyadicGame)
        domain = Line(game, domain, to_float(power.sponsor + power.proxy), WINDOW_SAMPLES, function).domain  # checks them
    rows = [_compared(concept, game, power, pair, delta, domain, function) for concept in _chosen(concepts, function)]
    return EnforcementComparison(tuple(rows), game, power, delta)


def _chosen(concepts: Iterable[Concept] | None, function: str) -> list[Concept]:
    """The concepts to compare, each with parameters where it can have them."""
    if concepts is None:
        concepts = CONCEPTS
    if isinstance(concepts, (Enforcement, type)) or not isinstance(concepts, Iterable):
        raise TypeError(f"{function}(): concepts must be a sequence of concepts such as [NashReversion()]; got {concepts!r}")
    chosen: list[Concept] = []
    for concept in concepts:
        if isinstance(concept, Enforcement):
            chosen.append(concept)
        elif isinstance(concept, type) and issubclass(concept, Enforcement):
            chosen += concept.examples() or ([concept] if _needed(concept) else [concept()])
        else:
            raise TypeError(f"{function}(): concepts must be enforcement concepts such as NashReversion(); got {concept!r}")
    if not chosen:
        raise ValueError(f"{function}(): concepts must not be empty; got {concepts!r}")
    return chosen


def _needed(concept: type[Enforcement]) -> list[str]:
    """The parameters that a concept has no default for."""
    if not is_dataclass(concept):
        return []
    return [f.name for f in fields(concept) if f.init and f.default is MISSING and f.default_factory is MISSING]


def _compared(
    concept: Concept,
    game: DyadicGame | StageGame,
    power: Power | None,
    profile: tuple[int, int],
    discount: Pair | None,
    domain: tuple[float, float],
    function: str,
) -> ComparedConcept:
    """A concept's answer, or the reason why it has none."""
    if isinstance(concept, type):
        needed = _needed(concept)
        example = ", ".join(f"{name}=..." for name in needed)
        return ComparedConcept(
            concept.__name__, None, None, None, f"give its {' and '.join(needed)}: {concept.__name__}({example})"
        )
    name = _name(concept)
    try:
        critical = critical_discount(game, power, profile=profile, enforcement=concept)
    except (TypeError, ValueError) as error:  # the question is checked: what is wrong is the concept in this game
        return ComparedConcept(name, None, None, None, _reason(error))
    if discount is None:
        return ComparedConcept(name, critical, None, None)
    try:
        check_discount(discount, concept, function)
        discount = _computed(discount, isinstance(game, StageGame) and game.exact and concept.exact, function)
    except ValueError as error:
        return ComparedConcept(name, critical, None, None, _reason(error))
    stable = all(bool(held) for held in sustained(critical, discount))
    if isinstance(game, StageGame):
        return ComparedConcept(name, critical, stable, None)
    assert power is not None
    total = to_float(power.sponsor + power.proxy)
    threshold = defection_threshold(game, discount, enforcement=concept, profile=profile, domain=domain, total=total)
    return ComparedConcept(name, critical, stable, threshold)


def _computed(discount: Pair, exact: bool, function: str) -> Pair:
    """The discount factors as they are computed with."""
    delta_s, delta_p = (computed_discount(delta, exact, function) for delta in discount)
    return delta_s, delta_p


def _reason(error: Exception) -> str:
    """What an error says, without the name of the function that raised it."""
    before, _, after = str(error).partition("(): ")
    return after if after and before.replace(".", "").isidentifier() else str(error)


def _name(concept: Enforcement) -> str:
    """A concept with the parameters that are not its defaults, as one would write it."""
    if not is_dataclass(concept):
        return repr(concept)
    written = []
    for place, field in enumerate(fields(concept)):
        value, default = getattr(concept, field.name), field.default
        if default is MISSING and field.default_factory is not MISSING:
            default = field.default_factory()
        if default is MISSING or comparable(value) != comparable(default):
            text = _text(value)
            written.append(text if len(written) == place else f"{field.name}={text}")
    return f"{type(concept).__name__}({', '.join(written)})"


def _text(value: Any) -> str:
    """A parameter of a concept, in one line."""
    if isinstance(value, Enforcement):
        return _name(value)
    if isinstance(value, Value) or callable(value):  # such as an offer that depends on power
        return one_line(value)
    return repr(value) if isinstance(value, str) else str(value)
