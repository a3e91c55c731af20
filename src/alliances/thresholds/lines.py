"""Many alliances along the gap: a line of gaps for each, looked at and halved together.

A model whose parameters are arrays is a batch of alliances, and so are arrays among the discount factors and in the enforcement
concept; all broadcast to one shape. :class:`Lines` takes such a batch apart: it answers questions about any of its alliances at
any gaps, at most :data:`GAMES` stage games at a time, so that memory does not grow with the batch. An answer does not depend on
what else is asked in the same call: the answers are those of the alliances one by one.

Two arrangements serve. At first all alliances are looked at on the same gaps, a table (alliance, gap) on which parameters and
power broadcast. Later each needs gaps of its own; then a question is a list of pairs (alliance, gap), and one call serves all
that are still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.arithmetic.canonical import computed_discount
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame, array_shapes
from alliances.power import Power
from alliances.repeated.arguments import check_discount, check_enforcement, check_model
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.thresholds.line import Edges, Span, edges_of, tidied

__all__ = ["GAMES", "Lines", "element", "index_of", "lines_of", "mapped", "pieces", "place_of", "regions_along"]

GAMES = 65_536
"""Stage games at a time: what fits the processor's cache, and costs memory of some tens of megabytes."""

Part = TypeVar("Part")
Question = Callable[[DyadicGame, Enforcement, Power, Array], Sequence[Array]]
"""What is asked of alliances: (game, concept, power, the alliances' numbers) → rows of numbers, each one for each game."""


def mapped(part: Part, change: Callable[[Array], Any]) -> Part:
    """A model, concept or ingredient with each array among its parameters, and among those of its parts, changed."""
    new: Any = part
    if isinstance(part, np.ndarray):
        new = change(part)
    elif isinstance(part, tuple):
        parts = [mapped(x, change) for x in part]
        if any(a is not b for a, b in zip(parts, part, strict=True)):
            new = type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)
    elif is_dataclass(part) and not isinstance(part, type):
        changes = {}
        for field in fields(part):
            old = getattr(part, field.name)
            if field.init and (value := mapped(old, change)) is not old:
                changes[field.name] = value
        new = replace(part, **changes) if changes else part
    result: Part = new
    return result


def element(part: Part, shape: tuple[int, ...], index: tuple[int, ...]) -> Part:
    """A model or concept of a batch, whose arrays broadcast to ``shape``, with the parameters at ``index``: of one alliance.

    Examples
    --------
    >>> import alliances as al
    >>> element(al.Tullock(np.array([[1.0], [2.0]])), (2, 3), (1, 0))
    Tullock(decisiveness=2.0)
    """

    def at(array: Array) -> Any:
        value = np.broadcast_to(array, shape)[index]
        return value.item() if isinstance(value, (np.ndarray, np.generic)) and np.ndim(value) == 0 else value

    return mapped(part, at)


def place_of(index: object, shape: tuple[int, ...], name: str) -> int:
    """The number, counted in C order, of the element of a batch that an index selects; errors name ``name``."""
    places = np.arange(int(np.prod(shape))).reshape(shape)
    keys = index if isinstance(index, tuple) else (index,)
    whole = all(isinstance(k, (int, np.integer)) and not isinstance(k, bool) for k in keys)
    if whole and len(keys) == len(shape) and all(-size <= k < size for k, size in zip(keys, shape, strict=True)):
        return int(places[keys])
    raise IndexError(f"{name}(): index must select one alliance of a batch of shape {shape}; got {index!r}")


def index_of(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The index of the element with that number, counted in C order."""
    return tuple(int(k) for k in np.unravel_index(place, shape)) if shape else ()


@dataclass(frozen=True, eq=False)
class Lines:
    """Alliances along the gap, each with its model, concept and discount factors; :func:`lines_of` checks and makes them.

    Attributes
    ----------
    game, concept
        With flat arrays (n,) for what differs; in the given form, without arrays, for a single alliance.
    span
        The gaps and the total power, the same for all.
    shape
        The shape of the batch, () for a single alliance; n is its size.
    discount
        (2, n): δ_S and δ_P.
    first
        The stage games at the lowest gap, (n, …) or one for all.
    varies
        Whether games, and whether concepts, differ between alliances.
    asked, given
        The concept, and the discount factors as floats, as they were given.
    function
        Whose arguments these are, for the errors' texts.
    """

    game: DyadicGame
    concept: Enforcement
    span: Span
    shape: tuple[int, ...]
    discount: Array
    first: StageGame
    varies: tuple[bool, bool]
    asked: Enforcement
    given: tuple[Any, Any]
    function: str

    @property
    def size(self) -> int:
        """How many alliances there are."""
        return int(self.discount.shape[1])

    def model(self, k: Any) -> tuple[DyadicGame, Enforcement]:
        """Model and concept of the alliances ``k``: an array of numbers, or one of them."""

        def taken(array: Array) -> Any:
            value = array[k]
            return value.item() if isinstance(value, np.generic) else value

        game, concept = self.game, self.concept
        return mapped(game, taken) if self.varies[0] else game, mapped(concept, taken) if self.varies[1] else concept

    def ask(self, question: Question, k: Array, gaps: Array) -> Array:
        """(rows, …): answers for the alliances ``k`` at ``gaps``, which broadcast to a list or to a table of games."""
        shape = np.broadcast_shapes(k.shape, gaps.shape)
        try:
            answers = question(*self.model(k), self.span.power(gaps), k)
        except (TypeError, ValueError, OverflowError) as error:
            if not any(self.varies):
                raise
            raise self._blamed(error, question, k, gaps) from error
        return np.stack([np.broadcast_to(row, shape) for row in answers])

    def at_pairs(self, question: Question, k: Array, gaps: Array) -> Array:
        """(rows, m): answers for pairs of an alliance and a gap, :data:`GAMES` of them at a time."""
        parts = [self.ask(question, k[at], gaps[at]) for at in pieces(len(gaps), GAMES)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def at_tables(self, question: Question, k: Array, gaps: Array) -> Iterator[tuple[slice, Array]]:
        """Answers (rows, alliances, gaps) for all alliances ``k`` at all ``gaps``: some alliances at a time, and which."""
        for at in pieces(len(k), max(1, GAMES // len(gaps))):
            parts = [self.ask(question, k[at, None], gaps[g]) for g in pieces(len(gaps), GAMES)]
            yield at, parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)

    def _blamed(self, error: Exception, question: Question, k: Array, gaps: Array) -> Exception:
        """The error of the first alliance that has one by itself, with its index."""
        numbers, gaps = np.broadcast_arrays(k, gaps)
        for one in np.unique(numbers):
            try:
                question(*self.model(int(one)), self.span.power(gaps[numbers == one]), np.array(one))
            except (TypeError, ValueError, OverflowError) as own:
                return _invalid(own, index_of(int(one), self.shape), self.function)
        return error


def lines_of(
    game: DyadicGame,
    discount: Number | Pair | list[Any],
    enforcement: Enforcement | None,
    span: Span,
    function: str,
    *others: Any,
) -> Lines:
    """Check the arguments of ``function`` and take the batch apart; ``others`` are arrays that broadcast with it.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, the shapes do not broadcast, or a model has arrays that are no parameters.
    """
    check_model(game, function)
    power = span.power(span.domain[0])
    first = _first(game, power, function)
    concept = asked = check_enforcement(enforcement, function)
    delta_s, delta_p = (to_float(computed_discount(x, False, function)) for x in check_discount(discount, concept, function))
    inside = list(array_shapes(concept))
    shapes = [first.batch_shape, *inside, *(np.shape(x) for x in (delta_s, delta_p, *others))]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"{function}(): game, enforcement and discount must broadcast to one batch of alliances; got the shapes "
            f"{', '.join(map(str, dict.fromkeys(s for s in shapes if s)))}"
        ) from None
    varies = bool(first.batch_shape), bool(inside)

    def flat(array: Array) -> Array:
        return np.broadcast_to(array, shape).reshape(-1)

    if varies[0]:
        game = _flattened(game, first, flat, power, function)
        a, b = (np.broadcast_to(x, (*shape, *x.shape[-2:])).reshape(-1, *x.shape[-2:]) for x in (first.A, first.B))
        first = type(first)._trusted(a, b, first.actions) if len(shape) != 1 or first.batch_shape != shape else first
    if varies[1]:
        concept = mapped(concept, flat)
    size = int(np.prod(shape))
    both = np.stack([np.broadcast_to(x, shape).reshape(size) for x in (delta_s, delta_p)])
    return Lines(game, concept, span, shape, both, first, varies, asked, (delta_s, delta_p), function)


def _first(game: DyadicGame, power: Power, function: str) -> StageGame:
    """The stage games at one power – or the error of the first set of parameters that has one, with its index."""
    try:
        return game.stage_game(power)
    except (TypeError, ValueError) as error:
        try:
            shape = np.broadcast_shapes(*array_shapes(game))
        except ValueError:
            raise error from None
        for index in np.ndindex(shape) if shape else ():
            try:
                element(game, shape, index).stage_game(power)
            except (TypeError, ValueError) as own:
                raise _invalid(own, index, function) from error
        raise


def _invalid(error: Exception, index: tuple[int, ...], function: str) -> Exception:
    words = f"{function}(): game must be valid with each set of parameters, and at index {index} is not: {error}"
    return TypeError(words) if isinstance(error, TypeError) else ValueError(words)


def _flattened(game: DyadicGame, first: StageGame, flat: Callable[[Array], Array], power: Power, function: str) -> DyadicGame:
    """The model with flat arrays, from which single alliances can be taken – or an error, where it holds others as well."""
    taken: StageGame | None = None
    try:
        whole = mapped(game, flat)
        places = flat(np.arange(int(np.prod(first.batch_shape))).reshape(first.batch_shape))[[-1, 0]]
        taken = mapped(whole, lambda array: array[[-1, 0]]).stage_game(power)
    except (TypeError, ValueError):
        pass
    games = first.A.reshape(-1, *first.shape), first.B.reshape(-1, *first.shape)
    if taken is None or not all(
        np.shape(x) == np.shape(y[places]) and np.allclose(to_float(x), to_float(y[places]), rtol=_ALIKE, atol=0)
        for x, y in zip((taken.A, taken.B), games, strict=True)
    ):
        raise ValueError(
            f"{function}(): game must hold its arrays as parameters of itself or of its ingredients, so that each alliance can "
            "be taken out: make a function that holds an array a frozen dataclass with a field for it and "
            f"__call__(self, power); got {game!r}"
        )
    return whole


def pieces(size: int, length: int) -> Iterator[slice]:
    """The slices of at most ``length`` that make up ``size`` elements; one if there are none."""
    for start in range(0, max(size, 1), length):
        yield slice(start, start + length)


_LABELS = 8_000_000  # kept at a time, a byte or two each
_ALIKE = 1e-9  # relative: numbers that differ less are the same setting of a parameter


def regions_along(lines: Lines, question: Question) -> tuple[Array, Array, Array, Array]:
    """Regions of equal label of every alliance, where ``question`` answers with one row, the labels: integers from −1 on.

    Returns
    -------
    offsets, lower, upper, label
        The regions by alliance and from the lowest gap up; the k-th alliance's are ``offsets[k]`` to ``offsets[k + 1]``.
    """
    gaps = lines.span.gaps
    found: list[tuple[Array, Array, Array]] = []
    for at in pieces(lines.size, max(1, _LABELS // len(gaps))):
        found += _regions(lines, question, np.arange(lines.size)[at], gaps)
    lower, upper, label = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return np.append(0, np.cumsum([len(one[0]) for one in found])), lower, upper, label.astype(np.int64)


def _regions(lines: Lines, question: Question, k: Array, gaps: Array) -> Iterator[tuple[Array, Array, Array]]:
    """The regions of the alliances ``k``, one after the other."""
    labels = np.empty((len(k), len(gaps)), dtype=np.int16)
    for at, answers in lines.at_tables(question, k, gaps):
        labels[at] = answers[0]
    row, change = np.nonzero(labels[:, 1:] != labels[:, :-1])
    start = Edges(k[row], gaps[change], gaps[change + 1], labels[row, change], labels[row, change + 1])
    edges = edges_of(lambda alliance, g: lines.at_pairs(question, alliance, g)[0].astype(np.int16), start)
    bounds = np.searchsorted(edges.alliance, np.append(k, k[-1] + 1))
    for one, (a, b) in enumerate(pairwise(bounds.tolist())):
        kinds = np.append(labels[one, :1], edges.at_right[a:b])
        yield tidied(lines.span.domain, edges.left[a:b], edges.right[a:b], kinds)
