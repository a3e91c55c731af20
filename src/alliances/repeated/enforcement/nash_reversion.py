"""Nash reversion (grim trigger): after a deviation by player i, the stage equilibrium worst for i is played for ever.

The profile is sustained iff (1 − δ_i) d_i + δ_i w_i ≤ c_i for both players, hence from δ_i* = (d_i − c_i)/(d_i − w_i) on
(Friedman 1971, "A non-cooperative equilibrium for supergames", *Review of Economic Studies* 38:1-12).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from alliances.repeated.enforcement.concept import Reversion

__all__ = ["NashReversion"]


@dataclass(frozen=True)
class NashReversion(Reversion):
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

    references: ClassVar[tuple[str, ...]] = ("friedman-1971",)

    mixed: bool = False

    @property
    def in_closed_form(self) -> bool:
        """Of this class; a subclass answers for itself."""
        return type(self) is NashReversion

    @classmethod
    def examples(cls) -> tuple[NashReversion, ...]:
        """The default."""
        return (cls(),)
