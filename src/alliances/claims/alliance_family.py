"""The library's own families: the alliance game of every contest, synergy and sharing rule, with its parameters open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from alliances.arithmetic import Number
from alliances.arithmetic.domains import Choice, Domain, Interval
from alliances.claims.family import Family
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.contest import AllPay, Hirshleifer, Tullock
from alliances.payoffs.sharing import Agreed, Equal, NashBargaining, Proportional, Wage
from alliances.payoffs.synergy import Aggregation, CommonThreat, Complementarity, ConstantSynergy
from alliances.values import Value

__all__ = ["CONTESTS", "SHARINGS", "SYNERGIES", "AllianceModels", "alliance_family"]

CONTESTS: dict[str, Callable[..., Any]] = {"tullock": Tullock, "hirshleifer": Hirshleifer, "all-pay": AllPay}
"""The contests that a family can be of."""

SYNERGIES: dict[str, Callable[..., Any]] = {
    "complementarity": Complementarity,
    "aggregation": Aggregation,
    "constant": ConstantSynergy,
    "common threat": CommonThreat,
}
"""The synergies that a family can be of."""

SHARINGS: dict[str, Callable[..., Any]] = {
    "proportional": Proportional,
    "equal": Equal,
    "bargaining": NashBargaining,
    "wage": Wage,
    "agreed": Agreed,
}
"""The sharing rules that a family can be of."""


_TERMS: dict[str, tuple[str, ...]] = {"wage": ("wage",), "agreed": ("gap0",)}
"""The parameters of the sharing rules that have any."""


@dataclass(frozen=True, eq=False)
class AllianceModels(Value):
    """The alliance games of one contest, synergy and sharing rule, as a function of the parameters that are open.

    Attributes
    ----------
    contest, synergy, sharing
        Names of :data:`CONTESTS`, :data:`SYNERGIES`, :data:`SHARINGS`.
    costs, actions
        As of :func:`alliance_family`.
    fixed
        The numbers that are not open, by name.
    """

    contest: str
    synergy: str
    sharing: str
    costs: str
    actions: int
    fixed: Mapping[str, Any]

    def __post_init__(self) -> None:
        function = "alliance_family"
        _check_name(self.contest, CONTESTS, function, "contest")
        _check_name(self.synergy, SYNERGIES, function, "synergy")
        _check_name(self.sharing, SHARINGS, function, "sharing")
        if self.costs not in ("equal", "unequal"):
            raise ValueError(f'{function}(): costs must be "equal" or "unequal"; got {self.costs!r}')
        if self.actions not in (2, 3):
            raise ValueError(f"{function}(): actions must be 2 or 3; got {self.actions!r}")
        super().__post_init__()

    def __call__(self, **values: Any) -> AllianceGame:
        """The game at these values."""
        at = {**self.fixed, **values}
        pact = (
            {"coexist_exposure": at["exposure"] * at["guard"], "support_cost": at["support_cost"]} if self.actions == 3 else {}
        )
        return AllianceGame(
            contest=CONTESTS[self.contest](*([] if self.contest == "all-pay" else [at["decisiveness"]])),
            synergy=SYNERGIES[self.synergy](at["value"], *([at["rival"]] if self.synergy == "common threat" else [])),
            sharing=SHARINGS[self.sharing](*(at[name] for name in _TERMS.get(self.sharing, ()))),
            exposure=at["exposure"],
            conflict_cost=at["conflict_cost"] if self.costs == "equal" else (at["sponsor_cost"], at["proxy_cost"]),
            stakes=at["stakes"],
            **pact,
        )


def alliance_family(
    *,
    contest: str = "tullock",
    decisiveness: Number | Domain = 1,
    synergy: str = "complementarity",
    sharing: str = "proportional",
    costs: str = "equal",
    actions: int = 2,
    stakes: Number | Domain = 1,
    domains: dict[str, Domain] | None = None,
    **options: Any,
) -> Family:
    """The family of all alliance games of one contest, synergy and sharing rule.

    Open are, over the ranges of the model's definition: the synergy's ``value`` in (0, ∞), its ``rival`` in (0, ∞)
    under common threat, the ``exposure`` in (0, 1], the ``conflict_cost`` in (0, ½) (or ``sponsor_cost`` and
    ``proxy_cost``), the ``wage`` in (0, 1), or the gap ``gap0`` at which terms
    were agreed, in (0, 1); with three actions the ``guard`` in (0, 1], which is the exposure under a
    pact as a fraction of that of an ally, and the ``support_cost`` in [0, ¼].

    Parameters
    ----------
    contest, synergy, sharing
        Names of :data:`CONTESTS`, :data:`SYNERGIES`, :data:`SHARINGS`.
    decisiveness, stakes
        A number, or a domain, which opens it under its own name.
    costs
        "equal" (k_S = k_P) or "unequal".
    actions
        2 (ally, fight) or 3 (ally, coexist, fight).
    domains
        Domains that replace the ones above, by name.
    **options
        ``enforcement``, ``assume``, ``gaps``, ``total``, ``profile`` of the :class:`Family`.

    Raises
    ------
    ValueError
        If a name is unknown.

    Examples
    --------
    >>> print(alliance_family(synergy="constant", decisiveness=2))
    value in (0, ∞); exposure in (0, 1]; conflict_cost in (0, 1/2); gaps [0, 1); NashReversion(mixed=False)
    """
    function = "alliance_family"
    half = Interval(0, Fraction(1, 2), "neither")
    is_open: dict[str, Domain] = {"value": Interval(0, None, "neither")}
    if synergy == "common threat":
        is_open["rival"] = Interval(0, None, "neither")
    is_open["exposure"] = Interval(0, 1, "right")
    is_open |= {"conflict_cost": half} if costs == "equal" else {"sponsor_cost": half, "proxy_cost": half}
    is_open |= {name: Interval(0, 1, "neither") for name in _TERMS.get(sharing, ())}
    if actions == 3:
        is_open |= {"guard": Interval(0, 1, "right"), "support_cost": Interval(0, Fraction(1, 4))}
    fixed: dict[str, Any] = {}
    for name, parameter in (("decisiveness", decisiveness), ("stakes", stakes)):
        (is_open if isinstance(parameter, (Interval, Choice)) else fixed)[name] = parameter
    model = AllianceModels(contest, synergy, sharing, costs, actions, fixed)
    if contest == "all-pay":
        is_open.pop("decisiveness", None)
    for name, domain in (domains or {}).items():
        if name not in is_open:
            raise ValueError(f"{function}(): domains must be of open parameters ({', '.join(is_open)}); got {name!r}")
        is_open[name] = domain

    return Family(model, is_open, **options)


def _check_name(name: str, makers: Mapping[str, object], function: str, argument: str) -> None:
    if not isinstance(name, str) or name not in makers:
        raise ValueError(f"{function}(): {argument} must be one of {', '.join(makers)}; got {name!r}")
