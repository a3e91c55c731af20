"""Large batches by the fastest way there is: which way a question takes, and what it gives.

Three ways lead to the same δ*, up to rounding in the last digits of powers and exponentials:

* the ordinary one, array by array, with all that it finds: payoffs, equilibria, terms;
* a programme of the model and the concept (:mod:`alliances.repeated.kernels.recorded`), by NumPy in pieces that fit the cache;
* the same programme compiled by Numba.

Which one is taken depends on the question and the number of games alone, so that a call repeated gives the same numbers.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, is_symbolic
from alliances.arithmetic.tolerance import EPSILON
from alliances.games.bimatrix import Profile, profile_of
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_enforcement, check_model
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.kernels.chunks import Chunks
from alliances.repeated.kernels.compiled import available, compiled
from alliances.repeated.kernels.plan import SPECIAL, Plan, plan
from alliances.repeated.kernels.quantities import numbers_of, structure, with_numbers
from alliances.repeated.kernels.recorded import NotRecorded, Record, record
from alliances.repeated.kernels.table import Table, table
from alliances.values import Value

__all__ = ["Evaluation", "Method", "Question", "evaluated", "evaluating_by", "evaluation_method"]

Method: TypeAlias = Literal["ordinary", "numpy", "numba"]
"""How a batch is evaluated."""

FEWEST = 4096
"""Games from which on a programme is quicker than the ordinary way."""

FEWEST_OF_OTHERS = 16_384
"""The same for models with functions of a user's own, whose programme is made anew for each call."""

FEWEST_COMPILED = 100_000
"""Games from which on compiling is worth the wait: once for a kind of model, because the kernel is kept."""

FEWEST_COMPILED_OF_OTHERS = 2_000_000
"""The same for a user's own code, which may be another one tomorrow."""

_PROBED = 24  # games at which a programme of a user's code is compared with the code
_ROUNDINGS = 64  # machine epsilons of the largest payoff by which the two may differ

_forced: ContextVar[Method | None] = ContextVar("how batches are evaluated", default=None)

_records: dict[object, Record] = {}
_plans: dict[object, Plan] = {}
_chunks: dict[object, Chunks] = {}

_MOST_KEPT = 256  # of each


@dataclass(frozen=True)
class Evaluation(Value):
    """How a question is evaluated, and why so.

    Attributes
    ----------
    method
        "ordinary", "numpy" (a programme of array operations, in pieces that fit the cache) or "numba" (the same, compiled).
    reason
        Why it is this method and no faster one.

    Examples
    --------
    >>> import alliances as al
    >>> power = al.Power.from_gap(np.linspace(-0.9, 0.9, 5000))
    >>> al.evaluation_method(al.presets.morrow_1991(), power).method
    'numpy'
    """

    method: Method
    reason: str


def evaluating_by(method: Method | None) -> contextlib.AbstractContextManager[None]:
    """Evaluate batches of any size by one method, as far as it can be taken; None for the library's choice.

    Examples
    --------
    >>> import alliances as al
    >>> game, power = al.presets.morrow_1991(), al.Power.from_gap([0.1, 0.4])
    >>> with evaluating_by("numpy"):
    ...     print(evaluation_method(game, power).method)
    numpy
    """
    if method not in (None, "ordinary", "numpy", "numba"):
        raise ValueError(f'evaluating_by(): method must be "ordinary", "numpy", "numba" or None; got {method!r}')
    if method == "numba" and not available():
        raise ImportError("evaluating_by(): method \"numba\" needs Numba: pip install 'alliances[fast]'")
    return _evaluating(method)


@contextlib.contextmanager
def _evaluating(method: Method | None) -> Iterator[None]:
    token = _forced.set(method)
    try:
        yield
    finally:
        _forced.reset(token)


def forced() -> Method | None:
    """The method that :func:`evaluating_by` asks for."""
    return _forced.get()


@dataclass(frozen=True, eq=False)
class Question:
    """A batch of games as inputs of a programme."""

    game: DyadicGame
    power: Power
    enforcement: Enforcement
    profile: Profile

    def inputs(self) -> dict[str, Array]:
        """The powers, or the gap and half the total, and all numbers of the model and the concept, as arrays of floats.

        Raises
        ------
        NotRecorded
            If one of them is no float, or beyond the range of floats.
        """
        numbers: dict[str, Any] = {f"{name}.{path}": x for name, part in self._parts for path, x in numbers_of(part)}
        by_gap = self.power.as_gap()
        first = dict(zip(("sponsor", "proxy"), (self.power.sponsor, self.power.proxy), strict=True)) if by_gap is None else {}
        if by_gap is not None:
            first = dict(zip(("gap", "half"), by_gap, strict=True))
        arrays = [x for x in first.values() if isinstance(x, np.ndarray)]
        if any(is_symbolic(x) for x in first.values()) or any(x.dtype != np.float64 for x in arrays):
            raise NotRecorded("powers are not floats")
        if not arrays and not any(isinstance(x, float) for x in first.values()):
            raise NotRecorded("powers are exact")
        try:
            return {name: np.asarray(x, dtype=np.float64) for name, x in (first | numbers).items()}
        except (TypeError, ValueError, OverflowError) as error:
            raise NotRecorded(f"a number of the model is no float: {error}") from None

    @property
    def _parts(self) -> tuple[tuple[str, Any], ...]:
        return ("game", self.game), ("enforcement", self.enforcement)

    def record(self, inputs: Mapping[str, Array]) -> tuple[Record, bool]:
        """The programme, and whether it is of the library's own code alone.

        Raises
        ------
        NotRecorded
            If there is none.
        """
        if type(self.game).stage_game is not DyadicGame.stage_game:
            raise NotRecorded(f"{type(self.game).__name__} makes its stage games itself")
        parts = structure((self.game, self.enforcement))
        by_gap = "gap" in inputs
        if parts is None:
            return self._recorded(inputs, by_gap), False
        key = parts, repr(self.profile), by_gap
        if key not in _records:
            known = self._recorded(inputs, by_gap)
            if set(known.inputs) != set(inputs):  # numbers of this question are in it, and those of another one would not be
                return known, False
            _records[key] = known
        return _records[key], True

    def _recorded(self, inputs: Mapping[str, Array], by_gap: bool) -> Record:
        """With all numbers as inputs if the code allows it, otherwise with the arrays alone."""
        given = [name for name in inputs if "." in name]
        try:
            return record(self.game, self.enforcement, self.profile, given, by_gap=by_gap)
        except NotRecorded:
            arrays = [name for name in given if inputs[name].ndim]
            if len(arrays) == len(given):
                raise
            return record(self.game, self.enforcement, self.profile, arrays, by_gap=by_gap)

    def computes_what_the_code_does(self, known: Record, games: Table) -> bool:
        """Whether the programme gives a few games of the batch the payoffs that the model gives them."""
        count = games.rows * games.columns
        places = np.unique(np.linspace(0, count - 1, _PROBED).astype(int))
        at = {name: _at(games, name, places) for name in games.inputs}
        values = known.recording.evaluated({name: at[name] for name in known.inputs}, known.cells)
        first = ("gap", "half") if "gap" in at else ("sponsor", "proxy")
        parts = with_numbers((self.game, self.enforcement), {
            f"{0 if name.startswith('game.') else 1}.{name.partition('.')[2]}": x for name, x in at.items() if "." in name
        })  # fmt: skip
        power = Power.from_gap(at["gap"], 2 * at["half"]) if first[0] == "gap" else Power(at["sponsor"], at["proxy"])
        cells = [x for row in parts[0].cells(power) for cell in row for x in cell]
        for place, expected in zip(values, cells, strict=False):
            given = np.broadcast_to(np.asarray(expected, dtype=np.float64), places.shape)
            near = _ROUNDINGS * EPSILON * np.max([np.abs(np.asarray(x, dtype=np.float64)).max() for x in cells])
            if not np.all(np.abs(np.broadcast_to(place, places.shape) - given) <= near):
                return False
        return True


def _at(games: Table, name: str, places: Array) -> Array:
    """An input at some games of the table."""
    x, kind = games.inputs[name], games.kinds[name]
    if kind == "number":
        return np.full(places.shape, x)
    index = {"row": places // games.columns, "column": places % games.columns, "game": places}[kind]
    return np.asarray(np.asarray(x)[index])


@dataclass(frozen=True, eq=False)
class _Way:
    """A method, with what it needs; or only why there is no faster one."""

    method: Method
    reason: str
    record: Record | None = None
    games: Table | None = None


def _way(question: Question) -> _Way:
    """How a question is to be evaluated."""
    asked = forced()
    if asked == "ordinary":
        return _Way("ordinary", "it was asked for")
    try:
        inputs = question.inputs()
        size = math.prod(np.broadcast_shapes(*(x.shape for x in inputs.values())))
        if asked is None and size < FEWEST:
            return _Way("ordinary", f"the batch has fewer than {FEWEST} games")
        known, trusted = question.record(inputs)
        if asked is None and not trusted and size < FEWEST_OF_OTHERS:
            return _Way("ordinary", f"the model has code of its own, and the batch fewer than {FEWEST_OF_OTHERS} games")
        games = table(inputs)
        if not trusted and not question.computes_what_the_code_does(known, games):
            raise NotRecorded("the model does not give recorded numbers the payoffs that it gives floats")
    except NotRecorded as error:
        return _Way("ordinary", str(error))
    except ValueError as error:  # shapes that do not broadcast: the ordinary way says which
        return _Way("ordinary", str(error))
    if asked == "numpy":
        return _Way("numpy", "it was asked for", known, games)
    if asked == "numba":
        return _Way("numba", "it was asked for", known, games)
    fewest = FEWEST_COMPILED if trusted else FEWEST_COMPILED_OF_OTHERS
    if size < fewest:
        return _Way("numpy", f"the batch has fewer than the {fewest} games for which kernels are compiled", known, games)
    if not available():
        return _Way("numpy", "Numba is not installed; pip install 'alliances[fast]' brings it", known, games)
    return _Way("numba", "the batch is large, and the model and the concept are arithmetic", known, games)


def evaluation_method(
    game: DyadicGame, power: Power, *, profile: Profile = (0, 0), enforcement: Enforcement | None = None
) -> Evaluation:
    """How :func:`alliances.critical_discount` evaluates a question, and why it takes no faster way.

    Parameters
    ----------
    game, power, profile, enforcement
        As there.

    Raises
    ------
    TypeError, ValueError
        If ``game`` is no model, ``power`` no power, ``enforcement`` no concept, or the profile is unknown.

    Notes
    -----
    Where a rule turns out to be broken within the batch, the ordinary way is taken in the end, and says which.

    Examples
    --------
    >>> import alliances as al
    >>> print(evaluation_method(al.presets.morrow_1991(), al.Power.from_gap(0.5)).reason)
    the batch has fewer than 4096 games
    """
    function = "evaluation_method"
    check_model(game, function)
    if not isinstance(power, Power):
        raise TypeError(f"{function}(): power must be a Power, such as Power.from_gap(0.5); got {power!r}")
    pair = profile_of(profile, (game.actions, game.actions), function)
    way = _way(Question(game, power, check_enforcement(enforcement, function), pair))
    return Evaluation(way.method, way.reason)


def evaluated(question: Question, outputs: Sequence[str]) -> list[Array] | None:
    """The outputs of :class:`alliances.repeated.kernels.recorded.Record` for a batch; None if the ordinary way has to be taken.

    It has to where there is no programme, the batch is small, or anything in it is not valid: the ordinary way then finds out
    what, and says so.
    """
    way = _way(question)
    if way.record is None or way.games is None:
        return None
    games, known, numba = way.games, way.record, way.method == "numba"
    used = {name: games.inputs[name] for name in known.inputs}
    numbers = {name: float(x) for name, x in used.items() if games.kinds[name] == "number"}
    planned = _planned(known, tuple(outputs), games, numbers, finite=numba)
    used |= planned.constants
    numbers |= planned.constants
    truths = ("credible", "deterrent")
    results = [np.empty(games.rows * games.columns, bool if name in truths else np.float64) for name in outputs]
    if numba:
        given = [used[str(value)] for _, operation, _, value in planned.steps if operation == "input"]
        valid = compiled(planned)(games.rows, games.columns, *given, *results) == 0
    else:
        if planned.key not in _chunks:
            _room(_chunks)[planned.key] = Chunks(planned)
        shapes = {"row": (-1, 1), "column": (1, -1), "game": (games.rows, games.columns)}
        tables = {n: x if n in numbers else x.reshape(shapes[games.kinds[n]]) for n, x in used.items()}  # type: ignore[union-attr]
        valid = _chunks[planned.key].run(
            games.rows, games.columns, tables, [x.reshape(games.rows, games.columns) for x in results]
        )
    if not valid:
        return None
    for x in results:
        x.flags.writeable = False
    return [x.reshape(games.shape) for x in results]


def _planned(known: Record, outputs: tuple[str, ...], games: Table, numbers: Mapping[str, float], *, finite: bool) -> Plan:
    """The plan, made once for all batches of one layout."""
    special = tuple((name, x) for name, x in numbers.items() if x in SPECIAL)
    key = known, outputs, tuple(games.kinds[name] for name in known.inputs), special, finite
    if key not in _plans:
        _room(_plans)[key] = plan(known, outputs, games.kinds, numbers, finite=finite)
    return _plans[key]


def _room(kept: dict[Any, Any]) -> dict[Any, Any]:
    """The dictionary, emptied if it has grown large."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    return kept
