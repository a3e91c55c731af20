r"""Options in order: does a model rank what a side may choose as the literature does?

A case may list options with a rank of the cooperation that its source expects of each, and the levers that each pulls, in
levels. A model is asked for the critical discount factor δ* under each option: the lower it is, the easier the alliance is to
keep. Two levers are known:

* ``common_task``: how much the two do together. Level t of T multiplies the synergy by w_t, where 0 = w_0 < w_1 < … < w_T = 1;
* ``accommodation``: how far the proxy comes to terms with somebody else. At a level above 0 it has an outside option
  (:class:`alliances.OutsideOption`), worth the fraction o of its proportional share of the stake.

What a level is worth no source says, and so all sizes in the right order are tried: w, o, the gap and the model's parameters
are drawn at random, and the answer is the share of draws in which the model's order is the literature's. The *direction* of the
levers is coded from the same text as the ranks. A model in which they do what they are named for passes; the test is one that a
model can fail, not one that tells apart those that pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.arithmetic.canonical import random_seed
from alliances.cases.files.case import Case
from alliances.cases.files.loader import load
from alliances.cases.files.records import Option
from alliances.cases.scores.contenders import GameModel, contenders
from alliances.power import Power
from alliances.repeated.critical import critical_discount
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.outside_option import OutsideOption
from alliances.results import Result

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["OptionRanking", "rank_options"]

LEVERS = ("common_task", "accommodation")
_UNUSED = ("discount", "high_stakes")
GAPS = 0.4, 0.95  # the band "asymmetric"
_EQUAL = 1e-9


@dataclass(frozen=True, eq=False)
class OptionRanking(Result):
    """How a model ranks a case's options; :func:`rank_options` makes it.

    Attributes
    ----------
    case, model, options
        The case and the model, and its options in the order of the literature, the most cooperative first.
    critical
        (options, draws): δ* of the dyad; inf where no patience is enough.
    draws
        The values that were drawn, by name.
    seed
        Of the draws.
    """

    case: str
    model: str
    options: tuple[Option, ...]
    critical: Array
    draws: dict[str, Array]
    seed: int

    @property
    def ordered(self) -> float:
        """The share of draws in which no option is easier to keep than one that the literature ranks before it."""
        return float(np.all([self._reversed(k) == 0 for k in range(len(self.options) - 1)], axis=0).mean())

    @property
    def strictly(self) -> float:
        """The share of draws in which each option is harder to keep than the one before it."""
        return float(np.all([self._reversed(k) == 0 for k in range(len(self.options) - 1)] + [~self._tied], axis=0).mean())

    @property
    def _tied(self) -> Array:
        return np.asarray(np.any([self._equal(k) for k in range(len(self.options) - 1)], axis=0))

    def _equal(self, k: int) -> Array:
        here, there = self.critical[k], self.critical[k + 1]
        return np.asarray(
            (here == there) | (np.abs(np.where(np.isinf(here), 2, here) - np.where(np.isinf(there), 2, there)) < _EQUAL)
        )

    def _reversed(self, k: int) -> Array:
        return np.asarray((self.critical[k] > self.critical[k + 1]) & ~self._equal(k))

    @property
    def message(self) -> str:
        """How often the orders agree."""
        order = " > ".join(option.id for option in self.options)
        return (
            f"{self.case}, {self.model}: the literature's order {order} in {self.ordered:.1%} of "
            f"{self.critical.shape[1]} draws, strictly so in {self.strictly:.1%}."
        )

    def _columns(self) -> Columns:
        """One row for each pair of neighbours: how often the model agrees, sees no difference, or has them reversed."""
        rows = []
        for k, (one, other) in enumerate(pairwise(self.options)):
            tied, wrong = float(self._equal(k).mean()), float(self._reversed(k).mean())
            rows.append((f"{one.id} > {other.id}", 1 - tied - wrong, tied, wrong))
        names = ("options", "agrees", "no difference", "other way round")
        return {name: [row[k] for row in rows] for k, name in enumerate(names)}

    def _record(self) -> dict[str, Any]:
        ranks = {option.id: option.rank for option in self.options}
        return {
            "case": self.case,
            "model": self.model,
            "ranks": ranks,
            "seed": self.seed,
            "critical": self.critical,
            "draws": self.draws,
        }

    def __str__(self) -> str:
        columns = self._columns()
        lines = [
            f"{pair}: {a:.1%}, no difference {t:.1%}, other way round {w:.1%}"
            for pair, a, t, w in zip(*columns.values(), strict=True)
        ]
        return "\n".join([self.message, *lines])


def rank_options(
    case: Case | str = "us-mexico",
    model: str | GameModel = "chindea_2014",
    *,
    rng: np.random.Generator | int | None = 0,
    draws: int = 2000,
) -> OptionRanking:
    """Rank the options of a case by a model's critical discount factor, over random sizes of the levers.

    Parameters
    ----------
    case
        A case with options, or the name of a bundled one.
    model
        A :class:`GameModel` with a free parameter "synergy", or the name of one of the scoreboard. Its parameters are drawn
        from their priors, its stakes are 1.
    rng
        A NumPy generator or a seed.
    draws
        How many sizes are tried, at least 1.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, the case has fewer than two options, or a lever is not known.

    Examples
    --------
    >>> ranking = rank_options(draws=200)
    >>> [option.id for option in ranking.options], ranking.ordered > 0.9
    (['A', 'B', 'C', 'D'], True)
    """
    chosen = load(case) if isinstance(case, str) else case
    if not isinstance(chosen, Case):
        raise TypeError(f"rank_options(): case must be a case or the name of one; got {case!r}")
    (contender,) = contenders(model, "rank_options")
    if not isinstance(contender, GameModel) or "synergy" not in {p.name for p in contender.parameters}:
        raise ValueError(f"rank_options(): model must be a GameModel with a free parameter 'synergy'; got {contender.name!r}")
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or draws < 1:
        raise ValueError(f"rank_options(): draws must be an integer, at least 1; got {draws!r}")
    options = tuple(sorted(chosen.options, key=lambda option: option.rank))
    if len(options) < 2:
        raise ValueError(f"rank_options(): case must have at least two options; got {chosen.name} with {len(options)}")
    for option in options:
        for name, _ in option.levers:
            if name not in LEVERS:
                raise ValueError(f"rank_options(): levers must be of {', '.join(LEVERS)}; got {name!r} in option {option.id}")
    seed = random_seed(rng, "rank_options", None)
    levels = {name: [dict(option.levers).get(name, 0) for option in options] for name in LEVERS}
    generator = np.random.default_rng(seed)
    values = {"gap": generator.uniform(*GAPS, int(draws))}
    values |= {p.name: p.quantile(generator.uniform(size=int(draws))) for p in contender.parameters if p.name not in _UNUSED}
    sizes = _sizes(generator, int(draws), {name: max(*rungs, 1) for name, rungs in levels.items()})
    critical = [_critical(contender, values, sizes, t, a) for t, a in zip(*levels.values(), strict=True)]
    return OptionRanking(chosen.name, contender.name, options, np.stack(critical), values, seed)


def _sizes(rng: np.random.Generator, draws: int, top: Mapping[str, int]) -> dict[str, Array]:
    """By lever (levels, draws): sizes that rise with the level, from 0."""
    sizes: dict[str, Array] = {}
    for name, highest in top.items():
        steps = np.sort(rng.uniform(0, 1, (highest, draws)), axis=0)
        if name == "common_task":
            steps[-1] = 1
        sizes[name] = np.concatenate([np.zeros((1, draws)), steps])
    return sizes


def _critical(
    contender: GameModel, values: Mapping[str, Array], sizes: Mapping[str, Array], task: int, accommodation: int
) -> Array:
    power = Power.from_gap(values["gap"])
    parameters = {name: value for name, value in values.items() if name != "gap"}
    parameters["synergy"] = parameters["synergy"] * sizes["common_task"][task]
    game = contender.build(**parameters, stakes=1.0)
    enforcement: Enforcement = contender.enforcement or NashReversion()
    if accommodation:
        offer = sizes["accommodation"][accommodation] * to_float(np.asarray(power.proxy_share))
        enforcement = OutsideOption(offer, enforcement)
    return np.asarray(to_float(np.asarray(critical_discount(game, power, enforcement=enforcement).dyad)))
