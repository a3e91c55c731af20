"""Results about power that moves, to be corrupted, and the questions that they answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from functools import partial
from typing import Any

import numpy as np

import alliances as al
from tests.corruption_support import Example, same
from tests.payoff_set_reference import hausdorff
from tests.stochastic_reference import game_of, plays_an_equilibrium, random_game, tribute, two_state_dilemma
from tests.support import benchmark_game

__all__ = ["FORECAST_GAME", "forecast_again", "holed", "moving_examples", "shift", "shift_again"]

COUNTS = frozenset({"StochasticPayoffSets.steps", "StochasticPayoffSets.rounds"})  # how long it took
FORECAST_GAME = benchmark_game(conflict_cost=0.15, exposure=0.8, synergy=al.Complementarity(0.6))


def moving_examples() -> dict[str, Callable[[], Example]]:
    """Results about power that moves: how each is made."""
    process = al.PowerProcess(step=0.5, reach=2, learning=(0.2, 1), arrest=(0.1, 2))
    path = al.Power.from_gap([0.3, 0.1, -0.1, -0.3, 0.0])
    asked = {
        "path": (path, {"dates": range(2004, 2009)}),
        "path, once": (path, {"draws": "once"}),
        "path, once, common": (path, {"draws": "once", "common": True}),
        "path, expectations": (path, {"expectations": True, "expected": process, "enforcement": al.GivenPunishment()}),
        "process": (process, {"periods": 6, "start": 1}),
        "process, transfers": (process, {"periods": 6, "enforcement": al.Transfers()}),
        "process, once": (process, {"periods": 6, "draws": "once"}),
        "process, once, common": (process, {"periods": 6, "draws": "once", "common": True}),
        "process, expectations": (process, {"periods": 6, "expectations": True, "start": 1.5}),
    }

    def forecast(name: str) -> al.BreakForecast:
        way, options = asked[name]
        return al.break_forecast(way, FORECAST_GAME, al.BetaPatience(4, 2), **options)

    def dead() -> Example:
        tried = (game_of(random_game(np.random.default_rng(seed))).solve(0.5) for seed in range(99))
        return Example(next(contracts for contracts in tried if contracts.status == "none in some states"), _contracts)

    def windows() -> Example:
        return Example(
            tribute().discount_windows("quiet", ("wait", "restrain"), points=11),
            lambda w: w.game.discount_windows(
                w.state, w.profile, domain=(float(w.discounts[0]), float(w.discounts[-1])), points=len(w.discounts)
            ),
        )

    exact, floats = two_state_dilemma(), two_state_dilemma(float)
    return {
        **{f"forecast, {name}": partial(lambda name: Example(forecast(name), forecast_again), name) for name in asked},
        "forecast, given": lambda: Example(forecast("path, once").given(2), forecast_again),
        "dynamic contracts, exact": lambda: Example(exact.solve(F(1, 2)), _contracts),
        "dynamic contracts, floats": lambda: Example(floats.solve(0.3), _contracts),
        "dynamic contracts, some states": dead,
        "dynamic payments, exact": lambda: Example(exact.solve(F(1, 2)).payments(F(1, 4)), _payments),
        "dynamic payments, no surplus": lambda: Example(tribute(F).solve(F(1, 10)).payments(), _payments),
        "dynamic payments, floats": lambda: Example(floats.solve(0.3).payments(), _payments),
        "renegotiation, exact": lambda: Example(exact.renegotiation(F(7, 10), F(1, 3), 4), _negotiated),
        "renegotiation, floats": lambda: Example(floats.renegotiation(0.7, 0.3, 4, share=0.25), _negotiated),
        "stochastic payoff sets": lambda: Example(floats.payoff_sets(0.7), _sets),
        "stochastic payoff sets, some states": lambda: Example(_pennies().payoff_sets(0.5), _sets),
        "payoff automaton": lambda: Example(floats.payoff_sets(0.7).automaton, _automaton),
        "payoff automaton, some states": lambda: Example(_pennies().payoff_sets(0.5).automaton, _automaton),
        "discount windows": windows,
    }


def forecast_again(f: Any) -> Any:
    """The forecast of the same question, asked again."""
    q, random = f.question, isinstance(f.question.path, al.PowerProcess)
    options = {"start": q.start, "periods": len(f.dates) + q.since} if random else {"expected": q.expected}
    options["policy"] = q.policies
    again = al.break_forecast(
        q.path,
        q.game,
        q.patience,
        draws=f.draws,
        common=f.common,
        expectations=f.expectations,
        enforcement=q.enforcement,
        dates=(*(f"before, {t}" for t in range(q.since)), *f.dates),
        **options,
    )
    if q.since == 0 or not again.survival[q.since] > 0:
        return q.since == 0 and same(again, f, rounding=1e-12)
    rounding = 1e-12 / float(again.survival[q.since])  # what is divided by a small chance has as many digits fewer
    return same(again.given(again.dates[q.since]), f, rounding=rounding)


def _contracts(c: Any) -> Any:
    return same(c.game.solve(c.discount), c, rounding=1e-12)


def _pennies() -> al.StochasticGame:
    """Matching pennies, in which no pure equilibrium exists, beside a dilemma that never leads there."""
    pennies = al.StageGame([[1.0, -1], [-1, 1]], [[-1.0, 1], [1, -1]])
    return al.StochasticGame(
        [pennies, al.StageGame([[9.0, 1], [10, 3]], [[9.0, 10], [1, 3]])], lambda x, i, j: {x: 1.0} if x else {0: 0.5, 1: 0.5}
    )


def _sets(s: Any) -> Any:
    """The sets of the same question, asked again: as closely as was asked.

    How play goes on may be said in other words, and a corner of an outer polygon may lie so near to the next one that the
    polygon is the same without it.
    """
    again = s.game.payoff_sets(s.discount, s.target)
    pairs = [(p.tolist(), q.tolist()) for p, q in zip(s.outer, again.outer, strict=True)]
    if all(p and q and hausdorff(p, q) <= 1e-7 for p, q in pairs if p or q):
        again = replace(again, outer=s.outer)
    if again.automaton is not None and s.automaton is not None and plays_an_equilibrium(s.automaton):
        again = replace(again, automaton=replace(again.automaton, places=s.automaton.places))
    return same(again, s, COUNTS, rounding=s.target)


def _automaton(machine: Any) -> Any:
    again = machine.game.payoff_sets(machine.discount).automaton
    return plays_an_equilibrium(machine) and same(replace(again, places=machine.places), machine, rounding=1e-6)


def _negotiated(contracts: Any) -> bool:
    again = contracts.game.renegotiation(contracts.discount, contracts.probability, contracts.periods, share=contracts.share)
    return same(again, contracts, rounding=0.0 if contracts.game.exact else 1e-9)


def _payments(p: Any) -> Any:
    return same(p.contracts.payments(p.share), p, rounding=1e-12)


def holed() -> al.ShiftingThreshold:
    """In one state next to an alliance only mixed actions are an equilibrium."""
    game = al.AllianceGame(al.Tullock(1), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.6, barrier=2.4, win=al.Tullock(1))
    dyad = al.ShiftingDyad(game, al.PowerProcess(step=0.3, reach=2.4, learning=(0.2, 1)), war=walk)
    return al.break_threshold(dyad, 0.95, al.Transfers())


def shift(enforcement: Any) -> al.ShiftingThreshold:
    game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=2.0, win=al.Tullock(2))
    process = al.PowerProcess(step=0.5, reach=2, learning=(0.2, 1), growth=(0.1, 1))
    return al.break_threshold(al.ShiftingDyad(game, process, war=walk), 0.8, enforcement)


def shift_again(t: al.ShiftingThreshold) -> bool:
    """Whether windows and holes are right for the question as corrupted; the evidence names games, which have no ==."""
    again = al.break_threshold(t.dyad, t.discount, t.enforcement)
    answers = [[(kept.windows, kept.holes, kept.unsolved, kept.excluded) for kept in (r.moving, r.static)] for r in (again, t)]
    return same(tuple(answers[0]), tuple(answers[1]))
