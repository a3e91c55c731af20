"""Models as functions of what moves: of the gap as one of their parameters, of the stakes, or of nothing.

They are classes, and not functions within functions, so that what holds them is a value: it can be sent to another process and
saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from alliances.arithmetic import Number, like
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.power import Power
from alliances.values import Value

__all__ = ["AtGap", "OneGame", "OwnStakes", "PinnedLine", "PinnedModel"]


@dataclass(frozen=True, eq=False)
class AtGap(DyadicGame):
    """A model at one gap, whatever the power that it is asked about.

    Attributes
    ----------
    game
        The model.
    gap, total
        The gap γ, and s + p.
    """

    game: DyadicGame
    gap: Number
    total: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "actions", self.game.actions)
        super().__post_init__()

    def cells(self, power: Power) -> Cells:
        """The payoff pairs at the gap, in the number type of ``power`` and of the gap."""
        gap = self.gap + 0 * power.gap
        half = like(self.total, gap) / 2
        return self.game.cells(Power(half * (1 + gap), half * (1 - gap)))


@dataclass(frozen=True, eq=False)
class PinnedModel(Value):
    """A family's model with the gap as one more parameter."""

    model: Callable[..., DyadicGame]
    total: Number

    def __call__(self, *, gap: Number, **values: Any) -> DyadicGame:
        """The model at these values, at this gap."""
        return AtGap(self.model(**values), gap, self.total)


@dataclass(frozen=True, eq=False)
class PinnedLine(Value):
    """A model as a function of the parameter that moves, at one gap."""

    model: Callable[[Any], DyadicGame]
    gap: Number
    total: Number

    def __call__(self, value: Any) -> DyadicGame:
        """The model at this value of the parameter."""
        return AtGap(self.model(value), self.gap, self.total)


@dataclass(frozen=True, eq=False)
class OwnStakes(Value):
    """A model as a function of the stakes; None leaves it its own."""

    game: DyadicGame

    def __call__(self, stakes: Any = None) -> DyadicGame:
        """The model with these stakes."""
        return self.game if stakes is None else replace(self.game, stakes=stakes)  # type: ignore[type-var]


@dataclass(frozen=True, eq=False)
class OneGame(Value):
    """The same model, whatever the parameters are."""

    game: DyadicGame

    def __call__(self, **_: Any) -> DyadicGame:
        """The model."""
        return self.game
