"""The contenders of the scoreboard: models of the gap with a few free parameters, and naive rules that know no theory.

A contender answers with probabilities on a grid: for each of its candidate parameters, each gap and each stake, the
probabilities of the three arrangements and of the three answers to "who defects?". A :class:`GameModel` answers with certainty
– its regimes are deterministic – and errs at a rate that is one more free parameter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import POSITIVE, Array, Rule, scalar, to_float
from alliances.payoffs import presets
from alliances.payoffs.dyadic import DyadicGame
from alliances.payoffs.synergy import Aggregation, Complementarity
from alliances.power import Power
from alliances.repeated.arguments import check_enforcement
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.transfers import Transfers
from alliances.thresholds.regimes import regimes
from alliances.values import Value

__all__ = ["CONTENDERS", "Answers", "Contender", "FreeParameter", "GameModel", "contenders"]

_BLOCK = 256  # candidates in one call: some ten thousand games, too few to wait for a compiler


@dataclass(frozen=True, eq=False)
class FreeParameter(Value):
    """A free parameter and its prior: uniform from ``low`` to ``high``, or normal around 0 with deviation ``spread``.

    Raises
    ------
    TypeError, ValueError
        If a number is none, ``high`` does not exceed ``low``, or ``spread`` is not positive.

    Examples
    --------
    >>> print(FreeParameter("conflict_cost", 0.0, 0.5).quantile(np.array([0.0, 0.5, 1.0])))
    [0.   0.25 0.5 ]
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    spread: float | None = None

    def __post_init__(self) -> None:
        low = to_float(scalar(self.low, "FreeParameter", "low"))
        above = Rule(f"must exceed low, {low:g}, and be finite", lambda x: x > low)
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", to_float(scalar(self.high, "FreeParameter", "high", above)))
        if self.spread is not None:
            object.__setattr__(self, "spread", to_float(scalar(self.spread, "FreeParameter", "spread", POSITIVE)))
        super().__post_init__()

    def quantile(self, level: Array) -> Array:
        """The value at each level of probability of the prior."""
        if self.spread is None:
            return np.asarray(self.low + (self.high - self.low) * level)
        from scipy.special import ndtri

        return np.asarray(self.spread * ndtri(level))


@dataclass(frozen=True, eq=False)
class Answers:
    """Probabilities (candidates, gaps, stakes, 3) of the arrangements, and of "none", "sponsor" and "proxy" as defectors."""

    arrangement: Array
    defector: Array


class Contender(Value, ABC):
    """What can be scored: probabilities of every answer, for each candidate of its free parameters.

    A subclass has a name and its free parameters (but for the error rate) as fields, and says what it is by the three flags.
    """

    name: str
    parameters: tuple[FreeParameter, ...]
    naive: bool = False
    """Whether it knows no theory."""
    errs: bool = True
    """Whether an error rate is fitted."""
    pooled: bool = False
    """Whether it knows base rates only."""
    listed: str = ""
    """Of a pooled rule: "first" or "before" if it looks at where a phase stands in its file, and not at power."""

    @abstractmethod
    def answers(self, candidates: dict[str, Array], gaps: Array, stakes: Array) -> Answers:
        """The answers for each candidate (arrays of values by name), gap γ and level u of the stakes."""


_PATIENCE = FreeParameter("discount", 0.0, 0.99)
_SYNERGY = FreeParameter("synergy", 0.0, 2.0)
_COST = FreeParameter("conflict_cost", 0.0, 0.5)
_HIGH_STAKES = FreeParameter("high_stakes", 1.0, 4.0)


@dataclass(frozen=True, eq=False)
class GameModel(Contender):
    """A dyadic game with free parameters, judged by its regimes and by whose condition fails.

    Parameters
    ----------
    name
        What tables call it.
    build
        A function of keyword arrays: every free parameter but "discount" and "high_stakes", and ``stakes`` (z, of shape
        (candidates, 1, levels); the others have shape (candidates, 1, 1)). It returns a model whose actions are "ally", perhaps
        "coexist", and "fight".
    parameters
        The free parameters with their priors. They must include "discount" (δ) and "high_stakes" (Z, the stakes called
        high as a multiple of those called low).
    enforcement
        :class:`alliances.NashReversion` by default.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> model = GameModel(
    ...     "lottery",
    ...     lambda conflict_cost, stakes: al.presets.chindea_2014(
    ...         contest=al.Tullock(1), conflict_cost=conflict_cost, stakes=stakes
    ...     ),
    ...     (
    ...         FreeParameter("discount", 0.0, 0.99),
    ...         FreeParameter("conflict_cost", 0.0, 0.4),
    ...         FreeParameter("high_stakes", 1, 4),
    ...     ),
    ... )
    >>> board = al.cases.score([model, "base rates"], candidates=64)
    >>> board.models
    ('lottery', 'base rates')
    """

    name: str
    build: Callable[..., DyadicGame]
    parameters: tuple[FreeParameter, ...] = (_PATIENCE, _SYNERGY, _COST, _HIGH_STAKES)
    enforcement: Enforcement | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise TypeError(f"GameModel(): name must be text that is not empty; got {self.name!r}")
        if not callable(self.build):
            raise TypeError(f"GameModel(): build must be a function of the parameters; got {self.build!r}")
        if not all(isinstance(p, FreeParameter) for p in self.parameters):
            raise TypeError(f"GameModel(): parameters must be FreeParameters; got {self.parameters!r}")
        names = {p.name for p in self.parameters}
        if not {"discount", "high_stakes"} <= names:
            raise ValueError(f"GameModel(): parameters must include 'discount' and 'high_stakes'; got {sorted(names)}")
        check_enforcement(self.enforcement or NashReversion(), "GameModel")

    def game(self, values: dict[str, Any], stakes: Any) -> DyadicGame:
        """The model at parameter values and stakes z."""
        parameters = {name: value for name, value in values.items() if name not in ("discount", "high_stakes")}
        return self.build(**parameters, stakes=stakes)

    def answers(self, candidates: dict[str, Array], gaps: Array, stakes: Array) -> Answers:
        """The answers for each candidate, gap γ and level u of the stakes."""
        size = len(candidates["discount"])
        shape = size, len(gaps), len(stakes), 3
        answers = Answers(np.empty(shape), np.empty(shape))
        for k in range(0, size, _BLOCK):
            block = slice(k, k + _BLOCK)
            part = Answers(answers.arrangement[block], answers.defector[block])
            self._fill(part, {n: v[block] for n, v in candidates.items()}, gaps, stakes)
        return answers

    def _fill(self, answers: Answers, candidates: dict[str, Array], gaps: Array, stakes: Array) -> None:
        parameters = {name: value[:, None, None] for name, value in candidates.items()}
        game = self.game(parameters, parameters["high_stakes"] ** stakes)
        shape = answers.arrangement.shape[:-1]
        solution = regimes(game, Power.from_gap(gaps[:, None]), parameters["discount"], enforcement=self.enforcement)
        classes = np.eye(3)[[("alliance", "pact", "conflict").index(name) for name in solution.names]]
        np.take(classes, np.broadcast_to(solution.code, shape), axis=0, out=answers.arrangement, mode="clip")
        ally = solution.critical[0]
        fails_s, fails_p = (np.broadcast_to(to_float(c) > parameters["discount"], shape) for c in (ally.sponsor, ally.proxy))
        first = np.eye(3)[[0, 1, 2, 0]]  # none, the sponsor, the proxy; where both fail, either may be first
        first[3] = 0, 0.5, 0.5
        np.take(first, fails_s + 2 * fails_p, axis=0, out=answers.defector, mode="clip")


@dataclass(frozen=True, eq=False)
class NaiveRule(Contender):
    """A rule without theory: ``rule(candidates, gap)`` is the chance that an alliance holds, (candidates, gaps).

    Free parameters of the names "pact" and "sponsor" say which part of the rest is a pact, and which the sponsor's doing.
    """

    name: str
    rule: Callable[[dict[str, Array], Array], Array]
    parameters: tuple[FreeParameter, ...] = ()
    errs: bool = True
    pooled: bool = False
    listed: str = ""

    naive = True

    def answers(self, candidates: dict[str, Array], gaps: Array, stakes: Array) -> Answers:
        """The answers for each candidate, gap γ and level u of the stakes."""
        holds = self.rule(candidates, gaps)[:, :, None] * np.ones(len(stakes))
        pact, sponsor = (candidates.get(n, np.zeros(len(holds)))[:, None, None] * (1 - holds) for n in ("pact", "sponsor"))
        rest = 1 - holds
        return Answers(np.stack([holds, pact, rest - pact], axis=-1), np.stack([holds, sponsor, rest - sponsor], axis=-1))


def _always(_: dict[str, Array], gaps: Array) -> Array:
    return np.ones((1, len(gaps)))  # no parameters: one candidate


def _parity(candidates: dict[str, Array], gaps: Array) -> Array:
    return np.asarray(gaps > candidates["margin"][:, None], dtype=float)


def _logistic(candidates: dict[str, Array], gaps: Array) -> Array:
    from scipy.special import expit

    return np.asarray(expit(candidates["intercept"][:, None] + candidates["slope"][:, None] * gaps))


def _chindea(synergy: Array, conflict_cost: Array, stakes: Array) -> DyadicGame:
    return presets.chindea_2014(synergy=Complementarity(synergy), conflict_cost=conflict_cost, stakes=stakes)


def _morrow(synergy: Array, conflict_cost: Array, stakes: Array) -> DyadicGame:
    return presets.morrow_1991(synergy=Complementarity(synergy), conflict_cost=conflict_cost, stakes=stakes)


def _aggregating(synergy: Array, conflict_cost: Array, stakes: Array) -> DyadicGame:
    return presets.capability_aggregation(synergy=Aggregation(synergy), conflict_cost=conflict_cost, stakes=stakes)


_KNOWN: tuple[Contender, ...] = (
    GameModel("chindea_2014", _chindea),
    GameModel("chindea_2014, side payments", _chindea, enforcement=Transfers()),
    GameModel("morrow_1991", _morrow),
    GameModel("capability_aggregation", _aggregating),
    NaiveRule("base rates", _always, errs=False, pooled=True),
    NaiveRule("first phase", _always, errs=False, pooled=True, listed="first"),
    NaiveRule("as before", _always, errs=False, pooled=True, listed="before"),
    NaiveRule("always durable", _always),
    NaiveRule("break at parity", _parity, (FreeParameter("margin", 0.0, 0.2),)),
    NaiveRule(
        "gap alone",
        _logistic,
        (
            FreeParameter("intercept", spread=2.0),
            FreeParameter("slope", spread=4.0),
            FreeParameter("pact"),
            FreeParameter("sponsor"),
        ),
        errs=False,
    ),
)
CONTENDERS: dict[str, Contender] = {contender.name: contender for contender in _KNOWN}
"""The contenders by name: four models of the literature and six naive rules."""


def contenders(models: str | Contender | Iterable[str | Contender] | None, function: str = "score") -> tuple[Contender, ...]:
    """The contenders by name or as they are; all known ones for None."""
    if models is None:
        return tuple(CONTENDERS.values())
    listed: Any = [models] if isinstance(models, (str, Contender)) else models
    if not isinstance(listed, Iterable):
        raise TypeError(f"{function}(): models must be names or Contenders such as GameModel; got {models!r}")
    chosen: list[Contender] = []
    for item in listed:
        if isinstance(item, str):
            if item not in CONTENDERS:
                raise ValueError(
                    f"{function}(): models must be of {', '.join(map(repr, CONTENDERS))}, or Contenders; got {item!r}"
                )
            chosen.append(CONTENDERS[item])
        elif isinstance(item, Contender):
            chosen.append(item)
        else:
            raise TypeError(f"{function}(): models must be names or Contenders such as GameModel; got {item!r}")
    if not chosen or len({item.name for item in chosen}) < len(chosen):
        raise ValueError(
            f"{function}(): models must be at least one, with different names; got {[item.name for item in chosen]}"
        )
    return tuple(chosen)
