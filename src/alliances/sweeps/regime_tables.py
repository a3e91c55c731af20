"""Regime tables: alliance, pact or conflict at chosen points, under several enforcement concepts side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import GAP, POSITIVE, Array, Number, discount_factor, number, to_float
from alliances.repeated.enforcement import typical
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result, Variable, aligned
from alliances.sweeps.regime_maps import StakesModel, breakers, solved

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["RegimeTable", "regime_table"]


@dataclass(frozen=True, eq=False)
class RegimeTable(Result):
    """The regime at chosen points under several enforcement concepts.

    Attributes
    ----------
    code
        (concepts, points): the index of the action that both take; the last one means conflict.
    names
        The name of each code.
    breaker
        (concepts, points): who would break the alliance, as in :class:`RegimeMap`.
    gaps, stakes, discount
        The points.
    concepts
        The enforcement concepts, row by row.
    """

    code: Array
    names: tuple[str, ...]
    breaker: Array
    gaps: Array
    stakes: Array
    discount: Array
    concepts: tuple[Enforcement, ...]

    @property
    def name(self) -> Array:
        """The regime in words, per concept and point."""
        return np.array(self.names)[self.code]

    @property
    def labels(self) -> tuple[str, ...]:
        """A short name of each concept."""
        return tuple(map(_label, self.concepts))

    def _record(self) -> dict[str, Any]:
        names = ("breaker", "gaps", "stakes", "discount", "concepts")
        return {"names": self.names, "regime": self.name, **{name: getattr(self, name) for name in names}}

    def _variables(self) -> Mapping[str, Variable]:
        dims = ("concept", "point")
        return {
            "concept": Variable(("concept",), np.array(self.labels), "enforcement concept"),
            "gap": Variable(("point",), self.gaps, "power gap γ = (s − p)/(s + p)"),
            "stakes": Variable(("point",), self.stakes, "stakes z"),
            "discount": Variable(("point",), self.discount, "discount factor δ"),
            "regime": Variable(dims, self.name, "the best arrangement that is sustained"),
            "breaker": Variable(dims, self.breaker, "who would break the alliance"),
        }

    def _columns(self) -> Columns:
        """One row per point and concept."""
        points, concepts = self.gaps.size, len(self.concepts)
        axes = {"gap": self.gaps, "stakes": self.stakes, "discount": self.discount}
        columns: dict[str, Any] = {"concept": np.repeat(self.labels, points)}
        columns |= {name: np.tile(to_float(x), concepts) for name, x in axes.items()}
        columns |= {"regime": self.name.ravel(), "breaker": self.breaker.ravel()}
        return columns

    @property
    def message(self) -> str:
        """How many points and concepts."""
        return f"Regimes at {self.gaps.size} points under {len(self.concepts)} concepts."

    def __str__(self) -> str:
        """A row per concept, a column per point; after a conflict, in brackets, who would break the alliance."""
        heads = [
            [f"{name} {float(x):.4g}" for x in axis]
            for name, axis in (("gap", self.gaps), ("stakes", self.stakes), ("δ", self.discount))
        ]
        last = len(self.names) - 1
        body = [
            [f"{n} ({b})" if c == last else str(n) for c, n, b in zip(code, name, breaker, strict=True)]
            for code, name, breaker in zip(self.code, self.name, self.breaker, strict=True)
        ]
        lines = [["", *row] for row in heads] + [[label, *row] for label, row in zip(self.labels, body, strict=True)]
        return aligned(lines, left=len(lines[0]))


def regime_table(
    game: StakesModel,
    gaps: Any,
    stakes: Any,
    discount: Any,
    *,
    concepts: Sequence[Enforcement] | None = None,
    total: Number = 1.0,
) -> RegimeTable:
    """The regimes at chosen points under several enforcement concepts, side by side.

    Parameters
    ----------
    game
        As in :func:`regime_map`; a function gets an array of stakes, one per point.
    gaps, stakes, discount
        Numbers or arrays that broadcast to one list of points; a common discount factor.
    concepts
        By default the typical ones of the library: Nash reversion, punishment for three periods, noisy signals (α = 0.05,
        β = 0.1), side payments with Nash reversion and with optimal penal codes, and optimal penal codes.
    total
        s + p.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> print(regime_table(al.presets.chindea_2014(), [0.0, 0.0, 0.8], [1, 4, 4], 0.6))
                                    gap 0     gap 0            gap 0.8
                                    stakes 1  stakes 4         stakes 4
                                    δ 0.6     δ 0.6            δ 0.6
    NashReversion()                 pact      conflict (both)  alliance
    FinitePunishment(3)             pact      conflict (both)  alliance
    ImperfectMonitoring(0.05, 0.1)  pact      conflict (both)  alliance
    Transfers()                     pact      conflict (both)  alliance
    Transfers(optimal)              pact      conflict (both)  alliance
    OptimalPenalCode()              pact      conflict (both)  alliance
    """
    function = "regime_table"
    values = (
        number(gaps, function, "gaps", GAP),
        number(stakes, function, "stakes", POSITIVE),
        discount_factor(discount, function),
    )
    try:
        points = [np.atleast_1d(x) for x in np.broadcast_arrays(*values)]
    except ValueError:
        raise ValueError(
            f"{function}(): gaps, stakes and discount must broadcast to one list; got shapes {[np.shape(x) for x in values]}"
        ) from None
    if points[0].ndim > 1:
        raise ValueError(f"{function}(): points must be one list; got shape {points[0].shape}")
    if concepts is not None and (
        not isinstance(concepts, (tuple, list)) or not all(isinstance(concept, Enforcement) for concept in concepts)
    ):
        raise TypeError(f"{function}(): concepts must be a list of instances such as NashReversion(); got {concepts!r}")
    compared = typical() if concepts is None else tuple(concepts)
    if not compared:
        raise ValueError(f"{function}(): concepts must name at least one concept; got {concepts!r}")
    regimes = [solved(game, points[0], points[1], (points[2], points[2]), c, total, function) for c in compared]
    shape = points[0].shape
    code = np.stack([np.broadcast_to(r.code, shape) for r in regimes])
    breaker = np.stack([breakers(r.critical[0], points[2], points[2], shape) for r in regimes])
    return RegimeTable(code, regimes[0].names, breaker, points[0], points[1], points[2], compared)


def _label(concept: Enforcement) -> str:
    """A concept by its class and those of its parameters that are not the default."""
    if not dataclasses.is_dataclass(concept):
        return repr(concept)
    values = [getattr(concept, f.name) for f in dataclasses.fields(concept) if getattr(concept, f.name) != f.default]
    return f"{type(concept).__name__}({', '.join(map(str, values))})"
