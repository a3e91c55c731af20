"""What a conformance check is, and how it looks for the simplest failure.

A *subject* is what is checked: a function from power to a list of named numbers (a model's payoffs, a contest's two
probabilities). A *check* is a rule in one sentence and a function that returns what breaks it at one power, or None. The
search tries a fixed list of powers, simplest first, and then others that Hypothesis drew for all checks of the battery; where
one breaks the rule, Hypothesis looks for the simplest that does. The draws depend on the seed alone.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from numbers import Rational, Real
from random import Random
from typing import Any, Literal, TypeAlias

import hypothesis
import numpy as np
from hypothesis import strategies as st
from hypothesis.errors import Flaky, NoSuchExample
from hypothesis.strategies import SearchStrategy

from alliances.arithmetic import Number, settle
from alliances.claims.falsifying import no_files
from alliances.power import Power
from alliances.testing.conformance import Breach, CheckResult, Conformance, Status
from alliances.testing.strategies import EXTREME_POWERS, powers

__all__ = ["Criterion", "GapDomain", "Subject", "Unevaluable", "Violation", "fresh", "gap_between", "run"]

GapDomain: TypeAlias = tuple[Number, Number]

_ORDINARY = tuple(
    (Fraction(s), Fraction(p))
    for s, p in ((2, 1), (1, 1), (1, 2), (3, 1), (1, 3), (9, 1), (1, 9), (5, 4), (20, 10), (0.25, 0.125))
)
"""Simplest first."""

_POOL = 3  # times as many powers are drawn as each check takes

_JUST = Fraction(1, 10**9)  # so near an end of the gaps given that no rounding leads beyond it


class Unevaluable(Exception):
    """The subject raised an error, or returned what is not a list of numbers."""


@dataclass(frozen=True)
class Violation:
    """What breaks a rule: the quantity, what was expected and found, and the power if it is not the one tried."""

    quantity: str
    expected: str
    found: str
    power: Power | None = None


@dataclass(frozen=True)
class Subject:
    """What is checked: numbers that depend on power, with their names.

    ``swap[k]`` is the place of number k once the two players have exchanged their roles.
    """

    title: str
    source: object
    arguments: Callable[[Power], tuple[Any, ...]]
    call: Callable[..., list[Any]]
    labels: tuple[str, ...]
    swap: tuple[int, ...]
    domain: GapDomain | None = None
    parts: tuple[Subject, ...] = ()

    def values(self, power: Power) -> list[Number]:
        """The numbers at ``power``, infinities and NaN included.

        Raises
        ------
        Unevaluable
            If there are none.
        """
        return self.evaluate(self.arguments(fresh(power)))

    def evaluate(self, arguments: tuple[Any, ...]) -> list[Number]:
        """The numbers at these arguments."""
        try:
            with np.errstate(all="ignore"):
                numbers = self.call(*arguments)
                return [_settled(value, label) for value, label in zip(numbers, self.labels, strict=True)]
        except Unevaluable:
            raise
        except Exception as error:
            raise Unevaluable(f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class Criterion:
    """A rule that a subject must satisfy, or a property that it may have.

    ``over`` says at which powers it is looked for: "ordinary" or "extreme" floats. ``needs`` names the checks without which
    it means nothing.
    """

    name: str
    rule: str
    violation: Callable[[Subject, Power], Violation | None]
    over: Literal["ordinary", "extreme"] = "ordinary"
    optional: bool = False
    needs: tuple[str, ...] = ()
    skip: Callable[[Subject], str | None] | None = None


def fresh(power: Power) -> Power:
    """A copy that nobody else holds, so that what one call does to it harms no other."""
    if isinstance(power.sponsor, (float, Fraction)) and isinstance(power.proxy, (float, Fraction)):
        return copy.copy(power)  # without another check of the numbers
    return Power(power.sponsor, power.proxy)


def _settled(value: Any, label: str) -> Number:
    """A number or an array of numbers in canonical form: like :func:`alliances.arithmetic.number`, but finite or not."""
    array = np.asarray(value)
    if array.dtype.kind in "iu":
        array = array.astype(object)
    if array.dtype.kind == "O" and not all(isinstance(x, Real) and not isinstance(x, bool) for x in array.flat):
        raise Unevaluable(f"{label} must be a number; got {value!r}")
    if array.dtype.kind == "O" and all(isinstance(x, Rational) for x in array.flat):
        exact = np.empty(array.shape, dtype=object)
        exact[...] = np.frompyfunc(Fraction, 1, 1)(array)
        return settle(exact)
    if array.dtype.kind not in "Of":
        raise Unevaluable(f"{label} must be a number; got {value!r}")
    return settle(array.astype(np.float64))


def gap_between(domain: GapDomain, part: Fraction) -> Number:
    """The gap at this part of the way from the domain's lower to its upper end."""
    low, high = (Fraction(end) for end in domain)
    return low + (high - low) * part


def _fixed(domain: GapDomain | None, extreme: bool) -> list[tuple[Fraction, Fraction]]:
    """The powers that every search tries, simplest first."""
    if domain is None:
        return [*_ORDINARY, *(EXTREME_POWERS if extreme else ())]
    low, high = domain
    ordinary = _fixed(None, False)
    pairs = [(s, p) for s, p in ordinary if low <= (s - p) / (s + p) <= high]
    units = (1, Fraction(1, 10**9), 10**9) if extreme else (1,)
    ends = [gap_between(domain, part) for part in (_JUST, 1 - _JUST)]
    return pairs + [(unit * (1 + gap), unit * (1 - gap)) for unit in units for gap in ends]


def _drawn(domain: GapDomain | None, extreme: bool) -> SearchStrategy[Power]:
    """The powers that a search draws."""
    if domain is None:
        return powers(exact=False, extreme=extreme)
    part = st.integers(0, 999).map(lambda k: gap_between(domain, Fraction(2 * k + 1, 2000)))
    unit = st.sampled_from([1.0, 10.0, 0.1])
    return st.builds(lambda gap, total: Power.from_gap(float(gap), total), part, unit)


def search(check: Criterion, subject: Subject, seed: int, examples: int) -> Breach | None:
    """The simplest violation found, or None."""
    extreme = check.over == "extreme"
    seen: dict[str, Breach] = {}

    def broken(power: Power) -> bool:
        try:
            violation = check.violation(subject, power)
        except Unevaluable:  # the business of the checks that look for that
            return False
        if violation is not None:
            at = power if violation.power is None else violation.power
            seen["last"] = Breach(at, violation.quantity, violation.expected, violation.found)
        return violation is not None

    ordinary = len(_fixed(subject.domain, False))
    fixed: Breach | None = None
    for place, (s, p) in enumerate(_fixed(subject.domain, extreme)):
        if broken(Power(float(s), float(p))):
            if place < ordinary:
                return seen["last"]
            fixed = seen["last"]  # perhaps there is a simpler one than the edge case: nearer to parity, or by chance
            while subject.domain is None and (s > 2 * p or p > 2 * s):
                s, p = (s / 2, p) if s > p else (s, p / 2)
                if not broken(Power(float(s), float(p))):
                    break
                fixed = seen["last"]
            break
    extreme = extreme and fixed is None  # an edge case in hand: only ordinary powers are simpler
    rng = Random(f"{seed}:{check.name}")
    broken_at = next(
        (power for power in rng.sample(_pool(subject.domain, extreme, seed, examples), examples) if broken(power)), None
    )
    if broken_at is None:
        return fixed
    try:
        strategy = _drawn(subject.domain, extreme)
        with no_files():
            simplest = hypothesis.find(strategy, broken, settings=_settings(examples, hypothesis.Phase.shrink), random=rng)
    except NoSuchExample:  # its own draws did not meet what the pool's did
        simplest = broken_at
    except Flaky:  # a model that is random now and then
        return seen["last"]
    broken(simplest)
    return seen["last"]


def _settings(examples: int, *phases: hypothesis.Phase) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,  # the seed decides instead
        phases=(hypothesis.Phase.generate, *phases),
        verbosity=hypothesis.Verbosity.quiet,
        print_blob=False,
    )


@lru_cache(maxsize=16)
def _pool(domain: GapDomain | None, extreme: bool, seed: int, examples: int) -> list[Power]:
    """Powers from which every check of a battery takes its own: Hypothesis draws slowly, and most checks find nothing."""
    pool: list[Power] = []

    def keep(power: Power) -> bool:
        pool.append(power)
        return False

    with suppress(NoSuchExample), no_files():
        settings = _settings(_POOL * examples)
        hypothesis.find(_drawn(domain, extreme), keep, settings=settings, random=Random(f"{seed}:{extreme}"))
    return pool * -(-examples // max(1, len(pool)))


def run(
    checks: list[tuple[Criterion, Subject]],
    title: str,
    *,
    seed: int,
    examples: int,
    only: frozenset[str] | None,
    require: frozenset[str],
    waive: frozenset[str],
) -> Conformance:
    """Make the checks in their order; ``only`` picks those to be reported."""
    failed: set[str] = set()
    results = []
    for check, subject in checks:
        asked = only is None or check.name in only
        if not asked and not any(check.name in other.needs for other, _ in checks if only is None or other.name in only):
            continue
        reason = "waived" if check.name in waive else check.skip(subject) if check.skip else None
        blocked = next((name for name in check.needs if name in failed), None)
        reason = reason or (blocked and f"means nothing while {blocked!r} fails")
        witness = None if reason else search(check, subject, seed, examples)
        status: Status = "skipped" if reason else "passed" if witness is None else "failed"
        if status == "failed" and check.optional and check.name not in require:
            status = "noted"
        if status == "failed":
            failed.add(check.name)
        if asked or status == "failed":  # a failed prerequisite is reported even if it was not asked for
            results.append(CheckResult(check.name, check.rule, status, reason or None, witness))
    return Conformance(title, tuple(results), seed, examples)
