"""Corruptions of results: every field of every nested part, changed to a value of its type that means something else."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.claims import CLAIMS, Family, Interval
from alliances.claims.statement import Statement
from alliances.dynamics.markov_alliance import MarkovSolver
from alliances.games.players import BINDING
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.monitoring.signals import PublicMonitoring
from alliances.results import Result

__all__ = ["Example", "alliances_solved_once", "corruptions", "in_three", "parts", "result_types", "same"]

LABELS = (
    {str(x) for x in BINDING} - {"none"},
    {"empty", "point", "segment", "polygon"},
    {"proved", "enclosed", "solved", "not converged"},
    {"threshold", "always stable", "never stable", "no lower edge", "unstable at start"},
    {"holds", "fails", "vacuous"},
    {"proved", "refuted", "unknown"},
    {"excluded", "met", "open"},
    {"polynomials", "intervals"},
    {"exactly", "by enclosures"},
    {"gap", "stakes", "parity"},
    {"path", "best", "punish sponsor", "punish proxy"},
    {"nashpy vertex enumeration", "rational vertex enumeration"},
    {"critical discount factor", "expected duration"},
    {"period", "once"},
    {"opens", "closes"},
    {"allied", "always"},
)
"""Labels by kind: one is swapped with the others of its kind."""

NAMES = {*CLAIMS, "protraction"}
"""The library's claims. Claims of one's own may have any other name."""

SMALL = Fraction(1, 1000)


@dataclass(frozen=True)
class Example:
    """A result, and the question that it answers: asked again of a corrupted question, it tells whether the answer is right."""

    result: Any
    solve: Callable[[Any], Any] | None = None


def corruptions(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(where, wrong value) for a value and everything in it."""
    if isinstance(value, (bool, np.bool_)):
        yield path, type(value)(not value)
    elif isinstance(value, (int, float, Fraction, np.integer, np.floating)):
        yield from ((path, x) for x in _numbers(value))
    elif isinstance(value, str):
        kinds = [NAMES] if path[-1:] == ("Check.claim",) else [kind for kind in LABELS if value in kind]
        others = {x for kind in kinds for x in kind} - {value}
        yield from ((path, x) for x in sorted(others) or [value + " and more"])
    elif value is None:
        yield from ((path, x) for x in (0, "sponsor"))
    elif isinstance(value, np.ndarray):
        yield from ((path, x) for x in _arrays(value))
    elif isinstance(value, Mapping):
        for key in value:
            kept = {k: v for k, v in value.items() if k != key}
            yield (*path, key), MappingProxyType(kept)
            for where, wrong in corruptions(value[key], (*path, key)):
                yield where, MappingProxyType({**value, key: wrong})
    elif isinstance(value, tuple):
        yield from _tuples(value, path)
    elif isinstance(value, al.StageGame):
        yield path, al.StageGame(-value.A, value.B, value.actions)
        yield path, al.StageGame(value.A, -value.B, value.actions)
        first = np.zeros(value.shape, dtype=int)
        first[0, 0] = 1
        yield path, al.StageGame(value.A + first * SMALL, value.B, value.actions)
    elif isinstance(value, al.StochasticGame):
        yield from ((path, x) for x in _games(value))
    elif isinstance(value, Enforcement):
        others = (al.NashReversion(), al.FinitePunishment(2), al.Transfers(), al.GivenPunishment(profile=(0, 0)))
        yield from ((path, x) for x in others if x != value)
    elif isinstance(value, Statement):
        yield from ((path, x) for x in CLAIMS.values() if x is not value)
    elif isinstance(value, Family):
        for name, domain in value.parameters.items():
            if isinstance(domain, Interval):
                yield (*path, name), replace(value, parameters={**value.parameters, name: Interval(100, 101)})
    elif isinstance(value, PublicMonitoring):
        for where, wrong in corruptions(value.stage, (*path, "stage")):
            changed = copy.copy(value)
            object.__setattr__(changed, "stage", wrong)
            yield where, changed
        for where, wrong in corruptions(value.signal_probabilities, (*path, "signal_probabilities")):
            changed = copy.copy(value)
            object.__setattr__(changed, "signal_probabilities", wrong)
            yield where, changed
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.init:
                part, step = getattr(value, field.name), (*path, f"{type(value).__name__}.{field.name}")
                for where, wrong in (*corruptions(part, step), *_absent(part, step)):
                    try:
                        yield where, replace(value, **{field.name: wrong})
                    except (TypeError, ValueError):  # refused when it is made: it never reaches verify
                        continue


def in_three(found: Iterable[tuple[tuple[Any, ...], Any]]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Of each field one corruption in three, whatever their places in arrays and tuples, and at least one."""
    seen: Counter[tuple[str, ...]] = Counter()
    for where, wrong in found:
        field = tuple(step for step in where if isinstance(step, str))
        seen[field] += 1
        if seen[field] % 3 == 1:
            yield where, wrong


def _games(game: al.StochasticGame) -> Iterator[al.StochasticGame]:
    """The game with other payoffs in its first and its last state, with other moves, and with other labels."""
    moves = [
        [[_row(game, x, i, j) for j in range(stage.shape[1])] for i in range(stage.shape[0])]
        for x, stage in enumerate(game.stages)
    ]
    for x in dict.fromkeys((0, len(game) - 1)):
        for _, wrong in corruptions(game.stages[x]):
            stages = [*game.stages[:x], wrong, *game.stages[x + 1 :]]
            yield al.StochasticGame(stages, moves, game.discount, game.states)
        if len(game) > 1:
            turned = [[[row[::-1] for row in rows] for rows in block] if y == x else block for y, block in enumerate(moves)]
            yield al.StochasticGame(game.stages, turned, game.discount, game.states)
    yield al.StochasticGame(game.stages, moves, game.discount, [("another", label) for label in game.states])


def _row(game: al.StochasticGame, x: int, i: int, j: int) -> list[Any]:
    """The probabilities of the next states, all of them."""
    row: list[Any] = [Fraction(0) if game.exact else 0.0] * len(game)
    for y, p in game.kernel.at(int(game.first[x]) + i * game.stages[x].shape[1] + j).items():
        row[y] = p
    return row


def _absent(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if value is not None:
        yield path, None


def _numbers(x: Any) -> Iterator[Any]:
    kind = type(x)
    if isinstance(x, (int, np.integer)):
        yield from (kind(x + 1), kind(x - 1))
        if x:
            yield kind(-x)
    elif not np.isfinite(float(x)):
        yield from (-x, kind(0) if kind is not Fraction else Fraction(0))
    else:
        one = Fraction(1) if kind is Fraction else kind(1)
        small = SMALL if kind is Fraction else kind(float(SMALL))
        yield from (x * (one + small), x * (one - small), -x) if abs(x) > 1e-9 else (small, -small)


def _arrays(x: np.ndarray) -> Iterator[np.ndarray]:
    if x.size:
        yield x[:0] if x.ndim else np.broadcast_to(x, (2,))
        for place in dict.fromkeys((0, x.size // 2, x.size - 1)):
            for wrong in corruptions(x.reshape(-1)[place]):
                changed = x.copy().reshape(-1)
                changed[place] = wrong[1]
                yield changed.reshape(x.shape)
        turned = x[::-1] if x.ndim else x
        if _apart(turned, x):
            yield turned.copy()
    if x.ndim and len(x) > 1:
        yield from (x[1:], x[:-1], np.concatenate([x[:1], x]))


def _apart(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether two arrays differ by more than rounding."""
    return not np.array_equal(x, y) and (x.dtype != float or not np.allclose(x, y, rtol=1e-9, atol=1e-12, equal_nan=True))


def _tuples(x: tuple[Any, ...], path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    named = hasattr(x, "_fields")
    if not named and x:
        yield path, ()
        yield path, (*x, x[0])
        for k in range(len(x)):
            yield path, (*x[:k], *x[k + 1 :])
        if len(x) > 1 and not _same(x[0], x[-1]):
            yield path, x[::-1]
    for k, part in enumerate(x):
        for where, wrong in corruptions(part, (*path, x._fields[k] if named else k)):
            parts = (*x[:k], wrong, *x[k + 1 :])
            yield where, (type(x)(*parts) if named else parts)


def _same(x: Any, y: Any, ignored: frozenset[str] = frozenset(), rounding: float = 0.0) -> bool:
    """Whether two values mean the same, all parts included but fields such as "PayoffSet.iterations" that are ignored.

    Floats may differ by ``rounding``.
    """
    if rounding and all(isinstance(z, float) or getattr(getattr(z, "dtype", None), "kind", "") == "f" for z in (x, y)):
        return np.shape(x) == np.shape(y) and bool(np.allclose(x, y, rtol=0, atol=rounding, equal_nan=True))
    if type(x) is not type(y) and not (isinstance(x, (int, float, Fraction)) and isinstance(y, (int, float, Fraction))):
        return False
    if isinstance(x, np.ndarray):
        return x.shape == y.shape and bool(np.all((x == y) | ((x != x) & (y != y))))
    if isinstance(x, al.StageGame):
        return _same(x.A, y.A) and _same(x.B, y.B)
    if isinstance(x, Mapping):
        return set(x) == set(y) and all(_same(x[k], y[k], ignored, rounding) for k in x)
    if isinstance(x, tuple):
        return len(x) == len(y) and all(_same(a, b, ignored, rounding) for a, b in zip(x, y, strict=True))
    if is_dataclass(x) and not isinstance(x, type):
        return all(
            _same(getattr(x, f.name), getattr(y, f.name), ignored, rounding)
            for f in fields(x)
            if f"{type(x).__name__}.{f.name}" not in ignored
        )
    return bool(x == y) or callable(x)


same = _same


def result_types() -> set[type]:
    """All types of results that the library defines, also in parts that are loaded when they are first asked for."""
    for name in al.__all__:
        getattr(al, name)
    found, left = set(), [Result]
    while left:
        for kind in left.pop().__subclasses__():
            if kind.__module__.startswith("alliances.") and kind not in found:
                found.add(kind)
                left.append(kind)
    return found


def parts(value: Any) -> Iterator[Any]:
    """A result and everything in it."""
    yield value
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for part in value:
            yield from parts(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from parts(getattr(value, field.name))


def alliances_solved_once() -> Iterator[None]:
    """A fixture. Most corruptions leave game and patience as they are: what follows where an alliance is held is kept."""
    hold, known = MarkovSolver.hold, {}

    def once(solver: MarkovSolver, held: np.ndarray) -> Any:
        key = id(solver.game), solver.delta, held.tobytes()
        if key not in known:
            known[key] = solver.game, hold(solver, held)  # with the game, so that no other gets its id
        return known[key][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MarkovSolver, "hold", once)
        yield
