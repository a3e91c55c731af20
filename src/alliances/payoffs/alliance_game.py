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

from dataclasses import dataclass
from typing import Any

import numpy as np

from alliances.arithmetic import FINITE, NONNEGATIVE, POSITIVE, Number, Rule, has_symbols, like, number, ordered
from alliances.payoffs.contest import Contest
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.payoffs.sharing import Sharing
from alliances.payoffs.synergy import Synergy
from alliances.power import Power

__all__ = ["AllianceGame"]


_SLIP = 1e-9  # far above rounding, far below any slip in a formula
_EXPOSURE = Rule("must lie in (0, 1]", lambda x: (x > 0) & (x <= 1))


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
            if ordered(coexist) and ordered(exposure) and np.any(coexist > exposure):
                raise ValueError(
                    "AllianceGame(): coexist_exposure must not exceed exposure, because an ally has let its guard down; "
                    f"got {self.coexist_exposure} > {self.exposure}"
                )
        elif ordered(support) and np.any(support != 0):
            raise ValueError(
                f"AllianceGame(): support_cost needs the action 'coexist' (give coexist_exposure); got {self.support_cost}"
            )
        super().__post_init__()

    @property
    def actions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The action labels: ("ally", "fight"), or ("ally", "coexist", "fight")."""
        return ("ally", "fight") if self.coexist_exposure is None else ("ally", "coexist", "fight")

    def cells(self, power: Power) -> Cells:
        """The payoff pairs (sponsor, proxy), row by row: the module's table."""
        s = power.sponsor
        z, tau, h = (like(getattr(self, x), s, f"AllianceGame(): {x}") for x in ("stakes", "exposure", "support_cost"))
        k_s, k_p = self.conflict_cost if isinstance(self.conflict_cost, tuple) else (self.conflict_cost,) * 2
        win_s, win_p = _checked_pair("contest", self.contest(power), s)
        k_s, k_p = (like(k, s, "AllianceGame(): conflict_cost") for k in (k_s, k_p))
        conflict = z * win_s - k_s, z * win_p - k_p
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
    if not ordered(first) or not ordered(second):
        return first, second
    total = first + second
    good = (first >= -_SLIP) & (second >= -_SLIP)
    if getattr(total, "sums_exactly", True):
        good = good & (total >= 1 - _SLIP) & (total <= 1 + _SLIP)
    if not np.all(good):
        raise ValueError(
            f"AllianceGame(): {ingredient} must return two numbers in [0, 1] that sum to 1; "
            f"got {_offender(good, first, second)}"
        )
    return first, second


def _checked(ingredient: str, value: Any, s: Number, rule: Rule = FINITE) -> Number:
    """What an ingredient returns, as it should meet the power ``s``; an error names the ingredient."""
    if isinstance(value, np.ndarray) and has_symbols(value):
        return value
    return like(number(value, "AllianceGame", f"what {ingredient} returns", rule), s)


def _offender(good: Any, *values: Number) -> tuple[Number, ...]:
    """The first element of each array at which ``good`` does not hold."""
    good, *arrays = np.broadcast_arrays(good, *values)
    where = tuple(np.argwhere(~np.asarray(good, dtype=bool))[0])
    return tuple(a[where].item() if isinstance(a[where], np.generic) else a[where] for a in arrays)
