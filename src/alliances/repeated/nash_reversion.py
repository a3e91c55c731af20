"""Nash reversion (grim trigger): after a deviation by player i, the stage equilibrium worst for i is played for ever.

The profile is sustained iff (1 − δ_i) d_i + δ_i w_i ≤ c_i for both players, hence from δ_i* = (d_i − c_i)/(d_i − w_i) on
(Friedman 1971, "A non-cooperative equilibrium for supergames", *Review of Economic Studies* 38:1-12).
"""

from __future__ import annotations

from dataclasses import dataclass

from alliances.games import StageGame
from alliances.repeated.terms import Pair, Punishment, Terms, least_discount, nash_punishment

__all__ = ["NashReversion"]


@dataclass(frozen=True)
class NashReversion:
    """Punish a deviator by its worst stage Nash equilibrium, for ever.

    Also called grim trigger, Friedman reversion, trigger strategies.

    Parameters
    ----------
    mixed
        Whether mixed stage equilibria may punish too. By default only pure ones do, the convention of pure-action repeated
        games, under which optimal penal codes are never weaker. Mixed equilibria are found one game at a time (slower).

    Examples
    --------
    >>> from alliances import StageGame, critical_discount
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> critical_discount(pd, profile=(0, 0), enforcement=NashReversion()).dyad
    Fraction(1, 7)
    """

    mixed: bool = False

    @property
    def exact(self) -> bool:
        """A ratio of payoff differences is as exact as the payoffs."""
        return True

    @property
    def pooled(self) -> bool:
        """Each player's constraint is its own."""
        return False

    def punish(self, stage: StageGame) -> Punishment:
        """Each player's worst stage Nash payoff."""
        return nash_punishment(stage, self.mixed)

    def critical(self, terms: Terms) -> Pair:
        """δ_i* = (d_i − c_i)/(d_i − w_i)."""
        (t_s, t_p), (l_s, l_p), (tol_s, tol_p) = terms.temptation, terms.loss, terms.tolerance
        return least_discount(t_s, l_s, tol_s), least_discount(t_p, l_p, tol_p)

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """Value of deviating once and being punished for ever, less the value of the path."""
        gains = [
            (1 - delta) * d + delta * w - c
            for delta, c, d, w in zip(discount, terms.path, terms.deviation, terms.deterrent, strict=True)
        ]
        return gains[0], gains[1]
