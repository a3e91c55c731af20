"""A toy result in one file, with its table, its picture and its re-check: how many pure equilibria each game of a batch has."""

from dataclasses import dataclass

import numpy as np

from alliances import StageGame, Verification
from alliances.plotting import new_axes
from alliances.results import Result, draw, verify


@dataclass(frozen=True, eq=False)
class Tally(Result):
    """The number of pure equilibria, per game."""

    stage: StageGame
    counts: np.ndarray

    @property
    def message(self):
        """How many games have none, in a sentence."""
        return f"{int((self.counts == 0).sum())} of {self.counts.size} games have no pure equilibrium."

    def _record(self):
        return {"counts": self.counts}

    def _columns(self):
        return {"game": np.arange(self.counts.size), "equilibria": self.counts}


def tally(stage):
    """The verb."""
    return Tally(stage, np.atleast_1d(stage.pure_nash().count))


@draw.register
def _(result: Tally, ax=None):
    ax = new_axes() if ax is None else ax
    ax.bar(np.arange(result.counts.size), result.counts, color="0.6")
    ax.set(xlabel="game", ylabel="pure Nash equilibria")
    return ax


@verify.register
def _(result: Tally):
    wrong = [k for k, n in enumerate(result.counts) if n != len(result.stage[k].pure_nash())]
    return Verification(not wrong, result.counts.size, f"game {wrong[0]}: another number of equilibria" if wrong else None)
