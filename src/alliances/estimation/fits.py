"""A fitted hazard, and what it predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from alliances.arithmetic import Array
from alliances.estimation.design import HazardDesign
from alliances.estimation.estimates import Model
from alliances.estimation.fitted import Fitted
from alliances.estimation.spells import Spells
from alliances.results import Result

__all__ = ["HazardFit"]


class RatedModel(Model, Protocol):
    """What a hazard asks of its model; :class:`alliances.estimation.rates.RateModel`."""

    def design(self, spells: Spells) -> HazardDesign:
        """The columns of predictors that rows of a fit give."""

    def rates(self, spells: Spells, design: HazardDesign, theta: Array) -> Array:
        """λ by side and row."""


@dataclass(frozen=True, eq=False)
class HazardFit(Fitted, Result):
    """A fitted hazard.

    Attributes
    ----------
    model, layout
        What was fitted, and to which columns.
    design
        The predictors, with what the rows say about them.
    spells
        The rows.
    names
        The parameters.
    optima, values, converged
        (S, P) where each search ended, ln L there, and whether it came to rest; the best first.
    seed
        Of the starts.
    """

    model: RatedModel

    def rates_of(self, spells: Spells) -> Array:
        """λ by side and row, (sides, n), of rows that are read already."""
        return self.model.rates(spells, self.design, self.estimate)
