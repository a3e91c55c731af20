"""What a model of a dyad is: actions, and the cells of the stage game as arithmetic in the two powers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from alliances.arithmetic import Number, has_symbols
from alliances.arithmetic.truth import deciding
from alliances.games.bimatrix import TWO_PLAYERS
from alliances.games.stage_game import StageGame
from alliances.power import Power
from alliances.results import Tabular

__all__ = ["Cells", "CustomGame", "DyadicGame", "array_shapes"]

Cells = tuple[tuple[tuple[Number, Number], ...], ...]
"""Payoffs (sponsor, proxy), row by row, as in a printed bimatrix."""


class DyadicGame(Tabular, ABC):
    r"""A stage game whose payoffs depend on the dyad's power.

    Subclass it, or use :class:`CustomGame`, to write a whole model as a few lines of arithmetic.

    Examples
    --------
    >>> class Tribute(DyadicGame):
    ...     actions = ("ally", "fight")
    ...
    ...     def cells(self, power):
    ...         s, p = power.sponsor, power.proxy
    ...         return [[(s + 1, p + 1), (s - p, 2 * p)], [(s + p, 0 * p), (s, p)]]
    >>> print(Tribute().stage_game(Power(3, 1)))
    sponsor \ proxy  ally  fight
    ally            4, 2   2, 2
    fight           4, 0   3, 1
    """

    actions: tuple[str, ...]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "cells" in cls.__dict__:  # a model that decides by ``if`` is told what to write instead
            cls.cells = deciding(cls.cells)  # type: ignore[method-assign]

    @abstractmethod
    def cells(self, power: Power) -> Cells:
        """The payoff pairs (sponsor, proxy), row by row, in the number type of ``power``."""

    def stage_game(self, power: Power) -> StageGame:
        """The stage game at ``power``: one bimatrix game, or a batch where power or parameters are arrays.

        Raises
        ------
        TypeError
            If ``power`` is not a :class:`Power`, or is symbolic (use :meth:`cells` for closed forms).
        ValueError
            If the shapes of power and parameters do not broadcast, or a cell has not two payoffs.
        """
        if not isinstance(power, Power):
            raise TypeError(f"stage_game(): power must be a Power, such as Power.from_gap(0.5); got {power!r}")
        name = type(self).__name__
        try:
            cells = self.cells(power)
            if any(has_symbols(payoff) for row in cells for cell in row for payoff in cell):
                raise TypeError("stage_game(): payoffs must be numbers; symbolic power or parameters run through cells(power)")
            if any(len(cell) != 2 for row in cells for cell in row):
                lengths = sorted({len(cell) for row in cells for cell in row})
                raise TypeError(
                    f"{name}(): cells must hold two payoffs each, (sponsor's, proxy's): {TWO_PLAYERS}; got {lengths}"
                )
            sponsor, proxy = (_stack([[cell[k] for cell in row] for row in cells]) for k in (0, 1))
        except OverflowError as error:  # an exact number that is no float meets one that is
            raise ValueError(f"{name}(): power and parameters must lie within the range of floats; {error}") from error
        except ValueError as error:  # NumPy has no error type of its own for shapes
            if self._broadcasts(power):
                raise
            raise ValueError(
                f"{name}(): the parameters must broadcast with the power, of shape {power.shape}; {error}"
            ) from error
        computed = StageGame.of_computed(sponsor, proxy, (tuple(self.actions),) * 2)
        return StageGame(sponsor, proxy, actions=self.actions) if computed is None else computed

    def _broadcasts(self, power: Power) -> bool:
        """Whether the shapes of power and parameters broadcast: those of the parameters that the model holds, and those of the
        payoffs of a single dyad, which show the parameters that its functions hold.
        """
        shapes = [power.shape, *array_shapes(self)]
        with suppress(ValueError):  # if the model fails at a single dyad, too, its parameters' shapes are all there is
            first = power[(0,) * len(power.shape)] if power.shape else power
            shapes += [np.shape(payoff) for row in self.cells(first) for cell in row for payoff in cell]
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            return False
        return True


def array_shapes(part: object) -> Iterator[tuple[int, ...]]:
    """The shapes of the arrays among a model's parameters and those of its ingredients."""
    if isinstance(part, np.ndarray):
        yield part.shape
    elif isinstance(part, tuple):
        for element in part:
            yield from array_shapes(element)
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from array_shapes(getattr(part, field.name))


def _stack(rows: list[list[Number]]) -> Number:
    """An m×n table of broadcastable payoffs as one array (..., m, n), exact if every payoff is."""
    cells = [x for row in rows for x in row]
    kinds = {type(x) for x in cells}
    if kinds == {Fraction} or kinds == {float}:  # one dyad, nothing to broadcast
        return np.array(cells, dtype=object if kinds == {Fraction} else np.float64).reshape(len(rows), len(rows[0]))
    flat = list(np.broadcast_arrays(*(np.asarray(x) for x in cells)))
    if any(x.dtype.kind == "f" for x in flat) and any(x.dtype.kind == "O" for x in flat):
        flat = [x.astype(np.float64) for x in flat]
    # action by action, because almost every operation on games is one on some profiles of all of them
    return np.moveaxis(np.stack(flat).reshape(len(rows), len(rows[0]), *flat[0].shape), (0, 1), (-2, -1))


@dataclass(frozen=True, eq=False)
class CustomGame(DyadicGame):
    """A model of your own: payoffs as arithmetic in the sponsor's and the proxy's power.

    Parameters
    ----------
    payoffs
        A function ``power -> rows``, where each row lists its cells as (sponsor, proxy).
    actions
        The labels of the actions, the same for both players; the first is "ally" to the functions that look for a default.

    Examples
    --------
    >>> def stag_hunt(power):
    ...     s, p = power.sponsor, power.proxy
    ...     return [[(2 * s, 2 * p), (0, p)], [(s, 0), (s, p)]]
    >>> CustomGame(stag_hunt, actions=("ally", "fight")).stage_game(Power(3, 1)).pure_nash().profiles
    ((0, 0), (1, 1))
    """

    payoffs: Callable[[Power], Sequence[Sequence[tuple[Number, Number]]]]
    actions: tuple[str, ...] = ("ally", "fight")

    def __post_init__(self) -> None:
        if not callable(self.payoffs):
            raise TypeError(f"CustomGame(): payoffs must be a function of the power; got {self.payoffs!r}")
        actions = self.actions
        if not isinstance(actions, (tuple, list)) or not actions or not all(isinstance(x, str) for x in actions):
            raise TypeError(f"CustomGame(): actions must be a tuple of labels; got {actions!r}")
        if len(set(actions)) < len(actions):
            raise ValueError(f"CustomGame(): actions must be different labels; got {actions!r}")
        object.__setattr__(self, "actions", tuple(actions))
        super().__post_init__()

    def cells(self, power: Power) -> Cells:
        """The payoff pairs (sponsor, proxy), row by row."""
        table = self.payoffs(power)
        try:
            rows = tuple(tuple((a, b) for a, b in row) for row in table)
        except (TypeError, ValueError):
            raise TypeError(
                f"CustomGame(): payoffs must return rows of cells (sponsor's payoff, proxy's): {TWO_PLAYERS}; got {table!r}"
            ) from None
        if len(rows) != len(self.actions) or any(len(row) != len(self.actions) for row in rows):
            raise ValueError(
                f"CustomGame(): payoffs must return one row and one column per action {self.actions}; "
                f"got rows of lengths {[len(row) for row in rows]}"
            )
        return rows
