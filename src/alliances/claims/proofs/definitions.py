"""The quantities of a model by name: what an exported script defines before it asks anything.

In case n they are the payoffs of all cells, those of the three that count – c on path, d of the best deviation, w when
punished – the temptation d − c, the loss c − w, the odds ω = (d − c)/(c − w), and the derivatives of these along the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TypeAlias

from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.quotients import Quotient
from alliances.claims.odds import Odds
from alliances.claims.proofs.problem import Definition
from alliances.games.players import PLAYERS
from alliances.payoffs.dyadic import Cells

__all__ = ["expressions", "of_case", "of_model"]

OddsPair: TypeAlias = tuple[Odds, Odds]
_INITIALS = ("S", "P")
_TERMS = ("on path", "of the best deviation", "when punished")


def of_model(algebra: Algebra, sponsor: Quotient, proxy: Quotient) -> list[Definition]:
    """The two powers."""
    name = _namer(algebra)
    return [
        Definition(name("s"), "the sponsor's power", algebra.number(sponsor)),
        Definition(name("p"), "the proxy's power", algebra.number(proxy)),
    ]


def of_case(
    algebra: Algebra, number: int, cells: Cells, labels: Sequence[str], odds: OddsPair, other: OddsPair | None
) -> list[Definition]:
    """Payoffs, by their ``labels``, odds and derivatives in case ``number``, and those of ``other`` odds compared with them."""
    name = _namer(algebra, f"_{number}")
    named = [
        (name(f"u_{initial}_{i}{j}"), payoff)
        for i, row in enumerate(cells)
        for j, cell in enumerate(row)
        for initial, payoff in zip(_INITIALS, cell, strict=True)
    ]
    definitions = [Definition(name, label, payoff) for (name, payoff), label in zip(named, labels, strict=True)]
    payoffs = tuple(definitions)
    definitions += _of_pair(name, payoffs, odds, algebra.moving is not None)
    if other is not None:
        definitions += _of_pair(_namer(algebra, f"_other_{number}"), payoffs, other, False)
    return definitions


def _of_pair(name: _Names, payoffs: Sequence[Definition], odds: OddsPair, moves: bool) -> Iterator[Definition]:
    """The payoffs that count, and the odds made of them; where constraints are pooled, the dyad's."""
    pooled = odds[0] is odds[1]
    for initial, player, own in [("", "dyad", odds[0])] if pooled else zip(_INITIALS, PLAYERS, odds, strict=True):
        players = _INITIALS if pooled else (initial,)
        for who, terms in zip(players, own.terms, strict=bool(own.terms)):
            for letter, text, value in zip("cdw", _TERMS, terms, strict=True):
                cell = next((p.name for p in payoffs if p.name.startswith(f"u_{who}_") and p.value.identical(value)), "")
                yield Definition(name(f"{letter}_{who}"), text, value, cell)
                if moves:
                    yield Definition(
                        name(f"rate_{letter}_{who}"), f"derivative of {name(f'{letter}_{who}')}", value.derivative()
                    )
        if own.kind == "finite":
            yield from _of_odds(name, own, initial, players, player, moves)


def _of_odds(name: _Names, odds: Odds, initial: str, players: Sequence[str], player: str, moves: bool) -> Iterator[Definition]:
    """Temptation, loss, odds, numerator and denominator of the odds, and the derivative of the odds, by the formulas."""
    temptation, loss = odds.value * odds.loss, odds.loss

    def total(more: str, less: str) -> str:
        terms = [f"(- {name(f'{more}_{who}')} {name(f'{less}_{who}')})" for who in players]
        return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"

    ending = f"_{initial}" if initial else ""
    t, lost, omega = name(f"temptation{ending}"), name(f"loss{ending}"), name(f"odds{ending}")
    yield Definition(t, f"the {player}'s temptation", temptation, total("d", "c"))
    yield Definition(lost, f"the {player}'s loss", loss, total("c", "w"))
    yield Definition(omega, f"the {player}'s odds of betrayal", odds.value, f"(/ {t} {lost})")
    yield Definition(f"{omega}_top", "their numerator in lowest terms", odds.value.top)
    yield Definition(f"{omega}_bottom", "their denominator in lowest terms", odds.value.bottom)
    if moves:
        rates = total("rate_d", "rate_c"), total("rate_c", "rate_w")
        formula = f"(/ (- (* {rates[0]} {lost}) (* {t} {rates[1]})) (* {lost} {lost}))"
        yield Definition(name(f"rate_odds{ending}"), f"derivative of {omega}", odds.value.derivative(), formula)


class _Names:
    """Names that end in the same letters and are none of the algebra's symbols."""

    def __init__(self, taken: frozenset[str], ending: str) -> None:
        self.taken, self.ending = taken, ending

    def __call__(self, name: str) -> str:
        full = name + self.ending
        while full in self.taken:
            full += "_"
        return full


def _namer(algebra: Algebra, ending: str = "") -> _Names:
    return _Names(frozenset(algebra.symbols), ending)


def expressions(definitions: Sequence[Definition]) -> Iterator[tuple[str, Quotient]]:
    """Terms that a condition may compare with 0: the quantities, their negatives and differences, last defined first."""
    named = [(d.name, d.value) for d in reversed(definitions)]
    yield from named
    yield from ((f"(- {name})", -value) for name, value in named)
    odds = [(d.name, d.value) for d in definitions if d.name.startswith("odds") and d.formula]
    yield from ((f"(- {a} {b})", x - y) for (a, x), (b, y) in permutations(odds, 2))
