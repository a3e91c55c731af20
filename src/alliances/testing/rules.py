"""The checks that every function of power must pass, whatever it returns: numbers that are finite, reproducible, alike.

Each violation function compares the numbers at one float power with what they must equal: the same numbers again, those of
an array, of Fractions, of another unit, of exchanged roles. Floats agree if they differ by less than 10⁻⁹ of the largest.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import math
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from alliances.arithmetic import Number, is_exact, show, to_float
from alliances.games.players import PLAYERS
from alliances.payoffs.contest import Hirshleifer
from alliances.power import Power
from alliances.testing.engine import Criterion, GapDomain, Subject, Unevaluable, Violation, fresh, gap_between

__all__ = [
    "EVALUATION",
    "NEEDS",
    "REPRODUCIBLE",
    "SYMMETRIES",
    "TOLERANCE",
    "UNIVERSAL",
    "apart",
    "differ",
    "inside",
    "largest",
    "no_parity",
    "present",
]

TOLERANCE = 1e-9  # far above rounding, far below any slip in a formula
_SCALES = (2.0, 0.5, 1000.0)


def present(x: Number) -> str:
    """A number, or a batch's element, as a witness shows it."""
    return show(x) if np.ndim(x) == 0 else f"an array of shape {np.shape(x)}"


def apart(expected: Number, found: Number, scale: Number = 1) -> Any:
    """Where two numbers differ: at all if both are exact, otherwise by more than the tolerance times ``scale``."""
    if is_exact(expected) and is_exact(found):
        return np.asarray(expected != found, dtype=bool)
    e, f = np.asarray(to_float(expected)), np.asarray(to_float(found))
    with np.errstate(all="ignore"):
        same = (e == f) | (np.isnan(e) & np.isnan(f)) | (np.abs(e - f) <= TOLERANCE * np.asarray(to_float(scale)))
    return ~same


def largest(values: list[Number]) -> float:
    """The largest finite absolute value: the unit of the tolerance."""
    sizes = np.concatenate([np.abs(np.ravel(np.asarray(to_float(x), dtype=float))) for x in values])
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))


def differ(subject: Subject, expected: list[Number], found: list[Number], power: Power | None = None) -> Violation | None:
    """The first number that is not what it should be."""
    if all(np.ndim(e) == np.ndim(f) == 0 and e == f for e, f in zip(expected, found, strict=True)):  # nearly always
        return None
    scale = largest([*expected, *found])
    for label, e, f in zip(subject.labels, expected, found, strict=True):
        bad = apart(e, f, scale)
        if bad.any():
            where = tuple(int(k) for k in np.argwhere(bad)[0])
            at = f" [{', '.join(map(str, where))}]" if where else ""
            right, wrong = (np.broadcast_to(np.asarray(x, dtype=object), bad.shape)[where] for x in (e, f))
            return Violation(label + at, _digits(right, wrong), _digits(wrong, right), power)
    return None


def _digits(x: Any, other: Any) -> str:
    """Six digits, or all of them where six do not tell the two numbers apart."""
    return show(x) if show(x) != show(other) else repr(float(x))


# -- the numbers themselves --------------------------------------------------------------------------------------------


def _evaluation(subject: Subject, power: Power) -> Violation | None:
    try:
        subject.values(power)
    except Unevaluable as error:
        if isinstance(error.__cause__, ArithmeticError):  # infinite, so to speak
            return None
        return Violation("the call", "numbers", str(error))
    return None


def _finite(subject: Subject, power: Power) -> Violation | None:
    try:
        values = subject.values(power)
    except Unevaluable as error:
        return Violation("the call", "finite numbers", str(error))
    for label, value in zip(subject.labels, values, strict=True):
        if not is_exact(value) and not np.isfinite(value).all():
            bad = np.asarray(value)[~np.isfinite(value)]
            return Violation(label, "a finite number", str(float(bad.flat[0])))
    return None


def _reproducible(subject: Subject, power: Power) -> Violation | None:
    for part in (subject, *subject.parts):
        try:
            first, again = part.values(power), part.values(power)
        except Unevaluable:
            continue
        for label, x, y in zip(part.labels, first, again, strict=True):
            if not np.array_equal(np.asarray(x, dtype=object), np.asarray(y, dtype=object)) and not _both_nan(x, y):
                return Violation(label, f"{present(x)} again", present(y))
    return None


def _both_nan(x: Number, y: Number) -> bool:
    return np.shape(x) == np.shape(y) and not apart(x, y, 0).any()


def _mutation(subject: Subject, power: Power) -> Violation | None:
    for part in (subject, *subject.parts):
        try:
            arguments = part.arguments(fresh(_batch(part, power, _dimensions(part.values(power)))))
        except Unevaluable:
            continue
        before = copy.deepcopy(arguments)
        with contextlib.suppress(Unevaluable):
            part.evaluate(arguments)
        for was, now in zip(_numbers(before), _numbers(arguments), strict=True):
            if apart(was[1], now[1], 0).any():
                k = tuple(int(i) for i in np.argwhere(apart(was[1], now[1], 0))[0])
                x, y = (np.asarray(pair[1])[k] for pair in (was, now))
                return Violation(f"{was[0]} after the call", show(x), show(y), before[0])
    return None


def _numbers(arguments: Any) -> list[tuple[str, Number]]:
    """The numbers among the arguments, with their names."""
    power, *rest = arguments
    numbers = [("power.sponsor", power.sponsor), ("power.proxy", power.proxy)]
    for name, argument in zip(("rents", "conflict"), rest, strict=False):
        numbers += [(name, x) for x in (argument if isinstance(argument, tuple) else (argument,))]
    return numbers


# -- the same numbers from other types ---------------------------------------------------------------------------------


def _dimensions(values: list[Number]) -> int:
    """How many dimensions the parameters themselves bring."""
    return max(np.ndim(value) for value in values)


def _batch(subject: Subject, power: Power, dimensions: int = 0) -> Power:
    """An array of dyads: ``power`` and three others."""
    others = _others((Fraction(-9, 10), Fraction(9, 10)) if subject.domain is None else subject.domain)
    shape = (-1,) + (1,) * dimensions
    sponsor, proxy = (np.array([getattr(x, who) for x in (power, *others)]) for who in PLAYERS)
    return Power(sponsor.reshape(shape), proxy.reshape(shape))


@lru_cache(maxsize=16)
def _others(domain: GapDomain) -> list[Power]:
    return [Power.from_gap(float(gap_between(domain, Fraction(k, 4)))) for k in (1, 2, 3)]


def _arrays(subject: Subject, power: Power) -> Violation | None:
    values = subject.values(power)
    return _elementwise(subject, _batch(subject, power, _dimensions(values)), (4,))


def _broadcasting(subject: Subject, power: Power) -> Violation | None:
    values = subject.values(power)
    ones = (1,) * _dimensions(values)
    ratio, step = power.ratio, 1.125
    if subject.domain is not None:  # stay inside
        low, high = (math.log(Power.from_gap(float(end)).ratio) for end in subject.domain)
        ratio, step = math.exp((low + high) / 2), math.exp((high - low) / 8)
    sponsor = ratio * power.proxy * np.array([1.0, step]).reshape(2, 1, *ones)
    proxy = power.proxy * np.array([1 / step, 1.0, step]).reshape(3, *ones)
    return _elementwise(subject, Power(sponsor, proxy), (2, 3))


def _elementwise(subject: Subject, batch: Power, shape: tuple[int, ...]) -> Violation | None:
    """Whether the numbers of an array of dyads are those of each dyad alone."""
    try:
        values = subject.values(batch)
    except Unevaluable as error:
        return Violation("the call with arrays", "what single dyads give", str(error), batch)
    sponsor, proxy = np.broadcast_arrays(batch.sponsor, batch.proxy)
    for index in np.ndindex(*shape):
        single = Power(float(sponsor[index].item()), float(proxy[index].item()))
        try:
            expected = subject.values(single)
        except Unevaluable:
            continue
        full = (*shape, *np.broadcast_shapes(*(np.shape(x) for x in expected)))
        for label, x in zip(subject.labels, values, strict=True):
            if not _fits(np.shape(x), full):
                return Violation(label, f"a batch of shape {full}", f"shape {np.shape(x)}", batch)
        violation = differ(subject, expected, [np.broadcast_to(np.asarray(x), full)[index] for x in values], single)
        if violation is not None:
            return dataclasses.replace(violation, quantity=f"{violation.quantity}, in an array of dyads")
    return None


def _fits(shape: tuple[int, ...], full: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, full) == full
    except ValueError:
        return False


def _exact_power(power: Power) -> Power:
    """The same power as Fractions, with no rounding: floats are rational numbers."""
    return Power(Fraction(power.sponsor), Fraction(power.proxy))


def _exact(subject: Subject, power: Power) -> Violation | None:
    floats, exact = subject.values(power), _exact_power(power)
    try:
        return differ(subject, floats, subject.values(exact), exact)
    except Unevaluable as error:
        return Violation("the call with Fractions", "what floats give", str(error), exact)


def _exactness(subject: Subject, power: Power) -> Violation | None:
    exact = _exact_power(power)
    for label, value in zip(subject.labels, subject.values(exact), strict=True):
        if not is_exact(value):
            return Violation(label, "a Fraction", f"the float {present(value)}", exact)
    return None


def _inexact_parameters(subject: Subject) -> str | None:
    """Why Fractions cannot stay Fractions: a float among the parameters, or a function that has no rational values."""
    pending: list[tuple[str, Any]] = [("", subject.source)]
    while pending:
        name, thing = pending.pop()
        if isinstance(thing, Hirshleifer):
            return "transcendental: Hirshleifer"
        if isinstance(thing, tuple):
            pending += [(name, x) for x in thing]
        elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            pending += [(field.name, getattr(thing, field.name)) for field in dataclasses.fields(thing)]
        elif isinstance(thing, float) or (isinstance(thing, np.ndarray) and thing.dtype.kind == "f"):
            return f"a parameter is a float: {name}"
        elif name in ("decisiveness", "exponent") and is_exact(thing) and np.any(np.asarray(thing) % 1 != 0):
            return f"a fractional exponent: {name}"
    return None


# -- units and roles ---------------------------------------------------------------------------------------------------


def _scale(subject: Subject, power: Power) -> Violation | None:
    values = subject.values(power)
    for factor in _SCALES:
        other = Power(power.sponsor * factor, power.proxy * factor)
        violation = differ(subject, values, subject.values(other))
        if violation is not None:
            return dataclasses.replace(violation, quantity=f"{violation.quantity}, once both powers are times {factor:g}")
    return None


def _parity(subject: Subject, power: Power) -> Violation | None:
    equal = Power(power.proxy, power.proxy)
    values = subject.values(equal)
    return differ(subject, [values[k] for k in subject.swap], values, equal)


def _exchange(subject: Subject, power: Power) -> Violation | None:
    if not inside(subject, -power.gap):
        return None
    other = subject.values(Power(power.proxy, power.sponsor))
    return differ(subject, [other[k] for k in subject.swap], subject.values(power))


def inside(subject: Subject, gap: Number) -> bool:
    """Whether the model is meant for this gap."""
    return subject.domain is None or bool(subject.domain[0] <= gap <= subject.domain[1])


def no_parity(subject: Subject) -> str | None:
    """Why there is nothing to check at parity."""
    return None if inside(subject, 0) else "parity lies outside the gaps given"


def _no_exchange(subject: Subject) -> str | None:
    if subject.domain is None:
        return None
    low, high = subject.domain
    return None if math.copysign(1, low) != math.copysign(1, high) or 0 in (low, high) else "no gap is given with its negative"


REPRODUCIBLE = Criterion("determinism", "The same power gives the same numbers, call after call.", _reproducible)

_SOUND = ("determinism", "contest probabilities", "synergy value", "shares")

EVALUATION = Criterion("evaluation", "Every power gives the numbers that are asked for.", _evaluation, needs=_SOUND)

NEEDS = (*_SOUND, "evaluation")

UNIVERSAL = (
    Criterion(
        "finite", "All numbers are finite, at extreme ratios and in tiny and huge units too.", _finite, "extreme", needs=NEEDS
    ),
    Criterion("no mutation", "A call leaves the arrays it is given as they were.", _mutation, needs=NEEDS),
    Criterion("array equals scalar", "An array of dyads gives what each dyad gives alone.", _arrays, needs=NEEDS),
    Criterion(
        "broadcasting",
        "Sponsors of shape (2, 1) and proxies of shape (3,) give a batch of shape (2, 3).",
        _broadcasting,
        needs=(*NEEDS, "array equals scalar"),
    ),
    Criterion("exact equals float", "Fractions give what floats give.", _exact, needs=NEEDS),
    Criterion(
        "exactness",
        "Fractions give Fractions.",
        _exactness,
        optional=True,
        needs=(*NEEDS, "exact equals float"),
        skip=_inexact_parameters,
    ),
)

SYMMETRIES = (
    Criterion("scale invariance", "Numbers do not change with the unit of power.", _scale, optional=True, needs=NEEDS),
    Criterion(
        "parity symmetry",
        "Equals who exchange their roles exchange their numbers.",
        _parity,
        optional=True,
        needs=NEEDS,
        skip=no_parity,
    ),
    Criterion(
        "exchange symmetry",
        "Players who exchange their powers exchange their numbers.",
        _exchange,
        optional=True,
        needs=NEEDS,
        skip=_no_exchange,
    ),
)
