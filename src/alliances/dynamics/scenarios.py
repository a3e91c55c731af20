"""Scenarios: what power, the game and its enforcement do period by period, and the chances that a constraint fails in each.

A scenario is what a forecast and a simulation have in common: F_S(δ_S*) and F_P(δ_P*) by period and state, the moves of power
from one period to the next, and the shocks of policies before the decisions of a period. A measured path has one state, so
that shocks are part of its chances.

With expectations the chances are those of leaders who know that patience is drawn anew and how power moves, and of policies
what is announced or has come: an announced change reaches back through R (see :mod:`alliances.dynamics.expected_breaks`), any
other changes R from its date on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from alliances.arithmetic import Array, boolean, show, to_float
from alliances.arithmetic.tolerance import SAME_DISCOUNT
from alliances.dynamics.arguments import labels, one_of, whole
from alliances.dynamics.break_laws import Law, along_path, by_cause, on_chain, records_on_chain
from alliances.dynamics.expected_breaks import Temptations, fails, lasting_worth, temptations, value_before
from alliances.dynamics.kernel import Kernel
from alliances.dynamics.patience import BetaPatience, Patience
from alliances.dynamics.policies import KineticPressure, Policies, Policy, Shock, as_policies
from alliances.dynamics.power_process import PowerProcess
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_enforcement, check_model
from alliances.repeated.critical import CriticalDiscount, critical_discount
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["Draws", "Question", "Scenario", "check_for_ever", "law_of", "scenario"]

Draws: TypeAlias = Literal["period", "once"]

_WHOLE = 1e-6  # of a step: how far from a whole number of them a shock may lie


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of every scenario alike, checked once; see :func:`alliances.break_forecast` for the meaning."""

    function: str
    path: Power | PowerProcess
    game: DyadicGame
    patience: Any = None
    draws: Draws = "period"
    common: bool = False
    expectations: bool = False
    enforcement: Enforcement | None = None
    dates: Sequence[Any] | None = None
    start: Any = 0
    periods: int = 100
    expected: PowerProcess | None = None

    def __post_init__(self) -> None:
        name = self.function
        check_model(self.game, name)
        concept = check_enforcement(self.enforcement, name)
        for argument in ("common", "expectations"):
            boolean(getattr(self, argument), name, argument)
        one_of(self.draws, get_args(Draws), name, "draws")
        if self.expected is not None and not isinstance(self.expected, PowerProcess):
            raise TypeError(f"{name}(): expected must be a PowerProcess, or None for none; got {self.expected!r}")
        if self.expectations and self.draws == "once":
            raise ValueError(f"{name}(): expectations must be False where patience is drawn once: there is no redraw to expect")
        settled: dict[str, Any] = {"enforcement": concept, "common": self.common or concept.common}
        settled["patience"] = _patience(self.patience, settled["common"], self.expectations, name)
        settled["dates"] = self._labels()
        for argument, value in settled.items():
            object.__setattr__(self, argument, value)

    def _labels(self) -> tuple[Any, ...]:
        name, path = self.function, self.path
        if isinstance(path, PowerProcess):
            path.place(self.start, name, "start")
            count = whole(self.periods, name, "periods")
            if self.dates is None:
                return tuple(range(count))
        elif isinstance(path, Power) and len(path.shape) == 1:
            count = path.shape[0]
        else:
            raise TypeError(f"{name}(): path must be a Power of one dimension, or a PowerProcess; got {path!r}")
        names = tuple(range(count)) if self.dates is None else labels(self.dates, name, "dates")
        if len(names) != count or any(date in names[:k] for k, date in enumerate(names)):
            raise ValueError(
                f"{name}(): dates must be one per period of the path, all different; got {self.dates!r} for {count} periods"
            )
        return names

    @property
    def labels(self) -> tuple[Any, ...]:
        """What the periods are called."""
        assert isinstance(self.dates, tuple)
        return self.dates


@dataclass(frozen=True, eq=False)
class Scenario:
    """A scenario.

    Attributes
    ----------
    sponsor, proxy
        (T, n) the chances that the constraint fails, by period and state.
    process
        How power moves between periods; None along a measured path, which has one state.
    shocks
        By period: the moves in steps before its decisions, with their chances.
    start
        The first period's state, before its shocks.
    policies
        What made the scenario.
    rests
        Whether what leaders expect has come to rest; else the chances are too small.
    """

    sponsor: Array
    proxy: Array
    process: PowerProcess | None
    shocks: dict[int, dict[int, float]]
    start: int
    policies: tuple[Policy, ...]
    rests: bool


def _patience(patience: Any, common: bool, expectations: bool, function: str) -> tuple[Patience, Patience]:
    pair = patience if isinstance(patience, tuple) else (patience, patience)
    if len(pair) != 2:
        raise ValueError(f"{function}(): patience must be a distribution or a pair of them; got {patience!r}")
    pair = tuple(BetaPatience(18, 2) if f is None else f for f in pair)
    for f in pair:
        if not callable(getattr(f, "cdf", None)):
            raise TypeError(
                f"{function}(): patience must have a distribution function cdf, such as BetaPatience(18, 2); got {f!r}"
            )
        if expectations and not callable(getattr(f, "partial_mean", None)):
            raise TypeError(f"{function}(): patience must have partial_mean() for expectations, as BetaPatience has; got {f!r}")
    if common and pair[0] is not pair[1] and pair[0] != pair[1]:
        raise ValueError(f"{function}(): patience must be one distribution where both draw the same number; got {patience!r}")
    return pair[0], pair[1]


def scenario(question: Question, policies: Policies = None) -> Scenario:
    """What policies make of a question.

    Raises
    ------
    TypeError, ValueError
        If a policy does not fit the question.
    """
    listed = as_policies(policies, question.function)
    periods = len(question.labels)
    for policy in listed:
        _check_policy(policy, question, periods)
    path = question.path
    if isinstance(path, PowerProcess):
        lattice = _Lattice(question, listed, path, periods)
        sponsor, proxy = lattice.chances()
        shocks = _lattice_shocks(listed, path, periods, question.function)
        return Scenario(sponsor, proxy, path, shocks, path.place(question.start), listed, lattice.rests)
    sponsor, proxy, rests = _along(question, listed, path, periods)
    return Scenario(sponsor[:, None], proxy[:, None], None, {}, 0, listed, rests)


def law_of(question: Question, scene: Scenario) -> Law:
    """The exact law of the date of a break in a scenario."""
    once, common = question.draws == "once", question.common
    if scene.process is None:
        return along_path(scene.sponsor[:, 0], scene.proxy[:, 0], common, once)
    n, periods = scene.sponsor.shape[1], len(scene.sponsor)
    begin = np.zeros(n)
    begin[scene.start] = 1
    chain, shocks = scene.process.chain(), {t: _kernel(jumps, n) for t, jumps in scene.shocks.items()}
    if once:
        return records_on_chain(scene.sponsor, scene.proxy, chain, begin, periods, common, shocks)
    return on_chain(by_cause(scene.sponsor, scene.proxy, common), chain, begin, periods, shocks)


def _check_policy(policy: Policy, question: Question, periods: int) -> None:
    name, policy_name = question.function, type(policy).__name__
    if policy.at >= periods:
        raise ValueError(f"{name}(): policy {policy_name} must begin within the {periods} periods; got at={policy.at}")
    if policy.announced and not question.expectations:
        raise ValueError(
            f"{name}(): policy {policy_name} must not be announced without expectations=True: leaders who think today's "
            "patience and power permanent do not react to an announcement"
        )
    if policy.announced and isinstance(question.path, Power) and question.expected is None:
        raise ValueError(
            f"{name}(): policy {policy_name} must not be announced along a measured path without expected=, the process that "
            "leaders expect"
        )
    if isinstance(policy, KineticPressure) and policy.reconcile != 1:
        raise ValueError(
            f"{name}(): policy KineticPressure must leave reconcile at 1, because histories end with the first break; "
            f"on_dyad() gives the dyad under pressure; got {policy.reconcile!r}"
        )


def _all_shocks(policies: tuple[Policy, ...]) -> list[tuple[Policy, Shock]]:
    return [(policy, shock) for policy in policies for shock in policy.shocks]


def _steps(shock: Shock, process: PowerProcess, function: str) -> dict[int, float]:
    """A shock as moves on the lattice, with their chances."""
    steps = shock.shift / to_float(process.step)
    if abs(steps) > 2 * process.steps + _WHOLE:
        raise ValueError(
            f"{function}(): policy must move power by at most {2 * process.steps} steps, which is all of the lattice with "
            f"reach={show(process.reach)}; got a move of {shock.shift:.6g}, {steps:.6g} steps"
        )
    near = round(steps)
    if abs(steps - near) <= _WHOLE:
        return {near: 1.0}
    if shock.whole:
        raise ValueError(
            f"{function}(): policy must move power by a whole number of lattice steps of {show(process.step)}; "
            f"got a move of {shock.shift:.6g}, {steps:.6g} steps"
        )
    low = int(np.floor(steps))
    return {low: low + 1 - steps, low + 1: steps - low}


def _lattice_shocks(
    policies: tuple[Policy, ...], process: PowerProcess, periods: int, function: str
) -> dict[int, dict[int, float]]:
    """The shocks of each period, those of one period added up."""
    shocks: dict[int, dict[int, float]] = {}
    for _, shock in _all_shocks(policies):
        moves = _steps(shock, process, function)
        if shock.period < periods:
            before = shocks.get(shock.period, {0: 1.0})
            total: dict[int, float] = {}
            for a, p in before.items():
                for b, q in moves.items():
                    total[a + b] = total.get(a + b, 0.0) + p * q
            shocks[shock.period] = total
    return {t: moves for t, moves in shocks.items() if set(moves) != {0}}


def _kernel(moves: dict[int, float], n: int) -> Kernel:
    """Moves in steps as transition probabilities between the points of a lattice, whose ends reflect."""
    here = np.arange(n)
    following = np.stack([np.clip(here + step, 0, n - 1) for step in moves], axis=1)
    return Kernel(np.arange(n + 1) * len(moves), following.ravel(), np.tile([*moves.values()], n), n)


def _changed(question: Question, policies: tuple[Policy, ...]) -> tuple[DyadicGame, Enforcement]:
    """The game and the concept under policies that are in force, in the order given."""
    game, concept = question.game, question.enforcement
    assert concept is not None
    for policy in policies:
        game, concept = policy.on_game(game), policy.on_enforcement(concept)
    return game, concept


def _critical(question: Question, policies: tuple[Policy, ...], power: Power) -> CriticalDiscount:
    game, concept = _changed(question, policies)
    critical = critical_discount(game, power, enforcement=concept)
    if question.expectations:
        check_for_ever(critical, concept.pooled, question.function)
    return critical


def check_for_ever(critical: CriticalDiscount, pooled: bool, function: str) -> None:
    """An error if a concept punishes otherwise than for ever: expectations weigh temptation against surpluses lost for good."""
    gains, losses, counts, answers = (
        [np.asarray(to_float(x), dtype=float) for x in pair]
        for pair in (
            critical.terms.temptation,
            critical.terms.loss,
            critical.terms.tolerance,
            (critical.sponsor, critical.proxy),
        )
    )
    if pooled:
        gains, losses, counts = ([x[0] + x[1]] * 2 for x in (gains, losses, counts))
    for gain, loss, count, answer in zip(gains, losses, counts, answers, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            same = np.abs(np.where(gain <= 0, 0.0, gain / (gain + loss)) - answer) <= SAME_DISCOUNT
        none = np.where(answer == 0, gain <= count, ~np.isfinite(answer) & (loss <= count))  # what is within the tolerance
        if critical.terms.stepwise or not (same | none).all():
            raise ValueError(
                f"{function}(): enforcement must punish for ever and without errors where expectations=True, such as "
                f"NashReversion(); got {critical.enforcement!r}"
            )


def _naive(question: Question, critical: CriticalDiscount, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """F_i(δ_i*): the chances of leaders who think today's patience and power permanent."""
    pair = question.patience
    chances = [np.asarray(f.cdf(to_float(d))) for f, d in zip(pair, (critical.sponsor, critical.proxy), strict=True)]
    return np.broadcast_to(chances[0], shape), np.broadcast_to(chances[1], shape)


class _Lattice:
    """The chances on a lattice under policies, period by period."""

    def __init__(self, question: Question, policies: tuple[Policy, ...], process: PowerProcess, periods: int) -> None:
        self.question, self.policies, self.process, self.periods = question, policies, process, periods
        self.n = len(process.log_ratios)
        self.rests = True  # until a worth is asked for that does not
        self.shocks = _all_shocks(policies)
        self._answers: dict[Any, CriticalDiscount] = {}

    def critical(self, active: tuple[Policy, ...], total: float) -> CriticalDiscount:
        key = tuple(map(id, active)), total
        if key not in self._answers:
            self._answers[key] = _critical(self.question, active, self.process.power(total))
        return self._answers[key]

    def chances(self) -> tuple[Array, Array]:
        """(T, n) of the sponsor and of the proxy."""
        fill = self._expecting if self.question.expectations else self._myopic
        sponsor, proxy = np.empty((self.periods, self.n)), np.empty((self.periods, self.n))
        dates = {0} | {p.at for p in self.policies} | {s.period for _, s in self.shocks if s.period < self.periods}
        begins = sorted(dates)
        for first, last in zip(begins, [*begins[1:], self.periods], strict=True):
            sponsor[first:last], proxy[first:last] = fill(first, last)
        return sponsor, proxy

    def _state(self, t: int, now: int) -> tuple[tuple[Policy, ...], float]:
        """What is in force at ``t``, as known at ``now`` ≤ t, and the factor of s + p."""
        active = tuple(p for p in self.policies if p.at <= (t if p.announced else now))
        total = [s.total for p, s in self.shocks if s.period <= (t if p.announced else now)]
        return active, float(np.prod(total)) if total else 1.0

    def _myopic(self, first: int, _: int) -> tuple[Array, Array]:
        return _naive(self.question, self.critical(*self._state(first, first)), (self.n,))

    def _expecting(self, first: int, last: int) -> tuple[Array, Array]:
        """From ``first`` on, nothing unannounced comes before ``last``: what is known stays the same."""
        patience = self.question.patience
        known = [p.at for p in self.policies if p.announced] + [s.period for p, s in self.shocks if p.announced]
        end = max([first, *known])  # from here on nothing is expected to change
        sides = self._sides(end, first)
        chain = self.process.chain()
        worth, rests = lasting_worth(sides, chain, patience)
        self.rests &= rests
        found: dict[int, tuple[Array, Array]] = {t: fails(sides, worth, patience) for t in range(end, last)}
        for t in range(end - 1, first - 1, -1):
            values = value_before(sides, worth, patience)
            jumps = self._announced(t + 1)
            if jumps:
                values = [_kernel(jumps, self.n).matrix @ value for value in values]
            worth = [np.maximum(chain.matrix @ value, 0.0) for value in values]
            sides = self._sides(t, first)
            found[t] = fails(sides, worth, patience)
        return np.stack([found[t][0] for t in range(first, last)]), np.stack([found[t][1] for t in range(first, last)])

    def _sides(self, t: int, now: int) -> list[Temptations]:
        terms = self.critical(*self._state(t, now)).terms
        return temptations(terms.temptation, terms.loss, self.n, self.question.common)

    def _announced(self, period: int) -> dict[int, float]:
        announced = tuple(p for p in self.policies if p.announced)
        return _lattice_shocks(announced, self.process, period + 1, self.question.function).get(period, {})


def _along(question: Question, policies: tuple[Policy, ...], path: Power, periods: int) -> tuple[Array, Array, bool]:
    """(T,) twice: the chances along a measured path, whose power shocks multiply; and whether expectations rest."""
    sponsor, proxy = (np.array(np.broadcast_to(to_float(x), periods)) for x in (path.sponsor, path.proxy))
    for _, shock in _all_shocks(policies):
        sponsor[shock.period :] *= shock.sponsor
        proxy[shock.period :] *= shock.proxy
    power = Power(sponsor, proxy) if any(p.shocks for p in policies) else path
    chances = np.empty((2, periods))
    if question.expectations and question.expected is not None:
        expected = question.expected
        lattice = _Lattice(question, policies, expected, periods)
        table = lattice.chances()
        places = [
            expected.place(expected.nearest(power[t], question.function, "path"), question.function) for t in range(periods)
        ]
        return table[0][np.arange(periods), places], table[1][np.arange(periods), places], lattice.rests
    rests = True
    dates = sorted({0} | {p.at for p in policies})
    for first, last in zip(dates, [*dates[1:], periods], strict=True):
        part = power[first:last]
        critical = _critical(question, tuple(p for p in policies if p.at <= first), part)
        n = last - first
        if question.expectations:
            sides = temptations(critical.terms.temptation, critical.terms.loss, n, question.common)
            stay = Kernel(np.arange(n + 1), np.arange(n), np.ones(n), n)
            lasting = lasting_worth(sides, stay, question.patience)
            rests &= lasting.rests
            chances[:, first:last] = fails(sides, lasting.worth, question.patience)
        else:
            chances[:, first:last] = _naive(question, critical, (n,))
    return chances[0], chances[1], rests
