"""Side payments: allies who can pay each other ("piso", subsidies, wages) pool their constraints.

On path each period ends with a payment from one player to the other. A deviation, in the action or by not paying, is
followed by the stage equilibrium worst for the deviator. With net payoffs u_i on path, Σu_i = Σc_i, player i stays iff
u_i ≥ (1 − δ)d_i + δw_i; payments can meet both conditions iff their sum holds, hence from δ* = (Σd − Σc)/(Σd − Σw) on
(Levin 2003, "Relational incentive contracts", *American Economic Review* 93:835-857; Goldlücke & Kranz 2012, *Journal
of Economic Theory* 147:1191-1221).
"""

from __future__ import annotations

from dataclasses import dataclass

from alliances.repeated.terms import Pair, Reversion, Terms

__all__ = ["Transfers"]


@dataclass(frozen=True)
class Transfers(Reversion):
    """Side payments on path, with reversion to each deviator's worst stage Nash equilibrium.

    Also called relational contracts, self-enforcing agreements with side payments. Every deviation is followed by
    reversion, so where a player prefers the reversion equilibrium to the alliance (w_i > c_i), it must be compensated.
    The constraints of the two players are one, so ``sponsor``, ``proxy`` and ``dyad`` of a critical discount factor are
    the same number, and the players must share one discount factor.

    Parameters
    ----------
    punishment
        "nash": reversion to the deviator's worst stage Nash equilibrium.
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
    """

    punishment: str = "nash"
    mixed: bool = False

    def __post_init__(self) -> None:
        if self.punishment != "nash":
            raise ValueError(f'Transfers(): punishment must be "nash"; got {self.punishment!r}')

    @property
    def pooled(self) -> bool:
        """Payments make the players' constraints one."""
        return True

    def critical(self, terms: Terms) -> Pair:
        """δ* = (Σd − Σc)/(Σd − Σw), the same for both players."""
        joint = self.least(sum(terms.temptation), sum(terms.loss), sum(terms.tolerance))
        return joint, joint

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """Value of deviating once and being punished for ever, less the net value of the path.

        On path are the payments that leave both players equally tempted: if any payments keep both, these do.
        """
        (c_s, c_p), (d_s, d_p), (w_s, w_p) = terms.path, terms.deviation, terms.punished
        sponsor = self.value_of_deviating(discount[0], c_s, d_s, w_s)
        proxy = self.value_of_deviating(discount[1], c_p, d_p, w_p)
        joint = (sponsor + proxy) / 2  # each gains this much if the sponsor pays (proxy − sponsor)/2 per period
        return joint, joint
