"""Families: a model with some parameters left open, each over its domain.

A claim about a family is a claim about every model in it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from alliances.arithmetic import POSITIVE, Number, scalar
from alliances.arithmetic.domains import Choice, Domain, Interval, as_domain, decimal
from alliances.claims.pinned import PinnedModel
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.arguments import check_enforcement
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.values import Value

__all__ = ["ASSUMPTIONS", "Family"]

ASSUMPTIONS = {
    "credible": "conflict (or the given punishing profile) is a stage Nash equilibrium",
    "deterrent": "both players prefer the profile to conflict (or to the given punishing profile)",
}
"""What a family may assume of its stage games, beside the domains of its parameters."""


@dataclass(frozen=True, eq=False)
class Family(Value):
    """A model whose parameters are open over domains.

    Parameters
    ----------
    model
        A function of the open parameters, by name, that returns a model such as :class:`alliances.AllianceGame`; for
        :data:`PROTRACTION`, an :class:`alliances.ConflictWalk`.
    parameters
        The domain of each open parameter: an :class:`Interval`, a :class:`Choice`, a pair (low, high), or a list of values.
    enforcement
        How deviations are punished, as everywhere; or a function of some of the open parameters that returns it.
    assume
        Names of :data:`ASSUMPTIONS`; the claim is then about stretches of gaps on which they hold.
    gaps
        The gaps that claims along the gap speak of; [0, 1) by default.
    total
        s + p, held fixed along the gap.
    profile
        The profile to sustain; "ally" of both by default.

    Raises
    ------
    TypeError, ValueError
        If nothing is open, a domain is empty or inverted, names do not fit the model's arguments, or an argument breaks
        its rule.

    Examples
    --------
    >>> import alliances as al
    >>> family = al.claims.Family(
    ...     lambda v: al.AllianceGame(al.Tullock(1), al.Complementarity(v), al.Proportional(), exposure=1, conflict_cost=0.1),
    ...     {"v": al.claims.Interval(0, 5)},
    ... )
    >>> print(family)
    v in [0, 5]; gaps [0, 1); NashReversion(mixed=False)
    """

    model: Callable[..., DyadicGame]
    parameters: Mapping[str, Domain]
    enforcement: Enforcement | Callable[..., Enforcement] = field(default_factory=NashReversion)
    assume: tuple[str, ...] = ()
    gaps: Interval = field(default_factory=lambda: Interval(0, 1, "left"))
    total: Number = 1
    profile: Profile = (0, 0)

    def __post_init__(self) -> None:
        if not callable(self.model) or isinstance(self.model, DyadicGame):
            raise TypeError(
                f"Family(): model must be a function of the open parameters that returns a game; got {self.model!r}"
            )
        if not isinstance(self.parameters, Mapping):
            raise TypeError(f"Family(): parameters must map names to domains; got {self.parameters!r}")
        if not self.parameters:
            raise ValueError("Family(): parameters must leave something open; got none (check() is for a single model)")
        domains = {name: as_domain(domain, name) for name, domain in self.parameters.items()}
        object.__setattr__(self, "parameters", domains)
        _fits(self.model, domains, "model")
        if not _is_concept(self.enforcement):
            if not callable(self.enforcement) or isinstance(self.enforcement, type):
                check_enforcement(self.enforcement, "Family")  # type: ignore[arg-type]
            _takes(self.enforcement, domains)
        assume = (self.assume,) if isinstance(self.assume, str) else tuple(self.assume)
        for name in assume:
            if name not in ASSUMPTIONS:
                raise ValueError(f"Family(): assume must name assumptions ({', '.join(ASSUMPTIONS)}); got {name!r}")
        object.__setattr__(self, "assume", assume)
        gaps = as_domain(self.gaps, "gaps")
        if not isinstance(gaps, Interval) or gaps.high is None or gaps.low < -1 or gaps.high > 1:
            raise ValueError(f"Family(): gaps must be an interval within (-1, 1); got {self.gaps}")
        if (gaps.low == -1 and gaps.includes_low) or (gaps.high == 1 and gaps.includes_high):
            raise ValueError(f"Family(): gaps must be an interval within (-1, 1), whose ends are no gaps; got {self.gaps}")
        object.__setattr__(self, "gaps", gaps)
        object.__setattr__(self, "total", decimal(scalar(self.total, "Family", "total", POSITIVE)))
        super().__post_init__()

    def at(self, **values: Any) -> Any:
        """The model at these values of the open parameters: numbers, arrays or indeterminates."""
        if set(values) != set(self.parameters):
            raise ValueError(f"Family.at(): values must be given for {', '.join(self.parameters)}; got {', '.join(values)}")
        game = self.model(**values)
        if not isinstance(game, (DyadicGame, ConflictWalk)):
            raise TypeError(f"Family(): model must return a game such as AllianceGame, or a ConflictWalk; got {game!r}")
        return game

    def concept(self, **values: Any) -> Enforcement:
        """The enforcement concept at these values of the open parameters."""
        if _is_concept(self.enforcement):
            return self.enforcement  # type: ignore[return-value]
        names = _takes(self.enforcement, self.parameters)
        return check_enforcement(self.enforcement(**{name: values[name] for name in names}), "Family")  # type: ignore[operator]

    @property
    def concept_name(self) -> str:
        """The enforcement concept in words, or which open parameters it depends on."""
        if _is_concept(self.enforcement):
            return repr(self.enforcement)
        return f"a function of {', '.join(_takes(self.enforcement, self.parameters))}"

    @property
    def choices(self) -> dict[str, Choice]:
        """The parameters that are open over finite sets."""
        return {name: d for name, d in self.parameters.items() if isinstance(d, Choice)}

    @property
    def intervals(self) -> dict[str, Interval]:
        """The parameters that are open over intervals."""
        return {name: d for name, d in self.parameters.items() if isinstance(d, Interval)}

    def combinations(self) -> Iterator[dict[str, Any]]:
        """Every combination of the finite sets' values."""
        for values in product(*(d.values for d in self.choices.values())):
            yield dict(zip(self.choices, values, strict=True))

    def draw(self, rng: np.random.Generator, /) -> Any:
        """A model of the family at random: uniformly over intervals, as u/(1 − u) over half-lines, equally over finite sets.

        The order of the parameters decides which random number is whose.

        >>> import alliances as al
        >>> family = al.claims.alliance_family(domains={"value": al.claims.Interval(0, 1)})
        >>> family.draw(np.random.default_rng(1)).exposure
        0.9504636963259353
        """
        values: dict[str, Any] = {}
        for name, domain in self.parameters.items():
            u = rng.random()
            if isinstance(domain, Interval):
                values[name] = float(domain.spread(np.asarray(u)))
            else:
                values[name] = domain.values[int(u * len(domain.values))]
        return self.at(**values)

    def with_(self, **changes: Any) -> Family:
        """The same family with some fields changed, such as ``enforcement`` or ``assume``."""
        return replace(self, **changes)

    def with_open_gap(self) -> Family:
        """The same models with the gap as one more open parameter, for claims in which another parameter moves."""
        if isinstance(self.model, PinnedModel):
            return self
        if "gap" in self.parameters:
            raise ValueError(f"Family(): parameters must not be called 'gap' where the claim is about every gap; got {self}")
        return self.with_(model=PinnedModel(self.model, self.total), parameters={**self.parameters, "gap": self.gaps})

    @property
    def punishing(self) -> tuple[str, ...]:
        """The open parameters that the enforcement concept depends on."""
        return () if _is_concept(self.enforcement) else tuple(_takes(self.enforcement, self.parameters))

    def __str__(self) -> str:
        parts = [f"{name} in {domain}" for name, domain in self.parameters.items()]
        parts += [f"gaps {self.gaps}", self.concept_name]
        parts += [f"assuming that {ASSUMPTIONS[name]}" for name in self.assume]
        return "; ".join(parts)


def _is_concept(value: object) -> bool:
    return isinstance(value, Enforcement)


def _fits(function: Callable[..., Any], names: Mapping[str, object], role: str) -> None:
    """An error unless ``function`` can be called with exactly these names."""
    try:
        inspect.signature(function).bind(**dict.fromkeys(names))
    except TypeError as error:
        raise TypeError(f"Family(): {role} must be a function of {', '.join(names)}; {error}") from None


def _takes(function: Any, names: Mapping[str, object]) -> list[str]:
    """The names that ``function`` takes, all of which must be open parameters."""
    wanted = list(inspect.signature(function).parameters)
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise TypeError(f"Family(): enforcement must be a function of open parameters ({', '.join(names)}); got {unknown[0]!r}")
    return wanted
