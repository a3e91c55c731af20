"""The library's own formulas as JavaScript: payoffs of a model, critical discount factors of a concept, tolerances.

Nothing is written twice. The model's ``cells`` at ``Power.from_gap``, the concept's ``critical`` on the payoffs on path, of the
best deviation and when punished, and the rules of tolerance are run on recorded numbers and printed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import alliances.arithmetic.tolerance as policy
from alliances.arithmetic import Number
from alliances.arithmetic.formal import NotArithmetic
from alliances.arithmetic.recording import Programme, Recording
from alliances.browser.javascript import function
from alliances.browser.parameters import Parameter, parameters, with_numbers
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement, Terms
from alliances.repeated.enforcement.finite_punishment import FinitePunishment
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.transfers import Transfers
from alliances.thresholds import answers, sampling
from alliances.thresholds.line import WINDOW_SAMPLES
from alliances.thresholds.regimes import regime_names
from alliances.values.tables import spelled

__all__ = ["DOMAIN", "FUNCTION", "Concept", "concepts", "constants", "formula", "model"]

FUNCTION = "explorer()"

DOMAIN = (-0.95, 0.95)
"""The gaps that the page shows: those that the library's searches look at by default."""

_CHECKED = 9  # gaps at which the programme is compared with the model

_TERMS = ("c_s", "c_p", "d_s", "d_p", "w_s", "w_p", "tolerance_s", "tolerance_p")


@dataclass(frozen=True)
class Concept:
    """An enforcement concept as the page offers it."""

    id: str
    label: str
    hint: str
    enforcement: Enforcement


def concepts(game: DyadicGame) -> list[Concept]:
    """The concepts whose critical discount factors are a formula in c, d and w, for the actions of this model."""
    last = (game.actions[-1],) * 2
    conflict = ", ".join(last)
    offered = [
        ("nash", "Reversion to the worst equilibrium", "a betrayal is followed for ever by the stage equilibrium that is worst "
         "for the betrayer (Nash reversion, grim trigger)", NashReversion()),
        ("conflict", "Conflict for ever", f"a betrayal is followed for ever by “{conflict}”, whether or not that is an "
         "equilibrium", GivenPunishment(profile=last)),
        ("credible", "Conflict for ever, where credible", f"the same, but only where “{conflict}” is a stage equilibrium; "
         "elsewhere nothing punishes", GivenPunishment(profile=last, credible=True)),
        ("once", "Punishment for one period", "the worst stage equilibrium for one period, then the alliance again",
         FinitePunishment(1)),
        ("signals", "Reversion on a noisy signal", "betrayal is seen through a signal with false alarms and misses",
         ImperfectMonitoring(0.05, 0.1)),
        ("transfers", "Side payments", "the two can pay each other, and revert to the betrayer’s worst stage equilibrium; "
         "their constraints become one, so that both have the same patience", Transfers()),
        ("payments", "Side payments, conflict for ever", f"the two can pay each other; a betrayal is followed by “{conflict}”",
         GivenPunishment(Transfers(), last)),
    ]  # fmt: skip
    return [Concept(*entry) for entry in offered]


def formula(inputs: Sequence[str], code: Callable[..., Sequence[Number]]) -> tuple[str, Programme]:
    """The JavaScript of ``code``, which is run on one recorded number per input."""
    recording = Recording(FUNCTION)
    numbers = [recording.input(name) for name in inputs]
    programme = recording.run(lambda: code(*numbers))
    return function(programme, inputs), programme


def model(game: DyadicGame, total: float, ranges: Mapping[str, tuple[float, float]], fixed: Collection[str]) -> dict[str, Any]:
    """What the page needs of a model: actions, parameters, the payoffs as a function of the gap and the parameters, rules.

    ``ranges`` are the ends of sliders, by the parameter's name, and ``fixed`` the parameters without one.

    Raises
    ------
    NotArithmetic
        If the model does not give recorded numbers the payoffs that it gives floats.
    """
    sliders = [
        replace(x, low=ranges[x.name][0], high=ranges[x.name][1]) if x.name in ranges else x
        for x in parameters(game)
        if x.name not in fixed
    ]
    names = [x.name for x in sliders]

    def payoffs(gap: Number, *numbers: Number) -> list[Number]:
        changed = with_numbers(game, dict(zip(names, numbers, strict=True)))
        return [payoff for row in changed.cells(Power.from_gap(gap, total)) for cell in row for payoff in cell]

    cells, programme = formula(["gap", *names], payoffs)
    _check_payoffs(programme, payoffs, {x.name: x.value for x in sliders})
    return {
        "actions": game.actions,
        "regimes": regime_names(game),
        "parameters": [vars(x) for x in sliders],
        "rules": programme.rules,
        "python": _python(game, sliders),
        "concepts": [concept(x) for x in concepts(game)],
        "cells": cells,
    }


def _check_payoffs(programme: Programme, payoffs: Callable[..., list[Number]], values: Mapping[str, float]) -> None:
    """An error unless the programme computes what the model does: one that asks for the type of a number may not."""
    gaps = np.linspace(*DOMAIN, _CHECKED)
    rule, *results = programme.evaluate({"gap": gaps, **values})
    for k, gap in enumerate(gaps.tolist()):
        expected = np.array(payoffs(gap, *values.values()), dtype=np.float64)
        recorded = np.array([np.broadcast_to(x, gaps.shape)[k] for x in results])
        if np.broadcast_to(rule, gaps.shape)[k] or not np.allclose(recorded, expected, rtol=1e-9, atol=1e-9 * np.ptp(expected)):
            raise NotArithmetic(
                f"{FUNCTION}: the model must give recorded numbers the payoffs that it gives floats; at the gap {gap:g} they "
                f"are {recorded.tolist()} instead of {expected.tolist()}"
            )


def concept(offered: Concept) -> dict[str, Any]:
    """What the page needs of a concept: how it punishes, its parameters, and δ* of both players as a function of c, d and w."""
    enforcement = offered.enforcement
    sliders = parameters(enforcement) if not isinstance(enforcement, FinitePunishment) else []
    names = [x.name for x in sliders]

    def discounts(*numbers: Number) -> Sequence[Number]:
        c_s, c_p, d_s, d_p, w_s, w_p, tolerance_s, tolerance_p = numbers[: len(_TERMS)]
        changed = with_numbers(enforcement, dict(zip(names, numbers[len(_TERMS) :], strict=True)))
        terms = Terms((c_s, c_p), (d_s, d_p), (w_s, w_p), (tolerance_s, tolerance_p))
        return tuple(changed.critical(terms))

    critical, programme = formula([*_TERMS, *names], discounts)
    return {
        "id": offered.id,
        "label": offered.label,
        "hint": offered.hint,
        "given": isinstance(enforcement, GivenPunishment),
        "credible": isinstance(enforcement, GivenPunishment) and enforcement.credible,
        "pooled": enforcement.pooled,
        "parameters": [vars(x) for x in sliders],
        "rules": programme.rules,
        "python": _python(enforcement, sliders),
        "critical": critical,
    }


def constants() -> dict[str, Any]:
    """The library's tolerances, the numbers of its search for windows, and its words for who defects."""
    names = ("DISCOUNT_ROUNDING", "SAME_DISCOUNT", "GAP_EDGE", "GAP_POINT")
    return {
        **{name: getattr(policy, name) for name in names},
        "NARROWEST": sampling.NARROWEST,
        "CLIP": sampling.CLIP,
        "SAMPLES": WINDOW_SAMPLES,
        "DOMAIN": DOMAIN,
        "WORDS": {who: answers.defection(who) for who in ("sponsor", "proxy", "both")},
        "END": answers.defection(None),
    }


def _python(part: object, sliders: Sequence[Parameter]) -> str | None:
    """The expression that builds the part, with ⟦name⟧ for each parameter; None if it holds what has no expression."""
    import alliances

    recording = Recording(FUNCTION)
    inputs = {x.name: recording.input(x.name) for x in sliders}
    texts: list[str] = []

    def build() -> list[Number]:
        texts.append(spelled(with_numbers(part, inputs)))
        return [0]

    recording.run(build)
    text = re.sub(r"Fraction\((-?\d+), (\d+)\)", lambda x: x[1] if x[2] == "1" else f"{x[1]} / {x[2]}", texts[0])
    if "<" in text:  # a lambda, or a function within another one
        return None
    names = {node.id for node in ast.walk(ast.parse(re.sub("⟦.*?⟧", "0", text))) if isinstance(node, ast.Name)}
    if not names <= set(alliances.__all__):
        return None
    return re.sub(r"\b([A-Za-z_]\w*)\(", r"al.\1(", text)
