r"""From power to the stage game of an alliance.

Sponsor (rows) and proxy (columns) each choose to *ally*, to *coexist* (where the model has a non-aggression pact) or to
*fight*. With stake z, contest (Q, q), synergy V, shares (α_S, α_P), shares of power (σ, y), exposure τ, conflict costs
(k_S, k_P) and support cost h, the cells are

====================  =================================  =================================
cell                  sponsor                            proxy
====================  =================================  =================================
ally, ally            c_S = z α_S (1 + V)                c_P = z α_P (1 + V)
coexist, coexist      e_S = z σ                          e_P = z y
fight, fight          z Q − k_S                          z q − k_P
ally, fight           c_S (1 − τ q)                      c_P + τ q c_S
fight, ally           c_S + τ Q c_P                      c_P (1 − τ Q)
coexist, fight        e_S (1 − τ' q)                     e_P + τ' q e_S
fight, coexist        e_S + τ' Q e_P                     e_P (1 − τ' Q)
ally, coexist         e_S − h                            e_P
coexist, ally         e_S                                e_P − h
====================  =================================  =================================

A betrayer seizes the fraction τ (τ' ≤ τ under a pact, where guards are up) of its victim's stake if it prevails. The cells
use only arithmetic, so they run on floats, arrays (broadcasting over power *and* parameters), Fractions and SymPy symbols.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import FINITE, NONNEGATIVE, POSITIVE, Number, Rule, has_symbols, is_symbolic, like, number
from alliances.games.stage_game import StageGame
from alliances.payoffs.contest import Contest
from alliances.payoffs.sharing import Sharing
from alliances.payoffs.synergy import Synergy
from alliances.power import Power

__all__ = ["AllianceGame", "CustomGame", "DyadicGame"]

Cells = tuple[tuple[tuple[Number, Number], ...], ...]
"""Payoffs (sponsor, proxy), row by row, as in a printed bimatrix."""

_EXPOSURE = Rule("must lie in (0, 1]", lambda x: (x > 0) & (x <= 1))


class DyadicGame(ABC):
    r"""A stage game whose payoffs depend on the dyad's power.

    Subclass it, or use :class:`CustomGame`, to write a whole model as a few lines of arithmetic.

    Examples
    --------
    >>> class Tribute(DyadicGame):
    ...     actions = ("ally", "fight")
    ...
    ...     def cells(self, power):
    ...         s, p = power.sponsor, power.proxy
    ...         return [[(s + 1, p + 1), (s - p, 2 * p)], [(s + p, 0 * p), (s, p)]]
    >>> print(Tribute().stage_game(Power(3, 1)))
    sponsor \ proxy  ally  fight
    ally            4, 2   2, 2
    fight           4, 0   3, 1
    """

    actions: tuple[str, ...]

    @abstractmethod
    def cells(self, power: Power) -> Cells:
        """The payoff pairs (sponsor, proxy), row by row, in the number type of ``power``."""

    def stage_game(self, power: Power) -> StageGame:
        """The stage game at ``power``: one bimatrix game, or a batch where power or parameters are arrays.

        Raises
        ------
        TypeError
            If ``power`` is not a :class:`Power`, or is symbolic (use :meth:`cells` for closed forms).
        ValueError
            If the shapes of power and parameters do not broadcast.
        """
        if not isinstance(power, Power):
            raise TypeError(f"stage_game(): power must be a Power, such as Power.from_gap(0.5); got {power!r}")
        name = type(self).__name__
        try:
            cells = self.cells(power)
            if any(has_symbols(payoff) for row in cells for cell in row for payoff in cell):
                raise TypeError("stage_game(): payoffs must be numbers; symbolic power or parameters run through cells(power)")
            sponsor, proxy = (_stack([[cell[k] for cell in row] for row in cells]) for k in (0, 1))
        except OverflowError as error:  # an exact number that is no float meets one that is
            raise ValueError(f"{name}(): power and parameters must lie within the range of floats; {error}") from error
        except ValueError as error:
            if "broadcast" not in str(error):
                raise
            raise ValueError(
                f"{name}(): the parameters must broadcast with the power, of shape {power.shape}; {error}"
            ) from error
        return StageGame(sponsor, proxy, actions=self.actions)


def _stack(rows: list[list[Number]]) -> Number:
    """An m×n table of broadcastable payoffs as one array (..., m, n), exact if every payoff is."""
    flat = list(np.broadcast_arrays(*(np.asarray(x) for row in rows for x in row)))
    if any(x.dtype.kind == "f" for x in flat) and any(x.dtype.kind == "O" for x in flat):
        flat = [x.astype(np.float64) for x in flat]
    return np.stack(flat, axis=-1).reshape(*flat[0].shape, len(rows), len(rows[0]))


@dataclass(frozen=True, eq=False)
class CustomGame(DyadicGame):
    """A model of your own: payoffs as arithmetic in the sponsor's and the proxy's power.

    Parameters
    ----------
    payoffs
        A function ``power -> rows``, where each row lists its cells as (sponsor, proxy).
    actions
        The labels of the actions, the same for both players; the first is "ally" to the functions that look for a default.

    Examples
    --------
    >>> def stag_hunt(power):
    ...     s, p = power.sponsor, power.proxy
    ...     return [[(2 * s, 2 * p), (0, p)], [(s, 0), (s, p)]]
    >>> CustomGame(stag_hunt, actions=("ally", "fight")).stage_game(Power(3, 1)).pure_nash().profiles
    ((0, 0), (1, 1))
    """

    payoffs: Callable[[Power], Sequence[Sequence[tuple[Number, Number]]]]
    actions: tuple[str, ...] = ("ally", "fight")

    def __post_init__(self) -> None:
        if not callable(self.payoffs):
            raise TypeError(f"CustomGame(): payoffs must be a function of the power; got {self.payoffs!r}")
        given = self.actions
        if not isinstance(given, (tuple, list)) or not given or not all(isinstance(x, str) for x in given):
            raise TypeError(f"CustomGame(): actions must be a tuple of labels; got {given!r}")
        if len(set(given)) < len(given):
            raise ValueError(f"CustomGame(): actions must be different labels; got {given!r}")
        object.__setattr__(self, "actions", tuple(given))

    def cells(self, power: Power) -> Cells:
        """The payoff pairs (sponsor, proxy), row by row."""
        rows = tuple(tuple((a, b) for a, b in row) for row in self.payoffs(power))
        if len(rows) != len(self.actions) or any(len(row) != len(self.actions) for row in rows):
            raise ValueError(
                f"CustomGame(): payoffs must return one row and one column per action {self.actions}; "
                f"got rows of lengths {[len(row) for row in rows]}"
            )
        return rows


@dataclass(frozen=True, eq=False)
class AllianceGame(DyadicGame):
    r"""The alliance game of a sponsor and a proxy; see the module's table of cells.

    Parameters
    ----------
    contest
        (Q, q): who prevails in a fight; :class:`Tullock`, :class:`Hirshleifer`, :class:`AllPay` or any ``power -> (Q, q)``.
    synergy
        V: what the alliance adds; :class:`Complementarity`, :class:`Aggregation`, … or any ``power -> V``.
    sharing
        (α_S, α_P): how it is divided; :class:`Proportional`, :class:`Equal`, … or any ``(power, rents, conflict) ->
        shares``.
    exposure
        τ in (0, 1]: the fraction of an ally's stake that a successful surprise attack seizes.
    conflict_cost
        k ≥ 0 per period of fighting. A tuple of two is (k_S, k_P); an array is a batch of common costs.
    stakes
        z > 0.
    coexist_exposure
        τ' in (0, τ]; given, it adds the action "coexist".
    support_cost
        h ≥ 0: the cost of helping without being helped; only with "coexist".

    Notes
    -----
    All parameters may be arrays that broadcast with the power.

    Raises
    ------
    TypeError, ValueError
        Naming the parameter that breaks its rule; also when an ingredient returns what is not a probability, a share or a
        non-negative synergy.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(
    ...     contest=al.Tullock(2), synergy=al.Complementarity(1), sharing=al.Proportional(), exposure=1, conflict_cost=0
    ... )
    >>> print(game.stage_game(al.Power(2, 1)))
    sponsor \ proxy         ally      fight
    ally             8/9, 4/9  32/45, 28/45
    fight          56/45, 4/45     4/5, 1/5
    """

    contest: Contest
    synergy: Synergy
    sharing: Sharing
    exposure: Number
    conflict_cost: Number | tuple[Number, Number]
    stakes: Number = 1
    coexist_exposure: Number | None = None
    support_cost: Number = 0

    def __post_init__(self) -> None:
        def settle(name: str, value: object, rule: Rule) -> Number:
            settled = number(value, "AllianceGame", name, rule)
            object.__setattr__(self, name, settled)
            return settled

        for name, example in (("contest", "Tullock(2.0)"), ("synergy", "Complementarity(0.6)"), ("sharing", "Proportional()")):
            if not callable(getattr(self, name)) or isinstance(getattr(self, name), type):
                raise TypeError(
                    f"AllianceGame(): {name} must be an instance such as {example}, or a function; got {getattr(self, name)!r}"
                )
        exposure = settle("exposure", self.exposure, _EXPOSURE)
        cost = self.conflict_cost
        if isinstance(cost, tuple) and len(cost) == 2:
            pair = tuple(number(k, "AllianceGame", "conflict_cost", NONNEGATIVE) for k in cost)
            object.__setattr__(self, "conflict_cost", pair)
        elif isinstance(cost, (list, tuple)):  # two costs in a list might mean either
            raise TypeError(
                "AllianceGame(): conflict_cost must be a number, a tuple of two (k_S, k_P), or, for a batch of common costs, a "
                f"NumPy array; got {cost!r}"
            )
        else:
            settle("conflict_cost", cost, NONNEGATIVE)
        settle("stakes", self.stakes, POSITIVE)
        support = settle("support_cost", self.support_cost, NONNEGATIVE)
        if self.coexist_exposure is not None:
            coexist = settle("coexist_exposure", self.coexist_exposure, _EXPOSURE)
            if not is_symbolic(coexist) and not is_symbolic(exposure) and np.any(coexist > exposure):
                raise ValueError(
                    "AllianceGame(): coexist_exposure must not exceed exposure, because an ally has let its guard down; "
                    f"got {self.coexist_exposure} > {self.exposure}"
                )
        elif not is_symbolic(support) and np.any(support != 0):
            raise ValueError(
                f"AllianceGame(): support_cost needs the action 'coexist' (give coexist_exposure); got {self.support_cost}"
            )

    @property
    def actions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The action labels: ("ally", "fight"), or ("ally", "coexist", "fight")."""
        return ("ally", "fight") if self.coexist_exposure is None else ("ally", "coexist", "fight")

    def cells(self, power: Power) -> Cells:
        """The payoff pairs (sponsor, proxy), row by row: the module's table."""
        s = power.sponsor
        z, tau, h = like(self.stakes, s), like(self.exposure, s), like(self.support_cost, s)
        k_s, k_p = self.conflict_cost if isinstance(self.conflict_cost, tuple) else (self.conflict_cost,) * 2
        win_s, win_p = _checked_pair("contest", self.contest(power), s)
        conflict = z * win_s - like(k_s, s), z * win_p - like(k_p, s)
        rents = z * (1 + _checked("synergy", self.synergy(power), s, NONNEGATIVE))
        share_s, share_p = _checked_pair("sharing", self.sharing(power, rents, conflict), s)
        ally = rents * share_s, rents * share_p

        def attacks(peace: tuple[Number, Number], exposure: Number) -> tuple[tuple[Number, Number], tuple[Number, Number]]:
            """The cells in which the proxy, and in which the sponsor, attacks a partner that keeps the peace."""
            own_s, own_p = peace
            lost_s, lost_p = exposure * win_p * own_s, exposure * win_s * own_p
            return (own_s - lost_s, own_p + lost_s), (own_s + lost_p, own_p - lost_p)

        betrayed, betrays = attacks(ally, tau)
        if self.coexist_exposure is None:
            return (ally, betrayed), (betrays, conflict)
        coexist = z * power.share, z * power.proxy_share
        attacked, attack = attacks(coexist, like(self.coexist_exposure, s))
        helping, helped = (coexist[0] - h, coexist[1]), (coexist[0], coexist[1] - h)
        return (ally, helping, betrayed), (helped, coexist, attacked), (betrays, attack, conflict)


def _checked_pair(ingredient: str, pair: Any, s: Number) -> tuple[Number, Number]:
    """The two numbers an ingredient returns, each in [0, 1] and together 1 – or an error that names the ingredient."""
    try:
        first, second = pair
    except (TypeError, ValueError):
        raise TypeError(f"AllianceGame(): {ingredient} must return a pair (sponsor's, proxy's); got {pair!r}") from None
    first, second = (_checked(ingredient, x, s) for x in (first, second))
    if has_symbols(first) or has_symbols(second):
        return first, second
    slack = 1e-9  # far above rounding, far below any slip in a formula
    total = first + second
    good = (first >= -slack) & (second >= -slack) & (total >= 1 - slack) & (total <= 1 + slack)
    if not np.all(good):
        raise ValueError(
            f"AllianceGame(): {ingredient} must return two numbers in [0, 1] that sum to 1; "
            f"got {_offender(good, first, second)}"
        )
    return first, second


def _checked(ingredient: str, value: Any, s: Number, rule: Rule = FINITE) -> Number:
    """What an ingredient returns, as it should meet the power ``s``; an error names the ingredient."""
    return value if has_symbols(value) else like(number(value, "AllianceGame", f"what {ingredient} returns", rule), s)


def _offender(good: Any, *values: Number) -> tuple[Number, ...]:
    """The first element of each array at which ``good`` does not hold."""
    good, *arrays = np.broadcast_arrays(good, *values)
    where = tuple(np.argwhere(~np.asarray(good, dtype=bool))[0])
    return tuple(a[where].item() if isinstance(a[where], np.generic) else a[where] for a in arrays)
