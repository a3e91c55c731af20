"""Regime maps: alliance, pact or conflict over a grid of gaps, stakes and discount factors.

Chindea (2014) says that wide gaps make durable alliances, that narrow gaps make non-aggression pacts, and, when the stakes
are high, protracted conflict. A regime map states all of it at once: at every gap γ, stake z and discount factor δ it names
the best arrangement that is sustained (see :mod:`alliances.thresholds.regimes`), and, where the alliance is not, the player
that would break it. So predation – the stronger side turning on a weakened ally – is told from rebellion.

Critical discount factors depend on the gap and the stakes, not on δ: they are computed once per (γ, z), and any number of
discount factors costs next to nothing more. Closed forms (Nash reversion, finite punishment, noisy signals, side payments)
take less than a second for a hundred thousand cells. Optimal penal codes solve a payoff set several times per cell, about 5
milliseconds each on one core: 40 gaps × 20 stakes take some 4 seconds, 80 × 40 some 14.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import (
    GAP,
    POSITIVE,
    Array,
    Number,
    Rule,
    is_symbolic,
    like,
    number,
    scalar,
    settle,
    to_float,
)
from alliances.games.players import BINDING
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_discount, check_enforcement
from alliances.repeated.critical import CriticalDiscount, sustained
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.results import Result, Variable
from alliances.thresholds.regimes import Regimes, regimes_at

if TYPE_CHECKING:
    from alliances.results import Columns, Dataset

__all__ = ["RegimeMap", "StakesModel", "breakers", "regime_map", "solved"]

StakesModel = DyadicGame | Callable[[Array], DyadicGame]
"""An :class:`AllianceGame`, or a function from an array of stakes to a model."""


@dataclass(frozen=True, eq=False)
class RegimeMap(Result):
    """The regime over a grid of gaps, stakes and, if there are several, discount factors.

    Attributes
    ----------
    code
        (stakes, gaps), or (discounts, stakes, gaps): the index of the action that both take; the last one means conflict.
    names
        The name of each code, such as ("alliance", "pact", "conflict").
    gaps, stakes
        The grid's axes, increasing.
    discount
        (δ_S, δ_P): numbers, or arrays of the first axis's length.
    critical
        The critical discount factors (stakes, gaps) of each peaceful arrangement: the certificate.
    enforcement
        The concept that was asked about.
    game, total
        The model and the power of both, for :func:`alliances.verify`.
    """

    references: ClassVar[tuple[str, ...]] = ("chindea-2014",)

    code: Array
    names: tuple[str, ...]
    gaps: Array
    stakes: Array
    discount: Pair
    critical: tuple[CriticalDiscount, ...]
    enforcement: Enforcement
    game: StakesModel
    total: Number

    @property
    def name(self) -> Array:
        """The regime in words, cell by cell."""
        return np.array(self.names)[self.code]

    @property
    def breaker(self) -> Array:
        """Who would break the alliance, cell by cell: "sponsor", "proxy", "both", or "none" where it is sustained.

        Where constraints are pooled (side payments) it is always both or none.
        """
        return breakers(self.critical[0], self._column(0), self._column(1), self.code.shape)

    @property
    def shares(self) -> dict[str, float]:
        """The share of the grid's cells in each regime."""
        counts = np.bincount(self.code.ravel(), minlength=len(self.names))
        return {name: float(count) / self.code.size for name, count in zip(self.names, counts, strict=True)}

    def at(self, *, discount: Number | None = None) -> RegimeMap:
        """The map at one of its discount factors (the sponsor's, where they differ): ``code`` is then (stakes, gaps)."""
        listed = np.atleast_1d(self.discount[0])
        places = np.flatnonzero(listed == discount) if discount is not None else np.arange(listed.size)
        if places.size == 0 or (discount is None and places.size > 1):
            raise ValueError(f"RegimeMap.at(): discount must be one of the map's {listed.tolist()}; got {discount!r}")
        if self.code.ndim == 2:
            return self
        k = int(places[0])
        pair = settle(np.asarray(self.discount[0])[k]), settle(np.asarray(self.discount[1])[k])
        return dataclasses.replace(self, code=self.code[k], discount=pair)

    def table(self, *, discount: Number | None = None) -> str:
        """The map in letters: a row per stake, the highest first, a column per gap.

        ``discount`` chooses one of several discount factors.
        """
        chosen = self.at(discount=discount)
        letters = _letters(self.names)
        gaps, stakes = ([f"{float(x):.3g}" for x in axis] for axis in (self.gaps, self.stakes))
        width, left = max(map(len, gaps)), max(len(x) for x in ("stakes", *stakes))
        rows = [f"{'stakes':>{left}} | " + " ".join(f"{letters[c]:>{width}}" for c in row) for row in chosen.code[::-1]]
        rows = [f"{z:>{left}}" + row[left:] for z, row in zip(reversed(stakes), rows, strict=True)]
        foot = f"{'gap':>{left}} | " + " ".join(f"{x:>{width}}" for x in gaps)
        legend = ", ".join(f"{letter} {name}" for letter, name in zip(letters, self.names, strict=True))
        return "\n".join([*rows, foot, legend])

    def _columns(self) -> Columns:
        """One row per cell.

        The columns: discount (or discount_sponsor and discount_proxy, where they differ), stakes, gap, regime, breaker, and the
        critical discount factor of each peaceful arrangement.
        """
        shape = (np.size(self.discount[0]), self.stakes.size, self.gaps.size)

        def long(x: Any) -> Array:
            return np.broadcast_to(x, shape).ravel()

        pair = [np.atleast_1d(to_float(d))[:, None, None] for d in self.discount]
        same = np.array_equal(pair[0], pair[1])
        columns = {"discount": long(pair[0])} if same else {"discount_sponsor": long(pair[0]), "discount_proxy": long(pair[1])}
        columns |= {"stakes": long(to_float(self.stakes)[:, None]), "gap": long(to_float(self.gaps))}
        columns |= {"regime": long(self.name), "breaker": long(self.breaker)}
        columns |= {f"critical_{n}": long(to_float(r.dyad)) for n, r in zip(self.names, self.critical, strict=False)}
        return columns

    def to_xarray(self) -> Dataset:
        """The map as an ``xarray.Dataset`` with the dimensions stakes and gap, and discount if there are several."""
        data = super().to_xarray()
        return data.set_coords("discount_proxy") if self.code.ndim == 3 else data

    def _attributes(self) -> dict[str, str]:
        return {**super()._attributes(), "enforcement": repr(self.enforcement)}

    def _variables(self) -> Mapping[str, Variable]:
        dims = ("discount", "stakes", "gap")[-self.code.ndim :]
        axes = {
            "stakes": Variable(("stakes",), self.stakes, "stakes z"),
            "gap": Variable(("gap",), self.gaps, "power gap γ = (s − p)/(s + p)"),
        }
        if self.code.ndim == 3:
            both = zip(("discount", "discount_proxy"), self.discount, ("discount factor δ", "the proxy's"), strict=True)
            axes |= {name: Variable(("discount",), delta, said) for name, delta, said in both}
        least = {
            f"critical_{n}": Variable(dims[-2:], r.dyad, f"critical discount factor of the {n}")
            for n, r in zip(self.names, self.critical, strict=False)
        }
        return {
            **axes,
            "code": Variable(dims, self.code, f"index of the regime among {', '.join(self.names)}"),
            "regime": Variable(dims, self.name, "the best arrangement that is sustained"),
            "breaker": Variable(dims, self.breaker, "who would break the alliance"),
            **least,
        }

    def _record(self) -> dict[str, Any]:
        critical = dict(zip(self.names, self.critical, strict=False))
        names = ("regime", "breaker", "gaps", "stakes", "discount", "enforcement")
        cells = {"regime": self.name} | {name: getattr(self, name) for name in names[1:]}
        return {"names": self.names, **cells, "critical": {name: r.dyad for name, r in critical.items()}}

    @property
    def message(self) -> str:
        """The size of the grid, and the share of each regime."""
        size = f"{self.gaps.size} gaps × {self.stakes.size} stakes"
        if self.code.ndim == 3:
            size += f" × {self.code.shape[0]} discount factors"
        shares = ", ".join(f"{name} {share:.1%}" for name, share in self.shares.items())
        return f"Regimes on {size} ({self.enforcement}): {shares}"

    def _column(self, player: int) -> Any:
        """A player's discount factors as they meet (stakes, gaps)."""
        delta = np.asarray(self.discount[player])
        return delta[:, None, None] if delta.ndim else delta


def regime_map(
    game: StakesModel,
    gaps: Any,
    stakes: Any,
    discount: Any,
    *,
    enforcement: Enforcement | None = None,
    total: Number = 1.0,
) -> RegimeMap:
    """Alliance, pact or conflict at every gap, stake and discount factor of a grid.

    Parameters
    ----------
    game
        An :class:`AllianceGame`, whose ``stakes`` are replaced by the grid's; or, for any other model, a function from an array
        of stakes, of shape (k, 1), to the model.
    gaps
        Gaps in (−1, 1), increasing.
    stakes
        z > 0, increasing: rents per period, in the unit of the model's costs.
    discount
        δ in [0, 1): a number, an array of them (the map's first axis), or a pair (δ_S, δ_P) as a tuple.
    enforcement
        :class:`NashReversion` by default; any concept. The module says what optimal penal codes cost.
    total
        s + p, held fixed along the gap.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or the model has array parameters of its own.

    Notes
    -----
    The claim: Chindea (2014), *Fletcher Security Review* 1(2).

    Examples
    --------
    >>> import alliances as al
    >>> grid = regime_map(al.presets.chindea_2014(), [0.0, 0.1, 0.3, 0.5, 0.7, 0.9], [1, 2, 4], 0.6)
    >>> print(grid.table())
         4 |   C   C   C   C   A   A
         2 |   P   C   C   C   A   A
         1 |   P   P   C   C   A   A
       gap |   0 0.1 0.3 0.5 0.7 0.9
    A alliance, P pact, C conflict
    >>> grid.breaker[0].tolist()
    ['both', 'sponsor', 'sponsor', 'sponsor', 'none', 'none']
    """
    function = "regime_map"
    gaps, stakes = _axis(gaps, function, "gaps", GAP), _axis(stakes, function, "stakes", POSITIVE)
    concept = check_enforcement(enforcement, function)
    delta_s, delta_p = columns = check_discount(discount, concept, function)
    if max(np.ndim(delta_s), np.ndim(delta_p)) > 1:
        raise ValueError(f"{function}(): discount must have at most one dimension; got {discount!r}")
    if np.ndim(delta_s) or np.ndim(delta_p):
        delta_s, delta_p = np.broadcast_arrays(delta_s, delta_p)
        columns = delta_s[:, None, None], delta_p[:, None, None]
    regimes = solved(game, gaps, stakes[:, None], columns, concept, total, function)
    shape = (*np.shape(delta_s), stakes.size, gaps.size)
    if np.broadcast_shapes(np.shape(regimes.code), shape) != shape:
        raise ValueError(
            f"{function}(): game must have scalar parameters besides its stakes; got games of shape {np.shape(regimes.code)} "
            f"for {stakes.size} stakes and {gaps.size} gaps"
        )
    code = np.broadcast_to(regimes.code, shape)
    return RegimeMap(code, regimes.names, gaps, stakes, (delta_s, delta_p), regimes.critical, concept, game, total)


def solved(
    game: StakesModel,
    gaps: Array,
    stakes: Array,
    discount: Pair,
    enforcement: Enforcement | None,
    total: Number,
    function: str,
) -> Regimes:
    """The regimes of a family of models at stakes that broadcast with the gaps."""
    whole = like(scalar(total, function, "total", POSITIVE), gaps, f"{function}(): total")
    if isinstance(game, AllianceGame):
        model: Any = dataclasses.replace(game, stakes=stakes)
    elif callable(game) and not isinstance(game, type):
        model = game(stakes)
    else:
        raise TypeError(
            f"{function}(): game must be an AllianceGame, or a function from an array of stakes to a model; got {game!r}"
        )
    if not isinstance(model, DyadicGame):
        raise TypeError(f"{function}(): game must return a model such as AllianceGame; got {model!r}")
    return regimes_at(model, Power.from_gap(gaps, whole), discount, enforcement, function)


def _axis(values: Any, function: str, name: str, rule: Rule) -> Array:
    settled = number(values, function, name, rule)
    if is_symbolic(settled):
        raise TypeError(f"{function}(): {name} must be numbers, not symbols; got {values!r}")
    axis = np.atleast_1d(settled)
    if axis.ndim > 1 or not np.all(axis[1:] > axis[:-1]):
        raise ValueError(f"{function}(): {name} must be one increasing list; got {values!r}")
    return axis


def breakers(alliance: CriticalDiscount, delta_s: Any, delta_p: Any, shape: tuple[int, ...]) -> Array:
    """Who would break the alliance, in words."""
    stays_s, stays_p = sustained(alliance, (delta_s, delta_p))
    return np.asarray(np.broadcast_to(BINDING[~stays_s * 1 + ~stays_p * 2], shape))


def _letters(names: tuple[str, ...]) -> list[str]:
    """The initials of the regimes, or their numbers where two share one."""
    initials = [name[0].upper() for name in names]
    return initials if len(set(initials)) == len(initials) else [str(k) for k in range(len(names))]
