"""Models at a gap that is one of their parameters: what a claim is about in which another parameter moves, at every gap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alliances.arithmetic import Number, like
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.power import Power

__all__ = ["AtGap", "PinnedModel"]


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

    def cells(self, power: Power) -> Cells:
        """The payoff pairs at the gap, in the number type of ``power`` and of the gap."""
        gap = self.gap + 0 * power.gap
        half = like(self.total, gap) / 2
        return self.game.cells(Power(half * (1 + gap), half * (1 - gap)))


@dataclass(frozen=True, eq=False)
class PinnedModel:
    """A family's model with the gap as one more parameter."""

    model: Callable[..., DyadicGame]
    total: Number

    def __call__(self, *, gap: Number, **values: Any) -> DyadicGame:
        """The model at these values, at this gap."""
        return AtGap(self.model(**values), gap, self.total)
