"""The identities of the alliance game: of contests, synergies and shares, and between the cells composed of them.

They are stated from the definitions, not from the code that computes the cells: probabilities sum to 1, shares divide the
rents, what a betrayer gains its victim loses.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alliances.arithmetic import Number, like
from alliances.games.players import PLAYERS
from alliances.payoffs.alliance_game import AllianceGame
from alliances.power import Power
from alliances.testing.engine import Criterion, Subject, Unevaluable, Violation, fresh
from alliances.testing.rules import NEEDS, TOLERANCE, apart, differ, inside, largest, no_parity, present

__all__ = ["CONTEST", "SHARES", "SYNERGY", "cell_checks"]

PEACE = ("ally", "coexist")


def _pair(subject: Subject, power: Power) -> Violation | None:
    """Two numbers in [0, 1] that sum to 1."""
    try:
        first, second = subject.values(power)
    except Unevaluable as error:
        return Violation("the call", "two numbers", str(error))
    for label, x in zip(subject.labels, (first, second), strict=True):
        if not np.all((x >= -TOLERANCE) & (x <= 1 + TOLERANCE)):  # NaN too
            return Violation(label, "a number in [0, 1]", present(x))
    if apart(1, first + second).any():
        return Violation(" + ".join(subject.labels), "1", present(first + second))
    return None


# -- contests ----------------------------------------------------------------------------------------------------------


def _even(subject: Subject, power: Power) -> Violation | None:
    equal = Power(power.proxy, power.proxy)
    chance = subject.values(equal)[0]
    return Violation("Q", "1/2", present(chance), equal) if apart(0.5, chance).any() else None


def _anonymous(subject: Subject, power: Power) -> Violation | None:
    if not inside(subject, -power.gap):
        return None
    q_s, q_p = subject.values(power)
    other_s, other_p = subject.values(Power(power.proxy, power.sponsor))
    return differ(subject, [other_p, other_s], [q_s, q_p])


def _monotone(subject: Subject, power: Power) -> Violation | None:
    stronger = Power(power.sponsor * 1.5, power.proxy)
    if not inside(subject, stronger.gap):
        return None
    chance, more = subject.values(power)[0], subject.values(stronger)[0]
    if np.any(more < chance - TOLERANCE):
        return Violation("Q, once the sponsor has half as much again,", f"at least {present(chance)}", present(more))
    return None


CONTEST = (
    Criterion("contest probabilities", "Q and q lie in [0, 1] and sum to 1.", _pair, "extreme", needs=("determinism",)),
    Criterion(
        "contest parity",
        "Equals prevail with probability 1/2.",
        _even,
        needs=("determinism", "contest probabilities"),
        skip=no_parity,
    ),
    Criterion(
        "contest symmetry",
        "Who exchange their powers exchange their probabilities: Q(s, p) = q(p, s).",
        _anonymous,
        needs=("determinism", "contest probabilities"),
    ),
    Criterion(
        "contest monotonicity",
        "More power does not make the sponsor less likely to prevail.",
        _monotone,
        needs=("determinism", "contest probabilities"),
    ),
)


# -- synergies and shares ----------------------------------------------------------------------------------------------


def _added(subject: Subject, power: Power) -> Violation | None:
    try:
        (value,) = subject.values(power)
    except Unevaluable as error:
        return Violation("the call", "a number", str(error))
    good = np.all(value >= 0) and np.all(value < np.inf)
    return None if good else Violation("V", "a finite number of at least 0", present(value))


SYNERGY = (Criterion("synergy value", "V is finite and at least 0.", _added, "extreme", needs=("determinism",)),)

SHARES = (
    Criterion(
        "shares",
        "α_S and α_P lie in [0, 1] and sum to 1.",
        _pair,
        "extreme",
        needs=("determinism", "contest probabilities", "synergy value"),
    ),
)


# -- cells -------------------------------------------------------------------------------------------------------------


class Cells:
    """A subject's payoffs at a power, by action."""

    def __init__(self, subject: Subject, power: Power) -> None:
        self.values = subject.values(power)
        self.actions: tuple[str, ...] = tuple(subject.source.actions)  # type: ignore[attr-defined]
        self.scale = largest(self.values)

    def __call__(self, row: str, column: str) -> tuple[Number, Number]:
        place = 2 * (self.actions.index(row) * len(self.actions) + self.actions.index(column))
        return self.values[place], self.values[place + 1]

    @property
    def peace(self) -> list[str]:
        return [action for action in PEACE if action in self.actions]

    def unless(self, quantity: str, expected: Number, found: Number) -> Violation | None:
        """A violation where the two numbers differ."""
        return Violation(quantity, present(expected), present(found)) if apart(expected, found, self.scale).any() else None

    def ordered(self, quantity: str, low: Number, high: Number, words: str, bound: Number, found: Number) -> Violation | None:
        """A violation unless low ≤ high."""
        good = np.all(low <= high + TOLERANCE * self.scale)
        return None if good else Violation(quantity, f"{words} {present(bound)}", present(found))


def _transfer(subject: Subject, power: Power) -> Violation | None:
    cells = Cells(subject, power)
    for kept in cells.peace:
        total = sum(cells(kept, kept))
        for row, column in ((kept, "fight"), ("fight", kept)):
            violation = cells.unless(f"sum of the payoffs at ({row}, {column})", total, sum(cells(row, column)))
            if violation:
                return violation
    return None


def _direction(subject: Subject, power: Power) -> Violation | None:
    cells = Cells(subject, power)
    for kept in cells.peace:
        on_path = cells(kept, kept)
        for victim, (row, column) in enumerate(((kept, "fight"), ("fight", kept))):
            players = PLAYERS
            lost, gained = cells(row, column)[victim], cells(row, column)[1 - victim]
            at = f"payoff at ({row}, {column})"
            who, other = players[victim], players[1 - victim]
            violation = (
                cells.ordered(f"{other}'s {at}", on_path[1 - victim], gained, "at least", on_path[1 - victim], gained)
                or cells.ordered(f"{who}'s {at}", lost, on_path[victim], "at most", on_path[victim], lost)
                or cells.ordered(f"{who}'s {at}", 0, lost, "at least", 0, lost)
            )
            if violation:
                return violation
    return None


def _no_betrayal(subject: Subject) -> str | None:
    actions = tuple(subject.source.actions)  # type: ignore[attr-defined]
    return None if {"ally", "fight"} <= set(actions) else 'no actions "ally" and "fight" to read betrayal off'


def _betrayal(required: bool) -> tuple[Criterion, ...]:
    """What betrayal does: a rule of alliance games, a property of other models with these actions."""
    optional = not required
    return (
        Criterion(
            "betrayal conserves value",
            "What a betrayer gains its victim loses.",
            _transfer,
            optional=optional,
            needs=NEEDS,
            skip=_no_betrayal,
        ),
        Criterion(
            "betrayal pays",
            "A betrayer gets at least, its victim at most, what peace pays, and the victim loses no more than it has.",
            _direction,
            optional=optional,
            needs=NEEDS,
            skip=_no_betrayal,
        ),
    )


def _parameters(subject: Subject, power: Power) -> tuple[AllianceGame, Any, Number]:
    game = subject.source
    assert isinstance(game, AllianceGame)
    s = power.sponsor
    return game, (lambda x: like(x, s)), like(game.stakes, s)


def _rents(subject: Subject, power: Power) -> Violation | None:
    cells, (game, _, z) = Cells(subject, power), _parameters(subject, power)
    return cells.unless("sum of the payoffs at (ally, ally)", z * (1 + game.synergy(fresh(power))), sum(cells("ally", "ally")))


def _conflict(subject: Subject, power: Power) -> Violation | None:
    cells, (game, at, z) = Cells(subject, power), _parameters(subject, power)
    costs = game.conflict_cost if isinstance(game.conflict_cost, tuple) else (game.conflict_cost,) * 2
    for who, chance, cost, payoff in zip(PLAYERS, game.contest(fresh(power)), costs, cells("fight", "fight"), strict=True):
        violation = cells.unless(f"{who}'s payoff at (fight, fight)", z * chance - at(cost), payoff)
        if violation:
            return violation
    return None


def _pact(subject: Subject, power: Power) -> Violation | None:
    cells, (game, at, z) = Cells(subject, power), _parameters(subject, power)
    parts, h = (z * power.share, z * power.proxy_share), at(game.support_cost)
    for row, column, costs in (("coexist", "coexist", (0, 0)), ("ally", "coexist", (h, 0)), ("coexist", "ally", (0, h))):
        for who, part, cost, payoff in zip(PLAYERS, parts, costs, cells(row, column), strict=True):
            violation = cells.unless(f"{who}'s payoff at ({row}, {column})", part - cost, payoff)
            if violation:
                return violation
    return None


def _unreadable(subject: Subject) -> str | None:
    if isinstance(subject.source, AllianceGame):
        return None
    return f"cannot be read off a {type(subject.source).__name__}: it needs an AllianceGame's ingredients"


def _no_pact(subject: Subject) -> str | None:
    reason = _unreadable(subject)
    return reason or (None if "coexist" in subject.source.actions else 'no action "coexist"')  # type: ignore[attr-defined]


def cell_checks(required: bool) -> tuple[Criterion, ...]:
    """The identities between cells."""
    return (
        Criterion("rents", "The allies' payoffs sum to the rents z(1 + V).", _rents, needs=NEEDS, skip=_unreadable),
        *_betrayal(required),
        Criterion(
            "conflict",
            "Fighting pays each its expected stakes less its cost: zQ − k_S and zq − k_P.",
            _conflict,
            needs=NEEDS,
            skip=_unreadable,
        ),
        Criterion(
            "pact",
            "Coexistence divides the stakes by power, and support costs the helper h.",
            _pact,
            needs=NEEDS,
            skip=_no_pact,
        ),
    )
