"""Side payments: allies who can pay each other ("piso", subsidies, wages) pool their constraints.

On path each period ends with a payment from one player to the other. A deviation, in the action or by not paying, is
followed by the stage equilibrium worst for the deviator. With net payoffs u_i on path, Σu_i = Σc_i, player i stays iff
u_i ≥ (1 − δ)d_i + δw_i; payments can meet both conditions iff their sum holds, hence from δ* = (Σd − Σc)/(Σd − Σw) on
(Levin 2003, "Relational incentive contracts", *American Economic Review* 93:835-857; Goldlücke & Kranz 2012, *Journal
of Economic Theory* 147:1191-1221).

With optimal penal codes the punishments are the worst equilibria of the repeated game with payments itself. They depend on
δ, in steps, and so does what deters: see :mod:`alliances.repeated.contracts.liquidity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alliances.arithmetic import settle
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.repeated.contracts.liquidity import always, penal_codes_of, punished_at
from alliances.repeated.enforcement.comparisons import Labels
from alliances.repeated.enforcement.concept import Pair, Punishment, PunishmentKind, Reversion, Terms, Threat, minmax_threat
from alliances.repeated.enforcement.formulas import FormulaRule

__all__ = ["Transfers", "penal_codes"]


@dataclass(frozen=True)
class Transfers(Reversion):
    """Side payments on path; a deviation is followed by the deviator's worst equilibrium.

    Also called relational contracts, self-enforcing agreements with side payments. Every deviation is followed by
    punishment, so where a player prefers its punishment to the alliance (w_i > c_i), it must be compensated.
    The constraints of the two players are one, so ``sponsor``, ``proxy`` and ``dyad`` of a critical discount factor are
    the same number, and the players must share one discount factor.

    Parameters
    ----------
    punishment
        "nash": reversion to the deviator's worst stage Nash equilibrium. "optimal": the worst that equilibria of the repeated
        game with payments can do to it (optimal penal codes); :func:`relational_contracts` gives them for all δ at once.
    mixed
        Whether mixed stage equilibria may punish too (see :class:`NashReversion`).

    Examples
    --------
    >>> from alliances import StageGame, critical_discount
    >>> gift = StageGame([[4, -1], [8, 1]], [[1, 3], [-1, 1]])
    >>> critical_discount(gift, profile=(0, 0), enforcement=Transfers()).dyad
    Fraction(2, 3)
    >>> critical_discount(gift, profile=(0, 0)).dyad  # without transfers: the proxy has nothing to lose
    inf
    >>> cournot = StageGame([[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]])
    >>> critical_discount(cournot, enforcement=Transfers()).dyad
    Fraction(5, 8)
    >>> critical_discount(cournot, enforcement=Transfers(punishment="optimal")).dyad
    Fraction(1, 3)
    """

    references: ClassVar[tuple[str, ...]] = ("levin-2003", "goldlucke-kranz-2012")

    punishment: str = "nash"
    mixed: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.punishment, str) or self.punishment not in ("nash", "optimal"):
            raise ValueError(f'Transfers(): punishment must be "nash" or "optimal"; got {self.punishment!r}')
        if self.mixed and self.punishment == "optimal":
            raise ValueError('Transfers(): mixed must be False with punishment="optimal", whose penal codes are pure; got True')

    @property
    def in_closed_form(self) -> bool:
        """Of this class; a subclass answers for itself."""
        return type(self) is Transfers

    @classmethod
    def examples(cls) -> tuple[Transfers, ...]:
        """Reversion to stage equilibria, and optimal penal codes."""
        return cls(), cls("optimal")

    @property
    def kind(self) -> PunishmentKind:
        """A stage equilibrium, or an equilibrium of the repeated game with payments."""
        return "equilibrium of the repeated game" if self.punishment == "optimal" else super().kind

    @property
    def pooled(self) -> bool:
        """Payments make the players' constraints one."""
        return True

    def punish(self, stage: StageGame) -> Punishment:
        """Each player's worst stage Nash payoff, or its worst payoff in equilibria of the repeated game."""
        return penal_codes(stage) if self.punishment == "optimal" else super().punish(stage)

    def critical(self, terms: Terms) -> Pair:
        """δ* = (Σd − Σc)/(Σd − Σw), the same for both players; with optimal penal codes the least over the steps of w."""
        if terms.levels is not None:
            base_s, base_p = (x[..., 0] for x in terms.levels.base)
            requirement = np.asarray(sum(terms.temptation))
            requirement = np.where(requirement <= sum(terms.tolerance), requirement * 0, requirement)
            least = settle(always(terms.levels, requirement, (terms.path[0] - base_s) + (terms.path[1] - base_p)))
            return least, least
        joint = self.least(sum(terms.temptation), sum(terms.loss), sum(terms.tolerance))
        return joint, joint

    def threat(self, cells: Cells, actions: Labels) -> Threat:
        """Each player's worst stage equilibrium, which optimal penal codes do no worse than where it is the minmax payoff."""
        stage = super().threat(cells, actions)
        return minmax_threat(cells, stage) if self.punishment == "optimal" else stage

    def formula_rule(self, game: DyadicGame) -> FormulaRule:
        """As of reversion, with pooled constraints; with optimal penal codes the punishments depend on δ, in steps."""
        if self.punishment == "optimal":
            raise TypeError(
                f"formula(): {self!r} has no closed form: punishments depend on patience; critical_discount() finds it"
            )
        return super().formula_rule(game)

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """Value of deviating once and being punished for ever, less the net value of the path.

        On path are the payments that leave both players equally tempted: if any payments keep both, these do.
        """
        (c_s, c_p), (d_s, d_p), (w_s, w_p) = terms.path, terms.deviation, terms.punished
        if terms.levels is not None:
            w_s, w_p = punished_at(terms.levels, discount[0])
        sponsor = self.value_of_deviating(discount[0], c_s, d_s, w_s)
        proxy = self.value_of_deviating(discount[1], c_p, d_p, w_p)
        joint = (sponsor + proxy) / 2  # each gains this much if the sponsor pays (proxy − sponsor)/2 per period
        return joint, joint


def penal_codes(stage: StageGame) -> Punishment:
    """The worst equilibria of the repeated game with payments, per player: at every δ (``levels``), and as δ → 1.

    Where no pure action profile can be sustained at any δ the payoffs are inf: nothing deters, and nothing is sustained.
    """
    sublevels, payoffs, profiles = penal_codes_of(stage)
    return Punishment(payoffs, profiles, np.ones(stage.batch_shape, dtype=bool), sublevels)
